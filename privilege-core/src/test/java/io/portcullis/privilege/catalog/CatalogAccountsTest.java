package io.portcullis.privilege.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portcullis.privilege.authz.TestCatalog;
import io.portcullis.privilege.catalog.InvariantViolation.Rule;
import io.portcullis.privilege.model.Account;
import io.portcullis.privilege.model.AccountId;
import io.portcullis.privilege.model.AccountStatus;
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
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Accounts come whole, go whole, and nothing of one refers to another (PM 1.1, 2.1, 2.4). */
final class CatalogAccountsTest {

  private static final Instant LATER = Instant.ofEpochSecond(60);

  private final TestCatalog catalog = new TestCatalog();
  private final AccountId acme;
  private final AccountId other;

  CatalogAccountsTest() {
    catalog.account("acme").account("other");
    acme = catalog.state().account("acme").orElseThrow().id();
    other = catalog.state().account("other").orElseThrow().id();
    fill("sys", "d");
    fill("acme", "acme$d");
    fill("other", "other$d");
  }

  private void fill(String account, String database) {
    catalog
        .in(account)
        .roles("app", "base")
        .inherits("app", "base")
        .user("joe", "app")
        .databaseOwnedBy(database, "app")
        .table(database, "t")
        .relation(database, "v", RelationKind.VIEW, "base")
        .grant("app", "select on table " + database + ".t")
        .grant("base", "show tables on database " + database)
        .grantToUser("joe", "insert on table " + database + ".*");
  }

  private void refused(Rule rule, CatalogChange change) {
    CatalogState before = catalog.state();
    assertThatThrownBy(() -> catalog.apply(change))
        .as("%s", change)
        .isInstanceOfSatisfying(
            InvariantViolation.class, e -> assertThat(e.rule()).isEqualTo(rule));
    assertThat(catalog.state()).isSameAs(before);
  }

  private Account account(AccountId id, String name) {
    return new Account(
        id,
        name,
        "boss",
        AccountStatus.OPEN,
        Optional.empty(),
        Instant.EPOCH,
        Optional.empty(),
        Optional.empty());
  }

  private RoleId role(String account, String name) {
    return catalog.in(account).role(name);
  }

  private User user(String account, String name) {
    return catalog.in(account).user(name);
  }

  private Database database(String account, String name) {
    return catalog.state().database(catalog.in(account).databaseId(name)).orElseThrow();
  }

  private Relation relation(String account, String database, String name) {
    return catalog.state().relation(database(account, database).id(), name).orElseThrow();
  }

  // ---- put

  @Test
  void sysIsThereFromTheBeginning() {
    assertThat(CatalogState.empty().accounts()).containsExactly(Account.SYS);
    assertThat(CatalogState.bootstrap().account("SYS")).contains(Account.SYS);
    assertThat(CatalogState.bootstrap().nextAccountId()).isEqualTo(new AccountId(1));
  }

  @Test
  void builtInRolesFollowFromTheAccount() {
    CatalogState state = catalog.state();
    for (AccountId id : new AccountId[] {AccountId.SYS, acme, other}) {
      RoleId administrator = RoleId.administratorOf(id);
      RoleId everybody = RoleId.publicOf(id);
      assertThat(state.role(id, "public").orElseThrow().id()).isEqualTo(everybody);
      assertThat(state.role(administrator).orElseThrow().account()).isEqualTo(id);
      assertThat(administrator.isAdministrator()).isTrue();
      assertThat(administrator.isPublic()).isFalse();
      assertThat(everybody.isPublic()).isTrue();
      assertThat(everybody.isAdministrator()).isFalse();
      assertThat(administrator.isBuiltIn()).isTrue();
      assertThat(everybody.isBuiltIn()).isTrue();
      assertThat(state.grantsOf(administrator)).hasSize(13 + 9 + 2 * 9);
      assertThat(state.grantsOf(everybody))
          .extracting(Grant::privilege)
          .containsExactly(PrivilegeType.CONNECT);
    }
    assertThat(state.role(AccountId.SYS, "moadmin")).isPresent();
    assertThat(state.role(AccountId.SYS, "accountadmin")).isEmpty();
    assertThat(state.role(acme, "accountadmin")).isPresent();
    assertThat(state.role(acme, "moadmin")).isEmpty();
    assertThat(new RoleId(2).isAdministrator() || new RoleId(2).isPublic()).isFalse();
  }

  @Test
  void namesOfAccountsAreUniqueWhateverTheirCase() {
    AccountId next = catalog.state().nextAccountId();
    refused(Rule.NAME_TAKEN, new CatalogChange.AccountPut(account(next, "ACME")));
    refused(Rule.NAME_TAKEN, new CatalogChange.AccountPut(account(next, "Sys")));
    catalog.apply(new CatalogChange.AccountPut(account(next, "acme3")));
    assertThat(catalog.state().account("ACME3").orElseThrow().id()).isEqualTo(next);
  }

