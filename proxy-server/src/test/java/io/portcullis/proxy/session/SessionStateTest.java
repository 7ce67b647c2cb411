package io.portcullis.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.privilege.model.AccountId;
import io.portcullis.proxy.wire.StatusFlags;
import io.portcullis.proxy.wire.command.CommandByte;
import io.portcullis.sql.access.RelationKind;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What statements change in the session and in the catalog, and when. */
final class SessionStateTest {

  private final TestGate gate = new TestGate();

  @AfterEach
  void nothingIsLeft() {
    gate.close();
  }

  private static final String IN_TRANSACTION = "BEGIN";

  // ---- current database

  @Test
  void useTakesEffectOnOkOnly() {
    TestClient client = gate.user("SELECT ON TABLE d.t", "CONNECT ON ACCOUNT *");
    gate.backend.on("USE d", Answer.error(1049, "Unknown database"));
    assertThat(client.query("USE d").errno()).isEqualTo(1049);
    assertThat(client.query("SELECT a FROM t").errno()).isEqualTo(1046);
    gate.backend.on("USE d", Answer.ok());
    client.query("USE d").ok();
    client.query("SELECT a FROM t").ok();
  }

  @Test
  void initDbTakesEffectOnOkOnly() {
    TestClient client = gate.user("SELECT ON TABLE d.t", "CONNECT ON ACCOUNT *");
    gate.backend.on("COM_INIT_DB", Answer.error(1049, "Unknown database"));
    assertThat(client.command(CommandByte.INIT_DB, "d").errno()).isEqualTo(1049);
    assertThat(client.query("SELECT a FROM t").errno()).isEqualTo(1046);
    gate.backend.on("COM_INIT_DB", Answer.ok());
    client.command(CommandByte.INIT_DB, "d").ok();
    client.query("SELECT a FROM t").ok();
    assertThat(client.command(CommandByte.INIT_DB, "").errno()).isEqualTo(1046);
    client.query("SELECT a FROM t").ok();
  }

  @Test
  void databaseThatMayNotBeUsedIsNotAskedFor() {
    TestClient client = gate.user();
    assertThat(client.query("USE e").errno()).isEqualTo(1044);
    assertThat(client.command(CommandByte.INIT_DB, "e").errno()).isEqualTo(1044);
    assertThat(gate.backend.commands()).isEmpty();
  }

  @Test
  void databaseThatWasLostIsLeft() {
    TestClient client = gate.root();
    client.query("USE d").ok();
    gate.backend.connection().breakAtNextCommand();
    assertThat(client.query("DO 1").errno()).isEqualTo(2013);
    gate.backend.refusal = Optional.of(new BackendError(1049, "42000", "Unknown database 'd'"));
    assertThat(client.query("DO 1").errno()).isEqualTo(1049);
    gate.backend.refusal = Optional.empty();
    client.query("DO 1").ok();
    assertThat(gate.backend.targets.get(2).database()).isEmpty();
  }

  // ---- how text is read

  @Test
  void modeIsReadAgainBeforeOkIsSent() {
    TestClient client = gate.root();
    client.query("DO 1").ok();
    gate.backend.stop();
    client.begin("SET NAMES utf8mb4");
    gate.backend.start();
    gate.pump();
    client.receive().ok();
    assertThat(gate.backend.last().text()).isEqualTo(ScriptedBackend.MODE_QUERY);
  }

  @Test
  void modeThatCannotBeReadClosesTheSession() {
    TestClient client = gate.root();
    gate.backend.on(ScriptedBackend.MODE_QUERY, Answer.error(1105, "no"));
    assertThat(client.query("SET sql_mode = ''").errno()).isEqualTo(1105);
    assertThat(client.isClosed()).isTrue();
  }

  @Test
  void unreadableModeOrCharsetClosesTheSession() {
    for (String[] state : new String[][] {{"ORACLE", "utf8mb4"}, {"", "gbk"}}) {
      TestClient client = gate.root();
      client.query("DO 1").ok();
      gate.backend.on(ScriptedBackend.MODE_QUERY, Answer.row(state));
      assertThat(client.query("SET sql_mode = ''").errno()).isEqualTo(1231);
      assertThat(client.isClosed()).isTrue();
    }
  }

