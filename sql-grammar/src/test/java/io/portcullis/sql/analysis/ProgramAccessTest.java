package io.portcullis.sql.analysis;

import static io.portcullis.sql.analysis.Analysed.MARIADB;
import static io.portcullis.sql.analysis.Analysed.MYSQL;
import static io.portcullis.sql.text.ErrorCode.ER_NOT_SUPPORTED_YET;
import static io.portcullis.sql.text.ErrorCode.ER_PARSE_ERROR;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.sql.access.ProgramBody;
import io.portcullis.sql.text.ErrorCode;
import io.portcullis.sql.text.LexicalMode;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Stored programs: what their definitions need, statement for statement of the body, and CALL. */
final class ProgramAccessTest {

  private static DynamicTest needs(String text, String accesses) {
    return DynamicTest.dynamicTest(
        text,
        () -> {
          for (LexicalMode mode : List.of(MYSQL, MARIADB)) {
            assertThat(Analysed.accesses(text, mode)).as(mode.toString()).isEqualTo(accesses);
          }
        });
  }

  private static DynamicTest needsOnMariaDb(String text, String accesses) {
    return DynamicTest.dynamicTest(
        text, () -> assertThat(Analysed.accesses(text, MARIADB)).isEqualTo(accesses));
  }

  /** A procedure d.p with this body. */
  private static DynamicTest body(String body, String accesses) {
    return needs("CREATE PROCEDURE d.p(a INT, OUT b INT) " + body, inProcedure(accesses));
  }

  private static String inProcedure(String accesses) {
    return "CREATE_PROCEDURE d.p" + (accesses.isEmpty() ? "" : ", ") + accesses;
  }

  private static DynamicTest refused(ErrorCode code, String because, String body) {
    return DynamicTest.dynamicTest(
        body, () -> Analysed.refused(code, because, "CREATE PROCEDURE d.p(a INT) " + body));
  }

  @TestFactory
  Stream<DynamicTest> definitions() {
    return Stream.of(
        needs("CREATE PROCEDURE p() SELECT * FROM t", "CREATE_PROCEDURE p, SELECT t"),
        needs("CREATE PROCEDURE d.p() SELECT * FROM t", "CREATE_PROCEDURE d.p, SELECT d.t"),
        needs("CREATE PROCEDURE d.p() SELECT * FROM e.t", "CREATE_PROCEDURE d.p, SELECT e.t"),
        needs(
            "CREATE OR REPLACE DEFINER = CURRENT_USER() PROCEDURE p() SELECT 1",
            "CREATE_PROCEDURE p, ALTER_PROCEDURE p"),
        needs(
            "CREATE PROCEDURE p(IN a VARCHAR(10) CHARACTER SET latin1 COLLATE latin1_bin, INOUT b"
                + " DECIMAL(10,2) UNSIGNED, OUT c ENUM('x','y')) LANGUAGE SQL NOT DETERMINISTIC"
                + " MODIFIES SQL DATA SQL SECURITY INVOKER COMMENT 'c' DELETE FROM t",
            "CREATE_PROCEDURE p, DELETE t"),
        needs(
            "CREATE FUNCTION d.f(a INT) RETURNS VARCHAR(10) CHARSET utf8mb4 DETERMINISTIC READS SQL"
                + " DATA RETURN (SELECT x FROM t WHERE y = a)",
            "CREATE_FUNCTION d.f, SELECT d.t"),
        needs(
            "CREATE TRIGGER d.g AFTER UPDATE ON d.t FOR EACH ROW INSERT INTO log VALUES (OLD.a)",
            "CREATE_TRIGGER d.g, ADD_TRIGGER d.t, SELECT d.t, INSERT d.log"),
        needs(
            "CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW FOLLOWS h SET NEW.a = NEW.b + 1",
            "CREATE_TRIGGER g, ADD_TRIGGER t, SELECT t, UPDATE t"),
        needs(
            "CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW SET @a = 1",
            "CREATE_TRIGGER g, ADD_TRIGGER t"),
        needs(
            "CREATE EVENT IF NOT EXISTS d.e ON SCHEDULE EVERY 1 DAY STARTS CURRENT_TIMESTAMP +"
                + " INTERVAL 1 HOUR ENDS '2030-01-01' ON COMPLETION NOT PRESERVE DISABLE COMMENT"
                + " 'x' DO DELETE FROM t",
            "CREATE_EVENT d.e, DELETE d.t"),
        needs(
            "CREATE EVENT e ON SCHEDULE AT NOW() + INTERVAL 1 MINUTE DO CALL p(1)",
            "CREATE_EVENT e, EXECUTE_PROCEDURE p"),
        needs("ALTER PROCEDURE d.p COMMENT 'x' NO SQL", "ALTER_PROCEDURE d.p"),
        needs("ALTER FUNCTION f COMMENT 'x'", "ALTER_FUNCTION f"),
        needs("ALTER EVENT d.e DISABLE", "ALTER_EVENT d.e"),
        needs("ALTER EVENT d.e DO DELETE FROM t", "ALTER_EVENT d.e, DELETE d.t"),
        needs("DROP PROCEDURE IF EXISTS d.p", "ALTER_PROCEDURE d.p"),
        needs("DROP FUNCTION f", "ALTER_FUNCTION f"),
        needs("DROP TRIGGER d.g", "DROP_TRIGGER d.g"),
        needs("DROP EVENT e", "ALTER_EVENT e"),
        needs("SHOW CREATE PROCEDURE d.p", "SHOW_PROCEDURE d.p"),
        needs("SHOW CREATE FUNCTION f", "SHOW_FUNCTION f"),
        needs("SHOW CREATE TRIGGER g", "SHOW_TRIGGER g"),
        needs("SHOW CREATE EVENT e", "SHOW_EVENT e"));
  }

