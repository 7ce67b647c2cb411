package io.portcullis.it.coverage;

import io.portcullis.sql.analysis.AnalysisRefused;
import io.portcullis.sql.analysis.AnalysisResult;
import io.portcullis.sql.analysis.StatementAnalyzer;
import io.portcullis.sql.analysis.StatementFate;
import io.portcullis.sql.lexer.LexLimits;
import io.portcullis.sql.lexer.LexedStatement;
import io.portcullis.sql.lexer.Lexer;
import io.portcullis.sql.lexer.TokenKind;
import io.portcullis.sql.text.ClientCharset;
import io.portcullis.sql.text.LexicalMode;
import io.portcullis.sql.text.PolicyReason;
import io.portcullis.sql.text.Refusal;
import io.portcullis.sql.text.ServerVersion;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The program behind {@code integration-tests/coverage/run}: records what a server accepts of a
 * test suite, and says what becomes of it in the gate.
 */
public final class Coverage {

  private static final int FIRST_WORDS = 8;

  private final ServerVersion server;
  private final StatementAnalyzer analyzer = new StatementAnalyzer(0);
  private final Lexer lexer = new Lexer(LexLimits.STANDARD);
  private final Map<StatementClass, Map<StatementFate, Integer>> table =
      new EnumMap<>(StatementClass.class);
  private final Map<PolicyReason, Integer> reasons = new EnumMap<>(PolicyReason.class);
  private final List<String> notUnderstood = new ArrayList<>();
  private final List<String> byPolicy = new ArrayList<>();
  private final Map<StatementFate, Integer> distinct = new EnumMap<>(StatementFate.class);
  private final Set<String> texts = new HashSet<>();
  private int leftOut;

  private Coverage(ServerVersion server) {
    this.server = server;
  }

  /**
   * {@code record SUITE-DIRECTORY WORK-DIRECTORY RECORD SUITE...}, {@code traffic WORK-DIRECTORY
   * RECORD NAME} or {@code classify SERVER-VERSION RECORD NOT-UNDERSTOOD [REFUSED]}; the last two
   * are written.
   */
  public static void main(String[] arguments) throws IOException {
    List<String> words = List.of(arguments);
    if (words.size() > 4 && words.get(0).equals("record")) {
      new ServerSuite(
              Path.of(words.get(1)).toAbsolutePath(),
              Path.of(words.get(2)).toAbsolutePath(),
              Set.copyOf(words.subList(4, words.size())),
              Optional.ofNullable(System.getenv("COVERAGE_MYSQLD")).map(Path::of))
          .record(Path.of(words.get(3)));
    } else if (words.size() == 4 && words.get(0).equals("traffic")) {
      Traffic.record(Path.of(words.get(1)).toAbsolutePath(), Path.of(words.get(2)), words.get(3));
    } else if (words.size() > 3 && words.get(0).equals("classify")) {
      Coverage coverage = new Coverage(ServerVersion.parse(words.get(1)));
      coverage.classify(Path.of(words.get(2)));
      Files.write(Path.of(words.get(3)), coverage.notUnderstood);
      if (words.size() > 4) {
        Files.write(Path.of(words.get(4)), coverage.byPolicy);
      }
      coverage.print(System.out);
    } else {
      System.err.println(
          "usage: record SUITE-DIRECTORY WORK-DIRECTORY RECORD SUITE...\n"
              + "       traffic WORK-DIRECTORY RECORD NAME\n"
              + "       classify SERVER-VERSION RECORD NOT-UNDERSTOOD [REFUSED]");
      System.exit(2);
    }
    System.exit(0); // a thread of the server's library would keep the program
  }

