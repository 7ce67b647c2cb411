package io.portcullis.privilege.authz;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Databases that no client writes (PM 2.5): the backend's own, the catalog's, and the name under
 * which clients of the model of origin expect the catalog. Compared in lower case whatever the
 * backend does, since some servers do so for some of them.
 */
public final class SystemDatabases {

  static final String INFORMATION_SCHEMA = "information_schema";

  private static final Set<String> BACKEND =
      Set.of("mysql", "sys", "performance_schema", INFORMATION_SCHEMA);
  private static final String MO_CATALOG = "mo_catalog";

  /** What of information_schema names no object and no user, so that all may read it. */
  private static final Set<String> OPEN =
      Set.of(
          "character_sets",
          "collations",
          "collation_character_set_applicability",
          "engines",
          "innodb_ft_default_stopword",
          "keywords",
          "plugins",
          "sql_functions",
          "st_spatial_reference_systems",
          "st_units_of_measure");

  /** What lists the sessions of the backend, whose ids and users are not those of the gate. */
  private static final Set<String> SESSIONS =
      Set.of("processlist", "x$processlist", "session", "x$session");

  private SystemDatabases() {}

  public static boolean is(String name, String catalogSchema) {
    String folded = caseless(name);
    return BACKEND.contains(folded)
        || folded.equals(MO_CATALOG)
        || isCatalog(folded, catalogSchema);
  }

  /** All of them but information_schema, in lower case, in a fixed order. */
  static List<String> names(String catalogSchema) {
    TreeSet<String> names = new TreeSet<>(BACKEND);
    names.remove(INFORMATION_SCHEMA);
    names.add(MO_CATALOG);
    names.add(ObjectNames.fold(catalogSchema));
    return List.copyOf(names);
  }

  static boolean isCatalog(String folded, String catalogSchema) {
    return folded.equals(caseless(catalogSchema));
  }

  /**
   * Wider than {@link ObjectNames#fold}: also what is the same only in upper case, as the long s,
   * since the server compares some of these names by a collation.
   */
  static String caseless(String name) {
    for (int i = 0; i < name.length(); i++) {
      if (name.charAt(i) > 0x7F) {
        StringBuilder out = new StringBuilder(name.length());
        name.codePoints()
            .forEach(c -> out.appendCodePoint(Character.toLowerCase(Character.toUpperCase(c))));
        return out.toString();
      }
    }
    return ObjectNames.fold(name);
  }

  static boolean isMoCatalog(String folded) {
    return folded.equals(MO_CATALOG);
  }

  /** Those of the backend, which MySQL protects with an error of its own. */
  static boolean isProtectedByServer(String folded) {
    return BACKEND.contains(folded) && !folded.equals(INFORMATION_SCHEMA);
  }

  static boolean isListOfSessions(String folded, String relation) {
    return BACKEND.contains(folded) && SESSIONS.contains(caseless(relation));
  }

  static boolean isOpen(String informationSchemaRelation) {
    return OPEN.contains(ObjectNames.fold(informationSchemaRelation));
  }
}
