package io.portcullis.sql.analysis;

import static io.portcullis.sql.analysis.Analysed.MARIADB;
import static io.portcullis.sql.analysis.Analysed.MYSQL;
import static io.portcullis.sql.text.ErrorCode.ER_NOT_SUPPORTED_YET;
import static io.portcullis.sql.text.ErrorCode.ER_PARSE_ERROR;
import static io.portcullis.sql.text.ErrorCode.ER_SPECIFIC_ACCESS_DENIED_ERROR;
import static io.portcullis.sql.text.ErrorCode.ER_WRONG_VALUE_FOR_VAR;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.sql.text.ErrorCode;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What nobody may do through the gate, and what it does not understand: refused by name. */
final class StatementRefusedTest {

  private static DynamicTest refused(ErrorCode code, String because, String text) {
    return DynamicTest.dynamicTest(text, () -> Analysed.refused(code, because, text));
  }

  private static DynamicTest notOffered(String what, String text) {
    return refused(ER_NOT_SUPPORTED_YET, what + " is not offered by this gate", text);
  }

  private static DynamicTest notUnderstood(String text) {
    return refused(ER_PARSE_ERROR, "Portcullis", text);
  }

  private static DynamicTest denied(String text) {
    return refused(ER_SPECIFIC_ACCESS_DENIED_ERROR, "SUPER", text);
  }

  @TestFactory
  Stream<DynamicTest> kindsThatAreNotOffered() {
    return Stream.of(
        notOffered("a loadable function", "CREATE FUNCTION f RETURNS STRING SONAME 'x.so'"),
        notOffered("ALTER TRIGGER", "ALTER TRIGGER x"),
        notOffered(
            "a JSON duality view",
            "CREATE OR REPLACE JSON DUALITY VIEW v AS SELECT JSON_DUALITY_OBJECT('_id' : a) FROM t"),
        notOffered("CREATE SPATIAL", "CREATE SPATIAL REFERENCE SYSTEM 1 NAME 'x' DEFINITION 'y'"),
        notOffered(
            "CREATE SERVER", "CREATE SERVER s FOREIGN DATA WRAPPER mysql OPTIONS (HOST 'x')"),
        notOffered("dynamic SQL from anything but one string", "PREPARE s FROM CONCAT(@v)"),
        notOffered("dynamic SQL from anything but one string", "PREPARE s FROM 'SELECT ' '1'"),
        notOffered("dynamic SQL from anything but one string", "PREPARE s FROM N'SELECT 1'"),
        notOffered("dynamic SQL from anything but one string", "PREPARE s FROM _latin1'SELECT 1'"),
        notOffered(
            "SQL in a string with characters beyond ASCII", "PREPARE s FROM 'SELECT \u00e4'"),
        notOffered("a prepared statement of this name", "PREPARE `s ` FROM 'SELECT 1'"),
        notOffered("USE in dynamic SQL", "PREPARE s FROM 'USE d'"),
        notOffered("GRANT in dynamic SQL", "PREPARE s FROM 'GRANT r TO u'"),
        notOffered("EXECUTE in dynamic SQL", "PREPARE s FROM 'EXECUTE s'"),
        notOffered("the function f", "PREPARE s FROM 'SELECT f(1)'"),
        notOffered("HANDLER", "HANDLER t OPEN"),
        notOffered("LOAD DATA", "LOAD DATA INFILE '/etc/passwd' INTO TABLE t"),
        notOffered("FLUSH", "FLUSH PRIVILEGES"),
        notOffered("RESET", "RESET MASTER"),
        notOffered("INSTALL", "INSTALL PLUGIN x SONAME 'y'"),
        notOffered("SHUTDOWN", "SHUTDOWN"),
        notOffered("BINLOG", "BINLOG 'x'"),
        notOffered("CHANGE", "CHANGE MASTER TO MASTER_HOST = 'x'"),
        notOffered("GRANT PROXY", "GRANT PROXY ON a TO b"),
        notOffered("XA", "XA START 'x'"),
        notOffered("RESIGNAL", "RESIGNAL"),
        notOffered("CHECK of anything but tables", "CHECK PARTITION v"),
        notOffered("OPTIMIZE of anything but tables", "OPTIMIZE INDEX v"),
        notOffered("CREATE TABLESPACE", "CREATE TABLESPACE x ADD DATAFILE 'y'"),
        notOffered("ALTER INSTANCE", "ALTER INSTANCE ROTATE INNODB MASTER KEY"),
        notOffered("DROP SERVER", "DROP SERVER s"),
        notOffered("START SLAVE", "START SLAVE"),
        notOffered("SHOW PLUGINS SONAME", "SHOW PLUGINS SONAME 'x.so'"),
        notOffered("SHOW CREATE SERVER", "SHOW CREATE SERVER s"),
        notOffered("SHOW USER_STATISTICS", "SHOW USER_STATISTICS"),
        notOffered("SHOW PROFILES", "SHOW PROFILES"),
        notOffered("SHOW PROFILE", "SHOW PROFILE CPU FOR QUERY 2"),
        notOffered("SHOW SLAVE", "SHOW SLAVE STATUS"),
        notOffered("a storage engine from a variable", "SET default_storage_engine = @e"),
        notOffered("ALTER TABLE ... IMPORT", "ALTER TABLE t IMPORT TABLESPACE"),
        notOffered("ALTER TABLE ... DISCARD", "ALTER TABLE t DISCARD TABLESPACE"),
        notOffered("SHOW OPEN TABLES without a database", "SHOW OPEN TABLES"),
        notOffered("a query inside SHOW", "SHOW PROCEDURE STATUS WHERE Db = (SELECT a FROM d.t)"),
        notOffered("SHOW ENGINE", "SHOW ENGINE INNODB STATUS"),
        notOffered("SHOW BINARY", "SHOW BINARY LOGS"),
        notOffered("SHOW MASTER", "SHOW MASTER STATUS"),
        notOffered("SHOW CREATE PACKAGE", "SHOW CREATE PACKAGE p"),
        notOffered("a query inside SHOW", "SHOW TABLES WHERE EXISTS (SELECT 1 FROM t)"),
        notOffered("EXPLAIN FOR CONNECTION", "EXPLAIN FOR CONNECTION 3"));
  }

