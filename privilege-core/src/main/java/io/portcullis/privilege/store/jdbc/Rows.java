package io.portcullis.privilege.store.jdbc;

import io.portcullis.privilege.catalog.CatalogChange;
import io.portcullis.privilege.catalog.CatalogState;
import io.portcullis.privilege.model.Account;
import io.portcullis.privilege.model.AccountId;
import io.portcullis.privilege.model.BackendLogin;
import io.portcullis.privilege.model.BackendMapping;
import io.portcullis.privilege.model.Database;
import io.portcullis.privilege.model.DatabaseId;
import io.portcullis.privilege.model.Grant;
import io.portcullis.privilege.model.GrantLevel;
import io.portcullis.privilege.model.Hierarchy;
import io.portcullis.privilege.model.Names;
import io.portcullis.privilege.model.Relation;
import io.portcullis.privilege.model.RelationId;
import io.portcullis.privilege.model.Role;
import io.portcullis.privilege.model.RoleId;
import io.portcullis.privilege.model.RowPolicy;
import io.portcullis.privilege.model.SecondaryRoles;
import io.portcullis.privilege.model.User;
import io.portcullis.privilege.model.UserId;
import io.portcullis.privilege.model.UserSecurity;
import io.portcullis.sql.access.RelationKind;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Catalog changes as row changes: statements with parameters, in order, equal neighbours sent as
 * one batch. Does to the rows what {@code CatalogState.apply} does to the state.
 */
final class Rows {

  /** Times of logins are kept without an account. */
  private static final int NO_ACCOUNT = AccountId.SYS.value();

  private final String schema;
  private final List<Row> rows = new ArrayList<>();
  private CatalogState state;
  private CatalogChange.@Nullable MadeBy madeBy;
  private int account;
  private int lastAccount;
  private long lastUser;
  private long lastRole;
  private long lastDatabase;
  private long lastRelation;

  private static final List<String> TABLES_OF_ACCOUNT =
      List.of(
          "catalog_grant",
          "catalog_column_grant",
          "catalog_row_policy",
          "catalog_hierarchy",
          "catalog_relation_maker",
          "catalog_relation",
          "catalog_program",
          "catalog_database",
          "catalog_role_to_role",
          "catalog_role_to_user",
          "catalog_private_role",
          "catalog_user_profile",
          "catalog_user_creator",
          "catalog_user_mapping",
          "catalog_user",
          "catalog_role",
          "catalog_account_backend",
          "catalog_user_security",
          "catalog_former_password",
          "catalog_user",
          "catalog_role",
          "catalog_variable",
          "catalog_account");

  /** One execution of one statement. */
  private record Row(String sql, List<Object> parameters) {}

  /** {@code NULL} among parameters, which are never null. */
  private enum Null {
    NULL
  }

  /**
   * @param before what the changes apply to: says which account a row is of
   */
  Rows(String quotedSchema, CatalogState before) {
    this.schema = quotedSchema;
    this.state = before;
  }

  void add(CatalogChange change) {
    account = account(change).value();
    addRows(change);
    state = state.apply(change);
  }

