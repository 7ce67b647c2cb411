package io.portcullis.proxy.statement;

import io.portcullis.privilege.authz.ObjectNames;
import io.portcullis.privilege.authz.RowReach;
import io.portcullis.privilege.authz.VisibleRows;
import io.portcullis.privilege.model.RowPolicy;
import io.portcullis.privilege.store.ViewSource;
import io.portcullis.sql.access.RelationName;
import io.portcullis.sql.analysis.ColumnUses;
import io.portcullis.sql.analysis.StatementAnalyzer;
import io.portcullis.sql.lexer.LexLimits;
import io.portcullis.sql.lexer.LexedStatement;
import io.portcullis.sql.lexer.Lexer;
import io.portcullis.sql.lexer.TokenKind;
import io.portcullis.sql.text.ClientCharset;
import io.portcullis.sql.text.LexicalMode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What is read in the place of a table or view whose rows are hidden in part (DESIGN D7), as text
 * that reads the same in every sql_mode. For one statement; any thread, one at a time.
 *
 * <p>Every derived table here ends in a LIMIT that keeps all rows: without one a server may merge
 * it with the query around it, and evaluate the query's own expressions on rows that are hidden,
 * whose values would show in warnings and errors.
 */
public final class RowSources {

  /** All rows, and a wall that no condition of the query is moved through. */
  static final String WALL = " LIMIT 18446744073709551615";

  private static final int MAXIMUM_DEPTH = 32;

  private final Function<List<RelationName>, RowReach> reach;
  private final Function<RelationName, Optional<ViewSource>> views;
  private final Function<String, Optional<String>> rules;
  private final StatementAnalyzer analyzer;
  private final LexicalMode mode;
  private final boolean foldNames;
  private final boolean definitionsShown;

  /**
   * Tables whose rule is being read: there their names mean what the restrictions leave of them.
   */
  private final Set<RelationName> insideRule = new HashSet<>();

  private final List<UsedRule> usedRules = new ArrayList<>();
  private boolean usesViews;
  private int depth;

  /** A rule that takes part in what is read. */
  public record UsedRule(RelationName table, String query) {}

  /** The rules in what was made: who reads through them needs the privileges on what they read. */
  public List<UsedRule> usedRules() {
    return List.copyOf(usedRules);
  }

  /** Whether there are definitions of views in what was made. */
  public boolean usesViews() {
    return usesViews;
  }

  /**
   * @param reach of names that are read, as the backend has them
   * @param views definitions as the backend prints them
   * @param rules the query of a rule as the backend is to read it in this session; empty when it
   *     cannot be read there
   * @param mode of the session
   * @param definitionsShown whether what is made is sent, and not told to who may not see what
   *     views are made of
   */
  public RowSources(
      Function<List<RelationName>, RowReach> reach,
      Function<RelationName, Optional<ViewSource>> views,
      Function<String, Optional<String>> rules,
      StatementAnalyzer analyzer,
      LexicalMode mode,
      boolean foldNames,
      boolean definitionsShown) {
    this.reach = reach;
    this.views = views;
    this.rules = rules;
    this.analyzer = analyzer;
    this.mode = mode;
    this.foldNames = foldNames;
    this.definitionsShown = definitionsShown;
  }

  /** What stands before and behind the name of a table in a query, or in place of it. */
  record Place(String before, boolean kept, String after) {}

  /**
   * A table with hidden rows, read under its own name.
   *
   * @param hints about its indexes, with a blank before them; or nothing
   * @param plain further conditions, each with an AND before it, that may be evaluated on hidden
   *     rows; or nothing
   * @param lock a clause that locks what is read; or nothing
   */
  Place table(RelationName name, VisibleRows rows, String hints, String plain, String lock) {
    String where =
        rows.hierarchies().isEmpty() ? "" : " WHERE " + condition(rows.hierarchies()) + plain;
    String locked = lock.isEmpty() ? "" : " " + lock;
    Place restricted = new Place("(SELECT * FROM ", true, hints + where + WALL + locked + ")");
    if (rows.rules().isEmpty() || insideRule.contains(name)) {
      return restricted;
    }
    enter();
    insideRule.add(name);
    rows.rules().forEach(rule -> usedRules.add(new UsedRule(name, rule)));
    String union =
        rows.rules().stream()
            .map(rule -> "(" + query(rule(rule), "a rule") + ")")
            .collect(Collectors.joining(" UNION "));
    insideRule.remove(name);
    depth--;
    return new Place("(SELECT * FROM (" + union + ") AS `rule`" + WALL + ")", false, "");
  }

  private String rule(String query) {
    return rules
        .apply(query)
        .orElseThrow(
            () -> Unsecurable.because("a table with a rule that cannot be read in this session,"));
  }

  /** A view that leads to such a table, read as its definition says. */
  Place view(RelationName name) {
    usesViews = true;
    enter();
    String definition =
        views
            .apply(name)
            .map(ViewSource::query)
            .filter(query -> !query.isEmpty())
            .orElseThrow(
                () -> Unsecurable.because("a view whose definition the gate cannot read,"));
    String query = query(definition, "a view");
    depth--;
    return definitionsShown
        ? new Place("(" + query + ")", false, "")
        : new Place("(/* what is seen of its definition */ SELECT * FROM ", true, ")");
  }

  private void enter() {
    if (++depth > MAXIMUM_DEPTH) {
      throw Unsecurable.because("views or rules nested too deeply,");
    }
  }

