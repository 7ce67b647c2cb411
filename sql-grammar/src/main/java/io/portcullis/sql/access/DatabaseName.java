package io.portcullis.sql.access;

/** A database by name, unquoted; {@link #CURRENT} where the statement means the current one. */
public record DatabaseName(String name) implements ObjectName {
  /** The session's current database; 1046 when there is none. */
  public static final DatabaseName CURRENT = new DatabaseName("");

  public boolean isCurrent() {
    return name.isEmpty();
  }
}
