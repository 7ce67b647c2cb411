package io.portcullis.sql.parser.jsql;

import io.portcullis.sql.access.RelationName;
import io.portcullis.sql.lexer.LexedStatement;
import io.portcullis.sql.lexer.TokenKind;
import io.portcullis.sql.parser.BuiltinFunctions;
import io.portcullis.sql.parser.QueryReader.Piece;
import io.portcullis.sql.parser.ReservedWords;
import io.portcullis.sql.parser.StatementRefused;
import io.portcullis.sql.text.PolicyReason;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Prints the tokens of a query as a small regular language of which the parser has only one
 * reading. What a query touches depends on names, key words and the shape of expressions alone: so
 * literals and variables become constants, operators become one of their kind, built-in functions
 * one name, and the special forms inside their parentheses plain argument lists. Hints, locks,
 * types and collations are left out. Words it does not know in their place are identifiers;
 * reserved words without a meaning here are refused.
 */
final class Canonicalizer {
  /** What every built-in function is called in the canonical text. */
  static final String FUNCTION = "F";

  private static final Set<String> KEPT =
      Set.of(
          "FROM",
          "WHERE",
          "GROUP",
          "BY",
          "HAVING",
          "ORDER",
          "LIMIT",
          "ASC",
          "DESC",
          "UNION",
          "EXCEPT",
          "INTERSECT",
          "ALL",
          "DISTINCT",
          "AS",
          "JOIN",
          "INNER",
          "CROSS",
          "NATURAL",
          "OUTER",
          "ON",
          "USING",
          "AND",
          "OR",
          "NOT",
          "IN",
          "IS",
          "NULL",
          "TRUE",
          "FALSE",
          "BETWEEN",
          "LIKE",
          "EXISTS",
          "CASE",
          "WHEN",
          "THEN",
          "ELSE",
          "FETCH",
          "OVER",
          "TABLE",
          "ROWS",
          "RANGE",
          "WITH",
          "VALUES",
          "RECURSIVE",
          "LATERAL",
          "LEFT",
          "RIGHT",
          "WINDOW");
  private static final Set<String> SELECT_OPTIONS =
      Set.of(
          "HIGH_PRIORITY",
          "STRAIGHT_JOIN",
          "SQL_SMALL_RESULT",
          "SQL_BIG_RESULT",
          "SQL_BUFFER_RESULT",
          "SQL_NO_CACHE",
          "SQL_CACHE",
          "SQL_CALC_FOUND_ROWS",
          "ALL");
  private static final Set<String> FUNCTIONS_WITHOUT_PARENTHESES =
      Set.of(
          "CURRENT_DATE",
          "CURRENT_TIME",
          "CURRENT_TIMESTAMP",
          "CURRENT_USER",
          "CURRENT_ROLE",
          "LOCALTIME",
          "LOCALTIMESTAMP",
          "UTC_DATE",
          "UTC_TIME",
          "UTC_TIMESTAMP",
          "SYSDATE");
  private static final Set<String> UNITS =
      Set.of(
          "MICROSECOND",
          "SECOND",
          "MINUTE",
          "HOUR",
          "DAY",
          "WEEK",
          "MONTH",
          "QUARTER",
          "YEAR",
          "SECOND_MICROSECOND",
          "MINUTE_MICROSECOND",
          "MINUTE_SECOND",
          "HOUR_MICROSECOND",
          "HOUR_SECOND",
          "HOUR_MINUTE",
          "DAY_MICROSECOND",
          "DAY_SECOND",
          "DAY_MINUTE",
          "DAY_HOUR",
          "YEAR_MONTH");
  private static final Set<String> CHARSETS =
      Set.of(
          "UTF8",
          "UTF8MB3",
          "UTF8MB4",
          "LATIN1",
          "ASCII",
          "BINARY",
          "UCS2",
          "UTF16",
          "UTF16LE",
          "UTF32",
          "LATIN2",
          "LATIN5",
          "LATIN7",
          "CP1250",
          "CP1251",
          "CP1256",
          "CP1257",
          "CP850",
          "CP852",
          "CP866",
          "KOI8R",
          "KOI8U",
          "GREEK",
          "HEBREW",
          "HP8",
          "DEC8",
          "SWE7",
          "TIS620",
          "ARMSCII8",
          "GEOSTD8",
          "KEYBCS2",
          "MACCE",
          "MACROMAN",
          "BIG5",
          "GBK",
          "GB2312",
          "GB18030",
          "SJIS",
          "CP932",
          "UJIS",
          "EUCJPMS",
          "EUCKR",
          "FILENAME");

  /** Tokens that are looked through for the beginning of a list. */
  private static final int LONGEST_LIST = 1000;

  private final LexedStatement text;
  private final CanonicalQuery out = new CanonicalQuery();
  private boolean assignments;
  private int assignmentsFrom;
  private int from;
  private int to;

