package io.portcullis.sql.parser;

import io.portcullis.sql.access.AccessKind;
import io.portcullis.sql.access.RelationName;
import io.portcullis.sql.access.ViewBody;
import io.portcullis.sql.lexer.LexedStatement;
import io.portcullis.sql.lexer.TokenKind;
import io.portcullis.sql.parser.QueryReader.Piece;
import io.portcullis.sql.parser.QueryReader.QueryReading;
import io.portcullis.sql.parser.QueryReader.Source;
import io.portcullis.sql.statement.ForwardStatement;
import io.portcullis.sql.statement.Kill;
import io.portcullis.sql.statement.Statement;
import io.portcullis.sql.statement.StatementKind;
import io.portcullis.sql.statement.UseStatement;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Reads one statement: its first words say which grammar reads the rest. Every grammar must reach
 * the end of the statement; a first word without a grammar is refused by name. Safe for concurrent
 * use.
 */
public final class StatementReader {
  private final QueryReader queries;

  public StatementReader(QueryReader queries) {
    this.queries = queries;
  }

  /**
   * @throws StatementRefused for what is not understood, or not offered to anybody
   */
  public Statement read(LexedStatement text) {
    checkParentheses(text);
    return read(new TokenCursor(text, 0, text.size()));
  }

  /**
   * Reads the definition of a view: a query, and nothing else.
   *
   * @throws StatementRefused when it is not understood to its last token
   */
  public ViewBody readView(LexedStatement text) {
    checkParentheses(text);
    TokenCursor cursor = new TokenCursor(text, 0, text.size());
    if (!DataGrammar.startsQuery(cursor)) {
      throw cursor.unexpected();
    }
    QueryReading reading = queries.read(text, List.of(new Piece.Tokens(cursor.at(), cursor.end())));
    Set<RelationName> targets = new LinkedHashSet<>();
    for (Source source : reading.sources()) {
      source.relation().ifPresent(targets::add);
    }
    // A derived table may be merged, and rows be changed through it; a UNION has no sources.
    boolean plain =
        !reading.sources().isEmpty()
            && reading.sources().stream().allMatch(source -> source.relation().isPresent());
    if (!plain) {
      targets.addAll(reading.others());
    }
    return new ViewBody(List.copyOf(targets), plain ? reading.others() : List.of());
  }

  private Statement read(TokenCursor cursor) {
    if (DataGrammar.startsQuery(cursor) || cursor.isAny("INSERT", "REPLACE", "UPDATE", "DELETE")) {
      return new DataGrammar(cursor, queries).statement();
    }
    if (!cursor.isKind(TokenKind.WORD)) {
      throw cursor.unexpected();
    }
    String first = cursor.text().text(cursor.at()).toUpperCase(Locale.ROOT);
    return switch (first) {
      case "SHOW" -> new ShowGrammar(cursor, queries).statement();
      case "SET" -> new SetGrammar(cursor, queries).statement();
      case "USE" -> use(cursor);
      case "START", "BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE" -> transaction(cursor);
      case "EXPLAIN", "DESCRIBE", "DESC" -> explain(cursor);
      case "ANALYZE" -> analyze(cursor);
      case "CREATE", "ALTER", "DROP", "RENAME", "TRUNCATE" -> {
        AccessControlGrammar users = new AccessControlGrammar(cursor);
        yield users.begins()
            ? users.statement()
            : new DefinitionGrammar(cursor, queries).statement();
      }
      case "GRANT", "REVOKE" -> new AccessControlGrammar(cursor).statement();
      case "LOCK" -> lock(cursor);
      case "UNLOCK" -> {
        cursor.skip();
        if (!cursor.acceptAny("TABLES", "TABLE")) {
          throw cursor.notOffered("UNLOCK INSTANCE");
        }
        cursor.expectEnd();
        yield new Accesses().forward(StatementKind.UNLOCK_TABLES);
      }
      case "DO" -> {
        cursor.skip();
        Accesses accesses = new Accesses();
        DataGrammar.expressions(cursor, queries, cursor.at(), cursor.end())
            .ifPresentOrElse(
                accesses::reads,
                () -> {
                  throw cursor.unexpected();
                });
        yield accesses.forward(StatementKind.DO);
      }
      case "KILL" -> kill(cursor);
      default -> throw unknown(cursor, first);
    };
  }

