package io.portcullis.proxy.wire;

import java.security.SecureRandom;
import java.util.Arrays;

/**
 * Opaque bytes of an authentication exchange: nonce, scramble or password. Never printed, and can
 * be cleared. Equal by content, for tests and values; secrets are compared elsewhere, in constant
 * time.
 */
public final class AuthData {
  /** Length of the challenge both password plugins use. */
  public static final int NONCE_LENGTH = 20;

  private final byte[] bytes;

  private AuthData(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Takes the array over; it is not copied. */
  public static AuthData of(byte[] bytes) {
    return new AuthData(bytes);
  }

  public static AuthData empty() {
    return new AuthData(new byte[0]);
  }

  /**
   * A fresh challenge as the server makes them: 7-bit bytes without NUL and {@code $}, since old
   * clients treat it as a string.
   */
  public static AuthData nonce(SecureRandom random) {
    byte[] bytes = new byte[NONCE_LENGTH];
    random.nextBytes(bytes);
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] &= 0x7f;
      if (bytes[i] == 0 || bytes[i] == '$') {
        bytes[i]++;
      }
    }
    return new AuthData(bytes);
  }

  public int length() {
    return bytes.length;
  }

  public boolean isEmpty() {
    return bytes.length == 0;
  }

  /** The bytes themselves, borrowed: not to be changed or kept. */
  public byte[] bytes() {
    return bytes;
  }

  /** Overwrites the bytes with zeros. */
  public void clear() {
    Arrays.fill(bytes, (byte) 0);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof AuthData && Arrays.equals(bytes, ((AuthData) other).bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return "AuthData[***]";
  }
}
