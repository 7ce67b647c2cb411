package io.portcullis.it.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.mysql.cj.jdbc.JdbcStatement;
import io.portcullis.it.harness.Await;
import io.portcullis.it.harness.BackendExtension;
import io.portcullis.it.harness.CommandLine;
import io.portcullis.it.harness.Endpoint;
import io.portcullis.it.harness.Sql;
import io.portcullis.it.harness.TestBackend;
import io.portcullis.it.harness.TestGate;
import io.portcullis.proxy.config.LimitsConfig;
import java.io.BufferedWriter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of real clients, by LOAD DATA LOCAL; beside what is refused. */
@ExtendWith(BackendExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class LocalInfileIT {

  private static final int LARGE = 50 << 20;
  private static final String LINE = "%d,abcdefghijklmnopqrstuvwxyz-abcdefghijklmnopqrstuvwxyz\n";

  private final TestGate gate;

  @TempDir Path directory;

  LocalInfileIT(TestBackend backend) {
    gate = TestGate.start(backend);
  }

  @BeforeAll
  void makeTables() throws SQLException {
    gate.administer(
        "DROP DATABASE IF EXISTS infile_it",
        "CREATE DATABASE infile_it",
        "CREATE TABLE infile_it.t (id INT PRIMARY KEY, s VARCHAR(100))",
        "CREATE TABLE infile_it.hidden (id INT)",
        "CREATE ROLE infile_role",
        "GRANT CONNECT ON ACCOUNT * TO infile_role",
        "GRANT SELECT, INSERT ON TABLE infile_it.t TO infile_role",
        "CREATE USER infile_user IDENTIFIED BY 'Infile-1' DEFAULT ROLE infile_role");
  }

  @BeforeEach
  void empty() throws SQLException {
    gate.administer("DELETE FROM infile_it.t");
  }

  @AfterAll
  void clearUp() throws SQLException {
    gate.administer("DROP DATABASE infile_it");
    gate.close();
  }

  private Endpoint user() {
    return gate.user("infile_user", "Infile-1");
  }

  private Connection mysql(boolean compression) throws SQLException {
    return user()
        .connect(
            "infile_it",
            Map.of("allowLoadLocalInfile", "true", "useCompression", String.valueOf(compression)));
  }

  private Connection mariaDb(boolean compression) throws SQLException {
    return user()
        .connectMariaDb(
            "infile_it",
            Map.of("allowLocalInfile", "true", "useCompression", String.valueOf(compression)));
  }

  private Path file(String content) {
    try {
      return Files.writeString(Files.createTempFile(directory, "rows", ".csv"), content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String load(Path file, String table) {
    return "LOAD DATA LOCAL INFILE '"
        + file
        + "' INTO TABLE "
        + table
        + " FIELDS TERMINATED BY ','";
  }

  private String count() throws SQLException {
    try (Connection connection = user().connect("infile_it")) {
      return Sql.value(connection, "SELECT COUNT(*) FROM t");
    }
  }

  private Connection connect(String driver) throws SQLException {
    boolean compression = driver.endsWith("+compression");
    return driver.startsWith("mysql") ? mysql(compression) : mariaDb(compression);
  }

  @ParameterizedTest
  @ValueSource(strings = {"mysql", "mariadb", "mysql+compression", "mariadb+compression"})
  void rowsOfAFileArriveAndWhatIsNotPermittedIsRefused(String driver) throws SQLException {
    Path file = file("1,one\n2,two\n");
    try (Connection connection = connect(driver);
        Statement statement = connection.createStatement()) {
      assertThat(statement.executeUpdate(load(file, "t"))).isEqualTo(2);
      assertThat(Sql.value(connection, "SELECT s FROM t WHERE id = 2")).isEqualTo("two");
      assertThatThrownBy(() -> statement.executeUpdate(load(file, "hidden")))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getErrorCode()).isEqualTo(1142));
      assertThatThrownBy(
              () -> statement.executeUpdate(load(file, "t").replace(" INTO", " REPLACE INTO")))
          .isInstanceOfSatisfying(
              SQLException.class,
              e -> {
                assertThat(e.getErrorCode()).isEqualTo(1142);
                assertThat(e.getMessage()).contains("DELETE");
              });
      assertThatThrownBy(
              () ->
                  statement.executeUpdate(
                      load(file, "t") + " (id) SET s = (SELECT MAX(id) FROM hidden)"))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getErrorCode()).isEqualTo(1142));
      assertThat(Sql.value(connection, "SELECT COUNT(*) FROM t")).isEqualTo("2");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"mysql", "mariadb", "mysql+compression"})
  void aLargeFileArrivesWhole(String driver) throws SQLException, IOException {
    Path file = directory.resolve("large.csv");
    int rows = 0;
    long written = 0;
    try (BufferedWriter out = Files.newBufferedWriter(file)) {
      while (written < LARGE) {
        String line = String.format(java.util.Locale.ROOT, LINE, rows++);
        out.write(line);
        written += line.length();
      }
    }
    try (Connection connection = connect(driver);
        Statement statement = connection.createStatement()) {
      assertThat(statement.executeUpdate(load(file, "t"))).isEqualTo(rows);
      assertThat(Sql.value(connection, "SELECT SUM(LENGTH(s)) FROM t"))
          .isEqualTo(String.valueOf(53L * rows));
    }
  }

  @Test
  void aStreamOfConnectorJArrives() throws SQLException {
    try (Connection connection = mysql(false);
        Statement statement = connection.createStatement()) {
      statement
          .unwrap(com.mysql.cj.jdbc.JdbcStatement.class)
          .setLocalInfileInputStream(
              new ByteArrayInputStream("7,seven\n".getBytes(StandardCharsets.UTF_8)));
      assertThat(statement.executeUpdate(load(Path.of("stream"), "t"))).isOne();
      assertThat(Sql.value(connection, "SELECT s FROM t")).isEqualTo("seven");
    }
  }

  /** The stream waits, with rows on their way, until the right is gone. */
  @Test
  void aRevokeInTheMiddleUndoesIt() throws SQLException {
    gate.administer(
        "CREATE ROLE infile_gone",
        "GRANT CONNECT ON ACCOUNT * TO infile_gone",
        "GRANT SELECT, INSERT ON TABLE infile_it.t TO infile_gone",
        "CREATE USER infile_loser IDENTIFIED BY 'Infile-1' DEFAULT ROLE infile_gone");
    try (Connection connection =
            gate.user("infile_loser", "Infile-1")
                .connect("infile_it", Map.of("allowLoadLocalInfile", "true"));
        Statement statement = connection.createStatement()) {
      statement
          .unwrap(com.mysql.cj.jdbc.JdbcStatement.class)
          .setLocalInfileInputStream(new RevokingStream());
      assertThatThrownBy(() -> statement.executeUpdate(load(Path.of("stream"), "t")))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getErrorCode()).isEqualTo(1317));
      assertThat(Sql.value(connection, "SELECT COUNT(*) FROM t")).isEqualTo("0");
    }
  }

  private final class RevokingStream extends InputStream {
    private static final int ROWS = 40_000;
    private int row;

    @Override
    public int read() {
      throw new UnsupportedOperationException("by arrays only");
    }

    @Override
    public int read(byte[] into, int offset, int length) {
      if (row == ROWS) {
        return -1;
      }
      if (row == ROWS / 2) {
        try {
          gate.administer("REVOKE INSERT ON TABLE infile_it.t FROM infile_gone");
        } catch (SQLException e) {
          throw new AssertionError(e);
        }
      }
      byte[] line =
          String.format(java.util.Locale.ROOT, LINE, row++).getBytes(StandardCharsets.UTF_8);
      System.arraycopy(line, 0, into, offset, line.length);
      return line.length;
    }
  }

  /** Two accounts have a table of the same name: each loads its own. */
  @Test
  void anAccountLoadsItsOwnTable() throws SQLException {
    gate.administer("CREATE ACCOUNT infiles ADMIN_NAME 'boss' IDENTIFIED BY 'Infile-boss-1'");
    Path file = file("1,one\n2,two\n");
    try (Connection boss =
            gate.user("infiles:boss", "Infile-boss-1")
                .connect("", Map.of("allowLoadLocalInfile", "true"));
        Statement statement = boss.createStatement()) {
      Sql.run(
          boss,
          "CREATE DATABASE infile_it",
          "CREATE TABLE infile_it.t (id INT PRIMARY KEY, s VARCHAR(100))");
      assertThat(statement.executeUpdate(load(file, "infile_it.t"))).isEqualTo(2);
      Sql.run(boss, "USE infile_it");
      assertThat(statement.executeUpdate(load(file("3,three\n"), "t"))).isOne();
      assertThat(Sql.rows(boss, "SELECT id FROM t ORDER BY id")).containsExactly("1", "2", "3");
      assertThat(count()).isEqualTo("0");
      assertThatThrownBy(() -> statement.executeUpdate(load(file, "other.t")))
          .hasMessageContaining("other")
          .hasMessageNotContaining("$");
    } finally {
      gate.administer("DROP ACCOUNT infiles");
    }
  }

  @Test
  void noFileIsAskedForWhereTheConfigurationForbidsIt() throws SQLException {
    try (TestGate closed =
        TestGate.start(
            gate.straight(),
            gate.straight(),
            config ->
                config.withLimits(
                    LimitsConfig.DEFAULT.with(limits -> limits.localInfile(false))))) {
      try (Connection connection =
              closed.administrator().connect("", Map.of("allowLoadLocalInfile", "true"));
          Statement statement = connection.createStatement()) {
        assertThatThrownBy(() -> statement.executeUpdate(load(file("1,one\n"), "infile_it.t")))
            .isInstanceOfSatisfying(
                SQLException.class, e -> assertThat(e.getErrorCode()).isEqualTo(3948));
        assertThat(Sql.value(connection, "SELECT 'on'")).isEqualTo("on");
      }
    }
    assertThat(count()).isEqualTo("0");
  }

  @Test
  void aClientThatStopsInTheMiddleOfAFileIsIdle() throws Exception {
    CountDownLatch seen = new CountDownLatch(1);
    InputStream stopping =
        new InputStream() {
          private int at;

          @Override
          public int read() throws IOException {
            return at < 6 ? "1,one\n".charAt(at++) : -1;
          }

          @Override
          public int read(byte[] to, int offset, int length) throws IOException {
            if (at > 0) {
              try {
                seen.await();
              } catch (InterruptedException e) {
                throw new IOException(e);
              }
            }
            return super.read(to, offset, Math.min(length, 6));
          }
        };
    try (TestGate impatient =
            TestGate.start(
                gate.straight(),
                gate.straight(),
                config ->
                    config.withLimits(
                        LimitsConfig.DEFAULT.with(
                            limits -> limits.idleTimeout(Duration.ofSeconds(2)))));
        Connection loading =
            impatient.administrator().connect("", Map.of("allowLoadLocalInfile", "true"));
        Statement statement = loading.createStatement()) {
      String id = Sql.value(loading, "SELECT CONNECTION_ID()");
      statement.unwrap(JdbcStatement.class).setLocalInfileInputStream(stopping);
      CompletableFuture<SQLException> failed =
          CompletableFuture.supplyAsync(
              () ->
                  catchThrowableOfType(
                      SQLException.class,
                      () ->
                          statement.executeUpdate(
                              "LOAD DATA LOCAL INFILE 'rows' INTO TABLE infile_it.t FIELDS"
                                  + " TERMINATED BY ','")));
      try {
        Await.until(
            "the session is closed",
            () -> {
              try (Connection other = impatient.administrator().connect()) {
                return Sql.rows(other, "SHOW PROCESSLIST").stream()
                    .noneMatch(row -> row.startsWith(id + "|"));
              }
            });
      } finally {
        seen.countDown();
      }
      assertThat((Throwable) failed.get()).isNotNull();
    }
    gate.administer("INSERT INTO infile_it.t VALUES (1, 'another')"); // nothing is locked
    assertThat(count()).isEqualTo("1");
  }

  @Test
  void theCommandLineLoadsAFileWhenItOffersFiles()
      throws IOException, InterruptedException, SQLException {
    Assumptions.assumeTrue(CommandLine.installed().isPresent(), "no command line client");
    Path file = file("1,one\n2,two\n");
    CommandLine.Run done =
        CommandLine.run(
            user(), List.of("--local-infile=1", "infile_it"), load(file, "t") + ";\nDO 1;\n");
    assertThat(done.code()).as(done.error()).isZero();
    assertThat(count()).isEqualTo("2");
    CommandLine.Run several =
        CommandLine.run(
            user(),
            List.of("--local-infile=1", "--compress", "--delimiter=//", "infile_it"),
            "DO 1; " + load(file("3,three\n"), "t") + "; DO 2//\n");
    assertThat(several.code()).as(several.error()).isZero();
    assertThat(count()).isEqualTo("3");
    CommandLine.Run not =
        CommandLine.run(user(), List.of("--local-infile=0", "infile_it"), load(file, "t") + ";\n");
    assertThat(not.error()).containsPattern("3948|2068"); // the gate, or the program
  }
}
