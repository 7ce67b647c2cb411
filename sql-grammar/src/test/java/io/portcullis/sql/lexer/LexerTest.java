package io.portcullis.sql.lexer;

import static io.portcullis.sql.lexer.Lexed.MARIADB;
import static io.portcullis.sql.lexer.Lexed.MYSQL;
import static io.portcullis.sql.lexer.Lexed.MYSQL_57;
import static io.portcullis.sql.lexer.Lexed.bytes;
import static io.portcullis.sql.lexer.Lexed.mode;
import static io.portcullis.sql.lexer.Lexed.raw;
import static io.portcullis.sql.lexer.Lexed.refusal;
import static io.portcullis.sql.lexer.Lexed.statement;
import static io.portcullis.sql.lexer.Lexed.statements;
import static io.portcullis.sql.lexer.Lexed.tokens;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.sql.text.ClientCharset;
import org.junit.jupiter.api.Test;

/** One test per lexical rule, each with the spelling that reads differently beside it. */
class LexerTest {

  @Test
  void executableCommentIsCode() {
    assertThat(tokens("SELECT 1 /*! UNION SELECT a FROM secret */", MYSQL))
        .isEqualTo("SELECT #1 UNION SELECT a FROM secret");
    assertThat(tokens("SELECT 1 /*!50000 UNION SELECT a FROM secret */", MARIADB))
        .isEqualTo("SELECT #1 UNION SELECT a FROM secret");
    assertThat(tokens("SELECT 1 /* ! UNION SELECT a FROM secret */", MYSQL)).isEqualTo("SELECT #1");
  }

  @Test
  void executableCommentForALaterVersionIsAComment() {
    assertThat(tokens("SELECT a FROM t1 /*!99999 , t2 */ /*!50000 , secret */", MYSQL))
        .isEqualTo("SELECT a FROM t1 , secret");
    assertThat(tokens("SELECT 1 /*!80407 , 2 */", MYSQL)).isEqualTo("SELECT #1");
    assertThat(tokens("SELECT 1 /*!80406 , 2 */", MYSQL)).isEqualTo("SELECT #1 , #2");
    assertThat(tokens("SELECT 1 /*!80406 , 2 */", MYSQL_57)).isEqualTo("SELECT #1");
  }

  @Test
  void mariaDbDoesNotExecuteWhatIsForMySql57AndLater() {
    assertThat(tokens("SELECT 1 /*!50699 , 2 */", MARIADB)).isEqualTo("SELECT #1 , #2");
    assertThat(tokens("SELECT 1 /*!50700 , 2 */", MARIADB)).isEqualTo("SELECT #1");
    assertThat(tokens("SELECT 1 /*!99999 , 2 */", MARIADB)).isEqualTo("SELECT #1");
    assertThat(tokens("SELECT 1 /*!100000 , 2 */", MARIADB)).isEqualTo("SELECT #1 , #2");
    assertThat(tokens("SELECT 1 /*!101114 , 2 */", MARIADB)).isEqualTo("SELECT #1 , #2");
    assertThat(tokens("SELECT 1 /*!101115 , 2 */", MARIADB)).isEqualTo("SELECT #1");
    assertThat(refusal("SELECT 1 /*!99997 , 2 */", MARIADB)).contains("some backends");
  }

  @Test
  void mariaDbCommentIsCodeOnMariaDbOnly() {
    assertThat(tokens("SELECT 1 /*M! , 2 */", MARIADB)).isEqualTo("SELECT #1 , #2");
    assertThat(tokens("SELECT 1 /*M!50700 , 2 */", MARIADB)).isEqualTo("SELECT #1 , #2");
    assertThat(tokens("SELECT 1 /*M!110000 , 2 */", MARIADB)).isEqualTo("SELECT #1");
    assertThat(tokens("SELECT 1 /*m! , 2 */", MARIADB)).isEqualTo("SELECT #1");
    assertThat(tokens("SELECT 1 /*M! , 2 */", MYSQL)).isEqualTo("SELECT #1");
  }

