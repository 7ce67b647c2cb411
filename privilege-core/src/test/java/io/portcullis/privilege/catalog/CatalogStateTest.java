package io.portcullis.privilege.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portcullis.privilege.authz.RandomCatalog;
import io.portcullis.privilege.authz.TestCatalog;
import io.portcullis.privilege.catalog.InvariantViolation.Rule;
import io.portcullis.privilege.model.AccountId;
import io.portcullis.privilege.model.Database;
import io.portcullis.privilege.model.DatabaseId;
import io.portcullis.privilege.model.Grant;
import io.portcullis.privilege.model.GrantLevel;
import io.portcullis.privilege.model.PrivilegeType;
import io.portcullis.privilege.model.Relation;
import io.portcullis.privilege.model.RelationId;
import io.portcullis.privilege.model.Role;
import io.portcullis.privilege.model.RoleId;
import io.portcullis.privilege.model.RoleToRole;
import io.portcullis.privilege.model.RoleToUser;
import io.portcullis.privilege.model.User;
import io.portcullis.privilege.model.UserId;
import io.portcullis.sql.access.RelationKind;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What every change does and what none can do. */
final class CatalogStateTest {

  private final TestCatalog catalog =
      new TestCatalog()
          .database("d")
          .table("d", "t")
          .view("d", "v")
          .roles("app", "base")
          .user("joe", "app");

  private void refused(Rule rule, CatalogChange change) {
    CatalogState before = catalog.state();
    assertThatThrownBy(() -> catalog.apply(change))
        .isInstanceOfSatisfying(
            InvariantViolation.class, e -> assertThat(e.rule()).isEqualTo(rule));
    assertThat(catalog.state()).isSameAs(before);
  }

  private Role role(RoleId id, String name) {
    return new Role(
        id, AccountId.SYS, name, Optional.empty(), RoleId.MOADMIN, Optional.empty(), Instant.EPOCH);
  }

  private Relation table() {
    return catalog.state().relation(catalog.databaseId("d"), "t").orElseThrow();
  }

  @Test
  void columnGrantsGoWithTheirTable() {
    TestCatalog catalog =
        new TestCatalog()
            .roles("r")
            .database("d")
            .table("d", "t")
            .table("d", "u")
            .grant("r", "select (c) on table d.t")
            .grant("r", "select (c) on table d.u");
    DatabaseId home = catalog.databaseId("d");
    Relation dropped = catalog.state().relation(home, "t").orElseThrow();

    CatalogState without = catalog.state().apply(new CatalogChange.RelationDropped(dropped.id()));

    assertThat(without.grantsOf(catalog.role("r"))).hasSize(1);
    assertThat(without.granteesOn(dropped.id())).isEmpty();
    assertThat(without.apply(new CatalogChange.DatabaseDropped(home)).grantsOf(catalog.role("r")))
        .isEmpty();
  }

  @Test
  void bootstrapGivesMoadminEverythingAndPublicConnect() {
    CatalogState state = CatalogState.bootstrap();
    assertThat(state.roles()).extracting(Role::name).containsExactlyInAnyOrder("moadmin", "public");
    assertThat(state.grantsOf(RoleId.PUBLIC))
        .extracting(Grant::privilege)
        .containsExactly(PrivilegeType.CONNECT);
    assertThat(state.grantsOf(RoleId.MOADMIN)).hasSize(13 + 9 + 2 * 9).allMatch(Grant::grantOption);
    assertThat(state.users()).isEmpty();
    assertThat(state.nextRoleId()).isEqualTo(new RoleId(3));
    assertThat(
            CatalogState.empty().applyAll(CatalogState.bootstrapChanges()).grantsOf(RoleId.MOADMIN))
        .containsExactlyInAnyOrderElementsOf(state.grantsOf(RoleId.MOADMIN));
  }

  @Test
  void usersAndRolesShareTheNamesOfAnAccountWhateverTheCase() {
    refused(Rule.NAME_TAKEN, new CatalogChange.RolePut(role(catalog.state().nextRoleId(), "JOE")));
    User joe = catalog.user("joe");
    refused(
        Rule.NAME_TAKEN,
        new CatalogChange.UserPut(
            new User(
                catalog.state().nextUserId(),
                AccountId.SYS,
                "App",
                joe.host(),
                joe.verifiers(),
                joe.defaultRole(),
                joe.owner(),
                false,
                joe.comment(),
                joe.created())));
    refused(Rule.NAME_TAKEN, new CatalogChange.RolePut(role(catalog.state().nextRoleId(), "BASE")));
    catalog.roles("other");
    assertThat(catalog.state().role(AccountId.SYS, "OTHER")).isPresent();
  }

