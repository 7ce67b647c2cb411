package io.portcullis.privilege.dcl;

import static io.portcullis.privilege.dcl.Gate.createUser;
import static io.portcullis.privilege.dcl.Gate.dropUser;
import static io.portcullis.privilege.dcl.Gate.grant;
import static io.portcullis.privilege.dcl.Gate.grantRole;
import static io.portcullis.privilege.dcl.Gate.grantWithOption;
import static io.portcullis.privilege.dcl.Gate.name;
import static io.portcullis.privilege.dcl.Gate.revoke;
import static io.portcullis.privilege.dcl.Gate.revokeOption;
import static io.portcullis.privilege.dcl.Gate.setRole;
import static io.portcullis.privilege.dcl.Gate.showGrants;
import static io.portcullis.sql.text.ErrorCode.ER_SPECIFIC_ACCESS_DENIED_ERROR;
import static io.portcullis.sql.text.ErrorCode.ER_TABLEACCESS_DENIED_ERROR;
import static io.portcullis.sql.text.ErrorCode.ER_UNKNOWN_AUTHID;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.privilege.authz.SecondaryRolesMode;
import io.portcullis.privilege.model.AccountId;
import io.portcullis.privilege.model.RoleId;
import io.portcullis.sql.statement.AccessControlStatement.GrantPrivileges;
import io.portcullis.sql.statement.AccessControlStatement.Level;
import io.portcullis.sql.statement.AccessControlStatement.ObjectType;
import io.portcullis.sql.statement.AccessControlStatement.RenameUser;
import io.portcullis.sql.statement.AccessControlStatement.Renaming;
import io.portcullis.sql.statement.AccessControlStatement.RevokeEverything;
import io.portcullis.sql.statement.AccessControlStatement.ShowRoles;
import io.portcullis.sql.statement.AccessControlStatement.ShowUsers;
import io.portcullis.sql.statement.AccessControlStatement.UserName;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Privileges granted to a user: on a private role, always active, never shown as one. */
final class DirectGrantsTest {

  private static final String PUBLIC =
      "GRANT CONNECT ON ACCOUNT * TO ROLE `public` WITH GRANT OPTION";

  private final Gate gate = new Gate();

  @Test
  void directGrantCountsWhateverRoleIsActive() {
    gate.rolesWithUsers("r", "s");
    gate.root().does(grantRole("s", "u_r"));
    Gate.Session before = gate.in("r");
    before.refused(ER_SPECIFIC_ACCESS_DENIED_ERROR, "CREATE ROLE", Gate.createRole("x"));

    gate.root().does(grant("CREATE ROLE", "ACCOUNT *", "u_r"));

    before.does(Gate.createRole("x"));
    gate.as("u_r", "s").does(Gate.createRole("y"));
    gate.as("u_r", "public").does(Gate.createRole("z"));
    gate.in("s").refused(ER_SPECIFIC_ACCESS_DENIED_ERROR, "CREATE ROLE", Gate.createRole("w"));

    gate.root().does(revoke("CREATE ROLE", "ACCOUNT *", "u_r"));
    before.refused(ER_SPECIFIC_ACCESS_DENIED_ERROR, "CREATE ROLE", Gate.createRole("w"));
  }

  @Test
  void directGrantsAreShownAsExecutableStatements() {
    gate.root().does(createUser("joe"));
    gate.root().does(grantWithOption("SELECT", "TABLE d.t", "joe"));
    gate.root().does(grant("CREATE TABLE", "DATABASE d", "joe"));

    List<String> expected =
        List.of(
            "GRANT CREATE TABLE ON DATABASE `d` TO USER `joe`",
            "GRANT SELECT ON TABLE `d`.`t` TO USER `joe` WITH GRANT OPTION",
            PUBLIC);
    assertThat(gate.root().lines(showGrants("joe"))).containsExactlyElementsOf(expected);
    assertThat(gate.as("joe", "public").lines(showGrants())).containsExactlyElementsOf(expected);
  }

  @Test
  void privateRoleIsNoRoleAnybodyCanName() {
    gate.root().does(createUser("joe"));
    gate.root().does(grant("SELECT", "TABLE d.t", "joe"));
    String hidden = "#" + gate.user("joe").id().value();

    assertThat(gate.root().lines(new ShowRoles(Optional.empty())))
        .containsExactly("moadmin", "public");
    gate.as("joe", "public").refused(ER_UNKNOWN_AUTHID, "there is no role", setRole(hidden));
    gate.root().refused(ER_UNKNOWN_AUTHID, "there is no role", grantRole(hidden, "root"));
    gate.root()
        .refused(ER_UNKNOWN_AUTHID, "there is no role", grant("SELECT", "TABLE d.t", hidden));
  }

  @Test
  void ownerByADirectGrantIsShownAsTheUser() {
    gate.root().does(createUser("joe"));
    gate.root().does(grant("CREATE USER", "ACCOUNT *", "joe"));
    gate.as("joe", "public").does(createUser("kim"));

    DclResult.Rows rows = (DclResult.Rows) gate.root().run(new ShowUsers(true, Optional.of("kim")));

    assertThat(rows.rows().get(0).get(18)).isEqualTo("USER `joe`");
  }

