package io.portcullis.proxy.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.portcullis.proxy.wire.command.CommandDecoder;
import io.portcullis.proxy.wire.handshake.AuthMoreData;
import io.portcullis.proxy.wire.handshake.AuthSwitchRequest;
import io.portcullis.proxy.wire.handshake.ComChangeUser;
import io.portcullis.proxy.wire.handshake.HandshakeResponse41;
import io.portcullis.proxy.wire.handshake.HandshakeV10;
import io.portcullis.proxy.wire.message.ColumnDefinition41;
import io.portcullis.proxy.wire.message.EofPacket;
import io.portcullis.proxy.wire.message.ErrPacket;
import io.portcullis.proxy.wire.message.OkPacket;
import io.portcullis.proxy.wire.message.PrepareOk;
import io.portcullis.proxy.wire.message.QueryResultDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Random bytes, mostly with a plausible beginning: every decoder answers or refuses. */
class WireFuzzTest {
  private static final int ROUNDS = 4_000;

  private static final Map<String, BiConsumer<ByteBuf, Random>> DECODERS =
      Map.ofEntries(
          Map.entry("greeting", (in, random) -> HandshakeV10.decode(in)),
          Map.entry("login", (in, random) -> HandshakeResponse41.decode(in, random.nextLong())),
          Map.entry("change user", (in, random) -> ComChangeUser.decode(in, random.nextLong())),
          Map.entry("auth switch", (in, random) -> AuthSwitchRequest.decode(in)),
          Map.entry("auth data", (in, random) -> AuthMoreData.decode(in)),
          Map.entry("OK", (in, random) -> OkPacket.decode(in, random.nextLong())),
          Map.entry("ERR", (in, random) -> ErrPacket.decode(in)),
          Map.entry("EOF", (in, random) -> EofPacket.decode(in)),
          Map.entry("column", (in, random) -> ColumnDefinition41.decode(in, random.nextLong())),
          Map.entry("prepare", (in, random) -> PrepareOk.decode(in)),
          Map.entry("command", (in, random) -> CommandDecoder.decode(in, StandardCharsets.UTF_8)));

  @TestFactory
  Stream<DynamicTest> randomBytesAreDecodedOrRefused() {
    return DECODERS.entrySet().stream()
        .map(
            decoder ->
                DynamicTest.dynamicTest(
                    decoder.getKey(),
                    () -> {
                      Random random = new Random(decoder.getKey().hashCode());
                      for (int i = 0; i < ROUNDS; i++) {
                        byte[] bytes = bytes(random);
                        try {
                          decoder.getValue().accept(Unpooled.wrappedBuffer(bytes), random);
                        } catch (ProtocolException e) {
                          assertThat(e.getMessage()).isNotBlank();
                        }
                      }
                    }));
  }

  @Test
  void randomAnswersAreCollectedOrRefused() {
    Random random = new Random(11);
    for (int i = 0; i < ROUNDS; i++) {
      QueryResultDecoder decoder = new QueryResultDecoder(random.nextLong(), 10_000);
      try {
        for (int packet = 0; packet < 5; packet++) {
          if (decoder.accept(Unpooled.wrappedBuffer(bytes(random))).isPresent()) {
            break;
          }
        }
      } catch (ProtocolException e) {
        assertThat(e.getMessage()).isNotBlank();
      }
    }
  }

  @Test
  void randomStreamsAreFramedOrRefusedWithoutALeak() {
    Random random = new Random(12);
    TrackedBuffers buffers = new TrackedBuffers();
    for (int i = 0; i < 1_000; i++) {
      EmbeddedChannel channel = new EmbeddedChannel();
      channel.config().setAllocator(buffers.allocator());
      channel.pipeline().addLast(new PacketDecoder(300, 0));
      try {
        for (int part = 0; part < 8; part++) {
          channel.writeInbound(buffers.of(bytes(random)));
        }
      } catch (ProtocolException e) {
        assertThat(e.getMessage()).isNotBlank();
      }
      channel.finishAndReleaseAll();
    }
    buffers.assertNothingLeaked();
  }

  private static byte[] bytes(Random random) {
    byte[] bytes = new byte[random.nextInt(90)];
    random.nextBytes(bytes);
    for (int i = 0; i < bytes.length; i++) {
      if (random.nextInt(3) == 0) {
        bytes[i] = (byte) random.nextInt(12);
      } else if (random.nextInt(12) == 0) {
        bytes[i] = (byte) (0xfa + random.nextInt(6));
      }
    }
    int[] heads = {0, 1, 10, 0xfe, 0xff, random.nextInt(256)};
    if (bytes.length > 0) {
      bytes[0] = (byte) heads[random.nextInt(heads.length)];
    }
    return bytes;
  }
}
