package io.portcullis.proxy.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portcullis.proxy.config.AdministratorConfig;
import io.portcullis.proxy.config.BackendConfig;
import io.portcullis.proxy.config.ListenConfig;
import io.portcullis.proxy.config.PortcullisConfig;
import io.portcullis.proxy.config.Secret;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ConnectHintTest {
  private static final PortcullisConfig CONFIG =
      PortcullisConfig.defaults()
          .withBackend(BackendConfig.of("db", 3306, "gate", Secret.of("hush")));

  private static Gate gate(Optional<String> generated) {
    return new Gate() {
      @Override
      public int port() {
        return 4711;
      }

      @Override
      public Optional<String> generatedAdministratorPassword() {
        return generated;
      }

      @Override
      public void close() {}
    };
  }

  @Test
  void everyAddressMeansLoopbackForTheClient() {
    assertThat(ConnectHint.host(CONFIG.withListen(new ListenConfig("0.0.0.0", 1))))
        .isEqualTo("127.0.0.1");
    assertThat(ConnectHint.host(CONFIG.withListen(new ListenConfig("::", 1))))
        .isEqualTo("127.0.0.1");
    assertThat(ConnectHint.host(CONFIG.withListen(new ListenConfig("10.0.0.1", 1))))
        .isEqualTo("10.0.0.1");
  }

  @Test
  void oddNamesAreQuotedForShellAndOptionFile() {
    assertThat(ConnectHint.shellWord("plain-1.2/x")).isEqualTo("plain-1.2/x");
    assertThat(ConnectHint.shellWord("a b'c")).isEqualTo("'a b'\\''c'");
    assertThat(ConnectHint.optionValue("root")).isEqualTo("root");
    assertThat(ConnectHint.optionValue("a \"b\\")).isEqualTo("\"a \\\"b\\\\\"");
    assertThat(
            ConnectHint.command(
                CONFIG.withAdministrator(new AdministratorConfig("the boss", Optional.empty())), 1))
        .endsWith("-u 'the boss' -p");
  }

  @Test
  void generatedPasswordIsShownOnceAndTheBackendsNever() throws Exception {
    try (RunningServer first =
            new ConfiguredBackendStarter(config -> gate(Optional.of("made"))).start(CONFIG);
        RunningServer later =
            new ConfiguredBackendStarter(config -> gate(Optional.empty())).start(CONFIG)) {
      assertThat(String.join("\n", first.greeting()))
          .contains("127.0.0.1:4711", "db:3306", "made", "-P 4711 -u root -p")
          .doesNotContain("hush");
      assertThat(String.join("\n", later.greeting()))
          .contains("127.0.0.1:4711")
          .doesNotContain("Administrator");
    }
  }

  @Test
  void backendMustBeConfigured() {
    assertThatThrownBy(
            () ->
                new ConfiguredBackendStarter(config -> gate(Optional.empty()))
                    .start(PortcullisConfig.defaults()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("backend.host");
  }
}
