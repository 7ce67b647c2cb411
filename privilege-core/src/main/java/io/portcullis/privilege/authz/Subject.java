package io.portcullis.privilege.authz;

import io.portcullis.privilege.model.AccountId;
import io.portcullis.privilege.model.RoleId;
import io.portcullis.privilege.model.UserId;

/**
 * Who a session is, and which roles it asked for; whether they still are granted is found out by
 * {@link Authorizer#activate}.
 *
 * @param host for error texts only (PM Q44)
 * @param secondaryRoles every role granted to the user counts, not only the primary one (PM 6.5)
 */
public record Subject(
    AccountId account,
    UserId user,
    String userName,
    String host,
    RoleId primary,
    boolean secondaryRoles) {

  /** After SET ROLE, which also switches secondary roles off (PM 6.5). */
  public Subject withPrimary(RoleId role) {
    return new Subject(account, user, userName, host, role, false);
  }

  public Subject withSecondaryRoles(boolean on) {
    return new Subject(account, user, userName, host, primary, on);
  }
}
