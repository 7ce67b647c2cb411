package io.portcullis.privilege.model;

import io.portcullis.sql.statement.GateVariable;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What is kept about a user's password and lock besides the verifiers (PM 7.3 to 7.5). Empty means
 * that the account's variables decide. Days are 24 hours. Immutable.
 *
 * @param passwordChanged when the password was set
 * @param mustChange PASSWORD EXPIRE: the password is to be changed whatever its age
 * @param lifetimeDays after which the password expires; 0: never
 * @param history from how many of the last passwords a new one must differ
 * @param reuseDays for how long no earlier password may return
 * @param requireCurrent whether the user names the old password to set a new one
 * @param limit of failed logins, in place of the account's
 * @param lock details, if the user is locked by an administrator
 * @param former earlier passwords that a rule may still need, the newest first
 */
public record UserSecurity(
    Instant passwordChanged,
    boolean mustChange,
    Optional<Integer> lifetimeDays,
    Optional<Long> history,
    Optional<Long> reuseDays,
    Optional<Boolean> requireCurrent,
    Optional<LoginLimit> limit,
    Optional<Lock> lock,
    List<FormerPassword> former) {

  public UserSecurity {
    former = List.copyOf(former);
  }

  /**
   * A lock set by an administrator.
   *
   * @param until empty: until it is taken away
   */
  public record Lock(Optional<String> reason, Instant since, Optional<Instant> until) {}

  /**
   * Failed logins, and for how long they lock.
   *
   * @param attempts 0: no limit of the user's own
   * @param days 0: no limit of the user's own; {@link #UNBOUNDED}: until it is unlocked
   */
  public record LoginLimit(int attempts, int days) {
    public static final int UNBOUNDED = -1;

    public boolean isOn() {
      return attempts > 0 && days != 0;
    }
  }

  /**
   * @param set when it became the password
   */
  public record FormerPassword(Verifiers verifiers, Instant set) {}

  /** As of a user just made. */
  public static UserSecurity of(Instant created) {
    return new UserSecurity(
        created,
        false,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of());
  }

  public UserSecurity withPasswordChanged(Instant when, List<FormerPassword> kept) {
    return new UserSecurity(
        when, false, lifetimeDays, history, reuseDays, requireCurrent, limit, lock, kept);
  }

  public UserSecurity withMustChange(boolean must) {
    return new UserSecurity(
        passwordChanged,
        must,
        lifetimeDays,
        history,
        reuseDays,
        requireCurrent,
        limit,
        lock,
        former);
  }

  public UserSecurity withLifetime(Optional<Integer> days) {
    return new UserSecurity(
        passwordChanged, mustChange, days, history, reuseDays, requireCurrent, limit, lock, former);
  }

  public UserSecurity withReuse(Optional<Long> lastOnes, Optional<Long> days) {
    return new UserSecurity(
        passwordChanged,
        mustChange,
        lifetimeDays,
        lastOnes,
        days,
        requireCurrent,
        limit,
        lock,
        former);
  }

  public UserSecurity withRequireCurrent(Optional<Boolean> required) {
    return new UserSecurity(
        passwordChanged,
        mustChange,
        lifetimeDays,
        history,
        reuseDays,
        required,
        limit,
        lock,
        former);
  }

  public UserSecurity withLimit(Optional<LoginLimit> changed) {
    return new UserSecurity(
        passwordChanged,
        mustChange,
        lifetimeDays,
        history,
        reuseDays,
        requireCurrent,
        changed,
        lock,
        former);
  }

  public UserSecurity withLock(Optional<Lock> changed) {
    return new UserSecurity(
        passwordChanged,
        mustChange,
        lifetimeDays,
        history,
        reuseDays,
        requireCurrent,
        limit,
        changed,
        former);
  }

  /** When the password expires by its age; empty: never. */
  public Optional<Instant> expires(AccountVariables account) {
    long days =
        lifetimeDays.isPresent()
            ? lifetimeDays.get()
            : account.number(GateVariable.DEFAULT_PASSWORD_LIFETIME);
    return days == 0 ? Optional.empty() : Optional.of(passwordChanged.plus(Duration.ofDays(days)));
  }

  /** Whether the password has to be changed before anything else is done. */
  public boolean isExpired(AccountVariables account, Instant now) {
    return mustChange || expires(account).filter(end -> end.isBefore(now)).isPresent();
  }
}
