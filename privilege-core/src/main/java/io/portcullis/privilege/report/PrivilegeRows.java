package io.portcullis.privilege.report;

import io.portcullis.privilege.authz.ActiveSubject;
import io.portcullis.privilege.catalog.CatalogState;
import io.portcullis.privilege.model.AccountId;
import io.portcullis.privilege.model.Database;
import io.portcullis.privilege.model.Grant;
import io.portcullis.privilege.model.GrantLevel;
import io.portcullis.privilege.model.PrivilegeScope;
import io.portcullis.privilege.model.PrivilegeType;
import io.portcullis.privilege.model.Relation;
import io.portcullis.privilege.model.Role;
import io.portcullis.privilege.model.RoleId;
import io.portcullis.privilege.model.RoleToRole;
import io.portcullis.privilege.model.RoleToUser;
import io.portcullis.privilege.model.User;
import io.portcullis.privilege.model.UserId;
import io.portcullis.privilege.store.Provenance;
import io.portcullis.sql.access.RelationKind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Who holds what. In {@code mo_catalog} one row for each grant, as it was given; in
 * information_schema ALL and OWNERSHIP stand as the privileges they are good for, as MySQL shows
 * them. What is granted to a user directly is shown as the user's and never as a role's. The owner
 * of an object holds OWNERSHIP of it, granted or not (PM 6.2).
 *
 * @see <a
 *     href="https://dev.mysql.com/doc/refman/8.4/en/information-schema-table-privileges-table.html">TABLE_PRIVILEGES</a>
 */
final class PrivilegeRows {

  private static final String CATALOG = "def";
  private static final String USAGE = "USAGE";

  private final ActiveSubject subject;
  private final CatalogState state;
  private final AccountId account;
  private final Sight sight;
  private final Provenance provenance;
  private final JsonRows out;

  PrivilegeRows(ActiveSubject subject, Sight sight, Provenance provenance, JsonRows out) {
    this.subject = subject;
    this.state = subject.snapshot().state();
    this.account = subject.subject().account();
    this.sight = sight;
    this.provenance = provenance;
    this.out = out;
  }

  void write(ReportTable table) {
    switch (table) {
      case MO_ROLE_PRIVS ->
          holders().stream().filter(role -> !role.isPrivate()).forEach(this::privileges);
      case MO_EFFECTIVE_PRIVS -> effective();
      case USER_PRIVILEGES -> everywhere();
      case SCHEMA_PRIVILEGES -> holders().forEach(this::onDatabases);
      case TABLE_PRIVILEGES -> holders().forEach(this::onRelations);
      case ROLE_TABLE_GRANTS -> enabledRoles().forEach(this::tableGrants);
      case COLUMN_PRIVILEGES -> holders().forEach(this::onColumns);
      default -> throw new IllegalArgumentException("table: " + table);
    }
  }

  /** Every role that is seen, and for each user that is seen the role that is private to him. */
  private List<Role> holders() {
    return state.holders().stream()
        .filter(role -> role.account().equals(account))
        .filter(sight::sees)
        .sorted(Comparator.comparingInt(role -> role.id().value()))
        .toList();
  }

  // mo_catalog

  private void privileges(Role role) {
    for (Grant grant : held(role)) {
      out.begin().add(role.id().value()).add(role.name());
      out.add(objectType(grant.level())).add(objectId(grant.level()));
      out.add(grant.privilege().code()).add(privilegeName(grant)).add(levelCode(grant.level()));
      Optional<Provenance.Granted> granted = provenance.of(grant);
      out.idOrNothing(granted.flatMap(Provenance.Granted::by).map(UserId::value));
      if (granted.isPresent()) {
        out.time(granted.get().at());
      } else {
        out.nothing();
      }
      out.add(grant.grantOption()).add(column(grant.level())).end();
    }
  }

  private static Optional<String> column(GrantLevel level) {
    return level instanceof GrantLevel.OnColumn one ? Optional.of(one.column()) : Optional.empty();
  }

