package io.portcullis.privilege.authz;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.privilege.catalog.CatalogChange;
import io.portcullis.privilege.catalog.CatalogState;
import io.portcullis.privilege.model.AccountId;
import io.portcullis.privilege.model.Database;
import io.portcullis.privilege.model.Grant;
import io.portcullis.privilege.model.GrantLevel;
import io.portcullis.privilege.model.PrivilegeScope;
import io.portcullis.privilege.model.PrivilegeType;
import io.portcullis.privilege.model.Relation;
import io.portcullis.privilege.model.RelationId;
import io.portcullis.privilege.model.Role;
import io.portcullis.privilege.model.RoleId;
import io.portcullis.privilege.model.UserId;
import io.portcullis.privilege.snapshot.PrivilegeSnapshot;
import io.portcullis.sql.access.AccessKind;
import io.portcullis.sql.access.AccessRequest;
import io.portcullis.sql.access.DatabaseName;
import io.portcullis.sql.access.RelationKind;
import io.portcullis.sql.access.RelationName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Grants that are advised after a refusal, carried out, permit the same statement, and nothing that
 * they do not say; a role that is advised permits what was missing; catalog after catalog.
 */
final class HintsPropertyTest {

  private static final int CATALOGS = 25;
  private static final int STATES_PER_CATALOG = 20;
  private static final int QUESTIONS_PER_STATE = 50;
  private static final int OTHER_QUESTIONS = 20;
  private static final int MAXIMUM_HINTS = 16;

  private static final Pattern SET_ROLE = Pattern.compile("SET ROLE `(.+)`");
  private static final Pattern GRANT =
      Pattern.compile(
          "GRANT ([^(]+?)(?: \\((.+)\\))? ON (ACCOUNT|DATABASE|TABLE|VIEW|FUNCTION|PROCEDURE)"
              + " (?:\\*|`(.+?)`(?:\\.`(.+)`)?) TO (ROLE|USER) `(.+)`");

  private Authorizer authorizer = new Authorizer("portcullis");
  private int activated;
  private int granted;

  /** A grant that was carried out. */
  private record Done(
      PrivilegeType privilege, String database, Optional<String> relation, Set<String> columns) {}

  @TestFactory
  Stream<DynamicTest> adviceHelpsAndGivesNothingElse() {
    return LongStream.range(0, CATALOGS)
        .mapToObj(seed -> DynamicTest.dynamicTest("seed " + seed, () -> check(seed)));
  }

  private void check(long seed) {
    authorizer = new Authorizer("portcullis", RandomQuestion.mode(seed));
    RandomCatalog catalog = new RandomCatalog(seed);
    Random random = new Random(~seed);
    for (int i = 0; i < STATES_PER_CATALOG; i++) {
      for (int question = 0; question < QUESTIONS_PER_STATE; question++) {
        check(catalog.state(), random);
      }
      for (int changes = random.nextInt(6); changes >= 0; changes--) {
        catalog.change();
      }
    }
    assertThat(granted).as("grants tried").isPositive();
    assertThat(activated).as("roles tried").isPositive();
  }

  private void check(CatalogState state, Random random) {
    Binding binding = decided(RandomQuestion.binding(random));
    // What the plan of a view takes is advised once nothing else is missing.
    List<AccessRequest> accesses =
        RandomQuestion.accesses(random).stream()
            .filter(access -> access.kind() != AccessKind.EXPLAIN)
            .toList();
    ActiveSubject active =
        authorizer.activate(RandomQuestion.subject(state, random), PrivilegeSnapshot.of(1, state));
    if (active.unusable().isPresent()
        || !(authorizer.decide(active, accesses, binding) instanceof Decision.Denied denied)) {
      return;
    }
    List<String> hints = authorizer.hints(active, denied.missing(), binding);
    String question = active.subject() + ", " + accesses + ": " + hints;
    List<String> grants = new ArrayList<>();
    for (String hint : hints) {
      String statement = hint.substring(hint.indexOf(": ") + 2);
      Optional<Subject> switched = switched(active, statement);
      if (switched.isPresent()) {
        // What the roles of before permitted besides is not looked at by the advice.
        assertThat(isAllowed(switched.get(), state, denied.missing(), binding))
            .as(question)
            .isTrue();
        activated++;
      } else {
        grants.add(statement);
      }
    }
    if (hints.size() < MAXIMUM_HINTS
        && !active.subject().primary().equals(RoleId.MOADMIN)
        && denied.missing().stream().allMatch(missing -> isGrantable(missing, active, binding))) {
      follow(active, accesses, binding, grants, random, question);
    }
  }

  /** What the backend does not say is not there. */
  private static Binding decided(Binding binding) {
    return new Binding(
        binding.currentDatabase(),
        binding.foldNames(),
        binding.isTemporary(),
        (database, name) ->
            binding.kinds().kind(database, name) == RelationKinds.Found.UNKNOWN
                ? RelationKinds.Found.ABSENT
                : binding.kinds().kind(database, name),
        decided(binding.views()));
  }

