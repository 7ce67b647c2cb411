package io.portcullis.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.portcullis.privilege.catalog.CatalogChange;
import io.portcullis.privilege.catalog.CatalogState;
import io.portcullis.privilege.model.RoleId;
import io.portcullis.privilege.model.User;
import io.portcullis.privilege.snapshot.PrivilegeSnapshot;
import io.portcullis.proxy.wire.StatusFlags;
import io.portcullis.proxy.wire.command.CommandByte;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a change of the catalog ends in open sessions, and what it leaves alone (PM 6.3, 6.6). */
final class RevokedTest {

  private static final String SELECT = "SELECT a FROM d.t";
  private static final String GRANT = "SELECT ON TABLE d.t";
  private static final String REVOKE = "REVOKE SELECT ON TABLE d.t FROM ROLE r";
  private static final Answer KILLED = Answer.error(1317, "Query execution was interrupted");
  private static final int ID = 7;
  private static final byte[] COLUMN_COUNT = {1, 0, 0, 1, 1};

  private final TestGate gate = new TestGate();
  private final TestClient root = gate.root();

  RevokedTest() {
    root.query("DO 0").ok(); // has its connection while the backend is stopped
  }

  @AfterEach
  void nothingIsLeft() {
    gate.close();
  }

  /** User u with a backend connection that does not answer what is sent next. */
  private TestClient running(String sql, String... grants) {
    TestClient client = gate.user(grants);
    client.query("DO 0").ok();
    gate.backend.stop();
    client.begin(sql);
    assertThat(gate.backend.last().text()).isEqualTo(sql);
    return client;
  }

  private TestClient running() {
    return running(SELECT, GRANT);
  }

  private void administer(String sql) {
    root.query(sql).ok();
  }

  private void isKilled() {
    assertThat(gate.control.killedQueries).containsExactly(gate.backend.connection().threadId());
  }

  private void isEnded(TestClient client, Answer answer, String because) {
    isKilled();
    gate.backend.on(gate.backend.last().text(), answer);
    gate.backend.start();
    gate.pump();
    TestClient.Received received = client.receive();
    assertThat(received.sequences()).containsExactly(1);
    assertThat(received.error().errno()).isEqualTo(1317);
    assertThat(received.error().sqlState()).isEqualTo("70100");
    assertThat(received.error().message()).contains("not permitted any more").contains(because);
    assertThat(client.isClosed()).isFalse();
  }

  private void goesOn(TestClient client) {
    assertThat(gate.control.killedQueries).isEmpty();
    gate.backend.on(gate.backend.last().text(), Answer.row("1"));
    gate.backend.start();
    gate.pump();
    assertThat(client.receive().rows()).hasSize(1);
  }

  // ---- the statement that runs

  @Test
  void runningStatementIsEndedByTheRevokeOfWhatItNeeds() {
    TestClient client = running();
    administer(REVOKE);
    isEnded(client, KILLED, "SELECT command denied to user 'u'");
    assertThat(client.query("SHOW WARNINGS").rows().toString())
        .contains("1317")
        .contains("GRANT SELECT ON TABLE `d`.`t` TO ROLE `r`");
    client.query("DO 0").ok();
    assertThat(client.query(SELECT).errno()).isEqualTo(1142);
  }

  @Test
  void runningStatementThatIsStillPermittedNoticesNothing() {
    TestClient client = running(SELECT, GRANT, "INSERT ON TABLE d.t", "SELECT ON TABLE d.u");
    administer("REVOKE INSERT ON TABLE d.t FROM ROLE r");
    administer("REVOKE SELECT ON TABLE d.u FROM ROLE r");
    administer("ALTER USER u LOCK");
    administer("CREATE ROLE another");
    goesOn(client);
  }

  @Test
  void statementKnownToBePermittedIsEndedAsWell() {
    TestClient client = gate.user(GRANT);
    client.query(SELECT).ok();
    client.query(SELECT).ok();
    gate.backend.stop();
    client.begin(SELECT);
    administer(REVOKE);
    isEnded(client, KILLED, "denied");
  }

