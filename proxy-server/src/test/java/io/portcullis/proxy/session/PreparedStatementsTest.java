package io.portcullis.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.proxy.wire.command.CommandByte;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class PreparedStatementsTest {

  private final TestGate gate = new TestGate();

  @AfterEach
  void nothingIsLeft() {
    gate.close();
  }

  private static final String SELECT = "SELECT a FROM d.t WHERE b = ?";
  private static final int ID = 7;

  private TestClient prepared(String sql) {
    gate.backend.on("COM_STMT_PREPARE", Answer.prepared(ID));
    TestClient client = gate.user("SELECT ON TABLE d.t");
    assertThat(client.command(CommandByte.STMT_PREPARE, sql).payloads().get(0)[0]).isZero();
    return client;
  }

  private TestClient prepared() {
    return prepared(SELECT);
  }

  @Test
  void preparedStatementIsExecutedFetchedResetAndClosed() {
    TestClient client = prepared();
    assertThat(client.statement(CommandByte.STMT_EXECUTE, ID).isOk()).isTrue();
    assertThat(client.statement(CommandByte.STMT_FETCH, ID).isOk()).isTrue();
    assertThat(client.statement(CommandByte.STMT_SEND_LONG_DATA, ID).payloads()).isEmpty();
    assertThat(client.statement(CommandByte.STMT_RESET, ID).isOk()).isTrue();
    assertThat(client.statement(CommandByte.STMT_CLOSE, ID).payloads()).isEmpty();
    assertThat(gate.backend.commands())
        .containsExactly(
            "COM_STMT_PREPARE",
            "COM_STMT_EXECUTE",
            "COM_STMT_FETCH",
            "COM_STMT_SEND_LONG_DATA",
            "COM_STMT_RESET",
            "COM_STMT_CLOSE");
    assertThat(client.statement(CommandByte.STMT_EXECUTE, ID).errno()).isEqualTo(1243);
  }

  @Test
  void unknownHandlesAreRefusedHere() {
    TestClient client = prepared();
    for (CommandByte command :
        new CommandByte[] {
          CommandByte.STMT_EXECUTE, CommandByte.STMT_FETCH, CommandByte.STMT_RESET
        }) {
      assertThat(client.statement(command, 8).errno()).as("%s", command).isEqualTo(1243);
    }
    assertThat(client.statement(CommandByte.STMT_CLOSE, 8).payloads()).isEmpty();
    assertThat(client.statement(CommandByte.STMT_SEND_LONG_DATA, 8).payloads()).isEmpty();
    assertThat(gate.backend.commands()).containsExactly("COM_STMT_PREPARE");
  }

  @Test
  void refusedStatementIsNotPrepared() {
    TestClient client = gate.user();
    assertThat(client.command(CommandByte.STMT_PREPARE, SELECT).errno()).isEqualTo(1142);
    assertThat(client.command(CommandByte.STMT_PREPARE, "").errno()).isEqualTo(1065);
    assertThat(client.command(CommandByte.STMT_PREPARE, "DO 1; DO 2").errno()).isEqualTo(1064);
    assertThat(gate.backend.commands()).isEmpty();
  }

  @Test
  void whatTheGateAnswersItselfIsNotPrepared() {
    TestClient client = gate.root();
    for (String local :
        new String[] {"SHOW DATABASES", "CREATE ROLE x", "SHOW WARNINGS", "KILL 1", "USE d"}) {
      assertThat(client.command(CommandByte.STMT_PREPARE, local).errno()).as(local).isEqualTo(1295);
    }
    assertThat(gate.backend.commands()).isEmpty();
  }

  @Test
  void failedPrepareLeavesNoHandle() {
    gate.backend.on("COM_STMT_PREPARE", Answer.error(1146, "no such table"));
    TestClient client = gate.root();
    assertThat(client.command(CommandByte.STMT_PREPARE, SELECT).errno()).isEqualTo(1146);
    assertThat(client.statement(CommandByte.STMT_EXECUTE, ID).errno()).isEqualTo(1243);
  }

  @Test
  void executionAndFetchAreDecidedAgainAfterARevoke() {
    TestClient root = gate.root();
    TestClient client = prepared();
    client.statement(CommandByte.STMT_EXECUTE, ID).ok();
    client.statement(CommandByte.STMT_EXECUTE, ID).ok();
    root.query("REVOKE SELECT ON TABLE d.t FROM ROLE r").ok();
    assertThat(client.statement(CommandByte.STMT_FETCH, ID).errno()).isEqualTo(1142);
    assertThat(client.statement(CommandByte.STMT_EXECUTE, ID).errno()).isEqualTo(1142);
    root.query("GRANT SELECT ON TABLE d.t TO ROLE r").ok();
    assertThat(client.statement(CommandByte.STMT_EXECUTE, ID).isOk()).isTrue();
    assertThat(client.statement(CommandByte.STMT_FETCH, ID).isOk()).isTrue();
  }

  @Test
  void handleOfAnotherModeIsRefused() {
    TestClient client = prepared();
    String set = "SET sql_mode = 'ANSI_QUOTES'";
    gate.backend.on(set, () -> gate.backend.sqlMode = "ANSI_QUOTES");
    client.query(set).ok();
    assertThat(client.statement(CommandByte.STMT_EXECUTE, ID).errno()).isEqualTo(1235);
    assertThat(client.statement(CommandByte.STMT_FETCH, ID).errno()).isEqualTo(1235);
    assertThat(client.statement(CommandByte.STMT_CLOSE, ID).payloads()).isEmpty();
    assertThat(gate.backend.last().text()).isEqualTo("COM_STMT_CLOSE");
  }

  @Test
  void unqualifiedNamesStayBoundWhereTheyWerePrepared() {
    gate.backend.on("COM_STMT_PREPARE", Answer.prepared(ID));
    TestClient client =
        gate.user("SELECT ON TABLE d.t", "CONNECT ON ACCOUNT *", "SHOW TABLES ON DATABASE e");
    client.query("USE d").ok();
    assertThat(client.command(CommandByte.STMT_PREPARE, "SELECT a FROM t").payloads()).isNotEmpty();
    client.query("USE e").ok();
    assertThat(client.statement(CommandByte.STMT_EXECUTE, ID).isOk()).isTrue();
    assertThat(client.query("SELECT a FROM t").errno()).isEqualTo(1142);
  }

  @Test
  void handlesGoWithTheirConnection() {
    TestClient client = prepared();
    gate.backend.connection().breakAtNextCommand();
    assertThat(client.query("DO 1").errno()).isEqualTo(2013);
    client.query("DO 2").ok();
    assertThat(client.statement(CommandByte.STMT_EXECUTE, ID).errno()).isEqualTo(1243);
    assertThat(gate.backend.commands()).doesNotContain("COM_STMT_EXECUTE");
  }

  @Test
  void shortExecuteBreaksTheProtocol() {
    TestClient client = prepared();
    assertThat(client.command(CommandByte.STMT_EXECUTE, (byte) ID).errno()).isEqualTo(1835);
    assertThat(client.isClosed()).isTrue();
  }

  @Test
  void setStatementExecutedChangesTheModeOfReading() {
    TestClient client = prepared("SET sql_mode = 'ANSI_QUOTES'");
    gate.backend.on("COM_STMT_EXECUTE", () -> gate.backend.sqlMode = "ANSI_QUOTES");
    client.statement(CommandByte.STMT_EXECUTE, ID).ok();
    assertThat(client.query("SELECT a FROM d.\"u\"").errno()).isEqualTo(1142);
  }
}
