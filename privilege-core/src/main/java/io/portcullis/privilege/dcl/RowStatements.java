package io.portcullis.privilege.dcl;

import io.portcullis.privilege.authz.ActiveSubject;
import io.portcullis.privilege.authz.Authorizer;
import io.portcullis.privilege.catalog.CatalogChange;
import io.portcullis.privilege.catalog.CatalogState;
import io.portcullis.privilege.model.ColumnNames;
import io.portcullis.privilege.model.Database;
import io.portcullis.privilege.model.Hierarchy;
import io.portcullis.privilege.model.PrivilegeType;
import io.portcullis.privilege.model.Relation;
import io.portcullis.privilege.model.RelationId;
import io.portcullis.privilege.model.Role;
import io.portcullis.privilege.model.RowPolicy;
import io.portcullis.privilege.store.BackendControl;
import io.portcullis.privilege.store.StoreException;
import io.portcullis.privilege.store.TableColumn;
import io.portcullis.sql.access.RelationKind;
import io.portcullis.sql.access.RelationName;
import io.portcullis.sql.statement.AccessControlStatement.AddRule;
import io.portcullis.sql.statement.AccessControlStatement.CreateHierarchy;
import io.portcullis.sql.statement.AccessControlStatement.DropHierarchy;
import io.portcullis.sql.statement.AccessControlStatement.DropRestriction;
import io.portcullis.sql.statement.AccessControlStatement.DropRule;
import io.portcullis.sql.statement.AccessControlStatement.Level;
import io.portcullis.sql.statement.AccessControlStatement.ObjectType;
import io.portcullis.sql.statement.AccessControlStatement.RestrictRole;
import io.portcullis.sql.statement.AccessControlStatement.ShowHierarchies;
import io.portcullis.sql.statement.AccessControlStatement.ShowRestrictions;
import io.portcullis.sql.statement.AccessControlStatement.ShowRules;
import io.portcullis.sql.text.ErrorCode;
import io.portcullis.sql.text.SqlError;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What roles show of rows: rules (PM 5.4, row 12), restrictions and the hierarchies that say which
 * of them widen each other. Who may alter the role may say what it shows; no rule gives anybody a
 * privilege.
 */
final class RowStatements {

  private static final String ALTER = "ALTER ROLE";

  private final Authorizer authorizer;
  private final DclSettings settings;
  private final BackendControl backend;

  RowStatements(Authorizer authorizer, DclSettings settings, BackendControl backend) {
    this.authorizer = authorizer;
    this.settings = settings;
    this.backend = backend;
  }

  /** A table that was found, or why it was not. */
  private record Found(Optional<Target> target, Optional<SqlError> error) {}

  // ---- rules and restrictions

  Optional<SqlError> add(Draft draft, Optional<String> currentDatabase, AddRule statement)
      throws StoreException {
    Optional<SqlError> refused = mayChange(draft, statement.role());
    Found table = table(draft, currentDatabase, statement.table());
    refused = refused.or(table::error);
    if (refused.isPresent()) {
      return refused;
    }
    Role role = draft.role(statement.role()).orElseThrow();
    RelationId id = register(draft, table.target().orElseThrow());
    draft.apply(
        new CatalogChange.RowPolicyPut(new RowPolicy.Rule(role.id(), id, statement.query())));
    return Optional.empty();
  }

  Optional<SqlError> drop(Draft draft, Optional<String> currentDatabase, DropRule statement) {
    Optional<SqlError> refused = mayChange(draft, statement.role());
    Target.Bound bound = bind(draft.actor(), currentDatabase, statement.table());
    refused = refused.or(bound::error);
    if (refused.isPresent()) {
      return refused;
    }
    Target target = bound.target().orElseThrow();
    boolean dropped =
        drop(draft, policiesOf(draft, statement.role(), target, RowPolicy.Rule.class));
    return dropped
        ? Optional.empty()
        : Optional.of(
            Refusals.cannot(
                ALTER,
                Refusals.quoted(statement.role()),
                "rule '"
                    + shown(draft.actor(), target)
                    + "' does not exist for role '"
                    + statement.role()
                    + "'"));
  }

  Optional<SqlError> restrict(Draft draft, Optional<String> currentDatabase, RestrictRole statement)
      throws StoreException {
    Optional<SqlError> refused = mayChange(draft, statement.role());
    Found table = table(draft, currentDatabase, statement.table());
    refused = refused.or(table::error);
    if (refused.isEmpty()) {
      refused = mustHave(table.target().orElseThrow(), List.of(statement.column()));
    }
    if (refused.isPresent()) {
      return refused;
    }
    Role role = draft.role(statement.role()).orElseThrow();
    draft.apply(
        new CatalogChange.RowPolicyPut(
            new RowPolicy.Restriction(
                role.id(),
                register(draft, table.target().orElseThrow()),
                ColumnNames.fold(statement.column()),
                statement.values().stream()
                    .map(value -> new RowPolicy.Value(value.text(), value.numeric()))
                    .distinct()
                    .toList())));
    return Optional.empty();
  }

