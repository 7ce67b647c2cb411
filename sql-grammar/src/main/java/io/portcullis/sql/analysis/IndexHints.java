package io.portcullis.sql.analysis;

import io.portcullis.sql.lexer.LexedStatement;

/** {@code USE INDEX (i) IGNORE KEY FOR JOIN (j)} and the like behind a table and its alias. */
public final class IndexHints {

  private IndexHints() {}

  /** The token behind the hints that begin here; the same where none does. */
  public static int behind(LexedStatement text, int from) {
    int at = from;
    while (text.isWord(at, "USE") || text.isWord(at, "FORCE") || text.isWord(at, "IGNORE")) {
      int list = at + 2;
      boolean hint = text.isWord(at + 1, "INDEX") || text.isWord(at + 1, "KEY");
      if (hint && text.isWord(list, "FOR")) {
        list += text.isWord(list + 1, "JOIN") ? 2 : 3;
      }
      if (!hint || !text.isPunctuation(list, "(")) {
        return at;
      }
      int close = list + 1;
      while (close < text.size() && !text.isPunctuation(close, ")")) {
        close++;
      }
      at = Math.min(close + 1, text.size());
    }
    return at;
  }
}
