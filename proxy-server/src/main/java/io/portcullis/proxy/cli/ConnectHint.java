package io.portcullis.proxy.cli;

import io.portcullis.proxy.config.PortcullisConfig;
import java.util.Set;

/** How a client on this machine reaches the gate. */
public final class ConnectHint {
  private static final Set<String> ANY_ADDRESS = Set.of("0.0.0.0", "::", "0:0:0:0:0:0:0:0");

  private ConnectHint() {}

  /** The address to connect to: the one listened on, or loopback when that is every address. */
  public static String host(PortcullisConfig config) {
    String address = config.listen().address();
    return ANY_ADDRESS.contains(address) ? "127.0.0.1" : address;
  }

  /** What to type to log in as the administrator, who is asked for the password. */
  public static String command(PortcullisConfig config, int port) {
    return "mariadb --protocol=tcp -h "
        + shellWord(host(config))
        + " -P "
        + port
        + " -u "
        + shellWord(config.administrator().user())
        + " -p";
  }

  /** The text as one word of a POSIX shell. */
  public static String shellWord(String text) {
    return text.matches("[A-Za-z0-9_@%+=:,./-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
  }

  /** The text as a value in an option file of the mariadb and mysql programs. */
  public static String optionValue(String text) {
    return text.matches("[A-Za-z0-9_@%+=:,./-]+")
        ? text
        : "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }
}
