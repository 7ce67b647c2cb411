package io.portcullis.privilege.authz;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.privilege.snapshot.PrivilegeSnapshot;
import io.portcullis.sql.access.AccessKind;
import io.portcullis.sql.access.AccessRequest;
import io.portcullis.sql.access.DatabaseName;
import io.portcullis.sql.access.RelationKind;
import io.portcullis.sql.access.RelationName;
import io.portcullis.sql.access.ViewBody;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** PM 4.3 to 4.5: each grant that permits an access, beside all those near it that do not. */
final class RequirementAccessTest {

  private static final ViewDefinition NOTHING_BELOW =
      new ViewDefinition.Readable(false, new ViewBody(List.of(), List.of()));

  private static final String[] EVERY_DATABASE_PRIVILEGE = {
    "show tables",
    "create table",
    "create view",
    "drop table",
    "drop view",
    "alter table",
    "alter view",
    "create routine",
    "alter routine",
    "execute",
    "trigger",
    "event",
    "all",
    "ownership"
  };

  private static final String[] EVERY_ROUTINE_PRIVILEGE = {
    "execute", "alter routine", "all", "ownership"
  };

  private static final String[] EVERY_RELATION_PRIVILEGE = {
    "select",
    "insert",
    "update",
    "truncate",
    "delete",
    "reference",
    "index",
    "execute",
    "all",
    "ownership"
  };

  private static final String[] EVERY_ACCOUNT_PRIVILEGE = {
    "create user",
    "drop user",
    "alter user",
    "create role",
    "drop role",
    "alter role",
    "create database",
    "drop database",
    "show databases",
    "connect",
    "manage grants",
    "all"
  };

  /** What permits an access, one of them at a time. Everything else, taken together, does not. */
  private record Rule(AccessKind kind, String object, int errno, List<String> permitting) {}

  private static List<Rule> rules() {
    List<Rule> rules = new ArrayList<>();
    relation(rules, AccessKind.SELECT, "select");
    relation(rules, AccessKind.LOCK_READ, "select");
    relation(rules, AccessKind.INSERT, "insert");
    relation(rules, AccessKind.UPDATE, "update");
    relation(rules, AccessKind.DELETE, "delete");
    relation(rules, AccessKind.TRUNCATE, "truncate");
    relation(rules, AccessKind.REFERENCE, "reference");
    relation(rules, AccessKind.LOCK_WRITE, "insert", "update", "delete");
    for (String object : List.of("d.t", "d.v")) {
      rules.add(
          new Rule(
              AccessKind.INDEX,
              object,
              1142,
              concat(onDatabase("alter table"), onRelation(object, "index", "all", "ownership"))));
      rules.add(
          new Rule(
              AccessKind.DESCRIBE,
              object,
              1142,
              concat(onDatabase("show tables"), onRelation(object, EVERY_RELATION_PRIVILEGE))));
    }
    database(rules, AccessKind.CREATE_TABLE, "d.t", "create table");
    database(rules, AccessKind.CREATE_TEMPORARY_TABLE, "d.t", "create table");
    database(rules, AccessKind.CREATE_VIEW, "d.v", "create view");
    databaseOrOwner(rules, AccessKind.ALTER_TABLE, "d.t", "alter table");
    databaseOrOwner(rules, AccessKind.ALTER_TABLE, "d.v", "alter view");
    databaseOrOwner(rules, AccessKind.DROP_TABLE, "d.t", "drop table");
    databaseOrOwner(rules, AccessKind.DROP_TABLE, "d.v", "drop view");
    databaseOrOwner(rules, AccessKind.ALTER_VIEW, "d.v", "alter view");
    databaseOrOwner(rules, AccessKind.DROP_VIEW, "d.v", "drop view");
    databaseOrOwner(rules, AccessKind.EXPLAIN, "d.v", "show tables");
    for (RelationKind kind : List.of(RelationKind.FUNCTION, RelationKind.PROCEDURE)) {
      rules.add(
          new Rule(
              AccessKind.valueOf("CREATE_" + kind), "d.p", 1044, onDatabase("create routine")));
      routine(rules, AccessKind.valueOf("EXECUTE_" + kind), kind, "execute");
      routine(rules, AccessKind.valueOf("ALTER_" + kind), kind, "alter routine");
      routine(rules, AccessKind.valueOf("SHOW_" + kind), kind, "alter routine");
    }
    rules.add(
        new Rule(
            AccessKind.ADD_TRIGGER,
            "d.t",
            1142,
            concat(onDatabase("trigger"), onRelation("d.t", "ownership"))));
    for (AccessKind kind :
        List.of(AccessKind.CREATE_TRIGGER, AccessKind.DROP_TRIGGER, AccessKind.SHOW_TRIGGER)) {
      rules.add(new Rule(kind, "d.g", 1044, onDatabase("trigger")));
    }
    for (AccessKind kind :
        List.of(AccessKind.CREATE_EVENT, AccessKind.ALTER_EVENT, AccessKind.SHOW_EVENT)) {
      rules.add(new Rule(kind, "d.e", 1044, onDatabase("event")));
    }
    database(rules, AccessKind.SHOW_CREATE, "d.t", "show tables");
    database(rules, AccessKind.SHOW_TABLES, "d", "show tables");
    database(rules, AccessKind.SHOW_CREATE_DATABASE, "d", "show tables");
    rules.add(
        new Rule(
            AccessKind.CREATE_DATABASE,
            "d",
            1044,
            List.of("create database on account *", "all on account *")));
    rules.add(
        new Rule(
            AccessKind.DROP_DATABASE,
            "d",
            1044,
            List.of(
                "drop database on account *",
                "all on account *",
                "ownership on database d",
                "ownership on database *")));
    rules.add(
        new Rule(
            AccessKind.ALTER_DATABASE,
            "d",
            1044,
            List.of(
                "all on account *",
                "all on database d",
                "all on database *",
                "ownership on database d",
                "ownership on database *")));
    return rules;
  }

