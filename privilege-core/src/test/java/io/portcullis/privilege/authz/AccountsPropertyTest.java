package io.portcullis.privilege.authz;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.privilege.catalog.CatalogChange;
import io.portcullis.privilege.catalog.CatalogState;
import io.portcullis.privilege.model.AccountId;
import io.portcullis.privilege.model.Database;
import io.portcullis.privilege.model.DatabaseId;
import io.portcullis.privilege.model.Grant;
import io.portcullis.privilege.model.GrantLevel;
import io.portcullis.privilege.model.Relation;
import io.portcullis.privilege.model.RelationId;
import io.portcullis.privilege.model.Role;
import io.portcullis.privilege.model.RoleId;
import io.portcullis.privilege.model.RoleToRole;
import io.portcullis.privilege.model.RoleToUser;
import io.portcullis.privilege.model.SecondaryRoles;
import io.portcullis.privilege.model.User;
import io.portcullis.privilege.model.UserId;
import io.portcullis.privilege.snapshot.PrivilegeSnapshot;
import io.portcullis.sql.access.AccessRequest;
import io.portcullis.sql.access.DatabaseName;
import io.portcullis.sql.access.RelationName;
import io.portcullis.sql.access.ViewBody;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Moved into an account, beside a sys that has another catalog and beside a second account that has
 * the same, a catalog decides as {@link PlainEvaluator} says it does alone in sys; and the accounts
 * change nothing for sys. System databases, which are not the same for all, are left out.
 */
final class AccountsPropertyTest {

  private static final int CATALOGS = 30;
  private static final int STATES_PER_CATALOG = 10;
  private static final int DECISIONS_PER_STATE = 300;
  private static final String ACCOUNT = "acme";
  private static final String OTHER = "acme2";

  @TestFactory
  Stream<DynamicTest> anAccountDecidesAsIfItWereAlone() {
    return LongStream.range(0, CATALOGS)
        .mapToObj(seed -> DynamicTest.dynamicTest("seed " + seed, () -> check(seed)));
  }

  private static void check(long seed) {
    SecondaryRolesMode mode = RandomQuestion.mode(seed);
    Authorizer authorizer = new Authorizer("portcullis", mode);
    RandomCatalog mine = new RandomCatalog(seed);
    RandomCatalog ofSys = new RandomCatalog(seed + 1000);
    Random random = new Random(~seed);
    for (int epoch = 1; epoch <= STATES_PER_CATALOG; epoch++) {
      CatalogState alone = mine.state();
      Moved other = new Moved(ofSys.state(), OTHER, 5000).with(alone);
      Moved moved = new Moved(other.state, ACCOUNT, 1000).with(alone);
      PrivilegeSnapshot together = PrivilegeSnapshot.of(epoch, moved.state);
      for (int i = 0; i < DECISIONS_PER_STATE; i++) {
        inTheAccount(authorizer, mode, alone, moved, together, random);
        inSys(authorizer, mode, ofSys.state(), together, random);
      }
      for (int i = 0; i < 4; i++) {
        mine.change();
        ofSys.change();
      }
    }
  }

  private static void inTheAccount(
      Authorizer authorizer,
      SecondaryRolesMode mode,
      CatalogState alone,
      Moved moved,
      PrivilegeSnapshot together,
      Random random) {
    Subject subject = RandomQuestion.subject(alone, random);
    Binding binding = ordinary(RandomQuestion.binding(random));
    List<AccessRequest> accesses = ordinary(RandomQuestion.accesses(random));

    Decision decision =
        authorizer.decide(
            authorizer.activate(moved.subject(subject), together),
            accesses,
            moved.binding(binding));

    assertThat(PlainEvaluator.Outcome.of(decision))
        .as("%s, %s, fold %s", subject, accesses, binding.foldNames())
        .isEqualTo(
            new PlainEvaluator(alone, alone, subject, binding, "portcullis", mode)
                .decide(accesses));
    if (decision instanceof Decision.Denied denied) {
      assertThat(denied.error().message() + denied.missing())
          .as("as the account calls it")
          .doesNotContain(ACCOUNT + "$");
    }
  }

