package io.portcullis.privilege.model;

/**
 * {@code GRANT granted TO grantee}: the grantee inherits all that the granted role holds (PM 6.1).
 */
public record RoleToRole(RoleId granted, RoleId grantee, boolean grantOption) {}
