package io.portcullis.it.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.portcullis.it.harness.BackendExtension;
import io.portcullis.it.harness.Endpoint;
import io.portcullis.it.harness.Relay;
import io.portcullis.it.harness.Sql;
import io.portcullis.it.harness.TestBackend;
import io.portcullis.it.harness.TestGate;
import io.portcullis.proxy.config.AuthenticationConfig;
import io.portcullis.proxy.config.LimitsConfig;
import io.portcullis.proxy.config.ListenConfig;
import io.portcullis.proxy.config.Network;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** Clients behind a load balancer: one gate that lists it, and one that does not. */
@ExtendWith(BackendExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ProxyProtocolIT {

  private static final byte[] VERSION_1 = version1("192.0.2.7");
  private static final byte[] VERSION_2 =
      HexFormat.of()
          .parseHex("0d0a0d0a000d0a515549540a" + "2111000c" + "c0000208" + "c6336401" + "c3500ceb");

  private final TestGate listing;
  private final TestGate open;

  ProxyProtocolIT(TestBackend backend) {
    listing =
        TestGate.start(
            backend.endpoint(),
            backend.endpoint(),
            config ->
                config
                    .withListen(
                        new ListenConfig(
                            "127.0.0.1",
                            0,
                            List.of(new Network(InetAddress.getLoopbackAddress(), 32))))
                    .withLimits(
                        LimitsConfig.DEFAULT.with(limits -> limits.connectionsPerAddress(1)))
                    .withAuthentication(
                        new AuthenticationConfig(
                            AuthenticationConfig.DEFAULT.defaultPlugin(),
                            true,
                            Duration.ofSeconds(5))));
    open = TestGate.start(backend);
  }

  private static byte[] version1(String source) {
    return ("PROXY TCP4 " + source + " 198.51.100.1 50000 3307\r\n")
        .getBytes(StandardCharsets.US_ASCII);
  }

  @BeforeAll
  void makeUser() throws SQLException {
    try (Relay relay = new Relay(listing.administrator(), version1("192.0.2.9"));
        Connection administrator = listing.administrator().at(relay.endpoint().port()).connect()) {
      Sql.run(administrator, "CREATE USER behind_1 IDENTIFIED BY 'Behind-1'");
    }
  }

  @AfterAll
  void stop() {
    listing.close();
    open.close();
  }

  @Test
  void clientHasTheAddressOfTheHeader() throws SQLException {
    Endpoint user = listing.user("behind_1", "Behind-1");
    try (Relay one = new Relay(user, VERSION_1);
        Relay two = new Relay(user, VERSION_2);
        Connection first = user.at(one.endpoint().port()).connect();
        Connection second =
            user.at(two.endpoint().port()).connectMariaDb("", Map.of("sslMode", "trust"))) {
      assertThat(Sql.rows(first, "SHOW PROCESSLIST"))
          .anyMatch(row -> row.contains("|behind_1|192.0.2.7|"))
          .anyMatch(row -> row.contains("|behind_1|192.0.2.8|"));
      assertThat(Sql.value(second, "SELECT USER()")).isEqualTo("behind_1@192.0.2.8");
      SQLException denied =
          catchThrowableOfType(
              SQLException.class, () -> Sql.rows(first, "SELECT * FROM mysql.user"));
      assertThat(denied.getMessage()).contains("'behind_1'@'192.0.2.7'");
      // And it is this address whose connections are counted.
      SQLException another =
          catchThrowableOfType(
              SQLException.class, () -> user.at(one.endpoint().port()).connect().close());
      assertThat(another.getErrorCode()).isEqualTo(1040);
      assertThat(another.getMessage()).contains("192.0.2.7");
    }
  }

  @Test
  void connectionWithoutAHeaderIsRefused() {
    SQLException refused =
        catchThrowableOfType(
            SQLException.class, () -> listing.user("behind_1", "Behind-1").connect().close());
    assertThat(refused.getErrorCode()).isEqualTo(1130);
  }

  @Test
  void headerFromAnAddressThatIsNotListedIsRefused() throws SQLException {
    for (byte[] header : List.of(VERSION_1, VERSION_2)) {
      try (Relay relay = new Relay(open.administrator(), header)) {
        assertThatThrownBy(() -> open.administrator().at(relay.endpoint().port()).connect().close())
            .isInstanceOf(SQLException.class);
      }
    }
    try (Connection direct = open.administrator().connect()) {
      assertThat(direct.isValid(5)).isTrue();
    }
  }
}