  @TestFactory
  Stream<DynamicTest> partsThatAreNotOffered() {
    return Stream.of(
        notOffered("the function f", "SELECT f(1)"),
        notOffered("the function mariadb_schema.concat", "SELECT mariadb_schema.concat('a')"),
        notOffered("the function d.f\u00e4", "SELECT d.f\u00e4('a')"),
        notOffered("the function LOAD_FILE", "SELECT LOAD_FILE('/etc/passwd')"),
        notOffered("the function load_file", "INSERT INTO t VALUES (load_file('/etc/passwd'))"),
        notOffered("the function sys_exec", "SELECT sys_exec('id')"),
        notOffered("the function MASTER_POS_WAIT", "DO MASTER_POS_WAIT('x', 4)"),
        notOffered("the function f", "UPDATE t SET a = f(a)"),
        notOffered("the function f", "SET @a = f(1)"),
        notOffered("the function f", "SHOW VARIABLES WHERE f(1)"),
        notOffered("a query, or a stored function, inside SHOW", "SHOW TABLES WHERE d.f(1)"),
        notOffered("the function f", "CREATE TABLE t (a INT DEFAULT (f(1, 2)))"),
        notOffered(
            "the stored function COUNT (with a blank before its parenthesis)",
            "SELECT COUNT (a) FROM t"),
        notOffered("INTO OUTFILE", "SELECT * FROM t INTO OUTFILE '/tmp/x'"),
        notOffered("INTO DUMPFILE", "SELECT a INTO DUMPFILE '/tmp/x' FROM t"),
        notOffered(
            "the storage engine FEDERATED",
            "CREATE TABLE t (a INT) ENGINE=FEDERATED CONNECTION='mysql://x'"),
        notOffered(
            "the storage engine CONNECT", "CREATE TABLE t (a INT) ENGINE=CONNECT TABLE_TYPE=CSV"),
        notOffered("the storage engine Spider", "ALTER TABLE t ENGINE=Spider"),
        notOffered(
            "the storage engine MRG_MyISAM",
            "CREATE TABLE t (a INT) ENGINE=MRG_MyISAM UNION=(a, b)"),
        notOffered("the table option UNION", "ALTER TABLE t UNION=(secret)"),
        notOffered(
            "the table option DATA DIRECTORY", "CREATE TABLE t (a INT) DATA DIRECTORY='/tmp'"),
        notOffered(
            "the table option INDEX DIRECTORY", "CREATE TABLE t (a INT) INDEX DIRECTORY='/tmp'"),
        notOffered("the table option TABLESPACE", "CREATE TABLE t (a INT) TABLESPACE ts"),
        notOffered("the table option CONNECTION", "CREATE TABLE t (a INT) CONNECTION='x'"),
        notOffered(
            "IDENTIFIED with the name of a plugin (IDENTIFIED BY fits all)",
            "CREATE USER u IDENTIFIED WITH mysql_native_password BY 'x'"),
        notOffered(
            "IDENTIFIED with the name of a plugin (IDENTIFIED BY fits all)",
            "ALTER USER u IDENTIFIED VIA ed25519 USING 'x'"),
        notOffered("IDENTIFIED without BY 'password'", "CREATE USER u IDENTIFIED AS 'x'"));
  }

