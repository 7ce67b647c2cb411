package io.portcullis.sql.text;

import java.util.Locale;

/**
 * The patterns of SHOW ... LIKE: {@code %}, {@code _}, backslash escapes; case does not matter.
 * Written out rather than as a regular expression, whose time a client's pattern could blow up.
 */
public final class LikePattern {

  private LikePattern() {}

  public static boolean matches(String pattern, String text) {
    String wanted = pattern.toLowerCase(Locale.ROOT);
    String found = text.toLowerCase(Locale.ROOT);
    int p = 0;
    int t = 0;
    int afterPercent = -1;
    int retryAt = 0;
    while (t < found.length()) {
      if (p < wanted.length() && wanted.charAt(p) == '%') {
        afterPercent = ++p;
        retryAt = t;
      } else if (p < wanted.length() && matchesOne(wanted, p, found.charAt(t))) {
        p += isEscape(wanted, p) ? 2 : 1;
        t++;
      } else if (afterPercent >= 0) {
        p = afterPercent;
        t = ++retryAt;
      } else {
        return false;
      }
    }
    while (p < wanted.length() && wanted.charAt(p) == '%') {
      p++;
    }
    return p == wanted.length();
  }

  private static boolean matchesOne(String pattern, int at, char c) {
    return isEscape(pattern, at)
        ? pattern.charAt(at + 1) == c
        : pattern.charAt(at) == '_' || pattern.charAt(at) == c;
  }

  private static boolean isEscape(String pattern, int at) {
    return pattern.charAt(at) == '\\' && at + 1 < pattern.length();
  }
}
