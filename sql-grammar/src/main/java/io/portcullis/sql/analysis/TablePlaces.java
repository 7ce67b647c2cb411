package io.portcullis.sql.analysis;

import io.portcullis.sql.lexer.LexedStatement;
import io.portcullis.sql.lexer.TokenKind;
import io.portcullis.sql.parser.ReservedWords;

/** Where among the tokens of a statement a table stands that a derived table may replace. */
final class TablePlaces {

  private TablePlaces() {}

  /** Whether a derived table may begin with this token. */
  static boolean isPlace(LexedStatement text, int i) {
    return text.isWord(i - 1, "FROM")
        || text.isWord(i - 1, "JOIN")
        || text.isWord(i - 1, "STRAIGHT_JOIN")
        || text.isPunctuation(i - 1, ",")
        || text.isPunctuation(i - 1, "(");
  }

  /** Whether what begins with this token, behind a table, is its alias. */
  static boolean isAlias(LexedStatement text, int i) {
    if (i >= text.size()) {
      return false;
    }
    return switch (text.kind(i)) {
      case QUOTED_IDENTIFIER, STRING -> true;
      case WORD ->
          text.isWord(i, "AS")
              || !ReservedWords.isReserved(text.text(i), text.mode().server().flavour());
      default -> false;
    };
  }

  static boolean isIdentifier(LexedStatement text, int i) {
    return i < text.size()
        && (text.kind(i) == TokenKind.WORD || text.kind(i) == TokenKind.QUOTED_IDENTIFIER);
  }
}
