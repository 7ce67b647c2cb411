package io.portcullis.proxy.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One mapping of the file together with the variables that override its keys. Every key asked for
 * becomes known; what is wrong with a value is reported to the {@link Reading}, and the default
 * takes its place until the end.
 */
final class Section {
  /** A value as text, and where it came from. */
  private record Given(String text, boolean isText, boolean fromFile, String origin) {}

  private final Reading reading;
  private final String path;
  private final @Nullable JsonNode node;

  Section(Reading reading, String path, @Nullable JsonNode node) {
    this.reading = reading;
    this.path = path;
    this.node = node;
  }

  private String path(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  private @Nullable JsonNode child(String key) {
    JsonNode child = node == null ? null : node.get(key);
    return child == null || child.isNull() ? null : child;
  }

  /** Whether the file has something below this path or a variable overrides a key below it. */
  boolean isPresent() {
    return node != null && !node.isEmpty() || reading.hasVariableBelow(path);
  }

  /** The keys that the file has in this section, for those that the user names. */
  List<String> names() {
    return node == null ? List.of() : List.copyOf(node.propertyNames());
  }

  /** Complains of the name of this section. */
  void refuse(String expected) {
    reading.problem(path + ": (expected: " + expected + ")");
  }

  Section section(String key) {
    String childPath = path(key);
    reading.knownSection(childPath);
    JsonNode child = child(key);
    if (child != null && !child.isObject()) {
      reading.problem(childPath + ": not a section (expected: keys below it)");
      child = null;
    }
    return new Section(reading, childPath, child);
  }

  private Optional<Given> given(String key) {
    String keyPath = path(key);
    reading.knownKey(keyPath);
    String variable = Reading.variable(keyPath);
    String override = reading.environment(variable);
    if (override != null) {
      return Optional.of(new Given(override, true, false, "; from " + variable));
    }
    JsonNode child = child(key);
    if (child == null) {
      return Optional.empty();
    }
    if (!child.isValueNode()) {
      reading.problem(keyPath + ": a list or section (expected: one value)");
      return Optional.empty();
    }
    return Optional.of(new Given(child.asString(), child.isString(), true, ""));
  }

  private void problem(String key, Given given, String expected) {
    reading.problem(path(key) + ": " + given.text + " (expected: " + expected + given.origin + ")");
  }

  Optional<String> text(String key) {
    return given(key)
        .filter(
            given -> {
              if (!given.isText) {
                // The value is not shown: it may be a password.
                reading.problem(path(key) + ": not a text (expected: a text, in quotes)");
              }
              return given.isText;
            })
        .map(Given::text);
  }

  String text(String key, String otherwise) {
    return text(key).orElse(otherwise);
  }

  /** Empty text after the problem was reported. */
  String requiredText(String key) {
    Optional<String> text = text(key);
    if (text.filter(value -> !value.isBlank()).isEmpty()) {
      reading.problem(path(key) + ": missing (expected: a text)");
      return "";
    }
    return text.get();
  }

  int integer(String key, int otherwise) {
    Optional<Given> given = given(key);
    if (given.isEmpty()) {
      return otherwise;
    }
    try {
      return Integer.parseInt(given.get().text.strip());
    } catch (NumberFormatException e) {
      problem(key, given.get(), "a whole number");
      return otherwise;
    }
  }

  boolean flag(String key, boolean otherwise) {
    Optional<Given> given = given(key);
    if (given.isEmpty()) {
      return otherwise;
    }
    String text = given.get().text.strip().toLowerCase(Locale.ROOT);
    if (!text.equals("true") && !text.equals("false")) {
      problem(key, given.get(), "true or false");
      return otherwise;
    }
    return text.equals("true");
  }

  Duration duration(String key, Duration otherwise) {
    Optional<Given> given = given(key);
    if (given.isEmpty()) {
      return otherwise;
    }
    Optional<Duration> duration = Units.duration(given.get().text);
    if (duration.isEmpty()) {
      problem(key, given.get(), "a duration such as 500ms, 10s, 5m, 8h or 1d");
    }
    return duration.orElse(otherwise);
  }

  long size(String key, long otherwise) {
    Optional<Given> given = given(key);
    if (given.isEmpty()) {
      return otherwise;
    }
    Optional<Long> size = Units.size(given.get().text);
    if (size.isEmpty()) {
      problem(key, given.get(), "a size such as 512KiB, 64MiB or 1GiB");
    }
    return size.orElse(otherwise);
  }

  <E extends Enum<E>> E choice(String key, Class<E> type, E otherwise) {
    Optional<Given> given = given(key);
    if (given.isEmpty()) {
      return otherwise;
    }
    for (E constant : type.getEnumConstants()) {
      if (constant.name().toLowerCase(Locale.ROOT).equals(given.get().text.strip())) {
        return constant;
      }
    }
    problem(
        key,
        given.get(),
        Arrays.stream(type.getEnumConstants())
            .map(constant -> constant.name().toLowerCase(Locale.ROOT))
            .collect(Collectors.joining(" | ")));
    return otherwise;
  }

  /** A path; a relative one in the file is meant from the file's directory. */
  Optional<Path> file(String key) {
    Optional<Given> given = given(key);
    if (given.isEmpty()) {
      return Optional.empty();
    }
    if (given.get().text.isBlank()) {
      problem(key, given.get(), "a path");
      return Optional.empty();
    }
    try {
      Path file = Path.of(given.get().text.strip());
      return Optional.of(given.get().fromFile ? reading.directory().resolve(file) : file);
    } catch (InvalidPathException e) {
      problem(key, given.get(), "a path");
      return Optional.empty();
    }
  }

  /**
   * The secret {@code key}, or what the file named by {@code key_file} holds. A variable for either
   * wins over the file's keys.
   */
  Optional<Secret> secret(String key) {
    String fileKey = key + "_file";
    Optional<String> text = text(key);
    Optional<Path> file = file(fileKey);
    boolean textOverride = reading.environment(Reading.variable(path(key))) != null;
    boolean fileOverride = reading.environment(Reading.variable(path(fileKey))) != null;
    if (text.isPresent() && file.isPresent() && textOverride == fileOverride) {
      reading.problem(
          path(fileKey) + ": set together with " + path(key) + " (expected: one of them)");
      return Optional.empty();
    }
    if (file.isPresent() && (text.isEmpty() || fileOverride)) {
      return readSecret(fileKey, file.get());
    }
    return text.map(Secret::of);
  }

  private Optional<Secret> readSecret(String key, Path file) {
    try {
      String content = Files.readString(file, StandardCharsets.UTF_8);
      return Optional.of(Secret.of(content.replaceFirst("\\r?\\n\\z", "")));
    } catch (NoSuchFileException e) {
      reading.problem(path(key) + ": " + file + " (expected: a file that exists)");
    } catch (IOException e) {
      reading.problem(path(key) + ": " + file + " (expected: a readable text file)");
    }
    return Optional.empty();
  }

  /**
   * Makes the record of this section; what its constructor complains about is reported under this
   * path.
   */
  <T> T build(Supplier<T> maker, T otherwise) {
    try {
      return maker.get();
    } catch (IllegalArgumentException e) {
      reading.problem(path(String.valueOf(e.getMessage())));
      return otherwise;
    }
  }
}
