package io.portcullis.proxy.session;

import io.netty.buffer.ByteBuf;
import io.portcullis.privilege.authz.ActiveSubject;
import io.portcullis.privilege.authz.Authorizer;
import io.portcullis.privilege.authz.NameSpace;
import io.portcullis.privilege.model.UserId;
import io.portcullis.privilege.report.ReportRows;
import io.portcullis.privilege.report.ReportTable;
import io.portcullis.privilege.report.Reports;
import io.portcullis.privilege.report.SessionRow;
import io.portcullis.privilege.store.LastLogin;
import io.portcullis.privilege.store.Provenance;
import io.portcullis.privilege.store.StoreException;
import io.portcullis.proxy.statement.Authority;
import io.portcullis.proxy.statement.CatalogLookup;
import io.portcullis.proxy.statement.CatalogRewriter;
import io.portcullis.proxy.statement.CatalogSeen;
import io.portcullis.proxy.statement.StatementReader;
import io.portcullis.proxy.wire.message.ColumnDefinition41;
import io.portcullis.sql.access.AccessKind;
import io.portcullis.sql.access.AccessRequest;
import io.portcullis.sql.access.DatabaseName;
import io.portcullis.sql.access.RelationName;
import io.portcullis.sql.analysis.StatementAnalysis;
import io.portcullis.sql.statement.ForwardStatement;
import io.portcullis.sql.statement.SetVariables;
import io.portcullis.sql.statement.StatementKind;
import io.portcullis.sql.text.ErrorCode;
import io.portcullis.sql.text.SqlError;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Statements that read {@code mo_catalog} or the role views of information_schema (PM 8): the gate
 * makes the rows that the subject may see, puts them into the statement, and decides the rest of it
 * as ever. They are never remembered as permitted, so that each shows the newest catalog. Event
 * loop only; rows are made on the store's executor.
 */
final class CatalogReads {

  /** Each character of the rows becomes at least two of the statement. */
  private static final int MAX_ROWS = 8 * 1024 * 1024;

  private static final int ATTEMPTS = 3;

  private final CommandPhase phase;
  private final FrontendPort port;
  private final SessionServices services;
  private final StatementReader reader;
  private final Authority authority;
  private final BackendLease backend;
  private final Offload offload;
  private final ColumnStatements columns;
  private final MetadataReads metadata;
  private final CatalogDescriptions descriptions;

  private @Nullable CatalogSeen inHand;

  /** What was made for a subject; a table without rows here has too many. */
  private record Made(ActiveSubject subject, Map<ReportTable, ReportRows> rows) {}

  CatalogReads(
      CommandPhase phase,
      FrontendPort port,
      SessionServices services,
      StatementReader reader,
      Authority authority,
      BackendLease backend,
      Offload offload,
      ColumnStatements columns,
      MetadataReads metadata) {
    this.metadata = metadata;
    this.phase = phase;
    this.port = port;
    this.services = services;
    this.reader = reader;
    this.authority = authority;
    this.backend = backend;
    this.offload = offload;
    this.columns = columns;
    this.descriptions = new CatalogDescriptions(phase, reader, backend);
  }

