package io.portcullis.it.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.mysql.cj.jdbc.JdbcConnection;
import io.portcullis.it.harness.Await;
import io.portcullis.it.harness.BackendExtension;
import io.portcullis.it.harness.Endpoint;
import io.portcullis.it.harness.Sql;
import io.portcullis.it.harness.TestBackend;
import io.portcullis.it.harness.TestGate;
import io.portcullis.proxy.config.BackendConfig;
import io.portcullis.proxy.config.PortcullisConfig;
import io.portcullis.proxy.config.Secret;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Two accounts on two servers behind one gate, each with a database {@code shop}; and users with a
 * login of their own there (ADR 0012).
 */
@ExtendWith(BackendExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class BackendsIT {

  private static final String PASSWORD = "Some-one-1";

  private final TestBackend first;
  private final TestBackend second = TestBackend.start("embedded");
  private final TestGate gate;

  BackendsIT(TestBackend backend) {
    first = backend;
    gate = TestGate.start(backend.endpoint(), backend.endpoint(), this::withSecond);
  }

  private PortcullisConfig withSecond(PortcullisConfig config) {
    Endpoint there = second.endpoint();
    return config.withBackend(
        "second",
        BackendConfig.of(there.host(), there.port(), there.user(), Secret.of(there.password())));
  }

  @BeforeAll
  void makeAccounts() throws SQLException {
    gate.administer(
        "CREATE ACCOUNT beit_near ADMIN_NAME boss IDENTIFIED BY '" + PASSWORD + "'",
        "CREATE ACCOUNT beit_far ADMIN_NAME boss IDENTIFIED BY '" + PASSWORD + "' BACKEND second");
    for (String account : List.of("beit_near", "beit_far")) {
      try (Connection boss = boss(account).connect()) {
        Sql.run(
            boss,
            "CREATE DATABASE shop",
            "CREATE TABLE shop.t (id INT PRIMARY KEY, v VARCHAR(20))",
            "INSERT INTO shop.t VALUES (1, '" + account + "')",
            "CREATE VIEW shop.v AS SELECT v FROM shop.t",
            "CREATE ROLE reader",
            "GRANT CONNECT ON ACCOUNT * TO reader",
            "GRANT SELECT, INSERT ON TABLE shop.t TO reader",
            "GRANT SELECT ON VIEW shop.v TO reader",
            "CREATE USER joe IDENTIFIED BY '" + PASSWORD + "' DEFAULT ROLE reader");
      }
    }
  }

  @AfterAll
  void clearUp() throws SQLException {
    gate.administer("DROP ACCOUNT beit_near", "DROP ACCOUNT beit_far");
    gate.close();
    second.close();
  }

  private Endpoint boss(String account) {
    return gate.user(account + ":boss", PASSWORD);
  }

  private Endpoint joe(String account) {
    return gate.user(account + ":joe", PASSWORD);
  }

  private static int errno(Connection connection, String sql) {
    SQLException refused = catchThrowableOfType(SQLException.class, () -> Sql.run(connection, sql));
    return refused == null ? 0 : refused.getErrorCode();
  }

  private static String login(Connection straight, String account) throws SQLException {
    return Sql.value(
        straight, "SELECT User FROM mysql.user WHERE User LIKE 'pc\\_" + account + "\\_%'");
  }

  // ---- where what is

  @Test
  void eachAccountLivesOnItsServer() throws SQLException {
    for (String account : List.of("beit_near", "beit_far")) {
      try (Connection boss = boss(account).connect();
          Connection joe = joe(account).connect("shop", Map.of("useServerPrepStmts", "true"));
          PreparedStatement prepared = joe.prepareStatement("SELECT v FROM t WHERE id = ?")) {
        assertThat(Sql.value(boss, "SELECT v FROM shop.t")).isEqualTo(account);
        assertThat(Sql.value(joe, "SELECT v FROM v")).isEqualTo(account);
        prepared.setInt(1, 1);
        assertThat(Sql.rows(prepared.executeQuery())).containsExactly(account);
        assertThat(errno(joe, "DELETE FROM shop.t")).isEqualTo(1142);
        assertThat(Sql.rows(boss, "SHOW DATABASES"))
            .containsExactlyInAnyOrder("information_schema", "mo_catalog", "shop");
        assertThat(
                Sql.rows(
                    boss,
                    "SELECT TABLE_SCHEMA, TABLE_NAME FROM information_schema.TABLES"
                        + " WHERE TABLE_SCHEMA = 'shop' ORDER BY 2"))
            .containsExactly("shop|t", "shop|v");
      }
    }
    try (Connection here = first.endpoint().connect();
        Connection there = second.endpoint().connect()) {
      assertThat(Sql.rows(here, "SHOW DATABASES"))
          .contains("beit_near$shop")
          .doesNotContain("beit_far$shop");
      assertThat(Sql.rows(there, "SHOW DATABASES"))
          .contains("beit_far$shop")
          .doesNotContain("beit_near$shop", gate.catalogSchema());
      assertThat(login(here, "beit_near")).isNotEmpty();
      assertThat(login(there, "beit_far")).isNotEmpty();
    }
  }

  @Test
  void theyDoNotReachEachOther() throws SQLException {
    try (Connection near = boss("beit_near").connect();
        Connection far = boss("beit_far").connect();
        Connection root = gate.administrator().connect()) {
      assertThat(errno(far, "SELECT * FROM beit_near$shop.t")).isNotZero();
      assertThat(errno(near, "SELECT * FROM beit_far$shop.t")).isNotZero();
      assertThat(errno(root, "SELECT * FROM beit_far$shop.t")).isEqualTo(1142);
      assertThat(errno(root, "CREATE DATABASE beit_far$more")).isEqualTo(1044);
      assertThat(errno(far, "CREATE DATABASE `" + gate.catalogSchema() + "`")).isEqualTo(1044);
    }
  }

  @Test
  void whereTheyLiveIsShownToTheAdministratorOfTheCluster() throws SQLException {
    try (Connection root = gate.administrator().connect()) {
      assertThat(Sql.value(root, "SHOW ACCOUNTS LIKE 'beit_far'")).endsWith("|second");
      assertThat(Sql.value(root, "SHOW ACCOUNTS LIKE 'beit_near'")).endsWith("|main");
      assertThat(
              Sql.value(
                  root,
                  "SELECT backend FROM mo_catalog.mo_account WHERE account_name = 'beit_far'"))
          .isEqualTo("second");
      assertThatThrownBy(
              () ->
                  Sql.run(
                      root,
                      "CREATE ACCOUNT beit_x ADMIN_NAME a IDENTIFIED BY '"
                          + PASSWORD
                          + "' BACKEND third"))
          .hasMessageContaining("there is no backend third")
          .hasMessageContaining("main, second");
      assertThat(errno(root, "ALTER ACCOUNT beit_far BACKEND main")).isEqualTo(1235);
    }
  }

  @Test
  void aSessionThatChangesItsUserChangesTheServer() throws SQLException {
    try (Connection client = boss("beit_near").connect()) {
      assertThat(Sql.value(client, "SELECT v FROM shop.t")).isEqualTo("beit_near");
      client.unwrap(JdbcConnection.class).changeUser("beit_far:boss", PASSWORD);
      assertThat(Sql.value(client, "SELECT v FROM shop.t")).isEqualTo("beit_far");
      client.unwrap(JdbcConnection.class).changeUser("beit_near:boss", PASSWORD);
      assertThat(Sql.value(client, "SELECT v FROM shop.t")).isEqualTo("beit_near");
    }
  }

  @Test
  void anAccountGoesWithWhatItHasThere() throws SQLException {
    gate.administer(
        "CREATE ACCOUNT beit_gone ADMIN_NAME boss IDENTIFIED BY '" + PASSWORD + "' BACKEND second");
    try (Connection boss = boss("beit_gone").connect();
        Connection there = second.endpoint().connect()) {
      Sql.run(boss, "CREATE DATABASE shop", "CREATE TABLE shop.t (v INT)");
      assertThat(Sql.rows(there, "SHOW DATABASES")).contains("beit_gone$shop");
      String login = login(there, "beit_gone");
      gate.administer("DROP ACCOUNT beit_gone");
      assertThat(Sql.rows(there, "SHOW DATABASES")).doesNotContain("beit_gone$shop");
      assertThat(Sql.number(there, "SELECT COUNT(*) FROM mysql.user WHERE User = '" + login + "'"))
          .isZero();
    }
  }

  // ---- what ends statements

  private CompletableFuture<Integer> sleeping(Connection connection) {
    return CompletableFuture.supplyAsync(
        () -> errno(connection, "SELECT SLEEP(60), v FROM shop.t"));
  }

  private void untilItSleeps() throws Exception {
    try (Connection there = second.endpoint().connect()) {
      Await.until(
          "it runs on the second server",
          () ->
              Sql.number(
                      there,
                      "SELECT COUNT(*) FROM information_schema.PROCESSLIST"
                          + " WHERE INFO LIKE 'SELECT SLEEP(60)%'")
                  == 1);
    }
  }

  @Test
  void aRevokeEndsWhatRunsThere() throws Exception {
    try (Connection boss = boss("beit_far").connect();
        Connection joe = joe("beit_far").connect()) {
      CompletableFuture<Integer> running = sleeping(joe);
      untilItSleeps();
      Sql.run(boss, "REVOKE SELECT ON TABLE shop.t FROM reader");
      assertThat(running.get()).isEqualTo(1317);
      assertThat(errno(joe, "SELECT v FROM shop.t")).isEqualTo(1142);
      Sql.run(boss, "GRANT SELECT ON TABLE shop.t TO reader");
      assertThat(Sql.value(joe, "SELECT v FROM shop.t")).isEqualTo("beit_far");
    }
  }

  @Test
  void aKillReachesWhatRunsThere() throws Exception {
    try (Connection boss = boss("beit_far").connect();
        Connection near = boss("beit_near").connect();
        Connection joe = joe("beit_far").connect()) {
      String id = Sql.value(joe, "SELECT CONNECTION_ID()");
      CompletableFuture<Integer> running = sleeping(joe);
      untilItSleeps();
      assertThat(errno(near, "KILL QUERY " + id)).isEqualTo(1094);
      assertThat(Sql.rows(boss, "SHOW PROCESSLIST")).anyMatch(row -> row.startsWith(id + "|"));
      Sql.run(boss, "KILL QUERY " + id);
      running.get();
      assertThat(Sql.value(joe, "SELECT v FROM shop.t")).isEqualTo("beit_far");
    }
  }

  // ---- one of them is down, or away

  @Test
  void aServerThatIsDownIsNobodyElsesTrouble() throws Exception {
    try (Connection far = boss("beit_far").connect();
        Connection near = boss("beit_near").connect();
        Connection root = gate.administrator().connect()) {
      Sql.run(far, "SELECT v FROM shop.t");
      second.stop();
      try {
        assertThat(errno(far, "SELECT v FROM shop.t")).isNotZero();
        assertThat(Sql.value(near, "SELECT v FROM shop.t")).isEqualTo("beit_near");
        Sql.run(near, "CREATE ROLE meanwhile", "GRANT SELECT ON TABLE shop.t TO meanwhile");
        Sql.run(near, "DROP ROLE meanwhile");
        assertThat(Sql.value(root, "SHOW ACCOUNTS LIKE 'beit_far'")).contains("|null|null|null|");
        assertThatThrownBy(
                () -> boss("beit_far").connect("", Map.of("connectTimeout", "60000")).close())
            .isInstanceOf(SQLException.class);
        try (TestGate other =
            TestGate.start(first.endpoint(), first.endpoint(), this::sameCatalog)) {
          assertThat(
                  Sql.value(
                      other.user("beit_near:boss", PASSWORD).connect(), "SELECT v FROM shop.t"))
              .isEqualTo("beit_near");
          assertThatThrownBy(() -> other.user("beit_far:boss", PASSWORD).connect())
              .isInstanceOfSatisfying(
                  SQLException.class, e -> assertThat(e.getErrorCode()).isEqualTo(1429))
              .hasMessageContaining("'second'");
          second.startAgain();
          Await.until(
              "the other gate finds the server",
              () -> {
                try (Connection again = other.user("beit_far:boss", PASSWORD).connect()) {
                  return Sql.value(again, "SELECT v FROM shop.t").equals("beit_far");
                } catch (SQLException e) {
                  return false;
                }
              });
        }
      } finally {
        if (!isUp()) {
          second.startAgain();
        }
      }
    }
    try (Connection far = boss("beit_far").connect()) {
      assertThat(Sql.value(far, "SELECT v FROM shop.t")).isEqualTo("beit_far");
    }
  }

  private boolean isUp() {
    try (Connection straight = second.endpoint().connect()) {
      return straight.isValid(5);
    } catch (SQLException e) {
      return false;
    }
  }

  private PortcullisConfig sameCatalog(PortcullisConfig config) {
    return withSecond(withoutSecond(config));
  }

  private PortcullisConfig withoutSecond(PortcullisConfig config) {
    return config.withCatalog(config.catalog().withSchema(gate.catalogSchema()));
  }

  @Test
  void accountsWhoseServerIsNotConfiguredAnyMoreAreRefused() throws SQLException {
    try (TestGate other = TestGate.start(first.endpoint(), first.endpoint(), this::withoutSecond)) {
      assertThat(
              Sql.value(other.user("beit_near:boss", PASSWORD).connect(), "SELECT v FROM shop.t"))
          .isEqualTo("beit_near");
      assertThatThrownBy(() -> other.user("beit_far:boss", PASSWORD).connect())
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getErrorCode()).isEqualTo(1429))
          .hasMessageContaining("'second'")
          .hasMessageContaining("configuration");
      assertThatThrownBy(() -> other.user("beit_far:boss", "wrong").connect())
          .hasMessageNotContaining("second");
      assertThat(Sql.value(other.administrator().connect(), "SHOW ACCOUNTS LIKE 'beit_far'"))
          .endsWith("|second");
      assertThatThrownBy(() -> Sql.run(other.administrator().connect(), "DROP ACCOUNT beit_far"))
          .hasMessageContaining("lives on the backend second, which is not in the configuration");
      assertThatThrownBy(
              () -> Sql.run(other.administrator().connect(), "ALTER ACCOUNT beit_far OPEN"))
          .hasMessageContaining("which is not in the configuration");
    }
    try (Connection far = boss("beit_far").connect()) {
      assertThat(Sql.value(far, "SELECT v FROM shop.t")).isEqualTo("beit_far");
    }
  }

  // ---- users' own logins

  @Test
  void aUsersOwnLoginIsUsedAndBindsHim() throws Exception {
    try (Connection there = second.endpoint().connect();
        Connection root = gate.administrator().connect()) {
      Sql.run(
          there,
          "CREATE USER beit_own IDENTIFIED BY 'Own-login-1'",
          "GRANT SELECT ON `beit_far$shop`.* TO beit_own");
      Connection before = joe("beit_far").connect();
      Sql.run(before, "SELECT v FROM shop.t");
      Sql.run(
          root,
          "ALTER USER joe IN ACCOUNT beit_far MAP TO BACKEND second LOGIN 'beit_own'"
              + " IDENTIFIED BY 'Own-login-1'");
      Await.until("the session with the other login is closed", () -> !before.isValid(5));
      assertThat(Sql.rows(root, "SELECT * FROM mo_catalog.mo_user_mapping").toString())
          .contains("joe|beit_far|second|beit_own")
          .doesNotContain("Own-login-1");
      try (Connection joe = joe("beit_far").connect();
          Connection boss = boss("beit_far").connect()) {
        assertThat(Sql.value(joe, "SELECT v FROM shop.t")).isEqualTo("beit_far");
        assertThat(
                Sql.number(
                    there,
                    "SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE USER = 'beit_own'"))
            .isOne();
        // The gate permits it, the login does not; what the gate does not permit the login does.
        assertThat(errno(joe, "INSERT INTO shop.t VALUES (5, 'x')")).isEqualTo(1142);
        Sql.run(boss, "CREATE TABLE shop.other (v INT)");
        assertThatThrownBy(() -> Sql.run(joe, "SELECT * FROM shop.other"))
            .hasMessageContaining("'joe'");
        Sql.run(boss, "INSERT INTO shop.t VALUES (6, 'boss')", "DELETE FROM shop.t WHERE id = 6");
        assertThat(errno(boss, "ALTER USER joe UNMAP FROM BACKEND second")).isEqualTo(1227);
      }
      Sql.run(there, "ALTER USER beit_own IDENTIFIED BY 'Changed-there-2'");
      Sql.run(
          root,
          "ALTER USER joe IN ACCOUNT beit_far MAP TO BACKEND second LOGIN 'beit_own'"
              + " IDENTIFIED BY 'Wrong-one-3'");
      try (Connection boss = boss("beit_far").connect()) {
        assertThatThrownBy(
                () -> {
                  try (Connection joe = joe("beit_far").connect()) {
                    Sql.run(joe, "SELECT v FROM shop.t");
                  }
                })
            .isInstanceOf(SQLException.class)
            .hasMessageContaining("refused the login")
            .hasMessageNotContaining("Wrong-one-3")
            .hasMessageNotContaining("beit_own");
        assertThat(Sql.value(boss, "SELECT v FROM shop.t")).isEqualTo("beit_far");
      }
      Sql.run(root, "ALTER USER joe IN ACCOUNT beit_far UNMAP FROM BACKEND second");
      try (Connection joe = joe("beit_far").connect()) {
        Sql.run(joe, "INSERT INTO shop.t VALUES (7, 'joe')");
      }
      try (Connection boss = boss("beit_far").connect()) {
        Sql.run(boss, "DELETE FROM shop.t WHERE id = 7", "DROP TABLE shop.other");
      }
      Sql.run(there, "DROP USER beit_own");
    }
  }

  /** In a gate that is closed and opened again: kept, and readable with the key. */
  @Test
  void aUsersOwnLoginOutlivesTheGate() throws SQLException {
    try (Connection here = first.endpoint().connect()) {
      Sql.run(
          here,
          "CREATE USER beit_here IDENTIFIED BY 'Own-login-1'",
          "GRANT SELECT ON `beit_near$shop`.* TO beit_here");
      gate.administer(
          "ALTER USER joe IN ACCOUNT beit_near MAP TO BACKEND main LOGIN 'beit_here'"
              + " IDENTIFIED BY 'Own-login-1'");
      try (TestGate other = TestGate.start(first.endpoint(), first.endpoint(), this::sameCatalog);
          Connection joe = other.user("beit_near:joe", PASSWORD).connect()) {
        assertThat(Sql.value(joe, "SELECT v FROM shop.t")).isEqualTo("beit_near");
        assertThat(errno(joe, "INSERT INTO shop.t VALUES (5, 'x')")).isEqualTo(1142);
        assertThat(
                Sql.value(
                    here,
                    "SELECT sealed_password FROM "
                        + gate.catalogSchema()
                        + ".catalog_user_mapping WHERE login_user = 'beit_here'"))
            .doesNotContain("Own-login-1");
      }
      gate.administer("ALTER USER joe IN ACCOUNT beit_near UNMAP FROM BACKEND main");
      Sql.run(here, "DROP USER beit_here");
    }
  }
}
