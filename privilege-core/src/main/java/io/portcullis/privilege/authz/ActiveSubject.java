package io.portcullis.privilege.authz;

import io.portcullis.privilege.model.AccountStatus;
import io.portcullis.privilege.model.ProtectedDatabases;
import io.portcullis.privilege.model.RelationId;
import io.portcullis.privilege.model.RoleId;
import io.portcullis.privilege.snapshot.EffectivePrivileges;
import io.portcullis.privilege.snapshot.Held;
import io.portcullis.privilege.snapshot.PrivilegeSnapshot;
import io.portcullis.sql.text.ErrorCode;
import io.portcullis.sql.text.SqlError;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A subject resolved against one snapshot. Immutable; to be kept until the publisher has another
 * snapshot. Made by {@link Authorizer#activate}.
 */
public final class ActiveSubject {

  private final Subject subject;
  private final PrivilegeSnapshot snapshot;
  private final Set<RoleId> activeRoles;
  private final EffectivePrivileges privileges;
  private final Optional<SqlError> unusable;
  private final Decision.Allowed allowed;
  private final NameSpace names;
  private final Optional<SqlError> restriction;
  private final ProtectedDatabases unwritable;
  private final Map<RelationId, VisibleRows> visibleRows;

  /** When it is as if the roles held only these. */
  private final @Nullable List<Held> only;

  /** On its own behalf. */
  ActiveSubject(
      Subject subject,
      NameSpace names,
      PrivilegeSnapshot snapshot,
      Set<RoleId> activeRoles,
      Optional<SqlError> unusable) {
    this(
        subject,
        names,
        snapshot,
        activeRoles,
        unusable,
        subject.primary().isAdministrator()
            ? ProtectedDatabases.NONE
            : snapshot.state().variables(subject.account()).protectedDatabases());
  }

  /**
   * @param unwritable what the session that acts may not write to, whatever its roles (PM 2.5)
   */
  ActiveSubject(
      Subject subject,
      NameSpace names,
      PrivilegeSnapshot snapshot,
      Set<RoleId> activeRoles,
      Optional<SqlError> unusable,
      ProtectedDatabases unwritable) {
    this.unwritable = unwritable;
    this.subject = subject;
    this.names = names;
    this.restriction =
        snapshot
            .state()
            .account(subject.account())
            .filter(account -> account.status() == AccountStatus.RESTRICTED)
            .map(account -> ErrorCode.ER_ACCOUNT_RESTRICTED.error(account.name()));
    this.snapshot = snapshot;
    this.activeRoles = Set.copyOf(activeRoles);
    this.privileges = snapshot.effective(this.activeRoles);
    this.visibleRows = VisibleRows.of(snapshot.state(), privileges.roles());
    this.unusable = unusable;
    this.allowed = new Decision.Allowed(snapshot.epoch());
    this.only = null;
  }

  private ActiveSubject(ActiveSubject like, List<Held> only) {
    this.subject = like.subject;
    this.snapshot = like.snapshot;
    this.activeRoles = like.activeRoles;
    this.privileges = EffectivePrivileges.only(like.snapshot.state(), only);
    this.unusable = like.unusable;
    this.names = like.names;
    this.restriction = like.restriction;
    this.allowed = like.allowed;
    this.only = only;
    this.unwritable = like.unwritable;
    this.visibleRows = like.visibleRows;
  }

  /** The same, as if its roles held only these. */
  ActiveSubject holding(Collection<Held> held) {
    return new ActiveSubject(this, List.copyOf(held));
  }

  /** With public as primary role if the one asked for is not granted any more (PM 6.3). */
  public Subject subject() {
    return subject;
  }

  /** What databases of the account are called at the backend. */
  public NameSpace names() {
    return names;
  }

  public PrivilegeSnapshot snapshot() {
    return snapshot;
  }

  /** The primary role, and with secondary roles on every role granted to the user directly. */
  public Set<RoleId> activeRoles() {
    return activeRoles;
  }

  /** Of the active roles and all they inherit. Nothing at all when {@link #unusable}. */
  public EffectivePrivileges privileges() {
    return privileges;
  }

  /** Of the tables of which the active roles, and all they inherit, do not show all rows. */
  public Map<RelationId, VisibleRows> visibleRows() {
    return visibleRows;
  }

  /** The same of these roles alone, some of the active ones. */
  EffectivePrivileges privilegesOf(Set<RoleId> roles) {
    EffectivePrivileges all = snapshot.effective(roles);
    return only == null
        ? all
        : EffectivePrivileges.only(
            snapshot.state(),
            only.stream().filter(held -> all.roles().contains(held.role())).toList());
  }

  /** Every role granted to the user, and all they inherit; whether active or not. */
  public Set<RoleId> heldRoles() {
    Set<RoleId> direct = new LinkedHashSet<>();
    direct.add(RoleId.publicOf(subject.account()));
    snapshot.state().rolesOf(subject.user()).forEach(edge -> direct.add(edge.role()));
    snapshot.state().privateRole(subject.user()).ifPresent(own -> direct.add(own.id()));
    return snapshot.effective(direct).roles();
  }

  /**
   * Why nothing is permitted whatever the roles: the user was dropped, or the primary role was. In
   * the second case SET ROLE helps.
   */
  public Optional<SqlError> unusable() {
    return unusable;
  }

  /** Why statements that need storage are refused; empty for an account that is open (PM 4.7). */
  public Optional<SqlError> restriction() {
    return restriction;
  }

  /** What it may not write to, whatever its roles (PM 2.5). */
  ProtectedDatabases unwritable() {
    return unwritable;
  }

  /** Whether the primary role is the one of the account's administrators (PM 2.3). */
  public boolean isAdministrator() {
    return unusable.isEmpty() && subject.primary().isAdministrator();
  }

  Decision.Allowed allowed() {
    return allowed;
  }
}
