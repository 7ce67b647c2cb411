package io.portcullis.sql.parser;

import io.portcullis.sql.access.AccessRequest;
import io.portcullis.sql.lexer.TokenKind;
import io.portcullis.sql.statement.ForwardStatement;
import io.portcullis.sql.statement.Repetition;
import io.portcullis.sql.statement.SetVariables;
import io.portcullis.sql.statement.Statement;
import io.portcullis.sql.text.ClientCharset;
import io.portcullis.sql.text.ErrorCode;
import io.portcullis.sql.text.LexicalMode;
import io.portcullis.sql.text.PolicyReason;
import io.portcullis.sql.text.ServerFlavour;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * SET of user and session variables, NAMES, CHARACTER SET and TRANSACTION. Whatever reaches beyond
 * the session, or the session's account, is refused whoever asks.
 */
final class SetGrammar {
  /** Session variables that change what is logged, replicated or believed about the session. */
  private static final Set<String> PROTECTED =
      ReservedWords.words(
          """
          SQL_LOG_BIN SQL_LOG_OFF SERVER_ID SKIP_REPLICATION SKIP_PARALLEL_REPLICATION PROXY_USER EXTERNAL_USER
          RBR_EXEC_MODE ORIGINAL_COMMIT_TIMESTAMP ORIGINAL_SERVER_VERSION IMMEDIATE_SERVER_VERSION
          TRANSACTION_WRITE_SET_EXTRACTION REQUIRE_ROW_FORMAT XA_DETACH_ON_PREPARE CHARACTER_SET_FILESYSTEM
          CHARACTER_SET_SYSTEM DEFAULT_COLLATION_FOR_UTF8MB4 LAST_GTID RESULTSET_METADATA
          SHOW_OLD_TEMPORALS WSREP_ON PROFILING PROFILING_HISTORY_SIZE
          """);

  private static final List<String> PROTECTED_PREFIXES =
      List.of(
          "PSEUDO_",
          "GTID_",
          "DEBUG",
          "BINLOG_",
          "WSREP_",
          "SPIDER_",
          "CONNECT_TYPE_",
          "CONNECT_WORK_",
          "CONNECT_CLASS_",
          "CONNECT_JAVA_",
          "CONNECT_JSON_",
          "CONNECT_ENABLE_",
          "CONNECT_EXACT_",
          "CONNECT_USE_",
          "FEDERATED_",
          "S3_",
          "NDB_",
          "MROONGA_",
          "ROCKSDB_",
          "TOKUDB_",
          "PERSIST");

  private static final Set<String> ENGINE_VARIABLES =
      Set.of(
          "DEFAULT_STORAGE_ENGINE",
          "DEFAULT_TMP_STORAGE_ENGINE",
          "STORAGE_ENGINE",
          "ENFORCE_STORAGE_ENGINE",
          "INTERNAL_TMP_MEM_STORAGE_ENGINE");

  /**
   * Session variables that hold a value until they are set again. Others mean the next statement or
   * transaction only, or what the server did last, or bound how much an answer to the gate may be.
   */
  private static final Set<String> LASTING =
      ReservedWords.words(
          """
          AUTOCOMMIT CHARACTER_SET_CLIENT CHARACTER_SET_CONNECTION CHARACTER_SET_RESULTS COLLATION_CONNECTION
          COMPLETION_TYPE DEFAULT_STORAGE_ENGINE DEFAULT_WEEK_FORMAT DIV_PRECISION_INCREMENT EXPLICIT_DEFAULTS_FOR_TIMESTAMP
          FOREIGN_KEY_CHECKS GROUP_CONCAT_MAX_LEN INNODB_LOCK_WAIT_TIMEOUT INTERACTIVE_TIMEOUT LC_MESSAGES LC_TIME_NAMES
          LOCK_WAIT_TIMEOUT LOW_PRIORITY_UPDATES MAX_EXECUTION_TIME MAX_STATEMENT_TIME NET_READ_TIMEOUT NET_WRITE_TIMEOUT
          OLD_MODE OPTIMIZER_SWITCH SESSION_TRACK_SCHEMA SESSION_TRACK_SYSTEM_VARIABLES SESSION_TRACK_TRANSACTION_INFO
          SQL_AUTO_IS_NULL SQL_BIG_SELECTS SQL_MODE SQL_NOTES SQL_QUOTE_SHOW_CREATE SQL_SAFE_UPDATES SQL_WARNINGS TIME_ZONE
          TRANSACTION_ISOLATION TRANSACTION_READ_ONLY TX_ISOLATION TX_READ_ONLY UNIQUE_CHECKS UPDATABLE_VIEWS_WITH_LIMIT
          WAIT_TIMEOUT
          """);

