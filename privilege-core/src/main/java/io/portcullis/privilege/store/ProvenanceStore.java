package io.portcullis.privilege.store;

import io.portcullis.privilege.model.AccountId;
import io.portcullis.privilege.model.RoleId;
import java.util.Optional;
import java.util.Set;

/** Where {@link Provenance} is kept: with the rows it is about. Blocking. */
public interface ProvenanceStore {

  /**
   * What is known in an account.
   *
   * @param roles of which the grants are asked for; empty: of all, of which more than can be shown
   *     are left out
   * @param objects whether it is asked who made tables, views and programs
   */
  Provenance provenance(AccountId account, Optional<Set<RoleId>> roles, boolean objects)
      throws StoreException;
}
