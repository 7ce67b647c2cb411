package io.portcullis.proxy.server;

import io.netty.channel.EventLoop;
import io.portcullis.privilege.authz.Authorizer;
import io.portcullis.privilege.dcl.AccountStatements;
import io.portcullis.privilege.dcl.CatalogSettler;
import io.portcullis.privilege.dcl.DclExecutor;
import io.portcullis.privilege.dcl.DclSettings;
import io.portcullis.privilege.dcl.MappingStatements;
import io.portcullis.privilege.snapshot.SnapshotPublisher;
import io.portcullis.privilege.store.BackendSite;
import io.portcullis.privilege.store.CatalogWriter;
import io.portcullis.privilege.store.ProvenanceStore;
import io.portcullis.privilege.store.ServerFacts;
import io.portcullis.privilege.store.StoreException;
import io.portcullis.proxy.auth.RsaKeys;
import io.portcullis.proxy.backend.BackendPool;
import io.portcullis.proxy.backend.BackendServer;
import io.portcullis.proxy.backend.PoolLimits;
import io.portcullis.proxy.config.BackendConfig;
import io.portcullis.proxy.session.AcquireListener;
import io.portcullis.proxy.session.BackendTarget;
import io.portcullis.proxy.session.LoginServices;
import io.portcullis.proxy.session.SessionBackends;
import io.portcullis.proxy.session.SessionRegistry;
import io.portcullis.proxy.session.SessionServices;
import io.portcullis.proxy.session.SessionSettings;
import io.portcullis.proxy.statement.BackendObjects;
import io.portcullis.proxy.statement.ObjectLookup;
import io.portcullis.proxy.tls.BackendTlsMode;
import io.portcullis.proxy.tls.TlsContexts;
import io.portcullis.proxy.wire.CompressionAlgorithm;
import io.portcullis.sql.analysis.StatementAnalyzer;
import io.portcullis.sql.text.ErrorCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One backend of the configuration: its connections, and what the sessions of the accounts on it
 * share once it has said what server it is. Nothing in it is used for accounts on another one: its
 * pool, its threads and its errors are its own. Thread safe.
 */
final class RunningBackend {

  private static final Logger LOG = LoggerFactory.getLogger(RunningBackend.class);

  /** MySQL's default. */
  private static final int ZSTD_LEVEL = 3;

  /** The first MySQL whose COM_STMT_EXECUTE says whether it has attributes. */
  private static final int QUERY_ATTRIBUTES_SINCE = 80026;

  /** What all backends have in common. */
  record Shared(
      SessionSettings settings,
      LoginServices login,
      SessionRegistry registry,
      Supplier<Duration> uptime,
      StatementAnalyzer analyzer,
      Authorizer authorizer,
      SnapshotPublisher publisher,
      CatalogWriter writer,
      ProvenanceStore provenance,
      AccountStatements accounts,
      MappingStatements mappings,
      String catalogSchema,
      boolean nativePasswords,
      SecureRandom random,
      Clock clock,
      Executor analysis) {}

  private final String name;
  private final BackendSite site;
  private final Shared shared;
  private final Executor store;
  private final BackendPool pool;
  private final AtomicBoolean asking = new AtomicBoolean();
  private volatile @Nullable SessionServices services;

  /**
   * @param store blocking work for this backend's accounts alone
   */
  RunningBackend(String name, BackendConfig config, BackendSite site, Shared shared, Executor store)
      throws IOException {
    this.name = name;
    this.site = site;
    this.shared = shared;
    this.store = store;
    this.pool = pool(config);
  }

  private BackendPool pool(BackendConfig config) throws IOException {
    Optional<PublicKey> serverKey = Optional.empty();
    if (config.serverPublicKeyFile().isPresent()) {
      serverKey =
          Optional.of(
              RsaKeys.publicKey(
                  Files.readString(config.serverPublicKeyFile().get(), StandardCharsets.US_ASCII)));
    }
    BackendTlsMode tlsMode = BackendTlsMode.valueOf(config.tls().mode().name());
    BackendServer server =
        new BackendServer(
            config.host(),
            config.port(),
            tlsMode,
            TlsContexts.forBackend(tlsMode, config.tls().caFile()),
            serverKey,
            true,
            config.connectTimeout(),
            compression(config.compression()));
    PoolLimits limits =
        new PoolLimits(
            config.maxConnections(),
            config.maxIdleConnections(),
            config.idleTimeout(),
            config.acquireTimeout(),
            config.pooling() == BackendConfig.Pooling.TRANSACTION);
    AccountLogins logins =
        new AccountLogins(name, config, shared.publisher(), shared.accounts(), shared.mappings());
    return new BackendPool(server, logins, limits, store, this::collation, this::killLater);
  }