  private AccountId account(CatalogChange change) {
    if (change instanceof CatalogChange.MadeBy) {
      return AccountId.SYS;
    } else if (change instanceof CatalogChange.AccountPut put) {
      return put.account().id();
    } else if (change instanceof CatalogChange.AccountDropped dropped) {
      return dropped.account();
    } else if (change instanceof CatalogChange.VariableSet set) {
      return set.account();
    } else if (change instanceof CatalogChange.UserPut put) {
      return put.user().account();
    } else if (change instanceof CatalogChange.UserDropped dropped) {
      return of(dropped.user());
    } else if (change instanceof CatalogChange.MappingPut put) {
      return of(put.mapping().user());
    } else if (change instanceof CatalogChange.MappingDropped dropped) {
      return of(dropped.user());
    } else if (change instanceof CatalogChange.RolePut put) {
      return put.role().account();
    } else if (change instanceof CatalogChange.RoleDropped dropped) {
      return of(dropped.role());
    } else if (change instanceof CatalogChange.RoleGrantedToUser granted) {
      return of(granted.edge().role());
    } else if (change instanceof CatalogChange.RoleRevokedFromUser revoked) {
      return of(revoked.role());
    } else if (change instanceof CatalogChange.RoleGrantedToRole granted) {
      return of(granted.edge().granted());
    } else if (change instanceof CatalogChange.RoleRevokedFromRole revoked) {
      return of(revoked.granted());
    } else if (change instanceof CatalogChange.PrivilegeGranted granted) {
      return of(granted.grant().grantee());
    } else if (change instanceof CatalogChange.PrivilegeRevoked revoked) {
      return of(revoked.grant().grantee());
    } else if (change instanceof CatalogChange.RowPolicyPut put) {
      return of(put.policy().role());
    } else if (change instanceof CatalogChange.RowPolicyDropped dropped) {
      return of(dropped.policy().role());
    } else if (change instanceof CatalogChange.HierarchyPut put) {
      return of(put.hierarchy().table());
    } else if (change instanceof CatalogChange.HierarchyDropped dropped) {
      return of(dropped.table());
    } else if (change instanceof CatalogChange.DatabasePut put) {
      return put.database().account();
    } else if (change instanceof CatalogChange.DatabaseDropped dropped) {
      return of(dropped.database());
    } else if (change instanceof CatalogChange.RelationPut put) {
      return of(put.relation().database());
    } else if (change instanceof CatalogChange.RelationDropped dropped) {
      return of(dropped.relation());
    }
    throw new AssertionError(change);
  }

  private AccountId of(UserId user) {
    return of(state.user(user).map(User::account));
  }

  private AccountId of(RoleId role) {
    return of(state.role(role).map(Role::account));
  }

  private AccountId of(DatabaseId database) {
    return of(state.database(database).map(Database::account));
  }

  private AccountId of(RelationId relation) {
    return of(
        state
            .relation(relation)
            .flatMap(known -> state.database(known.database()))
            .map(Database::account));
  }

  /** What is not there has no row in any account: taking it away changes nothing. */
  private static AccountId of(Optional<AccountId> known) {
    return known.orElse(AccountId.SYS);
  }

