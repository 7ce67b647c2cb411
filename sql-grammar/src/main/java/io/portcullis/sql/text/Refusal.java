package io.portcullis.sql.text;

import java.util.Optional;

/**
 * Why a statement was not understood or is not allowed whoever asks: a value that becomes an ERR
 * packet.
 *
 * @param error what the client is told
 * @param at where in the text, for the log
 * @param policy why it may not run although it was understood; empty: it was not understood
 */
public record Refusal(SqlError error, Span at, Optional<PolicyReason> policy) {

  /** Of a text that was not understood. */
  public Refusal(SqlError error, Span at) {
    this(error, at, Optional.empty());
  }
}
