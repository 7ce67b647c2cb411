package io.portcullis.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.portcullis.privilege.authz.SecondaryRolesMode;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

final class ConfigLoaderTest {
  private static final String EVERY_KEY =
      """
      listen: {address: 0.0.0.0, port: 4000, proxy_protocol_networks: "10.0.0.0/8, fd00::1"}
      backend:
        host: db
        port: 3310
        user: gate
        password: "pw"
        tls: {mode: verify_ca, ca_file: /etc/ca.pem}
        server_public_key_file: /etc/key.pem
        connect_timeout: 1s
        max_connections: 7
        max_idle_connections: 3
        idle_timeout: 2m
        acquire_timeout: 250ms
        pooling: transaction
        compression: zlib
      catalog: {schema: gate_catalog, pool_size: 9, secondary_roles_mode: off,
                secret_key: "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}
      administrator: {user: admin, password: "adminpw"}
      tls:
        enabled: true
        certificate_file: /etc/cert.pem
        key_file: /etc/cert.key
        directory: /var/tls
        required: true
        client_certificates: required
        client_ca_file: /etc/clients.pem
        reload_interval: 1m
      authentication: {default_plugin: mysql_native_password, native_password: true, login_timeout: 3s}
      limits:
        connections: 11
        connections_per_user: 3
        connections_per_address: 5
        max_allowed_packet: 1MiB
        statement_timeout: 30s
        sleep_timeout: 9s
        idle_timeout: 0s
        nesting: 50
        local_infile: false
      cache: {analyses: 500, logins: 0}
      threads: {event_loops: 2, analysis: 3, store: 1}
      shutdown: {drain_timeout: 1m}
      data_directory: /var/lib/p
      log: {level: debug, format: json}
      """;

  /** The keys for files with secrets, which cannot be set together with the secret itself. */
  private static final int SECRET_FILES = 3;

  @TempDir Path directory;

  private static PortcullisConfig read(String yaml, Map<String, String> environment)
      throws ConfigException {
    return new ConfigLoader(environment).read(yaml, Path.of("/conf"));
  }

  private static PortcullisConfig read(String yaml) throws ConfigException {
    return read(yaml, Map.of());
  }

  private static List<String> problems(String yaml, Map<String, String> environment) {
    ConfigException refused =
        catchThrowableOfType(ConfigException.class, () -> read(yaml, environment));
    assertThat(refused).as("refusal of " + yaml).isNotNull();
    return refused.problems();
  }

  private static List<String> problems(String yaml) {
    return problems(yaml, Map.of());
  }

  @Test
  void nothingGivenMeansAllDefaults() throws Exception {
    assertThat(read("")).isEqualTo(PortcullisConfig.defaults());
    assertThat(read("# only a comment\n")).isEqualTo(PortcullisConfig.defaults());
    assertThat(read("listen:\nbackend:\n")).isEqualTo(PortcullisConfig.defaults());
    assertThat(new ConfigLoader(Map.of()).load()).isEqualTo(PortcullisConfig.defaults());
    assertThat(PortcullisConfig.defaults().listen())
        .isEqualTo(new ListenConfig("127.0.0.1", 3307, List.of()));
    assertThat(PortcullisConfig.defaults().backend()).isEmpty();
    assertThat(PortcullisConfig.defaults().tlsDirectory())
        .isEqualTo(Path.of("portcullis-data", "tls"));
  }

