package io.portcullis.privilege.credential;

import java.security.MessageDigest;
import java.util.Arrays;

/**
 * SHA-256 crypt (<a href="https://www.akkadia.org/drepper/SHA-crypt.txt">specification</a>) with a
 * salt of any length: MySQL's {@code caching_sha2_password} uses 20 bytes where {@code crypt(3)}
 * stops at 16.
 */
final class Sha256Crypt {

  /** Length of the encoded digest. */
  static final int ENCODED_LENGTH = 43;

  private static final int DIGEST_LENGTH = 32;
  private static final byte[] ALPHABET =
      Ascii.bytes("./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

  /** Which digest bytes make each group of four characters; the last group has two bytes. */
  private static final int[][] GROUPS = {
    {0, 10, 20}, {21, 1, 11}, {12, 22, 2}, {3, 13, 23}, {24, 4, 14},
    {15, 25, 5}, {6, 16, 26}, {27, 7, 17}, {18, 28, 8}, {9, 19, 29}
  };

  private Sha256Crypt() {}

  /** The encoded digest, without salt and prefix: {@link #ENCODED_LENGTH} ASCII characters. */
  static byte[] digest(byte[] password, byte[] salt, int rounds) {
    MessageDigest sha = Digests.sha256();
    sha.update(password);
    sha.update(salt);
    byte[] alternate = sha.digest(password);

    sha.update(password);
    sha.update(salt);
    updateRepeated(sha, alternate, password.length);
    for (int bits = password.length; bits > 0; bits >>= 1) {
      sha.update((bits & 1) != 0 ? alternate : password);
    }
    byte[] current = sha.digest();

    for (int i = 0; i < password.length; i++) {
      sha.update(password);
    }
    byte[] p = repeated(sha.digest(), password.length);
    for (int i = 0; i < 16 + (current[0] & 0xff); i++) {
      sha.update(salt);
    }
    byte[] s = repeated(sha.digest(), salt.length);

    for (int round = 0; round < rounds; round++) {
      boolean odd = (round & 1) != 0;
      sha.update(odd ? p : current);
      if (round % 3 != 0) {
        sha.update(s);
      }
      if (round % 7 != 0) {
        sha.update(p);
      }
      sha.update(odd ? current : p);
      current = sha.digest();
    }
    byte[] encoded = encode(current);
    Arrays.fill(p, (byte) 0);
    return encoded;
  }

  private static void updateRepeated(MessageDigest sha, byte[] digest, int length) {
    int left = length;
    for (; left > DIGEST_LENGTH; left -= DIGEST_LENGTH) {
      sha.update(digest);
    }
    sha.update(digest, 0, left);
  }

  private static byte[] repeated(byte[] digest, int length) {
    byte[] result = new byte[length];
    for (int i = 0; i < length; i++) {
      result[i] = digest[i % DIGEST_LENGTH];
    }
    return result;
  }

  private static byte[] encode(byte[] digest) {
    byte[] result = new byte[ENCODED_LENGTH];
    int at = 0;
    for (int[] group : GROUPS) {
      int bits =
          (digest[group[0]] & 0xff) << 16
              | (digest[group[1]] & 0xff) << 8
              | (digest[group[2]] & 0xff);
      at = put(result, at, bits, 4);
    }
    put(result, at, (digest[31] & 0xff) << 8 | (digest[30] & 0xff), 3);
    return result;
  }

  private static int put(byte[] result, int begin, int bits, int characters) {
    int left = bits;
    int at = begin;
    for (; at < begin + characters; at++) {
      result[at] = ALPHABET[left & 0x3f];
      left >>= 6;
    }
    return at;
  }
}
