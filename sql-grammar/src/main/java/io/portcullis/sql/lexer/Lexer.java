package io.portcullis.sql.lexer;

import io.portcullis.sql.text.ClientCharset;
import io.portcullis.sql.text.ErrorCode;
import io.portcullis.sql.text.LexicalMode;
import io.portcullis.sql.text.Refusal;
import io.portcullis.sql.text.Span;
import io.portcullis.sql.text.StatementKey;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads statement texts exactly as the backend's lexer does ({@code lex_one_token} in MySQL's and
 * MariaDB's {@code sql_lex.cc}), splits them at top-level semicolons and computes statement keys.
 * What servers read in different ways, or what cannot be read for certain, is refused; so is what
 * every server rejects while it reads.
 *
 * <p>One per event loop, not thread safe. Arrays are reused: no garbage once warm. The text is
 * borrowed until the next call of {@link #lex}; it must not change while keys and statements are
 * asked for. Linear time, no recursion.
 */
public final class Lexer {

  static final byte WORD = (byte) TokenKind.WORD.ordinal();
  static final byte QUOTED_IDENTIFIER = (byte) TokenKind.QUOTED_IDENTIFIER.ordinal();
  static final byte STRING = (byte) TokenKind.STRING.ordinal();
  static final byte NUMBER = (byte) TokenKind.NUMBER.ordinal();
  static final byte HEX = (byte) TokenKind.HEX.ordinal();
  static final byte BIT = (byte) TokenKind.BIT.ordinal();
  static final byte PARAMETER = (byte) TokenKind.PARAMETER.ordinal();
  static final byte USER_VARIABLE = (byte) TokenKind.USER_VARIABLE.ordinal();
  static final byte SYSTEM_VARIABLE = (byte) TokenKind.SYSTEM_VARIABLE.ordinal();
  static final byte PUNCTUATION = (byte) TokenKind.PUNCTUATION.ordinal();

  /** Instead of a position: {@link #refusal} is set. */
  private static final int REFUSED = -1;

  /** Larger arrays are given back once a text does not need them. */
  private static final int RETAINED_TOKENS = 16 * 1024;

  private static final int FIRST_TOKENS = 256;
  private static final int FIRST_STATEMENTS = 8;
  private static final int FIRST_HINTS = 4;

  /** A literal of the statement may be the name of a file: literals stay in the key. */
  private static final byte NAMES_FILES = 1;

  /** Contents of executable comments are among the statement's tokens. */
  private static final byte EXPANDED = 2;

  /** Since when {@code \N} is no longer NULL and {@code $tag$} may quote, on MySQL. */
  private static final int MYSQL_8 = 80000;

  /** Since when {@code /*+} is more than a comment on MariaDB. */
  private static final int MARIADB_HINTS = 120000;

  /** A Galera node executes the comment of this "version" whatever its own is. */
  private static final int GALERA_CHECK = 99997;

  private static final int VERSION_DIGITS = 5;

  private final LexLimits limits;
  private final KeyWriter keys = new KeyWriter();

  // What is being read.
  private byte[] text = new byte[0];
  private int begin;
  private int end;
  private @Nullable LexicalMode mode;
  private boolean mariaDb;
  private int version;
  private boolean utf8;
  private int longestCharacter;
  private boolean latin1;
  private boolean ansiQuotes;
  private boolean escapes;
  private boolean[] names = CharacterClasses.nameBytes(ClientCharset.UTF8MB4);
  private @Nullable Refusal refusal;

  // The tokens of all statements.
  private byte[] kinds = new byte[FIRST_TOKENS];
  private int[] begins = new int[FIRST_TOKENS];
  private int[] ends = new int[FIRST_TOKENS];
  private int tokens;

  // The statements; firstTokens has one more, where the last ends.
  private int[] statementBegins = new int[FIRST_STATEMENTS];
  private int[] statementEnds = new int[FIRST_STATEMENTS];
  private int[] firstTokens = new int[FIRST_STATEMENTS + 1];
  private byte[] flags = new byte[FIRST_STATEMENTS];
  private int statements;

  // The statement being read.
  private int currentBegin;
  private byte currentFlags;
  private int depth;

  /** Where the executable comment that is being read as code began; negative outside of one. */
  private int executable;

  // Optimizer hints: before which token, and where.
  private int[] hintTokens = new int[FIRST_HINTS];
  private int[] hintBegins = new int[FIRST_HINTS];
  private int[] hintEnds = new int[FIRST_HINTS];
  private int hints;

  public Lexer(LexLimits limits) {
    this.limits = limits;
  }

  /**
   * Reads {@code text[begin, end)}.
   *
   * @return the number of statements in it, 0 when there is nothing but white space, comments and
   *     semicolons; or -1, then {@link #refusal} says why
   */
  public int lex(byte[] text, int begin, int end, LexicalMode mode) {
    Objects.checkFromToIndex(begin, end, text.length);
    reset(text, begin, end, mode);
    if (end - begin > limits.maximumLength()) {
      return unsupported(
          begin, "it has " + (end - begin) + " bytes, at most " + limits.maximumLength());
    }
    int at = begin;
    while (at >= 0 && at < end) {
      at = next(at);
      if (tokens + hints > limits.maximumTokens()) {
        at = unsupported(begin, "it has more than " + limits.maximumTokens() + " tokens");
      }
    }
    if (at < 0 || endStatement(end) < 0) {
      statements = 0;
      return REFUSED;
    }
    return statements;
  }

  /**
   * Whether the text, in which there is no statement, has a comment before any semicolon. Servers
   * run it then, as a statement that does nothing; without it they call the query empty.
   */
  public boolean isCommentOnly() {
    int at = begin;
    while (at < end && CharacterClasses.of(text[at]) == CharacterClasses.SPACE) {
      at++;
    }
    return statements == 0 && at < end && text[at] != ';';
  }

  /** Why the text was not read; only after {@link #lex} returned -1. */
  public Refusal refusal() {
    Refusal reason = refusal;
    if (reason == null) {
      throw new IllegalStateException("the last text was not refused");
    }
    return reason;
  }

  /** Where the statement begins in the text: at its first token or comment. */
  public int begin(int statement) {
    Objects.checkIndex(statement, statements);
    return statementBegins[statement];
  }

  /** Where the statement ends in the text: without its semicolon and white space before that. */
  public int end(int statement) {
    Objects.checkIndex(statement, statements);
    return statementEnds[statement];
  }

  /** The statement's key, valid until the next call of {@link #lex}, key or statement. */
  public StatementKey key(int statement) {
    Objects.checkIndex(statement, statements);
    int first = firstTokens[statement];
    int last = firstTokens[statement + 1];
    int textEnd = statementEnds[statement];
    int hint = 0;
    while (hint < hints && hintBegins[hint] < statementBegins[statement]) {
      hint++;
    }
    keys.begin(textEnd - statementBegins[statement], last - first + hints - hint);
    boolean fold =
        (flags[statement] & NAMES_FILES) == 0
            && (hint == hints || hintBegins[hint] >= textEnd)
            && KeyWriter.foldsLiterals(text, kinds[first], begins[first], ends[first]);
    for (int i = first; i < last; i++) {
      for (; hint < hints && hintTokens[hint] == i; hint++) {
        keys.hint(text, hintBegins[hint], hintEnds[hint]);
      }
      boolean detached = i > first && kinds[i - 1] == WORD && ends[i - 1] != begins[i];
      keys.token(text, kinds[i], begins[i], ends[i], fold, detached);
    }
    for (; hint < hints && hintEnds[hint] <= textEnd; hint++) {
      keys.hint(text, hintBegins[hint], hintEnds[hint]);
    }
    return keys.seal(mode());
  }

  /** A copy of the statement for other threads, with a copy of its key. */
  public LexedStatement statement(int statement) {
    StatementKey key = key(statement).copy();
    int first = firstTokens[statement];
    int last = firstTokens[statement + 1];
    int begin = statementBegins[statement];
    int[] relativeBegins = new int[last - first];
    int[] relativeEnds = new int[last - first];
    for (int i = first; i < last; i++) {
      relativeBegins[i - first] = begins[i] - begin;
      relativeEnds[i - first] = ends[i] - begin;
    }
    return new LexedStatement(
        Arrays.copyOfRange(text, begin, statementEnds[statement]),
        Arrays.copyOfRange(kinds, first, last),
        relativeBegins,
        relativeEnds,
        (flags[statement] & EXPANDED) != 0,
        key);
  }

  private LexicalMode mode() {
    LexicalMode current = mode;
    if (current == null) {
      throw new IllegalStateException("nothing was read yet");
    }
    return current;
  }

  private void reset(byte[] text, int begin, int end, LexicalMode mode) {
    this.text = text;
    this.begin = begin;
    this.end = end;
    if (this.mode != mode) {
      this.mode = mode;
      mariaDb = mode.server().isMariaDb();
      version = mode.server().number();
      utf8 = mode.charset() == ClientCharset.UTF8MB4 || mode.charset() == ClientCharset.UTF8MB3;
      longestCharacter = mode.charset() == ClientCharset.UTF8MB4 ? 4 : 3;
      latin1 = mode.charset() == ClientCharset.LATIN1;
      ansiQuotes = mode.ansiQuotes();
      escapes = !mode.noBackslashEscapes();
      names = CharacterClasses.nameBytes(mode.charset());
    }
    refusal = null;
    if (kinds.length > RETAINED_TOKENS && end - begin < RETAINED_TOKENS) {
      kinds = new byte[FIRST_TOKENS];
      begins = new int[FIRST_TOKENS];
      ends = new int[FIRST_TOKENS];
    }
    if (statementBegins.length > RETAINED_TOKENS && end - begin < RETAINED_TOKENS) {
      statementBegins = new int[FIRST_STATEMENTS];
      statementEnds = new int[FIRST_STATEMENTS];
      firstTokens = new int[FIRST_STATEMENTS + 1];
      flags = new byte[FIRST_STATEMENTS];
    }
    if (hintTokens.length > RETAINED_TOKENS && end - begin < RETAINED_TOKENS) {
      hintTokens = new int[FIRST_HINTS];
      hintBegins = new int[FIRST_HINTS];
      hintEnds = new int[FIRST_HINTS];
    }
    tokens = 0;
    statements = 0;
    hints = 0;
    firstTokens[0] = 0;
    currentBegin = begin;
    currentFlags = 0;
    depth = 0;
    executable = -1;
  }

  /** Reads one token, comment or blank; returns where the next begins, or {@link #REFUSED}. */
  private int next(int at) {
    return switch (CharacterClasses.of(text[at])) {
      case CharacterClasses.SPACE -> at + 1;
      case CharacterClasses.LETTER -> word(at);
      case CharacterClasses.LETTER_N -> is(at + 1, '\'') ? nationalString(at) : word(at);
      case CharacterClasses.LETTER_X -> is(at + 1, '\'') ? hexString(at) : word(at);
      case CharacterClasses.LETTER_B -> is(at + 1, '\'') ? bitString(at) : word(at);
      case CharacterClasses.DOLLAR -> dollar(at);
      case CharacterClasses.DIGIT -> number(at);
      case CharacterClasses.QUOTE -> string(at);
      case CharacterClasses.DOUBLE_QUOTE -> ansiQuotes ? quotedIdentifier(at) : string(at);
      case CharacterClasses.BACKQUOTE -> quotedIdentifier(at);
      case CharacterClasses.DOT -> dot(at);
      case CharacterClasses.SLASH -> slash(at);
      case CharacterClasses.STAR -> star(at);
      case CharacterClasses.MINUS -> minus(at);
      case CharacterClasses.HASH -> lineComment(at, at + 1);
      case CharacterClasses.SEMICOLON -> endStatement(at);
      case CharacterClasses.COLON -> punctuation(at, is(at + 1, '=') ? 2 : 1);
      case CharacterClasses.AT -> at(at);
      case CharacterClasses.QUESTION -> parameter(at);
      case CharacterClasses.BACKSLASH -> backslash(at);
      case CharacterClasses.OPEN -> open(at);
      case CharacterClasses.CLOSE -> close(at);
      case CharacterClasses.COMPARISON -> comparison(at);
      case CharacterClasses.DOUBLED -> punctuation(at, is(at + 1, text[at]) ? 2 : 1);
      case CharacterClasses.SINGLE -> punctuation(at, 1);
      case CharacterClasses.HIGH ->
          names[text[at] & 0xFF]
              ? word(at)
              : syntax(at, "a byte above 0x7f that is no letter in this character set");
      case CharacterClasses.NUL ->
          at + 1 == end && executable < 0
              ? end // C programs send the end of their string; servers take it for the end, too
              : syntax(at, "a NUL byte outside of a string");
      default -> syntax(at, "a character that has no meaning here");
    };
  }

  private int word(int at) {
    int next = nameEnd(at);
    if (next < 0) {
      return REFUSED;
    }
    if (isQualifier(next)) {
      noteFileName(at, next);
      add(QUOTED_IDENTIFIER, at, next);
      return qualified(next);
    }
    noteFileName(at, next);
    add(WORD, at, next);
    return next;
  }

  /** After an unquoted identifier: whether a dot and another unquoted one follow directly. */
  private boolean isQualifier(int at) {
    return is(at, '.') && isName(at + 1);
  }

  /** Reads {@code .name.name}: after the dot the server looks for no key word and no number. */
  private int qualified(int at) {
    int dot = at;
    while (true) {
      add(PUNCTUATION, dot, dot + 1);
      int next = nameEnd(dot + 1);
      if (next < 0) {
        return REFUSED;
      }
      noteFileName(dot + 1, next);
      add(QUOTED_IDENTIFIER, dot + 1, next);
      if (!isQualifier(next)) {
        return next;
      }
      dot = next;
    }
  }

  private int nameEnd(int at) {
    byte[] text = this.text;
    boolean[] names = this.names;
    int end = this.end;
    int next = at;
    int seen = 0;
    while (next < end && names[text[next] & 0xFF]) {
      seen |= text[next];
      next++;
    }
    return seen < 0 && !isNameText(at, next) ? REFUSED : next;
  }

  /** Whether every character may be in an identifier, quoted or not; else it is refused. */
  private boolean isNameText(int begin, int end) {
    int at = begin;
    while (at < end) {
      byte b = text[at];
      if (b > 0) {
        at++;
      } else if (b == 0) {
        syntax(at, "a NUL byte in an identifier");
        return false;
      } else if (utf8) {
        // Four bytes are a supplementary character: the server turns it into a question mark.
        int length = Utf8.length(text, at, end, 3);
        if (length == 0) {
          syntax(at, "a character in an identifier that is not in the basic multilingual plane");
          return false;
        }
        at += length;
      } else if (latin1 && (b & 0xFF) >= 0xA0) {
        at++;
      } else {
        syntax(at, "a byte in an identifier that the character set does not define");
        return false;
      }
    }
    return true;
  }

  private int dollar(int at) {
    if (!mariaDb && version >= MYSQL_8) {
      for (int next = at + 1; isName(next); next++) {
        if (text[next] == '$') {
          return unsupported(at, "$...$ is a string to some versions of the backend; quote it");
        }
      }
    }
    return word(at);
  }

  private int number(int at) {
    int next = at;
    if (text[at] == '0' && (is(at + 1, 'x') || is(at + 1, 'b'))) {
      boolean hex = text[at + 1] == 'x';
      next = at + 2;
      while (hex ? isHexDigit(next) : is(next, '0') || is(next, '1')) {
        next++;
      }
      if (next > at + 2 && !isName(next)) {
        add(hex ? HEX : BIT, at, next);
        return next;
      }
      return digitsFirst(at);
    }
    next = digits(at);
    if (!isName(next)) {
      return real(at, next);
    }
    if (is(next, 'e') || is(next, 'E')) {
      int exponent = is(next + 1, '+') || is(next + 1, '-') ? next + 2 : next + 1;
      if (isDigit(exponent)) {
        next = digits(exponent);
        add(NUMBER, at, next);
        return next;
      }
    }
    return digitsFirst(at);
  }

  /** Reads an identifier that begins with a digit. */
  private int digitsFirst(int at) {
    int next = nameEnd(at);
    if (next < 0) {
      return REFUSED;
    }
    add(QUOTED_IDENTIFIER, at, next);
    return isQualifier(next) ? qualified(next) : next;
  }

  /** Reads what follows the integer part of a number that ends at {@code next}. */
  private int real(int at, int next) {
    if (!is(next, '.') || (mariaDb && is(next + 1, '.'))) {
      add(NUMBER, at, next);
      return next;
    }
    return fraction(at, next + 1);
  }

  private int fraction(int at, int begin) {
    int next = digits(begin);
    if (is(next, 'e') || is(next, 'E')) {
      next++;
      if (is(next, '+') || is(next, '-')) {
        next++;
      }
      if (!isDigit(next)) {
        // The server drops such a number and goes on with what follows.
        return syntax(at, "a number without digits in its exponent");
      }
      next = digits(next);
    }
    add(NUMBER, at, next);
    return next;
  }

  private int dot(int at) {
    if (tokens > firstTokens[statements] && kinds[tokens - 1] == SYSTEM_VARIABLE) {
      return unsupported(at, "the name of a system variable has to be written in one piece");
    }
    if (isDigit(at + 1)) {
      return fraction(at, at + 1);
    }
    if (mariaDb && is(at + 1, '.')) {
      return punctuation(at, 2);
    }
    return isName(at + 1) ? qualified(at) : punctuation(at, 1);
  }

  private int string(int at) {
    int next = stringEnd(at, false);
    if (next < 0) {
      return REFUSED;
    }
    add(STRING, at, next);
    return next;
  }

  private int nationalString(int at) {
    int next = stringEnd(at + 1, true);
    if (next < 0) {
      return REFUSED;
    }
    add(STRING, at, next);
    return next;
  }

  /**
   * @param characters whether its bytes have to be characters; otherwise they may be anything,
   *     since no byte of a character, whole or not, can look like a quote or backslash. Dumps of
   *     BLOBs have them
   */
  private int stringEnd(int at, boolean characters) {
    byte[] text = this.text;
    int end = this.end;
    byte quote = text[at];
    boolean escapes = this.escapes;
    boolean checked = characters && utf8;
    int next = at + 1;
    while (next < end) {
      byte b = text[next];
      if (b == quote) {
        if (!is(next + 1, quote)) {
          return next + 1;
        }
        next += 2;
      } else if (b == '\\' && escapes) {
        // A multi-byte character after it is checked like any other.
        next += next + 1 < end && text[next + 1] >= 0 ? 2 : 1;
      } else if (b < 0 && checked) {
        int length = Utf8.length(text, next, end, longestCharacter);
        if (length == 0) {
          return syntax(next, "a name or national string with bytes that are no characters");
        }
        next += length;
      } else {
        next++;
      }
    }
    return syntax(at, "a string that does not end");
  }

  private int quotedIdentifier(int at) {
    int next = quotedEnd(at);
    if (next < 0) {
      return REFUSED;
    }
    noteFileName(at + 1, next - 1);
    add(QUOTED_IDENTIFIER, at, next);
    return next;
  }

  private int quotedEnd(int at) {
    byte[] text = this.text;
    int end = this.end;
    byte quote = text[at];
    int least = 1;
    int next = at + 1;
    while (next < end) {
      byte b = text[next];
      if (b == quote) {
        if (!is(next + 1, quote)) {
          return least > 0 || isNameText(at + 1, next) ? next + 1 : REFUSED;
        }
        next++;
      }
      least = Math.min(least, b);
      next++;
    }
    return syntax(at, "a quoted identifier that does not end");
  }

  private int hexString(int at) {
    int next = at + 2;
    while (isHexDigit(next)) {
      next++;
    }
    if (!is(next, '\'') || (next - at) % 2 != 0) {
      return syntax(at, "a hexadecimal string with an odd or a wrong digit");
    }
    add(HEX, at, next + 1);
    return next + 1;
  }

  private int bitString(int at) {
    int next = at + 2;
    while (is(next, '0') || is(next, '1')) {
      next++;
    }
    if (!is(next, '\'')) {
      return syntax(at, "a bit string with a wrong digit");
    }
    add(BIT, at, next + 1);
    return next + 1;
  }

  private int slash(int at) {
    if (!is(at + 1, '*')) {
      return punctuation(at, 1);
    }
    if (is(at + 2, '!')) {
      return executableComment(at, at + 3, false);
    }
    if (mariaDb && is(at + 2, 'M') && is(at + 3, '!')) {
      return executableComment(at, at + 4, true);
    }
    if (is(at + 2, '+') && (!mariaDb || version >= MARIADB_HINTS)) {
      return hint(at);
    }
    int next = commentEnd(at + 2);
    return next < 0 ? syntax(at, "a comment that does not end") : next;
  }

  /** After the first end mark, or -1. */
  private int commentEnd(int at) {
    for (int next = at; next + 1 < end; next++) {
      if (text[next] == '*' && text[next + 1] == '/') {
        return next + 2;
      }
    }
    return -1;
  }

  /**
   * A comment whose contents are code, always or from a version on. Other executable comments may
   * be in it, but the first end mark ends them all, as on the server.
   *
   * @param begin after the exclamation mark
   */
  private int executableComment(int at, int begin, boolean forMariaDb) {
    int length = 0;
    int wanted = 0;
    while (length < VERSION_DIGITS && isDigit(begin + length)) {
      wanted = wanted * 10 + (text[begin + length] - '0');
      length++;
    }
    if (length < VERSION_DIGITS) {
      return enter(at, begin);
    }
    if (isDigit(begin + length)) {
      int longer = wanted * 10 + (text[begin + length] - '0');
      if (!mariaDb) {
        // Some versions read five digits, some six: only what none of them executes is clear.
        return wanted > version && longer > version
            ? skippedComment(at, begin)
            : unsupported(at, "an executable comment with a version of six digits");
      }
      wanted = longer;
      length++;
    }
    if (!mariaDb) {
      return wanted <= version ? enter(at, begin + length) : skippedComment(at, begin);
    }
    if (wanted == GALERA_CHECK) {
      return unsupported(at, "an executable comment that only some backends execute");
    }
    boolean ofMySql = wanted >= 50700 && wanted <= 99999 && !forMariaDb;
    return wanted <= version && !ofMySql ? enter(at, begin + length) : skippedComment(at, begin);
  }

  private int enter(int at, int next) {
    executable = at;
    currentFlags |= EXPANDED;
    return next;
  }

  /** A comment for another version: one level of ordinary comments may be inside. */
  private int skippedComment(int at, int begin) {
    int next = begin;
    while (next + 1 < end) {
      if (text[next] == '/' && text[next + 1] == '*') {
        next = commentEnd(next + 2);
        if (next < 0) {
          break;
        }
      } else if (text[next] == '*' && text[next + 1] == '/') {
        return next + 2;
      } else {
        next++;
      }
    }
    return syntax(at, "a comment that does not end");
  }

  /**
   * An optimizer hint, or just a comment, as place and server will have it. The hint parser reads
   * quotes, so what is in one must end at the same place either way.
   */
  private int hint(int at) {
    int next = at + 3;
    while (next < end && text[next] != '*') {
      byte b = text[next];
      boolean plain = b > 0 && (names[b] || "@(),.=%:+- \t\r\n".indexOf(b) >= 0);
      if (b == '`') {
        int close = next + 1;
        while (close < end && text[close] > 0 && names[text[close]]) {
          close++;
        }
        if (!is(close, '`') || close == next + 1) {
          return unsupported(next, "an optimizer hint with a name of unusual characters");
        }
        next = close + 1;
      } else if (!plain) {
        return unsupported(next, "an optimizer hint with unusual characters");
      } else if (isSetVar(next)) {
        return unsupported(next, "an optimizer hint that sets a variable (SET_VAR)");
      } else {
        next++;
      }
    }
    if (!is(next, '*') || !is(next + 1, '/')) {
      return syntax(at, "an optimizer hint that does not end");
    }
    addHint(at, next + 2);
    return next + 2;
  }

  private boolean isSetVar(int at) {
    return at + 7 <= end && Ascii.equalsIgnoreCase(text, at, at + 7, "SET_VAR");
  }

  private int star(int at) {
    if (executable >= 0 && is(at + 1, '/')) {
      executable = -1;
      return at + 2;
    }
    return punctuation(at, 1);
  }

  private int minus(int at) {
    if (is(at + 1, '-')) {
      if (at + 2 >= end) {
        return end;
      }
      byte b = text[at + 2];
      if (b == ';' || (b < 0 && !utf8)) {
        // Cut off at the semicolon it would be a comment; the other may be a blank.
        return syntax(at, "two minus signs of which some would make a comment; put a blank");
      }
      if ((b >= 0 && b <= ' ') || b == 0x7F) {
        return lineComment(at, at + 2);
      }
    } else if (!mariaDb && is(at + 1, '>')) {
      return punctuation(at, is(at + 2, '>') ? 3 : 2);
    }
    return punctuation(at, 1);
  }

  private int lineComment(int at, int begin) {
    int next = begin;
    while (next < end && text[next] != '\n') {
      if (text[next] == 0) {
        return syntax(at, "a comment with a NUL byte, which ends it");
      }
      next++;
    }
    return next;
  }

  private int endStatement(int at) {
    if (at < end && isInProgram()) {
      return punctuation(at, 1);
    }
    if (executable >= 0) {
      return at < end
          ? unsupported(executable, "an executable comment with a semicolon in it")
          : syntax(executable, "a comment that does not end");
    }
    if (tokens > firstTokens[statements]) {
      if (statements == statementBegins.length) {
        growStatements();
      }
      int begin = currentBegin;
      while (CharacterClasses.of(text[begin]) == CharacterClasses.SPACE) {
        begin++;
      }
      int textEnd = at;
      while (CharacterClasses.of(text[textEnd - 1]) == CharacterClasses.SPACE) {
        textEnd--;
      }
      statementBegins[statements] = begin;
      statementEnds[statements] = textEnd;
      flags[statements] = currentFlags;
      statements++;
      firstTokens[statements] = tokens;
    } else {
      dropHints();
    }
    currentBegin = at + 1;
    currentFlags = 0;
    depth = 0;
    return at + 1;
  }

  /**
   * Whether the definition of a stored program is read: the semicolons in its body are its own, and
   * it goes on to the end of the text, or is not understood.
   */
  private boolean isInProgram() {
    int i = firstTokens[statements];
    if (mariaDb && isCompound(i)) {
      return true;
    }
    if (!isWord(i, "CREATE") && !isWord(i, "ALTER")) {
      return false;
    }
    i++;
    if (isWord(i, "OR") && isWord(i + 1, "REPLACE")) {
      i += 2;
    }
    if (isWord(i, "DEFINER") && isMark(i + 1, '=')) {
      i += 3;
      if (i < tokens && kinds[i] == USER_VARIABLE) {
        i++;
      } else if (isMark(i, '(')) {
        i += 2;
      }
    }
    return isWord(i, "PROCEDURE")
        || isWord(i, "FUNCTION")
        || isWord(i, "AGGREGATE")
        || isWord(i, "TRIGGER")
        || isWord(i, "EVENT");
  }

  /** What MariaDB takes from the body of a program by itself. */
  private boolean isCompound(int i) {
    return isWord(i, "BEGIN") && isWord(i + 1, "NOT")
        || isWord(i, "IF")
        || isWord(i, "CASE")
        || isWord(i, "WHILE")
        || isWord(i, "LOOP")
        || isWord(i, "REPEAT")
        || isWord(i, "FOR")
        || i < tokens && (kinds[i] == WORD || kinds[i] == QUOTED_IDENTIFIER) && isMark(i + 1, ':');
  }

  private boolean isWord(int token, String word) {
    return token < tokens
        && kinds[token] == WORD
        && Ascii.equalsIgnoreCase(text, begins[token], ends[token], word);
  }

  private boolean isMark(int token, char mark) {
    return token < tokens
        && kinds[token] == PUNCTUATION
        && ends[token] == begins[token] + 1
        && text[begins[token]] == mark;
  }

  /** Hints before no token belong to no statement. */
  private void dropHints() {
    while (hints > 0 && hintBegins[hints - 1] >= currentBegin) {
      hints--;
    }
  }

  private int at(int at) {
    int next = at + 1;
    if (is(next, '@')) {
      return systemVariable(at);
    }
    if (is(next, '\'') || (is(next, '"') && !ansiQuotes)) {
      next = stringEnd(next, true);
    } else if (is(next, '`') || is(next, '"')) {
      next = quotedEnd(next);
    } else {
      int begin = next;
      while (isName(next) || is(next, '.')) {
        next++;
      }
      if (next == begin) {
        return syntax(at, "an @ without a name");
      }
      if (!isNameText(begin, next)) {
        return REFUSED;
      }
    }
    if (next < 0) {
      return REFUSED;
    }
    add(USER_VARIABLE, at, next);
    return next;
  }

  private int systemVariable(int at) {
    int next = at + 2;
    while (true) {
      boolean quoted = is(next, '`');
      int begin = quoted ? next + 1 : next;
      next = begin;
      while (isName(next) && text[next] > 0) {
        next++;
      }
      boolean closed = !quoted || (is(next, '`') && !is(next + 1, '`'));
      if (next == begin || !closed || (!quoted && isName(next))) {
        return syntax(at, "a system variable without a plain name");
      }
      if (quoted) {
        next++;
      }
      if (!is(next, '.') || !(isName(next + 1) || is(next + 1, '`'))) {
        add(SYSTEM_VARIABLE, at, next);
        return next;
      }
      next++;
    }
  }

  private int parameter(int at) {
    if (isName(at + 1)) {
      return syntax(at, "a parameter with a name behind it; put a blank");
    }
    add(PARAMETER, at, at + 1);
    return at + 1;
  }

  private int backslash(int at) {
    if (is(at + 1, 'N') && (mariaDb || version < MYSQL_8)) {
      add(WORD, at, at + 2);
      return at + 2;
    }
    return syntax(at, "a backslash outside of a string");
  }

  private int open(int at) {
    if (++depth > limits.maximumDepth()) {
      return unsupported(at, "parentheses are nested more than " + limits.maximumDepth() + " deep");
    }
    return punctuation(at, 1);
  }

  private int close(int at) {
    if (depth > 0) {
      depth--;
    }
    return punctuation(at, 1);
  }

  private int comparison(int at) {
    int length =
        switch (text[at]) {
          case '<' ->
              is(at + 1, '=')
                  ? (is(at + 2, '>') ? 3 : 2)
                  : is(at + 1, '>') || is(at + 1, '<') ? 2 : 1;
          case '>' -> is(at + 1, '=') || is(at + 1, '>') ? 2 : 1;
          case '!' -> is(at + 1, '=') ? 2 : 1;
          default -> 1;
        };
    return punctuation(at, length);
  }

  private int punctuation(int at, int length) {
    add(PUNCTUATION, at, at + length);
    return at + length;
  }

  private boolean is(int at, int b) {
    return at < end && text[at] == b;
  }

  private boolean isName(int at) {
    return at < end && names[text[at] & 0xFF];
  }

  private boolean isDigit(int at) {
    return at < end && text[at] >= '0' && text[at] <= '9';
  }

  private boolean isHexDigit(int at) {
    return isDigit(at)
        || (at < end
            && ((text[at] >= 'a' && text[at] <= 'f') || (text[at] >= 'A' && text[at] <= 'F')));
  }

  private int digits(int at) {
    int next = at;
    while (isDigit(next)) {
      next++;
    }
    return next;
  }

  private void noteFileName(int begin, int end) {
    boolean namesFiles =
        switch (end - begin) {
          case 7 -> Ascii.equalsIgnoreCase(text, begin, end, "OUTFILE");
          case 8 -> Ascii.equalsIgnoreCase(text, begin, end, "DUMPFILE");
          case 9 -> Ascii.equalsIgnoreCase(text, begin, end, "LOAD_FILE");
          default -> false;
        };
    if (namesFiles) {
      currentFlags |= NAMES_FILES;
    }
  }

  private void add(byte kind, int begin, int end) {
    int at = tokens;
    if (at == kinds.length) {
      int capacity = at + (at >> 1);
      kinds = Arrays.copyOf(kinds, capacity);
      begins = Arrays.copyOf(begins, capacity);
      ends = Arrays.copyOf(ends, capacity);
    }
    kinds[at] = kind;
    begins[at] = begin;
    ends[at] = end;
    tokens = at + 1;
  }

  private void addHint(int begin, int end) {
    if (hints == hintTokens.length) {
      hintTokens = Arrays.copyOf(hintTokens, hints * 2);
      hintBegins = Arrays.copyOf(hintBegins, hints * 2);
      hintEnds = Arrays.copyOf(hintEnds, hints * 2);
    }
    hintTokens[hints] = tokens;
    hintBegins[hints] = begin;
    hintEnds[hints] = end;
    hints++;
  }

  private void growStatements() {
    int capacity = statements * 2;
    statementBegins = Arrays.copyOf(statementBegins, capacity);
    statementEnds = Arrays.copyOf(statementEnds, capacity);
    firstTokens = Arrays.copyOf(firstTokens, capacity + 1);
    flags = Arrays.copyOf(flags, capacity);
  }

  private int syntax(int at, String what) {
    refusal = new Refusal(ErrorCode.ER_PARSE_ERROR.error(what), new Span(at, at));
    return REFUSED;
  }

  private int unsupported(int at, String what) {
    refusal = new Refusal(ErrorCode.ER_NOT_SUPPORTED_YET.error(what), new Span(at, at));
    return REFUSED;
  }
}
