package io.portcullis.sql.analysis;

import static io.portcullis.sql.analysis.Analysed.MARIADB;
import static io.portcullis.sql.analysis.Analysed.MYSQL;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.sql.statement.DeallocateText;
import io.portcullis.sql.statement.ExecuteText;
import io.portcullis.sql.statement.PrepareText;
import io.portcullis.sql.text.LexicalMode;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** One line per statement: what it touches, under both families of servers. */
final class StatementAccessTest {

  private static DynamicTest touches(String text, String accesses) {
    return DynamicTest.dynamicTest(
        text,
        () -> {
          assertThat(Analysed.accesses(text, MYSQL)).as("MySQL").isEqualTo(accesses);
          assertThat(Analysed.accesses(text, MARIADB)).as("MariaDB").isEqualTo(accesses);
        });
  }

  private static DynamicTest touchesNothing(String text) {
    return touches(text, "");
  }

  @TestFactory
  Stream<DynamicTest> queries() {
    return Stream.of(
        touchesNothing("SELECT 1"),
        touchesNothing("SELECT 1 FROM DUAL WHERE 1"),
        touchesNothing("SELECT @@version_comment LIMIT 1"),
        touchesNothing("SELECT DATABASE(), USER(), CURRENT_USER, CONNECTION_ID()"),
        touchesNothing("SELECT NOW(), CURDATE() + INTERVAL 1 DAY, CONVERT('a', CHAR)"),
        touches("SELECT * FROM t", "SELECT t"),
        touches("SELECT * FROM d.t", "SELECT d.t"),
        touches("TABLE d.t", "SELECT d.t"),
        touches(
            "SELECT JSON_VALUE((SELECT j FROM s), '$.a' DEFAULT 'x' ON EMPTY ERROR ON ERROR),"
                + " JSON_VALUE(j, '$.a' RETURNING CHAR(10) NULL ON ERROR) FROM t",
            "SELECT t, SELECT s"),
        touches(
            "SELECT a BETWEEN 1 AND 10, 1 IN (1, 2), 3, 4 = (SELECT 1 FROM s), 5 FROM t",
            "SELECT t, SELECT s"),
        touches(
            "SELECT 1 FROM t WHERE a = 1" + " OR a = (SELECT 1 FROM s)".repeat(500),
            "SELECT t, SELECT s"),
        touches(
            "SELECT 1 FROM t WHERE a IN (1" + ", 2".repeat(5000) + ", (SELECT 1 FROM s), 3, 4)",
            "SELECT t, SELECT s"),
        touches("SELECT count(*), day, `select` FROM d.t AS x GROUP BY day", "SELECT d.t"),
        touches(
            "SELECT * FROM a JOIN b USING (id) LEFT JOIN d.c ON c.id = b.id",
            "SELECT a, SELECT b, SELECT d.c"),
        touches("SELECT (SELECT MAX(x) FROM b) FROM a", "SELECT a, SELECT b"),
        touches("SELECT 1 UNION SELECT x FROM a UNION ALL (SELECT y FROM b)", "SELECT a, SELECT b"),
        touches("WITH x AS (SELECT * FROM secret) SELECT * FROM x", "SELECT secret"),
        touches("WITH secret AS (SELECT * FROM secret) SELECT * FROM secret", "SELECT secret"),
        touches("WITH x AS (SELECT 1) SELECT * FROM X", "SELECT X"),
        touches(
            "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT * FROM n",
            ""),
        touches("WITH n(i) AS (SELECT 1), m AS (SELECT * FROM n) SELECT * FROM m, t", "SELECT t"),
        touches(
            "WITH x AS (SELECT 1) SELECT (WITH z AS (SELECT 1 FROM x) SELECT 1 FROM t)",
            "SELECT x, SELECT t"),
        touches(
            "WITH x AS (SELECT 1) SELECT (SELECT 1 FROM x WHERE EXISTS (SELECT 1 FROM x, t))",
            "SELECT t"),
        touches("SELECT * FROM (SELECT * FROM secret) secret", "SELECT secret"),
        touches("SELECT a FROM t WHERE d = DATE '2020-01-01' FOR UPDATE SKIP LOCKED", "SELECT t"),
        touches("SELECT a FROM t LOCK IN SHARE MODE", "SELECT t"),
        touches(
            "SELECT a FROM t WHERE a IN (SELECT b FROM s) IS NOT TRUE AND c IS NULL AND - -1 = !d",
            "SELECT t, SELECT s"),
        touches("SELECT a INTO @v FROM t", "SELECT t"),
        touches("SELECT a, b FROM t ORDER BY a LIMIT 10 OFFSET 5", "SELECT t"),
        touches(
            "SELECT a FROM t USE INDEX (i) WHERE x BETWEEN 1 AND 2 AND y IN (1, 2, 3)", "SELECT t"),
        touches(
            "SELECT a, ROW_NUMBER() OVER (PARTITION BY b ORDER BY c ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) FROM t",
            "SELECT t"),
        touches(
            "SELECT GROUP_CONCAT(DISTINCT a ORDER BY b DESC SEPARATOR ', ') FROM t", "SELECT t"),
        touches(
            "SELECT CASE WHEN a THEN 1 ELSE 2 END AS `end`, EXTRACT(YEAR FROM d), TRIM(BOTH 'x' FROM s), SUBSTRING(s FROM 2 FOR 3) FROM t",
            "SELECT t"),
        touches(
            "SELECT COUNT(DISTINCT a), SUM(a = 1), IF(a > 1 AND b < 2, 'x', 'y'), NOT a FROM t",
            "SELECT t"),
        touches("SELECT a FROM t WHERE MATCH (a, b) AGAINST ('x' IN BOOLEAN MODE)", "SELECT t"),
        touches(
            "SELECT status, type, value, name, `key`, date, time, comment, level, user, role FROM t",
            "SELECT t"),
        touches(
            "SELECT * FROM information_schema.tables WHERE table_schema = DATABASE()",
            "SELECT information_schema.tables"),
        touches(
            "SELECT a FROM t WHERE b = b = @v AND a < (SELECT 1 FROM s) > ABS(c) = NOT d LIKE 'x'",
            "SELECT t, SELECT s"),
        touches("SELECT 2 = 3 IN (0, (SELECT 1 FROM s)), 1 <> 2 NOT BETWEEN 3 AND 4", "SELECT s"),
        touches(
            "SELECT a FROM t WHERE (a < ALL (SELECT b FROM s)) AND NOT (a = ANY (SELECT c FROM u))",
            "SELECT t, SELECT u, SELECT s"),
        touches("SELECT * FROM t PROCEDURE_", "SELECT t"));
  }

