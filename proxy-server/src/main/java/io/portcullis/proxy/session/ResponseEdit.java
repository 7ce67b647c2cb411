package io.portcullis.proxy.session;

import java.nio.charset.StandardCharsets;
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
   * What is taken away from the names of schemas. Immutable, and made once for an account's session
   * rather than for each response.
   */
  public static final class Names {
    private final String prefix;
    private final byte[] bytes;
    private final boolean inRows;

    /**
     * @param prefix in ASCII, not empty
     * @param inRows whether rows, too, can name schemas
     */
    public Names(String prefix, boolean inRows) {
      if (prefix.isEmpty()) {
        throw new IllegalArgumentException("prefix: empty (expected: one)");
      }
      this.prefix = prefix;
      this.bytes = prefix.getBytes(StandardCharsets.US_ASCII);
      this.inRows = inRows;
    }

    public boolean inRows() {
      return inRows;
    }

    /** How many bytes the prefix has. */
    public int length() {
      return bytes.length;
    }

    /** A byte of the prefix. */
    public byte at(int i) {
      return bytes[i];
    }

    /** The text without the prefix wherever that begins a name. */
    public String logical(String text) {
      int at = text.indexOf(prefix);
      if (at < 0) {
        return text;
      }
      StringBuilder out = new StringBuilder(text.length());
      int from = 0;
      for (; at >= 0; at = text.indexOf(prefix, at + 1)) {
        if (at >= from && (at == 0 || !isPartOfName(text.charAt(at - 1)))) {
          out.append(text, from, at);
          from = at + prefix.length();
        }
      }
      return out.append(text, from, text.length()).toString();
    }

    /** Whether a name goes on behind it: a character of an unquoted one, ASCII or not. */
    public static boolean isPartOfName(int c) {
      return c < 0
          || c > 0x7F
          || (c >= '0' && c <= '9')
          || (c >= 'A' && c <= 'Z')
          || (c >= 'a' && c <= 'z')
          || c == '_'
          || c == '$';
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Names names && names.prefix.equals(prefix) && names.inRows == inRows;
    }

    @Override
    public int hashCode() {
      return 31 * prefix.hashCode() + Boolean.hashCode(inRows);
    }

    @Override
    public String toString() {
      return prefix + (inRows ? " in rows" : "");
    }
  }
}