  @Test
  void aRenameFreesTheOldName() {
    RoleId app = catalog.role("app");
    catalog.apply(new CatalogChange.RolePut(role(app, "app2")));
    assertThat(catalog.state().role(AccountId.SYS, "app")).isEmpty();
    assertThat(catalog.state().isGranted(app, catalog.user("joe").id())).isTrue();
    catalog.roles("app");
    assertThat(catalog.role("app")).isNotEqualTo(app);

    Relation table = table();
    catalog.apply(
        new CatalogChange.RelationPut(
            new Relation(table.id(), table.database(), "t2", table.kind(), table.owner())));
    assertThat(catalog.state().relation(table.database(), "t")).isEmpty();
    catalog.table("d", "t");
    assertThat(table().id()).isNotEqualTo(table.id());
  }

  @Test
  void tablesAndViewsShareTheNamesOfADatabase() {
    refused(
        Rule.NAME_TAKEN,
        new CatalogChange.RelationPut(
            new Relation(
                catalog.state().nextRelationId(),
                catalog.databaseId("d"),
                "t",
                RelationKind.VIEW,
                RoleId.MOADMIN)));
    refused(
        Rule.NAME_TAKEN,
        new CatalogChange.DatabasePut(
            new Database(catalog.state().nextDatabaseId(), AccountId.SYS, "d", RoleId.MOADMIN)));
    catalog.database("D").table("D", "t");
    assertThat(catalog.state().databases()).hasSize(2);
  }

  @Test
  void noRoleInheritsFromItself() {
    catalog.roles("r1", "r2", "r3").inherits("r1", "r2").inherits("r2", "r3");
    for (String granted : new String[] {"r1", "r2", "r3"}) {
      refused(
          Rule.ROLE_LOOP,
          new CatalogChange.RoleGrantedToRole(
              new RoleToRole(catalog.role(granted), catalog.role("r3"), false)));
    }
    catalog.inherits("r1", "r3").inherits("base", "r1");
    assertThat(catalog.state().rolesInheritedBy(catalog.role("r1"))).hasSize(2);
  }

  @Test
  void builtInRolesStayAsTheyAre() {
    for (RoleId builtIn : new RoleId[] {RoleId.MOADMIN, RoleId.PUBLIC}) {
      refused(Rule.BUILT_IN_ROLE, new CatalogChange.RoleDropped(builtIn, catalog.role("app")));
      refused(Rule.BUILT_IN_ROLE, new CatalogChange.RolePut(role(builtIn, "renamed")));
      refused(
          Rule.BUILT_IN_ROLE,
          new CatalogChange.RoleGrantedToRole(new RoleToRole(builtIn, catalog.role("app"), false)));
      refused(
          Rule.BUILT_IN_ROLE,
          new CatalogChange.RoleGrantedToRole(new RoleToRole(catalog.role("app"), builtIn, false)));
    }
    for (String reserved : new String[] {"moadmin", "Public", "accountadmin"}) {
      refused(Rule.BUILT_IN_ROLE, new CatalogChange.RolePut(role(catalog.role("app"), reserved)));
    }
    refused(
        Rule.BUILT_IN_ROLE,
        new CatalogChange.PrivilegeRevoked(
            new Grant(RoleId.PUBLIC, PrivilegeType.CONNECT, new GrantLevel.OnAccount(), false)));
    refused(
        Rule.BUILT_IN_ROLE,
        new CatalogChange.PrivilegeRevoked(
            new Grant(RoleId.MOADMIN, PrivilegeType.CONNECT, new GrantLevel.OnAccount(), false)));
    refused(
        Rule.BUILT_IN_ROLE,
        new CatalogChange.RoleRevokedFromUser(RoleId.PUBLIC, catalog.user("joe").id()));
    catalog.grant("public", "select on table d.t").revoke("public", "select on table d.t");
    assertThat(catalog.state().grantsOf(RoleId.PUBLIC)).hasSize(1);
  }

  @Test
  void somebodyAlwaysHoldsMoadmin() {
    UserId root = catalog.user("root").id();
    refused(Rule.LAST_ADMINISTRATOR, new CatalogChange.UserDropped(root));
    refused(Rule.LAST_ADMINISTRATOR, new CatalogChange.RoleRevokedFromUser(RoleId.MOADMIN, root));
    catalog.user("second", "moadmin");
    catalog.apply(new CatalogChange.UserDropped(root));
    refused(Rule.LAST_ADMINISTRATOR, new CatalogChange.UserDropped(catalog.user("second").id()));
  }

