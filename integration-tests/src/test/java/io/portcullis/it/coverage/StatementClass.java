package io.portcullis.it.coverage;

import java.util.Locale;

/** The rows of the table: kinds of statements, told by their first words. */
enum StatementClass {
  SELECT("SELECT, WITH, VALUES, TABLE"),
  INSERT("INSERT, REPLACE"),
  UPDATE_DELETE("UPDATE, DELETE"),
  CREATE_TABLE("CREATE TABLE"),
  ALTER_TABLE("ALTER TABLE"),
  OTHER_TABLES("DROP, TRUNCATE, RENAME TABLE, indexes"),
  VIEW("CREATE, ALTER, DROP VIEW"),
  DATABASE("CREATE, ALTER, DROP DATABASE, USE"),
  ROUTINE("routines, triggers, events, CALL"),
  SEQUENCE("sequences"),
  SHOW("SHOW, DESCRIBE, HELP"),
  EXPLAIN("EXPLAIN, ANALYZE of a statement"),
  SET("SET"),
  TRANSACTION("transaction control, XA"),
  PREPARE("PREPARE, EXECUTE, DEALLOCATE"),
  LOCK("LOCK, UNLOCK"),
  MAINTENANCE("ANALYZE, CHECK, CHECKSUM, OPTIMIZE, REPAIR TABLE"),
  LOAD("LOAD"),
  HANDLER("HANDLER"),
  FLUSH("FLUSH, RESET, PURGE, CACHE"),
  ACCESS("users, roles, GRANT, REVOKE"),
  BLOCK("BEGIN NOT ATOMIC and other compound statements"),
  OTHER("others");

  private final String title;

  StatementClass(String title) {
    this.title = title;
  }

  String title() {
    return title;
  }

  /**
   * @param words the first unquoted words of the statement, with one blank between them
   */
  static StatementClass of(String words) {
    String[] word = (words.toUpperCase(Locale.ROOT) + " . . . .").split(" ");
    return switch (word[0]) {
      case "SELECT", "WITH", "VALUES", "TABLE", "(" -> SELECT;
      case "INSERT", "REPLACE" -> INSERT;
      case "UPDATE", "DELETE" -> UPDATE_DELETE;
      case "CREATE", "ALTER", "DROP", "RENAME", "TRUNCATE" -> definition(word);
      case "CALL" -> ROUTINE;
      case "USE" -> DATABASE;
      case "SHOW", "DESCRIBE", "DESC", "HELP" ->
          word[0].startsWith("DESC") && isStatement(word[1]) ? EXPLAIN : SHOW;
      case "EXPLAIN" -> EXPLAIN;
      case "ANALYZE" -> isMaintenance(word) ? MAINTENANCE : EXPLAIN;
      case "CHECK", "CHECKSUM", "OPTIMIZE", "REPAIR" -> MAINTENANCE;
      case "SET" ->
          switch (word[1]) {
            case "ROLE", "PASSWORD" -> ACCESS;
            case "DEFAULT" -> word[2].equals("ROLE") ? ACCESS : SET;
            default -> SET;
          };
      case "BEGIN" -> word[1].equals("NOT") ? BLOCK : TRANSACTION;
      case "START", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "XA" -> TRANSACTION;
      case "PREPARE", "EXECUTE", "DEALLOCATE" -> PREPARE;
      case "LOCK", "UNLOCK" -> LOCK;
      case "LOAD" -> LOAD;
      case "HANDLER" -> HANDLER;
      case "FLUSH", "RESET", "PURGE", "CACHE" -> FLUSH;
      case "GRANT", "REVOKE" -> ACCESS;
      case "IF", "CASE", "WHILE", "LOOP", "REPEAT", "FOR" -> BLOCK;
      default -> OTHER;
    };
  }

  private static boolean isStatement(String word) {
    return switch (word) {
      case "SELECT", "INSERT", "UPDATE", "DELETE", "REPLACE", "WITH", "EXTENDED", "FORMAT" -> true;
      default -> false;
    };
  }

  private static boolean isMaintenance(String[] word) {
    boolean option = word[1].equals("LOCAL") || word[1].equals("NO_WRITE_TO_BINLOG");
    return (option ? word[2] : word[1]).startsWith("TABLE");
  }

  /** By the first word that names a kind of object. */
  private static StatementClass definition(String[] word) {
    for (int i = 1; i < word.length; i++) {
      switch (word[i]) {
        case "TABLE", "TABLES" -> {
          return word[0].equals("CREATE")
              ? CREATE_TABLE
              : word[0].equals("ALTER") ? ALTER_TABLE : OTHER_TABLES;
        }
        case "INDEX" -> {
          return OTHER_TABLES;
        }
        case "VIEW" -> {
          return VIEW;
        }
        case "DATABASE", "SCHEMA" -> {
          return DATABASE;
        }
        case "FUNCTION", "PROCEDURE", "TRIGGER", "EVENT", "PACKAGE", "AGGREGATE" -> {
          return ROUTINE;
        }
        case "SEQUENCE" -> {
          return SEQUENCE;
        }
        case "USER", "ROLE" -> {
          return ACCESS;
        }
        case "PREPARE" -> {
          return PREPARE;
        }
        case "SERVER", "TABLESPACE", "UNDO", "LOGFILE", "INSTANCE" -> {
          return OTHER;
        }
        default -> {
          // OR REPLACE, TEMPORARY, DEFINER ...
        }
      }
    }
    return word[0].equals("TRUNCATE") ? OTHER_TABLES : OTHER;
  }
}
