package io.portcullis.sql.parser;

import io.portcullis.sql.access.AccessKind;
import io.portcullis.sql.access.CatalogEffect;
import io.portcullis.sql.access.RelationKind;
import io.portcullis.sql.access.RelationName;
import io.portcullis.sql.lexer.LexedStatement;
import io.portcullis.sql.lexer.TokenKind;
import io.portcullis.sql.parser.QueryReader.Piece;
import io.portcullis.sql.statement.ForwardStatement;
import io.portcullis.sql.text.PolicyReason;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The body of a stored program: every statement of it is read, as it would be by itself. What would
 * change the catalog of objects, and what is not understood, is refused; what is not known before
 * it runs is told by {@link BodyTexts}, and refused without.
 *
 * <p>A local variable names no table: it stands where a column can, or where only it can. Which
 * there are must be known all the same, to tell an assignment to one from SET of a variable of the
 * session.
 */
final class BodyGrammar {
  private final TokenCursor cursor;
  private final LexedStatement text;
  private final QueryReader queries;
  private final RelationKind kind;
  private final Accesses accesses;

  /** Names that SET reads otherwise, where they stand without quotes. */
  private static final Set<String> WORDS_OF_SET =
      ReservedWords.words(
          "PASSWORD NAMES ROLE DEFAULT TRANSACTION CHARACTER CHARSET STATEMENT GLOBAL SESSION LOCAL PERSIST");

  /**
   * Variables and parameters, the innermost block first: exactly as the server has them, since SET
   * of any other name is about a variable of the session.
   */
  private final Deque<Set<String>> variables = new ArrayDeque<>();

  /** Cursors and conditions, wherever declared: they can only be misnamed. */
  private final Set<String> others = new HashSet<>();

  /** Of a trigger: the table whose rows NEW and OLD are. */
  private Optional<RelationName> rows = Optional.empty();

  /** Null where no text is run. */
  private @Nullable BodyTexts texts;

  private int depth;

  /** Blocks inside one another; servers end with a stack overrun somewhere above. */
  private static final int MAXIMUM_DEPTH = 100;

  /**
   * @param cursor at the body, which goes on to the end of the statement
   * @param accesses where what it touches is noted
   */
  BodyGrammar(TokenCursor cursor, QueryReader queries, RelationKind kind, Accesses accesses) {
    this.cursor = cursor;
    this.text = cursor.text();
    this.queries = queries;
    this.kind = kind;
    this.accesses = accesses;
    variables.push(new HashSet<>());
  }

  /** The body may prepare and execute text. */
  void runsTexts(BodyTexts itsTexts) {
    texts = itsTexts;
  }

  /** A parameter, or a variable of the block that is being read. */
  void declare(String name) {
    variables.element().add(fold(name));
  }

  /** Letters beyond ASCII stay as they are: servers know more of them to be the same. */
  private static String fold(String name) {
    StringBuilder folded = new StringBuilder(name);
    for (int i = 0; i < folded.length(); i++) {
      char c = folded.charAt(i);
      if (c >= 'A' && c <= 'Z') {
        folded.setCharAt(i, (char) (c - 'A' + 'a'));
      }
    }
    return folded.toString();
  }

  /** Of a trigger: NEW and OLD are rows of this table. */
  void declareRows(RelationName table) {
    rows = Optional.of(table);
    declare("new");
    declare("old");
  }

  /** Reads the body to its end, with the semicolon that may follow it. */
  void read() {
    readsRows();
    statement();
    cursor.acceptMark(";");
    cursor.expectEnd();
  }

  /** Reads text that a body prepares: one statement without statements in it. */
  void readText() {
    simple();
    cursor.expectEnd();
  }

  /** Whoever has a trigger look at the rows of a table must be allowed to. */
  private void readsRows() {
    for (int i = cursor.at(); rows.isPresent() && i < cursor.end(); i++) {
      if (cursor.punctuationAt(i + 1, ".") && (isNamed(i, "NEW") || isNamed(i, "OLD"))) {
        accesses.add(AccessKind.SELECT, rows.get());
        return;
      }
    }
  }

  private boolean isNamed(int i, String name) {
    return (text.kind(i) == TokenKind.WORD || text.kind(i) == TokenKind.QUOTED_IDENTIFIER)
        && text.value(i).equalsIgnoreCase(name);
  }

