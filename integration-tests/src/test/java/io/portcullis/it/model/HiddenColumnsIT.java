package io.portcullis.it.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portcullis.it.harness.BackendExtension;
import io.portcullis.it.harness.Endpoint;
import io.portcullis.it.harness.Sql;
import io.portcullis.it.harness.TestBackend;
import io.portcullis.it.harness.TestGate;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A red team that holds columns {@code a} and {@code g} of {@code part}, and all of {@code t1}: it
 * must not read {@code b}, nor compare, sort or count by it, nor change it, nor learn that there is
 * a column {@code topsecret_name}.
 */
@ExtendWith(BackendExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class HiddenColumnsIT {

  private static final String MARK = "topsecret";
  private static final String PASSWORD = "Red-team-2";

  private final TestGate gate;
  private final Endpoint straight;
  private boolean mariaDb;

  HiddenColumnsIT(TestBackend backend) {
    gate = TestGate.start(backend);
    straight = backend.endpoint();
  }

  @BeforeAll
  void makeTheTable() throws SQLException {
    try (Connection connection = straight.connect()) {
      mariaDb = Sql.value(connection, "SELECT VERSION()").contains("MariaDB");
    }
    gate.administer(
        "DROP DATABASE IF EXISTS hid_db",
        "CREATE DATABASE hid_db",
        "CREATE TABLE hid_db.t1 (a VARCHAR(40) PRIMARY KEY, b VARCHAR(40))",
        "CREATE TABLE hid_db.part (id INT PRIMARY KEY AUTO_INCREMENT, a VARCHAR(40) UNIQUE, b"
            + " VARCHAR(40) DEFAULT 'topsecret-d', g VARCHAR(40) AS (CONCAT(a, '!')), h VARCHAR(40)"
            + " AS (CONCAT(b, '!')), topsecret_name INT, FULLTEXT KEY k (b), KEY topsecret_key"
            + " (topsecret_name))",
        "CREATE TABLE hid_db.cut (a VARCHAR(40), b VARCHAR(40))",
        "CREATE VIEW hid_db.v AS SELECT a, b FROM hid_db.part",
        "CREATE VIEW hid_db.renamed (x, y) AS SELECT a, b FROM hid_db.part",
        "CREATE ROLE hid_role",
        "GRANT CONNECT ON ACCOUNT * TO hid_role",
        "GRANT ALL ON TABLE hid_db.t1 TO hid_role",
        "GRANT CREATE TABLE, CREATE VIEW, CREATE ROUTINE, TRIGGER, EVENT ON DATABASE hid_db TO"
            + " hid_role",
        "GRANT SELECT (a, g), INSERT (a), UPDATE (a), REFERENCES (a) ON TABLE hid_db.part TO"
            + " hid_role",
        "GRANT SELECT (a) ON TABLE hid_db.cut TO hid_role",
        "GRANT DELETE ON TABLE hid_db.cut TO hid_role",
        "GRANT SELECT (a) ON VIEW hid_db.v TO hid_role",
        "GRANT SELECT (x) ON VIEW hid_db.renamed TO hid_role",
        "CREATE USER hid_red IDENTIFIED BY '" + PASSWORD + "' DEFAULT ROLE hid_role");
    fill();
  }

  @AfterAll
  void clearUp() throws SQLException {
    gate.administer("DROP DATABASE hid_db");
    gate.close();
  }

  private void fill() throws SQLException {
    try (Connection connection = straight.connect("hid_db")) {
      Sql.run(
          connection,
          "DELETE FROM t1",
          "DELETE FROM cut",
          "INSERT INTO cut VALUES ('1', 'topsecret-1')",
          "INSERT INTO t1 VALUES ('1', 'x'), ('2', 'topsecret?')",
          "DELETE FROM part",
          "INSERT INTO part (a, b, topsecret_name) VALUES ('1', 'topsecret-1', 1), ('2',"
              + " 'topsecret-2', 2)");
    }
  }

  /** Nothing is changed that may not be, and nothing has a copy. */
  @AfterEach
  void aftermath() throws SQLException {
    try (Connection connection = straight.connect("hid_db")) {
      assertThat(
              Sql.rows(
                  connection,
                  "SELECT COUNT(*), MIN(b), MAX(b) FROM part WHERE topsecret_name IS NOT NULL"))
          .containsExactly("2|topsecret-1|topsecret-2");
      assertThat(Sql.rows(connection, "SELECT a FROM part WHERE a LIKE '%topsecret%'")).isEmpty();
      assertThat(Sql.rows(connection, "SELECT a, b FROM t1 WHERE CONCAT(a, b) LIKE '%topsecret-%'"))
          .isEmpty();
      assertThat(Sql.rows(connection, "SHOW TABLES"))
          .containsExactlyInAnyOrder("cut", "part", "renamed", "t1", "v");
    }
    fill();
  }

  private Connection red() throws SQLException {
    return gate.user("hid_red", PASSWORD).connect("hid_db", Map.of("useServerPrepStmts", "true"));
  }

  /** How it was answered, as text and prepared; never with the mark. */
  private List<String> answers(String sql) throws SQLException {
    List<String> allowed = new ArrayList<>();
    for (boolean prepared : new boolean[] {false, true}) {
      try (Connection red = red()) {
        try (Statement text = red.createStatement();
            PreparedStatement binary = prepared ? red.prepareStatement(sql) : null) {
          boolean rows = binary == null ? text.execute(sql) : binary.execute();
          Statement executed = binary == null ? text : binary;
          String seen = rows ? Sql.rows(executed.getResultSet()).toString() : "";
          assertThat(seen).as(sql).doesNotContain(MARK + "-").doesNotContain(MARK + "_");
          allowed.add(seen);
        } catch (SQLException e) {
          if (!sql.contains(MARK)) {
            assertThat(String.valueOf(e.getMessage())).as(sql).doesNotContain(MARK);
          }
        }
        assertThat(Sql.rows(red, "SELECT @v").toString()).doesNotContain(MARK);
      }
    }
    return allowed;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // by name
        "SELECT b FROM part",
        "SELECT `part`.`B` FROM part",
        "SELECT hid_db.part.b FROM hid_db.part",
        "SELECT p.b FROM part p",
        "SELECT b 'a' FROM part",
        "SELECT h FROM part",
        "SELECT _rowid FROM part",
        "SELECT DEFAULT(b) FROM part",
        "SELECT NAME_CONST('a', b) FROM part",
        "SELECT COUNT(topsecret_name) FROM part",
        "SELECT COUNT(there_is_none) FROM part",
        // by joins
        "SELECT * FROM part NATURAL JOIN t1",
        "SELECT t1.a FROM t1 NATURAL LEFT JOIN part",
        "SELECT part.a FROM part JOIN t1 USING (b)",
        "SELECT part.a FROM part JOIN t1 USING (a, b)",
        "SELECT t1.a FROM t1 JOIN part ON t1.b = part.b",
        "SELECT t1.b FROM part t1 JOIN t1 part",
        "SELECT x.a FROM part x, part y WHERE x.b < y.b",
        "SELECT * FROM { OJ part LEFT JOIN t1 ON part.b = t1.b }",
        "SELECT part.b FROM (part CROSS JOIN t1)",
        // by sorting, grouping, windows
        "SELECT a FROM part ORDER BY b",
        "SELECT a FROM part GROUP BY a, b",
        "SELECT COUNT(*) FROM part HAVING MAX(b) > 't'",
        "SELECT a, ROW_NUMBER() OVER (ORDER BY b) FROM part",
        "SELECT a, ROW_NUMBER() OVER b FROM part WINDOW b AS (ORDER BY b)",
        "SELECT a FROM part WINDOW w AS (PARTITION BY b)",
        "SELECT GROUP_CONCAT(a ORDER BY b) FROM part",
        "SELECT COUNT(DISTINCT a, b) FROM part",
        "SELECT DISTINCT b FROM part",
        "(SELECT a FROM part) UNION (SELECT b FROM part) ORDER BY 1",
        "SELECT MATCH (b) AGAINST ('topsecret') FROM part",
        // by conditions
        "SELECT a FROM part WHERE b LIKE 'top%'",
        "SELECT a FROM part WHERE (a, b) IN (SELECT a, b FROM t1)",
        "SELECT a FROM part WHERE EXISTS (SELECT 1 FROM t1 WHERE t1.b = part.b)",
        "SELECT a FROM t1 WHERE b IN (SELECT part.b FROM part)",
        "SELECT a FROM part WHERE a = 1 OR b = 'topsecret-1'",
        // by tables in between
        "SELECT b FROM (SELECT * FROM part) p",
        "WITH q AS (SELECT * FROM part) SELECT b FROM q",
        "WITH q (x) AS (SELECT b FROM part) SELECT x FROM q",
        "WITH part AS (SELECT 'x' AS b) SELECT p.b FROM part, hid_db.part p",
        "WITH RECURSIVE r AS (SELECT b FROM part UNION ALL SELECT b FROM r WHERE FALSE) SELECT * FROM r",
        "SELECT j.x FROM part, JSON_TABLE(part.b, '$' COLUMNS (x VARCHAR(40) PATH '$')) j",
        "SELECT x FROM JSON_TABLE((SELECT JSON_ARRAYAGG(part.b) FROM part), '$[*]' COLUMNS (x VARCHAR(40)"
            + " PATH '$')) j",
        "SELECT x.b FROM t1, LATERAL (SELECT part.b FROM part) x",
        "SELECT y FROM renamed",
        "SELECT b FROM renamed",
        "SELECT b FROM v",
        // by other spellings
        "/*!50000 SELECT b FROM part */",
        "SELECT /*!50000 b */ FROM part",
        "SELECT a /*!50000 , b */ FROM part",
        "SELECT {fn CONCAT(b)} FROM part",
        "TABLE part",
        "HANDLER part OPEN",
        "SELECT a FROM part PROCEDURE ANALYSE()",
        "SELECT a FROM part FOR UPDATE",
        "SELECT a FROM part USE INDEX (k)",
        "SELECT a FROM part INTO OUTFILE '/tmp/hid_part'",
        // by variables and dynamic SQL
        "SET @v = (SELECT b FROM part LIMIT 1)",
        "SELECT b INTO @v FROM part LIMIT 1",
        "DO (SELECT @v := b FROM part LIMIT 1)",
        "PREPARE s FROM 'SELECT b FROM part'",
        "PREPARE s FROM 'SELECT a FROM part'",
        "EXECUTE IMMEDIATE 'SELECT b FROM part'",
        "EXECUTE IMMEDIATE 'INSERT INTO part (a, b) VALUES (9, 9)'",
        "EXECUTE IMMEDIATE 'INSERT INTO part (a) VALUES (9) RETURNING b'",
        "EXECUTE IMMEDIATE 'UPDATE part SET b = 1'",
        "EXECUTE IMMEDIATE 'UPDATE part SET a = b'",
        "EXECUTE IMMEDIATE 'DELETE FROM cut RETURNING *'",
        "EXECUTE IMMEDIATE 'DELETE FROM cut RETURNING b'",
        "PREPARE s FROM 'UPDATE part SET b = 1'",
        "PREPARE s FROM 'DELETE FROM cut RETURNING b'",
        "SET STATEMENT max_statement_time = 1 FOR DELETE FROM cut RETURNING b",
        "BEGIN NOT ATOMIC DELETE FROM cut RETURNING b; END",
        // by copies and definitions
        "CREATE TABLE c AS SELECT b FROM part",
        "CREATE TABLE c AS SELECT *, b FROM part",
        "CREATE TABLE c LIKE part",
        "CREATE VIEW w AS SELECT a FROM part",
        "CREATE VIEW w (a) AS SELECT b FROM part",
        "CREATE PROCEDURE p() SELECT b FROM part",
        "CREATE FUNCTION f() RETURNS TEXT RETURN (SELECT MAX(b) FROM part)",
        "CREATE TRIGGER g BEFORE INSERT ON t1 FOR EACH ROW SET NEW.b = (SELECT MAX(part.b) FROM part)",
        "CREATE TRIGGER g BEFORE UPDATE ON part FOR EACH ROW SET NEW.a = OLD.b",
        "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO INSERT INTO t1 SELECT b, b FROM part",
        "INSERT INTO t1 SELECT b, 'n' FROM part",
        "INSERT INTO t1 SELECT a, h FROM part",
        "INSERT INTO t1 (a) SELECT 'n' FROM part ON DUPLICATE KEY UPDATE b = part.b",
        "INSERT INTO t1 SELECT a, a FROM part ON DUPLICATE KEY UPDATE b = part.b",
        "REPLACE INTO t1 SELECT b, b FROM part",
        // by what is written
        "INSERT INTO part (a, b) VALUES ('n', 'n')",
        "INSERT INTO part VALUES (9, 'n', 'n', DEFAULT, DEFAULT, 1)",
        "INSERT INTO part (a) VALUES (b)",
        "INSERT INTO part (a) (VALUES (b))",
        "INSERT INTO part (a) (VALUES (CONCAT(part.b, '')))",
        "INSERT INTO part (a) (VALUES ROW(part.b))",
        "INSERT INTO part (a) SELECT b FROM part AS q",
        "INSERT INTO part SET a = 'n', b = 'n'",
        "INSERT INTO part (a) VALUES ('1') ON DUPLICATE KEY UPDATE a = b",
        "INSERT INTO part (a) VALUES ('1') ON DUPLICATE KEY UPDATE a = VALUES(b)",
        "INSERT INTO part (a) VALUES ('1') ON DUPLICATE KEY UPDATE a = IF(b LIKE 'top%', 'y', 'n')",
        "INSERT INTO part (a) VALUES ('1') ON DUPLICATE KEY UPDATE b = 'n'",
        "INSERT INTO part (a) VALUES ('n') RETURNING b",
        "INSERT INTO part (a) VALUES ('n') RETURNING DEFAULT(b)",
        "REPLACE INTO part (a) VALUES ('1')",
        "UPDATE part SET a = b",
        "UPDATE part SET a = h",
        "UPDATE part SET a = DEFAULT(b)",
        "UPDATE part SET b = 'n'",
        "UPDATE part SET a = 'n' WHERE b LIKE 'top%1'",
        "UPDATE part SET a = 'n' WHERE _rowid = 1",
        "UPDATE part SET a = 'n' ORDER BY b LIMIT 1",
        "UPDATE t1, part SET t1.b = part.b",
        "UPDATE t1 JOIN part USING (a) SET t1.b = part.b",
        "UPDATE t1 NATURAL JOIN part SET t1.a = 'n'",
        "UPDATE t1 SET a = (SELECT part.b FROM part LIMIT 1)",
        "DELETE t1 FROM t1 JOIN part ON t1.b = part.b",
        "DELETE FROM t1 WHERE b < (SELECT MAX(part.b) FROM part)",
        "DELETE FROM part",
        "DELETE FROM cut RETURNING *",
        "DELETE FROM cut RETURNING b",
        "DELETE FROM cut RETURNING a, (SELECT MAX(b) FROM cut AS q)",
        "TRUNCATE TABLE part",
        // by what describes
        "SHOW CREATE TABLE part",
        "SHOW INDEX FROM part",
        "SHOW CREATE VIEW v",
        "EXPLAIN SELECT b FROM part",
        "EXPLAIN SELECT a FROM v",
        "DESCRIBE SELECT x FROM renamed",
        "EXPLAIN FORMAT=JSON SELECT * FROM renamed WHERE x = '1'",
        "ANALYZE FORMAT=JSON SELECT t1.a FROM t1 JOIN v USING (a)",
        "ANALYZE FORMAT=JSON SELECT b FROM part",
        "CHECKSUM TABLE part",
        "CREATE TABLE c (x VARCHAR(40), FOREIGN KEY (x) REFERENCES part (b))",
        "ALTER TABLE part DROP COLUMN b",
        "GRANT SELECT (b) ON TABLE part TO hid_role",
      })
  void noWayLeadsToAColumnThatIsNotHeld(String sql) throws SQLException {
    assertThat(answers(sql)).as("not refused: %s", sql).isEmpty();
  }

  /** The permitted twins, and what only looks like one of those. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT a, g FROM part",
        "SELECT * FROM part",
        "SELECT part.*, t1.a FROM part JOIN t1 USING (a)",
        "SELECT a AS b FROM part ORDER BY b",
        "SELECT a AS b FROM part GROUP BY b",
        "SELECT part.b FROM part t1 JOIN t1 part",
        "SELECT (SELECT b FROM part LIMIT 1) FROM t1 WHERE a = '1'",
        "WITH part AS (SELECT 'x' AS b) SELECT b FROM part",
        "WITH q AS (SELECT * FROM part) SELECT * FROM q",
        "SELECT a, ROW_NUMBER() OVER (ORDER BY a) FROM part",
        "SELECT x.* FROM (SELECT * FROM part) x",
        "SELECT * FROM v",
        "SELECT * FROM renamed",
        "SELECT COUNT(*) FROM part",
        "SELECT a INTO @v FROM part LIMIT 1",
        "EXPLAIN SELECT a FROM part",
        "EXPLAIN FORMAT=JSON SELECT part.a FROM part JOIN t1 USING (a)",
        "EXPLAIN SELECT user_name FROM mo_catalog.mo_user",
        "EXPLAIN SELECT TABLE_NAME FROM information_schema.TABLES",
        "UPDATE part SET a = CONCAT(a, '-n') WHERE a = '1'",
        "REPLACE INTO t1 SELECT g, a FROM part",
        "SELECT COLUMN_NAME, COLUMN_COMMENT FROM information_schema.COLUMNS WHERE TABLE_NAME = 'part'",
        "SELECT attname FROM mo_catalog.mo_columns WHERE att_relname = 'part'",
        "SELECT * FROM information_schema.STATISTICS WHERE TABLE_NAME = 'part'",
        "SELECT * FROM information_schema.KEY_COLUMN_USAGE WHERE TABLE_NAME = 'part'",
        "SELECT * FROM information_schema.VIEWS WHERE TABLE_SCHEMA = 'hid_db'",
        "SELECT viewdef FROM mo_catalog.mo_tables",
        "SELECT * FROM information_schema.PARTITIONS WHERE TABLE_NAME = 'part'",
        "SELECT * FROM information_schema.COLUMN_PRIVILEGES",
      })
  void whatIsHeldIsReadAndTellsNothingElse(String sql) throws SQLException {
    assertThat(answers(sql)).as("refused: %s", sql).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "DESCRIBE part",
        "SHOW COLUMNS FROM part",
        "SHOW FULL COLUMNS FROM part LIKE '%'",
        "SHOW COLUMNS FROM part WHERE Field LIKE 'top%'",
        "SHOW FULL FIELDS FROM v",
        "SHOW TABLE STATUS LIKE 'part'",
      })
  void whatDescribesTellsNothingOfIt(String sql) throws SQLException {
    answers(sql);
  }

  @Test
  void aStatementThatIsPreparedFeelsARevoke() throws SQLException {
    try (Connection red = red();
        PreparedStatement read = red.prepareStatement("SELECT a FROM part ORDER BY a");
        PreparedStatement write =
            red.prepareStatement("UPDATE part SET a = CONCAT(a, '') WHERE a = ?")) {
      assertThat(Sql.rows(read.executeQuery())).containsExactly("1", "2");
      write.setString(1, "1");
      write.execute();
      gate.administer("REVOKE SELECT (a) ON TABLE hid_db.part FROM hid_role");
      try {
        assertThatThrownBy(read::executeQuery).isInstanceOf(SQLException.class);
        assertThatThrownBy(write::execute).isInstanceOf(SQLException.class);
        assertThatThrownBy(() -> Sql.run(red, "SELECT a FROM part"))
            .isInstanceOf(SQLException.class);
      } finally {
        gate.administer("GRANT SELECT (a) ON TABLE hid_db.part TO hid_role");
      }
      assertThat(Sql.rows(red, "SELECT a FROM part ORDER BY a")).containsExactly("1", "2");
    }
  }

  /** As MySQL has it: a plan names what is below a view, its columns, and its conditions. */
  @Test
  void aPlanIsShownOfAViewToWhoMayKnowHowItIsMade() throws SQLException {
    gate.administer(
        "CREATE VIEW hid_db.plan AS SELECT a FROM hid_db.part WHERE b LIKE 'topsecret-%'",
        "GRANT SELECT ON VIEW hid_db.plan TO hid_role");
    String explain = "EXPLAIN FORMAT=JSON SELECT a FROM plan";
    try (Connection red = red()) {
      assertThat(Sql.rows(red, "SELECT a FROM plan ORDER BY a")).containsExactly("1", "2");
      assertThat(answers(explain)).isEmpty();
      gate.administer("GRANT SHOW TABLES ON DATABASE hid_db TO hid_role");
      try {
        assertThat(Sql.rows(red, explain).toString()).contains("part");
      } finally {
        gate.administer("REVOKE SHOW TABLES ON DATABASE hid_db FROM hid_role");
      }
      assertThat(answers(explain)).isEmpty();
    } finally {
      gate.administer("DROP VIEW hid_db.plan");
    }
  }

  @Test
  void aTextInAVariableIsReadTheSame() throws SQLException {
    try (Connection red = red()) {
      Sql.run(red, "SET @s = 'DELETE FROM cut RETURNING b'");
      for (String sql : List.of("PREPARE s FROM @s", "EXECUTE IMMEDIATE @s")) {
        assertThatThrownBy(() -> Sql.run(red, sql)).isInstanceOf(SQLException.class);
      }
      if (mariaDb) {
        try (Statement statement = red.createStatement()) {
          assertThat(statement.execute("DELETE FROM cut RETURNING a")).isTrue();
          assertThat(Sql.rows(statement.getResultSet())).containsExactly("1");
        }
      }
    }
  }

  @Test
  void aCopyHasTheColumnsThatAreHeld() throws SQLException {
    try (Connection red = red()) {
      Sql.run(red, "CREATE TABLE c AS SELECT * FROM part");
      try (Connection connection = straight.connect("hid_db")) {
        assertThat(Sql.rows(connection, "SELECT * FROM c ORDER BY a"))
            .containsExactly("1|1!", "2|2!");
      } finally {
        gate.administer("DROP TABLE hid_db.c");
      }
    }
  }

  @Test
  void aWindowMayHaveTheNameOfAHiddenColumn() throws SQLException {
    String sql = "SELECT a, ROW_NUMBER() OVER b FROM part WINDOW b AS (ORDER BY a) ORDER BY a";
    if (mariaDb) {
      assertThat(answers(sql)).as("MariaDB has no named windows").isEmpty();
    } else {
      assertThat(answers(sql)).containsExactly("[1|1, 2|2]", "[1|1, 2|2]");
    }
  }
}
