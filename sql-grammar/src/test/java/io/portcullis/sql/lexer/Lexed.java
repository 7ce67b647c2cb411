package io.portcullis.sql.lexer;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.sql.text.ClientCharset;
import io.portcullis.sql.text.LexicalMode;
import io.portcullis.sql.text.ServerVersion;
import io.portcullis.sql.text.StatementKey;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads texts for tests and writes tokens down in a short form. */
final class Lexed {

  static final LexicalMode MYSQL = mode("8.4.6", "");
  static final LexicalMode MYSQL_57 = mode("5.7.44", "");
  static final LexicalMode MARIADB = mode("10.11.14-MariaDB", "");

  private Lexed() {}

  static LexicalMode mode(String version, String sqlMode) {
    return LexicalMode.of(ServerVersion.parse(version), ClientCharset.UTF8MB4, sqlMode);
  }

  static LexicalMode mode(ClientCharset charset) {
    return LexicalMode.of(ServerVersion.parse("8.4.6"), charset, "");
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Each byte is a character of the text. */
  static byte[] raw(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  static List<LexedStatement> statements(byte[] text, LexicalMode mode) {
    Lexer lexer = new Lexer(LexLimits.STANDARD);
    int count = lexer.lex(text, 0, text.length, mode);
    assertThat(count)
        .as(() -> count < 0 ? lexer.refusal().toString() : "read")
        .isGreaterThanOrEqualTo(0);
    List<LexedStatement> statements = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      statements.add(lexer.statement(i));
    }
    return statements;
  }

  static LexedStatement statement(String text, LexicalMode mode) {
    List<LexedStatement> statements = statements(bytes(text), mode);
    assertThat(statements).hasSize(1);
    return statements.get(0);
  }

  static StatementKey key(String text, LexicalMode mode) {
    return statement(text, mode).key();
  }

  /**
   * Words and operators as they are, identifiers in backquotes, strings in quotes, everything else
   * as written; one blank between tokens.
   */
  static String tokens(String text, LexicalMode mode) {
    return tokens(statement(text, mode));
  }

  static String tokens(LexedStatement statement) {
    StringBuilder tokens = new StringBuilder();
    for (int i = 0; i < statement.size(); i++) {
      tokens.append(i == 0 ? "" : " ");
      switch (statement.kind(i)) {
        case QUOTED_IDENTIFIER -> tokens.append('`').append(statement.value(i)).append('`');
        case STRING -> tokens.append('\'').append(statement.value(i)).append('\'');
        case USER_VARIABLE -> tokens.append('@').append(statement.value(i));
        case SYSTEM_VARIABLE -> tokens.append("@@").append(statement.value(i));
        case NUMBER -> tokens.append('#').append(statement.value(i));
        default -> tokens.append(statement.value(i));
      }
    }
    return tokens.toString();
  }

  static String refusal(byte[] text, LexicalMode mode) {
    Lexer lexer = new Lexer(LexLimits.STANDARD);
    assertThat(lexer.lex(text, 0, text.length, mode)).isEqualTo(-1);
    return lexer.refusal().error().message();
  }

  static String refusal(String text, LexicalMode mode) {
    return refusal(bytes(text), mode);
  }
}
