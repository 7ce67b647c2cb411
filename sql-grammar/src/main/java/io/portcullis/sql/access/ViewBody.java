package io.portcullis.sql.access;

import java.util.List;

/**
 * What the definition of a view reads, each relation once.
 *
 * @param targets what a change of rows through the view can reach. Where it is not certain that
 *     only the outermost FROM can be reached, every relation there is
 * @param others what is only read
 * @param functions stored functions that it calls
 */
public record ViewBody(
    List<RelationName> targets, List<RelationName> others, List<RelationName> functions) {
  public ViewBody {
    targets = List.copyOf(targets);
    others = List.copyOf(others);
    functions = List.copyOf(functions);
  }

  /** Of a view that calls no stored function. */
  public ViewBody(List<RelationName> targets, List<RelationName> others) {
    this(targets, others, List.of());
  }
}
