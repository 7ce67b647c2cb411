package io.portcullis.sql.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.sql.lexer.LexedStatement;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ServedTablesTest {

  private static java.util.Optional<List<ServedUse>> find(LexedStatement text) {
    return ServedTables.in(
        text, (database, table) -> database.equalsIgnoreCase("own") && !table.equals("other"));
  }

  /** The name as it was written, {@code +} where an alias follows, {@code >} before a column. */
  private static String uses(String sql) {
    LexedStatement text = Analysed.lexed(sql, Analysed.MYSQL);
    return find(text).orElseThrow().stream()
        .map(
            use ->
                text.source(use.firstToken(), use.endToken())
                    + (use.aliased() ? "+" : use.qualifier() ? ">" : ""))
        .collect(Collectors.joining("; "));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '"',
      value = {
        "SELECT * FROM own.t ~ own.t",
        "SELECT * FROM `OWN` . `t` AS x ~ `OWN` . `t`+",
        "SELECT own.t.a, a FROM own.t WHERE own.t.a = 1 ~ own.>; own.t; own.>",
        "SELECT own.t.* FROM own.t ~ own.>; own.t",
        "SELECT * FROM a JOIN own.t USING (x), own.u ~ own.t; own.u",
        "SELECT own FROM a WHERE 'own.t' = own ~ \"\"",
        "SELECT * FROM own.other ~ \"\"",
        "INSERT INTO a SELECT * FROM (own.t) ~ own.t",
      })
  void usesAreFoundWhereTheyStand(String sql, String expected) {
    assertThat(uses(sql)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "INSERT INTO own.t SELECT * FROM own.t",
        "TABLE own.t",
        "SELECT own.t(1)",
        "SELECT * FROM a.own.t",
        "SELECT a FROM b WHERE x = own.t",
      })
  void elsewhereNothingIsSaid(String sql) {
    assertThat(find(Analysed.lexed(sql, Analysed.MYSQL))).isEmpty();
  }

  @Test
  void locksAreSeen() {
    assertThat(ServedTables.locks(Analysed.lexed("SELECT 1 FROM a for update", Analysed.MYSQL)))
        .isTrue();
    assertThat(
            ServedTables.locks(
                Analysed.lexed("SELECT 1 FROM a LOCK IN SHARE MODE", Analysed.MYSQL)))
        .isTrue();
    assertThat(ServedTables.locks(Analysed.lexed("SELECT `for` FROM a", Analysed.MYSQL))).isFalse();
  }
}
