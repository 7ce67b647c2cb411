package io.portcullis.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.proxy.wire.StatusFlags;
import io.portcullis.proxy.wire.command.CommandByte;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the gate answers itself: warnings, lists, KILL, and who one is. */
final class LocalAnswersTest {

  private final TestGate gate = new TestGate();

  @AfterEach
  void nothingIsLeft() {
    gate.close();
  }

  // ---- SHOW WARNINGS

  @Test
  void refusalIsExplainedWithWhatWouldHelp() {
    TestClient client = gate.user();
    assertThat(client.query("SELECT a FROM d.t").errno()).isEqualTo(1142);
    List<List<@Nullable String>> rows = client.query("SHOW WARNINGS").rows();
    assertThat(rows.get(0)).startsWith("Error", "1142");
    assertThat(rows.get(1)).startsWith("Note", "1105");
    assertThat(String.valueOf(rows.get(1).get(2))).contains("GRANT SELECT ON TABLE");
    assertThat(client.query("SHOW COUNT(*) WARNINGS").rows().get(0))
        .containsExactly(Integer.toString(rows.size()));
    assertThat(client.query("SHOW ERRORS").rows()).hasSize(1);
    assertThat(gate.backend.commands()).isEmpty();
  }

  @Test
  void warningsOfTheBackendAreItsOwn() {
    gate.backend.on("SHOW WARNINGS", Answer.row("Warning", "1265", "Data truncated"));
    TestClient client = gate.user();
    assertThat(client.query("SELECT a FROM d.t").errno()).isEqualTo(1142);
    client.query("DO 1").ok();
    assertThat(client.query("SHOW WARNINGS").rows().get(0)).startsWith("Warning", "1265");
    assertThat(gate.backend.commands()).containsExactly("DO 1", "SHOW WARNINGS");
  }

  /** The backend's answer would be about the statement before. */
  @Test
  void nothingIsSaidOfWhatTheGateAnsweredWell() {
    gate.backend.on("SHOW WARNINGS", Answer.row("Warning", "1265", "Data truncated"));
    TestClient root = gate.root();
    for (String answered :
        List.of(
            "SHOW DATABASES", "SHOW PROCESSLIST", "SHOW ROLES", "CREATE ROLE a", "SET ROLE NONE")) {
      root.query("DO 1").ok();
      assertThat(root.query(answered).payloads()).isNotEmpty();
      assertThat(root.query("SHOW WARNINGS").rows()).as(answered).isEmpty();
    }
    assertThat(root.query("CREATE ROLE a").errno()).isNotZero();
    assertThat(root.query("SHOW ROLES").rows()).isNotEmpty();
    assertThat(root.query("SHOW WARNINGS").rows()).isEmpty();
  }

  // ---- lists

  @Test
  void databasesAreListedWhereOneHoldsSomething() {
    TestClient root = gate.root();
    assertThat(root.query("SHOW DATABASES").rows())
        .containsExactly(List.of("d"), List.of("e"), List.of("mo_catalog"), List.of("mysql"));
    assertThat(root.query("SHOW DATABASES LIKE 'D%'").rows()).containsExactly(List.of("d"));
    TestClient client = gate.user("SELECT ON TABLE d.t");
    assertThat(client.query("SHOW DATABASES").rows()).containsExactly(List.of("d"));
  }

  @Test
  void databasesCannotBeListedWithoutTheBackend() {
    TestClient root = gate.root();
    gate.control.unreachable = true;
    assertThat(root.query("SHOW DATABASES").errno()).isEqualTo(1105);
    gate.control.unreachable = false;
    assertThat(root.query("SHOW DATABASES").rows()).isNotEmpty();
  }

  @Test
  void processlistShowsOnesOwnAndAllToAdministrators() {
    TestClient root = gate.root();
    TestClient client = gate.user();
    assertThat(root.query("SHOW PROCESSLIST").rows())
        .extracting(row -> row.get(1))
        .containsExactly("root", "u");
    assertThat(client.query("SHOW PROCESSLIST").rows())
        .extracting(row -> row.get(1))
        .containsExactly("u");
  }

  /** PM 4.2 #25, #26: ALL ON ACCOUNT reaches the whole account. */
  @Test
  void allOnAccountSeesAndEndsEverySessionOfTheAccountAndNothingLessDoes() {
    TestClient root = gate.root();
    int rootId = gate.session().connectionId();
    gate.administer(
        "CREATE ROLE all_of_it",
        "GRANT ALL ON ACCOUNT * TO all_of_it",
        "CREATE USER warden IDENTIFIED BY 'pw' DEFAULT ROLE all_of_it",
        "GRANT all_of_it TO warden");
    TestClient warden = gate.login("warden", "pw");
    TestClient client = gate.user("MANAGE GRANTS ON ACCOUNT *", "CREATE USER ON ACCOUNT *");
    assertThat(client.query("SHOW FULL PROCESSLIST").rows())
        .extracting(row -> row.get(1))
        .containsExactly("u");
    assertThat(client.query("KILL " + rootId).errno()).isEqualTo(1095);
    assertThat(warden.query("SHOW FULL PROCESSLIST").rows())
        .extracting(row -> row.get(1))
        .containsExactly("root", "warden", "u");
    warden.query("KILL " + rootId).ok();
    assertThat(root.isClosed()).isTrue();
  }