  private static ViewDefinitions decided(ViewDefinitions views) {
    return new ViewDefinitions() {
      @Override
      public ViewDefinition of(String database, String view) {
        return views.of(database, view) instanceof ViewDefinition.Unknown
            ? new ViewDefinition.Absent()
            : views.of(database, view);
      }

      @Override
      public ProgramDefinition program(RelationKind kind, String database, String name) {
        return views.program(kind, database, name) instanceof ProgramDefinition.Unknown
            ? new ProgramDefinition.Absent()
            : views.program(kind, database, name);
      }
    };
  }

  private static Optional<Subject> switched(ActiveSubject active, String statement) {
    Subject who = active.subject();
    if (statement.equals("SET SECONDARY ROLE ALL")) {
      return Optional.of(who.withSecondaryRoles(true));
    }
    Matcher role = SET_ROLE.matcher(statement);
    return role.matches()
        ? active
            .snapshot()
            .state()
            .role(AccountId.SYS, role.group(1))
            .map(found -> who.withPrimary(found.id()))
        : Optional.empty();
  }

  private boolean isAllowed(
      Subject subject, CatalogState state, List<AccessRequest> accesses, Binding binding) {
    ActiveSubject active = authorizer.activate(subject, PrivilegeSnapshot.of(2, state));
    return authorizer.decide(active, accesses, binding) instanceof Decision.Allowed;
  }

  /** Not system databases, not what is missing below views, and not what GRANT does not find. */
  private boolean isGrantable(AccessRequest missing, ActiveSubject active, Binding binding) {
    if (databaseOf(missing).isCurrent() || !authorizer.canBeGranted(missing)) {
      return false;
    }
    if (missing.object() instanceof RelationName routine
        && Requirement.isExecuting(missing.kind())) {
      return new ViewWalk(authorizer, binding, active.names(), missing.kind(), routine)
          .below(active)
          .isEmpty();
    }
    if (!(missing.object() instanceof RelationName relation)
        || Requirement.impliedKind(missing.kind()).isPresent()) {
      return true;
    }
    Optional<RelationKind> kind = kind(relation, active.snapshot().state(), binding);
    if (kind.filter(RelationKind.VIEW::equals).isEmpty()
        || !Requirement.reachesBelowView(missing.kind())) {
      return kind.isPresent();
    }
    return new ViewWalk(authorizer, binding, active.names(), missing.kind(), relation)
        .below(active)
        .isEmpty();
  }

  private static Optional<RelationKind> kind(
      RelationName name, CatalogState state, Binding binding) {
    return state
        .database(AccountId.SYS, name.database().name())
        .flatMap(home -> state.relation(home.id(), name.name()))
        .map(Relation::kind)
        .or(
            () ->
                switch (binding.kinds().kind(name.database().name(), name.name())) {
                  case TABLE -> Optional.of(RelationKind.TABLE);
                  case VIEW -> Optional.of(RelationKind.VIEW);
                  case ABSENT, UNKNOWN -> Optional.empty();
                });
  }

  private void follow(
      ActiveSubject before,
      List<AccessRequest> accesses,
      Binding binding,
      List<String> grants,
      Random random,
      String question) {
    CatalogState state = before.snapshot().state();
    List<Done> done = new ArrayList<>();
    for (String grant : grants) {
      Optional<CatalogState> next = carryOut(grant, state, binding, done);
      if (next.isPresent()) {
        state = next.get();
      }
    }
    assertThat(isAllowed(before.subject(), state, accesses, binding)).as(question).isTrue();
    granted++;

    ActiveSubject after = authorizer.activate(before.subject(), PrivilegeSnapshot.of(2, state));
    for (int i = 0; i < OTHER_QUESTIONS; i++) {
      AccessRequest other = RandomQuestion.accesses(random).get(0);
      boolean wasAllowed =
          authorizer.decide(before, List.of(other), binding) instanceof Decision.Allowed;
      List<AccessRequest> broader = new ArrayList<>(accesses);
      broader.add(other);
      if (!wasAllowed
          && !isMissingBelowView(before, other, binding)
          && done.stream().noneMatch(grant -> mayPermit(grant, before, other, binding))) {
        assertThat(authorizer.decide(after, broader, binding))
            .as("%s, and %s", question, other)
            .isNotInstanceOf(Decision.Allowed.class);
      }
    }
  }

  /** Which any grant on something below may supply. */
  private boolean isMissingBelowView(ActiveSubject subject, AccessRequest access, Binding binding) {
    return authorizer.isMissingBelowView(
        subject, Authorizer.named(subject, access, binding), binding);
  }

