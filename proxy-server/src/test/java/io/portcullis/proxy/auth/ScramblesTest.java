package io.portcullis.proxy.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** Values that other drivers' tests have for the same nonces and passwords. */
class ScramblesTest {
  private static final byte[] SECRET = "secret".getBytes(StandardCharsets.UTF_8);

  @Test
  void nativePasswordIsWhatOtherDriversSend() {
    byte[] nonce = {
      70, 114, 92, 94, 1, 38, 11, 116, 63, 114, 23, 101, 126, 103, 26, 95, 81, 17, 24, 21
    };

    assertThat(HexFormat.of().formatHex(Scrambles.nativePassword(SECRET, nonce)))
        .isEqualTo("35b18c9ffbbd7f356dfcac32d3c0f0a41a30cf2d");
  }

  @Test
  void cachingSha2IsWhatOtherDriversSend() {
    byte[] nonce = {10, 47, 74, 111, 75, 73, 34, 48, 88, 76, 114, 74, 37, 13, 3, 80, 82, 2, 23, 21};

    assertThat(HexFormat.of().formatHex(Scrambles.cachingSha2(SECRET, nonce)))
        .isEqualTo("f490e76f66d9d86665ce54d98c78d0acfe2fb0b08b423da807144873d30b312c");
  }
}
