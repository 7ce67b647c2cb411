package io.portcullis.privilege.dcl;

import static io.portcullis.privilege.dcl.Gate.grant;
import static io.portcullis.privilege.dcl.Gate.grantRole;
import static io.portcullis.privilege.dcl.Gate.name;
import static io.portcullis.privilege.dcl.Gate.revokeRole;
import static io.portcullis.sql.text.ErrorCode.ER_ROLE_NOT_GRANTED;
import static io.portcullis.sql.text.ErrorCode.ER_SPECIFIC_ACCESS_DENIED_ERROR;
import static io.portcullis.sql.text.ErrorCode.ER_UNKNOWN_AUTHID;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.privilege.authz.SecondaryRolesMode;
import io.portcullis.privilege.model.AccountId;
import io.portcullis.privilege.model.RoleId;
import io.portcullis.privilege.model.SecondaryRoles;
import io.portcullis.sql.statement.AccessControlStatement.AlterUser;
import io.portcullis.sql.statement.AccessControlStatement.CreateUser;
import io.portcullis.sql.statement.AccessControlStatement.DefaultRoles;
import io.portcullis.sql.statement.AccessControlStatement.RoleChoice;
import io.portcullis.sql.statement.AccessControlStatement.SetDefaultRole;
import io.portcullis.sql.statement.AccessControlStatement.SetGateVariables;
import io.portcullis.sql.statement.AccessControlStatement.SetRole;
import io.portcullis.sql.statement.AccessControlStatement.UserSpec;
import io.portcullis.sql.statement.AccessControlStatement.VariableAssignment;
import io.portcullis.sql.statement.AccessControlStatement.VariableValue;
import io.portcullis.sql.statement.GateVariable;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** MySQL's forms of SET ROLE and of default roles, on one primary role and its companions. */
final class DefaultRolesTest {

  private final Gate gate = new Gate();

  @BeforeEach
  void aUserOfThreeRoles() {
    gate.rolesWithUsers("a", "b", "c", "other");
    gate.root().does(grantRole("b", "u_a"));
    gate.root().does(grantRole("c", "u_a"));
  }

  private RoleId role(String name) {
    return gate.role(name).id();
  }

  private static SetRole set(String... roles) {
    return new SetRole(new RoleChoice.Several(List.of(roles)));
  }

  private static SetRole allBut(String... roles) {
    return new SetRole(new RoleChoice.All(List.of(roles)));
  }

  private static SetDefaultRole setDefault(String user, DefaultRoles roles) {
    return new SetDefaultRole(roles, List.of(name(user)));
  }

  private static DefaultRoles listed(String... roles) {
    return new DefaultRoles.Listed(List.of(roles));
  }

  private static AlterUser alter(String user, DefaultRoles roles) {
    return new AlterUser(
        false,
        List.of(new UserSpec(name(user), Optional.empty())),
        Optional.of(roles),
        Optional.empty(),
        Optional.empty());
  }

  @Test
  void theFirstOfSeveralRolesIsPrimaryAndTheOthersAreSecondary() {
    Gate.Session session = gate.as("u_a", "public").switchedBy(set("b", "c"));

    assertThat(session.primary()).isEqualTo(role("b"));
    assertThat(session.active().activeRoles()).containsExactlyInAnyOrder(role("b"), role("c"));
    session.refused(ER_SPECIFIC_ACCESS_DENIED_ERROR, "CREATE ROLE", Gate.createRole("x"));
    gate.root().does(grant("CREATE ROLE", "ACCOUNT *", "c"));
    session.does(Gate.createRole("x"));
    assertThat(gate.role("x").owner()).isEqualTo(role("c"));
  }

  @Test
  void everyOneOfSeveralRolesMustBeGranted() {
    gate.in("a")
        .refused(ER_ROLE_NOT_GRANTED, "the role other has not been granted", set("a", "other"));
    gate.in("a").refused(ER_UNKNOWN_AUTHID, "there is no role x", set("a", "x"));
  }

  @Test
  void aRevokedSecondaryRoleIsNotActiveAnyMore() {
    Gate.Session session = gate.in("a").switchedBy(set("a", "b"));
    gate.root().does(revokeRole("b", "u_a"));

    assertThat(session.active().activeRoles()).containsExactly(role("a"));
  }

  @Test
  void allIsTheDefaultRoleWithAllOthers() {
    gate.root().does(setDefault("u_a", listed("b")));

    Gate.Session all = gate.in("a").switchedBy(allBut());
    assertThat(all.primary()).isEqualTo(role("b"));
    assertThat(all.active().activeRoles())
        .containsExactlyInAnyOrder(role("a"), role("b"), role("c"), RoleId.PUBLIC);

    Gate.Session some = gate.in("a").switchedBy(allBut("b", "c"));
    assertThat(some.primary()).isEqualTo(RoleId.PUBLIC);
    assertThat(some.active().activeRoles()).containsExactlyInAnyOrder(role("a"), RoleId.PUBLIC);
    gate.in("a").refused(ER_UNKNOWN_AUTHID, "there is no role x", allBut("x"));
  }

  @Test
  void severalDefaultRolesAreActiveTogether() {
    gate.in("a").does(setDefault("u_a", listed("c", "a")));

    assertThat(gate.user("u_a").defaultRole()).isEqualTo(role("c"));
    assertThat(gate.user("u_a").defaultSecondary()).isEqualTo(SecondaryRoles.of(Set.of(role("a"))));
    Gate.Session session =
        gate.as("u_a", "public").switchedBy(new SetRole(new RoleChoice.Default()));
    assertThat(session.active().activeRoles()).containsExactlyInAnyOrder(role("a"), role("c"));
  }

