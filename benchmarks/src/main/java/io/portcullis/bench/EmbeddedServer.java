package io.portcullis.bench;

import io.portcullis.embedded.EmbeddedBackend;
import java.io.IOException;
import java.nio.file.Path;

/** The server of a bench where none is installed; runs until it is ended. */
final class EmbeddedServer {

  private EmbeddedServer() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    EmbeddedBackend backend =
        EmbeddedBackend.start(
            EmbeddedBackend.Settings.in(Path.of(arguments[0]))
                .withPort(Integer.parseInt(arguments[1]))
                .withServerOptions("--max-connections=400", "--innodb-buffer-pool-size=256M"));
    System.out.println("login: " + backend.user() + " " + backend.password() + " " + backend.pid());
    Thread.currentThread().join();
  }
}
