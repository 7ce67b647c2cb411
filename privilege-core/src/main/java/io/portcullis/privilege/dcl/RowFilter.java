package io.portcullis.privilege.dcl;

import io.portcullis.sql.statement.RowCondition;
import io.portcullis.sql.statement.RowCondition.Comparison;
import io.portcullis.sql.statement.RowCondition.Operand;
import io.portcullis.sql.text.ErrorCode;
import io.portcullis.sql.text.LikePattern;
import io.portcullis.sql.text.SqlError;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which of the rows a SHOW makes its WHERE lets through: three-valued as SQL is, strings compared
 * without regard to case, and as numbers where the statement has one. Immutable.
 */
final class RowFilter {

  private static final int NOT_FOUND = -1;

  private final RowCondition condition;
  private final List<String> columns;

  private RowFilter(RowCondition condition, List<String> columns) {
    this.condition = condition;
    this.columns = columns;
  }

  /** A filter, or the error for a column there is not. */
  record Bound(Optional<RowFilter> filter, Optional<SqlError> error) {}

  static Bound bind(RowCondition condition, List<String> columns) {
    RowFilter filter = new RowFilter(condition, columns);
    Optional<String> unknown = filter.unknown(condition);
    return unknown.isPresent()
        ? new Bound(
            Optional.empty(),
            Optional.of(ErrorCode.ER_BAD_FIELD_ERROR.error(unknown.get(), "where clause")))
        : new Bound(Optional.of(filter), Optional.empty());
  }

  boolean admits(List<@Nullable String> row) {
    return test(condition, row).orElse(false);
  }

  private Optional<String> unknown(RowCondition of) {
    if (of instanceof RowCondition.Compared compared) {
      return unknown(compared.left()).or(() -> unknown(compared.right()));
    } else if (of instanceof RowCondition.Like like) {
      return unknown(like.operand());
    } else if (of instanceof RowCondition.In in) {
      return unknown(in.operand())
          .or(() -> in.list().stream().flatMap(each -> unknown(each).stream()).findFirst());
    } else if (of instanceof RowCondition.IsNull isNull) {
      return unknown(isNull.operand());
    } else if (of instanceof RowCondition.Not not) {
      return unknown(not.condition());
    } else if (of instanceof RowCondition.All all) {
      return all.conditions().stream().flatMap(each -> unknown(each).stream()).findFirst();
    } else if (of instanceof RowCondition.Any any) {
      return any.conditions().stream().flatMap(each -> unknown(each).stream()).findFirst();
    }
    throw new AssertionError(of);
  }

  private Optional<String> unknown(Operand operand) {
    return operand instanceof RowCondition.Column column && index(column) == NOT_FOUND
        ? Optional.of(column.name())
        : Optional.empty();
  }

  private int index(RowCondition.Column column) {
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).equalsIgnoreCase(column.name())) {
        return i;
      }
    }
    return NOT_FOUND;
  }

  /** Empty: unknown. */
  private Optional<Boolean> test(RowCondition of, List<@Nullable String> row) {
    if (of instanceof RowCondition.Compared compared) {
      return compare(compared, row);
    } else if (of instanceof RowCondition.Like like) {
      return value(like.operand(), row).map(value -> LikePattern.matches(like.pattern(), value));
    } else if (of instanceof RowCondition.In in) {
      return any(
          in.list().stream()
              .map(
                  each ->
                      compare(new RowCondition.Compared(in.operand(), Comparison.EQUAL, each), row))
              .toList());
    } else if (of instanceof RowCondition.IsNull isNull) {
      return Optional.of(value(isNull.operand(), row).isEmpty());
    } else if (of instanceof RowCondition.Not not) {
      return test(not.condition(), row).map(yes -> !yes);
    } else if (of instanceof RowCondition.All all) {
      return any(all.conditions().stream().map(each -> test(each, row).map(yes -> !yes)).toList())
          .map(yes -> !yes);
    } else if (of instanceof RowCondition.Any some) {
      return any(some.conditions().stream().map(each -> test(each, row)).toList());
    }
    throw new AssertionError(of);
  }

  /** True if one is, else unknown if one is. */
  private static Optional<Boolean> any(List<Optional<Boolean>> results) {
    if (results.contains(Optional.of(true))) {
      return Optional.of(true);
    }
    return results.contains(Optional.<Boolean>empty()) ? Optional.empty() : Optional.of(false);
  }

  private Optional<Boolean> compare(RowCondition.Compared compared, List<@Nullable String> row) {
    Optional<String> left = value(compared.left(), row);
    Optional<String> right = value(compared.right(), row);
    if (left.isEmpty() || right.isEmpty()) {
      return compared.how() == Comparison.NULL_SAFE_EQUAL
          ? Optional.of(left.isEmpty() && right.isEmpty())
          : Optional.empty();
    }
    boolean numbers =
        compared.left() instanceof RowCondition.Number
            || compared.right() instanceof RowCondition.Number;
    int order =
        numbers
            ? number(left.get()).compareTo(number(right.get()))
            : folded(left.get()).compareTo(folded(right.get()));
    return Optional.of(
        switch (compared.how()) {
          case EQUAL, NULL_SAFE_EQUAL -> order == 0;
          case NOT_EQUAL -> order != 0;
          case LESS -> order < 0;
          case LESS_OR_EQUAL -> order <= 0;
          case GREATER -> order > 0;
          case GREATER_OR_EQUAL -> order >= 0;
        });
  }

  private static String folded(String value) {
    return value.toLowerCase(Locale.ROOT);
  }

  /** Zero for what is none, as the server has it. */
  private static BigDecimal number(String value) {
    try {
      return new BigDecimal(value.strip());
    } catch (NumberFormatException e) {
      return BigDecimal.ZERO;
    }
  }

  private Optional<String> value(Operand operand, List<@Nullable String> row) {
    if (operand instanceof RowCondition.Column column) {
      return Optional.ofNullable(row.get(index(column)));
    } else if (operand instanceof RowCondition.Text text) {
      return Optional.of(text.value());
    } else if (operand instanceof RowCondition.Number number) {
      return Optional.of(number.digits());
    }
    throw new AssertionError(operand);
  }
}
