package io.portcullis.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.portcullis.proxy.auth.AuthPlugins;
import io.portcullis.proxy.tls.ServerTls;
import io.portcullis.proxy.tls.TlsContexts;
import io.portcullis.proxy.wire.CapabilityFlags;
import io.portcullis.proxy.wire.handshake.HandshakeV10;
import io.portcullis.proxy.wire.handshake.SslRequest;
import io.portcullis.proxy.wire.message.ErrPacket;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

final class LoginTest {

  private TestGate gate = new TestGate();

  @AfterEach
  void nothingIsLeft() {
    gate.close();
  }

  private TestClient.Received login(String user, String password, Optional<String> database) {
    return gate.connect()
        .login(user, password, database, TestClient.UTF8MB4, TestClient.CAPABILITIES);
  }

  private TestClient.Received login(String user, String password) {
    return login(user, password, Optional.empty());
  }

  private void sha2() {
    gate.close();
    gate =
        new TestGate(
            new TestGate.Options(false, AuthPlugins.CACHING_SHA2_PASSWORD, TestGate.Options.MANY));
  }

  @Test
  void nativePasswordLetsIn() {
    assertThat(login("root", TestGate.PASSWORD).isOk()).isTrue();
    assertThat(gate.backend.targets).as("no backend before the first command").isEmpty();
  }

  @Test
  void sha2GoesTheFullWayOnceAndTheFastWayAfterwards() {
    sha2();
    TestClient.Received full = login("root", TestGate.PASSWORD);
    TestClient.Received fast = login("root", TestGate.PASSWORD);
    assertThat(full.ok()).isNotNull();
    assertThat(full.payloads()).as("OK alone ends the full way").hasSize(1);
    assertThat(fast.ok()).isNotNull();
    assertThat(fast.payloads()).as("fast success, then OK").hasSize(2);
  }

  @Test
  void wrongPasswordAndUnknownUserGetTheSameAnswer() {
    TestClient.Received wrong = login("root", "wrong");
    TestClient.Received unknown = login("toor", "wrong");
    assertThat(wrong.errno()).isEqualTo(1045);
    assertThat(unknown.error().message())
        .isEqualTo(wrong.error().message().replace("root", "toor"));
    assertThat(unknown.sequences()).isEqualTo(wrong.sequences());
  }

  @Test
  void logSaysWhoWasRefusedAndWhyButNoNameThatMayBeAPassword() {
    gate.administer(
        "CREATE USER u IDENTIFIED BY 'pw'",
        "CREATE USER locked IDENTIFIED BY 'pw'",
        "ALTER USER locked ACCOUNT LOCK");
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    Logger logger = (Logger) LoggerFactory.getLogger(Login.class.getPackageName());
    logger.addAppender(log);
    try {
      login("u", "wrong-pw");
      login("my-own-pw", "x");
      login("locked", "pw");
      login("sys:u:none", "pw");
      login("u", "pw");
      login("u", "pw", Optional.of("d"));
    } finally {
      logger.detachAppender(log);
    }
    assertThat(log.list)
        .extracting(LoginTest::keys)
        .containsExactly(
            Map.of("account", "sys", "user", "u", "errno", "1045", "cause", "wrong password"),
            Map.of("errno", "1045", "cause", "no such user"),
            Map.of(
                "account",
                "sys",
                "user",
                "locked",
                "errno",
                "3118",
                "cause",
                "Access denied for user 'locked'@'localhost'. Account is locked."),
            Map.of(
                "account",
                "sys",
                "user",
                "u",
                "errno",
                "3530",
                "cause",
                "the role in the login name has not been granted"),
            Map.of(
                "account",
                "sys",
                "user",
                "u",
                "errno",
                "1044",
                "cause",
                "Access denied for user 'u'@'localhost' to database 'd' (Missing: GRANT SHOW TABLES"
                    + " ON DATABASE `d` TO USER `u`)"));
    assertThat(log.list)
        .allSatisfy(
            event ->
                assertThat(event.getKeyValuePairs().toString())
                    .contains("peer=")
                    .doesNotContain("-pw"));
  }

  /** But for the connection and where it came from. */
  private static Map<String, String> keys(ILoggingEvent event) {
    return event.getKeyValuePairs().stream()
        .filter(pair -> !pair.key.equals("connectionId") && !pair.key.equals("peer"))
        .collect(Collectors.toMap(pair -> pair.key, pair -> String.valueOf(pair.value)));
  }

