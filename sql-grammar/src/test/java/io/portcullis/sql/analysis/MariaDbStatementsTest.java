package io.portcullis.sql.analysis;

import static io.portcullis.sql.analysis.Analysed.MARIADB;
import static io.portcullis.sql.analysis.Analysed.MYSQL;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.sql.access.CatalogEffect;
import io.portcullis.sql.access.CatalogEffect.RelationCreated;
import io.portcullis.sql.access.CatalogEffect.RelationDropped;
import io.portcullis.sql.access.CatalogEffect.TemporaryTableCreated;
import io.portcullis.sql.access.CatalogEffect.TemporaryTableDropped;
import io.portcullis.sql.access.RelationKind;
import io.portcullis.sql.access.RelationName;
import io.portcullis.sql.statement.ForwardStatement;
import io.portcullis.sql.text.LexicalMode;
import io.portcullis.sql.text.PolicyReason;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What only MariaDB has: what it touches there, and that MySQL's grammar has no place for it. */
final class MariaDbStatementsTest {

  private static DynamicTest touches(String text, String accesses) {
    return DynamicTest.dynamicTest(
        text,
        () -> {
          assertThat(Analysed.accesses(text, MARIADB)).isEqualTo(accesses);
          assertThat(Analysed.analyse(text, MYSQL)).isInstanceOf(AnalysisRefused.class);
        });
  }

  /** As above; MySQL ends it at its first semicolon. */
  private static DynamicTest touchesThere(String text, String accesses) {
    return DynamicTest.dynamicTest(
        text, () -> assertThat(Analysed.accesses(text, MARIADB)).isEqualTo(accesses));
  }

  /** As above; MySQL has the same. */
  private static DynamicTest touchesOnBoth(String text, String accesses) {
    return DynamicTest.dynamicTest(
        text,
        () -> {
          assertThat(Analysed.accesses(text, MARIADB)).isEqualTo(accesses);
          assertThat(Analysed.accesses(text, MYSQL)).isEqualTo(accesses);
        });
  }

  private static DynamicTest refused(PolicyReason policy, String text) {
    return DynamicTest.dynamicTest(
        text,
        () -> assertThat(Analysed.refusal(text, MARIADB).refusal().policy()).contains(policy));
  }

  private static DynamicTest notUnderstood(String text) {
    return DynamicTest.dynamicTest(
        text, () -> assertThat(Analysed.refusal(text, MARIADB).refusal().policy()).isEmpty());
  }

  @TestFactory
  Stream<DynamicTest> sequences() {
    return Stream.of(
        touches("CREATE SEQUENCE s", "CREATE_TABLE s"),
        touches(
            "CREATE OR REPLACE SEQUENCE d.s START WITH 5 INCREMENT BY -2 MINVALUE = -9 NO MAXVALUE"
                + " CACHE 10 NOCYCLE ENGINE=InnoDB COMMENT 'x'",
            "CREATE_TABLE d.s, DROP_TABLE d.s"),
        touches("CREATE TEMPORARY SEQUENCE IF NOT EXISTS s", "CREATE_TEMPORARY_TABLE s"),
        touches("ALTER SEQUENCE IF EXISTS d.s RESTART 5 NOMAXVALUE", "ALTER_TABLE d.s"),
        touches("ALTER SEQUENCE s RESTART", "ALTER_TABLE s"),
        touches("DROP SEQUENCE IF EXISTS s, d.u", "DROP_TABLE s, DROP_TABLE d.u"),
        touches("DROP TEMPORARY SEQUENCE s", "DROP_TEMPORARY_TABLE s"),
        touches("SELECT NEXT VALUE FOR d.s", "SELECT d.s, INSERT d.s"),
        touches("SELECT PREVIOUS VALUE FOR s", "SELECT s"),
        touches("SELECT NEXTVAL(s), LASTVAL(`d`.`u`)", "SELECT s, SELECT d.u, INSERT s"),
        touches(
            "SELECT SETVAL(s, (SELECT MAX(a) FROM secret))", "SELECT s, SELECT secret, INSERT s"),
        touches("SELECT SETVAL(d.s, 5, 0, 1)", "SELECT d.s, INSERT d.s"),
        touches("INSERT INTO t VALUES (NEXT VALUE FOR s)", "INSERT t, SELECT s, INSERT s"),
        touches("UPDATE t SET a = NEXTVAL(s)", "UPDATE t, SELECT s, INSERT s"),
        touches("SET @a = NEXTVAL(d.s)", "SELECT d.s, INSERT d.s"),
        touches("DO NEXTVAL(s)", "SELECT s, INSERT s"),
        refused(PolicyReason.RIGHTS_OF_ANOTHER, "CREATE TABLE t (a INT DEFAULT NEXTVAL(s))"),
        refused(
            PolicyReason.RIGHTS_OF_ANOTHER, "CREATE TABLE t (a INT DEFAULT (NEXT VALUE FOR s))"),
        refused(PolicyReason.RIGHTS_OF_ANOTHER, "CREATE VIEW v AS SELECT NEXT VALUE FOR s"),
        touches("CREATE VIEW v AS SELECT PREVIOUS VALUE FOR s", "CREATE_VIEW v, SELECT s"),
        refused(
            PolicyReason.BEYOND_THE_DATABASE, "CREATE SEQUENCE s ENGINE=FEDERATED CONNECTION='x'"),
        notUnderstood("SELECT NEXTVAL(SELECT)"),
        notUnderstood("SELECT NEXTVAL((SELECT a FROM t))"),
        notUnderstood("SELECT NEXTVAL(s, 1)"),
        notUnderstood("SELECT NEXTVAL(a.b.c)"),
        notUnderstood("CREATE SEQUENCE s START WITH (SELECT 1 FROM t)"));
  }

