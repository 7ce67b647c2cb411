package io.portcullis.it.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portcullis.it.harness.BackendExtension;
import io.portcullis.it.harness.Endpoint;
import io.portcullis.it.harness.TestBackend;
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
import io.portcullis.privilege.model.RowPolicy;
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
import io.portcullis.privilege.store.InMemoryCatalogStore;
import io.portcullis.privilege.store.LastLogin;
import io.portcullis.privilege.store.LoadedCatalog;
import io.portcullis.privilege.store.Provenance;
import io.portcullis.privilege.store.Provenance.Granted;
import io.portcullis.privilege.store.StoreException;
import io.portcullis.privilege.store.jdbc.JdbcCatalogStore;
import io.portcullis.privilege.store.jdbc.JdbcSettings;
import io.portcullis.sql.access.RelationKind;
import io.portcullis.sql.statement.GateVariable;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The store on a real server holds what the store in memory holds. */
@ExtendWith(BackendExtension.class)
class JdbcCatalogStoreIT {

  private static final String SCHEMA = "portcullis_store_it";

  private final Endpoint server;

  JdbcCatalogStoreIT(TestBackend backend) {
    server = backend.endpoint();
  }

  @BeforeEach
  void dropSchema() throws SQLException {
    execute("DROP DATABASE IF EXISTS " + SCHEMA);
  }

  @Test
  void newSchemaIsAnEmptyCatalog() throws StoreException {
    try (CatalogStore store = open()) {
      LoadedCatalog loaded = store.load();

      assertThat(loaded.epoch()).isZero();
      assertThat(dump(loaded.state())).isEqualTo(dump(CatalogState.empty()));
    }
  }

  @Test
  void nobodyKeepsItFromOpeningByALockOfItsName() throws Exception {
    try (Connection other = server.connect();
        Statement statement = other.createStatement()) {
      statement.execute("DO GET_LOCK('portcullis:" + SCHEMA + "', 0), GET_LOCK('portcullis', 0)");
      try (CatalogStore store = open()) {
        assertThat(store.load().epoch()).isZero();
      }
    }
  }

  @Test
  void committedStateIsThereAfterReopening() throws StoreException {
    try (CatalogStore store = open()) {
      store.commit(0, store.load().state(), CatalogState.bootstrapChanges());
    }

    try (CatalogStore store = open()) {
      assertThat(store.load().epoch()).isEqualTo(1);
      assertThat(dump(store.load().state())).isEqualTo(dump(CatalogState.bootstrap()));
    }
  }

  @Test
  void commitOnAnOldEpochIsRefusedWhole() throws StoreException {
    try (CatalogStore store = open()) {
      store.commit(0, store.load().state(), CatalogState.bootstrapChanges());

      assertThatThrownBy(() -> store.commit(0, store.load().state(), List.of(role(7, "late"))))
          .isInstanceOf(EpochConflict.class);

      assertThat(store.load().epoch()).isEqualTo(1);
      assertThat(store.load().state().role(AccountId.SYS, "late")).isEmpty();
    }
  }

  @Test
  void commitThatFailsHalfWayStoresNothing() throws StoreException {
    try (CatalogStore store = open()) {
      store.commit(0, store.load().state(), CatalogState.bootstrapChanges());

      assertThatThrownBy(
              () ->
                  store.commit(
                      1, store.load().state(), List.of(role(7, "twice"), role(8, "x".repeat(300)))))
          .isInstanceOf(StoreException.class);

      assertThat(store.load().epoch()).isEqualTo(1);
      assertThat(store.load().state().role(AccountId.SYS, "twice")).isEmpty();
    }
  }

  @Test
  void idsOfWhatWasDroppedAreNotUsedAgain() throws StoreException {
    try (CatalogStore store = open()) {
      store.commit(0, store.load().state(), CatalogState.bootstrapChanges());
      store.commit(1, store.load().state(), List.of(role(7, "gone")));
      store.commit(
          2,
          store.load().state(),
          List.of(new CatalogChange.RoleDropped(new RoleId(7), RoleId.MOADMIN)));

      assertThat(store.load().state().nextRoleId()).isEqualTo(new RoleId(8));
    }
  }

