package io.portcullis.proxy.session;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** Runs nothing before it is told to. */
final class ManualExecutor implements Executor {

  private final Deque<Runnable> tasks = new ArrayDeque<>();
  private boolean stopped;
  private boolean full;

  @Override
  public void execute(Runnable task) {
    if (full) {
      throw new RejectedExecutionException("full");
    }
    tasks.add(task);
  }

  /** Work waits until {@link #start}. */
  void stop() {
    stopped = true;
  }

  void start() {
    stopped = false;
  }

  /** Takes no work from now on. */
  void fill() {
    full = true;
  }

  int waiting() {
    return tasks.size();
  }

  /** Runs what may run; whether there was anything. */
  boolean pump() {
    boolean ran = false;
    while (!stopped && !tasks.isEmpty()) {
      tasks.remove().run();
      ran = true;
    }
    return ran;
  }
}
