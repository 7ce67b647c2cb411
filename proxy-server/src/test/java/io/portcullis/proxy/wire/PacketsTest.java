package io.portcullis.proxy.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PacketsTest {
  private final TrackedBuffers buffers = new TrackedBuffers();

  @AfterEach
  void nothingIsLeft() {
    buffers.assertNothingLeaked();
  }

  @Test
  void headerIsLengthAndSequence() {
    ByteBuf framed = Packets.frame(buffers.allocator(), buffers.of(new byte[] {1, 2}), 7);

    assertThat(TrackedBuffers.bytes(framed)).isEqualTo(new byte[] {2, 0, 0, 7, 1, 2});
  }

  @Test
  void sequenceAfterIsThatOfTheLastFrame() {
    ByteBuf out = buffers.allocator().heapBuffer();
    ByteBuf payload = buffers.of(new byte[] {1});
    assertThat(Packets.append(out, payload, 254)).isEqualTo(255);
    assertThat(Packets.append(out, payload, 255)).isEqualTo(0);

    assertThat(PacketFraming.sequenceAfter(out)).isEqualTo(0);
    payload.release();
    out.release();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 0xfffffe, 0xffffff, 0x1000000, 0x1fffffd, 0x1fffffe, 0x1ffffff})
  void whatIsSplitIsJoinedAgain(int length) {
    byte[] payload = new byte[length];
    new Random(length).nextBytes(payload);
    PacketDecoder decoder = new PacketDecoder(Integer.MAX_VALUE, 250);
    EmbeddedChannel channel = new EmbeddedChannel();
    channel.config().setAllocator(buffers.allocator());
    channel.pipeline().addLast(decoder);

    ByteBuf framed = Packets.frame(buffers.allocator(), buffers.of(payload), 250);
    int next = PacketFraming.sequenceAfter(framed);
    channel.writeInbound(framed);

    Packet packet = channel.readInbound();
    ByteBuf view = packet.payload();
    byte[] joined = new byte[view.readableBytes()];
    view.readBytes(joined);
    assertThat(Arrays.equals(joined, payload)).isTrue();
    assertThat(packet.payloadLength()).isEqualTo(length);
    assertThat(PacketFraming.next(packet.sequenceId())).isEqualTo(next);
    packet.release();
    assertThat(channel.finish()).isFalse();
  }

  @Test
  void severalPacketsInOneBufferKeepTheirOrder() {
    ByteBuf out = buffers.allocator().heapBuffer();
    int sequence = 0;
    for (int value : List.of(5, 6)) {
      int begin = Packets.begin(out);
      out.writeByte(value);
      sequence = Packets.end(out, begin, sequence);
    }

    assertThat(TrackedBuffers.bytes(out)).isEqualTo(new byte[] {1, 0, 0, 0, 5, 1, 0, 0, 1, 6});
  }
}
