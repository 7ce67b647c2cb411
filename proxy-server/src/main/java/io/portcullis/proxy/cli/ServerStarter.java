package io.portcullis.proxy.cli;

import io.portcullis.proxy.config.PortcullisConfig;

/**
 * Makes a running server of a configuration: with a configured backend, or with the embedded one.
 */
@FunctionalInterface
public interface ServerStarter {
  /**
   * Returns when clients can connect.
   *
   * @throws Exception when it cannot start; the messages of the exception and of its causes are
   *     what the user gets to read
   */
  RunningServer start(PortcullisConfig config) throws Exception;
}