  @Test
  void namesAreStoredAsTheyAre() throws StoreException {
    String name = "a'b\"c\\d`e;--%_\u00e4\ud83d\ude00";
    try (CatalogStore store = open()) {
      store.commit(0, store.load().state(), CatalogState.bootstrapChanges());
      store.commit(1, store.load().state(), List.of(role(7, name)));

      assertThat(store.load().state().role(AccountId.SYS, name)).isPresent();
    }
  }

  @Test
  void catalogOfTheFirstVersionIsMigratedAndReadTheSame() throws StoreException, SQLException {
    String before;
    try (JdbcCatalogStore store = open()) {
      store.commit(0, store.load().state(), CatalogState.bootstrapChanges());
      store.commit(1, store.load().state(), List.of(role(7, "kept")));
      before = dump(store.load().state()).toString();
    }
    execute("DROP TABLE " + SCHEMA + ".catalog_user_profile");
    execute("DROP TABLE " + SCHEMA + ".catalog_private_role");
    execute("DROP TABLE " + SCHEMA + ".catalog_login");
    execute("DROP TABLE " + SCHEMA + ".catalog_account_backend");
    execute("DROP TABLE " + SCHEMA + ".catalog_user_mapping");
    execute("DELETE FROM " + SCHEMA + ".schema_version WHERE version > 1");

    try (JdbcCatalogStore store = open()) {
      assertThat(dump(store.load().state()).toString()).isEqualTo(before);
    }
  }

  @Test
  void lastLoginsAreKeptWithoutAnEpoch() throws StoreException {
    Instant first = Instant.ofEpochMilli(1_700_000_000_123L);
    try (JdbcCatalogStore store = open()) {
      LastLogin noHost = new LastLogin(first, Optional.empty());
      LastLogin there = new LastLogin(first.plusMillis(7), Optional.of("192.0.2.7"));
      store.loggedIn(Map.of(new UserId(5), noHost, new UserId(6), noHost));
      store.loggedIn(Map.of(new UserId(5), there));

      assertThat(store.lastLogins())
          .containsExactlyInAnyOrderEntriesOf(Map.of(new UserId(5), there, new UserId(6), noHost));
      assertThat(store.load().epoch()).isZero();
    }
  }

  @Test
  void whoGrantedWhatIsKeptWithIt() throws StoreException {
    Instant at = Instant.ofEpochMilli(1_700_000_000_123L);
    UserId root = new UserId(1);
    Grant first = grant(7, PrivilegeType.CREATE_ROLE);
    Grant second = grant(8, PrivilegeType.CREATE_ROLE);
    RoleToUser toUser = new RoleToUser(new RoleId(7), new UserId(2), true);
    RoleToRole toRole = new RoleToRole(new RoleId(7), new RoleId(8), false);
    CatalogChange madeBy = new CatalogChange.MadeBy(root, RoleId.MOADMIN, at);
    try (JdbcCatalogStore store = open()) {
      store.commit(0, store.load().state(), CatalogState.bootstrapChanges());
      // Made without anybody: nothing is known, and nothing is wrong.
      store.commit(
          1,
          store.load().state(),
          List.of(
              new CatalogChange.UserPut(user(1, "root")),
              role(7, "r"),
              role(8, "s"),
              new CatalogChange.PrivilegeGranted(second)));
      store.commit(
          2,
          store.load().state(),
          List.of(
              madeBy,
              new CatalogChange.UserPut(user(2, "joe")),
              new CatalogChange.PrivilegeGranted(first),
              new CatalogChange.RoleGrantedToUser(toUser),
              new CatalogChange.RoleGrantedToRole(toRole)));
      // An altered user keeps who made it.
      store.commit(
          3,
          store.load().state(),
          List.of(
              new CatalogChange.MadeBy(new UserId(2), new RoleId(7), at.plusSeconds(5)),
              new CatalogChange.UserPut(user(2, "joe").withLocked(true))));

      Provenance all = store.provenance(AccountId.SYS, Optional.empty(), true);
      Granted granted = new Granted(Optional.of(root), Optional.empty(), at);
      assertThat(all.of(first)).contains(granted);
      assertThat(all.of(second)).isEmpty();
      assertThat(all.of(toUser)).contains(granted);
      assertThat(all.of(toRole))
          .contains(new Granted(Optional.of(root), Optional.of(RoleId.MOADMIN), at));
      assertThat(all.creatorOf(new UserId(2))).contains(root);
      assertThat(all.creatorOf(root)).isEmpty();

      Provenance some = store.provenance(AccountId.SYS, Optional.of(Set.of(new RoleId(8))), true);
      assertThat(some.of(first)).isEmpty();
      assertThat(some.of(toRole)).isPresent();
      assertThat(store.provenance(new AccountId(5), Optional.empty(), true).of(first)).isEmpty();
      assertThat(store.provenance(AccountId.SYS, Optional.of(Set.of()), true).of(toRole)).isEmpty();
    }
  }

