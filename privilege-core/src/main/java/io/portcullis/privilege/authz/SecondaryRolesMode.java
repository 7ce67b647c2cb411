package io.portcullis.privilege.authz;

/** What secondary roles are good for in this installation (PM 6.5 [R]). */
public enum SecondaryRolesMode {
  /** They count like the primary role. */
  ALL,
  /** As all, but what is created takes the privilege of the primary role, which then owns it. */
  STRICT,
  /** Statements about them are accepted and change nothing. */
  OFF
}
