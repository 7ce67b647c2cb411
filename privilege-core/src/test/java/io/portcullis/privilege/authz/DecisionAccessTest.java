package io.portcullis.privilege.authz;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.privilege.catalog.CatalogChange;
import io.portcullis.privilege.model.PrivilegeType;
import io.portcullis.privilege.model.RoleId;
import io.portcullis.privilege.snapshot.PrivilegeSnapshot;
import io.portcullis.sql.access.AccessKind;
import io.portcullis.sql.access.AccessRequest;
import io.portcullis.sql.access.DatabaseName;
import io.portcullis.sql.access.RelationKind;
import io.portcullis.sql.access.RelationName;
import io.portcullis.sql.access.ViewBody;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;
import org.junit.jupiter.api.Test;

/** Which grants reach which objects, and what a denial says. */
final class DecisionAccessTest {

  private final Authorizer authorizer = new Authorizer("portcullis");
  private final TestCatalog catalog =
      new TestCatalog()
          .database("d")
          .table("d", "t")
          .table("d", "t2")
          .view("d", "v")
          .database("mysql")
          .table("mysql", "db")
          .roles("app", "base", "other")
          .user("joe", "app", "other");
  private Subject joe = catalog.subject("joe", "app");
  private Optional<String> current = Optional.empty();
  private boolean fold = true;
  private BiPredicate<String, String> temporary = (database, name) -> false;
  private RelationKinds kinds = (database, name) -> RelationKinds.Found.ABSENT;
  private ViewDefinitions views =
      (database, name) -> new ViewDefinition.Readable(false, new ViewBody(List.of(), List.of()));

  private Decision decide(Subject subject, AccessRequest... accesses) {
    return authorizer.decide(active(subject), Arrays.asList(accesses), binding());
  }

  private ActiveSubject active(Subject subject) {
    return authorizer.activate(subject, PrivilegeSnapshot.of(7, catalog.state()));
  }

  private Binding binding() {
    return new Binding(current, fold, temporary, kinds, views);
  }

  private static AccessRequest on(AccessKind kind, String object) {
    int dot = object.indexOf('.');
    if (!Requirement.isOnRelation(kind)) {
      return new AccessRequest(kind, new DatabaseName(object));
    }
    return new AccessRequest(
        kind,
        dot < 0
            ? RelationName.unqualified(object)
            : RelationName.of(object.substring(0, dot), object.substring(dot + 1)));
  }

  private void allowed(AccessKind kind, String object) {
    assertThat(decide(joe, on(kind, object))).isEqualTo(new Decision.Allowed(7));
  }

  private void denied(AccessKind kind, String object, String text) {
    assertThat(error(decide(joe, on(kind, object)))).isEqualTo(text);
  }

  private static String error(Decision decision) {
    assertThat(decision).isInstanceOf(Decision.Denied.class);
    Decision.Denied denied = (Decision.Denied) decision;
    return denied.error().code().errno() + " " + denied.error().message();
  }

  private static String table(String command, String table) {
    return "1142 "
        + command
        + " command denied to user 'joe'@'client.example' for table '"
        + table
        + "'";
  }

  private static String database(String database) {
    return "1044 Access denied for user 'joe'@'client.example' to database '" + database + "'";
  }

  @Test
  void deniesWithTheServersOwnWords() {
    denied(AccessKind.SELECT, "d.t", table("SELECT", "t"));
    denied(AccessKind.DROP_TABLE, "d.t", table("DROP", "t"));
    denied(AccessKind.USE, "d", database("d"));
    denied(AccessKind.SHOW_TABLES, "d", database("d"));
    catalog.grant("app", "select on table d.t");
    allowed(AccessKind.SELECT, "d.t");
  }

  @Test
  void anEmptyListTouchesNothing() {
    assertThat(decide(joe)).isEqualTo(new Decision.Allowed(7));
  }

