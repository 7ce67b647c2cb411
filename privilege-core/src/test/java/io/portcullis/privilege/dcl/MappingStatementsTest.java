package io.portcullis.privilege.dcl;

import static io.portcullis.privilege.dcl.Gate.createAccountOn;
import static io.portcullis.privilege.dcl.Gate.createRole;
import static io.portcullis.privilege.dcl.Gate.createUser;
import static io.portcullis.privilege.dcl.Gate.dropUser;
import static io.portcullis.privilege.dcl.Gate.grant;
import static io.portcullis.privilege.dcl.Gate.grantRole;
import static io.portcullis.privilege.dcl.Gate.name;
import static io.portcullis.privilege.dcl.Gate.revoke;
import static io.portcullis.sql.text.ErrorCode.ER_CANNOT_USER;
import static io.portcullis.sql.text.ErrorCode.ER_NOT_SUPPORTED_YET;
import static io.portcullis.sql.text.ErrorCode.ER_SPECIFIC_ACCESS_DENIED_ERROR;
import static io.portcullis.sql.text.ErrorCode.ER_WRONG_STRING_LENGTH;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portcullis.privilege.model.AccountId;
import io.portcullis.privilege.model.BackendMapping;
import io.portcullis.privilege.model.User;
import io.portcullis.privilege.report.ReportTable;
import io.portcullis.privilege.report.Reports;
import io.portcullis.privilege.store.Provenance;
import io.portcullis.privilege.store.StoreException;
import io.portcullis.sql.statement.AccessControlStatement.MapUser;
import io.portcullis.sql.statement.AccessControlStatement.Password;
import io.portcullis.sql.statement.AccessControlStatement.UnmapUser;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** ALTER USER ... MAP and UNMAP: who may, what is kept, and what nobody is shown. */
final class MappingStatementsTest {

  private static final String SECRET = "tell-nobody";

  private final Gate gate = new Gate();

  @BeforeEach
  void makeJoe() {
    gate.root().does(createUser("joe"));
  }

  private static MapUser map(String user, String backend, String login) {
    return new MapUser(false, name(user), Optional.empty(), backend, login, new Password(SECRET));
  }

  private static MapUser mapIn(String account, String user, String backend, String login) {
    return new MapUser(
        false, name(user), Optional.of(account), backend, login, new Password(SECRET));
  }

  private static UnmapUser unmap(String user, String backend) {
    return new UnmapUser(false, name(user), Optional.empty(), backend);
  }

  private Optional<BackendMapping> mapping(String user, String backend) {
    return gate.state().mapping(gate.user(user).id(), backend);
  }

  @Test
  void whatIsMappedIsKeptSealedUntilItIsUnmapped() throws StoreException {
    gate.root().does(map("joe", "MAIN", "joes_login"));
    BackendMapping mapping = mapping("joe", "main").orElseThrow();
    assertThat(mapping.login().user()).isEqualTo("joes_login");
    assertThat(mapping.login().sealedPassword()).doesNotContain(SECRET);
    assertThat(mapping.toString()).doesNotContain(mapping.login().sealedPassword());
    assertThat(gate.mappings.password(mapping)).isEqualTo(SECRET);

    gate.root().does(map("joe", "main", "another_login"));
    assertThat(mapping("joe", "main").orElseThrow().login().user()).isEqualTo("another_login");
    gate.root().does(unmap("joe", "Main"));
    assertThat(mapping("joe", "main")).isEmpty();
    gate.root().refused(ER_CANNOT_USER, "no login of his own", unmap("joe", "main"));
    assertThat(gate.root().does(new UnmapUser(true, name("joe"), Optional.empty(), "main")))
        .singleElement()
        .asString()
        .contains("no login of his own");
  }

  /** Sealed for this user, this backend and this login: of no use in another row. */
  @Test
  void sealedPasswordIsOfNoUseElsewhere() {
    gate.root().does(createUser("eve"));
    gate.root().does(map("joe", "main", "joes_login"));
    BackendMapping joes = mapping("joe", "main").orElseThrow();
    for (BackendMapping moved :
        List.of(
            new BackendMapping(gate.user("eve").id(), "main", joes.login()),
            new BackendMapping(joes.user(), "other", joes.login()))) {
      assertThatThrownBy(() -> gate.mappings.password(moved))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("cannot be read")
          .hasMessageNotContaining(SECRET);
    }
  }

  @Test
  void aRightOfItsOwnIsNeeded() {
    gate.rolesWithUsers("mapper", "other", "all");
    gate.root().does(grant("ALTER USER, CREATE USER, MANAGE GRANTS", "ACCOUNT *", "other"));
    gate.root().does(grant("MANAGE MAPPINGS", "ACCOUNT *", "mapper"));
    gate.root().does(grant("ALL", "ACCOUNT *", "all"));
    gate.in("other")
        .refused(ER_SPECIFIC_ACCESS_DENIED_ERROR, "MANAGE MAPPINGS", map("joe", "main", "l"));
    gate.in("other")
        .refused(ER_SPECIFIC_ACCESS_DENIED_ERROR, "MANAGE MAPPINGS", unmap("joe", "main"));
    gate.in("other")
        .refused(ER_SPECIFIC_ACCESS_DENIED_ERROR, "MANAGE MAPPINGS", map("u_other", "main", "l"));
    gate.in("mapper").does(map("joe", "main", "l"));
    gate.in("all").does(map("joe", "main", "m"));
    gate.in("mapper").refused(ER_CANNOT_USER, "privilege to alter", map("root", "main", "l"));
    gate.root().does(map("root", "main", "l"));
    gate.root().does(revoke("MANAGE MAPPINGS", "ACCOUNT *", "mapper"));
    gate.in("mapper")
        .refused(ER_SPECIFIC_ACCESS_DENIED_ERROR, "MANAGE MAPPINGS", unmap("joe", "main"));
  }

