package io.portcullis.privilege.store;

import io.portcullis.privilege.catalog.CatalogState;

/**
 * What a store holds at one moment.
 *
 * @param epoch number of commits so far
 */
public record LoadedCatalog(long epoch, CatalogState state) {}