  @Test
  void preparedStatementIsEndedAsText() {
    gate.backend.on("COM_STMT_PREPARE", Answer.prepared(ID));
    TestClient client = gate.user(GRANT);
    client.command(CommandByte.STMT_PREPARE, SELECT);
    gate.backend.stop();
    client.statement(CommandByte.STMT_EXECUTE, ID);
    administer(REVOKE);
    isEnded(client, KILLED, "denied");
    administer("GRANT SELECT ON TABLE d.t TO ROLE r");
    gate.backend.on("COM_STMT_EXECUTE", Answer.ok());
    assertThat(client.statement(CommandByte.STMT_EXECUTE, ID).isOk()).isTrue();
  }

  /** SLEEP that is killed returns a row, and no error. */
  @Test
  void resultThatBeginsAfterTheRevokeIsNotSent() {
    TestClient client = running();
    administer(REVOKE);
    isEnded(client, Answer.row("secret"), "denied");
  }

  @Test
  void errorThatSaysSomethingOfTheDataIsNotSent() {
    TestClient client = running();
    administer(REVOKE);
    isEnded(client, Answer.error(1062, "Duplicate entry 'secret'"), "denied");
  }

  @Test
  void workDoneBeforeTheKillIsSaidToBeDone() {
    TestClient client = running("DELETE FROM d.t", "DELETE ON TABLE d.t");
    administer("REVOKE DELETE ON TABLE d.t FROM ROLE r");
    isKilled();
    gate.backend.start();
    gate.pump();
    client.receive().ok();
    assertThat(client.query("DELETE FROM d.t").errno()).isEqualTo(1142);
  }

  @Test
  void lossOfTheRoleEndsWhatNeedsIt() {
    TestClient client = running();
    administer("REVOKE r FROM u");
    isEnded(client, KILLED, "denied");
    client.query("DO 0").ok();
  }

  @Test
  void lossOfAnotherRoleEndsNothing() {
    TestClient client = gate.user(GRANT);
    gate.administer("CREATE ROLE s", "GRANT s TO u");
    client.query("DO 0").ok();
    gate.backend.stop();
    client.begin(SELECT);
    administer("REVOKE s FROM u");
    administer("DROP ROLE s");
    goesOn(client);
  }

  /** PM 6.3: with the primary role dropped nothing is permitted until SET ROLE. */
  @Test
  void dropOfThePrimaryRoleEndsEvenWhatTouchesNothing() {
    TestClient client = running("DO SLEEP(60)");
    administer("DROP ROLE r");
    isEnded(client, KILLED, "no longer exists");
    assertThat(client.query("DO 1").errno()).isEqualTo(3530);
    client.query("SET ROLE NONE").ok();
    client.query("DO 1").ok();
  }

  @Test
  void nextStatementOfTheSameTextIsNotSent() {
    TestClient client = running(SELECT, GRANT);
    gate.backend.start();
    gate.pump();
    client.receive().ok();
    gate.backend.stop();
    client.begin(SELECT + "; DO 1");
    administer(REVOKE);
    gate.backend.on(SELECT, Answer.row("1"));
    gate.backend.start();
    gate.pump();
    TestClient.Received received = client.receive();
    assertThat(received.payloads()).hasSize(1);
    assertThat(received.errno()).isEqualTo(1317);
    assertThat(gate.backend.commands()).doesNotContain("DO 1");
  }

  @Test
  void laterStatementOfATextAnswersAfterTheFirst() {
    TestClient client = gate.user(GRANT);
    client.query("DO 0").ok();
    gate.backend.on("DO 1", gate.backend::stop);
    client.begin("DO 1;" + SELECT);
    administer(REVOKE);
    gate.backend.on(SELECT, KILLED);
    gate.backend.start();
    gate.pump();
    TestClient.Received received = client.receive();
    assertThat(received.sequences()).containsExactly(1, 2);
    assertThat(received.errno()).isIn(1317, 1142);
  }

