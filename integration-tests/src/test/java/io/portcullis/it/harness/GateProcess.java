package io.portcullis.it.harness;

import static org.assertj.core.api.Assertions.fail;

import io.portcullis.proxy.config.BackendConfig;
import io.portcullis.proxy.config.PortcullisConfig;
import io.portcullis.proxy.server.PortcullisServer;
import io.portcullis.proxy.server.StartException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/** A gate in a process of its own, that can be killed. */
public final class GateProcess implements AutoCloseable {

  private static final String PORT = "port: ";

  private final Process process;
  private final int port;

  private GateProcess(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /** Starts a gate on that catalog schema and waits until it accepts connections. */
  public static GateProcess start(Endpoint backend, String catalogSchema) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            // It lives for seconds.
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            GateProcess.class.getName(),
            backend.host(),
            String.valueOf(backend.port()),
            backend.user(),
            catalogSchema);
    builder.environment().put("PORTCULLIS_IT_PASSWORD", backend.password());
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    Process process = builder.start();
    // Left open on purpose: a process that cannot write its log stops.
    BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.startsWith(PORT)) {
        Thread drain = new Thread(() -> out.lines().forEach(System.out::println), "gate-log");
        drain.setDaemon(true);
        drain.start();
        return new GateProcess(process, Integer.parseInt(line.substring(PORT.length())));
      }
      System.out.println(line);
    }
    process.destroyForcibly();
    return fail("the gate's process ended before it listened");
  }

  public Endpoint administrator() {
    return new Endpoint(
        "administrator",
        "127.0.0.1",
        port,
        TestGate.ADMINISTRATOR,
        TestGate.ADMINISTRATOR_PASSWORD);
  }

  /** {@code kill -9}. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  /** The process: host, port and user of the backend, and the catalog schema. */
  public static void main(String[] arguments) throws StartException {
    Endpoint backend =
        new Endpoint(
            "backend",
            arguments[0],
            Integer.parseInt(arguments[1]),
            arguments[2],
            System.getenv("PORTCULLIS_IT_PASSWORD"));
    PortcullisConfig config = TestGate.config(backend, arguments[3]);
    PortcullisServer server =
        PortcullisServer.start(config.withBackend(patient(config.backend().orElseThrow())));
    System.out.println(PORT + server.port());
  }

  /** A gate started again and again on a busy machine is slow, which is not what is tested. */
  private static BackendConfig patient(BackendConfig backend) {
    return backend.with(changes -> changes.connectTimeout(Duration.ofSeconds(60)));
  }
}
