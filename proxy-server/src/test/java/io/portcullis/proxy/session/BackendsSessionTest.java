package io.portcullis.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.privilege.model.Account;
import io.portcullis.privilege.model.BackendMapping;
import io.portcullis.privilege.model.UserId;
import io.portcullis.sql.access.RelationKind;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Accounts on another backend than the main one, a MySQL, and users with a login of their own
 * there. The other one is a MariaDB.
 */
final class BackendsSessionTest {

  private final TestGate gate = new TestGate();

  @BeforeEach
  void makeAccounts() {
    gate.administer(
        "CREATE ACCOUNT near ADMIN_NAME boss IDENTIFIED BY 'pw'",
        "CREATE ACCOUNT far ADMIN_NAME boss IDENTIFIED BY 'pw' BACKEND other");
    gate.other.with("far$shop", "t", RelationKind.TABLE);
    gate.control.with("near$shop", "t", RelationKind.TABLE);
  }

  @AfterEach
  void nothingIsLeft() {
    gate.close();
  }

  private BackendTarget target() {
    return gate.backend.targets.get(gate.backend.targets.size() - 1);
  }

  private UserId user(String account, String name) {
    var state = gate.publisher.current().state();
    return state.user(state.account(account).orElseThrow().id(), name).orElseThrow().id();
  }

  private BackendMapping mapping(String account, String name, String backend) {
    return gate.publisher.current().state().mapping(user(account, name), backend).orElseThrow();
  }

  private TestClient.Received login(String user) {
    return gate.connect()
        .login(user, "pw", Optional.empty(), TestClient.UTF8MB4, TestClient.CAPABILITIES);
  }

  // ---- backends

  @Test
  void aSessionIsConnectedWhereItsAccountLives() {
    gate.login("far:boss", "pw").query("SELECT a FROM shop.t").ok();
    assertThat(target().backend()).isEqualTo("other");
    gate.login("near:boss", "pw").query("SELECT a FROM shop.t").ok();
    assertThat(target().backend()).isEqualTo(Account.MAIN_BACKEND);
  }

  /** What a MySQL takes for a comment a MariaDB executes, and the other way round. */
  @Test
  void textIsReadAsThatBackendReadsIt() {
    String maria = "SELECT a FROM shop.t /*M! , mysql.user */";
    TestClient near = gate.login("near:boss", "pw");
    TestClient far = gate.login("far:boss", "pw");
    near.query(maria).ok();
    assertThat(far.query(maria).errno()).isIn(1142, 1044);
    String mysql = "SELECT a FROM shop.t /*!80000 , mysql.user */";
    assertThat(near.query(mysql).errno()).isIn(1142, 1044);
    far.query(mysql).ok();
  }

  @Test
  void databasesAreThoseOfThatBackend() {
    TestClient far = gate.login("far:boss", "pw");
    assertThat(far.query("SHOW DATABASES").rows().toString()).contains("shop");
    gate.control.with("far$stray", "t", RelationKind.TABLE);
    assertThat(far.query("SHOW DATABASES").rows().toString()).doesNotContain("stray");
  }

  @Test
  void changeOfTheUserIsAChangeOfTheBackend() {
    TestClient client = gate.login("near:boss", "pw");
    client.query("SELECT a FROM shop.t").ok();
    client.changeUser("far:boss", "pw");
    assertThat(client.query("SELECT a FROM shop.t /*M! , mysql.user */").errno()).isIn(1142, 1044);
    assertThat(target().backend()).isEqualTo("other");
    client.changeUser("near:boss", "pw");
    client.query("SELECT a FROM shop.t /*M! , mysql.user */").ok();
    assertThat(target().backend()).isEqualTo(Account.MAIN_BACKEND);
  }

  @Test
  void accountsOnABackendThatDoesNotAnswerAreRefusedAndNoOthers() {
    gate.otherAnswers = false;
    TestClient.Received refused = login("far:boss");
    assertThat(refused.errno()).isEqualTo(1429);
    assertThat(refused.error().message()).contains("'other'");
    assertThat(login("near:boss").isOk()).isTrue();
    gate.otherAnswers = true;
    assertThat(login("far:boss").isOk()).isTrue();
  }

  /** Or one could find out where accounts live, and that they do. */
  @Test
  void itIsToldToThoseWithThePasswordOnly() {
    gate.otherAnswers = false;
    TestClient.Received wrong =
        gate.connect()
            .login(
                "far:boss", "wrong", Optional.empty(), TestClient.UTF8MB4, TestClient.CAPABILITIES);
    assertThat(wrong.errno()).isEqualTo(1045);
  }

