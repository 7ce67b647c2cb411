package io.portcullis.proxy.statement;

import io.portcullis.privilege.authz.RowReach;
import io.portcullis.privilege.authz.VisibleRows;
import io.portcullis.privilege.model.ColumnNames;
import io.portcullis.privilege.model.RowPolicy;
import io.portcullis.privilege.store.TableColumn;
import io.portcullis.sql.access.AccessKind;
import io.portcullis.sql.access.AccessRequest;
import io.portcullis.sql.access.RelationName;
import io.portcullis.sql.analysis.ColumnUses;
import io.portcullis.sql.lexer.LexedStatement;
import io.portcullis.sql.lexer.MalformedStringException;
import io.portcullis.sql.statement.StatementKind;
import io.portcullis.sql.text.ErrorCode;
import io.portcullis.sql.text.SqlError;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How a statement is sent by who does not see all rows of a table in it (DESIGN D7): what it reads
 * becomes secured references; what it updates or deletes is narrowed to the rows that are seen, by
 * a CASE around its own condition, which so is never evaluated on others; and what it writes is
 * checked by the server to be a row that its writer would see. What cannot be sent so is refused.
 *
 * <p>Nothing here permits anything: the statement was permitted before.
 */
public final class RowPlan {

  private final LexedStatement text;
  private final ColumnUses uses;
  private final StatementKind kind;
  private final List<AccessRequest> accesses;
  private final Function<RelationName, RelationName> bound;
  private final RowReach reach;
  private final RowSources sources;
  private final Function<RelationName, Optional<List<TableColumn>>> columns;
  private final Function<RelationName, RelationName> shown;
  private final RowSites sites;
  private final List<TextEdit> edits = new ArrayList<>();
  private final BitSet target = new BitSet();
  private final Set<Unseen> unseen = EnumSet.noneOf(Unseen.class);

  /** Of the row in hand: the hierarchies of several columns in it, and whether one lets it pass. */
  private final Map<VisibleRows.Passing, Boolean> passing = new LinkedHashMap<>();

  /** A row for whose sake the server fails with error 1242. */
  public enum Unseen {
    /** One that is written would not be seen. */
    WRITTEN,
    /** One that has the same key is not seen. */
    EXISTING
  }

  /** What became of it. */
  public sealed interface Outcome {
    /** The columns of these must be known first. */
    record Lacking(Set<RelationName> tables) implements Outcome {}

    record Refused(SqlError error) implements Outcome {}

    /**
     * @param unseen what error 1242 may tell
     */
    record Planned(List<TextEdit> edits, Set<Unseen> unseen) implements Outcome {
      public Planned {
        edits = List.copyOf(edits);
        unseen = Set.copyOf(unseen);
      }
    }
  }

  /** Ends the planning until something is known. */
  private static final class Lacks extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient RelationName table;