  @Test
  void whoGrantedFromAnotherAccountIsNotTold() throws StoreException {
    try (JdbcCatalogStore store = open()) {
      store.commit(0, store.load().state(), CatalogState.bootstrapChanges());
      CatalogState made = commitAccount(store, 1, "acme", AccountStatus.OPEN);
      AccountId acme = made.account("acme").orElseThrow().id();
      Grant grant =
          new Grant(
              RoleId.publicOf(acme), PrivilegeType.CREATE_ROLE, new GrantLevel.OnAccount(), false);
      store.commit(2, made, List.of(new CatalogChange.UserPut(user(91, "root"))));
      CatalogState before = store.load().state();
      store.commit(
          3,
          before,
          List.of(
              new CatalogChange.MadeBy(new UserId(91), RoleId.MOADMIN, Instant.EPOCH),
              new CatalogChange.PrivilegeGranted(grant)));

      assertThat(store.provenance(acme, Optional.empty(), true).of(grant))
          .contains(new Granted(Optional.empty(), Optional.empty(), Instant.EPOCH));
    }
  }

  private static Grant grant(int role, PrivilegeType privilege) {
    return new Grant(new RoleId(role), privilege, new GrantLevel.OnAccount(), false);
  }

  private static User user(int id, String name) {
    return new User(
        new UserId(id),
        AccountId.SYS,
        name,
        "localhost",
        new Verifiers("", ""),
        RoleId.publicOf(AccountId.SYS),
        RoleId.MOADMIN,
        false,
        Optional.empty(),
        Instant.EPOCH);
  }

  @Test
  void variablesPasswordRulesAndFailedLoginsAreThereAfterReopening() throws StoreException {
    Instant when = Instant.ofEpochMilli(1_700_000_000_123L);
    UserSecurity security =
        UserSecurity.of(when)
            .withPasswordChanged(
                when.plusMillis(5), List.of(new FormerPassword(new Verifiers("a", "b"), when)))
            .withMustChange(true)
            .withLifetime(Optional.of(30))
            .withReuse(Optional.of(4_294_967_295L), Optional.of(0L))
            .withRequireCurrent(Optional.of(false))
            .withLimit(Optional.of(new LoginLimit(3, LoginLimit.UNBOUNDED)))
            .withLock(Optional.of(new Lock(Optional.of("why"), when, Optional.of(when))));
    User user =
        new User(
                new UserId(5),
                AccountId.SYS,
                "joe",
                "localhost",
                new Verifiers("x", "y"),
                RoleId.MOADMIN,
                RoleId.MOADMIN,
                true,
                Optional.empty(),
                when)
            .withSecurity(security);
    FailedLogins failed = new FailedLogins(3, Optional.of(when));
    try (JdbcCatalogStore store = open()) {
      store.commit(0, store.load().state(), CatalogState.bootstrapChanges());
      store.commit(
          1,
          store.load().state(),
          List.of(
              new CatalogChange.VariableSet(
                  AccountId.SYS, GateVariable.PROTECTED_DATABASES, Optional.of("d,e")),
              new CatalogChange.UserPut(user)));
      store.failed(Map.of(user.id(), failed, new UserId(6), new FailedLogins(1, Optional.empty())));
      store.failed(Map.of(new UserId(6), FailedLogins.NONE));
    }
    try (JdbcCatalogStore store = open()) {
      CatalogState state = store.load().state();
      assertThat(state.user(user.id())).contains(user);
      assertThat(state.variables(AccountId.SYS).value(GateVariable.PROTECTED_DATABASES))
          .isEqualTo("d,e");
      assertThat(store.failedLogins()).isEqualTo(Map.of(user.id(), failed));
      store.commit(2, state, List.of(new CatalogChange.UserDropped(user.id())));
      assertThat(store.failedLogins()).isEmpty();
    }
  }

