package io.portcullis.proxy.session;

import io.portcullis.privilege.authz.ProgramEffects;
import io.portcullis.proxy.statement.Authority;
import io.portcullis.sql.access.AccessRequest;
import io.portcullis.sql.statement.ForwardStatement;
import io.portcullis.sql.statement.StatementKind;
import io.portcullis.sql.text.ErrorCode;
import io.portcullis.sql.text.SqlError;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Calls of procedures that may do to the session what the gate does not see: after dynamic SQL it
 * is not certain how the backend reads the next statement, which database is the current one, which
 * temporary tables there are, and what names of prepared statements mean. So the backend is asked,
 * or what was known is forgotten, before the next statement is read. Event loop only.
 */
final class ProgramCalls {

  private static final SqlError ELSEWHERE =
      ErrorCode.ER_UNKNOWN_ERROR.error(
          "Dynamic SQL of a stored program has chosen a current database; the session had none");

  private final SessionServices services;
  private final Authority authority;
  private final BackendLease backend;
  private final PreparedStatements prepared;

  private ProgramEffects pending = ProgramEffects.NONE;

  ProgramCalls(
      SessionServices services,
      Authority authority,
      BackendLease backend,
      PreparedStatements prepared) {
    this.services = services;
    this.authority = authority;
    this.backend = backend;
    this.prepared = prepared;
  }

  /**
   * Whether the statement has to come by here each time it runs.
   *
   * @param database where the statement binds names without one
   */
  boolean concern(ForwardStatement statement, Optional<String> database) {
    return !effects(statement, database).isNone();
  }

  /** The statement, which was permitted, is about to be sent. */
  void runs(ForwardStatement statement, Optional<String> database) {
    pending = effects(statement, database);
  }

  private ProgramEffects effects(ForwardStatement statement, Optional<String> database) {
    if (statement.kind() != StatementKind.CALL && statement.kind() != StatementKind.COMPOUND) {
      return ProgramEffects.NONE;
    }
    List<AccessRequest> bound = new ArrayList<>();
    for (AccessRequest access : statement.accesses()) {
      bound.add(authority.asBackendNames(access, database));
    }
    return ProgramEffects.of(bound, services.objects());
  }

  /** Whether something has run after which the session is not certain. */
  boolean isPending() {
    return !pending.isNone();
  }

  /**
   * Makes the session certain again; the backend is idle.
   *
   * @param failed given why the session cannot go on
   */
  void settle(Runnable then, Consumer<SqlError> failed) {
    ProgramEffects done = pending;
    pending = ProgramEffects.NONE;
    if (!done.unknown()) {
      prepared.forgetNamed(done.prepared());
      then.run();
      return;
    }
    prepared.forgetNamed();
    authority.forgetTemporaryTables();
    compareCatalog();
    if (!backend.isLeased()) {
      then.run();
      return;
    }
    backend.refreshState(
        (database, error) -> {
          if (error != null) {
            failed.accept(error);
          } else {
            settleDatabase(database, then, failed);
          }
        });
  }

  private void settleDatabase(Optional<String> actual, Runnable then, Consumer<SqlError> failed) {
    Optional<String> expected = authority.backendDatabase();
    if (actual.isEmpty()) {
      if (expected.isPresent()) {
        authority.useNone(); // it was dropped
      }
      then.run();
    } else if (expected.isEmpty()) {
      failed.accept(ELSEWHERE);
    } else if (actual.get().equals(expected.get())
        || authority.foldsNames() && actual.get().equalsIgnoreCase(expected.get())) {
      then.run();
    } else {
      backend.use(
          expected.get(),
          error -> {
            if (error == null) {
              then.run();
            } else {
              failed.accept(error);
            }
          });
    }
  }

  /** The connection is gone, and with it the session that was there. */
  void lost() {
    if (pending.unknown()) {
      compareCatalog();
    }
    pending = ProgramEffects.NONE;
  }

  /** Objects may have come and gone. */
  private void compareCatalog() {
    if (services.objects().isComparisonDue()) {
      services.outcomeUnknown().run();
    }
  }
}
