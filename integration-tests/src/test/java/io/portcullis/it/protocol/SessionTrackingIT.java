package io.portcullis.it.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.mysql.cj.jdbc.JdbcConnection;
import com.mysql.cj.protocol.ServerSessionStateController;
import com.mysql.cj.protocol.ServerSessionStateController.SessionStateChange;
import io.portcullis.it.harness.BackendExtension;
import io.portcullis.it.harness.Endpoint;
import io.portcullis.it.harness.Sql;
import io.portcullis.it.harness.TestBackend;
import io.portcullis.it.harness.TestGate;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What OK packets tell of the session, read by Connector/J: through the gate what the server tells
 * straight, and the names of an account's databases as the account knows them.
 */
@ExtendWith(BackendExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class SessionTrackingIT {

  private static final String PASSWORD = "Track-boss-1";

  private static final Map<String, String> TRACKING = Map.of("trackSessionState", "true");

  private final TestBackend backend;
  private final TestGate gate;

  SessionTrackingIT(TestBackend backend) {
    this.backend = backend;
    this.gate = TestGate.start(backend);
  }

  @BeforeAll
  void makeDatabases() throws SQLException {
    gate.administer(
        "CREATE ACCOUNT trackers ADMIN_NAME 'boss' IDENTIFIED BY '" + PASSWORD + "'",
        "DROP DATABASE IF EXISTS track_it",
        "CREATE DATABASE track_it",
        "CREATE TABLE track_it.t (id INT)");
    try (Connection boss = boss().connect()) {
      Sql.run(boss, "CREATE DATABASE track_it", "CREATE TABLE track_it.t (id INT)");
    }
  }

  @AfterAll
  void clearUp() throws SQLException {
    gate.administer("DROP DATABASE track_it", "DROP ACCOUNT trackers");
    gate.close();
  }

  private Endpoint boss() {
    return gate.user("trackers:boss", PASSWORD);
  }

  @Test
  void schemaVariablesAndTransactionsAreToldAsStraight() throws SQLException {
    List<String> statements =
        List.of(
            "SET SESSION session_track_schema = ON",
            "SET SESSION session_track_system_variables = 'autocommit,sql_mode,time_zone'",
            "USE track_it",
            "SET time_zone = '+02:00'",
            "SET sql_mode = 'ANSI_QUOTES'",
            "SET autocommit = 0",
            "SET SESSION session_track_transaction_info = 'STATE'",
            "BEGIN",
            "INSERT INTO t VALUES (1)",
            "SELECT id FROM t",
            "COMMIT",
            "SELECT 1");
    List<String> straight = changes(backend.endpoint(), statements);
    assertThat(straight).anyMatch(change -> change.contains("track_it"));
    assertThat(straight).anyMatch(change -> change.contains("+02:00"));
    assertThat(changes(gate.administrator(), statements)).isEqualTo(straight);
    assertThat(changes(boss(), statements)).isEqualTo(straight);
  }

  @Test
  void gtidsOfAMySqlAreTold() throws SQLException {
    assumeFalse(backend.endpoint().isMariaDb(), "skipped: OK packets of a MariaDB have no GTIDs");
    try (Connection connection = gate.administrator().connect("track_it", TRACKING)) {
      assumeFalse(
          Sql.value(connection, "SELECT @@gtid_mode").equals("OFF"),
          "skipped: the server has no GTIDs");
      Sql.run(connection, "SET SESSION session_track_gtids = OWN_GTID");
      Sql.run(connection, "INSERT INTO t VALUES (2)");
      assertThat(told(connection)).anyMatch(change -> change.matches("GTIDS .*:\\d+.*"));
    }
  }

  /** By statement, what its OK packet tells. */
  private static List<String> changes(Endpoint endpoint, List<String> statements)
      throws SQLException {
    List<String> all = new ArrayList<>();
    try (Connection connection = endpoint.connect("", TRACKING)) {
      for (String statement : statements) {
        Sql.run(connection, statement);
        all.add(statement + ": " + told(connection));
      }
    }
    return all;
  }

  private static List<String> told(Connection connection) throws SQLException {
    ServerSessionStateController controller =
        connection.unwrap(JdbcConnection.class).getServerSessionStateController();
    List<String> told = new ArrayList<>();
    if (controller.getSessionStateChanges() != null) {
      for (SessionStateChange change :
          controller.getSessionStateChanges().getSessionStateChangesList()) {
        told.add(name(change.getType()) + " " + change.getValues());
      }
    }
    return told;
  }

  private static String name(int type) {
    return type == ServerSessionStateController.SESSION_TRACK_GTIDS ? "GTIDS" : "type " + type;
  }
}
