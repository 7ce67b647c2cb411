package io.portcullis.it.driver;

import io.portcullis.it.harness.BackendExtension;
import io.portcullis.it.harness.Endpoint;
import io.portcullis.it.harness.Sql;
import io.portcullis.it.harness.TestBackend;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;

/** The suite straight to the server: shows that it is right before anything stands between. */
@ExtendWith(BackendExtension.class)
final class StraightDriverIT {

  @TestFactory
  Stream<DynamicContainer> everyCaseWorksStraight(TestBackend backend) throws SQLException {
    Endpoint endpoint = backend.endpoint();
    try (Connection connection = endpoint.connect()) {
      Sql.run(connection, "DROP DATABASE IF EXISTS drv_straight", "CREATE DATABASE drv_straight");
    }
    return Stream.of(Driver.values())
        .map(
            driver ->
                DynamicContainer.dynamicContainer(
                    driver.toString(),
                    DriverCases.of(driver).entrySet().stream()
                        .map(
                            each ->
                                DynamicTest.dynamicTest(
                                    each.getKey(),
                                    () ->
                                        DriverRun.transcript(
                                            driver,
                                            endpoint,
                                            "drv_straight",
                                            endpoint,
                                            "drv_straight",
                                            each.getValue())))));
  }
}