  @TestFactory
  Stream<DynamicTest> calls() {
    return Stream.of(
        needs("CALL p", "EXECUTE_PROCEDURE p"),
        needs("CALL d.p()", "EXECUTE_PROCEDURE d.p"),
        needs(
            "CALL d.p(@a, 1, (SELECT x FROM t), e.f(2))",
            "EXECUTE_PROCEDURE d.p, SELECT t, EXECUTE_FUNCTION e.f"),
        needs("SELECT d.f(1)", "EXECUTE_FUNCTION d.f"),
        needs("SELECT `d`.`f` (1) FROM t", "SELECT t, EXECUTE_FUNCTION d.f"),
        needs("SELECT d.concat('a')", "EXECUTE_FUNCTION d.concat"),
        needs(
            "SELECT 1 FROM t ORDER BY d.f(d.g(1))",
            "SELECT t, EXECUTE_FUNCTION d.f, EXECUTE_FUNCTION d.g"),
        needs("INSERT INTO t VALUES (d.f(1))", "INSERT t, EXECUTE_FUNCTION d.f"),
        needs(
            "UPDATE t SET a = d.f(a) WHERE d.g(1)",
            "UPDATE t, EXECUTE_FUNCTION d.f, EXECUTE_FUNCTION d.g"),
        needs("DELETE FROM t WHERE d.f(a)", "DELETE t, EXECUTE_FUNCTION d.f"),
        needs("SET @a = d.f(1)", "EXECUTE_FUNCTION d.f"),
        needs("DO d.f(1)", "EXECUTE_FUNCTION d.f"),
        needs("CREATE VIEW v AS SELECT d.f(1)", "CREATE_VIEW v, EXECUTE_FUNCTION d.f"),
        needs("PREPARE s FROM 'CALL d.p()'", "EXECUTE_PROCEDURE d.p"));
  }

