package io.portcullis.privilege.authz;

import io.portcullis.privilege.model.RoleId;
import io.portcullis.privilege.snapshot.EffectivePrivileges;
import io.portcullis.privilege.snapshot.PrivilegeSnapshot;
import io.portcullis.sql.text.SqlError;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

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

  ActiveSubject(
      Subject subject,
      PrivilegeSnapshot snapshot,
      Set<RoleId> activeRoles,
      Optional<SqlError> unusable) {
    this.subject = subject;
    this.snapshot = snapshot;
    this.activeRoles = Set.copyOf(activeRoles);
    this.privileges = snapshot.effective(this.activeRoles);
    this.unusable = unusable;
    this.allowed = new Decision.Allowed(snapshot.epoch());
  }

  /** With public as primary role if the one asked for is not granted any more (PM 6.3). */
  public Subject subject() {
    return subject;
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

  /** Every role granted to the user, and all they inherit; whether active or not. */
  public Set<RoleId> heldRoles() {
    Set<RoleId> direct = new LinkedHashSet<>();
    direct.add(RoleId.PUBLIC);
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

  /** Whether the primary role is moadmin (PM 2.3). */
  public boolean isAdministrator() {
    return unusable.isEmpty() && subject.primary().equals(RoleId.MOADMIN);
  }

  Decision.Allowed allowed() {
    return allowed;
  }
}
