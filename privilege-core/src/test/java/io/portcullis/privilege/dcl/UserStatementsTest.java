package io.portcullis.privilege.dcl;

import static io.portcullis.privilege.dcl.Gate.createRole;
import static io.portcullis.privilege.dcl.Gate.createUser;
import static io.portcullis.privilege.dcl.Gate.dropUser;
import static io.portcullis.privilege.dcl.Gate.grant;
import static io.portcullis.privilege.dcl.Gate.grantRole;
import static io.portcullis.privilege.dcl.Gate.grantRoleWithOption;
import static io.portcullis.privilege.dcl.Gate.lock;
import static io.portcullis.privilege.dcl.Gate.name;
import static io.portcullis.privilege.dcl.Gate.password;
import static io.portcullis.sql.text.ErrorCode.ER_CANNOT_USER;
import static io.portcullis.sql.text.ErrorCode.ER_MANDATORY_ROLE;
import static io.portcullis.sql.text.ErrorCode.ER_NOT_VALID_PASSWORD;
import static io.portcullis.sql.text.ErrorCode.ER_ROLE_NOT_GRANTED;
import static io.portcullis.sql.text.ErrorCode.ER_SPECIFIC_ACCESS_DENIED_ERROR;
import static io.portcullis.sql.text.ErrorCode.ER_UNKNOWN_AUTHID;
import static io.portcullis.sql.text.ErrorCode.ER_WRONG_STRING_LENGTH;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.privilege.credential.PasswordVerifier;
import io.portcullis.privilege.model.AccountId;
import io.portcullis.privilege.model.RoleId;
import io.portcullis.privilege.model.User;
import io.portcullis.sql.statement.AccessControlStatement.AlterUser;
import io.portcullis.sql.statement.AccessControlStatement.CreateUser;
import io.portcullis.sql.statement.AccessControlStatement.DefaultRoles;
import io.portcullis.sql.statement.AccessControlStatement.DropUser;
import io.portcullis.sql.statement.AccessControlStatement.Password;
import io.portcullis.sql.statement.AccessControlStatement.SetDefaultRole;
import io.portcullis.sql.statement.AccessControlStatement.SetPassword;
import io.portcullis.sql.statement.AccessControlStatement.UserAttribute;
import io.portcullis.sql.statement.AccessControlStatement.UserName;
import io.portcullis.sql.statement.AccessControlStatement.UserSpec;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UserStatementsTest {

  private final Gate gate = new Gate();

  @Test
  void bootstrapMakesTheFirstAdministrator() {
    User root = gate.user("root");

    assertThat(root.defaultRole()).isEqualTo(RoleId.MOADMIN);
    assertThat(gate.state().isGranted(RoleId.MOADMIN, root.id())).isTrue();
    assertThat(accepts(root, "rootpw")).isTrue();
  }

  @Test
  void createUserNeedsItsPrivilege() {
    gate.rolesWithUsers("creator");
    gate.in("creator").refused(ER_SPECIFIC_ACCESS_DENIED_ERROR, "CREATE USER", createUser("new"));

    gate.root().does(grant("CREATE USER", "ACCOUNT *", "creator"));
    gate.in("creator").does(createUser("new"));

    assertThat(accepts(gate.user("new"), "pw of new")).isTrue();
    assertThat(gate.user("new").owner()).isEqualTo(gate.role("creator").id());
    assertThat(gate.user("new").defaultRole()).isEqualTo(RoleId.PUBLIC);
  }

  @Test
  void accountAllImpliesCreateUser() {
    gate.rolesWithUsers("creator");
    gate.root().does(grant("ALL", "ACCOUNT *", "creator"));

    gate.in("creator").does(createUser("new"));
  }

  @Test
  void rightTakenAwayMeanwhileIsNotUsed() {
    gate.rolesWithUsers("creator");
    gate.root().does(grant("CREATE USER", "ACCOUNT *", "creator"));
    Gate.Session before = gate.in("creator");
    gate.root().does(Gate.revoke("CREATE USER", "ACCOUNT *", "creator"));

    before.refused(ER_SPECIFIC_ACCESS_DENIED_ERROR, "CREATE USER", createUser("new"));
  }

  @Test
  void defaultRoleNeedsTheRightToGrantIt() {
    gate.rolesWithUsers("creator", "r");
    gate.root().does(grant("CREATE USER", "ACCOUNT *", "creator"));
    gate.in("creator")
        .refused(
            ER_SPECIFIC_ACCESS_DENIED_ERROR, "MANAGE GRANTS", createUser("new", Optional.of("r")));
    gate.in("creator")
        .refused(
            ER_SPECIFIC_ACCESS_DENIED_ERROR,
            "MANAGE GRANTS",
            createUser("new", Optional.of("no_such_role")));

    gate.root().does(grant("MANAGE GRANTS", "ACCOUNT *", "creator"));
    gate.in("creator").does(createUser("new", Optional.of("r")));

    assertThat(gate.user("new").defaultRole()).isEqualTo(gate.role("r").id());
    assertThat(gate.state().rolesOf(gate.user("new").id()))
        .singleElement()
        .satisfies(edge -> assertThat(edge.grantOption()).isFalse());
    gate.in("creator")
        .refused(
            ER_UNKNOWN_AUTHID,
            "there is no role no_such_role",
            createUser("newer", Optional.of("no_such_role")));
  }

  @Test
  void grantableRoleMayBeADefaultRole() {
    gate.rolesWithUsers("creator");
    gate.root().does(grant("CREATE USER", "ACCOUNT *", "creator"));
    gate.root().does(grantRoleWithOption("creator", "u_creator"));

    gate.in("creator").does(createUser("new", Optional.of("creator")));
  }

  @Test
  void administratorRoleIsNoDefaultRole() {
    gate.root()
        .refused(
            ER_MANDATORY_ROLE,
            "the role moadmin can not be granted to non administration user new",
            createUser("new", Optional.of("moadmin")));
    gate.root().does(createUser("new", Optional.of("public")));
  }

  @Test
  void usersAndRolesShareTheirNames() {
    gate.root().does(createUser("a"));
    gate.root().does(createRole("r"));

    gate.root().refused(ER_CANNOT_USER, "the user A exists", createUser("A"));
    gate.root()
        .refused(ER_CANNOT_USER, "there is a role with the same name as the user", createUser("R"));
    assertThat(
            gate.root()
                .does(
                    new CreateUser(
                        true, Gate.specs("a", "r", "b"), List.of(), false, Optional.empty())))
        .containsExactly("the user a exists", "there is a role with the same name as the user");
    assertThat(gate.state().user(AccountId.SYS, "b")).isPresent();
  }

  @Test
  void listIsAllOrNothing() {
    gate.root().does(createUser("b"));

    gate.root().refused(ER_CANNOT_USER, "the user b exists", createUser("a", "b"));
    gate.root().refused(ER_CANNOT_USER, "the user c exists", createUser("c", "c"));

    assertThat(gate.state().user(AccountId.SYS, "a")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a:b", "a#b", "a b", "a\tb", "a`b", "a'b", "a\"b", "a\nb"})
  void illegalNameIsRefused(String illegal) {
    gate.root().refused(ER_CANNOT_USER, "is invalid", createUser(illegal));
  }

  @Test
  void nameHasAtMost32Characters() {
    gate.root().refused(ER_WRONG_STRING_LENGTH, "too long", createUser("x".repeat(33)));
    gate.root().does(createUser("x".repeat(32)));
  }

  @Test
  void emptyOrMissingPasswordIsRefused() {
    UserSpec empty = new UserSpec(name("a"), Optional.of(new Password("")));
    UserSpec missing = new UserSpec(name("a"), Optional.empty());

    for (UserSpec spec : List.of(empty, missing)) {
      gate.root()
          .refused(
              ER_NOT_VALID_PASSWORD,
              "password is empty string",
              new CreateUser(false, List.of(spec), List.of(), false, Optional.empty()));
    }
  }

  @Test
  void usersOfOneStatementHaveSaltsOfTheirOwn() {
    Password same = new Password("same");
    UserSpec a = new UserSpec(name("a"), Optional.of(same));
    UserSpec b = new UserSpec(name("b"), Optional.of(new Password("same")));

    gate.root().does(new CreateUser(false, List.of(a, b), List.of(), false, Optional.empty()));

    assertThat(gate.user("a").verifiers()).isNotEqualTo(gate.user("b").verifiers());
  }

  @Test
  void hostIsAnAttribute() {
    UserSpec spec =
        new UserSpec(new UserName("a", Optional.of("10.0.0.1")), Optional.of(new Password("pw")));
    gate.root()
        .does(
            new CreateUser(
                false,
                List.of(spec),
                List.of(),
                true,
                Optional.of(new UserAttribute.Comment("c"))));

    assertThat(gate.user("a").host()).isEqualTo("10.0.0.1");
    assertThat(gate.user("a").locked()).isTrue();
    assertThat(gate.user("a").comment()).contains("c");
    gate.root().refused(ER_CANNOT_USER, "the user a exists", createUser("a"));
  }

  @Test
  void everyoneChangesTheOwnPasswordAndNothingElse() {
    gate.rolesWithUsers("r");

    gate.in("r").does(password("u_r", "changed"));

    assertThat(accepts(gate.user("u_r"), "changed")).isTrue();
    gate.in("r").refused(ER_SPECIFIC_ACCESS_DENIED_ERROR, "ALTER USER", lock("u_r", false));
    gate.in("r")
        .refused(
            ER_SPECIFIC_ACCESS_DENIED_ERROR,
            "ALTER USER",
            new AlterUser(
                false,
                Gate.specs("u_r"),
                Optional.empty(),
                Optional.empty(),
                Optional.of(new UserAttribute.Comment("comment"))));
    gate.in("r").refused(ER_NOT_VALID_PASSWORD, "empty", password("u_r", ""));
  }

  @Test
  void alterUserOfOthersNeedsItsPrivilege() {
    gate.rolesWithUsers("r", "s");
    gate.in("r").refused(ER_SPECIFIC_ACCESS_DENIED_ERROR, "ALTER USER", password("u_s", "x"));
    gate.in("r")
        .refused(ER_SPECIFIC_ACCESS_DENIED_ERROR, "ALTER USER", password("no_such_user", "x"));

    gate.root().does(grant("ALTER USER", "ACCOUNT *", "r"));
    gate.in("r").does(password("u_s", "x"));
    gate.in("r").does(lock("u_s", true));

    assertThat(gate.user("u_s").locked()).isTrue();
    gate.in("r").refused(ER_CANNOT_USER, "there is no user nobody", password("nobody", "x"));
  }

  @Test
  void administratorIsAlteredByAdministratorsOnly() {
    gate.rolesWithUsers("r");
    gate.root().does(grant("ALL", "ACCOUNT *", "r"));

    gate.in("r")
        .refused(
            ER_CANNOT_USER,
            "Operation ALTER USER failed for 'root'@'localhost': don't have the privilege",
            password("root", "x"));
    gate.in("r")
        .refused(
            ER_CANNOT_USER,
            "don't have the privilege to alter",
            new SetPassword(Optional.of(name("root")), new Password("x")));

    gate.root().does(password("root", "changed"));
    assertThat(accepts(gate.user("root"), "changed")).isTrue();
  }

  @Test
  void lastAdministratorCannotBeLockedOut() {
    gate.root().refused(ER_CANNOT_USER, "can not lock the user root", lock("root", true));
    gate.root().does(lock("root", false));
  }

  @Test
  void noErrorRepeatsAPassword() {
    gate.rolesWithUsers("r");
    String secret = "s3cr3t";
    AlterUser statement = password("u_r", secret.repeat(50));

    DclResult.Refused refused = gate.root().refused(ER_NOT_VALID_PASSWORD, "too long", statement);

    assertThat(refused.error().message()).doesNotContain(secret);
    assertThat(statement.toString()).doesNotContain(secret);
  }

  @Test
  void setPasswordIsLikeAlterUser() {
    gate.rolesWithUsers("r", "s");
    gate.in("r").does(new SetPassword(Optional.empty(), new Password("own")));
    gate.in("r")
        .refused(
            ER_SPECIFIC_ACCESS_DENIED_ERROR,
            "ALTER USER",
            new SetPassword(Optional.of(name("u_s")), new Password("x")));

    gate.root().does(new SetPassword(Optional.of(name("u_s")), new Password("of s")));

    assertThat(accepts(gate.user("u_r"), "own")).isTrue();
    assertThat(accepts(gate.user("u_s"), "of s")).isTrue();
    gate.root()
        .refused(
            ER_CANNOT_USER,
            "there is no user nobody",
            new SetPassword(Optional.of(name("nobody")), new Password("x")));
  }

  @Test
  void defaultRoleMustBeGranted() {
    gate.rolesWithUsers("r", "s");
    gate.in("r").does(setDefault("u_r", "r"));
    assertThat(gate.user("u_r").defaultRole()).isEqualTo(gate.role("r").id());

    gate.in("r")
        .refused(
            ER_ROLE_NOT_GRANTED,
            "the role s has not been granted to the user u_r",
            setDefault("u_r", "s"));
    gate.in("r")
        .refused(
            ER_SPECIFIC_ACCESS_DENIED_ERROR, "ALTER USER, MANAGE GRANTS", setDefault("u_s", "s"));
    gate.in("r").does(new SetDefaultRole(new DefaultRoles.None(), List.of(name("u_r"))));
    assertThat(gate.user("u_r").defaultRole()).isEqualTo(RoleId.PUBLIC);

    gate.root().does(grant("MANAGE GRANTS", "ACCOUNT *", "r"));
    gate.in("r").does(setDefault("u_s", "s"));
  }

  @Test
  void dropUserNeedsItsPrivilegeAndSparesAdministrators() {
    gate.rolesWithUsers("r", "s");
    gate.in("r").refused(ER_SPECIFIC_ACCESS_DENIED_ERROR, "DROP USER", dropUser("u_s"));

    gate.root().does(grant("DROP USER", "ACCOUNT *", "r"));
    gate.in("r").refused(ER_CANNOT_USER, "can not delete the user root", dropUser("root"));
    gate.in("r").refused(ER_CANNOT_USER, "there is no user x", dropUser("u_s", "x"));
    gate.in("r").refused(ER_CANNOT_USER, "there is no user u_s", dropUser("u_s", "u_s"));
    assertThat(gate.state().user(AccountId.SYS, "u_s")).isPresent();

    assertThat(gate.in("r").does(new DropUser(true, List.of(name("u_s"), name("x")))))
        .containsExactly("there is no user x");
    assertThat(gate.state().user(AccountId.SYS, "u_s")).isEmpty();
  }

  @Test
  void droppedUserCanDoNothing() {
    gate.rolesWithUsers("r");
    Gate.Session session = gate.in("r");
    gate.root().does(dropUser("u_r"));

    session.refused(ER_UNKNOWN_AUTHID, "u_r", password("u_r", "x"));
    session.refused(ER_UNKNOWN_AUTHID, "u_r", Gate.setRole("public"));
    session.refused(ER_UNKNOWN_AUTHID, "u_r", Gate.showGrants());
  }

  @Test
  void hintNamesTheRoleThatWouldHelp() {
    gate.rolesWithUsers("r", "s");
    gate.root().does(grant("CREATE USER", "ACCOUNT *", "s"));
    gate.root().does(grantRole("s", "u_r"));

    DclResult.Refused refused =
        gate.in("r").refused(ER_SPECIFIC_ACCESS_DENIED_ERROR, "", createUser("new"));

    assertThat(refused.hints())
        .containsExactly(
            "Role `s` is granted but not active: SET ROLE `s`",
            "Missing: GRANT CREATE USER ON ACCOUNT * TO ROLE `r`");
    gate.in("r").withSecondaryRoles().does(createUser("new"));
  }

  @Test
  void grantThatIsHintedAtHelps() {
    gate.rolesWithUsers("r");
    Gate.Session session = gate.in("r");

    assertThat(session.refused(ER_SPECIFIC_ACCESS_DENIED_ERROR, "", createUser("new")).hints())
        .containsExactly("Missing: GRANT CREATE USER ON ACCOUNT * TO ROLE `r`");

    gate.root().does(grant("CREATE USER", "ACCOUNT *", "r"));
    session.does(createUser("new"));
  }

  private static SetDefaultRole setDefault(String user, String... roles) {
    return new SetDefaultRole(new DefaultRoles.Listed(List.of(roles)), List.of(name(user)));
  }

  private static boolean accepts(User user, String password) {
    return PasswordVerifier.verifySha2(user.verifiers(), password.getBytes(StandardCharsets.UTF_8));
  }
}
