package io.portcullis.proxy.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * TLS toward clients.
 *
 * @param certificateFile certificate chain, PEM; empty for a generated one
 * @param keyFile private key of the certificate, PEM
 * @param directory where the generated certificate is kept; empty for {@code tls} in the data
 *     directory
 * @param required whether logins without TLS are refused
 */
public record TlsConfig(
    boolean enabled,
    Optional<Path> certificateFile,
    Optional<Path> keyFile,
    Optional<Path> directory,
    boolean required) {
  public static final TlsConfig DEFAULT =
      new TlsConfig(true, Optional.empty(), Optional.empty(), Optional.empty(), false);

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
  }

  static TlsConfig read(Section section) {
    return section.build(
        () ->
            new TlsConfig(
                section.flag("enabled", DEFAULT.enabled),
                section.file("certificate_file"),
                section.file("key_file"),
                section.file("directory"),
                section.flag("required", DEFAULT.required)),
        DEFAULT);
  }
}
