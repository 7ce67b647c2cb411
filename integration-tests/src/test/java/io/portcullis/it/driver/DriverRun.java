package io.portcullis.it.driver;

import io.portcullis.it.harness.Endpoint;
import io.portcullis.it.harness.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/** One case with one driver at one endpoint. */
final class DriverRun {

  private DriverRun() {}

  /**
   * @param straight the way to clear up after a case that failed
   * @param schema what the database is called there
   */
  static List<String> transcript(
      Driver driver,
      Endpoint endpoint,
      String database,
      Endpoint straight,
      String schema,
      DriverCase driverCase)
      throws SQLException {
    Transcript transcript = new Transcript();
    boolean done = false;
    try (Connection connection = driver.connect(endpoint, database, Map.of())) {
      driverCase.run(new DriverCase.Client(driver, endpoint, database, connection), transcript);
      done = true;
    } finally {
      if (!done) {
        clear(straight, schema);
      }
    }
    return transcript.lines();
  }

  private static void clear(Endpoint straight, String database) throws SQLException {
    try (Connection connection = straight.connect(database)) {
      Sql.run(connection, "SET FOREIGN_KEY_CHECKS = 0");
      for (String row : Sql.rows(connection, "SHOW FULL TABLES")) {
        String[] nameAndType = row.split("\\|", 2);
        Sql.run(
            connection,
            (nameAndType[1].equals("VIEW") ? "DROP VIEW `" : "DROP TABLE `")
                + nameAndType[0]
                + "`");
      }
    }
  }
}
