package io.portcullis.privilege.dcl;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.privilege.model.UserSecurity;
import io.portcullis.sql.statement.AccessControlStatement.AlterUser;
import io.portcullis.sql.statement.AccessControlStatement.CreateUser;
import io.portcullis.sql.statement.AccessControlStatement.CurrentRule;
import io.portcullis.sql.statement.AccessControlStatement.LockDetails;
import io.portcullis.sql.statement.AccessControlStatement.OwnRule;
import io.portcullis.sql.statement.AccessControlStatement.Password;
import io.portcullis.sql.statement.AccessControlStatement.PasswordExpiry;
import io.portcullis.sql.statement.AccessControlStatement.SetPassword;
import io.portcullis.sql.statement.AccessControlStatement.ShowCreateUser;
import io.portcullis.sql.statement.AccessControlStatement.UserOptions;
import io.portcullis.sql.statement.AccessControlStatement.UserSpec;
import io.portcullis.sql.statement.GateVariable;
import io.portcullis.sql.text.ErrorCode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Passwords by statement: policy, history, expiry, and locks with a reason (PM 5.3, 7.3 to 7.5).
 */
final class PasswordStatementsTest {

  private static final Instant NOW = Instant.parse("2026-03-04T05:06:07Z");

  private final Gate gate = new Gate();

  @BeforeEach
  void aUser() {
    gate.rolesWithUsers("r");
  }

  private static AlterUser alter(UserOptions options, Optional<Boolean> lock) {
    return new AlterUser(
        false,
        List.of(new UserSpec(Gate.name("u_r"), Optional.empty())),
        Optional.empty(),
        lock,
        Optional.empty(),
        options);
  }

  private static UserOptions options(
      Optional<LockDetails> lock,
      Optional<PasswordExpiry> expiry,
      Optional<OwnRule> history,
      Optional<CurrentRule> current,
      Optional<Integer> attempts) {
    return new UserOptions(
        lock, expiry, history, Optional.empty(), current, attempts, Optional.empty());
  }

  private static SetPassword own(String password, String current) {
    return new SetPassword(Optional.empty(), new Password(password, false, Optional.of(current)));
  }

  private UserSecurity security() {
    return gate.user("u_r").security();
  }

  @Test
  void thePolicyHoldsForEveryStatementThatSetsAPassword() {
    gate.root().does(Gate.global(GateVariable.VALIDATE_PASSWORD, "ON"));
    String why = "too short";
    ErrorCode code = ErrorCode.ER_NOT_VALID_PASSWORD;
    gate.root()
        .refused(
            code,
            why,
            new CreateUser(
                false,
                List.of(new UserSpec(Gate.name("x"), Optional.of(new Password("short")))),
                List.of(),
                false,
                Optional.empty()));
    gate.root().refused(code, why, Gate.password("u_r", "short"));
    gate.in("r").refused(code, why, new SetPassword(Optional.empty(), new Password("short")));
    gate.root().does(Gate.password("u_r", "long enough"));
  }

  @Test
  void theAccountsAdministratorIsNoExceptionWhoeverSetsHisPassword() {
    gate.with("acme");
    gate.root().does(Gate.alterAccount("acme", "boss", new Password("short")));
    gate.bossOf("acme").does(Gate.global(GateVariable.VALIDATE_PASSWORD, "ON"));
    gate.root()
        .refused(
            ErrorCode.ER_NOT_VALID_PASSWORD,
            "too short",
            Gate.alterAccount("acme", "boss", new Password("short2")));
    gate.root().does(Gate.global(GateVariable.VALIDATE_PASSWORD, "ON"));
    gate.root().does(Gate.alterAccount("acme", "boss", new Password("long enough")));
  }

  @Test
  void aPasswordOfTheLastOnesIsRefused() {
    gate.root().does(Gate.global(GateVariable.PASSWORD_HISTORY, "2"));
    gate.root().does(Gate.password("u_r", "first-one"));
    gate.root()
        .refused(
            ErrorCode.ER_CREDENTIALS_CONTRADICT_TO_HISTORY,
            "used before",
            Gate.password("u_r", "first-one"));
    gate.root().does(Gate.password("u_r", "second-one"));
    gate.in("r")
        .refused(
            ErrorCode.ER_CREDENTIALS_CONTRADICT_TO_HISTORY,
            "used before",
            new SetPassword(Optional.empty(), new Password("first-one")));
    gate.root().does(Gate.password("u_r", "third-one"));
    assertThat(security().former()).as("no more than the rule needs").hasSize(1);
    gate.root().does(Gate.password("u_r", "first-one"));
  }

  @Test
  void anIntervalKeepsEveryPasswordOfItsTime() {
    gate.root().does(Gate.global(GateVariable.PASSWORD_REUSE_INTERVAL, "30"));
    gate.root().does(Gate.password("u_r", "first-one"));
    for (String other : List.of("2nd", "3rd", "4th")) {
      gate.root().does(Gate.password("u_r", other));
    }
    gate.root()
        .refused(
            ErrorCode.ER_CREDENTIALS_CONTRADICT_TO_HISTORY,
            "used before",
            Gate.password("u_r", "first-one"));
    gate.root().does(Gate.global(GateVariable.PASSWORD_REUSE_INTERVAL, "0"));
    gate.root().does(Gate.password("u_r", "first-one"));
    assertThat(security().former()).isEmpty();
  }

