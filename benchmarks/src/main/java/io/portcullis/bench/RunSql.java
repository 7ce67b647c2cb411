package io.portcullis.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;

/** Runs the statements of standard input, one a line: what a bench needs of a client program. */
final class RunSql {

  private RunSql() {}

  public static void main(String[] arguments) throws IOException, SQLException {
    Properties login = new Properties();
    login.setProperty("user", arguments[2]);
    String password = System.getenv("PORTCULLIS_BENCH_PASSWORD");
    login.setProperty("password", password == null ? "" : password);
    login.setProperty("allowPublicKeyRetrieval", "true");
    String url = "jdbc:mysql://" + arguments[0] + ":" + arguments[1] + "/";
    try (Connection connection = DriverManager.getConnection(url, login);
        Statement statement = connection.createStatement();
        BufferedReader in =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (String sql = in.readLine(); sql != null; sql = in.readLine()) {
        if (!sql.isBlank()) {
          statement.execute(sql);
        }
      }
    }
  }
}
