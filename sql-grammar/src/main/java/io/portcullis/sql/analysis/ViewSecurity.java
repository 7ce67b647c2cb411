package io.portcullis.sql.analysis;

import io.portcullis.sql.lexer.LexedStatement;
import io.portcullis.sql.parser.DynamicText;

/**
 * Whether a CREATE VIEW leaves its SQL SECURITY to the session's view_security_type (PM 4.6).
 *
 * @param viewToken the word VIEW, before which the clause would stand; {@link #NONE} where nothing
 *     is left open
 * @param inString whether that is so of a statement inside a string
 */
public record ViewSecurity(int viewToken, boolean inString) {
  public static final int NONE = -1;

  private static final ViewSecurity SAID = new ViewSecurity(NONE, false);

  static ViewSecurity of(LexedStatement text) {
    int token = token(text);
    if (token != NONE) {
      return new ViewSecurity(token, false);
    }
    boolean inString =
        (text.isWord(0, "PREPARE") || text.isWord(0, "EXECUTE"))
            && DynamicText.in(text).filter(inner -> token(inner) != NONE).isPresent();
    return inString ? new ViewSecurity(NONE, true) : SAID;
  }

  private static int token(LexedStatement text) {
    if (!text.isWord(0, "CREATE")) {
      return NONE;
    }
    for (int i = 1; i < text.size(); i++) {
      if (text.isWord(i, "VIEW")) {
        return i;
      }
      boolean before =
          text.isWord(i, "OR")
              || text.isWord(i, "REPLACE")
              || text.isWord(i, "ALGORITHM")
              || text.isPunctuation(i, "=")
              || text.isWord(i - 2, "ALGORITHM")
              || text.isWord(i, "DEFINER")
              || text.isWord(i, "CURRENT_USER")
              || text.isPunctuation(i, "(")
              || text.isPunctuation(i, ")");
      if (!before) {
        return NONE;
      }
    }
    return NONE;
  }
}
