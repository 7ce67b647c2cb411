package io.portcullis.proxy.cli;

import io.portcullis.proxy.config.BackendConfig;
import io.portcullis.proxy.config.PortcullisConfig;
import java.util.ArrayList;
import java.util.List;

/** Starts the gate in front of the configured backend, and tells how to connect. */
public final class ConfiguredBackendStarter implements ServerStarter {
  private final Gate.Starter starter;

  public ConfiguredBackendStarter(Gate.Starter starter) {
    this.starter = starter;
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException when the configuration has no backend
   */
  @Override
  public RunningServer start(PortcullisConfig config) throws Exception {
    BackendConfig backend =
        config
            .backend()
            .orElseThrow(
                () -> new IllegalArgumentException("backend.host: missing (expected: a text)"));
    Gate gate = starter.start(config);
    return new Running(gate, greeting(config, backend, gate));
  }

  private static List<String> greeting(PortcullisConfig config, BackendConfig backend, Gate gate) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "Portcullis "
            + Version.number()
            + " listens on "
            + config.listen().address()
            + ":"
            + gate.port()
            + ", in front of "
            + backend.host()
            + ":"
            + backend.port()
            + ".");
    gate.generatedAdministratorPassword()
        .ifPresent(
            password -> {
              lines.add(
                  "Administrator `"
                      + config.administrator().user()
                      + "` was created. The password, which is not shown again: "
                      + password);
              lines.add("Connect with:");
              lines.add("  " + ConnectHint.command(config, gate.port()));
            });
    return List.copyOf(lines);
  }

  private record Running(Gate gate, List<String> greeting) implements RunningServer {
    @Override
    public void close() {
      gate.close();
    }
  }
}
