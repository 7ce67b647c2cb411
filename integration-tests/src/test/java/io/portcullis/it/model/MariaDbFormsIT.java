package io.portcullis.it.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.portcullis.it.harness.BackendExtension;
import io.portcullis.it.harness.Sql;
import io.portcullis.it.harness.TestBackend;
import io.portcullis.it.harness.TestGate;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** What only MariaDB has, through the gate: each with the privilege it takes, and without. */
@ExtendWith(BackendExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class MariaDbFormsIT {

  private static final String PASSWORD = "Some-one-1";

  private final TestGate gate;
  private final TestBackend backend;

  MariaDbFormsIT(TestBackend backend) {
    this.backend = backend;
    gate = TestGate.start(backend);
  }

  @BeforeAll
  void makeDatabase() throws SQLException {
    assumeTrue(backend.endpoint().isMariaDb());
    gate.administer(
        "DROP DATABASE IF EXISTS forms",
        "CREATE DATABASE forms",
        "CREATE SEQUENCE forms.s START WITH 5",
        "CREATE TABLE forms.t (id INT PRIMARY KEY) WITH SYSTEM VERSIONING",
        "CREATE TABLE forms.hidden (id INT PRIMARY KEY)",
        "INSERT INTO forms.t VALUES (1), (2)",
        "DELETE FROM forms.t WHERE id = 2",
        "INSERT INTO forms.hidden VALUES (7)",
        "CREATE ROLE forms_role",
        "GRANT CONNECT ON ACCOUNT * TO forms_role",
        "GRANT SELECT, INSERT ON TABLE forms.t TO forms_role",
        "GRANT SELECT ON TABLE forms.s TO forms_role",
        "CREATE USER forms_user IDENTIFIED BY '" + PASSWORD + "' DEFAULT ROLE forms_role");
  }

  @AfterAll
  void clearUp() throws SQLException {
    gate.administer(
        "DROP DATABASE IF EXISTS forms",
        "DROP USER IF EXISTS forms_user",
        "DROP ROLE IF EXISTS forms_role");
    gate.close();
  }

  private Person somebody() throws SQLException {
    return Person.at(gate.user("forms_user", PASSWORD), "forms");
  }

  @Test
  void aValueOfASequenceTakesInsertAndSelect() throws SQLException {
    try (Person user = somebody()) {
      user.mayNot(Refused.TABLE, "SELECT NEXT VALUE FOR s", "INSERT", "s");
      user.mayNot(Refused.TABLE, "SELECT SETVAL(s, 100)", "INSERT", "s");
      user.mayNot(Refused.TABLE, "INSERT INTO t VALUES (NEXTVAL(forms.s))", "INSERT", "s");
      user.mayNot(Refused.TABLE, "ALTER SEQUENCE s RESTART 1", "ALTER", "s");
      user.mayNot(Refused.TABLE, "DROP SEQUENCE s", "DROP", "s");
      assertThat(user.reads("SELECT next_not_cached_value FROM s")).containsExactly("5");

      gate.administer("GRANT INSERT ON TABLE forms.s TO forms_role");
      assertThat(Sql.value(user.text(), "SELECT NEXT VALUE FOR s")).isEqualTo("5");
      assertThat(Sql.value(user.text(), "SELECT NEXTVAL(forms.s)")).isEqualTo("6");
      assertThat(user.reads("SELECT LASTVAL(s) IS NOT NULL OR 1")).containsExactly("1");
      gate.administer("REVOKE INSERT ON TABLE forms.s FROM forms_role");
      user.mayNot(Refused.TABLE, "SELECT NEXTVAL(s)", "INSERT", "s");
    }
  }

  @Test
  void whoMakesASequenceOwnsIt() throws SQLException {
    gate.administer("GRANT CREATE TABLE ON DATABASE forms TO forms_role");
    try (Person user = somebody()) {
      user.may("CREATE SEQUENCE own START WITH 3");
      assertThat(Sql.value(user.text(), "SELECT NEXT VALUE FOR own")).isEqualTo("3");
      user.may("ALTER SEQUENCE own RESTART 9", "DROP SEQUENCE own");
      user.may("CREATE TEMPORARY SEQUENCE passing", "DROP TEMPORARY SEQUENCE passing");
    }
    gate.administer("REVOKE CREATE TABLE ON DATABASE forms FROM forms_role");
  }

  @Test
  void historyIsReadByWhoReadsTheTable() throws SQLException {
    try (Person user = somebody()) {
      assertThat(user.reads("SELECT id FROM t FOR SYSTEM_TIME ALL AS x ORDER BY id"))
          .containsExactly("1", "2");
      user.mayNot(Refused.TABLE, "SELECT id FROM hidden FOR SYSTEM_TIME ALL", "SELECT", "hidden");
      user.mayNot(
          Refused.TABLE,
          "SELECT id FROM t FOR SYSTEM_TIME AS OF (SELECT MAX(id) FROM hidden)",
          "SELECT",
          "hidden");
      user.mayNot(Refused.TABLE, "DELETE HISTORY FROM t", "t");
    }
  }

  @Test
  void aCompoundStatementNeedsWhatItsStatementsNeed() throws SQLException {
    try (Person user = somebody()) {
      user.may("BEGIN NOT ATOMIC DECLARE i INT DEFAULT 30; INSERT INTO t VALUES (i); END");
      user.may("FOR i IN 31..33 DO INSERT INTO t VALUES (i); END FOR");
      assertThat(user.reads("SELECT COUNT(*) FROM t WHERE id >= 30")).containsExactly("4");
      user.mayNot(
          Refused.TABLE,
          "BEGIN NOT ATOMIC INSERT INTO t SELECT id + 100 FROM hidden; END",
          "SELECT",
          "hidden");
      user.mayNot(
          Refused.TABLE,
          "IF EXISTS (SELECT 1 FROM hidden) THEN SELECT 1; END IF",
          "SELECT",
          "hidden");
      user.mayNot(Refused.NOT_SUPPORTED, "BEGIN NOT ATOMIC DROP TABLE t; END", "DROP");
    }
  }
}