  @Test
  void connectionLostWhileTheModeIsReadClosesTheSession() {
    TestClient client = gate.root();
    client.query("DO 1").ok();
    ScriptedBackend.Connection connection = gate.backend.connection();
    gate.backend.on("SET sql_mode = ''", connection::breakAfterThis);
    assertThat(client.query("SET sql_mode = ''").errno()).isEqualTo(2013);
    assertThat(client.isClosed()).isTrue();
  }

  @Test
  void clientGoneWhileTheModeIsReadLeavesNothing() {
    TestClient client = gate.root();
    client.query("DO 1").ok();
    gate.backend.on("SET sql_mode = ''", gate.backend::stop);
    client.begin("SET sql_mode = ''");
    assertThat(gate.backend.last().text()).isEqualTo(ScriptedBackend.MODE_QUERY);
    client.disconnect();
    assertThat(gate.backend.connection().discarded).isTrue();
  }

  // ---- DDL

  @Test
  void catalogFollowsDdlBeforeTheClientHearsOk() {
    TestClient client = gate.user("CREATE TABLE ON DATABASE d");
    gate.store.stop();
    client.begin("CREATE TABLE d.made (a INT)");
    assertThat(gate.backend.commands()).containsExactly("CREATE TABLE d.made (a INT)");
    assertThat(client.receive().payloads()).isEmpty();
    gate.control.with("d", "made", RelationKind.TABLE);
    gate.store.start();
    gate.pump();
    client.receive().ok();
    client.query("SELECT a FROM d.made").ok();
    assertThat(gate.outcomesUnknown).isZero();
  }

  @Test
  void refusedDdlChangesNothing() {
    gate.backend.on("DROP TABLE d.t", Answer.error(1051, "Unknown table"));
    TestClient root = gate.root();
    root.query("GRANT SELECT ON TABLE d.t TO ROLE public").ok();
    long epoch = gate.publisher.current().epoch();
    assertThat(root.query("DROP TABLE d.t").errno()).isEqualTo(1051);
    assertThat(gate.publisher.current().epoch()).isEqualTo(epoch);
    assertThat(gate.outcomesUnknown).isZero();
    assertThat(gate.services.objects().undisturbedSince(gate.services.objects().version()))
        .isTrue();
  }

  @Test
  void ddlOfSeveralObjectsThatFailedIsLookedAfter() {
    gate.backend.on("DROP TABLE d.t, d.x", Answer.error(1051, "Unknown table"));
    assertThat(gate.root().query("DROP TABLE d.t, d.x").errno()).isEqualTo(1051);
    assertThat(gate.outcomesUnknown).isOne();
  }

  @Test
  void ddlWhoseAnswerWasLostIsLookedAfter() {
    TestClient root = gate.root();
    root.query("DO 1").ok();
    gate.backend.connection().breakAtNextCommand();
    assertThat(root.query("DROP TABLE d.t").errno()).isEqualTo(2013);
    assertThat(gate.outcomesUnknown).isOne();
  }

  @Test
  void clientGoneWithDdlUnderwayIsLookedAfter() {
    gate.backend.on("DROP TABLE d.t", gate.backend::stop);
    TestClient root = gate.root();
    root.query("DO 1").ok();
    gate.backend.stop();
    root.begin("DROP TABLE d.t");
    root.disconnect();
    assertThat(gate.outcomesUnknown).isOne();
    assertThat(gate.services.objects().undisturbedSince(gate.services.objects().version()))
        .isTrue();
  }

  @Test
  void clientGoneWhileTheCatalogFollowsLeavesNothing() {
    TestClient root = gate.root();
    gate.store.stop();
    root.begin("CREATE TABLE d.made (a INT)");
    root.disconnect();
    gate.store.start();
    gate.pump();
    assertThat(
            gate.publisher
                .current()
                .state()
                .database(AccountId.SYS, "d")
                .flatMap(d -> gate.publisher.current().state().relation(d.id(), "made")))
        .isPresent();
    assertThat(gate.outcomesUnknown).isZero();
  }

  @Test
  void catalogThatCannotFollowIsToldAndLookedAfter() {
    TestClient root = gate.root();
    gate.control.unreachable = true;
    root.query("CREATE DATABASE IF NOT EXISTS made");
    assertThat(gate.backend.commands()).as("not sent: nothing is known of before").isEmpty();
    gate.control.unreachable = false;
    gate.store.stop();
    root.begin("CREATE DATABASE made");
    gate.store.start();
    gate.pump();
    root.receive().ok();
  }