    Lacks(RelationName table) {
      super(null, null, false, false);
      this.table = table;
    }
  }

  /**
   * @param text as it is to be sent
   * @param accesses of it, with their names as the backend has them
   * @param bound a relation of the text as the backend has it
   * @param columns of a table; empty: not known
   * @param shown a relation as the account calls it
   * @param kept whether it is prepared: then its conditions are not built on the types of columns,
   *     which may be others once it is executed
   */
  public RowPlan(
      LexedStatement text,
      ColumnUses uses,
      StatementKind kind,
      List<AccessRequest> accesses,
      Function<RelationName, RelationName> bound,
      RowReach reach,
      RowSources sources,
      Function<RelationName, Optional<List<TableColumn>>> columns,
      Function<RelationName, RelationName> shown,
      boolean kept) {
    this.text = text;
    this.uses = uses;
    this.kind = kind;
    this.accesses = List.copyOf(accesses);
    this.bound = bound;
    this.reach = reach;
    this.sources = sources;
    this.columns = columns;
    this.shown = shown;
    this.sites =
        new RowSites(
            text,
            uses,
            bound,
            reach,
            sources,
            kept ? table -> Optional.empty() : this::knownColumns);
  }

  /** Any thread. */
  public Outcome plan() {
    try {
      secure();
      return new Outcome.Planned(edits, unseen);
    } catch (Unsecurable refused) {
      return new Outcome.Refused(refused.error());
    } catch (MalformedStringException meaningless) {
      return new Outcome.Refused(meaningless.error());
    } catch (Lacks lacks) {
      return new Outcome.Lacking(Set.of(lacks.table));
    }
  }

  private void secure() {
    if (!reach.programs().isEmpty()) {
      throw Unsecurable.because(
          "a routine that reads or changes it (send its statements themselves)");
    }
    switch (kind) {
      case SELECT, DO, CREATE_TABLE -> {
        onlyReads();
        edits.addAll(sites.secure());
      }
      case INSERT -> insert();
      case UPDATE, DELETE -> change();
      case SHOW, DESCRIBE -> describe();
      default -> throw Unsecurable.because(command());
    }
    checkSites();
  }

  /** Of what is reached nothing is done but to read it. */
  private void onlyReads() {
    checkUses();
    for (AccessRequest access : accesses) {
      if (isReached(access) && access.kind() != AccessKind.SELECT) {
        throw Unsecurable.because(command());
      }
    }
  }

  /** For a refusal. */
  private String command() {
    String help =
        switch (kind) {
          case EXPLAIN -> " (EXPLAIN ACCESS shows what is sent)";
          case REPLACE -> " (UPDATE what is there, INSERT what is not)";
          case TRUNCATE -> " (DELETE FROM deletes what is seen)";
          case LOCK_TABLES -> " (SELECT ... FOR UPDATE locks what is seen)";
          default -> "";
        };
    return kind.name().replace('_', ' ') + help;
  }

  private void checkUses() {
    if (!uses.complete()) {
      throw Unsecurable.because(
          "a statement of which the gate cannot tell the tables (simpler ones it can),");
    }
  }

  private boolean isReached(AccessRequest access) {
    return access.object() instanceof RelationName name
        && (reach.tables().containsKey(name) || reach.views().contains(name));
  }

  /** What is read was found in the text. */
  private void checkSites() {
    if (kind == StatementKind.SHOW || kind == StatementKind.DESCRIBE) {
      return;
    }
    Set<RelationName> found =
        sites.sites().map(site -> bound.apply(site.relation())).collect(Collectors.toSet());
    for (AccessRequest access : accesses) {
      if (access.kind() == AccessKind.SELECT
          && isReached(access)
          && !found.contains(access.object())
          && !isWritten((RelationName) access.object())) {
        throw Unsecurable.because(
            "a statement in which the gate cannot tell every table (name it in FROM)");
      }
    }
  }

  private boolean isWritten(RelationName name) {
    return accesses.stream()
        .anyMatch(
            access ->
                access.object().equals(name)
                    && switch (access.kind()) {
                      case INSERT, UPDATE, DELETE -> true;
                      default -> false;
                    });
  }

  /** What a table looks like is no secret; how much is in it may be. */
  private void describe() {
    boolean counts =
        text.isWord(1, "INDEX")
            || text.isWord(1, "INDEXES")
            || text.isWord(1, "KEYS")
            || (text.isWord(1, "EXTENDED") && !text.isWord(2, "COLUMNS"));
    for (AccessRequest access : accesses) {
      boolean plain =
          access.kind() == AccessKind.DESCRIBE || access.kind() == AccessKind.SHOW_CREATE;
      if (isReached(access) && (counts || !plain)) {
        throw Unsecurable.because(
            "SHOW INDEX, which tells how much is in it (SHOW CREATE TABLE has the indexes),");
      }
    }
  }

  // ---- UPDATE, DELETE

  private void change() {
    checkUses();
    List<ColumnUses.Table> changing =
        uses.tables().stream().filter(ColumnUses.Table::changing).toList();
    List<ColumnUses.Table> changed =
        changing.stream().filter(sites::isReached).filter(this::isChanged).toList();
    if (changed.isEmpty()) {
      onlyReads();
      edits.addAll(sites.secure());
      return;
    }
    ColumnUses.Table site = changed.get(0);
    int behind = site.behindHints();
    boolean update = kind == StatementKind.UPDATE;
    boolean alone =
        changing.size() == 1
            && (update
                ? text.isWord(behind, "SET")
                : behindVerb("DELETE") == site.firstToken() - 1
                    && (behind == text.size() || isClause(behind)));
    if (!alone) {
      changeJoined(changing, changed);
      return;
    }
    VisibleRows rows = writable(bound.apply(site.relation()));
    target.set(site.firstToken(), site.endToken());
    if (update) {
      int end = find(behind, text.size(), "WHERE", "ORDER", "LIMIT");
      assign(bound.apply(site.relation()), rows, behind + 1, end, ignores(site.firstToken()));
    }
    if (!rows.hierarchies().isEmpty()) {
      narrow(
          RowSources.condition(rows.hierarchies()),
          sites.conditions(site, bound.apply(site.relation()), ""),
          behind);
    }
    edits.addAll(sites.secure(other -> !other.changing(), target));
  }

  /**
   * Where tables are joined, every condition that may name one of these is put behind what is seen
   * of it. It stays what it is: a derived table cannot be changed.
   */
  private void changeJoined(List<ColumnUses.Table> changing, List<ColumnUses.Table> changed) {
    boolean update = kind == StatementKind.UPDATE;
    int from = behindVerb(update ? "UPDATE" : "DELETE");
    boolean ignore = ignores(from);
    if (!update) {
      boolean using = text.isWord(from, "FROM");
      int list = find(from + 1, text.size(), using ? "USING" : "FROM");
      target.set(from, list);
      from = list + 1;
    }
    int end = find(from, text.size(), update ? "SET" : "WHERE", "ORDER", "LIMIT", "RETURNING");
    List<JoinedTables.On> joins = JoinedTables.conditions(text, from, end);
    Map<ColumnUses.Table, String> seen = new LinkedHashMap<>();
    StringBuilder plain = new StringBuilder();
    for (ColumnUses.Table site : changed) {
      RelationName table = bound.apply(site.relation());
      String qualifier = RowSources.quoted(site.exposedName()) + ".";
      VisibleRows rows = writable(table);
      if (!rows.hierarchies().isEmpty()) {
        seen.put(site, RowSources.condition(rows.hierarchies(), qualifier));
      }
      plain.append(sites.conditions(site, table, qualifier));
      target.set(site.firstToken(), site.endToken());
    }
    for (JoinedTables.On on : joins) {
      guard(on, seen, changing);
    }
    if (update) {
      int behind = find(end, text.size(), "WHERE", "ORDER", "LIMIT");
      for (ColumnUses.Table site : changed) {
        assignJoined(site, end + 1, behind, ignore);
      }
    }
    if (!seen.isEmpty()) {
      int where = find(end, text.size(), "WHERE");
      int behind = find(where, text.size(), "ORDER", "LIMIT", "RETURNING");
      String equal = JoinedTables.equalities(text, seen, changing, where + 1, behind);
      narrow(String.join(" AND ", seen.values()), plain + equal, end);
    }
    edits.addAll(sites.secure(site -> !changed.contains(site), target));
  }

  /** Behind the word that begins the change, and what says how it is done. */
  private int behindVerb(String verb) {
    int at = find(0, text.size(), verb) + 1;
    while (isModifier(at)) {
      at++;
    }
    return at;
  }

  private boolean ignores(int tables) {
    return find(0, tables, "IGNORE") < tables;
  }

  /** An ON sees no hidden row of a table that it may name. */
  private void guard(
      JoinedTables.On on, Map<ColumnUses.Table, String> seen, List<ColumnUses.Table> joined) {
    Map<ColumnUses.Table, String> before = new LinkedHashMap<>(seen);
    before.keySet().removeIf(site -> !isBetween(site, on.tables(), on.from()));
    if (!before.isEmpty()) {
      String guard = String.join(" AND ", before.values());
      String equal = JoinedTables.equalities(text, before, joined, on.from(), on.end());
      edits.add(TextEdit.insert(on.from(), "CASE WHEN " + guard + " THEN ("));
      edits.add(TextEdit.insert(on.end(), ") ELSE FALSE END" + equal + " "));
    }
  }

  private static boolean isBetween(ColumnUses.Table site, int from, int end) {
    return site.firstToken() >= from && site.firstToken() < end;
  }

  /** And not only read beside what is changed. */
  private boolean isChanged(ColumnUses.Table site) {
    RelationName name = bound.apply(site.relation());
    return accesses.stream()
        .anyMatch(access -> access.object().equals(name) && access.kind() != AccessKind.SELECT);
  }

  private boolean isClause(int token) {
    for (String word : new String[] {"WHERE", "ORDER", "LIMIT", "RETURNING"}) {
      if (text.isWord(token, word)) {
        return true;
      }
    }
    return false;
  }

  /** A table that can be changed although not all of its rows are seen. */
  private VisibleRows writable(RelationName name) {
    VisibleRows rows = reach.tables().get(name);
    if (rows == null) {
      throw Unsecurable.because("a change through a view (change its table)");
    }
    if (!rows.rules().isEmpty()) {
      throw Unsecurable.because(
          "a change of a table that is read through a rule (a restriction permits changes)");
    }
    return rows;
  }

  /**
   * Only what is seen is changed, and the statement's own condition sees nothing else.
   *
   * @param plain of its own condition what may be evaluated on hidden rows too, with an AND before
   *     it
   */
  private void narrow(String condition, String plain, int from) {
    int where = find(from, text.size(), "WHERE");
    if (where < text.size()) {
      int end = find(where, text.size(), "ORDER", "LIMIT", "RETURNING");
      edits.add(
          TextEdit.insert(
              where + 1,
              "(" + condition + ")" + plain + " AND CASE WHEN " + condition + " THEN ("));
      edits.add(TextEdit.insert(end, ") ELSE FALSE END "));
      return;
    }
    int end = find(from, text.size(), "ORDER", "LIMIT", "RETURNING");
    edits.add(TextEdit.insert(end, " WHERE " + condition + " "));
  }

  /** Of the assignments of an UPDATE of several tables those to one of them. */
  private void assignJoined(ColumnUses.Table site, int from, int end, boolean ignore) {
    RelationName table = bound.apply(site.relation());
    VisibleRows rows = writable(table);
    Set<String> assigned = new HashSet<>();
    int begin = from;
    while (begin < end) {
      int next = comma(begin, end);
      int column = lastPart(begin);
      String name = ColumnNames.fold(text.value(column));
      if (column == begin && hierarchy(rows, name).isPresent()) {
        throw Unsecurable.because(
            "an assignment to " + name + " that does not say of which table it is,");
      }
      if (column > begin && ColumnPlan.mayBe(site.exposedName(), text.value(column - 2))) {
        requireAssignment(column, assigned.add(name));
        write(table, rows, name, column + 2, next, ignore);
      }
      begin = next + 1;
    }
    endRow(table);
  }

  private int lastPart(int name) {
    return QueryBlock.lastPart(text, name);
  }

  private void requireAssignment(int column, boolean first) {
    if (!text.isPunctuation(column + 1, "=") && !text.isPunctuation(column + 1, ":=")) {
      throw Unsecurable.because("an assignment that the gate cannot read,");
    }
    if (!first) {
      throw Unsecurable.because("an assignment to one column twice (once is enough)");
    }
  }

  /** The assignments of UPDATE, and of INSERT ... SET. */
  private Set<String> assign(
      RelationName table, VisibleRows rows, int from, int end, boolean ignore) {
    Set<String> assigned = new LinkedHashSet<>();
    int begin = from;
    while (begin < end) {
      int next = comma(begin, end);
      int column = lastPart(begin);
      String name = ColumnNames.fold(text.value(column));
      requireAssignment(column, assigned.add(name));
      write(table, rows, name, column + 2, next, ignore);
      begin = next + 1;
    }
    endRow(table);
    return assigned;
  }

  // ---- INSERT

  private void insert() {
    checkUses();
    Optional<RelationName> into =
        accesses.stream()
            .filter(access -> access.kind() == AccessKind.INSERT && isReached(access))
            .map(access -> (RelationName) access.object())
            .findFirst();
    if (into.isEmpty()) {
      onlyReads();
      edits.addAll(sites.secure());
      return;
    }
    VisibleRows rows = writable(into.get());
    int at = 1;
    boolean ignore = false;
    while (isModifier(at)) {
      ignore |= text.isWord(at, "IGNORE");
      at++;
    }
    if (text.isWord(at, "INTO")) {
      at++;
    }
    int end = at + (text.isPunctuation(at + 1, ".") ? 3 : 1);
    RelationName named =
        end - at == 3
            ? RelationName.of(text.value(at), text.value(at + 2))
            : RelationName.unqualified(text.value(at));
    if (!bound.apply(named).equals(into.get())) {
      throw Unsecurable.because(
          "this form of INSERT (write INSERT INTO t (c, ...) VALUES or SELECT)");
    }
    target.set(at, end);
    DuplicateKey duplicate = DuplicateKey.find(text, end);
    Written written = insert(into.get(), rows, end, duplicate.on(), ignore);
    if (duplicate.isThere()) {
      update(into.get(), rows, written, duplicate, ignore);
    }
    edits.addAll(sites.secure(site -> true, target));
  }

  private boolean isModifier(int token) {
    for (String word :
        new String[] {"LOW_PRIORITY", "HIGH_PRIORITY", "DELAYED", "QUICK", "IGNORE"}) {
      if (text.isWord(token, word)) {
        return true;
      }
    }
    return false;
  }

  /**
   * What an INSERT writes.
   *
   * @param query the first token of the query that gives the rows; else as {@code behind}
   * @param behind the token behind the rows
   */
  private record Written(List<String> columns, int query, int behind) {}

  /**
   * @param end where ON DUPLICATE KEY UPDATE begins, or the statement ends
   */
  private Written insert(RelationName table, VisibleRows rows, int from, int end, boolean ignore) {
    if (text.isWord(from, "SET")) {
      int behind = find(from, end, "AS", "RETURNING");
      Set<String> assigned = assign(table, rows, from + 1, behind, ignore);
      checkAll(table, rows, assigned);
      return new Written(List.copyOf(assigned), behind, behind);
    }
    int at = from;
    List<String> into = null;
    if (text.isPunctuation(at, "(") && !QueryBlock.beginsQuery(text, at)) {
      into = new ArrayList<>();
      int close = closing(at);
      for (int i = at + 1; i < close; i += 2) {
        while (text.isPunctuation(i + 1, ".")) {
          i += 2;
        }
        into.add(ColumnNames.fold(text.value(i)));
        if (i + 1 != close && !text.isPunctuation(i + 1, ",")) {
          throw Unsecurable.because(
              "this form of INSERT (write INSERT INTO t (c, ...) VALUES or SELECT)");
        }
      }
      at = close + 1;
    }
    if (into == null) {
      into = allColumns(table);
    }
    checkAll(table, rows, new HashSet<>(into));
    if (!text.isWord(at, "VALUES") && !text.isWord(at, "VALUE")) {
      query(table, rows, into, at, end, ignore);
      return new Written(into, at, end);
    }
    at++;
    while (text.isPunctuation(at, "(")) {
      int close = closing(at);
      row(table, rows, into, at + 1, close, ignore);
      at = close + 1;
      if (!text.isPunctuation(at, ",")) {
        break;
      }
      at++;
    }
    boolean named = end < text.size() && text.isWord(at, "AS");
    if (at < end && !named && !text.isWord(at, "RETURNING")) {
      throw Unsecurable.because(
          "this form of INSERT (write INSERT INTO t (c, ...) VALUES or SELECT)");
    }
    return new Written(into, at, at);
  }

  private void query(
      RelationName table,
      VisibleRows rows,
      List<String> into,
      int begin,
      int limit,
      boolean ignore) {
    if (new HashSet<>(into).size() != into.size()) {
      throw Unsecurable.because("INSERT into one column twice");
    }
    for (VisibleRows.Passing hierarchy : rows.hierarchies()) {
      if (hierarchy.values().entrySet().stream()
          .allMatch(each -> each.getValue().isEmpty() || !into.contains(each.getKey()))) {
        throw notVisible(table, allowed(hierarchy.values().firstKey(), List.of()));
      }
      if (ignore) {
        throw ignored();
      }
      unseen.add(Unseen.WRITTEN);
    }
    int end = find(begin, limit, "RETURNING");
    boolean read =
        uses.columns().stream()
            .anyMatch(
                column ->
                    column.firstToken() > limit
                        && column.kind() == AccessKind.SELECT
                        && column.table().filter(of -> !of.equals(ownName())).isPresent());
    edits.addAll(new InsertedQuery(text, rows.hierarchies(), into, begin, end, read).checked());
  }

  // ---- ON DUPLICATE KEY UPDATE

  /**
   * @param written what is inserted
   */
  private void update(
      RelationName table,
      VisibleRows rows,
      Written written,
      DuplicateKey duplicate,
      boolean ignore) {
    if (ignore) {
      throw ignored();
    }
    String own = ownName();
    requireOwnName(own, written.query(), duplicate.on());
    String qualifier = RowSources.quoted(own) + ".";
    String seen = RowSources.condition(rows.hierarchies(), qualifier);
    Optional<DuplicateKey.Inserted> inserted =
        DuplicateKey.Inserted.read(text, written.columns(), written.behind(), duplicate.on());
    Set<String> assigned = new HashSet<>();
    boolean decided = false;
    for (DuplicateKey.Assignment each : duplicate.assignments()) {
      requireAssignment(each.column(), assigned.add(each.name()));
      if (decided && duplicate.readsRow(each, uses, inserted)) {
        throw Unsecurable.because(
            "ON DUPLICATE KEY UPDATE that reads the row behind an assignment to what decides who sees"
                + " it (make that one the last)");
      }
      String column = qualifier + RowSources.quoted(text.value(each.column()));
      Optional<DuplicateKey.Guard> guard =
          decided ? Optional.empty() : Optional.of(duplicate.guard(each, seen, column));
      guard.map(DuplicateKey.Guard::first).ifPresent(edits::add);
      Optional<VisibleRows.Passing> hierarchy = hierarchy(rows, each.name());
      if (hierarchy.isPresent()) {
        decided = true;
        if (!duplicate.takesOver(hierarchy.get(), written.columns(), inserted)) {
          write(table, rows, each.name(), each.from(), each.end(), ignore);
        }
      }
      guard.flatMap(DuplicateKey.Guard::behind).ifPresent(edits::add);
    }
    endRow(table);
    unseen.add(Unseen.EXISTING);
  }

  /** Of the table that rows are inserted into. */
  private String ownName() {
    return text.value(target.length() - 1);
  }

  /** Behind a query its tables can be named as well: none of them is called as the table is. */
  private void requireOwnName(String own, int from, int end) {
    boolean shared =
        uses.tables().stream()
            .filter(site -> site.firstToken() >= from && site.firstToken() < end)
            .anyMatch(site -> ColumnPlan.mayBe(site.exposedName(), own));
    for (int i = from; i < end; i++) {
      int at = i;
      shared |=
          QueryBlock.isName(text, i)
              && ColumnPlan.mayBe(text.value(i), own)
              && !text.isPunctuation(i - 1, ".")
              && uses.tables().stream()
                  .noneMatch(site -> site.firstToken() == at && site.endToken() == at + 1);
    }
    if (shared) {
      throw Unsecurable.because(
          "ON DUPLICATE KEY UPDATE behind a query that calls something as the table is called (give it"
              + " an alias)");
    }
  }

  private Optional<List<TableColumn>> knownColumns(RelationName table) {
    return Optional.of(columns.apply(table).orElseThrow(() -> new Lacks(table)));
  }

  private List<String> allColumns(RelationName table) {
    return knownColumns(table).orElseThrow().stream()
        .filter(column -> !column.invisible())
        .map(column -> ColumnNames.fold(column.name()))
        .toList();
  }

  private void row(
      RelationName table,
      VisibleRows rows,
      List<String> into,
      int from,
      int close,
      boolean ignore) {
    int begin = from;
    int at = 0;
    while (begin < close) {
      int next = comma(begin, close);
      if (at >= into.size()) {
        throw Unsecurable.because("INSERT of more values than there are columns");
      }
      write(table, rows, into.get(at), begin, next, ignore);
      at++;
      begin = next + 1;
    }
    if (at != into.size()) {
      throw Unsecurable.because("INSERT of fewer values than there are columns");
    }
    endRow(table);
  }

  /** A column that is left to its default has a value that the gate does not know. */
  private void checkAll(RelationName table, VisibleRows rows, Set<String> written) {
    for (VisibleRows.Passing hierarchy : rows.hierarchies()) {
      Set<String> decisive = hierarchy.values().keySet();
      boolean some =
          decisive.size() == 1
              ? written.containsAll(decisive)
              : decisive.stream().anyMatch(written::contains);
      if (!some) {
        throw notVisible(table, "give a value to " + String.join(" or ", new TreeSet<>(decisive)));
      }
    }
  }

  // ---- what is written

  /**
   * A value for a column. Where one column decides, the server compares whatever the expression
   * gives. Where several do, as the levels of a hierarchy, one of them has to be a value that lets
   * the row pass by itself, and is only known here when it is written down.
   */
  private void write(
      RelationName table, VisibleRows rows, String column, int from, int end, boolean ignore) {
    Optional<VisibleRows.Passing> hierarchy = hierarchy(rows, column);
    if (hierarchy.isEmpty()) {
      return;
    }
    List<RowPolicy.Value> values = hierarchy.get().values().get(column);
    if (hierarchy.get().values().size() > 1) {
      passes(hierarchy.get(), column, from, end);
      return;
    }
    if (ignore) {
      throw ignored();
    }
    boolean byDefault = end - from == 1 && text.isWord(from, "DEFAULT");
    if (byDefault || values == null || values.isEmpty() || from >= end) {
      throw notVisible(table, allowed(column, values));
    }
    WrittenValue written = WrittenValue.oneOf(values);
    if (!isOneOf(values, from, end)) {
      unseen.add(Unseen.WRITTEN);
    }
    edits.add(TextEdit.insert(from, written.before()));
    edits.add(TextEdit.insert(end, written.after()));
  }

  /**
   * The columns of which one is written. A name that a server may take for one of them, and that is
   * not it, is refused: what letters beyond ASCII are the same differs from server to server.
   */
  private static Optional<VisibleRows.Passing> hierarchy(VisibleRows rows, String column) {
    for (VisibleRows.Passing hierarchy : rows.hierarchies()) {
      for (String deciding : hierarchy.values().keySet()) {
        if (!deciding.equals(column) && ColumnNames.mayBe(column, deciding)) {
          throw Unsecurable.because(
              "an assignment to a column whose name servers may take for "
                  + deciding
                  + " (write it so)");
        }
      }
    }
    return rows.hierarchies().stream().filter(one -> one.values().containsKey(column)).findFirst();
  }

  private static Unsecurable ignored() {
    return Unsecurable.because(
        "IGNORE, under which the server would not check what it writes (leave it out),");
  }

  private void passes(VisibleRows.Passing hierarchy, String column, int from, int end) {
    boolean passes = isOneOf(hierarchy.values().getOrDefault(column, List.of()), from, end);
    passing.merge(hierarchy, passes, Boolean::logicalOr);
  }

  /** Whether what is written is one of the values, as it stands there. */
  private boolean isOneOf(List<RowPolicy.Value> values, int from, int end) {
    boolean literal =
        end - from == 1
            && switch (text.kind(from)) {
              case STRING -> text.text(from).startsWith("'") || text.text(from).startsWith("\"");
              case NUMBER -> true;
              default -> false;
            };
    return literal && values.stream().anyMatch(value -> value.text().equals(text.value(from)));
  }

  /** The values of one row have been seen. */
  private void endRow(RelationName table) {
    passing.forEach(
        (hierarchy, passes) -> {
          if (!passes) {
            throw notVisible(
                table,
                "write one of these values, as it is: "
                    + hierarchy.values().entrySet().stream()
                        .map(each -> allowed(each.getKey(), each.getValue()))
                        .collect(Collectors.joining(" or ")));
          }
        });
    passing.clear();
  }

  private static String allowed(String column, @Nullable List<RowPolicy.Value> values) {
    return values == null || values.isEmpty()
        ? "no value of " + column
        : column
            + " IN ("
            + values.stream().map(RowPolicy.Value::literal).collect(Collectors.joining(", "))
            + ")";
  }

  private Unsecurable notVisible(RelationName table, String what) {
    return new Unsecurable(error(shown.apply(table), what));
  }

  /**
   * 1369: a row that its writer would not see.
   *
   * @param table as the account calls it
   */
  public static SqlError error(RelationName table, String what) {
    return ErrorCode.ER_ROW_NOT_VISIBLE.error(table.database().name(), table.name(), what);
  }

  /**
   * What error 1242 tells of a statement whose rows were checked.
   *
   * @param table as the account calls it
   * @param unseen at least one
   */
  public static SqlError error(RelationName table, Set<Unseen> unseen) {
    if (!unseen.contains(Unseen.WRITTEN)) {
      return ErrorCode.ER_HIDDEN_DUPLICATE.error(table.database().name(), table.name());
    }
    String values =
        "SHOW RESTRICTIONS ON "
            + table.database().name()
            + "."
            + table.name()
            + " lists the values that you see";
    return error(
        table,
        unseen.contains(Unseen.EXISTING)
            ? values + ", and a row that you do not see may have the same key"
            : values);
  }

  // ---- tokens

  private int find(int from, int end, String... words) {
    return QueryBlock.find(text, from, end, words);
  }

  private int comma(int from, int end) {
    return QueryBlock.comma(text, from, end);
  }

  private int closing(int open) {
    int close = QueryBlock.closing(text, open);
    if (close == text.size()) {
      throw Unsecurable.because(
          "this form of INSERT (write INSERT INTO t (c, ...) VALUES or SELECT)");
    }
    return close;
  }
}
