package io.portcullis.sql.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.sql.lexer.LexLimits;
import io.portcullis.sql.lexer.LexedStatement;
import io.portcullis.sql.lexer.Lexer;
import io.portcullis.sql.text.ClientCharset;
import io.portcullis.sql.text.LexicalMode;
import io.portcullis.sql.text.ServerVersion;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

final class IdentityUsesTest {

  private static final LexicalMode MARIADB =
      LexicalMode.of(ServerVersion.parse("11.4.5-MariaDB"), ClientCharset.UTF8MB4, "");

  @Test
  void wholeColumnsAreFoundWithTheirPlace() {
    assertThat(uses("SELECT USER(), DATABASE(), connection_id ( ) LIMIT 1"))
        .containsExactly(
            new IdentityUse(IdentityFunction.USER, 1, 4, true),
            new IdentityUse(IdentityFunction.DATABASE, 5, 8, true),
            new IdentityUse(IdentityFunction.CONNECTION_ID, 9, 12, true));
  }

  @Test
  void partsOfExpressionsAreNoColumns() {
    assertThat(uses("SELECT CONCAT('a', USER(), 'b'), 1 + CURRENT_USER, USER() AS u FROM t"))
        .extracting(IdentityUse::column)
        .containsExactly(false, false, false);
  }

  @Test
  void outsideOfSelectListsTheyAreNoColumns() {
    assertThat(uses("SELECT a FROM t WHERE b = USER() AND c IN (SELECT CURRENT_USER())"))
        .extracting(IdentityUse::column)
        .containsExactly(false, true);
    assertThat(uses("INSERT INTO t VALUES (USER(), CURRENT_ROLE())"))
        .extracting(IdentityUse::column)
        .containsExactly(false, false);
  }

  @Test
  void namesAreNoCalls() {
    assertThat(uses("SELECT user, t.user, `USER`(), u.connection_id FROM user")).isEmpty();
    assertThat(uses("SELECT x.user() FROM t")).isEmpty();
    assertThat(uses("SELECT USER(1)")).isEmpty();
  }

  private static List<IdentityUse> uses(String sql) {
    byte[] text = sql.getBytes(StandardCharsets.UTF_8);
    Lexer lexer = new Lexer(LexLimits.STANDARD);
    assertThat(lexer.lex(text, 0, text.length, MARIADB)).isEqualTo(1);
    LexedStatement statement = lexer.statement(0);
    return IdentityUses.of(statement);
  }
}
