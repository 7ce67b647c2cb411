package io.portcullis.privilege.authz;

import io.portcullis.privilege.model.RoleId;
import io.portcullis.privilege.snapshot.Held;
import io.portcullis.sql.access.AccessRequest;
import io.portcullis.sql.access.RelationKind;
import io.portcullis.sql.text.SqlError;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A decision and what it rests on (DESIGN D9).
 *
 * @param subject who it was decided for
 * @param lines one for each access, in the order of the statement, and for what a new definition of
 *     a view takes besides; none while the decision is {@link Decision.Unresolved}
 */
public record Explanation(ActiveSubject subject, Decision decision, List<Line> lines) {
  public Explanation {
    lines = List.copyOf(lines);
  }

  /**
   * The same when tables of information_schema are sent with their rows filtered ({@link
   * Authorizer#metadataFilter}); as it is when something else is missing besides.
   *
   * @param accesses of the statement, as written
   */
  public Explanation withRowsFiltered(List<AccessRequest> accesses) {
    List<Line> filtered = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      Line line = lines.get(i);
      boolean metadata = i < accesses.size() && Authorizer.isMetadata(accesses.get(i));
      if (!line.isAllowed() && !metadata) {
        return this;
      }
      filtered.add(line.isAllowed() ? line : line.withRowsFiltered());
    }
    return filtered.isEmpty() ? this : new Explanation(subject, subject.allowed(), filtered);
  }

  /**
   * What became of one access. A line that is permitted has proofs, all of which it takes, or says
   * in {@code freeBecause} why it takes none. Proofs are what the subject holds; what the owner of
   * a DEFINER view holds below it is not among them.
   *
   * @param access names bound; those whose name cannot be bound, as written
   * @param kinds what the relation is, both where the subject may not know; empty for databases
   * @param privileges to be asked for; of two, separated by "or", which it is depends on the kind
   * @param error empty: permitted
   * @param hints what would help, each an executable statement after a colon
   */
  public record Line(
      AccessRequest access,
      List<RelationKind> kinds,
      String privileges,
      Optional<SqlError> error,
      List<Proof> proofs,
      Optional<String> freeBecause,
      List<String> hints) {
    public Line {
      kinds = List.copyOf(kinds);
      proofs = List.copyOf(proofs);
      hints = List.copyOf(hints);
    }

    private Line withRowsFiltered() {
      return new Line(
          access,
          kinds,
          privileges,
          Optional.empty(),
          List.of(),
          Optional.of("only rows about objects on which a privilege is held"),
          List.of());
    }

    public boolean isAllowed() {
      return error.isEmpty();
    }
  }

  /**
   * @param path from an active role to the one that holds it, each inheriting from the next
   */
  public record Proof(List<RoleId> path, Held held) {
    public Proof {
      path = List.copyOf(path);
    }
  }
}
