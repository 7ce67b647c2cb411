package io.portcullis.privilege.authz;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.privilege.model.AccountStatus;
import io.portcullis.privilege.model.SecondaryRoles;
import io.portcullis.privilege.snapshot.PrivilegeSnapshot;
import io.portcullis.sql.access.AccessKind;
import io.portcullis.sql.access.AccessRequest;
import io.portcullis.sql.access.DatabaseName;
import io.portcullis.sql.access.RelationKind;
import io.portcullis.sql.access.RelationName;
import io.portcullis.sql.access.ViewBody;
import io.portcullis.sql.text.ServerFlavour;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Accounts are walls (PM 2.3, DESIGN D6): the same names in sys, acme and acme2, and nobody reaches
 * over; each refusal beside its allowed twin.
 */
final class AccountsAccessTest {

  private final Authorizer authorizer = new Authorizer("portcullis");
  private final TestCatalog catalog = new TestCatalog();
  private final Map<RelationName, ViewDefinition> views = new HashMap<>();
  private Optional<String> current = Optional.empty();
  private boolean fold;

  AccountsAccessTest() {
    catalog.account("acme").account("acme2");
    for (String account : List.of("sys", "acme", "acme2")) {
      String prefix = account.equals("sys") ? "" : account + "$";
      catalog
          .in(account)
          .roles("r")
          .user("joe", "r")
          .database(prefix + "shop")
          .table(prefix + "shop", "t")
          .view(prefix + "shop", "v");
    }
    catalog.in("sys").database("only_sys").table("only_sys", "t");
    catalog.in("acme2").database("acme2$only2").table("acme2$only2", "t");
    catalog.in("acme");
  }

  private Decision decide(ActiveSubject who, AccessRequest... accesses) {
    return authorizer.decide(who, List.of(accesses), binding());
  }

  private Binding binding() {
    return new Binding(
        current,
        fold,
        (database, name) -> false,
        (database, name) -> name.equals("v") ? RelationKinds.Found.VIEW : RelationKinds.Found.TABLE,
        new HarmlessPrograms(
            (database, name) ->
                views.getOrDefault(RelationName.of(database, name), new ViewDefinition.Absent())));
  }

  private ActiveSubject who(String account, String user, String role) {
    Subject subject = catalog.in(account).subject(user, role);
    return authorizer.activate(subject, PrivilegeSnapshot.of(7, catalog.state()));
  }

  private ActiveSubject root() {
    return who("sys", "root", "moadmin");
  }

  private ActiveSubject boss() {
    return who("acme", "boss", "accountadmin");
  }

  private ActiveSubject joe() {
    return who("acme", "joe", "r");
  }

  private static AccessRequest on(AccessKind kind, String database, String relation) {
    return new AccessRequest(
        kind,
        Requirement.isOnRelation(kind)
            ? RelationName.of(database, relation)
            : new DatabaseName(database));
  }

  private void allowed(ActiveSubject who, AccessRequest... accesses) {
    assertThat(decide(who, accesses)).isInstanceOf(Decision.Allowed.class);
  }

  private Decision.Denied denied(ActiveSubject who, AccessRequest... accesses) {
    Decision decision = decide(who, accesses);
    assertThat(decision).isInstanceOf(Decision.Denied.class);
    return (Decision.Denied) decision;
  }

  /** Of a schema that is not the account's, named as the backend does, by way of the session's. */
  private void deniedInSchema(ActiveSubject who, AccessKind kind, String schema) {
    current = Optional.of(schema);
    denied(
        who,
        new AccessRequest(
            kind,
            Requirement.isOnRelation(kind)
                ? new RelationName(DatabaseName.CURRENT, "t")
                : DatabaseName.CURRENT));
    current = Optional.empty();
  }

  // ---- whose objects

  @ParameterizedTest
  @EnumSource(AccessKind.class)
  void administratorOfAnAccountDoesEverythingInItAndNothingElsewhere(AccessKind kind) {
    views.put(
        RelationName.of("acme$shop", "v"),
        new ViewDefinition.Readable(false, new ViewBody(List.of(), List.of())));
    boolean onView =
        kind == AccessKind.CREATE_VIEW
            || kind == AccessKind.ALTER_VIEW
            || kind == AccessKind.DROP_VIEW;

    allowed(boss(), on(kind, "shop", onView ? "v" : "t"));
    deniedInSchema(boss(), kind, "shop");
    deniedInSchema(boss(), kind, "acme2$shop");
    deniedInSchema(boss(), kind, "only_sys");
    deniedInSchema(boss(), kind, "Acme$shop");
  }

