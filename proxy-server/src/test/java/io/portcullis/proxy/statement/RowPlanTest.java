package io.portcullis.proxy.statement;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.portcullis.privilege.authz.RowReach;
import io.portcullis.privilege.authz.VisibleRows;
import io.portcullis.privilege.model.RowPolicy;
import io.portcullis.privilege.store.TableColumn;
import io.portcullis.privilege.store.ViewSource;
import io.portcullis.proxy.wire.PacketFraming;
import io.portcullis.proxy.wire.command.CommandByte;
import io.portcullis.proxy.wire.command.CommandEncoder;
import io.portcullis.sql.access.AccessRequest;
import io.portcullis.sql.access.DatabaseName;
import io.portcullis.sql.access.RelationName;
import io.portcullis.sql.analysis.StatementAnalysis;
import io.portcullis.sql.analysis.StatementAnalyzer;
import io.portcullis.sql.lexer.LexLimits;
import io.portcullis.sql.statement.ForwardStatement;
import io.portcullis.sql.text.ClientCharset;
import io.portcullis.sql.text.LexicalMode;
import io.portcullis.sql.text.ServerVersion;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * In the database {@code d}: {@code t (id, c)} shows rows with {@code c = 'F'} or {@code 'G'},
 * {@code h (id, a, b)} those with {@code a = 1} or {@code b = 'x'}, {@code r} is read through a
 * rule, {@code v} is a view of {@code t}, and of {@code u} all is seen.
 */
final class RowPlanTest {

  private static final LexicalMode MODE =
      LexicalMode.of(ServerVersion.parse("11.4.5-MariaDB"), ClientCharset.UTF8MB4, "");
  private static final RelationName T = RelationName.of("d", "t");
  private static final RelationName H = RelationName.of("d", "h");
  private static final RelationName R = RelationName.of("d", "r");
  private static final RelationName V = RelationName.of("d", "v");

  private static final Map<RelationName, VisibleRows> ROWS =
      Map.of(
          T,
              new VisibleRows(
                  List.of(passing(Map.of("c", List.of(text("F"), text("G"))))), List.of()),
          H,
              new VisibleRows(
                  List.of(
                      passing(
                          Map.of(
                              "a",
                              List.of(new RowPolicy.Value("1", true)),
                              "b",
                              List.of(text("x"))))),
                  List.of()),
          R, new VisibleRows(List.of(), List.of("select id from d.r where id > 1")));

  private static final String F_OR_G = "(`c` IN (_utf8mb4 x'46', _utf8mb4 x'47'))";
  private static final String SECURED_T =
      "(SELECT * FROM t WHERE " + F_OR_G + " LIMIT 18446744073709551615) AS `t`";

  private static final LexicalMode MYSQL =
      LexicalMode.of(ServerVersion.parse("8.4.6"), ClientCharset.UTF8MB4, "");

  private LexicalMode mode = MODE;
  private boolean prepared;
  private final StatementAnalyzer analyzer = new StatementAnalyzer(0);
  private final StatementReader reader = new StatementReader(LexLimits.STANDARD, analyzer);

  private static VisibleRows.Passing passing(Map<String, List<RowPolicy.Value>> values) {
    return new VisibleRows.Passing(new TreeMap<>(values));
  }

  private static RowPolicy.Value text(String text) {
    return new RowPolicy.Value(text, false);
  }

  private static RelationName bound(RelationName written) {
    return written.database().isCurrent() ? RelationName.of("d", written.name()) : written;
  }

  private static RowReach reach(List<RelationName> names) {
    Map<RelationName, VisibleRows> tables = new HashMap<>();
    Set<RelationName> views = new HashSet<>();
    for (RelationName name : names) {
      if (ROWS.containsKey(name)) {
        tables.put(name, ROWS.get(name));
      } else if (name.equals(V)) {
        views.add(name);
      }
    }
    return new RowReach(tables, views, Set.of(), List.of(), List.of());
  }

  /** What would be sent, or why it is not. */
  private String plan(String sql) {
    return plan(sql.getBytes(StandardCharsets.UTF_8));
  }

  private String plan(byte[] sql) {
    ByteBuf framed =
        CommandEncoder.text(
            UnpooledByteBufAllocator.DEFAULT,
            CommandByte.QUERY,
            new String(sql, StandardCharsets.ISO_8859_1),
            StandardCharsets.ISO_8859_1);
    try {
      ColumnRewriter rewriter = ColumnRewriter.read(framed, reader, mode).orElseThrow();
      ForwardStatement statement =
          (ForwardStatement)
              ((StatementAnalysis) analyzer.analyze(rewriter.statement())).statement();
      List<AccessRequest> accesses =
          statement.accesses().stream()
              .map(
                  access ->
                      new AccessRequest(
                          access.kind(),
                          access.object() instanceof RelationName name
                              ? bound(name)
                              : new DatabaseName("d")))
              .toList();
      RowReach reach =
          reach(
              accesses.stream()
                  .filter(access -> access.object() instanceof RelationName)
                  .map(access -> (RelationName) access.object())
                  .toList());
      RowPlan plan =
          new RowPlan(
              rewriter.statement(),
              analyzer.columnUses(rewriter.statement()),
              statement.kind(),
              accesses,
              RowPlanTest::bound,
              reach,
              new RowSources(
                  RowPlanTest::reach,
                  view ->
                      Optional.of(new ViewSource("select `d`.`t`.`c` AS `k` from `d`.`t`", false)),
                  Optional::of,
                  analyzer,
                  mode,
                  false,
                  true),
              table ->
                  Optional.of(
                      List.of(
                          new TableColumn("id", false, TableColumn.Kind.INTEGER),
                          new TableColumn("hid", true),
                          new TableColumn("C", false, TableColumn.Kind.STRING))),
              name -> name,
              prepared);
      RowPlan.Outcome outcome = plan.plan();
      if (outcome instanceof RowPlan.Outcome.Refused refused) {
        return refused.error().code().errno() + " " + refused.error().message();
      }
      RowPlan.Outcome.Planned planned = (RowPlan.Outcome.Planned) outcome;
      ByteBuf sent = rewriter.apply(framed, planned.edits(), UnpooledByteBufAllocator.DEFAULT);
      int begin = PacketFraming.HEADER_LENGTH + 1;
      try {
        return sent.toString(
            sent.readerIndex() + begin, sent.readableBytes() - begin, StandardCharsets.UTF_8);
      } finally {
        sent.release();
      }
    } finally {
      framed.release();
    }
  }

