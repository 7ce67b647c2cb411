package io.portcullis.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.portcullis.proxy.wire.CapabilityFlags;
import io.portcullis.proxy.wire.StatusFlags;
import io.portcullis.proxy.wire.command.CommandByte;
import io.portcullis.proxy.wire.message.OkPacket;
import io.portcullis.proxy.wire.message.SessionChange;
import io.portcullis.sql.access.RelationKind;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the backend is sent, and what it is not, while the current database is mo_catalog. */
final class CatalogDatabaseTest {

  private static final int ID = 7;

  private final TestGate gate = new TestGate();

  @AfterEach
  void nothingIsLeft() {
    gate.close();
  }

  private String lastArgument() {
    return gate.backend.last().argument();
  }

  @Test
  void theBackendGoesWhereNoNameMeansATable() {
    TestClient client = gate.root();
    client.query("USE d").ok();
    client.query("USE MO_CATALOG").ok();
    assertThat(gate.backend.last().text()).isEqualTo("COM_INIT_DB");
    assertThat(lastArgument()).isEqualTo("information_schema");
    client.query("USE d").ok();
    assertThat(lastArgument()).isEqualTo("USE d");
    client.command(CommandByte.INIT_DB, "mo_catalog").ok();
    assertThat(lastArgument()).isEqualTo("information_schema");
    client.query("SELECT DATABASE()").ok();
    assertThat(lastArgument()).isEqualTo("SELECT 'mo_catalog' AS `DATABASE()`");
  }

  @Test
  void itTakesEffectOnOkOnly() {
    TestClient client = gate.root();
    client.query("USE d").ok();
    gate.backend.on("COM_INIT_DB", Answer.error(1105, "no"));
    assertThat(client.query("USE mo_catalog").errno()).isEqualTo(1105);
    client.query("SELECT a FROM t").ok();
    assertThat(lastArgument()).isEqualTo("SELECT a FROM t");
  }

  @Test
  void whoMayUseNoDatabaseMayNotEnter() {
    TestClient client = gate.user();
    assertThat(client.query("USE mo_catalog").errno()).isEqualTo(1044);
    assertThat(client.command(CommandByte.INIT_DB, "mo_catalog").errno()).isEqualTo(1044);
    assertThat(gate.backend.commands()).isEmpty();
    gate.administer("GRANT CONNECT ON ACCOUNT * TO ROLE r");
    client.query("USE mo_catalog").ok();
    client.query("SELECT role_id FROM mo_role").ok();
  }

  @Test
  void noNameIsSentThatTheBackendCouldResolve() {
    TestClient client = gate.root();
    client.query("CREATE TEMPORARY TABLE d.tables (a INT)").ok();
    client.query("USE mo_catalog").ok();
    List<String> sent = gate.backend.commands();
    for (String sql :
        List.of(
            "SELECT * FROM tables",
            "SELECT * FROM mo_nothing",
            "SELECT * FROM mo_role, schemata",
            "SELECT * FROM mo_role WHERE role_id IN (SELECT 1 FROM tables)",
            "WITH x AS (SELECT * FROM columns) SELECT * FROM x",
            "WITH mo_role AS (SELECT * FROM mo_role) SELECT * FROM mo_role",
            "INSERT INTO mo_role SELECT * FROM mo_role",
            "INSERT INTO mo_user_grant VALUES (1, 1)",
            "UPDATE mo_user SET status = 'x'",
            "DELETE FROM mo_user",
            "TRUNCATE mo_user",
            "CREATE TABLE t (a INT)",
            "CREATE TABLE d.t2 AS SELECT * FROM mo_user",
            "CREATE TABLE d.t2 LIKE tables",
            "CREATE TEMPORARY TABLE t (a INT)",
            "DROP TEMPORARY TABLE IF EXISTS tables",
            "DROP TABLE t",
            "ALTER TABLE mo_user ADD a INT",
            "RENAME TABLE d.t TO t",
            "CREATE VIEW v AS SELECT 1",
            "CREATE VIEW d.v AS SELECT * FROM tables",
            "CREATE INDEX i ON mo_user (user_id)",
            "CREATE PROCEDURE p() SELECT 1",
            "CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW SET @a = 1",
            "CALL p()",
            "SELECT f(1)",
            "ALTER DATABASE CHARACTER SET latin1",
            "LOCK TABLES tables READ",
            "ANALYZE TABLE mo_user",
            "SHOW CREATE TABLE tables",
            "SHOW COLUMNS FROM tables",
            "SHOW TABLE STATUS WHERE name = 'x'",
            "SHOW TRIGGERS",
            "SHOW EVENTS",
            "SHOW INDEX FROM tables",
            "DESCRIBE tables",
            "EXPLAIN SELECT * FROM tables",
            "TABLE mo_user",
            "DO (SELECT COUNT(*) FROM tables)",
            "SET @a = (SELECT COUNT(*) FROM tables)",
            "PREPARE s FROM 'SELECT * FROM tables'",
            "PREPARE s FROM 'SELECT * FROM mo_user'",
            "EXECUTE IMMEDIATE 'SELECT * FROM tables'")) {
      int errno = client.query(sql).errno();
      assertThat(errno).as(sql).isIn(1044, 1142, 1146, 1235, 1305, 1370, 1064);
    }
    for (String sql : List.of("SELECT * FROM tables", "INSERT INTO mo_user VALUES (1)")) {
      assertThat(client.command(CommandByte.STMT_PREPARE, sql).errno()).isIn(1044, 1146);
    }
    assertThat(client.command(CommandByte.FIELD_LIST, "tables\0").errno()).isEqualTo(1146);
    assertThat(gate.backend.commands()).isEqualTo(sent);
    client.query("SELECT a FROM d.t").ok();
    assertThat(lastArgument()).isEqualTo("SELECT a FROM d.t");
  }

