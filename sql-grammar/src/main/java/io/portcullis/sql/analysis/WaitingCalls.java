package io.portcullis.sql.analysis;

import io.portcullis.sql.lexer.LexedStatement;
import io.portcullis.sql.lexer.TokenKind;
import io.portcullis.sql.parser.QualifiedNames;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Calls of the server's functions that wait, for a named lock or for time to pass (<a
 * href="https://dev.mysql.com/doc/refman/8.4/en/locking-functions.html">locking functions</a>,
 * SLEEP, BENCHMARK), in one text. Immutable.
 *
 * @param lockNames the arguments that name locks, which all accounts of a server have in common
 * @param complete false where a string of the text, that is run as a statement, names one too
 * @param delays whether it calls SLEEP or BENCHMARK, itself or in such a string
 */
public record WaitingCalls(List<Argument> lockNames, boolean complete, boolean delays) {

  /** There are none. */
  public static final WaitingCalls NONE = new WaitingCalls(List.of(), true, false);

  private static final Set<String> OF_LOCKS =
      Set.of("GET_LOCK", "RELEASE_LOCK", "IS_FREE_LOCK", "IS_USED_LOCK");

  private static final Set<String> OF_TIME = Set.of("SLEEP", "BENCHMARK");

  /**
   * An expression, behind the parenthesis {@code firstToken - 1} and before the comma or
   * parenthesis {@code endToken}.
   */
  public record Argument(int firstToken, int endToken) {}

  public WaitingCalls {
    lockNames = List.copyOf(lockNames);
  }

  /**
   * @param names of a statement that has been read, with those that its strings hold
   */
  static WaitingCalls of(QualifiedNames names) {
    List<Argument> locks = new ArrayList<>();
    List<Argument> unreachable = new ArrayList<>();
    boolean delays = find(names.text(), locks);
    for (LexedStatement inner : names.statementsInStrings()) {
      delays |= find(inner, unreachable);
    }
    return delays || !locks.isEmpty() || !unreachable.isEmpty()
        ? new WaitingCalls(locks, unreachable.isEmpty(), delays)
        : NONE;
  }

  private static boolean find(LexedStatement text, List<Argument> names) {
    boolean delays = false;
    for (int i = 0; i + 1 < text.size(); i++) {
      if (!text.isPunctuation(i + 1, "(") || text.isPunctuation(i - 1, ".")) {
        continue; // behind a dot it is a stored function
      }
      if (text.kind(i) != TokenKind.WORD && text.kind(i) != TokenKind.QUOTED_IDENTIFIER) {
        continue;
      }
      String function = text.value(i).toUpperCase(Locale.ROOT);
      delays |= OF_TIME.contains(function);
      int end = OF_LOCKS.contains(function) ? endOfArgument(text, i + 2) : i + 2;
      if (end > i + 2) {
        names.add(new Argument(i + 2, end));
      }
    }
    return delays;
  }

  private static int endOfArgument(LexedStatement text, int from) {
    int depth = 0;
    for (int at = from; at < text.size(); at++) {
      if (text.isPunctuation(at, "(")) {
        depth++;
      } else if (depth == 0 && (text.isPunctuation(at, ",") || text.isPunctuation(at, ")"))) {
        return at;
      } else if (text.isPunctuation(at, ")")) {
        depth--;
      }
    }
    return from;
  }
}
