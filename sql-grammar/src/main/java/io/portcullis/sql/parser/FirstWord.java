package io.portcullis.sql.parser;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Every word with which a statement of MySQL or MariaDB begins. Either a grammar reads it, and the
 * statement is analysed or answered by the gate; or it is refused whoever asks, for a reason.
 */
enum FirstWord {
  SELECT,
  WITH,
  VALUES,
  TABLE,
  INSERT,
  REPLACE,
  UPDATE,
  DELETE,
  DO,
  SHOW,
  HELP,
  SET,
  USE,
  START,
  BEGIN,
  COMMIT,
  ROLLBACK,
  SAVEPOINT,
  RELEASE,
  LOCK,
  UNLOCK,
  KILL,
  EXPLAIN,
  DESCRIBE,
  DESC,
  ANALYZE,
  CHECK,
  CHECKSUM,
  OPTIMIZE,
  REPAIR,
  PREPARE,
  EXECUTE,
  DEALLOCATE,
  GET,
  SIGNAL,
  CREATE,
  ALTER,
  DROP,
  RENAME,
  TRUNCATE,
  GRANT,
  REVOKE,
  CALL,

  HANDLER("it keeps a table open across a REVOKE"),
  LOAD("it reads files"),
  XA("what one prepares, anybody could commit or roll back"),
  FLUSH("it is about the whole server"),
  RESET("it is about the whole server"),
  CACHE("it is about the whole server"),
  INSTALL("it changes the server itself"),
  UNINSTALL("it changes the server itself"),
  SHUTDOWN("it stops the server for everybody"),
  RESTART("it stops the server for everybody"),
  BINLOG("it applies changes that the gate does not see"),
  PURGE("replication is administered on the server"),
  CHANGE("replication is administered on the server"),
  STOP("replication is administered on the server"),
  CLONE("it copies the data of everybody"),
  BACKUP("it is about the data of everybody"),
  IMPORT("it reads files"),
  RESIGNAL("it belongs to a stored program"),
  DECLARE("it belongs to a stored program"),
  IF("it belongs to a stored program"),
  CASE("it belongs to a stored program"),
  WHILE("it belongs to a stored program"),
  LOOP("it belongs to a stored program"),
  REPEAT("it belongs to a stored program"),
  FOR("it belongs to a stored program"),
  RETURN("it belongs to a stored program"),
  ITERATE("it belongs to a stored program"),
  LEAVE("it belongs to a stored program"),
  OPEN("it belongs to a stored program"),
  CLOSE("it belongs to a stored program"),
  FETCH("it belongs to a stored program"),
  MERGE("neither MySQL nor MariaDB has it");

  private static final Map<String, FirstWord> BY_NAME = new TreeMap<>();

  static {
    for (FirstWord word : values()) {
      BY_NAME.put(word.name(), word);
    }
  }

  private final String refusal;

  FirstWord() {
    this("");
  }

  FirstWord(String refusal) {
    this.refusal = refusal;
  }

  static Optional<FirstWord> of(String word) {
    return Optional.ofNullable(BY_NAME.get(word.toUpperCase(Locale.ROOT)));
  }

  /** Why nobody may say it; empty for what a grammar reads. */
  Optional<String> refusal() {
    return refusal.isEmpty() ? Optional.empty() : Optional.of(refusal);
  }
}
