package io.portcullis.it.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.it.harness.BackendExtension;
import io.portcullis.it.harness.Endpoint;
import io.portcullis.it.harness.Sql;
import io.portcullis.it.harness.TestBackend;
import io.portcullis.sql.lexer.LexLimits;
import io.portcullis.sql.lexer.LexedStatement;
import io.portcullis.sql.lexer.Lexer;
import io.portcullis.sql.lexer.TokenKind;
import io.portcullis.sql.text.ClientCharset;
import io.portcullis.sql.text.LexicalMode;
import io.portcullis.sql.text.ServerVersion;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Random text in which quotes, backslashes and comments are thick, read by the tokenizer and by the
 * server: where the server accepts it, both took the same parts for strings and for names. What the
 * tokenizer refuses is no matter; that it sees fewer or other tokens than the server is.
 */
@ExtendWith(BackendExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class LexerDifferentialIT {

  private static final int TEXTS = Integer.getInteger("portcullis.it.fuzz.statements", 4_000);
  private static final long SEED = Long.getLong("portcullis.it.fuzz.seed", 20_261_124L);

  private static final List<String> MODES =
      List.of("", "ANSI_QUOTES", "NO_BACKSLASH_ESCAPES", "ANSI_QUOTES,NO_BACKSLASH_ESCAPES");

  /** What a text is made of; most of them begin, end or hide something. */
  private static final List<String> PIECES =
      List.of(
          "'",
          "'",
          "'",
          "\"",
          "\"",
          "`",
          "`",
          "\\",
          "\\",
          "a",
          "b",
          "x",
          " ",
          " ",
          "''",
          "\"\"",
          "``",
          "\\'",
          "\\\"",
          "/*",
          "*/",
          "/*!",
          "/*!50000 ",
          "/*!99999 ",
          "/*M!",
          "/*M!100100 ",
          "/*!080000 ",
          "/*!100100 ",
          "--",
          "-- ",
          "#",
          "\n",
          "\t",
          ",",
          ",",
          "'a'",
          "\"b\"",
          "`c`",
          "'x' AS y",
          "'x'`y`",
          "N'n'",
          "_utf8mb4'u'",
          "\\n",
          "\\0",
          "\\%",
          "\\_",
          "\\Z",
          "\u00e4",
          "\ud83d\ude00",
          "$$",
          "$",
          "@",
          "%",
          "'it''s'",
          "\r",
          "\u000b",
          "/**/",
          "/*/",
          "*//*");

  private final Endpoint straight;

  LexerDifferentialIT(TestBackend backend) {
    straight = backend.endpoint();
  }

  /** Without AS the server makes a name of the string, in ways of its own. */
  private static final String UNNAMED = "";

  /** A column: its name, and its value. */
  private record Column(String name, String value) {

    /** Names come back in utf8mb3, without blanks in front. */
    boolean isReadAs(Column other) {
      return value.equals(other.value)
          && (other.name.equals(UNNAMED)
              || name.equals(other.name.replaceAll("[^\\x00-\\uffff]", "?").stripLeading()));
    }
  }

  @Test
  void serverAndTokenizerTakeTheSameForStringsAndNames() throws SQLException {
    Lexer lexer = new Lexer(LexLimits.STANDARD);
    List<String> differences = new ArrayList<>();
    int compared = 0;
    int accepted = 0;
    try (Connection connection = straight.connect()) {
      ServerVersion version = ServerVersion.parse(Sql.value(connection, "SELECT VERSION()"));
      for (int i = 0; i < TEXTS; i++) {
        String sqlMode = MODES.get(i * MODES.size() / TEXTS);
        if (i == 0 || !sqlMode.equals(MODES.get((i - 1) * MODES.size() / TEXTS))) {
          Sql.run(connection, "SET sql_mode = '" + sqlMode + "'");
        }
        String sql = text(new Dice(SEED * 1_000_033 + i));
        Optional<List<Column>> answer = answer(connection, sql);
        if (answer.isEmpty()) {
          continue;
        }
        accepted++;
        LexicalMode mode = LexicalMode.of(version, ClientCharset.UTF8MB4, sqlMode);
        byte[] bytes = sql.getBytes(StandardCharsets.UTF_8);
        int count = lexer.lex(bytes, 0, bytes.length, mode);
        if (count < 0) {
          continue; // refused
        }
        Optional<List<Column>> read =
            count == 1 ? columns(lexer.statement(0)) : Optional.of(List.of());
        if (read.isPresent()) {
          compared++;
          if (!isReadAs(answer.get(), read.get())) {
            differences.add(
                "["
                    + sqlMode
                    + "] "
                    + sql
                    + "\n  server: "
                    + answer.get()
                    + "\n  tokenizer: "
                    + read.get());
          }
        }
      }
    }
    String summary =
        "seed " + SEED + ", " + TEXTS + " texts, accepted " + accepted + ", compared " + compared;
    System.out.println(summary);
    assertThat(differences).as(summary).isEmpty();
    assertThat(compared).as(summary).isGreaterThan(TEXTS / 40);
  }

  private static boolean isReadAs(List<Column> answer, List<Column> read) {
    boolean same = answer.size() == read.size();
    for (int i = 0; same && i < answer.size(); i++) {
      same = answer.get(i).isReadAs(read.get(i));
    }
    return same;
  }

  /** Wrapped in quotes half of the time, so that it has a chance to be a statement. */
  private static String text(Dice dice) {
    StringBuilder text = new StringBuilder("SELECT ");
    int items = 1 + dice.below(3);
    for (int i = 0; i < items; i++) {
      text.append(i == 0 ? "" : " , ");
      String quote = dice.one("'", "'", "\"", "");
      text.append(quote);
      int pieces = dice.below(7);
      for (int k = 0; k < pieces; k++) {
        text.append(dice.one(PIECES));
      }
      text.append(quote).append(dice.one("", "", " AS `n`", " AS \"m\"", " o", "/*! AS p*/"));
    }
    return text.toString();
  }

  private static Optional<List<Column>> answer(Connection connection, String sql) {
    try (Statement statement = connection.createStatement()) {
      statement.setEscapeProcessing(false);
      if (!statement.execute(sql)) {
        return Optional.empty();
      }
      try (ResultSet rows = statement.getResultSet()) {
        List<Column> columns = new ArrayList<>();
        rows.next();
        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
          columns.add(
              new Column(rows.getMetaData().getColumnLabel(i), String.valueOf(rows.getString(i))));
        }
        return Optional.of(columns);
      }
    } catch (SQLException e) {
      return Optional.empty();
    }
  }

  /**
   * What the tokens predict, as far as they are strings, each with a name behind it or none; empty
   * when there is something else among them.
   */
  private static Optional<List<Column>> columns(LexedStatement tokens) {
    List<Column> columns = new ArrayList<>();
    int i = 1;
    while (true) {
      StringBuilder value = new StringBuilder();
      int strings = 0;
      while (i < tokens.size() && tokens.kind(i) == TokenKind.STRING) {
        value.append(tokens.value(i));
        strings++;
        i++;
      }
      if (strings == 0) {
        return Optional.empty();
      }
      String name = UNNAMED;
      if (tokens.isWord(i, "AS")) {
        i++;
        if (i < tokens.size() && tokens.kind(i) == TokenKind.PUNCTUATION) {
          return Optional.empty();
        }
      }
      if (i < tokens.size() && tokens.kind(i) != TokenKind.PUNCTUATION) {
        if (tokens.kind(i) != TokenKind.QUOTED_IDENTIFIER && tokens.kind(i) != TokenKind.WORD) {
          return Optional.empty();
        }
        name = tokens.value(i);
        i++;
      }
      columns.add(new Column(name, value.toString()));
      if (i == tokens.size()) {
        return Optional.of(columns);
      }
      if (!tokens.isPunctuation(i, ",")) {
        return Optional.empty();
      }
      i++;
    }
  }
}