  /** Statement texts hold literals, and passwords. */
  @Test
  void processlistShowsNoTexts() {
    TestClient root = gate.root();
    root.query("DO 0").ok();
    TestClient client = gate.user();
    client.query("DO 0").ok();
    gate.backend.stop();
    client.begin("DO SLEEP(10)");
    for (String show : new String[] {"SHOW PROCESSLIST", "SHOW FULL PROCESSLIST"}) {
      assertThat(root.query(show).rows()).extracting(row -> row.get(7)).containsOnlyNulls();
    }
    assertThat(root.query("SHOW PROCESSLIST").rows().get(1)).contains("u", "Query", "executing");
  }

  @Test
  void sessionThatHasNotLoggedInIsEndedByAdministratorsOnly() {
    gate.connect();
    int id = gate.session().connectionId();
    // of no account yet, so that others are not told that there is one
    assertThat(gate.user().query("KILL " + id).errno()).isEqualTo(1094);
    gate.root().query("KILL " + id).ok();
    assertThat(gate.services.registry().find(id)).isEmpty();
  }

  @Test
  void killCommandIsDecidedAsTheStatement() {
    TestClient client = gate.user();
    gate.login("u", "pw");
    int own = gate.session().connectionId();
    client.command(CommandByte.PROCESS_KILL, (byte) own, (byte) 0, (byte) 0, (byte) 0).ok();
    assertThat(
            client
                .command(CommandByte.PROCESS_KILL, (byte) own, (byte) 0, (byte) 0, (byte) 0)
                .errno())
        .isEqualTo(1094);
  }

  @Test
  void sessionThatHasNotLoggedInIsNotListed() {
    gate.connect();
    assertThat(gate.root().query("SHOW PROCESSLIST").rows()).hasSize(1);
  }

  // ---- KILL

  @Test
  void onlyOwnSessionsMayBeEndedButByAdministrators() {
    TestClient root = gate.root();
    int rootId = gate.session().connectionId();
    TestClient client = gate.user();
    int id = gate.session().connectionId();
    TestClient other = gate.login("u", "pw");
    int otherId = gate.session().connectionId();

    assertThat(client.query("KILL " + rootId).errno()).isEqualTo(1095);
    assertThat(client.query("KILL 12345").errno()).isEqualTo(1094);
    assertThat(
            client
                .command(CommandByte.PROCESS_KILL, (byte) rootId, (byte) 0, (byte) 0, (byte) 0)
                .errno())
        .isEqualTo(1095);
    assertThat(root.isClosed()).isFalse();

    client.query("KILL " + otherId).ok();
    assertThat(other.isClosed()).isTrue();
    root.query("KILL CONNECTION " + id).ok();
    assertThat(client.isClosed()).isTrue();
    assertThat(gate.backend.commands()).isEmpty();
  }

  @Test
  void killQueryEndsWhatRuns() {
    TestClient root = gate.root();
    TestClient client = gate.user();
    int id = gate.session().connectionId();
    root.query("KILL QUERY " + id).ok();
    assertThat(gate.control.killedQueries).as("nothing runs").isEmpty();

    client.query("DO 0").ok();
    gate.backend.on("DO SLEEP(100)", Answer.error(1317, "Query execution was interrupted"));
    gate.backend.stop();
    client.begin("DO SLEEP(100)");
    root.query("KILL QUERY " + id).ok();
    assertThat(gate.control.killedQueries).containsExactly(gate.backend.connection().threadId());
    gate.backend.start();
    gate.pump();
    assertThat(client.receive().errno()).isEqualTo(1317);
    client.query("DO 0").ok();
  }

  @Test
  void oneselfIsInterruptedOrEnded() {
    TestClient client = gate.user();
    int id = gate.session().connectionId();
    assertThat(client.query("KILL QUERY " + id).errno()).isEqualTo(1317);
    assertThat(client.isClosed()).isFalse();
    assertThat(client.query("KILL " + id).errno()).isEqualTo(1317);
    assertThat(client.isClosed()).isTrue();
  }

  // ---- identity

  @Test
  void identityIsTheGates() {
    TestClient client = gate.user();
    int id = gate.session().connectionId();
    client.query("SELECT CURRENT_USER(), CONNECTION_ID(), CURRENT_ROLE_NAME() FROM dual");
    assertThat(gate.backend.last().text())
        .contains("'u@localhost'")
        .contains(Integer.toString(id))
        .contains("'r'")
        .doesNotContain("SELECT CURRENT_USER()");
  }

  @Test
  void identityIsAnsweredInPreparedStatementsToo() {
    gate.backend.on("COM_STMT_PREPARE", Answer.prepared(1));
    TestClient client = gate.user();
    assertThat(client.command(CommandByte.STMT_PREPARE, "SELECT USER()").payloads().get(0)[0])
        .isZero();
    client.statement(CommandByte.STMT_EXECUTE, 1).ok();
  }

  @Test
  void answersCarryTheStatusOfTheBackend() {
    TestClient root = gate.root();
    gate.backend.on("BEGIN", Answer.ok(StatusFlags.AUTOCOMMIT | StatusFlags.IN_TRANS));
    root.query("BEGIN").ok();
    assertThat(root.query("SHOW DATABASES").results().get(0).statusFlags())
        .isEqualTo(StatusFlags.AUTOCOMMIT | StatusFlags.IN_TRANS);
  }
}
