package io.portcullis.proxy.config;

import java.util.List;

/**
 * A configuration that is refused, with everything that is wrong about it, each line starting with
 * the path of a key.
 */
public final class ConfigException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient List<String> problems;

  ConfigException(List<String> problems) {
    super(String.join("\n", problems));
    this.problems = List.copyOf(problems);
  }

  public List<String> problems() {
    return problems;
  }
}
