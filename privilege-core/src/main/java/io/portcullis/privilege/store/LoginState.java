package io.portcullis.privilege.store;

import io.portcullis.privilege.model.AccountVariables;
import io.portcullis.privilege.model.User;
import io.portcullis.privilege.model.UserSecurity.Lock;
import java.time.Instant;
import java.util.Optional;

/**
 * Whether and why a user is kept from logging in, as listings show it (PM 7.5).
 *
 * @param forbidden an administrator has locked the user
 * @param lockedOut too many logins have failed
 * @param lockExpires empty: not locked, or until it is unlocked
 * @param passwordExpires empty: never
 */
public record LoginState(
    boolean forbidden,
    boolean lockedOut,
    boolean expired,
    int failedAttempts,
    Optional<Instant> lockedAt,
    Optional<Instant> lockExpires,
    Optional<String> lockReason,
    Optional<Instant> passwordExpires) {

  public static LoginState of(
      User user, AccountVariables account, LoginFailures failures, Instant now) {
    boolean forbidden = user.isLocked(now);
    Optional<Instant> until = failures.lockedUntil(user, account, now);
    FailedLogins failed = failures.of(user.id());
    Optional<Lock> lock = forbidden ? user.security().lock() : Optional.empty();
    boolean lockedOut = !forbidden && until.isPresent();
    return new LoginState(
        forbidden,
        lockedOut,
        user.security().isExpired(account, now),
        failed.attempts(),
        lockedOut ? failed.lockedSince() : lock.map(Lock::since),
        lockedOut ? until.filter(end -> !end.equals(Instant.MAX)) : lock.flatMap(Lock::until),
        lockedOut ? Optional.of("too many failed logins") : lock.flatMap(Lock::reason),
        user.security().mustChange()
            ? Optional.of(user.security().passwordChanged())
            : user.security().expires(account));
  }

  /** For people. */
  public String status() {
    return forbidden || lockedOut ? "locked" : expired ? "expired" : "active";
  }
}
