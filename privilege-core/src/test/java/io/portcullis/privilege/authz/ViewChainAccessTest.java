package io.portcullis.privilege.authz;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.privilege.snapshot.PrivilegeSnapshot;
import io.portcullis.sql.access.AccessKind;
import io.portcullis.sql.access.AccessRequest;
import io.portcullis.sql.access.RelationKind;
import io.portcullis.sql.access.RelationName;
import io.portcullis.sql.access.ViewBody;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Definer and invoker chains (PM 4.6, and 4.5 #81): each refusal beside its allowed twin. */
final class ViewChainAccessTest {

  private static final String INVALID =
      "1356 View 'd.%s' references invalid table(s) or column(s) or function(s) or definer/invoker"
          + " of view lack rights to use them";
  private static final String NOT_ON_VIEW =
      "1142 %s command denied to user 'joe'@'client.example' for table '%s'";

  private final Authorizer authorizer = new Authorizer("portcullis");
  private final TestCatalog catalog =
      new TestCatalog()
          .database("d")
          .table("d", "t")
          .table("d", "t2")
          .roles("caller", "a", "b", "c", "base")
          .user("joe", "caller");
  private final Map<RelationName, ViewDefinition> views = new HashMap<>();
  private RelationKinds kinds = (database, name) -> RelationKinds.Found.ABSENT;
  private Subject joe = catalog.subject("joe", "caller");

  private void definer(String view, String owner, String... below) {
    catalog.relation("d", view, RelationKind.VIEW, owner);
    define(view, new ViewDefinition.Readable(false, new ViewBody(names(below), List.of())));
  }

  private void invoker(String view, String owner, String... below) {
    catalog.relation("d", view, RelationKind.VIEW, owner);
    define(view, new ViewDefinition.Readable(true, new ViewBody(names(below), List.of())));
  }

  private void define(String view, ViewDefinition definition) {
    views.put(RelationName.of("d", view), definition);
  }

  private static List<RelationName> names(String... names) {
    return Arrays.stream(names)
        .map(
            name -> {
              int dot = name.indexOf('.');
              return dot < 0
                  ? RelationName.of("d", name)
                  : RelationName.of(name.substring(0, dot), name.substring(dot + 1));
            })
        .toList();
  }

  private Decision decide(AccessKind kind, String relation) {
    return decide(new AccessRequest(kind, RelationName.of("d", relation)));
  }

  private Decision decide(AccessRequest... accesses) {
    Binding binding =
        new Binding(
            Optional.empty(),
            true,
            (database, name) -> name.equals("temporary"),
            kinds,
            (database, name) ->
                views.getOrDefault(RelationName.of(database, name), new ViewDefinition.Unknown()));
    return authorizer.decide(
        authorizer.activate(joe, PrivilegeSnapshot.of(7, catalog.state())),
        List.of(accesses),
        binding);
  }

  private void allowed(AccessKind kind, String relation) {
    assertThat(decide(kind, relation)).isInstanceOf(Decision.Allowed.class);
  }

  private void reads(String relation) {
    allowed(AccessKind.SELECT, relation);
  }

  private void denied(AccessKind kind, String relation, String text) {
    Decision decision = decide(kind, relation);
    assertThat(decision).isInstanceOf(Decision.Denied.class);
    Decision.Denied denied = (Decision.Denied) decision;
    assertThat(denied.error().code().errno() + " " + denied.error().message()).isEqualTo(text);
  }

  private void lacksView(AccessKind kind, String view) {
    denied(kind, view, NOT_ON_VIEW.formatted(kind.command(), view));
  }

  private void broken(AccessKind kind, String view) {
    denied(kind, view, INVALID.formatted(view));
  }

  private void broken(String view) {
    broken(AccessKind.SELECT, view);
  }

  @Test
  void aViewGrantAloneSuffices() {
    definer("v", "a", "t");
    catalog.grant("a", "select on table d.t");
    lacksView(AccessKind.SELECT, "v");
    catalog.grant("caller", "select on view d.v");
    reads("v");
    denied(AccessKind.SELECT, "t", NOT_ON_VIEW.formatted("SELECT", "t"));
  }

  @Test
  void aGrantOnAllViewsCoversViewsOnViews() {
    definer("v1", "a", "t");
    definer("v2", "a", "v1");
    catalog.grant("a", "select on table d.t");
    catalog.grant("caller", "select on view d.v1");
    lacksView(AccessKind.SELECT, "v2");
    catalog.grant("caller", "select on view d.*");
    reads("v1");
    reads("v2");
  }

  @Test
  void inAChainOfDefinersTheLowestNeedsTheTable() {
    definer("v1", "a", "t");
    definer("v2", "b", "v1");
    definer("v3", "c", "v2");
    catalog
        .grant("caller", "select on view d.v3")
        .grant("c", "select on view d.v2")
        .grant("b", "select on view d.v1");
    // Held by B or C only it does not help.
    catalog.grant("b", "select on table d.t").grant("c", "select on table d.t");
    broken("v3");
    catalog.grant("a", "select on table d.t");
    reads("v3");
    catalog.revoke("b", "select on table d.t").revoke("c", "select on table d.t");
    reads("v3");
    // Each needs the view below.
    catalog.revoke("b", "select on view d.v1");
    broken("v3");
    catalog.grant("b", "select on view d.*");
    reads("v3");
    catalog.revoke("c", "select on view d.v2");
    broken("v3");
  }

  @Test
  void anInvokerViewTakesWhatTheCallerHolds() {
    invoker("v", "a", "t");
    catalog.grant("caller", "select on view d.v").grant("a", "select on table d.t");
    broken("v");
    catalog.grant("caller", "select on table d.t");
    reads("v");
    catalog.revoke("a", "select on table d.t");
    reads("v");
  }

  @Test
  void anInvokerViewBelowADefinerViewTakesWhatTheDefinerHolds() {
    invoker("inner", "b", "t");
    definer("outer", "a", "inner");
    catalog.grant("caller", "select on view d.outer").grant("a", "select on view d.inner");
    catalog.grant("caller", "select on table d.t").grant("b", "select on table d.t");
    broken("outer");
    catalog.grant("a", "select on table d.t");
    reads("outer");
  }

  @Test
  void revokingTheTableFromTheLowestDefinerBreaksTheViewForEverybody() {
    definer("v", "a", "t");
    catalog.grant("a", "select on table d.t").grant("caller", "select on view d.v");
    reads("v");
    catalog.revoke("a", "select on table d.t");
    broken("v");
    catalog.grant("a", "select on table d.t");
    reads("v");
  }

  @Test
  void belowAViewAllAndOwnershipAndInheritedRolesCount() {
    definer("v", "a", "t");
    catalog.grant("caller", "select on view d.v");
    broken("v");
    catalog.grant("a", "all on table d.t");
    reads("v");
    catalog.revoke("a", "all on table d.t");
    broken("v");
    catalog.relation("d", "t", RelationKind.TABLE, "a");
    reads("v");
    catalog.relation("d", "t", RelationKind.TABLE, "moadmin");
    broken("v");
    catalog.inherits("a", "base").grant("base", "select on table d.*");
    reads("v");
  }

  @Test
  void whoOwnsTheTableButHoldsNothingOnTheViewIsRefused() {
    definer("v", "a", "t");
    catalog.grant("a", "select on table d.t").relation("d", "t", RelationKind.TABLE, "caller");
    reads("t");
    lacksView(AccessKind.SELECT, "v");
    catalog.grant("caller", "all on view d.v");
    reads("v");
  }

  @Test
  void administratorsReadWhateverIsBelow() {
    definer("v", "a", "t");
    define("odd", new ViewDefinition.Unreadable(true));
    catalog.view("d", "odd").grant("caller", "select on view d.*");
    broken("v");
    joe = catalog.subject("root", "moadmin");
    reads("v");
    reads("odd");
  }

  @Test
  void aViewMadeBehindTheGateRunsAsTheAdministrators() {
    kinds =
        (database, name) ->
            name.equals("found") || name.equals("called")
                ? RelationKinds.Found.VIEW
                : RelationKinds.Found.TABLE;
    define("found", new ViewDefinition.Readable(false, new ViewBody(names("t", "x"), List.of())));
    define("called", new ViewDefinition.Readable(true, new ViewBody(names("t"), List.of())));
    catalog.grant("caller", "select on view d.*");
    reads("found");
    broken("called");
  }

  @Test
  void whatCannotBeReadIsNeverAssumedHarmless() {
    catalog.relation("d", "v", RelationKind.VIEW, "a").grant("caller", "all on view d.*");
    define("v", new ViewDefinition.Unreadable(false));
    String text =
        "1235 Portcullis refuses this statement: the view 'd.%s', whose definition, or that of a"
            + " view below it, the gate cannot read, so that it cannot tell which tables are meant";
    denied(AccessKind.SELECT, "v", text.formatted("v"));
    definer("outer", "a", "v");
    denied(AccessKind.SELECT, "outer", text.formatted("outer"));
    // The administrators' role reads what is below, but nobody changes it unseen.
    catalog.relation("d", "v", RelationKind.VIEW, "moadmin");
    reads("v");
    denied(AccessKind.UPDATE, "v", text.formatted("v"));
    joe = catalog.subject("root", "moadmin");
    denied(AccessKind.UPDATE, "v", text.formatted("v"));
  }

  @Test
  void whatIsGoneIsBroken() {
    catalog.relation("d", "v", RelationKind.VIEW, "a").grant("caller", "select on view d.v");
    define("v", new ViewDefinition.Absent());
    broken("v");
  }

  @Test
  void definitionsAreLookedUpAllTheWayDown() {
    definer("v2", "a", "v1", "new");
    catalog.grant("caller", "select on view d.v2").grant("a", "select on view d.*");
    catalog.relation("d", "v1", RelationKind.VIEW, "a");
    kinds = (database, name) -> RelationKinds.Found.UNKNOWN;
    assertThat(decide(AccessKind.SELECT, "v2"))
        .isEqualTo(
            new Decision.Unresolved(
                7, List.of(RelationName.of("d", "v1"), RelationName.of("d", "new"))));
  }

  @Test
  void systemDatabasesBelowAViewTakeWhatTheyTakeByThemselves() {
    catalog.database("mysql").table("mysql", "db");
    definer("v", "a", "mysql.db");
    catalog.grant("caller", "all on view d.v").grant("a", "all on table *.*");
    broken("v");
    catalog.grant("a", "select on table mysql.db");
    reads("v");
    broken(AccessKind.UPDATE, "v");
    // Not even for the administrators.
    definer("theirs", "moadmin", "mysql.db");
    catalog.grant("caller", "all on view d.theirs");
    reads("theirs");
    broken(AccessKind.UPDATE, "theirs");
    joe = catalog.subject("root", "moadmin");
    broken(AccessKind.UPDATE, "theirs");
    definer("hashes", "a", "portcullis.users");
    catalog.grant("caller", "select on view d.hashes");
    joe = catalog.subject("joe", "caller");
    broken("hashes");
  }

  @Test
  void cyclesAndDepthAreRefused() {
    definer("x", "a", "y");
    definer("y", "a", "x");
    catalog.grant("caller", "select on view d.*").grant("a", "select on view d.*");
    broken("x");

    catalog.grant("a", "select on table d.t");
    definer("n1", "a", "t");
    for (int i = 2; i <= ViewWalk.MAXIMUM_DEPTH + 1; i++) {
      definer("n" + i, "a", "n" + (i - 1), "n" + (i - 1));
    }
    reads("n" + ViewWalk.MAXIMUM_DEPTH);
    broken("n" + (ViewWalk.MAXIMUM_DEPTH + 1));
  }

  @Test
  void aTemporaryTableDoesNotHideWhatADefinitionNames() {
    definer("v", "a", "temporary");
    catalog.grant("caller", "select on view d.v");
    broken("v");
    catalog.table("d", "temporary").grant("a", "select on table d.temporary");
    reads("v");
  }

  @Test
  void theOwnerOfAViewIsItsDefiner() {
    definer("v", "a", "t");
    catalog.grant("caller", "select on view d.v").grant("b", "select on table d.t");
    broken("v");
    catalog.relation("d", "v", RelationKind.VIEW, "b");
    reads("v");
  }

  // Changes of rows.

  @Test
  void changingThroughAViewTakesTheSamePrivilegeAllTheWayDown() {
    for (AccessKind kind : List.of(AccessKind.INSERT, AccessKind.UPDATE, AccessKind.DELETE)) {
      definer("v1", "a", "t");
      definer("v2", "b", "v1");
      String privilege = kind.command().toLowerCase(java.util.Locale.ROOT);
      catalog.grant("caller", "select on view d.v2");
      lacksView(kind, "v2");
      catalog.grant("caller", privilege + " on view d.v2");
      catalog.grant("caller", privilege + " on table *.*");
      broken(kind, "v2");
      catalog.grant("b", privilege + " on view d.v1");
      broken(kind, "v2");
      catalog.grant("b", privilege + " on table d.t").grant("a", "select on table d.t");
      broken(kind, "v2");
      catalog.grant("a", privilege + " on table d.t");
      allowed(kind, "v2");
    }
  }

  @Test
  void changingThroughAnInvokerViewTakesThePrivilegeOnTheTable() {
    invoker("v", "a", "t");
    catalog.grant("a", "all on table d.t").grant("caller", "all on view d.v");
    broken(AccessKind.UPDATE, "v");
    catalog.grant("caller", "update on table d.t");
    allowed(AccessKind.UPDATE, "v");
    broken(AccessKind.DELETE, "v");
  }

  @Test
  void whatAViewOnlyReadsTakesSelect() {
    catalog.relation("d", "v", RelationKind.VIEW, "a").grant("caller", "update on view d.v");
    define("v", new ViewDefinition.Readable(false, new ViewBody(names("t"), names("t2"))));
    catalog.grant("a", "update on table d.t");
    broken(AccessKind.UPDATE, "v");
    catalog.grant("a", "select on table d.t2");
    allowed(AccessKind.UPDATE, "v");
  }

  @Test
  void ofAJoinEveryTableTakesBoth() {
    definer("v", "a", "t", "t2");
    catalog.grant("caller", "update on view d.v").grant("a", "update on table d.*");
    broken(AccessKind.UPDATE, "v");
    catalog.grant("a", "select on table d.*");
    allowed(AccessKind.UPDATE, "v");
    catalog.revoke("a", "update on table d.*").grant("a", "update on table d.t");
    broken(AccessKind.UPDATE, "v");
  }

  @Test
  void whoRedefinesAnothersViewLendsNothingHeMayNotChangeHimself() {
    for (AccessKind kind : List.of(AccessKind.ALTER_VIEW, AccessKind.CREATE_VIEW)) {
      definer("v", "a", "t");
      catalog.grant("a", "all on table d.*");
      catalog.grant("caller", "alter view on database d").grant("caller", "select on table d.t2");
      catalog.grant("caller", "create view on database d");
      redefines(kind, true);
      // Somebody may update through it, and so with the rights of its owner.
      catalog.grant("b", "update on view d.*");
      redefines(kind, false);
      catalog.grant("caller", "update on table d.t2");
      redefines(kind, true);
      catalog.grant("b", "all on view *.*");
      redefines(kind, false);
      // An owner lends what is his.
      catalog.relation("d", "v", RelationKind.VIEW, "caller");
      redefines(kind, true);
      catalog.revoke("b", "update on view d.*").revoke("b", "all on view *.*");
      catalog.revoke("caller", "update on table d.t2");
    }
  }

  @Test
  void whatIsGrantedToAUserIsLentAsWell() {
    definer("v", "a", "t");
    catalog.grant("a", "all on table d.*");
    catalog.grant("caller", "alter view on database d").grant("caller", "select on table d.t2");
    redefines(AccessKind.ALTER_VIEW, true);
    catalog.user("other", "b").grantToUser("other", "update on view *.*");
    redefines(AccessKind.ALTER_VIEW, false);
  }

  private void redefines(AccessKind kind, boolean permitted) {
    Decision decision =
        decide(
            new AccessRequest(kind, RelationName.of("d", "v")),
            new AccessRequest(AccessKind.SELECT, RelationName.of("d", "t2")));
    assertThat(decision instanceof Decision.Allowed).as("%s", decision).isEqualTo(permitted);
  }

  @Test
  void lockingAViewForWritingTakesAChangeOfEveryTable() {
    definer("v", "a", "t");
    catalog.grant("caller", "delete on view d.v").grant("a", "select on table d.t");
    broken(AccessKind.LOCK_WRITE, "v");
    catalog.grant("a", "insert on table d.t");
    allowed(AccessKind.LOCK_WRITE, "v");
  }
}
