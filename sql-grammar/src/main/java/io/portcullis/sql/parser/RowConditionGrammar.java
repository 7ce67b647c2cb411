package io.portcullis.sql.parser;

import io.portcullis.sql.lexer.TokenKind;
import io.portcullis.sql.statement.RowCondition;
import io.portcullis.sql.statement.RowCondition.Comparison;
import io.portcullis.sql.statement.RowCondition.Operand;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The WHERE of a statement that the gate answers itself.
 *
 * <pre>
 * condition ::= all { OR all }
 * all       ::= one { AND one }
 * one       ::= NOT one | '(' condition ')' | operand test
 * test      ::= comparison operand | IS [NOT] NULL | [NOT] LIKE string
 *             | [NOT] IN '(' operand {',' operand} ')' | [NOT] BETWEEN operand AND operand
 * operand   ::= column | string | number
 * </pre>
 */
final class RowConditionGrammar {

  private static final int DEEPEST = 32;

  private final TokenCursor cursor;
  private int depth;

  RowConditionGrammar(TokenCursor cursor) {
    this.cursor = cursor;
  }

  RowCondition read() {
    if (++depth > DEEPEST) {
      throw cursor.notOffered("a condition that is nested more than " + DEEPEST + " deep");
    }
    List<RowCondition> any = new ArrayList<>();
    do {
      any.add(all());
    } while (cursor.accept("OR"));
    depth--;
    return any.size() == 1 ? any.get(0) : new RowCondition.Any(any);
  }

  private RowCondition all() {
    List<RowCondition> all = new ArrayList<>();
    do {
      all.add(one());
    } while (cursor.accept("AND"));
    return all.size() == 1 ? all.get(0) : new RowCondition.All(all);
  }

  private RowCondition one() {
    boolean not = false;
    while (cursor.accept("NOT")) {
      not = !not;
    }
    RowCondition condition;
    if (cursor.acceptMark("(")) {
      condition = read();
      cursor.expectMark(")");
    } else {
      condition = test(operand());
    }
    return not ? new RowCondition.Not(condition) : condition;
  }

  private RowCondition test(Operand left) {
    Optional<Comparison> comparison = comparison();
    if (comparison.isPresent()) {
      return new RowCondition.Compared(left, comparison.get(), operand());
    }
    if (cursor.accept("IS")) {
      boolean not = cursor.accept("NOT");
      cursor.expect("NULL");
      return negated(not, new RowCondition.IsNull(left));
    }
    boolean not = cursor.accept("NOT");
    if (cursor.accept("LIKE")) {
      return negated(not, new RowCondition.Like(left, cursor.string()));
    }
    if (cursor.accept("IN")) {
      cursor.expectMark("(");
      List<Operand> list = new ArrayList<>();
      do {
        list.add(operand());
      } while (cursor.acceptMark(","));
      cursor.expectMark(")");
      return negated(not, new RowCondition.In(left, list));
    }
    cursor.expect("BETWEEN");
    Operand low = operand();
    cursor.expect("AND");
    return negated(
        not,
        new RowCondition.All(
            List.of(
                new RowCondition.Compared(left, Comparison.GREATER_OR_EQUAL, low),
                new RowCondition.Compared(left, Comparison.LESS_OR_EQUAL, operand()))));
  }

  private static RowCondition negated(boolean not, RowCondition condition) {
    return not ? new RowCondition.Not(condition) : condition;
  }

  private Optional<Comparison> comparison() {
    if (cursor.acceptMark("!=")) {
      return Optional.of(Comparison.NOT_EQUAL);
    }
    for (Comparison comparison : Comparison.values()) {
      if (cursor.acceptMark(comparison.sign())) {
        return Optional.of(comparison);
      }
    }
    return Optional.empty();
  }

  private Operand operand() {
    if (cursor.isKind(TokenKind.STRING)) {
      return new RowCondition.Text(cursor.string());
    }
    if (cursor.isKind(TokenKind.NUMBER)) {
      String digits = cursor.text().text(cursor.at());
      cursor.skip();
      return new RowCondition.Number(digits);
    }
    return new RowCondition.Column(cursor.identifier());
  }
}
