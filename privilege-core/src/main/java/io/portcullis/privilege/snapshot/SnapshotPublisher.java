package io.portcullis.privilege.snapshot;

import com.github.benmanes.caffeine.cache.Cache;
import io.portcullis.privilege.catalog.CatalogState;
import io.portcullis.privilege.model.RoleId;
import java.util.Set;

/**
 * Holds the newest snapshot: one reference, read once per statement, replaced after a commit and
 * before its OK (PM 6.6). Until the first is published there is an empty catalog of epoch -1, in
 * which nobody may do anything. Any thread.
 */
public final class SnapshotPublisher {

  private final Cache<Set<RoleId>, EffectivePrivileges> cache = PrivilegeSnapshot.newCache();
  private volatile PrivilegeSnapshot current =
      new PrivilegeSnapshot(-1, CatalogState.empty(), cache);

  public PrivilegeSnapshot current() {
    return current;
  }

  /**
   * @throws IllegalArgumentException when the epoch is not newer than the current one
   */
  public synchronized void publish(long epoch, CatalogState state) {
    if (epoch <= current.epoch()) {
      throw new IllegalArgumentException(
          "epoch: " + epoch + " (expected: > " + current.epoch() + ")");
    }
    current = new PrivilegeSnapshot(epoch, state, cache);
  }
}