  @Test
  void whatIsNotThereCannotBeNamed() {
    RoleId app = catalog.role("app");
    UserId joe = catalog.user("joe").id();
    refused(Rule.UNKNOWN_OBJECT, new CatalogChange.UserDropped(new UserId(99)));
    refused(Rule.UNKNOWN_OBJECT, new CatalogChange.RoleDropped(app, new RoleId(99)));
    refused(Rule.IDENTITY, new CatalogChange.RoleDropped(app, app));
    refused(
        Rule.UNKNOWN_OBJECT,
        new CatalogChange.RoleGrantedToUser(new RoleToUser(new RoleId(99), joe, false)));
    refused(
        Rule.UNKNOWN_OBJECT,
        new CatalogChange.PrivilegeGranted(
            new Grant(
                app,
                PrivilegeType.SELECT,
                new GrantLevel.OnRelation(new RelationId(99), RelationKind.TABLE),
                false)));
    refused(
        Rule.UNKNOWN_OBJECT,
        new CatalogChange.PrivilegeGranted(
            new Grant(
                app,
                PrivilegeType.SHOW_TABLES,
                new GrantLevel.OnDatabase(new DatabaseId(99)),
                false)));
  }

  @Test
  void grantingAgainChangesTheOptionAndRevokingWhatIsNotHeldNothing() {
    Grant with =
        new Grant(
            catalog.role("app"),
            PrivilegeType.SELECT,
            new GrantLevel.OnEveryRelation(RelationKind.TABLE),
            true);
    Grant without = new Grant(with.grantee(), with.privilege(), with.level(), false);
    catalog.apply(new CatalogChange.PrivilegeGranted(with));
    catalog.apply(new CatalogChange.PrivilegeGranted(without));
    assertThat(catalog.state().grantsOf(with.grantee())).containsExactly(without);
    catalog.apply(new CatalogChange.PrivilegeRevoked(with));
    assertThat(catalog.state().grantsOf(with.grantee())).isEmpty();
    catalog.apply(new CatalogChange.PrivilegeRevoked(with));
    catalog.apply(
        new CatalogChange.RoleRevokedFromUser(catalog.role("base"), catalog.user("joe").id()));
    assertThat(catalog.state().grant(with.grantee(), with.privilege(), with.level())).isEmpty();
  }

  @Test
  void aDroppedRoleLeavesNothingBehindButWhatItOwned() {
    catalog
        .inherits("app", "base")
        .roles("top")
        .inherits("top", "app")
        .grant("app", "select on table d.t")
        .databaseOwnedBy("d", "app")
        .relation("d", "t", RelationKind.TABLE, "app");
    RoleId app = catalog.role("app");
    catalog.apply(new CatalogChange.RoleDropped(app, catalog.role("base")));

    CatalogState state = catalog.state();
    assertThat(state.role(app)).isEmpty();
    assertThat(state.grantsOf(app)).isEmpty();
    assertThat(state.rolesOf(catalog.user("joe").id()))
        .extracting(RoleToUser::role)
        .containsExactly(RoleId.PUBLIC);
    assertThat(state.rolesInheritedBy(catalog.role("top"))).isEmpty();
    assertThat(state.inheritorsOf(catalog.role("base"))).isEmpty();
    assertThat(state.granteesOn(table().id())).isEmpty();
    assertThat(state.databasesOwnedBy(catalog.role("base"))).hasSize(1);
    assertThat(table().owner()).isEqualTo(catalog.role("base"));
  }

  @Test
  void aDroppedDatabaseTakesItsRelationsAndEveryGrantAlong() {
    catalog
        .grant("app", "select on table d.t")
        .grant("app", "select on view d.*")
        .grant("app", "create table on database d")
        .grant("base", "all on table d.*")
        .grant("app", "insert on table *.*");
    catalog.apply(new CatalogChange.DatabaseDropped(catalog.databaseId("d")));
    assertThat(catalog.state().relations()).isEmpty();
    assertThat(catalog.state().grantsOf(catalog.role("base"))).isEmpty();
    assertThat(catalog.state().grantsOf(catalog.role("app")))
        .extracting(Grant::privilege)
        .containsExactly(PrivilegeType.INSERT);
    assertThat(catalog.state().nextDatabaseId()).isEqualTo(new DatabaseId(2));
  }

  @Test
  void idsAreNotUsedAgain() {
    UserId joe = catalog.user("joe").id();
    catalog.apply(new CatalogChange.UserDropped(joe));
    assertThat(catalog.state().nextUserId().value()).isGreaterThan(joe.value());
    CatalogState reloaded =
        CatalogState.bootstrap()
            .withIdsUsed(
                new AccountId(5),
                new UserId(7),
                new RoleId(9),
                new DatabaseId(11),
                new RelationId(13));
    assertThat(reloaded.nextAccountId()).isEqualTo(new AccountId(6));
    assertThat(reloaded.nextUserId()).isEqualTo(new UserId(8));
    assertThat(reloaded.nextRoleId()).isEqualTo(new RoleId(10));
    assertThat(reloaded.nextDatabaseId()).isEqualTo(new DatabaseId(12));
    assertThat(reloaded.nextRelationId()).isEqualTo(new RelationId(14));
  }

