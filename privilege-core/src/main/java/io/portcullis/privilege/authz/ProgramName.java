package io.portcullis.privilege.authz;

import io.portcullis.sql.access.RelationKind;
import io.portcullis.sql.access.RelationName;

/** A stored program as the backend calls it. */
public record ProgramName(RelationKind kind, RelationName name) {}
