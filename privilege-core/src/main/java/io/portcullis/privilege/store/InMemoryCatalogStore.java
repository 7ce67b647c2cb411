package io.portcullis.privilege.store;

import io.portcullis.privilege.catalog.CatalogChange;
import io.portcullis.privilege.catalog.CatalogState;
import java.util.List;

/** Keeps the catalog in this object only: for tests, and for trying out. Any thread. */
public final class InMemoryCatalogStore implements CatalogStore {

  private LoadedCatalog catalog = new LoadedCatalog(0, CatalogState.empty());

  @Override
  public synchronized LoadedCatalog load() {
    return catalog;
  }

  @Override
  public synchronized void commit(long expectedEpoch, List<CatalogChange> changes)
      throws EpochConflict {
    if (catalog.epoch() != expectedEpoch) {
      throw new EpochConflict(expectedEpoch, catalog.epoch());
    }
    catalog = new LoadedCatalog(expectedEpoch + 1, catalog.state().applyAll(changes));
  }

  @Override
  public void close() {}
}