  @Test
  void whatTheGateMakesIsPutIntoTheText() {
    TestClient client = gate.root();
    client.query("USE mo_catalog").ok();
    for (String sql :
        List.of(
            "SELECT role_id FROM mo_role",
            "SELECT mo_role.role_id FROM mo_role",
            "SELECT mo_catalog.mo_role.role_id FROM mo_role",
            "SELECT r.role_id FROM mo_role AS r, d.t",
            "INSERT INTO d.t SELECT role_id FROM mo_role",
            "SET @a = (SELECT COUNT(*) FROM mo_role)",
            "EXPLAIN SELECT role_id FROM mo_role")) {
      client.query(sql).ok();
      assertThat(lastArgument()).contains("JSON_TABLE(").doesNotContain("FROM mo_role");
    }
  }

  @Test
  void listsAndDescriptionsAreTheGates() {
    TestClient client = gate.root();
    client.query("USE mo_catalog").ok();
    List<String> sent = gate.backend.commands();
    assertThat(client.query("SHOW TABLES").rows()).contains(List.of("mo_user"));
    assertThat(client.query("SHOW TABLES LIKE 'mo_r%'").rows())
        .containsExactly(
            List.of("mo_role"),
            List.of("mo_role_grant"),
            List.of("mo_role_privs"),
            List.of("mo_role_restriction"),
            List.of("mo_role_rule"));
    assertThat(client.query("SHOW FULL TABLES LIKE 'mo_role'").rows())
        .containsExactly(List.of("mo_role", "SYSTEM VIEW"));
    assertThat(client.query("DESCRIBE mo_role").rows()).hasSize(6);
    assertThat(client.query("SHOW COLUMNS FROM mo_role LIKE 'owner'").rows()).hasSize(1);
    // as many definitions as columns, and their end
    assertThat(client.command(CommandByte.FIELD_LIST, "mo_role\0").payloads()).hasSize(7);
    client.command(CommandByte.RESET_CONNECTION).ok();
    assertThat(client.query("SHOW TABLES").rows()).contains(List.of("mo_user"));
    assertThat(gate.backend.commands()).isEqualTo(sent);
  }

  @Test
  void aPreparedStatementKeepsTheDatabaseItWasPreparedIn() {
    gate.backend.on("COM_STMT_PREPARE", Answer.prepared(ID));
    TestClient client = gate.user("SELECT ON TABLE d.t", "CONNECT ON ACCOUNT *");
    client.query("USE mo_catalog").ok();
    String sql = "SELECT role_id FROM mo_role";
    assertThat(client.command(CommandByte.STMT_PREPARE, sql).payloads().get(0)[0]).isZero();
    assertThat(lastArgument()).contains("JSON_TABLE(");
    client.query("USE d").ok();
    assertThat(client.statement(CommandByte.STMT_EXECUTE, ID).isOk()).isTrue();
    sql = "SELECT a FROM t";
    assertThat(client.command(CommandByte.STMT_PREPARE, sql).payloads().get(0)[0]).isZero();
    client.query("USE mo_catalog").ok();
    assertThat(client.statement(CommandByte.STMT_EXECUTE, ID).isOk()).isTrue();
    assertThat(gate.backend.last().text()).isEqualTo("COM_STMT_EXECUTE");
    gate.administer("REVOKE SELECT ON TABLE d.t FROM ROLE r");
    assertThat(client.statement(CommandByte.STMT_EXECUTE, ID).errno()).isEqualTo(1142);
  }

