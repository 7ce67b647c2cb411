package io.portcullis.privilege.authz;

import io.portcullis.privilege.catalog.CatalogState;
import io.portcullis.privilege.model.Hierarchy;
import io.portcullis.privilege.model.RelationId;
import io.portcullis.privilege.model.RoleId;
import io.portcullis.privilege.model.RowPolicy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which rows of a table a set of roles shows: those that every one of the hierarchies lets pass,
 * and of these what the rules make. Roles that say nothing of a hierarchy do not count in it.
 * Immutable; equal when they show the same.
 *
 * @param rules the queries that are read in place of the table, of which all rows together are
 *     seen; none: the table itself
 */
public record VisibleRows(List<Passing> hierarchies, List<String> rules) {

  /**
   * Rows with one of the values in one of the columns.
   *
   * @param values by column
   */
  public record Passing(SortedMap<String, List<RowPolicy.Value>> values) {}

  public VisibleRows {
    hierarchies = List.copyOf(hierarchies);
    rules = List.copyOf(rules);
  }

  /** Of each table of which some row may be hidden from these roles. */
  static Map<RelationId, VisibleRows> of(CatalogState state, Collection<RoleId> roles) {
    if (!state.hasRowPolicies()) {
      return Map.of();
    }
    Map<RelationId, List<RowPolicy>> byTable = new HashMap<>();
    roles.stream()
        .sorted(Comparator.comparingInt(RoleId::value))
        .flatMap(role -> state.rowPoliciesOf(role).stream())
        .forEach(
            policy -> byTable.computeIfAbsent(policy.table(), t -> new ArrayList<>()).add(policy));
    Map<RelationId, VisibleRows> visible = new HashMap<>();
    byTable.forEach((table, policies) -> visible.put(table, of(state, table, policies)));
    return Map.copyOf(visible);
  }

  private static VisibleRows of(CatalogState state, RelationId table, List<RowPolicy> policies) {
    Map<String, String> hierarchyOf = new HashMap<>();
    for (Hierarchy hierarchy : state.hierarchiesOf(table)) {
      hierarchy.columns().forEach(column -> hierarchyOf.put(column, hierarchy.name()));
    }
    // A hierarchy and a column may have one name: they are told apart by a blank, which ends none.
    SortedMap<String, SortedMap<String, Set<RowPolicy.Value>>> passing = new TreeMap<>();
    List<String> rules = new ArrayList<>();
    for (RowPolicy policy : policies) {
      if (policy instanceof RowPolicy.Restriction restriction) {
        String column = restriction.column();
        String hierarchy = hierarchyOf.containsKey(column) ? hierarchyOf.get(column) : column + " ";
        passing
            .computeIfAbsent(hierarchy, h -> new TreeMap<>())
            .computeIfAbsent(column, c -> new LinkedHashSet<>())
            .addAll(restriction.values());
      } else if (policy instanceof RowPolicy.Rule rule) {
        rules.add(rule.query());
      }
    }
    List<Passing> hierarchies = new ArrayList<>();
    for (SortedMap<String, Set<RowPolicy.Value>> columns : passing.values()) {
      SortedMap<String, List<RowPolicy.Value>> values = new TreeMap<>();
      columns.forEach((column, set) -> values.put(column, List.copyOf(set)));
      hierarchies.add(new Passing(values));
    }
    return new VisibleRows(hierarchies, rules.stream().distinct().toList());
  }
}
