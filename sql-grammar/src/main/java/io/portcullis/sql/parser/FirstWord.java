package io.portcullis.sql.parser;

import io.portcullis.sql.text.PolicyReason;
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
  LOAD,
  IF,
  CASE,
  WHILE,
  LOOP,
  REPEAT,
  FOR,

  HANDLER(PolicyReason.OUTLIVES_A_REVOKE, "it keeps a table open across a REVOKE"),
  XA(PolicyReason.SHARED_BY_ALL_SESSIONS, "what one prepares, anybody could commit or roll back"),
  FLUSH(PolicyReason.ABOUT_THE_SERVER, "it is about the whole server"),
  RESET(PolicyReason.ABOUT_THE_SERVER, "it is about the whole server"),
  CACHE(PolicyReason.ABOUT_THE_SERVER, "it is about the whole server"),
  INSTALL(PolicyReason.CHANGES_THE_SERVER, "it changes the server itself"),
  UNINSTALL(PolicyReason.CHANGES_THE_SERVER, "it changes the server itself"),
  SHUTDOWN(PolicyReason.STOPS_THE_SERVER, "it stops the server for everybody"),
  RESTART(PolicyReason.STOPS_THE_SERVER, "it stops the server for everybody"),
  BINLOG(PolicyReason.REPLICATION, "it applies changes that the gate does not see"),
  PURGE(PolicyReason.REPLICATION, "replication is administered on the server"),
  CHANGE(PolicyReason.REPLICATION, "replication is administered on the server"),
  STOP(PolicyReason.REPLICATION, "replication is administered on the server"),
  CLONE(PolicyReason.DATA_OF_EVERYBODY, "it copies the data of everybody"),
  BACKUP(PolicyReason.DATA_OF_EVERYBODY, "it is about the data of everybody"),
  IMPORT(PolicyReason.FILES, "it reads files"),
  RESIGNAL(PolicyReason.INSIDE_A_PROGRAM, "it belongs to a stored program"),
  DECLARE(PolicyReason.INSIDE_A_PROGRAM, "it belongs to a stored program"),
  RETURN(PolicyReason.INSIDE_A_PROGRAM, "it belongs to a stored program"),
  ITERATE(PolicyReason.INSIDE_A_PROGRAM, "it belongs to a stored program"),
  LEAVE(PolicyReason.INSIDE_A_PROGRAM, "it belongs to a stored program"),
  OPEN(PolicyReason.INSIDE_A_PROGRAM, "it belongs to a stored program"),
  CLOSE(PolicyReason.INSIDE_A_PROGRAM, "it belongs to a stored program"),
  FETCH(PolicyReason.INSIDE_A_PROGRAM, "it belongs to a stored program"),
  MERGE(PolicyReason.NO_SUCH_STATEMENT, "neither MySQL nor MariaDB has it");

  private static final Map<String, FirstWord> BY_NAME = new TreeMap<>();

  static {
    for (FirstWord word : values()) {
      BY_NAME.put(word.name(), word);
    }
  }

  private final Optional<PolicyReason> policy;
  private final String refusal;

  FirstWord() {
    this.policy = Optional.empty();
    this.refusal = "";
  }

  FirstWord(PolicyReason policy, String refusal) {
    this.policy = Optional.of(policy);
    this.refusal = refusal;
  }

  static Optional<FirstWord> of(String word) {
    return Optional.ofNullable(BY_NAME.get(word.toUpperCase(Locale.ROOT)));
  }

  /** Why nobody may say it; empty for what a grammar reads. */
  Optional<String> refusal() {
    return policy.map(reason -> refusal);
  }

  /** The same, as a kind of reasons; empty for what a grammar reads. */
  Optional<PolicyReason> policy() {
    return policy;
  }
}
