package io.portcullis.sql.parser;

import io.portcullis.sql.text.ErrorCode;
import io.portcullis.sql.text.PolicyReason;
import io.portcullis.sql.text.Refusal;
import io.portcullis.sql.text.Span;
import io.portcullis.sql.text.SqlError;
import java.util.Optional;

/**
 * Ends the reading of a statement that is not understood or never allowed. It does not leave this
 * module: the analyzer turns it into a value. Carries no stack trace.
 */
public final class StatementRefused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Refusal refusal;

  /** Text that was not understood. */
  public StatementRefused(SqlError error, Span at) {
    this(new Refusal(error, at));
  }

  public StatementRefused(PolicyReason policy, SqlError error, Span at) {
    this(new Refusal(error, at, Optional.of(policy)));
  }

  private StatementRefused(Refusal refusal) {
    super(refusal.error().message(), null, false, false);
    this.refusal = refusal;
  }

  /** A statement or clause that is understood but that nobody may use: 1235. */
  public static StatementRefused notOffered(PolicyReason policy, String what, Span at) {
    return notOffered(policy, what, policy.why(), at);
  }

  /** As {@link #notOffered(PolicyReason, String, Span)}, with a reason of its own. */
  public static StatementRefused notOffered(PolicyReason policy, String what, String why, Span at) {
    return new StatementRefused(
        policy,
        ErrorCode.ER_NOT_SUPPORTED_YET.error(what + " is not offered by this gate: " + why),
        at);
  }

  /** A statement or clause that the gate knows by name and has no grammar for: 1235. */
  public static StatementRefused notOffered(String what, Span at) {
    return new StatementRefused(
        ErrorCode.ER_NOT_SUPPORTED_YET.error(what + " is not offered by this gate"), at);
  }

  /** As {@link #notOffered(String, Span)}, with what would help. */
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
