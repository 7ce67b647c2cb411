package io.portcullis.bench;

import io.portcullis.privilege.authz.ActiveSubject;
import io.portcullis.privilege.authz.Authorizer;
import io.portcullis.privilege.authz.Binding;
import io.portcullis.privilege.authz.Decision;
import io.portcullis.privilege.authz.RelationKinds;
import io.portcullis.privilege.authz.Subject;
import io.portcullis.privilege.authz.ViewDefinitions;
import io.portcullis.privilege.catalog.CatalogChange;
import io.portcullis.privilege.catalog.CatalogState;
import io.portcullis.privilege.model.AccountId;
import io.portcullis.privilege.model.Database;
import io.portcullis.privilege.model.DatabaseId;
import io.portcullis.privilege.model.Grant;
import io.portcullis.privilege.model.GrantLevel;
import io.portcullis.privilege.model.PrivilegeType;
import io.portcullis.privilege.model.Role;
import io.portcullis.privilege.model.RoleId;
import io.portcullis.privilege.model.RoleToUser;
import io.portcullis.privilege.model.User;
import io.portcullis.privilege.model.UserId;
import io.portcullis.privilege.model.Verifiers;
import io.portcullis.privilege.snapshot.SnapshotPublisher;
import io.portcullis.sql.access.RelationKind;
import io.portcullis.sql.analysis.AnalysisResult;
import io.portcullis.sql.analysis.StatementAnalysis;
import io.portcullis.sql.analysis.StatementAnalyzer;
import io.portcullis.sql.lexer.LexLimits;
import io.portcullis.sql.lexer.LexedStatement;
import io.portcullis.sql.lexer.Lexer;
import io.portcullis.sql.statement.ForwardStatement;
import io.portcullis.sql.text.ClientCharset;
import io.portcullis.sql.text.LexicalMode;
import io.portcullis.sql.text.ServerVersion;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What the gate adds to sysbench's point select: tokenizer, look-up of the analysis, decision; and
 * what a statement costs that was never seen before. The literal differs from call to call.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class HotPathBenchmark {

  private static final int TEXTS = 1024;

  private final LexicalMode mode =
      LexicalMode.of(ServerVersion.parse("11.4.5-MariaDB"), ClientCharset.UTF8MB4, "");
  private final Lexer lexer = new Lexer(LexLimits.STANDARD);
  private final StatementAnalyzer analyzer = new StatementAnalyzer(10_000);
  private final Authorizer authorizer = new Authorizer("portcullis");
  private final Binding binding =
      new Binding(
          Optional.of("sbtest"),
          false,
          (database, relation) -> false,
          (database, relation) -> RelationKinds.Found.TABLE,
          ViewDefinitions.UNKNOWN);
  private final byte[][] texts = new byte[TEXTS][];
  private final ActiveSubject subject;
  private final ForwardStatement statement;
  private int next;

  public HotPathBenchmark() {
    Random random = new Random(1);
    for (int i = 0; i < TEXTS; i++) {
      texts[i] = pointSelect("", random.nextInt(100_000));
    }
    subject = subject();
    byte[] text = texts[0];
    lexer.lex(text, 0, text.length, mode);
    StatementAnalysis analysis = (StatementAnalysis) analyzer.analyze(lexer.statement(0));
    statement = (ForwardStatement) analysis.statement();
    if (!(authorizer.decide(subject, statement.accesses(), binding) instanceof Decision.Allowed)) {
      throw new IllegalStateException("the point select is not permitted");
    }
  }

  private static byte[] pointSelect(String more, int id) {
    return ("SELECT c" + more + " FROM sbtest1 WHERE id=" + id).getBytes(StandardCharsets.UTF_8);
  }

  private ActiveSubject subject() {
    Instant now = Instant.EPOCH;
    CatalogState state = CatalogState.bootstrap();
    RoleId role = state.nextRoleId();
    UserId user = state.nextUserId();
    DatabaseId database = state.nextDatabaseId();
    state =
        state.applyAll(
            Arrays.<CatalogChange>asList(
                new CatalogChange.RolePut(
                    new Role(
                        role,
                        AccountId.SYS,
                        "bench",
                        Optional.empty(),
                        RoleId.MOADMIN,
                        Optional.empty(),
                        now)),
                new CatalogChange.UserPut(
                    new User(
                        user,
                        AccountId.SYS,
                        "bench_user",
                        "%",
                        new Verifiers("", ""),
                        role,
                        RoleId.MOADMIN,
                        false,
                        Optional.empty(),
                        now)),
                new CatalogChange.RoleGrantedToUser(new RoleToUser(role, user, false)),
                new CatalogChange.DatabasePut(
                    new Database(database, AccountId.SYS, "sbtest", RoleId.MOADMIN)),
                new CatalogChange.PrivilegeGranted(
                    new Grant(
                        role,
                        PrivilegeType.SELECT,
                        new GrantLevel.OnRelationsOf(database, RelationKind.TABLE),
                        false))));
    SnapshotPublisher publisher = new SnapshotPublisher();
    publisher.publish(1, state);
    return authorizer.activate(
        new Subject(AccountId.SYS, user, "bench_user", "localhost", role, false),
        publisher.current());
  }

  private byte[] text() {
    return texts[next++ & (TEXTS - 1)];
  }

  /** Tokens of the text and its key. */
  @Benchmark
  public int tokenize() {
    byte[] text = text();
    lexer.lex(text, 0, text.length, mode);
    return lexer.key(0).hashCode();
  }

  /** The same, and the analysis found in the cache. */
  @Benchmark
  public @Nullable AnalysisResult tokenizeAndLookUp() {
    byte[] text = text();
    lexer.lex(text, 0, text.length, mode);
    return analyzer.cached(lexer.key(0));
  }

  /** The decision alone, from the snapshot. */
  @Benchmark
  public Decision decide() {
    return authorizer.decide(subject, statement.accesses(), binding);
  }

  /** The whole way of a point select whose shape is known. */
  @Benchmark
  public Decision tokenizeLookUpDecide() {
    byte[] text = text();
    lexer.lex(text, 0, text.length, mode);
    if (analyzer.cached(lexer.key(0)) instanceof StatementAnalysis analysis
        && analysis.statement() instanceof ForwardStatement forward) {
      return authorizer.decide(subject, forward.accesses(), binding);
    }
    throw new IllegalStateException("not cached");
  }

  /** A shape never seen: tokens copied, parsed, walked. On the analysis threads in the gate. */
  @Benchmark
  @OutputTimeUnit(TimeUnit.MICROSECONDS)
  public AnalysisResult analyzeNew() {
    byte[] text = pointSelect(", c AS c" + next++, 1);
    lexer.lex(text, 0, text.length, mode);
    LexedStatement copy = lexer.statement(0);
    return analyzer.analyze(copy);
  }
}
