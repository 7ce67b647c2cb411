package io.portcullis.privilege.credential;

import io.portcullis.privilege.model.Verifiers;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;

/**
 * Makes and checks what is stored of passwords, in MySQL's own formats, for the two plugins clients
 * have: {@code caching_sha2_password} (<a
 * href="https://dev.mysql.com/doc/dev/mysql-server/latest/page_caching_sha2_authentication_exchanges.html">exchange</a>)
 * and {@code mysql_native_password}. All comparisons take the same time wherever the values differ.
 * Making a verifier and {@link #verifySha2} take milliseconds: not for an event loop. Arguments are
 * borrowed and never kept; passwords are the caller's to wipe. Safe for any thread.
 */
public final class PasswordVerifier {

  /** MySQL's limit for a password in clear text, in bytes. */
  public static final int MAX_PASSWORD_BYTES = 256;

  /** Length of the nonce in the server's handshake, without its trailing NUL. */
  public static final int NONCE_LENGTH = 20;

  private static final String PREFIX = "$A$005$";
  private static final int ROUNDS = 5000;
  private static final int SALT_LENGTH = 20;
  private static final String SALT_ALPHABET =
      "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  private static final int SHA1_LENGTH = 20;
  private static final int SHA256_LENGTH = 32;

  private PasswordVerifier() {}

  /**
   * What is stored of a password.
   *
   * @param password not empty, see {@link PasswordRules}
   * @param withNative whether old clients, which know nothing but SHA1, shall be able to log in
   * @throws IllegalArgumentException when the password is empty or longer than {@link
   *     #MAX_PASSWORD_BYTES}
   */
  public static Verifiers of(String password, SecureRandom random, boolean withNative) {
    byte[] clear = password.getBytes(StandardCharsets.UTF_8);
    if (clear.length == 0 || clear.length > MAX_PASSWORD_BYTES) {
      throw new IllegalArgumentException(
          "password length: " + clear.length + " (expected: 1.." + MAX_PASSWORD_BYTES + ")");
    }
    byte[] salt = new byte[SALT_LENGTH];
    for (int i = 0; i < salt.length; i++) {
      salt[i] = (byte) SALT_ALPHABET.charAt(random.nextInt(SALT_ALPHABET.length()));
    }
    String sha2 =
        PREFIX + Ascii.string(salt) + Ascii.string(Sha256Crypt.digest(clear, salt, ROUNDS));
    String nativePassword = withNative ? nativeVerifier(clear) : "";
    Arrays.fill(clear, (byte) 0);
    return new Verifiers(sha2, nativePassword);
  }

  /**
   * Verifiers no password fits: checked for a user who does not exist, so that the answer takes as
   * long as for one who does.
   */
  public static Verifiers decoy(SecureRandom random) {
    return of(GeneratedPassword.next(random), random, true);
  }

  /**
   * Full authentication: the password in clear text against the stored SHA-256 crypt.
   *
   * @param clearText as sent, without the trailing NUL
   */
  public static boolean verifySha2(Verifiers verifiers, byte[] clearText) {
    byte[] stored = Ascii.bytes(verifiers.cachingSha2());
    int saltBegin = PREFIX.length();
    int digestBegin = saltBegin + SALT_LENGTH;
    if (stored.length != digestBegin + Sha256Crypt.ENCODED_LENGTH
        || !verifiers.cachingSha2().startsWith(PREFIX)
        || clearText.length == 0
        || clearText.length > MAX_PASSWORD_BYTES) {
      return false;
    }
    byte[] salt = Arrays.copyOfRange(stored, saltBegin, digestBegin);
    byte[] expected = Arrays.copyOfRange(stored, digestBegin, stored.length);
    return MessageDigest.isEqual(expected, Sha256Crypt.digest(clearText, salt, ROUNDS));
  }

  /**
   * SHA256(SHA256(password)): what {@link FastAuthCache} keeps after a full authentication and what
   * {@link #checkSha2Scramble} needs.
   */
  public static byte[] doubleSha256(byte[] clearText) {
    MessageDigest sha = Digests.sha256();
    return sha.digest(sha.digest(clearText));
  }

  /**
   * Fast authentication of {@code caching_sha2_password}.
   *
   * @param doubleSha256 see {@link #doubleSha256}
   * @param nonce the server's, 20 bytes
   * @param scramble the client's answer; anything but 32 bytes is wrong
   */
  public static boolean checkSha2Scramble(byte[] doubleSha256, byte[] nonce, byte[] scramble) {
    if (scramble.length != SHA256_LENGTH || doubleSha256.length != SHA256_LENGTH) {
      return false;
    }
    MessageDigest sha = Digests.sha256();
    sha.update(doubleSha256);
    byte[] once = Digests.xor(scramble, sha.digest(nonce));
    return MessageDigest.isEqual(doubleSha256, sha.digest(once));
  }

  /**
   * Authentication of {@code mysql_native_password}; false for a user without a native verifier.
   *
   * @param nonce the server's, 20 bytes
   * @param scramble the client's answer; anything but 20 bytes is wrong
   */
  public static boolean checkNativeScramble(Verifiers verifiers, byte[] nonce, byte[] scramble) {
    String stored = verifiers.nativePassword();
    if (stored.length() != 1 + 2 * SHA1_LENGTH
        || stored.charAt(0) != '*'
        || scramble.length != SHA1_LENGTH) {
      return false;
    }
    byte[] twice = HexFormat.of().parseHex(stored, 1, stored.length());
    MessageDigest sha = Digests.sha1();
    sha.update(nonce);
    byte[] once = Digests.xor(scramble, sha.digest(twice));
    return MessageDigest.isEqual(twice, sha.digest(once));
  }

  /** What a client answers in {@code caching_sha2_password}: empty for an empty password. */
  public static byte[] sha2Scramble(byte[] password, byte[] nonce) {
    if (password.length == 0) {
      return new byte[0];
    }
    MessageDigest sha = Digests.sha256();
    byte[] once = sha.digest(password);
    sha.update(sha.digest(once));
    return Digests.xor(once, sha.digest(nonce));
  }

  /** What a client answers in {@code mysql_native_password}: empty for an empty password. */
  public static byte[] nativeScramble(byte[] password, byte[] nonce) {
    if (password.length == 0) {
      return new byte[0];
    }
    MessageDigest sha = Digests.sha1();
    byte[] once = sha.digest(password);
    byte[] twice = sha.digest(once);
    sha.update(nonce);
    return Digests.xor(once, sha.digest(twice));
  }

  private static String nativeVerifier(byte[] clear) {
    MessageDigest sha = Digests.sha1();
    byte[] twice = sha.digest(sha.digest(clear));
    return "*" + HexFormat.of().formatHex(twice).toUpperCase(Locale.ROOT);
  }
}
