package io.portcullis.proxy.statement;

import io.portcullis.sql.analysis.ColumnUses;
import io.portcullis.sql.analysis.IndexHints;
import io.portcullis.sql.lexer.LexedStatement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The list of tables that an UPDATE or DELETE changes together, if it has inner joins only, each
 * with its ON behind it: then ON and WHERE mean the same, and a name in an ON is of a table before
 * it, back to a comma.
 */
final class JoinedTables {

  private static final String[] JOINS = {"JOIN", "INNER", "CROSS", "STRAIGHT_JOIN"};

  private static final String[] OTHERS = {
    "LEFT",
    "RIGHT",
    "FULL",
    "NATURAL",
    "USING",
    "ON",
    "OUTER",
    "USE",
    "FORCE",
    "IGNORE",
    "PARTITION",
    "FOR",
    "LATERAL"
  };

  private final LexedStatement text;
  private final int end;
  private final List<On> conditions = new ArrayList<>();

  /**
   * A condition of a join.
   *
   * @param tables the first token of the tables that it may name
   * @param from its first token
   * @param end the token behind its last
   */
  record On(int tables, int from, int end) {}

  private JoinedTables(LexedStatement text, int end) {
    this.text = text;
    this.end = end;
  }

  static List<On> conditions(LexedStatement text, int from, int end) {
    JoinedTables tables = new JoinedTables(text, end);
    tables.read(from);
    return tables.conditions;
  }

  /**
   * Of a condition the equalities by which an index of another table can be used: what is compared
   * is nothing where the row is hidden. Each has an AND before it; nothing where there are none.
   *
   * @param seen the tables with hidden rows that it may name, with what tells of which rows are
   *     seen
   * @param joined all tables that are joined
   */
  static String equalities(
      LexedStatement text,
      Map<ColumnUses.Table, String> seen,
      List<ColumnUses.Table> joined,
      int from,
      int end) {
    StringBuilder found = new StringBuilder();
    QueryBlock.conjuncts(
        text,
        from,
        end,
        (begin, behind) -> {
          if (behind - begin == 7
              && isColumn(text, begin)
              && text.isPunctuation(begin + 3, "=")
              && isColumn(text, begin + 4)) {
            found
                .append(equality(text, seen, joined, begin, begin + 4))
                .append(equality(text, seen, joined, begin + 4, begin));
          }
        });
    return found.toString();
  }

  private static boolean isColumn(LexedStatement text, int at) {
    return QueryBlock.isName(text, at)
        && text.isPunctuation(at + 1, ".")
        && QueryBlock.isName(text, at + 2);
  }

  private static String equality(
      LexedStatement text,
      Map<ColumnUses.Table, String> seen,
      List<ColumnUses.Table> joined,
      int hidden,
      int other) {
    List<ColumnUses.Table> called =
        joined.stream()
            .filter(table -> ColumnPlan.mayBe(table.exposedName(), text.value(hidden)))
            .toList();
    boolean one =
        called.size() == 1
            && called.get(0).exposedName().equals(text.value(hidden))
            && seen.containsKey(called.get(0))
            && seen.keySet().stream()
                .noneMatch(table -> ColumnPlan.mayBe(table.exposedName(), text.value(other)));
    return one
        ? " AND "
            + text.source(other, other + 3)
            + " = CASE WHEN "
            + seen.get(called.get(0))
            + " THEN "
            + text.source(hidden, hidden + 3)
            + " END"
        : "";
  }

  private void read(int from) {
    int group = from;
    int at = behindTable(from);
    while (at < end) {
      if (text.isPunctuation(at, ",")) {
        group = at + 1;
        at = behindTable(at + 1);
        continue;
      }
      if (text.isWord(at, "INNER") || text.isWord(at, "CROSS")) {
        at++;
      }
      if (!text.isWord(at, "JOIN") && !text.isWord(at, "STRAIGHT_JOIN")) {
        throw refused();
      }
      at = behindTable(at + 1);
      if (text.isWord(at, "ON") && at < end) {
        int behind = behindCondition(at + 1);
        conditions.add(new On(group, at + 1, behind));
        at = behind;
      }
    }
  }

  private static Unsecurable refused() {
    return Unsecurable.because(
        "a change joined to other tables by anything but commas and JOIN ... ON (write it so, or"
            + " change the table alone, WHERE ... IN (SELECT ...) of the others),");
  }

  private int behindTable(int from) {
    int at = from;
    if (text.isPunctuation(at, "(") && QueryBlock.beginsQuery(text, at)) {
      at = QueryBlock.closing(text, at) + 1;
    } else if (at < end && QueryBlock.isName(text, at)) {
      at += text.isPunctuation(at + 1, ".") ? 3 : 1;
    } else {
      throw refused();
    }
    if (text.isWord(at, "AS")) {
      at += 2;
    } else if (at < end
        && QueryBlock.isName(text, at)
        && !isOneOf(at, JOINS)
        && !isOneOf(at, OTHERS)) {
      at++;
    }
    return IndexHints.behind(text, at);
  }

  private int behindCondition(int from) {
    int depth = 0;
    for (int i = from; i < end; i++) {
      if (text.isPunctuation(i, "(")) {
        depth++;
      } else if (text.isPunctuation(i, ")")) {
        depth--;
      } else if (depth == 0 && (text.isPunctuation(i, ",") || isOneOf(i, JOINS))) {
        return i;
      } else if (depth == 0 && isOneOf(i, OTHERS) && !isFunction(i)) {
        throw refused();
      }
    }
    return end;
  }

  private boolean isFunction(int i) {
    return (text.isWord(i, "LEFT") || text.isWord(i, "RIGHT")) && text.isPunctuation(i + 1, "(");
  }

  private boolean isOneOf(int i, String[] words) {
    return !text.isPunctuation(i - 1, ".")
        && Stream.of(words).anyMatch(word -> text.isWord(i, word));
  }
}
