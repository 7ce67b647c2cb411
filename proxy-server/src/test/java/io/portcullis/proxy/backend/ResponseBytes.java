package io.portcullis.proxy.backend;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Builds framed responses byte by byte, independently of the code under test. */
final class ResponseBytes {
  static final int FULL = 0xFF_FFFF;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final boolean deprecateEof;
  private int sequence;

  ResponseBytes(boolean deprecateEof, int firstSequence) {
    this.deprecateEof = deprecateEof;
    this.sequence = firstSequence;
  }

  static ResponseBytes response(boolean deprecateEof) {
    return new ResponseBytes(deprecateEof, 1);
  }

  /** One payload, split as the protocol asks. */
  ResponseBytes packet(byte... payload) {
    int from = 0;
    int length;
    do {
      length = Math.min(FULL, payload.length - from);
      out.write(length);
      out.write(length >> 8);
      out.write(length >> 16);
      out.write(sequence++);
      out.write(payload, from, length);
      from += length;
    } while (length == FULL);
    return this;
  }

  ResponseBytes ints(int... payload) {
    byte[] bytes = new byte[payload.length];
    for (int i = 0; i < payload.length; i++) {
      bytes[i] = (byte) payload[i];
    }
    return packet(bytes);
  }

  /** OK with large counters, so that its integers are not one byte each. */
  ResponseBytes ok(int status, int warnings, String info) {
    return okPacket(0x00, status, warnings, info);
  }

  private ResponseBytes okPacket(int header, int status, int warnings, String info) {
    ByteArrayOutputStream payload = new ByteArrayOutputStream();
    payload.write(header);
    payload.writeBytes(new byte[] {(byte) 0xFC, 0x34, 0x12});
    payload.writeBytes(new byte[] {(byte) 0xFD, 1, 2, 3});
    payload.writeBytes(shorts(status, warnings));
    payload.writeBytes(info.getBytes(StandardCharsets.UTF_8));
    return packet(payload.toByteArray());
  }

  /** What ends rows: EOF, or OK in its clothes. */
  ResponseBytes end(int status, int warnings) {
    if (deprecateEof) {
      return okPacket(0xFE, status, warnings, "info");
    }
    return eof(status, warnings);
  }

  ResponseBytes eof(int status, int warnings) {
    byte[] shorts = shorts(warnings, status);
    return ints(0xFE, shorts[0], shorts[1], shorts[2], shorts[3]);
  }

  /** The EOF after definitions, where there is one. */
  ResponseBytes definitionsEnd(int status) {
    return deprecateEof ? this : eof(status, 0);
  }

  ResponseBytes err(int errno, String message) {
    ByteArrayOutputStream payload = new ByteArrayOutputStream();
    payload.write(0xFF);
    payload.write(errno);
    payload.write(errno >> 8);
    payload.writeBytes(("#42000" + message).getBytes(StandardCharsets.UTF_8));
    return packet(payload.toByteArray());
  }

  ResponseBytes columns(int count) {
    if (count < 0xFB) {
      ints(count);
    } else {
      ints(0xFC, count & 0xFF, count >> 8);
    }
    return definitions(count);
  }

  ResponseBytes definitions(int count) {
    for (int i = 0; i < count; i++) {
      packet(
          ("\003def\001d\001t\001t\002c" + i % 10 + "\001c\014").getBytes(StandardCharsets.UTF_8));
    }
    return this;
  }

  ResponseBytes prepareOk(int columns, int parameters, int warnings) {
    return ints(0, 9, 0, 0, 0, columns, columns >> 8, parameters, parameters >> 8, 0, warnings, 0);
  }

  byte[] bytes() {
    return out.toByteArray();
  }

  private static byte[] shorts(int first, int second) {
    return new byte[] {(byte) first, (byte) (first >> 8), (byte) second, (byte) (second >> 8)};
  }

  static byte[] filled(int length, int first) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) 'x');
    if (length > 0) {
      bytes[0] = (byte) first;
    }
    return bytes;
  }

  /** The same packets with other sequence ids. */
  static byte[] renumbered(byte[] framed, int offset) {
    byte[] copy = framed.clone();
    for (int at = 0; at < copy.length; ) {
      int length = (copy[at] & 0xFF) | (copy[at + 1] & 0xFF) << 8 | (copy[at + 2] & 0xFF) << 16;
      copy[at + 3] += (byte) offset;
      at += 4 + length;
    }
    return copy;
  }
}