  @Test
  void sixDigitsAreReadByMariaDbAndRefusedForMySqlUnlessNoVersionExecutes() {
    assertThat(tokens("SELECT 1 /*!0500002 , 2 */", MARIADB)).isEqualTo("SELECT #1 #2 , #2");
    assertThat(refusal("SELECT 1 /*!500001 , 2 */", MYSQL)).contains("six digits");
    assertThat(tokens("SELECT 1 /*!999999\\- enable the sandbox mode */", MYSQL))
        .isEqualTo("SELECT #1");
  }

  @Test
  void fewerThanFiveDigitsAreCode() {
    assertThat(tokens("SELECT /*!5000 */", MYSQL)).isEqualTo("SELECT #5000");
    assertThat(tokens("SELECT /*!*/ 1", MYSQL)).isEqualTo("SELECT #1");
  }

  @Test
  void firstEndMarkEndsAllExecutableComments() {
    assertThat(tokens("SELECT 1 /*!50000 /* x */ UNION SELECT 2 */", MYSQL))
        .isEqualTo("SELECT #1 UNION SELECT #2");
    assertThat(tokens("SELECT 1 /*! , /*! 2 */ , 3", MYSQL)).isEqualTo("SELECT #1 , #2 , #3");
    assertThat(tokens("SELECT 1 /*! + /*! 2 */ */ 3", MYSQL)).isEqualTo("SELECT #1 + #2 * / #3");
  }

  @Test
  void skippedExecutableCommentHoldsOneLevelOfComments() {
    assertThat(tokens("SELECT 1 /*!99999 a /* b */ c */ , 2", MYSQL)).isEqualTo("SELECT #1 , #2");
    assertThat(tokens("SELECT 1 /* a /* b */ , 2", MYSQL)).isEqualTo("SELECT #1 , #2");
    assertThat(refusal("SELECT 1 /*!99999 a /* b */ , 2", MYSQL)).contains("does not end");
  }

  @Test
  void executableCommentHasToEndInItsStatement() {
    assertThat(refusal("SELECT 1 /*! , 2", MYSQL)).contains("comment that does not end");
    assertThat(refusal("SELECT 1 /*! ; SELECT */ 2", MYSQL)).contains("semicolon");
    assertThat(statements(bytes("SELECT 1 /* ; */; SELECT 2"), MYSQL)).hasSize(2);
  }

  @Test
  void commentsDoNotNest() {
    assertThat(tokens("SELECT 1 /* /* */ UNION SELECT a FROM secret -- */", MYSQL))
        .isEqualTo("SELECT #1 UNION SELECT a FROM secret");
    assertThat(tokens("SELECT 1 /*/ , 2 */ , 3", MYSQL)).isEqualTo("SELECT #1 , #3");
    assertThat(tokens("SELECT 1 /**/ , 3", MYSQL)).isEqualTo("SELECT #1 , #3");
    assertThat(refusal("SELECT 1 /*", MYSQL)).contains("does not end");
    assertThat(refusal("SELECT 1 /*/", MYSQL)).contains("does not end");
  }

  @Test
  void twoMinusSignsAreACommentOnlyBeforeABlankAControlCharacterOrTheEnd() {
    assertThat(tokens("SELECT 1--(SELECT a FROM secret)", MYSQL))
        .isEqualTo("SELECT #1 - - ( SELECT a FROM secret )");
    assertThat(tokens("SELECT 1 --\n, (SELECT a FROM secret)", MYSQL))
        .isEqualTo("SELECT #1 , ( SELECT a FROM secret )");
    assertThat(tokens("SELECT 1 -- \t, 2", MYSQL)).isEqualTo("SELECT #1");
    assertThat(tokens("SELECT 1 --\u0001, 2", MYSQL)).isEqualTo("SELECT #1");
    assertThat(tokens("SELECT 1 --\u007F, 2", MYSQL)).isEqualTo("SELECT #1");
    assertThat(tokens("SELECT 1 --", MYSQL)).isEqualTo("SELECT #1");
    assertThat(refusal("SELECT 1 --; SELECT 2", MYSQL)).contains("minus");
  }

  @Test
  void hashIsACommentToTheEndOfTheLine() {
    assertThat(tokens("SELECT 1 #'\n, (SELECT a FROM secret) #'", MYSQL))
        .isEqualTo("SELECT #1 , ( SELECT a FROM secret )");
    assertThat(tokens("SELECT 1 #\r, 2", MYSQL)).isEqualTo("SELECT #1");
  }

