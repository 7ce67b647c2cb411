package io.portcullis.proxy.statement;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.portcullis.privilege.authz.RelationKinds;
import io.portcullis.privilege.authz.ViewDefinition;
import io.portcullis.privilege.authz.ViewDefinitions;
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
 * a name means a table, a view or nothing; and what views are made of. DDL that passes the gate
 * empties it. For DDL done behind its back names live for seconds only, and definitions are
 * compared with the backend's now and then, see {@link #definitions}. Thread safe; shared by all
 * sessions.
 */
public final class BackendObjects implements RelationKinds, ViewDefinitions {

  private static final Duration LIFETIME = Duration.ofSeconds(5);
  private static final int MAXIMUM = 100_000;

  /** Of which the columns are remembered. */
  private static final int MAXIMUM_TABLES = 10_000;

  private final Cache<Key, Found> found =
      Caffeine.newBuilder().maximumSize(MAXIMUM).expireAfterWrite(LIFETIME).build();
  private final Cache<Key, List<TableColumn>> columns =
      Caffeine.newBuilder().maximumSize(MAXIMUM_TABLES).expireAfterWrite(LIFETIME).build();
  private final AtomicLong version = new AtomicLong();
  private final AtomicInteger underway = new AtomicInteger();

  /** Without bound and age: what sessions remember rests on it; only views that exist are here. */
  private final Map<Key, KnownView> views = new ConcurrentHashMap<>();

  private record Key(String database, String relation) {}

  private record KnownView(ViewSource source, ViewDefinition definition) {}

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

  /** The views whose definitions are remembered, with what the backend said they are. */
  public Map<RelationName, ViewSource> definitions() {
    Map<RelationName, ViewSource> all = new HashMap<>();
    views.forEach((key, view) -> all.put(RelationName.of(key.database, key.relation), view.source));
    return all;
  }

  /** A view was changed behind the gate's back. */
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
  }

  /** Grows with every {@link #changed}; a decision made under an older one is made again. */
  public long version() {
    return version.get();
  }
}