  private void classify(Path recorded) throws IOException {
    try (BufferedReader reader = Files.newBufferedReader(recorded)) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        text(Accepted.ofLine(line));
      }
    }
  }

  /** A text of several statements counts as that many. */
  private void text(Accepted accepted) {
    Optional<ClientCharset> charset = ClientCharset.ofName(accepted.charset());
    if (charset.isEmpty() || !LexicalMode.isReadable(accepted.sqlMode())) {
      leftOut++; // no session behind the gate comes to be in this state
      return;
    }
    LexicalMode mode = LexicalMode.of(server, charset.get(), accepted.sqlMode());
    byte[] bytes = accepted.text().getBytes(StandardCharsets.UTF_8);
    int count = lexer.lex(bytes, 0, bytes.length, mode);
    if (count < 0) {
      StatementClass kind = StatementClass.of(firstWords(accepted.text()));
      count(kind, StatementFate.of(new AnalysisRefused(lexer.refusal())), accepted.text());
      refused(kind, accepted, lexer.refusal());
    }
    List<LexedStatement> statements = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      statements.add(lexer.statement(i));
    }
    statements.forEach(statement -> statement(accepted, statement));
  }

  private static String firstWords(String text) {
    String[] words = text.strip().split("[^A-Za-z_]+", FIRST_WORDS);
    return String.join(" ", words);
  }

  private static String firstWords(LexedStatement statement) {
    StringBuilder words = new StringBuilder();
    int found = 0;
    for (int i = 0; i < statement.size() && found < FIRST_WORDS; i++) {
      if (statement.kind(i) == TokenKind.WORD) {
        words.append(found++ == 0 ? "" : " ").append(statement.text(i));
      } else if (i == 0) {
        return statement.text(i);
      }
    }
    return words.toString();
  }

  private void statement(Accepted accepted, LexedStatement statement) {
    StatementClass kind = StatementClass.of(firstWords(statement));
    AnalysisResult result = analyzer.analyze(statement);
    count(kind, StatementFate.of(result), accepted.text());
    if (result instanceof AnalysisRefused refused) {
      refused(kind, accepted, refused.refusal());
    }
  }

  private void refused(StatementClass kind, Accepted accepted, Refusal refusal) {
    String line =
        kind
            + "\t"
            + accepted.suite()
            + "/"
            + accepted.test()
            + "\t"
            + Accepted.escape(refusal.error().message())
            + "\t"
            + Accepted.escape(accepted.text());
    Optional<PolicyReason> policy = refusal.policy();
    if (policy.isPresent()) {
      reasons.merge(policy.get(), 1, Integer::sum);
      byPolicy.add(policy.get() + "\t" + line);
    } else {
      notUnderstood.add(line);
    }
  }

  private void count(StatementClass kind, StatementFate fate, String text) {
    if (texts.add(text)) {
      distinct.merge(fate, 1, Integer::sum);
    }
    table
        .computeIfAbsent(kind, key -> new EnumMap<>(StatementFate.class))
        .merge(fate, 1, Integer::sum);
  }

  private void print(PrintStream out) {
    out.println(
        "| class | statements | analysed | answered | refused by policy | not understood |");
    out.println("| --- | ---: | ---: | ---: | ---: | ---: |");
    Map<StatementFate, Integer> all = new EnumMap<>(StatementFate.class);
    for (StatementClass kind : StatementClass.values()) {
      Map<StatementFate, Integer> row = table.getOrDefault(kind, Map.of());
      if (!row.isEmpty()) {
        row.forEach((fate, number) -> all.merge(fate, number, Integer::sum));
        out.println(row(kind.title(), row));
      }
    }
    out.println(row("**all**", all));
    out.println(row("of them different texts", distinct));
    out.println();
    out.println("| refused by policy, because | statements |");
    out.println("| --- | ---: |");
    reasons.entrySet().stream()
        .sorted(Map.Entry.<PolicyReason, Integer>comparingByValue().reversed())
        .forEach(each -> out.println("| " + each.getKey().why() + " | " + each.getValue() + " |"));
    out.println();
    out.println("left out, in a mode or character set that the gate refuses: " + leftOut);
  }

  private static String row(String title, Map<StatementFate, Integer> row) {
    int all = row.values().stream().mapToInt(Integer::intValue).sum();
    int not = row.getOrDefault(StatementFate.NOT_UNDERSTOOD, 0);
    return String.format(
        Locale.ROOT,
        "| %s | %d | %d | %d | %d | %d (%.1f %%) |",
        title,
        all,
        row.getOrDefault(StatementFate.ANALYSED, 0),
        row.getOrDefault(StatementFate.ANSWERED, 0),
        row.getOrDefault(StatementFate.REFUSED_BY_POLICY, 0),
        not,
        100.0 * not / Math.max(1, all));
  }
}
