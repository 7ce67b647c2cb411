package io.portcullis.sql.parser;

import io.portcullis.sql.access.AccessKind;
import io.portcullis.sql.access.RelationName;
import io.portcullis.sql.lexer.LexedStatement;
import io.portcullis.sql.lexer.TokenKind;
import io.portcullis.sql.parser.QueryReader.Piece;
import io.portcullis.sql.parser.QueryReader.QueryReading;
import io.portcullis.sql.parser.QueryReader.Source;
import io.portcullis.sql.statement.ForwardStatement;
import io.portcullis.sql.statement.StatementKind;
import io.portcullis.sql.text.ServerFlavour;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Queries and changes of rows (PM 4.5). */
final class DataGrammar {
  private static final Piece SELECT = new Piece.Word("SELECT");
  private static final Piece FROM = new Piece.Word("FROM");
  private static final Piece COMMA = new Piece.Word(",");

  private final TokenCursor cursor;
  private final LexedStatement text;
  private final QueryReader queries;
  private final Accesses accesses = new Accesses();

  DataGrammar(TokenCursor cursor, QueryReader queries) {
    this.cursor = cursor;
    this.text = cursor.text();
    this.queries = queries;
  }

  /** Whether a query begins here: SELECT, WITH, VALUES, TABLE or a parenthesis. */
  static boolean startsQuery(TokenCursor cursor) {
    return cursor.isAny("SELECT", "WITH", "VALUES", "TABLE") || cursor.isMark("(");
  }

  /** The statement from here to the end of the range. */
  ForwardStatement statement() {
    int with = cursor.at();
    if (cursor.is("WITH")) {
      int end = cursor.find("SELECT", "UPDATE", "DELETE", "VALUES", "TABLE");
      if (cursor.wordAt(end, "UPDATE") || cursor.wordAt(end, "DELETE")) {
        cursor.moveTo(end + 1);
        Piece clause = new Piece.Tokens(with, end);
        return cursor.wordAt(end, "UPDATE") ? update(clause) : delete(clause);
      }
      return select();
    }
    if (startsQuery(cursor)) {
      return select();
    }
    if (cursor.accept("INSERT")) {
      return insert(StatementKind.INSERT);
    }
    if (cursor.accept("REPLACE")) {
      return insert(StatementKind.REPLACE);
    }
    if (cursor.accept("UPDATE")) {
      return update(null);
    }
    if (cursor.accept("DELETE")) {
      return delete(null);
    }
    throw cursor.unexpected();
  }

  private ForwardStatement select() {
    accesses.reads(read(tokens(cursor.at(), cursor.end())));
    return accesses.forward(StatementKind.SELECT);
  }

  // ---------------------------------------------------------------- INSERT, REPLACE

  private ForwardStatement insert(StatementKind kind) {
    while (cursor.acceptAny("LOW_PRIORITY", "DELAYED", "HIGH_PRIORITY", "IGNORE")) {
      // they touch nothing
    }
    cursor.accept("INTO");
    RelationName target = cursor.relation();
    accesses.add(AccessKind.INSERT, target);
    if (kind == StatementKind.REPLACE) {
      accesses.add(AccessKind.DELETE, target);
    }
    if (cursor.accept("PARTITION")) {
      names();
    }
    if (cursor.isMark("(") && !isQueryInParentheses()) {
      names(Optional.of(target));
    } else if (!cursor.is("SET")) {
      notes().unlisted();
    }
    if (cursor.acceptAny("VALUES", "VALUE")) {
      rows();
      if (cursor.accept("AS")) {
        cursor.identifier();
        if (cursor.isMark("(")) {
          names();
        }
      }
    } else if (cursor.accept("SET")) {
      int end = cursor.find("ON", "RETURNING", "AS");
      written(cursor.at(), end, AccessKind.INSERT, Optional.of(target));
      reads(assignments(end));
      cursor.moveTo(end);
      if (cursor.accept("AS")) {
        cursor.identifier();
        if (cursor.isMark("(")) {
          names();
        }
      }
    } else if (startsQuery(cursor)) {
      int begin = cursor.at();
      int end = endOfInsertedQuery();
      if (!hasValues(begin, end)) {
        notes().inserted(begin, end);
      }
      accesses.reads(read(tokens(begin, end)));
      cursor.moveTo(end);
    } else {
      throw cursor.unexpected();
    }
    if (cursor.accept("ON")) {
      cursor.expect("DUPLICATE", "KEY", "UPDATE");
      accesses.add(AccessKind.UPDATE, target);
      int end = isMariaDb() ? cursor.find("RETURNING") : cursor.end();
      written(cursor.at(), end, AccessKind.UPDATE, Optional.of(target));
      reads(assignments(end));
      cursor.moveTo(end);
    }
    returning(target);
    cursor.expectEnd();
    return accesses.forward(kind);
  }

