package io.portcullis.it.harness;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Short forms for what tests do with a connection. */
public final class Sql {

  private Sql() {}

  public static void run(Connection connection, String... statements) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  /** Rows as text, columns joined by {@code |}; NULL is {@code null}. */
  public static List<String> rows(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      return rows(rows);
    }
  }

  public static List<String> rows(ResultSet rows) throws SQLException {
    List<String> result = new ArrayList<>();
    int columns = rows.getMetaData().getColumnCount();
    while (rows.next()) {
      StringBuilder line = new StringBuilder();
      for (int i = 1; i <= columns; i++) {
        line.append(i == 1 ? "" : "|").append(rows.getString(i));
      }
      result.add(line.toString());
    }
    return result;
  }

  public static String value(Connection connection, String sql) throws SQLException {
    return rows(connection, sql).get(0);
  }

  public static long number(Connection connection, String sql) throws SQLException {
    return Long.parseLong(value(connection, sql));
  }
}
