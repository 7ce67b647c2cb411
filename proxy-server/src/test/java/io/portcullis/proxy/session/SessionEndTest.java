package io.portcullis.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.portcullis.proxy.wire.StatusFlags;
import io.portcullis.proxy.wire.command.CommandByte;
import io.portcullis.sql.text.ErrorCode;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Time-outs, failures and ends, whatever is underway; and who waits for whom. */
final class SessionEndTest {

  private final TestGate gate = new TestGate();

  @AfterEach
  void nothingIsLeft() {
    gate.close();
  }

  private static final Answer INTERRUPTED = Answer.error(1317, "Query execution was interrupted");

  /** A client with a backend connection. */
  private TestClient leased() {
    TestClient client = gate.root();
    client.query("DO 0").ok();
    return client;
  }

  // ---- statement time-out

  private void timesOut(TestClient client, Runnable statement) {
    gate.backend.stop();
    statement.run();
    gate.pass(client, Duration.ofSeconds(61));
    assertThat(gate.control.killedQueries).containsExactly(gate.backend.connection().threadId());
    gate.backend.start();
    gate.pump();
    assertThat(client.receive().errno()).isEqualTo(3024);
    client.query("DO 2").ok();
    assertThat(client.isClosed()).isFalse();
  }

  @Test
  void statementThatTakesTooLongIsEnded() {
    TestClient client = leased();
    gate.backend.on("DO 1", INTERRUPTED);
    timesOut(client, () -> client.begin("DO 1"));
  }

  /** SLEEP() in a select list: the columns are on their way before it is interrupted. */
  @Test
  void resultThatTakesTooLongEndsWithTheSameError() {
    for (boolean rowBefore : new boolean[] {false, true}) {
      TestClient client = leased();
      gate.backend.on("SELECT SLEEP(99)", rowBefore ? rowAnd(INTERRUPTED) : INTERRUPTED);
      gate.backend.stop();
      client.begin("SELECT SLEEP(99)");
      gate.backend.connection().chunk(packet(1, 1));
      gate.pass(client, Duration.ofSeconds(61));
      gate.backend.connection().chunk(packet(2, 7, 7));
      gate.backend.start();
      gate.pump();
      TestClient.Received received = client.receive();
      assertThat(received.errno()).isEqualTo(3024);
      assertThat(received.payloads()).hasSize(rowBefore ? 4 : 3);
      assertThat(client.query("SHOW WARNINGS").rows().get(0).get(1)).isEqualTo("3024");
    }
  }

  private static Answer rowAnd(Answer error) {
    return (allocator, capabilities, sequence, more) -> {
      Answer.Built end = error.build(allocator, capabilities, sequence + 1, more);
      ByteBuf both = packet(sequence, 8, 8, 8).writeBytes(end.framed());
      end.framed().release();
      return new Answer.Built(both, end.errno(), end.statusFlags());
    };
  }

  private static ByteBuf packet(int sequence, int... payload) {
    ByteBuf packet = Unpooled.buffer().writeMediumLE(payload.length).writeByte(sequence);
    for (int value : payload) {
      packet.writeByte(value);
    }
    return packet;
  }

  @Test
  void clientGoneWhileTheEndOfAnInterruptedResultIsAwaitedLeavesNothing() {
    TestClient client = leased();
    gate.backend.stop();
    client.begin("SELECT SLEEP(99)");
    ByteBuf first = packet(1, 1);
    ByteBuf second = packet(2, 7, 7);
    gate.backend.connection().chunk(first);
    gate.pass(client, Duration.ofSeconds(61));
    gate.backend.connection().chunk(second);
    client.disconnect();
    assertThat(second.refCnt()).isZero();
  }

  @Test
  void heldAnswerThatTakesTooLongIsEnded() {
    TestClient client = leased();
    gate.backend.on("ALTER TABLE d.t ADD x INT", INTERRUPTED);
    timesOut(client, () -> client.begin("ALTER TABLE d.t ADD x INT"));
  }

