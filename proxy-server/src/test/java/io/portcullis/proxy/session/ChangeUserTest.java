package io.portcullis.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.portcullis.proxy.auth.AuthPlugins;
import io.portcullis.proxy.auth.ClientAuthentication;
import io.portcullis.proxy.wire.AuthData;
import io.portcullis.proxy.wire.command.CommandByte;
import io.portcullis.proxy.wire.handshake.HandshakeV10;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** COM_CHANGE_USER: everything of the user before is gone, or the connection is. */
final class ChangeUserTest {

  private TestGate gate = new TestGate();

  @AfterEach
  void nothingIsLeft() {
    gate.close();
  }

  private TestClient.Received changeUser(TestClient client, String user, String password) {
    ByteBuf packet = Unpooled.buffer();
    packet.writeByte(CommandByte.CHANGE_USER.code());
    packet.writeCharSequence(user + "\0", StandardCharsets.UTF_8);
    packet.writeByte(0); // no answer yet
    packet.writeByte(0); // no database
    packet.writeShortLE(TestClient.UTF8MB4);
    packet.writeCharSequence("\0", StandardCharsets.UTF_8);
    HandshakeV10 unused =
        new HandshakeV10(
            "8",
            1,
            AuthData.of(new byte[20]),
            TestClient.CAPABILITIES,
            TestClient.UTF8MB4,
            0,
            AuthPlugins.CACHING_SHA2_PASSWORD);
    try (ClientAuthentication authentication =
        new ClientAuthentication(
            unused,
            password.getBytes(StandardCharsets.UTF_8),
            false,
            Optional.empty(),
            true,
            UnpooledByteBufAllocator.DEFAULT)) {
      return client.authenticate(authentication, 0, packet);
    }
  }

  @Test
  void nothingOfTheUserBeforeIsLeft() {
    gate.backend.on("COM_STMT_PREPARE", Answer.prepared(1));
    gate.administer("CREATE USER w IDENTIFIED BY 'pw'");
    TestClient client = gate.root();
    client.query("USE d").ok();
    client.query("CREATE TEMPORARY TABLE d.t (a INT)").ok();
    client.command(CommandByte.STMT_PREPARE, "SELECT a FROM d.u");
    ScriptedBackend.Connection before = gate.backend.connection();

    assertThat(changeUser(client, "w", "pw").payloads()).isNotEmpty();

    assertThat(before.released).isTrue();
    assertThat(client.query("SELECT a FROM d.t").errno()).isEqualTo(1142);
    assertThat(client.query("SELECT a FROM t").errno()).isEqualTo(1046);
    assertThat(client.statement(CommandByte.STMT_EXECUTE, 1).errno()).isEqualTo(1243);
    assertThat(client.query("SHOW PROCESSLIST").rows().get(0).get(1)).isEqualTo("w");
  }

  @Test
  void sessionCountsForTheUserItIsNow() {
    gate.close();
    gate = new TestGate(TestGate.Options.with(new SessionLimits(100, 0, 1)));
    gate.administer("CREATE USER w IDENTIFIED BY 'pw'");
    TestClient client = gate.root();
    changeUser(client, "w", "pw");
    TestClient root = gate.root();
    assertThat(changeUser(root, "w", "pw").errno()).isEqualTo(1203);
    assertThat(root.isClosed()).isTrue();
    client.disconnect();
    gate.login("w", "pw");
  }

  @Test
  void wrongPasswordEndsTheConnection() {
    TestClient client = gate.root();
    client.query("DO 1").ok();
    assertThat(changeUser(client, "root", "wrong").errno()).isEqualTo(1045);
    assertThat(client.isClosed()).isTrue();
  }

  @Test
  void packetCutShortBreaksTheProtocol() {
    TestClient client = gate.root();
    assertThat(client.command(CommandByte.CHANGE_USER, "w").errno()).isEqualTo(1835);
    assertThat(client.isClosed()).isTrue();
  }
}
