package io.portcullis.proxy.server;

import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import io.portcullis.privilege.authz.Authorizer;
import io.portcullis.privilege.credential.FastAuthCache;
import io.portcullis.privilege.credential.PasswordVerifier;
import io.portcullis.privilege.credential.SecretKey;
import io.portcullis.privilege.dcl.AccountStatements;
import io.portcullis.privilege.dcl.Bootstrap;
import io.portcullis.privilege.dcl.CatalogSettler;
import io.portcullis.privilege.dcl.DclExecutor;
import io.portcullis.privilege.dcl.DclSettings;
import io.portcullis.privilege.snapshot.SnapshotPublisher;
import io.portcullis.privilege.store.BackendControl;
import io.portcullis.privilege.store.CatalogWriter;
import io.portcullis.privilege.store.LoginTimes;
import io.portcullis.privilege.store.ServerFacts;
import io.portcullis.privilege.store.StoreException;
import io.portcullis.privilege.store.jdbc.JdbcBackendControl;
import io.portcullis.privilege.store.jdbc.JdbcCatalogStore;
import io.portcullis.privilege.store.jdbc.JdbcSettings;
import io.portcullis.proxy.auth.RsaKeys;
import io.portcullis.proxy.backend.BackendPool;
import io.portcullis.proxy.backend.BackendServer;
import io.portcullis.proxy.backend.PoolLimits;
import io.portcullis.proxy.config.AuthenticationConfig;
import io.portcullis.proxy.config.BackendConfig;
import io.portcullis.proxy.config.ClientCertificates;
import io.portcullis.proxy.config.LimitsConfig;
import io.portcullis.proxy.config.PortcullisConfig;
import io.portcullis.proxy.config.Secret;
import io.portcullis.proxy.config.TlsConfig;
import io.portcullis.proxy.frontend.FrontendServer;
import io.portcullis.proxy.frontend.ProxyProtocol;
import io.portcullis.proxy.session.BackendSource;
import io.portcullis.proxy.session.ClientSession;
import io.portcullis.proxy.session.LoginServices;
import io.portcullis.proxy.session.SessionLimits;
import io.portcullis.proxy.session.SessionRegistry;
import io.portcullis.proxy.session.SessionServices;
import io.portcullis.proxy.session.SessionSettings;
import io.portcullis.proxy.statement.BackendObjects;
import io.portcullis.proxy.statement.ObjectLookup;
import io.portcullis.proxy.statement.StatementReader;
import io.portcullis.proxy.tls.BackendTlsMode;
import io.portcullis.proxy.tls.ServerTls;
import io.portcullis.proxy.tls.ServerTlsFiles;
import io.portcullis.proxy.tls.TlsContexts;
import io.portcullis.proxy.wire.EventLoops;
import io.portcullis.sql.analysis.StatementAnalyzer;
import io.portcullis.sql.lexer.LexLimits;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running gate. {@link #start} returns when it accepts connections; {@link #close} lets what runs
 * come to an end, up to the drain time-out, and blocks until all is stopped.
 */
public final class PortcullisServer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(PortcullisServer.class);

  private static final Duration CONTROL_SOCKET_TIMEOUT = Duration.ofSeconds(30);

  /** How long DDL done behind the gate's back may go unnoticed. */
  private static final Duration RECONCILE = Duration.ofSeconds(30);

  private static final Duration IDLE_SWEEP = Duration.ofSeconds(1);
  private static final int QUEUE = 10_000;
  private static final int MAX_TOKENS = 4_000_000;
  private static final long DRAIN_POLL_MILLIS = 20;

  /** JSqlParser recurses; the lexer bounds nesting, and this is room for it. */
  private static final long ANALYSIS_STACK_BYTES = 16L * 1024 * 1024;

  private final PortcullisConfig config;
  private final SessionRegistry registry;

  /** What is to be closed, last made first. */
  private final Deque<AutoCloseable> resources = new ArrayDeque<>();

  private Optional<String> generatedPassword = Optional.empty();
  private final long startedNanos = System.nanoTime();
  private int port;
  private boolean closed;

  private PortcullisServer(PortcullisConfig config) {
    this.config = config;
    LimitsConfig limits = config.limits();
    this.registry =
        new SessionRegistry(
            new SessionLimits(
                limits.connections(), limits.connectionsPerAddress(), limits.connectionsPerUser()));
  }

  /**
   * Connects to the backend, loads the catalog, makes the first administrator if there is no user,
   * and listens.
   *
   * @throws StartException with a text for the operator: the backend cannot be reached, the catalog
   *     not be read, a file not be used or the address not be bound
   */
  public static PortcullisServer start(PortcullisConfig config) throws StartException {
    PortcullisServer server = new PortcullisServer(config);
    boolean started = false;
    try {
      server.run();
      started = true;
      return server;
    } catch (StoreException | IOException | IllegalArgumentException e) {
      throw new StartException(String.valueOf(e.getMessage()), e);
    } finally {
      if (!started) {
        server.close();
      }
    }
  }

  private void run() throws StoreException, IOException {
    BackendConfig backend =
        config
            .backend()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "backend: missing (expected: host, user, password)"));
    SecureRandom random = new SecureRandom();
    JdbcSettings jdbc = jdbcSettings(backend);
    JdbcCatalogStore store = own(JdbcCatalogStore.open(jdbc));
    JdbcBackendControl control = own(new JdbcBackendControl(jdbc));
    ServerFacts facts = control.probe();
    SnapshotPublisher publisher = new SnapshotPublisher();
    CatalogWriter writer = new CatalogWriter(store, publisher);
    writer.reload();
    LoginTimes logins = new LoginTimes(store);
    logins.failures().load();
    Authorizer authorizer =
        new Authorizer(config.catalog().schema(), config.catalog().secondaryRolesMode());
    boolean withNative = config.authentication().nativePassword();
    Clock clock = Clock.systemUTC();
    generatedPassword =
        new Bootstrap(writer, random, clock, withNative)
            .run(
                config.administrator().user(),
                config.administrator().password().map(Secret::reveal));
    DclSettings dclSettings =
        new DclSettings(config.catalog().schema(), facts.foldsNames(), withNative);
    CatalogSettler settler =
        new CatalogSettler(writer, publisher, authorizer, control, dclSettings);
    BackendObjects objects = new BackendObjects();
    settler.reconcile(() -> true);

    int processors = Runtime.getRuntime().availableProcessors();
    Executor analysis = executor("analysis", config.threads().analysis(), ANALYSIS_STACK_BYTES);
    Executor authentication = executor("authentication", processors, 0);
    // Definitions of views are read where they are looked up.
    Executor storeExecutor = executor("store", config.threads().store(), ANALYSIS_STACK_BYTES);
    IoEventLoopGroup loops = EventLoops.group(orProcessors(config.threads().eventLoops()), "loop");
    resources.push(
        () ->
            loops
                .shutdownGracefully(0, 1, TimeUnit.SECONDS)
                .awaitUninterruptibly(5, TimeUnit.SECONDS));
    AccountStatements accounts =
        new AccountStatements(
            writer,
            publisher,
            control,
            control,
            config.catalog().secretKey().map(key -> SecretKey.of(key.reveal(), random)),
            dclSettings,
            random,
            clock);
    accounts.repair();
    BackendPool pool =
        backendPool(
            backend,
            new AccountLogins(backend, publisher, accounts),
            facts,
            control,
            storeExecutor);
    resources.push(pool::close);

    DclExecutor dcl =
        new DclExecutor(
            writer, publisher, authorizer, control, dclSettings, logins, accounts, random, clock);
    StatementAnalyzer analyzer = new StatementAnalyzer(config.cache().analyses());
    ObjectLookup lookup =
        new ObjectLookup(control, publisher, objects, analyzer, facts, config.catalog().schema());
    SessionServices services =
        new SessionServices(
            sessionSettings(),
            loginServices(random, logins, authentication),
            facts,
            registry,
            () -> Duration.ofNanos(System.nanoTime() - startedNanos),
            analyzer,
            authorizer,
            publisher,
            objects,
            lookup,
            dcl,
            settler,
            () -> reconcileLater(settler, accounts, objects, lookup, storeExecutor),
            control,
            analysis,
            storeExecutor);
    publisher.onPublish(registry::reconsider);
    loops
        .next()
        .scheduleAtFixedRate(
            services.outcomeUnknown(),
            RECONCILE.toMillis(),
            RECONCILE.toMillis(),
            TimeUnit.MILLISECONDS);
    listen(loops, pool, services);
    LOG.atInfo()
        .addKeyValue("port", port)
        .addKeyValue("backend", backend.host() + ":" + backend.port())
        .addKeyValue("version", facts.version().text())
        .addKeyValue("transport", EventLoops.transport())
        .log("accepting connections");
  }

  private void listen(IoEventLoopGroup loops, BackendPool pool, SessionServices services)
      throws IOException {
    LimitsConfig limits = config.limits();
    LexLimits lexLimits =
        new LexLimits(Math.toIntExact(limits.maxAllowedPacket()), MAX_TOKENS, limits.nesting());
    Map<EventExecutor, StatementReader> readers = new IdentityHashMap<>();
    for (EventExecutor loop : loops) {
      readers.put(loop, new StatementReader(lexLimits, services.analyzer()));
    }
    Optional<ServerTls> tls = clientTls();
    FrontendServer frontend =
        FrontendServer.listen(
            new InetSocketAddress(config.listen().address(), config.listen().port()),
            loops,
            EventLoops.serverChannel(loops),
            tls,
            new ProxyProtocol(
                address ->
                    config.listen().proxyProtocolNetworks().stream()
                        .anyMatch(network -> network.contains(address)),
                config.authentication().loginTimeout()),
            (loop, frontendPort) -> {
              StatementReader reader = readers.get(loop);
              if (reader == null) {
                throw new IllegalStateException("an event loop of another group");
              }
              BackendSource source = (target, listener) -> pool.acquire(target, loop, listener);
              return new ClientSession(services, frontendPort, reader, source);
            });
    resources.push(this::endSessions);
    resources.push(frontend);
    port = frontend.port();
    tls.ifPresent(files -> reloadCertificates(loops, files, services.store()));
    Duration idle = limits.idleTimeout();
    if (!idle.isZero()) {
      EventLoop timer = loops.next();
      timer.scheduleAtFixedRate(
          () -> registry.all().forEach(session -> session.closeIfIdle(idle)),
          IDLE_SWEEP.toMillis(),
          IDLE_SWEEP.toMillis(),
          TimeUnit.MILLISECONDS);
    }
  }

  private JdbcSettings jdbcSettings(BackendConfig backend) {
    return new JdbcSettings(
        backend.host(),
        backend.port(),
        backend.user(),
        backend.password().reveal(),
        JdbcSettings.TlsMode.valueOf(backend.tls().mode().name()),
        backend.tls().caFile(),
        config.catalog().schema(),
        config.catalog().poolSize(),
        backend.connectTimeout(),
        CONTROL_SOCKET_TIMEOUT);
  }

  private static BackendPool backendPool(
      BackendConfig backend,
      AccountLogins logins,
      ServerFacts facts,
      BackendControl control,
      Executor store)
      throws IOException {
    Optional<PublicKey> serverKey = Optional.empty();
    if (backend.serverPublicKeyFile().isPresent()) {
      serverKey =
          Optional.of(
              RsaKeys.publicKey(
                  Files.readString(
                      backend.serverPublicKeyFile().get(), StandardCharsets.US_ASCII)));
    }
    BackendTlsMode tlsMode = BackendTlsMode.valueOf(backend.tls().mode().name());
    BackendServer server =
        new BackendServer(
            backend.host(),
            backend.port(),
            tlsMode,
            TlsContexts.forBackend(tlsMode, backend.tls().caFile()),
            serverKey,
            true,
            backend.connectTimeout());
    PoolLimits limits =
        new PoolLimits(
            backend.maxConnections(),
            backend.maxIdleConnections(),
            backend.idleTimeout(),
            backend.acquireTimeout());
    return new BackendPool(
        server,
        logins,
        limits,
        store,
        id -> Optional.ofNullable(facts.collations().get(id)).map(ServerFacts.Collation::name),
        thread -> killLater(control, store, thread));
  }

  private static void reconcileLater(
      CatalogSettler settler,
      AccountStatements accounts,
      BackendObjects objects,
      ObjectLookup lookup,
      Executor store) {
    try {
      store.execute(() -> reconcile(settler, accounts, objects, lookup));
    } catch (RejectedExecutionException e) {
      LOG.atWarn().log("no thread to compare the catalog with the backend");
    }
  }

  /** Objects are left for the next time while DDL is underway. */
  private static void reconcile(
      CatalogSettler settler,
      AccountStatements accounts,
      BackendObjects objects,
      ObjectLookup lookup) {
    try {
      accounts.repair();
      lookup.compareDefinitions();
      long asOf = objects.version();
      if (objects.undisturbedSince(asOf)) {
        settler.reconcile(() -> objects.undisturbedSince(asOf));
      }
    } catch (StoreException e) {
      LOG.atWarn()
          .addKeyValue("cause", e.getMessage())
          .log("catalog could not be compared with the backend");
    }
  }

  private static void killLater(BackendControl control, Executor store, long thread) {
    try {
      store.execute(() -> control.killConnection(thread));
    } catch (RejectedExecutionException e) {
      LOG.atWarn().addKeyValue("backend", thread).log("no thread to end a statement with");
    }
  }

  private SessionSettings sessionSettings() {
    LimitsConfig limits = config.limits();
    return new SessionSettings(
        Math.toIntExact(limits.maxAllowedPacket()),
        limits.statementTimeout(),
        config.authentication().loginTimeout());
  }

  private LoginServices loginServices(
      SecureRandom random, LoginTimes logins, Executor authentication) {
    AuthenticationConfig login = config.authentication();
    return new LoginServices(
        config.tls().enabled(),
        config.tls().required(),
        login.nativePassword(),
        login.defaultPlugin().pluginName(),
        PasswordVerifier.decoy(random),
        RsaKeys.generate(),
        new FastAuthCache(config.cache().logins()),
        random,
        logins,
        authentication);
  }

  private Optional<ServerTls> clientTls() throws IOException {
    TlsConfig tls = config.tls();
    if (!tls.enabled()) {
      return Optional.empty();
    }
    Optional<Path> authorities =
        tls.clientCertificates() == ClientCertificates.OFF ? Optional.empty() : tls.clientCaFile();
    ServerTlsFiles files =
        tls.certificateFile().isPresent() && tls.keyFile().isPresent()
            ? new ServerTlsFiles(tls.certificateFile().get(), tls.keyFile().get(), authorities)
            : TlsContexts.selfSigned(
                config.tlsDirectory(), authorities, Clock.systemUTC(), new SecureRandom());
    return Optional.of(
        ServerTls.of(files, tls.clientCertificates() == ClientCertificates.REQUIRED));
  }

  /** Reading files blocks: it is done where the catalog's work is. */
  private void reloadCertificates(IoEventLoopGroup loops, ServerTls tls, Executor store) {
    long millis = config.tls().reloadInterval().toMillis();
    if (millis > 0) {
      loops
          .next()
          .scheduleAtFixedRate(
              () -> {
                try {
                  store.execute(tls::refresh);
                } catch (RejectedExecutionException e) {
                  LOG.atDebug().log("no thread to look at the certificate, next time");
                }
              },
              millis,
              millis,
              TimeUnit.MILLISECONDS);
    }
  }

  private Executor executor(String name, int threads, long stackBytes) {
    return own(new BoundedExecutor(name, orProcessors(threads), QUEUE, stackBytes));
  }

  private static int orProcessors(int threads) {
    return threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
  }

  private <T extends AutoCloseable> T own(T resource) {
    resources.push(resource);
    return resource;
  }

  /** The port it listens on. */
  public int port() {
    return port;
  }

  /** The password made for the first administrator, when this start made one. */
  public Optional<String> generatedAdministratorPassword() {
    return generatedPassword;
  }

  /** Lets sessions finish what they are doing, then ends those that are left. */
  private void endSessions() throws InterruptedException {
    registry.all().forEach(ClientSession::drain);
    long deadline = System.nanoTime() + config.shutdown().drainTimeout().toNanos();
    awaitNoSessions(deadline);
    registry.all().forEach(ClientSession::terminate);
    awaitNoSessions(System.nanoTime() + TimeUnit.SECONDS.toNanos(1));
  }

  private void awaitNoSessions(long deadlineNanos) throws InterruptedException {
    while (registry.size() > 0 && System.nanoTime() < deadlineNanos) {
      TimeUnit.MILLISECONDS.sleep(DRAIN_POLL_MILLIS);
    }
  }

  /** Stops listening, drains, and stops. Once; blocks. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    while (!resources.isEmpty()) {
      AutoCloseable resource = resources.pop();
      try {
        resource.close();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (Exception e) {
        LOG.atWarn().setCause(e).log("stopping");
      }
    }
    LOG.atInfo().log("stopped");
  }
}
