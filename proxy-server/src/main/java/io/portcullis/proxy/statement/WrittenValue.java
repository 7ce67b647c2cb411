package io.portcullis.proxy.statement;

import io.portcullis.privilege.authz.VisibleRows;
import io.portcullis.privilege.model.RowPolicy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What is put around a value that is written to a column with hidden rows, so that the server
 * stores one of the permitted values, or fails. The value itself stays where it is, between the two
 * parts.
 */
record WrittenValue(String before, String after) {

  private static final String AS_TEXT = " AS CHAR CHARACTER SET utf8mb4) COLLATE utf8mb4_bin";

  /** Error 1242, which becomes {@link io.portcullis.sql.text.ErrorCode#ER_ROW_NOT_VISIBLE}. */
  static final String FAILS = "(SELECT 1 UNION ALL SELECT 2)";

  /**
   * @param values at least one
   */
  static WrittenValue oneOf(List<RowPolicy.Value> values) {
    return oneOf(values, FAILS);
  }

  /**
   * A column of a hierarchy of several, where the row passes by another one as well: then the value
   * is stored as it is.
   *
   * @param column in lower case; of it, or of another one in {@code terms}, there are values
   * @param terms by column, what is written to those of the row; reading one twice gives the same
   */
  static WrittenValue of(VisibleRows.Passing hierarchy, String column, Map<String, String> terms) {
    String others =
        new TreeMap<>(terms)
            .entrySet().stream()
                .filter(term -> !term.getKey().equals(column))
                .filter(term -> !values(hierarchy, term.getKey()).isEmpty())
                .map(term -> passes(term.getValue(), values(hierarchy, term.getKey())))
                .collect(Collectors.joining(" OR "));
    String otherwise =
        others.isEmpty()
            ? FAILS
            : "CASE WHEN " + others + " THEN " + terms.get(column) + " ELSE " + FAILS + " END";
    List<RowPolicy.Value> own = values(hierarchy, column);
    return own.isEmpty()
        ? new WrittenValue("CASE WHEN " + others + " THEN ", " ELSE " + FAILS + " END ")
        : oneOf(own, otherwise);
  }

  private static List<RowPolicy.Value> values(VisibleRows.Passing hierarchy, String column) {
    return hierarchy.values().getOrDefault(column, List.of());
  }

  private static String passes(String term, List<RowPolicy.Value> values) {
    return "CAST(("
        + term
        + ")"
        + AS_TEXT
        + values.stream()
            .map(value -> RowSources.text(value.text()))
            .distinct()
            .collect(Collectors.joining(", ", " IN (", ")"));
  }

  private static WrittenValue oneOf(List<RowPolicy.Value> values, String otherwise) {
    Map<String, String> cases = new LinkedHashMap<>();
    for (RowPolicy.Value value : values) {
      cases.putIfAbsent(RowSources.text(value.text()), RowSources.literal(value));
    }
    String whens =
        cases.entrySet().stream()
            .map(each -> each.getKey() + " THEN " + each.getValue())
            .collect(Collectors.joining(" WHEN "));
    return new WrittenValue(
        "CASE CAST((", ")" + AS_TEXT + " WHEN " + whens + " ELSE " + otherwise + " END ");
  }

  String around(String term) {
    return before + term + after;
  }
}
