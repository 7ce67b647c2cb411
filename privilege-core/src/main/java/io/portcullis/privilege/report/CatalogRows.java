package io.portcullis.privilege.report;

import io.portcullis.privilege.authz.ActiveSubject;
import io.portcullis.privilege.authz.Authorizer;
import io.portcullis.privilege.catalog.CatalogState;
import io.portcullis.privilege.model.Account;
import io.portcullis.privilege.model.AccountId;
import io.portcullis.privilege.model.AccountVariables;
import io.portcullis.privilege.model.BackendMapping;
import io.portcullis.privilege.model.ColumnNames;
import io.portcullis.privilege.model.Database;
import io.portcullis.privilege.model.Hierarchy;
import io.portcullis.privilege.model.Relation;
import io.portcullis.privilege.model.Role;
import io.portcullis.privilege.model.RoleId;
import io.portcullis.privilege.model.RoleToRole;
import io.portcullis.privilege.model.RoleToUser;
import io.portcullis.privilege.model.RowPolicy;
import io.portcullis.privilege.model.User;
import io.portcullis.privilege.model.UserId;
import io.portcullis.privilege.model.UserSecurity;
import io.portcullis.privilege.store.LastLogin;
import io.portcullis.privilege.store.LoginFailures;
import io.portcullis.privilege.store.LoginState;
import io.portcullis.privilege.store.Provenance;
import io.portcullis.sql.access.RelationKind;
import io.portcullis.sql.statement.GateVariable;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Accounts, users, roles, who has them, objects and sessions: one row for each that is seen. */
final class CatalogRows {

  private static final String UNLOCKED = "unlock";
  private static final String FORBIDDEN = "forbid";
  private static final String LOCKED = "lock";
  private static final String CLIENTS_SQL = "external_sql";

  private final ActiveSubject subject;
  private final CatalogState state;
  private final AccountId account;
  private final Sight sight;
  private final Provenance provenance;
  private final LoginFailures failures;
  private final Authorizer authorizer;
  private final JsonRows out;
  private boolean lookedUp;

  CatalogRows(
      ActiveSubject subject,
      Sight sight,
      LoginFailures failures,
      Provenance provenance,
      Authorizer authorizer,
      JsonRows out) {
    this.authorizer = authorizer;
    this.failures = failures;
    this.subject = subject;
    this.state = subject.snapshot().state();
    this.account = subject.subject().account();
    this.sight = sight;
    this.provenance = provenance;
    this.out = out;
  }

  /** True where the backend has to look up something of the rows. */
  boolean write(ReportTable table, Map<UserId, LastLogin> logins, List<SessionRow> sessions) {
    switch (table) {
      case MO_ACCOUNT -> accounts();
      case MO_USER_MAPPING -> mappings();
      case MO_USER ->
          users().forEach(user -> user(user, Optional.ofNullable(logins.get(user.id()))));
      case USER_ATTRIBUTES -> users().forEach(this::attributes);
      case MO_ROLE -> roles().forEach(this::role);
      case MO_USER_GRANT -> state.users().stream().filter(this::isOfAccount).forEach(this::rolesOf);
      case MO_ROLE_GRANT -> roles().forEach(this::inheritedBy);
      case MO_ROLE_RULE -> roles().forEach(this::rulesOf);
      case MO_ROLE_RESTRICTION -> roles().forEach(this::restrictionsOf);
      case MO_MYSQL_COMPATIBILITY_MODE, MO_VARIABLES -> variables();
      case MO_USER_DEFINED_FUNCTION ->
          databases().forEach(home -> routinesOf(home, RelationKind.FUNCTION));
      case MO_STORED_PROCEDURE ->
          databases().forEach(home -> routinesOf(home, RelationKind.PROCEDURE));
      case MO_DATABASE -> databases().forEach(this::database);
      case MO_TABLES -> databases().forEach(this::relationsOf);
      case MO_COLUMNS -> {
        lookedUp = true;
        databases().forEach(this::columnsOf);
      }
      case MO_SESSIONS -> sessions.forEach(this::session);
      default -> throw new IllegalArgumentException("table: " + table);
    }
    return lookedUp;
  }