  /** Its schemas are called after it. */
  @Test
  void accountKeepsItsNameAndMayChangeElse() {
    refused(Rule.IDENTITY, new CatalogChange.AccountPut(account(acme, "acme3")));
    Account now = catalog.state().account(acme).orElseThrow();
    catalog.apply(
        new CatalogChange.AccountPut(
            now.withStatus(AccountStatus.SUSPENDED, LATER).withComment("why")));
    Account changed = catalog.state().account("acme").orElseThrow();
    assertThat(changed.suspended()).contains(LATER);
    assertThat(changed.comment()).contains("why");
    assertThat(catalog.state().account(acme)).contains(changed);
    assertThat(changed.withStatus(AccountStatus.OPEN, LATER).suspended()).isEmpty();
  }

  @Test
  void sysIsNeitherSuspendedNorRestrictedNorDropped() {
    for (AccountStatus status :
        new AccountStatus[] {AccountStatus.SUSPENDED, AccountStatus.RESTRICTED}) {
      refused(
          Rule.BUILT_IN_ACCOUNT,
          new CatalogChange.AccountPut(Account.SYS.withStatus(status, LATER)));
    }
    refused(Rule.BUILT_IN_ACCOUNT, new CatalogChange.AccountDropped(AccountId.SYS));
    catalog.apply(new CatalogChange.AccountPut(Account.SYS.withComment("ours")));
    assertThat(catalog.state().account("sys").orElseThrow().comment()).contains("ours");
  }

  @Test
  void whatIsInNoAccountThereIsIsRefused() {
    AccountId none = new AccountId(99);
    refused(
        Rule.UNKNOWN_OBJECT,
        new CatalogChange.DatabasePut(
            new Database(catalog.state().nextDatabaseId(), none, "x", RoleId.MOADMIN)));
    refused(Rule.UNKNOWN_OBJECT, new CatalogChange.AccountDropped(none));
  }

  // ---- dropped

  @Test
  void accountGoesWithAllThatIsInIt() {
    CatalogState full = catalog.state();
    UserId joe = user("acme", "joe").id();
    RoleId own = full.privateRole(joe).orElseThrow().id();
    RoleId app = role("acme", "app");
    RoleId base = role("acme", "base");
    DatabaseId database = database("acme", "acme$d").id();
    RelationId table = relation("acme", "acme$d", "t").id();

    catalog.apply(new CatalogChange.AccountDropped(acme));

    CatalogState left = catalog.state();
    assertThat(left.account(acme)).isEmpty();
    assertThat(left.account("acme")).isEmpty();
    assertThat(left.users()).noneMatch(user -> user.account().equals(acme));
    assertThat(left.holders()).noneMatch(role -> role.account().equals(acme));
    assertThat(left.databases()).noneMatch(of -> of.account().equals(acme));
    assertThat(left.user(acme, "joe")).isEmpty();
    assertThat(left.role(acme, "app")).isEmpty();
    assertThat(left.role(acme, "public")).isEmpty();
    assertThat(left.user(joe)).isEmpty();
    assertThat(left.rolesOf(joe)).isEmpty();
    assertThat(left.privateRole(joe)).isEmpty();
    for (RoleId role :
        new RoleId[] {app, base, own, RoleId.administratorOf(acme), RoleId.publicOf(acme)}) {
      assertThat(left.role(role)).isEmpty();
      assertThat(left.grantsOf(role)).isEmpty();
      assertThat(left.usersOf(role)).isEmpty();
      assertThat(left.rolesInheritedBy(role)).isEmpty();
      assertThat(left.inheritorsOf(role)).isEmpty();
      assertThat(left.databasesOwnedBy(role)).isEmpty();
      assertThat(left.relationsOwnedBy(role)).isEmpty();
    }
    assertThat(left.database(database)).isEmpty();
    assertThat(left.relation(table)).isEmpty();
    assertThat(left.relationsOf(database)).isEmpty();
    assertThat(left.granteesOn(database)).isEmpty();
    assertThat(left.granteesOn(table)).isEmpty();
    assertThat(left.relations()).hasSize(full.relations().size() - 2);

    assertThat(left.grantsOf(role("other", "app"))).hasSize(1);
    assertThat(left.grantsOf(role("sys", "app"))).hasSize(1);
    assertThat(left.rolesOf(user("other", "joe").id())).hasSize(2);
    assertThat(left.privateRole(user("other", "joe").id())).isPresent();
    assertThat(left.relationsOf(database("other", "other$d").id())).hasSize(2);
  }

