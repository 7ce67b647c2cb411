package io.portcullis.privilege.authz;

import io.portcullis.privilege.model.AccountId;
import io.portcullis.privilege.model.RoleId;
import io.portcullis.privilege.model.SecondaryRoles;
import io.portcullis.privilege.model.UserId;

/**
 * Who a session is, and which roles it asked for; whether they still are granted is found out by
 * {@link Authorizer#activate}.
 *
 * @param host for error texts only (PM Q44)
 * @param secondary roles that count besides the primary one (PM 6.5)
 */
public record Subject(
    AccountId account,
    UserId user,
    String userName,
    String host,
    RoleId primary,
    SecondaryRoles secondary) {

  /**
   * @param secondaryRoles every role granted to the user counts, not only the primary one
   */
  public Subject(
      AccountId account,
      UserId user,
      String userName,
      String host,
      RoleId primary,
      boolean secondaryRoles) {
    this(
        account,
        user,
        userName,
        host,
        primary,
        secondaryRoles ? SecondaryRoles.ALL : SecondaryRoles.NONE);
  }

  /** Whether every role granted to the user counts. */
  public boolean secondaryRoles() {
    return secondary.all();
  }

  /** After SET ROLE, which also switches secondary roles off (PM 6.5). */
  public Subject withPrimary(RoleId role) {
    return new Subject(account, user, userName, host, role, SecondaryRoles.NONE);
  }

  public Subject withSecondaryRoles(boolean on) {
    return with(on ? SecondaryRoles.ALL : SecondaryRoles.NONE);
  }

  public Subject with(SecondaryRoles roles) {
    return new Subject(account, user, userName, host, primary, roles);
  }
}
