package io.portcullis.sql.parser;

import io.portcullis.sql.lexer.LexLimits;
import io.portcullis.sql.lexer.LexedStatement;
import io.portcullis.sql.lexer.Lexer;
import io.portcullis.sql.lexer.TokenKind;
import io.portcullis.sql.text.LexicalMode;
import io.portcullis.sql.text.PolicyReason;
import io.portcullis.sql.text.Span;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/**
 * {@code PREPARE name FROM 'text'} and {@code EXECUTE IMMEDIATE 'text'}: the statement inside the
 * string, read as the server reads it. An expression instead of the string is not known before it
 * runs and refused, and so is what character sets could change on the way. What a variable holds is
 * asked for ({@link io.portcullis.sql.statement.FromVariable}).
 */
public final class DynamicText {

  private static final int LONGEST_NAME = 64;

  private DynamicText() {}

  /**
   * The statement in the string; empty when the statement is not one of these two, or holds one
   * about an account without a string around it, or takes it from a variable.
   */
  public static Optional<LexedStatement> in(LexedStatement statement) {
    TokenCursor cursor = new TokenCursor(new QualifiedNames(statement));
    if (cursor.accept("EXECUTE", "IMMEDIATE")) {
      return cursor.isKind(TokenKind.USER_VARIABLE) ? Optional.empty() : Optional.of(read(cursor));
    }
    if (cursor.accept("PREPARE")) {
      name(cursor);
      cursor.expect("FROM");
      return AccountText.begins(cursor) || cursor.isKind(TokenKind.USER_VARIABLE)
          ? Optional.empty()
          : Optional.of(read(cursor));
    }
    return Optional.empty();
  }

  /** The name of a prepared statement, in lower case: servers compare without regard to case. */
  static String name(TokenCursor cursor) {
    String name = cursor.identifier();
    boolean plain =
        name.length() <= LONGEST_NAME
            && name.chars()
                .allMatch(c -> c < 0x80 && (Character.isLetterOrDigit(c) || c == '_' || c == '$'));
    if (!plain) {
      throw cursor.notOffered(
          PolicyReason.AMBIGUOUS_NAME,
          "a prepared statement of this name",
          "letters, digits and _ can be told apart for certain");
    }
    return name.toLowerCase(Locale.ROOT);
  }

  /** Reads the string at the cursor and moves behind it. */
  static LexedStatement read(TokenCursor cursor) {
    LexedStatement text = cursor.text();
    int at = cursor.at();
    char first = at < cursor.end() ? text.text(at).charAt(0) : ' ';
    boolean plain =
        cursor.isKind(TokenKind.STRING)
            && (first == '\'' || first == '"')
            && (at + 1 == cursor.end() || text.kind(at + 1) == TokenKind.WORD);
    if (!plain) {
      throw cursor.notOffered(
          PolicyReason.UNKNOWN_BEFORE_IT_RUNS,
          "dynamic SQL from anything but one string",
          "what would run is not known before");
    }
    String inner = text.value(at);
    cursor.names().columns().incomplete(); // they are names of the inner text
    cursor.skip();
    return lex(inner, text.mode(), text.span(at));
  }

  /**
   * Reads what a string says.
   *
   * @param at where the string is, for refusals
   */
  static LexedStatement lex(String inner, LexicalMode mode, Span at) {
    if (!inner.chars().allMatch(c -> c > 0 && c < 0x80)) {
      throw StatementRefused.notOffered(
          PolicyReason.CANNOT_BE_READ_SAFELY,
          "SQL in a string with characters beyond ASCII",
          "character sets may change them on the way",
          at);
    }
    Lexer lexer = new Lexer(LexLimits.STANDARD);
    byte[] bytes = inner.getBytes(StandardCharsets.US_ASCII);
    int count = lexer.lex(bytes, 0, bytes.length, mode);
    if (count < 0) {
      throw new StatementRefused(lexer.refusal().error(), at);
    }
    if (count != 1) {
      throw StatementRefused.notUnderstood("there are " + count + " statements in the string", at);
    }
    return lexer.statement(0);
  }
}