  @TestFactory
  Stream<DynamicTest> maintenance() {
    return Stream.of(
        touches("CHECK TABLE t, d.u FOR UPGRADE QUICK", "SELECT t, SELECT d.u"),
        touches("CHECKSUM TABLE t EXTENDED", "SELECT t"),
        touches("ANALYZE TABLE t, u", "INSERT t, INSERT u"),
        touches("ANALYZE LOCAL TABLE d.t", "INSERT d.t"),
        touches("ANALYZE TABLE t UPDATE HISTOGRAM ON a, b WITH 10 BUCKETS", "INSERT t"),
        touches("ANALYZE TABLE t PERSISTENT FOR COLUMNS (a, b) INDEXES ALL", "INSERT t"),
        touches("OPTIMIZE NO_WRITE_TO_BINLOG TABLE t", "SELECT t, INSERT t"),
        touches("REPAIR TABLE t QUICK USE_FRM", "SELECT t, INSERT t"),
        touches("SHOW TRIGGERS FROM d LIKE 't%'", "SHOW_TABLES d"),
        touches("SHOW EVENTS", "SHOW_TABLES (current)"),
        touches("SHOW OPEN TABLES IN d WHERE In_use > 0", "SHOW_TABLES d"),
        touchesNothing("SHOW AUTHORS"),
        touchesNothing("HELP 'select'"),
        touchesNothing("GET DIAGNOSTICS @n = NUMBER, @r = ROW_COUNT"),
        touchesNothing("GET CURRENT DIAGNOSTICS CONDITION 1 @s = RETURNED_SQLSTATE"),
        touchesNothing("SIGNAL SQLSTATE VALUE '45000' SET MESSAGE_TEXT = 'no', MYSQL_ERRNO = 1"));
  }

