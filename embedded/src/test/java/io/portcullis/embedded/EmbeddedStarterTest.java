package io.portcullis.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portcullis.proxy.cli.Gate;
import io.portcullis.proxy.cli.RunningServer;
import io.portcullis.proxy.config.AdministratorConfig;
import io.portcullis.proxy.config.BackendConfig;
import io.portcullis.proxy.config.PortcullisConfig;
import io.portcullis.proxy.config.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The starter with a gate that only notes its configuration. */
final class EmbeddedStarterTest {
  @TempDir Path scratch;

  private final List<PortcullisConfig> started = new ArrayList<>();
  private int closed;

  private Gate gate(PortcullisConfig config) {
    started.add(config);
    return new Gate() {
      @Override
      public int port() {
        return 4711;
      }

      @Override
      public Optional<String> generatedAdministratorPassword() {
        return Optional.empty();
      }

      @Override
      public void close() {
        closed++;
      }
    };
  }

  private PortcullisConfig config() {
    return PortcullisConfig.defaults().withDataDirectory(scratch.resolve("my data"));
  }

  @Test
  void firstStartMakesAnAdministratorAndLaterStartsKnowIt() throws Exception {
    Path file = scratch.resolve("my data").resolve("administrator.cnf");
    String password;
    try (RunningServer server = new EmbeddedStarter(this::gate).start(config())) {
      password = started.get(0).administrator().password().map(Secret::reveal).orElseThrow();
      assertThat(password).hasSize(32);
      assertThat(String.join("\n", server.greeting()))
          .contains("listens on 127.0.0.1:4711")
          .contains("Administrator `root` was created.")
          .contains("mariadb --defaults-file='" + file + "'")
          .contains(password)
          .contains("mariadb --protocol=tcp -h 127.0.0.1 -P 4711 -u root -p");
      BackendConfig backend = started.get(0).backend().orElseThrow();
      assertThat(backend.host()).isEqualTo("127.0.0.1");
      assertThat(Files.readString(file))
          .contains("[client]", "port=4711", "user=root", "password=" + password);
      if (Files.getFileStore(file).supportsFileAttributeView("posix")) {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
            .isEqualTo("rw-------");
      }
    }
    assertThat(closed).isEqualTo(1);

    try (RunningServer server = new EmbeddedStarter(this::gate).start(config())) {
      assertThat(started.get(1).administrator().password()).contains(Secret.of(password));
      assertThat(String.join("\n", server.greeting()))
          .contains("--defaults-file=")
          .doesNotContain("was created")
          .doesNotContain(password);
    }
  }

  @Test
  void configuredPasswordIsNotWrittenDown() throws Exception {
    PortcullisConfig config =
        config()
            .withAdministrator(new AdministratorConfig("boss", Optional.of(Secret.of("chosen"))));

    try (RunningServer server = new EmbeddedStarter(this::gate).start(config)) {
      assertThat(started.get(0).administrator()).isEqualTo(config.administrator());
      assertThat(String.join("\n", server.greeting()))
          .contains("-u boss -p")
          .doesNotContain("chosen")
          .doesNotContain("--defaults-file");
      assertThat(scratch.resolve("my data").resolve("administrator.cnf")).doesNotExist();
    }
  }

  @Test
  void configuredBackendNeedsNoEmbeddedServer() throws Exception {
    PortcullisConfig config =
        config().withBackend(BackendConfig.of("db", 3306, "gate", Secret.of("pw")));

    try (RunningServer server = new EmbeddedStarter(this::gate).start(config)) {
      assertThat(String.join("\n", server.greeting())).contains("in front of db:3306");
      assertThat(scratch.resolve("my data")).doesNotExist();
    }
  }

  @Test
  void failedGateLeavesNoServerBehind() throws Exception {
    EmbeddedStarter failing =
        new EmbeddedStarter(
            config -> {
              throw new IOException("port taken");
            });

    assertThatThrownBy(() -> failing.start(config())).hasMessage("port taken");

    assertThat(scratch.resolve("my data").resolve("server.pid")).doesNotExist();
    try (RunningServer server = new EmbeddedStarter(this::gate).start(config())) {
      assertThat(server.greeting()).isNotEmpty();
    }
  }
}
