package io.portcullis.privilege.dcl;

import io.portcullis.privilege.authz.Subject;
import io.portcullis.privilege.catalog.BuiltInRoles;
import io.portcullis.privilege.catalog.CatalogChange;
import io.portcullis.privilege.catalog.CatalogState;
import io.portcullis.privilege.model.ColumnNames;
import io.portcullis.privilege.model.Database;
import io.portcullis.privilege.model.Grant;
import io.portcullis.privilege.model.GrantLevel;
import io.portcullis.privilege.model.PrivilegeScope;
import io.portcullis.privilege.model.PrivilegeType;
import io.portcullis.privilege.model.Relation;
import io.portcullis.privilege.model.Role;
import io.portcullis.privilege.model.RoleId;
import io.portcullis.privilege.model.User;
import io.portcullis.privilege.report.ReportTable;
import io.portcullis.privilege.store.BackendControl;
import io.portcullis.privilege.store.StoreException;
import io.portcullis.privilege.store.TableColumn;
import io.portcullis.sql.access.DatabaseName;
import io.portcullis.sql.access.RelationKind;
import io.portcullis.sql.access.RelationName;
import io.portcullis.sql.statement.AccessControlStatement.ColumnPrivilege;
import io.portcullis.sql.statement.AccessControlStatement.GrantPrivileges;
import io.portcullis.sql.statement.AccessControlStatement.Level;
import io.portcullis.sql.statement.AccessControlStatement.ObjectType;
import io.portcullis.sql.statement.AccessControlStatement.RevokeEverything;
import io.portcullis.sql.statement.AccessControlStatement.RevokeInDatabase;
import io.portcullis.sql.statement.AccessControlStatement.RevokePrivileges;
import io.portcullis.sql.statement.AccessControlStatement.UserName;
import io.portcullis.sql.text.ErrorCode;
import io.portcullis.sql.text.SqlError;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * GRANT and REVOKE of privileges (PM 3.3, 5.5). Who may is decided before existence is looked at,
 * so that a refusal does not tell what exists. ALL is a set (Q53), a level has one spelling (Q7), a
 * grant option is never lost by granting again (Q34), and an object has one owner (PM 6.2).
 */
final class PrivilegeGrants {

  /** REVOKE of these is accepted, for what it is worth (PM 3.2). */
  private static final Set<String> NEVER_GRANTED =
      Set.of("CREATE ACCOUNT", "DROP ACCOUNT", "ALTER ACCOUNT");

  private final DclSettings settings;
  private final BackendControl backend;

  PrivilegeGrants(DclSettings settings, BackendControl backend) {
    this.settings = settings;
    this.backend = backend;
  }

  /**
   * What a statement is about, or why not.
   *
   * @param onColumns privileges on single columns, whose names are folded
   */
  private record Request(
      Target target,
      Set<PrivilegeType> privileges,
      Map<PrivilegeType, Set<String>> onColumns,
      Optional<SqlError> error) {

    /** A privilege as it is held. */
    static Request of(Target target, Grant held) {
      return held.level() instanceof GrantLevel.OnColumn one
          ? new Request(
              target, Set.of(), Map.of(held.privilege(), Set.of(one.column())), Optional.empty())
          : new Request(target, Set.of(held.privilege()), Map.of(), Optional.empty());
    }

    static Request not(Target target, Optional<SqlError> error) {
      return new Request(target, Set.of(), Map.of(), error);
    }
  }

  /** MySQL's {@code ON d.*} means the database where the privilege is one of databases. */
  Optional<SqlError> grant(Draft draft, Optional<String> currentDatabase, GrantPrivileges statement)
      throws StoreException {
    List<String> ofDatabase =
        onDatabase(statement.type(), statement.level(), statement.privileges());
    if (ofDatabase.isEmpty()) {
      return grantAll(draft, currentDatabase, statement);
    }
    List<String> others = without(statement.privileges(), ofDatabase);
    Optional<SqlError> refused =
        grantAll(
            draft,
            currentDatabase,
            new GrantPrivileges(
                ofDatabase,
                ObjectType.DATABASE,
                asDatabase(statement.level()),
                statement.grantees(),
                statement.grantOption()));
    return refused.isPresent() || others.isEmpty()
        ? refused
        : grantAll(
            draft,
            currentDatabase,
            new GrantPrivileges(
                others,
                statement.type(),
                statement.level(),
                statement.grantees(),
                statement.grantOption()));
  }

