package io.portcullis.privilege.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.privilege.model.AccountId;
import io.portcullis.privilege.model.AccountVariables;
import io.portcullis.privilege.model.RoleId;
import io.portcullis.privilege.model.User;
import io.portcullis.privilege.model.UserId;
import io.portcullis.privilege.model.UserSecurity.LoginLimit;
import io.portcullis.privilege.model.Verifiers;
import io.portcullis.sql.statement.GateVariable;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Locks by failed logins (PM 7.5). */
final class LoginFailuresTest {

  private static final Instant NOW = Instant.parse("2026-03-04T05:06:07Z");

  private final InMemoryCatalogStore store = new InMemoryCatalogStore();
  private final LoginFailures failures = new LoginTimes(store).failures();
  private final AccountVariables threeThenASecond =
      AccountVariables.DEFAULTS.with(
          GateVariable.CONNECTION_CONTROL_MAX_CONNECTION_DELAY, Optional.of("1000"));
  private final User joe =
      new User(
          new UserId(7),
          AccountId.SYS,
          "joe",
          "localhost",
          new Verifiers("", ""),
          RoleId.MOADMIN,
          RoleId.MOADMIN,
          false,
          Optional.empty(),
          NOW);

  private User with(int attempts, int days) {
    return joe.withSecurity(joe.security().withLimit(Optional.of(new LoginLimit(attempts, days))));
  }

  private void fails(User user, AccountVariables account, Instant when, int times) {
    for (int i = 0; i < times; i++) {
      failures.failed(user, account, when);
    }
  }

  private boolean locked(User user, AccountVariables account, Instant when) {
    return failures.lockedUntil(user, account, when).isPresent();
  }

  @Test
  void theThresholdLocksUntilTheDelayIsOver() {
    fails(joe, threeThenASecond, NOW, 2);
    assertThat(locked(joe, threeThenASecond, NOW)).isFalse();
    fails(joe, threeThenASecond, NOW, 1);
    assertThat(locked(joe, threeThenASecond, NOW.plusMillis(999))).isTrue();
    assertThat(locked(joe, threeThenASecond, NOW.plusMillis(1000))).isFalse();
  }

  @Test
  void oneFailureAfterTheDelayLocksAnew() {
    fails(joe, threeThenASecond, NOW, 3);
    Instant later = NOW.plusSeconds(5);
    fails(joe, threeThenASecond, later, 1);
    assertThat(locked(joe, threeThenASecond, later.plusMillis(999))).isTrue();
  }

  @Test
  void attemptsDuringTheLockDoNotProlongIt() {
    fails(joe, threeThenASecond, NOW, 3);
    fails(joe, threeThenASecond, NOW.plusMillis(900), 20);
    assertThat(locked(joe, threeThenASecond, NOW.plusMillis(1000))).isFalse();
  }

  @Test
  void aLoginBeginsToCountAnew() {
    fails(joe, threeThenASecond, NOW, 2);
    failures.forget(joe.id());
    fails(joe, threeThenASecond, NOW, 2);
    assertThat(locked(joe, threeThenASecond, NOW)).isFalse();
    assertThat(failures.of(joe.id()).attempts()).isEqualTo(2);
  }

  @Test
  void nothingLocksWhileTheAccountHasNoDelay() {
    fails(joe, AccountVariables.DEFAULTS, NOW, 100);
    assertThat(locked(joe, AccountVariables.DEFAULTS, NOW)).isFalse();
    assertThat(failures.all()).isEmpty();
  }

  @Test
  void theUsersOwnLimitWins() {
    User strict = with(1, 2);
    fails(strict, threeThenASecond, NOW, 1);
    assertThat(locked(strict, threeThenASecond, NOW.plus(Duration.ofHours(47)))).isTrue();
    assertThat(locked(strict, threeThenASecond, NOW.plus(Duration.ofHours(48)))).isFalse();
    User forever = with(1, LoginLimit.UNBOUNDED);
    assertThat(failures.lockedUntil(forever, AccountVariables.DEFAULTS, NOW)).contains(Instant.MAX);
    User none = with(5, 0);
    assertThat(locked(none, threeThenASecond, NOW)).as("the account's").isTrue();
  }

  @Test
  void whatWasCountedIsThereAfterARestart() throws StoreException {
    fails(joe, threeThenASecond, NOW, 3);
    failures.flush();
    LoginFailures restarted = new LoginTimes(store).failures();
    restarted.load();
    assertThat(restarted.lockedUntil(joe, threeThenASecond, NOW)).isPresent();
    restarted.forget(joe.id());
    restarted.flush();
    assertThat(store.failedLogins()).isEmpty();
  }
}
