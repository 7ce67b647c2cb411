package io.portcullis.privilege.model;

import java.time.Instant;
import java.util.Optional;

/**
 * A tenant: a complete name space of users, roles, databases and grants (PM 1.1, DESIGN D6).
 *
 * @param name as typed; looked up by {@link Names#key}
 * @param adminName the user made with the account, as SHOW ACCOUNTS lists it
 * @param suspended since when the account is not {@link AccountStatus#OPEN}
 * @param login how its sessions log in to the backend; empty for sys, which uses the configured
 *     login
 * @param backend where its schemas are: its name in the configuration; {@link #MAIN_BACKEND} for
 *     sys
 */
public record Account(
    AccountId id,
    String name,
    String adminName,
    AccountStatus status,
    Optional<String> comment,
    Instant created,
    Optional<Instant> suspended,
    Optional<BackendLogin> login,
    String backend) {

  /** The name of the backend that is configured by itself, where the catalog and sys are. */
  public static final String MAIN_BACKEND = "main";

  /** On the main backend. */
  public Account(
      AccountId id,
      String name,
      String adminName,
      AccountStatus status,
      Optional<String> comment,
      Instant created,
      Optional<Instant> suspended,
      Optional<BackendLogin> login) {
    this(id, name, adminName, status, comment, created, suspended, login, MAIN_BACKEND);
  }

  /** The account that is always there, and cannot be dropped or suspended (PM 2.1, 2.4). */
  public static final Account SYS =
      new Account(
          AccountId.SYS,
          "sys",
          "",
          AccountStatus.OPEN,
          Optional.of("system account"),
          Instant.EPOCH,
          Optional.empty(),
          Optional.empty());

  /** With who was made in it first, and when. */
  public Account madeWith(String administrator, Instant when) {
    return new Account(id, name, administrator, status, comment, when, suspended, login, backend);
  }

  public Account withStatus(AccountStatus changed, Instant now) {
    return new Account(
        id,
        name,
        adminName,
        changed,
        comment,
        created,
        changed == AccountStatus.OPEN ? Optional.empty() : Optional.of(now),
        login,
        backend);
  }

  public Account withComment(String changed) {
    return new Account(
        id, name, adminName, status, Optional.of(changed), created, suspended, login, backend);
  }
}
