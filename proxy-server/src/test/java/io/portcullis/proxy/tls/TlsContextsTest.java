package io.portcullis.proxy.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.openssl.PEMParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsContextsTest {
  @TempDir private Path directory;

  private SslContext server() throws IOException {
    return ServerTls.of(selfSigned(directory, Optional.empty()), false).get();
  }

  private static ServerTlsFiles selfSigned(Path directory, Optional<Path> authorities)
      throws IOException {
    return TlsContexts.selfSigned(directory, authorities, Clock.systemUTC(), new SecureRandom());
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

    assertThatThrownBy(() -> clients(missing, wrong))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("none.pem");
    assertThatThrownBy(() -> clients(wrong, wrong))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("wrong.pem");
    ServerTlsFiles good = selfSigned(directory, Optional.empty());
    Path broken =
        Files.writeString(
            directory.resolve("broken.pem"),
            "-----BEGIN PRIVATE KEY-----\n!!!!\n-----END PRIVATE KEY-----\n");
    assertThatThrownBy(() -> clients(good.certificateChain(), broken))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("broken.pem");
    assertThatThrownBy(() -> TlsContexts.forBackend(BackendTlsMode.VERIFY_CA, Optional.of(wrong)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("wrong.pem");
  }

  private static ServerTls clients(Path certificate, Path key) throws IOException {
    return ServerTls.of(new ServerTlsFiles(certificate, key, Optional.empty()), false);
  }

  @Test
  void keyOfAnotherCertificateIsRefused() throws IOException {
    ServerTlsFiles one = selfSigned(directory.resolve("one"), Optional.empty());
    ServerTlsFiles two = selfSigned(directory.resolve("two"), Optional.empty());

    assertThatThrownBy(() -> clients(one.certificateChain(), two.privateKey()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is not that of");
  }

  @Test
  void privateKeyIsReadInBothPemForms() throws IOException {
    ServerTlsFiles files = selfSigned(directory, Optional.empty());
    SslContext client = backend(BackendTlsMode.VERIFY_CA, Optional.of(files.certificateChain()));
    String pkcs8 = Files.readString(files.privateKey());
    assertThat(pkcs8).startsWith("-----BEGIN PRIVATE KEY-----");
    String traditional = traditional(pkcs8);
    for (String form : List.of(pkcs8, traditional, "# a comment\n" + pkcs8)) {
      Path key = Files.writeString(directory.resolve("form.pem"), form);
      ServerTls tls = clients(files.certificateChain(), key);
      assertThat(handshake(tls.get(), client, "localhost")).as(form.substring(0, 20)).isTrue();
    }
  }

  /** The same key as SEC 1 has it, with its curve and without its public half. */
  private static String traditional(String pkcs8) throws IOException {
    PrivateKeyInfo key;
    try (PEMParser parser = new PEMParser(new StringReader(pkcs8))) {
      key = (PrivateKeyInfo) parser.readObject();
    }
    ECPrivateKey inner = ECPrivateKey.getInstance(key.parsePrivateKey());
    ECPrivateKey alone =
        new ECPrivateKey(256, inner.getKey(), key.getPrivateKeyAlgorithm().getParameters());
    return "-----BEGIN EC PRIVATE KEY-----\n"
        + Base64.getMimeEncoder().encodeToString(alone.getEncoded())
        + "\n-----END EC PRIVATE KEY-----\n";
  }

  @Test
  void replacedFilesAreUsedForNewConnections() throws IOException {
    ServerTlsFiles used = selfSigned(directory, Optional.empty());
    ServerTlsFiles next = selfSigned(directory.resolve("next"), Optional.empty());
    ServerTls tls = ServerTls.of(used, false);
    SslContext before = tls.get();
    tls.refresh();
    assertThat(tls.get()).as("nothing was replaced").isSameAs(before);

    replace(next.certificateChain(), used.certificateChain());
    tls.refresh();
    assertThat(tls.get()).as("half of the pair is no pair").isSameAs(before);
    replace(next.privateKey(), used.privateKey());
    tls.refresh();

    SslContext client = backend(BackendTlsMode.VERIFY_CA, Optional.of(next.certificateChain()));
    assertThat(handshake(before, client, "localhost")).isFalse();
    assertThat(handshake(tls.get(), client, "localhost")).isTrue();
  }

  /** With a time of its own, whatever the resolution of the file system is. */
  private static void replace(Path from, Path to) throws IOException {
    FileTime before = Files.getLastModifiedTime(to);
    Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
    Files.setLastModifiedTime(to, FileTime.fromMillis(before.toMillis() + 60_000));
  }

  @Test
  void filesThatCannotBeUsedLeaveTheOldOnes() throws IOException {
    ServerTlsFiles used = selfSigned(directory, Optional.empty());
    ServerTls tls = ServerTls.of(used, false);
    SslContext before = tls.get();

    Files.writeString(used.certificateChain(), "nonsense");
    tls.refresh();
    assertThat(tls.get()).isSameAs(before);
    Files.delete(used.privateKey());
    tls.refresh();
    assertThat(tls.get()).isSameAs(before);
  }

  /** A client with a certificate of its own, from its own authority. */
  private static SslContext clientWith(ServerTlsFiles own) throws IOException {
    return SslContextBuilder.forClient()
        .trustManager(InsecureTrustManagerFactory.INSTANCE)
        .endpointIdentificationAlgorithm("")
        .keyManager(own.certificateChain().toFile(), own.privateKey().toFile())
        .build();
  }

  @Test
  void clientCertificateIsTakenFromItsAuthorityOnly() throws IOException {
    ServerTlsFiles listed = selfSigned(directory.resolve("listed"), Optional.empty());
    ServerTlsFiles foreign = selfSigned(directory.resolve("foreign"), Optional.empty());
    ServerTlsFiles files = selfSigned(directory, Optional.of(listed.certificateChain()));
    SslContext required = ServerTls.of(files, true).get();
    SslContext optional = ServerTls.of(files, false).get();
    SslContext without = backend(BackendTlsMode.REQUIRED, Optional.empty());

    assertThat(handshake(required, clientWith(listed), "localhost")).isTrue();
    assertThat(handshake(required, clientWith(foreign), "localhost")).isFalse();
    assertThat(handshake(required, without, "localhost")).isFalse();
    assertThat(handshake(optional, clientWith(listed), "localhost")).isTrue();
    assertThat(handshake(optional, clientWith(foreign), "localhost")).isFalse();
    assertThat(handshake(optional, without, "localhost")).isTrue();
  }

  @Test
  void onlyDisabledAndPreferredGoWithoutTls() {
    assertThat(BackendTlsMode.PREFERRED.mandatory()).isFalse();
    assertThat(BackendTlsMode.REQUIRED.mandatory()).isTrue();
    assertThat(BackendTlsMode.REQUIRED.verifies()).isFalse();
    assertThat(BackendTlsMode.VERIFY_CA.verifies()).isTrue();
  }
}
