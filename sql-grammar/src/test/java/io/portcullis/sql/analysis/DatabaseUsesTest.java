package io.portcullis.sql.analysis;

import static io.portcullis.sql.analysis.Analysed.MARIADB;
import static io.portcullis.sql.analysis.Analysed.MYSQL;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.sql.access.AccessKind;
import io.portcullis.sql.access.AccessRequest;
import io.portcullis.sql.access.CatalogEffect;
import io.portcullis.sql.access.RelationName;
import io.portcullis.sql.lexer.LexedStatement;
import io.portcullis.sql.parser.DynamicText;
import io.portcullis.sql.parser.QualifiedNames;
import io.portcullis.sql.statement.ForwardStatement;
import io.portcullis.sql.statement.Statement;
import io.portcullis.sql.statement.StatementKind;
import io.portcullis.sql.statement.UseStatement;
import io.portcullis.sql.text.LexicalMode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Which tokens name a database: between « and » in the statements below, and nowhere else. */
final class DatabaseUsesTest {

  private static final List<LexicalMode> BOTH = List.of(MYSQL, MARIADB);

  private static DynamicTest names(String marked) {
    return names(BOTH, marked);
  }

  private static DynamicTest names(List<LexicalMode> modes, String marked) {
    return DynamicTest.dynamicTest(
        marked,
        () -> {
          for (LexicalMode mode : modes) {
            LexedStatement text = Analysed.lexed(plain(marked), mode);
            DatabaseUses uses = analysis(text).databases();
            assertThat(marked(plain(marked), text, uses)).isEqualTo(marked);
            assertThat(uses.isComplete()).as("complete").isTrue();
            Spliced.saysTheSame(plain(marked), mode);
          }
        });
  }

  private static DynamicTest uncertain(List<LexicalMode> modes, String statement) {
    return DynamicTest.dynamicTest(
        statement,
        () -> {
          for (LexicalMode mode : modes) {
            LexedStatement text = Analysed.lexed(statement, mode);
            assertThat(analysis(text).databases().isComplete()).as("complete").isFalse();
          }
        });
  }

  static StatementAnalysis analysis(LexedStatement text) {
    AnalysisResult result = new StatementAnalyzer(0).analyze(text);
    assertThat(result)
        .as(
            () ->
                result instanceof AnalysisRefused refused
                    ? refused.refusal().error().message()
                    : "")
        .isInstanceOf(StatementAnalysis.class);
    return (StatementAnalysis) result;
  }

  static String plain(String marked) {
    return marked.replace("«", "").replace("»", "");
  }

  /** The plain ASCII text with marks. */
  static String marked(String plain, LexedStatement text, DatabaseUses uses) {
    StringBuilder marked = new StringBuilder(plain);
    List<Integer> tokens = new ArrayList<>(uses.tokens().boxed().toList());
    for (int i = tokens.size() - 1; i >= 0; i--) {
      marked.insert(text.span(tokens.get(i)).end(), '»');
      marked.insert(text.span(tokens.get(i)).begin(), '«');
    }
    return marked.toString();
  }

