package io.portcullis.proxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.proxy.config.ConfigLoader;
import io.portcullis.proxy.config.PortcullisConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.BindException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class PortcullisCommandTest {
  @TempDir Path directory;

  private final List<String> events = new ArrayList<>();
  private final List<PortcullisConfig> started = new ArrayList<>();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final Map<String, String> environment = new HashMap<>();

  /** Ends at once, closing the server as a signal would. */
  private final class ShortLife implements Lifetime {
    private CompletableFuture<RunningServer> starting = new CompletableFuture<>();

    @Override
    public void begin(CompletableFuture<RunningServer> future) {
      events.add("begin");
      starting = future;
    }

    @Override
    public void await() {
      starting.join().close();
    }
  }

  private RunningServer start(PortcullisConfig config) {
    events.add("start");
    started.add(config);
    return new RunningServer() {
      @Override
      public List<String> greeting() {
        return List.of("listening");
      }

      @Override
      public void close() {
        events.add("close");
      }
    };
  }

  private int run(ServerStarter starter, String... arguments) {
    CommandLine command =
        new PortcullisCommand(starter, environment, new ShortLife()).commandLine();
    command.setOut(new PrintWriter(out, true));
    command.setErr(new PrintWriter(err, true));
    return command.execute(arguments);
  }

  private int run(String... arguments) {
    return run(this::start, arguments);
  }

  private Path file(String yaml) throws IOException {
    return Files.writeString(directory.resolve("portcullis.yaml"), yaml);
  }

  @Test
  void startIsTheDefaultCommand() {
    assertThat(run()).isEqualTo(ExitCode.OK);
    assertThat(events).containsExactly("begin", "start", "close");
    assertThat(started).containsExactly(PortcullisConfig.defaults());
    assertThat(out.toString()).contains("listening");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void startTakesItsConfigurationFromTheFileNamed() throws Exception {
    String path = file("listen: {port: 4001}").toString();

    assertThat(run("start", "--config", path)).isEqualTo(ExitCode.OK);
    assertThat(run("--config=" + path)).isEqualTo(ExitCode.OK);
    environment.put("PORTCULLIS_CONFIG", path);
    assertThat(run("start")).isEqualTo(ExitCode.OK);

    assertThat(started).extracting(config -> config.listen().port()).containsOnly(4001).hasSize(3);
  }

  @Test
  void refusedConfigurationStartsNothing() throws Exception {
    int code = run("start", "-c", file("listen: {port: 70000}").toString());

    assertThat(code).isEqualTo(ExitCode.CONFIGURATION);
    assertThat(events).isEmpty();
    assertThat(err.toString())
        .contains("listen.port: 70000 (expected: 0..65535)")
        .doesNotContain("\tat ");
  }

  @Test
  void failedStartIsOneLineWithTheReasons() {
    int code =
        run(
            config -> {
              throw new IOException(
                  "cannot listen on 127.0.0.1:3307", new BindException("Address already in use"));
            });

    assertThat(code).isEqualTo(ExitCode.FAILED);
    assertThat(err.toString())
        .isEqualToIgnoringNewLines(
            "portcullis: cannot listen on 127.0.0.1:3307: Address already in use");
  }

  @Test
  void fileThatCannotBeUsedIsNamedWithTheReason() throws Exception {
    Path file = file("{}");
    int code =
        run(
            config -> {
              Files.createDirectory(file);
              throw new AssertionError("made");
            });

    assertThat(code).isEqualTo(ExitCode.FAILED);
    assertThat(err.toString())
        .isEqualToIgnoringNewLines(
            "portcullis: " + file + ": is a file (expected: a directory, or nothing yet)");
    assertThat(reason(new AccessDeniedException("/d/lock")))
        .isEqualTo("/d/lock: permission denied");
    assertThat(reason(new FileSystemException("/d", null, "No space left on device")))
        .isEqualTo("/d: No space left on device");
  }

  private String reason(Exception failure) {
    err.getBuffer().setLength(0);
    run(
        config -> {
          throw failure;
        });
    return err.toString().trim().substring("portcullis: ".length());
  }

  @Test
  void checkConfigStartsNothing() throws Exception {
    assertThat(run("check-config", "--config", file("{}").toString())).isEqualTo(ExitCode.OK);
    assertThat(out.toString()).contains("portcullis.yaml: ok").contains("embedded MariaDB in");
    assertThat(
            run("check-config", "-c", file("backend: {host: h, user: u, password: pw}").toString()))
        .isEqualTo(ExitCode.OK);
    assertThat(out.toString()).contains("backend: u@h:3306").doesNotContain("pw");
    assertThat(
            run(
                "check-config",
                "-c",
                file("backends: {eu: {host: e, user: v, password: pw}}").toString()))
        .isEqualTo(ExitCode.OK);
    assertThat(out.toString()).contains("backend eu: v@e:3306").doesNotContain("pw");
    assertThat(run("check-config", "-c", file("nonsense: 1").toString()))
        .isEqualTo(ExitCode.CONFIGURATION);
    assertThat(run("check-config", "-c", directory.resolve("none").toString()))
        .isEqualTo(ExitCode.CONFIGURATION);
    assertThat(events).isEmpty();
  }

  @Test
  void printDefaultsPrintsTheDocumentedFile() {
    assertThat(run("print-defaults")).isEqualTo(ExitCode.OK);
    assertThat(out.toString()).isEqualTo(ConfigLoader.documentedDefaults());
  }

  @Test
  void helpAndVersionAreAnswered() {
    assertThat(run("--help")).isEqualTo(ExitCode.OK);
    assertThat(out.toString()).contains("check-config", "print-defaults", "--config=FILE");
    assertThat(run("--version")).isEqualTo(ExitCode.OK);
    assertThat(out.toString()).contains("portcullis " + Version.number());
    assertThat(Version.number()).matches("[0-9]+\\.[0-9]+\\.[0-9]+.*");
    assertThat(events).isEmpty();
  }

  @Test
  void unknownCommandOrOptionIsWrongUsage() {
    assertThat(run("strat")).isEqualTo(ExitCode.USAGE);
    assertThat(run("start", "--colour")).isEqualTo(ExitCode.USAGE);
    assertThat(events).isEmpty();
  }
}
