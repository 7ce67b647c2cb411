package io.portcullis.proxy.wire.message;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.portcullis.proxy.wire.CapabilityFlags;
import io.portcullis.proxy.wire.ProtocolException;
import io.portcullis.proxy.wire.WireValues;
import io.portcullis.sql.text.SqlError;
import java.nio.charset.StandardCharsets;

/**
 * An error.
 *
 * @see <a
 *     href="https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_err_packet.html">ERR_Packet</a>
 */
public record ErrPacket(int errno, String sqlState, String message) {
  public static final int HEADER = 0xff;

  /** What servers say when they send no SQLSTATE. */
  public static final String GENERAL = "HY000";

  /** As in the server: longer texts are cut. */
  private static final int MAX_MESSAGE_BYTES = 2048;

  private static final int MAX_TEXT = 0xffff;

  public static ErrPacket of(SqlError error) {
    return new ErrPacket(error.code().errno(), error.code().sqlState(), error.message());
  }

  /** Whether a payload is an ERR packet; moves no index. */
  public static boolean matches(ByteBuf payload) {
    return payload.isReadable() && payload.getUnsignedByte(payload.readerIndex()) == HEADER;
  }

  /**
   * The payload; the caller owns it. Before the client has said {@link CapabilityFlags#PROTOCOL_41}
   * there is no SQLSTATE.
   */
  public ByteBuf encode(ByteBufAllocator allocator, long capabilities) {
    byte[] text = message.getBytes(StandardCharsets.UTF_8);
    int length = cut(text);
    ByteBuf out = allocator.buffer(16 + length);
    out.writeByte(HEADER).writeShortLE(errno);
    if (CapabilityFlags.has(capabilities, CapabilityFlags.PROTOCOL_41)) {
      out.writeByte('#');
      out.writeCharSequence(sqlState, StandardCharsets.US_ASCII);
    }
    return out.writeBytes(text, 0, length);
  }

  private static int cut(byte[] text) {
    if (text.length <= MAX_MESSAGE_BYTES) {
      return text.length;
    }
    int length = MAX_MESSAGE_BYTES;
    while (length > 0 && (text[length] & 0xc0) == 0x80) {
      length--;
    }
    return length;
  }

  /** Borrows {@code payload}. */
  public static ErrPacket decode(ByteBuf payload) {
    if (!matches(payload)) {
      throw new ProtocolException("ERR packet: other header byte");
    }
    payload.skipBytes(1);
    int errno = WireValues.readUnsignedShort(payload, "errno");
    String sqlState = GENERAL;
    if (payload.readableBytes() >= 6 && payload.getByte(payload.readerIndex()) == '#') {
      payload.skipBytes(1);
      sqlState = payload.readCharSequence(5, StandardCharsets.US_ASCII).toString();
    }
    return new ErrPacket(
        errno,
        sqlState,
        WireValues.readRest(payload, MAX_TEXT, StandardCharsets.UTF_8, "error text"));
  }
}
