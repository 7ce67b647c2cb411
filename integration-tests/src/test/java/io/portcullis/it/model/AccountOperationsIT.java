package io.portcullis.it.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portcullis.it.harness.BackendExtension;
import io.portcullis.it.harness.Sql;
import io.portcullis.it.harness.TestBackend;
import io.portcullis.it.harness.TestGate;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The account operations, section 3: every operation of the guide that is marked for SQL, by its
 * statement or query, with the guide's sample values. Not here: access tokens, the policy of
 * passwords and locks (3.5 in part, 3.6, 3.7), audit (3.8) and accounts (3.9).
 */
@ExtendWith(BackendExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class AccountOperationsIT {

  private static final String PASSWORD = "secure_Password123";

  private final TestGate gate;
  private Person administrator;

  AccountOperationsIT(TestBackend backend) {
    gate = TestGate.start(backend);
  }

  @BeforeAll
  void theSampleDatabaseIsThere() throws SQLException {
    gate.administer(
        "DROP DATABASE IF EXISTS analytics_db",
        "CREATE DATABASE analytics_db",
        "CREATE TABLE analytics_db.user_data (id INT)",
        "CREATE TABLE analytics_db.other_data (id INT)");
    administrator = Person.at(gate.administrator());
  }

  @AfterAll
  void clearUp() throws SQLException {
    administrator.close();
    gate.administer("DROP DATABASE analytics_db");
    gate.close();
  }

  private void makeJohn() throws SQLException {
    administrator.may(
        "CREATE USER 'john_doe' IDENTIFIED BY 'secure_Password123' ATTRIBUTE"
            + " '{\"email\":\"john@example.com\",\"department\":\"Engineering\"}'");
  }

  private String ofJohn(String columns) throws SQLException {
    return administrator
        .reads("SELECT " + columns + " FROM mo_catalog.mo_user WHERE user_name = 'john_doe'")
        .get(0);
  }

  // ---- 3.2 users

  @Test
  void usersAreCreatedListedFoundChangedAndDeleted() throws SQLException {
    makeJohn();
    administrator.may(
        "CREATE USER 'jane_smith' IDENTIFIED BY 'secure_Password123' ATTRIBUTE"
            + " '{\"email\":\"jane@example.com\",\"full_name\":\"Jane Smith\","
            + "\"department\":\"Engineering\",\"phone\":\"+1-555-0123\"}'",
        "CREATE ROLE guide_admin, guide_developer",
        "CREATE USER 'admin_user' IDENTIFIED BY 'secure_Password123' DEFAULT ROLE guide_admin,"
            + " guide_developer ATTRIBUTE '{\"email\":\"admin@example.com\"}'");
    assertThat(
            administrator.reads(
                "SELECT r.role_name, g.with_grant_option FROM mo_catalog.mo_user u JOIN"
                    + " mo_catalog.mo_user_grant g USING (user_id) JOIN mo_catalog.mo_role r USING"
                    + " (role_id) WHERE u.user_name = 'admin_user' AND r.role_name LIKE 'guide%'"
                    + " ORDER BY 1"))
        .containsExactly("guide_admin|0", "guide_developer|0");
    // list_users
    assertThat(
            administrator.reads(
                "SELECT user_name, status, JSON_UNQUOTE(JSON_EXTRACT(attribute, '$.email')) FROM"
                    + " mo_catalog.mo_user WHERE attribute IS NOT NULL ORDER BY 1"))
        .containsExactly(
            "admin_user|unlock|admin@example.com",
            "jane_smith|unlock|jane@example.com",
            "john_doe|unlock|john@example.com");
    assertThat(Sql.rows(administrator.text(), "SHOW USERS")).hasSize(4);
    // get_user
    gate.user("john_doe", PASSWORD).connect().close();
    assertThat(Sql.rows(administrator.text(), "SHOW USERS LIKE 'john_doe'"))
        .singleElement()
        .asString()
        .startsWith("john_doe|localhost|active|")
        .contains("|john@example.com|null|Engineering|null|20");
    assertThat(ofJohn("created_time IS NOT NULL, last_login IS NOT NULL")).isEqualTo("1|1");
    assertThat(Sql.rows(administrator.text(), "SHOW USERS LIKE 'nobody'")).isEmpty();
    // search_users
    assertThat(
            Sql.rows(
                administrator.text(),
                "SHOW USERS WHERE department = 'Engineering' AND status = 'active'"))
        .extracting(row -> row.substring(0, row.indexOf('|')))
        .containsExactly("jane_smith", "john_doe");
    assertThat(
            administrator.reads(
                "SELECT a.user, a.host FROM information_schema.USER_ATTRIBUTES a JOIN"
                    + " mo_catalog.mo_user u ON u.user_name = a.user WHERE"
                    + " JSON_UNQUOTE(JSON_EXTRACT(a.attribute, '$.department')) = 'Engineering' AND"
                    + " u.status = 'unlock' ORDER BY 1"))
        .containsExactly("jane_smith|localhost", "john_doe|localhost");
    // update_user
    administrator.may(
        "ALTER USER 'john_doe' ATTRIBUTE '{\"email\":\"john.doe@newcompany.com\","
            + "\"full_name\":\"John Doe Jr.\",\"department\":\"Product Management\"}'");
    assertThat(
            ofJohn(
                "JSON_UNQUOTE(JSON_EXTRACT(attribute, '$.email')),"
                    + " JSON_UNQUOTE(JSON_EXTRACT(attribute, '$.department'))"))
        .isEqualTo("john.doe@newcompany.com|Product Management");
    // delete_user
    administrator.may(
        "DROP USER 'john_doe'",
        "DROP USER IF EXISTS 'john_doe'",
        "DROP USER 'jane_smith', 'admin_user'",
        "DROP ROLE guide_admin, guide_developer");
    assertThat(
            administrator.reads(
                "SELECT COUNT(*) FROM mo_catalog.mo_user WHERE user_name IN ('john_doe',"
                    + " 'jane_smith')"))
        .containsExactly("0");
  }

  @Test
  void passwordsAreChanged() throws SQLException {
    makeJohn();
    administrator.may("ALTER USER 'john_doe' IDENTIFIED BY 'new_Password456'");
    assertThatThrownBy(() -> gate.user("john_doe", PASSWORD).connect())
        .isInstanceOf(SQLException.class);
    try (Connection john = gate.user("john_doe", "new_Password456").connect()) {
      Sql.run(john, "ALTER USER USER() IDENTIFIED BY 'new_Password789'");
    }
    try (Connection john = gate.user("john_doe", "new_Password789").connect()) {
      Sql.run(john, "SET PASSWORD = 'new_Password012'");
    }
    gate.user("john_doe", "new_Password012").connect().close();
    administrator.may("DROP USER john_doe");
  }

  @Test
  void usersAreLockedAndUnlocked() throws SQLException {
    makeJohn();
    administrator.may("ALTER USER 'john_doe' ACCOUNT LOCK");
    assertThat(ofJohn("status, is_locked, lock_expires_at, login_attempts"))
        .isEqualTo("forbid|1|null|0");
    assertThatThrownBy(() -> gate.user("john_doe", PASSWORD).connect())
        .isInstanceOf(SQLException.class);
    // soft_delete_user keeps the name
    administrator.may("ALTER USER 'john_doe' ATTRIBUTE '{\"deleted_at\":\"2024-01-01\"}'");
    assertThatThrownBy(this::makeJohn).isInstanceOf(SQLException.class);
    administrator.may(
        "ALTER USER 'john_doe' ATTRIBUTE '{\"deleted_at\":null}'",
        "ALTER USER 'john_doe' ACCOUNT UNLOCK");
    assertThat(ofJohn("status, is_locked")).isEqualTo("unlock|0");
    gate.user("john_doe", PASSWORD).connect().close();
    administrator.may("DROP USER john_doe");
  }

  // ---- 3.3 roles

  @Test
  void rolesAreCreatedDescribedAssignedAndRemoved() throws SQLException {
    makeJohn();
    administrator.may(
        "CREATE ROLE data_analyst COMMENT 'Role for data analysis tasks'",
        "GRANT SELECT ON TABLE analytics_db.* TO data_analyst",
        "CREATE ROLE tester");
    String counted =
        "SELECT r.role_name, r.comments, COUNT(g.user_id) AS user_count FROM mo_catalog.mo_role r"
            + " LEFT JOIN mo_catalog.mo_user_grant g ON g.role_id = r.role_id GROUP BY r.role_id,"
            + " r.role_name, r.comments HAVING r.role_name IN ('data_analyst', 'tester') ORDER BY 1";
    assertThat(administrator.reads(counted))
        .containsExactly("data_analyst|Role for data analysis tasks|0", "tester||0");
    administrator.may("GRANT data_analyst, tester TO john_doe");
    assertThat(administrator.reads(counted))
        .containsExactly("data_analyst|Role for data analysis tasks|1", "tester||1");
    // get_role and role.permissions
    assertThat(Sql.rows(administrator.text(), "SHOW ROLES LIKE 'data_analyst'")).hasSize(1);
    assertThat(Sql.rows(administrator.text(), "SHOW GRANTS FOR ROLE data_analyst"))
        .containsExactly("GRANT SELECT ON TABLE `analytics_db`.* TO ROLE `data_analyst`");
    assertThat(
            administrator.reads(
                "SELECT obj_type, privilege_name, privilege_level FROM mo_catalog.mo_role_privs"
                    + " WHERE role_name = 'data_analyst'"))
        .containsExactly("table|select|d.*");
    // change a description
    administrator.may("ALTER ROLE data_analyst COMMENT 'Analysts'");
    assertThat(administrator.reads(counted)).contains("data_analyst|Analysts|1");
    // the effect
    administrator.may("SET DEFAULT ROLE data_analyst TO john_doe");
    try (Connection john = gate.user("john_doe", PASSWORD).connect()) {
      assertThat(Sql.rows(john, "SELECT role_name FROM information_schema.ENABLED_ROLES"))
          .containsExactly("data_analyst");
      Sql.run(john, "SET ROLE tester", "SET SECONDARY ROLE ALL");
      assertThat(
              Sql.rows(
                  john,
                  "SELECT role_name FROM information_schema.ENABLED_ROLES WHERE role_name <>"
                      + " 'public' ORDER BY 1"))
          .containsExactly("data_analyst", "tester");
    }
    // remove_role
    administrator.may("REVOKE data_analyst FROM john_doe");
    assertThat(administrator.reads(counted)).contains("data_analyst|Analysts|0");
    administrator.may("DROP USER john_doe", "DROP ROLE data_analyst, tester");
  }

  // ---- 3.4 permissions

  @Test
  void permissionsAreGivenShownAndTaken() throws SQLException {
    makeJohn();
    administrator.may(
        "CREATE ROLE `john_doe$role`",
        "GRANT `john_doe$role` TO john_doe",
        "SET DEFAULT ROLE `john_doe$role` TO john_doe",
        "GRANT SELECT, INSERT, UPDATE ON TABLE analytics_db.* TO `john_doe$role`",
        "GRANT SELECT ON VIEW analytics_db.* TO `john_doe$role`",
        "GRANT SHOW TABLES ON DATABASE analytics_db TO `john_doe$role`",
        "GRANT CONNECT ON ACCOUNT * TO `john_doe$role`",
        "GRANT SELECT, INSERT ON TABLE analytics_db.user_data TO `john_doe$role`",
        "GRANT CREATE TABLE, DROP TABLE ON DATABASE analytics_db TO `john_doe$role`");
    String effective =
        "SELECT object_name, privilege_name FROM mo_catalog.mo_effective_privs WHERE user_name ="
            + " 'john_doe' AND database_name = 'analytics_db' AND obj_type = 'table' ORDER BY 1, 2";
    List<String> all =
        List.of("*|insert", "*|select", "*|update", "user_data|insert", "user_data|select");
    assertThat(administrator.reads(effective)).isEqualTo(all);
    // has_permission, has_database_access
    String has =
        "SELECT HAS_PRIVILEGE('john_doe', 'ANY', 'DATABASE', 'analytics_db'),"
            + " HAS_PRIVILEGE('john_doe','INSERT','TABLE','analytics_db','user_data'),"
            + " HAS_PRIVILEGE('john_doe','DELETE','TABLE','analytics_db','user_data') AS d";
    assertThat(Sql.rows(administrator.text(), has)).containsExactly("1|1|0");
    try (Person john = Person.at(gate.user("john_doe", PASSWORD))) {
      assertThat(john.reads(effective)).isEqualTo(all);
      john.may("INSERT INTO analytics_db.user_data VALUES (1)");
      // revoke_permissions
      administrator.may("REVOKE INSERT ON TABLE analytics_db.user_data FROM `john_doe$role`");
      john.may("INSERT INTO analytics_db.user_data VALUES (2)"); // the whole database covers it
      // revoke_database_access
      administrator.may(
          "REVOKE ALL ON TABLE analytics_db.* FROM `john_doe$role`",
          "REVOKE ALL ON VIEW analytics_db.* FROM `john_doe$role`",
          "REVOKE ALL ON DATABASE analytics_db FROM `john_doe$role`");
      assertThat(john.reads(effective)).containsExactly("user_data|select");
      assertThat(Sql.rows(john.text(), has)).containsExactly("1|0|0");
      assertThat(Sql.rows(john.text(), "SELECT HAS_PRIVILEGE('root','ANY','ACCOUNT') IS NULL"))
          .containsExactly("1");
      administrator.may("REVOKE ALL IN DATABASE analytics_db FROM `john_doe$role`");
      assertThat(john.reads(effective)).isEmpty();
      assertThat(Sql.rows(john.text(), has)).containsExactly("0|0|0");
      administrator.may(
          "GRANT SELECT ON TABLE analytics_db.user_data TO `john_doe$role`",
          "SET @has = HAS_PRIVILEGE('john_doe','SELECT','TABLE','analytics_db','user_data')");
      for (String misused :
          List.of(
              "SELECT HAS_PRIVILEGE(USER(), 'ANY', 'ACCOUNT')",
              "CREATE VIEW analytics_db.h AS SELECT HAS_PRIVILEGE('a', 'ANY', 'ACCOUNT')")) {
        assertThatThrownBy(() -> Sql.run(administrator.text(), misused))
            .isInstanceOfSatisfying(
                SQLException.class, e -> assertThat(e.getErrorCode()).isEqualTo(1235));
      }
      john.mayNot(Refused.TABLE, "INSERT INTO analytics_db.user_data VALUES (3)", "user_data");
    }
    assertThat(Sql.rows(administrator.text(), "SHOW GRANTS FOR john_doe")).isNotEmpty();
    assertThat(Sql.rows(administrator.text(), "SHOW GRANTS FOR john_doe USING `john_doe$role`"))
        .contains("GRANT SELECT ON TABLE `analytics_db`.`user_data` TO ROLE `john_doe$role`");
    administrator.may("DROP USER john_doe", "DROP ROLE `john_doe$role`");
  }

  // ---- 3.5 authentication and sessions

  @Test
  void loginsAreAnsweredAndSessionsListedAndEnded() throws SQLException {
    makeJohn();
    assertThatThrownBy(() -> gate.user("john_doe", "wrong").connect())
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getErrorCode()).isEqualTo(1045));
    try (Connection john = gate.user("john_doe", PASSWORD).connect()) {
      assertThat(
              Sql.rows(john, "SELECT CURRENT_USER_NAME(), CURRENT_ACCOUNT_NAME(), CURRENT_ROLE()"))
          .containsExactly("john_doe|sys|public");
      String id =
          Sql.value(
              administrator.text(),
              "SELECT conn_id FROM mo_catalog.mo_sessions WHERE user = 'john_doe'");
      assertThat(Sql.rows(administrator.text(), "SHOW PROCESSLIST"))
          .anyMatch(row -> row.startsWith(id + "|john_doe|"));
      administrator.may("KILL " + id);
      assertThatThrownBy(() -> Sql.rows(john, "SELECT 1")).isInstanceOf(SQLException.class);
    }
    administrator.may("DROP USER john_doe");
  }

  // ---- 3.10 example systems

  @Test
  void aNewEmployeeIsTakenOn() throws SQLException {
    administrator.may(
        "CREATE ROLE IF NOT EXISTS developer COMMENT 'Engineering'",
        "GRANT CONNECT ON ACCOUNT * TO developer",
        "GRANT SHOW TABLES ON DATABASE analytics_db TO developer",
        "GRANT SELECT, INSERT, UPDATE ON TABLE analytics_db.* TO developer",
        "CREATE USER 'new_employee' IDENTIFIED BY 'Temp_password123' DEFAULT ROLE developer"
            + " ATTRIBUTE '{\"email\":\"new@company.com\",\"full_name\":\"New Employee\"}'",
        "CREATE ROLE readonly, manager",
        "GRANT readonly TO manager",
        "GRANT manager TO new_employee");
    assertThat(
            administrator.reads(
                "SELECT g.role_name, r.role_name FROM mo_catalog.mo_role_grant i JOIN"
                    + " mo_catalog.mo_role g ON g.role_id = i.granted_id JOIN mo_catalog.mo_role r"
                    + " ON r.role_id = i.grantee_id"))
        .containsExactly("readonly|manager");
    try (Person employee = Person.at(gate.user("new_employee", "Temp_password123"))) {
      employee.may("USE analytics_db", "SHOW TABLES", "INSERT INTO other_data VALUES (1)");
      assertThat(employee.reads("SELECT COUNT(*) FROM analytics_db.other_data"))
          .containsExactly("1");
    }
    administrator.may(
        "CREATE USER 'batch_a' IDENTIFIED BY 'Batch_pass1', 'batch_b' IDENTIFIED BY 'Batch_pass2'"
            + " DEFAULT ROLE developer",
        "DROP USER batch_a, batch_b, new_employee",
        "DROP ROLE developer, readonly, manager");
  }
}
