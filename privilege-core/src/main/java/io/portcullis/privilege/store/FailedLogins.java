package io.portcullis.privilege.store;

import java.time.Instant;
import java.util.Optional;

/**
 * Failed logins of one user since the last that was right.
 *
 * @param lockedSince when they were too many, or the last failed one after that lock was over
 */
public record FailedLogins(int attempts, Optional<Instant> lockedSince) {
  public static final FailedLogins NONE = new FailedLogins(0, Optional.empty());
}
