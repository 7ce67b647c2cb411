package io.portcullis.sql.access;

import java.util.List;
import java.util.Set;

/**
 * What the body of a stored program touches, each access once.
 *
 * @param invoker SQL SECURITY INVOKER: the roles count that call it, and not its owner's
 * @param accesses names without a database mean the program's own
 * @param prepared names of prepared statements, which are the session's, that mean something else
 *     once it has run; in lower case
 */
public record ProgramBody(boolean invoker, List<AccessRequest> accesses, Set<String> prepared) {
  public ProgramBody {
    accesses = List.copyOf(accesses);
    prepared = Set.copyOf(prepared);
  }

  /** One that prepares no statements. */
  public ProgramBody(boolean invoker, List<AccessRequest> accesses) {
    this(invoker, accesses, Set.of());
  }
}
