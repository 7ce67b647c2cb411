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
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Random statements sent straight to the server by a login with few privileges, which the server
 * itself enforces, and judged by the gate for the same grants. A statement that the gate permits
 * and the server refuses for lack of a privilege is a hole in the gate.
 *
 * <p>{@code -Dportcullis.it.fuzz.statements=100000} and {@code -Dportcullis.it.fuzz.seed=7} ask for
 * more, and for others.
 */
@ExtendWith(BackendExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class PrivilegeDifferentialIT {

  private static final int STATEMENTS = Integer.getInteger("portcullis.it.fuzz.statements", 4_000);
  private static final long SEED = Long.getLong("portcullis.it.fuzz.seed", 20_261_124L);

  /** Prints what the server executes and the gate refuses. */
  private static final boolean SHOW = Boolean.getBoolean("portcullis.it.fuzz.show");

  private static final List<String> MODES =
      List.of(
          "",
          "ANSI_QUOTES",
          "NO_BACKSLASH_ESCAPES",
          "PIPES_AS_CONCAT",
          "IGNORE_SPACE",
          "ANSI",
          "ANSI_QUOTES,NO_BACKSLASH_ESCAPES");

  /** How many statements share a session, before the tables are put back. */
  private static final int BATCH = 250;

  /** The server's refusals for lack of a privilege. */
  private static final Set<Integer> DENIALS =
      Set.of(1044, 1045, 1142, 1143, 1227, 1345, 1370, 1410, 1419, 3619, 4031);

  private final TestBackend backend;
  private final Endpoint straight;
  private final GateJudge gate = new GateJudge(FuzzGrants.catalog());
  private boolean mariaDb;
  private ServerVersion version = ServerVersion.parse("8.4.0");

  PrivilegeDifferentialIT(TestBackend backend) {
    this.backend = backend;
    straight = backend.endpoint();
  }

  @BeforeAll
  void makeTheTables() throws SQLException {
    try (Connection connection = straight.connect()) {
      version = ServerVersion.parse(Sql.value(connection, "SELECT VERSION()"));
      mariaDb = version.isMariaDb();
      FuzzGrants.make(connection, mariaDb);
    }
  }

  @AfterAll
  void clearUp() throws SQLException {
    try (Connection connection = straight.connect()) {
      FuzzGrants.clear(connection);
    }
  }

  @Test
  void whatTheGatePermitsTheServerDoesNotRefuse() throws Exception {
    Map<String, Integer> tally = new TreeMap<>();
    List<String> holes = new ArrayList<>();
    for (int first = 0; first < STATEMENTS; first += BATCH) {
      String sqlMode = MODES.get(first / BATCH % MODES.size());
      try (Connection administrator = straight.connect()) {
        FuzzGrants.fill(administrator);
      }
      batch(sqlMode, first, Math.min(BATCH, STATEMENTS - first), tally, holes);
    }
    String summary =
        "seed " + SEED + ", " + version.text() + ", " + STATEMENTS + " statements: " + tally;
    System.out.println(summary);
    assertThat(holes).as(summary).isEmpty();
    assertThat(tally.getOrDefault("PERMITTED, server: done", 0))
        .as(summary)
        .isGreaterThan(STATEMENTS / 40);
  }

  private void batch(
      String sqlMode, int first, int count, Map<String, Integer> tally, List<String> holes)
      throws Exception {
    LexicalMode mode = LexicalMode.of(version, ClientCharset.UTF8MB4, sqlMode);
    Connection connection = connect(sqlMode);
    try {
      for (int i = first; i < first + count; i++) {
        Dice dice = new Dice(SEED * 1_000_003 + i);
        String words = new StatementGenerator(dice, mariaDb, sqlMode).statement();
        String sql = Spelling.of(words, dice, dice.one(List.of(0, 0, 3, 10, 30)));
        GateJudge.Verdict verdict = gate.judge(sql, mode);
        String server = execute(connection, sql);
        tally.merge(verdict.fate() + ", server: " + kind(server), 1, Integer::sum);
        if (verdict.fate() == GateJudge.Fate.PERMITTED && server.startsWith("denied")) {
          String row = KnownDifferences.row(server, verdict.accesses()).orElse("");
          if (row.isEmpty()) {
            holes.add(
                i
                    + " ["
                    + sqlMode
                    + "] "
                    + sql
                    + "\n  gate: "
                    + verdict.why()
                    + "\n  server: "
                    + server);
          } else {
            tally.merge(row, 1, Integer::sum);
          }
        }
        if (SHOW && verdict.fate() != GateJudge.Fate.PERMITTED && server.equals("done")) {
          System.out.println(verdict.fate() + " " + verdict.why() + " <- " + sql);
        }
        if (server.startsWith("broken") || !putBack(connection)) {
          connection.close();
          if (!isAlive()) {
            // Random statements crash servers too; this one cannot be compared.
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
    Connection connection =
        FuzzGrants.login(straight).connect(FuzzGrants.DATABASE, Map.of("socketTimeout", "20000"));
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

  /** Starts the server again where it is ours; another's has somebody who does. */
  private void revive() throws Exception {
    if (backend.canRestart()) {
      backend.stop();
      backend.startAgain();
    }
    Await.until("the server is back", this::isAlive);
  }

  private static String kind(String server) {
    int colon = server.indexOf(':');
    return colon < 0 ? server : server.substring(0, colon);
  }

  private static String execute(Connection connection, String sql) {
    try (Statement statement = connection.createStatement()) {
      statement.setEscapeProcessing(false);
      statement.execute(sql);
      return "done";
    } catch (SQLException e) {
      String outcome =
          DENIALS.contains(e.getErrorCode())
              ? "denied"
              : e.getErrorCode() == 1064 ? "syntax" : e.getErrorCode() == 0 ? "broken" : "failed";
      return outcome + ": " + e.getErrorCode() + " " + e.getMessage();
    }
  }

  /** Leaves locks, transactions and other databases behind; false if the session is of no use. */
  private static boolean putBack(Connection connection) {
    try {
      Sql.run(connection, "UNLOCK TABLES", "ROLLBACK", "USE " + FuzzGrants.DATABASE);
      return true;
    } catch (SQLException e) {
      return false;
    }
  }
}
