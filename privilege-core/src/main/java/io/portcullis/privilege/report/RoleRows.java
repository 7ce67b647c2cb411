package io.portcullis.privilege.report;

import io.portcullis.privilege.authz.ActiveSubject;
import io.portcullis.privilege.catalog.CatalogState;
import io.portcullis.privilege.model.Role;
import io.portcullis.privilege.model.RoleId;
import io.portcullis.privilege.model.RoleToRole;
import io.portcullis.privilege.model.RoleToUser;
import io.portcullis.privilege.model.User;
import java.util.Optional;

/**
 * The roles of the one who asks: those that can be activated, and those that are active with what
 * they inherit.
 *
 * @see <a
 *     href="https://dev.mysql.com/doc/refman/8.4/en/information-schema-applicable-roles-table.html">APPLICABLE_ROLES</a>
 */
final class RoleRows {

  /** Of roles, which have none. */
  static final String ANY_HOST = "%";

  private final ActiveSubject subject;
  private final CatalogState state;
  private final User user;
  private final JsonRows out;

  RoleRows(ActiveSubject subject, JsonRows out) {
    this.subject = subject;
    this.state = subject.snapshot().state();
    this.user = state.user(subject.subject().user()).orElseThrow();
    this.out = out;
  }

  void write(ReportTable table) {
    switch (table) {
      case ENABLED_ROLES -> enabled();
      case APPLICABLE_ROLES -> applicable(false);
      case ADMINISTRABLE_ROLE_AUTHORIZATIONS -> applicable(true);
      default -> throw new IllegalArgumentException("table: " + table);
    }
  }

  private void enabled() {
    for (RoleId id : subject.privileges().roles()) {
      Optional<Role> role = state.role(id).filter(found -> !found.isPrivate());
      if (role.isPresent()) {
        out.begin().add(role.get().name()).add(ANY_HOST);
        out.add(yes(isDefault(id))).add(yes(isMandatory(id))).end();
      }
    }
  }

  private void applicable(boolean grantableOnly) {
    for (RoleToUser edge : state.rolesOf(user.id())) {
      if (edge.grantOption() || !grantableOnly) {
        edge(user.name(), user.host(), edge.role(), edge.grantOption());
      }
    }
    if (!grantableOnly && !state.isGranted(RoleId.publicOf(user.account()), user.id())) {
      edge(user.name(), user.host(), RoleId.publicOf(user.account()), false);
    }
    for (RoleId id : subject.heldRoles()) {
      Optional<Role> role = state.role(id).filter(found -> !found.isPrivate());
      if (role.isPresent()) {
        for (RoleToRole edge : state.rolesInheritedBy(id)) {
          if (edge.grantOption() || !grantableOnly) {
            edge(role.get().name(), ANY_HOST, edge.granted(), edge.grantOption());
          }
        }
      }
    }
  }

  private void edge(String grantee, String host, RoleId granted, boolean option) {
    Optional<Role> role = state.role(granted).filter(found -> !found.isPrivate());
    if (role.isPresent()) {
      out.begin().add(user.name()).add(user.host()).add(grantee).add(host);
      out.add(role.get().name()).add(ANY_HOST);
      out.add(yes(option)).add(yes(isDefault(granted))).add(yes(isMandatory(granted))).end();
    }
  }

  private boolean isDefault(RoleId role) {
    return isDefault(user, role, state);
  }

  /** Whether it is active after a login (PM 1.4). */
  static boolean isDefault(User user, RoleId role, CatalogState state) {
    boolean granted = role.isPublic() || state.isGranted(role, user.id());
    return granted && (user.defaultRole().equals(role) || user.defaultSecondary().contains(role));
  }

  private static boolean isMandatory(RoleId role) {
    return role.isPublic();
  }

  static String yes(boolean flag) {
    return flag ? "YES" : "NO";
  }
}