  /** Of sys alone (PM 8.1): other accounts do not learn that there are more. */
  private void accounts() {
    if (!sight.everybody() || !account.equals(AccountId.SYS)) {
      return;
    }
    state.accounts().stream()
        .sorted(Comparator.comparingInt(each -> each.id().value()))
        .forEach(this::account);
  }

  private void account(Account of) {
    out.begin().add(of.id().value()).add(of.name()).add(of.adminName());
    out.add(of.status().text()).time(of.created()).add(of.comment().orElse("")).add(0);
    if (of.suspended().isPresent()) {
      out.time(of.suspended().get());
    } else {
      out.nothing();
    }
    out.nothing().add(of.backend()).end();
  }

  /** Those of all accounts for who administers sys. */
  private void mappings() {
    state.users().stream()
        .filter(user -> isOfAccount(user) || (sight.everybody() && account.equals(AccountId.SYS)))
        .filter(sight::sees)
        .sorted(Comparator.comparingInt(user -> user.id().value()))
        .forEach(this::mappingsOf);
  }

  /** Not the secret, which nobody is shown. */
  private void mappingsOf(User user) {
    String home = state.account(user.account()).map(Account::name).orElse("");
    for (BackendMapping mapping : state.mappingsOf(user.id())) {
      out.begin().add(user.id().value()).add(user.name()).add(home);
      out.add(mapping.backend()).add(mapping.login().user()).end();
    }
  }

  private List<User> users() {
    return state.users().stream()
        .filter(this::isOfAccount)
        .filter(sight::sees)
        .sorted(Comparator.comparingInt(user -> user.id().value()))
        .toList();
  }

  private boolean isOfAccount(User user) {
    return user.account().equals(account);
  }

  /** Verifiers are shown to nobody: rows pass through the text of a statement of the backend. */
  private void user(User user, Optional<LastLogin> login) {
    AccountVariables variables = state.variables(user.account());
    UserSecurity security = user.security();
    LoginState now = LoginState.of(user, variables, failures, Instant.now());
    out.begin().add(user.id().value()).add(user.host()).add(user.name()).nothing();
    out.add(now.forbidden() ? FORBIDDEN : now.lockedOut() ? LOCKED : UNLOCKED);
    out.time(user.created()).nothing();
    out.time(security.passwordChanged());
    out.nothing(); // password_history
    out.add(now.failedAttempts());
    time(now.lockedAt());
    out.add("PASSWORD");
    out.idOrNothing(provenance.creatorOf(user.id()).map(UserId::value));
    out.add(user.owner().value()).add(user.defaultRole().value()).add(attributesOf(user));
    time(login.map(LastLogin::at));
    out.add(login.flatMap(LastLogin::host));
    out.add(now.lockReason());
    time(now.lockExpires());
    out.add(now.forbidden() || now.lockedOut());
    time(now.passwordExpires());
    number(security.limit().map(limit -> (long) limit.attempts()));
    number(security.limit().map(limit -> (long) limit.days()));
    number(security.lifetimeDays().map(Integer::longValue));
    number(security.history());
    number(security.reuseDays());
    out.end();
  }

  private void time(Optional<Instant> time) {
    time.ifPresentOrElse(out::time, out::nothing);
  }

  private void number(Optional<Long> number) {
    number.ifPresentOrElse(out::add, out::nothing);
  }

  private void attributes(User user) {
    out.begin().add(user.name()).add(user.host()).add(attributesOf(user)).end();
  }

  /** One object, the comment in it (PM 5.3). */
  private static Optional<String> attributesOf(User user) {
    String others = user.attributes();
    if (user.comment().isEmpty()) {
      return others.equals(User.NO_ATTRIBUTES) ? Optional.empty() : Optional.of(others);
    }
    StringBuilder all = new StringBuilder(others.substring(0, others.lastIndexOf('}')));
    all.append(others.equals(User.NO_ATTRIBUTES) ? "\"comment\":" : ",\"comment\":");
    JsonRows.quote(all, user.comment().get());
    return Optional.of(all.append('}').toString());
  }