  /** Without regard to blanks. */
  private String squeezed(String sql) {
    return plan(sql).replaceAll("\\s+", " ").replace(" )", ")").strip();
  }

  @Test
  void whatIsReadBecomesASecuredReference() {
    assertThat(plan("SELECT * FROM t")).isEqualTo("SELECT * FROM " + SECURED_T);
    assertThat(plan("SELECT d.t.c FROM t JOIN u ON t.id = u.id"))
        .isEqualTo("SELECT t.c FROM " + SECURED_T + " JOIN u ON t.id = u.id");
    assertThat(plan("SELECT x.c FROM t x WHERE EXISTS (SELECT 1 FROM t)"))
        .isEqualTo(
            "SELECT x.c FROM "
                + SECURED_T.replace(" AS `t`", "")
                + " x WHERE EXISTS (SELECT 1 FROM "
                + SECURED_T
                + ")");
    assertThat(plan("INSERT INTO u SELECT c FROM t"))
        .isEqualTo("INSERT INTO u SELECT c FROM " + SECURED_T);
    assertThat(plan("CREATE TABLE z AS SELECT c FROM t"))
        .isEqualTo("CREATE TABLE z AS SELECT c FROM " + SECURED_T);
    assertThat(plan("SELECT * FROM u")).isEqualTo("SELECT * FROM u");
    assertThat(plan("WITH t AS (SELECT 1) SELECT * FROM t"))
        .isEqualTo("WITH t AS (SELECT 1) SELECT * FROM t");
  }

  @Test
  void whatIsReadToBeLockedIsLockedWhereItIsRead() {
    String locked = SECURED_T.replace(") AS", " FOR UPDATE SKIP LOCKED) AS");
    assertThat(plan("SELECT c FROM t FOR UPDATE SKIP LOCKED"))
        .isEqualTo("SELECT c FROM " + locked + " FOR UPDATE SKIP LOCKED");
    assertThat(plan("SELECT c FROM (t JOIN u ON 1) LIMIT 3 LOCK IN SHARE MODE"))
        .isEqualTo(
            "SELECT c FROM ("
                + SECURED_T.replace(") AS", " LOCK IN SHARE MODE) AS")
                + " JOIN u ON 1) LIMIT 3 LOCK IN SHARE MODE");
    assertThat(plan("SELECT id FROM u WHERE EXISTS (SELECT c FROM t) FOR UPDATE"))
        .isEqualTo("SELECT id FROM u WHERE EXISTS (SELECT c FROM " + SECURED_T + ") FOR UPDATE");
    assertThat(plan("(SELECT c FROM t FOR UPDATE SKIP LOCKED) UNION SELECT id FROM t"))
        .isEqualTo(
            "(SELECT c FROM "
                + locked
                + " FOR UPDATE SKIP LOCKED) UNION SELECT id FROM "
                + SECURED_T);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '"',
      value = {
        "id = 5 ~ `id` = 5",
        "c = 'F' ~ `C` = 'F'",
        "`T`.C = 'F' ~",
        "t.C = 'it''s' ~ `C` = 'it''s'",
        "5 <= id ~ 5 <= `id`",
        "id = - 5 ~ `id` = - 5",
        "id IN (1, 2) ~ `id` IN ( 1 , 2 )",
        "id BETWEEN 1 AND 3 AND c LIKE 'F%' ~ `id` BETWEEN 1 AND 3 AND `C` LIKE 'F%'",
        "(id = 5 AND (c = 'F')) AND NOW() > c ~ `id` = 5 AND `C` = 'F'",
        "LOWER(c) = 'f' AND id = 5 ~ `id` = 5",
        "id = 5 OR c = 'F' ~",
        "id = 5 XOR c = 'F' ~",
        "id = 5 || 1 ~",
        "NOT id = 5 ~",
        "NOT (id = 5) ~",
        "id <> 5 ~",
        "id = 5 = 0 ~",
        "id = '5' ~",
        "id = 5.0 ~",
        "id = 1e0 ~",
        "id = 1234567890123456789 ~",
        "c = 5 ~",
        "c = _latin1 'F' ~",
        "c = 'F' 'G' ~",
        "c = 'F' COLLATE utf8mb4_bin ~",
        "c IN ('F', 5) ~",
        "c IN (SELECT c FROM u WHERE c = 'F') ~",
        "id = ? ~",
        "id = @a ~",
        "hid = 5 ~",
        "unknown = 5 ~",
        "x.id = 5 ~",
        "id IS NULL ~",
        "id BETWEEN 1 AND id = 5 ~",
        "CASE WHEN 1 AND id = 5 AND 1 THEN 0 END ~",
        "@a := id = 5 AND id = 5 ~",
        "c LIKE 'F' ESCAPE '!' ~",
        "EXISTS (SELECT 1 FROM u WHERE id = 5 AND u.id = 3) ~",
      })
  void conditionsThatNeitherWarnNorFailGoThroughTheWall(String where, String repeated) {
    String sent = plan("SELECT id FROM t WHERE " + where + " ORDER BY id");
    assertThat(sent)
        .isEqualTo(
            "SELECT id FROM "
                + SECURED_T.replace(
                    " LIMIT", repeated == null ? " LIMIT" : " AND " + repeated + " LIMIT")
                + " WHERE "
                + where
                + " ORDER BY id");
  }

