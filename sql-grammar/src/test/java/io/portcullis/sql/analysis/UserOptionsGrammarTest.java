package io.portcullis.sql.analysis;

import static io.portcullis.sql.analysis.Analysed.MARIADB;
import static io.portcullis.sql.analysis.Analysed.MYSQL;
import static io.portcullis.sql.analysis.Analysed.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.sql.statement.AccessControlStatement.AlterUser;
import io.portcullis.sql.statement.AccessControlStatement.CreateUser;
import io.portcullis.sql.statement.AccessControlStatement.CurrentRule;
import io.portcullis.sql.statement.AccessControlStatement.LockDetails;
import io.portcullis.sql.statement.AccessControlStatement.OwnRule;
import io.portcullis.sql.statement.AccessControlStatement.PasswordExpiry;
import io.portcullis.sql.statement.AccessControlStatement.SetPassword;
import io.portcullis.sql.statement.AccessControlStatement.UserOptions;
import io.portcullis.sql.text.ErrorCode;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Options of users about passwords and locks (PM 5.3). */
final class UserOptionsGrammarTest {

  private static AlterUser alter(String options) {
    return (AlterUser) Analysed.statement("ALTER USER u " + options, MYSQL);
  }

  @Test
  void allOfThemInAnyOrder() {
    CreateUser statement =
        (CreateUser)
            Analysed.statement(
                "CREATE USER u IDENTIFIED BY 'p' DEFAULT ROLE r PASSWORD_LOCK_TIME UNBOUNDED"
                    + " FAILED_LOGIN_ATTEMPTS 4 PASSWORD REQUIRE CURRENT OPTIONAL PASSWORD REUSE"
                    + " INTERVAL 30 DAY PASSWORD HISTORY DEFAULT PASSWORD EXPIRE INTERVAL 90 DAY"
                    + " ACCOUNT LOCK REASON 'left' FOR 2 HOUR COMMENT 'c'",
                MARIADB);
    assertThat(statement.locked()).isTrue();
    assertThat(statement.options())
        .isEqualTo(
            new UserOptions(
                Optional.of(new LockDetails(Optional.of("left"), Optional.of(Duration.ofHours(2)))),
                Optional.of(new PasswordExpiry.After(90)),
                Optional.of(new OwnRule(Optional.empty())),
                Optional.of(new OwnRule(Optional.of(30L))),
                Optional.of(CurrentRule.OPTIONAL),
                Optional.of(4),
                Optional.of(UserOptions.UNBOUNDED)));
  }

  @Test
  void formsOfExpiryAndLock() {
    assertThat(alter("PASSWORD EXPIRE").options().expiry()).contains(new PasswordExpiry.Now());
    assertThat(alter("PASSWORD EXPIRE NEVER").options().expiry())
        .contains(new PasswordExpiry.Never());
    assertThat(alter("PASSWORD EXPIRE DEFAULT").options().expiry())
        .contains(new PasswordExpiry.Default());
    assertThat(alter("PASSWORD REQUIRE CURRENT").options().current())
        .contains(CurrentRule.REQUIRED);
    assertThat(alter("LOCK").lock()).contains(true);
    assertThat(alter("ACCOUNT UNLOCK").lock()).contains(false);
    assertThat(alter("ACCOUNT LOCK FOR 1 DAY").options().lock())
        .contains(new LockDetails(Optional.empty(), Optional.of(Duration.ofDays(1))));
    assertThat(alter("COMMENT 'c'").options()).isEqualTo(UserOptions.NONE);
  }

  @Test
  void thePasswordBeforeIsRead() {
    AlterUser statement = alter("IDENTIFIED BY 'new' REPLACE 'old'");
    assertThat(statement.users().get(0).password().orElseThrow().current()).contains("old");
    assertThat(statement.toString()).doesNotContain("old").doesNotContain("new");
    SetPassword set = (SetPassword) Analysed.statement("SET PASSWORD = 'new' REPLACE 'old'", MYSQL);
    assertThat(set.password().current()).contains("old");
  }

  @Test
  void whatMakesNoSenseIsRefused() {
    refused(ErrorCode.ER_PARSE_ERROR, "out of range", "ALTER USER u ACCOUNT LOCK FOR 0 DAY");
    refused(ErrorCode.ER_PARSE_ERROR, "", "ALTER USER u ACCOUNT LOCK FOR 1 YEAR");
    refused(ErrorCode.ER_PARSE_ERROR, "", "ALTER USER u ACCOUNT LOCK ACCOUNT UNLOCK");
    refused(ErrorCode.ER_PARSE_ERROR, "", "ALTER USER u PASSWORD HISTORY 1 PASSWORD HISTORY 2");
    refused(
        ErrorCode.ER_PARSE_ERROR, "out of range", "ALTER USER u PASSWORD EXPIRE INTERVAL 0 DAY");
    refused(
        ErrorCode.ER_NOT_SUPPORTED_YET,
        "RETAIN",
        "ALTER USER u IDENTIFIED BY 'p' RETAIN CURRENT PASSWORD");
    refused(
        ErrorCode.ER_NOT_SUPPORTED_YET, "REQUIRE", "CREATE USER u IDENTIFIED BY 'p' REQUIRE SSL");
  }
}