  @Test
  void dynamicTextTouchesWhatTheStatementInItTouches() {
    assertThat(
            Analysed.accesses(
                "EXECUTE IMMEDIATE 'SELECT ''x'', \\', '' FROM d.t /*!50000 , secret */' USING @v, 1",
                MARIADB))
        .isEqualTo("SELECT d.t, SELECT secret");
    for (LexicalMode mode : List.of(MYSQL, MARIADB)) {
      assertThat(Analysed.statement("PREPARE S FROM 'DELETE FROM t WHERE a = ?'", mode))
          .isInstanceOfSatisfying(
              PrepareText.class,
              prepare -> {
                assertThat(prepare.name()).isEqualTo("s");
                assertThat(Analysed.accesses(prepare.prepared()))
                    .isEqualTo(Analysed.accesses(Analysed.statement("DELETE FROM t", mode)));
              });
      assertThat(Analysed.statement("EXECUTE s USING @a, @b", mode))
          .isEqualTo(new ExecuteText("s", Optional.of(List.of("a", "b"))));
      assertThat(Analysed.statement("DROP PREPARE `S`", mode)).isEqualTo(new DeallocateText("s"));
    }
  }

  @Test
  void aStatementWithVariablesOfItsOwnTouchesWhatBothTouch() {
    assertThat(
            Analysed.accesses(
                "SET STATEMENT max_statement_time = (SELECT 1 FROM s), sort_buffer_size = 1000"
                    + " FOR INSERT INTO t SELECT a FROM u",
                MARIADB))
        .isEqualTo("SELECT s, INSERT t, SELECT u");
  }

  @Test
  void pathOperatorsOfMySql() {
    assertThat(Analysed.accesses("SELECT doc->'$.a', doc->>'$.b' FROM t", MYSQL))
        .isEqualTo("SELECT t");
  }

  @TestFactory
  Stream<DynamicTest> sysbench() {
    return Stream.of(
        touchesNothing("BEGIN"),
        touchesNothing("COMMIT"),
        touches("SELECT c FROM sbtest1 WHERE id=?", "SELECT sbtest1"),
        touches("SELECT c FROM sbtest1 WHERE id BETWEEN 5 AND 104", "SELECT sbtest1"),
        touches("SELECT SUM(k) FROM sbtest1 WHERE id BETWEEN ? AND ?", "SELECT sbtest1"),
        touches(
            "SELECT DISTINCT c FROM sbtest1 WHERE id BETWEEN 1 AND 100 ORDER BY c",
            "SELECT sbtest1"),
        touches("UPDATE sbtest1 SET k=k+1 WHERE id=7", "UPDATE sbtest1"),
        touches("DELETE FROM sbtest1 WHERE id=7", "DELETE sbtest1"),
        touches("INSERT INTO sbtest1 (id, k, c, pad) VALUES (1, 2, 'a', 'b')", "INSERT sbtest1"),
        touches(
            "CREATE TABLE sbtest1(\n  id INTEGER NOT NULL AUTO_INCREMENT,\n  k INTEGER DEFAULT '0' NOT NULL,\n  c CHAR(120) DEFAULT '' NOT NULL,\n  pad CHAR(60) DEFAULT '' NOT NULL,\n  PRIMARY KEY (id)\n) /*! ENGINE = innodb */",
            "CREATE_TABLE sbtest1"),
        touches("CREATE INDEX k_1 ON sbtest1(k)", "INDEX sbtest1"),
        touches("DROP TABLE IF EXISTS sbtest1", "DROP_TABLE sbtest1"));
  }

