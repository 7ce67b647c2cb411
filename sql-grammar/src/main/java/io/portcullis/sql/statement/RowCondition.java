package io.portcullis.sql.statement;

import java.util.List;

/**
 * What rows to show, in a WHERE that the gate reads and answers itself: columns and constants only.
 * {@code x NOT LIKE y} and its kin are {@link Not} of what they negate. Immutable.
 */
public sealed interface RowCondition {

  /** What is compared. */
  sealed interface Operand {}

  /** Of the rows that are shown, as written. */
  record Column(String name) implements Operand {}

  /** A string literal's value. */
  record Text(String value) implements Operand {}

  /** A number literal, as written. */
  record Number(String digits) implements Operand {}

  /** How two operands are compared. */
  enum Comparison {
    EQUAL("="),
    NULL_SAFE_EQUAL("<=>"),
    NOT_EQUAL("<>"),
    LESS("<"),
    LESS_OR_EQUAL("<="),
    GREATER(">"),
    GREATER_OR_EQUAL(">=");

    private final String sign;

    Comparison(String sign) {
      this.sign = sign;
    }

    /** As the statement has it. */
    public String sign() {
      return sign;
    }
  }

  record Compared(Operand left, Comparison how, Operand right) implements RowCondition {}

  record Like(Operand operand, String pattern) implements RowCondition {}

  record In(Operand operand, List<Operand> list) implements RowCondition {
    public In {
      list = List.copyOf(list);
    }
  }

  record IsNull(Operand operand) implements RowCondition {}

  record Not(RowCondition condition) implements RowCondition {}

  record All(List<RowCondition> conditions) implements RowCondition {
    public All {
      conditions = List.copyOf(conditions);
    }
  }

  record Any(List<RowCondition> conditions) implements RowCondition {
    public Any {
      conditions = List.copyOf(conditions);
    }
  }
}
