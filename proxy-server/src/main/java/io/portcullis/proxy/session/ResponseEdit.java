package io.portcullis.proxy.session;

/**
 * What is changed in a response on its way, in place.
 *
 * @param sequenceOffset added to the sequence id of every packet (modulo 256)
 * @param moreResults set SERVER_MORE_RESULTS_EXISTS in the last OK or EOF packet, because the
 *     results of further statements of the same text follow
 */
public record ResponseEdit(int sequenceOffset, boolean moreResults) {

  /** Nothing is changed. */
  public static final ResponseEdit NONE = new ResponseEdit(0, false);
}