  @Test
  void everyAccessIsCheckedOnItsOwnOverAllSearchedRoles() {
    catalog.inherits("app", "base").grant("app", "all on table d.t");
    AccessRequest[] both = {on(AccessKind.INSERT, "d.t"), on(AccessKind.SELECT, "d.t2")};

    // ALL on one table says nothing about the other (PM Q1).
    assertThat(error(decide(joe, both))).isEqualTo(table("SELECT", "t2"));

    // What one role lacks another may hold (PM Q2).
    catalog.grant("base", "select on table d.t2");
    assertThat(decide(joe, both)).isInstanceOf(Decision.Allowed.class);
  }

  @Test
  void namesEveryMissingAccessBound() {
    current = Optional.of("D");
    Decision decision = decide(joe, on(AccessKind.SELECT, "T"), on(AccessKind.DELETE, "d.T2"));
    assertThat(((Decision.Denied) decision).missing())
        .containsExactly(on(AccessKind.SELECT, "d.t"), on(AccessKind.DELETE, "d.t2"));
  }

  @Test
  void otherRolesCountOnlyAsSecondaryRoles() {
    catalog.grant("other", "select on table d.t");
    denied(AccessKind.SELECT, "d.t", table("SELECT", "t"));
    joe = joe.withSecondaryRoles(true);
    allowed(AccessKind.SELECT, "d.t");
  }

  @Test
  void inheritedRolesCountButCannotBePrimary() {
    catalog.inherits("app", "base").grant("base", "select on table d.t");
    allowed(AccessKind.SELECT, "d.t");
    joe = catalog.subject("joe", "base");
    denied(AccessKind.SELECT, "d.t", table("SELECT", "t"));
  }

  @Test
  void publicDoesNotCountBesideAnotherPrimaryRole() {
    catalog.grant("public", "select on table d.t");
    denied(AccessKind.SELECT, "d.t", table("SELECT", "t"));
    joe = catalog.subject("joe", "public");
    allowed(AccessKind.SELECT, "d.t");
  }

  @Test
  void revokedPrimaryRoleGivesWayToPublic() {
    catalog.grant("app", "select on table d.t").grant("public", "select on table d.t2");
    allowed(AccessKind.SELECT, "d.t");

    catalog.apply(
        new CatalogChange.RoleRevokedFromUser(catalog.role("app"), catalog.user("joe").id()));

    denied(AccessKind.SELECT, "d.t", table("SELECT", "t"));
    allowed(AccessKind.SELECT, "d.t2");
    assertThat(active(joe).subject().primary()).isEqualTo(RoleId.PUBLIC);
  }

  @Test
  void droppedPrimaryRolePermitsNothingUntilAnotherIsSet() {
    catalog.grant("app", "select on table d.t").grant("other", "select on table d.t");
    allowed(AccessKind.SELECT, "d.t");

    catalog.apply(new CatalogChange.RoleDropped(catalog.role("app"), RoleId.MOADMIN));

    denied(
        AccessKind.SELECT,
        "d.t",
        "3530 The active role no longer exists; SET ROLE to one of your roles");
    assertThat(decide(joe)).isInstanceOf(Decision.Denied.class);
    joe = joe.withPrimary(catalog.role("other"));
    allowed(AccessKind.SELECT, "d.t");
  }

  @Test
  void droppedUserMayDoNothing() {
    catalog.grant("app", "select on table d.t");
    allowed(AccessKind.SELECT, "d.t");

    catalog.apply(new CatalogChange.UserDropped(catalog.user("joe").id()));

    assertThat(error(decide(joe, on(AccessKind.SELECT, "d.t")))).startsWith("3523 ");
    assertThat(active(joe).isAdministrator()).isFalse();
    assertThat(authorizer.requireAny(active(joe), PrivilegeType.CONNECT)).isPresent();
    assertThat(authorizer.isListed(active(joe), "d", true)).isFalse();
  }

  @Test
  void administratorIsWhoHasMoadminAsPrimaryRole() {
    catalog.user("ann", "moadmin", "app");
    Subject ann = catalog.subject("ann", "app").withSecondaryRoles(true);
    assertThat(active(ann).isAdministrator()).isFalse();
    assertThat(active(catalog.subject("ann", "moadmin")).isAdministrator()).isTrue();
    assertThat(active(catalog.subject("joe", "moadmin")).isAdministrator()).isFalse();
  }

