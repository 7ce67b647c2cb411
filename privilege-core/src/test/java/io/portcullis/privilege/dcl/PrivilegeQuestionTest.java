package io.portcullis.privilege.dcl;

import static io.portcullis.privilege.dcl.Gate.createUser;
import static io.portcullis.privilege.dcl.Gate.grant;
import static io.portcullis.privilege.dcl.Gate.grantRole;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.privilege.authz.SecondaryRolesMode;
import io.portcullis.sql.access.RelationKind;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** HAS_PRIVILEGE. */
final class PrivilegeQuestionTest {

  private Gate gate = new Gate();

  @ParameterizedTest
  @CsvSource(
      nullValues = "NULL",
      delimiter = '|',
      value = {
        "SELECT       | TABLE    | d | t       | true",
        "select       | table    | d | t       | true",
        "INSERT       | TABLE    | d | t       | false",
        "SELECT       | TABLE    | d | u       | false",
        "SELECT       | TABLE    | d | nowhere | false",
        "SELECT       | VIEW     | d | v       | true",
        "SELECT       | TABLE    | d | v       | false",
        "ANY          | TABLE    | d | t       | true",
        "ANY          | TABLE    | d | u       | false",
        "SELECT       | TABLE    | d | NULL    | false",
        "SELECT       | VIEW     | d | NULL    | true",
        "DELETE       | TABLE    | e | t       | true",
        "DELETE       | TABLE    | e | nowhere | true",
        "DELETE       | TABLE    | e | NULL    | true",
        "ANY          | DATABASE | d | NULL    | true",
        "ANY          | DATABASE | x | NULL    | false",
        "CREATE TABLE | DATABASE | d | NULL    | true",
        "ALTER TABLE  | DATABASE | d | NULL    | true",
        "CREATE TABLE | DATABASE | e | NULL    | false",
        "CREATE ROLE  | ACCOUNT  | NULL | NULL | true",
        "CREATE USER  | ACCOUNT  | NULL | NULL | false",
        "ANY          | ACCOUNT  | NULL | NULL | true",
        "SELEKT       | TABLE    | d | t       | NULL",
        "SELECT       | DATABASE | d | NULL    | NULL",
        "SELECT       | THING    | d | t       | NULL",
        "CREATE ROLE  | ACCOUNT  | d | NULL    | NULL",
        "CREATE TABLE | DATABASE | d | t       | NULL"
      })
  void everyKindOfQuestion(
      String privilege, String type, String database, String object, Boolean expected) {
    gate.rolesWithUsers("r", "inherited");
    gate.root().does(grantRole("inherited", "r"));
    gate.root().does(grant("SELECT", "TABLE d.t", "inherited"));
    gate.root().does(grant("SELECT", "VIEW d.*", "r"));
    gate.root().does(grant("ALL", "TABLE e.*", "r"));
    gate.root().does(grant("OWNERSHIP", "DATABASE d", "r"));
    gate.root().does(grant("CREATE ROLE", "ACCOUNT *", "r"));

    assertThat(ask(gate.in("r"), "u_r", privilege, type, database, object))
        .isEqualTo(Optional.ofNullable(expected));
  }

  @Test
  void routinesAreAskedAboutAsTheyAreDecided() {
    gate.rolesWithUsers("r", "whole", "every");
    gate.backend.programs.put("PROCEDURE d.p", "CREATE PROCEDURE p() SELECT 1");
    gate.root().does(grant("EXECUTE", "PROCEDURE d.p", "r"));
    gate.root().does(grant("EXECUTE", "DATABASE d", "every"));
    gate.root().does(grant("ALL", "DATABASE d", "whole"));

    assertThat(ask(gate.in("r"), "u_r", "EXECUTE", "PROCEDURE", "d", "P")).contains(true);
    assertThat(ask(gate.in("r"), "u_r", "EXECUTE", "PROCEDURE", "d", "q")).contains(false);
    assertThat(ask(gate.in("r"), "u_r", "EXECUTE", "FUNCTION", "d", "p")).contains(false);
    assertThat(ask(gate.in("r"), "u_r", "ALTER ROUTINE", "PROCEDURE", "d", "p")).contains(false);
    assertThat(ask(gate.in("every"), "u_every", "EXECUTE", "FUNCTION", "d", "f")).contains(true);
    assertThat(ask(gate.in("every"), "u_every", "ALTER ROUTINE", "FUNCTION", "d", "f"))
        .contains(false);
    assertThat(ask(gate.in("whole"), "u_whole", "ALTER ROUTINE", "FUNCTION", "d", "f"))
        .contains(true);
    assertThat(ask(gate.in("whole"), "u_whole", "SELECT", "FUNCTION", "d", "f")).isEmpty();
    assertThat(ask(gate.in("whole"), "u_whole", "ANY", "TRIGGER", "d", "f")).isEmpty();
  }

