package io.portcullis.it.failure;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.internal.PlatformDependent;
import io.portcullis.it.harness.Await;
import io.portcullis.it.harness.BackendExtension;
import io.portcullis.it.harness.Endpoint;
import io.portcullis.it.harness.RawClient;
import io.portcullis.it.harness.Sql;
import io.portcullis.it.harness.TestBackend;
import io.portcullis.it.harness.TestGate;
import io.portcullis.proxy.config.BackendConfig;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.LoggerFactory;

/**
 * Mixed clients that come, work, break off and go, while grants are given and taken and the backend
 * is stopped and started: at the end nothing is left of them, here or there, and memory is what it
 * was. With -Dportcullis.it.soak=30m for so long; otherwise for {@value #SHORT} seconds.
 */
@ExtendWith(BackendExtension.class)
final class SoakIT {

  private static final int SHORT = 12;
  private static final int WORKERS = 12;

  /** Memory may grow by so much between the first quarter and the last. */
  private static final long TOLERATED_BYTES = 48L << 20;

  private final TestBackend backend;
  private final AtomicBoolean over = new AtomicBoolean();
  private final AtomicLong statements = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private final AtomicLong lost = new AtomicLong();
  private final List<Throwable> wrong = Collections.synchronizedList(new ArrayList<>());

  SoakIT(TestBackend backend) {
    this.backend = backend;
  }

  private interface Work {
    void run(Random random) throws Exception;
  }

