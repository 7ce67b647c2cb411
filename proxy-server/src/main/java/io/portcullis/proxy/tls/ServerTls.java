package io.portcullis.proxy.tls;

import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TLS toward clients, by files that may be replaced while the gate runs: {@link #refresh} is called
 * now and then, and new connections get what it found. Files that cannot be used leave what was in
 * use before. Connections that stand are not touched.
 *
 * <p>{@link #get} may be called on any thread and does not block; {@link #refresh} reads files.
 */
public final class ServerTls implements Supplier<SslContext> {

  private static final Logger LOG = LoggerFactory.getLogger(ServerTls.class);

  private final ServerTlsFiles files;
  private final boolean clientCertificateRequired;
  private ServerTlsFiles.Stamp tried;
  private volatile SslContext context;

  /** Told once, not at every look; empty while all is well. */
  private String failure = "";

  private ServerTls(
      ServerTlsFiles files,
      boolean clientCertificateRequired,
      ServerTlsFiles.Stamp tried,
      SslContext context) {
    this.files = files;
    this.clientCertificateRequired = clientCertificateRequired;
    this.tried = tried;
    this.context = context;
  }

  /**
   * @param clientCertificateRequired whether a client without a certificate is refused, where the
   *     files name authorities for clients
   * @throws IOException when the files cannot be used; the message says why
   */
  public static ServerTls of(ServerTlsFiles files, boolean clientCertificateRequired)
      throws IOException {
    ServerTlsFiles.Stamp stamp = files.stamp(); // first: what is replaced meanwhile is seen later
    return new ServerTls(
        files, clientCertificateRequired, stamp, files.load(clientCertificateRequired));
  }

  @Override
  public SslContext get() {
    return context;
  }

  /** Reads the files again if they were replaced. */
  public synchronized void refresh() {
    try {
      ServerTlsFiles.Stamp now = files.stamp();
      if (now.equals(tried)) {
        return;
      }
      tried = now;
      context = files.load(clientCertificateRequired);
      failure = "";
      LOG.atInfo().addKeyValue("file", files.certificateChain()).log("certificate replaced");
    } catch (IOException e) {
      String cause = String.valueOf(e.getMessage());
      if (!cause.equals(failure)) {
        failure = cause;
        LOG.atWarn().addKeyValue("cause", cause).log("new certificate not used, the old one stays");
      }
    }
  }
}
