package io.portcullis.sql.statement;

/** What kind of statement is forwarded: for logs and for what may be prepared. */
public enum StatementKind {
  SELECT,
  INSERT,
  REPLACE,
  /** LOAD DATA and LOAD XML of a file that the client sends. */
  LOAD_LOCAL,
  UPDATE,
  DELETE,
  TRUNCATE,
  CREATE_DATABASE,
  ALTER_DATABASE,
  DROP_DATABASE,
  CREATE_TABLE,
  ALTER_TABLE,
  RENAME_TABLE,
  DROP_TABLE,
  CREATE_VIEW,
  ALTER_VIEW,
  DROP_VIEW,
  /** A function, procedure, trigger or event, as in the two below. */
  CREATE_PROGRAM,
  ALTER_PROGRAM,
  DROP_PROGRAM,
  CALL,
  /** MariaDB: BEGIN NOT ATOMIC, IF, CASE and loops outside of stored programs. */
  COMPOUND,
  CREATE_INDEX,
  DROP_INDEX,
  LOCK_TABLES,
  UNLOCK_TABLES,
  EXPLAIN,
  DESCRIBE,
  SHOW,
  /** CHECK, CHECKSUM, ANALYZE, OPTIMIZE, REPAIR. */
  TABLE_MAINTENANCE,
  /** GET DIAGNOSTICS and SIGNAL. */
  DIAGNOSTICS,
  DO,
  TRANSACTION
}