  private boolean isQueryInParentheses() {
    int at = cursor.at();
    while (cursor.punctuationAt(at, "(")) {
      at++;
    }
    return cursor.wordAt(at, "SELECT")
        || cursor.wordAt(at, "WITH")
        || cursor.wordAt(at, "VALUES")
        || cursor.wordAt(at, "TABLE");
  }

  /** In VALUES, as a query too, a name can be a column of the table the rows go to: its default. */
  private boolean hasValues(int begin, int end) {
    for (int i = begin; i < end; i++) {
      if (cursor.wordAt(i, "VALUES") || cursor.wordAt(i, "VALUE")) {
        return true;
      }
    }
    return false;
  }

  private int endOfInsertedQuery() {
    int at = cursor.at();
    while (true) {
      cursor.moveTo(at);
      int found = isMariaDb() ? cursor.find("ON", "RETURNING") : cursor.find("ON");
      boolean end =
          found >= cursor.end()
              || cursor.wordAt(found, "RETURNING")
              || cursor.wordAt(found + 1, "DUPLICATE") && cursor.wordAt(found + 2, "KEY");
      if (end) {
        return found;
      }
      at = found + 1;
    }
  }

  /** A list of possibly qualified names in parentheses, also an empty one. */
  private void names() {
    names(Optional.empty());
  }

  /**
   * @param target the table of which they are columns that are written
   */
  private void names(Optional<RelationName> target) {
    cursor.expectMark("(");
    while (!cursor.acceptMark(")")) {
      int begin = cursor.at();
      cursor.identifier();
      while (cursor.acceptMark(".")) {
        cursor.skip();
      }
      if (!cursor.acceptMark(",") && !cursor.isMark(")")) {
        throw cursor.unexpected();
      }
      cursor.names().inExpression(begin);
      if (target.isPresent()) {
        notes().written(begin, cursor.lastOfName(begin), AccessKind.INSERT, target);
      }
    }
  }

  private ColumnNotes notes() {
    return cursor.names().columns();
  }

  /** Notes the left side of every assignment. */
  private void written(int from, int to, AccessKind kind, Optional<RelationName> target) {
    int at = from;
    while (at < to) {
      notes().written(at, cursor.lastOfName(at), kind, target);
      at = endOfItem(at, to) + 1;
    }
  }

  /** Rows of values. Those of constants alone, as nearly all are, need no parser. */
  private void rows() {
    List<Piece> pieces = new ArrayList<>();
    do {
      cursor.accept("ROW");
      if (!cursor.isMark("(")) {
        throw cursor.unexpected();
      }
      int open = cursor.at();
      int close = cursor.closing(open);
      if (!isConstant(open + 1, close)) {
        pieces.add(pieces.isEmpty() ? SELECT : COMMA);
        pieces.add(new Piece.Assignments(open + 1, close));
      }
      cursor.moveTo(close + 1);
    } while (cursor.acceptMark(","));
    if (!pieces.isEmpty()) {
      reads(queries.read(cursor.names(), pieces));
    }
  }

