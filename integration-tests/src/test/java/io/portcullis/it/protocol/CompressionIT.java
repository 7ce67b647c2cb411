package io.portcullis.it.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.portcullis.it.harness.BackendExtension;
import io.portcullis.it.harness.CommandLine;
import io.portcullis.it.harness.Endpoint;
import io.portcullis.it.harness.Sql;
import io.portcullis.it.harness.TestBackend;
import io.portcullis.it.harness.TestGate;
import io.portcullis.proxy.config.BackendConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Compressed connections of real clients: small and large both ways, with TLS and without. */
@ExtendWith(BackendExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class CompressionIT {

  private static final int LARGE = 3_000_000;

  private final TestBackend backend;
  private final TestGate gate;
  @TempDir private Path directory;

  CompressionIT(TestBackend backend) {
    this.backend = backend;
    gate = TestGate.start(backend);
  }

  @BeforeAll
  void makeTable() throws SQLException {
    gate.administer(
        "DROP DATABASE IF EXISTS compress_it",
        "CREATE DATABASE compress_it",
        "CREATE TABLE compress_it.t (id INT PRIMARY KEY, s LONGTEXT)",
        "INSERT INTO compress_it.t VALUES (1, 'one')",
        "CREATE TABLE compress_it.hidden (id INT)",
        "CREATE ROLE compress_role",
        "GRANT CONNECT ON ACCOUNT * TO compress_role",
        "GRANT SELECT, INSERT, DELETE ON TABLE compress_it.t TO compress_role",
        "CREATE USER compress_user IDENTIFIED BY 'Compress-1' DEFAULT ROLE compress_role");
  }

  @AfterAll
  void clearUp() throws SQLException {
    gate.administer("DROP DATABASE compress_it");
    gate.close();
  }

  private Endpoint user() {
    return gate.user("compress_user", "Compress-1");
  }

  private Connection connect(String driver, boolean tls) throws SQLException {
    return driver.equals("mysql")
        ? user()
            .connect(
                "compress_it",
                Map.of("useCompression", "true", "sslMode", tls ? "REQUIRED" : "DISABLED"))
        : user()
            .connectMariaDb(
                "compress_it",
                Map.of("useCompression", "true", "sslMode", tls ? "trust" : "disable"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"mysql", "mariadb"})
  void largeValuesGoBothWays(String driver) throws SQLException {
    for (boolean tls : new boolean[] {false, true}) {
      try (Connection connection = connect(driver, tls)) {
        String large = "abcdefghij".repeat(LARGE / 10);
        try (PreparedStatement insert =
            connection.prepareStatement("INSERT INTO t VALUES (?, ?)")) {
          insert.setInt(1, 2);
          insert.setString(2, large);
          assertThat(insert.executeUpdate()).isOne();
        }
        try (PreparedStatement select =
            connection.prepareStatement("SELECT s FROM t WHERE id = ?")) {
          select.setInt(1, 2);
          try (ResultSet rows = select.executeQuery()) {
            assertThat(rows.next()).isTrue();
            assertThat(rows.getString(1)).isEqualTo(large);
          }
        }
        Sql.run(connection, "DELETE FROM t WHERE id = 2");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"mysql", "mariadb"})
  void refusalIsReadAndTheSessionGoesOn(String driver) throws SQLException {
    try (Connection connection = connect(driver, false)) {
      for (int i = 0; i < 300; i++) {
        assertThat(Sql.value(connection, "SELECT " + i + " + 0")).isEqualTo(String.valueOf(i));
      }
      SQLException refused =
          catchThrowableOfType(
              SQLException.class, () -> Sql.rows(connection, "SELECT * FROM hidden"));
      assertThat(refused.getErrorCode()).isEqualTo(1142);
      assertThat(Sql.rows(connection, "SELECT s FROM t WHERE id = 1")).containsExactly("one");
    }
  }

  @Test
  void commandLineClientCompresses() throws Exception {
    Assumptions.assumeTrue(
        CommandLine.installed().isPresent(),
        "skipped: no mariadb or mysql command line client is installed");
    CommandLine.Run run =
        CommandLine.run(
            user(),
            List.of("--compress", "--force", "compress_it"),
            "SELECT s FROM t WHERE id = 1;\nSELECT * FROM hidden;\nSELECT REPEAT('x', 200000);\nSTATUS\n");
    assertThat(run.output()).contains("one\n").contains("x".repeat(200_000));
    assertThat(run.output()).containsPattern("Protocol:\\s+Compressed");
    assertThat(run.error()).contains("ERROR 1142 (42000)");
  }

  /** Between gate and server too, where the server numbers its packets in its own way. */
  @ParameterizedTest
  @EnumSource(
      value = BackendConfig.Compression.class,
      names = "NONE",
      mode = EnumSource.Mode.EXCLUDE)
  void towardTheServer(BackendConfig.Compression compression) throws Exception {
    if (compression == BackendConfig.Compression.ZSTD) {
      Assumptions.assumeFalse(
          backend.endpoint().isMariaDb(), "skipped: a MariaDB does not offer zstd");
    }
    try (TestGate compressing =
        TestGate.start(
            backend.endpoint(),
            backend.endpoint(),
            config ->
                config.withBackend(
                    config
                        .backend()
                        .orElseThrow()
                        .with(changes -> changes.compression(compression))))) {
      compressing.administer(
          "DROP DATABASE IF EXISTS compress_out",
          "CREATE DATABASE compress_out",
          "CREATE TABLE compress_out.t (id INT PRIMARY KEY, s LONGTEXT)",
          "CREATE PROCEDURE compress_out.p() BEGIN SELECT id FROM compress_out.t; SELECT 2; DO 3; END");
      for (String driver : List.of("mysql", "mariadb")) {
        try (Connection connection =
            driver.equals("mysql")
                ? compressing
                    .administrator()
                    .connect(
                        "compress_out",
                        Map.of("allowMultiQueries", "true", "allowLoadLocalInfile", "true"))
                : compressing
                    .administrator()
                    .connectMariaDb("compress_out", Map.of("allowMultiQueries", "true"))) {
          assertThat(Sql.rows(connection, "SHOW SESSION STATUS LIKE 'Compression'"))
              .containsExactly("Compression|ON");
          Sql.run(connection, "DELETE FROM t");
          String large = "abcdefghij".repeat(LARGE / 10);
          try (PreparedStatement insert =
              connection.prepareStatement("INSERT INTO t VALUES (?, ?)")) {
            for (int i = 0; i < 3; i++) {
              insert.setInt(1, i);
              insert.setString(2, large);
              insert.addBatch();
            }
            insert.executeBatch();
          }
          assertThat(Sql.rows(connection, "SELECT LENGTH(s), s FROM t ORDER BY id"))
              .isEqualTo(java.util.Collections.nCopies(3, LARGE + "|" + large));
          for (int i = 0; i < 300; i++) {
            assertThat(Sql.value(connection, "SELECT " + i + " + 0")).isEqualTo(String.valueOf(i));
          }
          try (CallableStatement call = connection.prepareCall("{call p()}")) {
            assertThat(call.execute()).isTrue();
            assertThat(call.getMoreResults()).isTrue();
          }
          try (Statement several = connection.createStatement()) {
            assertThat(several.execute("SELECT 1; DO 2; SELECT 3")).isTrue();
            assertThat(several.getMoreResults()).isFalse();
            assertThat(several.getMoreResults()).isTrue();
          }
          SQLException failed =
              catchThrowableOfType(
                  SQLException.class, () -> Sql.rows(connection, "SELECT * FROM nowhere"));
          assertThat(failed.getErrorCode()).isEqualTo(1146);
          if (driver.equals("mysql")) {
            Path file = directory.resolve("rows.txt");
            Files.writeString(
                file,
                IntStream.range(10, 40_000)
                    .mapToObj(i -> i + "\t" + "value".repeat(10) + "\n")
                    .collect(Collectors.joining()));
            Sql.run(connection, "LOAD DATA LOCAL INFILE '" + file + "' INTO TABLE t");
            assertThat(Sql.value(connection, "SELECT COUNT(*) FROM t")).isEqualTo("39993");
            assertThat(Sql.value(connection, "SELECT 'next'")).isEqualTo("next");
          }
        }
      }
      compressing.administer("DROP DATABASE compress_out");
    }
  }
}
