package io.portcullis.proxy.tls;

/** How a connection to a backend uses TLS; the names are those of the mysql client's --ssl-mode. */
public enum BackendTlsMode {
  DISABLED,
  /** TLS if the backend offers it, whoever it is. */
  PREFERRED,
  /** TLS or no connection, whoever the backend is. */
  REQUIRED,
  /** The backend's certificate comes from a trusted authority. */
  VERIFY_CA,
  /** And it is for the name we connect to. */
  VERIFY_IDENTITY;

  /** Whether the certificate is checked at all. */
  public boolean verifies() {
    return this == VERIFY_CA || this == VERIFY_IDENTITY;
  }

  /** Whether a backend without TLS is refused. */
  public boolean mandatory() {
    return this != DISABLED && this != PREFERRED;
  }
}
