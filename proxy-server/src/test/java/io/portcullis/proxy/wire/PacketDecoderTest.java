package io.portcullis.proxy.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.portcullis.sql.text.ErrorCode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PacketDecoderTest {
  private final TrackedBuffers buffers = new TrackedBuffers();
  private final PacketDecoder decoder = new PacketDecoder(1000, 0);
  private final EmbeddedChannel channel = channel(decoder);

  @AfterEach
  void nothingIsLeft() {
    assertFalse(channel.finish());
    buffers.assertNothingLeaked();
  }

  private EmbeddedChannel channel(PacketDecoder handler) {
    EmbeddedChannel embedded = new EmbeddedChannel();
    embedded.config().setAllocator(buffers.allocator());
    embedded.pipeline().addLast(handler);
    return embedded;
  }

  private static byte[] frame(int sequence, int... payload) {
    byte[] frame = new byte[4 + payload.length];
    frame[0] = (byte) payload.length;
    frame[1] = (byte) (payload.length >> 8);
    frame[2] = (byte) (payload.length >> 16);
    frame[3] = (byte) sequence;
    for (int i = 0; i < payload.length; i++) {
      frame[4 + i] = (byte) payload[i];
    }
    return frame;
  }

  private static byte[] concat(byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    byte[] all = new byte[length];
    int at = 0;
    for (byte[] part : parts) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return all;
  }

  private void assertNext(int sequence, int... payload) {
    Packet packet = channel.readInbound();
    assertThat(packet).isNotNull();
    try {
      assertThat(packet.sequenceId()).isEqualTo(sequence);
      assertThat(packet.payloadLength()).isEqualTo(payload.length);
      ByteBuf view = packet.payload();
      for (int value : payload) {
        assertThat(view.readUnsignedByte()).isEqualTo((short) value);
      }
      assertThat(view.isReadable()).isFalse();
      byte[] framed = new byte[packet.framed().readableBytes()];
      packet.framed().getBytes(packet.framed().readerIndex(), framed);
      assertThat(framed).isEqualTo(frame(sequence, payload));
    } finally {
      packet.release();
    }
  }

  @Test
  void wholePacketPassesWithItsHeader() {
    channel.writeInbound(buffers.of(frame(0, 3, 'x')));

    assertNext(0, 3, 'x');
  }

  /** No chunk ends where a packet does, so that something is left to be read at any time. */
  @Test
  void whatWasReadDoesNotStayWhileMoreComesWithoutAPause() {
    decoder.enterCommandPhase();
    byte[] frame = frame(0, new int[500]);
    byte[] stream = new byte[frame.length * 2000];
    for (int i = 0; i < stream.length; i++) {
      stream[i] = frame[i % frame.length];
    }
    int largest = 0;
    int chunk = 700;
    for (int at = 0; at < stream.length; at += chunk) {
      byte[] part = Arrays.copyOfRange(stream, at, Math.min(at + chunk, stream.length));
      channel.writeInbound(buffers.of(part));
      for (Packet next = channel.readInbound(); next != null; next = channel.readInbound()) {
        largest = Math.max(largest, next.framed().unwrap().capacity());
        next.release();
      }
    }
    assertThat(largest).isBetween(1, 16 * 1024);
  }

  @Test
  void packetMayComeByteByByte() {
    for (byte b : frame(0, 3, 'a', 'b')) {
      assertThat((Packet) channel.readInbound()).isNull();
      channel.writeInbound(buffers.of(new byte[] {b}));
    }

    assertNext(0, 3, 'a', 'b');
  }

  @Test
  void twoAtOnceAreTwo() {
    channel.writeInbound(buffers.of(concat(frame(0, 1), frame(1, 2))));

    assertNext(0, 1);
    assertNext(1, 2);
  }

  @Test
  void emptyPacketIsAPacket() {
    channel.writeInbound(buffers.of(frame(0)));

    assertNext(0);
  }

  @Test
  void truncatedAtEachOffsetIsNothing() {
    byte[] whole = frame(0, 3, 'a', 'b', 'c');
    for (int length = 0; length < whole.length; length++) {
      EmbeddedChannel cut = channel(new PacketDecoder(1000, 0));
      cut.writeInbound(buffers.of(java.util.Arrays.copyOf(whole, length)));
      assertFalse(cut.finish());
    }
  }

  @Test
  void packetOfTheLimitPassesAndOneByteMoreDoesNot() {
    decoder.limit(2);
    channel.writeInbound(buffers.of(frame(0, 1, 2)));
    assertNext(0, 1, 2);

    assertThatThrownBy(() -> channel.writeInbound(buffers.of(frame(1, 1, 2, 3))))
        .isInstanceOfSatisfying(
            ProtocolException.class,
            e -> assertThat(e.error()).isEqualTo(ErrorCode.ER_NET_PACKET_TOO_LARGE.error()));
  }

  @Test
  void tooLargeIsRefusedFromTheHeaderAlone() {
    assertThatThrownBy(
            () -> channel.writeInbound(buffers.of(new byte[] {(byte) 0xff, (byte) 0xff, 0, 0})))
        .isInstanceOf(ProtocolException.class);
  }

  @Test
  void afterAFailureEverythingIsDiscarded() {
    assertThatThrownBy(() -> channel.writeInbound(buffers.of(frame(5, 1))))
        .isInstanceOfSatisfying(
            ProtocolException.class,
            e -> assertThat(e.error()).isEqualTo(ErrorCode.ER_NET_PACKETS_OUT_OF_ORDER.error()));

    channel.writeInbound(buffers.of(frame(0, 1)));

    assertThat((Packet) channel.readInbound()).isNull();
  }

  @Test
  void goodPacketBeforeABadOneIsDelivered() {
    assertThatThrownBy(() -> channel.writeInbound(buffers.of(concat(frame(0, 1), frame(0, 2)))))
        .isInstanceOf(ProtocolException.class);

    assertNext(0, 1);
  }

  @Test
  void commandsStartAtZeroAndExchangesGoOn() {
    decoder.enterCommandPhase();
    channel.writeInbound(buffers.of(concat(frame(0, 3), frame(0, 4))));
    assertNext(0, 3);
    assertNext(0, 4);

    decoder.expectSequence(2);
    channel.writeInbound(buffers.of(concat(frame(2, 9), frame(0, 3))));
    assertNext(2, 9);
    assertNext(0, 3);
  }

  @Test
  void sequenceIdsWrap() {
    decoder.expectSequence(255);
    channel.writeInbound(buffers.of(concat(frame(255, 1), frame(0, 2))));

    assertNext(255, 1);
    assertNext(0, 2);
  }

  @Test
  void splitPacketIsJoined() {
    decoder.limit(PacketFraming.MAX_FRAME_PAYLOAD * 2);
    byte[] first = new byte[4 + PacketFraming.MAX_FRAME_PAYLOAD];
    first[0] = first[1] = first[2] = (byte) 0xff;
    first[4] = 3;
    first[first.length - 1] = 7;
    channel.writeInbound(buffers.of(first));
    assertThat((Packet) channel.readInbound()).isNull();

    channel.writeInbound(buffers.of(frame(1, 8, 9)));

    Packet packet = channel.readInbound();
    assertThat(packet.split()).isTrue();
    assertThat(packet.sequenceId()).isEqualTo(1);
    assertThat(packet.payloadLength()).isEqualTo(PacketFraming.MAX_FRAME_PAYLOAD + 2);
    ByteBuf payload = packet.payload();
    assertThat(payload.readableBytes()).isEqualTo(packet.payloadLength());
    assertThat(payload.getByte(0)).isEqualTo((byte) 3);
    assertThat(payload.getMedium(PacketFraming.MAX_FRAME_PAYLOAD - 1)).isEqualTo(0x070809);
    assertThat(packet.framed().readableBytes()).isEqualTo(packet.payloadLength() + 8);
    packet.release();
  }

  @Test
  void splitPacketEndsWithAnEmptyFrame() {
    decoder.limit(PacketFraming.MAX_FRAME_PAYLOAD);
    byte[] first = new byte[4 + PacketFraming.MAX_FRAME_PAYLOAD];
    first[0] = first[1] = first[2] = (byte) 0xff;
    channel.writeInbound(buffers.of(concat(first, frame(1))));

    Packet packet = channel.readInbound();
    assertThat(packet.payloadLength()).isEqualTo(PacketFraming.MAX_FRAME_PAYLOAD);
    assertThat(packet.payload().readableBytes()).isEqualTo(PacketFraming.MAX_FRAME_PAYLOAD);
    packet.release();
  }

  @Test
  void splitPacketOverTheLimitIsRefused() {
    decoder.limit(PacketFraming.MAX_FRAME_PAYLOAD + 1);
    byte[] first = new byte[4 + PacketFraming.MAX_FRAME_PAYLOAD];
    first[0] = first[1] = first[2] = (byte) 0xff;

    assertThatThrownBy(() -> channel.writeInbound(buffers.of(concat(first, frame(1, 8, 9)))))
        .isInstanceOf(ProtocolException.class);
  }

  @Test
  void nothingPassesWhileHeld() {
    List<Integer> seen = new ArrayList<>();
    channel
        .pipeline()
        .addLast(
            new ChannelInboundHandlerAdapter() {
              @Override
              public void channelRead(ChannelHandlerContext ctx, Object message) {
                Packet packet = (Packet) message;
                seen.add(packet.sequenceId());
                packet.release();
                decoder.hold();
              }
            });
    channel.writeInbound(buffers.of(concat(frame(0, 1), frame(1, 2), frame(2, 3))));
    assertThat(seen).containsExactly(0);

    decoder.resume();
    assertThat(seen).containsExactly(0, 1);

    decoder.resume();
    assertThat(seen).containsExactly(0, 1, 2);
  }

  @Test
  void resumeFromWithinDoesNotNest() {
    List<Integer> seen = new ArrayList<>();
    channel
        .pipeline()
        .addLast(
            new ChannelInboundHandlerAdapter() {
              @Override
              public void channelRead(ChannelHandlerContext ctx, Object message) {
                Packet packet = (Packet) message;
                decoder.hold();
                decoder.resume();
                seen.add(packet.sequenceId());
                packet.release();
              }
            });

    channel.writeInbound(buffers.of(concat(frame(0, 1), frame(1, 2), frame(2, 3))));

    assertThat(seen).containsExactly(0, 1, 2);
  }

  @Test
  void readingStopsWhenMuchWaitsAndGoesOnAfterwards() {
    decoder.limit(1 << 20);
    decoder.hold();
    channel.writeInbound(buffers.of(frame(0, 1)));
    assertThat(channel.config().isAutoRead()).isTrue();

    channel.writeInbound(buffers.of(frame(1, new int[70_000])));
    assertThat(channel.config().isAutoRead()).isFalse();

    decoder.resume();
    assertThat(channel.config().isAutoRead()).isTrue();
    assertNext(0, 1);
    ((Packet) channel.readInbound()).release();
  }

  @Test
  void bytesAfterAnSslRequestAreTakenNotDecoded() {
    List<byte[]> rest = new ArrayList<>();
    channel
        .pipeline()
        .addLast(
            new ChannelInboundHandlerAdapter() {
              @Override
              public void channelRead(ChannelHandlerContext ctx, Object message) {
                ((Packet) message).release();
                rest.add(TrackedBuffers.bytes(decoder.takeBuffered(ctx)));
              }
            });

    channel.writeInbound(buffers.of(concat(frame(0, 1), new byte[] {22, 3, 1})));

    assertThat(rest).singleElement().isEqualTo(new byte[] {22, 3, 1});
  }

  @Test
  void removedDecoderPassesOnWhatItHas() {
    channel.writeInbound(buffers.of(new byte[] {9, 0}));

    channel.pipeline().remove(decoder);

    assertThat(TrackedBuffers.bytes(channel.readInbound())).isEqualTo(new byte[] {9, 0});
  }
}
