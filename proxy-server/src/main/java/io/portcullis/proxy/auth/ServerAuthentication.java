package io.portcullis.proxy.auth;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.portcullis.proxy.wire.AuthData;
import io.portcullis.proxy.wire.PacketFraming;
import io.portcullis.proxy.wire.ProtocolException;
import io.portcullis.proxy.wire.WireValues;
import io.portcullis.proxy.wire.handshake.AuthMoreData;
import io.portcullis.proxy.wire.handshake.AuthSwitchRequest;
import io.portcullis.sql.text.ErrorCode;
import io.portcullis.sql.text.SqlError;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;

/**
 * One login of a client, server side, without I/O:
 *
 * <pre>
 * begin -- caching_sha2_password ----------------> FAST -- fits --------------> Authenticated(03)
 *       -- mysql_native_password, served --------> native check --------------> Authenticated | Rejected
 *       -- either, without an answer --- Send(auth switch) --> SWITCHED --> FAST | native check
 *       -- any other ------------------- Send(auth switch) --> SWITCHED --> FAST
 * FAST  -- else -- Send(04) --> FULL -- TLS: password ----------> Compute ----> Authenticated | Rejected
 *                               FULL -- 02 -- Send(public key) -> KEY_SENT -- RSA --> Compute
 *                               FULL -- RSA ----------------------------------------> Compute
 * </pre>
 *
 * An unknown user takes the same way on decoy {@link Credentials}. An empty answer is a login
 * without password and always refused: there are no empty passwords. A password in clear text is
 * only ever read over TLS; without, it must be encrypted with our RSA key. Buffers that carried a
 * password are wiped.
 *
 * <p>Confined to the session's event loop, but for {@link AuthStep.Compute}.
 *
 * @see <a
 *     href="https://dev.mysql.com/doc/dev/mysql-server/latest/page_caching_sha2_authentication_exchanges.html">caching_sha2_password
 *     exchange</a>
 */
public final class ServerAuthentication {
  private static final int SCRAMBLE_SHA1 = 20;
  private static final int SCRAMBLE_SHA256 = 32;
  private static final int MAX_PASSWORD_BYTES = 1024;
  private static final byte REQUEST_PUBLIC_KEY = 2;
  private static final byte FAST_AUTH_SUCCESS = 3;
  private static final byte PERFORM_FULL_AUTHENTICATION = 4;

  private final AuthRequest request;
  private final Credentials credentials;
  private final Optional<RsaKeys> rsaKeys;
  private final SecureRandom random;
  private final ByteBufAllocator allocator;
  private AuthData nonce;
  private boolean usingPassword;
  private Phase phase = Phase.NEW;
  private boolean answeredGreetingNatively;
  private boolean missedFastWay;

  private enum Phase {
    NEW,
    SWITCHED,
    SWITCHED_TO_NATIVE,
    FULL,
    KEY_SENT,
    DONE
  }

  /**
   * @param rsaKeys empty: without TLS only a cached fast verifier lets a sha2 client in
   * @param random for the nonce of an auth switch
   */
  public ServerAuthentication(
      AuthRequest request,
      Credentials credentials,
      Optional<RsaKeys> rsaKeys,
      SecureRandom random,
      ByteBufAllocator allocator) {
    this.request = request;
    this.credentials = credentials;
    this.rsaKeys = rsaKeys;
    this.random = random;
    this.allocator = allocator;
    this.nonce = request.nonce();
    this.usingPassword = !request.authResponse().isEmpty();
  }

  /**
   * Whether the client was let in by its answer to the greeting's nonce with mysql_native_password:
   * then it can check what is derived from both.
   */
  public boolean answeredGreetingNatively() {
    return answeredGreetingNatively;
  }

  /**
   * Whether the client has given an answer that did not fit what is cached, or nothing is cached:
   * it knows that already, whether or not it waits for the end.
   */
  public boolean hasMissedFastWay() {
    return missedFastWay;
  }

  /** The first step, from the request alone. */
  public AuthStep begin() {
    if (phase != Phase.NEW) {
      throw new IllegalStateException("login began already");
    }
    byte[] response = request.authResponse().bytes();
    String plugin = request.pluginAuth() ? request.plugin() : AuthPlugins.MYSQL_NATIVE_PASSWORD;
    boolean sha2 = plugin.equals(AuthPlugins.CACHING_SHA2_PASSWORD);
    boolean served =
        sha2
            || (plugin.equals(AuthPlugins.MYSQL_NATIVE_PASSWORD)
                && credentials.servesNativePassword());
    if (served && request.pluginAuth() && response.length == 0) {
      // A client whose plugin is not the greeting's has no use for its nonce and waits for one.
      return switchTo(plugin);
    }
    if (served) {
      return sha2 ? fast(response) : nativePassword(response);
    }
    request.authResponse().clear(); // of a plugin unknown here: it may be a password
    if (!request.pluginAuth()) {
      phase = Phase.DONE;
      return new AuthStep.Rejected(ErrorCode.ER_NOT_SUPPORTED_AUTH_MODE.error());
    }
    return switchTo(AuthPlugins.CACHING_SHA2_PASSWORD);
  }