  /** What was granted, and OWNERSHIP of what the role owns. */
  private Collection<Grant> held(Role role) {
    Set<Grant> held = new LinkedHashSet<>(state.grantsOf(role.id()));
    for (Database owned : state.databasesOwnedBy(role.id())) {
      addOwnership(
          held, role, PrivilegeType.DATABASE_OWNERSHIP, new GrantLevel.OnDatabase(owned.id()));
    }
    for (Relation owned : state.relationsOwnedBy(role.id())) {
      addOwnership(
          held,
          role,
          PrivilegeType.RELATION_OWNERSHIP,
          new GrantLevel.OnRelation(owned.id(), owned.kind()));
    }
    return held;
  }

  private void addOwnership(Set<Grant> held, Role role, PrivilegeType type, GrantLevel level) {
    if (state.grant(role.id(), type, level).isEmpty()) {
      held.add(new Grant(role.id(), type, level, true));
    }
  }

  /** Names and codes of PM 3.2 and 3.1. */
  private static String privilegeName(Grant grant) {
    String name = grant.privilege().sqlName().toLowerCase(Locale.ROOT);
    boolean scoped = name.equals("all") || name.equals("ownership");
    if (!scoped) {
      return name;
    }
    return switch (grant.privilege().scope()) {
          case ACCOUNT -> "account ";
          case DATABASE -> "database ";
          case RELATION -> "table ";
        }
        + name;
  }

  private static String objectType(GrantLevel level) {
    return switch (level.scope()) {
      case ACCOUNT -> "account";
      case DATABASE -> "database";
      case RELATION -> kind(level).name().toLowerCase(Locale.ROOT);
    };
  }

  private static RelationKind kind(GrantLevel level) {
    if (level instanceof GrantLevel.OnRelation one) {
      return one.kind();
    } else if (level instanceof GrantLevel.OnRelationsOf all) {
      return all.kind();
    } else if (level instanceof GrantLevel.OnEveryRelation every) {
      return every.kind();
    } else if (level instanceof GrantLevel.OnColumn one) {
      return one.kind();
    }
    throw new AssertionError(level);
  }

  private static long objectId(GrantLevel level) {
    if (level instanceof GrantLevel.OnDatabase one) {
      return one.database().value();
    } else if (level instanceof GrantLevel.OnRelationsOf all) {
      return all.database().value();
    } else if (level instanceof GrantLevel.OnRelation one) {
      return one.relation().value();
    } else if (level instanceof GrantLevel.OnColumn one) {
      return one.relation().value();
    }
    return 0;
  }

  private static String levelCode(GrantLevel level) {
    if (level instanceof GrantLevel.OnDatabase) {
      return "d";
    } else if (level instanceof GrantLevel.OnEveryRelation) {
      return "*.*";
    } else if (level instanceof GrantLevel.OnRelationsOf) {
      return "d.*";
    } else if (level instanceof GrantLevel.OnRelation || level instanceof GrantLevel.OnColumn) {
      return "d.t";
    }
    return "*";
  }

  /** One row for each way from a user to a grant (account operations 6.4). */
  private void effective() {
    Map<RoleId, Set<RoleId>> closures = new HashMap<>();
    List<User> users =
        state.users().stream()
            .filter(user -> user.account().equals(account))
            .filter(user -> sight.everybody() || user.id().equals(sight.user()))
            .sorted(Comparator.comparingInt(user -> user.id().value()))
            .toList();
    for (User user : users) {
      Set<RoleId> direct = new LinkedHashSet<>();
      for (RoleToUser edge : state.rolesOf(user.id())) {
        direct.add(edge.role());
      }
      direct.add(RoleId.publicOf(user.account()));
      state.privateRole(user.id()).ifPresent(own -> direct.add(own.id()));
      for (RoleId role : direct) {
        for (RoleId via : closures.computeIfAbsent(role, this::closure)) {
          state
              .role(role)
              .ifPresent(
                  from -> state.role(via).ifPresent(holder -> effective(user, from, holder)));
        }
        if (out.isFull()) {
          return;
        }
      }
    }
  }

