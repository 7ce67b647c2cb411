package io.portcullis.privilege.dcl;

import static io.portcullis.privilege.dcl.Gate.createRole;
import static io.portcullis.privilege.dcl.Gate.createUser;
import static io.portcullis.privilege.dcl.Gate.dropRole;
import static io.portcullis.privilege.dcl.Gate.dropUser;
import static io.portcullis.privilege.dcl.Gate.grant;
import static io.portcullis.privilege.dcl.Gate.grantRole;
import static io.portcullis.privilege.dcl.Gate.grantWithOption;
import static io.portcullis.privilege.dcl.Gate.name;
import static io.portcullis.privilege.dcl.Gate.password;
import static io.portcullis.privilege.dcl.Gate.revoke;
import static io.portcullis.privilege.dcl.Gate.revokeRole;
import static io.portcullis.privilege.dcl.Gate.setRole;
import static io.portcullis.privilege.dcl.Gate.showGrants;
import static io.portcullis.privilege.dcl.Gate.showGrantsOfRole;
import static io.portcullis.sql.text.ErrorCode.ER_BAD_DB_ERROR;
import static io.portcullis.sql.text.ErrorCode.ER_CANNOT_USER;
import static io.portcullis.sql.text.ErrorCode.ER_DBACCESS_DENIED_ERROR;
import static io.portcullis.sql.text.ErrorCode.ER_MANDATORY_ROLE;
import static io.portcullis.sql.text.ErrorCode.ER_NO_SUCH_TABLE;
import static io.portcullis.sql.text.ErrorCode.ER_SPECIFIC_ACCESS_DENIED_ERROR;
import static io.portcullis.sql.text.ErrorCode.ER_TABLEACCESS_DENIED_ERROR;
import static io.portcullis.sql.text.ErrorCode.ER_UNKNOWN_AUTHID;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.privilege.model.AccountId;
import io.portcullis.privilege.model.Database;
import io.portcullis.privilege.model.Relation;
import io.portcullis.privilege.model.RoleId;
import io.portcullis.privilege.model.User;
import io.portcullis.privilege.store.StoreException;
import io.portcullis.sql.access.CatalogEffect;
import io.portcullis.sql.access.DatabaseName;
import io.portcullis.sql.access.RelationKind;
import io.portcullis.sql.access.RelationName;
import io.portcullis.sql.statement.AccessControlStatement.CreateRole;
import io.portcullis.sql.statement.AccessControlStatement.RenameRole;
import io.portcullis.sql.statement.AccessControlStatement.ShowRoles;
import io.portcullis.sql.statement.AccessControlStatement.ShowUsers;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * Users, roles, grants and owners in accounts beside sys: the same names, and none of the others.
 */
final class AccountsDclTest {

  private final Gate gate = new Gate();
  private final Gate.Session boss;

  AccountsDclTest() {
    gate.with("acme").with("other");
    gate.backend
        .with("acme$shop", "t", RelationKind.TABLE)
        .with("acme$shop", "v", RelationKind.VIEW)
        .with("other$shop", "t", RelationKind.TABLE)
        .with("other$only", "t", RelationKind.TABLE);
    boss = gate.bossOf("acme");
  }

  private AccountId id(String account) {
    return gate.account(account).id();
  }

  private User user(String account, String name) {
    return gate.state().user(id(account), name).orElseThrow();
  }

  // ---- names

  @Test
  void sameNamesInTwoAccountsAreDifferentUsersAndRoles() {
    for (Gate.Session session : List.of(gate.root(), boss, gate.bossOf("other"))) {
      session.does(createRole("r"));
      session.does(createUser("joe"));
      session.does(grantRole("r", "joe"));
    }
    assertThat(user("acme", "joe").id()).isNotEqualTo(user("other", "joe").id());

    boss.does(dropRole("r"));
    boss.does(password("joe", "another"));

    assertThat(gate.state().role(id("other"), "r")).isPresent();
    assertThat(gate.state().role(AccountId.SYS, "r")).isPresent();
    assertThat(user("other", "joe").verifiers()).isNotEqualTo(user("acme", "joe").verifiers());
    boss.does(dropUser("joe"));
    assertThat(gate.state().user(id("other"), "joe")).isPresent();
    assertThat(gate.state().user(AccountId.SYS, "joe")).isPresent();
  }

