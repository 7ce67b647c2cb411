package io.portcullis.sql.parser;

import io.portcullis.sql.text.ErrorCode;
import io.portcullis.sql.text.Refusal;
import io.portcullis.sql.text.Span;
import io.portcullis.sql.text.SqlError;

/**
 * Ends the reading of a statement that is not understood or never allowed. It does not leave this
 * module: the analyzer turns it into a value. Carries no stack trace.
 */
public final class StatementRefused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Refusal refusal;

  public StatementRefused(SqlError error, Span at) {
    super(error.message(), null, false, false);
    this.refusal = new Refusal(error, at);
  }

  /** A statement or clause that is understood but that nobody may use: 1235. */
  public static StatementRefused notOffered(String what, Span at) {
    return new StatementRefused(
        ErrorCode.ER_NOT_SUPPORTED_YET.error(what + " is not offered by this gate"), at);
  }

  /** As {@link #notOffered(String, Span)}, with the reason. */
  public static StatementRefused notOffered(String what, String why, Span at) {
    return new StatementRefused(
        ErrorCode.ER_NOT_SUPPORTED_YET.error(what + " is not offered by this gate: " + why), at);
  }

  /** Text that could not be read: 1064. */
  public static StatementRefused notUnderstood(String why, Span at) {
    return new StatementRefused(ErrorCode.ER_PARSE_ERROR.error(why), at);
  }

  public Refusal refusal() {
    return refusal;
  }
}
