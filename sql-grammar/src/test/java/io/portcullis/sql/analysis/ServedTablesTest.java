package io.portcullis.sql.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.sql.lexer.LexedStatement;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ServedTablesTest {

  private static Optional<List<ServedUse>> find(LexedStatement text, Optional<String> current) {
    return ServedTables.in(
        text,
        (database, table) -> database.equalsIgnoreCase("own") && table.matches("[tu]"),
        current);
  }

  private static Optional<List<ServedUse>> find(LexedStatement text) {
    return find(text, Optional.empty());
  }

  /** The name as it was written, {@code +} where an alias follows, {@code >} before a column. */
  private static String uses(String sql, Optional<String> current) {
    LexedStatement text = Analysed.lexed(sql, Analysed.MYSQL);
    return find(text, current).orElseThrow().stream()
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
    assertThat(uses(sql, Optional.empty())).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '"',
      value = {
        "SELECT * FROM t ~ t",
        "SELECT t.a, a FROM `t` WHERE t.a = 1 ~ `t`",
        "SELECT own.t.a FROM t x JOIN own.u USING (b) ~ own.>; t+; own.u",
        "SELECT * FROM a JOIN t AS x, u ~ t+; u",
        "SELECT a.t, b.u FROM a.t, b.u ~ \"\"",
        "SELECT 't', 1 AS x FROM a ~ \"\"",
        "SELECT * FROM other ~ \"\"",
      })
  void aNameIsEnoughInTheirDatabase(String sql, String expected) {
    assertThat(uses(sql, Optional.of("own"))).isEqualTo(expected);
    assertThat(find(Analysed.lexed("SELECT * FROM t", Analysed.MYSQL)).orElseThrow()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "WITH t AS (SELECT 1) SELECT * FROM t",
        "WITH x AS (SELECT 1), t (a) AS (SELECT 2) SELECT * FROM t",
        "SELECT t FROM u",
        "SELECT a AS t FROM u",
        "SELECT * FROM a t",
        "SELECT t(1) FROM u",
        "TABLE t",
        "INSERT INTO t SELECT * FROM u",
        "UPDATE t SET a = 1",
      })
  void aNameAloneThatMayBeSomethingElseIsNotTold(String sql) {
    LexedStatement text = Analysed.lexed(sql, Analysed.MYSQL);
    assertThat(find(text, Optional.of("own"))).isEmpty();
    assertThat(find(text)).isPresent();
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