  private Canonicalizer(LexedStatement text) {
    this.text = text;
  }

  static CanonicalQuery print(LexedStatement text, List<Piece> pieces) {
    Canonicalizer canonicalizer = new Canonicalizer(text);
    for (Piece piece : pieces) {
      canonicalizer.piece(piece);
    }
    return canonicalizer.out;
  }

  private void piece(Piece piece) {
    if (piece instanceof Piece.Word word) {
      if (Character.isLetter(word.text().charAt(0))) {
        out.word(word.text());
      } else {
        out.mark(word.text());
      }
    } else if (piece instanceof Piece.Tokens tokens) {
      assignments = false;
      range(tokens.from(), tokens.to());
    } else if (piece instanceof Piece.Assignments tokens) {
      assignments = true;
      assignmentsFrom = tokens.from();
      range(tokens.from(), tokens.to());
    } else {
      throw new AssertionError(piece);
    }
  }

  /** Prints a range as if nothing stood around it. */
  private void range(int begin, int end) {
    int outerFrom = from;
    int outerTo = to;
    from = begin;
    to = end;
    int cases = 0;
    int intervals = 0;
    int depth = 0;
    boolean column = true;
    int i = begin;
    while (i < end) {
      switch (text.kind(i)) {
        case STRING -> {
          i++;
          while (isKind(i, TokenKind.STRING)) {
            i++;
          }
          constant("'s'", i);
        }
        case NUMBER, HEX, BIT -> constant("1", ++i);
        case PARAMETER -> constant("?", ++i);
        case USER_VARIABLE, SYSTEM_VARIABLE -> constant("NULL", ++i);
        case QUOTED_IDENTIFIER -> {
          // MariaDB lets a column be called nothing
          out.name(isWord(i - 1, "AS") ? text.value(i) : nonEmpty(i), i);
          i++;
        }
        case PUNCTUATION -> {
          if (assignments && begin == assignmentsFrom) {
            depth += isMark(i, "(") ? 1 : isMark(i, ")") ? -1 : 0;
            boolean equals = isMark(i, "=") || isMark(i, ":=");
            if (depth == 0 && isMark(i, ",")) {
              column = true;
            } else if (depth == 0 && column && equals) {
              // column and value are two expressions
              column = false;
              out.mark(",");
              i++;
              continue;
            }
          }
          i = punctuation(i);
        }
        case WORD -> {
          String word = text.text(i).toUpperCase(Locale.ROOT);
          if (isMark(i - 1, ".")
              || (isMark(i + 1, ".")
                  && !ReservedWords.isReserved(word, text.mode().server().flavour()))) {
            out.name(text.value(i), i);
            i++;
          } else if (word.equals("\\N")) {
            out.literal("NULL");
            i++;
          } else if (word.equals("CASE")) {
            cases++;
            out.word(word);
            i++;
          } else if (word.equals("END") && cases > 0) {
            cases--;
            out.word(word);
            i++;
          } else if (word.equals("INTERVAL") && startsInterval(i)) {
            intervals++;
            i++;
          } else if (intervals > 0
              && UNITS.contains(word)
              && endsOperand(i - 1)
              && !isMark(i + 1, "(")) {
            intervals--;
            i++;
          } else {
            i = word(i, word);
          }
        }
      }
    }
    from = outerFrom;
    to = outerTo;
  }

  private int punctuation(int i) {
    String mark = text.text(i);
    switch (mark) {
      case "(", ")", ",", ".", "*", "=", "<", ">", "<=", ">=", "<>" -> out.mark(mark);
      case "+", "-" -> sign(mark);
      case "/", "%", "^", "|", "&", "<<", ">>", "->", "->>" -> out.mark("+");
      case ":=", "<=>" -> out.mark("=");
      case "!=" -> out.mark("<>");
      case "!", "~" -> sign("-");
      case "&&" -> out.word("AND");
      case "||" -> out.word("OR");
      case "{" -> {
        // ODBC escape: {d '...'}, {fn ...}, {OJ ...} are what stands in them
        if (!isKind(i + 1, TokenKind.WORD)) {
          throw unexpected(i);
        }
        return i + 2;
      }
      case "}" -> {
        return i + 1;
      }
      default -> throw unexpected(i);
    }
    return i + 1;
  }

  private void constant(String shown, int next) {
    if (isMark(next, ",") || isMark(next, ")")) {
      out.element(shown);
    } else {
      out.literal(shown);
    }
  }

  /** Several signs before an operand are as good as one; the parser knows none behind CASE. */
  private void sign(String mark) {
    if (!out.endsWithSign() && !out.endsWithWord("CASE")) {
      out.mark(mark);
    }
  }