  private static StatementRefused unknown(TokenCursor cursor, String first) {
    return switch (first) {
      case "CALL",
          "PREPARE",
          "EXECUTE",
          "DEALLOCATE",
          "HANDLER",
          "FLUSH",
          "RESET",
          "INSTALL",
          "UNINSTALL",
          "SHUTDOWN",
          "RESTART",
          "BINLOG",
          "CHANGE",
          "STOP",
          "PURGE",
          "XA",
          "CLONE",
          "BACKUP",
          "IMPORT",
          "CHECK",
          "CHECKSUM",
          "OPTIMIZE",
          "REPAIR",
          "CACHE",
          "HELP",
          "SIGNAL",
          "RESIGNAL",
          "GET",
          "DECLARE",
          "IF",
          "CASE",
          "WHILE",
          "LOOP",
          "REPEAT",
          "FOR",
          "RETURN",
          "MERGE" ->
          cursor.notOffered(first);
      case "LOAD" ->
          cursor.notOffered("LOAD " + (cursor.wordAt(cursor.at() + 1, "DATA") ? "DATA" : "..."));
      default -> cursor.unexpected();
    };
  }

  private static void checkParentheses(LexedStatement text) {
    int depth = 0;
    for (int i = 0; i < text.size(); i++) {
      if (text.kind(i) == TokenKind.PUNCTUATION) {
        if (text.isPunctuation(i, "(")) {
          depth++;
        } else if (text.isPunctuation(i, ")") && --depth < 0) {
          throw StatementRefused.notUnderstood(
              "a parenthesis is closed that was not opened", text.span(i));
        }
      }
    }
    if (depth > 0) {
      throw StatementRefused.notUnderstood(
          "a parenthesis is not closed", text.span(text.size() - 1));
    }
  }

  private static Statement use(TokenCursor cursor) {
    if (cursor.is("USE", "ROLE") && cursor.at() + 2 < cursor.end()) {
      return new AccessControlGrammar(cursor).statement();
    }
    if (cursor.is("USE", "SECONDARY", "ROLE")) {
      return new AccessControlGrammar(cursor).statement();
    }
    cursor.skip();
    String database = cursor.identifier();
    cursor.expectEnd();
    return new UseStatement(database);
  }

  // ---------------------------------------------------------------- transactions

  private static Statement transaction(TokenCursor cursor) {
    if (cursor.accept("START")) {
      if (!cursor.accept("TRANSACTION")) {
        throw cursor.notOffered("START " + rest(cursor));
      }
      if (!cursor.atEnd()) {
        do {
          if (!cursor.accept("WITH", "CONSISTENT", "SNAPSHOT")
              && !cursor.accept("READ", "ONLY")
              && !cursor.accept("READ", "WRITE")) {
            throw cursor.unexpected();
          }
        } while (cursor.acceptMark(","));
      }
    } else if (cursor.accept("BEGIN")) {
      if (cursor.is("NOT", "ATOMIC")) {
        throw cursor.notOffered("BEGIN NOT ATOMIC");
      }
      cursor.accept("WORK");
    } else if (cursor.accept("SAVEPOINT")) {
      cursor.identifier();
    } else if (cursor.accept("RELEASE")) {
      cursor.expect("SAVEPOINT");
      cursor.identifier();
    } else {
      boolean rollback = cursor.is("ROLLBACK");
      cursor.skip();
      cursor.accept("WORK");
      if (rollback && cursor.accept("TO")) {
        cursor.accept("SAVEPOINT");
        cursor.identifier();
      } else {
        if (cursor.accept("AND")) {
          cursor.accept("NO");
          cursor.expect("CHAIN");
        }
        if (cursor.is("RELEASE")) {
          throw cursor.notOffered("COMMIT or ROLLBACK with RELEASE");
        }
        cursor.accept("NO", "RELEASE");
      }
    }
    cursor.expectEnd();
    return new Accesses().forward(StatementKind.TRANSACTION);
  }

  private static String rest(TokenCursor cursor) {
    return cursor.atEnd() ? "" : cursor.text().text(cursor.at()).toUpperCase(Locale.ROOT);
  }

