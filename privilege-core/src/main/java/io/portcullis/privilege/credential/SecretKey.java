package io.portcullis.privilege.credential;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The key of the configuration under which secrets lie in the catalog: AES-256 in GCM (NIST SP
 * 800-38D) with a random nonce of 96 bits, bound to what the secret is for, so that no row can take
 * the place of another. Any thread.
 */
public final class SecretKey {

  /** Bytes of a key. */
  public static final int LENGTH = 32;

  private static final int NONCE_LENGTH = 12;
  private static final int TAG_BITS = 128;
  private static final String TRANSFORMATION = "AES/GCM/NoPadding";

  private final SecretKeySpec key;
  private final SecureRandom random;

  private SecretKey(byte[] key, SecureRandom random) {
    this.key = new SecretKeySpec(key, "AES");
    this.random = random;
  }

  /**
   * @param base64 as {@link #generate} gives it; blanks around it do not count
   * @throws IllegalArgumentException when it is not {@value #LENGTH} bytes in Base64; the text is
   *     not in the message
   */
  public static SecretKey of(String base64, SecureRandom random) {
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(base64.strip());
    } catch (IllegalArgumentException e) {
      bytes = new byte[0];
    }
    if (bytes.length != LENGTH) {
      throw new IllegalArgumentException("secret key: expected " + LENGTH + " bytes in Base64");
    }
    return new SecretKey(bytes, random);
  }

  /** A new key as text. */
  public static String generate(SecureRandom random) {
    byte[] bytes = new byte[LENGTH];
    random.nextBytes(bytes);
    return Base64.getEncoder().encodeToString(bytes);
  }

  /**
   * @param purpose what {@link #open} must name again
   */
  public String seal(String secret, String purpose) {
    byte[] nonce = new byte[NONCE_LENGTH];
    random.nextBytes(nonce);
    try {
      byte[] sealed =
          cipher(Cipher.ENCRYPT_MODE, nonce, purpose)
              .doFinal(secret.getBytes(StandardCharsets.UTF_8));
      byte[] all = Arrays.copyOf(nonce, nonce.length + sealed.length);
      System.arraycopy(sealed, 0, all, nonce.length, sealed.length);
      return Base64.getEncoder().encodeToString(all);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java cannot encrypt with " + TRANSFORMATION, e);
    }
  }

  /** The secret; empty when it was sealed with another key, for something else, or damaged. */
  public Optional<String> open(String sealed, String purpose) {
    try {
      byte[] all = Base64.getDecoder().decode(sealed);
      if (all.length < NONCE_LENGTH + TAG_BITS / Byte.SIZE) {
        return Optional.empty();
      }
      byte[] nonce = Arrays.copyOf(all, NONCE_LENGTH);
      byte[] secret =
          cipher(Cipher.DECRYPT_MODE, nonce, purpose)
              .doFinal(all, NONCE_LENGTH, all.length - NONCE_LENGTH);
      return Optional.of(new String(secret, StandardCharsets.UTF_8));
    } catch (IllegalArgumentException | GeneralSecurityException e) {
      return Optional.empty();
    }
  }

  private Cipher cipher(int mode, byte[] nonce, String purpose) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance(TRANSFORMATION);
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(purpose.getBytes(StandardCharsets.UTF_8));
    return cipher;
  }
}
