package io.portcullis.privilege.dcl;

import static io.portcullis.privilege.dcl.Gate.createUser;
import static io.portcullis.privilege.dcl.Gate.grant;
import static io.portcullis.privilege.dcl.Gate.grantRole;
import static io.portcullis.privilege.dcl.Gate.grantWithOption;
import static io.portcullis.sql.text.ErrorCode.ER_BAD_DB_ERROR;
import static io.portcullis.sql.text.ErrorCode.ER_NOT_SUPPORTED_YET;
import static io.portcullis.sql.text.ErrorCode.ER_NO_DB_ERROR;
import static io.portcullis.sql.text.ErrorCode.ER_NO_SUCH_TABLE;
import static io.portcullis.sql.text.ErrorCode.ER_SPECIFIC_ACCESS_DENIED_ERROR;
import static io.portcullis.sql.text.ErrorCode.ER_UNKNOWN_AUTHID;
import static io.portcullis.sql.text.ErrorCode.ER_WRONG_OBJECT;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.privilege.authz.Authorizer;
import io.portcullis.privilege.authz.Binding;
import io.portcullis.privilege.authz.Decision;
import io.portcullis.privilege.authz.RandomCatalog;
import io.portcullis.privilege.authz.RelationKinds;
import io.portcullis.privilege.authz.Subject;
import io.portcullis.privilege.authz.SystemDatabases;
import io.portcullis.privilege.authz.ViewDefinition;
import io.portcullis.privilege.catalog.CatalogChange;
import io.portcullis.privilege.catalog.CatalogState;
import io.portcullis.privilege.model.AccountId;
import io.portcullis.privilege.model.Relation;
import io.portcullis.privilege.model.Role;
import io.portcullis.privilege.model.RoleId;
import io.portcullis.privilege.model.RoleToUser;
import io.portcullis.privilege.model.User;
import io.portcullis.privilege.model.UserId;
import io.portcullis.privilege.model.Verifiers;
import io.portcullis.privilege.snapshot.PrivilegeSnapshot;
import io.portcullis.sql.access.AccessKind;
import io.portcullis.sql.access.AccessRequest;
import io.portcullis.sql.access.DatabaseName;
import io.portcullis.sql.access.RelationKind;
import io.portcullis.sql.access.RelationName;
import io.portcullis.sql.access.ViewBody;
import io.portcullis.sql.statement.AccessControlStatement;
import io.portcullis.sql.statement.AccessControlStatement.ShowAccess;
import io.portcullis.sql.statement.AccessControlStatement.ShowEffectiveGrants;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Who can do what, and along which roles. */
final class AccessListingTest {

  private static final ShowAccess UNQUALIFIED =
      new ShowAccess(RelationName.unqualified("t"), Optional.empty());

  private final Gate gate = new Gate();

  private static ShowAccess on(String database, String relation) {
    return new ShowAccess(RelationName.of(database, relation), Optional.empty());
  }

  private static ShowAccess on(String database) {
    return new ShowAccess(new DatabaseName(database), Optional.empty());
  }

  private static ShowEffectiveGrants effective(String user) {
    return new ShowEffectiveGrants(Optional.of(Gate.name(user)));
  }

  private static List<String> rows(Gate.Session asking, AccessControlStatement statement) {
    DclResult result = asking.run(statement);
    assertThat(result).isInstanceOf(DclResult.Rows.class);
    return ((DclResult.Rows) result).rows().stream().map(row -> String.join(" | ", row)).toList();
  }

  @Test
  void accessToColumnsIsListed() {
    gate.rolesWithUsers("clerk");
    gate.root().does(Gate.grantColumns("SELECT id name", "TABLE d.t", "clerk"));

    assertThat(rows(gate.root(), on("d", "t")))
        .filteredOn(row -> !row.startsWith("root"))
        .containsExactly(
            "u_clerk | SELECT (`id`) | u_clerk -> clerk | GRANT SELECT (`id`) ON TABLE `d`.`t` | NO",
            "u_clerk | SELECT (`name`) | u_clerk -> clerk | GRANT SELECT (`name`) ON TABLE `d`.`t` |"
                + " NO");
    assertThat(rows(gate.root(), on("d", "u"))).noneMatch(row -> row.startsWith("u_clerk"));
    assertThat(rows(gate.root(), effective("u_clerk"))).anyMatch(row -> row.contains("(`name`)"));
  }

