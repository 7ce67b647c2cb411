package io.portcullis.bench;

import io.portcullis.sql.analysis.AnalysisResult;
import io.portcullis.sql.analysis.StatementAnalysis;
import io.portcullis.sql.analysis.StatementAnalyzer;
import io.portcullis.sql.lexer.LexLimits;
import io.portcullis.sql.lexer.Lexer;
import io.portcullis.sql.text.ClientCharset;
import io.portcullis.sql.text.LexicalMode;
import io.portcullis.sql.text.ServerVersion;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.sf.jsqlparser.JSQLParserException;
import net.sf.jsqlparser.parser.CCJSqlParserUtil;
import net.sf.jsqlparser.statement.Statement;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What it costs to understand a statement, of 35 bytes and of 141,815, beside what JSqlParser alone
 * takes to parse the same text. Bytes per second are those over the time of {@link #tokenize}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class StatementBenchmark {

  private static final int ROWS = 1000;

  /** sysbench's statements: one row read by its key, or a thousand written. */
  public enum Text {
    POINT_SELECT,
    INSERT_1000;

    String with(String column) {
      return switch (this) {
        case POINT_SELECT -> "SELECT " + column + " FROM sbtest1 WHERE id=4711";
        case INSERT_1000 ->
            "INSERT INTO sbtest1 (id, k, "
                + column
                + ", pad) VALUES "
                + IntStream.range(0, ROWS)
                    .mapToObj(
                        i -> "(" + i + "," + i * 7919 % 100_000 + ",'" + words(i) + "','it''s')")
                    .collect(Collectors.joining(","));
      };
    }

    private static String words(int i) {
      return IntStream.range(0, 10)
          .mapToObj(word -> String.valueOf(10_000_000_000L + i * 31L + word))
          .collect(Collectors.joining("-"));
    }
  }

  /** What is understood. */
  @Param public Text text = Text.POINT_SELECT;

  private final LexicalMode mode =
      LexicalMode.of(ServerVersion.parse("11.4.5-MariaDB"), ClientCharset.UTF8MB4, "");
  private final Lexer lexer = new Lexer(LexLimits.STANDARD);
  private final StatementAnalyzer analyzer = new StatementAnalyzer(10_000);
  private byte[] known = new byte[0];
  private String sql = "";
  private int next;

  @Setup
  public void prepare() {
    sql = text.with("c");
    known = sql.getBytes(StandardCharsets.UTF_8);
    lexer.lex(known, 0, known.length, mode);
    if (!(analyzer.analyze(lexer.statement(0)) instanceof StatementAnalysis)) {
      throw new IllegalStateException("not understood");
    }
  }

  /** Tokens of the text and its key. */
  @Benchmark
  public int tokenize() {
    lexer.lex(known, 0, known.length, mode);
    return lexer.key(0).hashCode();
  }

  /** The same, and the analysis found in the cache: a text whose shape is known. */
  @Benchmark
  public @Nullable AnalysisResult templateHit() {
    lexer.lex(known, 0, known.length, mode);
    return analyzer.cached(lexer.key(0));
  }

  /** A shape never seen: tokens copied, parsed, walked. */
  @Benchmark
  public AnalysisResult templateMiss() {
    byte[] bytes = unseen().getBytes(StandardCharsets.UTF_8);
    lexer.lex(bytes, 0, bytes.length, mode);
    return analyzer.analyze(lexer.statement(0));
  }

  /** JSqlParser alone, which has no cache: the tree of the text, which nobody walks. */
  @Benchmark
  public Statement jsqlParserAlone() throws JSQLParserException {
    return CCJSqlParserUtil.parse(unseen());
  }

  private String unseen() {
    int at = sql.indexOf("c ");
    return switch (text) {
      case POINT_SELECT -> sql.substring(0, at + 1) + next++ + sql.substring(at + 1);
      case INSERT_1000 -> sql.replaceFirst(" c,", " c" + next++ + ",");
    };
  }
}
