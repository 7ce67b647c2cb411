package io.portcullis.privilege.model;

/**
 * The login of one user at one backend, in place of the one that his account's sessions use.
 *
 * @param backend its name in the configuration
 */
public record BackendMapping(UserId user, String backend, BackendLogin login) {}