  /** A table of one's own that is called like one of the gate's. */
  @Test
  void aCursorIsJudgedWhereItWasPrepared() {
    gate.control.with("d", "mo_role", RelationKind.TABLE);
    gate.administer("CREATE TABLE d.mo_role (a INT)");
    gate.backend.on("COM_STMT_PREPARE", Answer.prepared(ID));
    gate.backend.on(
        "COM_STMT_EXECUTE", Answer.ok(StatusFlags.AUTOCOMMIT | StatusFlags.CURSOR_EXISTS));
    TestClient client = gate.user("SELECT ON TABLE d.mo_role", "CONNECT ON ACCOUNT *");
    client.query("USE d").ok();
    String sql = "SELECT a FROM mo_role";
    assertThat(client.command(CommandByte.STMT_PREPARE, sql).payloads().get(0)[0]).isZero();
    assertThat(client.statement(CommandByte.STMT_EXECUTE, ID).isOk()).isTrue();
    client.query("USE mo_catalog").ok();
    gate.administer("REVOKE SELECT ON TABLE d.mo_role FROM ROLE r");
    gate.pump();
    assertThat(client.statement(CommandByte.STMT_FETCH, ID).errno()).isEqualTo(1317);
  }

  @Test
  void oneOfSeveralStatementsIsAnsweredLikeTheOthers() {
    TestClient client = gate.root();
    List<TestClient.Result> results =
        client.query("USE mo_catalog; SHOW TABLES LIKE 'mo_role'; USE d; DO 1").results();
    assertThat(results).as("%s", new String(results.get(1).end())).hasSize(4);
    assertThat(results.get(0).statusFlags() & StatusFlags.MORE_RESULTS_EXISTS).isPositive();
    assertThat(results.get(1).rows()).hasSize(1);
    assertThat(results.get(3).statusFlags() & StatusFlags.MORE_RESULTS_EXISTS).isZero();
  }

  @Test
  void aNewConnectionToTheBackendGoesThereToo() {
    TestClient client = gate.root();
    client.query("USE mo_catalog").ok();
    gate.backend.connection().breakAtNextCommand();
    assertThat(client.query("DO 1").errno()).isEqualTo(2013);
    client.query("DO 1").ok();
    int last = gate.backend.targets.size() - 1;
    assertThat(gate.backend.targets.get(last).database()).contains("information_schema");
    client.query("SELECT role_id FROM mo_role").ok();
    assertThat(lastArgument()).contains("JSON_TABLE(");
  }

  @Test
  void oneMayLogInThere() {
    gate.user(); // u, who may not use databases
    TestClient client = gate.connect();
    assertThat(
            client
                .login(
                    "u",
                    "pw",
                    Optional.of("mo_catalog"),
                    TestClient.UTF8MB4,
                    TestClient.CAPABILITIES)
                .errno())
        .isEqualTo(1044);
    TestClient root = gate.connect();
    root.login(
            "root",
            TestGate.PASSWORD,
            Optional.of("mo_catalog"),
            TestClient.UTF8MB4,
            TestClient.CAPABILITIES)
        .ok();
    int last = gate.backend.targets.size() - 1;
    assertThat(gate.backend.targets.get(last).database()).contains("information_schema");
    assertThat(root.query("SELECT * FROM tables").errno()).isEqualTo(1146);
    root.query("SELECT role_id FROM mo_role").ok();
    assertThat(lastArgument()).contains("JSON_TABLE(");
  }

  @Test
  void clientsThatTrackTheDatabaseHearOfIt() {
    long tracking = TestClient.CAPABILITIES | CapabilityFlags.SESSION_TRACK;
    TestClient client = gate.connect();
    client.login("root", TestGate.PASSWORD, Optional.empty(), TestClient.UTF8MB4, tracking);
    OkPacket ok =
        OkPacket.decode(Unpooled.wrappedBuffer(client.query("USE mo_catalog").last()), tracking);
    assertThat(ok.changes()).containsExactly(SessionChange.schema("mo_catalog"));
  }
}
