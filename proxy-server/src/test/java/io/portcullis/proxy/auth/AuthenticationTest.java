package io.portcullis.proxy.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.portcullis.proxy.wire.AuthData;
import io.portcullis.proxy.wire.ProtocolException;
import io.portcullis.proxy.wire.TrackedBuffers;
import io.portcullis.proxy.wire.handshake.AuthSwitchRequest;
import io.portcullis.proxy.wire.handshake.HandshakeV10;
import io.portcullis.sql.text.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Both state machines against each other, and each against a peer that misbehaves. */
class AuthenticationTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final RsaKeys KEYS = RsaKeys.generate();

  private final TrackedBuffers buffers = new TrackedBuffers();
  private final AuthData nonce = AuthData.nonce(RANDOM);
  private final Stored credentials = new Stored("geheim");

  @AfterEach
  void nothingIsLeft() {
    buffers.assertNothingLeaked();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** What the catalog would say, with the password at hand. */
  private static final class Stored implements Credentials {
    final byte[] password;
    final List<byte[]> seen = new ArrayList<>();
    boolean exists = true;
    boolean servesNative;
    boolean cached;

    Stored(String password) {
      this.password = utf8(password);
    }

    @Override
    public boolean exists() {
      return exists;
    }

    @Override
    public boolean servesNativePassword() {
      return servesNative;
    }

    @Override
    public boolean checkNative(byte[] nonce, byte[] scramble) {
      return Arrays.equals(Scrambles.nativePassword(password, nonce), scramble);
    }

    @Override
    public boolean checkFast(byte[] nonce, byte[] scramble) {
      return cached && Arrays.equals(Scrambles.cachingSha2(password, nonce), scramble);
    }

    @Override
    public boolean verifyClearText(byte[] clearText) {
      seen.add(clearText);
      cached = Arrays.equals(password, clearText);
      return cached;
    }
  }

  private HandshakeV10 greeting(String plugin) {
    return new HandshakeV10("8.4.0", 1, nonce, -1L, 45, 2, plugin);
  }

  private ClientAuthentication client(String password, boolean secure, String plugin) {
    return new ClientAuthentication(
        greeting(plugin), utf8(password), secure, Optional.empty(), true, buffers.allocator());
  }

  private ServerAuthentication server(ClientAuthentication client, boolean secure) {
    return server(client.plugin(), client.initialResponse(), secure, true);
  }

  private ServerAuthentication server(
      String plugin, AuthData response, boolean secure, boolean pluginAuth) {
    return new ServerAuthentication(
        new AuthRequest("bob", "10.0.0.1", plugin, response, nonce, pluginAuth, secure),
        credentials,
        Optional.of(KEYS),
        RANDOM,
        buffers.allocator());
  }

  /** Plays a login to its end; the steps the server took, by name. */
  private List<String> play(ServerAuthentication server, ClientAuthentication client)
      throws Exception {
    List<String> steps = new ArrayList<>();
    AuthStep step = server.begin();
    while (true) {
      if (step instanceof AuthStep.Compute) {
        steps.add("compute");
        step = ((AuthStep.Compute) step).work().call();
      } else if (step instanceof AuthStep.Send) {
        ByteBuf payload = ((AuthStep.Send) step).payload();
        int head = payload.getUnsignedByte(0);
        steps.add(
            head == 0xfe
                ? "switch"
                : payload.readableBytes() == 2 ? "data " + payload.getByte(1) : "key");
        AuthStep answer = client.next(payload);
        payload.release();
        if (!(answer instanceof AuthStep.Send)) {
          steps.add(answer.getClass().getSimpleName());
          return steps;
        }
        ByteBuf reply = ((AuthStep.Send) answer).payload();
        step = server.next(reply);
        reply.release();
      } else if (step instanceof AuthStep.Authenticated) {
        Optional<ByteBuf> last = ((AuthStep.Authenticated) step).payload();
        steps.add(last.isPresent() ? "fast" : "in");
        if (last.isPresent()) {
          assertThat(client.next(last.get())).isInstanceOf(AuthStep.Authenticated.class);
          last.get().release();
        }
        return steps;
      } else {
        steps.add(((AuthStep.Rejected) step).error().message());
        return steps;
      }
    }
  }

  private static final String DENIED =
      "Access denied for user 'bob'@'10.0.0.1' (using password: YES)";
  private static final String SHA2 = AuthPlugins.CACHING_SHA2_PASSWORD;
  private static final String NATIVE = AuthPlugins.MYSQL_NATIVE_PASSWORD;

  private List<String> login(String password, boolean secure, String plugin) throws Exception {
    try (ClientAuthentication client = client(password, secure, plugin)) {
      return play(server(client, secure), client);
    }
  }

  @Test
  void sha2OverTlsSendsThePasswordOnceAndIsFastThen() throws Exception {
    assertThat(login("geheim", true, SHA2)).containsExactly("data 4", "compute", "in");
    assertThat(login("geheim", true, SHA2)).containsExactly("fast");
    assertThat(login("falsch", true, SHA2)).containsExactly("data 4", "compute", DENIED);
  }

  @Test
  void sha2WithoutTlsEncryptsThePassword() throws Exception {
    assertThat(login("geheim", false, SHA2)).containsExactly("data 4", "key", "compute", "in");
    assertThat(login("geheim", false, SHA2)).containsExactly("fast");
    assertThat(login("falsch", false, SHA2)).containsExactly("data 4", "key", "compute", DENIED);
  }

  @Test
  void knownPublicKeySavesTheQuestion() throws Exception {
    try (ClientAuthentication client =
        new ClientAuthentication(
            greeting(SHA2),
            utf8("geheim"),
            false,
            Optional.of(KEYS.publicKey()),
            false,
            buffers.allocator())) {
      assertThat(play(server(client, false), client)).containsExactly("data 4", "compute", "in");
    }
  }

  @Test
  void clientWithoutKeyOrLeaveToAskGivesUp() throws Exception {
    try (ClientAuthentication client =
        new ClientAuthentication(
            greeting(SHA2), utf8("geheim"), false, Optional.empty(), false, buffers.allocator())) {
      assertThat(play(server(client, false), client)).containsExactly("data 4", "Rejected");
    }
    assertThat(credentials.seen).isEmpty();
  }

  @Test
  void passwordsAreWipedAfterwards() throws Exception {
    login("geheim", true, SHA2);
    login("falsch", false, SHA2);

    assertThat(credentials.seen).hasSize(2);
    for (byte[] password : credentials.seen) {
      assertThat(password).containsOnly(0);
    }
  }

  @Test
  void nativeClientIsServedOrSwitched() throws Exception {
    assertThat(login("geheim", true, NATIVE)).containsExactly("switch", "data 4", "compute", "in");
    credentials.cached = false;
    credentials.servesNative = true;
    assertThat(login("geheim", true, NATIVE)).containsExactly("in");
    assertThat(login("falsch", true, NATIVE)).containsExactly(DENIED);
  }

  @Test
  void unknownUserTakesTheSameStepsAsAWrongPassword() throws Exception {
    for (boolean secure : new boolean[] {true, false}) {
      for (String plugin : List.of(SHA2, NATIVE)) {
        credentials.exists = true;
        credentials.cached = false;
        List<String> wrong = login("falsch", secure, plugin);
        credentials.exists = false;
        List<String> unknown = login("falsch", secure, plugin);

        assertThat(unknown).isEqualTo(wrong).endsWith(DENIED);
      }
    }
  }

  @Test
  void unknownUserIsDeniedEvenWhenTheDecoyFits() throws Exception {
    credentials.exists = false;
    assertThat(login("geheim", true, SHA2)).endsWith(DENIED);
    assertThat(login("geheim", true, SHA2)).doesNotContain("fast").endsWith(DENIED);
    credentials.servesNative = true;
    assertThat(login("geheim", true, NATIVE)).containsExactly(DENIED);
  }

  @Test
  void emptyPasswordIsRefusedAndSaysSo() throws Exception {
    String without = "Access denied for user 'bob'@'10.0.0.1' (using password: NO)";
    assertThat(login("", true, SHA2)).containsExactly("switch", without);
    assertThat(login("", true, NATIVE)).containsExactly("switch", without);
    credentials.servesNative = true;
    assertThat(login("", true, NATIVE)).containsExactly("switch", without);
    assertThat(credentials.seen).isEmpty();
  }

  /**
   * As {@code mariadb --default-auth} does: without the greeting's plugin its nonce is of no use.
   */
  @Test
  void clientWithAnotherPluginThanTheGreetingsIsGivenANonce() throws Exception {
    credentials.servesNative = true;
    for (String plugin : List.of(NATIVE, SHA2)) {
      credentials.cached = true;
      try (ClientAuthentication right = client("geheim", true, plugin);
          ClientAuthentication wrong = client("falsch", true, plugin)) {
        String in = plugin.equals(NATIVE) ? "in" : "fast";
        assertThat(play(server(plugin, AuthData.empty(), true, true), right))
            .containsExactly("switch", in);
        assertThat(play(server(plugin, AuthData.empty(), true, true), wrong)).endsWith(DENIED);
      }
    }
  }

  @Test
  void scrambleOfAnotherLengthIsDenied() {
    for (int length : new int[] {1, 20, 31, 33}) {
      AuthStep step = server(SHA2, filled(length), true, true).begin();
      assertThat(step).isInstanceOf(AuthStep.Rejected.class);
    }
  }

  private static AuthData filled(int length) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) 1);
    return AuthData.of(bytes);
  }

  @Test
  void otherPluginsAreSwitchedAndTheirDataForgotten() {
    AuthData clear = AuthData.of(utf8("geheim\0"));
    AuthStep step = server("mysql_clear_password", clear, true, true).begin();

    ByteBuf payload = ((AuthStep.Send) step).payload();
    AuthSwitchRequest request = AuthSwitchRequest.decode(payload);
    assertThat(request.plugin()).isEqualTo(SHA2);
    assertThat(request.data().length()).isEqualTo(20);
    assertThat(request.data()).isNotEqualTo(nonce);
    assertThat(clear.bytes()).containsOnly(0);
    payload.release();
  }

  @Test
  void clientWithoutPluginsNeedsTheNativeVerifier() throws Exception {
    AuthData scramble = AuthData.of(Scrambles.nativePassword(utf8("geheim"), nonce.bytes()));
    assertThat(server("", scramble, false, false).begin())
        .isEqualTo(new AuthStep.Rejected(ErrorCode.ER_NOT_SUPPORTED_AUTH_MODE.error()));

    credentials.servesNative = true;
    scramble = AuthData.of(Scrambles.nativePassword(utf8("geheim"), nonce.bytes()));
    assertThat(server("", scramble, false, false).begin())
        .isInstanceOf(AuthStep.Authenticated.class);
  }

  private AuthStep full(boolean secure, byte[] packet) throws Exception {
    ServerAuthentication server = server(SHA2, filled(32), secure, true);
    ((AuthStep.Send) server.begin()).payload().release();
    ByteBuf payload = buffers.of(packet);
    AuthStep step = server.next(payload);
    assertThat(payload.getByte(0)).isZero();
    payload.release();
    return step instanceof AuthStep.Compute ? ((AuthStep.Compute) step).work().call() : step;
  }

  @Test
  void clearTextWithoutTlsIsNoLogin() throws Exception {
    assertThat(full(true, utf8("geheim\0"))).isInstanceOf(AuthStep.Authenticated.class);
    assertThat(full(false, utf8("geheim\0"))).isInstanceOf(AuthStep.Rejected.class);
    assertThat(credentials.seen).hasSize(1);
  }

  @Test
  void garbageInsteadOfRsaIsAWrongPassword() throws Exception {
    assertThat(full(false, new byte[256])).isInstanceOf(AuthStep.Rejected.class);
    assertThat(full(true, new byte[2000])).isInstanceOf(AuthStep.Rejected.class);
    assertThat(full(true, new byte[] {0})).isInstanceOf(AuthStep.Rejected.class);
  }

  @Test
  void keyIsNotAskedForOverTls() throws Exception {
    assertThat(full(true, new byte[] {2})).isInstanceOf(AuthStep.Rejected.class);
    assertThat(credentials.seen).hasSize(1);
  }

  @Test
  void packetAfterTheEndIsAViolation() {
    ServerAuthentication server = server(SHA2, filled(31), true, true);
    assertThat(server.begin()).isInstanceOf(AuthStep.Rejected.class);
    ByteBuf payload = buffers.of(new byte[] {1});
    assertThatThrownBy(() -> server.next(payload)).isInstanceOf(ProtocolException.class);
    payload.release();
  }

  @Test
  void abandonedComputationWipesThePassword() throws Exception {
    ServerAuthentication server = server(SHA2, filled(32), true, true);
    ((AuthStep.Send) server.begin()).payload().release();
    ByteBuf payload = buffers.of(utf8("geheim\0"));
    AuthStep.Compute compute = (AuthStep.Compute) server.next(payload);
    payload.release();

    compute.abandon();

    assertThat(compute.work().call()).isInstanceOf(AuthStep.Rejected.class);
  }

  @Test
  void backendMayNotAskForOtherPlugins() {
    for (String plugin : List.of("mysql_clear_password", "dialog", "client_ed25519", "")) {
      ByteBuf payload = new AuthSwitchRequest(plugin, nonce).encode(buffers.allocator());
      try (ClientAuthentication client = client("geheim", true, SHA2)) {
        assertThat(client.next(payload)).isInstanceOf(AuthStep.Rejected.class);
      }
      payload.release();
    }
  }

  @Test
  void backendThatNeverEndsIsLeft() {
    try (ClientAuthentication client = client("geheim", true, SHA2)) {
      for (int i = 0; i < 8; i++) {
        ByteBuf payload = new AuthSwitchRequest(NATIVE, nonce).encode(buffers.allocator());
        ((AuthStep.Send) client.next(payload)).payload().release();
        payload.release();
      }
      ByteBuf payload = new AuthSwitchRequest(NATIVE, nonce).encode(buffers.allocator());
      assertThatThrownBy(() -> client.next(payload)).isInstanceOf(ProtocolException.class);
      payload.release();
    }
  }

  @Test
  void backendsNonsenseIsAViolationOrRefused() {
    for (String hex : new String[] {"0105", "01", "010404", "02", ""}) {
      ByteBuf payload = buffers.hex(hex);
      try (ClientAuthentication client = client("geheim", true, SHA2)) {
        assertThatThrownBy(() -> client.next(payload)).isInstanceOf(ProtocolException.class);
      }
      payload.release();
    }
    try (ClientAuthentication client = client("geheim", false, SHA2)) {
      ByteBuf full = buffers.hex("0104");
      ((AuthStep.Send) client.next(full)).payload().release();
      ByteBuf key = buffers.hex("0141");
      assertThat(client.next(key)).isInstanceOf(AuthStep.Rejected.class);
      full.release();
      key.release();
    }
  }

  @Test
  void keysAreReadFromPem() throws Exception {
    PublicKey key = RsaKeys.publicKey(new String(KEYS.publicKeyPem(), StandardCharsets.US_ASCII));
    assertThat(key).isEqualTo(KEYS.publicKey());
    byte[] cipherText = RsaKeys.encrypt(key, utf8("x"));
    assertThat(KEYS.decrypt(cipherText))
        .hasValueSatisfying(p -> assertThat(p).isEqualTo(utf8("x")));
    assertThat(RsaKeys.generate().decrypt(cipherText)).isEmpty();
    assertThatThrownBy(() -> RsaKeys.publicKey("nonsense"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
