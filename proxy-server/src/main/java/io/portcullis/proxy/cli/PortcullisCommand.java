package io.portcullis.proxy.cli;

import io.portcullis.proxy.config.BackendConfig;
import io.portcullis.proxy.config.ConfigException;
import io.portcullis.proxy.config.ConfigLoader;
import io.portcullis.proxy.config.LogConfig;
import io.portcullis.proxy.config.PortcullisConfig;
import java.io.PrintWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code portcullis [start | check-config | print-defaults] [--config FILE]}. Answers go to
 * standard output, complaints to standard error, never with a stack trace.
 */
public final class PortcullisCommand {
  static final String CONFIG_VARIABLE = "PORTCULLIS_CONFIG";

  private final ServerStarter starter;
  private final Map<String, String> environment;
  private final Lifetime lifetime;

  PortcullisCommand(ServerStarter starter, Map<String, String> environment, Lifetime lifetime) {
    this.starter = starter;
    this.environment = Map.copyOf(environment);
    this.lifetime = lifetime;
  }

  /**
   * Does what the arguments say and returns the exit code. A started server keeps this from
   * returning; a signal ends the JVM.
   *
   * <p>The caller ends with {@link System#exit}, since a failed start may leave threads behind.
   */
  public static int run(String[] arguments, ServerStarter starter) {
    return new PortcullisCommand(starter, System.getenv(), Lifetime.ofJvm())
        .commandLine()
        .execute(arguments);
  }

  CommandLine commandLine() {
    return new CommandLine(new Root())
        .addSubcommand(new Start())
        .addSubcommand(new CheckConfig())
        .addSubcommand(new PrintDefaults())
        .setExecutionExceptionHandler(
            (failure, command, parsed) -> {
              complain(command.getErr(), failure);
              return failure instanceof ConfigException ? ExitCode.CONFIGURATION : ExitCode.FAILED;
            });
  }

  private static void complain(PrintWriter err, Exception failure) {
    if (failure instanceof ConfigException refused) {
      err.println("portcullis: the configuration is refused:");
      refused.problems().forEach(problem -> err.println("  " + problem));
    } else {
      err.println("portcullis: " + describe(failure));
      LoggerFactory.getLogger(PortcullisCommand.class).atDebug().setCause(failure).log("failed");
    }
    err.flush();
  }

