package io.portcullis.sql.parser;

import io.portcullis.sql.access.AccessKind;
import io.portcullis.sql.access.AccessRequest;
import io.portcullis.sql.access.RelationKind;
import io.portcullis.sql.access.RelationName;
import io.portcullis.sql.lexer.LexedStatement;
import io.portcullis.sql.lexer.TokenKind;
import io.portcullis.sql.statement.GateVariable;
import io.portcullis.sql.text.PolicyReason;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * PREPARE, EXECUTE and DEALLOCATE in the body of a procedure or event. Text that is one string is
 * read as a statement of the body, which sees none of its variables: what it touches the body
 * touches. All other text is dynamic: what would run is not known before it does.
 *
 * <p>Names of prepared statements are the session's. So EXECUTE is known where the body itself has
 * prepared that name from a string on every way there, and nothing of the body can call a procedure
 * that prepares it anew. What is called could leave another current database, too, so a string that
 * names a table without its database is dynamic beside a CALL.
 */
final class BodyTexts {
  private final QueryReader queries;
  private final Accesses accesses;
  private final Set<String> names = new HashSet<>();
  private Set<String> known = new HashSet<>();
  private boolean unknown;
  private boolean calls;
  private boolean executesByName;
  private boolean bindsNames;

  /**
   * @param accesses where what the body touches is noted
   */
  BodyTexts(QueryReader queries, Accesses accesses) {
    this.queries = queries;
    this.accesses = accesses;
  }

  /** Whether the body runs what is not known before. */
  boolean isDynamic() {
    return unknown || calls && (executesByName || bindsNames);
  }

  /** All names that the body prepares, in lower case. */
  Set<String> names() {
    return Set.copyOf(names);
  }

  // ---------------------------------------------------------------- flow

  /**
   * Statements follow that may run or not, or not to their end; gives what {@link #leave} takes.
   */
  Set<String> enter() {
    Set<String> outside = known;
    known = new HashSet<>(outside);
    return outside;
  }

  /** The same for statements that may run at any time. */
  Set<String> enterHandler() {
    Set<String> outside = known;
    known = new HashSet<>();
    return outside;
  }

  void leave(Set<String> outside) {
    known = outside;
  }

  void call() {
    calls = true;
  }

  // ---------------------------------------------------------------- statements

  static boolean begins(TokenCursor cursor) {
    return cursor.isAny("PREPARE", "EXECUTE", "DEALLOCATE") || cursor.is("DROP", "PREPARE");
  }

  /** One of these statements, to the end. */
  void statement(TokenCursor cursor) {
    if (cursor.accept("PREPARE")) {
      String name = DynamicText.name(cursor);
      cursor.expect("FROM");
      names.add(name);
      if (text(cursor, cursor.end())) {
        known.add(name);
      } else {
        known.remove(name);
      }
    } else if (cursor.accept("EXECUTE", "IMMEDIATE")) {
      if (!cursor.isMariaDb()) {
        throw cursor.unexpected();
      }
      text(cursor, cursor.find("USING"));
      using(cursor);
    } else if (cursor.accept("EXECUTE")) {
      executesByName = true;
      unknown |= !known.contains(DynamicText.name(cursor));
      using(cursor);
    } else {
      cursor.skip();
      cursor.expect("PREPARE");
      DynamicText.name(cursor);
    }
    cursor.expectEnd();
  }

  /** Text up to {@code end}; whether it is known. */
  private boolean text(TokenCursor cursor, int end) {
    int begin = cursor.at();
    if (end == begin + 1 && cursor.isKind(TokenKind.STRING) && isRead(cursor)) {
      cursor.moveTo(end);
      return true;
    }
    unknown = true;
    accesses.reads(
        DataGrammar.expressions(cursor, queries, begin, end).orElseThrow(cursor::unexpected));
    cursor.moveTo(end);
    return false;
  }

  private boolean isRead(TokenCursor cursor) {
    QualifiedNames inner;
    Accesses inside = new Accesses();
    try {
      LexedStatement text = DynamicText.read(cursor);
      StatementReader.checkParentheses(text);
      inner = new QualifiedNames(text);
      readsNoVariableOfTheGate(text, cursor);
      new BodyGrammar(new TokenCursor(inner), queries, RelationKind.PROCEDURE, inside).readText();
    } catch (StatementRefused notForEverybody) {
      return false;
    }
    cursor.names().holdsStatement(inner);
    List<AccessRequest> requests = inside.requests();
    accesses.addAll(requests);
    for (AccessRequest request : requests) {
      calls |= request.kind() == AccessKind.EXECUTE_PROCEDURE;
      bindsNames |=
          request.object() instanceof RelationName relation && relation.database().isCurrent();
    }
    return true;
  }

  /** The server would answer for its own of that name. */
  private static void readsNoVariableOfTheGate(LexedStatement text, TokenCursor cursor) {
    for (int i = 0; i < text.size(); i++) {
      if (text.kind(i) == TokenKind.SYSTEM_VARIABLE
          && GateVariable.named(text.value(i).substring(text.value(i).indexOf('.') + 1))
              .isPresent()) {
        throw cursor.notOffered(
            PolicyReason.ANSWERED_BY_THE_GATE, "a variable of the gate in a string");
      }
    }
  }

  /** {@code [USING value, ...]}; MariaDB takes expressions. */
  private void using(TokenCursor cursor) {
    if (!cursor.accept("USING")) {
      return;
    }
    do {
      int end = StatementReader.endOfItem(cursor);
      boolean word = end == cursor.at() + 1 && cursor.isAny("NULL", "DEFAULT", "IGNORE");
      if (!word) {
        accesses.reads(
            DataGrammar.expressions(cursor, queries, cursor.at(), end)
                .orElseThrow(cursor::unexpected));
      }
      cursor.moveTo(end);
    } while (cursor.acceptMark(","));
  }
}