  Optional<SqlError> drop(
      Draft draft, Optional<String> currentDatabase, DropRestriction statement) {
    Optional<SqlError> refused = mayChange(draft, statement.role());
    Target.Bound bound = bind(draft.actor(), currentDatabase, statement.table());
    refused = refused.or(bound::error);
    if (refused.isPresent()) {
      return refused;
    }
    Target target = bound.target().orElseThrow();
    Optional<String> column = statement.column().map(ColumnNames::fold);
    List<RowPolicy> restrictions =
        policiesOf(draft, statement.role(), target, RowPolicy.Restriction.class).stream()
            .filter(policy -> column.filter(one -> !one.equals(policy.column())).isEmpty())
            .toList();
    return drop(draft, restrictions)
        ? Optional.empty()
        : Optional.of(
            Refusals.cannot(
                ALTER,
                Refusals.quoted(statement.role()),
                "the role "
                    + statement.role()
                    + " is not restricted on "
                    + shown(draft.actor(), target)
                    + column.map(one -> " (" + one + ")").orElse("")));
  }

  private static List<RowPolicy> policiesOf(
      Draft draft, String role, Target target, Class<? extends RowPolicy> kind) {
    Optional<RelationId> table = target.relation(draft.state(), draft.account()).map(Relation::id);
    return draft.state().rowPoliciesOf(draft.role(role).orElseThrow().id()).stream()
        .filter(
            policy -> kind.isInstance(policy) && table.filter(policy.table()::equals).isPresent())
        .toList();
  }

  private static boolean drop(Draft draft, List<RowPolicy> policies) {
    policies.forEach(policy -> draft.apply(new CatalogChange.RowPolicyDropped(policy.key())));
    return !policies.isEmpty();
  }

  /**
   * Of a role that is there: what may be done to it is asked first, so that nobody learns of it.
   */
  private Optional<SqlError> mayChange(Draft draft, String name) {
    Optional<Role> role = draft.role(name);
    boolean owns =
        role.filter(found -> !found.isBuiltIn() && draft.actsAsOwner(found.owner())).isPresent();
    Optional<SqlError> refused =
        owns ? Optional.empty() : authorizer.requireAny(draft.actor(), PrivilegeType.ALTER_ROLE);
    if (refused.isPresent()) {
      return refused;
    }
    if (role.isEmpty()) {
      return Optional.of(Refusals.cannot(ALTER, Refusals.quoted(name), "there is no role " + name));
    }
    return role.get().id().isAdministrator()
        ? Optional.of(Refusals.predefinedRole("the role " + role.get().name() + " shows all rows"))
        : Optional.empty();
  }

  // ---- hierarchies

  Optional<SqlError> create(
      Draft draft, Optional<String> currentDatabase, CreateHierarchy statement)
      throws StoreException {
    Optional<SqlError> refused = authorizer.requireAny(draft.actor(), PrivilegeType.ALTER_ROLE);
    Found table = table(draft, currentDatabase, statement.table());
    refused = refused.or(table::error);
    if (refused.isEmpty()) {
      refused = mustHave(table.target().orElseThrow(), statement.columns());
    }
    if (refused.isPresent()) {
      return refused;
    }
    Target target = table.target().orElseThrow();
    RelationId id = register(draft, target);
    String name = ColumnNames.fold(statement.name());
    if (draft.state().hierarchy(id, name).isPresent()) {
      String exists = "the hierarchy " + name + " of " + shown(draft.actor(), target) + " exists";
      if (statement.ifNotExists()) {
        draft.note(exists);
        return Optional.empty();
      }
      return Optional.of(cannotHierarchy("CREATE", statement.name(), exists));
    }
    Set<String> columns =
        statement.columns().stream()
            .map(ColumnNames::fold)
            .collect(Collectors.toCollection(LinkedHashSet::new));
    for (Hierarchy other : draft.state().hierarchiesOf(id)) {
      for (String column : other.columns()) {
        if (columns.contains(column)) {
          return Optional.of(
              cannotHierarchy(
                  "CREATE",
                  statement.name(),
                  "the column " + column + " is in the hierarchy " + other.name()));
        }
      }
    }
    draft.apply(new CatalogChange.HierarchyPut(new Hierarchy(id, name, List.copyOf(columns))));
    return Optional.empty();
  }

