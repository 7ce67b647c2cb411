package io.portcullis.proxy.config;

/** Whether clients show certificates of their own in the TLS handshake. */
public enum ClientCertificates {
  OFF,
  /** A client without one may come; one that is shown must be good. */
  OPTIONAL,
  REQUIRED
}