  /** Or a tenant could put somebody else's login behind the second wall. */
  @Test
  void itIsAMatterOfAccountSysForAllAccounts() {
    gate.root().does(createAccountOn("other", "far"));
    Gate.Session boss = gate.bossOf("far");
    boss.does(createUser("joe"));
    boss.does(createRole("mapper"));
    boss.does(createUser("m"));
    boss.does(grantRole("mapper", "m"));
    boss.does(grant("MANAGE MAPPINGS", "ACCOUNT *", "mapper"));
    for (Gate.Session tenant : List.of(boss, gate.in("far", "m", "mapper"))) {
      tenant.refused(ER_SPECIFIC_ACCESS_DENIED_ERROR, "of account sys", map("joe", "other", "l"));
      tenant.refused(
          ER_SPECIFIC_ACCESS_DENIED_ERROR, "of account sys", mapIn("far", "joe", "other", "l"));
      tenant.refused(ER_SPECIFIC_ACCESS_DENIED_ERROR, "of account sys", unmap("joe", "other"));
    }
    gate.rolesWithUsers("mapper");
    gate.root().does(grant("MANAGE MAPPINGS", "ACCOUNT *", "mapper"));
    gate.in("mapper")
        .refused(ER_SPECIFIC_ACCESS_DENIED_ERROR, "IN ACCOUNT", mapIn("far", "joe", "other", "l"));
    gate.root().does(mapIn("far", "joe", "other", "l"));
    User tenants = gate.state().user(gate.account("far").id(), "joe").orElseThrow();
    assertThat(gate.state().mapping(tenants.id(), "other")).isPresent();
    assertThat(mapping("joe", "other")).as("of the other joe").isEmpty();
  }

  @Test
  void whatCannotBeMapped() {
    gate.root().does(createAccountOn("other", "far"));
    Gate.Session root = gate.root();
    root.refused(ER_CANNOT_USER, "there is no backend nowhere", map("joe", "nowhere", "l"));
    root.refused(ER_CANNOT_USER, "lives on the backend main", map("joe", "other", "l"));
    root.refused(ER_CANNOT_USER, "there is no user nobody", map("nobody", "main", "l"));
    root.refused(ER_CANNOT_USER, "there is no account void", mapIn("void", "boss", "main", "l"));
    root.refused(ER_CANNOT_USER, "the login is invalid", map("joe", "main", "a\0b"));
    root.refused(ER_CANNOT_USER, "the login is invalid", map("joe", "main", ""));
    root.refused(ER_WRONG_STRING_LENGTH, "login", map("joe", "main", "l".repeat(81)));
    root.refused(ER_CANNOT_USER, "one of the gate's own", map("joe", "main", "gate"));
    String tenants = gate.account("far").login().orElseThrow().user();
    root.refused(ER_CANNOT_USER, "one of the gate's own", mapIn("far", "boss", "other", tenants));
    assertThat(
            root.does(
                new MapUser(
                    true, name("nobody"), Optional.empty(), "main", "l", new Password(SECRET))))
        .hasSize(1);
  }

  @Test
  void withoutAKeyNothingIsKept() {
    Gate without = Gate.withoutSecretKey();
    without.root().does(createUser("joe"));
    without
        .root()
        .refused(ER_NOT_SUPPORTED_YET, "catalog.secret_key_file", map("joe", "main", "l"));
  }

  @Test
  void itGoesWithTheUser() {
    gate.root().does(map("joe", "main", "l"));
    User joe = gate.user("joe");
    gate.root().does(dropUser("joe"));
    gate.root().does(createUser("joe"));
    assertThat(gate.state().mappingsOf(joe.id())).isEmpty();
    assertThat(mapping("joe", "main")).isEmpty();
  }

  @Test
  void theTableShowsTheLoginAndNotTheSecret() {
    gate.rolesWithUsers("r");
    gate.root().does(map("joe", "main", "joes_login"));
    gate.root().does(map("u_r", "main", "rs_login"));
    assertThat(shown(gate.root()))
        .contains("joes_login", "rs_login", "main")
        .doesNotContain(SECRET);
    assertThat(shown(gate.in("r"))).contains("rs_login").doesNotContain("joes_login");
    assertThat(shown(gate.root()))
        .doesNotContain(mapping("joe", "main").orElseThrow().login().sealedPassword());
    assertThat(gate.user("joe").account()).isEqualTo(AccountId.SYS);
  }

  private String shown(Gate.Session session) {
    Reports reports =
        new Reports(
            session.active(),
            gate.authorizer,
            Map.of(),
            gate.logins.failures(),
            List.of(),
            Provenance.NONE);
    return new String(
        reports.rows(ReportTable.MO_USER_MAPPING, 1 << 20).orElseThrow().json(),
        StandardCharsets.UTF_8);
  }
}
