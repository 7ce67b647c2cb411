package io.portcullis.it.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portcullis.it.harness.BackendExtension;
import io.portcullis.it.harness.Sql;
import io.portcullis.it.harness.TestBackend;
import io.portcullis.it.harness.TestGate;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A decision explains itself: before it is made by EXPLAIN ACCESS, after a refusal by SHOW
 * WARNINGS, whose advice helps, and for an object by SHOW ACCESS.
 */
@ExtendWith(BackendExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ExplainAccessIT {

  private static final String USER = "explain_joe";
  private static final String PASSWORD = "Joe-secret-1";

  private final TestGate gate;

  ExplainAccessIT(TestBackend backend) {
    gate = TestGate.start(backend);
  }

  @BeforeEach
  void aReaderWhoHoldsAWriterToo() throws SQLException {
    gate.administer(
        "DROP DATABASE IF EXISTS explain_shop",
        "DROP USER IF EXISTS explain_joe",
        "DROP ROLE IF EXISTS explain_reader",
        "DROP ROLE IF EXISTS explain_base",
        "DROP ROLE IF EXISTS explain_writer",
        "CREATE DATABASE explain_shop",
        "CREATE TABLE explain_shop.orders (id INT PRIMARY KEY)",
        "CREATE TABLE explain_shop.bills (id INT PRIMARY KEY)",
        "INSERT INTO explain_shop.orders VALUES (1)",
        "INSERT INTO explain_shop.bills VALUES (2)",
        "CREATE ROLE explain_reader, explain_base, explain_writer",
        "GRANT SELECT ON TABLE explain_shop.orders TO explain_base",
        "GRANT explain_base TO explain_reader",
        "GRANT INSERT ON TABLE explain_shop.orders TO explain_writer",
        "CREATE USER explain_joe IDENTIFIED BY 'Joe-secret-1' DEFAULT ROLE explain_reader",
        "GRANT explain_reader, explain_writer TO explain_joe");
  }

  @AfterAll
  void clearUp() throws SQLException {
    gate.administer("DROP DATABASE explain_shop");
    gate.close();
  }

  private Person joe() throws SQLException {
    return Person.at(gate.user(USER, PASSWORD));
  }

  private static List<String> rows(Person person, String sql) throws SQLException {
    return Sql.rows(person.text(), sql);
  }

  private static Optional<String> advised(List<String> hints, String statement) {
    return hints.stream()
        .filter(hint -> hint.contains(": " + statement))
        .map(hint -> hint.substring(hint.indexOf(": ") + 2))
        .findFirst();
  }

  @Test
  void anExplanationSaysWhatIsThenDecidedAndRunsNothing() throws SQLException {
    try (Person joe = joe()) {
      assertThat(rows(joe, "EXPLAIN ACCESS SELECT id, CURRENT_ROLE() FROM explain_shop.orders"))
          .anySatisfy(
              row ->
                  assertThat(row)
                      .contains(
                          "allowed",
                          "explain_joe -> explain_reader -> explain_base: GRANT SELECT ON TABLE"
                              + " `explain_shop`.`orders`"))
          .anySatisfy(row -> assertThat(row).startsWith("STATEMENT").contains("'explain_reader'"));
      assertThat(rows(joe, "EXPLAIN ACCESS DELETE FROM explain_shop.orders").get(0))
          .contains("denied", "GRANT DELETE ON TABLE `explain_shop`.`orders` TO ROLE");
      joe.mayNot(Refused.TABLE, "DELETE FROM explain_shop.orders", "DELETE", "orders");
    }
    try (Person root = Person.at(gate.administrator())) {
      assertThat(rows(root, "EXPLAIN ACCESS DELETE FROM explain_shop.orders").get(0))
          .contains("allowed");
      assertThat(root.reads("SELECT COUNT(*) FROM explain_shop.orders")).containsExactly("1");
      assertThat(
              rows(
                  root,
                  "EXPLAIN ACCESS FORMAT=JSON FOR explain_joe AS ROLE explain_writer"
                      + " INSERT INTO explain_shop.orders VALUES (9)"))
          .singleElement()
          .satisfies(
              json ->
                  assertThat(json)
                      .contains(
                          "\"verdict\": \"allowed\"",
                          "\"explain_joe -> explain_writer: GRANT INSERT ON TABLE",
                          "\"forwarded\": \"INSERT INTO explain_shop.orders VALUES (9)\""));
    }
  }

  @Test
  void theGatesOwnTablesAreNobodysToDeny() throws SQLException {
    try (Person joe = joe()) {
      assertThat(rows(joe, "EXPLAIN ACCESS SELECT user_name FROM mo_catalog.mo_user"))
          .noneSatisfy(row -> assertThat(row).contains("denied"));
      String joined =
          "EXPLAIN ACCESS SELECT o.id FROM mo_catalog.mo_user u JOIN explain_shop.orders o ON o.id ="
              + " u.user_id";
      assertThat(rows(joe, joined))
          .noneSatisfy(row -> assertThat(row).contains("denied"))
          .anySatisfy(row -> assertThat(row).contains("allowed", "`explain_shop`.`orders`"));
      assertThat(rows(joe, joined.replace("SELECT o.id FROM", "DELETE o FROM")))
          .anySatisfy(row -> assertThat(row).contains("denied"));
    }
  }

  @Test
  void whatIsNotOfferedIsNotAllowed() throws SQLException {
    try (Connection administrator = gate.administrator().connect()) {
      String view = "EXPLAIN ACCESS CREATE DEFINER = %s VIEW explain_shop.v AS SELECT 1";
      assertThat(Sql.rows(administrator, view.formatted("root@localhost")))
          .anySatisfy(row -> assertThat(row).contains("DEFINER"))
          .noneSatisfy(row -> assertThat(row).contains("allowed"));
      assertThat(Sql.rows(administrator, view.formatted("CURRENT_USER")))
          .anySatisfy(row -> assertThat(row).contains("allowed"));
      assertThatThrownBy(() -> Sql.rows(administrator, "EXPLAIN ACCESS PREPARE s FROM @a"))
          .hasMessageContaining("PREPARE");
    }
  }

  @Test
  void theRoleThatIsNamedHelps() throws SQLException {
    String insert = "INSERT IGNORE INTO explain_shop.orders VALUES (3)";
    try (Person joe = joe()) {
      Optional<String> role = advised(joe.hints(insert), "SET ROLE");
      assertThat(role).contains("SET ROLE `explain_writer`");
      joe.does(role.orElseThrow(), insert);
      joe.mayNot(Refused.TABLE, "SELECT * FROM explain_shop.orders", "SELECT");
    }
  }

  @Test
  void theGrantThatIsNamedHelpsAndGivesNothingElse() throws SQLException {
    String narrow = "SELECT o.id FROM explain_shop.orders o, explain_shop.bills b";
    String broader = "INSERT INTO explain_shop.bills " + narrow;
    try (Person joe = joe()) {
      Optional<String> grant = advised(joe.hints(narrow), "GRANT SELECT ON TABLE");
      assertThat(grant)
          .contains("GRANT SELECT ON TABLE `explain_shop`.`bills` TO ROLE `explain_reader`");
      gate.administer(grant.orElseThrow());
      assertThat(joe.reads(narrow)).containsExactly("1");
      joe.mayNot(Refused.TABLE, broader, "INSERT", "bills");
      joe.mayNot(Refused.TABLE, "DELETE FROM explain_shop.bills", "DELETE", "bills");
    }
  }

  @Test
  void whatIsGrantedDirectlyCountsAndIsShownAsThat() throws SQLException {
    String update = "UPDATE explain_shop.bills SET id = 3 WHERE id < 0";
    String direct = "explain_joe (directly): GRANT UPDATE ON TABLE `explain_shop`.`bills`";
    try (Person root = Person.at(gate.administrator());
        Person joe = joe()) {
      joe.does("SET ROLE NONE");
      Optional<String> grant = advised(joe.hints(update), "GRANT UPDATE ON TABLE");
      assertThat(grant)
          .contains("GRANT UPDATE ON TABLE `explain_shop`.`bills` TO USER `explain_joe`");
      assertThat(rows(root, "EXPLAIN ACCESS FOR explain_joe " + update).get(0)).contains("denied");

      gate.administer(
          grant.orElseThrow(), "GRANT SELECT ON TABLE explain_shop.bills TO explain_joe");

      joe.may(update);
      joe.mayNot(Refused.TABLE, "DELETE FROM explain_shop.bills", "DELETE", "bills");
      assertThat(rows(root, "EXPLAIN ACCESS FOR explain_joe " + update).get(0))
          .contains("allowed", direct);
      assertThat(rows(root, "SHOW ACCESS ON TABLE explain_shop.bills"))
          .contains(
              "explain_joe|UPDATE|explain_joe (directly)"
                  + "|GRANT UPDATE ON TABLE `explain_shop`.`bills`|NO");
      assertThat(rows(joe, "SHOW EFFECTIVE GRANTS"))
          .filteredOn(row -> row.contains("(directly)"))
          .hasSize(2)
          .isEqualTo(
              rows(root, "SHOW EFFECTIVE GRANTS FOR explain_joe").stream()
                  .filter(row -> row.contains("(directly)"))
                  .toList());
    }
  }

  @Test
  void accessToATableAndGrantsOfAUserAreListed() throws SQLException {
    try (Person root = Person.at(gate.administrator());
        Person joe = joe()) {
      assertThat(rows(root, "SHOW ACCESS ON explain_shop.orders"))
          .anySatisfy(
              row ->
                  assertThat(row)
                      .contains("explain_joe -> explain_reader -> explain_base", "GRANT SELECT"))
          .anySatisfy(
              row -> assertThat(row).contains("explain_joe -> explain_writer", "GRANT INSERT"));
      List<String> effective = rows(root, "SHOW EFFECTIVE GRANTS FOR explain_joe");
      assertThat(effective).hasSize(3).isEqualTo(rows(joe, "SHOW EFFECTIVE GRANTS"));
      joe.mayNot(Refused.ADMINISTRATION, "SHOW ACCESS ON explain_shop.orders", "MANAGE GRANTS");
      joe.mayNot(Refused.ADMINISTRATION, "SHOW EFFECTIVE GRANTS FOR root", "MANAGE GRANTS");
    }
  }
}
