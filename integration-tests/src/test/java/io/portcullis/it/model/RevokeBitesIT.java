package io.portcullis.it.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portcullis.it.harness.Await;
import io.portcullis.it.harness.BackendExtension;
import io.portcullis.it.harness.Endpoint;
import io.portcullis.it.harness.Sql;
import io.portcullis.it.harness.TestBackend;
import io.portcullis.it.harness.TestGate;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What runs when a right is taken away is ended at once, and what is still permitted runs on (PM
 * 6.3, 6.6). Each case prints how long it took after the change was answered.
 */
@ExtendWith(BackendExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RevokeBitesIT {

  private static final String PASSWORD = "Revoke-it-1";
  private static final int ROWS = 4000;

  /** Room for a busy machine; the time measured is printed. */
  private static final long BOUND_MILLIS = 10_000;

  private final Endpoint straight;
  private final TestGate gate;

  /** Looks at what the backend runs. */
  private final Connection watch;

  RevokeBitesIT(TestBackend backend) throws SQLException {
    straight = backend.endpoint();
    watch = straight.connect();
    gate = TestGate.start(backend);
  }

  private void makeDatabase() throws SQLException {
    StringBuilder rows = new StringBuilder("INSERT INTO rv_it.n VALUES (1)");
    for (int i = 2; i <= ROWS; i++) {
      rows.append(",(").append(i).append(')');
    }
    gate.administer(
        "DROP DATABASE IF EXISTS rv_it",
        "CREATE DATABASE rv_it",
        "CREATE TABLE rv_it.n (n INT PRIMARY KEY)",
        "CREATE TABLE rv_it.t (id INT PRIMARY KEY, a INT)",
        "CREATE TABLE rv_it.locked (id INT PRIMARY KEY)",
        "CREATE TABLE rv_it.altered (id INT PRIMARY KEY)",
        "INSERT INTO rv_it.t VALUES (1, 1)",
        "INSERT INTO rv_it.altered VALUES (1)",
        rows.toString());
  }

  /** Loads, on both sides, what the first of the cases would be measured with. */
  @BeforeAll
  void warmUp() throws Exception {
    makeDatabase();
    user("rv_warm", "SELECT ON TABLE rv_it.t");
    try (Connection connection = login("rv_warm")) {
      CompletableFuture<End> ends = begin(connection, "SELECT SLEEP(59) FROM t");
      change("REVOKE SELECT ON TABLE rv_it.t FROM rv_warm_role");
      isInterrupted(ends.get(60, TimeUnit.SECONDS), "denied");
    }
  }

  @AfterAll
  void clearUp() throws SQLException {
    gate.administer("DROP DATABASE rv_it");
    watch.close();
    gate.close();
  }

  /** A user with a role of his own, {@code <name>_role}, that holds these. */
  private void user(String name, String... privileges) throws SQLException {
    String role = name + "_role";
    gate.administer(
        "CREATE ROLE " + role,
        "GRANT CONNECT ON ACCOUNT * TO " + role,
        "CREATE USER " + name + " IDENTIFIED BY '" + PASSWORD + "' DEFAULT ROLE " + role);
    for (String privilege : privileges) {
      gate.administer("GRANT " + privilege + " TO " + role);
    }
  }

  private Connection login(String name, String... options) throws SQLException {
    return gate.user(name, PASSWORD)
        .connect("rv_it", options.length == 0 ? Map.of() : Map.of(options[0], options[1]));
  }

  /** How a statement ended: with a value, or an error; and when. */
  private record End(String value, int errno, String message, long nanoTime) {
    static End of(SQLException e) {
      return new End("", e.getErrorCode(), String.valueOf(e.getMessage()), System.nanoTime());
    }
  }

  private CompletableFuture<End> begin(Connection connection, String sql) throws Exception {
    return begin(connection, sql, sql);
  }

  /**
   * @param shown what the server shows of it while it runs
   */
  private CompletableFuture<End> begin(Connection connection, String sql, String shown)
      throws Exception {
    CompletableFuture<End> end =
        CompletableFuture.supplyAsync(
            () -> {
              try (Statement statement = connection.createStatement()) {
                boolean rows = statement.execute(sql);
                String value = "";
                if (rows && statement.getResultSet().next()) {
                  value = statement.getResultSet().getString(1);
                }
                return new End(value, 0, "", System.nanoTime());
              } catch (SQLException e) {
                return End.of(e);
              }
            });
    Await.until("it runs: " + sql, () -> running(shown) == 1);
    return end;
  }

  private long running(String sql) throws SQLException {
    try (PreparedStatement count =
        watch.prepareStatement(
            "SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE COMMAND <> 'Sleep' AND"
                + " INFO = ?")) {
      count.setString(1, sql);
      return Long.parseLong(Sql.rows(count.executeQuery()).get(0));
    }
  }

  /** Makes the change, and returns when it was answered. */
  private long change(String sql) throws SQLException {
    try (Connection administrator = gate.administrator().connect()) {
      Sql.run(administrator, sql);
      return System.nanoTime();
    }
  }

  private static void report(String what, long from, long to) {
    long millis = TimeUnit.NANOSECONDS.toMillis(to - from);
    System.out.println("revoke to effect, " + what + ": " + millis + " ms after its answer");
    assertThat(millis).as(what).isLessThan(BOUND_MILLIS);
  }

  private static void isInterrupted(End end, String because) {
    assertThat(end.errno()).as("%s", end).isEqualTo(1317);
    assertThat(end.message()).contains("not permitted any more").contains(because);
  }

  @Test
  void aCallOfSixtySecondsIsEndedAndItsTwinRunsOn() throws Exception {
    gate.administer(
        "CREATE PROCEDURE rv_it.long_nap() SELECT SLEEP(60) + 1 FROM rv_it.t",
        "CREATE PROCEDURE rv_it.nap() SELECT SLEEP(5) + 8 FROM rv_it.t");
    user("rv_call", "EXECUTE ON PROCEDURE rv_it.long_nap", "EXECUTE ON PROCEDURE rv_it.nap");
    user("rv_call2", "EXECUTE ON PROCEDURE rv_it.nap");
    try (Connection one = login("rv_call");
        Connection twin = login("rv_call2")) {
      CompletableFuture<End> stays = begin(twin, "CALL nap()", "SELECT SLEEP(5) + 8 FROM rv_it.t");
      CompletableFuture<End> ends =
          begin(one, "CALL long_nap()", "SELECT SLEEP(60) + 1 FROM rv_it.t");
      long answered = change("REVOKE EXECUTE ON PROCEDURE rv_it.long_nap FROM rv_call_role");
      End end = ends.get(60, TimeUnit.SECONDS);
      isInterrupted(end, "denied to user 'rv_call'");
      report("CALL", answered, end.nanoTime());
      assertThat(Sql.value(one, "SELECT 1")).isEqualTo("1");
      assertThatThrownBy(() -> Sql.run(one, "CALL long_nap()"))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getErrorCode()).isEqualTo(1370));
      assertThat(stays.get(60, TimeUnit.SECONDS).value()).isEqualTo("8");
    }
  }

  @Test
  void aQueryOfSixtySecondsIsEndedAndItsTwinRunsOn() throws Exception {
    user("rv_sleep", "SELECT ON TABLE rv_it.t");
    user("rv_twin", "SELECT ON TABLE rv_it.t");
    try (Connection one = login("rv_sleep");
        Connection twin = login("rv_twin")) {
      CompletableFuture<End> stays = begin(twin, "SELECT SLEEP(6) + 7 FROM t");
      CompletableFuture<End> ends = begin(one, "SELECT SLEEP(60) FROM t");
      long answered = change("REVOKE SELECT ON TABLE rv_it.t FROM rv_sleep_role");
      End end = ends.get(60, TimeUnit.SECONDS);
      isInterrupted(end, "SELECT command denied to user 'rv_sleep'");
      report("SELECT SLEEP(60)", answered, end.nanoTime());
      assertThat(Sql.value(one, "SELECT 1")).isEqualTo("1");
      assertThatThrownBy(() -> Sql.run(one, "SELECT a FROM t"))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getErrorCode()).isEqualTo(1142));
      assertThat(stays.get(60, TimeUnit.SECONDS).value()).isEqualTo("7");
    }
  }

  @Test
  void aLongJoinIsEndedByTheLossOfTheRole() throws Exception {
    user("rv_join", "SELECT ON TABLE rv_it.n");
    try (Connection connection = login("rv_join")) {
      CompletableFuture<End> ends =
          begin(connection, "SELECT COUNT(*) FROM n AS a, n AS b, n AS c WHERE a.n + b.n <> c.n");
      long answered = change("REVOKE rv_join_role FROM rv_join");
      End end = ends.get(60, TimeUnit.SECONDS);
      isInterrupted(end, "denied");
      report("a long join, role revoked", answered, end.nanoTime());
      assertThat(Sql.value(connection, "SELECT 1")).isEqualTo("1");
    }
  }

  @Test
  void aDroppedRoleEndsWhatRunsUnderIt() throws Exception {
    user("rv_role", "SELECT ON TABLE rv_it.t");
    try (Connection connection = login("rv_role")) {
      CompletableFuture<End> ends = begin(connection, "SELECT SLEEP(61) FROM t");
      long answered = change("DROP ROLE rv_role_role");
      End end = ends.get(60, TimeUnit.SECONDS);
      isInterrupted(end, "no longer exists");
      report("DROP ROLE", answered, end.nanoTime());
      Sql.run(connection, "SET ROLE NONE", "DO 1");
    }
  }

  @Test
  void aCursorIsClosedAndItsTwinIsReadToTheEnd() throws Exception {
    user("rv_cursor", "SELECT ON TABLE rv_it.n");
    user("rv_cursor2", "SELECT ON TABLE rv_it.n");
    try (Connection one = login("rv_cursor", "useCursorFetch", "true");
        Connection twin = login("rv_cursor2", "useCursorFetch", "true");
        PreparedStatement oneStatement = one.prepareStatement("SELECT n FROM n");
        PreparedStatement twinStatement = twin.prepareStatement("SELECT n FROM n")) {
      oneStatement.setFetchSize(10);
      twinStatement.setFetchSize(10);
      ResultSet cut = oneStatement.executeQuery();
      ResultSet whole = twinStatement.executeQuery();
      assertThat(cut.next()).isTrue();
      assertThat(whole.next()).isTrue();
      long answered = change("REVOKE SELECT ON TABLE rv_it.n FROM rv_cursor_role");
      int read = 1;
      try {
        while (cut.next()) {
          read++;
        }
        throw new AssertionError("read to its end: " + read);
      } catch (SQLException e) {
        isInterrupted(End.of(e), "SELECT command denied");
        report("a cursor", answered, System.nanoTime());
      }
      assertThat(read).as("rows that had arrived").isLessThan(100);
      int all = 1;
      while (whole.next()) {
        all++;
      }
      assertThat(all).isEqualTo(ROWS);
      assertThat(Sql.value(one, "SELECT 1")).isEqualTo("1");
    }
  }

  @Test
  void aResultIsCutShortAlthoughItsClientDoesNotRead() throws Exception {
    user("rv_stall", "SELECT ON TABLE rv_it.n");
    user("rv_stall2", "SELECT ON TABLE rv_it.n");
    String sql = "SELECT REPEAT('x', 100000), n FROM n";
    String few = "SELECT REPEAT('y', 100000), n FROM n WHERE n <= 500";
    try (Connection one = login("rv_stall");
        Connection twin = login("rv_stall2");
        Statement oneStatement = one.createStatement();
        Statement twinStatement = twin.createStatement()) {
      oneStatement.setFetchSize(Integer.MIN_VALUE);
      twinStatement.setFetchSize(Integer.MIN_VALUE);
      ResultSet cut = oneStatement.executeQuery(sql);
      ResultSet whole = twinStatement.executeQuery(few);
      assertThat(cut.next()).isTrue();
      assertThat(whole.next()).isTrue();
      assertThat(running(sql)).as("held back").isOne();
      assertThat(running(few)).as("held back").isOne();
      long answered = change("REVOKE SELECT ON TABLE rv_it.n FROM rv_stall_role");
      Await.until("the backend has ended it", () -> running(sql) == 0);
      report("a large result, on the backend", answered, System.nanoTime());
      int read = 1;
      try {
        while (cut.next()) {
          read++;
        }
        throw new AssertionError("read to its end: " + read);
      } catch (SQLException e) {
        isInterrupted(End.of(e), "SELECT command denied");
      }
      System.out.println("revoke to effect, a large result: " + read + " of " + ROWS + " rows");
      assertThat(read).isLessThan(ROWS);
      assertThat(Sql.value(one, "SELECT 1")).isEqualTo("1");
      int all = 1;
      while (whole.next()) {
        all++;
      }
      assertThat(all).isEqualTo(500);
    }
  }

  @Test
  void theSessionsOfADroppedUserAreClosed() throws Exception {
    user("rv_dropped", "SELECT ON TABLE rv_it.t");
    user("rv_left", "SELECT ON TABLE rv_it.t");
    String sql = "SELECT SLEEP(62) FROM t";
    try (Connection busy = login("rv_dropped");
        Connection idle = login("rv_dropped");
        Connection left = login("rv_left")) {
      assertThat(Sql.value(idle, "SELECT a FROM t")).isEqualTo("1");
      CompletableFuture<End> ends = begin(busy, sql);
      long answered = change("DROP USER rv_dropped");
      End end = ends.get(60, TimeUnit.SECONDS);
      assertThat(end.errno()).as("%s", end).isEqualTo(1317);
      assertThat(end.message()).contains("the user was dropped");
      report("DROP USER", answered, end.nanoTime());
      Await.until("the backend has ended it", () -> running(sql) == 0);
      assertThatThrownBy(() -> Sql.value(idle, "SELECT 1")).isInstanceOf(SQLException.class);
      assertThatThrownBy(() -> Sql.value(busy, "SELECT 1")).isInstanceOf(SQLException.class);
      assertThat(Sql.value(left, "SELECT a FROM t")).isEqualTo("1");
      try (Connection administrator = gate.administrator().connect()) {
        assertThat(Sql.rows(administrator, "SHOW PROCESSLIST").toString())
            .contains("rv_left")
            .doesNotContain("rv_dropped");
      }
    }
  }

  @Test
  void aChangeThatWaitsForALockIsEndedAndChangesNothing() throws Exception {
    user("rv_wait", "UPDATE ON TABLE rv_it.t", "SELECT ON TABLE rv_it.t");
    try (Connection connection = login("rv_wait");
        Connection holder = straight.connect("rv_it")) {
      holder.setAutoCommit(false);
      Sql.run(holder, "UPDATE t SET a = a WHERE id = 1");
      CompletableFuture<End> ends = begin(connection, "UPDATE t SET a = 99 WHERE id = 1");
      long answered = change("REVOKE UPDATE ON TABLE rv_it.t FROM rv_wait_role");
      End end = ends.get(60, TimeUnit.SECONDS);
      isInterrupted(end, "UPDATE command denied");
      report("UPDATE that waits for a lock", answered, end.nanoTime());
      holder.rollback();
      assertThat(Sql.value(connection, "SELECT a FROM t")).isEqualTo("1");
    }
  }

  @Test
  void lockedTablesAreReleased() throws Exception {
    user("rv_lock", "SELECT ON TABLE rv_it.locked", "INSERT ON TABLE rv_it.locked");
    String insert = "INSERT INTO locked VALUES (1)";
    try (Connection connection = login("rv_lock");
        Connection other = straight.connect("rv_it")) {
      Sql.run(connection, "LOCK TABLES locked WRITE");
      CompletableFuture<End> waits = begin(other, insert);
      long answered = change("REVOKE INSERT ON TABLE rv_it.locked FROM rv_lock_role");
      End end = waits.get(60, TimeUnit.SECONDS);
      assertThat(end.errno()).as("%s", end).isZero();
      report("LOCK TABLES", answered, end.nanoTime());
      assertThatThrownBy(() -> Sql.value(connection, "SELECT 1")).isInstanceOf(SQLException.class);
    }
  }

  @Test
  void aDefinitionIsEndedAndTheCatalogStaysInStep() throws Exception {
    user("rv_alter", "ALTER TABLE ON DATABASE rv_it", "SELECT ON TABLE rv_it.altered");
    String alter = "ALTER TABLE altered ADD COLUMN b INT";
    try (Connection connection = login("rv_alter");
        Connection holder = straight.connect("rv_it")) {
      holder.setAutoCommit(false);
      assertThat(Sql.value(holder, "SELECT id FROM altered")).isEqualTo("1");
      CompletableFuture<End> ends = begin(connection, alter);
      long answered = change("REVOKE ALTER TABLE ON DATABASE rv_it FROM rv_alter_role");
      End end = ends.get(60, TimeUnit.SECONDS);
      isInterrupted(end, "ALTER command denied");
      report("ALTER TABLE that waits for a lock", answered, end.nanoTime());
      holder.rollback();
      assertThat(Sql.rows(connection, "SELECT * FROM altered")).containsExactly("1");
    }
  }

  @Test
  void theSessionsShownAreThoseOfTheGate() throws Exception {
    user("rv_list", "SELECT ON TABLE rv_it.t");
    try (Connection connection = login("rv_list");
        Connection second = login("rv_list");
        Connection administrator = gate.administrator().connect()) {
      String own = Sql.value(connection, "SELECT CONNECTION_ID()");
      String other = Sql.value(second, "SELECT CONNECTION_ID()");
      for (String show : List.of("SHOW PROCESSLIST", "SHOW FULL PROCESSLIST")) {
        assertThat(Sql.rows(connection, show))
            .extracting(row -> row.substring(0, row.indexOf("|127")))
            .containsExactly(own + "|rv_list", other + "|rv_list");
        assertThat(Sql.rows(administrator, show))
            .anyMatch(row -> row.contains("|" + TestGate.ADMINISTRATOR + "|"))
            .anyMatch(row -> row.startsWith(own + "|"));
      }
      for (String list :
          List.of("information_schema.PROCESSLIST", "performance_schema.processlist")) {
        for (Connection each : List.of(connection, administrator)) {
          assertThatThrownBy(() -> Sql.rows(each, "SELECT * FROM " + list))
              .isInstanceOfSatisfying(
                  SQLException.class, e -> assertThat(e.getErrorCode()).isEqualTo(1235));
        }
      }
      String administrators = Sql.value(administrator, "SELECT CONNECTION_ID()");
      assertThatThrownBy(() -> Sql.run(connection, "KILL " + administrators))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getErrorCode()).isEqualTo(1095));
      assertThatThrownBy(() -> Sql.run(connection, "KILL 2147483647"))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getErrorCode()).isEqualTo(1094));
      Sql.run(connection, "KILL " + other);
      assertThatThrownBy(() -> Sql.value(second, "SELECT 1")).isInstanceOf(SQLException.class);
      assertThat(Sql.value(administrator, "SELECT 1")).isEqualTo("1");
    }
  }
}
