package io.portcullis.it.harness;

import java.nio.file.Path;

/**
 * The database server behind the gate, with a login that may do everything. One per run of the
 * module; tests keep apart by database.
 */
public interface TestBackend extends AutoCloseable {

  /** Before the path of a mysqld, in {@code portcullis.it.backend}. */
  String MYSQLD = "mysqld:";

  /** Its administrator, reached straight. */
  Endpoint endpoint();

  /**
   * Whether {@link #stop} and {@link #startAgain} work: only on a server that is the tests' own.
   */
  default boolean canRestart() {
    return false;
  }

  default void stop() {
    throw new UnsupportedOperationException("not ours to stop");
  }

  /** On the same address, with the same data. */
  default void startAgain() {
    throw new UnsupportedOperationException("not ours to start");
  }

  @Override
  void close();

  /** What {@code -Dportcullis.it.backend} asks for. */
  static TestBackend start(String wanted) {
    if (wanted.equals("embedded")) {
      return EmbeddedTestBackend.start();
    }
    if (wanted.startsWith(MYSQLD)) {
      return MySqlTestBackend.start(Path.of(wanted.substring(MYSQLD.length())));
    }
    if (wanted.startsWith("docker:")) {
      return DockerTestBackend.start(wanted.substring("docker:".length()));
    }
    if (wanted.startsWith("external:")) {
      return ExternalTestBackend.of(wanted.substring("external:".length()));
    }
    throw new IllegalArgumentException(
        "portcullis.it.backend: "
            + wanted
            + " (expected: embedded, mysqld:PATH, docker:IMAGE or external:HOST:PORT:USER)");
  }
}
