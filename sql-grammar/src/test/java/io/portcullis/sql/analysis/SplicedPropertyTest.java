package io.portcullis.sql.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.sql.lexer.LexLimits;
import io.portcullis.sql.lexer.LexedStatement;
import io.portcullis.sql.lexer.Lexer;
import io.portcullis.sql.lexer.TokenKind;
import io.portcullis.sql.statement.AccessControlStatement;
import io.portcullis.sql.text.LexicalMode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Statements with other databases say the same: recorded ones, and made-up ones. */
final class SplicedPropertyTest {
  private static final long SEED = 20_240_607;
  private static final int ROUNDS = 400;

  /** Tables of the recorded statements. */
  private static final Set<String> TABLES = Set.of("secret", "t1", "t2", "t3");

  /** Recorded statements, by flavour and as written or with qualified tables, that were spliced. */
  private static final int SPLICED = 1_456;

  @Test
  void recordedStatementsSayTheSame() {
    int spliced = 0;
    List<String> uncertain = new ArrayList<>();
    for (ParserDifferentialsTest.Row row : ParserDifferentialsTest.rows()) {
      for (LexicalMode mode : ParserDifferentialsTest.modes(row)) {
        for (String text : List.of(row.text(), qualified(row.text(), mode))) {
          if (Spliced.saysTheSame(text, mode)) {
            spliced++;
          } else if (isUnderstood(text, mode)) {
            uncertain.add(mode.server().flavour() + " " + text);
          }
        }
      }
    }
    assertThat(uncertain).as("spliced: " + spliced).isEmpty();
    assertThat(spliced).isGreaterThanOrEqualTo(SPLICED);
  }

  /** Whether every part of it is understood, and not answered by the gate. */
  private static boolean isUnderstood(String text, LexicalMode mode) {
    Lexer lexer = new Lexer(LexLimits.STANDARD);
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int count = lexer.lex(bytes, 0, bytes.length, mode);
    for (int i = 0; i < count; i++) {
      AnalysisResult result = new StatementAnalyzer(0).analyze(lexer.statement(i));
      boolean sent =
          result instanceof StatementAnalysis analysis
              && !(analysis.statement() instanceof AccessControlStatement);
      if (!sent) {
        return false;
      }
    }
    return count > 0;
  }

  /** With a database before every table that has none. Where it cannot stand, that is refused. */
  private static String qualified(String text, LexicalMode mode) {
    Lexer lexer = new Lexer(LexLimits.STANDARD);
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (lexer.lex(bytes, 0, bytes.length, mode) != 1) {
      return text;
    }
    LexedStatement lexed = lexer.statement(0);
    StringBuilder out = new StringBuilder();
    int from = 0;
    for (int i = 0; i < lexed.size(); i++) {
      boolean table =
          (lexed.kind(i) == TokenKind.WORD || lexed.kind(i) == TokenKind.QUOTED_IDENTIFIER)
              && TABLES.contains(lexed.value(i))
              && !lexed.isPunctuation(i - 1, ".")
              && !lexed.isWord(i - 1, "AS");
      if (table) {
        int at = lexer.begin(0) + lexed.span(i).begin();
        out.append(new String(bytes, from, at - from, StandardCharsets.UTF_8)).append("shop.");
        from = at;
      }
    }
    return out.append(new String(bytes, from, bytes.length - from, StandardCharsets.UTF_8))
        .toString();
  }

  @Test
  void randomStatementsNameWhatTheyWereMadeOf() {
    Random random = new Random(SEED);
    int understood = 0;
    for (int round = 0; round < ROUNDS; round++) {
      String marked = new RandomStatement(random).statement();
      String plain = DatabaseUsesTest.plain(marked);
      for (LexicalMode mode : List.of(Analysed.MYSQL, Analysed.MARIADB)) {
        if (!isUnderstood(plain, mode)) {
          continue; // it changes no table, or one that is not there
        }
        understood++;
        LexedStatement text = Analysed.lexed(plain, mode);
        DatabaseUses uses = DatabaseUsesTest.analysis(text).databases();
        assertThat(DatabaseUsesTest.marked(plain, text, uses)).isEqualTo(marked);
        assertThat(Spliced.saysTheSame(plain, mode)).as(plain).isTrue();
      }
    }
    assertThat(understood).isGreaterThan(2 * ROUNDS * 9 / 10);
  }

  /**
   * Writes statements in which the names of databases, tables, columns and aliases are taken from
   * the same few words, with every database between « and ».
   */
  private static final class RandomStatement {
    private static final List<String> NAMES =
        List.of("shop", "a", "t", "`shop`", "`a b`", "`x``y`", "`from`", "`1.2`", "day", "Shop");

