package io.portcullis.sql.lexer;

import io.portcullis.sql.text.ClientCharset;
import io.portcullis.sql.text.LexicalMode;
import io.portcullis.sql.text.Span;
import io.portcullis.sql.text.StatementKey;

/**
 * One statement's tokens with a copy of its text. Immutable and safe for other threads; made by
 * {@link Lexer#statement}. Spans are offsets into the statement's own bytes.
 */
public final class LexedStatement {

  private final byte[] text;
  private final byte[] kinds;
  private final int[] begins;
  private final int[] ends;
  private final boolean expanded;
  private final StatementKey key;

  /**
   * Takes ownership of the arrays.
   *
   * @param expanded whether contents of executable comments are among the tokens
   */
  LexedStatement(
      byte[] text, byte[] kinds, int[] begins, int[] ends, boolean expanded, StatementKey key) {
    this.text = text;
    this.kinds = kinds;
    this.begins = begins;
    this.ends = ends;
    this.expanded = expanded;
    this.key = key;
  }

  public StatementKey key() {
    return key;
  }

  public LexicalMode mode() {
    return key.mode();
  }

  /** The number of tokens. */
  public int size() {
    return kinds.length;
  }

  public TokenKind kind(int i) {
    return TokenKind.of(kinds[i]);
  }

  /** Where the token is in the statement's own bytes. */
  public Span span(int i) {
    return new Span(begins[i], ends[i]);
  }

  /** Whether nothing, not even a comment, is between this token and the next. */
  public boolean touchesNext(int i) {
    return i + 1 < kinds.length && ends[i] == begins[i + 1];
  }

  /** The token as it was written. */
  public String text(int i) {
    return decode(begins[i], ends[i]);
  }

  /**
   * The text from one token up to, not including, another, as it was written. Where executable
   * comments were expanded, their markers cannot be cut out of the middle: then it is the tokens,
   * with one blank wherever something stood between them.
   */
  public String source(int fromToken, int toToken) {
    if (fromToken >= toToken) {
      return "";
    }
    if (!expanded) {
      return decode(begins[fromToken], ends[toToken - 1]);
    }
    StringBuilder source = new StringBuilder();
    for (int i = fromToken; i < toToken; i++) {
      source.append(text(i));
      if (i + 1 < toToken && !touchesNext(i)) {
        source.append(' ');
      }
    }
    return source.toString();
  }

  /**
   * What the token stands for: an identifier without its quotes, a string without quotes and
   * escapes, a variable without {@code @} or {@code @@} and quotes; every other kind as written.
   *
   * @throws MalformedStringException for a string whose bytes are no characters: what it stands for
   *     cannot be told. Behind an introducer they are taken as they come
   */
  public String value(int i) {
    int begin = begins[i];
    int end = ends[i];
    return switch (kind(i)) {
      case WORD -> text[begin] == '\\' ? "NULL" : decode(begin, end);
      case QUOTED_IDENTIFIER -> name(begin, end);
      case STRING -> {
        requireCharacters(i, begin, end);
        yield string(text[begin] == '\'' || text[begin] == '"' ? begin : begin + 1, end);
      }
      case USER_VARIABLE ->
          text[begin + 1] == '\'' || (text[begin + 1] == '"' && !mode().ansiQuotes())
              ? string(begin + 1, end)
              : name(begin + 1, end);
      case SYSTEM_VARIABLE -> decode(begin + 2, end).replace("`", "");
      case NUMBER, HEX, BIT, PARAMETER, PUNCTUATION -> decode(begin, end);
    };
  }

  /**
   * Whether the token is this key word: an unquoted word, without regard to case. False past the
   * end.
   *
   * @param upperCase in ASCII capitals
   */
  public boolean isWord(int i, String upperCase) {
    if (i < 0 || i >= kinds.length || kinds[i] != Lexer.WORD) {
      return false;
    }
    return text[begins[i]] == '\\'
        ? upperCase.equals("NULL")
        : Ascii.equalsIgnoreCase(text, begins[i], ends[i], upperCase);
  }

  /** Whether the token is this operator or separator. False past the end. */
  public boolean isPunctuation(int i, String s) {
    return i >= 0
        && i < kinds.length
        && kinds[i] == Lexer.PUNCTUATION
        && Ascii.equalsIgnoreCase(text, begins[i], ends[i], s);
  }

  private String decode(int begin, int end) {
    return new String(text, begin, end - begin, mode().charset().java());
  }

  private String name(int begin, int end) {
    byte quote = text[begin];
    if (quote != '`' && quote != '"') {
      return decode(begin, end);
    }
    byte[] value = new byte[end - begin];
    int length = 0;
    for (int at = begin + 1; at < end - 1; at++) {
      byte b = text[at];
      value[length++] = b;
      if (b == quote) {
        at++;
      }
    }
    return new String(value, 0, length, mode().charset().java());
  }

  private void requireCharacters(int i, int begin, int end) {
    ClientCharset charset = mode().charset();
    boolean utf8 = charset == ClientCharset.UTF8MB4 || charset == ClientCharset.UTF8MB3;
    boolean introduced = i > 0 && kinds[i - 1] == Lexer.WORD && text[begins[i - 1]] == '_';
    if (utf8
        && !introduced
        && !Utf8.isWellFormed(text, begin, end, charset == ClientCharset.UTF8MB4 ? 4 : 3)) {
      throw new MalformedStringException();
    }
  }

  private String string(int begin, int end) {
    byte quote = text[begin];
    boolean escapes = !mode().noBackslashEscapes();
    byte[] value = new byte[end - begin];
    int length = 0;
    for (int at = begin + 1; at < end - 1; at++) {
      byte b = text[at];
      if (b == quote) {
        at++;
      } else if (b == '\\' && escapes) {
        at++;
        b = text[at];
        if (b == '%' || b == '_') {
          value[length++] = '\\';
        }
        b = unescaped(b);
      }
      value[length++] = b;
    }
    return new String(value, 0, length, mode().charset().java());
  }

  private static byte unescaped(byte b) {
    return switch (b) {
      case 'n' -> '\n';
      case 't' -> '\t';
      case 'r' -> '\r';
      case 'b' -> '\b';
      case '0' -> 0;
      case 'Z' -> 0x1A;
      default -> b;
    };
  }
}