  // ---------------------------------------------------------------- flow

  /** One statement, without the semicolon behind it. */
  private void statement() {
    if (++depth > MAXIMUM_DEPTH) {
      throw StatementRefused.notUnderstood("the body is nested too deeply", cursor.span());
    }
    Optional<String> label = label();
    if (cursor.accept("BEGIN")) {
      cursor.accept("NOT", "ATOMIC");
      variables.push(new HashSet<>());
      statements("END");
      variables.pop();
      cursor.expect("END");
      endLabel(label);
    } else if (cursor.accept("LOOP")) {
      statements("END");
      cursor.expect("END", "LOOP");
      endLabel(label);
    } else if (cursor.accept("WHILE")) {
      expressionBefore("DO");
      statements("END");
      cursor.expect("END", "WHILE");
      endLabel(label);
    } else if (cursor.accept("REPEAT")) {
      statements("UNTIL");
      cursor.expect("UNTIL");
      expressionBefore("END");
      cursor.expect("REPEAT");
      endLabel(label);
    } else if (cursor.accept("FOR")) {
      forLoop();
      endLabel(label);
    } else if (label.isPresent()) {
      throw cursor.unexpected();
    } else if (cursor.accept("IF")) {
      ifs();
    } else if (cursor.accept("CASE")) {
      cases();
    } else {
      simple();
    }
    depth--;
  }

  private void statements(String... ends) {
    BodyTexts prepared = texts;
    Set<String> outside = prepared == null ? Set.of() : prepared.enter();
    while (!cursor.isAny(ends)) {
      if (cursor.atEnd()) {
        throw cursor.unexpected();
      }
      if (cursor.accept("DECLARE")) {
        declaration();
      } else {
        statement();
      }
      cursor.expectMark(";");
    }
    if (prepared != null) {
      prepared.leave(outside);
    }
  }

  private Optional<String> label() {
    if (!cursor.isIdentifier() || !cursor.punctuationAt(cursor.at() + 1, ":")) {
      return Optional.empty();
    }
    String name = cursor.identifier();
    cursor.skip();
    return Optional.of(name);
  }

  private void endLabel(Optional<String> label) {
    if (label.isPresent()
        && cursor.isIdentifier()
        && text.value(cursor.at()).equalsIgnoreCase(label.get())) {
      cursor.skip();
    }
  }

  private void ifs() {
    do {
      expressionBefore("THEN");
      statements("ELSEIF", "ELSE", "END");
    } while (cursor.accept("ELSEIF"));
    if (cursor.accept("ELSE")) {
      statements("END");
    }
    cursor.expect("END", "IF");
  }

  private void cases() {
    if (!cursor.is("WHEN")) {
      expressionBefore("WHEN");
    } else {
      cursor.skip();
    }
    do {
      expressionBefore("THEN");
      statements("WHEN", "ELSE", "END");
    } while (cursor.accept("WHEN"));
    if (cursor.accept("ELSE")) {
      statements("END");
    }
    cursor.expect("END", "CASE");
  }

  /** MariaDB: over the rows of a query or a cursor. */
  private void forLoop() {
    String row = cursor.identifier();
    cursor.expect("IN");
    cursor.accept("REVERSE");
    if (cursor.isMark("(")) {
      int close = cursor.closing(cursor.at());
      cursor.skip();
      if (!DataGrammar.startsQuery(cursor)) {
        throw cursor.unexpected();
      }
      query(close);
      cursor.expectMark(")");
    } else if (cursor.isIdentifier() && others.contains(fold(text.value(cursor.at())))) {
      cursor.skip();
      arguments();
    } else {
      numbers();
    }
    cursor.expect("DO");
    variables.push(new HashSet<>());
    declare(row);
    statements("END");
    variables.pop();
    cursor.expect("END", "FOR");
  }

  /** {@code expression .. expression}. */
  private void numbers() {
    int end = cursor.find("DO");
    int dots = cursor.at();
    while (dots < end && !cursor.punctuationAt(dots, "..")) {
      dots++;
    }
    if (dots >= end) {
      throw cursor.unexpected();
    }
    expression(cursor.at(), dots);
    expression(dots + 1, end);
    cursor.moveTo(end);
  }