  private List<Role> roles() {
    return state.roles().stream()
        .filter(role -> role.account().equals(account))
        .filter(sight::sees)
        .sorted(Comparator.comparingInt(role -> role.id().value()))
        .toList();
  }

  private void role(Role role) {
    out.begin().add(role.id().value()).add(role.name());
    if (role.creator().isPresent()) {
      out.add(role.creator().get().value());
    } else {
      out.nothing();
    }
    out.add(role.owner().value()).time(role.created()).add(role.comment().orElse("")).end();
  }

  private void rolesOf(User user) {
    if (sight.everybody() || user.id().equals(sight.user())) {
      for (RoleToUser edge : state.rolesOf(user.id())) {
        out.begin().add(edge.role().value()).add(edge.user().value());
        at(provenance.of(edge)).add(edge.grantOption()).end();
      }
    }
  }

  private void inheritedBy(Role role) {
    for (RoleToRole edge : state.rolesInheritedBy(role.id())) {
      out.begin().add(edge.granted().value()).add(edge.grantee().value());
      Optional<Provenance.Granted> granted = provenance.of(edge);
      out.idOrNothing(granted.flatMap(Provenance.Granted::with).map(RoleId::value));
      out.idOrNothing(granted.flatMap(Provenance.Granted::by).map(UserId::value));
      at(granted).add(edge.grantOption()).end();
    }
  }

  private JsonRows at(Optional<Provenance.Granted> granted) {
    return granted.isPresent() ? out.time(granted.get().at()) : out.nothing();
  }

  private void rulesOf(Role role) {
    for (RowPolicy policy : state.rowPoliciesOf(role.id())) {
      if (policy instanceof RowPolicy.Rule rule) {
        Relation table = state.relation(rule.table()).orElseThrow();
        out.begin().add(role.id().value());
        out.add(home(table) + "." + table.name()).add(rule.query()).end();
      }
    }
  }

  private void restrictionsOf(Role role) {
    for (RowPolicy policy : state.rowPoliciesOf(role.id())) {
      if (policy instanceof RowPolicy.Restriction restriction) {
        Relation table = state.relation(restriction.table()).orElseThrow();
        out.begin().add(role.id().value()).add(role.name()).add(home(table)).add(table.name());
        out.add(
            state.hierarchiesOf(table.id()).stream()
                .filter(hierarchy -> hierarchy.columns().contains(restriction.column()))
                .map(Hierarchy::name)
                .findFirst());
        out.add(restriction.column());
        out.add(
            restriction.values().stream()
                .map(RowPolicy.Value::literal)
                .collect(Collectors.joining(", ")));
        out.end();
      }
    }
  }

  private String home(Relation relation) {
    return name(state.database(relation.database()).orElseThrow());
  }

  /** The gate's own, as they are for sessions that begin now: the backend keeps the others. */
  private void variables() {
    if (!sight.everybody()) {
      return;
    }
    AccountVariables values = state.variables(account);
    for (GateVariable variable : GateVariable.all()) {
      out.begin().add(variable.ordinal() + 1).add(account.value());
      out.add(state.account(account).map(Account::name)).nothing();
      out.add(variable.variableName())
          .add(authorizer.shown(variable, values.value(variable)))
          .add(true)
          .end();
    }
  }

  private void routinesOf(Database database, RelationKind kind) {
    for (Relation routine : state.relationsOf(database.id())) {
      if (routine.kind() == kind && (sight.everybody() || holdsSomethingOn(routine))) {
        out.begin().add(routine.id().value()).add(routine.name()).add(routine.owner().value());
        out.add("SQL").add(name(database));
        out.add(state.role(routine.owner()).map(Role::name)).end();
      }
    }
  }

  private List<Database> databases() {
    return state.databases().stream()
        .filter(database -> database.account().equals(account))
        .sorted(Comparator.comparingLong(database -> database.id().value()))
        .toList();
  }

