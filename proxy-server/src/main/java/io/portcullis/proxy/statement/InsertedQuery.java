package io.portcullis.proxy.statement;

import io.portcullis.privilege.authz.VisibleRows;
import io.portcullis.sql.lexer.LexedStatement;
import io.portcullis.sql.lexer.TokenKind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The query of INSERT ... SELECT into a table with hidden rows: the server checks of every row that
 * its writer would see it. Of one SELECT that lists its columns, those that decide are checked in
 * their place. Any other query becomes a common table expression, and its columns are checked as
 * they leave it, as are those of a hierarchy by which a row may pass in several ways; there the
 * server rounds quotients to the digits it declares for them, so that of one SELECT it may have
 * columns and literals only. UNION rounds them anyway.
 */
final class InsertedQuery {

  private static final String ASKED = "`asked`";
  private static final String WRITTEN = "`written`";

  private static final String[] CLAUSES = {
    "FROM",
    "WHERE",
    "GROUP",
    "HAVING",
    "WINDOW",
    "ORDER",
    "LIMIT",
    "OFFSET",
    "FETCH",
    "PROCEDURE",
    "INTO",
    "FOR",
    "LOCK"
  };

  private static final Set<String> MODIFIERS =
      Set.of(
          "ALL",
          "DISTINCT",
          "DISTINCTROW",
          "HIGH_PRIORITY",
          "STRAIGHT_JOIN",
          "SQL_SMALL_RESULT",
          "SQL_BIG_RESULT",
          "SQL_BUFFER_RESULT",
          "SQL_NO_CACHE",
          "SQL_CACHE",
          "SQL_CALC_FOUND_ROWS");

  private final LexedStatement text;
  private final List<VisibleRows.Passing> hierarchies;
  private final List<String> into;
  private final int begin;
  private final int end;
  private final boolean read;

  /**
   * @param hierarchies that hide rows of the table
   * @param into the columns that are written, in lower case; of each hierarchy there is one
   * @param begin the first token of the query
   * @param end the token behind its last
   * @param read whether what is behind it may name columns of its tables
   */
  InsertedQuery(
      LexedStatement text,
      List<VisibleRows.Passing> hierarchies,
      List<String> into,
      int begin,
      int end,
      boolean read) {
    this.text = text;
    this.hierarchies = hierarchies;
    this.into = into;
    this.begin = begin;
    this.end = end;
    this.read = read;
  }

  /** An item of the list of columns, without its alias. */
  private record Item(int from, int end) {}

  List<TextEdit> checked() {
    if (!QueryBlock.beginsQuery(text, begin)) {
      throw Unsecurable.because("INSERT of anything but VALUES and SELECT into a table");
    }
    QueryBlock query = new QueryBlock(text, begin, end);
    if (!query.isOneSelect()) {
      return around(query);
    }
    List<Item> items = items(query);
    if (items.stream().noneMatch(this::isStar)) {
      if (items.size() != into.size()) {
        throw Unsecurable.because("INSERT of more or fewer columns than there are in the table");
      }
      if (hierarchies.stream().allMatch(one -> isReadOnce(one, items))) {
        return inPlace(items);
      }
    }
    if (!items.stream().allMatch(item -> isStar(item) || isPlain(item))) {
      throw Unsecurable.because(
          "INSERT ... SELECT of an expression beside * or several columns of a hierarchy (make it a"
              + " column of a query in FROM)");
    }
    return around(query);
  }

  /** Not so where a row may pass by another column as well, and what that gives is no literal. */
  private boolean isReadOnce(VisibleRows.Passing hierarchy, List<Item> items) {
    List<Item> deciding =
        IntStream.range(0, items.size())
            .filter(i -> hierarchy.values().containsKey(into.get(i)))
            .mapToObj(items::get)
            .toList();
    return deciding.size() == 1 || deciding.stream().allMatch(this::isLiteral);
  }

  private List<Item> items(QueryBlock query) {
    int from = query.find(begin, "SELECT") + 1;
    while (text.kind(from) == TokenKind.WORD && isModifier(from)) {
      from++;
    }
    int behind = query.find(from, CLAUSES);
    List<Item> items = new ArrayList<>();
    int at = from;
    while (at < behind) {
      int comma = QueryBlock.comma(text, at, behind);
      items.add(item(at, comma));
      at = comma + 1;
    }
    return items;
  }

  private boolean isModifier(int token) {
    return MODIFIERS.stream().anyMatch(word -> text.isWord(token, word));
  }

