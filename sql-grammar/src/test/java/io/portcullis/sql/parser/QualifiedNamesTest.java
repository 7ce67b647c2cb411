package io.portcullis.sql.parser;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.sql.lexer.LexLimits;
import io.portcullis.sql.lexer.Lexer;
import io.portcullis.sql.text.ClientCharset;
import io.portcullis.sql.text.LexicalMode;
import io.portcullis.sql.text.ServerVersion;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Names are complete only when every dot was read, and no token as two things. */
final class QualifiedNamesTest {

  private static final LexicalMode MARIADB =
      LexicalMode.of(ServerVersion.parse("11.4.5-MariaDB"), ClientCharset.UTF8MB4, "");

  private static QualifiedNames names(String text) {
    Lexer lexer = new Lexer(LexLimits.STANDARD);
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    assertThat(lexer.lex(bytes, 0, bytes.length, MARIADB)).isEqualTo(1);
    return new QualifiedNames(lexer.statement(0));
  }

  @Test
  void aDotThatNobodyReadLeavesNamesIncomplete() {
    QualifiedNames names = names("x a.b c.d");
    names.relation(1);
    assertThat(names.isComplete()).isFalse();
    names.inExpression(4);
    assertThat(names.isComplete()).isTrue();
    assertThat(names.databases()).containsExactly(1);
  }

  @Test
  void aTokenReadAsTwoThingsLeavesNamesIncomplete() {
    QualifiedNames names = names("x a.b");
    names.relation(1);
    names.relation(1);
    assertThat(names.isComplete()).isTrue();
    names.inExpression(1);
    assertThat(names.isComplete()).isFalse();
  }

  @Test
  void theLengthOfANameInAnExpressionSaysWhatItsFirstPartIs() {
    assertThat(inExpression("a").databases()).isEmpty();
    assertThat(inExpression("a.b").databases()).isEmpty();
    assertThat(inExpression("a.*").databases()).isEmpty();
    assertThat(inExpression("a.b.c").databases()).containsExactly(0);
    assertThat(inExpression("a.b.*").databases()).containsExactly(0);
    assertThat(inExpression("a.b(1)").databases()).containsExactly(0);
    for (String text : new String[] {"a.b.c.d", "a.b.c(1)", "a.b.c.*", "a.'b'", "1 .a", ".a"}) {
      QualifiedNames names = inExpression(text);
      assertThat(names.databases()).as(text).isEmpty();
      assertThat(names.isComplete()).as(text).isFalse();
    }
  }

  private static QualifiedNames inExpression(String text) {
    QualifiedNames names = names(text);
    names.inExpression(0);
    return names;
  }

  @Test
  void onlyTheFirstOfTwoNamesOfARelationIsADatabase() {
    QualifiedNames names = names("x a.b.c");
    names.relation(1);
    assertThat(names.databases()).containsExactly(1);
    assertThat(names.isComplete()).isFalse();
  }

  @Test
  void targetsOfDeleteMayEndInAStar() {
    QualifiedNames names = names("x a, b.*, c.d, e.f.*");
    names.target(1);
    names.target(3);
    names.target(7);
    names.target(11);
    assertThat(names.databases()).containsExactly(7, 11);
    assertThat(names.isComplete()).isTrue();
  }

  @Test
  void aStringThatNamesADatabaseLeavesTheOuterNamesIncomplete() {
    QualifiedNames outer = names("x 'a.b'");
    assertThat(outer.isComplete()).isTrue();
    QualifiedNames inner = outer.beginString(names("a.b").text());
    assertThat(outer.isComplete()).isFalse();
    inner.inExpression(0);
    assertThat(outer.isComplete()).isTrue();
    inner.database(2);
    assertThat(outer.isComplete()).isFalse();
  }
}
