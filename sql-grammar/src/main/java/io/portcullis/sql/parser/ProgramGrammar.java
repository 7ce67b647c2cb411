package io.portcullis.sql.parser;

import io.portcullis.sql.access.AccessKind;
import io.portcullis.sql.access.AccessRequest;
import io.portcullis.sql.access.CatalogEffect;
import io.portcullis.sql.access.ProgramBody;
import io.portcullis.sql.access.RelationKind;
import io.portcullis.sql.access.RelationName;
import io.portcullis.sql.lexer.LexedStatement;
import io.portcullis.sql.lexer.TokenKind;
import io.portcullis.sql.statement.Statement;
import io.portcullis.sql.statement.StatementKind;
import io.portcullis.sql.text.PolicyReason;
import java.util.List;
import java.util.Set;

/**
 * CREATE, ALTER and DROP of functions, procedures, triggers and events (PM rows 58 and 63), and
 * CALL. A definition needs, besides the right to make it, whatever each statement of its body needs
 * ({@link BodyGrammar}).
 */
final class ProgramGrammar {
  private static final Set<String> UNITS =
      ReservedWords.words(
          """
          MICROSECOND SECOND MINUTE HOUR DAY WEEK MONTH QUARTER YEAR SECOND_MICROSECOND MINUTE_MICROSECOND
          MINUTE_SECOND HOUR_MICROSECOND HOUR_SECOND HOUR_MINUTE DAY_MICROSECOND DAY_SECOND DAY_MINUTE DAY_HOUR
          YEAR_MONTH
          """);

  private final TokenCursor cursor;
  private final LexedStatement text;
  private final QueryReader queries;
  private final Accesses accesses = new Accesses();
  private final Accesses body = new Accesses();

  /** Whether the text is what the server prints: its DEFINER is the login of the gate. */
  private final boolean printed;

  private boolean invoker;
  private Set<String> prepared = Set.of();

  ProgramGrammar(TokenCursor cursor, QueryReader queries) {
    this(cursor, queries, false);
  }

  private ProgramGrammar(TokenCursor cursor, QueryReader queries, boolean printed) {
    this.cursor = cursor;
    this.text = cursor.text();
    this.queries = queries;
    this.printed = printed;
  }

  /** Whether CREATE, ALTER or DROP here is about a stored program. */
  static boolean begins(TokenCursor cursor) {
    int at = cursor.at() + 1;
    if (cursor.is("CREATE", "OR", "REPLACE")) {
      at += 2;
    }
    if (cursor.wordAt(at, "DEFINER") && cursor.punctuationAt(at + 1, "=")) {
      at = afterUser(cursor, at + 2);
    }
    return cursor.wordAt(at, "FUNCTION")
        || cursor.wordAt(at, "PROCEDURE")
        || cursor.wordAt(at, "TRIGGER")
        || cursor.wordAt(at, "EVENT")
        || cursor.wordAt(at, "AGGREGATE");
  }

  private static int afterUser(TokenCursor cursor, int at) {
    if (at + 1 < cursor.end() && cursor.text().kind(at + 1) == TokenKind.USER_VARIABLE) {
      return at + 2;
    }
    return cursor.punctuationAt(at + 1, "(") ? at + 3 : at + 1;
  }

  Statement statement() {
    if (cursor.accept("CREATE")) {
      boolean replace = cursor.accept("OR", "REPLACE");
      RelationKind kind = kind("CREATE");
      RelationName program = created(kind, replace);
      accesses.addAll(bodyOf(program));
      return accesses.forward(StatementKind.CREATE_PROGRAM);
    }
    if (cursor.accept("ALTER")) {
      return alter();
    }
    cursor.expect("DROP");
    RelationKind kind = kind("DROP");
    cursor.accept("IF", "EXISTS");
    RelationName program = program(kind);
    cursor.expectEnd();
    accesses.add(altering(kind), program);
    accesses.effect(new CatalogEffect.ProgramDropped(kind, program));
    return accesses.forward(StatementKind.DROP_PROGRAM);
  }