  private static void inSys(
      Authorizer authorizer,
      SecondaryRolesMode mode,
      CatalogState sys,
      PrivilegeSnapshot together,
      Random random) {
    Subject subject = RandomQuestion.subject(sys, random);
    Binding binding = ordinary(RandomQuestion.binding(random));
    List<AccessRequest> accesses = ordinary(RandomQuestion.accesses(random));

    Decision decision =
        authorizer.decide(authorizer.activate(subject, together), accesses, binding);

    assertThat(PlainEvaluator.Outcome.of(decision))
        .as("%s, %s, fold %s", subject, accesses, binding.foldNames())
        .isEqualTo(
            new PlainEvaluator(sys, sys, subject, binding, "portcullis", mode).decide(accesses));
  }

  // System databases become an ordinary one.

  private static String ordinary(String database) {
    return SystemDatabases.is(database, "portcullis") ? "d3" : database;
  }

  private static RelationName ordinary(RelationName name) {
    return name.database().isCurrent()
        ? name
        : RelationName.of(ordinary(name.database().name()), name.name());
  }

  private static List<AccessRequest> ordinary(List<AccessRequest> accesses) {
    List<AccessRequest> ordinary = new ArrayList<>();
    for (AccessRequest access : accesses) {
      if (access.object() instanceof RelationName relation) {
        ordinary.add(new AccessRequest(access.kind(), ordinary(relation), access.columns()));
      } else {
        DatabaseName database = (DatabaseName) access.object();
        ordinary.add(
            new AccessRequest(
                access.kind(),
                database.isCurrent() ? database : new DatabaseName(ordinary(database.name()))));
      }
    }
    return ordinary;
  }

  private static Binding ordinary(Binding binding) {
    return new Binding(
        binding.currentDatabase().map(AccountsPropertyTest::ordinary),
        binding.foldNames(),
        binding.isTemporary(),
        binding.kinds(),
        (database, name) ->
            renamed(binding.views().of(database, name), AccountsPropertyTest::ordinary));
  }

  private interface Renaming {
    RelationName of(RelationName name);
  }

  private static ViewDefinition renamed(ViewDefinition definition, Renaming renaming) {
    return definition instanceof ViewDefinition.Readable readable
        ? new ViewDefinition.Readable(
            readable.invoker(),
            new ViewBody(
                readable.body().targets().stream().map(renaming::of).toList(),
                readable.body().others().stream().map(renaming::of).toList(),
                readable.body().columns().entrySet().stream()
                    .collect(
                        Collectors.toMap(
                            entry -> renaming.of(entry.getKey()),
                            Map.Entry::getValue,
                            (a, b) -> {
                              Set<String> both = new HashSet<>(a);
                              both.addAll(b);
                              return both;
                            })),
                readable.body().functions().stream().map(renaming::of).toList()))
        : definition;
  }

  /** What is in sys of one state, in an account of another; ids are moved on by so much. */
  private static final class Moved {
    private final int by;
    private final String prefix;
    private final AccountId account;
    private CatalogState state;

    Moved(CatalogState into, String account, int by) {
      TestCatalog made = new TestCatalog(into).account(account);
      this.by = by;
      this.prefix = account + "$";
      this.state = made.state();
      this.account = state.account(account).orElseThrow().id();
    }

    private void put(CatalogChange change) {
      state = state.apply(change);
    }

