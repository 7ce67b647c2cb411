package io.portcullis.it.driver;

import io.portcullis.it.harness.Endpoint;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;

/** One thing programs do with a driver; works in one database that it leaves as it found it. */
interface DriverCase {

  void run(Client client, Transcript transcript) throws SQLException;

  /** What a case may use: an open connection in the database, and more of the same kind. */
  record Client(Driver driver, Endpoint endpoint, String database, Connection connection) {

    Connection another(Map<String, String> options) throws SQLException {
      return driver.connect(endpoint, database, options);
    }
  }
}