  @ParameterizedTest
  @EnumSource(AccessKind.class)
  void administratorOfSysDoesEverythingThereAndNothingInAccounts(AccessKind kind) {
    boolean onView =
        kind == AccessKind.CREATE_VIEW
            || kind == AccessKind.ALTER_VIEW
            || kind == AccessKind.DROP_VIEW;

    allowed(root(), on(kind, "shop", onView ? "v" : "t"));
    denied(root(), on(kind, "acme$shop", "t"));
    denied(root(), on(kind, "ACME$shop", "t"));
    denied(root(), on(kind, "acme$unheard_of", "t"));
    deniedInSchema(root(), kind, "acme$shop");
  }

  /** Nor do secondary roles, a default role, or whatever a subject is told to have. */
  @Test
  void rolesOfAnotherAccountAreNotActive() {
    Subject joe = catalog.in("acme").subject("joe", "r");
    Subject stranger =
        new Subject(
            joe.account(),
            joe.user(),
            joe.userName(),
            joe.host(),
            catalog.in("sys").role("moadmin"),
            SecondaryRoles.ALL);
    ActiveSubject active = authorizer.activate(stranger, PrivilegeSnapshot.of(7, catalog.state()));

    assertThat(active.isAdministrator()).isFalse();
    denied(active, on(AccessKind.CREATE_DATABASE, "new", ""));
    current = Optional.of("only_sys");
    denied(
        active, new AccessRequest(AccessKind.SELECT, new RelationName(DatabaseName.CURRENT, "t")));
  }

  @Test
  void userOfAnotherAccountIsNoneOfThisOne() {
    Subject joe = catalog.in("acme2").subject("joe", "r");
    Subject elsewhere =
        new Subject(
            catalog.in("acme").state().account("acme").orElseThrow().id(),
            joe.user(),
            joe.userName(),
            joe.host(),
            catalog.role("accountadmin"),
            false);
    ActiveSubject active = authorizer.activate(elsewhere, PrivilegeSnapshot.of(7, catalog.state()));
    assertThat(active.unusable()).isPresent();
    denied(active, on(AccessKind.SELECT, "shop", "t"));
    assertThat(joe().unusable()).isEmpty();
  }

  @Test
  void grantsReachAsFarAsTheAccount() {
    catalog
        .in("acme")
        .grant("r", "select on table *.*")
        .grant("r", "all on database *")
        .grant("r", "all on account *");
    allowed(joe(), on(AccessKind.SELECT, "shop", "t"));
    allowed(joe(), on(AccessKind.DROP_TABLE, "shop", "t"));
    deniedInSchema(joe(), AccessKind.SELECT, "acme2$shop");
    deniedInSchema(joe(), AccessKind.SELECT, "only_sys");
    deniedInSchema(joe(), AccessKind.DROP_TABLE, "acme2$only2");
    denied(who("acme2", "joe", "r"), on(AccessKind.SELECT, "shop", "t"));
    denied(who("sys", "joe", "r"), on(AccessKind.SELECT, "shop", "t"));

    catalog.in("sys").grant("r", "select on table *.*").grant("r", "all on account *");
    allowed(who("sys", "joe", "r"), on(AccessKind.SELECT, "shop", "t"));
    denied(who("sys", "joe", "r"), on(AccessKind.SELECT, "acme$shop", "t"));
    denied(who("sys", "joe", "r"), on(AccessKind.CREATE_DATABASE, "acme$new", ""));
    allowed(who("sys", "joe", "r"), on(AccessKind.CREATE_DATABASE, "acme3$new", ""));
  }

