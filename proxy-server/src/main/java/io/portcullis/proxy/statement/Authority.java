package io.portcullis.proxy.statement;

import io.portcullis.privilege.authz.ActiveSubject;
import io.portcullis.privilege.authz.Authorizer;
import io.portcullis.privilege.authz.Binding;
import io.portcullis.privilege.authz.Decision;
import io.portcullis.privilege.authz.NameSpace;
import io.portcullis.privilege.authz.RowReach;
import io.portcullis.privilege.authz.Subject;
import io.portcullis.privilege.catalog.CatalogState;
import io.portcullis.privilege.dcl.PrivilegeQuestion;
import io.portcullis.privilege.model.AccountStatus;
import io.portcullis.privilege.report.ReportTable;
import io.portcullis.privilege.snapshot.PrivilegeSnapshot;
import io.portcullis.privilege.snapshot.SnapshotPublisher;
import io.portcullis.sql.access.AccessRequest;
import io.portcullis.sql.access.RelationName;
import io.portcullis.sql.analysis.StatementAnalysis;
import io.portcullis.sql.statement.GateVariable;
import io.portcullis.sql.text.ErrorCode;
import io.portcullis.sql.text.ServerFlavour;
import io.portcullis.sql.text.SqlError;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * On whose behalf a session acts and where: its subject, its current database, its temporary
 * tables; and the statements already found permitted under exactly these. Every statement is
 * decided on the newest snapshot: the memory of permitted statements is forgotten as soon as
 * anything it rests on has changed. Confined to the session's event loop.
 */
public final class Authority implements VariableSource {

  /**
   * Where a connection to the backend is while the session is in {@code mo_catalog}: every server
   * has it, everybody may enter it, and nothing can be made in it.
   */
  private static final String IN_PLACE_OF_CATALOG = "information_schema";

  private static final int REMEMBERED = 64;

  private final Authorizer authorizer;
  private final SnapshotPublisher publisher;
  private final BackendObjects objects;
  private final boolean foldNames;
  private final Set<RelationName> temporaryTables = new HashSet<>();
  private final SessionVariables variables = new SessionVariables();
  private final @Nullable StatementAnalysis[] permitted = new StatementAnalysis[REMEMBERED];

  private ActiveSubject active;
  private Optional<String> currentDatabase;
  private Binding binding;
  private long objectsVersion;
  private long version;

  public Authority(
      Authorizer authorizer,
      SnapshotPublisher publisher,
      BackendObjects objects,
      boolean foldNames,
      Subject subject,
      Optional<String> currentDatabase) {
    this.authorizer = authorizer;
    this.publisher = publisher;
    this.objects = objects;
    this.foldNames = foldNames;
    this.active = authorizer.activate(subject, publisher.current());
    this.currentDatabase = currentDatabase;
    this.binding = binding(currentDatabase);
  }

  /** The subject under the newest snapshot; a primary role that was revoked has become public. */
  public ActiveSubject subject() {
    PrivilegeSnapshot newest = publisher.current();
    if (newest != active.snapshot()) {
      active = authorizer.activate(active.subject(), newest);
      forget();
    }
    return active;
  }

  /**
   * Why nothing will be permitted again, and the session has to end: the newest catalog has no such
   * user any more, or its account is suspended (PM 6.3).
   */
  public Optional<SqlError> ended() {
    Subject subject = active.subject();
    CatalogState state = publisher.current().state();
    boolean dropped =
        state.user(subject.user()).filter(u -> u.account().equals(subject.account())).isEmpty();
    if (dropped) {
      return Optional.of(
          ErrorCode.ER_UNKNOWN_AUTHID.error("of this session: the user was dropped"));
    }
    return state
        .account(subject.account())
        .filter(account -> account.status() == AccountStatus.SUSPENDED)
        .map(account -> ErrorCode.ER_ACCOUNT_SUSPENDED.error(account.name()));
  }

  /** Those of the gate that the session has set for itself. */
  public SessionVariables variables() {
    return variables;
  }

  /** Under the newest snapshot. */
  @Override
  public String variable(GateVariable variable, boolean global) {
    CatalogState state = publisher.current().state();
    return authorizer.shown(
        variable, variables.value(variable, global, state.variables(active.subject().account())));
  }

