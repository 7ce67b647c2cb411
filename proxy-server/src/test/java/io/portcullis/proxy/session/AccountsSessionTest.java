package io.portcullis.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.privilege.model.Account;
import io.portcullis.privilege.model.BackendLogin;
import io.portcullis.privilege.store.StoreException;
import io.portcullis.proxy.wire.command.CommandByte;
import io.portcullis.sql.access.RelationKind;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sessions of accounts beside those of sys: who gets in, and what the backend is told. */
final class AccountsSessionTest {

  private final TestGate gate = new TestGate();

  @BeforeEach
  void makeAccounts() {
    gate.administer(
        "CREATE ACCOUNT acme ADMIN_NAME 'boss' IDENTIFIED BY 'pw'",
        "CREATE ACCOUNT other ADMIN_NAME 'boss' IDENTIFIED BY 'pw2'");
    gate.control
        .with("acme$shop", "t", RelationKind.TABLE)
        .with("acme$shop", "u", RelationKind.TABLE)
        .with("acme$e", "t", RelationKind.TABLE)
        .with("other$shop", "t", RelationKind.TABLE);
  }

  @AfterEach
  void nothingIsLeft() {
    gate.close();
  }

  private TestClient boss() {
    return gate.login("acme:boss", "pw");
  }

  private TestClient.Received login(String user, String password, Optional<String> database) {
    return gate.connect()
        .login(user, password, database, TestClient.UTF8MB4, TestClient.CAPABILITIES);
  }

  private TestClient.Received login(String user, String password) {
    return login(user, password, Optional.empty());
  }

  private BackendIdentity identity(String account) {
    return new BackendIdentity.OfAccount(
        gate.publisher.current().state().account(account).orElseThrow().id());
  }

  private String backendLogin(String account) {
    return gate.publisher
        .current()
        .state()
        .account(account)
        .flatMap(Account::login)
        .map(BackendLogin::user)
        .orElseThrow();
  }

  private void sent(String text) {
    assertThat(gate.backend.last().text()).isEqualTo(text);
  }

  // ---- login

  @Test
  void usersOfAnAccountLogInByItsName() {
    for (String name :
        List.of("acme:boss", "acme#boss", "ACME:Boss", "acme:boss:accountadmin", "acme%3Aboss")) {
      assertThat(login(name, "pw").isOk()).as(name).isTrue();
    }
    assertThat(login("other:boss", "pw2").isOk()).isTrue();
    assertThat(login("other:boss", "pw").errno()).isEqualTo(1045);
    assertThat(login("boss", "pw").errno()).isEqualTo(1045);
    assertThat(login("sys:root", TestGate.PASSWORD).isOk()).isTrue();
    assertThat(login("acme:root", TestGate.PASSWORD).errno()).isEqualTo(1045);
    assertThat(login("acme:boss:moadmin", "pw").isOk()).isFalse();
  }

  @Test
  void unknownAccountUnknownUserAndWrongPasswordGetTheSameAnswer() {
    TestClient.Received wrong = login("acme:boss", "wrong");
    TestClient.Received noUser = login("acme:nobody", "wrong");
    TestClient.Received noAccount = login("nowhere:boss", "wrong");

    assertThat(wrong.errno()).isEqualTo(1045);
    assertThat(wrong.error().message()).doesNotContain("pc_");
    for (TestClient.Received other : List.of(noUser, noAccount)) {
      assertThat(other.errno()).isEqualTo(1045);
      assertThat(other.sequences()).isEqualTo(wrong.sequences());
    }
    assertThat(noUser.error().message())
        .isEqualTo(wrong.error().message().replace("boss", "nobody"));
    assertThat(noAccount.error().message().replace("nowhere", "acme"))
        .isEqualTo(wrong.error().message());
  }

  @Test
  void suspensionIsToldToThoseWithThePasswordOnly() {
    gate.administer("ALTER ACCOUNT acme SUSPEND");
    TestClient.Received right = login("acme:boss", "pw");
    TestClient.Received wrong = login("acme:boss", "wrong");
    assertThat(right.errno()).isEqualTo(1045);
    assertThat(right.error().message()).contains("Account acme is suspended");
    assertThat(wrong.errno()).isEqualTo(1045);
    assertThat(wrong.error().message()).doesNotContain("suspended");
    assertThat(login("other:boss", "pw2").isOk()).isTrue();

    gate.administer("ALTER ACCOUNT acme OPEN");
    assertThat(login("acme:boss", "pw").isOk()).isTrue();
    gate.administer("ALTER ACCOUNT acme RESTRICTED");
    assertThat(login("acme:boss", "pw").isOk()).isTrue();
  }

