package io.portcullis.proxy.config;

import java.time.Duration;

/**
 * How the gate stops.
 *
 * @param drainTimeout how long running statements and transactions may take to end
 */
public record ShutdownConfig(Duration drainTimeout) {
  public static final ShutdownConfig DEFAULT = new ShutdownConfig(Duration.ofSeconds(30));

  public ShutdownConfig {
    Checks.duration("drain_timeout", drainTimeout, Duration.ZERO, Duration.ofHours(1));
  }

  static ShutdownConfig read(Section section) {
    return section.build(
        () -> new ShutdownConfig(section.duration("drain_timeout", DEFAULT.drainTimeout)), DEFAULT);
  }
}
