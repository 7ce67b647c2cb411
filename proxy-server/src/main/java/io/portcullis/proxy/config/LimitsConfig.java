package io.portcullis.proxy.config;

import java.time.Duration;
import java.util.function.UnaryOperator;

/**
 * What a client may take.
 *
 * @param connections client connections at most
 * @param connectionsPerUser of one user; zero for none
 * @param connectionsPerAddress of clients with one address; zero for none
 * @param maxAllowedPacket bytes of one command
 * @param statementTimeout zero for none
 * @param sleepTimeout of statements that call SLEEP or BENCHMARK; zero for no other than that
 * @param idleTimeout between two commands; zero for none
 * @param nesting parentheses within each other in one statement
 * @param localInfile whether clients may load files of their own
 */
public record LimitsConfig(
    int connections,
    int connectionsPerUser,
    int connectionsPerAddress,
    long maxAllowedPacket,
    Duration statementTimeout,
    Duration sleepTimeout,
    Duration idleTimeout,
    int nesting,
    boolean localInfile) {
  public static final LimitsConfig DEFAULT =
      new LimitsConfig(
          2000,
          0,
          0,
          64L << 20,
          Duration.ZERO,
          Duration.ofMinutes(5),
          Duration.ofHours(8),
          100,
          true);

  public LimitsConfig {
    Checks.range("connections", connections, 1, 1_000_000);
    Checks.range("connections_per_user", connectionsPerUser, 0, 1_000_000);
    Checks.range("connections_per_address", connectionsPerAddress, 0, 1_000_000);
    Checks.size("max_allowed_packet", maxAllowedPacket, 1024, 1L << 30);
    Checks.duration("statement_timeout", statementTimeout, Duration.ZERO, Duration.ofDays(7));
    Checks.duration("sleep_timeout", sleepTimeout, Duration.ZERO, Duration.ofDays(7));
    Checks.duration("idle_timeout", idleTimeout, Duration.ZERO, Duration.ofDays(365));
    // The parser's time grows steeply with depth; at 200 a statement stays below a second.
    Checks.range("nesting", nesting, 10, 200);
  }

  /** What of other limits is to be different. */
  public static final class Changes {
    private int connections;
    private int connectionsPerUser;
    private int connectionsPerAddress;
    private long maxAllowedPacket;
    private Duration statementTimeout;
    private Duration sleepTimeout;
    private Duration idleTimeout;
    private boolean localInfile;

    private Changes(LimitsConfig from) {
      connections = from.connections;
      connectionsPerUser = from.connectionsPerUser;
      connectionsPerAddress = from.connectionsPerAddress;
      maxAllowedPacket = from.maxAllowedPacket;
      statementTimeout = from.statementTimeout;
      sleepTimeout = from.sleepTimeout;
      idleTimeout = from.idleTimeout;
      localInfile = from.localInfile;
    }

    public Changes connections(int most) {
      connections = most;
      return this;
    }

    public Changes connectionsPerUser(int most) {
      connectionsPerUser = most;
      return this;
    }

    public Changes connectionsPerAddress(int most) {
      connectionsPerAddress = most;
      return this;
    }

    public Changes maxAllowedPacket(long bytes) {
      maxAllowedPacket = bytes;
      return this;
    }

    public Changes statementTimeout(Duration timeout) {
      statementTimeout = timeout;
      return this;
    }

    public Changes sleepTimeout(Duration timeout) {
      sleepTimeout = timeout;
      return this;
    }

    public Changes idleTimeout(Duration timeout) {
      idleTimeout = timeout;
      return this;
    }

    public Changes localInfile(boolean offered) {
      localInfile = offered;
      return this;
    }
  }

  /** The same but for what {@code change} says. */
  public LimitsConfig with(UnaryOperator<Changes> change) {
    Changes to = change.apply(new Changes(this));
    return new LimitsConfig(
        to.connections,
        to.connectionsPerUser,
        to.connectionsPerAddress,
        to.maxAllowedPacket,
        to.statementTimeout,
        to.sleepTimeout,
        to.idleTimeout,
        nesting,
        to.localInfile);
  }

  static LimitsConfig read(Section section) {
    return section.build(
        () ->
            new LimitsConfig(
                section.integer("connections", DEFAULT.connections),
                section.integer("connections_per_user", DEFAULT.connectionsPerUser),
                section.integer("connections_per_address", DEFAULT.connectionsPerAddress),
                section.size("max_allowed_packet", DEFAULT.maxAllowedPacket),
                section.duration("statement_timeout", DEFAULT.statementTimeout),
                section.duration("sleep_timeout", DEFAULT.sleepTimeout),
                section.duration("idle_timeout", DEFAULT.idleTimeout),
                section.integer("nesting", DEFAULT.nesting),
                section.flag("local_infile", DEFAULT.localInfile)),
        DEFAULT);
  }
}
