package io.portcullis.sql.analysis;

import io.portcullis.sql.access.AccessKind;
import io.portcullis.sql.access.DatabaseName;
import io.portcullis.sql.access.RelationName;
import io.portcullis.sql.lexer.LexedStatement;
import io.portcullis.sql.parser.ColumnNotes;
import io.portcullis.sql.parser.QualifiedNames;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Where a statement uses tables, and the names in it that may be columns of theirs. Names that are
 * no columns may be among them, columns that are missing may not. Token numbers are the same for
 * every statement with the same key. Immutable.
 *
 * @param columns in the order of the text
 * @param aliases names the statement itself gives to something
 * @param simple whether it has one query at most, so that every name in it means the same
 * @param star whether {@code *} stands for columns of all tables of a query
 * @param returnsAll whether all columns of what is changed are returned
 * @param natural whether tables are joined by the columns they have in common
 * @param unlisted whether rows are inserted, or a foreign key points, without naming columns
 * @param locking whether rows that are read are locked
 * @param complete whether all of this is certain; where false, nothing is
 */
public record ColumnUses(
    List<Table> tables,
    List<Column> columns,
    Set<String> aliases,
    boolean simple,
    boolean star,
    boolean returnsAll,
    boolean natural,
    boolean unlisted,
    boolean locking,
    boolean complete) {

  public ColumnUses {
    tables = List.copyOf(tables);
    columns = List.copyOf(columns);
    aliases = Set.copyOf(aliases);
  }

  /**
   * A table in a query, or in the place of the tables an UPDATE or DELETE changes.
   *
   * @param endToken the token behind its name
   * @param behindAlias the token behind its alias, else behind its name
   * @param behindHints the token behind its index hints, else behind its alias
   * @param exposedName its alias, else its own name
   * @param changing whether it is one of those that UPDATE or DELETE change, or joined to them
   * @param replaceable whether a derived table may stand there as well; it takes no index hints
   */
  public record Table(
      RelationName relation,
      int firstToken,
      int endToken,
      int behindAlias,
      int behindHints,
      String exposedName,
      boolean aliased,
      boolean changing,
      boolean replaceable) {

    public boolean hinted() {
      return behindHints > behindAlias;
    }
  }

  /**
   * A name of one, two or three parts in the place of a column.
   *
   * @param database empty for less than three parts
   * @param table empty for one part
   * @param name {@code *} for all columns of the table
   * @param kind SELECT, or INSERT, UPDATE or REFERENCE for one that is written or pointed at
   * @param of where the statement says itself of which table one is that is written
   * @param inserted whether it stands in the query whose rows an INSERT inserts, where it can be no
   *     column of the table they go to
   */
  public record Column(
      int firstToken,
      Optional<String> database,
      Optional<String> table,
      String name,
      AccessKind kind,
      Optional<RelationName> of,
      boolean inserted) {

    public boolean isStar() {
      return name.equals(STAR);
    }
  }

  /**
   * For each table of which it is certain, the columns that are read, in lower case as far as they
   * are ASCII: where every name says of which table it is, as in definitions that a server prints.
   */
  Map<RelationName, Set<String>> readByTable() {
    boolean certain =
        complete && !star && !natural && columns.stream().allMatch(c -> c.table().isPresent());
    if (!certain) {
      return Map.of();
    }
    Map<RelationName, Set<String>> read = new HashMap<>();
    Set<RelationName> whole = new HashSet<>();
    for (Table table : tables) {
      for (Column column : columns) {
        if (column.table().orElseThrow().equalsIgnoreCase(table.exposedName())) {
          if (column.isStar()) {
            whole.add(table.relation());
          }
          read.computeIfAbsent(table.relation(), relation -> new HashSet<>())
              .add(folded(column.name()));
        }
      }
    }
    read.keySet().removeAll(whole);
    return read;
  }

  private static String folded(String name) {
    StringBuilder out = new StringBuilder(name);
    for (int i = 0; i < out.length(); i++) {
      char c = out.charAt(i);
      if (c >= 'A' && c <= 'Z') {
        out.setCharAt(i, (char) (c + 'a' - 'A'));
      }
    }
    return out.toString();
  }

  /** Nothing is certain. */
  static final ColumnUses UNKNOWN =
      new ColumnUses(List.of(), List.of(), Set.of(), false, true, true, true, true, true, false);

  private static final String STAR = "*";

  static ColumnUses of(QualifiedNames names) {
    LexedStatement text = names.text();
    ColumnNotes notes = names.columns();
    List<Table> tables = new ArrayList<>();
    for (ColumnNotes.Table table : notes.tables()) {
      if (!table.common()) {
        tables.add(
            table(text, table, notes.isChanging(table.first()) && !isInQuery(text, table.first())));
      }
    }
    List<Column> columns = new ArrayList<>();
    notes.names().forEach((first, last) -> add(text, notes, first, last, columns));
    for (Map.Entry<Integer, ColumnNotes.Written> each : notes.written().entrySet()) {
      if (!notes.names().containsKey(each.getKey())) {
        add(text, notes, each.getKey(), each.getValue().column(), columns);
      }
    }
    return new ColumnUses(
        tables,
        columns,
        notes.aliases(),
        isSimple(text),
        notes.hasStar(),
        notes.isReturningAll(),
        notes.isNatural(),
        notes.isUnlisted(),
        ServedTables.locks(text),
        notes.isComplete());
  }

  private static boolean isSimple(LexedStatement text) {
    int queries = 0;
    for (int i = 0; i < text.size(); i++) {
      queries += text.isWord(i, "SELECT") || text.isWord(i, "VALUES") ? 1 : 0;
    }
    return queries <= 1;
  }

  /** Whether a query in parentheses stands around the token. */
  private static boolean isInQuery(LexedStatement text, int token) {
    int depth = 0;
    for (int i = token - 1; i >= 0; i--) {
      if (text.isPunctuation(i, ")")) {
        depth++;
      } else if (text.isPunctuation(i, "(") && --depth < 0) {
        if (text.isWord(i + 1, "SELECT") || text.isWord(i + 1, "WITH")) {
          return true;
        }
        depth = 0;
      }
    }
    return false;
  }

  private static Table table(LexedStatement text, ColumnNotes.Table at, boolean changing) {
    int first = at.first();
    int end = at.end();
    RelationName relation =
        end - first > 1
            ? RelationName.of(text.value(first), text.value(first + 2))
            : new RelationName(DatabaseName.CURRENT, text.value(first));
    boolean aliased = TablePlaces.isAlias(text, end);
    int alias = text.isWord(end, "AS") ? end + 1 : end;
    int behind = aliased ? Math.min(alias + 1, text.size()) : end;
    boolean replaceable = TablePlaces.isPlace(text, first) && !text.isWord(end, "PARTITION");
    String exposed = aliased && alias < text.size() ? text.value(alias) : relation.name();
    return new Table(
        relation,
        first,
        end,
        behind,
        IndexHints.behind(text, behind),
        exposed,
        aliased,
        changing,
        replaceable);
  }

  private static void add(
      LexedStatement text, ColumnNotes notes, int first, int last, List<Column> columns) {
    ColumnNotes.Written written = notes.written().get(first);
    int end = last;
    String name = text.value(last);
    if (text.isPunctuation(last + 1, ".") && text.isPunctuation(last + 2, STAR)) {
      end = last + 2;
      name = STAR;
    }
    int parts = (end - first) / 2 + 1;
    columns.add(
        new Column(
            first,
            parts > 2 ? Optional.of(text.value(end - 4)) : Optional.empty(),
            parts > 1 ? Optional.of(text.value(end - 2)) : Optional.empty(),
            name,
            written != null
                ? written.kind()
                : isValueToInsert(text, first, last) ? AccessKind.INSERT : AccessKind.SELECT,
            written == null ? Optional.empty() : written.of(),
            notes.isInserted(first)));
  }

  /**
   * {@code VALUES(c)} behind ON DUPLICATE KEY UPDATE: what would have been inserted. In parentheses
   * of its own it may be a query.
   */
  private static boolean isValueToInsert(LexedStatement text, int first, int last) {
    return text.isPunctuation(first - 1, "(")
        && text.isPunctuation(last + 1, ")")
        && (text.isWord(first - 2, "VALUES") || text.isWord(first - 2, "VALUE"))
        && !text.isPunctuation(first - 3, "(")
        && isBehindDuplicateKey(text, first);
  }

  private static boolean isBehindDuplicateKey(LexedStatement text, int token) {
    for (int i = 0; i < token; i++) {
      if (text.isWord(i, "ON")
          && text.isWord(i + 1, "DUPLICATE")
          && text.isWord(i + 2, "KEY")
          && text.isWord(i + 3, "UPDATE")) {
        return true;
      }
    }
    return false;
  }
}
