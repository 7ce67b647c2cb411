package io.portcullis.privilege.model;

import java.time.Instant;
import java.util.Optional;

/**
 * A named set of privileges.
 *
 * @param name as typed; looked up by {@link Names#key}
 * @param creator the user that made it; empty for built-in roles
 * @param owner the role that may alter and drop it
 */
public record Role(
    RoleId id,
    AccountId account,
    String name,
    Optional<UserId> creator,
    RoleId owner,
    Optional<String> comment,
    Instant created) {
  /** moadmin and public cannot be dropped, renamed, granted on or passed on (PM 2.4). */
  public boolean isBuiltIn() {
    return id.equals(RoleId.MOADMIN) || id.equals(RoleId.PUBLIC);
  }
}
