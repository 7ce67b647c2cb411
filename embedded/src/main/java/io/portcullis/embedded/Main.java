package io.portcullis.embedded;

import io.portcullis.proxy.cli.Gate;
import io.portcullis.proxy.cli.PortcullisCommand;
import io.portcullis.proxy.config.PortcullisConfig;
import io.portcullis.proxy.server.PortcullisServer;
import io.portcullis.proxy.server.StartException;
import java.util.Optional;

/**
 * The program {@code portcullis}: the command line, with the embedded server as the backend when
 * none is configured.
 */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    // System.exit, as a failed start may leave threads behind that keep the JVM alive.
    System.exit(PortcullisCommand.run(arguments, new EmbeddedStarter(Main::gate)));
  }

  private static Gate gate(PortcullisConfig config) throws StartException {
    PortcullisServer server = PortcullisServer.start(config);
    return new Gate() {
      @Override
      public int port() {
        return server.port();
      }

      @Override
      public Optional<String> generatedAdministratorPassword() {
        return server.generatedAdministratorPassword();
      }

      @Override
      public void close() {
        server.close();
      }
    };
  }
}
