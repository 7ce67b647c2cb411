package io.portcullis.privilege.model;

/**
 * Names of columns as grants have them. Servers compare them without regard to case; here that goes
 * for ASCII letters alone, so that two names are never taken for one that a server tells apart.
 */
public final class ColumnNames {

  private ColumnNames() {}

  /** In lower case, as far as it is ASCII. */
  public static String fold(String name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c >= 'A' && c <= 'Z') {
        return folded(name, i);
      }
    }
    return name;
  }

  /**
   * Whether a server may take one for the other: letters beyond ASCII it folds in its own way, as
   * MySQL does U+212A to k and U+0130 to i, but each to one letter.
   */
  public static boolean mayBe(String name, String other) {
    String one = fold(name);
    String two = fold(other);
    for (int i = 0; i < one.length() && i < two.length(); i++) {
      boolean ascii = one.charAt(i) < 0x80 && two.charAt(i) < 0x80;
      if (ascii && one.charAt(i) != two.charAt(i)) {
        return false;
      }
    }
    return one.length() == two.length();
  }

  private static String folded(String name, int from) {
    char[] out = name.toCharArray();
    for (int i = from; i < out.length; i++) {
      if (out[i] >= 'A' && out[i] <= 'Z') {
        out[i] += 'a' - 'A';
      }
    }
    return new String(out);
  }
}