  @Test
  void aPreparedStatementIsNotBuiltOnTypes() {
    prepared = true;
    assertThat(plan("SELECT id FROM t WHERE id = 5"))
        .isEqualTo("SELECT id FROM " + SECURED_T + " WHERE id = 5");
    assertThat(plan("INSERT INTO t VALUES (1, 'F')")).contains("CASE CAST(('F'");
  }

  @Test
  void conditionsGoThroughTheWallOfTheirOwnTableOnly() {
    String five = SECURED_T.replace(" LIMIT", " AND `id` = 5 LIMIT");
    String x = " x";
    assertThat(plan("SELECT 1 FROM t LEFT JOIN u ON t.id = u.id WHERE t.id = 5 AND u.id = 6"))
        .isEqualTo(
            "SELECT 1 FROM " + five + " LEFT JOIN u ON t.id = u.id WHERE t.id = 5 AND u.id = 6");
    assertThat(plan("SELECT 1 FROM u, t WHERE id = 5"))
        .isEqualTo("SELECT 1 FROM u, " + SECURED_T + " WHERE id = 5");
    assertThat(plan("SELECT 1 FROM t UNION SELECT 1 FROM t WHERE id = 5"))
        .isEqualTo("SELECT 1 FROM " + SECURED_T + " UNION SELECT 1 FROM " + five + " WHERE id = 5");
    assertThat(plan("SELECT 1 FROM u WHERE EXISTS (SELECT 1 FROM t) AND u.id = 5"))
        .isEqualTo("SELECT 1 FROM u WHERE EXISTS (SELECT 1 FROM " + SECURED_T + ") AND u.id = 5");
    assertThat(plan("SELECT 1 FROM (t JOIN t x ON 1) WHERE x.id = 5"))
        .isEqualTo(
            "SELECT 1 FROM ("
                + SECURED_T
                + " JOIN "
                + five.replace(" AS `t`", "")
                + x
                + " ON 1) WHERE x.id = 5");
    assertThat(plan("DELETE FROM t WHERE id = 5 AND c > ?"))
        .isEqualTo(
            "DELETE FROM t WHERE ("
                + F_OR_G
                + ") AND `id` = 5 AND CASE WHEN "
                + F_OR_G
                + " THEN (id = 5 AND c > ?) ELSE FALSE END ");
    assertThat(plan("UPDATE t AS y SET id = 1 WHERE y.id = 5"))
        .startsWith("UPDATE t AS y SET id = 1 WHERE (" + F_OR_G + ") AND `id` = 5 AND CASE");
  }

  @Test
  void whatIsNotOfWhatIsLockedIsReadAsEver() {
    mode = MYSQL;
    assertThat(plan("SELECT t.c FROM t JOIN u ON t.id = u.id FOR UPDATE OF u NOWAIT"))
        .isEqualTo(
            "SELECT t.c FROM " + SECURED_T + " JOIN u ON t.id = u.id FOR UPDATE OF u NOWAIT");
    assertThat(plan("SELECT t.c FROM t JOIN u ON t.id = u.id FOR UPDATE OF u, t"))
        .contains("1235", "without OF");
    assertThat(plan("SELECT c FROM t FOR SHARE"))
        .isEqualTo("SELECT c FROM " + SECURED_T.replace(") AS", " FOR SHARE) AS") + " FOR SHARE");
  }

  @Test
  void viewsAndRulesAreReadAsTheirQueries() {
    assertThat(plan("SELECT k FROM v"))
        .isEqualTo(
            "SELECT k FROM (select  `t`.`c` AS `k` from (SELECT * FROM `d`.`t` WHERE "
                + F_OR_G
                + " LIMIT 18446744073709551615) AS `t` ) AS `v`");
    assertThat(plan("SELECT id FROM r"))
        .isEqualTo(
            "SELECT id FROM (SELECT * FROM ((select id from (SELECT * FROM d.r LIMIT"
                + " 18446744073709551615) AS `r` where id > 1)) AS `rule` LIMIT"
                + " 18446744073709551615) AS `r`");
  }

  @Test
  void whatIsChangedIsNarrowedAroundItsOwnCondition() {
    assertThat(plan("DELETE FROM t WHERE id = 1 OR id = 2 LIMIT 3"))
        .isEqualTo(
            "DELETE FROM t WHERE ("
                + F_OR_G
                + ") AND CASE WHEN "
                + F_OR_G
                + " THEN (id = 1 OR id = 2 ) ELSE FALSE END LIMIT 3");
    assertThat(plan("UPDATE t SET id = 1")).isEqualTo("UPDATE t SET id = 1 WHERE " + F_OR_G + " ");
    assertThat(plan("UPDATE u SET id = (SELECT MAX(id) FROM t)"))
        .isEqualTo("UPDATE u SET id = (SELECT MAX(id) FROM " + SECURED_T + ")");
  }

