package io.portcullis.sql.parser.jsql;

import io.portcullis.sql.access.RelationName;
import io.portcullis.sql.parser.jsql.CanonicalQuery.Item;
import io.portcullis.sql.parser.jsql.CanonicalQuery.ItemKind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The names that stand where a table can stand, found in the canonical text without the parser's
 * help: the tree has to know every one of them, as often as it is there.
 */
final class TablePositions {
  private final List<RelationName> names = new ArrayList<>();
  private final List<Integer> starts = new ArrayList<>();
  private final List<Integer> qualified = new ArrayList<>();
  private int selects;

  private TablePositions() {}

  static TablePositions of(CanonicalQuery query) {
    TablePositions positions = new TablePositions();
    positions.find(query.items());
    return positions;
  }

  List<RelationName> names() {
    return names;
  }

  /** The first item of each name, ascending. */
  List<Integer> starts() {
    return starts;
  }

  /** The first item of each of those names that has a database before it, ascending. */
  List<Integer> qualified() {
    return qualified;
  }

  /** How often SELECT stands there. */
  int selects() {
    return selects;
  }

  private void find(List<Item> items) {
    Deque<Boolean> outer = new ArrayDeque<>();
    boolean inFrom = false;
    boolean expected = false;
    int i = 0;
    while (i < items.size()) {
      Item item = items.get(i);
      if (item.kind() == ItemKind.WORD) {
        switch (item.text()) {
          case "SELECT" -> {
            selects++;
            inFrom = false;
            expected = false;
          }
          case "FROM", "JOIN", "TABLE" -> {
            inFrom = true;
            expected = true;
          }
          case "WHERE",
              "GROUP",
              "HAVING",
              "ORDER",
              "LIMIT",
              "UNION",
              "EXCEPT",
              "INTERSECT",
              "WINDOW",
              "FETCH",
              "OFFSET",
              "VALUES",
              "WITH" -> {
            inFrom = false;
            expected = false;
          }
          default -> {
            // ON, AS, LEFT ... change nothing
          }
        }
      } else if (item.isMark("(")) {
        outer.push(inFrom);
        inFrom = expected;
      } else if (item.isMark(")")) {
        inFrom = !outer.isEmpty() && outer.pop();
        expected = false;
      } else if (item.isMark(",")) {
        expected = inFrom;
      } else if (item.kind() == ItemKind.NAME && expected) {
        expected = false;
        starts.add(i);
        if (i + 2 < items.size()
            && items.get(i + 1).isMark(".")
            && items.get(i + 2).kind() == ItemKind.NAME) {
          names.add(RelationName.of(item.name(), items.get(i + 2).name()));
          qualified.add(i);
          i += 2;
        } else {
          names.add(RelationName.unqualified(item.name()));
        }
      }
      i++;
    }
  }
}
