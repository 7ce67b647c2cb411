package io.portcullis.it.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portcullis.it.harness.BackendExtension;
import io.portcullis.it.harness.Sql;
import io.portcullis.it.harness.TestBackend;
import io.portcullis.it.harness.TestGate;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** Dynamic SQL in stored programs: whose it may be, and what it leaves in a session. */
@ExtendWith(BackendExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class DynamicSqlIT {

  private static final int UNKNOWN_STATEMENT = 1243;

  /** Runs its argument. */
  private static final String RUNS =
      "(q TEXT) BEGIN SET @q = q; PREPARE dyn FROM @q; EXECUTE dyn; DEALLOCATE PREPARE dyn; END";

  private static final String T = "SELECT ON TABLE dy_a.t";
  private static final String MAKING = "CREATE ROUTINE, EVENT ON DATABASE dy_a";

  private final TestGate gate;
  private final People people;

  DynamicSqlIT(TestBackend backend) {
    gate = TestGate.start(backend);
    people = new People(gate);
  }

  @BeforeAll
  void makeDatabases() throws SQLException {
    gate.administer(
        "DROP DATABASE IF EXISTS dy_a",
        "DROP DATABASE IF EXISTS dy_b",
        "CREATE DATABASE dy_a",
        "CREATE DATABASE dy_b",
        "CREATE TABLE dy_a.t (id INT PRIMARY KEY, v VARCHAR(20))",
        "CREATE TABLE dy_a.u (id INT PRIMARY KEY, v VARCHAR(20))",
        "CREATE TABLE dy_b.t (id INT PRIMARY KEY, v VARCHAR(20))",
        "INSERT INTO dy_a.t VALUES (1, 'one'), (2, 'two')",
        "INSERT INTO dy_a.u VALUES (1, 'secret')",
        "INSERT INTO dy_b.t VALUES (1, 'elsewhere')",
        "CREATE PROCEDURE dy_a.runs" + RUNS);
  }

  @AfterAll
  void clearUp() throws SQLException {
    gate.administer("DROP DATABASE dy_a", "DROP DATABASE dy_b");
    gate.close();
  }

  /** Somebody who may call the procedures here, and nothing else. */
  private Person caller() throws SQLException {
    return people.with("EXECUTE ON DATABASE dy_a", "CONNECT ON ACCOUNT *");
  }

  @Test
  void theAdministratorMakesItAndOthersCallIt() throws SQLException {
    String create = "CREATE PROCEDURE dy_a.p1" + RUNS;
    try (Person maker = people.with(MAKING, "ALL ON TABLE dy_a.*", "ALL ON DATABASE dy_a")) {
      maker.mayNot(Refused.NOT_SUPPORTED, create, "dynamic SQL", "moadmin");
      maker.mayNot(Refused.NOT_SUPPORTED, "CREATE PROCEDURE dy_a.p1() EXECUTE s", "dynamic SQL");
      assertThat(maker.hints(create)).noneMatch(hint -> hint.contains("GRANT"));
    }
    gate.administer(create);
    try (Person other = caller();
        Person nobody = people.with(T)) {
      assertThat(Sql.rows(other.text(), "CALL dy_a.p1('SELECT v FROM u')"))
          .containsExactly("secret");
      assertThat(Sql.rows(other.text(), "CALL dy_a.p1('SELECT v FROM t WHERE id = 1')"))
          .containsExactly("one");
      other.mayNot(Refused.TABLE, "SELECT v FROM dy_a.u");
      nobody.mayNot(Refused.ROUTINE, "CALL dy_a.p1('SELECT 1')");
    }
  }

  @Test
  void theRoleThatWillOwnItCounts() throws SQLException {
    String role = people.role(MAKING);
    gate.administer("GRANT " + role + " TO " + TestGate.ADMINISTRATOR);
    String create = "CREATE PROCEDURE dy_a.p2" + RUNS;
    try (Person maker = Person.at(gate.administrator())) {
      maker.does("SET ROLE " + role, "SET SECONDARY ROLE NONE");
      maker.mayNot(Refused.NOT_SUPPORTED, create, "dynamic SQL", "moadmin");
      assertThat(maker.hints(create)).anyMatch(hint -> hint.contains("SET ROLE `moadmin`"));
      maker.does("SET SECONDARY ROLE ALL");
      maker.mayNot(Refused.NOT_SUPPORTED, create, "dynamic SQL"); // the primary role would own it
      maker.does("SET ROLE moadmin");
      maker.may(create);
    }
  }

  @Test
  void itStopsWhenAnotherRoleOwnsIt() throws SQLException {
    gate.administer(
        "CREATE PROCEDURE dy_a.p3" + RUNS,
        "CREATE PROCEDURE dy_a.outer3() CALL p3('SELECT 3 AS three')");
    String heir = people.role(MAKING, "ALL ON TABLE dy_a.*", "EXECUTE ON DATABASE dy_a");
    try (Person caller = caller();
        Person owner = people.person(heir)) {
      assertThat(Sql.rows(caller.text(), "CALL dy_a.p3('SELECT 3')")).containsExactly("3");
      assertThat(Sql.rows(caller.text(), "CALL dy_a.outer3()")).containsExactly("3");
      gate.administer("GRANT OWNERSHIP ON PROCEDURE dy_a.outer3 TO " + heir);
      // it calls the administrator's still
      assertThat(Sql.rows(caller.text(), "CALL dy_a.outer3()")).containsExactly("3");
      gate.administer("GRANT OWNERSHIP ON PROCEDURE dy_a.p3 TO " + heir);
      for (Person one : new Person[] {caller, owner}) {
        one.mayNot(
            Refused.NOT_SUPPORTED, "CALL dy_a.p3('SELECT 3')", "dy_a.p3", "dynamic SQL", "moadmin");
        one.mayNot(Refused.NOT_SUPPORTED, "CALL dy_a.outer3()", "dy_a.outer3", "dynamic SQL");
      }
      assertThatThrownBy(() -> gate.administer("CALL dy_a.p3('SELECT 3')"))
          .hasMessageContaining("dynamic SQL");
      gate.administer("DROP PROCEDURE dy_a.p3", "CREATE PROCEDURE dy_a.p3" + RUNS);
      assertThat(Sql.rows(caller.text(), "CALL dy_a.p3('SELECT 3')")).containsExactly("3");
    }
  }

  @Test
  void anInvokersRoutineRunsItForAdministratorsAlone() throws SQLException {
    gate.administer(
        "CREATE PROCEDURE dy_a.p4" + RUNS.replaceFirst("\\)", ") SQL SECURITY INVOKER"));
    String call = "CALL dy_a.p4('SELECT v FROM t WHERE id = 1')";
    try (Person caller = people.with("EXECUTE ON DATABASE dy_a", T);
        Connection admin = gate.administrator().connect()) {
      caller.mayNot(Refused.NOT_SUPPORTED, call, "dy_a.p4", "dynamic SQL");
      assertThat(Sql.rows(admin, call)).containsExactly("one");
    }
  }

  @Test
  void textInOneStringIsForEverybodyAsFarAsHisRolesGo() throws SQLException {
    String create =
        "CREATE PROCEDURE dy_a.p5(n INT) BEGIN SET @n = n; PREPARE s5 FROM 'SELECT v FROM t WHERE id"
            + " = ?'; EXECUTE s5 USING @n; END";
    try (Person maker = people.with(MAKING)) {
      maker.mayNot(Refused.TABLE, create, "SELECT", "'t'");
    }
    String role = people.role(MAKING, T);
    try (Person maker = people.person(role);
        Person caller = caller()) {
      maker.mayNot(Refused.TABLE, create.replace("FROM t", "FROM u"), "'u'");
      maker.mayNot(
          Refused.NOT_SUPPORTED,
          "CREATE PROCEDURE dy_a.p5() BEGIN PREPARE s5 FROM 'DROP TABLE t'; EXECUTE s5; END",
          "dynamic SQL");
      maker.may(create);
      assertThat(Sql.rows(caller.text(), "CALL dy_a.p5(2)")).containsExactly("two");
      gate.administer("REVOKE " + T + " FROM " + role);
      caller.mayNot(Refused.ROUTINE_INVALID, "CALL dy_a.p5(2)", "dy_a.p5");
      gate.administer("GRANT " + T + " TO " + role);
      assertThat(Sql.rows(caller.text(), "CALL dy_a.p5(1)")).containsExactly("one");
    }
  }

  @Test
  void anImmediateStringIsReadTheSame() throws SQLException {
    String create = "CREATE PROCEDURE dy_a.p6() EXECUTE IMMEDIATE 'SELECT v FROM t WHERE id = 1'";
    String role = people.role(MAKING, T);
    try (Person maker = people.person(role);
        Person caller = caller()) {
      if (!gate.straight().isMariaDb()) {
        maker.mayNot(Refused.SYNTAX, create);
        return;
      }
      maker.mayNot(Refused.TABLE, create.replace("FROM t", "FROM u"), "'u'");
      maker.mayNot(
          Refused.NOT_SUPPORTED,
          "CREATE PROCEDURE dy_a.p6(q TEXT) EXECUTE IMMEDIATE q",
          "dynamic SQL");
      maker.may(create);
      assertThat(Sql.rows(caller.text(), "CALL dy_a.p6()")).containsExactly("one");
      maker.mayNot(
          Refused.NOT_SUPPORTED,
          "CREATE OR REPLACE PROCEDURE dy_a.p6(q TEXT) EXECUTE IMMEDIATE q",
          "dynamic SQL");
      gate.administer("CREATE OR REPLACE PROCEDURE dy_a.p6(q TEXT) EXECUTE IMMEDIATE q");
      assertThat(Sql.rows(caller.text(), "CALL dy_a.p6('SELECT 6')")).containsExactly("6");
    }
  }

  @Test
  void eventsTakeTheSame() throws SQLException {
    String create =
        "CREATE EVENT dy_a.e1 ON SCHEDULE EVERY 1 YEAR DISABLE DO BEGIN PREPARE s FROM %s; EXECUTE s;"
            + " END";
    try (Person maker = people.with(MAKING, T)) {
      maker.mayNot(Refused.NOT_SUPPORTED, create.formatted("@q"), "dynamic SQL", "moadmin");
      maker.mayNot(Refused.TABLE, create.formatted("'DELETE FROM t'"), "'t'");
      maker.may(create.formatted("'SELECT v FROM t'"));
      String alter = "ALTER EVENT dy_a.e1 DO BEGIN PREPARE s FROM @q; EXECUTE s; END";
      maker.mayNot(Refused.NOT_SUPPORTED, alter, "dynamic SQL", "moadmin");
      // it would go on as the event of its owner
      assertThatThrownBy(() -> gate.administer(alter)).hasMessageContaining("dynamic SQL");
      maker.may("DROP EVENT dy_a.e1");
      gate.administer(create.formatted("@q"), alter);
      maker.mayNot(Refused.NOT_SUPPORTED, alter, "dynamic SQL", "moadmin");
      maker.may("ALTER EVENT dy_a.e1 DO SELECT v FROM t");
      gate.administer("DROP EVENT dy_a.e1");
    }
  }

  @Test
  void whatWasMadeBehindTheGateIsTheAdministrators() throws SQLException {
    try (Connection straight = gate.straight().connect()) {
      Sql.run(straight, "CREATE PROCEDURE dy_a.behind" + RUNS);
    }
    try (Person caller = caller()) {
      assertThat(Sql.rows(caller.text(), "CALL dy_a.behind('SELECT 7')")).containsExactly("7");
    }
  }

  // ---- the session afterwards

  @Test
  void aPreparedStatementThatWasReplacedIsForgotten() throws SQLException {
    gate.administer(
        "CREATE PROCEDURE dy_a.leaves(q TEXT) BEGIN SET @q = q; PREPARE s FROM @q; END",
        "CREATE PROCEDURE dy_a.leaves_known() PREPARE s FROM 'SELECT v FROM dy_a.u'");
    try (Person caller = caller()) {
      Connection session = caller.text();
      Sql.run(session, "PREPARE s FROM 'SELECT 8'", "PREPARE o FROM 'SELECT 9'");
      assertThat(Sql.rows(session, "EXECUTE s")).containsExactly("8");
      Sql.run(session, "CALL dy_a.leaves_known()");
      isUnknown(session, "EXECUTE s");
      assertThat(Sql.rows(session, "EXECUTE o")).containsExactly("9");

      Sql.run(session, "PREPARE s FROM 'SELECT 8'");
      Sql.run(session, "CALL dy_a.leaves('SELECT v FROM dy_a.u')");
      isUnknown(session, "EXECUTE s");
      isUnknown(session, "EXECUTE o");
      Sql.run(session, "PREPARE s FROM 'SELECT 8'");
      assertThat(Sql.rows(session, "EXECUTE s")).containsExactly("8");

      // the same where the call was prepared, and in a text of several statements
      try (PreparedStatement call = session.prepareStatement("CALL dy_a.leaves(?)")) {
        for (int i = 0; i < 3; i++) {
          Sql.run(session, "PREPARE s FROM 'SELECT 8'");
          call.setString(1, "SELECT v FROM dy_a.u");
          call.execute();
          isUnknown(session, "EXECUTE s");
        }
      }
      Sql.run(session, "PREPARE s FROM 'SELECT 8'", "PREPARE c FROM 'CALL dy_a.leaves(@a)'");
      Sql.run(session, "SET @a = 'SELECT v FROM dy_a.u'", "EXECUTE c");
      isUnknown(session, "EXECUTE s");
      try (PreparedStatement call = caller.prepared().prepareStatement("CALL dy_a.leaves(?)")) {
        for (int i = 0; i < 3; i++) {
          Sql.run(caller.prepared(), "PREPARE s FROM 'SELECT 8'");
          call.setString(1, "SELECT v FROM dy_a.u");
          call.execute();
          isUnknown(caller.prepared(), "EXECUTE s");
        }
      }
    }
  }

  private static void isUnknown(Connection session, String sql) {
    assertThatThrownBy(() -> Sql.run(session, sql))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getErrorCode()).isEqualTo(UNKNOWN_STATEMENT));
  }

  @Test
  void aTemporaryTableThatIsGoneHidesNothing() throws SQLException {
    try (Person caller =
        people.with("EXECUTE ON DATABASE dy_a", "CREATE TABLE ON DATABASE dy_a").does("SELECT 1")) {
      caller.may("CREATE TEMPORARY TABLE dy_a.u (v INT)", "SELECT v FROM dy_a.u");
      caller.may("CALL dy_a.runs('DROP TEMPORARY TABLE dy_a.u')");
      caller.mayNot(Refused.TABLE, "SELECT v FROM dy_a.u", "'u'");
    }
  }

  @Test
  void theCurrentDatabaseStaysTheSessions() throws SQLException {
    try (Person caller = people.with("EXECUTE ON DATABASE dy_a", T, "CONNECT ON ACCOUNT *")) {
      Connection session = caller.text();
      Sql.run(session, "USE dy_a");
      String use = "CALL runs('USE dy_b')";
      if (gate.straight().isMariaDb()) {
        Sql.run(session, use);
      } else {
        assertThatThrownBy(() -> Sql.run(session, use)).isInstanceOf(SQLException.class);
      }
      assertThat(Sql.rows(session, "SELECT DATABASE()")).containsExactly("dy_a");
      assertThat(Sql.rows(session, "SELECT v FROM t")).containsExactly("one", "two");

      gate.administer("CREATE DATABASE dy_c");
      gate.administer("CREATE PROCEDURE dy_c.runs" + RUNS);
    }
    try (Connection admin = gate.administrator().connect()) {
      Sql.run(admin, "USE dy_c", "CALL runs('DROP DATABASE dy_c')");
      assertThatThrownBy(() -> Sql.run(admin, "SELECT * FROM t"))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getErrorCode()).isEqualTo(1046));
    }
  }

  @Test
  void textIsReadAsTheServerReadsItAfterwards() throws SQLException {
    try (Person caller = people.with("EXECUTE ON DATABASE dy_a", T)) {
      Connection session = caller.text();
      Sql.run(session, "CALL dy_a.runs('SET SESSION session_track_system_variables = ''''')");
      Sql.run(session, "CALL dy_a.runs('SET SESSION session_track_schema = OFF')");
      for (String set :
          new String[] {
            "SET SESSION sql_mode = ''ANSI_QUOTES''",
            "SET SESSION sql_mode = ''NO_BACKSLASH_ESCAPES''",
            "SET NAMES gbk",
            "SET character_set_client = gbk",
            "SET SESSION character_set_results = utf8mb4"
          }) {
        Sql.run(session, "CALL dy_a.runs('" + set + "')");
        boolean quotes = Sql.value(session, "SELECT @@sql_mode").contains("ANSI_QUOTES");
        assertThat(quotes).as(set).isFalse();
        assertThat(Sql.value(session, "SELECT @@character_set_client"))
            .as(set)
            .startsWith("utf8mb");
        assertThat(Sql.rows(session, "SELECT \"v\", '\\'' FROM dy_a.t WHERE id = 1"))
            .as(set)
            .containsExactly("v|'");
        caller.mayNot(Refused.TABLE, "SELECT \"v\" FROM dy_a.u");
      }
      Sql.run(session, "CALL dy_a.runs('SET SESSION autocommit = 0')");
      assertThat(Sql.value(session, "SELECT @@autocommit")).isEqualTo("0");
      assertThatThrownBy(() -> Sql.run(session, "CALL dy_a.runs('SELECT * FROM dy_a.nowhere')"))
          .hasMessageContaining("nowhere");
      assertThat(Sql.rows(session, "SELECT v FROM dy_a.t WHERE id = 1")).containsExactly("one");
    }
  }

  // ---- objects, accounts

  @Test
  void aTableThatWasDroppedUnseenGetsNoOldGrants() throws SQLException {
    gate.administer("CREATE TABLE dy_a.x (v INT)");
    try (Person reader = people.with("SELECT ON TABLE dy_a.x", "EXECUTE ON DATABASE dy_a")) {
      reader.may("SELECT v FROM dy_a.x", "CALL dy_a.runs('DROP TABLE dy_a.x')");
      gate.administer("CREATE TABLE dy_a.x (v INT)");
      reader.mayNot(Refused.TABLE, "SELECT v FROM dy_a.x", "'x'");

      reader.may("CALL dy_a.runs('CREATE TABLE dy_a.y (v INT)')");
      reader.mayNot(Refused.TABLE, "SELECT v FROM dy_a.y", "'y'");
      gate.administer("SELECT v FROM dy_a.y");
    }
  }

  @Test
  void ofAnAccountItIsTheAccountsAdministratorsAndReachesItsOwn() throws SQLException {
    gate.administer(
        "CREATE ACCOUNT dyacme ADMIN_NAME 'boss' IDENTIFIED BY '" + People.PASSWORD + "'");
    try (Connection boss = gate.user("dyacme:boss", People.PASSWORD).connect()) {
      Sql.run(
          boss,
          "CREATE DATABASE shop",
          "CREATE TABLE shop.t (v VARCHAR(20))",
          "INSERT INTO shop.t VALUES ('tenant')",
          "CREATE PROCEDURE shop.runs" + RUNS,
          "CREATE PROCEDURE shop.known() BEGIN PREPARE s FROM 'SELECT v FROM t'; EXECUTE s; END",
          "CREATE ROLE clerk",
          "GRANT CREATE ROUTINE, EXECUTE ON DATABASE shop TO clerk",
          "CREATE USER joe IDENTIFIED BY '" + People.PASSWORD + "' DEFAULT ROLE clerk");
      assertThatThrownBy(
              () ->
                  Sql.run(
                      boss, "CREATE PROCEDURE shop.named() PREPARE s FROM 'SELECT v FROM shop.t'"))
          .hasMessageContaining("a name of a database");
      try (Person joe = Person.at(gate.user("dyacme:joe", People.PASSWORD))) {
        joe.mayNot(
            Refused.NOT_SUPPORTED,
            "CREATE PROCEDURE shop.mine" + RUNS,
            "dynamic SQL",
            "accountadmin");
        assertThat(Sql.rows(joe.text(), "CALL shop.known()")).containsExactly("tenant");
        assertThat(Sql.rows(joe.text(), "CALL shop.runs('SELECT v FROM t')"))
            .containsExactly("tenant");
        assertThat(Sql.rows(joe.text(), "CALL shop.runs('SELECT v FROM `dyacme$shop`.t')"))
            .containsExactly("tenant");
        for (String text :
            new String[] {
              "SELECT v FROM dy_a.u",
              "SELECT * FROM " + gate.catalogSchema() + ".catalog_grant",
              "DROP DATABASE dy_a",
              "CREATE USER nobody"
            }) {
          assertThatThrownBy(() -> Sql.run(joe.text(), "CALL shop.runs('" + text + "')"))
              .as(text)
              .isInstanceOf(SQLException.class)
              .hasMessageContaining("denied");
        }
      }
      Sql.run(boss, "DROP DATABASE shop");
    } finally {
      gate.administer("DROP ACCOUNT dyacme");
    }
  }
}
