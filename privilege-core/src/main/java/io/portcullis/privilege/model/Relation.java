package io.portcullis.privilege.model;

import io.portcullis.sql.access.RelationKind;

/**
 * A table, view or stored program the catalog knows: it was made through the gate, or a grant named
 * it.
 */
public record Relation(
    RelationId id, DatabaseId database, String name, RelationKind kind, RoleId owner) {}
