package io.portcullis.proxy.cli;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

/** From the first moment of a server to the end of the JVM, which closes it. */
interface Lifetime {
  /** Called before the start, so that a signal during the start closes what was started. */
  void begin(CompletableFuture<RunningServer> starting);

  /** Returns when the server is to be left alone: at the end of the JVM, that is never. */
  void await() throws InterruptedException;

  /** The one of a program: a shutdown hook. */
  static Lifetime ofJvm() {
    return new Lifetime() {
      @Override
      public void begin(CompletableFuture<RunningServer> starting) {
        Runtime.getRuntime()
            .addShutdownHook(
                new Thread(
                    () ->
                        starting
                            .handle(
                                (server, failure) -> {
                                  if (server != null) {
                                    server.close();
                                  }
                                  return true;
                                })
                            .join(),
                    "shutdown"));
      }

      @Override
      public void await() throws InterruptedException {
        new CountDownLatch(1).await();
      }
    };
  }
}
