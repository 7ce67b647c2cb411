package io.portcullis.proxy.session;

import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Every session by the connection id its client knows. Thread safe. */
public final class SessionRegistry {

  private final ConcurrentHashMap<Integer, ClientSession> sessions = new ConcurrentHashMap<>();
  private final AtomicInteger lastId = new AtomicInteger();
  private final int limit;

  /**
   * @param limit most sessions at a time
   */
  public SessionRegistry(int limit) {
    this.limit = limit;
  }

  /** An id that no session has; ids are positive 32-bit numbers, as the handshake carries them. */
  int nextId() {
    int id;
    do {
      id = lastId.updateAndGet(last -> last == Integer.MAX_VALUE ? 1 : last + 1);
    } while (sessions.containsKey(id));
    return id;
  }

  /** Whether there was room for one more. */
  boolean add(ClientSession session) {
    sessions.put(session.connectionId(), session);
    if (sessions.size() > limit) {
      sessions.remove(session.connectionId());
      return false;
    }
    return true;
  }

  void remove(ClientSession session) {
    sessions.remove(session.connectionId(), session);
  }

  Optional<ClientSession> find(long connectionId) {
    return connectionId > 0 && connectionId <= Integer.MAX_VALUE
        ? Optional.ofNullable(sessions.get((int) connectionId))
        : Optional.empty();
  }

  /** A snapshot for walking; sessions may come and go meanwhile. */
  public Collection<ClientSession> all() {
    return java.util.List.copyOf(sessions.values());
  }

  public int size() {
    return sessions.size();
  }
}
