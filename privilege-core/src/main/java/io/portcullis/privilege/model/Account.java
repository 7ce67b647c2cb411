package io.portcullis.privilege.model;

/** A tenant: a name space of its own for users, roles, databases and grants. */
public record Account(AccountId id, String name) {}
