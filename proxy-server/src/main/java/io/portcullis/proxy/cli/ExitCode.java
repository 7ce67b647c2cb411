package io.portcullis.proxy.cli;

/**
 * Exit codes of the command line. A server ended by a signal exits with 128 plus the signal's
 * number, as the JVM has it.
 */
public final class ExitCode {
  public static final int OK = 0;

  /** The server could not start. */
  public static final int FAILED = 1;

  /** Unknown command or option. */
  public static final int USAGE = 2;

  /** The configuration is refused; the number is EX_CONFIG of sysexits.h. */
  public static final int CONFIGURATION = 78;

  private ExitCode() {}
}
