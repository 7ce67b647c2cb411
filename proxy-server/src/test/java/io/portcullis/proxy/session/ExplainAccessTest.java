package io.portcullis.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** EXPLAIN ACCESS says what would be decided, why, and what would be sent; and sends nothing. */
final class ExplainAccessTest {

  private final TestGate gate = new TestGate();

  @AfterEach
  void nothingIsLeft() {
    gate.close();
  }

  private List<List<@Nullable String>> explained(TestClient client, String text) {
    int before = gate.backend.commands().size();
    List<List<@Nullable String>> rows = client.query("EXPLAIN ACCESS " + text).rows();
    assertThat(gate.backend.commands()).as("nothing is sent").hasSize(before);
    return rows;
  }

  private static List<@Nullable String> row(@Nullable String... values) {
    List<@Nullable String> row = new ArrayList<>();
    for (String value : values) {
      row.add(value);
    }
    return row;
  }

  @Test
  void whatPermitsIsNamedAndTheTextThatWouldBeSent() {
    gate.administer(
        "CREATE ROLE clerk, analyst",
        "GRANT SELECT ON TABLE d.* TO analyst",
        "GRANT analyst TO clerk",
        "CREATE USER joe IDENTIFIED BY 'pw' DEFAULT ROLE clerk",
        "GRANT clerk TO joe");
    TestClient joe = gate.login("joe", "pw");
    assertThat(explained(joe, "SELECT a,  USER()  FROM d.t WHERE b = 'c'"))
        .containsExactly(
            row(
                "TABLE",
                "`d`.`t`",
                "SELECT",
                "allowed",
                "joe -> clerk -> analyst: GRANT SELECT ON TABLE `d`.*",
                null),
            row(
                "STATEMENT",
                "`joe` AS ROLE `clerk`",
                "",
                "allowed",
                "",
                "SELECT a,  'joe@localhost' AS `USER()`  FROM d.t WHERE b = 'c'"));
    joe.query("SELECT a FROM d.t").ok();
  }

  @Test
  void whatIsMissingIsNamedAndNothingWouldBeSent() {
    TestClient client = gate.user("SELECT ON TABLE d.t");
    assertThat(explained(client, "INSERT INTO e.t SELECT * FROM d.t"))
        .containsExactly(
            row(
                "TABLE or VIEW",
                "`e`.`t`",
                "INSERT",
                "denied",
                "If it is a table, what is missing: GRANT INSERT ON TABLE `e`.`t` TO ROLE `r`; If it is"
                    + " a view, what is missing: GRANT INSERT ON VIEW `e`.`t` TO ROLE `r`",
                null),
            row(
                "TABLE",
                "`d`.`t`",
                "SELECT",
                "allowed",
                "u -> r: GRANT SELECT ON TABLE `d`.`t`",
                null),
            row(
                "STATEMENT",
                "`u` AS ROLE `r`",
                "",
                "denied",
                "error 1142: INSERT command denied to user 'u'@'localhost' for table 't'",
                null));
    assertThat(client.query("INSERT INTO e.t SELECT * FROM d.t").errno()).isEqualTo(1142);
  }

  @Test
  void ownersAndDefinitionsAreExplained() {
    TestClient client = gate.user("CREATE TABLE ON DATABASE d");
    assertThat(explained(client, "CREATE TABLE d.mine (a INT)").get(0))
        .containsSequence("allowed", "u -> r: GRANT CREATE TABLE ON DATABASE `d`");
    client.query("CREATE TABLE d.mine (a INT)").ok();
    assertThat(explained(client, "DROP TABLE d.mine").get(0))
        .containsSequence("DROP TABLE", "allowed", "u -> r: OWNER OF TABLE `d`.`mine`");
  }

  @Test
  void temporaryTablesAreTheSessionsOwn() {
    TestClient client = gate.user("CREATE TABLE ON DATABASE d");
    client.query("CREATE TEMPORARY TABLE d.t (a INT)").ok();
    assertThat(explained(client, "SELECT * FROM d.t").get(0))
        .containsSequence("allowed", "a temporary table is the session's own");
    assertThat(explained(client, "RENAME TABLE d.t TO d.x").get(0)).startsWith("STATEMENT");
    assertThat(explained(client, "FOR u SELECT * FROM d.t").get(0)).contains("denied");
  }

