package io.portcullis.proxy.backend;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import io.portcullis.proxy.session.AcquireListener;
import io.portcullis.proxy.session.BackendError;
import io.portcullis.proxy.session.BackendState;
import io.portcullis.proxy.session.BackendTarget;
import io.portcullis.sql.text.ErrorCode;
import io.portcullis.sql.text.SqlError;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The part of the pool that lives on one event loop: its idle connections, newest first in use, and
 * the sessions waiting there. Confined to the loop.
 */
final class LoopPool {

  /** Idle connections that are alike. The current database cannot be unset, so it counts. */
  private record IdleKey(PoolKey key, boolean database) {}

  /** One session that wants a connection. */
  final class Request {
    private final BackendTarget target;
    private final PoolKey key;
    private final AcquireListener listener;

    /** A reused connection failed already: only a new one will do. */
    private boolean freshOnly;

    private boolean waiting;
    private @Nullable ScheduledFuture<?> timeout;

    private Request(BackendTarget target, AcquireListener listener) {
      this.target = target;
      this.key = PoolKey.of(target);
      this.listener = listener;
    }

    /** A slot was reserved for this request; called from any thread. */
    void granted() {
      loop.execute(
          () -> {
            if (waiting) {
              stopWaiting(this);
              connect(this);
            } else {
              pool.slotFreed();
            }
          });
    }
  }

  private final BackendPool pool;
  private final EventLoop loop;
  private final Map<IdleKey, ArrayDeque<BackendChannel>> idle = new HashMap<>();
  private final ArrayDeque<Request> waiting = new ArrayDeque<>();

  /** In the order in which they are asked to yield. */
  private final LinkedHashSet<Lease> leased = new LinkedHashSet<>();

  private boolean sweeping;

  LoopPool(BackendPool pool, EventLoop loop) {
    this.pool = pool;
    this.loop = loop;
  }

  void acquire(BackendTarget target, AcquireListener listener) {
    start(new Request(target, listener));
  }

  private void start(Request request) {
    if (pool.closed()) {
      request.listener.failed(ErrorCode.ER_SERVER_SHUTDOWN.error());
      return;
    }
    BackendChannel channel = request.freshOnly ? null : takeIdle(request);
    if (channel != null) {
      lease(request, channel);
    } else if (pool.reserveSlot()) {
      connect(request);
    } else {
      await(request);
    }
  }

  private @Nullable BackendChannel takeIdle(Request request) {
    BackendChannel channel = null;
    if (request.target.database().isPresent()) {
      channel = takeIdle(new IdleKey(request.key, true));
    }
    return channel != null ? channel : takeIdle(new IdleKey(request.key, false));
  }

  private @Nullable BackendChannel takeIdle(IdleKey key) {
    ArrayDeque<BackendChannel> channels = idle.get(key);
    BackendChannel channel = channels == null ? null : channels.pollLast();
    if (channel != null) {
      pool.idleCount().decrementAndGet();
    }
    return channel;
  }

  private void await(Request request) {
    long timeoutNanos = pool.limits().acquireTimeout().toNanos();
    request.waiting = true;
    request.timeout = loop.schedule(() -> expired(request), timeoutNanos, TimeUnit.NANOSECONDS);
    waiting.add(request);
    pool.await(request, !yieldLeased(request));
  }

  /** Whether someone waits for a connection that a session could give up. */
  boolean wanted() {
    return pool.limits().shared() && pool.anyoneWaiting();
  }

  /** The session gives it back, or has closed it. */
  void returned(Lease lease) {
    leased.remove(lease);
  }

  /**
   * Asks sessions of this loop to give up a connection, those first that have not used theirs for
   * the longest time: each that has used it since it was asked before is passed over once.
   *
   * @param request who could use it as it is; null: any will do, it makes room for another
   * @return whether one does
   */
  private boolean yieldLeased(@Nullable Request request) {
    if (!pool.limits().shared()) {
      return false;
    }
    for (boolean secondChance : new boolean[] {true, false}) {
      for (Lease lease : List.copyOf(leased)) {
        boolean fits = request == null || serves(request, lease.key(), lease.database());
        if (fits && (lease.rested() || !secondChance)) {
          if (lease.yield()) {
            return true;
          }
          if (leased.remove(lease)) {
            leased.add(lease); // to the end
          }
        }
      }
    }
    return false;
  }

  private static boolean serves(Request request, PoolKey key, boolean database) {
    return request.key.equals(key)
        && !request.freshOnly
        && (request.target.database().isPresent() || !database);
  }

  private void stopWaiting(Request request) {
    request.waiting = false;
    waiting.remove(request);
    pool.withdraw(request);
    ScheduledFuture<?> timeout = request.timeout;
    if (timeout != null) {
      timeout.cancel(false);
    }
  }

