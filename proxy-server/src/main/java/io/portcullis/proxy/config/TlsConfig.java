package io.portcullis.proxy.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * TLS toward clients.
 *
 * @param certificateFile certificate chain, PEM; empty for a generated one
 * @param keyFile private key of the certificate, PEM
 * @param directory where the generated certificate is kept; empty for {@code tls} in the data
 *     directory
 * @param required whether logins without TLS are refused
 * @param clientCertificates whether clients show certificates
 * @param clientCaFile authorities the clients' certificates must come from, PEM
 * @param reloadInterval how often the files are looked at; zero for never
 */
public record TlsConfig(
    boolean enabled,
    Optional<Path> certificateFile,
    Optional<Path> keyFile,
    Optional<Path> directory,
    boolean required,
    ClientCertificates clientCertificates,
    Optional<Path> clientCaFile,
    Duration reloadInterval) {
  public static final TlsConfig DEFAULT =
      new TlsConfig(
          true,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          false,
          ClientCertificates.OFF,
          Optional.empty(),
          Duration.ofSeconds(10));

  public TlsConfig {
    if (certificateFile.isPresent() && keyFile.isEmpty()) {
      throw new IllegalArgumentException(
          "key_file: missing (expected: a file, as certificate_file is set)");
    }
    if (keyFile.isPresent() && certificateFile.isEmpty()) {
      throw new IllegalArgumentException(
          "certificate_file: missing (expected: a file, as key_file is set)");
    }
    if (required && !enabled) {
      throw new IllegalArgumentException("required: true (expected: false, as enabled is false)");
    }
    if (clientCertificates != ClientCertificates.OFF && clientCaFile.isEmpty()) {
      throw new IllegalArgumentException(
          "client_ca_file: missing (expected: a file, as client_certificates is not off)");
    }
    // Otherwise a client without a certificate would come without TLS.
    if (clientCertificates == ClientCertificates.REQUIRED && !required) {
      throw new IllegalArgumentException(
          "client_certificates: required (expected: off or optional, as required is false)");
    }
    Checks.duration("reload_interval", reloadInterval, Duration.ZERO, Duration.ofDays(1));
  }

  static TlsConfig read(Section section) {
    return section.build(
        () ->
            new TlsConfig(
                section.flag("enabled", DEFAULT.enabled),
                section.file("certificate_file"),
                section.file("key_file"),
                section.file("directory"),
                section.flag("required", DEFAULT.required),
                section.choice(
                    "client_certificates", ClientCertificates.class, DEFAULT.clientCertificates),
                section.file("client_ca_file"),
                section.duration("reload_interval", DEFAULT.reloadInterval)),
        DEFAULT);
  }

  public TlsConfig withFiles(Path certificate, Path key) {
    return new TlsConfig(
        enabled,
        Optional.of(certificate),
        Optional.of(key),
        directory,
        required,
        clientCertificates,
        clientCaFile,
        reloadInterval);
  }

  public TlsConfig withRequired(boolean other) {
    return new TlsConfig(
        enabled,
        certificateFile,
        keyFile,
        directory,
        other,
        clientCertificates,
        clientCaFile,
        reloadInterval);
  }

  public TlsConfig withClientCertificates(ClientCertificates other, Path authorities) {
    return new TlsConfig(
        enabled,
        certificateFile,
        keyFile,
        directory,
        required,
        other,
        Optional.of(authorities),
        reloadInterval);
  }

  public TlsConfig withReloadInterval(Duration other) {
    return new TlsConfig(
        enabled,
        certificateFile,
        keyFile,
        directory,
        required,
        clientCertificates,
        clientCaFile,
        other);
  }
}
