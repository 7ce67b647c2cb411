package io.portcullis.privilege.model;

import java.util.List;

/**
 * What a role shows of the rows of a table: there is one for a role, a table and a {@link #column},
 * and one without a column. Immutable.
 */
public sealed interface RowPolicy {

  RoleId role();

  RelationId table();

  /** In lower case as far as it is ASCII; empty for a {@link Rule}. */
  String column();

  /**
   * ALTER ROLE ... RESTRICT: rows with one of these values in the column, as far as it depends on
   * that column. None: no row.
   */
  record Restriction(RoleId role, RelationId table, String column, List<Value> values)
      implements RowPolicy {
    public Restriction {
      values = List.copyOf(values);
      if (column.isEmpty()) {
        throw new IllegalArgumentException("column: empty (expected: a name)");
      }
    }
  }

  /**
   * ALTER ROLE ... ADD RULE: what is read in place of the table (PM 5.4).
   *
   * @param query a SELECT as its author wrote it, every table with its database as the account
   *     calls it
   */
  record Rule(RoleId role, RelationId table, String query) implements RowPolicy {
    @Override
    public String column() {
      return "";
    }
  }

  /**
   * A value of a column.
   *
   * @param text of a string, its characters; of a number, its digits as SQL writes them
   */
  record Value(String text, boolean numeric) {
    /** As SQL writes it, to be shown. */
    public String literal() {
      return numeric ? text : "'" + text.replace("'", "''") + "'";
    }
  }

  /** Which one of a role it is. */
  record Key(RoleId role, RelationId table, String column) {}

  default Key key() {
    return new Key(role(), table(), column());
  }
}
