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
