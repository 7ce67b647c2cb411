package io.portcullis.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.portcullis.proxy.wire.CapabilityFlags;
import io.portcullis.proxy.wire.StatusFlags;
import io.portcullis.proxy.wire.command.CommandByte;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** COM_QUERY and the rare commands: what reaches the backend, and what comes back. */
final class QueryTest {

  private final TestGate gate = new TestGate();

  @AfterEach
  void nothingIsLeft() {
    gate.close();
  }

  private static final String SELECT = "SELECT a FROM d.t WHERE b = 1";

  private static byte[] query(String sql) {
    byte[] text = sql.getBytes(StandardCharsets.UTF_8);
    byte[] payload = new byte[text.length + 1];
    payload[0] = (byte) CommandByte.QUERY.code();
    System.arraycopy(text, 0, payload, 1, text.length);
    return payload;
  }

  private static boolean isPartOf(ByteBuf part, ByteBuf whole) {
    for (ByteBuf buffer = part; buffer != null; buffer = buffer.unwrap()) {
      if (buffer == whole) {
        return true;
      }
    }
    return false;
  }

  @Test
  void permittedStatementIsForwardedInTheBufferItCameIn() {
    TestClient client = gate.user("SELECT ON TABLE d.t");
    for (int i = 0; i < 2; i++) {
      ByteBuf sent = client.send(0, query(SELECT));
      gate.pump();
      client.receive().ok();
      assertThat(isPartOf(gate.backend.last().buffer(), sent)).isTrue();
      assertThat(gate.backend.last().edit()).isEqualTo(ResponseEdit.NONE);
    }
    assertThat(gate.backend.commands()).containsExactly(SELECT, SELECT);
  }

  @Test
  void answerOfTheBackendIsPassedOn() {
    gate.backend.on(SELECT, Answer.row("x", null));
    assertThat(gate.root().query(SELECT).rows()).hasSize(1);
    gate.backend.on(SELECT, Answer.error(1146, "no such table"));
    assertThat(gate.root().query(SELECT).error().message()).isEqualTo("no such table");
  }

  @Test
  void refusedStatementsNeverReachTheBackend() {
    TestClient client = gate.user("SELECT ON TABLE d.t");
    assertThat(client.query("SELECT * FROM d.u").errno()).isEqualTo(1142);
    assertThat(client.query("DELETE FROM d.t").errno()).isEqualTo(1142);
    assertThat(client.query("SELECT (").errno()).isEqualTo(1064);
    assertThat(client.query("SELECT 'x").errno()).isEqualTo(1064);
    assertThat(client.query("CALL d.p()").errno()).isNotZero();
    assertThat(gate.backend.commands()).isEmpty();
    client.query(SELECT).ok();
    assertThat(gate.backend.commands()).containsExactly(SELECT);
  }

  @Test
  void commentsAloneAreNoEmptyQuery() {
    TestClient client = gate.user("SELECT ON TABLE d.t");
    for (String comment :
        List.of(" -- nothing", "#", "/* ping */", "/**/ ;", "/*!999999 SELECT 1 */")) {
      client.query(comment).ok();
    }
    for (String empty : List.of("", " \n", ";", " ; -- nothing")) {
      assertThat(client.query(empty).errno()).as(empty).isEqualTo(1065);
    }
    assertThat(client.command(CommandByte.STMT_PREPARE, "/* ping */").errno()).isEqualTo(1295);
    assertThat(gate.backend.commands()).isEmpty();
  }

  @Test
  void revokedPrivilegeIsDeniedAtTheNextStatement() {
    TestClient root = gate.root();
    TestClient client = gate.user("SELECT ON TABLE d.t");
    client.query(SELECT).ok();
    client.query(SELECT).ok();
    root.query("REVOKE SELECT ON TABLE d.t FROM ROLE r").ok();
    assertThat(client.query(SELECT).errno()).isEqualTo(1142);
    root.query("GRANT SELECT ON TABLE d.t TO ROLE r").ok();
    client.query(SELECT).ok();
  }

  @Test
  void setRoleAndSecondaryRolesChangeTheNextDecision() {
    gate.administer(
        "CREATE ROLE a",
        "CREATE ROLE b",
        "GRANT SELECT ON TABLE d.t TO ROLE b",
        "CREATE USER w IDENTIFIED BY 'pw' DEFAULT ROLE a",
        "GRANT a TO w",
        "GRANT b TO w");
    TestClient client = gate.login("w", "pw");
    assertThat(client.query(SELECT).errno()).isEqualTo(1142);
    client.query("SET ROLE b").ok();
    client.query(SELECT).ok();
    client.query("SET ROLE a").ok();
    assertThat(client.query(SELECT).errno()).isEqualTo(1142);
    client.query("SET SECONDARY ROLE ALL").ok();
    client.query(SELECT).ok();
    client.query("SET SECONDARY ROLE NONE").ok();
    assertThat(client.query(SELECT).errno()).isEqualTo(1142);
  }