  private void addRows(CatalogChange change) {
    if (change instanceof CatalogChange.MadeBy by) {
      madeBy = by;
    } else if (change instanceof CatalogChange.AccountPut put) {
      put(put.account());
    } else if (change instanceof CatalogChange.AccountDropped) {
      dropAccount();
    } else if (change instanceof CatalogChange.VariableSet set) {
      put(set);
    } else if (change instanceof CatalogChange.UserPut put) {
      put(put.user());
    } else if (change instanceof CatalogChange.UserDropped dropped) {
      int user = dropped.user().value();
      delete("catalog_role_to_user WHERE account_id = ? AND user_id = ?", user);
      delete("catalog_user WHERE account_id = ? AND user_id = ?", user);
      delete("catalog_user_profile WHERE account_id = ? AND user_id = ?", user);
      delete("catalog_user_creator WHERE account_id = ? AND user_id = ?", user);
      delete("catalog_user_mapping WHERE account_id = ? AND user_id = ?", user);
      delete("catalog_user_security WHERE account_id = ? AND user_id = ?", user);
      delete("catalog_former_password WHERE account_id = ? AND user_id = ?", user);
      rows.add(
          new Row(
              "DELETE FROM " + schema + ".catalog_failed_login WHERE user_id = ?", List.of(user)));
      rows.add(
          new Row(
              "DELETE FROM " + schema + ".catalog_login WHERE account_id = ? AND user_id = ?",
              List.of(NO_ACCOUNT, user)));
    } else if (change instanceof CatalogChange.MappingPut put) {
      put(put.mapping());
    } else if (change instanceof CatalogChange.MappingDropped dropped) {
      unmap(dropped.user(), dropped.backend());
    } else if (change instanceof CatalogChange.RolePut put) {
      put(put.role());
    } else if (change instanceof CatalogChange.RoleDropped dropped) {
      drop(dropped);
    } else if (change instanceof CatalogChange.RoleGrantedToUser granted) {
      var edge = granted.edge();
      unlink(edge.role().value(), edge.user().value());
      insert(
          "catalog_role_to_user (account_id, role_id, user_id, grant_option, granted_by,"
              + " granted_millis)",
          edge.role().value(),
          edge.user().value(),
          edge.grantOption(),
          maker(),
          madeAt());
    } else if (change instanceof CatalogChange.RoleRevokedFromUser revoked) {
      unlink(revoked.role().value(), revoked.user().value());
    } else if (change instanceof CatalogChange.RoleGrantedToRole granted) {
      var edge = granted.edge();
      uninherit(edge.granted().value(), edge.grantee().value());
      insert(
          "catalog_role_to_role (account_id, granted_role_id, grantee_role_id, grant_option,"
              + " granted_by, granted_with_role, granted_millis)",
          edge.granted().value(),
          edge.grantee().value(),
          edge.grantOption(),
          maker(),
          makersRole(),
          madeAt());
    } else if (change instanceof CatalogChange.RoleRevokedFromRole revoked) {
      uninherit(revoked.granted().value(), revoked.grantee().value());
    } else if (change instanceof CatalogChange.PrivilegeGranted granted) {
      revoke(granted.grant());
      grant(granted.grant());
    } else if (change instanceof CatalogChange.PrivilegeRevoked revoked) {
      revoke(revoked.grant());
    } else if (change instanceof CatalogChange.RowPolicyPut put) {
      put(put.policy());
    } else if (change instanceof CatalogChange.RowPolicyDropped dropped) {
      drop(dropped.policy());
    } else if (change instanceof CatalogChange.HierarchyPut put) {
      put(put.hierarchy());
    } else if (change instanceof CatalogChange.HierarchyDropped dropped) {
      drop(dropped.table(), dropped.name());
    } else if (change instanceof CatalogChange.DatabasePut put) {
      put(put.database());
    } else if (change instanceof CatalogChange.DatabaseDropped dropped) {
      dropDatabase(dropped.database().value());
    } else if (change instanceof CatalogChange.RelationPut put) {
      put(put.relation());
      if (put.made() && madeBy != null) {
        made(put.relation().id().value());
      }
    } else if (change instanceof CatalogChange.RelationDropped dropped) {
      long relation = dropped.relation().value();
      delete(
          "catalog_grant WHERE account_id = ? AND level_code = ? AND object_id = ?",
          LevelCode.RELATION,
          relation);
      delete("catalog_column_grant WHERE account_id = ? AND relation_id = ?", relation);
      delete("catalog_row_policy WHERE account_id = ? AND relation_id = ?", relation);
      delete("catalog_hierarchy WHERE account_id = ? AND relation_id = ?", relation);
      delete("catalog_relation_maker WHERE account_id = ? AND relation_id = ?", relation);
      delete("catalog_relation WHERE account_id = ? AND relation_id = ?", relation);
      delete("catalog_program WHERE account_id = ? AND relation_id = ?", relation);
    } else {
      throw new AssertionError(change);
    }
  }

  /** Executes everything, and remembers which ids are used up. The transaction is the caller's. */
  void write(Connection connection) throws SQLException {
    int from = 0;
    while (from < rows.size()) {
      String sql = rows.get(from).sql();
      try (PreparedStatement statement = connection.prepareStatement(sql)) {
        int to = from;
        while (to < rows.size() && rows.get(to).sql().equals(sql)) {
          bind(statement, rows.get(to).parameters());
          statement.addBatch();
          to++;
        }
        statement.executeBatch();
        from = to;
      }
    }
  }

  /** Highest ids among what was put; 0 when nothing was. */
  int lastAccount() {
    return lastAccount;
  }

  long lastUser() {
    return lastUser;
  }

  long lastRole() {
    return lastRole;
  }

  long lastDatabase() {
    return lastDatabase;
  }

  long lastRelation() {
    return lastRelation;
  }

  private void put(Account of) {
    lastAccount = Math.max(lastAccount, of.id().value());
    delete("catalog_account WHERE account_id = ?");
    insert(
        "catalog_account (account_id, name, name_key, admin_name, status_code, comment,"
            + " created_millis, suspended_millis, login_user, sealed_password)",
        of.name(),
        Names.key(of.name()),
        of.adminName(),
        of.status().code(),
        orNull(of.comment()),
        of.created().toEpochMilli(),
        orNull(of.suspended().map(Instant::toEpochMilli)),
        orNull(of.login().map(BackendLogin::user)),
        orNull(of.login().map(BackendLogin::sealedPassword)));
    delete("catalog_account_backend WHERE account_id = ?");
    if (!of.backend().equals(Account.MAIN_BACKEND)) {
      insert("catalog_account_backend (account_id, backend)", of.backend());
    }
  }