  @Test
  void usersAndRolesOfOthersAreNotThere() {
    gate.root().does(createRole("of_sys"));
    gate.root().does(createUser("sue"));
    boss.does(createRole("mine"));
    boss.refused(ER_UNKNOWN_AUTHID, "there is no role of_sys", grantRole("of_sys", "boss"));
    boss.refused(ER_UNKNOWN_AUTHID, "sue", grantRole("mine", "sue"));
    boss.refused(ER_UNKNOWN_AUTHID, "moadmin", grantRole("moadmin", "boss"));
    boss.refused(ER_CANNOT_USER, "root", dropUser("root"));
    boss.refused(ER_CANNOT_USER, "root", password("root", "mine"));
    boss.refused(ER_UNKNOWN_AUTHID, "of_sys", grant("CONNECT", "ACCOUNT *", "of_sys"));
    boss.refused(ER_UNKNOWN_AUTHID, "of_sys", revoke("CONNECT", "ACCOUNT *", "of_sys"));
    boss.refused(ER_UNKNOWN_AUTHID, "of_sys", setRole("of_sys"));
    boss.refused(ER_UNKNOWN_AUTHID, "of_sys", showGrantsOfRole("of_sys"));
    boss.refused(ER_UNKNOWN_AUTHID, "root", showGrants("root"));
    gate.root().refused(ER_UNKNOWN_AUTHID, "boss", grantRole("of_sys", "boss"));
    gate.root().refused(ER_CANNOT_USER, "boss", password("boss", "mine"));
    gate.root().refused(ER_UNKNOWN_AUTHID, "mine", showGrantsOfRole("mine"));
    boss.does(grantRole("mine", "boss"));
  }

  @Test
  void listsAreOfTheAccount() {
    gate.root().does(createRole("of_sys"));
    gate.root().does(createUser("sue"));
    boss.does(createRole("mine"));
    boss.does(createUser("joe"));
    assertThat(boss.lines(new ShowRoles(Optional.empty())))
        .containsExactlyInAnyOrder("accountadmin", "public", "mine");
    assertThat(boss.lines(new ShowUsers(false, Optional.empty())))
        .containsExactlyInAnyOrder("boss", "joe");
    assertThat(gate.root().lines(new ShowRoles(Optional.empty())))
        .containsExactlyInAnyOrder("moadmin", "public", "of_sys");
    assertThat(gate.root().lines(new ShowUsers(false, Optional.empty())))
        .containsExactlyInAnyOrder("root", "sue");
  }

  // ---- privileges

  @Test
  void grantsAreOnDatabasesAsTheAccountCallsThem() {
    boss.does(createRole("r"));
    boss.does(grant("SELECT", "TABLE shop.t", "r"));
    boss.does(grant("SELECT", "VIEW shop.*", "r"));
    boss.does(grant("SHOW TABLES", "DATABASE shop", "r"));
    boss.does(grantWithOption("INSERT", "TABLE *.*", "r"));
    assertThat(boss.lines(showGrantsOfRole("r")))
        .containsExactlyInAnyOrder(
            "GRANT SELECT ON TABLE `shop`.`t` TO ROLE `r`",
            "GRANT SELECT ON VIEW `shop`.* TO ROLE `r`",
            "GRANT SHOW TABLES ON DATABASE `shop` TO ROLE `r`",
            "GRANT INSERT ON TABLE *.* TO ROLE `r` WITH GRANT OPTION");
    assertThat(gate.state().database(id("acme"), "acme$shop")).isPresent();
    assertThat(gate.state().database(AccountId.SYS, "acme$shop")).isEmpty();
    boss.does(revoke("SELECT", "TABLE shop.t", "r"));
    assertThat(boss.lines(showGrantsOfRole("r"))).hasSize(3);
  }