  /** As GRANT does, which takes what the catalog does not know from the backend. */
  private static Optional<CatalogState> carryOut(
      String statement, CatalogState state, Binding binding, List<Done> done) {
    Matcher grant = GRANT.matcher(statement);
    assertThat(grant.matches()).as(statement).isTrue();
    boolean toUser = grant.group(6).equals("USER");
    CatalogState with = toUser ? withPrivateRole(state, grant.group(7)) : state;
    RoleId role =
        (toUser
                ? with.privateRole(user(with, grant.group(7)))
                : with.role(AccountId.SYS, grant.group(7)))
            .map(Role::id)
            .orElseThrow();
    if (grant.group(3).equals("ACCOUNT")) {
      PrivilegeType type =
          PrivilegeType.ofSqlName(grant.group(1), PrivilegeScope.ACCOUNT).orElseThrow();
      done.add(new Done(type, "", Optional.empty(), Set.of()));
      return Optional.of(granted(with, role, type, new GrantLevel.OnAccount()));
    }
    if (with.database(AccountId.SYS, grant.group(4)).isEmpty()) {
      with =
          with.apply(
              new CatalogChange.DatabasePut(
                  new Database(
                      with.nextDatabaseId(), AccountId.SYS, grant.group(4), RoleId.MOADMIN)));
    }
    Database home = with.database(AccountId.SYS, grant.group(4)).orElseThrow();
    if (grant.group(3).equals("DATABASE")) {
      PrivilegeType type =
          PrivilegeType.ofSqlName(grant.group(1), PrivilegeScope.DATABASE).orElseThrow();
      done.add(new Done(type, home.name(), Optional.empty(), Set.of()));
      return Optional.of(granted(with, role, type, new GrantLevel.OnDatabase(home.id())));
    }
    RelationKind as = RelationKind.valueOf(grant.group(3));
    String name = grant.group(5);
    if (!as.isProgram()
        && kind(RelationName.of(home.name(), name), with, binding).filter(as::equals).isEmpty()) {
      return Optional.empty();
    }
    if (with.relation(home.id(), as, name).isEmpty()) {
      with =
          with.apply(
              new CatalogChange.RelationPut(
                  new Relation(with.nextRelationId(), home.id(), name, as, RoleId.MOADMIN)));
    }
    PrivilegeType type =
        PrivilegeType.ofSqlName(grant.group(1), PrivilegeScope.RELATION).orElseThrow();
    RelationId relation = with.relation(home.id(), as, name).orElseThrow().id();
    Set<String> columns =
        grant.group(2) == null ? Set.of() : Set.of(grant.group(2).replace("`", "").split(", ", -1));
    done.add(new Done(type, home.name(), Optional.of(name), columns));
    CatalogState next = with;
    for (String column : columns) {
      next = granted(next, role, type, new GrantLevel.OnColumn(relation, as, column));
    }
    return Optional.of(
        columns.isEmpty()
            ? granted(with, role, type, new GrantLevel.OnRelation(relation, as))
            : next);
  }

  private static CatalogState withPrivateRole(CatalogState state, String name) {
    UserId user = user(state, name);
    if (state.privateRole(user).isPresent()) {
      return state;
    }
    return state.apply(
        new CatalogChange.RolePut(
            new Role(
                state.nextRoleId(),
                AccountId.SYS,
                "#" + user.value(),
                Optional.empty(),
                RoleId.MOADMIN,
                Optional.empty(),
                Instant.EPOCH,
                Optional.of(user))));
  }

  private static UserId user(CatalogState state, String name) {
    return state.user(AccountId.SYS, name).orElseThrow().id();
  }

  private static CatalogState granted(
      CatalogState state, RoleId role, PrivilegeType type, GrantLevel level) {
    return state.apply(new CatalogChange.PrivilegeGranted(new Grant(role, type, level, false)));
  }

  /** Whether the grant says that it permits the other access, too, or a part of it. */
  private static boolean mayPermit(
      Done grant, ActiveSubject subject, AccessRequest other, Binding binding) {
    AccessRequest bound = Authorizer.named(subject, other, binding);
    boolean named =
        Stream.of(RelationKind.values())
            .anyMatch(kind -> Requirement.of(bound.kind(), kind).names(grant.privilege()));
    if (grant.privilege().scope() == PrivilegeScope.ACCOUNT) {
      return named;
    }
    if (!grant.database().equals(databaseOf(bound).name())) {
      return false;
    }
    if (bound.kind() == AccessKind.USE) {
      return true; // to which any privilege there will do
    }
    boolean sameObject =
        grant.relation().isEmpty()
            || (bound.object() instanceof RelationName relation
                && relation.name().equals(grant.relation().get()));
    boolean sameColumns =
        grant.columns().isEmpty() || !Collections.disjoint(grant.columns(), other.columns());
    return named && sameObject && sameColumns;
  }

  private static DatabaseName databaseOf(AccessRequest access) {
    return access.object() instanceof RelationName relation
        ? relation.database()
        : (DatabaseName) access.object();
  }
}
