package io.portcullis.privilege.store.jdbc;

import io.portcullis.privilege.catalog.CatalogChange;
import io.portcullis.privilege.catalog.CatalogState;
import io.portcullis.privilege.catalog.InvariantViolation;
import io.portcullis.privilege.model.Account;
import io.portcullis.privilege.model.AccountId;
import io.portcullis.privilege.model.AccountStatus;
import io.portcullis.privilege.model.BackendLogin;
import io.portcullis.privilege.model.BackendMapping;
import io.portcullis.privilege.model.Database;
import io.portcullis.privilege.model.DatabaseId;
import io.portcullis.privilege.model.Grant;
import io.portcullis.privilege.model.GrantLevel;
import io.portcullis.privilege.model.Hierarchy;
import io.portcullis.privilege.model.PrivilegeType;
import io.portcullis.privilege.model.Relation;
import io.portcullis.privilege.model.RelationId;
import io.portcullis.privilege.model.Role;
import io.portcullis.privilege.model.RoleId;
import io.portcullis.privilege.model.RoleToRole;
import io.portcullis.privilege.model.RoleToUser;
import io.portcullis.privilege.model.SecondaryRoles;
import io.portcullis.privilege.model.User;
import io.portcullis.privilege.model.UserId;
import io.portcullis.privilege.model.UserSecurity;
import io.portcullis.privilege.model.UserSecurity.FormerPassword;
import io.portcullis.privilege.model.UserSecurity.Lock;
import io.portcullis.privilege.model.UserSecurity.LoginLimit;
import io.portcullis.privilege.model.Verifiers;
import io.portcullis.privilege.store.CatalogStore;
import io.portcullis.privilege.store.EpochConflict;
import io.portcullis.privilege.store.FailedLogins;
import io.portcullis.privilege.store.LastLogin;
import io.portcullis.privilege.store.LoadedCatalog;
import io.portcullis.privilege.store.LoginStore;
import io.portcullis.privilege.store.Provenance;
import io.portcullis.privilege.store.ProvenanceStore;
import io.portcullis.privilege.store.StoreException;
import io.portcullis.privilege.store.jdbc.Rows.LevelCode;
import io.portcullis.privilege.store.jdbc.Rows.SecondaryCode;
import io.portcullis.sql.access.RelationKind;
import io.portcullis.sql.statement.GateVariable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The catalog in a schema of its own on MySQL 8.4 or MariaDB 10.11 and newer (DESIGN D10). Every
 * commit is one transaction that holds the row of the epoch; names are parameters always. Any
 * thread, blocking.
 */
public final class JdbcCatalogStore implements CatalogStore, LoginStore, ProvenanceStore {

  /** The one epoch is kept with account sys. */
  private static final int EPOCH_ACCOUNT = AccountId.SYS.value();

  private final ControlPool pool;
  private final String schema;

  private JdbcCatalogStore(ControlPool pool, String quotedSchema) {
    this.pool = pool;
    this.schema = quotedSchema;
  }

  /**
   * Connects, and makes or migrates the schema.
   *
   * @throws StoreException when the server cannot be reached, or the schema is newer than this
   *     program knows
   */
  public static JdbcCatalogStore open(JdbcSettings settings) throws StoreException {
    ControlPool pool = new ControlPool(settings, "catalog");
    boolean opened = false;
    try (Connection connection = pool.connection()) {
      new Migrations(settings.schema(), settings.password()).run(connection);
      opened = true;
      return new JdbcCatalogStore(pool, "`" + settings.schema() + "`");
    } catch (SQLException e) {
      throw pool.failure("opening the catalog", e);
    } finally {
      if (!opened) {
        pool.close();
      }
    }
  }

  @Override
  public LoadedCatalog load() throws StoreException {
    try (Connection connection = pool.connection()) {
      begin(connection);
      try {
        return read(connection);
      } finally {
        connection.rollback();
        connection.setAutoCommit(true);
      }
    } catch (SQLException e) {
      throw pool.failure("reading the catalog", e);
    } catch (InvariantViolation e) {
      throw new StoreException("the catalog's rows contradict each other: " + e.getMessage(), e);
    }
  }