  @TestFactory
  Stream<DynamicTest> bodies() {
    return Stream.of(
        body("BEGIN END", ""),
        body("BEGIN END;", ""),
        body("lbl: BEGIN SELECT 1; LEAVE lbl; END lbl", ""),
        body(
            "BEGIN DECLARE x, y INT DEFAULT (SELECT 1 FROM t1); SELECT c, d INTO x, @y FROM t2;"
                + " SELECT c FROM t3 WHERE c = x LIMIT 1 INTO b; END",
            "SELECT d.t1, SELECT d.t2, SELECT d.t3"),
        body(
            "BEGIN IF EXISTS (SELECT 1 FROM t1) THEN INSERT INTO t2 VALUES (a); ELSEIF a > 1 THEN"
                + " DELETE FROM t3; ELSE UPDATE t4 SET c = a; END IF; END",
            "SELECT d.t1, INSERT d.t2, DELETE d.t3, UPDATE d.t4"),
        body(
            "IF CASE WHEN a = 1 THEN (SELECT 1 FROM t1) ELSE 0 END THEN SELECT * FROM t2; END IF",
            "SELECT d.t1, SELECT d.t2"),
        body(
            "CASE (SELECT 1 FROM t1) WHEN (SELECT 2 FROM t2) THEN SELECT * FROM t3; ELSE BEGIN"
                + " SELECT * FROM t4; END; END CASE",
            "SELECT d.t1, SELECT d.t2, SELECT d.t3, SELECT d.t4"),
        body(
            "CASE WHEN a THEN SELECT * FROM t1; WHEN b THEN SELECT * FROM t2; END CASE",
            "SELECT d.t1, SELECT d.t2"),
        body(
            "BEGIN l: LOOP IF a THEN LEAVE l; END IF; ITERATE l; END LOOP l; WHILE (SELECT 1 FROM"
                + " t1) DO SET a = a - 1; END WHILE; REPEAT SELECT * FROM t2; UNTIL (SELECT 1 FROM"
                + " t3) END REPEAT; END",
            "SELECT d.t1, SELECT d.t2, SELECT d.t3"),
        body(
            "BEGIN DECLARE done, v INT DEFAULT 0; DECLARE gone CONDITION FOR SQLSTATE '42S02';"
                + " DECLARE c CURSOR FOR SELECT x FROM t1; DECLARE CONTINUE HANDLER FOR NOT FOUND,"
                + " gone, 1146, SQLEXCEPTION SET done = 1; DECLARE EXIT HANDLER FOR SQLSTATE VALUE"
                + " '23000' BEGIN ROLLBACK; INSERT INTO t2 VALUES (1); END; OPEN c; FETCH c INTO v;"
                + " FETCH NEXT FROM c INTO v; CLOSE c; END",
            "SELECT d.t1, INSERT d.t2"),
        body(
            "BEGIN START TRANSACTION; SAVEPOINT s; ROLLBACK TO s; COMMIT; DO SLEEP(0); SIGNAL"
                + " SQLSTATE '45000' SET MESSAGE_TEXT = 'x', MYSQL_ERRNO = a; END",
            ""),
        body(
            "BEGIN DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN GET STACKED DIAGNOSTICS CONDITION 1"
                + " @m = MESSAGE_TEXT; RESIGNAL; END; GET DIAGNOSTICS b = ROW_COUNT; END",
            ""),
        body(
            "BEGIN CALL q(a, b); CALL e.q((SELECT 1 FROM t)); SET b = e.f(a); END",
            "EXECUTE_PROCEDURE d.q, EXECUTE_PROCEDURE e.q, SELECT d.t, EXECUTE_FUNCTION e.f"),
        body("SET a = 1, @x = (SELECT 1 FROM t1), b = a, foreign_key_checks = 0", "SELECT d.t1"),
        body(
            "BEGIN CREATE TEMPORARY TABLE x AS SELECT * FROM t; TRUNCATE TABLE x; END",
            "CREATE_TEMPORARY_TABLE d.x, SELECT d.t, TRUNCATE d.x"),
        body("WITH x AS (SELECT * FROM t) SELECT COUNT(*) INTO b FROM x", "SELECT d.t"),
        needsOnMariaDb(
            "CREATE PROCEDURE d.p() BEGIN DECLARE c CURSOR (n INT) FOR SELECT x FROM t1 WHERE y ="
                + " n; FOR r IN c(1) DO INSERT INTO t2 VALUES (r.x); END FOR; l: FOR r IN (SELECT y"
                + " FROM t3) DO SET @a = r.y; END FOR l; END",
            inProcedure("SELECT d.t1, INSERT d.t2, SELECT d.t3")));
  }

