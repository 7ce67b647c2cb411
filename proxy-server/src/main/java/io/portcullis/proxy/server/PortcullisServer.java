package io.portcullis.proxy.server;

import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import io.portcullis.privilege.authz.Authorizer;
import io.portcullis.privilege.catalog.CatalogState;
import io.portcullis.privilege.credential.FastAuthCache;
import io.portcullis.privilege.credential.PasswordVerifier;
import io.portcullis.privilege.credential.SecretKey;
import io.portcullis.privilege.dcl.AccountStatements;
import io.portcullis.privilege.dcl.Bootstrap;
import io.portcullis.privilege.dcl.DclSettings;
import io.portcullis.privilege.dcl.MappingStatements;
import io.portcullis.privilege.model.Account;
import io.portcullis.privilege.snapshot.SnapshotPublisher;
import io.portcullis.privilege.store.BackendSite;
import io.portcullis.privilege.store.BackendSites;
import io.portcullis.privilege.store.CatalogWriter;
import io.portcullis.privilege.store.LoginTimes;
import io.portcullis.privilege.store.StoreException;
import io.portcullis.privilege.store.jdbc.JdbcBackendControl;
import io.portcullis.privilege.store.jdbc.JdbcCatalogStore;
import io.portcullis.privilege.store.jdbc.JdbcSettings;
import io.portcullis.proxy.auth.RsaKeys;
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
import io.portcullis.proxy.session.SessionBackends;
import io.portcullis.proxy.session.SessionLimits;
import io.portcullis.proxy.session.SessionRegistry;
import io.portcullis.proxy.session.SessionServices;
import io.portcullis.proxy.session.SessionSettings;
import io.portcullis.proxy.statement.StatementReader;
import io.portcullis.proxy.tls.ServerTls;
import io.portcullis.proxy.tls.ServerTlsFiles;
import io.portcullis.proxy.tls.TlsContexts;
import io.portcullis.proxy.wire.EventLoops;
import io.portcullis.sql.analysis.StatementAnalyzer;
import io.portcullis.sql.lexer.LexLimits;
import io.portcullis.sql.text.ErrorCode;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
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
  private final StatementAnalyzer analyzer;
  private final SessionRegistry registry;

  /** What is to be closed, last made first. */
  private final Deque<AutoCloseable> resources = new ArrayDeque<>();

  private Optional<String> generatedPassword = Optional.empty();
  private final long startedNanos = System.nanoTime();
  private int port;
  private boolean closed;

  private PortcullisServer(PortcullisConfig config, StatementAnalyzer analyzer) {
    this.config = config;
    this.analyzer = analyzer;
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
    return start(config, new StatementAnalyzer(config.cache().analyses()));
  }

  /** With another analyzer: for tests of what stands behind it. */
  static PortcullisServer start(PortcullisConfig config, StatementAnalyzer analyzer)
      throws StartException {
    PortcullisServer server = new PortcullisServer(config, analyzer);
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
    BackendConfig main =
        config
            .backend()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "backend: missing (expected: host, user, password)"));
    SortedMap<String, BackendConfig> configured = new TreeMap<>(config.backends());
    configured.put(Account.MAIN_BACKEND, main);
    SecureRandom random = new SecureRandom();
    // Takes a while, which the catalog does as well.
    CompletableFuture<RsaKeys> keys = CompletableFuture.supplyAsync(RsaKeys::generate);
    JdbcCatalogStore store = own(JdbcCatalogStore.open(jdbcSettings(main)));
    Map<String, BackendSite> sites = new HashMap<>();
    for (Map.Entry<String, BackendConfig> each : configured.entrySet()) {
      JdbcBackendControl control = own(new JdbcBackendControl(jdbcSettings(each.getValue())));
      sites.put(each.getKey(), new BackendSite(control, control, each.getValue().user()));
    }
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

    int processors = Runtime.getRuntime().availableProcessors();
    Executor analysis = executor("analysis", config.threads().analysis(), ANALYSIS_STACK_BYTES);
    Executor authentication = executor("authentication", processors, 0);
    Map<String, Executor> blocking = new HashMap<>();
    for (String name : configured.keySet()) {
      // Definitions of views are read where they are looked up.
      blocking.put(
          name,
          executor(
              name.equals(Account.MAIN_BACKEND) ? "store" : "store-" + name,
              config.threads().store(),
              ANALYSIS_STACK_BYTES));
    }
    IoEventLoopGroup loops = EventLoops.group(orProcessors(config.threads().eventLoops()), "loop");
    resources.push(
        () ->
            loops
                .shutdownGracefully(0, 1, TimeUnit.SECONDS)
                .awaitUninterruptibly(5, TimeUnit.SECONDS));
    Optional<SecretKey> key =
        config.catalog().secretKey().map(text -> SecretKey.of(text.reveal(), random));
    BackendSites all = new BackendSites(sites);
    AccountStatements accounts =
        new AccountStatements(
            writer,
            publisher,
            all,
            key,
            new DclSettings(config.catalog().schema(), false, withNative),
            random,
            clock);
    RunningBackend.Shared shared =
        new RunningBackend.Shared(
            sessionSettings(),
            loginServices(random, logins, keys.join(), authentication),
            registry,
            () -> Duration.ofNanos(System.nanoTime() - startedNanos),
            analyzer,
            authorizer,
            publisher,
            writer,
            store,
            accounts,
            new MappingStatements(authorizer, all, key),
            config.catalog().schema(),
            withNative,
            random,
            clock,
            analysis);
    Map<String, RunningBackend> backends = new HashMap<>();
    for (Map.Entry<String, Executor> each : blocking.entrySet()) {
      String name = each.getKey();
      RunningBackend backend =
          new RunningBackend(
              name,
              Objects.requireNonNull(configured.get(name)),
              all.of(name).orElseThrow(),
              shared,
              each.getValue());
      resources.push(backend::close);
      backends.put(name, backend);
    }
    SessionServices services = askAll(backends);
    warnOfHomeless(publisher.current().state(), backends.keySet());
    publisher.onPublish(registry::reconsider);
    for (RunningBackend backend : backends.values()) {
      loops
          .next()
          .scheduleAtFixedRate(
              backend::reconcileLater,
              RECONCILE.toMillis(),
              RECONCILE.toMillis(),
              TimeUnit.MILLISECONDS);
    }
    listen(loops, services, backends);
    LOG.atInfo()
        .addKeyValue("port", port)
        .addKeyValue("backend", main.host() + ":" + main.port())
        .addKeyValue("version", services.facts().version().text())
        .addKeyValue("transport", EventLoops.transport())
        .log("accepting connections");
  }

  /** The main one has to answer; others may do so later. */
  private static SessionServices askAll(Map<String, RunningBackend> backends)
      throws StoreException {
    SessionServices services = backend(backends, Account.MAIN_BACKEND).ask();
    for (Map.Entry<String, RunningBackend> each : backends.entrySet()) {
      try {
        each.getValue().ask();
      } catch (StoreException e) {
        LOG.atWarn()
            .addKeyValue("backend", each.getKey())
            .addKeyValue("cause", e.getMessage())
            .log(
                "a backend does not answer: logins to the accounts on it are refused until it does");
      }
    }
    return services;
  }

  private static void warnOfHomeless(CatalogState state, Set<String> backends) {
    for (Account account : state.accounts()) {
      if (!backends.contains(account.backend())) {
        LOG.atWarn()
            .addKeyValue("account", account.name())
            .addKeyValue("backend", account.backend())
            .log("the account's backend is not in the configuration: logins to it are refused");
      }
    }
  }

  private static RunningBackend backend(Map<String, RunningBackend> backends, String name) {
    RunningBackend backend = backends.get(name);
    if (backend == null) {
      throw new IllegalArgumentException(
          "backend: " + name + " (expected: " + backends.keySet() + ")");
    }
    return backend;
  }

  /** What sessions see of the backends. */
  private static SessionBackends forSessions(Map<String, RunningBackend> backends) {
    return new SessionBackends() {
      @Override
      public Found of(String name) {
        RunningBackend backend = backends.get(name);
        return backend == null
            ? Found.not(
                ErrorCode.ER_CONNECT_TO_FOREIGN_DATA_SOURCE.error(
                    name, "the configuration of the gate has no such backend any more"))
            : backend.find();
      }

      @Override
      public boolean areMariaDb() {
        return backends.values().stream().allMatch(RunningBackend::isMariaDb);
      }

      @Override
      public boolean takeQueryAttributes() {
        return backends.values().stream().allMatch(RunningBackend::takesQueryAttributes);
      }
    };
  }

  private void listen(
      IoEventLoopGroup loops, SessionServices services, Map<String, RunningBackend> backends)
      throws IOException {
    SessionBackends forSessions = forSessions(backends);
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
              BackendSource source =
                  (target, listener) ->
                      backend(backends, target.backend()).acquire(target, loop, listener);
              return new ClientSession(services, forSessions, frontendPort, reader, source);
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

  private SessionSettings sessionSettings() {
    LimitsConfig limits = config.limits();
    return new SessionSettings(
        Math.toIntExact(limits.maxAllowedPacket()),
        limits.statementTimeout(),
        limits.sleepTimeout(),
        config.authentication().loginTimeout(),
        limits.localInfile());
  }

  private LoginServices loginServices(
      SecureRandom random, LoginTimes logins, RsaKeys keys, Executor authentication) {
    AuthenticationConfig login = config.authentication();
    return new LoginServices(
        config.tls().enabled(),
        config.tls().required(),
        login.nativePassword(),
        login.defaultPlugin().pluginName(),
        PasswordVerifier.decoy(random),
        keys,
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
