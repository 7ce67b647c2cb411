package io.portcullis.privilege.store;

import io.portcullis.privilege.catalog.CatalogChange;
import java.util.List;

/**
 * Where the catalog is kept. Blocking: called from the store executor only, through {@link
 * CatalogWriter}. An empty store has epoch 0 and the empty state.
 */
public interface CatalogStore extends AutoCloseable {

  /** The newest state, as of one moment. */
  LoadedCatalog load() throws StoreException;

  /**
   * Stores all changes or none. Durable when it returns; the new epoch is {@code expectedEpoch +
   * 1}.
   *
   * @throws EpochConflict when the store's epoch is another; nothing was stored
   * @throws StoreException when it failed otherwise; whether it was stored is not known
   */
  void commit(long expectedEpoch, List<CatalogChange> changes) throws StoreException;

  @Override
  void close();
}