  @Test
  void wrongPasswordAndUnknownUserTakeTheSameStepsWithSha2() {
    sha2();
    TestClient.Received wrong = login("root", "wrong");
    TestClient.Received unknown = login("toor", "wrong");
    assertThat(wrong.errno()).isEqualTo(1045);
    assertThat(unknown.error().message())
        .isEqualTo(wrong.error().message().replace("root", "toor"));
    assertThat(unknown.sequences()).isEqualTo(wrong.sequences());
  }

  @Test
  void lockIsToldToThoseWithThePasswordOnly() {
    gate.administer("CREATE USER u IDENTIFIED BY 'pw'", "ALTER USER u ACCOUNT LOCK");
    assertThat(login("u", "pw").errno()).isEqualTo(3118);
    assertThat(login("u", "wrong").errno()).isEqualTo(1045);
  }

  private void lockAfterTwo() {
    gate.administer(
        "CREATE USER u IDENTIFIED BY 'pw'",
        "SET GLOBAL connection_control_failed_connections_threshold = 2",
        "SET GLOBAL connection_control_max_connection_delay = 600000");
  }

  @Test
  void afterTooManyFailuresTheRightPasswordIsAnsweredAsAWrongOne() {
    lockAfterTwo();
    String wrong = login("u", "wrong").error().message();
    login("u", "wrong");
    TestClient.Received locked = login("u", "pw");
    assertThat(locked.errno()).isEqualTo(1045);
    assertThat(locked.error().message()).isEqualTo(wrong);
    gate.administer("ALTER USER u UNLOCK");
    assertThat(login("u", "pw").isOk()).isTrue();
  }

  @Test
  void aLoginBetweenFailuresBeginsToCountAnew() {
    lockAfterTwo();
    for (int i = 0; i < 3; i++) {
      login("u", "wrong");
      assertThat(login("u", "pw").isOk()).isTrue();
    }
  }

  @Test
  void whoHangsUpAfterAWrongAnswerHasFailed() {
    sha2();
    lockAfterTwo();
    assertThat(login("u", "pw").isOk()).as("the fast way is open").isTrue();
    for (int i = 0; i < 2; i++) {
      gate.authentication.stop();
      TestClient guess = gate.connect();
      guess.login("u", "wrong", Optional.empty(), TestClient.UTF8MB4, TestClient.CAPABILITIES);
      guess.disconnect();
      gate.authentication.start();
      gate.pump();
    }
    assertThat(login("u", "pw").errno()).isEqualTo(1045);
  }

  @Test
  void addressIsToldToThoseWithThePasswordOnly() {
    gate.administer("CREATE USER u IDENTIFIED BY 'pw'", "SET GLOBAL invited_nodes = '192.0.2.7'");
    assertThat(login("u", "pw").isOk()).as("nothing is checked yet").isTrue();
    gate.administer("SET GLOBAL validnode_checking = ON");
    assertThat(login("u", "pw").errno()).isEqualTo(1130);
    assertThat(login("u", "wrong").errno()).isEqualTo(1045);
  }

  @Test
  void anExpiredPasswordLetsInToChangeItOnly() {
    gate.administer("CREATE USER u IDENTIFIED BY 'pw' PASSWORD EXPIRE");
    assertThat(login("u", "pw").errno()).as("a client that cannot").isEqualTo(1862);
    assertThat(login("u", "wrong").errno()).isEqualTo(1045);
    TestClient client = gate.connect();
    client
        .login(
            "u",
            "pw",
            Optional.empty(),
            TestClient.UTF8MB4,
            TestClient.CAPABILITIES | CapabilityFlags.CAN_HANDLE_EXPIRED_PASSWORDS)
        .ok();
    client.query("SELECT CURRENT_USER()").ok();
    client.query("SET autocommit = 1").ok();
    assertThat(client.query("SHOW DATABASES").errno()).isEqualTo(1820);
    assertThat(client.query("SELECT a FROM d.t").errno()).isEqualTo(1820);
    assertThat(client.query("SET ROLE NONE").errno()).isEqualTo(1820);
    assertThat(client.query("ALTER USER root IDENTIFIED BY 'mine'").errno()).isEqualTo(1820);
    client.query("ALTER USER u IDENTIFIED BY 'fresh'").ok();
    client.query("SET ROLE NONE").ok();
    assertThat(login("u", "fresh").isOk()).isTrue();
  }

  @Test
  void roleInTheNameIsActiveWhenGranted() {
    gate.administer(
        "CREATE ROLE r", "CREATE ROLE other", "CREATE USER u IDENTIFIED BY 'pw'", "GRANT r TO u");
    TestClient client = gate.connect();
    client
        .login("sys:u:r", "pw", Optional.empty(), TestClient.UTF8MB4, TestClient.CAPABILITIES)
        .ok();
    client.query("SELECT CURRENT_ROLE()");
    assertThat(gate.backend.last().text()).contains("'r'");
    assertThat(login("sys:u:other", "pw").errno()).isEqualTo(3530);
    assertThat(login("sys:u:other", "wrong").errno()).isEqualTo(1045);
  }

