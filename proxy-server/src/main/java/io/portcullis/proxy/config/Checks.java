package io.portcullis.proxy.config;

import java.time.Duration;
import java.util.regex.Pattern;

/**
 * Argument checks of the records. Messages start with the key as the file spells it, so that the
 * reader can put the section before it.
 */
final class Checks {
  private static final Pattern SCHEMA = Pattern.compile("[A-Za-z0-9_]{1,64}");

  private Checks() {}

  static void range(String key, long value, long least, long greatest) {
    if (value < least || value > greatest) {
      throw new IllegalArgumentException(
          key + ": " + value + " (expected: " + least + ".." + greatest + ")");
    }
  }

  static void size(String key, long value, long least, long greatest) {
    if (value < least || value > greatest) {
      throw new IllegalArgumentException(
          key
              + ": "
              + Units.size(value)
              + " (expected: "
              + Units.size(least)
              + ".."
              + Units.size(greatest)
              + ")");
    }
  }

  static void duration(String key, Duration value, Duration least, Duration greatest) {
    if (value.compareTo(least) < 0 || value.compareTo(greatest) > 0) {
      throw new IllegalArgumentException(
          key
              + ": "
              + Units.duration(value)
              + " (expected: "
              + Units.duration(least)
              + ".."
              + Units.duration(greatest)
              + ")");
    }
  }

  static void notBlank(String key, String value) {
    if (value.isBlank()) {
      throw new IllegalArgumentException(key + ": empty (expected: a text)");
    }
  }

  static void schemaName(String key, String value) {
    if (!SCHEMA.matcher(value).matches()) {
      throw new IllegalArgumentException(
          key + ": " + value + " (expected: 1 to 64 letters, digits and underscores)");
    }
  }
}
