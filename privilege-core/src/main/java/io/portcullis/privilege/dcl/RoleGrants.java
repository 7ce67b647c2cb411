package io.portcullis.privilege.dcl;

import io.portcullis.privilege.authz.Authorizer;
import io.portcullis.privilege.catalog.CatalogChange;
import io.portcullis.privilege.model.PrivilegeType;
import io.portcullis.privilege.model.Role;
import io.portcullis.privilege.model.RoleId;
import io.portcullis.privilege.model.RoleToRole;
import io.portcullis.privilege.model.RoleToUser;
import io.portcullis.privilege.model.User;
import io.portcullis.sql.statement.AccessControlStatement.GrantRoles;
import io.portcullis.sql.statement.AccessControlStatement.RevokeRoles;
import io.portcullis.sql.statement.AccessControlStatement.UserName;
import io.portcullis.sql.text.ErrorCode;
import io.portcullis.sql.text.SqlError;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** GRANT and REVOKE of roles (PM 3.3, 5.5, 2.4). */
final class RoleGrants {

  private final Authorizer authorizer;

  RoleGrants(Authorizer authorizer) {
    this.authorizer = authorizer;
  }

  /** A grantee: a role, else a user. */
  private record Grantee(Optional<Role> role, Optional<User> user) {

    String name() {
      return role.map(Role::name).or(() -> user.map(User::name)).orElseThrow();
    }
  }

  /**
   * Whether the actor may hand on the role; public goes to everybody anyway.
   *
   * @param role empty when there is none of that name, which only those are told who may grant all
   */
  Optional<SqlError> mayGrant(Draft draft, Optional<Role> role) {
    if (role.filter(found -> isPublic(found) || isDelegated(draft, found.id())).isPresent()) {
      return Optional.empty();
    }
    return authorizer.requireAny(draft.actor(), PrivilegeType.MANAGE_GRANTS);
  }

  /**
   * PM 3.3: the role is active and was granted to the user with grant option, or an active role
   * inherits it over grants that all carry the option.
   */
  private static boolean isDelegated(Draft draft, RoleId role) {
    Set<RoleId> active = draft.actor().activeRoles();
    boolean heldWithOption =
        draft.state().rolesOf(draft.actor().subject().user()).stream()
            .anyMatch(edge -> edge.role().equals(role) && edge.grantOption());
    if (heldWithOption && active.contains(role)) {
      return true;
    }
    Set<RoleId> seen = new HashSet<>(active);
    Deque<RoleId> pending = new ArrayDeque<>(active);
    while (!pending.isEmpty()) {
      for (RoleToRole edge : draft.state().rolesInheritedBy(pending.remove())) {
        if (edge.grantOption()) {
          if (edge.granted().equals(role)) {
            return true;
          }
          if (seen.add(edge.granted())) {
            pending.add(edge.granted());
          }
        }
      }
    }
    return false;
  }