  @Test
  void namesOfSchemasAreNamesOfDatabasesToAnAccount() {
    denied(joe(), on(AccessKind.SELECT, "acme$shop", "t"));
    catalog.in("acme").grant("r", "select on table acme$shop.t");
    allowed(joe(), on(AccessKind.SELECT, "shop", "t"));
    denied(joe(), on(AccessKind.SELECT, "acme$shop", "t"));
    denied(joe(), on(AccessKind.SELECT, "acme2$shop", "t"));
    current = Optional.of("acme$shop");
    allowed(
        joe(), new AccessRequest(AccessKind.SELECT, new RelationName(DatabaseName.CURRENT, "t")));
  }

  @Test
  void serverThatFoldsNamesFoldsThemInAccountsAsWell() {
    catalog.in("acme").grant("r", "select on table acme$shop.t");
    denied(joe(), on(AccessKind.SELECT, "SHOP", "T"));
    fold = true;
    allowed(joe(), on(AccessKind.SELECT, "SHOP", "T"));
    denied(root(), on(AccessKind.SELECT, "ACME$SHOP", "T"));
    denied(root(), on(AccessKind.SELECT, "Acme$Shop", "t"));
    // servers disagree about the lower case of this letter
    denied(root(), on(AccessKind.SELECT, "A\u212AME$shop", "t"));
  }

  @Test
  void databaseWhoseSchemaIsTooLongIsRefused() {
    allowed(boss(), on(AccessKind.CREATE_DATABASE, "x".repeat(59), ""));
    assertThat(
            denied(boss(), on(AccessKind.CREATE_DATABASE, "x".repeat(60), ""))
                .error()
                .code()
                .errno())
        .isEqualTo(1059);
  }

  // ---- system databases

  @ParameterizedTest
  @ValueSource(strings = {"mysql", "performance_schema", "sys", "portcullis", "MySQL"})
  void systemDatabasesAreNoAccountsToRead(String database) {
    boolean readable = !database.equals("portcullis");
    catalog.in("sys").grant("r", "select on table *.*");
    for (AccessKind kind : List.of(AccessKind.SELECT, AccessKind.DESCRIBE, AccessKind.LOCK_READ)) {
      denied(boss(), on(kind, database, "user"));
      if (readable) {
        allowed(root(), on(kind, database, "user"));
      }
    }
    denied(boss(), on(AccessKind.SHOW_TABLES, database, ""));
    denied(boss(), on(AccessKind.USE, database, ""));
    denied(boss(), on(AccessKind.CREATE_TABLE, database, "new"));
    denied(boss(), on(AccessKind.DROP_DATABASE, database, ""));
    denied(root(), on(AccessKind.CREATE_TABLE, database, "new"));
  }

  /** 1235 is what is answered by the filtered reading of it. */
  @Test
  void informationSchemaIsFilteredWhereThereAreOthers() {
    AccessRequest tables = on(AccessKind.SELECT, "information_schema", "TABLES");
    AccessRequest open = on(AccessKind.SELECT, "information_schema", "COLLATIONS");
    assertThat(denied(boss(), tables).error().code().errno()).isEqualTo(1235);
    assertThat(denied(root(), tables).error().code().errno()).isEqualTo(1235);
    allowed(boss(), open);
    allowed(root(), open);
    for (String all : List.of("INNODB_TABLES", "USER_PRIVILEGES", "PROFILING")) {
      assertThat(
              denied(boss(), on(AccessKind.SELECT, "information_schema", all))
                  .error()
                  .code()
                  .errno())
          .isEqualTo(1235);
      assertThat(authorizer.metadataFilter(boss(), all, false, ServerFlavour.MYSQL)).isEmpty();
    }
    TestCatalog alone = new TestCatalog();
    assertThat(
            authorizer.decide(
                authorizer.activate(
                    alone.subject("root", "moadmin"), PrivilegeSnapshot.of(7, alone.state())),
                List.of(tables),
                binding()))
        .isInstanceOf(Decision.Allowed.class);
  }

  // ---- views

  private void define(String database, String view, boolean invoker, String... below) {
    List<RelationName> names = new ArrayList<>();
    for (String name : below) {
      int dot = name.indexOf('.');
      names.add(RelationName.of(name.substring(0, dot), name.substring(dot + 1)));
    }
    views.put(
        RelationName.of(database, view),
        new ViewDefinition.Readable(invoker, new ViewBody(names, List.of())));
  }