  /** What databases of the account are called at the backend. */
  public NameSpace names() {
    return active.names();
  }

  /** Whose roles are active from now on: after SET ROLE and its kin. */
  public void become(Subject subject) {
    active = authorizer.activate(subject, publisher.current());
    forget();
  }

  /** As the backend calls it, or would call {@code mo_catalog}, which it does not have. */
  public Optional<String> currentDatabase() {
    return currentDatabase;
  }

  /** The current database of the connection to the backend. */
  public Optional<String> backendDatabase() {
    return isInCatalog() ? Optional.of(IN_PLACE_OF_CATALOG) : currentDatabase;
  }

  /**
   * The same, once this one is {@link #use}d.
   *
   * @param database as the account calls it
   */
  public Optional<String> backendDatabase(String database) {
    return Optional.of(
        ReportTable.isMoCatalog(database) ? IN_PLACE_OF_CATALOG : physical(database));
  }

  @Override
  public boolean isInCatalog() {
    return currentDatabase.isPresent() && currentDatabase.get().equals(ReportTable.MO_CATALOG);
  }

  /**
   * @param database as the account calls it
   */
  public void use(String database) {
    currentDatabase =
        Optional.of(
            ReportTable.isMoCatalog(database) ? ReportTable.MO_CATALOG : physical(database));
    binding = binding(currentDatabase);
    forget();
  }

  /**
   * What the backend calls a database.
   *
   * @param database as the account calls it
   */
  public String physical(String database) {
    return names().physical(fold(database));
  }

  /** The current database as the account calls it. */
  public Optional<String> shownDatabase() {
    return currentDatabase.map(names()::logical);
  }

  /** The current database was dropped. */
  public void useNone() {
    currentDatabase = Optional.empty();
    binding = binding(currentDatabase);
    forget();
  }

  /**
   * The name means a table of this session alone from now on.
   *
   * @param database where the statement binds names without one
   */
  public void temporaryTableCreated(RelationName relation, Optional<String> database) {
    bound(relation, database).ifPresent(temporaryTables::add);
    forget();
  }

  /**
   * The name may mean a permanent table again; called before the statement that drops it is sent.
   *
   * @param database where the statement binds names without one
   */
  public void temporaryTableDropped(RelationName relation, Optional<String> database) {
    bound(relation, database).ifPresent(temporaryTables::remove);
    forget();
  }

  /**
   * Whether the name means a table of this session alone.
   *
   * @param database where the statement binds names without one
   */
  public boolean isTemporary(RelationName relation, Optional<String> database) {
    return bound(relation, database).filter(temporaryTables::contains).isPresent();
  }

  public void forgetTemporaryTables() {
    temporaryTables.clear();
    forget();
  }

  /**
   * Grows with everything that may turn a permission into a refusal. What was permitted at this
   * version is permitted while it stays the same.
   */
  public long version() {
    subject();
    if (objectsVersion != objects.version()) {
      objectsVersion = objects.version();
      forget();
    }
    return version;
  }

  /**
   * The {@link #version} that the last decision was made under: not that of now, which a REVOKE may
   * have moved on since.
   */
  public long decidedVersion() {
    return version;
  }

  /**
   * Whether this statement was found permitted under the newest snapshot already. Nothing is
   * allocated.
   */
  public boolean knowsPermitted(StatementAnalysis statement) {
    version();
    return permitted[slot(statement)] == statement;
  }

  public void rememberPermitted(StatementAnalysis statement) {
    permitted[slot(statement)] = statement;
  }

  /** Decides on the newest snapshot, names bound to the current database. */
  public Decision decide(List<AccessRequest> accesses) {
    version();
    return authorizer.decide(active, accesses, binding);
  }

  /** Decides on the newest snapshot, names bound as they were when a statement was prepared. */
  public Decision decide(List<AccessRequest> accesses, Optional<String> database) {
    version();
    return authorizer.decide(
        active, accesses, database.equals(currentDatabase) ? binding : binding(database));
  }