  /** An expression up to the word, which is skipped; the same word inside of CASE is not meant. */
  private void expressionBefore(String word) {
    int end = endOfSimple();
    int parentheses = 0;
    int cases = 0;
    for (int i = cursor.at(); i < end; i++) {
      boolean named = text.isPunctuation(i - 1, ".");
      if (text.isPunctuation(i, "(")) {
        parentheses++;
      } else if (text.isPunctuation(i, ")")) {
        parentheses--;
      } else if (parentheses == 0 && !named) {
        if (cases == 0 && text.isWord(i, word)) {
          expression(cursor.at(), i);
          cursor.moveTo(i + 1);
          return;
        } else if (text.isWord(i, "CASE")) {
          cases++;
        } else if (text.isWord(i, "END") && cases > 0) {
          cases--;
        }
      }
    }
    throw cursor.unexpected();
  }

  private void expression(int from, int to) {
    accesses.reads(
        DataGrammar.expressions(cursor, queries, from, to).orElseThrow(cursor::unexpected));
  }

  /** Where a statement without statements in it ends. */
  private int endOfSimple() {
    int end = cursor.at();
    while (end < cursor.end() && !text.isPunctuation(end, ";")) {
      end++;
    }
    return end;
  }

  // ---------------------------------------------------------------- declarations

  private void declaration() {
    if (cursor.isAny("CONTINUE", "EXIT", "UNDO") && cursor.wordAt(cursor.at() + 1, "HANDLER")) {
      handler();
      return;
    }
    List<String> names = new ArrayList<>();
    do {
      names.add(cursor.identifier());
    } while (cursor.acceptMark(","));
    if (cursor.accept("CONDITION")) {
      names.forEach(name -> others.add(fold(name)));
      cursor.expect("FOR");
      condition();
    } else if (cursor.accept("CURSOR")) {
      names.forEach(name -> others.add(fold(name)));
      if (cursor.acceptMark("(")) {
        do {
          cursor.identifier();
          type(cursor, accesses);
        } while (cursor.acceptMark(","));
        cursor.expectMark(")");
      }
      cursor.expect("FOR");
      if (!DataGrammar.startsQuery(cursor)) {
        throw cursor.unexpected();
      }
      query(endOfSimple());
    } else {
      type(cursor, accesses);
      if (cursor.accept("DEFAULT") || cursor.acceptMark(":=")) {
        int end = endOfSimple();
        expression(cursor.at(), end);
        cursor.moveTo(end);
      }
      names.forEach(this::declare);
    }
  }

  private void handler() {
    cursor.skip();
    cursor.expect("HANDLER", "FOR");
    do {
      if (!cursor.acceptAny("SQLWARNING", "SQLEXCEPTION") && !cursor.accept("NOT", "FOUND")) {
        condition();
      }
    } while (cursor.acceptMark(","));
    BodyTexts prepared = texts;
    Set<String> outside = prepared == null ? Set.of() : prepared.enterHandler();
    statement();
    if (prepared != null) {
      prepared.leave(outside);
    }
  }

  /** {@code SQLSTATE [VALUE] 'state'}, a number, or a name that was declared. */
  private void condition() {
    if (cursor.accept("SQLSTATE")) {
      cursor.accept("VALUE");
      cursor.string();
    } else if (cursor.isKind(TokenKind.NUMBER)) {
      cursor.number();
    } else {
      other();
    }
  }

  /**
   * A type of a parameter, a variable or a result: spelled out, or MariaDB's {@code TYPE OF
   * table.column} and {@code ROW TYPE OF table | cursor}, which describe the table.
   */
  static void type(TokenCursor cursor, Accesses accesses) {
    if (!cursor.isMariaDb() && cursor.isAny("TYPE", "ROW")) {
      throw cursor.notOffered("a type taken from a table, or ROW", "name the type of each");
    }
    if (cursor.accept("TYPE", "OF")) {
      typeOfColumn(cursor, accesses);
    } else if (cursor.accept("ROW", "TYPE", "OF")) {
      // a cursor is called so too: then there is one name more that has to be permitted
      accesses.add(AccessKind.DESCRIBE, cursor.relation());
      cursor.names().columns().incomplete();
    } else if (cursor.is("ROW") && cursor.punctuationAt(cursor.at() + 1, "(")) {
      cursor.skip();
      do {
        cursor.skip();
        cursor.identifier();
        type(cursor, accesses);
      } while (cursor.isMark(","));
      cursor.expectMark(")");
    } else {
      typeByName(cursor);
    }
  }

