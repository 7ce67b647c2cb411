package io.portcullis.proxy.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Optional;

/**
 * TLS contexts of both sides: TLS 1.2 and 1.3, the platform's cipher suites. Made once at start and
 * safe for any thread; handlers are made per connection.
 */
public final class TlsContexts {
  static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

  private TlsContexts() {}

  /**
   * The files of a self-signed certificate that is kept in {@code directory} (two files, mode 0600)
   * and made there when it is missing.
   */
  public static ServerTlsFiles selfSigned(
      Path directory, Optional<Path> authorities, Clock clock, SecureRandom random)
      throws IOException {
    SelfSignedCertificate.ensure(directory, clock, random);
    return new ServerTlsFiles(
        directory.resolve(SelfSignedCertificate.CERTIFICATE_FILE),
        directory.resolve(SelfSignedCertificate.KEY_FILE),
        authorities);
  }

  /**
   * Toward a backend; empty when TLS is off.
   *
   * @param authorities PEM file of trusted authorities; empty for the platform's. Used by the modes
   *     that verify.
   */
  public static Optional<SslContext> forBackend(BackendTlsMode mode, Optional<Path> authorities)
      throws IOException {
    if (mode == BackendTlsMode.DISABLED) {
      return Optional.empty();
    }
    SslContextBuilder builder =
        SslContextBuilder.forClient()
            .protocols(PROTOCOLS)
            .endpointIdentificationAlgorithm(mode == BackendTlsMode.VERIFY_IDENTITY ? "HTTPS" : "");
    if (!mode.verifies()) {
      builder.trustManager(InsecureTrustManagerFactory.INSTANCE);
    } else if (authorities.isPresent()) {
      Path file = authorities.get();
      if (!Files.isReadable(file)) {
        throw new IOException("TLS: file " + file + " is not readable");
      }
      try {
        builder.trustManager(file.toFile());
      } catch (IllegalArgumentException e) {
        throw new IOException("TLS: no certificates in " + file, e);
      }
    }
    return Optional.of(builder.build());
  }

  /** A handler for one connection to a backend; host and port as configured. */
  public static SslHandler backendHandler(
      SslContext context, ByteBufAllocator allocator, String host, int port) {
    return context.newHandler(allocator, host, port);
  }
}