  @TestFactory
  Stream<DynamicTest> queries() {
    return Stream.of(
        names("SELECT * FROM t"),
        names("SELECT * FROM «shop».t"),
        names("SELECT * FROM `shop`.`t`".replace("`shop`", "«`shop`»")),
        names("SELECT * FROM «shop» . t AS x, «`a``b`».`t`, u JOIN «d».v USING (id)"),
        names("SELECT «shop».t.a, t.a, a FROM «shop».t"),
        names("SELECT «shop».t.*, t.*, * FROM «shop».t"),
        names("SELECT shop.a, shop.* FROM t AS shop"),
        names("SELECT shop.a FROM shop"),
        names("SELECT shop FROM t WHERE shop = 1 ORDER BY shop.b, «shop».t.b"),
        names("SELECT shop.a FROM «shop».t AS shop WHERE shop.a IN (SELECT shop.b FROM «d».shop)"),
        names("SELECT (SELECT MAX(«d».t.a) FROM «d».t) FROM DUAL"),
        names("WITH shop AS (SELECT * FROM «shop».t) SELECT shop.a FROM shop"),
        names("SELECT * FROM (SELECT * FROM «d».t) AS shop, «e».u WHERE shop.a = u.b"),
        names("SELECT * FROM («d».a, «d».b)"),
        names("SELECT * FROM «d».a USE INDEX (shop) FORCE KEY FOR JOIN (x)"),
        names("SELECT * FROM «d».a PARTITION (p0, p1) AS b"),
        names("SELECT * FROM { OJ «d».a LEFT OUTER JOIN «d».b ON a.x = b.x }"),
        names("SELECT * FROM «d».a STRAIGHT_JOIN «d».b ON «d».a.x = b.x"),
        names("SELECT @shop.a, @@session.sql_mode, @@global.x, 'shop.a', 1.5 FROM «shop».t"),
        names("SELECT _utf8mb4'shop.t' COLLATE utf8mb4_bin FROM t"),
        names("SELECT CAST(«d».t.a AS CHAR(3)), CONVERT(t.a USING utf8mb4) FROM «d».t"),
        names(
            "SELECT * FROM «d».t, JSON_TABLE(«d».t.j, '$.shop.t' COLUMNS (a INT PATH '$.b.c')) x"),
        names("SELECT SUM(«d».t.a) OVER (PARTITION BY t.b ORDER BY «d».t.c) FROM «d».t"),
        names("SELECT SUM(a) OVER w FROM «d».t WINDOW w AS (PARTITION BY t.b)"),
        names("SELECT * FROM «d».t UNION ALL SELECT * FROM «e».u ORDER BY a"),
        names("(SELECT * FROM «d».t) LIMIT 3"),
        names("TABLE «d».t"),
        names("SELECT 1 FROM «d».t WHERE a = 1" + " OR a = (SELECT 1 FROM «e».s)".repeat(500)),
        names("SELECT 1 FROM t WHERE a IN (1" + ", 2".repeat(5000) + ", (SELECT 1 FROM «e».s), 3)"),
        names("VALUES ROW(1, (SELECT 1 FROM «d».t))"),
        names("SELECT a FROM «d».t GROUP BY «d».t.a HAVING t.a > 0 FOR UPDATE"),
        names(List.of(MYSQL), "SELECT * FROM «d».t FOR UPDATE OF t SKIP LOCKED"),
        names(List.of(MYSQL), "SELECT * FROM «d».t, u FOR SHARE OF «d».t, u NOWAIT"),
        names("SELECT * FROM «information_schema».tables, «mysql».x"),
        names(
            "SELECT * FROM «d».t WHERE t.a IN (1, t.b, «d».t.c) AND EXISTS (SELECT * FROM «e».u)"),
        names("SELECT a INTO @shop FROM «d».t"),
        names("SELECT /* shop.t */ * FROM «d»/* x */./* y */t -- shop.t\n, u"),
        names("SELECT * FROM «d».`from`, «`from`».t, «from».select"),
        names("SELECT «d».1t.2e FROM «d».1t"),
        names("SELECT * FROM «d»/*! .t */, «d». /*!50000 u */"),
        names("SELECT /*! «shop». */ t.a FROM t"),
        names("SELECT CASE WHEN «d».t.a THEN t.b ELSE «d».t.c END FROM «d».t"),
        names("SELECT GROUP_CONCAT(t.a ORDER BY «d».t.b SEPARATOR '.') FROM «d».t"),
        names("SELECT MATCH (t.a, «d».t.b) AGAINST ('x.y') FROM «d».t"),
        names("SELECT a.b.c FROM x".replace("a.b", "«a».b")));
  }

  @Test
  void doubleQuotesAreNamesInAnsiMode() {
    LexicalMode ansi = Analysed.mode("11.4.5-MariaDB", "ANSI_QUOTES");
    String plain = "SELECT \"shop\".t.a FROM \"shop\".\"t\"";
    LexedStatement text = Analysed.lexed(plain, ansi);
    assertThat(marked(plain, text, analysis(text).databases()))
        .isEqualTo("SELECT «\"shop\"».t.a FROM «\"shop\"».\"t\"");
    assertThat(Spliced.saysTheSame(plain, ansi)).isTrue();
  }