  private static void typeOfColumn(TokenCursor cursor, Accesses accesses) {
    int begin = cursor.at();
    String first = cursor.identifier();
    if (!cursor.acceptMark(".")) {
      return; // of another variable
    }
    String second = cursor.text().value(cursor.at());
    cursor.skip();
    RelationName table = RelationName.unqualified(first);
    if (cursor.acceptMark(".")) {
      cursor.skip();
      table = RelationName.of(first, second);
    }
    cursor.names().inExpression(begin);
    cursor.names().columns().incomplete();
    accesses.add(AccessKind.DESCRIBE, table);
  }

  private static void typeByName(TokenCursor cursor) {
    if (!cursor.isKind(TokenKind.WORD)) {
      throw cursor.unexpected();
    }
    boolean national = cursor.is("NATIONAL") || cursor.is("LONG");
    cursor.skip();
    if (national) {
      cursor.acceptAny("CHAR", "CHARACTER", "VARCHAR", "VARBINARY");
    }
    cursor.acceptAny("PRECISION", "VARYING");
    if (cursor.isMark("(")) {
      int close = cursor.closing(cursor.at());
      for (cursor.skip(); cursor.at() < close; cursor.skip()) {
        if (!cursor.isKind(TokenKind.NUMBER)
            && !cursor.isKind(TokenKind.STRING)
            && !cursor.isMark(",")) {
          throw cursor.unexpected();
        }
      }
      cursor.expectMark(")");
    }
    while (true) {
      if (cursor.accept("CHARACTER", "SET")
          || cursor.accept("CHAR", "SET")
          || cursor.accept("CHARSET")
          || cursor.accept("COLLATE")) {
        if (!cursor.isKind(TokenKind.WORD)
            && !cursor.isKind(TokenKind.STRING)
            && !cursor.isKind(TokenKind.QUOTED_IDENTIFIER)) {
          throw cursor.unexpected();
        }
        cursor.skip();
      } else if (!cursor.acceptAny(
          "UNSIGNED", "SIGNED", "ZEROFILL", "BINARY", "ASCII", "UNICODE", "BYTE")) {
        return;
      }
    }
  }

  // ---------------------------------------------------------------- single statements