  @Test
  void createThatTakesTooLongIsEnded() {
    TestClient client = leased();
    String create = "CREATE TABLE d.x AS SELECT a FROM d.t";
    gate.backend.on(create, INTERRUPTED);
    timesOut(client, () -> client.begin(create));
  }

  @Test
  void prepareThatTakesTooLongIsEnded() {
    TestClient client = leased();
    gate.backend.on("COM_STMT_PREPARE", INTERRUPTED);
    timesOut(
        client,
        () ->
            client.begin(CommandByte.STMT_PREPARE, (byte) 'D', (byte) 'O', (byte) ' ', (byte) '1'));
  }

  @Test
  void interruptionByOthersStaysWhatItIs() {
    gate.backend.on("DO 1", INTERRUPTED);
    assertThat(gate.root().query("DO 1").errno()).isEqualTo(1317);
  }

  @Test
  void statementThatEndsInTimeIsLeftAlone() {
    TestClient client = leased();
    gate.backend.stop();
    client.begin("DO 1");
    gate.pass(client, Duration.ofSeconds(59));
    gate.backend.start();
    gate.pump();
    client.receive().ok();
    gate.pass(client, Duration.ofSeconds(60));
    assertThat(gate.control.killedQueries).isEmpty();
  }

  /** A KILL that comes late must not meet the next statement. */
  @Test
  void nextStatementWaitsForTheKillOfTheOneBefore() {
    TestClient client = leased();
    gate.backend.stop();
    client.begin("DO 1");
    gate.store.stop();
    gate.pass(client, Duration.ofSeconds(61));
    gate.backend.start();
    gate.pump();
    client.receive().ok();
    client.begin("DO 2");
    assertThat(gate.backend.commands()).containsExactly("DO 0", "DO 1");
    gate.store.start();
    gate.pump();
    client.receive().ok();
    assertThat(gate.backend.commands()).containsExactly("DO 0", "DO 1", "DO 2");
  }

  /** COM_STMT_CLOSE has no answer to wait for: the gate asks for one before it takes the next. */
  @Test
  void commandsWithoutAnswerWaitForTheKillInTheirOrder() {
    TestClient client = leased();
    gate.backend.on("COM_STMT_PREPARE", Answer.prepared(7));
    client.command(CommandByte.STMT_PREPARE, "DO 3").last();
    gate.backend.stop();
    client.begin("DO 1");
    gate.store.stop();
    gate.pass(client, Duration.ofSeconds(61));
    gate.backend.start();
    gate.pump();
    client.receive().ok();
    client.begin(CommandByte.STMT_CLOSE, (byte) 7, (byte) 0, (byte) 0, (byte) 0);
    client.begin("DO 2");
    gate.store.start();
    gate.pump();
    client.receive().ok();
    assertThat(gate.backend.commands()).endsWith("DO 1", "COM_STMT_CLOSE", "COM_PING", "DO 2");
  }

  @Test
  void clientGoneWhileItsStatementWaitsForAKillLeavesNothing() {
    TestClient client = leased();
    gate.backend.stop();
    client.begin("DO 1");
    gate.store.stop();
    gate.pass(client, Duration.ofSeconds(61));
    gate.backend.start();
    gate.pump();
    client.begin("DO 2");
    client.disconnect();
    assertThat(gate.backend.connection().discarded).isTrue();
  }

  // ---- idle, drain, terminate

  @Test
  void idleSessionIsClosedAndBusyOneIsNot() {
    TestClient client = leased();
    gate.session().closeIfIdle(Duration.ofDays(1));
    gate.pump();
    assertThat(client.isClosed()).isFalse();
    gate.backend.stop();
    client.begin("DO 1");
    gate.session().closeIfIdle(Duration.ofNanos(-1));
    gate.pump();
    assertThat(client.isClosed()).isFalse();
    gate.backend.start();
    gate.pump();
    client.receive().ok();
    gate.session().closeIfIdle(Duration.ofNanos(-1));
    gate.pump();
    assertThat(client.receive().errno()).isEqualTo(4031);
    assertThat(client.isClosed()).isTrue();
    assertThat(gate.backend.connection().released).isTrue();
  }

