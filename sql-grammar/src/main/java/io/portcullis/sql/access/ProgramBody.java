package io.portcullis.sql.access;

import java.util.List;

/**
 * What the body of a stored program touches, each access once.
 *
 * @param invoker SQL SECURITY INVOKER: the roles count that call it, and not its owner's
 * @param accesses names without a database mean the program's own
 */
public record ProgramBody(boolean invoker, List<AccessRequest> accesses) {
  public ProgramBody {
    accesses = List.copyOf(accesses);
  }
}
