package io.portcullis.privilege.dcl;

import static io.portcullis.privilege.dcl.Gate.createRole;
import static io.portcullis.privilege.dcl.Gate.createUser;
import static io.portcullis.privilege.dcl.Gate.dropRole;
import static io.portcullis.privilege.dcl.Gate.grant;
import static io.portcullis.privilege.dcl.Gate.grantRole;
import static io.portcullis.privilege.dcl.Gate.grantRoleWithOption;
import static io.portcullis.privilege.dcl.Gate.name;
import static io.portcullis.privilege.dcl.Gate.revokeRole;
import static io.portcullis.privilege.dcl.Gate.setRole;
import static io.portcullis.sql.text.ErrorCode.ER_CANNOT_USER;
import static io.portcullis.sql.text.ErrorCode.ER_MANDATORY_ROLE;
import static io.portcullis.sql.text.ErrorCode.ER_ROLE_GRANTED_TO_ITSELF;
import static io.portcullis.sql.text.ErrorCode.ER_ROLE_NOT_GRANTED;
import static io.portcullis.sql.text.ErrorCode.ER_SPECIFIC_ACCESS_DENIED_ERROR;
import static io.portcullis.sql.text.ErrorCode.ER_UNKNOWN_AUTHID;
import static io.portcullis.sql.text.ErrorCode.ER_WRONG_STRING_LENGTH;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.privilege.model.AccountId;
import io.portcullis.privilege.model.PrivilegeType;
import io.portcullis.privilege.model.RoleId;
import io.portcullis.sql.statement.AccessControlStatement.CommentRole;
import io.portcullis.sql.statement.AccessControlStatement.CreateRole;
import io.portcullis.sql.statement.AccessControlStatement.DefaultRoles;
import io.portcullis.sql.statement.AccessControlStatement.DropRole;
import io.portcullis.sql.statement.AccessControlStatement.GrantRoles;
import io.portcullis.sql.statement.AccessControlStatement.RenameRole;
import io.portcullis.sql.statement.AccessControlStatement.RevokeRoles;
import io.portcullis.sql.statement.AccessControlStatement.RoleChoice;
import io.portcullis.sql.statement.AccessControlStatement.SetDefaultRole;
import io.portcullis.sql.statement.AccessControlStatement.SetRole;
import io.portcullis.sql.statement.AccessControlStatement.SetSecondaryRole;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RoleStatementsTest {

  private final Gate gate = new Gate();

  // CREATE, DROP, ALTER ROLE.

  @Test
  void createRoleNeedsItsPrivilege() {
    gate.rolesWithUsers("r");
    gate.in("r").refused(ER_SPECIFIC_ACCESS_DENIED_ERROR, "CREATE ROLE", createRole("x"));

    gate.root().does(grant("CREATE ROLE", "ACCOUNT *", "r"));
    gate.in("r").does(createRole("x", "y"));

    assertThat(gate.role("x").owner()).isEqualTo(gate.role("r").id());
    assertThat(gate.role("x").creator()).contains(gate.user("u_r").id());
  }

  @Test
  void secondaryRoleThatSuppliedThePrivilegeOwns() {
    gate.rolesWithUsers("r", "s");
    gate.root().does(grant("CREATE ROLE", "ACCOUNT *", "s"));
    gate.root().does(grantRole("s", "u_r"));

    gate.in("r").withSecondaryRoles().does(createRole("x"));
    assertThat(gate.role("x").owner()).isEqualTo(gate.role("s").id());

    gate.root().does(grant("CREATE ROLE", "ACCOUNT *", "r"));
    gate.in("r").withSecondaryRoles().does(createRole("y"));
    assertThat(gate.role("y").owner()).isEqualTo(gate.role("r").id());
  }

  @Test
  void namesOfRolesAreReservedUniqueAndShort() {
    gate.root().does(createUser("u"));
    gate.root().does(createRole("r"));

    for (String reserved : List.of("moadmin", "Public", "accountadmin")) {
      gate.root()
          .refused(
              ER_MANDATORY_ROLE,
              "can not use the name " + reserved + ". it is the name of the predefined role",
              createRole(reserved));
    }
    gate.root().refused(ER_CANNOT_USER, "the role R exists", createRole("x", "R"));
    gate.root()
        .refused(
            ER_CANNOT_USER, "there is a user with the same name as the role U", createRole("U"));
    gate.root().refused(ER_CANNOT_USER, "the name \"a:b\" is invalid", createRole("a:b"));
    gate.root().refused(ER_WRONG_STRING_LENGTH, "role name", createRole("x".repeat(256)));
    gate.root().does(createRole("x".repeat(255)));
    assertThat(
            gate.root()
                .does(new CreateRole(true, List.of("public", "r", "u", "z"), Optional.empty())))
        .hasSize(3);
    assertThat(gate.state().role(AccountId.SYS, "z")).isPresent();
    assertThat(gate.state().role(AccountId.SYS, "x")).isEmpty();
  }

  @Test
  void dropRoleNeedsItsPrivilegeOrOwnership() {
    gate.rolesWithUsers("owner", "r");
    gate.root().does(grant("CREATE ROLE", "ACCOUNT *", "owner"));
    gate.in("owner").does(createRole("mine"));
    gate.in("owner").refused(ER_SPECIFIC_ACCESS_DENIED_ERROR, "DROP ROLE", dropRole("r"));
    gate.in("r").refused(ER_SPECIFIC_ACCESS_DENIED_ERROR, "DROP ROLE", dropRole("mine"));

    gate.in("owner").does(dropRole("mine"));
    gate.root().does(grant("DROP ROLE", "ACCOUNT *", "owner"));
    gate.in("owner").does(dropRole("r"));

    assertThat(gate.state().role(AccountId.SYS, "mine")).isEmpty();
    assertThat(gate.state().rolesOf(gate.user("u_r").id())).isEmpty();
  }

  @Test
  void publicOwnsNoRolesForEverybody() {
    gate.rolesWithUsers("r");
    gate.root().does(grant("CREATE ROLE", "ACCOUNT *", "public"));
    gate.as("u_r", "public").does(createRole("x"));

    gate.as("u_r", "public").refused(ER_SPECIFIC_ACCESS_DENIED_ERROR, "DROP ROLE", dropRole("x"));
    gate.root().does(dropRole("x"));
  }

  @Test
  void dropRoleIsAllOrNothingAndSparesTheBuiltIn() {
    gate.root().does(createRole("a"));

    gate.root().refused(ER_CANNOT_USER, "there is no role b", dropRole("a", "b"));
    gate.root().refused(ER_MANDATORY_ROLE, "can not delete the role public", dropRole("public"));
    gate.root().refused(ER_MANDATORY_ROLE, "can not delete the role moadmin", dropRole("moadmin"));
    assertThat(gate.state().role(AccountId.SYS, "a")).isPresent();

    assertThat(gate.root().does(new DropRole(true, List.of("a", "b"))))
        .containsExactly("there is no role b");
    assertThat(gate.state().role(AccountId.SYS, "a")).isEmpty();
  }

  @Test
  void ownerOfTheRoleInheritsWhatTheRoleOwned() {
    gate.rolesWithUsers("grandparent");
    gate.root().does(grant("CREATE ROLE", "ACCOUNT *", "grandparent"));
    gate.in("grandparent").does(createRole("parent"));
    gate.root().does(grant("OWNERSHIP", "TABLE d.t", "parent"));
    gate.root().does(grant("OWNERSHIP", "DATABASE d", "parent"));

    gate.root().does(dropRole("parent"));

    RoleId heir = gate.role("grandparent").id();
    assertThat(gate.state().databases()).allMatch(database -> database.owner().equals(heir));
    assertThat(gate.state().relations()).allMatch(relation -> relation.owner().equals(heir));
    assertThat(gate.state().grantsOf(heir))
        .extracting(grant -> grant.privilege())
        .containsExactlyInAnyOrder(
            PrivilegeType.CREATE_ROLE,
            PrivilegeType.DATABASE_OWNERSHIP,
            PrivilegeType.RELATION_OWNERSHIP);

    gate.root().does(dropRole("grandparent"));
    assertThat(gate.state().relations())
        .allMatch(relation -> relation.owner().equals(RoleId.MOADMIN));
  }

  @Test
  void renameKeepsEverything() {
    gate.rolesWithUsers("r", "s");
    gate.root().does(grant("SELECT", "TABLE d.t", "r"));
    gate.in("s")
        .refused(ER_SPECIFIC_ACCESS_DENIED_ERROR, "ALTER ROLE", new RenameRole(false, "r", "x"));

    gate.root().does(grant("ALTER ROLE", "ACCOUNT *", "s"));
    gate.in("s").does(new RenameRole(false, "r", "x"));

    assertThat(gate.state().grantsOf(gate.role("x").id())).hasSize(1);
    assertThat(gate.state().isGranted(gate.role("x").id(), gate.user("u_r").id())).isTrue();
  }

  @Test
  void renameIsRefusedForTakenNames() {
    gate.rolesWithUsers("r", "s");

    gate.root()
        .refused(
            ER_CANNOT_USER,
            "the new role name is the same as the old role name",
            new RenameRole(false, "r", "R"));
    gate.root()
        .refused(ER_CANNOT_USER, "the role s already exists", new RenameRole(false, "r", "s"));
    gate.root()
        .refused(
            ER_CANNOT_USER,
            "there is a user with the same name as the role u_r",
            new RenameRole(false, "r", "u_r"));
    gate.root()
        .refused(
            ER_MANDATORY_ROLE, "can not use the name public", new RenameRole(false, "r", "public"));
    gate.root()
        .refused(
            ER_MANDATORY_ROLE,
            "can not rename the role moadmin",
            new RenameRole(false, "moadmin", "x"));
    gate.root().refused(ER_CANNOT_USER, "there is no role x", new RenameRole(false, "x", "y"));
    assertThat(gate.root().does(new RenameRole(true, "x", "y")))
        .containsExactly("there is no role x");
  }

  @Test
  void commentOnARole() {
    gate.rolesWithUsers("r");

    gate.root().does(new CommentRole("r", "readers"));
    assertThat(gate.role("r").comment()).contains("readers");
    gate.in("r").refused(ER_SPECIFIC_ACCESS_DENIED_ERROR, "ALTER ROLE", new CommentRole("r", "x"));
  }

  // GRANT and REVOKE of roles.

  @Test
  void grantOfARoleNeedsManageGrants() {
    gate.rolesWithUsers("manager", "r", "s");
    gate.in("manager")
        .refused(ER_SPECIFIC_ACCESS_DENIED_ERROR, "MANAGE GRANTS", grantRole("r", "s"));

    gate.root().does(grant("MANAGE GRANTS", "ACCOUNT *", "manager"));
    gate.in("manager").does(grantRole("r", "s"));
    gate.in("manager").does(grantRole("r", "u_s"));

    assertThat(gate.state().rolesInheritedBy(gate.role("s").id())).hasSize(1);
    assertThat(gate.state().isGranted(gate.role("r").id(), gate.user("u_s").id())).isTrue();
  }

  @Test
  void activeRoleHeldWithGrantOptionMayBeHandedOn() {
    gate.rolesWithUsers("r", "s");
    gate.in("r").refused(ER_SPECIFIC_ACCESS_DENIED_ERROR, "MANAGE GRANTS", grantRole("r", "s"));

    gate.root().does(grantRoleWithOption("r", "u_r"));
    gate.in("r").does(grantRole("r", "s"));
    gate.as("u_r", "public")
        .refused(ER_SPECIFIC_ACCESS_DENIED_ERROR, "MANAGE GRANTS", grantRole("r", "u_s"));
  }

  @Test
  void inheritedRoleMayBeHandedOnOverGrantOptionsOnly() {
    gate.rolesWithUsers("a", "b", "c", "target");
    gate.root().does(grantRoleWithOption("a", "b"));
    gate.root().does(grantRole("b", "c"));
    gate.in("b").does(grantRole("a", "target"));
    gate.in("c").refused(ER_SPECIFIC_ACCESS_DENIED_ERROR, "MANAGE GRANTS", grantRole("a", "u_b"));

    gate.root().does(grantRoleWithOption("b", "c"));
    gate.in("c").does(grantRole("a", "u_b"));
  }

  @Test
  void grantAgainKeepsTheGrantOption() {
    gate.rolesWithUsers("r", "s");
    gate.root().does(grantRoleWithOption("r", "s"));
    gate.root().does(grantRoleWithOption("r", "u_s"));

    gate.root().does(new GrantRoles(List.of("r"), List.of(name("s"), name("u_s")), false));

    assertThat(gate.state().rolesInheritedBy(gate.role("s").id()))
        .allMatch(edge -> edge.grantOption());
    gate.root().does(new RevokeRoles(false, true, List.of("r"), List.of(name("s"), name("u_s"))));
    assertThat(gate.state().rolesInheritedBy(gate.role("s").id()))
        .singleElement()
        .satisfies(edge -> assertThat(edge.grantOption()).isFalse());
    assertThat(gate.state().isGranted(gate.role("r").id(), gate.user("u_s").id())).isTrue();
  }

  @Test
  void loopsAreRefused() {
    gate.rolesWithUsers("a", "b", "c");
    gate.root().does(grantRole("a", "b"));
    gate.root().does(grantRole("b", "c"));

    gate.root().refused(ER_ROLE_GRANTED_TO_ITSELF, "cannot grant role c to a", grantRole("c", "a"));
    gate.root().refused(ER_ROLE_GRANTED_TO_ITSELF, "cannot grant role a to a", grantRole("a", "a"));
    gate.root().does(grantRole("a", "c"));
  }

  @Test
  void loopWithinOneStatementIsRefused() {
    gate.rolesWithUsers("a", "b");

    gate.root()
        .refused(
            ER_ROLE_GRANTED_TO_ITSELF,
            "cannot grant role",
            new GrantRoles(List.of("a", "b"), List.of(name("b"), name("a")), false));
  }

  @Test
  void predefinedRolesAreNotPassedOn() {
    gate.rolesWithUsers("r");

    gate.root()
        .refused(
            ER_MANDATORY_ROLE,
            "the role moadmin can not be granted to non administration user u_r",
            grantRole("moadmin", "u_r"));
    gate.root().does(grantRole("moadmin", "root"));
    gate.root()
        .refused(
            ER_MANDATORY_ROLE,
            "the role moadmin can not be granted to the other role r",
            grantRole("moadmin", "r"));
    gate.root()
        .refused(
            ER_MANDATORY_ROLE,
            "the role public can not be granted to the other role r",
            grantRole("public", "r"));
    gate.root()
        .refused(
            ER_MANDATORY_ROLE,
            "the role r can not be granted to the role moadmin",
            grantRole("r", "moadmin"));
    gate.root()
        .refused(
            ER_MANDATORY_ROLE,
            "the role r can not be granted to the role public",
            grantRole("r", "public"));
    gate.root()
        .refused(
            ER_MANDATORY_ROLE,
            "the role moadmin can not be revoked",
            revokeRole("moadmin", "root"));
    gate.root()
        .refused(
            ER_MANDATORY_ROLE, "the role public can not be revoked", revokeRole("public", "u_r"));
    gate.root()
        .refused(
            ER_MANDATORY_ROLE,
            "the role r can not be revoked from the role public",
            revokeRole("r", "public"));
  }

  @Test
  void unknownRolesAndGranteesAreNamed() {
    gate.rolesWithUsers("r");

    gate.root().refused(ER_UNKNOWN_AUTHID, "there is no role x", grantRole("x", "u_r"));
    gate.root().refused(ER_UNKNOWN_AUTHID, "there is no role or user x", grantRole("r", "x"));
    gate.root().refused(ER_UNKNOWN_AUTHID, "there is no role x", revokeRole("x", "u_r"));
    gate.root().refused(ER_UNKNOWN_AUTHID, "there is no role or user x", revokeRole("r", "x"));
    assertThat(
            gate.root()
                .does(new RevokeRoles(true, false, List.of("r"), List.of(name("x"), name("u_r")))))
        .containsExactly("there is no role or user x");
    assertThat(gate.state().rolesOf(gate.user("u_r").id())).isEmpty();
  }

  @Test
  void revokeOfARoleNeedsManageGrants() {
    gate.rolesWithUsers("r", "s");
    gate.root().does(grantRoleWithOption("r", "u_r"));
    gate.in("r").refused(ER_SPECIFIC_ACCESS_DENIED_ERROR, "MANAGE GRANTS", revokeRole("r", "u_r"));

    gate.root().does(grant("MANAGE GRANTS", "ACCOUNT *", "s"));
    gate.in("s").does(revokeRole("r", "u_r"));
    assertThat(gate.in("s").does(revokeRole("r", "u_r")))
        .containsExactly("the role r was not granted to u_r");
  }

  // SET ROLE.

  @Test
  void onlyDirectlyGrantedRolesBecomeActive() {
    gate.rolesWithUsers("r", "s", "inherited");
    gate.root().does(grantRole("inherited", "r"));
    gate.root().does(grantRole("s", "u_r"));

    assertThat(gate.in("r").switchedBy(setRole("S")).primary()).isEqualTo(gate.role("s").id());
    assertThat(gate.in("r").switchedBy(setRole("public")).primary()).isEqualTo(RoleId.PUBLIC);
    gate.in("r")
        .refused(
            ER_ROLE_NOT_GRANTED,
            "the role inherited has not been granted to the user u_r",
            setRole("inherited"));
    gate.in("r")
        .refused(
            ER_ROLE_NOT_GRANTED,
            "the role moadmin has not been granted to the user u_r",
            setRole("moadmin"));
    gate.in("r").refused(ER_UNKNOWN_AUTHID, "there is no role x", setRole("x"));
  }

  @Test
  void setRoleSwitchesSecondaryRolesOff() {
    gate.rolesWithUsers("r");
    Gate.Session on = gate.in("r").switchedBy(new SetSecondaryRole(true));
    assertThat(on.subject().secondaryRoles()).isTrue();
    assertThat(on.primary()).isEqualTo(gate.role("r").id());

    assertThat(on.switchedBy(setRole("public")).subject().secondaryRoles()).isFalse();
    assertThat(on.switchedBy(new SetSecondaryRole(false)).subject())
        .isEqualTo(gate.in("r").subject());
  }

  @Test
  void setRoleDefaultAndNone() {
    gate.rolesWithUsers("r");
    gate.root()
        .does(new SetDefaultRole(new DefaultRoles.Listed(List.of("r")), List.of(name("u_r"))));
    Gate.Session session = gate.as("u_r", "public");

    assertThat(session.switchedBy(new SetRole(new RoleChoice.Default())).primary())
        .isEqualTo(gate.role("r").id());
    assertThat(gate.in("r").switchedBy(new SetRole(new RoleChoice.None())).primary())
        .isEqualTo(RoleId.PUBLIC);

    gate.root().does(revokeRole("r", "u_r"));
    assertThat(session.switchedBy(new SetRole(new RoleChoice.Default())).primary())
        .isEqualTo(RoleId.PUBLIC);
  }

  @Test
  void sessionOfADroppedRoleCanOnlySetAnother() {
    gate.rolesWithUsers("r");
    Gate.Session session = gate.in("r");
    gate.root().does(dropRole("r"));

    session.refused(ER_ROLE_NOT_GRANTED, "no longer exists", Gate.showGrants());
    assertThat(session.switchedBy(setRole("public")).primary()).isEqualTo(RoleId.PUBLIC);
  }
}
