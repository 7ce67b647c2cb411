package io.portcullis.privilege.store;

import io.portcullis.privilege.model.Grant;
import io.portcullis.privilege.model.GrantLevel;
import io.portcullis.privilege.model.PrivilegeType;
import io.portcullis.privilege.model.RelationId;
import io.portcullis.privilege.model.RoleId;
import io.portcullis.privilege.model.RoleToRole;
import io.portcullis.privilege.model.RoleToUser;
import io.portcullis.privilege.model.UserId;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Who granted what and when, and who made which user and object. No decision rests on it, so it is
 * not part of the catalog's state: read when somebody asks. Filled by one thread, read by any
 * afterwards.
 */
public final class Provenance {

  /** Nothing is known. */
  public static final Provenance NONE = new Provenance();

  private final Map<Privilege, Granted> privileges = new HashMap<>();
  private final Map<ToUser, Granted> toUsers = new HashMap<>();
  private final Map<ToRole, Granted> toRoles = new HashMap<>();
  private final Map<UserId, UserId> creators = new HashMap<>();
  private final Map<RelationId, Granted> made = new HashMap<>();

  /**
   * One GRANT, or who made an object.
   *
   * @param by empty for what came with the account, or was granted from another one
   * @param with the primary role of who granted
   */
  public record Granted(Optional<UserId> by, Optional<RoleId> with, Instant at) {}

  private record Privilege(RoleId grantee, PrivilegeType privilege, GrantLevel level) {
    Privilege(Grant grant) {
      this(grant.grantee(), grant.privilege(), grant.level());
    }
  }

  private record ToUser(RoleId role, UserId user) {}

  private record ToRole(RoleId granted, RoleId grantee) {}

  public Optional<Granted> of(Grant grant) {
    return Optional.ofNullable(privileges.get(new Privilege(grant)));
  }

  public Optional<Granted> of(RoleToUser edge) {
    return Optional.ofNullable(toUsers.get(new ToUser(edge.role(), edge.user())));
  }

  public Optional<Granted> of(RoleToRole edge) {
    return Optional.ofNullable(toRoles.get(new ToRole(edge.granted(), edge.grantee())));
  }

  public Optional<UserId> creatorOf(UserId user) {
    return Optional.ofNullable(creators.get(user));
  }

  /** Who made it through the gate, and when. */
  public Optional<Granted> of(RelationId relation) {
    return Optional.ofNullable(made.get(relation));
  }

  public void put(RelationId relation, Granted maker) {
    made.put(relation, maker);
  }

  public void put(Grant grant, Granted granted) {
    privileges.put(new Privilege(grant), granted);
  }

  public void put(RoleToUser edge, Granted granted) {
    toUsers.put(new ToUser(edge.role(), edge.user()), granted);
  }

  public void put(RoleToRole edge, Granted granted) {
    toRoles.put(new ToRole(edge.granted(), edge.grantee()), granted);
  }

  public void putCreator(UserId user, UserId creator) {
    creators.put(user, creator);
  }
}