  /** Whatever way it came to be: the chain ends at the wall. */
  @ParameterizedTest
  @ValueSource(strings = {"acme2$shop.t", "shop.t", "only_sys.t", "mysql.user", "Acme$shop.t"})
  void viewChainThatLeadsOutOfTheAccountIsDenied(String outside) {
    catalog
        .in("acme")
        .relation("acme$shop", "w", RelationKind.VIEW, "r")
        .relation("acme$shop", "x", RelationKind.VIEW, "r")
        .grant("r", "select on view *.*")
        .grant("r", "select on table *.*");
    define("acme$shop", "w", false, "acme$shop.x");
    for (boolean invoker : new boolean[] {false, true}) {
      define("acme$shop", "x", invoker, "acme$shop.t");
      allowed(joe(), on(AccessKind.SELECT, "shop", "w"));
      define("acme$shop", "x", invoker, "acme$shop.t", outside);
      Decision.Denied denied = denied(joe(), on(AccessKind.SELECT, "shop", "w"));
      assertThat(denied.error().code().errno()).isEqualTo(1356);
      assertThat(denied.error().message()).contains("'shop.w'").doesNotContain("acme");
    }
  }

  @Test
  void viewOfSysThatLeadsIntoAnAccountIsDenied() {
    catalog
        .in("sys")
        .relation("shop", "w", RelationKind.VIEW, "r")
        .grant("r", "select on view *.*")
        .grant("r", "select on table *.*");
    define("shop", "w", false, "shop.t");
    allowed(who("sys", "joe", "r"), on(AccessKind.SELECT, "shop", "w"));
    define("shop", "w", false, "acme$shop.t");
    denied(who("sys", "joe", "r"), on(AccessKind.SELECT, "shop", "w"));
  }

  /** What roles of other accounts may change is no reason here. */
  @Test
  void viewIsNotLentToRolesOfOtherAccounts() {
    catalog
        .in("acme")
        .relation("acme$shop", "w", RelationKind.VIEW, "accountadmin")
        .grant("r", "alter view on database acme$shop")
        .grant("r", "select on table acme$shop.t");
    AccessRequest[] redefines = {
      on(AccessKind.ALTER_VIEW, "shop", "w"), on(AccessKind.SELECT, "shop", "t")
    };
    allowed(joe(), redefines);
    catalog.in("acme2").grant("r", "insert on view *.*");
    catalog.in("sys").grant("r", "insert on view *.*");
    allowed(joe(), redefines);
    catalog.in("acme").roles("writer").grant("writer", "insert on view *.*");
    denied(joe(), redefines);
  }

  // ---- status

  @ParameterizedTest
  @EnumSource(AccessKind.class)
  void restrictedAccountFreesStorageAndUsesNoMore(AccessKind kind) {
    boolean permitted =
        switch (kind) {
          case SELECT,
              DELETE,
              TRUNCATE,
              DROP_TABLE,
              DROP_VIEW,
              DROP_DATABASE,
              DROP_TEMPORARY_TABLE,
              LOCK_READ,
              LOCK_WRITE,
              DESCRIBE,
              EXPLAIN,
              SHOW_CREATE,
              SHOW_CREATE_DATABASE,
              SHOW_TABLES,
              USE,
              // what their bodies do is looked at by itself
              EXECUTE_FUNCTION,
              EXECUTE_PROCEDURE,
              SHOW_FUNCTION,
              SHOW_PROCEDURE,
              DROP_TRIGGER,
              SHOW_TRIGGER,
              SHOW_EVENT ->
              true;
          case CREATE_FUNCTION,
              CREATE_PROCEDURE,
              ALTER_FUNCTION,
              ALTER_PROCEDURE,
              CREATE_TRIGGER,
              ADD_TRIGGER,
              CREATE_EVENT,
              ALTER_EVENT,
              DYNAMIC_PROCEDURE,
              DYNAMIC_EVENT ->
              false;
          case INSERT,
              UPDATE,
              REFERENCE,
              INDEX,
              CREATE_TABLE,
              ALTER_TABLE,
              CREATE_VIEW,
              ALTER_VIEW,
              CREATE_TEMPORARY_TABLE,
              CREATE_DATABASE,
              ALTER_DATABASE ->
              false;
        };
    AccessRequest access =
        on(kind, "shop", kind == AccessKind.ALTER_VIEW || kind == AccessKind.DROP_VIEW ? "v" : "t");
    catalog.status("acme", AccountStatus.RESTRICTED);
    if (permitted) {
      allowed(boss(), access);
    } else {
      Decision.Denied denied = denied(boss(), access);
      assertThat(denied.error().code().errno()).isEqualTo(1290);
      assertThat(denied.error().message()).contains("do not have enough storage");
    }
    allowed(who("acme2", "boss", "accountadmin"), access);
    catalog.status("acme", AccountStatus.OPEN);
    allowed(boss(), access);
  }

