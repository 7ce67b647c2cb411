package io.portcullis.proxy.session;

import io.portcullis.privilege.authz.ActiveSubject;
import io.portcullis.privilege.authz.Subject;
import io.portcullis.privilege.dcl.DclResult;
import io.portcullis.privilege.dcl.VariableRules;
import io.portcullis.privilege.model.PrivilegeType;
import io.portcullis.privilege.report.ReportTable;
import io.portcullis.proxy.statement.Authority;
import io.portcullis.proxy.wire.message.ColumnDefinition41;
import io.portcullis.sql.statement.AccessControlStatement;
import io.portcullis.sql.statement.AccessControlStatement.SetGateVariables;
import io.portcullis.sql.statement.AccessControlStatement.VariableAssignment;
import io.portcullis.sql.statement.Kill;
import io.portcullis.sql.statement.ShowDatabases;
import io.portcullis.sql.statement.ShowWarnings;
import io.portcullis.sql.text.ErrorCode;
import io.portcullis.sql.text.LikePattern;
import io.portcullis.sql.text.SqlError;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Statements that the gate answers itself: what it lists, KILL, and the administration of users,
 * roles and grants. Event loop only.
 */
final class LocalAnswers {

  private final CommandPhase phase;
  private final ClientSession session;
  private final SessionServices services;
  private final Authority authority;
  private final BackendLease backend;
  private final Offload offload;

  LocalAnswers(
      CommandPhase phase,
      ClientSession session,
      SessionServices services,
      Authority authority,
      BackendLease backend,
      Offload offload) {
    this.phase = phase;
    this.session = session;
    this.services = services;
    this.authority = authority;
    this.backend = backend;
    this.offload = offload;
  }

  void showWarnings(ShowWarnings show) {
    Diagnostics own = phase.diagnostics();
    if (own == null) {
      phase.relay();
      return;
    }
    List<List<@Nullable String>> rows = own.rows(show);
    phase.dropCommand();
    if (show.countOnly()) {
      String column = show.errorsOnly() ? "@@session.error_count" : "@@session.warning_count";
      phase.answer(
          List.of(ColumnDefinition41.bigint(column)),
          List.of(List.of(Integer.toString(rows.size()))));
    } else {
      phase.answer(Diagnostics.COLUMNS, rows);
    }
  }

  void showDatabases(ShowDatabases show) {
    phase.dropCommand();
    phase.diagnostics(Diagnostics.NONE);
    offload.run(
        services.store(),
        () -> services.control().databases(),
        names -> {
          List<List<@Nullable String>> rows = new ArrayList<>();
          ActiveSubject subject = authority.subject();
          boolean fold = services.facts().foldsNames();
          for (String schema : withOwn(names)) {
            String name = subject.names().logical(schema);
            if (services.authorizer().isListed(subject, schema, fold)
                && show.like().map(pattern -> LikePattern.matches(pattern, name)).orElse(true)) {
              rows.add(List.of(name));
            }
          }
          rows.sort(Comparator.comparing(row -> String.valueOf(row.get(0))));
          String column =
              show.like().map(pattern -> "Database (" + pattern + ")").orElse("Database");
          phase.answer(List.of(ColumnDefinition41.varchar(column)), rows);
        });
  }

  /** The gate's own database is not at the backend. */
  private static List<String> withOwn(List<String> names) {
    if (names.contains(ReportTable.MO_CATALOG)) {
      return names;
    }
    List<String> all = new ArrayList<>(names);
    all.add(ReportTable.MO_CATALOG);
    all.sort(Comparator.naturalOrder());
    return all;
  }

  void showProcesslist() {
    phase.dropCommand();
    phase.diagnostics(Diagnostics.NONE);
    List<List<@Nullable String>> rows = new ArrayList<>();
    for (ClientSession other : services.registry().all()) {
      if (reaches(other)) {
        other.processlistRow().ifPresent(rows::add);
      }
    }
    rows.sort(
        Comparator.comparing(row -> Long.parseLong(java.util.Objects.requireNonNull(row.get(0)))));
    phase.answer(ClientSession.PROCESSLIST_COLUMNS, rows);
  }

  /**
   * Whether a session may be seen and ended (PM 4.2 #25, #26): one's own; those of the account with
   * ALL ON ACCOUNT; any, one that has not logged in yet among them, as moadmin.
   */
  private boolean reaches(ClientSession other) {
    ActiveSubject active = authority.subject();
    Subject who = active.subject();
    return other.isOf(who.user())
        || (active.isAdministrator() && who.account().isSys())
        || (other.isOf(who.account())
            && services.authorizer().requireAny(active, PrivilegeType.ACCOUNT_ALL).isEmpty());
  }

  void kill(Kill kill) {
    phase.dropCommand();
    phase.diagnostics(Diagnostics.NONE);
    Optional<ClientSession> target = services.registry().find(kill.connectionId());
    if (target.isEmpty()) {
      phase.fail(ErrorCode.ER_NO_SUCH_THREAD.error(kill.connectionId()));
      return;
    }
    ClientSession other = target.get();
    if (!reaches(other)) {
      // Of another account it is not told that there is one.
      phase.fail(
          (other.isOf(authority.subject().subject().account())
                  ? ErrorCode.ER_KILL_DENIED_ERROR
                  : ErrorCode.ER_NO_SUCH_THREAD)
              .error(kill.connectionId()));
      return;
    }
    if (other == session) {
      SqlError interrupted = ErrorCode.ER_QUERY_INTERRUPTED.error();
      if (kill.queryOnly()) {
        phase.fail(interrupted);
      } else {
        session.closeWith(interrupted);
      }
      return;
    }
    other.kill(kill.queryOnly());
    phase.answerOk(0);
  }

  void accessControl(AccessControlStatement statement) {
    phase.dropCommand();
    if (phase.inTransaction() && !(statement instanceof SetGateVariables)) {
      // MySQL commits what is open before an administrative statement (PM 4.5).
      backend.internal(
          "COMMIT",
          error -> {
            if (error == null) {
              administer(statement);
            } else if (backend.isLeased()) {
              phase.fail(error);
            } else {
              phase.backendFailed(error);
            }
          });
    } else {
      administer(statement);
    }
  }

  private void administer(AccessControlStatement statement) {
    ActiveSubject subject = authority.subject();
    Optional<String> database = authority.currentDatabase();
    offload.run(
        services.store(),
        () -> services.dcl().execute(subject, database, statement),
        result -> {
          if (result instanceof DclResult.Done done) {
            if (statement instanceof SetGateVariables set) {
              keep(set);
            }
            phase.diagnostics(new Diagnostics(Optional.empty(), done::notes));
            phase.answerOk(done.notes().size());
          } else if (result instanceof DclResult.Rows rows) {
            phase.diagnostics(Diagnostics.NONE);
            phase.answer(
                rows.columns().stream().map(ColumnDefinition41::varchar).toList(), rows.rows());
          } else if (result instanceof DclResult.SubjectChanged changed) {
            authority.become(changed.subject());
            phase.diagnostics(Diagnostics.NONE);
            phase.answerOk(0);
          } else if (result instanceof DclResult.Refused refused) {
            phase.fail(refused.error(), refused::hints);
          } else {
            throw new AssertionError(result);
          }
        });
  }

  /** What was set for the session alone, and found right. */
  private void keep(SetGateVariables set) {
    for (VariableAssignment assignment : set.assignments()) {
      if (!assignment.global()) {
        authority
            .variables()
            .set(
                assignment.variable(),
                VariableRules.check(assignment.variable(), assignment.value()).value());
      }
    }
  }
}
