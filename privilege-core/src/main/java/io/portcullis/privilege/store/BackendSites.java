package io.portcullis.privilege.store;

import io.portcullis.privilege.model.Account;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** The servers of the configuration by their names, the main one among them. Immutable. */
public final class BackendSites {

  private final SortedMap<String, BackendSite> sites;

  public BackendSites(Map<String, BackendSite> sites) {
    this.sites = new TreeMap<>(sites);
    if (!sites.containsKey(Account.MAIN_BACKEND)) {
      throw new IllegalArgumentException("backends: " + sites.keySet() + " (expected: main)");
    }
  }

  /** The main one alone. */
  public static BackendSites only(BackendSite main) {
    return new BackendSites(Map.of(Account.MAIN_BACKEND, main));
  }

  /** Empty when the configuration has none of that name. */
  public Optional<BackendSite> of(String name) {
    return Optional.ofNullable(sites.get(name));
  }

  /**
   * Where the account lives.
   *
   * @throws StoreException when the configuration has its backend no more
   */
  public BackendSite of(Account account) throws StoreException {
    BackendSite site = sites.get(account.backend());
    if (site == null) {
      throw new StoreException(
          "the account "
              + account.name()
              + " lives on the backend "
              + account.backend()
              + ", which is not in the configuration");
    }
    return site;
  }

  public SortedSet<String> names() {
    return new TreeSet<>(sites.keySet());
  }
}
