package io.portcullis.it.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portcullis.it.harness.BackendExtension;
import io.portcullis.it.harness.Endpoint;
import io.portcullis.it.harness.Sql;
import io.portcullis.it.harness.TestBackend;
import io.portcullis.it.harness.TestGate;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
 * through a role, in account sys and in another one, where the database is another schema: every
 * driver must say what it says straight to the server.
 */
@ExtendWith(BackendExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class GateDriverIT {

  private static final String DATABASE = "drv_gate";
  private static final String ACCOUNT = "drv-tenant";
  private static final String SCHEMA_OF_ACCOUNT = ACCOUNT + "$" + DATABASE;

  /** One of each driver and protocol: the others differ in what they send, not in names. */
  private static final Set<Driver> IN_ACCOUNTS =
      EnumSet.of(
          Driver.CONNECTOR_J,
          Driver.CONNECTOR_J_SERVER_PREPARED,
          Driver.MARIADB,
          Driver.MARIADB_BULK);

  private static final String[] WORKER = {
    "CREATE DATABASE " + DATABASE,
    "CREATE ROLE worker",
    "CREATE ROLE everything_in_it",
    "GRANT CONNECT ON ACCOUNT * TO worker",
    "GRANT ALL ON DATABASE " + DATABASE + " TO everything_in_it",
    "GRANT ALL ON TABLE " + DATABASE + ".* TO everything_in_it",
    "GRANT ALL ON VIEW " + DATABASE + ".* TO everything_in_it",
    "GRANT everything_in_it TO worker",
    "CREATE USER worker_bee IDENTIFIED BY 'Worker-1' DEFAULT ROLE worker"
  };

  /**
   * What ordinary users are refused as a whole, with the number it is refused with: nobody works in
   * a database without a privilege in it.
   */
  private static final Map<String, Integer> LIMITS = Map.of("ping, catalog, reset", 1044);

  /**
   * What is shown in an account of information_schema, and of DATABASE(), is made of expressions,
   * whose types differ.
   */
  private static final Set<String> MADE_OF_EXPRESSIONS =
      Set.of("database metadata", "explain, describe, show");

  private final Endpoint straight;
  private final TestGate gate;

  GateDriverIT(TestBackend backend) {
    straight = backend.endpoint();
    gate = TestGate.start(backend);
  }

  @BeforeAll
  void makeDatabaseRoleAndUser() throws SQLException {
    gate.administer("DROP DATABASE IF EXISTS " + DATABASE);
    gate.administer(WORKER);
    try (Connection connection = straight.connect()) {
      Sql.run(connection, "DROP DATABASE IF EXISTS `" + SCHEMA_OF_ACCOUNT + "`");
    }
    gate.administer("CREATE ACCOUNT `" + ACCOUNT + "` ADMIN_NAME boss IDENTIFIED BY 'Boss-pw-1'");
    try (Connection connection = boss().connect()) {
      Sql.run(connection, WORKER);
    }
  }

  @AfterAll
  void clearUp() throws SQLException {
    gate.administer("DROP DATABASE " + DATABASE, "DROP ACCOUNT `" + ACCOUNT + "`");
    gate.close();
  }

  @TestFactory
  Stream<DynamicContainer> theAdministratorGetsWhatTheServerGives() {
    return suite(gate.administrator(), DATABASE, Map.of());
  }

  @TestFactory
  Stream<DynamicContainer> aUserWithAllOnTheDatabaseGetsWhatTheServerGives() {
    return suite(gate.user("worker_bee", "Worker-1"), DATABASE, LIMITS);
  }

  @TestFactory
  Stream<DynamicContainer> theAdministratorOfAnAccountGetsWhatTheServerGives() {
    return suite(boss(), SCHEMA_OF_ACCOUNT, LIMITS);
  }

  @TestFactory
  Stream<DynamicContainer> aUserOfAnAccountGetsWhatTheServerGives() {
    return suite(gate.user(ACCOUNT + ":worker_bee", "Worker-1"), SCHEMA_OF_ACCOUNT, LIMITS);
  }

  private Endpoint boss() {
    return gate.user(ACCOUNT + ":boss", "Boss-pw-1");
  }

  private Stream<DynamicContainer> suite(
      Endpoint endpoint, String schema, Map<String, Integer> limits) {
    return Arrays.stream(Driver.values())
        .filter(driver -> schema.equals(DATABASE) || IN_ACCOUNTS.contains(driver))
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
                                        boolean typed =
                                            schema.equals(DATABASE)
                                                || !MADE_OF_EXPRESSIONS.contains(each.getKey());
                                        compare(driver, endpoint, schema, typed, each.getValue());
                                      } else {
                                        refused(driver, endpoint, schema, each.getValue(), errno);
                                      }
                                    }))));
  }

  private void compare(
      Driver driver, Endpoint endpoint, String schema, boolean typed, DriverCase driverCase)
      throws SQLException {
    List<String> expected =
        DriverRun.transcript(driver, straight, DATABASE, straight, DATABASE, driverCase);
    List<String> actual =
        DriverRun.transcript(driver, endpoint, DATABASE, straight, schema, driverCase);
    List<String> differences = new ArrayList<>();
    for (int i = 0; i < Math.max(actual.size(), expected.size()); i++) {
      // Where rows are kept out a MySQL does not name the schema of information_schema's columns.
      String straightLine =
          i < expected.size()
              ? expected.get(i).replace(" column information_schema ", " column  ")
              : "(no more)";
      String gateLine =
          i < actual.size()
              ? actual.get(i).replace(" column information_schema ", " column  ")
              : "(no more)";
      boolean isType = straightLine.contains(" column ") && gateLine.contains(" column ");
      if (!straightLine.equals(gateLine) && (typed || !isType)) {
        differences.add("straight " + straightLine + "\n    gate " + gateLine);
      }
    }
    assertThat(differences)
        .as("%s of %s lines differ", differences.size(), expected.size())
        .isEmpty();
  }

  private void refused(
      Driver driver, Endpoint endpoint, String schema, DriverCase driverCase, int errno) {
    assertThatThrownBy(
            () -> DriverRun.transcript(driver, endpoint, DATABASE, straight, schema, driverCase))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getErrorCode()).as("%s", e).isEqualTo(errno));
  }
}