  @Test
  void whatIsReadBesideWhatIsChangedBecomesASecuredReference() {
    assertThat(plan("UPDATE t JOIN u ON t.id = u.id SET u.id = t.id WHERE t.c = 'F'"))
        .isEqualTo(
            "UPDATE "
                + SECURED_T.replace(" LIMIT", " AND `C` = 'F' LIMIT")
                + " JOIN u ON t.id = u.id SET u.id = t.id WHERE t.c = 'F'");
    assertThat(plan("UPDATE u, t AS x SET u.id = x.id"))
        .isEqualTo("UPDATE u, " + SECURED_T.replace(" AS `t`", "") + " AS x SET u.id = x.id");
    assertThat(plan("DELETE u FROM t LEFT JOIN u ON t.id = u.id"))
        .isEqualTo("DELETE u FROM " + SECURED_T + " LEFT JOIN u ON t.id = u.id");
    assertThat(plan("DELETE FROM u USING t, u WHERE t.id = u.id"))
        .isEqualTo("DELETE FROM u USING " + SECURED_T + ", u WHERE t.id = u.id");
  }

  @Test
  void whatIsChangedBesideOthersIsNarrowedInEveryCondition() {
    String seen = "(`t`.`c` IN (_utf8mb4 x'46', _utf8mb4 x'47'))";
    assertThat(
            squeezed(
                "UPDATE u JOIN t ON t.id = u.id AND t.c > u.c SET t.id = 1, u.id = t.id WHERE t.id = 3"
                    + " AND u.id > 2"))
        .isEqualTo(
            "UPDATE u JOIN t ON CASE WHEN "
                + seen
                + " THEN (t.id = u.id AND t.c > u.c) ELSE FALSE END AND u.id = CASE WHEN "
                + seen
                + " THEN t.id END SET t.id = 1, u.id = t.id WHERE ("
                + seen
                + ") AND `t`.`id` = 3 AND CASE WHEN "
                + seen
                + " THEN (t.id = 3 AND u.id > 2) ELSE FALSE END");
    assertThat(squeezed("UPDATE u JOIN u z ON u.id = z.id, t SET t.c = u.c"))
        .isEqualTo(
            "UPDATE u JOIN u z ON u.id = z.id, t SET t.c = CASE CAST((u.c) AS CHAR CHARACTER SET"
                + " utf8mb4) COLLATE utf8mb4_bin WHEN _utf8mb4 x'46' THEN _utf8mb4 x'46' WHEN _utf8mb4"
                + " x'47' THEN _utf8mb4 x'47' ELSE (SELECT 1 UNION ALL SELECT 2) END WHERE "
                + seen);
    assertThat(squeezed("UPDATE t, u SET u.id = 1, t.id = 2 WHERE t.c = u.c"))
        .isEqualTo(
            "UPDATE t, u SET u.id = 1, t.id = 2 WHERE ("
                + seen
                + ") AND u.c = CASE WHEN "
                + seen
                + " THEN t.c END AND CASE WHEN "
                + seen
                + " THEN (t.c = u.c) ELSE FALSE END");
    assertThat(squeezed("UPDATE t JOIN t z ON t.id = z.id SET t.id = 2"))
        .doesNotContain("z.id = CASE", "t.id = CASE");
    assertThat(squeezed("UPDATE t JOIN u ON 1 SET id = 3"))
        .isEqualTo(
            "UPDATE t JOIN u ON CASE WHEN "
                + seen
                + " THEN (1) ELSE FALSE END SET id = 3 WHERE "
                + seen);
    String x = seen.replace("`t`", "`x`");
    assertThat(squeezed("DELETE x FROM t AS x JOIN h ON LEFT(x.c, 1) = h.b WHERE h.id = 3"))
        .isEqualTo(
            "DELETE x FROM t AS x JOIN (SELECT * FROM h WHERE (`a` IN (1) OR `b` IN (_utf8mb4 x'78'))"
                + " AND `id` = 3 LIMIT 18446744073709551615) AS `h` ON CASE WHEN "
                + x
                + " THEN (LEFT(x.c, 1) = h.b) ELSE FALSE END WHERE ("
                + x
                + ") AND CASE WHEN "
                + x
                + " THEN (h.id = 3) ELSE FALSE END");
    assertThat(squeezed("DELETE FROM x USING t AS x"))
        .isEqualTo("DELETE FROM x USING t AS x WHERE " + x);
    assertThat(squeezed("DELETE t FROM t WHERE id = 3"))
        .isEqualTo(
            "DELETE t FROM t WHERE ("
                + seen
                + ") AND `t`.`id` = 3 AND CASE WHEN "
                + seen
                + " THEN (id = 3) ELSE FALSE END");
  }

  @Test
  void whatIsWrittenIsCheckedByTheServer() {
    String checked =
        ") AS CHAR CHARACTER SET utf8mb4) COLLATE utf8mb4_bin WHEN _utf8mb4 x'46' THEN _utf8mb4"
            + " x'46' WHEN _utf8mb4 x'47' THEN _utf8mb4 x'47' ELSE (SELECT 1 UNION ALL SELECT 2)"
            + " END ";
    assertThat(plan("INSERT INTO t (c, id) VALUES (?, ?), ('G', 2)"))
        .isEqualTo(
            "INSERT INTO t (c, id) VALUES (CASE CAST((?"
                + checked
                + ", ?), (CASE CAST(('G'"
                + checked
                + ", 2)");
    assertThat(plan("INSERT INTO t VALUES (1, LOWER('F'))"))
        .isEqualTo("INSERT INTO t VALUES (1, CASE CAST((LOWER('F')" + checked + ")");
    assertThat(plan("UPDATE t AS x SET x.c = 'F', x.id = 2 WHERE 1"))
        .startsWith("UPDATE t AS x SET x.c = CASE CAST(('F'" + checked + ", x.id = 2 WHERE (");
  }