  @Test
  void idsOfWhatWasDroppedAreNotUsedAgain() {
    CatalogState full = catalog.state();
    catalog.apply(new CatalogChange.AccountDropped(other));
    catalog.apply(new CatalogChange.AccountDropped(acme));
    assertThat(catalog.state().nextAccountId()).isEqualTo(full.nextAccountId());
    assertThat(catalog.state().nextUserId()).isEqualTo(full.nextUserId());
    assertThat(catalog.state().nextRoleId()).isEqualTo(full.nextRoleId());
    assertThat(catalog.state().nextDatabaseId()).isEqualTo(full.nextDatabaseId());
    assertThat(catalog.state().nextRelationId()).isEqualTo(full.nextRelationId());
    catalog.account("acme");
    assertThat(catalog.state().account("acme").orElseThrow().id()).isEqualTo(full.nextAccountId());

    CatalogState loaded =
        CatalogState.bootstrap()
            .withIdsUsed(
                new AccountId(7),
                new UserId(1),
                new RoleId(1),
                new DatabaseId(1),
                new RelationId(1));
    assertThat(loaded.nextAccountId()).isEqualTo(new AccountId(8));
  }

  // ---- walls

  @Test
  void rolesAreGrantedInsideAnAccountOnly() {
    for (String granted : new String[] {"app", "accountadmin", "public"}) {
      refused(
          Rule.IDENTITY,
          new CatalogChange.RoleGrantedToUser(
              new RoleToUser(role("acme", granted), user("other", "joe").id(), false)));
    }
    refused(
        Rule.IDENTITY,
        new CatalogChange.RoleGrantedToUser(
            new RoleToUser(RoleId.MOADMIN, user("acme", "boss").id(), false)));
    refused(
        Rule.IDENTITY,
        new CatalogChange.RoleGrantedToRole(
            new RoleToRole(role("acme", "base"), role("other", "app"), false)));
    refused(
        Rule.IDENTITY,
        new CatalogChange.RoleGrantedToRole(
            new RoleToRole(role("sys", "base"), role("acme", "app"), false)));
    catalog.apply(
        new CatalogChange.RoleGrantedToUser(
            new RoleToUser(role("acme", "base"), user("acme", "joe").id(), false)));
  }

  @Test
  void privilegesAreOnObjectsOfTheAccount() {
    Relation theirs = relation("other", "other$d", "t");
    for (GrantLevel level :
        new GrantLevel[] {
          new GrantLevel.OnRelation(theirs.id(), RelationKind.TABLE),
          new GrantLevel.OnRelationsOf(theirs.database(), RelationKind.TABLE)
        }) {
      for (RoleId role : new RoleId[] {role("acme", "app"), role("sys", "app")}) {
        refused(
            Rule.IDENTITY,
            new CatalogChange.PrivilegeGranted(
                new Grant(role, PrivilegeType.SELECT, level, false)));
      }
      catalog.apply(
          new CatalogChange.PrivilegeGranted(
              new Grant(role("other", "app"), PrivilegeType.SELECT, level, false)));
    }
    refused(
        Rule.IDENTITY,
        new CatalogChange.PrivilegeGranted(
            new Grant(
                role("acme", "app"),
                PrivilegeType.SHOW_TABLES,
                new GrantLevel.OnDatabase(theirs.database()),
                false)));
  }

  @Test
  void ownersAreOfTheAccount() {
    Database mine = database("acme", "acme$d");
    Relation table = relation("acme", "acme$d", "t");
    for (RoleId foreign :
        new RoleId[] {role("other", "app"), RoleId.MOADMIN, RoleId.administratorOf(other)}) {
      refused(
          Rule.IDENTITY,
          new CatalogChange.DatabasePut(
              new Database(mine.id(), mine.account(), mine.name(), foreign)));
      refused(
          Rule.IDENTITY,
          new CatalogChange.RelationPut(
              new Relation(table.id(), table.database(), "t", table.kind(), foreign)));
    }
    catalog.apply(
        new CatalogChange.DatabasePut(
            new Database(mine.id(), mine.account(), mine.name(), role("acme", "base"))));
  }

  @Test
  void nothingMovesToAnotherAccount() {
    Database mine = database("acme", "acme$d");
    refused(
        Rule.IDENTITY,
        new CatalogChange.DatabasePut(
            new Database(mine.id(), other, "other$e", role("other", "app"))));
    Relation table = relation("acme", "acme$d", "t");
    refused(
        Rule.IDENTITY,
        new CatalogChange.RelationPut(
            new Relation(
                table.id(),
                database("other", "other$d").id(),
                "moved",
                table.kind(),
                role("other", "app"))));
    refused(
        Rule.IDENTITY, new CatalogChange.RoleDropped(role("acme", "app"), role("other", "app")));
  }