  @Test
  void drainClosesTheIdleAtOnce() {
    TestClient client = leased();
    gate.session().drain();
    gate.pump();
    assertThat(client.receive().errno()).isEqualTo(1053);
    assertThat(client.isClosed()).isTrue();
  }

  @Test
  void drainWaitsForStatementAndTransaction() {
    TestClient client = leased();
    gate.backend.on("BEGIN", Answer.ok(StatusFlags.AUTOCOMMIT | StatusFlags.IN_TRANS));
    gate.backend.on("DO 1", Answer.ok(StatusFlags.AUTOCOMMIT | StatusFlags.IN_TRANS));
    client.query("BEGIN").ok();
    gate.session().drain();
    gate.pump();
    client.query("DO 1").ok();
    assertThat(client.isClosed()).isFalse();
    TestClient.Received last = client.query("COMMIT");
    assertThat(last.payloads()).hasSize(2);
    assertThat(last.payloads().get(0)[0]).isZero();
    assertThat(last.errno()).isEqualTo(1053);
    assertThat(client.isClosed()).isTrue();
  }

  @Test
  void drainEndsLogins() {
    TestClient client = gate.connect();
    gate.session().drain();
    gate.pump();
    assertThat(client.isClosed()).isTrue();
  }

  @Test
  void terminateEndsWhateverRuns() {
    TestClient client = leased();
    gate.backend.stop();
    client.begin("DO 1");
    gate.session().terminate();
    gate.pump();
    assertThat(client.isClosed()).isTrue();
    assertThat(gate.backend.connection().discarded).isTrue();
  }

  /** An error in place of a row is one; within a packet it would be read as a piece of it. */
  @Test
  void answerUnderwayEndsWithTheReasonInPlaceOfItsNextPacket() {
    TestClient client = leased();
    gate.backend.stop();
    client.begin("DO 1");
    gate.backend.connection().chunk(gate.buffers.of(new byte[] {1, 0, 0, 1, 1}));
    gate.session().terminate();
    gate.pump();
    assertThat(client.isClosed()).isTrue();
    TestClient.Received received = client.receive();
    assertThat(received.sequences()).containsExactly(1, 2);
    assertThat(received.errno()).isEqualTo(1053);
  }

  // ---- backend failures

  @Test
  void backendThatCannotBeReachedIsToldAndTriedAgain() {
    TestClient client = gate.root();
    gate.backend.failure =
        Optional.of(ErrorCode.ER_CONNECT_TO_FOREIGN_DATA_SOURCE.error("db", "refused"));
    assertThat(client.query("DO 1").errno()).isEqualTo(1429);
    assertThat(client.command(CommandByte.STMT_PREPARE, "DO 1").errno()).isEqualTo(1429);
    gate.backend.failure = Optional.empty();
    client.query("DO 1").ok();
  }

  @Test
  void backendThatReadsTextInAnUnsafeWayIsGivenBack() {
    TestClient client = gate.root();
    gate.backend.charset = "gbk";
    assertThat(client.query("DO 1").errno()).isEqualTo(1231);
    assertThat(gate.backend.connection().released).isTrue();
    assertThat(gate.backend.commands()).isEmpty();
  }

  @Test
  void backendLostBeforeItsAnswerIsToldAndTheSessionGoesOn() {
    TestClient client = leased();
    gate.backend.connection().breakAtNextCommand();
    assertThat(client.query("DO 1").errno()).isEqualTo(2013);
    client.query("DO 2").ok();
    assertThat(gate.backend.connections).hasSize(2);
  }

