package io.portcullis.privilege.authz;

import io.portcullis.sql.access.RelationKind;

/**
 * The definitions of views and stored programs, as far as they are known here without asking the
 * backend.
 */
@FunctionalInterface
public interface ViewDefinitions {

  /** None is known. */
  ViewDefinitions UNKNOWN = (database, view) -> new ViewDefinition.Unknown();

  /** Names bound and, where the backend folds names, folded. Does not block. */
  ViewDefinition of(String database, String view);

  /** The same of a stored program. */
  default ProgramDefinition program(RelationKind kind, String database, String name) {
    return new ProgramDefinition.Unknown();
  }
}
