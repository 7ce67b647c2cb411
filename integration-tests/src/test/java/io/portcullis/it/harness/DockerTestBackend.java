package io.portcullis.it.harness;

import java.time.Duration;
import org.junit.jupiter.api.Assumptions;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;

/** A server in a container; tests are skipped where no Docker answers. */
final class DockerTestBackend implements TestBackend {

  private static final String PASSWORD = "it-root-secret";
  private static final int MYSQL_PORT = 3306;

  private final GenericContainer<?> container;

  private DockerTestBackend(GenericContainer<?> container) {
    this.container = container;
  }

  static DockerTestBackend start(String image) {
    Assumptions.assumeTrue(
        DockerClientFactory.instance().isDockerAvailable(),
        "skipped: no Docker answers, and the backend asked for is docker:" + image);
    GenericContainer<?> container =
        new GenericContainer<>(DockerImageName.parse(image))
            .withExposedPorts(MYSQL_PORT)
            .withEnv("MYSQL_ROOT_PASSWORD", PASSWORD)
            .withEnv("MARIADB_ROOT_PASSWORD", PASSWORD)
            .withCommand("--max-allowed-packet=67108864")
            // The image starts a server to set itself up first, without TCP; the second is it.
            .waitingFor(
                Wait.forLogMessage(".*ready for connections.*port: " + MYSQL_PORT + ".*", 1)
                    .withStartupTimeout(Duration.ofMinutes(3)));
    container.start();
    return new DockerTestBackend(container);
  }

  @Override
  public Endpoint endpoint() {
    return new Endpoint(
        "straight", container.getHost(), container.getMappedPort(MYSQL_PORT), "root", PASSWORD);
  }

  @Override
  public void close() {
    container.stop();
  }
}
