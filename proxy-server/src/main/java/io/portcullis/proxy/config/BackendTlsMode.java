package io.portcullis.proxy.config;

/**
 * How far the connection to the backend is encrypted and the server's certificate checked, as in
 * MySQL's {@code --ssl-mode}.
 */
public enum BackendTlsMode {
  DISABLED,
  PREFERRED,
  REQUIRED,
  VERIFY_CA,
  VERIFY_IDENTITY
}
