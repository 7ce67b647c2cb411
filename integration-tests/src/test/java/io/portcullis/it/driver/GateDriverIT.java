package io.portcullis.it.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portcullis.it.harness.BackendExtension;
import io.portcullis.it.harness.Endpoint;
import io.portcullis.it.harness.TestBackend;
import io.portcullis.it.harness.TestGate;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The suite through the gate, as the administrator and as a user who has ALL on the one database
 * through a role: every driver must say what it says straight to the server.
 */
@ExtendWith(BackendExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class GateDriverIT {

  private static final String DATABASE = "drv_gate";

  /**
   * What ordinary users are refused as a whole, with the number it is refused with: nobody works in
   * a database without a privilege in it.
   */
  private static final Map<String, Integer> LIMITS = Map.of("ping, catalog, reset", 1044);

  private final Endpoint straight;
  private final TestGate gate;

  GateDriverIT(TestBackend backend) {
    straight = backend.endpoint();
    gate = TestGate.start(backend);
  }

  @BeforeAll
  void makeDatabaseRoleAndUser() throws SQLException {
    gate.administer(
        "DROP DATABASE IF EXISTS " + DATABASE,
        "CREATE DATABASE " + DATABASE,
        "CREATE ROLE worker",
        "CREATE ROLE everything_in_it",
        "GRANT CONNECT ON ACCOUNT * TO worker",
        "GRANT ALL ON DATABASE " + DATABASE + " TO everything_in_it",
        "GRANT ALL ON TABLE " + DATABASE + ".* TO everything_in_it",
        "GRANT ALL ON VIEW " + DATABASE + ".* TO everything_in_it",
        "GRANT everything_in_it TO worker",
        "CREATE USER worker_bee IDENTIFIED BY 'Worker-1' DEFAULT ROLE worker");
  }

  @AfterAll
  void clearUp() throws SQLException {
    gate.administer("DROP DATABASE " + DATABASE);
    gate.close();
  }

  @TestFactory
  Stream<DynamicContainer> theAdministratorGetsWhatTheServerGives() {
    return suite(gate.administrator(), Map.of());
  }

  @TestFactory
  Stream<DynamicContainer> aUserWithAllOnTheDatabaseGetsWhatTheServerGives() {
    return suite(gate.user("worker_bee", "Worker-1"), LIMITS);
  }

  private Stream<DynamicContainer> suite(Endpoint endpoint, Map<String, Integer> limits) {
    return Arrays.stream(Driver.values())
        .map(
            driver ->
                DynamicContainer.dynamicContainer(
                    driver.toString(),
                    DriverCases.of(driver).entrySet().stream()
                        .map(
                            each ->
                                DynamicTest.dynamicTest(
                                    each.getKey(),
                                    () -> {
                                      Integer errno = limits.get(each.getKey());
                                      if (errno == null) {
                                        compare(driver, endpoint, each.getValue());
                                      } else {
                                        refused(driver, endpoint, each.getValue(), errno);
                                      }
                                    }))));
  }

  private void compare(Driver driver, Endpoint endpoint, DriverCase driverCase)
      throws SQLException {
    List<String> expected = DriverRun.transcript(driver, straight, straight, DATABASE, driverCase);
    List<String> actual = DriverRun.transcript(driver, endpoint, straight, DATABASE, driverCase);
    List<String> differences = new ArrayList<>();
    for (int i = 0; i < Math.max(actual.size(), expected.size()); i++) {
      String straightLine = i < expected.size() ? expected.get(i) : "(no more)";
      String gateLine = i < actual.size() ? actual.get(i) : "(no more)";
      if (!straightLine.equals(gateLine)) {
        differences.add("straight " + straightLine + "\n    gate " + gateLine);
      }
    }
    assertThat(differences)
        .as("%s of %s lines differ", differences.size(), expected.size())
        .isEmpty();
  }

  private void refused(Driver driver, Endpoint endpoint, DriverCase driverCase, int errno) {
    assertThatThrownBy(() -> DriverRun.transcript(driver, endpoint, straight, DATABASE, driverCase))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getErrorCode()).as("%s", e).isEqualTo(errno));
  }
}