  @TestFactory
  Stream<DynamicTest> changesOfRows() {
    return Stream.of(
        names("INSERT INTO «d».t VALUES (1, 2)"),
        names("INSERT INTO «d».t (a, t.b, «d».t.c) VALUES (1, 2, 3)"),
        names("INSERT INTO t (shop) VALUES ((SELECT 1 FROM «d».t)), (DEFAULT)"),
        names("INSERT INTO «d».t SELECT * FROM «e».u"),
        names("INSERT INTO «d».t PARTITION (p0) SELECT u.a FROM «e».u"),
        names("INSERT INTO «d».t SET a = 1, t.b = 2, «d».t.c = (SELECT 1 FROM «e».u)"),
        names(
            "INSERT INTO «d».t VALUES (1) ON DUPLICATE KEY UPDATE «d».t.a = VALUES(a), t.b = t.c"),
        names(
            "INSERT INTO «d».t SELECT * FROM «e».u ON DUPLICATE KEY UPDATE «d».t.a = «e».u.a, b = u.c"),
        names(List.of(MARIADB), "INSERT INTO «d».t VALUES (1) RETURNING «d».t.a, t.b"),
        names("REPLACE «d».t SET a = 1"),
        names("INSERT INTO «d».t TABLE «e».u"),
        names("UPDATE «d».t SET a = t.b, t.c = 1, «d».t.e = «d».t.f WHERE «d».t.g = 1"),
        names("UPDATE «shop».t AS shop SET shop.a = 1 WHERE shop.b = 2"),
        names("UPDATE («d».a, «e».b) SET a.x = «e».b.y, «d».a.z = b.x"),
        names("UPDATE «d».a JOIN «e».b ON a.x = b.x SET a.y = 1"),
        names("WITH c AS (SELECT * FROM «e».u) UPDATE «d».t, c SET t.a = c.b"),
        names("DELETE FROM «d».t WHERE «d».t.a = t.b ORDER BY t.c LIMIT 1"),
        names(List.of(MARIADB), "DELETE FROM «d».t WHERE a = 1 RETURNING «d».t.a"),
        names("DELETE shop FROM t AS shop"),
        names("DELETE shop.* FROM t AS shop"),
        names("DELETE «d».t, u.* FROM «d».t JOIN u"),
        names("DELETE «d».t.* FROM «d».t"),
        names("DELETE FROM «d».t, u USING «d».t JOIN u WHERE t.a = u.b"),
        names("DELETE FROM «d».t.* USING «d».t"),
        names("WITH c AS (SELECT * FROM «e».u) DELETE FROM «d».t WHERE a IN (SELECT b FROM c)"));
  }

  @TestFactory
  Stream<DynamicTest> definitions() {
    return Stream.of(
        names("CREATE DATABASE «shop»"),
        names("CREATE DATABASE IF NOT EXISTS «shop» DEFAULT CHARACTER SET utf8mb4"),
        names("ALTER DATABASE «shop» COLLATE utf8mb4_bin"),
        names("ALTER DATABASE CHARACTER SET utf8mb4"),
        names("DROP SCHEMA IF EXISTS «shop»"),
        names(List.of(MARIADB), "CREATE OR REPLACE DATABASE «shop»"),
        names("CREATE TABLE «shop».t (shop INT, a INT DEFAULT 1.5 COMMENT 'shop.t')"),
        names("CREATE TABLE «d».t (a INT CHECK (t.a > 0), CHECK («d».t.a < 5))"),
        names("CREATE TABLE t (a INT REFERENCES «d».u (a), b INT REFERENCES u (b))"),
        names("CREATE TABLE t (a INT, CONSTRAINT shop FOREIGN KEY shop (a) REFERENCES «d».u (a))"),
        names("CREATE TABLE «d».t LIKE «e».u"),
        names("CREATE TABLE «d».t (LIKE «e».u)"),
        names("CREATE TABLE «d».t (a INT) ENGINE=InnoDB AS SELECT «e».u.a FROM «e».u"),
        names(
            "CREATE TABLE t (a INT) PARTITION BY RANGE (a) (PARTITION shop VALUES LESS THAN (3))"),
        names("CREATE TEMPORARY TABLE «d».t SELECT * FROM «e».u"),
        names("ALTER TABLE «d».t ADD b INT, ADD FOREIGN KEY (b) REFERENCES «e».u (b)"),
        names("ALTER TABLE «d».t RENAME TO «e».u"),
        names("ALTER TABLE t RENAME COLUMN shop TO b, DROP INDEX shop"),
        names("RENAME TABLE «d».a TO «e».b, c TO «d».a"),
        names("DROP TABLE IF EXISTS a, «d».b, «e».c"),
        names("TRUNCATE «d».t"),
        names("CREATE VIEW «d».v (shop) AS SELECT «e».t.a FROM «e».t WITH CHECK OPTION"),
        names("ALTER VIEW «d».v AS SELECT shop.a FROM «e».t AS shop"),
        names("DROP VIEW «d».v, w"),
        names("CREATE UNIQUE INDEX shop ON «d».t (a, b(10))"),
        names("DROP INDEX shop ON «d».t"),
        uncertain(BOTH, "CREATE TABLE d.t (a INT CHECK (u.a > 0))"),
        uncertain(List.of(MARIADB), "CREATE TABLE t (a mariadb_schema.date)"));
  }

