package io.portcullis.sql.parser.jsql;

import io.portcullis.sql.access.RelationName;
import io.portcullis.sql.lexer.LexedStatement;
import io.portcullis.sql.parser.ColumnNotes;
import io.portcullis.sql.parser.QualifiedNames;
import io.portcullis.sql.parser.QueryReader;
import io.portcullis.sql.parser.StatementRefused;
import io.portcullis.sql.parser.jsql.CanonicalQuery.Item;
import io.portcullis.sql.parser.jsql.CanonicalQuery.ItemKind;
import io.portcullis.sql.text.Span;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.sf.jsqlparser.parser.CCJSqlParser;
import net.sf.jsqlparser.parser.CCJSqlParserConstants;
import net.sf.jsqlparser.parser.CCJSqlParserUtil;
import net.sf.jsqlparser.parser.ParseException;
import net.sf.jsqlparser.parser.TokenMgrException;
import net.sf.jsqlparser.statement.Statement;
import net.sf.jsqlparser.statement.select.Select;

/**
 * Reads queries with JSqlParser, on the calling thread. It is given canonical text only, has to
 * consume all of it, and its tree has to agree with the tokens: as many queries, and the same names
 * in the places of tables.
 */
public final class JsqlQueryReader implements QueryReader {
  /** More than that would keep a thread busy for seconds. */
  private static final int MAXIMUM_ITEMS = 100_000;

  private static final Comparator<RelationName> ORDER =
      Comparator.comparing((RelationName name) -> name.database().name())
          .thenComparing(RelationName::name);

  @Override
  public QueryReading read(QualifiedNames names, List<Piece> pieces) {
    LexedStatement statement = names.text();
    CanonicalQuery query = Canonicalizer.print(statement, pieces);
    Span span = spanOf(statement, pieces);
    if (query.items().size() > MAXIMUM_ITEMS) {
      throw StatementRefused.notUnderstood("the statement has too many parts", span);
    }
    TreeReader tree = new TreeReader(query, span);
    QueryReading reading = tree.read(parse(query, span));
    TablePositions tokens = TablePositions.of(query);
    if (tokens.selects() != tree.selects() || !sameNames(tokens.names(), tree.positions())) {
      throw StatementRefused.notUnderstood(
          "could not account for every table of the statement", span);
    }
    if (query.offsets(tokens.qualified()).equals(tree.qualified())) {
      note(query, tokens.qualified(), names);
    }
    noteColumns(query, tokens.starts(), tree, names.columns());
    if (query.isHidingColumns()) {
      names.columns().incomplete();
    }
    QueryReading whole = reading;
    for (CanonicalQuery.Range range : query.deferred()) {
      Piece expression = new Piece.Tokens(range.from(), range.to());
      whole = whole.and(read(names, List.of(new Piece.Word("SELECT"), expression)));
    }
    return whole;
  }

  /** Notes the tables, and every other name that is not for certain an alias. */
  private static void noteColumns(
      CanonicalQuery query, List<Integer> tables, TreeReader tree, ColumnNotes notes) {
    Map<Integer, Integer> offsets = query.offsetOf(tables);
    if (!tree.places().equals(Set.copyOf(offsets.values()))
        || tree.places().size() != tables.size()) {
      notes.incomplete();
      return;
    }
    List<Item> items = query.items();
    int i = 0;
    while (i < items.size()) {
      Item item = items.get(i);
      if (item.kind() == ItemKind.NAME) {
        int last = lastOfName(items, i);
        if (offsets.containsKey(i)) {
          notes.table(
              item.token(), items.get(last).token() + 1, tree.common().contains(offsets.get(i)));
        } else if (!isAlias(items, i)) {
          notes.name(item.token(), items.get(last).token());
        } else {
          notes.alias(item.name());
          last = endOfNames(items, last, notes);
        }
        i = last + 1;
      } else {
        if (item.isMark("*") && isStar(items, i)) {
          notes.star();
        } else if (item.isWord("NATURAL")) {
          notes.natural();
        }
        i++;
      }
    }
  }

