package io.portcullis.proxy.statement;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.portcullis.privilege.authz.ActiveSubject;
import io.portcullis.privilege.authz.Authorizer;
import io.portcullis.privilege.authz.Subject;
import io.portcullis.privilege.catalog.CatalogChange;
import io.portcullis.privilege.catalog.CatalogState;
import io.portcullis.privilege.model.Account;
import io.portcullis.privilege.model.AccountId;
import io.portcullis.privilege.model.AccountStatus;
import io.portcullis.privilege.model.AccountVariables;
import io.portcullis.privilege.model.RoleId;
import io.portcullis.privilege.model.User;
import io.portcullis.privilege.model.Verifiers;
import io.portcullis.privilege.snapshot.PrivilegeSnapshot;
import io.portcullis.proxy.wire.TrackedBuffers;
import io.portcullis.sql.analysis.StatementAnalysis;
import io.portcullis.sql.analysis.StatementAnalyzer;
import io.portcullis.sql.lexer.LexLimits;
import io.portcullis.sql.statement.GateVariable;
import io.portcullis.sql.text.ClientCharset;
import io.portcullis.sql.text.LexicalMode;
import io.portcullis.sql.text.ServerVersion;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The bytes the backend is to read: databases of an account, and who one is (DESIGN D6). */
final class StatementRewriterTest {

  private static final String MYSQL = "8.4.6";
  private static final String MARIADB = "11.4.5-MariaDB";

  private final TrackedBuffers buffers = new TrackedBuffers();
  private final StatementAnalyzer analyzer = new StatementAnalyzer(100);
  private final StatementReader reader = new StatementReader(LexLimits.STANDARD, analyzer);
  private String version = MYSQL;
  private String charset = "utf8mb4";
  private String sqlMode = "";

  @AfterEach
  void nothingLeaks() {
    buffers.assertNothingLeaked();
  }

  private static ActiveSubject subject(String account) {
    CatalogState state = CatalogState.bootstrap();
    AccountId id = AccountId.SYS;
    if (!account.equals("sys")) {
      id = state.nextAccountId();
      state =
          state.apply(
              new CatalogChange.AccountPut(
                  new Account(
                      id,
                      account,
                      "boss",
                      AccountStatus.OPEN,
                      Optional.empty(),
                      Instant.EPOCH,
                      Optional.empty(),
                      Optional.empty())));
      state = state.applyAll(CatalogState.builtInRoles(id, Instant.EPOCH));
    }
    RoleId administrator = RoleId.administratorOf(id);
    User boss =
        new User(
            state.nextUserId(),
            id,
            "boss",
            "localhost",
            new Verifiers("", ""),
            administrator,
            administrator,
            false,
            Optional.empty(),
            Instant.EPOCH);
    state = state.apply(new CatalogChange.UserPut(boss));
    return new Authorizer("portcullis")
        .activate(
            new Subject(id, boss.id(), "boss", "client.example", RoleId.publicOf(id), false),
            PrivilegeSnapshot.of(1, state));
  }

  private LexicalMode mode() {
    return LexicalMode.of(
        ServerVersion.parse(version), ClientCharset.ofName(charset).orElseThrow(), sqlMode);
  }

  private AccountVariables variables = AccountVariables.DEFAULTS;
  private boolean inCatalog;
  private final VariableSource source =
      new VariableSource() {
        @Override
        public String variable(GateVariable variable, boolean global) {
          return variables.value(variable);
        }

        @Override
        public boolean isInCatalog() {
          return inCatalog;
        }
      };

  private StatementAnalysis analysis(byte[] text) {
    ByteBuf payload = buffers.of(text);
    try {
      assertThat(reader.read(payload, 0, mode())).isOne();
      StatementAnalysis analysis = (StatementAnalysis) analyzer.analyze(reader.detach(0));
      reader.done();
      return analysis;
    } finally {
      payload.release();
    }
  }

  /** Unknown for anybody but joe. */
  private static Optional<Boolean> mayReadShop(List<String> question) {
    return question.get(0).equals("joe")
        ? Optional.of(question.equals(List.of("joe", "SELECT", "TABLE", "shop", "it's")))
        : Optional.empty();
  }

