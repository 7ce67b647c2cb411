package io.portcullis.it.coverage;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** A script in the language of {@code mysqltest}, read into its commands and statements. */
final class TestScript {

  /** A line of a script. */
  sealed interface Node permits Sql, Command, Block {}

  /** A statement for the server, without its delimiter. */
  record Sql(String text) implements Node {}

  /** A command of the language, such as {@code let}; its name in lower case. */
  record Command(String name, String arguments) implements Node {}

  /** {@code if} or {@code while}. */
  record Block(boolean loop, String condition, List<Node> body) implements Node {}

  /** Words that are commands even without {@code --} before them. */
  private static final Set<String> COMMANDS =
      Set.of(
          ("append_file assert cat_file change_user character_set chmod connect connection"
                  + " copy_file copy_files_wildcard dec delimiter die diff_files dirty_close"
                  + " disable_abort_on_error disable_async_client disable_connect_log"
                  + " disable_cursor_protocol disable_info disable_metadata"
                  + " disable_non_blocking_api disable_parsing disable_prepare_warnings"
                  + " disable_ps2_protocol disable_ps_protocol disable_query_log disable_reconnect"
                  + " disable_result_log disable_rpl_parse disable_service_connection"
                  + " disable_session_track_info disable_testcase disable_view_protocol"
                  + " disable_warnings disconnect echo enable_abort_on_error enable_async_client"
                  + " enable_connect_log enable_cursor_protocol enable_info enable_metadata"
                  + " enable_non_blocking_api enable_parsing enable_prepare_warnings"
                  + " enable_ps2_protocol enable_ps_protocol enable_query_log enable_reconnect"
                  + " enable_result_log enable_rpl_parse enable_service_connection"
                  + " enable_session_track_info enable_testcase enable_view_protocol"
                  + " enable_warnings end end_timer error eval evalp exec execw exit expr file_exists"
                  + " force-cpdir force-rmdir horizontal_results if inc let list_files"
                  + " list_files_append_file list_files_write_file lowercase_result"
                  + " master_pos_wait mkdir move_file optimizer_trace output perl"
                  + " ping pop_opt post_test_query ps_bind ps_close ps_execute ps_prepare query"
                  + " query_attributes query_get_value query_horizontal query_vertical real_sleep"
                  + " reap remove_file remove_files_wildcard replace_column replace_numeric_round"
                  + " replace_regex replace_result require require_manager reset_connection"
                  + " result result_format rmdir save_master_pos send send_eval send_quit"
                  + " send_shutdown server_start server_stop shutdown_server skip sleep"
                  + " sorted_result source start_timer sync_slave_with_master sync_with_master"
                  + " system vertical_results wait_for_slave_to_stop while write_file write_line")
              .split(" "));

  private final String text;
  private final Deque<List<Node>> open = new ArrayDeque<>();
  private String delimiter = ";";
  private int at;

  private TestScript(String text) {
    this.text = text;
    open.push(new ArrayList<>());
  }

  static List<Node> read(String text) {
    TestScript script = new TestScript(text.replace("\r\n", "\n"));
    script.read();
    return List.copyOf(script.open.getLast());
  }

  private void read() {
    while (true) {
      while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
        at++;
      }
      if (at >= text.length()) {
        return;
      }
      char c = text.charAt(at);
      if (c == '#') {
        line();
      } else if (text.startsWith("--", at)) {
        String line = line().substring(2).strip();
        String name = word(line);
        if (COMMANDS.contains(name)) {
          command(name, line.substring(name.length()).strip());
        }
      } else if (c == '}') {
        at++;
        if (open.size() > 1) {
          open.pop();
        }
      } else if (text.startsWith(delimiter, at)) {
        at += delimiter.length();
      } else {
        String name = word(text.substring(at, Math.min(text.length(), at + 40)));
        if (name.equals("if") || name.equals("while")) {
          block(name.equals("while"), at + name.length());
        } else {
          statement(name);
        }
      }
    }
  }

  /** The rest of the line. */
  private String line() {
    int end = text.indexOf('\n', at);
    end = end < 0 ? text.length() : end;
    String line = text.substring(at, end);
    at = Math.min(text.length(), end + 1);
    return line;
  }

  private static String word(String line) {
    int end = 0;
    while (end < line.length()
        && (Character.isLetterOrDigit(line.charAt(end)) || line.charAt(end) == '_')) {
      end++;
    }
    return line.substring(0, end).toLowerCase(Locale.ROOT);
  }

  private void block(boolean loop, int from) {
    int begin = text.indexOf('(', from);
    int depth = 0;
    int i = Math.max(begin, from);
    char quote = 0;
    for (; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quote != 0) {
        quote = c == quote ? 0 : quote;
      } else if (c == '\'' || c == '"' || c == '`') {
        quote = c;
      } else if (c == '(') {
        depth++;
      } else if (c == ')' && --depth == 0) {
        break;
      }
    }
    int brace = text.indexOf('{', Math.min(i, text.length()));
    if (begin < 0 || brace < 0) {
      at = text.length();
      return;
    }
    List<Node> body = new ArrayList<>();
    add(new Block(loop, text.substring(begin + 1, i).strip(), body));
    open.push(body);
    at = brace + 1;
  }

  /** Up to the delimiter, which does not count inside of quotes. */
  private void statement(String first) {
    int begin = at;
    char quote = 0;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (quote != 0) {
        if (c == '\\') {
          at++;
        } else if (c == quote) {
          quote = 0;
        }
      } else if (text.startsWith(delimiter, at)) {
        break;
      } else if (c == '\'' || c == '"' || c == '`') {
        quote = c;
      }
      at++;
    }
    String statement = text.substring(begin, Math.min(at, text.length())).strip();
    at = Math.min(text.length(), at + delimiter.length());
    if (COMMANDS.contains(first)) {
      if (first.equals("perl") || first.equals("write_file") || first.equals("append_file")) {
        line();
      }
      command(first, statement.substring(first.length()).strip());
    } else {
      add(new Sql(statement));
    }
  }

  private void command(String name, String arguments) {
    switch (name) {
      case "delimiter" -> {
        String wanted = arguments.strip();
        if (wanted.length() > delimiter.length() && wanted.endsWith(delimiter)) {
          wanted = wanted.substring(0, wanted.length() - delimiter.length());
        }
        delimiter = wanted.isEmpty() ? ";" : wanted.strip();
      }
      case "perl", "write_file", "append_file" -> skipTo(lastWord(name, arguments));
      case "disable_parsing", "disable_testcase" -> {
        String end = "enable_" + name.substring("disable_".length());
        while (at < text.length() && !line().contains(end)) {
          // left out by the script itself
        }
      }
      default -> add(new Command(name, arguments));
    }
  }

  private static String lastWord(String name, String arguments) {
    String[] words = arguments.strip().replace(";", "").split("\\s+");
    boolean named = name.equals("perl") ? !words[0].isEmpty() : words.length > 1;
    return named ? words[words.length - 1] : "EOF";
  }

  private void skipTo(String end) {
    while (at < text.length() && !line().strip().startsWith(end)) {
      // the contents of a file
    }
  }

  private void add(Node node) {
    open.element().add(node);
  }
}
