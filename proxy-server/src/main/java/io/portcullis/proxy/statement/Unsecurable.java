package io.portcullis.proxy.statement;

import io.portcullis.sql.text.ErrorCode;
import io.portcullis.sql.text.SqlError;

/**
 * Ends the planning of a statement that cannot be sent so that hidden rows stay hidden. Does not
 * leave {@link RowPlan}, which turns it into a value. Carries no stack trace.
 */
final class Unsecurable extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient SqlError error;

  Unsecurable(SqlError error) {
    super(error.message(), null, false, false);
    this.error = error;
  }

  /** 1235: a statement of this kind, by who does not see all rows of a table in it. */
  static Unsecurable because(String what) {
    return new Unsecurable(
        ErrorCode.ER_NOT_SUPPORTED_YET.error(
            what + " by who does not see all rows of a table in it"));
  }

  SqlError error() {
    return error;
  }
}