  @Test
  void theOwnerOfAnObjectHoldsOwnershipWithoutAGrant() {
    denied(AccessKind.CREATE_TABLE, "d.new", table("CREATE", "new"));
    denied(AccessKind.SELECT, "d.v", table("SELECT", "v"));
    catalog.databaseOwnedBy("d", "app").relation("d", "v", RelationKind.VIEW, "app");
    allowed(AccessKind.CREATE_TABLE, "d.new");
    allowed(AccessKind.SELECT, "d.v");
    // Not what others made in it (PM 0, rule 4).
    denied(AccessKind.SELECT, "d.t", table("SELECT", "t"));
  }

  @Test
  void aRecreatedTableStartsWithoutGrants() {
    catalog.grant("app", "select on table d.t");
    allowed(AccessKind.SELECT, "d.t");
    var home = catalog.databaseId("d");
    catalog
        .apply(
            new CatalogChange.RelationDropped(
                catalog.state().relation(home, "t").orElseThrow().id()))
        .table("d", "t");
    denied(AccessKind.SELECT, "d.t", table("SELECT", "t"));
  }

  // Names.

  @Test
  void anUnqualifiedNameIsInTheCurrentDatabase() {
    catalog.grant("app", "select on table d.t");
    denied(AccessKind.SELECT, "t", "1046 No database selected");
    current = Optional.of("d");
    allowed(AccessKind.SELECT, "t");
    denied(AccessKind.SELECT, "other.t", table("SELECT", "t"));
  }

  @Test
  void namesAreFoldedIffTheBackendFoldsThem() {
    catalog.grant("app", "select on table d.t");
    allowed(AccessKind.SELECT, "D.T");
    fold = false;
    denied(AccessKind.SELECT, "D.T", table("SELECT", "T"));
    allowed(AccessKind.SELECT, "d.t");
  }

  @Test
  void namesThatServersFoldDifferentlyAreRefused() {
    catalog.grant("app", "all on table *.*");
    allowed(AccessKind.SELECT, "d.\u00df");
    allowed(AccessKind.SELECT, "d.\u00c4\u03a9\u042f");
    assertThat(error(decide(joe, on(AccessKind.SELECT, "d.\u1e9e")))).startsWith("1235 ");
    assertThat(error(decide(joe, on(AccessKind.SELECT, "\u0130nformation_schema.tables"))))
        .startsWith("1235 ");
    fold = false;
    allowed(AccessKind.SELECT, "d.\u1e9e");
  }

  @Test
  void namesThatEscapeFileNameEncodingAreRefusedToEverybody() {
    joe = catalog.subject("root", "moadmin");
    assertThat(error(decide(joe, on(AccessKind.SELECT, "#mysql50#mysql.user"))))
        .startsWith("1235 ");
    assertThat(error(decide(joe, on(AccessKind.SELECT, "d.#mysql50#t")))).startsWith("1235 ");
    allowed(AccessKind.SELECT, "d.#t");
  }

  // Relations the catalog does not know.

  @Test
  void kindIsLookedUpOnlyWhenItDecides() {
    kinds = (database, name) -> RelationKinds.Found.UNKNOWN;
    denied(AccessKind.SELECT, "d.new", table("SELECT", "new"));

    catalog.grant("app", "select on table d.*");
    assertThat(decide(joe, on(AccessKind.SELECT, "d.new"), on(AccessKind.SELECT, "d.t")))
        .isEqualTo(new Decision.Unresolved(7, List.of(RelationName.of("d", "new"))));
    // Denied whatever the answer.
    assertThat(decide(joe, on(AccessKind.SELECT, "d.new"), on(AccessKind.DELETE, "d.t")))
        .isInstanceOf(Decision.Denied.class);

    catalog.grant("app", "all on database d");
    allowed(AccessKind.DROP_TABLE, "d.new");
  }