  private void put(BackendMapping mapping) {
    unmap(mapping.user(), mapping.backend());
    insert(
        "catalog_user_mapping (account_id, user_id, backend, login_user, sealed_password)",
        mapping.user().value(),
        mapping.backend(),
        mapping.login().user(),
        mapping.login().sealedPassword());
  }

  private void unmap(UserId user, String backend) {
    delete(
        "catalog_user_mapping WHERE account_id = ? AND user_id = ? AND backend = ?",
        user.value(),
        backend);
  }

  private void dropAccount() {
    rows.add(
        new Row(
            "DELETE FROM "
                + schema
                + ".catalog_login WHERE account_id = ? AND user_id IN (SELECT user_id FROM "
                + schema
                + ".catalog_user WHERE account_id = ?)",
            List.of(NO_ACCOUNT, account)));
    rows.add(
        new Row(
            "DELETE FROM "
                + schema
                + ".catalog_failed_login WHERE user_id IN (SELECT user_id FROM "
                + schema
                + ".catalog_user WHERE account_id = ?)",
            List.of(account)));
    for (String table : TABLES_OF_ACCOUNT) {
      delete(table + " WHERE account_id = ?");
    }
  }

  private void put(CatalogChange.VariableSet set) {
    String name = set.variable().variableName();
    delete("catalog_variable WHERE account_id = ? AND name = ?", name);
    set.value()
        .ifPresent(value -> insert("catalog_variable (account_id, name, value)", name, value));
  }

  private void put(User user) {
    lastUser = Math.max(lastUser, user.id().value());
    if (state.user(user.id()).isEmpty() && ofThisAccount().isPresent()) {
      insert(
          "catalog_user_creator (account_id, user_id, creator_user_id)",
          user.id().value(),
          maker());
    }
    delete("catalog_user WHERE account_id = ? AND user_id = ?", user.id().value());
    insert(
        "catalog_user (account_id, user_id, name, name_key, host, caching_sha2, native_password,"
            + " default_role_id, owner_role_id, locked, comment, created_millis)",
        user.id().value(),
        user.name(),
        Names.key(user.name()),
        user.host(),
        user.verifiers().cachingSha2(),
        user.verifiers().nativePassword(),
        user.defaultRole().value(),
        user.owner().value(),
        user.locked(),
        orNull(user.comment()),
        user.created().toEpochMilli());
    delete("catalog_user_profile WHERE account_id = ? AND user_id = ?", user.id().value());
    if (!user.defaultSecondary().isNone() || !user.attributes().equals(User.NO_ATTRIBUTES)) {
      insert(
          "catalog_user_profile (account_id, user_id, default_secondary, attributes)",
          user.id().value(),
          SecondaryCode.text(user.defaultSecondary()),
          user.attributes());
    }
    putSecurity(user);
  }

  private void putSecurity(User user) {
    int id = user.id().value();
    UserSecurity security = user.security();
    delete("catalog_user_security WHERE account_id = ? AND user_id = ?", id);
    if (!security.equals(UserSecurity.of(user.created()))) {
      insert(
          "catalog_user_security (account_id, user_id, password_changed_millis, must_change,"
              + " lifetime_days, history, reuse_days, require_current, failed_attempts, lock_days,"
              + " lock_reason, locked_millis, locked_until_millis)",
          id,
          security.passwordChanged().toEpochMilli(),
          security.mustChange(),
          orNull(security.lifetimeDays()),
          orNull(security.history()),
          orNull(security.reuseDays()),
          orNull(security.requireCurrent()),
          orNull(security.limit().map(UserSecurity.LoginLimit::attempts)),
          orNull(security.limit().map(UserSecurity.LoginLimit::days)),
          orNull(security.lock().flatMap(UserSecurity.Lock::reason)),
          orNull(security.lock().map(lock -> lock.since().toEpochMilli())),
          orNull(security.lock().flatMap(UserSecurity.Lock::until).map(Instant::toEpochMilli)));
    }
    delete("catalog_former_password WHERE account_id = ? AND user_id = ?", id);
    for (int i = 0; i < security.former().size(); i++) {
      UserSecurity.FormerPassword former = security.former().get(i);
      insert(
          "catalog_former_password (account_id, user_id, position, caching_sha2, native_password,"
              + " set_millis)",
          id,
          i,
          former.verifiers().cachingSha2(),
          former.verifiers().nativePassword(),
          former.set().toEpochMilli());
    }
  }

