package io.portcullis.it.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.portcullis.it.harness.Await;
import io.portcullis.it.harness.BackendExtension;
import io.portcullis.it.harness.Endpoint;
import io.portcullis.it.harness.Sql;
import io.portcullis.it.harness.TestBackend;
import io.portcullis.it.harness.TestGate;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
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

/**
 * Accounts are name spaces behind two walls (DESIGN D6, PM 2.3, 4.7, 5.2): two of them have a
 * database {@code shop} on one server, and neither can find out that the other exists.
 */
@ExtendWith(BackendExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class AccountsIT {

  private static final String PASSWORD = "Some-one-1";

  /** Of the accounts that are there all the time. */
  private static final List<String> BOTH = List.of("acit_one", "acit_two");

  private final TestGate gate;
  private int made;

  AccountsIT(TestBackend backend) {
    gate = TestGate.start(backend);
  }

  @BeforeAll
  void makeAccounts() throws SQLException {
    gate.administer("DROP DATABASE IF EXISTS acit_sys", "CREATE DATABASE acit_sys");
    gate.administer("CREATE TABLE acit_sys.t (v VARCHAR(20))");
    for (String account : BOTH) {
      gate.administer(
          "CREATE ACCOUNT " + account + " ADMIN_NAME 'boss' IDENTIFIED BY '" + PASSWORD + "'");
      try (Connection boss = boss(account).connect()) {
        Sql.run(
            boss,
            "CREATE DATABASE shop",
            "CREATE TABLE shop.t (id INT PRIMARY KEY, v VARCHAR(20))",
            "INSERT INTO shop.t VALUES (1, '" + account + "')",
            "CREATE VIEW shop.v AS SELECT v FROM shop.t",
            "CREATE ROLE reader",
            "GRANT CONNECT ON ACCOUNT * TO reader",
            "GRANT SELECT ON TABLE shop.t TO reader",
            "CREATE USER joe IDENTIFIED BY '" + PASSWORD + "' DEFAULT ROLE reader");
      }
    }
  }

  @AfterAll
  void clearUp() throws SQLException {
    for (String account : BOTH) {
      gate.administer("DROP ACCOUNT " + account);
    }
    gate.administer("DROP DATABASE acit_sys");
    gate.close();
  }

  private Endpoint boss(String account) {
    return gate.user(account + ":boss", PASSWORD);
  }

  private Endpoint joe(String account) {
    return gate.user(account + "#joe", PASSWORD);
  }

  /** An account for one test, which drops it. */
  private String account() throws SQLException {
    String account = "acit_x" + ++made;
    gate.administer(
        "CREATE ACCOUNT " + account + " ADMIN_NAME boss IDENTIFIED BY '" + PASSWORD + "'");
    return account;
  }

  private static int errno(Connection connection, String sql) {
    SQLException refused = catchThrowableOfType(SQLException.class, () -> Sql.run(connection, sql));
    return refused == null ? 0 : refused.getErrorCode();
  }

  // ---- name spaces

  @Test
  void namedLocksAreAnAccountsOwn() throws SQLException {
    String taken = "SELECT GET_LOCK('payroll', 0), get_lock (CONCAT('a', /* , */ 'b'), 0)";
    String whose =
        "SELECT IS_FREE_LOCK('payroll'), IS_USED_LOCK('payroll') IS NULL, IS_FREE_LOCK('ab')";
    try (Connection one = joe(BOTH.get(0)).connect();
        Connection same = joe(BOTH.get(0)).connect();
        Connection other = joe(BOTH.get(1)).connect();
        Connection sys = gate.administrator().connect();
        PreparedStatement release = one.prepareStatement("SELECT RELEASE_LOCK(?)")) {
      assertThat(Sql.rows(one, taken)).containsExactly("1|1");
      assertThat(Sql.rows(same, taken)).containsExactly("0|0");
      assertThat(Sql.rows(same, whose)).containsExactly("0|0|0");
      for (Connection elsewhere : List.of(other, sys)) {
        assertThat(Sql.rows(elsewhere, whose)).containsExactly("1|1|1");
        assertThat(Sql.rows(elsewhere, taken)).containsExactly("1|1");
      }
      release.setString(1, "payroll");
      try (ResultSet row = release.executeQuery()) {
        assertThat(row.next()).isTrue();
        assertThat(row.getInt(1)).isOne();
      }
      assertThat(Sql.rows(same, whose)).containsExactly("1|1|0");
      assertThat(Sql.rows(other, whose)).containsExactly("0|0|0");
      assertThat(errno(one, "PREPARE s FROM 'SELECT GET_LOCK(''payroll'', 0)'")).isEqualTo(1235);
      assertThat(errno(sys, "PREPARE s FROM 'SELECT GET_LOCK(''payroll'', 0)'")).isZero();
      assertThat(Sql.value(one, "SELECT RELEASE_ALL_LOCKS() >= 0")).isEqualTo("1");
    }
  }

  @Test
  void eachHasItsOwnShop() throws SQLException {
    for (String account : BOTH) {
      try (Person boss = Person.at(boss(account));
          Person joe = Person.at(joe(account), "shop")) {
        assertThat(boss.reads("SELECT v FROM shop.t")).containsExactly(account);
        assertThat(boss.reads("SELECT shop.t.v, x.v FROM shop.t JOIN `shop` . v x"))
            .containsExactly(account + "|" + account);
        assertThat(joe.reads("SELECT v FROM t")).containsExactly(account);
        assertThat(joe.reads("SELECT v FROM shop.t WHERE shop.t.id = 1")).containsExactly(account);
        joe.mayNot(Refused.TABLE, "INSERT INTO shop.t VALUES (2, 'x')", "'t'");
        joe.mayNot(Refused.TABLE, "SELECT v FROM shop.v", "'v'");
        joe.mayNot(Refused.DATABASE, "CREATE DATABASE other", "'other'");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT * FROM acit_two$shop.t",
        "SELECT * FROM `acit_two$shop`.t",
        "SELECT * FROM acit_sys.t",
        "SELECT * FROM shop2.t",
        "SELECT v FROM shop.t UNION SELECT v FROM acit_two$shop.t",
        "SELECT (SELECT v FROM `acit_two$shop`.t)",
        "INSERT INTO acit_two$shop.t VALUES (9, 'x')",
        "DELETE FROM acit_sys.t",
        "DROP TABLE acit_two$shop.t",
        "CREATE VIEW shop.out_of_it AS SELECT v FROM `acit_two$shop`.t",
        "CREATE TABLE shop.copy LIKE `acit_two$shop`.t",
        "RENAME TABLE shop.t TO `acit_two$shop`.stolen",
        "SHOW TABLES FROM acit_two$shop",
        "SHOW CREATE TABLE `acit_two$shop`.t",
        "DESCRIBE acit_two$shop.t",
        "USE acit_two$shop",
        "USE acit_sys",
        "LOCK TABLES acit_two$shop.t READ",
        "/*!99999 */ SELECT * FROM /*!50000 `acit_two$shop` */ . t",
        "GRANT SELECT ON TABLE `acit_two$shop`.t TO reader"
      })
  void whatIsAnotherAccountsIsNotThere(String sql) throws SQLException {
    String another = sql.replace("acit_two$shop", "nowhere").replace("acit_sys", "nowhere");
    try (Connection boss = boss("acit_one").connect()) {
      int errno = errno(boss, sql);
      assertThat(errno).as(sql).isNotZero();
      // No other answer than for what nobody has.
      assertThat(errno(boss, another)).as(another).isEqualTo(errno);
    }
    try (Connection other = boss("acit_two").connect()) {
      assertThat(Sql.rows(other, "SELECT id, v FROM shop.t")).containsExactly("1|acit_two");
      assertThat(Sql.rows(other, "SHOW TABLES FROM shop")).containsExactly("t", "v");
    }
  }

  @Test
  void objectsAndTheirColumnsHaveTheAccountsNames() throws SQLException {
    for (String account : BOTH) {
      try (Person boss = Person.at(boss(account));
          Person joe = Person.at(joe(account))) {
        String columns =
            "SELECT att_database, att_relname, attname FROM mo_catalog.mo_columns ORDER BY 2, 3";
        assertThat(boss.reads(columns)).containsExactly("shop|t|id", "shop|t|v", "shop|v|v");
        assertThat(joe.reads(columns)).containsExactly("shop|t|id", "shop|t|v");
        String views =
            "SELECT relname, viewdef LIKE '%`shop`.`t`%', viewdef LIKE '%$%' FROM"
                + " mo_catalog.mo_tables WHERE relkind = 'v'";
        assertThat(boss.reads(views)).containsExactly("v|1|0");
        assertThat(joe.reads(views)).isEmpty();
        // Secured tables of information_schema beside them.
        assertThat(
                boss.reads(
                    "SELECT COUNT(*) FROM mo_catalog.mo_columns c JOIN information_schema.COLUMNS i"
                        + " ON i.TABLE_SCHEMA = c.att_database AND i.TABLE_NAME = c.att_relname AND"
                        + " i.COLUMN_NAME = c.attname"))
            .containsExactly("3");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT User FROM mysql.user",
        "SELECT * FROM mysql.innodb_table_stats",
        "SELECT * FROM performance_schema.threads",
        "SELECT * FROM information_schema.PROCESSLIST",
        "SELECT * FROM information_schema.INNODB_TRX",
        "GRANT SELECT ON TABLE mysql.user TO reader",
        "CREATE ACCOUNT mine ADMIN_NAME a IDENTIFIED BY 'Some-one-1'",
        "ALTER ACCOUNT acit_two SUSPEND",
        "DROP ACCOUNT acit_two"
      })
  void whatIsAboutAllAccountsIsForNone(String sql) throws SQLException {
    try (Connection boss = boss("acit_one").connect()) {
      assertThat(errno(boss, sql)).as(sql).isIn(1142, 1044, 1227, 1235);
    }
  }

  @Test
  void listsHoldNothingOfOthers() throws SQLException {
    try (Person boss = Person.at(boss("acit_one"))) {
      assertThat(Sql.rows(boss.text(), "SHOW DATABASES"))
          .containsExactly("information_schema", "mo_catalog", "shop");
      List<String> lists = new ArrayList<>();
      for (String sql :
          List.of(
              "SELECT SCHEMA_NAME FROM information_schema.SCHEMATA",
              "SELECT TABLE_SCHEMA, TABLE_NAME FROM information_schema.TABLES",
              "SELECT TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME FROM information_schema.COLUMNS",
              "SELECT TABLE_SCHEMA, VIEW_DEFINITION FROM information_schema.VIEWS",
              "SELECT CONSTRAINT_SCHEMA, TABLE_SCHEMA FROM information_schema.KEY_COLUMN_USAGE",
              "SELECT TABLE_SCHEMA, INDEX_SCHEMA FROM information_schema.STATISTICS")) {
        lists.addAll(boss.reads(sql));
      }
      for (String table :
          List.of(
              "mo_user",
              "mo_role",
              "mo_database",
              "mo_tables",
              "mo_columns",
              "mo_role_privs",
              "mo_account")) {
        lists.addAll(Sql.rows(boss.text(), "SELECT * FROM mo_catalog." + table));
      }
      lists.addAll(Sql.rows(boss.text(), "SELECT * FROM information_schema.TABLE_PRIVILEGES"));
      lists.addAll(Sql.rows(boss.text(), "SHOW ACCOUNTS"));
      lists.addAll(Sql.rows(boss.text(), "SHOW PROCESSLIST"));
      lists.addAll(Sql.rows(boss.text(), "SHOW GRANTS"));
      lists.addAll(Sql.rows(boss.text(), "SHOW USERS"));
      lists.addAll(Sql.rows(boss.text(), "SHOW ROLES"));
      assertThat(lists).isNotEmpty();
      assertThat(String.join("\n", lists)).doesNotContain("acit_two", "acit_sys", "$");
      assertThat(
              boss.reads(
                  "SELECT TABLE_NAME FROM information_schema.TABLES"
                      + " WHERE TABLE_SCHEMA = DATABASE() ORDER BY 1"))
          .isEmpty();
      boss.does("USE shop");
      assertThat(
              boss.reads(
                  "SELECT TABLE_NAME FROM information_schema.TABLES"
                      + " WHERE TABLE_SCHEMA = DATABASE() ORDER BY 1"))
          .containsExactly("t", "v");
    }
  }

  @Test
  void theAdministratorOfTheClusterReachesNoAccount() throws SQLException {
    try (Person root = Person.at(gate.administrator())) {
      assertThat(Sql.rows(root.text(), "SHOW DATABASES"))
          .contains("acit_sys")
          .doesNotContain("acit_one$shop");
      assertThat(root.reads("SELECT SCHEMA_NAME FROM information_schema.SCHEMATA"))
          .contains("acit_sys")
          .doesNotContain("acit_one$shop");
      root.mayNot(Refused.TABLE, "SELECT * FROM acit_one$shop.t");
      root.mayNot(Refused.DATABASE, "USE acit_one$shop");
      root.mayNot(Refused.DATABASE, "DROP DATABASE acit_one$shop");
      root.mayNot(Refused.DATABASE, "CREATE DATABASE acit_one$evil");
      root.mayNot(Refused.NO_SUCH_DATABASE, "GRANT SELECT ON TABLE acit_one$shop.t TO public");
      root.mayNot(Refused.CANNOT_USER, "DROP USER joe");
      assertThat(Sql.rows(root.text(), "SHOW ACCOUNTS LIKE 'acit%'")).hasSizeGreaterThan(1);
    }
  }

  // ---- names that come back

  @Test
  void namesComeBackAsTheyWereGiven() throws SQLException {
    try (Connection boss = boss("acit_one").connect("shop")) {
      assertThat(Sql.value(boss, "SELECT DATABASE()")).isEqualTo("shop");
      assertThat(Sql.value(boss, "SELECT CURRENT_ACCOUNT_NAME()")).isEqualTo("acit_one");
      assertThat(Sql.value(boss, "SHOW CREATE DATABASE shop"))
          .startsWith("shop|CREATE DATABASE `shop`");
      assertThat(Sql.value(boss, "CHECK TABLE t")).startsWith("shop.t|check");
      Sql.run(
          boss,
          "CREATE DATABASE IF NOT EXISTS other",
          "CREATE TABLE IF NOT EXISTS other.child (id INT, FOREIGN KEY (id) REFERENCES shop.t (id))");
      assertThat(Sql.value(boss, "SHOW CREATE TABLE other.child"))
          .contains("REFERENCES `shop`.`t`");
      assertThatThrownBy(() -> Sql.run(boss, "INSERT INTO other.child VALUES (77)"))
          .hasMessageContaining("`other`.`child`")
          .hasMessageContaining("`shop`.`t`")
          .hasMessageNotContaining("$");
      assertThatThrownBy(() -> Sql.run(boss, "SELECT * FROM shop.nothing"))
          .hasMessage("Table 'shop.nothing' doesn't exist");
      assertThat(errno(boss, "DROP TABLE shop.nothing")).isEqualTo(1051);
      assertThat(Sql.rows(boss, "SHOW WARNINGS").toString())
          .contains("shop.nothing")
          .doesNotContain("$");
      assertThat(Sql.rows(boss, "SHOW CREATE VIEW v").toString()).doesNotContain("acit_one$");
      Sql.run(boss, "DROP DATABASE other");
    }
  }

  @Test
  void metadataOfResultsNamesTheDatabase() throws SQLException {
    for (boolean prepared : new boolean[] {false, true}) {
      try (Connection boss =
              boss("acit_one")
                  .connect("shop", Map.of("useServerPrepStmts", Boolean.toString(prepared)));
          PreparedStatement query = boss.prepareStatement("SELECT id, shop.t.v FROM shop.t");
          ResultSet rows = query.executeQuery()) {
        assertThat(rows.getMetaData().getCatalogName(1)).isEqualTo("shop");
        assertThat(boss.getCatalog()).isEqualTo("shop");
        DatabaseMetaData metadata = boss.getMetaData();
        assertThat(Sql.rows(metadata.getCatalogs()))
            .contains("shop")
            .noneMatch(n -> n.contains("$"));
        assertThat(Sql.rows(metadata.getColumns("shop", null, "t", "%")))
            .hasSize(2)
            .allMatch(row -> row.startsWith("shop|"));
      }
    }
  }

  @Test
  void aNameThatWouldBeCutIsRefused() throws SQLException {
    String longest = "d".repeat(64 - "acit_one$".length());
    try (Connection boss = boss("acit_one").connect()) {
      Sql.run(boss, "CREATE DATABASE " + longest, "DROP DATABASE " + longest);
      assertThatThrownBy(() -> Sql.run(boss, "CREATE DATABASE x" + longest))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getErrorCode()).isEqualTo(1059))
          .hasMessageContaining("x" + longest)
          .hasMessageNotContaining("$");
    }
  }

  @Test
  void grantsFollowWhatIsRenamedInTheAccount() throws SQLException {
    try (Connection boss = boss("acit_two").connect();
        Connection joe = joe("acit_two").connect()) {
      Sql.run(
          boss,
          "CREATE TABLE shop.moving (v INT)",
          "GRANT SELECT ON TABLE shop.moving TO reader",
          "RENAME TABLE shop.moving TO shop.moved");
      assertThat(Sql.rows(joe, "SELECT * FROM shop.moved")).isEmpty();
      Sql.run(boss, "DROP TABLE shop.moved", "CREATE TABLE shop.moved (v INT)");
      assertThat(errno(joe, "SELECT * FROM shop.moved")).isEqualTo(1142);
      Sql.run(boss, "DROP TABLE shop.moved");
    }
  }

  // ---- the second wall

  @Test
  void theBackendRefusesWhatGotPastTheGate() throws SQLException {
    // With the account's own login and no gate before the server: as if the first wall were down.
    String login =
        Sql.value(
            gate.straight().connect(),
            "SELECT login_user FROM "
                + gate.catalogSchema()
                + ".catalog_account WHERE name = 'acit_one'");
    String known = "Known-" + login + "-1";
    try (Connection straight = gate.straight().connect()) {
      Sql.run(straight, "ALTER USER '" + login + "'@'%' IDENTIFIED BY '" + known + "'");
    }
    try (Connection behind = gate.straight().as(login, known).connect()) {
      assertThat(Sql.value(behind, "SELECT v FROM `acit_one$shop`.t")).isEqualTo("acit_one");
      for (String sql :
          List.of(
              "SELECT v FROM `acit_two$shop`.t",
              "INSERT INTO `acit_two$shop`.t VALUES (3, 'x')",
              "SELECT v FROM acit_sys.t",
              "DROP TABLE `acit_two$shop`.t",
              "CREATE DATABASE `acit_two$evil`",
              "CREATE DATABASE acit_evil",
              "SELECT * FROM " + gate.catalogSchema() + ".catalog_user",
              "SELECT User FROM mysql.user",
              "GRANT SELECT ON `acit_one$shop`.* TO CURRENT_USER")) {
        assertThat(errno(behind, sql)).as(sql).isIn(1044, 1142, 1227, 1410, 1045);
      }
      assertThat(Sql.rows(behind, "SHOW DATABASES")).doesNotContain("acit_two$shop", "acit_sys");
    }
    try (Connection root = gate.administrator().connect()) {
      Sql.run(root, "ALTER ACCOUNT acit_one SUSPEND", "ALTER ACCOUNT acit_one OPEN");
    }
    eachHasItsOwnShop(); // opening it has given the login its own password again
  }

  // ---- states

  @Test
  void aSuspendedAccountIsShutUntilItIsOpened() throws Exception {
    String account = account();
    try (Connection root = gate.administrator().connect();
        Connection boss = boss(account).connect()) {
      Sql.run(boss, "SELECT 1");
      Sql.run(root, "ALTER ACCOUNT " + account + " SUSPEND");
      Await.until("the session is closed", () -> !boss.isValid(1));
      assertThatThrownBy(() -> boss(account).connect())
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getErrorCode()).isEqualTo(1045))
          .hasMessageContaining("Account " + account + " is suspended");
      assertThatThrownBy(() -> boss(account).as(account + ":boss", "wrong").connect())
          .hasMessageNotContaining("suspended"); // said to who knows the password only
      assertThat(Sql.value(root, "SHOW ACCOUNTS LIKE '" + account + "'")).contains("|suspend|");
      Sql.run(root, "ALTER ACCOUNT " + account + " OPEN");
    }
    try (Connection boss = boss(account).connect()) {
      Sql.run(boss, "CREATE DATABASE shop");
    }
    gate.administer("DROP ACCOUNT " + account);
  }

  @Test
  void aRestrictedAccountFreesStorageOnly() throws SQLException {
    String account = account();
    try (Connection boss = boss(account).connect()) {
      Sql.run(
          boss,
          "CREATE DATABASE shop",
          "CREATE TABLE shop.t (v INT)",
          "CREATE TABLE shop.u (v INT)",
          "INSERT INTO shop.t VALUES (1), (2)");
      gate.administer("ALTER ACCOUNT " + account + " RESTRICTED COMMENT 'too big'");
      for (String sql :
          List.of(
              "INSERT INTO shop.t VALUES (3)",
              "UPDATE shop.t SET v = 4",
              "REPLACE INTO shop.t VALUES (3)",
              "CREATE TABLE shop.n (v INT)",
              "CREATE DATABASE more",
              "ALTER TABLE shop.t ADD w INT",
              "CREATE VIEW shop.w AS SELECT 1",
              "CREATE USER more IDENTIFIED BY 'Some-one-1'")) {
        assertThat(errno(boss, sql)).as(sql).isEqualTo(1290);
      }
      Sql.run(
          boss,
          "SELECT * FROM shop.t",
          "BEGIN",
          "DELETE FROM shop.t WHERE v = 1",
          "COMMIT",
          "TRUNCATE TABLE shop.u",
          "DROP TABLE shop.u",
          "SHOW TABLES FROM shop",
          "SET ROLE accountadmin");
      gate.administer("ALTER ACCOUNT " + account + " OPEN");
      Sql.run(boss, "INSERT INTO shop.t VALUES (3)");
    }
    gate.administer("DROP ACCOUNT " + account);
  }

  @Test
  void aDroppedAccountIsGoneWithAllItHad() throws Exception {
    String account = account();
    try (Connection straight = gate.straight().connect()) {
      String login =
          Sql.value(
              straight,
              "SELECT login_user FROM "
                  + gate.catalogSchema()
                  + ".catalog_account WHERE name = '"
                  + account
                  + "'");
      try (Connection boss = boss(account).connect()) {
        Sql.run(boss, "CREATE DATABASE shop", "CREATE TABLE shop.t (v INT)");
        gate.administer("DROP ACCOUNT " + account);
        Await.until("the session is closed", () -> !boss.isValid(1));
      }
      assertThat(Sql.rows(straight, "SHOW DATABASES")).doesNotContain(account + "$shop");
      assertThat(
              Sql.number(straight, "SELECT COUNT(*) FROM mysql.user WHERE User = '" + login + "'"))
          .isZero();
      assertThat(
              Sql.number(
                  straight,
                  "SELECT COUNT(*) FROM "
                      + gate.catalogSchema()
                      + ".catalog_role WHERE account_id NOT IN (SELECT account_id FROM "
                      + gate.catalogSchema()
                      + ".catalog_account) AND account_id <> 0"))
          .isZero();
    }
    assertThatThrownBy(() -> boss(account).connect())
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getErrorCode()).isEqualTo(1045));
  }

  @Test
  void anAccountOfTheSameNameStartsEmpty() throws SQLException {
    String account = account();
    try (Connection boss = boss(account).connect()) {
      Sql.run(boss, "CREATE DATABASE shop", "CREATE USER joe IDENTIFIED BY '" + PASSWORD + "'");
    }
    gate.administer(
        "DROP ACCOUNT " + account,
        "CREATE ACCOUNT " + account + " ADMIN_NAME boss IDENTIFIED BY '" + PASSWORD + "'");
    try (Connection boss = boss(account).connect()) {
      assertThat(Sql.rows(boss, "SHOW DATABASES"))
          .containsExactly("information_schema", "mo_catalog");
      assertThat(errno(boss, "DROP USER joe")).isEqualTo(1396);
    }
    gate.administer("DROP ACCOUNT " + account);
  }

  @Test
  void aNewPasswordForTheAdministratorComesFromTheCluster() throws SQLException {
    String account = account();
    gate.administer(
        "ALTER ACCOUNT " + account + " ADMIN_NAME 'boss' IDENTIFIED BY 'Another-one-2'");
    try (Connection boss = gate.user(account + ":boss", "Another-one-2").connect()) {
      assertThat(Sql.value(boss, "SELECT CURRENT_ROLE()")).isEqualTo("accountadmin");
    }
    assertThat(errno(gate.administrator().connect(), "ALTER ACCOUNT " + account)).isEqualTo(1064);
    gate.administer("DROP ACCOUNT " + account);
  }

  @Test
  void whatIsNotToBeDoneToAccounts() throws SQLException {
    try (Connection root = gate.administrator().connect()) {
      for (String sql :
          List.of(
              "DROP ACCOUNT sys",
              "ALTER ACCOUNT sys SUSPEND",
              "ALTER ACCOUNT sys OPEN",
              "CREATE ACCOUNT acit_one ADMIN_NAME a IDENTIFIED BY 'Some-one-1'",
              "CREATE ACCOUNT `a b` ADMIN_NAME a IDENTIFIED BY 'Some-one-1'",
              "CREATE ACCOUNT `a$b` ADMIN_NAME a IDENTIFIED BY 'Some-one-1'",
              "CREATE ACCOUNT `größe` ADMIN_NAME a IDENTIFIED BY 'Some-one-1'",
              "DROP ACCOUNT acit_nothing",
              "ALTER ACCOUNT acit_one ADMIN_NAME joe IDENTIFIED BY 'Some-one-1'")) {
        assertThat(errno(root, sql)).as(sql).isEqualTo(1396);
      }
      Sql.run(
          root,
          "CREATE ACCOUNT IF NOT EXISTS ACIT_ONE ADMIN_NAME a IDENTIFIED BY 'Some-one-1'",
          "DROP ACCOUNT IF EXISTS acit_nothing");
    }
    try (Connection boss = boss("acit_one").connect()) {
      for (String sql : List.of("DROP USER boss", "DROP ROLE accountadmin", "DROP ROLE public")) {
        assertThat(errno(boss, sql)).as(sql).isIn(1396, 3628);
      }
      assertThat(errno(boss, "GRANT accountadmin TO joe")).isEqualTo(3628);
      assertThat(errno(boss, "CREATE ROLE moadmin")).isEqualTo(3628);
    }
  }

  @Test
  void sessionsOfOtherAccountsCannotBeEnded() throws SQLException {
    try (Connection one = boss("acit_one").connect();
        Connection two = boss("acit_two").connect()) {
      String id = Sql.value(two, "SELECT CONNECTION_ID()");
      assertThat(errno(one, "KILL " + id)).isEqualTo(1094);
      assertThat(errno(one, "KILL 999999999")).isEqualTo(1094);
      assertThat(two.isValid(5)).isTrue();
      assertThat(Sql.rows(one, "SHOW PROCESSLIST")).noneMatch(row -> row.startsWith(id + "|"));
    }
  }
}
