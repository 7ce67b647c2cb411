package io.portcullis.privilege.model;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Databases of an account that only sessions of its administrator's role write to (PM 2.5), as the
 * account names them. Immutable; looking up allocates nothing.
 */
public final class ProtectedDatabases {

  public static final ProtectedDatabases NONE = of("");

  private final Set<String> names;
  private final Set<String> folded;

  private ProtectedDatabases(Set<String> names, Set<String> folded) {
    this.names = Set.copyOf(names);
    this.folded = Set.copyOf(folded);
  }

  /**
   * @param list names with commas between them
   */
  public static ProtectedDatabases of(String list) {
    Set<String> names = new LinkedHashSet<>();
    Set<String> folded = new LinkedHashSet<>();
    for (String each : list.split(",", -1)) {
      String name = each.strip();
      if (!name.isEmpty()) {
        names.add(name);
        folded.add(fold(name));
      }
    }
    return new ProtectedDatabases(names, folded);
  }

  public boolean isEmpty() {
    return names.isEmpty();
  }

  /**
   * @param foldNames whether the backend compares names in lower case; the name is so then
   */
  public boolean contains(String name, boolean foldNames) {
    return foldNames ? folded.contains(name) : names.contains(name);
  }

  /** Letter by letter, as the names of statements are folded. */
  private static String fold(String name) {
    StringBuilder out = new StringBuilder(name.length());
    name.codePoints().forEach(c -> out.appendCodePoint(Character.toLowerCase(c)));
    return out.toString();
  }
}
