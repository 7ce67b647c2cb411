package io.portcullis.privilege.model;

import java.time.Instant;
import java.util.Optional;

/**
 * A user of an account.
 *
 * @param name as typed; looked up by {@link Names#key}
 * @param host kept as an attribute, neither identity nor checked (PM Q44)
 * @param defaultRole active after login while it is granted, else public (PM 1.4)
 * @param owner the role that made it
 */
public record User(
    UserId id,
    AccountId account,
    String name,
    String host,
    Verifiers verifiers,
    RoleId defaultRole,
    RoleId owner,
    boolean locked,
    Optional<String> comment,
    Instant created) {}