  @Test
  void schemaOfANewerVersionIsRefused() throws StoreException, SQLException {
    open().close();
    execute("INSERT INTO " + SCHEMA + ".schema_version (version, script) VALUES (99, 'later')");

    assertThatThrownBy(this::open)
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("has version 99");
  }

  @Test
  void rowsOfAnUnknownPrivilegeAreRefused() throws StoreException, SQLException {
    try (CatalogStore store = open()) {
      store.commit(0, store.load().state(), CatalogState.bootstrapChanges());
      execute(
          "INSERT INTO "
              + SCHEMA
              + ".catalog_grant (account_id, role_id, privilege_code, level_code, object_id, kind_code,"
              + " grant_option) VALUES (0, 1, 63, 0, 0, 0, 0)");

      assertThatThrownBy(store::load)
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("code 63");
    }
  }

  @Test
  void serverThatIsNotThereIsAClearError() {
    assertThatThrownBy(() -> JdbcCatalogStore.open(settings(1, SCHEMA)))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining(server.host());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void holdsWhatTheStoreInMemoryHoldsAfterAnyChanges(long seed) throws StoreException {
    Changes changes = new Changes(new Random(seed));
    try (CatalogStore store = open();
        CatalogStore memory = new InMemoryCatalogStore()) {
      store.commit(0, store.load().state(), CatalogState.bootstrapChanges());
      memory.commit(0, memory.load().state(), CatalogState.bootstrapChanges());
      for (int epoch = 1; epoch <= 150; epoch++) {
        List<CatalogChange> next = changes.next(memory.load().state());
        memory.commit(epoch, memory.load().state(), next);
        store.commit(epoch, store.load().state(), next);
      }

      assertThat(store.load().epoch()).isEqualTo(memory.load().epoch());
      assertThat(dump(store.load().state())).isEqualTo(dump(memory.load().state()));
    }
  }

  @Test
  void accountsAreThereAfterReopeningWithAllThatIsInThem() throws StoreException {
    CatalogState made;
    try (CatalogStore store = open()) {
      store.commit(0, store.load().state(), CatalogState.bootstrapChanges());
      made = commitAccount(store, 1, "acme", AccountStatus.OPEN);
      made = commitAccount(store, 2, "Other", AccountStatus.SUSPENDED);
      Account sys = made.account("sys").orElseThrow().withComment("ours");
      store.commit(3, store.load().state(), List.of(new CatalogChange.AccountPut(sys)));
      made = made.apply(new CatalogChange.AccountPut(sys));
      assertThat(dump(store.load().state())).isEqualTo(dump(made));
    }

    try (CatalogStore store = open()) {
      CatalogState loaded = store.load().state();
      assertThat(dump(loaded)).isEqualTo(dump(made));
      assertThat(loaded.account("OTHER").orElseThrow().status()).isEqualTo(AccountStatus.SUSPENDED);
      Account changed =
          loaded.account("other").orElseThrow().withStatus(AccountStatus.OPEN, Instant.EPOCH);
      store.commit(4, loaded, List.of(new CatalogChange.AccountPut(changed)));
      assertThat(store.load().state().account("other")).contains(changed);
    }
  }

  @Test
  void droppedAccountLeavesNoRowAndItsIdIsNotUsedAgain() throws StoreException, SQLException {
    try (JdbcCatalogStore store = open()) {
      store.commit(0, store.load().state(), CatalogState.bootstrapChanges());
      commitAccount(store, 1, "acme", AccountStatus.OPEN);
      commitAccount(store, 2, "other", AccountStatus.OPEN);
      CatalogState both = store.load().state();
      AccountId acme = both.account("acme").orElseThrow().id();
      AccountId other = both.account("other").orElseThrow().id();
      UserId gone = both.user(acme, "joe").orElseThrow().id();
      UserId stays = both.user(other, "joe").orElseThrow().id();
      LastLogin login = new LastLogin(Instant.EPOCH, Optional.empty());
      store.loggedIn(Map.of(gone, login, stays, login));
      RelationId table =
          both.relations().stream()
              .filter(each -> both.database(each.database()).orElseThrow().account().equals(acme))
              .findFirst()
              .orElseThrow()
              .id();
      assertThat(store.provenance(acme, Optional.of(Set.of()), true).of(table))
          .map(Granted::by)
          .contains(Optional.of(gone));
      Map<String, Long> rowsOfOther = rowsOf(other);
      assertThat(rowsOfOther.values()).doesNotContain(0L);
      assertThat(rowsOf(acme)).isEqualTo(rowsOfOther);

      store.commit(3, both, List.of(new CatalogChange.AccountDropped(acme)));

      CatalogState left = store.load().state();
      assertThat(dump(left)).isEqualTo(dump(both.apply(new CatalogChange.AccountDropped(acme))));
      assertThat(left.nextAccountId()).isEqualTo(both.nextAccountId());
      assertThat(rowsOf(acme).values()).containsOnly(0L);
      assertThat(rowsOf(other)).isEqualTo(rowsOfOther);
      assertThat(store.lastLogins()).containsOnlyKeys(stays);

      store.commit(4, left, List.of(new CatalogChange.AccountDropped(other)));
      assertThat(store.load().state().nextAccountId()).isEqualTo(both.nextAccountId());
    }
  }

  /** By table, where rows are of accounts. */
  private Map<String, Long> rowsOf(AccountId account) throws SQLException {
    Map<String, Long> rows = new java.util.TreeMap<>();
    for (String table :
        List.of(
            "catalog_account",
            "catalog_account_backend",
            "catalog_user",
            "catalog_user_mapping",
            "catalog_user_profile",
            "catalog_role",
            "catalog_private_role",
            "catalog_role_to_user",
            "catalog_role_to_role",
            "catalog_database",
            "catalog_relation",
            "catalog_relation_maker",
            "catalog_grant",
            "catalog_column_grant",
            "catalog_row_policy",
            "catalog_hierarchy")) {
      try (Connection connection = server.connect();
          Statement statement = connection.createStatement();
          java.sql.ResultSet row =
              statement.executeQuery(
                  "SELECT COUNT(*) FROM "
                      + SCHEMA
                      + "."
                      + table
                      + " WHERE account_id = "
                      + account.value())) {
        row.next();
        rows.put(table, row.getLong(1));
      }
    }
    return rows;
  }

  /** With something of every kind in it. */
  private static CatalogState commitAccount(
      CatalogStore store, long epoch, String name, AccountStatus status) throws StoreException {
    CatalogState before = store.load().state();
    AccountId id = before.nextAccountId();
    RoleId administrator = RoleId.administratorOf(id);
    Instant at = Instant.ofEpochMilli(1_700_000_000_123L);
    List<CatalogChange> changes = new java.util.ArrayList<>();
    changes.add(
        new CatalogChange.AccountPut(
            new Account(
                id,
                name,
                "joe",
                status,
                Optional.of("it's \u00e4"),
                at,
                status == AccountStatus.OPEN ? Optional.empty() : Optional.of(at),
                Optional.of(new BackendLogin("pc_" + name, "sealed of " + name)),
                "eu")));
    changes.addAll(CatalogState.builtInRoles(id, at));
    UserId joe = before.nextUserId();
    changes.add(
        new CatalogChange.UserPut(
            new User(
                joe,
                id,
                "joe",
                "localhost",
                new Verifiers("a", "b"),
                administrator,
                administrator,
                false,
                Optional.empty(),
                at,
                SecondaryRoles.ALL,
                User.NO_ATTRIBUTES)));
    changes.add(
        new CatalogChange.MappingPut(
            new BackendMapping(joe, "eu", new BackendLogin("joe's own", "sealed of joe"))));
    changes.add(new CatalogChange.RoleGrantedToUser(new RoleToUser(administrator, joe, true)));
    RoleId role = before.nextRoleId();
    RoleId base = new RoleId(role.value() + 1);
    RoleId own = new RoleId(role.value() + 2);
    changes.add(
        new CatalogChange.RolePut(
            new Role(base, id, "base", Optional.of(joe), administrator, Optional.empty(), at)));
    changes.add(
        new CatalogChange.RolePut(
            new Role(role, id, "app", Optional.of(joe), base, Optional.empty(), at)));
    changes.add(
        new CatalogChange.RolePut(
            new Role(
                own,
                id,
                "#" + joe.value(),
                Optional.empty(),
                administrator,
                Optional.empty(),
                at,
                Optional.of(joe))));
    changes.add(new CatalogChange.RoleGrantedToRole(new RoleToRole(base, role, true)));
    DatabaseId database = before.nextDatabaseId();
    RelationId relation = before.nextRelationId();
    changes.add(
        new CatalogChange.DatabasePut(
            new Database(database, id, name.toLowerCase(java.util.Locale.ROOT) + "$shop", role)));
    changes.add(new CatalogChange.MadeBy(joe, role, at));
    changes.add(
        new CatalogChange.RelationPut(
            new Relation(relation, database, "t", RelationKind.TABLE, base), true));
    changes.add(
        new CatalogChange.PrivilegeGranted(
            new Grant(
                own,
                PrivilegeType.SELECT,
                new GrantLevel.OnRelation(relation, RelationKind.TABLE),
                false)));
    changes.add(
        new CatalogChange.PrivilegeGranted(
            new Grant(
                role,
                PrivilegeType.UPDATE,
                new GrantLevel.OnColumn(relation, RelationKind.TABLE, "a"),
                true)));
    changes.add(new CatalogChange.RowPolicyPut(new RowPolicy.Rule(role, relation, "select 1")));
    changes.add(new CatalogChange.HierarchyPut(new Hierarchy(relation, "h", List.of("a", "b"))));
    store.commit(epoch, before, changes);
    return before.applyAll(changes);
  }

  private JdbcCatalogStore open() throws StoreException {
    return JdbcCatalogStore.open(settings(server.port(), SCHEMA));
  }

  private JdbcSettings settings(int port, String schema) {
    return new JdbcSettings(
        server.host(),
        port,
        server.user(),
        server.password(),
        JdbcSettings.TlsMode.PREFERRED,
        Optional.empty(),
        schema,
        2,
        Duration.ofSeconds(2),
        Duration.ofSeconds(30));
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static CatalogChange role(int id, String name) {
    return new CatalogChange.RolePut(Changes.role(id, name, RoleId.MOADMIN));
  }

  /** Everything a state says, one line each. */
  private static Set<String> dump(CatalogState state) {
    Set<String> lines = new TreeSet<>();
    for (Account account : state.accounts()) {
      lines.add(account.toString() + account.login().map(BackendLogin::sealedPassword));
    }
    for (User user : state.users()) {
      lines.add(user.toString() + user.verifiers().cachingSha2());
      state.rolesOf(user.id()).forEach(edge -> lines.add(edge.toString()));
      state
          .mappingsOf(user.id())
          .forEach(mapping -> lines.add(mapping + mapping.login().sealedPassword()));
    }
    List<Role> roles = new java.util.ArrayList<>(state.roles());
    for (int user = 0; user < state.nextUserId().value(); user++) {
      state.privateRole(new UserId(user)).ifPresent(roles::add);
    }
    for (Role role : roles) {
      lines.add(role.toString());
      state.rolesInheritedBy(role.id()).forEach(edge -> lines.add(edge.toString()));
      state.grantsOf(role.id()).forEach(grant -> lines.add(grant.toString()));
      state.rowPoliciesOf(role.id()).forEach(policy -> lines.add(policy.toString()));
    }
    state.databases().forEach(database -> lines.add(database.toString()));
    for (Relation relation : state.relations()) {
      lines.add(relation.toString());
      state.hierarchiesOf(relation.id()).forEach(each -> lines.add(each.toString()));
    }
    lines.add("next " + state.nextAccountId());
    lines.add("next " + state.nextUserId() + state.nextRoleId());
    lines.add("next " + state.nextDatabaseId() + state.nextRelationId());
    return lines;
  }

  /** Random changes that keep the rules. */
  private static final class Changes {
    private final Random random;

    Changes(Random random) {
      this.random = random;
    }

    /** One to three changes; those the state refuses are left out. */
    List<CatalogChange> next(CatalogState state) {
      List<CatalogChange> accepted = new java.util.ArrayList<>();
      CatalogState current = state;
      int wanted = 1 + random.nextInt(3);
      while (accepted.size() < wanted) {
        CatalogChange change = change(current);
        try {
          current = current.apply(change);
          accepted.add(change);
        } catch (InvariantViolation refused) {
          assertThat(refused.rule()).isNotNull();
        }
      }
      return accepted;
    }

    private CatalogChange change(CatalogState state) {
      RoleId role = new RoleId(3 + random.nextInt(8));
      RoleId other = new RoleId(3 + random.nextInt(8));
      UserId user = new UserId(1 + random.nextInt(6));
      DatabaseId database = new DatabaseId(1 + random.nextInt(4));
      RelationId relation = new RelationId(1 + random.nextInt(8));
      boolean yes = random.nextBoolean();
      Grant grant =
          new Grant(
              role,
              PrivilegeType.SELECT,
              relationLevel(database, relation, RelationKind.values()[random.nextInt(2)]),
              yes);
      return switch (random.nextInt(30)) {
        case 25, 26 -> new CatalogChange.RowPolicyPut(rowPolicy(role, relation));
        case 27 ->
            new CatalogChange.RowPolicyDropped(
                new RowPolicy.Key(role, relation, yes ? "" : "c" + random.nextInt(2)));
        case 28 ->
            new CatalogChange.HierarchyPut(
                new Hierarchy(
                    relation,
                    "h" + random.nextInt(2),
                    yes ? List.of("a") : List.of("a", "\u00e9")));
        case 29 -> new CatalogChange.HierarchyDropped(relation, "h" + random.nextInt(2));
        case 22, 23 ->
            new CatalogChange.MappingPut(
                new BackendMapping(
                    user,
                    yes ? "main" : "eu",
                    new BackendLogin("l" + random.nextInt(3), "sealed " + random.nextInt())));
        case 24 -> new CatalogChange.MappingDropped(user, yes ? "main" : "eu");
        case 18, 19 -> new CatalogChange.RolePut(privateRole(state, user, other));
        case 20 ->
            new CatalogChange.PrivilegeGranted(
                new Grant(
                    state.privateRole(user).map(Role::id).orElse(role),
                    PrivilegeType.DROP_TABLE,
                    databaseLevel(database),
                    yes));
        case 21 ->
            new CatalogChange.RoleDropped(
                state.privateRole(user).map(Role::id).orElse(role), other);
        case 0, 1 -> new CatalogChange.RolePut(role(role.value(), "r" + random.nextInt(20), other));
        case 2 -> new CatalogChange.RolePut(role(role.value(), "r" + role.value(), RoleId.MOADMIN));
        case 3, 4 -> new CatalogChange.UserPut(user(user.value(), other));
        case 5 -> new CatalogChange.UserDropped(user);
        case 6 -> new CatalogChange.RoleDropped(role, other);
        case 7 -> new CatalogChange.RoleGrantedToUser(new RoleToUser(role, user, yes));
        case 8 -> new CatalogChange.RoleRevokedFromUser(role, user);
        case 9 -> new CatalogChange.RoleGrantedToRole(new RoleToRole(role, other, yes));
        case 10 -> new CatalogChange.RoleRevokedFromRole(role, other);
        case 11 ->
            new CatalogChange.PrivilegeGranted(
                new Grant(role, PrivilegeType.DROP_TABLE, databaseLevel(database), yes));
        case 12 -> new CatalogChange.PrivilegeGranted(grant);
        case 13 -> new CatalogChange.PrivilegeRevoked(grant);
        case 14 ->
            new CatalogChange.DatabasePut(
                new Database(database, AccountId.SYS, "d" + random.nextInt(6), role));
        case 15, 16 ->
            new CatalogChange.RelationPut(
                new Relation(
                    relation, database, "t" + random.nextInt(6), RelationKind.TABLE, role));
        default ->
            random.nextInt(3) == 0
                ? new CatalogChange.DatabaseDropped(database)
                : new CatalogChange.RelationDropped(relation);
      };
    }

    private RowPolicy rowPolicy(RoleId role, RelationId table) {
      List<RowPolicy.Value> values =
          switch (random.nextInt(3)) {
            case 0 -> List.of();
            case 1 -> List.of(new RowPolicy.Value("n\\o\n\\n\u00e9", false));
            default -> List.of(new RowPolicy.Value("-1.5", true), new RowPolicy.Value("", false));
          };
      return random.nextInt(3) == 0
          ? new RowPolicy.Rule(role, table, "select '\u00e9'\n from d.t")
          : new RowPolicy.Restriction(role, table, "c" + random.nextInt(2), values);
    }

    private GrantLevel databaseLevel(DatabaseId database) {
      return random.nextBoolean()
          ? new GrantLevel.OnEveryDatabase()
          : new GrantLevel.OnDatabase(database);
    }

    private GrantLevel relationLevel(DatabaseId database, RelationId relation, RelationKind kind) {
      return switch (random.nextInt(5)) {
        case 0 -> new GrantLevel.OnEveryRelation(kind);
        case 1 -> new GrantLevel.OnRelationsOf(database, kind);
        case 2 -> new GrantLevel.OnRelation(relation, kind);
        default -> new GrantLevel.OnColumn(relation, kind, "c\u00e9" + random.nextInt(3));
      };
    }

    static Role role(int id, String name, RoleId owner) {
      return new Role(
          new RoleId(id),
          AccountId.SYS,
          name,
          Optional.of(new UserId(1)),
          owner,
          Optional.empty(),
          Instant.ofEpochMilli(1_700_000_000_123L));
    }

    private User user(int id, RoleId owner) {
      return new User(
          new UserId(id),
          AccountId.SYS,
          "U" + random.nextInt(10),
          "localhost",
          new Verifiers("sha2 of " + random.nextInt(3), ""),
          RoleId.PUBLIC,
          owner,
          random.nextBoolean(),
          Optional.of("comment"),
          Instant.ofEpochMilli(1_700_000_000_456L),
          switch (random.nextInt(3)) {
            case 0 -> SecondaryRoles.ALL;
            case 1 -> SecondaryRoles.NONE;
            default ->
                SecondaryRoles.of(
                    Set.copyOf(List.of(owner, RoleId.PUBLIC, new RoleId(15), new RoleId(8))));
          },
          random.nextBoolean() ? User.NO_ATTRIBUTES : "{\"a'\\\"\":1}");
    }

    private static Role privateRole(CatalogState state, UserId user, RoleId owner) {
      return new Role(
          state.privateRole(user).map(Role::id).orElse(new RoleId(20 + user.value())),
          AccountId.SYS,
          "#" + user.value(),
          Optional.empty(),
          owner,
          Optional.empty(),
          Instant.ofEpochMilli(1_700_000_000_123L),
          Optional.of(user));
    }
  }
}