  /** Whether some of these are of the gate's own tables. */
  boolean concern(List<AccessRequest> accesses) {
    Optional<String> current = phase.boundDatabase();
    for (int i = 0; i < accesses.size(); i++) {
      if (isServed(accesses.get(i), current)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isServed(AccessRequest access, Optional<String> current) {
    if (access.object() instanceof RelationName relation) {
      return (access.kind() == AccessKind.SELECT
              || access.kind() == AccessKind.DESCRIBE
              || access.kind() == AccessKind.SHOW_CREATE
              || access.kind() == AccessKind.EXPLAIN
              || access.kind() == AccessKind.LOCK_READ)
          && table(relation, current).isPresent();
    }
    return access.kind() == AccessKind.SHOW_TABLES
        && access.object() instanceof DatabaseName database
        && ReportTable.isMoCatalog(named(database, current));
  }

  private static Optional<ReportTable> table(RelationName relation, Optional<String> current) {
    return ReportTable.of(named(relation.database(), current), relation.name());
  }

  private static String named(DatabaseName database, Optional<String> current) {
    return database.isCurrent() ? current.orElse("") : database.name();
  }

  /**
   * Those that the gate's own tables do not answer, which the backend must.
   *
   * @param current where the statement binds names without a database
   */
  static List<AccessRequest> besides(List<AccessRequest> accesses, Optional<String> current) {
    return accesses.stream()
        .filter(access -> isUnclear(access, current) || !isServed(access, current))
        .toList();
  }

  /** Is refused if it is served at all. */
  private static boolean isUnclear(AccessRequest access, Optional<String> current) {
    return access.object() instanceof RelationName relation
        && relation.database().isCurrent()
        && catalogOf(current).isEmpty();
  }

  /** The columns of a table of the current database, if that is {@code mo_catalog}. */
  Optional<List<ColumnDefinition41>> fields(String table) {
    return catalogOf(phase.boundDatabase())
        .flatMap(catalog -> ReportTable.of(catalog, table))
        .map(CatalogDescriptions::fields);
  }

  /** All tables of {@code mo_catalog} are the gate's, so that there a name is enough. */
  private static Optional<String> catalogOf(Optional<String> current) {
    return current.filter(ReportTable::isMoCatalog);
  }

  /** The command in hand is another one. */
  void forget() {
    inHand = null;
  }

  /** What the command in hand shows of the gate's own tables. */
  Optional<CatalogSeen> seen() {
    return Optional.ofNullable(inHand);
  }

  /** Whether the subject might not see all of this any more. */
  boolean isLost(CatalogSeen seen) {
    return !seen.isSeenBy(authority.subject(), services.authorizer());
  }

  /** Goes on with {@code then} once the statement that {@link #concern}s is one to be sent. */
  void permitted(StatementAnalysis analysis, List<AccessRequest> accesses, Runnable then) {
    Optional<String> current = phase.boundDatabase();
    Set<ReportTable> tables = EnumSet.noneOf(ReportTable.class);
    for (AccessRequest access : accesses) {
      if (isServed(access, current) && access.object() instanceof RelationName relation) {
        ReportTable table = table(relation, current).orElseThrow();
        if (isUnclear(access, current)) {
          refuse(
              "the gate makes this table and cannot tell it from others without its database; name it "
                  + CatalogRewriter.names(Set.of(table)));
          return;
        }
        tables.add(table);
      }
    }
    StatementKind kind =
        analysis.statement() instanceof ForwardStatement forward
            ? forward.kind()
            : StatementKind.SELECT;
    if (kind == StatementKind.SHOW || kind == StatementKind.DESCRIBE) {
      descriptions.answer(tables.stream().findFirst());
    } else if (!isRewritable(analysis, kind)) {
      refuse(
          CatalogRewriter.names(tables)
              + " in a definition, a lock or dynamic SQL; what the gate makes is read by SELECT,"
              + " INSERT, REPLACE, UPDATE, DELETE, SET, DO and EXPLAIN");
    } else if (phase.shape() == CommandShape.FETCH) {
      fetch(accesses, then);
    } else if (phase.shape() == CommandShape.PREPARE
        && tables.stream().anyMatch(ReportTable::isVolatile)) {
      phase.failQuietly(ErrorCode.ER_UNSUPPORTED_PS.error());
    } else {
      make(tables, ATTEMPTS, made -> made(made, tables, analysis, accesses, then));
    }
  }

  private static boolean isRewritable(StatementAnalysis analysis, StatementKind kind) {
    return analysis.statement() instanceof SetVariables
        || analysis.statement() instanceof ForwardStatement
            && switch (kind) {
              case SELECT, INSERT, REPLACE, UPDATE, DELETE, DO, EXPLAIN -> true;
              default -> false;
            };
  }

  private void refuse(String why) {
    phase.fail(ErrorCode.ER_NOT_SUPPORTED_YET.error(why));
  }

  /** The rows are the backend's already. */
  private void fetch(List<AccessRequest> accesses, Runnable then) {
    PreparedHandle executed = phase.handle();
    Optional<CatalogSeen> seen = executed == null ? Optional.empty() : executed.seen();
    if (seen.isEmpty() || isLost(seen.get())) {
      phase.fail(ErrorCode.ER_NEED_REPREPARE.error());
      return;
    }
    inHand = seen.get();
    phase.decide(besides(accesses, phase.boundDatabase()), 0, then);
  }

  private interface Then {
    void accept(Made made);
  }

  private void make(Set<ReportTable> tables, int attempts, Then then) {
    ActiveSubject subject = authority.subject();
    offload.run(
        services.store(),
        () -> {
          Map<UserId, LastLogin> logins =
              tables.stream().anyMatch(ReportTable::tellsLogins)
                  ? services.login().times().last()
                  : Map.of();
          List<SessionRow> sessions =
              tables.stream().anyMatch(ReportTable::isVolatile) ? sessions() : List.of();
          Reports reports =
              new Reports(
                  subject,
                  services.authorizer(),
                  logins,
                  services.login().times().failures(),
                  sessions,
                  provenance(subject, tables));
          Map<ReportTable, ReportRows> rows = new EnumMap<>(ReportTable.class);
          for (ReportTable table : tables) {
            reports.rows(table, MAX_ROWS).ifPresent(some -> rows.put(table, some));
          }
          return new Made(subject, rows);
        },
        made -> {
          if (made.subject() == authority.subject() || sameSight(made)) {
            then.accept(made);
          } else if (attempts > 1) {
            make(tables, attempts - 1, then);
          } else {
            phase.fail(
                ErrorCode.ER_UNKNOWN_ERROR.error(
                    "What you may see of the catalog keeps changing; try again"));
          }
        });
  }

  private Provenance provenance(ActiveSubject subject, Set<ReportTable> tables)
      throws StoreException {
    Set<ReportTable> telling = EnumSet.noneOf(ReportTable.class);
    tables.stream().filter(ReportTable::tellsProvenance).forEach(telling::add);
    boolean makers = tables.stream().anyMatch(ReportTable::tellsMakers);
    return telling.isEmpty() && !makers
        ? Provenance.NONE
        : services
            .provenance()
            .provenance(
                subject.subject().account(),
                Reports.rolesShown(subject, services.authorizer(), telling),
                makers);
  }

  private boolean sameSight(Made made) {
    return !isLost(CatalogSeen.of(made.subject(), services.authorizer(), made.rows()));
  }

  private List<SessionRow> sessions() {
    List<SessionRow> rows = new ArrayList<>();
    for (ClientSession session : services.registry().all()) {
      session.sessionRow().ifPresent(rows::add);
    }
    return rows;
  }

  private void made(
      Made made,
      Set<ReportTable> tables,
      StatementAnalysis analysis,
      List<AccessRequest> accesses,
      Runnable then) {
    if (made.rows().size() < tables.size()) {
      Set<ReportTable> tooLong = EnumSet.copyOf(tables);
      tooLong.removeAll(made.rows().keySet());
      refuse(CatalogRewriter.tooLong(CatalogRewriter.names(tooLong)));
      return;
    }
    CatalogSeen seen = CatalogSeen.of(made.subject(), services.authorizer(), made.rows());
    Optional<String> current = phase.boundDatabase();
    List<AccessRequest> others = besides(accesses, current);
    PreparedHandle executed = phase.handle();
    if (executed != null && executed.seen().filter(seen::equals).isEmpty()) {
      phase.fail(ErrorCode.ER_NEED_REPREPARE.error());
      return;
    }
    // What the gate's rows read of information_schema is not to be secured with the statement's.
    boolean metadataFirst =
        others.stream().anyMatch(Authorizer::isMetadata)
            && made.rows().values().stream().anyMatch(ReportRows::isLookedUp);
    if (metadataFirst) {
      Runnable spliced =
          () -> {
            Optional<SqlError> error = splice(made);
            if (error.isPresent()) {
              phase.fail(error.get());
            } else {
              inHand = seen;
              then.run();
            }
          };
      phase.decide(
          others, 0, spliced, denied -> metadata.denied(analysis, others, denied, spliced));
      return;
    }
    Optional<SqlError> error = splice(made);
    if (error.isPresent()) {
      // What is not permitted at all, as writing there, is said first.
      phase.decide(others, 0, () -> phase.fail(error.get()));
      return;
    }
    inHand = seen;
    phase.decide(others, 0, then, denied -> columns.denied(analysis, others, denied, then));
  }

  /** Puts the rows into the command in hand, if that has a text; or says why that cannot be. */
  private Optional<SqlError> splice(Made made) {
    if (phase.handle() != null) {
      return Optional.empty();
    }
    ByteBuf framed = phase.command();
    if (framed == null) {
      throw new IllegalStateException("no command");
    }
    NameSpace names = authority.names();
    CatalogRewriter.Rewritten rewritten =
        CatalogRewriter.rewrite(
            framed,
            reader,
            backend.mode(),
            catalogOf(phase.boundDatabase()),
            made.rows(),
            new CatalogLookup(
                services.facts().foldsNames(), names.isIdentity() ? "" : names.prefix()),
            port.allocator());
    rewritten.command().ifPresent(phase::replaceCommand);
    return rewritten.error();
  }
}