  @Test
  void currentDatabaseIsTheOneTheBackendKnows() {
    boss.does(createRole("r"));
    gate.use("acme$shop");
    boss.does(grant("SELECT", "TABLE t", "r"));
    boss.does(grant("SELECT", "VIEW *", "r"));
    assertThat(boss.lines(showGrantsOfRole("r")))
        .containsExactlyInAnyOrder(
            "GRANT SELECT ON TABLE `shop`.`t` TO ROLE `r`",
            "GRANT SELECT ON VIEW `shop`.* TO ROLE `r`");
  }

  @Test
  void schemasOfOthersAreUnknownDatabases() {
    boss.does(createRole("r"));
    gate.root().does(createRole("r"));
    for (String schema : List.of("other$shop", "acme$shop", "only", "d")) {
      boss.refused(
          ER_BAD_DB_ERROR,
          "Unknown database '" + schema + "'",
          grant("SELECT", "TABLE " + schema + ".*", "r"));
      boss.refused(
          ER_BAD_DB_ERROR,
          "Unknown database '" + schema + "'",
          grant("ALL", "DATABASE " + schema, "r"));
      boss.refused(
          ER_BAD_DB_ERROR,
          "Unknown database '" + schema + "'",
          grant("SELECT", "TABLE " + schema + ".t", "r"));
    }
    boss.refused(ER_NO_SUCH_TABLE, "'shop.x'", grant("SELECT", "TABLE shop.x", "r"));
    gate.root().refused(ER_BAD_DB_ERROR, "acme$shop", grant("SELECT", "TABLE acme$shop.*", "r"));
    gate.root().refused(ER_BAD_DB_ERROR, "acme$none", grant("SELECT", "TABLE acme$none.*", "r"));
    gate.root().refused(ER_BAD_DB_ERROR, "acme$shop", grant("ALL", "DATABASE acme$shop", "r"));
    gate.root().does(grant("SELECT", "TABLE d.*", "r"));
    boss.does(grant("SELECT", "TABLE shop.*", "r"));

    gate.use("other$only");
    boss.refused(ER_BAD_DB_ERROR, "other$only", grant("SELECT", "TABLE t", "r"));
  }

  @Test
  void systemDatabasesAreNotForAccountsToGrant() {
    boss.does(createRole("r"));
    gate.root().does(createRole("r"));
    for (String object :
        List.of("TABLE mysql.user", "TABLE mysql.*", "TABLE portcullis.catalog_user")) {
      boss.refused(
          object.endsWith("*") ? ER_DBACCESS_DENIED_ERROR : ER_TABLEACCESS_DENIED_ERROR,
          "denied",
          grant("SELECT", object, "r"));
    }
    gate.root().does(grant("SELECT", "TABLE mysql.user", "r"));
  }

  @Test
  void refusalsNameDatabasesAsTheAccountDoes() {
    boss.does(createRole("r"));
    boss.does(createUser("joe"));
    Gate.Session joe = gate.in("acme", "joe", "public");
    String table =
        joe.refused(ER_TABLEACCESS_DENIED_ERROR, "'t'", grant("SELECT", "TABLE shop.t", "r"))
            .error()
            .message();
    String database =
        joe.refused(ER_DBACCESS_DENIED_ERROR, "'shop'", grant("ALL", "DATABASE shop", "r"))
            .error()
            .message();
    assertThat(table + database).doesNotContain("acme");
    boss.does(grant("SELECT", "TABLE shop.t", "r"));
  }

