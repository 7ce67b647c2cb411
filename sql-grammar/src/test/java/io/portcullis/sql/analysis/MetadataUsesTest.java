package io.portcullis.sql.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.sql.lexer.LexedStatement;
import io.portcullis.sql.text.LexicalMode;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class MetadataUsesTest {

  /** {@code source text as far as the name goes}, with {@code +} where an alias follows. */
  private static String uses(String text, LexicalMode mode) {
    LexedStatement lexed = Analysed.lexed(text, mode);
    return MetadataUses.of(lexed).orElse(List.of()).stream()
        .map(
            use ->
                lexed.source(use.firstToken(), use.endToken())
                    + (use.aliased() ? "+" : "")
                    + " "
                    + use.table())
        .collect(Collectors.joining("; "));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '"',
      value = {
        "SELECT * FROM information_schema.tables ~ information_schema.tables tables",
        "SELECT * FROM INFORMATION_SCHEMA . `Tables` WHERE 1 ~ INFORMATION_SCHEMA . `Tables` Tables",
        "SELECT * FROM `information_schema`.tables t ~ `information_schema`.tables+ tables",
        "SELECT * FROM information_schema.tables AS t ~ information_schema.tables+ tables",
        "SELECT * FROM information_schema.tables `where` ~ information_schema.tables+ tables",
        "SELECT * FROM information_schema.tables LEFT JOIN information_schema.columns c USING (table_name)"
            + " ~ information_schema.tables tables; information_schema.columns+ columns",
        "SELECT * FROM (information_schema.tables, information_schema.views)"
            + " ~ information_schema.tables tables; information_schema.views views",
        "SELECT (SELECT 1 FROM information_schema.tables LIMIT 1) ~ information_schema.tables tables",
        "SELECT 'information_schema.tables' FROM information_schema.views"
            + " ~ information_schema.views views",
        "SELECT * FROM /*! information_schema.tables */ ~ information_schema.tables tables",
      })
  void tablesAreFoundWhereTheyStand(String text, String expected) {
    assertThat(uses(text, Analysed.MARIADB)).isEqualTo(expected);
    assertThat(uses(text, Analysed.MYSQL)).isEqualTo(expected);
  }

  @Test
  void doubleQuotesQuoteNamesOnlyWhereTheServerSaysSo() {
    String text = "SELECT * FROM \"information_schema\".\"tables\"";

    assertThat(uses(text, Analysed.mode("11.4.5-MariaDB", "ANSI_QUOTES")))
        .isEqualTo("\"information_schema\".\"tables\" tables");
    assertThat(uses(text, Analysed.MARIADB)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT information_schema.tables.table_name FROM information_schema.tables",
        "SELECT information_schema.f() FROM information_schema.tables",
        "SELECT information_schema FROM information_schema.tables",
        "SELECT * FROM information_schema.tables AS information_schema",
        "SELECT * FROM t, x.information_schema, information_schema.tables",
        "SELECT * FROM \u0131nformation_schema.tables",
        "SELECT * FROM `information_\u017fchema`.tables",
      })
  void whatIsNotCertainLeavesAllUnsaid(String text) {
    assertThat(uses(text, Analysed.MARIADB)).isEmpty();
  }
}