  private Set<RoleId> closure(RoleId role) {
    Set<RoleId> seen = new LinkedHashSet<>(List.of(role));
    Deque<RoleId> pending = new ArrayDeque<>(seen);
    while (!pending.isEmpty()) {
      for (RoleToRole edge : state.rolesInheritedBy(pending.remove())) {
        if (seen.add(edge.granted())) {
          pending.add(edge.granted());
        }
      }
    }
    return seen;
  }

  private void effective(User user, Role role, Role via) {
    for (Grant grant : held(via)) {
      Optional<Relation> relation = relation(grant.level());
      out.begin().add(user.name());
      out.add(role.isPrivate() ? Optional.empty() : Optional.of(role.name()));
      out.add(via.isPrivate() ? Optional.empty() : Optional.of(via.name()));
      out.add(objectType(grant.level()));
      out.add(database(grant.level()).map(this::name).or(() -> everything(grant.level())));
      out.add(relation.map(Relation::name).or(() -> everyRelation(grant.level())));
      out.add(privilegeName(grant)).add(grant.grantOption());
      out.add(role.isPrivate() || RoleRows.isDefault(user, role.id(), state));
      out.add(column(grant.level())).end();
    }
  }

  private static Optional<String> everything(GrantLevel level) {
    return level.scope() == PrivilegeScope.ACCOUNT ? Optional.empty() : Optional.of("*");
  }

  private static Optional<String> everyRelation(GrantLevel level) {
    return level.scope() == PrivilegeScope.RELATION ? Optional.of("*") : Optional.empty();
  }

  // information_schema

  /** Whether it may be granted on, by what is held at one place. */
  private static final class Held {
    private final Map<String, Boolean> options = new LinkedHashMap<>();

    void add(Grant grant) {
      PrivilegeType type = grant.privilege();
      boolean all = type == PrivilegeType.all(type.scope());
      boolean ownership = type.sqlName().equals("OWNERSHIP");
      for (PrivilegeType each : PrivilegeType.values()) {
        if (each.scope() == type.scope()
            && (each == type || ((all || ownership) && !isWhole(each) && isOn(each, grant.level())))
            && !(all && each == type)) {
          options.merge(name(each), grant.grantOption() || ownership, Boolean::logicalOr);
        }
      }
    }

    /** EXECUTE is shown where it has an effect. */
    private static boolean isOn(PrivilegeType type, GrantLevel level) {
      return level.scope() != PrivilegeScope.RELATION
          || (type.isOn(kind(level)) && (type != PrivilegeType.EXECUTE || kind(level).isRoutine()));
    }

    private static boolean isWhole(PrivilegeType type) {
      return type.sqlName().equals("ALL") || type.sqlName().equals("OWNERSHIP");
    }

    /** As MySQL spells it, where it has the same. */
    private static String name(PrivilegeType type) {
      return type == PrivilegeType.REFERENCE ? "REFERENCES" : type.sqlName();
    }
  }

  /** Privileges that hold everywhere; who has none is shown with USAGE, as in MySQL. */
  private void everywhere() {
    List<User> users = new ArrayList<>();
    for (User user : state.users()) {
      if (user.account().equals(account)
          && (sight.everybody() || user.id().equals(sight.user()))
          && state.privateRole(user.id()).isEmpty()) {
        users.add(user);
      }
    }
    users.sort(Comparator.comparingInt(user -> user.id().value()));
    for (User user : users) {
      privilege(quoted(user.name(), user.host()), USAGE, false);
    }
    for (Role role : holders()) {
      Held held = new Held();
      for (Grant grant : state.grantsOf(role.id())) {
        if (database(grant.level()).isEmpty()) {
          held.add(grant);
        }
      }
      if (held.options.isEmpty()) {
        privilege(grantee(role), USAGE, false);
      }
      held.options.forEach((name, option) -> privilege(grantee(role), name, option));
    }
  }

  private void privilege(String grantee, String name, boolean option) {
    out.begin().add(grantee).add(CATALOG).add(name).add(RoleRows.yes(option)).end();
  }

