package io.portcullis.sql.analysis;

import java.util.Locale;
import java.util.Optional;

/**
 * Functions that tell who the session is, or what somebody may: the backend would answer for the
 * gate's own login, or not know them, so the gate puts its answer into the text instead (PM 5.4,
 * account operations 5.6).
 */
public enum IdentityFunction {
  USER,
  SESSION_USER,
  SYSTEM_USER,
  CURRENT_USER,
  CURRENT_USER_NAME,
  CURRENT_USER_ID,
  CURRENT_ROLE,
  CURRENT_ROLE_NAME,
  CURRENT_ROLE_ID,
  CURRENT_SECONDARY_ROLES,
  CURRENT_ACCOUNT_NAME,
  CURRENT_ACCOUNT_ID,
  CONNECTION_ID,
  DATABASE,
  SCHEMA,
  /** {@code HAS_PRIVILEGE('user', 'privilege', 'object type' [, 'database' [, 'object']])}. */
  HAS_PRIVILEGE;

  private static final int SHORTEST = 4;
  private static final int LONGEST = 23;

  /**
   * Whether the backend's answer is right as well where databases have the same names on both
   * sides.
   */
  public boolean isAboutNames() {
    return this == DATABASE || this == SCHEMA;
  }

  /** Whether no server knows it: one of that name there is a stored function. */
  public boolean isGatesOwn() {
    return switch (this) {
      case CURRENT_USER_NAME,
          CURRENT_USER_ID,
          CURRENT_ROLE_NAME,
          CURRENT_ROLE_ID,
          CURRENT_SECONDARY_ROLES,
          CURRENT_ACCOUNT_NAME,
          CURRENT_ACCOUNT_ID,
          HAS_PRIVILEGE ->
          true;
      case USER,
          SESSION_USER,
          SYSTEM_USER,
          CURRENT_USER,
          CURRENT_ROLE,
          CONNECTION_ID,
          DATABASE,
          SCHEMA ->
          false;
    };
  }

  /** Whether the answer is another as soon as the catalog is. */
  public boolean isAboutPrivileges() {
    return this == HAS_PRIVILEGE;
  }

  static Optional<IdentityFunction> ofWord(String word) {
    if (word.length() < SHORTEST || word.length() > LONGEST) {
      return Optional.empty();
    }
    String name = word.toUpperCase(Locale.ROOT);
    for (IdentityFunction function : values()) {
      if (function.name().equals(name)) {
        return Optional.of(function);
      }
    }
    return Optional.empty();
  }
}