  @TestFactory
  Stream<DynamicTest> history() {
    return Stream.of(
        touches("SELECT a FROM d.t FOR SYSTEM_TIME ALL AS x", "SELECT d.t"),
        touches(
            "SELECT a FROM t FOR SYSTEM_TIME AS OF TIMESTAMP '2020-01-01' x, u",
            "SELECT t, SELECT u"),
        touches(
            "SELECT a FROM t FOR SYSTEM_TIME AS OF (SELECT MAX(b) FROM secret) x JOIN u",
            "SELECT t, SELECT u, SELECT secret"),
        touches(
            "SELECT a FROM t FOR SYSTEM_TIME BETWEEN NOW() - INTERVAL 1 DAY AND d.f(1) WHERE a = 1",
            "SELECT t, EXECUTE_FUNCTION d.f"),
        touches(
            "SELECT a FROM t FOR SYSTEM_TIME FROM TRANSACTION 5 TO TRANSACTION 7, secret",
            "SELECT t, SELECT secret"),
        touches("DELETE HISTORY FROM d.t", "ALTER_TABLE d.t, TRUNCATE d.t"),
        touches(
            "DELETE HISTORY FROM t PARTITION (p) BEFORE SYSTEM_TIME (SELECT MAX(a) FROM secret)",
            "SELECT secret, ALTER_TABLE t, TRUNCATE t"),
        touches(
            "UPDATE t FOR PORTION OF p FROM '2020-01-01' TO (SELECT MAX(a) FROM secret) SET a = 1",
            "UPDATE t, INSERT t, SELECT secret"),
        touches(
            "DELETE FROM d.t FOR PORTION OF p FROM 1 TO 2 + d.f(1) WHERE a IN (SELECT b FROM s)",
            "DELETE d.t, SELECT s, EXECUTE_FUNCTION d.f, INSERT d.t"),
        notUnderstood("SELECT a FROM t FOR SYSTEM_TIME"),
        notUnderstood("SELECT a FROM t FOR SYSTEM_TIME BETWEEN 1"),
        notUnderstood("DELETE FROM t FOR PORTION OF p FROM 1 WHERE a = 1"),
        notUnderstood("DELETE HISTORY FROM t WHERE a = 1"));
  }

  @TestFactory
  Stream<DynamicTest> compoundStatements() {
    return Stream.of(
        touchesThere(
            "BEGIN NOT ATOMIC DECLARE x INT; SELECT MAX(a) INTO x FROM s; INSERT INTO d.t VALUES (x);"
                + " END",
            "SELECT s, INSERT d.t"),
        touchesThere(
            "IF EXISTS (SELECT 1 FROM s) THEN DELETE FROM t; END IF", "SELECT s, DELETE t"),
        touchesThere("CASE (SELECT 1 FROM s) WHEN 1 THEN SELECT 1; END CASE", "SELECT s"),
        touchesThere(
            "WHILE d.f(1) DO UPDATE t SET a = 1; END WHILE", "EXECUTE_FUNCTION d.f, UPDATE t"),
        touchesThere("x: LOOP CALL d.p(); LEAVE x; END LOOP", "EXECUTE_PROCEDURE d.p"),
        touchesThere(
            "REPEAT SELECT a FROM t; UNTIL (SELECT 1 FROM s) END REPEAT", "SELECT t, SELECT s"),
        touchesThere("FOR i IN (SELECT a FROM t) DO SELECT i.a; END FOR", "SELECT t"),
        touchesThere("FOR i IN 1..3 DO TRUNCATE t; END FOR", "TRUNCATE t"),
        refused(PolicyReason.UNSEEN_BY_THE_CATALOG, "BEGIN NOT ATOMIC DROP TABLE t; END"),
        refused(PolicyReason.UNKNOWN_BEFORE_IT_RUNS, "BEGIN NOT ATOMIC EXECUTE IMMEDIATE @a; END"),
        refused(PolicyReason.CANNOT_BE_READ_SAFELY, "IF 1 THEN SET NAMES latin1; END IF"),
        refused(PolicyReason.FILES, "BEGIN NOT ATOMIC LOAD DATA INFILE 'x' INTO TABLE t; END"),
        notUnderstood("BEGIN NOT ATOMIC SELECT 1; END; DROP TABLE t"),
        notUnderstood("IF 1 THEN SELECT 1; END IF; SELECT 2"));
  }

