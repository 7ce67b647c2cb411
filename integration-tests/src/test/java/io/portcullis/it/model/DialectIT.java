package io.portcullis.it.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.it.harness.BackendExtension;
import io.portcullis.it.harness.Endpoint;
import io.portcullis.it.harness.Sql;
import io.portcullis.it.harness.TestBackend;
import io.portcullis.it.harness.TestGate;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** Scripts written for MySQL, through real clients (PM 5). */
@ExtendWith(BackendExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class DialectIT {

  private static final String PASSWORD = "Some-one-1";

  private final TestGate gate;

  DialectIT(TestBackend backend) {
    gate = TestGate.start(backend);
  }

  @BeforeAll
  void makeDatabases() throws SQLException {
    gate.administer(
        "DROP DATABASE IF EXISTS dialect_shop",
        "CREATE DATABASE dialect_shop",
        "CREATE TABLE dialect_shop.t (id INT PRIMARY KEY)",
        "CREATE TABLE dialect_shop.u (id INT PRIMARY KEY)",
        "INSERT INTO dialect_shop.t VALUES (1)",
        "INSERT INTO dialect_shop.u VALUES (2)");
  }

  @AfterAll
  void clearUp() throws SQLException {
    gate.administer("DROP DATABASE dialect_shop");
    gate.close();
  }

  private Endpoint at(String user) {
    return gate.user(user, PASSWORD);
  }

  private List<String> administratorReads(String sql) throws SQLException {
    return asText(gate.administrator(), sql);
  }

  /** What the gate answers itself is not prepared. */
  private static List<String> asText(Endpoint user, String sql) throws SQLException {
    try (Connection connection = user.connect()) {
      return Sql.rows(connection, sql);
    }
  }

  @Test
  void aScriptForMysqlRunsAsItIs() throws SQLException {
    gate.administer(
        "CREATE ROLE IF NOT EXISTS 'analyst', 'clerk'@'%'",
        "CREATE USER 'ann'@'%' IDENTIFIED BY '" + PASSWORD + "' COMMENT 'of accounts'",
        "GRANT SELECT, INSERT ON dialect_shop.* TO 'analyst'",
        "GRANT DELETE ON dialect_shop.t TO 'clerk'@'%' WITH GRANT OPTION",
        "GRANT 'analyst', 'clerk' TO 'ann'@'%' WITH ADMIN OPTION",
        "SET DEFAULT ROLE 'analyst', 'clerk' TO 'ann'@'%'");
    try (Person ann = Person.at(at("ann"))) {
      ann.does("DELETE FROM dialect_shop.t WHERE id = 99");
      assertThat(ann.reads("SELECT id FROM dialect_shop.u")).containsExactly("2");
      assertThat(ann.reads("SELECT CURRENT_ROLE(), CURRENT_SECONDARY_ROLES()"))
          .containsExactly("analyst|clerk");
      ann.mayNot(Refused.TABLE, "DELETE FROM dialect_shop.u", "DELETE", "u");

      ann.does("SET ROLE clerk");
      ann.mayNot(Refused.TABLE, "SELECT id FROM dialect_shop.u", "SELECT", "u");
      ann.does("SET ROLE ALL");
      assertThat(ann.reads("SELECT id FROM dialect_shop.u")).containsExactly("2");
      ann.does("SET ROLE ALL EXCEPT analyst");
      ann.mayNot(Refused.TABLE, "SELECT id FROM dialect_shop.u", "SELECT", "u");
      ann.does("SET ROLE NONE");
      ann.mayNot(Refused.TABLE, "DELETE FROM dialect_shop.t WHERE id = 99", "DELETE");
      ann.does("SET ROLE DEFAULT");
      assertThat(ann.reads("SELECT id FROM dialect_shop.u")).containsExactly("2");
      gate.administer("REVOKE SELECT, INSERT ON dialect_shop.* FROM 'analyst'@'%'");
      ann.mayNot(Refused.TABLE, "SELECT id FROM dialect_shop.u", "SELECT", "u");
    }
  }

  @Test
  void aPrivilegeOfAUserIsAlwaysThereUntilItIsRevoked() throws SQLException {
    gate.administer(
        "CREATE USER bob IDENTIFIED BY '" + PASSWORD + "'",
        "CREATE ROLE bobs",
        "GRANT bobs TO bob",
        "GRANT SELECT ON dialect_shop.t TO 'bob'@'%'");
    try (Person bob = Person.at(at("bob"))) {
      assertThat(bob.reads("SELECT id FROM dialect_shop.t")).containsExactly("1");
      bob.does("SET ROLE bobs");
      assertThat(bob.reads("SELECT id FROM dialect_shop.t")).containsExactly("1");
      assertThat(bob.reads("SELECT CURRENT_SECONDARY_ROLES()")).containsExactly("");
      assertThat(asText(at("bob"), "SHOW GRANTS"))
          .contains("GRANT SELECT ON TABLE `dialect_shop`.`t` TO USER `bob`");
      bob.mayNot(Refused.TABLE, "SELECT id FROM dialect_shop.u", "SELECT", "u");
      for (String line : asText(at("bob"), "SHOW GRANTS")) {
        gate.administer(line);
      }
      gate.administer("REVOKE ALL PRIVILEGES, GRANT OPTION FROM bob");
      bob.mayNot(Refused.TABLE, "SELECT id FROM dialect_shop.t", "SELECT", "t");
    }
    gate.administer("DROP USER bob");
  }

  @Test
  void aUserIsDescribedListedRenamedAndMadeAgain() throws SQLException {
    gate.administer(
        "CREATE ROLE readers",
        "CREATE USER cleo IDENTIFIED BY '"
            + PASSWORD
            + "' DEFAULT ROLE readers ATTRIBUTE '{\"mail\": \"c@x\", \"phone\": \"1\"}'",
        "ALTER USER cleo ATTRIBUTE '{\"phone\": null, \"team\": \"it''s\"}'",
        "ALTER USER cleo COMMENT 'c'");
    at("cleo").connect().close();
    gate.administer("RENAME USER cleo TO 'cleopatra'@'10.%'");

    String listed = administratorReads("SHOW FULL USERS LIKE 'cleo%'").get(0);
    assertThat(listed)
        .startsWith("cleopatra|10.%|active|`readers`|")
        .endsWith("|{\"mail\":\"c@x\",\"team\":\"it's\",\"comment\":\"c\"}|moadmin|null");
    String create = administratorReads("SHOW CREATE USER cleopatra").get(0);
    String statement = create.substring(0, create.indexOf("}'|") + 2);
    gate.administer("DROP USER cleopatra", statement);
    assertThat(administratorReads("SHOW CREATE USER cleopatra").get(0)).startsWith(statement);
    try (Person owner = Person.at(at("ownerless"))) {
      owner.mayNot(Refused.ADMINISTRATION, "SHOW CREATE USER cleopatra", "MANAGE GRANTS");
      assertThat(asText(at("ownerless"), "SHOW USERS")).hasSize(1);
    }
  }

  @BeforeAll
  void makeSomebody() throws SQLException {
    gate.administer("CREATE USER ownerless IDENTIFIED BY '" + PASSWORD + "'");
  }
}