  @Test
  void everyKeyCanBeSet() throws Exception {
    assertThat(read(EVERY_KEY))
        .isEqualTo(
            new PortcullisConfig(
                new ListenConfig(
                    "0.0.0.0",
                    4000,
                    List.of(
                        new Network(InetAddress.getByName("10.0.0.0"), 8),
                        new Network(InetAddress.getByName("fd00::1"), 128))),
                Optional.of(
                    new BackendConfig(
                        "db",
                        3310,
                        "gate",
                        Secret.of("pw"),
                        new BackendTlsConfig(
                            BackendTlsMode.VERIFY_CA, Optional.of(Path.of("/etc/ca.pem"))),
                        Optional.of(Path.of("/etc/key.pem")),
                        Duration.ofSeconds(1),
                        7,
                        3,
                        Duration.ofMinutes(2),
                        Duration.ofMillis(250),
                        BackendConfig.Pooling.TRANSACTION,
                        BackendConfig.Compression.ZLIB)),
                Collections.emptySortedMap(),
                new CatalogConfig(
                    "gate_catalog",
                    9,
                    SecondaryRolesMode.OFF,
                    Optional.of(Secret.of("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="))),
                new AdministratorConfig("admin", Optional.of(Secret.of("adminpw"))),
                new TlsConfig(
                    true,
                    Optional.of(Path.of("/etc/cert.pem")),
                    Optional.of(Path.of("/etc/cert.key")),
                    Optional.of(Path.of("/var/tls")),
                    true,
                    ClientCertificates.REQUIRED,
                    Optional.of(Path.of("/etc/clients.pem")),
                    Duration.ofMinutes(1)),
                new AuthenticationConfig(
                    AuthenticationPlugin.MYSQL_NATIVE_PASSWORD, true, Duration.ofSeconds(3)),
                new LimitsConfig(
                    11,
                    3,
                    5,
                    1 << 20,
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(9),
                    Duration.ZERO,
                    50,
                    false),
                new CacheConfig(500, 0),
                new ThreadsConfig(2, 3, 1),
                new ShutdownConfig(Duration.ofMinutes(1)),
                Path.of("/var/lib/p"),
                new LogConfig(LogConfig.Level.DEBUG, LogConfig.Format.JSON)));
  }

  @Test
  void furtherBackendsHaveTheKeysOfTheMainOne() throws Exception {
    PortcullisConfig config =
        read(
            """
            backends:
              eu: {host: db.eu, port: 3307, user: gate, password: "pw", max_connections: 5}
              us_2: {host: db.us, user: gate, tls: {mode: required}}
            """,
            Map.of("PORTCULLIS_BACKENDS_US_2_PASSWORD", "other"));

    assertThat(config.backend()).isEmpty();
    assertThat(config.backends().keySet()).containsExactly("eu", "us_2");
    assertThat(config.backends().get("eu"))
        .isEqualTo(
            BackendConfig.of("db.eu", 3307, "gate", Secret.of("pw"))
                .with(changes -> changes.connections(5, 5)));
    assertThat(config.backends().get("us_2"))
        .isEqualTo(
            BackendConfig.of("db.us", 3306, "gate", Secret.of("other"))
                .with(
                    changes ->
                        changes.tls(
                            new BackendTlsConfig(BackendTlsMode.REQUIRED, Optional.empty()))));
  }

  @Test
  void furtherBackendsAreChecked() {
    assertThat(
            problems(
                """
                backends:
                  main: {host: a, user: u}
                  Eu: {host: a, user: u}
                  eu: {host: a, usr: u, port: 70000}
                  none: {}
                """,
                Map.of("PORTCULLIS_BACKENDS_NOWHERE_HOST", "x")))
        .anySatisfy(p -> assertThat(p).startsWith("backends.main: (expected: another name"))
        .anySatisfy(p -> assertThat(p).startsWith("backends.Eu: (expected: a name in small"))
        .anySatisfy(p -> assertThat(p).startsWith("backends.eu.user: missing"))
        .anySatisfy(p -> assertThat(p).startsWith("backends.eu.usr: unknown key"))
        .anySatisfy(p -> assertThat(p).startsWith("backends.eu.port: 70000"))
        .anySatisfy(p -> assertThat(p).startsWith("backends.none: (expected: keys below it"))
        .anySatisfy(p -> assertThat(p).startsWith("PORTCULLIS_BACKENDS_NOWHERE_HOST: unknown"));
  }

  @Test
  void everyKeyCanComeFromTheEnvironment() throws Exception {
    Map<String, String> environment =
        values("", new YAMLMapper().readTree(EVERY_KEY)).entrySet().stream()
            .collect(
                Collectors.toMap(entry -> Reading.variable(entry.getKey()), Map.Entry::getValue));

    assertThat(read("", environment)).isEqualTo(read(EVERY_KEY));
    assertThat(environment).hasSize(ConfigLoader.knownKeys().size() - SECRET_FILES);
  }

