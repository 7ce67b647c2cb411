package io.portcullis.sql.access;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the definition of a view reads, each relation once.
 *
 * @param columns of the relations of which it is certain, all columns that are read, in lower case
 *     as far as they are ASCII
 * @param targets what a change of rows through the view can reach. Where it is not certain that
 *     only the outermost FROM can be reached, every relation there is
 * @param others what is only read
 * @param functions stored functions that it calls
 */
public record ViewBody(
    List<RelationName> targets,
    List<RelationName> others,
    Map<RelationName, Set<String>> columns,
    List<RelationName> functions) {
  public ViewBody {
    targets = List.copyOf(targets);
    others = List.copyOf(others);
    columns = Map.copyOf(columns);
    functions = List.copyOf(functions);
  }

  /** Of a view that calls no stored function, without a word about columns. */
  public ViewBody(List<RelationName> targets, List<RelationName> others) {
    this(targets, others, Map.of(), List.of());
  }
}