  @Test
  void sessionsOfASuspendedAccountAreClosedAndNoOthers() {
    TestClient boss = boss();
    TestClient other = gate.login("other:boss", "pw2");
    TestClient root = gate.root();
    root.query("ALTER ACCOUNT acme RESTRICTED").ok();
    gate.pump();
    assertThat(boss.isClosed()).isFalse();

    root.query("ALTER ACCOUNT acme SUSPEND").ok();
    gate.pump();

    assertThat(boss.isClosed()).isTrue();
    assertThat(boss.receive().error().message()).contains("suspended");
    assertThat(other.isClosed()).isFalse();
    assertThat(root.isClosed()).isFalse();
    other.query("DO 1").ok();
  }

  @Test
  void sessionsOfADroppedAccountAreClosedAndNoOthers() throws StoreException {
    TestClient boss = boss();
    boss.query("DO 1").ok();
    TestClient other = gate.login("other:boss", "pw2");
    String login = backendLogin("acme");
    assertThat(gate.control.logins).contains(login);

    gate.root().query("DROP ACCOUNT acme").ok();

    assertThat(boss.isClosed()).isTrue();
    assertThat(other.isClosed()).isFalse();
    assertThat(gate.control.logins).doesNotContain(login).contains(backendLogin("other"));
    assertThat(gate.control.relations("other$shop")).isNotEmpty();
    assertThat(gate.control.relations("acme$shop")).isEmpty();
    assertThat(login("acme:boss", "pw").errno()).isEqualTo(1045);
  }

  // ---- the backend

  @Test
  void everyAccountHasItsOwnLoginThere() {
    boss().query("DO 1").ok();
    gate.login("other:boss", "pw2").query("DO 1").ok();
    gate.root().query("DO 1").ok();
    assertThat(gate.backend.targets)
        .extracting(BackendTarget::identity)
        .containsExactly(identity("acme"), identity("other"), BackendIdentity.CONFIGURED);
  }

  /** Nothing of the account before is left, its connection least of all. */
  @Test
  void changeOfTheUserIsAChangeOfTheAccount() {
    TestClient client = gate.root();
    client.query("USE d").ok();
    client.query("SELECT a FROM t").ok();
    ScriptedBackend.Connection before = gate.backend.connection();

    assertThat(client.changeUser("acme:boss", "pw").payloads()).isNotEmpty();

    assertThat(before.released || before.discarded).isTrue();
    assertThat(client.query("SELECT a FROM t").errno()).isEqualTo(1046);
    client.query("SELECT a FROM shop.t").ok();
    sent("SELECT a FROM acme$shop.t");
    assertThat(gate.backend.connection()).isNotSameAs(before);
    assertThat(gate.backend.targets)
        .extracting(BackendTarget::identity)
        .containsExactly(BackendIdentity.CONFIGURED, identity("acme"));

    client.changeUser("other:boss", "pw2");
    client.query("SELECT a FROM shop.t").ok();
    sent("SELECT a FROM other$shop.t");
    assertThat(gate.backend.targets.get(2).identity()).isEqualTo(identity("other"));
    assertThat(client.changeUser("acme:boss", "pw2").errno()).isEqualTo(1045);
    assertThat(client.isClosed()).isTrue();
  }

  // ---- databases

  @Test
  void databaseOfTheHandshakeIsTheAccounts() {
    assertThat(login("acme:boss", "pw", Optional.of("shop")).isOk()).isTrue();
    assertThat(gate.backend.targets.get(0).database()).contains("acme$shop");

    gate.backend.refusal =
        Optional.of(new BackendError(1049, "42000", "Unknown database 'acme$x'"));
    TestClient.Received unknown = login("acme:boss", "pw", Optional.of("x"));
    assertThat(unknown.errno()).isEqualTo(1049);
    assertThat(unknown.error().message()).contains("'x'").doesNotContain("acme");
    gate.backend.refusal = Optional.empty();
    assertThat(login("acme:boss", "pw", Optional.of("mysql")).errno()).isEqualTo(1044);
  }

