package io.portcullis.it.fuzz;

import io.portcullis.it.harness.Sql;
import io.portcullis.it.harness.TestBackend;
import io.portcullis.it.harness.TestGate;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Random statements through a gate, by a user who holds single columns, views and routines, and
 * whose own login on the server holds the same there. What the gate sends, in the form it gives it,
 * the server must permit: a refusal by the server is a hole in the gate.
 */
final class ForwardedDifferentialIT extends DifferentialHunt {

  private static final int VIEW_WITHOUT_RIGHTS = 1345;

  private final TestGate gate;
  private final GateJudge judge = new GateJudge(FuzzGrants.catalog());

  ForwardedDifferentialIT(TestBackend backend) {
    super(backend);
    gate = TestGate.start(backend);
  }

  @BeforeAll
  void makeTheSameGrantsOnBothSides() throws SQLException {
    try (Connection connection = straight().connect()) {
      FuzzGrants.makeOfColumns(connection);
    }
    gate.administer(FuzzGrants.atTheGate().toArray(new String[0]));
  }

  @AfterAll
  void stopTheGate() {
    gate.close();
  }

  @Test
  void whatTheGateSendsTheServerPermits() throws Exception {
    hunt(
        20_261_130L,
        2_000,
        List.of("", "ANSI_QUOTES", "NO_BACKSLASH_ESCAPES", "PIPES_AS_CONCAT,IGNORE_SPACE"),
        "done");
  }

  @Override
  void fill() throws SQLException {
    try (Connection administrator = gate.administrator().connect()) {
      FuzzGrants.fill(administrator);
      Sql.run(administrator, FuzzGrants.ofOwnAtTheGate().toArray(new String[0]));
    }
  }

  @Override
  Connection login() throws SQLException {
    return FuzzGrants.userAtTheGate(gate.administrator())
        .connect(FuzzGrants.DATABASE, Map.of("socketTimeout", "20000"));
  }

  @Override
  String words(Dice dice, boolean onMariaDb, String sqlMode) {
    return new StatementGenerator(dice, onMariaDb, sqlMode, true).statement();
  }

  @Override
  List<Integer> oddities() {
    return List.of(0, 0, 0, 3, 10);
  }

  @Override
  void judge(Connection connection, Candidate candidate) {
    Optional<SQLException> refused = refusal(connection, candidate.sql());
    if (refused.isEmpty()) {
      count("done");
      return;
    }
    String error = refused.get().getErrorCode() + " " + refused.get().getMessage();
    if (isTheServers(refused.get())) {
      String server = "denied: " + error;
      Optional<String> known =
          KnownDifferences.row(server, judge.judge(candidate.sql(), candidate.mode()).accesses())
              .or(() -> KnownDifferences.ofColumns(server, candidate.words()));
      count(known.orElse("hole"));
      if (known.isEmpty()) {
        hole(candidate, "server: " + server);
      }
      return;
    }
    count(Integer.toString(refused.get().getErrorCode()));
    if (SHOW) {
      System.out.println(error + " <- " + candidate.sql());
    }
  }

  /** The gate never speaks of the login that its user has on the server. */
  private static boolean isTheServers(SQLException refused) {
    return String.valueOf(refused.getMessage()).contains("'" + FuzzGrants.OF_COLUMNS + "'")
        || refused.getErrorCode() == VIEW_WITHOUT_RIGHTS;
  }

  @Override
  boolean isServing() {
    try (Connection connection = gate.administrator().connect()) {
      return putBack(connection);
    } catch (SQLException e) {
      return false;
    }
  }
}
