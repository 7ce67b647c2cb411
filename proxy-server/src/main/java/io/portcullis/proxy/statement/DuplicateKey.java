package io.portcullis.proxy.statement;

import io.portcullis.privilege.authz.VisibleRows;
import io.portcullis.privilege.model.ColumnNames;
import io.portcullis.sql.access.AccessKind;
import io.portcullis.sql.analysis.ColumnUses;
import io.portcullis.sql.lexer.LexedStatement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * ON DUPLICATE KEY UPDATE of an INSERT into a table with hidden rows: what is assigned is computed
 * only for a row that is seen, and for another one the server fails (error 1242), as a plain INSERT
 * does. Assignments are evaluated from left to right, and MariaDB evaluates those behind one that
 * has failed. So the row that is there is asked about in each of them, as long as it is what it
 * was: behind one to a column that decides, nothing of it may be read.
 *
 * @param on its first token; the end of the statement where there is none
 * @param end the token behind its last
 */
record DuplicateKey(LexedStatement text, int on, int end) {

  private static final int KEYWORDS = 4;

  /** What makes the server fail has no part in the type of the value. */
  private static final String OTHERWISE = ") WHEN " + WrittenValue.FAILS + " THEN NULL END ";

  static DuplicateKey find(LexedStatement text, int from) {
    int on = QueryBlock.find(text, from, text.size(), "ON");
    while (on < text.size() && !(text.isWord(on + 1, "DUPLICATE") && text.isWord(on + 2, "KEY"))) {
      on = QueryBlock.find(text, on + 1, text.size(), "ON");
    }
    int end =
        text.mode().server().isMariaDb()
            ? QueryBlock.find(text, on, text.size(), "RETURNING")
            : text.size();
    return new DuplicateKey(text, on, end);
  }

  boolean isThere() {
    return on < text.size();
  }

  /** The first token behind the key words. */
  int from() {
    return on + KEYWORDS;
  }

  /** {@code column = value}. */
  record Assignment(int column, String name, int from, int end) {}

  List<Assignment> assignments() {
    List<Assignment> assignments = new ArrayList<>();
    int begin = from();
    while (begin < end) {
      int next = QueryBlock.comma(text, begin, end);
      int column = QueryBlock.lastPart(text, begin);
      assignments.add(
          new Assignment(column, ColumnNames.fold(text.value(column)), column + 2, next));
      begin = next + 1;
    }
    return assignments;
  }

  /**
   * What would have been inserted, by the name the statement gives it: {@code AS new (a, b)}.
   *
   * @param columns of the table, in lower case, by what the statement calls them; empty: by their
   *     own names
   */
  record Inserted(String alias, Map<String, String> columns) {

    /**
     * @param into the columns of the table, in the order of the statement
     */
    static Optional<Inserted> read(LexedStatement text, List<String> into, int from, int end) {
      if (!text.isWord(from, "AS") || from >= end) {
        return Optional.empty();
      }
      Map<String, String> columns = new HashMap<>();
      for (int i = 0; i < into.size() && from + 3 + 2 * i < end; i++) {
        columns.put(ColumnNames.fold(text.value(from + 3 + 2 * i)), into.get(i));
      }
      return Optional.of(new Inserted(text.value(from + 1), columns));
    }

    private String column(String name) {
      String folded = ColumnNames.fold(name);
      return columns.isEmpty() ? folded : columns.getOrDefault(folded, "");
    }
  }

  /** The column whose value, as it would have been inserted, is all that is assigned. */
  Optional<String> taken(Assignment assignment, Optional<Inserted> inserted) {
    int from = assignment.from();
    int last = assignment.end() - 1;
    boolean values =
        (text.isWord(from, "VALUES") || text.isWord(from, "VALUE"))
            && text.isPunctuation(from + 1, "(")
            && from + 2 < last
            && QueryBlock.lastPart(text, from + 2) == last - 1
            && text.isPunctuation(last, ")");
    if (values) {
      return Optional.of(ColumnNames.fold(text.value(last - 1)));
    }
    boolean qualified = last == from + 2 && text.isPunctuation(from + 1, ".");
    return inserted
        .filter(row -> qualified && QueryBlock.isName(text, from))
        .filter(row -> row.alias().equals(text.value(from)))
        .map(row -> row.column(text.value(last)));
  }

  /** Whether the value of an assignment may depend on the row that is there. */
  boolean readsRow(Assignment assignment, ColumnUses uses, Optional<Inserted> inserted) {
    return uses.columns().stream()
        .filter(column -> column.firstToken() >= assignment.from())
        .filter(column -> column.firstToken() < assignment.end())
        .filter(column -> column.kind() != AccessKind.INSERT) // VALUES(c)
        .anyMatch(
            column ->
                inserted
                    .map(Inserted::alias)
                    .filter(alias -> column.table().filter(alias::equals).isPresent())
                    .isEmpty());
  }

  /**
   * Edits between which others of the value may lie.
   *
   * @param behind none where the first is all there is
   */
  record Guard(TextEdit first, Optional<TextEdit> behind) {}

  /**
   * What puts a value behind what is seen of the row that is there: around it, or in its place.
   *
   * @param seen whether that row is
   * @param column that is assigned, with its table
   */
  Guard guard(Assignment assignment, String seen, String column) {
    String when = "CASE WHEN " + seen + " THEN (";
    boolean byDefault =
        assignment.end() - assignment.from() == 1 && text.isWord(assignment.from(), "DEFAULT");
    return byDefault
        ? new Guard(
            TextEdit.replace(
                assignment.from(), assignment.end(), when + "DEFAULT(" + column + ")" + OTHERWISE),
            Optional.empty())
        : new Guard(
            TextEdit.insert(assignment.from(), when),
            Optional.of(TextEdit.insert(assignment.end(), OTHERWISE)));
  }

  /**
   * Whether a hierarchy of several columns lets the row pass as it would have let pass the one that
   * was to be inserted: all of its columns that were written are taken over.
   *
   * @param into the columns that were written
   */
  boolean takesOver(VisibleRows.Passing hierarchy, List<String> into, Optional<Inserted> inserted) {
    return into.stream()
        .filter(hierarchy.values()::containsKey)
        .allMatch(
            column ->
                assignments().stream()
                    .filter(assignment -> assignment.name().equals(column))
                    .anyMatch(
                        assignment ->
                            taken(assignment, inserted).filter(column::equals).isPresent()));
  }
}
