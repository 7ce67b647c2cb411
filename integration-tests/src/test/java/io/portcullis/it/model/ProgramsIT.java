package io.portcullis.it.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portcullis.it.harness.BackendExtension;
import io.portcullis.it.harness.Sql;
import io.portcullis.it.harness.TestBackend;
import io.portcullis.it.harness.TestGate;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** Stored programs: who makes them, who calls them, and whose rights their bodies have. */
@ExtendWith(BackendExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ProgramsIT {

  private final TestGate gate;
  private final People people;

  ProgramsIT(TestBackend backend) {
    gate = TestGate.start(backend);
    people = new People(gate);
  }

  @BeforeAll
  void makeDatabases() throws SQLException {
    gate.administer(
        "DROP DATABASE IF EXISTS sp_a",
        "CREATE DATABASE sp_a",
        "CREATE TABLE sp_a.t (id INT PRIMARY KEY, v VARCHAR(20))",
        "CREATE TABLE sp_a.u (id INT PRIMARY KEY, v VARCHAR(20))",
        "CREATE TABLE sp_a.log (v VARCHAR(40))",
        "INSERT INTO sp_a.t VALUES (1, 'one'), (2, 'two')",
        "INSERT INTO sp_a.u VALUES (1, 'secret')");
  }

  @AfterAll
  void clearUp() throws SQLException {
    gate.administer("DROP DATABASE sp_a");
    gate.close();
  }

  /** Has a new role with these grants make something, and returns the role. */
  private String made(String statement, String... grants) throws SQLException {
    String role = people.role(grants);
    gate.administer("GRANT CREATE ROUTINE, TRIGGER, EVENT ON DATABASE sp_a TO " + role);
    try (Person maker = people.person(role)) {
      maker.may(statement);
    }
    return role;
  }

  private static final String T = "SELECT ON TABLE sp_a.t";

  @Test
  void whoMakesARoutineNeedsTheRightToAndWhateverItsBodyNeeds() throws SQLException {
    String create = "CREATE PROCEDURE sp_a.made1() SELECT v FROM t";
    try (Person maker = people.with(T)) {
      maker.mayNot(Refused.DATABASE, create, "sp_a");
      assertThat(maker.hints(create))
          .anyMatch(hint -> hint.contains("GRANT CREATE ROUTINE ON DATABASE `sp_a` TO ROLE"));
    }
    try (Person maker = people.with("CREATE ROUTINE ON DATABASE sp_a")) {
      maker.mayNot(Refused.TABLE, create, "SELECT", "'t'");
      maker.mayNot(
          Refused.TABLE,
          "CREATE PROCEDURE sp_a.made1() BEGIN DECLARE x INT; IF 1 = 0 THEN SELECT 1 INTO x FROM"
              + " t; END IF; END",
          "'t'");
      maker.mayNot(
          Refused.NOT_SUPPORTED,
          "CREATE PROCEDURE sp_a.made1() BEGIN PREPARE s FROM @q; EXECUTE s; END",
          "dynamic SQL");
      maker.mayNot(
          Refused.NOT_SUPPORTED, "CREATE DEFINER = 'root'@'%' PROCEDURE sp_a.made1() SELECT 1");
    }
    try (Person maker = people.with(T, "CREATE ROUTINE ON DATABASE sp_a")) {
      maker.may(create);
      // Who makes it owns it: calls it, and grants it.
      assertThat(Sql.rows(maker.text(), "CALL sp_a.made1()")).containsExactly("one", "two");
      String other = people.role();
      maker.may("GRANT EXECUTE ON PROCEDURE sp_a.made1 TO " + other);
      try (Person caller = people.person(other)) {
        assertThat(Sql.rows(caller.text(), "CALL sp_a.made1()")).containsExactly("one", "two");
        caller.mayNot(Refused.TABLE, "SELECT v FROM sp_a.t");
        caller.mayNot(Refused.ROUTINE, "DROP PROCEDURE sp_a.made1", "ALTER ROUTINE", "sp_a.made1");
      }
      maker.may("DROP PROCEDURE sp_a.made1");
    }
  }

  @Test
  void callTakesExecuteAtSomeLevel() throws SQLException {
    made("CREATE PROCEDURE sp_a.p1() SELECT v FROM t WHERE id = 1", T);
    String call = "CALL sp_a.p1()";
    try (Person caller = people.with(T, "ALL ON TABLE sp_a.*")) {
      caller.mayNot(Refused.ROUTINE, call, "EXECUTE", "sp_a.p1");
      assertThat(caller.hints(call))
          .anyMatch(hint -> hint.contains("GRANT EXECUTE ON PROCEDURE `sp_a`.`p1` TO ROLE"));
    }
    for (String grant :
        List.of(
            "EXECUTE ON PROCEDURE sp_a.p1",
            "EXECUTE ON PROCEDURE sp_a.*",
            "EXECUTE ON PROCEDURE *.*",
            "ALL ON PROCEDURE sp_a.p1",
            "EXECUTE ON DATABASE sp_a",
            "EXECUTE ON sp_a.*",
            "ALL ON DATABASE sp_a")) {
      try (Person caller = people.with(grant)) {
        assertThat(Sql.rows(caller.text(), call)).as(grant).containsExactly("one");
        caller.mayNot(Refused.TABLE, "SELECT v FROM sp_a.t");
      }
    }
    try (Person caller = people.with("EXECUTE ON FUNCTION sp_a.*", "EXECUTE ON TABLE sp_a.t")) {
      caller.mayNot(Refused.ROUTINE, call, "EXECUTE");
    }
  }

  @Test
  void aDefinersRoutineStopsWhenHisRoleLosesWhatTheBodyNeeds() throws SQLException {
    String owner = made("CREATE PROCEDURE sp_a.p2() SELECT v FROM t WHERE id = 1", T);
    String call = "CALL sp_a.p2()";
    String callers = people.role("EXECUTE ON PROCEDURE sp_a.p2");
    try (Person caller = people.person(callers)) {
      assertThat(Sql.rows(caller.text(), call)).containsExactly("one");
      gate.administer("REVOKE " + T + " FROM " + owner);
      caller.mayNot(Refused.ROUTINE_INVALID, call, "sp_a.p2");
      assertThat(caller.hints(call)).noneMatch(hint -> hint.contains("GRANT"));
      gate.administer("GRANT " + T + " TO " + owner);
      assertThat(Sql.rows(caller.text(), call)).containsExactly("one");
      gate.administer("REVOKE EXECUTE ON PROCEDURE sp_a.p2 FROM " + callers);
      caller.mayNot(Refused.ROUTINE, call, "EXECUTE");
    }
  }

  @Test
  void anInvokersRoutineTakesTheRightsOfWhoCallsIt() throws SQLException {
    made("CREATE PROCEDURE sp_a.p3() SQL SECURITY INVOKER SELECT v FROM t WHERE id = 1", T);
    String call = "CALL sp_a.p3()";
    try (Person caller = people.with("EXECUTE ON PROCEDURE sp_a.p3")) {
      caller.mayNot(Refused.ROUTINE_INVALID, call, "sp_a.p3");
    }
    try (Person caller = people.with("EXECUTE ON PROCEDURE sp_a.p3", T)) {
      assertThat(Sql.rows(caller.text(), call)).containsExactly("one");
    }
  }

  @Test
  void whatIsCalledInsideIsFollowedToTheTables() throws SQLException {
    String inner = made("CREATE PROCEDURE sp_a.inner4() SELECT v FROM t WHERE id = 1", T);
    String outer =
        made("CREATE PROCEDURE sp_a.outer4() CALL inner4()", "EXECUTE ON PROCEDURE sp_a.inner4");
    String call = "CALL sp_a.outer4()";
    try (Person caller = people.with("EXECUTE ON PROCEDURE sp_a.outer4")) {
      assertThat(Sql.rows(caller.text(), call)).containsExactly("one");
      caller.mayNot(Refused.ROUTINE, "CALL sp_a.inner4()");
      gate.administer("REVOKE " + T + " FROM " + inner);
      caller.mayNot(Refused.ROUTINE_INVALID, call, "sp_a.outer4");
      gate.administer(
          "GRANT " + T + " TO " + inner, "REVOKE EXECUTE ON PROCEDURE sp_a.inner4 FROM " + outer);
      caller.mayNot(Refused.ROUTINE_INVALID, call, "sp_a.outer4");
      gate.administer("GRANT EXECUTE ON PROCEDURE sp_a.inner4 TO " + outer);
      assertThat(Sql.rows(caller.text(), call)).containsExactly("one");
    }
  }

  @Test
  void functionsTakeExecuteWhereverTheyAreCalled() throws SQLException {
    String owner =
        made(
            "CREATE FUNCTION sp_a.f5(n INT) RETURNS VARCHAR(20) READS SQL DATA RETURN (SELECT v"
                + " FROM t WHERE id = n)",
            T);
    try (Person caller =
        people.with(
            "SELECT ON TABLE sp_a.u", "INSERT ON TABLE sp_a.log", "CREATE VIEW ON DATABASE sp_a")) {
      for (String statement :
          List.of(
              "SELECT sp_a.f5(1)",
              "SELECT v FROM sp_a.u WHERE sp_a.f5(id) = 'one'",
              "INSERT INTO sp_a.log VALUES (sp_a.f5(1))",
              "SET @a = sp_a.f5(1)",
              "DO sp_a.f5(1)",
              "CREATE VIEW sp_a.v5 AS SELECT sp_a.f5(1)")) {
        caller.mayNot(Refused.ROUTINE, statement, "EXECUTE", "sp_a.f5");
      }
    }
    String calling = people.role("SELECT ON TABLE sp_a.u", "CREATE VIEW ON DATABASE sp_a");
    gate.administer("GRANT EXECUTE ON FUNCTION sp_a.f5 TO " + calling);
    try (Person caller = people.person(calling);
        Person reader = people.with("SELECT ON VIEW sp_a.*")) {
      assertThat(caller.reads("SELECT sp_a.f5(2)")).containsExactly("two");
      assertThat(caller.reads("SELECT SP_A.F5(id) FROM sp_a.u".replace("SP_A", "sp_a")))
          .containsExactly("one");
      caller.may("CREATE VIEW sp_a.v5 AS SELECT sp_a.f5(1) AS v");
      assertThat(reader.reads("SELECT v FROM sp_a.v5")).containsExactly("one");

      gate.administer("REVOKE " + T + " FROM " + owner);
      caller.mayNot(Refused.ROUTINE_INVALID, "SELECT sp_a.f5(2)", "sp_a.f5");
      reader.mayNot(Refused.VIEW_INVALID, "SELECT v FROM sp_a.v5", "sp_a.v5");
      gate.administer("GRANT " + T + " TO " + owner);
      assertThat(reader.reads("SELECT v FROM sp_a.v5")).containsExactly("one");

      gate.administer("REVOKE EXECUTE ON FUNCTION sp_a.f5 FROM " + calling);
      caller.mayNot(Refused.ROUTINE, "SELECT sp_a.f5(2)", "sp_a.f5");
      reader.mayNot(Refused.VIEW_INVALID, "SELECT v FROM sp_a.v5", "sp_a.v5");
    }
  }

  @Test
  void aStoredFunctionIsCalledWithItsDatabase() throws SQLException {
    gate.administer(
        "CREATE FUNCTION sp_a.load_file(a TEXT) RETURNS TEXT DETERMINISTIC RETURN 'stored'");
    try (Person caller =
        people.with("EXECUTE ON FUNCTION sp_a.*", "CONNECT ON ACCOUNT *").does("USE sp_a")) {
      caller.mayNot(
          Refused.NOT_SUPPORTED, "SELECT load_file('/etc/passwd')", "reads or writes files");
      assertThat(caller.reads("SELECT sp_a.load_file('/etc/passwd')")).containsExactly("stored");
    }
  }

  @Test
  void dropEndsTheGrantsAndTheyDoNotComeBack() throws SQLException {
    String create = "CREATE PROCEDURE sp_a.p6() SELECT 1";
    gate.administer(create);
    String callers = people.role("EXECUTE ON PROCEDURE sp_a.p6");
    try (Person caller = people.person(callers)) {
      assertThat(Sql.rows(caller.text(), "CALL sp_a.P6()")).containsExactly("1");
      gate.administer("DROP PROCEDURE sp_a.p6", create);
      caller.mayNot(Refused.ROUTINE, "CALL sp_a.p6()");
      gate.administer("GRANT EXECUTE ON PROCEDURE sp_a.p6 TO " + callers);
      assertThat(Sql.rows(caller.text(), "CALL sp_a.p6()")).containsExactly("1");
      if (gate.straight().isMariaDb()) {
        gate.administer("CREATE OR REPLACE PROCEDURE sp_a.p6() SELECT 2");
        caller.mayNot(Refused.ROUTINE, "CALL sp_a.p6()");
      }
    }
  }

  @Test
  void ownershipMovesAndTheNewOwnersRightsCount() throws SQLException {
    made("CREATE PROCEDURE sp_a.p7() SELECT v FROM t WHERE id = 1", T);
    String heir = people.role();
    try (Person caller = people.with("EXECUTE ON PROCEDURE sp_a.p7");
        Person owner = people.person(heir)) {
      assertThat(Sql.rows(caller.text(), "CALL sp_a.p7()")).containsExactly("one");
      gate.administer("GRANT OWNERSHIP ON PROCEDURE sp_a.p7 TO " + heir);
      caller.mayNot(Refused.ROUTINE_INVALID, "CALL sp_a.p7()");
      owner.mayNot(Refused.ROUTINE_INVALID, "CALL sp_a.p7()");
      gate.administer("GRANT " + T + " TO " + heir);
      assertThat(Sql.rows(caller.text(), "CALL sp_a.p7()")).containsExactly("one");
      owner.may("DROP PROCEDURE sp_a.p7");
    }
  }

  @Test
  void grantsOnRoutinesAreShownAsStatementsThatGrantThem() throws SQLException {
    gate.administer("CREATE PROCEDURE sp_a.p8() SELECT 1");
    String role =
        people.role(
            "EXECUTE, ALTER ROUTINE ON PROCEDURE sp_a.p8",
            "EXECUTE ON FUNCTION sp_a.*",
            "SELECT, EXECUTE, CREATE ROUTINE, ALTER ROUTINE, TRIGGER, EVENT ON sp_a.*");
    String again = people.role();
    try (Connection admin = gate.administrator().connect()) {
      List<String> shown = Sql.rows(admin, "SHOW GRANTS FOR ROLE " + role);
      assertThat(shown)
          .contains(
              "GRANT EXECUTE ON PROCEDURE `sp_a`.`p8` TO ROLE `" + role + "`",
              "GRANT ALTER ROUTINE ON PROCEDURE `sp_a`.`p8` TO ROLE `" + role + "`",
              "GRANT EXECUTE ON FUNCTION `sp_a`.* TO ROLE `" + role + "`",
              "GRANT EXECUTE ON DATABASE `sp_a` TO ROLE `" + role + "`",
              "GRANT TRIGGER ON DATABASE `sp_a` TO ROLE `" + role + "`",
              "GRANT SELECT ON TABLE `sp_a`.* TO ROLE `" + role + "`");
      for (String statement : shown) {
        Sql.run(admin, statement.replace("`" + role + "`", "`" + again + "`"));
      }
      assertThat(Sql.rows(admin, "SHOW GRANTS FOR ROLE " + again))
          .containsExactlyInAnyOrderElementsOf(
              shown.stream().map(s -> s.replace("`" + role + "`", "`" + again + "`")).toList());
      assertThat(
              Sql.rows(
                  admin,
                  "SELECT obj_type, privilege_id, privilege_name, privilege_level FROM"
                      + " mo_catalog.mo_role_privs WHERE role_name = '"
                      + role
                      + "' AND privilege_id = 39 ORDER BY obj_type"))
          .containsExactly("function|39|execute|d.*", "procedure|39|execute|d.t");
      Sql.run(
          admin,
          "REVOKE SELECT, EXECUTE, CREATE ROUTINE, ALTER ROUTINE, TRIGGER, EVENT ON sp_a.* FROM "
              + role);
      assertThat(Sql.rows(admin, "SHOW GRANTS FOR ROLE " + role)).hasSize(3);
    }
    assertThatThrownBy(() -> gate.administer("GRANT SELECT ON PROCEDURE sp_a.p8 TO " + role))
        .hasMessageContaining("\"table\" or \"view\"");
    assertThatThrownBy(() -> gate.administer("GRANT ALTER ROUTINE ON TABLE sp_a.t TO " + role))
        .hasMessageContaining("\"database\", \"function\" or \"procedure\"");
    assertThatThrownBy(() -> gate.administer("GRANT EXECUTE ON PROCEDURE sp_a.t TO " + role))
        .hasMessageContaining("PROCEDURE sp_a.t does not exist");
  }

  @Test
  void argumentsAndResultsPassAndEachIsDecided() throws SQLException {
    made(
        "CREATE PROCEDURE sp_a.p9(IN a INT, OUT b VARCHAR(20)) BEGIN DECLARE done INT DEFAULT 0;"
            + " DECLARE x VARCHAR(20); DECLARE c CURSOR FOR SELECT v FROM t ORDER BY id; DECLARE"
            + " CONTINUE HANDLER FOR NOT FOUND SET done = 1; SELECT v INTO b FROM t WHERE id = a;"
            + " OPEN c; l: LOOP FETCH c INTO x; IF done THEN LEAVE l; END IF; SELECT x; END LOOP;"
            + " CLOSE c; END",
        T);
    try (Person caller = people.with("EXECUTE ON PROCEDURE sp_a.p9")) {
      caller.may("CALL sp_a.p9(2, @b)");
      assertThat(Sql.rows(caller.text(), "SELECT @b")).containsExactly("two");
      caller.mayNot(Refused.TABLE, "CALL sp_a.p9((SELECT id FROM sp_a.u), @b)", "'u'");
      try (CallableStatement call = caller.prepared().prepareCall("{CALL sp_a.p9(?, @b)}")) {
        call.setInt(1, 1);
        assertThat(call.execute()).isTrue();
        try (ResultSet first = call.getResultSet()) {
          assertThat(first.next()).isTrue();
          assertThat(first.getString(1)).isEqualTo("one");
        }
        assertThat(call.getMoreResults()).isTrue();
      }
    }
  }

  @Test
  void aPreparedCallIsDecidedAtEachExecution() throws SQLException {
    String owner = made("CREATE PROCEDURE sp_a.p10() SELECT v FROM t WHERE id = 1", T);
    try (Person caller = people.with("EXECUTE ON PROCEDURE sp_a.p10");
        PreparedStatement call = caller.prepared().prepareStatement("CALL sp_a.p10()")) {
      assertThat(Sql.rows(call.executeQuery())).containsExactly("one");
      gate.administer("REVOKE " + T + " FROM " + owner);
      assertThatThrownBy(call::executeQuery).hasMessageContaining("sp_a.p10");
    }
  }

  @Test
  void whatWasMadeBehindTheGateIsTheAdministrators() throws SQLException {
    try (Connection straight = gate.straight().connect()) {
      Sql.run(
          straight,
          "CREATE PROCEDURE sp_a.behind() SELECT v FROM t WHERE id = 1",
          "CREATE PROCEDURE sp_a.unread() BEGIN SHOW TABLES; END");
    }
    try (Person caller = people.with("EXECUTE ON PROCEDURE sp_a.*")) {
      assertThat(Sql.rows(caller.text(), "CALL sp_a.behind()")).containsExactly("one");
      caller.mayNot(Refused.NOT_SUPPORTED, "CALL sp_a.unread()", "cannot read");
      caller.mayNot(Refused.NO_SUCH_ROUTINE, "CALL sp_a.nowhere()", "sp_a.nowhere");
    }
    try (Person nobody = people.with()) {
      nobody.mayNot(Refused.ROUTINE, "CALL sp_a.behind()");
      nobody.mayNot(Refused.ROUTINE, "CALL sp_a.nowhere()");
    }
    assertThatThrownBy(() -> gate.administer("CALL sp_a.unread()"))
        .hasMessageContaining("cannot read");
  }

  @Test
  void systemDatabasesAndTheCatalogAreOutOfReachOfBodies() throws SQLException {
    for (String body :
        List.of(
            "DELETE FROM " + gate.catalogSchema() + ".catalog_grant",
            "SELECT * FROM " + gate.catalogSchema() + ".catalog_grant",
            "SELECT * FROM mo_catalog.mo_user",
            "DELETE FROM mysql.proc")) {
      assertThatThrownBy(() -> gate.administer("CREATE PROCEDURE sp_a.p11() " + body))
          .as(body)
          .isInstanceOf(SQLException.class);
    }
    assertThatThrownBy(() -> gate.administer("CREATE PROCEDURE mysql.p11() SELECT 1"))
        .isInstanceOf(SQLException.class);
    assertThatThrownBy(() -> gate.administer("CALL mysql.AddGeometryColumn('','','','',1)"))
        .isInstanceOf(SQLException.class);
  }

  @Test
  void aTemporaryTableAtTheMakingPermitsNothing() throws SQLException {
    try (Person maker = people.with("CREATE ROUTINE, CREATE TABLE ON DATABASE sp_a")) {
      maker.may("CREATE TEMPORARY TABLE sp_a.u (v INT)", "SELECT v FROM sp_a.u");
      maker.mayNot(Refused.TABLE, "CREATE PROCEDURE sp_a.p12() SELECT v FROM u", "'u'");
    }
  }

  @Test
  void namesInBodiesAreTheAccountsOwn() throws SQLException {
    gate.administer(
        "CREATE ACCOUNT spacme ADMIN_NAME 'boss' IDENTIFIED BY '" + People.PASSWORD + "'");
    try (Connection boss = gate.user("spacme:boss", People.PASSWORD).connect()) {
      Sql.run(
          boss,
          "CREATE DATABASE shop",
          "CREATE TABLE shop.t (v VARCHAR(20))",
          "INSERT INTO shop.t VALUES ('tenant')",
          "CREATE PROCEDURE shop.p() BEGIN SELECT v FROM shop.t; END",
          "CREATE FUNCTION shop.f() RETURNS VARCHAR(20) READS SQL DATA RETURN (SELECT MAX(shop.t.v)"
              + " FROM shop.t)",
          "CREATE TRIGGER shop.g BEFORE INSERT ON shop.t FOR EACH ROW SET NEW.v ="
              + " CONCAT(NEW.v, '!')");
      assertThat(Sql.rows(boss, "CALL shop.p()")).containsExactly("tenant");
      assertThat(Sql.rows(boss, "SELECT shop.f()")).containsExactly("tenant");
      assertThat(Sql.rows(boss, "SHOW CREATE PROCEDURE shop.p").toString())
          .contains("FROM shop.t")
          .doesNotContain("spacme$");
      Sql.run(
          boss,
          "CREATE PROCEDURE shop.here(who VARCHAR(40)) SELECT DATABASE() AS d, who",
          "CREATE VIEW shop.here AS SELECT DATABASE() FROM shop.t",
          "USE shop");
      assertThat(Sql.rows(boss, "CALL here(CURRENT_USER_NAME())")).containsExactly("shop|boss");
      assertThat(Sql.rows(boss, "SELECT * FROM here")).containsExactly("shop");
      Sql.run(boss, "INSERT INTO shop.t VALUES ('fired')");
      assertThat(Sql.rows(boss, "SELECT v FROM shop.t")).containsExactly("tenant", "fired!");
      // Nothing of account sys is there, whatever its administrator may do.
      Sql.run(boss, "CREATE PROCEDURE shop.q() SELECT v FROM sp_a.t");
      assertThatThrownBy(() -> Sql.run(boss, "CALL shop.q()"))
          .hasMessageNotContaining("spacme$")
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getErrorCode()).isIn(1142, 1049, 1146));
      Sql.run(boss, "DROP DATABASE shop");
    } finally {
      gate.administer("DROP ACCOUNT spacme");
    }
  }

  @Test
  void triggersTakeTheRightAndWhatTheyDo() throws SQLException {
    String create =
        "CREATE TRIGGER sp_a.g1 AFTER INSERT ON sp_a.t FOR EACH ROW INSERT INTO log VALUES (NEW.v)";
    try (Person maker = people.with("INSERT ON TABLE sp_a.log", T)) {
      maker.mayNot(Refused.DATABASE, create, "sp_a");
    }
    try (Person maker = people.with("TRIGGER ON DATABASE sp_a", "INSERT ON TABLE sp_a.log")) {
      maker.mayNot(Refused.TABLE, create, "SELECT", "'t'");
    }
    try (Person maker = people.with("TRIGGER ON sp_a.*", "INSERT ON TABLE sp_a.log", T)) {
      maker.may(create);
      try (Person writer = people.with("INSERT ON TABLE sp_a.t", "DELETE ON TABLE sp_a.t")) {
        writer.may("INSERT INTO sp_a.t VALUES (77, 'fired')", "DELETE FROM sp_a.t WHERE id = 77");
        writer.mayNot(Refused.DATABASE, "DROP TRIGGER sp_a.g1");
      }
      maker.may("SHOW CREATE TRIGGER sp_a.g1", "DROP TRIGGER sp_a.g1");
    }
    try (Connection admin = gate.administrator().connect()) {
      assertThat(Sql.rows(admin, "SELECT v FROM sp_a.log WHERE v = 'fired'")).hasSize(1);
    }
  }

  @Test
  void eventsTakeTheRightAndWhatTheyDo() throws SQLException {
    String create = "CREATE EVENT sp_a.e1 ON SCHEDULE EVERY 1 YEAR DISABLE DO DELETE FROM log";
    try (Person maker = people.with("DELETE ON TABLE sp_a.log")) {
      maker.mayNot(Refused.DATABASE, create, "sp_a");
    }
    try (Person maker = people.with("EVENT ON DATABASE sp_a")) {
      maker.mayNot(Refused.TABLE, create, "DELETE", "'log'");
    }
    try (Person maker = people.with("EVENT ON DATABASE sp_a", "DELETE ON TABLE sp_a.log")) {
      maker.may(create, "SHOW CREATE EVENT sp_a.e1", "ALTER EVENT sp_a.e1 COMMENT 'x'");
      maker.mayNot(Refused.TABLE, "ALTER EVENT sp_a.e1 DO DELETE FROM t", "'t'");
      maker.may("DROP EVENT sp_a.e1");
    }
  }
}
