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
import io.portcullis.privilege.store.CatalogWriter;
import io.portcullis.privilege.store.Proposal;
import io.portcullis.privilege.store.StoreException;
import io.portcullis.privilege.store.jdbc.JdbcCatalogStore;
import io.portcullis.privilege.store.jdbc.JdbcSettings;
import io.portcullis.sql.access.AccessKind;
import io.portcullis.sql.access.AccessRequest;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.Random;

/**
 * A {@link LargeCatalog} in a server: how long it takes to read it at start, what it takes of the
 * heap, and how long GRANT and REVOKE take with commit and publication. Fills the schema when it is
 * empty.
 */
final class LargeCatalogRun {

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private static final int LOADS = 5;
  private static final int CHANGES = 50;
  private static final int ROUNDS = 20;
  private static final int DECISIONS = 1_000_000;

  private LargeCatalogRun() {}

  public static void main(String[] arguments) throws StoreException, SQLException {
    String password = System.getenv("PORTCULLIS_BENCH_PASSWORD");
    JdbcSettings settings =
        new JdbcSettings(
            arguments[0],
            Integer.parseInt(arguments[1]),
            arguments[2],
            password == null ? "" : password,
            JdbcSettings.TlsMode.PREFERRED,
            Optional.empty(),
            arguments[3],
            2,
            Duration.ofSeconds(10),
            Duration.ofMinutes(10));
    try (JdbcCatalogStore store = JdbcCatalogStore.open(settings)) {
      fill(store, settings);
      List<Long> loads = new ArrayList<>();
      List<Long> processor = new ArrayList<>();
      for (int i = 0; i < LOADS; i++) {
        long begin = System.nanoTime();
        long cpu = THREADS.getCurrentThreadCpuTime();
        store.load();
        loads.add(System.nanoTime() - begin);
        processor.add(THREADS.getCurrentThreadCpuTime() - cpu);
      }
      say("first load", loads.get(0) / 1e6, "ms");
      say("its CPU", processor.get(0) / 1e6, "ms of the thread that loads");
      say("load", median(loads) / 1e6, "ms, median of " + LOADS);
      say("its CPU", median(processor) / 1e6, "ms of the thread that loads");

      long empty = used();
      SnapshotPublisher publisher = new SnapshotPublisher();
      CatalogWriter writer = new CatalogWriter(store, publisher);
      writer.reload();
      say("heap", (used() - empty) / 1048576.0, "MiB");

      say("decision", decisionNanos(publisher.current(), 1), "ns of CPU, one session");
      say("decision", decisionNanos(publisher.current(), 1024), "ns of CPU, 1024 in turn");

      List<Long> grants = new ArrayList<>();
      List<Long> revokes = new ArrayList<>();
      Random random = new Random(1);
      for (int i = 0; i < CHANGES; i++) {
        Grant grant = LargeCatalog.missing(random);
        grants.add(write(writer, new CatalogChange.PrivilegeGranted(grant)));
        revokes.add(write(writer, new CatalogChange.PrivilegeRevoked(grant)));
      }
      say("GRANT", median(grants) / 1e6, "ms, median of " + CHANGES);
      say("REVOKE", median(revokes) / 1e6, "ms, median of " + CHANGES);
    }
  }

  /**
   * Processor time, not time of day: it hardly depends on what else the machine does.
   *
   * @param sessions how many take turns
   */
  private static double decisionNanos(PrivilegeSnapshot snapshot, int sessions) {
    Authorizer authorizer = new Authorizer("portcullis");
    Binding binding =
        new Binding(
            Optional.empty(),
            false,
            (d, t) -> false,
            (d, t) -> RelationKinds.Found.TABLE,
            ViewDefinitions.UNKNOWN);
    Random random = new Random(1);
    List<ActiveSubject> subjects = new ArrayList<>();
    List<List<AccessRequest>> accesses = new ArrayList<>();
    for (int i = 0; i < sessions; i++) {
      int user = random.nextInt(LargeCatalog.USERS);
      subjects.add(authorizer.activate(LargeCatalog.subject(user), snapshot));
      accesses.add(List.of(new AccessRequest(AccessKind.SELECT, LargeCatalog.deepTable(user))));
    }
    List<Long> rounds = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      long begin = THREADS.getCurrentThreadCpuTime();
      int allowed = 0;
      for (int i = 0; i < DECISIONS; i++) {
        int at = i % sessions;
        if (authorizer.decide(subjects.get(at), accesses.get(at), binding)
            instanceof Decision.Allowed) {
          allowed++;
        }
      }
      rounds.add(THREADS.getCurrentThreadCpuTime() - begin);
      if (allowed != DECISIONS) {
        throw new IllegalStateException("a role ten deep does not permit");
      }
    }
    return median(rounds.subList(ROUNDS / 2, ROUNDS)) / DECISIONS;
  }

  private static void fill(JdbcCatalogStore store, JdbcSettings settings)
      throws StoreException, SQLException {
    if (store.load().epoch() > 0) {
      return;
    }
    store.commit(0, CatalogState.empty(), CatalogState.bootstrapChanges());
    Properties login = new Properties();
    login.setProperty("user", settings.user());
    login.setProperty("password", settings.password());
    login.setProperty("allowPublicKeyRetrieval", "true");
    String url = "jdbc:mysql://" + settings.host() + ":" + settings.port() + "/";
    long begin = System.nanoTime();
    try (Connection connection = DriverManager.getConnection(url, login)) {
      LargeCatalogFill.run(connection, settings.schema(), LargeCatalog.changes());
    }
    say("filled in", (System.nanoTime() - begin) / 1e9, "s");
  }

  private static long write(CatalogWriter writer, CatalogChange change) throws StoreException {
    long begin = System.nanoTime();
    writer.write(newest -> new Proposal<>(List.of(change), change));
    return System.nanoTime() - begin;
  }

  private static double median(List<Long> nanos) {
    long[] sorted = nanos.stream().mapToLong(Long::longValue).toArray();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private static long used() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  private static void say(String what, double value, String unit) {
    System.out.println(String.format(Locale.ROOT, "%-12s %10.1f %s", what, value, unit));
  }
}
