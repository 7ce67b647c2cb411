package io.portcullis.sql.analysis;

import io.portcullis.sql.access.AccessKind;
import io.portcullis.sql.access.AccessRequest;
import io.portcullis.sql.lexer.LexedStatement;
import io.portcullis.sql.lexer.TokenKind;
import io.portcullis.sql.statement.ForwardStatement;
import io.portcullis.sql.statement.Repetition;
import io.portcullis.sql.statement.SetVariables;
import io.portcullis.sql.statement.Statement;
import io.portcullis.sql.statement.StatementKind;
import java.util.Locale;
import java.util.Set;

/**
 * What a statement leaves in its connection to the server, or expects there: what stands between
 * the session and another connection for its next statement. Transactions, locked tables and
 * prepared statements are not told here, since they end; the server's status flags and the gate's
 * own books tell them.
 *
 * <p>Not seen: what triggers, and functions inside of views, leave (user variables, GET_LOCK).
 */
public enum SessionUse {
  /** Nothing. */
  NONE,
  /** It may change LAST_INSERT_ID(). */
  INSERT_ID,
  /** A SET that can be said again on another connection. */
  SETTING,
  /** Something that the next statement may ask for: SQL_CALC_FOUND_ROWS. */
  LEAVES,
  /** Something that stays: user variables, temporary tables, named locks, other variables. */
  KEEPS,
  /**
   * It asks for what the statement before has left: FOUND_ROWS(), ROW_COUNT(), diagnostics.
   * Whatever else it does: without that it must not run.
   */
  TAKES;

  private static final Set<String> KEEPING_FUNCTIONS =
      Set.of("GET_LOCK", "NEXTVAL", "SETVAL", "LASTVAL");

  private static final Set<String> TAKING_FUNCTIONS = Set.of("FOUND_ROWS", "ROW_COUNT");

  /** Of statements whose effect is told by what is in a string, or unknown here. */
  private static final Set<String> KEEPING_WORDS =
      Set.of("CALL", "PREPARE", "EXECUTE", "DEALLOCATE", "FLUSH", "HANDLER", "XA");

  static SessionUse of(Statement statement, LexedStatement text) {
    if (takes(statement, text)) {
      return TAKES;
    }
    if (statement instanceof SetVariables set) {
      return set.repetition() == Repetition.NO ? KEEPS : SETTING;
    }
    if (!(statement instanceof ForwardStatement forward)) {
      return NONE; // the gate's own business, or that of what it prepares
    }
    if (forward.accesses().stream().anyMatch(SessionUse::runsProgram)) {
      return KEEPS;
    }
    SessionUse use = ofKind(forward);
    for (int i = 0; i < text.size(); i++) {
      SessionUse next = ofToken(text, i);
      if (next == KEEPS || next != NONE && use != NONE && next != use) {
        return KEEPS; // two things at once: not worth telling apart
      }
      use = use == NONE ? next : use;
    }
    return use;
  }

  private static boolean takes(Statement statement, LexedStatement text) {
    if (statement instanceof ForwardStatement forward
        && forward.kind() == StatementKind.DIAGNOSTICS) {
      return text.isWord(0, "GET"); // and not SIGNAL
    }
    for (int i = 0; i < text.size(); i++) {
      if (text.kind(i) == TokenKind.WORD
          && text.isPunctuation(i + 1, "(")
          && TAKING_FUNCTIONS.contains(text.text(i).toUpperCase(Locale.ROOT))) {
        return true;
      }
    }
    return false;
  }

  private static boolean runsProgram(AccessRequest access) {
    return access.kind() == AccessKind.EXECUTE_FUNCTION
        || access.kind() == AccessKind.EXECUTE_PROCEDURE;
  }

  private static SessionUse ofKind(ForwardStatement forward) {
    return switch (forward.kind()) {
      case INSERT, REPLACE, LOAD_LOCAL, CREATE_TABLE -> INSERT_ID;
      case CALL, COMPOUND -> KEEPS;
      case SELECT,
          UPDATE,
          DELETE,
          TRUNCATE,
          CREATE_DATABASE,
          ALTER_DATABASE,
          DROP_DATABASE,
          ALTER_TABLE,
          RENAME_TABLE,
          DROP_TABLE,
          CREATE_VIEW,
          ALTER_VIEW,
          DROP_VIEW,
          CREATE_PROGRAM,
          ALTER_PROGRAM,
          DROP_PROGRAM,
          CREATE_INDEX,
          DROP_INDEX,
          LOCK_TABLES,
          UNLOCK_TABLES,
          EXPLAIN,
          DESCRIBE,
          SHOW,
          TABLE_MAINTENANCE,
          DIAGNOSTICS,
          DO,
          TRANSACTION ->
          NONE;
    };
  }

  private static SessionUse ofToken(LexedStatement text, int i) {
    if (text.kind(i) == TokenKind.USER_VARIABLE) {
      return KEEPS;
    }
    if (text.kind(i) != TokenKind.WORD) {
      return NONE;
    }
    String word = text.text(i).toUpperCase(Locale.ROOT);
    if (i == 0 && KEEPING_WORDS.contains(word)
        || word.equals("TEMPORARY")
            && (text.isWord(i - 1, "CREATE") || text.isWord(i - 1, "REPLACE"))
        || word.equals("VALUE") && (text.isWord(i - 1, "NEXT") || text.isWord(i - 1, "PREVIOUS"))) {
      return KEEPS;
    }
    if (word.equals("SQL_CALC_FOUND_ROWS")) {
      return LEAVES;
    }
    if (!text.isPunctuation(i + 1, "(")) {
      return NONE;
    }
    return KEEPING_FUNCTIONS.contains(word)
            || word.equals("LAST_INSERT_ID") && !text.isPunctuation(i + 2, ")")
        ? KEEPS
        : NONE;
  }
}