  // ---- texts of several statements

  @Test
  void resultsOfSeveralStatementsFollowEachOther() {
    gate.backend.on("SELECT 1", Answer.row("1"));
    TestClient.Received received = gate.root().query("SELECT 1; DO 2 ;SELECT CURRENT_USER()");
    assertThat(received.results()).hasSize(3);
    for (int i = 0; i < received.sequences().size(); i++) {
      assertThat(received.sequences().get(i)).isEqualTo(i + 1);
    }
    assertThat(more(received, 0)).isTrue();
    assertThat(more(received, 1)).isTrue();
    assertThat(more(received, 2)).isFalse();
    assertThat(gate.backend.commands()).hasSize(3).startsWith("SELECT 1", "DO 2");
  }

  @Test
  void answersOfTheGateTakeTheirPlaceAmongSeveral() {
    TestClient.Received received = gate.root().query("CREATE ROLE a; DO 1; SHOW ROLES");
    assertThat(received.results()).hasSize(3);
    assertThat(received.sequences()).startsWith(1, 2, 3);
    assertThat(more(received, 0)).isTrue();
    assertThat(more(received, 2)).isFalse();
  }

  private static boolean more(TestClient.Received received, int result) {
    return StatusFlags.has(
        received.results().get(result).statusFlags(), StatusFlags.MORE_RESULTS_EXISTS);
  }

  @Test
  void firstErrorEndsTheText() {
    gate.backend.on("DO 1", Answer.error(1146, "no"));
    TestClient client = gate.root();
    TestClient.Received received = client.query("DO 0; DO 1; DO 2");
    assertThat(received.results()).hasSize(2);
    assertThat(received.errno()).isEqualTo(1146);
    assertThat(received.sequences()).containsExactly(1, 2);
    assertThat(gate.backend.commands()).containsExactly("DO 0", "DO 1");
  }

  @Test
  void refusedSecondStatementEndsTheText() {
    TestClient client = gate.user("SELECT ON TABLE d.t");
    TestClient.Received received = client.query(SELECT + ";SELECT a FROM d.u;" + SELECT);
    assertThat(received.results()).hasSize(2);
    assertThat(received.errno()).isEqualTo(1142);
    assertThat(received.sequences()).containsExactly(1, 2);
    assertThat(gate.backend.commands()).containsExactly(SELECT);
  }

  /** Under ANSI_QUOTES "u" is a name. */
  @Test
  void secondStatementIsReadUnderTheModeTheFirstOneSet() {
    TestClient client = gate.user("SELECT ON TABLE d.t");
    String set = "SET sql_mode = 'ANSI_QUOTES'";
    gate.backend.on(set, () -> gate.backend.sqlMode = "ANSI_QUOTES");
    assertThat(client.query("SELECT \"u\"; SELECT a FROM d.t").results()).hasSize(2);
    TestClient.Received received = client.query(set + "; SELECT a FROM d.\"u\"");
    assertThat(received.errno()).isEqualTo(1142);
    assertThat(received.results()).hasSize(2);
  }

  /** Else each pair of them would cost the event loop another reading of all the rest. */
  @Test
  void textThatChangesTooOftenHowItIsReadIsRefused() {
    TestClient client = gate.root();
    for (String mode : List.of("ANSI_QUOTES", "NO_BACKSLASH_ESCAPES")) {
      gate.backend.on("SET sql_mode = '" + mode + "'", () -> gate.backend.sqlMode = mode);
    }
    String changes = "SET sql_mode = 'ANSI_QUOTES'; SET sql_mode = 'NO_BACKSLASH_ESCAPES'; ";
    String rest = "DO 1 /* " + " ".repeat(900_000) + " */";
    client.query(changes.repeat(10) + rest).results().forEach(r -> assertThat(r.end()[0]).isZero());
    TestClient.Received received = client.query(changes.repeat(200) + rest);
    assertThat(received.errno()).isEqualTo(1235);
    assertThat(received.results()).hasSizeBetween(200, 399);
    client.query("DO 2").ok();
  }

  @Test
  void severalStatementsNeedTheCapabilityOrTheOption() {
    TestClient client = gate.connect();
    client
        .login(
            "root",
            TestGate.PASSWORD,
            Optional.empty(),
            TestClient.UTF8MB4,
            TestClient.CAPABILITIES & ~CapabilityFlags.MULTI_STATEMENTS)
        .ok();
    assertThat(client.query("DO 1; DO 2").errno()).isEqualTo(1064);
    assertThat(client.command(CommandByte.SET_OPTION, (byte) 0, (byte) 0).isOk()).isTrue();
    assertThat(client.query("DO 1; DO 2").results()).hasSize(2);
    assertThat(client.command(CommandByte.SET_OPTION, (byte) 1, (byte) 0).isOk()).isTrue();
    assertThat(client.query("DO 1; DO 2").errno()).isEqualTo(1064);
    assertThat(client.command(CommandByte.SET_OPTION, (byte) 2, (byte) 0).errno()).isEqualTo(1047);
    client.query("DO 3;").ok();
  }

