package io.portcullis.sql.parser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portcullis.sql.analysis.AnalysisRefused;
import io.portcullis.sql.analysis.AnalysisResult;
import io.portcullis.sql.analysis.StatementAnalyzer;
import io.portcullis.sql.analysis.StatementFate;
import io.portcullis.sql.lexer.LexLimits;
import io.portcullis.sql.lexer.Lexer;
import io.portcullis.sql.parser.jsql.JsqlQueryReader;
import io.portcullis.sql.statement.ForwardStatement;
import io.portcullis.sql.statement.Statement;
import io.portcullis.sql.statement.StatementKind;
import io.portcullis.sql.text.ClientCharset;
import io.portcullis.sql.text.ErrorCode;
import io.portcullis.sql.text.LexicalMode;
import io.portcullis.sql.text.PolicyReason;
import io.portcullis.sql.text.ServerVersion;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Every kind of statement is analysed and sent on, answered by the gate, or refused for a reason
 * that is said. None has two of these fates, and none is forgotten.
 */
final class StatementFatesTest {

  private static final LexicalMode MARIADB =
      LexicalMode.of(ServerVersion.parse("11.4.5-MariaDB"), ClientCharset.UTF8MB4, "");

  /** One of each kind that the gate sends on or answers. */
  private static final List<String> UNDERSTOOD =
      List.of(
          "SELECT 1",
          "WITH x AS (SELECT 1) SELECT * FROM x",
          "VALUES (1)",
          "TABLE t",
          "INSERT INTO t VALUES (1)",
          "REPLACE INTO t VALUES (1)",
          "LOAD DATA LOCAL INFILE 'x' INTO TABLE t",
          "UPDATE t SET a = 1",
          "DELETE FROM t",
          "DO 1",
          "SHOW TABLES",
          "SHOW DATABASES",
          "SHOW WARNINGS",
          "SHOW PROCESSLIST",
          "SHOW VARIABLES",
          "SHOW PROCEDURE STATUS WHERE Db = 'd'",
          "PREPARE s FROM @a",
          "SHOW GRANTS",
          "SHOW ROLES",
          "SHOW ACCOUNTS",
          "SHOW USERS",
          "SHOW CREATE USER u",
          "SHOW ACCESS ON TABLE d.t",
          "REVOKE ALL IN DATABASE d FROM r",
          "SHOW EFFECTIVE GRANTS",
          "HELP 'x'",
          "SET @a = 1",
          "SET ROLE r",
          "SET GLOBAL password_history = 1",
          "SET SECONDARY ROLE ALL",
          "SET DEFAULT ROLE r TO u",
          "SET PASSWORD = 'x'",
          "USE d",
          "START TRANSACTION",
          "BEGIN",
          "COMMIT",
          "ROLLBACK",
          "SAVEPOINT s",
          "RELEASE SAVEPOINT s",
          "LOCK TABLES t READ",
          "UNLOCK TABLES",
          "KILL 1",
          "EXPLAIN SELECT 1",
          "EXPLAIN ACCESS SELECT 1",
          "DESCRIBE t",
          "DESC t",
          "ANALYZE TABLE t",
          "CHECK TABLE t",
          "CHECKSUM TABLE t",
          "OPTIMIZE TABLE t",
          "REPAIR TABLE t",
          "PREPARE s FROM 'SELECT 1'",
          "EXECUTE s",
          "DEALLOCATE PREPARE s",
          "GET DIAGNOSTICS @n = NUMBER",
          "SIGNAL SQLSTATE '45000'",
          "CREATE DATABASE d",
          "ALTER DATABASE d CHARACTER SET utf8mb4",
          "DROP DATABASE d",
          "CREATE TABLE t (a INT)",
          "ALTER TABLE t ADD b INT",
          "RENAME TABLE t TO u",
          "DROP TABLE t",
          "CREATE VIEW v AS SELECT 1",
          "ALTER VIEW v AS SELECT 1",
          "DROP VIEW v",
          "CREATE INDEX i ON t (a)",
          "DROP INDEX i ON t",
          "TRUNCATE TABLE t",
          "CREATE PROCEDURE p() SELECT 1",
          "ALTER PROCEDURE p COMMENT 'x'",
          "DROP PROCEDURE p",
          "CALL p()",
          "IF 1 THEN SELECT 1; END IF",
          "CASE WHEN 1 THEN SELECT 1; END CASE",
          "WHILE 0 DO SELECT 1; END WHILE",
          "LOOP SELECT 1; END LOOP",
          "REPEAT SELECT 1; UNTIL 1 END REPEAT",
          "FOR i IN 1..2 DO SELECT 1; END FOR",
          "CREATE USER u IDENTIFIED BY 'x'",
          "ALTER USER u IDENTIFIED BY 'x'",
          "ALTER USER u MAP TO BACKEND b LOGIN 'l' IDENTIFIED BY 'x'",
          "ALTER USER u UNMAP FROM BACKEND b",
          "RENAME USER u TO v",
          "DROP USER u",
          "CREATE ROLE r",
          "ALTER ROLE r RENAME TO s",
          "ALTER ROLE r COMMENT 'x'",
          "ALTER ROLE r ADD RULE 'select 1 from d.t' ON TABLE d.t",
          "ALTER ROLE r DROP RULE ON TABLE d.t",
          "ALTER ROLE r RESTRICT d.t (c) TO ('x')",
          "ALTER ROLE r DROP RESTRICTION ON d.t",
          "CREATE HIERARCHY h ON d.t (c)",
          "DROP HIERARCHY h ON d.t",
          "SHOW RULES ON ROLE r",
          "SHOW RESTRICTIONS",
          "SHOW HIERARCHIES",
          "DROP ROLE r",
          "CREATE ACCOUNT a ADMIN_NAME b IDENTIFIED BY 'c'",
          "ALTER ACCOUNT a SUSPEND",
          "DROP ACCOUNT a",
          "DROP ACCOUNT ?",
          "GRANT SELECT ON TABLE d.t TO r",
          "REVOKE SELECT ON TABLE d.t FROM r",
          "REVOKE ALL PRIVILEGES, GRANT OPTION FROM u",
          "GRANT r TO u",
          "REVOKE r FROM u");