  @Test
  void revokingIsForTheAccountsAdministrator() {
    boss.does(createRole("r", "all"));
    boss.does(createUser("joe"));
    boss.does(grantRole("all", "joe"));
    boss.does(grant("ALL", "ACCOUNT *", "all"));
    boss.does(grant("SELECT", "TABLE shop.t", "r"));
    Gate.Session joe = gate.in("acme", "joe", "all");
    joe.refused(ER_TABLEACCESS_DENIED_ERROR, "'t'", revoke("SELECT", "TABLE shop.t", "r"));
    joe.refused(ER_SPECIFIC_ACCESS_DENIED_ERROR, "", revoke("CONNECT", "ACCOUNT *", "r"));
    boss.does(revoke("SELECT", "TABLE shop.t", "r"));
  }

  @Test
  void administratorOfSysHasNothingInAccounts() {
    boss.does(createRole("r"));
    gate.root()
        .refused(ER_UNKNOWN_AUTHID, "there is no role r", grant("CONNECT", "ACCOUNT *", "r"));
    gate.root().refused(ER_CANNOT_USER, "boss", dropUser("boss"));
    gate.root().refused(ER_CANNOT_USER, "there is no role r", dropRole("r"));
    boss.does(dropRole("r"));
  }

  // ---- predefined objects (PM 2.4)

  @Test
  void administratorsOfAnAccountCannotBeMadeOrDropped() {
    boss.does(createUser("joe"));
    boss.does(createRole("r"));
    boss.refused(
        ER_MANDATORY_ROLE,
        "the role accountadmin can not be granted to non administration user joe",
        grantRole("accountadmin", "joe"));
    boss.does(grantRole("accountadmin", "boss"));
    boss.refused(
        ER_MANDATORY_ROLE,
        "the role accountadmin can not be granted to non administration user x",
        createUser("x", Optional.of("accountadmin")));
    boss.refused(ER_MANDATORY_ROLE, "accountadmin", grantRole("accountadmin", "r"));
    boss.refused(ER_MANDATORY_ROLE, "public", grantRole("public", "r"));
    boss.refused(ER_MANDATORY_ROLE, "accountadmin", grantRole("r", "accountadmin"));
    boss.refused(ER_MANDATORY_ROLE, "public", grantRole("r", "public"));
    boss.refused(ER_MANDATORY_ROLE, "accountadmin", revokeRole("accountadmin", "boss"));
    boss.refused(ER_MANDATORY_ROLE, "public", revokeRole("public", "joe"));
    boss.refused(ER_CANNOT_USER, "can not delete the user", dropUser("boss"));
    boss.does(dropUser("joe"));
  }

  @Test
  void builtInRolesOfAnAccountAreProtected() {
    for (String builtIn : List.of("accountadmin", "public")) {
      assertThat(boss.run(dropRole(builtIn))).as(builtIn).isInstanceOf(DclResult.Refused.class);
      assertThat(boss.run(new RenameRole(false, builtIn, "x")))
          .as(builtIn)
          .isInstanceOf(DclResult.Refused.class);
    }
    boss.refused(
        ER_MANDATORY_ROLE,
        "can not be granted to the role accountadmin",
        grant("SELECT", "TABLE *.*", "accountadmin"));
    boss.refused(
        ER_MANDATORY_ROLE,
        "can not be revoked from the role accountadmin",
        revoke("SELECT", "TABLE *.*", "accountadmin"));
    boss.refused(
        ER_MANDATORY_ROLE,
        "can not be revoked from the role public",
        revoke("CONNECT", "ACCOUNT *", "public"));
    boss.does(grant("SELECT", "TABLE shop.t", "public"));
    boss.does(revoke("SELECT", "TABLE shop.t", "public"));
    for (String reserved : List.of("moadmin", "accountadmin", "public")) {
      assertThat(boss.run(createRole(reserved))).isInstanceOf(DclResult.Refused.class);
      boss.does(new CreateRole(true, List.of(reserved), Optional.empty()));
    }
    assertThat(gate.state().role(id("acme"), "moadmin")).isEmpty();
    boss.does(createRole("r"));
    assertThat(boss.run(new RenameRole(false, "r", "moadmin")))
        .isInstanceOf(DclResult.Refused.class);
    boss.does(new RenameRole(false, "r", "x"));
  }