  /** The body of a definition as the server prints it. */
  static ProgramBody read(TokenCursor cursor, QueryReader queries) {
    ProgramGrammar grammar = new ProgramGrammar(cursor, queries, true);
    cursor.expect("CREATE");
    RelationName program = grammar.created(grammar.kind("CREATE"), false);
    return new ProgramBody(grammar.invoker, grammar.bodyOf(program), grammar.prepared);
  }

  /** {@code CALL p [(expression, ...)]}, to the end. */
  static void call(TokenCursor cursor, QueryReader queries, Accesses accesses) {
    cursor.expect("CALL");
    accesses.add(AccessKind.EXECUTE_PROCEDURE, named(cursor, cursor.relation()));
    if (cursor.isMark("(")) {
      int open = cursor.at();
      int close = cursor.closing(open);
      DataGrammar.expressions(cursor, queries, open + 1, close).ifPresent(accesses::reads);
      cursor.moveTo(close + 1);
    }
    cursor.expectEnd();
  }

  /** Names without a database mean the program's own, wherever it is called from. */
  private List<AccessRequest> bodyOf(RelationName program) {
    return body.requests().stream()
        .map(
            access ->
                access.object() instanceof RelationName name && name.database().isCurrent()
                    ? new AccessRequest(
                        access.kind(), new RelationName(program.database(), name.name()))
                    : access)
        .toList();
  }

  /** How servers compare other letters in names of programs depends on their version. */
  private static RelationName named(TokenCursor cursor, RelationName name) {
    if (!name.name().chars().allMatch(c -> c > ' ' && c < 0x7F)) {
      throw StatementRefused.notOffered(
          PolicyReason.AMBIGUOUS_NAME,
          "a stored program of this name",
          "letters, digits and signs of ASCII can be told apart for certain",
          cursor.spanAt(cursor.at() - 1));
    }
    return name;
  }

  private RelationName program(RelationKind kind) {
    RelationName name = cursor.relation();
    return kind == RelationKind.TRIGGER ? name : named(cursor, name);
  }

  // ---------------------------------------------------------------- beginnings

  private RelationKind kind(String verb) {
    definer();
    if (cursor.isMariaDb() && verb.equals("CREATE") && cursor.is("AGGREGATE", "FUNCTION")) {
      cursor.skip();
    }
    for (RelationKind kind : RelationKind.values()) {
      if (kind.isProgram() && cursor.accept(kind.name())) {
        return kind;
      }
    }
    throw cursor.notOffered(
        verb
            + (cursor.atEnd()
                ? ""
                : " " + text.text(cursor.at()).toUpperCase(java.util.Locale.ROOT)));
  }

  private void definer() {
    if (!cursor.accept("DEFINER")) {
      return;
    }
    cursor.expectMark("=");
    if (cursor.atEnd()) {
      throw cursor.unexpected();
    }
    if (printed) {
      cursor.moveTo(afterUser(cursor, cursor.at()));
    } else {
      cursor.definer();
    }
  }

  private static AccessKind creating(RelationKind kind) {
    return switch (kind) {
      case FUNCTION -> AccessKind.CREATE_FUNCTION;
      case PROCEDURE -> AccessKind.CREATE_PROCEDURE;
      case TRIGGER -> AccessKind.CREATE_TRIGGER;
      case EVENT -> AccessKind.CREATE_EVENT;
      case TABLE, VIEW -> throw new IllegalArgumentException("kind: " + kind);
    };
  }

  private static AccessKind altering(RelationKind kind) {
    return switch (kind) {
      case FUNCTION -> AccessKind.ALTER_FUNCTION;
      case PROCEDURE -> AccessKind.ALTER_PROCEDURE;
      case TRIGGER -> AccessKind.DROP_TRIGGER;
      case EVENT -> AccessKind.ALTER_EVENT;
      case TABLE, VIEW -> throw new IllegalArgumentException("kind: " + kind);
    };
  }

