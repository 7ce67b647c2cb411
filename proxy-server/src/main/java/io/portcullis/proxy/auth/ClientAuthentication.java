package io.portcullis.proxy.auth;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.portcullis.proxy.wire.AuthData;
import io.portcullis.proxy.wire.ProtocolException;
import io.portcullis.proxy.wire.handshake.AuthMoreData;
import io.portcullis.proxy.wire.handshake.AuthSwitchRequest;
import io.portcullis.proxy.wire.handshake.HandshakeV10;
import io.portcullis.sql.text.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.util.Arrays;
import java.util.Optional;

/**
 * One login of ours at a backend, without I/O: {@link #plugin()} and {@link #initialResponse()} go
 * into the handshake response; each AuthSwitchRequest and AuthMoreData goes to {@link #next}, until
 * the caller sees OK or ERR. The password travels in clear text over TLS only; without, it is
 * encrypted with the server's public key, which is taken from the configuration or, if that is
 * allowed, asked for (an attacker in between could send his own). All other plugins are refused,
 * mysql_clear_password among them.
 *
 * <p>Confined to the connection's event loop. {@link #close()} wipes this object's copy of the
 * password.
 */
public final class ClientAuthentication implements AutoCloseable {
  private static final byte REQUEST_PUBLIC_KEY = 2;
  private static final byte FAST_AUTH_SUCCESS = 3;
  private static final byte PERFORM_FULL_AUTHENTICATION = 4;

  /** How many steps a server may ask for: a switch, full authentication, its key, and to spare. */
  private static final int MAX_STEPS = 8;

  private final byte[] password;
  private final boolean secure;
  private final Optional<PublicKey> serverKey;
  private final boolean publicKeyRetrieval;
  private final ByteBufAllocator allocator;
  private String plugin;
  private AuthData nonce;
  private boolean keyAsked;
  private int steps;

  /**
   * @param password UTF-8 bytes, copied
   * @param secure whether the connection is TLS
   * @param serverKey the backend's RSA public key, if configured
   * @param publicKeyRetrieval whether it may be asked for when not configured
   */
  public ClientAuthentication(
      HandshakeV10 greeting,
      byte[] password,
      boolean secure,
      Optional<PublicKey> serverKey,
      boolean publicKeyRetrieval,
      ByteBufAllocator allocator) {
    this.password = password.clone();
    this.secure = secure;
    this.serverKey = serverKey;
    this.publicKeyRetrieval = publicKeyRetrieval;
    this.allocator = allocator;
    this.plugin =
        greeting.authPlugin().equals(AuthPlugins.CACHING_SHA2_PASSWORD)
            ? AuthPlugins.CACHING_SHA2_PASSWORD
            : AuthPlugins.MYSQL_NATIVE_PASSWORD;
    this.nonce = greeting.nonce();
  }

  /** Name of the plugin the initial response is for. */
  public String plugin() {
    return plugin;
  }

  /** Answer to the greeting's nonce. */
  public AuthData initialResponse() {
    return AuthData.of(scramble());
  }

  /** An AuthSwitchRequest or AuthMoreData of the server; borrows {@code payload}. */
  public AuthStep next(ByteBuf payload) {
    steps++;
    if (steps > MAX_STEPS) {
      throw new ProtocolException("login at the backend: more than " + MAX_STEPS + " steps");
    }
    if (AuthSwitchRequest.matches(payload)) {
      return switchTo(AuthSwitchRequest.decode(payload));
    }
    if (AuthMoreData.matches(payload)) {
      return more(AuthMoreData.decode(payload).data().bytes());
    }
    throw new ProtocolException("login at the backend: neither auth switch nor auth data");
  }

  private AuthStep switchTo(AuthSwitchRequest request) {
    if (!request.plugin().equals(AuthPlugins.CACHING_SHA2_PASSWORD)
        && !request.plugin().equals(AuthPlugins.MYSQL_NATIVE_PASSWORD)) {
      return refused(
          request.plugin(),
          "the backend login must use caching_sha2_password or mysql_native_password");
    }
    if (request.data().length() != AuthData.NONCE_LENGTH) {
      throw new ProtocolException(
          "auth switch nonce: " + request.data().length() + " bytes (expected: 20)");
    }
    plugin = request.plugin();
    nonce = request.data();
    keyAsked = false;
    return new AuthStep.Send(Unpooled.wrappedBuffer(scramble()));
  }

  private AuthStep more(byte[] data) {
    if (!plugin.equals(AuthPlugins.CACHING_SHA2_PASSWORD)) {
      throw new ProtocolException("login at the backend: auth data for " + plugin);
    }
    if (keyAsked) {
      keyAsked = false;
      try {
        return encrypted(RsaKeys.publicKey(new String(data, StandardCharsets.US_ASCII)));
      } catch (IllegalArgumentException e) {
        return refused(plugin, "the backend sent no usable RSA public key");
      }
    }
    if (data.length == 1 && data[0] == FAST_AUTH_SUCCESS) {
      return new AuthStep.Authenticated(Optional.empty());
    }
    if (data.length != 1 || data[0] != PERFORM_FULL_AUTHENTICATION) {
      throw new ProtocolException("login at the backend: unknown auth data");
    }
    if (secure) {
      byte[] clearText = Arrays.copyOf(password, password.length + 1);
      return new AuthStep.Send(Unpooled.wrappedBuffer(clearText));
    }
    if (serverKey.isPresent()) {
      return encrypted(serverKey.get());
    }
    if (!publicKeyRetrieval) {
      return refused(
          plugin,
          "needs TLS, or the backend's RSA public key in the configuration, or leave to ask for it");
    }
    keyAsked = true;
    return new AuthStep.Send(allocator.buffer(1).writeByte(REQUEST_PUBLIC_KEY));
  }

  private AuthStep encrypted(PublicKey key) {
    byte[] hidden = Arrays.copyOf(password, password.length + 1);
    try {
      Scrambles.xorInto(hidden, nonce.bytes());
      return new AuthStep.Send(Unpooled.wrappedBuffer(RsaKeys.encrypt(key, hidden)));
    } catch (GeneralSecurityException e) {
      return refused(plugin, "the password does not fit the backend's RSA public key");
    } finally {
      Arrays.fill(hidden, (byte) 0);
    }
  }

  private byte[] scramble() {
    if (password.length == 0) {
      return new byte[0];
    }
    return plugin.equals(AuthPlugins.CACHING_SHA2_PASSWORD)
        ? Scrambles.cachingSha2(password, nonce.bytes())
        : Scrambles.nativePassword(password, nonce.bytes());
  }

  private static AuthStep refused(String plugin, String reason) {
    return new AuthStep.Rejected(ErrorCode.CR_AUTH_PLUGIN_ERR.error(plugin, reason));
  }

  @Override
  public void close() {
    Arrays.fill(password, (byte) 0);
  }
}