  private static List<String> onDatabase(ObjectType type, Level level, List<String> privileges) {
    boolean everything = level instanceof Level.DatabaseStar || level instanceof Level.StarStar;
    return type == ObjectType.TABLE && everything
        ? privileges.stream()
            .filter(
                name ->
                    PrivilegeType.ofSqlName(name, PrivilegeScope.DATABASE)
                        .filter(PrivilegeType::isOfPrograms)
                        .isPresent())
            .toList()
        : List.of();
  }

  private static List<String> without(List<String> all, List<String> some) {
    return all.stream().filter(name -> !some.contains(name)).toList();
  }

  private static Level asDatabase(Level level) {
    return level instanceof Level.DatabaseStar all
        ? new Level.Named(RelationName.unqualified(all.database()))
        : level;
  }

  private Optional<SqlError> grantAll(
      Draft draft, Optional<String> currentDatabase, GrantPrivileges statement)
      throws StoreException {
    Target.Bound bound =
        Target.bind(
            statement.type(), statement.level(), currentDatabase, draft.actor().names(), settings);
    if (bound.error().isPresent()) {
      return bound.error();
    }
    Request request =
        request(bound.target().orElseThrow(), statement.privileges(), statement.onColumns());
    Target target = request.target();
    Optional<SqlError> refused =
        request.error().or(() -> systemDatabase(draft, request)).or(() -> mayGrant(draft, request));
    if (refused.isPresent()) {
      return refused;
    }
    Grantees grantees = grantees(draft, statement.grantees(), false, true);
    if (grantees.error().isPresent()) {
      return grantees.error();
    }
    @Nullable PrivilegeType ownership = ownership(target.scope());
    boolean owns = ownership != null && request.privileges().contains(ownership);
    if (owns && target.isOneObject() && grantees.roles().size() != 1) {
      return illegal("ownership can be granted to one role only");
    }
    refused = mustExist(draft, target);
    if (refused.isEmpty() && !request.onColumns().isEmpty()) {
      refused = mustHaveColumns(draft, request);
    }
    if (refused.isPresent()) {
      return refused;
    }
    GrantLevel level = register(draft, target);
    for (Role role : grantees.roles()) {
      for (PrivilegeType privilege : request.privileges()) {
        if (privilege == ownership && target.isOneObject()) {
          moveOwnership(draft, target, level, privilege, role, statement.grantOption());
        } else {
          grant(draft, new Grant(role.id(), privilege, level, statement.grantOption()));
        }
      }
      request
          .onColumns()
          .forEach(
              (privilege, columns) -> {
                for (GrantLevel column : columnLevels(level, columns)) {
                  grant(draft, new Grant(role.id(), privilege, column, statement.grantOption()));
                }
              });
    }
    return Optional.empty();
  }

  /** What {@link #grant} has granted. */
  Optional<SqlError> revoke(
      Draft draft, Optional<String> currentDatabase, RevokePrivileges statement) {
    List<String> ofDatabase =
        onDatabase(statement.type(), statement.level(), statement.privileges());
    if (ofDatabase.isEmpty()) {
      return revokeAll(draft, currentDatabase, statement);
    }
    List<String> others = without(statement.privileges(), ofDatabase);
    Optional<SqlError> refused =
        revokeAll(
            draft,
            currentDatabase,
            new RevokePrivileges(
                statement.ifExists(),
                statement.grantOptionOnly(),
                ofDatabase,
                ObjectType.DATABASE,
                asDatabase(statement.level()),
                statement.grantees()));
    return refused.isPresent() || others.isEmpty()
        ? refused
        : revokeAll(
            draft,
            currentDatabase,
            new RevokePrivileges(
                statement.ifExists(),
                statement.grantOptionOnly(),
                others,
                statement.type(),
                statement.level(),
                statement.grantees()));
  }

