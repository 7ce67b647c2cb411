package io.portcullis.privilege.catalog;

import io.portcullis.privilege.model.Names;
import io.portcullis.privilege.model.RoleId;
import java.util.Set;

/** Names of the roles that come with an account (PM 2.1); reserved in every account. */
public final class BuiltInRoles {

  public static final String MOADMIN = "moadmin";
  public static final String ACCOUNTADMIN = "accountadmin";
  public static final String PUBLIC = "public";
  private static final Set<String> RESERVED = Set.of(MOADMIN, PUBLIC, ACCOUNTADMIN);

  private BuiltInRoles() {}

  /** Whether no role can be made under this name, or renamed to it. */
  public static boolean isReserved(String name) {
    return RESERVED.contains(Names.key(name));
  }

  /** What the built-in role of this id is called. */
  public static String name(RoleId builtIn) {
    if (builtIn.isPublic()) {
      return PUBLIC;
    }
    return builtIn.equals(RoleId.MOADMIN) ? MOADMIN : ACCOUNTADMIN;
  }
}