  @TestFactory
  Stream<DynamicTest> drivers() {
    return Stream.of(
        touchesNothing(
            "/* mysql-connector-j-26.10.0 (Revision: x) */SELECT  @@session.auto_increment_increment AS auto_increment_increment, @@character_set_client AS character_set_client, @@sql_mode AS sql_mode, @@time_zone AS time_zone, @@wait_timeout AS wait_timeout"),
        touchesNothing("select @@version_comment limit 1"),
        touchesNothing(
            "SHOW VARIABLES WHERE Variable_name IN ('max_allowed_packet','system_time_zone')"),
        touchesNothing("SHOW VARIABLES LIKE 'x'"),
        touchesNothing(
            "SHOW VARIABLES WHERE Variable_name ='language' OR Variable_name = 'net_write_timeout'"),
        touchesNothing("SET NAMES utf8mb4"),
        touchesNothing("SET NAMES latin1 COLLATE latin1_swedish_ci"),
        touchesNothing("SET character_set_results = NULL"),
        touchesNothing("SET autocommit=1"),
        touchesNothing("SET SESSION TRANSACTION READ ONLY"),
        touchesNothing("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED"),
        touchesNothing("set session transaction read write"),
        touchesNothing("SET sql_mode='STRICT_TRANS_TABLES'"),
        touchesNothing("SET sql_mode=CONCAT(@@sql_mode,',STRICT_TRANS_TABLES')"),
        touchesNothing(
            "set autocommit=1, session_track_schema=1, sql_mode=concat(@@sql_mode,',STRICT_TRANS_TABLES')"),
        touchesNothing("SET net_write_timeout=600, @a := 3, @@session.time_zone = '+00:00'"),
        touchesNothing("/*!40101 SET @saved_cs_client = @@character_set_client */"),
        touchesNothing("SELECT @@session.transaction_read_only"),
        touchesNothing("SELECT @@max_allowed_packet, @@wait_timeout"),
        touchesNothing("SET SQL_SELECT_LIMIT=DEFAULT"),
        touchesNothing("SHOW WARNINGS"),
        touchesNothing("SELECT DATABASE()"),
        touchesNothing("show databases"),
        touches("show tables", "SHOW_TABLES (current)"),
        touches("SHOW FULL TABLES FROM d LIKE 'a%'", "SHOW_TABLES d"),
        touches("SHOW TABLE STATUS FROM d WHERE Name = 'x'", "SHOW_TABLES d"),
        touches("SHOW FULL COLUMNS FROM t FROM d LIKE '%'", "DESCRIBE d.t"),
        touches("SHOW INDEX FROM d.t", "DESCRIBE d.t"),
        touches("SHOW CREATE TABLE d.t", "SHOW_CREATE d.t"),
        touches("SHOW CREATE VIEW v", "SHOW_CREATE v, SELECT v"),
        touches("SHOW CREATE DATABASE d", "SHOW_CREATE_DATABASE d"),
        touchesNothing("SHOW COLLATION"),
        touchesNothing("SHOW CHARACTER SET WHERE Charset = 'utf8mb4'"),
        touchesNothing("SHOW STORAGE ENGINES"),
        touchesNothing("SHOW SESSION STATUS LIKE 'Ssl_cipher'"));
  }

