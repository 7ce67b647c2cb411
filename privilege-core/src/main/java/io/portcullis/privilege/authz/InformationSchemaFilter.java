package io.portcullis.privilege.authz;

import io.portcullis.privilege.catalog.CatalogState;
import io.portcullis.privilege.model.Database;
import io.portcullis.privilege.model.Names;
import io.portcullis.privilege.model.PrivilegeType;
import io.portcullis.privilege.model.Relation;
import io.portcullis.privilege.model.RelationId;
import io.portcullis.privilege.snapshot.EffectivePrivileges;
import io.portcullis.sql.access.AccessKind;
import io.portcullis.sql.access.RelationKind;
import io.portcullis.sql.text.ServerFlavour;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which rows of a table of {@code information_schema} a subject may see (PM 4.3 #42), as a
 * condition over the columns of that table: objects it may describe, definitions of views it may
 * SHOW CREATE, and routines, triggers and events where it has the whole database. What the catalog
 * does not know is seen only by who holds a privilege on everything.
 *
 * <p>The text reads the same under every sql_mode and every character set the gate lets pass: names
 * that are not plain are written in hexadecimal.
 */
final class InformationSchemaFilter {

  private static final String VIEWS = "information_schema.VIEWS";

  private final ActiveSubject subject;
  private final EffectivePrivileges held;
  private final String catalogSchema;
  private final boolean foldNames;

  InformationSchemaFilter(ActiveSubject subject, String catalogSchema, boolean foldNames) {
    this.subject = subject;
    this.held = subject.privileges();
    this.catalogSchema = catalogSchema;
    this.foldNames = foldNames;
  }

  /** Empty for a table whose rows cannot be told apart: it is refused as a whole. */
  Optional<String> of(String table, ServerFlavour flavour) {
    return switch (ObjectNames.fold(table)) {
      case "schemata", "schemata_extensions" -> Optional.of(schemata("SCHEMA_NAME"));
      case "tables" -> Optional.of(described(true, "TABLE_SCHEMA", "TABLE_NAME"));
      case "columns" -> {
        String whole = described("TABLE_SCHEMA", "TABLE_NAME");
        yield Optional.of(columns().map(some -> "(" + whole + " OR " + some + ")").orElse(whole));
      }
      case "statistics",
          "table_constraints",
          "partitions",
          "tables_extensions",
          "columns_extensions",
          "st_geometry_columns" ->
          Optional.of(described("TABLE_SCHEMA", "TABLE_NAME"));
      case "table_constraints_extensions" ->
          Optional.of(described("CONSTRAINT_SCHEMA", "TABLE_NAME"));
      case "key_column_usage" ->
          Optional.of(
              described("TABLE_SCHEMA", "TABLE_NAME")
                  + " AND (REFERENCED_TABLE_NAME IS NULL OR "
                  + described("REFERENCED_TABLE_SCHEMA", "REFERENCED_TABLE_NAME")
                  + ")");
      case "referential_constraints" ->
          Optional.of(
              described("CONSTRAINT_SCHEMA", "TABLE_NAME")
                  + " AND "
                  + described("UNIQUE_CONSTRAINT_SCHEMA", "REFERENCED_TABLE_NAME"));
      case "check_constraints" ->
          flavour == ServerFlavour.MARIADB
              ? Optional.of(described("CONSTRAINT_SCHEMA", "TABLE_NAME"))
              : Optional.of(programs("CONSTRAINT_SCHEMA"));
      case "views" ->
          Optional.of(
              relations(
                  "TABLE_SCHEMA", "TABLE_NAME", AccessKind.SHOW_CREATE, RelationKind.VIEW, false));
      case "triggers" -> Optional.of(programs("EVENT_OBJECT_SCHEMA"));
      case "routines", "routine_libraries" -> Optional.of(programs("ROUTINE_SCHEMA"));
      case "libraries" -> Optional.of(programs("LIBRARY_SCHEMA"));
      case "parameters" -> Optional.of(programs("SPECIFIC_SCHEMA"));
      // Of nobody's objects, or values of columns; dump tools ask.
      case "files", "column_statistics" -> Optional.of("FALSE");
      case "events" -> Optional.of(programs("EVENT_SCHEMA"));
      default -> Optional.empty();
    };
  }

  private String described(String schema, String table) {
    return described(false, schema, table);
  }

  /**
   * @param inPart whether a privilege on a column is enough
   */
  private String described(boolean inPart, String schema, String table) {
    return relations(schema, table, AccessKind.DESCRIBE, RelationKind.TABLE, inPart);
  }

  /** The columns of tables of which nothing but some columns may be known. */
  private Optional<String> columns() {
    List<String> terms = new ArrayList<>();
    for (Database database : databases()) {
      if (held.onSomeRelationOf(database.id()) == 0) {
        continue;
      }
      for (Relation relation : subject.snapshot().state().relationsOf(database.id())) {
        Set<String> columns = held.onColumns(relation.id(), relation.kind()).keySet();
        if (!columns.isEmpty()) {
          terms.add(
              "("
                  + oneOf(name("TABLE_SCHEMA"), List.of(database.name()))
                  + " AND "
                  + oneOf(name("TABLE_NAME"), List.of(relation.name()))
                  + " AND "
                  + oneOf(caseless("COLUMN_NAME"), columns.stream().map(ObjectNames::fold).toList())
                  + ")");
        }
      }
    }
    return terms.isEmpty() ? Optional.empty() : Optional.of(String.join(" OR ", terms));
  }

  /** Databases by what SHOW DATABASES lists (PM 4.3 #37). */
  private String schemata(String schema) {
    if (held.holdsOnAccount(PrivilegeType.SHOW_DATABASES)) {
      String listed =
          "LOWER(" + schema + ") NOT IN (" + literal(ObjectNames.fold(catalogSchema)) + ")";
      return ownOrSystem(schema).map(own -> listed + " AND " + own).orElse(listed);
    }
    return ordinary(
        schema,
        held.onEveryDatabase() != 0 || held.holdsOnEveryRelationOfSomeKind(),
        database -> held.onDatabase(database.id()) != 0 || held.holdsOnRelationsOf(database.id()));
  }

  /** Their text can say anything, so they take the whole database (PM 4.4 #63). */
  private String programs(String schema) {
    long full = PrivilegeType.DATABASE_ALL.bit() | PrivilegeType.DATABASE_OWNERSHIP.bit();
    return ordinary(
        schema,
        (held.onEveryDatabase() & full) != 0,
        database -> (held.onDatabase(database.id()) & full) != 0);
  }

  private interface Seen {
    boolean test(Database database);
  }

  private String ordinary(String schema, boolean everyDatabase, Seen seen) {
    if (everyDatabase) {
      return within(schema, List.of(own(schema).orElse("TRUE")));
    }
    List<String> names = new ArrayList<>();
    for (Database database : databases()) {
      if (seen.test(database)) {
        names.add(database.name());
      }
    }
    return within(schema, names.isEmpty() ? List.of() : List.of(oneOf(name(schema), names)));
  }

  /**
   * @param inPart whether a privilege on a column is enough
   * @param first what rows that are not of views are judged as: VIEW where all rows are of views
   */
  private String relations(
      String schema, String table, AccessKind kind, RelationKind first, boolean inPart) {
    boolean everyTable = satisfied(kind, first, 0, 0);
    boolean everyView = satisfied(kind, RelationKind.VIEW, 0, 0);
    Optional<String> own = own(schema);
    if (everyTable && everyView) {
      return within(schema, List.of(own.orElse("TRUE")));
    }
    List<String> whole = new ArrayList<>();
    List<String> tablesOf = new ArrayList<>();
    List<String> viewsOf = new ArrayList<>();
    List<String> terms = new ArrayList<>();
    for (Database database : databases()) {
      boolean tables =
          satisfied(
              kind,
              first,
              held.onRelationsOf(database.id(), first),
              held.onDatabase(database.id()));
      boolean views =
          satisfied(
              kind,
              RelationKind.VIEW,
              held.onRelationsOf(database.id(), RelationKind.VIEW),
              held.onDatabase(database.id()));
      if (tables && views) {
        whole.add(database.name());
        continue;
      }
      if (tables && !everyTable) {
        tablesOf.add(database.name());
      }
      if (views && !everyView) {
        viewsOf.add(database.name());
      }
      List<String> single = single(kind, first, database, tables, views, inPart);
      if (!single.isEmpty()) {
        terms.add(
            "("
                + oneOf(name(schema), List.of(database.name()))
                + " AND "
                + oneOf(name(table), single)
                + ")");
      }
    }
    if (!whole.isEmpty()) {
      terms.add(oneOf(name(schema), whole));
    }
    if (everyTable || everyView) {
      String everywhere = ofKind(schema, table, everyView);
      terms.add(own.map(ours -> "(" + ours + " AND " + everywhere + ")").orElse(everywhere));
    }
    if (!tablesOf.isEmpty()) {
      terms.add("(" + oneOf(name(schema), tablesOf) + " AND " + ofKind(schema, table, false) + ")");
    }
    if (!viewsOf.isEmpty()) {
      terms.add("(" + oneOf(name(schema), viewsOf) + " AND " + ofKind(schema, table, true) + ")");
    }
    return within(schema, terms);
  }

  private boolean satisfied(AccessKind kind, RelationKind as, long onRelations, long onDatabase) {
    return Requirement.of(kind, as)
        .isSatisfiedBy(
            held.onEveryRelation(as) | onRelations, held.onEveryDatabase() | onDatabase, 0);
  }

  private List<String> single(
      AccessKind kind,
      RelationKind first,
      Database home,
      boolean tables,
      boolean views,
      boolean inPart) {
    List<String> names = new ArrayList<>();
    if (held.onSomeRelationOf(home.id()) == 0) {
      return names;
    }
    for (Relation relation : subject.snapshot().state().relationsOf(home.id())) {
      RelationKind as = relation.kind();
      boolean listed =
          as == RelationKind.VIEW || as == RelationKind.TABLE && first == RelationKind.TABLE;
      if (listed
          && !(as == RelationKind.TABLE ? tables : views)
          && ((inPart && held.onSomeColumnOf(relation.id(), as) != 0)
              || satisfied(
                  kind,
                  as,
                  held.onRelationsOf(home.id(), as) | held.onRelation(relation.id(), as),
                  held.onDatabase(home.id())))) {
        names.add(relation.name());
      }
    }
    return names;
  }

  private List<Database> databases() {
    List<Database> ordinary = new ArrayList<>();
    for (Database database : subject.snapshot().state().databases()) {
      if (database.account().equals(subject.subject().account())
          && !SystemDatabases.is(database.name(), catalogSchema)) {
        ordinary.add(database);
      }
    }
    return ordinary;
  }

  /** What is in information_schema itself, and what the terms add of the ordinary databases. */
  private String within(String schema, List<String> terms) {
    String itself = name(schema) + " = 'information_schema'";
    if (terms.isEmpty()) {
      return "(" + itself + ")";
    }
    String system =
        SystemDatabases.names(catalogSchema).stream()
            .map(InformationSchemaFilter::literal)
            .collect(Collectors.joining(", "));
    return "("
        + itself
        + " OR (LOWER("
        + schema
        + ") NOT IN ("
        + system
        + ") AND ("
        + String.join(" OR ", terms)
        + ")))";
  }

  /** That the schema is one of the account; empty when there are no others. */
  private Optional<String> own(String schema) {
    NameSpace names = subject.names();
    if (!names.isIdentity()) {
      return Optional.of(
          "LEFT("
              + name(schema)
              + ", "
              + names.prefix().length()
              + ") = "
              + literal(names.prefix()));
    }
    List<String> others =
        subject.snapshot().state().accounts().stream()
            .filter(account -> !account.id().isSys())
            .map(account -> Names.key(account.name()))
            .toList();
    return others.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "(INSTR("
                + schema
                + ", '$') = 0 OR NOT "
                + oneOf("SUBSTRING_INDEX(" + caseless(schema) + ", '$', 1)", others)
                + ")");
  }

  private Optional<String> ownOrSystem(String schema) {
    return own(schema)
        .map(
            own ->
                subject.names().isIdentity()
                    ? own
                    : "(" + own + " OR " + name(schema) + " = 'information_schema')");
  }

  /**
   * The condition for tables of which the subject does not see all rows, and so is not told how
   * much is in them; empty when there is none.
   */
  Optional<String> uncounted() {
    CatalogState state = subject.snapshot().state();
    List<String> tables = new ArrayList<>();
    for (RelationId id : subject.visibleRows().keySet()) {
      Relation relation = state.relation(id).orElseThrow();
      String database = state.database(relation.database()).orElseThrow().name();
      tables.add("(" + literal(database) + ", " + literal(relation.name()) + ")");
    }
    return tables.isEmpty()
        ? Optional.empty()
        : Optional.of(
            tables.stream()
                .sorted()
                .collect(
                    Collectors.joining(
                        ", ",
                        "(" + name("TABLE_SCHEMA") + ", " + name("TABLE_NAME") + ") IN (",
                        ")")));
  }

  private static String caseless(String column) {
    return "CONVERT(LOWER(" + column + ") USING utf8mb4) COLLATE utf8mb4_bin";
  }

  private String ofKind(String schema, String table, boolean views) {
    return "("
        + name(schema)
        + ", "
        + name(table)
        + ") "
        + (views ? "" : "NOT ")
        + "IN (SELECT "
        + name("TABLE_SCHEMA")
        + ", "
        + name("TABLE_NAME")
        + " FROM "
        + VIEWS
        + ")";
  }

  /** Compared byte by byte, whatever collation the server has for the column. */
  private String name(String column) {
    return "CONVERT("
        + (foldNames ? "LOWER(" + column + ")" : column)
        + " USING utf8mb4) COLLATE utf8mb4_bin";
  }

  private static String oneOf(String name, List<String> values) {
    return name
        + " IN ("
        + values.stream()
            .sorted()
            .map(InformationSchemaFilter::literal)
            .collect(Collectors.joining(", "))
        + ")";
  }

  private static String literal(String name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (!(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_')) {
        return "CONVERT(x'"
            + HexFormat.of().formatHex(name.getBytes(StandardCharsets.UTF_8))
            + "' USING utf8mb4)";
      }
    }
    return "'" + name + "'";
  }
}
