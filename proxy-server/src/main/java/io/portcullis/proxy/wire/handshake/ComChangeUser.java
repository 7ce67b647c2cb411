package io.portcullis.proxy.wire.handshake;

import io.netty.buffer.ByteBuf;
import io.portcullis.proxy.wire.AuthData;
import io.portcullis.proxy.wire.CapabilityFlags;
import io.portcullis.proxy.wire.WireValues;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A login within a connection.
 *
 * @param collation the session's character set; empty when the client leaves it out
 * @param authPlugin empty when the client cannot do plugins
 * @see <a
 *     href="https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_change_user.html">COM_CHANGE_USER</a>
 */
public record ComChangeUser(
    String user,
    AuthData authResponse,
    Optional<String> database,
    OptionalInt collation,
    String authPlugin,
    Map<String, String> attributes) {

  public ComChangeUser {
    attributes = Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
  }

  /**
   * Decodes the payload, command byte included, under the capabilities of the connection; borrows
   * it.
   */
  public static ComChangeUser decode(ByteBuf payload, long capabilities) {
    WireValues.readUnsignedByte(payload, "command");
    String user =
        WireValues.readNulTerminated(
            payload, HandshakeResponse41.MAX_USER_BYTES, StandardCharsets.UTF_8, "user name");
    int length = WireValues.readUnsignedByte(payload, "auth response");
    AuthData authResponse = AuthData.of(WireValues.readBytes(payload, length, "auth response"));
    Optional<String> database = HandshakeResponse41.readDatabase(payload);
    OptionalInt collation = OptionalInt.empty();
    String plugin = "";
    Map<String, String> attributes = Map.of();
    if (payload.isReadable()) {
      collation = OptionalInt.of(WireValues.readUnsignedShort(payload, "collation"));
      if (CapabilityFlags.has(capabilities, CapabilityFlags.PLUGIN_AUTH)) {
        plugin =
            WireValues.readNulTerminated(
                payload,
                HandshakeResponse41.MAX_PLUGIN_BYTES,
                StandardCharsets.UTF_8,
                "plugin name");
      }
      if (CapabilityFlags.has(capabilities, CapabilityFlags.CONNECT_ATTRS)
          && payload.isReadable()) {
        attributes = ConnectAttributes.decode(payload);
      }
    }
    return new ComChangeUser(user, authResponse, database, collation, plugin, attributes);
  }
}