  private Optional<SqlError> revokeAll(
      Draft draft, Optional<String> currentDatabase, RevokePrivileges statement) {
    Target.Bound bound =
        Target.bind(
            statement.type(), statement.level(), currentDatabase, draft.actor().names(), settings);
    if (bound.error().isPresent()) {
      return bound.error();
    }
    Target on = bound.target().orElseThrow();
    List<String> grantable =
        statement.privileges().stream()
            .filter(name -> on.scope() != PrivilegeScope.ACCOUNT || !NEVER_GRANTED.contains(name))
            .toList();
    Request request = request(on, grantable, statement.onColumns());
    Optional<SqlError> refused = request.error().or(() -> mayGrant(draft, request));
    if (refused.isEmpty() && grantable.size() < statement.privileges().size()) {
      refused =
          mayGrant(
              draft,
              new Request(on, Set.of(PrivilegeType.ACCOUNT_ALL), Map.of(), Optional.empty()));
      draft.note("privileges on accounts are never granted: there is nothing to revoke");
    }
    if (refused.isPresent()) {
      return refused;
    }
    Grantees grantees = grantees(draft, statement.grantees(), statement.ifExists(), false);
    if (grantees.error().isPresent()) {
      return grantees.error();
    }
    Optional<GrantLevel> level = request.target().level(draft.state(), draft.account());
    for (Role role : grantees.roles()) {
      for (PrivilegeType privilege : request.privileges()) {
        if (isConnectOfPublic(role, privilege) && !statement.grantOptionOnly()) {
          return Optional.of(
              Refusals.predefinedRole(
                  "the privilege connect can not be revoked from the role public"));
        }
        if (level.isEmpty()) {
          draft.note(
              Texts.grantee(draft.state(), role)
                  + " holds nothing on an object the catalog does not know");
        } else if (statement.grantOptionOnly()) {
          revokeOption(draft, role, privilege, level.get());
        } else {
          revoke(draft, request.target(), role, privilege, level.get());
        }
      }
      request
          .onColumns()
          .forEach(
              (privilege, columns) ->
                  revokeColumns(draft, role, privilege, level, columns, statement));
    }
    return Optional.empty();
  }

  private static void revokeColumns(
      Draft draft,
      Role role,
      PrivilegeType privilege,
      Optional<GrantLevel> relation,
      Set<String> columns,
      RevokePrivileges statement) {
    if (relation.isEmpty()) {
      draft.note(
          Texts.grantee(draft.state(), role)
              + " holds nothing on an object the catalog does not know");
      return;
    }
    for (GrantLevel column : columnLevels(relation.get(), columns)) {
      if (statement.grantOptionOnly()) {
        revokeOption(draft, role, privilege, column);
      } else if (!revokeOne(draft, role, privilege, column)) {
        noteNotHeld(draft, role, privilege, column);
      }
    }
  }

  private static List<GrantLevel> columnLevels(GrantLevel relation, Set<String> columns) {
    GrantLevel.OnRelation one = (GrantLevel.OnRelation) relation;
    List<GrantLevel> levels = new ArrayList<>();
    for (String column : columns) {
      levels.add(new GrantLevel.OnColumn(one.relation(), one.kind(), column));
    }
    return levels;
  }

  /**
   * REVOKE ALL PRIVILEGES, GRANT OPTION: everything at every level, but what is owned. For
   * administrators: whoever holds a grant option holds it of some.
   */
  Optional<SqlError> revokeEverything(Draft draft, RevokeEverything statement) {
    if (draft.actor().unusable().isPresent() || !draft.actor().isAdministrator()) {
      return draft
          .actor()
          .unusable()
          .or(
              () ->
                  Optional.of(
                      ErrorCode.ER_SPECIFIC_ACCESS_DENIED_ERROR.error(
                          BuiltInRoles.name(draft.administrator()))));
    }
    Grantees grantees = grantees(draft, statement.grantees(), statement.ifExists(), false);
    for (Role role : grantees.roles()) {
      for (Grant grant : List.copyOf(draft.state().grantsOf(role.id()))) {
        if (grant.privilege() != ownership(grant.level().scope())
            && !isConnectOfPublic(role, grant.privilege())) {
          draft.apply(new CatalogChange.PrivilegeRevoked(grant));
        }
      }
    }
    return grantees.error();
  }

