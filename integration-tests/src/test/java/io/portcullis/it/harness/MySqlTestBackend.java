package io.portcullis.it.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A mysqld on a fresh data directory, as {@code integration-tests/mysql/install} puts it into a
 * directory; it keeps its port when it is restarted. As MySQL comes: TLS with a certificate of its
 * own, caching_sha2_password, names of tables as they are written.
 */
public final class MySqlTestBackend implements TestBackend {

  private static final String USER = "it_root";
  private static final String PASSWORD = "it-root-secret";
  private static final Duration INITIALIZE = Duration.ofSeconds(120);
  private static final Duration STOP = Duration.ofSeconds(60);

  private final Path mysqld;
  private final Path directory;
  private final int port;
  private final List<String> options;
  private Process server;

  private MySqlTestBackend(Path mysqld, Path directory, int port, List<String> options)
      throws IOException {
    this.options = options;
    this.mysqld = mysqld;
    this.directory = directory;
    this.port = port;
    this.server = run(mysqld, directory, List.of("--initialize-insecure"));
  }

  static MySqlTestBackend start(Path mysqld) {
    try {
      return start(mysqld, Files.createTempDirectory(WorkDirectory.get(), "mysql-"), List.of());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * @param directory where its data is to be; the caller's to delete
   * @param options of the server, besides those that tests want
   */
  public static MySqlTestBackend start(Path mysqld, Path directory, List<String> options)
      throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      port = socket.getLocalPort();
    }
    MySqlTestBackend backend = new MySqlTestBackend(mysqld, directory, port, options);
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> backend.server.destroyForcibly(), "mysqld-end"));
    backend.awaitInitialized();
    backend.startAgain();
    return backend;
  }

  private void awaitInitialized() throws IOException {
    if (!ends(server, INITIALIZE) || server.exitValue() != 0) {
      throw new IOException("mysqld --initialize-insecure failed; see " + log(directory));
    }
    Files.writeString(
        directory.resolve("init.sql"),
        "CREATE USER IF NOT EXISTS %1$s@'%%' IDENTIFIED BY '%2$s';\n".formatted(USER, PASSWORD)
            + "GRANT ALL ON *.* TO %s@'%%' WITH GRANT OPTION;\n".formatted(USER));
  }

  private static Process run(Path mysqld, Path directory, List<String> options) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(mysqld.toString());
    command.add("--no-defaults");
    command.add("--datadir=" + directory.resolve("data"));
    if (System.getProperty("user.name").equals("root")) {
      command.add("--user=root");
    }
    command.addAll(options);
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log(directory).toFile()))
        .start();
  }

  private static Path log(Path directory) {
    return directory.resolve("server.log");
  }

  private static boolean ends(Process process, Duration patience) {
    try {
      return process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Override
  public Endpoint endpoint() {
    return new Endpoint("straight", "127.0.0.1", port, USER, PASSWORD);
  }

  @Override
  public boolean canRestart() {
    return true;
  }

  @Override
  public void stop() {
    server.destroy();
    if (!ends(server, STOP)) {
      server.destroyForcibly();
    }
  }

  @Override
  public void startAgain() {
    try {
      List<String> all =
          new ArrayList<>(
              List.of(
                  "--port=" + port,
                  "--bind-address=127.0.0.1",
                  // Relative to the data directory: a socket's path may have no more than 107
                  // bytes.
                  "--socket=mysql.sock",
                  "--mysqlx=OFF",
                  "--max-allowed-packet=64M",
                  "--secure-file-priv=" + directory,
                  "--log-bin-trust-function-creators=ON",
                  "--innodb-redo-log-capacity=64M",
                  // Only the gate is killed in tests.
                  "--innodb-flush-log-at-trx-commit=0",
                  "--sync-binlog=0",
                  "--local-infile=ON",
                  "--init-file=" + directory.resolve("init.sql")));
      all.addAll(options);
      server = run(mysqld, directory, all);
      Await.until("mysqld answers", this::answers);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private boolean answers() {
    if (!server.isAlive()) {
      throw new IllegalStateException("mysqld ended; see " + log(directory));
    }
    try (Connection connection = endpoint().connect()) {
      return connection.isValid(0);
    } catch (SQLException e) {
      return false;
    }
  }

  @Override
  public void close() {
    stop();
  }
}
