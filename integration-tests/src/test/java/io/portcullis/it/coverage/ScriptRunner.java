package io.portcullis.it.coverage;

import io.portcullis.it.coverage.TestScript.Block;
import io.portcullis.it.coverage.TestScript.Command;
import io.portcullis.it.coverage.TestScript.Node;
import io.portcullis.it.coverage.TestScript.Sql;
import io.portcullis.it.harness.Endpoint;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Runs one script against a server, one statement after the other, and hands on those that the
 * server accepted. Commands about files, other servers and results do nothing. Whoever a connection
 * of the script is for, the administrator makes it: what is asked is whether a statement exists.
 */
final class ScriptRunner implements AutoCloseable {

  private static final int MOST_ROUNDS = 10;
  private static final int DEEPEST_SOURCE = 8;

  /** Scripts that prepare the server or wait for it, and hold nothing to be measured. */
  private static final Pattern INFRASTRUCTURE =
      Pattern.compile(
          "include/.*(have_|not_|is_|wait|sync|restart|shutdown|crash|kill|start_|stop_|count_"
              + "|master|slave|rpl|galera|check|assert|big_test|valgrind|search_pattern|diff_|write_|min_null"
              + "|default_|no_|windows|linux|maybe|long_test|ctype_|expect_|kill_|reset_|require_).*");

  /** What would end the server, its sessions, or the administrator. */
  private static final Pattern DANGEROUS =
      Pattern.compile(
          "(?is)\\s*(shutdown|kill|restart|install|uninstall|(start|stop|change|reset)\\s+(all\\s+)?(slave|replica|master)"
              + "|set\\s+(@@)?(global|persist)\\b.*\\b(innodb_fast_shutdown|debug|read_only|init_connect|max_connections"
              + "|super_read_only|offline_mode|skip_networking|secure_auth|max_statement_time|net_\\w+_timeout"
              + "|wait_timeout|interactive_timeout|lock_wait_timeout|innodb_lock_wait_timeout|max_user_connections"
              + "|max_password_errors|thread_handling|autocommit)"
              + "|flush\\s+(local\\s+)?tables?\\s+.*\\bread\\s+lock|backup\\s|.*\\bportcullis\\b"
              + "|drop\\s+(database|schema)\\s+(if\\s+exists\\s+)?`?(mysql|sys|performance_schema)`?\\s*$"
              + "|(drop|truncate|alter|rename)\\s+table\\s+(if\\s+exists\\s+)?`?mysql`?\\."
              + "|(delete\\s+from|update|truncate)\\s+`?mysql`?\\.`?(user|global_priv|db|plugin)\\b"
              + "|set\\s+password|use\\s+mysql\\b).*");

  private static final Pattern CHANGES_MODE =
      Pattern.compile("(?is).*(sql_mode|\\bnames\\b|charset|character).*|\\s*(call|execute).*");

  private static final Pattern VARIABLE = Pattern.compile("\\$\\{?([A-Za-z0-9_]+)\\}?");

  private final Endpoint server;
  private final Path root;
  private final Path file;
  private final String suite;
  private final String test;
  private final Instant deadline;
  private final Consumer<Accepted> accepted;
  private final Map<String, String> variables = new HashMap<>();
  private final Map<String, Session> sessions = new HashMap<>();
  private final Set<String> broken = new HashSet<>();
  private String current = "default";
  private boolean ended;
  private int tried;

  /** A connection with the state that changes how its text is read. */
  private static final class Session {
    final Connection connection;
    String sqlMode = "";
    String charset = "";

    Session(Connection connection) throws SQLException {
      this.connection = connection;
      look();
    }

    void look() throws SQLException {
      try (Statement statement = connection.createStatement();
          ResultSet row = statement.executeQuery("SELECT @@sql_mode, @@character_set_client")) {
        row.next();
        sqlMode = row.getString(1);
        charset = row.getString(2);
      }
    }
  }

  /**
   * @param root the directory {@code source} counts from
   * @param limit after which the rest of the script is left out
   */
  ScriptRunner(Endpoint server, Path root, Path file, Duration limit, Consumer<Accepted> accepted) {
    this.server = server;
    this.root = root;
    this.file = file;
    this.deadline = Instant.now().plus(limit);
    this.accepted = accepted;
    this.suite = suiteOf(root, file);
    this.test = String.valueOf(file.getFileName()).replaceFirst("\\.test$", "");
    variables.put("mysql_errno", "0");
    variables.put("mysql_errname", "");
    variables.put("MYSQLTEST_VARDIR", "/nonexistent/var");
    variables.put("MYSQL_TEST_DIR", root.toString());
    variables.put("MYSQL_TMP_DIR", "/nonexistent/tmp");
    variables.put("engine_type", "InnoDB");
    variables.put("ENGINE_TYPE", "InnoDB");
    variables.put("default_engine", "InnoDB");
    variables.put("MASTER_MYPORT", "3306");
  }

