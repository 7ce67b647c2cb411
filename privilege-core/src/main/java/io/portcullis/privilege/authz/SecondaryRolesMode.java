package io.portcullis.privilege.authz;

import java.util.Locale;
import java.util.Optional;

/** What secondary roles are good for in an account (PM 6.5 [R]). */
public enum SecondaryRolesMode {
  /** They count like the primary role. */
  ALL,
  /** As all, but what is created takes the privilege of the primary role, which then owns it. */
  STRICT,
  /** Statements about them are accepted and change nothing. */
  OFF;

  /** In any case. */
  public static Optional<SecondaryRolesMode> named(String text) {
    for (SecondaryRolesMode mode : values()) {
      if (mode.name().equalsIgnoreCase(text)) {
        return Optional.of(mode);
      }
    }
    return Optional.empty();
  }

  /** As it is written and stored. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
