package io.portcullis.proxy.session;

import org.jspecify.annotations.Nullable;

/**
 * What is changed in a response on its way.
 *
 * @param sequenceOffset added to the sequence id of every packet (modulo 256)
 * @param moreResults set SERVER_MORE_RESULTS_EXISTS in the last OK or EOF packet, because the
 *     results of further statements of the same text follow
 * @param names of schemas that the client knows under others; null where they are the same
 */
public record ResponseEdit(int sequenceOffset, boolean moreResults, @Nullable Names names) {

  /** Nothing is changed. */
  public static final ResponseEdit NONE = new ResponseEdit(0, false, null);

  /** Names stay as they are. */
  public ResponseEdit(int sequenceOffset, boolean moreResults) {
    this(sequenceOffset, moreResults, null);
  }

  /**
   * What is taken away from the names of schemas.
   *
   * @param prefix in ASCII, not empty
   * @param inRows whether rows, too, can name schemas
   */
  public record Names(String prefix, boolean inRows) {
    public Names {
      if (prefix.isEmpty()) {
        throw new IllegalArgumentException("prefix: empty (expected: one)");
      }
    }
  }
}