  /** INSERT ... SELECT and its kin. */
  @Test
  void oneAccessThatGrowsIsEnoughInARestrictedAccount() {
    catalog.status("acme", AccountStatus.RESTRICTED);
    denied(boss(), on(AccessKind.SELECT, "shop", "t"), on(AccessKind.INSERT, "shop", "t"));
    denied(boss(), on(AccessKind.DELETE, "shop", "t"), on(AccessKind.UPDATE, "shop", "t"));
    allowed(boss(), on(AccessKind.SELECT, "shop", "t"), on(AccessKind.DELETE, "shop", "t"));
  }

  @Test
  void nothingIsPermittedInASuspendedAccount() {
    catalog.status("acme", AccountStatus.SUSPENDED);
    ActiveSubject boss = boss();
    assertThat(boss.unusable()).isPresent();
    assertThat(boss.isAdministrator()).isFalse();
    assertThat(denied(boss, on(AccessKind.SELECT, "shop", "t")).error().message())
        .contains("Account acme is suspended");
    assertThat(
            denied(boss, on(AccessKind.SELECT, "information_schema", "engines")).error().message())
        .contains("suspended");
    allowed(who("acme2", "boss", "accountadmin"), on(AccessKind.SELECT, "shop", "t"));
    catalog.status("acme", AccountStatus.OPEN);
    allowed(boss(), on(AccessKind.SELECT, "shop", "t"));
  }

  // ---- what is said

  @Test
  void refusalsAndHintsNameWhatTheAccountCallsIt() {
    Decision.Denied table = denied(joe(), on(AccessKind.SELECT, "shop", "t"));
    Decision.Denied database = denied(joe(), on(AccessKind.SHOW_TABLES, "shop", ""));
    current = Optional.of("acme$shop");
    AccessRequest unqualified =
        new AccessRequest(AccessKind.INSERT, new RelationName(DatabaseName.CURRENT, "t"));
    Decision.Denied bound = denied(joe(), unqualified);

    assertThat(database.error().message()).contains("'shop'");
    for (Decision.Denied denied : List.of(table, database, bound)) {
      assertThat(denied.error().message() + denied.missing()).doesNotContain("acme");
    }
    assertThat(authorizer.hints(joe(), List.of(unqualified), binding()))
        .containsExactly(
            "If it is a table, what is missing: GRANT INSERT ON TABLE `shop`.`t` TO ROLE `r`",
            "If it is a view, what is missing: GRANT INSERT ON VIEW `shop`.`t` TO ROLE `r`");
    catalog.in("acme").grant("r", "insert on table acme$shop.t");
    allowed(joe(), unqualified);
  }

  /** What is not there and what is another's look the same. */
  @Test
  void whatIsAnothersLooksLikeWhatIsNotThere() {
    for (AccessKind kind : List.of(AccessKind.SELECT, AccessKind.SHOW_TABLES, AccessKind.USE)) {
      assertThat(
              denied(joe(), on(kind, "acme2$shop", "t"))
                  .error()
                  .message()
                  .replace("acme2$shop", "x"))
          .isEqualTo(
              denied(joe(), on(kind, "nowhere", "t")).error().message().replace("nowhere", "x"));
      assertThat(denied(root(), on(kind, "acme$shop", "t")).error().message())
          .isEqualTo(
              denied(root(), on(kind, "acme$none", "t")).error().message().replace("none", "shop"));
    }
  }
}