  /** An unquoted word that is not next to a dot. Returns the position behind what it printed. */
  private int word(int i, String word) {
    boolean call = isMark(i + 1, "(");
    switch (word) {
      case "SELECT" -> {
        return select(i);
      }
      case "FROM" -> {
        if (isWord(i + 1, "DUAL")) {
          return i + 2;
        }
        out.word(word);
        return i + 1;
      }
      case "DISTINCTROW" -> {
        out.word("DISTINCT");
        return i + 1;
      }
      case "STRAIGHT_JOIN" -> {
        out.word("JOIN");
        return i + 1;
      }
      case "PARTITION" -> {
        if (call) {
          return skipNames(i + 1);
        }
        out.word(word);
        return i + 1;
      }
      case "ASC", "DESC" -> {
        if (isInGroupBy(i)) {
          return i + 1;
        }
      }
      case "CYCLE" -> {
        int restrict = endOfNames(i + 1);
        if (isMariaDb() && isMark(i - 1, ")") && restrict > i + 1 && isWord(restrict, "RESTRICT")) {
          return restrict + 1;
        }
      }
      case "MATCH" -> {
        if (!call && isName(i + 1)) {
          return matchNames(i);
        }
      }
      case "USE", "FORCE", "IGNORE" -> {
        boolean value = isMark(i + 1, ",") || isMark(i + 1, ")") || i + 1 == to;
        if (word.equals("IGNORE") && assignments && value) {
          out.literal("NULL");
          return i + 1;
        }
        return indexHint(i);
      }
      case "FOR" -> {
        if (isMariaDb() && isWord(i + 1, "SYSTEM_TIME")) {
          return systemTime(i + 2);
        }
        return isMariaDb() && isWord(i + 1, "PORTION") ? portion(i) : lock(i);
      }
      case "LOCK" -> {
        return lock(i);
      }
      case "NEXT", "PREVIOUS" -> {
        if (isMariaDb() && isWord(i + 1, "VALUE") && isWord(i + 2, "FOR")) {
          return sequence(i + 3, word.equals("NEXT"));
        }
      }
      case "INTO" -> {
        return intoVariables(i);
      }
      case "PROCEDURE" -> {
        return procedure(i);
      }
      case "IS" -> {
        // IS [NOT] NULL | TRUE | FALSE | UNKNOWN behind an operand adds nothing
        int at = isWord(i + 1, "NOT") ? i + 2 : i + 1;
        if (isWord(at, "NULL")
            || isWord(at, "TRUE")
            || isWord(at, "FALSE")
            || isWord(at, "UNKNOWN")) {
          return at + 1;
        }
        throw unexpected(i);
      }
      case "DIV" -> {
        out.mark("+");
        return i + 1;
      }
      case "XOR" -> {
        out.word("OR");
        return i + 1;
      }
      case "RLIKE", "REGEXP" -> {
        out.word("LIKE");
        return i + 1;
      }
      case "BINARY" -> {
        return i + 1;
      }
      case "COLLATE" -> {
        if (i + 1 >= to || text.kind(i + 1) == TokenKind.PUNCTUATION) {
          throw unexpected(i);
        }
        return i + 2;
      }
      case "MOD" -> {
        if (endsOperand(i - 1)) {
          out.mark("+");
          return i + 1;
        }
      }
      case "DEFAULT" -> {
        if (!call) {
          out.literal("NULL");
          return i + 1;
        }
      }
      case "LEFT", "RIGHT" -> {
        if (!call) {
          out.word(word);
          return i + 1;
        }
      }
      case "VALUES" -> {
        if (!assignments || !call) {
          out.word(word);
          return i + 1;
        }
      }
      case "LIMIT" -> {
        if (isWord(i + 1, "ROWS") && isWord(i + 2, "EXAMINED")) {
          return i + 4;
        }
        out.word(word);
        return i + 1;
      }
      case "ROWS" -> {
        if (isWord(i + 1, "EXAMINED")) {
          return i + 3;
        }
        out.word(word);
        return i + 1;
      }
      case "EXISTS", "IN", "ALL", "ANY", "SOME", "LATERAL" -> {
        boolean quantifier = word.equals("ALL") || word.equals("ANY") || word.equals("SOME");
        if (call && quantifier && isComparison(i - 1)) {
          return i + 1; // compared with all rows of a query, or with one of them
        }
        boolean keyWord = call || word.equals("EXISTS") || word.equals("IN") || word.equals("ALL");
        if (keyWord) {
          out.word(word);
        } else {
          out.name(text.value(i), i);
        }
        return i + 1;
      }
      case "ESCAPE" -> {
        if (endsOperand(i - 1) && i + 1 < to && !isMark(i + 1, ",") && !isMark(i + 1, ")")) {
          out.mark("+");
          return i + 1;
        }
      }
      case "SEPARATOR" -> {
        if (isKind(i + 1, TokenKind.STRING)) {
          return i + 2;
        }
      }
      case "SOUNDS" -> {
        if (isWord(i + 1, "LIKE")) {
          return i + 1;
        }
      }
      case "MEMBER" -> {
        if (isWord(i + 1, "OF") && isMark(i + 2, "(")) {
          out.mark("=");
          return i + 2;
        }
      }
      default -> {
        // below
      }
    }
    if (FUNCTIONS_WITHOUT_PARENTHESES.contains(word) && !call && !word.equals("SYSDATE")) {
      out.literal("NULL");
      return i + 1;
    }
    if (call && !KEPT.contains(word) || call && isKeptFunction(word)) {
      return call(i, word);
    }
    if (KEPT.contains(word) && isKeyWordHere(i, word)) {
      out.word(word);
      return i + 1;
    }
    if (isContextual(i, word)) {
      out.word(word);
      return i + 1;
    }
    if (isDropped(i, word)) {
      return i + 1;
    }
    if (ReservedWords.isReserved(word, text.mode().server().flavour())) {
      throw unexpected(i);
    }
    out.name(nonEmpty(i), i);
    return i + 1;
  }

