package io.portcullis.proxy.session;

import io.portcullis.privilege.authz.Decision;
import io.portcullis.proxy.statement.Authority;
import io.portcullis.proxy.statement.MetadataRewriter.MetadataFilters;
import io.portcullis.proxy.wire.StatusFlags;
import io.portcullis.sql.access.AccessRequest;
import io.portcullis.sql.statement.ForwardStatement;
import io.portcullis.sql.statement.StatementKind;
import io.portcullis.sql.text.ErrorCode;
import io.portcullis.sql.text.SqlError;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a session was permitted and still has in hand: the statement that runs, the cursors that are
 * open, the tables it has locked. When the catalog changes each of them is decided again, as a new
 * statement would be, and ended if it is denied now; what is still permitted notices nothing (PM
 * 6.3, 6.6).
 *
 * <ul>
 *   <li>A statement is killed on the backend. Its answer becomes error 1317 with the reason, in
 *       place of the next row when it has begun already. Work that the backend had done before the
 *       KILL arrived is answered with its OK: it stands.
 *   <li>DDL is no exception: the backend undoes or finishes it, the catalog follows what it
 *       answers, and after an interruption the two are compared.
 *   <li>A secured read of information_schema goes on while it would be secured the same way again.
 *   <li>A read of the gate's own tables goes on while it would be shown everybody's rows, or his
 *       own, as before; the rows are those of its beginning.
 *   <li>A cursor is closed; the next COM_STMT_FETCH hears 1317.
 *   <li>A session that has locked tables is closed, since going on without its locks in silence
 *       would not be what it asked for.
 *   <li>A session whose user was dropped, or has another login at the backend now, is closed.
 * </ul>
 *
 * A statement pays one field for it. Confined to the event loop.
 */
final class Holdings {

  private static final int MAX_LOOKUPS = 3;
  private static final SqlError CHANGED =
      ErrorCode.ER_UNKNOWN_ERROR.error("what it may show of information_schema has changed");
  private static final SqlError UNSEEN =
      ErrorCode.ER_UNKNOWN_ERROR.error("what it may show of mo_catalog has changed");

  private final CommandPhase phase;
  private final ClientSession session;
  private final SessionServices services;
  private final FrontendPort port;
  private final Authority authority;
  private final BackendLease backend;
  private final PreparedStatements prepared;
  private final MetadataReads metadata;
  private final CatalogReads catalog;

  private @Nullable List<AccessRequest> running;
  private @Nullable Locks locks;
  private @Nullable SqlError lastWord;

  private record Locks(List<AccessRequest> accesses, Optional<String> database) {}

  /** One of the things in hand. */
  private record Holding(
      List<AccessRequest> accesses,
      Optional<String> database,
      Optional<MetadataFilters> filters,
      BooleanSupplier held,
      End end) {}

  private interface End {
    void because(SqlError error, Supplier<List<String>> notes);
  }

  Holdings(
      CommandPhase phase,
      ClientSession session,
      SessionServices services,
      FrontendPort port,
      Authority authority,
      BackendLease backend,
      PreparedStatements prepared,
      MetadataReads metadata,
      CatalogReads catalog) {
    this.phase = phase;
    this.session = session;
    this.services = services;
    this.port = port;
    this.authority = authority;
    this.backend = backend;
    this.prepared = prepared;
    this.metadata = metadata;
    this.catalog = catalog;
  }

  /** A statement that needs these was permitted, and is about to be sent. */
  void runs(List<AccessRequest> accesses) {
    running = accesses;
  }

  /** What the statement in hand needs; nothing when there is none. */
  List<AccessRequest> running() {
    List<AccessRequest> accesses = running;
    return accesses == null ? List.of() : accesses;
  }

  /** The backend has answered it, or it was never sent. */
  void ran() {
    running = null;
  }

  /** LOCK TABLES and UNLOCK TABLES are never remembered as permitted: they always come by here. */
  static boolean isLocking(ForwardStatement statement) {
    return statement.kind() == StatementKind.LOCK_TABLES
        || statement.kind() == StatementKind.UNLOCK_TABLES;
  }

  /** The statement was answered OK. */
  void locked(ForwardStatement statement, Optional<String> database) {
    locks =
        statement.kind() == StatementKind.LOCK_TABLES
            ? new Locks(statement.accesses(), database)
            : null;
  }

  /** An explicit transaction releases table locks. */
  void answered(int statusFlags) {
    if (locks != null
        && StatusFlags.has(statusFlags, StatusFlags.AUTOCOMMIT | StatusFlags.IN_TRANS)) {
      locks = null;
    }
  }