  @Test
  void whatIsInsertedFromAQueryIsCheckedByTheServer() {
    String checked =
        ") AS CHAR CHARACTER SET utf8mb4) COLLATE utf8mb4_bin WHEN _utf8mb4 x'46' THEN _utf8mb4"
            + " x'46' WHEN _utf8mb4 x'47' THEN _utf8mb4 x'47' ELSE (SELECT 1 UNION ALL SELECT 2)"
            + " END ";
    assertThat(
            squeezed(
                "INSERT INTO t (c, id) SELECT DISTINCT x.c AS k, COUNT(*) FROM u x GROUP BY 1"))
        .isEqualTo(
            "INSERT INTO t (c, id) SELECT DISTINCT CASE CAST((x.c"
                + checked
                + "AS k, COUNT(*) FROM u x GROUP BY 1");
    assertThat(squeezed("INSERT INTO t SELECT id, UPPER(c) k FROM t WHERE id > 3 FOR UPDATE"))
        .isEqualTo(
            "INSERT INTO t SELECT id, CASE CAST((UPPER(c)"
                + checked
                + "k FROM "
                + SECURED_T
                    .replace(" LIMIT", " AND `id` > 3 LIMIT")
                    .replace(") AS", " FOR UPDATE) AS")
                + " WHERE id > 3 FOR UPDATE");
    String behind =
        " AS (SELECT * FROM `asked` LIMIT 18446744073709551615) SELECT CASE CAST((`c1`"
            + checked
            + "FROM `written`";
    assertThat(squeezed("INSERT INTO t (c) (SELECT c FROM u) UNION SELECT 'F' RETURNING c"))
        .isEqualTo(
            "INSERT INTO t (c) WITH `asked` (`c1`) AS ((SELECT c FROM u) UNION SELECT 'F'),"
                + " `written` (`c1`)"
                + behind
                + " RETURNING c");
    assertThat(squeezed("INSERT INTO t (c) (SELECT c FROM u ORDER BY c LIMIT 1)"))
        .isEqualTo(
            "INSERT INTO t (c) WITH `asked` (`c1`) AS ((SELECT c FROM u ORDER BY c LIMIT 1)),"
                + " `written` (`c1`)"
                + behind);
    assertThat(squeezed("INSERT INTO t (c) SELECT * FROM u ORDER BY id FOR UPDATE"))
        .isEqualTo(
            "INSERT INTO t (c) WITH `asked` (`c1`) AS (SELECT * FROM u ORDER BY id LIMIT"
                + " 18446744073709551615 FOR UPDATE), `written` (`c1`)"
                + behind);
    assertThat(squeezed("INSERT INTO t (c) SELECT u.* FROM u ORDER BY id LIMIT 3"))
        .isEqualTo(
            "INSERT INTO t (c) WITH `asked` (`c1`) AS (SELECT u.* FROM u ORDER BY id LIMIT 3),"
                + " `written` (`c1`)"
                + behind);
  }

  @Test
  void indexHintsStandInsideTheWall() {
    String hinted = SECURED_T.replace(" WHERE", " FORCE INDEX (i, j) WHERE");
    assertThat(squeezed("SELECT c FROM t FORCE INDEX (i, j) WHERE c > id"))
        .isEqualTo("SELECT c FROM " + hinted + " WHERE c > id");
    assertThat(
            squeezed(
                "SELECT x.c FROM u IGNORE KEY (k) JOIN t AS x USE INDEX FOR ORDER BY (i) USE KEY () ON 1"))
        .isEqualTo(
            "SELECT x.c FROM u IGNORE KEY (k) JOIN "
                + SECURED_T
                    .replace(" WHERE", " USE INDEX FOR ORDER BY (i) USE KEY () WHERE")
                    .replace("`t`", "x")
                + " ON 1");
    assertThat(squeezed("UPDATE t FORCE INDEX (i, j), u SET u.id = 3"))
        .isEqualTo("UPDATE " + hinted + " , u SET u.id = 3");
    assertThat(squeezed("UPDATE t FORCE INDEX (i) SET id = 3 WHERE id = 4"))
        .isEqualTo(
            "UPDATE t FORCE INDEX (i) SET id = 3 WHERE ("
                + F_OR_G
                + ") AND `id` = 4 AND CASE WHEN "
                + F_OR_G
                + " THEN (id = 4) ELSE FALSE END");
    assertThat(squeezed("DELETE x FROM t x USE INDEX (i) JOIN u USE INDEX (k) ON 1"))
        .startsWith("DELETE x FROM t x USE INDEX (i) JOIN u USE INDEX (k) ON CASE WHEN");
    assertThat(squeezed("DELETE x FROM t x USE INDEX FOR ORDER BY (i) JOIN u ON x.id = u.id"))
        .startsWith("DELETE x FROM t x USE INDEX FOR ORDER BY (i) JOIN u ON CASE WHEN")
        .contains(" WHERE ");
    assertThat(squeezed("UPDATE t USE INDEX FOR ORDER BY (i), u SET t.c = 'P' WHERE u.id = 3"))
        .contains(" SET t.c = CASE CAST(('P') AS CHAR");
  }

