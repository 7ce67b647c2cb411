package io.portcullis.privilege.dcl;

import io.portcullis.privilege.authz.ActiveSubject;
import io.portcullis.privilege.authz.Subject;
import io.portcullis.privilege.catalog.CatalogState;
import io.portcullis.privilege.model.Role;
import io.portcullis.privilege.model.RoleId;
import io.portcullis.privilege.model.User;
import io.portcullis.sql.statement.AccessControlStatement.RoleChoice;
import io.portcullis.sql.statement.AccessControlStatement.SetRole;
import io.portcullis.sql.statement.AccessControlStatement.SetSecondaryRole;
import java.util.List;
import java.util.Optional;

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
      return new DclResult.SubjectChanged(subject.withPrimary(RoleId.PUBLIC));
    } else if (choice instanceof RoleChoice.Default) {
      RoleId role = user.get().defaultRole();
      boolean usable = state.role(role).isPresent() && isGranted(state, role, user.get());
      return new DclResult.SubjectChanged(subject.withPrimary(usable ? role : RoleId.PUBLIC));
    } else if (choice instanceof RoleChoice.Named named) {
      Optional<Role> role = state.role(subject.account(), named.role());
      if (role.isEmpty()) {
        return new DclResult.Refused(Refusals.unknownRole(named.role()), List.of());
      }
      if (!isGranted(state, role.get().id(), user.get())) {
        return new DclResult.Refused(
            Refusals.notGranted(role.get().name(), user.get().name()), List.of());
      }
      return new DclResult.SubjectChanged(subject.withPrimary(role.get().id()));
    }
    throw new AssertionError(choice);
  }

  static DclResult setSecondaryRole(ActiveSubject actor, SetSecondaryRole statement) {
    if (actor.unusable().isPresent()) {
      return new DclResult.Refused(actor.unusable().get(), List.of());
    }
    return new DclResult.SubjectChanged(actor.subject().withSecondaryRoles(statement.all()));
  }

  /** Directly: inherited roles cannot be active (PM 6.1). */
  static boolean isGranted(CatalogState state, RoleId role, User user) {
    return role.equals(RoleId.PUBLIC) || state.isGranted(role, user.id());
  }
}
