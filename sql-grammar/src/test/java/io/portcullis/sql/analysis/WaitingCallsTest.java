package io.portcullis.sql.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.sql.parser.QualifiedNames;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class WaitingCallsTest {

  private static WaitingCalls of(String text) {
    return WaitingCalls.of(new QualifiedNames(Analysed.lexed(text, Analysed.MARIADB)));
  }

  /** With what the statement's strings hold. */
  private static WaitingCalls analysed(String text) {
    return ((StatementAnalysis) Analysed.analyse(text, Analysed.MARIADB)).waitingCalls();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '"',
      value = {
        "SELECT GET_LOCK('a', 1) ~ 3-4",
        "SELECT `Get_Lock`('a', 1), release_lock ( concat(a, 'b') ) ~ 10-16 3-4",
        "DO RELEASE_LOCK(IS_USED_LOCK(x)) ~ 3-7 5-6",
        "SELECT GET_LOCK(IF(a, b, c), (SELECT 1)) ~ 3-11",
        "SELECT d.get_lock('a', 1), get_lock, 'GET_LOCK(1)' ~ \"\"",
        "SELECT RELEASE_LOCK() ~ \"\"",
      })
  void namesAreFound(String text, String spans) {
    WaitingCalls calls = of(text);
    String found =
        calls.lockNames().stream()
            .map(name -> name.firstToken() + "-" + name.endToken())
            .sorted()
            .collect(Collectors.joining(" "));
    assertThat(found).isEqualTo(spans);
    assertThat(calls.complete()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "PREPARE s FROM 'SELECT GET_LOCK(1, 1)'",
        "EXECUTE IMMEDIATE 'DO release_lock(1)'",
        "CREATE PROCEDURE p() EXECUTE IMMEDIATE 'SELECT get_lock(1, 1)'",
      })
  void thoseInStringsAreNot(String text) {
    assertThat(analysed(text).complete()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CREATE TABLE t (a VARCHAR(9) DEFAULT 'GET_LOCK(' COMMENT 'is_free_lock()')",
        "CREATE USER u IDENTIFIED BY 'get_lock'",
        "CREATE PROCEDURE p() SELECT 'GET_LOCK(1, 1)'",
        "PREPARE s FROM 'SELECT \"GET_LOCK(1, 1)\"'",
      })
  void stringsThatAreNotRunHoldNone(String text) {
    assertThat(analysed(text)).isSameAs(WaitingCalls.NONE);
  }

  @Test
  void delays() {
    assertThat(of("SELECT sleep (1)").delays()).isTrue();
    assertThat(of("SELECT `benchmark`(1, 1)").delays()).isTrue();
    assertThat(analysed("PREPARE s FROM 'SELECT SLEEP(1)'").delays()).isTrue();
    assertThat(of("SELECT d.sleep(1), sleep FROM benchmark")).isSameAs(WaitingCalls.NONE);
  }
}
