package io.portcullis.proxy.wire.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.portcullis.proxy.wire.Packet;
import io.portcullis.proxy.wire.PacketDecoder;
import io.portcullis.proxy.wire.PacketFraming;
import io.portcullis.proxy.wire.Packets;
import io.portcullis.proxy.wire.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The forms are those of the manual's page on COM_QUERY. */
final class QueryAttributesTest {

  private static final ByteBufAllocator ALLOCATOR = UnpooledByteBufAllocator.DEFAULT;

  private static byte[] bytes(String hex) {
    return ByteBufUtil.decodeHexDump(hex.replace(" ", ""));
  }

  private static int length(String hex) {
    ByteBuf payload =
        Unpooled.wrappedBuffer(
            bytes("03"), bytes(hex), "SELECT 1".getBytes(StandardCharsets.US_ASCII));
    return QueryAttributes.read(payload).length();
  }

  @Test
  void noneIsTwoBytes() {
    assertThat(length("00 01")).isEqualTo(2);
    assertThat(QueryAttributes.read(Unpooled.wrappedBuffer(bytes("03 00 01"))))
        .isSameAs(QueryAttributes.NONE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "01 01 00 01 fe00 01 6e 03 616263", // a string
        "01 01 00 01 fd80 01 6e fc 0300 616263", // its length in two bytes
        "01 01 01 01 fe00 01 6e", // NULL
        "01 01 00 01 0100 00 7f", // TINY, without a name
        "01 01 00 01 0180 01 6e ff", // unsigned
        "01 01 00 01 0200 01 6e 0102",
        "01 01 00 01 0300 01 6e 01020304",
        "01 01 00 01 0800 01 6e 0102030405060708",
        "01 01 00 01 0400 01 6e 01020304",
        "01 01 00 01 0500 01 6e 0102030405060708",
        "01 01 00 01 0a00 01 6e 04 07e8 01 02",
        "01 01 00 01 0c00 01 6e 0b 07e8 01 02 03 04 05 01020304",
        "01 01 00 01 0b00 01 6e 00",
        "01 01 00 01 fc00 01 6e 00", // an empty blob
        "02 01 01 01 fe00 01 61 0300 01 62 01020304", // the first of two NULL
        "09 01 fe01 01 fe00 00 fe00 00 fe00 00 fe00 00 fe00 00 fe00 00 fe00 00 fe00 00 fe00 00 02 6869",
      })
  void theTextBeginsBehindThem(String hex) {
    assertThat(length(hex)).isEqualTo(bytes(hex).length);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "00",
        "00 00", // no set
        "00 02", // two
        "fb 01", // NULL attributes
        "ff 01",
        "fd ffffff 01", // too many
        "fe ffffffffffffffff 01",
        "01 01",
        "01 01 00",
        "01 01 00 00 fe00 01 6e 00", // no types
        "01 01 00 02 fe00 01 6e 00",
        "01 01 00 01 fe",
        "01 01 00 01 fe00 ff",
        "01 01 00 01 fe00 01 6e fb", // NULL in the place of a value
        "01 01 00 01 fe00 01 6e fe ffffffffffffffff",
        "01 01 00 01 0600 01 6e", // of type NULL, and not NULL
        "01 01 00 01 fe40 01 6e 00", // a flag that is none
        "01 01 00 01 1000 01 6e 00", // BIT: as bytes or as a string
        "01 01 00 01 0c00 01 6e 0d 00000000000000000000000000", // a long time
        "01 01 00 01 0800 01 6e 01",
      })
  void whatCouldBeReadOtherwiseIsRefused(String hex) {
    ByteBuf payload = Unpooled.wrappedBuffer(bytes("03"), bytes(hex));
    assertThatThrownBy(() -> QueryAttributes.read(payload)).isInstanceOf(ProtocolException.class);
  }

  @Test
  void moreThanTheLimitIsRefused() {
    byte[] large = new byte[70_000];
    ByteBuf payload =
        Unpooled.wrappedBuffer(
            bytes("03 01 01 00 01 fe00 01 6e fd 701101"), Arrays.copyOf(large, 70_000));
    assertThatThrownBy(() -> QueryAttributes.read(payload)).hasMessageContaining("70000");
  }

  @Test
  void takenOffAndPutInAgainTheCommandIsAsItWas() {
    for (int text : new int[] {0, 1, 100, 0xff_fffa, 0xff_fffb, 0xff_fffc, 0xff_fffe, 0x100_0010}) {
      for (String hex : new String[] {"00 01", "01 01 00 01 fe00 01 6e 03 616263"}) {
        ByteBuf payload = Unpooled.buffer(text + 32);
        payload.writeByte(3).writeBytes(bytes(hex)).writeZero(text);
        ByteBuf framed = Packets.frame(ALLOCATOR, payload, 0);
        byte[] before = ByteBufUtil.getBytes(framed);
        Packet packet = decode(framed);
        QueryAttributes attributes = QueryAttributes.read(packet.payload());
        int answerTo = packet.sequenceId();

        Packet plain = attributes.takeOff(packet, ALLOCATOR);
        assertThat(plain.sequenceId()).isEqualTo(answerTo);
        assertThat(plain.payloadLength()).as("%s of %d", hex, text).isEqualTo(1 + text);
        assertThat(plain.payload().getByte(0)).isEqualTo((byte) 3);
        assertThat(plain.payload().readableBytes()).isEqualTo(1 + text);
        assertThat(plain.split()).isEqualTo(1 + text >= PacketFraming.MAX_FRAME_PAYLOAD);

        ByteBuf again;
        if (attributes.fitInto(plain.framed())) {
          ByteBuf head = attributes.head(plain.framed(), ALLOCATOR);
          again = Unpooled.wrappedBuffer(head, plain.framed());
        } else {
          again = attributes.putIn(plain.framed(), ALLOCATOR);
        }
        assertThat(Arrays.equals(ByteBufUtil.getBytes(again), before))
            .as("%s of %d", hex, text)
            .isTrue();
        again.release();
      }
    }
  }

  private static Packet decode(ByteBuf framed) {
    EmbeddedChannel channel = new EmbeddedChannel(new PacketDecoder(1 << 26, 0));
    channel.writeInbound(framed);
    return channel.readInbound();
  }
}