  // ---------------------------------------------------------------- CREATE

  /** What is replaced is dropped, with the grants on it. */
  private RelationName created(RelationKind kind, boolean replace) {
    boolean ifNotExists = cursor.accept("IF", "NOT", "EXISTS");
    RelationName program = program(kind);
    if (kind == RelationKind.FUNCTION
        && BuiltinFunctions.isLoadable(program.name(), text.mode().server())) {
      throw cursor.notOffered(
          PolicyReason.AMBIGUOUS_NAME, "a stored function named " + program.name());
    }
    accesses.add(creating(kind), program);
    if (replace) {
      accesses.add(altering(kind), program);
      accesses.effect(new CatalogEffect.ProgramDropped(kind, program));
    }
    accesses.effect(new CatalogEffect.RelationCreated(program, kind, !ifNotExists));
    BodyGrammar inside = new BodyGrammar(cursor, queries, kind, body);
    switch (kind) {
      case FUNCTION -> {
        parameters(inside);
        cursor.expect("RETURNS");
        BodyGrammar.type(cursor, body);
        characteristics(true);
      }
      case PROCEDURE -> {
        parameters(inside);
        characteristics(true);
      }
      case TRIGGER -> trigger(program, inside);
      case EVENT -> {
        cursor.expect("ON", "SCHEDULE");
        schedule();
        eventOptions();
        cursor.expect("DO");
      }
      case TABLE, VIEW -> throw new IllegalArgumentException("kind: " + kind);
    }
    read(inside, kind, program);
    return program;
  }

  private void read(BodyGrammar inside, RelationKind kind, RelationName program) {
    if (kind != RelationKind.PROCEDURE && kind != RelationKind.EVENT) {
      inside.read(); // servers refuse dynamic SQL in the others
      return;
    }
    BodyTexts texts = new BodyTexts(queries, body);
    inside.runsTexts(texts);
    inside.read();
    prepared = texts.names();
    if (texts.isDynamic()) {
      body.add(
          kind == RelationKind.PROCEDURE ? AccessKind.DYNAMIC_PROCEDURE : AccessKind.DYNAMIC_EVENT,
          program);
    }
  }

  private void parameters(BodyGrammar inside) {
    if (!cursor.isMark("(")) {
      throw cursor.notOffered(
          PolicyReason.CHANGES_THE_SERVER,
          "a loadable function",
          "it runs code inside of the server");
    }
    cursor.skip();
    if (cursor.acceptMark(")")) {
      return;
    }
    do {
      cursor.acceptAny("IN", "OUT", "INOUT");
      inside.declare(cursor.identifier());
      BodyGrammar.type(cursor, body);
    } while (cursor.acceptMark(","));
    cursor.expectMark(")");
  }

  private void characteristics(boolean security) {
    while (true) {
      if (cursor.accept("COMMENT")) {
        cursor.string();
      } else if (security && cursor.accept("SQL", "SECURITY")) {
        invoker = cursor.accept("INVOKER");
        if (!invoker) {
          cursor.expect("DEFINER");
        }
      } else if (!cursor.accept("LANGUAGE", "SQL")
          && !cursor.accept("DETERMINISTIC")
          && !cursor.accept("NOT", "DETERMINISTIC")
          && !cursor.accept("CONTAINS", "SQL")
          && !cursor.accept("NO", "SQL")
          && !cursor.accept("READS", "SQL", "DATA")
          && !cursor.accept("MODIFIES", "SQL", "DATA")) {
        return;
      }
    }
  }