  @Test
  void databaseMustBePermittedAndExist() {
    gate.administer("CREATE USER u IDENTIFIED BY 'pw'");
    assertThat(login("u", "pw", Optional.of("d")).errno()).isEqualTo(1044);
    assertThat(gate.backend.targets).isEmpty();

    // nobody can ask SHOW WARNINGS after this
    assertThat(login("u", "pw", Optional.of("d")).error().message())
        .isEqualTo(
            "Access denied for user 'u'@'localhost' to database 'd'"
                + " (Missing: GRANT SHOW TABLES ON DATABASE `d` TO USER `u`)");

    assertThat(login("root", TestGate.PASSWORD, Optional.of("d")).isOk()).isTrue();
    assertThat(gate.backend.targets.get(0).database()).contains("d");

    gate.backend.refusal = Optional.of(new BackendError(1049, "42000", "Unknown database 'x'"));
    TestClient.Received unknown = login("root", TestGate.PASSWORD, Optional.of("x"));
    assertThat(unknown.errno()).isEqualTo(1049);
  }

  @Test
  void charsetThatCannotBeReadSafelyIsRefused() {
    TestClient client = gate.connect();
    assertThat(
            client
                .login("root", TestGate.PASSWORD, Optional.empty(), 28, TestClient.CAPABILITIES)
                .errno())
        .isEqualTo(1115);
    assertThat(client.isClosed()).isTrue();
  }

  @Test
  void unknownCollationFallsBackToTheServers() {
    assertThat(
            gate.connect()
                .login("root", TestGate.PASSWORD, Optional.empty(), 254, TestClient.CAPABILITIES)
                .isOk())
        .isTrue();
  }

  @Test
  void withoutTlsWhereItIsRequiredNoPasswordHelps() {
    gate.close();
    gate =
        new TestGate(
            new TestGate.Options(true, AuthPlugins.MYSQL_NATIVE_PASSWORD, TestGate.Options.MANY));
    assertThat(login("root", TestGate.PASSWORD).errno()).isEqualTo(3159);
  }

  /** What follows the request in clear text is the TLS handler's, and no TLS. */
  @Test
  void clearTextBehindARequestForTlsIsNeverTakenForALogin(@TempDir Path directory)
      throws IOException {
    gate.close();
    gate =
        new TestGate(
            new TestGate.Options(true, AuthPlugins.MYSQL_NATIVE_PASSWORD, TestGate.Options.MANY));
    TestClient client =
        gate.connect(
            Optional.of(
                ServerTls.of(
                        TlsContexts.selfSigned(
                            directory, Optional.empty(), Clock.systemUTC(), new SecureRandom()),
                        false)
                    .get()));
    client.receive();
    ByteBuf request =
        new SslRequest(TestClient.CAPABILITIES, 1 << 24, TestClient.UTF8MB4)
            .encode(UnpooledByteBufAllocator.DEFAULT);
    ByteBuf both = gate.buffers.allocator().heapBuffer();
    both.writeMediumLE(request.readableBytes()).writeByte(1).writeBytes(request);
    both.writeMediumLE(3).writeByte(2).writeBytes(new byte[] {1, 2, 3});
    request.release();
    client.channel.writeInbound(both);
    gate.pump();
    assertThat(client.isClosed()).isTrue();
    assertThat(gate.services.registry().size()).isZero();
  }

  /** What the gate could not keep: a client does without, or says that it cannot. */
  @Test
  void whatIsNotServedIsNotAnnounced() {
    HandshakeV10 greeting =
        HandshakeV10.decode(Unpooled.wrappedBuffer(gate.connect().receive().last()));
    assertThat(greeting.capabilities()).matches(all -> has(all, CapabilityFlags.COMPRESS));
    assertThat(greeting.capabilities())
        .matches(all -> has(all, CapabilityFlags.CAN_HANDLE_EXPIRED_PASSWORDS));
    assertThat(greeting.capabilities()).matches(all -> has(all, CapabilityFlags.LOCAL_FILES));
    assertThat(greeting.capabilities()).matches(all -> has(all, CapabilityFlags.QUERY_ATTRIBUTES));
    for (long flag :
        new long[] {
          CapabilityFlags.OPTIONAL_RESULTSET_METADATA,
          CapabilityFlags.MULTI_FACTOR_AUTHENTICATION,
          CapabilityFlags.SSL
        }) {
      assertThat(greeting.capabilities()).matches(all -> !has(all, flag), "without " + flag);
    }
  }

