package io.portcullis.proxy.wire.command;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.portcullis.proxy.wire.Packet;
import io.portcullis.proxy.wire.PacketFraming;
import io.portcullis.proxy.wire.Packets;
import io.portcullis.proxy.wire.ProtocolException;
import io.portcullis.proxy.wire.WireValues;

/**
 * The attributes of one COM_QUERY: what a connection with CLIENT_QUERY_ATTRIBUTES has between the
 * command byte and the text. Read through only to find where the text begins, and sent on as they
 * are: the gate takes them off a packet before anything looks at it, and puts them before the text
 * that is sent. Whatever the server could read in another way is refused. Immutable.
 *
 * <p>COM_STMT_EXECUTE has its attributes among its parameters, and is relayed as it is.
 *
 * @see <a
 *     href="https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_query.html">MySQL:
 *     COM_QUERY</a>
 */
public final class QueryAttributes {

  /** No attributes, in one set. */
  public static final QueryAttributes NONE = new QueryAttributes(new byte[] {0, 1});

  private static final int MAX_COUNT = 1_000;
  private static final int MAX_BYTES = 64 * 1024;

  private static final int ONE_SET = 1;
  private static final int TYPES_FOLLOW = 1;
  private static final int UNSIGNED = 0x8000;
  private static final int LONGEST_TIME = 12;
  private static final int COMMAND_BYTE = 1;

  private final byte[] bytes;

  private QueryAttributes(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * Reads those of a COM_QUERY; borrows {@code payload}, command byte included.
   *
   * @throws ProtocolException for what is malformed, of a type that is not known, or too much
   */
  public static QueryAttributes read(ByteBuf payload) {
    int begin = payload.readerIndex() + COMMAND_BYTE;
    if (payload.writerIndex() - begin >= NONE.bytes.length
        && payload.getByte(begin) == NONE.bytes[0]
        && payload.getByte(begin + 1) == NONE.bytes[1]) {
      return NONE; // nearly every text
    }
    ByteBuf in = payload.slice();
    in.skipBytes(COMMAND_BYTE);
    begin = in.readerIndex();
    long count = WireValues.readLengthEncoded(in, "query attributes");
    if (count < 0 || count > MAX_COUNT) {
      throw new ProtocolException(
          "query attributes: " + Long.toUnsignedString(count) + " (limit " + MAX_COUNT + ")");
    }
    long sets = WireValues.readLengthEncoded(in, "sets of query attributes");
    if (sets != ONE_SET) {
      throw new ProtocolException("sets of query attributes: " + sets + " (expected: 1)");
    }
    if (count > 0) {
      skip(in, (int) count);
    }
    int length = in.readerIndex() - begin;
    if (length > MAX_BYTES) {
      throw new ProtocolException(
          "query attributes: " + length + " bytes (limit " + MAX_BYTES + ")");
    }
    return new QueryAttributes(ByteBufUtil.getBytes(in, begin, length));
  }

  private static void skip(ByteBuf in, int count) {
    byte[] nulls = WireValues.readBytes(in, (count + 7) / 8, "nulls of query attributes");
    int follow = WireValues.readUnsignedByte(in, "types of query attributes");
    if (follow != TYPES_FOLLOW) {
      throw new ProtocolException("types of query attributes: " + follow + " (expected: 1)");
    }
    int[] types = new int[count];
    for (int i = 0; i < count; i++) {
      types[i] = WireValues.readUnsignedShort(in, "type of a query attribute") & ~UNSIGNED;
      skipLengthEncoded(in, "name of a query attribute");
    }
    for (int i = 0; i < count; i++) {
      if ((nulls[i / 8] >> (i % 8) & 1) == 0) {
        skipValue(in, types[i]);
      }
    }
  }

  /** By the numbers of MySQL's {@code enum_field_types}. */
  private static void skipValue(ByteBuf in, int type) {
    switch (type) {
      case 1 -> skipBytes(in, 1); // TINY
      case 2 -> skipBytes(in, 2); // SHORT
      case 3, 4 -> skipBytes(in, 4); // LONG, FLOAT
      case 5, 8 -> skipBytes(in, 8); // DOUBLE, LONGLONG
      case 7, 10, 11, 12 -> { // TIMESTAMP, DATE, TIME, DATETIME
        int length = WireValues.readUnsignedByte(in, "query attribute");
        if (length > LONGEST_TIME) {
          throw new ProtocolException("query attribute: a time of " + length + " bytes");
        }
        skipBytes(in, length);
      }
      // VARCHAR, NEWDECIMAL, the blobs, VAR_STRING, STRING
      case 15, 246, 249, 250, 251, 252, 253, 254 -> skipLengthEncoded(in, "query attribute");
      default -> throw new ProtocolException("query attribute of type " + type);
    }
  }

  private static void skipLengthEncoded(ByteBuf in, String field) {
    skipBytes(in, WireValues.readLength(in, MAX_BYTES, field));
  }

  private static void skipBytes(ByteBuf in, int length) {
    WireValues.require(in, length, "query attribute");
    in.skipBytes(length);
  }

  /** How many bytes they take. */
  public int length() {
    return bytes.length;
  }

  /**
   * The COM_QUERY of {@code packet} without these, which were read off it. Takes ownership of the
   * packet; the caller owns the result.
   */
  public Packet takeOff(Packet packet, ByteBufAllocator allocator) {
    return packet.without(COMMAND_BYTE, bytes.length, allocator);
  }

  /**
   * What goes before the text of a command that has none: a header of the new length, the command
   * byte and these; the caller owns it and sends the rest of {@code framed}, which it skips to,
   * behind. Only where {@link #fitInto}, else {@link #putIn}.
   */
  public ByteBuf head(ByteBuf framed, ByteBufAllocator allocator) {
    ByteBuf head = allocator.ioBuffer(PacketFraming.HEADER_LENGTH + COMMAND_BYTE + bytes.length);
    int from = framed.readerIndex();
    head.writeMediumLE(PacketFraming.payloadLength(framed, from) + bytes.length);
    head.writeByte(framed.getByte(from + 3));
    head.writeByte(framed.getByte(from + PacketFraming.HEADER_LENGTH));
    head.writeBytes(bytes);
    framed.skipBytes(PacketFraming.HEADER_LENGTH + COMMAND_BYTE);
    return head;
  }

  /** Whether {@link #head} can be used. */
  public boolean fitInto(ByteBuf framed) {
    return PacketFraming.payloadLength(framed, framed.readerIndex()) + bytes.length
        < PacketFraming.MAX_FRAME_PAYLOAD;
  }

  /** The command with these before its text, framed anew. Takes ownership of {@code framed}. */
  public ByteBuf putIn(ByteBuf framed, ByteBufAllocator allocator) {
    try {
      ByteBuf out = allocator.ioBuffer(framed.readableBytes() + bytes.length + 16);
      int begin = Packets.begin(out);
      int at = framed.readerIndex();
      int sequenceId = framed.getUnsignedByte(at + 3);
      while (at < framed.writerIndex()) {
        int length = PacketFraming.payloadLength(framed, at);
        at += PacketFraming.HEADER_LENGTH;
        if (out.writerIndex() == begin + PacketFraming.HEADER_LENGTH && length > 0) {
          out.writeByte(framed.getByte(at)).writeBytes(bytes);
          out.writeBytes(framed, at + COMMAND_BYTE, length - COMMAND_BYTE);
        } else {
          out.writeBytes(framed, at, length);
        }
        at += length;
      }
      Packets.end(out, begin, sequenceId);
      return out;
    } finally {
      framed.release();
    }
  }
}