  // ---- users' own logins

  @Test
  void aUserWithALoginOfHisOwnHasItFromTheNextConnectionOn() {
    gate.administer(
        "CREATE USER joe IDENTIFIED BY 'pw'",
        "ALTER USER joe MAP TO BACKEND main LOGIN 'joes' IDENTIFIED BY 'secret'");
    gate.login("joe", "pw").query("DO 1").ok();
    assertThat(target().identity())
        .isEqualTo(new BackendIdentity.OfUser(mapping("sys", "joe", "main")));
    gate.root().query("DO 1").ok();
    assertThat(target().identity()).isEqualTo(BackendIdentity.CONFIGURED);
  }

  @Test
  void namesOfATenantsUserAreMappedAndDecidedAllTheSame() {
    gate.administer(
        "ALTER USER boss IN ACCOUNT far MAP TO BACKEND other LOGIN 'dba' IDENTIFIED BY 'secret'");
    TestClient far = gate.login("far:boss", "pw");
    far.query("SELECT a FROM shop.t").ok();
    assertThat(gate.backend.last().text()).contains("far$shop");
    assertThat(target().identity())
        .isEqualTo(new BackendIdentity.OfUser(mapping("far", "boss", "other")));
    far.query("SELECT * FROM near$shop.t").ok();
    assertThat(gate.backend.last().text()).contains("far$near$shop");
    assertThat(far.query("SELECT * FROM mysql.user").errno()).isIn(1142, 1044);
  }

  @Test
  void aChangeOfItEndsTheSessionsThatHaveConnections() {
    gate.administer("CREATE USER joe IDENTIFIED BY 'pw'", "CREATE USER eve IDENTIFIED BY 'pw'");
    TestClient connected = gate.login("joe", "pw");
    connected.query("DO 1").ok();
    ScriptedBackend.Connection before = gate.backend.connection();
    TestClient unconnected = gate.login("joe", "pw");
    TestClient eve = gate.login("eve", "pw");
    eve.query("DO 1").ok();
    TestClient root = gate.root();

    root.query("ALTER USER joe MAP TO BACKEND main LOGIN 'joes' IDENTIFIED BY 'secret'").ok();
    gate.pump();

    assertThat(connected.isClosed()).isTrue();
    assertThat(before.discarded).as("nobody may have it after him").isTrue();
    assertThat(connected.receive().error().message()).contains("login of the user at the backend");
    assertThat(unconnected.isClosed()).isFalse();
    assertThat(eve.isClosed()).isFalse();
    unconnected.query("DO 1").ok();
    assertThat(target().identity()).isInstanceOf(BackendIdentity.OfUser.class);

    // Set anew, the same words: the password may be another one.
    root.query("ALTER USER joe MAP TO BACKEND main LOGIN 'joes' IDENTIFIED BY 'secret'").ok();
    gate.pump();
    assertThat(unconnected.isClosed()).isTrue();

    TestClient again = gate.login("joe", "pw");
    again.query("DO 1").ok();
    root.query("ALTER USER joe UNMAP FROM BACKEND main").ok();
    gate.pump();
    assertThat(again.isClosed()).isTrue();
    gate.login("joe", "pw").query("DO 1").ok();
    assertThat(target().identity()).isEqualTo(BackendIdentity.CONFIGURED);
  }

  @Test
  void whoChangesHisOwnHearsOkFirst() {
    TestClient root = gate.root();
    root.query("DO 1").ok();
    TestClient.Received received =
        root.query("ALTER USER root MAP TO BACKEND main LOGIN 'dba' IDENTIFIED BY 'secret'");
    assertThat(received.payloads()).hasSize(2);
    assertThat(received.payloads().get(0)[0]).as("OK").isZero();
    assertThat(received.error().message()).contains("login of the user at the backend");
    assertThat(root.isClosed()).isTrue();
  }

  @Test
  void theSecretIsInNoListing() {
    gate.administer(
        "CREATE USER joe IDENTIFIED BY 'pw'",
        "ALTER USER joe MAP TO BACKEND main LOGIN 'joes' IDENTIFIED BY 'tell-nobody'");
    TestClient root = gate.root();
    for (String sql :
        new String[] {
          "SHOW CREATE USER joe", "SHOW FULL USERS", "SHOW PROCESSLIST", "SHOW GRANTS FOR joe"
        }) {
      assertThat(root.query(sql).rows().toString()).as(sql).doesNotContain("tell-nobody");
    }
    assertThat(mapping("sys", "joe", "main").login().sealedPassword()).isNotEmpty();
  }
}