  /** What it takes below a view is in {@link ViewChainAccessTest}. */
  private static void relation(List<Rule> rules, AccessKind kind, String... privileges) {
    for (String object : List.of("d.t", "d.v")) {
      rules.add(
          new Rule(
              kind,
              object,
              1142,
              concat(onRelation(object, privileges), onRelation(object, "all", "ownership"))));
    }
  }

  private static void database(List<Rule> rules, AccessKind kind, String object, String privilege) {
    rules.add(new Rule(kind, object, object.contains(".") ? 1142 : 1044, onDatabase(privilege)));
  }

  private static void databaseOrOwner(
      List<Rule> rules, AccessKind kind, String object, String privilege) {
    rules.add(
        new Rule(
            kind, object, 1142, concat(onDatabase(privilege), onRelation(object, "ownership"))));
  }

  private static void routine(
      List<Rule> rules, AccessKind access, RelationKind kind, String privilege) {
    List<String> grants = new ArrayList<>(onDatabase(privilege));
    for (String one : List.of(privilege, "all", "ownership")) {
      for (String level : List.of("d.p", "d.*", "*.*")) {
        grants.add(one + " on " + kind.name().toLowerCase(Locale.ROOT) + " " + level);
      }
    }
    rules.add(new Rule(access, "d.p", 1370, grants));
  }

  private static List<String> onDatabase(String privilege) {
    List<String> grants = new ArrayList<>();
    for (String one : List.of(privilege, "all", "ownership")) {
      grants.add(one + " on database d");
      grants.add(one + " on database *");
    }
    return grants;
  }

  private static List<String> onRelation(String object, String... privileges) {
    String type = object.equals("d.v") ? "view " : "table ";
    List<String> grants = new ArrayList<>();
    for (String one : privileges) {
      grants.add(one + " on " + type + object);
      grants.add(one + " on " + type + "d.*");
      grants.add(one + " on " + type + "*.*");
    }
    return grants;
  }

