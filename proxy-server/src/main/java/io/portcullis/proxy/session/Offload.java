package io.portcullis.proxy.session;

import io.portcullis.privilege.store.StoreException;
import io.portcullis.proxy.wire.ProtocolException;
import io.portcullis.sql.text.ErrorCode;
import io.portcullis.sql.text.SqlError;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a session's work off the event loop and brings the result back to it, unless the session
 * has been closed meanwhile. Whatever goes wrong ends in one error for the client.
 */
final class Offload {

  private static final Logger LOG = LoggerFactory.getLogger(Offload.class);

  private final Executor loop;
  private final int connectionId;
  private final Consumer<SqlError> failed;
  private final Consumer<ProtocolException> violated;
  private boolean closed;

  /** Work of another thread. */
  interface Work<T> {
    T call() throws StoreException;
  }

  Offload(
      Executor loop,
      int connectionId,
      Consumer<SqlError> failed,
      Consumer<ProtocolException> violated) {
    this.loop = loop;
    this.connectionId = connectionId;
    this.failed = failed;
    this.violated = violated;
  }

  <T> void run(Executor executor, Work<T> work, Consumer<T> then) {
    run(executor, work, then, () -> {});
  }

  /** {@code dropped} runs instead of {@code then} when there is no result, or nobody for it. */
  <T> void run(Executor executor, Work<T> work, Consumer<T> then, Runnable dropped) {
    try {
      executor.execute(
          () -> {
            Runnable outcome = outcome(work, then, dropped);
            loop.execute(() -> resume(outcome, dropped));
          });
    } catch (RejectedExecutionException e) {
      dropped.run();
      failed.accept(
          ErrorCode.ER_UNKNOWN_ERROR.error(
              "The gate is too busy to look at this statement; try again"));
    }
  }

  private <T> Runnable outcome(Work<T> work, Consumer<T> then, Runnable dropped) {
    try {
      T result = work.call();
      return () -> then.accept(result);
    } catch (StoreException e) {
      LOG.atWarn()
          .setCause(e)
          .addKeyValue("connectionId", connectionId)
          .log("catalog or backend cannot be asked");
      return failing(
          dropped, "The privilege catalog or the backend behind it cannot be reached; try again");
    } catch (RuntimeException | StackOverflowError e) {
      LOG.atError().setCause(e).addKeyValue("connectionId", connectionId).log("work failed");
      return failing(dropped, "Internal error in the gate");
    }
  }

  private Runnable failing(Runnable dropped, String message) {
    return () -> {
      dropped.run();
      failed.accept(ErrorCode.ER_UNKNOWN_ERROR.error(message));
    };
  }

  private void resume(Runnable outcome, Runnable dropped) {
    if (closed) {
      dropped.run();
    } else {
      guarded(outcome);
    }
  }

  /** Runs a task from the event loop's queue, so that long chains do not recurse. */
  void later(Runnable task) {
    loop.execute(
        () -> {
          if (!closed) {
            guarded(task);
          }
        });
  }

  /** Runs a task so that a defect in it ends the statement, not the session. */
  void guarded(Runnable task) {
    try {
      task.run();
    } catch (ProtocolException e) {
      violated.accept(e);
    } catch (RuntimeException e) {
      LOG.atError().setCause(e).addKeyValue("connectionId", connectionId).log("command failed");
      failed.accept(ErrorCode.ER_UNKNOWN_ERROR.error("Internal error in the gate"));
    }
  }

  /** Nothing comes back any more. */
  void close() {
    closed = true;
  }
}