    private final Random random;
    private int depth;

    RandomStatement(Random random) {
      this.random = random;
    }

    String statement() {
      return switch (random.nextInt(12)) {
        case 0 -> "INSERT INTO " + table() + " (" + column() + ") VALUES (" + value() + ", 1)";
        case 1 -> "REPLACE INTO " + table() + " " + query();
        case 2 ->
            "INSERT INTO "
                + table()
                + " SET "
                + column()
                + " = "
                + value()
                + " ON DUPLICATE KEY UPDATE "
                + column()
                + " = "
                + value();
        case 3 ->
            "UPDATE " + from() + " SET " + column() + " = " + value() + ", " + column() + " = 1";
        case 4 -> "DELETE FROM " + table() + " WHERE " + condition();
        case 5 -> {
          String target = table();
          yield "DELETE " + target + " FROM " + target + ", " + from() + " WHERE " + condition();
        }
        case 6 -> "CREATE VIEW " + table() + " AS " + query();
        case 7 -> "CREATE TABLE " + table() + " (" + name() + " INT) AS " + query();
        case 8 ->
            "CREATE TABLE "
                + table()
                + " ("
                + name()
                + " INT, FOREIGN KEY ("
                + name()
                + ") REFERENCES "
                + table()
                + " ("
                + name()
                + "))";
        case 9 -> "RENAME TABLE " + table() + " TO " + table() + ", " + table() + " TO " + table();
        case 10 -> "SET @shop.a = " + value() + ", @b = (" + query() + ")";
        default -> query();
      };
    }

    private String query() {
      depth++;
      String query =
          (one(5) ? "WITH " + name() + " AS (" + nested() + ") " : "")
              + "SELECT "
              + item()
              + (one(2) ? ", " + item() : "")
              + " FROM "
              + from()
              + (one(2) ? " WHERE " + condition() : "")
              + (one(4) ? " GROUP BY " + column() : "")
              + (one(4) ? " ORDER BY " + column() : "");
      depth--;
      return query;
    }

    private String nested() {
      return depth < 3 ? query() : "SELECT 1";
    }

    private String item() {
      return switch (random.nextInt(7)) {
        case 0 -> "*";
        case 1 -> name() + ".*";
        case 2 -> database() + dot() + name() + ".*";
        case 3 -> value() + " AS " + name();
        case 4 -> "(" + nested() + ")";
        default -> value();
      };
    }

    private String from() {
      StringBuilder from = new StringBuilder(reference());
      while (one(3)) {
        from.append(
            switch (random.nextInt(4)) {
              case 0 -> ", " + reference();
              case 1 -> " LEFT JOIN " + reference() + " ON " + condition();
              case 2 -> " JOIN " + reference() + " USING (" + name() + ")";
              default -> " CROSS JOIN (" + reference() + ", " + reference() + ")";
            });
      }
      return from.toString();
    }

    private String reference() {
      return switch (random.nextInt(6)) {
        case 0 -> "(" + nested() + ") AS " + name();
        case 1 -> table() + " AS " + name();
        case 2 -> table() + " USE INDEX (" + name() + ")";
        case 3 -> table() + " PARTITION (" + name() + ") AS " + name();
        default -> table();
      };
    }

    private String condition() {
      return switch (random.nextInt(5)) {
        case 0 -> value() + " IN (" + nested() + ")";
        case 1 -> value() + " IN (1, " + value() + ", 'shop.t')";
        case 2 -> "EXISTS (" + nested() + ")";
        case 3 -> value() + " BETWEEN " + value() + " AND " + value() + " AND " + value();
        default -> value() + " = " + value();
      };
    }

    private String value() {
      return switch (random.nextInt(8)) {
        case 0 -> "'shop.t.a'";
        case 1 -> "@shop.a";
        case 2 -> "COUNT(" + column() + ")";
        case 3 -> "CAST(" + column() + " AS CHAR(3))";
        case 4 -> "SUM(" + column() + ") OVER (PARTITION BY " + column() + ")";
        default -> column();
      };
    }

    private String column() {
      return switch (random.nextInt(3)) {
        case 0 -> name();
        case 1 -> name() + dot() + name();
        default -> database() + dot() + name() + dot() + name();
      };
    }

    private String table() {
      return one(2) ? name() : database() + dot() + name();
    }

    private String database() {
      return '«' + name() + '»';
    }

    private String dot() {
      return one(8) ? " . " : one(8) ? "/* x.y */." : ".";
    }

    private String name() {
      return NAMES.get(random.nextInt(NAMES.size()));
    }

    private boolean one(int of) {
      return random.nextInt(of) == 0;
    }
  }
}