  @Test
  void whatIsAbsentIsLikeATable() {
    denied(AccessKind.SELECT, "d.new", table("SELECT", "new"));
    catalog.grant("app", "select on table d.*");
    allowed(AccessKind.SELECT, "d.new");
    kinds = (database, name) -> RelationKinds.Found.VIEW;
    denied(AccessKind.SELECT, "d.new", table("SELECT", "new"));
    kinds = (database, name) -> RelationKinds.Found.TABLE;
    allowed(AccessKind.SELECT, "d.new");
  }

  @Test
  void whatTheCatalogKnowsIsNotLookedUp() {
    kinds =
        (database, name) -> {
          throw new AssertionError(database + "." + name);
        };
    catalog.grant("app", "select on table d.*");
    allowed(AccessKind.SELECT, "d.t");
    denied(AccessKind.SELECT, "d.v", table("SELECT", "v"));
  }

  @Test
  void whatMayBeAViewIsLookedUpBeforeItsTablesAreTouched() {
    views = ViewDefinitions.UNKNOWN;
    for (AccessKind kind : List.of(AccessKind.SELECT, AccessKind.UPDATE)) {
      catalog.grant("app", kind.command() + " on table d.*");
      catalog.grant("app", kind.command() + " on view d.*");
      kinds = (database, name) -> RelationKinds.Found.UNKNOWN;
      assertThat(decide(joe, on(kind, "d.unknown"))).isInstanceOf(Decision.Unresolved.class);
      kinds = (database, name) -> RelationKinds.Found.VIEW;
      assertThat(decide(joe, on(kind, "d.unknown"))).isInstanceOf(Decision.Unresolved.class);
      kinds = (database, name) -> RelationKinds.Found.TABLE;
      allowed(kind, "d.unknown");
    }
  }

  // Temporary tables.

  @Test
  void temporaryTablesAreFree() {
    denied(AccessKind.UPDATE, "d.mine", table("UPDATE", "mine"));
    temporary = (database, name) -> database.equals("d") && name.equals("mine");
    allowed(AccessKind.UPDATE, "D.Mine");
    allowed(AccessKind.DROP_TABLE, "d.mine");
    allowed(AccessKind.ALTER_TABLE, "d.mine");
    denied(AccessKind.UPDATE, "other.mine", table("UPDATE", "mine"));
  }

  @Test
  void aTemporaryTableDoesNotStandForThePermanentObjectOfItsName() {
    catalog.database("mine").grant("app", "all on database mine");
    temporary = (database, name) -> true;
    denied(AccessKind.CREATE_TABLE, "d.t", table("CREATE", "t"));
    denied(AccessKind.REFERENCE, "d.t", table("REFERENCES", "t"));
    denied(AccessKind.DROP_VIEW, "d.t", table("DROP", "t"));
    // RENAME TABLE d.t TO mine.t moves the permanent table on some servers.
    assertThat(
            error(
                decide(
                    joe, on(AccessKind.ALTER_TABLE, "d.t"), on(AccessKind.CREATE_TABLE, "mine.t"))))
        .isEqualTo(table("ALTER", "t"));
    // CREATE OR REPLACE TABLE drops the permanent one.
    assertThat(
            error(
                decide(
                    joe, on(AccessKind.DROP_TABLE, "d.t"), on(AccessKind.CREATE_TABLE, "mine.t"))))
        .isEqualTo(table("DROP", "t"));
  }

  // System databases.

  @Test
  void systemDatabasesAreWrittenByNobody() {
    Subject root = catalog.subject("root", "moadmin");
    for (String database : List.of("mysql", "sys", "performance_schema", "MySQL")) {
      assertThat(error(decide(root, on(AccessKind.INSERT, database + ".x"))))
          .startsWith("3552 Access to system schema");
      assertThat(error(decide(root, on(AccessKind.DROP_DATABASE, database)))).startsWith("3552 ");
    }
    for (String database :
        List.of(
            "information_schema",
            "information_\u017fchema",
            "mo_catalog",
            "portcullis",
            "Portcullis")) {
      assertThat(error(decide(root, on(AccessKind.DELETE, database + ".x")))).startsWith("1044 ");
      assertThat(error(decide(root, on(AccessKind.CREATE_DATABASE, database)))).startsWith("1044 ");
    }
    assertThat(decide(root, on(AccessKind.INSERT, "d.x"))).isInstanceOf(Decision.Allowed.class);
  }

