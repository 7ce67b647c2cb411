package io.portcullis.proxy.config;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * A password that does not print itself. Compared in constant time. Thread safe except for {@link
 * #clear}.
 */
public final class Secret {
  private final char[] value;

  private Secret(char[] value) {
    this.value = value;
  }

  public static Secret of(String value) {
    return new Secret(value.toCharArray());
  }

  public static Secret empty() {
    return new Secret(new char[0]);
  }

  /** The password itself, for the moment it is needed. */
  public String reveal() {
    return new String(value);
  }

  public boolean isEmpty() {
    return value.length == 0;
  }

  /** Overwrites the password; afterwards it is a text of NUL characters. */
  public void clear() {
    Arrays.fill(value, '\0');
  }

  private byte[] bytes() {
    ByteBuffer buffer = StandardCharsets.UTF_16BE.encode(java.nio.CharBuffer.wrap(value));
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Secret secret && MessageDigest.isEqual(bytes(), secret.bytes());
  }

  @Override
  public int hashCode() {
    return Secret.class.hashCode();
  }

  @Override
  public String toString() {
    return isEmpty() ? "(none)" : "(hidden)";
  }
}
