package io.portcullis.it.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.mysql.cj.jdbc.JdbcStatement;
import io.portcullis.it.harness.BackendExtension;
import io.portcullis.it.harness.Sql;
import io.portcullis.it.harness.TestBackend;
import io.portcullis.it.harness.TestGate;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Attributes reach a MySQL with the statement they were sent with, and no other; read with the
 * function of its component {@code query_attributes}.
 */
@ExtendWith(BackendExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class QueryAttributesIT {

  private static final String TRACE = "SELECT mysql_query_attribute_string('trace')";

  private final TestBackend backend;
  private final TestGate gate;

  QueryAttributesIT(TestBackend backend) {
    this.backend = backend;
    this.gate = TestGate.start(backend);
  }

  @BeforeAll
  void installComponent() throws SQLException {
    assumeFalse(backend.endpoint().isMariaDb(), "skipped: query attributes are MySQL's");
    try (Connection root = backend.endpoint().connect()) {
      Sql.run(root, "INSTALL COMPONENT 'file://component_query_attributes'");
    } catch (SQLException e) {
      abort("skipped: the server has no component query_attributes: " + e.getMessage());
    }
  }

  @AfterAll
  void uninstallComponent() throws SQLException {
    if (!backend.endpoint().isMariaDb()) {
      try (Connection root = backend.endpoint().connect()) {
        Sql.run(root, "UNINSTALL COMPONENT 'file://component_query_attributes'");
      }
    }
    gate.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"DISABLED", "REQUIRED"})
  void attributesOfATextReachTheServer(String tls) throws SQLException {
    try (Connection connection = gate.administrator().connect("", Map.of("sslMode", tls));
        Statement statement = connection.createStatement()) {
      assertThat(one(statement, TRACE)).isNull();
      ((JdbcStatement) statement).setAttribute("trace", "0af7");
      ((JdbcStatement) statement).setAttribute("depth", 7);
      ((JdbcStatement) statement).setAttribute("nothing", null);
      assertThat(one(statement, TRACE)).isEqualTo("0af7");
      assertThat(one(statement, "SELECT mysql_query_attribute_string('depth')")).isEqualTo("7");
      // Rewritten on the way.
      assertThat(
              one(
                  statement,
                  "SELECT CONCAT(SUBSTRING_INDEX(USER(), '@', 1), mysql_query_attribute_string('trace'))"))
          .isEqualTo(TestGate.ADMINISTRATOR + "0af7");
      ((JdbcStatement) statement).clearAttributes();
      assertThat(one(statement, TRACE)).isNull();
    }
  }

  @Test
  void attributesOfAPreparedStatementReachTheServer() throws SQLException {
    try (Connection connection =
            gate.administrator().connect("", Map.of("useServerPrepStmts", "true"));
        PreparedStatement statement =
            connection.prepareStatement("SELECT ?, mysql_query_attribute_string('trace')")) {
      statement.setString(1, "x");
      ((JdbcStatement) statement).setAttribute("trace", "0af7");
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        assertThat(row.getString(1)).isEqualTo("x");
        assertThat(row.getString(2)).isEqualTo("0af7");
      }
      ((JdbcStatement) statement).clearAttributes();
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        assertThat(row.getString(2)).isNull();
      }
    }
  }

  @Test
  void attributesOfSeveralStatementsReachEach() throws SQLException {
    try (Connection connection =
            gate.administrator().connect("", Map.of("allowMultiQueries", "true"));
        Statement statement = connection.createStatement()) {
      ((JdbcStatement) statement).setAttribute("trace", "0af7");
      assertThat(statement.execute("DO 1; " + TRACE)).isFalse();
      assertThat(statement.getMoreResults()).isTrue();
      try (ResultSet row = statement.getResultSet()) {
        row.next();
        assertThat(row.getString(1)).isEqualTo("0af7");
      }
    }
  }

  private static String one(Statement statement, String sql) throws SQLException {
    try (ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }
}