  @Test
  void databaseOfACommandIsTheAccounts() {
    TestClient boss = boss();
    boss.command(CommandByte.INIT_DB, "shop").ok();
    assertThat(gate.backend.last().argument()).isEqualTo("acme$shop");
    boss.query("SELECT a FROM t").ok();
    boss.query("SELECT DATABASE()");
    sent("SELECT SUBSTRING(DATABASE(), 6) AS `DATABASE()`");
    boss.query("USE e").ok();
    assertThat(boss.command(CommandByte.INIT_DB, "mysql").errno()).isEqualTo(1044);

    TestClient root = gate.root();
    root.command(CommandByte.INIT_DB, "d").ok();
    assertThat(gate.backend.last().argument()).isEqualTo("d");
    assertThat(root.command(CommandByte.INIT_DB, "acme$shop").errno()).isEqualTo(1044);
    assertThat(root.query("USE acme$shop").errno()).isEqualTo(1044);
  }

  @Test
  void listsHaveTheDatabasesOfTheAccount() {
    assertThat(boss().query("SHOW DATABASES").rows().toString())
        .contains("shop", "[e]")
        .doesNotContain("acme", "other", "[d]");
    assertThat(boss().query("SHOW DATABASES LIKE 'sh%'").rows()).containsExactly(List.of("shop"));
    assertThat(boss().query("SHOW DATABASES LIKE 'acme%'").rows()).isEmpty();
    assertThat(gate.root().query("SHOW DATABASES").rows().toString())
        .contains("[d]", "[e]")
        .doesNotContain("acme", "other");
  }

  // ---- statements

  @Test
  void namesAreReplacedInEveryStatementAlsoInOneThatIsKnown() {
    TestClient boss = boss();
    for (int i = 0; i < 3; i++) {
      boss.query("SELECT a FROM shop.t WHERE b = " + i).ok();
      sent("SELECT a FROM acme$shop.t WHERE b = " + i);
    }
    TestClient other = gate.login("other:boss", "pw2");
    other.query("SELECT a FROM shop.t WHERE b = 9").ok();
    sent("SELECT a FROM other$shop.t WHERE b = 9");
    TestClient root = gate.root();
    assertThat(root.query("SELECT a FROM acme$shop.t WHERE b = 1").errno()).isEqualTo(1142);
    root.query("SELECT a FROM d.t WHERE b = 1").ok();
    sent("SELECT a FROM d.t WHERE b = 1");
  }

  @Test
  void everyStatementOfATextIsItsOwn() {
    boss().query("SELECT a FROM shop.t; DELETE FROM e.t; SELECT 1").ok();
    assertThat(gate.backend.commands().stream().map(String::strip))
        .containsExactly("SELECT a FROM acme$shop.t", "DELETE FROM acme$e.t", "SELECT 1");
  }

  @Test
  void preparedTextIsReplaced() {
    gate.backend.on("COM_STMT_PREPARE", Answer.prepared(7));
    TestClient boss = boss();
    boss.command(CommandByte.STMT_PREPARE, "SELECT a FROM shop.t WHERE b = ? AND c = USER()");
    assertThat(gate.backend.last().argument())
        .startsWith("SELECT a FROM acme$shop.t WHERE b = ? AND c = 'boss@");
    assertThat(boss.statement(CommandByte.STMT_EXECUTE, 7).isOk()).isTrue();
    assertThat(gate.backend.last().edit().names())
        .isEqualTo(new ResponseEdit.Names("acme$", false));
  }

  /** Its text is in a string, where nothing can be put in the place of something. */
  @Test
  void statementMadeOfAStringNamesNoDatabaseInAnAccount() {
    TestClient boss = boss();
    TestClient.Received refused = boss.query("PREPARE s FROM 'SELECT a FROM shop.t'");
    assertThat(refused.error().message()).contains("make it the current database");
    boss.query("USE shop").ok();
    boss.query("PREPARE s FROM 'SELECT a FROM t'").ok();
    sent("PREPARE s FROM 'SELECT a FROM t'");
    TestClient root = gate.root();
    root.query("PREPARE s FROM 'SELECT a FROM d.t'").ok();
    sent("PREPARE s FROM 'SELECT a FROM d.t'");
  }