  @Test
  void documentedFileHoldsTheDefaultsAndNamesEveryKey() throws Exception {
    String documented = ConfigLoader.documentedDefaults();

    assertThat(read(documented)).isEqualTo(PortcullisConfig.defaults());
    assertThat(values("", new YAMLMapper().readTree(uncommented(documented))).keySet())
        .isEqualTo(new TreeSet<>(ConfigLoader.knownKeys()));
  }

  /** A # without a space after it makes a key a comment. */
  private static String uncommented(String documented) {
    return documented.replaceAll("(?m)^( *)#(?=[a-z])", "$1");
  }

  @Test
  void commentedBackendKeysShowTheirDefaults() throws Exception {
    String withoutFiles =
        uncommented(ConfigLoader.documentedDefaults())
            .replaceAll(
                "(?m)^ *(password_file|secret_key|secret_key_file|ca_file|server_public_key_file):.*$",
                "");

    assertThat(read(withoutFiles).backend())
        .contains(BackendConfig.of("db.example.org", 3306, "portcullis", Secret.of("secret")));
  }

  private static Map<String, String> values(String path, JsonNode node) {
    Map<String, String> values = new java.util.TreeMap<>();
    for (String name : node.propertyNames()) {
      String child = path.isEmpty() ? name : path + "." + name;
      if (node.get(name).isObject()) {
        values.putAll(values(child, node.get(name)));
      } else {
        values.put(child, node.get(name).asString());
      }
    }
    return values;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      value = {
        "backend: {host: h, user: u, port: 70000} ~ backend.port: 70000 (expected: 1..65535)",
        "listen: {port: -1} ~ listen.port: -1 (expected: 0..65535)",
        "listen: {port: many} ~ listen.port: many (expected: a whole number)",
        "listen: {port: 1.5} ~ listen.port: 1.5 (expected: a whole number)",
        "listen: {port: [1]} ~ listen.port: a list or section (expected: one value)",
        "listen: {address: 127} ~ listen.address: not a text (expected: a text, in quotes)",
        "listen: {proxy_protocol_networks: lb.example.org} ~ listen.proxy_protocol_networks: lb.example.org (expected: networks such as 10.0.0.0/8, fd00::/8 or 192.0.2.7)",
        "listen: {proxy_protocol_networks: '10.0.0.0/33'} ~ listen.proxy_protocol_networks: 10.0.0.0/33 (expected: networks such as 10.0.0.0/8, fd00::/8 or 192.0.2.7)",
        "listen: {proxy_protocol_networks: '10.0.0.1,'} ~ listen.proxy_protocol_networks:  (expected: networks such as 10.0.0.0/8, fd00::/8 or 192.0.2.7)",
        "listen: 3307 ~ listen: not a section (expected: keys below it)",
        "backend: {user: u} ~ backend.host: missing (expected: a text)",
        "backend: {host: h} ~ backend.user: missing (expected: a text)",
        "backend: {host: h, user: u, tls: {mode: on}} ~ backend.tls.mode: on (expected: disabled | preferred | required | verify_ca | verify_identity)",
        "backend: {host: h, user: u, max_connections: 5, max_idle_connections: 6} ~ backend.max_idle_connections: 6 (expected: 0..5)",
        "backend: {host: h, user: u, connect_timeout: 10} ~ backend.connect_timeout: 10 (expected: a duration such as 500ms, 10s, 5m, 8h or 1d)",
        "backend: {host: h, user: u, connect_timeout: 0s} ~ backend.connect_timeout: 0s (expected: 1ms..10m)",
        "backend: {host: h, user: u, password: a, password_file: b} ~ backend.password_file: set together with backend.password (expected: one of them)",
        "backend: {host: h, user: u, password: 12345} ~ backend.password: not a text (expected: a text, in quotes)",
        "backend: {host: h, user: u, password_file: /no/such} ~ backend.password_file: /no/such (expected: a file that exists)",
        "catalog: {schema: a-b} ~ catalog.schema: a-b (expected: 1 to 64 letters, digits and underscores)",
        "catalog: {pool_size: 1} ~ catalog.pool_size: 1 (expected: 2..64)",
        "catalog: {secondary_roles_mode: no} ~ catalog.secondary_roles_mode: no (expected: all | strict | off)",
        "administrator: {user: ''} ~ administrator.user: empty (expected: a text)",
        "tls: {certificate_file: c} ~ tls.key_file: missing (expected: a file, as certificate_file is set)",
        "tls: {key_file: c} ~ tls.certificate_file: missing (expected: a file, as key_file is set)",
        "tls: {enabled: false, required: true} ~ tls.required: true (expected: false, as enabled is false)",
        "tls: {client_certificates: optional} ~ tls.client_ca_file: missing (expected: a file, as client_certificates is not off)",
        "tls: {client_certificates: required, client_ca_file: c} ~ tls.client_certificates: required (expected: off or optional, as required is false)",
        "tls: {reload_interval: 2d} ~ tls.reload_interval: 2d (expected: 0s..1d)",
        "tls: {enabled: yes} ~ tls.enabled: yes (expected: true or false)",
        "authentication: {default_plugin: mysql_native_password, native_password: false} ~ authentication.default_plugin: mysql_native_password (expected: caching_sha2_password, as native_password is false)",
        "limits: {max_allowed_packet: 2GiB} ~ limits.max_allowed_packet: 2GiB (expected: 1KiB..1GiB)",
        "limits: {max_allowed_packet: 64MB} ~ limits.max_allowed_packet: 64MB (expected: a size such as 512KiB, 64MiB or 1GiB)",
        "limits: {sleep_timeout: 8d} ~ limits.sleep_timeout: 8d (expected: 0s..7d)",
        "limits: {nesting: 201} ~ limits.nesting: 201 (expected: 10..200)",
        "limits: {connections_per_user: -1} ~ limits.connections_per_user: -1 (expected: 0..1000000)",
        "limits: {connections_per_address: -1} ~ limits.connections_per_address: -1 (expected: 0..1000000)",
        "cache: {analyses: 1} ~ cache.analyses: 1 (expected: 100..10000000)",
        "threads: {store: 0} ~ threads.store: 0 (expected: 1..64)",
        "shutdown: {drain_timeout: 2h} ~ shutdown.drain_timeout: 2h (expected: 0s..1h)",
        "log: {level: loud} ~ log.level: loud (expected: error | warn | info | debug | trace)",
        "listen: {prot: 1} ~ listen.prot: unknown key (did you mean listen.port?)",
        "colour: red ~ colour: unknown key",
        "backend: {host: h, user: u, tls: {cipher: x}} ~ backend.tls.cipher: unknown key",
        "[1, 2] ~ not a configuration (expected: sections with keys)",
      })
  void badValueIsRefusedWithThePathOfItsKey(String yaml, String problem) {
    assertThat(problems(yaml)).containsExactly(problem);
  }