  private void database(Database database) {
    if (sight.everybody() || holdsSomethingIn(database)) {
      out.begin().add(database.id().value()).add(name(database));
      out.add(database.owner().value()).add(account.value());
      out.add("CREATE DATABASE `" + name(database).replace("`", "``") + "`").end();
    }
  }

  /** As the account calls it. */
  private String name(Database database) {
    return subject.names().logical(database.name());
  }

  private boolean holdsSomethingIn(Database database) {
    return subject.privileges().onDatabase(database.id()) != 0
        || subject.privileges().holdsOnRelationsOf(database.id());
  }

  private void relationsOf(Database database) {
    for (Relation relation : state.relationsOf(database.id())) {
      boolean listed = !relation.kind().isProgram();
      if (listed
          && (sight.everybody() || holdsSomethingOn(relation) || !columnsOf(relation).isEmpty())) {
        out.begin().add(relation.id().value()).add(relation.name()).add(name(database));
        out.add(database.id().value()).add(relation.id().value());
        out.add(relation.kind() == RelationKind.VIEW ? "v" : "r");
        out.add(relation.owner().value()).add(account.value());
        Optional<Provenance.Granted> made = provenance.of(relation.id());
        out.idOrNothing(made.flatMap(Provenance.Granted::by).map(UserId::value));
        at(made);
        if (relation.kind() == RelationKind.VIEW
            && (sight.everybody() || authorizer.mayShowCreate(subject, relation))) {
          out.add(database.name());
          lookedUp = true;
        } else {
          out.nothing();
        }
        out.end();
      }
    }
  }

  /** All of a relation on which something is held, else those on which something is. */
  private void columnsOf(Database database) {
    for (Relation relation : state.relationsOf(database.id())) {
      if (relation.kind().isProgram()) {
        continue;
      }
      if (sight.everybody() || holdsSomethingOn(relation)) {
        columns(database, relation, Optional.empty());
      } else {
        columnsOf(relation).stream()
            .sorted()
            .forEach(column -> columns(database, relation, Optional.of(column)));
      }
    }
  }

  private void columns(Database database, Relation relation, Optional<String> only) {
    out.begin().add(account.value()).add(database.id().value()).add(name(database));
    out.add(relation.id().value()).add(relation.name()).add(database.name());
    out.add(only.map(ColumnNames::fold)).end();
  }

  private Set<String> columnsOf(Relation relation) {
    return subject.privileges().onColumns(relation.id(), relation.kind()).keySet();
  }

  private boolean holdsSomethingOn(Relation relation) {
    return (subject.privileges().onRelationsOf(relation.database(), relation.kind())
            | subject.privileges().onRelation(relation.id(), relation.kind()))
        != 0;
  }

  private void session(SessionRow session) {
    boolean seen =
        session.user().equals(sight.user())
            || (sight.everybody() && session.account().equals(account));
    if (seen) {
      Optional<SessionRow.Running> running = session.running();
      out.begin().add(session.node()).add(session.connectionId()).add(session.id());
      out.add(state.account(session.account()).map(Account::name));
      out.add(session.userName()).add(session.host()).add(session.database());
      out.time(session.started()).add(session.command());
      out.nothing().nothing().nothing(); // info, txn_id, statement_id
      out.add(running.map(SessionRow.Running::type));
      out.add(running.map(SessionRow.Running::queryType));
      out.add(running.map(any -> CLIENTS_SQL));
      time(running.map(SessionRow.Running::since));
      out.add(session.host()).add(primaryOf(session)).add(session.proxyHost());
      out.add(session.seconds()).add(session.state()).end();
    }
  }

  /** What was taken from the user counts no more, and public does in its place (PM 6.3). */
  private Optional<String> primaryOf(SessionRow session) {
    Optional<Role> primary = state.role(session.role());
    boolean held =
        primary.isEmpty()
            || session.role().isPublic()
            || state.isGranted(session.role(), session.user());
    return (held ? primary : state.role(RoleId.publicOf(session.account()))).map(Role::name);
  }
}
