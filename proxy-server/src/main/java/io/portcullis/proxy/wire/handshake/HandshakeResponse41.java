package io.portcullis.proxy.wire.handshake;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.portcullis.proxy.wire.AuthData;
import io.portcullis.proxy.wire.CapabilityFlags;
import io.portcullis.proxy.wire.ProtocolException;
import io.portcullis.proxy.wire.WireValues;
import io.portcullis.sql.text.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A client's answer to the greeting: who it is and what it can do.
 *
 * @param capabilities what both sides announced; bits only the client set are gone, since clients
 *     send the fields that belong to them only when the server has them too
 * @param collation id of the character set of the session; names in this packet are read as UTF-8
 * @param authPlugin empty when the client cannot do plugins: then it is mysql_native_password
 * @see <a
 *     href="https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase_packets_protocol_handshake_response.html">Protocol::HandshakeResponse41</a>
 */
public record HandshakeResponse41(
    long capabilities,
    long maxPacketSize,
    int collation,
    String user,
    AuthData authResponse,
    Optional<String> database,
    String authPlugin,
    Map<String, String> attributes,
    OptionalInt zstdLevel) {

  static final int FIXED_LENGTH = 32;
  static final int MAX_USER_BYTES = 1024;
  static final int MAX_DATABASE_BYTES = 1024;
  static final int MAX_PLUGIN_BYTES = 256;
  static final int MAX_AUTH_BYTES = 4096;

  public HandshakeResponse41 {
    attributes = Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
  }

  /** The payload; the caller owns it. Auth responses above 250 bytes need length-encoding. */
  public ByteBuf encode(ByteBufAllocator allocator) {
    if (user.indexOf('\0') >= 0 || database.orElse("").indexOf('\0') >= 0) {
      throw new IllegalArgumentException("user and database name: NUL inside");
    }
    ByteBuf out = allocator.buffer(256);
    writeFixed(out, capabilities, maxPacketSize, collation);
    WireValues.writeNulTerminated(out, user, StandardCharsets.UTF_8);
    if (has(CapabilityFlags.PLUGIN_AUTH_LENENC_CLIENT_DATA)) {
      WireValues.writeLengthEncoded(out, authResponse.bytes());
    } else if (has(CapabilityFlags.SECURE_CONNECTION)) {
      if (authResponse.length() > 255) {
        out.release();
        throw new IllegalArgumentException(
            "auth response length: " + authResponse.length() + " (expected: <= 255)");
      }
      out.writeByte(authResponse.length()).writeBytes(authResponse.bytes());
    } else {
      out.writeBytes(authResponse.bytes()).writeByte(0);
    }
    if (has(CapabilityFlags.CONNECT_WITH_DB)) {
      WireValues.writeNulTerminated(out, database.orElse(""), StandardCharsets.UTF_8);
    }
    if (has(CapabilityFlags.PLUGIN_AUTH)) {
      WireValues.writeNulTerminated(out, authPlugin, StandardCharsets.US_ASCII);
    }
    if (has(CapabilityFlags.CONNECT_ATTRS)) {
      ConnectAttributes.encode(out, attributes);
    }
    if (has(CapabilityFlags.ZSTD_COMPRESSION_ALGORITHM)) {
      out.writeByte(zstdLevel.orElse(3));
    }
    return out;
  }

  /**
   * Decodes a client's answer to a greeting with {@code serverCapabilities}; borrows {@code
   * payload}. Bytes after the last known field are ignored, as the server does.
   */
  public static HandshakeResponse41 decode(ByteBuf payload, long serverCapabilities) {
    WireValues.require(payload, 2, "handshake response");
    if ((payload.getUnsignedShortLE(payload.readerIndex()) & CapabilityFlags.PROTOCOL_41) == 0) {
      throw new ProtocolException(
          ErrorCode.ER_NOT_SUPPORTED_AUTH_MODE.error(), "handshake response without PROTOCOL_41");
    }
    WireValues.require(payload, FIXED_LENGTH, "handshake response");
    long capabilities = readCapabilities(payload, serverCapabilities);
    long maxPacketSize = payload.readUnsignedIntLE();
    int collation = payload.readUnsignedByte();
    payload.skipBytes(23);
    String user =
        WireValues.readNulTerminated(payload, MAX_USER_BYTES, StandardCharsets.UTF_8, "user name");
    AuthData authResponse = AuthData.of(readAuthResponse(payload, capabilities));
    Optional<String> database = Optional.empty();
    if (CapabilityFlags.has(capabilities, CapabilityFlags.CONNECT_WITH_DB)) {
      database = readDatabase(payload);
    }
    String plugin = "";
    if (CapabilityFlags.has(capabilities, CapabilityFlags.PLUGIN_AUTH)) {
      plugin =
          WireValues.readNulTerminated(
              payload, MAX_PLUGIN_BYTES, StandardCharsets.UTF_8, "plugin name");
    }
    Map<String, String> attributes = Map.of();
    if (CapabilityFlags.has(capabilities, CapabilityFlags.CONNECT_ATTRS) && payload.isReadable()) {
      attributes = ConnectAttributes.decode(payload);
    }
    OptionalInt zstdLevel = OptionalInt.empty();
    if (CapabilityFlags.has(capabilities, CapabilityFlags.ZSTD_COMPRESSION_ALGORITHM)
        && payload.isReadable()) {
      zstdLevel = OptionalInt.of(payload.readUnsignedByte());
    }
    return new HandshakeResponse41(
        capabilities,
        maxPacketSize,
        collation,
        user,
        authResponse,
        database,
        plugin,
        attributes,
        zstdLevel);
  }

  static Optional<String> readDatabase(ByteBuf payload) {
    String name =
        WireValues.readNulTerminated(
            payload, MAX_DATABASE_BYTES, StandardCharsets.UTF_8, "database name");
    return name.isEmpty() ? Optional.empty() : Optional.of(name);
  }

  /** Reads the first four bytes and peeks at MariaDB's extension in the reserved ones. */
  private static long readCapabilities(ByteBuf payload, long serverCapabilities) {
    long extended = payload.getUnsignedIntLE(payload.readerIndex() + FIXED_LENGTH - 4);
    long capabilities = payload.readUnsignedIntLE();
    if (!CapabilityFlags.has(capabilities, CapabilityFlags.CLIENT_MYSQL)
        && !CapabilityFlags.has(serverCapabilities, CapabilityFlags.CLIENT_MYSQL)) {
      capabilities |= extended << 32;
    }
    return capabilities & serverCapabilities;
  }

  private static byte[] readAuthResponse(ByteBuf payload, long capabilities) {
    int length;
    if (CapabilityFlags.has(capabilities, CapabilityFlags.PLUGIN_AUTH_LENENC_CLIENT_DATA)) {
      length = WireValues.readLength(payload, MAX_AUTH_BYTES, "auth response");
    } else if (CapabilityFlags.has(capabilities, CapabilityFlags.SECURE_CONNECTION)) {
      length = WireValues.readUnsignedByte(payload, "auth response");
    } else {
      length = payload.bytesBefore((byte) 0);
      if (length < 0 || length > MAX_AUTH_BYTES) {
        throw new ProtocolException("auth response: no end within " + MAX_AUTH_BYTES + " bytes");
      }
      byte[] bytes = WireValues.readBytes(payload, length, "auth response");
      payload.skipBytes(1);
      return bytes;
    }
    return WireValues.readBytes(payload, length, "auth response");
  }

  static void writeFixed(ByteBuf out, long capabilities, long maxPacketSize, int collation) {
    boolean mariaDb = !CapabilityFlags.has(capabilities, CapabilityFlags.CLIENT_MYSQL);
    out.writeIntLE((int) capabilities);
    out.writeIntLE((int) maxPacketSize);
    out.writeByte(collation);
    out.writeZero(19);
    out.writeIntLE(mariaDb ? (int) (capabilities >>> 32) : 0);
  }

  private boolean has(long flag) {
    return CapabilityFlags.has(capabilities, flag);
  }
}
