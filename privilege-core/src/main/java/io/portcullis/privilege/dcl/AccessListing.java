package io.portcullis.privilege.dcl;

import io.portcullis.privilege.authz.ActiveSubject;
import io.portcullis.privilege.authz.Authorizer;
import io.portcullis.privilege.authz.NameSpace;
import io.portcullis.privilege.authz.ObjectNames;
import io.portcullis.privilege.authz.SystemDatabases;
import io.portcullis.privilege.catalog.CatalogState;
import io.portcullis.privilege.model.Database;
import io.portcullis.privilege.model.Grant;
import io.portcullis.privilege.model.GrantLevel;
import io.portcullis.privilege.model.PrivilegeScope;
import io.portcullis.privilege.model.PrivilegeType;
import io.portcullis.privilege.model.Relation;
import io.portcullis.privilege.model.Role;
import io.portcullis.privilege.model.RoleId;
import io.portcullis.privilege.model.RoleToUser;
import io.portcullis.privilege.model.User;
import io.portcullis.privilege.snapshot.Held;
import io.portcullis.privilege.snapshot.RolePaths;
import io.portcullis.privilege.store.BackendControl;
import io.portcullis.privilege.store.StoreException;
import io.portcullis.sql.access.DatabaseName;
import io.portcullis.sql.access.RelationKind;
import io.portcullis.sql.access.RelationName;
import io.portcullis.sql.statement.AccessControlStatement.ShowAccess;
import io.portcullis.sql.statement.AccessControlStatement.ShowEffectiveGrants;
import io.portcullis.sql.text.ErrorCode;
import io.portcullis.sql.text.SqlError;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * SHOW ACCESS and SHOW EFFECTIVE GRANTS: who reaches which privilege along which roles, whether
 * they are active or not. Oneself is free, an object is its owner's, all else is for those who
 * manage grants (as PM 4.2 #21 [R]); who may is decided before existence is looked at.
 */
final class AccessListing {

  private static final List<String> COLUMNS =
      List.of("user", "privilege", "path", "source", "grant_option");

  private static final String EVERYBODY = "*";

  /** Bounds the memory of one answer. */
  static final int MAXIMUM_ROWS = 100_000;

  private final Authorizer authorizer;
  private final DclSettings settings;
  private final BackendControl backend;

  AccessListing(Authorizer authorizer, DclSettings settings, BackendControl backend) {
    this.authorizer = authorizer;
    this.settings = settings;
    this.backend = backend;
  }

  /** Something a role holds. */
  private record Holding(Held held, boolean grantOption) {}

  /** An object as catalog and backend know it; without a kind it is a database. */
  private record Found(
      Optional<Database> database, Optional<Relation> relation, Optional<RelationKind> kind) {}

  private record Row(
      String user,
      PrivilegeType privilege,
      String shown,
      String path,
      String source,
      boolean grantOption) {}

  // SHOW EFFECTIVE GRANTS.

  DclResult effectiveGrants(ActiveSubject actor, ShowEffectiveGrants statement) {
    if (actor.unusable().isPresent()) {
      return refused(actor.unusable().get());
    }
    CatalogState state = actor.snapshot().state();
    Optional<User> user =
        statement
            .user()
            .map(named -> state.user(actor.subject().account(), named.name()))
            .orElseGet(() -> state.user(actor.subject().user()));
    if (user.filter(found -> found.id().equals(actor.subject().user())).isEmpty()) {
      Optional<SqlError> error = authorizer.requireAny(actor, PrivilegeType.MANAGE_GRANTS);
      if (error.isPresent()) {
        return refused(error.get());
      }
    }
    if (user.isEmpty()) {
      return refused(Refusals.unknownUser(statement.user().orElseThrow().name()));
    }
    Stream<RoleId> direct =
        state.rolesOf(user.get().id()).stream()
            .map(RoleToUser::role)
            .sorted(Comparator.comparingInt(RoleId::value));
    Stream<RoleId> always =
        Stream.concat(
            state.privateRole(user.get().id()).map(Role::id).stream(),
            Stream.of(RoleId.publicOf(user.get().account())));
    RolePaths paths = RolePaths.inherited(state, Stream.concat(direct, always).toList());
    List<Row> rows = new ArrayList<>();
    for (RoleId role : paths.roles()) {
      String path = AccessReport.path(state, user.get().name(), paths.to(role));
      for (Holding holding : everything(state, role)) {
        rows.add(row(state, user.get().name(), path, holding));
      }
      if (rows.size() > MAXIMUM_ROWS) {
        return tooMany();
      }
    }
    return answer(rows);
  }

  private static List<Holding> everything(CatalogState state, RoleId role) {
    List<Holding> all = new ArrayList<>();
    for (Database database : state.databasesOwnedBy(role)) {
      all.add(ownership(role, PrivilegeType.DATABASE_OWNERSHIP, level(database)));
    }
    for (Relation relation : state.relationsOwnedBy(role)) {
      all.add(ownership(role, PrivilegeType.RELATION_OWNERSHIP, level(relation)));
    }
    for (Grant grant : state.grantsOf(role)) {
      if (!isOwner(state, role, grant)) {
        all.add(holding(grant));
      }
    }
    return all;
  }

  /** Whether it is the grant of OWNERSHIP that the owner has besides. */
  private static boolean isOwner(CatalogState state, RoleId role, Grant grant) {
    if (grant.privilege() == PrivilegeType.DATABASE_OWNERSHIP
        && grant.level() instanceof GrantLevel.OnDatabase one) {
      return state.database(one.database()).filter(of -> of.owner().equals(role)).isPresent();
    }
    return grant.privilege() == PrivilegeType.RELATION_OWNERSHIP
        && grant.level() instanceof GrantLevel.OnRelation one
        && state
            .relation(one.relation())
            .filter(of -> of.owner().equals(role) && of.kind() == one.kind())
            .isPresent();
  }

  // SHOW ACCESS.

  DclResult access(ActiveSubject actor, Optional<String> currentDatabase, ShowAccess statement)
      throws StoreException {
    if (actor.unusable().isPresent()) {
      return refused(actor.unusable().get());
    }
    DatabaseName written =
        statement.object() instanceof RelationName relation
            ? relation.database()
            : (DatabaseName) statement.object();
    if (written.isCurrent() && currentDatabase.isEmpty()) {
      return refused(ErrorCode.ER_NO_DB_ERROR.error());
    }
    NameSpace names = actor.names();
    String database =
        written.isCurrent()
            ? Target.foldDatabase(currentDatabase.orElseThrow(), settings)
            : names.physical(Target.foldDatabase(written.name(), settings));
    String shown = names.logical(database);
    Optional<String> name =
        statement.object() instanceof RelationName relation
            ? Optional.of(
                ObjectNames.fold(
                    statement.kind().orElse(RelationKind.TABLE),
                    relation.name(),
                    settings.foldNames()))
            : Optional.empty();
    RelationKind among = statement.kind().orElse(RelationKind.TABLE);
    CatalogState state = actor.snapshot().state();
    Optional<Database> home = state.database(actor.subject().account(), database);
    Optional<Relation> relation =
        name.flatMap(named -> home.flatMap(of -> state.relation(of.id(), among, named)));
    Optional<RoleId> owner =
        name.isPresent() ? relation.map(Relation::owner) : home.map(Database::owner);
    if (owner.filter(actor.privileges().roles()::contains).isEmpty()) {
      Optional<SqlError> error = authorizer.requireAny(actor, PrivilegeType.MANAGE_GRANTS);
      if (error.isPresent()) {
        return refused(error.get());
      }
    }
    if (SystemDatabases.is(database, settings.catalogSchema())) {
      return refused(
          ErrorCode.ER_NOT_SUPPORTED_YET.error(
              "SHOW ACCESS on a system database: nobody writes it, and whom administrators let"
                  + " read it is in SHOW EFFECTIVE GRANTS"));
    }
    if (!names.owns(database)) {
      return refused(ErrorCode.ER_BAD_DB_ERROR.error(shown));
    }
    Optional<RelationKind> kind = relation.map(Relation::kind);
    if (name.isPresent() && kind.isEmpty() && among.isProgram()) {
      if (backend.program(among, database, name.get()).isEmpty()) {
        return refused(ErrorCode.ER_SP_DOES_NOT_EXIST.error(among, shown + "." + name.get()));
      }
      kind = Optional.of(among);
    }
    if (name.isPresent() && kind.isEmpty()) {
      kind = backend.relation(database, name.get());
      if (kind.isEmpty()) {
        return refused(ErrorCode.ER_NO_SUCH_TABLE.error(shown, name.get()));
      }
    }
    if (statement.kind().isPresent() && !statement.kind().equals(kind)) {
      return refused(Refusals.wrongKind(shown, name.orElseThrow(), statement.kind().orElseThrow()));
    }
    if (name.isEmpty() && home.isEmpty() && !backend.databaseExists(database)) {
      return refused(ErrorCode.ER_BAD_DB_ERROR.error(shown));
    }
    return access(actor, new Found(home, relation, kind));
  }

  private DclResult access(ActiveSubject actor, Found found) {
    CatalogState state = actor.snapshot().state();
    List<GrantLevel> levels = levels(found);
    List<Row> rows = new ArrayList<>();
    for (Role role : state.holders()) {
      if (!role.account().equals(actor.subject().account())) {
        continue;
      }
      List<Holding> holdings = onObject(state, role.id(), found, levels);
      if (!holdings.isEmpty() && !addHolders(rows, state, role, holdings)) {
        return tooMany();
      }
    }
    return answer(rows);
  }

  private List<Holding> onObject(
      CatalogState state, RoleId role, Found found, List<GrantLevel> levels) {
    List<Holding> holdings = new ArrayList<>();
    found
        .database()
        .filter(of -> of.owner().equals(role))
        .map(of -> ownership(role, PrivilegeType.DATABASE_OWNERSHIP, level(of)))
        .ifPresent(holdings::add);
    found
        .relation()
        .filter(of -> of.owner().equals(role))
        .map(of -> ownership(role, PrivilegeType.RELATION_OWNERSHIP, level(of)))
        .ifPresent(holdings::add);
    for (Grant grant : state.grantsOf(role)) {
      if (grant.level() instanceof GrantLevel.OnColumn one
          && found
              .relation()
              .filter(of -> of.id().equals(one.relation()) && of.kind() == one.kind())
              .isPresent()) {
        holdings.add(holding(grant));
      }
    }
    for (GrantLevel level : levels) {
      for (PrivilegeType type : PrivilegeType.values()) {
        if (type.scope() == level.scope() && authorizer.matters(type, found.kind())) {
          state
              .grant(role, type, level)
              .filter(grant -> !isOwner(state, role, grant))
              .ifPresent(grant -> holdings.add(holding(grant)));
        }
      }
    }
    return holdings;
  }

  private static List<GrantLevel> levels(Found found) {
    List<GrantLevel> levels = new ArrayList<>();
    List<RelationKind> kinds = found.kind().map(List::of).orElse(List.of(RelationKind.values()));
    levels.add(new GrantLevel.OnEveryDatabase());
    found.database().ifPresent(of -> levels.add(level(of)));
    for (RelationKind kind : kinds) {
      levels.add(new GrantLevel.OnEveryRelation(kind));
      found.database().ifPresent(of -> levels.add(new GrantLevel.OnRelationsOf(of.id(), kind)));
    }
    found.relation().ifPresent(of -> levels.add(level(of)));
    if (found.kind().isEmpty()) {
      levels.add(new GrantLevel.OnAccount());
    }
    return levels;
  }

  /**
   * Everybody who can make the role, or one that inherits from it, active, or to whom it is
   * private; false: too many.
   */
  private static boolean addHolders(
      List<Row> rows, CatalogState state, Role role, List<Holding> holdings) {
    if (role.isPrivate()) {
      role.privateTo()
          .flatMap(state::user)
          .ifPresent(user -> add(rows, state, user.name(), List.of(role.id()), holdings));
      return rows.size() <= MAXIMUM_ROWS;
    }
    if (role.id().isPublic()) {
      add(rows, state, EVERYBODY, List.of(role.id()), holdings);
      return true;
    }
    RolePaths paths = RolePaths.inheritors(state, role.id());
    for (RoleId entry : paths.roles()) {
      List<RoleId> chain = new ArrayList<>(paths.to(entry));
      Collections.reverse(chain);
      for (RoleToUser edge : state.usersOf(entry)) {
        String user = state.user(edge.user()).map(User::name).orElseThrow();
        add(rows, state, user, chain, holdings);
        if (rows.size() > MAXIMUM_ROWS) {
          return false;
        }
      }
    }
    return true;
  }

  // Values and rows.

  private static Holding ownership(RoleId role, PrivilegeType type, GrantLevel level) {
    return new Holding(new Held(role, type, level, true), true);
  }

  private static Holding holding(Grant grant) {
    return new Holding(
        new Held(grant.grantee(), grant.privilege(), grant.level(), false), grant.grantOption());
  }

  private static GrantLevel level(Database database) {
    return new GrantLevel.OnDatabase(database.id());
  }

  private static GrantLevel level(Relation relation) {
    return new GrantLevel.OnRelation(relation.id(), relation.kind());
  }

  private static void add(
      List<Row> rows, CatalogState state, String user, List<RoleId> chain, List<Holding> holdings) {
    String path = AccessReport.path(state, user, chain);
    holdings.forEach(holding -> rows.add(row(state, user, path, holding)));
  }

  private static Row row(CatalogState state, String user, String path, Holding holding) {
    return new Row(
        user,
        holding.held().privilege(),
        Texts.privilege(holding.held().privilege(), holding.held().level()),
        path,
        AccessReport.source(state, holding.held()),
        holding.grantOption());
  }

  private static DclResult answer(List<Row> rows) {
    rows.sort(
        Comparator.comparing(Row::user)
            .thenComparing(Row::path)
            .thenComparing((Row row) -> scope(row.privilege()))
            .thenComparing(Row::source));
    List<List<@Nullable String>> texts = new ArrayList<>(rows.size());
    for (Row row : rows) {
      texts.add(
          List.of(
              row.user(), row.shown(), row.path(), row.source(), row.grantOption() ? "YES" : "NO"));
    }
    return new DclResult.Rows(COLUMNS, texts);
  }

  private static PrivilegeScope scope(PrivilegeType type) {
    return type.scope();
  }

  private static DclResult tooMany() {
    return refused(
        ErrorCode.ER_NOT_SUPPORTED_YET.error(
            "an answer of more than "
                + MAXIMUM_ROWS
                + " rows; SHOW EFFECTIVE GRANTS FOR one user and SHOW GRANTS FOR ROLE have less"));
  }

  private static DclResult refused(SqlError error) {
    return new DclResult.Refused(error, List.of());
  }
}
