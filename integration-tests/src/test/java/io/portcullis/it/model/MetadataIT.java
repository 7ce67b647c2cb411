package io.portcullis.it.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.portcullis.it.harness.BackendExtension;
import io.portcullis.it.harness.Sql;
import io.portcullis.it.harness.TestBackend;
import io.portcullis.it.harness.TestGate;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an ordinary user sees of information_schema: what concerns him, whatever he asks. */
@ExtendWith(BackendExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class MetadataIT {

  private final TestGate gate;
  private Person joe;

  MetadataIT(TestBackend backend) {
    gate = TestGate.start(backend);
  }

  @BeforeAll
  void makeWhatIsSeenAndWhatIsHidden() throws SQLException {
    gate.administer(
        "DROP DATABASE IF EXISTS meta_a",
        "DROP DATABASE IF EXISTS meta_b",
        "CREATE DATABASE meta_a",
        "CREATE DATABASE meta_b",
        "CREATE TABLE meta_b.hidden_parent (id INT PRIMARY KEY)",
        "CREATE TABLE meta_a.seen (id INT PRIMARY KEY, v INT, CONSTRAINT fk_v FOREIGN KEY (v)"
            + " REFERENCES meta_b.hidden_parent (id)) ENGINE=InnoDB",
        "CREATE TABLE meta_a.hidden (hidden_column INT)",
        "CREATE VIEW meta_a.seen_view AS SELECT id FROM meta_a.seen",
        "CREATE VIEW meta_a.hidden_view AS SELECT id FROM meta_a.seen WHERE 'hidden' = 'hidden'",
        "CREATE ROLE meta_role",
        "CREATE ROLE meta_more",
        "GRANT CONNECT ON ACCOUNT * TO meta_role",
        "GRANT SELECT ON TABLE meta_a.seen TO meta_role",
        "GRANT SELECT ON VIEW meta_a.seen_view TO meta_role",
        "GRANT SELECT ON TABLE meta_a.hidden TO meta_more",
        "CREATE USER meta_joe IDENTIFIED BY 'Meta-joe-1' DEFAULT ROLE meta_role",
        "GRANT meta_more TO meta_joe");
    joe = Person.at(gate.user("meta_joe", "Meta-joe-1"), "meta_a");
  }

  @AfterAll
  void clearUp() throws SQLException {
    joe.close();
    gate.administer(
        "DROP DATABASE meta_a",
        "DROP DATABASE meta_b",
        "DROP USER meta_joe",
        "DROP ROLE meta_role, meta_more");
    gate.close();
  }

  /** What MySQL's own programs ask, and its driver. */
  @ParameterizedTest
  @ValueSource(
      strings = {"TABLES_EXTENSIONS", "COLUMNS_EXTENSIONS", "TABLE_CONSTRAINTS_EXTENSIONS"})
  void tablesOfMySqlAloneShowTheSame(String table) throws SQLException {
    assumeFalse(gate.straight().isMariaDb());
    String schema = table.startsWith("TABLE_") ? "CONSTRAINT_SCHEMA" : "TABLE_SCHEMA";
    assertThat(
            joe.reads(
                "SELECT DISTINCT TABLE_NAME FROM information_schema."
                    + table
                    + " WHERE "
                    + schema
                    + " LIKE 'meta%' AND TABLE_NAME NOT LIKE '%view'"))
        .containsExactly("seen");
  }

  @ParameterizedTest
  @ValueSource(strings = {"LIBRARIES", "ROUTINE_LIBRARIES", "COLUMN_STATISTICS"})
  void whatOnlyAskedForIsEmpty(String table) throws SQLException {
    assumeFalse(gate.straight().isMariaDb());
    try (Connection root = gate.straight().connect()) {
      Sql.run(root, "ANALYZE TABLE meta_a.seen UPDATE HISTOGRAM ON v");
      assumeTrue(
          Sql.rows(root, "SHOW TABLES FROM information_schema LIKE '" + table + "'").size() == 1,
          "MySQL has it since 9");
    }
    assertThat(joe.reads("SELECT * FROM information_schema." + table)).isEmpty();
  }

  @Test
  void tablesAreThoseOnWhichSomethingIsHeld() throws SQLException {
    assertThat(
            joe.reads(
                "SELECT table_name FROM information_schema.tables WHERE table_schema LIKE 'meta%'"
                    + " ORDER BY 1"))
        .containsExactly("seen", "seen_view");
    assertThat(
            joe.reads(
                "SELECT c.column_name FROM information_schema.tables t JOIN"
                    + " INFORMATION_SCHEMA.`COLUMNS` c USING (table_schema, table_name) WHERE"
                    + " t.table_schema = DATABASE() AND t.table_type LIKE '%VIEW' ORDER BY 1"))
        .containsExactly("id");
    assertThat(
            joe.reads(
                "SELECT schema_name FROM information_schema.schemata WHERE schema_name LIKE 'meta%'"))
        .containsExactly("meta_a");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT * FROM information_schema.tables",
        "SELECT * FROM information_schema.tables t WHERE 1 OR t.table_name = 'hidden'",
        "SELECT * FROM information_schema.columns",
        "SELECT * FROM information_schema.statistics",
        "SELECT * FROM information_schema.table_constraints",
        "SELECT * FROM information_schema.key_column_usage",
        "SELECT * FROM information_schema.referential_constraints",
        "SELECT * FROM information_schema.partitions",
        "SELECT * FROM information_schema.views",
        "SELECT * FROM information_schema.routines",
        "SELECT * FROM information_schema.triggers",
        "SELECT * FROM information_schema.events",
        "SELECT * FROM information_schema.schemata",
        "SELECT * FROM information_schema.tables UNION ALL SELECT * FROM information_schema.tables",
        "WITH t AS (SELECT * FROM information_schema.columns) SELECT * FROM t",
        "SELECT (SELECT GROUP_CONCAT(table_name) FROM information_schema.tables) AS n",
        "SELECT * FROM (SELECT table_name FROM information_schema.tables) AS x",
        "SELECT * FROM information_schema . /* of all */ tables -- comment",
        "SELECT 1 FROM meta_a.seen RIGHT JOIN information_schema.tables ON table_name = 'hidden'"
            + " WHERE table_name = 'hidden'",
      })
  void noQuestionShowsWhatIsHidden(String sql) throws SQLException {
    List<String> rows = new ArrayList<>(Sql.rows(joe.text(), sql));
    try (PreparedStatement statement = joe.prepared().prepareStatement(sql)) {
      rows.addAll(Sql.rows(statement.executeQuery()));
    }
    assertThat(rows).noneMatch(row -> row.contains("hidden") || row.contains("meta_b"));
    assertThat(rows).noneMatch(row -> row.contains(gate.catalogSchema()));
  }

  @Test
  void identityFunctionsAreAnsweredBesideIt() throws SQLException {
    assertThat(
            joe.reads(
                "SELECT USER() LIKE 'meta_joe@%', t.table_name FROM information_schema.tables t"
                    + " WHERE t.table_schema = 'meta_a' AND t.table_name = 'seen'"))
        .containsExactly("1|seen");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT * FROM information_schema.processlist",
        "SELECT * FROM information_schema.innodb_metrics",
        "SELECT information_schema.tables.table_name FROM information_schema.tables",
        "CREATE TABLE meta_a.copied AS SELECT * FROM information_schema.tables",
        "CREATE VIEW meta_a.copied AS SELECT * FROM information_schema.tables",
        "SELECT * FROM information_schema.tables, meta_a.hidden",
      })
  void whatCannotBeFilteredIsRefused(String sql) {
    assertThatThrownBy(() -> Sql.run(joe.text(), sql)).isInstanceOf(SQLException.class);
  }

  /** The text that was prepared shows what was seen then: it is not executed for another sight. */
  @Test
  void aPreparedStatementIsExecutedWhileTheSightIsTheSame() throws SQLException {
    String sql =
        "SELECT table_name FROM information_schema.tables WHERE table_schema = 'meta_a' ORDER BY 1";
    try (Connection connection =
            gate.user("meta_joe", "Meta-joe-1")
                .connect(
                    "meta_a",
                    Map.of("useServerPrepStmts", "true", "emulateUnsupportedPstmts", "false"));
        PreparedStatement statement = connection.prepareStatement(sql)) {
      assertThat(Sql.rows(statement.executeQuery())).containsExactly("seen", "seen_view");
      gate.administer("CREATE ROLE meta_unrelated", "DROP ROLE meta_unrelated");
      assertThat(Sql.rows(statement.executeQuery())).containsExactly("seen", "seen_view");
      Sql.run(connection, "SET ROLE meta_more");
      assertThatThrownBy(statement::executeQuery)
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getErrorCode()).isEqualTo(1615));
      try (PreparedStatement again = connection.prepareStatement(sql)) {
        assertThat(Sql.rows(again.executeQuery())).containsExactly("hidden");
      }
    }
  }

  @Test
  void theAdministratorSeesAll() throws SQLException {
    try (Person administrator = Person.at(gate.administrator())) {
      assertThat(
              administrator.reads(
                  "SELECT table_name FROM information_schema.tables WHERE table_schema IN"
                      + " ('meta_a', 'meta_b') ORDER BY 1"))
          .containsExactly("hidden", "hidden_parent", "hidden_view", "seen", "seen_view");
    }
  }
}
