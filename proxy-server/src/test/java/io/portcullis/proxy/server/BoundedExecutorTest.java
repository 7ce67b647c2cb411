package io.portcullis.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class BoundedExecutorTest {

  @Test
  void workRunsOnNamedDaemonThreads() throws Exception {
    CompletableFuture<Thread> thread = new CompletableFuture<>();
    try (BoundedExecutor executor = new BoundedExecutor("store", 1, 1, 0)) {
      executor.execute(() -> thread.complete(Thread.currentThread()));
      assertThat(thread.get(30, TimeUnit.SECONDS).getName()).isEqualTo("store-1");
      assertThat(thread.get().isDaemon()).isTrue();
    }
  }

  @Test
  void fullQueueRefuses() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch leave = new CountDownLatch(1);
    AtomicInteger done = new AtomicInteger();
    try (BoundedExecutor executor = new BoundedExecutor("store", 1, 1, 0)) {
      executor.execute(
          () -> {
            running.countDown();
            try {
              leave.await();
              done.incrementAndGet();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          });
      running.await();
      executor.execute(done::incrementAndGet);
      assertThatThrownBy(() -> executor.execute(done::incrementAndGet))
          .isInstanceOf(RejectedExecutionException.class);
      leave.countDown();
    }
    assertThat(done).as("what was taken is finished before close returns").hasValue(2);
  }

  @Test
  void closedExecutorRefuses() {
    BoundedExecutor executor = new BoundedExecutor("store", 1, 1, 0);
    executor.close();
    assertThatThrownBy(() -> executor.execute(() -> {}))
        .isInstanceOf(RejectedExecutionException.class);
  }
}
