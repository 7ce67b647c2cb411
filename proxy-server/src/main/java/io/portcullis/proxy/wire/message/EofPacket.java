package io.portcullis.proxy.wire.message;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.portcullis.proxy.wire.ProtocolException;
import io.portcullis.proxy.wire.WireValues;

/**
 * End of the columns or rows, where the client does not take an OK packet for it.
 *
 * @see <a
 *     href="https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_eof_packet.html">EOF_Packet</a>
 */
public record EofPacket(int warnings, int statusFlags) {
  public static final int HEADER = 0xfe;

  private static final int MAX_LENGTH = 9;

  /**
   * Whether a payload is an EOF packet rather than a row that starts with a 8-byte length; moves no
   * index.
   */
  public static boolean matches(ByteBuf payload) {
    return payload.isReadable()
        && payload.readableBytes() < MAX_LENGTH
        && payload.getUnsignedByte(payload.readerIndex()) == HEADER;
  }

  /** The payload; the caller owns it. */
  public ByteBuf encode(ByteBufAllocator allocator) {
    ByteBuf out = allocator.buffer(5);
    write(out);
    return out;
  }

  void write(ByteBuf out) {
    out.writeByte(HEADER).writeShortLE(warnings).writeShortLE(statusFlags);
  }

  /** Borrows {@code payload}. */
  public static EofPacket decode(ByteBuf payload) {
    if (!matches(payload)) {
      throw new ProtocolException("EOF packet: other header byte or length");
    }
    payload.skipBytes(1);
    int warnings = WireValues.readUnsignedShort(payload, "warnings");
    return new EofPacket(warnings, WireValues.readUnsignedShort(payload, "status flags"));
  }
}