  private void put(Role role) {
    lastRole = Math.max(lastRole, role.id().value());
    delete("catalog_role WHERE account_id = ? AND role_id = ?", role.id().value());
    insert(
        "catalog_role (account_id, role_id, name, name_key, creator_user_id, owner_role_id,"
            + " comment, created_millis)",
        role.id().value(),
        role.name(),
        Names.key(role.name()),
        orNull(role.creator().map(creator -> creator.value())),
        role.owner().value(),
        orNull(role.comment()),
        role.created().toEpochMilli());
    delete("catalog_private_role WHERE account_id = ? AND role_id = ?", role.id().value());
    role.privateTo()
        .ifPresent(
            user ->
                insert(
                    "catalog_private_role (account_id, role_id, user_id)",
                    role.id().value(),
                    user.value()));
  }

  private void put(Database database) {
    lastDatabase = Math.max(lastDatabase, database.id().value());
    delete("catalog_database WHERE account_id = ? AND database_id = ?", database.id().value());
    insert(
        "catalog_database (account_id, database_id, name, owner_role_id)",
        database.id().value(),
        database.name(),
        database.owner().value());
  }

  private void put(Relation relation) {
    lastRelation = Math.max(lastRelation, relation.id().value());
    String table = relation.kind().isProgram() ? "catalog_program" : "catalog_relation";
    delete(table + " WHERE account_id = ? AND relation_id = ?", relation.id().value());
    insert(
        table + " (account_id, relation_id, database_id, name, kind_code, owner_role_id)",
        relation.id().value(),
        relation.database().value(),
        relation.name(),
        LevelCode.of(relation.kind()),
        relation.owner().value());
  }

  private void put(RowPolicy policy) {
    drop(policy.key());
    insert(
        "catalog_row_policy (account_id, role_id, relation_id, column_name, definition)",
        policy.role().value(),
        policy.table().value(),
        policy.column(),
        PolicyCode.definition(policy));
  }

  private void drop(RowPolicy.Key policy) {
    delete(
        "catalog_row_policy WHERE account_id = ? AND role_id = ? AND relation_id = ?"
            + " AND column_name = ?",
        policy.role().value(),
        policy.table().value(),
        policy.column());
  }

  private void put(Hierarchy hierarchy) {
    drop(hierarchy.table(), hierarchy.name());
    insert(
        "catalog_hierarchy (account_id, relation_id, name, column_names)",
        hierarchy.table().value(),
        hierarchy.name(),
        String.join("\n", hierarchy.columns()));
  }

  private void drop(RelationId table, String hierarchy) {
    delete(
        "catalog_hierarchy WHERE account_id = ? AND relation_id = ? AND name = ?",
        table.value(),
        hierarchy);
  }

  private void drop(CatalogChange.RoleDropped dropped) {
    int role = dropped.role().value();
    int heir = dropped.heir().value();
    delete("catalog_grant WHERE account_id = ? AND role_id = ?", role);
    delete("catalog_column_grant WHERE account_id = ? AND role_id = ?", role);
    delete("catalog_row_policy WHERE account_id = ? AND role_id = ?", role);
    delete("catalog_role_to_user WHERE account_id = ? AND role_id = ?", role);
    delete("catalog_role_to_role WHERE account_id = ? AND granted_role_id = ?", role);
    delete("catalog_role_to_role WHERE account_id = ? AND grantee_role_id = ?", role);
    delete("catalog_private_role WHERE account_id = ? AND role_id = ?", role);
    delete("catalog_role WHERE account_id = ? AND role_id = ?", role);
    for (String table :
        List.of(
            "catalog_role",
            "catalog_user",
            "catalog_database",
            "catalog_relation",
            "catalog_program")) {
      rows.add(
          new Row(
              "UPDATE "
                  + schema
                  + "."
                  + table
                  + " SET owner_role_id = ? WHERE account_id = ? AND owner_role_id = ?",
              List.of(heir, account, role)));
    }
  }

  private void unlink(int role, int user) {
    delete("catalog_role_to_user WHERE account_id = ? AND role_id = ? AND user_id = ?", role, user);
  }

  private void uninherit(int granted, int grantee) {
    delete(
        "catalog_role_to_role WHERE account_id = ? AND granted_role_id = ? AND grantee_role_id = ?",
        granted,
        grantee);
  }

