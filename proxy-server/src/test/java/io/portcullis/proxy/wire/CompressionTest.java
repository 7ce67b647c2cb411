package io.portcullis.proxy.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.portcullis.sql.text.ErrorCode;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Both directions of the compressed protocol, in one pipeline as the listener builds it. */
class CompressionTest {
  private static final int LIMIT = 200_000;

  private final TrackedBuffers buffers = new TrackedBuffers();
  private final PacketDecoder decoder = new PacketDecoder(LIMIT, 0);
  private final EmbeddedChannel channel = new EmbeddedChannel();

  @BeforeEach
  void start() {
    channel.config().setAllocator(buffers.allocator());
    channel.pipeline().addLast(decoder);
    decoder.enterCommandPhase();
    decoder.startCompression(CompressionAlgorithm.ZLIB);
  }

  @AfterEach
  void nothingIsLeft() {
    assertFalse(channel.finish());
    buffers.assertNothingLeaked();
  }

  private static byte[] packet(int sequence, byte[] payload) {
    ByteBuf out = Unpooled.buffer();
    out.writeMediumLE(payload.length).writeByte(sequence).writeBytes(payload);
    return bytes(out);
  }

  private static byte[] text(char c, int length) {
    byte[] text = new byte[length];
    Arrays.fill(text, (byte) c);
    return text;
  }

  private static byte[] plain(int sequence, byte[] content) {
    ByteBuf out = Unpooled.buffer();
    out.writeMediumLE(content.length).writeByte(sequence).writeMediumLE(0).writeBytes(content);
    return bytes(out);
  }

  private static byte[] zlib(int sequence, byte[] content) {
    return zlib(sequence, content, content.length);
  }

  private static byte[] zlib(int sequence, byte[] content, int declared) {
    byte[] deflated = deflate(content);
    ByteBuf out = Unpooled.buffer();
    out.writeMediumLE(deflated.length).writeByte(sequence).writeMediumLE(declared);
    out.writeBytes(deflated);
    return bytes(out);
  }

