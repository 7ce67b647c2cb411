package io.portcullis.proxy.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * A YAML file and the environment, made into a {@link PortcullisConfig}. A variable {@code
 * PORTCULLIS_SECTION_KEY} wins over the file; unknown keys and bad values are refused, all at once.
 */
public final class ConfigLoader {
  private static final String DEFAULTS = "/io/portcullis/proxy/config/portcullis.yaml";
  private static final long MAX_FILE_BYTES = 1 << 20;

  /**
   * Keys of earlier versions by path, with what to do instead. Kept for good: an old file is
   * explained, not just refused.
   */
  private static final Map<String, String> REMOVED = Map.of();

  private final Map<String, String> environment;
  private final Map<String, String> removed;

  /**
   * @param environment the variables, such as {@link System#getenv()}
   */
  public ConfigLoader(Map<String, String> environment) {
    this(environment, REMOVED);
  }

  ConfigLoader(Map<String, String> environment, Map<String, String> removed) {
    this.environment = Map.copyOf(environment);
    this.removed = Map.copyOf(removed);
  }

  /** The defaults with what the environment overrides. */
  public PortcullisConfig load() throws ConfigException {
    return read("", Path.of(""));
  }

  public PortcullisConfig load(Path file) throws ConfigException {
    try {
      if (Files.size(file) > MAX_FILE_BYTES) {
        throw new ConfigException(List.of(file + ": too large for a configuration"));
      }
      Path directory = file.toAbsolutePath().getParent();
      return read(
          Files.readString(file, StandardCharsets.UTF_8),
          directory == null ? Path.of("") : directory);
    } catch (NoSuchFileException e) {
      throw new ConfigException(List.of(file + ": there is no such file"));
    } catch (IOException e) {
      throw new ConfigException(List.of(file + ": cannot be read as a text file"));
    }
  }

  /** The documented file of all keys with their defaults. */
  public static String documentedDefaults() {
    try (InputStream in = ConfigLoader.class.getResourceAsStream(DEFAULTS)) {
      if (in == null) {
        throw new IllegalStateException("resource " + DEFAULTS + " is not on the class path");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException("resource " + DEFAULTS + " cannot be read", e);
    }
  }

  PortcullisConfig read(String yaml, Path directory) throws ConfigException {
    Optional<JsonNode> root = parse(yaml);
    @Nullable JsonNode node = root.orElse(null);
    Reading reading = new Reading(directory, environment, removed);
    PortcullisConfig config = PortcullisConfig.read(new Section(reading, "", node));
    reading.refuseUnknown(node);
    if (!reading.problems().isEmpty()) {
      throw new ConfigException(reading.problems());
    }
    return config;
  }

  private static Optional<JsonNode> parse(String yaml) throws ConfigException {
    YAMLMapper mapper =
        YAMLMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    try {
      JsonNode root = mapper.readTree(yaml);
      if (root == null || root.isMissingNode() || root.isNull()) {
        return Optional.empty();
      }
      if (!root.isObject()) {
        throw new ConfigException(List.of("not a configuration (expected: sections with keys)"));
      }
      return Optional.of(root);
    } catch (JacksonException e) {
      TokenStreamLocation location = e.getLocation();
      String where = location == null ? "" : "line " + location.getLineNr() + ": ";
      String reason = String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse("");
      throw new ConfigException(List.of(where + "not YAML: " + reason));
    }
  }

  /** Every key there is, by path. */
  static Set<String> knownKeys() {
    Reading reading = new Reading(Path.of(""), Map.of(), Map.of());
    PortcullisConfig.read(new Section(reading, "", null));
    return reading.keys();
  }
}
