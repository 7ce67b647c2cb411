package io.portcullis.proxy.statement;

import io.portcullis.privilege.model.ColumnNames;
import io.portcullis.privilege.store.TableColumn;
import io.portcullis.sql.analysis.ColumnUses;
import io.portcullis.sql.lexer.LexedStatement;
import io.portcullis.sql.lexer.TokenKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Conditions of a query that may be evaluated on hidden rows as well (ADR 13), so that an index
 * finds the rows that are asked for: columns compared with literals of their own kind, of which no
 * value can warn or fail, and which are not true of NULL. They are conjuncts of WHERE, so that no
 * row without them leaves the query, whatever the table is joined to, and are repeated where the
 * table is read.
 */
final class PlainConditions {

  /** More digits may not fit a column's type. */
  private static final int MOST_DIGITS = 18;

  private static final String[] BEHIND_WHERE = {
    "SELECT",
    "UNION",
    "EXCEPT",
    "INTERSECT",
    "MINUS",
    "GROUP",
    "HAVING",
    "WINDOW",
    "QUALIFY",
    "ORDER",
    "LIMIT",
    "OFFSET",
    "FETCH",
    "PROCEDURE",
    "INTO",
    "FOR",
    "LOCK",
    "ON",
    "RETURNING"
  };

  private final LexedStatement text;
  private final ColumnUses uses;
  private final ColumnUses.Table site;
  private final String qualifier;
  private final QueryBlock query;
  private final Supplier<Optional<List<TableColumn>>> columns;
  private final List<String> found = new ArrayList<>();

  private PlainConditions(
      LexedStatement text,
      ColumnUses uses,
      ColumnUses.Table site,
      String qualifier,
      Supplier<Optional<List<TableColumn>>> columns) {
    this.text = text;
    this.uses = uses;
    this.site = site;
    this.qualifier = qualifier;
    this.query = QueryBlock.around(text, site.firstToken());
    this.columns = columns;
  }

  /**
   * Each with an AND before it; nothing where there are none.
   *
   * @param qualifier before the names of its columns; or nothing
   * @param columns of the table; asked for only where there may be such a condition
   */
  static String of(
      LexedStatement text,
      ColumnUses uses,
      ColumnUses.Table site,
      String qualifier,
      Supplier<Optional<List<TableColumn>>> columns) {
    PlainConditions conditions = new PlainConditions(text, uses, site, qualifier, columns);
    int where = conditions.where();
    if (where < conditions.query.end()) {
      QueryBlock.conjuncts(
          text, where + 1, conditions.query.find(where + 1, BEHIND_WHERE), conditions::conjunct);
    }
    return conditions.found.stream()
        .map(condition -> " AND " + condition)
        .collect(Collectors.joining());
  }

  /** Of the SELECT, or the change, that the table stands in; else the end of the query. */
  private int where() {
    int at = query.begin();
    while (at < query.end()) {
      at = query.find(at, "WHERE", "SELECT", "UNION", "EXCEPT", "INTERSECT", "MINUS");
      if (at > site.firstToken()) {
        return text.isWord(at, "WHERE") ? at : query.end();
      }
      at++;
    }
    return query.end();
  }

  private void conjunct(int from, int end) {
    int behind = behindColumn(from, end);
    if (behind > from) {
      Optional<TableColumn.Kind> kind = literals(behind, end);
      kind.ifPresent(of -> add(behind - 1, of, "", " " + tokens(behind, end)));
      return;
    }
    int literal = behindLiteral(from, end);
    if (literal > from && isComparison(literal) && behindColumn(literal + 1, end) == end) {
      add(end - 1, kind(literal - 1), tokens(from, literal + 1) + " ", "");
    }
  }

  /** Behind the name of what may be a column of the table; {@code from} where there is none. */
  private int behindColumn(int from, int end) {
    boolean qualified = text.isPunctuation(from + 1, ".");
    int behind = from + (qualified ? 3 : 1);
    if (behind > end || !QueryBlock.isName(text, from) || !QueryBlock.isName(text, behind - 1)) {
      return from;
    }
    boolean of =
        qualified ? text.value(from).equals(site.exposedName()) && isCalledSoAlone() : isAlone();
    return of ? behind : from;
  }

