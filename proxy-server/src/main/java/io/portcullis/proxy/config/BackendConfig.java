package io.portcullis.proxy.config;

import io.portcullis.privilege.model.Account;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * The database behind the gate and the login the gate uses there.
 *
 * @param serverPublicKeyFile RSA key of the server, PEM, for caching_sha2_password without TLS;
 *     empty to ask the server for it
 * @param maxConnections connections to the backend at most; a client that finds none free waits for
 *     {@code acquireTimeout}
 */
public record BackendConfig(
    String host,
    int port,
    String user,
    Secret password,
    BackendTlsConfig tls,
    Optional<Path> serverPublicKeyFile,
    Duration connectTimeout,
    int maxConnections,
    int maxIdleConnections,
    Duration idleTimeout,
    Duration acquireTimeout,
    Pooling pooling,
    Compression compression) {

  /** What the packets between gate and backend are made smaller with. */
  public enum Compression {
    NONE,
    ZLIB,
    /** Only a MySQL can do it, and not the gate on every machine. */
    ZSTD
  }

  /** How long a session keeps its connection to the backend. */
  public enum Pooling {
    /** Until it ends or is reset. */
    SESSION,
    /** While it holds something there, or nobody else waits for one. */
    TRANSACTION
  }

  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{0,31}");

  static final int DEFAULT_PORT = 3306;
  static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(5);
  static final int DEFAULT_MAX_CONNECTIONS = 100;
  static final int DEFAULT_MAX_IDLE_CONNECTIONS = 50;
  static final Duration DEFAULT_IDLE_TIMEOUT = Duration.ofMinutes(5);
  static final Duration DEFAULT_ACQUIRE_TIMEOUT = Duration.ofSeconds(10);

  public BackendConfig {
    Checks.notBlank("host", host);
    Checks.range("port", port, 1, 65535);
    Checks.notBlank("user", user);
    Checks.duration(
        "connect_timeout", connectTimeout, Duration.ofMillis(1), Duration.ofMinutes(10));
    Checks.range("max_connections", maxConnections, 1, 100_000);
    Checks.range("max_idle_connections", maxIdleConnections, 0, maxConnections);
    Checks.duration("idle_timeout", idleTimeout, Duration.ofSeconds(1), Duration.ofDays(1));
    Checks.duration(
        "acquire_timeout", acquireTimeout, Duration.ofMillis(1), Duration.ofMinutes(10));
  }

  /** A backend with everything else at its default. */
  public static BackendConfig of(String host, int port, String user, Secret password) {
    return new BackendConfig(
        host,
        port,
        user,
        password,
        BackendTlsConfig.DEFAULT,
        Optional.empty(),
        DEFAULT_CONNECT_TIMEOUT,
        DEFAULT_MAX_CONNECTIONS,
        DEFAULT_MAX_IDLE_CONNECTIONS,
        DEFAULT_IDLE_TIMEOUT,
        DEFAULT_ACQUIRE_TIMEOUT,
        Pooling.SESSION,
        Compression.NONE);
  }

  /** What of another backend's configuration is to be different. */
  public static final class Changes {
    private BackendTlsConfig tls;
    private Duration connectTimeout;
    private int maxConnections;
    private int maxIdleConnections;
    private Duration acquireTimeout;
    private Pooling pooling;
    private Compression compression;

    private Changes(BackendConfig from) {
      tls = from.tls;
      connectTimeout = from.connectTimeout;
      maxConnections = from.maxConnections;
      maxIdleConnections = from.maxIdleConnections;
      acquireTimeout = from.acquireTimeout;
      pooling = from.pooling;
      compression = from.compression;
    }

    public Changes tls(BackendTlsConfig config) {
      tls = config;
      return this;
    }

    public Changes connectTimeout(Duration timeout) {
      connectTimeout = timeout;
      return this;
    }

    public Changes connections(int most, int mostIdle) {
      maxConnections = most;
      maxIdleConnections = mostIdle;
      return this;
    }

    public Changes acquireTimeout(Duration timeout) {
      acquireTimeout = timeout;
      return this;
    }

    public Changes pooling(Pooling mode) {
      pooling = mode;
      return this;
    }

    public Changes compression(Compression algorithm) {
      compression = algorithm;
      return this;
    }
  }

  /** The same but for what {@code change} says. */
  public BackendConfig with(UnaryOperator<Changes> change) {
    Changes to = change.apply(new Changes(this));
    return new BackendConfig(
        host,
        port,
        user,
        password,
        to.tls,
        serverPublicKeyFile,
        to.connectTimeout,
        to.maxConnections,
        to.maxIdleConnections,
        idleTimeout,
        to.acquireTimeout,
        to.pooling,
        to.compression);
  }

  /**
   * Empty when the section is absent, which means: the embedded server. Every key is read in any
   * case, so that all are known.
   */
  static Optional<BackendConfig> read(Section section) {
    boolean present = section.isPresent();
    String host = present ? section.requiredText("host") : section.text("host", "");
    String user = present ? section.requiredText("user") : section.text("user", "");
    int port = section.integer("port", DEFAULT_PORT);
    Secret password = section.secret("password").orElseGet(Secret::empty);
    BackendTlsConfig tls = BackendTlsConfig.read(section.section("tls"));
    Optional<Path> key = section.file("server_public_key_file");
    Duration connect = section.duration("connect_timeout", DEFAULT_CONNECT_TIMEOUT);
    int most = section.integer("max_connections", DEFAULT_MAX_CONNECTIONS);
    int mostIdle =
        section.integer("max_idle_connections", Math.min(DEFAULT_MAX_IDLE_CONNECTIONS, most));
    Duration idle = section.duration("idle_timeout", DEFAULT_IDLE_TIMEOUT);
    Duration acquire = section.duration("acquire_timeout", DEFAULT_ACQUIRE_TIMEOUT);
    Pooling pooling = section.choice("pooling", Pooling.class, Pooling.SESSION);
    Compression compression = section.choice("compression", Compression.class, Compression.NONE);
    if (!present) {
      return Optional.empty();
    }
    return section.build(
        () ->
            Optional.of(
                new BackendConfig(
                    orComplained(host),
                    port,
                    orComplained(user),
                    password,
                    tls,
                    key,
                    connect,
                    most,
                    mostIdle,
                    idle,
                    acquire,
                    pooling,
                    compression)),
        Optional.empty());
  }

  /** Those besides the main one, each a section of its name. */
  static SortedMap<String, BackendConfig> readNamed(Section all) {
    SortedMap<String, BackendConfig> backends = new TreeMap<>();
    for (String name : all.names()) {
      Section section = all.section(name);
      if (!NAME.matcher(name).matches()) {
        section.refuse(
            "a name in small letters, digits and _, of at most 32, that begins with a letter");
      } else if (name.equals(Account.MAIN_BACKEND)) {
        section.refuse("another name: main is what the section backend is called");
      }
      if (!section.isPresent()) {
        section.refuse("keys below it: host, user, password");
      }
      read(section).ifPresent(backend -> backends.put(name, backend));
    }
    return backends;
  }

  /** What is missing was complained of already; the other keys are checked all the same. */
  private static String orComplained(String text) {
    return text.isEmpty() ? "missing" : text;
  }
}
