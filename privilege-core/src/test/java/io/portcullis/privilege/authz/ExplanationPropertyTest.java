package io.portcullis.privilege.authz;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.privilege.catalog.CatalogChange;
import io.portcullis.privilege.catalog.CatalogState;
import io.portcullis.privilege.model.Grant;
import io.portcullis.privilege.model.RoleId;
import io.portcullis.privilege.model.RoleToRole;
import io.portcullis.privilege.snapshot.Held;
import io.portcullis.privilege.snapshot.PrivilegeSnapshot;
import io.portcullis.sql.access.AccessKind;
import io.portcullis.sql.access.AccessRequest;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * An explanation says what is enforced, and what it names is there and is enough, catalog after
 * catalog.
 */
final class ExplanationPropertyTest {

  private static final int CATALOGS = 20;
  private static final int STATES_PER_CATALOG = 10;
  private static final int QUESTIONS_PER_STATE = 100;

  @TestFactory
  Stream<DynamicTest> explainsWhatIsDecided() {
    return LongStream.range(0, CATALOGS)
        .mapToObj(seed -> DynamicTest.dynamicTest("seed " + seed, () -> check(seed)));
  }

  private static void check(long seed) {
    SecondaryRolesMode mode = RandomQuestion.mode(seed);
    RandomCatalog catalog = new RandomCatalog(seed);
    Random random = new Random(~seed);
    for (int epoch = 1; epoch <= STATES_PER_CATALOG; epoch++) {
      PrivilegeSnapshot snapshot = PrivilegeSnapshot.of(epoch, catalog.state());
      for (int i = 0; i < QUESTIONS_PER_STATE; i++) {
        compare(mode, snapshot, random);
      }
      for (int i = random.nextInt(10); i >= 0; i--) {
        catalog.change();
      }
    }
  }

  private static void compare(SecondaryRolesMode mode, PrivilegeSnapshot snapshot, Random random) {
    Authorizer authorizer = new Authorizer("portcullis", mode);
    ActiveSubject active =
        authorizer.activate(RandomQuestion.subject(snapshot.state(), random), snapshot);
    Binding binding = RandomQuestion.binding(random);
    List<AccessRequest> accesses = RandomQuestion.accesses(random);
    Decision decision = authorizer.decide(active, accesses, binding);

    Explanation explanation = authorizer.explain(active, active, accesses, binding);

    String question = active.subject() + ", " + accesses + ", fold " + binding.foldNames();
    if (explanation.decision() instanceof Decision.Unresolved) {
      assertThat(explanation.lines()).as(question).isEmpty();
      assertThat(decision).as(question).isNotInstanceOf(Decision.Allowed.class);
      return;
    }
    assertThat(explanation.decision()).as(question).isEqualTo(decision);
    List<AccessRequest> lent = authorizer.withWhatIsLent(active, accesses, binding);
    boolean refused =
        lent.stream()
            .filter(access -> access.kind() != AccessKind.EXPLAIN)
            .anyMatch(
                access ->
                    authorizer.decideOne(active, access, lent, binding) instanceof Decision.Denied);
    List<AccessRequest> all =
        lent.stream().filter(access -> !refused || access.kind() != AccessKind.EXPLAIN).toList();
    assertThat(explanation.lines()).as(question).hasSameSizeAs(all);
    assertThat(explanation.lines().stream().allMatch(Explanation.Line::isAllowed))
        .as(question)
        .isEqualTo(decision instanceof Decision.Allowed);
    for (int i = 0; i < all.size(); i++) {
      Explanation.Line line = explanation.lines().get(i);
      if (line.isAllowed()) {
        assertThat(line.proofs().isEmpty()).as(question).isEqualTo(line.freeBecause().isPresent());
        line.proofs().forEach(proof -> checkIsThere(active, proof, question));
        checkIsEnough(mode, active, all.get(i), line, binding, question);
      } else {
        assertThat(line.proofs()).as(question).isEmpty();
      }
    }
  }

  private static void checkIsThere(ActiveSubject active, Explanation.Proof proof, String question) {
    CatalogState state = active.snapshot().state();
    List<RoleId> path = proof.path();
    assertThat(active.activeRoles()).as(question).contains(path.get(0));
    for (int i = 1; i < path.size(); i++) {
      assertThat(state.rolesInheritedBy(path.get(i - 1)).stream().map(RoleToRole::granted))
          .as(question)
          .contains(path.get(i));
    }
    Held held = proof.held();
    assertThat(path.get(path.size() - 1)).as(question).isEqualTo(held.role());
    if (!held.asOwner()) {
      assertThat(state.grant(held.role(), held.privilege(), held.level())).as(question).isPresent();
    }
  }

  /** The plain rules, where the searched roles hold nothing else, but for what views lend. */
  private static void checkIsEnough(
      SecondaryRolesMode mode,
      ActiveSubject active,
      AccessRequest access,
      Explanation.Line line,
      Binding binding,
      String question) {
    Set<Held> named = new HashSet<>();
    line.proofs().forEach(proof -> named.add(proof.held()));
    CatalogState state = active.snapshot().state();
    for (RoleId role : active.privileges().roles()) {
      for (Grant grant : List.copyOf(state.grantsOf(role))) {
        boolean stays =
            role.equals(RoleId.MOADMIN)
                || role.equals(RoleId.PUBLIC)
                || named.contains(new Held(role, grant.privilege(), grant.level(), false));
        if (!stays) {
          state = state.apply(new CatalogChange.PrivilegeRevoked(grant));
        }
      }
    }
    assertThat(
            new PlainEvaluator(
                    state, active.snapshot().state(), active.subject(), binding, "portcullis", mode)
                .decide(List.of(access)))
        .as("%s: %s", question, line)
        .isEqualTo(PlainEvaluator.Outcome.ALLOWED);
  }
}
