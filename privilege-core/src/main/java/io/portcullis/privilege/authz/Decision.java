package io.portcullis.privilege.authz;

import io.portcullis.sql.access.AccessRequest;
import io.portcullis.sql.access.RelationName;
import io.portcullis.sql.text.SqlError;
import java.util.List;

/** Whether a statement may run. A value; the first form allocates nothing. */
public sealed interface Decision {

  /** As of which catalog. */
  long epoch();

  record Allowed(long epoch) implements Decision {}

  /**
   * @param error for the first access that is missing, as MySQL words it
   * @param missing every access that is not permitted, names bound; those whose name cannot be
   *     bound, as written. Of a view it can be the view itself, or what its makers lack below it
   */
  record Denied(long epoch, SqlError error, List<AccessRequest> missing) implements Decision {
    public Denied {
      missing = List.copyOf(missing);
    }
  }

  /**
   * Depends on whether these are tables or views, on what the views are made of, and on what the
   * programs do; decide again when {@link RelationKinds} and {@link ViewDefinitions} know.
   */
  record Unresolved(long epoch, List<RelationName> names, List<ProgramName> programs)
      implements Decision {
    public Unresolved {
      names = List.copyOf(names);
      programs = List.copyOf(programs);
    }

    public Unresolved(long epoch, List<RelationName> names) {
      this(epoch, names, List.of());
    }
  }
}
