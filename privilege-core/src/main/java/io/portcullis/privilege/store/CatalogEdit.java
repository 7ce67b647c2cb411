package io.portcullis.privilege.store;

import io.portcullis.privilege.snapshot.PrivilegeSnapshot;

/**
 * Decides on the newest snapshot what to write. Called again on a newer one when somebody else
 * committed in between, so it must not remember decisions from call to call.
 */
@FunctionalInterface
public interface CatalogEdit<T> {
  Proposal<T> on(PrivilegeSnapshot newest) throws StoreException;
}
