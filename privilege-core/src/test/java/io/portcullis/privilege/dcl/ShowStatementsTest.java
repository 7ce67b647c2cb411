package io.portcullis.privilege.dcl;

import static io.portcullis.privilege.dcl.Gate.createRole;
import static io.portcullis.privilege.dcl.Gate.grant;
import static io.portcullis.privilege.dcl.Gate.grantRole;
import static io.portcullis.privilege.dcl.Gate.grantRoleWithOption;
import static io.portcullis.privilege.dcl.Gate.grantWithOption;
import static io.portcullis.privilege.dcl.Gate.showGrants;
import static io.portcullis.privilege.dcl.Gate.showGrantsOfRole;
import static io.portcullis.sql.text.ErrorCode.ER_ROLE_NOT_GRANTED;
import static io.portcullis.sql.text.ErrorCode.ER_SPECIFIC_ACCESS_DENIED_ERROR;
import static io.portcullis.sql.text.ErrorCode.ER_UNKNOWN_AUTHID;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.sql.statement.AccessControlStatement.CreateRole;
import io.portcullis.sql.statement.AccessControlStatement.ShowRoles;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ShowStatementsTest {

  private static final String PUBLIC =
      "GRANT CONNECT ON ACCOUNT * TO ROLE `public` WITH GRANT OPTION";

  private final Gate gate = new Gate();

  @Test
  void grantsOfAUserAreRolesThenTheirPrivileges() {
    gate.rolesWithUsers("b", "a", "deep");
    gate.root().does(grantRole("a", "u_b"));
    gate.root().does(grantRoleWithOption("deep", "a"));
    gate.root().does(grantWithOption("SELECT", "TABLE d.t", "a"));
    gate.root().does(grant("INSERT", "TABLE d.t", "a"));
    gate.root().does(grant("ALL", "DATABASE d", "b"));
    gate.root().does(grant("DELETE", "TABLE e.t", "deep"));

    assertThat(gate.root().lines(showGrants("u_b")))
        .containsExactly(
            "GRANT `a`,`b` TO `u_b`",
            "GRANT `deep` TO `a` WITH GRANT OPTION",
            "GRANT SELECT ON TABLE `d`.`t` TO ROLE `a` WITH GRANT OPTION",
            "GRANT INSERT ON TABLE `d`.`t` TO ROLE `a`",
            "GRANT ALL ON DATABASE `d` TO ROLE `b`",
            PUBLIC);
    assertThat(gate.root().lines(showGrants("u_b", "a")))
        .contains("GRANT DELETE ON TABLE `e`.`t` TO ROLE `deep`");
    assertThat(gate.as("u_b", "b").lines(showGrants()))
        .doesNotContain("GRANT DELETE ON TABLE `e`.`t` TO ROLE `deep`");
    assertThat(gate.as("u_b", "a").lines(showGrants()))
        .contains("GRANT DELETE ON TABLE `e`.`t` TO ROLE `deep`");
  }

  @Test
  void columnIsNamedAfterTheGrantee() {
    gate.rolesWithUsers("r");

    assertThat(((DclResult.Rows) gate.root().run(showGrants("u_r"))).columns())
        .containsExactly("Grants for u_r@localhost");
    assertThat(((DclResult.Rows) gate.root().run(showGrantsOfRole("R"))).columns())
        .containsExactly("Grants for r");
  }

  @Test
  void namesAreQuoted() {
    gate.backend.with("a`b", "c d", io.portcullis.sql.access.RelationKind.TABLE);
    gate.root().does(createRole("r-1"));

    gate.root().does(grant("SELECT", "TABLE a`b.c d", "r-1"));

    assertThat(gate.root().lines(showGrantsOfRole("r-1")))
        .containsExactly("GRANT SELECT ON TABLE `a``b`.`c d` TO ROLE `r-1`");
  }

  @Test
  void grantsOfOthersNeedManageGrants() {
    gate.rolesWithUsers("r", "s", "inherited");
    gate.root().does(grantRole("inherited", "r"));

    gate.in("r").lines(showGrants("u_r"));
    gate.in("r").lines(showGrantsOfRole("r"));
    gate.in("r").lines(showGrantsOfRole("inherited"));
    gate.in("r").lines(showGrantsOfRole("public"));
    gate.in("r").refused(ER_SPECIFIC_ACCESS_DENIED_ERROR, "MANAGE GRANTS", showGrants("u_s"));
    gate.in("r").refused(ER_SPECIFIC_ACCESS_DENIED_ERROR, "MANAGE GRANTS", showGrants("nobody"));
    gate.in("r").refused(ER_SPECIFIC_ACCESS_DENIED_ERROR, "MANAGE GRANTS", showGrantsOfRole("s"));
    gate.in("r").refused(ER_SPECIFIC_ACCESS_DENIED_ERROR, "MANAGE GRANTS", showGrantsOfRole("x"));

    gate.root().does(grant("MANAGE GRANTS", "ACCOUNT *", "r"));
    gate.in("r").lines(showGrants("u_s"));
    gate.in("r").lines(showGrantsOfRole("s"));
    gate.in("r").refused(ER_UNKNOWN_AUTHID, "there is no user nobody", showGrants("nobody"));
    gate.in("r").refused(ER_UNKNOWN_AUTHID, "there is no role x", showGrantsOfRole("x"));
  }

  @Test
  void usingNamesRolesOfTheUser() {
    gate.rolesWithUsers("r", "s");

    gate.root()
        .refused(
            ER_ROLE_NOT_GRANTED,
            "the role s has not been granted to the user u_r",
            showGrants("u_r", "s"));
    gate.root().refused(ER_UNKNOWN_AUTHID, "there is no role x", showGrants("u_r", "x"));
  }

  @Test
  void rolesAreListedWithTheirCreators() {
    gate.root().does(new CreateRole(false, List.of("r"), Optional.of("readers")));

    DclResult.Rows rows = (DclResult.Rows) gate.root().run(new ShowRoles(Optional.of("r%")));

    assertThat(rows.columns()).containsExactly("ROLE_NAME", "CREATOR", "CREATED_TIME", "COMMENTS");
    assertThat(rows.rows())
        .containsExactly(
            List.of(
                "r",
                String.valueOf(gate.user("root").id().value()),
                "2026-03-04 05:06:07",
                "readers"));
  }

  @Test
  void rolesAreListedForWhoHoldsThem() {
    gate.rolesWithUsers("r", "s", "inherited");
    gate.root().does(grantRole("inherited", "r"));
    ShowRoles all = new ShowRoles(Optional.empty());

    assertThat(gate.in("r").lines(all)).containsExactly("inherited", "public", "r");
    assertThat(gate.root().lines(all)).containsExactly("inherited", "moadmin", "public", "r", "s");

    gate.root().does(grant("MANAGE GRANTS", "ACCOUNT *", "r"));
    assertThat(gate.in("r").lines(all)).contains("s");
  }
}
