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
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** The gate's variables, per account, and what hangs on them (PM 2.5, 6.7, section 7). */
@ExtendWith(BackendExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class VariablesIT {

  private static final String PASSWORD = "Joe-secret-1";

  private final TestGate gate;

  VariablesIT(TestBackend backend) {
    gate = TestGate.start(backend);
  }

  @BeforeEach
  void aUserWhoMayDoEverythingInADatabase() throws SQLException {
    gate.administer(
        "DROP DATABASE IF EXISTS var_shop",
        "DROP DATABASE IF EXISTS var_free",
        "DROP USER IF EXISTS var_joe",
        "DROP ROLE IF EXISTS var_role",
        "CREATE DATABASE var_shop",
        "CREATE DATABASE var_free",
        "CREATE TABLE var_shop.t (id INT PRIMARY KEY)",
        "INSERT INTO var_shop.t VALUES (1)",
        "CREATE VIEW var_free.v AS SELECT id FROM var_shop.t",
        "CREATE ROLE var_role",
        "GRANT ALL ON ACCOUNT * TO var_role",
        "GRANT ALL ON DATABASE * TO var_role",
        "GRANT ALL ON TABLE *.* TO var_role",
        "GRANT ALL ON VIEW *.* TO var_role",
        "CREATE USER var_joe IDENTIFIED BY 'Joe-secret-1' DEFAULT ROLE var_role");
  }

  @AfterEach
  void asByDefault() throws SQLException {
    gate.administer(
        "SET GLOBAL protected_databases = 'var_nothing'",
        "SET GLOBAL validate_password = DEFAULT, password_history = DEFAULT,"
            + " connection_control_max_connection_delay = DEFAULT");
  }

  @AfterAll
  void clearUp() throws SQLException {
    gate.administer("DROP DATABASE var_shop", "DROP DATABASE var_free");
    gate.close();
  }

  private Person joe() throws SQLException {
    return Person.at(gate.user("var_joe", PASSWORD));
  }

  private Connection joe(String password) throws SQLException {
    return gate.user("var_joe", password).connect();
  }

  private static void refused(int errno, ThrowingCallable action) {
    assertThatThrownBy(action)
        .isInstanceOf(SQLException.class)
        .satisfies(
            e -> assertThat(((SQLException) e).getErrorCode()).as(e.getMessage()).isEqualTo(errno));
  }

  @Test
  void theAdministratorSetsThemAndEverybodyReadsThem() throws SQLException {
    gate.administer("SET GLOBAL password_history = 6, @@global.validate_password = on");
    try (Person joe = joe()) {
      joe.mayNot(Refused.ADMINISTRATION, "SET GLOBAL password_history = 0", "SET GLOBAL");
      assertThat(joe.reads("SELECT @@password_history + 1, @@global.validate_password"))
          .containsExactly("7|1");
      assertThat(Sql.rows(joe.text(), "SHOW GLOBAL VARIABLES LIKE 'password\\_history'"))
          .containsExactly("password_history|6");
      assertThat(
              Sql.rows(
                  joe.text(),
                  "SHOW VARIABLES WHERE Variable_name IN ('validate_password', 'autocommit')"))
          .containsExactly("autocommit|ON", "validate_password|ON");
      assertThat(Sql.rows(joe.text(), "SHOW VARIABLES WHERE Value = 'nobody has this'")).isEmpty();
      refused(1064, () -> Sql.run(joe.text(), "SHOW VARIABLES WHERE Value ="));
      assertThat(Sql.rows(joe.text(), "SHOW VARIABLES"))
          .contains("password_history|6", "invited_nodes|*")
          .hasSizeGreaterThan(100);
    }
  }

  @Test
  void theServersVariablesOfTheSameNameAreNotShown() throws SQLException {
    gate.administer("SET GLOBAL default_password_lifetime = 77");
    try (Connection straight = gate.straight().connect();
        Connection joe = joe(PASSWORD)) {
      assertThat(Sql.rows(straight, "SHOW VARIABLES LIKE 'default_password_lifetime'"))
          .as("the server has one")
          .containsExactly("default_password_lifetime|0");
      assertThat(Sql.rows(joe, "SHOW VARIABLES LIKE 'default_password%'"))
          .containsExactly("default_password_lifetime|77");
      assertThat(Sql.value(joe, "SELECT @@default_password_lifetime")).isEqualTo("77");
      refused(1235, () -> Sql.run(joe, "PREPARE s FROM 'SELECT @@default_password_lifetime'"));
      refused(
          1235,
          () -> Sql.run(joe, "CREATE TABLE var_free.c AS SELECT @@default_password_lifetime"));
    } finally {
      gate.administer("SET GLOBAL default_password_lifetime = DEFAULT");
    }
  }

  @Test
  void everyAccountHasItsOwn() throws SQLException {
    gate.administer(
        "CREATE ACCOUNT var_acme ADMIN_NAME 'boss' IDENTIFIED BY 'Boss-1'",
        "SET GLOBAL password_history = 3");
    try (Connection boss = gate.user("var_acme:boss", "Boss-1").connect()) {
      assertThat(Sql.value(boss, "SELECT @@password_history")).isEqualTo("0");
      Sql.run(boss, "SET GLOBAL protected_databases = 'shop'", "CREATE DATABASE shop");
      Sql.run(
          boss,
          "CREATE ROLE r",
          "GRANT ALL ON ACCOUNT * TO r",
          "GRANT ALL ON DATABASE * TO r",
          "CREATE USER joe IDENTIFIED BY 'Joe-1' DEFAULT ROLE r");
      try (Connection joe = gate.user("var_acme:joe", "Joe-1").connect("shop")) {
        refused(1044, () -> Sql.run(joe, "CREATE TABLE t (a INT)"));
        refused(1044, () -> Sql.run(joe, "CREATE TABLE shop.t (a INT)"));
      }
    } finally {
      gate.administer("DROP ACCOUNT var_acme");
    }
    try (Person joe = joe()) {
      joe.may("CREATE DATABASE shop", "DROP DATABASE shop");
    }
  }

  @Test
  void whatSecondaryRolesAreGoodForIsTheAccountsAndBitesAtOnce() throws SQLException {
    gate.administer(
        "DROP ROLE IF EXISTS var_second",
        "CREATE ROLE var_second",
        "GRANT CREATE TABLE ON DATABASE var_shop TO var_second",
        "GRANT SELECT ON TABLE var_shop.* TO var_second",
        "DROP ROLE IF EXISTS var_first",
        "CREATE ROLE var_first",
        "GRANT CONNECT ON ACCOUNT * TO var_first",
        "GRANT SHOW TABLES ON DATABASE var_shop TO var_first",
        "CREATE USER var_two IDENTIFIED BY 'Joe-secret-1' DEFAULT ROLE var_first",
        "GRANT var_second TO var_two",
        "CREATE ACCOUNT var_acme ADMIN_NAME 'boss' IDENTIFIED BY 'Boss-1'");
    try (Person two = Person.at(gate.user("var_two", PASSWORD), "var_shop");
        Connection administrator = gate.administrator().connect();
        Connection boss = gate.user("var_acme:boss", "Boss-1").connect()) {
      two.does("SET SECONDARY ROLE ALL");
      try (var read = two.prepared().prepareStatement("SELECT COUNT(*) FROM t WHERE id > ?")) {
        read.setInt(1, 0);
        assertThat(Sql.rows(read.executeQuery())).containsExactly("1");
        two.may("CREATE TABLE made (a INT)");
        assertThat(two.reads("SELECT @@secondary_roles_mode")).containsExactly("all");

        Sql.run(administrator, "SET GLOBAL secondary_roles_mode = strict");
        two.mayNot(Refused.TABLE, "CREATE TABLE made_2 (a INT)", "'made_2'");
        assertThat(two.reads("SELECT COUNT(*) FROM t")).containsExactly("1");
        assertThat(Sql.rows(two.text(), "SHOW GLOBAL VARIABLES LIKE 'secondary\\_roles%'"))
            .containsExactly("secondary_roles_mode|strict");

        Sql.run(administrator, "SET @@global.secondary_roles_mode = 'OFF'");
        two.mayNot(Refused.TABLE, "SELECT COUNT(*) FROM t", "'t'");
        refused(1142, read::executeQuery);
        two.mayNot(Refused.ADMINISTRATION, "SET GLOBAL secondary_roles_mode = all", "SET GLOBAL");
        refused(1229, () -> Sql.run(two.text(), "SET secondary_roles_mode = 'all'"));
        refused(1231, () -> Sql.run(administrator, "SET GLOBAL secondary_roles_mode = 'some'"));
        assertThat(
                Sql.rows(
                    administrator,
                    "SELECT variable_value FROM mo_catalog.mo_variables WHERE variable_name ="
                        + " 'secondary_roles_mode'"))
            .containsExactly("off");
        assertThat(Sql.value(boss, "SELECT @@global.secondary_roles_mode")).isEqualTo("all");

        Sql.run(administrator, "SET GLOBAL secondary_roles_mode = DEFAULT");
        assertThat(Sql.rows(read.executeQuery())).containsExactly("1");
        two.may("CREATE TABLE made_2 (a INT)");
      }
    } finally {
      gate.administer(
          "SET GLOBAL secondary_roles_mode = DEFAULT",
          "DROP ACCOUNT var_acme",
          "DROP USER var_two",
          "DROP ROLE var_first, var_second");
    }
  }

  @Test
  void aProtectedDatabaseIsReadAndNotWritten() throws SQLException {
    try (Person joe = joe().does("USE var_shop")) {
      joe.may("INSERT INTO t VALUES (2)", "INSERT INTO var_free.v VALUES (3)");
      gate.administer("SET GLOBAL protected_databases = 'var_shop, var_new'");
      assertThat(joe.reads("SELECT COUNT(*) FROM t")).containsExactly("3");
      for (String sql :
          List.of(
              "INSERT INTO t VALUES (9)",
              "INSERT INTO var_shop.t VALUES (9)",
              "UPDATE t SET id = 9",
              "DELETE FROM `var_shop`.`t`",
              "REPLACE INTO t VALUES (9)",
              "TRUNCATE TABLE t",
              "ALTER TABLE t ADD c INT",
              "CREATE INDEX i ON t (id)",
              "RENAME TABLE t TO var_free.t",
              "CREATE TABLE u (a INT)",
              "CREATE TABLE var_shop.u AS SELECT 1 AS a",
              "CREATE VIEW var_shop.w AS SELECT 1 AS a",
              "DROP TABLE t",
              "LOCK TABLES t WRITE",
              "PREPARE s FROM 'DELETE FROM t'",
              "DROP DATABASE var_shop",
              "CREATE DATABASE var_new",
              "/*!50000 DELETE FROM t */")) {
        joe.mayNot(Refused.DATABASE, sql, "protected_databases");
      }
      joe.mayNot(Refused.VIEW_INVALID, "DELETE FROM var_free.v");
      assertThat(Sql.rows(joe.text(), "EXPLAIN ACCESS DELETE FROM t").toString())
          .contains("denied", "protected_databases");
      assertThat(joe.reads("SELECT COUNT(*) FROM var_free.v")).containsExactly("3");
    }
    gate.administer("DELETE FROM var_shop.t WHERE id = 3");
  }

  @Test
  void aPreparedStatementFeelsTheProtection() throws SQLException {
    try (Person joe = joe();
        var insert = joe.prepared().prepareStatement("INSERT INTO var_shop.t VALUES (?)")) {
      insert.setInt(1, 5);
      insert.execute();
      gate.administer("SET GLOBAL protected_databases = 'var_shop'");
      insert.setInt(1, 6);
      refused(1044, insert::execute);
    }
  }

  @Test
  void viewsAreMadeAsTheSessionSays() throws SQLException {
    try (Person joe = joe()) {
      joe.may(
          "SET view_security_type = 'INVOKER'",
          "CREATE VIEW var_free.mine AS SELECT id FROM var_shop.t");
      assertThat(
              Sql.value(
                  gate.straight().connect(),
                  "SELECT SECURITY_TYPE FROM information_schema.VIEWS WHERE TABLE_NAME = 'mine'"))
          .isEqualTo("INVOKER");
      refused(1231, () -> Sql.run(joe.text(), "SET SESSION view_security_type = 'everybody'"));
    }
  }

  @Test
  void thePolicyAndTheHistoryHoldAndDoNotRepeatThePassword() throws SQLException {
    gate.administer("SET GLOBAL validate_password = ON", "SET GLOBAL password_history = 2");
    try (Connection root = gate.administrator().connect()) {
      assertThatThrownBy(() -> Sql.run(root, "ALTER USER var_joe IDENTIFIED BY 'tiny7'"))
          .satisfies(e -> assertThat(((SQLException) e).getErrorCode()).isEqualTo(1819))
          .hasMessageContaining("too short")
          .hasMessageNotContaining("tiny7");
      Sql.run(root, "ALTER USER var_joe IDENTIFIED BY 'Second-secret'");
      refused(3638, () -> Sql.run(root, "ALTER USER var_joe IDENTIFIED BY '" + PASSWORD + "'"));
    }
    try (Connection joe = joe("Second-secret")) {
      refused(
          3891,
          () -> Sql.run(joe, "ALTER USER USER() IDENTIFIED BY 'Third-secret' REPLACE 'wrong'"));
      Sql.run(joe, "ALTER USER USER() IDENTIFIED BY 'Third-secret' REPLACE 'Second-secret'");
    }
    joe("Third-secret").close();
  }

  @Test
  void anExpiredPasswordIsChangedBeforeAnythingElse() throws SQLException {
    gate.administer("ALTER USER var_joe PASSWORD EXPIRE");
    refused(1862, () -> joe(PASSWORD).close());
    try (Connection joe =
        gate.user("var_joe", PASSWORD)
            .connect("", Map.of("disconnectOnExpiredPasswords", "false"))) {
      refused(1820, () -> Sql.run(joe, "SELECT id FROM var_shop.t"));
      Sql.run(joe, "ALTER USER var_joe IDENTIFIED BY 'Fresh-secret'", "SELECT id FROM var_shop.t");
    }
    joe("Fresh-secret").close();
  }

  @Test
  void tooManyFailuresLockAndTheListingsSayIt() throws SQLException {
    gate.administer("ALTER USER var_joe FAILED_LOGIN_ATTEMPTS 2 PASSWORD_LOCK_TIME 1");
    refused(1045, () -> joe("wrong").close());
    joe(PASSWORD).close();
    refused(1045, () -> joe("wrong").close());
    refused(1045, () -> joe("wrong").close());
    refused(1045, () -> joe(PASSWORD).close());
    try (Connection root = gate.administrator().connect()) {
      assertThat(
              Sql.value(
                  root,
                  "SELECT status, login_attempts, is_locked, failed_attempts_limit FROM"
                      + " mo_catalog.mo_user WHERE user_name = 'var_joe'"))
          .isEqualTo("lock|2|1|2");
      assertThat(Sql.value(root, "SHOW USERS LIKE 'var_joe'")).contains("locked");
      Sql.run(root, "ALTER USER var_joe UNLOCK");
    }
    joe(PASSWORD).close();
    gate.administer("ALTER USER var_joe ACCOUNT LOCK REASON 'on leave' FOR 1 DAY");
    refused(3118, () -> joe(PASSWORD).close());
    try (Connection root = gate.administrator().connect()) {
      assertThat(
              Sql.value(
                  root,
                  "SELECT status, lock_reason FROM mo_catalog.mo_user WHERE user_name = 'var_joe'"))
          .isEqualTo("forbid|on leave");
    }
  }
}