  @Test
  void nulByteIsRefusedOutsideOfStrings() {
    assertThat(refusal("SELECT 1 # \0 , 2", MYSQL)).contains("NUL");
    assertThat(refusal("SELECT 1 --\0, 2", MYSQL)).contains("NUL");
    assertThat(refusal("SELECT\0 1", MYSQL)).contains("NUL");
    assertThat(refusal("SELECT `a\0`", MYSQL)).contains("NUL");
    assertThat(tokens("SELECT 'a\0'", MYSQL)).isEqualTo("SELECT 'a\0'");
    assertThat(tokens("SELECT /* \0 */ 1", MYSQL)).isEqualTo("SELECT #1");
  }

  @Test
  void sixBytesAreWhiteSpace() {
    assertThat(tokens("\f\u000BSELECT\t1\r\n", MYSQL)).isEqualTo("SELECT #1");
    assertThat(refusal("SELECT\u0001 1", MYSQL)).contains("no meaning");
    assertThat(refusal(raw("SELECT \u00A01"), mode(ClientCharset.LATIN1))).contains("0x7f");
  }

  @Test
  void backslashEscapesInStringsUnlessSwitchedOff() {
    String text = "SELECT '\\', (SELECT a FROM secret), ' -- '";
    assertThat(tokens(text, mode("8.4.6", "NO_BACKSLASH_ESCAPES")))
        .isEqualTo("SELECT '\\' , ( SELECT a FROM secret ) , ' -- '");
    assertThat(tokens(text, MYSQL)).isEqualTo("SELECT '', (SELECT a FROM secret), '");
    assertThat(refusal("SELECT '\\'", MYSQL)).contains("string that does not end");
    assertThat(tokens("SELECT '\\'', ' -- \\''", MYSQL)).isEqualTo("SELECT ''' , ' -- ''");
  }

  @Test
  void stringIsUnescapedAsTheServerDoes() {
    assertThat(statement("SELECT 'a''b\\'c\\n\\t\\r\\b\\0\\Z\\%\\_\\q\\\\'", MYSQL).value(1))
        .isEqualTo("a'b'c\n\t\r\b\0\u001A\\%\\_q\\");
    assertThat(statement("SELECT \"a\"\"b'\"", MYSQL).value(1)).isEqualTo("a\"b'");
    assertThat(statement("SELECT N'\\'x'", MYSQL).value(1)).isEqualTo("'x");
    assertThat(tokens("SELECT n 'x'", MYSQL)).isEqualTo("SELECT n 'x'");
  }

  @Test
  void adjacentStringsStaySeparate() {
    assertThat(tokens("SELECT 'a' 'b'", MYSQL)).isEqualTo("SELECT 'a' 'b'");
    assertThat(tokens("SELECT 'a''b'", MYSQL)).isEqualTo("SELECT 'a'b'");
  }

  @Test
  void doubleQuotesAreStringsOrIdentifiersAsTheModeSays() {
    assertThat(tokens("SELECT \"a\\\"b\"", MYSQL)).isEqualTo("SELECT 'a\"b'");
    assertThat(tokens("SELECT \"\\\", \"a\"\"b\"", mode("8.4.6", "ANSI_QUOTES")))
        .isEqualTo("SELECT `\\` , `a\"b`");
  }

  @Test
  void quotedIdentifierDoublesItsQuote() {
    assertThat(tokens("SELECT * FROM `sec``ret`, `a\nb`, `a.b`.`c`", MYSQL))
        .isEqualTo("SELECT * FROM `sec`ret` , `a\nb` , `a.b` . `c`");
    assertThat(refusal("SELECT `a", MYSQL)).contains("quoted identifier");
  }

  @Test
  void introducerIsAWordBeforeItsString() {
    assertThat(tokens("SELECT _utf8mb4'\\x\\'', 1", MYSQL)).isEqualTo("SELECT _utf8mb4 'x'' , #1");
  }

