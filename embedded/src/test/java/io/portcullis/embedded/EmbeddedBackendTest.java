package io.portcullis.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portcullis.embedded.EmbeddedBackend.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One server after the other on one directory: every start costs a second. */
final class EmbeddedBackendTest {
  @TempDir Path scratch;

  private static Connection connect(EmbeddedBackend backend, String user, String password)
      throws SQLException {
    return DriverManager.getConnection(
        "jdbc:mariadb://" + backend.host() + ":" + backend.port() + "/", user, password);
  }

  private static Connection connect(EmbeddedBackend backend) throws SQLException {
    return connect(backend, backend.user(), backend.password());
  }

  private static String query(EmbeddedBackend backend, String sql) throws SQLException {
    try (Connection connection = connect(backend);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    }
  }

  private static void execute(EmbeddedBackend backend, String sql) throws SQLException {
    try (Connection connection = connect(backend);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Test
  void dataSurvivesRestartAndDeathOfTheOwner() throws Exception {
    Path directory = scratch.resolve("data");
    String password;
    long firstPid;
    try (EmbeddedBackend backend = EmbeddedBackend.start(directory)) {
      assertThat(backend.created()).isTrue();
      password = backend.password();
      firstPid = backend.pid();
      execute(backend, "CREATE DATABASE kept");
      execute(backend, "CREATE TABLE kept.t (a INT PRIMARY KEY)");
      execute(backend, "INSERT INTO kept.t VALUES (42)");

      assertThat(query(backend, "SELECT COUNT(*) FROM mysql.global_priv WHERE User = ''"))
          .isEqualTo("0");
      assertThat(query(backend, "SELECT @@bind_address")).isEqualTo("127.0.0.1");
      assertThat(query(backend, "SELECT CURRENT_USER()")).isEqualTo("portcullis@%");
      assertThatThrownBy(() -> connect(backend, "portcullis", "wrong"))
          .isInstanceOf(SQLException.class);
      assertThatThrownBy(() -> connect(backend, "root", "")).isInstanceOf(SQLException.class);
      assertThatThrownBy(() -> connect(backend, "", "")).isInstanceOf(SQLException.class);
      assertThatThrownBy(() -> EmbeddedBackend.start(directory))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("is in use");
      if (Files.getFileStore(directory).supportsFileAttributeView("posix")) {
        assertThat(
                PosixFilePermissions.toString(
                    Files.getPosixFilePermissions(directory.resolve("service-password"))))
            .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
            .isEqualTo("rwx------");
      }
    }
    assertThat(ProcessHandle.of(firstPid)).isEmpty();
    assertThat(directory.resolve("init.sql")).doesNotExist();

    Settings settings =
        Settings.in(directory).withServerOptions("--sql-mode=ANSI_QUOTES", "--max-connections=17");
    try (EmbeddedBackend backend = EmbeddedBackend.start(settings)) {
      assertThat(backend.created()).isFalse();
      assertThat(backend.password()).isEqualTo(password);
      assertThat(query(backend, "SELECT a FROM kept.t")).isEqualTo("42");
      assertThat(query(backend, "SELECT @@max_connections")).isEqualTo("17");
    }
  }

  @Test
  void leftoverServerOfKilledOwnerIsEnded() throws Exception {
    Path directory = scratch.resolve("orphan");
    Process owner = OrphanMaker.start(directory);
    long orphan;
    try (var output = owner.inputReader()) {
      orphan = Long.parseLong(output.readLine());
    }
    owner.destroyForcibly().waitFor();
    assertThat(ProcessHandle.of(orphan)).isPresent();

    try (EmbeddedBackend backend = EmbeddedBackend.start(directory)) {
      assertThat(ProcessHandle.of(orphan)).isEmpty();
      assertThat(query(backend, "SELECT 1")).isEqualTo("1");
    }
  }

  @Test
  void pidOfAnotherProgramIsLeftAlone() throws Exception {
    Path directory = Files.createDirectory(scratch.resolve("stale"));
    long self = ProcessHandle.current().pid();
    Files.writeString(directory.resolve("server.pid"), Long.toString(self));

    try (EmbeddedBackend backend = EmbeddedBackend.start(directory)) {
      assertThat(backend.isRunning()).isTrue();
    }
  }

  @Test
  void refusedOptionIsReportedWithTheServersOwnWords() {
    Settings settings =
        Settings.in(scratch.resolve("bad")).withServerOptions("--no-such-option-at-all");

    assertThatThrownBy(() -> EmbeddedBackend.start(settings))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no-such-option-at-all");
  }
}
