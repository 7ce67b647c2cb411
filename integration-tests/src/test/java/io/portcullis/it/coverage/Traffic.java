package io.portcullis.it.coverage;

import io.portcullis.embedded.EmbeddedBackend;
import io.portcullis.it.harness.Endpoint;
import io.portcullis.it.harness.Sql;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Writes down what applications send to an embedded server: every text in its general log, in the
 * order sent. A server notes a text before it looks at it, so those that failed are there too.
 */
final class Traffic {

  private Traffic() {}

  /**
   * Until the standard input ends.
   *
   * @param name of the application, as it appears in the record
   */
  static void record(Path work, Path output, String name) throws IOException {
    Path directory = Files.createTempDirectory(Files.createDirectories(work), "traffic-");
    try (EmbeddedBackend server =
        EmbeddedBackend.start(
            EmbeddedBackend.Settings.in(directory)
                .withServerOptions("--general-log=1", "--log-output=TABLE"))) {
      Endpoint endpoint =
          new Endpoint("straight", server.host(), server.port(), server.user(), server.password());
      System.out.println(endpoint.host() + ":" + endpoint.port() + ":" + endpoint.user());
      System.out.println(endpoint.password());
      System.out.flush();
      while (System.in.read() >= 0) {
        // whoever started this ends it
      }
      write(endpoint, output, name);
    } catch (SQLException e) {
      throw new IOException("the general log could not be read", e);
    }
    ServerSuite.delete(directory);
  }

  private static void write(Endpoint server, Path output, String name)
      throws SQLException, IOException {
    try (Connection connection = server.connect();
        BufferedWriter writer = Files.newBufferedWriter(output)) {
      String mode = Sql.value(connection, "SELECT @@global.sql_mode");
      Sql.run(connection, "SET GLOBAL general_log = 0");
      try (Statement statement = connection.createStatement()) {
        statement.setFetchSize(Integer.MIN_VALUE); // some texts are as long as a packet may be
        try (ResultSet rows =
            statement.executeQuery(
                "SELECT CONVERT(argument USING utf8mb4) FROM mysql.general_log"
                    + " WHERE command_type IN ('Query', 'Prepare') AND thread_id <>"
                    + " CONNECTION_ID() ORDER BY event_time")) {
          while (rows.next()) {
            writer.write(
                new Accepted("traffic", name, mode, "utf8mb4", rows.getString(1)).toLine());
            writer.newLine();
          }
        }
      }
    }
  }
}
