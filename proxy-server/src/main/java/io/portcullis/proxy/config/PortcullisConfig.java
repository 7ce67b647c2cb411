package io.portcullis.proxy.config;

import java.nio.file.Path;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Everything that can be configured. Immutable; {@code conf/portcullis.yaml} documents each key.
 *
 * @param backend the main one; empty for the embedded server
 * @param backends others, for accounts that are placed on them, by name
 * @param dataDirectory what the gate itself keeps: a generated certificate, and the embedded server
 */
public record PortcullisConfig(
    ListenConfig listen,
    Optional<BackendConfig> backend,
    SortedMap<String, BackendConfig> backends,
    CatalogConfig catalog,
    AdministratorConfig administrator,
    TlsConfig tls,
    AuthenticationConfig authentication,
    LimitsConfig limits,
    CacheConfig cache,
    ThreadsConfig threads,
    ShutdownConfig shutdown,
    Path dataDirectory,
    LogConfig log) {

  private static final PortcullisConfig DEFAULTS =
      new PortcullisConfig(
          ListenConfig.DEFAULT,
          Optional.empty(),
          new TreeMap<>(),
          CatalogConfig.DEFAULT,
          AdministratorConfig.DEFAULT,
          TlsConfig.DEFAULT,
          AuthenticationConfig.DEFAULT,
          LimitsConfig.DEFAULT,
          CacheConfig.DEFAULT,
          ThreadsConfig.DEFAULT,
          ShutdownConfig.DEFAULT,
          Path.of("portcullis-data"),
          LogConfig.DEFAULT);

  public PortcullisConfig {
    backends = Collections.unmodifiableSortedMap(new TreeMap<>(backends));
  }

  public static PortcullisConfig defaults() {
    return DEFAULTS;
  }

  static PortcullisConfig read(Section root) {
    return new PortcullisConfig(
        ListenConfig.read(root.section("listen")),
        BackendConfig.read(root.section("backend")),
        BackendConfig.readNamed(root.section("backends")),
        CatalogConfig.read(root.section("catalog")),
        AdministratorConfig.read(root.section("administrator")),
        TlsConfig.read(root.section("tls")),
        AuthenticationConfig.read(root.section("authentication")),
        LimitsConfig.read(root.section("limits")),
        CacheConfig.read(root.section("cache")),
        ThreadsConfig.read(root.section("threads")),
        ShutdownConfig.read(root.section("shutdown")),
        root.file("data_directory").orElse(DEFAULTS.dataDirectory),
        LogConfig.read(root.section("log")));
  }

  /** Where the generated certificate is kept. */
  public Path tlsDirectory() {
    return tls.directory().orElseGet(() -> dataDirectory.resolve("tls"));
  }

  public PortcullisConfig withListen(ListenConfig other) {
    return with(parts -> parts.listen = other);
  }

  public PortcullisConfig withBackend(BackendConfig other) {
    return with(parts -> parts.backend = Optional.of(other));
  }

  public PortcullisConfig withBackend(String name, BackendConfig other) {
    SortedMap<String, BackendConfig> all = new TreeMap<>(backends);
    all.put(name, other);
    return with(parts -> parts.backends = all);
  }

  public PortcullisConfig withCatalog(CatalogConfig other) {
    return with(parts -> parts.catalog = other);
  }

  public PortcullisConfig withAdministrator(AdministratorConfig other) {
    return with(parts -> parts.administrator = other);
  }

  public PortcullisConfig withTls(TlsConfig other) {
    return with(parts -> parts.tls = other);
  }

  public PortcullisConfig withAuthentication(AuthenticationConfig other) {
    return with(parts -> parts.authentication = other);
  }

  public PortcullisConfig withLimits(LimitsConfig other) {
    return with(parts -> parts.limits = other);
  }

  public PortcullisConfig withShutdown(ShutdownConfig other) {
    return with(parts -> parts.shutdown = other);
  }

  public PortcullisConfig withDataDirectory(Path other) {
    return with(parts -> parts.dataDirectory = other);
  }

  private PortcullisConfig with(Consumer<Parts> change) {
    Parts parts = new Parts(this);
    change.accept(parts);
    return new PortcullisConfig(
        parts.listen,
        parts.backend,
        parts.backends,
        parts.catalog,
        parts.administrator,
        parts.tls,
        parts.authentication,
        parts.limits,
        parts.cache,
        parts.threads,
        parts.shutdown,
        parts.dataDirectory,
        parts.log);
  }

  private static final class Parts {
    private ListenConfig listen;
    private Optional<BackendConfig> backend;
    private SortedMap<String, BackendConfig> backends;
    private CatalogConfig catalog;
    private AdministratorConfig administrator;
    private TlsConfig tls;
    private AuthenticationConfig authentication;
    private LimitsConfig limits;
    private CacheConfig cache;
    private ThreadsConfig threads;
    private ShutdownConfig shutdown;
    private Path dataDirectory;
    private LogConfig log;

    private Parts(PortcullisConfig from) {
      listen = from.listen;
      backend = from.backend;
      backends = from.backends;
      catalog = from.catalog;
      administrator = from.administrator;
      tls = from.tls;
      authentication = from.authentication;
      limits = from.limits;
      cache = from.cache;
      threads = from.threads;
      shutdown = from.shutdown;
      dataDirectory = from.dataDirectory;
      log = from.log;
    }
  }
}
