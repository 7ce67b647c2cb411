package io.portcullis.sql.analysis;

import io.portcullis.sql.lexer.LexedStatement;
import io.portcullis.sql.lexer.TokenKind;
import io.portcullis.sql.parser.StatementRefused;
import io.portcullis.sql.parser.SystemVariableName;
import io.portcullis.sql.statement.GateVariable;
import io.portcullis.sql.text.ErrorCode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Finds calls of identity functions, and variables of the gate, among a statement's tokens. */
final class IdentityUses {

  /** Behind these a select list begins, or goes on. */
  private static final Set<String> BEFORE_COLUMN =
      Set.of("SELECT", "DISTINCT", "ALL", "DISTINCTROW", "SQL_NO_CACHE", "SQL_CALC_FOUND_ROWS");

  /** These end a select list. */
  private static final Set<String> AFTER_LIST =
      Set.of(
          "FROM",
          "WHERE",
          "GROUP",
          "HAVING",
          "ORDER",
          "LIMIT",
          "UNION",
          "EXCEPT",
          "INTERSECT",
          "INTO",
          "FOR",
          "WINDOW",
          "PROCEDURE",
          "RETURNING",
          "LOCK",
          "OFFSET",
          "FETCH");

  /** Of HAS_PRIVILEGE: user, privilege, object type; database, object. */
  private static final int LEAST_ARGUMENTS = 3;

  private static final int MOST_ARGUMENTS = 5;

  private final LexedStatement text;
  private final List<IdentityUse> calls = new ArrayList<>();
  private final List<VariableUse> variables = new ArrayList<>();

  /** For each open parenthesis, and outside of all: whether a select list is being read. */
  private final Deque<Boolean> inSelectList = new ArrayDeque<>();

  private IdentityUses(LexedStatement text) {
    this.text = text;
  }

  static List<IdentityUse> of(LexedStatement text) {
    return find(text).calls;
  }

  /**
   * A call of a function that only the gate has, and that it cannot answer: with arguments that are
   * not its own. The backend would take it for a stored function.
   */
  static Optional<IdentityFunction> misused(LexedStatement text, List<IdentityUse> uses) {
    for (int i = 0; i + 1 < text.size(); i++) {
      if (text.kind(i) == TokenKind.WORD
          && text.isPunctuation(i + 1, "(")
          && !text.isPunctuation(i - 1, ".")) {
        int at = i;
        Optional<IdentityFunction> own =
            IdentityFunction.ofWord(text.text(i)).filter(IdentityFunction::isGatesOwn);
        if (own.isPresent() && uses.stream().noneMatch(use -> use.firstToken() == at)) {
          return own;
        }
      }
    }
    return Optional.empty();
  }

  static IdentityUses find(LexedStatement text) {
    IdentityUses uses = new IdentityUses(text);
    uses.find();
    return uses;
  }

  List<IdentityUse> calls() {
    return calls;
  }

  /** Variables of the gate that the statement reads, in the order of the text. */
  List<VariableUse> variables() {
    return variables;
  }

  private void find() {
    inSelectList.push(false);
    int i = 0;
    while (i < text.size()) {
      Optional<IdentityFunction> function =
          text.kind(i) == TokenKind.WORD && !text.isPunctuation(i - 1, ".")
              ? IdentityFunction.ofWord(text.text(i))
              : Optional.empty();
      int end = function.isPresent() ? end(function.get(), i) : i;
      if (end > i) {
        calls.add(new IdentityUse(function.get(), i, end, isColumn(i, end)));
        i = end;
      } else {
        if (text.kind(i) == TokenKind.SYSTEM_VARIABLE) {
          variable(i);
        }
        follow(i);
        i++;
      }
    }
  }

  private void variable(int token) {
    Optional<SystemVariableName> written = SystemVariableName.of(text.value(token));
    if (written.isEmpty() || !GateVariable.isReserved(written.get().name())) {
      return;
    }
    String name = written.get().name();
    GateVariable variable =
        GateVariable.named(name)
            .orElseThrow(
                () ->
                    new StatementRefused(
                        ErrorCode.ER_UNKNOWN_SYSTEM_VARIABLE.error(name), text.span(token)));
    if (written.get().session() && !variable.hasSessionValue()) {
      throw new StatementRefused(
          ErrorCode.ER_INCORRECT_GLOBAL_LOCAL_VAR.error(variable, "GLOBAL"), text.span(token));
    }
    boolean global = written.get().global() || !variable.hasSessionValue();
    variables.add(new VariableUse(variable, global, token, isColumn(token, token + 1)));
  }

  /** Behind the call that begins at {@code i}, or {@code i} when that is none. */
  private int end(IdentityFunction function, int i) {
    if (function == IdentityFunction.HAS_PRIVILEGE) {
      return endOfQuestion(i);
    }
    if (text.isPunctuation(i + 1, "(")) {
      return text.isPunctuation(i + 2, ")") ? i + 3 : i;
    }
    boolean withoutParentheses =
        function == IdentityFunction.CURRENT_USER
            || (function == IdentityFunction.CURRENT_ROLE && text.mode().server().isMariaDb());
    return withoutParentheses && !text.isPunctuation(i + 1, ".") ? i + 1 : i;
  }

  /** Behind a call whose arguments are string literals, each of one piece. */
  private int endOfQuestion(int i) {
    if (!text.isPunctuation(i + 1, "(")) {
      return i;
    }
    int arguments = 0;
    int at = i + 2;
    while (at < text.size() && text.kind(at) == TokenKind.STRING) {
      arguments++;
      at++;
      if (!text.isPunctuation(at, ",")) {
        break;
      }
      at++;
    }
    boolean ends = text.isPunctuation(at, ")") && !text.isPunctuation(at - 1, ",");
    return ends && arguments >= LEAST_ARGUMENTS && arguments <= MOST_ARGUMENTS ? at + 1 : i;
  }

  private boolean isColumn(int begin, int end) {
    boolean list = Boolean.TRUE.equals(inSelectList.peek());
    boolean begins = text.isPunctuation(begin - 1, ",") || isOneOf(begin - 1, BEFORE_COLUMN);
    boolean ends =
        end == text.size()
            || text.isPunctuation(end, ",")
            || text.isPunctuation(end, ")")
            || isOneOf(end, AFTER_LIST);
    return list && begins && ends;
  }

  private void follow(int i) {
    if (text.isPunctuation(i, "(")) {
      inSelectList.push(false);
    } else if (text.isPunctuation(i, ")")) {
      if (inSelectList.size() > 1) {
        inSelectList.pop();
      }
    } else if (text.isWord(i, "SELECT")) {
      inSelectList.pop();
      inSelectList.push(true);
    } else if (isOneOf(i, AFTER_LIST)) {
      inSelectList.pop();
      inSelectList.push(false);
    }
  }

  private boolean isOneOf(int i, Set<String> words) {
    for (String word : words) {
      if (text.isWord(i, word)) {
        return true;
      }
    }
    return false;
  }
}
