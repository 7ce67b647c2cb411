package io.portcullis.it.failure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.mysql.cj.jdbc.JdbcConnection;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.portcullis.it.harness.Await;
import io.portcullis.it.harness.BackendExtension;
import io.portcullis.it.harness.Endpoint;
import io.portcullis.it.harness.RawClient;
import io.portcullis.it.harness.Sql;
import io.portcullis.it.harness.TestBackend;
import io.portcullis.it.harness.TestGate;
import io.portcullis.proxy.config.AuthenticationConfig;
import io.portcullis.proxy.config.LimitsConfig;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** Clients that vanish, dawdle, lie or break the protocol; and those that are ended. */
@ExtendWith(BackendExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ClientFailureIT {

  private static final int PACKET_LIMIT = 4 << 20;
  private static final Duration LOGIN_TIMEOUT = Duration.ofSeconds(3);

  private static final int COM_PING = 0x0e;
  private static final int COM_QUERY = 0x03;

  private final Endpoint straight;
  private final TestGate gate;

  ClientFailureIT(TestBackend backend) {
    straight = backend.endpoint();
    gate =
        TestGate.start(
            straight,
            straight,
            config ->
                config
                    .withAuthentication(
                        new AuthenticationConfig(
                            AuthenticationConfig.DEFAULT.defaultPlugin(), true, LOGIN_TIMEOUT))
                    .withLimits(
                        LimitsConfig.DEFAULT.with(
                            limits -> limits.maxAllowedPacket(PACKET_LIMIT))));
  }

  @BeforeAll
  void makeDatabase() throws SQLException {
    StringBuilder insert = new StringBuilder("INSERT INTO client_it.n VALUES (0)");
    for (int i = 1; i < 4000; i++) {
      insert.append(",(").append(i).append(')');
    }
    gate.administer(
        "DROP DATABASE IF EXISTS client_it",
        "CREATE DATABASE client_it",
        "CREATE TABLE client_it.n (n INT PRIMARY KEY)",
        insert.toString(),
        "CREATE TABLE client_it.hidden (a INT)",
        "CREATE ROLE client_role",
        "CREATE ROLE client_second",
        "GRANT CONNECT ON ACCOUNT * TO client_role",
        "GRANT CONNECT ON ACCOUNT * TO client_second",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE client_it.n TO client_role",
        "GRANT CREATE TABLE ON DATABASE client_it TO client_role",
        "GRANT SELECT ON TABLE client_it.hidden TO client_second",
        "CREATE USER client_user IDENTIFIED BY 'Client-1' DEFAULT ROLE client_role",
        "GRANT client_second TO client_user",
        "CREATE USER client_other IDENTIFIED BY 'Other-1' DEFAULT ROLE client_second");
  }

  @AfterAll
  void clearUp() throws SQLException {
    gate.administer("DROP DATABASE client_it");
    gate.close();
  }

  private Endpoint user() {
    return gate.user("client_user", "Client-1");
  }

  private Endpoint other() {
    return gate.user("client_other", "Other-1");
  }

  private Connection login() throws SQLException {
    return user().connect("client_it");
  }

  // Vanishing

  @Test
  void aClientThatVanishesInAQueryLeavesNothingRunning() throws Exception {
    try (Connection watch = straight.connect()) {
      for (String query :
          List.of(
              "SELECT SLEEP(60), 'vanished-%d'",
              "SELECT n, SLEEP(1), 'vanished-%d' FROM client_it.n")) {
        for (int i = 0; i < 3; i++) {
          String mark = "vanished-" + i;
          try (RawClient client = new RawClient(user()).login(user())) {
            client.command(COM_QUERY, query.replace("vanished-%d", mark));
            Await.until("the query runs", () -> running(watch, mark) == 1);
          }
          Await.until("the query is ended: " + query, () -> running(watch, mark) == 0);
        }
      }
    }
  }

  @Test
  void aClientThatVanishesInTheMiddleOfABigResultLeavesNothingRunning() throws Exception {
    try (Connection watch = straight.connect()) {
      for (int i = 0; i < 3; i++) {
        String mark = "half-read-" + i;
        try (RawClient client = new RawClient(user()).login(user())) {
          client.command(COM_QUERY, "SELECT REPEAT('x', 100000), '" + mark + "' FROM client_it.n");
          client.packet();
          client.packet();
          Await.until("the result is held back", () -> running(watch, mark) == 1);
        }
        Await.until("the result is ended", () -> running(watch, mark) == 0);
      }
    }
  }

  @Test
  void aClientThatVanishesInATransactionHoldsNoLocks() throws Exception {
    try (RawClient client = new RawClient(user()).login(user())) {
      client.command(COM_QUERY, "BEGIN");
      client.packet();
      client.command(COM_QUERY, "UPDATE client_it.n SET n = 100000 WHERE n = 1");
      client.packet();
    }
    try (Connection connection = login()) {
      Sql.run(connection, "SET SESSION innodb_lock_wait_timeout = 20");
      Sql.run(connection, "UPDATE n SET n = n WHERE n = 1");
      assertThat(Sql.value(connection, "SELECT COUNT(*) FROM n WHERE n = 1")).isEqualTo("1");
    }
  }

  private static long running(Connection watch, String mark) throws SQLException {
    return Sql.number(
        watch,
        "SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE COMMAND <> 'Sleep' AND INFO"
            + " LIKE '%"
            + mark
            + "%' AND ID <> CONNECTION_ID()");
  }

  @Test
  void aSlowReaderOfALargeResultCostsBoundedMemory() throws Exception {
    long rows = 4000;
    try (Connection connection = login();
        Statement statement = connection.createStatement()) {
      statement.setFetchSize(Integer.MIN_VALUE);
      long directBefore = directMemory();
      long heapBefore = heap();
      // 400 MB, of which the client reads one row for now.
      ResultSet result = statement.executeQuery("SELECT REPEAT('x', 100000) FROM n");
      assertThat(result.next()).isTrue();
      long direct = 0;
      for (int i = 0; i < 20; i++) {
        Thread.sleep(100);
        direct = Math.max(direct, directMemory() - directBefore);
      }
      assertThat(direct).as("direct memory").isLessThan(32L << 20);
      assertThat(heap() - heapBefore).as("heap").isLessThan(32L << 20);
      // Others are served meanwhile.
      try (Connection quick = login()) {
        assertThat(Sql.value(quick, "SELECT COUNT(*) FROM n")).isEqualTo("4000");
      }
      long read = 1;
      while (result.next()) {
        read++;
        direct = Math.max(direct, directMemory() - directBefore);
      }
      assertThat(read).isEqualTo(rows);
      assertThat(direct).as("direct memory while reading").isLessThan(64L << 20);
    }
  }

  private static long directMemory() {
    return ByteBufAllocator.DEFAULT instanceof ByteBufAllocatorMetricProvider provider
        ? provider.metric().usedDirectMemory()
        : 0;
  }

  private static long heap() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  // Before the login

  @Test
  void aWrongPasswordAndAnUnknownUserReadTheSame() {
    String known = loginError("client_user", "wrong").replace("client_user", "X");
    assertThat(known).startsWith("1045 28000 Access denied for user 'X'");
    assertThat(loginError("client_nobody", "wrong").replace("client_nobody", "X")).isEqualTo(known);
    assertThat(loginError("other:client_user", "Client-1").replace("other:client_user", "X"))
        .isEqualTo(known);
    assertThat(loginError("client_user", "")).startsWith("1045 28000");
  }

  private String loginError(String user, String password) {
    try (Connection connection = gate.user(user, password).connect()) {
      return "logged in " + connection;
    } catch (SQLException e) {
      return e.getErrorCode() + " " + e.getSQLState() + " " + e.getMessage();
    }
  }

  @Test
  void aClientThatDoesNotLogInIsClosed() throws IOException {
    long begin = System.nanoTime();
    try (RawClient client = new RawClient(user())) {
      client.packet();
      Optional<byte[]> last = client.packetOrEnd();
      if (last.isPresent()) {
        assertThat(RawClient.isError(last.get())).isTrue();
        assertThat(client.packetOrEnd()).isEmpty();
      }
    }
    assertThat(Duration.ofNanos(System.nanoTime() - begin))
        .isGreaterThanOrEqualTo(LOGIN_TIMEOUT.minusMillis(500));
  }

  @Test
  void aHugePacketBeforeTheLoginIsNotWaitedFor() throws IOException {
    try (RawClient client = new RawClient(user())) {
      client.packet();
      client.header(0xfffffe, 1);
      long begin = System.nanoTime();
      Optional<byte[]> answer = client.packetOrEnd();
      answer.ifPresent(packet -> assertThat(RawClient.isError(packet)).isTrue());
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(LOGIN_TIMEOUT);
    }
    try (RawClient client = new RawClient(user())) {
      client.packet();
      client.send(new byte[] {1, 2, 3});
      Optional<byte[]> answer = client.packetOrEnd();
      answer.ifPresent(packet -> assertThat(RawClient.isError(packet)).isTrue());
      assertThat(answer.isEmpty() || client.packetOrEnd().isEmpty()).isTrue();
    }
  }

  @Test
  void aCommandBeforeTheLoginIsNotRun() throws IOException {
    try (RawClient client = new RawClient(user())) {
      client.packet();
      client.command(COM_QUERY, "SELECT 'not logged in'");
      Optional<byte[]> answer = client.packetOrEnd();
      answer.ifPresent(
          packet -> {
            assertThat(RawClient.isError(packet)).isTrue();
            assertThat(RawClient.text(packet)).doesNotContain("not logged in");
          });
    }
  }

  // Breaking the protocol

  @Test
  void everyOtherCommandByteIsRefusedAndTheSessionGoesOn() throws IOException {
    List<Integer> served =
        List.of(
            0x01, 0x02, COM_QUERY, 0x04, 0x09, 0x0c, COM_PING, 0x11, 0x16, 0x17, 0x18, 0x19, 0x1a,
            0x1b, 0x1c, 0x1f);
    List<Integer> silent = new ArrayList<>();
    for (int command = 0; command < 256; command++) {
      if (served.contains(command)) {
        continue;
      }
      try (RawClient client = new RawClient(user()).login(user())) {
        client.command(command, "whatever");
        Optional<byte[]> answer = client.packetOrEnd();
        if (answer.isEmpty() || !RawClient.isError(answer.get())) {
          silent.add(command);
          continue;
        }
        assertThat(RawClient.errno(answer.get())).as("command %s", command).isIn(1047, 1227, 1235);
        client.command(COM_PING, "");
        assertThat(client.packet()[0]).as("ping after command %s", command).isZero();
      }
    }
    assertThat(silent).as("commands that were not refused with an error").isEmpty();
  }

  @Test
  void commandsWithATornBodyAreErrors() throws IOException {
    for (int command : new int[] {0x11, 0x17, 0x19, 0x1a, 0x1b, 0x1c, 0x0c}) {
      for (String body : List.of("", "\0", "abc")) {
        try (RawClient client = new RawClient(user()).login(user())) {
          client.command(command, body);
          // Also for COM_STMT_CLOSE, which has no answer when it is whole.
          assertThat(client.packetOrEnd())
              .as("command %s", command)
              .matches(answer -> answer.isPresent() && RawClient.isError(answer.get()));
        }
      }
    }
    assertStillServing();
  }

  @Test
  void aSequenceNumberOutOfOrderEndsTheSession() throws IOException {
    try (RawClient client = new RawClient(user()).login(user())) {
      client.header(1, 7);
      client.close();
    }
    try (RawClient client = new RawClient(user()).login(user())) {
      client.command(COM_PING, "");
      assertThat(client.packet()[0]).isZero();
      client.send(new byte[] {COM_PING}); // goes on counting instead of starting at 0
      Optional<byte[]> answer = client.packetOrEnd();
      answer.ifPresent(packet -> assertThat(RawClient.isError(packet)).isTrue());
    }
    assertStillServing();
  }

  @Test
  void aPacketOverTheLimitIsRefused() throws Exception {
    try (Connection connection = login()) {
      assertThat(Sql.value(connection, "SELECT LENGTH('" + "x".repeat(PACKET_LIMIT - 100) + "')"))
          .isEqualTo(String.valueOf(PACKET_LIMIT - 100));
    }
    try (RawClient client = new RawClient(user()).login(user())) {
      try {
        client.command(COM_QUERY, "SELECT LENGTH('" + "x".repeat(2 * PACKET_LIMIT) + "')");
      } catch (IOException e) {
        // Closed while we were still sending.
        assertThat(e.getMessage()).isNotBlank();
      }
      Optional<byte[]> answer = client.packetOrEnd();
      answer.ifPresent(
          packet -> {
            assertThat(RawClient.isError(packet)).isTrue();
            assertThat(RawClient.errno(packet)).isEqualTo(1153);
          });
    }
    // Pieces that never end are no way around it.
    try (RawClient client = new RawClient(user()).login(user())) {
      client.header(0xffffff, 0);
      Optional<byte[]> answer = client.packetOrEnd();
      answer.ifPresent(packet -> assertThat(RawClient.errno(packet)).isEqualTo(1153));
    }
    assertStillServing();
  }

  private void assertStillServing() {
    try (Connection connection = login()) {
      assertThat(Sql.value(connection, "SELECT 1")).isEqualTo("1");
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  // KILL

  @Test
  void killQueryEndsTheQueryAndKillTheSession() throws Exception {
    try (Connection victim = login();
        Connection killer = login()) {
      String id = Sql.value(victim, "SELECT CONNECTION_ID()");
      CompletableFuture<String> sleeping = sleep(victim, "killed-query-1");
      Sql.run(killer, "KILL QUERY " + id);
      assertThat(sleeping.get(20, TimeUnit.SECONDS)).isIn("1317", "1|killed-query-1");
      assertThat(Sql.value(victim, "SELECT 5")).isEqualTo("5");

      sleeping = sleep(victim, "killed-session-1");
      Sql.run(killer, "KILL " + id);
      assertThat(sleeping.get(20, TimeUnit.SECONDS)).isNotEqualTo("0|killed-session-1");
      assertThatThrownBy(() -> Sql.value(victim, "SELECT 5")).isInstanceOf(SQLException.class);
      try (Connection watch = straight.connect()) {
        Await.until("nothing runs", () -> running(watch, "killed-session-1") == 0);
      }
      killRefused(1094, killer, "KILL " + id);
    }
  }

  private CompletableFuture<String> sleep(Connection connection, String mark) throws Exception {
    CompletableFuture<String> answer =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return Sql.value(connection, "SELECT SLEEP(50), '" + mark + "'");
              } catch (SQLException e) {
                return String.valueOf(e.getErrorCode());
              }
            });
    try (Connection watch = straight.connect()) {
      Await.until("the query runs", () -> running(watch, mark) == 1);
    }
    return answer;
  }

  @Test
  void nobodyKillsTheSessionsOfOthersButAdministrators() throws Exception {
    try (Connection victim = login();
        Connection stranger = other().connect();
        Connection administrator = gate.administrator().connect()) {
      String id = Sql.value(victim, "SELECT CONNECTION_ID()");
      killRefused(1095, stranger, "KILL " + id);
      killRefused(1095, stranger, "KILL QUERY " + id);
      assertThat(Sql.value(victim, "SELECT 1")).isEqualTo("1");
      killRefused(1094, administrator, "KILL 4294967290");
      // Ids of the backend are not ids of the gate: nobody ends what is behind it.
      Sql.run(administrator, "KILL " + id);
      assertThatThrownBy(() -> Sql.value(victim, "SELECT 1")).isInstanceOf(SQLException.class);
    }
  }

  private static void killRefused(int errno, Connection connection, String sql) {
    assertThatThrownBy(() -> Sql.run(connection, sql))
        .isInstanceOfSatisfying(
            SQLException.class,
            e -> assertThat(e.getErrorCode()).as("%s -> %s", sql, e).isEqualTo(errno));
  }

  @Test
  void cancelAndQueryTimeoutOfTheDriverWork() throws Exception {
    try (Connection connection = login();
        Statement statement = connection.createStatement()) {
      statement.setQueryTimeout(1);
      assertThatThrownBy(() -> Sql.rows(statement.executeQuery("SELECT SLEEP(40)")))
          .isInstanceOf(SQLException.class);
      statement.setQueryTimeout(0);
      assertThat(Sql.value(connection, "SELECT 7")).isEqualTo("7");

      CompletableFuture<String> answer =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return Sql.rows(statement.executeQuery("SELECT SLEEP(50), 'cancelled-1'"))
                      .toString();
                } catch (SQLException e) {
                  return "ended";
                }
              });
      try (Connection watch = straight.connect()) {
        Await.until("the query runs", () -> running(watch, "cancelled-1") == 1);
      }
      statement.cancel();
      assertThat(answer.get(20, TimeUnit.SECONDS)).isIn("ended", "[1|cancelled-1]");
      assertThat(Sql.value(connection, "SELECT 8")).isEqualTo("8");
    }
  }

  // Another user, and nobody's state

  @Test
  void changeUserIsAFullLogin() throws SQLException {
    try (Connection connection = login()) {
      Sql.run(connection, "SET @mine = 1", "CREATE TEMPORARY TABLE client_it.tmp (a INT)");
      JdbcConnection driver = connection.unwrap(JdbcConnection.class);
      assertThat(errno(connection, "SELECT a FROM client_it.hidden")).isEqualTo(1142);
      driver.changeUser("client_other", "Other-1");
      assertThat(Sql.rows(connection, "SELECT a FROM client_it.hidden")).isEmpty();
      assertThat(Sql.value(connection, "SELECT CURRENT_USER()")).startsWith("client_other@");
      assertThat(errno(connection, "SELECT n FROM client_it.n")).isEqualTo(1142);
      assertThat(Sql.value(connection, "SELECT @mine")).isEqualTo("null");
      assertThat(errno(connection, "SELECT a FROM client_it.tmp")).isNotZero();
      driver.changeUser("sys:client_user:client_second", "Client-1");
      assertThat(Sql.rows(connection, "SELECT a FROM client_it.hidden")).isEmpty();
      assertThatThrownBy(() -> driver.changeUser("client_other", "wrong"))
          .isInstanceOf(SQLException.class);
      assertThatThrownBy(() -> Sql.rows(connection, "SELECT a FROM client_it.hidden"))
          .isInstanceOf(SQLException.class);
    }
  }

  private static int errno(Connection connection, String sql) {
    try {
      Sql.rows(connection, sql);
    } catch (SQLException e) {
      return e.getErrorCode();
    }
    return 0;
  }

  @Test
  void resetConnectionKeepsTheUserAndForgetsTheRest() throws SQLException {
    try (Connection connection =
        user().connect("client_it", Map.of("useServerPrepStmts", "true"))) {
      Sql.run(
          connection,
          "SET @mine = 1",
          "SET SESSION sql_mode = 'ANSI_QUOTES'",
          "CREATE TEMPORARY TABLE tmp (a INT)",
          "SET SECONDARY ROLE ALL");
      assertThat(Sql.rows(connection, "SELECT a FROM hidden")).isEmpty();
      Sql.run(connection, "SET ROLE client_second", "BEGIN");
      connection.unwrap(JdbcConnection.class).resetServerState();
      assertThat(Sql.value(connection, "SELECT CURRENT_USER()")).startsWith("client_user@");
      assertThat(Sql.value(connection, "SELECT @mine")).isEqualTo("null");
      assertThat(Sql.value(connection, "SELECT \"text\"")).isEqualTo("text");
      assertThat(Sql.value(connection, "SELECT COUNT(*) FROM client_it.n")).isEqualTo("4000");
      assertThat(errno(connection, "SELECT a FROM client_it.hidden")).isEqualTo(1142);
      assertThat(errno(connection, "SELECT a FROM client_it.tmp")).isNotZero();
      try (PreparedStatement again = connection.prepareStatement("SELECT ?")) {
        again.setInt(1, 3);
        assertThat(Sql.rows(again.executeQuery())).containsExactly("3");
      }
    }
  }

  @Test
  void noStateOfOneClientReachesTheNext() throws SQLException {
    for (int i = 0; i < 6; i++) {
      try (Connection first = login()) {
        Sql.run(
            first,
            "SET @left = 'behind'",
            "SET SESSION sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES'",
            "SET SESSION time_zone = '+09:00'",
            "SET autocommit = 0",
            "CREATE TEMPORARY TABLE n (n VARCHAR(10))",
            "INSERT INTO n VALUES ('fake')");
        if (i % 2 == 0) {
          first.unwrap(JdbcConnection.class).abortInternal();
        }
      }
      try (Connection next = other().connect("", Map.of())) {
        assertThat(Sql.value(next, "SELECT @left")).isEqualTo("null");
        assertThat(Sql.value(next, "SELECT \"a\", 'b\\'c'")).isEqualTo("a|b'c");
        assertThat(Sql.value(next, "SELECT @@autocommit")).isEqualTo("1");
        assertThat(Sql.value(next, "SELECT @@time_zone")).isNotEqualTo("+09:00");
        assertThat(Sql.value(next, "SELECT DATABASE()")).isEqualTo("null");
      }
      try (Connection next = login()) {
        assertThat(Sql.value(next, "SELECT COUNT(*) FROM n")).isEqualTo("4000");
      }
    }
  }

  @Test
  void closedSessionsLeaveNoBackendConnectionsInUse() throws Exception {
    try (Connection watch = straight.connect()) {
      List<Connection> open = new ArrayList<>();
      for (int i = 0; i < 30; i++) {
        Connection connection = login();
        Sql.value(connection, "SELECT n, 'mark' FROM n WHERE n = " + i);
        open.add(connection);
      }
      for (Connection connection : open) {
        connection.close();
      }
      // What the pool keeps has no database of a session, as it was reset or closed.
      Await.until(
          "connections are given back",
          () ->
              Sql.number(
                      watch,
                      "SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE COMMAND <>"
                          + " 'Sleep' AND ID <> CONNECTION_ID() AND INFO LIKE '%mark%'")
                  == 0);
      long left = Sql.number(watch, "SELECT COUNT(*) FROM information_schema.PROCESSLIST");
      for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 30; i++) {
          login().close();
        }
      }
      assertThat(Sql.number(watch, "SELECT COUNT(*) FROM information_schema.PROCESSLIST"))
          .isLessThanOrEqualTo(left + 5);
    }
  }
}
