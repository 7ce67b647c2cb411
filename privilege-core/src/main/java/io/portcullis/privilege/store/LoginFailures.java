package io.portcullis.privilege.store;

import io.portcullis.privilege.model.AccountVariables;
import io.portcullis.privilege.model.User;
import io.portcullis.privilege.model.UserId;
import io.portcullis.privilege.model.UserSecurity.LoginLimit;
import io.portcullis.sql.statement.GateVariable;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Counts failed logins, and locks after too many (PM 7.5). Counted in memory, at once, so that
 * logins at the same time are no way around; stored together by {@link #flush}, without an epoch,
 * and read again at start. Any thread.
 */
public final class LoginFailures {

  private final LoginStore store;
  private final Map<UserId, FailedLogins> counted = new HashMap<>();
  private final Map<UserId, FailedLogins> pending = new HashMap<>();
  private final AtomicBoolean asked = new AtomicBoolean();

  /** How many failures lock, and for how long. */
  private record Limit(long attempts, Optional<Duration> lock) {}

  LoginFailures(LoginStore store) {
    this.store = store;
  }

  /** Goes on from what is stored. Blocking. */
  public void load() throws StoreException {
    Map<UserId, FailedLogins> stored = store.failedLogins();
    synchronized (counted) {
      counted.putAll(stored);
    }
  }

  public FailedLogins of(UserId user) {
    synchronized (counted) {
      return counted.getOrDefault(user, FailedLogins.NONE);
    }
  }

  /** All users with any. */
  public Map<UserId, FailedLogins> all() {
    synchronized (counted) {
      return Map.copyOf(counted);
    }
  }

  /** Of the user's own limit, or else of the account's; empty: nothing locks. */
  private static Optional<Limit> limit(User user, AccountVariables account) {
    Optional<LoginLimit> own = user.security().limit().filter(LoginLimit::isOn);
    if (own.isPresent()) {
      int days = own.get().days();
      return Optional.of(
          new Limit(
              own.get().attempts(),
              days == LoginLimit.UNBOUNDED
                  ? Optional.empty()
                  : Optional.of(Duration.ofDays(days))));
    }
    long attempts = account.number(GateVariable.CONNECTION_CONTROL_FAILED_CONNECTIONS_THRESHOLD);
    long millis = account.number(GateVariable.CONNECTION_CONTROL_MAX_CONNECTION_DELAY);
    return attempts > 0 && millis > 0
        ? Optional.of(new Limit(attempts, Optional.of(Duration.ofMillis(millis))))
        : Optional.empty();
  }

  /**
   * When the user may try again; {@link Instant#MAX}: when unlocked; empty: the user is not locked.
   */
  public Optional<Instant> lockedUntil(User user, AccountVariables account, Instant now) {
    Optional<Limit> limit = limit(user, account);
    Optional<Instant> since = of(user.id()).lockedSince();
    if (limit.isEmpty() || since.isEmpty()) {
      return Optional.empty();
    }
    Instant until = limit.get().lock().map(since.get()::plus).orElse(Instant.MAX);
    return Optional.of(until).filter(end -> end.isAfter(now));
  }

  /**
   * The password was wrong.
   *
   * @return whether {@link #flush} should be called, which nobody has been told since the last one
   */
  public boolean failed(User user, AccountVariables account, Instant now) {
    Optional<Limit> limit = limit(user, account);
    if (limit.isEmpty()) {
      return false;
    }
    synchronized (counted) {
      if (lockedUntil(user, account, now).isPresent()) {
        return false;
      }
      FailedLogins before = counted.getOrDefault(user.id(), FailedLogins.NONE);
      int attempts =
          before.attempts() == Integer.MAX_VALUE ? before.attempts() : before.attempts() + 1;
      boolean locks = before.lockedSince().isPresent() || attempts >= limit.get().attempts();
      put(user.id(), new FailedLogins(attempts, locks ? Optional.of(now) : Optional.empty()));
    }
    return !asked.getAndSet(true);
  }

  /**
   * The user has logged in, or was unlocked.
   *
   * @return as {@link #failed}
   */
  public boolean forget(UserId user) {
    synchronized (counted) {
      if (!counted.containsKey(user)) {
        return false;
      }
      put(user, FailedLogins.NONE);
    }
    return !asked.getAndSet(true);
  }

  private void put(UserId user, FailedLogins now) {
    if (now.equals(FailedLogins.NONE)) {
      counted.remove(user);
    } else {
      counted.put(user, now);
    }
    pending.put(user, now);
  }

  /** Stores what was counted; what cannot be stored is kept for the next time. Blocking. */
  public void flush() throws StoreException {
    asked.set(false);
    Map<UserId, FailedLogins> noted;
    synchronized (counted) {
      noted = Map.copyOf(pending);
    }
    if (noted.isEmpty()) {
      return;
    }
    store.failed(noted);
    synchronized (counted) {
      noted.forEach(pending::remove);
    }
  }
}
