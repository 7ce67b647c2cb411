package io.portcullis.it.coverage;

import io.portcullis.embedded.EmbeddedBackend;
import io.portcullis.it.harness.Endpoint;
import io.portcullis.it.harness.MySqlTestBackend;
import io.portcullis.it.harness.Sql;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Has a server run the scripts of a suite and writes down what it accepts: an embedded MariaDB, or
 * the MySQL whose program is named. Each script finds empty databases and the server's variables as
 * they were; after a number of scripts, and whenever the server does not answer, there is a new
 * server.
 */
final class ServerSuite {

  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final int SCRIPTS_PER_SERVER = 200;
  private static final Set<String> SYSTEM =
      Set.of("mysql", "information_schema", "performance_schema", "sys");

  private final Path root;
  private final Path work;
  private final Set<String> suites;
  private final Optional<Path> mysqld;
  private @Nullable Server server;
  private Map<String, String> variables = Map.of();
  private Path directory = Path.of("");
  private int scripts;
  private long tried;
  private long accepted;

  /** A server with data of its own, which may be lost. */
  private record Server(Endpoint endpoint, Runnable end) {}

  ServerSuite(Path root, Path work, Set<String> suites, Optional<Path> mysqld) {
    this.mysqld = mysqld;
    this.root = root;
    this.work = work;
    this.suites = suites;
  }

  void record(Path output) throws IOException {
    List<Path> files = scripts();
    System.err.println(files.size() + " scripts");
    int number = 0;
    try (BufferedWriter writer = Files.newBufferedWriter(output)) {
      for (Path file : files) {
        run(file, writer);
        if (++number % 50 == 0) {
          System.err.println(
              number + " scripts, " + accepted + " of " + tried + " statements accepted");
        }
      }
    } finally {
      stop();
    }
    System.err.println(number + " scripts, " + accepted + " of " + tried + " statements accepted");
  }

  private List<Path> scripts() throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      return all.filter(file -> file.toString().endsWith(".test"))
          .filter(file -> suites.contains(ScriptRunner.suiteOf(root, file)))
          .sorted()
          .toList();
    }
  }

  private void run(Path file, BufferedWriter writer) throws IOException {
    Endpoint endpoint = ready();
    try (ScriptRunner runner =
        new ScriptRunner(
            endpoint,
            root,
            file,
            LIMIT,
            statement -> {
              try {
                writer.write(statement.toLine());
                writer.newLine();
                accepted++;
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            })) {
      tried += runner.run();
    }
  }

  /** A server with an empty database {@code test}, and with nothing left of the last script. */
  private Endpoint ready() throws IOException {
    Server running = server;
    if (running != null && ++scripts < SCRIPTS_PER_SERVER) {
      Endpoint endpoint = running.endpoint();
      try (Connection connection = endpoint.connect()) {
        clean(connection);
        return endpoint;
      } catch (SQLException e) {
        System.err.println("a new server: " + e.getMessage());
      }
    }
    stop();
    directory = Files.createTempDirectory(Files.createDirectories(work), "coverage-");
    running = mysqld.isPresent() ? startMySql(mysqld.get()) : startMariaDb();
    server = running;
    scripts = 0;
    Endpoint endpoint = running.endpoint();
    try (Connection connection = endpoint.connect()) {
      variables = variables(connection);
      clean(connection);
      return endpoint;
    } catch (SQLException e) {
      throw new IOException("the server does not answer", e);
    }
  }

  private Server startMariaDb() throws IOException {
    EmbeddedBackend started =
        EmbeddedBackend.start(
            EmbeddedBackend.Settings.in(directory)
                .withServerOptions(
                    "--character-set-server=latin1",
                    "--innodb-flush-log-at-trx-commit=0",
                    "--sync-frm=0",
                    "--innodb-doublewrite=0",
                    "--log-bin-trust-function-creators=1",
                    "--max-statement-time=4",
                    "--lock-wait-timeout=1",
                    "--innodb-lock-wait-timeout=1",
                    "--performance-schema=1"));
    return new Server(
        new Endpoint(
            "straight", started.host(), started.port(), started.user(), started.password()),
        started::close);
  }

  private Server startMySql(Path program) throws IOException {
    MySqlTestBackend started =
        MySqlTestBackend.start(
            program,
            directory,
            List.of(
                "--skip-log-bin",
                "--innodb-doublewrite=OFF",
                "--max-execution-time=4000",
                "--lock-wait-timeout=1",
                "--innodb-lock-wait-timeout=1"));
    return new Server(started.endpoint(), started::close);
  }

  private Map<String, String> variables(Connection connection) throws SQLException {
    Map<String, String> variables = new TreeMap<>();
    for (String row :
        Sql.rows(
            connection,
            mysqld.isPresent()
                ? "SELECT g.VARIABLE_NAME, g.VARIABLE_VALUE FROM"
                    + " performance_schema.global_variables g"
                : "SELECT VARIABLE_NAME, GLOBAL_VALUE FROM information_schema.SYSTEM_VARIABLES"
                    + " WHERE READ_ONLY = 'NO' AND VARIABLE_SCOPE <> 'SESSION ONLY'"
                    + " AND GLOBAL_VALUE IS NOT NULL")) {
      int bar = row.indexOf('|');
      variables.put(row.substring(0, bar), row.substring(bar + 1));
    }
    return variables;
  }

  private void clean(Connection connection) throws SQLException {
    Sql.run(connection, "SET SESSION foreign_key_checks = 0, SESSION sql_mode = ''");
    for (Map.Entry<String, String> now : variables(connection).entrySet()) {
      String before = variables.get(now.getKey());
      if (before != null && !before.equals(now.getValue())) {
        restore(connection, now.getKey(), before);
      }
    }
    for (String database : Sql.rows(connection, "SHOW DATABASES")) {
      if (!SYSTEM.contains(database)) {
        Sql.run(connection, "DROP DATABASE `" + database.replace("`", "``") + "`");
      }
    }
    Sql.run(connection, "CREATE DATABASE test");
  }

  private static void restore(Connection connection, String name, String value) {
    for (String written : List.of(value, "'" + value.replace("'", "''") + "'")) {
      try {
        if (!written.isEmpty()) {
          Sql.run(connection, "SET GLOBAL " + name + " = " + written);
          return;
        }
      } catch (SQLException e) {
        // the other way of writing it; some have none
      }
    }
  }

  private void stop() {
    Server running = server;
    server = null;
    if (running != null) {
      running.end().run();
      delete(directory);
    }
  }

  /** The data of a server that is stopped: each takes a few hundred megabytes. */
  static void delete(Path directory) {
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (IOException e) {
      System.err.println("left behind: " + directory + " (" + e.getMessage() + ")");
    }
  }
}
