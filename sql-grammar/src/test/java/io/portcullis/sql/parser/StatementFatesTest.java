package io.portcullis.sql.parser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portcullis.sql.lexer.LexLimits;
import io.portcullis.sql.lexer.Lexer;
import io.portcullis.sql.parser.jsql.JsqlQueryReader;
import io.portcullis.sql.statement.ForwardStatement;
import io.portcullis.sql.statement.Statement;
import io.portcullis.sql.statement.StatementKind;
import io.portcullis.sql.text.ClientCharset;
import io.portcullis.sql.text.ErrorCode;
import io.portcullis.sql.text.LexicalMode;
import io.portcullis.sql.text.ServerVersion;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
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
          "UPDATE t SET a = 1",
          "DELETE FROM t",
          "DO 1",
          "SHOW TABLES",
          "SHOW DATABASES",
          "SHOW WARNINGS",
          "SHOW PROCESSLIST",
          "SHOW VARIABLES",
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
            });
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
