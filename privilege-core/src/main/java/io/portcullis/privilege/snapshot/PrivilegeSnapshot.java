package io.portcullis.privilege.snapshot;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.portcullis.privilege.catalog.CatalogState;
import io.portcullis.privilege.model.RoleId;
import java.util.Optional;
import java.util.Set;

/**
 * The catalog as of one epoch, and what sets of roles may do in it. Immutable but for its cache;
 * any thread.
 */
public final class PrivilegeSnapshot {

  /** About 20 bytes each. */
  private static final long MAXIMUM_CACHED_ENTRIES = 4_000_000;

  private final long epoch;
  private final CatalogState state;
  private final Cache<Set<RoleId>, EffectivePrivileges> cache;

  PrivilegeSnapshot(long epoch, CatalogState state, Cache<Set<RoleId>, EffectivePrivileges> cache) {
    this.epoch = epoch;
    this.state = state;
    this.cache = cache;
  }

  /** A snapshot that is not published, with a cache of its own. */
  public static PrivilegeSnapshot of(long epoch, CatalogState state) {
    return new PrivilegeSnapshot(epoch, state, newCache());
  }

  static Cache<Set<RoleId>, EffectivePrivileges> newCache() {
    return Caffeine.newBuilder()
        .maximumWeight(MAXIMUM_CACHED_ENTRIES)
        .<Set<RoleId>, EffectivePrivileges>weigher((roles, privileges) -> privileges.weight())
        .executor(Runnable::run)
        .build();
  }

  public long epoch() {
    return epoch;
  }

  public CatalogState state() {
    return state;
  }

  /**
   * What these roles hold with all they inherit. The cache outlives the snapshot, so an entry is
   * used only after a look at whether anything its roles hold has changed since.
   */
  public EffectivePrivileges effective(Set<RoleId> activeRoles) {
    EffectivePrivileges cached = cache.getIfPresent(activeRoles);
    if (cached != null) {
      Optional<EffectivePrivileges> still = cached.in(state);
      if (still.isPresent()) {
        if (still.get() != cached) {
          cache.put(Set.copyOf(activeRoles), still.get());
        }
        return still.get();
      }
    }
    Set<RoleId> key = Set.copyOf(activeRoles);
    EffectivePrivileges compiled = EffectivePrivileges.compile(state, key);
    cache.put(key, compiled);
    return compiled;
  }
}
