package io.portcullis.sql.parser;

import io.portcullis.sql.lexer.TokenKind;
import io.portcullis.sql.statement.AccessControlStatement.SetGateVariables;
import io.portcullis.sql.statement.AccessControlStatement.VariableAssignment;
import io.portcullis.sql.statement.AccessControlStatement.VariableValue;
import io.portcullis.sql.statement.GateVariable;
import io.portcullis.sql.text.ErrorCode;
import io.portcullis.sql.text.PolicyReason;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** SET of the gate's own variables (PM 6.7), to constants; no other variable beside them. */
final class GateVariableGrammar {

  private final TokenCursor cursor;

  /** What {@code GLOBAL} or {@code SESSION} before a name says about those that follow. */
  private boolean global;

  GateVariableGrammar(TokenCursor cursor) {
    this.cursor = cursor;
  }

  /** A name at the cursor. */
  private record Written(String name, Optional<Boolean> global, int end) {}

  /** Whether an assignment to a variable of the gate begins here. */
  boolean begins() {
    return written().filter(written -> GateVariable.isReserved(written.name())).isPresent();
  }

  /** Behind SET, to the end. */
  SetGateVariables statement() {
    List<VariableAssignment> assignments = new ArrayList<>();
    do {
      assignments.add(assignment());
    } while (cursor.acceptMark(","));
    cursor.expectEnd();
    return new SetGateVariables(assignments);
  }

  private VariableAssignment assignment() {
    Written written = written().orElseThrow(cursor::unexpected);
    if (!GateVariable.isReserved(written.name())) {
      throw cursor.notOffered(
          PolicyReason.ANSWERED_BY_THE_GATE,
          "variables of the gate and of the server in one SET",
          "SET them one after the other");
    }
    GateVariable variable =
        GateVariable.named(written.name())
            .orElseThrow(
                () ->
                    new StatementRefused(
                        ErrorCode.ER_UNKNOWN_SYSTEM_VARIABLE.error(
                            written.name().toLowerCase(Locale.ROOT)),
                        cursor.span()));
    boolean forAccount = written.global().orElse(global);
    if (!forAccount && !variable.hasSessionValue()) {
      throw new StatementRefused(
          ErrorCode.ER_GLOBAL_VARIABLE.error(variable.variableName()), cursor.span());
    }
    cursor.moveTo(written.end());
    if (!cursor.acceptMark("=") && !cursor.acceptMark(":=")) {
      throw cursor.unexpected();
    }
    return new VariableAssignment(variable, forAccount, value());
  }

  /** {@code [GLOBAL | SESSION | LOCAL] name[.name]}, or {@code @@[scope.]name[.name]}. */
  private Optional<Written> written() {
    int at = cursor.at();
    if (cursor.isKind(TokenKind.SYSTEM_VARIABLE)) {
      int behind = at + 1;
      return SystemVariableName.of(cursor.text().value(at))
          .map(name -> new Written(name.name(), Optional.of(name.global()), behind));
    }
    Optional<Boolean> scope = Optional.empty();
    for (String word : List.of("GLOBAL", "SESSION", "LOCAL")) {
      boolean assigned =
          cursor.punctuationAt(at + 1, "=")
              || cursor.punctuationAt(at + 1, ":=")
              || cursor.punctuationAt(at + 1, ".");
      if (cursor.is(word) && !assigned) {
        scope = Optional.of(word.equals("GLOBAL"));
        at++;
        break;
      }
    }
    if (!isName(at)) {
      return Optional.empty();
    }
    String name = cursor.text().value(at);
    int end = at + 1;
    if (cursor.punctuationAt(end, ".") && isName(end + 1)) {
      name += "." + cursor.text().value(end + 1);
      end += 2;
    }
    boolean ours = GateVariable.isReserved(name);
    if (ours && scope.isPresent()) {
      global = scope.get();
    }
    return Optional.of(new Written(name, scope, end));
  }

  private boolean isName(int at) {
    if (at >= cursor.end()) {
      return false;
    }
    TokenKind kind = cursor.text().kind(at);
    return kind == TokenKind.WORD || kind == TokenKind.QUOTED_IDENTIFIER;
  }

  private VariableValue value() {
    VariableValue value;
    if (cursor.is("DEFAULT")) {
      value = new VariableValue.Default();
    } else if (cursor.isMark("-") || cursor.isMark("+")) {
      boolean negative = cursor.isMark("-");
      cursor.skip();
      if (!cursor.isKind(TokenKind.NUMBER)) {
        throw cursor.unexpected();
      }
      value = new VariableValue.Numeric((negative ? "-" : "") + cursor.text().text(cursor.at()));
    } else if (cursor.isKind(TokenKind.NUMBER)) {
      value = new VariableValue.Numeric(cursor.text().text(cursor.at()));
    } else if (cursor.isKind(TokenKind.STRING)
        || cursor.isKind(TokenKind.WORD)
        || cursor.isKind(TokenKind.QUOTED_IDENTIFIER)) {
      value = new VariableValue.Text(cursor.text().value(cursor.at()));
    } else {
      throw cursor.unexpected();
    }
    cursor.skip();
    if (!cursor.atEnd() && !cursor.isMark(",")) {
      throw cursor.notOffered(
          PolicyReason.ANSWERED_BY_THE_GATE,
          "an expression as the value of a variable of the gate",
          "give it as a constant");
    }
    return value;
  }
}
