package io.portcullis.proxy.auth;

import io.portcullis.proxy.wire.AuthData;
import io.portcullis.proxy.wire.CapabilityFlags;
import io.portcullis.proxy.wire.handshake.ComChangeUser;
import io.portcullis.proxy.wire.handshake.HandshakeResponse41;

/**
 * A client's wish to log in, from a handshake response or COM_CHANGE_USER.
 *
 * @param user and {@code host} as error texts show them
 * @param plugin the client's; empty when it cannot do plugins
 * @param authResponse its answer to {@code nonce}
 * @param nonce what the greeting carried
 * @param pluginAuth whether it understands an auth switch
 * @param secure whether what it sends is hidden from others: TLS
 */
public record AuthRequest(
    String user,
    String host,
    String plugin,
    AuthData authResponse,
    AuthData nonce,
    boolean pluginAuth,
    boolean secure) {

  public static AuthRequest of(
      HandshakeResponse41 response, String host, AuthData nonce, boolean secure) {
    return new AuthRequest(
        response.user(),
        host,
        response.authPlugin(),
        response.authResponse(),
        nonce,
        CapabilityFlags.has(response.capabilities(), CapabilityFlags.PLUGIN_AUTH),
        secure);
  }

  public static AuthRequest of(
      ComChangeUser change, long capabilities, String host, AuthData nonce, boolean secure) {
    return new AuthRequest(
        change.user(),
        host,
        change.authPlugin(),
        change.authResponse(),
        nonce,
        CapabilityFlags.has(capabilities, CapabilityFlags.PLUGIN_AUTH),
        secure);
  }
}
