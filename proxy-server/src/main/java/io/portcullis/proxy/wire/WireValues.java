package io.portcullis.proxy.wire;

import io.netty.buffer.ByteBuf;
import java.nio.charset.Charset;

/**
 * Reads and writes the protocol's basic values. Every length is checked against what is readable
 * and against the caller's limit before it is used; what fails is a {@link ProtocolException}
 * naming the field. Borrows buffers.
 *
 * @see <a
 *     href="https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_data_types.html">Basic
 *     data types</a>
 */
public final class WireValues {
  private static final int NULL = 0xfb;

  private WireValues() {}

  /** Fails unless {@code length} bytes are readable. */
  public static void require(ByteBuf in, int length, String field) {
    if (in.readableBytes() < length) {
      throw new ProtocolException(
          field + ": " + in.readableBytes() + " bytes left (expected: >= " + length + ")");
    }
  }

  public static int readUnsignedByte(ByteBuf in, String field) {
    require(in, 1, field);
    return in.readUnsignedByte();
  }

  public static int readUnsignedShort(ByteBuf in, String field) {
    require(in, 2, field);
    return in.readUnsignedShortLE();
  }

  public static long readUnsignedInt(ByteBuf in, String field) {
    require(in, 4, field);
    return in.readUnsignedIntLE();
  }

  /** A length-encoded number; all 64 bits, so it can be negative as a long. NULL is an error. */
  public static long readLengthEncoded(ByteBuf in, String field) {
    int first = readUnsignedByte(in, field);
    switch (first) {
      case 0xfc:
        require(in, 2, field);
        return in.readUnsignedShortLE();
      case 0xfd:
        require(in, 3, field);
        return in.readUnsignedMediumLE();
      case 0xfe:
        require(in, 8, field);
        return in.readLongLE();
      case NULL:
      case 0xff:
        throw new ProtocolException(
            field + ": length byte 0x" + Integer.toHexString(first) + " (expected: a number)");
      default:
        return first;
    }
  }

  /** A length that what is left of {@code in} can hold and that is within {@code limit}. */
  public static int readLength(ByteBuf in, int limit, String field) {
    long length = readLengthEncoded(in, field);
    if (length < 0 || length > limit || length > in.readableBytes()) {
      throw new ProtocolException(
          field
              + " length: "
              + Long.toUnsignedString(length)
              + " (expected: <= "
              + Math.min(limit, in.readableBytes())
              + ")");
    }
    return (int) length;
  }

  /** Whether a NULL column value is next. */
  public static boolean isNull(ByteBuf in) {
    return in.isReadable() && in.getUnsignedByte(in.readerIndex()) == NULL;
  }

  public static String readLengthEncodedString(
      ByteBuf in, int limit, Charset charset, String field) {
    int length = readLength(in, limit, field);
    return readString(in, length, charset);
  }

  public static byte[] readLengthEncodedBytes(ByteBuf in, int limit, String field) {
    return readBytes(in, readLength(in, limit, field), field);
  }

  public static byte[] readBytes(ByteBuf in, int length, String field) {
    require(in, length, field);
    byte[] bytes = new byte[length];
    in.readBytes(bytes);
    return bytes;
  }

  /** A string that ends with a NUL, or at the end of the packet. */
  public static String readNulTerminated(ByteBuf in, int limit, Charset charset, String field) {
    int end = in.bytesBefore((byte) 0);
    int length = end < 0 ? in.readableBytes() : end;
    if (length > limit) {
      throw new ProtocolException(field + " length: " + length + " (expected: <= " + limit + ")");
    }
    String value = readString(in, length, charset);
    if (end >= 0) {
      in.skipBytes(1);
    }
    return value;
  }

  /** Whatever is left, as a string. */
  public static String readRest(ByteBuf in, int limit, Charset charset, String field) {
    if (in.readableBytes() > limit) {
      throw new ProtocolException(
          field + " length: " + in.readableBytes() + " (expected: <= " + limit + ")");
    }
    return readString(in, in.readableBytes(), charset);
  }

  private static String readString(ByteBuf in, int length, Charset charset) {
    String value = in.toString(in.readerIndex(), length, charset);
    in.skipBytes(length);
    return value;
  }

  public static void writeLengthEncoded(ByteBuf out, long value) {
    if (value >= 0 && value < NULL) {
      out.writeByte((int) value);
    } else if (value >= 0 && value <= 0xffff) {
      out.writeByte(0xfc).writeShortLE((int) value);
    } else if (value >= 0 && value <= 0xff_ffff) {
      out.writeByte(0xfd).writeMediumLE((int) value);
    } else {
      out.writeByte(0xfe).writeLongLE(value);
    }
  }

  public static void writeNull(ByteBuf out) {
    out.writeByte(NULL);
  }

  public static void writeLengthEncoded(ByteBuf out, byte[] value) {
    writeLengthEncoded(out, value.length);
    out.writeBytes(value);
  }

  public static void writeLengthEncoded(ByteBuf out, String value, Charset charset) {
    writeLengthEncoded(out, value.getBytes(charset));
  }

  public static void writeNulTerminated(ByteBuf out, String value, Charset charset) {
    out.writeCharSequence(value, charset);
    out.writeByte(0);
  }
}
