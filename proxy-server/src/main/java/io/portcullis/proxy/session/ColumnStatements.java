package io.portcullis.proxy.session;

import io.netty.buffer.ByteBuf;
import io.portcullis.privilege.authz.Decision;
import io.portcullis.privilege.authz.Subject;
import io.portcullis.privilege.model.ColumnNames;
import io.portcullis.proxy.statement.Authority;
import io.portcullis.proxy.statement.BackendObjects;
import io.portcullis.proxy.statement.ColumnPlan;
import io.portcullis.proxy.statement.ColumnRewriter;
import io.portcullis.proxy.statement.StatementReader;
import io.portcullis.sql.access.AccessKind;
import io.portcullis.sql.access.AccessRequest;
import io.portcullis.sql.access.RelationName;
import io.portcullis.sql.analysis.ColumnUses;
import io.portcullis.sql.analysis.StatementAnalysis;
import io.portcullis.sql.statement.ForwardStatement;
import io.portcullis.sql.statement.SetVariables;
import io.portcullis.sql.statement.StatementKind;
import io.portcullis.sql.text.ErrorCode;
import io.portcullis.sql.text.LexicalMode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Statements of who holds privileges on single columns: denied as they stand, they are decided
 * again by the columns they take, and sent with secured references in the place of tables that may
 * not be read as a whole (DESIGN D7). Never remembered as permitted. Event loop only.
 */
final class ColumnStatements {

  private static final int ATTEMPTS = 3;

  private final CommandPhase phase;
  private final FrontendPort port;
  private final SessionServices services;
  private final StatementReader reader;
  private final Authority authority;
  private final BackendLease backend;
  private final Offload offload;
  private final MetadataReads metadata;

  /** What the command in hand takes instead of what its text says. */
  private @Nullable Taken inHand;

  /**
   * @param accesses of a statement, by columns
   * @param exposed tables that are hidden in part, as the statement calls them
   */
  record Taken(List<AccessRequest> accesses, Map<String, RelationName> exposed) {}

  /** A statement that was denied. */
  private record Refused(
      StatementAnalysis analysis,
      List<AccessRequest> accesses,
      Decision.Denied denied,
      Runnable then) {}

  ColumnStatements(
      CommandPhase phase,
      FrontendPort port,
      SessionServices services,
      StatementReader reader,
      Authority authority,
      BackendLease backend,
      Offload offload,
      MetadataReads metadata) {
    this.phase = phase;
    this.port = port;
    this.services = services;
    this.reader = reader;
    this.authority = authority;
    this.backend = backend;
    this.offload = offload;
    this.metadata = metadata;
  }

  /** The command in hand is another one. */
  void forget() {
    inHand = null;
  }

  /** What the command in hand, or the handle that is executed, takes by columns. */
  Optional<Taken> inHand() {
    return Optional.ofNullable(inHand);
  }

  /**
   * A statement that was denied: goes on with {@code then} if the columns it takes are permitted.
   */
  void denied(
      StatementAnalysis analysis,
      List<AccessRequest> accesses,
      Decision.Denied denied,
      Runnable then) {
    Refused refused = new Refused(analysis, accesses, denied, then);
    PreparedHandle executed = phase.handle();
    if (executed != null && executed.taken().isPresent()) {
      Taken taken = executed.taken().get();
      inHand = taken;
      decide(refused, taken.accesses());
      return;
    }
    Optional<String> database = phase.boundDatabase();
    boolean partial =
        accesses.stream().anyMatch(access -> !authority.columnsHeld(access, database).isEmpty());
    if (!partial) {
      metadata.denied(analysis, accesses, denied, then);
    } else if (executed != null) {
      phase.fail(ErrorCode.ER_NEED_REPREPARE.error());
    } else if (isSecurable(analysis)) {
      read(refused, ATTEMPTS);
    } else {
      phase.deny(denied);
    }
  }

  /** A definition would go on showing what its maker saw. */
  static boolean isSecurable(StatementAnalysis analysis) {
    if (analysis.statement() instanceof SetVariables) {
      return true;
    }
    return analysis.statement() instanceof ForwardStatement forward
        && switch (forward.kind()) {
          case SELECT,
              INSERT,
              REPLACE,
              UPDATE,
              DELETE,
              DO,
              EXPLAIN,
              DESCRIBE,
              SHOW,
              CREATE_TABLE,
              ALTER_TABLE ->
              true;
          default -> false;
        };
  }