  @TestFactory
  Stream<DynamicTest> whatNoProgramMayDo() {
    return Stream.of(
        refused(ER_NOT_SUPPORTED_YET, "CREATE in a stored program", "CREATE TABLE x (a INT)"),
        refused(ER_NOT_SUPPORTED_YET, "DROP in a stored program", "DROP TABLE t"),
        refused(ER_NOT_SUPPORTED_YET, "DROP in a stored program", "DROP TEMPORARY TABLE t"),
        refused(ER_NOT_SUPPORTED_YET, "ALTER in a stored program", "ALTER TABLE t ADD b INT"),
        refused(ER_NOT_SUPPORTED_YET, "GRANT in a stored program", "GRANT SELECT ON d.t TO u"),
        refused(ER_NOT_SUPPORTED_YET, "USE in a stored program", "USE d"),
        refused(ER_NOT_SUPPORTED_YET, "LOCK in a stored program", "LOCK TABLES t READ"),
        refused(ER_NOT_SUPPORTED_YET, "SHOW in a stored program", "SHOW TABLES"),
        refused(
            ER_NOT_SUPPORTED_YET, "LOAD DATA is not offered", "LOAD DATA INFILE 'x' INTO TABLE t"),
        refused(ER_NOT_SUPPORTED_YET, "KILL in a stored program", "KILL 1"),
        refused(ER_NOT_SUPPORTED_YET, "INTO OUTFILE", "SELECT 1 INTO OUTFILE 'x'"),
        refused(
            ER_NOT_SUPPORTED_YET,
            "INTO DUMPFILE",
            "BEGIN DECLARE dumpfile TEXT; SELECT 1 INTO DUMPFILE 'x'; END"),
        refused(ER_NOT_SUPPORTED_YET, "the function f", "SELECT f(1)"),
        refused(ER_NOT_SUPPORTED_YET, "SET of sql_mode", "SET sql_mode = 'ANSI_QUOTES'"),
        refused(ER_NOT_SUPPORTED_YET, "SET of sql_mode", "SET NAMES latin1"),
        refused(
            ER_NOT_SUPPORTED_YET,
            "SET of sql_mode",
            "BEGIN BEGIN DECLARE sql_mode TEXT; END; SET sql_mode = ''; END"),
        refused(
            ER_NOT_SUPPORTED_YET,
            "SET of sql_mode",
            "BEGIN DECLARE sql_mode CONDITION FOR 1146; SET sql_mode = ''; END"),
        refused(
            ER_NOT_SUPPORTED_YET,
            "SET of sql_mode",
            "BEGIN DECLARE \u212a, character_set_client\u0301 INT; SET character_set_client ="
                + " latin1; END"),
        refused(
            ER_NOT_SUPPORTED_YET,
            "SET of a variable of this name",
            "BEGIN DECLARE password TEXT; SET password = 'x'; END"),
        refused(ER_NOT_SUPPORTED_YET, "HANDLER is not offered", "HANDLER t OPEN"),
        refused(ER_NOT_SUPPORTED_YET, "FLUSH is not offered", "FLUSH TABLES"));
  }

  private static final String DYNAMIC = "DYNAMIC_PROCEDURE d.p";