  /** Whatever the changes: every index agrees with what it indexes, and the invariants hold. */
  @TestFactory
  Stream<DynamicTest> staysConsistentUnderRandomChanges() {
    return LongStream.range(0, 20)
        .mapToObj(
            seed ->
                DynamicTest.dynamicTest(
                    "seed " + seed,
                    () -> {
                      RandomCatalog random = new RandomCatalog(seed);
                      for (int i = 0; i < 300; i++) {
                        random.change();
                        if (i % 10 == 0) {
                          consistent(random.state());
                        }
                      }
                    }));
  }

  private static void consistent(CatalogState state) {
    Set<String> names = new HashSet<>();
    for (User user : state.users()) {
      assertThat(names.add(user.name())).isTrue();
      assertThat(state.user(user.account(), user.name())).contains(user);
      assertThat(state.role(user.owner())).isPresent();
      for (RoleToUser edge : state.rolesOf(user.id())) {
        assertThat(state.usersOf(edge.role())).contains(edge);
        assertThat(state.role(edge.role())).isPresent();
      }
    }
    assertThat(state.usersOf(RoleId.MOADMIN)).isNotEmpty();
    Set<Object> granted = new HashSet<>();
    int relationsOwned = 0;
    int databasesOwned = 0;
    for (Role role : state.holders()) {
      if (role.isPrivate()) {
        assertThat(state.role(role.account(), role.name())).isEmpty();
        assertThat(state.privateRole(role.privateTo().orElseThrow())).contains(role);
      } else {
        assertThat(names.add(role.name())).isTrue();
        assertThat(state.role(role.account(), role.name())).contains(role);
      }
      assertThat(state.role(role.owner())).isPresent();
      assertThat(reachable(state, role.id(), new HashSet<>())).doesNotContain(role.id());
      for (RoleToRole edge : state.rolesInheritedBy(role.id())) {
        assertThat(state.inheritorsOf(edge.granted())).contains(edge);
        assertThat(state.role(edge.granted())).isPresent();
      }
      for (RoleToUser edge : state.usersOf(role.id())) {
        assertThat(state.rolesOf(edge.user())).contains(edge);
      }
      for (Grant grant : state.grantsOf(role.id())) {
        assertThat(state.grant(role.id(), grant.privilege(), grant.level())).contains(grant);
        Optional<Object> target = target(grant.level());
        if (target.isPresent()) {
          granted.add(target.get());
          assertThat(
                  target.get() instanceof DatabaseId database
                      ? state.granteesOn(database)
                      : state.granteesOn((RelationId) target.get()))
              .contains(role.id());
        }
      }
      databasesOwned += state.databasesOwnedBy(role.id()).size();
      relationsOwned += state.relationsOwnedBy(role.id()).size();
    }
    assertThat(databasesOwned).isEqualTo(state.databases().size());
    assertThat(relationsOwned).isEqualTo(state.relations().size());
    for (Database database : state.databases()) {
      assertThat(state.database(database.account(), database.name())).contains(database);
      assertThat(state.databasesOwnedBy(database.owner())).contains(database);
      assertThat(state.granteesOn(database.id()).isEmpty())
          .isEqualTo(!granted.contains(database.id()));
    }
    for (Relation relation : state.relations()) {
      assertThat(state.relation(relation.database(), relation.kind(), relation.name()))
          .contains(relation);
      assertThat(state.relationsOf(relation.database())).contains(relation);
      assertThat(state.relationsOwnedBy(relation.owner())).contains(relation);
      assertThat(state.granteesOn(relation.id()).isEmpty())
          .isEqualTo(!granted.contains(relation.id()));
    }
  }

  private static Set<RoleId> reachable(CatalogState state, RoleId from, Set<RoleId> into) {
    for (RoleToRole edge : state.rolesInheritedBy(from)) {
      if (into.add(edge.granted())) {
        reachable(state, edge.granted(), into);
      }
    }
    return into;
  }

  private static Optional<Object> target(GrantLevel level) {
    if (level instanceof GrantLevel.OnDatabase one) {
      return Optional.of(one.database());
    }
    if (level instanceof GrantLevel.OnRelationsOf all) {
      return Optional.of(all.database());
    }
    if (level instanceof GrantLevel.OnColumn one) {
      return Optional.of(one.relation());
    }
    if (level instanceof GrantLevel.OnRelation one) {
      return Optional.of(one.relation());
    }
    return Optional.empty();
  }
}
