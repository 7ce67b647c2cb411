package io.portcullis.sql.statement;

import io.portcullis.sql.access.AccessRequest;
import io.portcullis.sql.access.CatalogEffect;
import java.util.List;

/**
 * A statement that the backend executes as it was written, once every access is permitted.
 *
 * @param accesses all of them must be permitted; empty only for a statement that touches no object
 * @param effects what it changes in the catalog of objects, in order; empty for anything but DDL
 */
public record ForwardStatement(
    StatementKind kind, List<AccessRequest> accesses, List<CatalogEffect> effects)
    implements Statement {
  public ForwardStatement {
    accesses = List.copyOf(accesses);
    effects = List.copyOf(effects);
  }
}
