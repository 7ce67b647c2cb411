package io.portcullis.it.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.portcullis.it.harness.Await;
import io.portcullis.it.harness.BackendExtension;
import io.portcullis.it.harness.Endpoint;
import io.portcullis.it.harness.Sql;
import io.portcullis.it.harness.TestBackend;
import io.portcullis.it.harness.TestGate;
import io.portcullis.proxy.config.LimitsConfig;
import io.portcullis.proxy.config.PortcullisConfig;
import io.portcullis.proxy.config.TlsConfig;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Each limit, the error a real client sees, and the client just below it that is let in. */
@ExtendWith(BackendExtension.class)
final class LimitsIT {

  private static final Map<String, String> PLAIN = Map.of("sslMode", "DISABLED");

  private final TestBackend backend;

  LimitsIT(TestBackend backend) {
    this.backend = backend;
  }

  private TestGate gate(LimitsConfig limits, TlsConfig tls) {
    return TestGate.start(
        backend.endpoint(),
        backend.endpoint(),
        (PortcullisConfig config) -> config.withLimits(limits).withTls(tls));
  }

  private static LimitsConfig limits(
      int perUser, int perAddress, Duration statement, Duration idle) {
    return LimitsConfig.DEFAULT.with(
        limits ->
            limits
                .connectionsPerUser(perUser)
                .connectionsPerAddress(perAddress)
                .statementTimeout(statement)
                .idleTimeout(idle));
  }

  private static SQLException refused(Endpoint endpoint) {
    return Objects.requireNonNull(
        catchThrowableOfType(SQLException.class, () -> endpoint.connect().close()),
        "nothing was refused");
  }

  @Test
  void oneConnectionTooManyOfAUser() throws Exception {
    try (TestGate gate = gate(limits(1, 0, Duration.ZERO, Duration.ZERO), TlsConfig.DEFAULT)) {
      gate.administer("CREATE USER few_1 IDENTIFIED BY 'Few-1'");
      Endpoint user = gate.user("few_1", "Few-1");
      try (Connection first = user.connect()) {
        assertThat(refused(user).getErrorCode()).isEqualTo(1203);
        assertThat(gate.administrator().connect().isValid(5)).isTrue();
        assertThat(first.isValid(5)).isTrue();
      }
      Await.until("there is room again", () -> connects(user));
    }
  }

  private static boolean connects(Endpoint endpoint) {
    try (Connection connection = endpoint.connect()) {
      return connection.isValid(5);
    } catch (SQLException e) {
      return false;
    }
  }

  @Test
  void oneConnectionTooManyOfAnAddress() throws Exception {
    try (TestGate gate = gate(limits(0, 2, Duration.ZERO, Duration.ZERO), TlsConfig.DEFAULT)) {
      try (Connection first = gate.administrator().connect();
          Connection second = gate.administrator().connect()) {
        SQLException refused = refused(gate.administrator());
        assertThat(refused.getErrorCode()).isEqualTo(1040);
        assertThat(refused.getMessage()).contains("127.0.0.1");
        assertThat(first.isValid(5) && second.isValid(5)).isTrue();
      }
      Await.until("there is room again", () -> connects(gate.administrator()));
    }
  }

  @Test
  void loginWithoutTlsWhereItIsRequired() throws Exception {
    TlsConfig required = TlsConfig.DEFAULT.withRequired(true);
    try (TestGate gate = gate(LimitsConfig.DEFAULT, required)) {
      SQLException refused =
          catchThrowableOfType(
              SQLException.class, () -> gate.administrator().connect("", PLAIN).close());
      assertThat(refused.getErrorCode()).isEqualTo(3159);
      try (Connection secure = gate.administrator().connect()) {
        assertThat(secure.isValid(5)).isTrue();
      }
    }
  }

  @Test
  void statementThatRunsTooLongAndSessionThatIsSilentTooLong() throws Exception {
    try (TestGate gate =
        gate(limits(0, 0, Duration.ofSeconds(1), Duration.ofSeconds(2)), TlsConfig.DEFAULT)) {
      try (Connection connection = gate.administrator().connect()) {
        SQLException late =
            catchThrowableOfType(
                SQLException.class,
                // Where SLEEP is all that there is to do, a MySQL answers 1 when it is ended.
                () ->
                    Sql.rows(
                        connection,
                        "SELECT 1 FROM (SELECT 1 AS a UNION SELECT 2) AS t WHERE SLEEP(30) = 0"));
        assertThat(late.getErrorCode()).isEqualTo(3024);
        assertThat(Sql.value(connection, "SELECT 1")).isEqualTo("1");
        Await.until("the silent session is closed", () -> !inProcesslist(gate, connection));
      }
    }
  }

  @Test
  void statementThatOnlyWaitsHasALimitOfItsOwn() throws Exception {
    LimitsConfig limits =
        LimitsConfig.DEFAULT.with(changes -> changes.sleepTimeout(Duration.ofSeconds(1)));
    try (TestGate gate = gate(limits, TlsConfig.DEFAULT);
        Connection connection = gate.administrator().connect();
        Statement text = connection.createStatement();
        PreparedStatement prepared =
            connection.prepareStatement(
                "SELECT 1 FROM (SELECT 1 AS a UNION SELECT 2) AS t WHERE SLEEP (?) = 0")) {
      for (String waiting :
          List.of(
              "SELECT 1 FROM (SELECT 1 AS a UNION SELECT 2) AS t WHERE Sleep(30) = 0",
              "SELECT 1 FROM (SELECT 1 AS a UNION SELECT 2) AS t WHERE"
                  + " BENCHMARK(1000000000000, SHA2('x', 512)) = 0")) {
        assertThat(
                catchThrowableOfType(SQLException.class, () -> text.executeQuery(waiting))
                    .getErrorCode())
            .as(waiting)
            .isEqualTo(3024);
      }
      prepared.setInt(1, 30);
      assertThat(catchThrowableOfType(SQLException.class, prepared::executeQuery).getErrorCode())
          .isEqualTo(3024);
      // Others have none.
      assertThat(
              Sql.value(
                  connection,
                  "SELECT COUNT(DISTINCT SHA2(CONCAT(a.i, b.i, c.i), 512)) FROM (SELECT 1 AS i"
                      + " UNION SELECT 2) AS a, (SELECT 1 AS i UNION SELECT 2) AS b, (SELECT 1 AS i"
                      + " UNION SELECT 2) AS c WHERE SLEEP(0) = 0"))
          .isEqualTo("8");
    }
  }

  private static boolean inProcesslist(TestGate gate, Connection other) {
    try (Connection watch = gate.administrator().connect()) {
      long id = other.unwrap(com.mysql.cj.jdbc.JdbcConnection.class).getSession().getThreadId();
      return Sql.rows(watch, "SHOW PROCESSLIST").stream().anyMatch(row -> row.startsWith(id + "|"));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
