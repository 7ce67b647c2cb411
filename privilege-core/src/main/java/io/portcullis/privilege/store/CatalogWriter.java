package io.portcullis.privilege.store;

import io.portcullis.privilege.catalog.CatalogState;
import io.portcullis.privilege.snapshot.PrivilegeSnapshot;
import io.portcullis.privilege.snapshot.SnapshotPublisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The only way the catalog changes (STYLE 6): check on the newest state, commit, publish, in this
 * order, one write at a time. When it returns, every statement that starts later is decided on the
 * new state. Blocking: called from the store executor only.
 */
public final class CatalogWriter {

  private static final Logger LOG = LoggerFactory.getLogger(CatalogWriter.class);

  /** More conflicts in a row than other gates can cause by doing their work. */
  private static final int MAX_ATTEMPTS = 20;

  private final CatalogStore store;
  private final SnapshotPublisher publisher;

  /** What we believe may be behind the store: a commit failed, and nobody knows how far it got. */
  private boolean uncertain;

  public CatalogWriter(CatalogStore store, SnapshotPublisher publisher) {
    this.store = store;
    this.publisher = publisher;
  }

  /** Publishes what the store holds, unless that is what is published already. */
  public synchronized void reload() throws StoreException {
    LoadedCatalog loaded = store.load();
    if (loaded.epoch() > publisher.current().epoch()) {
      publisher.publish(loaded.epoch(), loaded.state());
    }
    uncertain = false;
  }

  /**
   * Writes what the edit proposes on the newest state.
   *
   * @throws StoreException when the store failed; what was written, if anything, is published with
   *     the next write or reload
   */
  public synchronized <T> T write(CatalogEdit<T> edit) throws StoreException {
    if (uncertain) {
      reload();
    }
    for (int attempt = 1; attempt < MAX_ATTEMPTS; attempt++) {
      try {
        return attempt(edit);
      } catch (EpochConflict e) {
        LOG.atDebug().addKeyValue("cause", e.getMessage()).log("catalog changed elsewhere");
        reload();
      }
    }
    return attempt(edit);
  }

  private <T> T attempt(CatalogEdit<T> edit) throws StoreException {
    PrivilegeSnapshot newest = publisher.current();
    Proposal<T> proposal = edit.on(newest);
    if (proposal.changes().isEmpty()) {
      return proposal.result();
    }
    CatalogState next = newest.state().applyAll(proposal.changes());
    uncertain = true;
    store.commit(newest.epoch(), newest.state(), proposal.changes());
    publisher.publish(newest.epoch() + 1, next);
    uncertain = false;
    return proposal.result();
  }
}
