package io.portcullis.proxy.statement;

import io.portcullis.privilege.report.ReportColumn;
import io.portcullis.privilege.report.ReportRows;
import io.portcullis.privilege.report.ReportTable;
import java.util.List;
import java.util.Optional;

/**
 * What the backend adds to the rows of {@code mo_tables} and {@code mo_columns} from its
 * information_schema, joined by the names it has for the relations that the gate's rows name: of
 * others nothing is found (PM 8.2).
 *
 * @param foldNames whether the backend stores names in lower case
 * @param prefix of the account's databases at the backend; empty in account sys
 */
public record CatalogLookup(boolean foldNames, String prefix) {

  /** The select list and the join that ends it; empty where the gate's rows say all. */
  Optional<Joined> of(ReportTable table, ReportRows rows) {
    if (table == ReportTable.MO_COLUMNS) {
      return Optional.of(columns());
    }
    return table == ReportTable.MO_TABLES ? Optional.of(tables(rows)) : Optional.empty();
  }

  /**
   * @param values those that are not of the gate's row, in the order of the table's columns
   * @param join behind the gate's rows, which are {@code x}
   */
  record Joined(List<Value> values, String join) {

    record Value(String column, String sql) {}

    Optional<String> value(ReportColumn column) {
      return values.stream()
          .filter(value -> value.column().equals(column.name()))
          .map(Value::sql)
          .findFirst();
    }
  }

  private Joined tables(ReportRows rows) {
    if (!rows.isLookedUp()) {
      return new Joined(List.of(new Joined.Value("viewdef", value("NULL"))), "");
    }
    return new Joined(
        List.of(new Joined.Value("viewdef", value(logical("d.VIEW_DEFINITION")))),
        " LEFT JOIN information_schema.VIEWS AS d ON "
            + name("d.TABLE_SCHEMA")
            + " = x.`physical` AND "
            + name("d.TABLE_NAME")
            + " = x.`relname`");
  }

  private Joined columns() {
    String attribute = value("d.COLUMN_NAME");
    return new Joined(
        List.of(
            new Joined.Value("att_uniq_name", "CONCAT(x.`att_relname_id`, '-', " + attribute + ")"),
            new Joined.Value("attname", attribute),
            new Joined.Value("atttyp", value("d.COLUMN_TYPE")),
            new Joined.Value("attnum", "d.ORDINAL_POSITION"),
            new Joined.Value("att_length", "d.CHARACTER_MAXIMUM_LENGTH"),
            new Joined.Value("attnotnull", "(d.IS_NULLABLE = 'NO')"),
            new Joined.Value("atthasdef", "(d.COLUMN_DEFAULT IS NOT NULL)"),
            new Joined.Value("att_default", value(logical("d.COLUMN_DEFAULT"))),
            new Joined.Value("attisdropped", "0"),
            new Joined.Value("att_constraint_type", "IF(d.COLUMN_KEY = 'PRI', 'p', 'n')"),
            new Joined.Value(
                "att_is_unsigned",
                "(d.NUMERIC_PRECISION IS NOT NULL AND d.COLUMN_TYPE LIKE '% unsigned%')"),
            new Joined.Value("att_is_auto_increment", "(d.EXTRA LIKE '%auto_increment%')"),
            new Joined.Value("att_comment", value("d.COLUMN_COMMENT")),
            new Joined.Value("att_is_hidden", "(d.EXTRA LIKE '%INVISIBLE%')")),
        " JOIN information_schema.COLUMNS AS d ON "
            + name("d.TABLE_SCHEMA")
            + " = x.`physical` AND "
            + name("d.TABLE_NAME")
            + " = x.`att_relname` AND (x.`only_column` IS NULL OR "
            + text("LOWER(d.COLUMN_NAME)")
            + " = x.`only_column`)");
  }

  /** Databases inside of a definition as the account calls them; they are in back-quotes there. */
  private String logical(String definition) {
    return prefix.isEmpty() ? definition : "REPLACE(" + definition + ", '`" + prefix + "', '`')";
  }

  private String name(String column) {
    return text(foldNames ? "LOWER(" + column + ")" : column);
  }

  /**
   * A text that mixes with all others, as the columns of the gate's rows do: with COLLATE it would
   * not with MySQL's information_schema, whose names have a collation of their own said.
   */
  private static String value(String expression) {
    return "IF(x.`physical` IS NULL, x.`physical`, CONVERT(" + expression + " USING utf8mb4))";
  }

  private static String text(String expression) {
    return "CONVERT(" + expression + " USING utf8mb4) COLLATE utf8mb4_bin";
  }
}