  /** No other table of the query has a name that a server may take for this one's. */
  private boolean isCalledSoAlone() {
    return uses.tables().stream()
        .filter(other -> other.firstToken() != site.firstToken())
        .filter(other -> QueryBlock.around(text, other.firstToken()).equals(query))
        .noneMatch(other -> ColumnPlan.mayBe(other.exposedName(), site.exposedName()));
  }

  /** Between FROM, or UPDATE, and WHERE there is nothing else. */
  private boolean isAlone() {
    int behind = site.behindHints();
    int before = site.firstToken() - 1;
    boolean first = text.isWord(before, "FROM");
    boolean updated =
        site.changing()
            && (text.isWord(before, "UPDATE")
                || text.isWord(before, "LOW_PRIORITY")
                || text.isWord(before, "IGNORE"))
            && text.isWord(behind, "SET");
    return updated || (first && behind == where());
  }

  private boolean isComparison(int i) {
    for (String operator : new String[] {"=", "<", ">", "<=", ">=", "<=>"}) {
      if (text.isPunctuation(i, operator)) {
        return true;
      }
    }
    return false;
  }

  /** What stands behind a column: the kind of the literals, which are all of one. */
  private Optional<TableColumn.Kind> literals(int from, int end) {
    if (isComparison(from) && behindLiteral(from + 1, end) == end) {
      return Optional.of(kind(end - 1));
    }
    if (text.isWord(from, "LIKE")
        && end - from == 2
        && behindLiteral(from + 1, end) == end
        && text.kind(end - 1) == TokenKind.STRING) {
      return Optional.of(TableColumn.Kind.STRING);
    }
    if (text.isWord(from, "BETWEEN")) {
      int and = behindLiteral(from + 1, end);
      boolean two = and > from + 1 && text.isWord(and, "AND") && behindLiteral(and + 1, end) == end;
      return two && kind(and - 1) == kind(end - 1) ? Optional.of(kind(end - 1)) : Optional.empty();
    }
    return text.isWord(from, "IN") && text.isPunctuation(from + 1, "(")
        ? list(from + 2, end)
        : Optional.empty();
  }

  private Optional<TableColumn.Kind> list(int from, int end) {
    int at = from;
    while (at < end) {
      int behind = behindLiteral(at, end);
      if (behind == at || kind(behind - 1) != kind(behindLiteral(from, end) - 1)) {
        return Optional.empty();
      }
      if (text.isPunctuation(behind, ")")) {
        return behind == end - 1 ? Optional.of(kind(behind - 1)) : Optional.empty();
      }
      if (!text.isPunctuation(behind, ",")) {
        return Optional.empty();
      }
      at = behind + 1;
    }
    return Optional.empty();
  }

  /** Behind a whole number or a string; {@code from} where there is none. */
  private int behindLiteral(int from, int end) {
    int at = text.isPunctuation(from, "-") ? from + 1 : from;
    if (at >= end) {
      return from;
    }
    String written = text.text(at);
    boolean number =
        text.kind(at) == TokenKind.NUMBER
            && written.length() <= MOST_DIGITS
            && written.chars().allMatch(c -> c >= '0' && c <= '9');
    boolean string =
        at == from
            && text.kind(at) == TokenKind.STRING
            && (written.startsWith("'") || written.startsWith("\""))
            && written.indexOf('\uFFFD') < 0;
    return number || string ? at + 1 : from;
  }

  private TableColumn.Kind kind(int literal) {
    return text.kind(literal) == TokenKind.NUMBER
        ? TableColumn.Kind.INTEGER
        : TableColumn.Kind.STRING;
  }

  private void add(int name, TableColumn.Kind kind, String before, String after) {
    String column = ColumnNames.fold(text.value(name));
    columns.get().stream()
        .flatMap(List::stream)
        .filter(known -> ColumnNames.fold(known.name()).equals(column) && known.kind() == kind)
        .findFirst()
        .ifPresent(
            known -> found.add(before + qualifier + RowSources.quoted(known.name()) + after));
  }

  private String tokens(int from, int end) {
    return IntStream.range(from, end).mapToObj(text::text).collect(Collectors.joining(" "));
  }
}
