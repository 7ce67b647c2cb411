package io.portcullis.it.fuzz;

import io.portcullis.it.harness.TestBackend;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Random statements sent straight to the server by a login with few privileges, which the server
 * itself enforces, and judged by the gate for the same grants. A statement that the gate permits
 * and the server refuses for lack of a privilege is a hole in the gate.
 */
final class PrivilegeDifferentialIT extends DifferentialHunt {

  /** The server's refusals for lack of a privilege. */
  private static final Set<Integer> DENIALS =
      Set.of(1044, 1045, 1142, 1143, 1227, 1345, 1370, 1410, 1419, 3619, 4031);

  private final GateJudge gate = new GateJudge(FuzzGrants.catalog());

  PrivilegeDifferentialIT(TestBackend backend) {
    super(backend);
  }

  @Test
  void whatTheGatePermitsTheServerDoesNotRefuse() throws Exception {
    hunt(
        20_261_124L,
        4_000,
        List.of(
            "",
            "ANSI_QUOTES",
            "NO_BACKSLASH_ESCAPES",
            "PIPES_AS_CONCAT",
            "IGNORE_SPACE",
            "ANSI",
            "ANSI_QUOTES,NO_BACKSLASH_ESCAPES"),
        "PERMITTED, server: done");
  }

  @Override
  void fill() throws SQLException {
    try (Connection administrator = straight().connect()) {
      FuzzGrants.fill(administrator);
    }
  }

  @Override
  Connection login() throws SQLException {
    return FuzzGrants.login(straight())
        .connect(FuzzGrants.DATABASE, Map.of("socketTimeout", "20000"));
  }

  @Override
  String words(Dice dice, boolean onMariaDb, String sqlMode) {
    return new StatementGenerator(dice, onMariaDb, sqlMode).statement();
  }

  @Override
  List<Integer> oddities() {
    return List.of(0, 0, 3, 10, 30);
  }

  @Override
  void judge(Connection connection, Candidate candidate) {
    GateJudge.Verdict verdict = gate.judge(candidate.sql(), candidate.mode());
    boolean permitted = verdict.fate() == GateJudge.Fate.PERMITTED;
    Optional<SQLException> refused = refusal(connection, candidate.sql());
    String kind = refused.map(PrivilegeDifferentialIT::kind).orElse("done");
    count(verdict.fate() + ", server: " + kind);
    if (permitted && kind.equals("denied")) {
      SQLException e = refused.orElseThrow();
      String server = kind + ": " + e.getErrorCode() + " " + e.getMessage();
      KnownDifferences.row(server, verdict.accesses())
          .ifPresentOrElse(
              this::count,
              () -> hole(candidate, "gate: " + verdict.why() + "\n  server: " + server));
    }
    if (SHOW && !permitted && refused.isEmpty()) {
      System.out.println(verdict.fate() + " " + verdict.why() + " <- " + candidate.sql());
    }
  }

  private static String kind(SQLException refused) {
    if (DENIALS.contains(refused.getErrorCode())) {
      return "denied";
    }
    return switch (refused.getErrorCode()) {
      case 1064 -> "syntax";
      case 0 -> "broken";
      default -> "failed";
    };
  }

  @Override
  boolean isServing() {
    return true; // there is nothing but the server
  }
}
