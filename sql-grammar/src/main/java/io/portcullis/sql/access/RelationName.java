package io.portcullis.sql.access;

/** A table or view by name, unquoted, in a named or in the current database. */
public record RelationName(DatabaseName database, String name) implements ObjectName {
  public static RelationName of(String database, String name) {
    return new RelationName(new DatabaseName(database), name);
  }

  public static RelationName unqualified(String name) {
    return new RelationName(DatabaseName.CURRENT, name);
  }
}
