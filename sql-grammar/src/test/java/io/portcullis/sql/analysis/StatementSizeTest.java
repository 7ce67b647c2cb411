package io.portcullis.sql.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.sql.lexer.LexLimits;
import io.portcullis.sql.lexer.Lexer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Statements as large as somebody can send them: understood or refused, and soon. The bound of time
 * is wide; what it finds is a cost that grows with the square of the size, or worse.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class StatementSizeTest {

  private static final int MANY = 100_000;

  private static AnalysisResult analyse(String text) {
    Lexer lexer = new Lexer(LexLimits.STANDARD);
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int count = lexer.lex(bytes, 0, bytes.length, Analysed.MARIADB);
    return count < 0
        ? new AnalysisRefused(lexer.refusal())
        : new StatementAnalyzer(0).analyze(lexer.statement(0));
  }

  private static void touches(String text, String accesses) {
    assertThat(Analysed.accesses(text, Analysed.MARIADB)).isEqualTo(accesses);
  }

  private static void refused(String text) {
    assertThat(analyse(text)).isInstanceOf(AnalysisRefused.class);
  }

  @Test
  void aListOfAHundredThousandConstants() {
    touches(
        "SELECT a FROM t WHERE a IN (0" + ", 1".repeat(MANY) + ", (SELECT 1 FROM s))",
        "SELECT t, SELECT s");
  }

  @Test
  void aListOfAHundredThousandExpressionsIsBounded() {
    refused("SELECT a FROM t WHERE a IN (0" + ", 1 + 1".repeat(MANY) + ")");
  }

  @Test
  void aHundredThousandRows() {
    touches(
        "INSERT INTO t VALUES (0, 'x')" + ", (1, 'y')".repeat(MANY) + ", (2, (SELECT 1 FROM s))",
        "INSERT t, SELECT s");
  }

  @Test
  void tenMegabytesInOneString() {
    touches("INSERT INTO t VALUES ('" + "x".repeat(10_000_000) + "')", "INSERT t");
  }

  @Test
  void tenMegabytesOfTokens() {
    refused("SELECT a" + ", a".repeat(3_333_333) + " FROM t");
  }

  @Test
  void fiveThousandParentheses() {
    refused("SELECT " + "(".repeat(5_000) + "1" + ")".repeat(5_000));
    refused("SELECT " + "ABS(".repeat(5_000) + "1" + ")".repeat(5_000));
    refused("SELECT " + "(SELECT ".repeat(5_000) + "1" + ")".repeat(5_000));
  }

  @Test
  void fiveThousandParenthesesInsideAString() {
    refused("EXECUTE IMMEDIATE 'SELECT " + "(".repeat(5_000) + "1" + ")".repeat(5_000) + "'");
  }

  @Test
  void tenThousandOperatorsWithoutParentheses() {
    assertThat(analyse("SELECT 1" + " + a".repeat(10_000) + " FROM t")).isNotNull();
    assertThat(analyse("SELECT " + "NOT ".repeat(10_000) + "a FROM t")).isNotNull();
    assertThat(analyse("SELECT 1" + " UNION SELECT 1".repeat(10_000))).isNotNull();
    assertThat(analyse("SELECT " + "CASE WHEN ".repeat(5_000) + "a")).isNotNull();
  }
}