  /**
   * {@link Authorizer#columnsHeld} for the subject under the newest snapshot.
   *
   * @param database where names without one are bound
   */
  public Set<String> columnsHeld(AccessRequest access, Optional<String> database) {
    return authorizer.columnsHeld(subject(), access, binding(database));
  }

  /** Whether there is any table of which not all rows may be seen. */
  public boolean hidesRows() {
    return !subject().visibleRows().isEmpty();
  }

  /**
   * {@link Authorizer#rowReach} for the subject under the newest snapshot.
   *
   * @param database where names without one are bound
   */
  public RowReach rowReach(List<AccessRequest> accesses, Optional<String> database) {
    return Authorizer.rowReach(subject(), accesses, binding(database));
  }

  /** An access with its names as the backend has them. */
  public AccessRequest asBackendNames(AccessRequest access, Optional<String> database) {
    return Authorizer.asBackendNames(subject(), access, binding(database));
  }

  /** The table or view of an access as the backend calls it. */
  public RelationName bound(AccessRequest access, Optional<String> database) {
    return (RelationName) Authorizer.asBackendNames(subject(), access, binding(database)).object();
  }

  /** A table or view, of the backend, as the account calls it. */
  public RelationName shown(RelationName physical) {
    return RelationName.of(names().logical(physical.database().name()), physical.name());
  }

  /** The table or view of a text whose databases are called as the backend calls them. */
  public RelationName boundInText(RelationName written, Optional<String> database) {
    return RelationName.of(
        fold(written.database().isCurrent() ? database.orElse("") : written.database().name()),
        fold(written.name()));
  }

  /** {@link Authorizer#metadataFilter} for the subject under the newest snapshot. */
  public Optional<String> metadataFilter(String table, ServerFlavour flavour) {
    return metadataFilter(subject(), table, flavour);
  }

  /** {@link Authorizer#metadataFilter} for whoever is asked about. */
  public Optional<String> metadataFilter(ActiveSubject whom, String table, ServerFlavour flavour) {
    return authorizer.metadataFilter(whom, table, foldNames, flavour);
  }

  /** {@link Authorizer#uncounted} for whoever is asked about. */
  public Optional<String> uncounted(ActiveSubject whom) {
    return authorizer.uncounted(whom, foldNames);
  }

  /** How the session binds names now, to be used by another thread. */
  public Binding frozenBinding() {
    return bindingWith(currentDatabase, Set.copyOf(temporaryTables));
  }

  /** How a session binds names that is in the same database and has no temporary tables. */
  public Binding bindingOfOthers() {
    return bindingWith(currentDatabase, Set.of());
  }

  private Binding bindingWith(Optional<String> database, Set<RelationName> temporary) {
    return new Binding(
        database,
        foldNames,
        (db, relation) -> temporary.contains(RelationName.of(db, relation)),
        objects,
        objects);
  }

  /** {@link PrivilegeQuestion} on the newest snapshot. */
  public Optional<Boolean> answer(List<String> question) {
    return PrivilegeQuestion.answer(authorizer, subject(), foldNames, question);
  }

  /** What would help, as lines for SHOW WARNINGS. */
  public List<String> hints(Decision.Denied denied) {
    return authorizer.hints(subject(), denied.missing(), binding);
  }

  private Binding binding(Optional<String> database) {
    return bindingWith(database, temporaryTables);
  }

  private Optional<RelationName> bound(RelationName relation, Optional<String> current) {
    Optional<String> database =
        relation.database().isCurrent()
            ? current.map(this::fold)
            : Optional.of(physical(relation.database().name()));
    return database.map(db -> RelationName.of(db, fold(relation.name())));
  }

  /** Whether the backend compares names of databases and tables in lower case. */
  public boolean foldsNames() {
    return foldNames;
  }

  private String fold(String name) {
    return foldNames ? name.toLowerCase(Locale.ROOT) : name;
  }

  private void forget() {
    version++;
    Arrays.fill(permitted, null);
  }

  private static int slot(StatementAnalysis statement) {
    int hash = System.identityHashCode(statement);
    return (hash ^ (hash >>> 6)) & (REMEMBERED - 1);
  }
}
