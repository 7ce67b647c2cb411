package io.portcullis.proxy.backend;

import io.netty.handler.ssl.SslContext;
import io.portcullis.proxy.tls.BackendTlsMode;
import io.portcullis.proxy.wire.CompressionAlgorithm;
import java.security.PublicKey;
import java.time.Duration;
import java.util.Optional;

/**
 * Where the backend is and how to reach it; who logs in there is told by {@link BackendLogins}.
 *
 * @param tls context for the mode; empty only when it is DISABLED
 * @param serverKey the backend's RSA public key, if configured, for caching_sha2_password without
 *     TLS
 * @param publicKeyRetrieval whether the key may be asked for when it is not configured
 * @param connectTimeout for connect, TLS and login together
 * @param compression of the packets after the login; empty for none
 */
public record BackendServer(
    String host,
    int port,
    BackendTlsMode tlsMode,
    Optional<SslContext> tls,
    Optional<PublicKey> serverKey,
    boolean publicKeyRetrieval,
    Duration connectTimeout,
    Optional<CompressionAlgorithm> compression) {

  public BackendServer {
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("port: " + port + " (expected: 1..65535)");
    }
    if (tls.isEmpty() != (tlsMode == BackendTlsMode.DISABLED)) {
      throw new IllegalArgumentException("TLS mode " + tlsMode + " and its context do not fit");
    }
    if (connectTimeout.isNegative() || connectTimeout.isZero()) {
      throw new IllegalArgumentException("connectTimeout: " + connectTimeout + " (expected: > 0)");
    }
  }

  /** Host and port as texts name them. */
  public String address() {
    return host.indexOf(':') < 0 ? host + ":" + port : "[" + host + "]:" + port;
  }
}