  private static List<String> concat(List<String> some, List<String> more) {
    List<String> all = new ArrayList<>(some);
    all.addAll(more);
    return all;
  }

  /** Every grant there is on the objects of the test, and on others like them. */
  private static Set<String> everything() {
    Set<String> all = new java.util.LinkedHashSet<>();
    for (String privilege : EVERY_ACCOUNT_PRIVILEGE) {
      all.add(privilege + " on account *");
    }
    for (String privilege : EVERY_DATABASE_PRIVILEGE) {
      for (String level : List.of("*", "d", "other")) {
        all.add(privilege + " on database " + level);
      }
    }
    for (String privilege : EVERY_RELATION_PRIVILEGE) {
      for (String level : List.of("*.*", "d.*", "d.t", "d.t2", "other.*", "other.t")) {
        all.add(privilege + " on table " + level);
      }
      for (String level : List.of("*.*", "d.*", "d.v", "d.v2", "other.*", "other.v")) {
        all.add(privilege + " on view " + level);
      }
    }
    for (String privilege : EVERY_ROUTINE_PRIVILEGE) {
      for (String kind : List.of("function", "procedure")) {
        for (String level : List.of("*.*", "d.*", "d.p", "d.p2", "other.*")) {
          all.add(privilege + " on " + kind + " " + level);
        }
      }
    }
    return all;
  }

  private static TestCatalog catalog() {
    return new TestCatalog()
        .database("d")
        .table("d", "t")
        .table("d", "t2")
        .view("d", "v")
        .view("d", "v2")
        .relation("d", "p", RelationKind.FUNCTION, "moadmin")
        .relation("d", "p2", RelationKind.FUNCTION, "moadmin")
        .relation("d", "p", RelationKind.PROCEDURE, "moadmin")
        .relation("d", "p2", RelationKind.PROCEDURE, "moadmin")
        .database("other")
        .table("other", "t")
        .view("other", "v")
        .roles("app")
        .user("joe", "app");
  }

  private static Decision decide(TestCatalog catalog, AccessKind kind, String object) {
    Authorizer authorizer = new Authorizer("portcullis");
    Binding binding =
        new Binding(
            Optional.empty(),
            false,
            (database, name) -> false,
            (database, name) -> RelationKinds.Found.UNKNOWN,
            new HarmlessPrograms((database, name) -> NOTHING_BELOW));
    return authorizer.decide(
        authorizer.activate(
            catalog.subject("joe", "app"), PrivilegeSnapshot.of(1, catalog.state())),
        List.of(request(kind, object)),
        binding);
  }

  private static AccessRequest request(AccessKind kind, String object) {
    int dot = object.indexOf('.');
    return new AccessRequest(
        kind,
        dot < 0
            ? new DatabaseName(object)
            : RelationName.of(object.substring(0, dot), object.substring(dot + 1)));
  }

  @TestFactory
  Stream<DynamicTest> isPermittedByEachGrantOfItsRow() {
    return rules().stream()
        .flatMap(
            rule ->
                rule.permitting.stream()
                    .distinct()
                    .map(
                        grant ->
                            DynamicTest.dynamicTest(
                                rule.kind + " " + rule.object + " by " + grant,
                                () ->
                                    assertThat(
                                            decide(
                                                catalog().grant("app", grant),
                                                rule.kind,
                                                rule.object))
                                        .isInstanceOf(Decision.Allowed.class))));
  }

  @TestFactory
  Stream<DynamicTest> isDeniedWithEveryOtherGrantTogether() {
    return rules().stream()
        .map(
            rule ->
                DynamicTest.dynamicTest(
                    rule.kind + " " + rule.object,
                    () -> {
                      TestCatalog catalog = catalog();
                      for (String grant : everything()) {
                        if (!rule.permitting.contains(grant)) {
                          catalog.grant("app", grant);
                        }
                      }
                      Decision decision = decide(catalog, rule.kind, rule.object);
                      assertThat(decision).isInstanceOf(Decision.Denied.class);
                      assertThat(((Decision.Denied) decision).error().code().errno())
                          .isEqualTo(rule.errno);
                    }));
  }

