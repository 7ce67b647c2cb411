package io.portcullis.privilege.authz;

/** The definitions of views, as far as they are known here without asking the backend. */
@FunctionalInterface
public interface ViewDefinitions {

  /** None is known. */
  ViewDefinitions UNKNOWN = (database, view) -> new ViewDefinition.Unknown();

  /** Names bound and, where the backend folds names, folded. Does not block. */
  ViewDefinition of(String database, String view);
}
