package io.portcullis.privilege.authz;

import io.portcullis.sql.access.AccessKind;
import io.portcullis.sql.access.AccessRequest;
import io.portcullis.sql.access.RelationKind;
import io.portcullis.sql.access.RelationName;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What procedures that a statement calls, and those that they call, may do to the session without
 * its gate seeing it. Functions and triggers are left out: servers refuse dynamic SQL below them,
 * however deep.
 *
 * @param unknown whether any of them has dynamic SQL, or cannot be told: it may have done anything
 * @param prepared names of prepared statements that mean something else afterwards
 */
public record ProgramEffects(boolean unknown, Set<String> prepared) {

  public static final ProgramEffects NONE = new ProgramEffects(false, Set.of());

  private static final ProgramEffects UNKNOWN = new ProgramEffects(true, Set.of());

  public ProgramEffects {
    prepared = Set.copyOf(prepared);
  }

  public boolean isNone() {
    return !unknown && prepared.isEmpty();
  }

  /**
   * @param accesses with their names as the backend has them
   */
  public static ProgramEffects of(List<AccessRequest> accesses, ViewDefinitions definitions) {
    Deque<RelationName> pending = new ArrayDeque<>();
    addCalls(accesses, pending);
    if (pending.isEmpty()) {
      return NONE;
    }
    Set<RelationName> seen = new HashSet<>();
    Set<String> prepared = new HashSet<>();
    while (!pending.isEmpty()) {
      RelationName name = pending.remove();
      if (!seen.add(name)) {
        continue;
      }
      if (!(definitions.program(RelationKind.PROCEDURE, name.database().name(), name.name())
          instanceof ProgramDefinition.Readable readable)) {
        return UNKNOWN;
      }
      List<AccessRequest> body = readable.body().accesses();
      if (body.stream().anyMatch(access -> Requirement.isDynamic(access.kind()))) {
        return UNKNOWN;
      }
      prepared.addAll(readable.body().prepared());
      addCalls(body, pending);
    }
    return prepared.isEmpty() ? NONE : new ProgramEffects(false, prepared);
  }

  private static void addCalls(List<AccessRequest> accesses, Deque<RelationName> pending) {
    for (AccessRequest access : accesses) {
      if (access.kind() == AccessKind.EXECUTE_PROCEDURE) {
        pending.add((RelationName) access.object());
      }
    }
  }
}