  private boolean isConstant(int from, int to) {
    for (int i = from; i < to; i++) {
      boolean constant =
          switch (text.kind(i)) {
            case STRING, NUMBER, HEX, BIT, PARAMETER, USER_VARIABLE, SYSTEM_VARIABLE -> true;
            case WORD ->
                text.isWord(i, "NULL")
                    || text.isWord(i, "DEFAULT")
                    || text.isWord(i, "IGNORE")
                    || text.isWord(i, "TRUE")
                    || text.isWord(i, "FALSE");
            case PUNCTUATION ->
                text.isPunctuation(i, ",")
                    || text.isPunctuation(i, "-")
                    || text.isPunctuation(i, "+");
            case QUOTED_IDENTIFIER -> false;
          };
      if (!constant) {
        return false;
      }
    }
    return true;
  }

  /** {@code RETURNING} reads the target too (PM row 82). */
  private void returning(RelationName target) {
    if (isMariaDb() && cursor.accept("RETURNING")) {
      accesses.add(AccessKind.SELECT, target);
      for (int i = cursor.at(); i < cursor.end(); i++) {
        boolean begins = i == cursor.at() || text.isPunctuation(i - 1, ",");
        if (begins && text.isPunctuation(i, "*")) {
          notes().returnsAll();
        }
      }
      reads(read(tokens(cursor.at(), cursor.end()), SELECT));
      cursor.moveTo(cursor.end());
    }
  }

  // ---------------------------------------------------------------- UPDATE

  private ForwardStatement update(@Nullable Piece with) {
    while (cursor.acceptAny("LOW_PRIORITY", "IGNORE")) {
      // they touch nothing
    }
    int tables = cursor.at();
    int set = cursor.find("SET");
    if (set >= cursor.end() || set == tables) {
      throw cursor.unexpected();
    }
    cursor.moveTo(set + 1);
    int end = cursor.find("WHERE", "ORDER", "LIMIT", "RETURNING");
    List<Piece> pieces = new ArrayList<>();
    if (with != null) {
      pieces.add(with);
    }
    pieces.add(SELECT);
    pieces.add(new Piece.Assignments(set + 1, end));
    pieces.add(FROM);
    pieces.addAll(tableReferences(tables, set));
    notes().changing(tables, set);
    written(set + 1, end, AccessKind.UPDATE, Optional.empty());
    cursor.moveTo(end);
    if (cursor.is("RETURNING")) {
      throw cursor.notOffered("UPDATE ... RETURNING");
    }
    pieces.add(tokens(end, cursor.end()));
    QueryReading reading = queries.read(cursor.names(), pieces);
    Set<RelationName> changed = new LinkedHashSet<>();
    List<Source> sources = reading.sources();
    for (List<String> qualifier : assignedQualifiers(set + 1, end)) {
      List<Source> matching =
          sources.stream().filter(source -> isCalled(source, qualifier)).toList();
      // a column without its table may belong to any of them
      for (Source source : matching.isEmpty() ? sources : matching) {
        source.relation().ifPresent(changed::add);
      }
      if (matching.isEmpty() && sources.size() > 1) {
        accesses.reads(reading);
      }
    }
    changed.forEach(relation -> accesses.add(AccessKind.UPDATE, relation));
    if (changesPortion(tables, set)) {
      changed.forEach(relation -> accesses.add(AccessKind.INSERT, relation));
      notes().incomplete();
    }
    readOthers(sources, changed);
    accesses.readsInside(reading);
    if (changed.isEmpty()) {
      throw StatementRefused.notUnderstood("found no table to update", cursor.spanAt(tables));
    }
    return accesses.forward(StatementKind.UPDATE);
  }

  /** {@code (a, b)} around all tables is allowed and means the same. */
  private List<Piece> tableReferences(int from, int to) {
    if (cursor.punctuationAt(from, "(")
        && cursor.closing(from) == to - 1
        && !cursor.wordAt(from + 1, "SELECT")) {
      return tableReferences(from + 1, to - 1);
    }
    return List.of(tokens(from, to));
  }

  /** The part before the column of every assignment; empty where there is none. */
  private List<List<String>> assignedQualifiers(int from, int to) {
    List<List<String>> qualifiers = new ArrayList<>();
    int at = from;
    while (at < to) {
      TokenCursor one = cursor.part(at, to);
      List<String> parts = new ArrayList<>();
      parts.add(one.identifier());
      while (one.acceptMark(".")) {
        parts.add(text.value(one.at()));
        one.skip();
      }
      if (!one.acceptMark("=") && !one.acceptMark(":=")) {
        throw one.unexpected();
      }
      qualifiers.add(List.copyOf(parts.subList(0, parts.size() - 1)));
      at = endOfItem(one.at(), to) + 1;
    }
    return qualifiers;
  }