  private void simple() {
    int end = endOfSimple();
    TokenCursor part = cursor.part(cursor.at(), end);
    if (DataGrammar.startsQuery(cursor)) {
      query(end);
    } else if (cursor.isAny("INSERT", "REPLACE", "UPDATE", "DELETE")) {
      accesses.addAll(new DataGrammar(part, queries).statement().accesses());
    } else if (cursor.accept("SET")) {
      assignments(end);
    } else if (cursor.is("CALL")) {
      if (texts != null) {
        texts.call();
      }
      ProgramGrammar.call(part, queries, accesses);
    } else if (cursor.accept("DO") || kind == RelationKind.FUNCTION && cursor.accept("RETURN")) {
      expression(cursor.at(), end);
    } else if (cursor.acceptAny("ITERATE", "LEAVE")) {
      cursor.identifier();
      expectAt(end);
    } else if (cursor.accept("OPEN")) {
      other();
      arguments();
      expectAt(end);
    } else if (cursor.accept("CLOSE")) {
      other();
      expectAt(end);
    } else if (cursor.accept("FETCH", "GROUP", "NEXT", "ROW")) {
      expectAt(end); // of an aggregate function
    } else if (cursor.accept("FETCH")) {
      cursor.accept("NEXT");
      cursor.accept("FROM");
      other();
      cursor.expect("INTO");
      targets();
      expectAt(end);
    } else if (cursor.isAny("SIGNAL", "RESIGNAL")) {
      signal();
      expectAt(end);
    } else if (cursor.accept("GET")) {
      diagnostics();
      expectAt(end);
    } else if (cursor.isAny("START", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")) {
      StatementReader.transaction(part);
    } else if (cursor.is("CREATE", "TEMPORARY", "TABLE") || cursor.is("TRUNCATE")) {
      definition(part);
    } else if (BodyTexts.begins(cursor)) {
      if (texts == null) {
        throw noTexts();
      }
      texts.statement(part);
    } else if (cursor.isAny("EXPLAIN", "DESCRIBE", "DESC", "ANALYZE")) {
      accesses.addAll(StatementReader.explained(part, queries).accesses());
    } else if (cursor.is("SHOW")) {
      throw cursor.notOffered(
          PolicyReason.ANSWERED_BY_THE_GATE,
          "SHOW in a stored program",
          "what it lists would not pass through the gate's filters");
    } else if (cursor.isAny("CREATE", "ALTER", "DROP", "RENAME", "GRANT", "REVOKE")) {
      throw cursor.notOffered(
          PolicyReason.UNSEEN_BY_THE_CATALOG,
          text.text(cursor.at()).toUpperCase(Locale.ROOT) + " in a stored program");
    } else if (cursor.is("LOAD")) {
      throw LoadGrammar.refused(cursor);
    } else if (isRefusedEverywhere()) {
      throw StatementReader.refused(cursor, FirstWord.of(text.text(cursor.at())).orElseThrow());
    } else if (cursor.isKind(TokenKind.WORD)) {
      throw cursor.notOffered(
          text.text(cursor.at()).toUpperCase(Locale.ROOT) + " in a stored program");
    } else {
      throw cursor.unexpected();
    }
    cursor.moveTo(end);
  }

  private StatementRefused noTexts() {
    String where =
        switch (kind) {
          case FUNCTION -> "a stored function";
          case TRIGGER -> "a trigger";
          default -> "a compound statement";
        };
    return cursor.notOffered(
        PolicyReason.UNKNOWN_BEFORE_IT_RUNS,
        "dynamic SQL in " + where,
        "procedures and events may have it");
  }

  private boolean isRefusedEverywhere() {
    return cursor.isKind(TokenKind.WORD)
        && FirstWord.of(text.text(cursor.at())).flatMap(FirstWord::policy).isPresent();
  }

  private void expectAt(int end) {
    if (cursor.at() != end) {
      throw cursor.unexpected();
    }
  }

  /** A query up to {@code end}, with INTO somewhere in it or not. */
  private void query(int end) {
    TokenCursor part = cursor.part(cursor.at(), end);
    int into = part.find("INTO");
    if (into >= end) {
      accesses.addAll(new DataGrammar(part, queries).statement().accesses());
    } else {
      List<Piece> pieces = new ArrayList<>();
      pieces.add(new Piece.Tokens(cursor.at(), into));
      cursor.moveTo(into + 1);
      targets();
      if (cursor.at() < end) {
        pieces.add(new Piece.Tokens(cursor.at(), end));
      }
      accesses.reads(queries.read(cursor.names(), pieces));
    }
    cursor.moveTo(end);
  }

  /** Tables in the catalog are not made by programs; those that only the session sees are. */
  private void definition(TokenCursor part) {
    ForwardStatement statement =
        (ForwardStatement) new DefinitionGrammar(part, queries).statement();
    // The branch that reads it lets no other table through.
    if (!statement.effects().stream()
        .allMatch(CatalogEffect.TemporaryTableCreated.class::isInstance)) {
      throw cursor.unexpected();
    }
    accesses.addAll(statement.accesses());
  }

  private void assignments(int end) {
    if (SetGrammar.isTransaction(cursor)) {
      SetGrammar.transactionInProgram(cursor.part(cursor.at(), end), queries);
      cursor.moveTo(end);
      return;
    }
    while (true) {
      int comma = comma(end);
      assignment(comma);
      cursor.moveTo(comma);
      if (comma >= end) {
        return;
      }
      cursor.skip();
    }
  }

  /** First comma outside parentheses, else the end. */
  private int comma(int end) {
    int parentheses = 0;
    for (int i = cursor.at(); i < end; i++) {
      if (text.isPunctuation(i, "(")) {
        parentheses++;
      } else if (text.isPunctuation(i, ")")) {
        parentheses--;
      } else if (parentheses == 0 && text.isPunctuation(i, ",")) {
        return i;
      }
    }
    return end;
  }

  private void assignment(int end) {
    if (text.kind(cursor.at()) == TokenKind.WORD
        && WORDS_OF_SET.contains(text.text(cursor.at()).toUpperCase(Locale.ROOT))
        && isVariable(cursor.at())) {
      throw cursor.notOffered("SET of a variable of this name", "SET reads the word otherwise");
    }
    if (!cursor.isIdentifier() || !isVariable(cursor.at())) {
      SetGrammar.inProgram(cursor.part(cursor.at(), end), queries, accesses);
      return;
    }
    boolean row = isNamed(cursor.at(), "NEW") && cursor.punctuationAt(cursor.at() + 1, ".");
    target();
    if (row) {
      rows.ifPresent(table -> accesses.add(AccessKind.UPDATE, table));
    }
    if (!cursor.acceptMark("=") && !cursor.acceptMark(":=")) {
      throw cursor.unexpected();
    }
    expression(cursor.at(), end);
  }

  // ---------------------------------------------------------------- locals

  private boolean isVariable(int at) {
    String name = fold(text.value(at));
    return variables.stream().anyMatch(block -> block.contains(name));
  }

  /** The name of a cursor or condition that was declared. */
  private void other() {
    if (!cursor.isIdentifier() || !others.contains(fold(text.value(cursor.at())))) {
      throw cursor.unexpected();
    }
    cursor.skip();
  }

  /** A local variable, or a column of a row. */
  private void target() {
    int begin = cursor.at();
    if (!cursor.isIdentifier() || !isVariable(begin)) {
      throw cursor.unexpected();
    }
    cursor.skip();
    if (cursor.acceptMark(".")) {
      cursor.skip();
      cursor.names().inExpression(begin);
    }
  }

  /** {@code v, @w, ...}. */
  private void targets() {
    if (cursor.isAny("OUTFILE", "DUMPFILE")) {
      throw cursor.notOffered(
          PolicyReason.FILES, "INTO " + text.text(cursor.at()).toUpperCase(Locale.ROOT));
    }
    do {
      if (cursor.isKind(TokenKind.USER_VARIABLE)) {
        cursor.skip();
      } else {
        target();
      }
    } while (cursor.acceptMark(","));
  }

  /** {@code (expression, ...)}, if it follows. */
  private void arguments() {
    if (cursor.isMark("(")) {
      int open = cursor.at();
      int close = cursor.closing(open);
      expression(open + 1, close);
      cursor.moveTo(close + 1);
    }
  }

  // ---------------------------------------------------------------- conditions

  /** {@code SIGNAL | RESIGNAL [condition] [SET ITEM = value, ...]}. */
  private void signal() {
    boolean again = cursor.is("RESIGNAL");
    cursor.skip();
    if (!again || cursor.is("SQLSTATE") || cursor.isIdentifier()) {
      condition();
    }
    if (cursor.accept("SET")) {
      do {
        if (!cursor.isKind(TokenKind.WORD)) {
          throw cursor.unexpected();
        }
        cursor.skip();
        cursor.expectMark("=");
        value();
      } while (cursor.acceptMark(","));
    }
  }

  /** A constant or a variable. */
  private void value() {
    if (cursor.isKind(TokenKind.STRING)
        || cursor.isKind(TokenKind.NUMBER)
        || cursor.isKind(TokenKind.USER_VARIABLE)
        || cursor.is("NULL")) {
      cursor.skip();
    } else {
      target();
    }
  }

  /** {@code [CURRENT | STACKED] DIAGNOSTICS [CONDITION n] variable = ITEM, ...}. */
  private void diagnostics() {
    cursor.acceptAny("CURRENT", "STACKED");
    cursor.expect("DIAGNOSTICS");
    if (cursor.accept("CONDITION")) {
      value();
    }
    do {
      if (cursor.isKind(TokenKind.USER_VARIABLE)) {
        cursor.skip();
      } else {
        target();
      }
      cursor.expectMark("=");
      if (!cursor.isKind(TokenKind.WORD)) {
        throw cursor.unexpected();
      }
      cursor.skip();
    } while (cursor.acceptMark(","));
  }
}