  @TestFactory
  Stream<DynamicTest> changes() {
    return Stream.of(
        touches("INSERT INTO d.t VALUES (1, DEFAULT, NOW())", "INSERT d.t"),
        touches("INSERT INTO t (a, b) SELECT x, y FROM s", "INSERT t, SELECT s"),
        touches("INSERT INTO t SELECT * FROM t", "INSERT t, SELECT t"),
        touches("INSERT INTO t VALUES (1, (SELECT MAX(x) FROM s))", "INSERT t, SELECT s"),
        touches(
            "INSERT INTO t (a) VALUES (1), (2) ON DUPLICATE KEY UPDATE a = VALUES(a) + 1",
            "INSERT t, UPDATE t"),
        touches("INSERT INTO t SET a = 1, b = DEFAULT", "INSERT t"),
        touches("INSERT t () VALUES ()", "INSERT t"),
        touches("REPLACE INTO t VALUES (1)", "INSERT t, DELETE t"),
        touches("REPLACE INTO t SELECT * FROM s", "INSERT t, DELETE t, SELECT s"),
        touches(
            "UPDATE t SET a = 1, b = a + 1 WHERE c IN (SELECT c FROM s) ORDER BY a LIMIT 3",
            "UPDATE t, SELECT s"),
        touches(
            "UPDATE t SET a = b IN (1, 2), c = d IS NULL, e = NOT f, g = (x = 1) OR y := 2",
            "UPDATE t"),
        touches("UPDATE a JOIN b ON a.id = b.id SET a.x = b.y", "UPDATE a, SELECT b"),
        touches("UPDATE d.a AS p, b SET p.x = b.y, b.z = 1", "UPDATE d.a, UPDATE b"),
        touches("UPDATE a, b SET x = 1", "SELECT a, SELECT b, UPDATE a, UPDATE b"),
        touches(
            "WITH c AS (SELECT * FROM s) UPDATE t JOIN c ON t.id = c.id SET t.x = c.x",
            "UPDATE t, SELECT s"),
        touches("DELETE FROM t WHERE id = 1 ORDER BY id LIMIT 1", "DELETE t"),
        touches("DELETE a FROM a JOIN b ON a.id = b.id", "DELETE a, SELECT b"),
        touches("DELETE FROM a, p USING a JOIN d.b AS p JOIN c", "DELETE a, DELETE d.b, SELECT c"),
        touches("DELETE d.b.* FROM d.b, c WHERE b.x = c.x", "DELETE d.b, SELECT c"),
        touches("TRUNCATE TABLE d.t", "TRUNCATE d.t"),
        touches("DO SLEEP(0), (SELECT 1 FROM t)", "SELECT t"),
        touches("LOCK TABLES a READ, d.b AS x WRITE", "LOCK_READ a, LOCK_WRITE d.b"),
        touchesNothing("UNLOCK TABLES"),
        touchesNothing("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY"),
        touchesNothing("ROLLBACK TO SAVEPOINT s1"),
        touchesNothing("SAVEPOINT s1"),
        touchesNothing("RELEASE SAVEPOINT s1"),
        touchesNothing("COMMIT AND NO CHAIN NO RELEASE"),
        touches("EXPLAIN SELECT * FROM t", "SELECT t, EXPLAIN t"),
        touches(
            "DESC SELECT a FROM t JOIN d.v ON t.a = (SELECT MAX(a) FROM t)",
            "SELECT t, SELECT d.v, EXPLAIN t, EXPLAIN d.v"),
        touches("EXPLAIN FORMAT=JSON UPDATE t SET a = 1", "UPDATE t, EXPLAIN t"),
        touches("EXPLAIN ANALYZE SELECT * FROM t", "SELECT t, EXPLAIN t"),
        touches("DESC d.t", "DESCRIBE d.t"),
        touches("SET @x = (SELECT MAX(a) FROM t)", "SELECT t"));
  }

