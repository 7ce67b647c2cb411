package io.portcullis.privilege.model;

import java.util.List;

/**
 * Columns of a table that are levels of one thing, as continent and country are: restrictions of
 * several roles on them widen each other, restrictions on others narrow them. A column that is in
 * no hierarchy is one of its own. Immutable.
 *
 * @param name unique in the table, in lower case as far as it is ASCII
 * @param columns from the widest, in lower case as far as they are ASCII
 */
public record Hierarchy(RelationId table, String name, List<String> columns) {
  public Hierarchy {
    columns = List.copyOf(columns);
  }
}
