package io.portcullis.privilege.snapshot;

import io.portcullis.privilege.catalog.CatalogState;
import io.portcullis.privilege.model.RoleId;
import io.portcullis.privilege.model.RoleToRole;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How one comes from some roles to all that they inherit, or to all that inherit from them: one
 * shortest chain each, the same one every time. For explanations; decisions need no paths.
 */
public final class RolePaths {

  private final Map<RoleId, Optional<RoleId>> cameFrom;

  private RolePaths(Map<RoleId, Optional<RoleId>> cameFrom) {
    this.cameFrom = cameFrom;
  }

  /** To what these roles inherit, each once, the nearest first and these before all others. */
  public static RolePaths inherited(CatalogState state, Collection<RoleId> from) {
    return search(
        from, role -> state.rolesInheritedBy(role).stream().map(RoleToRole::granted).toList());
  }

  /** To the roles that inherit from this one, itself first. */
  public static RolePaths inheritors(CatalogState state, RoleId from) {
    return search(
        List.of(from), role -> state.inheritorsOf(role).stream().map(RoleToRole::grantee).toList());
  }

  private interface Next {
    List<RoleId> of(RoleId role);
  }

  private static RolePaths search(Collection<RoleId> from, Next next) {
    Map<RoleId, Optional<RoleId>> cameFrom = new LinkedHashMap<>();
    for (RoleId role : from) {
      cameFrom.putIfAbsent(role, Optional.empty());
    }
    Deque<RoleId> pending = new ArrayDeque<>(cameFrom.keySet());
    while (!pending.isEmpty()) {
      RoleId role = pending.remove();
      List<RoleId> found = new ArrayList<>(next.of(role));
      found.sort(Comparator.comparingInt(RoleId::value));
      for (RoleId one : found) {
        if (cameFrom.putIfAbsent(one, Optional.of(role)) == null) {
          pending.add(one);
        }
      }
    }
    return new RolePaths(cameFrom);
  }

  /** Every role that is reached, in the order of the search. */
  public Set<RoleId> roles() {
    return Collections.unmodifiableSet(cameFrom.keySet());
  }

  /** From one of the roles the search began with to this one, which it reached. */
  public List<RoleId> to(RoleId role) {
    List<RoleId> chain = new ArrayList<>();
    Optional<RoleId> at = Optional.of(role);
    while (at.isPresent()) {
      chain.add(at.get());
      at = cameFrom.getOrDefault(at.get(), Optional.empty());
    }
    Collections.reverse(chain);
    return chain;
  }
}