  private static boolean isKeptFunction(String word) {
    return word.equals("LEFT") || word.equals("RIGHT") || word.equals("VALUES");
  }

  /** RECURSIVE, LATERAL and WINDOW are reserved in one family of servers only. */
  private boolean isKeyWordHere(int i, String word) {
    return switch (word) {
      case "RECURSIVE" -> isWord(i - 1, "WITH");
      case "LATERAL" -> isMark(i + 1, "(");
      case "WINDOW" -> isWord(i + 2, "AS") && isMark(i + 3, "(");
      default -> true;
    };
  }

  /** Unreserved words that are key words only in this place. */
  private boolean isContextual(int i, String word) {
    return switch (word) {
      case "OFFSET" ->
          isCount(i - 1) || (isCount(i + 1) && (isWord(i + 2, "ROW") || isWord(i + 2, "ROWS")));
      case "FIRST", "NEXT" -> isWord(i - 1, "FETCH");
      case "ROW" ->
          isCount(i - 1)
              || isWord(i - 1, "FIRST")
              || isWord(i - 1, "NEXT")
              || isWord(i - 1, "CURRENT");
      case "ONLY" -> isWord(i - 1, "ROW") || isWord(i - 1, "ROWS");
      case "TIES", "ROLLUP" -> isWord(i - 1, "WITH");
      case "UNBOUNDED" -> isWord(i + 1, "PRECEDING") || isWord(i + 1, "FOLLOWING");
      case "PRECEDING", "FOLLOWING" ->
          endsOperand(i - 1) && (isWord(i + 1, "AND") || isMark(i + 1, ")"));
      case "CURRENT" -> isWord(i + 1, "ROW");
      case "WITHIN" -> isWord(i + 1, "GROUP");
      default -> false;
    };
  }

  /** Words that say nothing about what is touched. */
  private boolean isDropped(int i, String word) {
    return switch (word) {
      case "DATE", "TIME", "TIMESTAMP" -> isKind(i + 1, TokenKind.STRING);
      case "ROW" -> isMark(i + 1, "(");
      case "RESPECT" -> isWord(i + 1, "NULLS");
      case "NULLS" -> isWord(i - 1, "RESPECT") || isWord(i - 1, "IGNORE");
      case "SOUNDS" -> isWord(i + 1, "LIKE");
      default ->
          word.startsWith("_")
              && CHARSETS.contains(word.substring(1))
              && (isKind(i + 1, TokenKind.STRING)
                  || isKind(i + 1, TokenKind.HEX)
                  || isKind(i + 1, TokenKind.BIT));
    };
  }

  private int select(int i) {
    out.word("SELECT");
    boolean distinct = false;
    int at = i + 1;
    while (isKind(at, TokenKind.WORD) && !isMark(at + 1, ".")) {
      String option = text.text(at).toUpperCase(Locale.ROOT);
      if (option.equals("DISTINCT") || option.equals("DISTINCTROW")) {
        distinct = true;
      } else if (!SELECT_OPTIONS.contains(option)) {
        break;
      }
      at++;
    }
    if (distinct) {
      out.word("DISTINCT");
    }
    return at;
  }

  /** {@code USE | FORCE | IGNORE INDEX | KEY [FOR JOIN | ORDER BY | GROUP BY] (names)}. */
  private int indexHint(int i) {
    if (isWord(i, "IGNORE") && isWord(i + 1, "NULLS")) {
      return i + 2;
    }
    int at = i + 1;
    if (!isWord(at, "INDEX") && !isWord(at, "KEY")) {
      throw unexpected(i);
    }
    at++;
    if (isWord(at, "FOR")) {
      at += isWord(at + 1, "JOIN") ? 2 : 3;
    }
    if (!isMark(at, "(")) {
      throw unexpected(i);
    }
    return skipNames(at);
  }

