package io.portcullis.privilege.dcl;

import io.portcullis.privilege.credential.PasswordPolicy;
import io.portcullis.privilege.credential.PasswordRules;
import io.portcullis.privilege.model.AccountVariables;
import io.portcullis.privilege.model.User;
import io.portcullis.privilege.model.UserSecurity;
import io.portcullis.privilege.model.UserSecurity.FormerPassword;
import io.portcullis.sql.statement.AccessControlStatement.Password;
import io.portcullis.sql.statement.GateVariable;
import io.portcullis.sql.text.ErrorCode;
import io.portcullis.sql.text.SqlError;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** New passwords: what they must be (PM 7.3), and what is kept of those before. */
final class PasswordChanges {

  private static final String USED_BEFORE =
      "The password has been used before, please change another one";

  private final Clock clock;

  PasswordChanges(Clock clock) {
    this.clock = clock;
  }

  Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  /**
   * Why a user that is made may not have this password.
   *
   * @param actor name of who makes the user
   */
  static Optional<SqlError> refusal(
      Password password, String user, String actor, AccountVariables variables) {
    Optional<SqlError> refused = PasswordRules.check(password.clearText());
    return refused.isPresent() || password.random()
        ? refused
        : new PasswordPolicy(variables)
            .check(password.clearText(), user, actor, password.current());
  }

  /** The user with the password, or why it is refused. */
  record Changed(User user, Optional<SqlError> error) {}

  /**
   * @param self whether the user sets the own password
   * @param actor name of who sets it
   */
  Changed change(
      User user,
      Password password,
      boolean self,
      String actor,
      AccountVariables variables,
      Passwords passwords) {
    Optional<SqlError> refused =
        current(user, password, self, variables, passwords)
            .or(() -> refusal(password, user.name(), actor, variables))
            .or(() -> reuse(user, password, variables, passwords));
    if (refused.isPresent()) {
      return new Changed(user, refused);
    }
    UserSecurity security = user.security().withPasswordChanged(now(), kept(user, variables));
    return new Changed(
        user.withVerifiers(passwords.hashed(password)).withSecurity(security), Optional.empty());
  }

  /** PASSWORD REQUIRE CURRENT, and REPLACE wherever it is written. */
  private static Optional<SqlError> current(
      User user, Password password, boolean self, AccountVariables variables, Passwords passwords) {
    if (password.current().isPresent()) {
      if (!self) {
        return Optional.of(ErrorCode.ER_CURRENT_PASSWORD_NOT_REQUIRED.error());
      }
      return passwords.matches(password.current().get(), user.verifiers())
          ? Optional.empty()
          : Optional.of(ErrorCode.ER_INCORRECT_CURRENT_PASSWORD.error());
    }
    boolean required =
        user.security()
            .requireCurrent()
            .orElse(variables.isOn(GateVariable.PASSWORD_REQUIRE_CURRENT));
    return self && required
        ? Optional.of(ErrorCode.ER_MISSING_CURRENT_PASSWORD.error())
        : Optional.empty();
  }

  private Optional<SqlError> reuse(
      User user, Password password, AccountVariables variables, Passwords passwords) {
    long lastOnes = history(user, variables);
    Instant since = now().minus(Duration.ofDays(reuseDays(user, variables)));
    boolean byAge = reuseDays(user, variables) > 0;
    List<FormerPassword> all = withCurrent(user);
    for (int i = 0; i < all.size(); i++) {
      boolean inHistory = i < lastOnes;
      boolean tooYoung = byAge && all.get(i).set().isAfter(since);
      if ((inHistory || tooYoung)
          && passwords.matches(password.clearText(), all.get(i).verifiers())) {
        return Optional.of(ErrorCode.ER_CREDENTIALS_CONTRADICT_TO_HISTORY.error(USED_BEFORE));
      }
    }
    return Optional.empty();
  }

  /** What a rule can still need once there is a newer one. */
  private List<FormerPassword> kept(User user, AccountVariables variables) {
    long lastOnes = history(user, variables);
    Instant since = now().minus(Duration.ofDays(reuseDays(user, variables)));
    List<FormerPassword> all = withCurrent(user);
    List<FormerPassword> kept = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      boolean young = reuseDays(user, variables) > 0 && all.get(i).set().isAfter(since);
      if (i < lastOnes - 1 || young) {
        kept.add(all.get(i));
      }
    }
    return kept;
  }

  private static List<FormerPassword> withCurrent(User user) {
    List<FormerPassword> all = new ArrayList<>();
    all.add(new FormerPassword(user.verifiers(), user.security().passwordChanged()));
    all.addAll(user.security().former());
    return all;
  }

  private static long history(User user, AccountVariables variables) {
    return user.security().history().orElse(variables.number(GateVariable.PASSWORD_HISTORY));
  }

  private static long reuseDays(User user, AccountVariables variables) {
    return user.security()
        .reuseDays()
        .orElse(variables.number(GateVariable.PASSWORD_REUSE_INTERVAL));
  }
}
