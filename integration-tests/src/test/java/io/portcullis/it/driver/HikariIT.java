package io.portcullis.it.driver;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.portcullis.it.harness.BackendExtension;
import io.portcullis.it.harness.Sql;
import io.portcullis.it.harness.TestBackend;
import io.portcullis.it.harness.TestGate;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A pool of the usual kind before the gate, many threads, transfers that must keep their sum. */
@ExtendWith(BackendExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class HikariIT {

  private static final int ACCOUNTS = 10;
  private static final int THREADS = 12;
  private static final int TRANSFERS = 40;

  private final TestGate gate;

  HikariIT(TestBackend backend) {
    gate = TestGate.start(backend);
  }

  @BeforeAll
  void makeAccounts() throws SQLException {
    gate.administer(
        "DROP DATABASE IF EXISTS pool_it",
        "CREATE DATABASE pool_it",
        "CREATE TABLE pool_it.account (id INT PRIMARY KEY, amount INT) ENGINE=InnoDB",
        "CREATE ROLE teller",
        "GRANT CONNECT ON ACCOUNT * TO teller",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE pool_it.account TO teller",
        "CREATE USER teller_1 IDENTIFIED BY 'Teller-1' DEFAULT ROLE teller");
  }

  @AfterAll
  void clearUp() throws SQLException {
    gate.administer("DROP DATABASE pool_it");
    gate.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"jdbc:mysql", "jdbc:mariadb"})
  void transfersOfManyThreadsKeepTheirSum(String scheme) throws Exception {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(
        scheme
            + "://127.0.0.1:"
            + gate.port()
            + "/pool_it?allowPublicKeyRetrieval=true&useServerPrepStmts=true");
    config.setUsername("teller_1");
    config.setPassword("Teller-1");
    config.setMaximumPoolSize(8);
    config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try (HikariDataSource pool = new HikariDataSource(config)) {
      try (Connection connection = pool.getConnection()) {
        Sql.run(connection, "DELETE FROM account");
        for (int i = 0; i < ACCOUNTS; i++) {
          Sql.run(connection, "INSERT INTO account VALUES (" + i + ", 100)");
        }
      }
      List<Future<?>> running = new ArrayList<>();
      for (int t = 0; t < THREADS; t++) {
        Random random = new Random(t);
        running.add(threads.submit(() -> transfers(pool, random)));
      }
      for (Future<?> each : running) {
        each.get();
      }
      try (Connection connection = pool.getConnection()) {
        assertThat(Sql.value(connection, "SELECT SUM(amount), COUNT(*) FROM account"))
            .isEqualTo(ACCOUNTS * 100 + "|" + ACCOUNTS);
      }
    } catch (ExecutionException e) {
      throw new AssertionError("a transfer failed", e);
    } finally {
      threads.shutdownNow();
    }
  }

  private static Object transfers(HikariDataSource pool, Random random) throws SQLException {
    for (int i = 0; i < TRANSFERS; i++) {
      int from = random.nextInt(ACCOUNTS - 1);
      int to = from + 1 + random.nextInt(ACCOUNTS - from - 1);
      try (Connection connection = pool.getConnection()) {
        connection.setAutoCommit(false);
        try (var take =
                connection.prepareStatement("UPDATE account SET amount = amount - ? WHERE id = ?");
            var give =
                connection.prepareStatement(
                    "UPDATE account SET amount = amount + ? WHERE id = ?")) {
          take.setInt(1, i);
          take.setInt(2, from);
          take.executeUpdate();
          give.setInt(1, i);
          give.setInt(2, to);
          give.executeUpdate();
        }
        if (random.nextInt(4) == 0) {
          connection.rollback();
        } else {
          connection.commit();
        }
      }
    }
    return "done";
  }
}
