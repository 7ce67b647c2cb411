package io.portcullis.privilege.dcl;

import static io.portcullis.privilege.dcl.Gate.grant;
import static io.portcullis.privilege.dcl.Gate.grantRole;
import static io.portcullis.privilege.dcl.Gate.lock;
import static io.portcullis.privilege.dcl.Gate.name;
import static io.portcullis.privilege.dcl.Gate.revoke;
import static io.portcullis.sql.text.ErrorCode.ER_CANNOT_USER;
import static io.portcullis.sql.text.ErrorCode.ER_INVALID_USER_ATTRIBUTE_JSON;
import static io.portcullis.sql.text.ErrorCode.ER_SPECIFIC_ACCESS_DENIED_ERROR;
import static io.portcullis.sql.text.ErrorCode.ER_UNKNOWN_AUTHID;
import static io.portcullis.sql.text.ErrorCode.ER_WRONG_STRING_LENGTH;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.privilege.credential.PasswordVerifier;
import io.portcullis.sql.statement.AccessControlStatement.AlterUser;
import io.portcullis.sql.statement.AccessControlStatement.CreateUser;
import io.portcullis.sql.statement.AccessControlStatement.Password;
import io.portcullis.sql.statement.AccessControlStatement.RenameUser;
import io.portcullis.sql.statement.AccessControlStatement.Renaming;
import io.portcullis.sql.statement.AccessControlStatement.ShowCreateUser;
import io.portcullis.sql.statement.AccessControlStatement.ShowUsers;
import io.portcullis.sql.statement.AccessControlStatement.UserAttribute;
import io.portcullis.sql.statement.AccessControlStatement.UserName;
import io.portcullis.sql.statement.AccessControlStatement.UserSpec;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Attributes, names and listings of users (PM 5.3, 4.2 #21, #22). */
final class UserDescriptionsTest {

  private static final ShowUsers ALL = new ShowUsers(false, Optional.empty());

  private final Gate gate = new Gate();

  private static AlterUser alter(String user, UserAttribute attribute) {
    return new AlterUser(
        false,
        List.of(new UserSpec(name(user), Optional.empty())),
        Optional.empty(),
        Optional.empty(),
        Optional.of(attribute));
  }

  private static UserAttribute json(String text) {
    return new UserAttribute.Json(text);
  }

  private static UserAttribute comment(String text) {
    return new UserAttribute.Comment(text);
  }

  private static ShowCreateUser showCreate(String user) {
    return new ShowCreateUser(Optional.of(name(user)));
  }

  private static RenameUser rename(String... names) {
    List<Renaming> renamings = new java.util.ArrayList<>();
    for (int i = 0; i < names.length; i += 2) {
      renamings.add(new Renaming(name(names[i]), name(names[i + 1])));
    }
    return new RenameUser(renamings);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '\0',
      value = {
        "{\"a\": 1} ~ {\"b\": 2} ~ {\"a\":1,\"b\":2}",
        "{\"a\": 1} ~ {\"a\": \"x\"} ~ {\"a\":\"x\"}",
        "{\"a\": 1, \"b\": 2} ~ {\"a\": null} ~ {\"b\":2}",
        "{\"a\": {\"x\": 1, \"y\": 2}} ~ {\"a\": {\"x\": null, \"z\": 3}} ~ {\"a\":{\"y\":2,\"z\":3}}",
        "{\"a\": [1]} ~ {\"a\": [2]} ~ {\"a\":[2]}",
        "{\"a\": 1} ~ {\"a\": {\"x\": null}} ~ {\"a\":{}}",
        "{\"a\": 1} ~ {\"comment\": \"c\"} ~ {\"a\":1,\"comment\":\"c\"}",
        "{\"comment\": \"c\"} ~ {\"comment\": null} ~ ",
      })
  void attributesAreMergedKeyByKey(String before, String change, String shown) {
    gate.root()
        .does(new CreateUser(false, Gate.specs("u"), List.of(), false, Optional.of(json(before))));
    gate.root().does(alter("u", json(change)));

    assertThat(UserAttributes.text(gate.user("u"))).isEqualTo(Optional.ofNullable(shown));
  }

  @Test
  void commentIsAKeyOfTheAttributes() {
    gate.root()
        .does(
            new CreateUser(
                false, Gate.specs("u"), List.of(), false, Optional.of(json("{\"a\":1}"))));
    gate.root().does(alter("u", comment("said \"so\"")));

    assertThat(gate.user("u").comment()).contains("said \"so\"");
    assertThat(UserAttributes.text(gate.user("u")))
        .contains("{\"a\":1,\"comment\":\"said \\\"so\\\"\"}");
    gate.root().does(lock("u", true));
    assertThat(gate.user("u").comment()).isPresent();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "[1]", "\"text\"", "1", "{\"a\":}", "{} {}", "{'a': 1}"})
  void attributesThatAreNoObjectAreRefused(String text) {
    gate.root().does(Gate.createUser("u"));

    gate.root()
        .refused(ER_INVALID_USER_ATTRIBUTE_JSON, "valid JSON object", alter("u", json(text)));
    gate.root().does(alter("u", json("{}")));
    assertThat(UserAttributes.text(gate.user("u"))).isEmpty();
  }

  @Test
  void attributesAreBounded() {
    gate.root().does(Gate.createUser("u"));

    gate.root()
        .refused(ER_WRONG_STRING_LENGTH, "user attribute", alter("u", comment("x".repeat(70_000))));
    gate.root().does(alter("u", comment("x".repeat(60_000))));
  }

  @Test
  void renamedUserIsTheSameUser() {
    gate.rolesWithUsers("r");
    var before = gate.user("u_r");

    gate.root()
        .does(
            new RenameUser(
                List.of(new Renaming(name("u_r"), new UserName("Other", Optional.of("h"))))));

    assertThat(gate.user("other").id()).isEqualTo(before.id());
    assertThat(gate.user("other").host()).isEqualTo("h");
    assertThat(gate.state().isGranted(gate.role("r").id(), before.id())).isTrue();
    gate.root().refused(ER_CANNOT_USER, "there is no user u_r", rename("u_r", "x"));
  }

  @Test
  void renameIsAllOrNothingAndCanSwapNames() {
    gate.rolesWithUsers("a", "b");
    var a = gate.user("u_a").id();

    gate.root().refused(ER_CANNOT_USER, "the user u_b exists", rename("u_a", "u_b"));
    gate.root().refused(ER_CANNOT_USER, "there is no user x", rename("u_a", "new", "x", "y"));
    gate.root().refused(ER_CANNOT_USER, "there is a role with the same name", rename("u_a", "b"));
    gate.root()
        .refused(
            ER_CANNOT_USER, "there is a role with the same name", rename("u_a", "accountadmin"));
    gate.root().refused(ER_CANNOT_USER, "is invalid", rename("u_a", "a b"));
    gate.root().does(rename("u_a", "tmp", "u_b", "u_a", "tmp", "u_b"));
    assertThat(gate.user("u_b").id()).isEqualTo(a);
    gate.root().does(rename("u_b", "U_B"));
    assertThat(gate.user("u_b").name()).isEqualTo("U_B");
  }

  @Test
  void renameNeedsAlterUserAndSparesAdministrators() {
    gate.rolesWithUsers("r", "s");
    gate.in("r").refused(ER_SPECIFIC_ACCESS_DENIED_ERROR, "ALTER USER", rename("u_s", "x"));
    gate.in("r").refused(ER_SPECIFIC_ACCESS_DENIED_ERROR, "ALTER USER", rename("u_r", "x"));

    gate.root().does(grant("ALTER USER", "ACCOUNT *", "r"));
    gate.in("r").refused(ER_CANNOT_USER, "don't have the privilege", rename("root", "x"));
    gate.in("r").does(rename("u_s", "x"));
  }

  @Test
  void createUserIsShownExecutableAndWithoutVerifiers() {
    gate.rolesWithUsers("r", "s");
    gate.root().does(grantRole("s", "u_r"));
    gate.root()
        .does(
            new AlterUser(
                false,
                List.of(new UserSpec(name("u_r"), Optional.empty())),
                Optional.of(
                    new io.portcullis.sql.statement.AccessControlStatement.DefaultRoles.Listed(
                        List.of("s", "r"))),
                Optional.of(true),
                Optional.of(comment("it's \\"))));
    gate.logins.note(gate.user("u_r").id(), Instant.parse("2026-05-06T07:08:09Z"), "192.0.2.7");

    DclResult.Rows rows = (DclResult.Rows) gate.root().run(showCreate("u_r"));

    assertThat(rows.columns())
        .containsExactly("CREATE USER for u_r@localhost", "CREATED_TIME", "LAST_LOGIN_TIME");
    assertThat(rows.rows())
        .containsExactly(
            List.of(
                "CREATE USER `u_r`@`localhost` IDENTIFIED BY RANDOM PASSWORD DEFAULT ROLE `s`,`r`"
                    + " ACCOUNT LOCK ATTRIBUTE '{\"comment\":\"it''s \\\\\\\\\"}'",
                "2026-03-04 05:06:07",
                "2026-05-06 07:08:09"));
    assertThat(rows.toString()).doesNotContain(gate.user("u_r").verifiers().cachingSha2());
  }

  @Test
  void othersAreShownToWhoManagesGrantsOrOwnsThem() {
    gate.rolesWithUsers("r", "s");
    gate.in("r").lines(new ShowCreateUser(Optional.empty()));
    gate.in("r").lines(showCreate("u_r"));
    gate.in("r").refused(ER_SPECIFIC_ACCESS_DENIED_ERROR, "MANAGE GRANTS", showCreate("u_s"));
    gate.in("r").refused(ER_SPECIFIC_ACCESS_DENIED_ERROR, "MANAGE GRANTS", showCreate("nobody"));
    assertThat(gate.in("r").lines(ALL)).containsExactly("u_r");

    gate.root().does(grant("CREATE USER", "ACCOUNT *", "r"));
    gate.in("r").does(Gate.createUser("owned"));
    gate.in("r").lines(showCreate("owned"));
    assertThat(gate.in("r").lines(ALL)).contains("owned", "u_r", "u_s");

    gate.root().does(revoke("CREATE USER", "ACCOUNT *", "r"));
    assertThat(gate.in("r").lines(ALL)).containsExactly("owned", "u_r");

    gate.root().does(grant("MANAGE GRANTS", "ACCOUNT *", "r"));
    gate.in("r").lines(showCreate("u_s"));
    gate.in("r").refused(ER_UNKNOWN_AUTHID, "there is no user nobody", showCreate("nobody"));
    assertThat(gate.in("r").lines(new ShowUsers(false, Optional.of("u%"))))
        .containsExactly("u_r", "u_s");
  }

  @Test
  void usersAreListedWithWhatIsKnownOfThem() {
    gate.root().does(Gate.createRole("r"));
    gate.root()
        .does(
            new CreateUser(
                false,
                Gate.specs("u"),
                List.of("r"),
                true,
                Optional.of(json("{\"comment\":\"c\",\"email\":\"u@x\"}"))));

    DclResult.Rows rows = (DclResult.Rows) gate.root().run(new ShowUsers(true, Optional.of("u")));

    assertThat(rows.columns())
        .containsExactly(
            "user",
            "host",
            "status",
            "default_role",
            "roles",
            "email",
            "full_name",
            "department",
            "phone",
            "created_time",
            "last_login",
            "password_last_changed",
            "password_expires",
            "failed_attempts",
            "locked_at",
            "lock_expires",
            "lock_reason",
            "attribute",
            "owner",
            "creator");
    assertThat(rows.rows().get(0).subList(0, 10))
        .containsExactly(
            "u",
            "localhost",
            "locked",
            "`r`",
            rows.rows().get(0).get(4),
            "u@x",
            null,
            null,
            null,
            "2026-03-04 05:06:07");
    assertThat(rows.rows().get(0).get(4)).contains("r");
    assertThat(rows.rows().get(0).subList(17, 19))
        .containsExactly("{\"email\":\"u@x\",\"comment\":\"c\"}", "moadmin");
  }

  @Test
  void randomPasswordIsShownOnceToWhoeverMadeIt() {
    UserSpec spec = new UserSpec(name("u"), Optional.of(new Password("", true)));
    CreateUser create = new CreateUser(true, List.of(spec), List.of(), false, Optional.empty());

    DclResult.Rows made = (DclResult.Rows) gate.root().run(create);

    assertThat(made.columns()).containsExactly("user", "host", "generated password", "auth_factor");
    String password = String.valueOf(made.rows().get(0).get(2));
    assertThat(
            PasswordVerifier.verifySha2(
                gate.user("u").verifiers(), password.getBytes(StandardCharsets.UTF_8)))
        .isTrue();
    // The second time nobody gets a new one.
    assertThat(((DclResult.Rows) gate.root().run(create)).rows()).isEmpty();
    assertThat(
            PasswordVerifier.verifySha2(
                gate.user("u").verifiers(), password.getBytes(StandardCharsets.UTF_8)))
        .isTrue();
  }
}