  /** Skips a list in parentheses that must hold nothing but names. */
  private int skipNames(int open) {
    int at = open + 1;
    while (!isMark(at, ")")) {
      boolean name = isKind(at, TokenKind.QUOTED_IDENTIFIER) || isKind(at, TokenKind.WORD);
      if (!name && !isMark(at, ",") || isWord(at, "SELECT")) {
        throw unexpected(at);
      }
      at++;
    }
    return at + 1;
  }

  /** FOR UPDATE, FOR SHARE, LOCK IN SHARE MODE: they touch nothing that is not read anyway. */
  private int lock(int i) {
    int at = i + 2;
    if (isWord(i, "LOCK")) {
      if (!isWord(i + 1, "IN") || !isWord(i + 2, "SHARE") || !isWord(i + 3, "MODE")) {
        throw unexpected(i);
      }
      at = i + 4;
    } else if (!isWord(i + 1, "UPDATE") && !isWord(i + 1, "SHARE")) {
      throw StatementRefused.notOffered(
          "FOR " + (i + 1 < to ? text.text(i + 1) : ""), text.span(i));
    } else if (isWord(at, "OF")) {
      at += 2;
      while (isMark(at, ",") || isMark(at, ".")) {
        if (isMark(at, ".") && !isMark(at - 2, ".")) {
          out.lockedTable(at - 1);
        }
        at += 2;
      }
    }
    if (isWord(at, "NOWAIT")) {
      return at + 1;
    }
    if (isWord(at, "SKIP") && isWord(at + 1, "LOCKED") || isWord(at, "WAIT")) {
      return at + 2;
    }
    return at;
  }

  /**
   * MariaDB: {@code FOR SYSTEM_TIME ALL | AS OF moment | BETWEEN moment AND moment | FROM moment TO
   * moment} behind a table: it shows rows that were in the table.
   */
  private int systemTime(int i) {
    out.hidesColumns();
    if (isWord(i, "ALL")) {
      return i + 1;
    }
    if (isWord(i, "AS") && isWord(i + 1, "OF")) {
      return moment(i + 2);
    }
    boolean between = isWord(i, "BETWEEN");
    if (!between && !isWord(i, "FROM")) {
      throw unexpected(i);
    }
    int at = moment(i + 1);
    if (!isWord(at, between ? "AND" : "TO")) {
      throw unexpected(at);
    }
    return moment(at + 1);
  }

  /** MariaDB: {@code FOR PORTION OF period FROM moment TO moment}. */
  private int portion(int i) {
    if (!isWord(i + 2, "OF") || !isWord(i + 4, "FROM")) {
      throw unexpected(i);
    }
    int at = moment(i + 5);
    if (!isWord(at, "TO")) {
      throw unexpected(at);
    }
    return moment(at + 1);
  }

  private int moment(int i) {
    boolean unit = isWord(i, "TRANSACTION") || isWord(i, "TIMESTAMP") && !isMark(i + 1, "(");
    int begin = unit ? i + 1 : i;
    int end = operators(begin);
    out.deferred(begin, end);
    return end;
  }

  /** Where an expression of operands and arithmetic operators ends. */
  private int operators(int i) {
    int at = i;
    while (true) {
      while (isMark(at, "-") || isMark(at, "+")) {
        at++;
      }
      at = operand(at);
      boolean goesOn =
          isMark(at, "-")
              || isMark(at, "+")
              || isMark(at, "*")
              || isMark(at, "/")
              || isMark(at, "%")
              || isWord(at, "DIV");
      if (!goesOn) {
        return at;
      }
      at++;
    }
  }

  private int operand(int i) {
    if (i >= to) {
      throw unexpected(i);
    }
    if (isMark(i, "(")) {
      return closing(i) + 1;
    }
    if (isKind(i, TokenKind.PUNCTUATION)) {
      throw unexpected(i);
    }
    if (isWord(i, "INTERVAL")) {
      return operators(i + 1) + 1;
    }
    boolean typed = isWord(i, "DATE") || isWord(i, "TIME") || isWord(i, "TIMESTAMP");
    if (typed && isKind(i + 1, TokenKind.STRING)) {
      return i + 2;
    }
    int at = i + 1;
    while (isMark(at, ".")) {
      at += 2;
    }
    return isMark(at, "(") ? closing(at) + 1 : at;
  }

  /** {@code PROCEDURE ANALYSE(numbers)} of MariaDB says something about the rows of the query. */
  private int procedure(int i) {
    if (!isMariaDb() || !isWord(i + 1, "ANALYSE") || !isMark(i + 2, "(")) {
      throw StatementRefused.notOffered("PROCEDURE ANALYSE", text.span(i));
    }
    int at = i + 3;
    while (isKind(at, TokenKind.NUMBER) || isMark(at, ",")) {
      at++;
    }
    if (!isMark(at, ")")) {
      throw unexpected(at);
    }
    return at + 1;
  }