  private void grant(Grant grant) {
    if (grant.level() instanceof GrantLevel.OnColumn one) {
      insert(
          "catalog_column_grant (account_id, role_id, privilege_code, relation_id, kind_code,"
              + " column_name, grant_option, granted_by, granted_millis)",
          grant.grantee().value(),
          grant.privilege().code(),
          one.relation().value(),
          LevelCode.of(one.kind()),
          one.column(),
          grant.grantOption(),
          maker(),
          madeAt());
      return;
    }
    insert(
        "catalog_grant (account_id, role_id, privilege_code, level_code, object_id, kind_code,"
            + " grant_option, granted_by, granted_millis)",
        grant.grantee().value(),
        grant.privilege().code(),
        LevelCode.of(grant.level()),
        LevelCode.object(grant.level()),
        LevelCode.kind(grant.level()),
        grant.grantOption(),
        maker(),
        madeAt());
  }

  /** Who makes the changes, if that is somebody of the account the row is of. */
  private Object maker() {
    return orNull(ofThisAccount().map(by -> by.user().value()));
  }

  private Object makersRole() {
    return orNull(ofThisAccount().map(by -> by.role().value()));
  }

  private Object madeAt() {
    return orNull(Optional.ofNullable(madeBy).map(by -> by.at().toEpochMilli()));
  }

  private Optional<CatalogChange.MadeBy> ofThisAccount() {
    return Optional.ofNullable(madeBy)
        .filter(
            by ->
                state
                    .user(by.user())
                    .filter(user -> user.account().value() == account)
                    .isPresent());
  }

  private void revoke(Grant grant) {
    GrantLevel level = grant.level();
    if (level instanceof GrantLevel.OnColumn one) {
      delete(
          "catalog_column_grant WHERE account_id = ? AND role_id = ? AND privilege_code = ?"
              + " AND relation_id = ? AND kind_code = ? AND column_name = ?",
          grant.grantee().value(),
          grant.privilege().code(),
          one.relation().value(),
          LevelCode.of(one.kind()),
          one.column());
      return;
    }
    delete(
        "catalog_grant WHERE account_id = ? AND role_id = ? AND privilege_code = ?"
            + " AND level_code = ? AND object_id = ? AND kind_code = ?",
        grant.grantee().value(),
        grant.privilege().code(),
        LevelCode.of(level),
        LevelCode.object(level),
        LevelCode.kind(level));
  }

  private void made(long relation) {
    delete("catalog_relation_maker WHERE account_id = ? AND relation_id = ?", relation);
    insert(
        "catalog_relation_maker (account_id, relation_id, maker_user_id, made_millis)",
        relation,
        maker(),
        madeAt());
  }

  private void dropDatabase(long database) {
    for (String table : List.of("catalog_relation", "catalog_program")) {
      rows.add(
          new Row(
              "DELETE FROM "
                  + schema
                  + ".catalog_grant WHERE account_id = ? AND level_code = ? AND object_id IN"
                  + " (SELECT relation_id FROM "
                  + schema
                  + "."
                  + table
                  + " WHERE account_id = ? AND database_id = ?)",
              List.of(account, LevelCode.RELATION, account, database)));
    }
    for (String table :
        List.of("catalog_column_grant", "catalog_row_policy", "catalog_hierarchy")) {
      deleteOf("catalog_relation", database, table);
    }
    deleteOf("catalog_relation", database, "catalog_relation_maker");
    deleteOf("catalog_program", database, "catalog_relation_maker");
    delete(
        "catalog_grant WHERE account_id = ? AND level_code IN (?, ?) AND object_id = ?",
        LevelCode.DATABASE,
        LevelCode.RELATIONS_OF,
        database);
    delete("catalog_relation WHERE account_id = ? AND database_id = ?", database);
    delete("catalog_program WHERE account_id = ? AND database_id = ?", database);
    delete("catalog_database WHERE account_id = ? AND database_id = ?", database);
  }

  private void deleteOf(String relations, long database, String table) {
    rows.add(
        new Row(
            "DELETE FROM "
                + schema
                + "."
                + table
                + " WHERE account_id = ? AND relation_id IN (SELECT relation_id FROM "
                + schema
                + "."
                + relations
                + " WHERE account_id = ? AND database_id = ?)",
            List.of(account, account, database)));
  }