  @Test
  void twoChangesEndAStatementOnce() {
    TestClient client = running();
    administer(REVOKE);
    administer("DROP ROLE r");
    isEnded(client, KILLED, "denied");
  }

  @Test
  void statementIsKilledByItsRevokeThoughItsTimeWasUp() {
    TestClient client = running();
    gate.pass(client, Duration.ofSeconds(61));
    administer(REVOKE);
    gate.backend.on(SELECT, Answer.row("secret"));
    gate.backend.start();
    gate.pump();
    assertThat(client.receive().errno()).isEqualTo(1317);
  }

  /** The connection must not go on with a statement nobody may run. */
  @Test
  void sessionIsClosedWhenItsStatementCannotBeKilled() {
    TestClient client = running();
    gate.control.deaf = true;
    administer(REVOKE);
    assertThat(client.receive().errno()).isEqualTo(1317);
    assertThat(client.isClosed()).isTrue();
    assertThat(gate.backend.connection().discarded).isTrue();
  }

  @Test
  void sessionIsClosedWhenThereIsNoThreadToKillItsStatementWith() {
    TestClient client = running();
    gate.backend.connection().chunk(gate.buffers.of(COLUMN_COUNT));
    gate.store.fill();
    publish(new CatalogChange.RoleRevokedFromUser(role(), user().id()));
    gate.pump();
    assertThat(client.receive().errno()).isEqualTo(1317);
    assertThat(client.isClosed()).isTrue();
  }

  /** It waits for the KILL of the one before, was decided, and is not sent yet. */
  @Test
  void statementThatWaitsForAKillIsNotSentAnyMore() {
    TestClient client = running("DO 1", GRANT);
    gate.store.stop();
    gate.pass(client, Duration.ofSeconds(61));
    gate.backend.start();
    gate.pump();
    client.receive().ok();
    client.begin(SELECT);
    publish(new CatalogChange.RoleRevokedFromUser(role(), user().id()));
    gate.pump();
    assertThat(client.receive().errno()).isEqualTo(1317);
    gate.store.start();
    gate.pump();
    client.query("DO 2").ok();
    assertThat(gate.backend.commands()).containsExactly("DO 0", "DO 1", "DO 2");
  }

  private void publish(CatalogChange change) {
    PrivilegeSnapshot now = gate.publisher.current();
    CatalogState next = now.state().applyAll(java.util.List.of(change));
    gate.publisher.publish(now.epoch() + 1, next);
  }

  private User user() {
    return gate.publisher.current().state().users().stream()
        .filter(user -> user.name().equals("u"))
        .findFirst()
        .orElseThrow();
  }

  private RoleId role() {
    return user().defaultRole();
  }

  // ---- secured reads of information_schema

  private static final String METADATA = "SELECT TABLE_NAME FROM information_schema.TABLES";

  /** User u whose secured statement the backend does not answer. */
  private TestClient reading(String sql, String... grants) {
    TestClient client = gate.user(grants);
    client.query("DO 0").ok();
    gate.backend.stop();
    client.begin(sql);
    assertThat(gate.backend.last().text()).contains("WHERE");
    return client;
  }

  @Test
  void securedReadWhoseFiltersHoldNoticesNothing() {
    TestClient client = reading(METADATA, GRANT, "INSERT ON TABLE d.t");
    administer("REVOKE INSERT ON TABLE d.t FROM ROLE r");
    administer("CREATE ROLE another");
    goesOn(client);
  }

  @Test
  void securedReadIsEndedWhenItWouldShowTooMuch() {
    TestClient client = reading(METADATA, GRANT);
    administer(REVOKE);
    isEnded(client, KILLED, "information_schema has changed");
  }

  @Test
  void securedReadIsEndedByTheRevokeOfWhatItReadsBeside() {
    TestClient client = reading(METADATA + ", d.t", GRANT, "INSERT ON TABLE d.t");
    administer(REVOKE);
    isEnded(client, KILLED, "SELECT command denied to user 'u'");
  }