  @Test
  void backendLostInTheMiddleOfAnAnswerEndsTheSession() {
    TestClient client = leased();
    gate.backend.stop();
    client.begin("DO 1");
    gate.backend.connection().chunk(gate.buffers.of(new byte[] {1, 0, 0, 1, 1}));
    gate.backend.connection().lose();
    gate.pump();
    assertThat(client.isClosed()).isTrue();
  }

  // ---- client gone

  @Test
  void clientGoneWhileItsStatementIsAnalysed() {
    TestClient client = leased();
    gate.analysis.stop();
    client.begin("SELECT a FROM d.t");
    assertThat(gate.analysis.waiting()).isOne();
    client.disconnect();
    gate.analysis.start();
    gate.pump();
    assertThat(gate.backend.commands()).containsExactly("DO 0");
    assertThat(gate.backend.connection().released).isTrue();
  }

  @Test
  void clientGoneWhileTheConnectionIsAcquired() {
    TestClient client = gate.root();
    gate.backend.stop();
    client.begin("DO 1");
    client.disconnect();
    gate.backend.start();
    gate.pump();
    assertThat(gate.backend.connection().released).isTrue();
    assertThat(gate.backend.commands()).isEmpty();
  }

  @Test
  void clientGoneWhileAnObjectIsLookedUp() {
    TestClient client = leased();
    gate.store.stop();
    client.begin("DROP TABLE d.t");
    client.disconnect();
    gate.store.start();
    gate.pump();
  }

  @Test
  void clientGoneInTheMiddleOfAnAnswer() {
    TestClient client = leased();
    gate.backend.stop();
    client.begin("DO 1");
    gate.backend.connection().chunk(gate.buffers.of(new byte[] {1, 0, 0, 1, 1}));
    client.disconnect();
    assertThat(gate.backend.connection().discarded).isTrue();
  }

  @Test
  void clientGoneWithAnAnswerHeldBack() {
    TestClient client = leased();
    gate.backend.stop();
    client.begin("USE d");
    gate.backend.connection().chunk(gate.buffers.of(new byte[] {7, 0, 0, 1, 0}));
    client.disconnect();
    assertThat(gate.backend.connection().discarded).isTrue();
  }

  @Test
  void clientGoneBetweenStatementsOfOneText() {
    TestClient client = leased();
    gate.backend.on("DO 1", gate.backend::stop);
    client.begin("DO 1; DO 2; DO 3");
    client.disconnect();
    assertThat(gate.backend.commands()).doesNotContain("DO 3");
  }

  @Test
  void analysisThatIsFullRefusesAndTheSessionGoesOn() {
    TestClient client = leased();
    gate.analysis.fill();
    assertThat(client.query("SELECT a FROM d.t").errno()).isEqualTo(1105);
    client.query("DO 0").ok();
  }

  // ---- back-pressure

  @Test
  void clientThatDoesNotReadStopsTheReadingOfItsBackend() {
    TestClient client = leased();
    gate.backend.stop();
    client.begin("DO 1");
    ScriptedBackend.Connection connection = gate.backend.connection();
    client.writable(false);
    connection.chunk(gate.buffers.of(new byte[] {1, 0, 0, 1, 1}));
    assertThat(connection.paused).isTrue();
    client.writable(true);
    assertThat(connection.paused).isFalse();
    client.writable(false);
    connection.chunk(gate.buffers.of(new byte[] {1, 0, 0, 2, 1}));
    assertThat(connection.paused).isTrue();
    connection.finish(Answer.ok());
    assertThat(connection.paused).as("an idle connection is not paused").isFalse();
    client.writable(true);
  }

