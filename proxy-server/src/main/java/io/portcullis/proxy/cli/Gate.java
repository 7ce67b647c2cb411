package io.portcullis.proxy.cli;

import io.portcullis.proxy.config.PortcullisConfig;
import java.util.Optional;

/** The running gate as the command line sees it. */
public interface Gate extends AutoCloseable {
  /** Where it listens, when the configured port was 0. */
  int port();

  /** The password of the administrator this start made, when none was configured. */
  Optional<String> generatedAdministratorPassword();

  /** Drains and stops. */
  @Override
  void close();

  /** Starts a gate whose configuration names a backend. */
  @FunctionalInterface
  interface Starter {
    Gate start(PortcullisConfig config) throws Exception;
  }
}
