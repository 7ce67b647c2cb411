package io.portcullis.proxy.statement;

import io.portcullis.privilege.report.ReportColumn;
import io.portcullis.privilege.report.ReportRows;
import io.portcullis.privilege.report.ReportTable;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * A table of the gate's own as a derived table that carries its rows (DESIGN D7). ASCII, and the
 * same in every sql_mode and character set of a client; texts are compared byte by byte, which is
 * the one collation that mixes with all others. Works on MySQL 8.0 and MariaDB 10.6.
 */
final class DerivedTable {

  private static final String TEXT = " CHARACTER SET utf8mb4 COLLATE utf8mb4_bin";

  /** Keeps the server from reading the rows anew for each row of a join. */
  private static final String WHOLE = " LIMIT 18446744073709551615";

  private DerivedTable() {}

  /**
   * @param lookup how the backend finds what the rows leave to it
   */
  static String of(ReportTable table, ReportRows rows, CatalogLookup lookup) {
    Optional<CatalogLookup.Joined> joined = lookup.of(table, rows);
    StringBuilder out = new StringBuilder(rows.length() * 2 + 4096);
    out.append("(SELECT ");
    List<ReportColumn> shown = table.columns();
    for (int i = 0; i < shown.size(); i++) {
      ReportColumn column = shown.get(i);
      out.append(i == 0 ? "" : ", ");
      Optional<String> value = joined.flatMap(found -> found.value(column));
      if (value.isPresent()) {
        out.append(value.get()).append(" AS `").append(column.name()).append('`');
      } else {
        selected(out, column);
      }
    }
    List<ReportColumn> columns = table.carried();
    out.append(" FROM JSON_TABLE(_utf8mb4 x'")
        .append(HexFormat.of().formatHex(rows.json()))
        .append("', '$[*]' COLUMNS (");
    for (int i = 0; i < columns.size(); i++) {
      ReportColumn column = columns.get(i);
      out.append(i == 0 ? "`" : ", `").append(column.name()).append("` ");
      out.append(type(column)).append(" PATH '$[").append(i).append("]'");
    }
    out.append(")) AS x").append(joined.map(CatalogLookup.Joined::join).orElse(""));
    return out.append(WHOLE).append(')').toString();
  }

  private static void selected(StringBuilder out, ReportColumn column) {
    String name = "x.`" + column.name() + "`";
    switch (column.type()) {
      case TIME ->
          out.append("FROM_UNIXTIME(")
              .append(name)
              .append(") AS `")
              .append(column.name())
              .append('`');
      case JSON ->
          out.append("JSON_EXTRACT(")
              .append(name)
              .append(", '$') AS `")
              .append(column.name())
              .append('`');
      default -> out.append(name);
    }
  }

  private static String type(ReportColumn column) {
    return switch (column.type()) {
      case INT -> "INT";
      case BIGINT, TIME -> "BIGINT";
      case UNSIGNED -> "BIGINT UNSIGNED";
      case BOOL -> "TINYINT(1)";
      case VARCHAR -> "VARCHAR(" + column.length() + ")" + TEXT;
      case TEXT, JSON -> "LONGTEXT" + TEXT;
    };
  }
}