  private static final String SEEN = "(`t`.`c` IN (_utf8mb4 x'46', _utf8mb4 x'47'))";
  private static final String UNSEEN = ") WHEN (SELECT 1 UNION ALL SELECT 2) THEN NULL END";

  private static String guarded(String value) {
    return "CASE WHEN " + SEEN + " THEN (" + value + UNSEEN;
  }

  /** Behind ON DUPLICATE KEY UPDATE. */
  private String updated(String sql) {
    String sent = squeezed(sql);
    assertThat(sent).contains(" ON DUPLICATE KEY UPDATE ");
    return sent.substring(sent.indexOf(" ON DUPLICATE KEY UPDATE ") + 25);
  }

  @Test
  void aRowThatIsThereIsChangedOnlyIfItIsSeen() {
    String insert = "INSERT INTO t (id, c) VALUES (1, 'F') ON DUPLICATE KEY UPDATE ";
    assertThat(updated(insert + "id = id + VALUES(id)"))
        .isEqualTo("id = " + guarded("id + VALUES(id)"));
    assertThat(updated(insert + "t.id = DEFAULT"))
        .isEqualTo("t.id = " + guarded("DEFAULT(`t`.`id`)"));
    assertThat(updated(insert + "x = 1, y = (SELECT MAX(id) FROM t), c = VALUES(c), z = VALUES(z)"))
        .isEqualTo(
            "x = "
                + guarded("1")
                + " , y = "
                + guarded("(SELECT MAX(id) FROM " + SECURED_T + ")")
                + " , c = "
                + guarded("VALUES(c)")
                + " , z = VALUES(z)");
    assertThat(updated(insert + "c = LOWER('F'), id = 3 RETURNING id"))
        .isEqualTo(
            "c = CASE WHEN "
                + SEEN
                + " THEN (CASE CAST((LOWER('F')) AS CHAR CHARACTER SET utf8mb4) COLLATE utf8mb4_bin"
                + " WHEN _utf8mb4 x'46' THEN _utf8mb4 x'46' WHEN _utf8mb4 x'47' THEN _utf8mb4 x'47'"
                + " ELSE (SELECT 1 UNION ALL SELECT 2) END"
                + UNSEEN
                + " , id = 3 RETURNING id");
    assertThat(updated("INSERT INTO d.t SET c = 'F' ON DUPLICATE KEY UPDATE d.t.id = 3"))
        .isEqualTo("d.t.id = " + guarded("3"));
    assertThat(
            updated(
                "INSERT INTO t (c) SELECT u.c FROM u JOIN t s ON 1 ON DUPLICATE KEY UPDATE id = s.id"))
        .isEqualTo("id = " + guarded("s.id"));
    assertThat(
            squeezed(
                "INSERT INTO t (c) SELECT c FROM u UNION SELECT 'F' ON DUPLICATE KEY UPDATE id = 3"))
        .endsWith("FROM `written` ON DUPLICATE KEY UPDATE id = " + guarded("3"));
  }

  @Test
  void aRowThatIsThereTakesOverWhatLetsTheInsertedOnePass() {
    assertThat(
            updated(
                "INSERT INTO h (id, a, b) VALUES (1, 1, 'q'), (2, 3, 'x') ON DUPLICATE KEY UPDATE b ="
                    + " VALUES(b), a = VALUES(h.a), id = VALUES(id)"))
        .endsWith(" , a = VALUES(h.a), id = VALUES(id)");
    assertThat(
            updated("INSERT INTO h (a) VALUES (1) ON DUPLICATE KEY UPDATE a = VALUES(a), b = 'q'"))
        .endsWith(" , b = 'q'");
    mode = MYSQL;
    assertThat(
            updated(
                "INSERT INTO h (a, b) VALUES (1, 'q') AS new ON DUPLICATE KEY UPDATE a = new.a, b ="
                    + " new.b, id = new.id + 1"))
        .endsWith(" , b = new.b, id = new.id + 1");
    assertThat(
            updated(
                "INSERT INTO h SET a = 1, b = 'q' AS new(x, y) ON DUPLICATE KEY UPDATE a = new.x, b ="
                    + " new.y"))
        .endsWith(" , b = new.y");
    assertThat(
            plan(
                "INSERT INTO h SET a = 1, b = 'q' AS new(x, y) ON DUPLICATE KEY UPDATE a = new.y, b ="
                    + " new.x"))
        .startsWith("1369 ");
    assertThat(
            plan(
                "INSERT INTO t SET c = 'F', id = 2 AS new(x, y) ON DUPLICATE KEY UPDATE c = new.x, id ="
                    + " y"))
        .startsWith("1235 ");
  }

  @Test
  void aStringOfNoCharactersIsRefusedWhereItMatters() {
    assertThat(
            plan("INSERT INTO h (a, b) VALUES (1, '\u00ff')".getBytes(StandardCharsets.ISO_8859_1)))
        .startsWith("1064 ")
        .contains("no characters");
    assertThat(plan("SELECT id FROM t WHERE c = '\u00ff'".getBytes(StandardCharsets.ISO_8859_1)))
        .contains(SECURED_T);
  }