  private void delete(String tableAndWhere, Object... parameters) {
    rows.add(new Row("DELETE FROM " + schema + "." + tableAndWhere, inAccount(parameters)));
  }

  private void insert(String tableAndColumns, Object... parameters) {
    rows.add(
        new Row(
            "INSERT INTO "
                + schema
                + "."
                + tableAndColumns
                + " VALUES (?"
                + ", ?".repeat(parameters.length)
                + ")",
            inAccount(parameters)));
  }

  private List<Object> inAccount(Object... parameters) {
    List<Object> all = new ArrayList<>(parameters.length + 1);
    all.add(account);
    all.addAll(List.of(parameters));
    return all;
  }

  private static Object orNull(Optional<?> value) {
    return value.isPresent() ? value.get() : Null.NULL;
  }

  private static void bind(PreparedStatement statement, List<Object> parameters)
      throws SQLException {
    for (int i = 0; i < parameters.size(); i++) {
      @Nullable Object value = parameters.get(i) == Null.NULL ? null : parameters.get(i);
      statement.setObject(i + 1, value);
    }
  }

  /** Secondary roles as a text in a row. */
  static final class SecondaryCode {
    private static final String ALL = "*";

    private SecondaryCode() {}

    static String text(SecondaryRoles roles) {
      return roles.all()
          ? ALL
          : roles.roles().stream()
              .map(RoleId::value)
              .sorted()
              .map(String::valueOf)
              .collect(Collectors.joining(","));
    }

    /**
     * @throws NumberFormatException when no such text was written
     */
    static SecondaryRoles roles(String text) {
      if (text.equals(ALL)) {
        return SecondaryRoles.ALL;
      }
      return text.isEmpty()
          ? SecondaryRoles.NONE
          : SecondaryRoles.of(
              Arrays.stream(text.split(",", -1))
                  .map(id -> new RoleId(Integer.parseInt(id)))
                  .collect(Collectors.toSet()));
    }
  }

  /** Codes in the rows; they never change. */
  static final class LevelCode {
    static final int ACCOUNT = 0;
    static final int EVERY_DATABASE = 1;
    static final int DATABASE = 2;
    static final int EVERY_RELATION = 3;
    static final int RELATIONS_OF = 4;
    static final int RELATION = 5;
    static final int NO_KIND = 0;
    static final int TABLE = 1;
    static final int VIEW = 2;
    static final int FUNCTION = 3;
    static final int PROCEDURE = 4;
    static final int TRIGGER = 5;
    static final int EVENT = 6;

    private LevelCode() {}

    static int of(RelationKind kind) {
      return switch (kind) {
        case TABLE -> TABLE;
        case VIEW -> VIEW;
        case FUNCTION -> FUNCTION;
        case PROCEDURE -> PROCEDURE;
        case TRIGGER -> TRIGGER;
        case EVENT -> EVENT;
      };
    }

    static int of(GrantLevel level) {
      if (level instanceof GrantLevel.OnAccount) {
        return ACCOUNT;
      } else if (level instanceof GrantLevel.OnEveryDatabase) {
        return EVERY_DATABASE;
      } else if (level instanceof GrantLevel.OnDatabase) {
        return DATABASE;
      } else if (level instanceof GrantLevel.OnEveryRelation) {
        return EVERY_RELATION;
      } else if (level instanceof GrantLevel.OnRelationsOf) {
        return RELATIONS_OF;
      } else if (level instanceof GrantLevel.OnRelation) {
        return RELATION;
      }
      throw new AssertionError(level);
    }

    static long object(GrantLevel level) {
      if (level instanceof GrantLevel.OnDatabase one) {
        return one.database().value();
      } else if (level instanceof GrantLevel.OnRelationsOf all) {
        return all.database().value();
      } else if (level instanceof GrantLevel.OnRelation one) {
        return one.relation().value();
      }
      return 0;
    }

    static int kind(GrantLevel level) {
      if (level instanceof GrantLevel.OnEveryRelation every) {
        return of(every.kind());
      } else if (level instanceof GrantLevel.OnRelationsOf all) {
        return of(all.kind());
      } else if (level instanceof GrantLevel.OnRelation one) {
        return of(one.kind());
      }
      return NO_KIND;
    }
  }
}
