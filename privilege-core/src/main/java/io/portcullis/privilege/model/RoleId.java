package io.portcullis.privilege.model;

/** A role; the built-in ones have fixed ids (PM 2.1). */
public record RoleId(int value) {
  public static final RoleId MOADMIN = new RoleId(0);
  public static final RoleId PUBLIC = new RoleId(1);
}