  /**
   * REVOKE ALL IN DATABASE: on the database, on all its relations and on each of them, but what is
   * owned. For whoever may grant ALL on the database, and may take away each of the grants found.
   */
  Optional<SqlError> revokeInDatabase(Draft draft, RevokeInDatabase statement) {
    Level named =
        new Level.Named(new RelationName(DatabaseName.CURRENT, statement.database().name()));
    Target.Bound bound =
        Target.bind(ObjectType.DATABASE, named, Optional.empty(), draft.actor().names(), settings);
    if (bound.error().isPresent()) {
      return bound.error();
    }
    Target target = bound.target().orElseThrow();
    Request all =
        new Request(target, Set.of(PrivilegeType.DATABASE_ALL), Map.of(), Optional.empty());
    Optional<SqlError> refused = mayGrant(draft, all);
    if (refused.isPresent()) {
      return refused;
    }
    Grantees grantees = grantees(draft, statement.grantees(), statement.ifExists(), false);
    if (grantees.error().isPresent()) {
      return grantees.error();
    }
    Optional<Database> database = target.database(draft.state(), draft.account());
    for (Role role : grantees.roles()) {
      boolean any = false;
      for (Grant grant : List.copyOf(draft.state().grantsOf(role.id()))) {
        Optional<Target> on =
            database.flatMap(home -> Target.in(home, grant.level(), draft.state()));
        if (on.isPresent() && grant.privilege() != ownership(grant.level().scope())) {
          refused = mayGrant(draft, Request.of(on.get(), grant));
          if (refused.isPresent()) {
            return refused;
          }
          draft.apply(new CatalogChange.PrivilegeRevoked(grant));
          any = true;
        }
      }
      if (!any) {
        draft.note(
            Texts.grantee(draft.state(), role) + " holds nothing in " + shown(draft, target));
      }
    }
    return Optional.empty();
  }

  // What is asked for.

  private static Request request(
      Target target, List<String> names, List<ColumnPrivilege> onColumns) {
    Set<PrivilegeType> privileges = new LinkedHashSet<>();
    for (String name : names) {
      Optional<PrivilegeType> type = PrivilegeType.ofSqlName(name, target.scope());
      boolean fits =
          type.isPresent() && target.kind().filter(kind -> !type.get().isOn(kind)).isEmpty();
      if (!fits) {
        return Request.not(target, illegal(whyNot(name)));
      }
      privileges.add(type.get());
    }
    Map<PrivilegeType, Set<String>> columns = new LinkedHashMap<>();
    for (ColumnPrivilege one : onColumns) {
      if (target.scope() != PrivilegeScope.RELATION || target.relation().isEmpty()) {
        return Request.not(
            target,
            illegal(
                "columns are those of one table or view: GRANT "
                    + one.privilege()
                    + " (...) ON TABLE d.t"));
      }
      Set<String> named =
          columns.computeIfAbsent(
              PrivilegeType.ofSqlName(one.privilege(), target.scope()).orElseThrow(),
              type -> new LinkedHashSet<>());
      one.columns().forEach(column -> named.add(ColumnNames.fold(column)));
    }
    return new Request(target, privileges, columns, Optional.empty());
  }

  /** What to grant in place of privileges that servers have and the model does not. */
  private static final Map<String, String> OF_THE_SERVERS =
      Map.of(
          "create", "here: CREATE TABLE or CREATE VIEW ON DATABASE, CREATE DATABASE ON ACCOUNT",
          "drop", "here: DROP TABLE or DROP VIEW ON DATABASE, DROP DATABASE ON ACCOUNT",
          "alter", "here: ALTER TABLE or ALTER VIEW ON DATABASE",
          "references", "here: REFERENCE ON TABLE",
          "lock tables", "here: SELECT ON TABLE to read, INSERT, UPDATE or DELETE to write",
          "usage", "it permits nothing: leave the GRANT out");

  private static String whyNot(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    if (lower.equals("ownership")) {
      return "the object type \"account\" do not support the privilege \"ownership\"";
    }
    List<String> types = new ArrayList<>();
    for (PrivilegeScope other : PrivilegeScope.values()) {
      PrivilegeType.ofSqlName(name, other).ifPresent(type -> types.addAll(objectTypes(type)));
    }
    if (!types.isEmpty()) {
      String last = "\"" + types.remove(types.size() - 1) + "\"";
      String all = types.stream().map(type -> "\"" + type + "\"").collect(Collectors.joining(", "));
      return "the privilege \""
          + lower
          + "\" can only be granted to the object type "
          + (all.isEmpty() ? last : all + " or " + last);
    }
    String here = OF_THE_SERVERS.get(lower);
    return "unsupported privilege type " + lower + (here == null ? "" : " (" + here + ")");
  }

  private static List<String> objectTypes(PrivilegeType type) {
    return switch (type.scope()) {
      case ACCOUNT -> List.of("account");
      case DATABASE -> List.of("database");
      case RELATION ->
          Arrays.stream(RelationKind.values())
              .filter(type::isOn)
              .map(kind -> kind.name().toLowerCase(Locale.ROOT))
              .toList();
    };
  }

  // Who may.

