package io.portcullis.it.harness;

/**
 * A server that is there already: {@code external:host:port:user}, its password in {@code
 * PORTCULLIS_IT_PASSWORD}. The login needs all privileges.
 */
record ExternalTestBackend(Endpoint endpoint) implements TestBackend {

  static ExternalTestBackend of(String address) {
    String[] parts = address.split(":", -1);
    if (parts.length != 3) {
      throw new IllegalArgumentException(
          "portcullis.it.backend: external:" + address + " (expected: external:HOST:PORT:USER)");
    }
    String password = System.getenv("PORTCULLIS_IT_PASSWORD");
    return new ExternalTestBackend(
        new Endpoint(
            "straight",
            parts[0],
            Integer.parseInt(parts[1]),
            parts[2],
            password == null ? "" : password));
  }

  @Override
  public void close() {
    // Not ours to stop.
  }
}
