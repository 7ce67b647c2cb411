package io.portcullis.proxy.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One reading of a configuration: the environment, the keys asked for, and what was found wrong.
 * Confined to its thread.
 */
final class Reading {
  static final String PREFIX = "PORTCULLIS_";

  private final Path directory;
  private final Map<String, String> environment;
  private final Map<String, String> removed;
  private final Set<String> keys = new TreeSet<>();
  private final Set<String> sections = new TreeSet<>();
  private final List<String> problems = new ArrayList<>();

  /**
   * @param directory what relative paths in the file start from
   * @param removed keys of earlier versions by path, with the sentence that explains what to do
   *     instead
   */
  Reading(Path directory, Map<String, String> environment, Map<String, String> removed) {
    this.directory = directory;
    this.environment = environment;
    this.removed = removed;
  }

  static String variable(String path) {
    return PREFIX + path.toUpperCase(Locale.ROOT).replace('.', '_');
  }

  Path directory() {
    return directory;
  }

  @Nullable String environment(String variable) {
    return environment.get(variable);
  }

  boolean hasVariableBelow(String path) {
    String prefix = variable(path) + "_";
    return environment.keySet().stream().anyMatch(name -> name.startsWith(prefix));
  }

  void knownKey(String path) {
    keys.add(path);
  }

  void knownSection(String path) {
    sections.add(path);
  }

  void problem(String problem) {
    problems.add(problem);
  }

  Set<String> keys() {
    return Set.copyOf(keys);
  }

  List<String> problems() {
    return List.copyOf(problems);
  }

  /**
   * To be called when everything was read: what is left over in the file and in the environment is
   * unknown.
   */
  void refuseUnknown(@Nullable JsonNode root) {
    if (root != null) {
      refuseUnknown("", root);
    }
    for (String variable : new TreeSet<>(environment.keySet())) {
      if (isOurs(variable) && keys.stream().noneMatch(key -> variable(key).equals(variable))) {
        problem(variable + ": unknown variable" + suggestion(variable, variables()));
      }
    }
  }

  /**
   * Variables that start with the name of a section; others, such as those a container platform
   * sets, are not ours.
   */
  private boolean isOurs(String variable) {
    return sections.stream().anyMatch(section -> variable.startsWith(variable(section) + "_"));
  }

  private List<String> variables() {
    return keys.stream().map(Reading::variable).toList();
  }

  private void refuseUnknown(String path, JsonNode node) {
    for (String name : node.propertyNames()) {
      String child = path.isEmpty() ? name : path + "." + name;
      if (sections.contains(child)) {
        if (node.get(name).isObject()) {
          refuseUnknown(child, node.get(name));
        }
      } else if (!keys.contains(child)) {
        String reason = removed.get(child);
        problem(
            reason == null
                ? child + ": unknown key" + suggestion(child, keys)
                : child + ": removed: " + reason);
      }
    }
  }

  private static String suggestion(String given, Iterable<String> known) {
    Optional<String> best = Optional.empty();
    int least = 4;
    for (String candidate : known) {
      int distance = distance(given, candidate);
      if (distance < least) {
        least = distance;
        best = Optional.of(candidate);
      }
    }
    return best.map(name -> " (did you mean " + name + "?)").orElse("");
  }

  /** Edit distance, with a swap of neighbours counted as one. */
  private static int distance(String a, String b) {
    int[][] cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          cost[i][j] = i + j;
          continue;
        }
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        int least =
            Math.min(Math.min(cost[i - 1][j], cost[i][j - 1]) + 1, cost[i - 1][j - 1] + change);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          least = Math.min(least, cost[i - 2][j - 2] + 1);
        }
        cost[i][j] = least;
      }
    }
    return cost[a.length()][b.length()];
  }
}
