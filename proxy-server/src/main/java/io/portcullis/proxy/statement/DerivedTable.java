package io.portcullis.proxy.statement;

import io.portcullis.privilege.report.ReportColumn;
import io.portcullis.privilege.report.ReportTable;
import java.util.HexFormat;
import java.util.List;

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
   * @param rows a JSON array of arrays, UTF-8
   */
  static String of(ReportTable table, byte[] rows) {
    StringBuilder out = new StringBuilder(rows.length * 2 + 2048);
    out.append("(SELECT ");
    List<ReportColumn> columns = table.columns();
    for (int i = 0; i < columns.size(); i++) {
      out.append(i == 0 ? "" : ", ");
      selected(out, columns.get(i));
    }
    out.append(" FROM JSON_TABLE(_utf8mb4 x'")
        .append(HexFormat.of().formatHex(rows))
        .append("', '$[*]' COLUMNS (");
    for (int i = 0; i < columns.size(); i++) {
      ReportColumn column = columns.get(i);
      out.append(i == 0 ? "`" : ", `").append(column.name()).append("` ");
      out.append(type(column)).append(" PATH '$[").append(i).append("]'");
    }
    return out.append(")) AS x").append(WHOLE).append(')').toString();
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
