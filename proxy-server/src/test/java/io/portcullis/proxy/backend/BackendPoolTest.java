package io.portcullis.proxy.backend;

import static io.portcullis.proxy.backend.SessionProbe.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoopGroup;
import io.netty.handler.ssl.SslContext;
import io.portcullis.proxy.backend.FakeBackend.Login;
import io.portcullis.proxy.session.BackendError;
import io.portcullis.proxy.session.BackendTarget;
import io.portcullis.proxy.session.CommandShape;
import io.portcullis.proxy.session.ResponseEdit;
import io.portcullis.proxy.tls.BackendTlsMode;
import io.portcullis.proxy.tls.TlsContexts;
import io.portcullis.proxy.wire.AuthData;
import io.portcullis.proxy.wire.CapabilityFlags;
import io.portcullis.proxy.wire.EventLoops;
import io.portcullis.sql.text.ErrorCode;
import io.portcullis.sql.text.SqlError;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class BackendPoolTest {
  private static final BackendTarget SHOP =
      new BackendTarget(CapabilityFlags.DEPRECATE_EOF, 45, Optional.of("shop"));
  private static final BackendTarget NO_DATABASE =
      new BackendTarget(CapabilityFlags.DEPRECATE_EOF, 45, Optional.empty());
  private static final Duration LONG = Duration.ofMinutes(5);

  private static IoEventLoopGroup group;
  private static EventLoop loop;
  private static EventLoop otherLoop;

  private final List<Long> killed = new CopyOnWriteArrayList<>();
  private FakeBackend backend = new FakeBackend();
  private BackendPool pool = pool(2, 2, LONG, LONG);

  @BeforeAll
  static void startLoops() {
    group = EventLoops.group(2, "backend-pool-test");
    loop = group.next();
    otherLoop = group.next();
  }

  @AfterAll
  static void stopLoops() {
    group.shutdownGracefully(0, 10, TimeUnit.SECONDS).syncUninterruptibly();
  }

  @AfterEach
  void close() {
    pool.close();
    backend.close();
  }

  private BackendPool pool(int connections, int idle, Duration idleExpiry, Duration acquire) {
    return pool(connections, idle, idleExpiry, acquire, BackendTlsMode.DISABLED, LONG);
  }

  private BackendPool pool(
      int connections,
      int idle,
      Duration idleExpiry,
      Duration acquire,
      BackendTlsMode tlsMode,
      Duration connectTimeout) {
    return pool(backend.port(), connections, idle, idleExpiry, acquire, tlsMode, connectTimeout);
  }

  /** Whether the next pool lends what sessions do not need. */
  private boolean shared;

  private BackendPool pool(
      int port,
      int connections,
      int idle,
      Duration idleExpiry,
      Duration acquire,
      BackendTlsMode tlsMode,
      Duration connectTimeout) {
    BackendServer server =
        new BackendServer(
            "127.0.0.1",
            port,
            tlsMode,
            tls(tlsMode),
            Optional.empty(),
            false,
            connectTimeout,
            Optional.empty());
    return new BackendPool(
        server,
        name ->
            Optional.of(
                new BackendLogins.Login(
                    "svc", AuthData.of("secret".getBytes(StandardCharsets.UTF_8)))),
        new PoolLimits(connections, idle, idleExpiry, acquire, shared),
        Runnable::run,
        BackendPoolTest::collation,
        killed::add);
  }

  private static Optional<SslContext> tls(BackendTlsMode mode) {
    try {
      return TlsContexts.forBackend(mode, Optional.empty());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Optional<String> collation(int id) {
    return switch (id) {
      case 45 -> Optional.of("utf8mb4_general_ci");
      case 63 -> Optional.of("binary");
      case 99 -> Optional.of("x; DROP TABLE t");
      default -> Optional.empty();
    };
  }

  private void behave(Login login, long capabilities) {
    backend.close();
    backend = new FakeBackend(login, capabilities);
    pool = pool(2, 2, LONG, LONG);
  }

  @Test
  void sessionGetsDatabaseCharacterSetAndStateInOrder() {
    SessionProbe session = SessionProbe.acquire(pool, SHOP, loop);
    assertThat(session.state.sqlMode()).isEqualTo("ANSI");
    assertThat(session.state.characterSetClient()).isEqualTo("utf8mb4");
    assertThat(session.connection.threadId()).isEqualTo(101);
    assertThat(backend.received)
        .containsExactly(
            "101: INIT_DB shop",
            "101: SET NAMES utf8mb4 COLLATE utf8mb4_general_ci",
            "101: SELECT @@sql_mode, @@character_set_client, DATABASE() IS NOT NULL");
  }

  @ParameterizedTest
  @CsvSource({
    "63, SET NAMES binary COLLATE binary",
    "255, SET NAMES utf8mb4",
    "7, SET NAMES DEFAULT",
    "99, SET NAMES DEFAULT"
  })
  void collationIsSetByNameOrFallsBack(int id, String expected) {
    SessionProbe.acquire(pool, new BackendTarget(0, id, Optional.empty()), loop);
    assertThat(backend.received).contains("101: " + expected);
  }

  @Test
  void databaseNamesBeyondAsciiAreSentInTheCharacterSetTheyAreEncodedIn() {
    SessionProbe.acquire(pool, new BackendTarget(0, 63, Optional.of("lädchen")), loop);
    assertThat(backend.received)
        .startsWith(
            "101: SET NAMES utf8mb4",
            "101: INIT_DB lädchen",
            "101: SET NAMES binary COLLATE binary");
  }

  @Test
  void capabilitiesOfTheClientArePassedOnExceptThoseThatAreNeverNegotiated() {
    long everything =
        CapabilityFlags.MYSQL_MASK
            & ~(CapabilityFlags.SESSION_TRACK | CapabilityFlags.QUERY_ATTRIBUTES);
    SessionProbe.acquire(pool, new BackendTarget(everything, 45, Optional.empty()), loop);
    long agreed = backend.responses.get(0).capabilities();
    assertThat(CapabilityFlags.has(agreed, CapabilityFlags.DEPRECATE_EOF)).isTrue();
    assertThat(CapabilityFlags.has(agreed, CapabilityFlags.FOUND_ROWS)).isTrue();
    assertThat(CapabilityFlags.has(agreed, CapabilityFlags.MULTI_RESULTS)).isTrue();
    assertThat(CapabilityFlags.has(agreed, CapabilityFlags.LOCAL_FILES)).isTrue();
    assertThat(agreed & (CapabilityFlags.MULTI_STATEMENTS | CapabilityFlags.COMPRESS)).isZero();
  }

  @Test
  void ignoreSpaceIsRestoredAfterReset() {
    BackendTarget target = new BackendTarget(CapabilityFlags.IGNORE_SPACE, 45, Optional.empty());
    SessionProbe.acquire(pool, target, loop);
    assertThat(backend.received).anyMatch(c -> c.contains("',IGNORE_SPACE'"));
  }

  @Test
  void releasedConnectionIsResetAndReused() {
    SessionProbe first = SessionProbe.acquire(pool, SHOP, loop);
    first.release();
    awaitIdle(1);
    SessionProbe second = SessionProbe.acquire(pool, SHOP, loop);
    assertThat(second.connection.threadId()).isEqualTo(first.connection.threadId());
    assertThat(backend.received.get(3)).isEqualTo("101: RESET");
    assertThat(pool.connections()).isEqualTo(1);
  }

  @Test
  void connectionWhoseResetFailsIsNotReused() {
    backend.refuseReset = true;
    SessionProbe first = SessionProbe.acquire(pool, SHOP, loop);
    first.release();
    backend.awaitClosed(101);
    SessionProbe second = SessionProbe.acquire(pool, SHOP, loop);
    assertThat(second.connection.threadId()).isEqualTo(102);
  }

  @Test
  void connectionInUseIsNotShared() {
    SessionProbe first = SessionProbe.acquire(pool, SHOP, loop);
    SessionProbe second = SessionProbe.acquire(pool, SHOP, loop);
    assertThat(second.connection.threadId()).isNotEqualTo(first.connection.threadId());
  }

  @Test
  void sessionThatGaveItsConnectionBackCannotUseIt() {
    SessionProbe first = SessionProbe.acquire(pool, SHOP, loop);
    first.release();
    awaitIdle(1);
    SessionProbe.acquire(pool, SHOP, loop);
    CompletableFuture<SessionProbe.Response> late =
        first.executing(
            new ResponseBytes(false, 0).packet(SessionProbe.command(3, "TOO LATE")).bytes(),
            CommandShape.QUERY,
            ResponseEdit.NONE,
            null);
    assertThat(late).failsWithin(30, TimeUnit.SECONDS);
    first.release();
    first.discard();
    assertThat(backend.received).noneMatch(c -> c.contains("TOO LATE"));
    assertThat(backend.received).filteredOn(c -> c.contains("RESET")).hasSize(1);
  }

  @Test
  void sessionWithoutDatabaseNeverInheritsOne() {
    SessionProbe first = SessionProbe.acquire(pool, SHOP, loop);
    first.release();
    awaitIdle(1);
    SessionProbe second = SessionProbe.acquire(pool, NO_DATABASE, loop);
    assertThat(second.connection.threadId()).isEqualTo(102);
  }

  @Test
  void databaseChosenByAStatementIsNotInheritedEither() {
    SessionProbe first = SessionProbe.acquire(pool, NO_DATABASE, loop);
    first.query("USE shop");
    first.release();
    awaitIdle(1);
    SessionProbe second = SessionProbe.acquire(pool, NO_DATABASE, loop);
    assertThat(second.connection.threadId()).isEqualTo(102);
    SessionProbe third = SessionProbe.acquire(pool, SHOP, loop);
    assertThat(third.connection.threadId()).isEqualTo(101);
  }

  @Test
  void sessionWithoutDatabaseReusesAConnectionThatNeverHadOne() {
    SessionProbe first = SessionProbe.acquire(pool, NO_DATABASE, loop);
    first.release();
    awaitIdle(1);
    SessionProbe second = SessionProbe.acquire(pool, NO_DATABASE, loop);
    assertThat(second.connection.threadId()).isEqualTo(first.connection.threadId());
  }

  @Test
  void connectionWithOtherCapabilitiesIsNotReused() {
    SessionProbe first = SessionProbe.acquire(pool, SHOP, loop);
    first.release();
    awaitIdle(1);
    SessionProbe second =
        SessionProbe.acquire(pool, new BackendTarget(0, 45, Optional.of("shop")), loop);
    assertThat(second.connection.threadId()).isNotEqualTo(first.connection.threadId());
  }

  @Test
  void unknownDatabaseIsRefusedAsTheBackendSaysAndTheConnectionKept() {
    SessionProbe.Acquired acquired =
        await(
            SessionProbe.acquiring(
                pool,
                new BackendTarget(CapabilityFlags.DEPRECATE_EOF, 45, Optional.of("missing")),
                loop));
    assertThat(acquired.refusal())
        .contains(new BackendError(1049, "42000", "Unknown database 'missing'"));
    awaitIdle(1);
    SessionProbe next = SessionProbe.acquire(pool, SHOP, loop);
    assertThat(next.connection.threadId()).isEqualTo(101);
  }

  @Test
  void staleConnectionIsReplacedByAFreshOneOnce() {
    SessionProbe first = SessionProbe.acquire(pool, SHOP, loop);
    first.release();
    awaitIdle(1);
    backend.closeAtNextCommand = true;
    SessionProbe second = SessionProbe.acquire(pool, SHOP, loop);
    assertThat(second.connection.threadId()).isEqualTo(102);
  }

  @Test
  void freshConnectionThatFailsIsNotReplaced() {
    backend.closeAtNextCommand = true;
    SqlError error = SessionProbe.acquireFails(pool, SHOP, loop);
    assertThat(error.code()).isEqualTo(ErrorCode.CR_SERVER_LOST);
  }

  @Test
  void sessionWaitsUntilAConnectionIsReleased() {
    SessionProbe first = SessionProbe.acquire(pool, SHOP, loop);
    SessionProbe.acquire(pool, SHOP, loop);
    CompletableFuture<SessionProbe.Acquired> third = SessionProbe.acquiring(pool, SHOP, loop);
    first.run(() -> {});
    assertThat(pool.waitingSessions()).isEqualTo(1);
    first.release();
    SessionProbe got = await(third).session().orElseThrow();
    assertThat(got.connection.threadId()).isEqualTo(first.connection.threadId());
    assertThat(pool.connections()).isEqualTo(2);
  }

  @Test
  void sessionWaitsUntilAConnectionIsDiscardedOnAnotherLoop() {
    SessionProbe first = SessionProbe.acquire(pool, SHOP, loop);
    SessionProbe.acquire(pool, SHOP, loop);
    CompletableFuture<SessionProbe.Acquired> third = SessionProbe.acquiring(pool, SHOP, otherLoop);
    first.discard();
    assertThat(await(third).session()).isPresent();
  }

  @Test
  void idleConnectionOfAnotherLoopMakesRoom() {
    pool.close();
    pool = pool(1, 1, LONG, LONG);
    SessionProbe first = SessionProbe.acquire(pool, SHOP, loop);
    first.release();
    awaitIdle(1);
    SessionProbe second = SessionProbe.acquire(pool, SHOP, otherLoop);
    assertThat(second.connection.threadId()).isEqualTo(102);
    assertThat(pool.connections()).isEqualTo(1);
  }

  @Test
  void sessionThatHoldsNothingIsAskedForItsConnection() {
    share(2);
    SessionProbe holding = SessionProbe.acquire(pool, SHOP, loop);
    SessionProbe idle = SessionProbe.acquire(pool, SHOP, loop);
    idle.holdsNothing = true;
    SessionProbe third = SessionProbe.acquire(pool, SHOP, loop);
    assertThat(third.connection.threadId()).isEqualTo(idle.connection.threadId());
    assertThat(holding.connection.isIdle()).isTrue();
    assertThat(pool.connections()).isEqualTo(2);
  }

  @Test
  void sessionOfAnotherLoopIsAskedToo() {
    share(1);
    SessionProbe.acquire(pool, SHOP, loop).holdsNothing = true;
    assertThat(SessionProbe.acquire(pool, SHOP, otherLoop).connection.threadId()).isEqualTo(102);
  }

  @Test
  void theOneThatWasUsedLastIsAskedLast() {
    share(2);
    SessionProbe first = SessionProbe.acquire(pool, SHOP, loop);
    SessionProbe second = SessionProbe.acquire(pool, SHOP, loop);
    first.holdsNothing = true;
    second.holdsNothing = true;
    SessionProbe third = SessionProbe.acquire(pool, SHOP, loop);
    assertThat(third.connection.threadId()).isEqualTo(first.connection.threadId());
    third.holdsNothing = true;
    SessionProbe fourth = SessionProbe.acquire(pool, SHOP, loop);
    assertThat(fourth.connection.threadId()).isEqualTo(second.connection.threadId());
  }

  @Test
  void nobodyIsAskedWhereConnectionsAreNotShared() {
    pool.close();
    pool = pool(1, 1, LONG, Duration.ofMillis(20));
    SessionProbe.acquire(pool, SHOP, loop).holdsNothing = true;
    assertThat(SessionProbe.acquireFails(pool, SHOP, loop).code())
        .isEqualTo(ErrorCode.ER_CONNECT_TO_FOREIGN_DATA_SOURCE);
  }

  private void share(int connections) {
    pool.close();
    shared = true;
    pool = pool(connections, connections, LONG, LONG);
  }

  @Test
  void waitingTooLongIsAnErrorThatSaysSo() {
    pool.close();
    pool = pool(1, 1, LONG, Duration.ofMillis(20));
    SessionProbe first = SessionProbe.acquire(pool, SHOP, loop);
    SqlError error = SessionProbe.acquireFails(pool, SHOP, loop);
    assertThat(error.code()).isEqualTo(ErrorCode.ER_CONNECT_TO_FOREIGN_DATA_SOURCE);
    assertThat(error.message())
        .contains("127.0.0.1:" + backend.port())
        .contains("all 1 connections were in use for 20 ms");
    assertThat(pool.waitingSessions()).isZero();
    first.release();
    assertThat(SessionProbe.acquire(pool, SHOP, loop).connection.threadId()).isEqualTo(101);
  }

  @Test
  void idleConnectionsExpire() {
    pool.close();
    pool = pool(1, 1, Duration.ofMillis(10), LONG);
    SessionProbe first = SessionProbe.acquire(pool, SHOP, loop);
    first.release();
    backend.awaitClosed(101);
    assertThat(backend.received).endsWith("101: QUIT");
    awaitConnections(0);
    assertThat(pool.idleConnections()).isZero();
  }

  @Test
  void noMoreIdleConnectionsAreKeptThanAllowed() {
    pool.close();
    pool = pool(2, 1, LONG, LONG);
    SessionProbe first = SessionProbe.acquire(pool, SHOP, loop);
    SessionProbe second = SessionProbe.acquire(pool, SHOP, loop);
    first.release();
    second.release();
    awaitConnections(1);
    assertThat(pool.idleConnections()).isEqualTo(1);
  }

  @Test
  void connectionClosedByTheBackendWhileIdleLeavesThePool() {
    SessionProbe first = SessionProbe.acquire(pool, SHOP, loop);
    first.release();
    awaitIdle(1);
    backend.sayGoodbye(101);
    awaitConnections(0);
    assertThat(pool.idleConnections()).isZero();
  }

  @Test
  void backendGoneWhileTheSessionThinksIsSaidAtTheNextCommand() {
    SessionProbe session = SessionProbe.acquire(pool, SHOP, loop);
    backend.sayGoodbye(101);
    awaitConnections(0);
    SqlError error = session.query("SELECT 1").failure().orElseThrow();
    assertThat(error.code()).isEqualTo(ErrorCode.CR_SERVER_GONE_ERROR);
    assertThat(error.message()).contains("Connection was killed");
    session.release();
    assertThat(killed).isEmpty();
  }

  @Test
  void backendLostInTheMiddleOfAResponseIsAFailure() {
    SessionProbe session = SessionProbe.acquire(pool, SHOP, loop);
    SessionProbe.Response response = session.query("HALF");
    assertThat(response.failure().orElseThrow().code()).isEqualTo(ErrorCode.CR_SERVER_LOST);
    awaitConnections(0);
  }

  @Test
  void responseThatMakesNoSenseEndsTheConnection() {
    SessionProbe session = SessionProbe.acquire(pool, SHOP, loop);
    SessionProbe.Response response = session.query("NONSENSE");
    assertThat(response.failure().orElseThrow().code()).isEqualTo(ErrorCode.CR_SERVER_LOST);
    assertThat(response.bytes()).isEmpty();
    awaitConnections(0);
  }

  @Test
  void discardEndsWhatTheBackendIsDoing() {
    SessionProbe session = SessionProbe.acquire(pool, SHOP, loop);
    CompletableFuture<SessionProbe.Response> hanging =
        session.executing(
            new ResponseBytes(false, 0).packet(SessionProbe.command(3, "HANG")).bytes(),
            CommandShape.QUERY,
            ResponseEdit.NONE,
            null);
    session.discard();
    backend.awaitClosed(101);
    assertThat(killed).containsExactly(101L);
    assertThat(hanging).isNotDone();
    awaitConnections(0);
  }

  @Test
  void releaseInTheMiddleOfAResponseDiscards() {
    SessionProbe session = SessionProbe.acquire(pool, SHOP, loop);
    CompletableFuture<SessionProbe.Response> hanging =
        session.executing(
            new ResponseBytes(false, 0).packet(SessionProbe.command(3, "HANG")).bytes(),
            CommandShape.QUERY,
            ResponseEdit.NONE,
            null);
    session.release();
    backend.awaitClosed(101);
    assertThat(killed).containsExactly(101L);
    assertThat(hanging).isNotDone();
  }

  @Test
  void discardOfAnIdleConnectionKillsNothing() {
    SessionProbe session = SessionProbe.acquire(pool, SHOP, loop);
    session.discard();
    backend.awaitClosed(101);
    assertThat(killed).isEmpty();
    assertThat(backend.received).endsWith("101: QUIT");
  }

  @Test
  void pausedSinkGetsNothingUntilItResumes() {
    SessionProbe session = SessionProbe.acquire(pool, SHOP, loop);
    CompletableFuture<Void> paused = new CompletableFuture<>();
    CompletableFuture<SessionProbe.Response> response =
        session.executing(
            new ResponseBytes(false, 0).packet(SessionProbe.command(3, "ROWS 20000")).bytes(),
            CommandShape.QUERY,
            ResponseEdit.NONE,
            () -> {
              session.connection.pauseReading();
              paused.complete(null);
            });
    await(paused);
    for (int i = 0; i < 100; i++) {
      session.run(() -> {});
    }
    assertThat(response).isNotDone();
    session.run(session.connection::resumeReading);
    SessionProbe.Response whole = await(response);
    assertThat(whole.end()).isPresent();
    assertThat(whole.bytes().length).isGreaterThan(20_000_000);
  }

  @Test
  void pluginIsSwitchedAtLogin() {
    behave(Login.SWITCH_PLUGIN, CapabilityFlags.DEPRECATE_EOF);
    assertThat(SessionProbe.acquire(pool, SHOP, loop).state.sqlMode()).isEqualTo("ANSI");
  }

  @ParameterizedTest
  @CsvSource({
    "REFUSE, it refused the login of the proxy with error 1045",
    "REFUSE_BEFORE_GREETING, it refused the connection with error 1040",
    "CLOSE_AT_ONCE, it closed the connection before its greeting",
    "CLOSE_AFTER_RESPONSE, it closed the connection during login",
    "SPEAK_HTTP, it does not speak the MySQL protocol"
  })
  void failedLoginSaysWhichBackendAndWhy(Login login, String reason) {
    behave(login, CapabilityFlags.DEPRECATE_EOF);
    SqlError error = SessionProbe.acquireFails(pool, SHOP, loop);
    assertThat(error.code()).isEqualTo(ErrorCode.ER_CONNECT_TO_FOREIGN_DATA_SOURCE);
    assertThat(error.message()).contains("127.0.0.1:" + backend.port()).contains(reason);
    assertThat(error.message()).doesNotContain("secret-host").doesNotContain("svc");
    assertThat(pool.connections()).isZero();
  }

  @Test
  void silentBackendTimesOut() {
    backend.close();
    backend = new FakeBackend(Login.NEVER_GREET, 0);
    pool = pool(2, 2, LONG, LONG, BackendTlsMode.DISABLED, Duration.ofMillis(50));
    SqlError error = SessionProbe.acquireFails(pool, SHOP, loop);
    assertThat(error.message()).contains("no login within 50 ms");
    assertThat(pool.connections()).isZero();
  }

  @Test
  void unreachableBackendIsAnError() throws IOException {
    try (Socket bound = new Socket()) {
      // Bound and not listening: it refuses, and nobody else can take the port meanwhile.
      bound.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0));
      int port = bound.getLocalPort();
      pool = pool(port, 2, 2, LONG, LONG, BackendTlsMode.DISABLED, LONG);
      SqlError error = SessionProbe.acquireFails(pool, SHOP, loop);
      assertThat(error.code()).isEqualTo(ErrorCode.ER_CONNECT_TO_FOREIGN_DATA_SOURCE);
      assertThat(error.message()).contains("127.0.0.1:" + port).contains("connection refused");
    }
    assertThat(pool.connections()).isZero();
  }

  @Test
  void backendWithoutTlsIsRefusedWhereTlsIsRequiredAndTakenWhereItIsPreferred() {
    pool = pool(2, 2, LONG, LONG, BackendTlsMode.REQUIRED, LONG);
    assertThat(SessionProbe.acquireFails(pool, SHOP, loop).message())
        .contains("does not offer TLS");
    assertThat(backend.responses).isEmpty();
    pool = pool(2, 2, LONG, LONG, BackendTlsMode.PREFERRED, LONG);
    assertThat(SessionProbe.acquire(pool, SHOP, loop).connection.isIdle()).isTrue();
  }

  @Test
  void backendThatCannotSpeakTheFormatOfTheClientIsRefused() {
    behave(Login.ACCEPT, 0);
    assertThat(SessionProbe.acquireFails(pool, SHOP, loop).message())
        .contains("agreed with the client");
    BackendTarget plain = new BackendTarget(0, 45, Optional.of("shop"));
    assertThat(SessionProbe.acquire(pool, plain, loop).state.sqlMode()).isEqualTo("ANSI");
  }

  @Test
  void closedPoolTurnsAwayAndClosesWhatComesBack() {
    SessionProbe leased = SessionProbe.acquire(pool, SHOP, loop);
    SessionProbe idle = SessionProbe.acquire(pool, SHOP, loop);
    CompletableFuture<SessionProbe.Acquired> waiting = SessionProbe.acquiring(pool, SHOP, loop);
    leased.run(() -> {});
    pool.close();
    assertThat(await(waiting).failure().orElseThrow().code())
        .isEqualTo(ErrorCode.ER_SERVER_SHUTDOWN);
    assertThat(SessionProbe.acquireFails(pool, SHOP, loop).code())
        .isEqualTo(ErrorCode.ER_SERVER_SHUTDOWN);
    leased.release();
    idle.release();
    awaitConnections(0);
  }

  /** Turns the loop over until the counter has that value; the test's time limit is the build's. */
  private void awaitIdle(int count) {
    while (pool.idleConnections() != count) {
      await(CompletableFuture.runAsync(() -> {}, loop));
    }
  }

  private void awaitConnections(int count) {
    while (pool.connections() != count) {
      await(CompletableFuture.runAsync(() -> {}, loop));
    }
  }
}
