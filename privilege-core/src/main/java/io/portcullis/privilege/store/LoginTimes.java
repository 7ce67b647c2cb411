package io.portcullis.privilege.store;

import io.portcullis.privilege.model.UserId;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * When and from where each user has logged in last: kept beside the catalog, without an epoch,
 * since no decision rests on it. Logins are noted in memory and stored together, however many there
 * were. Any thread.
 */
public final class LoginTimes {

  private final LoginStore store;
  private final Map<UserId, LastLogin> pending = new HashMap<>();
  private final AtomicBoolean asked = new AtomicBoolean();
  private final LoginFailures failures;

  public LoginTimes(LoginStore store) {
    this.store = store;
    this.failures = new LoginFailures(store);
  }

  /** Those that were refused. */
  public LoginFailures failures() {
    return failures;
  }

  /**
   * Remembers a login. Does not block.
   *
   * @return whether {@link #flush} should be called, which nobody has been told since the last one
   */
  public boolean note(UserId user, Instant at, String host) {
    synchronized (pending) {
      pending.merge(user, new LastLogin(at, Optional.of(host)), LastLogin::newer);
    }
    return !asked.getAndSet(true);
  }

  /** Stores what was noted; what cannot be stored is kept for the next time. Blocking. */
  public void flush() throws StoreException {
    asked.set(false);
    Map<UserId, LastLogin> noted;
    synchronized (pending) {
      noted = Map.copyOf(pending);
    }
    if (noted.isEmpty()) {
      return;
    }
    store.loggedIn(noted);
    synchronized (pending) {
      noted.forEach(pending::remove);
    }
  }

  /** Of all users that ever have, also at other gates. Blocking. */
  public Map<UserId, LastLogin> last() throws StoreException {
    flush();
    return store.lastLogins();
  }
}