  /** The name of a sequence, as a query that reads it. */
  private int sequence(int i, boolean movedOn) {
    boolean qualified = isMark(i + 1, ".");
    int last = qualified ? i + 2 : i;
    boolean reserved =
        isKind(i, TokenKind.WORD)
            && ReservedWords.isReserved(text.text(i), text.mode().server().flavour());
    if (last >= to || !isName(i) || !isName(last) || reserved) {
      throw unexpected(i);
    }
    out.hidesColumns();
    out.mark("(");
    out.word("SELECT");
    out.literal("NULL");
    out.word("FROM");
    out.name(nonEmpty(i), i);
    if (qualified) {
      out.mark(".");
      out.name(nonEmpty(last), last);
    }
    out.mark(")");
    if (movedOn) {
      out.sequence(
          qualified
              ? RelationName.of(text.value(i), text.value(last))
              : RelationName.unqualified(text.value(i)));
    }
    return last + 1;
  }

  private boolean isName(int i) {
    return isKind(i, TokenKind.QUOTED_IDENTIFIER) || isKind(i, TokenKind.WORD);
  }

  private int intoVariables(int i) {
    if (isWord(i + 1, "OUTFILE") || isWord(i + 1, "DUMPFILE")) {
      throw StatementRefused.notOffered(
          PolicyReason.FILES, "INTO " + text.text(i + 1).toUpperCase(Locale.ROOT), text.span(i));
    }
    int at = i + 1;
    while (isKind(at, TokenKind.USER_VARIABLE)) {
      at++;
      if (!isMark(at, ",") || !isKind(at + 1, TokenKind.USER_VARIABLE)) {
        return at;
      }
      at++;
    }
    throw unexpected(i);
  }

  private boolean startsInterval(int i) {
    if (!isMark(i + 1, "(")) {
      return true;
    }
    int close = closing(i + 1);
    return isKind(close + 1, TokenKind.WORD)
        && UNITS.contains(text.text(close + 1).toUpperCase(Locale.ROOT));
  }

  /** A word before a parenthesis. */
  private int call(int i, String word) {
    int open = i + 1;
    int close = closing(open);
    if (isDropped(i, word)) {
      return i + 1;
    }
    if (isOfSequence(word)) {
      begin();
      int next = sequence(open + 1, !word.equals("LASTVAL"));
      if (next < close) {
        if (!word.equals("SETVAL") || !isMark(next, ",")) {
          throw unexpected(next);
        }
        out.mark(",");
        range(next + 1, close);
      }
      out.mark(")");
      return close + 1;
    }
    if (!BuiltinFunctions.contains(word, text.mode().server()) || isCommonTable(i, close)) {
      if (ReservedWords.isReserved(word, text.mode().server().flavour())) {
        throw unexpected(i);
      }
      // the column list of an alias or of a common table expression, else a stored function:
      // the tree knows
      out.name(text.value(i), i);
      return i + 1;
    }
    if (BuiltinFunctions.isSpaceSensitive(word)
        && !text.mode().ignoreSpace()
        && text.span(i).end() != text.span(open).begin()) {
      throw StatementRefused.notOffered(
          PolicyReason.AMBIGUOUS_NAME,
          "the stored function " + word + " (with a blank before its parenthesis)",
          text.span(i));
    }
    switch (word) {
      case "WEIGHT_STRING" -> {
        int end = Math.min(find(open + 1, close, "AS"), find(open + 1, close, "LEVEL"));
        end = Math.min(end, comma(open + 1, close));
        dropped(end, close);
        begin();
        range(open + 1, end);
        out.mark(")");
      }
      case "CAST", "COLUMN_GET", "COLUMN_CREATE", "COLUMN_ADD" -> arguments(open, close, "AS");
      case "CHAR" -> arguments(open, close, "USING");
      case "JSON_VALUE" -> jsonValue(open, close);
      case "CONVERT" -> {
        int using = find(open + 1, close, "USING");
        int end = using < close ? using : comma(open + 1, close);
        dropped(end, close);
        begin();
        range(open + 1, end);
        out.mark(")");
      }
      case "TRIM" -> {
        int at = open + 1;
        if (isWord(at, "BOTH") || isWord(at, "LEADING") || isWord(at, "TRAILING")) {
          at++;
        }
        split(at, close, "FROM", "FROM");
      }
      case "SUBSTRING", "SUBSTR", "MID" -> split(open + 1, close, "FROM", "FOR");
      case "POSITION" -> split(open + 1, close, "IN", "IN");
      case "EXTRACT" -> {
        int keyWord = find(open + 1, close, "FROM");
        if (keyWord != open + 2) {
          throw unexpected(i);
        }
        begin();
        range(keyWord + 1, close);
        out.mark(")");
      }
      case "GET_FORMAT", "TIMESTAMPADD", "TIMESTAMPDIFF" -> {
        if (!isKind(open + 1, TokenKind.WORD) || !isMark(open + 2, ",")) {
          throw unexpected(i);
        }
        begin();
        range(open + 3, close);
        out.mark(")");
      }
      case "MATCH" -> {
        return match(open, close);
      }
      case "JSON_TABLE" -> {
        int end = comma(open + 1, close);
        dropped(end, close);
        out.mark("(");
        out.word("SELECT");
        range(open + 1, end);
        out.mark(")");
      }
      default -> {
        out.word(FUNCTION);
        if (isWord(open + 1, "ALL")) {
          out.mark("(");
          return open + 2;
        }
        return open;
      }
    }
    return close + 1;
  }