  /** PM 2.5, 8.2: of system databases only SELECT can be granted, of the catalog nothing. */
  private Optional<SqlError> systemDatabase(Draft draft, Request request) {
    Target target = request.target();
    if (!target.isInSystemDatabase(settings)) {
      return Optional.empty();
    }
    boolean readOnly =
        request.onColumns().isEmpty()
            && (draft.account().isSys()
                || target.database().filter(ReportTable::isMoCatalog).isPresent())
            && !target.isIn(settings.catalogSchema())
            && request.privileges().equals(Set.of(PrivilegeType.SELECT));
    return readOnly ? Optional.empty() : Optional.of(denied(draft, request));
  }

  private Optional<SqlError> mayGrant(Draft draft, Request request) {
    if (draft.actor().isAdministrator()) {
      return Optional.empty();
    }
    List<GrantLevel> levels =
        request.target().coveringLevels(draft.state(), draft.account(), settings);
    for (PrivilegeType privilege : request.privileges()) {
      if (!mayGrant(draft, request.target(), privilege, levels)) {
        return Optional.of(denied(draft, request));
      }
    }
    for (Map.Entry<PrivilegeType, Set<String>> each : request.onColumns().entrySet()) {
      if (!mayGrant(draft, request.target(), each.getKey(), levels)
          && !mayGrantColumns(draft, request.target(), each.getKey(), each.getValue())) {
        return Optional.of(denied(draft, request));
      }
    }
    return Optional.empty();
  }

  /** Whether the grant option is held on each of the columns. */
  private static boolean mayGrantColumns(
      Draft draft, Target target, PrivilegeType privilege, Set<String> columns) {
    CatalogState state = draft.state();
    Optional<GrantLevel> relation = target.level(state, draft.account());
    return relation.isPresent()
        && columnLevels(relation.get(), columns).stream()
            .allMatch(
                column ->
                    draft.actor().privileges().roles().stream()
                        .flatMap(role -> state.grant(role, privilege, column).stream())
                        .anyMatch(Grant::grantOption));
  }

  /** PM 3.3, with plain inheritance for every scope (PM 6.4 [R]). */
  private static boolean mayGrant(
      Draft draft, Target target, PrivilegeType privilege, List<GrantLevel> levels) {
    CatalogState state = draft.state();
    if (isOwner(draft, target, draft.actor().privileges().roles())) {
      return true;
    }
    PrivilegeType all = PrivilegeType.all(target.scope());
    @Nullable PrivilegeType ownership = ownership(target.scope());
    for (RoleId role : draft.actor().privileges().roles()) {
      for (GrantLevel level : levels) {
        if (state.grant(role, privilege, level).filter(Grant::grantOption).isPresent()) {
          return true;
        }
        if (privilege != ownership
            && (state.grant(role, all, level).filter(Grant::grantOption).isPresent()
                || (ownership != null && state.grant(role, ownership, level).isPresent()))) {
          return true;
        }
      }
    }
    return false;
  }

  /** The owner may grant everything on the object, and give it away (PM 6.2). */
  private static boolean isOwner(Draft draft, Target target, Set<RoleId> roles) {
    return switch (target.scope()) {
      case ACCOUNT -> false;
      case DATABASE ->
          target
              .database(draft.state(), draft.account())
              .filter(database -> roles.contains(database.owner()))
              .isPresent();
      case RELATION ->
          target
              .relation(draft.state(), draft.account())
              .filter(
                  relation ->
                      roles.contains(relation.owner())
                          && Optional.of(relation.kind()).equals(target.kind()))
              .isPresent();
    };
  }

  private static SqlError denied(Draft draft, Request request) {
    Subject who = draft.actor().subject();
    Target target = request.target();
    if (target.relation().isPresent() && isRoutine(target)) {
      return ErrorCode.ER_ROUTINEACCESS_DENIED_ERROR.error(
          "GRANT",
          who.userName(),
          who.host(),
          shown(draft, target) + "." + target.relation().get());
    }
    if (target.relation().isPresent()) {
      return ErrorCode.ER_TABLEACCESS_DENIED_ERROR.error(
          "GRANT", who.userName(), who.host(), target.relation().get());
    }
    if (target.database().isPresent()) {
      return ErrorCode.ER_DBACCESS_DENIED_ERROR.error(
          who.userName(), who.host(), shown(draft, target));
    }
    List<String> names = new ArrayList<>();
    for (PrivilegeType privilege : request.privileges()) {
      names.add(privilege.sqlName() + " WITH GRANT OPTION");
    }
    return ErrorCode.ER_SPECIFIC_ACCESS_DENIED_ERROR.error(String.join(", ", names));
  }