  @Test
  void stringMayHoldAnyBytesAndANationalOneMayNot() {
    assertThat(statements(raw("SELECT '\u00E9'"), MYSQL)).hasSize(1);
    assertThat(statements(raw("SELECT 'a\u00E9', '\\\u00C3', 1"), MYSQL)).hasSize(1);
    assertThat(refusal(raw("SELECT N'\u00E9'"), MYSQL)).contains("no characters");
    assertThat(statements(raw("SELECT _binary'\u00E9'"), MYSQL)).hasSize(1);
    assertThat(statements(raw("SELECT '\u00E9'"), mode(ClientCharset.LATIN1))).hasSize(1);
    assertThat(tokens("SELECT '\u00E9\\\u00E9\uD83D\uDE00'", MYSQL))
        .isEqualTo("SELECT '\u00E9\u00E9\uD83D\uDE00'");
    assertThat(refusal(bytes("SELECT N'\uD83D\uDE00'"), mode(ClientCharset.UTF8MB3)))
        .contains("no characters");
  }

  @Test
  void nulByteEndsTheTextAndIsNowhereElse() {
    assertThat(tokens("SELECT a\0", MYSQL)).isEqualTo("SELECT a");
    assertThat(refusal(bytes("SELECT a\0 "), MYSQL)).contains("NUL");
    assertThat(refusal(bytes("SELECT a\0\0"), MYSQL)).contains("NUL");
    assertThat(refusal(bytes("SELECT /*! a \0"), MYSQL)).contains("NUL");
  }

  @Test
  void identifierHasToBeInTheBasicMultilingualPlane() {
    assertThat(tokens("SELECT \u00E9, `\u20AC`", MYSQL)).isEqualTo("SELECT \u00E9 , `\u20AC`");
    assertThat(refusal("SELECT `\uD83D\uDE00`", MYSQL)).contains("plane");
    assertThat(refusal("SELECT \uD83D\uDE00", MYSQL)).contains("plane");
    assertThat(refusal(raw("SELECT `\u00E9`"), MYSQL)).contains("plane");
    assertThat(refusal(raw("SELECT a\u00E9"), MYSQL)).contains("plane");
  }

  @Test
  void identifierInLatin1KeepsItsLetters() {
    assertThat(
            tokens(statements(raw("SELECT \u00E9, `\u00A7`"), mode(ClientCharset.LATIN1)).get(0)))
        .isEqualTo("SELECT \u00E9 , `\u00A7`");
    assertThat(refusal(raw("SELECT `\u0080`"), mode(ClientCharset.LATIN1))).contains("byte");
    assertThat(refusal(raw("SELECT \u00D7"), mode(ClientCharset.LATIN1))).contains("0x7f");
    assertThat(refusal(raw("SELECT \u00E9"), mode(ClientCharset.ASCII))).contains("0x7f");
    assertThat(refusal(raw("SELECT `\u00E9`"), mode(ClientCharset.BINARY))).contains("byte");
  }

  @Test
  void nameBesideADotIsNeverAKeyWord() {
    assertThat(tokens("SELECT from.select FROM db.t", MYSQL))
        .isEqualTo("SELECT `from` . `select` FROM `db` . `t`");
    assertThat(tokens("SELECT * FROM .secret", MYSQL)).isEqualTo("SELECT * FROM . `secret`");
    assertThat(tokens("SELECT * FROM db . secret", MYSQL)).isEqualTo("SELECT * FROM db . secret");
    assertThat(tokens("SELECT * FROM db/**/./**/secret", MYSQL))
        .isEqualTo("SELECT * FROM db . secret");
    assertThat(tokens("SELECT t.x'41', t.n'a'", MYSQL))
        .isEqualTo("SELECT `t` . `x` '41' , `t` . `n` 'a'");
  }

  @Test
  void nameAfterADotMayBeginWithDigits() {
    assertThat(tokens("SELECT t.1a, t.1e5, t.1.2", MYSQL))
        .isEqualTo("SELECT `t` . `1a` , `t` . `1e5` , `t` . `1` . `2`");
    assertThat(tokens("SELECT t .1a, `t`.1e5, t. 1", MYSQL))
        .isEqualTo("SELECT t #.1 a , `t` #.1e5 , t . #1");
  }

