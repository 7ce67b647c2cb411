package io.portcullis.proxy.wire.handshake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.portcullis.proxy.wire.AuthData;
import io.portcullis.proxy.wire.CapabilityFlags;
import io.portcullis.proxy.wire.ProtocolException;
import io.portcullis.proxy.wire.TrackedBuffers;
import io.portcullis.sql.text.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HandshakeCodecTest {
  private static final long SERVER =
      CapabilityFlags.CLIENT_MYSQL
          | CapabilityFlags.CONNECT_WITH_DB
          | CapabilityFlags.PROTOCOL_41
          | CapabilityFlags.SSL
          | CapabilityFlags.SECURE_CONNECTION
          | CapabilityFlags.PLUGIN_AUTH
          | CapabilityFlags.CONNECT_ATTRS
          | CapabilityFlags.PLUGIN_AUTH_LENENC_CLIENT_DATA
          | CapabilityFlags.DEPRECATE_EOF;

  private final TrackedBuffers buffers = new TrackedBuffers();
  private final AuthData nonce = AuthData.nonce(new SecureRandom());

  @AfterEach
  void nothingIsLeft() {
    buffers.assertNothingLeaked();
  }

  private HandshakeV10 greeting(long capabilities) {
    return new HandshakeV10(
        "8.4.0-Portcullis", 42, nonce, capabilities, 45, 2, "caching_sha2_password");
  }

  @Test
  void greetingRoundTrips() {
    HandshakeV10 greeting = greeting(SERVER);
    ByteBuf payload = greeting.encode(buffers.allocator());

    assertThat(HandshakeV10.decode(payload)).isEqualTo(greeting);
    assertThat(payload.isReadable()).isFalse();
    assertThat(greeting.isMariaDb()).isFalse();
    payload.release();
  }

  @Test
  void mariaDbGreetingCarriesTheExtendedCapabilities() {
    long extended = CapabilityFlags.MARIADB_STMT_BULK_OPERATIONS;
    HandshakeV10 greeting = greeting(SERVER & ~CapabilityFlags.CLIENT_MYSQL | extended);
    ByteBuf payload = greeting.encode(buffers.allocator());

    HandshakeV10 decoded = HandshakeV10.decode(payload);

    assertThat(decoded).isEqualTo(greeting);
    assertThat(decoded.isMariaDb()).isTrue();
    assertThat(CapabilityFlags.has(decoded.capabilities(), extended)).isTrue();
    payload.release();
  }

  @Test
  void mysqlGreetingHasNoExtendedCapabilities() {
    assertThat(greeting(SERVER | CapabilityFlags.MARIADB_PROGRESS).capabilities())
        .isEqualTo(SERVER);
  }

  /** The example of the protocol manual: MySQL 5.5.2-m2, without plugins. */
  @Test
  void manualGreetingOf5_5IsDecoded() {
    ByteBuf payload =
        buffers.hex(
            "0a352e352e322d6d3200 0b000000 64764840492d434a 00 fff7 08 0200 0000 00"
                + "00000000000000000000 2a34647c635a776b345e5d3a 00");

    HandshakeV10 greeting = HandshakeV10.decode(payload);

    assertThat(greeting.serverVersion()).isEqualTo("5.5.2-m2");
    assertThat(greeting.threadId()).isEqualTo(11);
    assertThat(greeting.nonce().length()).isEqualTo(20);
    assertThat(greeting.authPlugin()).isEmpty();
    payload.release();
  }

  /** The example of the protocol manual: MySQL 5.6.4-m7 with plugins. */
  @Test
  void manualGreetingOf5_6IsDecoded() {
    ByteBuf payload =
        buffers.hex(
            "0a352e362e342d6d372d6c6f6700 560a0000 524233767a264772 00 ffff 08 0200 0fc0 15"
                + "00000000000000000000 2b7944262f5a5a3330355a47 00"
                + "6d7973716c5f6e61746976655f70617373776f726400");

    HandshakeV10 greeting = HandshakeV10.decode(payload);

    assertThat(greeting.serverVersion()).isEqualTo("5.6.4-m7-log");
    assertThat(greeting.threadId()).isEqualTo(0x0a56);
    assertThat(greeting.authPlugin()).isEqualTo("mysql_native_password");
    assertThat(CapabilityFlags.has(greeting.capabilities(), CapabilityFlags.PLUGIN_AUTH)).isTrue();
    payload.release();
  }

  /** The example of the protocol manual: client 5.5.8 with database. */
  @Test
  void manualResponseOf5_5IsDecoded() {
    ByteBuf payload =
        buffers.hex(
            "8da60f00 00000001 08 0000000000000000000000000000000000000000000000"
                + "70616d00 14 ab09eef6bcb1323e61143865c0991d957d75d447 7465737400"
                + "6d7973716c5f6e61746976655f70617373776f726400");

    HandshakeResponse41 response = HandshakeResponse41.decode(payload, -1L);

    assertThat(response.user()).isEqualTo("pam");
    assertThat(response.authResponse().length()).isEqualTo(20);
    assertThat(response.database()).contains("test");
    assertThat(response.authPlugin()).isEqualTo("mysql_native_password");
    assertThat(response.maxPacketSize()).isEqualTo(1 << 24);
    assertThat(response.collation()).isEqualTo(8);
    payload.release();
  }

  private static HandshakeResponse41 response(long capabilities, AuthData authResponse) {
    return new HandshakeResponse41(
        capabilities,
        1 << 24,
        45,
        "acc:user:rôle",
        authResponse,
        Optional.of("db"),
        "caching_sha2_password",
        CapabilityFlags.has(capabilities, CapabilityFlags.CONNECT_ATTRS)
            ? Map.of("_client_name", "libmysql", "empty", "")
            : Map.of(),
        OptionalInt.empty());
  }

  @Test
  void responseRoundTripsWithEachFormOfAuthResponse() {
    for (long less :
        new long[] {
          0,
          CapabilityFlags.PLUGIN_AUTH_LENENC_CLIENT_DATA,
          CapabilityFlags.PLUGIN_AUTH_LENENC_CLIENT_DATA | CapabilityFlags.SECURE_CONNECTION
        }) {
      HandshakeResponse41 response = response(SERVER & ~less, AuthData.of(new byte[] {1, 2, 3}));
      ByteBuf payload = response.encode(buffers.allocator());

      assertThat(HandshakeResponse41.decode(payload, SERVER)).isEqualTo(response);
      payload.release();
    }
  }

  @Test
  void longAuthResponseIsLengthEncoded() {
    HandshakeResponse41 response = response(SERVER, AuthData.of(new byte[300]));
    ByteBuf payload = response.encode(buffers.allocator());

    assertThat(HandshakeResponse41.decode(payload, SERVER)).isEqualTo(response);
    payload.release();
  }

  @Test
  void fieldsTheServerDidNotAnnounceAreNotExpected() {
    HandshakeResponse41 response = response(SERVER, AuthData.of(new byte[20]));
    long server = SERVER & ~CapabilityFlags.CONNECT_ATTRS;
    ByteBuf payload = response(server, AuthData.of(new byte[20])).encode(buffers.allocator());
    payload.setIntLE(0, (int) response.capabilities());

    HandshakeResponse41 decoded = HandshakeResponse41.decode(payload, server);

    assertThat(decoded.attributes()).isEmpty();
    assertThat(decoded.capabilities()).isEqualTo(server);
    payload.release();
  }

  @Test
  void mariaDbClientsExtendedCapabilitiesCountOnlyTowardMariaDb() {
    long maria = SERVER & ~CapabilityFlags.CLIENT_MYSQL | CapabilityFlags.MARIADB_CACHE_METADATA;
    ByteBuf payload = response(maria, AuthData.of(new byte[20])).encode(buffers.allocator());

    long mariaServer = HandshakeResponse41.decode(payload.duplicate(), maria).capabilities();
    long mysqlServer = HandshakeResponse41.decode(payload.duplicate(), SERVER).capabilities();

    assertThat(CapabilityFlags.has(mariaServer, CapabilityFlags.MARIADB_CACHE_METADATA)).isTrue();
    assertThat(mysqlServer >>> 32).isZero();
    payload.release();
  }

  @Test
  void zstdLevelIsTolerated() {
    long capabilities = SERVER | CapabilityFlags.ZSTD_COMPRESSION_ALGORITHM;
    ByteBuf payload = response(capabilities, AuthData.of(new byte[20])).encode(buffers.allocator());

    assertThat(HandshakeResponse41.decode(payload.duplicate(), capabilities).zstdLevel())
        .hasValue(3);
    assertThat(HandshakeResponse41.decode(payload.duplicate(), SERVER).zstdLevel()).isEmpty();
    payload.release();
  }

  @Test
  void responseTruncatedAtEachOffsetIsRefusedOrShorter() {
    ByteBuf payload = response(SERVER, AuthData.of(new byte[20])).encode(buffers.allocator());
    HandshakeResponse41 whole = HandshakeResponse41.decode(payload.duplicate(), SERVER);
    for (int length = 0; length < payload.readableBytes(); length++) {
      ByteBuf cut = payload.slice(0, length);
      try {
        assertThat(HandshakeResponse41.decode(cut, SERVER)).isNotEqualTo(whole);
      } catch (ProtocolException e) {
        assertThat(e.getMessage()).isNotBlank();
      }
    }
    payload.release();
  }

  @Test
  void clientsBefore4_1AreToldWhy() {
    ByteBuf payload = buffers.hex("8524000000726f6f740000");

    assertThatThrownBy(() -> HandshakeResponse41.decode(payload, SERVER))
        .isInstanceOfSatisfying(
            ProtocolException.class,
            e -> assertThat(e.error()).isEqualTo(ErrorCode.ER_NOT_SUPPORTED_AUTH_MODE.error()));
    payload.release();
  }

  @Test
  void userNameOverTheLimitIsRefused() {
    HandshakeResponse41 base = response(SERVER, AuthData.empty());
    for (int length : new int[] {1024, 1025}) {
      ByteBuf payload =
          new HandshakeResponse41(
                  SERVER,
                  0,
                  45,
                  "u".repeat(length),
                  AuthData.empty(),
                  Optional.empty(),
                  base.authPlugin(),
                  Map.of(),
                  OptionalInt.empty())
              .encode(buffers.allocator());
      if (length == 1024) {
        assertThat(HandshakeResponse41.decode(payload, SERVER).user()).hasSize(1024);
      } else {
        assertThatThrownBy(() -> HandshakeResponse41.decode(payload, SERVER))
            .isInstanceOf(ProtocolException.class);
      }
      payload.release();
    }
  }

  @Test
  void sslRequestIsTheHeadAlone() {
    ByteBuf request = new SslRequest(SERVER, 1 << 24, 45).encode(buffers.allocator());
    ByteBuf response = response(SERVER, AuthData.empty()).encode(buffers.allocator());

    assertThat(SslRequest.matches(request)).isTrue();
    assertThat(SslRequest.matches(response)).isFalse();
    request.release();
    response.release();
  }

  @Test
  void authSwitchAndMoreDataRoundTrip() {
    AuthSwitchRequest authSwitch = new AuthSwitchRequest("caching_sha2_password", nonce);
    AuthMoreData more = new AuthMoreData(AuthData.of(new byte[] {4}));
    ByteBuf first = authSwitch.encode(buffers.allocator());
    ByteBuf second = more.encode(buffers.allocator());

    assertThat(AuthSwitchRequest.decode(first)).isEqualTo(authSwitch);
    assertThat(AuthMoreData.decode(second)).isEqualTo(more);
    first.release();
    second.release();
  }

  @Test
  void preFourOneSwitchIsRefused() {
    ByteBuf payload = buffers.hex("fe");

    assertThatThrownBy(() -> AuthSwitchRequest.decode(payload))
        .isInstanceOf(ProtocolException.class);
    payload.release();
  }

  @Test
  void changeUserIsALogin() {
    ByteBuf payload = buffers.allocator().heapBuffer();
    payload.writeByte(0x11).writeCharSequence("bob\0", StandardCharsets.UTF_8);
    payload.writeByte(3).writeMedium(0x010203).writeCharSequence("shop\0", StandardCharsets.UTF_8);
    payload.writeShortLE(255);
    payload.writeCharSequence("mysql_native_password\0", StandardCharsets.UTF_8);
    payload.writeByte(4).writeByte(1).writeByte('k').writeByte(1).writeByte('v');

    ComChangeUser change = ComChangeUser.decode(payload, SERVER);

    assertThat(change)
        .isEqualTo(
            new ComChangeUser(
                "bob",
                AuthData.of(new byte[] {1, 2, 3}),
                Optional.of("shop"),
                OptionalInt.of(255),
                "mysql_native_password",
                Map.of("k", "v")));
    payload.release();
  }

  @Test
  void changeUserMayEndAfterTheDatabase() {
    ByteBuf payload = buffers.hex("11 626f6200 00 00");

    ComChangeUser change = ComChangeUser.decode(payload, SERVER);

    assertThat(change.user()).isEqualTo("bob");
    assertThat(change.database()).isEmpty();
    assertThat(change.collation()).isEmpty();
    payload.release();
  }

  @Test
  void nonceHasNeitherNulNorDollar() {
    SecureRandom random = new SecureRandom();
    for (int i = 0; i < 1000; i++) {
      for (byte b : AuthData.nonce(random).bytes()) {
        assertThat(b).isPositive().isNotEqualTo((byte) '$');
      }
    }
  }

  @Test
  void authDataIsNotPrinted() {
    assertThat(response(SERVER, AuthData.of("secret".getBytes(StandardCharsets.UTF_8))).toString())
        .contains("AuthData[***]")
        .doesNotContain("secret");
  }
}