  /** Without its primary role nobody can tell what it may show. */
  @Test
  void securedReadIsEndedWhenThereAreNoFiltersAnyMore() {
    TestClient client = reading(METADATA, GRANT);
    administer("DROP ROLE r");
    isEnded(client, KILLED, "not permitted any more");
  }

  @Test
  void statementExecutedAsTextIsEndedAsAnyOther() {
    TestClient client = gate.user(GRANT);
    client.query("PREPARE p FROM '" + SELECT + "'").ok();
    gate.backend.stop();
    client.begin("EXECUTE p");
    administer(REVOKE);
    isEnded(client, KILLED, "denied");
    assertThat(client.query("EXECUTE p").errno()).isEqualTo(1142);
  }

  // ---- what has to be looked up

  @Test
  void objectTheCatalogDoesNotKnowIsLookedUpBeforeAnythingIsEnded() {
    TestClient client = running("SELECT a FROM d.u", "SELECT ON TABLE d.*", "INSERT ON TABLE d.t");
    forgetObjects();
    administer("REVOKE INSERT ON TABLE d.t FROM ROLE r");
    goesOn(client);
  }

  @Test
  void whatCannotBeLookedUpIsEnded() {
    TestClient client = running("SELECT a FROM d.u", "SELECT ON TABLE d.*", "INSERT ON TABLE d.t");
    forgetObjects();
    gate.control.unreachable = true;
    PrivilegeSnapshot now = gate.publisher.current();
    gate.publisher.publish(now.epoch() + 1, now.state());
    gate.pump();
    gate.control.unreachable = false;
    isEnded(client, KILLED, "cannot be reached");
  }

  private void forgetObjects() {
    gate.services.objects().defining();
    gate.services.objects().defined();
  }

  // ---- an answer that has begun

