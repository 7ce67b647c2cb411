package io.portcullis.proxy.statement;

import io.portcullis.privilege.authz.NameSpace;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The columns of a table of information_schema as an account sees them (DESIGN D6): schemas under
 * the names the account gave them, also inside definitions.
 */
public final class MetadataColumns {

  /** What the backend prints statements and expressions in; names in them are in back-quotes. */
  private static final Set<String> DEFINITIONS =
      Set.of(
          "VIEW_DEFINITION",
          "ROUTINE_DEFINITION",
          "ACTION_STATEMENT",
          "ACTION_CONDITION",
          "EVENT_DEFINITION",
          "LIBRARY_DEFINITION",
          "CHECK_CLAUSE",
          "GENERATION_EXPRESSION",
          "COLUMN_DEFAULT");

  /** What tells how much is in a table. */
  private static final Set<String> COUNTS =
      Set.of(
          "TABLE_ROWS",
          "AVG_ROW_LENGTH",
          "DATA_LENGTH",
          "MAX_DATA_LENGTH",
          "INDEX_LENGTH",
          "MAX_INDEX_LENGTH",
          "DATA_FREE",
          "AUTO_INCREMENT",
          "UPDATE_TIME",
          "CHECK_TIME",
          "CHECKSUM",
          "CARDINALITY");

  private static final Set<String> COUNTED = Set.of("tables", "statistics", "partitions");

  private final NameSpace names;
  private final Map<String, List<String>> columns;
  private final Optional<String> uncounted;

  /**
   * @param columns of all tables, by their names in lower case
   * @param uncounted the condition for tables of which it is not shown how much is in them
   */
  public MetadataColumns(
      NameSpace names, Map<String, List<String>> columns, Optional<String> uncounted) {
    this.names = names;
    this.columns = columns;
    this.uncounted = uncounted;
  }

  Optional<String> uncounted() {
    return uncounted;
  }

  /** A select list; empty for a table whose columns are not known. */
  public Optional<String> of(String table) {
    String folded = table.toLowerCase(Locale.ROOT);
    boolean counted = uncounted.isPresent() && COUNTED.contains(folded);
    if (names.isIdentity() && !counted) {
      return Optional.of("*");
    }
    List<String> known = columns.get(folded);
    return known == null
        ? Optional.empty()
        : Optional.of(
            known.stream()
                .map(column -> counted ? counted(column) : shown(column))
                .collect(Collectors.joining(", ")));
  }

  private String counted(String column) {
    if (!COUNTS.contains(column.toUpperCase(Locale.ROOT))) {
      return shown(column);
    }
    String name = "`" + column.replace("`", "``") + "`";
    return "IF(" + uncounted.orElseThrow() + ", NULL, " + name + ") AS " + name;
  }

  private String shown(String column) {
    if (names.isIdentity()) {
      return "`" + column.replace("`", "``") + "`";
    }
    String name = "`" + column.replace("`", "``") + "`";
    String upper = column.toUpperCase(Locale.ROOT);
    String prefix = names.prefix();
    if (upper.endsWith("_SCHEMA") || upper.equals("SCHEMA_NAME")) {
      return String.format(
          Locale.ROOT,
          "IF(LEFT(%1$s, %2$d) = '%3$s', SUBSTRING(%1$s, %4$d), %1$s) AS %1$s",
          name,
          prefix.length(),
          prefix,
          prefix.length() + 1);
    }
    return DEFINITIONS.contains(upper)
        ? "REPLACE(" + name + ", '`" + prefix + "', '`') AS " + name
        : name;
  }
}
