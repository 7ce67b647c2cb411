package io.portcullis.privilege.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portcullis.privilege.authz.TestCatalog;
import io.portcullis.privilege.catalog.CatalogChange;
import io.portcullis.privilege.model.PrivilegeType;
import io.portcullis.privilege.model.Relation;
import io.portcullis.privilege.model.RelationId;
import io.portcullis.privilege.model.RoleId;
import io.portcullis.sql.access.RelationKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is published is what is seen, and nothing older. */
final class SnapshotPublisherTest {

  private final TestCatalog catalog =
      new TestCatalog()
          .database("d")
          .database("e")
          .table("d", "t")
          .roles("app", "base", "other")
          .inherits("app", "base")
          .grant("app", "insert on table d.t");
  private final SnapshotPublisher publisher = new SnapshotPublisher();
  private long epoch;

  private EffectivePrivileges effective(String role) {
    publisher.publish(++epoch, catalog.state());
    return publisher.current().effective(Set.of(catalog.role(role)));
  }

  private RelationId table() {
    return catalog.state().relation(catalog.databaseId("d"), "t").orElseThrow().id();
  }

  @Test
  void beforeTheFirstSnapshotNobodyHoldsAnything() {
    assertThat(publisher.current().epoch()).isEqualTo(-1);
    assertThat(publisher.current().effective(Set.of(RoleId.MOADMIN)).onAccount()).isZero();
  }

  @Test
  void epochsGrow() {
    publisher.publish(3, catalog.state());
    assertThatThrownBy(() -> publisher.publish(3, catalog.state()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(publisher.current().epoch()).isEqualTo(3);
    publisher.publish(4, catalog.state());
    assertThat(publisher.current().epoch()).isEqualTo(4);
  }

  @Test
  void listenersAreToldOfTheSnapshotThatIsCurrentAndOneThatFailsHoldsNobodyUp() {
    List<Long> told = new ArrayList<>();
    publisher.onPublish(
        () -> {
          throw new IllegalStateException("listener");
        });
    publisher.onPublish(() -> told.add(publisher.current().epoch()));
    publisher.publish(3, catalog.state());
    publisher.publish(5, catalog.state());
    assertThat(told).containsExactly(3L, 5L);
  }

  @Test
  void whatAChangeDoesNotTouchIsNotCompiledAgain() {
    EffectivePrivileges before = effective("app");
    assertThat(publisher.current().effective(Set.of(catalog.role("app")))).isSameAs(before);

    catalog.grant("other", "select on table d.t").user("joe", "app").table("e", "t");
    EffectivePrivileges after = effective("app");
    assertThat(after.roles()).isSameAs(before.roles());

    catalog.grant("base", "select on table d.t");
    assertThat(effective("app").roles()).isNotSameAs(before.roles());
  }

  @Test
  void aGrantToAnInheritedRoleIsSeenAtOnceAndItsRevokeToo() {
    RelationId table = table();
    long insert = PrivilegeType.INSERT.bit();
    long both = insert | PrivilegeType.SELECT.bit();
    assertThat(effective("app").onRelation(table, RelationKind.TABLE)).isEqualTo(insert);
    catalog.grant("base", "select on table d.t");
    assertThat(effective("app").onRelation(table, RelationKind.TABLE)).isEqualTo(both);
    catalog.revoke("base", "select on table d.t");
    assertThat(effective("app").onRelation(table, RelationKind.TABLE)).isEqualTo(insert);
  }

  @Test
  void anOlderSnapshotKeepsSeeingWhatItSaw() {
    effective("app");
    PrivilegeSnapshot older = publisher.current();
    catalog.revoke("app", "insert on table d.t");
    assertThat(effective("app").onRelation(table(), RelationKind.TABLE)).isZero();
    assertThat(older.effective(Set.of(catalog.role("app"))).onRelation(table(), RelationKind.TABLE))
        .isEqualTo(PrivilegeType.INSERT.bit());
    assertThat(
            publisher
                .current()
                .effective(Set.of(catalog.role("app")))
                .onRelation(table(), RelationKind.TABLE))
        .isZero();
  }

  @Test
  void aTableThatMovesTakesItsGrantsToTheOtherDatabase() {
    assertThat(effective("app").onSomeRelationOf(catalog.databaseId("d"))).isNotZero();
    catalog.apply(
        new CatalogChange.RelationPut(
            new Relation(
                table(), catalog.databaseId("e"), "t", RelationKind.TABLE, RoleId.MOADMIN)));
    EffectivePrivileges moved = effective("app");
    assertThat(moved.onSomeRelationOf(catalog.databaseId("d"))).isZero();
    assertThat(moved.onSomeRelationOf(catalog.databaseId("e"))).isNotZero();
  }
}