  @Test
  void administratorIsAlteredByAdministratorsOnly() {
    boss.does(createRole("alterer"));
    boss.does(createUser("joe", "sue"));
    boss.does(grantRole("alterer", "joe"));
    boss.does(grant("ALTER USER", "ACCOUNT *", "alterer"));
    Gate.Session joe = gate.in("acme", "joe", "alterer");
    joe.does(password("sue", "another"));
    joe.refused(ER_CANNOT_USER, "don't have the privilege to alter", password("boss", "mine"));
    boss.does(password("boss", "changed"));
  }

  // ---- owners

  private void settles(Gate.Session session, CatalogEffect... effects) throws StoreException {
    gate.settler.settle(session.subject(), Optional.empty(), List.of(effects), PriorObjects.NONE);
  }

  private Relation relation(String account, String database, String name) {
    Database home = gate.state().database(id(account), database).orElseThrow();
    return gate.state().relation(home.id(), name).orElseThrow();
  }

  private Gate.Session joe() {
    boss.does(createRole("r"));
    boss.does(createUser("joe"));
    boss.does(grantRole("r", "joe"));
    boss.does(grant("CREATE TABLE, CREATE VIEW", "DATABASE *", "r"));
    boss.does(grant("CREATE DATABASE", "ACCOUNT *", "r"));
    return gate.in("acme", "joe", "r");
  }

  @Test
  void creatingRoleOfTheAccountOwnsWhatTheBackendCallsByItsName() throws StoreException {
    Gate.Session joe = joe();
    RoleId r = joe.primary();
    settles(
        joe,
        new CatalogEffect.DatabaseCreated(new DatabaseName("new"), true),
        new CatalogEffect.RelationCreated(RelationName.of("new", "a"), RelationKind.TABLE, true),
        new CatalogEffect.RelationCreated(RelationName.of("shop", "w"), RelationKind.VIEW, true));
    settles(gate.root(), new CatalogEffect.DatabaseCreated(new DatabaseName("new"), true));

    Database made = gate.state().database(id("acme"), "acme$new").orElseThrow();
    assertThat(made.owner()).isEqualTo(r);
    assertThat(relation("acme", "acme$new", "a").owner()).isEqualTo(r);
    assertThat(relation("acme", "acme$shop", "w").owner()).isEqualTo(r);
    assertThat(gate.state().database(id("acme"), "acme$shop").orElseThrow().owner())
        .as("what was there before")
        .isEqualTo(RoleId.administratorOf(id("acme")));
    assertThat(boss.lines(showGrantsOfRole("r")))
        .contains(
            "GRANT OWNERSHIP ON DATABASE `new` TO ROLE `r`",
            "GRANT OWNERSHIP ON TABLE `new`.`a` TO ROLE `r`",
            "GRANT OWNERSHIP ON VIEW `shop`.`w` TO ROLE `r`");
    assertThat(gate.state().database(AccountId.SYS, "new").orElseThrow().owner())
        .isEqualTo(RoleId.MOADMIN);
  }

  @Test
  void unqualifiedNameIsInTheCurrentSchema() throws StoreException {
    Gate.Session joe = joe();
    gate.settler.settle(
        joe.subject(),
        Optional.of("acme$shop"),
        List.of(
            new CatalogEffect.RelationCreated(
                RelationName.unqualified("n"), RelationKind.TABLE, true)),
        PriorObjects.NONE);
    assertThat(relation("acme", "acme$shop", "n").owner()).isEqualTo(joe.primary());
  }

  @Test
  void administratorOfTheAccountOwnsWithoutARow() throws StoreException {
    RoleId administrator = RoleId.administratorOf(id("acme"));
    int before = gate.state().grantsOf(administrator).size();
    settles(
        boss,
        new CatalogEffect.RelationCreated(RelationName.of("shop", "n"), RelationKind.TABLE, true));
    assertThat(relation("acme", "acme$shop", "n").owner()).isEqualTo(administrator);
    assertThat(gate.state().grantsOf(administrator)).hasSize(before);
  }