  // ---------------------------------------------------------------- EXPLAIN, LOCK, KILL

  private Statement explain(TokenCursor cursor) {
    cursor.skip();
    int begin = cursor.at();
    while (true) {
      if (cursor.is("FOR")) {
        throw cursor.notOffered(
            "EXPLAIN FOR " + (cursor.is("FOR", "CONNECTION") ? "CONNECTION" : "..."));
      }
      if (cursor.is("FORMAT") && cursor.punctuationAt(cursor.at() + 1, "=")) {
        cursor.moveTo(cursor.at() + 2);
        cursor.skip();
        continue;
      }
      boolean option =
          cursor.isAny("EXTENDED", "PARTITIONS", "ANALYZE")
              && cursor.at() + 1 < cursor.end()
              && (isExplainable(cursor, cursor.at() + 1)
                  || cursor.wordAt(cursor.at() + 1, "FORMAT"));
      if (!option) {
        break;
      }
      cursor.skip();
    }
    if (isExplainable(cursor, cursor.at())) {
      return explained(cursor);
    }
    cursor.moveTo(begin);
    Accesses accesses = new Accesses().add(AccessKind.DESCRIBE, cursor.relation());
    if (!cursor.atEnd()) {
      if (cursor.isKind(TokenKind.STRING)) {
        cursor.skip();
      } else {
        cursor.identifier();
      }
    }
    cursor.expectEnd();
    return accesses.forward(StatementKind.DESCRIBE);
  }

  /** MariaDB's ANALYZE statement; ANALYZE TABLE is not offered. */
  private Statement analyze(TokenCursor cursor) {
    cursor.skip();
    if (cursor.is("FORMAT") && cursor.punctuationAt(cursor.at() + 1, "=")) {
      cursor.moveTo(cursor.at() + 2);
      cursor.skip();
    }
    if (cursor.is("TABLE") || !isExplainable(cursor, cursor.at())) {
      throw cursor.notOffered("ANALYZE TABLE");
    }
    return explained(cursor);
  }

  private static boolean isExplainable(TokenCursor cursor, int at) {
    for (String word :
        new String[] {
          "SELECT", "WITH", "VALUES", "TABLE", "INSERT", "REPLACE", "UPDATE", "DELETE"
        }) {
      if (cursor.wordAt(at, word)) {
        return true;
      }
    }
    return cursor.punctuationAt(at, "(");
  }

  private Statement explained(TokenCursor cursor) {
    ForwardStatement inner = new DataGrammar(cursor, queries).statement();
    return new ForwardStatement(StatementKind.EXPLAIN, inner.accesses(), inner.effects());
  }

  private static Statement lock(TokenCursor cursor) {
    cursor.skip();
    if (!cursor.acceptAny("TABLES", "TABLE")) {
      throw cursor.notOffered("LOCK INSTANCE");
    }
    Accesses accesses = new Accesses();
    do {
      var table = cursor.relation();
      if (cursor.accept("AS") || !cursor.isAny("READ", "WRITE", "LOW_PRIORITY")) {
        cursor.identifier();
      }
      if (cursor.accept("READ")) {
        cursor.accept("LOCAL");
        accesses.add(AccessKind.LOCK_READ, table);
      } else {
        cursor.accept("LOW_PRIORITY");
        cursor.expect("WRITE");
        cursor.accept("CONCURRENT");
        accesses.add(AccessKind.LOCK_WRITE, table);
      }
    } while (cursor.acceptMark(","));
    DefinitionGrammar.acceptWait(cursor);
    cursor.expectEnd();
    return accesses.forward(StatementKind.LOCK_TABLES);
  }

  private static Statement kill(TokenCursor cursor) {
    cursor.skip();
    if (!cursor.accept("HARD")) {
      cursor.accept("SOFT");
    }
    boolean query = cursor.accept("QUERY");
    if (!query) {
      cursor.accept("CONNECTION");
    }
    if (!cursor.isKind(TokenKind.NUMBER)) {
      throw cursor.notOffered("KILL by anything but a connection id");
    }
    long id = cursor.number();
    cursor.expectEnd();
    return new Kill(id, query);
  }
}
