package io.portcullis.sql.lexer;

import io.portcullis.sql.text.LexicalMode;
import io.portcullis.sql.text.StatementKey;

/**
 * Writes the normalised token sequence of a statement. Every token begins with a tag below 0x20;
 * what follows either cannot contain such a byte, or is closed by a NUL it cannot contain, or has
 * its length in front: so different sequences are different bytes. Reused, one per lexer.
 */
final class KeyWriter {

  private static final byte WORD = 1;
  private static final byte NAME = 2;
  private static final byte PUNCTUATION = 3;
  private static final byte VARIABLE = 4;
  private static final byte PARAMETER = 5;
  private static final byte HINT = 6;

  /**
   * A parenthesis that does not touch the word before it: {@code count (1)} calls a stored
   * function, {@code count(1)} does not.
   */
  private static final byte DETACHED_PARENTHESIS = 7;

  /** Plus the token kind. */
  private static final byte LITERAL_SLOT = 8;

  /** Plus the token kind. */
  private static final byte LITERAL = 20;

  /** The most that is written for a token besides its own bytes. */
  private static final int OVERHEAD = 1 + Integer.BYTES;

  private final StatementKey.Probe probe = new StatementKey.Probe();
  private byte[] key = new byte[0];
  private int length;

  void begin(int textLength, int tokens) {
    key = probe.buffer(Math.addExact(textLength, Math.multiplyExact(OVERHEAD, tokens)));
    length = 0;
  }

  StatementKey seal(LexicalMode mode) {
    return probe.seal(length, mode);
  }

  /**
   * Whether literals of a statement that begins with this token only are values. Everything else
   * (access control, SET, SHOW, DDL, PREPARE, LOAD ...) may have names and patterns in them.
   */
  static boolean foldsLiterals(byte[] text, byte kind, int begin, int end) {
    if (kind == Lexer.PUNCTUATION) {
      return text[begin] == '(';
    }
    if (kind != Lexer.WORD) {
      return false;
    }
    return switch (end - begin) {
      case 4 -> Ascii.equalsIgnoreCase(text, begin, end, "WITH");
      case 6 ->
          Ascii.equalsIgnoreCase(text, begin, end, "SELECT")
              || Ascii.equalsIgnoreCase(text, begin, end, "INSERT")
              || Ascii.equalsIgnoreCase(text, begin, end, "UPDATE")
              || Ascii.equalsIgnoreCase(text, begin, end, "DELETE")
              || Ascii.equalsIgnoreCase(text, begin, end, "VALUES");
      case 7 -> Ascii.equalsIgnoreCase(text, begin, end, "REPLACE");
      default -> false;
    };
  }

  void token(byte[] text, byte kind, int begin, int end, boolean fold, boolean detached) {
    if (kind == Lexer.WORD) {
      if (text[begin] == '\\') {
        nullWord();
      } else {
        tagged(WORD, text, begin, end);
      }
    } else if (kind == Lexer.PUNCTUATION) {
      tagged(detached && text[begin] == '(' ? DETACHED_PARENTHESIS : PUNCTUATION, text, begin, end);
    } else if (kind == Lexer.QUOTED_IDENTIFIER) {
      name(text, begin, end);
    } else if (kind == Lexer.PARAMETER) {
      key[length++] = PARAMETER;
    } else if (kind == Lexer.USER_VARIABLE || kind == Lexer.SYSTEM_VARIABLE) {
      measured(VARIABLE, text, begin, end);
    } else if (fold) {
      key[length++] = (byte) (LITERAL_SLOT + kind);
    } else {
      measured((byte) (LITERAL + kind), text, begin, end);
    }
  }

  void hint(byte[] text, int begin, int end) {
    measured(HINT, text, begin, end);
  }

  private void nullWord() {
    key[length++] = WORD;
    key[length++] = 'N';
    key[length++] = 'U';
    key[length++] = 'L';
    key[length++] = 'L';
  }

  private void tagged(byte tag, byte[] text, int begin, int end) {
    byte[] key = this.key;
    int at = length;
    key[at++] = tag;
    for (int i = begin; i < end; i++) {
      key[at++] = text[i];
    }
    length = at;
  }

  private void name(byte[] text, int begin, int end) {
    byte quote = text[begin];
    if (quote != '`' && quote != '"') {
      tagged(NAME, text, begin, end);
    } else {
      key[length++] = NAME;
      for (int i = begin + 1; i < end - 1; i++) {
        key[length++] = text[i];
        if (text[i] == quote) {
          i++;
        }
      }
    }
    key[length++] = 0;
  }

  private void measured(byte tag, byte[] text, int begin, int end) {
    int size = end - begin;
    key[length++] = tag;
    key[length++] = (byte) (size >>> 24);
    key[length++] = (byte) (size >>> 16);
    key[length++] = (byte) (size >>> 8);
    key[length++] = (byte) size;
    System.arraycopy(text, begin, key, length, size);
    length += size;
  }
}
