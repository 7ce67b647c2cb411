package io.portcullis.privilege.model;

import java.util.Locale;

/**
 * How names of users and roles are compared: by a lower-case key, kept beside the name as typed (PM
 * 1.2 [R]).
 */
public final class Names {

  /** MySQL's limit for user names, in characters. */
  public static final int MAX_USER_LENGTH = 32;

  /** Limit for role names and comments' keys, in characters. */
  public static final int MAX_ROLE_LENGTH = 255;

  private Names() {}

  public static String key(String name) {
    return name.strip().toLowerCase(Locale.ROOT);
  }
}
