package io.portcullis.privilege.model;

/** A database the catalog knows: it was made through the gate, or a grant named it. */
public record Database(DatabaseId id, AccountId account, String name, RoleId owner) {}
