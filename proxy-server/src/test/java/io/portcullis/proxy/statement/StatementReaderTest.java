package io.portcullis.proxy.statement;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.portcullis.sql.analysis.StatementAnalyzer;
import io.portcullis.sql.lexer.LexLimits;
import io.portcullis.sql.text.ClientCharset;
import io.portcullis.sql.text.LexicalMode;
import io.portcullis.sql.text.ServerVersion;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class StatementReaderTest {

  private static final LexicalMode MODE =
      LexicalMode.of(
          ServerVersion.parse("8.4.6"), ClientCharset.ofName("utf8mb4").orElseThrow(), "");

  private final StatementAnalyzer analyzer = new StatementAnalyzer(100);
  private final StatementReader reader = new StatementReader(LexLimits.STANDARD, analyzer);

  private int read(String text) {
    ByteBuf payload = Unpooled.copiedBuffer("\3" + text, StandardCharsets.UTF_8);
    int count = reader.read(payload, payload.readerIndex() + 1, MODE);
    assertThat(payload.readerIndex()).as("borrowed").isZero();
    payload.release();
    return count;
  }

  @Test
  void offsetsAreThoseOfTheText() {
    assertThat(read(" DO 1 ; DO 22;")).isEqualTo(2);
    assertThat(" DO 1 ; DO 22;".substring(reader.begin(1), reader.end(1)).strip())
        .isEqualTo("DO 22");
  }

  @Test
  void blankTextHoldsNothingAndBrokenTextIsRefused() {
    assertThat(read("  /* x */ ")).isZero();
    assertThat(read("DO 'x")).isEqualTo(-1);
    assertThat(reader.refusal().error().code().errno()).isEqualTo(1064);
  }

  @Test
  void longTextIsReadLikeAShortOne() {
    String blob = "x".repeat(100_000);
    assertThat(read("DO '" + blob + "'")).isOne();
    assertThat(reader.detach(0).size()).isEqualTo(2);
    reader.done();
    assertThat(read("DO 1")).isOne();
  }

  @Test
  void analysisIsFoundAgainUnderTheSameText() {
    read("SELECT a FROM d.t WHERE b = 1");
    assertThat(reader.analysis(0)).isNull();
    analyzer.analyze(reader.detach(0));
    read("SELECT a FROM d.t WHERE b = 2");
    assertThat(reader.analysis(0)).isNotNull();
    read("SELECT a FROM d.u WHERE b = 2");
    assertThat(reader.analysis(0)).isNull();
  }
}
