package io.portcullis.sql.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.sql.access.AccessRequest;
import io.portcullis.sql.access.DatabaseName;
import io.portcullis.sql.access.ObjectName;
import io.portcullis.sql.access.RelationName;
import io.portcullis.sql.lexer.LexLimits;
import io.portcullis.sql.lexer.LexedStatement;
import io.portcullis.sql.lexer.Lexer;
import io.portcullis.sql.statement.ForwardStatement;
import io.portcullis.sql.statement.PrepareText;
import io.portcullis.sql.statement.SetVariables;
import io.portcullis.sql.statement.Statement;
import io.portcullis.sql.text.ClientCharset;
import io.portcullis.sql.text.ErrorCode;
import io.portcullis.sql.text.LexicalMode;
import io.portcullis.sql.text.ServerVersion;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/** Analyses texts for tests and writes accesses down in a short form. */
final class Analysed {
  static final LexicalMode MYSQL = mode("8.4.6", "");
  static final LexicalMode MARIADB = mode("11.4.5-MariaDB", "");

  private Analysed() {}

  static LexicalMode mode(String version, String sqlMode) {
    return LexicalMode.of(ServerVersion.parse(version), ClientCharset.UTF8MB4, sqlMode);
  }

  static LexedStatement lexed(String text, LexicalMode mode) {
    Lexer lexer = new Lexer(LexLimits.STANDARD);
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int count = lexer.lex(bytes, 0, bytes.length, mode);
    assertThat(count).as(() -> text + (count < 0 ? ": " + lexer.refusal() : "")).isEqualTo(1);
    return lexer.statement(0);
  }

  static AnalysisResult analyse(String text, LexicalMode mode) {
    return new StatementAnalyzer(0).analyze(lexed(text, mode));
  }

  /** Of a statement that has to be understood; with other databases too. */
  static Statement statement(String text, LexicalMode mode) {
    AnalysisResult result = analyse(text, mode);
    assertThat(result)
        .as(
            () ->
                text
                    + (result instanceof AnalysisRefused refused
                        ? ": " + refused.refusal().error().message()
                        : ""))
        .isInstanceOf(StatementAnalysis.class);
    Spliced.saysTheSame(text, mode);
    return ((StatementAnalysis) result).statement();
  }

  /** {@code SELECT d.t, INSERT t}: in the order found. */
  static String accesses(String text, LexicalMode mode) {
    return accesses(statement(text, mode)).stream()
        .map(Analysed::toString)
        .collect(Collectors.joining(", "));
  }

  static List<AccessRequest> accesses(Statement statement) {
    if (statement instanceof ForwardStatement forward) {
      return forward.accesses();
    }
    if (statement instanceof SetVariables set) {
      return set.accesses();
    }
    if (statement instanceof PrepareText prepare) {
      return accesses(prepare.prepared());
    }
    return List.of();
  }

  static AnalysisRefused refusal(String text, LexicalMode mode) {
    AnalysisResult result = analyse(text, mode);
    assertThat(result).as(text).isInstanceOf(AnalysisRefused.class);
    return (AnalysisRefused) result;
  }

  static void refused(ErrorCode code, String because, String text) {
    for (LexicalMode mode : List.of(MYSQL, MARIADB)) {
      AnalysisRefused refusal = refusal(text, mode);
      assertThat(refusal.refusal().error().code())
          .as(() -> text + ": " + refusal.refusal().error().message())
          .isEqualTo(code);
      assertThat(refusal.refusal().error().message()).as(text).contains(because);
    }
  }

  static String toString(AccessRequest request) {
    return request.kind() + " " + toString(request.object());
  }

  static String toString(ObjectName object) {
    if (object instanceof RelationName relation) {
      return relation.database().isCurrent()
          ? relation.name()
          : relation.database().name() + "." + relation.name();
    }
    return ((DatabaseName) object).isCurrent() ? "(current)" : ((DatabaseName) object).name();
  }
}
