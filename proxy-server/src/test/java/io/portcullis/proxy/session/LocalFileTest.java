package io.portcullis.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.proxy.wire.CapabilityFlags;
import io.portcullis.proxy.wire.StatusFlags;
import io.portcullis.proxy.wire.command.CommandByte;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** LOAD DATA LOCAL: who may, which file, and what becomes of one that is cut off. */
final class LocalFileTest {

  private static final String LOAD = "LOAD DATA LOCAL INFILE 'f.csv' INTO TABLE d.t";
  private static final byte[] EMPTY = {};

  private final TestGate gate = new TestGate();

  @AfterEach
  void nothingIsLeft() {
    gate.close();
  }

  private TestClient user(String... grants) {
    gate.administer(
        "CREATE ROLE r", "CREATE USER u IDENTIFIED BY 'pw' DEFAULT ROLE r", "GRANT r TO u");
    for (String grant : grants) {
      gate.administer("GRANT " + grant + " TO ROLE r");
    }
    TestClient client = gate.connect();
    client
        .login(
            "u",
            "pw",
            Optional.empty(),
            TestClient.UTF8MB4,
            TestClient.CAPABILITIES | CapabilityFlags.LOCAL_FILES)
        .ok();
    return client;
  }

  private TestClient loading(String sql) {
    TestClient client = user("INSERT ON TABLE d.t");
    client.query("DO 0").ok();
    gate.backend.stop();
    client.begin(sql);
    assertThat(gate.backend.last().shape()).isEqualTo(CommandShape.LOAD_LOCAL);
    return client;
  }