    Moved with(CatalogState alone) {
      List<Role> roles =
          alone.holders().stream().filter(role -> !role.isBuiltIn()).collect(Collectors.toList());
      for (User user : alone.users()) {
        put(
            new CatalogChange.UserPut(
                user(user, RoleId.publicOf(account), RoleId.administratorOf(account))));
      }
      for (Role role : roles) {
        put(new CatalogChange.RolePut(role(role, RoleId.administratorOf(account))));
      }
      for (Role role : roles) {
        put(new CatalogChange.RolePut(role(role, role(role.owner()))));
      }
      for (User user : alone.users()) {
        put(new CatalogChange.UserPut(user(user, role(user.defaultRole()), role(user.owner()))));
        for (RoleToUser edge : alone.rolesOf(user.id())) {
          put(
              new CatalogChange.RoleGrantedToUser(
                  new RoleToUser(role(edge.role()), user(edge.user()), edge.grantOption())));
        }
      }
      for (Role role : alone.holders()) {
        for (RoleToRole edge : alone.rolesInheritedBy(role.id())) {
          put(
              new CatalogChange.RoleGrantedToRole(
                  new RoleToRole(role(edge.granted()), role(edge.grantee()), edge.grantOption())));
        }
      }
      for (Database database : alone.databases()) {
        put(
            new CatalogChange.DatabasePut(
                new Database(
                    database(database.id()),
                    account,
                    physical(database.name()),
                    role(database.owner()))));
      }
      for (Relation relation : alone.relations()) {
        put(
            new CatalogChange.RelationPut(
                new Relation(
                    relation(relation.id()),
                    database(relation.database()),
                    relation.name(),
                    relation.kind(),
                    role(relation.owner()))));
      }
      for (Role role : alone.holders()) {
        for (Grant grant : alone.grantsOf(role.id())) {
          put(
              new CatalogChange.PrivilegeGranted(
                  new Grant(
                      role(grant.grantee()),
                      grant.privilege(),
                      level(grant.level()),
                      grant.grantOption())));
        }
      }
      return this;
    }

    private User user(User user, RoleId defaultRole, RoleId owner) {
      return new User(
          user(user.id()),
          account,
          user.name(),
          user.host(),
          user.verifiers(),
          defaultRole,
          owner,
          user.locked(),
          user.comment(),
          user.created());
    }

    private Role role(Role role, RoleId owner) {
      return new Role(
          role(role.id()),
          account,
          role.privateTo().map(user -> "#" + user(user).value()).orElse(role.name()),
          Optional.empty(),
          owner,
          role.comment(),
          role.created(),
          role.privateTo().map(this::user));
    }

    private GrantLevel level(GrantLevel level) {
      if (level instanceof GrantLevel.OnDatabase on) {
        return new GrantLevel.OnDatabase(database(on.database()));
      } else if (level instanceof GrantLevel.OnRelationsOf on) {
        return new GrantLevel.OnRelationsOf(database(on.database()), on.kind());
      } else if (level instanceof GrantLevel.OnRelation on) {
        return new GrantLevel.OnRelation(relation(on.relation()), on.kind());
      } else if (level instanceof GrantLevel.OnColumn on) {
        return new GrantLevel.OnColumn(relation(on.relation()), on.kind(), on.column());
      }
      return level;
    }

    private RoleId role(RoleId role) {
      if (role.equals(RoleId.MOADMIN)) {
        return RoleId.administratorOf(account);
      }
      return role.equals(RoleId.PUBLIC) ? RoleId.publicOf(account) : new RoleId(role.value() + by);
    }

    private UserId user(UserId user) {
      return new UserId(user.value() + by);
    }

    private DatabaseId database(DatabaseId database) {
      return new DatabaseId(database.value() + by);
    }

    private RelationId relation(RelationId relation) {
      return new RelationId(relation.value() + by);
    }

    private String physical(String database) {
      return SystemDatabases.is(database, "portcullis") ? database : prefix + database;
    }

    private String logical(String database) {
      return database.startsWith(prefix) ? database.substring(prefix.length()) : database;
    }

    Subject subject(Subject subject) {
      return new Subject(
          account,
          user(subject.user()),
          subject.userName(),
          subject.host(),
          role(subject.primary()),
          secondary(subject.secondary()));
    }

    private SecondaryRoles secondary(SecondaryRoles secondary) {
      return secondary.all() || secondary.isNone()
          ? secondary
          : SecondaryRoles.of(
              secondary.roles().stream().map(this::role).collect(Collectors.toSet()));
    }

    Binding binding(Binding alone) {
      return new Binding(
          alone.currentDatabase().map(this::physical),
          alone.foldNames(),
          (database, name) -> alone.isTemporary().test(logical(database), name),
          (database, name) -> alone.kinds().kind(logical(database), name),
          (database, name) ->
              renamed(
                  alone.views().of(logical(database), name),
                  below -> RelationName.of(physical(below.database().name()), below.name())));
    }
  }
}