  /** {@code name (columns) AS (}: a common table expression may be called like a function. */
  private boolean isCommonTable(int i, int close) {
    return isWord(close + 1, "AS")
        && isMark(close + 2, "(")
        && (isWord(i - 1, "WITH") || isWord(i - 1, "RECURSIVE") || isMark(i - 1, ","));
  }

  /** The first argument is no expression, but the name of a sequence. */
  private boolean isOfSequence(String word) {
    return isMariaDb()
        && (word.equals("NEXTVAL") || word.equals("LASTVAL") || word.equals("SETVAL"));
  }

  private void begin() {
    out.word(FUNCTION);
    out.mark("(");
  }

  /** Arguments of which each may end in a key word and a type. */
  private void arguments(int open, int close, String keyWord) {
    begin();
    int at = open + 1;
    while (at < close) {
      int end = comma(at, close);
      int type = find(at, end, keyWord);
      dropped(type, end);
      range(at, type);
      if (end < close) {
        out.mark(",");
      }
      at = end + 1;
    }
    out.mark(")");
  }

  /** {@code (document, path [RETURNING type] [value ON EMPTY] [value ON ERROR])}. */
  private void jsonValue(int open, int close) {
    int path = comma(open + 1, close) + 1;
    boolean more =
        isKind(path, TokenKind.STRING)
            && (isWord(path + 1, "RETURNING")
                || isWord(path + 1, "DEFAULT")
                || isWord(path + 1, "NULL")
                || isWord(path + 1, "ERROR"));
    int end = more ? path + 1 : close;
    dropped(end, close);
    begin();
    range(open + 1, end);
    out.mark(")");
  }

  /** Arguments with key words between them instead of commas. */
  private void split(int begin, int close, String first, String second) {
    begin();
    int at = begin;
    for (String keyWord : List.of(first, second)) {
      int end = find(at, close, keyWord);
      if (end < close) {
        if (end > at) {
          range(at, end);
          out.mark(",");
        }
        at = end + 1;
      }
    }
    range(at, close);
    out.mark(")");
  }

  private int match(int open, int close) {
    return match(open + 1, close, close + 1);
  }

  /** MariaDB takes the columns without parentheses too. */
  private int matchNames(int i) {
    int end = endOfNames(i + 1);
    return match(i + 1, end, end);
  }

  private int match(int columns, int end, int against) {
    if (!isWord(against, "AGAINST") || !isMark(against + 1, "(")) {
      throw unexpected(against);
    }
    begin();
    range(columns, end);
    out.mark(")");
    out.mark("+");
    return against(against + 1);
  }

  private int against(int againstOpen) {
    int againstClose = closing(againstOpen);
    int end = againstClose;
    for (int k = againstOpen + 1; k < againstClose; k++) {
      boolean modifier =
          isWord(k, "IN") && (isWord(k + 1, "BOOLEAN") || isWord(k + 1, "NATURAL"))
              || isWord(k, "WITH") && isWord(k + 1, "QUERY");
      if (modifier) {
        end = k;
        break;
      }
    }
    dropped(end, againstClose);
    begin();
    range(againstOpen + 1, end);
    out.mark(")");
    return againstClose + 1;
  }

  /** Behind a list of names, of one part or of several. */
  private int endOfNames(int i) {
    int at = i;
    while (isName(at)) {
      at++;
      while (isMark(at, ".") && isName(at + 1)) {
        at += 2;
      }
      if (!isMark(at, ",")) {
        return at;
      }
      at++;
    }
    return i;
  }

  /** Whether a direction of sorting belongs to GROUP BY, which MariaDB lets have one. */
  private boolean isInGroupBy(int i) {
    int depth = 0;
    for (int k = i - 1; k >= from && k > i - LONGEST_LIST; k--) {
      if (text.isPunctuation(k, ")")) {
        depth++;
      } else if (text.isPunctuation(k, "(") && --depth < 0) {
        return false;
      } else if (depth == 0 && text.isWord(k, "BY")) {
        return text.isWord(k - 1, "GROUP");
      }
    }
    return false;
  }

