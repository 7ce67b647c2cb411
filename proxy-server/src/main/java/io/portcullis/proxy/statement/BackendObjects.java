package io.portcullis.proxy.statement;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.portcullis.privilege.authz.RelationKinds;
import io.portcullis.sql.access.RelationKind;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What is remembered of the backend's tables and views that the catalog does not know: whether a
 * name means a table, a view or nothing. DDL that passes the gate empties it; for DDL done behind
 * its back entries live for seconds only. Thread safe; shared by all sessions.
 */
public final class BackendObjects implements RelationKinds {

  private static final Duration LIFETIME = Duration.ofSeconds(5);
  private static final int MAXIMUM = 100_000;

  private final Cache<Key, Found> found =
      Caffeine.newBuilder().maximumSize(MAXIMUM).expireAfterWrite(LIFETIME).build();
  private final AtomicLong version = new AtomicLong();
  private final AtomicInteger underway = new AtomicInteger();

  private record Key(String database, String relation) {}

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
  }

  /** Grows with every {@link #changed}; a decision made under an older one is made again. */
  public long version() {
    return version.get();
  }
}
