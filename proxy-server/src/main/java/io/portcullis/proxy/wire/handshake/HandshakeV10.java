package io.portcullis.proxy.wire.handshake;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.portcullis.proxy.wire.AuthData;
import io.portcullis.proxy.wire.CapabilityFlags;
import io.portcullis.proxy.wire.ProtocolException;
import io.portcullis.proxy.wire.WireValues;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A server's greeting. In MariaDB's flavour {@link CapabilityFlags#CLIENT_MYSQL} is clear and the
 * upper 32 capability bits travel in what MySQL reserves; in MySQL's they are zero.
 *
 * @param nonce the 20 bytes of the challenge, without the closing NUL
 * @param collation id of the server's default collation; its low byte travels
 * @param authPlugin empty when the server does not announce {@link CapabilityFlags#PLUGIN_AUTH}
 * @see <a
 *     href="https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase_packets_protocol_handshake_v10.html">Protocol::HandshakeV10</a>
 */
public record HandshakeV10(
    String serverVersion,
    long threadId,
    AuthData nonce,
    long capabilities,
    int collation,
    int statusFlags,
    String authPlugin) {

  private static final int PROTOCOL_VERSION = 10;
  private static final int FIRST_PART = 8;
  private static final int MAX_TEXT = 256;
  private static final int MAX_NONCE = 255;

  public HandshakeV10 {
    if (serverVersion.indexOf('\0') >= 0 || authPlugin.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("version and plugin name: NUL inside");
    }
    if (nonce.length() < FIRST_PART || nonce.length() > MAX_NONCE - 1) {
      throw new IllegalArgumentException("nonce length: " + nonce.length() + " (expected: 8..254)");
    }
    if (CapabilityFlags.has(capabilities, CapabilityFlags.CLIENT_MYSQL)) {
      capabilities &= CapabilityFlags.MYSQL_MASK;
    }
  }

  /** Whether the server speaks MariaDB's flavour of the protocol. */
  public boolean isMariaDb() {
    return !CapabilityFlags.has(capabilities, CapabilityFlags.CLIENT_MYSQL);
  }

  /** The payload; the caller owns it. */
  public ByteBuf encode(ByteBufAllocator allocator) {
    ByteBuf out = allocator.buffer(128);
    byte[] challenge = nonce.bytes();
    out.writeByte(PROTOCOL_VERSION);
    WireValues.writeNulTerminated(out, serverVersion, StandardCharsets.UTF_8);
    out.writeIntLE((int) threadId);
    out.writeBytes(challenge, 0, FIRST_PART).writeByte(0);
    out.writeShortLE((int) capabilities);
    out.writeByte(collation);
    out.writeShortLE(statusFlags);
    out.writeShortLE((int) (capabilities >>> 16));
    boolean pluginAuth = CapabilityFlags.has(capabilities, CapabilityFlags.PLUGIN_AUTH);
    out.writeByte(pluginAuth ? challenge.length + 1 : 0);
    out.writeZero(6);
    out.writeIntLE(isMariaDb() ? (int) (capabilities >>> 32) : 0);
    int second = challenge.length - FIRST_PART;
    out.writeBytes(challenge, FIRST_PART, second);
    out.writeZero(Math.max(13 - second, 1));
    if (pluginAuth) {
      WireValues.writeNulTerminated(out, authPlugin, StandardCharsets.US_ASCII);
    }
    return out;
  }

  /** Decodes a server's greeting; borrows {@code payload}. An ERR packet is the caller's to see. */
  public static HandshakeV10 decode(ByteBuf payload) {
    int version = WireValues.readUnsignedByte(payload, "protocol version");
    if (version != PROTOCOL_VERSION) {
      throw new ProtocolException("protocol version: " + version + " (expected: 10)");
    }
    String serverVersion =
        WireValues.readNulTerminated(payload, MAX_TEXT, StandardCharsets.UTF_8, "server version");
    long threadId = WireValues.readUnsignedInt(payload, "thread id");
    byte[] first = WireValues.readBytes(payload, FIRST_PART, "nonce");
    WireValues.require(payload, 1 + 2 + 1 + 2 + 2 + 1 + 10, "greeting");
    payload.skipBytes(1);
    long capabilities = payload.readUnsignedShortLE();
    int collation = payload.readUnsignedByte();
    int statusFlags = payload.readUnsignedShortLE();
    capabilities |= (long) payload.readUnsignedShortLE() << 16;
    int announced = payload.readUnsignedByte();
    payload.skipBytes(6);
    long extended = payload.readUnsignedIntLE();
    if (!CapabilityFlags.has(capabilities, CapabilityFlags.CLIENT_MYSQL)) {
      capabilities |= extended << 32;
    }
    byte[] second = WireValues.readBytes(payload, Math.max(13, announced - FIRST_PART), "nonce");
    int length = second[second.length - 1] == 0 ? second.length - 1 : second.length;
    if (FIRST_PART + length >= MAX_NONCE) {
      throw new ProtocolException("nonce: " + length + " bytes without the closing NUL");
    }
    byte[] challenge = Arrays.copyOf(first, FIRST_PART + length);
    System.arraycopy(second, 0, challenge, FIRST_PART, length);
    String plugin =
        CapabilityFlags.has(capabilities, CapabilityFlags.PLUGIN_AUTH)
            ? WireValues.readNulTerminated(
                payload, MAX_TEXT, StandardCharsets.US_ASCII, "plugin name")
            : "";
    return new HandshakeV10(
        serverVersion,
        threadId,
        AuthData.of(challenge),
        capabilities,
        collation,
        statusFlags,
        plugin);
  }
}
