package io.portcullis.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.privilege.authz.Decision;
import io.portcullis.privilege.authz.Subject;
import io.portcullis.privilege.catalog.CatalogState;
import io.portcullis.privilege.dcl.DclResult;
import io.portcullis.privilege.model.AccountId;
import io.portcullis.privilege.model.RoleId;
import io.portcullis.privilege.model.User;
import io.portcullis.proxy.statement.Authority;
import io.portcullis.sql.access.RelationName;
import io.portcullis.sql.analysis.StatementAnalysis;
import io.portcullis.sql.lexer.LexLimits;
import io.portcullis.sql.lexer.Lexer;
import io.portcullis.sql.statement.AccessControlStatement;
import io.portcullis.sql.statement.AccessControlStatement.GrantPrivileges;
import io.portcullis.sql.statement.AccessControlStatement.GrantRoles;
import io.portcullis.sql.statement.AccessControlStatement.Level;
import io.portcullis.sql.statement.AccessControlStatement.ObjectType;
import io.portcullis.sql.statement.AccessControlStatement.RevokePrivileges;
import io.portcullis.sql.statement.AccessControlStatement.RevokeRoles;
import io.portcullis.sql.statement.AccessControlStatement.UserName;
import io.portcullis.sql.statement.ForwardStatement;
import io.portcullis.sql.text.ClientCharset;
import io.portcullis.sql.text.LexicalMode;
import io.portcullis.sql.text.ServerVersion;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * GRANT and REVOKE on some threads, statements on others, each in a session of its own with its
 * memory of what was permitted: a statement that begins after a REVOKE returned is not permitted,
 * and one that begins after a GRANT returned is, until the next of them begins.
 */
final class RevokeInterleavingTest {

  private static final int WRITERS = 2;
  private static final int READERS = 6;

  /** {@code -Dportcullis.test.revokes=100000} for a long run. */
  private static final int CHANGES_PER_WRITER =
      Integer.getInteger("portcullis.test.revokes", 2_000) / WRITERS;

  private static final int TABLES = 12;

  private final TestGate gate = new TestGate();

  /** Per table: odd while a change is underway; else whether it is granted is the second bit. */
  private final AtomicLongArray clocks = new AtomicLongArray(TABLES);

  private final List<StatementAnalysis> statements = new ArrayList<>();
  private final AtomicInteger writing = new AtomicInteger(WRITERS);
  private final AtomicLong refused = new AtomicLong();
  private final AtomicLong permitted = new AtomicLong();

  @AfterEach
  void nothingIsLeft() {
    gate.close();
  }

  @Test
  void noStatementThatBeginsAfterARevokeIsPermitted() throws Exception {
    gate.administer(
        "CREATE ROLE base",
        "CREATE USER joe IDENTIFIED BY 'pw' DEFAULT ROLE base",
        "GRANT base TO joe");
    for (int table = 0; table < TABLES; table++) {
      gate.administer(
          "CREATE TABLE d.t" + table + " (a INT)",
          "CREATE ROLE g" + table,
          "GRANT SELECT ON TABLE d.t" + table + " TO g" + table);
      statements.add(analysed("SELECT * FROM d.t" + table));
    }
    ExecutorService threads = Executors.newFixedThreadPool(WRITERS + READERS);
    try {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < WRITERS; i++) {
        int writer = i;
        running.add(
            threads.submit(
                () -> {
                  try {
                    change(writer);
                  } finally {
                    writing.decrementAndGet();
                  }
                  return null;
                }));
      }
      for (int i = 0; i < READERS; i++) {
        int seed = i;
        running.add(threads.submit(() -> ask(new Random(seed))));
      }
      for (Future<?> one : running) {
        one.get();
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(refused.get()).as("refusals seen").isPositive();
    assertThat(permitted.get()).as("permissions seen").isPositive();
  }

  private StatementAnalysis analysed(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    Lexer lexer = new Lexer(LexLimits.STANDARD);
    LexicalMode mode = LexicalMode.of(ServerVersion.parse("8.4.6"), ClientCharset.UTF8MB4, "");
    assertThat(lexer.lex(bytes, 0, bytes.length, mode)).isEqualTo(1);
    return (StatementAnalysis) gate.services.analyzer().analyze(lexer.statement(0));
  }

  private Subject subject(String name, RoleId role, boolean secondary) {
    CatalogState state = gate.publisher.current().state();
    User user = state.user(AccountId.SYS, name).orElseThrow();
    return new Subject(AccountId.SYS, user.id(), name, "localhost", role, secondary);
  }

  // ---- who changes

  private void change(int writer) throws Exception {
    Random random = new Random(~writer);
    Subject root = subject("root", RoleId.MOADMIN, false);
    for (int i = 0; i < CHANGES_PER_WRITER; i++) {
      int table = random.nextInt(TABLES / WRITERS) * WRITERS + writer;
      boolean granted = (clocks.get(table) & 2) != 0;
      clocks.incrementAndGet(table);
      DclResult result =
          gate.services
              .dcl()
              .execute(
                  gate.services.authorizer().activate(root, gate.publisher.current()),
                  Optional.empty(),
                  granted ? revoke(table) : grant(table));
      clocks.incrementAndGet(table);
      assertThat(result).isInstanceOf(DclResult.Done.class);
    }
  }

  /** The privilege to the active role or the user, or a role to the active role or the user. */
  private static AccessControlStatement grant(int table) {
    List<String> role = List.of("g" + table);
    return switch (table % 4) {
      case 0, 3 ->
          new GrantPrivileges(
              List.of("SELECT"), ObjectType.TABLE, level(table), List.of(grantee(table)), false);
      default -> new GrantRoles(role, List.of(grantee(table)), false);
    };
  }

  private static AccessControlStatement revoke(int table) {
    List<String> role = List.of("g" + table);
    return switch (table % 4) {
      case 0, 3 ->
          new RevokePrivileges(
              false,
              false,
              List.of("SELECT"),
              ObjectType.TABLE,
              level(table),
              List.of(grantee(table)));
      default -> new RevokeRoles(false, false, role, List.of(grantee(table)));
    };
  }

  private static UserName grantee(int table) {
    return new UserName(table % 4 < 2 ? "base" : "joe", Optional.empty());
  }

  private static Level level(int table) {
    return new Level.Named(RelationName.of("d", "t" + table));
  }

  // ---- who asks

  private Void ask(Random random) {
    RoleId base = gate.publisher.current().state().role(AccountId.SYS, "base").orElseThrow().id();
    Authority authority =
        new Authority(
            gate.services.authorizer(),
            gate.publisher,
            gate.services.objects(),
            false,
            subject("joe", base, true),
            Optional.empty());
    while (writing.get() > 0) {
      int table = random.nextInt(TABLES);
      long before = clocks.get(table);
      boolean allowed = isPermitted(authority, statements.get(table));
      if (clocks.get(table) == before && (before & 1) == 0) {
        boolean granted = (before & 2) != 0;
        assertThat(allowed).as("table %s at %s", table, before).isEqualTo(granted);
        (granted ? permitted : refused).incrementAndGet();
      }
    }
    return null;
  }

  /** As a session does it. */
  private static boolean isPermitted(Authority authority, StatementAnalysis statement) {
    if (authority.knowsPermitted(statement)) {
      return true;
    }
    ForwardStatement forward = (ForwardStatement) statement.statement();
    if (authority.decide(forward.accesses()) instanceof Decision.Allowed) {
      authority.rememberPermitted(statement);
      return true;
    }
    return false;
  }
}
