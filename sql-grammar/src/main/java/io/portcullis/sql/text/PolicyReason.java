package io.portcullis.sql.text;

/**
 * Why a statement that was understood may not run through the gate, whoever asks. The third of the
 * fates a statement can have, beside being analysed and being answered by the gate: one that is
 * refused without such a reason was not understood.
 */
public enum PolicyReason {
  /** Shuts the server down, or starts it again. */
  STOPS_THE_SERVER("it stops the server for everybody"),
  /** Plugins, loadable functions, servers, tablespaces. */
  CHANGES_THE_SERVER("it changes the server itself"),
  /** Logs, caches, global variables, what happens in it. */
  ABOUT_THE_SERVER("it is about the whole server"),
  /** Variables of the session that a server keeps to administrators, or a gate must. */
  PROTECTED_VARIABLE("it changes what is logged, replicated or believed about the session"),
  /** Binary logs, replicas and what they apply. */
  REPLICATION("replication is administered on the server"),
  /** Of the server's machine, or of the client's. */
  FILES("it reads or writes files"),
  /** Copies of all data, lists of all tables. */
  DATA_OF_EVERYBODY("it is about the data of everybody"),
  /** Engines and options whose tables are somewhere else. */
  BEYOND_THE_DATABASE("such tables reach beyond the database"),
  /** DEFINER, and what changes with whose rights something runs. */
  RIGHTS_OF_ANOTHER("it would run with the rights of somebody else"),
  /** Users, roles and privileges in a form that only the server's own have. */
  ACCESS_CONTROL("users, roles and privileges are the gate's, and it has no such form"),
  /** What the gate says about the session cannot be put into it. */
  ANSWERED_BY_THE_GATE("the gate answers it itself"),
  /** Dynamic SQL from anything but a constant. */
  UNKNOWN_BEFORE_IT_RUNS("what would run is not known before"),
  /** DDL in the body of a program. */
  UNSEEN_BY_THE_CATALOG("the gate would not see which objects come and go"),
  /** Outlives the statement that was checked. */
  OUTLIVES_A_REVOKE("it would go on after a REVOKE"),
  /** Names of transactions that every session of the server shares. */
  SHARED_BY_ALL_SESSIONS("every session of the server shares these names"),
  /** Character sets, and dialects of SQL. */
  CANNOT_BE_READ_SAFELY("statements could be read in two ways"),
  /** Names that servers compare in ways that differ. */
  AMBIGUOUS_NAME("which name is meant cannot be told for certain"),
  /** Is only a statement inside of a stored program. */
  INSIDE_A_PROGRAM("it belongs to a stored program"),
  /** Of another database management system. */
  NO_SUCH_STATEMENT("neither MySQL nor MariaDB has it");

  private final String why;

  PolicyReason(String why) {
    this.why = why;
  }

  /** Said to the client where there is nothing more particular to say. */
  public String why() {
    return why;
  }
}
