package io.portcullis.sql.access;

import java.util.Map;
import java.util.Set;

/** What a DDL statement does to the set of objects when the backend has said OK to it. */
public sealed interface CatalogEffect {

  /**
   * @param certain false for IF NOT EXISTS: it may have existed before
   */
  record DatabaseCreated(DatabaseName database, boolean certain) implements CatalogEffect {}

  record DatabaseDropped(DatabaseName database) implements CatalogEffect {}

  /**
   * @param certain false for IF NOT EXISTS and OR REPLACE: something of that name may have existed
   *     before, and whoever owned it goes on owning it
   */
  record RelationCreated(RelationName relation, RelationKind kind, boolean certain)
      implements CatalogEffect {}

  record RelationDropped(RelationName relation) implements CatalogEffect {}

  record RelationRenamed(RelationName from, RelationName to) implements CatalogEffect {}

  /**
   * Columns of a table came, went or have other names: all at once.
   *
   * @param gone those that were dropped, and those that are new; as written
   * @param renamed old names by the new ones, as written
   */
  record ColumnsChanged(RelationName table, Set<String> gone, Map<String, String> renamed)
      implements CatalogEffect {
    public ColumnsChanged {
      gone = Set.copyOf(gone);
      renamed = Map.copyOf(renamed);
    }
  }

  /** The view stays, and reads something else: who owns it goes on owning it. */
  record ViewRedefined(RelationName view) implements CatalogEffect {}

  /** A routine, trigger or event. */
  record ProgramDropped(RelationKind kind, RelationName program) implements CatalogEffect {}

  /** It stays, and is something else: who owns it goes on owning it. */
  record ProgramAltered(RelationName program) implements CatalogEffect {}

  /** From now on the name means a table only this session sees. */
  record TemporaryTableCreated(RelationName relation) implements CatalogEffect {}

  /** The name may mean a permanent table again; forgotten before the statement is sent. */
  record TemporaryTableDropped(RelationName relation) implements CatalogEffect {}
}
