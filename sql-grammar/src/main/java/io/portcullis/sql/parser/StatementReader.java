package io.portcullis.sql.parser;

import io.portcullis.sql.access.AccessKind;
import io.portcullis.sql.access.AccessRequest;
import io.portcullis.sql.access.ProgramBody;
import io.portcullis.sql.access.RelationKind;
import io.portcullis.sql.access.RelationName;
import io.portcullis.sql.access.ViewBody;
import io.portcullis.sql.lexer.LexedStatement;
import io.portcullis.sql.lexer.TokenKind;
import io.portcullis.sql.parser.QueryReader.Piece;
import io.portcullis.sql.parser.QueryReader.QueryReading;
import io.portcullis.sql.parser.QueryReader.Source;
import io.portcullis.sql.statement.AccessControlStatement;
import io.portcullis.sql.statement.AccessControlStatement.AddRule;
import io.portcullis.sql.statement.DeallocateText;
import io.portcullis.sql.statement.ExecuteText;
import io.portcullis.sql.statement.ForwardStatement;
import io.portcullis.sql.statement.FromVariable;
import io.portcullis.sql.statement.Kill;
import io.portcullis.sql.statement.PrepareText;
import io.portcullis.sql.statement.SetVariables;
import io.portcullis.sql.statement.Statement;
import io.portcullis.sql.statement.StatementKind;
import io.portcullis.sql.statement.UseStatement;
import io.portcullis.sql.text.PolicyReason;
import io.portcullis.sql.text.ServerFlavour;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
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
   * @param names the statement; the databases it names are noted there
   * @throws StatementRefused for what is not understood, or not offered to anybody
   */
  public Statement read(QualifiedNames names) {
    checkParentheses(names.text());
    return read(new TokenCursor(names));
  }

  /**
   * Reads the definition of a view: a query, and nothing else.
   *
   * @throws StatementRefused when it is not understood to its last token
   */
  public ViewBody readView(QualifiedNames names) {
    checkParentheses(names.text());
    TokenCursor cursor = new TokenCursor(names);
    if (!DataGrammar.startsQuery(cursor)) {
      throw cursor.unexpected();
    }
    QueryReading reading =
        queries.read(cursor.names(), List.of(new Piece.Tokens(cursor.at(), cursor.end())));
    if (!reading.sequences().isEmpty()) {
      throw StatementRefused.notUnderstood("a sequence in a view", cursor.span());
    }
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
    return new ViewBody(
        List.copyOf(targets), plain ? reading.others() : List.of(), Map.of(), reading.functions());
  }

  /**
   * Reads the definition of a stored program, as the server prints it.
   *
   * @throws StatementRefused when it is not understood to its last token
   */
  public ProgramBody readProgram(LexedStatement text) {
    checkParentheses(text);
    return ProgramGrammar.read(new TokenCursor(new QualifiedNames(text)), queries);
  }

  private Statement read(TokenCursor cursor) {
    if (DataGrammar.startsQuery(cursor) || cursor.isAny("INSERT", "REPLACE", "UPDATE", "DELETE")) {
      return new DataGrammar(cursor, queries).statement();
    }
    if (cursor.isIdentifier() && cursor.punctuationAt(cursor.at() + 1, ":")
        || cursor.is("BEGIN", "NOT", "ATOMIC")) {
      return compound(cursor);
    }
    if (!cursor.isKind(TokenKind.WORD)) {
      throw cursor.unexpected();
    }
    FirstWord first = FirstWord.of(cursor.text().text(cursor.at())).orElseThrow(cursor::unexpected);
    return switch (first) {
      case SELECT, WITH, VALUES, TABLE, INSERT, REPLACE, UPDATE, DELETE ->
          new DataGrammar(cursor, queries).statement();
      case SHOW -> new ShowGrammar(cursor, queries).statement();
      case HELP -> help(cursor);
      case SET -> new SetGrammar(cursor, queries).statement();
      case USE -> use(cursor);
      case START, BEGIN, COMMIT, ROLLBACK, SAVEPOINT, RELEASE -> transaction(cursor);
      case EXPLAIN, DESCRIBE, DESC -> explain(cursor);
      case ANALYZE ->
          MaintenanceGrammar.begins(cursor)
              ? new MaintenanceGrammar(cursor).statement()
              : analyze(cursor);
      case CHECK, CHECKSUM, OPTIMIZE, REPAIR -> new MaintenanceGrammar(cursor).statement();
      case CREATE, ALTER, DROP, RENAME, TRUNCATE -> {
        if (cursor.is("DROP", "PREPARE")) {
          yield deallocate(cursor);
        }
        if (ProgramGrammar.begins(cursor)) {
          yield new ProgramGrammar(cursor, queries).statement();
        }
        if (AccountText.beginsWithParameters(cursor)) {
          yield AccountText.read(cursor);
        }
        yield new AccessControlGrammar(cursor).begins()
            ? accessControl(
                new AccessControlGrammar(cursor.inArea(PolicyReason.ACCESS_CONTROL)).statement(),
                cursor)
            : new DefinitionGrammar(cursor, queries).statement();
      }
      case GRANT, REVOKE ->
          new AccessControlGrammar(cursor.inArea(PolicyReason.ACCESS_CONTROL)).statement();
      case LOCK -> lock(cursor);
      case UNLOCK -> {
        cursor.skip();
        if (!cursor.acceptAny("TABLES", "TABLE")) {
          throw cursor.notOffered(PolicyReason.ABOUT_THE_SERVER, "UNLOCK INSTANCE");
        }
        cursor.expectEnd();
        yield new Accesses().forward(StatementKind.UNLOCK_TABLES);
      }
      case DO -> {
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
      case KILL -> kill(cursor);
      case PREPARE -> prepare(cursor);
      case EXECUTE -> execute(cursor);
      case DEALLOCATE -> deallocate(cursor);
      case GET -> getDiagnostics(cursor);
      case SIGNAL -> signal(cursor);
      case IF, CASE, WHILE, LOOP, REPEAT, FOR -> compound(cursor);
      case CALL -> {
        Accesses accesses = new Accesses();
        ProgramGrammar.call(cursor, queries, accesses);
        yield accesses.forward(StatementKind.CALL);
      }
      case LOAD -> {
        if (!LoadGrammar.begins(cursor)) {
          throw LoadGrammar.refused(cursor);
        }
        yield new LoadGrammar(cursor, queries).statement();
      }
      case HANDLER,
          XA,
          FLUSH,
          RESET,
          CACHE,
          INSTALL,
          UNINSTALL,
          SHUTDOWN,
          RESTART,
          BINLOG,
          PURGE,
          CHANGE,
          STOP,
          CLONE,
          BACKUP,
          IMPORT,
          RESIGNAL,
          DECLARE,
          RETURN,
          ITERATE,
          LEAVE,
          OPEN,
          CLOSE,
          FETCH,
          MERGE ->
          throw refused(cursor, first);
    };
  }

  private AccessControlStatement accessControl(
      AccessControlStatement statement, TokenCursor cursor) {
    if (statement instanceof AddRule rule) {
      LexedStatement text = DynamicText.lex(rule.query(), cursor.text().mode(), cursor.spanAt(0));
      checkParentheses(text);
      TokenCursor inside = new TokenCursor(new QualifiedNames(text));
      RowGrammar.checkRule(rule.query(), read(inside), inside);
    }
    return statement;
  }

  /** MariaDB: what stands in the body of a procedure, by itself. */
  private Statement compound(TokenCursor cursor) {
    if (!cursor.text().mode().server().isMariaDb()) {
      throw cursor.notOffered(
          PolicyReason.INSIDE_A_PROGRAM, cursor.is("BEGIN") ? "BEGIN NOT ATOMIC" : rest(cursor));
    }
    Accesses accesses = new Accesses();
    new BodyGrammar(cursor, queries, RelationKind.PROCEDURE, accesses).read();
    return accesses.forward(StatementKind.COMPOUND);
  }

  /** Of a word that begins nothing anybody may say. */
  static StatementRefused refused(TokenCursor cursor, FirstWord first) {
    return cursor.notOffered(
        first.policy().orElseThrow(), first.name(), first.refusal().orElseThrow());
  }

  static void checkParentheses(LexedStatement text) {
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
      return new AccessControlGrammar(cursor.inArea(PolicyReason.ACCESS_CONTROL)).statement();
    }
    if (cursor.is("USE", "SECONDARY", "ROLE")) {
      return new AccessControlGrammar(cursor.inArea(PolicyReason.ACCESS_CONTROL)).statement();
    }
    cursor.skip();
    String database = cursor.database().name();
    cursor.expectEnd();
    return new UseStatement(database);
  }

  // ---------------------------------------------------------------- transactions

  static Statement transaction(TokenCursor cursor) {
    if (cursor.accept("START")) {
      if (!cursor.accept("TRANSACTION")) {
        throw cursor.isAny("SLAVE", "REPLICA", "ALL", "GROUP_REPLICATION")
            ? cursor.notOffered(PolicyReason.REPLICATION, "START " + rest(cursor))
            : cursor.unexpected();
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
    ExplainAccessGrammar access = new ExplainAccessGrammar(cursor);
    if (access.begins()) {
      return access.statement();
    }
    cursor.skip();
    int begin = cursor.at();
    while (true) {
      if (cursor.is("FOR")) {
        throw cursor.notOffered(
            PolicyReason.DATA_OF_EVERYBODY,
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

  /** EXPLAIN or ANALYZE of a statement, to the end. */
  static ForwardStatement explained(TokenCursor cursor, QueryReader queries) {
    Statement read = new StatementReader(queries).read(cursor);
    if (read instanceof ForwardStatement forward && forward.kind() == StatementKind.EXPLAIN) {
      return forward;
    }
    throw cursor.unexpected();
  }

  /** MariaDB's ANALYZE statement. */
  private Statement analyze(TokenCursor cursor) {
    cursor.skip();
    if (cursor.is("FORMAT") && cursor.punctuationAt(cursor.at() + 1, "=")) {
      cursor.moveTo(cursor.at() + 2);
      cursor.skip();
    }
    if (!isExplainable(cursor, cursor.at())) {
      throw cursor.unexpected();
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
    List<AccessRequest> accesses = new ArrayList<>(inner.accesses());
    inner.accesses().stream()
        .filter(StatementReader::isOfRows)
        .map(access -> new AccessRequest(AccessKind.EXPLAIN, access.object()))
        .distinct()
        .forEach(accesses::add);
    return new ForwardStatement(StatementKind.EXPLAIN, accesses, inner.effects());
  }

  /** Whether it is of a table or view, whose plan is shown. */
  private static boolean isOfRows(AccessRequest access) {
    return switch (access.kind()) {
      case SELECT, INSERT, UPDATE, DELETE -> true;
      default -> false;
    };
  }

  private static Statement lock(TokenCursor cursor) {
    cursor.skip();
    if (!cursor.acceptAny("TABLES", "TABLE")) {
      throw cursor.notOffered(PolicyReason.ABOUT_THE_SERVER, "LOCK INSTANCE");
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
      throw cursor.notOffered(
          PolicyReason.ABOUT_THE_SERVER,
          "KILL by anything but a connection id",
          "the gate knows its own sessions");
    }
    long id = cursor.number();
    cursor.expectEnd();
    return new Kill(id, query);
  }

  // ---------------------------------------------------------------- dynamic SQL

  private Statement prepare(TokenCursor cursor) {
    cursor.skip();
    String name = DynamicText.name(cursor);
    cursor.expect("FROM");
    if (cursor.isKind(TokenKind.USER_VARIABLE)) {
      String variable = cursor.text().value(cursor.at());
      cursor.skip();
      cursor.expectEnd();
      return new FromVariable("PREPARE `" + name + "` FROM ", variable, "");
    }
    Statement inner = AccountText.begins(cursor) ? AccountText.read(cursor) : prepared(cursor);
    cursor.expectEnd();
    return new PrepareText(name, inner);
  }

  private Statement execute(TokenCursor cursor) {
    cursor.skip();
    if (cursor.accept("IMMEDIATE")) {
      if (cursor.text().mode().server().flavour() != ServerFlavour.MARIADB) {
        throw cursor.unexpected();
      }
      if (cursor.isKind(TokenKind.USER_VARIABLE)) {
        String variable = cursor.text().value(cursor.at());
        cursor.skip();
        int behind = cursor.at();
        using(cursor);
        return new FromVariable(
            "EXECUTE IMMEDIATE ", variable, cursor.text().source(behind, cursor.end()));
      }
      Statement inner = dynamic(cursor);
      using(cursor);
      return inner;
    }
    String name = DynamicText.name(cursor);
    return new ExecuteText(name, using(cursor));
  }

  /**
   * {@code [USING @v, ...]}, to the end: the variables. MariaDB takes expressions too, but no query
   * in them: then nothing.
   */
  private Optional<List<String>> using(TokenCursor cursor) {
    List<String> variables = new ArrayList<>();
    boolean constant = false;
    if (cursor.accept("USING")) {
      do {
        int end = endOfItem(cursor);
        boolean value =
            end == cursor.at() + 1
                && (cursor.isKind(TokenKind.USER_VARIABLE)
                    || cursor.isKind(TokenKind.STRING)
                    || cursor.isKind(TokenKind.NUMBER)
                    || cursor.isAny("NULL", "DEFAULT", "IGNORE"));
        if (!value
            && !DataGrammar.expressions(cursor, queries, cursor.at(), end)
                .orElseThrow(cursor::unexpected)
                .touchesNothing()) {
          throw cursor.unexpected();
        }
        if (end == cursor.at() + 1 && cursor.isKind(TokenKind.USER_VARIABLE)) {
          variables.add(cursor.text().value(cursor.at()));
        } else {
          constant = true;
        }
        cursor.moveTo(end);
      } while (cursor.acceptMark(","));
    }
    cursor.expectEnd();
    return constant ? Optional.empty() : Optional.of(variables);
  }

  /** First comma from here outside of parentheses, else the end. */
  static int endOfItem(TokenCursor cursor) {
    int depth = 0;
    for (int i = cursor.at(); i < cursor.end(); i++) {
      if (cursor.punctuationAt(i, "(")) {
        depth++;
      } else if (cursor.punctuationAt(i, ")")) {
        depth--;
      } else if (depth == 0 && cursor.punctuationAt(i, ",")) {
        return i;
      }
    }
    return cursor.end();
  }

  private static Statement deallocate(TokenCursor cursor) {
    cursor.skip();
    cursor.expect("PREPARE");
    String name = DynamicText.name(cursor);
    cursor.expectEnd();
    return new DeallocateText(name);
  }

  /** The same for PREPARE, where it may also be about an account. */
  private Statement prepared(TokenCursor cursor) {
    int at = cursor.at();
    LexedStatement text = DynamicText.read(cursor);
    TokenCursor inner = new TokenCursor(new QualifiedNames(text));
    if (AccountText.begins(inner)) {
      return AccountText.read(inner);
    }
    cursor.moveTo(at);
    return dynamic(cursor);
  }

  /** What the string at the cursor says. Statements about sessions and users stay outside. */
  private Statement dynamic(TokenCursor cursor) {
    int at = cursor.at();
    LexedStatement text = DynamicText.read(cursor);
    checkParentheses(text);
    Statement inner = read(new TokenCursor(cursor.names().beginString(text)));
    boolean forwarded =
        inner instanceof ForwardStatement forward && forward.kind() != StatementKind.LOAD_LOCAL;
    if (!forwarded && !(inner instanceof SetVariables)) {
      throw StatementRefused.notOffered(
          PolicyReason.ANSWERED_BY_THE_GATE,
          text.text(0).toUpperCase(Locale.ROOT) + " in dynamic SQL",
          cursor.spanAt(at));
    }
    return inner;
  }

  // ---------------------------------------------------------------- HELP, diagnostics

  private static Statement help(TokenCursor cursor) {
    cursor.skip();
    if (!cursor.isKind(TokenKind.STRING) && !cursor.isKind(TokenKind.WORD)) {
      throw cursor.unexpected();
    }
    cursor.skip();
    cursor.expectEnd();
    return new Accesses().forward(StatementKind.SHOW);
  }

  /** {@code GET [CURRENT] DIAGNOSTICS [CONDITION n] @v = ITEM, ...}: into user variables alone. */
  private static Statement getDiagnostics(TokenCursor cursor) {
    cursor.skip();
    cursor.accept("CURRENT");
    cursor.expect("DIAGNOSTICS");
    if (cursor.accept("CONDITION")) {
      if (!cursor.isKind(TokenKind.NUMBER) && !cursor.isKind(TokenKind.USER_VARIABLE)) {
        throw cursor.unexpected();
      }
      cursor.skip();
    }
    do {
      if (!cursor.isKind(TokenKind.USER_VARIABLE)) {
        throw cursor.unexpected();
      }
      cursor.skip();
      cursor.expectMark("=");
      if (!cursor.isKind(TokenKind.WORD)) {
        throw cursor.unexpected();
      }
      cursor.skip();
    } while (cursor.acceptMark(","));
    cursor.expectEnd();
    return new Accesses().forward(StatementKind.DIAGNOSTICS);
  }

  /** {@code SIGNAL SQLSTATE [VALUE] 'state' [SET ITEM = value, ...]}. */
  private static Statement signal(TokenCursor cursor) {
    cursor.skip();
    cursor.expect("SQLSTATE");
    cursor.accept("VALUE");
    cursor.string();
    if (cursor.accept("SET")) {
      do {
        if (!cursor.isKind(TokenKind.WORD)) {
          throw cursor.unexpected();
        }
        cursor.skip();
        cursor.expectMark("=");
        boolean value =
            cursor.isKind(TokenKind.STRING)
                || cursor.isKind(TokenKind.NUMBER)
                || cursor.isKind(TokenKind.USER_VARIABLE)
                || cursor.is("NULL");
        if (!value) {
          throw cursor.unexpected();
        }
        cursor.skip();
      } while (cursor.acceptMark(","));
    }
    cursor.expectEnd();
    return new Accesses().forward(StatementKind.DIAGNOSTICS);
  }
}
