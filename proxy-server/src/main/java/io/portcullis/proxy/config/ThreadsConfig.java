package io.portcullis.proxy.config;

/**
 * Threads by duty.
 *
 * @param eventLoops network threads; 0 for one per processor
 * @param analysis threads that parse statements seen for the first time; 0 for one per processor
 * @param store threads that talk to the catalog
 */
public record ThreadsConfig(int eventLoops, int analysis, int store) {
  public static final ThreadsConfig DEFAULT = new ThreadsConfig(0, 0, 4);

  public ThreadsConfig {
    Checks.range("event_loops", eventLoops, 0, 1024);
    Checks.range("analysis", analysis, 0, 1024);
    Checks.range("store", store, 1, 64);
  }

  static ThreadsConfig read(Section section) {
    return section.build(
        () ->
            new ThreadsConfig(
                section.integer("event_loops", DEFAULT.eventLoops),
                section.integer("analysis", DEFAULT.analysis),
                section.integer("store", DEFAULT.store)),
        DEFAULT);
  }

  /** {@link #eventLoops} with 0 resolved. */
  public int eventLoopCount() {
    return eventLoops == 0 ? Runtime.getRuntime().availableProcessors() : eventLoops;
  }

  /** {@link #analysis} with 0 resolved. */
  public int analysisCount() {
    return analysis == 0 ? Runtime.getRuntime().availableProcessors() : analysis;
  }
}
