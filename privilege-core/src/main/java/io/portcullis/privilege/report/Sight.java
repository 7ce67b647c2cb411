package io.portcullis.privilege.report;

import io.portcullis.privilege.authz.ActiveSubject;
import io.portcullis.privilege.authz.Authorizer;
import io.portcullis.privilege.model.PrivilegeType;
import io.portcullis.privilege.model.Role;
import io.portcullis.privilege.model.RoleId;
import io.portcullis.privilege.model.User;
import io.portcullis.privilege.model.UserId;
import java.util.Locale;
import java.util.Set;

/**
 * Whose rows of a {@link ReportTable} a subject sees (PM 8.2 [R]): of itself always, of everybody
 * as administrator, with a grant that names the table or {@code mo_catalog}, or with a privilege
 * that lists them by SHOW as well. Two that are equal let the same rows pass.
 *
 * @param everybody no row of the account is hidden
 * @param held the roles the user holds, directly or by inheritance
 * @param active the roles that count now: what they own is seen, too
 */
public record Sight(UserId user, boolean everybody, Set<RoleId> held, Set<RoleId> active) {

  public Sight {
    held = Set.copyOf(held);
    active = Set.copyOf(active);
  }

  /** What the subject sees of the table now. */
  public static Sight of(ActiveSubject subject, ReportTable table, Authorizer authorizer) {
    boolean granted =
        authorizer.mayReadByGrant(subject, table.database(), table.tableName())
            || authorizer.mayReadByGrant(
                subject, table.database(), table.tableName().toLowerCase(Locale.ROOT));
    boolean everybody =
        switch (table.about()) {
          case SELF -> false;
          case ACCOUNTS -> subject.isAdministrator() || granted;
          case USERS ->
              granted
                  || subject
                      .privileges()
                      .holdsOnAccount(
                          PrivilegeType.CREATE_USER,
                          PrivilegeType.ALTER_USER,
                          PrivilegeType.DROP_USER,
                          PrivilegeType.MANAGE_GRANTS);
          case ROLES, PRIVILEGES ->
              granted || subject.privileges().holdsOnAccount(PrivilegeType.MANAGE_GRANTS);
          case OBJECTS -> granted || subject.isAdministrator();
          case SESSIONS ->
              granted || subject.privileges().holdsOnAccount(PrivilegeType.ACCOUNT_ALL);
        };
    return new Sight(
        subject.subject().user(), everybody, subject.heldRoles(), subject.privileges().roles());
  }

  boolean sees(User other) {
    return everybody
        || other.id().equals(user)
        || (!other.owner().isPublic() && active.contains(other.owner()));
  }

  boolean sees(Role role) {
    return everybody
        || held.contains(role.id())
        || (!role.owner().isPublic() && active.contains(role.owner()));
  }
}
