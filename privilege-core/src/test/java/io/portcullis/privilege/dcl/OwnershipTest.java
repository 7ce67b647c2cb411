package io.portcullis.privilege.dcl;

import static io.portcullis.privilege.dcl.Gate.createRole;
import static io.portcullis.privilege.dcl.Gate.createUser;
import static io.portcullis.privilege.dcl.Gate.dropRole;
import static io.portcullis.privilege.dcl.Gate.dropUser;
import static io.portcullis.privilege.dcl.Gate.grant;
import static io.portcullis.privilege.dcl.Gate.grantRole;
import static io.portcullis.privilege.dcl.Gate.lock;
import static io.portcullis.privilege.dcl.Gate.name;
import static io.portcullis.privilege.dcl.Gate.password;
import static io.portcullis.sql.text.ErrorCode.ER_CANNOT_USER;
import static io.portcullis.sql.text.ErrorCode.ER_SPECIFIC_ACCESS_DENIED_ERROR;
import static io.portcullis.sql.text.ErrorCode.ER_TABLEACCESS_DENIED_ERROR;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.privilege.authz.Binding;
import io.portcullis.privilege.authz.Decision;
import io.portcullis.privilege.authz.RelationKinds;
import io.portcullis.privilege.authz.ViewDefinitions;
import io.portcullis.privilege.model.AccountId;
import io.portcullis.privilege.model.Database;
import io.portcullis.privilege.model.Relation;
import io.portcullis.privilege.model.RoleId;
import io.portcullis.sql.access.AccessKind;
import io.portcullis.sql.access.AccessRequest;
import io.portcullis.sql.access.DatabaseName;
import io.portcullis.sql.access.RelationName;
import io.portcullis.sql.statement.AccessControlStatement.CommentRole;
import io.portcullis.sql.statement.AccessControlStatement.RenameRole;
import io.portcullis.sql.statement.AccessControlStatement.RenameUser;
import io.portcullis.sql.statement.AccessControlStatement.Renaming;
import io.portcullis.sql.statement.AccessControlStatement.SetPassword;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The recommended column of PM 6.2, row by row; which role owns what is made: CatalogSettler. */
final class OwnershipTest {

  private static final Binding BINDING =
      new Binding(
          Optional.empty(),
          false,
          (database, relation) -> false,
          (database, relation) -> RelationKinds.Found.TABLE,
          ViewDefinitions.UNKNOWN);

  private final Gate gate = new Gate();

  @BeforeEach
  void ownerRoles() {
    gate.rolesWithUsers("owner", "other");
  }

  private boolean may(Gate.Session session, AccessKind kind) {
    return gate.authorizer.decide(
            session.active(), List.of(new AccessRequest(kind, RelationName.of("d", "t"))), BINDING)
        instanceof Decision.Allowed;
  }

  private Database database() {
    return gate.state().database(AccountId.SYS, "d").orElseThrow();
  }

  private Relation table() {
    return gate.state().relation(database().id(), "t").orElseThrow();
  }

  // Views, users, roles: the owner role may alter and drop.

  @Test
  void ownerRoleAltersAndDropsItsUsers() {
    gate.root().does(grant("CREATE USER", "ACCOUNT *", "owner"));
    gate.in("owner").does(createUser("owned"));
    gate.root().does(createUser("foreign"));

    for (String user : List.of("foreign", "owned")) {
      boolean own = user.equals("owned");
      SetPassword setPassword = new SetPassword(Optional.of(name(user)), pw());
      RenameUser rename = new RenameUser(List.of(new Renaming(name(user), name(user + "2"))));
      if (own) {
        gate.in("owner").does(password(user, "x"));
        gate.in("owner").does(lock(user, true));
        gate.in("owner").does(setPassword);
        gate.in("owner").does(rename);
        gate.in("owner").does(dropUser("owned2"));
      } else {
        gate.in("owner").refused(ER_SPECIFIC_ACCESS_DENIED_ERROR, "ALTER USER", lock(user, true));
        gate.in("owner").refused(ER_SPECIFIC_ACCESS_DENIED_ERROR, "ALTER USER", setPassword);
        gate.in("owner").refused(ER_SPECIFIC_ACCESS_DENIED_ERROR, "ALTER USER", rename);
        gate.in("owner").refused(ER_SPECIFIC_ACCESS_DENIED_ERROR, "DROP USER", dropUser(user));
      }
    }
  }

  private static io.portcullis.sql.statement.AccessControlStatement.Password pw() {
    return new io.portcullis.sql.statement.AccessControlStatement.Password("new");
  }

  @Test
  void ownershipOfAUserIsInheritedAndNeverThatOfPublic() {
    gate.root().does(grant("CREATE USER", "ACCOUNT *", "owner"));
    gate.in("owner").does(createUser("owned"));
    gate.in("other").refused(ER_SPECIFIC_ACCESS_DENIED_ERROR, "DROP USER", dropUser("owned"));
    gate.root().does(grantRole("owner", "other"));
    gate.in("other").does(dropUser("owned"));

    gate.root().does(grant("CREATE USER", "ACCOUNT *", "public"));
    gate.as("u_other", "public").does(createUser("of_public"));
    gate.as("u_owner", "public")
        .refused(ER_SPECIFIC_ACCESS_DENIED_ERROR, "DROP USER", dropUser("of_public"));
  }

