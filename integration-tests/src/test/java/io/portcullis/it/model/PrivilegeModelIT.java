package io.portcullis.it.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portcullis.it.harness.BackendExtension;
import io.portcullis.it.harness.Endpoint;
import io.portcullis.it.harness.Sql;
import io.portcullis.it.harness.TestBackend;
import io.portcullis.it.harness.TestGate;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules of the model, each refusal beside its allowed twin (PM 2 to 6). */
@ExtendWith(BackendExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class PrivilegeModelIT {

  private final TestGate gate;
  private final People people;

  PrivilegeModelIT(TestBackend backend) {
    gate = TestGate.start(backend);
    people = new People(gate);
  }

  @BeforeAll
  void makeDatabases() throws SQLException {
    gate.administer(
        "DROP DATABASE IF EXISTS pm_a",
        "DROP DATABASE IF EXISTS pm_b",
        "CREATE DATABASE pm_a",
        "CREATE DATABASE pm_b",
        "CREATE TABLE pm_a.t (id INT PRIMARY KEY, v INT)",
        "CREATE TABLE pm_a.u (id INT PRIMARY KEY, v INT)",
        "CREATE TABLE pm_b.t (id INT PRIMARY KEY, v INT)",
        "INSERT INTO pm_a.t VALUES (1, 10)",
        "INSERT INTO pm_a.u VALUES (1, 20)",
        "INSERT INTO pm_b.t VALUES (1, 30)");
  }

  @AfterAll
  void clearUp() throws SQLException {
    gate.administer("DROP DATABASE pm_a", "DROP DATABASE pm_b");
    gate.close();
  }

  /** A role of its own with these grants (without {@code TO role}), and CONNECT. */
  private String role(String... grants) throws SQLException {
    String role = people.role(grants);
    gate.administer("GRANT CONNECT ON ACCOUNT * TO " + role);
    return role;
  }

  /** Somebody with such a role. */
  private Person with(String... grants) throws SQLException {
    return people.person(role(grants));
  }

  private Endpoint at(String user) {
    return gate.user(user, People.PASSWORD);
  }

  private static void refused(Refused refused, Connection connection, String sql) {
    assertThatThrownBy(() -> Sql.run(connection, sql))
        .as(sql)
        .isInstanceOfSatisfying(
            SQLException.class,
            e -> {
              assertThat(e.getErrorCode()).as("%s -> %s", sql, e).isEqualTo(refused.errno());
              assertThat(e.getSQLState()).as(sql).isEqualTo(refused.sqlState());
            });
  }

  // Levels (PM 3.1)

  @ParameterizedTest(name = "SELECT ON TABLE {0}: a.t {1}, a.u {2}, b.t {3}")
  @CsvSource({
    "*.*, true, true, true",
    "pm_a.*, true, true, false",
    "*, true, true, false",
    "pm_a.t, true, false, false",
    "t, true, false, false",
  })
  void aTableGrantCoversItsLevel(String level, boolean at, boolean au, boolean bt)
      throws SQLException {
    String role = role();
    try (Connection administrator = gate.administrator().connect("pm_a")) {
      Sql.run(administrator, "GRANT SELECT ON TABLE " + level + " TO " + role);
      try (Person person = people.person(role)) {
        reads(person, "pm_a.t", at);
        reads(person, "pm_a.u", au);
        reads(person, "pm_b.t", bt);
        person.mayNot(Refused.TABLE, "UPDATE pm_a.t SET v = 0", "UPDATE");
        // Revoked by another spelling of the same level, it is gone.
        Sql.run(
            administrator,
            "USE " + (level.equals("*.*") ? "pm_b" : "pm_a"),
            "REVOKE SELECT ON TABLE "
                + switch (level) {
                  case "*" -> "pm_a.*";
                  case "pm_a.*" -> "*";
                  case "t" -> "pm_a.t";
                  case "pm_a.t" -> "t";
                  default -> level;
                }
                + " FROM "
                + role);
        reads(person, "pm_a.t", false);
        reads(person, "pm_b.t", false);
      }
    }
  }

  private static void reads(Person person, String table, boolean allowed) throws SQLException {
    if (allowed) {
      assertThat(person.reads("SELECT COUNT(*) FROM " + table)).containsExactly("1");
    } else {
      person.mayNot(Refused.TABLE, "SELECT COUNT(*) FROM " + table, "SELECT");
    }
  }

  @ParameterizedTest(name = "CREATE TABLE ON DATABASE {0}")
  @CsvSource({"*, true", "*.*, true", "pm_a, false"})
  void aDatabaseGrantCoversItsLevel(String level, boolean everywhere) throws SQLException {
    try (Person person =
        with("CREATE TABLE ON DATABASE " + level, "DROP TABLE ON DATABASE " + level)) {
      person.may("CREATE TABLE pm_a.made (a INT)", "DROP TABLE pm_a.made");
      if (everywhere) {
        person.may("CREATE TABLE pm_b.made (a INT)", "DROP TABLE pm_b.made");
      } else {
        person.mayNot(Refused.TABLE, "CREATE TABLE pm_b.made (a INT)", "CREATE", "made");
      }
      person.mayNot(Refused.TABLE, "ALTER TABLE pm_a.t ADD COLUMN x INT", "ALTER");
    }
  }

  @Test
  void privilegesOnTheDatabaseAreNoneOnItsTables() throws SQLException {
    try (Person person = with("ALL ON DATABASE pm_a")) {
      person.mayNot(Refused.TABLE, "SELECT * FROM pm_a.t", "SELECT");
      person.may("CREATE TABLE pm_a.own (a INT)", "INSERT INTO pm_a.own VALUES (1)");
      assertThat(person.reads("SELECT a FROM pm_a.own")).containsExactly("1");
      person.may("DROP TABLE pm_a.own");
    }
    try (Person person = with("ALL ON TABLE pm_a.*")) {
      assertThat(person.reads("SELECT v FROM pm_a.t")).containsExactly("10");
      person.mayNot(Refused.TABLE, "CREATE TABLE pm_a.own (a INT)", "CREATE");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SELECT ON DATABASE pm_a|1144",
        "CREATE TABLE ON TABLE pm_a.t|1144",
        "CREATE USER ON DATABASE pm_a|1144",
        "SELECT ON ACCOUNT *|1144",
        "SUPER ON ACCOUNT *|1144",
        "SELECT ON TABLE pm_a.nothing|1146",
        "SELECT ON TABLE pm_none.t|1049",
        "SHOW TABLES ON DATABASE pm_none|1049",
        "SELECT ON VIEW pm_a.nothing|1146",
      })
  void aGrantThatMakesNoSenseIsRefused(String grant, int errno) throws SQLException {
    String role = role();
    try (Connection administrator = gate.administrator().connect()) {
      assertThatThrownBy(() -> Sql.run(administrator, "GRANT " + grant + " TO " + role))
          .isInstanceOfSatisfying(
              SQLException.class,
              e -> assertThat(e.getErrorCode()).as(e.toString()).isEqualTo(errno));
      Sql.run(administrator, "GRANT SELECT ON TABLE pm_a.t TO " + role);
    }
  }

  @Test
  void everyPrivilegeAllowsItsOwnStatementsOnly() throws SQLException {
    gate.administer("CREATE TABLE pm_a.one (id INT PRIMARY KEY, v INT)");
    String[][] privileges = {
      {"SELECT", "SELECT * FROM pm_a.one"},
      {"INSERT", "INSERT INTO pm_a.one VALUES (1, 1)"},
      {"UPDATE", "UPDATE pm_a.one SET v = 2"},
      {"DELETE", "DELETE FROM pm_a.one"},
      {"TRUNCATE", "TRUNCATE TABLE pm_a.one"},
    };
    for (String[] held : privileges) {
      try (Person person = with(held[0] + " ON TABLE pm_a.one")) {
        for (String[] tried : privileges) {
          if (tried[0].equals(held[0])) {
            person.may(tried[1]);
          } else {
            person.mayNot(Refused.TABLE, tried[1], tried[0], "one");
          }
        }
      }
    }
    try (Person person = with("INSERT ON TABLE pm_a.one")) {
      person.mayNot(Refused.TABLE, "REPLACE INTO pm_a.one VALUES (1, 1)", "DELETE");
      person.mayNot(
          Refused.TABLE,
          "INSERT INTO pm_a.one VALUES (1, 1) ON DUPLICATE KEY UPDATE v = 3",
          "UPDATE");
    }
    try (Person person = with("INSERT, DELETE, UPDATE ON TABLE pm_a.one")) {
      person.may(
          "REPLACE INTO pm_a.one VALUES (1, 1)",
          "INSERT INTO pm_a.one VALUES (1, 1) ON DUPLICATE KEY UPDATE v = 3");
    }
    try (Person person = with("INDEX ON TABLE pm_a.one")) {
      person.may("CREATE INDEX iv ON pm_a.one (v)", "DROP INDEX iv ON pm_a.one");
      person.mayNot(Refused.TABLE, "DROP TABLE pm_a.one", "DROP");
    }
    gate.administer("DROP TABLE pm_a.one");
  }

  @Test
  void everyTableOfAStatementNeedsItsOwnPrivilege() throws SQLException {
    try (Person person = with("ALL ON TABLE pm_a.t", "CREATE TABLE ON DATABASE pm_a")) {
      String[] statements = {
        "SELECT * FROM pm_a.t, pm_a.u",
        "SELECT * FROM pm_a.t WHERE v IN (SELECT v FROM pm_a.u)",
        "SELECT (SELECT MAX(v) FROM pm_a.u)",
        "SELECT * FROM (SELECT * FROM pm_a.u) AS d",
        "SELECT v FROM pm_a.t UNION ALL SELECT v FROM pm_a.u",
        "WITH c AS (SELECT v FROM pm_a.u) SELECT * FROM c",
        "SELECT v FROM pm_a.t ORDER BY (SELECT v FROM pm_a.u LIMIT 1)",
        "SELECT v FROM pm_a.t GROUP BY v HAVING v > (SELECT MIN(v) FROM pm_a.u)",
        "INSERT INTO pm_a.t SELECT * FROM pm_a.u",
        "INSERT INTO pm_a.t VALUES (5, (SELECT MAX(v) FROM pm_a.u))",
        "REPLACE INTO pm_a.t SELECT * FROM pm_a.u",
        "UPDATE pm_a.t SET v = (SELECT MAX(v) FROM pm_a.u)",
        "UPDATE pm_a.t JOIN pm_a.u ON t.id = u.id SET t.v = u.v",
        "DELETE FROM pm_a.t WHERE v IN (SELECT v FROM pm_a.u)",
        "DELETE t FROM pm_a.t AS t JOIN pm_a.u AS u ON t.id = u.id",
        "CREATE TABLE pm_a.copied AS SELECT * FROM pm_a.u",
        "CREATE TABLE pm_a.copied LIKE pm_a.u",
        "EXPLAIN SELECT * FROM pm_a.u",
        "SELECT v INTO @v FROM pm_a.u",
        "SET @v = (SELECT MAX(v) FROM pm_a.u)",
        "DO (SELECT MAX(v) FROM pm_a.u)",
      };
      for (String sql : statements) {
        person.mayNot(Refused.TABLE, sql, "SELECT", "'u'");
      }
      person.mayNot(Refused.TABLE, "UPDATE pm_a.t, pm_a.u SET u.v = 1", "UPDATE", "'u'");
      person.mayNot(Refused.TABLE, "DELETE u FROM pm_a.t AS t JOIN pm_a.u AS u", "DELETE", "'u'");
      person.mayNot(Refused.TABLE, "LOCK TABLES pm_a.t READ, pm_a.u READ", "'u'");
      // The twins, on the own table.
      for (String sql : statements) {
        String twin = sql.replace("pm_a.u AS u", "pm_a.t AS u").replace("pm_a.u", "pm_a.t AS u");
        if (!sql.startsWith("CREATE")
            && !sql.startsWith("INSERT")
            && !sql.startsWith("REPLACE")
            && !sql.startsWith("UPDATE")
            && !sql.startsWith("DELETE")
            && !sql.contains("SELECT *")
            && !sql.contains("pm_a.u AS")) {
          person.may(twin);
        }
      }
      person.may("CREATE TABLE pm_a.copied AS SELECT * FROM pm_a.t");
    }
    gate.administer("DROP TABLE pm_a.copied");
  }

  @Test
  void whatIsNotThereAndWhatIsNotPermittedLookTheSame() throws SQLException {
    try (Person person = with("SELECT ON TABLE pm_a.t")) {
      assertThat(message(person, "SELECT * FROM pm_b.t").replace("'t'", "'x'"))
          .isEqualTo(message(person, "SELECT * FROM pm_b.no_such").replace("'no_such'", "'x'"));
      assertThat(message(person, "SELECT * FROM pm_b.t"))
          .isEqualTo(message(person, "SELECT * FROM pm_no_such.t"));
      assertThat(message(person, "USE pm_b").replace("pm_b", "x"))
          .isEqualTo(message(person, "USE pm_no_such").replace("pm_no_such", "x"));
    }
    // To somebody who may see it all, the server's own answer.
    try (Person person = with("SELECT ON TABLE *.*")) {
      person.mayNot(Refused.NO_SUCH_TABLE, "SELECT * FROM pm_b.no_such", "no_such");
    }
  }

  private static String message(Person person, String sql) {
    try {
      Sql.run(person.text(), sql);
    } catch (SQLException e) {
      return e.getErrorCode() + " " + e.getSQLState() + " " + e.getMessage();
    }
    return "allowed";
  }

  // Inheritance (PM 6.1)

  @Test
  void privilegesAreInheritedThroughRolesAndFollowChanges() throws SQLException {
    String bottom = role("SELECT ON TABLE pm_a.t");
    String middle = role();
    String top = role();
    gate.administer("GRANT " + bottom + " TO " + middle, "GRANT " + middle + " TO " + top);
    String user = people.user(top);
    try (Person person = Person.at(at(user))) {
      assertThat(person.reads("SELECT v FROM pm_a.t")).containsExactly("10");
      person.mayNot(Refused.TABLE, "SELECT v FROM pm_a.u", "SELECT");
      gate.administer("GRANT SELECT ON TABLE pm_a.u TO " + bottom);
      assertThat(person.reads("SELECT v FROM pm_a.u")).containsExactly("20");
      // Inherited is not granted: it cannot be made active, nor named at login.
      person.mayNot(Refused.ROLE_NOT_GRANTED, "SET ROLE " + bottom, bottom);
      assertThatThrownBy(() -> at("sys:" + user + ":" + bottom).connect())
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getErrorCode()).isEqualTo(3530));
      gate.administer("REVOKE " + bottom + " FROM " + middle);
      person.mayNot(Refused.TABLE, "SELECT v FROM pm_a.t", "SELECT");
    }
  }

  @Test
  void loopsOfRolesAreRefused() throws SQLException {
    String a = role();
    String b = role();
    String c = role();
    try (Connection administrator = gate.administrator().connect()) {
      Sql.run(administrator, "GRANT " + a + " TO " + b, "GRANT " + b + " TO " + c);
      refused(Refused.ROLE_LOOP, administrator, "GRANT " + a + " TO " + a);
      refused(Refused.ROLE_LOOP, administrator, "GRANT " + b + " TO " + a);
      refused(Refused.ROLE_LOOP, administrator, "GRANT " + c + " TO " + a);
      Sql.run(administrator, "GRANT " + a + " TO " + c);
      Sql.run(administrator, "REVOKE " + a + " FROM " + b, "REVOKE " + a + " FROM " + c);
      Sql.run(administrator, "GRANT " + c + " TO " + a);
    }
  }

  // Grant option (PM 3.3, 6.4)

  @Test
  void onlyTheGrantOptionPassesAPrivilegeOn() throws SQLException {
    String other = role();
    try (Person with = with("SELECT ON TABLE pm_a.t WITH GRANT OPTION");
        Person without = with("SELECT ON TABLE pm_a.t");
        Person grantee = people.person(other)) {
      String grant = "GRANT SELECT ON TABLE pm_a.t TO " + other;
      without.mayNot(Refused.TABLE, grant, "GRANT");
      grantee.mayNot(Refused.TABLE, "SELECT v FROM pm_a.t", "SELECT");
      with.may(grant);
      assertThat(grantee.reads("SELECT v FROM pm_a.t")).containsExactly("10");
      with.mayNot(Refused.TABLE, "GRANT INSERT ON TABLE pm_a.t TO " + other);
      with.mayNot(Refused.TABLE, "GRANT SELECT ON TABLE pm_a.u TO " + other);
      with.mayNot(Refused.DATABASE, "GRANT SELECT ON TABLE pm_a.* TO " + other);
      grantee.mayNot(Refused.TABLE, "GRANT SELECT ON TABLE pm_a.t TO " + role());
    }
  }

  @Test
  void onlyTheGrantOptionPassesARoleOn() throws SQLException {
    String lent = role("SELECT ON TABLE pm_a.t");
    String giver = people.user(lent);
    String keeper = people.user(lent);
    String taker = people.user(role());
    gate.administer("GRANT " + lent + " TO " + giver + " WITH GRANT OPTION");
    try (Person gives = Person.at(at(giver));
        Person keeps = Person.at(at(keeper));
        Person takes = Person.at(at(taker))) {
      keeps.mayNot(Refused.ADMINISTRATION, "GRANT " + lent + " TO " + taker);
      takes.mayNot(Refused.ROLE_NOT_GRANTED, "SET ROLE " + lent);
      gives.may("GRANT " + lent + " TO " + taker);
      takes.does("SET ROLE " + lent);
      assertThat(takes.reads("SELECT v FROM pm_a.t")).containsExactly("10");
      gives.mayNot(Refused.ADMINISTRATION, "REVOKE " + lent + " FROM " + taker);
    }
    try (Person manager = with("MANAGE GRANTS ON ACCOUNT *")) {
      manager.may("REVOKE " + lent + " FROM " + taker);
      manager.mayNot(Refused.TABLE, "GRANT SELECT ON TABLE pm_a.t TO " + lent);
    }
  }

  @Test
  void grantingAgainKeepsTheGrantOption() throws SQLException {
    String other = role();
    String role = role("SELECT ON TABLE pm_a.t WITH GRANT OPTION", "SELECT ON TABLE pm_a.t");
    try (Person person = people.person(role)) {
      person.may("GRANT SELECT ON TABLE pm_a.t TO " + other);
      gate.administer("REVOKE GRANT OPTION FOR SELECT ON TABLE pm_a.t FROM " + role);
      person.mayNot(Refused.TABLE, "GRANT SELECT ON TABLE pm_a.t TO " + other);
      assertThat(person.reads("SELECT v FROM pm_a.t")).containsExactly("10");
    }
  }

  @Test
  void revokingOnePrivilegeOfAllLeavesTheRest() throws SQLException {
    String role = role("ALL ON TABLE pm_a.t");
    try (Person person = people.person(role)) {
      person.may("UPDATE pm_a.t SET v = 10");
      gate.administer("REVOKE UPDATE ON TABLE pm_a.t FROM " + role);
      person.mayNot(Refused.TABLE, "UPDATE pm_a.t SET v = 11", "UPDATE");
      assertThat(person.reads("SELECT v FROM pm_a.t")).containsExactly("10");
      gate.administer("REVOKE ALL ON TABLE pm_a.t FROM " + role);
      person.mayNot(Refused.TABLE, "SELECT v FROM pm_a.t", "SELECT");
      gate.administer("REVOKE SELECT ON TABLE pm_a.t FROM " + role);
    }
  }

  // SHOW GRANTS (PM 5.5)

  @Test
  void whatShowGrantsPrintsCanBeExecuted() throws SQLException {
    gate.administer(
        "CREATE TABLE pm_a.`odd ``name` (a INT)",
        "CREATE VIEW pm_a.shown AS SELECT id FROM pm_a.t");
    String inner = role("SELECT ON TABLE pm_b.*");
    String role =
        role(
            "CREATE ROLE ON ACCOUNT *",
            "ALL ON DATABASE pm_a WITH GRANT OPTION",
            "SHOW TABLES ON DATABASE *",
            "SELECT, INSERT ON TABLE pm_a.t WITH GRANT OPTION",
            "UPDATE ON TABLE pm_a.*",
            "DELETE ON TABLE pm_a.`odd ``name`",
            "SELECT ON VIEW pm_a.shown",
            "EXECUTE ON TABLE *.*");
    gate.administer("GRANT " + inner + " TO " + role + " WITH GRANT OPTION");
    String user = people.user(role);
    gate.administer("GRANT " + inner + " TO " + user + " WITH GRANT OPTION");
    try (Connection administrator = gate.administrator().connect()) {
      List<String> ofRole = Sql.rows(administrator, "SHOW GRANTS FOR ROLE " + role);
      List<String> ofUser = Sql.rows(administrator, "SHOW GRANTS FOR " + user);
      assertThat(ofRole).hasSizeGreaterThanOrEqualTo(9).allMatch(row -> row.startsWith("GRANT "));
      assertThat(ofUser).isNotEmpty().allMatch(row -> row.startsWith("GRANT "));
      Sql.run(
          administrator,
          "DROP USER " + user,
          "DROP ROLE " + role,
          "CREATE ROLE " + role,
          "CREATE USER " + user + " IDENTIFIED BY '" + People.PASSWORD + "' DEFAULT ROLE " + role);
      assertThat(Sql.rows(administrator, "SHOW GRANTS FOR ROLE " + role))
          .noneMatch(row -> row.contains("pm_a"));
      for (String statement : ofRole) {
        Sql.run(administrator, statement);
      }
      for (String statement : ofUser) {
        Sql.run(administrator, statement);
      }
      assertThat(Sql.rows(administrator, "SHOW GRANTS FOR ROLE " + role))
          .containsExactlyInAnyOrderElementsOf(ofRole);
      assertThat(Sql.rows(administrator, "SHOW GRANTS FOR " + user))
          .containsExactlyInAnyOrderElementsOf(ofUser);
      try (Person person = Person.at(at(user))) {
        person.may("SHOW GRANTS", "UPDATE pm_a.t SET v = 10", "DELETE FROM pm_a.`odd ``name`");
        person.mayNot(Refused.TABLE, "DELETE FROM pm_a.t", "DELETE");
        person.may("SHOW GRANTS FOR " + user, "SHOW GRANTS FOR ROLE " + role);
      }
    }
    gate.administer("DROP VIEW pm_a.shown", "DROP TABLE pm_a.`odd ``name`");
  }

  @Test
  void theGrantsOfOthersAreShownToThoseWhoManageThem() throws SQLException {
    String other = role("SELECT ON TABLE pm_b.t");
    try (Person person = with("SELECT ON TABLE pm_a.t");
        Person manager = with("MANAGE GRANTS ON ACCOUNT *")) {
      person.mayNot(Refused.ADMINISTRATION, "SHOW GRANTS FOR ROLE " + other);
      manager.may("SHOW GRANTS FOR ROLE " + other);
      assertThat(Sql.rows(person.text(), "SHOW GRANTS").toString()).contains("`pm_a`.`t`");
    }
  }

  // Public and moadmin (PM 2)

  @Test
  void publicIsHeldByEveryoneAndActiveUnlessAnotherRoleIs() throws SQLException {
    gate.administer(
        "CREATE TABLE pm_a.for_all (a INT)", "CREATE USER common IDENTIFIED BY 'Common-1'");
    try (Person common = Person.at(gate.user("common", "Common-1"));
        Person other = with("SELECT ON TABLE pm_a.t")) {
      common.mayNot(Refused.TABLE, "SELECT * FROM pm_a.for_all", "for_all");
      gate.administer("GRANT SELECT ON TABLE pm_a.for_all TO public");
      assertThat(common.reads("SELECT * FROM pm_a.for_all")).isEmpty();
      common.mayNot(Refused.TABLE, "INSERT INTO pm_a.for_all VALUES (1)", "INSERT");
      other.mayNot(Refused.TABLE, "SELECT * FROM pm_a.for_all", "for_all");
      other.does("SET SECONDARY ROLE ALL");
      assertThat(other.reads("SELECT * FROM pm_a.for_all")).isEmpty();
      other.does("SET ROLE public");
      assertThat(other.reads("SELECT * FROM pm_a.for_all")).isEmpty();
      other.mayNot(Refused.TABLE, "SELECT * FROM pm_a.t", "SELECT");
      gate.administer("REVOKE SELECT ON TABLE pm_a.for_all FROM public");
      common.mayNot(Refused.TABLE, "SELECT * FROM pm_a.for_all", "for_all");
    }
    gate.administer("DROP TABLE pm_a.for_all");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "DROP ROLE moadmin",
        "DROP ROLE public",
        "ALTER ROLE moadmin RENAME TO other_admin",
        "ALTER ROLE public RENAME TO other_public",
        "CREATE ROLE moadmin",
        "CREATE ROLE accountadmin",
        "CREATE ROLE `Public`",
        "GRANT SELECT ON TABLE pm_a.t TO moadmin",
        "REVOKE SELECT ON TABLE *.* FROM moadmin",
        "REVOKE CONNECT ON ACCOUNT * FROM public",
        "GRANT moadmin TO protected_user",
        "GRANT moadmin TO protected_role",
        "GRANT public TO protected_role",
        "GRANT protected_role TO moadmin",
        "GRANT protected_role TO public",
        "REVOKE moadmin FROM gatekeeper",
        "REVOKE public FROM protected_user",
        "CREATE USER new_admin IDENTIFIED BY 'New-admin-1' DEFAULT ROLE moadmin",
      })
  void thePredefinedRolesAreProtectedEvenFromAdministrators(String sql) throws SQLException {
    try (Connection administrator = gate.administrator().connect()) {
      Sql.run(
          administrator,
          "CREATE ROLE IF NOT EXISTS protected_role",
          "CREATE USER IF NOT EXISTS protected_user IDENTIFIED BY 'Protected-1'");
      refused(Refused.ROLE_PROTECTED, administrator, sql);
      assertThat(Sql.value(administrator, "SELECT v FROM pm_b.t")).isEqualTo("30");
    }
  }

  @Test
  void administratorsCannotBeDroppedAndOrdinaryUsersCan() throws SQLException {
    try (Connection administrator = gate.administrator().connect()) {
      refused(Refused.CANNOT_USER, administrator, "DROP USER " + TestGate.ADMINISTRATOR);
      Sql.run(administrator, "CREATE USER dropped IDENTIFIED BY 'x-Y-1'", "DROP USER dropped");
      refused(Refused.CANNOT_USER, administrator, "DROP USER dropped");
      Sql.run(administrator, "DROP USER IF EXISTS dropped");
      refused(
          Refused.CANNOT_USER,
          administrator,
          "CREATE USER " + TestGate.ADMINISTRATOR + " IDENTIFIED BY 'x'");
    }
  }

  @Test
  void usersAndRolesShareANameSpace() throws SQLException {
    try (Connection administrator = gate.administrator().connect()) {
      Sql.run(
          administrator,
          "CREATE ROLE shared_name",
          "CREATE USER shared_user IDENTIFIED BY 'x-Y-1'");
      refused(Refused.CANNOT_USER, administrator, "CREATE USER Shared_Name IDENTIFIED BY 'x-Y-1'");
      refused(Refused.CANNOT_USER, administrator, "CREATE ROLE SHARED_USER");
      refused(Refused.CANNOT_USER, administrator, "CREATE ROLE shared_name");
      refused(Refused.CANNOT_USER, administrator, "DROP ROLE no_such_role");
      refused(Refused.UNKNOWN_AUTHORIZATION, administrator, "GRANT no_such_role TO shared_user");
      refused(Refused.UNKNOWN_AUTHORIZATION, administrator, "GRANT shared_name TO no_such_user");
      Sql.run(administrator, "DROP USER shared_user", "DROP ROLE shared_name");
    }
  }

  @Test
  void administrationNeedsItsPrivilege() throws SQLException {
    String[][] privileges = {
      {"CREATE USER", "CREATE USER adm_made IDENTIFIED BY 'Made-1-x'"},
      {"ALTER USER", "ALTER USER adm_made IDENTIFIED BY 'Made-2-x'"},
      {"DROP USER", "DROP USER adm_made"},
      {"CREATE ROLE", "CREATE ROLE adm_role"},
      {"ALTER ROLE", "ALTER ROLE adm_role RENAME TO adm_role_2"},
      {"DROP ROLE", "DROP ROLE adm_role_2"},
      {"CREATE DATABASE", "CREATE DATABASE adm_made"},
      {"DROP DATABASE", "DROP DATABASE adm_made"},
    };
    try (Person nobody = with("ALL ON DATABASE *", "ALL ON TABLE *.*")) {
      for (String[] each : privileges) {
        if (!each[0].equals("DROP DATABASE")) { // ALL ON DATABASE covers it (PM 4.3 #34, #35)
          // MySQL's form for databases names the database, all others the privilege.
          boolean database = each[0].equals("CREATE DATABASE");
          nobody.mayNot(
              database ? Refused.DATABASE : Refused.ADMINISTRATION,
              each[1],
              database ? "adm_made" : each[0]);
        }
        try (Person person = with(each[0] + " ON ACCOUNT *")) {
          person.may(each[1]);
        }
      }
    }
    try (Person all = with("ALL ON ACCOUNT *")) {
      for (String[] each : privileges) {
        all.may(each[1]);
      }
      all.mayNot(Refused.TABLE, "SELECT * FROM pm_a.t", "SELECT");
    }
  }

  @Test
  void everyoneMayChangeTheOwnPasswordAndNobodyElses() throws SQLException {
    String self = people.user(role());
    String other = people.user(role());
    try (Person person = Person.at(at(self))) {
      person.may("SET PASSWORD = 'Changed-1'");
      person.mayNot(
          Refused.ADMINISTRATION, "SET PASSWORD FOR " + other + " = 'Changed-1'", "ALTER USER");
    }
    gate.user(self, "Changed-1").connect().close();
    at(other).connect().close();
    assertThatThrownBy(() -> at(self).connect())
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getErrorCode()).isEqualTo(1045));
  }

  // Logins (PM 1.3, 1.4)

  @Test
  void loginNamesTakeAccountUserAndRole() throws SQLException {
    String one = role("SELECT ON TABLE pm_a.t");
    String two = role("SELECT ON TABLE pm_a.u");
    String user = people.user(one);
    gate.administer("GRANT " + two + " TO " + user);
    for (String name :
        List.of(
            user,
            "sys:" + user,
            "sys#" + user,
            "sys%3A" + user,
            user.toUpperCase(Locale.ROOT),
            "SYS:" + user,
            user + "?k=v,l=w",
            "sys:" + user + "?k=v")) {
      try (Person person = Person.at(at(name))) {
        assertThat(person.reads("SELECT v FROM pm_a.t")).as(name).containsExactly("10");
        person.mayNot(Refused.TABLE, "SELECT v FROM pm_a.u", "SELECT");
      }
    }
    for (String name :
        List.of(
            "sys:" + user + ":" + two,
            "sys#" + user + "#" + two,
            "sys:" + user + ":" + two.toUpperCase(Locale.ROOT),
            "sys:" + user + ":" + two + "?a=b")) {
      try (Person person = Person.at(at(name))) {
        assertThat(person.reads("SELECT v FROM pm_a.u")).as(name).containsExactly("20");
        person.mayNot(Refused.TABLE, "SELECT v FROM pm_a.t", "SELECT");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"acc:USER", "sys:", ":USER", "sys::r", "sys:USER:", "sys:nobody", "nobody", ""})
  void aLoginNameThatIsNobodysIsRefusedLikeAWrongPassword(String pattern) throws SQLException {
    String user = people.user(role());
    String name = pattern.replace("USER", user);
    assertThat(refusal(name, People.PASSWORD)).isEqualTo(1045);
    assertThat(refusal(user, "not the password")).isEqualTo(1045);
    at(user).connect().close();
  }

  private int refusal(String name, String password) {
    try {
      gate.user(name, password).connect().close();
    } catch (SQLException e) {
      assertThat(e.getSQLState()).isEqualTo("28000");
      return e.getErrorCode();
    }
    return 0;
  }

  @Test
  void aRoleThatIsNotGrantedIsSaidOnlyAfterTheRightPassword() throws SQLException {
    String user = people.user(role());
    String foreign = role();
    for (String role : List.of(foreign, "no_such_role", "moadmin")) {
      assertThatThrownBy(() -> at("sys:" + user + ":" + role).connect())
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getErrorCode()).isEqualTo(3530));
      assertThatThrownBy(() -> gate.user("sys:" + user + ":" + role, "wrong").connect())
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getErrorCode()).isEqualTo(1045));
    }
    at("sys:" + user + ":public").connect().close();
  }

  // Views (PM 4.6)

  @Test
  void aViewNeedsItsOwnPrivilegeAndNoneOnItsTables() throws SQLException {
    gate.administer("CREATE VIEW pm_a.v AS SELECT v FROM pm_a.t");
    try (Person onView = with("SELECT ON VIEW pm_a.v");
        Person onTable = with("ALL ON TABLE pm_a.t");
        Person onViews = with("SELECT ON VIEW pm_a.*");
        Person onTables = with("SELECT ON TABLE pm_a.*")) {
      assertThat(onView.reads("SELECT * FROM pm_a.v")).containsExactly("10");
      onView.mayNot(Refused.TABLE, "SELECT * FROM pm_a.t", "SELECT", "'t'");
      onTable.mayNot(Refused.TABLE, "SELECT * FROM pm_a.v", "SELECT", "'v'");
      assertThat(onTable.reads("SELECT v FROM pm_a.t")).containsExactly("10");
      assertThat(onViews.reads("SELECT * FROM pm_a.v")).containsExactly("10");
      onTables.mayNot(Refused.TABLE, "SELECT * FROM pm_a.v", "SELECT", "'v'");
    }
    gate.administer("DROP VIEW pm_a.v");
  }

  @Test
  void whoMakesAViewNeedsSelectOnWhatItReadsAndOwnsIt() throws SQLException {
    try (Person person = with("CREATE VIEW ON DATABASE pm_a", "SELECT ON TABLE pm_a.t")) {
      person.may("CREATE VIEW pm_a.mine AS SELECT v FROM pm_a.t");
      assertThat(person.reads("SELECT * FROM pm_a.mine")).containsExactly("10");
      person.mayNot(Refused.TABLE, "CREATE VIEW pm_a.theirs AS SELECT v FROM pm_a.u", "SELECT");
      person.mayNot(
          Refused.TABLE, "CREATE OR REPLACE VIEW pm_a.mine AS SELECT v FROM pm_a.u", "SELECT");
      person.may("DROP VIEW pm_a.mine");
    }
  }

  // Objects (PM 6.2, 6.3)

  @Test
  void grantsBelongToTheObjectAndNotToItsName() throws SQLException {
    gate.administer("CREATE TABLE pm_a.named (a INT)");
    String role = role("SELECT ON TABLE pm_a.named");
    try (Person person = people.person(role)) {
      assertThat(person.reads("SELECT * FROM pm_a.named")).isEmpty();
      gate.administer("RENAME TABLE pm_a.named TO pm_b.moved");
      assertThat(person.reads("SELECT * FROM pm_b.moved")).isEmpty();
      person.mayNot(Refused.TABLE, "SELECT * FROM pm_a.named", "named");
      gate.administer("CREATE TABLE pm_a.named (a INT)");
      person.mayNot(Refused.TABLE, "SELECT * FROM pm_a.named", "named");
      gate.administer("DROP TABLE pm_b.moved", "CREATE TABLE pm_b.moved (a INT)");
      person.mayNot(Refused.TABLE, "SELECT * FROM pm_b.moved", "moved");
      gate.administer("GRANT SELECT ON TABLE pm_b.moved TO " + role);
      assertThat(person.reads("SELECT * FROM pm_b.moved")).isEmpty();
      gate.administer("TRUNCATE TABLE pm_b.moved", "ALTER TABLE pm_b.moved ADD COLUMN b INT");
      assertThat(person.reads("SELECT * FROM pm_b.moved")).isEmpty();
      gate.administer("ALTER TABLE pm_b.moved RENAME TO pm_b.again");
      assertThat(person.reads("SELECT * FROM pm_b.again")).isEmpty();
    }
    gate.administer("DROP TABLE pm_a.named", "DROP TABLE pm_b.again");
  }

  @Test
  void aDroppedDatabaseTakesItsGrantsWithIt() throws SQLException {
    gate.administer("CREATE DATABASE pm_gone", "CREATE TABLE pm_gone.t (a INT)");
    try (Person person = with("SELECT ON TABLE pm_gone.*", "ALL ON DATABASE pm_gone")) {
      assertThat(person.reads("SELECT * FROM pm_gone.t")).isEmpty();
      gate.administer(
          "DROP DATABASE pm_gone", "CREATE DATABASE pm_gone", "CREATE TABLE pm_gone.t (a INT)");
      person.mayNot(Refused.TABLE, "SELECT * FROM pm_gone.t", "SELECT");
      person.mayNot(Refused.TABLE, "CREATE TABLE pm_gone.u (a INT)", "CREATE");
    }
    gate.administer("DROP DATABASE pm_gone");
  }

  @Test
  void theRoleThatMakesAnObjectOwnsIt() throws SQLException {
    String role = role("CREATE TABLE ON DATABASE pm_a");
    String other = role();
    try (Person owner = people.person(role);
        Person stranger = people.person(other)) {
      owner.may("CREATE TABLE pm_a.owned (a INT)", "INSERT INTO pm_a.owned VALUES (1)");
      assertThat(owner.reads("SELECT a FROM pm_a.owned")).containsExactly("1");
      stranger.mayNot(Refused.TABLE, "SELECT a FROM pm_a.owned", "owned");
      owner.may("GRANT SELECT ON TABLE pm_a.owned TO " + other);
      assertThat(stranger.reads("SELECT a FROM pm_a.owned")).containsExactly("1");
      owner.may("ALTER TABLE pm_a.owned ADD COLUMN b INT", "DROP TABLE pm_a.owned");
      stranger.mayNot(Refused.TABLE, "SELECT a FROM pm_a.owned", "owned");
    }
  }

  @Test
  void aDroppedRoleStopsItsSessionsUntilTheyTakeAnother() throws SQLException {
    String role = role("SELECT ON TABLE pm_a.t");
    String spare = role("SELECT ON TABLE pm_a.u");
    String user = people.user(role);
    gate.administer("GRANT " + spare + " TO " + user);
    try (Person person = Person.at(at(user))) {
      assertThat(person.reads("SELECT v FROM pm_a.t")).containsExactly("10");
      gate.administer("DROP ROLE " + role);
      assertThat(message(person, "SELECT v FROM pm_a.t")).doesNotContain("allowed");
      person.does("SET ROLE " + spare);
      assertThat(person.reads("SELECT v FROM pm_a.u")).containsExactly("20");
      person.mayNot(Refused.TABLE, "SELECT v FROM pm_a.t", "SELECT");
    }
  }

  @Test
  void aDroppedUserHasNoSessionsLeft() throws SQLException {
    String user = people.user(role("SELECT ON TABLE pm_a.t"));
    Connection open = at(user).connect();
    assertThat(Sql.value(open, "SELECT v FROM pm_a.t")).isEqualTo("10");
    gate.administer("DROP USER " + user);
    assertThatThrownBy(() -> Sql.rows(open, "SELECT v FROM pm_a.t"))
        .isInstanceOf(SQLException.class);
    assertThat(refusal(user, People.PASSWORD)).isEqualTo(1045);
    open.abort(Runnable::run);
  }

  @Test
  void aLockedUserCannotLogIn() throws SQLException {
    String user = people.user(role());
    gate.administer("ALTER USER " + user + " LOCK");
    assertThatThrownBy(() -> at(user).connect())
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getErrorCode()).isEqualTo(3118));
    assertThat(refusal(user, "wrong")).isEqualTo(1045);
    gate.administer("ALTER USER " + user + " UNLOCK");
    at(user).connect().close();
  }

  // The system (PM 2.5, DESIGN section 4)

  @Test
  void systemDatabasesAndTheCatalogAreNobodysToWrite() throws SQLException {
    String catalog = gate.catalogSchema();
    try (Connection administrator = gate.administrator().connect()) {
      List<String> writes = new ArrayList<>();
      for (String database :
          List.of("mysql", "sys", "performance_schema", "information_schema", catalog)) {
        writes.add("CREATE TABLE " + database + ".intruder (a INT)");
        writes.add("DROP DATABASE " + database);
      }
      writes.add("DELETE FROM mysql.global_priv");
      writes.add("UPDATE mysql.user SET Host = '%'");
      writes.add("INSERT INTO MYSQL.proxies_priv (Host) VALUES ('x')");
      writes.add("DROP TABLE `" + catalog + "`.user");
      for (String sql : writes) {
        assertThatThrownBy(() -> Sql.run(administrator, sql))
            .as(sql)
            .isInstanceOfSatisfying(
                SQLException.class,
                e -> assertThat(e.getErrorCode()).as("%s -> %s", sql, e).isIn(1044, 1142, 3552));
      }
      List<String> tables;
      try (Connection straight = gate.straight().connect()) {
        tables = Sql.rows(straight, "SHOW TABLES FROM " + catalog);
      }
      assertThat(tables).isNotEmpty();
      for (String table : tables) {
        refusedReading(administrator, "SELECT * FROM " + catalog + "." + table);
      }
      assertThatThrownBy(() -> Sql.run(administrator, "USE " + catalog))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getErrorCode()).isEqualTo(1044));
      assertThat(Sql.value(administrator, "SELECT v FROM pm_a.t")).isEqualTo("10");
    }
  }

  private static void refusedReading(Connection connection, String sql) {
    assertThatThrownBy(() -> Sql.rows(connection, sql))
        .as(sql)
        .isInstanceOfSatisfying(
            SQLException.class,
            e -> assertThat(e.getErrorCode()).as("%s -> %s", sql, e).isIn(1044, 1142, 3552));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SHUTDOWN",
        "FLUSH PRIVILEGES",
        "SET GLOBAL general_log = 1",
        "SET PERSIST max_connections = 10",
        "SELECT * FROM pm_a.t INTO OUTFILE 'x'",
        "SELECT LOAD_FILE('/etc/passwd')",
        "LOAD DATA INFILE '/etc/passwd' INTO TABLE pm_a.t",
        "INSTALL SONAME 'x'",
        "CHANGE MASTER TO MASTER_HOST = 'x'",
        "HANDLER pm_a.t OPEN",
        "PREPARE s FROM 'SELECT * FROM pm_b.t'",
        "EXECUTE IMMEDIATE 'SELECT * FROM pm_b.t'",
        "BEGIN NOT ATOMIC SELECT * FROM pm_b.t; END",
        "CREATE FUNCTION pm_a.f() RETURNS INT READS SQL DATA RETURN (SELECT v FROM pm_b.t)",
        "CREATE TRIGGER pm_a.tr BEFORE INSERT ON pm_a.t FOR EACH ROW SET @x = (SELECT v FROM"
            + " pm_b.t)",
        "SET sql_log_bin = 0",
        "SET character_set_client = 'gbk'",
        "SET NAMES sjis",
        "CREATE SERVER s FOREIGN DATA WRAPPER mysql OPTIONS (HOST 'x')",
      })
  void whatTheModelDoesNotCoverIsRefusedToUsers(String sql) throws SQLException {
    try (Person person = with("ALL ON TABLE pm_a.*", "ALL ON DATABASE pm_a")) {
      assertThatThrownBy(() -> Sql.run(person.text(), sql)).isInstanceOf(SQLException.class);
      assertThat(person.reads("SELECT v FROM pm_a.t")).containsExactly("10");
    }
  }

  @Test
  void everyoneSeesTheDatabasesAndTablesThatConcernThem() throws SQLException {
    try (Person person = with("SELECT ON TABLE pm_a.t", "SHOW TABLES ON DATABASE pm_a")) {
      List<String> databases = Sql.rows(person.text(), "SHOW DATABASES");
      assertThat(databases).contains("pm_a").doesNotContain("pm_b", gate.catalogSchema());
      assertThat(Sql.rows(person.text(), "SHOW TABLES FROM pm_a")).contains("t");
      person.mayNot(Refused.DATABASE, "SHOW TABLES FROM pm_b", "pm_b");
      assertThat(Sql.rows(person.text(), "DESCRIBE pm_a.t")).hasSize(2);
      person.mayNot(Refused.TABLE, "DESCRIBE pm_b.t", "'t'");
      person.mayNot(Refused.TABLE, "SHOW COLUMNS FROM pm_b.t", "'t'");
    }
    try (Person person = with("SHOW DATABASES ON ACCOUNT *")) {
      assertThat(Sql.rows(person.text(), "SHOW DATABASES")).contains("pm_a", "pm_b");
    }
  }

  @Test
  void theInformationSchemaDoesNotTellOfOtherPeoplesTables() throws SQLException {
    gate.administer("CREATE TABLE pm_b.whispered (secret_column INT)");
    try (Person person = with("SELECT ON TABLE pm_a.t")) {
      for (String sql :
          List.of(
              "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'pm_b'",
              "SELECT COLUMN_NAME FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = 'pm_b'",
              "SELECT SCHEMA_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = 'pm_b'",
              "SELECT INFO FROM information_schema.PROCESSLIST")) {
        assertThat(rowsOrRefusal(person, sql))
            .as(sql)
            .doesNotContain("whispered", "secret_column", "pm_b");
      }
    }
    gate.administer("DROP TABLE pm_b.whispered");
  }

  private static List<String> rowsOrRefusal(Person person, String sql) {
    try {
      return Sql.rows(person.text(), sql);
    } catch (SQLException e) {
      return List.of();
    }
  }

  @Test
  void currentRoleAndUserAreTheGates() throws SQLException {
    String role = role();
    String user = people.user(role);
    try (Person person = Person.at(at(user))) {
      assertThat(person.reads("SELECT CURRENT_ROLE()").get(0)).isEqualToIgnoringCase(role);
      assertThat(person.reads("SELECT CURRENT_USER()").get(0)).startsWith(user + "@");
      assertThat(person.reads("SELECT USER()").get(0)).startsWith(user + "@");
    }
  }
}
