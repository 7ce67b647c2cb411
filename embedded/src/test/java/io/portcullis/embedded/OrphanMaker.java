package io.portcullis.embedded;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** A JVM that starts a server, prints its process id, and waits to be killed. */
final class OrphanMaker {
  private OrphanMaker() {}

  static Process start(Path directory) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            OrphanMaker.class.getName(),
            directory.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  public static void main(String[] arguments) throws Exception {
    EmbeddedBackend backend = EmbeddedBackend.start(Path.of(arguments[0]));
    System.out.println(backend.pid());
    new CountDownLatch(1).await();
  }
}
