package io.portcullis.proxy.wire.handshake;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.portcullis.proxy.wire.AuthData;
import io.portcullis.proxy.wire.ProtocolException;
import io.portcullis.proxy.wire.WireValues;

/**
 * More data of the authentication plugin, from the server.
 *
 * @see <a
 *     href="https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase_packets_protocol_auth_more_data.html">Protocol::AuthMoreData</a>
 */
public record AuthMoreData(AuthData data) {
  public static final int HEADER = 0x01;

  private static final int MAX_DATA = 16 * 1024;

  /** Whether a payload of the connection phase is one of these; moves no index. */
  public static boolean matches(ByteBuf payload) {
    return payload.isReadable() && payload.getUnsignedByte(payload.readerIndex()) == HEADER;
  }

  /** The payload; the caller owns it. */
  public ByteBuf encode(ByteBufAllocator allocator) {
    return allocator.buffer(data.length() + 1).writeByte(HEADER).writeBytes(data.bytes());
  }

  /** Borrows {@code payload}. */
  public static AuthMoreData decode(ByteBuf payload) {
    if (!matches(payload)) {
      throw new ProtocolException("auth more data: other header byte");
    }
    payload.skipBytes(1);
    if (payload.readableBytes() > MAX_DATA) {
      throw new ProtocolException(
          "auth data length: " + payload.readableBytes() + " (expected: <= " + MAX_DATA + ")");
    }
    return new AuthMoreData(
        AuthData.of(WireValues.readBytes(payload, payload.readableBytes(), "auth data")));
  }
}