  @Test
  void numberTurnsIntoAnIdentifierWhereALetterFollows() {
    assertThat(tokens("SELECT 1a, 1e, 1e5, 1e+5, 1e5a, 1ea, 1.5a", MYSQL))
        .isEqualTo("SELECT `1a` , `1e` , #1e5 , #1e+5 , #1e5 a , `1ea` , #1.5 a");
    assertThat(tokens("SELECT 1e+a", MYSQL)).isEqualTo("SELECT `1e` + a");
    assertThat(tokens("SELECT 1a.b, 1.b, .5e1, 1.", MYSQL))
        .isEqualTo("SELECT `1a` . `b` , #1. b , #.5e1 , #1.");
  }

  @Test
  void numberWithoutExponentDigitsIsRefused() {
    assertThat(refusal("SELECT a 1.e(b) FROM t", MYSQL)).contains("exponent");
    assertThat(refusal("SELECT .1e FROM t", MYSQL)).contains("exponent");
    assertThat(refusal("SELECT 1.e+, 2", MARIADB)).contains("exponent");
    assertThat(tokens("SELECT 1.e5", MYSQL)).isEqualTo("SELECT #1.e5");
  }

  @Test
  void hexAndBitLiterals() {
    assertThat(statement("SELECT x'41', 0x41, b'01', 0b01", MYSQL))
        .satisfies(
            s ->
                assertThat(new TokenKind[] {s.kind(1), s.kind(3), s.kind(5), s.kind(7)})
                    .containsExactly(TokenKind.HEX, TokenKind.HEX, TokenKind.BIT, TokenKind.BIT));
    assertThat(tokens("SELECT 0X41, 0xG, 0b2, 0x", MYSQL))
        .isEqualTo("SELECT `0X41` , `0xG` , `0b2` , `0x`");
    assertThat(refusal("SELECT x'4'", MYSQL)).contains("hexadecimal");
    assertThat(refusal("SELECT x'4g'", MYSQL)).contains("hexadecimal");
    assertThat(refusal("SELECT b'2'", MYSQL)).contains("bit");
    assertThat(tokens("SELECT x '41'", MYSQL)).isEqualTo("SELECT x '41'");
  }

  @Test
  void twoDotsAreOneTokenOnMariaDb() {
    assertThat(tokens("SELECT 1..5", MARIADB)).isEqualTo("SELECT #1 .. #5");
    assertThat(tokens("SELECT 1..5", MYSQL)).isEqualTo("SELECT #1. #.5");
  }

  @Test
  void userVariableIsOneToken() {
    assertThat(tokens("SELECT @a.b$c, @'x\\'y', @`p``q`, @\"z\"", MYSQL))
        .isEqualTo("SELECT @a.b$c , @x'y , @p`q , @z");
    assertThat(tokens("SET @a:=1, b:c", MYSQL)).isEqualTo("SET @a := #1 , b : c");
    assertThat(tokens("GRANT a TO u@localhost, 'v'@'%'", MYSQL))
        .isEqualTo("GRANT a TO u @localhost , 'v' @%");
    assertThat(refusal("SELECT @ a", MYSQL)).contains("@ without");
    assertThat(tokens("SELECT @\"\\\"", mode("8.4.6", "ANSI_QUOTES"))).isEqualTo("SELECT @\\");
  }

  @Test
  void systemVariableIsOneToken() {
    assertThat(tokens("SELECT @@x, @@session.y, @@global.`z`, @@a.b.c", MYSQL))
        .isEqualTo("SELECT @@x , @@session.y , @@global.z , @@a.b.c");
    assertThat(refusal("SELECT @@session . y", MYSQL)).contains("one piece");
    assertThat(refusal("SELECT @@ x", MYSQL)).contains("plain name");
    assertThat(refusal("SELECT @@`a b`", MYSQL)).contains("plain name");
    assertThat(refusal("SELECT @@`a``b`", MYSQL)).contains("plain name");
    assertThat(refusal("SELECT @@a\u00E9", MYSQL)).contains("plain name");
  }

  @Test
  void parameterStandsAlone() {
    assertThat(statement("SELECT ?, a=?", MYSQL).kind(1)).isEqualTo(TokenKind.PARAMETER);
    assertThat(refusal("SELECT ?a", MYSQL)).contains("parameter");
  }

