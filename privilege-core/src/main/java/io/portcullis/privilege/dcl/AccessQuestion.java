package io.portcullis.privilege.dcl;

import io.portcullis.privilege.authz.ActiveSubject;
import io.portcullis.privilege.authz.Authorizer;
import io.portcullis.privilege.authz.Subject;
import io.portcullis.privilege.catalog.CatalogState;
import io.portcullis.privilege.model.PrivilegeType;
import io.portcullis.privilege.model.Role;
import io.portcullis.privilege.model.RoleId;
import io.portcullis.privilege.model.SecondaryRoles;
import io.portcullis.privilege.model.User;
import io.portcullis.sql.statement.ExplainAccess.Whom;
import io.portcullis.sql.text.SqlError;
import java.util.List;
import java.util.Optional;

/**
 * Who EXPLAIN ACCESS asks about: oneself is free, others are for those who manage grants, as with
 * SHOW GRANTS (PM 4.2 #21 [R]). Whoever may not ask is told the same whether the user exists or
 * not.
 */
public final class AccessQuestion {

  private AccessQuestion() {}

  /** {@link DclResult.SubjectChanged} to who is asked about, or {@link DclResult.Refused}. */
  public static DclResult subject(Authorizer authorizer, ActiveSubject actor, Whom whom) {
    if (actor.unusable().isPresent()) {
      return refused(actor.unusable().get());
    }
    CatalogState state = actor.snapshot().state();
    Subject asking = actor.subject();
    Optional<User> user = state.user(asking.account(), whom.user().name());
    if (user.filter(found -> found.id().equals(asking.user())).isEmpty()) {
      Optional<SqlError> error = authorizer.requireAny(actor, PrivilegeType.MANAGE_GRANTS);
      if (error.isPresent()) {
        return refused(error.get());
      }
    }
    if (user.isEmpty()) {
      return refused(Refusals.unknownUser(whom.user().name()));
    }
    User of = user.get();
    RoleId primary = SessionStatements.defaultRole(state, of);
    SecondaryRoles secondary = of.defaultSecondary();
    if (whom.role().isPresent()) {
      Optional<Role> role = state.role(of.account(), whom.role().get());
      if (role.isEmpty()) {
        return refused(Refusals.unknownRole(whom.role().get()));
      }
      if (!SessionStatements.isGranted(state, role.get().id(), of)) {
        return refused(Refusals.notGranted(role.get().name(), of.name()));
      }
      primary = role.get().id();
      secondary = whom.secondaryRoles() ? SecondaryRoles.ALL : SecondaryRoles.NONE;
    }
    String host = of.id().equals(asking.user()) ? asking.host() : of.host();
    return new DclResult.SubjectChanged(
        new Subject(of.account(), of.id(), of.name(), host, primary, secondary));
  }

  private static DclResult refused(SqlError error) {
    return new DclResult.Refused(error, List.of());
  }
}
