package io.portcullis.privilege.snapshot;

import com.github.benmanes.caffeine.cache.Cache;
import io.portcullis.privilege.catalog.CatalogState;
import io.portcullis.privilege.model.RoleId;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds the newest snapshot: one reference, read once per statement, replaced after a commit and
 * before its OK (PM 6.6). Until the first is published there is an empty catalog of epoch -1, in
 * which nobody may do anything. Any thread.
 */
public final class SnapshotPublisher {

  private static final Logger LOG = LoggerFactory.getLogger(SnapshotPublisher.class);

  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final Cache<Set<RoleId>, EffectivePrivileges> cache = PrivilegeSnapshot.newCache();
  private volatile PrivilegeSnapshot current =
      new PrivilegeSnapshot(-1, CatalogState.empty(), cache);

  public PrivilegeSnapshot current() {
    return current;
  }

  /**
   * Told of every snapshot from now on, once it is the {@link #current} one and before the change
   * is answered: whatever was decided before may have to be decided again. Runs on the thread that
   * publishes, with the catalog's write lock held, so it must not block.
   */
  public void onPublish(Runnable listener) {
    listeners.add(listener);
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
    for (Runnable listener : listeners) {
      tell(listener, epoch);
    }
  }

  /** The change is durable: a defect of a listener must not make it look as if it were not. */
  private static void tell(Runnable listener, long epoch) {
    try {
      listener.run();
    } catch (RuntimeException e) {
      LOG.atError().setCause(e).addKeyValue("epoch", epoch).log("snapshot listener failed");
    }
  }
}
