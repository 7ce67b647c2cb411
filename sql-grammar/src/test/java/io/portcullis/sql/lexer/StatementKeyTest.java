package io.portcullis.sql.lexer;

import static io.portcullis.sql.lexer.Lexed.MARIADB;
import static io.portcullis.sql.lexer.Lexed.MYSQL;
import static io.portcullis.sql.lexer.Lexed.bytes;
import static io.portcullis.sql.lexer.Lexed.key;
import static io.portcullis.sql.lexer.Lexed.mode;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.sql.text.StatementKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What statements share a key, and what keeps them apart. */
class StatementKeyTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "SELECT a FROM t WHERE b = 1 | SELECT a FROM t WHERE b = 22",
        "SELECT a FROM t WHERE b = 1 | SELECT  a /* c */ FROM t WHERE b=1 -- d",
        "SELECT a FROM t WHERE b = 'x' | SELECT a FROM t WHERE b = 'it''s'",
        "SELECT 1 /*!50000 , a FROM t */ | SELECT 2, a FROM t",
        "SELECT `a``b` | SELECT `a``b` /* c */",
        "SELECT t.a FROM t | SELECT `t`.`a` FROM t",
        "insert INTO t VALUES (1, x'41', b'1') | insert INTO t VALUES (2, 0x42, 0b0)",
        "(SELECT 1) | (SELECT 2)",
        "WITH a AS (SELECT 1) SELECT 1 FROM a | WITH a AS (SELECT 2) SELECT 3 FROM a",
        "SELECT ? | SELECT ?",
      })
  void sameKey(String one, String other) {
    assertThat(key(one, MYSQL)).isEqualTo(key(other, MYSQL));
    assertThat(key(one, MYSQL)).hasSameHashCodeAs(key(other, MYSQL));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "SELECT a FROM t | SELECT a FROM u",
        "SELECT a FROM t | SELECT a FROM t t",
        "SELECT from FROM t | SELECT `from` FROM t",
        "SELECT `a` | SELECT 'a'",
        "SELECT 1 | SELECT 'a'",
        "SELECT 1 | SELECT 0x1",
        "SELECT 1 | SELECT ?",
        "SELECT 'a' 'b' | SELECT 'a''b'",
        "SELECT a < =b | SELECT a <= b",
        "SELECT a- -b | SELECT a -b",
        "SELECT count (a) | SELECT count(a)",
        "SELECT @a | SELECT @b",
        "SELECT @@a | SELECT @@b",
        "SELECT 1 /*!50000 , a */ | SELECT 1 /*!90000 , a */",
        "SELECT _utf8'a' | SELECT _latin1'a'",
        "SELECT `ab`, c | SELECT `a`, bc",
      })
  void differentKey(String one, String other) {
    assertThat(key(one, MYSQL)).isNotEqualTo(key(other, MYSQL));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SET x = '%s'",
        "SHOW TABLES LIKE '%s'",
        "GRANT a TO '%s'",
        "CREATE USER '%s'",
        "PREPARE s FROM '%s'",
        "LOAD DATA INFILE '%s' INTO TABLE t",
        "CALL p('%s')",
        "EXPLAIN SELECT '%s'",
        "SELECT a FROM t INTO OUTFILE '%s'",
        "SELECT a FROM t INTO dumpfile '%s'",
        "SELECT load_file('%s')",
        "SELECT `LOAD_FILE`('%s')",
        "SELECT x.load_file('%s')",
        "SELECT /*+ BKA(t) */ '%s'",
        "SELECT a '%s' /*+ BKA(t) */",
        "TABLE t LIMIT '%s'",
      })
  void literalsStayWhereTheyCanBeNames(String format) {
    assertThat(key(format.formatted("a"), MYSQL)).isNotEqualTo(key(format.formatted("b"), MYSQL));
    assertThat(key(format.formatted("a"), MYSQL)).isEqualTo(key(format.formatted("a"), MYSQL));
  }

  @Test
  void hintIsPartOfTheKey() {
    assertThat(key("SELECT /*+ BKA(t) */ 1", MYSQL))
        .isNotEqualTo(key("SELECT 1", MYSQL))
        .isNotEqualTo(key("SELECT /*+ BKA(u) */ 1", MYSQL))
        .isEqualTo(key("SELECT /*+ BKA(t) */  1", MYSQL));
  }

  @Test
  void hintBelongsToItsStatementOnly() {
    byte[] text = bytes("SELECT 1 /*+ A */; /*+ B */; SELECT 1; SELECT /*+ A */ 1");
    Lexer lexer = new Lexer(LexLimits.STANDARD);
    assertThat(lexer.lex(text, 0, text.length, MYSQL)).isEqualTo(3);
    StatementKey plain = key("SELECT 1", MYSQL);
    assertThat(lexer.key(0).copy()).isEqualTo(key("SELECT 1 /*+ A */", MYSQL)).isNotEqualTo(plain);
    assertThat(lexer.key(1).copy()).isEqualTo(plain);
    assertThat(lexer.key(2).copy()).isEqualTo(key("SELECT /*+ A */ 1", MYSQL)).isNotEqualTo(plain);
  }

  @Test
  void modeIsPartOfTheKey() {
    assertThat(key("SELECT 1", MYSQL)).isNotEqualTo(key("SELECT 1", MARIADB));
    assertThat(key("SELECT 1", MYSQL)).isNotEqualTo(key("SELECT 1", mode("8.4.6", "ANSI")));
    assertThat(key("SELECT 1", MYSQL)).isEqualTo(key("SELECT 1", mode("8.4.6", "")));
  }

  @Test
  void identifierIsTheSameInEitherQuotes() {
    assertThat(key("SELECT \"a\"\"b\"", mode("8.4.6", "ANSI_QUOTES")))
        .isEqualTo(key("SELECT `a\"b`", mode("8.4.6", "ANSI_QUOTES")))
        .isNotEqualTo(key("SELECT `a\"\"b`", mode("8.4.6", "ANSI_QUOTES")));
  }

  @Test
  void probeFindsItsCopyAndChangesWithTheNextText() {
    Lexer lexer = new Lexer(LexLimits.STANDARD);
    byte[] one = bytes("SELECT a");
    byte[] other = bytes("SELECT b, c");
    lexer.lex(one, 0, one.length, MYSQL);
    StatementKey kept = lexer.key(0).copy();
    assertThat(lexer.key(0)).isEqualTo(kept).hasSameHashCodeAs(kept);
    lexer.lex(other, 0, other.length, mode("8.4.6", ""));
    assertThat(lexer.key(0)).isNotEqualTo(kept);
    assertThat(kept).isEqualTo(key("SELECT a", MYSQL));
  }

  @Test
  void keySaysNothingAboutLiteralsInLogs() {
    assertThat(key("SET PASSWORD = 'geheim'", MYSQL).toString()).doesNotContain("geheim");
  }
}