  /** With {@code @@} and no scope these are of the next transaction only. */
  private static final Set<String> OF_NEXT_TRANSACTION =
      ReservedWords.words("TRANSACTION_ISOLATION TRANSACTION_READ_ONLY TX_ISOLATION TX_READ_ONLY");

  /** What values that can be said again may be made of. */
  private static final Set<String> LASTING_WORDS =
      ReservedWords.words("DEFAULT ON OFF TRUE FALSE NULL CONCAT CONCAT_WS REPLACE");

  private final TokenCursor cursor;
  private final QueryReader queries;
  private final Accesses accesses = new Accesses();
  private boolean touchesLexicalMode;
  private Repetition repetition = Repetition.ALONE;

  SetGrammar(TokenCursor cursor, QueryReader queries) {
    this.cursor = cursor;
    this.queries = queries;
  }

  Statement statement() {
    int begin = cursor.at();
    cursor.expect("SET");
    if (cursor.is("ROLE") && !isAssigned(1)
        || cursor.is("SECONDARY", "ROLE")
        || cursor.is("DEFAULT", "ROLE")
        || cursor.is("PASSWORD")) {
      cursor.moveTo(begin);
      return new AccessControlGrammar(cursor.inArea(PolicyReason.ACCESS_CONTROL)).statement();
    }
    if (cursor.is("STATEMENT") && !isAssigned(1)) {
      return forOneStatement();
    }
    if (cursor.is("RESOURCE")) {
      throw cursor.notOffered(PolicyReason.ABOUT_THE_SERVER, "SET RESOURCE GROUP");
    }
    GateVariableGrammar gate = new GateVariableGrammar(cursor);
    if (gate.begins()) {
      return gate.statement();
    }
    if (transaction()) {
      cursor.expectEnd();
      return done();
    }
    do {
      item();
    } while (cursor.acceptMark(","));
    cursor.expectEnd();
    return done();
  }

  /**
   * MariaDB's {@code SET STATEMENT v = e, ... FOR query or change of rows}: what both touch. A
   * variable that changes how text is read would have to be undone behind it.
   */
  private Statement forOneStatement() {
    if (cursor.text().mode().server().flavour() != ServerFlavour.MARIADB) {
      throw cursor.notOffered("SET STATEMENT ... FOR", "only MariaDB has it");
    }
    cursor.skip();
    int end = cursor.find("FOR");
    TokenCursor variables = cursor.part(cursor.at(), end);
    SetGrammar set = new SetGrammar(variables, queries);
    do {
      set.item();
    } while (variables.acceptMark(","));
    variables.expectEnd();
    if (set.touchesLexicalMode) {
      throw cursor.notOffered(
          PolicyReason.CANNOT_BE_READ_SAFELY,
          "SET STATEMENT with sql_mode or a character set",
          "SET it for the session instead");
    }
    cursor.moveTo(end);
    cursor.expect("FOR");
    ForwardStatement inner;
    if (DataGrammar.startsQuery(cursor) || cursor.isAny("INSERT", "REPLACE", "UPDATE", "DELETE")) {
      inner = new DataGrammar(cursor, queries).statement();
    } else if (cursor.isAny("CHECK", "CHECKSUM", "OPTIMIZE", "REPAIR")
        || cursor.is("ANALYZE") && MaintenanceGrammar.begins(cursor)) {
      inner = new MaintenanceGrammar(cursor).statement();
    } else if (cursor.isAny("EXPLAIN", "DESCRIBE", "DESC", "ANALYZE")) {
      inner = StatementReader.explained(cursor, queries);
    } else {
      throw cursor.notOffered("SET STATEMENT ... FOR anything but queries and changes of rows");
    }
    return accesses.addAll(set.accesses.requests()).addAll(inner.accesses()).forward(inner.kind());
  }