  @TestFactory
  Stream<DynamicTest> whatReachesBeyondTheSession() {
    return Stream.of(
        denied("SET GLOBAL max_connections = 1"),
        denied("SET @@global.max_connections = 1"),
        denied("SET @a = 1, GLOBAL general_log = 1"),
        denied("SET PERSIST max_connections = 1"),
        denied("SET @@persist_only.max_connections = 1"),
        denied("SET GLOBAL TRANSACTION READ ONLY"),
        denied("SET sql_log_bin = 0"),
        denied("SET profiling = 1"),
        denied("SET SESSION profiling_history_size = 100"),
        denied("SET @@session.sql_log_bin = 0"),
        denied("SET SESSION pseudo_thread_id = 3"),
        denied("SET gtid_next = 'x'"),
        denied("SET debug = 'd,x'"),
        denied("SET character_set_server = latin1"),
        refused(ER_WRONG_VALUE_FOR_VAR, "gbk", "SET NAMES gbk"),
        refused(ER_WRONG_VALUE_FOR_VAR, "sjis", "SET character_set_client = 'sjis'"),
        refused(ER_WRONG_VALUE_FOR_VAR, "big5", "SET CHARACTER SET big5"),
        refused(ER_WRONG_VALUE_FOR_VAR, "ORACLE", "SET sql_mode = 'ORACLE'"),
        refused(ER_WRONG_VALUE_FOR_VAR, "FEDERATED", "SET default_storage_engine = FEDERATED"));
  }

  @TestFactory
  Stream<DynamicTest> whatIsNotUnderstood() {
    return Stream.of(
        notUnderstood("FROBNICATE"),
        notUnderstood("SELECT FROM"),
        notUnderstood("SELECT 1 SELECT 2"),
        notUnderstood("SELECT * FROM t WHERE"),
        notUnderstood("SELECT (1"),
        notUnderstood("SELECT 1)"),
        notUnderstood("SELECT * FROM a.b.c"),
        notUnderstood("INSERT INTO t VALUES (1) SELECT 1"),
        notUnderstood("INSERT INTO t SELECT 1 INTO x"),
        notUnderstood("UPDATE t WHERE a = 1"),
        notUnderstood("DELETE x FROM a, b"),
        notUnderstood("DROP TABLE t u"),
        notUnderstood("DROP TABLE select"),
        notUnderstood("SET"),
        notUnderstood("SET x"),
        notUnderstood("GRANT SELECT ON t"),
        notUnderstood("CREATE USER `a b`"),
        notUnderstood("CREATE ROLE 'a:b'"),
        notUnderstood("CREATE ROLE ''"),
        notUnderstood("COMMIT foo"));
  }

  @Test
  void dynamicTextAsksNothingAboutTheSession() {
    Analysed.refused(ER_NOT_SUPPORTED_YET, "dynamic SQL", "PREPARE s FROM 'SELECT USER()'");
    assertThat(message("EXECUTE IMMEDIATE 'SELECT CURRENT_ROLE'")).contains("dynamic SQL");
  }

  @Test
  void whatOneFlavourHasIsRefusedOnTheOther() {
    assertThat(Analysed.refusal("EXECUTE IMMEDIATE 'SELECT 1'", MYSQL).refusal().error().code())
        .isEqualTo(ER_PARSE_ERROR);
    assertThat(
            Analysed.refusal("SET STATEMENT max_statement_time = 1 FOR SELECT 1", MYSQL)
                .refusal()
                .error()
                .code())
        .isEqualTo(ER_NOT_SUPPORTED_YET);
  }

  @Test
  void theVariablesOfOneStatementAreThoseOfASession() {
    assertThat(message("SET STATEMENT sql_mode = 'ANSI_QUOTES' FOR SELECT \"a\" FROM t"))
        .contains("SET STATEMENT with sql_mode or a character set");
    assertThat(message("SET STATEMENT sql_log_bin = 0 FOR DELETE FROM t")).contains("SUPER");
    assertThat(message("SET STATEMENT max_statement_time = 1 FOR DROP TABLE t"))
        .contains("anything but queries and changes of rows");
  }

  private static String message(String text) {
    return Analysed.refusal(text, MARIADB).refusal().error().message();
  }

  @Test
  void deepNestingIsRefusedNotThrown() {
    String text = "SELECT " + "(".repeat(90) + "1" + ")".repeat(90);
    assertThat(Analysed.analyse(text, MYSQL)).isNotNull();
    String calls = "SELECT " + "ABS(".repeat(95) + "1" + ")".repeat(95);
    assertThat(Analysed.analyse(calls, MARIADB)).isNotNull();
  }
}
