package io.portcullis.privilege.credential;

import java.security.SecureRandom;

/** A password nobody chose: typeable on any keyboard, no characters that look alike, 116 bits. */
public final class GeneratedPassword {

  private static final String ALPHABET = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
  private static final int LENGTH = 20;

  private GeneratedPassword() {}

  public static String next(SecureRandom random) {
    StringBuilder password = new StringBuilder(LENGTH);
    for (int i = 0; i < LENGTH; i++) {
      password.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return password.toString();
  }
}
