package io.portcullis.it.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portcullis.it.harness.BackendExtension;
import io.portcullis.it.harness.Endpoint;
import io.portcullis.it.harness.Sql;
import io.portcullis.it.harness.TestBackend;
import io.portcullis.it.harness.TestGate;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Who may create tables can hide one behind a temporary table of its name, and who may create views
 * can put one before it: neither opens the table that is hidden.
 */
@ExtendWith(BackendExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class HiddenTablesIT {

  private static final String SECRET = "SELECT * FROM hide_a.secret";

  private final TestGate gate;
  private final Endpoint straight;

  HiddenTablesIT(TestBackend backend) {
    gate = TestGate.start(backend);
    straight = backend.endpoint();
  }

  @BeforeAll
  void makeTheSecret() throws SQLException {
    gate.administer(
        "DROP DATABASE IF EXISTS hide_a",
        "DROP DATABASE IF EXISTS hide_b",
        "CREATE DATABASE hide_a",
        "CREATE DATABASE hide_b",
        "CREATE TABLE hide_a.secret (a INT)",
        "INSERT INTO hide_a.secret VALUES (42)",
        "CREATE TABLE hide_a.shared (a INT)",
        "INSERT INTO hide_a.shared VALUES (7)",
        "CREATE ROLE hide_role",
        "GRANT CONNECT ON ACCOUNT * TO hide_role",
        "GRANT CREATE TABLE, CREATE VIEW, DROP TABLE, ALTER TABLE ON DATABASE hide_a TO hide_role",
        "GRANT CREATE TABLE ON DATABASE hide_b TO hide_role",
        "GRANT SELECT ON TABLE hide_a.shared TO hide_role",
        "CREATE USER hide IDENTIFIED BY 'Hide-team-1' DEFAULT ROLE hide_role");
  }

  @AfterAll
  void clearUp() throws SQLException {
    gate.administer("DROP DATABASE hide_a", "DROP DATABASE hide_b");
    gate.close();
  }

  private Connection connect(String database) throws SQLException {
    return gate.user("hide", "Hide-team-1")
        .connect(
            database, Map.of("useServerPrepStmts", "true", "emulateUnsupportedPstmts", "false"));
  }

  private static void refused(Connection connection, String sql, int errno) {
    assertThatThrownBy(() -> Sql.run(connection, sql))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getErrorCode()).as(sql).isEqualTo(errno));
  }

  @Test
  void aTemporaryTableIsWhereItWasPrepared() throws SQLException {
    try (Connection hide = connect("hide_b");
        PreparedStatement create = hide.prepareStatement("CREATE TEMPORARY TABLE secret (a INT)")) {
      Sql.run(hide, "USE hide_a");
      create.execute();
      assertThat(Sql.rows(hide, "SELECT * FROM hide_b.secret")).isEmpty();
      refused(hide, SECRET, 1142);
      refused(hide, "INSERT INTO secret VALUES (1)", 1142);
    }
  }

  @Test
  void aTemporaryTableIsDroppedWhereThatWasPrepared() throws SQLException {
    try (Connection hide = connect("hide_a")) {
      Sql.run(hide, "CREATE TEMPORARY TABLE secret (a INT)");
      try (PreparedStatement drop = hide.prepareStatement("DROP TEMPORARY TABLE secret")) {
        assertThat(Sql.rows(hide, SECRET)).isEmpty();
        Sql.run(hide, "USE hide_b");
        drop.execute();
      }
      refused(hide, SECRET, 1142);
    }
  }

  @Test
  void aTemporaryTableThatCouldNotBeReplacedMayBeGone() throws SQLException {
    try (Connection hide = connect("hide_a")) {
      Sql.run(hide, "CREATE TEMPORARY TABLE secret (a INT)");
      assertThatThrownBy(
              () ->
                  Sql.run(
                      hide,
                      "CREATE OR REPLACE TEMPORARY TABLE secret (a INT PRIMARY KEY)"
                          + " SELECT 1 AS a UNION ALL SELECT 1"))
          .isInstanceOf(SQLException.class);
      refused(hide, SECRET, 1142);
    }
  }

  @Test
  void aTemporaryTableIsNotRenamed() throws SQLException {
    try (Connection hide = connect("hide_a")) {
      Sql.run(hide, "CREATE TEMPORARY TABLE secret (a INT)");
      refused(hide, "RENAME TABLE secret TO mine", 1235);
      refused(hide, "ALTER TABLE secret RENAME TO mine", 1235);
      assertThat(Sql.rows(hide, SECRET)).isEmpty();
    }
  }

  @Test
  void droppingATemporaryTableLeavesTheGrantsOfThePermanentOne() throws SQLException {
    try (Connection hide = connect("hide_a")) {
      Sql.run(hide, "CREATE TEMPORARY TABLE shared (a INT)", "DROP TABLE shared");
      assertThat(Sql.rows(hide, "SELECT * FROM shared")).containsExactly("7");
    }
  }

  @Test
  void temporaryTablesAreForgottenWithTheConnectionThatHeldThem() throws SQLException {
    try (Connection hide = connect("hide_a")) {
      Sql.run(
          hide,
          "CREATE TEMPORARY TABLE secret (a INT)",
          "START TRANSACTION",
          "INSERT INTO secret VALUES (1)");
      try (Connection backend = straight.connect("")) {
        for (String id :
            Sql.rows(
                backend, "SELECT id FROM information_schema.processlist WHERE db = 'hide_a'")) {
          Sql.run(backend, "KILL " + id);
        }
      }
      assertThatThrownBy(() -> Sql.run(hide, "SET ROLE hide_role"))
          .isInstanceOf(SQLException.class);
      assertThatThrownBy(() -> Sql.rows(hide, SECRET)).isInstanceOf(SQLException.class);
    }
  }

  @Test
  void aViewIsNoWayToChangeItsTable() throws SQLException {
    try (Connection hide = connect("hide_a")) {
      Sql.run(hide, "CREATE VIEW mine AS SELECT * FROM shared");
      assertThat(Sql.rows(hide, "SELECT * FROM mine")).containsExactly("7");
      refused(hide, "UPDATE mine SET a = 8", 1356);
      refused(hide, "DELETE FROM mine", 1356);
      refused(hide, "INSERT INTO mine VALUES (8)", 1356);
      refused(hide, "LOCK TABLES mine WRITE", 1356);
      Sql.run(hide, "DROP VIEW mine");
    }
  }
}
