package io.portcullis.proxy.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/** Writes packet headers around payloads, splitting those of 16 MiB - 1 and more. */
public final class Packets {
  private Packets() {}

  /**
   * One payload with its header, ready to be sent. Takes ownership of {@code payload}; the caller
   * owns the result.
   */
  public static ByteBuf frame(ByteBufAllocator allocator, ByteBuf payload, int sequenceId) {
    try {
      ByteBuf out = allocator.buffer(payload.readableBytes() + PacketFraming.HEADER_LENGTH);
      append(out, payload, sequenceId);
      return out;
    } finally {
      payload.release();
    }
  }

  /** Appends one payload, framed, to {@code out}; borrows both. Returns the next sequence id. */
  public static int append(ByteBuf out, ByteBuf payload, int sequenceId) {
    int begin = begin(out);
    out.writeBytes(payload, payload.readerIndex(), payload.readableBytes());
    return end(out, begin, sequenceId);
  }

  /** Leaves room for a header; the payload is written to {@code out} next, then {@link #end}. */
  public static int begin(ByteBuf out) {
    int begin = out.writerIndex();
    out.writeInt(0);
    return begin;
  }

  /**
   * Fills in the header left by {@link #begin}, and inserts more where the payload needs them.
   * Returns the next sequence id.
   */
  public static int end(ByteBuf out, int begin, int sequenceId) {
    int max = PacketFraming.MAX_FRAME_PAYLOAD;
    int first = begin + PacketFraming.HEADER_LENGTH;
    int payload = out.writerIndex() - first;
    int extra = payload / max;
    if (extra > 0) {
      out.ensureWritable(extra * PacketFraming.HEADER_LENGTH);
      out.writerIndex(out.writerIndex() + extra * PacketFraming.HEADER_LENGTH);
      for (int frame = extra; frame > 0; frame--) {
        int from = first + frame * max;
        int length = frame == extra ? payload - extra * max : max;
        int header = begin + frame * (max + PacketFraming.HEADER_LENGTH);
        move(out, from, header + PacketFraming.HEADER_LENGTH, length);
        out.setMediumLE(header, length);
        out.setByte(header + 3, sequenceId + frame);
      }
    }
    out.setMediumLE(begin, Math.min(payload, max));
    out.setByte(begin + 3, sequenceId);
    return (sequenceId + extra + 1) & 0xff;
  }

  /** Moves bytes to the right within one buffer, from the end in steps that do not overlap. */
  private static void move(ByteBuf buffer, int from, int to, int length) {
    byte[] chunk = new byte[Math.min(length, 64 * 1024)];
    int left = length;
    while (left > 0) {
      int step = Math.min(left, chunk.length);
      left -= step;
      buffer.getBytes(from + left, chunk, 0, step);
      buffer.setBytes(to + left, chunk, 0, step);
    }
  }
}