  @Test
  void storeThatIsFullRefusesAndLetsGo() {
    TestClient root = gate.root();
    gate.store.fill();
    assertThat(root.query("CREATE TABLE d.made (a INT)").errno()).isEqualTo(1105);
    assertThat(gate.outcomesUnknown).isOne();
  }

  @Test
  void droppedCurrentDatabaseIsLeft() {
    TestClient root = gate.root();
    root.query("USE d").ok();
    root.query("DROP DATABASE d").ok();
    assertThat(root.query("SELECT a FROM t").errno()).isEqualTo(1046);
  }

  // ---- temporary tables

  @Test
  void temporaryTableHidesTheOneItIsNamedAfterUntilItIsDropped() {
    TestClient client = gate.user("CREATE TABLE ON DATABASE d");
    assertThat(client.query("SELECT a FROM d.u").errno()).isEqualTo(1142);
    client.query("CREATE TEMPORARY TABLE d.u (a INT)").ok();
    client.query("SELECT a FROM d.u").ok();
    client.query("DROP TEMPORARY TABLE d.u").ok();
    assertThat(client.query("SELECT a FROM d.u").errno()).isEqualTo(1142);
  }

  @Test
  void temporaryTableThatWasNotMadeHidesNothing() {
    TestClient client = gate.user("CREATE TABLE ON DATABASE d");
    String create = "CREATE TEMPORARY TABLE d.u (a INT)";
    gate.backend.on(create, Answer.error(1050, "exists"));
    assertThat(client.query(create).errno()).isEqualTo(1050);
    assertThat(client.query("SELECT a FROM d.u").errno()).isEqualTo(1142);
  }

  @Test
  void temporaryTablesGoWithTheConnection() {
    TestClient client = gate.user("CREATE TABLE ON DATABASE d");
    client.query("CREATE TEMPORARY TABLE d.u (a INT)").ok();
    client.command(CommandByte.RESET_CONNECTION).ok();
    assertThat(client.query("SELECT a FROM d.u").errno()).isEqualTo(1142);
    client.query("CREATE TEMPORARY TABLE d.u (a INT)").ok();
    gate.backend.connection().breakAtNextCommand();
    assertThat(client.query("SELECT a FROM d.u").errno()).isEqualTo(2013);
    assertThat(client.query("SELECT a FROM d.u").errno()).isEqualTo(1142);
  }

  // ---- access control in a transaction

  private TestClient inTransaction(TestClient client) {
    gate.backend.on(IN_TRANSACTION, Answer.ok(StatusFlags.AUTOCOMMIT | StatusFlags.IN_TRANS));
    client.query(IN_TRANSACTION).ok();
    return client;
  }

  @Test
  void administrationCommitsWhatIsOpen() {
    TestClient root = inTransaction(gate.root());
    assertThat(root.query("CREATE ROLE a").ok().statusFlags()).isEqualTo(StatusFlags.AUTOCOMMIT);
    root.query("CREATE ROLE b").ok();
    assertThat(gate.backend.commands()).containsExactly(IN_TRANSACTION, "COMMIT");
  }

  @Test
  void administrationIsNotDoneWhenTheCommitFails() {
    gate.backend.on("COMMIT", Answer.error(1213, "Deadlock"));
    TestClient root = inTransaction(gate.root());
    assertThat(root.query("CREATE ROLE a").errno()).isEqualTo(1105);
    assertThat(gate.publisher.current().state().role(AccountId.SYS, "a")).isEmpty();
  }

  @Test
  void connectionLostInTheCommitTakesTemporaryTablesAndHandlesAlong() {
    gate.backend.on("COM_STMT_PREPARE", Answer.prepared(1));
    TestClient client = gate.user("CREATE TABLE ON DATABASE d");
    client.query("CREATE TEMPORARY TABLE d.u (a INT)").ok();
    client.command(CommandByte.STMT_PREPARE, "SELECT a FROM d.u");
    inTransaction(client);
    gate.backend.connection().breakAtNextCommand();
    assertThat(client.query("CREATE ROLE a").errno()).isEqualTo(2013);
    assertThat(client.query("SELECT a FROM d.u").errno()).isEqualTo(1142);
    client.query("DO 1").ok();
    assertThat(client.statement(CommandByte.STMT_EXECUTE, 1).errno()).isEqualTo(1243);
  }
}