  @Test
  void allProblemsComeAtOnce() {
    assertThat(problems("listen: {port: 70000}\nlimits: {nesting: 1}\nfoo: 1\n"))
        .containsExactly(
            "listen.port: 70000 (expected: 0..65535)",
            "limits.nesting: 1 (expected: 10..200)",
            "foo: unknown key");
  }

  @Test
  void sameKeyTwiceAndBrokenYamlAreRefused() {
    assertThat(problems("log: {level: info}\nlog: {level: warn}\n").get(0)).contains("not YAML");
    assertThat(problems("log: {level: info\n").get(0)).startsWith("line ").contains("not YAML");
  }

  @Test
  void removedKeyExplainsItself() {
    ConfigLoader loader =
        new ConfigLoader(Map.of(), Map.of("listen.backlog", "the system's own limit holds now"));

    ConfigException refused =
        catchThrowableOfType(
            ConfigException.class, () -> loader.read("listen: {backlog: 5}", Path.of("")));

    assertThat(refused.problems())
        .containsExactly("listen.backlog: removed: the system's own limit holds now");
  }

  @Test
  void whatIsMissingHidesNoOtherComplaint() {
    assertThat(problems("backend: {user: u, port: 70000}\n"))
        .containsExactly(
            "backend.host: missing (expected: a text)", "backend.port: 70000 (expected: 1..65535)");
  }

