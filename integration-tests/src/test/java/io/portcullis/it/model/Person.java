package io.portcullis.it.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.portcullis.it.harness.Endpoint;
import io.portcullis.it.harness.Sql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Somebody at the gate with two sessions open, one that sends texts and one that prepares. What is
 * refused must be refused in both.
 */
final class Person implements AutoCloseable {

  private final Connection text;
  private final Connection prepared;

  private Person(Connection text, Connection prepared) {
    this.text = text;
    this.prepared = prepared;
  }

  static Person at(Endpoint endpoint) throws SQLException {
    return at(endpoint, "");
  }

  static Person at(Endpoint endpoint, String database) throws SQLException {
    return new Person(
        endpoint.connect(database),
        endpoint.connect(
            database, Map.of("useServerPrepStmts", "true", "emulateUnsupportedPstmts", "false")));
  }

  Connection text() {
    return text;
  }

  Connection prepared() {
    return prepared;
  }

  /** Runs it in both sessions: SET ROLE, USE and the like. */
  Person does(String... statements) throws SQLException {
    Sql.run(text, statements);
    Sql.run(prepared, statements);
    return this;
  }

  /** Runs each once, as text. */
  void may(String... statements) throws SQLException {
    for (String sql : statements) {
      try {
        Sql.run(text, sql);
      } catch (SQLException e) {
        throw new SQLException(sql + " -> " + e.getMessage(), e.getSQLState(), e.getErrorCode(), e);
      }
    }
  }

  /** Reads it as text and prepared; both must give the same rows, which are returned. */
  List<String> reads(String sql) throws SQLException {
    List<String> rows = Sql.rows(text, sql);
    try (PreparedStatement statement = prepared.prepareStatement(sql)) {
      assertThat(Sql.rows(statement.executeQuery())).as("prepared: %s", sql).isEqualTo(rows);
    }
    return rows;
  }

  /** Refused in both sessions with one of these numbers, state 42000, and the words in the text. */
  void mayNot(Refused refused, String sql, String... words) {
    check(refused, "text", sql, () -> Sql.run(text, sql), words);
    if (preparable(sql)) {
      check(
          refused,
          "prepared",
          sql,
          () -> {
            try (PreparedStatement statement = prepared.prepareStatement(sql)) {
              statement.execute();
            }
          },
          words);
    }
  }

  private static boolean preparable(String sql) {
    return List.of("SELECT", "INSERT", "UPDATE", "DELETE", "REPLACE", "WITH")
        .contains(sql.split("\\s", 2)[0]);
  }

  /** The hints of SHOW WARNINGS after this refusal in the session of texts. */
  List<String> hints(String sql) throws SQLException {
    try {
      Sql.run(text, sql);
    } catch (SQLException e) {
      List<String> hints = new ArrayList<>();
      for (String row : Sql.rows(text, "SHOW WARNINGS")) {
        hints.add(row.split("\\|", 3)[2]);
      }
      return hints;
    }
    return fail("not refused: " + sql);
  }

  private static void check(
      Refused refused, String how, String sql, Action action, String... words) {
    try {
      action.run();
    } catch (SQLException e) {
      assertThat(e.getErrorCode())
          .as("%s: %s -> %s", how, sql, e.getMessage())
          .isEqualTo(refused.errno());
      assertThat(e.getSQLState()).as("%s: %s", how, sql).isEqualTo(refused.sqlState());
      assertThat(e.getMessage())
          .as("%s: %s", how, sql)
          .satisfies(text -> assertThat(List.of(words)).allMatch(text::contains));
      return;
    }
    fail("not refused (" + how + "): " + sql);
  }

  @Override
  public void close() throws SQLException {
    try (Connection first = text;
        Connection second = prepared) {
      assertThat(first.isClosed() && second.isClosed()).as("closed before").isFalse();
    }
  }

  private interface Action {
    void run() throws SQLException;
  }
}
