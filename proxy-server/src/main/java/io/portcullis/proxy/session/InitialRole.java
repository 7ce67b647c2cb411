package io.portcullis.proxy.session;

import io.portcullis.privilege.authz.Subject;
import io.portcullis.privilege.catalog.CatalogState;
import io.portcullis.privilege.model.RoleId;
import io.portcullis.privilege.model.User;
import io.portcullis.privilege.snapshot.PrivilegeSnapshot;

/** Which role is active when a session starts, or starts over (PM 1.4, 4.2 #31). */
final class InitialRole {

  private InitialRole() {}

  /** The user's stored default role while it is granted, else public. */
  static RoleId of(CatalogState state, User user) {
    return mayActivate(state, user, user.defaultRole())
        ? user.defaultRole()
        : RoleId.publicOf(user.account());
  }

  /** Only roles granted directly can be active; public is everybody's. */
  static boolean mayActivate(CatalogState state, User user, RoleId role) {
    return role.equals(RoleId.publicOf(user.account())) || state.isGranted(role, user.id());
  }

  /** The same user as just after a login that names no role. */
  static Subject reset(Subject subject, PrivilegeSnapshot snapshot) {
    return snapshot
        .state()
        .user(subject.user())
        .map(user -> subject.withPrimary(of(snapshot.state(), user)).with(user.defaultSecondary()))
        .orElse(subject);
  }
}
