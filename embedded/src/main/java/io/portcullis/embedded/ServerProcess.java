package io.portcullis.embedded;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running mariadbd. A daemon thread copies what it prints to a log file and notices when it is
 * ready.
 */
final class ServerProcess {
  private static final Logger LOG = LoggerFactory.getLogger(ServerProcess.class);
  private static final String READY = ": ready for connections.";
  private static final Duration START = Duration.ofSeconds(120);
  private static final int KEPT_LINES = 20;

  /** The port was free a moment ago and is not any more. */
  static final class PortTakenException extends IOException {
    private static final long serialVersionUID = 1L;

    PortTakenException(String message) {
      super(message);
    }
  }

  private final Process process;
  private final CompletableFuture<Void> ready = new CompletableFuture<>();
  private final Deque<String> lastLines = new ArrayDeque<>();

  private ServerProcess(Process process) {
    this.process = process;
  }

  /**
   * Starts the server and waits until it accepts connections. The process id is on disk before
   * anything can go wrong.
   */
  static ServerProcess start(ProcessBuilder builder, Path log, Path pidFile) throws IOException {
    ServerProcess server = new ServerProcess(builder.start());
    boolean up = false;
    try {
      PrivateFiles.write(pidFile, server.process.pid() + "\n");
      Thread reader = new Thread(() -> server.copyOutput(log), "embedded-backend-log");
      reader.setDaemon(true);
      reader.start();
      server.ready.get(START.toMillis(), TimeUnit.MILLISECONDS);
      up = true;
      return server;
    } catch (ExecutionException | TimeoutException e) {
      String text = server.lastLines();
      String message = "embedded MariaDB did not start:\n" + text;
      if (text.contains("Address already in use") || text.contains("Can't start server: Bind")) {
        throw new PortTakenException(message);
      }
      throw new IOException(message, e);
    } catch (InterruptedException e) {
      throw interrupted();
    } finally {
      if (!up) {
        server.process.destroyForcibly();
      }
    }
  }

  /** Runs a program to its end. */
  static void run(ProcessBuilder builder) throws IOException {
    Process process = builder.start();
    process.getOutputStream().close();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    try {
      int status = process.waitFor();
      if (status != 0) {
        throw new IOException(
            Path.of(builder.command().get(0)).getFileName()
                + " failed with status "
                + status
                + ":\n"
                + output);
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      throw interrupted();
    }
  }

  /** Asks a process to end, and ends it when it does not. */
  static void end(ProcessHandle process, Duration patience) throws IOException {
    process.destroy();
    try {
      try {
        process.onExit().get(patience.toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        LOG.atWarn().addKeyValue("pid", process.pid()).log("server does not stop: killing it");
        process.destroyForcibly();
        process.onExit().get(patience.toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("process " + process.pid() + " does not end", e);
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  private static InterruptedIOException interrupted() {
    Thread.currentThread().interrupt();
    return new InterruptedIOException("interrupted while waiting for MariaDB");
  }

  private void copyOutput(Path log) {
    try (BufferedReader lines =
            new BufferedReader(
                new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        BufferedWriter out =
            Files.newBufferedWriter(
                log,
                StandardCharsets.UTF_8,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        keep(line);
        out.write(line);
        out.newLine();
        out.flush();
        if (line.contains(READY)) {
          ready.complete(null);
        }
      }
    } catch (IOException e) {
      LOG.atDebug().setCause(e).log("server output ended");
    }
    ready.completeExceptionally(new IOException("server ended"));
  }

  private synchronized void keep(String line) {
    if (lastLines.size() == KEPT_LINES) {
      lastLines.removeFirst();
    }
    lastLines.addLast(line);
  }

  private synchronized String lastLines() {
    return String.join("\n", lastLines);
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  void stop(Duration patience) throws IOException {
    end(process.toHandle(), patience);
  }
}