  @TestFactory
  Stream<DynamicTest> others() {
    return Stream.of(
        names("USE «shop»"),
        names("SHOW TABLES FROM «shop»"),
        names("SHOW FULL TABLES IN «shop» LIKE 'shop.%'"),
        names("SHOW TABLES"),
        names("SHOW TABLE STATUS FROM «shop»"),
        names("SHOW TRIGGERS FROM «shop»"),
        names("SHOW OPEN TABLES FROM «shop»"),
        names("SHOW COLUMNS FROM «shop».t"),
        names("SHOW INDEX FROM t FROM «shop»"),
        names("SHOW FULL COLUMNS FROM «d».t IN «shop» WHERE Field = 'a'"),
        names("SHOW CREATE DATABASE «shop»"),
        names("SHOW CREATE TABLE «shop».t"),
        names("SHOW CREATE VIEW «shop».v"),
        names("SHOW DATABASES LIKE 'shop'"),
        names("DESCRIBE «shop».t"),
        names("DESC «shop».t shop"),
        names("EXPLAIN SELECT * FROM «shop».t"),
        names("EXPLAIN FORMAT=JSON UPDATE «shop».t SET a = 1"),
        names("LOCK TABLES «shop».t READ, u AS shop WRITE"),
        names("CHECK TABLE «shop».t, u"),
        names("ANALYZE TABLE «shop».t"),
        names("OPTIMIZE TABLE «shop».t"),
        names("DO (SELECT 1 FROM «shop».t), @shop.a"),
        names("SET @a = (SELECT MAX(«shop».t.a) FROM «shop».t), @b.c = 1"),
        names("SET @@session.sort_buffer_size = 1"),
        names(List.of(MARIADB), "SET STATEMENT max_statement_time = 1 FOR SELECT * FROM «shop».t"),
        names(List.of(MARIADB), "ANALYZE SELECT * FROM «shop».t"),
        names("PREPARE shop FROM 'SELECT * FROM t'"),
        names("EXECUTE shop"),
        names("SAVEPOINT shop"),
        names("HELP shop"),
        names("GRANT SELECT ON TABLE shop.t TO r"),
        uncertain(BOTH, "PREPARE s FROM 'SELECT * FROM shop.t'"),
        uncertain(BOTH, "PREPARE s FROM 'SELECT shop.t.a FROM t'"),
        uncertain(BOTH, "PREPARE s FROM 'CREATE TABLE t (a INT CHECK (u.a > 0))'"),
        uncertain(List.of(MARIADB), "EXECUTE IMMEDIATE 'SELECT * FROM shop.t'"),
        uncertain(
            List.of(MARIADB), "EXECUTE IMMEDIATE 'EXECUTE IMMEDIATE ''SELECT shop.t.a FROM t'''"),
        names(List.of(MARIADB), "EXECUTE IMMEDIATE 'EXECUTE IMMEDIATE ''SELECT t.a FROM t'''"));
  }

  @Test
  void namesInsideAStringAreGivenApart() {
    String prepared = "SELECT «shop».t.a FROM «shop».t";
    LexedStatement text = Analysed.lexed("PREPARE s FROM '" + plain(prepared) + "'", MYSQL);
    StatementAnalysis analysis = analysis(text);
    LexedStatement inner = DynamicText.in(text).orElseThrow();
    DatabaseUses uses = analysis.databasesInString().orElseThrow();
    assertThat(marked(plain(prepared), inner, uses)).isEqualTo(prepared);
    assertThat(uses.isComplete()).isTrue();
    assertThat(analysis.prepared().databases()).isSameAs(uses);
    assertThat(analysis.databases().isEmpty()).isTrue();
  }

  @Test
  void tokensAreTheSameForTheSameKey() {
    LexedStatement one = Analysed.lexed("SELECT 1, d.t.a FROM d.t WHERE b IN (1, 'x')", MYSQL);
    LexedStatement two =
        Analysed.lexed("SELECT  23,d.t.a FROM d.t /* x */ WHERE b IN (4, 'it''s d.t')", MYSQL);
    LexedStatement other = Analysed.lexed("SELECT 1, e.t.a FROM d.t WHERE b IN (1, 'x')", MYSQL);
    assertThat(analysis(one).databases().tokens()).containsExactly(3, 9);
    assertThat(analysis(two).databases().tokens()).containsExactly(3, 9);
    assertThat(two.key()).isEqualTo(one.key());
    assertThat(other.key()).isNotEqualTo(one.key());
  }

  @Test
  void aDatabaseThatIsTouchedButWasNotFoundLeavesThemIncomplete() {
    QualifiedNames nothing = new QualifiedNames(Analysed.lexed("SELECT 1", MYSQL));
    Statement reads =
        new ForwardStatement(
            StatementKind.SELECT,
            List.of(new AccessRequest(AccessKind.SELECT, RelationName.of("shop", "t"))),
            List.of());
    Statement renames =
        new ForwardStatement(
            StatementKind.ALTER_TABLE,
            List.of(),
            List.of(
                new CatalogEffect.RelationRenamed(
                    RelationName.unqualified("t"), RelationName.of("shop", "t"))));
    assertThat(DatabaseUses.of(reads, nothing).isComplete()).isFalse();
    assertThat(DatabaseUses.of(renames, nothing).isComplete()).isFalse();
    assertThat(DatabaseUses.of(new UseStatement("shop"), nothing).isComplete()).isFalse();
  }
}