  @Test
  void environmentWinsOverTheFile() throws Exception {
    PortcullisConfig config =
        read(
            "listen: {port: 1}\nlog: {level: warn}\n",
            Map.of("PORTCULLIS_LISTEN_PORT", "2", "PATH", "/bin", "PORTCULLIS_SERVICE_HOST", "x"));

    assertThat(config.listen().port()).isEqualTo(2);
    assertThat(config.log().level()).isEqualTo(LogConfig.Level.WARN);
  }

  @Test
  void badVariableIsNamed() {
    assertThat(problems("", Map.of("PORTCULLIS_LISTEN_PORT", "x")))
        .containsExactly("listen.port: x (expected: a whole number; from PORTCULLIS_LISTEN_PORT)");
    assertThat(problems("", Map.of("PORTCULLIS_LISTEN_PROT", "1")))
        .containsExactly(
            "PORTCULLIS_LISTEN_PROT: unknown variable (did you mean PORTCULLIS_LISTEN_PORT?)");
  }

  @Test
  void backendCanComeFromTheEnvironmentAlone() throws Exception {
    PortcullisConfig config =
        read("", Map.of("PORTCULLIS_BACKEND_HOST", "h", "PORTCULLIS_BACKEND_USER", "u"));

    assertThat(config.backend()).contains(BackendConfig.of("h", 3306, "u", Secret.empty()));
  }

  @Test
  void secretComesFromItsFileWithoutTheLastLineEnd() throws Exception {
    Path file = Files.writeString(directory.resolve("pw"), "  s3cret \n");
    String yaml = "backend: {host: h, user: u, password_file: pw}";

    PortcullisConfig config = new ConfigLoader(Map.of()).read(yaml, directory);

    assertThat(config.backend().orElseThrow().password()).isEqualTo(Secret.of("  s3cret "));
    assertThat(config.toString()).doesNotContain("s3cret");
    assertThat(
            read(
                    "backend: {host: h, user: u, password: x}",
                    Map.of("PORTCULLIS_BACKEND_PASSWORD_FILE", file.toString()))
                .backend()
                .orElseThrow()
                .password())
        .isEqualTo(Secret.of("  s3cret "));
    assertThat(
            new ConfigLoader(Map.of("PORTCULLIS_BACKEND_PASSWORD", "fromenv"))
                .read(yaml, directory)
                .backend()
                .orElseThrow()
                .password())
        .isEqualTo(Secret.of("fromenv"));
  }

  @Test
  void relativePathsStartFromTheDirectoryOfTheFile() throws Exception {
    Path file = Files.writeString(directory.resolve("p.yaml"), "data_directory: state\n");

    assertThat(new ConfigLoader(Map.of()).load(file).dataDirectory())
        .isEqualTo(directory.resolve("state"));
    assertThat(
            new ConfigLoader(Map.of("PORTCULLIS_DATA_DIRECTORY", "here"))
                .load(file)
                .dataDirectory())
        .isEqualTo(Path.of("here"));
  }

  @Test
  void missingFileIsAPlainAnswer() {
    Path file = directory.resolve("none.yaml");

    ConfigException refused =
        catchThrowableOfType(ConfigException.class, () -> new ConfigLoader(Map.of()).load(file));

    assertThat(refused.problems()).containsExactly(file + ": there is no such file");
  }

  @Test
  void variablesOfDifferentKeysDiffer() {
    Set<String> keys = ConfigLoader.knownKeys();

    assertThat(keys.stream().map(Reading::variable).collect(Collectors.toSet()))
        .hasSameSizeAs(keys);
  }
}
