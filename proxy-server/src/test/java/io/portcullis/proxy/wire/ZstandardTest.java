package io.portcullis.proxy.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.github.luben.zstd.Zstd;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.portcullis.sql.text.ErrorCode;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Zstandard in the place of zlib; what both have in common is tested with zlib. */
class ZstandardTest {
  private static final int LIMIT = 200_000;

  @BeforeAll
  static void needsTheLibrary() {
    assumeTrue(CompressionAlgorithm.isZstdAvailable(), "skipped: no zstd for this machine");
  }

  private static EmbeddedChannel channel(ByteBufAllocator allocator, int level) {
    PacketDecoder decoder = new PacketDecoder(LIMIT, 0);
    EmbeddedChannel channel = new EmbeddedChannel();
    channel.config().setAllocator(allocator);
    channel.pipeline().addLast(decoder);
    decoder.enterCommandPhase();
    decoder.startCompression(CompressionAlgorithm.zstd(level));
    return channel;
  }

  private static byte[] packet(int length) {
    ByteBuf out = Unpooled.buffer();
    out.writeMediumLE(length).writeByte(0);
    for (int i = 0; i < length; i++) {
      out.writeByte(i % 97);
    }
    return bytes(out);
  }

  private static byte[] compressed(byte[] content, int declared) {
    byte[] frame = Zstd.compress(content);
    ByteBuf out = Unpooled.buffer();
    out.writeMediumLE(frame.length).writeByte(0).writeMediumLE(declared).writeBytes(frame);
    return bytes(out);
  }

  private static byte[] bytes(ByteBuf buffer) {
    byte[] bytes = new byte[buffer.readableBytes()];
    buffer.readBytes(bytes);
    buffer.release();
    return bytes;
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void packetsGoBothWays(boolean direct) {
    EmbeddedChannel channel = channel(new UnpooledByteBufAllocator(direct), 3);
    byte[] packet = packet(50_000);
    ByteBuf in = direct ? Unpooled.directBuffer() : Unpooled.buffer();
    channel.writeInbound(in.writeBytes(compressed(packet, packet.length)));
    Packet received = channel.readInbound();
    assertThat(received.payloadLength()).isEqualTo(50_000);
    received.release();
    channel.writeOutbound(Unpooled.wrappedBuffer(packet));
    ByteBuf sent = Unpooled.buffer();
    for (ByteBuf next = channel.readOutbound(); next != null; next = channel.readOutbound()) {
      sent.writeBytes(next);
      next.release();
    }
    int length = sent.readUnsignedMediumLE();
    assertThat(sent.readByte()).isEqualTo((byte) 1);
    int plain = sent.readUnsignedMediumLE();
    assertThat(length).isEqualTo(sent.readableBytes()).isLessThan(plain);
    assertThat(Zstd.decompress(bytes(sent), plain)).isEqualTo(packet);
    assertFalse(channel.finish());
  }

  @Test
  void whatDoesNotBecomeSmallerIsSentAsItIs() {
    EmbeddedChannel channel = channel(new UnpooledByteBufAllocator(true), 22);
    byte[] noise = new byte[1000];
    new java.util.Random(1).nextBytes(noise);
    channel.writeOutbound(Unpooled.wrappedBuffer(noise));
    ByteBuf sent = channel.readOutbound();
    assertThat(sent.readableBytes()).isEqualTo(CompressedFraming.HEADER_LENGTH + noise.length);
    sent.release();
    assertThat(((ByteBuf) channel.readOutbound()).isReadable()).as("anything more").isFalse();
    assertFalse(channel.finish());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 999, 1005, 100_000})
  void frameThatIsLongerOrShorterThanDeclaredIsRefused(int declared) {
    refused(compressed(packet(1000), declared));
  }

  @Test
  void brokenFrameIsRefused() {
    byte[] broken = compressed(packet(1000), 1004);
    Arrays.fill(
        broken, CompressedFraming.HEADER_LENGTH, CompressedFraming.HEADER_LENGTH + 4, (byte) 7);
    refused(broken);
  }

  private static void refused(byte[] in) {
    for (boolean direct : new boolean[] {true, false}) {
      EmbeddedChannel channel = channel(new UnpooledByteBufAllocator(direct), 3);
      ByteBuf buffer = direct ? Unpooled.directBuffer() : Unpooled.buffer();
      assertThatThrownBy(
              () -> {
                channel.writeInbound(buffer.writeBytes(in));
                channel.checkException();
              })
          .isInstanceOfSatisfying(
              ProtocolException.class,
              e -> assertThat(e.error().code()).isEqualTo(ErrorCode.ER_NET_UNCOMPRESS_ERROR));
      assertFalse(channel.finish());
    }
  }
}
