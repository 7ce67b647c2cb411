package io.portcullis.sql.lexer;

/** Comparison of key words in statement bytes, where only ASCII letters have a case. */
final class Ascii {

  private Ascii() {}

  static boolean equalsIgnoreCase(byte[] text, int begin, int end, String upperCase) {
    if (end - begin != upperCase.length()) {
      return false;
    }
    for (int i = begin; i < end; i++) {
      if (upper(text[i]) != upperCase.charAt(i - begin)) {
        return false;
      }
    }
    return true;
  }

  private static int upper(byte b) {
    return b >= 'a' && b <= 'z' ? b - ('a' - 'A') : b;
  }
}