  @TestFactory
  Stream<DynamicTest> textInOneStringIsReadAsAStatementOfTheBody() {
    return Stream.of(
        body("PREPARE s FROM 'SELECT * FROM t'", "SELECT d.t"),
        body(
            "BEGIN PREPARE s FROM 'DELETE FROM t WHERE a = ? LIMIT ?'; EXECUTE s USING @a, @b;"
                + " DEALLOCATE PREPARE s; DROP PREPARE s; END",
            "DELETE d.t"),
        body(
            "BEGIN PREPARE s FROM 'SELECT 1 INTO @x FROM e.t'; IF a THEN EXECUTE S; END IF; WHILE a"
                + " DO EXECUTE s; END WHILE; END",
            "SELECT e.t"),
        body("BEGIN PREPARE s FROM 'CALL e.q(?)'; END", "EXECUTE_PROCEDURE e.q"),
        body(
            "BEGIN CALL q(); PREPARE s FROM 'SELECT * FROM e.t'; END",
            "EXECUTE_PROCEDURE d.q, SELECT e.t"),
        body("PREPARE s FROM 'SET @a = (SELECT 1 FROM t)'", "SELECT d.t"),
        body("PREPARE s FROM 'SELECT ''it'' FROM t;'", "SELECT d.t"),
        needs(
            "CREATE EVENT d.e ON SCHEDULE EVERY 1 DAY DO BEGIN PREPARE s FROM 'DELETE FROM t';"
                + " EXECUTE s; END",
            "CREATE_EVENT d.e, DELETE d.t"),
        needsOnMariaDb(
            "CREATE PROCEDURE d.p(a INT) EXECUTE IMMEDIATE 'INSERT INTO t VALUES (?, ?)' USING a + 1,"
                + " e.f(a)",
            "CREATE_PROCEDURE d.p, INSERT d.t, EXECUTE_FUNCTION e.f"));
  }

  @TestFactory
  Stream<DynamicTest> allOtherTextIsDynamic() {
    return Stream.of(
        body("PREPARE s FROM @a", DYNAMIC),
        body("BEGIN SET @a = CONCAT('SELECT ', a); PREPARE s FROM @a; EXECUTE s; END", DYNAMIC),
        // not of this body
        body("EXECUTE s", DYNAMIC),
        body("BEGIN EXECUTE s; PREPARE s FROM 'SELECT 1'; END", DYNAMIC),
        body("BEGIN PREPARE s FROM 'SELECT 1'; EXECUTE r; END", DYNAMIC),
        // not on every way
        body("BEGIN IF a THEN PREPARE s FROM 'SELECT 1'; END IF; EXECUTE s; END", DYNAMIC),
        body("BEGIN l: LOOP LEAVE l; PREPARE s FROM 'SELECT 1'; END LOOP; EXECUTE s; END", DYNAMIC),
        body("BEGIN l: BEGIN LEAVE l; PREPARE s FROM 'SELECT 1'; END; EXECUTE s; END", DYNAMIC),
        body(
            "BEGIN DECLARE CONTINUE HANDLER FOR NOT FOUND PREPARE s FROM 'SELECT 1'; EXECUTE s; END",
            DYNAMIC),
        body(
            "BEGIN DECLARE CONTINUE HANDLER FOR SQLEXCEPTION EXECUTE s; PREPARE s FROM 'SELECT 1';"
                + " END",
            DYNAMIC),
        body("CASE WHEN a THEN PREPARE s FROM 'SELECT 1'; ELSE EXECUTE s; END CASE", DYNAMIC),
        // prepared anew
        body("BEGIN PREPARE s FROM 'SELECT 1'; PREPARE s FROM @a; EXECUTE s; END", DYNAMIC),
        body(
            "BEGIN PREPARE s FROM 'SELECT 1'; CALL e.q(); EXECUTE s; END",
            "EXECUTE_PROCEDURE e.q, " + DYNAMIC),
        body(
            "BEGIN PREPARE s FROM 'SELECT 1'; PREPARE r FROM 'CALL e.q()'; EXECUTE r; END",
            "EXECUTE_PROCEDURE e.q, " + DYNAMIC),
        // what is called may leave another current database
        body(
            "BEGIN CALL e.q(); PREPARE s FROM 'SELECT * FROM t'; END",
            "EXECUTE_PROCEDURE e.q, SELECT d.t, " + DYNAMIC),
        // not for everybody, or not in a body
        body("PREPARE s FROM 'DROP TABLE t'", DYNAMIC),
        body("PREPARE s FROM 'SET NAMES latin1'", DYNAMIC),
        body("PREPARE s FROM 'SET sql_mode = ANSI_QUOTES'", DYNAMIC),
        body("PREPARE s FROM 'SET GLOBAL max_connections = 1'", DYNAMIC),
        body("PREPARE s FROM 'SELECT 1 INTO OUTFILE ''x'' '", DYNAMIC),
        body("PREPARE s FROM 'SELECT 1 INTO b'", DYNAMIC),
        body("PREPARE s FROM 'SELECT @@global.validate_password'", DYNAMIC),
        body("PREPARE s FROM 'PREPARE r FROM @a'", DYNAMIC),
        body("PREPARE s FROM 'DROP TEMPORARY TABLE t'", DYNAMIC),
        body("PREPARE s FROM 'USE e'", DYNAMIC),
        body("PREPARE s FROM 'SELECT * FROM t; DELETE FROM t'", DYNAMIC),
        body("PREPARE s FROM 'SELECT ) FROM t ('", DYNAMIC),
        body("PREPARE s FROM 'SELECT ''\u00e4'' FROM t'", DYNAMIC),
        body("PREPARE s FROM 'SELECT 1 ' 'FROM t'", DYNAMIC),
        body("PREPARE s FROM _utf8'SELECT 1 FROM t'", DYNAMIC),
        body("PREPARE s FROM ''", DYNAMIC),
        needs(
            "ALTER EVENT d.e DO BEGIN PREPARE s FROM @a; EXECUTE s; END",
            "ALTER_EVENT d.e, DYNAMIC_EVENT d.e"),
        needs("CREATE PROCEDURE p() PREPARE s FROM @a", "CREATE_PROCEDURE p, DYNAMIC_PROCEDURE p"),
        needsOnMariaDb(
            "CREATE PROCEDURE d.p(a TEXT) EXECUTE IMMEDIATE CONCAT('SELECT ', a, (SELECT 1 FROM t))"
                + " USING e.f(1)",
            "CREATE_PROCEDURE d.p, SELECT d.t, EXECUTE_FUNCTION e.f, DYNAMIC_PROCEDURE d.p"));
  }

