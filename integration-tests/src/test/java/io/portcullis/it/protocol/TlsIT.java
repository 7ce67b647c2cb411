package io.portcullis.it.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portcullis.it.harness.Await;
import io.portcullis.it.harness.BackendExtension;
import io.portcullis.it.harness.CommandLine;
import io.portcullis.it.harness.Endpoint;
import io.portcullis.it.harness.Sql;
import io.portcullis.it.harness.TestBackend;
import io.portcullis.it.harness.TestGate;
import io.portcullis.proxy.config.AuthenticationConfig;
import io.portcullis.proxy.config.AuthenticationPlugin;
import io.portcullis.proxy.config.ClientCertificates;
import io.portcullis.proxy.config.TlsConfig;
import io.portcullis.proxy.tls.ServerTlsFiles;
import io.portcullis.proxy.tls.TlsContexts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** TLS of real clients: verified without an authority, with certificates of theirs, renewed. */
@ExtendWith(BackendExtension.class)
final class TlsIT {

  private static final Map<String, String> VERIFY = Map.of("sslMode", "verify-full");

  private final TestBackend backend;
  @TempDir private Path directory;

  TlsIT(TestBackend backend) {
    this.backend = backend;
  }

  private TestGate gate(TlsConfig tls, AuthenticationPlugin plugin) {
    return TestGate.start(
        backend.endpoint(),
        backend.endpoint(),
        config ->
            config
                .withTls(tls)
                .withAuthentication(
                    new AuthenticationConfig(
                        plugin, true, AuthenticationConfig.DEFAULT.loginTimeout())));
  }

  private ServerTlsFiles selfSigned(String name) throws IOException {
    return TlsContexts.selfSigned(
        directory.resolve(name), Optional.empty(), Clock.systemUTC(), new SecureRandom());
  }

  @Test
  void mariaDbClientVerifiesTheGatesOwnCertificateByItsPassword() throws Exception {
    Assumptions.assumeTrue(backend.endpoint().isMariaDb(), "skipped: the digest is MariaDB's");
    try (TestGate gate = gate(TlsConfig.DEFAULT, AuthenticationPlugin.MYSQL_NATIVE_PASSWORD)) {
      Endpoint administrator = gate.administrator();
      for (int i = 0; i < 2; i++) {
        try (Connection connection = administrator.connectMariaDb("", VERIFY)) {
          assertThat(Sql.value(connection, "SELECT 1")).isEqualTo("1");
        }
      }
      assertThatThrownBy(
              () ->
                  administrator
                      .as(administrator.user(), "wrong")
                      .connectMariaDb("", VERIFY)
                      .close())
          .isInstanceOf(SQLException.class);
    }
  }

  @Test
  void withoutTheDigestItRefusesToGoOn() throws Exception {
    Assumptions.assumeTrue(backend.endpoint().isMariaDb(), "skipped: the digest is MariaDB's");
    try (TestGate gate = gate(TlsConfig.DEFAULT, AuthenticationPlugin.CACHING_SHA2_PASSWORD)) {
      assertThatThrownBy(() -> gate.administrator().connectMariaDb("", VERIFY).close())
          .isInstanceOf(SQLException.class)
          .hasStackTraceContaining("elf signed");
      try (Connection trusting =
          gate.administrator().connectMariaDb("", Map.of("sslMode", "trust"))) {
        assertThat(trusting.isValid(5)).isTrue();
      }
    }
  }

  @Test
  void replacedCertificateIsShownToNewConnections() throws Exception {
    ServerTlsFiles used = selfSigned("used");
    ServerTlsFiles next = selfSigned("next");
    TlsConfig tls =
        TlsConfig.DEFAULT
            .withFiles(used.certificateChain(), used.privateKey())
            .withReloadInterval(Duration.ofMillis(200));
    try (TestGate gate = gate(tls, AuthenticationPlugin.CACHING_SHA2_PASSWORD);
        Connection standing = trusting(gate, used.certificateChain())) {
      Path old = Files.copy(used.certificateChain(), directory.resolve("old.pem"));
      assertThatThrownBy(() -> trusting(gate, next.certificateChain()).close())
          .isInstanceOf(SQLException.class);
      Files.copy(
          next.certificateChain(), used.certificateChain(), StandardCopyOption.REPLACE_EXISTING);
      Files.copy(next.privateKey(), used.privateKey(), StandardCopyOption.REPLACE_EXISTING);
      Await.until("the new one is shown", () -> connects(gate, next.certificateChain()));
      assertThat(connects(gate, old)).isFalse();
      assertThat(standing.isValid(5)).isTrue();
    }
  }

  private static boolean connects(TestGate gate, Path authority) {
    try (Connection connection = trusting(gate, authority)) {
      return connection.isValid(5);
    } catch (SQLException e) {
      return false;
    }
  }

  private static Connection trusting(TestGate gate, Path authority) throws SQLException {
    return gate.administrator()
        .connectMariaDb("", Map.of("sslMode", "verify-ca", "serverSslCert", authority.toString()));
  }

  @Test
  void commandLineClientShowsItsCertificate() throws Exception {
    Assumptions.assumeTrue(
        CommandLine.installed().filter("mariadb"::equals).isPresent(),
        "skipped: no mariadb command line client is installed");
    ServerTlsFiles listed = selfSigned("listed");
    ServerTlsFiles foreign = selfSigned("foreign");
    TlsConfig tls =
        TlsConfig.DEFAULT
            .withRequired(true)
            .withClientCertificates(ClientCertificates.REQUIRED, listed.certificateChain());
    try (TestGate gate = gate(tls, AuthenticationPlugin.MYSQL_NATIVE_PASSWORD)) {
      CommandLine.Run good = run(gate, certificate(listed));
      assertThat(good.output()).as(good.error()).isEqualTo("in\nin\n");
      assertThat(run(gate, certificate(foreign)).code()).isNotZero();
      assertThat(run(gate, List.of("--ssl")).code()).isNotZero();
      CommandLine.Run plain = run(gate, List.of("--skip-ssl"));
      assertThat(plain.error()).contains("ERROR 3159");
    }
  }

  private static List<String> certificate(ServerTlsFiles files) {
    return List.of(
        "--ssl", "--ssl-cert=" + files.certificateChain(), "--ssl-key=" + files.privateKey());
  }

  private static CommandLine.Run run(TestGate gate, List<String> options) throws Exception {
    return CommandLine.run(gate.administrator(), options, "SELECT 'in' AS `in`;\n");
  }
}
