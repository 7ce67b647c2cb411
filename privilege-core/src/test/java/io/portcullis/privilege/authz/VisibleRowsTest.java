package io.portcullis.privilege.authz;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.privilege.catalog.CatalogChange;
import io.portcullis.privilege.catalog.CatalogState;
import io.portcullis.privilege.model.DatabaseId;
import io.portcullis.privilege.model.Hierarchy;
import io.portcullis.privilege.model.Relation;
import io.portcullis.privilege.model.RelationId;
import io.portcullis.privilege.model.RoleId;
import io.portcullis.privilege.model.RowPolicy;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What roles show of {@code d.t}, together and as the catalog changes. */
final class VisibleRowsTest {

  private final TestCatalog catalog =
      new TestCatalog()
          .roles("plain", "france", "asia", "eur", "ruled")
          .database("d")
          .table("d", "t")
          .table("d", "u");
  private final DatabaseId home = catalog.databaseId("d");
  private final RelationId table = relation("t").id();
  private CatalogState state = catalog.state();

  private Relation relation(String name) {
    return catalog.state().relation(catalog.databaseId("d"), name).orElseThrow();
  }

  private void restrict(String role, String column, String... values) {
    apply(
        new CatalogChange.RowPolicyPut(
            new RowPolicy.Restriction(
                catalog.role(role),
                table,
                column,
                Arrays.stream(values).map(v -> new RowPolicy.Value(v, false)).toList())));
  }

  private void apply(CatalogChange... changes) {
    state = state.applyAll(List.of(changes));
  }

  /** {@code a in x,y or b in z; ...}, or "all". */
  private String seenBy(String... roles) {
    List<RoleId> ids = Arrays.stream(roles).map(catalog::role).toList();
    return Optional.ofNullable(VisibleRows.of(state, ids).get(table))
        .map(
            rows ->
                rows.hierarchies().stream()
                        .map(
                            passing ->
                                new TreeMap<>(passing.values())
                                    .entrySet().stream()
                                        .map(
                                            each ->
                                                each.getKey()
                                                    + " in "
                                                    + each.getValue().stream()
                                                        .map(RowPolicy.Value::text)
                                                        .collect(Collectors.joining(",")))
                                        .collect(Collectors.joining(" or ")))
                        .collect(Collectors.joining("; "))
                    + String.join("", rows.rules()))
        .orElse("all");
  }

  @Test
  void valuesOfOneHierarchyAreUnitedAndHierarchiesIntersected() {
    apply(
        new CatalogChange.HierarchyPut(
            new Hierarchy(table, "geography", List.of("continent", "country"))));
    restrict("france", "country", "France");
    restrict("asia", "continent", "Asia");
    restrict("eur", "currency", "EUR");

    assertThat(seenBy("plain")).isEqualTo("all");
    assertThat(seenBy("france")).isEqualTo("country in France");
    assertThat(seenBy("plain", "france")).isEqualTo("country in France");
    assertThat(seenBy("france", "asia")).isEqualTo("continent in Asia or country in France");
    assertThat(seenBy("france", "asia", "eur"))
        .isEqualTo("currency in EUR; continent in Asia or country in France");
    apply(new CatalogChange.HierarchyDropped(table, "geography"));
    assertThat(seenBy("france", "asia")).isEqualTo("continent in Asia; country in France");
  }

  @Test
  void aHierarchyIsNotTheColumnOfItsName() {
    apply(new CatalogChange.HierarchyPut(new Hierarchy(table, "currency", List.of("country"))));
    restrict("france", "country", "France");
    restrict("eur", "currency", "EUR");
    assertThat(seenBy("france", "eur")).contains("; ");
  }

  @Test
  void noValueShowsNothingAndIsUnitedLikeAnyOther() {
    restrict("france", "country");
    restrict("asia", "country", "Japan", "Korea");
    assertThat(seenBy("france")).isEqualTo("country in ");
    assertThat(seenBy("france", "asia")).isEqualTo("country in Japan,Korea");
  }

  @Test
  void theLastOneOnAColumnCountsAndWhatIsDroppedDoesNot() {
    restrict("france", "country", "France");
    restrict("france", "country", "Italy");
    assertThat(seenBy("france")).isEqualTo("country in Italy");
    apply(
        new CatalogChange.RowPolicyDropped(
            new RowPolicy.Key(catalog.role("france"), table, "country")));
    assertThat(seenBy("france")).isEqualTo("all");
    assertThat(state.hasRowPolicies()).isFalse();
  }

  @Test
  void policiesGoWithTheirRoleAndWithTheirTable() {
    restrict("france", "country", "France");
    restrict("asia", "continent", "Asia");
    apply(
        new CatalogChange.RowPolicyPut(
            new RowPolicy.Rule(catalog.role("ruled"), table, "select 1 from d.t")),
        new CatalogChange.HierarchyPut(new Hierarchy(table, "h", List.of("country"))));
    assertThat(seenBy("ruled")).isEqualTo("select 1 from d.t");

    apply(new CatalogChange.RoleDropped(catalog.role("france"), RoleId.MOADMIN));
    assertThat(state.rowPoliciesOn(table)).hasSize(2);
    CatalogState all = state;
    apply(new CatalogChange.RelationDropped(table));
    assertThat(state.hasRowPolicies()).isFalse();
    assertThat(state.hierarchiesOf(table)).isEmpty();
    state = all.apply(new CatalogChange.DatabaseDropped(home));
    assertThat(state.hasRowPolicies()).isFalse();
    assertThat(VisibleRows.of(state, List.of(catalog.role("asia")))).isEmpty();
  }
}
