package io.portcullis.proxy.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsContextsTest {
  @TempDir private Path directory;

  private SslContext server() throws IOException {
    return TlsContexts.forClientsSelfSigned(directory, Clock.systemUTC(), new SecureRandom());
  }

  private Path certificate() {
    return directory.resolve(SelfSignedCertificate.CERTIFICATE_FILE);
  }

  /** Passes records to and fro until both sides are done; whether both got through. */
  private static boolean handshake(SslContext server, SslContext client, String host) {
    SslHandler back = TlsContexts.backendHandler(client, ByteBufAllocator.DEFAULT, host, 3306);
    SslHandler front = server.newHandler(ByteBufAllocator.DEFAULT);
    EmbeddedChannel clientChannel = new EmbeddedChannel(back);
    EmbeddedChannel serverChannel = new EmbeddedChannel(front);
    try {
      for (int round = 0; round < 20; round++) {
        pass(clientChannel, serverChannel);
        pass(serverChannel, clientChannel);
      }
      return back.handshakeFuture().isSuccess() && front.handshakeFuture().isSuccess();
    } finally {
      close(clientChannel);
      close(serverChannel);
    }
  }

  private static void pass(EmbeddedChannel from, EmbeddedChannel to) {
    from.runPendingTasks();
    for (Object message = from.readOutbound(); message != null; message = from.readOutbound()) {
      try {
        to.writeInbound(message);
      } catch (RuntimeException e) {
        assertThat(e).hasRootCauseInstanceOf(Exception.class);
        return;
      } catch (Exception e) {
        assertThat(e).isInstanceOf(IOException.class);
        return;
      }
    }
  }

  private static void close(EmbeddedChannel channel) {
    try {
      channel.finishAndReleaseAll();
    } catch (Exception e) {
      assertThat(e).isInstanceOf(IOException.class);
    }
  }

  private static SslContext backend(BackendTlsMode mode, Optional<Path> authorities)
      throws IOException {
    return TlsContexts.forBackend(mode, authorities).orElseThrow();
  }

  @Test
  void selfSignedCertificateIsMadeOnceForItsOwnerOnly() throws IOException {
    server();
    String first = Files.readString(certificate());
    server();

    assertThat(Files.readString(certificate())).isEqualTo(first);
    Path key = directory.resolve(SelfSignedCertificate.KEY_FILE);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
        .isEqualTo("rw-------");
    try (var files = Files.list(directory)) {
      assertThat(files).hasSize(2);
    }
  }

  @Test
  void requiredTakesAnyCertificate() throws IOException {
    assertThat(handshake(server(), backend(BackendTlsMode.REQUIRED, Optional.empty()), "db.test"))
        .isTrue();
  }

  @Test
  void verifyCaTakesTheAuthoritysWhateverTheName() throws IOException {
    SslContext server = server();

    assertThat(
            handshake(
                server, backend(BackendTlsMode.VERIFY_CA, Optional.of(certificate())), "db.test"))
        .isTrue();
    assertThat(handshake(server, backend(BackendTlsMode.VERIFY_CA, Optional.empty()), "localhost"))
        .isFalse();
  }

  @Test
  void verifyIdentityWantsTheNameToo() throws IOException {
    SslContext server = server();
    SslContext client = backend(BackendTlsMode.VERIFY_IDENTITY, Optional.of(certificate()));

    assertThat(handshake(server, client, "localhost")).isTrue();
    assertThat(handshake(server, client, "db.test")).isFalse();
  }

  @Test
  void disabledHasNoContext() throws IOException {
    assertThat(TlsContexts.forBackend(BackendTlsMode.DISABLED, Optional.empty())).isEmpty();
  }

  @Test
  void missingOrWrongFilesAreNamed() throws IOException {
    Path missing = directory.resolve("none.pem");
    Path wrong = Files.writeString(directory.resolve("wrong.pem"), "nonsense");

    assertThatThrownBy(() -> TlsContexts.forClients(missing, wrong))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("none.pem");
    assertThatThrownBy(() -> TlsContexts.forClients(wrong, wrong))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("wrong.pem");
    assertThatThrownBy(() -> TlsContexts.forBackend(BackendTlsMode.VERIFY_CA, Optional.of(wrong)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("wrong.pem");
  }

  @Test
  void onlyDisabledAndPreferredGoWithoutTls() {
    assertThat(BackendTlsMode.PREFERRED.mandatory()).isFalse();
    assertThat(BackendTlsMode.REQUIRED.mandatory()).isTrue();
    assertThat(BackendTlsMode.REQUIRED.verifies()).isFalse();
    assertThat(BackendTlsMode.VERIFY_CA.verifies()).isTrue();
  }
}