  @TestFactory
  Stream<DynamicTest> otherForms() {
    return Stream.of(
        touches("SELECT a FROM t PROCEDURE ANALYSE(10, 20)", "SELECT t"),
        touches("CHECK VIEW v, d.w FOR UPGRADE", "SELECT v, SELECT d.w"),
        touches("REPAIR VIEW d.v FROM MYSQL", "ALTER_VIEW d.v"),
        touches("SHOW CREATE SEQUENCE d.s", "SHOW_CREATE d.s"),
        touches(
            "SET STATEMENT max_statement_time = 1 FOR EXPLAIN FORMAT=JSON SELECT 1 FROM t",
            "SELECT t, EXPLAIN t"),
        touches("SET STATEMENT use_stat_tables = never FOR ANALYZE TABLE t", "INSERT t"),
        touches(
            "ALTER TABLE t CONVERT PARTITION p TO TABLE d.u",
            "ALTER_TABLE t, SELECT t, TRUNCATE t, CREATE_TABLE d.u"),
        touches(
            "ALTER TABLE t CONVERT TABLE d.u TO PARTITION p VALUES LESS THAN (5)",
            "ALTER_TABLE t, INSERT t, SELECT d.u, INSERT d.u, ALTER_TABLE d.u, DROP_TABLE d.u"),
        touches(
            "WITH RECURSIVE c AS (SELECT a, b FROM t UNION SELECT a, b FROM c) CYCLE a, b RESTRICT"
                + " SELECT * FROM c",
            "SELECT t"),
        touchesOnBoth(
            "SELECT a FROM t GROUP BY a DESC, (SELECT 1 FROM s) ASC", "SELECT t, SELECT s"),
        touchesOnBoth("SELECT a FROM t WHERE MATCH a, t.b AGAINST ('x')", "SELECT t"),
        touchesOnBoth("SELECT CASE -1 WHEN -2 THEN (SELECT 1 FROM s) END", "SELECT s"),
        touchesOnBoth(
            "ALTER TABLE t EXCHANGE PARTITION p WITH TABLE d.u WITHOUT VALIDATION",
            "ALTER_TABLE t, CREATE_TABLE t, SELECT t, INSERT t, DELETE t, ALTER_TABLE d.u,"
                + " CREATE_TABLE d.u, SELECT d.u, INSERT d.u, DELETE d.u"),
        touchesOnBoth("ALTER TABLE t DROP PARTITION p1, p2", "ALTER_TABLE t, TRUNCATE t"),
        touchesOnBoth("ALTER TABLE t REPAIR PARTITION p1, p2", "ALTER_TABLE t"),
        notUnderstood("SELECT a FROM t PROCEDURE ANALYSE((SELECT 1 FROM secret))"),
        notUnderstood("ALTER TABLE t EXCHANGE PARTITION p WITH TABLE u PARTITION q"),
        notUnderstood("SET STATEMENT max_statement_time = 1 FOR DESCRIBE t"));
  }