  private void onDatabases(Role role) {
    Map<String, Held> byDatabase = new LinkedHashMap<>();
    for (Grant grant : held(role)) {
      if (!(grant.level() instanceof GrantLevel.OnRelation)
          && !(grant.level() instanceof GrantLevel.OnColumn)) {
        database(grant.level())
            .ifPresent(
                database ->
                    byDatabase.computeIfAbsent(name(database), name -> new Held()).add(grant));
      }
    }
    byDatabase.forEach(
        (database, held) ->
            held.options.forEach(
                (name, option) -> {
                  out.begin().add(grantee(role)).add(CATALOG).add(database);
                  out.add(name).add(RoleRows.yes(option)).end();
                }));
  }

  private void onRelations(Role role) {
    byRelation(role)
        .forEach(
            (relation, held) ->
                held.options.forEach(
                    (name, option) -> {
                      out.begin().add(grantee(role)).add(CATALOG).add(databaseOf(relation));
                      out.add(relation.name()).add(name).add(RoleRows.yes(option)).end();
                    }));
  }

  private void onColumns(Role role) {
    for (Grant grant : state.grantsOf(role.id())) {
      if (grant.level() instanceof GrantLevel.OnColumn one) {
        relation(one)
            .filter(relation -> relation.kind() == one.kind())
            .ifPresent(
                relation -> {
                  out.begin().add(grantee(role)).add(CATALOG).add(databaseOf(relation));
                  out.add(relation.name()).add(one.column()).add(Held.name(grant.privilege()));
                  out.add(RoleRows.yes(grant.grantOption())).end();
                });
      }
    }
  }

  private List<Role> enabledRoles() {
    return subject.privileges().roles().stream()
        .flatMap(id -> state.role(id).stream())
        .filter(role -> !role.isPrivate())
        .sorted(Comparator.comparingInt(role -> role.id().value()))
        .toList();
  }

  private void tableGrants(Role role) {
    byRelation(role)
        .forEach(
            (relation, held) ->
                held.options.forEach(
                    (name, option) -> {
                      out.begin().nothing().nothing().add(role.name()).add(RoleRows.ANY_HOST);
                      out.add(CATALOG).add(databaseOf(relation)).add(relation.name());
                      out.add(name).add(RoleRows.yes(option)).end();
                    }));
  }

  /** Grants for the other kind never count (PM 3.1). */
  private Map<Relation, Held> byRelation(Role role) {
    Map<Relation, Held> byRelation = new LinkedHashMap<>();
    for (Grant grant : held(role)) {
      if (grant.level() instanceof GrantLevel.OnRelation one && !one.kind().isProgram()) {
        relation(one)
            .filter(relation -> relation.kind() == one.kind())
            .ifPresent(
                relation -> byRelation.computeIfAbsent(relation, r -> new Held()).add(grant));
      }
    }
    return byRelation;
  }

  private String grantee(Role role) {
    Optional<User> user = role.privateTo().flatMap(state::user);
    return user.isPresent()
        ? quoted(user.get().name(), user.get().host())
        : quoted(role.name(), RoleRows.ANY_HOST);
  }

  private static String quoted(String name, String host) {
    return "'" + name + "'@'" + host + "'";
  }

  /** As the account calls it. */
  private String name(Database database) {
    return subject.names().logical(database.name());
  }

  private Optional<Database> database(GrantLevel level) {
    if (level instanceof GrantLevel.OnDatabase one) {
      return state.database(one.database());
    } else if (level instanceof GrantLevel.OnRelationsOf all) {
      return state.database(all.database());
    }
    return relation(level).flatMap(relation -> state.database(relation.database()));
  }

  private Optional<Relation> relation(GrantLevel level) {
    if (level instanceof GrantLevel.OnColumn one) {
      return state.relation(one.relation());
    }
    return level instanceof GrantLevel.OnRelation one
        ? state.relation(one.relation())
        : Optional.empty();
  }

  private String databaseOf(Relation relation) {
    return state.database(relation.database()).map(this::name).orElse("");
  }
}
