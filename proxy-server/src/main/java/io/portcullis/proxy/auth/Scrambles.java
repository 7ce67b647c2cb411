package io.portcullis.proxy.auth;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * What a client answers to a nonce. Passwords and results are the caller's to wipe.
 *
 * @see <a
 *     href="https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase_authentication_methods.html">Authentication
 *     methods</a>
 */
final class Scrambles {
  private Scrambles() {}

  /** SHA1(password) XOR SHA1(nonce + SHA1(SHA1(password))). */
  static byte[] nativePassword(byte[] password, byte[] nonce) {
    MessageDigest sha1 = digest("SHA-1");
    byte[] once = sha1.digest(password);
    byte[] twice = sha1.digest(once);
    sha1.update(nonce);
    xorInto(once, sha1.digest(twice));
    return once;
  }

  /** SHA256(password) XOR SHA256(SHA256(SHA256(password)) + nonce). */
  static byte[] cachingSha2(byte[] password, byte[] nonce) {
    MessageDigest sha256 = digest("SHA-256");
    byte[] once = sha256.digest(password);
    sha256.update(sha256.digest(once));
    xorInto(once, sha256.digest(nonce));
    return once;
  }

  /** XORs {@code target} with {@code pattern}, repeated as needed. */
  static void xorInto(byte[] target, byte[] pattern) {
    for (int i = 0; i < target.length; i++) {
      target[i] ^= pattern[i % pattern.length];
    }
  }

  private static MessageDigest digest(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(algorithm + " is part of every Java platform", e);
    }
  }
}
