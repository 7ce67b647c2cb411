package io.portcullis.privilege.store.jdbc;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How to reach a MySQL-compatible server on the control path. From the configuration only, never
 * from a client. {@code toString} does not show the password.
 *
 * @param host name or address, IPv6 without brackets
 * @param caFile certificates in PEM that sign the server's; empty: the platform's
 * @param schema where the catalog lives, made when missing
 * @param connectTimeout for the connection and for waiting for a free one
 * @param socketTimeout longest silence of the server during a statement
 */
public record JdbcSettings(
    String host,
    int port,
    String user,
    String password,
    TlsMode tls,
    Optional<Path> caFile,
    String schema,
    int poolSize,
    Duration connectTimeout,
    Duration socketTimeout) {

  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._:%-]{1,255}");
  private static final Pattern SCHEMA = Pattern.compile("[A-Za-z0-9_]{1,64}");

  /** What is asked of TLS; each is stricter than the one before. */
  public enum TlsMode {
    DISABLED,
    /** When the server offers it. */
    PREFERRED,
    REQUIRED,
    /** Signed by a known authority. */
    VERIFY_CA,
    /** And for this host. */
    VERIFY_IDENTITY
  }

  public JdbcSettings {
    if (!HOST.matcher(host).matches()) {
      throw new IllegalArgumentException("host: " + host + " (expected: a name or an address)");
    }
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException("port: " + port + " (expected: 1..65535)");
    }
    if (!SCHEMA.matcher(schema).matches()) {
      throw new IllegalArgumentException(
          "schema: " + schema + " (expected: 1 to 64 of A-Z a-z 0-9 _)");
    }
    if (poolSize < 1) {
      throw new IllegalArgumentException("poolSize: " + poolSize + " (expected: > 0)");
    }
    if (connectTimeout.toMillis() < 250 || socketTimeout.toMillis() < 250) {
      throw new IllegalArgumentException(
          "timeouts: "
              + connectTimeout
              + ", "
              + socketTimeout
              + " (expected: 250 ms or longer each)");
    }
  }

  @Override
  public String toString() {
    return "JdbcSettings[" + user + "@" + host + ":" + port + "/" + schema + ", " + tls + "]";
  }
}
