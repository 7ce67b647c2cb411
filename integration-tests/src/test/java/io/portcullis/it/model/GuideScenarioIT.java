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
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The guide's story: an administrator makes user Joe_G and role Appdeveloper; Joe works in one
 * database and nowhere else, takes a second role, joins and parts them, and feels a REVOKE at his
 * next statement.
 */
@ExtendWith(BackendExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class GuideScenarioIT {

  private static final String JOE = "Joe_G";
  private static final String PASSWORD = "Joe-secret-1";

  private TestGate gate;

  GuideScenarioIT(TestBackend backend) {
    gate = TestGate.start(backend);
  }

  @BeforeAll
  void anAdministratorSetsUpTheStory() throws SQLException {
    gate.administer(
        "DROP DATABASE IF EXISTS guide_app",
        "DROP DATABASE IF EXISTS guide_pay",
        "CREATE DATABASE guide_app",
        "CREATE DATABASE guide_pay",
        "CREATE TABLE guide_app.orders (id INT PRIMARY KEY, v VARCHAR(20))",
        "INSERT INTO guide_app.orders VALUES (1, 'one')",
        "CREATE TABLE guide_pay.salaries (id INT PRIMARY KEY, v INT)",
        "INSERT INTO guide_pay.salaries VALUES (1, 1000)",
        "CREATE USER 'Joe_G' IDENTIFIED BY 'Joe-secret-1'",
        "CREATE ROLE Appdeveloper",
        "CREATE ROLE Payreader",
        "GRANT CONNECT ON ACCOUNT * TO Appdeveloper",
        "GRANT ALL ON DATABASE guide_app TO Appdeveloper",
        "GRANT ALL ON TABLE guide_app.* TO Appdeveloper",
        "GRANT SELECT ON TABLE guide_pay.* TO Payreader",
        "GRANT Appdeveloper TO 'Joe_G'",
        "GRANT Payreader TO 'Joe_G'");
  }

  @AfterAll
  void clearUp() throws SQLException {
    gate.administer("DROP DATABASE guide_app", "DROP DATABASE guide_pay");
    gate.close();
  }

  private Endpoint joe() {
    return gate.user(JOE, PASSWORD);
  }

  private Endpoint joeAs(String role) {
    return gate.user("sys:" + JOE + ":" + role, PASSWORD);
  }

  @Test
  void withoutARoleJoeMayLogInAndNothingElse() throws SQLException {
    try (Person joe = Person.at(joe())) {
      assertThat(joe.reads("SELECT 1 + 1")).containsExactly("2");
      joe.mayNot(Refused.TABLE, "SELECT * FROM guide_app.orders", "SELECT", "orders");
      joe.mayNot(Refused.DATABASE, "USE guide_app", "guide_app");
    }
  }

  @Test
  void joeWorksInHisDatabaseAndNowhereElse() throws SQLException {
    try (Person joe = Person.at(joeAs("Appdeveloper"), "guide_app")) {
      joe.may(
          "CREATE TABLE work (id INT AUTO_INCREMENT PRIMARY KEY, v VARCHAR(20))",
          "INSERT INTO work (v) VALUES ('a'), ('b')",
          "UPDATE work SET v = 'c' WHERE id = 1",
          "DELETE FROM work WHERE id = 2",
          "ALTER TABLE work ADD COLUMN w INT",
          "CREATE INDEX by_v ON work (v)",
          "REPLACE INTO work (id, v) VALUES (1, 'd')",
          "INSERT INTO work (v) SELECT v FROM orders",
          "CREATE VIEW work_view AS SELECT id FROM work",
          "TRUNCATE TABLE work",
          "DROP VIEW work_view");
      assertThat(joe.reads("SELECT COUNT(*) FROM work")).containsExactly("0");
      assertThat(joe.reads("SELECT v FROM guide_app.orders")).containsExactly("one");

      joe.mayNot(Refused.TABLE, "SELECT * FROM guide_pay.salaries", "SELECT", JOE, "salaries");
      joe.mayNot(Refused.TABLE, "INSERT INTO guide_pay.salaries VALUES (2, 2)", "INSERT");
      joe.mayNot(Refused.TABLE, "UPDATE guide_pay.salaries SET v = 2", "UPDATE");
      joe.mayNot(Refused.TABLE, "DELETE FROM guide_pay.salaries", "DELETE");
      joe.mayNot(Refused.TABLE, "REPLACE INTO guide_pay.salaries VALUES (1, 1)", "salaries");
      joe.mayNot(Refused.TABLE, "INSERT INTO work (v) SELECT v FROM guide_pay.salaries", "SELECT");
      joe.mayNot(
          Refused.TABLE, "SELECT v FROM orders UNION SELECT v FROM guide_pay.salaries", "SELECT");
      joe.mayNot(
          Refused.TABLE, "SELECT (SELECT MAX(v) FROM guide_pay.salaries) FROM orders", "salaries");
      joe.mayNot(
          Refused.TABLE,
          "WITH s AS (SELECT * FROM guide_pay.salaries) SELECT * FROM s",
          "salaries");
      joe.mayNot(
          Refused.TABLE,
          "UPDATE work w JOIN guide_pay.salaries s ON w.id = s.id SET w.v = s.v",
          "salaries");
      joe.mayNot(Refused.TABLE, "CREATE TABLE guide_pay.mine (a INT)", "CREATE", "mine");
      joe.mayNot(Refused.TABLE, "DROP TABLE guide_pay.salaries", "DROP", "salaries");
      joe.mayNot(Refused.DATABASE, "USE guide_pay", "guide_pay");
      joe.mayNot(Refused.DATABASE, "CREATE DATABASE guide_mine", "guide_mine");
      joe.mayNot(Refused.ADMINISTRATION, "CREATE USER nobody IDENTIFIED BY 'x'", "CREATE USER");
      joe.mayNot(Refused.ADMINISTRATION, "CREATE ROLE another", "CREATE ROLE");
      joe.may("DROP TABLE work");
      assertThat(joe.reads("SELECT v FROM orders")).containsExactly("one");
    }
    try (Connection administrator = gate.administrator().connect()) {
      assertThat(Sql.rows(administrator, "SELECT * FROM guide_pay.salaries"))
          .containsExactly("1|1000");
    }
  }

  @Test
  void aLoginIntoADatabaseIsCheckedLikeUse() throws SQLException {
    joeAs("Appdeveloper").connect("guide_app").close();
    assertThatThrownBy(() -> joeAs("Appdeveloper").connect("guide_pay"))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getErrorCode()).isEqualTo(1044));
  }

  @Test
  void aSecondRoleNeedsSetRole() throws SQLException {
    try (Person joe = Person.at(joeAs("Appdeveloper"))) {
      joe.mayNot(Refused.TABLE, "SELECT v FROM guide_pay.salaries", "salaries");
      joe.does("SET ROLE Payreader");
      assertThat(joe.reads("SELECT v FROM guide_pay.salaries")).containsExactly("1000");
      joe.mayNot(Refused.TABLE, "SELECT v FROM guide_app.orders", "orders");
      joe.mayNot(Refused.TABLE, "UPDATE guide_pay.salaries SET v = 1", "UPDATE", "salaries");
      joe.does("SET ROLE `appdeveloper`");
      assertThat(joe.reads("SELECT v FROM guide_app.orders")).containsExactly("one");
      joe.mayNot(Refused.TABLE, "SELECT v FROM guide_pay.salaries", "salaries");
      joe.mayNot(Refused.ROLE_NOT_GRANTED, "SET ROLE moadmin", JOE);
    }
  }

  @Test
  void secondaryRolesAllJoinsThemAndNonePartsThem() throws SQLException {
    String both =
        "SELECT o.v, s.v FROM guide_app.orders o JOIN guide_pay.salaries s ON o.id = s.id";
    try (Person joe = Person.at(joeAs("Appdeveloper"))) {
      joe.mayNot(Refused.TABLE, both, "salaries");
      joe.does("SET SECONDARY ROLE ALL");
      assertThat(joe.reads(both)).containsExactly("one|1000");
      joe.mayNot(Refused.TABLE, "DELETE FROM guide_pay.salaries", "DELETE");
      joe.does("SET SECONDARY ROLE NONE");
      joe.mayNot(Refused.TABLE, both, "salaries");
      assertThat(joe.reads("SELECT v FROM guide_app.orders")).containsExactly("one");
      // SET ROLE always parts them.
      joe.does("SET SECONDARY ROLE ALL", "SET ROLE Payreader");
      joe.mayNot(Refused.TABLE, both, "orders");
    }
  }

  @Test
  void aRevokeIsFeltByAnOpenSessionAtTheNextStatement() throws SQLException {
    String select = "SELECT v FROM guide_pay.revoked";
    gate.administer(
        "CREATE TABLE guide_pay.revoked (v INT)",
        "INSERT INTO guide_pay.revoked VALUES (7)",
        "CREATE ROLE revoked_reader",
        "GRANT SELECT ON TABLE guide_pay.revoked TO revoked_reader",
        "GRANT revoked_reader TO 'Joe_G'");
    try (Person joe = Person.at(joeAs("revoked_reader"));
        PreparedStatement kept = joe.prepared().prepareStatement(select)) {
      for (int round = 0; round < 3; round++) {
        assertThat(joe.reads(select)).containsExactly("7");
        assertThat(Sql.rows(kept.executeQuery())).containsExactly("7");
        gate.administer("REVOKE SELECT ON TABLE guide_pay.revoked FROM revoked_reader");
        joe.mayNot(Refused.TABLE, select, "SELECT", "revoked");
        assertThatThrownBy(kept::executeQuery)
            .isInstanceOfSatisfying(
                SQLException.class, e -> assertThat(e.getErrorCode()).isEqualTo(1142));
        gate.administer("GRANT SELECT ON TABLE guide_pay.revoked TO revoked_reader");
      }
      assertThat(joe.reads(select)).containsExactly("7");
      // The role itself: the session falls back to public, without reconnecting.
      gate.administer("REVOKE revoked_reader FROM 'Joe_G'");
      joe.mayNot(Refused.TABLE, select, "revoked");
      assertThatThrownBy(kept::executeQuery)
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getErrorCode()).isEqualTo(1142));
      assertThat(joe.reads("SELECT 1")).containsExactly("1");
      joe.does("SET ROLE Payreader");
      assertThat(joe.reads(select)).containsExactly("7");
    }
  }

  @Test
  void aRevokeReachesARoleThatIsActiveAsSecondary() throws SQLException {
    gate.administer("CREATE ROLE lent", "GRANT SELECT ON TABLE guide_pay.salaries TO lent");
    gate.administer(
        "CREATE USER lender IDENTIFIED BY 'Lender-1' DEFAULT ROLE Appdeveloper",
        "GRANT lent TO lender");
    try (Person lender = Person.at(gate.user("lender", "Lender-1"))) {
      lender.does("SET SECONDARY ROLE ALL");
      assertThat(lender.reads("SELECT v FROM guide_pay.salaries")).containsExactly("1000");
      gate.administer("REVOKE lent FROM lender");
      lender.mayNot(Refused.TABLE, "SELECT v FROM guide_pay.salaries", "salaries");
      assertThat(lender.reads("SELECT v FROM guide_app.orders")).containsExactly("one");
      gate.administer("GRANT lent TO lender");
      assertThat(lender.reads("SELECT v FROM guide_pay.salaries")).containsExactly("1000");
    }
  }

  @Test
  void aRevokeEndsTheUseOfAnOpenCursor() throws SQLException {
    gate.administer(
        "CREATE TABLE guide_pay.many (n INT PRIMARY KEY)",
        "INSERT INTO guide_pay.many VALUES (1),(2),(3),(4),(5),(6),(7),(8),(9),(10)",
        "CREATE ROLE many_reader",
        "GRANT SELECT ON TABLE guide_pay.many TO many_reader",
        "GRANT many_reader TO 'Joe_G'");
    try (Connection joe =
            joeAs("many_reader")
                .connect("", Map.of("useCursorFetch", "true", "defaultFetchSize", "2"));
        PreparedStatement statement =
            joe.prepareStatement("SELECT n FROM guide_pay.many ORDER BY n");
        ResultSet rows = statement.executeQuery()) {
      assertThat(rows.next()).isTrue();
      gate.administer("REVOKE SELECT ON TABLE guide_pay.many FROM many_reader");
      assertThatThrownBy(
              () -> {
                while (rows.next()) {
                  assertThat(rows.getInt(1)).isLessThanOrEqualTo(2);
                }
              })
          .isInstanceOf(SQLException.class);
    }
  }

  @Test
  void aRefusalSaysInShowWarningsWhatWouldHelp() throws SQLException {
    gate.administer(
        "CREATE TABLE guide_pay.hinted (v INT)",
        "CREATE ROLE hinted_role",
        "CREATE ROLE hinted_other",
        "GRANT SELECT ON TABLE guide_pay.hinted TO hinted_other",
        "CREATE USER hinted IDENTIFIED BY 'Hinted-1' DEFAULT ROLE hinted_role",
        "GRANT hinted_other TO hinted");
    try (Person hinted = Person.at(gate.user("hinted", "Hinted-1"))) {
      List<String> activate = hinted.hints("SELECT v FROM guide_pay.hinted");
      assertThat(activate).anySatisfy(hint -> assertThat(hint).contains("SET ROLE `hinted_other`"));
      hinted.does("SET ROLE hinted_other");
      assertThat(hinted.reads("SELECT v FROM guide_pay.hinted")).isEmpty();

      hinted.does("SET ROLE hinted_role");
      List<String> grant = hinted.hints("INSERT INTO guide_pay.hinted VALUES (1)");
      String statement =
          grant.stream().filter(hint -> hint.contains("GRANT INSERT")).findFirst().orElseThrow();
      gate.administer(statement.substring(statement.indexOf("GRANT INSERT")));
      hinted.may("INSERT INTO guide_pay.hinted VALUES (1)");
      // What is allowed leaves no hints behind.
      assertThat(Sql.rows(hinted.text(), "SHOW WARNINGS")).isEmpty();
    }
  }
}
