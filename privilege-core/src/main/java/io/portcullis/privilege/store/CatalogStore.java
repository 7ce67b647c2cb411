package io.portcullis.privilege.store;

import io.portcullis.privilege.catalog.CatalogChange;
import io.portcullis.privilege.catalog.CatalogState;
import java.util.List;

/**
 * Where the catalog is kept. Blocking: called from the store executor only, through {@link
 * CatalogWriter}. An empty store has epoch 0 and the empty state.
 */
public interface CatalogStore extends AutoCloseable {

  /** The newest state, as of one moment. */
  LoadedCatalog load() throws StoreException;

  /**
   * Stores all changes or none, which apply to {@code before}, the state of that epoch. Durable
   * when it returns; the new epoch is {@code expectedEpoch + 1}.
   *
   * @throws EpochConflict when the store's epoch is another; nothing was stored
   * @throws StoreException when it failed otherwise; whether it was stored is not known
   */
  void commit(long expectedEpoch, CatalogState before, List<CatalogChange> changes)
      throws StoreException;

  @Override
  void close();
}
