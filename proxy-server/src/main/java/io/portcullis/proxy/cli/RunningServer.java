package io.portcullis.proxy.cli;

import java.util.List;

/**
 * A server that accepts clients. Closed once, from the shutdown hook; closing drains, and returns
 * when everything has stopped.
 */
public interface RunningServer extends AutoCloseable {
  /** What to tell the user who started it: where it listens and how to connect. */
  List<String> greeting();

  @Override
  void close();
}