  @Test
  void refusalsAndAnswersOfTheGateAreRows() {
    TestClient client = gate.user();
    assertThat(explained(client, "FLUSH TABLES"))
        .singleElement()
        .satisfies(
            row -> {
              assertThat(row).startsWith("STATEMENT", "`u` AS ROLE `r`", "", "refused");
              assertThat(String.valueOf(row.get(4))).startsWith("error 1235: ");
              assertThat(row.get(5)).isNull();
            });
    assertThat(explained(client, "SELEC 1").get(0)).contains("refused");
    for (String answered :
        List.of(
            "GRANT r TO u",
            "SHOW GRANTS",
            "SET ROLE r",
            "SHOW DATABASES",
            "KILL 1",
            "EXPLAIN ACCESS SELECT 1")) {
      assertThat(explained(client, answered))
          .as(answered)
          .singleElement()
          .satisfies(
              row -> assertThat(row).contains("answered by the gate").endsWith((String) null));
    }
    assertThat(explained(client, "SELECT 1"))
        .containsExactly(
            row("STATEMENT", "`u` AS ROLE `r`", "", "allowed", "touches nothing", "SELECT 1"));
  }

  /** A comment that the backend executes cannot be cut in two. */
  @Test
  void statementsInsideExecutableCommentsAreNotMisread() {
    TestClient root = gate.root();
    assertThat(explained(root, "/*! SELECT */ 1").get(0)).contains("allowed", "/*! SELECT */ 1");
    assertThat(explained(root, "SELECT /*! a */ FROM d.t").get(1))
        .contains("allowed", "SELECT /*! a */ FROM d.t");
    for (String torn :
        List.of("/*! EXPLAIN ACCESS */ SELECT 1", "/*! EXPLAIN ACCESS SELECT */ 1")) {
      assertThat(root.query(torn).rows())
          .as(torn)
          .singleElement()
          .satisfies(row -> assertThat(row).contains("refused").endsWith((String) null));
    }
  }

  @Test
  void othersAreAskedAboutByWhoManagesGrants() {
    gate.administer(
        "CREATE ROLE a, b, security",
        "GRANT SELECT ON TABLE d.t TO b",
        "CREATE USER joe IDENTIFIED BY 'pw' DEFAULT ROLE a",
        "GRANT a, b TO joe",
        "GRANT MANAGE GRANTS ON ACCOUNT * TO security",
        "CREATE USER sam IDENTIFIED BY 'pw' DEFAULT ROLE security",
        "GRANT security TO sam",
        "CREATE USER eve IDENTIFIED BY 'pw'");
    TestClient sam = gate.login("sam", "pw");
    assertThat(explained(sam, "FOR joe SELECT USER() FROM d.t").get(0)).contains("denied");
    assertThat(explained(sam, "FOR joe AS ROLE b SELECT USER() FROM d.t"))
        .extracting(row -> row.get(3), row -> row.get(5))
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("allowed", null),
            org.assertj.core.groups.Tuple.tuple(
                "allowed", "SELECT 'joe@localhost' AS `USER()` FROM d.t"));
    assertThat(explained(sam, "FOR joe AS ROLE a SECONDARY ALL SELECT 1 FROM d.t").get(0))
        .contains("allowed", "joe -> b: GRANT SELECT ON TABLE `d`.`t`");
    assertThat(explained(sam, "FOR joe AS ROLE a SECONDARY ALL SELECT 1 FROM d.t").get(1))
        .contains("`joe` AS ROLE `a` SECONDARY ALL");
    gate.administer("ALTER USER joe DEFAULT ROLE a, b");
    assertThat(explained(sam, "FOR joe SELECT USER() FROM d.t"))
        .satisfiesExactly(
            row -> assertThat(row).contains("allowed", "joe -> b: GRANT SELECT ON TABLE `d`.`t`"),
            row -> assertThat(row).contains("allowed", "`joe` AS ROLE `a` SECONDARY `b`"));
    assertThat(sam.query("EXPLAIN ACCESS FOR joe AS ROLE security SELECT 1").errno())
        .isEqualTo(3530);
    assertThat(sam.query("EXPLAIN ACCESS FOR nobody SELECT 1").errno()).isEqualTo(3523);