  static String suiteOf(Path root, Path file) {
    Path inside = root.relativize(file);
    String first = inside.getName(0).toString();
    boolean below = first.equals("suite") || first.equals("plugin");
    return below ? inside.getName(1).toString() : first;
  }

  /** How many statements were tried. */
  int run() throws IOException {
    run(TestScript.read(text(file)), 0);
    return tried;
  }

  private static String text(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(java.nio.ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      return new String(bytes, StandardCharsets.ISO_8859_1);
    }
  }

  private void run(List<Node> nodes, int depth) throws IOException {
    for (Node node : nodes) {
      if (ended || Instant.now().isAfter(deadline)) {
        ended = true;
        return;
      }
      if (node instanceof Sql sql) {
        statement(sql.text(), false);
      } else if (node instanceof Command command) {
        command(command, depth);
      } else if (node instanceof Block block) {
        int rounds = 0;
        while (rounds++ < (block.loop() ? MOST_ROUNDS : 1) && holds(block.condition()) && !ended) {
          run(block.body(), depth);
        }
      } else {
        throw new AssertionError(node);
      }
    }
  }

  private void command(Command command, int depth) throws IOException {
    String arguments = command.arguments();
    switch (command.name()) {
      case "eval", "evalp", "send_eval" -> statement(arguments, true);
      case "send", "query", "query_vertical", "query_horizontal" -> statement(arguments, true);
      case "let" -> let(arguments);
      case "inc", "dec" -> count(arguments, command.name().equals("inc") ? 1 : -1);
      case "source" -> source(arguments, depth);
      case "connect" -> connect(arguments);
      case "connection" -> current = substituted(arguments).orElse(current).strip();
      case "disconnect", "dirty_close" -> disconnect(arguments.strip());
      case "reset_connection" -> disconnect(current);
      case "exit" -> ended = true;
      default -> {
        // about files, results, or other servers
      }
    }
  }

  // ---------------------------------------------------------------- variables

  private void let(String arguments) {
    int equals = arguments.indexOf('=');
    if (equals < 0) {
      return;
    }
    String name = arguments.substring(0, equals).strip().replaceFirst("^\\$", "");
    variables.remove(name);
    value(arguments.substring(equals + 1).strip()).ifPresent(value -> variables.put(name, value));
  }

  private void count(String arguments, int step) {
    String name = arguments.strip().replaceFirst("^\\$", "");
    try {
      int old = Integer.parseInt(variables.getOrDefault(name, "0").strip());
      variables.put(name, Integer.toString(old + step));
    } catch (NumberFormatException e) {
      variables.remove(name);
    }
  }

  /** A value as {@code let} takes it: what a query in backticks says, or a text with variables. */
  private Optional<String> value(String written) {
    if (written.length() > 1 && written.startsWith("`") && written.endsWith("`")) {
      return substituted(written.substring(1, written.length() - 1)).flatMap(this::ask);
    }
    if (written.startsWith("query_get_value")) {
      return Optional.empty();
    }
    return substituted(written);
  }

  private Optional<String> substituted(String text) {
    Matcher matcher = VARIABLE.matcher(text);
    StringBuilder result = new StringBuilder();
    while (matcher.find()) {
      String value = variables.get(matcher.group(1));
      if (value == null) {
        return Optional.empty();
      }
      matcher.appendReplacement(result, Matcher.quoteReplacement(value));
    }
    matcher.appendTail(result);
    return Optional.of(result.toString());
  }

  private Optional<String> ask(String query) {
    Session session = session();
    if (session == null || DANGEROUS.matcher(query).matches()) {
      return Optional.empty();
    }
    try (Statement statement = session.connection.createStatement()) {
      statement.setEscapeProcessing(false);
      try (ResultSet row = statement.executeQuery(query)) {
        return row.next() ? Optional.of(String.valueOf(row.getString(1))) : Optional.of("");
      }
    } catch (SQLException e) {
      dropIfDead(session);
      return Optional.empty();
    }
  }

  /** A condition that cannot be told does not hold. */
  private boolean holds(String condition) {
    boolean negated = condition.startsWith("!");
    String operand = negated ? condition.substring(1).strip() : condition;
    Matcher comparison =
        Pattern.compile("(?s)(\\$\\w+)\\s*(==|!=|<=|>=|<|>)\\s*(.*)").matcher(operand);
    if (comparison.matches()) {
      Optional<String> left = value(comparison.group(1));
      Optional<String> right = value(comparison.group(3).strip());
      if (left.isEmpty() || right.isEmpty()) {
        return false;
      }
      return compare(left.get(), comparison.group(2), unquoted(right.get())) != negated;
    }
    String value = value(operand).orElse("").strip();
    boolean truth = !value.isEmpty() && !value.equals("0") && !value.equals("NULL");
    return truth != negated;
  }