  static boolean isTransaction(TokenCursor cursor) {
    return cursor.is("TRANSACTION")
        || cursor.isAny("GLOBAL", "SESSION", "LOCAL")
            && cursor.wordAt(cursor.at() + 1, "TRANSACTION");
  }

  /** {@code [SESSION] TRANSACTION ...} of a SET in a stored program, to the end. */
  static void transactionInProgram(TokenCursor characteristics, QueryReader queries) {
    if (!new SetGrammar(characteristics, queries).transaction()) {
      throw characteristics.unexpected();
    }
    characteristics.expectEnd();
  }

  /** One assignment of a SET in a stored program, to a user or session variable, to the end. */
  static void inProgram(TokenCursor assignment, QueryReader queries, Accesses accesses) {
    SetGrammar set = new SetGrammar(assignment, queries);
    set.item();
    assignment.expectEnd();
    if (set.touchesLexicalMode) {
      throw assignment.notOffered(
          PolicyReason.CANNOT_BE_READ_SAFELY,
          "SET of sql_mode or a character set in a stored program",
          "it would change how the session's next statements are read");
    }
    accesses.addAll(set.accesses.requests());
  }

  private SetVariables done() {
    List<AccessRequest> requests = accesses.requests();
    return new SetVariables(
        requests, touchesLexicalMode, requests.isEmpty() ? repetition : Repetition.NO);
  }

  private boolean isAssigned(int ahead) {
    return cursor.punctuationAt(cursor.at() + ahead, "=")
        || cursor.punctuationAt(cursor.at() + ahead, ":=");
  }

  private boolean transaction() {
    int begin = cursor.at();
    boolean global = cursor.accept("GLOBAL");
    boolean ofSession = !global && cursor.acceptAny("SESSION", "LOCAL");
    if (!cursor.accept("TRANSACTION")) {
      cursor.moveTo(begin);
      return false;
    }
    if (global) {
      throw denied(PolicyReason.ABOUT_THE_SERVER, "SET GLOBAL TRANSACTION");
    }
    repeats(ofSession ? Repetition.ALONE : Repetition.NO);
    do {
      if (cursor.accept("ISOLATION", "LEVEL")) {
        boolean level =
            cursor.accept("READ", "UNCOMMITTED")
                || cursor.accept("READ", "COMMITTED")
                || cursor.accept("REPEATABLE", "READ")
                || cursor.accept("SERIALIZABLE");
        if (!level) {
          throw cursor.unexpected();
        }
      } else if (!cursor.accept("READ", "ONLY") && !cursor.accept("READ", "WRITE")) {
        throw cursor.unexpected();
      }
    } while (cursor.acceptMark(","));
    return true;
  }

  private void item() {
    if (new GateVariableGrammar(cursor).begins()) {
      throw cursor.notOffered(
          PolicyReason.ANSWERED_BY_THE_GATE,
          "variables of the gate and of the server in one SET",
          "SET them one after the other");
    }
    if (cursor.is("NAMES") && !isAssigned(1)) {
      cursor.skip();
      names();
      return;
    }
    if (cursor.is("CHARACTER", "SET") || cursor.is("CHARSET") && !isAssigned(1)) {
      cursor.moveTo(cursor.at() + (cursor.is("CHARSET") ? 1 : 2));
      touchesLexicalMode = true;
      charset("character_set_client");
      return;
    }
    if (cursor.isKind(TokenKind.USER_VARIABLE)) {
      repeats(Repetition.NO);
      cursor.skip();
      assign();
      value();
      return;
    }
    boolean bare =
        cursor.isKind(TokenKind.SYSTEM_VARIABLE)
            && cursor.text().value(cursor.at()).indexOf('.') < 0;
    String name = variable();
    assign();
    int begin = cursor.at();
    system(name);
    repeats(
        LASTING.contains(name) && !(bare && OF_NEXT_TRANSACTION.contains(name))
            ? ofValue(begin, cursor.at())
            : Repetition.NO);
  }

  private void repeats(Repetition other) {
    repetition = repetition.and(other);
  }

  /** Of literals, words such as ON, and variables of the session put together. */
  private Repetition ofValue(int begin, int end) {
    Repetition whole = Repetition.ALONE;
    for (int i = begin; i < end; i++) {
      whole = whole.and(ofValueToken(i, end == begin + 1));
    }
    return whole;
  }