  @TestFactory
  Stream<DynamicTest> definitions() {
    return Stream.of(
        touches(
            "CREATE DATABASE IF NOT EXISTS d DEFAULT CHARACTER SET = utf8mb4 COLLATE utf8mb4_bin",
            "CREATE_DATABASE d"),
        touches("ALTER DATABASE d CHARACTER SET latin1", "ALTER_DATABASE d"),
        touches("DROP SCHEMA d", "DROP_DATABASE d"),
        touches(
            "CREATE TABLE d.t (id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT, name VARCHAR(20) CHARACTER SET latin1 COLLATE latin1_bin DEFAULT 'x' COMMENT 'a, b', ts TIMESTAMP(6) DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6), e ENUM('a','b'), g INT GENERATED ALWAYS AS (id + 1) STORED, PRIMARY KEY (id), UNIQUE KEY u (name(10)), KEY k (e, g DESC) USING BTREE, FULLTEXT INDEX f (name), CONSTRAINT c CHECK (id > 0)) ENGINE=InnoDB AUTO_INCREMENT=5 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='x' ROW_FORMAT=DYNAMIC",
            "CREATE_TABLE d.t"),
        touches(
            "CREATE TABLE t (a INT REFERENCES p (id), FOREIGN KEY (a) REFERENCES d.q (id) ON DELETE CASCADE)",
            "CREATE_TABLE t, REFERENCE p, REFERENCE d.q"),
        touches(
            "CREATE TABLE t (a INT) PARTITION BY RANGE (a) (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN MAXVALUE)",
            "CREATE_TABLE t"),
        touches("CREATE TABLE t (connection INT, KEY (connection))", "CREATE_TABLE t"),
        touches("CREATE TABLE t LIKE d.s", "CREATE_TABLE t, SELECT d.s"),
        touches("CREATE TABLE t AS SELECT * FROM s", "CREATE_TABLE t, SELECT s"),
        touches("CREATE TABLE t (a INT) ENGINE=InnoDB SELECT a FROM s", "CREATE_TABLE t, SELECT s"),
        touches("CREATE TEMPORARY TABLE t (a INT)", "CREATE_TEMPORARY_TABLE t"),
        touches(
            "ALTER TABLE t ADD COLUMN b INT DEFAULT 3 AFTER a, DROP c, ADD INDEX i (b), ADD CONSTRAINT f FOREIGN KEY (b) REFERENCES p (id)",
            "ALTER_TABLE t, REFERENCE p"),
        touches("ALTER TABLE t RENAME TO d.u", "ALTER_TABLE t, CREATE_TABLE d.u"),
        touches(
            "ALTER TABLE t RENAME COLUMN a TO b, ENGINE = InnoDB, COMMENT 'x'", "ALTER_TABLE t"),
        touches(
            "ALTER TABLE t CONVERT TO CHARACTER SET utf8mb4, ALGORITHM=INPLACE, LOCK=NONE",
            "ALTER_TABLE t"),
        touches("ALTER TABLE t ORDER BY a, b DESC", "ALTER_TABLE t"),
        touches("ALTER TABLE t TRUNCATE PARTITION p0", "ALTER_TABLE t, TRUNCATE t"),
        touches(
            "RENAME TABLE a TO d.b, c TO a",
            "ALTER_TABLE a, CREATE_TABLE d.b, ALTER_TABLE c, CREATE_TABLE a"),
        touches("DROP TABLE a, d.b", "DROP_TABLE a, DROP_TABLE d.b"),
        touches("DROP TEMPORARY TABLE IF EXISTS a", "DROP_TEMPORARY_TABLE a"),
        touches(
            "CREATE VIEW v (a, b) AS SELECT x, y FROM t WITH CASCADED CHECK OPTION",
            "CREATE_VIEW v, SELECT t"),
        touches(
            "CREATE OR REPLACE ALGORITHM=MERGE DEFINER=CURRENT_USER SQL SECURITY INVOKER VIEW v AS SELECT 1",
            "CREATE_VIEW v, DROP_VIEW v"),
        touches("ALTER VIEW d.v AS SELECT * FROM t", "ALTER_VIEW d.v, SELECT t"),
        touches("DROP VIEW IF EXISTS v, d.w", "DROP_VIEW v, DROP_VIEW d.w"),
        touches("CREATE UNIQUE INDEX i ON d.t (a, b(10) DESC) USING BTREE", "INDEX d.t"),
        touches("DROP INDEX i ON t", "INDEX t"));
  }
}