    TestClient eve = gate.login("eve", "pw");
    TestClient.Received existing = eve.query("EXPLAIN ACCESS FOR joe SELECT 1");
    TestClient.Received unknown = eve.query("EXPLAIN ACCESS FOR nobody SELECT 1");
    assertThat(existing.errno()).isEqualTo(1227).isEqualTo(unknown.errno());
    assertThat(existing.error().message()).isEqualTo(unknown.error().message());
    assertThat(explained(eve, "FOR eve SELECT 1").get(0)).contains("allowed");
  }

  /** Whoever asks is told what he may know himself. */
  @Test
  void adviceForOthersNamesTheKindThatTheReaderKnows() {
    gate.administer(
        "CREATE ROLE security",
        "GRANT MANAGE GRANTS ON ACCOUNT * TO security",
        "CREATE USER sam IDENTIFIED BY 'pw' DEFAULT ROLE security",
        "GRANT security TO sam",
        "CREATE USER eve IDENTIFIED BY 'pw'");
    assertThat(explained(gate.root(), "FOR eve DELETE FROM d.t").get(0))
        .contains("TABLE", "Missing: GRANT DELETE ON TABLE `d`.`t` TO USER `eve`");
    assertThat(explained(gate.login("sam", "pw"), "FOR eve DELETE FROM d.t").get(0))
        .contains("TABLE or VIEW");
    gate.administer("GRANT DELETE ON TABLE `d`.`t` TO USER `eve`");
    assertThat(explained(gate.login("eve", "pw"), "DELETE FROM d.t").get(0))
        .contains("allowed", "eve (directly): GRANT DELETE ON TABLE `d`.`t`");
    assertThat(explained(gate.login("eve", "pw"), "UPDATE d.t SET a = 1").get(0))
        .contains("denied");
  }

  @Test
  void metadataIsPermittedInItsSecuredForm() {
    TestClient client = gate.user("SELECT ON TABLE d.t");
    String read = "SELECT table_name, USER() FROM information_schema.tables, d.t";
    List<List<@Nullable String>> rows = explained(client, read);
    assertThat(rows.get(0))
        .contains("allowed", "only rows about objects on which a privilege is held");
    assertThat(rows.get(1)).contains("allowed");
    assertThat(rows.get(2)).startsWith("STATEMENT", "`u` AS ROLE `r`", "", "allowed", "");
    String forwarded = String.valueOf(rows.get(2).get(5));
    client.query(read).ok();
    assertThat(gate.backend.commands().get(gate.backend.commands().size() - 1))
        .asString()
        .contains(forwarded);
    assertThat(forwarded)
        .contains("'u@localhost' AS `USER()`", "(SELECT * FROM information_schema.tables WHERE ");
    for (String denied :
        List.of(
            "SELECT 1 FROM information_schema.tables, e.t",
            "SELECT 1 FROM information_schema.processlist",
            "CREATE VIEW d.v AS SELECT 1 FROM information_schema.tables")) {
      assertThat(explained(client, denied))
          .as(denied)
          .last()
          .satisfies(row -> assertThat(row).contains("denied").endsWith((String) null));
    }
  }

  @Test
  void whatIsPreparedIsAskedAboutByItself() {
    TestClient client = gate.user("SELECT ON TABLE d.t");
    for (String text : List.of("PREPARE s FROM 'SELECT 1'", "EXECUTE s", "DEALLOCATE PREPARE s")) {
      assertThat(client.query("EXPLAIN ACCESS " + text).errno()).as(text).isEqualTo(1235);
    }
  }

  @Test
  void jsonSaysTheSame() {
    TestClient client = gate.user("SELECT ON TABLE d.t");
    assertThat(explained(client, "FORMAT=JSON SELECT \"x\" FROM d.t, e.u"))
        .singleElement()
        .satisfies(
            row ->
                assertThat(String.valueOf(row.get(0)))
                    .startsWith(
                        "{\"user\": \"u\", \"role\": \"r\", \"secondary_roles\": \"NONE\","
                            + " \"verdict\": \"denied\", \"because\": \"error 1142: ")
                    .contains(
                        "{\"kind\": \"TABLE\", \"object\": \"`d`.`t`\", \"privilege\": \"SELECT\","
                            + " \"verdict\": \"allowed\", \"path\": [\"u -> r: GRANT SELECT ON"
                            + " TABLE `d`.`t`\"], \"because\": [], \"help\": []}")
                    .endsWith("\"forwarded\": null}"));
    assertThat(explained(client, "FORMAT=JSON SELECT \"x\" FROM d.t").get(0).get(0))
        .endsWith("\"forwarded\": \"SELECT \\\"x\\\" FROM d.t\"}");
  }
}
