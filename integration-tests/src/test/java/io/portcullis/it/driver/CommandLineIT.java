package io.portcullis.it.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.it.harness.BackendExtension;
import io.portcullis.it.harness.CommandLine;
import io.portcullis.it.harness.Endpoint;
import io.portcullis.it.harness.TestBackend;
import io.portcullis.it.harness.TestGate;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** The command line client, in batch. Skipped where neither mariadb nor mysql is installed. */
@ExtendWith(BackendExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class CommandLineIT {

  private final TestGate gate;
  private final String client;

  CommandLineIT(TestBackend backend) {
    Optional<String> installed = CommandLine.installed();
    Assumptions.assumeTrue(
        installed.isPresent(), "skipped: no mariadb or mysql command line client is installed");
    client = installed.orElseThrow();
    gate = TestGate.start(backend);
  }

  @BeforeAll
  void makeDatabaseRoleAndUser() throws SQLException {
    gate.administer(
        "DROP DATABASE IF EXISTS cli_it",
        "CREATE DATABASE cli_it",
        "CREATE TABLE cli_it.t (id INT PRIMARY KEY, s VARCHAR(20))",
        "INSERT INTO cli_it.t VALUES (1, 'eins'), (2, NULL)",
        "CREATE TABLE cli_it.hidden (id INT)",
        "CREATE ROLE cli_role",
        "GRANT CONNECT ON ACCOUNT * TO cli_role",
        "GRANT SHOW TABLES ON DATABASE cli_it TO cli_role",
        "GRANT SELECT ON TABLE cli_it.t TO cli_role",
        "CREATE USER cli_user IDENTIFIED BY 'Cli-user-1' DEFAULT ROLE cli_role");
  }

  @AfterAll
  void clearUp() throws SQLException {
    gate.administer("DROP DATABASE cli_it");
    gate.close();
  }

  private Endpoint user() {
    return gate.user("cli_user", "Cli-user-1");
  }

  @Test
  void statementsInABatchGiveTheirRows() throws Exception {
    CommandLine.Run run =
        run(user(), List.of("cli_it"), "SELECT * FROM t ORDER BY id;\nSELECT 'x;y' AS c;\n");
    assertThat(run.output()).isEqualTo("id\ts\n1\teins\n2\tNULL\nc\nx;y\n");
    assertThat(run.code()).as(run.error()).isZero();
  }

  @Test
  void statusAndUseWork() throws Exception {
    CommandLine.Run run =
        run(user(), List.of("--table"), "USE cli_it\nSTATUS\nSELECT COUNT(*) FROM t;\n");
    assertThat(run.code()).as(run.error()).isZero();
    assertThat(run.output())
        .containsPattern("Current database:\\s+cli_it")
        .containsPattern("Current user:\\s+cli_user")
        .containsPattern("Uptime:\\s")
        .contains("|        2 |");
  }

  /** Without -A the client asks for the tables and their fields (COM_FIELD_LIST). */
  @Test
  void theLookUpsOfTabCompletionWork() throws Exception {
    for (Endpoint each : List.of(user(), gate.administrator())) {
      CommandLine.Run run =
          run(each, List.of("--auto-rehash", "cli_it"), "USE cli_it\nSELECT 'looked up';\n");
      assertThat(run.output()).contains("looked up");
      assertThat(run.code()).as(run.error()).isZero();
      assertThat(run.error()).doesNotContain("ERROR");
    }
  }

  /** The gate answers these itself where the current database is its own. */
  @Test
  void theLookUpsWorkInMoCatalog() throws Exception {
    for (Endpoint each : List.of(user(), gate.administrator())) {
      CommandLine.Run run =
          run(
              each,
              List.of("--auto-rehash", "mo_catalog"),
              "USE cli_it\nUSE mo_catalog\nSELECT DATABASE();\nSELECT COUNT(*) > 0 FROM mo_user;\n");
      assertThat(run.output()).isEqualTo("DATABASE()\nmo_catalog\nCOUNT(*) > 0\n1\n");
      assertThat(run.code()).as(run.error()).isZero();
      assertThat(run.error()).doesNotContain("ERROR");
    }
  }

  @Test
  void itLogsInWithTlsAndWithout() throws Exception {
    CommandLine.Run tls = run(user(), tls(true), "SHOW STATUS LIKE 'Ssl_cipher';\nSTATUS\n");
    assertThat(tls.code()).as(tls.error()).isZero();
    assertThat(tls.output()).contains("Cipher in use is TLS");
    CommandLine.Run plain = run(user(), tls(false), "STATUS\n");
    assertThat(plain.code()).as(plain.error()).isZero();
    assertThat(plain.output()).containsPattern("SSL:\\s+Not in use");
  }

  private List<String> tls(boolean wanted) {
    if (CommandLine.isMySqls(client)) {
      return List.of(wanted ? "--ssl-mode=REQUIRED" : "--ssl-mode=DISABLED");
    }
    return wanted ? List.of("--ssl", "--skip-ssl-verify-server-cert") : List.of("--skip-ssl");
  }

  @Test
  void aRefusalIsPrintedAndTheNextStatementRunsWithForce() throws Exception {
    CommandLine.Run run =
        run(
            user(),
            List.of("--force", "cli_it"),
            "SELECT * FROM hidden;\nSHOW WARNINGS;\nSELECT 'on';\nDROP TABLE t;\nSELECT 'and on';\n");
    assertThat(run.error())
        .contains("ERROR 1142 (42000)")
        .contains("SELECT command denied to user 'cli_user'")
        .contains("'hidden'")
        .contains("DROP command denied");
    assertThat(run.output()).contains("GRANT SELECT").contains("on\n").contains("and on\n");
  }

  @Test
  void aWrongPasswordIsRefused() throws Exception {
    CommandLine.Run run = run(gate.user("cli_user", "wrong"), List.of(), "SELECT 1;\n");
    assertThat(run.code()).isNotZero();
    assertThat(run.error()).contains("ERROR 1045 (28000)").contains("cli_user");
    assertThat(run.output()).isEmpty();
  }

  @Test
  void anotherDelimiterAndOtherOutputFormsWork() throws Exception {
    CommandLine.Run run =
        run(
            gate.administrator(),
            List.of("--skip-column-names", "--raw", "cli_it"),
            "DELIMITER //\nSELECT 'a;b'//\nDELIMITER ;\nSELECT s FROM t WHERE id = 1\\G\nSHOW TABLES;\n");
    assertThat(run.code()).as(run.error()).isZero();
    assertThat(run.output()).contains("a;b\n").contains("eins").contains("hidden\n");
    CommandLine.Run xml =
        run(user(), List.of("--xml", "cli_it"), "SELECT id FROM t WHERE id = 2;\n");
    assertThat(xml.output()).contains("<field name=\"id\">2</field>");
  }

  private CommandLine.Run run(Endpoint endpoint, List<String> options, String input)
      throws IOException, InterruptedException {
    return CommandLine.run(endpoint, options, input);
  }
}
