package io.portcullis.privilege.store.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.util.PropertyElf;
import com.zaxxer.hikari.util.UtilityElf;
import io.portcullis.privilege.store.StoreException;
import io.portcullis.privilege.store.jdbc.JdbcSettings.TlsMode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientConnectionException;
import java.util.Objects;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A small pool of connections on the control path. Made of typed driver properties, so that no
 * setting can slip another one into a URL. Opens its first connection when first asked.
 */
final class ControlPool implements AutoCloseable {

  /** The trust store holds public certificates only; the password is the format's demand. */
  private static final String TRUST_STORE_PASSWORD = "certificates";

  /** The driver's exceptions below the SQLException it throws. */
  private static final String DRIVER = "com.mysql.cj.exceptions.";

  private final JdbcSettings settings;
  private final HikariDataSource source;
  private final @Nullable Path trustStore;

  ControlPool(JdbcSettings settings, String name) throws StoreException {
    this.settings = settings;
    trustStore = settings.caFile().isPresent() ? trustStore(settings.caFile().get()) : null;
    HikariConfig config = new HikariConfig();
    config.setPoolName(name);
    config.setMaximumPoolSize(settings.poolSize());
    config.setMinimumIdle(0);
    config.setConnectionTimeout(settings.connectTimeout().toMillis());
    config.setInitializationFailTimeout(-1);
    config.setAutoCommit(true);
    String host = settings.host();
    config.addDataSourceProperty("serverName", host.indexOf(':') >= 0 ? "[" + host + "]" : host);
    config.addDataSourceProperty("port", settings.port());
    config.addDataSourceProperty("user", settings.user());
    config.addDataSourceProperty("password", settings.password());
    config.addDataSourceProperty("sslMode", settings.tls().name());
    if (trustStore != null) {
      config.addDataSourceProperty("trustCertificateKeyStoreUrl", trustStore.toUri().toString());
      config.addDataSourceProperty("trustCertificateKeyStoreType", "PKCS12");
      config.addDataSourceProperty("trustCertificateKeyStorePassword", TRUST_STORE_PASSWORD);
    }
    config.addDataSourceProperty(
        "allowPublicKeyRetrieval",
        settings.tls() == TlsMode.DISABLED || settings.tls() == TlsMode.PREFERRED);
    config.addDataSourceProperty("connectTimeout", (int) settings.connectTimeout().toMillis());
    config.addDataSourceProperty("socketTimeout", (int) settings.socketTimeout().toMillis());
    config.addDataSourceProperty("tcpKeepAlive", true);
    config.addDataSourceProperty("useServerPrepStmts", false);
    config.addDataSourceProperty("rewriteBatchedStatements", true);
    config.addDataSourceProperty("characterEncoding", "UTF-8");
    config.addDataSourceProperty("connectionCollation", "utf8mb4_bin");
    config.addDataSourceProperty("allowLoadLocalInfile", false);
    config.addDataSourceProperty("allowMultiQueries", false);
    DataSource driver =
        UtilityElf.createInstance("com.mysql.cj.jdbc.MysqlDataSource", DataSource.class);
    PropertyElf.setTargetFromProperties(driver, config.getDataSourceProperties());
    config.setDataSource(PatientDataSource.of(driver));
    source = new HikariDataSource(config);
  }

  /**
   * A connection that has just answered. The pool trusts one that was used a moment ago; a backend
   * that has restarted since would fail the first statements after it.
   */
  Connection connection() throws SQLException {
    int seconds = (int) Math.max(1, settings.connectTimeout().toSeconds());
    for (int dead = 0; dead < settings.poolSize(); dead++) {
      Connection pooled = source.getConnection();
      if (pooled.isValid(seconds)) {
        return pooled;
      }
      source.evictConnection(pooled);
    }
    return source.getConnection();
  }

  /** An error of the driver, with where it happened and without anything secret. */
  StoreException failure(String doing, SQLException e) {
    Throwable reason = reason(e);
    String said =
        reason instanceof UnknownHostException
            ? "the name of the host is not known"
            : Objects.requireNonNullElse(reason.getMessage(), reason.getClass().getSimpleName());
    return new StoreException(
        doing + " at " + settings.host() + ":" + settings.port() + ": " + said, reason);
  }

  /** Pool and driver say how long they waited for a connection, and what is behind it says why. */
  private static Throwable reason(SQLException e) {
    Throwable reason = e;
    Throwable cause = e.getCause();
    while (cause != null && isAboutConnecting(reason)) {
      reason = cause;
      cause = reason.getCause();
    }
    return reason;
  }

  private static boolean isAboutConnecting(Throwable failure) {
    return failure instanceof SQLException
        ? failure instanceof SQLTransientConnectionException
            || failure instanceof SQLRecoverableException
        : failure.getClass().getName().startsWith(DRIVER);
  }

  @Override
  public void close() {
    source.close();
    if (trustStore != null) {
      try {
        Files.deleteIfExists(trustStore);
      } catch (IOException e) {
        trustStore.toFile().deleteOnExit();
      }
    }
  }

  /** The driver reads trust stores, not PEM. */
  private static Path trustStore(Path pem) throws StoreException {
    try (InputStream in = Files.newInputStream(pem)) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      int count = 0;
      for (Certificate certificate :
          CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        store.setCertificateEntry("ca" + count++, certificate);
      }
      if (count == 0) {
        throw new StoreException("ca file: " + pem + " (expected: certificates in PEM)");
      }
      Path file = Files.createTempFile("portcullis-ca", ".p12");
      try (OutputStream out = Files.newOutputStream(file)) {
        store.store(out, TRUST_STORE_PASSWORD.toCharArray());
      }
      return file;
    } catch (IOException | GeneralSecurityException e) {
      throw new StoreException("ca file: " + pem + ": " + e.getMessage(), e);
    }
  }
}