  @Test
  void accessIsListedWithEveryWayToIt() {
    gate.rolesWithUsers("clerk", "analyst", "stranger");
    gate.root().does(grant("SELECT", "TABLE d.*", "analyst"));
    gate.root().does(grantWithOption("INSERT", "TABLE d.t", "clerk"));
    gate.root().does(grant("CREATE TABLE, DROP TABLE", "DATABASE d", "clerk"));
    gate.root().does(grant("SELECT", "VIEW d.*", "stranger"));
    gate.root().does(grantRole("analyst", "clerk"));
    gate.root().does(grantRole("analyst", "u_clerk"));

    assertThat(rows(gate.root(), on("d", "t")))
        .filteredOn(row -> !row.startsWith("root"))
        .containsExactly(
            "u_analyst | SELECT | u_analyst -> analyst | GRANT SELECT ON TABLE `d`.* | NO",
            "u_clerk | SELECT | u_clerk -> analyst | GRANT SELECT ON TABLE `d`.* | NO",
            "u_clerk | DROP TABLE | u_clerk -> clerk | GRANT DROP TABLE ON DATABASE `d` | NO",
            "u_clerk | INSERT | u_clerk -> clerk | GRANT INSERT ON TABLE `d`.`t` | YES",
            "u_clerk | SELECT | u_clerk -> clerk -> analyst | GRANT SELECT ON TABLE `d`.* | NO");
    assertThat(rows(gate.root(), on("d", "t")))
        .contains("root | SELECT | root -> moadmin | GRANT SELECT ON TABLE *.* | YES");
    assertThat(rows(gate.root(), on("d", "t")))
        .noneSatisfy(row -> assertThat(row).contains(" VIEW"));
    assertThat(rows(gate.root(), on("d", "v")))
        .noneSatisfy(row -> assertThat(row).containsAnyOf("ALTER TABLE", "DROP TABLE"));
    assertThat(rows(gate.root(), on("d", "v")))
        .filteredOn(row -> !row.startsWith("root"))
        .containsExactly(
            "u_stranger | SELECT | u_stranger -> stranger | GRANT SELECT ON VIEW `d`.* | NO");
    assertThat(rows(gate.root(), on("d")))
        .filteredOn(row -> row.startsWith("u_clerk") && row.contains("DATABASE"))
        .containsExactly(
            "u_clerk | CREATE TABLE | u_clerk -> clerk | GRANT CREATE TABLE ON DATABASE `d` | NO",
            "u_clerk | DROP TABLE | u_clerk -> clerk | GRANT DROP TABLE ON DATABASE `d` | NO");
  }

  @Test
  void whatPublicHoldsIsEverybodys() {
    gate.root().does(grant("SELECT", "TABLE d.t", "public"));
    assertThat(rows(gate.root(), on("d", "t")))
        .contains("* | SELECT | * -> public | GRANT SELECT ON TABLE `d`.`t` | NO");
  }

  @Test
  void whatIsGrantedToUsersIsTheirsDirectly() {
    gate.rolesWithUsers("clerk", "stranger");
    gate.root().does(grant("SELECT", "TABLE d.t", "u_clerk"));
    gate.root().does(grant("OWNERSHIP", "TABLE d.u", "u_clerk"));
    gate.root().does(grant("INSERT", "TABLE d.t", "clerk"));

    assertThat(rows(gate.root(), on("d", "t")))
        .filteredOn(row -> row.startsWith("u_"))
        .containsExactly(
            "u_clerk | SELECT | u_clerk (directly) | GRANT SELECT ON TABLE `d`.`t` | NO",
            "u_clerk | INSERT | u_clerk -> clerk | GRANT INSERT ON TABLE `d`.`t` | NO");
    assertThat(rows(gate.as("u_clerk", "public"), on("d", "u")))
        .contains("u_clerk | OWNERSHIP | u_clerk (directly) | OWNER OF TABLE `d`.`u` | YES");
    gate.as("u_stranger", "public")
        .refused(ER_SPECIFIC_ACCESS_DENIED_ERROR, "MANAGE GRANTS", on("d", "u"));
    assertThat(rows(gate.root(), effective("u_clerk")))
        .containsExactly(
            "u_clerk | SELECT | u_clerk (directly) | GRANT SELECT ON TABLE `d`.`t` | NO",
            "u_clerk | OWNERSHIP | u_clerk (directly) | OWNER OF TABLE `d`.`u` | YES",
            "u_clerk | INSERT | u_clerk -> clerk | GRANT INSERT ON TABLE `d`.`t` | NO",
            "u_clerk | CONNECT | u_clerk -> public | GRANT CONNECT ON ACCOUNT * | YES");
    assertThat(rows(gate.root(), effective("u_stranger")))
        .noneSatisfy(row -> assertThat(row).contains("directly"));
  }

