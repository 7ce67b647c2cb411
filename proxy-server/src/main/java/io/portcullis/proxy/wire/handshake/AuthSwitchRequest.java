package io.portcullis.proxy.wire.handshake;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.portcullis.proxy.wire.AuthData;
import io.portcullis.proxy.wire.ProtocolException;
import io.portcullis.proxy.wire.WireValues;
import java.nio.charset.StandardCharsets;

/**
 * The server asks for another authentication plugin.
 *
 * @param data the challenge, without the closing NUL
 * @see <a
 *     href="https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase_packets_protocol_auth_switch_request.html">Protocol::AuthSwitchRequest</a>
 */
public record AuthSwitchRequest(String plugin, AuthData data) {
  public static final int HEADER = 0xfe;

  private static final int MAX_DATA = 1024;

  /** Whether a payload of the connection phase is one of these; moves no index. */
  public static boolean matches(ByteBuf payload) {
    return payload.isReadable() && payload.getUnsignedByte(payload.readerIndex()) == HEADER;
  }

  /** The payload; the caller owns it. */
  public ByteBuf encode(ByteBufAllocator allocator) {
    ByteBuf out = allocator.buffer(64);
    out.writeByte(HEADER);
    WireValues.writeNulTerminated(out, plugin, StandardCharsets.US_ASCII);
    out.writeBytes(data.bytes()).writeByte(0);
    return out;
  }

  /** Borrows {@code payload}. The one-byte form asks for the pre-4.1 password and is refused. */
  public static AuthSwitchRequest decode(ByteBuf payload) {
    if (!matches(payload)) {
      throw new ProtocolException("auth switch request: other header byte");
    }
    payload.skipBytes(1);
    if (!payload.isReadable()) {
      throw new ProtocolException("auth switch request: pre-4.1 password asked for");
    }
    String plugin =
        WireValues.readNulTerminated(
            payload,
            HandshakeResponse41.MAX_PLUGIN_BYTES,
            StandardCharsets.US_ASCII,
            "plugin name");
    int length = payload.readableBytes();
    if (length > MAX_DATA) {
      throw new ProtocolException("auth data length: " + length + " (expected: <= 1024)");
    }
    byte[] data = WireValues.readBytes(payload, length, "auth data");
    boolean closed = length > 0 && data[length - 1] == 0;
    return new AuthSwitchRequest(
        plugin, AuthData.of(closed ? java.util.Arrays.copyOf(data, length - 1) : data));
  }
}