  @Test
  void theCatalogIsReadByNobody() {
    Subject root = catalog.subject("root", "moadmin");
    fold = false;
    assertThat(error(decide(root, on(AccessKind.SELECT, "portcullis.users")))).startsWith("1142 ");
    assertThat(error(decide(root, on(AccessKind.SELECT, "PORTCULLIS.users")))).startsWith("1142 ");
    assertThat(error(decide(root, on(AccessKind.USE, "portcullis")))).startsWith("1044 ");
    assertThat(error(decide(root, on(AccessKind.SHOW_TABLES, "portcullis")))).startsWith("1044 ");
    assertThat(decide(root, on(AccessKind.SELECT, "mysql.user"), on(AccessKind.USE, "mysql")))
        .isInstanceOf(Decision.Allowed.class);
  }

  /** PM 8.2: everybody has something to read in it, and no name means anything else there. */
  @Test
  void moCatalogIsEnteredByAllWhoMayUseDatabases() {
    Subject root = catalog.subject("root", "moadmin");
    assertThat(decide(root, on(AccessKind.USE, "MO_catalog"))).isInstanceOf(Decision.Allowed.class);
    assertThat(error(decide(joe, on(AccessKind.USE, "mo_catalog")))).startsWith("1044 ");
    catalog.grant("app", "connect on account *");
    assertThat(decide(joe, on(AccessKind.USE, "mo_catalog"))).isInstanceOf(Decision.Allowed.class);
    current = Optional.of("mo_catalog");
    temporary = (database, name) -> true;
    for (Subject subject : List.of(root, joe)) {
      assertThat(error(decide(subject, on(AccessKind.SELECT, "tables"))))
          .startsWith(subject.equals(root) ? "1146 " : "1142 ");
      assertThat(error(decide(subject, on(AccessKind.INSERT, "mo_user")))).startsWith("1044 ");
      assertThat(error(decide(subject, on(AccessKind.CREATE_TABLE, "t")))).startsWith("1044 ");
      assertThat(error(decide(subject, on(AccessKind.CREATE_TEMPORARY_TABLE, ""))))
          .startsWith("1044 ");
      assertThat(error(decide(subject, on(AccessKind.DROP_TEMPORARY_TABLE, "t"))))
          .startsWith("1044 ");
    }
  }

  /** PM 4.2 #25: what the backend's lists say of its sessions is not the truth of the gate. */
  @Test
  void sessionsOfTheBackendAreShownToNobody() {
    Subject root = catalog.subject("root", "moadmin");
    catalog
        .database("performance_schema")
        .table("performance_schema", "processlist")
        .grant("app", "select on table performance_schema.processlist");
    for (String list :
        List.of(
            "information_schema.PROCESSLIST",
            "information_schema.proce\u017f\u017flist",
            "performance_schema.processlist",
            "sys.processlist",
            "sys.x$processlist",
            "sys.session",
            "sys.x$session")) {
      assertThat(error(decide(root, on(AccessKind.SELECT, list)))).as(list).startsWith("1235 ");
      assertThat(error(decide(joe, on(AccessKind.SELECT, list)))).as(list).startsWith("1235 ");
    }
    assertThat(decide(root, on(AccessKind.SELECT, "information_schema.TABLES")))
        .isInstanceOf(Decision.Allowed.class);
    assertThat(decide(root, on(AccessKind.SELECT, "mysql.processlist")))
        .isInstanceOf(Decision.Denied.class);
  }