  @Test
  void accessIsShownToOwnersAndWhoManagesGrants() {
    gate.rolesWithUsers("owner", "security", "other");
    gate.root().does(grant("OWNERSHIP", "TABLE d.t", "owner"));
    gate.root().does(grant("MANAGE GRANTS", "ACCOUNT *", "security"));

    assertThat(rows(gate.in("owner"), on("d", "t")))
        .contains("u_owner | OWNERSHIP | u_owner -> owner | OWNER OF TABLE `d`.`t` | YES");
    gate.in("owner").refused(ER_SPECIFIC_ACCESS_DENIED_ERROR, "MANAGE GRANTS", on("d", "u"));
    assertThat(rows(gate.in("security"), on("d", "u"))).isNotEmpty();
    for (ShowAccess object :
        List.of(on("d", "t"), on("d", "nothing"), on("nowhere", "t"), on("nowhere"))) {
      gate.in("other").refused(ER_SPECIFIC_ACCESS_DENIED_ERROR, "MANAGE GRANTS", object);
    }
  }

  @Test
  void onlyWhatIsThereCanBeAskedAbout() {
    gate.root().refused(ER_NO_SUCH_TABLE, "d.nothing", on("d", "nothing"));
    gate.root().refused(ER_BAD_DB_ERROR, "nowhere", on("nowhere"));
    gate.root().refused(ER_NOT_SUPPORTED_YET, "system database", on("mysql", "user"));
    gate.root().refused(ER_NO_DB_ERROR, "No database", UNQUALIFIED);
    RelationName table = RelationName.of("d", "t");
    gate.root()
        .refused(
            ER_WRONG_OBJECT,
            "'d.t' is not VIEW",
            new ShowAccess(table, Optional.of(RelationKind.VIEW)));
    assertThat(rows(gate.root(), new ShowAccess(table, Optional.of(RelationKind.TABLE))))
        .isEqualTo(rows(gate.root(), on("d", "t")));
    gate.use("d");
    assertThat(rows(gate.root(), UNQUALIFIED)).isNotEmpty();
  }

  @Test
  void effectiveGrantsAreThoseOfAllRoles() {
    gate.rolesWithUsers("clerk", "analyst");
    gate.root().does(grant("SELECT", "TABLE d.*", "analyst"));
    gate.root().does(grant("OWNERSHIP", "TABLE d.t", "clerk"));
    gate.root().does(grantRole("analyst", "clerk"));

    List<String> expected =
        List.of(
            "u_clerk | OWNERSHIP | u_clerk -> clerk | OWNER OF TABLE `d`.`t` | YES",
            "u_clerk | SELECT | u_clerk -> clerk -> analyst | GRANT SELECT ON TABLE `d`.* | NO",
            "u_clerk | CONNECT | u_clerk -> public | GRANT CONNECT ON ACCOUNT * | YES");
    assertThat(rows(gate.root(), effective("u_clerk"))).containsExactlyElementsOf(expected);
    assertThat(rows(gate.as("u_clerk", "public"), new ShowEffectiveGrants(Optional.empty())))
        .containsExactlyElementsOf(expected);
  }

  @Test
  void effectiveGrantsOfOthersAreForWhoManagesGrants() {
    gate.rolesWithUsers("security", "other");
    gate.root().does(grant("MANAGE GRANTS", "ACCOUNT *", "security"));
    gate.root().does(createUser("joe"));

    assertThat(rows(gate.in("security"), effective("joe"))).isNotEmpty();
    gate.in("security").refused(ER_UNKNOWN_AUTHID, "nobody", effective("nobody"));
    gate.in("other").refused(ER_SPECIFIC_ACCESS_DENIED_ERROR, "MANAGE GRANTS", effective("joe"));
    gate.in("other").refused(ER_SPECIFIC_ACCESS_DENIED_ERROR, "MANAGE GRANTS", effective("nobody"));
    assertThat(rows(gate.in("other"), effective("u_other"))).isNotEmpty();
  }

  /** Whoever may read a table after a SET ROLE is listed, and nobody else. */
  @TestFactory
  Stream<DynamicTest> listsWhoMayRead() {
    return LongStream.range(0, 30)
        .mapToObj(seed -> DynamicTest.dynamicTest("seed " + seed, () -> checkReaders(seed)));
  }

