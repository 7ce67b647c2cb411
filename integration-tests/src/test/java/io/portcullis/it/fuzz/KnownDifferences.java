package io.portcullis.it.fuzz;

import io.portcullis.sql.access.AccessKind;
import io.portcullis.sql.access.AccessRequest;
import io.portcullis.sql.access.RelationName;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the model asks for less than the server, on purpose. Each has its row in the tables of the
 * privilege model.
 */
final class KnownDifferences {

  private static final Pattern DENIED =
      Pattern.compile(
          "(?s)denied: \\d+ ([A-Z, ]+) command denied to user .* for (?:column '.*' in )?table [`']?(?:(?:fuzz_\\w+|\\*any\\*)[`.']+)?(\\w+)[`']?.*");

  private static final Pattern UPDATED =
      Pattern.compile("(?s)denied: 1143 UPDATE command denied to user .* for column '(\\w+)' .*");

  /** The generator sets one column there. */
  private static final Pattern ON_DUPLICATE =
      Pattern.compile("(?s).* ON DUPLICATE KEY UPDATE (\\w+) =.*");

  /** What the generator calls every JSON_TABLE; there is no table of the name. */
  private static final String JSON_TABLE_ALIAS = "j1";

  private static final Set<AccessKind> CHANGES =
      Set.of(AccessKind.INSERT, AccessKind.UPDATE, AccessKind.DELETE);

  private KnownDifferences() {}

  /** The row that says so; empty when the server's refusal has none, which makes it a hole. */
  static Optional<String> row(String serverSays, List<AccessRequest> accesses) {
    Matcher denied = DENIED.matcher(serverSays);
    if (!denied.matches()) {
      return Optional.empty();
    }
    String command = denied.group(1).strip();
    String table = denied.group(2);
    boolean changed = false;
    boolean read = false;
    for (AccessRequest access : accesses) {
      if (access.object() instanceof RelationName name && name.name().equals(table)) {
        changed |= CHANGES.contains(access.kind());
        read |= access.kind() == AccessKind.SELECT;
      }
    }
    if (command.equals("SELECT") && changed && !read) {
      return Optional.of(
          "rows 61 and 71 to 79: rows of a table one changes are read without SELECT");
    }
    if (table.equals(JSON_TABLE_ALIAS)) {
      return Optional.of(
          "no row: in CREATE VIEW MariaDB asks for privileges on JSON_TABLE's alias");
    }
    boolean locked = has(accesses, AccessKind.LOCK_WRITE, table);
    if (command.equals("SELECT") && locked) {
      return Optional.of("row 62: LOCK TABLES ... WRITE takes a privilege to change alone");
    }
    return Optional.empty();
  }

  /**
   * The same for a refusal about a column.
   *
   * @param words the statement before it was written down oddly
   */
  static Optional<String> ofColumns(String serverSays, String words) {
    Matcher column = UPDATED.matcher(serverSays);
    Matcher update = ON_DUPLICATE.matcher(words);
    return column.matches() && update.matches() && !update.group(1).equals(column.group(1))
        ? Optional.of(
            "no row: with ON DUPLICATE KEY UPDATE MariaDB asks for UPDATE on what is inserted, too")
        : Optional.empty();
  }

  private static boolean has(List<AccessRequest> accesses, AccessKind kind, String table) {
    return accesses.stream()
        .anyMatch(
            access ->
                access.kind() == kind
                    && access.object() instanceof RelationName name
                    && name.name().equals(table));
  }
}
