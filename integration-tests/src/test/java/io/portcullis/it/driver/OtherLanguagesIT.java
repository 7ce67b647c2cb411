package io.portcullis.it.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.it.harness.BackendExtension;
import io.portcullis.it.harness.CommandLine;
import io.portcullis.it.harness.Endpoint;
import io.portcullis.it.harness.TestBackend;
import io.portcullis.it.harness.TestGate;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Drivers of Node, Python and PHP, by the script in {@code clients}: those that are installed.
 * Skipped when none is.
 */
@ExtendWith(BackendExtension.class)
final class OtherLanguagesIT {

  private static final Path SCRIPT = Path.of("clients", "run");

  private final TestBackend backend;

  OtherLanguagesIT(TestBackend backend) {
    this.backend = backend;
  }

  @Test
  void installedClientsDoTheirPartAndAreRefusedTheRest() throws Exception {
    Assumptions.assumeTrue(Files.isExecutable(SCRIPT), "skipped: not run in its module");
    Assumptions.assumeTrue(
        CommandLine.installed().isPresent(),
        "skipped: no mariadb or mysql command line client is installed");
    try (TestGate gate = TestGate.start(backend)) {
      Endpoint administrator = gate.administrator();
      Process process = start(administrator);
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int code = process.waitFor();
      System.out.println(output);
      assertThat(code).as(output).isZero();
      boolean ran = Arrays.stream(output.split("\n")).anyMatch(line -> line.endsWith(": ok"));
      Assumptions.assumeTrue(ran, "skipped: none of the clients is installed");
    }
  }

  private static Process start(Endpoint administrator) throws IOException {
    return new ProcessBuilder(
            SCRIPT.toAbsolutePath().toString(),
            administrator.host(),
            String.valueOf(administrator.port()),
            administrator.user(),
            administrator.password())
        .redirectErrorStream(true)
        .start();
  }
}
