package io.portcullis.sql.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.portcullis.sql.statement.Repetition;
import io.portcullis.sql.statement.SetVariables;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a statement leaves in its connection. */
class SessionUseTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT a FROM t WHERE b = 'GET_LOCK(''x'', 1)'",
        "SELECT LAST_INSERT_ID()",
        "SELECT @@last_insert_id, @@warning_count",
        "SELECT get_lock FROM t",
        "UPDATE t SET temporary = 1",
        "DELETE FROM t WHERE id = 1",
        "BEGIN",
        "COMMIT",
        "LOCK TABLES t READ",
        "SHOW TABLES",
        "EXPLAIN SELECT 1",
        "DROP TABLE t",
        "ALTER TABLE t ADD b INT",
        "DO 1",
        "SIGNAL SQLSTATE '45000'",
        "SET STATEMENT max_statement_time = 1 FOR SELECT 1",
      })
  void leavesNothing(String sql) {
    assertThat(use(sql)).isEqualTo(SessionUse.NONE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "INSERT INTO t (a) VALUES (1)",
        "REPLACE INTO t (a) VALUES (1)",
        "CREATE TABLE u (id INT AUTO_INCREMENT PRIMARY KEY) SELECT a FROM t",
      })
  void mayChangeTheInsertId(String sql) {
    assertThat(use(sql)).isEqualTo(SessionUse.INSERT_ID);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT @a",
        "SELECT @a := 1",
        "SELECT a INTO @a FROM t",
        "SET @a = 1",
        "SELECT GET_LOCK('x', 1)",
        "SELECT get_lock /* */ ('x', 1)",
        "UPDATE t SET a = LAST_INSERT_ID(a + 1)",
        "CREATE TEMPORARY TABLE u (a INT)",
        "CREATE OR REPLACE TEMPORARY TABLE u (a INT)",
        "CREATE /*!32302 TEMPORARY */ TABLE u (a INT)",
        "SELECT NEXT VALUE FOR s",
        "SELECT NEXTVAL(s)",
        "SELECT LASTVAL(s)",
        "CALL d.p()",
        "SELECT d.f()",
        "EXECUTE IMMEDIATE 'SELECT 1'",
        "BEGIN NOT ATOMIC SELECT 1; END",
        "SET TRANSACTION READ ONLY",
        "SET @@transaction_isolation = 'READ-COMMITTED'",
        "SET insert_id = 5",
        "SET timestamp = 5",
        "SET last_insert_id = 5",
        "SET sql_select_limit = 0",
        "SET time_zone = @tz",
        "SET sql_mode = @@global.sql_mode",
        "SET lock_wait_timeout = 1 + 1",
        "SET lock_wait_timeout = (SELECT 1)",
        "SET time_zone = '+00:00', @a = 1",
      })
  void keepsItsConnection(String sql) {
    assertThat(use(sql)).isEqualTo(SessionUse.KEEPS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT FOUND_ROWS()",
        "SELECT row_count()",
        "SELECT @a := ROW_COUNT()",
        "SET @a = ROW_COUNT()",
        "INSERT INTO t SELECT ROW_COUNT()",
        "SELECT SQL_CALC_FOUND_ROWS ROW_COUNT() FROM t",
        "CALL d.p(ROW_COUNT())",
        "GET DIAGNOSTICS @n = NUMBER"
      })
  void takesWhatTheOneBeforeLeft(String sql) {
    assertThat(use(sql)).isEqualTo(SessionUse.TAKES);
  }

  @ParameterizedTest
  @ValueSource(strings = {"SELECT SQL_CALC_FOUND_ROWS a FROM t LIMIT 1"})
  void leavesSomethingForTheNext(String sql) {
    assertThat(use(sql)).isEqualTo(SessionUse.LEAVES);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SET NAMES utf8mb4                                             | ALONE",
        "SET NAMES 'latin1' COLLATE latin1_bin                         | ALONE",
        "SET CHARACTER SET utf8mb4                                     | ALONE",
        "SET autocommit = 0                                            | ALONE",
        "SET character_set_results = NULL                              | ALONE",
        "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED        | ALONE",
        "SET @@session.transaction_isolation = 'READ-COMMITTED'        | ALONE",
        "SET transaction_isolation = 'READ-COMMITTED'                  | ALONE",
        "SET sql_mode = 'STRICT_ALL_TABLES', time_zone = '+00:00'      | ALONE",
        "SET sql_mode = CONCAT(@@sql_mode, ',STRICT_TRANS_TABLES')     | IN_ORDER",
        "SET character_set_results = @@character_set_client            | IN_ORDER",
        "SET autocommit = 1, sql_mode = concat(@@session.sql_mode, '') | IN_ORDER",
      })
  void canBeSaidAgain(String sql, Repetition repetition) {
    StatementAnalysis analysis = analysed(sql);
    assertThat(analysis.sessionUse()).isEqualTo(SessionUse.SETTING);
    assertThat(((SetVariables) analysis.statement()).repetition()).isEqualTo(repetition);
  }

  private static SessionUse use(String sql) {
    return analysed(sql).sessionUse();
  }

  private static StatementAnalysis analysed(String sql) {
    return assertInstanceOf(
        StatementAnalysis.class, Analysed.analyse(sql, Analysed.MARIADB), () -> sql);
  }
}
