package io.portcullis.sql.statement;

/**
 * Whether a SET does the same on another connection, so that a session can go on there: its values
 * are in its text, and its variables outlast the statement.
 */
public enum Repetition {
  /** Its values come from elsewhere, or a variable of it means something at one moment only. */
  NO,
  /** Its values are made of the session's variables: it does, behind those that came before it. */
  IN_ORDER,
  /**
   * All its values are literals: the last one of several alike is enough, with none {@link
   * #IN_ORDER} between them.
   */
  ALONE;

  /** That of both together. */
  public Repetition and(Repetition other) {
    return compareTo(other) < 0 ? this : other;
  }
}