  Optional<SqlError> drop(Draft draft, Optional<String> currentDatabase, DropHierarchy statement) {
    Target.Bound bound = bind(draft.actor(), currentDatabase, statement.table());
    Optional<SqlError> refused =
        authorizer.requireAny(draft.actor(), PrivilegeType.ALTER_ROLE).or(bound::error);
    if (refused.isPresent()) {
      return refused;
    }
    Target target = bound.target().orElseThrow();
    String name = ColumnNames.fold(statement.name());
    Optional<Hierarchy> found =
        target
            .relation(draft.state(), draft.account())
            .flatMap(table -> draft.state().hierarchy(table.id(), name));
    if (found.isPresent()) {
      draft.apply(new CatalogChange.HierarchyDropped(found.get().table(), name));
      return Optional.empty();
    }
    String why = "there is no hierarchy " + name + " of " + shown(draft.actor(), target);
    if (statement.ifExists()) {
      draft.note(why);
      return Optional.empty();
    }
    return Optional.of(cannotHierarchy("DROP", statement.name(), why));
  }

  private static SqlError cannotHierarchy(String verb, String name, String why) {
    return Refusals.cannot(verb + " HIERARCHY", Refusals.quoted(name), why);
  }

  // ---- tables

  private Target.Bound bind(
      ActiveSubject actor, Optional<String> currentDatabase, RelationName table) {
    return Target.bind(
        ObjectType.TABLE, new Level.Named(table), currentDatabase, actor.names(), settings);
  }

  /** A table of the account that the catalog or the backend has. */
  private Found table(Draft draft, Optional<String> currentDatabase, RelationName name)
      throws StoreException {
    Target.Bound bound = bind(draft.actor(), currentDatabase, name);
    if (bound.error().isPresent()) {
      return new Found(Optional.empty(), bound.error());
    }
    Target target = bound.target().orElseThrow();
    String database = target.database().orElseThrow();
    String relation = target.relation().orElseThrow();
    if (target.isInSystemDatabase(settings)) {
      return not(ErrorCode.ER_SYSTEM_SCHEMA_WRITE.error(draft.actor().names().logical(database)));
    }
    if (!draft.actor().names().owns(database)) {
      return not(ErrorCode.ER_BAD_DB_ERROR.error(database));
    }
    Optional<RelationKind> kind =
        target.relation(draft.state(), draft.account()).map(Relation::kind);
    if (kind.isEmpty()) {
      kind = backend.relation(database, relation);
    }
    String shown = draft.actor().names().logical(database);
    if (kind.isEmpty()) {
      return not(ErrorCode.ER_NO_SUCH_TABLE.error(shown, relation));
    }
    return kind.get() == RelationKind.TABLE
        ? new Found(Optional.of(target), Optional.empty())
        : not(Refusals.wrongKind(shown, relation, RelationKind.TABLE));
  }

  private static Found not(SqlError error) {
    return new Found(Optional.empty(), Optional.of(error));
  }

  private Optional<SqlError> mustHave(Target target, List<String> columns) throws StoreException {
    String relation = target.relation().orElseThrow();
    Set<String> found = new HashSet<>();
    for (TableColumn column : backend.columns(target.database().orElseThrow(), relation)) {
      found.add(ColumnNames.fold(column.name()));
    }
    return columns.stream()
        .filter(column -> !found.contains(ColumnNames.fold(column)))
        .findFirst()
        .map(column -> ErrorCode.ER_BAD_FIELD_ERROR.error(column, relation));
  }

  private static RelationId register(Draft draft, Target target) {
    Database home = draft.known(target.database().orElseThrow());
    return draft.known(home, target.relation().orElseThrow(), RelationKind.TABLE).id();
  }

  private static String shown(ActiveSubject actor, Target target) {
    return actor.names().logical(target.database().orElseThrow())
        + "."
        + target.relation().orElseThrow();
  }

  // ---- SHOW

  DclResult rules(ActiveSubject actor, ShowRules statement) {
    Optional<Role> role =
        actor.snapshot().state().role(actor.subject().account(), statement.role());
    Optional<SqlError> refused = mayRead(actor, role);
    if (refused.isPresent()) {
      return refused(refused.get());
    }
    if (role.isEmpty()) {
      return refused(Refusals.unknownRole(statement.role()));
    }
    List<List<@Nullable String>> rows = new ArrayList<>();
    for (RowPolicy policy : actor.snapshot().state().rowPoliciesOf(role.get().id())) {
      if (policy instanceof RowPolicy.Rule rule) {
        rows.add(List.of(shown(actor, rule.table()), rule.query()));
      }
    }
    rows.sort(Comparator.comparing(row -> row.get(0)));
    return new DclResult.Rows(List.of("rule_name", "rule"), rows);
  }

