package io.portcullis.privilege.authz;

/**
 * What the backend has under a name, as far as it is known here without asking it. Asked only for
 * relations the catalog does not know, and only when the answer decides.
 */
@FunctionalInterface
public interface RelationKinds {

  /** What there is. */
  enum Found {
    TABLE,
    VIEW,
    ABSENT,
    /** Must be looked up first. */
    UNKNOWN
  }

  /** Names bound and, where the backend folds names, folded. Does not block. */
  Found kind(String database, String relation);
}
