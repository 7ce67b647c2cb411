package io.portcullis.privilege.credential;

import java.nio.charset.StandardCharsets;

/** Stored verifiers as bytes: one character is one byte. */
final class Ascii {

  private Ascii() {}

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  static String string(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}
