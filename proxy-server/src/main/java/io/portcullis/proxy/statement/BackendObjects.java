package io.portcullis.proxy.statement;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.portcullis.privilege.authz.ProgramDefinition;
import io.portcullis.privilege.authz.ProgramName;
import io.portcullis.privilege.authz.RelationKinds;
import io.portcullis.privilege.authz.ViewDefinition;
import io.portcullis.privilege.authz.ViewDefinitions;
import io.portcullis.privilege.store.ProgramSource;
import io.portcullis.privilege.store.TableColumn;
import io.portcullis.privilege.store.ViewSource;
import io.portcullis.sql.access.RelationKind;
import io.portcullis.sql.access.RelationName;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What is remembered of the backend's tables and views: of those the catalog does not know, whether
 * a name means a table, a view or nothing; and what views and stored programs are made of. DDL that
 * passes the gate empties it. For DDL done behind its back names live for seconds only, and
 * definitions are compared with the backend's now and then, see {@link #definitions}. Thread safe;
 * shared by all sessions.
 */
public final class BackendObjects implements RelationKinds, ViewDefinitions {

  private static final Duration LIFETIME = Duration.ofSeconds(5);
  private static final Duration BETWEEN_COMPARISONS = Duration.ofSeconds(1);
  private static final int MAXIMUM = 100_000;

  /** Of which the columns are remembered. */
  private static final int MAXIMUM_TABLES = 10_000;

  private final Cache<Key, Found> found =
      Caffeine.newBuilder().maximumSize(MAXIMUM).expireAfterWrite(LIFETIME).build();
  private final Cache<Key, List<TableColumn>> columns =
      Caffeine.newBuilder().maximumSize(MAXIMUM_TABLES).expireAfterWrite(LIFETIME).build();
  private final AtomicLong version = new AtomicLong();
  private final AtomicInteger underway = new AtomicInteger();
  private final AtomicLong compared =
      new AtomicLong(System.nanoTime() - BETWEEN_COMPARISONS.toNanos());

  /** Without bound and age: what sessions remember rests on it; only views that exist are here. */
  private final Map<Key, KnownView> views = new ConcurrentHashMap<>();

  private record Key(String database, String relation) {}

  private record KnownView(ViewSource source, ViewDefinition definition) {}

  /** As {@link #views}, of stored programs. */
  private final Map<ProgramName, KnownProgram> programs = new ConcurrentHashMap<>();

  private final Cache<ProgramName, Boolean> absent =
      Caffeine.newBuilder().maximumSize(MAXIMUM).expireAfterWrite(LIFETIME).build();

  private record KnownProgram(ProgramSource source, ProgramDefinition definition) {}

  @Override
  public Found kind(String database, String relation) {
    Found kind = found.getIfPresent(new Key(database, relation));
    return kind == null ? Found.UNKNOWN : kind;
  }

  /**
   * Records what the backend said.
   *
   * @param asOf {@link #version} before it was asked: an answer that DDL has overtaken is not kept
   */
  public void learn(String database, String relation, Optional<RelationKind> kind, long asOf) {
    if (asOf != version.get()) {
      return;
    }
    Key key = new Key(database, relation);
    found.put(
        key, kind.map(k -> k == RelationKind.VIEW ? Found.VIEW : Found.TABLE).orElse(Found.ABSENT));
    if (asOf != version.get()) {
      found.invalidate(key);
    }
  }

  /** The columns of a table or view; empty: must be looked up first. */
  public Optional<List<TableColumn>> columns(RelationName name) {
    return Optional.ofNullable(columns.getIfPresent(new Key(name.database().name(), name.name())));
  }

  /**
   * Records which columns a table or view has.
   *
   * @param asOf {@link #version} before the backend was asked, as for {@link #learn}
   */
  public void learnColumns(RelationName name, List<TableColumn> found, long asOf) {
    if (asOf != version.get()) {
      return;
    }
    Key key = new Key(name.database().name(), name.name());
    columns.put(key, List.copyOf(found));
    if (asOf != version.get()) {
      columns.invalidate(key);
    }
  }