  /** The messages of an exception and its causes, each once. */
  private static String describe(Throwable failure) {
    Set<String> messages = new LinkedHashSet<>();
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      String message = message(cause);
      if (message == null || message.isBlank()) {
        messages.add(cause.getClass().getSimpleName());
      } else if (messages.stream().noneMatch(earlier -> earlier.contains(message))) {
        messages.add(message);
      }
    }
    return String.join(": ", messages);
  }

  /** Of a file that cannot be used the JDK says which, and leaves why to the class. */
  private static @Nullable String message(Throwable failure) {
    if (failure instanceof FileSystemException file && file.getReason() == null) {
      String why = "cannot be used (" + file.getClass().getSimpleName() + ")";
      if (file instanceof AccessDeniedException) {
        why = "permission denied";
      } else if (file instanceof NoSuchFileException) {
        why = "there is no such file, and it cannot be made";
      } else if (file instanceof FileAlreadyExistsException) {
        why = "is a file (expected: a directory, or nothing yet)";
      }
      return file.getFile() + ": " + why;
    }
    return failure.getMessage();
  }

  private PortcullisConfig load(@Nullable Path file) throws ConfigException {
    ConfigLoader loader = new ConfigLoader(environment);
    Optional<Path> named = named(file);
    return named.isPresent() ? loader.load(named.get()) : loader.load();
  }

  private Optional<Path> named(@Nullable Path file) {
    return Optional.ofNullable(file)
        .or(
            () ->
                Optional.ofNullable(environment.get(CONFIG_VARIABLE))
                    .filter(value -> !value.isBlank())
                    .map(Path::of));
  }

  private int start(@Nullable Path file, PrintWriter out) throws Exception {
    PortcullisConfig config = load(file);
    configureLog(config.log());
    CompletableFuture<RunningServer> starting = new CompletableFuture<>();
    lifetime.begin(starting);
    try {
      RunningServer server = starter.start(config);
      server.greeting().forEach(out::println);
      out.flush();
      starting.complete(server);
    } finally {
      starting.completeExceptionally(new IllegalStateException("not started"));
    }
    lifetime.await();
    return ExitCode.OK;
  }

  /** Logback reads these when the first logger is made, which is after this. */
  private static void configureLog(LogConfig log) {
    System.setProperty("portcullis.log.level", log.level().name());
    System.setProperty("portcullis.log.format", log.format().name().toLowerCase(Locale.ROOT));
  }

  private static final class ConfigOption {
    @Option(
        names = {"-c", "--config"},
        paramLabel = "FILE",
        description = {
          "Configuration file (YAML); also by the variable " + CONFIG_VARIABLE + ".",
          "Without one, an embedded MariaDB runs behind the gate."
        })
    @Nullable Path file;
  }

  @Command(
      name = "portcullis",
      mixinStandardHelpOptions = true,
      versionProvider = Version.class,
      synopsisSubcommandLabel = "[COMMAND]",
      description =
          "A gate in front of MySQL and MariaDB: roles decide what every statement may touch.",
      exitCodeListHeading = "%nExit codes:%n",
      exitCodeList = {
        " 0:done",
        " 1:the server could not start",
        " 2:wrong usage",
        "78:the configuration is refused"
      },
      footer = {"", "Without a command it starts the server."})
  private final class Root implements Callable<Integer> {
    @CommandLine.Mixin private final ConfigOption config = new ConfigOption();
    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws Exception {
      return start(config.file, out(spec));
    }
  }

  @Command(
      name = "start",
      mixinStandardHelpOptions = true,
      versionProvider = Version.class,
      description = "Starts the server in the foreground. SIGTERM or Ctrl-C drains and stops it.")
  private final class Start implements Callable<Integer> {
    @CommandLine.Mixin private final ConfigOption config = new ConfigOption();
    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws Exception {
      return start(config.file, out(spec));
    }
  }

  @Command(
      name = "check-config",
      mixinStandardHelpOptions = true,
      versionProvider = Version.class,
      description = "Reads the configuration as start would, and says what is wrong with it.")
  private final class CheckConfig implements Callable<Integer> {
    @CommandLine.Mixin private final ConfigOption config = new ConfigOption();
    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws ConfigException {
      PortcullisConfig loaded = load(config.file);
      PrintWriter out = out(spec);
      out.println(named(config.file).map(Path::toString).orElse("the defaults") + ": ok");
      out.println("listens on " + loaded.listen().address() + ":" + loaded.listen().port());
      out.println(
          "backend: "
              + loaded
                  .backend()
                  .map(PortcullisCommand::describe)
                  .orElseGet(() -> "embedded MariaDB in " + loaded.dataDirectory()));
      loaded
          .backends()
          .forEach((name, backend) -> out.println("backend " + name + ": " + describe(backend)));
      out.flush();
      return ExitCode.OK;
    }
  }

  private static String describe(BackendConfig backend) {
    return backend.user() + "@" + backend.host() + ":" + backend.port();
  }

  @Command(
      name = "print-defaults",
      mixinStandardHelpOptions = true,
      versionProvider = Version.class,
      description = "Prints every key with its default and what it means, as a file to start from.")
  private static final class PrintDefaults implements Callable<Integer> {
    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
      PrintWriter out = out(spec);
      out.print(ConfigLoader.documentedDefaults());
      out.flush();
      return ExitCode.OK;
    }
  }

  private static PrintWriter out(@Nullable CommandSpec spec) {
    if (spec == null) {
      throw new IllegalStateException("not run by the command line");
    }
    return spec.commandLine().getOut();
  }
}