  private byte[] rewritten(String account, byte[] text) {
    StatementAnalysis analysis = analysis(text);
    assertThat(analysis.databases().isComplete()).isTrue();
    ActiveSubject subject = subject(account);
    byte[] payload = new byte[text.length + 1];
    payload[0] = 3;
    System.arraycopy(text, 0, payload, 1, text.length);
    ByteBuf framed = buffers.allocator().heapBuffer();
    framed.writeMediumLE(payload.length).writeByte(0).writeBytes(payload);
    ByteBuf out =
        new StatementRewriter(
                reader, mode(), source, subject, StatementRewriterTest::mayReadShop, 42)
            .rewrite(framed, analysis, buffers.allocator());
    assertThat(framed.readerIndex()).as("borrowed").isZero();
    framed.release();
    byte[] all = TrackedBuffers.bytes(out);
    int length = (all[0] & 0xFF) | (all[1] & 0xFF) << 8 | (all[2] & 0xFF) << 16;
    assertThat(all).hasSize(length + 4);
    assertThat(all[3]).isZero();
    assertThat(all[4]).isEqualTo((byte) 3);
    return java.util.Arrays.copyOfRange(all, 5, all.length);
  }

  private String rewritten(String account, String text) {
    return new String(
        rewritten(account, text.getBytes(mode().charset().java())), mode().charset().java());
  }

  private void becomes(String account, String text, String expected) {
    assertThat(rewritten(account, text)).isEqualTo(expected);
  }

  private void staysAsItIs(String account, String text) {
    becomes(account, text, text);
  }

  @Test
  void questionsAboutPrivilegesAreAnswered() {
    becomes(
        "sys",
        "SELECT HAS_PRIVILEGE('joe', 'SELECT', 'TABLE', 'shop', 'it''s'), 1 +"
            + " has_privilege('joe','ANY','ACCOUNT'), HAS_PRIVILEGE('kim','ANY','ACCOUNT') x",
        "SELECT 1 AS `HAS_PRIVILEGE('joe', 'SELECT', 'TABLE', 'shop', 'it''s')`, 1 + 0, NULL x");
  }

  @Test
  void bareNamesStayBareAndQuotedOnesQuoted() {
    becomes("acme", "SELECT a FROM shop.t", "SELECT a FROM acme$shop.t");
    becomes("acme", "SELECT a FROM `shop`.t", "SELECT a FROM `acme$shop`.t");
    becomes("acme", "SELECT a FROM `sh``op`.`t`", "SELECT a FROM `acme$sh``op`.`t`");
    becomes("acme", "SELECT a FROM Shop . t", "SELECT a FROM acme$Shop . t");
    becomes("Acme", "SELECT a FROM shop.t", "SELECT a FROM acme$shop.t");
  }

  /** MariaDB titles a column with the text of its expression. */
  @Test
  void bareNamesStayBareInExpressions() {
    for (String server : new String[] {MYSQL, MARIADB}) {
      version = server;
      becomes(
          "acme",
          "SELECT (SELECT max(id) FROM shop.t)",
          "SELECT (SELECT max(id) FROM acme$shop.t)");
    }
  }

  @ParameterizedTest
  @CsvSource({"a-b, `a-b$shop`", "1a, `1a$shop`", "1, `1$shop`", "_a, `_a$shop`", "a_1, a_1$shop"})
  void namesThatMayNotBeBareAreQuoted(String account, String shown) {
    becomes(account, "SELECT a FROM shop.t", "SELECT a FROM " + shown + ".t");
  }

  /** Behind a dot and a name in quotes a table's digits would be a number. */
  @Test
  void tablesThatBeginWithADigitStayTables() {
    becomes("acme", "SELECT a FROM shop.1t", "SELECT a FROM acme$shop.1t");
    becomes("acme", "SELECT a FROM 1shop.1t", "SELECT a FROM acme$1shop.1t");
    becomes("acme", "SELECT a FROM `shop`.`1t`", "SELECT a FROM `acme$shop`.`1t`");
    becomes("a-b", "SELECT a FROM shop.1t", "SELECT a FROM `a-b$shop`.`1t`");
    becomes("a-b", "SELECT a FROM shop.1e5", "SELECT a FROM `a-b$shop`.`1e5`");
    becomes("a-b", "SELECT a FROM shop.t1", "SELECT a FROM `a-b$shop`.t1");
  }

