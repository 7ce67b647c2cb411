package io.portcullis.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.proxy.wire.AuthData;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

final class CertificateProofTest {

  private static final byte[] ENCODED = {1, 2, 3};

  private static final Certificate CERTIFICATE =
      new Certificate("X.509") {
        @Override
        public byte[] getEncoded() {
          return ENCODED.clone();
        }

        @Override
        public void verify(java.security.PublicKey key) {}

        @Override
        public void verify(java.security.PublicKey key, String provider) {}

        @Override
        public String toString() {
          return "certificate";
        }

        @Override
        public java.security.PublicKey getPublicKey() {
          throw new UnsupportedOperationException();
        }
      };

  private static byte[] digest(String algorithm, byte[]... parts) throws Exception {
    MessageDigest digest = MessageDigest.getInstance(algorithm);
    for (byte[] part : parts) {
      digest.update(part);
    }
    return digest.digest();
  }

  /**
   * As the client computes it: from its password, what the server greeted with, and what it saw.
   */
  @Test
  void clientThatKnowsThePasswordComesToTheSame() throws Exception {
    byte[] nonce = "12345678901234567890".getBytes(StandardCharsets.US_ASCII);
    byte[] twice = digest("SHA-1", digest("SHA-1", "pw".getBytes(StandardCharsets.UTF_8)));
    String stored = "*" + HexFormat.of().withUpperCase().formatHex(twice);

    byte[] expected = digest("SHA-256", twice, nonce, digest("SHA-256", ENCODED));

    assertThat(CertificateProof.of(stored, AuthData.of(nonce), CERTIFICATE))
        .contains('\u0001' + HexFormat.of().withUpperCase().formatHex(expected));
  }

  @Test
  void withoutANativeVerifierThereIsNone() {
    assertThat(CertificateProof.of("", AuthData.empty(), CERTIFICATE)).isEmpty();
  }
}