  private void expired(Request request) {
    if (request.waiting) {
      stopWaiting(request);
      request.listener.failed(
          ErrorCode.ER_CONNECT_TO_FOREIGN_DATA_SOURCE.error(
              pool.address(),
              "all "
                  + pool.limits().maximumConnections()
                  + " connections were in use for "
                  + pool.limits().acquireTimeout().toMillis()
                  + " ms"));
    }
  }

  /** Opens a connection on a slot that is reserved. */
  private void connect(Request request) {
    pool.connector()
        .connect(
            loop,
            request.key,
            this::closed,
            new Connector.Listener() {
              @Override
              public void connected(BackendChannel channel) {
                lease(request, channel);
              }

              @Override
              public void failed(SqlError error) {
                pool.slotFreed();
                request.listener.failed(error);
              }
            });
  }

  private void closed(BackendChannel channel) {
    ArrayDeque<BackendChannel> channels = idle.get(idleKey(channel));
    if (channels != null && channels.remove(channel)) {
      pool.idleCount().decrementAndGet();
    }
    leased.removeIf(lease -> lease.isOf(channel));
    pool.slotFreed();
  }

  private void lease(Request request, BackendChannel channel) {
    boolean used = channel.used();
    channel.markUsed();
    pool.prelude()
        .lease(
            channel,
            request.target,
            new Prelude.LeaseListener() {
              @Override
              public void ready(BackendState state) {
                Lease lease = new Lease(channel, LoopPool.this, pool.killer(), request.listener);
                leased.add(lease);
                request.listener.acquired(lease, state);
              }

              @Override
              public void refused(BackendError error) {
                reset(channel);
                request.listener.refused(error);
              }

              @Override
              public void unusable(SqlError error) {
                channel.close();
                if (used) {
                  request.freshOnly = true;
                  start(request);
                } else {
                  request.listener.failed(error);
                }
              }
            });
  }

  /** Takes a connection back from a session. */
  void reset(BackendChannel channel) {
    pool.prelude()
        .reset(
            channel,
            new Prelude.ResetListener() {
              @Override
              public void reset() {
                offer(channel);
              }

              @Override
              public void failed() {
                channel.close();
              }
            });
  }

  private void offer(BackendChannel channel) {
    if (!channel.active()) {
      return;
    }
    if (pool.closed()) {
      channel.close();
      return;
    }
    for (Iterator<Request> requests = waiting.iterator(); requests.hasNext(); ) {
      Request request = requests.next();
      if (serves(request, channel.key(), channel.database())) {
        stopWaiting(request);
        lease(request, channel);
        return;
      }
    }
    if (pool.anyoneWaiting() || !pool.reserveIdle()) {
      channel.close();
      return;
    }
    channel.idleSince(System.nanoTime());
    idle.computeIfAbsent(idleKey(channel), key -> new ArrayDeque<>()).add(channel);
    sweepLater();
  }

  private static IdleKey idleKey(BackendChannel channel) {
    return new IdleKey(channel.key(), channel.database());
  }

  /** Gives up one connection for a session that waits elsewhere: idle ones first. */
  void yieldOne() {
    if (!pool.anyoneWaiting()) {
      return;
    }
    BackendChannel oldest = null;
    for (ArrayDeque<BackendChannel> channels : idle.values()) {
      BackendChannel candidate = channels.peekFirst();
      if (candidate != null && (oldest == null || candidate.idleSince() - oldest.idleSince() < 0)) {
        oldest = candidate;
      }
    }
    if (oldest != null) {
      remove(oldest);
    } else {
      yieldLeased(null);
    }
  }

  private void remove(BackendChannel channel) {
    ArrayDeque<BackendChannel> channels = idle.get(idleKey(channel));
    if (channels != null && channels.remove(channel)) {
      pool.idleCount().decrementAndGet();
    }
    channel.close();
  }

  private void sweepLater() {
    if (!sweeping) {
      sweeping = true;
      long nanos = pool.limits().idleExpiry().toNanos();
      loop.schedule(this::sweep, Math.max(nanos / 2, 1), TimeUnit.NANOSECONDS);
    }
  }

  private void sweep() {
    sweeping = false;
    long now = System.nanoTime();
    long expiry = pool.limits().idleExpiry().toNanos();
    for (BackendChannel channel : idleChannels()) {
      if (now - channel.idleSince() >= expiry) {
        remove(channel);
      }
    }
    idle.values().removeIf(ArrayDeque::isEmpty);
    if (!idle.isEmpty()) {
      sweepLater();
    }
  }

  private List<BackendChannel> idleChannels() {
    List<BackendChannel> all = new ArrayList<>();
    idle.values().forEach(all::addAll);
    return all;
  }

  /** Closes what is idle and turns away who waits. */
  void close() {
    idleChannels().forEach(this::remove);
    for (Request request : List.copyOf(waiting)) {
      stopWaiting(request);
      request.listener.failed(ErrorCode.ER_SERVER_SHUTDOWN.error());
    }
  }
}
