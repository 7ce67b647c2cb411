package io.portcullis.privilege.dcl;

import io.portcullis.privilege.model.DatabaseId;
import io.portcullis.privilege.model.RelationId;
import io.portcullis.sql.access.RelationKind;
import java.util.Map;
import java.util.Optional;

/**
 * What was there before a DDL statement that may or may not create something (IF NOT EXISTS, OR
 * REPLACE) was sent. Made by {@link CatalogSettler#before}, handed back to {@link
 * CatalogSettler#settle}.
 */
public final class PriorObjects {

  /** For statements that have no uncertain effects. */
  public static final PriorObjects NONE = new PriorObjects(Map.of(), Map.of());

  private final Map<String, Found<DatabaseId>> databases;
  private final Map<Name, Found<RelationId>> relations;

  /**
   * A bound and folded name.
   *
   * @param kind TABLE for a view as well: they share their names
   */
  record Name(RelationKind kind, String database, String relation) {
    Name {
      kind = kind == RelationKind.VIEW ? RelationKind.TABLE : kind;
    }
  }

  /**
   * @param existed the backend had something of that name
   * @param known what the catalog knew under it
   */
  record Found<T>(boolean existed, Optional<T> known) {}

  PriorObjects(Map<String, Found<DatabaseId>> databases, Map<Name, Found<RelationId>> relations) {
    this.databases = Map.copyOf(databases);
    this.relations = Map.copyOf(relations);
  }

  /** Empty when it was not looked up: then nothing may be concluded. */
  Optional<Found<DatabaseId>> database(String name) {
    return Optional.ofNullable(databases.get(name));
  }

  Optional<Found<RelationId>> relation(Name name) {
    return Optional.ofNullable(relations.get(name));
  }
}
