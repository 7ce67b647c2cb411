package io.portcullis.sql.lexer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.sql.text.ClientCharset;
import io.portcullis.sql.text.LexicalMode;
import io.portcullis.sql.text.ServerVersion;
import io.portcullis.sql.text.Span;
import io.portcullis.sql.text.StatementKey;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What holds for any text, on seeded random ones. */
class LexerPropertyTest {

  private static final int TEXTS = 4000;

  private static final String[] FRAGMENTS = {
    "SELECT ",
    "INSERT ",
    "SET ",
    "a",
    "b",
    "t.a",
    ".",
    ",",
    "(",
    ")",
    "1",
    "1.5",
    "1e",
    "0x41",
    "x'41'",
    "'a'",
    "'",
    "\"",
    "`",
    "`c`",
    "/*!",
    "/*!50000 ",
    "/*!99999 ",
    "/*M!",
    "*/",
    "/*",
    "-- ",
    "--",
    "#",
    "\n",
    " ",
    ";",
    "\\",
    "@v",
    "@'v'",
    "@@x",
    "?",
    ":=",
    "<",
    "=",
    ">",
    "$$",
    "\0",
    "\u00E9",
    "\uD83D\uDE00",
    "load_file",
    "N'",
    "_binary",
    "\t"
  };

  private static final List<LexicalMode> MODES =
      List.of(
          Lexed.MYSQL,
          Lexed.MARIADB,
          Lexed.MYSQL_57,
          Lexed.mode("8.4.6", "ANSI_QUOTES,NO_BACKSLASH_ESCAPES"),
          LexicalMode.of(ServerVersion.parse("11.4.5-MariaDB"), ClientCharset.LATIN1, ""),
          LexicalMode.of(ServerVersion.parse("9.1.0"), ClientCharset.BINARY, "ANSI"));

  @TestFactory
  Stream<DynamicTest> anyTextIsReadTheSameTwiceWithSpansInside() {
    return seeds(
        seed -> {
          Random random = new Random(seed);
          Lexer lexer = new Lexer(LexLimits.STANDARD);
          Lexer other = new Lexer(LexLimits.STANDARD);
          for (int i = 0; i < TEXTS; i++) {
            byte[] text = random.nextBoolean() ? fragments(random) : noise(random);
            LexicalMode mode = MODES.get(random.nextInt(MODES.size()));
            check(lexer, other, text, random.nextInt(text.length + 1), mode);
            check(lexer, other, text, 0, mode);
          }
        });
  }

  private static void check(Lexer lexer, Lexer other, byte[] text, int begin, LexicalMode mode) {
    int count = lexer.lex(text, begin, text.length, mode);
    assertThat(other.lex(text, begin, text.length, mode)).isEqualTo(count);
    if (count < 0) {
      assertThat(lexer.refusal()).isEqualTo(other.refusal());
      assertThat(lexer.refusal().at().begin()).isBetween(begin, text.length);
      return;
    }
    int previous = begin;
    for (int i = 0; i < count; i++) {
      assertThat(lexer.begin(i)).isGreaterThanOrEqualTo(previous);
      assertThat(lexer.end(i)).isBetween(lexer.begin(i), text.length);
      previous = lexer.end(i);
      LexedStatement statement = lexer.statement(i);
      assertThat(statement.key()).isEqualTo(lexer.key(i));
      checkTokens(statement, lexer.end(i) - lexer.begin(i));
      // What is forwarded is the statement alone: it must read the same alone.
      assertThat(other.lex(text, lexer.begin(i), lexer.end(i), mode)).isEqualTo(1);
      assertThat(other.key(0)).isEqualTo(statement.key());
    }
  }

  private static void checkTokens(LexedStatement statement, int length) {
    assertThat(statement.size()).isPositive();
    int end = 0;
    for (int i = 0; i < statement.size(); i++) {
      Span span = statement.span(i);
      assertThat(span.begin()).isGreaterThanOrEqualTo(end);
      assertThat(span.end()).isGreaterThan(span.begin()).isLessThanOrEqualTo(length);
      assertThat(hasValue(statement, i)).isTrue();
      end = span.end();
    }
  }