  private void trigger(RelationName trigger, BodyGrammar inside) {
    if (!cursor.acceptAny("BEFORE", "AFTER")
        || !cursor.acceptAny("INSERT", "UPDATE", "DELETE")
        || !cursor.accept("ON")) {
      throw cursor.unexpected();
    }
    RelationName table = cursor.relation();
    boolean printedWithout = printed && trigger.database().isCurrent();
    if (!printedWithout && !trigger.database().equals(table.database())) {
      throw StatementRefused.notOffered(
          "a trigger whose database is not written as that of its table",
          "both with the same database, or both without",
          cursor.spanAt(cursor.at() - 1));
    }
    accesses.add(AccessKind.ADD_TRIGGER, table);
    cursor.expect("FOR", "EACH", "ROW");
    if (cursor.acceptAny("FOLLOWS", "PRECEDES")) {
      cursor.identifier();
    }
    inside.declareRows(table);
  }

  // ---------------------------------------------------------------- events

  private void schedule() {
    if (cursor.accept("AT")) {
      moment();
      return;
    }
    cursor.expect("EVERY");
    int end = endOfMoment();
    if (end - 1 <= cursor.at() || !isUnit(end - 1)) {
      throw cursor.unexpected();
    }
    constant(cursor.at(), end - 1);
    cursor.moveTo(end);
    if (cursor.accept("STARTS")) {
      moment();
    }
    if (cursor.accept("ENDS")) {
      moment();
    }
  }

  private boolean isUnit(int at) {
    return text.kind(at) == TokenKind.WORD
        && UNITS.contains(text.text(at).toUpperCase(java.util.Locale.ROOT));
  }

  private void moment() {
    int end = endOfMoment();
    constant(cursor.at(), end);
    cursor.moveTo(end);
  }

  private int endOfMoment() {
    return cursor.find("STARTS", "ENDS", "ON", "RENAME", "ENABLE", "DISABLE", "COMMENT", "DO");
  }

  private void constant(int from, int to) {
    boolean nothing =
        DataGrammar.expressions(cursor, queries, from, to)
            .orElseThrow(cursor::unexpected)
            .touchesNothing();
    if (!nothing) {
      throw cursor.notOffered("a query, or a stored function, in the schedule of an event");
    }
  }

  private void eventOptions() {
    if (cursor.accept("ON", "COMPLETION")) {
      cursor.accept("NOT");
      cursor.expect("PRESERVE");
    }
    if (cursor.is("RENAME")) {
      throw cursor.notOffered("ALTER EVENT ... RENAME", "drop it, and make one of the other name");
    }
    if (cursor.accept("DISABLE")) {
      if (cursor.is("ON")) {
        throw cursor.notOffered(PolicyReason.REPLICATION, "DISABLE ON REPLICA");
      }
    } else {
      cursor.accept("ENABLE");
    }
    if (cursor.accept("COMMENT")) {
      cursor.string();
    }
  }

  // ---------------------------------------------------------------- ALTER

  private Statement alter() {
    RelationKind kind = kind("ALTER");
    if (kind == RelationKind.TRIGGER) {
      throw cursor.notOffered("ALTER TRIGGER");
    }
    cursor.accept("IF", "EXISTS");
    RelationName program = program(kind);
    accesses.add(altering(kind), program);
    if (kind == RelationKind.EVENT) {
      if (cursor.accept("ON", "SCHEDULE")) {
        schedule();
      }
      eventOptions();
      if (cursor.accept("DO")) {
        read(new BodyGrammar(cursor, queries, kind, body), kind, program);
        accesses.addAll(bodyOf(program));
      }
    } else {
      characteristics(false);
      if (cursor.is("SQL", "SECURITY")) {
        throw cursor.notOffered(
            PolicyReason.RIGHTS_OF_ANOTHER,
            "ALTER ... SQL SECURITY",
            "it would run with other rights: drop it, and make it anew");
      }
    }
    cursor.acceptMark(";");
    cursor.expectEnd();
    accesses.effect(new CatalogEffect.ProgramAltered(program));
    return accesses.forward(StatementKind.ALTER_PROGRAM);
  }
}