  @Override
  public void commit(long expectedEpoch, CatalogState before, List<CatalogChange> changes)
      throws StoreException {
    Rows rows = new Rows(schema, before);
    changes.forEach(rows::add);
    try (Connection connection = pool.connection()) {
      begin(connection);
      boolean committed = false;
      try {
        long epoch = lockEpoch(connection);
        if (epoch != expectedEpoch) {
          throw new EpochConflict(expectedEpoch, epoch);
        }
        rows.write(connection);
        raiseEpoch(connection, rows);
        connection.commit();
        committed = true;
      } finally {
        if (!committed) {
          connection.rollback();
        }
        connection.setAutoCommit(true);
      }
    } catch (SQLException e) {
      throw pool.failure("writing the catalog", e);
    }
  }

  @Override
  public void loggedIn(Map<UserId, LastLogin> logins) throws StoreException {
    try (Connection connection = pool.connection();
        PreparedStatement put =
            connection.prepareStatement(
                "REPLACE INTO "
                    + schema
                    + ".catalog_login (account_id, user_id, last_login_millis, last_host) VALUES (?, ?, ?, ?)")) {
      for (Map.Entry<UserId, LastLogin> login : logins.entrySet()) {
        put.setInt(1, EPOCH_ACCOUNT);
        put.setInt(2, login.getKey().value());
        put.setLong(3, login.getValue().at().toEpochMilli());
        put.setString(4, login.getValue().host().orElse(null));
        put.addBatch();
      }
      put.executeBatch();
    } catch (SQLException e) {
      throw pool.failure("noting logins", e);
    }
  }

  @Override
  public Map<UserId, LastLogin> lastLogins() throws StoreException {
    Map<UserId, LastLogin> logins = new HashMap<>();
    try (Connection connection = pool.connection()) {
      each(
          connection,
          "user_id, last_login_millis, last_host FROM ",
          "catalog_login",
          "",
          row ->
              logins.put(
                  new UserId(row.getInt(1)),
                  new LastLogin(
                      Instant.ofEpochMilli(row.getLong(2)),
                      Optional.ofNullable(row.getString(3)))));
    } catch (SQLException e) {
      throw pool.failure("reading logins", e);
    }
    return logins;
  }

  @Override
  public Provenance provenance(AccountId account, Optional<Set<RoleId>> roles, boolean objects)
      throws StoreException {
    try (Connection connection = pool.connection()) {
      return new ProvenanceRows(connection, schema, account, roles).read(objects);
    } catch (SQLException e) {
      throw pool.failure("reading who granted what", e);
    }
  }

  @Override
  public void failed(Map<UserId, FailedLogins> failures) throws StoreException {
    try (Connection connection = pool.connection();
        PreparedStatement put =
            connection.prepareStatement(
                "REPLACE INTO "
                    + schema
                    + ".catalog_failed_login (user_id, attempts, locked_since_millis) VALUES (?, ?,"
                    + " ?)");
        PreparedStatement delete =
            connection.prepareStatement(
                "DELETE FROM " + schema + ".catalog_failed_login WHERE user_id = ?")) {
      for (Map.Entry<UserId, FailedLogins> failed : failures.entrySet()) {
        if (failed.getValue().equals(FailedLogins.NONE)) {
          delete.setInt(1, failed.getKey().value());
          delete.addBatch();
        } else {
          put.setInt(1, failed.getKey().value());
          put.setInt(2, failed.getValue().attempts());
          put.setObject(3, failed.getValue().lockedSince().map(Instant::toEpochMilli).orElse(null));
          put.addBatch();
        }
      }
      put.executeBatch();
      delete.executeBatch();
    } catch (SQLException e) {
      throw pool.failure("noting failed logins", e);
    }
  }

  @Override
  public Map<UserId, FailedLogins> failedLogins() throws StoreException {
    Map<UserId, FailedLogins> failures = new HashMap<>();
    try (Connection connection = pool.connection()) {
      each(
          connection,
          "user_id, attempts, locked_since_millis FROM ",
          "catalog_failed_login",
          "",
          row ->
              failures.put(
                  new UserId(row.getInt(1)),
                  new FailedLogins(
                      row.getInt(2), nullableLong(row, 3).map(Instant::ofEpochMilli))));
    } catch (SQLException e) {
      throw pool.failure("reading failed logins", e);
    }
    return failures;
  }

  @Override
  public void close() {
    pool.close();
  }

