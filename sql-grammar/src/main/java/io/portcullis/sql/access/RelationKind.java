package io.portcullis.sql.access;

/**
 * What a name in a database can stand for. Tables and views share one space of names; the kinds of
 * stored programs have one each. Grants on objects of one kind never cover those of another (PM
 * 3.1); triggers and events have an owner, and no grants.
 */
public enum RelationKind {
  TABLE,
  VIEW,
  FUNCTION,
  PROCEDURE,
  TRIGGER,
  EVENT;

  /** Whether it has a body that runs: a routine, trigger or event. */
  public boolean isProgram() {
    return switch (this) {
      case TABLE, VIEW -> false;
      case FUNCTION, PROCEDURE, TRIGGER, EVENT -> true;
    };
  }

  /** Whether it can be called. */
  public boolean isRoutine() {
    return this == FUNCTION || this == PROCEDURE;
  }
}