  private AuthStep switchTo(String plugin) {
    nonce = AuthData.nonce(random);
    phase =
        plugin.equals(AuthPlugins.MYSQL_NATIVE_PASSWORD)
            ? Phase.SWITCHED_TO_NATIVE
            : Phase.SWITCHED;
    return new AuthStep.Send(new AuthSwitchRequest(plugin, nonce).encode(allocator));
  }

  private AuthStep nativePassword(byte[] response) {
    boolean fits =
        response.length == SCRAMBLE_SHA1 && credentials.checkNative(nonce.bytes(), response);
    if (!fits || !credentials.exists()) {
      return rejected();
    }
    answeredGreetingNatively = phase == Phase.NEW;
    return authenticated(Optional.empty());
  }

  /** The client's next packet; borrows {@code payload} and wipes it. */
  public AuthStep next(ByteBuf payload) {
    byte[] data = read(payload);
    boolean keep = false;
    try {
      switch (phase) {
        case SWITCHED:
          usingPassword = data.length > 0;
          return fast(data);
        case SWITCHED_TO_NATIVE:
          usingPassword = data.length > 0;
          return nativePassword(data);
        case FULL:
          if (data.length == 1 && data[0] == REQUEST_PUBLIC_KEY && !request.secure()) {
            return publicKey();
          }
          keep = true;
          return full(data);
        case KEY_SENT:
          keep = true;
          return full(data);
        default:
          throw new ProtocolException("login: packet in phase " + phase);
      }
    } finally {
      if (!keep) {
        Arrays.fill(data, (byte) 0);
      }
    }
  }

  private static byte[] read(ByteBuf payload) {
    int length = payload.readableBytes();
    if (length > PacketFraming.LOGIN_PACKET_LIMIT) {
      throw new ProtocolException("auth data length: " + length);
    }
    int begin = payload.readerIndex();
    byte[] data = WireValues.readBytes(payload, length, "auth data");
    if (!payload.isReadOnly()) {
      payload.setZero(begin, length);
    }
    return data;
  }

  private AuthStep fast(byte[] scramble) {
    if (isEmptyPassword(scramble)) {
      usingPassword = false;
      return rejected();
    }
    if (scramble.length != SCRAMBLE_SHA256) {
      return rejected();
    }
    if (credentials.checkFast(nonce.bytes(), scramble) && credentials.exists()) {
      return authenticated(Optional.of(moreData(FAST_AUTH_SUCCESS)));
    }
    missedFastWay = true;
    phase = Phase.FULL;
    return new AuthStep.Send(moreData(PERFORM_FULL_AUTHENTICATION));
  }

  private static boolean isEmptyPassword(byte[] response) {
    return response.length == 0 || response.length == 1 && response[0] == 0;
  }

  private AuthStep publicKey() {
    if (rsaKeys.isEmpty()) {
      return rejected();
    }
    phase = Phase.KEY_SENT;
    return new AuthStep.Send(
        new AuthMoreData(AuthData.of(rsaKeys.get().publicKeyPem().clone())).encode(allocator));
  }

  /** Takes {@code data} over: wiped by the computation. */
  private AuthStep full(byte[] data) {
    phase = Phase.DONE;
    if (!request.secure() && rsaKeys.isEmpty()) {
      Arrays.fill(data, (byte) 0);
      return rejected();
    }
    return new AuthStep.Compute(() -> verify(data), () -> Arrays.fill(data, (byte) 0));
  }

  /** On an executor: reads only what does not change any more. */
  private AuthStep verify(byte[] data) {
    byte[] password = new byte[0];
    try {
      password = request.secure() ? data.clone() : decrypt(data);
      int length = password.length;
      if (length > 0 && password[length - 1] == 0) {
        byte[] shorter = Arrays.copyOf(password, length - 1);
        Arrays.fill(password, (byte) 0);
        password = shorter;
      }
      boolean fits =
          password.length > 0
              && password.length <= MAX_PASSWORD_BYTES
              && credentials.verifyClearText(password);
      return fits && credentials.exists()
          ? new AuthStep.Authenticated(Optional.empty())
          : new AuthStep.Rejected(denied());
    } finally {
      Arrays.fill(password, (byte) 0);
      Arrays.fill(data, (byte) 0);
    }
  }

  /** Empty when it is no cipher text of our key: then it is a wrong password like any other. */
  private byte[] decrypt(byte[] data) {
    byte[] plain = rsaKeys.orElseThrow().decrypt(data).orElse(new byte[0]);
    Scrambles.xorInto(plain, nonce.bytes());
    return plain;
  }

  private ByteBuf moreData(byte value) {
    return new AuthMoreData(AuthData.of(new byte[] {value})).encode(allocator);
  }

  private AuthStep authenticated(Optional<ByteBuf> payload) {
    phase = Phase.DONE;
    return new AuthStep.Authenticated(payload);
  }

  private AuthStep rejected() {
    phase = Phase.DONE;
    return new AuthStep.Rejected(denied());
  }

  private SqlError denied() {
    return ErrorCode.ER_ACCESS_DENIED_ERROR.error(
        request.user(), request.host(), usingPassword ? "YES" : "NO");
  }
}
