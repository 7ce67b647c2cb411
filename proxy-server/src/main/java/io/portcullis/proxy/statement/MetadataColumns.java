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
          "CHECK_CLAUSE",
          "GENERATION_EXPRESSION");

  private final NameSpace names;
  private final Map<String, List<String>> columns;

  /**
   * @param columns of all tables, by their names in lower case
   */
  public MetadataColumns(NameSpace names, Map<String, List<String>> columns) {
    this.names = names;
    this.columns = columns;
  }

  /** A select list; empty for a table whose columns are not known. */
  public Optional<String> of(String table) {
    if (names.isIdentity()) {
      return Optional.of("*");
    }
    List<String> known = columns.get(table.toLowerCase(Locale.ROOT));
    return known == null
        ? Optional.empty()
        : Optional.of(known.stream().map(this::shown).collect(Collectors.joining(", ")));
  }

  private String shown(String column) {
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