  boolean hasLocks() {
    return locks != null;
  }

  /** The connection to the backend is another one, or starts over. */
  void forgetConnection() {
    locks = null;
  }

  /** The catalog has changed. */
  void reconsider() {
    Optional<SqlError> ended = authority.ended().or(backend::changedIdentity);
    if (ended.isPresent()) {
      end(revoked(ended.get()));
      return;
    }
    Locks locked = locks;
    if (locked != null) {
      decide(
          new Holding(
              locked.accesses(),
              locked.database(),
              Optional.empty(),
              () -> locks == locked,
              (error, notes) -> end(revoked(error))),
          0);
    }
    for (PreparedHandle handle : prepared.withCursor()) {
      if (handle.seen().filter(catalog::isLost).isPresent()) {
        prepared.endCursor(handle, revoked(UNSEEN));
      } else if (handle.analysis().statement() instanceof ForwardStatement forward) {
        decide(
            new Holding(
                CatalogReads.besides(handle.needed(forward.accesses()), handle.database()),
                handle.database(),
                handle.filters(),
                handle::hasCursor,
                (error, notes) -> prepared.endCursor(handle, revoked(error))),
            0);
      }
    }
    List<AccessRequest> accesses = running;
    if (accesses != null && phase.seen().filter(catalog::isLost).isPresent()) {
      phase.interrupt(Interruption.revoked(revoked(UNSEEN), List::of));
    } else if (accesses != null) {
      decide(
          new Holding(
              accesses,
              phase.boundDatabase(),
              phase.securedWith(),
              () -> running == accesses,
              (error, notes) -> phase.interrupt(Interruption.revoked(revoked(error), notes))),
          0);
    }
    phase.closeCursorsIfIdle();
  }

  private void decide(Holding holding, int lookups) {
    Decision decision = authority.decide(holding.accesses(), holding.database());
    if (decision instanceof Decision.Denied && holding.filters().isPresent()) {
      // Denied as it was written already when it began; what runs is its secured form.
      List<AccessRequest> accesses = holding.accesses();
      if (!metadata.stillHold(holding.filters().get(), accesses)) {
        holding.end().because(CHANGED, List::of);
        return;
      }
      decision = authority.decide(MetadataReads.besides(accesses), holding.database());
    }
    if (decision instanceof Decision.Allowed) {
      return;
    }
    if (decision instanceof Decision.Denied denied) {
      holding.end().because(denied.error(), () -> authority.hints(denied));
    } else if (decision instanceof Decision.Unresolved unresolved && lookups < MAX_LOOKUPS) {
      lookUp(holding, unresolved, lookups + 1);
    } else {
      undecidable(holding, ErrorCode.ER_UNKNOWN_ERROR.error("its objects keep changing"));
    }
  }

  /** Not through the phase's own look-up, whose failure is the answer to the command in hand. */
  private void lookUp(Holding holding, Decision.Unresolved unresolved, int lookups) {
    Offload offload =
        new Offload(
            port.loop(),
            session.connectionId(),
            error -> undecidable(holding, error),
            session::protocolError);
    long asOf = services.objects().version();
    offload.run(
        services.store(),
        () -> {
          services.lookup().lookUp(unresolved.names(), unresolved.programs(), asOf);
          return Boolean.TRUE;
        },
        known -> {
          if (holding.held().getAsBoolean()) {
            decide(holding, lookups);
            phase.closeCursorsIfIdle();
          }
        });
  }

  /** What cannot be decided is not permitted. */
  private void undecidable(Holding holding, SqlError error) {
    if (holding.held().getAsBoolean()) {
      holding.end().because(error, List::of);
      phase.closeCursorsIfIdle();
    }
  }

  private static SqlError revoked(SqlError denied) {
    return ErrorCode.ER_QUERY_INTERRUPTED_BY_GATE.error(
        "it is not permitted any more (" + denied.message() + ")");
  }

  /**
   * Closes the session; after the command in hand while that is the gate's own work, which may be
   * the very change.
   */
  private void end(SqlError why) {
    if (phase.isBusy() && backend.isIdle()) {
      lastWord = why;
    } else {
      session.closeWith(why);
    }
  }

  /** Null, or what the session ends with now that the command in hand is over. */
  @Nullable SqlError lastWord() {
    return lastWord;
  }

  /** The session is over. */
  void close() {
    running = null;
    locks = null;
  }
}