  private static boolean isRoutine(Target target) {
    return target.kind().filter(RelationKind::isRoutine).isPresent();
  }

  // To whom.

  private record Grantees(List<Role> roles, Optional<SqlError> error) {}

  private static Grantees grantees(
      Draft draft, List<UserName> grantees, boolean ifExists, boolean granting) {
    List<Role> roles = new ArrayList<>();
    for (UserName grantee : grantees) {
      String name = grantee.name();
      Optional<Role> role = draft.role(grantee);
      Optional<User> user = role.isPresent() ? Optional.empty() : draft.user(name);
      if (user.isPresent()) {
        Optional<Role> own = draft.state().privateRole(user.get().id());
        if (own.isPresent() || granting) {
          roles.add(own.orElseGet(() -> draft.privateRole(user.get())));
        } else {
          draft.note("the user " + user.get().name() + " holds nothing but by roles");
        }
      } else if (role.isEmpty()) {
        if (!ifExists) {
          return new Grantees(List.of(), Optional.of(Refusals.unknownRole(name)));
        }
        draft.note("there is no role " + name);
      } else if (role.get().id().isAdministrator()) {
        return new Grantees(
            List.of(),
            Optional.of(
                Refusals.predefinedRole(
                    "the privilege can not be "
                        + (granting ? "granted to" : "revoked from")
                        + " the role "
                        + role.get().name())));
      } else {
        roles.add(role.get());
      }
    }
    return new Grantees(roles, Optional.empty());
  }

  // On what.

  /** 1049 or 1146 for what neither the catalog nor the backend knows. */
  private Optional<SqlError> mustExist(Draft draft, Target target) throws StoreException {
    if (target.database().isEmpty()) {
      return Optional.empty();
    }
    String database = target.database().get();
    if (!draft.actor().names().owns(database)) {
      return Optional.of(ErrorCode.ER_BAD_DB_ERROR.error(database));
    }
    if (ReportTable.isMoCatalog(database)) {
      return mustBeMade(database, target);
    }
    if (target.relation().isPresent() && isRoutine(target)) {
      return mustExist(draft, target, target.kind().orElseThrow(), target.relation().get());
    }
    if (target.relation().isPresent()) {
      String name = target.relation().get();
      Optional<RelationKind> found =
          target.relation(draft.state(), draft.account()).map(Relation::kind);
      if (found.isEmpty()) {
        found = backend.relation(database, name);
      }
      if (found.isEmpty()) {
        return Optional.of(
            databaseExists(draft, target)
                ? ErrorCode.ER_NO_SUCH_TABLE.error(shown(draft, target), name)
                : ErrorCode.ER_BAD_DB_ERROR.error(shown(draft, target)));
      }
      return found.equals(target.kind())
          ? Optional.empty()
          : Optional.of(
              Refusals.wrongKind(shown(draft, target), name, target.kind().orElseThrow()));
    }
    return databaseExists(draft, target)
        ? Optional.empty()
        : Optional.of(ErrorCode.ER_BAD_DB_ERROR.error(shown(draft, target)));
  }

  /** 1054 for a column that the table or view has not. */
  private Optional<SqlError> mustHaveColumns(Draft draft, Request request) throws StoreException {
    String relation = request.target().relation().orElseThrow();
    Set<String> found = new HashSet<>();
    for (TableColumn column :
        backend.columns(request.target().database().orElseThrow(), relation)) {
      found.add(ColumnNames.fold(column.name()));
    }
    for (Set<String> columns : request.onColumns().values()) {
      for (String column : columns) {
        if (!found.contains(column)) {
          return Optional.of(ErrorCode.ER_BAD_FIELD_ERROR.error(column, relation));
        }
      }
    }
    return Optional.empty();
  }

  private Optional<SqlError> mustExist(
      Draft draft, Target target, RelationKind kind, String routine) throws StoreException {
    boolean exists =
        target.relation(draft.state(), draft.account()).isPresent()
            || backend.program(kind, target.database().orElseThrow(), routine).isPresent();
    return exists
        ? Optional.empty()
        : Optional.of(
            ErrorCode.ER_SP_DOES_NOT_EXIST.error(kind, shown(draft, target) + "." + routine));
  }

