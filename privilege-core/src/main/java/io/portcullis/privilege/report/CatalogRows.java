package io.portcullis.privilege.report;

import io.portcullis.privilege.authz.ActiveSubject;
import io.portcullis.privilege.catalog.CatalogState;
import io.portcullis.privilege.model.Account;
import io.portcullis.privilege.model.AccountId;
import io.portcullis.privilege.model.Database;
import io.portcullis.privilege.model.Relation;
import io.portcullis.privilege.model.Role;
import io.portcullis.privilege.model.RoleToRole;
import io.portcullis.privilege.model.RoleToUser;
import io.portcullis.privilege.model.User;
import io.portcullis.privilege.model.UserId;
import io.portcullis.sql.access.RelationKind;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Accounts, users, roles, who has them, objects and sessions: one row for each that is seen. */
final class CatalogRows {

  private static final String UNLOCKED = "unlock";
  private static final String FORBIDDEN = "forbid";

  private final ActiveSubject subject;
  private final CatalogState state;
  private final AccountId account;
  private final Sight sight;
  private final JsonRows out;

  CatalogRows(ActiveSubject subject, Sight sight, JsonRows out) {
    this.subject = subject;
    this.state = subject.snapshot().state();
    this.account = subject.subject().account();
    this.sight = sight;
    this.out = out;
  }

  void write(ReportTable table, Map<UserId, Instant> logins, List<SessionRow> sessions) {
    switch (table) {
      case MO_ACCOUNT -> accounts();
      case MO_USER ->
          users().forEach(user -> user(user, Optional.ofNullable(logins.get(user.id()))));
      case USER_ATTRIBUTES -> users().forEach(this::attributes);
      case MO_ROLE -> roles().forEach(this::role);
      case MO_USER_GRANT -> state.users().stream().filter(this::isOfAccount).forEach(this::rolesOf);
      case MO_ROLE_GRANT -> roles().forEach(this::inheritedBy);
      case MO_DATABASE -> databases().forEach(this::database);
      case MO_TABLES -> databases().forEach(this::relationsOf);
      case MO_SESSIONS -> sessions.forEach(this::session);
      default -> throw new IllegalArgumentException("table: " + table);
    }
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
    out.nothing().end();
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
  private void user(User user, Optional<Instant> login) {
    out.begin().add(user.id().value()).add(user.host()).add(user.name()).nothing();
    out.add(user.locked() ? FORBIDDEN : UNLOCKED).time(user.created()).nothing();
    out.nothing(); // password_last_changed
    out.nothing(); // password_history
    out.add(0).nothing().add("PASSWORD");
    out.nothing(); // creator
    out.add(user.owner().value()).add(user.defaultRole().value()).add(attributesOf(user));
    if (login.isPresent()) {
      out.time(login.get());
    } else {
      out.nothing();
    }
    out.nothing(); // last_host
    out.nothing().nothing().add(user.locked());
    out.nothing(); // password_expires_at
    out.nothing().nothing().nothing().nothing().nothing();
    out.end();
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
        out.nothing().add(edge.grantOption()).end();
      }
    }
  }

  private void inheritedBy(Role role) {
    for (RoleToRole edge : state.rolesInheritedBy(role.id())) {
      out.begin().add(edge.granted().value()).add(edge.grantee().value());
      out.nothing().nothing().nothing().add(edge.grantOption()).end();
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
      out.add(database.owner().value()).add(account.value()).end();
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
      if (listed && (sight.everybody() || holdsSomethingOn(relation))) {
        out.begin().add(relation.id().value()).add(relation.name()).add(name(database));
        out.add(database.id().value()).add(relation.id().value());
        out.add(relation.kind() == RelationKind.VIEW ? "v" : "r");
        out.add(relation.owner().value()).add(account.value()).end();
      }
    }
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
      out.begin().add(session.connectionId());
      out.add(state.account(session.account()).map(Account::name));
      out.add(session.userName()).add(session.host()).add(session.database());
      out.add(session.command()).add(session.seconds()).add(session.state()).end();
    }
  }
}
