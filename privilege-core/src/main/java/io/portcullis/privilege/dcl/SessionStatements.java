package io.portcullis.privilege.dcl;

import io.portcullis.privilege.authz.ActiveSubject;
import io.portcullis.privilege.authz.Subject;
import io.portcullis.privilege.catalog.CatalogState;
import io.portcullis.privilege.model.Role;
import io.portcullis.privilege.model.RoleId;
import io.portcullis.privilege.model.SecondaryRoles;
import io.portcullis.privilege.model.User;
import io.portcullis.sql.statement.AccessControlStatement.RoleChoice;
import io.portcullis.sql.statement.AccessControlStatement.SetRole;
import io.portcullis.sql.statement.AccessControlStatement.SetSecondaryRole;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** SET ROLE and SET SECONDARY ROLE: change the session, not the catalog (PM 5.4, 6.5). */
final class SessionStatements {

  private SessionStatements() {}

  static DclResult setRole(ActiveSubject actor, SetRole statement) {
    CatalogState state = actor.snapshot().state();
    Subject subject = actor.subject();
    Optional<User> user = state.user(subject.user());
    if (user.isEmpty()) {
      return new DclResult.Refused(Refusals.unknownUser(subject.userName()), List.of());
    }
    RoleChoice choice = statement.choice();
    if (choice instanceof RoleChoice.None) {
      return new DclResult.SubjectChanged(subject.withPrimary(RoleId.publicOf(subject.account())));
    } else if (choice instanceof RoleChoice.Default) {
      return new DclResult.SubjectChanged(
          subject.withPrimary(defaultRole(state, user.get())).with(user.get().defaultSecondary()));
    } else if (choice instanceof RoleChoice.Named named) {
      return setRoles(state, subject, user.get(), List.of(named.role()));
    } else if (choice instanceof RoleChoice.Several several) {
      return setRoles(state, subject, user.get(), several.roles());
    } else if (choice instanceof RoleChoice.All all) {
      return setAllRoles(state, subject, user.get(), all.except());
    }
    throw new AssertionError(choice);
  }

  /** The first is the primary role, the others are secondary ones. */
  private static DclResult setRoles(
      CatalogState state, Subject subject, User user, List<String> names) {
    List<RoleId> roles = new ArrayList<>();
    for (String name : names) {
      Optional<Role> role = state.role(subject.account(), name);
      if (role.isEmpty()) {
        return new DclResult.Refused(Refusals.unknownRole(name), List.of());
      }
      if (!isGranted(state, role.get().id(), user)) {
        return new DclResult.Refused(
            Refusals.notGranted(role.get().name(), user.name()), List.of());
      }
      roles.add(role.get().id());
    }
    return new DclResult.SubjectChanged(
        subject
            .withPrimary(roles.get(0))
            .with(SecondaryRoles.of(Set.copyOf(roles.subList(1, roles.size())))));
  }

  /** MySQL's ALL has no primary role; here the default role is, and owns what is created. */
  private static DclResult setAllRoles(
      CatalogState state, Subject subject, User user, List<String> except) {
    Set<RoleId> excluded = new HashSet<>();
    for (String name : except) {
      Optional<Role> role = state.role(subject.account(), name);
      if (role.isEmpty()) {
        return new DclResult.Refused(Refusals.unknownRole(name), List.of());
      }
      excluded.add(role.get().id());
    }
    RoleId primary = defaultRole(state, user);
    Subject chosen =
        subject.withPrimary(
            excluded.contains(primary) ? RoleId.publicOf(subject.account()) : primary);
    if (excluded.isEmpty()) {
      return new DclResult.SubjectChanged(chosen.with(SecondaryRoles.ALL));
    }
    Set<RoleId> others = new HashSet<>();
    others.add(RoleId.publicOf(subject.account()));
    state.rolesOf(user.id()).forEach(edge -> others.add(edge.role()));
    others.removeAll(excluded);
    return new DclResult.SubjectChanged(chosen.with(SecondaryRoles.of(others)));
  }

  /** The primary role after login. */
  static RoleId defaultRole(CatalogState state, User user) {
    RoleId role = user.defaultRole();
    boolean usable = state.role(role).isPresent() && isGranted(state, role, user);
    return usable ? role : RoleId.publicOf(user.account());
  }

  static DclResult setSecondaryRole(ActiveSubject actor, SetSecondaryRole statement) {
    if (actor.unusable().isPresent()) {
      return new DclResult.Refused(actor.unusable().get(), List.of());
    }
    return new DclResult.SubjectChanged(actor.subject().withSecondaryRoles(statement.all()));
  }

  /** Directly: inherited roles cannot be active (PM 6.1). */
  static boolean isGranted(CatalogState state, RoleId role, User user) {
    return role.isPublic() || state.isGranted(role, user.id());
  }
}