  @Test
  void nothingIsLeft() throws Exception {
    Duration length = length();
    ListAppender<ILoggingEvent> leaks = watchLeaks();
    Endpoint straight = backend.endpoint();
    try (TestGate gate =
        TestGate.start(
            straight, straight, config -> config.withBackend(sharing(config.backend())))) {
      gate.administer(
          "CREATE DATABASE soak",
          "CREATE TABLE soak.t (id INT AUTO_INCREMENT PRIMARY KEY, a INT, s VARCHAR(200)) ENGINE ="
              + " InnoDB",
          "CREATE TABLE soak.n (n INT PRIMARY KEY)",
          "INSERT INTO soak.n WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE"
              + " n < 1000) SELECT n FROM r",
          "CREATE ROLE soak_reader",
          "CREATE ROLE soak_writer",
          "GRANT CONNECT ON ACCOUNT * TO soak_reader",
          "GRANT SELECT ON TABLE soak.* TO soak_reader",
          "GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE soak.* TO soak_writer",
          "GRANT CREATE TABLE ON DATABASE soak TO soak_writer",
          "CREATE USER soak_user IDENTIFIED BY 'Soak-user-1' DEFAULT ROLE soak_reader",
          "GRANT soak_writer TO soak_user");
      Endpoint user = gate.user("soak_user", "Soak-user-1");
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < WORKERS; i++) {
        Work work =
            switch (i % 6) {
              case 0 -> random -> text(user, random);
              case 1 -> random -> prepared(user, random);
              case 2 -> random -> large(user, random);
              case 3 -> random -> abrupt(user, random);
              case 4 -> random -> transactions(user, random);
              default -> random -> rights(gate.administrator(), random);
            };
        threads.add(worker("soak-" + i, new Random(20261130L + i), work));
      }
      if (backend.canRestart()) {
        threads.add(worker("soak-restarts", new Random(1), random -> restart(length)));
      }
      List<Long> memory = watchMemory(length);
      over.set(true);
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(wrong).isEmpty();
      assertThat(statements.get()).as("statements answered").isPositive();
      assertNothingIsHeld(gate);
      System.out.printf(
          "soak of %s: %d statements answered, %d refused, %d lost; memory in use after each"
              + " quarter: %s MiB%n",
          length, statements.get(), refused.get(), lost.get(), inMebibytes(memory));
      assertThat(memory.get(memory.size() - 1) - memory.get(0))
          .as("growth of memory, of %s", memory)
          .isLessThan(TOLERATED_BYTES);
      gate.administer("DROP DATABASE soak", "DROP USER soak_user");
    }
    try (Connection connection = straight.connect()) {
      Await.until(
          "the gate's connections are closed",
          () -> number(connection, "SELECT COUNT(*) FROM information_schema.PROCESSLIST") <= 1);
    }
    System.gc();
    assertThat(leaks.list).extracting(ILoggingEvent::getFormattedMessage).isEmpty();
  }

  private static Duration length() {
    String wanted = System.getProperty("portcullis.it.soak", SHORT + "s");
    return Duration.parse("PT" + wanted);
  }

  /** What Netty says of buffers that were collected without having been released. */
  private static ListAppender<ILoggingEvent> watchLeaks() {
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.ADVANCED);
    ListAppender<ILoggingEvent> appender = new ListAppender<>();
    appender.start();
    ((Logger) LoggerFactory.getLogger(ResourceLeakDetector.class)).addAppender(appender);
    return appender;
  }

  /** Fewer connections than workers. */
  private static BackendConfig sharing(java.util.Optional<BackendConfig> backend) {
    return backend
        .orElseThrow()
        .with(
            changes ->
                changes
                    .connections(8, 4)
                    .acquireTimeout(Duration.ofSeconds(5))
                    .pooling(BackendConfig.Pooling.TRANSACTION));
  }

  private Thread worker(String name, Random random, Work work) {
    Thread thread =
        new Thread(
            () -> {
              while (!over.get()) {
                try {
                  work.run(random);
                  pause(random.nextInt(40));
                } catch (SQLException e) {
                  note(e);
                } catch (IOException e) {
                  lost.incrementAndGet();
                } catch (Exception | AssertionError e) {
                  wrong.add(e);
                }
              }
            },
            name);
    thread.start();
    return thread;
  }

  private void note(SQLException e) {
    switch (e.getErrorCode()) {
      case 1142, 1143, 1044, 1045, 1227, 1317, 1370 -> refused.incrementAndGet();
      case 1146, 1205, 1213, 1105, 1396, 3162 -> lost.incrementAndGet(); // of others' work
      default -> {
        if (String.valueOf(e.getSQLState()).startsWith("08")
            || List.of(0, 1053, 1080, 1152, 1429, 1927, 2006, 2013).contains(e.getErrorCode())) {
          lost.incrementAndGet();
          pause(50);
        } else {
          wrong.add(e);
        }
      }
    }
  }

  // ---- clients

  private void text(Endpoint user, Random random) throws SQLException {
    try (Connection connection = user.connect("soak")) {
      for (int i = 0; i < 20 && !over.get(); i++) {
        switch (random.nextInt(5)) {
          case 0 -> Sql.run(connection, "SET @a = " + i, "SELECT @a");
          case 1 ->
              Sql.run(
                  connection,
                  "SET SECONDARY ROLE ALL",
                  "DROP TEMPORARY TABLE IF EXISTS tmp",
                  "CREATE TEMPORARY TABLE tmp (a INT)");
          case 2 -> Sql.run(connection, "SELECT GET_LOCK('soak" + random.nextInt(3) + "', 0)");
          case 3 -> Sql.run(connection, "SET time_zone = '+0" + random.nextInt(9) + ":00'");
          default ->
              Sql.run(connection, "SELECT COUNT(*) FROM n WHERE n > " + random.nextInt(1000));
        }
        statements.incrementAndGet();
      }
    }
  }

  private void prepared(Endpoint user, Random random) throws SQLException {
    try (Connection connection =
            user.connect("soak", Map.of("useServerPrepStmts", "true", "useCursorFetch", "true"));
        PreparedStatement query = connection.prepareStatement("SELECT n FROM n WHERE n > ?")) {
      query.setFetchSize(50);
      for (int i = 0; i < 20 && !over.get(); i++) {
        query.setInt(1, random.nextInt(1000));
        try (ResultSet rows = query.executeQuery()) {
          for (int n = 0; n < 120 && rows.next(); n++) {
            assertThat(rows.getInt(1)).isPositive();
          }
        }
        statements.incrementAndGet();
      }
    }
  }

  private void large(Endpoint user, Random random) throws SQLException {
    try (Connection connection = user.connect("soak");
        Statement statement =
            connection.createStatement(ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_READ_ONLY)) {
      statement.setFetchSize(Integer.MIN_VALUE);
      int wanted = random.nextInt(200_000);
      try (ResultSet rows =
          statement.executeQuery("SELECT a.n, b.n FROM n a JOIN n b LIMIT 200000")) {
        for (int i = 0; i < wanted && !over.get() && rows.next(); i++) {
          assertThat(rows.getInt(2)).isPositive();
        }
        if (random.nextBoolean()) {
          connection.abort(Runnable::run);
          return;
        }
      }
      statements.incrementAndGet();
    }
  }

  /** Breaks off wherever it happens to be. */
  private void abrupt(Endpoint user, Random random) throws IOException {
    try (RawClient client = new RawClient(user)) {
      if (random.nextInt(8) == 0) {
        return;
      }
      client.login(user);
      for (int i = random.nextInt(5); i > 0; i--) {
        assertThat(client.firstValue("SELECT 40 + 2")).isEqualTo("42");
        statements.incrementAndGet();
      }
      switch (random.nextInt(4)) {
        case 0 -> client.header(1000, 0);
        case 1 -> client.command(3, "SELECT a.n FROM soak.n a JOIN soak.n b JOIN soak.n c");
        case 2 -> client.command(3, "SELECT SLEEP(2)");
        default -> client.command(22, "SELECT n FROM soak.n WHERE n = ?");
      }
    }
  }

  private void transactions(Endpoint user, Random random) throws SQLException {
    try (Connection connection = user.connect("soak")) {
      Sql.run(connection, "SET ROLE soak_writer");
      connection.setAutoCommit(false);
      for (int i = 0; i < 10 && !over.get(); i++) {
        Sql.run(
            connection,
            "INSERT INTO t (a, s) VALUES (" + random.nextInt(100) + ", REPEAT('x', 100))",
            "UPDATE t SET a = a + 1 WHERE a = " + random.nextInt(100),
            "DELETE FROM t WHERE id < (SELECT * FROM (SELECT MAX(id) - 1000 FROM t) m)");
        if (random.nextInt(3) == 0) {
          connection.rollback();
        } else {
          connection.commit();
        }
        statements.addAndGet(3);
      }
    }
  }

  /** Gives and takes; and looks whether what was taken is gone. */
  private void rights(Endpoint administrator, Random random) throws SQLException {
    try (Connection connection = administrator.connect()) {
      String role = Thread.currentThread().getName().replace('-', '_') + "_role";
      Sql.run(
          connection,
          "CREATE ROLE IF NOT EXISTS " + role,
          "GRANT SELECT ON TABLE soak.* TO " + role,
          "GRANT " + role + " TO soak_user",
          "REVOKE SELECT ON TABLE soak.* FROM " + role,
          "REVOKE SELECT ON TABLE soak.* FROM soak_reader");
      pause(random.nextInt(20));
      Sql.run(
          connection, "GRANT SELECT ON TABLE soak.* TO soak_reader", "DROP ROLE IF EXISTS " + role);
      statements.addAndGet(7);
      pause(random.nextInt(300));
    }
  }

  private void restart(Duration length) {
    pause(Math.max(5_000, length.toMillis() / 12));
    if (over.get()) {
      return;
    }
    backend.stop();
    pause(500);
    backend.startAgain();
  }

  // ---- at the end

  private List<Long> watchMemory(Duration length) {
    List<Long> used = new ArrayList<>();
    for (int quarter = 0; quarter < 4; quarter++) {
      pause(length.toMillis() / 4);
      used.add(memory());
    }
    return used;
  }

  /** Heap after a collection, and what Netty has outside of it; the least of some looks. */
  private static long memory() {
    long[] looks = new long[5];
    for (int i = 0; i < looks.length; i++) {
      System.gc();
      pause(200);
      looks[i] =
          ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed()
              + Math.max(0, PlatformDependent.usedDirectMemory());
    }
    return Arrays.stream(looks).min().orElseThrow();
  }

  private static List<Long> inMebibytes(List<Long> bytes) {
    return bytes.stream().map(each -> each >> 20).toList();
  }

  private void assertNothingIsHeld(TestGate gate) throws Exception {
    Await.until(
        "the gate has this session only",
        () -> {
          try (Connection connection = gate.administrator().connect()) {
            return Sql.rows(connection, "SHOW PROCESSLIST").size() == 1;
          }
        });
    try (Connection straight = gate.straight().connect()) {
      Await.until(
          "the server keeps no prepared statement",
          () ->
              number(
                      straight,
                      "SELECT VARIABLE_VALUE FROM information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME = 'PREPARED_STMT_COUNT'")
                  == 0);
      Await.until(
          "no transaction is open",
          () -> number(straight, "SELECT COUNT(*) FROM information_schema.INNODB_TRX") == 0);
      assertThat(
              Sql.value(
                  straight,
                  "SELECT IS_USED_LOCK('soak0'), IS_USED_LOCK('soak1'), IS_USED_LOCK('soak2')"))
          .isEqualTo("null|null|null");
    }
  }

  private static long number(Connection connection, String query) {
    try {
      return Sql.number(connection, query);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
