package io.portcullis.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.portcullis.proxy.wire.command.CommandByte;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How a session ends that somebody else ends. */
final class EndedSessionTest {

  private final TestGate gate = new TestGate();

  @AfterEach
  void nothingIsLeft() {
    gate.close();
  }

  private void kill() {
    gate.session().kill(false);
    gate.pump();
  }

  @Test
  void anIdleClientReadsTheReasonAsTheAnswerToItsNextCommand() {
    TestClient client = gate.root();
    client.query("SELECT 1");
    client.query("SELECT 2").ok();
    kill();
    TestClient.Received last = client.receive();
    assertThat(last.errno()).isEqualTo(1317);
    assertThat(last.sequences()).containsExactly(1);
    assertThat(client.isClosed()).isTrue();
  }

  @Test
  void nothingIsPutIntoTheMiddleOfAnAnswer() {
    TestClient client = gate.root();
    client.query("SELECT 0").ok();
    gate.backend.stop();
    client.command(CommandByte.QUERY, "SELECT 1");
    ByteBuf half = gate.buffers.allocator().buffer();
    half.writeMediumLE(1000).writeByte(1).writeBytes(new byte[10]);
    gate.backend.connection().chunk(half);
    kill();
    StringBuilder sent = new StringBuilder();
    for (ByteBuf out = client.channel.readOutbound();
        out != null;
        out = client.channel.readOutbound()) {
      sent.append(out.toString(StandardCharsets.ISO_8859_1));
      out.release();
    }
    assertThat(sent.toString()).doesNotContain("interrupted");
    assertThat(client.isClosed()).isTrue();
    assertThat(gate.backend.connection().discarded).isTrue();
  }

  @Test
  void aClientThatDoesNotReadTheReasonIsClosedNevertheless() {
    TestClient client = gate.root();
    client
        .channel
        .pipeline()
        .addFirst(
            new ChannelOutboundHandlerAdapter() {
              @Override
              public void flush(ChannelHandlerContext context) {
                // the client's window is full
              }
            });
    kill();
    assertThat(client.isClosed()).isFalse();
    gate.pass(client, Duration.ofSeconds(6));
    assertThat(client.isClosed()).isTrue();
  }
}