  private static void checkReaders(long seed) throws Exception {
    RandomCatalog catalog = new RandomCatalog(seed);
    Authorizer authorizer = new Authorizer("portcullis");
    AccessListing listing = new AccessListing(authorizer, Gate.SETTINGS, new FakeBackend());
    for (int i = 0; i < 20; i++) {
      CatalogState state = catalog.state();
      PrivilegeSnapshot snapshot = PrivilegeSnapshot.of(1, state);
      Subject root =
          new Subject(
              AccountId.SYS,
              state.usersOf(RoleId.MOADMIN).iterator().next().user(),
              "root",
              "host",
              RoleId.MOADMIN,
              false);
      for (Relation relation : state.relations()) {
        String database = state.database(relation.database()).orElseThrow().name();
        if (!SystemDatabases.is(database, "portcullis") && !relation.kind().isProgram()) {
          DclResult.Rows listed =
              (DclResult.Rows)
                  listing.access(
                      authorizer.activate(root, snapshot),
                      Optional.empty(),
                      on(database, relation.name()));
          Set<String> readers = new TreeSet<>();
          for (var row : listed.rows()) {
            if (Set.of("SELECT", "ALL", "OWNERSHIP").contains(row.get(1))
                && !String.valueOf(row.get(3)).contains(" DATABASE ")) {
              readers.add(String.valueOf(row.get(0)));
            }
            assertThat(row.get(2)).as("no name of a private role").doesNotContain("#");
          }
          assertThat(readers)
              .as("%s", relation)
              .isEqualTo(readers(authorizer, state, database, relation));
        }
      }
      catalog.change();
    }
  }

  /** By decisions, one role and one user's own grants at a time. */
  private static Set<String> readers(
      Authorizer authorizer, CatalogState state, String database, Relation relation) {
    // A role that permits nothing, which everybody has, and somebody who has nothing.
    Role empty = role(state.nextRoleId(), "empty");
    // The next id may have a private role without a user in a random catalog.
    User stranger = user(new UserId(state.nextUserId().value() + 1), "stranger");
    CatalogState with =
        state.apply(new CatalogChange.RolePut(empty)).apply(new CatalogChange.UserPut(stranger));
    for (User user : state.users()) {
      with =
          with.apply(
              new CatalogChange.RoleGrantedToUser(new RoleToUser(empty.id(), user.id(), false)));
    }
    PrivilegeSnapshot snapshot = PrivilegeSnapshot.of(1, with);
    Set<String> readers = new TreeSet<>();
    if (mayRead(authorizer, snapshot, stranger, RoleId.PUBLIC, database, relation)) {
      readers.add("*");
    }
    for (User user : state.users()) {
      boolean reads =
          with.rolesOf(user.id()).stream()
              .map(RoleToUser::role)
              .filter(role -> !role.equals(RoleId.PUBLIC))
              .anyMatch(role -> mayRead(authorizer, snapshot, user, role, database, relation));
      if (reads) {
        readers.add(user.name());
      }
    }
    return readers;
  }

  private static boolean mayRead(
      Authorizer authorizer,
      PrivilegeSnapshot snapshot,
      User user,
      RoleId role,
      String database,
      Relation relation) {
    Binding binding =
        new Binding(
            Optional.empty(),
            false,
            (d, t) -> false,
            (d, t) -> RelationKinds.Found.ABSENT,
            (d, v) -> new ViewDefinition.Readable(false, new ViewBody(List.of(), List.of())));
    List<AccessRequest> read =
        List.of(new AccessRequest(AccessKind.SELECT, RelationName.of(database, relation.name())));
    Subject subject = new Subject(AccountId.SYS, user.id(), user.name(), "host", role, false);
    return authorizer.decide(authorizer.activate(subject, snapshot), read, binding)
        instanceof Decision.Allowed;
  }

  private static Role role(RoleId id, String name) {
    return new Role(
        id, AccountId.SYS, name, Optional.empty(), RoleId.MOADMIN, Optional.empty(), Instant.EPOCH);
  }

  private static User user(UserId id, String name) {
    return new User(
        id,
        AccountId.SYS,
        name,
        "host",
        new Verifiers("", ""),
        RoleId.PUBLIC,
        RoleId.MOADMIN,
        false,
        Optional.empty(),
        Instant.EPOCH);
  }
}