  @TestFactory
  Stream<DynamicTest> noDynamicSqlWhereServersHaveNone() {
    return Stream.of("PREPARE s FROM 'SELECT 1'", "EXECUTE s", "DEALLOCATE PREPARE s")
        .flatMap(
            statement ->
                Stream.of(
                    "CREATE FUNCTION d.f() RETURNS INT BEGIN " + statement + "; RETURN 1; END",
                    "CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW BEGIN " + statement + "; END",
                    "BEGIN NOT ATOMIC " + statement + "; END"))
        .map(
            text ->
                DynamicTest.dynamicTest(
                    text,
                    () ->
                        assertThat(Analysed.refusal(text, MARIADB).refusal().error().message())
                            .contains("dynamic SQL in a")));
  }

  @Test
  void executeImmediateIsOfMariaDb() {
    Analysed.refusal("CREATE PROCEDURE d.p() EXECUTE IMMEDIATE 'SELECT 1'", MYSQL);
  }

  @Test
  void aStringThatNamesADatabaseCannotBeSentUnderOtherNames() {
    for (String text : List.of("SELECT * FROM e.t", "SELECT e.f(1)", "SELECT e.t.a FROM e.t")) {
      assertThat(databases("CREATE PROCEDURE p() PREPARE s FROM '" + text + "'").isComplete())
          .as(text)
          .isFalse();
    }
    assertThat(databases("CREATE PROCEDURE p() PREPARE s FROM 'SELECT t.a FROM t'").isComplete())
        .isTrue();
  }

  private static DatabaseUses databases(String sql) {
    return ((StatementAnalysis) Analysed.analyse(sql, MARIADB)).databases();
  }