  /** What is left out must not be able to hold a query. */
  private void dropped(int begin, int end) {
    for (int k = begin; k < end; k++) {
      if (isWord(k, "SELECT")
          || isWord(k, "TABLE")
          || isWord(k, "WITH") && !isWord(k + 1, "QUERY")) {
        throw unexpected(k);
      }
      boolean call =
          isMark(k + 1, "(")
              && (isKind(k, TokenKind.WORD) || isKind(k, TokenKind.QUOTED_IDENTIFIER))
              && k + 1 < end;
      if (call && !isTypeOrColumns(text.text(k).toUpperCase(Locale.ROOT))) {
        throw unexpected(k);
      }
    }
  }

  private static boolean isTypeOrColumns(String word) {
    return switch (word) {
      case "CHAR",
          "CHARACTER",
          "NCHAR",
          "BINARY",
          "VARCHAR",
          "VARBINARY",
          "DECIMAL",
          "DEC",
          "NUMERIC",
          "FLOAT",
          "DOUBLE",
          "DATETIME",
          "TIME",
          "TIMESTAMP",
          "INT",
          "INTEGER",
          "BIGINT",
          "SMALLINT",
          "TINYINT",
          "BIT",
          "TEXT",
          "BLOB",
          "COLUMNS",
          "YEAR",
          "ENUM",
          "SET" ->
          true;
      default -> UNITS.contains(word);
    };
  }

  private int closing(int open) {
    int depth = 0;
    for (int k = open; k < to; k++) {
      if (text.isPunctuation(k, "(")) {
        depth++;
      } else if (text.isPunctuation(k, ")") && --depth == 0) {
        return k;
      }
    }
    throw StatementRefused.notUnderstood("a parenthesis is not closed", text.span(open));
  }

  /** First comma outside parentheses, else the end. */
  private int comma(int begin, int end) {
    int depth = 0;
    for (int k = begin; k < end; k++) {
      if (text.isPunctuation(k, "(")) {
        depth++;
      } else if (text.isPunctuation(k, ")")) {
        depth--;
      } else if (depth == 0 && text.isPunctuation(k, ",")) {
        return k;
      }
    }
    return end;
  }

  /** First such word outside parentheses, else the end. */
  private int find(int begin, int end, String word) {
    int depth = 0;
    for (int k = begin; k < end; k++) {
      if (text.isPunctuation(k, "(")) {
        depth++;
      } else if (text.isPunctuation(k, ")")) {
        depth--;
      } else if (depth == 0 && text.isWord(k, word) && !isMark(k - 1, ".")) {
        return k;
      }
    }
    return end;
  }

  private boolean isMariaDb() {
    return text.mode().server().isMariaDb();
  }

  private boolean isWord(int i, String word) {
    return i >= from && i < to && text.isWord(i, word);
  }

  private boolean isMark(int i, String mark) {
    return i >= from && i < to && text.isPunctuation(i, mark);
  }

  private boolean isKind(int i, TokenKind kind) {
    return i >= from && i < to && text.kind(i) == kind;
  }

  private boolean isComparison(int i) {
    return isMark(i, "=")
        || isMark(i, "<")
        || isMark(i, ">")
        || isMark(i, "<=")
        || isMark(i, ">=")
        || isMark(i, "<>")
        || isMark(i, "!=");
  }

  private boolean isCount(int i) {
    return isKind(i, TokenKind.NUMBER) || isKind(i, TokenKind.PARAMETER);
  }

  private boolean endsOperand(int i) {
    if (i < from || i >= to) {
      return false;
    }
    return switch (text.kind(i)) {
      case PUNCTUATION -> text.isPunctuation(i, ")") || text.isPunctuation(i, "}");
      case WORD -> {
        String word = text.text(i).toUpperCase(Locale.ROOT);
        yield isMark(i - 1, ".")
            || !ReservedWords.isReserved(word, text.mode().server().flavour())
            || word.equals("NULL")
            || word.equals("TRUE")
            || word.equals("FALSE")
            || word.equals("DEFAULT")
            || UNITS.contains(word)
            || FUNCTIONS_WITHOUT_PARENTHESES.contains(word);
      }
      case STRING, NUMBER, HEX, BIT, PARAMETER, QUOTED_IDENTIFIER, USER_VARIABLE, SYSTEM_VARIABLE ->
          true;
    };
  }

  private String nonEmpty(int i) {
    String name = text.value(i);
    if (name.isEmpty()) {
      throw StatementRefused.notUnderstood("an identifier is empty", text.span(i));
    }
    return name;
  }

  private StatementRefused unexpected(int i) {
    int at = Math.min(i, text.size() - 1);
    boolean secret = text.kind(at) == TokenKind.STRING;
    return StatementRefused.notUnderstood(
        "did not understand the statement near '" + (secret ? "'...'" : text.text(at)) + "'",
        text.span(at));
  }
}
