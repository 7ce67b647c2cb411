package io.portcullis.privilege.model;

import java.util.Collections;
import java.util.Comparator;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which of the roles granted to a user are active besides the primary one (PM 6.5). What is not
 * granted to the user directly is not active, whatever stands here.
 *
 * @param all every role that is granted, also later
 * @param roles when not all: these
 */
public record SecondaryRoles(boolean all, Set<RoleId> roles) {
  public static final SecondaryRoles NONE = new SecondaryRoles(false, Set.of());
  public static final SecondaryRoles ALL = new SecondaryRoles(true, Set.of());

  public SecondaryRoles {
    // In one order, whichever way they were named: the text of equal ones is equal, too.
    Set<RoleId> inOrder = new TreeSet<>(Comparator.comparingInt(RoleId::value));
    if (!all) {
      inOrder.addAll(roles);
    }
    roles = Collections.unmodifiableSet(inOrder);
  }

  public static SecondaryRoles of(Set<RoleId> roles) {
    return new SecondaryRoles(false, roles);
  }

  public boolean isNone() {
    return !all && roles.isEmpty();
  }

  public boolean contains(RoleId role) {
    return all || roles.contains(role);
  }
}
