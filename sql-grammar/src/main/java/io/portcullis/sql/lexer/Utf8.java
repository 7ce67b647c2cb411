package io.portcullis.sql.lexer;

/** Well-formed UTF-8, as the server checks it. */
final class Utf8 {

  private Utf8() {}

  /** Whether all of it is characters. */
  static boolean isWellFormed(byte[] text, int begin, int end, int maximum) {
    int at = begin;
    while (at < end) {
      int length = text[at] >= 0 ? 1 : length(text, at, end, maximum);
      if (length == 0) {
        return false;
      }
      at += length;
    }
    return true;
  }

  /**
   * The length of the character at {@code at}, whose first byte is above 0x7f.
   *
   * @param maximum 3 for utf8mb3, 4 for utf8mb4
   * @return 0 when it is malformed, cut off, a surrogate or longer than {@code maximum}
   */
  static int length(byte[] text, int at, int end, int maximum) {
    int first = text[at] & 0xFF;
    int second = at + 1 < end ? text[at + 1] & 0xFF : 0;
    if (first < 0xC2 || (second & 0xC0) != 0x80) {
      return 0;
    }
    if (first < 0xE0) {
      return 2;
    }
    if (at + 2 >= end || (text[at + 2] & 0xC0) != 0x80) {
      return 0;
    }
    if (first < 0xF0) {
      boolean overlong = first == 0xE0 && second < 0xA0;
      boolean surrogate = first == 0xED && second >= 0xA0;
      return overlong || surrogate ? 0 : 3;
    }
    if (maximum < 4 || at + 3 >= end || (text[at + 3] & 0xC0) != 0x80) {
      return 0;
    }
    boolean inRange = first == 0xF0 ? second >= 0x90 : first == 0xF4 ? second < 0x90 : first < 0xF4;
    return inRange ? 4 : 0;
  }
}
