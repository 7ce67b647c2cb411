package io.portcullis.privilege.model;

/**
 * A privilege held by a role.
 *
 * @throws IllegalArgumentException when privilege and level are of different scopes
 */
public record Grant(
    RoleId grantee, PrivilegeType privilege, GrantLevel level, boolean grantOption) {
  public Grant {
    if (privilege.scope() != level.scope()) {
      throw new IllegalArgumentException(
          "privilege "
              + privilege
              + " at level "
              + level
              + " (expected: scope "
              + level.scope()
              + ")");
    }
    if (level instanceof GrantLevel.OnColumn && !privilege.isOfColumns()) {
      throw new IllegalArgumentException(
          "privilege " + privilege + " at level " + level + " (expected: one of columns)");
    }
  }
}
