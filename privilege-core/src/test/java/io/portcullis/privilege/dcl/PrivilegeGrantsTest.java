package io.portcullis.privilege.dcl;

import static io.portcullis.privilege.dcl.Gate.createRole;
import static io.portcullis.privilege.dcl.Gate.grant;
import static io.portcullis.privilege.dcl.Gate.grantRole;
import static io.portcullis.privilege.dcl.Gate.grantWithOption;
import static io.portcullis.privilege.dcl.Gate.revoke;
import static io.portcullis.privilege.dcl.Gate.revokeOption;
import static io.portcullis.privilege.dcl.Gate.showGrantsOfRole;
import static io.portcullis.sql.text.ErrorCode.ER_BAD_DB_ERROR;
import static io.portcullis.sql.text.ErrorCode.ER_DBACCESS_DENIED_ERROR;
import static io.portcullis.sql.text.ErrorCode.ER_ILLEGAL_GRANT_FOR_TABLE;
import static io.portcullis.sql.text.ErrorCode.ER_MANDATORY_ROLE;
import static io.portcullis.sql.text.ErrorCode.ER_NO_DB_ERROR;
import static io.portcullis.sql.text.ErrorCode.ER_NO_SUCH_TABLE;
import static io.portcullis.sql.text.ErrorCode.ER_SPECIFIC_ACCESS_DENIED_ERROR;
import static io.portcullis.sql.text.ErrorCode.ER_TABLEACCESS_DENIED_ERROR;
import static io.portcullis.sql.text.ErrorCode.ER_UNKNOWN_AUTHID;
import static io.portcullis.sql.text.ErrorCode.ER_WRONG_OBJECT;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.privilege.model.AccountId;
import io.portcullis.privilege.model.RoleId;
import io.portcullis.sql.access.DatabaseName;
import io.portcullis.sql.statement.AccessControlStatement.RevokeInDatabase;
import io.portcullis.sql.statement.AccessControlStatement.RevokePrivileges;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PrivilegeGrantsTest {

  private final Gate gate = new Gate();

  // What is stored.

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "CREATE USER | ACCOUNT *   | GRANT CREATE USER ON ACCOUNT * TO ROLE `r`",
        "all         | ACCOUNT *   | GRANT ALL ON ACCOUNT * TO ROLE `r`",
        "CREATE TABLE| DATABASE *  | GRANT CREATE TABLE ON DATABASE * TO ROLE `r`",
        "CREATE TABLE| DATABASE *.*| GRANT CREATE TABLE ON DATABASE * TO ROLE `r`",
        "SHOW TABLES | DATABASE d  | GRANT SHOW TABLES ON DATABASE `d` TO ROLE `r`",
        "SELECT      | TABLE *.*   | GRANT SELECT ON TABLE *.* TO ROLE `r`",
        "SELECT      | TABLE d.*   | GRANT SELECT ON TABLE `d`.* TO ROLE `r`",
        "SELECT      | TABLE *     | GRANT SELECT ON TABLE `d`.* TO ROLE `r`",
        "SELECT      | TABLE e.t   | GRANT SELECT ON TABLE `e`.`t` TO ROLE `r`",
        "SELECT      | TABLE t     | GRANT SELECT ON TABLE `d`.`t` TO ROLE `r`",
        "references  | TABLE t     | GRANT REFERENCE ON TABLE `d`.`t` TO ROLE `r`",
        "SELECT      | VIEW d.v    | GRANT SELECT ON VIEW `d`.`v` TO ROLE `r`",
        "SELECT      | VIEW *      | GRANT SELECT ON VIEW `d`.* TO ROLE `r`",
        "SELECT      | VIEW *.*    | GRANT SELECT ON VIEW *.* TO ROLE `r`",
        "EXECUTE     | TABLE t     | GRANT EXECUTE ON TABLE `d`.`t` TO ROLE `r`",
        "OWNERSHIP   | DATABASE *  | GRANT OWNERSHIP ON DATABASE * TO ROLE `r`"
      })
  void everyLevelHasOneSpelling(String privilege, String on, String shown) {
    gate.root().does(createRole("r"));

    gate.use("d").root().does(grant(privilege, on, "r"));

    assertThat(gate.root().lines(showGrantsOfRole("r"))).containsExactly(shown);
  }

  @Test
  void everySpellingRevokesTheOther() {
    gate.root().does(createRole("r"));
    gate.use("d");
    gate.root().does(grant("SELECT", "TABLE d.t", "r"));
    gate.root().does(grant("SELECT", "TABLE d.*", "r"));
    gate.root().does(grant("SHOW TABLES", "DATABASE *.*", "r"));

    gate.root().does(revoke("SELECT", "TABLE t", "r"));
    gate.root().does(revoke("SELECT", "TABLE *", "r"));
    gate.root().does(revoke("SHOW TABLES", "DATABASE *", "r"));

    assertThat(gate.root().lines(showGrantsOfRole("r"))).isEmpty();
  }

  @Test
  void namesAreFoldedWhereTheBackendFoldsThem() {
    Gate folding = new Gate(new DclSettings("portcullis", true, true));
    folding.root().does(createRole("r"));

    folding.root().does(grant("SELECT", "TABLE D.T", "r"));

    assertThat(folding.root().lines(showGrantsOfRole("r")))
        .containsExactly("GRANT SELECT ON TABLE `d`.`t` TO ROLE `r`");
    gate.root().does(createRole("r"));
    gate.root().refused(ER_BAD_DB_ERROR, "Unknown database 'D'", grant("SELECT", "TABLE D.T", "r"));
  }

  @Test
  void objectTheCatalogDoesNotKnowIsRegisteredForTheAdministrators() {
    gate.root().does(createRole("r"));

    gate.root().does(grant("SELECT", "TABLE d.t", "r"));

    assertThat(gate.state().databases())
        .singleElement()
        .matches(d -> d.owner().equals(RoleId.MOADMIN));
    assertThat(gate.state().relations())
        .singleElement()
        .matches(t -> t.owner().equals(RoleId.MOADMIN));
  }

  // What is refused whoever asks.

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SELECT | ACCOUNT *  | the privilege \"select\" can only be granted to the object type \"table\" or \"view\"",
        "CREATE TABLE | TABLE d.t | the privilege \"create table\" can only be granted to the object type \"database\"",
        "CREATE USER | DATABASE d | the privilege \"create user\" can only be granted to the object type \"account\"",
        "OWNERSHIP | ACCOUNT * | the object type \"account\" do not support the privilege \"ownership\"",
        "SUPER | ACCOUNT * | unsupported privilege type super",
        "CREATE | TABLE d.* | unsupported privilege type create (here: CREATE TABLE or CREATE VIEW ON DATABASE, CREATE DATABASE ON ACCOUNT)",
        "USAGE | TABLE *.* | unsupported privilege type usage (it permits nothing: leave the GRANT out)",
        "SELECT | FUNCTION d.f | the privilege \"select\" can only be granted to the object type \"table\" or \"view\"",
        "ALTER ROUTINE | TABLE d.t | can only be granted to the object type \"database\", \"function\" or \"procedure\"",
        "CREATE ROUTINE | PROCEDURE d.f | the privilege \"create routine\" can only be granted to the object type \"database\"",
        "CONNECT | ACCOUNT d | in the object type \"account\" the privilege level \"d\" is unsupported",
        "CONNECT | ACCOUNT *.* | in the object type \"account\" the privilege level \"*.*\" is unsupported",
        "SHOW TABLES | DATABASE d.* | in the object type \"database\" the privilege level \"d.*\" is unsupported",
        "SHOW TABLES | DATABASE d.t | in the object type \"database\" the privilege level \"d.t\" is unsupported"
      })
  void privilegeLevelAndTypeMustFit(String privilege, String on, String text) {
    gate.root().does(createRole("r"));

    gate.root().refused(ER_ILLEGAL_GRANT_FOR_TABLE, text, grant(privilege, on, "r"));
    gate.root().refused(ER_ILLEGAL_GRANT_FOR_TABLE, text, revoke(privilege, on, "r"));
  }

  /** Taking away what nobody can have does nothing (PM 3.2). */
  @Test
  void rightsOverAccountsAreNotGranted() {
    gate.root().does(createRole("r"));

    gate.root()
        .refused(
            ER_ILLEGAL_GRANT_FOR_TABLE,
            "unsupported privilege type create account",
            grant("CREATE ACCOUNT", "ACCOUNT *", "r"));
    gate.root().does(revoke("CREATE ACCOUNT", "ACCOUNT *", "r"));
  }

  @Test
  void oneBadPrivilegeRefusesAll() {
    gate.root().does(createRole("r"));

    gate.root()
        .refused(
            ER_ILLEGAL_GRANT_FOR_TABLE,
            "create table",
            grant("SELECT, CREATE TABLE", "TABLE d.t", "r"));
  }

  @Test
  void objectMustExist() {
    gate.root().does(createRole("r"));

    gate.root().refused(ER_BAD_DB_ERROR, "'x'", grant("SHOW TABLES", "DATABASE x", "r"));
    gate.root().refused(ER_BAD_DB_ERROR, "'x'", grant("SELECT", "TABLE x.*", "r"));
    gate.root().refused(ER_BAD_DB_ERROR, "'x'", grant("SELECT", "TABLE x.t", "r"));
    gate.root().refused(ER_NO_SUCH_TABLE, "'d.x'", grant("SELECT", "TABLE d.x", "r"));
    gate.root().refused(ER_NO_SUCH_TABLE, "'d.x'", grant("SELECT", "VIEW d.x", "r"));
    assertThat(gate.state().databases()).isEmpty();
  }

  @Test
  void tableIsNoView() {
    gate.root().does(createRole("r"));

    gate.root()
        .refused(ER_WRONG_OBJECT, "'d.v' is not BASE TABLE", grant("SELECT", "TABLE d.v", "r"));
    gate.root().refused(ER_WRONG_OBJECT, "'d.t' is not VIEW", grant("SELECT", "VIEW d.t", "r"));
    gate.root().does(grant("SELECT", "VIEW d.v", "r"));
    gate.root()
        .refused(ER_WRONG_OBJECT, "'d.v' is not BASE TABLE", grant("SELECT", "TABLE d.v", "r"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"TABLE *", "TABLE t", "VIEW *", "VIEW v"})
  void unqualifiedLevelNeedsACurrentDatabase(String on) {
    gate.root().does(createRole("r"));

    gate.root().refused(ER_NO_DB_ERROR, "No database selected", grant("SELECT", on, "r"));
    gate.root().refused(ER_NO_DB_ERROR, "No database selected", revoke("SELECT", on, "r"));
    gate.use("d").root().does(grant("SELECT", on, "r"));
  }

  @Test
  void systemDatabasesCanBeReadWithAnExplicitGrantOnly() {
    gate.root().does(createRole("r"));

    gate.root().does(grant("SELECT", "TABLE mysql.user", "r"));
    gate.root().does(grant("SELECT", "TABLE MySQL.*", "r"));
    for (String privileges : List.of("INSERT", "ALL", "OWNERSHIP", "SELECT, DELETE")) {
      gate.root()
          .refused(
              ER_TABLEACCESS_DENIED_ERROR, "'user'", grant(privileges, "TABLE mysql.user", "r"));
    }
    gate.root()
        .refused(ER_DBACCESS_DENIED_ERROR, "'mysql'", grant("CREATE TABLE", "DATABASE mysql", "r"));
  }

  @Test
  void catalogIsNeverGranted() {
    gate.root().does(createRole("r"));

    gate.root()
        .refused(
            ER_TABLEACCESS_DENIED_ERROR,
            "'catalog_user'",
            grant("SELECT", "TABLE portcullis.catalog_user", "r"));
    gate.root()
        .refused(
            ER_DBACCESS_DENIED_ERROR, "'portcullis'", grant("SELECT", "TABLE Portcullis.*", "r"));
  }

  @Test
  void granteeMustExist() {
    gate.root().refused(ER_UNKNOWN_AUTHID, "there is no role x", grant("SELECT", "TABLE d.t", "x"));
    gate.root()
        .refused(ER_UNKNOWN_AUTHID, "there is no role x", revoke("SELECT", "TABLE d.t", "x"));
  }

  @Test
  void administratorRoleIsFixedAndPublicIsNot() {
    gate.root()
        .refused(
            ER_MANDATORY_ROLE,
            "the privilege can not be granted to the role moadmin",
            grant("SELECT", "TABLE d.t", "moadmin"));
    gate.root()
        .refused(
            ER_MANDATORY_ROLE,
            "the privilege can not be revoked from the role moadmin",
            revoke("SELECT", "TABLE *.*", "moadmin"));
    gate.root()
        .refused(
            ER_MANDATORY_ROLE,
            "the privilege connect can not be revoked from the role public",
            revoke("CONNECT", "ACCOUNT *", "public"));

    gate.root().does(grant("CREATE USER, ALL", "ACCOUNT *", "public"));
    gate.root().does(revoke("ALL", "ACCOUNT *", "public"));
    assertThat(gate.root().lines(showGrantsOfRole("public")))
        .containsExactly("GRANT CONNECT ON ACCOUNT * TO ROLE `public` WITH GRANT OPTION");
  }

  // Who may.

  @Test
  void accountPrivilegeMayBeHandedOnWithGrantOption() {
    gate.rolesWithUsers("r", "s");
    gate.root().does(grant("CREATE USER", "ACCOUNT *", "r"));
    gate.in("r")
        .refused(
            ER_SPECIFIC_ACCESS_DENIED_ERROR,
            "CREATE USER WITH GRANT OPTION",
            grant("CREATE USER", "ACCOUNT *", "s"));

    gate.root().does(grantWithOption("CREATE USER", "ACCOUNT *", "r"));
    gate.in("r").does(grant("CREATE USER", "ACCOUNT *", "s"));
    gate.in("r")
        .refused(
            ER_SPECIFIC_ACCESS_DENIED_ERROR,
            "DROP USER",
            grant("CREATE USER, DROP USER", "ACCOUNT *", "s"));
  }

  @Test
  void manageGrantsIsAboutRolesOnly() {
    gate.rolesWithUsers("r", "s");
    gate.root().does(grant("MANAGE GRANTS", "ACCOUNT *", "r"));

    gate.in("r")
        .refused(
            ER_TABLEACCESS_DENIED_ERROR, "GRANT command denied", grant("SELECT", "TABLE d.t", "s"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SELECT | TABLE d.t | SELECT | TABLE d.t | true",
        "SELECT | TABLE d.t | INSERT | TABLE d.t | false",
        "SELECT | TABLE d.t | SELECT | TABLE d.u | false",
        "SELECT | TABLE d.t | SELECT | TABLE d.* | false",
        "SELECT | TABLE d.* | SELECT | TABLE d.t | true",
        "SELECT | TABLE d.* | SELECT | TABLE e.t | false",
        "SELECT | TABLE *.* | SELECT | TABLE e.t | true",
        "SELECT | TABLE *.* | SELECT | TABLE e.* | true",
        "SELECT | TABLE *.* | SELECT | TABLE mysql.user | false",
        "SELECT | TABLE *.* | SELECT | VIEW d.v | false",
        "SELECT | VIEW d.*  | SELECT | VIEW d.v | true",
        "ALL    | TABLE d.t | SELECT | TABLE d.t | true",
        "ALL    | TABLE d.t | ALL    | TABLE d.t | true",
        "ALL    | TABLE d.t | OWNERSHIP | TABLE d.t | false",
        "SELECT | TABLE d.t | ALL    | TABLE d.t | false",
        "ALL    | DATABASE d | SELECT | TABLE d.t | false",
        "ALL    | DATABASE d | CREATE TABLE | DATABASE d | true",
        "ALL    | DATABASE d | CREATE TABLE | DATABASE e | false",
        "CREATE TABLE | DATABASE * | CREATE TABLE | DATABASE e | true",
        "CREATE TABLE | DATABASE * | CREATE VIEW | DATABASE e | false"
      })
  void holderWithGrantOptionMayHandOnWhatItCovers(
      String held, String heldOn, String wanted, String wantedOn, boolean allowed) {
    gate.rolesWithUsers("r", "s");
    gate.root().does(grant(held, heldOn, "r"));
    assertThat(gate.in("r").run(grant(wanted, wantedOn, "s")))
        .isInstanceOf(DclResult.Refused.class);

    gate.root().does(grantWithOption(held, heldOn, "r"));

    assertThat(gate.in("r").run(grant(wanted, wantedOn, "s")))
        .isInstanceOf(allowed ? DclResult.Done.class : DclResult.Refused.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "TABLE d.t  | SELECT | TABLE d.t | true",
        "TABLE d.t  | OWNERSHIP | TABLE d.t | true",
        "TABLE d.t  | SELECT | TABLE d.u | false",
        "VIEW d.v   | SELECT | VIEW d.v | true",
        "DATABASE d | CREATE TABLE | DATABASE d | true",
        "DATABASE d | OWNERSHIP | DATABASE d | true",
        "DATABASE d | SELECT | TABLE d.t | false",
        "DATABASE d | CREATE TABLE | DATABASE e | false"
      })
  void ownerMayGrantOnWhatItOwns(String owned, String wanted, String on, boolean allowed) {
    gate.rolesWithUsers("r", "s");
    gate.root().does(grant("OWNERSHIP", owned, "r"));

    assertThat(gate.in("r").run(grant(wanted, on, "s")))
        .isInstanceOf(allowed ? DclResult.Done.class : DclResult.Refused.class);
  }

  @Test
  void inheritedGrantOptionSufficesAndInactiveDoesNot() {
    gate.rolesWithUsers("holder", "heir", "s");
    gate.root().does(grantWithOption("SELECT", "TABLE d.t", "holder"));
    gate.in("heir").refused(ER_TABLEACCESS_DENIED_ERROR, "'t'", grant("SELECT", "TABLE d.t", "s"));

    gate.root().does(grantRole("holder", "heir"));
    gate.in("heir").does(grant("SELECT", "TABLE d.t", "s"));
    gate.as("u_holder", "public")
        .refused(ER_TABLEACCESS_DENIED_ERROR, "'t'", grant("SELECT", "TABLE d.t", "s"));
  }

  @Test
  void refusalDoesNotTellWhatExists() {
    gate.rolesWithUsers("r", "s");

    for (String on : List.of("TABLE d.t", "TABLE x.t", "VIEW d.t")) {
      gate.in("r")
          .refused(
              ER_TABLEACCESS_DENIED_ERROR,
              "GRANT command denied to user 'u_r'@'localhost' for table 't'",
              grant("SELECT", on, "no_such_role"));
    }
    gate.in("r").refused(ER_DBACCESS_DENIED_ERROR, "'d'", grant("SHOW TABLES", "DATABASE d", "s"));
    gate.in("r").refused(ER_DBACCESS_DENIED_ERROR, "'x'", grant("SHOW TABLES", "DATABASE x", "s"));
  }

  @Test
  void revokeIsForWhoeverCouldGrant() {
    gate.rolesWithUsers("r", "s");
    gate.root().does(grant("SELECT", "TABLE d.t", "s"));
    gate.in("r").refused(ER_TABLEACCESS_DENIED_ERROR, "'t'", revoke("SELECT", "TABLE d.t", "s"));

    gate.root().does(grantWithOption("SELECT", "TABLE d.t", "r"));
    gate.in("r").does(revoke("SELECT", "TABLE d.t", "s"));

    assertThat(gate.root().lines(showGrantsOfRole("s"))).isEmpty();
  }

  // ALL is a set, grant options stay, ownership is one's.

  @Test
  void revokeAllRevokesEveryPrivilegeOfTheLevelButOwnership() {
    gate.root().does(createRole("r"));
    gate.root().does(grant("SELECT, INSERT", "TABLE d.t", "r"));
    gate.root().does(grant("OWNERSHIP", "TABLE d.t", "r"));
    gate.root().does(grant("SELECT", "TABLE d.u", "r"));

    gate.root().does(revoke("ALL PRIVILEGES", "TABLE d.t", "r"));

    assertThat(gate.root().lines(showGrantsOfRole("r")))
        .containsExactly(
            "GRANT OWNERSHIP ON TABLE `d`.`t` TO ROLE `r`",
            "GRANT SELECT ON TABLE `d`.`u` TO ROLE `r`");
  }

  @Test
  void revokeOfOneReplacesAllByTheOthers() {
    gate.root().does(createRole("r"));
    gate.root().does(grantWithOption("ALL", "TABLE d.t", "r"));

    gate.root().does(revoke("SELECT", "TABLE d.t", "r"));

    assertThat(gate.root().lines(showGrantsOfRole("r")))
        .containsExactly(
            "GRANT INSERT ON TABLE `d`.`t` TO ROLE `r` WITH GRANT OPTION",
            "GRANT UPDATE ON TABLE `d`.`t` TO ROLE `r` WITH GRANT OPTION",
            "GRANT TRUNCATE ON TABLE `d`.`t` TO ROLE `r` WITH GRANT OPTION",
            "GRANT DELETE ON TABLE `d`.`t` TO ROLE `r` WITH GRANT OPTION",
            "GRANT REFERENCE ON TABLE `d`.`t` TO ROLE `r` WITH GRANT OPTION",
            "GRANT INDEX ON TABLE `d`.`t` TO ROLE `r` WITH GRANT OPTION",
            "GRANT EXECUTE ON TABLE `d`.`t` TO ROLE `r` WITH GRANT OPTION");
  }

  @Test
  void grantAgainKeepsTheGrantOption() {
    gate.root().does(createRole("r"));
    gate.root().does(grantWithOption("SELECT", "TABLE d.t", "r"));

    gate.root().does(grant("SELECT", "TABLE d.t", "r"));
    assertThat(gate.root().lines(showGrantsOfRole("r")))
        .containsExactly("GRANT SELECT ON TABLE `d`.`t` TO ROLE `r` WITH GRANT OPTION");

    gate.root().does(revokeOption("SELECT", "TABLE d.t", "r"));
    assertThat(gate.root().lines(showGrantsOfRole("r")))
        .containsExactly("GRANT SELECT ON TABLE `d`.`t` TO ROLE `r`");
  }

  @Test
  void grantOptionOfOneIsTakenOutOfAll() {
    gate.root().does(createRole("r"));
    gate.root().does(grantWithOption("ALL", "DATABASE d", "r"));

    gate.root().does(revokeOption("CREATE TABLE", "DATABASE d", "r"));

    assertThat(gate.root().lines(showGrantsOfRole("r")))
        .contains(
            "GRANT CREATE TABLE ON DATABASE `d` TO ROLE `r`",
            "GRANT CREATE VIEW ON DATABASE `d` TO ROLE `r` WITH GRANT OPTION")
        .noneMatch(line -> line.startsWith("GRANT ALL"));
  }

  @Test
  void grantOptionOfAllIsThatOfEach() {
    gate.root().does(createRole("r"));
    gate.root().does(grantWithOption("SELECT, INSERT", "TABLE d.t", "r"));

    gate.root().does(revokeOption("ALL", "TABLE d.t", "r"));

    assertThat(gate.root().lines(showGrantsOfRole("r")))
        .containsExactly(
            "GRANT SELECT ON TABLE `d`.`t` TO ROLE `r`",
            "GRANT INSERT ON TABLE `d`.`t` TO ROLE `r`");
  }

  @Test
  void revokeOfWhatIsNotHeldIsANote() {
    gate.root().does(createRole("r"));

    assertThat(gate.root().does(revoke("SELECT", "TABLE d.t", "r")))
        .containsExactly("the role r holds nothing on an object the catalog does not know");
    gate.root().does(grant("INSERT", "TABLE d.t", "r"));
    assertThat(gate.root().does(revoke("SELECT", "TABLE d.t", "r")))
        .containsExactly("the role r does not hold SELECT ON TABLE `d`.`t`");
    assertThat(
            gate.root()
                .does(
                    new RevokePrivileges(
                        true,
                        false,
                        List.of("INSERT"),
                        io.portcullis.sql.statement.AccessControlStatement.ObjectType.TABLE,
                        new io.portcullis.sql.statement.AccessControlStatement.Level.Named(
                            io.portcullis.sql.access.RelationName.of("d", "t")),
                        List.of(Gate.name("x"), Gate.name("r")))))
        .containsExactly("there is no role x");
    assertThat(gate.root().lines(showGrantsOfRole("r"))).isEmpty();
  }

  @Test
  void grantOfOwnershipMovesIt() {
    gate.rolesWithUsers("r", "s");
    gate.root().does(grant("OWNERSHIP", "TABLE d.t", "r"));
    gate.root().does(grant("SELECT", "TABLE d.t", "r"));

    gate.in("r").does(grant("OWNERSHIP", "TABLE d.t", "s"));

    assertThat(gate.state().relations())
        .singleElement()
        .matches(t -> t.owner().equals(gate.role("s").id()));
    assertThat(gate.root().lines(showGrantsOfRole("r")))
        .containsExactly("GRANT SELECT ON TABLE `d`.`t` TO ROLE `r`");
    assertThat(gate.root().lines(showGrantsOfRole("s")))
        .containsExactly("GRANT OWNERSHIP ON TABLE `d`.`t` TO ROLE `s`");
    gate.in("r").refused(ER_TABLEACCESS_DENIED_ERROR, "'t'", grant("OWNERSHIP", "TABLE d.t", "r"));
    gate.root()
        .refused(
            ER_ILLEGAL_GRANT_FOR_TABLE, "one role only", grant("OWNERSHIP", "TABLE d.t", "r, s"));
  }

  @Test
  void revokedOwnershipFallsBackToTheAdministrators() {
    gate.rolesWithUsers("r");
    gate.root().does(grant("OWNERSHIP", "DATABASE d", "r"));

    gate.root().does(revoke("OWNERSHIP", "DATABASE d", "r"));

    assertThat(gate.state().database(AccountId.SYS, "d").orElseThrow().owner())
        .isEqualTo(RoleId.MOADMIN);
    assertThat(gate.root().lines(showGrantsOfRole("r"))).isEmpty();
  }

  @Test
  void viewIsNotTakenByWayOfItsNameAsATable() {
    gate.rolesWithUsers("r", "s");
    gate.root().does(grant("OWNERSHIP", "VIEW d.v", "s"));
    gate.root().does(grantWithOption("OWNERSHIP", "TABLE d.*", "r"));

    gate.in("r").does(revoke("OWNERSHIP", "TABLE d.v", "s"));

    assertThat(gate.state().relations())
        .singleElement()
        .matches(v -> v.owner().equals(gate.role("s").id()));
  }

  // REVOKE ALL IN DATABASE.

  @Test
  void allInADatabaseTakesEveryGrantThereAndNoOther() {
    gate.rolesWithUsers("r", "s");
    for (String role : List.of("r", "s")) {
      gate.root().does(grantWithOption("SHOW TABLES", "DATABASE d", role));
      gate.root().does(grant("SELECT", "TABLE d.*", role));
      gate.root().does(grant("SELECT", "VIEW d.v", role));
      gate.root().does(grant("ALL", "TABLE d.t", role));
      gate.root().does(grant("SELECT", "TABLE e.t", role));
      gate.root().does(grant("SHOW TABLES", "DATABASE *", role));
      gate.root().does(grant("SELECT", "TABLE *.*", role));
      gate.root().does(grant("CREATE ROLE", "ACCOUNT *", role));
    }
    gate.root().does(grant("OWNERSHIP", "TABLE d.u", "r"));
    List<String> before = gate.root().lines(showGrantsOfRole("s"));

    gate.root().does(revokeInDatabase("d", "r"));

    assertThat(gate.root().lines(showGrantsOfRole("r")))
        .containsExactlyInAnyOrder(
            "GRANT CREATE ROLE ON ACCOUNT * TO ROLE `r`",
            "GRANT SHOW TABLES ON DATABASE * TO ROLE `r`",
            "GRANT OWNERSHIP ON TABLE `d`.`u` TO ROLE `r`",
            "GRANT SELECT ON TABLE *.* TO ROLE `r`",
            "GRANT SELECT ON TABLE `e`.`t` TO ROLE `r`");
    assertThat(gate.root().lines(showGrantsOfRole("s"))).isEqualTo(before);
    assertThat(gate.root().does(revokeInDatabase("d", "r")))
        .containsExactly("the role r holds nothing in d");
    assertThat(gate.root().does(revokeInDatabase("nowhere", "s")))
        .containsExactly("the role s holds nothing in nowhere");
  }

  @Test
  void whoMayNotTakeAllOfItTakesNothing() {
    gate.rolesWithUsers("owner", "reader", "r");
    gate.root().does(grant("SELECT", "TABLE d.t", "r"));
    gate.root().does(grant("CREATE TABLE", "DATABASE d", "r"));
    gate.root().does(grantWithOption("SELECT", "TABLE d.*", "reader"));
    gate.root().does(grant("OWNERSHIP", "DATABASE d", "owner"));
    List<String> before = gate.root().lines(showGrantsOfRole("r"));

    // Existing or not: the same to somebody who may not.
    gate.in("reader").refused(ER_DBACCESS_DENIED_ERROR, "'d'", revokeInDatabase("d", "r"));
    gate.in("reader")
        .refused(ER_DBACCESS_DENIED_ERROR, "'nowhere'", revokeInDatabase("nowhere", "r"));
    gate.in("owner").refused(ER_TABLEACCESS_DENIED_ERROR, "'t'", revokeInDatabase("d", "r"));
    assertThat(gate.root().lines(showGrantsOfRole("r"))).isEqualTo(before);

    gate.root().does(grantWithOption("ALL", "TABLE d.*", "owner"));
    gate.in("owner").does(revokeInDatabase("d", "r"));
    assertThat(gate.root().lines(showGrantsOfRole("r"))).isEmpty();

    gate.root().refused(ER_UNKNOWN_AUTHID, "there is no role x", revokeInDatabase("d", "x"));
    gate.root().refused(ER_MANDATORY_ROLE, "moadmin", revokeInDatabase("d", "moadmin"));
  }

  private static RevokeInDatabase revokeInDatabase(String database, String role) {
    return new RevokeInDatabase(false, new DatabaseName(database), List.of(Gate.name(role)));
  }
}