  @Test
  void statementsThatAreNoneByThemselvesAreRefused() {
    TestClient root = gate.root();
    assertThat(root.query("/*!50000 DO 1; DO 2 */").errno()).isIn(1064, 1235);
    assertThat(root.query("/*!50000 DO 1; DO */ 2").errno()).isIn(1064, 1235);
    assertThat(root.query("/*!50000 DO 1; */ DO 2").errno()).isIn(1064, 1235);
    assertThat(gate.backend.commands()).isEmpty();
    assertThat(root.query("/*!50000 DO 1 */; DO 2").results()).hasSize(2);
    assertThat(gate.backend.commands()).hasSize(2);
  }

  @Test
  void commentsBetweenStatementsAreNoStatements() {
    TestClient.Received received = gate.root().query("/* a */ DO 1; -- b; c\n ; DO 2 /* ; */; # d");
    assertThat(received.results()).hasSize(2);
    assertThat(gate.backend.commands()).hasSize(2);
  }

  @Test
  void manyStatementsInOneTextDoNotRecurse() {
    TestClient.Received received = gate.root().query("DO 1;".repeat(3000));
    assertThat(received.results()).hasSize(3000);
    assertThat(received.sequences().get(2999)).isEqualTo(3000 & 0xff);
  }

  // ---- other commands

  @Test
  void unknownAndUnofferedCommandsAreRefusedAndTheSessionGoesOn() {
    TestClient client = gate.root();
    client.send(0, new byte[] {(byte) 0x77, 1, 2});
    gate.pump();
    assertThat(client.receive().errno()).isEqualTo(1047);
    for (CommandByte command : CommandByte.values()) {
      if (!command.offered()) {
        assertThat(client.command(command, "x").errno()).as("%s", command).isEqualTo(1047);
      }
    }
    assertThat(gate.backend.commands()).isEmpty();
    client.query("DO 1").ok();
  }

  @Test
  void emptyPacketBreaksTheProtocol() {
    TestClient client = gate.root();
    client.send(0, new byte[0]);
    gate.pump();
    assertThat(client.receive().errno()).isEqualTo(1835);
    assertThat(client.isClosed()).isTrue();
  }

  @Test
  void pingIsTheBackendsWhereThereIsOne() {
    TestClient client = gate.root();
    client.command(CommandByte.PING).ok();
    assertThat(gate.backend.connections).isEmpty();
    client.query("DO 1").ok();
    client.command(CommandByte.PING).ok();
    assertThat(gate.backend.commands()).containsExactly("DO 1", "COM_PING");
  }

  @Test
  void statisticsAndQuitAreAnsweredHere() {
    TestClient client = gate.root();
    assertThat(new String(client.command(CommandByte.STATISTICS).last(), StandardCharsets.UTF_8))
        .startsWith("Uptime: 5  Threads: 1");
    client.begin(CommandByte.QUIT);
    assertThat(client.isClosed()).isTrue();
  }

  @Test
  void fieldListIsDecidedLikeDescribe() {
    TestClient client = gate.user("SELECT ON TABLE d.t", "CONNECT ON ACCOUNT *");
    client.query("USE d").ok();
    client.command(CommandByte.FIELD_LIST, "t\0");
    assertThat(gate.backend.last().text()).isEqualTo("COM_FIELD_LIST");
    assertThat(client.command(CommandByte.FIELD_LIST, "u\0").errno()).isIn(1142, 1146);
    assertThat(client.command(CommandByte.FIELD_LIST, "\0").errno()).isIn(1142, 1146);
    assertThat(gate.backend.commands()).containsExactly("USE d", "COM_FIELD_LIST");
  }

  @Test
  void resetConnectionStartsOver() {
    gate.administer(
        "CREATE ROLE a",
        "CREATE USER w IDENTIFIED BY 'pw' DEFAULT ROLE a",
        "GRANT a TO w",
        "CREATE ROLE b",
        "GRANT b TO w");
    TestClient client = gate.login("w", "pw");
    client.query("SET ROLE b").ok();
    client.query("SELECT CURRENT_ROLE()");
    assertThat(gate.backend.last().text()).contains("'b'");
    client.command(CommandByte.RESET_CONNECTION).ok();
    assertThat(gate.backend.connection().released).isTrue();
    client.query("SELECT CURRENT_ROLE()");
    assertThat(gate.backend.last().text()).contains("'a'");
    assertThat(gate.backend.connections).hasSize(2);
  }
}