  @Test
  void backslashOutsideOfStringsIsNullOrRefused() {
    LexedStatement old = statement("SELECT \\N", MARIADB);
    assertThat(old.value(1)).isEqualTo("NULL");
    assertThat(old.isWord(1, "NULL")).isTrue();
    assertThat(tokens("SELECT \\N", MYSQL_57)).isEqualTo("SELECT NULL");
    assertThat(refusal("SELECT \\N", MYSQL)).contains("backslash");
    assertThat(refusal("SELECT \\n", MARIADB)).contains("backslash");
  }

  @Test
  void dollarQuotesAreRefusedWhereTheServerMayHaveThem() {
    assertThat(tokens("SELECT a AS $$ , (SELECT b) AS $$", MARIADB))
        .isEqualTo("SELECT a AS $$ , ( SELECT b ) AS $$");
    assertThat(refusal("SELECT $$ , (SELECT b) $$", MYSQL)).contains("string");
    assertThat(refusal("SELECT $t$ , (SELECT b) $t$", MYSQL)).contains("string");
    assertThat(tokens("SELECT $a, b$c$d, t.$e$", MYSQL))
        .isEqualTo("SELECT $a , b$c$d , `t` . `$e$`");
  }

  @Test
  void operatorsAreAsLongAsTheServerTakesThem() {
    assertThat(tokens("a<=>b<=c<>d<<e>>f>=g!=h:=i&&j||k&l|m!n", MYSQL))
        .isEqualTo("a <=> b <= c <> d << e >> f >= g != h := i && j || k & l | m ! n");
    assertThat(tokens("a->'$'->>b", MYSQL)).isEqualTo("a -> '$' ->> b");
    assertThat(tokens("a->'$'", MARIADB)).isEqualTo("a - > '$'");
    assertThat(tokens("{d '2020-01-01'}", MYSQL)).isEqualTo("{ d '2020-01-01' }");
  }

  @Test
  void oracleQuotingMeansNothing() {
    assertThat(tokens("SELECT q'{', (SELECT a FROM secret), '}' FROM t1", MYSQL))
        .isEqualTo("SELECT q '{' , ( SELECT a FROM secret ) , '}' FROM t1");
  }

  @Test
  void textIsSplitAtSemicolons() {
    byte[] text = bytes(" SELECT ';' ; ; /* ; */ SELECT `;` -- ;\n ;;");
    assertThat(statements(text, MYSQL))
        .extracting(Lexed::tokens)
        .containsExactly("SELECT ';'", "SELECT `;`");
    Lexer lexer = new Lexer(LexLimits.STANDARD);
    assertThat(lexer.lex(text, 0, text.length, MYSQL)).isEqualTo(2);
    assertThat(new String(text, lexer.begin(0), lexer.end(0) - lexer.begin(0), UTF_8))
        .isEqualTo("SELECT ';'");
    assertThat(new String(text, lexer.begin(1), lexer.end(1) - lexer.begin(1), UTF_8))
        .isEqualTo("/* ; */ SELECT `;` -- ;");
  }

  @Test
  void nothingButBlanksCommentsAndSemicolonsIsNoStatement() {
    assertThat(statements(bytes(" ;; /* a */ -- b\n # c"), MYSQL)).isEmpty();
    assertThat(statements(bytes(""), MYSQL)).isEmpty();
    assertThat(statements(bytes("/*!99999 SELECT 1 */"), MYSQL)).isEmpty();
  }

  @Test
  void spansAreOffsetsIntoTheStatement() {
    LexedStatement statement = statements(bytes("SELECT 1;  SELECT ab"), MYSQL).get(1);
    assertThat(statement.span(1).begin()).isEqualTo(7);
    assertThat(statement.span(1).end()).isEqualTo(9);
    assertThat(statement.text(1)).isEqualTo("ab");
    assertThat(statement.source(0, 2)).isEqualTo("SELECT ab");
    assertThat(statement.source(1, 1)).isEmpty();
  }

  @Test
  void sourceHasNoHalfOfAnExecutableComment() {
    LexedStatement statement = statement("SELECT t.1a /*!50000 , 2 */, 3", MYSQL);
    assertThat(statement.source(0, 6)).isEqualTo("SELECT t.1a , 2");
  }