  private TestClient asked() {
    TestClient client = loading(LOAD);
    gate.backend.connection().ask("f.csv");
    TestClient.Received request = client.receive();
    assertThat(new String(request.last(), StandardCharsets.ISO_8859_1)).isEqualTo("\u00fbf.csv");
    assertThat(request.sequences()).containsExactly(1);
    return client;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void theFileGoesToTheBackendAsItCame() {
    TestClient client = asked();
    ScriptedBackend.Connection backend = gate.backend.connection();
    client.send(2, bytes("one"));
    client.send(3, bytes("two"));
    client.send(4, EMPTY);
    assertThat(backend.file).containsExactly(bytes("one"), bytes("two"), EMPTY);
    assertThat(backend.fileSequences).containsExactly(2, 3, 4);
    assertThat(client.receive().payloads()).isEmpty();
    backend.finish(Answer.ok());
    client.receive().ok();
    gate.backend.start();
    gate.pump();
    client.query("DO 1").ok();
  }

  @Test
  void sequenceIdsWrapAround() {
    TestClient client = asked();
    for (int i = 0; i < 600; i++) {
      client.send((2 + i) & 0xff, bytes("x"));
    }
    client.send(602 & 0xff, EMPTY);
    assertThat(gate.backend.connection().file).hasSize(601);
    gate.backend.connection().finish(Answer.ok());
    client.receive().ok();
  }

  @Test
  void insertIsNeededAndWithReplaceDelete() {
    TestClient client = user("SELECT ON TABLE d.t");
    assertThat(client.query(LOAD).errno()).isEqualTo(1142);
    gate.administer("GRANT INSERT ON TABLE d.t TO ROLE r");
    String replacing = "LOAD DATA LOCAL INFILE 'f.csv' REPLACE INTO TABLE d.t";
    TestClient.Received refused = client.query(replacing);
    assertThat(refused.error().message()).contains("DELETE");
    assertThat(client.query(LOAD + " SET a = (SELECT MAX(a) FROM d.u)").errno()).isEqualTo(1142);
    assertThat(gate.backend.connections).isEmpty();
    gate.administer("GRANT DELETE ON TABLE d.t TO ROLE r");
    client.query(replacing).ok();
  }

  @Test
  void aClientThatDidNotOfferFilesIsToldSo() {
    TestClient client = gate.user("INSERT ON TABLE d.t");
    assertThat(client.query(LOAD).errno()).isEqualTo(3948);
    client.query("INSERT INTO d.t VALUES (1)").ok();
  }

  @Test
  void isNotPrepared() {
    TestClient client = user("INSERT ON TABLE d.t");
    assertThat(client.command(CommandByte.STMT_PREPARE, LOAD).errno()).isEqualTo(1295);
  }

  @Test
  void anotherFileThanTheStatementNamesIsNotAskedFor() {
    TestClient client = loading(LOAD);
    gate.backend.connection().ask("/etc/passwd");
    TestClient.Received answer = client.receive();
    assertThat(answer.payloads()).hasSize(1);
    assertThat(answer.error().message()).contains("another file");
    assertThat(gate.backend.connection().discarded).isTrue();
    assertThat(client.isClosed()).isFalse();
  }

  @Test
  void namesWithEscapesAreTheBytesTheServerMeans() {
    TestClient client = loading("LOAD DATA LOCAL INFILE 'a''b\\\\c\u00e9' INTO TABLE d.t");
    gate.backend.connection().ask("a'b\\c\u00e9");
    assertThat(client.receive().last()[0]).isEqualTo((byte) 0xfb);
    client.send(2, EMPTY);
    gate.backend.connection().finish(Answer.ok());
    client.receive().ok();
  }

  @Test
  void anErrorOfTheBackendAtOnceEndsIt() {
    TestClient client = loading(LOAD);
    gate.backend.connection().finish(Answer.error(1146, "no such table"));
    assertThat(client.receive().errno()).isEqualTo(1146);
  }

  @Test
  void aBackendThatTakesNoMoreStopsTheClient() {
    TestClient client = asked();
    ScriptedBackend.Connection backend = gate.backend.connection();
    backend.full = true;
    client.send(2, bytes("one"));
    client.send(3, bytes("two"));
    assertThat(backend.file).containsExactly(bytes("one"));
    backend.drained();
    assertThat(backend.file).containsExactly(bytes("one"), bytes("two"));
    client.send(4, EMPTY);
    backend.finish(Answer.ok());
    client.receive().ok();
  }

  @Test
  void aRevokeInTheMiddleBites() {
    TestClient client = user("INSERT ON TABLE d.t");
    TestClient root = gate.root();
    root.query("DO 0").ok(); // has its connection while the backend is stopped
    client.query("DO 0").ok();
    gate.backend.stop();
    client.begin(LOAD);
    ScriptedBackend.Connection backend = gate.backend.connection();
    backend.ask("f.csv");
    assertThat(client.receive().payloads()).hasSize(1);
    client.send(2, bytes("one"));
    root.query("REVOKE INSERT ON TABLE d.t FROM ROLE r").ok();
    assertThat(backend.discarded).isTrue();
    client.send(3, bytes("two"));
    assertThat(backend.file).containsExactly(bytes("one"));
    assertThat(client.receive().payloads()).isEmpty();
    client.send(4, EMPTY);
    TestClient.Received answer = client.receive();
    assertThat(answer.errno()).isEqualTo(1317);
    assertThat(answer.sequences()).containsExactly(5);
    gate.backend.start();
    assertThat(client.query("DO 1").isOk()).isTrue();
    assertThat(client.query(LOAD).errno()).isEqualTo(1142);
  }

  @Test
  void aLostBackendIsToldWhenTheFileIsSent() {
    TestClient client = asked();
    client.send(2, bytes("one"));
    gate.backend.connection().lose();
    client.send(3, bytes("two"));
    assertThat(client.receive().payloads()).isEmpty();
    client.send(4, EMPTY);
    TestClient.Received answer = client.receive();
    assertThat(answer.errno()).isEqualTo(2013);
    assertThat(answer.sequences()).containsExactly(5);
  }

  @Test
  void aClientThatGoesTakesTheConnectionWithIt() {
    TestClient client = asked();
    client.send(2, bytes("one"));
    client.disconnect();
    assertThat(gate.backend.connection().discarded).isTrue();
  }

  @Test
  void packetsOfTheFileAreCounted() {
    TestClient client = asked();
    client.send(7, bytes("one"));
    assertThat(client.receive().errno()).isEqualTo(1156);
    assertThat(client.isClosed()).isTrue();
    assertThat(gate.backend.connection().file).isEmpty();
  }

  @Test
  void inATextOfSeveralSequenceIdsAreTheClients() {
    TestClient client = loadingSecond();
    ScriptedBackend.Connection backend = gate.backend.connection();
    backend.ask("f.csv");
    assertThat(client.receive().sequences()).containsExactly(2);
    client.send(3, bytes("one"));
    client.send(4, EMPTY);
    assertThat(backend.fileSequences).containsExactly(2, 3);
    gate.backend.on("DO 2", Answer.ok(StatusFlags.AUTOCOMMIT));
    backend.finish(Answer.ok());
    gate.backend.start();
    gate.pump();
    assertThat(client.receive().results()).hasSize(2);
  }

  private TestClient loadingSecond() {
    TestClient client = user("INSERT ON TABLE d.t");
    client.query("DO 0").ok();
    gate.backend.on("DO 1", gate.backend::stop);
    client.begin("DO 1; " + LOAD + "; DO 2");
    assertThat(client.receive().sequences()).containsExactly(1);
    assertThat(gate.backend.last().shape()).isEqualTo(CommandShape.LOAD_LOCAL);
    return client;
  }
}
