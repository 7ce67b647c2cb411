package io.portcullis.privilege.model;

import java.time.Instant;
import java.util.Optional;

/**
 * A user of an account.
 *
 * @param name as typed; looked up by {@link Names#key}
 * @param host kept as an attribute, neither identity nor checked (PM Q44)
 * @param defaultRole active after login while it is granted, else public (PM 1.4)
 * @param owner the role that may alter and drop it
 * @param defaultSecondary active after login besides the default role
 * @param locked by an administrator, if {@link UserSecurity#lock} does not say that it is over
 * @param attributes what is known about the user besides: a JSON object without {@code comment}
 * @param security about the password and the lock
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
    Instant created,
    SecondaryRoles defaultSecondary,
    String attributes,
    UserSecurity security) {

  /** No attributes. */
  public static final String NO_ATTRIBUTES = "{}";

  /** With no more than the default role active after login. */
  public User(
      UserId id,
      AccountId account,
      String name,
      String host,
      Verifiers verifiers,
      RoleId defaultRole,
      RoleId owner,
      boolean locked,
      Optional<String> comment,
      Instant created) {
    this(
        id,
        account,
        name,
        host,
        verifiers,
        defaultRole,
        owner,
        locked,
        comment,
        created,
        SecondaryRoles.NONE,
        NO_ATTRIBUTES);
  }

  /** With a password set when the user was made, and no rules of its own. */
  public User(
      UserId id,
      AccountId account,
      String name,
      String host,
      Verifiers verifiers,
      RoleId defaultRole,
      RoleId owner,
      boolean locked,
      Optional<String> comment,
      Instant created,
      SecondaryRoles defaultSecondary,
      String attributes) {
    this(
        id,
        account,
        name,
        host,
        verifiers,
        defaultRole,
        owner,
        locked,
        comment,
        created,
        defaultSecondary,
        attributes,
        UserSecurity.of(created));
  }

  public User withVerifiers(Verifiers changed) {
    return new User(
        id,
        account,
        name,
        host,
        changed,
        defaultRole,
        owner,
        locked,
        comment,
        created,
        defaultSecondary,
        attributes,
        security);
  }

  public User withDefaultRoles(RoleId primary, SecondaryRoles secondary) {
    return new User(
        id,
        account,
        name,
        host,
        verifiers,
        primary,
        owner,
        locked,
        comment,
        created,
        secondary,
        attributes,
        security);
  }

  public User withOwner(RoleId role) {
    return new User(
        id,
        account,
        name,
        host,
        verifiers,
        defaultRole,
        role,
        locked,
        comment,
        created,
        defaultSecondary,
        attributes,
        security);
  }

  public User withLocked(boolean lock) {
    return new User(
        id,
        account,
        name,
        host,
        verifiers,
        defaultRole,
        owner,
        lock,
        comment,
        created,
        defaultSecondary,
        attributes,
        security);
  }

  public User withAttributes(Optional<String> changedComment, String changed) {
    return new User(
        id,
        account,
        name,
        host,
        verifiers,
        defaultRole,
        owner,
        locked,
        changedComment,
        created,
        defaultSecondary,
        changed,
        security);
  }

  public User withName(String changed, String changedHost) {
    return new User(
        id,
        account,
        changed,
        changedHost,
        verifiers,
        defaultRole,
        owner,
        locked,
        comment,
        created,
        defaultSecondary,
        attributes,
        security);
  }

  public User withSecurity(UserSecurity changed) {
    return new User(
        id,
        account,
        name,
        host,
        verifiers,
        defaultRole,
        owner,
        locked,
        comment,
        created,
        defaultSecondary,
        attributes,
        changed);
  }

  /** Whether an administrator keeps the user from logging in, now. */
  public boolean isLocked(Instant now) {
    return locked
        && security
            .lock()
            .flatMap(UserSecurity.Lock::until)
            .filter(until -> !until.isAfter(now))
            .isEmpty();
  }
}
