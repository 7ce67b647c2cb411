package io.portcullis.bench;

import io.portcullis.privilege.authz.ActiveSubject;
import io.portcullis.privilege.authz.Authorizer;
import io.portcullis.privilege.authz.Binding;
import io.portcullis.privilege.authz.Decision;
import io.portcullis.privilege.authz.RelationKinds;
import io.portcullis.privilege.authz.ViewDefinitions;
import io.portcullis.privilege.catalog.CatalogChange;
import io.portcullis.privilege.catalog.CatalogState;
import io.portcullis.privilege.model.Grant;
import io.portcullis.privilege.snapshot.PrivilegeSnapshot;
import io.portcullis.privilege.snapshot.SnapshotPublisher;
import io.portcullis.sql.access.AccessKind;
import io.portcullis.sql.access.AccessRequest;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
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
 * Decisions and changes on a {@link LargeCatalog}: 100,000 users, 10,000 roles, 1,000,000 grants.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class LargeCatalogBenchmark {

  private static final int SESSIONS = 1024;

  private final Authorizer authorizer = new Authorizer("portcullis");
  private final Binding binding =
      new Binding(
          Optional.empty(),
          false,
          (database, relation) -> false,
          (database, relation) -> RelationKinds.Found.TABLE,
          ViewDefinitions.UNKNOWN);
  private final SnapshotPublisher publisher = new SnapshotPublisher();
  private final ActiveSubject[] sessions = new ActiveSubject[SESSIONS];
  private final List<List<AccessRequest>> accesses = new java.util.ArrayList<>();
  private final Random random = new Random(1);
  private int next;

  public LargeCatalogBenchmark() {
    publisher.publish(1, CatalogState.bootstrap().applyAll(LargeCatalog.changes()));
    for (int i = 0; i < SESSIONS; i++) {
      int user = random.nextInt(LargeCatalog.USERS);
      sessions[i] = authorizer.activate(LargeCatalog.subject(user), publisher.current());
      accesses.add(List.of(new AccessRequest(AccessKind.SELECT, LargeCatalog.deepTable(user))));
      if (!(authorizer.decide(sessions[i], accesses.get(i), binding) instanceof Decision.Allowed)) {
        throw new IllegalStateException("a role ten deep does not permit");
      }
    }
  }

  /** One decision, in a session and on a table that differ from call to call. */
  @Benchmark
  public Decision decide() {
    int i = next++ & (SESSIONS - 1);
    return authorizer.decide(sessions[i], accesses.get(i), binding);
  }

  /** The first decision of a session after somebody else's GRANT: what it held is looked at. */
  @Benchmark
  public Decision decideOnNextSnapshot() {
    int i = next++ & (SESSIONS - 1);
    PrivilegeSnapshot newest = publisher.current();
    return authorizer.decide(
        authorizer.activate(sessions[i].subject(), newest), accesses.get(i), binding);
  }

  /** What GRANT and REVOKE cost in memory, publication included: one of each. */
  @Benchmark
  @OutputTimeUnit(TimeUnit.MICROSECONDS)
  public long grantAndRevoke() {
    Grant grant = LargeCatalog.missing(random);
    publish(new CatalogChange.PrivilegeGranted(grant));
    publish(new CatalogChange.PrivilegeRevoked(grant));
    return publisher.current().epoch();
  }

  private void publish(CatalogChange change) {
    PrivilegeSnapshot newest = publisher.current();
    publisher.publish(newest.epoch() + 1, newest.state().apply(change));
  }
}