  @Test
  void othersAreAskedAboutByWhoManagesGrants() {
    gate.rolesWithUsers("r", "manager");
    gate.root().does(grant("SELECT", "TABLE d.t", "r"));
    gate.root().does(grant("MANAGE GRANTS", "ACCOUNT *", "manager"));

    assertThat(ask(gate.in("manager"), "u_r", "SELECT", "TABLE", "d", "t")).contains(true);
    assertThat(ask(gate.in("manager"), "nobody", "SELECT", "TABLE", "d", "t")).contains(false);
    assertThat(ask(gate.root(), "u_r", "SELECT", "TABLE", "d", "t")).contains(true);
    // Whether there is such a user is told to nobody else.
    assertThat(ask(gate.in("r"), "u_manager", "SELECT", "TABLE", "d", "t")).isEmpty();
    assertThat(ask(gate.in("r"), "nobody", "SELECT", "TABLE", "d", "t")).isEmpty();
  }

  @Test
  void allRolesCountUnlessTheyAreOff() {
    for (SecondaryRolesMode mode : List.of(SecondaryRolesMode.ALL, SecondaryRolesMode.OFF)) {
      gate = new Gate(mode);
      gate.rolesWithUsers("r", "s");
      gate.root().does(grantRole("s", "u_r"));
      gate.root().does(grant("SELECT", "TABLE d.t", "s"));

      assertThat(ask(gate.in("r"), "u_r", "SELECT", "TABLE", "d", "t"))
          .contains(mode == SecondaryRolesMode.ALL);
    }
  }

  @Test
  void whatHoldsEverywhereDoesNotHoldInSystemDatabases() {
    gate.rolesWithUsers("r");
    gate.root().does(grant("SELECT", "TABLE *.*", "r"));
    gate.root().does(grant("SHOW TABLES", "DATABASE *", "r"));

    assertThat(ask(gate.in("r"), "u_r", "SELECT", "TABLE", "d", "t")).contains(true);
    assertThat(ask(gate.in("r"), "u_r", "SELECT", "TABLE", "MySQL", "user")).contains(false);
    assertThat(ask(gate.in("r"), "u_r", "ANY", "DATABASE", "portcullis")).contains(false);
    gate.root().does(grant("SELECT", "TABLE mysql.user", "r"));
    assertThat(ask(gate.in("r"), "u_r", "SELECT", "TABLE", "MySQL", "user")).contains(true);
  }

  @Test
  void administratorsPassEveryCheckOfAView() {
    assertThat(ask(gate.root(), "root", "SELECT", "VIEW", "d", "v")).contains(true);
    assertThat(ask(gate.root(), "root", "SELECT", "TABLE", "d", "t")).contains(true);
  }

  @Test
  void anAccountAsksAboutItsOwn() {
    gate.with("acme");
    gate.bossOf("acme").does(createUser("joe"));
    gate.bossOf("acme").does(Gate.createRole("clerk"));
    gate.bossOf("acme").does(grantRole("clerk", "joe"));
    gate.backend.with("acme$shop", "t", RelationKind.TABLE);
    gate.bossOf("acme").does(grant("SELECT", "TABLE shop.t", "clerk"));

    assertThat(ask(gate.bossOf("acme"), "joe", "SELECT", "TABLE", "shop", "t")).contains(true);
    assertThat(ask(gate.root(), "joe", "SELECT", "TABLE", "acme$shop", "t")).contains(false);
    assertThat(ask(gate.bossOf("acme"), "root", "ANY", "ACCOUNT")).contains(false);
  }

  private Optional<Boolean> ask(Gate.Session session, String... arguments) {
    List<String> given = Arrays.stream(arguments).filter(Objects::nonNull).toList();
    return PrivilegeQuestion.answer(gate.authorizer, session.active(), false, given);
  }
}