  Optional<SqlError> grant(Draft draft, GrantRoles statement) {
    List<Role> roles = new ArrayList<>();
    for (String name : statement.roles()) {
      Optional<Role> role = draft.role(name);
      Optional<SqlError> refused = mayGrant(draft, role);
      if (refused.isPresent()) {
        return refused;
      }
      if (role.isEmpty()) {
        return Optional.of(Refusals.unknownRole(name));
      }
      roles.add(role.get());
    }
    for (UserName name : statement.grantees()) {
      Optional<Grantee> grantee = grantee(draft, name);
      if (grantee.isEmpty()) {
        return Optional.of(noRoleOrUser(name));
      }
      for (Role role : roles) {
        Optional<SqlError> refused = grant(draft, role, grantee.get(), statement.grantOption());
        if (refused.isPresent()) {
          return refused;
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<SqlError> grant(
      Draft draft, Role role, Grantee grantee, boolean grantOption) {
    if (grantee.role().isPresent()) {
      return grantToRole(draft, role, grantee.role().get(), grantOption);
    }
    User user = grantee.user().orElseThrow();
    if (isPublic(role)) {
      draft.note("the role public is granted to everybody");
      return Optional.empty();
    }
    Optional<RoleToUser> held =
        draft.state().rolesOf(user.id()).stream()
            .filter(edge -> edge.role().equals(role.id()))
            .findFirst();
    if (role.id().isAdministrator()) {
      return held.isPresent()
          ? Optional.empty()
          : Optional.of(
              Refusals.predefinedRole(
                  "the role "
                      + role.name()
                      + " can not be granted to non administration user "
                      + user.name()));
    }
    boolean option = grantOption || held.filter(RoleToUser::grantOption).isPresent();
    RoleToUser edge = new RoleToUser(role.id(), user.id(), option);
    if (held.filter(edge::equals).isEmpty()) {
      draft.apply(new CatalogChange.RoleGrantedToUser(edge));
    }
    return Optional.empty();
  }

  private static Optional<SqlError> grantToRole(
      Draft draft, Role role, Role grantee, boolean grantOption) {
    if (role.isBuiltIn()) {
      return Optional.of(
          Refusals.predefinedRole(
              "the role "
                  + role.name()
                  + " can not be granted to the other role "
                  + grantee.name()));
    }
    if (grantee.isBuiltIn()) {
      return Optional.of(
          Refusals.predefinedRole(
              "the role " + role.name() + " can not be granted to the role " + grantee.name()));
    }
    if (reaches(draft, role.id(), grantee.id())) {
      return Optional.of(ErrorCode.ER_ROLE_GRANTED_TO_ITSELF.error(role.name(), grantee.name()));
    }
    Optional<RoleToRole> held = held(draft, role, grantee);
    boolean option = grantOption || held.filter(RoleToRole::grantOption).isPresent();
    RoleToRole edge = new RoleToRole(role.id(), grantee.id(), option);
    if (held.filter(edge::equals).isEmpty()) {
      draft.apply(new CatalogChange.RoleGrantedToRole(edge));
    }
    return Optional.empty();
  }

  Optional<SqlError> revoke(Draft draft, RevokeRoles statement) {
    Optional<SqlError> refused = authorizer.requireAny(draft.actor(), PrivilegeType.MANAGE_GRANTS);
    if (refused.isPresent()) {
      return refused;
    }
    List<Role> roles = new ArrayList<>();
    for (String name : statement.roles()) {
      Optional<Role> role = draft.role(name);
      if (role.isEmpty()) {
        return Optional.of(Refusals.unknownRole(name));
      }
      if (role.get().isBuiltIn()) {
        return Optional.of(
            Refusals.predefinedRole("the role " + role.get().name() + " can not be revoked"));
      }
      roles.add(role.get());
    }
    for (UserName name : statement.grantees()) {
      Optional<Grantee> grantee = grantee(draft, name);
      if (grantee.isPresent()) {
        for (Role role : roles) {
          refused = revoke(draft, role, grantee.get(), statement.grantOptionOnly());
          if (refused.isPresent()) {
            return refused;
          }
        }
      } else if (statement.ifExists()) {
        draft.note("there is no role or user " + name.name());
      } else {
        return Optional.of(noRoleOrUser(name));
      }
    }
    return Optional.empty();
  }

  private static Optional<SqlError> revoke(
      Draft draft, Role role, Grantee grantee, boolean optionOnly) {
    if (grantee.role().isPresent()) {
      Role from = grantee.role().get();
      if (from.isBuiltIn()) {
        return Optional.of(
            Refusals.predefinedRole(
                "the role " + role.name() + " can not be revoked from the role " + from.name()));
      }
      if (held(draft, role, from).isEmpty()) {
        draft.note(notHeld(role, grantee));
      } else if (optionOnly) {
        draft.apply(
            new CatalogChange.RoleGrantedToRole(new RoleToRole(role.id(), from.id(), false)));
      } else {
        draft.apply(new CatalogChange.RoleRevokedFromRole(role.id(), from.id()));
      }
      return Optional.empty();
    }
    User from = grantee.user().orElseThrow();
    if (!draft.state().isGranted(role.id(), from.id())) {
      draft.note(notHeld(role, grantee));
    } else if (optionOnly) {
      draft.apply(new CatalogChange.RoleGrantedToUser(new RoleToUser(role.id(), from.id(), false)));
    } else {
      draft.apply(new CatalogChange.RoleRevokedFromUser(role.id(), from.id()));
    }
    return Optional.empty();
  }

  private static Optional<RoleToRole> held(Draft draft, Role granted, Role grantee) {
    return draft.state().rolesInheritedBy(grantee.id()).stream()
        .filter(edge -> edge.granted().equals(granted.id()))
        .findFirst();
  }

  /** Whether {@code from} is, or inherits from, {@code to}. */
  private static boolean reaches(Draft draft, RoleId from, RoleId to) {
    Set<RoleId> seen = new HashSet<>(Set.of(from));
    Deque<RoleId> pending = new ArrayDeque<>(seen);
    while (!pending.isEmpty()) {
      RoleId role = pending.remove();
      if (role.equals(to)) {
        return true;
      }
      for (RoleToRole edge : draft.state().rolesInheritedBy(role)) {
        if (seen.add(edge.granted())) {
          pending.add(edge.granted());
        }
      }
    }
    return false;
  }

  private static Optional<Grantee> grantee(Draft draft, UserName name) {
    Optional<Role> role = draft.role(name);
    if (role.isPresent()) {
      return Optional.of(new Grantee(role, Optional.empty()));
    }
    return draft.user(name.name()).map(user -> new Grantee(Optional.empty(), Optional.of(user)));
  }

  private static SqlError noRoleOrUser(UserName name) {
    return ErrorCode.ER_UNKNOWN_AUTHID.error(
        Refusals.quoted(name.name()) + ": there is no role or user " + name.name());
  }

  private static String notHeld(Role role, Grantee grantee) {
    return "the role " + role.name() + " was not granted to " + grantee.name();
  }

  private static boolean isPublic(Role role) {
    return role.id().isPublic();
  }
}