  @Test
  void keyWordIsComparedWithoutCase() {
    LexedStatement statement = statement("select `from`, a.b", MYSQL);
    assertThat(statement.isWord(0, "SELECT")).isTrue();
    assertThat(statement.isWord(1, "FROM")).isFalse();
    assertThat(statement.isWord(99, "FROM")).isFalse();
    assertThat(statement.isWord(3, "A")).isFalse();
    assertThat(statement.isPunctuation(2, ",")).isTrue();
    assertThat(statement.isPunctuation(2, "(")).isFalse();
    assertThat(statement.isPunctuation(99, ",")).isFalse();
  }

  @Test
  void limitsAreKept() {
    Lexer lexer = new Lexer(new LexLimits(30, 5, 2));
    assertThat(lex(lexer, "SELECT ((1))")).isEqualTo(-1);
    assertThat(lex(lexer, "((1))")).isEqualTo(1);
    assertThat(lex(lexer, "(((1)))")).isEqualTo(-1);
    assertThat(lexer.refusal().error().message()).contains("nested more than 2");
    assertThat(lex(lexer, "a a a a a")).isEqualTo(1);
    assertThat(lex(lexer, "a a a a a a")).isEqualTo(-1);
    assertThat(lexer.refusal().error().message()).contains("5 tokens");
    assertThat(lex(lexer, "a".repeat(30))).isEqualTo(1);
    assertThat(lex(lexer, "a".repeat(31))).isEqualTo(-1);
    assertThat(lexer.refusal().error().message()).contains("31 bytes");
    assertThat(lex(lexer, "((1)),((1))".substring(0, 5) + ";((1))")).isEqualTo(-1);
  }

  private static int lex(Lexer lexer, String text) {
    byte[] bytes = bytes(text);
    return lexer.lex(bytes, 0, bytes.length, MYSQL);
  }

  @Test
  void hintThatSetsAVariableOrQuotesOddlyIsRefused() {
    assertThat(tokens("SELECT /*+ MAX_EXECUTION_TIME(1000) */ 1", MYSQL)).isEqualTo("SELECT #1");
    assertThat(tokens("SELECT /*+ BKA(`t1`@`qb`) */ 1", MYSQL)).isEqualTo("SELECT #1");
    assertThat(refusal("SELECT /*+ set_var(sql_mode=ANSI) */ 1", MYSQL)).contains("SET_VAR");
    assertThat(refusal("SELECT /*+ QB_NAME(`*/ , a -- `) */ 1", MYSQL)).contains("hint");
    assertThat(refusal("SELECT /*+ 'a' */ 1", MYSQL)).contains("hint");
    assertThat(refusal("SELECT /*+ a", MYSQL)).contains("hint");
    assertThat(tokens("SELECT /*+ QB_NAME(`*/ 1 , a -- `) */", MARIADB)).isEqualTo("SELECT #1 , a");
    assertThat(refusal("SELECT /*+ 'a' */ 1", mode("12.1.2-MariaDB", ""))).contains("hint");
  }

  @Test
  void hintsCountAsTokens() {
    Lexer lexer = new Lexer(new LexLimits(100, 5, 2));
    assertThat(lex(lexer, "SELECT /*+ A */ 1 " + "/*+ A */".repeat(2))).isEqualTo(1);
    assertThat(lex(lexer, "SELECT /*+ A */ 1 " + "/*+ A */".repeat(3))).isEqualTo(-1);
  }

  @Test
  void lexerReadsSmallTextsAfterALargeOne() {
    Lexer lexer = new Lexer(LexLimits.STANDARD);
    int many = 40_000;
    assertThat(lex(lexer, "SELECT /*+ A */ 1;".repeat(many))).isEqualTo(many);
    assertThat(lexer.statement(many - 1).size()).isEqualTo(2);
    assertThat(lex(lexer, "SELECT 1" + ",1".repeat(many))).isEqualTo(1);
    assertThat(lexer.statement(0).size()).isEqualTo(2 + 2 * many);
    assertThat(lex(lexer, "SELECT 1; SELECT a")).isEqualTo(2);
    assertThat(tokens(lexer.statement(1))).isEqualTo("SELECT a");
  }
}
