package io.portcullis.embedded;

import io.portcullis.embedded.EmbeddedBackend.Settings;
import io.portcullis.privilege.credential.SecretKey;
import io.portcullis.proxy.cli.ConfiguredBackendStarter;
import io.portcullis.proxy.cli.ConnectHint;
import io.portcullis.proxy.cli.Gate;
import io.portcullis.proxy.cli.RunningServer;
import io.portcullis.proxy.cli.ServerStarter;
import io.portcullis.proxy.cli.Version;
import io.portcullis.proxy.config.AdministratorConfig;
import io.portcullis.proxy.config.BackendConfig;
import io.portcullis.proxy.config.BackendTlsConfig;
import io.portcullis.proxy.config.BackendTlsMode;
import io.portcullis.proxy.config.PortcullisConfig;
import io.portcullis.proxy.config.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Starts the gate in front of the configured backend or, when there is none, of an embedded MariaDB
 * in the data directory.
 */
public final class EmbeddedStarter implements ServerStarter {
  private static final int MAX_CONNECTIONS = 500;

  /** For the catalog's pool and for somebody who looks at the server directly. */
  private static final int SPARE_CONNECTIONS = 100;

  private static final String SECRET_KEY_FILE = "secret-key";

  private final Gate.Starter starter;

  public EmbeddedStarter(Gate.Starter starter) {
    this.starter = starter;
  }

  @Override
  public RunningServer start(PortcullisConfig config) throws Exception {
    if (config.backend().isPresent()) {
      return new ConfiguredBackendStarter(starter).start(config);
    }
    Path directory = config.dataDirectory().toAbsolutePath().normalize();
    EmbeddedBackend backend =
        EmbeddedBackend.start(
            Settings.in(directory)
                .withServerOptions("--max-connections=" + (MAX_CONNECTIONS + SPARE_CONNECTIONS))
                .withStopAtExit(false));
    boolean up = false;
    try {
      RunningServer running = startGate(config.withDataDirectory(directory), backend);
      up = true;
      return running;
    } finally {
      if (!up) {
        backend.close();
      }
    }
  }

  private RunningServer startGate(PortcullisConfig config, EmbeddedBackend backend)
      throws Exception {
    AdministratorFile file =
        AdministratorFile.in(config.dataDirectory(), config.administrator().user());
    Optional<String> kept = file.password();
    boolean fresh = kept.isEmpty() && backend.created();
    PortcullisConfig effective = withSecretKey(config.withBackend(login(backend)));
    boolean configured = config.administrator().password().isPresent();
    Optional<String> password = fresh ? Optional.of(PrivateFiles.generatePassword()) : kept;
    if (!configured && password.isPresent()) {
      // On disk before the user exists: a crash in between must not leave an administrator whose
      // password nobody knows.
      file.write(ConnectHint.host(config), config.listen().port(), password.get());
      effective =
          effective.withAdministrator(
              new AdministratorConfig(config.administrator().user(), password.map(Secret::of)));
    }
    Gate gate = starter.start(effective);
    boolean greeted = false;
    try {
      Optional<String> generated = configured ? Optional.empty() : password;
      Optional<String> known =
          generated.isPresent() ? generated : gate.generatedAdministratorPassword();
      if (known.isPresent()) {
        file.write(ConnectHint.host(config), gate.port(), known.get());
      }
      RunningServer running =
          new Running(gate, backend, greeting(config, gate.port(), file, known, fresh));
      greeted = true;
      return running;
    } finally {
      if (!greeted) {
        gate.close();
      }
    }
  }

  /** Kept beside the data, as the administrator's password is. */
  private static PortcullisConfig withSecretKey(PortcullisConfig config) throws IOException {
    if (config.catalog().secretKey().isPresent()) {
      return config;
    }
    Path file = config.dataDirectory().resolve(SECRET_KEY_FILE);
    if (!Files.exists(file)) {
      PrivateFiles.write(file, SecretKey.generate(new SecureRandom()) + "\n");
    }
    Secret key = Secret.of(Files.readString(file, StandardCharsets.US_ASCII).strip());
    return config.withCatalog(config.catalog().withSecretKey(key));
  }

  private static BackendConfig login(EmbeddedBackend backend) {
    return BackendConfig.of(
            backend.host(), backend.port(), backend.user(), Secret.of(backend.password()))
        .with(
            changes ->
                changes
                    .tls(new BackendTlsConfig(BackendTlsMode.DISABLED, Optional.empty()))
                    .connections(MAX_CONNECTIONS, SPARE_CONNECTIONS));
  }

  private static List<String> greeting(
      PortcullisConfig config,
      int port,
      AdministratorFile file,
      Optional<String> password,
      boolean fresh) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "Portcullis "
            + Version.number()
            + " listens on "
            + config.listen().address()
            + ":"
            + port
            + ", in front of an embedded MariaDB in "
            + config.dataDirectory()
            + ".");
    if (fresh) {
      lines.add("Administrator `" + config.administrator().user() + "` was created.");
    }
    lines.add("Connect as administrator with:");
    if (password.isPresent()) {
      lines.add("  mariadb --defaults-file=" + ConnectHint.shellWord(file.path().toString()));
      lines.add(
          fresh
              ? "or, with the password " + password.get() + " (kept in that file):"
              : "or, with the password in that file:");
    }
    lines.add("  " + ConnectHint.command(config, port));
    lines.add("Ctrl-C or SIGTERM stops it. The data stays.");
    return List.copyOf(lines);
  }

  private record Running(Gate gate, EmbeddedBackend backend, List<String> greeting)
      implements RunningServer {
    @Override
    public void close() {
      try (EmbeddedBackend last = backend) {
        gate.close();
        assert last.isRunning() : "the backend outlives the gate";
      }
    }
  }
}