  private Repetition ofValueToken(int i, boolean alone) {
    return switch (cursor.text().kind(i)) {
      case STRING, NUMBER, HEX, BIT -> Repetition.ALONE;
      case WORD, QUOTED_IDENTIFIER ->
          alone || LASTING_WORDS.contains(cursor.text().text(i).toUpperCase(Locale.ROOT))
              ? Repetition.ALONE
              : Repetition.NO;
      case PUNCTUATION ->
          cursor.punctuationAt(i, "(")
                  || cursor.punctuationAt(i, ")")
                  || cursor.punctuationAt(i, ",")
                  || cursor.punctuationAt(i, "-")
              ? Repetition.ALONE
              : Repetition.NO;
      case SYSTEM_VARIABLE ->
          LASTING.contains(nameAlone(cursor.text().value(i))) ? Repetition.IN_ORDER : Repetition.NO;
      case USER_VARIABLE, PARAMETER -> Repetition.NO;
    };
  }

  /** Of {@code name} or {@code session.name}; not of a global one. */
  private static String nameAlone(String written) {
    String upper = written.toUpperCase(Locale.ROOT);
    return upper.startsWith("SESSION.") || upper.startsWith("LOCAL.")
        ? upper.substring(upper.indexOf('.') + 1)
        : upper;
  }

  private void assign() {
    if (!cursor.acceptMark("=") && !cursor.acceptMark(":=")) {
      throw cursor.unexpected();
    }
  }

  /** The name of a session variable, in capitals. */
  private String variable() {
    if (cursor.isKind(TokenKind.SYSTEM_VARIABLE)) {
      String written = cursor.text().value(cursor.at()).toUpperCase(Locale.ROOT);
      int dot = written.indexOf('.');
      String scope = dot < 0 ? "" : written.substring(0, dot).strip();
      String name = written.substring(dot + 1).strip();
      return switch (scope) {
        case "", "SESSION", "LOCAL" -> {
          cursor.skip();
          yield unstructured(name);
        }
        case "GLOBAL", "PERSIST", "PERSIST_ONLY" ->
            throw denied(PolicyReason.ABOUT_THE_SERVER, "SET " + scope);
        default -> throw cursor.unexpected();
      };
    }
    for (String scope : List.of("GLOBAL", "PERSIST", "PERSIST_ONLY")) {
      if (cursor.is(scope) && !isAssigned(1)) {
        throw denied(PolicyReason.ABOUT_THE_SERVER, "SET " + scope);
      }
    }
    if (cursor.isAny("SESSION", "LOCAL") && !isAssigned(1)) {
      cursor.skip();
    }
    if (!cursor.isKind(TokenKind.WORD) && !cursor.isKind(TokenKind.QUOTED_IDENTIFIER)) {
      throw cursor.unexpected();
    }
    String name = cursor.text().value(cursor.at()).toUpperCase(Locale.ROOT);
    cursor.skip();
    if (cursor.isMark(".")) {
      throw cursor.unexpected();
    }
    return unstructured(name);
  }

  private String unstructured(String name) {
    if (name.isEmpty() || name.indexOf('.') >= 0) {
      throw cursor.unexpected();
    }
    return name;
  }

  private void system(String name) {
    if (isProtected(name)) {
      throw denied(PolicyReason.PROTECTED_VARIABLE, "SET " + name.toLowerCase(Locale.ROOT));
    }
    switch (name) {
      case "CHARACTER_SET_CLIENT" -> {
        touchesLexicalMode = true;
        charset(name.toLowerCase(Locale.ROOT));
      }
      case "SQL_MODE" -> {
        touchesLexicalMode = true;
        if (cursor.isKind(TokenKind.STRING) || cursor.isKind(TokenKind.WORD)) {
          String mode = cursor.text().value(cursor.at());
          if (!LexicalMode.isReadable(mode)) {
            throw new StatementRefused(
                PolicyReason.CANNOT_BE_READ_SAFELY,
                ErrorCode.ER_WRONG_VALUE_FOR_VAR.error(
                    "sql_mode", mode, "Portcullis does not read SQL of that dialect"),
                cursor.span());
          }
        } else if (cursor.isKind(TokenKind.NUMBER)
            && cursor.text().text(cursor.at()).chars().anyMatch(c -> c != '0')) {
          throw new StatementRefused(
              PolicyReason.CANNOT_BE_READ_SAFELY,
              ErrorCode.ER_WRONG_VALUE_FOR_VAR.error(
                  "sql_mode", cursor.text().text(cursor.at()), "give it by name"),
              cursor.span());
        }
        value();
      }
      default -> {
        if (ENGINE_VARIABLES.contains(name)) {
          engine(name);
        } else {
          if (name.startsWith("CHARACTER_SET") || name.startsWith("COLLATION")) {
            touchesLexicalMode = true;
          }
          value();
        }
      }
    }
  }

