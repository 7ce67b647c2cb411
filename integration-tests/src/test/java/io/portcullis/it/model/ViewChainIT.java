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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Views run with the rights of who made them, or who uses them (PM 4.6, 4.5 #81, rows 54-56). */
@ExtendWith(BackendExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ViewChainIT {

  private final TestGate gate;
  private final People people;
  private int forms;

  ViewChainIT(TestBackend backend) {
    gate = TestGate.start(backend);
    people = new People(gate);
  }

  @BeforeAll
  void makeDatabases() throws SQLException {
    gate.administer(
        "DROP DATABASE IF EXISTS vc_a",
        "CREATE DATABASE vc_a",
        "CREATE TABLE vc_a.t (id INT PRIMARY KEY, v VARCHAR(20))",
        "CREATE TABLE vc_a.u (id INT PRIMARY KEY, v VARCHAR(20))",
        "INSERT INTO vc_a.t VALUES (1, 'one')",
        "INSERT INTO vc_a.u VALUES (1, 'secret')");
  }

  @AfterAll
  void clearUp() throws SQLException {
    gate.administer("DROP DATABASE vc_a");
    gate.close();
  }

  /** Has a new role with these grants, and CREATE VIEW, make something, and returns the role. */
  private String made(String statement, String... grants) throws SQLException {
    String role = people.role(grants);
    gate.administer("GRANT CREATE VIEW ON DATABASE vc_a TO " + role);
    try (Person maker = people.person(role)) {
      maker.may(statement);
    }
    return role;
  }

  private static final String T = "SELECT ON TABLE vc_a.t";

  @Test
  void aViewGrantAloneSuffices() throws SQLException {
    made("CREATE VIEW vc_a.alone AS SELECT v FROM vc_a.t", T);
    try (Person caller = people.with("SELECT ON VIEW vc_a.alone");
        Person nobody = people.with("SELECT ON TABLE vc_a.*", "ALL ON TABLE vc_a.t")) {
      assertThat(caller.reads("SELECT * FROM vc_a.alone")).containsExactly("one");
      caller.mayNot(Refused.TABLE, "SELECT * FROM vc_a.t", "'t'");
      // Who has everything on the table has nothing on the view.
      assertThat(nobody.reads("SELECT v FROM vc_a.t")).containsExactly("one");
      nobody.mayNot(Refused.TABLE, "SELECT * FROM vc_a.alone", "'alone'");
    }
  }

  @Test
  void inAChainOfDefinersTheLowestNeedsTheTableAndEachTheViewBelow() throws SQLException {
    String a = made("CREATE VIEW vc_a.c1 AS SELECT * FROM vc_a.t", T);
    String b = made("CREATE VIEW vc_a.c2 AS SELECT * FROM vc_a.c1", "SELECT ON VIEW vc_a.c1");
    String c = made("CREATE VIEW vc_a.c3 AS SELECT * FROM vc_a.c2", "SELECT ON VIEW vc_a.c2");
    String read = "SELECT v FROM vc_a.c3";
    try (Person caller = people.with("SELECT ON VIEW vc_a.*")) {
      assertThat(caller.reads(read)).containsExactly("one");

      gate.administer(
          "GRANT " + T + " TO " + b, "GRANT " + T + " TO " + c, "REVOKE " + T + " FROM " + a);
      caller.mayNot(Refused.VIEW_INVALID, read, "vc_a.c3");
      gate.administer("GRANT ALL ON TABLE vc_a.t TO " + a);
      assertThat(caller.reads(read)).containsExactly("one");

      gate.administer("REVOKE SELECT ON VIEW vc_a.c1 FROM " + b);
      caller.mayNot(Refused.VIEW_INVALID, read, "vc_a.c3");
      gate.administer("GRANT SELECT ON VIEW vc_a.* TO " + b);
      assertThat(caller.reads(read)).containsExactly("one");

      gate.administer("REVOKE SELECT ON VIEW vc_a.c2 FROM " + c);
      caller.mayNot(Refused.VIEW_INVALID, read, "vc_a.c3");
    }
  }

  @Test
  void aRevokeFromTheDefinerIsFeltByOpenSessionsAndPreparedStatements() throws SQLException {
    String owner = made("CREATE VIEW vc_a.felt AS SELECT v FROM vc_a.t", T);
    String read = "SELECT * FROM vc_a.felt";
    try (Person one = people.with("SELECT ON VIEW vc_a.felt");
        Person other = people.with("SELECT ON VIEW vc_a.felt");
        PreparedStatement held = other.prepared().prepareStatement(read)) {
      assertThat(one.reads(read)).containsExactly("one");
      assertThat(Sql.rows(held.executeQuery())).containsExactly("one");

      gate.administer("REVOKE " + T + " FROM " + owner);

      one.mayNot(Refused.VIEW_INVALID, read);
      assertThatThrownBy(held::executeQuery)
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getErrorCode()).isEqualTo(1356));
      // What is missing is the owner's matter: no grant is advised, and no table named.
      assertThat(one.hints(read)).noneMatch(hint -> hint.contains("GRANT") || hint.contains("`t`"));
      try (Connection administrator = gate.administrator().connect()) {
        assertThat(Sql.rows(administrator, read)).containsExactly("one");
      }

      gate.administer("GRANT " + T + " TO " + owner);

      assertThat(one.reads(read)).containsExactly("one");
      assertThat(Sql.rows(held.executeQuery())).containsExactly("one");
    }
  }

  @Test
  void anInvokerViewTakesWhatTheCallerHolds() throws SQLException {
    String owner = made("CREATE SQL SECURITY INVOKER VIEW vc_a.inv AS SELECT v FROM vc_a.t", T);
    try (Person caller = people.with("SELECT ON VIEW vc_a.inv");
        Person both = people.with("SELECT ON VIEW vc_a.inv", T)) {
      caller.mayNot(Refused.VIEW_INVALID, "SELECT * FROM vc_a.inv");
      assertThat(both.reads("SELECT * FROM vc_a.inv")).containsExactly("one");
      gate.administer("REVOKE " + T + " FROM " + owner);
      assertThat(both.reads("SELECT * FROM vc_a.inv")).containsExactly("one");
    }
  }

  @Test
  void anInvokerViewBelowADefinerViewTakesWhatTheDefinerHolds() throws SQLException {
    made("CREATE SQL SECURITY INVOKER VIEW vc_a.below AS SELECT v FROM vc_a.t", T);
    String outer =
        made(
            "CREATE SQL SECURITY DEFINER VIEW vc_a.outer_one AS SELECT v FROM vc_a.below",
            T,
            "SELECT ON VIEW vc_a.below");
    try (Person caller = people.with("SELECT ON VIEW vc_a.outer_one")) {
      assertThat(caller.reads("SELECT * FROM vc_a.outer_one")).containsExactly("one");
      gate.administer("REVOKE " + T + " FROM " + outer);
      caller.mayNot(Refused.VIEW_INVALID, "SELECT * FROM vc_a.outer_one");
    }
  }

  @Test
  void rolesTheDefinerInheritsCount() throws SQLException {
    String base = people.role(T);
    String owner = people.role("CREATE VIEW ON DATABASE vc_a");
    gate.administer("GRANT " + base + " TO " + owner);
    try (Person maker = people.person(owner)) {
      maker.may("CREATE VIEW vc_a.heir AS SELECT v FROM vc_a.t");
    }
    try (Person caller = people.with("SELECT ON VIEW vc_a.heir")) {
      assertThat(caller.reads("SELECT * FROM vc_a.heir")).containsExactly("one");
      gate.administer("REVOKE " + base + " FROM " + owner);
      caller.mayNot(Refused.VIEW_INVALID, "SELECT * FROM vc_a.heir");
    }
  }

  // What is made and changed (rows 54 to 56).

  @Test
  void onlyOneselfCanBeTheDefiner() throws SQLException {
    try (Person maker = people.with("CREATE VIEW ON DATABASE vc_a", T)) {
      String as = " AS SELECT v FROM vc_a.t";
      maker.mayNot(
          Refused.NOT_SUPPORTED, "CREATE DEFINER = root@localhost VIEW vc_a.foreign_one" + as);
      maker.mayNot(Refused.NOT_SUPPORTED, "CREATE DEFINER = 'u1'@'%' VIEW vc_a.foreign_one" + as);
      maker.may("CREATE DEFINER = CURRENT_USER VIEW vc_a.own_one" + as);
      maker.may("CREATE DEFINER = CURRENT_USER() SQL SECURITY DEFINER VIEW vc_a.own_two" + as);
      assertThat(maker.reads("SELECT * FROM vc_a.own_two")).containsExactly("one");
    }
  }

  @Test
  void whoAltersAViewLendsItsOwnerNothing() throws SQLException {
    String owner =
        made("CREATE VIEW vc_a.lent AS SELECT v FROM vc_a.t", T, "SELECT ON TABLE vc_a.u");
    try (Person alters = people.with("ALTER VIEW ON DATABASE vc_a", T);
        Person caller = people.with("SELECT ON VIEW vc_a.lent")) {
      assertThat(caller.reads("SELECT * FROM vc_a.lent")).containsExactly("one");
      alters.mayNot(Refused.TABLE, "ALTER VIEW vc_a.lent AS SELECT v FROM vc_a.u", "'u'");
      alters.may("ALTER VIEW vc_a.lent AS SELECT 'new' AS v FROM vc_a.t");
      assertThat(caller.reads("SELECT * FROM vc_a.lent")).containsExactly("new");
      // It still runs with the rights of its owner.
      gate.administer("REVOKE " + T + " FROM " + owner);
      caller.mayNot(Refused.VIEW_INVALID, "SELECT * FROM vc_a.lent");
    }
  }

  @Test
  void aChangedDefinitionIsFeltByOpenSessions() throws SQLException {
    String owner = made("CREATE VIEW vc_a.changed AS SELECT v FROM vc_a.t", T);
    gate.administer("GRANT SELECT ON TABLE vc_a.u TO " + owner);
    String read = "SELECT * FROM vc_a.changed";
    try (Person caller = people.with("SELECT ON VIEW vc_a.changed");
        Person maker = people.person(owner);
        PreparedStatement held = caller.prepared().prepareStatement(read)) {
      assertThat(caller.reads(read)).containsExactly("one");
      assertThat(Sql.rows(held.executeQuery())).containsExactly("one");
      maker.may("ALTER VIEW vc_a.changed AS SELECT v FROM vc_a.u");
      assertThat(caller.reads(read)).containsExactly("secret");
      gate.administer("REVOKE SELECT ON TABLE vc_a.u FROM " + owner);
      caller.mayNot(Refused.VIEW_INVALID, read);
      maker.may("ALTER SQL SECURITY INVOKER VIEW vc_a.changed AS SELECT v FROM vc_a.t");
      caller.mayNot(Refused.VIEW_INVALID, read);
      maker.may("CREATE OR REPLACE SQL SECURITY DEFINER VIEW vc_a.changed AS SELECT 'x' AS v");
      assertThat(caller.reads(read)).containsExactly("x");
      assertThat(Sql.rows(held.executeQuery())).containsExactly("x");
    }
  }

  @Test
  void replacingAViewTakesDropViewOrOwnership() throws SQLException {
    made("CREATE VIEW vc_a.replaced AS SELECT v FROM vc_a.t", T);
    String replace = "CREATE OR REPLACE VIEW vc_a.replaced AS SELECT 'r' AS v";
    try (Person creates = people.with("CREATE VIEW ON DATABASE vc_a");
        Person drops = people.with("CREATE VIEW ON DATABASE vc_a", "DROP VIEW ON DATABASE vc_a")) {
      creates.mayNot(Refused.TABLE, replace, "'replaced'");
      drops.may(replace);
    }
  }

  @Test
  void aViewBelowThatIsMadeAnewIsAnotherView() throws SQLException {
    made("CREATE VIEW vc_a.base_one AS SELECT v FROM vc_a.t", T);
    made("CREATE VIEW vc_a.top_one AS SELECT v FROM vc_a.base_one", "SELECT ON VIEW vc_a.base_one");
    try (Person caller = people.with("SELECT ON VIEW vc_a.top_one")) {
      assertThat(caller.reads("SELECT * FROM vc_a.top_one")).containsExactly("one");
      gate.administer("DROP VIEW vc_a.base_one");
      made("CREATE VIEW vc_a.base_one AS SELECT v FROM vc_a.t", T);
      // The grant on the old one is gone with it.
      caller.mayNot(Refused.VIEW_INVALID, "SELECT * FROM vc_a.top_one");
    }
  }

  @Test
  void theNewOwnerOfAViewIsItsDefiner() throws SQLException {
    made("CREATE VIEW vc_a.moved AS SELECT v FROM vc_a.t", T);
    String without = people.role();
    String heir = people.role(T);
    try (Person caller = people.with("SELECT ON VIEW vc_a.moved")) {
      gate.administer("GRANT OWNERSHIP ON VIEW vc_a.moved TO " + without);
      caller.mayNot(Refused.VIEW_INVALID, "SELECT * FROM vc_a.moved");
      gate.administer("GRANT OWNERSHIP ON VIEW vc_a.moved TO " + heir);
      assertThat(caller.reads("SELECT * FROM vc_a.moved")).containsExactly("one");
    }
  }

  @Test
  void aViewWhoseOwnerIsDroppedHasAnotherOne() throws SQLException {
    String owner = made("CREATE VIEW vc_a.orphan AS SELECT v FROM vc_a.t", T);
    try (Person caller = people.with("SELECT ON VIEW vc_a.orphan")) {
      gate.administer("REVOKE " + T + " FROM " + owner);
      caller.mayNot(Refused.VIEW_INVALID, "SELECT * FROM vc_a.orphan");
      gate.administer("DROP ROLE " + owner);
      // It is the property of the owner of that role now, the administrators'.
      assertThat(caller.reads("SELECT * FROM vc_a.orphan")).containsExactly("one");
    }
  }

  // What is made behind the gate.

  @Test
  void aViewMadeBehindTheGateRunsAsTheAdministrators() throws SQLException {
    try (Connection straight = gate.straight().connect("")) {
      Sql.run(
          straight,
          "CREATE VIEW vc_a.behind AS SELECT v FROM vc_a.u",
          "CREATE SQL SECURITY INVOKER VIEW vc_a.behind_invoker AS SELECT v FROM vc_a.u");
    }
    try (Person nobody = people.with("SELECT ON TABLE vc_a.u");
        Person caller = people.with("SELECT ON VIEW vc_a.*")) {
      nobody.mayNot(Refused.TABLE, "SELECT * FROM vc_a.behind");
      assertThat(caller.reads("SELECT * FROM vc_a.behind")).containsExactly("secret");
      caller.mayNot(Refused.VIEW_INVALID, "SELECT * FROM vc_a.behind_invoker");
    }
  }

  @Test
  void whatCannotBeReadIsRefusedButToAdministrators() throws SQLException {
    try (Connection straight = gate.straight().connect("vc_a")) {
      Sql.run(
          straight,
          "CREATE FUNCTION vc_a.f() RETURNS INT NO SQL RETURN LOAD_FILE('/no/such/file') IS NULL",
          "CREATE SQL SECURITY INVOKER VIEW vc_a.odd AS SELECT vc_a.f() AS v FROM vc_a.t");
    }
    String[] reading = {"SELECT ON VIEW vc_a.*", "SELECT ON TABLE vc_a.*"};
    try (Person caller = people.with(reading[0], reading[1]);
        Person calling = people.with(reading[0], reading[1], "EXECUTE ON FUNCTION vc_a.f");
        Connection administrator = gate.administrator().connect()) {
      caller.mayNot(Refused.VIEW_INVALID, "SELECT * FROM vc_a.odd", "'vc_a.odd'");
      calling.mayNot(Refused.NOT_SUPPORTED, "SELECT * FROM vc_a.odd", "'vc_a.odd'");
      assertThat(Sql.rows(administrator, "SELECT * FROM vc_a.odd")).containsExactly("1");
    }
  }

  // Changes of rows.

  @Test
  void changingThroughAViewTakesTheSamePrivilegeAllTheWayDown() throws SQLException {
    gate.administer("CREATE TABLE vc_a.w (id INT PRIMARY KEY, v VARCHAR(20))");
    String a = made("CREATE VIEW vc_a.w1 AS SELECT * FROM vc_a.w", "SELECT ON TABLE vc_a.w");
    String b = made("CREATE VIEW vc_a.w2 AS SELECT * FROM vc_a.w1", "SELECT ON VIEW vc_a.w1");
    String insert = "INSERT INTO vc_a.w2 VALUES (1, 'x')";
    String update = "UPDATE vc_a.w2 SET v = 'y' WHERE id = 1";
    String delete = "DELETE FROM vc_a.w2 WHERE id = 1";
    String changes = "INSERT, UPDATE, DELETE ON ";
    try (Person caller = people.with("SELECT ON VIEW vc_a.w2", changes + "TABLE *.*");
        Person onView = people.with("SELECT ON VIEW vc_a.w2", changes + "VIEW vc_a.w2")) {
      for (String change : new String[] {insert, update, delete}) {
        caller.mayNot(Refused.TABLE, change, "'w2'");
        onView.mayNot(Refused.VIEW_INVALID, change, "vc_a.w2");
      }
      gate.administer("GRANT " + changes + "VIEW vc_a.w1 TO " + b);
      onView.mayNot(Refused.VIEW_INVALID, insert);
      gate.administer("GRANT INSERT ON TABLE vc_a.w TO " + a);
      onView.may(insert);
      onView.mayNot(Refused.VIEW_INVALID, update);
      gate.administer("GRANT UPDATE ON TABLE vc_a.w TO " + a);
      onView.may(update);
      assertThat(onView.reads("SELECT v FROM vc_a.w2")).containsExactly("y");
      onView.mayNot(Refused.VIEW_INVALID, delete);
      onView.mayNot(Refused.VIEW_INVALID, "REPLACE INTO vc_a.w2 VALUES (1, 'z')");
      gate.administer("GRANT DELETE ON TABLE vc_a.w TO " + a);
      onView.may("REPLACE INTO vc_a.w2 VALUES (1, 'z')", delete);
      gate.administer("REVOKE INSERT ON TABLE vc_a.w FROM " + a);
      onView.mayNot(Refused.VIEW_INVALID, insert);
      onView.mayNot(Refused.TABLE, "INSERT INTO vc_a.w VALUES (1, 'x')");
    }
  }

  @Test
  void changingThroughAnInvokerViewTakesThePrivilegeOnTheTable() throws SQLException {
    made("CREATE SQL SECURITY INVOKER VIEW vc_a.iw AS SELECT * FROM vc_a.t", "ALL ON TABLE vc_a.t");
    String change = "UPDATE vc_a.iw SET v = v WHERE id = 1";
    try (Person onView = people.with("UPDATE ON VIEW vc_a.iw");
        Person both = people.with("UPDATE ON VIEW vc_a.iw", "UPDATE ON TABLE vc_a.t")) {
      onView.mayNot(Refused.VIEW_INVALID, change);
      both.may(change);
    }
  }

  @Test
  void nobodyChangesASystemDatabaseThroughAView() throws SQLException {
    try (Connection straight = gate.straight().connect("")) {
      Sql.run(straight, "CREATE VIEW vc_a.sysview AS SELECT * FROM mysql.general_log");
    }
    String all = people.role("ALL ON VIEW vc_a.*");
    try (Person caller = people.person(all);
        Connection administrator = gate.administrator().connect()) {
      String change = "DELETE FROM vc_a.sysview WHERE 1 = 0";
      caller.mayNot(Refused.VIEW_INVALID, change);
      assertThatThrownBy(() -> Sql.run(administrator, change))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getErrorCode()).isEqualTo(1356));
      assertThat(caller.reads("SELECT * FROM vc_a.sysview LIMIT 0")).isEmpty();
    }
    // What may be changed through a view binds who redefines it.
    gate.administer("REVOKE ALL ON VIEW vc_a.* FROM " + all);
  }

  // What the servers make of definitions.

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT COUNT(*) AS c, GROUP_CONCAT(v ORDER BY id SEPARATOR ';') FROM t GROUP BY v",
        "SELECT a.id FROM t a LEFT JOIN (t b, t c) ON a.id = b.id AND b.id = c.id",
        "SELECT id FROM t UNION SELECT id FROM t ORDER BY 1 LIMIT 5",
        "WITH c AS (SELECT id FROM t) SELECT id, ROW_NUMBER() OVER (ORDER BY id DESC) FROM c",
        "SELECT d.id FROM (SELECT id FROM t) d WHERE EXISTS (SELECT 1 FROM t x WHERE x.id = d.id)",
        "SELECT CAST(v AS CHAR(3)), TRIM(BOTH 'x' FROM v), EXTRACT(YEAR FROM NOW()) FROM t",
        "SELECT IF(v IS NULL, 1, 2), CASE v WHEN 'x' THEN 1 ELSE 2 END, v REGEXP '^o' FROM t",
        "SELECT DATE_ADD(NOW(), INTERVAL 1 DAY), v LIKE 'o!%' ESCAPE '!', NOT id, -id, id DIV 2 FROM t",
        "SELECT CONVERT(v USING utf8mb4), _utf8mb4'x', X'41', DATE'2020-01-01', COALESCE(v, 1) FROM t",
        "SELECT JSON_EXTRACT('{\"a\": 1}', '$.a'), SUBSTRING(v, 2, 1), v IN ('one', 'two') FROM t",
        "SELECT t.id FROM t NATURAL JOIN (SELECT id FROM t) b WHERE id BETWEEN 1 AND 3",
      })
  void readsBackWhatItLetPass(String query) throws SQLException {
    String view = "vc_a.form" + ++forms;
    try (Connection administrator = gate.administrator().connect("vc_a")) {
      Sql.run(administrator, "CREATE VIEW " + view + " AS " + query);
    }
    String owner = people.role(T);
    gate.administer("GRANT OWNERSHIP ON VIEW " + view + " TO " + owner);
    try (Person caller = people.with("SELECT ON VIEW " + view)) {
      assertThat(caller.reads("SELECT 1 FROM " + view)).isNotEmpty();
      gate.administer("REVOKE " + T + " FROM " + owner);
      caller.mayNot(Refused.VIEW_INVALID, "SELECT 1 FROM " + view);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "ANSI_QUOTES", "NO_BACKSLASH_ESCAPES", "ANSI"})
  void theSqlModeOfWhoMadeTheViewDoesNotMatter(String mode) throws SQLException {
    String view = "vc_a.`mode \"" + ++forms + "`";
    String owner = people.role(T);
    try (Connection administrator = gate.administrator().connect("vc_a")) {
      String literal = mode.equals("NO_BACKSLASH_ESCAPES") ? "'\\'" : "'\\\\'";
      Sql.run(
          administrator,
          "SET sql_mode = '" + mode + "'",
          "CREATE VIEW " + view + " AS SELECT v, " + literal + " AS a, ' \" FROM x' AS b FROM t");
    }
    gate.administer("GRANT OWNERSHIP ON VIEW " + view + " TO " + owner);
    try (Person caller = people.with("SELECT ON VIEW " + view)) {
      assertThat(caller.reads("SELECT * FROM " + view)).containsExactly("one|\\| \" FROM x");
      gate.administer("REVOKE " + T + " FROM " + owner);
      caller.mayNot(Refused.VIEW_INVALID, "SELECT * FROM " + view);
    }
  }
}
