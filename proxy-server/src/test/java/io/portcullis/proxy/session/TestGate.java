package io.portcullis.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslContext;
import io.portcullis.privilege.authz.Authorizer;
import io.portcullis.privilege.credential.FastAuthCache;
import io.portcullis.privilege.credential.PasswordVerifier;
import io.portcullis.privilege.credential.SecretKey;
import io.portcullis.privilege.dcl.AccountStatements;
import io.portcullis.privilege.dcl.Bootstrap;
import io.portcullis.privilege.dcl.CatalogSettler;
import io.portcullis.privilege.dcl.DclExecutor;
import io.portcullis.privilege.dcl.DclSettings;
import io.portcullis.privilege.dcl.MappingStatements;
import io.portcullis.privilege.model.Account;
import io.portcullis.privilege.snapshot.SnapshotPublisher;
import io.portcullis.privilege.store.BackendSite;
import io.portcullis.privilege.store.BackendSites;
import io.portcullis.privilege.store.CatalogWriter;
import io.portcullis.privilege.store.InMemoryCatalogStore;
import io.portcullis.privilege.store.LoginTimes;
import io.portcullis.privilege.store.ServerFacts;
import io.portcullis.privilege.store.StoreException;
import io.portcullis.proxy.auth.AuthPlugins;
import io.portcullis.proxy.auth.RsaKeys;
import io.portcullis.proxy.frontend.ClientChannels;
import io.portcullis.proxy.statement.BackendObjects;
import io.portcullis.proxy.statement.ObjectLookup;
import io.portcullis.proxy.statement.StatementReader;
import io.portcullis.proxy.wire.TrackedBuffers;
import io.portcullis.sql.access.RelationKind;
import io.portcullis.sql.analysis.StatementAnalyzer;
import io.portcullis.sql.lexer.LexLimits;
import io.portcullis.sql.text.ErrorCode;
import io.portcullis.sql.text.ServerVersion;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A whole gate in one thread: sessions on channels in memory, a scripted backend, a catalog in
 * memory, and executors that run when {@link #pump} is called. Its administrator is root; databases
 * d (tables t and u) and e (table t) are there.
 */
final class TestGate {

  static final String PASSWORD = "rootpw";

  private static final RsaKeys KEYS = RsaKeys.generate();
  private static final Duration STATEMENT_TIMEOUT = Duration.ofSeconds(60);
  private static final Duration LOGIN_TIMEOUT = Duration.ofSeconds(10);

  final TrackedBuffers buffers = new TrackedBuffers();
  final ScriptedBackend backend = new ScriptedBackend(buffers.allocator());
  final FakeControl control =
      new FakeControl()
          .with("d", "t", RelationKind.TABLE)
          .with("d", "u", RelationKind.TABLE)
          .with("e", "t", RelationKind.TABLE)
          .with("mysql", "user", RelationKind.TABLE);

  /** The control path of the backend of that name, a MariaDB. */
  final FakeControl other = new FakeControl();

  /** Whether the other backend has answered. */
  boolean otherAnswers = true;

  final ManualExecutor analysis = new ManualExecutor();
  final ManualExecutor store = new ManualExecutor();
  final ManualExecutor authentication = new ManualExecutor();
  final SnapshotPublisher publisher = new SnapshotPublisher();
  final SessionServices services;
  final SessionBackends backends = new TwoBackends();
  int outcomesUnknown;

  private final StatementReader reader;
  private final List<TestClient> clients = new ArrayList<>();
  private @Nullable ClientSession lastOpened;

  /** What differs between tests. */
  record Options(boolean tlsRequired, String plugin, SessionLimits sessions) {
    static final SessionLimits MANY = new SessionLimits(100, 0, 0);
    static final Options STANDARD = new Options(false, AuthPlugins.MYSQL_NATIVE_PASSWORD, MANY);

    static Options with(SessionLimits sessions) {
      return new Options(false, AuthPlugins.MYSQL_NATIVE_PASSWORD, sessions);
    }
  }

  TestGate() {
    this(Options.STANDARD);
  }

  TestGate(Options options) {
    SecureRandom random = new SecureRandom();
    Clock clock = Clock.systemUTC();
    InMemoryCatalogStore catalog = new InMemoryCatalogStore();
    CatalogWriter writer = new CatalogWriter(catalog, publisher);
    LoginTimes logins = new LoginTimes(catalog);
    Authorizer authorizer = new Authorizer("portcullis");
    DclSettings dcl = new DclSettings("portcullis", false, true);
    try {
      writer.reload();
      new Bootstrap(writer, random, clock, true).run("root", Optional.of(PASSWORD));
    } catch (StoreException e) {
      throw new AssertionError(e);
    }
    StatementAnalyzer analyzer = new StatementAnalyzer(1000);
    BackendObjects objects = new BackendObjects();
    BackendSite site = new BackendSite(control, control, "gate");
    BackendSites sites =
        new BackendSites(
            Map.of(
                Account.MAIN_BACKEND, site, "other", new BackendSite(other, other, "gate_there")));
    Optional<SecretKey> key = Optional.of(SecretKey.of(SecretKey.generate(random), random));
    services =
        new SessionServices(
            new SessionSettings(1 << 20, STATEMENT_TIMEOUT, Duration.ZERO, LOGIN_TIMEOUT, true),
            new LoginServices(
                options.tlsRequired(),
                options.tlsRequired(),
                true,
                options.plugin(),
                PasswordVerifier.decoy(random),
                KEYS,
                new FastAuthCache(100),
                random,
                logins,
                authentication),
            facts(),
            new SessionRegistry(options.sessions()),
            () -> Duration.ofSeconds(5),
            analyzer,
            authorizer,
            publisher,
            objects,
            new ObjectLookup(control, publisher, objects, analyzer, facts(), "portcullis"),
            new DclExecutor(
                writer,
                publisher,
                authorizer,
                control,
                dcl,
                logins,
                new AccountStatements(writer, publisher, sites, key, dcl, random, clock),
                new MappingStatements(authorizer, sites, key),
                random,
                clock),
            new CatalogSettler(
                writer, publisher, authorizer, Account.MAIN_BACKEND, site, dcl, clock),
            catalog,
            () -> outcomesUnknown++,
            control,
            analysis,
            store);
    publisher.onPublish(services.registry()::reconsider);
    reader = new StatementReader(LexLimits.STANDARD, analyzer);
  }

  private final class TwoBackends implements SessionBackends {
    private @Nullable SessionServices there;

    @Override
    public Found of(String name) {
      return switch (name) {
        case Account.MAIN_BACKEND -> Found.of(services);
        case "other" ->
            otherAnswers
                ? Found.of(there())
                : Found.not(
                    ErrorCode.ER_CONNECT_TO_FOREIGN_DATA_SOURCE.error(name, "it has not answered"));
        default ->
            Found.not(ErrorCode.ER_CONNECT_TO_FOREIGN_DATA_SOURCE.error(name, "no such backend"));
      };
    }

    private SessionServices there() {
      SessionServices known = there;
      if (known == null) {
        ServerFacts facts = facts("11.4.5-MariaDB");
        BackendObjects objects = new BackendObjects();
        known =
            new SessionServices(
                services.settings(),
                services.login(),
                facts,
                services.registry(),
                services.uptime(),
                services.analyzer(),
                services.authorizer(),
                publisher,
                objects,
                new ObjectLookup(
                    other, publisher, objects, services.analyzer(), facts, "portcullis"),
                services.dcl(),
                services.settler(),
                services.provenance(),
                () -> {},
                other,
                analysis,
                store);
        there = known;
      }
      return known;
    }

    @Override
    public boolean areMariaDb() {
      return false;
    }

    @Override
    public boolean takeQueryAttributes() {
      return true;
    }
  }

  private static ServerFacts facts() {
    return facts("8.4.6");
  }

  private static ServerFacts facts(String version) {
    return new ServerFacts(
        ServerVersion.parse(version),
        0,
        Map.of(
            45, new ServerFacts.Collation("utf8mb4_general_ci", "utf8mb4"),
            8, new ServerFacts.Collation("latin1_swedish_ci", "latin1"),
            28, new ServerFacts.Collation("gbk_chinese_ci", "gbk")),
        "STRICT_TRANS_TABLES",
        1 << 20,
        "utf8mb4",
        "utf8mb4_general_ci",
        Map.of("tables", List.of("TABLE_SCHEMA", "TABLE_NAME")));
  }

  /** A connection that stands; its greeting is not read yet. */
  TestClient connect() {
    return connect(Optional.empty());
  }

  TestClient connect(Optional<SslContext> tls) {
    EmbeddedChannel channel;
    try {
      channel =
          ClientChannels.open(
              buffers.allocator(),
              tls,
              port -> {
                ClientSession opened = new ClientSession(services, backends, port, reader, backend);
                lastOpened = opened;
                return opened;
              });
    } catch (Exception e) {
      throw new AssertionError(e);
    }
    TestClient client = new TestClient(this, channel);
    clients.add(client);
    pump();
    return client;
  }

  /** The session that was opened last. */
  ClientSession session() {
    return java.util.Objects.requireNonNull(lastOpened);
  }

  /** A client that is in. */
  TestClient login(String user, String password) {
    TestClient client = connect();
    TestClient.Received end =
        client.login(user, password, Optional.empty(), TestClient.UTF8MB4, TestClient.CAPABILITIES);
    end.ok();
    return client;
  }

  TestClient root() {
    return login("root", PASSWORD);
  }

  /** Runs statements as the administrator, each of which must succeed, and leaves. */
  void administer(String... statements) {
    TestClient root = root();
    for (String statement : statements) {
      root.query(statement).ok();
    }
    root.disconnect();
    backend.connections.clear();
    backend.targets.clear();
  }

  /** User u, password pw, with role r and these privileges of it. */
  TestClient user(String... grants) {
    administer("CREATE ROLE r", "CREATE USER u IDENTIFIED BY 'pw' DEFAULT ROLE r", "GRANT r TO u");
    for (String grant : grants) {
      administer("GRANT " + grant + " TO ROLE r");
    }
    return login("u", "pw");
  }

  /** Runs everything that may run. */
  void pump() {
    boolean progress = true;
    while (progress) {
      progress = analysis.pump() | store.pump() | authentication.pump() | backend.pump();
      for (TestClient client : List.copyOf(clients)) {
        if (client.channel.hasPendingTasks()) {
          client.channel.runPendingTasks();
          progress = true;
        }
      }
    }
  }

  /** Lets time pass for one client. */
  void pass(TestClient client, Duration time) {
    client.channel.advanceTimeBy(time.toNanos(), TimeUnit.NANOSECONDS);
    client.channel.runScheduledPendingTasks();
    pump();
  }

  /** Ends all sessions: nothing may be left of them, whatever was underway. */
  void close() {
    for (TestClient client : clients) {
      client.disconnect();
    }
    analysis.start();
    store.start();
    authentication.start();
    backend.start();
    pump();
    for (TestClient client : clients) {
      client.channel.finishAndReleaseAll();
    }
    assertThat(services.registry().size()).as("sessions").isZero();
    for (ScriptedBackend.Connection connection : backend.connections) {
      assertThat(connection.released || connection.discarded || connection.lost)
          .as("backend connection given back")
          .isTrue();
    }
    buffers.assertNothingLeaked();
  }
}