  @Test
  void aRowFromAQueryPassesByOneLevelOfAHierarchy() {
    String one = ") AS CHAR CHARACTER SET utf8mb4) COLLATE utf8mb4_bin";
    String fails = " ELSE (SELECT 1 UNION ALL SELECT 2) END";
    assertThat(squeezed("INSERT INTO h (a, b) SELECT 7, 'y' FROM u"))
        .isEqualTo(
            "INSERT INTO h (a, b) SELECT CASE CAST((7"
                + one
                + " WHEN _utf8mb4 x'31' THEN 1 ELSE CASE WHEN CAST(('y'"
                + one
                + " IN (_utf8mb4 x'78') THEN 7"
                + fails
                + " END , CASE CAST(('y'"
                + one
                + " WHEN _utf8mb4 x'78' THEN _utf8mb4 x'78' ELSE CASE WHEN CAST((7"
                + one
                + " IN (_utf8mb4 x'31') THEN 'y'"
                + fails
                + " END FROM u");
    assertThat(squeezed("INSERT INTO h (a, b) SELECT d.x, d.y FROM (SELECT RAND() x, 'y' y) d"))
        .isEqualTo(
            "INSERT INTO h (a, b) WITH `asked` (`c1`, `c2`) AS (SELECT d.x, d.y FROM (SELECT RAND() x,"
                + " 'y' y) d), `written` (`c1`, `c2`) AS (SELECT * FROM `asked` LIMIT"
                + " 18446744073709551615) SELECT CASE CAST((`c1`"
                + one
                + " WHEN _utf8mb4 x'31' THEN 1 ELSE CASE WHEN CAST((`c2`"
                + one
                + " IN (_utf8mb4 x'78') THEN `c1`"
                + fails
                + " END , CASE CAST((`c2`"
                + one
                + " WHEN _utf8mb4 x'78' THEN _utf8mb4 x'78' ELSE CASE WHEN CAST((`c1`"
                + one
                + " IN (_utf8mb4 x'31') THEN `c2`"
                + fails
                + " END FROM `written`");
    assertThat(squeezed("INSERT INTO h (a) SELECT id + 1 FROM u"))
        .isEqualTo(
            "INSERT INTO h (a) SELECT CASE CAST((id + 1"
                + one
                + " WHEN _utf8mb4 x'31' THEN 1"
                + fails
                + " FROM u");
  }

