package io.portcullis.it.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portcullis.it.harness.BackendExtension;
import io.portcullis.it.harness.Sql;
import io.portcullis.it.harness.TestBackend;
import io.portcullis.it.harness.TestGate;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** PREPARE, EXECUTE and DEALLOCATE as texts (PM rows 86 to 88), and table maintenance (row 61). */
@ExtendWith(BackendExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class PreparedTextIT {

  private final TestGate gate;
  private final boolean mariaDb;

  PreparedTextIT(TestBackend backend) throws SQLException {
    gate = TestGate.start(backend);
    mariaDb = backend.endpoint().isMariaDb();
  }

  @BeforeAll
  void makeTables() throws SQLException {
    gate.administer(
        "DROP DATABASE IF EXISTS text_a",
        "DROP DATABASE IF EXISTS text_b",
        "CREATE DATABASE text_a",
        "CREATE DATABASE text_b",
        "CREATE TABLE text_a.t (a INT)",
        "CREATE TABLE text_a.secret (a INT)",
        "CREATE TABLE text_b.t (a INT)",
        "INSERT INTO text_a.t VALUES (1), (2)",
        "INSERT INTO text_a.secret VALUES (42)",
        "INSERT INTO text_b.t VALUES (42)",
        "CREATE ROLE text_role",
        "GRANT CONNECT ON ACCOUNT * TO text_role",
        "GRANT SELECT ON TABLE text_a.t TO text_role",
        "GRANT CREATE TABLE, DROP TABLE ON DATABASE text_b TO text_role",
        "CREATE USER texter IDENTIFIED BY 'Text-er-1' DEFAULT ROLE text_role");
  }

  @AfterAll
  void clearUp() throws SQLException {
    gate.administer("DROP DATABASE text_a", "DROP DATABASE text_b");
    gate.close();
  }

  private Connection texter() throws SQLException {
    return gate.user("texter", "Text-er-1").connect("text_a", Map.of("allowMultiQueries", "true"));
  }

  private static void refused(Connection connection, String sql, int errno) {
    assertThatThrownBy(() -> Sql.run(connection, sql))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getErrorCode()).as(sql).isEqualTo(errno));
  }

  @Test
  void whatIsPreparedIsDecidedAsItself() throws SQLException {
    try (Connection texter = texter()) {
      Sql.run(texter, "PREPARE s FROM 'SELECT a FROM t WHERE a > ? ORDER BY a'", "SET @v = 1");
      assertThat(Sql.rows(texter, "EXECUTE S USING @v")).containsExactly("2");
      refused(texter, "PREPARE x FROM 'SELECT a FROM secret'", 1142);
      refused(texter, "EXECUTE x", 1243);
      refused(texter, "PREPARE x FROM CONCAT(@v)", 1235);
      refused(texter, "PREPARE x FROM @v", 1064);
      assertThat(Sql.rows(texter, "EXECUTE s USING @v")).containsExactly("2");
      Sql.run(texter, "DEALLOCATE PREPARE s");
      refused(texter, "EXECUTE s USING @v", 1243);
    }
  }

  /** What the variable holds at that moment is decided, and it is what runs. */
  @Test
  void whatAVariableHoldsIsDecidedAsItself() throws SQLException {
    try (Connection texter = texter()) {
      Sql.run(texter, "SET @v = 'SELECT ''it''''s \\\\\\\\'', a FROM t WHERE a > ?', @n = 1");
      Sql.run(texter, "PREPARE s FROM @v", "SET @v = 'SELECT a FROM secret'");
      assertThat(Sql.rows(texter, "EXECUTE s USING @n")).containsExactly("it's \\|2");
      refused(texter, "PREPARE s FROM @v", 1142);
      for (String mode : List.of("ANSI_QUOTES", "NO_BACKSLASH_ESCAPES")) {
        Sql.run(texter, "SET sql_mode = '" + mode + "'", "SET @w = 'SELECT ''a'' FROM t LIMIT 1'");
        Sql.run(texter, "PREPARE s FROM @w");
        assertThat(Sql.rows(texter, "EXECUTE s")).containsExactly("a");
        refused(texter, "PREPARE s FROM @v", 1142);
      }
      Sql.run(texter, "SET sql_mode = DEFAULT");
      refused(texter, "PREPARE s FROM @nothing", 1064);
      Sql.run(texter, "SET @two = 'SELECT 1; SELECT 2', @other = 'SELECT ''\u00e9'''");
      refused(texter, "PREPARE s FROM @two", 1064);
      refused(texter, "PREPARE s FROM @other", 1235);
      Sql.run(texter, "SET @again = 'PREPARE x FROM @v', @set = 'SET @v = 1'");
      refused(texter, "PREPARE s FROM @again", 1235);
      Sql.run(texter, "PREPARE s FROM @set", "EXECUTE s");
      assertThat(Sql.value(texter, "SELECT @v")).isEqualTo("1");
      if (mariaDb) {
        Sql.run(texter, "SET @e = 'SELECT a FROM t WHERE a > ?', @h = 'SELECT a FROM secret'");
        assertThat(Sql.rows(texter, "EXECUTE IMMEDIATE @e USING @n")).containsExactly("2");
        refused(texter, "EXECUTE IMMEDIATE @h", 1142);
        assertThat(Sql.rows(texter, "EXECUTE IMMEDIATE @e USING 1")).containsExactly("2");
      }
    }
  }

  @Test
  void aRevokeIsFeltAtTheNextExecute() throws SQLException {
    try (Connection texter = texter()) {
      Sql.run(texter, "PREPARE s FROM 'SELECT a FROM t'");
      assertThat(Sql.rows(texter, "EXECUTE s")).hasSize(2);
      gate.administer("REVOKE SELECT ON TABLE text_a.t FROM text_role");
      refused(texter, "EXECUTE s", 1142);
      gate.administer("GRANT SELECT ON TABLE text_a.t TO text_role");
      assertThat(Sql.rows(texter, "EXECUTE s")).hasSize(2);
    }
  }

  @Test
  void namesAreBoundWhereItWasPrepared() throws SQLException {
    try (Connection texter = texter()) {
      Sql.run(texter, "PREPARE s FROM 'SELECT a FROM t'", "USE text_b");
      assertThat(Sql.rows(texter, "EXECUTE s")).hasSize(2);
      refused(texter, "SELECT a FROM t", 1142);
      refused(texter, "EXECUTE s; SELECT a FROM t", 1142);
      refused(texter, "PREPARE s FROM 'SELECT a FROM t'", 1142);
      Sql.run(texter, "USE text_a");
      assertThat(Sql.rows(texter, "EXECUTE s")).hasSize(2);
    }
  }

  @Test
  void definitionsThatWerePreparedReachTheCatalog() throws SQLException {
    try (Connection texter = texter()) {
      Sql.run(texter, "USE text_b", "PREPARE s FROM 'CREATE TABLE mine (a INT)'", "EXECUTE s");
      Sql.run(texter, "INSERT INTO mine VALUES (7)");
      assertThat(Sql.rows(texter, "SELECT a FROM mine")).containsExactly("7");
      Sql.run(texter, "DROP TABLE mine");
    }
  }

  @Test
  void anotherSqlModeWouldReadItDifferently() throws SQLException {
    try (Connection texter = texter()) {
      Sql.run(texter, "PREPARE s FROM 'SELECT a FROM t'", "SET sql_mode = 'ANSI_QUOTES'");
      refused(texter, "EXECUTE s", 1235);
    }
  }

  @Test
  void whatIsExecutedAtOnceIsDecidedAsItself() throws SQLException {
    try (Connection texter = texter()) {
      if (mariaDb) {
        assertThat(Sql.rows(texter, "EXECUTE IMMEDIATE 'SELECT a FROM t ORDER BY a'"))
            .containsExactly("1", "2");
        refused(texter, "EXECUTE IMMEDIATE 'SELECT a FROM secret'", 1142);
        Sql.run(texter, "SET STATEMENT max_statement_time = 5 FOR SELECT a FROM t");
        refused(texter, "SET STATEMENT max_statement_time = 5 FOR SELECT a FROM secret", 1142);
      } else {
        refused(texter, "EXECUTE IMMEDIATE 'SELECT a FROM t'", 1064);
      }
    }
  }

  @Test
  void tablesAreMaintainedByWhoMayReadOrWriteThem() throws SQLException {
    gate.administer("GRANT INSERT ON TABLE text_a.t TO text_role");
    try (Connection texter = texter()) {
      for (String sql : new String[] {"CHECK", "CHECKSUM", "ANALYZE", "OPTIMIZE", "REPAIR"}) {
        assertThat(Sql.rows(texter, sql + " TABLE t")).as(sql).isNotEmpty();
        refused(texter, sql + " TABLE t, secret", 1142);
      }
      gate.administer("REVOKE INSERT ON TABLE text_a.t FROM text_role");
      assertThat(Sql.rows(texter, "CHECK TABLE t")).isNotEmpty();
      refused(texter, "ANALYZE TABLE t", 1142);
      refused(texter, "OPTIMIZE TABLE t", 1142);
    }
  }

  @Test
  void diagnosticsAreTheBackends() throws SQLException {
    try (Connection texter = texter()) {
      refused(texter, "SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = 1644", 1644);
      Sql.run(texter, "GET DIAGNOSTICS @n = NUMBER");
      assertThat(Sql.value(texter, "SELECT @n")).isEqualTo("1");
    }
  }
}
