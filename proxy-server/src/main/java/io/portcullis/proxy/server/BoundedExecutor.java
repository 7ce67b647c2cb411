package io.portcullis.proxy.server;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A fixed number of named threads with a bounded queue; full means {@code
 * RejectedExecutionException}.
 */
final class BoundedExecutor implements Executor, AutoCloseable {

  private static final long KEEP_ALIVE_SECONDS = 60;

  private final ThreadPoolExecutor threads;

  /**
   * @param stackBytes stack of each thread; 0 for the platform's
   */
  BoundedExecutor(String name, int size, int queue, long stackBytes) {
    AtomicInteger number = new AtomicInteger();
    ThreadFactory factory =
        task -> {
          Thread thread = new Thread(null, task, name + "-" + number.incrementAndGet(), stackBytes);
          thread.setDaemon(true);
          return thread;
        };
    threads =
        new ThreadPoolExecutor(
            size,
            size,
            KEEP_ALIVE_SECONDS,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(queue),
            factory);
    threads.allowCoreThreadTimeOut(true);
  }

  @Override
  public void execute(Runnable task) {
    threads.execute(task);
  }

  /** Takes no more, and waits a moment for what runs. */
  @Override
  public void close() {
    threads.shutdown();
    try {
      if (!threads.awaitTermination(5, TimeUnit.SECONDS)) {
        threads.shutdownNow();
      }
    } catch (InterruptedException e) {
      threads.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
