package io.portcullis.it.harness;

import io.portcullis.embedded.EmbeddedBackend;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The embedded MariaDB on a fresh data directory; it keeps its port when it is restarted. */
final class EmbeddedTestBackend implements TestBackend {

  private final Path directory;
  private EmbeddedBackend server;

  private EmbeddedTestBackend(Path directory, EmbeddedBackend server) {
    this.directory = directory;
    this.server = server;
  }

  static EmbeddedTestBackend start() {
    try {
      Path directory = Files.createTempDirectory(WorkDirectory.get(), "mariadb-");
      return new EmbeddedTestBackend(
          directory, EmbeddedBackend.start(EmbeddedBackend.Settings.in(directory)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Endpoint endpoint() {
    return new Endpoint("straight", server.host(), server.port(), server.user(), server.password());
  }

  @Override
  public boolean canRestart() {
    return true;
  }

  @Override
  public void stop() {
    server.close();
  }

  @Override
  public void startAgain() {
    try {
      server =
          EmbeddedBackend.start(EmbeddedBackend.Settings.in(directory).withPort(server.port()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    server.close();
  }
}