  @Test
  void systemDatabasesAreReadByExplicitGrantOnly() {
    catalog
        .grant("app", "all on table *.*")
        .grant("app", "all on view *.*")
        .grant("app", "all on table mysql.*")
        .grant("app", "all on database *")
        .grant("app", "all on account *");
    denied(AccessKind.SELECT, "mysql.db", table("SELECT", "db"));
    denied(AccessKind.SHOW_TABLES, "mysql", database("mysql"));
    denied(AccessKind.USE, "mysql", database("mysql"));
    catalog.grant("app", "select on table mysql.db");
    allowed(AccessKind.SELECT, "mysql.db");
    allowed(AccessKind.USE, "mysql");
    denied(AccessKind.SELECT, "mysql.user", table("SELECT", "user"));
    denied(AccessKind.SHOW_TABLES, "mysql", database("mysql"));
    catalog.grant("app", "show tables on database mysql");
    allowed(AccessKind.SHOW_TABLES, "mysql");
    assertThat(error(decide(joe, on(AccessKind.INSERT, "mysql.db")))).startsWith("3552 ");
  }

  @Test
  void informationSchemaThatNamesNoObjectIsForEverybody() {
    allowed(AccessKind.SELECT, "information_schema.CHARACTER_SETS");
    allowed(AccessKind.SELECT, "INFORMATION_SCHEMA.collations");
    allowed(AccessKind.DESCRIBE, "information_schema.engines");
    assertThat(error(decide(joe, on(AccessKind.SELECT, "information_schema.TABLES"))))
        .startsWith("1235 ")
        .contains("read by administrators only", "SHOW TABLES");
    assertThat(
            decide(
                catalog.subject("root", "moadmin"),
                on(AccessKind.SELECT, "information_schema.TABLES")))
        .isInstanceOf(Decision.Allowed.class);
  }

  @Test
  void openNamesAreOpenInInformationSchemaOnly() {
    denied(AccessKind.SELECT, "mysql.ENGINES", table("SELECT", "engines"));
    denied(AccessKind.SELECT, "d.ENGINES", table("SELECT", "engines"));
  }

  // Account scope, lists, owners.

  @Test
  void accountPrivilegesAreNamedWhenMissing() {
    assertThat(
            authorizer
                .requireAny(active(joe), PrivilegeType.CREATE_USER, PrivilegeType.MANAGE_GRANTS)
                .orElseThrow()
                .message())
        .isEqualTo(
            "Access denied; you need (at least one of) the CREATE USER, MANAGE GRANTS privilege(s)"
                + " for this operation");
    catalog.grant("app", "manage grants on account *");
    assertThat(
            authorizer.requireAny(
                active(joe), PrivilegeType.CREATE_USER, PrivilegeType.MANAGE_GRANTS))
        .isEmpty();
    assertThat(authorizer.requireAny(active(joe), PrivilegeType.DROP_USER)).isPresent();
    catalog.grant("app", "all on account *");
    assertThat(authorizer.requireAny(active(joe), PrivilegeType.DROP_USER)).isEmpty();
  }

  @Test
  void databasesAreListedWhereSomethingIsHeld() {
    assertThat(listed("d", "mysql", "information_schema", "portcullis"))
        .containsExactly("information_schema");
    catalog.grant("app", "insert on table d.t");
    assertThat(listed("d", "D", "mysql", "portcullis")).containsExactly("d", "D");
    catalog.grant("app", "show databases on account *");
    assertThat(listed("d", "unknown", "mysql", "portcullis"))
        .containsExactly("d", "unknown", "mysql");
  }

  private List<String> listed(String... names) {
    List<String> listed = new ArrayList<>();
    for (String name : names) {
      if (authorizer.isListed(active(joe), name, fold)) {
        listed.add(name);
      }
    }
    return listed;
  }

  @Test
  void thePrimaryRoleOwnsWhatItMayMakeElseTheRoleThatMay() {
    AccessRequest creation = on(AccessKind.CREATE_TABLE, "d.new");
    catalog.grant("other", "create table on database d");
    joe = joe.withSecondaryRoles(true);
    assertThat(authorizer.owner(active(joe), creation, binding())).isEqualTo(catalog.role("other"));
    catalog.inherits("app", "base").grant("base", "create table on database d");
    assertThat(authorizer.owner(active(joe), creation, binding())).isEqualTo(catalog.role("app"));
  }
}
