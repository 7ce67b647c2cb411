package io.portcullis.sql.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.sql.access.AccessKind;
import io.portcullis.sql.access.AccessRequest;
import io.portcullis.sql.access.RelationName;
import io.portcullis.sql.lexer.LexLimits;
import io.portcullis.sql.lexer.LexedStatement;
import io.portcullis.sql.lexer.Lexer;
import io.portcullis.sql.statement.Statement;
import io.portcullis.sql.text.LexicalMode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Every recorded statement: what the server asks for is among the accesses, or the statement is
 * refused. Nothing may be hidden; what is seen may only become more.
 */
final class ParserDifferentialsTest {
  /**
   * Rows, by flavour, of which every access is seen; five of those recorded for both call functions
   * that MySQL does not have, and are refused there.
   */
  private static final int SEEN = 765;

  record Row(String id, String flavour, String text, String needed, String note) {}

  @Test
  void everyAccessTheServerNeedsIsSeenOrTheStatementIsRefused() {
    List<String> hidden = new ArrayList<>();
    List<String> refused = new ArrayList<>();
    int seen = 0;
    for (Row row : rows()) {
      for (LexicalMode mode : modes(row)) {
        String outcome = judge(row, mode);
        String line =
            row.id() + " " + mode.server().flavour() + " " + row.text() + " -- " + outcome;
        if (outcome.startsWith("hidden")) {
          hidden.add(line);
        } else if (outcome.startsWith("refused")) {
          refused.add(line);
        } else {
          seen++;
        }
      }
    }
    String summary = "seen " + seen + ", refused " + refused.size() + ", hidden " + hidden.size();
    assertThat(hidden).as(summary).isEmpty();
    assertThat(seen)
        .as(() -> summary + "\n" + String.join("\n", refused))
        .isGreaterThanOrEqualTo(SEEN);
  }

  static List<LexicalMode> modes(Row row) {
    String sqlMode =
        row.note().contains("NO_BACKSLASH_ESCAPES") || row.id().equals("LEX36")
            ? "NO_BACKSLASH_ESCAPES"
            : row.note().contains("ANSI") || row.id().equals("LEX38") ? "ANSI_QUOTES" : "";
    LexicalMode mysql = Analysed.mode("8.4.6", sqlMode);
    LexicalMode mariadb = Analysed.mode("11.4.5-MariaDB", sqlMode);
    return row.flavour().startsWith("mariadb")
        ? List.of(mariadb)
        : row.flavour().startsWith("mysql") ? List.of(mysql) : List.of(mysql, mariadb);
  }

  private static String judge(Row row, LexicalMode mode) {
    Lexer lexer = new Lexer(LexLimits.STANDARD);
    byte[] bytes = row.text().getBytes(StandardCharsets.UTF_8);
    int count = lexer.lex(bytes, 0, bytes.length, mode);
    if (count < 0) {
      return "refused: " + lexer.refusal().error().message();
    }
    List<AccessRequest> accesses = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      LexedStatement lexed = lexer.statement(i);
      AnalysisResult result = new StatementAnalyzer(0).analyze(lexed);
      if (result instanceof AnalysisRefused refusal) {
        return "refused: " + refusal.refusal().error().message();
      }
      Statement statement = ((StatementAnalysis) result).statement();
      if (statement instanceof io.portcullis.sql.statement.AccessControlStatement) {
        return "refused: answered by the gate itself";
      }
      accesses.addAll(Analysed.accesses(statement));
    }
    for (String need : row.needed().split("; ")) {
      int name = need.lastIndexOf(' ');
      String relation = need.substring(name + 1);
      for (String kind : need.substring(0, name).split(", ")) {
        if (!isSeen(kind, relation, accesses)) {
          return "hidden: " + kind + " " + relation + " not in " + accesses;
        }
      }
    }
    return "seen";
  }

  /** The server's privileges as kinds of access; the model has fewer (PM 4.3 to 4.5). */
  private static boolean isSeen(String needed, String relation, List<AccessRequest> accesses) {
    if (relation.equals("db.")) {
      return !accesses.isEmpty();
    }
    Set<AccessKind> kinds =
        accesses.stream()
            .filter(access -> access.object() instanceof RelationName)
            .filter(access -> qualified((RelationName) access.object()).equals(relation))
            .map(AccessRequest::kind)
            .collect(Collectors.toSet());
    if (kinds.isEmpty()) {
      return false;
    }
    return switch (needed) {
      // to read rows one changes is not a privilege of its own
      case "SELECT", "SHOW", "ANY", "CHECK TABLE" -> true;
      case "INSERT" -> kinds.contains(AccessKind.INSERT) || kinds.contains(AccessKind.CREATE_TABLE);
      case "UPDATE" -> kinds.contains(AccessKind.UPDATE);
      case "DELETE HISTORY" -> kinds.contains(AccessKind.TRUNCATE);
      case "DELETE" -> kinds.contains(AccessKind.DELETE);
      case "CREATE" -> kinds.contains(AccessKind.CREATE_TABLE);
      case "ALTER" -> kinds.contains(AccessKind.ALTER_TABLE);
      case "DROP" ->
          kinds.stream()
              .anyMatch(
                  kind ->
                      kind == AccessKind.DROP_TABLE
                          || kind == AccessKind.DROP_VIEW
                          || kind == AccessKind.TRUNCATE
                          || kind == AccessKind.ALTER_TABLE
                          || kind == AccessKind.ALTER_VIEW);
      case "CREATE VIEW" ->
          kinds.contains(AccessKind.CREATE_VIEW) || kinds.contains(AccessKind.ALTER_VIEW);
      case "REFERENCES" -> kinds.contains(AccessKind.REFERENCE);
      case "TRIGGER" -> kinds.contains(AccessKind.ADD_TRIGGER);
      case "INDEX" -> kinds.contains(AccessKind.INDEX);
      default -> throw new IllegalArgumentException(needed);
    };
  }

  private static String qualified(RelationName relation) {
    return (relation.database().isCurrent() ? "db" : relation.database().name())
        + "."
        + relation.name().replace("\n", "\\n");
  }

  static List<Row> rows() {
    List<Row> rows = new ArrayList<>();
    try (InputStream in =
        ParserDifferentialsTest.class.getResourceAsStream("parser-differentials.tsv")) {
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
        if (!line.startsWith("#")) {
          String[] cells = line.split("\t", -1);
          rows.add(
              new Row(
                  cells[0],
                  cells[2].toLowerCase(Locale.ROOT),
                  unescape(cells[3]),
                  cells[4],
                  cells.length > 7 ? cells[7] : ""));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    assertThat(rows).hasSize(422);
    return rows;
  }

  private static String unescape(String cell) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < cell.length(); i++) {
      char c = cell.charAt(i);
      if (c == '\\') {
        i++;
        c =
            switch (cell.charAt(i)) {
              case 'n' -> '\n';
              case 't' -> '\t';
              default -> cell.charAt(i);
            };
      }
      text.append(c);
    }
    return text.toString();
  }
}