  @Test
  void showCreateViewTakesShowTablesAndSelectOnTheView() {
    assertThat(
            decide(
                catalog()
                    .grant("app", "show tables on database d")
                    .grant("app", "select on view d.v"),
                AccessKind.SHOW_CREATE,
                "d.v"))
        .isInstanceOf(Decision.Allowed.class);
    assertThat(
            decide(
                catalog().grant("app", "show tables on database d"), AccessKind.SHOW_CREATE, "d.v"))
        .isInstanceOf(Decision.Denied.class);
    assertThat(decide(catalog().grant("app", "select on view d.v"), AccessKind.SHOW_CREATE, "d.v"))
        .isInstanceOf(Decision.Denied.class);
  }

  @Test
  void droppingATemporaryTableIsFree() {
    assertThat(decide(catalog(), AccessKind.DROP_TEMPORARY_TABLE, "d.t"))
        .isInstanceOf(Decision.Allowed.class);
    assertThat(decide(catalog(), AccessKind.DROP_TABLE, "d.t")).isInstanceOf(Decision.Denied.class);
  }

  @Test
  void useTakesConnectAndSomethingInTheDatabase() {
    for (String connect : List.of("connect on account *", "all on account *")) {
      for (String something :
          List.of(
              "insert on table d.t",
              "select on view d.v",
              "select on table d.*",
              "index on view d.*",
              "update on table *.*",
              "show tables on database d",
              "create table on database *")) {
        assertThat(
                decide(
                    catalog().grant("app", connect).grant("app", something), AccessKind.USE, "d"))
            .as(connect + ", " + something)
            .isInstanceOf(Decision.Allowed.class);
        assertThat(decide(catalog().grant("app", something), AccessKind.USE, "d"))
            .as(something)
            .isInstanceOf(Decision.Denied.class);
      }
      assertThat(
              decide(
                  catalog()
                      .grant("app", connect)
                      .grant("app", "select on table other.t")
                      .grant("app", "all on database other"),
                  AccessKind.USE,
                  "d"))
          .isInstanceOf(Decision.Denied.class);
    }
  }

  @Test
  void everyKindOfAccessHasARow() {
    // No privilege permits dynamic SQL: DynamicSqlAccessTest.
    Set<AccessKind> covered =
        EnumSet.of(
            AccessKind.USE,
            AccessKind.DROP_TEMPORARY_TABLE,
            AccessKind.DYNAMIC_PROCEDURE,
            AccessKind.DYNAMIC_EVENT);
    rules().forEach(rule -> covered.add(rule.kind));
    assertThat(covered).containsExactlyInAnyOrder(AccessKind.values());
  }

  @TestFactory
  Stream<DynamicTest> administratorMayDoEverythingOutsideSystemDatabases() {
    return Stream.of(AccessKind.values())
        .map(
            kind ->
                DynamicTest.dynamicTest(
                    kind.name(),
                    () -> {
                      Authorizer authorizer = new Authorizer("portcullis");
                      TestCatalog catalog = catalog();
                      Binding binding =
                          new Binding(
                              Optional.empty(),
                              true,
                              (database, name) -> false,
                              (database, name) -> RelationKinds.Found.ABSENT,
                              new HarmlessPrograms((database, name) -> NOTHING_BELOW));
                      for (String name : List.of("v", "t", "unknown")) {
                        String object = Requirement.isOnRelation(kind) ? "d." + name : "d";
                        assertThat(
                                authorizer.decide(
                                    authorizer.activate(
                                        catalog.subject("root", "moadmin"),
                                        PrivilegeSnapshot.of(1, catalog.state())),
                                    List.of(request(kind, object)),
                                    binding))
                            .isInstanceOf(Decision.Allowed.class);
                      }
                    }));
  }
}
