package io.portcullis.proxy.statement;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.portcullis.privilege.store.TableColumn;
import io.portcullis.proxy.wire.PacketFraming;
import io.portcullis.proxy.wire.command.CommandByte;
import io.portcullis.proxy.wire.command.CommandEncoder;
import io.portcullis.sql.access.AccessKind;
import io.portcullis.sql.access.AccessRequest;
import io.portcullis.sql.access.RelationName;
import io.portcullis.sql.analysis.StatementAnalysis;
import io.portcullis.sql.analysis.StatementAnalyzer;
import io.portcullis.sql.lexer.LexLimits;
import io.portcullis.sql.statement.ForwardStatement;
import io.portcullis.sql.text.ClientCharset;
import io.portcullis.sql.text.LexicalMode;
import io.portcullis.sql.text.ServerVersion;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * In the database {@code d}, of {@code t (id, name, hid, secret)} where {@code hid} is invisible:
 * SELECT, INSERT and UPDATE on all but {@code secret}, and everything on all other tables.
 */
final class ColumnPlanTest {

  private static final LexicalMode MODE =
      LexicalMode.of(ServerVersion.parse("11.4.5-MariaDB"), ClientCharset.UTF8MB4, "");
  private static final RelationName T = RelationName.of("d", "t");
  private static final List<TableColumn> COLUMNS =
      List.of(
          new TableColumn("id", false),
          new TableColumn("Name", false),
          new TableColumn("hid", true),
          new TableColumn("secret", false));

  private final StatementAnalyzer analyzer = new StatementAnalyzer(0);
  private final StatementReader reader = new StatementReader(LexLimits.STANDARD, analyzer);

  private static RelationName bound(RelationName written) {
    return written.database().isCurrent() ? RelationName.of("d", written.name()) : written;
  }

  private static ColumnPlan.Access access(AccessRequest request) {
    RelationName relation = bound((RelationName) request.object());
    boolean partial =
        relation.equals(T)
            && List.of(AccessKind.SELECT, AccessKind.INSERT, AccessKind.UPDATE)
                .contains(request.kind());
    return new ColumnPlan.Access(
        request,
        Optional.of(relation),
        !partial,
        partial ? Set.of("id", "name", "hid", "gone") : Set.of());
  }

