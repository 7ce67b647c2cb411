package io.portcullis.it.failure;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.it.harness.Await;
import io.portcullis.it.harness.BackendExtension;
import io.portcullis.it.harness.Endpoint;
import io.portcullis.it.harness.GateProcess;
import io.portcullis.it.harness.Sql;
import io.portcullis.it.harness.TestBackend;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * {@code kill -9} of the gate while administrators work: every GRANT and REVOKE that was answered
 * OK holds afterwards, and none holds by half.
 */
@ExtendWith(BackendExtension.class)
final class KilledGateIT {

  /** {@code -Dportcullis.it.kills=200} for more of them. */
  private static final int DEFAULT_ROUNDS = 6;

  private static final int ADMINISTRATORS = 3;
  private static final String CATALOG = "gate_killed";
  private static final List<String> PRIVILEGES = List.of("SELECT", "INSERT", "UPDATE", "DELETE");

  private final Endpoint straight;

  KilledGateIT(TestBackend backend) {
    straight = backend.endpoint();
  }

  @Test
  void everythingAnsweredIsThereAndNothingByHalf() throws Exception {
    int rounds = Integer.getInteger("portcullis.it.kills", DEFAULT_ROUNDS);
    long seed = Long.getLong("portcullis.it.seed", System.nanoTime());
    System.out.println("kill -9 of the gate: " + rounds + " rounds, portcullis.it.seed=" + seed);
    try (Connection connection = straight.connect()) {
      Sql.run(
          connection,
          "DROP DATABASE IF EXISTS " + CATALOG,
          "DROP DATABASE IF EXISTS killed_it",
          "CREATE DATABASE killed_it",
          "CREATE TABLE killed_it.t (a INT PRIMARY KEY)");
    }
    Random random = new Random(seed);
    Map<String, Done> done = new HashMap<>();
    Map<String, Done> lastRound = Map.of();
    for (int round = 0; round < rounds; round++) {
      try (GateProcess gate = GateProcess.start(straight, CATALOG)) {
        verify(gate, lastRound);
        lastRound = killInTheMiddle(gate, round, random);
        done.putAll(lastRound);
      }
      if ((round + 1) % 20 == 0) {
        System.out.println("kill -9 of the gate: " + (round + 1) + " rounds held");
      }
    }
    Map<Done, Long> steps =
        done.values().stream()
            .collect(Collectors.groupingBy(each -> each, TreeMap::new, Collectors.counting()));
    System.out.println("kill -9 of the gate: roles by their last step before the kill: " + steps);
    assertThat(done).as("something happened before the kills").hasSizeGreaterThan(rounds);
    try (GateProcess gate = GateProcess.start(straight, CATALOG)) {
      verify(gate, done);
      try (Connection connection = gate.administrator().connect()) {
        Sql.run(connection, "CREATE ROLE after_all", "DROP ROLE after_all");
      }
    }
    try (Connection connection = straight.connect()) {
      Sql.run(connection, "DROP DATABASE killed_it", "DROP DATABASE " + CATALOG);
    }
  }

  /** How far each role had got when the gate was killed, as its administrator knows it. */
  private static Map<String, Done> killInTheMiddle(GateProcess gate, int round, Random random)
      throws Exception {
    List<Administrator> administrators = new ArrayList<>();
    for (int i = 0; i < ADMINISTRATORS; i++) {
      administrators.add(new Administrator(gate, "k" + round + "_" + i + "_"));
    }
    List<Thread> threads =
        administrators.stream().map(each -> new Thread(each, "administrator")).toList();
    threads.forEach(Thread::start);
    Await.until(
        "an administrator has begun", () -> administrators.stream().anyMatch(Administrator::began));
    Thread.sleep(random.nextInt(1000));
    gate.kill();
    Map<String, Done> reached = new HashMap<>();
    for (int i = 0; i < ADMINISTRATORS; i++) {
      threads.get(i).join();
      Administrator each = administrators.get(i);
      reached.putAll(each.done);
      assertThat(each.ended.getSQLState()).as("%s", each.ended).startsWith("08");
    }
    return reached;
  }

  private static void verify(GateProcess gate, Map<String, Done> done) throws SQLException {
    try (Connection connection = gate.administrator().connect()) {
      for (Map.Entry<String, Done> each : done.entrySet()) {
        String role = each.getKey();
        Done last = each.getValue();
        List<String> grants;
        try {
          grants = Sql.rows(connection, "SHOW GRANTS FOR ROLE " + role);
        } catch (SQLException e) {
          assertThat(last)
              .as("role %s: %s", role, e)
              .isIn(Done.CREATING, Done.DROPPED, Done.DROPPING);
          continue;
        }
        assertThat(last).as("role %s is there", role).isNotIn(Done.DROPPED);
        String text = grants.stream().filter(row -> row.contains("killed_it")).toList().toString();
        long held = PRIVILEGES.stream().filter(text::contains).count();
        switch (last) {
          case GRANTED, DROPPING ->
              assertThat(held).as("%s %s", role, grants).isEqualTo(PRIVILEGES.size());
          case CREATING, CREATED, REVOKED -> assertThat(held).as("%s %s", role, grants).isZero();
          case GRANTING, REVOKING ->
              assertThat(held).as("%s %s", role, grants).isIn(0L, (long) PRIVILEGES.size());
          case DROPPED -> throw new AssertionError(role);
        }
      }
    }
  }

  /** How far one role had got: the last step that was answered, or sent. */
  private enum Done {
    CREATING,
    CREATED,
    GRANTING,
    GRANTED,
    REVOKING,
    REVOKED,
    DROPPING,
    DROPPED
  }

  /** Makes roles, grants, revokes and drops, until the gate is gone. */
  private static final class Administrator implements Runnable {
    private final GateProcess gate;
    private final String prefix;
    private final Map<String, Done> done = new HashMap<>();
    private volatile boolean began;
    private volatile SQLException ended = new SQLException("not ended");

    Administrator(GateProcess gate, String prefix) {
      this.gate = gate;
      this.prefix = prefix;
    }

    boolean began() {
      return began;
    }

    @Override
    public void run() {
      String privileges = String.join(", ", PRIVILEGES);
      try (Connection connection = gate.administrator().connect()) {
        for (int i = 0; i < 10_000; i++) {
          String role = prefix + i;
          step(connection, role, Done.CREATING, "CREATE ROLE " + role, Done.CREATED);
          step(
              connection,
              role,
              Done.GRANTING,
              "GRANT " + privileges + " ON TABLE killed_it.t TO " + role,
              Done.GRANTED);
          if (i % 3 == 1) {
            step(
                connection,
                role,
                Done.REVOKING,
                "REVOKE " + privileges + " ON TABLE killed_it.t FROM " + role,
                Done.REVOKED);
          } else if (i % 3 == 2) {
            step(connection, role, Done.DROPPING, "DROP ROLE " + role, Done.DROPPED);
          }
        }
      } catch (SQLException e) {
        // The gate was killed, which is what this is about.
        ended = e;
      }
    }

    private void step(Connection connection, String role, Done before, String sql, Done after)
        throws SQLException {
      done.put(role, before);
      Sql.run(connection, sql);
      began = true;
      done.put(role, after);
    }
  }
}
