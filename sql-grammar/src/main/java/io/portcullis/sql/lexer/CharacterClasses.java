package io.portcullis.sql.lexer;

import io.portcullis.sql.text.ClientCharset;

/**
 * How the server's lexer sorts bytes, by character set: {@code init_state_maps} in MySQL and
 * MariaDB. What only some servers take for a letter or a blank (bytes above 0x7f that are neither
 * UTF-8 nor a latin1 letter) is sorted as {@link #HIGH} and refused outside of strings.
 */
final class CharacterClasses {

  static final byte REFUSED = 0;
  static final byte SPACE = 1;
  static final byte LETTER = 2;
  static final byte LETTER_N = 3;
  static final byte LETTER_X = 4;
  static final byte LETTER_B = 5;
  static final byte DOLLAR = 6;
  static final byte DIGIT = 7;
  static final byte QUOTE = 8;
  static final byte DOUBLE_QUOTE = 9;
  static final byte BACKQUOTE = 10;
  static final byte DOT = 11;
  static final byte SLASH = 12;
  static final byte STAR = 13;
  static final byte MINUS = 14;
  static final byte HASH = 15;
  static final byte SEMICOLON = 16;
  static final byte COLON = 17;
  static final byte AT = 18;
  static final byte QUESTION = 19;
  static final byte BACKSLASH = 20;
  static final byte OPEN = 21;
  static final byte CLOSE = 22;
  static final byte COMPARISON = 23;
  static final byte DOUBLED = 24;
  static final byte SINGLE = 25;
  static final byte NUL = 26;
  static final byte HIGH = 27;

  /** What a token may begin with. */
  private static final byte[] CLASSES = classes();

  private static final boolean[] NAME_ASCII = names(ClientCharset.ASCII);
  private static final boolean[] NAME_LATIN1 = names(ClientCharset.LATIN1);
  private static final boolean[] NAME_UTF8 = names(ClientCharset.UTF8MB4);

  private CharacterClasses() {}

  static byte of(byte b) {
    return CLASSES[b & 0xFF];
  }

  /** Which bytes an unquoted identifier may hold. Not to be changed. */
  static boolean[] nameBytes(ClientCharset charset) {
    return switch (charset) {
      case UTF8MB4, UTF8MB3 -> NAME_UTF8;
      case LATIN1 -> NAME_LATIN1;
      case ASCII, BINARY -> NAME_ASCII;
    };
  }

  private static byte[] classes() {
    byte[] classes = new byte[256];
    for (int b = 0x80; b <= 0xFF; b++) {
      classes[b] = HIGH;
    }
    for (int b = 'a'; b <= 'z'; b++) {
      classes[b] = LETTER;
      classes[b - 'a' + 'A'] = LETTER;
    }
    for (int b = '0'; b <= '9'; b++) {
      classes[b] = DIGIT;
    }
    classes['_'] = LETTER;
    set(classes, "\t\n\u000B\f\r ", SPACE);
    set(classes, "nN", LETTER_N);
    set(classes, "xX", LETTER_X);
    set(classes, "bB", LETTER_B);
    set(classes, "$", DOLLAR);
    set(classes, "'", QUOTE);
    set(classes, "\"", DOUBLE_QUOTE);
    set(classes, "`", BACKQUOTE);
    set(classes, ".", DOT);
    set(classes, "/", SLASH);
    set(classes, "*", STAR);
    set(classes, "-", MINUS);
    set(classes, "#", HASH);
    set(classes, ";", SEMICOLON);
    set(classes, ":", COLON);
    set(classes, "@", AT);
    set(classes, "?", QUESTION);
    set(classes, "\\", BACKSLASH);
    set(classes, "(", OPEN);
    set(classes, ")", CLOSE);
    set(classes, "<>=!", COMPARISON);
    set(classes, "&|", DOUBLED);
    set(classes, ",+%^~{}", SINGLE);
    set(classes, "\0", NUL);
    return classes;
  }

  private static void set(byte[] classes, String characters, byte value) {
    for (int i = 0; i < characters.length(); i++) {
      classes[characters.charAt(i)] = value;
    }
  }

  private static boolean[] names(ClientCharset charset) {
    boolean[] names = new boolean[256];
    for (int b = 0; b < 0x80; b++) {
      byte c = CLASSES[b];
      names[b] = c >= LETTER && c <= DIGIT;
    }
    for (int b = 0x80; b <= 0xFF; b++) {
      names[b] =
          switch (charset) {
            case UTF8MB4, UTF8MB3 -> true;
            case LATIN1 -> b >= 0xC0 && b != 0xD7 && b != 0xF7;
            case ASCII, BINARY -> false;
          };
    }
    return names;
  }
}
