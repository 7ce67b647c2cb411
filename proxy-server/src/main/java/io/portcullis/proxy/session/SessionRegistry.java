package io.portcullis.proxy.session;

import io.portcullis.privilege.model.UserId;
import io.portcullis.sql.text.ErrorCode;
import io.portcullis.sql.text.SqlError;
import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every session by the connection id its client knows, and how many there are of an address and of
 * a user. Thread safe.
 */
public final class SessionRegistry {

  private static final Logger LOG = LoggerFactory.getLogger(SessionRegistry.class);

  private final ConcurrentHashMap<Integer, ClientSession> sessions = new ConcurrentHashMap<>();
  private final String node = UUID.randomUUID().toString();
  private final AtomicInteger lastId = new AtomicInteger();
  private final SessionLimits limits;
  private final Counter<String> addresses;
  private final Counter<UserId> users;

  /** How many there are of each; what has none takes no room. */
  private static final class Counter<K> {
    private final ConcurrentHashMap<K, Integer> counts = new ConcurrentHashMap<>();
    private final int limit;

    Counter(int limit) {
      this.limit = limit;
    }

    /** Counts one more; false, and nothing counted, where the limit is reached. */
    boolean enter(K key) {
      if (limit == 0) {
        return true;
      }
      boolean[] entered = {false};
      counts.compute(
          key,
          (same, count) -> {
            int before = count == null ? 0 : count;
            entered[0] = before < limit;
            return entered[0] ? Integer.valueOf(before + 1) : count;
          });
      return entered[0];
    }

    void leave(K key) {
      counts.computeIfPresent(key, (same, count) -> count == 1 ? null : count - 1);
    }
  }

  public SessionRegistry(SessionLimits limits) {
    this.limits = limits;
    this.addresses = new Counter<>(limits.perAddress());
    this.users = new Counter<>(limits.perUser());
  }

  /** This gate, as long as it runs. */
  String node() {
    return node;
  }

  /** An id that no session has; ids are positive 32-bit numbers, as the handshake carries them. */
  int nextId() {
    int id;
    do {
      id = lastId.updateAndGet(last -> last == Integer.MAX_VALUE ? 1 : last + 1);
    } while (sessions.containsKey(id));
    return id;
  }

  /** Enters the session, or says why there is no room for it. */
  Optional<SqlError> add(ClientSession session) {
    if (!addresses.enter(session.host())) {
      return Optional.of(ErrorCode.ER_HOST_CON_COUNT_ERROR.error(session.host()));
    }
    sessions.put(session.connectionId(), session);
    if (limits.all() > 0 && sessions.size() > limits.all()) {
      remove(session);
      return Optional.of(ErrorCode.ER_CON_COUNT_ERROR.error());
    }
    return Optional.empty();
  }

  void remove(ClientSession session) {
    if (sessions.remove(session.connectionId(), session)) {
      addresses.leave(session.host());
    }
  }

  /** Whether the user may have one more session; it is counted until {@link #leave}. */
  boolean enter(UserId user) {
    return users.enter(user);
  }

  void leave(UserId user) {
    users.leave(user);
  }

  Optional<ClientSession> find(long connectionId) {
    return connectionId > 0 && connectionId <= Integer.MAX_VALUE
        ? Optional.ofNullable(sessions.get((int) connectionId))
        : Optional.empty();
  }

  /** A snapshot for walking; sessions may come and go meanwhile. */
  public Collection<ClientSession> all() {
    return List.copyOf(sessions.values());
  }

  /**
   * The catalog has changed: every session decides again on what it has in hand, on its own event
   * loop. One task per loop, since most sessions have nothing in hand. Does not block.
   */
  public void reconsider() {
    Map<Executor, List<ClientSession>> byLoop = new IdentityHashMap<>();
    for (ClientSession session : sessions.values()) {
      byLoop.computeIfAbsent(session.loop(), loop -> new ArrayList<>()).add(session);
    }
    byLoop.forEach(
        (loop, itsSessions) -> {
          try {
            loop.execute(() -> itsSessions.forEach(ClientSession::reconsider));
          } catch (RejectedExecutionException e) {
            LOG.atDebug().log("the event loop has stopped, and its sessions with it");
          }
        });
  }

  public int size() {
    return sessions.size();
  }
}