  @Test
  void roleTakenAwayMeanwhileLeavesItToTheAccountsAdministrators() throws StoreException {
    Gate.Session joe = joe();
    boss.does(revokeRole("r", "joe"));
    settles(
        joe,
        new CatalogEffect.RelationCreated(RelationName.of("shop", "n"), RelationKind.TABLE, true));
    assertThat(relation("acme", "acme$shop", "n").owner())
        .isEqualTo(RoleId.administratorOf(id("acme")));
  }

  @Test
  void whatADroppedRoleOwnedIsTheAccountsAdministrators() throws StoreException {
    Gate.Session joe = joe();
    settles(
        joe,
        new CatalogEffect.RelationCreated(RelationName.of("shop", "n"), RelationKind.TABLE, true));
    boss.does(dropRole("r"));
    assertThat(relation("acme", "acme$shop", "n").owner())
        .isEqualTo(RoleId.administratorOf(id("acme")));
  }

  @Test
  void ifNotExistsLooksForTheSchemaOfTheAccount() throws StoreException {
    Gate.Session joe = joe();
    List<CatalogEffect> found =
        List.of(new CatalogEffect.DatabaseCreated(new DatabaseName("shop"), false));
    List<CatalogEffect> fresh =
        List.of(
            new CatalogEffect.RelationCreated(
                RelationName.of("shop", "d"), RelationKind.TABLE, false),
            new CatalogEffect.DatabaseCreated(new DatabaseName("d"), false));
    PriorObjects prior = gate.settler.before(joe.subject(), Optional.empty(), found);
    gate.settler.settle(joe.subject(), Optional.empty(), found, prior);
    assertThat(gate.state().database(id("acme"), "acme$shop")).isEmpty();

    // a database d there is, in sys
    prior = gate.settler.before(joe.subject(), Optional.empty(), fresh);
    gate.backend.with("acme$shop", "d", RelationKind.TABLE).with("acme$d");
    gate.settler.settle(joe.subject(), Optional.empty(), fresh, prior);
    assertThat(relation("acme", "acme$shop", "d").owner()).isEqualTo(joe.primary());
    assertThat(gate.state().database(id("acme"), "acme$d").orElseThrow().owner())
        .isEqualTo(joe.primary());
  }

  @Test
  void renamesAndDropsMoveGrantsOfTheAccountAlone() throws StoreException {
    boss.does(createRole("r"));
    boss.does(grant("SELECT", "TABLE shop.t", "r"));
    gate.bossOf("other").does(createRole("r"));
    gate.bossOf("other").does(grant("SELECT", "TABLE shop.t", "r"));

    settles(
        boss,
        new CatalogEffect.RelationRenamed(
            RelationName.of("shop", "t"), RelationName.of("shop", "t2")));
    assertThat(boss.lines(showGrantsOfRole("r")))
        .containsExactly("GRANT SELECT ON TABLE `shop`.`t2` TO ROLE `r`");
    settles(boss, new CatalogEffect.RelationDropped(RelationName.of("shop", "t2")));
    assertThat(boss.lines(showGrantsOfRole("r"))).isEmpty();
    settles(boss, new CatalogEffect.DatabaseDropped(new DatabaseName("shop")));
    assertThat(gate.state().database(id("acme"), "acme$shop")).isEmpty();

    assertThat(gate.bossOf("other").lines(showGrantsOfRole("r")))
        .containsExactly("GRANT SELECT ON TABLE `shop`.`t` TO ROLE `r`");
  }

  @Test
  void oneselfIsOfTheAccount() {
    assertThat(boss.lines(showGrants()).get(0)).contains("accountadmin").contains("`boss`");
    assertThat(name("boss").name()).isEqualTo("boss");
  }
}
