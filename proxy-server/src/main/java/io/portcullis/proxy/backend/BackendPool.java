package io.portcullis.proxy.backend;

import io.netty.channel.EventLoop;
import io.portcullis.proxy.session.AcquireListener;
import io.portcullis.proxy.session.BackendTarget;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.function.LongConsumer;

/**
 * The connections to the backend. Each stays on the event loop it was opened on; the number of all
 * of them is bounded. A session gets an idle connection of its own loop, or a new one, or waits its
 * turn; where connections are shared, sessions that hold nothing in theirs are asked to give one
 * up. A connection returns to the pool only after the backend confirmed COM_RESET_CONNECTION.
 *
 * <p>Thread safe. What loops share are counters and the queue of waiting sessions.
 */
public final class BackendPool {
  private final Connector connector;
  private final PoolLimits limits;
  private final Prelude prelude;
  private final LongConsumer killer;

  private final Map<EventLoop, LoopPool> loops = new ConcurrentHashMap<>();
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger idle = new AtomicInteger();
  private final ConcurrentLinkedQueue<LoopPool.Request> waiting = new ConcurrentLinkedQueue<>();
  private volatile boolean closed;

  /**
   * @param logins of whom sessions are at the backend
   * @param blocking runs name look-ups
   * @param collations names of the backend's collations by id
   * @param killer ends what the backend is doing for that thread id; must not block
   */
  public BackendPool(
      BackendServer server,
      BackendLogins logins,
      PoolLimits limits,
      Executor blocking,
      IntFunction<Optional<String>> collations,
      LongConsumer killer) {
    this(new LoginConnector(server, logins, blocking), limits, collations, killer);
  }

  BackendPool(
      Connector connector,
      PoolLimits limits,
      IntFunction<Optional<String>> collations,
      LongConsumer killer) {
    this.connector = connector;
    this.limits = limits;
    this.prelude = new Prelude(collations);
    this.killer = killer;
  }

  /**
   * Leases a connection that lives on {@code loop}; the listener is called there, exactly once,
   * never before this method has returned. Any thread.
   */
  public void acquire(BackendTarget target, EventLoop loop, AcquireListener listener) {
    loop.execute(() -> on(loop).acquire(target, listener));
  }

  private LoopPool on(EventLoop loop) {
    return loops.computeIfAbsent(loop, key -> new LoopPool(this, key));
  }

  /** Closes idle connections now and leased ones as they come back; waiters fail. */
  public void close() {
    closed = true;
    loops.forEach(
        (loop, pool) -> {
          if (!loop.isShuttingDown()) {
            loop.execute(pool::close);
          }
        });
  }

  /** Connections there are, idle ones and those being opened included. */
  public int connections() {
    return connections.get();
  }

  /** Connections nobody uses. */
  public int idleConnections() {
    return idle.get();
  }

  /** Sessions that wait for a connection. */
  public int waitingSessions() {
    return waiting.size();
  }

  boolean closed() {
    return closed;
  }

  Connector connector() {
    return connector;
  }

  String address() {
    return connector.address();
  }

  PoolLimits limits() {
    return limits;
  }

  Prelude prelude() {
    return prelude;
  }

  LongConsumer killer() {
    return killer;
  }

  AtomicInteger idleCount() {
    return idle;
  }

  /** A slot for someone who just came: not before those who wait. */
  boolean reserveSlot() {
    return waiting.isEmpty() && takeSlot();
  }

  private boolean takeSlot() {
    return takeUpTo(connections, limits.maximumConnections());
  }

  boolean reserveIdle() {
    return takeUpTo(idle, limits.maximumIdle());
  }

  private static boolean takeUpTo(AtomicInteger counter, int maximum) {
    int before = counter.getAndUpdate(count -> count < maximum ? count + 1 : count);
    return before < maximum;
  }

  void slotFreed() {
    connections.decrementAndGet();
    serveWaiting();
  }

  boolean anyoneWaiting() {
    return !waiting.isEmpty();
  }

  /**
   * @param askOthers whether nobody on the request's own loop gives up a connection for it
   */
  void await(LoopPool.Request request, boolean askOthers) {
    waiting.add(request);
    serveWaiting(); // a slot may have been freed before the request was seen
    if (askOthers && anyoneWaiting()) {
      loops.forEach((loop, pool) -> loop.execute(pool::yieldOne));
    }
  }

  void withdraw(LoopPool.Request request) {
    waiting.remove(request);
  }

  private void serveWaiting() {
    while (!waiting.isEmpty() && takeSlot()) {
      LoopPool.Request request = waiting.poll();
      if (request == null) {
        connections.decrementAndGet(); // and look again: one may have come meanwhile
      } else {
        request.granted();
      }
    }
  }
}
