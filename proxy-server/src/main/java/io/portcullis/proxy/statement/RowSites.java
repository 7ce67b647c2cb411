package io.portcullis.proxy.statement;

import io.portcullis.privilege.authz.RowReach;
import io.portcullis.privilege.authz.VisibleRows;
import io.portcullis.privilege.store.TableColumn;
import io.portcullis.sql.access.RelationName;
import io.portcullis.sql.analysis.ColumnUses;
import io.portcullis.sql.lexer.LexedStatement;
import io.portcullis.sql.lexer.TokenKind;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The places in one text where tables and views with hidden rows are read. */
final class RowSites {

  private final LexedStatement text;
  private final ColumnUses uses;
  private final Function<RelationName, RelationName> bound;
  private final RowReach reach;
  private final RowSources sources;
  private final Function<RelationName, Optional<List<TableColumn>>> columns;
  private final LockingClauses locking;
  private final List<TextEdit> edits = new ArrayList<>();
  private final Set<Integer> unqualified = new HashSet<>();

  /**
   * @param bound a relation of the text as the backend has it
   * @param reach of what the text names
   * @param columns of a table; empty: not known
   */
  RowSites(
      LexedStatement text,
      ColumnUses uses,
      Function<RelationName, RelationName> bound,
      RowReach reach,
      RowSources sources,
      Function<RelationName, Optional<List<TableColumn>>> columns) {
    this.text = text;
    this.uses = uses;
    this.bound = bound;
    this.reach = reach;
    this.sources = sources;
    this.columns = columns;
    this.locking = new LockingClauses(text);
  }

  /** Puts secured references everywhere. */
  List<TextEdit> secure() {
    return secure(site -> true, new BitSet());
  }

  /**
   * @param replaced which of them are replaced
   * @param target tokens that name such a table, and are dealt with otherwise
   */
  List<TextEdit> secure(Predicate<ColumnUses.Table> replaced, BitSet target) {
    sites().filter(replaced).forEach(this::secure);
    checkAccounted(target);
    return edits;
  }

  Stream<ColumnUses.Table> sites() {
    return uses.tables().stream().filter(this::isReached);
  }

  boolean isReached(ColumnUses.Table site) {
    RelationName name = bound.apply(site.relation());
    return reach.tables().containsKey(name) || reach.views().contains(name);
  }

  private void secure(ColumnUses.Table site) {
    if (!site.replaceable() && !isFirstOfChange(site)) {
      throw Unsecurable.because(
          "a query with TABLE or PARTITION (SELECT * FROM reads as TABLE does)");
    }
    RelationName name = bound.apply(site.relation());
    VisibleRows rows = reach.tables().get(name);
    if (site.hinted() && (rows == null || !rows.rules().isEmpty())) {
      throw Unsecurable.because(
          "an index hint for a view, or a table that is read through a rule (leave it out),");
    }
    Optional<String> lock = uses.locking() ? locking.of(site) : Optional.empty();
    if (lock.isPresent() && (rows == null || !rows.rules().isEmpty())) {
      throw Unsecurable.because(
          "a query that locks rows of a view, or of a table that is read through a rule (lock those"
              + " of its tables),");
    }
    RowSources.Place place =
        rows == null
            ? sources.view(name)
            : sources.table(name, rows, hints(site), conditions(site, name, ""), lock.orElse(""));
    unqualify(site, name);
    edits.add(
        new TextEdit(
            site.firstToken(),
            site.endToken(),
            place.before(),
            place.kept(),
            place.after()
                + (site.aliased() ? "" : " AS " + RowSources.quoted(site.exposedName()))));
    if (site.hinted()) {
      edits.add(TextEdit.without(site.behindAlias(), site.behindHints()));
    }
  }

  /** They stand behind the table itself: a derived one takes none. */
  private String hints(ColumnUses.Table site) {
    return site.hinted() ? " " + text.source(site.behindAlias(), site.behindHints()) : "";
  }

  /**
   * Of the query's own conditions those that may be evaluated on hidden rows.
   *
   * @param qualifier before the names of its columns; or nothing
   */
  String conditions(ColumnUses.Table site, RelationName name, String qualifier) {
    return PlainConditions.of(text, uses, site, qualifier, () -> columns.apply(name));
  }

  /** Of several tables in UPDATE or DELETE, the first, where one may stand as well that is made. */
  private boolean isFirstOfChange(ColumnUses.Table site) {
    int before = site.firstToken() - 1;
    return site.changing()
        && isOneOf(before, "UPDATE", "LOW_PRIORITY", "IGNORE", "USING")
        && !text.isWord(site.endToken(), "PARTITION");
  }

  private boolean isOneOf(int token, String... words) {
    return Stream.of(words).anyMatch(word -> text.isWord(token, word));
  }

  /** {@code d.t.c} becomes {@code t.c}: a derived table has no database. */
  private void unqualify(ColumnUses.Table site, RelationName relation) {
    for (ColumnUses.Column column : uses.columns()) {
      if (column.database().isEmpty()
          || !ColumnPlan.mayBe(site.exposedName(), column.table().orElseThrow())
          || !bound
              .apply(RelationName.of(column.database().get(), relation.name()))
              .database()
              .equals(relation.database())) {
        continue;
      }
      boolean shared =
          uses.tables().stream()
              .anyMatch(
                  other ->
                      ColumnPlan.mayBe(other.exposedName(), site.exposedName())
                          && !bound.apply(other.relation()).equals(relation));
      if (shared) {
        throw Unsecurable.because("a query of two tables of one name (give them aliases)");
      }
      if (unqualified.add(column.firstToken())) {
        edits.add(TextEdit.without(column.firstToken(), column.firstToken() + 2));
      }
    }
  }

  /**
   * Every token that could name one of these tables or views is one that was found: as a table, as
   * part of a column's name, or as an alias. So what the grammar would overlook is refused.
   */
  private void checkAccounted(BitSet target) {
    BitSet known = new BitSet();
    known.or(target);
    for (ColumnUses.Table table : uses.tables()) {
      known.set(table.firstToken(), table.endToken());
    }
    for (ColumnUses.Column column : uses.columns()) {
      int last = column.firstToken();
      while (text.isPunctuation(last + 1, ".")) {
        last += 2;
      }
      known.set(column.firstToken(), last + 1);
    }
    Set<RelationName> names = new HashSet<>(reach.tables().keySet());
    names.addAll(reach.views());
    for (int i = 0; i < text.size(); i++) {
      boolean name = text.kind(i) == TokenKind.WORD || text.kind(i) == TokenKind.QUOTED_IDENTIFIER;
      if (name && !known.get(i) && !isAlias(i, known)) {
        String value = text.value(i);
        if (names.stream().anyMatch(of -> ColumnPlan.mayBe(of.name(), value))) {
          throw Unsecurable.because(
              "a statement in which the gate cannot tell every table (give nothing else in it the name of"
                  + " one)");
        }
      }
    }
  }

  private boolean isAlias(int token, BitSet known) {
    return text.isWord(token - 1, "AS") || (token > 0 && known.get(token - 1));
  }
}