  @TestFactory
  Stream<DynamicTest> whatOnlyMariaDbHas() {
    return Stream.of(
        needsOnMariaDb(
            "CREATE PROCEDURE d.p(x TYPE OF t.a) BEGIN DECLARE y ROW TYPE OF e.u; END",
            "CREATE_PROCEDURE d.p, DESCRIBE d.t, DESCRIBE e.u"),
        needsOnMariaDb(
            "CREATE PROCEDURE d.p() BEGIN DECLARE x TYPE OF e.t.a; DECLARE r ROW(a INT, b"
                + " TYPE OF s.a); SET r.a = 1; END",
            "CREATE_PROCEDURE d.p, DESCRIBE e.t, DESCRIBE d.s"),
        needsOnMariaDb(
            "CREATE FUNCTION d.f() RETURNS TYPE OF t.a RETURN 1",
            "CREATE_FUNCTION d.f, DESCRIBE d.t"),
        needsOnMariaDb(
            "CREATE AGGREGATE FUNCTION d.f(x INT) RETURNS INT BEGIN DECLARE CONTINUE HANDLER FOR"
                + " NOT FOUND RETURN (SELECT 1 FROM s); LOOP FETCH GROUP NEXT ROW; END LOOP; END",
            "CREATE_FUNCTION d.f, SELECT d.s"),
        needsOnMariaDb(
            "CREATE PROCEDURE d.p() FOR i IN 1..(SELECT MAX(a) FROM s) DO INSERT INTO t VALUES"
                + " (i); END FOR",
            "CREATE_PROCEDURE d.p, SELECT d.s, INSERT d.t"),
        needsOnMariaDb(
            "CREATE PROCEDURE d.p() EXPLAIN FORMAT=JSON SELECT * FROM t",
            "CREATE_PROCEDURE d.p, SELECT d.t, EXPLAIN d.t"),
        needsOnMariaDb(
            "CREATE PROCEDURE d.p() SET SESSION TRANSACTION READ ONLY", "CREATE_PROCEDURE d.p"),
        needsOnMariaDb(
            "CREATE PROCEDURE d.p() SELECT NEXT VALUE FOR s",
            "CREATE_PROCEDURE d.p, SELECT d.s, INSERT d.s"));
  }

  @Test
  void theSameIsRefusedWhereItIsMore() {
    for (String text :
        List.of(
            "CREATE PROCEDURE d.p() SET GLOBAL TRANSACTION READ ONLY",
            "CREATE PROCEDURE d.p() DESCRIBE t",
            "CREATE PROCEDURE d.p() FOR i IN 1 DO SELECT 1; END FOR",
            "CREATE AGGREGATE FUNCTION f RETURNS INT SONAME 'x.so'")) {
      Analysed.refusal(text, MARIADB);
    }
    for (String text :
        List.of(
            "CREATE PROCEDURE d.p(x TYPE OF t.a) SELECT 1",
            "CREATE AGGREGATE FUNCTION f(a INT) RETURNS INT RETURN 1")) {
      Analysed.refusal(text, MYSQL);
    }
  }

  @TestFactory
  Stream<DynamicTest> notUnderstood() {
    return Stream.of(
            "SELECT 1; DROP TABLE t",
            "BEGIN SELECT 1; END; SELECT * FROM t",
            "BEGIN SELECT 1 END",
            "BEGIN SELECT 1;",
            "BEGIN END END",
            "BEGIN SELECT 1 INTO x; END",
            "BEGIN FETCH c INTO a; END",
            "lbl: SELECT 1",
            "lbl: BEGIN END other",
            "IF a THEN SELECT 1; END",
            "SELECT a SELECT b FROM t",
            "RETURN 1")
        .map(
            text ->
                DynamicTest.dynamicTest(
                    text,
                    () -> {
                      AnalysisRefused refusal =
                          Analysed.refusal("CREATE PROCEDURE p(a INT) " + text, MARIADB);
                      assertThat(refusal.refusal().error().code())
                          .isIn(ER_PARSE_ERROR, ER_NOT_SUPPORTED_YET);
                    }));
  }

