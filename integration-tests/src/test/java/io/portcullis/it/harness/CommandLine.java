package io.portcullis.it.harness;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The command line client, in batch: before a MySQL that was installed for the tests, the programs
 * beside it.
 */
public final class CommandLine {

  /** How it ended and what it printed. */
  public record Run(int code, String output, String error) {}

  private CommandLine() {}

  /** The program, if there is one. */
  public static Optional<String> installed() {
    return installed("mariadb", "mysql");
  }

  /** The first of these programs that is there. */
  public static Optional<String> installed(String... programs) {
    return Stream.concat(
            Stream.of(programs).flatMap(program -> besideTheServer(program).stream()),
            Stream.of(programs))
        .filter(CommandLine::runs)
        .findFirst();
  }

  private static Optional<String> besideTheServer(String program) {
    String backend = System.getProperty("portcullis.it.backend", "");
    return backend.startsWith(TestBackend.MYSQLD)
        ? Optional.of(
            Path.of(backend.substring(TestBackend.MYSQLD.length()))
                .resolveSibling(program)
                .toString())
        : Optional.empty();
  }

  /** Whether the program of that name or path is MySQL's. */
  public static boolean isMySqls(String program) {
    return Path.of(program).endsWith("mysql") || Path.of(program).endsWith("mysqldump");
  }

  private static boolean runs(String program) {
    try {
      Process process = new ProcessBuilder(program, "--version").redirectErrorStream(true).start();
      process.getInputStream().readAllBytes();
      return process.waitFor() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Logs in with the options and gives it that input. */
  public static Run run(Endpoint endpoint, List<String> options, String input)
      throws IOException, InterruptedException {
    String program = installed().orElseThrow();
    List<String> all = new ArrayList<>(List.of("--default-character-set=utf8mb4"));
    if (program.indexOf('/') >= 0) {
      all.add("--commands"); // off since MySQL 9.6
    }
    all.addAll(options);
    return run(program, endpoint, all, input);
  }

  /** The same with another of the server's programs. */
  public static Run run(String program, Endpoint endpoint, List<String> options, String input)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.addAll(
        List.of(
            program,
            "--no-defaults",
            "--protocol=tcp",
            "--host=" + endpoint.host(),
            "--port=" + endpoint.port(),
            "--user=" + endpoint.user()));
    command.addAll(options);
    return execute(command, Map.of("MYSQL_PWD", endpoint.password()), input);
  }

  /** Any program, with that input, in UTF-8. */
  public static Run execute(List<String> command, Map<String, String> environment, String input)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    builder.environment().put("LC_ALL", "C.UTF-8");
    Process process = builder.start();
    process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().close();
    StringBuilder error = new StringBuilder();
    Thread reader =
        new Thread(
            () -> {
              try {
                error.append(
                    new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8));
              } catch (IOException e) {
                error.append(e);
              }
            });
    reader.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int code = process.waitFor();
    reader.join();
    return new Run(code, output, error.toString());
  }
}