  /** The list of names an alias may have behind it: names of its columns. */
  private static int endOfNames(List<Item> items, int alias, ColumnNotes notes) {
    if (alias + 1 >= items.size() || !items.get(alias + 1).isMark("(")) {
      return alias;
    }
    int i = alias + 2;
    while (i < items.size() && !items.get(i).isMark(")")) {
      if (items.get(i).kind() != ItemKind.NAME && !items.get(i).isMark(",")) {
        return alias;
      }
      if (items.get(i).kind() == ItemKind.NAME) {
        notes.alias(items.get(i).name());
      }
      i++;
    }
    return i;
  }

  private static int lastOfName(List<Item> items, int first) {
    int last = first;
    while (last + 2 < items.size()
        && items.get(last + 1).isMark(".")
        && items.get(last + 2).kind() == ItemKind.NAME) {
      last += 2;
    }
    return last;
  }

  /** Behind AS, OVER, WITH, or what ends an operand or a table there is no name of a column. */
  private static boolean isAlias(List<Item> items, int i) {
    if (i == 0) {
      return false;
    }
    Item before = items.get(i - 1);
    return before.isWord("AS")
        || before.isWord("OVER")
        || before.isWord("WINDOW")
        || before.isWord("WITH")
        || before.isWord("RECURSIVE")
        || before.isMark(")")
        || before.kind() == ItemKind.NAME
        || before.kind() == ItemKind.LITERAL;
  }

  private static boolean isStar(List<Item> items, int i) {
    Item before = items.get(i - 1);
    return before.isWord("SELECT") || before.isWord("DISTINCT") || before.isMark(",");
  }

  /**
   * Notes what stands before dots: databases of tables, else the beginning of a name of a column.
   *
   * @param tables items with which the name of a table begins that has a database before it
   */
  private static void note(CanonicalQuery query, List<Integer> tables, QualifiedNames names) {
    List<Item> items = query.items();
    Set<Integer> databases = new HashSet<>();
    for (int table : tables) {
      databases.add(table);
      names.relation(items.get(table).token());
    }
    query.lockedTables().forEach(names::relation);
    for (int i = 0; i + 1 < items.size(); i++) {
      boolean begins =
          items.get(i).kind() == ItemKind.NAME
              && items.get(i + 1).isMark(".")
              && (i == 0 || !items.get(i - 1).isMark("."));
      if (begins && !databases.contains(i)) {
        names.inExpression(items.get(i).token());
      }
    }
  }

  private static boolean sameNames(List<RelationName> some, List<RelationName> others) {
    return some.stream().sorted(ORDER).toList().equals(others.stream().sorted(ORDER).toList());
  }

  private static Select parse(CanonicalQuery query, Span span) {
    CCJSqlParser parser =
        CCJSqlParserUtil.newParser(query.text())
            .withUnsupportedStatements(false)
            .withSquareBracketQuotation(false)
            .withBackslashEscapeCharacter(false)
            .withAllowComplexParsing(true);
    try {
      Statement statement = parser.Statement();
      if (parser.getNextToken().kind == CCJSqlParserConstants.EOF
          && statement instanceof Select select) {
        return select;
      }
    } catch (ParseException | TokenMgrException e) {
      // the parser's own text shows the canonical form, which says nothing to the client
      throw StatementRefused.notUnderstood(
          "did not understand the statement" + near(query, e), span);
    }
    throw StatementRefused.notUnderstood("did not understand the statement to its end", span);
  }

  private static String near(CanonicalQuery query, Throwable e) {
    if (!(e instanceof ParseException parse)
        || parse.currentToken == null
        || parse.currentToken.next == null) {
      return "";
    }
    String image = parse.currentToken.next.image;
    return image.isEmpty() ? " at its end" : " near '" + query.realName(image) + "'";
  }

  private static Span spanOf(LexedStatement statement, List<Piece> pieces) {
    for (Piece piece : pieces) {
      int from =
          piece instanceof Piece.Tokens tokens
              ? tokens.from()
              : piece instanceof Piece.Assignments tokens ? tokens.from() : statement.size();
      if (from < statement.size()) {
        return statement.span(from);
      }
    }
    return new Span(0, 0);
  }
}
