package io.portcullis.privilege.store;

import io.portcullis.privilege.catalog.CatalogChange;
import io.portcullis.privilege.catalog.CatalogState;
import io.portcullis.privilege.model.AccountId;
import io.portcullis.privilege.model.RoleId;
import io.portcullis.privilege.model.UserId;
import io.portcullis.privilege.store.Provenance.Granted;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Keeps the catalog in this object only: for tests, and for trying out. Any thread. */
public final class InMemoryCatalogStore implements CatalogStore, LoginStore, ProvenanceStore {

  private final Map<UserId, LastLogin> logins = new HashMap<>();
  private final Provenance provenance = new Provenance();
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
    if (!changes.isEmpty() && changes.get(0) instanceof CatalogChange.MadeBy by) {
      Granted granted = new Granted(Optional.of(by.user()), Optional.of(by.role()), by.at());
      for (CatalogChange change : changes) {
        if (change instanceof CatalogChange.PrivilegeGranted made) {
          provenance.put(made.grant(), granted);
        } else if (change instanceof CatalogChange.RoleGrantedToUser made) {
          provenance.put(made.edge(), granted);
        } else if (change instanceof CatalogChange.RoleGrantedToRole made) {
          provenance.put(made.edge(), granted);
        } else if (change instanceof CatalogChange.RelationPut put && put.made()) {
          provenance.put(put.relation().id(), granted);
        } else if (change instanceof CatalogChange.UserPut made
            && before.user(made.user().id()).isEmpty()) {
          provenance.putCreator(made.user().id(), by.user());
        }
      }
    }
  }

  @Override
  public synchronized Provenance provenance(
      AccountId account, Optional<Set<RoleId>> roles, boolean objects) {
    return provenance;
  }

  @Override
  public synchronized void loggedIn(Map<UserId, LastLogin> noted) {
    logins.putAll(noted);
  }

  @Override
  public synchronized Map<UserId, LastLogin> lastLogins() {
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
