package io.portcullis.proxy.config;

/**
 * Where clients connect.
 *
 * @param port 0 for any free one
 */
public record ListenConfig(String address, int port) {
  public static final ListenConfig DEFAULT = new ListenConfig("127.0.0.1", 3307);

  public ListenConfig {
    Checks.notBlank("address", address);
    Checks.range("port", port, 0, 65535);
  }

  static ListenConfig read(Section section) {
    return section.build(
        () ->
            new ListenConfig(
                section.text("address", DEFAULT.address), section.integer("port", DEFAULT.port)),
        DEFAULT);
  }
}