  /** For every reason one that is refused for it. */
  private static final Map<PolicyReason, String> REFUSED =
      Map.ofEntries(
          Map.entry(PolicyReason.STOPS_THE_SERVER, "SHUTDOWN"),
          Map.entry(PolicyReason.CHANGES_THE_SERVER, "CREATE SERVER s"),
          Map.entry(PolicyReason.ABOUT_THE_SERVER, "SET GLOBAL max_connections = 1"),
          Map.entry(PolicyReason.PROTECTED_VARIABLE, "SET sql_log_bin = 0"),
          Map.entry(PolicyReason.REPLICATION, "SHOW MASTER STATUS"),
          Map.entry(PolicyReason.FILES, "SELECT 1 INTO OUTFILE 'x'"),
          Map.entry(PolicyReason.DATA_OF_EVERYBODY, "SHOW OPEN TABLES"),
          Map.entry(PolicyReason.BEYOND_THE_DATABASE, "CREATE TABLE t (a INT) ENGINE=FEDERATED"),
          Map.entry(
              PolicyReason.RIGHTS_OF_ANOTHER,
              "EXECUTE IMMEDIATE 'CREATE DEFINER = a VIEW v AS SELECT 1'"),
          Map.entry(PolicyReason.ACCESS_CONTROL, "CREATE OR REPLACE ROLE r"),
          Map.entry(PolicyReason.ANSWERED_BY_THE_GATE, "PREPARE s FROM 'GRANT r TO u'"),
          Map.entry(PolicyReason.UNKNOWN_BEFORE_IT_RUNS, "PREPARE s FROM CONCAT('SELECT ', @a)"),
          Map.entry(PolicyReason.UNSEEN_BY_THE_CATALOG, "CREATE PROCEDURE p() DROP TABLE t"),
          Map.entry(PolicyReason.OUTLIVES_A_REVOKE, "HANDLER t OPEN"),
          Map.entry(PolicyReason.SHARED_BY_ALL_SESSIONS, "XA START 'x'"),
          Map.entry(PolicyReason.CANNOT_BE_READ_SAFELY, "SET NAMES gbk"),
          Map.entry(PolicyReason.AMBIGUOUS_NAME, "SELECT f(1)"),
          Map.entry(PolicyReason.INSIDE_A_PROGRAM, "FETCH c INTO @a"),
          Map.entry(PolicyReason.NO_SUCH_STATEMENT, "MERGE INTO t USING u"));

  private final StatementReader reader = new StatementReader(new JsqlQueryReader());