  @Test
  void commandsWaitForTheOneInHand() {
    TestClient client = leased();
    gate.backend.stop();
    client.begin("DO 1");
    ByteBuf waiting =
        client.send(0, new byte[] {(byte) CommandByte.QUERY.code(), 'D', 'O', ' ', '2'});
    gate.pump();
    assertThat(gate.backend.commands()).containsExactly("DO 0", "DO 1");
    gate.backend.start();
    gate.pump();
    assertThat(gate.backend.commands()).containsExactly("DO 0", "DO 1", "DO 2");
    assertThat(client.receive().payloads()).hasSize(2);
    assertThat(waiting.refCnt()).isZero();
  }

  /** Else the answers to whatever a client sends would wait in memory until it reads them. */
  @Test
  void commandsWaitForAClientThatDoesNotRead() {
    TestClient client = leased();
    client.writable(false);
    client.begin("DO 1");
    client.begin("DO 2");
    client.begin("SHOW DATABASES");
    assertThat(gate.backend.commands()).containsExactly("DO 0", "DO 1");
    assertThat(client.receive().payloads()).hasSize(1);
    client.writable(true);
    gate.pump();
    assertThat(gate.backend.commands()).containsExactly("DO 0", "DO 1", "DO 2");
    assertThat(client.receive().payloads()).hasSizeGreaterThan(1);
    client.query("DO 3").ok();
  }

  @Test
  void statementsOfOneTextWaitForAClientThatDoesNotRead() {
    TestClient client = leased();
    client.writable(false);
    client.begin("DO 1; DO 2; SHOW DATABASES; DO 3");
    assertThat(gate.backend.commands()).containsExactly("DO 0", "DO 1");
    assertThat(client.receive().payloads()).hasSize(1);
    client.writable(true);
    gate.pump();
    assertThat(gate.backend.commands()).containsExactly("DO 0", "DO 1", "DO 2", "DO 3");
    client.query("DO 4").ok();
  }

  /** COM_STMT_SEND_LONG_DATA is not answered: only the backend itself can hold back the next. */
  @Test
  void commandsWithoutAnswerWaitForABackendThatDoesNotRead() {
    gate.backend.on("COM_STMT_PREPARE", Answer.prepared(7));
    TestClient client = leased();
    client.command(CommandByte.STMT_PREPARE, "SELECT ?");
    ScriptedBackend.Connection connection = gate.backend.connection();
    connection.full = true;
    gate.backend.stop();
    for (int i = 0; i < 3; i++) {
      client.statement(CommandByte.STMT_SEND_LONG_DATA, 7);
    }
    assertThat(gate.backend.commands())
        .containsExactly("DO 0", "COM_STMT_PREPARE", "COM_STMT_SEND_LONG_DATA", "COM_PING");
    connection.full = false;
    gate.backend.start();
    gate.pump();
    assertThat(gate.backend.commands())
        .endsWith("COM_PING", "COM_STMT_SEND_LONG_DATA", "COM_STMT_SEND_LONG_DATA");
    assertThat(client.receive().payloads()).isEmpty();
    client.query("DO 1").ok();
  }

  @Test
  void backendThatIsLostWithoutAnAnswerIsToldByTheNextCommand() {
    gate.backend.on("COM_STMT_PREPARE", Answer.prepared(7));
    TestClient client = leased();
    client.command(CommandByte.STMT_PREPARE, "SELECT ?");
    gate.backend.connection().full = true;
    gate.backend.stop();
    client.statement(CommandByte.STMT_SEND_LONG_DATA, 7);
    gate.backend.connection().lose();
    gate.pump();
    assertThat(client.receive().payloads()).isEmpty();
    gate.backend.start();
    gate.pump();
    gate.backend.connection().breakAtNextCommand();
    assertThat(client.query("DO 1").errno()).isEqualTo(2013);
    client.query("DO 2").ok();
  }

  @Test
  void clientThatDoesNotReadMayLeave() {
    for (String text : new String[] {"DO 1; DO 2", "DO 1"}) {
      TestClient client = leased();
      client.writable(false);
      client.begin(text);
      client.disconnect();
      assertThat(gate.backend.commands()).doesNotContain("DO 2");
    }
  }
}
