package io.portcullis.it.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.it.harness.BackendExtension;
import io.portcullis.it.harness.Endpoint;
import io.portcullis.it.harness.Sql;
import io.portcullis.it.harness.TestBackend;
import io.portcullis.it.harness.TestGate;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Spellings that parsers and servers read differently, sent by somebody who may do everything with
 * {@code t1} and nothing with {@code secret}: he must not see a row of it, nor change it, however
 * he writes it.
 */
@ExtendWith(BackendExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RedTeamIT {

  private static final String MARK = "TOPSECRET";
  private static final String UNTOUCHED = "[TOPSECRET-1|TOPSECRET-2, TOPSECRET-3|TOPSECRET-4]";

  /** Who may create tables may say IF NOT EXISTS about one that is there: nothing happens. */
  private static final String HARMLESS = "(?is)CREATE TABLE IF NOT EXISTS secret\\s*\\(.*";

  private final TestGate gate;
  private final Endpoint straight;
  private boolean mariaDb;

  RedTeamIT(TestBackend backend) {
    gate = TestGate.start(backend);
    straight = backend.endpoint();
  }

  @BeforeAll
  void makeTheSecret() throws SQLException {
    mariaDb = straight.isMariaDb();
    gate.administer(
        "DROP DATABASE IF EXISTS red_db",
        "CREATE DATABASE red_db",
        "CREATE TABLE red_db.t1 (a VARCHAR(40), b VARCHAR(40))",
        "CREATE TABLE red_db.secret (a VARCHAR(40), b VARCHAR(40))",
        "INSERT INTO red_db.t1 VALUES ('1', 'x')",
        "INSERT INTO red_db.secret VALUES ('TOPSECRET-1', 'TOPSECRET-2'), ('TOPSECRET-3',"
            + " 'TOPSECRET-4')",
        "CREATE ROLE red_role",
        "GRANT CONNECT ON ACCOUNT * TO red_role",
        "GRANT ALL ON TABLE red_db.t1 TO red_role",
        "GRANT CREATE TABLE, CREATE VIEW ON DATABASE red_db TO red_role",
        "CREATE USER red IDENTIFIED BY 'Red-team-1' DEFAULT ROLE red_role");
  }

  @AfterAll
  void clearUp() throws SQLException {
    gate.administer("DROP DATABASE red_db");
    gate.close();
  }

  @TestFactory
  Stream<DynamicContainer> noSpellingReachesTheSecret() {
    return Stream.of("", "ANSI_QUOTES", "NO_BACKSLASH_ESCAPES", "ANSI")
        .map(
            mode ->
                DynamicContainer.dynamicContainer(
                    mode.isEmpty() ? "default sql_mode" : mode,
                    spellings().stream()
                        .map(
                            spelling ->
                                DynamicTest.dynamicTest(
                                    spelling.id() + " " + spelling.sql(),
                                    () -> attempt(mode, spelling)))));
  }

  private void attempt(String mode, Spelling spelling) throws SQLException {
    List<String> allowed = new ArrayList<>();
    for (Attack attack : Attack.values()) {
      try (Connection red =
          gate.user("red", "Red-team-1")
              .connect(
                  "red_db", Map.of("useServerPrepStmts", "true", "allowMultiQueries", "true"))) {
        if (!mode.isEmpty()) {
          Sql.run(red, "SET sql_mode = '" + mode + "'");
        }
        try {
          attack.run(red, spelling.sql());
          allowed.add(attack.toString());
        } catch (SQLException e) {
          assertThat(String.valueOf(e.getMessage())).doesNotContain(MARK);
        }
        try {
          assertThat(Sql.rows(red, "SELECT @v, @a, @b, @x").toString()).doesNotContain(MARK);
        } catch (SQLException e) {
          assertThat(red.isValid(5)).as("the session after %s", spelling.sql()).isTrue();
        }
      }
    }
    aftermath();
    if (mode.equals(spelling.mode())
        && (mariaDb || !spelling.isMariaDbs())
        && spelling.needsSecret()
        && !spelling.sql().matches(HARMLESS)) {
      assertThat(allowed).as("not refused: %s", spelling.sql()).isEmpty();
    }
  }

  /** The secret is as it was, and nothing else has a copy of it. */
  private void aftermath() throws SQLException {
    try (Connection connection = straight.connect("red_db")) {
      assertThat(Sql.rows(connection, "SELECT a, b FROM secret ORDER BY a").toString())
          .isEqualTo(UNTOUCHED);
      List<String> drop = new ArrayList<>();
      for (String row : Sql.rows(connection, "SHOW FULL TABLES")) {
        String[] nameAndType = row.split("\\|", 2);
        String name = "`" + nameAndType[0].replace("`", "``") + "`";
        if (nameAndType[0].equals("secret")) {
          continue;
        }
        if (nameAndType[1].equals("VIEW")) {
          assertThat(Sql.value(connection, "SHOW CREATE VIEW " + name)).doesNotContain("secret");
          drop.add("DROP VIEW " + name);
          continue;
        }
        assertThat(Sql.rows(connection, "SELECT * FROM " + name).toString())
            .as(name)
            .doesNotContain(MARK);
        if (!nameAndType[0].equals("t1")) {
          drop.add("DROP TABLE " + name);
        }
      }
      Sql.run(connection, drop.toArray(new String[0]));
      Sql.run(connection, "DELETE FROM t1", "INSERT INTO t1 VALUES ('1', 'x')");
    }
  }

  private enum Attack {
    TEXT {
      @Override
      void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
          boolean rows = statement.execute(sql);
          while (rows || statement.getUpdateCount() != -1) {
            if (rows) {
              look(statement.getResultSet());
            }
            rows = statement.getMoreResults();
          }
        }
      }
    },
    PREPARED {
      @Override
      void run(Connection connection, String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
          if (statement.execute()) {
            look(statement.getResultSet());
          }
        }
      }
    };

    abstract void run(Connection connection, String sql) throws SQLException;

    static void look(ResultSet rows) throws SQLException {
      assertThat(Sql.rows(rows).toString()).doesNotContain(MARK);
    }
  }

  private record Spelling(String id, String sql, String access) {
    /** The sql_mode in which the server reads the secret; in others it may be a string. */
    String mode() {
      return switch (id) {
        case "LEX35", "LEX36" -> "NO_BACKSLASH_ESCAPES";
        case "LEX37", "LEX39" -> "ANSI_QUOTES";
        default -> "";
      };
    }

    /** {@code /*M!} begins code on MariaDB, and on MySQL a comment like any other. */
    boolean isMariaDbs() {
      return sql.contains("/*M!");
    }

    boolean needsSecret() {
      return access.contains("secret");
    }
  }

  private static List<Spelling> spellings() {
    try (InputStream in =
        Objects.requireNonNull(RedTeamIT.class.getResourceAsStream("spellings.tsv"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .map(line -> line.split("\t", 3))
          .map(cells -> new Spelling(cells[0], unescape(cells[1]), cells[2]))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String unescape(String cell) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < cell.length(); i++) {
      char c = cell.charAt(i);
      if (c != '\\' || i + 1 == cell.length()) {
        text.append(c);
        continue;
      }
      char next = cell.charAt(++i);
      text.append(next == 'n' ? '\n' : next == 't' ? '\t' : next);
    }
    return text.toString().replaceAll("\\bdb\\b", "red_db");
  }
}