  private Statement read(String text) {
    Lexer lexer = new Lexer(LexLimits.STANDARD);
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    assertThat(lexer.lex(bytes, 0, bytes.length, MARIADB)).as(text).isEqualTo(1);
    return reader.read(new QualifiedNames(lexer.statement(0)));
  }

  private Stream<Statement> understood() {
    return UNDERSTOOD.stream().map(this::read);
  }

  @TestFactory
  Stream<DynamicTest> everyWordIsReadOrRefusedForAReason() {
    Set<String> read = new HashSet<>();
    UNDERSTOOD.forEach(text -> read.add(text.split(" ", 2)[0]));
    return Arrays.stream(FirstWord.values())
        .map(
            word ->
                DynamicTest.dynamicTest(
                    word.name(),
                    () -> {
                      if (word.refusal().isEmpty()) {
                        assertThat(read).contains(word.name());
                      } else {
                        assertThat(read).doesNotContain(word.name());
                        refused(word, word.refusal().get());
                      }
                    }));
  }

  private void refused(FirstWord word, String why) {
    assertThatThrownBy(() -> read(word + " x"))
        .isInstanceOfSatisfying(
            StatementRefused.class,
            refused -> {
              assertThat(refused.refusal().error().code())
                  .isEqualTo(ErrorCode.ER_NOT_SUPPORTED_YET);
              assertThat(refused.refusal().error().message()).contains(word.name(), why);
              assertThat(refused.refusal().policy()).isEqualTo(word.policy()).isPresent();
            });
  }

  @TestFactory
  Stream<DynamicTest> everyReasonOfPolicyIsGiven() {
    assertThat(REFUSED).containsOnlyKeys(PolicyReason.values());
    return REFUSED.entrySet().stream()
        .map(
            each ->
                DynamicTest.dynamicTest(
                    each.getKey() + ": " + each.getValue(),
                    () -> {
                      AnalysisResult result = analyse(each.getValue());
                      assertThat(StatementFate.of(result))
                          .isEqualTo(StatementFate.REFUSED_BY_POLICY);
                      assertThat(((AnalysisRefused) result).refusal().policy())
                          .contains(each.getKey());
                    }));
  }

  @Test
  void whatIsNotUnderstoodIsNotRefusedByPolicy() {
    for (String text : List.of("FROBNICATE", "SELECT FROM", "START x", "SHOW x", "CREATE x")) {
      assertThat(StatementFate.of(analyse(text))).as(text).isEqualTo(StatementFate.NOT_UNDERSTOOD);
    }
  }

  /** The analyzer and the reader agree, and every statement that is read has one of two fates. */
  @Test
  void whatIsReadIsAnalysedOrAnswered() {
    Set<StatementFate> seen = EnumSet.noneOf(StatementFate.class);
    for (String text : UNDERSTOOD) {
      StatementFate fate = StatementFate.of(analyse(text));
      assertThat(fate).as(text).isEqualTo(StatementFate.of(read(text)));
      seen.add(fate);
    }
    assertThat(seen).containsExactlyInAnyOrder(StatementFate.ANALYSED, StatementFate.ANSWERED);
  }

  private static AnalysisResult analyse(String text) {
    Lexer lexer = new Lexer(LexLimits.STANDARD);
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    assertThat(lexer.lex(bytes, 0, bytes.length, MARIADB)).as(text).isEqualTo(1);
    return new StatementAnalyzer(0).analyze(lexer.statement(0));
  }

  @Test
  void everyKindOfWhatIsSentOnHasItsStatement() {
    Set<StatementKind> seen = EnumSet.noneOf(StatementKind.class);
    understood()
        .filter(ForwardStatement.class::isInstance)
        .forEach(statement -> seen.add(((ForwardStatement) statement).kind()));
    assertThat(seen).containsExactlyInAnyOrder(StatementKind.values());
  }

  @Test
  void everyTypeOfStatementHasItsStatement() {
    Set<Class<?>> seen = new HashSet<>();
    understood().forEach(statement -> seen.add(statement.getClass()));
    Set<Class<?>> all = new HashSet<>();
    Deque<Class<?>> open = new ArrayDeque<>(List.of(Statement.class));
    while (!open.isEmpty()) {
      Class<?> type = open.pop();
      if (type.isSealed()) {
        open.addAll(List.of(type.getPermittedSubclasses()));
      } else {
        all.add(type);
      }
    }
    assertThat(seen).containsExactlyInAnyOrderElementsOf(all);
  }
}