  @Test
  void oneLevelOfAHierarchyLetsARowPass() {
    assertThat(plan("INSERT INTO h (id, a, b) VALUES (1, 1, 'q'), (2, 9, 'x')"))
        .isEqualTo("INSERT INTO h (id, a, b) VALUES (1, 1, 'q'), (2, 9, 'x')");
    assertThat(plan("UPDATE h SET a = 7, b = 'x' WHERE id = 1"))
        .startsWith("UPDATE h SET a = 7, b = 'x' WHERE ((`a` IN (1) OR `b` IN (_utf8mb4 x'78')))");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '"',
      value = {
        "SELECT k FROM v FOR UPDATE ~ 1235 ~ lock those of its tables",
        "SELECT id FROM r LOCK IN SHARE MODE ~ 1235 ~ lock those of its tables",
        "SELECT c FROM t UNION SELECT c FROM u FOR UPDATE ~ 1235 ~ parentheses of each",
        "(SELECT c FROM t) FOR UPDATE ~ 1235 ~ parentheses of each",
        "SELECT k FROM v USE INDEX (i) ~ 1235 ~ index hint",
        "SELECT id FROM r USE INDEX (i) ~ 1235 ~ index hint",
        "SELECT c FROM t PARTITION (p) ~ 1235 ~ PARTITION",
        "SELECT c FROM t PARTITION (p) USE INDEX (i) ~ 1235 ~ PARTITION",
        "TABLE t ~ 1235 ~ TABLE",
        "EXPLAIN SELECT c FROM t ~ 1235 ~ EXPLAIN ACCESS shows what is sent",
        "TRUNCATE TABLE t ~ 1235 ~ DELETE FROM",
        "DROP TABLE t ~ 1235 ~ DROP TABLE by who",
        "ALTER TABLE t ADD z INT ~ 1235 ~ ALTER TABLE by who",
        "CREATE TABLE z LIKE t ~ 1235 ~",
        "CREATE VIEW z AS SELECT * FROM t ~ 1235 ~ CREATE VIEW by who",
        "LOCK TABLES t READ ~ 1235 ~ FOR UPDATE locks",
        "SHOW INDEX FROM t ~ 1235 ~ SHOW INDEX",
        "REPLACE INTO t (c) VALUES ('F') ~ 1235 ~ INSERT what is not",
        "REPLACE INTO t (c) SELECT c FROM u ~ 1235 ~ INSERT what is not",
        "INSERT INTO t (id) SELECT c FROM u ~ 1369 ~ give a value to c",
        "INSERT INTO t SELECT c FROM u ~ 1235 ~ more or fewer columns",
        "INSERT INTO t SELECT *, c + 1 FROM u ~ 1235 ~ beside *",
        "INSERT IGNORE INTO t (c) SELECT c FROM u ~ 1235 ~ IGNORE",
        "INSERT INTO t (c, c) SELECT c, c FROM u ~ 1235 ~ twice",
        "INSERT INTO h (a, b) SELECT ?, c FROM u ~ 1235 ~ several columns of a hierarchy",
        "INSERT INTO h (a, b, id) SELECT id, c, id + 1 FROM u ~ 1235 ~ several columns of a hierarchy",
        "INSERT IGNORE INTO t (c) VALUES ('F') ON DUPLICATE KEY UPDATE id = 1 ~ 1235 ~ IGNORE",
        "INSERT INTO t (c) VALUES ('F') ON DUPLICATE KEY UPDATE id = 1, id = 2 ~ 1235 ~ twice",
        "INSERT INTO t (c) VALUES ('F') ON DUPLICATE KEY UPDATE c = 'F', id = id + 1 ~ 1235 ~ the last",
        "INSERT INTO t (c) VALUES ('F') ON DUPLICATE KEY UPDATE c = 'F', id = (SELECT u.id FROM u) ~ 1235 ~ the last",
        "INSERT INTO t (c) VALUES ('F') ON DUPLICATE KEY UPDATE c = 'F', id = (VALUES(id)) ~ 1235 ~ the last",
        "INSERT INTO t (c) VALUES ('F') ON DUPLICATE KEY UPDATE c = DEFAULT ~ 1369 ~ c IN",
        "INSERT INTO t (id) VALUES (1) ON DUPLICATE KEY UPDATE id = 1 ~ 1369 ~ give a value to c",
        "INSERT INTO h (a, b) VALUES (1, 'q') ON DUPLICATE KEY UPDATE a = VALUES(a) ~ 1369 ~ write one of these",
        "INSERT INTO h (a, b) VALUES (1, 'q') ON DUPLICATE KEY UPDATE a = VALUES(b), b = VALUES(a) ~ 1369 ~ write one of these",
        "INSERT INTO t (c) SELECT t.c FROM t ON DUPLICATE KEY UPDATE id = 1 ~ 1235 ~ alias",
        "INSERT INTO t (c) SELECT c FROM (SELECT c FROM u) AS T ON DUPLICATE KEY UPDATE id = 1 ~ 1235 ~ alias",
        "INSERT INTO t (c) SELECT c FROM (SELECT c FROM u) t ON DUPLICATE KEY UPDATE id = 1 ~ 1235 ~ alias",
        "INSERT INTO t (c) WITH t AS (SELECT c FROM u) SELECT c FROM t ON DUPLICATE KEY UPDATE id = 1 ~ 1235 ~ alias",
        "INSERT INTO t (c) WITH t AS (SELECT c FROM u) SELECT x.c FROM t x ON DUPLICATE KEY UPDATE id = 1 ~ 1235 ~ alias",
        "INSERT INTO t (c) SELECT u.c FROM u UNION SELECT 'F' ON DUPLICATE KEY UPDATE id = u.id ~ 1235 ~ VALUES(c) is",
        "INSERT INTO r (id) VALUES (1) ON DUPLICATE KEY UPDATE id = 1 ~ 1235 ~ through a rule",
        "INSERT INTO v (k) VALUES (1) ON DUPLICATE KEY UPDATE k = 1 ~ 1235 ~ through a view",
        "INSERT IGNORE INTO t (c) VALUES ('F') ~ 1235 ~ IGNORE",
        "UPDATE IGNORE t SET c = 'F' ~ 1235 ~ IGNORE",
        "UPDATE t JOIN u ON 1 SET c = 'F' ~ 1235 ~ of which table",
        "UPDATE t JOIN u USING (id) SET t.id = 1 ~ 1235 ~ JOIN ... ON",
        "UPDATE t NATURAL JOIN u SET t.id = 1 ~ 1235 ~ JOIN ... ON",
        "UPDATE u LEFT JOIN t ON t.id = u.id SET t.id = 1 ~ 1235 ~ JOIN ... ON",
        "UPDATE (t JOIN u ON 1) SET t.id = 1 ~ 1235 ~ JOIN ... ON",
        "UPDATE t JOIN u ON 1 SET t.c = 'F', t.c = 'G' ~ 1235 ~ twice",
        "UPDATE h JOIN u ON 1 SET h.a = u.id ~ 1369 ~ write one of these values",
        "UPDATE IGNORE t JOIN u ON 1 SET t.c = u.c ~ 1235 ~ IGNORE",
        "DELETE t FROM u RIGHT JOIN t ON t.id = u.id ~ 1235 ~ JOIN ... ON",
        "DELETE r FROM r, u ~ 1235 ~ through a rule",
        "UPDATE u JOIN v ON 1 SET v.k = 3 ~ 1235 ~ ",
        "UPDATE v SET k = 1 ~ 1235 ~ through a view",
        "DELETE FROM v ~ 1235 ~ through a view",
        "UPDATE r SET id = 1 ~ 1235 ~ through a rule",
        "INSERT INTO r (id) VALUES (1) ~ 1235 ~ through a rule",
        "INSERT INTO t (id) VALUES (1) ~ 1369 ~ give a value to c",
        "INSERT INTO t () VALUES () ~ 1369 ~ give a value to c",
        "INSERT INTO t (c) VALUES (DEFAULT) ~ 1369 ~ c IN ('F', 'G')",
        "INSERT INTO h (id) VALUES (1) ~ 1369 ~ a or b",
        "INSERT INTO h (a, b) VALUES (1, 'x'), (2, 'y') ~ 1369 ~ a IN (1) or b IN ('x')",
        "INSERT INTO h (a) VALUES (?) ~ 1369 ~ write one of these values",
        "UPDATE h SET a = 2 ~ 1369 ~ write one of these values",
        "UPDATE h SET b = CONCAT('x') ~ 1369 ~ write one of these values",
        "UPDATE h SET a = 1, a = 2 ~ 1235 ~ twice",
      })
  void whatCannotBeKeptApartIsRefused(String sql, int errno, String because) {
    assertThat(plan(sql)).startsWith(errno + " ").contains(because == null ? "" : because);
  }
}
