package io.portcullis.sql.access;

/**
 * How a statement touches an object. The comment says what {@link AccessRequest#object()} is; which
 * privileges satisfy it is the requirement table of the authorizer (PM section 4).
 */
public enum AccessKind {
  /** Rows of a table or view are read. Relation. */
  SELECT("SELECT"),
  /** Relation. */
  INSERT("INSERT"),
  /** Relation. */
  UPDATE("UPDATE"),
  /** Relation. */
  DELETE("DELETE"),
  /** Relation. */
  TRUNCATE("TRUNCATE"),
  /** A foreign key points at it. Relation. */
  REFERENCE("REFERENCES"),
  /** An index is made or dropped. Relation. */
  INDEX("INDEX"),
  /** A table of this name is made. Relation that need not exist. */
  CREATE_TABLE("CREATE"),
  /** Relation. */
  ALTER_TABLE("ALTER"),
  /** Relation. */
  DROP_TABLE("DROP"),
  /** Relation that need not exist. */
  CREATE_VIEW("CREATE VIEW"),
  /** Relation. */
  ALTER_VIEW("CREATE VIEW"),
  /** Relation. */
  DROP_VIEW("DROP"),
  /** A temporary table of this name is made. Relation. */
  CREATE_TEMPORARY_TABLE("CREATE TEMPORARY TABLES"),
  /**
   * A temporary table, and only a temporary one, is dropped: touches nobody else's data. Relation.
   */
  DROP_TEMPORARY_TABLE("DROP"),
  /** LOCK TABLES ... READ. Relation. */
  LOCK_READ("LOCK TABLES"),
  /** LOCK TABLES ... WRITE. Relation. */
  LOCK_WRITE("LOCK TABLES"),
  /** Its columns or indexes are described: any privilege on it will do. Relation. */
  DESCRIBE("SELECT"),
  /**
   * A statement with it is explained, which tells of a view what it is made of; what the statement
   * itself takes stands beside it. Relation.
   */
  EXPLAIN("SHOW VIEW"),
  /** SHOW CREATE TABLE or VIEW. Relation. */
  SHOW_CREATE("SHOW"),
  /** Names of the tables in it are listed. Database. */
  SHOW_TABLES("SHOW"),
  /** It becomes the current database. Database. */
  USE("USE"),
  /** Database. */
  CREATE_DATABASE("CREATE"),
  /** Database. */
  ALTER_DATABASE("ALTER"),
  /** Database. */
  DROP_DATABASE("DROP"),
  /** SHOW CREATE DATABASE. Database. */
  SHOW_CREATE_DATABASE("SHOW"),
  /** A stored function is called. Function. */
  EXECUTE_FUNCTION("EXECUTE"),
  /** CALL. Procedure. */
  EXECUTE_PROCEDURE("EXECUTE"),
  /** Function that need not exist. */
  CREATE_FUNCTION("CREATE ROUTINE"),
  /** Procedure that need not exist. */
  CREATE_PROCEDURE("CREATE ROUTINE"),
  /** Altered or dropped. Function. */
  ALTER_FUNCTION("ALTER ROUTINE"),
  /** Altered or dropped. Procedure. */
  ALTER_PROCEDURE("ALTER ROUTINE"),
  /** SHOW CREATE FUNCTION. Function. */
  SHOW_FUNCTION("SHOW CREATE"),
  /** SHOW CREATE PROCEDURE. Procedure. */
  SHOW_PROCEDURE("SHOW CREATE"),
  /** Trigger that need not exist. */
  CREATE_TRIGGER("TRIGGER"),
  /** A trigger is attached to it. Relation. */
  ADD_TRIGGER("TRIGGER"),
  /** Trigger. */
  DROP_TRIGGER("TRIGGER"),
  /** SHOW CREATE TRIGGER. Trigger. */
  SHOW_TRIGGER("TRIGGER"),
  /** Event that need not exist. */
  CREATE_EVENT("EVENT"),
  /** Altered or dropped. Event. */
  ALTER_EVENT("EVENT"),
  /** SHOW CREATE EVENT. Event. */
  SHOW_EVENT("EVENT"),
  /** Its body runs text that is not known before: dynamic SQL. Procedure. */
  DYNAMIC_PROCEDURE("dynamic SQL"),
  /** The same. Event. */
  DYNAMIC_EVENT("dynamic SQL");

  private final String command;

  AccessKind(String command) {
    this.command = command;
  }

  /** The word MySQL's error 1142 uses: {@code SELECT command denied to user ...}. */
  public String command() {
    return command;
  }
}