  /** Everything but strings that are not made of characters. */
  private static boolean hasValue(LexedStatement statement, int token) {
    try {
      return statement.value(token) != null;
    } catch (MalformedStringException meaningless) {
      return statement.kind(token) == TokenKind.STRING;
    }
  }

  @TestFactory
  Stream<DynamicTest> keysAreEqualExactlyWhenTokensAre() {
    return seeds(
        seed -> {
          Random random = new Random(seed);
          Lexer lexer = new Lexer(LexLimits.STANDARD);
          Map<StatementKey, String> tokensOf = new HashMap<>();
          Map<String, StatementKey> keyOf = new HashMap<>();
          for (int i = 0; i < TEXTS; i++) {
            byte[] text = fragments(random);
            int count = lexer.lex(text, 0, text.length, Lexed.MARIADB);
            for (int s = 0; s < count; s++) {
              LexedStatement statement = lexer.statement(s);
              String tokens = normalised(statement);
              assertThat(tokensOf.computeIfAbsent(statement.key(), k -> tokens)).isEqualTo(tokens);
              assertThat(keyOf.computeIfAbsent(tokens, t -> statement.key()))
                  .isEqualTo(statement.key());
            }
          }
          assertThat(keyOf).hasSizeGreaterThan(100);
        });
  }

  /** The key's definition once more, in plain words; for texts without hints. */
  private static String normalised(LexedStatement statement) {
    boolean folds =
        statement.isPunctuation(0, "(")
            || Stream.of("SELECT", "INSERT", "UPDATE", "DELETE", "REPLACE", "WITH", "VALUES")
                .anyMatch(word -> statement.isWord(0, word));
    for (int i = 0; i < statement.size(); i++) {
      TokenKind kind = statement.kind(i);
      boolean name = kind == TokenKind.WORD || kind == TokenKind.QUOTED_IDENTIFIER;
      folds &= !(name && statement.value(i).equalsIgnoreCase("load_file"));
    }
    List<String> tokens = new ArrayList<>();
    for (int i = 0; i < statement.size(); i++) {
      String content =
          switch (statement.kind(i)) {
            case WORD, QUOTED_IDENTIFIER -> statement.value(i);
            case STRING, NUMBER, HEX, BIT -> folds ? "" : statement.text(i);
            case PARAMETER -> "";
            case USER_VARIABLE, SYSTEM_VARIABLE -> statement.text(i);
            case PUNCTUATION -> isDetached(statement, i) ? " (" : statement.text(i);
          };
      tokens.add(statement.kind(i) + ":" + content.length() + ":" + content);
    }
    return tokens.toString();
  }

  private static boolean isDetached(LexedStatement statement, int i) {
    return statement.isPunctuation(i, "(")
        && i > 0
        && statement.kind(i - 1) == TokenKind.WORD
        && !statement.touchesNext(i - 1);
  }

  private static Stream<DynamicTest> seeds(LongConsumer check) {
    return Stream.of(1L, 2L, 3L, 4L)
        .map(seed -> DynamicTest.dynamicTest("seed " + seed, () -> check.accept(seed)));
  }

  private static byte[] fragments(Random random) {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    if (random.nextInt(3) > 0) {
      text.writeBytes("SELECT ".getBytes(UTF_8));
    }
    int count = random.nextInt(12);
    for (int i = 0; i < count; i++) {
      text.writeBytes(FRAGMENTS[random.nextInt(FRAGMENTS.length)].getBytes(UTF_8));
    }
    return text.toByteArray();
  }

  private static byte[] noise(Random random) {
    byte[] text = new byte[random.nextInt(40)];
    random.nextBytes(text);
    for (int i = 0; i < text.length; i++) {
      if (random.nextInt(4) > 0) {
        text[i] = (byte) (' ' + random.nextInt(95));
      }
    }
    return text;
  }
}
