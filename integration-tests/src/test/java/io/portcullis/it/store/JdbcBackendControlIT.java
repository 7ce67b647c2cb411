package io.portcullis.it.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.it.harness.BackendExtension;
import io.portcullis.it.harness.Endpoint;
import io.portcullis.it.harness.TestBackend;
import io.portcullis.privilege.store.BackendControl;
import io.portcullis.privilege.store.ServerFacts;
import io.portcullis.privilege.store.ServerFacts.Collation;
import io.portcullis.privilege.store.StoreException;
import io.portcullis.privilege.store.ViewSource;
import io.portcullis.privilege.store.jdbc.JdbcBackendControl;
import io.portcullis.privilege.store.jdbc.JdbcSettings;
import io.portcullis.sql.access.RelationKind;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(BackendExtension.class)
class JdbcBackendControlIT {

  private static final String DATABASE = "portcullis_control_it";

  private final Endpoint server;
  private final BackendControl control;

  JdbcBackendControlIT(TestBackend backend) throws StoreException {
    server = backend.endpoint();
    control =
        new JdbcBackendControl(
            new JdbcSettings(
                server.host(),
                server.port(),
                server.user(),
                server.password(),
                JdbcSettings.TlsMode.PREFERRED,
                Optional.empty(),
                "portcullis",
                2,
                Duration.ofSeconds(5),
                Duration.ofSeconds(30)));
  }

  @BeforeEach
  void makeObjects() throws SQLException {
    execute("DROP DATABASE IF EXISTS " + DATABASE);
    execute("CREATE DATABASE " + DATABASE);
    execute("CREATE TABLE " + DATABASE + ".t (a INT)");
    execute("CREATE VIEW " + DATABASE + ".v AS SELECT a FROM " + DATABASE + ".t");
  }

  @AfterEach
  void close() throws SQLException {
    control.close();
    execute("DROP DATABASE IF EXISTS " + DATABASE);
  }

  @Test
  void factsAreTheServersOwn() throws StoreException, SQLException {
    ServerFacts facts = control.probe();

    assertThat(facts.version().text()).isEqualTo(ask("SELECT @@version"));
    assertThat(facts.sqlMode()).isEqualTo(ask("SELECT @@global.sql_mode"));
    assertThat(facts.maxAllowedPacket()).isPositive();
    assertThat(facts.collations())
        .containsEntry(8, new Collation("latin1_swedish_ci", "latin1"))
        .containsEntry(45, new Collation("utf8mb4_general_ci", "utf8mb4"))
        .containsEntry(63, new Collation("binary", "binary"));
    String id = ask("SELECT @@global.collation_server");
    assertThat(facts.collationServer()).isEqualTo(id);
    assertThat(facts.collations().values())
        .contains(new Collation(facts.collationServer(), facts.characterSetServer()));
  }

  @Test
  void tellsTablesFromViewsAndFromNothing() throws StoreException {
    assertThat(control.relation(DATABASE, "t")).contains(RelationKind.TABLE);
    assertThat(control.relation(DATABASE, "v")).contains(RelationKind.VIEW);
    assertThat(control.relation(DATABASE, "w")).isEmpty();
    assertThat(control.relation(DATABASE, "t ")).isEmpty();
    assertThat(control.relation(DATABASE, "t' OR '1'='1")).isEmpty();
    assertThat(control.relation("no_such_database", "t")).isEmpty();
  }

  @Test
  void readsTheDefinitionsOfViews() throws SQLException, StoreException {
    execute(
        "CREATE OR REPLACE SQL SECURITY INVOKER VIEW "
            + DATABASE
            + ".v AS SELECT a FROM "
            + DATABASE
            + ".t");
    assertThat(control.view(DATABASE, "v"))
        .contains(
            new ViewSource(
                "select `portcullis_control_it`.`t`.`a` AS `a` from `portcullis_control_it`.`t`",
                true));
    execute(
        "ALTER SQL SECURITY DEFINER VIEW " + DATABASE + ".v AS SELECT a FROM " + DATABASE + ".t");
    assertThat(control.view(DATABASE, "v").orElseThrow().invoker()).isFalse();
    assertThat(control.view(DATABASE, "t")).isEmpty();
    assertThat(control.view(DATABASE, "w")).isEmpty();
    assertThat(control.view("no_such_database", "v")).isEmpty();
  }

  @Test
  void nameInAnotherCaseIsFoundOnlyWhereTheServerFolds() throws StoreException {
    boolean folds = control.probe().foldsNames();

    assertThat(control.relation(DATABASE, "T").isPresent()).isEqualTo(folds);
    assertThat(control.databaseExists("PORTCULLIS_CONTROL_IT")).isEqualTo(folds);
  }

  @Test
  void listsDatabasesAndWhatIsInThem() throws StoreException {
    assertThat(control.databases()).contains(DATABASE, "mysql");
    assertThat(control.databaseExists(DATABASE)).isTrue();
    assertThat(control.databaseExists("no_such_database")).isFalse();
    assertThat(control.relations(DATABASE))
        .isEqualTo(Map.of("t", RelationKind.TABLE, "v", RelationKind.VIEW));
    assertThat(control.relations("no_such_database")).isEmpty();
  }

  @Test
  void killEndsTheConnectionAndSaysWhenThereIsNone() throws SQLException {
    try (Connection victim = server.connect()) {
      long id = Long.parseLong(ask(victim, "SELECT CONNECTION_ID()"));

      assertThat(control.killQuery(id)).isTrue();
      assertThat(control.killConnection(id)).isTrue();
      assertThat(victim.isValid(5)).isFalse();
      assertThat(control.killConnection(4_000_000_000L)).isFalse();
    }
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private String ask(String sql) throws SQLException {
    try (Connection connection = server.connect()) {
      return ask(connection, sql);
    }
  }

  private static String ask(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      assertThat(row.next()).isTrue();
      return row.getString(1);
    }
  }
}
