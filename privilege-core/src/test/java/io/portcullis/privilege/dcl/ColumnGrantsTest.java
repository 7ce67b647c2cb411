package io.portcullis.privilege.dcl;

import static io.portcullis.privilege.dcl.Gate.grant;
import static io.portcullis.privilege.dcl.Gate.grantColumns;
import static io.portcullis.privilege.dcl.Gate.grantWithOption;
import static io.portcullis.privilege.dcl.Gate.name;
import static io.portcullis.privilege.dcl.Gate.revoke;
import static io.portcullis.privilege.dcl.Gate.revokeColumns;
import static io.portcullis.privilege.dcl.Gate.revokeOption;
import static io.portcullis.privilege.dcl.Gate.revokeOptionOnColumns;
import static io.portcullis.privilege.dcl.Gate.showGrantsOfRole;
import static io.portcullis.sql.text.ErrorCode.ER_BAD_FIELD_ERROR;
import static io.portcullis.sql.text.ErrorCode.ER_ILLEGAL_GRANT_FOR_TABLE;
import static io.portcullis.sql.text.ErrorCode.ER_NO_SUCH_TABLE;
import static io.portcullis.sql.text.ErrorCode.ER_TABLEACCESS_DENIED_ERROR;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.sql.statement.AccessControlStatement.RevokeEverything;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Privileges on single columns, granted, shown and taken back. */
final class ColumnGrantsTest {

  private final Gate gate = new Gate();

  @BeforeEach
  void roles() {
    gate.rolesWithUsers("r", "s");
  }

  private List<String> grants(String role) {
    return gate.root().lines(showGrantsOfRole(role));
  }

  @Test
  void grantsAreShownAsExecutableStatements() {
    gate.root().does(grantColumns("SELECT name ID, INSERT id", "TABLE d.t", "r"));
    gate.root().does(grantColumns("SELECT secret", "TABLE d.t", "r", true));
    gate.root().does(grantColumns("UPDATE id", "VIEW d.v", "r"));
    gate.root().does(grant("DELETE", "TABLE d.t", "r"));

    assertThat(grants("r"))
        .containsExactly(
            "GRANT DELETE ON TABLE `d`.`t` TO ROLE `r`",
            "GRANT SELECT (`id`, `name`) ON TABLE `d`.`t` TO ROLE `r`",
            "GRANT SELECT (`secret`) ON TABLE `d`.`t` TO ROLE `r` WITH GRANT OPTION",
            "GRANT INSERT (`id`) ON TABLE `d`.`t` TO ROLE `r`",
            "GRANT UPDATE (`id`) ON VIEW `d`.`v` TO ROLE `r`");
  }

  @Test
  void columnsAreThoseOfOneTable() {
    for (String level : List.of("TABLE d.*", "TABLE *.*", "ACCOUNT *", "DATABASE d")) {
      gate.root()
          .refused(ER_ILLEGAL_GRANT_FOR_TABLE, "one table", grantColumns("SELECT id", level, "r"));
    }
    gate.root()
        .refused(
            ER_BAD_FIELD_ERROR, "'nosuch'", grantColumns("SELECT id nosuch", "TABLE d.t", "r"));
    gate.root().refused(ER_NO_SUCH_TABLE, "d.x", grantColumns("SELECT id", "TABLE d.x", "r"));
    assertThat(grants("r")).isEmpty();
  }

  @Test
  void optionOnColumnsPassesOnJustThose() {
    gate.in("r")
        .refused(ER_TABLEACCESS_DENIED_ERROR, "GRANT", grantColumns("SELECT id", "TABLE d.t", "s"));
    gate.root().does(grantColumns("SELECT id name", "TABLE d.t", "r", true));

    gate.in("r").does(grantColumns("SELECT id", "TABLE d.t", "s"));
    gate.in("r")
        .refused(
            ER_TABLEACCESS_DENIED_ERROR,
            "GRANT",
            grantColumns("SELECT id secret", "TABLE d.t", "s"));
    // whether there is such a column is not said to who may not grant on it
    gate.in("r")
        .refused(
            ER_TABLEACCESS_DENIED_ERROR, "GRANT", grantColumns("SELECT nosuch", "TABLE d.t", "s"));
    gate.in("r")
        .refused(ER_TABLEACCESS_DENIED_ERROR, "GRANT", grantColumns("UPDATE id", "TABLE d.t", "s"));
    gate.in("r").refused(ER_TABLEACCESS_DENIED_ERROR, "GRANT", grant("SELECT", "TABLE d.t", "s"));

    gate.root().does(revokeOptionOnColumns("SELECT id", "TABLE d.t", "r"));
    gate.in("r")
        .refused(ER_TABLEACCESS_DENIED_ERROR, "GRANT", grantColumns("SELECT id", "TABLE d.t", "s"));
    gate.in("r").does(grantColumns("SELECT name", "TABLE d.t", "s"));
  }

  @Test
  void optionOnTheTableCoversItsColumns() {
    gate.root().does(grantWithOption("SELECT", "TABLE d.*", "r"));

    gate.in("r").does(grantColumns("SELECT id", "TABLE d.t", "s"));
    gate.in("r")
        .refused(ER_TABLEACCESS_DENIED_ERROR, "GRANT", grantColumns("INSERT id", "TABLE d.t", "s"));
    assertThat(grants("s")).containsExactly("GRANT SELECT (`id`) ON TABLE `d`.`t` TO ROLE `s`");
  }

  @Test
  void revokeTakesWhatItNames() {
    gate.root().does(grantColumns("SELECT id name, UPDATE id", "TABLE d.t", "r", true));

    assertThat(gate.root().does(revokeColumns("SELECT ID secret", "TABLE d.t", "r")))
        .containsExactly("the role r does not hold SELECT (`secret`) ON TABLE `d`.`t`");
    gate.root().does(revoke("SELECT", "TABLE d.t", "r"));
    assertThat(grants("r"))
        .containsExactly(
            "GRANT SELECT (`name`) ON TABLE `d`.`t` TO ROLE `r` WITH GRANT OPTION",
            "GRANT UPDATE (`id`) ON TABLE `d`.`t` TO ROLE `r` WITH GRANT OPTION");

    gate.root().does(revokeOption("ALL", "TABLE d.t", "r"));
    assertThat(grants("r"))
        .containsExactly(
            "GRANT SELECT (`name`) ON TABLE `d`.`t` TO ROLE `r`",
            "GRANT UPDATE (`id`) ON TABLE `d`.`t` TO ROLE `r`");

    gate.root().does(revoke("ALL", "TABLE d.t", "r"));
    assertThat(grants("r")).isEmpty();
  }

  @Test
  void revokingEverythingTakesColumnsToo() {
    gate.root().does(grantColumns("SELECT id", "TABLE d.t", "r"));
    gate.root().does(grantColumns("SELECT id", "TABLE d.t", "s"));

    gate.root().does(new RevokeEverything(false, List.of(name("r"))));

    assertThat(grants("r")).isEmpty();
    assertThat(grants("s")).hasSize(1);
  }
}
