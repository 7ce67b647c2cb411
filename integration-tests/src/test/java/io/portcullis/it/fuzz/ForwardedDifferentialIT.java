package io.portcullis.it.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.it.harness.Await;
import io.portcullis.it.harness.BackendExtension;
import io.portcullis.it.harness.Endpoint;
import io.portcullis.it.harness.Sql;
import io.portcullis.it.harness.TestBackend;
import io.portcullis.it.harness.TestGate;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Random statements through a gate, by a user who holds single columns, views and routines, and
 * whose own login on the server holds the same there. What the gate sends, in the form it gives it,
 * the server must permit: a refusal by the server is a hole in the gate.
 *
 * <p>The properties are those of {@link PrivilegeDifferentialIT}.
 */
@ExtendWith(BackendExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ForwardedDifferentialIT {

  private static final int STATEMENTS = Integer.getInteger("portcullis.it.fuzz.statements", 2_000);
  private static final long SEED = Long.getLong("portcullis.it.fuzz.seed", 20_261_130L);

  /** Prints what the gate refuses. */
  private static final boolean SHOW = Boolean.getBoolean("portcullis.it.fuzz.show");

  private static final List<String> MODES =
      List.of("", "ANSI_QUOTES", "NO_BACKSLASH_ESCAPES", "PIPES_AS_CONCAT,IGNORE_SPACE");

  private static final int BATCH = 250;

  private static final int VIEW_WITHOUT_RIGHTS = 1345;

  private final TestBackend backend;
  private final Endpoint straight;
  private final TestGate gate;
  private final GateJudge judge = new GateJudge(FuzzGrants.catalog());
  private boolean mariaDb;
  private ServerVersion version = ServerVersion.parse("8.4.0");

  ForwardedDifferentialIT(TestBackend backend) {
    this.backend = backend;
    straight = backend.endpoint();
    gate = TestGate.start(backend);
  }

  @BeforeAll
  void makeTheSameGrantsOnBothSides() throws SQLException {
    try (Connection connection = straight.connect()) {
      version = ServerVersion.parse(Sql.value(connection, "SELECT VERSION()"));
      mariaDb = version.isMariaDb();
      FuzzGrants.make(connection, mariaDb);
      FuzzGrants.makeOfColumns(connection);
    }
    gate.administer(FuzzGrants.atTheGate().toArray(new String[0]));
  }

  @AfterAll
  void clearUp() throws SQLException {
    gate.close();
    try (Connection connection = straight.connect()) {
      FuzzGrants.clear(connection);
    }
  }

  @Test
  void whatTheGateSendsTheServerPermits() throws Exception {
    Map<String, Integer> tally = new TreeMap<>();
    List<String> holes = new ArrayList<>();
    for (int first = 0; first < STATEMENTS; first += BATCH) {
      try (Connection administrator = gate.administrator().connect()) {
        FuzzGrants.fill(administrator);
        Sql.run(administrator, FuzzGrants.ofOwnAtTheGate().toArray(new String[0]));
      }
      String sqlMode = MODES.get(first / BATCH % MODES.size());
      batch(sqlMode, first, Math.min(BATCH, STATEMENTS - first), tally, holes);
    }
    String summary =
        "seed " + SEED + ", " + version.text() + ", " + STATEMENTS + " statements: " + tally;
    System.out.println(summary);
    assertThat(holes).as(summary).isEmpty();
    assertThat(tally.getOrDefault("done", 0)).as(summary).isGreaterThan(STATEMENTS / 40);
  }

  private void batch(
      String sqlMode, int first, int count, Map<String, Integer> tally, List<String> holes)
      throws Exception {
    LexicalMode mode = LexicalMode.of(version, ClientCharset.UTF8MB4, sqlMode);
    Connection connection = connect(sqlMode);
    try {
      for (int i = first; i < first + count; i++) {
        Dice dice = new Dice(SEED * 1_000_003 + i);
        String words = new StatementGenerator(dice, mariaDb, sqlMode, true).statement();
        String sql = Spelling.of(words, dice, dice.one(List.of(0, 0, 0, 3, 10)));
        Optional<SQLException> refused = refusal(connection, sql);
        String error = refused.map(e -> e.getErrorCode() + " " + e.getMessage()).orElse("");
        if (refused.filter(ForwardedDifferentialIT::isTheServers).isPresent()) {
          String server = "denied: " + error;
          String row =
              KnownDifferences.row(server, judge.judge(sql, mode).accesses())
                  .or(() -> KnownDifferences.ofColumns(server, words))
                  .orElse("hole");
          tally.merge(row, 1, Integer::sum);
          if (row.equals("hole")) {
            holes.add(i + " [" + sqlMode + "] " + sql + "\n  server: " + server);
          }
        } else {
          tally.merge(
              refused.map(e -> Integer.toString(e.getErrorCode())).orElse("done"), 1, Integer::sum);
          if (SHOW && refused.isPresent()) {
            System.out.println(error + " <- " + sql);
          }
        }
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

  /** The gate never speaks of the login that its user has on the server. */
  private static boolean isTheServers(SQLException refused) {
    return String.valueOf(refused.getMessage()).contains("'" + FuzzGrants.OF_COLUMNS + "'")
        || refused.getErrorCode() == VIEW_WITHOUT_RIGHTS;
  }

  private Connection connect(String sqlMode) throws SQLException {
    Connection connection =
        FuzzGrants.userAtTheGate(gate.administrator())
            .connect(FuzzGrants.DATABASE, Map.of("socketTimeout", "20000"));
    Sql.run(
        connection,
        "SET sql_mode = '" + sqlMode + "'",
        mariaDb
            ? "SET max_statement_time = 2, max_recursive_iterations = 5, lock_wait_timeout = 2"
            : "SET max_execution_time = 2000, cte_max_recursion_depth = 5, lock_wait_timeout = 2");
    return connection;
  }

  private boolean isAlive() {
    try (Connection connection = straight.connect()) {
      return connection.isValid(5);
    } catch (SQLException e) {
      return false;
    }
  }

  private boolean isServing() {
    try (Connection connection = gate.administrator().connect()) {
      return putBack(connection);
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
    Await.until("the gate has found it", this::isServing);
  }

  private static Optional<SQLException> refusal(Connection connection, String sql) {
    try (Statement statement = connection.createStatement()) {
      statement.setEscapeProcessing(false);
      statement.execute(sql);
      return Optional.empty();
    } catch (SQLException e) {
      return Optional.of(e);
    }
  }

  private static boolean putBack(Connection connection) {
    try {
      Sql.run(connection, "UNLOCK TABLES", "ROLLBACK", "USE " + FuzzGrants.DATABASE);
      return true;
    } catch (SQLException e) {
      return false;
    }
  }
}