  /** Where an alias without AS is not recognised, the server does not accept the statement. */
  private Item item(int from, int end) {
    if (text.isWord(end - 2, "AS") && end - 2 > from) {
      return new Item(from, end - 2);
    }
    boolean name =
        switch (text.kind(end - 1)) {
          case WORD, QUOTED_IDENTIFIER -> !text.isWord(end - 1, "END");
          default -> false;
        };
    Item without = new Item(from, end - 1);
    boolean alias =
        name && end - 1 > from && (isPlain(without) || text.isPunctuation(end - 2, ")"));
    return alias ? without : new Item(from, end);
  }

  private boolean isStar(Item item) {
    return text.isPunctuation(item.end() - 1, "*")
        && (item.end() - 1 == item.from() || text.isPunctuation(item.end() - 2, "."));
  }

  private boolean isLiteral(Item item) {
    return item.end() - item.from() == 1
        && switch (text.kind(item.from())) {
          case STRING -> text.text(item.from()).indexOf('\uFFFD') < 0;
          case NUMBER -> true;
          default -> false;
        };
  }

  /** A column or a literal, which a server does not round on its way through a temporary table. */
  private boolean isPlain(Item item) {
    for (int i = item.from(); i < item.end(); i++) {
      boolean dot = (i - item.from()) % 2 == 1;
      if (dot ? !text.isPunctuation(i, ".") : !QueryBlock.isName(text, i)) {
        return isLiteral(item);
      }
    }
    return (item.end() - item.from()) % 2 == 1;
  }

  /** The columns that decide are checked where they are listed. */
  private List<TextEdit> inPlace(List<Item> items) {
    List<TextEdit> edits = new ArrayList<>();
    for (VisibleRows.Passing hierarchy : hierarchies) {
      Map<String, String> terms = new LinkedHashMap<>();
      for (int i = 0; i < items.size(); i++) {
        if (hierarchy.values().containsKey(into.get(i))) {
          Item item = items.get(i);
          terms.put(into.get(i), text.source(item.from(), item.end()));
        }
      }
      for (int i = 0; i < items.size(); i++) {
        if (terms.containsKey(into.get(i))) {
          WrittenValue checked = WrittenValue.of(hierarchy, into.get(i), terms);
          edits.add(TextEdit.insert(items.get(i).from(), checked.before()));
          edits.add(TextEdit.insert(items.get(i).end(), checked.after()));
        }
      }
    }
    return edits;
  }

  /**
   * The query becomes a common table expression, and a second one the wall behind which its rows
   * are made once: without one, MySQL computes a column of a query in FROM wherever it is named. A
   * LIMIT of its own cannot be the wall: behind parentheses MySQL takes it in place of the one in
   * them. What orders a query without LIMIT is given one, or MariaDB leaves the order out.
   */
  private List<TextEdit> around(QueryBlock query) {
    List<String> names =
        IntStream.rangeClosed(1, into.size()).mapToObj(i -> "`c" + i + "`").toList();
    List<String> written = new ArrayList<>(names);
    for (VisibleRows.Passing hierarchy : hierarchies) {
      Map<String, String> terms = new LinkedHashMap<>();
      for (int i = 0; i < into.size(); i++) {
        if (hierarchy.values().containsKey(into.get(i))) {
          terms.put(into.get(i), names.get(i));
        }
      }
      for (int i = 0; i < into.size(); i++) {
        if (terms.containsKey(into.get(i))) {
          written.set(i, WrittenValue.of(hierarchy, into.get(i), terms).around(names.get(i)));
        }
      }
    }
    if (read) {
      throw Unsecurable.because(
          "ON DUPLICATE KEY UPDATE that names columns of such a query (VALUES(c) is what would have been"
              + " inserted)");
    }
    if (query.find(begin, "EXAMINED", "PROCEDURE", "INTO") < end) {
      throw Unsecurable.because(
          "this form of INSERT ... SELECT (leave PROCEDURE and ROWS EXAMINED out)");
    }
    boolean ordered =
        query.find(begin, "ORDER") < end && query.find(begin, "LIMIT", "OFFSET", "FETCH") == end;
    String columns = " (" + String.join(", ", names) + ") AS (";
    List<TextEdit> edits = new ArrayList<>();
    edits.add(TextEdit.insert(begin, "WITH " + ASKED + columns));
    if (ordered) {
      edits.add(TextEdit.insert(LockingClauses.find(query), RowSources.WALL + " "));
    }
    edits.add(
        TextEdit.insert(
            end,
            "), "
                + WRITTEN
                + columns
                + "SELECT * FROM "
                + ASKED
                + RowSources.WALL
                + ") SELECT "
                + String.join(", ", written)
                + " FROM "
                + WRITTEN
                + " "));
    return edits;
  }
}