  /** Reads the command in hand once more, as it would be sent. */
  private void read(Refused refused, int attempts) {
    ByteBuf framed = phase.command();
    Optional<ColumnRewriter> command =
        framed == null ? Optional.empty() : ColumnRewriter.read(framed, reader, backend.mode());
    if (command.isEmpty()) {
      phase.deny(refused.denied());
      return;
    }
    ColumnRewriter rewriter = command.get();
    ColumnUses known = services.analyzer().knownColumnUses(rewriter.statement());
    if (known != null) {
      plan(refused, rewriter, known, attempts);
      return;
    }
    offload.run(
        services.analysis(),
        () -> services.analyzer().columnUses(rewriter.statement()),
        uses -> plan(refused, rewriter, uses, attempts));
  }

  private void plan(Refused refused, ColumnRewriter rewriter, ColumnUses uses, int attempts) {
    Optional<String> database = phase.boundDatabase();
    List<ColumnPlan.Access> accesses =
        refused.accesses().stream().map(access -> access(access, database)).toList();
    ColumnPlan.Outcome outcome =
        plan(
            refused.analysis(),
            rewriter,
            uses,
            accesses,
            written -> authority.boundInText(written, database),
            services.objects(),
            backend.mode());
    if (outcome instanceof ColumnPlan.Outcome.Lacking lacking && attempts > 0) {
      lookUp(lacking.tables(), () -> read(refused, attempts - 1));
    } else if (outcome instanceof ColumnPlan.Outcome.Planned planned) {
      ByteBuf framed = phase.command();
      if (framed == null) {
        throw new IllegalStateException("no command");
      }
      if (!planned.edits().isEmpty()) {
        phase.replaceCommand(rewriter.apply(framed, planned.edits(), port.allocator()));
      }
      inHand = new Taken(planned.accesses(), planned.exposed());
      decide(refused, planned.accesses());
    } else if (outcome instanceof ColumnPlan.Outcome.Uncertain uncertain) {
      phase.fail(
          ErrorCode.ER_NOT_SUPPORTED_YET.error(
              "a statement "
                  + uncertain.because()
                  + " by who holds privileges on some columns of a table only"),
          () -> authority.hints(refused.denied()));
    } else {
      phase.deny(refused.denied());
    }
  }

  /** The plan for a statement of any kind; any thread. */
  static ColumnPlan.Outcome plan(
      StatementAnalysis analysis,
      ColumnRewriter rewriter,
      ColumnUses uses,
      List<ColumnPlan.Access> accesses,
      Function<RelationName, RelationName> bound,
      BackendObjects objects,
      LexicalMode mode) {
    return isDescription(analysis)
        ? rewriter.describe(accesses, objects::columns)
        : ColumnPlan.of(uses, accesses, bound, objects::columns, mode.charset().java());
  }

  private static boolean isDescription(StatementAnalysis analysis) {
    return analysis.statement() instanceof ForwardStatement forward
        && (forward.kind() == StatementKind.SHOW || forward.kind() == StatementKind.DESCRIBE);
  }

  private ColumnPlan.Access access(AccessRequest access, Optional<String> database) {
    boolean denied = authority.decide(List.of(access), database) instanceof Decision.Denied;
    Set<String> held = denied ? authority.columnsHeld(access, database) : Set.of();
    return new ColumnPlan.Access(
        access,
        access.object() instanceof RelationName
            ? Optional.of(authority.bound(access, database))
            : Optional.empty(),
        !denied,
        held);
  }

  private void lookUp(Set<RelationName> tables, Runnable then) {
    long asOf = services.objects().version();
    offload.run(
        services.store(),
        () -> {
          services.lookup().lookUpColumns(tables, asOf);
          return Boolean.TRUE;
        },
        done -> then.run());
  }

  private void decide(Refused refused, List<AccessRequest> taken) {
    phase.decide(
        taken,
        0,
        refused.then(),
        denied -> metadata.denied(refused.analysis(), taken, denied, refused.then()));
  }

  /** What the error is that the backend does not know a column; empty where it stays as it is. */
  Optional<Decision.Denied> unknownColumn(ByteBuf error) {
    Taken taken = inHand;
    if (taken == null) {
      return Optional.empty();
    }
    return UnknownColumn.in(error, backend.mode().charset().java(), taken.exposed())
        .map(
            column -> {
              Subject who = authority.subject().subject();
              return new Decision.Denied(
                  authority.subject().snapshot().epoch(),
                  ErrorCode.ER_COLUMNACCESS_DENIED_ERROR.error(
                      AccessKind.SELECT.command(),
                      who.userName(),
                      who.host(),
                      column.name(),
                      column.table().name()),
                  List.of(
                      new AccessRequest(
                          AccessKind.SELECT,
                          authority.shown(column.table()),
                          Set.of(ColumnNames.fold(column.name())))));
            });
  }
}