  private static String unquoted(String value) {
    return value.length() > 1 && value.startsWith("'") && value.endsWith("'")
        ? value.substring(1, value.length() - 1)
        : value;
  }

  private static boolean compare(String left, String operator, String right) {
    int order;
    try {
      order = Long.compare(Long.parseLong(left.strip()), Long.parseLong(right.strip()));
    } catch (NumberFormatException e) {
      order = left.compareToIgnoreCase(right);
    }
    return switch (operator) {
      case "==" -> order == 0;
      case "!=" -> order != 0;
      case "<" -> order < 0;
      case ">" -> order > 0;
      case "<=" -> order <= 0;
      default -> order >= 0;
    };
  }

  private void source(String arguments, int depth) throws IOException {
    Optional<String> name = substituted(arguments.strip().replace(";", ""));
    if (name.isEmpty() || depth >= DEEPEST_SOURCE || INFRASTRUCTURE.matcher(name.get()).matches()) {
      return;
    }
    Path directory = file.getParent();
    for (Path base : List.of(root, directory == null ? root : directory, root.resolve("suite"))) {
      Path found = base.resolve(name.get()).normalize();
      if (Files.isRegularFile(found)) {
        run(TestScript.read(text(found)), depth + 1);
        return;
      }
    }
  }

  // ---------------------------------------------------------------- connections

  private void connect(String arguments) {
    Optional<String> written = substituted(arguments);
    if (written.isEmpty()) {
      return;
    }
    String[] fields = written.get().replaceAll("[()]", "").split(",", -1);
    String name = fields[0].strip();
    String database = fields.length > 4 ? fields[4].strip() : "";
    disconnect(name);
    broken.remove(name);
    current = name;
    open(name, database.isEmpty() || database.startsWith("*") ? "test" : database);
  }

  private void disconnect(String name) {
    Session session = sessions.remove(name);
    if (session != null) {
      close(session);
    }
    if (name.equals(current)) {
      current = "default";
    }
  }

  private @Nullable Session session() {
    Session session = sessions.get(current);
    return session != null ? session : open(current, "test");
  }

  private @Nullable Session open(String name, String database) {
    if (broken.contains(name)) {
      return null;
    }
    try {
      Session session =
          new Session(
              server.connect(
                  database,
                  Map.of(
                      "allowMultiQueries",
                      "true",
                      "socketTimeout",
                      "15000",
                      "characterEncoding",
                      "UTF-8",
                      "connectionTimeZone",
                      "SERVER")));
      sessions.put(name, session);
      return session;
    } catch (SQLException e) {
      broken.add(name);
      return null;
    }
  }

  private static void close(Session session) {
    try {
      session.connection.close();
    } catch (SQLException e) {
      // it is gone
    }
  }

  private void dropIfDead(Session session) {
    try {
      if (session.connection.isClosed()) {
        sessions.values().remove(session);
      }
    } catch (SQLException e) {
      sessions.values().remove(session);
    }
  }

  // ---------------------------------------------------------------- statements

  private void statement(String written, boolean evaluated) {
    Optional<String> text = evaluated ? substituted(written) : Optional.of(written);
    if (text.isEmpty() || text.get().isBlank() || DANGEROUS.matcher(text.get()).matches()) {
      return;
    }
    Session session = session();
    if (session == null) {
      return;
    }
    tried++;
    Accepted candidate = new Accepted(suite, test, session.sqlMode, session.charset, text.get());
    try {
      execute(session.connection, text.get());
      accepted.accept(candidate);
      variables.put("mysql_errno", "0");
      if (CHANGES_MODE.matcher(text.get().toLowerCase(Locale.ROOT)).matches()) {
        session.look();
      }
    } catch (SQLException e) {
      variables.put("mysql_errno", Integer.toString(e.getErrorCode()));
      dropIfDead(session);
    }
  }

  private static void execute(Connection connection, String text) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.setEscapeProcessing(false);
      statement.setFetchSize(Integer.MIN_VALUE); // rows are not collected
      boolean rows = statement.execute(text);
      while (rows || statement.getUpdateCount() != -1) {
        if (rows) {
          try (ResultSet result = statement.getResultSet()) {
            while (result.next()) {
              // all of them must come without an error
            }
          }
        }
        rows = statement.getMoreResults();
      }
    }
  }

  @Override
  public void close() {
    sessions.values().forEach(ScriptRunner::close);
  }
}
