package io.portcullis.sql.parser;

import io.portcullis.sql.statement.AccessControlStatement.CurrentRule;
import io.portcullis.sql.statement.AccessControlStatement.LockDetails;
import io.portcullis.sql.statement.AccessControlStatement.OwnRule;
import io.portcullis.sql.statement.AccessControlStatement.PasswordExpiry;
import io.portcullis.sql.statement.AccessControlStatement.UserOptions;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/** Options of CREATE and ALTER USER about passwords and locks, in any order, each once (PM 5.3). */
final class UserOptionsGrammar {

  private static final long MAX_LIFETIME_DAYS = 65_535;
  private static final long MAX_COUNT = 4_294_967_295L;
  private static final long MAX_ATTEMPTS = 32_767;
  private static final long MAX_LOCK = 1_000_000;

  private final TokenCursor cursor;
  private Optional<Boolean> locked = Optional.empty();
  private Optional<LockDetails> lock = Optional.empty();
  private Optional<PasswordExpiry> expiry = Optional.empty();
  private Optional<OwnRule> history = Optional.empty();
  private Optional<OwnRule> reuseDays = Optional.empty();
  private Optional<CurrentRule> current = Optional.empty();
  private Optional<Integer> attempts = Optional.empty();
  private Optional<Integer> lockDays = Optional.empty();

  UserOptionsGrammar(TokenCursor cursor) {
    this.cursor = cursor;
  }

  /** Reads as many as there are. */
  UserOptionsGrammar read() {
    while (next()) {
      // each has moved the cursor
    }
    if (cursor.isAny("REQUIRE", "WITH")) {
      throw cursor.notOffered(
          "the option " + cursor.text().text(cursor.at()).toUpperCase(Locale.ROOT) + " of a user");
    }
    return this;
  }

  /** Empty: neither locked nor unlocked. */
  Optional<Boolean> locked() {
    return locked;
  }

  UserOptions options() {
    return new UserOptions(lock, expiry, history, reuseDays, current, attempts, lockDays);
  }

  private boolean next() {
    if (cursor.accept("ACCOUNT", "LOCK") || cursor.accept("LOCK")) {
      once(locked);
      locked = Optional.of(true);
      lock = details();
    } else if (cursor.accept("ACCOUNT", "UNLOCK") || cursor.accept("UNLOCK")) {
      once(locked);
      locked = Optional.of(false);
    } else if (cursor.accept("PASSWORD", "EXPIRE")) {
      once(expiry);
      expiry = Optional.of(expires());
    } else if (cursor.accept("PASSWORD", "HISTORY")) {
      once(history);
      history = Optional.of(new OwnRule(orDefault()));
    } else if (cursor.accept("PASSWORD", "REUSE", "INTERVAL")) {
      once(reuseDays);
      reuseDays = Optional.of(new OwnRule(orDefault()));
      if (reuseDays.get().value().isPresent()) {
        cursor.expect("DAY");
      }
    } else if (cursor.accept("PASSWORD", "REQUIRE", "CURRENT")) {
      once(current);
      current =
          Optional.of(
              cursor.accept("DEFAULT")
                  ? CurrentRule.DEFAULT
                  : cursor.accept("OPTIONAL") ? CurrentRule.OPTIONAL : CurrentRule.REQUIRED);
    } else if (cursor.accept("FAILED_LOGIN_ATTEMPTS")) {
      once(attempts);
      attempts = Optional.of((int) number(0, MAX_ATTEMPTS));
    } else if (cursor.accept("PASSWORD_LOCK_TIME")) {
      once(lockDays);
      lockDays =
          Optional.of(
              cursor.accept("UNBOUNDED") ? UserOptions.UNBOUNDED : (int) number(0, MAX_ATTEMPTS));
    } else {
      return false;
    }
    return true;
  }

  private void once(Optional<?> before) {
    if (before.isPresent()) {
      throw cursor.unexpected();
    }
  }

  /** Empty where nothing is said about the lock. */
  private Optional<LockDetails> details() {
    Optional<String> reason =
        cursor.accept("REASON") ? Optional.of(cursor.string()) : Optional.empty();
    if (!cursor.accept("FOR")) {
      return reason.map(text -> new LockDetails(reason, Optional.empty()));
    }
    long count = number(1, MAX_LOCK);
    Duration time;
    if (cursor.accept("MINUTE")) {
      time = Duration.ofMinutes(count);
    } else if (cursor.accept("HOUR")) {
      time = Duration.ofHours(count);
    } else {
      cursor.expect("DAY");
      time = Duration.ofDays(count);
    }
    return Optional.of(new LockDetails(reason, Optional.of(time)));
  }

  private PasswordExpiry expires() {
    if (cursor.accept("NEVER")) {
      return new PasswordExpiry.Never();
    }
    if (cursor.accept("DEFAULT")) {
      return new PasswordExpiry.Default();
    }
    if (cursor.accept("INTERVAL")) {
      int days = (int) number(1, MAX_LIFETIME_DAYS);
      cursor.expect("DAY");
      return new PasswordExpiry.After(days);
    }
    return new PasswordExpiry.Now();
  }

  private Optional<Long> orDefault() {
    return cursor.accept("DEFAULT") ? Optional.empty() : Optional.of(number(0, MAX_COUNT));
  }

  private long number(long min, long max) {
    int at = cursor.at();
    long number = cursor.number();
    if (number < min || number > max) {
      throw StatementRefused.notUnderstood(
          "the number " + number + " is out of range (expected: " + min + ".." + max + ")",
          cursor.spanAt(at));
    }
    return number;
  }
}