  @Test
  void quotesAreThoseEveryModeReads() {
    sqlMode = "ANSI_QUOTES";
    becomes("acme", "SELECT a FROM \"shop\".\"t\"", "SELECT a FROM `acme$shop`.\"t\"");
    becomes("a-b", "SELECT a FROM shop.t", "SELECT a FROM `a-b$shop`.t");
    sqlMode = "";
    becomes("acme", "SELECT \"shop.t\" FROM shop.t", "SELECT \"shop.t\" FROM acme$shop.t");
  }

  @Test
  void everyUseIsReplacedAndNothingElse() {
    becomes(
        "acme",
        "SELECT shop.t.a, t.b, 'shop.t' /* shop.t */ FROM shop.t JOIN e.u AS shop ON shop.t.a ="
            + " shop.b WHERE shop.t.c = `shop`.`t`.`d`",
        "SELECT acme$shop.t.a, t.b, 'shop.t' /* shop.t */ FROM acme$shop.t JOIN acme$e.u AS shop ON"
            + " acme$shop.t.a = shop.b WHERE acme$shop.t.c = `acme$shop`.`t`.`d`");
    becomes(
        "acme",
        "INSERT INTO shop.t SELECT * FROM e.u",
        "INSERT INTO acme$shop.t SELECT * FROM acme$e.u");
    becomes("acme", "RENAME TABLE shop.t TO e.t", "RENAME TABLE acme$shop.t TO acme$e.t");
    becomes("acme", "CREATE DATABASE shop", "CREATE DATABASE acme$shop");
    becomes("acme", "SHOW TABLES FROM shop", "SHOW TABLES FROM acme$shop");
    staysAsItIs("acme", "SELECT a FROM t");
  }

  /** Whoever writes the backend's name means a database called so. */
  @Test
  void nameOfASchemaIsANameLikeAnyOther() {
    becomes("acme", "SELECT a FROM acme$shop.t", "SELECT a FROM acme$acme$shop.t");
    becomes("acme", "SELECT a FROM other$shop.t", "SELECT a FROM acme$other$shop.t");
  }

  @Test
  void systemDatabasesAreCalledTheSame() {
    for (String system :
        new String[] {"information_schema", "INFORMATION_SCHEMA", "`mysql`", "portcullis"}) {
      becomes(
          "acme",
          "SELECT a FROM " + system + ".x, shop.t",
          "SELECT a FROM " + system + ".x, acme$shop.t");
    }
  }

  @Test
  void namesOfSysAreLeftAlone() {
    assertThat(
            StatementRewriter.isNeeded(
                analysis("SELECT a FROM shop.t".getBytes(StandardCharsets.UTF_8)),
                subject("sys").names(),
                source))
        .isFalse();
    assertThat(
            StatementRewriter.isNeeded(
                analysis("SELECT a FROM shop.t".getBytes(StandardCharsets.UTF_8)),
                subject("acme").names(),
                source))
        .isTrue();
    assertThat(
            StatementRewriter.isNeeded(
                analysis("SELECT a FROM t".getBytes(StandardCharsets.UTF_8)),
                subject("acme").names(),
                source))
        .isFalse();
    becomes(
        "sys",
        "SELECT USER(), a FROM shop.t",
        "SELECT 'boss@client.example' AS `USER()`, a FROM shop.t");
  }

  @Test
  void functionsAndNamesAreReplacedTogether() {
    becomes(
        "acme",
        "SELECT USER(), DATABASE(), CURRENT_ACCOUNT_NAME() FROM shop.t WHERE a = SCHEMA()",
        "SELECT 'boss@client.example' AS `USER()`, SUBSTRING(DATABASE(), 6) AS `DATABASE()`, 'acme'"
            + " AS `CURRENT_ACCOUNT_NAME()` FROM acme$shop.t WHERE a = SUBSTRING(DATABASE(), 6)");
    becomes("a-b", "SELECT DATABASE() x", "SELECT SUBSTRING(DATABASE(), 5) x");
  }

