package io.portcullis.privilege.store;

import io.portcullis.privilege.catalog.CatalogChange;
import io.portcullis.privilege.catalog.CatalogState;
import io.portcullis.privilege.model.UserId;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Keeps the catalog in this object only: for tests, and for trying out. Any thread. */
public final class InMemoryCatalogStore implements CatalogStore, LoginStore {

  private final Map<UserId, Instant> logins = new HashMap<>();
  private final Map<UserId, FailedLogins> failures = new HashMap<>();
  private LoadedCatalog catalog = new LoadedCatalog(0, CatalogState.empty());

  @Override
  public synchronized LoadedCatalog load() {
    return catalog;
  }

  @Override
  public synchronized void commit(
      long expectedEpoch, CatalogState before, List<CatalogChange> changes) throws EpochConflict {
    if (catalog.epoch() != expectedEpoch) {
      throw new EpochConflict(expectedEpoch, catalog.epoch());
    }
    catalog = new LoadedCatalog(expectedEpoch + 1, catalog.state().applyAll(changes));
  }

  @Override
  public synchronized void loggedIn(Map<UserId, Instant> noted) {
    logins.putAll(noted);
  }

  @Override
  public synchronized Map<UserId, Instant> lastLogins() {
    return Map.copyOf(logins);
  }

  @Override
  public synchronized void failed(Map<UserId, FailedLogins> noted) {
    noted.forEach(
        (user, count) -> {
          if (count.equals(FailedLogins.NONE)) {
            failures.remove(user);
          } else {
            failures.put(user, count);
          }
        });
  }

  @Override
  public synchronized Map<UserId, FailedLogins> failedLogins() {
    return Map.copyOf(failures);
  }

  @Override
  public void close() {}
}