  @Test
  void defaultRoleAllKeepsThePrimaryOne() {
    gate.in("a").does(setDefault("u_a", listed("b")));
    gate.in("a").does(setDefault("u_a", new DefaultRoles.All()));

    assertThat(gate.user("u_a").defaultRole()).isEqualTo(role("b"));
    assertThat(gate.user("u_a").defaultSecondary()).isEqualTo(SecondaryRoles.ALL);

    gate.in("a").does(setDefault("u_a", new DefaultRoles.None()));
    assertThat(gate.user("u_a").defaultRole()).isEqualTo(RoleId.PUBLIC);
    assertThat(gate.user("u_a").defaultSecondary()).isEqualTo(SecondaryRoles.NONE);
  }

  @Test
  void alterUserDefaultRoleIsLikeSetDefaultRole() {
    gate.in("a").does(alter("u_a", listed("a", "b")));
    assertThat(gate.user("u_a").defaultRole()).isEqualTo(role("a"));

    gate.in("a").refused(ER_ROLE_NOT_GRANTED, "the role other", alter("u_a", listed("a", "other")));
    gate.in("b").refused(ER_SPECIFIC_ACCESS_DENIED_ERROR, "ALTER USER", alter("u_a", listed("a")));
    gate.root().does(alter("u_a", new DefaultRoles.None()));
    assertThat(gate.user("u_a").defaultRole()).isEqualTo(RoleId.PUBLIC);
  }

  @Test
  void createUserGrantsItsDefaultRolesWithoutOption() {
    CreateUser create =
        new CreateUser(false, Gate.specs("new"), List.of("a", "b"), false, Optional.empty());
    gate.root().does(grant("CREATE USER", "ACCOUNT *", "c"));
    gate.in("c").refused(ER_SPECIFIC_ACCESS_DENIED_ERROR, "MANAGE GRANTS", create);

    gate.root().does(grant("MANAGE GRANTS", "ACCOUNT *", "c"));
    gate.in("c").does(create);

    assertThat(gate.user("new").defaultRole()).isEqualTo(role("a"));
    assertThat(gate.user("new").defaultSecondary()).isEqualTo(SecondaryRoles.of(Set.of(role("b"))));
    assertThat(gate.state().rolesOf(gate.user("new").id()))
        .hasSize(2)
        .noneMatch(edge -> edge.grantOption());
  }

  @Test
  void secondaryRolesDoNothingWhenTheyAreOff() {
    Gate off = new Gate(SecondaryRolesMode.OFF);
    off.rolesWithUsers("a", "b");
    off.root().does(grantRole("b", "u_a"));
    off.root().does(grant("CREATE ROLE", "ACCOUNT *", "b"));

    off.in("a")
        .withSecondaryRoles()
        .refused(ER_SPECIFIC_ACCESS_DENIED_ERROR, "CREATE ROLE", Gate.createRole("x"));
    off.in("a").switchedBy(set("b", "a")).does(Gate.createRole("x"));
  }

  @Test
  void secondaryRolesDoNotCreateWhenTheyAreStrict() {
    Gate strict = new Gate(SecondaryRolesMode.STRICT);
    strict.rolesWithUsers("a", "b");
    strict.root().does(grantRole("b", "u_a"));
    strict.root().does(grant("CREATE ROLE, CREATE USER, DROP ROLE", "ACCOUNT *", "b"));
    Gate.Session both = strict.in("a").withSecondaryRoles();

    both.refused(ER_SPECIFIC_ACCESS_DENIED_ERROR, "CREATE ROLE", Gate.createRole("x"));
    both.refused(ER_SPECIFIC_ACCESS_DENIED_ERROR, "CREATE USER", Gate.createUser("x"));
    strict.as("u_a", "b").does(Gate.createRole("x"));
    both.does(Gate.dropRole("x"));
  }

  @Test
  void whatTheAccountHasSetStandsInPlaceOfWhatIsConfigured() {
    GateVariable mode = GateVariable.SECONDARY_ROLES_MODE;
    Gate strict = new Gate(SecondaryRolesMode.STRICT);
    strict.rolesWithUsers("a", "b");
    strict.root().does(grantRole("b", "u_a"));
    strict.root().does(grant("CREATE ROLE, DROP ROLE", "ACCOUNT *", "b"));
    Gate.Session both = strict.in("a").withSecondaryRoles();
    both.refused(ER_SPECIFIC_ACCESS_DENIED_ERROR, "CREATE ROLE", Gate.createRole("x"));

    strict.root().does(Gate.global(mode, "all"));
    both.does(Gate.createRole("x"));
    assertThat(strict.state().role(AccountId.SYS, "x").orElseThrow().owner())
        .isEqualTo(strict.state().role(AccountId.SYS, "b").orElseThrow().id());
    strict.root().does(Gate.global(mode, "off"));
    both.refused(ER_SPECIFIC_ACCESS_DENIED_ERROR, "DROP ROLE", Gate.dropRole("x"));

    strict
        .root()
        .does(
            new SetGateVariables(
                List.of(new VariableAssignment(mode, true, new VariableValue.Default()))));
    both.refused(ER_SPECIFIC_ACCESS_DENIED_ERROR, "CREATE ROLE", Gate.createRole("y"));
    both.does(Gate.dropRole("x"));
  }
}
