package io.portcullis.proxy.wire.handshake;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.portcullis.proxy.wire.CapabilityFlags;

/**
 * The head of a login packet alone, by which a client asks for TLS before it says more.
 *
 * @see <a
 *     href="https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase_packets_protocol_ssl_request.html">Protocol::SSLRequest</a>
 */
public record SslRequest(long capabilities, long maxPacketSize, int collation) {

  /** Whether the first packet of a client is one of these; borrows it and moves no index. */
  public static boolean matches(ByteBuf payload) {
    return payload.readableBytes() == HandshakeResponse41.FIXED_LENGTH
        && (payload.getUnsignedIntLE(payload.readerIndex()) & CapabilityFlags.SSL) != 0;
  }

  /** The payload; the caller owns it. */
  public ByteBuf encode(ByteBufAllocator allocator) {
    ByteBuf out = allocator.buffer(HandshakeResponse41.FIXED_LENGTH);
    HandshakeResponse41.writeFixed(
        out, capabilities | CapabilityFlags.SSL, maxPacketSize, collation);
    return out;
  }
}