  @Test
  void usersAndRolesAreOwnedInTheirAccount() {
    User joe = user("acme", "joe");
    for (RoleId foreign : new RoleId[] {role("other", "app"), RoleId.MOADMIN}) {
      refused(Rule.IDENTITY, new CatalogChange.UserPut(user(joe, joe.defaultRole(), foreign)));
      refused(Rule.IDENTITY, new CatalogChange.UserPut(user(joe, foreign, joe.owner())));
      refused(
          Rule.IDENTITY,
          new CatalogChange.RolePut(
              new Role(
                  role("acme", "app"),
                  acme,
                  "app",
                  Optional.empty(),
                  foreign,
                  Optional.empty(),
                  Instant.EPOCH)));
    }
    catalog.apply(new CatalogChange.UserPut(user(joe, role("acme", "base"), role("acme", "app"))));
  }

  private static User user(User user, RoleId defaultRole, RoleId owner) {
    return new User(
        user.id(),
        user.account(),
        user.name(),
        user.host(),
        user.verifiers(),
        defaultRole,
        owner,
        user.locked(),
        user.comment(),
        user.created());
  }

  // ---- built in

  @Test
  void builtInRolesOfAnAccountStayAsTheyAre() {
    RoleId administrator = RoleId.administratorOf(acme);
    RoleId everybody = RoleId.publicOf(acme);
    for (RoleId builtIn : new RoleId[] {administrator, everybody}) {
      refused(Rule.BUILT_IN_ROLE, new CatalogChange.RoleDropped(builtIn, role("acme", "app")));
      refused(
          Rule.BUILT_IN_ROLE,
          new CatalogChange.RolePut(
              new Role(
                  builtIn,
                  acme,
                  "renamed",
                  Optional.empty(),
                  administrator,
                  Optional.empty(),
                  Instant.EPOCH)));
      refused(
          Rule.BUILT_IN_ROLE,
          new CatalogChange.RoleGrantedToRole(new RoleToRole(builtIn, role("acme", "app"), false)));
    }
    refused(
        Rule.BUILT_IN_ROLE,
        new CatalogChange.RoleRevokedFromUser(everybody, user("acme", "joe").id()));
    refused(
        Rule.BUILT_IN_ROLE,
        new CatalogChange.PrivilegeRevoked(
            new Grant(administrator, PrivilegeType.CONNECT, new GrantLevel.OnAccount(), true)));
    refused(
        Rule.BUILT_IN_ROLE,
        new CatalogChange.PrivilegeRevoked(
            new Grant(everybody, PrivilegeType.CONNECT, new GrantLevel.OnAccount(), true)));
    for (String reserved : new String[] {"moadmin", "accountadmin", "public"}) {
      refused(
          Rule.BUILT_IN_ROLE,
          new CatalogChange.RolePut(
              new Role(
                  catalog.state().nextRoleId(),
                  acme,
                  reserved,
                  Optional.empty(),
                  administrator,
                  Optional.empty(),
                  Instant.EPOCH)));
    }
    // the ids of one account's are not for another's
    refused(
        Rule.BUILT_IN_ROLE,
        new CatalogChange.RolePut(
            new Role(
                RoleId.administratorOf(new AccountId(50)),
                acme,
                "accountadmin",
                Optional.empty(),
                administrator,
                Optional.empty(),
                Instant.EPOCH)));
  }

  @Test
  void somebodyIsAlwaysTheAdministratorOfAnAccount() {
    refused(Rule.LAST_ADMINISTRATOR, new CatalogChange.UserDropped(user("acme", "boss").id()));
    refused(
        Rule.LAST_ADMINISTRATOR,
        new CatalogChange.RoleRevokedFromUser(
            RoleId.administratorOf(acme), user("acme", "boss").id()));
    catalog.in("acme").user("deputy", "accountadmin");
    catalog.apply(
        new CatalogChange.RoleRevokedFromUser(
            RoleId.administratorOf(acme), user("acme", "boss").id()));
    refused(Rule.LAST_ADMINISTRATOR, new CatalogChange.UserDropped(user("other", "boss").id()));
  }

  @Test
  void sameNamesAreDifferentInDifferentAccounts() {
    assertThat(user("acme", "joe").id()).isNotEqualTo(user("other", "joe").id());
    assertThat(role("acme", "app")).isNotEqualTo(role("other", "app"));
    catalog.apply(new CatalogChange.UserDropped(privateless("acme")));
    assertThat(catalog.state().user(other, "joe")).isPresent();
    assertThat(catalog.state().user(acme, "joe")).isEmpty();
  }

  private UserId privateless(String account) {
    UserId joe = user(account, "joe").id();
    Role own = catalog.state().privateRole(joe).orElseThrow();
    catalog.apply(new CatalogChange.RoleDropped(own.id(), RoleId.administratorOf(own.account())));
    return joe;
  }
}
