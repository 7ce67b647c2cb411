package io.portcullis.it.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.portcullis.it.harness.BackendExtension;
import io.portcullis.it.harness.Endpoint;
import io.portcullis.it.harness.Sql;
import io.portcullis.it.harness.TestBackend;
import io.portcullis.it.harness.TestGate;
import io.portcullis.proxy.server.BlindGate;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The first wall is taken down on purpose: in this gate no statement is analysed, decided or
 * changed. The tenant's session sends what it likes, and the backend refuses it (DESIGN D6).
 */
@ExtendWith(BackendExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class SecondWallIT {

  private static final String PASSWORD = "Some-one-1";

  private final TestGate seeing;
  private final TestBackend backend;
  private TestGate blind;

  SecondWallIT(TestBackend backend) {
    this.backend = backend;
    seeing = TestGate.start(backend);
    blind = seeing;
  }

  @BeforeAll
  void makeAccounts() throws SQLException {
    seeing.administer(
        "DROP DATABASE IF EXISTS swit_sys",
        "CREATE DATABASE swit_sys",
        "CREATE TABLE swit_sys.t (v VARCHAR(20))");
    for (String account : new String[] {"swit_one", "swit_two"}) {
      seeing.administer(
          "CREATE ACCOUNT " + account + " ADMIN_NAME boss IDENTIFIED BY '" + PASSWORD + "'");
      try (Connection boss = boss(account).connect()) {
        Sql.run(
            boss,
            "CREATE DATABASE shop",
            "CREATE TABLE shop.t (id INT PRIMARY KEY, v VARCHAR(20))",
            "INSERT INTO shop.t VALUES (1, '" + account + "')",
            "CREATE USER joe IDENTIFIED BY '" + PASSWORD + "'");
      }
    }
    // Another gate on the same catalog, which it reads now that all of this is there.
    blind =
        TestGate.start(
            backend.endpoint(),
            backend.endpoint(),
            config -> config.withCatalog(config.catalog().withSchema(seeing.catalogSchema())),
            BlindGate::start);
  }

  @AfterAll
  void clearUp() throws SQLException {
    seeing.administer("DROP ACCOUNT swit_one", "DROP ACCOUNT swit_two", "DROP DATABASE swit_sys");
    blind.close();
    seeing.close();
  }

  private Endpoint boss(String account) {
    return seeing.user(account + ":boss", PASSWORD);
  }

  /** Somebody without a single grant. */
  private Endpoint joe(TestGate gate) {
    return gate.user("swit_one:joe", PASSWORD);
  }

  private static int errno(Connection connection, String sql) {
    SQLException refused = catchThrowableOfType(SQLException.class, () -> Sql.run(connection, sql));
    return refused == null ? 0 : refused.getErrorCode();
  }

  @Test
  void theFirstWallIsDownIndeed() throws SQLException {
    String own = "SELECT v FROM `swit_one$shop`.t";
    try (Connection before = joe(seeing).connect();
        Connection behind = joe(blind).connect()) {
      assertThat(errno(before, own)).isEqualTo(1142);
      assertThat(errno(before, "SELECT v FROM shop.t")).isEqualTo(1142);
      // Without a grant, and by a name that the gate lets nobody use.
      assertThat(Sql.value(behind, own)).isEqualTo("swit_one");
      assertThat(errno(behind, "SELECT v FROM shop.t")).as("no name is mapped").isNotZero();
      Sql.run(
          behind,
          "INSERT INTO `swit_one$shop`.t VALUES (2, 'joe')",
          "DELETE FROM `swit_one$shop`.t WHERE id = 2");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT * FROM `swit_two$shop`.t",
        "SELECT * FROM swit_two$shop.t",
        "SELECT a.v FROM `swit_one$shop`.t a JOIN `swit_two$shop`.t b USING (id)",
        "WITH x AS (SELECT v FROM `swit_two$shop`.t) SELECT * FROM x",
        "INSERT INTO `swit_one$shop`.t SELECT id + 10, v FROM `swit_two$shop`.t",
        "INSERT INTO `swit_two$shop`.t VALUES (3, 'x')",
        "REPLACE INTO `swit_two$shop`.t VALUES (1, 'x')",
        "UPDATE `swit_two$shop`.t SET v = 'x'",
        "UPDATE `swit_one$shop`.t a, `swit_two$shop`.t b SET b.v = a.v",
        "DELETE FROM `swit_two$shop`.t",
        "TRUNCATE TABLE `swit_two$shop`.t",
        "DROP TABLE `swit_two$shop`.t",
        "RENAME TABLE `swit_two$shop`.t TO `swit_one$shop`.stolen",
        "ALTER TABLE `swit_two$shop`.t ADD w INT",
        "CREATE TABLE `swit_one$shop`.stolen AS SELECT * FROM `swit_two$shop`.t",
        "CREATE TABLE `swit_one$shop`.stolen LIKE `swit_two$shop`.t",
        "CREATE VIEW `swit_one$shop`.w AS SELECT * FROM `swit_two$shop`.t",
        "CREATE DATABASE `swit_two$evil`",
        "CREATE DATABASE swit_evil",
        "DROP DATABASE `swit_two$shop`",
        "USE `swit_two$shop`",
        "SHOW TABLES FROM `swit_two$shop`",
        "SHOW CREATE TABLE `swit_two$shop`.t",
        "LOCK TABLES `swit_two$shop`.t READ",
        "SELECT * FROM swit_sys.t",
        "DROP DATABASE swit_sys",
        "/*! SELECT * FROM `swit_two$shop`.t */",
        "PREPARE s FROM 'SELECT * FROM `swit_two$shop`.t'",
        "SELECT User FROM mysql.user",
        "SELECT * FROM mysql.db",
        "CREATE USER swit_evil",
        "DROP USER root",
        "GRANT SELECT ON `swit_two$shop`.* TO CURRENT_USER",
        "GRANT ALL ON *.* TO CURRENT_USER",
        "SET GLOBAL max_connections = 1",
        "SELECT * FROM mysql.user INTO OUTFILE 'swit_evil'",
        "SELECT 1 INTO OUTFILE 'swit_evil'",
        "SELECT * FROM `swit_one$shop`.t INTO OUTFILE 'swit_evil'"
      })
  void theBackendRefusesWhatTheGateDoesNot(String sql) throws SQLException {
    try (Connection joe = joe(blind).connect()) {
      assertThat(errno(joe, sql))
          .as(sql)
          .isIn(1044, 1045, 1142, 1143, 1227, 1356, 1370, 1396, 1410);
    }
    try (Connection straight = seeing.straight().connect()) {
      assertThat(Sql.rows(straight, "SELECT * FROM `swit_two$shop`.t"))
          .containsExactly("1|swit_two");
    }
  }

  @Test
  void preparedAndAsCurrentDatabaseTheSame() throws SQLException {
    try (Connection joe =
        joe(blind)
            .connect(
                "", Map.of("useServerPrepStmts", "true", "emulateUnsupportedPstmts", "false"))) {
      SQLException refused =
          catchThrowableOfType(
              SQLException.class,
              () -> {
                try (PreparedStatement read =
                    joe.prepareStatement("SELECT v FROM `swit_two$shop`.t WHERE id = ?")) {
                  read.setInt(1, 1);
                  read.executeQuery();
                }
              });
      assertThat(refused.getErrorCode()).isIn(1044, 1142);
      assertThat(
              catchThrowableOfType(SQLException.class, () -> joe.setCatalog("swit_two$shop"))
                  .getErrorCode())
          .isEqualTo(1044);
    }
  }

  @Test
  void whatIsListedIsTheAccountsOwn() throws SQLException {
    try (Connection joe = joe(blind).connect()) {
      for (String sql :
          new String[] {
            "SHOW DATABASES",
            "SELECT SCHEMA_NAME FROM information_schema.SCHEMATA",
            "SELECT TABLE_SCHEMA FROM information_schema.TABLES",
            "SELECT GRANTEE FROM information_schema.SCHEMA_PRIVILEGES",
            "SELECT USER, DB, INFO FROM information_schema.PROCESSLIST",
            "SHOW PROCESSLIST"
          }) {
        assertThat(Sql.rows(joe, sql).toString())
            .as(sql)
            .doesNotContain("swit_two", "swit_sys", seeing.catalogSchema());
      }
    }
  }
}