  @Test
  void ownerRoleOfAnAdministratorsUserIsTheAdministrators() {
    gate.in("owner").refused(ER_SPECIFIC_ACCESS_DENIED_ERROR, "DROP USER", dropUser("u_other"));
    gate.root().refused(ER_CANNOT_USER, "can not delete the user root", dropUser("root"));
    gate.root().does(dropUser("u_other"));
  }

  @Test
  void ownerRoleAltersAndDropsItsRoles() {
    gate.root().does(grant("CREATE ROLE", "ACCOUNT *", "owner"));
    gate.in("owner").does(createRole("owned"));

    gate.in("owner").does(new CommentRole("owned", "c"));
    gate.in("owner").does(new RenameRole(false, "owned", "renamed"));
    gate.in("other").refused(ER_SPECIFIC_ACCESS_DENIED_ERROR, "DROP ROLE", dropRole("renamed"));
    gate.in("owner").does(dropRole("renamed"));
    gate.in("owner").refused(ER_SPECIFIC_ACCESS_DENIED_ERROR, "DROP ROLE", dropRole("other"));
  }

  // One owner, who may give it away; other grants stay.

  @Test
  void grantOfOwnershipMovesItAndLeavesOtherGrants() {
    gate.root().does(grant("SELECT", "TABLE d.t", "other"));
    gate.root().does(grant("OWNERSHIP", "TABLE d.t", "owner"));
    assertThat(may(gate.in("owner"), AccessKind.DROP_TABLE)).isTrue();
    assertThat(may(gate.in("other"), AccessKind.DROP_TABLE)).isFalse();

    gate.in("owner").does(grant("OWNERSHIP", "TABLE d.t", "other"));

    assertThat(table().owner()).isEqualTo(gate.role("other").id());
    assertThat(may(gate.in("owner"), AccessKind.SELECT)).isFalse();
    assertThat(may(gate.in("other"), AccessKind.DROP_TABLE)).isTrue();
    assertThat(gate.in("other").lines(Gate.showGrantsOfRole("other")))
        .contains("GRANT SELECT ON TABLE `d`.`t` TO ROLE `other`");
    gate.in("owner")
        .refused(ER_TABLEACCESS_DENIED_ERROR, "GRANT", grant("OWNERSHIP", "TABLE d.t", "owner"));
  }

  // The owner has everything, and may grant it.

  @Test
  void ownerMayDoEverythingAndGrantItWithoutAnOption() {
    gate.root().does(grant("OWNERSHIP", "TABLE d.t", "owner"));

    for (AccessKind kind :
        List.of(
            AccessKind.SELECT,
            AccessKind.INSERT,
            AccessKind.TRUNCATE,
            AccessKind.INDEX,
            AccessKind.ALTER_TABLE,
            AccessKind.DROP_TABLE)) {
      assertThat(may(gate.in("owner"), kind)).as("%s", kind).isTrue();
      assertThat(may(gate.in("other"), kind)).as("%s", kind).isFalse();
    }
    gate.in("owner").does(grant("INSERT", "TABLE d.t", "other"));
    assertThat(may(gate.in("other"), AccessKind.INSERT)).isTrue();
  }

  @Test
  void ownerOfADatabaseAltersAndDropsIt() {
    gate.root().does(grant("OWNERSHIP", "DATABASE d", "owner"));

    for (AccessKind kind : List.of(AccessKind.ALTER_DATABASE, AccessKind.DROP_DATABASE)) {
      AccessRequest access = new AccessRequest(kind, new DatabaseName("d"));
      assertThat(gate.authorizer.decide(gate.in("owner").active(), List.of(access), BINDING))
          .isInstanceOf(Decision.Allowed.class);
      assertThat(gate.authorizer.decide(gate.in("other").active(), List.of(access), BINDING))
          .isInstanceOf(Decision.Denied.class);
    }
  }

  // A dropped owner role.

  @Test
  void whatADroppedRoleOwnedGoesToItsOwnerAndOn() {
    gate.root().does(grant("CREATE ROLE, CREATE USER", "ACCOUNT *", "owner"));
    gate.in("owner").does(createRole("middle"));
    gate.root().does(grantRole("middle", "u_owner"));
    gate.root().does(grant("CREATE ROLE, CREATE USER", "ACCOUNT *", "middle"));
    Gate.Session middle = gate.as("u_owner", "middle");
    middle.does(createRole("leaf"));
    middle.does(createUser("user_of_middle"));
    gate.root().does(grant("OWNERSHIP", "TABLE d.t", "middle"));
    gate.root().does(grant("OWNERSHIP", "DATABASE d", "middle"));
    RoleId owner = gate.role("owner").id();

    gate.in("owner").does(dropRole("middle"));

    assertThat(table().owner()).isEqualTo(owner);
    assertThat(database().owner()).isEqualTo(owner);
    assertThat(gate.role("leaf").owner()).isEqualTo(owner);
    assertThat(gate.user("user_of_middle").owner()).isEqualTo(owner);
    assertThat(may(gate.in("owner"), AccessKind.DROP_TABLE)).isTrue();

    gate.root().does(dropRole("owner"));

    assertThat(table().owner()).isEqualTo(RoleId.MOADMIN);
    assertThat(database().owner()).isEqualTo(RoleId.MOADMIN);
    assertThat(gate.role("leaf").owner()).isEqualTo(RoleId.MOADMIN);
    assertThat(gate.user("user_of_middle").owner()).isEqualTo(RoleId.MOADMIN);
  }
}