  @Test
  void databaseIsTheBackendsToTellInSys() {
    assertThat(
            StatementRewriter.isNeeded(
                analysis("SELECT DATABASE()".getBytes(StandardCharsets.UTF_8)),
                subject("sys").names(),
                source))
        .isFalse();
    becomes("acme", "SELECT DATABASE()", "SELECT SUBSTRING(DATABASE(), 6) AS `DATABASE()`");
  }

  @Test
  void databaseIsTheGatesToTellInMoCatalog() {
    inCatalog = true;
    for (String account : List.of("sys", "acme")) {
      becomes(
          account,
          "SELECT DATABASE(), 1 FROM a WHERE b = schema()",
          "SELECT 'mo_catalog' AS `DATABASE()`, 1 FROM a WHERE b = 'mo_catalog'");
    }
    // a definition outlives the session's current database
    assertThat(
            StatementRewriter.isNeeded(
                analysis("CREATE VIEW d.v AS SELECT DATABASE()".getBytes(StandardCharsets.UTF_8)),
                subject("sys").names(),
                source))
        .isFalse();
    becomes(
        "acme",
        "CREATE VIEW d.v AS SELECT DATABASE()",
        "CREATE VIEW acme$d.v AS SELECT SUBSTRING(DATABASE(), 6) AS `DATABASE()`");
  }

  @Test
  void otherLettersAreWrittenAsTheyCame() {
    becomes(
        "acme",
        "SELECT '\u20ac' FROM `l\u00e4den`.t, b\u00fccher.t",
        "SELECT '\u20ac' FROM `acme$l\u00e4den`.t, acme$b\u00fccher.t");
    charset = "latin1";
    assertThat(
            rewritten(
                "acme",
                "SELECT '\u00e4' FROM `l\u00e4den`.t".getBytes(StandardCharsets.ISO_8859_1)))
        .isEqualTo(
            "SELECT '\u00e4' FROM `acme$l\u00e4den`.t".getBytes(StandardCharsets.ISO_8859_1));
  }

  @Test
  void oneStatementOfSeveralIsAPacketOfItsOwnWithItsBlanks() {
    becomes(
        "acme",
        "  /* x */ SELECT a\n FROM shop.t -- shop.u",
        "  /* x */ SELECT a\n FROM acme$shop.t -- shop.u");
  }

  @Test
  void aVariableOfTheGateIsAnsweredAndKeepsItsColumn() {
    variables =
        variables
            .with(GateVariable.PROTECTED_DATABASES, Optional.of("a'b"))
            .with(GateVariable.PASSWORD_HISTORY, Optional.of("6"));
    assertThat(rewritten("sys", "SELECT @@global.protected_databases, 1 + @@password_history"))
        .isEqualTo("SELECT 'a''b' AS `@@global.protected_databases`, 1 + 6");
    assertThat(rewritten("sys", "SELECT 1 WHERE @@validate_password = @@autocommit"))
        .isEqualTo("SELECT 1 WHERE 0 = @@autocommit");
  }

  @Test
  void aViewIsMadeAsTheSessionSays() {
    assertThat(rewritten("sys", "CREATE OR REPLACE VIEW v AS SELECT 1"))
        .isEqualTo("CREATE OR REPLACE VIEW v AS SELECT 1");
    variables = variables.with(GateVariable.VIEW_SECURITY_TYPE, Optional.of("INVOKER"));
    assertThat(rewritten("sys", "CREATE OR REPLACE VIEW v AS SELECT 1"))
        .isEqualTo("CREATE OR REPLACE SQL SECURITY INVOKER VIEW v AS SELECT 1");
    assertThat(rewritten("sys", "CREATE SQL SECURITY DEFINER VIEW v AS SELECT 1"))
        .isEqualTo("CREATE SQL SECURITY DEFINER VIEW v AS SELECT 1");
  }
}