  @Test
  void revokeFindsWhatItNames() {
    gate.root().does(createUser("joe"));
    assertThat(gate.root().does(revoke("SELECT", "TABLE d.t", "joe")))
        .containsExactly("the user joe holds nothing but by roles");
    assertThat(gate.state().privateRole(gate.user("joe").id())).isEmpty();

    gate.root().does(grantWithOption("SELECT, INSERT", "TABLE d.t", "joe"));
    assertThat(gate.root().does(revoke("DELETE", "TABLE d.t", "joe")))
        .containsExactly("the user joe does not hold DELETE ON TABLE `d`.`t`");
    gate.root().does(revokeOption("SELECT", "TABLE d.t", "joe"));
    gate.root().does(revoke("INSERT", "TABLE d.t", "joe"));
    assertThat(gate.root().lines(showGrants("joe")))
        .containsExactly("GRANT SELECT ON TABLE `d`.`t` TO USER `joe`", PUBLIC);
  }

  @Test
  void optionOfADirectGrantLetsTheUserHandItOn() {
    gate.rolesWithUsers("r", "s");
    gate.in("r").refused(ER_TABLEACCESS_DENIED_ERROR, "GRANT", grant("SELECT", "TABLE d.t", "s"));

    gate.root().does(grantWithOption("SELECT", "TABLE d.t", "u_r"));

    gate.in("r").does(grant("SELECT", "TABLE d.t", "s"));
    gate.in("r").does(grant("SELECT", "TABLE d.t", "u_s"));
    gate.in("r").does(revoke("SELECT", "TABLE d.t", "u_s"));
    gate.in("r").refused(ER_TABLEACCESS_DENIED_ERROR, "GRANT", grant("INSERT", "TABLE d.t", "s"));
  }

  @Test
  void aHostOtherThanPercentNamesAUser() {
    gate.root().does(Gate.createRole("r"));
    for (String host : List.of("%", "localhost")) {
      GrantPrivileges statement =
          new GrantPrivileges(
              List.of("SELECT"),
              ObjectType.TABLE,
              new Level.DatabaseStar("d"),
              List.of(new UserName("r", Optional.of(host))),
              false);
      if (host.equals("%")) {
        gate.root().does(statement);
      } else {
        gate.root().refused(ER_UNKNOWN_AUTHID, "there is no role r", statement);
      }
    }
  }

  @Test
  void droppedUserTakesDirectGrantsAlongAndLeavesWhatWasOwned() {
    gate.root().does(createUser("joe"));
    gate.root().does(grant("OWNERSHIP", "TABLE d.t", "joe"));
    gate.root().does(grant("CREATE ROLE", "ACCOUNT *", "joe"));
    gate.as("joe", "public").does(Gate.createRole("of_joe"));
    RoleId own = gate.state().privateRole(gate.user("joe").id()).orElseThrow().id();
    assertThat(gate.role("of_joe").owner()).isEqualTo(own);

    gate.root().does(dropUser("joe"));

    assertThat(gate.state().role(own)).isEmpty();
    assertThat(gate.state().grantsOf(own)).isEmpty();
    assertThat(gate.role("of_joe").owner()).isEqualTo(RoleId.MOADMIN);
    assertThat(gate.state().relationsOwnedBy(RoleId.MOADMIN)).hasSize(1);
    gate.root().does(createUser("joe"));
    gate.as("joe", "public")
        .refused(ER_SPECIFIC_ACCESS_DENIED_ERROR, "CREATE ROLE", Gate.createRole("x"));
  }

  @Test
  void renamedUserKeepsDirectGrants() {
    gate.root().does(createUser("joe"));
    gate.root().does(grant("SELECT", "TABLE d.t", "joe"));
    gate.root().does(new RenameUser(List.of(new Renaming(name("joe"), name("jim")))));

    assertThat(gate.root().lines(showGrants("jim")))
        .contains("GRANT SELECT ON TABLE `d`.`t` TO USER `jim`");
  }

  @Test
  void directGrantsCountWithStrictSecondaryRoles() {
    Gate strict = new Gate(SecondaryRolesMode.STRICT);
    strict.rolesWithUsers("r", "s");
    strict.root().does(grantRole("s", "u_r"));
    strict.root().does(grant("CREATE ROLE", "ACCOUNT *", "u_r"));
    strict.root().does(grant("CREATE ROLE", "ACCOUNT *", "s"));

    strict.in("r").withSecondaryRoles().does(Gate.createRole("x"));

    assertThat(strict.role("x").owner())
        .isEqualTo(strict.state().privateRole(strict.user("u_r").id()).orElseThrow().id());
  }

  @Test
  void revokeOfEverythingLeavesRolesAndWhatIsOwned() {
    gate.rolesWithUsers("r");
    gate.root().does(grantWithOption("SELECT", "TABLE d.t", "u_r"));
    gate.root().does(grant("CREATE ROLE", "ACCOUNT *", "u_r"));
    gate.root().does(grant("OWNERSHIP", "TABLE d.u", "u_r"));
    RevokeEverything everything = new RevokeEverything(false, List.of(name("u_r")));
    gate.in("r").refused(ER_SPECIFIC_ACCESS_DENIED_ERROR, "moadmin", everything);

    gate.root().does(everything);

    assertThat(gate.root().lines(showGrants("u_r")))
        .containsExactly(
            "GRANT `r` TO `u_r`", "GRANT OWNERSHIP ON TABLE `d`.`u` TO USER `u_r`", PUBLIC);
    gate.root()
        .refused(
            ER_UNKNOWN_AUTHID,
            "there is no role x",
            new RevokeEverything(false, List.of(name("x"))));
    assertThat(gate.state().user(AccountId.SYS, "u_r")).isPresent();
  }
}