  DclResult restrictions(
      ActiveSubject actor, Optional<String> currentDatabase, ShowRestrictions statement) {
    CatalogState state = actor.snapshot().state();
    Collection<Role> roles;
    if (statement.role().isPresent()) {
      Optional<Role> role = state.role(actor.subject().account(), statement.role().get());
      Optional<SqlError> refused = mayRead(actor, role);
      if (refused.isPresent()) {
        return refused(refused.get());
      }
      if (role.isEmpty()) {
        return refused(Refusals.unknownRole(statement.role().get()));
      }
      roles = List.of(role.get());
    } else {
      roles =
          state.roles().stream()
              .filter(role -> role.account().equals(actor.subject().account()))
              .filter(role -> mayRead(actor, Optional.of(role)).isEmpty())
              .toList();
    }
    Target.@Nullable Bound bound = null;
    if (statement.table().isPresent()) {
      bound = bind(actor, currentDatabase, statement.table().get());
      if (bound.error().isPresent()) {
        return refused(bound.error().get());
      }
    }
    Optional<RelationId> table =
        bound == null
            ? Optional.empty()
            : bound
                .target()
                .flatMap(target -> target.relation(state, actor.subject().account()))
                .map(Relation::id);
    List<List<@Nullable String>> rows = new ArrayList<>();
    for (Role role : roles) {
      for (RowPolicy policy : state.rowPoliciesOf(role.id())) {
        boolean asked =
            statement.table().isEmpty() || table.filter(policy.table()::equals).isPresent();
        if (asked && policy instanceof RowPolicy.Restriction restriction) {
          rows.add(
              List.of(
                  role.name(),
                  shown(actor, restriction.table()),
                  hierarchyOf(state, restriction),
                  restriction.column(),
                  restriction.values().stream()
                      .map(RowPolicy.Value::literal)
                      .collect(Collectors.joining(", "))));
        }
      }
    }
    rows.sort(
        Comparator.comparing((List<@Nullable String> row) -> row.get(0) + "\0" + row.get(1))
            .thenComparing(row -> row.get(3)));
    return new DclResult.Rows(
        List.of("role_name", "table_name", "hierarchy", "column_name", "allowed_values"), rows);
  }

  DclResult hierarchies(
      ActiveSubject actor, Optional<String> currentDatabase, ShowHierarchies statement) {
    CatalogState state = actor.snapshot().state();
    Optional<SqlError> refused = authorizer.requireAny(actor, PrivilegeType.ALTER_ROLE);
    if (refused.isPresent()) {
      return refused(refused.get());
    }
    TreeMap<String, List<@Nullable String>> rows = new TreeMap<>();
    Optional<RelationId> asked = Optional.empty();
    if (statement.table().isPresent()) {
      Target.Bound bound = bind(actor, currentDatabase, statement.table().get());
      if (bound.error().isPresent()) {
        return refused(bound.error().get());
      }
      asked =
          bound
              .target()
              .flatMap(target -> target.relation(state, actor.subject().account()))
              .map(Relation::id);
    }
    for (Relation relation : state.relations()) {
      boolean own =
          state
              .database(relation.database())
              .filter(home -> home.account().equals(actor.subject().account()))
              .isPresent();
      boolean wanted =
          own && (statement.table().isEmpty() || asked.filter(relation.id()::equals).isPresent());
      if (wanted) {
        for (Hierarchy hierarchy : state.hierarchiesOf(relation.id())) {
          String table = shown(actor, relation.id());
          rows.put(
              table + "\0" + hierarchy.name(),
              List.of(hierarchy.name(), table, String.join(", ", hierarchy.columns())));
        }
      }
    }
    return new DclResult.Rows(
        List.of("hierarchy", "table_name", "column_names"), List.copyOf(rows.values()));
  }

  /** Roles that one holds, and all of them who manages grants (PM 4.2 #21, #23). */
  private Optional<SqlError> mayRead(ActiveSubject actor, Optional<Role> role) {
    return role.filter(found -> actor.heldRoles().contains(found.id())).isPresent()
        ? Optional.empty()
        : authorizer.requireAny(actor, PrivilegeType.MANAGE_GRANTS);
  }

  private static String hierarchyOf(CatalogState state, RowPolicy.Restriction restriction) {
    return state.hierarchiesOf(restriction.table()).stream()
        .filter(hierarchy -> hierarchy.columns().contains(restriction.column()))
        .map(Hierarchy::name)
        .findFirst()
        .orElse(restriction.column());
  }

  private static String shown(ActiveSubject actor, RelationId id) {
    CatalogState state = actor.snapshot().state();
    Relation relation = state.relation(id).orElseThrow();
    Database home = state.database(relation.database()).orElseThrow();
    return actor.names().logical(home.name()) + "." + relation.name();
  }

  private static DclResult refused(SqlError error) {
    return new DclResult.Refused(error, List.of());
  }
}
