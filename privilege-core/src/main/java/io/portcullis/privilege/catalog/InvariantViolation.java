package io.portcullis.privilege.catalog;

/**
 * A change that would break a rule every catalog state keeps. Whoever executes statements checks
 * first and answers with the right error; this is the wall behind it, so nothing was changed.
 */
public final class InvariantViolation extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Which rule. */
  public enum Rule {
    /** An id that names nothing. */
    UNKNOWN_OBJECT,
    /** Users and roles share the names of an account, tables and views those of a database. */
    NAME_TAKEN,
    /** A role would inherit from itself (PM 6.1). */
    ROLE_LOOP,
    /** Nobody in the account would be its administrator any more. */
    LAST_ADMINISTRATOR,
    /**
     * The roles that come with an account are neither dropped, renamed, passed on nor reduced (PM
     * 2.4).
     */
    BUILT_IN_ROLE,
    /** Account sys is neither dropped nor suspended (PM 2.4). */
    BUILT_IN_ACCOUNT,
    /** An object cannot change its account, and a dropped role cannot be its own heir. */
    IDENTITY
  }

  private final Rule rule;

  InvariantViolation(Rule rule, String message) {
    super(message);
    this.rule = rule;
  }

  public Rule rule() {
    return rule;
  }
}
