package io.portcullis.sql.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.sql.access.AccessKind;
import io.portcullis.sql.text.LexicalMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables of a statement, and what may be their columns. */
final class ColumnUsesTest {

  private static ColumnUses of(String text, LexicalMode mode) {
    return new StatementAnalyzer(0).columnUses(Analysed.lexed(text, mode));
  }

  /**
   * Tables with {@code =alias}, {@code !} for one that is changed, {@code -} where no derived table
   * can stand, {@code +} and how many tokens for index hints.
   */
  private static String tables(ColumnUses uses) {
    return uses.tables().stream()
        .map(
            table ->
                Analysed.toString(table.relation())
                    + (table.aliased() ? "=" + table.exposedName() : "")
                    + (table.changing() ? "!" : "")
                    + (table.replaceable() ? "" : "-")
                    + (table.hinted() ? "+" + (table.behindHints() - table.behindAlias()) : ""))
        .collect(Collectors.joining(" "));
  }

  private static String columns(ColumnUses uses) {
    return uses.columns().stream()
        .map(
            column ->
                Stream.concat(
                            Stream.concat(column.database().stream(), column.table().stream()),
                            Stream.of(column.name()))
                        .collect(Collectors.joining("."))
                    + (column.kind() == AccessKind.SELECT
                        ? ""
                        : ":" + column.kind().name().charAt(0))
                    + column.of().map(of -> "(" + Analysed.toString(of) + ")").orElse(""))
        .collect(Collectors.joining(" "));
  }