  /** What would be sent and what it takes, or what became of it. */
  private String plan(String sql, Optional<List<TableColumn>> columns) {
    ByteBuf framed =
        CommandEncoder.text(
            UnpooledByteBufAllocator.DEFAULT, CommandByte.QUERY, sql, StandardCharsets.UTF_8);
    ColumnRewriter rewriter = ColumnRewriter.read(framed, reader, MODE).orElseThrow();
    StatementAnalysis analysis = (StatementAnalysis) analyzer.analyze(rewriter.statement());
    ForwardStatement statement = (ForwardStatement) analysis.statement();
    ColumnPlan.Outcome outcome =
        ColumnPlan.of(
            analyzer.columnUses(rewriter.statement()),
            statement.accesses().stream().map(ColumnPlanTest::access).toList(),
            ColumnPlanTest::bound,
            table -> columns,
            StandardCharsets.UTF_8);
    if (outcome instanceof ColumnPlan.Outcome.Uncertain uncertain) {
      framed.release();
      return "uncertain: " + uncertain.because();
    } else if (!(outcome instanceof ColumnPlan.Outcome.Planned planned)) {
      framed.release();
      return outcome.getClass().getSimpleName();
    } else {
      ByteBuf sent = rewriter.apply(framed, planned.edits(), UnpooledByteBufAllocator.DEFAULT);
      int begin = PacketFraming.HEADER_LENGTH + 1;
      String text =
          sent.toString(
              sent.readerIndex() + begin, sent.readableBytes() - begin, StandardCharsets.UTF_8);
      framed.release();
      sent.release();
      return text
          + " | "
          + planned.accesses().stream()
              .filter(access -> !access.columns().isEmpty())
              .map(access -> access.kind() + " " + new TreeSet<>(access.columns()))
              .collect(Collectors.joining(", "));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      value = {
        "SELECT name FROM t ~ SELECT name FROM (SELECT `Name` FROM t) AS `t` | SELECT [name]",
        "SELECT x.* FROM d.t x ~ SELECT x.* FROM (SELECT `id`, `Name` FROM d.t) x | SELECT [id, name]",
        "SELECT hid, secret FROM t ~ SELECT hid, secret FROM (SELECT `hid` FROM t) AS `t` | SELECT [hid, secret]",
        "SELECT hid secret FROM t ORDER BY secret ~ SELECT hid secret FROM (SELECT `hid` FROM t) AS `t` ORDER BY secret | SELECT [hid]",
        "SELECT t.secret, x FROM t, u ~ SELECT t.secret, x FROM (SELECT `id` FROM t) AS `t`, u | SELECT [id, secret]",
        "SELECT secret FROM t, u ~ SELECT secret FROM (SELECT `id` FROM t) AS `t`, u | SELECT [id]",
        "SELECT secret FROM (SELECT id AS secret FROM t) AS t ~ SELECT secret FROM (SELECT id AS secret FROM (SELECT `id` FROM t) AS `t`) AS t | SELECT [id]",
        "INSERT INTO t (id) SELECT secret FROM u ~ INSERT INTO t (id) SELECT secret FROM u | INSERT [id]",
        "SELECT (SELECT o.id FROM d.t o WHERE o.id = t.id) FROM t ~ SELECT (SELECT o.id FROM (SELECT `id` FROM d.t) o WHERE o.id = t.id) FROM (SELECT `id` FROM t) AS `t` | SELECT [id], SELECT [id]",
        "SELECT COUNT(*) FROM t ~ SELECT COUNT(*) FROM (SELECT `id` FROM t) AS `t` | SELECT [id]",
        "SELECT d.t.id FROM d.t ~ SELECT t.id FROM (SELECT `id` FROM d.t) AS `t` | SELECT [id]",
        "SELECT u.name FROM u, t WHERE t.id = 1 ~ SELECT u.name FROM u, (SELECT `id` FROM t) AS `t` WHERE t.id = 1 | SELECT [id]",
        "DELETE FROM u WHERE id IN (SELECT id FROM t) ~ DELETE FROM u WHERE id IN (SELECT id FROM (SELECT `id` FROM t) AS `t`) | SELECT [id]",
        "UPDATE u JOIN t ON u.id = t.id SET u.a = t.name ~ UPDATE u JOIN (SELECT `id`, `Name` FROM t) AS `t` ON u.id = t.id SET u.a = t.name | SELECT [id, name]",
        "UPDATE t SET name = secret WHERE u.id = 1 ~ UPDATE t SET name = secret WHERE u.id = 1 | UPDATE [name], SELECT [secret]",
        "UPDATE t x, u SET x.name = u.secret ~ UPDATE t x, u SET x.name = u.secret | UPDATE [name]",
        "UPDATE t JOIN (SELECT * FROM t AS y) z ON t.id = z.id SET t.name = 1 ~ UPDATE t JOIN (SELECT * FROM (SELECT `id`, `Name` FROM t) AS y) z ON t.id = z.id SET t.name = 1 | UPDATE [name], SELECT [id], SELECT [id, name], SELECT [id]",
        "INSERT INTO t (id, secret) VALUES (1, 2) ~ INSERT INTO t (id, secret) VALUES (1, 2) | INSERT [id, secret]",
        "INSERT INTO t () VALUES () ~ INSERT INTO t () VALUES () | INSERT [gone]",
        "INSERT INTO t (id) VALUES (1) ON DUPLICATE KEY UPDATE name = VALUES(id) + hid ~ INSERT INTO t (id) VALUES (1) ON DUPLICATE KEY UPDATE name = VALUES(id) + hid | INSERT [id], SELECT [hid], UPDATE [name], SELECT [hid]",
        "DELETE FROM t WHERE secret = 1 RETURNING id ~ DELETE FROM t WHERE secret = 1 RETURNING id | SELECT [id, secret]",
      })
  void statementTakesItsColumns(String sql, String expected) {
    assertThat(plan(sql, Optional.of(COLUMNS))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      value = {
        "INSERT INTO t VALUES (1, 2, 3, 4) ~ Denied",
        "INSERT INTO t (id) VALUES (1) RETURNING * ~ Denied",
        "SELECT * FROM t NATURAL JOIN u ~ uncertain: with NATURAL JOIN",
        "SELECT id FROM t LOCK IN SHARE MODE ~ uncertain: that locks rows (FOR UPDATE, FOR SHARE, LOCK IN SHARE MODE)",
        "SELECT id FROM t IGNORE INDEX (i) ~ uncertain: with TABLE, PARTITION or an index hint",
        "TABLE t ~ uncertain: with TABLE, PARTITION or an index hint",
        "SELECT d.t.id FROM d.t, e.t ~ uncertain: with two tables of one name",
        "UPDATE t, u SET name = 1 ~ uncertain: that changes one of several tables, with a column without its table,",
      })
  void whatCannotBeToldIsRefused(String sql, String expected) {
    assertThat(plan(sql, Optional.of(COLUMNS))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      value = {
        "SELECT id FROM t ~ Lacking",
        "INSERT INTO t VALUES (1) ~ Lacking",
        "UPDATE t SET name = 1 ~ UPDATE t SET name = 1 | UPDATE [name]",
      })
  void columnsOfTheTableAreAskedForWhereTheyMatter(String sql, String expected) {
    assertThat(plan(sql, Optional.empty())).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"SELECT id FROM t"})
  void tableOfWhichNoGrantedColumnIsLeftIsDenied(String sql) {
    assertThat(plan(sql, Optional.of(List.of(new TableColumn("secret", false)))))
        .isEqualTo("Denied");
  }
}
