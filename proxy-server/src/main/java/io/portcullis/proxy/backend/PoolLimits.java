package io.portcullis.proxy.backend;

import java.time.Duration;

/**
 * Bounds of the backend pool, over all event loops.
 *
 * @param maximumConnections connections at the same time, idle and leased
 * @param maximumIdle connections kept for later
 * @param idleExpiry how long a connection is kept unused
 * @param acquireTimeout how long a session waits for a connection when all are leased
 * @param shared whether sessions that hold nothing in their connections give them to those that
 *     wait
 */
public record PoolLimits(
    int maximumConnections,
    int maximumIdle,
    Duration idleExpiry,
    Duration acquireTimeout,
    boolean shared) {

  public PoolLimits {
    if (maximumConnections < 1) {
      throw new IllegalArgumentException(
          "maximumConnections: " + maximumConnections + " (expected: >= 1)");
    }
    if (maximumIdle < 0) {
      throw new IllegalArgumentException("maximumIdle: " + maximumIdle + " (expected: >= 0)");
    }
    requirePositive("idleExpiry", idleExpiry);
    requirePositive("acquireTimeout", acquireTimeout);
  }

  private static void requirePositive(String name, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: > 0)");
    }
  }
}
