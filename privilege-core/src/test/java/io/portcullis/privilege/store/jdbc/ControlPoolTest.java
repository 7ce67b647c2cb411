package io.portcullis.privilege.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.portcullis.privilege.store.StoreException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ControlPoolTest {

  @Test
  void failureSaysWhyThereIsNoConnectionAndNotHowLongItWasWaitedFor() throws Exception {
    int port = unusedPort();

    StoreException failure = failure("127.0.0.1", port);

    assertThat(failure)
        .hasMessage("opening the catalog at 127.0.0.1:" + port + ": Connection refused");
    assertThat(failure).hasRootCauseMessage("Connection refused");
    assertThat(failure.getCause()).as("what is printed as well").hasNoCause();
  }

  @Test
  void unknownHostIsCalledSo() throws Exception {
    assertThat(failure("no-host.invalid", 3306))
        .hasMessage(
            "opening the catalog at no-host.invalid:3306: the name of the host is not known");
  }

  @Test
  void errorOfTheServerIsKept() throws Exception {
    try (ControlPool pool = pool("127.0.0.1", 3306)) {
      SQLException denied = new SQLException("Access denied", "28000", 1045);
      assertThat(pool.failure("opening the catalog", denied))
          .hasMessage("opening the catalog at 127.0.0.1:3306: Access denied")
          .hasCause(denied);
    }
  }

  private static StoreException failure(String host, int port) throws StoreException {
    try (ControlPool pool = pool(host, port)) {
      return pool.failure(
          "opening the catalog", catchThrowableOfType(SQLException.class, pool::connection));
    }
  }

  private static ControlPool pool(String host, int port) throws StoreException {
    return new ControlPool(
        new JdbcSettings(
            host,
            port,
            "gate",
            "hidden",
            JdbcSettings.TlsMode.PREFERRED,
            Optional.empty(),
            "p",
            1,
            Duration.ofMillis(500),
            Duration.ofSeconds(5)),
        "catalog");
  }

  private static int unusedPort() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