  /** The database as its account calls it. */
  private static String shown(Draft draft, Target target) {
    return draft.actor().names().logical(target.database().orElseThrow());
  }

  /** In a database of which the gate makes the tables. */
  private static Optional<SqlError> mustBeMade(String database, Target target) {
    if (target.relation().isEmpty()) {
      return Optional.empty();
    }
    String name = target.relation().get();
    if (ReportTable.of(database, name).filter(made -> made.tableName().equals(name)).isEmpty()) {
      return Optional.of(ErrorCode.ER_NO_SUCH_TABLE.error(database, name));
    }
    return target.kind().equals(Optional.of(RelationKind.TABLE))
        ? Optional.empty()
        : Optional.of(Refusals.wrongKind(database, name, target.kind().orElseThrow()));
  }

  private boolean databaseExists(Draft draft, Target target) throws StoreException {
    return target.database(draft.state(), draft.account()).isPresent()
        || backend.databaseExists(target.database().orElseThrow());
  }

  /** The level, with the objects made known to the catalog. */
  private static GrantLevel register(Draft draft, Target target) {
    if (target.database().isPresent()) {
      Database database = draft.known(target.database().get());
      if (target.relation().isPresent()) {
        draft.known(database, target.relation().get(), target.kind().orElseThrow());
      }
    }
    return target
        .level(draft.state(), draft.account())
        .orElseThrow(() -> new IllegalStateException("not registered: " + target));
  }

  // The changes.

  private static void grant(Draft draft, Grant wanted) {
    Optional<Grant> held =
        draft.state().grant(wanted.grantee(), wanted.privilege(), wanted.level());
    boolean option = wanted.grantOption() || held.filter(Grant::grantOption).isPresent();
    Grant grant = new Grant(wanted.grantee(), wanted.privilege(), wanted.level(), option);
    if (held.filter(grant::equals).isEmpty()) {
      draft.apply(new CatalogChange.PrivilegeGranted(grant));
    }
  }

  private static void moveOwnership(
      Draft draft,
      Target target,
      GrantLevel level,
      PrivilegeType ownership,
      Role owner,
      boolean option) {
    boolean optionKept =
        draft.state().grant(owner.id(), ownership, level).filter(Grant::grantOption).isPresent();
    takeOwnership(draft, target, level, ownership, owner.id());
    draft.apply(
        new CatalogChange.PrivilegeGranted(
            new Grant(owner.id(), ownership, level, option || optionKept)));
  }

  /** Makes {@code owner} the owner and removes everybody's grant of OWNERSHIP on the object. */
  private static void takeOwnership(
      Draft draft, Target target, GrantLevel level, PrivilegeType ownership, RoleId owner) {
    CatalogState state = draft.state();
    Optional<Relation> relation = target.relation(state, draft.account());
    Database database = target.database(state, draft.account()).orElseThrow();
    for (RoleId role :
        relation.isPresent()
            ? state.granteesOn(relation.get().id())
            : state.granteesOn(database.id())) {
      state
          .grant(role, ownership, level)
          .ifPresent(grant -> draft.apply(new CatalogChange.PrivilegeRevoked(grant)));
    }
    if (relation.isPresent()) {
      Relation of = relation.get();
      draft.apply(
          new CatalogChange.RelationPut(
              new Relation(of.id(), of.database(), of.name(), of.kind(), owner)));
    } else {
      draft.apply(
          new CatalogChange.DatabasePut(
              new Database(database.id(), database.account(), database.name(), owner)));
    }
  }

  private static void revoke(
      Draft draft, Target target, Role role, PrivilegeType privilege, GrantLevel level) {
    PrivilegeType all = PrivilegeType.all(target.scope());
    if (privilege == ownership(target.scope())) {
      revokeOwnership(draft, target, role, privilege, level);
    } else if (privilege == all) {
      for (PrivilegeType each : PrivilegeType.values()) {
        if (each.scope() == target.scope()
            && each != ownership(target.scope())
            && !isConnectOfPublic(role, each)) {
          revokeOne(draft, role, each, level);
        }
      }
      for (Grant grant : onColumnsOf(draft, role, level)) {
        draft.apply(new CatalogChange.PrivilegeRevoked(grant));
      }
    } else {
      dissolveAll(draft, role, level);
      if (!revokeOne(draft, role, privilege, level)) {
        noteNotHeld(draft, role, privilege, level);
      }
    }
  }

