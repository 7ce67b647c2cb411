package io.portcullis.privilege.model;

import java.time.Instant;
import java.util.Optional;

/**
 * A named set of privileges.
 *
 * @param name as typed; looked up by {@link Names#key}
 * @param creator the user that made it; empty for built-in roles
 * @param owner the role that may alter and drop it
 * @param privateTo the user whose direct grants it holds; found by no name then
 */
public record Role(
    RoleId id,
    AccountId account,
    String name,
    Optional<UserId> creator,
    RoleId owner,
    Optional<String> comment,
    Instant created,
    Optional<UserId> privateTo) {

  /** A role that can be granted. */
  public Role(
      RoleId id,
      AccountId account,
      String name,
      Optional<UserId> creator,
      RoleId owner,
      Optional<String> comment,
      Instant created) {
    this(id, account, name, creator, owner, comment, created, Optional.empty());
  }

  public Role withOwner(RoleId role) {
    return new Role(id, account, name, creator, role, comment, created, privateTo);
  }

  /** Holds what is granted to one user directly: always active for that user, never named. */
  public boolean isPrivate() {
    return privateTo.isPresent();
  }

  /** Came with its account: cannot be dropped, renamed, granted on or passed on (PM 2.4). */
  public boolean isBuiltIn() {
    return id.isBuiltIn();
  }
}