  private static String flags(ColumnUses uses) {
    List<String> flags = new ArrayList<>();
    if (uses.star()) {
      flags.add("star");
    }
    if (uses.natural()) {
      flags.add("natural");
    }
    if (uses.unlisted()) {
      flags.add("unlisted");
    }
    if (uses.locking()) {
      flags.add("locking");
    }
    return flags.toString().toLowerCase(Locale.ROOT);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '"',
      value = {
        "SELECT a, t.b, d.t.c FROM d.t ~ d.t ~ a t.b d.t.c ~ []",
        "SELECT x.* FROM t AS x ~ t=x ~ x.* ~ []",
        "SELECT *, a FROM t ~ t ~ a ~ [star]",
        "SELECT COUNT(*), a * b c FROM t u ~ t=u ~ a b ~ []",
        "SELECT 1 FROM t, `u` JOIN v y USING (k) ~ t u v=y ~ k ~ []",
        "SELECT a FROM t NATURAL JOIN u ~ t u ~ a ~ [natural]",
        "SELECT a FROM t WHERE b IN (SELECT c FROM u x WHERE x.d = t.e) ~ t u=x ~ a b c x.d t.e ~ []",
        "WITH c AS (SELECT a FROM t) SELECT b FROM c ~ t ~ a b ~ []",
        "SELECT a FROM (SELECT b AS a FROM t) AS d ORDER BY e ~ t ~ a b e ~ []",
        "SELECT SUM(a) OVER (PARTITION BY b ORDER BY c) s FROM t GROUP BY d HAVING e > 1 ~ t ~ a b c d e ~ []",
        "SELECT CAST(a AS CHAR(3)), TRIM(LEADING b FROM c), EXTRACT(DAY FROM e) FROM t ~ t ~ a b c e ~ []",
        "SELECT MATCH(a) AGAINST('x' IN NATURAL LANGUAGE MODE) FROM t ~ t ~ a ~ []",
        "SELECT a FROM t FOR UPDATE ~ t ~ a ~ [locking]",
        "SELECT a FROM t USE INDEX (i) ~ t+5 ~ a ~ []",
        "SELECT a FROM t x FORCE INDEX (i) ~ t=x+5 ~ a ~ []",
        "SELECT a FROM t AS x IGNORE KEY FOR ORDER BY (i, j) USE INDEX () JOIN u ON 1 ~ t=x+14 u ~ a ~ []",
        "SELECT a FROM t PARTITION (p) ~ t- ~ a ~ []",
        "INSERT INTO t (a, t.b) VALUES (1, c) ~ \"\" ~ c a:I(t) t.b:I(t) ~ []",
        "INSERT INTO t VALUES (1) ~ \"\" ~ \"\" ~ [unlisted]",
        "INSERT INTO t SELECT * FROM u ~ u ~ \"\" ~ [star, unlisted]",
        "INSERT INTO t SET a = b ~ \"\" ~ a:I(t) b ~ []",
        "INSERT INTO t (a) VALUES (1) ON DUPLICATE KEY UPDATE a = VALUES(b) + c ~ \"\" ~ a:U(t) b:I c a:I(t) ~ []",
        "INSERT INTO t (a) VALUES (1) ON DUPLICATE KEY UPDATE a = (VALUES(b)) ~ \"\" ~ a:U(t) b a:I(t) ~ []",
        "REPLACE INTO t (a) SELECT b FROM t ~ t ~ b a:I(t) ~ []",
        "UPDATE t SET a = b WHERE c = 1 ~ t!- ~ a:U b c ~ []",
        "UPDATE t x JOIN u ON x.i = u.i SET x.a = u.b ~ t=x!- u! ~ x.a:U u.b x.i u.i ~ []",
        "DELETE FROM t WHERE a = (SELECT b FROM u) ~ t! u ~ a b ~ []",
        "DELETE x FROM t x, u WHERE x.a = u.a ~ t=x! u! ~ x.a u.a ~ []",
        "DO (SELECT a FROM t) ~ t ~ a ~ []",
        "SET @x = (SELECT a FROM t) ~ t ~ a ~ []",
      })
  void tablesAndColumnsAreFound(String text, String tables, String columns, String flags) {
    for (LexicalMode mode : List.of(Analysed.MYSQL, Analysed.MARIADB)) {
      ColumnUses uses = of(text, mode);
      assertThat(uses.complete()).isTrue();
      assertThat(tables(uses)).isEqualTo(tables);
      assertThat(columns(uses).split(" ")).containsExactlyInAnyOrder(columns.split(" "));
      assertThat(flags(uses)).isEqualTo(flags);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '"',
      value = {
        "INSERT INTO t (a) VALUES (1) RETURNING b ~ b a:I(t) ~ []",
        "DELETE FROM t WHERE a = 1 RETURNING * ~ a ~ [star]",
      })
  void whatIsReturnedIsRead(String text, String columns, String flags) {
    ColumnUses uses = of(text, Analysed.MARIADB);
    assertThat(columns(uses)).isEqualTo(columns);
    assertThat(flags(uses)).isEqualTo(flags);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      value = {
        "CREATE TABLE x (i INT, FOREIGN KEY (i) REFERENCES d.t (a)) ~ a:R(d.t) ~ []",
        "ALTER TABLE x ADD FOREIGN KEY (i, j) REFERENCES t (a, b) ~ a:R(t) b:R(t) ~ []",
      })
  void foreignKeysPointAtColumns(String text, String columns, String flags) {
    ColumnUses uses = of(text, Analysed.MYSQL);
    assertThat(columns(uses)).isEqualTo(columns);
    assertThat(flags(uses)).isEqualTo(flags);
  }

  /** A sequence, history or a string is read: whoever may read some columns only is refused. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT a FROM t FOR SYSTEM_TIME ALL",
        "SELECT NEXT VALUE FOR s",
        "SELECT LASTVAL(s)",
        "UPDATE t FOR PORTION OF p FROM '2020-01-01' TO '2020-02-01' SET a = 1",
        "DELETE FROM t FOR PORTION OF p FROM '2020-01-01' TO '2020-02-01'",
        "DELETE HISTORY FROM t",
        "EXECUTE IMMEDIATE 'DELETE FROM t RETURNING b'",
        "EXECUTE IMMEDIATE 'INSERT INTO t (a, b) VALUES (1, 2)' USING @v",
        "PREPARE s FROM 'UPDATE t SET a = b'",
        "ALTER TABLE t EXCHANGE PARTITION p WITH TABLE u",
        "ALTER TABLE t CONVERT PARTITION p TO TABLE u",
        "ALTER TABLE t CONVERT TABLE u TO PARTITION p VALUES LESS THAN (5)",
      })
  void whatColumnsDoNotSayIsIncomplete(String text) {
    assertThat(of(text, Analysed.MARIADB).complete()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"SELEC a FROM t", "HANDLER t OPEN"})
  void nothingIsCertainOfWhatIsNotUnderstood(String text) {
    assertThat(of(text, Analysed.MARIADB)).isEqualTo(ColumnUses.UNKNOWN);
  }
}