  /** First comma outside parentheses, else the end. */
  private int endOfItem(int from, int to) {
    int depth = 0;
    for (int i = from; i < to; i++) {
      if (text.isPunctuation(i, "(")) {
        depth++;
      } else if (text.isPunctuation(i, ")")) {
        depth--;
      } else if (depth == 0 && text.isPunctuation(i, ",")) {
        return i;
      }
    }
    return to;
  }

  private static boolean isCalled(Source source, List<String> qualifier) {
    if (qualifier.isEmpty()) {
      return false;
    }
    String name = qualifier.get(qualifier.size() - 1);
    if (!source.exposedName().equalsIgnoreCase(name)) {
      return false;
    }
    return qualifier.size() == 1
        || source
            .relation()
            .map(
                relation ->
                    relation.database().isCurrent()
                        || relation.database().name().equalsIgnoreCase(qualifier.get(0)))
            .orElse(false);
  }

  private void readOthers(List<Source> sources, Set<RelationName> changed) {
    for (Source source : sources) {
      source
          .relation()
          .filter(relation -> !changed.contains(relation))
          .ifPresent(relation -> accesses.add(AccessKind.SELECT, relation));
    }
  }

  // ---------------------------------------------------------------- DELETE

  private ForwardStatement delete(@Nullable Piece with) {
    while (cursor.acceptAny("LOW_PRIORITY", "QUICK", "IGNORE")) {
      // they touch nothing
    }
    if (with == null && isMariaDb() && cursor.is("HISTORY", "FROM")) {
      return deleteHistory();
    }
    List<Piece> pieces = new ArrayList<>();
    if (with != null) {
      pieces.add(with);
    }
    pieces.add(SELECT);
    pieces.add(new Piece.Word("NULL"));
    pieces.add(FROM);
    if (!cursor.accept("FROM")) {
      List<List<String>> targets = targets();
      cursor.expect("FROM");
      notes().changing(cursor.at(), endOfTables());
      pieces.add(tokens(cursor.at(), cursor.end()));
      return deleted(targets, queries.read(cursor.names(), pieces));
    }
    int begin = cursor.at();
    if (cursor.find("USING") < cursor.find("WHERE", "SELECT", "JOIN")) {
      List<List<String>> targets = targets();
      cursor.expect("USING");
      notes().changing(cursor.at(), endOfTables());
      pieces.add(tokens(cursor.at(), cursor.end()));
      return deleted(targets, queries.read(cursor.names(), pieces));
    }
    RelationName target = cursor.relation();
    notes().changing(begin, cursor.at());
    cursor.moveTo(begin);
    int end = isMariaDb() ? cursor.find("RETURNING") : cursor.end();
    pieces.add(tokens(begin, end));
    QueryReading reading = queries.read(cursor.names(), pieces);
    if (reading.sources().size() != 1 || reading.sources().get(0).relation().isEmpty()) {
      throw cursor.unexpected();
    }
    accesses.add(AccessKind.DELETE, target).readsInside(reading);
    if (changesPortion(begin, end)) {
      accesses.add(AccessKind.INSERT, target);
      notes().incomplete();
    }
    cursor.moveTo(end);
    returning(target);
    cursor.expectEnd();
    return accesses.forward(StatementKind.DELETE);
  }

