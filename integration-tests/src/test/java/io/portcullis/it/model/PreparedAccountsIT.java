package io.portcullis.it.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.it.harness.BackendExtension;
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
 * {@code ?} in statements about accounts (PM 5.2): values of user variables, whatever they hold.
 */
@ExtendWith(BackendExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class PreparedAccountsIT {

  private final TestGate gate;

  PreparedAccountsIT(TestBackend backend) {
    gate = TestGate.start(backend);
  }

  @BeforeAll
  void makeUser() throws SQLException {
    gate.administer(
        "CREATE ROLE prac_role",
        "GRANT CREATE USER, CREATE ROLE, CONNECT ON ACCOUNT * TO prac_role",
        "CREATE USER prac_joe IDENTIFIED BY 'Prep-ared-1' DEFAULT ROLE prac_role");
  }

  @AfterAll
  void clearUp() throws SQLException {
    gate.administer(
        "DROP ACCOUNT IF EXISTS prac_one",
        "DROP ACCOUNT IF EXISTS prac_two",
        "DROP USER prac_joe",
        "DROP ROLE prac_role");
    gate.close();
  }

  private static int errno(Connection connection, String sql) {
    try {
      Sql.run(connection, sql);
      return 0;
    } catch (SQLException e) {
      return e.getErrorCode();
    }
  }

  private boolean logsIn(String user, String password) {
    try (Connection connection = gate.user(user, password).connect()) {
      return Sql.value(connection, "SELECT 1").equals("1");
    } catch (SQLException e) {
      assertThat(e.getErrorCode()).isEqualTo(1045);
      return false;
    }
  }

  @Test
  void anAccountIsMadeAlteredAndDroppedWithValues() throws SQLException {
    try (Connection root = gate.administrator().connect()) {
      Sql.run(
          root,
          "PREPARE made FROM 'CREATE ACCOUNT ? ADMIN_NAME ? IDENTIFIED BY ?'",
          "PREPARE altered FROM ALTER ACCOUNT ? ADMIN_NAME = 'boss' IDENTIFIED BY ?",
          "PREPARE dropped FROM 'DROP ACCOUNT IF EXISTS ?'",
          "SET @a = 'prac_one', @b = 'boss', @c = 'Made-by-1'",
          "EXECUTE made USING @a, @b, @c");
      assertThat(logsIn("prac_one:boss", "Made-by-1")).isTrue();
      assertThat(errno(root, "EXECUTE made USING @a, @b, @c")).isEqualTo(1396);
      assertThat(errno(root, "EXECUTE made USING @a, @b")).isEqualTo(1210);
      assertThat(errno(root, "EXECUTE made USING @a, @b, @nothing")).isEqualTo(1210);
      for (String password : new String[] {"Alt-ered-2", "it's \\ \" -- Z\u00f6e\u20ac", "111"}) {
        try (PreparedStatement set = root.prepareStatement("SET @c = ?")) {
          set.setString(1, password);
          set.execute();
        }
        Sql.run(root, "EXECUTE altered USING @a, @c");
        assertThat(logsIn("prac_one:boss", password)).as(password).isTrue();
        assertThat(logsIn("prac_one:boss", "Made-by-1")).isFalse();
      }
      Sql.run(root, "SET @c = 222", "EXECUTE altered USING @a, @c");
      assertThat(logsIn("prac_one:boss", "222")).isTrue();
      Sql.run(root, "SET @x = x'ff'");
      assertThat(errno(root, "EXECUTE altered USING @a, @x")).isEqualTo(1210);
      assertThat(logsIn("prac_one:boss", "222")).isTrue();
      Sql.run(root, "SET @h = 'prac_one` SUSPEND -- '", "EXECUTE dropped USING @h");
      assertThat(logsIn("prac_one:boss", "222")).isTrue();
      Sql.run(root, "EXECUTE dropped USING @a", "DEALLOCATE PREPARE dropped");
      assertThat(logsIn("prac_one:boss", "222")).isFalse();
      assertThat(errno(root, "EXECUTE dropped USING @a")).isEqualTo(1243);
    }
  }

  /** Names of variables and what they hold do not depend on how the session writes texts. */
  @Test
  void characterSetsDoNotChangeAValue() throws SQLException {
    try (Connection root = gate.administrator().connect()) {
      Sql.run(
          root,
          "PREPARE made FROM 'CREATE ACCOUNT prac_two ADMIN_NAME boss IDENTIFIED BY ?'",
          "SET @`a``b c` = CONVERT(_utf8mb4 x'5AC3B665' USING latin1)",
          "SET sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES', character_set_results = latin1",
          "EXECUTE made USING @`a``b c`");
      assertThat(logsIn("prac_two:boss", "Z\u00f6e")).isTrue();
      Sql.run(root, "DROP ACCOUNT prac_two");
    }
  }

  @Test
  void whoMayNotIsRefusedWhenPreparing() throws SQLException {
    try (Connection joe =
        gate.user("prac_joe", "Prep-ared-1").connect("", Map.of("allowMultiQueries", "true"))) {
      String create = "'CREATE ACCOUNT ? ADMIN_NAME ''x'' IDENTIFIED BY ?'";
      assertThat(errno(joe, "PREPARE s FROM " + create)).isEqualTo(1227);
      assertThat(errno(joe, "PREPARE s FROM DROP ACCOUNT ?")).isEqualTo(1227);
      Sql.run(joe, "SET @a = 'prac_two', @p = 'Some-one-1'");
      assertThat(errno(joe, "EXECUTE s USING @a, @p")).isEqualTo(1243);
      gate.administer("GRANT ALL ON ACCOUNT * TO prac_role");
      Sql.run(joe, "PREPARE s FROM " + create);
      gate.administer("REVOKE ALL ON ACCOUNT * FROM prac_role");
      assertThat(errno(joe, "EXECUTE s USING @a, @p")).isEqualTo(1227);
      gate.administer("GRANT ALL ON ACCOUNT * TO prac_role");
      Sql.run(joe, "EXECUTE s USING @a, @p");
      assertThat(logsIn("prac_two:x", "Some-one-1")).isTrue();
      Sql.run(joe, "DROP ACCOUNT prac_two");
    }
  }

  /** Drivers that prepare on the server are told so, and send it as a text. */
  @Test
  void driversFallBackToTexts() throws SQLException {
    try (Connection root = gate.administrator().connect("", Map.of("useServerPrepStmts", "true"));
        PreparedStatement create =
            root.prepareStatement("CREATE ACCOUNT `prac_two` ADMIN_NAME ? IDENTIFIED BY ?")) {
      create.setString(1, "boss");
      create.setString(2, "Dri-ver-1");
      create.execute();
      assertThat(logsIn("prac_two:boss", "Dri-ver-1")).isTrue();
      Sql.run(root, "DROP ACCOUNT prac_two");
    }
  }
}
