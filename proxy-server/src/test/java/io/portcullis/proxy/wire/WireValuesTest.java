package io.portcullis.proxy.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WireValuesTest {
  private static ByteBuf hex(String hex) {
    return Unpooled.wrappedBuffer(HexFormat.of().parseHex(hex));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 00",
    "250, fa",
    "251, fcfb00",
    "65535, fcffff",
    "65536, fd000001",
    "16777215, fdffffff",
    "16777216, fe0000000100000000",
    "-1, feffffffffffffffff"
  })
  void numbersTakeTheShortestForm(long value, String hex) {
    ByteBuf out = Unpooled.buffer();
    WireValues.writeLengthEncoded(out, value);

    assertThat(TrackedBuffers.bytes(out.copy())).isEqualTo(HexFormat.of().parseHex(hex));
    assertThat(WireValues.readLengthEncoded(out, "n")).isEqualTo(value);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "fb", "ff", "fc", "fc00", "fd0000", "fe00000000000000"})
  void cutOrForbiddenNumbersAreRefused(String hex) {
    assertThatThrownBy(() -> WireValues.readLengthEncoded(hex(hex), "n"))
        .isInstanceOf(ProtocolException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0261", "fe00000000000000804141", "feffffffffffffffff41", "fdffffff41"})
  void lengthsThatLieAreRefused(String hex) {
    assertThatThrownBy(
            () ->
                WireValues.readLengthEncodedString(
                    hex(hex), 1 << 30, StandardCharsets.UTF_8, "text"))
        .isInstanceOf(ProtocolException.class)
        .hasMessageStartingWith("text length");
  }

  @Test
  void lengthIsHeldAgainstTheLimitToo() {
    assertThat(WireValues.readLengthEncodedString(hex("026162"), 2, StandardCharsets.UTF_8, "text"))
        .isEqualTo("ab");
    assertThatThrownBy(
            () ->
                WireValues.readLengthEncodedString(
                    hex("026162"), 1, StandardCharsets.UTF_8, "text"))
        .isInstanceOf(ProtocolException.class);
  }

  @Test
  void nulTerminatedMayEndWithThePacket() {
    ByteBuf in = hex("6162006364");

    assertThat(WireValues.readNulTerminated(in, 9, StandardCharsets.UTF_8, "a")).isEqualTo("ab");
    assertThat(WireValues.readNulTerminated(in, 9, StandardCharsets.UTF_8, "b")).isEqualTo("cd");
    assertThat(in.isReadable()).isFalse();
    assertThatThrownBy(
            () -> WireValues.readNulTerminated(hex("616200"), 1, StandardCharsets.UTF_8, "c"))
        .isInstanceOf(ProtocolException.class);
  }
}