  private static boolean has(long capabilities, long flag) {
    return CapabilityFlags.has(capabilities, flag);
  }

  @Test
  void silentClientIsSentAwayAfterTheLoginTimeout() {
    TestClient client = gate.connect();
    client.receive();
    gate.pass(client, Duration.ofSeconds(9));
    assertThat(client.isClosed()).isFalse();
    gate.pass(client, Duration.ofSeconds(2));
    assertThat(client.receive().errno()).isEqualTo(4031);
    assertThat(client.isClosed()).isTrue();
  }

  @Test
  void loginTimeoutEndsWithTheLogin() {
    TestClient client = gate.root();
    gate.pass(client, Duration.ofSeconds(60));
    assertThat(client.isClosed()).isFalse();
  }

  @Test
  void oneTooManyIsSentAway() {
    gate.close();
    gate = new TestGate(TestGate.Options.with(new SessionLimits(1, 0, 0)));
    TestClient first = gate.root();
    TestClient second = gate.connect();
    assertThat(second.receive().errno()).isEqualTo(1040);
    assertThat(second.isClosed()).isTrue();
    first.disconnect();
    assertThat(login("root", TestGate.PASSWORD).isOk()).isTrue();
  }

  @Test
  void oneTooManyOfAnAddressIsSentAwayWithTheAddress() {
    gate.close();
    gate = new TestGate(TestGate.Options.with(new SessionLimits(100, 2, 0)));
    TestClient first = gate.root();
    gate.root();
    TestClient third = gate.connect();
    ErrPacket refused = third.receive().error();
    assertThat(refused.errno()).isEqualTo(1040);
    assertThat(refused.message()).isEqualTo("Too many connections from host 'localhost'");
    assertThat(third.isClosed()).isTrue();
    assertThat(gate.services.registry().size()).isEqualTo(2);
    first.disconnect();
    assertThat(login("root", TestGate.PASSWORD).isOk()).isTrue();
  }

  @Test
  void oneTooManyOfAUserIsRefusedAfterThePasswordAndOthersAreNot() {
    gate.close();
    gate = new TestGate(TestGate.Options.with(new SessionLimits(100, 0, 1)));
    gate.administer("CREATE USER w IDENTIFIED BY 'pw'");
    TestClient first = gate.login("w", "pw");
    ErrPacket refused = login("w", "pw").error();
    assertThat(refused.errno()).isEqualTo(1203);
    assertThat(refused.message())
        .isEqualTo("User w already has more than 'max_user_connections' active connections");
    assertThat(login("w", "wrong").errno()).isEqualTo(1045);
    assertThat(login("root", TestGate.PASSWORD).isOk()).isTrue();
    first.disconnect();
    assertThat(login("w", "pw").isOk()).isTrue();
  }

  @Test
  void fullPasswordCheckPoolRefusesWithAnError() {
    sha2();
    gate.authentication.fill();
    assertThat(login("root", TestGate.PASSWORD).errno()).isEqualTo(1040);
  }

  @Test
  void clientGoneDuringThePasswordCheckLeavesNothing() {
    sha2();
    gate.authentication.stop();
    TestClient client = gate.connect();
    client.login(
        "root", TestGate.PASSWORD, Optional.of("d"), TestClient.UTF8MB4, TestClient.CAPABILITIES);
    assertThat(gate.authentication.waiting()).isOne();
    client.disconnect();
    gate.authentication.start();
    gate.pump();
    assertThat(gate.backend.targets).isEmpty();
  }

  /** The password is right: the session is closed all the same, and gives back what it took. */
  @Test
  void packetBehindAPasswordUnderCheckBreaksTheProtocol() {
    sha2();
    gate.authentication.stop();
    TestClient client = gate.connect();
    client.login(
        "root", TestGate.PASSWORD, Optional.of("d"), TestClient.UTF8MB4, TestClient.CAPABILITIES);
    client.send(6, new byte[] {1});
    gate.authentication.start();
    gate.pump();
    assertThat(client.isClosed()).isTrue();
  }

  @Test
  void clientGoneWhileItsDatabaseIsEnteredGivesTheConnectionBack() {
    gate.backend.stop();
    TestClient client = gate.connect();
    client.login(
        "root", TestGate.PASSWORD, Optional.of("d"), TestClient.UTF8MB4, TestClient.CAPABILITIES);
    client.disconnect();
    gate.backend.start();
    gate.pump();
    assertThat(gate.backend.connections).hasSize(1);
    assertThat(gate.backend.connection().released).isTrue();
  }
}
