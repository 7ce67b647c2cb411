package io.portcullis.proxy.session;

import java.time.Duration;

/**
 * Limits of a session.
 *
 * @param maxAllowedPacket largest command, in bytes
 * @param statementTimeout after which a statement is ended; zero for never
 * @param loginTimeout from connect to the end of the login
 * @param localInfile whether clients may load files of their own
 */
public record SessionSettings(
    int maxAllowedPacket, Duration statementTimeout, Duration loginTimeout, boolean localInfile) {}