  /**
   * MariaDB's {@code DELETE HISTORY FROM t [BEFORE SYSTEM_TIME moment]}: no row that is there goes,
   * but what is lost was kept on purpose; whoever may end the keeping may do it.
   */
  private ForwardStatement deleteHistory() {
    cursor.expect("HISTORY", "FROM");
    RelationName table = cursor.relation();
    if (cursor.accept("PARTITION")) {
      names();
    }
    if (cursor.accept("BEFORE", "SYSTEM_TIME")) {
      cursor.accept("TRANSACTION");
      if (cursor.wordAt(cursor.at(), "TIMESTAMP") && !cursor.punctuationAt(cursor.at() + 1, "(")) {
        cursor.skip();
      }
      expressions(cursor, queries, cursor.at(), cursor.end())
          .ifPresentOrElse(
              accesses::reads,
              () -> {
                throw cursor.unexpected();
              });
      cursor.moveTo(cursor.end());
    }
    cursor.expectEnd();
    notes().incomplete();
    accesses.add(AccessKind.ALTER_TABLE, table).add(AccessKind.TRUNCATE, table);
    return accesses.forward(StatementKind.TRUNCATE);
  }

  /** {@code FOR PORTION OF}: what is left of a row on both sides is inserted. */
  private boolean changesPortion(int from, int to) {
    TokenCursor part = cursor.part(from, to);
    int at = part.find("FOR");
    return at < to && cursor.wordAt(at + 1, "PORTION");
  }

  private int endOfTables() {
    int end = cursor.find("WHERE", "ORDER", "LIMIT");
    while (end < cursor.end() && cursor.wordAt(end, "ORDER") && cursor.wordAt(end - 1, "FOR")) {
      end = cursor.part(end + 1, cursor.end()).find("WHERE", "ORDER", "LIMIT"); // of an index hint
    }
    return end;
  }

  /** {@code t, d.t, t.*, ...} of a DELETE from several tables. */
  private List<List<String>> targets() {
    List<List<String>> targets = new ArrayList<>();
    do {
      int begin = cursor.at();
      List<String> parts = new ArrayList<>();
      parts.add(cursor.identifier());
      while (cursor.acceptMark(".")) {
        if (cursor.acceptMark("*")) {
          break;
        }
        parts.add(text.value(cursor.at()));
        cursor.skip();
      }
      if (parts.size() > 2) {
        throw cursor.unexpected();
      }
      cursor.names().target(begin);
      targets.add(List.copyOf(parts));
    } while (cursor.acceptMark(","));
    return targets;
  }

  private ForwardStatement deleted(List<List<String>> targets, QueryReading reading) {
    Set<RelationName> changed = new LinkedHashSet<>();
    for (List<String> target : targets) {
      List<Source> matching =
          reading.sources().stream()
              .filter(source -> source.relation().isPresent() && isCalled(source, target))
              .toList();
      if (matching.isEmpty()) {
        throw StatementRefused.notUnderstood(
            "the table " + String.join(".", target) + " to delete from is not in FROM",
            cursor.span());
      }
      for (Source source : matching) {
        source.relation().ifPresent(changed::add);
      }
    }
    changed.forEach(relation -> accesses.add(AccessKind.DELETE, relation));
    readOthers(reading.sources(), changed);
    accesses.readsInside(reading);
    return accesses.forward(StatementKind.DELETE);
  }

  // ---------------------------------------------------------------- pieces

  private boolean isMariaDb() {
    return text.mode().server().flavour() == ServerFlavour.MARIADB;
  }

  private static Piece tokens(int from, int to) {
    return new Piece.Tokens(from, to);
  }

  private QueryReading assignments(int end) {
    if (cursor.at() >= end || cursor.isKind(TokenKind.PUNCTUATION)) {
      throw cursor.unexpected();
    }
    return queries.read(cursor.names(), List.of(SELECT, new Piece.Assignments(cursor.at(), end)));
  }

  private QueryReading read(Piece query) {
    return queries.read(cursor.names(), List.of(query));
  }

  private QueryReading read(Piece list, Piece before) {
    return queries.read(cursor.names(), List.of(before, list));
  }

  private void reads(QueryReading reading) {
    accesses.reads(reading);
  }

  /** What expressions from {@code from} up to {@code to} read, with no FROM around them. */
  static Optional<QueryReading> expressions(
      TokenCursor cursor, QueryReader queries, int from, int to) {
    if (from >= to) {
      return Optional.empty();
    }
    return Optional.of(queries.read(cursor.names(), List.of(SELECT, tokens(from, to))));
  }
}
