package io.portcullis.sql.access;

import java.util.Set;

/**
 * One thing a statement does to one object.
 *
 * @param columns where it is known that nothing but these columns of a relation are concerned:
 *     their names, in lower case as far as they are ASCII; empty: the whole object
 */
public record AccessRequest(AccessKind kind, ObjectName object, Set<String> columns) {
  public AccessRequest {
    columns = Set.copyOf(columns);
  }

  /** To the whole object. */
  public AccessRequest(AccessKind kind, ObjectName object) {
    this(kind, object, Set.of());
  }
}
