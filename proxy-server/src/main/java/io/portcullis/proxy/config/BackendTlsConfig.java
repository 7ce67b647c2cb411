package io.portcullis.proxy.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * TLS toward the backend.
 *
 * @param caFile certificates to trust, PEM; empty for those the JDK trusts
 */
public record BackendTlsConfig(BackendTlsMode mode, Optional<Path> caFile) {
  public static final BackendTlsConfig DEFAULT =
      new BackendTlsConfig(BackendTlsMode.PREFERRED, Optional.empty());

  static BackendTlsConfig read(Section section) {
    return section.build(
        () ->
            new BackendTlsConfig(
                section.choice("mode", BackendTlsMode.class, DEFAULT.mode),
                section.file("ca_file")),
        DEFAULT);
  }
}