  @Override
  public ViewDefinition of(String database, String view) {
    KnownView known = views.get(new Key(database, view));
    if (known != null) {
      return known.definition;
    }
    return switch (kind(database, view)) {
      case TABLE, ABSENT -> new ViewDefinition.Absent();
      case VIEW, UNKNOWN -> new ViewDefinition.Unknown();
    };
  }

  /** What the backend said a view is, as far as it is known. */
  public Optional<ViewSource> source(RelationName view) {
    return Optional.ofNullable(views.get(new Key(view.database().name(), view.name())))
        .map(KnownView::source);
  }

  /**
   * Records what a view is made of.
   *
   * @param asOf {@link #version} before the backend was asked, as for {@link #learn}
   */
  public void learnView(
      String database, String view, ViewSource source, ViewDefinition definition, long asOf) {
    if (asOf != version.get()) {
      return;
    }
    Key key = new Key(database, view);
    KnownView learned = new KnownView(source, definition);
    views.put(key, learned);
    if (asOf != version.get()) {
      views.remove(key, learned);
    }
  }

  @Override
  public ProgramDefinition program(RelationKind kind, String database, String name) {
    ProgramName program = new ProgramName(kind, RelationName.of(database, name));
    KnownProgram known = programs.get(program);
    if (known != null) {
      return known.definition;
    }
    return absent.getIfPresent(program) == null
        ? new ProgramDefinition.Unknown()
        : new ProgramDefinition.Absent();
  }

  /**
   * Records what a stored program does.
   *
   * @param asOf {@link #version} before the backend was asked, as for {@link #learn}
   */
  public void learnProgram(
      ProgramName program, ProgramSource source, ProgramDefinition definition, long asOf) {
    if (asOf != version.get()) {
      return;
    }
    KnownProgram learned = new KnownProgram(source, definition);
    programs.put(program, learned);
    if (asOf != version.get()) {
      programs.remove(program, learned);
    }
  }

  /** Records that there is none, as {@link #learnProgram}. */
  public void learnAbsent(ProgramName program, long asOf) {
    if (asOf != version.get()) {
      return;
    }
    absent.put(program, Boolean.TRUE);
    if (asOf != version.get()) {
      absent.invalidate(program);
    }
  }

  /** The programs whose bodies are remembered, with what the backend said they are. */
  public Map<ProgramName, ProgramSource> bodies() {
    Map<ProgramName, ProgramSource> all = new HashMap<>();
    programs.forEach((name, program) -> all.put(name, program.source));
    return all;
  }

  /** The views whose definitions are remembered, with what the backend said they are. */
  public Map<RelationName, ViewSource> definitions() {
    Map<RelationName, ViewSource> all = new HashMap<>();
    views.forEach((key, view) -> all.put(RelationName.of(key.database, key.relation), view.source));
    return all;
  }

  /** A view or program was changed behind the gate's back. */
  public void redefined() {
    changed();
  }

  /** DDL is about to be sent: until {@link #defined} the catalog may not agree with the backend. */
  public void defining() {
    underway.incrementAndGet();
    changed();
  }

  /** The catalog has followed the DDL, or it is not known what the DDL did. */
  public void defined() {
    changed();
    underway.decrementAndGet();
  }

  /** Whether no DDL was sent or followed since {@link #version} was {@code asOf}. */
  public boolean undisturbedSince(long asOf) {
    return underway.get() == 0 && version.get() == asOf;
  }

  /** Objects came, went or changed their names: everything is looked up anew. */
  private void changed() {
    version.incrementAndGet();
    found.invalidateAll();
    columns.invalidateAll();
    views.clear();
    programs.clear();
    absent.invalidateAll();
  }

  /**
   * Whether the backend is to be compared with what is known of it, after something that may have
   * changed it unseen: no more than once a second.
   */
  public boolean isComparisonDue() {
    long now = System.nanoTime();
    long last = compared.get();
    return now - last >= BETWEEN_COMPARISONS.toNanos() && compared.compareAndSet(last, now);
  }

  /** Grows with every {@link #changed}; a decision made under an older one is made again. */
  public long version() {
    return version.get();
  }
}
