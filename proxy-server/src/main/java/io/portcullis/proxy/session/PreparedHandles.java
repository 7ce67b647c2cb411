package io.portcullis.proxy.session;

import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The prepared statements of a session, by the ids the backend gave them. Event loop only. */
final class PreparedHandles {

  /** Most handles a session may hold: the server's default for all its sessions together. */
  static final int LIMIT = 16_382;

  /** MariaDB's name for the statement prepared last, for clients that do not wait for its id. */
  private static final int LAST_PREPARED = -1;

  private @Nullable IntObjectMap<PreparedHandle> handles;
  private int last = LAST_PREPARED;

  @Nullable PreparedHandle get(int id) {
    IntObjectMap<PreparedHandle> map = handles;
    return map == null ? null : map.get(id == LAST_PREPARED ? last : id);
  }

  /** A PREPARE came in: unless it succeeds, there is none that was prepared last. */
  void forgetLast() {
    last = LAST_PREPARED;
  }

  void put(int id, PreparedHandle handle) {
    IntObjectMap<PreparedHandle> map = handles;
    if (map == null) {
      map = new IntObjectHashMap<>();
      handles = map;
    }
    map.put(id, handle);
    last = id;
  }

  /** Whether there was one. */
  boolean remove(int id) {
    IntObjectMap<PreparedHandle> map = handles;
    int named = id == LAST_PREPARED ? last : id;
    if (named == last) {
      last = LAST_PREPARED;
    }
    return map != null && map.remove(named) != null;
  }

  /** Those with an open cursor. */
  List<PreparedHandle> withCursor() {
    IntObjectMap<PreparedHandle> map = handles;
    return map == null
        ? List.of()
        : map.values().stream().filter(PreparedHandle::hasCursor).toList();
  }

  boolean isEmpty() {
    IntObjectMap<PreparedHandle> map = handles;
    return map == null || map.isEmpty();
  }

  boolean isFull() {
    IntObjectMap<PreparedHandle> map = handles;
    return map != null && map.size() >= LIMIT;
  }

  void clear() {
    handles = null;
    last = LAST_PREPARED;
  }
}
