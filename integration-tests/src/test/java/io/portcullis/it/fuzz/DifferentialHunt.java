package io.portcullis.it.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.it.harness.Await;
import io.portcullis.it.harness.BackendExtension;
import io.portcullis.it.harness.Endpoint;
import io.portcullis.it.harness.Sql;
import io.portcullis.it.harness.TestBackend;
import io.portcullis.sql.text.ClientCharset;
import io.portcullis.sql.text.LexicalMode;
import io.portcullis.sql.text.ServerVersion;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Random statements, one after the other, of which gate and server each say whether they are
 * permitted. The tables are put back after {@value #BATCH} of them, which share a session where
 * none of them ends it.
 *
 * <p>{@code -Dportcullis.it.fuzz.statements=100000} and {@code -Dportcullis.it.fuzz.seed=7} ask for
 * more, and for others; {@code -Dportcullis.it.fuzz.show=true} prints what the gate alone refuses.
 */
@ExtendWith(BackendExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class DifferentialHunt {

  static final boolean SHOW = Boolean.getBoolean("portcullis.it.fuzz.show");

  private static final int BATCH = 250;

  private final TestBackend backend;
  private final Endpoint straight;
  private final Map<String, Integer> tally = new TreeMap<>();
  private final List<String> holes = new ArrayList<>();
  private boolean mariaDb;
  private ServerVersion version = ServerVersion.parse("8.4.0");

  DifferentialHunt(TestBackend backend) {
    this.backend = backend;
    straight = backend.endpoint();
  }

  /** One statement. */
  record Candidate(int number, String sqlMode, LexicalMode mode, String words, String sql) {}

  /** Puts tables, views and what is granted back. */
  abstract void fill() throws SQLException;

  /** A session of the user with few privileges. */
  abstract Connection login() throws SQLException;

  /**
   * The statement to be tried.
   *
   * @param dice what decides on it
   */
  abstract String words(Dice dice, boolean onMariaDb, String sqlMode);

  /** How oddly statements are spelled; each as likely as the others. */
  abstract List<Integer> oddities();

  /** Has both sides judge; {@link #count} and {@link #hole} take the outcome. */
  abstract void judge(Connection connection, Candidate candidate);

  /** Whether what the sessions connect to works again, with the server back. */
  abstract boolean isServing();

  @BeforeAll
  final void makeTheTables() throws SQLException {
    try (Connection connection = straight.connect()) {
      version = ServerVersion.parse(Sql.value(connection, "SELECT VERSION()"));
      mariaDb = version.isMariaDb();
      FuzzGrants.make(connection, mariaDb);
    }
  }

  @AfterAll
  final void removeTheTables() throws SQLException {
    try (Connection connection = straight.connect()) {
      FuzzGrants.clear(connection);
    }
  }

  final Endpoint straight() {
    return straight;
  }

  final void count(String outcome) {
    tally.merge(outcome, 1, Integer::sum);
  }

  final void hole(Candidate candidate, String whatWasSaid) {
    holes.add(
        candidate.number()
            + " ["
            + candidate.sqlMode()
            + "] "
            + candidate.sql()
            + "\n  "
            + whatWasSaid);
  }

  /**
   * @param done the outcome that one in forty has to have at least, or the run says nothing
   */
  final void hunt(long defaultSeed, int usually, List<String> sqlModes, String done)
      throws Exception {
    long seed = Long.getLong("portcullis.it.fuzz.seed", defaultSeed);
    int statements = Integer.getInteger("portcullis.it.fuzz.statements", usually);
    for (int first = 0; first < statements; first += BATCH) {
      fill();
      String sqlMode = sqlModes.get(first / BATCH % sqlModes.size());
      batch(seed, sqlMode, first, Math.min(statements, first + BATCH));
    }
    String summary =
        "seed " + seed + ", " + version.text() + ", " + statements + " statements: " + tally;
    System.out.println(summary);
    assertThat(holes).as(summary).isEmpty();
    assertThat(tally.getOrDefault(done, 0)).as(summary).isGreaterThan(statements / 40);
  }

  private void batch(long seed, String sqlMode, int first, int end) throws Exception {
    LexicalMode mode = LexicalMode.of(version, ClientCharset.UTF8MB4, sqlMode);
    Connection connection = connect(sqlMode);
    try {
      for (int i = first; i < end; i++) {
        Dice dice = new Dice(seed * 1_000_003 + i);
        String words = words(dice, mariaDb, sqlMode);
        String sql = Spelling.of(words, dice, dice.one(oddities()));
        judge(connection, new Candidate(i, sqlMode, mode, words, sql));
        if (!putBack(connection)) {
          connection.close();
          if (!isAlive()) {
            // Random statements crash servers; this one cannot be compared.
            System.out.println("the server ended at " + sql);
            revive();
          }
          connection = connect(sqlMode);
        }
      }
    } finally {
      connection.close();
    }
  }

  private Connection connect(String sqlMode) throws SQLException {
    Connection connection = login();
    Sql.run(
        connection,
        "SET sql_mode = '" + sqlMode + "'",
        mariaDb
            ? "SET max_statement_time = 2, max_recursive_iterations = 5, lock_wait_timeout = 2"
            : "SET max_execution_time = 2000, cte_max_recursion_depth = 5, lock_wait_timeout = 2");
    return connection;
  }

  static Optional<SQLException> refusal(Connection connection, String sql) {
    try (Statement statement = connection.createStatement()) {
      statement.setEscapeProcessing(false);
      statement.execute(sql);
      return Optional.empty();
    } catch (SQLException e) {
      return Optional.of(e);
    }
  }

  /** Leaves locks, transactions and other databases behind; false if the session is of no use. */
  static boolean putBack(Connection connection) {
    try {
      Sql.run(connection, "UNLOCK TABLES", "ROLLBACK", "USE " + FuzzGrants.DATABASE);
      return true;
    } catch (SQLException e) {
      return false;
    }
  }

  private boolean isAlive() {
    try (Connection connection = straight.connect()) {
      return connection.isValid(5);
    } catch (SQLException e) {
      return false;
    }
  }

  /** Starts the server again where it is ours; another's has somebody who does. */
  private void revive() throws Exception {
    if (backend.canRestart()) {
      backend.stop();
      backend.startAgain();
    }
    Await.until("the server is back", this::isAlive);
    Await.until("sessions are served", this::isServing);
  }
}
