package io.portcullis.privilege.dcl;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.sql.analysis.AnalysisResult;
import io.portcullis.sql.analysis.StatementAnalysis;
import io.portcullis.sql.analysis.StatementAnalyzer;
import io.portcullis.sql.lexer.LexLimits;
import io.portcullis.sql.lexer.Lexer;
import io.portcullis.sql.statement.AccessControlStatement.ShowUsers;
import io.portcullis.sql.statement.RowCondition;
import io.portcullis.sql.text.ClientCharset;
import io.portcullis.sql.text.LexicalMode;
import io.portcullis.sql.text.ServerVersion;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The WHERE of SHOW USERS, from its text. */
final class RowFilterTest {

  private static final LexicalMode MODE =
      LexicalMode.of(ServerVersion.parse("8.4.0"), ClientCharset.UTF8MB4, "");

  private static final List<String> COLUMNS = List.of("user", "email", "failed_attempts");

  /** joe has no e-mail. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "user = 'joe'                              | true",
        "USER = 'JOE'                              | true",
        "`user` <> 'joe'                           | false",
        "'a' < user                                | true",
        "user >= 'k'                               | false",
        "failed_attempts > 9                       | true",
        "failed_attempts > '9'                     | false",
        "failed_attempts = 10.0                    | true",
        "user = 0                                  | true",
        "user LIKE 'j%'                            | true",
        "user NOT LIKE 'J__'                       | false",
        "email = 'x'                               | false",
        "NOT email = 'x'                           | false",
        "email <=> 'x'                             | false",
        "email IS NULL                             | true",
        "email IS NOT NULL                         | false",
        "email LIKE '%' OR user = 'joe'            | true",
        "email LIKE '%' AND user = 'joe'           | false",
        "NOT (email LIKE '%' AND user = 'x')       | true",
        "NOT (email LIKE '%' OR user = 'x')        | false",
        "user IN ('a', 'joe')                      | true",
        "user NOT IN ('a', 'b')                    | true",
        "user NOT IN ('a', email)                  | false",
        "failed_attempts BETWEEN 5 AND 10          | true",
        "failed_attempts NOT BETWEEN 5 AND 9       | true",
        "user = 'x' OR user = 'y' AND email = 'z'  | false",
        "NOT NOT user = 'joe'                      | true"
      })
  void threeValuedAsInTheServer(String condition, boolean admitted) {
    List<@Nullable String> joe = new ArrayList<>(Arrays.asList("joe", null, "10"));

    RowFilter filter = RowFilter.bind(condition(condition), COLUMNS).filter().orElseThrow();

    assertThat(filter.admits(joe)).isEqualTo(admitted);
  }

  @Test
  void aColumnThereIsNotIsNamed() {
    assertThat(
            RowFilter.bind(condition("user = 'a' OR (nope IN (1) AND email = 'b')"), COLUMNS)
                .error()
                .orElseThrow()
                .message())
        .isEqualTo("Unknown column 'nope' in 'where clause'");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "user",
        "user =",
        "user = 'a' AND",
        "(user = 'a'",
        "user = (SELECT 'a')",
        "LENGTH(user) = 3",
        "user = 'a' LIMIT 1",
        "user = ?",
        "user = @a"
      })
  void whatIsNoConditionIsRefused(String condition) {
    assertThat(analyze(condition)).isNotInstanceOf(StatementAnalysis.class);
  }

  @Test
  void depthIsBounded() {
    assertThat(analyze("(".repeat(30) + "user = 'a'" + ")".repeat(30)))
        .isInstanceOf(StatementAnalysis.class);
    assertThat(analyze("(".repeat(40) + "user = 'a'" + ")".repeat(40)))
        .isNotInstanceOf(StatementAnalysis.class);
  }

  private static RowCondition condition(String text) {
    return ((ShowUsers) ((StatementAnalysis) analyze(text)).statement()).where().orElseThrow();
  }

  private static AnalysisResult analyze(String condition) {
    byte[] text = ("SHOW USERS WHERE " + condition).getBytes(StandardCharsets.UTF_8);
    Lexer lexer = new Lexer(LexLimits.STANDARD);
    assertThat(lexer.lex(text, 0, text.length, MODE)).isEqualTo(1);
    return new StatementAnalyzer(0).analyze(lexer.statement(0));
  }
}