  @Test
  void anotherDefinerIsToldAndRefusedInDynamicSql() {
    assertThat(definer("CREATE DEFINER = 'root'@'localhost' PROCEDURE p() SELECT 1"))
        .contains("root@localhost");
    assertThat(
            definer(
                "/*!50003 CREATE*/ /*!50017 DEFINER=`a`@`%`*/ /*!50003 TRIGGER g BEFORE INSERT ON t"
                    + " FOR EACH ROW BEGIN SET @a = 1; END */"))
        .contains("a@%");
    assertThat(definer("CREATE DEFINER = root VIEW v AS SELECT 1")).contains("root@%");
    assertThat(definer("CREATE DEFINER = CURRENT_USER() VIEW v AS SELECT 1")).isEmpty();
    assertThat(definer("ALTER DEFINER = a@b VIEW v AS SELECT 1")).contains("a@b");
    Analysed.refused(
        ER_NOT_SUPPORTED_YET,
        "a DEFINER other than CURRENT_USER",
        "PREPARE s FROM 'CREATE DEFINER = a VIEW v AS SELECT 1'");
    Analysed.refused(
        ER_NOT_SUPPORTED_YET,
        "a trigger whose database is not written as that of its table",
        "CREATE TRIGGER g BEFORE INSERT ON d.t FOR EACH ROW SET @a = 1");
    Analysed.refused(
        ER_NOT_SUPPORTED_YET, "ALTER ... SQL SECURITY", "ALTER PROCEDURE p SQL SECURITY INVOKER");
    Analysed.refused(
        ER_NOT_SUPPORTED_YET,
        "in the schedule of an event",
        "CREATE EVENT e ON SCHEDULE AT (SELECT x FROM t) DO SET @a = 1");
    Analysed.refused(ER_NOT_SUPPORTED_YET, "a stored program of this name", "CALL d.`p\u00e4`()");
  }

  @TestFactory
  Stream<DynamicTest> asTheServerPrintsThem() {
    return Stream.of(
        printed(
            "CREATE DEFINER=`gate`@`%` PROCEDURE `p`(a INT)\n    READS SQL DATA\n    SQL SECURITY"
                + " INVOKER\nBEGIN SELECT * FROM t; CALL e.q(); END",
            true, "SELECT t, EXECUTE_PROCEDURE e.q"),
        printed(
            "CREATE DEFINER=`gate`@`%` FUNCTION `f`() RETURNS int(11)\nRETURN (SELECT 1 FROM t)",
            false, "SELECT t"),
        printed(
            "CREATE DEFINER=`gate`@`%` TRIGGER g BEFORE INSERT ON d.t FOR EACH ROW SET NEW.a = 1",
            false, "SELECT d.t, UPDATE d.t"));
  }

  private static DynamicTest printed(String text, boolean invoker, String accesses) {
    return DynamicTest.dynamicTest(
        text,
        () -> {
          ProgramReading reading =
              new StatementAnalyzer(0).readProgram(Analysed.lexed(text, MARIADB));
          assertThat(reading).isInstanceOf(ProgramReading.Understood.class);
          ProgramBody body = ((ProgramReading.Understood) reading).body();
          assertThat(body.invoker()).isEqualTo(invoker);
          assertThat(
                  body.accesses().stream()
                      .map(Analysed::toString)
                      .collect(Collectors.joining(", ")))
              .isEqualTo(accesses);
        });
  }

  @Test
  void namesThatABodyPreparesAreTold() {
    ProgramReading reading =
        new StatementAnalyzer(0)
            .readProgram(
                Analysed.lexed(
                    "CREATE DEFINER=`gate`@`%` PROCEDURE `p`() BEGIN PREPARE Abc FROM 'SELECT 1'; IF"
                        + " 1 THEN PREPARE x FROM @a; END IF; END",
                    MARIADB));
    assertThat(((ProgramReading.Understood) reading).body().prepared())
        .containsExactlyInAnyOrder("abc", "x");
  }

  @Test
  void aProgramGoesOnToTheEndOfTheText() {
    // Cut at its semicolons it would be several statements.
    assertThat(Analysed.accesses("CREATE PROCEDURE p() BEGIN DELETE FROM t; END", MYSQL))
        .isEqualTo("CREATE_PROCEDURE p, DELETE t");
    assertThat(
            Analysed.accesses(
                "CREATE DEFINER = CURRENT_USER TRIGGER g AFTER DELETE ON t FOR EACH ROW BEGIN DELETE"
                    + " FROM u; END;",
                MARIADB))
        .isEqualTo("CREATE_TRIGGER g, ADD_TRIGGER t, DELETE u");
  }

  private static java.util.Optional<String> definer(String sql) {
    return ((StatementAnalysis) Analysed.analyse(sql, MARIADB)).definer();
  }
}
