package io.portcullis.it.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.portcullis.it.harness.Await;
import io.portcullis.it.harness.BackendExtension;
import io.portcullis.it.harness.Endpoint;
import io.portcullis.it.harness.Sql;
import io.portcullis.it.harness.TestBackend;
import io.portcullis.it.harness.TestGate;
import io.portcullis.proxy.config.ThreadsConfig;
import io.portcullis.proxy.wire.Transport;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The same over each of the transports: what is large, what stops, and many at once. */
@ExtendWith(BackendExtension.class)
final class TransportIT {

  private static final int LARGE = 20_000_000;
  private static final int CLIENTS = 40;

  private final TestBackend backend;

  TransportIT(TestBackend backend) {
    this.backend = backend;
  }

  /** What is done with a gate. */
  private interface Use {
    void with(TestGate gate, Endpoint user) throws Exception;
  }

  private void over(Transport transport, Use use) throws Exception {
    assumeTrue(transport.unavailable() == null, () -> "no " + transport + " here");
    try (TestGate gate =
        TestGate.start(
            backend.endpoint(),
            backend.endpoint(),
            config -> config.withThreads(new ThreadsConfig(2, transport, 0, 4)))) {
      gate.administer(
          "DROP DATABASE IF EXISTS transport_it",
          "CREATE DATABASE transport_it",
          "CREATE TABLE transport_it.t (id INT PRIMARY KEY, s LONGTEXT)",
          "CREATE TABLE transport_it.hidden (id INT)",
          "INSERT INTO transport_it.t VALUES (1, 'one')",
          "CREATE ROLE transport_role",
          "GRANT CONNECT ON ACCOUNT * TO transport_role",
          "GRANT SELECT, INSERT, DELETE ON TABLE transport_it.t TO transport_role",
          "CREATE USER transport_user IDENTIFIED BY 'Transport-1' DEFAULT ROLE transport_role");
      try {
        use.with(gate, gate.user("transport_user", "Transport-1"));
      } finally {
        gate.administer("DROP DATABASE transport_it");
      }
    }
  }

  private static Connection connect(Endpoint user, boolean tls) throws SQLException {
    return user.connect("transport_it", Map.of("sslMode", tls ? "REQUIRED" : "DISABLED"));
  }

  @ParameterizedTest
  @EnumSource(names = "AUTO", mode = EnumSource.Mode.EXCLUDE)
  void largeValuesGoBothWays(Transport transport) throws Exception {
    over(
        transport,
        (gate, user) -> {
          String large = "abcdefghij".repeat(LARGE / 10);
          for (boolean tls : new boolean[] {false, true}) {
            try (Connection connection = connect(user, tls);
                PreparedStatement insert =
                    connection.prepareStatement("INSERT INTO t VALUES (2, ?)")) {
              insert.setString(1, large);
              assertThat(insert.executeUpdate()).isOne();
              assertThat(Sql.value(connection, "SELECT s FROM t WHERE id = 2")).isEqualTo(large);
              Sql.run(connection, "DELETE FROM t WHERE id = 2");
              assertThatThrownBy(() -> Sql.run(connection, "SELECT * FROM hidden"))
                  .isInstanceOfSatisfying(
                      SQLException.class, e -> assertThat(e.getErrorCode()).isEqualTo(1142));
            }
          }
        });
  }

  @ParameterizedTest
  @EnumSource(names = "AUTO", mode = EnumSource.Mode.EXCLUDE)
  void whoStopsReadingAndGoesLeavesNothing(Transport transport) throws Exception {
    over(
        transport,
        (gate, user) -> {
          gate.administer(
              "INSERT INTO transport_it.t VALUES (3, REPEAT('x', 1000)), (4, REPEAT('y', 1000)),"
                  + " (5, REPEAT('z', 1000)), (6, REPEAT('z', 1000))");
          try (Connection watching = gate.administrator().connect()) {
            String held =
                "SELECT COUNT(*) FROM mo_catalog.mo_sessions WHERE user LIKE 'transport%'";
            for (boolean tls : new boolean[] {false, true}) {
              Connection reader = connect(user, tls);
              try (Statement statement = reader.createStatement()) {
                statement.setFetchSize(Integer.MIN_VALUE); // row by row
                ResultSet rows =
                    statement.executeQuery(
                        "SELECT a.s FROM t a, t b, t c, t d, t e, t f, t g, t h, t i");
                for (int i = 0; i < 1000; i++) {
                  assertThat(rows.next()).isTrue();
                }
                assertThat(Sql.value(watching, "SELECT 1")).isEqualTo("1");
                reader.abort(Runnable::run);
              }
              Await.until("no session of the user", () -> Sql.value(watching, held).equals("0"));
            }
          }
        });
  }

  @ParameterizedTest
  @EnumSource(names = "AUTO", mode = EnumSource.Mode.EXCLUDE)
  void manyAtOnceAndAllThatIsTheirsOnly(Transport transport) throws Exception {
    over(
        transport,
        (gate, user) -> {
          ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
          try {
            List<Future<Integer>> answers = new ArrayList<>();
            for (int client = 0; client < CLIENTS; client++) {
              int own = client;
              answers.add(clients.submit(() -> asks(user, own)));
            }
            for (Future<Integer> answer : answers) {
              assertThat(answer.get()).isEqualTo(200);
            }
          } finally {
            clients.shutdownNow();
          }
        });
  }

  private static int asks(Endpoint user, int own) throws SQLException {
    int right = 0;
    try (Connection connection = connect(user, own % 2 == 0);
        PreparedStatement prepared =
            connection.prepareStatement("SELECT ?, s FROM t WHERE id = 1")) {
      for (int i = 0; i < 100; i++) {
        String mine = own + "-" + i;
        prepared.setString(1, mine);
        try (ResultSet rows = prepared.executeQuery()) {
          right += rows.next() && rows.getString(1).equals(mine) ? 1 : 0;
        }
        right += Sql.value(connection, "SELECT '" + mine + "'").equals(mine) ? 1 : 0;
      }
    }
    return right;
  }

  @ParameterizedTest
  @EnumSource(names = "AUTO", mode = EnumSource.Mode.EXCLUDE)
  void whatRunsIsEndedByARevoke(Transport transport) throws Exception {
    over(
        transport,
        (gate, user) -> {
          ExecutorService client = Executors.newSingleThreadExecutor();
          try (Connection connection = connect(user, false)) {
            Future<?> running =
                client.submit(
                    () -> {
                      Sql.run(connection, "SELECT SLEEP(60) FROM t WHERE id = 1");
                      return null;
                    });
            try (Connection watching = gate.straight().connect()) {
              Await.until(
                  "the statement runs",
                  () ->
                      !Sql.value(
                              watching,
                              "SELECT COUNT(*) FROM information_schema.processlist WHERE info LIKE"
                                  + " 'SELECT SLEEP(60)%'")
                          .equals("0"));
            }
            gate.administer("REVOKE SELECT ON TABLE transport_it.t FROM transport_role");
            assertThatThrownBy(running::get)
                .cause()
                .isInstanceOfSatisfying(
                    SQLException.class, e -> assertThat(e.getErrorCode()).isEqualTo(1317));
          } finally {
            client.shutdownNow();
          }
        });
  }
}
