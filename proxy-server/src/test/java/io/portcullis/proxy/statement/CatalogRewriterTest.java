package io.portcullis.proxy.statement;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.portcullis.privilege.report.ReportRows;
import io.portcullis.privilege.report.ReportTable;
import io.portcullis.proxy.wire.PacketFraming;
import io.portcullis.proxy.wire.Packets;
import io.portcullis.sql.analysis.StatementAnalyzer;
import io.portcullis.sql.lexer.LexLimits;
import io.portcullis.sql.text.ClientCharset;
import io.portcullis.sql.text.LexicalMode;
import io.portcullis.sql.text.ServerVersion;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class CatalogRewriterTest {

  private static final LexicalMode MODE =
      LexicalMode.of(
          ServerVersion.parse("8.4.6"), ClientCharset.ofName("utf8mb4").orElseThrow(), "");

  private static final CatalogLookup LOOKUP = new CatalogLookup(false, "acme$");

  private final StatementReader reader =
      new StatementReader(LexLimits.STANDARD, new StatementAnalyzer(10));

  private Optional<String> current = Optional.empty();

  private CatalogRewriter.Rewritten rewrite(String sql, Map<ReportTable, ReportRows> rows) {
    ByteBuf framed = Unpooled.buffer();
    int header = Packets.begin(framed);
    framed.writeByte(3);
    framed.writeCharSequence(sql, StandardCharsets.UTF_8);
    Packets.end(framed, header, 0);
    try {
      return CatalogRewriter.rewrite(
          framed, reader, MODE, current, rows, LOOKUP, UnpooledByteBufAllocator.DEFAULT);
    } finally {
      framed.release();
    }
  }

  private String text(String sql, Map<ReportTable, ReportRows> rows) {
    ByteBuf command = rewrite(sql, rows).command().orElseThrow();
    int length = command.readUnsignedMediumLE();
    assertThat(command.readableBytes()).isEqualTo(length + 1);
    command.skipBytes(PacketFraming.HEADER_LENGTH - 3 + 1);
    String text = command.toString(StandardCharsets.UTF_8);
    command.release();
    return text;
  }

  private static Map<ReportTable, ReportRows> rows(ReportTable table, String json) {
    return Map.of(table, new ReportRows(json.getBytes(StandardCharsets.UTF_8), false));
  }

  @Test
  void aTableBecomesADerivedTableOfItsRows() {
    assertThat(
            text(
                "SELECT mo_catalog.mo_user_grant.role_id FROM mo_catalog.mo_user_grant WHERE 1",
                rows(ReportTable.MO_USER_GRANT, "[[1,2,3,0]]")))
        .isEqualTo(
            "SELECT mo_user_grant.role_id FROM (SELECT x.`role_id`, x.`user_id`,"
                + " FROM_UNIXTIME(x.`granted_time`) AS `granted_time`, x.`with_grant_option` FROM"
                + " JSON_TABLE(_utf8mb4 x'5b5b312c322c332c305d5d', '$[*]' COLUMNS (`role_id` INT"
                + " PATH '$[0]', `user_id` INT PATH '$[1]', `granted_time` BIGINT PATH '$[2]',"
                + " `with_grant_option` TINYINT(1) PATH '$[3]')) AS x LIMIT 18446744073709551615)"
                + " AS `mo_user_grant` WHERE 1");
  }

  @Test
  void whatTheBackendKnowsIsJoinedByTheNamesOfTheRows() {
    assertThat(text("SELECT 1 FROM mo_catalog.mo_columns", rows(ReportTable.MO_COLUMNS, "[]")))
        .contains(
            " JOIN information_schema.COLUMNS AS d ON CONVERT(d.TABLE_SCHEMA USING utf8mb4) COLLATE"
                + " utf8mb4_bin = x.`physical` AND ")
        .contains("REPLACE(d.COLUMN_DEFAULT, '`acme$', '`')")
        .endsWith(" LIMIT 18446744073709551615) AS `mo_columns`");
    assertThat(text("SELECT 1 FROM mo_catalog.mo_tables", rows(ReportTable.MO_TABLES, "[]")))
        .doesNotContain("information_schema");
    Map<ReportTable, ReportRows> views =
        Map.of(ReportTable.MO_TABLES, new ReportRows("[]".getBytes(StandardCharsets.UTF_8), true));
    assertThat(text("SELECT 1 FROM mo_catalog.mo_tables", views))
        .contains(" LEFT JOIN information_schema.VIEWS AS d ON ");
  }

  @Test
  void anAliasIsKept() {
    assertThat(text("SELECT 1 FROM mo_catalog.mo_role r", rows(ReportTable.MO_ROLE, "[]")))
        .endsWith("LIMIT 18446744073709551615) r");
  }

  @Test
  void aNameIsEnoughInMoCatalog() {
    Map<ReportTable, ReportRows> rows = rows(ReportTable.MO_ROLE, "[]");
    assertThat(rewrite("SELECT 1 FROM MO_ROLE", rows).error()).isPresent();
    current = Optional.of("mo_catalog");
    assertThat(text("SELECT mo_role.owner FROM MO_ROLE", rows))
        .startsWith("SELECT mo_role.owner FROM (SELECT ")
        .endsWith("LIMIT 18446744073709551615) AS `MO_ROLE`");
    assertThat(text("SELECT 1 FROM mo_role r, mo_catalog.mo_role", rows))
        .contains("615) r, (SELECT ");
    assertThat(rewrite("SELECT 1 FROM mo_role, mo_user", rows).error()).isPresent();
    assertThat(rewrite("WITH mo_user AS (SELECT 1) SELECT 1 FROM mo_role, mo_user", rows).error())
        .isPresent();
  }

  @Test
  void whatTheAnalysisHasFoundMustBeThere() {
    assertThat(rewrite("SELECT 1 FROM a", rows(ReportTable.MO_ROLE, "[]")).error()).isPresent();
    assertThat(
            rewrite(
                    "SELECT 1 FROM mo_catalog.mo_role, mo_catalog.mo_user",
                    rows(ReportTable.MO_ROLE, "[]"))
                .error())
        .isPresent();
  }

  @Test
  void moreThanAPacketIsRefusedAndNeverCutShort() {
    Map<ReportTable, ReportRows> rows =
        Map.of(ReportTable.MO_ROLE, new ReportRows(new byte[5 * 1024 * 1024], false));
    ByteBuf once = rewrite("SELECT 1 FROM mo_catalog.mo_role", rows).command().orElseThrow();
    assertThat(once.readableBytes()).isGreaterThan(10 * 1024 * 1024);
    once.release();
    assertThat(
            rewrite("SELECT 1 FROM mo_catalog.mo_role a, mo_catalog.mo_role b", rows)
                .error()
                .orElseThrow()
                .message())
        .contains("16 MiB");
  }
}
