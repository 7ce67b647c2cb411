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
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * {@code mo_catalog} as the current database (PM 8): a name without a database is a table of it or
 * nothing, though the connection behind is in another database.
 */
@ExtendWith(BackendExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class CurrentCatalogIT {

  private static final String PASSWORD = "Curr-ent-1";

  private final TestGate gate;

  CurrentCatalogIT(TestBackend backend) {
    gate = TestGate.start(backend);
  }

  @BeforeAll
  void makeUsers() throws SQLException {
    gate.administer(
        "DROP DATABASE IF EXISTS cur_db",
        "CREATE DATABASE cur_db",
        "CREATE TABLE cur_db.people (name VARCHAR(50))",
        "INSERT INTO cur_db.people VALUES ('cur_joe')",
        "CREATE ROLE cur_role",
        "GRANT CONNECT ON ACCOUNT * TO cur_role",
        "GRANT SELECT ON TABLE cur_db.people TO cur_role",
        "CREATE USER cur_joe IDENTIFIED BY 'Curr-ent-1' DEFAULT ROLE cur_role",
        "CREATE ROLE cur_empty",
        "CREATE USER cur_poor IDENTIFIED BY 'Curr-ent-1' DEFAULT ROLE cur_empty",
        "CREATE ACCOUNT cur_account ADMIN_NAME 'boss' IDENTIFIED BY 'Curr-ent-1'");
    try (Connection boss = boss().connect()) {
      Sql.run(
          boss,
          "CREATE DATABASE cur_db",
          "CREATE TABLE cur_db.people (name VARCHAR(50))",
          "INSERT INTO cur_db.people VALUES ('boss')",
          "CREATE ROLE cur_theirs");
    }
  }

  @AfterAll
  void clearUp() throws SQLException {
    gate.administer(
        "DROP ACCOUNT cur_account",
        "DROP USER cur_joe, cur_poor",
        "DROP ROLE cur_role, cur_empty",
        "DROP DATABASE cur_db");
    gate.close();
  }

  private Endpoint joe() {
    return gate.user("cur_joe", PASSWORD);
  }

  private Endpoint boss() {
    return gate.user("cur_account:boss", PASSWORD);
  }

  private static int errno(Connection connection, String sql) {
    try {
      Sql.run(connection, sql);
      return 0;
    } catch (SQLException e) {
      return e.getErrorCode();
    }
  }

  @Test
  void aNameIsATableOfItForEverybodyAsWithTheDatabase() throws SQLException {
    try (Person root = Person.at(gate.administrator()).does("USE mo_catalog");
        Person joe = Person.at(joe()).does("USE mo_catalog");
        Person boss = Person.at(boss()).does("USE mo_catalog")) {
      String users = "SELECT user_name FROM mo_user WHERE user_name LIKE 'cur%' ORDER BY 1";
      assertThat(root.reads(users)).containsExactly("cur_joe", "cur_poor");
      assertThat(joe.reads(users)).containsExactly("cur_joe");
      assertThat(boss.reads("SELECT user_name FROM mo_user")).containsExactly("boss");
      for (Person person : List.of(root, joe, boss)) {
        assertThat(person.reads("SELECT role_name FROM mo_role ORDER BY 1"))
            .isEqualTo(person.reads("SELECT role_name FROM mo_catalog.mo_role ORDER BY 1"));
      }
      String counted =
          "SELECT COUNT(*) FROM mo_user_grant, mo_user u, mo_role WHERE mo_user_grant.user_id ="
              + " u.user_id AND mo_role.role_id = mo_user_grant.role_id AND role_name = 'cur_role'";
      assertThat(root.reads(counted)).containsExactly("1");
      assertThat(boss.reads(counted)).containsExactly("0");
      String joined =
          "SELECT p.name FROM cur_db.people p LEFT JOIN mo_user ON user_name = p.name WHERE p.name"
              + " IN (SELECT user_name FROM mo_catalog.mo_user)";
      assertThat(joe.reads(joined)).containsExactly("cur_joe");
      assertThat(boss.reads(joined)).containsExactly("boss");
    }
  }

  @Test
  void noOtherNameMeansAnything() throws SQLException {
    try (Person root = Person.at(gate.administrator(), "cur_db");
        Person joe = Person.at(joe(), "cur_db");
        Person boss = Person.at(boss(), "cur_db")) {
      String sql = "SELECT COUNT(*) FROM people";
      assertThat(joe.reads(sql)).containsExactly("1");
      root.does("USE mo_catalog");
      joe.does("USE mo_catalog");
      boss.does("USE mo_catalog");
      for (String table : List.of("people", "tables", "schemata", "`TABLES`", "mo_nothing")) {
        String read = "SELECT COUNT(*) FROM " + table;
        root.mayNot(Refused.NO_SUCH_TABLE, read, "mo_catalog.");
        boss.mayNot(Refused.NO_SUCH_TABLE, read, "mo_catalog.");
        joe.mayNot(Refused.TABLE, read);
      }
      for (Person person : List.of(root, joe, boss)) {
        for (String written :
            List.of(
                "INSERT INTO mo_user_grant (role_id, user_id) VALUES (0, 1)",
                "DELETE FROM mo_user",
                "UPDATE mo_user SET status = 'unlock'",
                "TRUNCATE TABLE mo_user",
                "DROP TABLE mo_user",
                "CREATE TABLE t (a INT)",
                "CREATE TEMPORARY TABLE t (a INT)",
                "CREATE VIEW v AS SELECT 1",
                "CREATE PROCEDURE p() SELECT 1",
                "ALTER DATABASE CHARACTER SET latin1")) {
          assertThat(errno(person.text(), written)).as(written).isEqualTo(1044);
        }
        assertThat(errno(person.text(), "PREPARE s FROM 'SELECT * FROM mo_user'")).isEqualTo(1235);
        assertThat(person.reads("SELECT COUNT(*) FROM cur_db.people")).containsExactly("1");
      }
      joe.does("USE cur_db");
      assertThat(joe.reads(sql)).containsExactly("1");
    }
  }

  @Test
  void everyWayInIsTheSame() throws SQLException {
    for (Endpoint endpoint : List.of(gate.administrator(), joe(), boss())) {
      try (Connection connection = endpoint.connect("mo_catalog");
          Connection other = endpoint.connectMariaDb("mo_catalog", Map.of("sslMode", "trust"))) {
        for (Connection each : List.of(connection, other)) {
          for (String database : List.of("cur_db", "mo_catalog")) {
            assertThat(Sql.value(each, "SELECT COUNT(*) > 0 FROM mo_role")).isEqualTo("1");
            assertThat(Sql.value(each, "SELECT DATABASE()")).isEqualTo("mo_catalog");
            assertThat(Sql.value(each, "SELECT CONCAT(SCHEMA(), '.x')")).isEqualTo("mo_catalog.x");
            assertThat(each.getCatalog()).isEqualTo("mo_catalog");
            assertThat(errno(each, "SELECT * FROM people")).isIn(1142, 1146);
            each.setCatalog("cur_db");
            assertThat(Sql.value(each, "SELECT DATABASE()")).isEqualTo("cur_db");
            assertThat(each.getCatalog()).isEqualTo("cur_db");
            assertThat(Sql.value(each, "SELECT COUNT(*) FROM people")).isEqualTo("1");
            if (database.equals("cur_db")) {
              each.setCatalog("mo_catalog");
            } else {
              Sql.run(each, "USE MO_CATALOG");
            }
          }
        }
      }
    }
    Endpoint poor = gate.user("cur_poor", PASSWORD);
    assertThatThrownBy(() -> poor.connect("mo_catalog").close())
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getErrorCode()).isEqualTo(1044));
    try (Connection connection = poor.connect()) {
      assertThat(errno(connection, "USE mo_catalog")).isEqualTo(1044);
      assertThat(errno(connection, "SHOW TABLES")).isEqualTo(1046);
    }
  }

  @Test
  void itIsListedAndDescribed() throws SQLException {
    try (Connection connection = joe().connect("mo_catalog")) {
      assertThat(Sql.rows(connection, "SHOW TABLES"))
          .isEqualTo(Sql.rows(connection, "SHOW TABLES FROM mo_catalog"))
          .contains("mo_user", "mo_role");
      assertThat(Sql.rows(connection, "SHOW TABLES LIKE 'mo_user%'"))
          .containsExactly(
              "mo_user", "mo_user_defined_function", "mo_user_grant", "mo_user_mapping");
      assertThat(Sql.rows(connection, "DESCRIBE mo_user_grant"))
          .isEqualTo(Sql.rows(connection, "DESCRIBE mo_catalog.mo_user_grant"));
      assertThat(Sql.rows(connection, "SHOW COLUMNS FROM mo_role LIKE 'owner'")).hasSize(1);
      assertThat(Sql.rows(connection, "SHOW TABLE STATUS"))
          .hasSameSizeAs(Sql.rows(connection, "SHOW TABLES"));
      assertThat(errno(connection, "DESCRIBE people")).isEqualTo(1142);
      assertThat(
              Sql.value(connection, "SELECT db FROM mo_sessions WHERE conn_id = CONNECTION_ID()"))
          .isEqualTo("mo_catalog");
    }
  }

  @Test
  void whatIsPreparedStaysWhereItWas() throws SQLException {
    try (Connection connection =
        joe()
            .connect(
                "mo_catalog",
                Map.of("useServerPrepStmts", "true", "emulateUnsupportedPstmts", "false"))) {
      try (PreparedStatement ofCatalog =
          connection.prepareStatement("SELECT DATABASE(), user_name FROM mo_user")) {
        connection.setCatalog("cur_db");
        assertThat(Sql.rows(ofCatalog.executeQuery())).containsExactly("mo_catalog|cur_joe");
        try (PreparedStatement ofShop = connection.prepareStatement("SELECT name FROM people")) {
          Sql.run(connection, "PREPARE s FROM 'SELECT name FROM people'");
          connection.setCatalog("mo_catalog");
          assertThat(Sql.rows(ofShop.executeQuery())).containsExactly("cur_joe");
          assertThat(Sql.rows(connection, "EXECUTE s")).containsExactly("cur_joe");
          assertThat(Sql.rows(ofCatalog.executeQuery())).containsExactly("mo_catalog|cur_joe");
        }
      }
    }
  }

  /** A routine is in a database of its own, wherever it is made and called. */
  @Test
  void routinesOfOtherDatabasesAreMadeAndCalled() throws SQLException {
    try (Connection root = gate.administrator().connect("mo_catalog")) {
      Sql.run(
          root,
          "DROP PROCEDURE IF EXISTS cur_db.cur_count",
          "CREATE PROCEDURE cur_db.cur_count() SELECT COUNT(*), DATABASE() FROM people");
      assertThat(Sql.rows(root, "CALL cur_db.cur_count()")).containsExactly("1|cur_db");
      assertThat(errno(root, "CALL cur_count()")).isIn(1305, 1370, 1044);
      assertThat(Sql.value(root, "SELECT DATABASE()")).isEqualTo("mo_catalog");
      Sql.run(root, "DROP PROCEDURE cur_db.cur_count");
    }
  }
}
