package io.portcullis.proxy.auth;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Cipher;

/**
 * The RSA key pair by which clients without TLS hide their password, as the server's
 * caching_sha2_password_private_key_path. Immutable, safe for any thread; decryption takes a
 * millisecond.
 */
public final class RsaKeys {
  private static final int BITS = 2048;

  /** Names nothing but SHA-1 inside OAEP: what every client uses. */
  private static final String TRANSFORMATION = "RSA/ECB/OAEPWithSHA-1AndMGF1Padding";

  private final PrivateKey privateKey;
  private final PublicKey publicKey;
  private final byte[] publicKeyPem;

  private RsaKeys(KeyPair pair) {
    this.privateKey = pair.getPrivate();
    this.publicKey = pair.getPublic();
    this.publicKeyPem = pem(pair.getPublic());
  }

  /** A new pair of 2048 bits; takes up to a second. */
  public static RsaKeys generate() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(BITS);
      return new RsaKeys(generator.generateKeyPair());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("RSA is part of every Java platform", e);
    }
  }

  /** The public key as clients ask for it, borrowed. */
  byte[] publicKeyPem() {
    return publicKeyPem;
  }

  public PublicKey publicKey() {
    return publicKey;
  }

  /** The plain text, the caller's to wipe; empty when {@code cipherText} is not of this key. */
  Optional<byte[]> decrypt(byte[] cipherText) {
    try {
      Cipher cipher = Cipher.getInstance(TRANSFORMATION);
      cipher.init(Cipher.DECRYPT_MODE, privateKey);
      return Optional.of(cipher.doFinal(cipherText));
    } catch (GeneralSecurityException e) {
      return Optional.empty();
    }
  }

  /** Encrypts a password, already hidden with the nonce, for a server. */
  static byte[] encrypt(PublicKey key, byte[] plainText) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance(TRANSFORMATION);
    cipher.init(Cipher.ENCRYPT_MODE, key);
    return cipher.doFinal(plainText);
  }

  /**
   * A public key in PEM form, as servers send it and files hold it.
   *
   * @throws IllegalArgumentException when it is none
   */
  public static PublicKey publicKey(String pem) {
    String begin = "-----BEGIN PUBLIC KEY-----";
    int from = pem.indexOf(begin);
    int to = pem.indexOf("-----END PUBLIC KEY-----");
    if (from < 0 || to < from) {
      throw new IllegalArgumentException("public key: not in PEM form");
    }
    try {
      byte[] encoded = Base64.getMimeDecoder().decode(pem.substring(from + begin.length(), to));
      PublicKey key = KeyFactory.getInstance("RSA").generatePublic(new X509EncodedKeySpec(encoded));
      if (((RSAPublicKey) key).getModulus().bitLength() < BITS / 2) {
        throw new IllegalArgumentException("public key: too short (expected: >= 1024 bits)");
      }
      return key;
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("public key: not an RSA key", e);
    }
  }

  private static byte[] pem(PublicKey key) {
    Base64.Encoder encoder = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));
    String text =
        "-----BEGIN PUBLIC KEY-----\n"
            + encoder.encodeToString(key.getEncoded())
            + "\n-----END PUBLIC KEY-----\n";
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