  @Test
  void theUsersOwnHistoryWins() {
    gate.root().does(Gate.global(GateVariable.PASSWORD_HISTORY, "5"));
    gate.root()
        .does(
            alter(
                options(
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of(new OwnRule(Optional.of(0L))),
                    Optional.empty(),
                    Optional.empty()),
                Optional.empty()));
    gate.root().does(Gate.password("u_r", "same"));
    gate.root().does(Gate.password("u_r", "same"));
  }

  @Test
  void theCurrentPasswordIsAskedForWhereItIsRequired() {
    gate.root()
        .does(
            alter(
                options(
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of(CurrentRule.REQUIRED),
                    Optional.empty()),
                Optional.empty()));
    gate.in("r")
        .refused(
            ErrorCode.ER_MISSING_CURRENT_PASSWORD,
            "REPLACE",
            new SetPassword(Optional.empty(), new Password("new")));
    gate.in("r").refused(ErrorCode.ER_INCORRECT_CURRENT_PASSWORD, "Incorrect", own("new", "wrong"));
    gate.in("r").does(own("new", "pw of u_r"));
    gate.root().does(Gate.password("u_r", "by the administrator"));
    gate.root()
        .refused(
            ErrorCode.ER_CURRENT_PASSWORD_NOT_REQUIRED,
            "other users",
            new SetPassword(
                Optional.of(Gate.name("u_r")),
                new Password("new", false, Optional.of("by the administrator"))));
  }

  @Test
  void expiryIsSetAndEndsWithAChange() {
    gate.root()
        .does(
            alter(
                options(
                    Optional.empty(),
                    Optional.of(new PasswordExpiry.Now()),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty()),
                Optional.empty()));
    assertThat(security().mustChange()).isTrue();
    gate.in("r").does(new SetPassword(Optional.empty(), new Password("fresh")));
    assertThat(security().mustChange()).isFalse();
    gate.root()
        .does(
            alter(
                options(
                    Optional.empty(),
                    Optional.of(new PasswordExpiry.After(90)),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty()),
                Optional.empty()));
    assertThat(security().expires(gate.state().variables(gate.user("u_r").account())))
        .contains(NOW.plus(Duration.ofDays(90)));
  }

  @Test
  void nobodyChangesTheRulesForHimself() {
    gate.in("r")
        .refused(
            ErrorCode.ER_SPECIFIC_ACCESS_DENIED_ERROR,
            "ALTER USER",
            alter(
                options(
                    Optional.empty(),
                    Optional.of(new PasswordExpiry.Never()),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty()),
                Optional.empty()));
  }

  @Test
  void aLockHasAReasonAndAnEnd() {
    LockDetails details =
        new LockDetails(Optional.of("on leave"), Optional.of(Duration.ofHours(2)));
    UserOptions lock =
        options(
            Optional.of(details),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.of(4));
    gate.root().does(alter(lock, Optional.of(true)));
    assertThat(gate.user("u_r").isLocked(NOW.plus(Duration.ofMinutes(119)))).isTrue();
    assertThat(gate.user("u_r").isLocked(NOW.plus(Duration.ofMinutes(120)))).isFalse();
    assertThat(gate.root().lines(new ShowCreateUser(Optional.of(Gate.name("u_r")))).get(0))
        .contains("FAILED_LOGIN_ATTEMPTS 4 PASSWORD_LOCK_TIME 0")
        .endsWith(" ACCOUNT LOCK REASON 'on leave' FOR 120 MINUTE");
    gate.root().does(alter(UserOptions.NONE, Optional.of(false)));
    assertThat(gate.user("u_r").isLocked(NOW)).isFalse();
    assertThat(security().lock()).isEmpty();
    LockDetails endless = new LockDetails(Optional.of("x".repeat(257)), Optional.empty());
    gate.root()
        .refused(
            ErrorCode.ER_WRONG_STRING_LENGTH,
            "256",
            alter(
                options(
                    Optional.of(endless),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty()),
                Optional.of(true)));
  }

  @Test
  void unlockingForgetsFailedLogins() throws Exception {
    gate.root().does(Gate.global(GateVariable.CONNECTION_CONTROL_MAX_CONNECTION_DELAY, "60000"));
    var variables = gate.state().variables(gate.user("u_r").account());
    for (int i = 0; i < 3; i++) {
      gate.logins.failures().failed(gate.user("u_r"), variables, NOW);
    }
    gate.logins.failures().flush();
    assertThat(gate.store.failedLogins()).hasSize(1);
    gate.root().does(Gate.lock("u_r", false));
    assertThat(gate.logins.failures().all()).isEmpty();
    assertThat(gate.store.failedLogins()).as("before OK").isEmpty();
  }
}