  private static byte[] deflate(byte[] content) {
    Deflater deflater = new Deflater();
    deflater.setInput(content);
    deflater.finish();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] buffer = new byte[8192];
    while (!deflater.finished()) {
      out.write(buffer, 0, deflater.deflate(buffer));
    }
    deflater.end();
    return out.toByteArray();
  }

  private static byte[] bytes(ByteBuf buffer) {
    byte[] bytes = new byte[buffer.readableBytes()];
    buffer.readBytes(bytes);
    buffer.release();
    return bytes;
  }

  private static byte[] concat(byte[]... parts) {
    return bytes(Unpooled.wrappedBuffer(parts));
  }

  private byte[] payload() {
    Packet packet = channel.readInbound();
    assertThat(packet).as("packet").isNotNull();
    try {
      byte[] payload = new byte[packet.payloadLength()];
      packet.payload().readBytes(payload);
      return payload;
    } finally {
      packet.release();
    }
  }

  private ProtocolException refusal(byte[] in) {
    return catchThrowableOfType(
        ProtocolException.class,
        () -> {
          channel.writeInbound(buffers.of(in));
          channel.checkException();
        });
  }

  @Test
  void packetArrivesCompressedAndNot() {
    channel.writeInbound(buffers.of(zlib(0, packet(0, text('a', 5000)))));
    assertThat(payload()).isEqualTo(text('a', 5000));
    channel.writeInbound(buffers.of(plain(0, packet(0, text('b', 10)))));
    assertThat(payload()).isEqualTo(text('b', 10));
  }

  @Test
  void packetMayComeByteByByte() {
    byte[] compressed = zlib(0, packet(0, text('a', 300)));
    for (byte b : compressed) {
      assertThat((Packet) channel.readInbound()).isNull();
      channel.writeInbound(buffers.of(new byte[] {b}));
    }
    assertThat(payload()).isEqualTo(text('a', 300));
  }

  @Test
  void packetMayBeCutAnywhereBetweenCompressedPackets() {
    byte[] packet = packet(0, text('x', 200));
    for (int cut = 1; cut < packet.length; cut++) {
      byte[] first = Arrays.copyOf(packet, cut);
      byte[] second = Arrays.copyOfRange(packet, cut, packet.length);
      channel.writeInbound(buffers.of(concat(zlib(0, first), zlib(1, second))));
      assertThat(payload()).isEqualTo(text('x', 200));
    }
  }

  @Test
  void severalPacketsInOneComeOneAfterTheOther() {
    decoder.hold();
    channel.writeInbound(
        buffers.of(
            zlib(
                0,
                concat(
                    packet(0, text('1', 60)),
                    packet(0, text('2', 60)),
                    packet(0, text('3', 60))))));
    assertThat((Packet) channel.readInbound()).isNull();
    decoder.resume();
    assertThat(payload()).isEqualTo(text('1', 60));
    assertThat(payload()).isEqualTo(text('2', 60));
    assertThat(payload()).isEqualTo(text('3', 60));
  }

  @Test
  void truncatedAtEachOffsetIsNoPacketAndNoLeak() {
    byte[] compressed = zlib(0, packet(0, text('a', 100)));
    for (int length = 0; length < compressed.length; length++) {
      PacketDecoder other = new PacketDecoder(LIMIT, 0);
      EmbeddedChannel cut = new EmbeddedChannel();
      cut.config().setAllocator(buffers.allocator());
      cut.pipeline().addLast(other);
      other.startCompression(CompressionAlgorithm.ZLIB);
      cut.writeInbound(buffers.of(Arrays.copyOf(compressed, length)));
      assertThat((Packet) cut.readInbound()).isNull();
      assertFalse(cut.finish());
    }
  }

  @Test
  void bytesThatCameBeforeTheStartAreReadAsCompressed() {
    PacketDecoder early = new PacketDecoder(LIMIT, 0);
    EmbeddedChannel other = new EmbeddedChannel();
    other.config().setAllocator(buffers.allocator());
    other.pipeline().addLast(early);
    early.hold();
    other.writeInbound(buffers.of(zlib(0, packet(0, text('e', 100)))));
    early.startCompression(CompressionAlgorithm.ZLIB);
    early.resume();
    Packet packet = other.readInbound();
    assertThat(packet.payloadLength()).isEqualTo(100);
    packet.release();
    assertFalse(other.finish());
  }

  /** A megabyte of zeros takes a kilobyte on the wire. */
  @Test
  void bombIsRefusedBeforeItIsInflated() {
    byte[] bomb = zlib(0, packet(0, text('0', 1_000_000)));
    assertThat(bomb.length).isLessThan(2000);
    byte[] declared = Arrays.copyOf(bomb, CompressedFraming.HEADER_LENGTH);
    assertThat(refusal(declared).error().code()).isEqualTo(ErrorCode.ER_NET_PACKET_TOO_LARGE);
  }

  @Test
  void packetOfTheLimitPassesAndOneByteMoreDoesNot() {
    channel.writeInbound(buffers.of(zlib(0, packet(0, text('0', LIMIT)))));
    assertThat(payload()).hasSize(LIMIT);
    byte[] tooLarge = packet(0, text('0', LIMIT + 1));
    ProtocolException refused =
        refusal(
            concat(
                zlib(0, Arrays.copyOf(tooLarge, 1000)),
                zlib(1, Arrays.copyOfRange(tooLarge, 1000, tooLarge.length))));
    assertThat(refused.error().code()).isEqualTo(ErrorCode.ER_NET_PACKET_TOO_LARGE);
  }

  @Test
  void whatWaitsBehindACommandInHandStaysCompressed() {
    decoder.hold();
    channel.writeInbound(buffers.of(zlib(0, packet(0, text('0', LIMIT)))));
    channel.writeInbound(buffers.of(zlib(0, packet(0, text('0', LIMIT)))));
    assertThat(buffers.allocatedBytes()).as("held while a command is in hand").isLessThan(LIMIT);
    decoder.resume();
    assertThat(payload()).hasSize(LIMIT);
    assertThat(payload()).hasSize(LIMIT);
  }

  @Test
  void streamThatIsLongerOrShorterThanDeclaredIsRefused() {
    byte[] packet = packet(0, text('a', 1000));
    for (int declared : new int[] {1, packet.length - 1, packet.length + 1, 50_000}) {
      EmbeddedChannel other = fresh();
      assertThatThrownBy(
              () -> {
                other.writeInbound(buffers.of(zlib(0, packet, declared)));
                other.checkException();
              })
          .isInstanceOfSatisfying(
              ProtocolException.class,
              e -> assertThat(e.error().code()).isEqualTo(ErrorCode.ER_NET_UNCOMPRESS_ERROR));
      assertFalse(other.finish());
    }
  }

  private EmbeddedChannel fresh() {
    PacketDecoder own = new PacketDecoder(LIMIT, 0);
    EmbeddedChannel other = new EmbeddedChannel();
    other.config().setAllocator(buffers.allocator());
    other.pipeline().addLast(own);
    own.startCompression(CompressionAlgorithm.ZLIB);
    return other;
  }

  @Test
  void brokenStreamAndOneWithMoreBehindItAreRefused() {
    byte[] packet = packet(0, text('a', 1000));
    byte[] broken = zlib(0, packet);
    broken[CompressedFraming.HEADER_LENGTH + 3] ^= 0x55;
    assertThat(refusal(broken).error().code()).isEqualTo(ErrorCode.ER_NET_UNCOMPRESS_ERROR);

    byte[] deflated = concat(deflate(packet), new byte[] {1, 2, 3});
    ByteBuf out = Unpooled.buffer();
    out.writeMediumLE(deflated.length).writeByte(0).writeMediumLE(packet.length);
    out.writeBytes(deflated);
    EmbeddedChannel other = fresh();
    assertThatThrownBy(
            () -> {
              other.writeInbound(buffers.of(bytes(out)));
              other.checkException();
            })
        .isInstanceOf(ProtocolException.class);
    assertFalse(other.finish());
  }

  @Test
  void emptyCompressedPacketIsRefused() {
    assertThat(refusal(plain(0, new byte[0])).error().code())
        .isEqualTo(ErrorCode.ER_NET_UNCOMPRESS_ERROR);
  }

  @Test
  void compressedPacketOutOfOrderIsRefused() {
    assertThat(refusal(plain(7, packet(0, text('a', 10)))).error().code())
        .isEqualTo(ErrorCode.ER_NET_PACKETS_OUT_OF_ORDER);
  }

  // ---- toward the client

  private void command() {
    channel.writeInbound(buffers.of(plain(0, packet(0, text('q', 10)))));
    payload();
  }

  /** What a client makes of everything sent: numbered from 1, joined. */
  private byte[] received(int firstSequence) {
    ByteBuf joined = Unpooled.buffer();
    int expected = firstSequence;
    for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
      while (out.isReadable()) {
        int length = out.readUnsignedMediumLE();
        assertThat(out.readUnsignedByte()).as("sequence").isEqualTo((short) (expected++ & 0xff));
        int declared = out.readUnsignedMediumLE();
        byte[] content = new byte[length];
        out.readBytes(content);
        joined.writeBytes(declared == 0 ? content : inflate(content, declared));
      }
      out.release();
    }
    return bytes(joined);
  }

  private static byte[] inflate(byte[] content, int declared) {
    Inflater inflater = new Inflater();
    inflater.setInput(content);
    byte[] out = new byte[declared];
    try {
      assertThat(inflater.inflate(out)).isEqualTo(declared);
    } catch (DataFormatException e) {
      throw new AssertionError(e);
    }
    inflater.end();
    return out;
  }

  @Test
  void answersAreGatheredUntilTheFlushAndNumberedFromTheCommand() {
    command();
    channel.write(buffers.of(packet(1, text('r', 40))), channel.voidPromise());
    channel.write(buffers.of(packet(2, text('s', 40))), channel.voidPromise());
    channel.flush();
    channel.write(buffers.of(packet(3, text('t', 10))), channel.voidPromise());
    channel.flush();
    ByteBuf first = channel.readOutbound();
    assertThat(first.getUnsignedByte(3)).isEqualTo((short) 1);
    assertThat(first.getUnsignedMediumLE(4)).as("before compression").isEqualTo(88);
    assertThat(first.readableBytes()).isLessThan(88);
    first.release();
    ByteBuf second = channel.readOutbound();
    assertThat(second.getUnsignedByte(3)).isEqualTo((short) 2);
    assertThat(second.getUnsignedMediumLE(4)).as("too short to compress").isZero();
    second.release();
    command();
    channel.writeAndFlush(buffers.of(packet(1, text('u', 10))));
    assertThat(received(1)).isEqualTo(packet(1, text('u', 10)));
  }

  @Test
  void largeAnswerIsCutAndWhatDoesNotShrinkIsSentAsItIs() {
    command();
    byte[] noise = new byte[300_000];
    new java.util.Random(1).nextBytes(noise);
    byte[] all = concat(packet(1, noise), packet(2, text('z', 300_000)));
    channel.writeAndFlush(buffers.of(all));
    assertThat(received(1)).isEqualTo(all);
  }

  @Test
  void lastWordIsSentBeforeTheConnectionCloses() {
    command();
    channel.write(buffers.of(packet(1, text('e', 10))), channel.voidPromise());
    channel.writeAndFlush(Unpooled.EMPTY_BUFFER);
    assertThat(received(1)).isEqualTo(packet(1, text('e', 10)));
  }

  @Test
  void unsentAnswersAreReleasedWithTheConnection() {
    command();
    channel.write(buffers.of(packet(1, text('e', 10))), channel.voidPromise());
  }
}
