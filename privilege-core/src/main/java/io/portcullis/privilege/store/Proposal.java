package io.portcullis.privilege.store;

import io.portcullis.privilege.catalog.CatalogChange;
import java.util.List;

/**
 * What a write wants: changes, in order, and what its caller gets once they are durable. No changes
 * means nothing is written.
 */
public record Proposal<T>(List<CatalogChange> changes, T result) {
  public Proposal {
    changes = List.copyOf(changes);
  }

  /** Nothing to write. */
  public static <T> Proposal<T> nothing(T result) {
    return new Proposal<>(List.of(), result);
  }
}