  private ByteBuf bytes(int... bytes) {
    byte[] all = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      all[i] = (byte) bytes[i];
    }
    return gate.buffers.of(all);
  }

  private void rest(TestClient client) {
    gate.backend.connection().chunk(bytes(1, 0, 0, 9, 'x'));
    gate.backend.connection().finish(KILLED);
    gate.backend.start();
    gate.pump();
    assertThat(client.receive().payloads()).as("after the error").isEmpty();
    client.query("DO 0").ok();
  }

  @Test
  void answerThatHasBegunEndsWithTheErrorInPlaceOfTheNextRow() {
    TestClient client = running();
    gate.backend.connection().chunk(gate.buffers.of(COLUMN_COUNT));
    administer(REVOKE);
    isKilled();
    TestClient.Received received = client.receive();
    assertThat(received.sequences()).containsExactly(1, 2);
    assertThat(received.errno()).isEqualTo(1317);
    rest(client);
  }

  @Test
  void answerThatHasBegunGoesOnForTheTwin() {
    TestClient client = running(SELECT, GRANT, "INSERT ON TABLE d.t");
    gate.backend.connection().chunk(gate.buffers.of(COLUMN_COUNT));
    administer("REVOKE INSERT ON TABLE d.t FROM ROLE r");
    gate.backend.connection().chunk(bytes(1, 0, 0, 2, 'x'));
    gate.backend.connection().finish(Answer.ok());
    assertThat(gate.control.killedQueries).isEmpty();
    assertThat(client.receive().payloads()).hasSize(3);
  }

  @Test
  void packetUnderwayIsCompletedBeforeTheError() {
    TestClient client = running();
    ScriptedBackend.Connection connection = gate.backend.connection();
    connection.chunk(bytes(1, 0, 0, 1, 1, 4, 0, 0, 2, 'a'));
    administer(REVOKE);
    connection.chunk(bytes('b'));
    connection.chunk(bytes('c', 'd', 1, 0, 0, 3, 'x'));
    TestClient.Received received = client.receive();
    assertThat(received.sequences()).containsExactly(1, 2, 3);
    assertThat(received.payloads().get(1)).containsExactly('a', 'b', 'c', 'd');
    assertThat(received.errno()).isEqualTo(1317);
    rest(client);
  }

  @Test
  void packetTooLargeToBeCompletedEndsTheSession() {
    TestClient client = running();
    gate.backend.connection().chunk(bytes(1, 0, 0, 1, 1, 0, 0, 64, 2, 'a'));
    administer(REVOKE);
    assertThat(client.isClosed()).isTrue();
    assertThat(gate.backend.connection().discarded).isTrue();
    while (client.channel.readOutbound() instanceof ByteBuf sent) {
      sent.release();
    }
  }

  @Test
  void clientThatDoesNotReadHoldsNothingUp() {
    TestClient client = running();
    ScriptedBackend.Connection connection = gate.backend.connection();
    client.writable(false);
    connection.chunk(gate.buffers.of(COLUMN_COUNT));
    assertThat(connection.paused).isTrue();
    administer(REVOKE);
    assertThat(connection.paused).as("read to its end").isFalse();
    connection.chunk(bytes(1, 0, 0, 2, 'x'));
    assertThat(connection.paused).isFalse();
    connection.finish(KILLED);
    client.writable(true);
    TestClient.Received received = client.receive();
    assertThat(received.sequences()).containsExactly(1, 2);
    assertThat(received.errno()).isEqualTo(1317);
  }

  // ---- cursors

  private TestClient withCursor(String... grants) {
    gate.backend.on("COM_STMT_PREPARE", Answer.prepared(ID));
    gate.backend.on(
        "COM_STMT_EXECUTE", Answer.ok(StatusFlags.AUTOCOMMIT | StatusFlags.CURSOR_EXISTS));
    gate.backend.on(
        "COM_STMT_FETCH", Answer.ok(StatusFlags.AUTOCOMMIT | StatusFlags.CURSOR_EXISTS));
    TestClient client = gate.user(grants);
    client.command(CommandByte.STMT_PREPARE, SELECT);
    assertThat(client.statement(CommandByte.STMT_EXECUTE, ID).isOk()).isTrue();
    assertThat(client.statement(CommandByte.STMT_FETCH, ID).isOk()).isTrue();
    return client;
  }

  @Test
  void openCursorIsClosedAndTheNextFetchHearsWhy() {
    TestClient client = withCursor(GRANT);
    administer(REVOKE);
    assertThat(gate.backend.last().text()).isEqualTo("COM_STMT_RESET");
    TestClient.Received fetched = client.statement(CommandByte.STMT_FETCH, ID);
    assertThat(fetched.errno()).isEqualTo(1317);
    assertThat(fetched.error().message()).contains("SELECT command denied");
    assertThat(client.statement(CommandByte.STMT_FETCH, ID).errno()).isEqualTo(1142);
    assertThat(gate.backend.last().text()).isEqualTo("COM_STMT_RESET");
  }

  @Test
  void statementOfAClosedCursorIsExecutedAgainByWhoMay() {
    TestClient client = withCursor(GRANT);
    administer(REVOKE);
    administer("GRANT SELECT ON TABLE d.t TO ROLE r");
    assertThat(client.statement(CommandByte.STMT_EXECUTE, ID).isOk()).isTrue();
    assertThat(client.statement(CommandByte.STMT_FETCH, ID).isOk()).isTrue();
  }

  @Test
  void cursorThatIsStillPermittedStaysOpen() {
    TestClient client = withCursor(GRANT, "INSERT ON TABLE d.t");
    administer("REVOKE INSERT ON TABLE d.t FROM ROLE r");
    assertThat(client.statement(CommandByte.STMT_FETCH, ID).isOk()).isTrue();
    assertThat(gate.backend.commands()).doesNotContain("COM_STMT_RESET");
  }

  @Test
  void cursorThatWasReadToItsEndIsNotClosed() {
    TestClient client = withCursor(GRANT);
    gate.backend.on(
        "COM_STMT_FETCH", Answer.ok(StatusFlags.AUTOCOMMIT | StatusFlags.LAST_ROW_SENT));
    assertThat(client.statement(CommandByte.STMT_FETCH, ID).isOk()).isTrue();
    administer(REVOKE);
    assertThat(gate.backend.commands()).doesNotContain("COM_STMT_RESET");
  }

  /** Rows of the binary protocol begin as OK does. */
  @Test
  void fetchUnderwayIsEnded() {
    TestClient client = withCursor(GRANT);
    gate.backend.stop();
    client.statement(CommandByte.STMT_FETCH, ID);
    administer(REVOKE);
    isEnded(client, Answer.ok(), "denied");
    assertThat(gate.backend.last().text()).isEqualTo("COM_STMT_RESET");
    assertThat(client.statement(CommandByte.STMT_FETCH, ID).errno()).isEqualTo(1142);
  }

  @Test
  void executionThatOpensACursorIsEndedAndLeavesNone() {
    TestClient client = withCursor(GRANT);
    gate.backend.stop();
    client.statement(CommandByte.STMT_EXECUTE, ID);
    administer(REVOKE);
    gate.backend.on("COM_STMT_EXECUTE", Answer.row("1"));
    gate.backend.start();
    gate.pump();
    assertThat(client.receive().errno()).isEqualTo(1317);
    assertThat(gate.backend.last().text()).isEqualTo("COM_STMT_RESET");
  }

  @Test
  void cursorIsClosedOnceTheStatementBesideItIsOver() {
    TestClient client = withCursor(GRANT, "SELECT ON TABLE d.u");
    String other = "SELECT a FROM d.u";
    gate.backend.stop();
    client.begin(other);
    administer(REVOKE);
    assertThat(gate.backend.last().text()).isEqualTo(other);
    goesOn(client);
    assertThat(gate.backend.last().text()).isEqualTo("COM_STMT_RESET");
    assertThat(client.statement(CommandByte.STMT_FETCH, ID).errno()).isEqualTo(1317);
  }

  @Test
  void clientsNextCommandWaitsForTheCursorToBeClosed() {
    TestClient client = withCursor(GRANT);
    gate.backend.stop();
    administer(REVOKE);
    client.begin("DO 1");
    assertThat(gate.backend.last().text()).isEqualTo("COM_STMT_RESET");
    gate.backend.start();
    gate.pump();
    client.receive().ok();
    assertThat(gate.backend.last().text()).isEqualTo("DO 1");
  }

  @Test
  void connectionLostWhileACursorIsClosedEndsTheSession() {
    TestClient client = withCursor(GRANT);
    gate.backend.connection().breakAtNextCommand();
    administer(REVOKE);
    assertThat(client.receive().errno()).isEqualTo(2013);
    assertThat(client.isClosed()).isTrue();
  }

  // ---- locked tables

  private TestClient locking() {
    TestClient client = gate.user(GRANT, "INSERT ON TABLE d.u");
    client.query("LOCK TABLES d.t READ").ok();
    client.query("LOCK TABLES d.t READ").ok();
    return client;
  }

  @Test
  void sessionThatHasLockedTheTableIsClosed() {
    TestClient client = locking();
    administer(REVOKE);
    assertThat(client.receive().errno()).isEqualTo(1317);
    assertThat(client.isClosed()).isTrue();
  }

  @Test
  void sessionThatMayStillLockTheTableIsNot() {
    TestClient client = locking();
    administer("REVOKE INSERT ON TABLE d.u FROM ROLE r");
    client.query(SELECT).ok();
  }

  @Test
  void sessionThatHasUnlockedTheTableIsNot() {
    TestClient client = locking();
    client.query("UNLOCK TABLES").ok();
    administer(REVOKE);
    client.query("DO 1").ok();
  }

  @Test
  void transactionsReleaseTableLocks() {
    TestClient client = locking();
    gate.backend.on("BEGIN", Answer.ok(StatusFlags.AUTOCOMMIT | StatusFlags.IN_TRANS));
    client.query("BEGIN").ok();
    administer(REVOKE);
    client.query("DO 1").ok();
  }

  // ---- DDL

  @Test
  void definitionIsEndedAndWhatItLeftIsComparedWithTheCatalog() {
    String create = "CREATE TABLE d.x AS SELECT a FROM d.t";
    TestClient client = running(create, GRANT, "CREATE TABLE ON DATABASE d");
    administer(REVOKE);
    isEnded(client, KILLED, "denied");
    assertThat(gate.outcomesUnknown).isOne();
    assertThat(table("x")).isFalse();
  }

  @Test
  void definitionThatWasFasterStandsAndTheCatalogKnowsIt() {
    String create = "CREATE TABLE d.x AS SELECT a FROM d.t";
    TestClient client = running(create, GRANT, "CREATE TABLE ON DATABASE d");
    administer(REVOKE);
    isKilled();
    gate.backend.start();
    gate.pump();
    client.receive().ok();
    assertThat(table("x")).isTrue();
    assertThat(gate.outcomesUnknown).isZero();
  }

  /** Between the decision and the statement the backend is asked what is there. */
  @Test
  void definitionThatWaitsForALookUpIsNotSentAnyMore() {
    TestClient client = gate.user("CREATE TABLE ON DATABASE d");
    client.query("DO 0").ok();
    gate.store.stop();
    client.begin("CREATE TABLE IF NOT EXISTS d.x (a INT)");
    publish(new CatalogChange.RoleRevokedFromUser(role(), user().id()));
    gate.store.start();
    gate.pump();
    assertThat(client.receive().errno()).isEqualTo(1317);
    assertThat(gate.backend.commands()).containsExactly("DO 0");
    assertThat(gate.services.objects().undisturbedSince(gate.services.objects().version()))
        .isTrue();
    client.query("DO 1").ok();
  }

  private boolean table(String name) {
    CatalogState state = gate.publisher.current().state();
    return state.databases().stream()
        .filter(database -> database.name().equals("d"))
        .anyMatch(database -> state.relation(database.id(), name).isPresent());
  }

  // ---- the user is dropped

  @Test
  void idleSessionOfADroppedUserIsClosedAndOthersAreNot() {
    TestClient client = gate.user();
    client.query("DO 0").ok();
    administer("DROP USER u");
    assertThat(client.receive().errno()).isEqualTo(1317);
    assertThat(client.isClosed()).isTrue();
    assertThat(root.isClosed()).isFalse();
  }

  @Test
  void busySessionOfADroppedUserIsClosedAndItsStatementEnded() {
    TestClient client = running();
    administer("DROP USER u");
    TestClient.Received received = client.receive();
    assertThat(received.errno()).isEqualTo(1317);
    assertThat(received.error().message()).contains("the user was dropped");
    assertThat(client.isClosed()).isTrue();
    assertThat(gate.backend.connection().discarded).isTrue();
  }

  @Test
  void whoDropsOneselfHearsThatItIsDone() {
    TestClient client = gate.user("DROP USER ON ACCOUNT *");
    TestClient.Received received = client.query("DROP USER u");
    assertThat(received.payloads()).hasSize(2);
    assertThat(received.payloads().get(0)[0]).as("OK").isZero();
    assertThat(received.errno()).isEqualTo(1317);
    assertThat(client.isClosed()).isTrue();
  }

  @Test
  void userOfTheSameNameDoesNotInheritTheSession() {
    TestClient client = gate.user();
    administer("DROP USER u");
    gate.administer("CREATE USER u IDENTIFIED BY 'pw' DEFAULT ROLE r");
    assertThat(client.isClosed()).isTrue();
    gate.login("u", "pw").query("DO 1").ok();
  }

  @Test
  void userDroppedDuringTheLoginIsNotLetIn() {
    gate.administer("CREATE ROLE r", "CREATE USER u IDENTIFIED BY 'pw' DEFAULT ROLE r");
    gate.backend.stop();
    TestClient client = gate.connect();
    client.login(
        "u",
        "pw",
        java.util.Optional.of("information_schema"),
        TestClient.UTF8MB4,
        TestClient.CAPABILITIES);
    administer("DROP USER u");
    gate.backend.start();
    gate.pump();
    assertThat(client.isClosed()).isTrue();
  }
}
