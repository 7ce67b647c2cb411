package io.portcullis.proxy.config;

import java.nio.file.Path;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

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
    return new PortcullisConfig(
        other,
        backend,
        backends,
        catalog,
        administrator,
        tls,
        authentication,
        limits,
        cache,
        threads,
        shutdown,
        dataDirectory,
        log);
  }

  public PortcullisConfig withBackend(BackendConfig other) {
    return new PortcullisConfig(
        listen,
        Optional.of(other),
        backends,
        catalog,
        administrator,
        tls,
        authentication,
        limits,
        cache,
        threads,
        shutdown,
        dataDirectory,
        log);
  }

  public PortcullisConfig withBackend(String name, BackendConfig other) {
    SortedMap<String, BackendConfig> more = new TreeMap<>(backends);
    more.put(name, other);
    return new PortcullisConfig(
        listen,
        backend,
        more,
        catalog,
        administrator,
        tls,
        authentication,
        limits,
        cache,
        threads,
        shutdown,
        dataDirectory,
        log);
  }

  public PortcullisConfig withCatalog(CatalogConfig other) {
    return new PortcullisConfig(
        listen,
        backend,
        backends,
        other,
        administrator,
        tls,
        authentication,
        limits,
        cache,
        threads,
        shutdown,
        dataDirectory,
        log);
  }

  public PortcullisConfig withAdministrator(AdministratorConfig other) {
    return new PortcullisConfig(
        listen,
        backend,
        backends,
        catalog,
        other,
        tls,
        authentication,
        limits,
        cache,
        threads,
        shutdown,
        dataDirectory,
        log);
  }

  public PortcullisConfig withTls(TlsConfig other) {
    return new PortcullisConfig(
        listen,
        backend,
        backends,
        catalog,
        administrator,
        other,
        authentication,
        limits,
        cache,
        threads,
        shutdown,
        dataDirectory,
        log);
  }

  public PortcullisConfig withAuthentication(AuthenticationConfig other) {
    return new PortcullisConfig(
        listen,
        backend,
        backends,
        catalog,
        administrator,
        tls,
        other,
        limits,
        cache,
        threads,
        shutdown,
        dataDirectory,
        log);
  }

  public PortcullisConfig withLimits(LimitsConfig other) {
    return new PortcullisConfig(
        listen,
        backend,
        backends,
        catalog,
        administrator,
        tls,
        authentication,
        other,
        cache,
        threads,
        shutdown,
        dataDirectory,
        log);
  }

  public PortcullisConfig withShutdown(ShutdownConfig other) {
    return new PortcullisConfig(
        listen,
        backend,
        backends,
        catalog,
        administrator,
        tls,
        authentication,
        limits,
        cache,
        threads,
        other,
        dataDirectory,
        log);
  }

  public PortcullisConfig withDataDirectory(Path other) {
    return new PortcullisConfig(
        listen,
        backend,
        backends,
        catalog,
        administrator,
        tls,
        authentication,
        limits,
        cache,
        threads,
        shutdown,
        other,
        log);
  }
}
