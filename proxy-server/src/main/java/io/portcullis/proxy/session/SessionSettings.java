package io.portcullis.proxy.session;

import java.time.Duration;

/**
 * Limits of a session.
 *
 * @param maxAllowedPacket largest command, in bytes
 * @param statementTimeout after which a statement is ended; zero for never
 * @param sleepTimeout the same for one that calls SLEEP or BENCHMARK; zero for no other than that
 * @param loginTimeout from connect to the end of the login
 * @param localInfile whether clients may load files of their own
 */
public record SessionSettings(
    int maxAllowedPacket,
    Duration statementTimeout,
    Duration sleepTimeout,
    Duration loginTimeout,
    boolean localInfile) {

  /** After which a statement is ended; zero for never. */
  Duration timeout(boolean delays) {
    boolean shorter = statementTimeout.isZero() || sleepTimeout.compareTo(statementTimeout) < 0;
    return delays && !sleepTimeout.isZero() && shorter ? sleepTimeout : statementTimeout;
  }
}
