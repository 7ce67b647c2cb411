package io.portcullis.sql.analysis;

import static io.portcullis.sql.analysis.Analysed.MARIADB;
import static io.portcullis.sql.analysis.Analysed.MYSQL;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.sql.statement.AccessControlStatement;
import io.portcullis.sql.statement.AccountTemplate;
import io.portcullis.sql.statement.PrepareText;
import io.portcullis.sql.text.ErrorCode;
import io.portcullis.sql.text.LexicalMode;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Statements about accounts that are prepared (PM 5.2): what a value can be, and what not. */
final class AccountTemplateTest {

  private static AccountTemplate prepared(String sql) {
    PrepareText prepare = (PrepareText) Analysed.statement("PREPARE s FROM " + sql, MYSQL);
    return (AccountTemplate) prepare.prepared();
  }

  private static AccountTemplate inString(String sql) {
    return prepared("'" + sql.replace("'", "''") + "'");
  }

  private static Optional<AccessControlStatement> filled(AccountTemplate template, String... with) {
    return template.fill(List.of(with)).statement();
  }

  private static Optional<AccessControlStatement> said(String sql) {
    return Optional.of((AccessControlStatement) Analysed.statement(sql, MYSQL));
  }

  @Test
  void valuesStandWhereTheTextHasThem() {
    AccountTemplate create = inString("create account ? admin_name ? identified by ? comment 'x'");
    assertThat(create.operation()).isEqualTo("CREATE ACCOUNT");
    assertThat(create.parameters()).isEqualTo(3);
    assertThat(filled(create, "acme", "boss", "pw"))
        .isEqualTo(said("CREATE ACCOUNT acme ADMIN_NAME 'boss' IDENTIFIED BY 'pw' COMMENT 'x'"));
    assertThat(filled(create, "other", "b2", "pw2"))
        .isEqualTo(said("CREATE ACCOUNT other ADMIN_NAME b2 IDENTIFIED BY 'pw2' COMMENT 'x'"));
    assertThat(filled(inString("ALTER ACCOUNT ? ADMIN_NAME = 'a' IDENTIFIED BY ?"), "acme", "pw"))
        .isEqualTo(said("ALTER ACCOUNT acme ADMIN_NAME 'a' IDENTIFIED BY 'pw'"));
    assertThat(filled(inString("ALTER ACCOUNT IF EXISTS ? SUSPEND"), "acme"))
        .isEqualTo(said("ALTER ACCOUNT IF EXISTS acme SUSPEND"));
    assertThat(filled(inString("DROP ACCOUNT IF EXISTS ?"), " acme "))
        .isEqualTo(said("DROP ACCOUNT IF EXISTS acme"));
    assertThat(filled(inString("DROP ACCOUNT acme"))).isEqualTo(said("DROP ACCOUNT acme"));
  }

  @Test
  void itNeedsNoStringAroundIt() {
    AccountTemplate alter = prepared("alter account ? admin_name= ? IDENTIFIED BY ?");
    assertThat(filled(alter, "acme", "boss", "pw"))
        .isEqualTo(said("ALTER ACCOUNT acme ADMIN_NAME boss IDENTIFIED BY 'pw'"));
    Analysed.refused(ErrorCode.ER_NOT_SUPPORTED_YET, "one string", "PREPARE s FROM SELECT 1");
    Analysed.refused(
        ErrorCode.ER_NOT_SUPPORTED_YET, "one string", "PREPARE s FROM DROP DATABASE account");
  }

  /** A value is not read again: no quote and no comment in it means anything. */
  @Test
  void aValueIsOneNameOrOneText() {
    AccountTemplate alter = inString("ALTER ACCOUNT acme ADMIN_NAME 'a' IDENTIFIED BY ?");
    for (String hostile :
        List.of("x' SUSPEND -- ", "\\", "\\'", "?", "'", "a\0b", "\u20ac", "x'; DROP ACCOUNT b")) {
      AccessControlStatement.AlterAccount filled =
          (AccessControlStatement.AlterAccount) filled(alter, hostile).orElseThrow();
      assertThat(filled.account()).isEqualTo("acme");
      assertThat(filled.state()).isEmpty();
      assertThat(filled.administrator().orElseThrow().password().orElseThrow().clearText())
          .isEqualTo(hostile);
    }
    AccountTemplate drop = inString("DROP ACCOUNT ?");
    assertThat(filled(drop, "a` , `b"))
        .contains(new AccessControlStatement.DropAccount(false, "a` , `b"));
    AccountTemplate create = inString("CREATE ACCOUNT a ADMIN_NAME ? IDENTIFIED BY 'p'");
    for (String name : List.of("", " ", "a'b", "a:b", "a#b", "a`b")) {
      assertThat(create.fill(List.of(name)).error().orElseThrow().code())
          .isEqualTo(ErrorCode.ER_PARSE_ERROR);
    }
    assertThat(filled(create, "a@b").toString()).contains("a@b").doesNotContain("host=Optional[b]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CREATE ACCOUNT a ADMIN_NAME 'b' IDENTIFIED BY 'c' COMMENT ?",
        "CREATE ACCOUNT a ADMIN_NAME 'b' IDENTIFIED BY 'c' ?",
        "CREATE ACCOUNT a ADMIN_NAME 'b' IDENTIFIED BY 'c' BACKEND ?",
        "CREATE ACCOUNT a ? 'b' IDENTIFIED BY 'c'",
        "CREATE ACCOUNT ? ?",
        "CREATE ACCOUNT ? ADMIN_NAME ?",
        "ALTER ACCOUNT a ? ? IDENTIFIED BY ?",
        "DROP ACCOUNT ?, ?",
        "DROP ACCOUNT ? ; DROP ACCOUNT b",
      })
  void elsewhereAParameterIsNotUnderstood(String sql) {
    Analysed.refused(
        ErrorCode.ER_PARSE_ERROR, "", "PREPARE s FROM '" + sql.replace("'", "''") + "'");
    Analysed.refused(ErrorCode.ER_PARSE_ERROR, "", sql.replace(";", ""));
  }

  @Test
  void onlyAccountsArePreparedThisWay() {
    for (String sql : List.of("CREATE USER u IDENTIFIED BY ''p''", "DROP ROLE r", "GRANT a TO b")) {
      Analysed.refused(
          ErrorCode.ER_NOT_SUPPORTED_YET, "the gate answers it", "PREPARE s FROM '" + sql + "'");
    }
    Analysed.refused(ErrorCode.ER_PARSE_ERROR, "", "CREATE USER ? IDENTIFIED BY 'p'");
    assertThat(
            Analysed.refusal("EXECUTE IMMEDIATE 'DROP ACCOUNT ?' USING @a", MARIADB)
                .refusal()
                .error()
                .message())
        .contains("the gate answers it");
  }

  @Test
  void itIsNotRememberedAndNotPrinted() {
    for (LexicalMode mode : List.of(MYSQL, MARIADB)) {
      for (String sql :
          List.of(
              "PREPARE s FROM 'ALTER ACCOUNT ? ADMIN_NAME ''a'' IDENTIFIED BY ''secret'''",
              "ALTER ACCOUNT ? ADMIN_NAME 'a' IDENTIFIED BY 'secret'")) {
        StatementAnalysis analysis = (StatementAnalysis) Analysed.analyse(sql, mode);
        assertThat(analysis.cacheable()).isFalse();
        assertThat(analysis.toString()).contains("ALTER ACCOUNT").doesNotContain("secret");
      }
    }
  }
}
