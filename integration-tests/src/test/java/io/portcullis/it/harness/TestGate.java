package io.portcullis.it.harness;

import io.portcullis.privilege.credential.SecretKey;
import io.portcullis.proxy.config.AdministratorConfig;
import io.portcullis.proxy.config.BackendConfig;
import io.portcullis.proxy.config.CatalogConfig;
import io.portcullis.proxy.config.ListenConfig;
import io.portcullis.proxy.config.PortcullisConfig;
import io.portcullis.proxy.config.Secret;
import io.portcullis.proxy.config.ShutdownConfig;
import io.portcullis.proxy.server.PortcullisServer;
import io.portcullis.proxy.server.StartException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;

/** A gate in this JVM before a backend, with a catalog of its own that is dropped at the end. */
public final class TestGate implements AutoCloseable {

  public static final String ADMINISTRATOR = "gatekeeper";
  public static final String ADMINISTRATOR_PASSWORD = "Gate-keeper-1";

  private static final Secret SECRET_KEY = Secret.of(SecretKey.generate(new SecureRandom()));

  private final Endpoint straight;
  private final String catalogSchema;
  private final PortcullisServer server;

  private TestGate(Endpoint straight, String catalogSchema, PortcullisServer server) {
    this.straight = straight;
    this.catalogSchema = catalogSchema;
    this.server = server;
  }

  public static TestGate start(TestBackend backend) {
    return start(backend.endpoint(), backend.endpoint(), config -> config);
  }

  /**
   * @param backend where the gate finds the server; a relay, perhaps
   * @param straight where tests find it
   */
  public static TestGate start(
      Endpoint backend, Endpoint straight, UnaryOperator<PortcullisConfig> change) {
    return start(backend, straight, change, PortcullisServer::start);
  }

  /** Starts the server of a gate. */
  public interface Starter {
    PortcullisServer start(PortcullisConfig config) throws StartException;
  }

  /** With a server that is started in another way. */
  public static TestGate start(
      Endpoint backend,
      Endpoint straight,
      UnaryOperator<PortcullisConfig> change,
      Starter starter) {
    String schema = "gate_" + UUID.randomUUID().toString().replace("-", "").substring(0, 12);
    try {
      return new TestGate(straight, schema, starter.start(change.apply(config(backend, schema))));
    } catch (StartException e) {
      throw new IllegalStateException(e);
    }
  }

  static PortcullisConfig config(Endpoint backend, String schema) {
    try {
      return PortcullisConfig.defaults()
          .withListen(new ListenConfig("127.0.0.1", 0))
          .withBackend(
              BackendConfig.of(
                  backend.host(), backend.port(), backend.user(), Secret.of(backend.password())))
          .withCatalog(CatalogConfig.DEFAULT.withSchema(schema).withSecretKey(SECRET_KEY))
          .withAdministrator(
              new AdministratorConfig(
                  ADMINISTRATOR, Optional.of(Secret.of(ADMINISTRATOR_PASSWORD))))
          .withShutdown(new ShutdownConfig(Duration.ofSeconds(2)))
          .withDataDirectory(Files.createTempDirectory(WorkDirectory.get(), "gate-"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Endpoint administrator() {
    return new Endpoint(
        "administrator", "127.0.0.1", server.port(), ADMINISTRATOR, ADMINISTRATOR_PASSWORD);
  }

  public Endpoint user(String user, String password) {
    return new Endpoint("user", "127.0.0.1", server.port(), user, password);
  }

  public Endpoint straight() {
    return straight;
  }

  public String catalogSchema() {
    return catalogSchema;
  }

  public int port() {
    return server.port();
  }

  /** Runs statements as the administrator. */
  public void administer(String... statements) throws SQLException {
    try (Connection connection = administrator().connect()) {
      Sql.run(connection, statements);
    }
  }

  /** Stops the gate and drops its catalog. */
  @Override
  public void close() {
    server.close();
    try (Connection connection = straight.connect()) {
      Sql.run(connection, "DROP DATABASE IF EXISTS " + catalogSchema);
    } catch (SQLException e) {
      throw new IllegalStateException("catalog schema " + catalogSchema, e);
    }
  }
}
