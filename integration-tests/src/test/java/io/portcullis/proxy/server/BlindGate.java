package io.portcullis.proxy.server;

import io.portcullis.proxy.config.PortcullisConfig;
import io.portcullis.sql.analysis.AnalysisResult;
import io.portcullis.sql.analysis.StatementAnalyzer;
import io.portcullis.sql.lexer.LexLimits;
import io.portcullis.sql.lexer.LexedStatement;
import io.portcullis.sql.lexer.Lexer;
import io.portcullis.sql.text.ClientCharset;
import io.portcullis.sql.text.LexicalMode;
import io.portcullis.sql.text.ServerVersion;
import io.portcullis.sql.text.StatementKey;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A gate whose first wall is down: whatever a session sends is taken for {@code SELECT 1}, which
 * touches nothing and names no database, so that it is permitted and sent as it is.
 */
public final class BlindGate {

  private static final byte[] HARMLESS = "SELECT 1".getBytes(StandardCharsets.US_ASCII);

  private static final LexicalMode PLAIN =
      new LexicalMode(
          ServerVersion.parse("11.4.5-MariaDB"), ClientCharset.UTF8MB4, false, false, false, false);

  private BlindGate() {}

  public static PortcullisServer start(PortcullisConfig config) throws StartException {
    return PortcullisServer.start(config, new BlindAnalyzer());
  }

  private static final class BlindAnalyzer extends StatementAnalyzer {

    BlindAnalyzer() {
      super(0);
    }

    @Override
    public @Nullable AnalysisResult cached(StatementKey probe) {
      return null;
    }

    @Override
    public AnalysisResult analyze(LexedStatement statement) {
      Lexer lexer = new Lexer(LexLimits.STANDARD);
      lexer.lex(HARMLESS, 0, HARMLESS.length, PLAIN);
      return super.analyze(lexer.statement(0));
    }
  }
}
