package io.portcullis.it.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.portcullis.it.harness.Await;
import io.portcullis.it.harness.BackendExtension;
import io.portcullis.it.harness.Sql;
import io.portcullis.it.harness.TestBackend;
import io.portcullis.it.harness.TestGate;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Who holds SELECT (id, name), INSERT (id, name) and UPDATE (name) on a table with a column {@code
 * secret}: what is granted works everywhere, and {@code secret} is as unknown as {@code nosuch}.
 */
@ExtendWith(BackendExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ColumnPrivilegesIT {

  private final TestGate gate;
  private Connection joe;

  ColumnPrivilegesIT(TestBackend backend) {
    gate = TestGate.start(backend);
  }

  @BeforeAll
  void makeTables() throws SQLException {
    gate.administer(
        "DROP DATABASE IF EXISTS col_d",
        "CREATE DATABASE col_d",
        "CREATE ROLE col_role",
        "CREATE ROLE col_other",
        "GRANT CONNECT ON ACCOUNT * TO col_role",
        "CREATE USER col_joe IDENTIFIED BY 'Col-team-1' DEFAULT ROLE col_role",
        "CREATE USER col_eve IDENTIFIED BY 'Col-team-1' DEFAULT ROLE col_other",
        "GRANT CONNECT ON ACCOUNT * TO col_other");
  }

  @BeforeEach
  void fill() throws SQLException {
    gate.administer(
        "DROP TABLE IF EXISTS col_d.t, col_d.u, col_d.log",
        "CREATE TABLE col_d.t (id INT PRIMARY KEY, name VARCHAR(20), secret VARCHAR(20))",
        "CREATE TABLE col_d.u (id INT PRIMARY KEY, secret INT)",
        "CREATE TABLE col_d.log (line VARCHAR(40))",
        "INSERT INTO col_d.t VALUES (1, 'ada', 's1'), (2, 'bob', 's2')",
        "INSERT INTO col_d.u VALUES (1, 10), (2, 20)",
        "GRANT SELECT (id, name), INSERT (id, name), UPDATE (name) ON TABLE col_d.t TO col_role",
        "GRANT SELECT, UPDATE ON TABLE col_d.u TO col_role",
        "GRANT INSERT ON TABLE col_d.log TO col_role");
    joe = gate.user("col_joe", "Col-team-1").connect("col_d");
  }

  @AfterEach
  void disconnect() throws SQLException {
    joe.close();
  }

  @AfterAll
  void clearUp() throws SQLException {
    gate.administer("DROP DATABASE col_d", "DROP USER col_joe, col_eve");
    gate.administer("DROP ROLE col_role, col_other");
    gate.close();
  }

  private static void refused(Connection connection, String sql, int errno, String says) {
    assertThatThrownBy(() -> Sql.run(connection, sql))
        .as(sql)
        .isInstanceOfSatisfying(
            SQLException.class,
            e -> assertThat(e.getErrorCode()).as(e.getMessage()).isEqualTo(errno))
        .hasMessageContaining(says);
  }

  private List<String> administrator(String sql) throws SQLException {
    try (Connection root = gate.administrator().connect()) {
      return Sql.rows(root, sql);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '"',
      value = {
        "SELECT name FROM t WHERE id = 2 ~ bob",
        "SELECT * FROM t WHERE id = 1 ~ 1|ada",
        "SELECT t.* FROM t WHERE id = 1 ~ 1|ada",
        "SELECT x.NAME FROM t AS x WHERE x.id = 1 ~ ada",
        "SELECT col_d.t.name FROM col_d.t WHERE `col_d`.`t`.`id` = 1 ~ ada",
        "SELECT COUNT(*) FROM t ~ 2",
        "SELECT t.name, u.secret FROM t JOIN u ON t.id = u.id WHERE u.id = 2 ~ bob|20",
        "SELECT name FROM t JOIN u USING (id) WHERE id = 2 ~ bob",
        "SELECT name, COUNT(*) FROM t GROUP BY name HAVING name > 'b' ORDER BY name ~ bob|1",
        "SELECT (SELECT MAX(name) FROM t WHERE t.id = u.id) FROM u WHERE id = 1 ~ ada",
        "WITH c AS (SELECT * FROM t) SELECT name FROM c WHERE id = 1 ~ ada",
        "SELECT d.name FROM (SELECT * FROM t) AS d WHERE d.id = 1 ~ ada",
        "SELECT ROW_NUMBER() OVER (ORDER BY name DESC) FROM t WHERE id = 2 ~ 1",
        "SELECT a.name FROM t a, t b WHERE a.id = 1 AND b.id = 2 ~ ada",
        "SELECT name FROM t WHERE id = 1 UNION SELECT name FROM t WHERE id = 3 ~ ada",
        "/* all */ SELECT/**/name/**/FROM/**/t/**/WHERE id=1 ~ ada",
        "SELECT CONCAT(name, USER()) FROM t WHERE id = 1 ~ adacol_joe@127.0.0.1",
      })
  void grantedColumnsAreReadWhereverTheyStand(String sql, String expected) throws SQLException {
    assertThat(Sql.rows(joe, sql)).containsExactly(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT %s FROM t",
        "SELECT t.%s FROM t",
        "SELECT col_d.t.%s FROM t",
        "SELECT `%s` FROM col_d.t",
        "SELECT id FROM t WHERE %s = 's1'",
        "SELECT id FROM t x WHERE x.%s = 's1'",
        "SELECT id FROM t ORDER BY %s",
        "SELECT MAX(%s) FROM t",
        "SELECT id FROM t GROUP BY id HAVING MAX(%s) > 's'",
        "SELECT SUM(id) OVER (PARTITION BY %s) FROM t",
        "SELECT t.id FROM t JOIN u ON t.%s = 's1'",
        "SELECT id FROM u WHERE EXISTS (SELECT 1 FROM t WHERE t.%s = 's1' AND t.id = u.id)",
        "WITH c AS (SELECT %s FROM t) SELECT * FROM c",
        "SELECT * FROM (SELECT %s FROM t) AS d",
        "INSERT INTO log SELECT %s FROM t",
        "DO (SELECT %s FROM t LIMIT 1)",
        "SET @x = (SELECT %s FROM t LIMIT 1)",
        "UPDATE u SET secret = 1 WHERE id IN (SELECT id FROM t WHERE t.%s = 's1')",
        "UPDATE t SET name = %s",
        "UPDATE t SET name = 'x' WHERE %s = 's1'",
        "UPDATE t x SET x.name = 'x' WHERE x.%s = 's1'",
        "UPDATE t SET name = 'x' ORDER BY %s LIMIT 1",
        "UPDATE t JOIN u ON t.id = u.id SET t.name = t.%s",
        "INSERT INTO t (id, name) VALUES (9, %s)",
        "INSERT INTO t (id) VALUES (1) ON DUPLICATE KEY UPDATE name = %s",
      })
  void hiddenColumnsLookLikeThoseThatAreMissing(String sql) {
    for (String column : List.of("secret", "nosuch")) {
      refused(
          joe,
          String.format(sql, column),
          1143,
          "SELECT command denied to user 'col_joe'@'127.0.0.1' for column '"
              + column
              + "' in table 't'");
    }
  }

  @Test
  void writesTakeTheColumnsTheyName() throws SQLException {
    Sql.run(joe, "INSERT INTO t (id, name) VALUES (3, 'cy')");
    Sql.run(joe, "INSERT INTO t SET id = 4, name = 'di'");
    Sql.run(joe, "INSERT INTO t (id, name) SELECT id + 10, name FROM t WHERE id = 1");
    Sql.run(joe, "INSERT INTO t (id, name) SELECT 50, secret FROM u WHERE id = 2");
    gate.administer("DELETE FROM col_d.t WHERE id = 50 AND name = '20'");
    Sql.run(
        joe,
        "INSERT INTO t (id, name) VALUES (3, 'cyd') ON DUPLICATE KEY UPDATE name = VALUES(name)");
    Sql.run(joe, "UPDATE t SET name = CONCAT(name, '!') WHERE id = 4");
    Sql.run(joe, "UPDATE t JOIN u ON t.id = u.id SET t.name = u.secret WHERE u.id = 2");
    Sql.run(joe, "UPDATE u JOIN t ON t.id = u.id SET u.secret = 11 WHERE t.name = 'ada'");
    assertThat(administrator("SELECT * FROM col_d.t ORDER BY id"))
        .containsExactly("1|ada|s1", "2|20|s2", "3|cyd|null", "4|di!|null", "11|ada|null");
    assertThat(administrator("SELECT secret FROM col_d.u WHERE id = 1")).containsExactly("11");

    refused(joe, "INSERT INTO t (id, secret) VALUES (5, 'x')", 1143, "INSERT command denied");
    refused(joe, "INSERT INTO t (id, nosuch) VALUES (5, 'x')", 1143, "column 'nosuch'");
    refused(joe, "INSERT INTO t VALUES (5, 'x', 'y')", 1142, "INSERT command denied");
    refused(joe, "INSERT INTO t SELECT * FROM t", 1142, "INSERT command denied");
    refused(joe, "REPLACE INTO t (id, name) VALUES (5, 'x')", 1142, "DELETE command denied");
    refused(joe, "UPDATE t SET secret = 'x'", 1143, "UPDATE command denied");
    refused(joe, "UPDATE t SET id = 7 WHERE id = 1", 1143, "column 'id'");
    refused(joe, "UPDATE t JOIN u ON t.id = u.id SET name = 'x'", 1235, "several tables");
    refused(joe, "DELETE FROM t WHERE id = 1", 1142, "DELETE command denied");
    refused(joe, "TRUNCATE t", 1142, "TRUNCATE");
    assertThat(administrator("SELECT COUNT(*) FROM col_d.t")).containsExactly("5");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      value = {
        "SELECT id FROM t NATURAL JOIN u ~ 1235 ~ NATURAL JOIN",
        "SELECT id FROM t FOR UPDATE ~ 1235 ~ locks rows",
        "SELECT id FROM t USE INDEX (PRIMARY) ~ 1235 ~ index hint",
        "CREATE VIEW v AS SELECT id FROM t ~ 1142 ~ denied",
        "LOCK TABLES t READ ~ 1142 ~ denied",
        "PREPARE p FROM 'SELECT id FROM t' ~ 1142 ~ SELECT command denied",
        "SHOW INDEX FROM t ~ 1142 ~ denied",
      })
  void whatCannotBeToldIsRefused(String sql, int errno, String says) {
    refused(joe, sql, errno, says);
  }

  @Test
  void returningReads() throws SQLException {
    assumeTrue(gate.straight().isMariaDb());
    try (Statement insert = joe.createStatement()) {
      assertThat(insert.execute("INSERT INTO t (id, name) VALUES (7, 'gil') RETURNING name, id"))
          .isTrue();
      assertThat(Sql.rows(insert.getResultSet())).containsExactly("gil|7");
    }
    refused(joe, "INSERT INTO t (id) VALUES (8) RETURNING secret", 1143, "column 'secret'");
    refused(joe, "INSERT INTO t (id) VALUES (8) RETURNING *", 1142, "command denied");
    assertThat(administrator("SELECT COUNT(*) FROM col_d.t WHERE id = 8")).containsExactly("0");
  }

  @Test
  void preparedStatementsKeepWhatTheyWerePreparedWith() throws SQLException {
    try (Connection prepared =
            gate.user("col_joe", "Col-team-1")
                .connect(
                    "col_d",
                    Map.of("useServerPrepStmts", "true", "emulateUnsupportedPstmts", "false"));
        PreparedStatement select = prepared.prepareStatement("SELECT * FROM t WHERE id = ?")) {
      select.setInt(1, 2);
      try (ResultSet rows = select.executeQuery()) {
        assertThat(Sql.rows(rows)).containsExactly("2|bob");
      }
      assertThatThrownBy(() -> prepared.prepareStatement("SELECT secret FROM t"))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getErrorCode()).isEqualTo(1143));

      gate.administer("REVOKE SELECT (name) ON TABLE col_d.t FROM col_role");
      assertThatThrownBy(select::executeQuery)
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getErrorCode()).isEqualTo(1143));
    }
  }

  @Test
  void aRevokeEndsWhatRunsOnTheColumn() throws Exception {
    Thread revoke =
        new Thread(
            () -> {
              try {
                try (Connection straight = gate.straight().connect()) {
                  Await.until(
                      "the query runs",
                      () ->
                          !Sql.rows(
                                  straight,
                                  "SELECT ID FROM information_schema.PROCESSLIST WHERE INFO LIKE"
                                      + " '%SLEEP(30)%' AND ID <> CONNECTION_ID()")
                              .isEmpty());
                }
                gate.administer("REVOKE SELECT (name) ON TABLE col_d.t FROM col_role");
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
    revoke.start();
    try (Connection other = gate.user("col_joe", "Col-team-1").connect("col_d")) {
      refused(other, "SELECT name, SLEEP(30) FROM t", 1317, "not permitted any more");
    }
    revoke.join();
    assertThat(Sql.rows(joe, "SELECT id, SLEEP(0) FROM t WHERE id = 1")).containsExactly("1|0");
    refused(joe, "SELECT name FROM t", 1143, "column 'name'");
  }

  @Test
  void grantsFollowTheColumnAndNotItsName() throws SQLException {
    gate.administer("ALTER TABLE col_d.t RENAME COLUMN name TO nick, RENAME COLUMN secret TO name");
    assertThat(Sql.rows(joe, "SELECT * FROM t WHERE id = 1")).containsExactly("1|ada");
    assertThat(Sql.rows(joe, "SELECT nick FROM t WHERE id = 1")).containsExactly("ada");
    refused(joe, "SELECT name FROM t", 1143, "column 'name'");

    gate.administer("ALTER TABLE col_d.t DROP COLUMN nick, ADD nick VARCHAR(20) DEFAULT 'new'");
    refused(joe, "SELECT nick FROM t", 1143, "column 'nick'");

    gate.administer("RENAME TABLE col_d.t TO col_d.t2");
    assertThat(Sql.rows(joe, "SELECT * FROM t2 WHERE id = 1")).containsExactly("1");
    gate.administer("DROP TABLE col_d.t2", "CREATE TABLE col_d.t2 (id INT)");
    refused(joe, "SELECT id FROM t2", 1142, "denied");
  }

  @Test
  void aHintNamesTheColumnAlone() throws SQLException {
    refused(joe, "SELECT name, secret FROM t", 1143, "column 'secret'");
    String grant = "GRANT SELECT (`secret`) ON TABLE `col_d`.`t` TO ROLE `col_role`";
    assertThat(Sql.rows(joe, "SHOW WARNINGS")).anyMatch(row -> row.endsWith(grant));
    gate.administer(grant);
    assertThat(Sql.rows(joe, "SELECT name, secret FROM t WHERE id = 1")).containsExactly("ada|s1");
    refused(joe, "UPDATE t SET secret = 'x'", 1143, "UPDATE command denied");
  }

  @Test
  void viewsReachTheColumnsTheyRead() throws SQLException {
    gate.administer(
        "CREATE SQL SECURITY INVOKER VIEW col_d.names AS SELECT id, name FROM col_d.t",
        "CREATE SQL SECURITY INVOKER VIEW col_d.secrets AS SELECT id, secret FROM col_d.t",
        "GRANT SELECT ON VIEW col_d.names TO col_role",
        "GRANT SELECT ON VIEW col_d.secrets TO col_role");
    try {
      assertThat(Sql.rows(joe, "SELECT name FROM names WHERE id = 1")).containsExactly("ada");
      refused(joe, "SELECT id FROM secrets", 1356, "");
      gate.administer(
          "REVOKE SELECT ON VIEW col_d.names FROM col_role",
          "GRANT SELECT (name) ON VIEW col_d.names TO col_role");
      assertThat(Sql.rows(joe, "SELECT * FROM names ORDER BY name")).containsExactly("ada", "bob");
      refused(joe, "SELECT id FROM names", 1143, "column 'id' in table 'names'");
    } finally {
      gate.administer("DROP VIEW col_d.names", "DROP VIEW col_d.secrets");
    }
  }

  @Test
  void whatIsDescribedIsWhatMayBeKnown() throws SQLException {
    for (String sql :
        List.of(
            "DESCRIBE t",
            "DESC col_d.t",
            "EXPLAIN t",
            "SHOW COLUMNS FROM t",
            "SHOW FULL COLUMNS FROM t IN col_d",
            "SHOW FIELDS FROM col_d.t LIKE '%'",
            "SHOW COLUMNS FROM t WHERE Field <> 'x' OR 1")) {
      assertThat(Sql.rows(joe, sql)).as(sql).hasSize(2).noneMatch(row -> row.contains("secret"));
    }
    assertThat(Sql.rows(joe, "SHOW COLUMNS FROM t LIKE 'secret'")).isEmpty();
    assertThat(
            Sql.rows(
                joe,
                "SELECT COLUMN_NAME FROM information_schema.COLUMNS WHERE TABLE_NAME = 't' AND"
                    + " TABLE_SCHEMA = 'col_d' ORDER BY 1"))
        .containsExactly("id", "name");
    assertThat(
            Sql.rows(
                joe,
                "SELECT c.COLUMN_NAME, t.name FROM information_schema.COLUMNS c, t WHERE"
                    + " c.TABLE_SCHEMA = 'col_d' AND c.TABLE_NAME = 'u' AND t.id = 1 ORDER BY 1"))
        .containsExactly("id|ada", "secret|ada");
    assertThat(
            Sql.rows(
                joe,
                "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'col_d'"
                    + " ORDER BY 1"))
        .containsExactly("log", "t", "u");
    assertThat(
            Sql.rows(
                joe,
                "SELECT INDEX_NAME FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = 'col_d'"
                    + " AND TABLE_NAME = 't'"))
        .isEmpty();
    refused(joe, "DESCRIBE t secret", 1142, "denied");
  }

  @Test
  void grantsAreListed() throws SQLException {
    assertThat(Sql.rows(joe, "SHOW GRANTS FOR ROLE col_role"))
        .contains(
            "GRANT SELECT (`id`, `name`) ON TABLE `col_d`.`t` TO ROLE `col_role`",
            "GRANT UPDATE (`name`) ON TABLE `col_d`.`t` TO ROLE `col_role`");
    assertThat(
            Sql.rows(
                joe,
                "SELECT COLUMN_NAME, PRIVILEGE_TYPE FROM information_schema.COLUMN_PRIVILEGES"
                    + " WHERE TABLE_SCHEMA = 'col_d' AND TABLE_NAME = 't' ORDER BY 1, 2"))
        .containsExactly("id|INSERT", "id|SELECT", "name|INSERT", "name|SELECT", "name|UPDATE");
  }

  @Test
  void accessIsExplainedByColumn() throws SQLException {
    assertThat(Sql.rows(joe, "EXPLAIN ACCESS SELECT name, secret FROM t WHERE id = 1"))
        .anyMatch(row -> row.contains("SELECT (`id`)") && row.contains("allowed"))
        .anyMatch(row -> row.contains("SELECT (`name`)") && row.contains("GRANT SELECT (`name`)"))
        .anyMatch(row -> row.contains("SELECT (`secret`)") && row.contains("denied"));
    assertThat(Sql.rows(joe, "EXPLAIN ACCESS SELECT name FROM t WHERE id = 1"))
        .anyMatch(row -> row.contains("(SELECT `id`, `name` FROM t) AS `t`"));
    assertThat(Sql.rows(joe, "EXPLAIN ACCESS UPDATE t SET name = secret"))
        .anyMatch(row -> row.contains("UPDATE (`name`)") && row.contains("allowed"))
        .anyMatch(row -> row.contains("SELECT (`secret`)") && row.contains("denied"));
    assertThat(Sql.rows(joe, "EXPLAIN ACCESS FORMAT=JSON SELECT * FROM t, u"))
        .anyMatch(row -> row.contains("SELECT (`id`)") && row.contains("SELECT (`name`)"));
    try (Connection root = gate.administrator().connect()) {
      assertThat(Sql.rows(root, "EXPLAIN ACCESS FOR col_joe SELECT id FROM col_d.t"))
          .anyMatch(row -> row.contains("SELECT (`id`)") && row.contains("allowed"));
      assertThat(Sql.rows(root, "EXPLAIN ACCESS SELECT id FROM col_d.t"))
          .noneMatch(row -> row.contains("`id`)"));
    }
  }

  @Test
  void whoHasNothingLearnsNothing() throws SQLException {
    try (Connection eve = gate.user("col_eve", "Col-team-1").connect()) {
      for (String sql :
          List.of(
              "SELECT id FROM col_d.t", "SELECT nosuch FROM col_d.t", "SELECT * FROM col_d.t")) {
        refused(eve, sql, 1142, "SELECT command denied");
      }
    }
  }

  @Test
  void foreignKeysTakeTheColumnsTheyPointAt() throws SQLException {
    gate.administer(
        "GRANT CREATE TABLE ON DATABASE col_d TO col_role",
        "GRANT REFERENCES (id) ON TABLE col_d.t TO col_role");
    try {
      refused(
          joe,
          "CREATE TABLE child (s VARCHAR(20), FOREIGN KEY (s) REFERENCES t (secret))",
          1143,
          "REFERENCES command denied");
      Sql.run(joe, "CREATE TABLE child (i INT, FOREIGN KEY (i) REFERENCES t (id))");
      Sql.run(joe, "CREATE TABLE copied AS SELECT * FROM t");
      assertThat(administrator("SELECT * FROM col_d.copied WHERE id = 1")).containsExactly("1|ada");
    } finally {
      gate.administer("DROP TABLE IF EXISTS col_d.child, col_d.copied");
      gate.administer("REVOKE CREATE TABLE ON DATABASE col_d FROM col_role");
    }
  }
}
