package io.portcullis.proxy.statement;

import io.portcullis.sql.analysis.IndexHints;
import io.portcullis.sql.lexer.LexedStatement;
import io.portcullis.sql.lexer.TokenKind;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * A query among the tokens of a statement: all of it, or what stands in one pair of parentheses.
 * What is nested in further ones is no part of it.
 *
 * @param begin its first token
 * @param end the token behind its last
 */
record QueryBlock(LexedStatement text, int begin, int end) {

  /**
   * The innermost query around a token: parentheses around joined tables or expressions are none.
   */
  static QueryBlock around(LexedStatement text, int token) {
    int depth = 0;
    for (int i = token - 1; i >= 0; i--) {
      if (text.isPunctuation(i, ")")) {
        depth++;
      } else if (text.isPunctuation(i, "(")) {
        if (depth > 0) {
          depth--;
        } else if (beginsQuery(text, i + 1)) {
          return new QueryBlock(text, i + 1, closing(text, i));
        }
      }
    }
    return new QueryBlock(text, 0, text.size());
  }

  /** Whether what begins here is a query, perhaps in parentheses. */
  static boolean beginsQuery(LexedStatement text, int token) {
    int first = token;
    while (text.isPunctuation(first, "(")) {
      first++;
    }
    return text.isWord(first, "SELECT")
        || text.isWord(first, "WITH")
        || text.isWord(first, "TABLE")
        || text.isWord(first, "VALUES");
  }

  /** Whether a token can be a name; whether it is one, its place says. */
  static boolean isName(LexedStatement text, int token) {
    return text.kind(token) == TokenKind.WORD || text.kind(token) == TokenKind.QUOTED_IDENTIFIER;
  }

  /** The parenthesis that closes this one; the end where none does. */
  static int closing(LexedStatement text, int open) {
    int depth = 0;
    for (int i = open; i < text.size(); i++) {
      if (text.isPunctuation(i, "(")) {
        depth++;
      } else if (text.isPunctuation(i, ")") && --depth == 0) {
        return i;
      }
    }
    return text.size();
  }

  /** The first token from here on, outside further parentheses, that is one of the words. */
  int find(int from, String... words) {
    return find(text, from, end, words);
  }

  /**
   * The first token from here, outside parentheses and index hints, that is one of the words; else
   * the end.
   */
  static int find(LexedStatement text, int from, int end, String... words) {
    int depth = 0;
    for (int i = from; i < end; i++) {
      int behindHints = depth == 0 ? IndexHints.behind(text, i) : i;
      if (behindHints > i) {
        i = behindHints - 1; // FOR ORDER BY in one begins no clause
      } else if (text.isPunctuation(i, "(")) {
        depth++;
      } else if (text.isPunctuation(i, ")")) {
        depth--;
      } else if (depth == 0 && text.kind(i) == TokenKind.WORD && !text.isPunctuation(i - 1, ".")) {
        for (String word : words) {
          if (text.isWord(i, word)) {
            return i;
          }
        }
      }
    }
    return end;
  }

  /** The last token of a name, of however many parts, that begins here. */
  static int lastPart(LexedStatement text, int name) {
    int last = name;
    while (text.isPunctuation(last + 1, ".")) {
      last += 2;
    }
    return last;
  }

  /** The next comma outside parentheses; else the end. */
  static int comma(LexedStatement text, int from, int end) {
    int depth = 0;
    for (int i = from; i < end; i++) {
      if (text.isPunctuation(i, "(")) {
        depth++;
      } else if (text.isPunctuation(i, ")")) {
        depth--;
      } else if (depth == 0 && text.isPunctuation(i, ",")) {
        return i;
      }
    }
    return end;
  }

  /** Whether it is one SELECT, not several that are combined, nor one in parentheses. */
  boolean isOneSelect() {
    int select = find(begin, "SELECT");
    return select < end
        && find(select + 1, "SELECT") == end
        && find(begin, "UNION", "EXCEPT", "INTERSECT", "MINUS") == end;
  }

  /**
   * The conjuncts of a condition, without parentheses around them, each as its first token and the
   * one behind its last; none where it is not all AND.
   */
  static void conjuncts(LexedStatement text, int from, int end, BiConsumer<Integer, Integer> to) {
    List<Integer> ands = new ArrayList<>();
    int depth = 0;
    int between = 0;
    for (int i = from; i < end; i++) {
      if (text.isPunctuation(i, "(")) {
        depth++;
      } else if (text.isPunctuation(i, ")")) {
        depth--;
      } else if (depth == 0 && isOtherThanAnd(text, i)) {
        return;
      } else if (depth == 0 && text.isWord(i, "BETWEEN")) {
        between++;
      } else if (depth == 0 && text.isWord(i, "AND") && between > 0) {
        between--;
      } else if (depth == 0 && text.isWord(i, "AND")) {
        ands.add(i);
      }
    }
    ands.add(end);
    int begin = from;
    for (int and : ands) {
      boolean parenthesised = text.isPunctuation(begin, "(") && closing(text, begin) == and - 1;
      if (!parenthesised) {
        to.accept(begin, and);
      } else if (!beginsQuery(text, begin)) {
        conjuncts(text, begin + 1, and - 1, to);
      }
      begin = and + 1;
    }
  }

  private static boolean isOtherThanAnd(LexedStatement text, int i) {
    return text.isWord(i, "OR")
        || text.isWord(i, "XOR")
        || text.isWord(i, "CASE")
        || text.isPunctuation(i, "||")
        || text.isPunctuation(i, "&&")
        || text.isPunctuation(i, ":=");
  }
}
