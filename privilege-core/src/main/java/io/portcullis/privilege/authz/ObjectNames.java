package io.portcullis.privilege.authz;

import io.portcullis.sql.access.AccessKind;
import io.portcullis.sql.access.RelationKind;
import java.util.Optional;

/** Names of databases, tables and views, as a server that folds them compares them. */
public final class ObjectNames {

  /** MySQL's escape from file name encoding: behind it one name can mean another. */
  private static final String RAW_FILE_NAME = "#mysql50#";

  private ObjectNames() {}

  /**
   * In lower case, letter by letter as the server does it: {@code String.toLowerCase} would make
   * two letters of one, or look at neighbours.
   */
  public static String fold(String name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c > 0x7F || (c >= 'A' && c <= 'Z')) {
        return folded(name);
      }
    }
    return name;
  }

  /** The name of what the access is to, as the backend compares it. */
  public static String fold(AccessKind access, String name, boolean foldNames) {
    return fold(Requirement.impliedKind(access).orElse(RelationKind.TABLE), name, foldNames);
  }

  /** As the backend compares names of the kind: of routines and events without regard to case. */
  public static String fold(RelationKind kind, String name, boolean foldNames) {
    boolean caseless = kind.isRoutine() || kind == RelationKind.EVENT;
    return foldNames || caseless ? fold(name) : name;
  }

  private static String folded(String name) {
    StringBuilder out = new StringBuilder(name.length());
    name.codePoints().forEach(c -> out.appendCodePoint(Character.toLowerCase(c)));
    return out.toString();
  }

  /** Why no statement can use the name, whoever asks; empty for a name that is fine. */
  static Optional<String> refusal(String name, boolean fold) {
    if (!name.isEmpty()
        && name.charAt(0) == '#'
        && name.regionMatches(true, 0, RAW_FILE_NAME, 0, RAW_FILE_NAME.length())) {
      return Optional.of("names that begin with #mysql50# can mean another table");
    }
    if (fold) {
      for (int i = 0; i < name.length(); i++) {
        if (name.charAt(i) > 0x7F) {
          return foldsDifferently(name)
              ? Optional.of(
                  "servers disagree about the lower case of the name '"
                      + name
                      + "': write it in lower case")
              : Optional.empty();
        }
      }
    }
    return Optional.empty();
  }

  /** Upper-case letters outside the blocks on which every server and version agrees. */
  private static boolean foldsDifferently(String name) {
    return name.codePoints().anyMatch(c -> Character.toLowerCase(c) != c && !isAgreed(c));
  }

  private static boolean isAgreed(int c) {
    return c <= 0x7F
        || (c >= 0xC0 && c <= 0x178 && c != 0x130)
        || (c >= 0x386 && c <= 0x3AB)
        || (c >= 0x400 && c <= 0x42F);
  }
}
