package io.portcullis.it.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.portcullis.it.harness.BackendExtension;
import io.portcullis.it.harness.Endpoint;
import io.portcullis.it.harness.Sql;
import io.portcullis.it.harness.TestBackend;
import io.portcullis.it.harness.TestGate;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code mo_catalog} and the role views of information_schema (PM 8): who sees what of them. */
@ExtendWith(BackendExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class CatalogViewsIT {

  private static final String PASSWORD = "Seen-by-1";

  private final TestGate gate;
  private Person administrator;
  private Person joe;
  private Person reader;

  CatalogViewsIT(TestBackend backend) {
    gate = TestGate.start(backend);
  }

  @BeforeAll
  void makeUsersAndRoles() throws SQLException {
    gate.administer(
        "DROP DATABASE IF EXISTS seen_db",
        "CREATE DATABASE seen_db",
        "CREATE TABLE seen_db.people (name VARCHAR(50) CHARACTER SET latin1, note VARCHAR(50)"
            + " CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci)",
        "INSERT INTO seen_db.people VALUES ('seen_joe', 'seen_joe'), ('seen_eve', 'x')",
        "CREATE TABLE seen_db.copied (id INT, name VARCHAR(300))",
        "CREATE ROLE seen_base, seen_other",
        "CREATE ROLE seen_role COMMENT 'of the test'",
        "GRANT seen_base TO seen_role",
        "GRANT CONNECT ON ACCOUNT * TO seen_role",
        "GRANT SELECT ON TABLE seen_db.people TO seen_base",
        "GRANT SHOW TABLES ON DATABASE seen_db TO seen_base WITH GRANT OPTION",
        "GRANT INSERT ON TABLE seen_db.* TO seen_other",
        "CREATE USER seen_joe IDENTIFIED BY 'Seen-by-1' DEFAULT ROLE seen_role ATTRIBUTE"
            + " '{\"department\":\"Engineering\",\"full_name\":\"Zo\u00eb \\\\\\\"Q\\\\\\\" O\\'Neil\"}'",
        "CREATE USER seen_eve IDENTIFIED BY 'Seen-by-1' COMMENT 'of nobody'",
        "CREATE USER seen_reader IDENTIFIED BY 'Seen-by-1'",
        "GRANT seen_other TO seen_eve WITH ADMIN OPTION",
        "GRANT SELECT ON seen_db.people TO seen_eve",
        "GRANT SELECT ON TABLE mo_catalog.mo_user TO USER seen_reader");
    administrator = Person.at(gate.administrator(), "seen_db");
    joe = Person.at(gate.user("seen_joe", PASSWORD), "seen_db");
    reader = Person.at(gate.user("seen_reader", PASSWORD));
  }

  @AfterAll
  void clearUp() throws SQLException {
    administrator.close();
    joe.close();
    reader.close();
    gate.administer(
        "DROP USER seen_joe, seen_eve, seen_reader",
        "DROP ROLE seen_base, seen_role, seen_other",
        "DROP DATABASE seen_db");
    gate.close();
  }

  @Test
  void usersAreOnesOwnAndForAdministratorsAll() throws SQLException {
    String sql =
        "SELECT user_name, status, is_locked FROM mo_catalog.mo_user WHERE user_name LIKE 'seen%'"
            + " ORDER BY 1";
    assertThat(administrator.reads(sql))
        .containsExactly("seen_eve|unlock|0", "seen_joe|unlock|0", "seen_reader|unlock|0");
    assertThat(joe.reads(sql)).containsExactly("seen_joe|unlock|0");
    assertThat(reader.reads(sql)).hasSize(3);
  }

  @Test
  void verifiersAreShownToNobody() throws SQLException {
    String sql =
        "SELECT COUNT(*) FROM mo_catalog.mo_user WHERE authentication_string IS NOT NULL OR"
            + " password_history IS NOT NULL";
    assertThat(administrator.reads(sql)).containsExactly("0");
    assertThat(reader.reads(sql)).containsExactly("0");
  }

  @Test
  void rolesAreThoseHeldAndForAdministratorsAll() throws SQLException {
    String sql = "SELECT role_name FROM mo_catalog.mo_role WHERE role_name LIKE 'seen%' ORDER BY 1";
    assertThat(administrator.reads(sql)).containsExactly("seen_base", "seen_other", "seen_role");
    assertThat(joe.reads(sql)).containsExactly("seen_base", "seen_role");
    assertThat(reader.reads(sql)).isEmpty();
  }

  @Test
  void privateRolesAreNoRoles() throws SQLException {
    assertThat(
            administrator.reads(
                "SELECT COUNT(*) FROM mo_catalog.mo_role_privs p LEFT JOIN mo_catalog.mo_role r ON"
                    + " r.role_id = p.role_id WHERE r.role_id IS NULL"))
        .containsExactly("0");
    assertThat(
            administrator.reads(
                "SELECT grantee, table_name, privilege_type FROM"
                    + " information_schema.table_privileges WHERE table_schema = 'seen_db' AND"
                    + " grantee LIKE '%eve%'"))
        .containsExactly("'seen_eve'@'localhost'|people|SELECT");
    assertThat(
            administrator.reads(
                "SELECT role_name, via_role, database_name, object_name, privilege_name FROM"
                    + " mo_catalog.mo_effective_privs WHERE user_name = 'seen_eve' AND role_name IS"
                    + " NULL"))
        .containsExactly("null|null|seen_db|people|select");
  }

  @Test
  void rolesAreCountedWithTheirUsers() throws SQLException {
    String sql =
        "SELECT r.role_name, r.comments, COUNT(g.user_id) AS user_count FROM mo_catalog.mo_role r"
            + " LEFT JOIN mo_catalog.mo_user_grant g ON g.role_id = r.role_id WHERE r.role_name"
            + " LIKE 'seen%' GROUP BY r.role_id, r.role_name, r.comments ORDER BY 1";
    assertThat(administrator.reads(sql))
        .containsExactly("seen_base||0", "seen_other||1", "seen_role|of the test|1");
    assertThat(joe.reads(sql)).containsExactly("seen_base||0", "seen_role|of the test|1");
  }

  @Test
  void privilegesAreThoseOfTheRolesHeld() throws SQLException {
    String sql =
        "SELECT role_name, obj_type, privilege_id, privilege_name, privilege_level,"
            + " with_grant_option FROM mo_catalog.mo_role_privs WHERE role_name LIKE 'seen%' ORDER"
            + " BY 1, 3";
    List<String> ofJoe =
        List.of(
            "seen_base|database|18|show tables|d|1",
            "seen_base|table|30|select|d.t|0",
            "seen_role|account|12|connect|*|0");
    assertThat(joe.reads(sql)).isEqualTo(ofJoe);
    assertThat(administrator.reads(sql)).hasSize(4).containsAll(ofJoe);
    assertThat(
            joe.reads(
                "SELECT role_name, via_role, privilege_name, is_default_role FROM"
                    + " mo_catalog.mo_effective_privs WHERE user_name = 'seen_joe' AND"
                    + " database_name = 'seen_db' ORDER BY 3"))
        .containsExactly("seen_role|seen_base|select|1", "seen_role|seen_base|show tables|1");
  }

  @Test
  void whoGrantedWhatAndWhenIsTold() throws SQLException {
    String root =
        Sql.value(
            administrator.text(),
            "SELECT user_id FROM mo_catalog.mo_user WHERE user_name = CURRENT_USER_NAME()");
    String since = " > NOW() - INTERVAL 1 DAY";
    assertThat(
            joe.reads(
                "SELECT DISTINCT operation_user_id, granted_time"
                    + since
                    + " FROM mo_catalog.mo_role_privs WHERE role_name IN ('seen_base', 'seen_role')"))
        .containsExactly(root + "|1");
    assertThat(
            joe.reads(
                "SELECT operation_user_id, operation_role_id, granted_time"
                    + since
                    + " FROM mo_catalog.mo_role_grant"))
        .contains(root + "|0|1");
    assertThat(
            joe.reads(
                "SELECT creator FROM mo_catalog.mo_user WHERE user_name = CURRENT_USER_NAME()"))
        .containsExactly(root);
    assertThat(
            administrator.reads(
                "SELECT COUNT(*) FROM mo_catalog.mo_user_grant g JOIN mo_catalog.mo_user u USING"
                    + " (user_id) WHERE u.user_name = 'seen_joe' AND g.granted_time"
                    + since))
        .containsExactly("1");
  }

  @Test
  void roleViewsAreMadeOfTheSame() throws SQLException {
    assertThat(joe.reads("SELECT role_name FROM information_schema.enabled_roles ORDER BY 1"))
        .containsExactly("seen_base", "seen_role");
    assertThat(
            joe.reads(
                "SELECT grantee, role_name, is_grantable, is_default FROM"
                    + " information_schema.APPLICABLE_ROLES WHERE role_name LIKE 'seen%' ORDER BY"
                    + " 1"))
        .containsExactly("seen_joe|seen_role|NO|YES", "seen_role|seen_base|NO|NO");
    assertThat(joe.reads("SELECT * FROM information_schema.ADMINISTRABLE_ROLE_AUTHORIZATIONS"))
        .isEmpty();
    assertThat(
            joe.reads(
                "SELECT grantee, table_schema, privilege_type, is_grantable FROM"
                    + " information_schema.SCHEMA_PRIVILEGES ORDER BY 1"))
        .containsExactly("'seen_base'@'%'|seen_db|SHOW TABLES|YES");
    assertThat(
            joe.reads(
                "SELECT grantee, table_name, privilege_type FROM"
                    + " information_schema.ROLE_TABLE_GRANTS"))
        .containsExactly("seen_base|people|SELECT");
    assertThat(
            joe.reads(
                "SELECT grantee, privilege_type FROM information_schema.USER_PRIVILEGES WHERE"
                    + " grantee LIKE '%seen%' ORDER BY 1, 2"))
        .containsExactly(
            "'seen_base'@'%'|USAGE", "'seen_joe'@'localhost'|USAGE", "'seen_role'@'%'|CONNECT");
    assertThat(joe.reads("SELECT * FROM information_schema.COLUMN_PRIVILEGES")).isEmpty();
    assertThat(
            administrator.reads(
                "SELECT grantee, privilege_type FROM information_schema.SCHEMA_PRIVILEGES WHERE"
                    + " grantee = '''seen_other''@''%''' AND privilege_type = 'INSERT'"))
        .containsExactly("'seen_other'@'%'|INSERT");
  }

  @Test
  void attributesAreFoundByTheirKeys() throws SQLException {
    String sql =
        "SELECT a.user, u.status, JSON_UNQUOTE(JSON_EXTRACT(u.attribute, '$.full_name')) FROM"
            + " information_schema.USER_ATTRIBUTES a JOIN mo_catalog.mo_user u ON u.user_name ="
            + " a.user WHERE JSON_UNQUOTE(JSON_EXTRACT(a.attribute, '$.department')) ="
            + " 'Engineering'";
    assertThat(administrator.reads(sql)).containsExactly("seen_joe|unlock|Zo\u00eb \"Q\" O'Neil");
    assertThat(
            administrator.reads(
                "SELECT JSON_UNQUOTE(JSON_EXTRACT(attribute, '$.comment')) FROM"
                    + " information_schema.user_attributes WHERE user = 'seen_eve'"))
        .containsExactly("of nobody");
    assertThat(
            joe.reads(
                "SELECT COUNT(*) FROM information_schema.user_attributes WHERE user <> 'seen_joe'"))
        .containsExactly("0");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT COUNT(*) FROM mo_catalog.mo_user WHERE user_name = 'seen_joe'",
        "SELECT COUNT(*) FROM `mo_catalog`.`MO_USER` AS u WHERE u.user_name = 'seen_joe'",
        "SELECT COUNT(mo_catalog.mo_user.user_id) FROM mo_catalog . /* x */ mo_user WHERE"
            + " mo_catalog.mo_user.user_name = 'seen_joe'",
        "SELECT COUNT(*) FROM (SELECT * FROM mo_catalog.mo_user) u WHERE user_name = 'seen_joe'",
        "WITH u AS (SELECT user_name FROM mo_catalog.mo_user) SELECT COUNT(*) FROM u WHERE"
            + " user_name = 'seen_joe'",
        "SELECT 1 FROM people WHERE name = 'seen_joe' AND name IN (SELECT user_name FROM"
            + " mo_catalog.mo_user)",
        "SELECT COUNT(*) FROM people p JOIN mo_catalog.mo_user u ON u.user_name = p.name AND"
            + " u.user_name = p.note",
        "SELECT COUNT(*) FROM people p, mo_catalog.mo_user u WHERE CONCAT(p.note, u.user_name) ="
            + " 'seen_joeseen_joe'",
        "SELECT COUNT(*) FROM (SELECT user_name FROM mo_catalog.mo_user UNION SELECT name FROM"
            + " people) x WHERE user_name = 'seen_joe'",
        "SELECT (SELECT COUNT(*) FROM mo_catalog.mo_user WHERE user_name = USER() OR user_name ="
            + " SUBSTRING_INDEX(CURRENT_USER(), '@', 1))",
        "SELECT COUNT(*) FROM mo_catalog.mo_user u JOIN mo_catalog.mo_user USING (user_id) WHERE"
            + " u.user_name = 'seen_joe'",
        "SELECT COUNT(*) FROM mo_catalog.mo_user u JOIN information_schema.tables t ON"
            + " t.table_name = 'people' AND t.table_schema = 'seen_db' WHERE u.user_name ="
            + " 'seen_joe'",
        "/*!40101 SELECT COUNT(*) FROM mo_catalog.mo_user WHERE user_name = 'seen_joe' */",
      })
  void joinsAndSubqueriesWork(String sql) throws SQLException {
    assertThat(joe.reads(sql)).containsExactly("1");
  }

  @Test
  void rowsCanBeCopiedAndExplained() throws SQLException {
    administrator.may(
        "INSERT INTO copied SELECT user_id, user_name FROM mo_catalog.mo_user WHERE user_name LIKE"
            + " 'seen%'",
        "UPDATE copied c JOIN mo_catalog.mo_user u ON u.user_id = c.id SET c.name ="
            + " CONCAT(u.user_name, '2') WHERE u.user_name = 'seen_eve'",
        "EXPLAIN SELECT * FROM mo_catalog.mo_user",
        "DO (SELECT COUNT(*) FROM mo_catalog.mo_user)",
        "SET @users = (SELECT COUNT(*) FROM mo_catalog.mo_user)");
    assertThat(administrator.reads("SELECT name FROM copied ORDER BY 1"))
        .containsExactly("seen_eve2", "seen_joe", "seen_reader");
    administrator.may("DELETE FROM copied");
    joe.mayNot(
        Refused.TABLE,
        "INSERT INTO copied SELECT user_id, user_name FROM mo_catalog.mo_user",
        "copied");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CREATE VIEW seen_db.v AS SELECT * FROM mo_catalog.mo_user",
        "CREATE TABLE seen_db.c AS SELECT * FROM mo_catalog.mo_user",
        "CREATE VIEW seen_db.v AS SELECT * FROM information_schema.user_privileges",
        "SELECT * FROM mo_catalog.mo_user FOR UPDATE",
        "SELECT * FROM mo_catalog.mo_user LOCK IN SHARE MODE",
        "PREPARE p FROM 'SELECT * FROM mo_catalog.mo_user'",
        "LOCK TABLES mo_catalog.mo_user READ",
        "LOCK TABLES seen_db.people READ, mo_catalog.mo_user READ",
        "SHOW INDEX FROM mo_catalog.mo_user WHERE Key_name = 'PRIMARY'",
        "SHOW CREATE VIEW mo_catalog.mo_user",
        "SHOW COLUMNS FROM mo_catalog.mo_user WHERE field = 'user_id'",
        "SHOW TABLE STATUS FROM mo_catalog WHERE name = 'mo_user'",
      })
  void whereNoQueryCanStandItIsRefused(String sql) {
    assertThatThrownBy(() -> Sql.run(administrator.text(), sql))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getErrorCode()).isEqualTo(1235));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "INSERT INTO mo_catalog.mo_user_grant (role_id, user_id) VALUES (0, 1)",
        "INSERT INTO mo_catalog.mo_user SELECT * FROM mo_catalog.mo_user",
        "UPDATE mo_catalog.mo_user SET status = 'unlock'",
        "DELETE FROM mo_catalog.mo_user",
        "UPDATE people, mo_catalog.mo_user u SET u.status = 'x'",
        "DELETE u FROM people JOIN mo_catalog.mo_user u",
        "DROP TABLE mo_catalog.mo_user",
        "TRUNCATE mo_catalog.mo_user",
        "CREATE TABLE mo_catalog.t (a INT)",
        "DROP DATABASE mo_catalog",
        "LOCK TABLES mo_catalog.mo_user WRITE",
      })
  void nobodyWrites(String sql) {
    for (Person person : List.of(administrator, reader)) {
      assertThatThrownBy(() -> Sql.run(person.text(), sql))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getErrorCode()).isIn(1044, 1142, 1146));
    }
  }

  @Test
  void tablesThatAreNotThereAreRefused() {
    administrator.mayNot(
        Refused.NO_SUCH_TABLE, "SELECT * FROM mo_catalog.mo_nothing", "mo_catalog.mo_nothing");
    joe.mayNot(Refused.TABLE, "SELECT * FROM mo_catalog.mo_nothing", "mo_nothing");
  }

  @Test
  void describeAndShowAreAnsweredByTheGate() throws SQLException {
    assertThat(Sql.rows(joe.text(), "SHOW TABLES FROM mo_catalog LIKE 'mo_user%'"))
        .containsExactly("mo_user", "mo_user_defined_function", "mo_user_grant", "mo_user_mapping");
    assertThat(Sql.rows(joe.text(), "DESCRIBE mo_catalog.mo_user_grant"))
        .containsExactly(
            "role_id|int|YES||null|",
            "user_id|int|YES||null|",
            "granted_time|datetime|YES||null|",
            "with_grant_option|tinyint(1)|YES||null|");
    assertThat(Sql.rows(joe.text(), "DESC mo_catalog.mo_user_grant role_id")).hasSize(1);
    assertThat(
            Sql.rows(joe.text(), "SHOW FULL COLUMNS FROM mo_user IN mo_catalog LIKE 'user\\_n%'"))
        .containsExactly("user_name|varchar(300)|utf8mb4_bin|YES||null||select|");
    assertThat(Sql.rows(joe.text(), "SHOW INDEX FROM mo_catalog.mo_user_grant")).isEmpty();
    assertThat(Sql.rows(joe.text(), "SHOW KEYS IN mo_user_grant FROM mo_catalog")).isEmpty();
    assertThat(Sql.rows(joe.text(), "SHOW TABLE STATUS IN mo_catalog LIKE 'mo\\_tab%'"))
        .singleElement(STRING)
        .startsWith("mo_tables|null|")
        .endsWith("|SYSTEM VIEW");
    assertThat(Sql.rows(joe.text(), "SHOW CREATE TABLE mo_catalog.mo_user_grant"))
        .containsExactly(
            "mo_user_grant|CREATE TEMPORARY TABLE `mo_user_grant` (\n"
                + "  `role_id` int,\n"
                + "  `user_id` int,\n"
                + "  `granted_time` datetime,\n"
                + "  `with_grant_option` tinyint(1)\n)");
    assertThat(Sql.rows(administrator.text(), "SHOW DATABASES LIKE 'mo%'"))
        .containsExactly("mo_catalog");
  }

  @Test
  void variablesAndRoutinesAreRowsToo() throws SQLException {
    gate.administer(
        "SET GLOBAL password_history = 3",
        "DROP DATABASE IF EXISTS seen_programs",
        "CREATE DATABASE seen_programs",
        "CREATE FUNCTION seen_programs.f() RETURNS INT DETERMINISTIC RETURN 1",
        "CREATE PROCEDURE seen_programs.p() SELECT 1");
    try {
      String variables =
          "SELECT account_name, variable_value FROM mo_catalog.mo_variables WHERE variable_name ="
              + " 'password_history'";
      assertThat(Sql.rows(administrator.text(), variables)).containsExactly("sys|3");
      assertThat(
              Sql.rows(
                  administrator.text(),
                  variables.replace("mo_variables", "mo_mysql_compatibility_mode")))
          .containsExactly("sys|3");
      assertThat(Sql.rows(joe.text(), variables)).isEmpty();
      String functions =
          "SELECT name, language, db, definer FROM mo_catalog.mo_user_defined_function WHERE db ="
              + " 'seen_programs'";
      assertThat(Sql.rows(administrator.text(), functions))
          .containsExactly("f|SQL|seen_programs|moadmin");
      assertThat(Sql.rows(joe.text(), functions)).isEmpty();
      String procedures =
          "SELECT name FROM mo_catalog.mo_stored_procedure WHERE db = 'seen_programs'";
      assertThat(Sql.rows(administrator.text(), procedures)).containsExactly("p");
      assertThat(Sql.rows(joe.text(), procedures)).isEmpty();
    } finally {
      gate.administer("SET GLOBAL password_history = DEFAULT", "DROP DATABASE seen_programs");
    }
  }

  @Test
  void whatChangesShowsAtTheNextStatement() throws SQLException {
    String sql =
        "SELECT COUNT(*) FROM mo_catalog.mo_user_grant g JOIN mo_catalog.mo_role r USING (role_id)"
            + " WHERE r.role_name = 'seen_other'";
    for (int i = 0; i < 5; i++) {
      gate.administer("GRANT seen_other TO seen_joe");
      assertThat(joe.reads(sql)).containsExactly("1");
      gate.administer("REVOKE seen_other FROM seen_joe");
      assertThat(joe.reads(sql)).containsExactly("0");
    }
    gate.administer("REVOKE SELECT ON TABLE mo_catalog.mo_user FROM USER seen_reader");
    assertThat(reader.reads("SELECT user_name FROM mo_catalog.mo_user"))
        .containsExactly("seen_reader");
    gate.administer("GRANT SELECT ON TABLE mo_catalog.mo_user TO USER seen_reader");
    assertThat(reader.reads("SELECT COUNT(*) > 1 FROM mo_catalog.mo_user")).containsExactly("1");
  }

  @Test
  void aPreparedStatementIsPreparedAgainWhenItsRowsHaveChanged() throws SQLException {
    String sql = "SELECT COUNT(*) FROM mo_catalog.mo_role WHERE role_name LIKE ?";
    try (Connection connection =
            gate.user("seen_joe", PASSWORD)
                .connect(
                    "", Map.of("useServerPrepStmts", "true", "emulateUnsupportedPstmts", "false"));
        PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, "seen%");
      assertThat(Sql.rows(statement.executeQuery())).containsExactly("2");
      gate.administer("CREATE ROLE seen_unrelated", "DROP ROLE seen_unrelated");
      assertThat(Sql.rows(statement.executeQuery())).containsExactly("2");
      gate.administer("GRANT seen_other TO seen_joe");
      try {
        assertThatThrownBy(statement::executeQuery)
            .isInstanceOfSatisfying(
                SQLException.class, e -> assertThat(e.getErrorCode()).isEqualTo(1615));
        try (PreparedStatement again = connection.prepareStatement(sql)) {
          again.setString(1, "seen%");
          assertThat(Sql.rows(again.executeQuery())).containsExactly("3");
        }
      } finally {
        gate.administer("REVOKE seen_other FROM seen_joe");
      }
    }
  }

  @Test
  void aCursorIsReadToItsEndUnlessTheSightIsLost() throws SQLException {
    try (Connection connection =
            gate.user("seen_reader", PASSWORD)
                .connect("", Map.of("useServerPrepStmts", "true", "useCursorFetch", "true"));
        PreparedStatement statement =
            connection.prepareStatement("SELECT user_name FROM mo_catalog.mo_user ORDER BY 1")) {
      statement.setFetchSize(1);
      try (var rows = statement.executeQuery()) {
        assertThat(rows.next()).isTrue();
        gate.administer("CREATE ROLE seen_unrelated", "DROP ROLE seen_unrelated");
        assertThat(rows.next()).isTrue();
        gate.administer("REVOKE SELECT ON TABLE mo_catalog.mo_user FROM USER seen_reader");
        assertThatThrownBy(
                () -> {
                  while (rows.next()) {
                    // to the end, or to where it is cut off
                  }
                })
            .isInstanceOfSatisfying(
                SQLException.class, e -> assertThat(e.getErrorCode()).isEqualTo(1317));
      } finally {
        gate.administer("GRANT SELECT ON TABLE mo_catalog.mo_user TO USER seen_reader");
      }
    }
  }

  @Test
  void timesAreThoseOfTheSession() throws SQLException {
    String sql =
        "SELECT TIMESTAMPDIFF(MINUTE, created_time, NOW()) BETWEEN 0 AND 60 FROM"
            + " mo_catalog.mo_user WHERE user_name = 'seen_joe'";
    for (String zone : List.of("+00:00", "+09:00", "-03:30")) {
      joe.does("SET time_zone = '" + zone + "'");
      assertThat(joe.reads(sql)).containsExactly("1");
    }
    joe.does("SET time_zone = DEFAULT");
  }

  @Test
  void theTextReadsTheSameInEveryMode() throws SQLException {
    String sql =
        "SELECT JSON_UNQUOTE(JSON_EXTRACT(attribute, '$.full_name')) FROM mo_catalog.mo_user WHERE"
            + " user_name = 'seen_joe'";
    for (String mode : List.of("", "ANSI", "NO_BACKSLASH_ESCAPES", "ANSI_QUOTES,PIPES_AS_CONCAT")) {
      try (Connection connection = gate.user("seen_joe", PASSWORD).connect()) {
        Sql.run(connection, "SET sql_mode = '" + mode + "'");
        assertThat(Sql.rows(connection, sql)).containsExactly("Zo\u00eb \"Q\" O'Neil");
      }
    }
  }

  @Test
  void mariaDbsDriverReadsIt() throws SQLException {
    Endpoint endpoint = gate.user("seen_joe", PASSWORD);
    for (boolean prepared : new boolean[] {false, true}) {
      try (Connection connection =
              endpoint.connectMariaDb(
                  "",
                  Map.of("useServerPrepStmts", Boolean.toString(prepared), "sslMode", "trust"));
          PreparedStatement statement =
              connection.prepareStatement(
                  "SELECT user_id, user_name, created_time, is_locked, last_login FROM"
                      + " mo_catalog.mo_user WHERE user_name = ?")) {
        statement.setString(1, "seen_joe");
        try (var rows = statement.executeQuery()) {
          assertThat(rows.next()).isTrue();
          assertThat(rows.getInt(1)).isPositive();
          assertThat(rows.getBoolean(4)).isFalse();
          Timestamp created = rows.getTimestamp(3);
          assertThat(created).isNotNull();
          Timestamp login = rows.getTimestamp(5);
          assertThat(login).isNotNull();
          assertThat(Duration.between(login.toInstant(), Instant.now()).abs())
              .isLessThan(Duration.ofHours(24));
        }
      }
    }
  }

  @Test
  void sessionsAreOnesOwnAndForAdministratorsAll() throws SQLException {
    String sql =
        "SELECT DISTINCT user FROM mo_catalog.mo_sessions WHERE user LIKE 'seen%' ORDER BY 1";
    assertThat(Sql.rows(joe.text(), sql)).containsExactly("seen_joe");
    assertThat(Sql.rows(administrator.text(), sql)).contains("seen_joe", "seen_reader");
    assertThat(
            Sql.rows(
                joe.text(),
                "SELECT COUNT(*) FROM mo_catalog.mo_sessions WHERE conn_id = CONNECTION_ID()"))
        .containsExactly("1");
  }

  @Test
  void aSessionTellsItsRoleItsTimesAndTheSortOfItsStatement() throws SQLException {
    String own = " FROM mo_catalog.mo_sessions WHERE conn_id = CONNECTION_ID()";
    assertThat(
            Sql.rows(
                joe.text(),
                "SELECT role, command, info, statement_type, query_type, sql_source_type,"
                    + " client_host = host, proxy_host, txn_id, statement_id"
                    + own))
        .containsExactly("seen_role|Query|null|Select|DQL|external_sql|1|null|null|null");
    assertThat(
            Sql.rows(
                joe.text(),
                "SELECT session_start <= query_start, query_start BETWEEN NOW() - INTERVAL 1 MINUTE"
                    + " AND NOW(), LENGTH(node_id), LENGTH(session_id)"
                    + own))
        .containsExactly("1|1|36|36");
    assertThat(
            Sql.rows(
                administrator.text(),
                "SELECT DISTINCT role, statement_type, query_start FROM mo_catalog.mo_sessions WHERE"
                    + " user = 'seen_joe' AND command = 'Sleep'"))
        .containsExactly("seen_role|null|null");
    assertThat(
            Sql.rows(
                administrator.text(),
                "SELECT COUNT(DISTINCT node_id), COUNT(*) - COUNT(DISTINCT session_id) FROM"
                    + " mo_catalog.mo_sessions"))
        .containsExactly("1|0");
    joe.does("SET ROLE public");
    try {
      assertThat(
              Sql.rows(
                  administrator.text(),
                  "SELECT DISTINCT role FROM mo_catalog.mo_sessions WHERE user = 'seen_joe'"))
          .containsExactly("public");
    } finally {
      joe.does("SET ROLE seen_role");
    }
  }

  @Test
  void theAddressOfTheLastLoginIsOnesOwnAndForAdministratorsAll() throws SQLException {
    String sql =
        "SELECT user_name, last_host FROM mo_catalog.mo_user WHERE user_name LIKE 'seen%' ORDER BY 1";
    assertThat(administrator.reads(sql))
        .containsExactly("seen_eve|null", "seen_joe|127.0.0.1", "seen_reader|127.0.0.1");
    assertThat(joe.reads(sql)).containsExactly("seen_joe|127.0.0.1");
  }

  @Test
  void objectsAreThoseOnWhichSomethingIsHeld() throws SQLException {
    String sql =
        "SELECT t.relname, t.relkind FROM mo_catalog.mo_tables t JOIN mo_catalog.mo_database d ON"
            + " d.dat_id = t.reldatabase_id WHERE d.datname = 'seen_db' ORDER BY 1";
    assertThat(administrator.reads(sql)).containsExactly("copied|r", "people|r");
    assertThat(joe.reads(sql)).containsExactly("people|r");
  }

  @Test
  void columnsAreThoseOfTheObjectsThatAreSeen() throws SQLException {
    gate.administer(
        "CREATE TABLE seen_db.typed (id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, name"
            + " VARCHAR(20) DEFAULT 'x' COMMENT 'of the test', secret DECIMAL(8,2))",
        "GRANT SELECT (name) ON TABLE seen_db.typed TO seen_base");
    String sql =
        "SELECT attname, atttyp, attnum, att_length, attnotnull, atthasdef, att_constraint_type,"
            + " att_is_unsigned, att_is_auto_increment, att_comment FROM mo_catalog.mo_columns WHERE"
            + " att_database = 'seen_db' AND att_relname = 'typed' ORDER BY attnum";
    try {
      assertThat(administrator.reads(sql))
          .hasSize(3)
          .contains("name|varchar(20)|2|20|0|1|n|0|0|of the test")
          .anyMatch(row -> row.startsWith("id|int") && row.endsWith("|1|null|1|0|p|1|1|"));
      assertThat(joe.reads(sql)).containsExactly("name|varchar(20)|2|20|0|1|n|0|0|of the test");
      String tables =
          "SELECT DISTINCT c.att_relname FROM mo_catalog.mo_columns c JOIN mo_catalog.mo_tables t ON"
              + " t.rel_id = c.att_relname_id AND t.reldatabase = c.att_database WHERE"
              + " c.att_database LIKE 'seen%' ORDER BY 1";
      assertThat(administrator.reads(tables)).containsExactly("copied", "people", "typed");
      assertThat(joe.reads(tables)).containsExactly("people", "typed");
      assertThat(joe.reads("SELECT COUNT(*) FROM mo_catalog.mo_columns WHERE attname = 'secret'"))
          .containsExactly("0");
      assertThat(reader.reads("SELECT * FROM mo_catalog.mo_columns")).isEmpty();
      // With tables of information_schema, which are secured besides.
      String both =
          "SELECT COUNT(*) FROM mo_catalog.mo_columns c JOIN information_schema.COLUMNS i ON"
              + " i.TABLE_SCHEMA = c.att_database AND i.TABLE_NAME = c.att_relname AND"
              + " i.COLUMN_NAME = c.attname WHERE c.att_database = 'seen_db' AND att_relname = ";
      assertThat(joe.reads(both + "'typed'")).containsExactly("1");
      assertThat(joe.reads(both + "'people'")).containsExactly("2");
      assertThat(administrator.reads(both + "'typed'")).containsExactly("3");
    } finally {
      gate.administer("DROP TABLE seen_db.typed");
    }
  }

  @Test
  void aViewIsDefinedForWhoMayShowItAndWhoMadeItIsTold() throws SQLException {
    gate.administer(
        "CREATE VIEW seen_db.named AS SELECT name FROM seen_db.people",
        "CREATE VIEW seen_db.noted AS SELECT note FROM seen_db.people",
        "GRANT SELECT ON VIEW seen_db.named TO seen_base",
        "GRANT INSERT ON VIEW seen_db.noted TO seen_base",
        "RENAME TABLE seen_db.people TO seen_db.renamed",
        "RENAME TABLE seen_db.renamed TO seen_db.people");
    String sql =
        "SELECT relname, relkind, viewdef LIKE '%`seen_db`.`people`%', creator ="
            + " CURRENT_USER_ID(), created_time > NOW() - INTERVAL 1 DAY FROM mo_catalog.mo_tables t"
            + " WHERE reldatabase = 'seen_db' ORDER BY 1";
    try {
      assertThat(administrator.reads(sql))
          .containsExactly(
              "copied|r|null|1|1", "named|v|1|1|1", "noted|v|1|1|1", "people|r|null|1|1");
      assertThat(
              joe.reads(
                  "SELECT relname, viewdef IS NULL, creator IS NULL FROM mo_catalog.mo_tables WHERE"
                      + " reldatabase = 'seen_db' ORDER BY 1"))
          .containsExactly("named|0|0", "noted|1|0", "people|1|0");
      assertThat(
              joe.reads(
                  "SELECT t.relname, i.TABLE_TYPE FROM mo_catalog.mo_tables t JOIN"
                      + " information_schema.TABLES i ON i.TABLE_SCHEMA = t.reldatabase AND"
                      + " i.TABLE_NAME = t.relname WHERE t.viewdef IS NOT NULL"))
          .containsExactly("named|VIEW");
    } finally {
      gate.administer("DROP VIEW seen_db.named, seen_db.noted");
    }
  }

  @Test
  void rowsThatAreHiddenStayHiddenBesideTheCatalog() throws SQLException {
    gate.administer(
        "CREATE ROLE seen_rows",
        "GRANT CONNECT ON ACCOUNT * TO seen_rows",
        "GRANT SELECT ON TABLE seen_db.people TO seen_rows",
        "ALTER ROLE seen_rows RESTRICT seen_db.people (name) TO ('seen_joe')",
        "CREATE USER seen_part IDENTIFIED BY 'Seen-by-1' DEFAULT ROLE seen_rows");
    try (Person part = Person.at(gate.user("seen_part", PASSWORD), "seen_db")) {
      assertThat(
              part.reads(
                  "SELECT p.name, c.attname FROM people p JOIN mo_catalog.mo_columns c ON"
                      + " c.att_relname = 'people' ORDER BY 2"))
          .containsExactly("seen_joe|name", "seen_joe|note");
      assertThat(
              part.reads(
                  "SELECT p.name, t.relname FROM people p JOIN mo_catalog.mo_tables t ON t.relname ="
                      + " 'people'"))
          .containsExactly("seen_joe|people");
    } finally {
      gate.administer("DROP USER seen_part", "DROP ROLE seen_rows");
    }
  }

  @Test
  void accountsAreForAdministrators() throws SQLException {
    String sql = "SELECT account_id, account_name, status FROM mo_catalog.mo_account";
    assertThat(administrator.reads(sql)).containsExactly("0|sys|open");
    assertThat(joe.reads(sql)).isEmpty();
  }
}