  @TestFactory
  Stream<DynamicTest> functionsOfOneFlavour() {
    return Stream.of(
        touches("SELECT GEOMFROMTEXT(a), ASTEXT(b), ROWNUM() FROM t", "SELECT t"),
        touches("EXECUTE IMMEDIATE 'SELECT ?' USING 1 + 2", ""),
        touchesOnBoth("WITH area(a) AS (SELECT b FROM t) SELECT a FROM area", "SELECT t"),
        refused(PolicyReason.AMBIGUOUS_NAME, "SELECT ANY_VALUE(a) FROM t"),
        refused(PolicyReason.FILES, "SELECT LOAD_FILE('x')"),
        refused(PolicyReason.REPLICATION, "SELECT MASTER_GTID_WAIT('x')"),
        refused(PolicyReason.ANSWERED_BY_THE_GATE, "EXECUTE s USING USER()"),
        refused(PolicyReason.ANSWERED_BY_THE_GATE, "EXECUTE s USING 1, CONCAT(CURRENT_ROLE())"),
        touchesOnBoth("EXECUTE s USING @a", ""),
        notUnderstood("EXECUTE s USING d.f(1)"),
        notUnderstood("EXECUTE IMMEDIATE 'SELECT ?' USING (SELECT a FROM secret)"));
  }

  /** There, each of the two is what a stored function may be called. */
  @Test
  void aFunctionThatAServerDoesNotHaveMayBeAStoredOne() {
    assertThat(Analysed.accesses("SELECT ANY_VALUE(a) FROM t", MYSQL)).isEqualTo("SELECT t");
    for (String name : new String[] {"NVL", "CHR", "MEDIAN", "TO_CHAR", "SFORMAT"}) {
      assertThat(Analysed.refusal("SELECT " + name + "(a) FROM t", MYSQL).refusal().policy())
          .as(name)
          .contains(PolicyReason.AMBIGUOUS_NAME);
    }
    assertThat(Analysed.accesses("SELECT NVL(a, 1) FROM t", MARIADB)).isEqualTo("SELECT t");
    LexicalMode later = Analysed.mode("12.1.2-MariaDB", "");
    assertThat(Analysed.accesses("SELECT ST_ISVALID(a) FROM t", later)).isEqualTo("SELECT t");
    assertThat(Analysed.refusal("SELECT ST_ISVALID(a) FROM t", MARIADB).refusal().policy())
        .contains(PolicyReason.AMBIGUOUS_NAME);
  }

  @Test
  void noStoredFunctionTakesTheNameOfALoadableOne() {
    String call = "SELECT mysql_query_attribute_string('a')";
    String create =
        "CREATE FUNCTION d.Mysql_query_attribute_string(a TEXT) RETURNS TEXT NO SQL RETURN ''";
    assertThat(Analysed.accesses(call, MYSQL)).isEmpty();
    assertThat(Analysed.refusal(create, MYSQL).refusal().policy())
        .contains(PolicyReason.AMBIGUOUS_NAME);
    assertThat(Analysed.refusal(call, MARIADB).refusal().policy())
        .contains(PolicyReason.AMBIGUOUS_NAME);
    assertThat(Analysed.accesses(create, MARIADB))
        .isEqualTo("CREATE_FUNCTION d.Mysql_query_attribute_string");
  }

  @Test
  void mySqlHasNoCompoundStatementOutsideOfPrograms() {
    for (String text :
        List.of("BEGIN NOT ATOMIC SELECT 1", "IF 1 THEN SELECT 1", "x: LOOP SELECT 1")) {
      assertThat(Analysed.refusal(text, MYSQL).refusal().policy())
          .as(text)
          .contains(PolicyReason.INSIDE_A_PROGRAM);
    }
  }

  private static DynamicTest does(String text, CatalogEffect... effects) {
    return DynamicTest.dynamicTest(
        text,
        () -> {
          ForwardStatement statement = (ForwardStatement) Analysed.statement(text, MARIADB);
          assertThat(statement.effects()).containsExactly(effects);
        });
  }

  @TestFactory
  Stream<DynamicTest> effects() {
    RelationName s = RelationName.unqualified("s");
    RelationName u = RelationName.of("d", "u");
    return Stream.of(
        does("CREATE SEQUENCE s", new RelationCreated(s, RelationKind.TABLE, true)),
        does("CREATE OR REPLACE SEQUENCE s", new RelationCreated(s, RelationKind.TABLE, false)),
        does("CREATE TEMPORARY SEQUENCE s", new TemporaryTableCreated(s)),
        does("DROP SEQUENCE s", new TemporaryTableDropped(s), new RelationDropped(s)),
        does("DROP TEMPORARY SEQUENCE s", new TemporaryTableDropped(s)),
        does("ALTER SEQUENCE s RESTART"),
        does(
            "ALTER TABLE t CONVERT PARTITION p TO TABLE d.u",
            new RelationCreated(u, RelationKind.TABLE, true)),
        does(
            "ALTER TABLE t CONVERT TABLE d.u TO PARTITION p VALUES LESS THAN (5)",
            new RelationDropped(u)));
  }
}
