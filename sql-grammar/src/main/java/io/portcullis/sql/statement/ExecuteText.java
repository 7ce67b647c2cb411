package io.portcullis.sql.statement;

import java.util.List;
import java.util.Optional;

/**
 * {@code EXECUTE name [USING @v, ...]}: does what the session has prepared under the name.
 *
 * @param name in lower case
 * @param variables whose values are given, in that order; empty where some are constants instead
 */
public record ExecuteText(String name, Optional<List<String>> variables) implements Statement {
  public ExecuteText {
    variables = variables.map(List::copyOf);
  }
}
