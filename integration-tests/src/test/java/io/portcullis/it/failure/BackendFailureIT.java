package io.portcullis.it.failure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portcullis.it.harness.Await;
import io.portcullis.it.harness.BackendExtension;
import io.portcullis.it.harness.Endpoint;
import io.portcullis.it.harness.Relay;
import io.portcullis.it.harness.Sql;
import io.portcullis.it.harness.TestBackend;
import io.portcullis.it.harness.TestGate;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The backend goes away, refuses, is restarted: clients get a defined error, and the next statement
 * works when it is back.
 */
@ExtendWith(BackendExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class BackendFailureIT {

  /** Cannot connect, gone, lost; or the server's own word while it stops or kills. */
  private static final List<Integer> GONE = List.of(1429, 2006, 2013, 1053, 1927, 1317, 1152, 1080);

  private final TestBackend backend;
  private final Endpoint straight;
  private final Relay relay;
  private final TestGate gate;

  BackendFailureIT(TestBackend backend) {
    this.backend = backend;
    straight = backend.endpoint();
    relay = new Relay(straight);
    gate = TestGate.start(relay.endpoint(), straight, config -> config);
  }

  @BeforeAll
  void makeDatabase() throws SQLException {
    gate.administer(
        "DROP DATABASE IF EXISTS fail_it",
        "CREATE DATABASE fail_it",
        "CREATE TABLE fail_it.t (id INT PRIMARY KEY)",
        "INSERT INTO fail_it.t VALUES (1)",
        "CREATE ROLE fail_role",
        "GRANT CONNECT ON ACCOUNT * TO fail_role",
        "GRANT ALL ON TABLE fail_it.* TO fail_role",
        "CREATE USER fail_user IDENTIFIED BY 'Fail-user-1' DEFAULT ROLE fail_role");
  }

  @AfterAll
  void clearUp() throws SQLException {
    gate.administer("DROP DATABASE fail_it");
    gate.close();
    relay.close();
  }

  private Connection login(String... options) throws SQLException {
    return gate.user("fail_user", "Fail-user-1")
        .connect("fail_it", options.length == 0 ? Map.of() : Map.of(options[0], options[1]));
  }

  private static int errno(SQLException e) {
    // Connector/J says "communications link failure" when the connection was closed cleanly.
    return e.getErrorCode() == 0 && String.valueOf(e.getSQLState()).startsWith("08")
        ? 2013
        : e.getErrorCode();
  }

  @Test
  void aLoginWhileTheBackendIsDownEndsInADefinedError() throws Exception {
    relay.cut();
    try {
      assertThatThrownBy(
              () -> {
                try (Connection connection = login()) {
                  Sql.value(connection, "SELECT id FROM t");
                }
              })
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(errno(e)).as(e.toString()).isIn(GONE));
      assertThatThrownBy(() -> gate.user("fail_user", "wrong").connect())
          .isInstanceOfSatisfying(
              SQLException.class,
              e -> assertThat(e.getErrorCode()).as(e.toString()).isEqualTo(1045));
    } finally {
      relay.mend();
    }
    try (Connection connection = login()) {
      assertThat(Sql.value(connection, "SELECT id FROM t")).isEqualTo("1");
    }
  }

  @Test
  void anOpenSessionWorksAgainWhenTheBackendIsBack() throws Exception {
    try (Connection connection = login();
        PreparedStatement prepared = connection.prepareStatement("SELECT id FROM t")) {
      assertThat(Sql.rows(prepared.executeQuery())).containsExactly("1");
      relay.cut();
      try {
        assertThatThrownBy(() -> Sql.rows(connection, "SELECT id FROM t"))
            .isInstanceOfSatisfying(
                SQLException.class, e -> assertThat(errno(e)).as(e.toString()).isIn(GONE));
      } finally {
        relay.mend();
      }
      assertThat(Sql.value(connection, "SELECT id FROM t")).isEqualTo("1");
      assertThat(Sql.value(connection, "SELECT DATABASE()")).isEqualTo("fail_it");
    }
  }

  @Test
  void anIdleSessionThatLostItsBackendSessionIsToldOnceAndGoesOnAsNew() throws SQLException {
    try (Connection connection = login()) {
      Sql.run(connection, "SET @mine = 1", "SET SESSION sql_mode = 'ANSI_QUOTES'");
      assertThat(Sql.value(connection, "SELECT \"id\" FROM t")).isEqualTo("1");
      relay.drop();
      // Variables, temporary tables and settings are gone: going on in silence would hide that.
      assertThatThrownBy(() -> Sql.value(connection, "SELECT id FROM t"))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(errno(e)).as(e.toString()).isIn(GONE));
      assertThat(Sql.value(connection, "SELECT id FROM t")).isEqualTo("1");
      assertThat(Sql.value(connection, "SELECT @mine")).isEqualTo("null");
      // Gate and backend read the text by the same mode again.
      assertThat(Sql.value(connection, "SELECT \"id\" FROM t")).isEqualTo("id");
      assertThat(Sql.value(connection, "SELECT DATABASE()")).isEqualTo("fail_it");
    }
  }

  @Test
  void aRestartOfTheBackendBetweenStatementsIsSurvived() throws SQLException {
    Assumptions.assumeTrue(
        backend.canRestart(), "skipped: the backend is not the tests' own to restart");
    try (Connection connection = login()) {
      assertThat(Sql.value(connection, "SELECT id FROM t")).isEqualTo("1");
      backend.stop();
      try {
        assertThatThrownBy(this::login)
            .isInstanceOfSatisfying(
                SQLException.class, e -> assertThat(errno(e)).as(e.toString()).isIn(GONE));
      } finally {
        backend.startAgain();
      }
      assertThatThrownBy(() -> Sql.value(connection, "SELECT id FROM t"))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(errno(e)).as(e.toString()).isIn(GONE));
      assertThat(Sql.value(connection, "SELECT id FROM t")).isEqualTo("1");
      try (Connection another = login()) {
        assertThat(Sql.value(another, "SELECT id FROM t")).isEqualTo("1");
      }
      gate.administer("CREATE ROLE after_restart", "DROP ROLE after_restart");
    }
  }

  @Test
  void aTransactionThatWasLostIsSaidToBeLost() throws SQLException {
    try (Connection connection = login()) {
      connection.setAutoCommit(false);
      Sql.run(connection, "INSERT INTO t VALUES (99)");
      relay.drop();
      // Going on silently in a new transaction would commit half of it.
      assertThatThrownBy(() -> Sql.run(connection, "INSERT INTO t VALUES (100)"))
          .isInstanceOf(SQLException.class);
    }
    try (Connection connection = straight.connect("fail_it")) {
      Sql.run(connection, "SET innodb_lock_wait_timeout = 10");
      assertThat(Sql.rows(connection, "SELECT id FROM t ORDER BY id")).containsExactly("1");
    }
  }

  @Test
  void aBackendConnectionKilledInTheMiddleOfAQueryEndsItWithAnError() throws Exception {
    try (Connection connection = login()) {
      CompletableFuture<String> answer =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return Sql.value(connection, "SELECT SLEEP(50), 'kill-me-1'");
                } catch (SQLException e) {
                  return "errno " + errno(e);
                }
              });
      try (Connection other = straight.connect()) {
        Await.until("the query runs", () -> !running(other, "kill-me-1").isEmpty());
        Sql.run(other, "KILL " + running(other, "kill-me-1").get(0));
      }
      String said = answer.get(30, TimeUnit.SECONDS);
      assertThat(said).startsWith("errno ");
      assertThat(Integer.parseInt(said.substring(6))).isIn(GONE);
    } catch (ExecutionException e) {
      throw new AssertionError(e);
    }
    try (Connection connection = login()) {
      assertThat(Sql.value(connection, "SELECT id FROM t")).isEqualTo("1");
    }
  }

  private static List<String> running(Connection connection, String mark) throws SQLException {
    return Sql.rows(
        connection,
        "SELECT ID FROM information_schema.PROCESSLIST WHERE COMMAND <> 'Sleep' AND INFO LIKE '%"
            + mark
            + "%' AND ID <> CONNECTION_ID()");
  }

  @Test
  void aCutInTheMiddleOfAResultIsNeverAnEndOfIt() throws SQLException {
    gate.administer("CREATE TABLE fail_it.wide (n INT, pad LONGTEXT)");
    StringBuilder insert = new StringBuilder("INSERT INTO fail_it.wide VALUES (0, '')");
    for (int i = 1; i < 400; i++) {
      insert.append(",(").append(i).append(",REPEAT('p', 50000))");
    }
    gate.administer(insert.toString());
    try (Connection connection = login("useServerPrepStmts", "false");
        var statement = connection.createStatement()) {
      statement.setFetchSize(Integer.MIN_VALUE);
      var rows = statement.executeQuery("SELECT n, pad FROM wide");
      assertThat(rows.next()).isTrue();
      relay.drop();
      assertThatThrownBy(
              () -> {
                int count = 1;
                while (rows.next()) {
                  count++;
                }
                assertThat(count).as("rows before a clean end").isEqualTo(400);
                throw new SQLException("all of it had arrived already");
              })
          .isInstanceOf(SQLException.class);
    }
  }
}
