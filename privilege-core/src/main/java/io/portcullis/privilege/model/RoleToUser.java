package io.portcullis.privilege.model;

/** A role handed to a user, who may make it active. */
public record RoleToUser(RoleId role, UserId user, boolean grantOption) {}