  @Test
  void answersAreEditedInAccountsAndTheRowsOfDefinitionsToo() {
    TestClient boss = boss();
    boss.query("SELECT a FROM shop.t").ok();
    assertThat(gate.backend.last().edit().names())
        .isEqualTo(new ResponseEdit.Names("acme$", false));
    for (String definitions :
        List.of(
            "SHOW CREATE TABLE shop.t",
            "SHOW TABLES FROM shop",
            "EXPLAIN SELECT a FROM shop.t",
            "CHECK TABLE shop.t",
            "SHOW WARNINGS")) {
      boss.query(definitions);
      assertThat(gate.backend.last().edit().names())
          .as(definitions)
          .isEqualTo(new ResponseEdit.Names("acme$", true));
    }
    boss.query("SELECT a FROM shop.t").ok();
    assertThat(gate.backend.last().edit().names())
        .isEqualTo(new ResponseEdit.Names("acme$", false));
    gate.root().query("SHOW CREATE TABLE d.t");
    assertThat(gate.backend.last().edit().names()).isNull();
  }

  @Test
  void refusalsNameDatabasesAsTheAccountDoes() {
    TestClient boss = boss();
    boss.query("CREATE ROLE r").ok();
    boss.query("CREATE USER joe IDENTIFIED BY 'pw' DEFAULT ROLE r").ok();
    TestClient joe = gate.login("acme:joe", "pw");
    assertThat(joe.query("SELECT a FROM shop.t").errno()).isEqualTo(1142);
    String hints = joe.query("SHOW WARNINGS").rows().toString();
    assertThat(hints).contains("`shop`.`t`").doesNotContain("acme");
    boss.query("GRANT SELECT ON TABLE shop.t TO ROLE r").ok();
    joe.query("SELECT a FROM shop.t").ok();
    sent("SELECT a FROM acme$shop.t");
  }

  @Test
  void restrictedAccountReadsAndDeletesAndDoesNotWrite() {
    TestClient boss = boss();
    boss.query("INSERT INTO shop.t VALUES (1)").ok();
    gate.root().query("ALTER ACCOUNT acme RESTRICTED").ok();
    assertThat(boss.query("INSERT INTO shop.t VALUES (1)").error().message())
        .contains("do not have enough storage");
    assertThat(boss.query("INSERT INTO shop.t SELECT a FROM shop.u").errno()).isEqualTo(1290);
    assertThat(boss.query("CREATE TABLE shop.n (a INT)").errno()).isEqualTo(1290);
    for (String permitted :
        List.of(
            "SELECT a FROM shop.t",
            "DELETE FROM shop.t",
            "TRUNCATE TABLE shop.t",
            "BEGIN",
            "COMMIT",
            "SET @a = 1",
            "EXPLAIN SELECT a FROM shop.t")) {
      boss.query(permitted).ok();
    }
    gate.root().query("ALTER ACCOUNT acme OPEN").ok();
    boss.query("INSERT INTO shop.t VALUES (1)").ok();
  }

  // ---- sessions

  @Test
  void administratorOfAnAccountSeesAndEndsItsSessionsOnly() {
    gate.root();
    int ofSys = gate.session().connectionId();
    gate.login("other:boss", "pw2");
    int ofOther = gate.session().connectionId();
    TestClient first = boss();
    int own = gate.session().connectionId();
    first.query("CREATE USER joe IDENTIFIED BY 'pw'").ok();
    TestClient joe = gate.login("acme:joe", "pw");
    int ofJoe = gate.session().connectionId();
    gate.connect();
    int unknown = gate.session().connectionId();

    assertThat(first.query("SHOW PROCESSLIST").rows())
        .extracting(row -> String.valueOf(row.get(0)))
        .containsExactly(Integer.toString(own), Integer.toString(ofJoe));
    assertThat(joe.query("SHOW PROCESSLIST").rows())
        .extracting(row -> String.valueOf(row.get(0)))
        .containsExactly(Integer.toString(ofJoe));
    for (int id : new int[] {ofSys, ofOther, unknown}) {
      int errno = first.query("KILL " + id).errno();
      assertThat(errno).isEqualTo(joe.query("KILL " + id).errno()).isIn(1094, 1095);
      assertThat(gate.services.registry().find(id)).isPresent();
    }
    first.query("KILL " + ofJoe).ok();
    assertThat(joe.isClosed()).isTrue();
  }

  @Test
  void listShowsDatabasesAsTheAccountCallsThem() {
    TestClient boss = boss();
    boss.query("USE shop").ok();
    assertThat(boss.query("SHOW PROCESSLIST").rows().toString())
        .contains("shop")
        .doesNotContain("acme$");
  }
}
