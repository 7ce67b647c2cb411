package io.portcullis.proxy.session;

import io.portcullis.proxy.wire.AuthData;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.util.HexFormat;
import java.util.Optional;

/**
 * What tells a MariaDB client, which knows no authority for our certificate, that the certificate
 * is of the one who knows its password: a digest of the password's verifier, the nonce and the
 * certificate, in the text of the OK packet that ends the login. See <a
 * href="https://mariadb.com/kb/en/securing-connections-for-client-and-server/">MariaDB: TLS without
 * configuration</a>.
 */
final class CertificateProof {

  /** The digest is SHA-256, in upper-case hexadecimal. */
  private static final char SHA256 = 1;

  private CertificateProof() {}

  /**
   * @param stored the verifier of mysql_native_password
   * @return empty for a user without one
   */
  static Optional<String> of(String stored, AuthData nonce, Certificate certificate) {
    if (stored.isEmpty()) {
      return Optional.empty();
    }
    try {
      byte[] fingerprint = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(HexFormat.of().parseHex(stored, 1, stored.length()));
      digest.update(nonce.bytes());
      return Optional.of(
          SHA256 + HexFormat.of().withUpperCase().formatHex(digest.digest(fingerprint)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a certificate in use, and SHA-256", e);
    }
  }
}