  private static boolean isProtected(String name) {
    return PROTECTED.contains(name)
        || name.endsWith("_SERVER")
        || PROTECTED_PREFIXES.stream().anyMatch(name::startsWith);
  }

  private void engine(String variable) {
    if (cursor.isKind(TokenKind.USER_VARIABLE) || cursor.isKind(TokenKind.SYSTEM_VARIABLE)) {
      throw cursor.notOffered(
          PolicyReason.UNKNOWN_BEFORE_IT_RUNS,
          "a storage engine from a variable",
          "only its name says whether its tables stay inside of the database");
    }
    if (!cursor.isKind(TokenKind.WORD) && !cursor.isKind(TokenKind.STRING)) {
      throw cursor.unexpected();
    }
    String engine = cursor.text().value(cursor.at());
    if (!engine.equalsIgnoreCase("DEFAULT") && !DefinitionGrammar.isSafeEngine(engine)) {
      throw new StatementRefused(
          PolicyReason.BEYOND_THE_DATABASE,
          ErrorCode.ER_WRONG_VALUE_FOR_VAR.error(
              variable.toLowerCase(Locale.ROOT),
              engine,
              "tables of this engine reach beyond the database and are not offered by this gate"),
          cursor.span());
    }
    cursor.skip();
    if (!cursor.atEnd() && !cursor.isMark(",")) {
      throw cursor.unexpected();
    }
  }

  private void names() {
    touchesLexicalMode = true;
    charset("character_set_client");
    if (cursor.accept("COLLATE")) {
      if (cursor.isKind(TokenKind.PUNCTUATION)) {
        throw cursor.unexpected();
      }
      cursor.skip();
    }
  }

  /** A character set by name, in which statements can be read; or DEFAULT, or a variable. */
  private void charset(String variable) {
    if (cursor.accept("DEFAULT")) {
      return;
    }
    if (cursor.isKind(TokenKind.USER_VARIABLE) || cursor.isKind(TokenKind.SYSTEM_VARIABLE)) {
      repeats(ofValueToken(cursor.at(), true));
      cursor.skip();
      return;
    }
    if (!cursor.isKind(TokenKind.WORD)
        && !cursor.isKind(TokenKind.STRING)
        && !cursor.isKind(TokenKind.QUOTED_IDENTIFIER)) {
      throw cursor.unexpected();
    }
    String name = cursor.text().value(cursor.at());
    if (ClientCharset.ofName(name).isEmpty()) {
      throw new StatementRefused(
          PolicyReason.CANNOT_BE_READ_SAFELY,
          ErrorCode.ER_WRONG_VALUE_FOR_VAR.error(
              variable, name, "statements in this character set cannot be read safely"),
          cursor.span());
    }
    cursor.skip();
  }

  /** The value of an assignment, up to the next comma. */
  private void value() {
    int begin = cursor.at();
    int end = begin;
    int depth = 0;
    while (end < cursor.end() && (depth > 0 || !cursor.punctuationAt(end, ","))) {
      if (cursor.punctuationAt(end, "(")) {
        depth++;
      } else if (cursor.punctuationAt(end, ")")) {
        depth--;
      }
      end++;
    }
    if (end == begin) {
      throw cursor.unexpected();
    }
    boolean single = end == begin + 1 && !cursor.isKind(TokenKind.PUNCTUATION);
    if (!single) {
      DataGrammar.expressions(cursor, queries, begin, end).ifPresent(accesses::reads);
    }
    cursor.moveTo(end);
  }

  private StatementRefused denied(PolicyReason policy, String what) {
    return new StatementRefused(
        policy,
        ErrorCode.ER_SPECIFIC_ACCESS_DENIED_ERROR.error(
            "SUPER or SYSTEM_VARIABLES_ADMIN (" + what + " is not offered by this gate)"),
        cursor.span());
  }
}