  /** A query of the gate's, or the backend's, secured: names in it have their databases. */
  private String query(String text, String what) {
    LexedStatement statement = read(text, what);
    ColumnUses uses = analyzer.columnUses(statement);
    List<RelationName> read =
        uses.tables().stream().map(table -> folded(table.relation())).distinct().toList();
    RowReach reached = reach.apply(read);
    if (!reached.isCertain()) {
      throw Unsecurable.because(what + " whose tables are not known,");
    }
    if (!uses.complete() || !reached.programs().isEmpty()) {
      throw Unsecurable.because(what + " of which the gate cannot tell the tables,");
    }
    return spliced(
        statement,
        new RowSites(statement, uses, this::folded, reached, this, name -> Optional.empty())
            .secure());
  }

  private RelationName folded(RelationName name) {
    return foldNames
        ? RelationName.of(ObjectNames.fold(name.database().name()), ObjectNames.fold(name.name()))
        : name;
  }

  /** The statement as the session's backend reads it, if that is as its author meant it. */
  private LexedStatement read(String text, String what) {
    LexicalMode printed =
        new LexicalMode(mode.server(), ClientCharset.UTF8MB4, false, false, false, false);
    LexedStatement meant = lex(text, printed);
    if (meant == null) {
      throw unreadable(what);
    }
    LexicalMode here =
        new LexicalMode(
            mode.server(),
            ClientCharset.UTF8MB4,
            mode.ansiQuotes(),
            mode.noBackslashEscapes(),
            mode.ignoreSpace(),
            mode.pipesAsConcat());
    LexedStatement read = lex(spliced(meant, strings(meant, here)), here);
    boolean ascii = text.chars().allMatch(c -> c < 0x80);
    if (read == null
        || !readsAlike(meant, read)
        || !(ascii || mode.charset() == ClientCharset.UTF8MB4)) {
      throw unreadable(what);
    }
    return read;
  }

  private static Unsecurable unreadable(String what) {
    return Unsecurable.because(
        what + " that the session's sql_mode or character set reads otherwise,");
  }

  /** Strings in which a backslash has a meaning, as they are written in the session's sql_mode. */
  private static List<TextEdit> strings(LexedStatement text, LexicalMode here) {
    List<TextEdit> edits = new ArrayList<>();
    for (int i = 0; i < text.size(); i++) {
      boolean backslash =
          text.kind(i) == TokenKind.STRING
              && text.text(i).startsWith("'")
              && text.text(i).indexOf('\\') >= 0;
      if (backslash) {
        String value = text.value(i).replace("'", "''");
        String written = here.noBackslashEscapes() ? value : value.replace("\\", "\\\\");
        edits.add(new TextEdit(i, i + 1, "'" + written + "'", false, ""));
      }
    }
    return edits;
  }

  private static @Nullable LexedStatement lex(String text, LexicalMode mode) {
    Lexer lexer = new Lexer(LexLimits.STANDARD);
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return lexer.lex(bytes, 0, bytes.length, mode) == 1 ? lexer.statement(0) : null;
  }

  private static boolean readsAlike(LexedStatement one, LexedStatement other) {
    if (one.size() != other.size()
        || one.mode().pipesAsConcat() != other.mode().pipesAsConcat() && hasPipes(one)) {
      return false;
    }
    for (int i = 0; i < one.size(); i++) {
      if (one.kind(i) != other.kind(i) || !one.value(i).equals(other.value(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean hasPipes(LexedStatement text) {
    for (int i = 0; i < text.size(); i++) {
      if (text.kind(i) == TokenKind.PUNCTUATION && text.text(i).equals("||")) {
        return true;
      }
    }
    return false;
  }

  private static String spliced(LexedStatement statement, List<TextEdit> edits) {
    StringBuilder out = new StringBuilder();
    int from = 0;
    List<TextEdit> inOrder = new ArrayList<>(edits);
    inOrder.sort(Comparator.comparingInt(TextEdit::first));
    for (TextEdit edit : inOrder) {
      if (edit.first() > from) {
        out.append(statement.source(from, edit.first())).append(' ');
      }
      out.append(edit.before());
      if (edit.kept()) {
        out.append(statement.source(edit.first(), edit.end()));
      }
      out.append(edit.after()).append(' ');
      from = edit.end();
    }
    return from < statement.size()
        ? out.append(statement.source(from, statement.size())).toString()
        : out.toString();
  }

  // ---- conditions

  /** Over the columns of the one table in the query. */
  static String condition(List<VisibleRows.Passing> hierarchies) {
    return condition(hierarchies, "");
  }

  /**
   * @param qualifier before the names of the columns
   */
  static String condition(List<VisibleRows.Passing> hierarchies, String qualifier) {
    return hierarchies.stream()
        .map(hierarchy -> condition(hierarchy, qualifier))
        .collect(Collectors.joining(" AND "));
  }

  private static String condition(VisibleRows.Passing passing, String qualifier) {
    List<String> columns = new ArrayList<>();
    for (Map.Entry<String, List<RowPolicy.Value>> column : passing.values().entrySet()) {
      if (!column.getValue().isEmpty()) {
        columns.add(
            qualifier
                + quoted(column.getKey())
                + " IN ("
                + column.getValue().stream()
                    .map(RowSources::literal)
                    .collect(Collectors.joining(", "))
                + ")");
      }
    }
    return columns.isEmpty() ? "FALSE" : "(" + String.join(" OR ", columns) + ")";
  }

  static String quoted(String name) {
    return "`" + name.replace("`", "``") + "`";
  }

  /** Reads the same in every sql_mode and character set. */
  static String literal(RowPolicy.Value value) {
    return value.numeric() ? value.text() : text(value.text());
  }

  static String text(String text) {
    return "_utf8mb4 x'" + HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8)) + "'";
  }
}
