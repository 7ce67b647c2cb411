package io.portcullis.privilege.dcl;

import io.portcullis.privilege.authz.ActiveSubject;
import io.portcullis.privilege.authz.Authorizer;
import io.portcullis.privilege.catalog.CatalogState;
import io.portcullis.privilege.model.AccountId;
import io.portcullis.privilege.model.AccountVariables;
import io.portcullis.privilege.model.Grant;
import io.portcullis.privilege.model.GrantLevel;
import io.portcullis.privilege.model.PrivilegeType;
import io.portcullis.privilege.model.RelationId;
import io.portcullis.privilege.model.Role;
import io.portcullis.privilege.model.RoleId;
import io.portcullis.privilege.model.RoleToRole;
import io.portcullis.privilege.model.RoleToUser;
import io.portcullis.privilege.model.User;
import io.portcullis.privilege.model.UserId;
import io.portcullis.privilege.store.LastLogin;
import io.portcullis.privilege.store.LoginState;
import io.portcullis.privilege.store.LoginTimes;
import io.portcullis.privilege.store.StoreException;
import io.portcullis.sql.access.RelationKind;
import io.portcullis.sql.statement.AccessControlStatement.GrantsOf;
import io.portcullis.sql.statement.AccessControlStatement.ShowCreateUser;
import io.portcullis.sql.statement.AccessControlStatement.ShowGrants;
import io.portcullis.sql.statement.AccessControlStatement.ShowRoles;
import io.portcullis.sql.statement.AccessControlStatement.ShowUsers;
import io.portcullis.sql.text.LikePattern;
import io.portcullis.sql.text.SqlError;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
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
 * SHOW GRANTS, ROLES, USERS and CREATE USER: one's own, what one holds and what one's roles own are
 * free, all else is for those who manage grants (PM 4.2 #21, #22 [R]). SHOW GRANTS and SHOW CREATE
 * USER print statements that can be executed (PM 5.5).
 */
final class ShowStatements {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);

  private static final List<String> USER_COLUMNS =
      List.of(
          "user",
          "host",
          "status",
          "default_role",
          "roles",
          "email",
          "full_name",
          "department",
          "phone",
          "created_time",
          "last_login",
          "password_last_changed",
          "password_expires",
          "failed_attempts",
          "locked_at",
          "lock_expires",
          "lock_reason");

  private static final Comparator<Role> BY_NAME =
      Comparator.comparing((Role role) -> role.name().toLowerCase(Locale.ROOT))
          .thenComparingInt(role -> role.id().value());

  private final Authorizer authorizer;
  private final LoginTimes logins;
  private final Clock clock;

  ShowStatements(Authorizer authorizer, LoginTimes logins, Clock clock) {
    this.clock = clock;
    this.authorizer = authorizer;
    this.logins = logins;
  }

  DclResult grants(ActiveSubject actor, ShowGrants statement) {
    if (actor.unusable().isPresent()) {
      return refused(actor.unusable().get());
    }
    CatalogState state = actor.snapshot().state();
    AccountId account = actor.subject().account();
    GrantsOf of = statement.of();
    if (of instanceof GrantsOf.RoleNamed named) {
      return grantsOfRole(actor, state.role(account, named.role()), named.role());
    } else if (of instanceof GrantsOf.Oneself) {
      return grantsOfUser(
          actor, state.user(actor.subject().user()).orElseThrow(), statement.using());
    } else if (of instanceof GrantsOf.User other) {
      Optional<User> user = state.user(account, other.user().name());
      Optional<Role> namesake = state.role(account, other.user().name());
      if (user.isEmpty() && namesake.isPresent() && statement.using().isEmpty()) {
        return grantsOfRole(actor, namesake, other.user().name()); // roles are accounts in MySQL
      }
      if (user.filter(found -> found.id().equals(actor.subject().user())).isEmpty()) {
        Optional<SqlError> error = authorizer.requireAny(actor, PrivilegeType.MANAGE_GRANTS);
        if (error.isPresent()) {
          return refused(error.get());
        }
      }
      return user.isEmpty()
          ? refused(Refusals.unknownUser(other.user().name()))
          : grantsOfUser(actor, user.get(), statement.using());
    }
    throw new AssertionError(of);
  }

  private DclResult grantsOfRole(ActiveSubject actor, Optional<Role> role, String name) {
    boolean held = role.filter(found -> actor.heldRoles().contains(found.id())).isPresent();
    if (!held) {
      Optional<SqlError> error = authorizer.requireAny(actor, PrivilegeType.MANAGE_GRANTS);
      if (error.isPresent()) {
        return refused(error.get());
      }
    }
    if (role.isEmpty()) {
      return refused(Refusals.unknownRole(name));
    }
    List<String> lines = new ArrayList<>();
    addRole(lines, actor.snapshot().state(), role.get());
    return rows("Grants for " + role.get().name(), lines);
  }

  private DclResult grantsOfUser(ActiveSubject actor, User user, List<String> using) {
    CatalogState state = actor.snapshot().state();
    Set<RoleId> direct = new LinkedHashSet<>();
    state.rolesOf(user.id()).forEach(edge -> direct.add(edge.role()));
    direct.add(RoleId.publicOf(user.account()));
    Set<RoleId> expanded = new LinkedHashSet<>();
    for (String name : using) {
      Optional<Role> role = state.role(user.account(), name);
      if (role.isEmpty()) {
        return refused(Refusals.unknownRole(name));
      }
      if (!direct.contains(role.get().id())) {
        return refused(Refusals.notGranted(role.get().name(), user.name()));
      }
      expanded.add(role.get().id());
    }
    boolean self = user.id().equals(actor.subject().user());
    if (using.isEmpty() && self) {
      expanded.addAll(actor.activeRoles());
    }
    List<String> lines = new ArrayList<>();
    addRolesOf(lines, state, user);
    Set<RoleId> shown = new LinkedHashSet<>(direct);
    state.privateRole(user.id()).ifPresent(own -> shown.add(own.id()));
    shown.addAll(actor.snapshot().effective(expanded).roles());
    for (Role role : sorted(state, shown)) {
      addRole(lines, state, role);
    }
    return rows("Grants for " + user.name() + "@" + user.host(), lines);
  }

  private static void addRolesOf(List<String> lines, CatalogState state, User user) {
    for (boolean option : new boolean[] {false, true}) {
      Set<RoleId> roles = new LinkedHashSet<>();
      state.rolesOf(user.id()).stream()
          .filter(edge -> edge.grantOption() == option)
          .map(RoleToUser::role)
          .forEach(roles::add);
      addRoles(lines, state, roles, user.name(), option);
    }
  }

  /** What the role inherits, then what it holds. */
  private static void addRole(List<String> lines, CatalogState state, Role role) {
    for (boolean option : new boolean[] {false, true}) {
      Set<RoleId> roles = new LinkedHashSet<>();
      state.rolesInheritedBy(role.id()).stream()
          .filter(edge -> edge.grantOption() == option)
          .map(RoleToRole::granted)
          .forEach(roles::add);
      addRoles(lines, state, roles, role.name(), option);
    }
    Map<ColumnsHeld, List<String>> columns = new LinkedHashMap<>();
    state.grantsOf(role.id()).stream()
        .sorted(
            Comparator.comparingInt((Grant grant) -> rank(grant.level()))
                .thenComparing(grant -> Texts.level(state, grant.level()))
                .thenComparingInt(grant -> grant.privilege().code()))
        .forEach(
            grant -> {
              if (grant.level() instanceof GrantLevel.OnColumn one) {
                columns
                    .computeIfAbsent(ColumnsHeld.of(grant, one), held -> new ArrayList<>())
                    .add(one.column());
              } else {
                lines.add(Texts.grant(state, grant, role));
              }
            });
    columns.forEach(
        (held, names) -> {
          names.sort(Comparator.naturalOrder());
          lines.add(Texts.grant(state, held.grant(names.get(0), role), names, role));
        });
  }

  /** What columns of one relation are held alike with, for one line. */
  private record ColumnsHeld(
      PrivilegeType privilege, RelationId relation, RelationKind kind, boolean option) {
    static ColumnsHeld of(Grant grant, GrantLevel.OnColumn level) {
      return new ColumnsHeld(
          grant.privilege(), level.relation(), level.kind(), grant.grantOption());
    }

    Grant grant(String column, Role role) {
      return new Grant(
          role.id(), privilege, new GrantLevel.OnColumn(relation, kind, column), option);
    }
  }

  private static void addRoles(
      List<String> lines, CatalogState state, Set<RoleId> roles, String grantee, boolean option) {
    if (!roles.isEmpty()) {
      lines.add(
          Texts.grantRoles(
              sorted(state, roles).stream().map(Role::name).toList(), grantee, option));
    }
  }

  private static List<Role> sorted(CatalogState state, Set<RoleId> roles) {
    return roles.stream().flatMap(id -> state.role(id).stream()).sorted(BY_NAME).toList();
  }

  private static int rank(GrantLevel level) {
    return switch (level.scope()) {
      case ACCOUNT -> 0;
      case DATABASE -> level instanceof GrantLevel.OnEveryDatabase ? 1 : 2;
      case RELATION -> level instanceof GrantLevel.OnEveryRelation ? 3 : 4;
    };
  }

  DclResult roles(ActiveSubject actor, ShowRoles statement) {
    if (actor.unusable().isPresent()) {
      return refused(actor.unusable().get());
    }
    CatalogState state = actor.snapshot().state();
    boolean all = actor.privileges().holdsOnAccount(PrivilegeType.MANAGE_GRANTS);
    Set<RoleId> held = actor.heldRoles();
    List<List<@Nullable String>> rows = new ArrayList<>();
    state.roles().stream()
        .filter(role -> role.account().equals(actor.subject().account()))
        .filter(role -> all || held.contains(role.id()) || held.contains(role.owner()))
        .filter(
            role ->
                statement.like().isEmpty()
                    || LikePattern.matches(statement.like().get(), role.name()))
        .sorted(BY_NAME)
        .forEach(role -> rows.add(row(role)));
    return new DclResult.Rows(List.of("ROLE_NAME", "CREATOR", "CREATED_TIME", "COMMENTS"), rows);
  }

  private static List<@Nullable String> row(Role role) {
    List<@Nullable String> row = new ArrayList<>();
    row.add(role.name());
    row.add(role.creator().map(creator -> String.valueOf(creator.value())).orElse(null));
    row.add(TIME.format(role.created()));
    row.add(role.comment().orElse(""));
    return row;
  }

  /** SHOW [FULL] USERS (account operations 5.2). */
  DclResult users(ActiveSubject actor, ShowUsers statement) throws StoreException {
    if (actor.unusable().isPresent()) {
      return refused(actor.unusable().get());
    }
    CatalogState state = actor.snapshot().state();
    boolean all =
        actor
            .privileges()
            .holdsOnAccount(
                PrivilegeType.CREATE_USER,
                PrivilegeType.ALTER_USER,
                PrivilegeType.DROP_USER,
                PrivilegeType.MANAGE_GRANTS);
    List<String> columns = new ArrayList<>(USER_COLUMNS);
    if (statement.full()) {
      columns.addAll(List.of("attribute", "owner", "creator"));
    }
    Optional<RowFilter.Bound> bound =
        statement.where().map(condition -> RowFilter.bind(condition, columns));
    Optional<SqlError> wrong = bound.flatMap(RowFilter.Bound::error);
    if (wrong.isPresent()) {
      return refused(wrong.get());
    }
    Optional<RowFilter> filter = bound.flatMap(RowFilter.Bound::filter);
    Map<UserId, LastLogin> last = logins.last();
    List<List<@Nullable String>> rows = new ArrayList<>();
    state.users().stream()
        .filter(user -> user.account().equals(actor.subject().account()))
        .filter(user -> all || isOwn(actor, user))
        .filter(
            user ->
                statement.like().isEmpty()
                    || LikePattern.matches(statement.like().get(), user.name()))
        .sorted(Comparator.comparing((User user) -> user.name().toLowerCase(Locale.ROOT)))
        .map(user -> row(state, user, last, statement.full()))
        .filter(row -> filter.isEmpty() || filter.get().admits(row))
        .forEach(rows::add);
    return new DclResult.Rows(columns, rows);
  }

  private List<@Nullable String> row(
      CatalogState state, User user, Map<UserId, LastLogin> last, boolean full) {
    LastLogin login = last.get(user.id());
    List<@Nullable String> row = new ArrayList<>();
    row.add(user.name());
    row.add(user.host());
    AccountVariables variables = state.variables(user.account());
    LoginState now = LoginState.of(user, variables, logins.failures(), clock.instant());
    row.add(now.status());
    row.add(defaultRoles(state, user).orElse("NONE"));
    Set<RoleId> granted = new LinkedHashSet<>();
    state.rolesOf(user.id()).forEach(edge -> granted.add(edge.role()));
    row.add(sorted(state, granted).stream().map(Role::name).collect(Collectors.joining(",")));
    for (String key : List.of("email", "full_name", "department", "phone")) {
      row.add(UserAttributes.value(user, key).orElse(null));
    }
    row.add(TIME.format(user.created()));
    row.add(login == null ? null : TIME.format(login.at()));
    row.add(TIME.format(user.security().passwordChanged()));
    row.add(now.passwordExpires().map(TIME::format).orElse(null));
    row.add(Integer.toString(now.failedAttempts()));
    row.add(now.lockedAt().map(TIME::format).orElse(null));
    row.add(now.lockExpires().map(TIME::format).orElse(null));
    row.add(now.lockReason().orElse(null));
    if (full) {
      row.add(UserAttributes.text(user).orElse(null));
      row.add(state.role(user.owner()).map(role -> Texts.named(state, role)).orElse(""));
      row.add(null); // creator
    }
    return row;
  }

  /** What makes the user again, with a password of its own: verifiers are shown to nobody. */
  DclResult createUser(ActiveSubject actor, ShowCreateUser statement) throws StoreException {
    if (actor.unusable().isPresent()) {
      return refused(actor.unusable().get());
    }
    CatalogState state = actor.snapshot().state();
    Optional<User> found =
        statement.user().isEmpty()
            ? state.user(actor.subject().user())
            : state.user(actor.subject().account(), statement.user().get().name());
    if (found.filter(user -> isOwn(actor, user)).isEmpty()) {
      Optional<SqlError> error = authorizer.requireAny(actor, PrivilegeType.MANAGE_GRANTS);
      if (error.isPresent()) {
        return refused(error.get());
      }
    }
    if (found.isEmpty()) {
      return refused(Refusals.unknownUser(statement.user().orElseThrow().name()));
    }
    User user = found.get();
    LastLogin login = logins.last().get(user.id());
    List<@Nullable String> row = new ArrayList<>();
    row.add(Texts.createUser(user, defaultRoles(state, user)));
    row.add(TIME.format(user.created()));
    row.add(login == null ? null : TIME.format(login.at()));
    return new DclResult.Rows(
        List.of(
            "CREATE USER for " + user.name() + "@" + user.host(),
            "CREATED_TIME",
            "LAST_LOGIN_TIME"),
        List.of(row));
  }

  /** One's own, or one that an active role owns (PM 6.2). */
  private static boolean isOwn(ActiveSubject actor, User user) {
    return user.id().equals(actor.subject().user())
        || (!user.owner().isPublic() && actor.privileges().roles().contains(user.owner()));
  }

  /** Those that would be active after a login, the primary one first; empty for public alone. */
  private static Optional<String> defaultRoles(CatalogState state, User user) {
    Set<RoleId> granted = new LinkedHashSet<>();
    state.rolesOf(user.id()).forEach(edge -> granted.add(edge.role()));
    Set<RoleId> others = new LinkedHashSet<>(granted);
    others.removeIf(role -> !user.defaultSecondary().contains(role));
    List<String> names = new ArrayList<>();
    if (granted.contains(user.defaultRole())) {
      state.role(user.defaultRole()).ifPresent(role -> names.add(Texts.identifier(role.name())));
      others.remove(user.defaultRole());
    }
    sorted(state, others).forEach(role -> names.add(Texts.identifier(role.name())));
    return names.isEmpty() ? Optional.empty() : Optional.of(String.join(",", names));
  }

  private static DclResult rows(String column, List<String> lines) {
    List<List<@Nullable String>> rows = new ArrayList<>(lines.size());
    for (String line : lines) {
      rows.add(List.of(line));
    }
    return new DclResult.Rows(List.of(column), rows);
  }

  private static DclResult refused(SqlError error) {
    return new DclResult.Refused(error, List.of());
  }
}