  /** The object falls back to the administrators. */
  private static void revokeOwnership(
      Draft draft, Target target, Role role, PrivilegeType ownership, GrantLevel level) {
    if (isOwner(draft, target, Set.of(role.id()))) {
      takeOwnership(draft, target, level, ownership, draft.administrator());
    } else if (!revokeOne(draft, role, ownership, level)) {
      noteNotHeld(draft, role, ownership, level);
    }
  }

  /** What the role holds on single columns of the table or view of that level. */
  private static List<Grant> onColumnsOf(Draft draft, Role role, GrantLevel level) {
    return level instanceof GrantLevel.OnRelation one
        ? draft.state().grantsOf(role.id()).stream()
            .filter(
                grant ->
                    grant.level() instanceof GrantLevel.OnColumn column
                        && column.relation().equals(one.relation())
                        && column.kind() == one.kind())
            .toList()
        : List.of();
  }

  private static boolean revokeOne(
      Draft draft, Role role, PrivilegeType privilege, GrantLevel level) {
    Optional<Grant> held = draft.state().grant(role.id(), privilege, level);
    held.ifPresent(grant -> draft.apply(new CatalogChange.PrivilegeRevoked(grant)));
    return held.isPresent();
  }

  private static void revokeOption(
      Draft draft, Role role, PrivilegeType privilege, GrantLevel level) {
    PrivilegeScope scope = level.scope();
    boolean wasAll = privilege == PrivilegeType.all(scope);
    if (!wasAll && privilege != ownership(scope)) {
      boolean allWithOption =
          draft
              .state()
              .grant(role.id(), PrivilegeType.all(scope), level)
              .filter(Grant::grantOption)
              .isPresent();
      if (allWithOption) {
        dissolveAll(draft, role, level);
      }
    }
    boolean any = false;
    for (PrivilegeType each : PrivilegeType.values()) {
      boolean meant =
          each == privilege || (wasAll && each.scope() == scope && each != ownership(scope));
      Optional<Grant> held = meant ? draft.state().grant(role.id(), each, level) : Optional.empty();
      if (held.isPresent()) {
        any = true;
        if (held.get().grantOption()) {
          draft.apply(new CatalogChange.PrivilegeGranted(new Grant(role.id(), each, level, false)));
        }
      }
    }
    if (wasAll) {
      for (Grant grant : onColumnsOf(draft, role, level)) {
        any = true;
        if (grant.grantOption()) {
          draft.apply(
              new CatalogChange.PrivilegeGranted(
                  new Grant(role.id(), grant.privilege(), grant.level(), false)));
        }
      }
    }
    if (!any) {
      noteNotHeld(draft, role, privilege, level);
    }
  }

  /** Replaces ALL by the privileges it stands for, so that one of them can be taken away. */
  private static void dissolveAll(Draft draft, Role role, GrantLevel level) {
    PrivilegeScope scope = level.scope();
    PrivilegeType all = PrivilegeType.all(scope);
    Optional<Grant> held = draft.state().grant(role.id(), all, level);
    if (held.isEmpty()) {
      return;
    }
    draft.apply(new CatalogChange.PrivilegeRevoked(held.get()));
    for (PrivilegeType each : PrivilegeType.values()) {
      if (each.scope() == scope && each != all && each != ownership(scope) && isOn(each, level)) {
        grant(draft, new Grant(role.id(), each, level, held.get().grantOption()));
      }
    }
  }

  private static boolean isOn(PrivilegeType type, GrantLevel level) {
    return level.relationKind().filter(kind -> !type.isOn(kind)).isEmpty();
  }

  private static void noteNotHeld(
      Draft draft, Role role, PrivilegeType privilege, GrantLevel level) {
    draft.note(
        Texts.grantee(draft.state(), role)
            + " does not hold "
            + Texts.privilege(privilege, level)
            + " ON "
            + Texts.level(draft.state(), level));
  }

  private static boolean isConnectOfPublic(Role role, PrivilegeType privilege) {
    return role.id().isPublic() && privilege == PrivilegeType.CONNECT;
  }

  private static @Nullable PrivilegeType ownership(PrivilegeScope scope) {
    return switch (scope) {
      case ACCOUNT -> null;
      case DATABASE -> PrivilegeType.DATABASE_OWNERSHIP;
      case RELATION -> PrivilegeType.RELATION_OWNERSHIP;
    };
  }

  private static Optional<SqlError> illegal(String why) {
    return Optional.of(ErrorCode.ER_ILLEGAL_GRANT_FOR_TABLE.error(why));
  }
}
