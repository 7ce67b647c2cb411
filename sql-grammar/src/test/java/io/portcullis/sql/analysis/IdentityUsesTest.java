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
import java.util.Optional;
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

  @Test
  void aQuestionAboutPrivilegesTakesStrings() {
    assertThat(uses("SELECT HAS_PRIVILEGE('joe', 'ANY', 'DATABASE', 'shop')"))
        .containsExactly(new IdentityUse(IdentityFunction.HAS_PRIVILEGE, 1, 11, true));
    assertThat(uses("SELECT 1 + has_privilege('joe', 'SELECT', 'TABLE', 'shop', 't')"))
        .containsExactly(new IdentityUse(IdentityFunction.HAS_PRIVILEGE, 3, 15, false));
    for (String other :
        List.of(
            "HAS_PRIVILEGE()",
            "HAS_PRIVILEGE('joe', 'ANY')",
            "HAS_PRIVILEGE('joe', 'ANY', 'TABLE', 'a', 'b', 'c')",
            "HAS_PRIVILEGE('joe', 'ANY', 'TABLE',)",
            "HAS_PRIVILEGE('joe', 'ANY', a)",
            "HAS_PRIVILEGE('joe', 'ANY' 'TABLE', 'a')",
            "HAS_PRIVILEGE((SELECT 'joe'), 'ANY', 'TABLE')",
            "HAS_PRIVILEGE(?, ?, ?)")) {
      assertThat(uses("SELECT " + other)).as(other).isEmpty();
      assertThat(misused("SELECT " + other)).as(other).contains(IdentityFunction.HAS_PRIVILEGE);
    }
  }

  @Test
  void whatTheServerWouldTakeForAStoredFunctionIsFound() {
    assertThat(misused("SELECT CURRENT_USER_ID(1)")).contains(IdentityFunction.CURRENT_USER_ID);
    assertThat(misused("SELECT CURRENT_ROLE_NAME (a)"))
        .contains(IdentityFunction.CURRENT_ROLE_NAME);
    assertThat(misused("SELECT CURRENT_USER_ID(), USER(1), d.current_user_id(1), has_privilege"))
        .isEmpty();
  }

  private static Optional<IdentityFunction> misused(String sql) {
    LexedStatement statement = lex(sql);
    return IdentityUses.misused(statement, IdentityUses.of(statement));
  }

  private static List<IdentityUse> uses(String sql) {
    return IdentityUses.of(lex(sql));
  }

  private static LexedStatement lex(String sql) {
    byte[] text = sql.getBytes(StandardCharsets.UTF_8);
    Lexer lexer = new Lexer(LexLimits.STANDARD);
    assertThat(lexer.lex(text, 0, text.length, MARIADB)).isEqualTo(1);
    return lexer.statement(0);
  }
}