  private static Optional<CompressionAlgorithm> compression(BackendConfig.Compression algorithm)
      throws IOException {
    return switch (algorithm) {
      case NONE -> Optional.empty();
      case ZLIB -> Optional.of(CompressionAlgorithm.ZLIB);
      case ZSTD -> {
        if (!CompressionAlgorithm.isZstdAvailable()) {
          throw new IOException("backend.compression: zstd cannot be done on this machine");
        }
        yield Optional.of(CompressionAlgorithm.zstd(ZSTD_LEVEL));
      }
    };
  }

  private Optional<String> collation(int id) {
    SessionServices known = services;
    return known == null
        ? Optional.empty()
        : Optional.ofNullable(known.facts().collations().get(id)).map(ServerFacts.Collation::name);
  }

  private void killLater(long thread) {
    try {
      store.execute(() -> site.control().killConnection(thread));
    } catch (RejectedExecutionException e) {
      LOG.atWarn().addKeyValue("backend", thread).log("no thread to end a statement with");
    }
  }

  /**
   * Asks the server what it is, and brings catalog and backend together; from then on sessions can
   * be bound to it. Blocks.
   */
  synchronized SessionServices ask() throws StoreException {
    SessionServices known = services;
    if (known != null) {
      return known;
    }
    ServerFacts facts = site.control().probe();
    DclSettings settings =
        new DclSettings(shared.catalogSchema(), facts.foldsNames(), shared.nativePasswords());
    BackendObjects objects = new BackendObjects();
    CatalogSettler settler =
        new CatalogSettler(
            shared.writer(),
            shared.publisher(),
            shared.authorizer(),
            name,
            site,
            settings,
            shared.clock());
    settler.reconcile(() -> true);
    shared.accounts().repair(name);
    SessionServices made =
        new SessionServices(
            shared.settings(),
            shared.login(),
            facts,
            shared.registry(),
            shared.uptime(),
            shared.analyzer(),
            shared.authorizer(),
            shared.publisher(),
            objects,
            new ObjectLookup(
                site.control(),
                shared.publisher(),
                objects,
                shared.analyzer(),
                facts,
                shared.catalogSchema()),
            new DclExecutor(
                shared.writer(),
                shared.publisher(),
                shared.authorizer(),
                site.control(),
                settings,
                shared.login().times(),
                shared.accounts(),
                shared.mappings(),
                shared.random(),
                shared.clock()),
            settler,
            shared.provenance(),
            this::reconcileLater,
            site.control(),
            shared.analysis(),
            store);
    services = made;
    LOG.atInfo()
        .addKeyValue("backend", name)
        .addKeyValue("version", facts.version().text())
        .log("backend answers");
    return made;
  }

  /** For sessions; does not block. */
  SessionBackends.Found find() {
    SessionServices known = services;
    if (known != null) {
      return SessionBackends.Found.of(known);
    }
    reconcileLater();
    return SessionBackends.Found.not(
        ErrorCode.ER_CONNECT_TO_FOREIGN_DATA_SOURCE.error(
            name, "it has not answered since the gate was started; try again in a moment"));
  }

  /** Whether it is known to be a MariaDB. */
  boolean isMariaDb() {
    SessionServices known = services;
    return known != null && known.facts().version().isMariaDb();
  }

  /** Whether it is known to be a MySQL with CLIENT_QUERY_ATTRIBUTES. */
  boolean takesQueryAttributes() {
    SessionServices known = services;
    return known != null
        && !known.facts().version().isMariaDb()
        && known.facts().version().number() >= QUERY_ATTRIBUTES_SINCE;
  }

  /** {@link BackendPool#acquire}. */
  void acquire(BackendTarget target, EventLoop loop, AcquireListener listener) {
    pool.acquire(target, loop, listener);
  }

  /** Compares the catalog with the backend, or asks what it is; does not block. */
  void reconcileLater() {
    if (!asking.compareAndSet(false, true)) {
      return;
    }
    try {
      store.execute(this::reconcile);
    } catch (RejectedExecutionException e) {
      asking.set(false);
      LOG.atWarn()
          .addKeyValue("backend", name)
          .log("no thread to compare the catalog with the backend");
    }
  }

  /** Objects are left for the next time while DDL is underway. */
  private void reconcile() {
    asking.set(false);
    try {
      SessionServices known = services;
      if (known == null) {
        ask();
        return;
      }
      shared.accounts().repair(name);
      known.lookup().compareDefinitions();
      BackendObjects objects = known.objects();
      long asOf = objects.version();
      if (objects.undisturbedSince(asOf)) {
        known.settler().reconcile(() -> objects.undisturbedSince(asOf));
      }
    } catch (StoreException e) {
      LOG.atWarn()
          .addKeyValue("backend", name)
          .addKeyValue("cause", e.getMessage())
          .log("catalog could not be compared with the backend");
    }
  }

  void close() {
    pool.close();
  }
}