  private static void begin(Connection connection) throws SQLException {
    connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    connection.setAutoCommit(false);
  }

  private long lockEpoch(Connection connection) throws SQLException, StoreException {
    try (PreparedStatement query =
        connection.prepareStatement(
            "SELECT epoch FROM " + schema + ".catalog_state WHERE account_id = ? FOR UPDATE")) {
      query.setInt(1, EPOCH_ACCOUNT);
      try (ResultSet row = query.executeQuery()) {
        if (!row.next()) {
          throw new StoreException("the catalog's epoch is missing in " + schema);
        }
        return row.getLong(1);
      }
    }
  }

  private void raiseEpoch(Connection connection, Rows rows) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE "
                + schema
                + ".catalog_state SET epoch = epoch + 1, last_user_id = GREATEST(last_user_id, ?),"
                + " last_role_id = GREATEST(last_role_id, ?), last_database_id ="
                + " GREATEST(last_database_id, ?), last_relation_id = GREATEST(last_relation_id, ?)"
                + " WHERE account_id = ?")) {
      update.setLong(1, rows.lastUser());
      update.setLong(2, rows.lastRole());
      update.setLong(3, rows.lastDatabase());
      update.setLong(4, rows.lastRelation());
      update.setInt(5, EPOCH_ACCOUNT);
      update.executeUpdate();
    }
    if (rows.lastAccount() > 0) {
      try (PreparedStatement update =
          connection.prepareStatement(
              "UPDATE "
                  + schema
                  + ".catalog_account_ids SET last_account_id = GREATEST(last_account_id, ?)")) {
        update.setInt(1, rows.lastAccount());
        update.executeUpdate();
      }
    }
  }

  private LoadedCatalog read(Connection connection) throws SQLException, StoreException {
    long epoch;
    UserId lastUser;
    RoleId lastRole;
    DatabaseId lastDatabase;
    RelationId lastRelation;
    try (Statement query = connection.createStatement();
        ResultSet row =
            query.executeQuery(
                "SELECT epoch, last_user_id, last_role_id, last_database_id, last_relation_id FROM "
                    + schema
                    + ".catalog_state WHERE account_id = "
                    + EPOCH_ACCOUNT)) {
      if (!row.next()) {
        throw new StoreException("the catalog's epoch is missing in " + schema);
      }
      epoch = row.getLong(1);
      lastUser = new UserId(row.getInt(2));
      lastRole = new RoleId(row.getInt(3));
      lastDatabase = new DatabaseId(row.getLong(4));
      lastRelation = new RelationId(row.getLong(5));
    }
    AccountId lastAccount = lastAccount(connection);
    List<CatalogChange> rows = new ArrayList<>();
    Map<Integer, String> backends = new HashMap<>();
    each(
        connection,
        "account_id, backend FROM ",
        "catalog_account_backend",
        "",
        row -> backends.put(row.getInt(1), row.getString(2)));
    each(
        connection,
        "account_id, name, admin_name, status_code, comment, created_millis, suspended_millis,"
            + " login_user, sealed_password FROM ",
        "catalog_account",
        "",
        row -> rows.add(new CatalogChange.AccountPut(account(row, backends))));
    each(
        connection,
        "account_id, name, value FROM ",
        "catalog_variable",
        "",
        row -> rows.add(variable(row)));
    Map<Integer, UserId> privateRoles = new HashMap<>();
    each(
        connection,
        "role_id, user_id FROM ",
        "catalog_private_role",
        "",
        row -> privateRoles.put(row.getInt(1), new UserId(row.getInt(2))));
    List<Role> roles = new ArrayList<>();
    each(
        connection,
        "role_id, name, creator_user_id, owner_role_id, comment, created_millis,"
            + " account_id FROM ",
        "catalog_role",
        "ORDER BY role_id",
        row -> roles.add(role(row, privateRoles)));
    // An owner may come after what it owns, and own its owner: all of them first, then the owners.
    roles.forEach(role -> rows.add(new CatalogChange.RolePut(role.withOwner(role.id()))));
    roles.forEach(role -> rows.add(new CatalogChange.RolePut(role)));
    Map<Integer, Profile> profiles = new HashMap<>();
    each(
        connection,
        "user_id, default_secondary, attributes FROM ",
        "catalog_user_profile",
        "",
        row -> profiles.put(row.getInt(1), profile(row)));
    Map<Integer, List<FormerPassword>> former = new HashMap<>();
    each(
        connection,
        "user_id, caching_sha2, native_password, set_millis FROM ",
        "catalog_former_password",
        "ORDER BY user_id, position",
        row ->
            former
                .computeIfAbsent(row.getInt(1), user -> new ArrayList<>())
                .add(
                    new FormerPassword(
                        new Verifiers(row.getString(2), row.getString(3)),
                        Instant.ofEpochMilli(row.getLong(4)))));
    Map<Integer, UserSecurity> securities = new HashMap<>();
    each(
        connection,
        "user_id, password_changed_millis, must_change, lifetime_days, history, reuse_days,"
            + " require_current, failed_attempts, lock_days, lock_reason, locked_millis,"
            + " locked_until_millis FROM ",
        "catalog_user_security",
        "",
        row ->
            securities.put(
                row.getInt(1), security(row, former.getOrDefault(row.getInt(1), List.of()))));
    each(
        connection,
        "user_id, name, host, caching_sha2, native_password, default_role_id, owner_role_id,"
            + " locked, comment, created_millis, account_id FROM ",
        "catalog_user",
        "",
        row -> {
          User user = user(row, profiles);
          UserSecurity security = securities.get(row.getInt(1));
          rows.add(
              new CatalogChange.UserPut(security == null ? user : user.withSecurity(security)));
        });
    each(
        connection,
        "user_id, backend, login_user, sealed_password FROM ",
        "catalog_user_mapping",
        "",
        row ->
            rows.add(
                new CatalogChange.MappingPut(
                    new BackendMapping(
                        new UserId(row.getInt(1)),
                        row.getString(2),
                        new BackendLogin(row.getString(3), row.getString(4))))));
    each(
        connection,
        "role_id, user_id, grant_option FROM ",
        "catalog_role_to_user",
        "",
        row ->
            rows.add(
                new CatalogChange.RoleGrantedToUser(
                    new RoleToUser(
                        new RoleId(row.getInt(1)), new UserId(row.getInt(2)), row.getBoolean(3)))));
    each(
        connection,
        "granted_role_id, grantee_role_id, grant_option FROM ",
        "catalog_role_to_role",
        "",
        row ->
            rows.add(
                new CatalogChange.RoleGrantedToRole(
                    new RoleToRole(
                        new RoleId(row.getInt(1)), new RoleId(row.getInt(2)), row.getBoolean(3)))));
    each(
        connection,
        "database_id, name, owner_role_id, account_id FROM ",
        "catalog_database",
        "",
        row ->
            rows.add(
                new CatalogChange.DatabasePut(
                    new Database(
                        new DatabaseId(row.getLong(1)),
                        new AccountId(row.getInt(4)),
                        row.getString(2),
                        new RoleId(row.getInt(3))))));
    for (String table : List.of("catalog_relation", "catalog_program")) {
      each(
          connection,
          "relation_id, database_id, name, kind_code, owner_role_id FROM ",
          table,
          "",
          row ->
              rows.add(
                  new CatalogChange.RelationPut(
                      new Relation(
                          new RelationId(row.getLong(1)),
                          new DatabaseId(row.getLong(2)),
                          row.getString(3),
                          kind(row.getInt(4)),
                          new RoleId(row.getInt(5))))));
    }
    each(
        connection,
        "role_id, privilege_code, level_code, object_id, kind_code, grant_option FROM ",
        "catalog_grant",
        "",
        row -> rows.add(new CatalogChange.PrivilegeGranted(grant(row))));
    each(
        connection,
        "role_id, privilege_code, relation_id, kind_code, column_name, grant_option FROM ",
        "catalog_column_grant",
        "",
        row -> rows.add(new CatalogChange.PrivilegeGranted(columnGrant(row))));
    each(
        connection,
        "role_id, relation_id, column_name, definition FROM ",
        "catalog_row_policy",
        "",
        row ->
            rows.add(
                new CatalogChange.RowPolicyPut(
                    PolicyCode.policy(
                        new RoleId(row.getInt(1)),
                        new RelationId(row.getLong(2)),
                        row.getString(3),
                        row.getString(4)))));
    each(
        connection,
        "relation_id, name, column_names FROM ",
        "catalog_hierarchy",
        "",
        row ->
            rows.add(
                new CatalogChange.HierarchyPut(
                    new Hierarchy(
                        new RelationId(row.getLong(1)),
                        row.getString(2),
                        List.of(row.getString(3).split("\n", -1))))));
    CatalogState state = CatalogState.empty().applyAll(rows);
    return new LoadedCatalog(
        epoch, state.withIdsUsed(lastAccount, lastUser, lastRole, lastDatabase, lastRelation));
  }

  private AccountId lastAccount(Connection connection) throws SQLException, StoreException {
    try (Statement query = connection.createStatement();
        ResultSet row =
            query.executeQuery("SELECT last_account_id FROM " + schema + ".catalog_account_ids")) {
      if (!row.next()) {
        throw new StoreException("the last id of an account is missing in " + schema);
      }
      return new AccountId(row.getInt(1));
    }
  }

  private static Account account(ResultSet row, Map<Integer, String> backends)
      throws SQLException, StoreException {
    int code = row.getInt(4);
    AccountStatus status =
        AccountStatus.ofCode(code).orElseThrow(() -> unknown("status of an account", code));
    long suspended = row.getLong(7);
    Optional<Instant> since =
        row.wasNull() ? Optional.empty() : Optional.of(Instant.ofEpochMilli(suspended));
    String login = row.getString(8);
    return new Account(
        new AccountId(row.getInt(1)),
        row.getString(2),
        row.getString(3),
        status,
        Optional.ofNullable(row.getString(5)),
        Instant.ofEpochMilli(row.getLong(6)),
        since,
        login == null ? Optional.empty() : Optional.of(new BackendLogin(login, row.getString(9))),
        backends.getOrDefault(row.getInt(1), Account.MAIN_BACKEND));
  }

  private static CatalogChange variable(ResultSet row) throws SQLException, StoreException {
    String name = row.getString(2);
    Optional<GateVariable> variable = GateVariable.named(name);
    if (variable.isEmpty()) {
      throw new StoreException(
          "the catalog holds a variable this Portcullis does not know: " + name);
    }
    return new CatalogChange.VariableSet(
        new AccountId(row.getInt(1)), variable.get(), Optional.of(row.getString(3)));
  }

  /** Reads a row of a result. */
  private interface RowReader {
    void read(ResultSet row) throws SQLException, StoreException;
  }

  private void each(
      Connection connection, String columns, String table, String order, RowReader reader)
      throws SQLException, StoreException {
    try (Statement query = connection.createStatement()) {
      // The driver's way of not keeping the whole result in memory.
      query.setFetchSize(Integer.MIN_VALUE);
      try (ResultSet row =
          query.executeQuery("SELECT " + columns + schema + "." + table + " " + order)) {
        while (row.next()) {
          reader.read(row);
        }
      }
    }
  }

  private static Role role(ResultSet row, Map<Integer, UserId> privateRoles) throws SQLException {
    int creator = row.getInt(3);
    Optional<UserId> creatorId =
        row.wasNull() ? Optional.empty() : Optional.of(new UserId(creator));
    return new Role(
        new RoleId(row.getInt(1)),
        new AccountId(row.getInt(7)),
        row.getString(2),
        creatorId,
        new RoleId(row.getInt(4)),
        Optional.ofNullable(row.getString(5)),
        Instant.ofEpochMilli(row.getLong(6)),
        Optional.ofNullable(privateRoles.get(row.getInt(1))));
  }

  /** What the row beside a user's own holds. */
  private record Profile(SecondaryRoles secondary, String attributes) {
    static final Profile NONE = new Profile(SecondaryRoles.NONE, User.NO_ATTRIBUTES);
  }

  private static Profile profile(ResultSet row) throws SQLException, StoreException {
    String secondary = row.getString(2);
    try {
      return new Profile(SecondaryCode.roles(secondary), row.getString(3));
    } catch (NumberFormatException e) {
      throw new StoreException(
          "the catalog holds default roles this Portcullis does not know: " + secondary, e);
    }
  }

  private static User user(ResultSet row, Map<Integer, Profile> profiles) throws SQLException {
    Profile profile = profiles.getOrDefault(row.getInt(1), Profile.NONE);
    return new User(
        new UserId(row.getInt(1)),
        new AccountId(row.getInt(11)),
        row.getString(2),
        row.getString(3),
        new Verifiers(row.getString(4), row.getString(5)),
        new RoleId(row.getInt(6)),
        new RoleId(row.getInt(7)),
        row.getBoolean(8),
        Optional.ofNullable(row.getString(9)),
        Instant.ofEpochMilli(row.getLong(10)),
        profile.secondary(),
        profile.attributes());
  }

  private static UserSecurity security(ResultSet row, List<FormerPassword> former)
      throws SQLException {
    Optional<Integer> attempts = nullableLong(row, 8).map(Long::intValue);
    Optional<Long> since = nullableLong(row, 11);
    return new UserSecurity(
        Instant.ofEpochMilli(row.getLong(2)),
        row.getBoolean(3),
        nullableLong(row, 4).map(Long::intValue),
        nullableLong(row, 5),
        nullableLong(row, 6),
        nullableLong(row, 7).map(flag -> flag != 0),
        attempts.isEmpty()
            ? Optional.empty()
            : Optional.of(new LoginLimit(attempts.get(), row.getInt(9))),
        since.isEmpty()
            ? Optional.empty()
            : Optional.of(
                new Lock(
                    Optional.ofNullable(row.getString(10)),
                    Instant.ofEpochMilli(since.get()),
                    nullableLong(row, 12).map(Instant::ofEpochMilli))),
        former);
  }

  private static Optional<Long> nullableLong(ResultSet row, int column) throws SQLException {
    long value = row.getLong(column);
    return row.wasNull() ? Optional.empty() : Optional.of(value);
  }

  /** Of the columns role, privilege, level, object, kind and option, the first ones. */
  static Grant grant(ResultSet row) throws SQLException, StoreException {
    int code = row.getInt(2);
    Optional<PrivilegeType> privilege = PrivilegeType.ofCode(code);
    GrantLevel level = level(row.getInt(3), row.getLong(4), row.getInt(5));
    if (privilege.isEmpty() || privilege.get().scope() != level.scope()) {
      throw unknown("privilege", code);
    }
    return new Grant(new RoleId(row.getInt(1)), privilege.get(), level, row.getBoolean(6));
  }

  /** Of the columns role, privilege, relation, kind, column and option, the first ones. */
  static Grant columnGrant(ResultSet row) throws SQLException, StoreException {
    int code = row.getInt(2);
    PrivilegeType privilege =
        PrivilegeType.ofCode(code)
            .filter(PrivilegeType::isOfColumns)
            .orElseThrow(() -> unknown("privilege on a column", code));
    GrantLevel level =
        new GrantLevel.OnColumn(
            new RelationId(row.getLong(3)), kind(row.getInt(4)), row.getString(5));
    return new Grant(new RoleId(row.getInt(1)), privilege, level, row.getBoolean(6));
  }

  private static GrantLevel level(int code, long object, int kind) throws StoreException {
    return switch (code) {
      case LevelCode.ACCOUNT -> new GrantLevel.OnAccount();
      case LevelCode.EVERY_DATABASE -> new GrantLevel.OnEveryDatabase();
      case LevelCode.DATABASE -> new GrantLevel.OnDatabase(new DatabaseId(object));
      case LevelCode.EVERY_RELATION -> new GrantLevel.OnEveryRelation(kind(kind));
      case LevelCode.RELATIONS_OF ->
          new GrantLevel.OnRelationsOf(new DatabaseId(object), kind(kind));
      case LevelCode.RELATION -> new GrantLevel.OnRelation(new RelationId(object), kind(kind));
      default -> throw unknown("level", code);
    };
  }

  private static RelationKind kind(int code) throws StoreException {
    return switch (code) {
      case LevelCode.TABLE -> RelationKind.TABLE;
      case LevelCode.VIEW -> RelationKind.VIEW;
      case LevelCode.FUNCTION -> RelationKind.FUNCTION;
      case LevelCode.PROCEDURE -> RelationKind.PROCEDURE;
      case LevelCode.TRIGGER -> RelationKind.TRIGGER;
      case LevelCode.EVENT -> RelationKind.EVENT;
      default -> throw unknown("kind of relation", code);
    };
  }

  private static StoreException unknown(String what, int code) {
    return new StoreException(
        "the catalog holds a " + what + " this Portcullis does not know: code " + code);
  }
}
