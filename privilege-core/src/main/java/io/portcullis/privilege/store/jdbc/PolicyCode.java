package io.portcullis.privilege.store.jdbc;

import io.portcullis.privilege.model.RelationId;
import io.portcullis.privilege.model.RoleId;
import io.portcullis.privilege.model.RowPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What a role shows of rows, as the text in its row; 0009-row-policies.sql says how. */
final class PolicyCode {

  private static final char NUMBER = 'n';
  private static final char STRING = 's';

  private PolicyCode() {}

  static String definition(RowPolicy policy) {
    if (policy instanceof RowPolicy.Rule rule) {
      return rule.query();
    }
    return ((RowPolicy.Restriction) policy)
        .values().stream()
            .map(value -> (value.numeric() ? NUMBER : STRING) + escaped(value.text()))
            .collect(Collectors.joining("\n"));
  }

  /**
   * @throws IllegalArgumentException when no such text was written
   */
  static RowPolicy policy(RoleId role, RelationId table, String column, String definition) {
    if (column.isEmpty()) {
      return new RowPolicy.Rule(role, table, definition);
    }
    List<RowPolicy.Value> values = new ArrayList<>();
    if (!definition.isEmpty()) {
      for (String line : definition.split("\n", -1)) {
        char kind = line.isEmpty() ? 0 : line.charAt(0);
        if (kind != NUMBER && kind != STRING) {
          throw new IllegalArgumentException("value: " + line + " (expected: n or s in front)");
        }
        values.add(new RowPolicy.Value(unescaped(line.substring(1)), kind == NUMBER));
      }
    }
    return new RowPolicy.Restriction(role, table, column, values);
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\\\").replace("\n", "\\n");
  }

  private static String unescaped(String text) {
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\' && i + 1 < text.length()) {
        i++;
        c = text.charAt(i) == 'n' ? '\n' : text.charAt(i);
      }
      out.append(c);
    }
    return out.toString();
  }
}
