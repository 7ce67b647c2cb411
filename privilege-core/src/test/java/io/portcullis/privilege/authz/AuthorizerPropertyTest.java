package io.portcullis.privilege.authz;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.privilege.catalog.CatalogState;
import io.portcullis.privilege.snapshot.SnapshotPublisher;
import io.portcullis.sql.access.AccessRequest;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Compiled and cached decisions are those of {@link PlainEvaluator}, catalog after catalog. */
final class AuthorizerPropertyTest {

  private static final int CATALOGS = 40;
  private static final int STATES_PER_CATALOG = 50;

  /** A million in all; {@code -Dportcullis.test.decisions} for more or less. */
  private static final int DECISIONS_PER_STATE =
      Integer.getInteger("portcullis.test.decisions", 1_000_000) / (CATALOGS * STATES_PER_CATALOG);

  @TestFactory
  Stream<DynamicTest> decidesAsThePlainRulesDo() {
    return LongStream.range(0, CATALOGS)
        .mapToObj(seed -> DynamicTest.dynamicTest("seed " + seed, () -> check(seed)));
  }

  private static void check(long seed) {
    SecondaryRolesMode mode = RandomQuestion.mode(seed);
    Authorizer authorizer = new Authorizer("portcullis", mode);
    RandomCatalog catalog = new RandomCatalog(seed);
    Random random = new Random(~seed);
    SnapshotPublisher publisher = new SnapshotPublisher();
    for (int epoch = 1; epoch <= STATES_PER_CATALOG; epoch++) {
      publisher.publish(epoch, catalog.state());
      for (int i = 0; i < DECISIONS_PER_STATE; i++) {
        compare(authorizer, mode, catalog.state(), publisher, random);
      }
      for (int i = random.nextInt(4); i >= 0; i--) {
        catalog.change();
      }
    }
  }

  private static void compare(
      Authorizer authorizer,
      SecondaryRolesMode mode,
      CatalogState state,
      SnapshotPublisher publisher,
      Random random) {
    Subject subject = RandomQuestion.subject(state, random);
    Binding binding = RandomQuestion.binding(random);
    List<AccessRequest> accesses = RandomQuestion.accesses(random);
    ActiveSubject active = authorizer.activate(subject, publisher.current());

    Decision decision = authorizer.decide(active, accesses, binding);

    assertThat(PlainEvaluator.Outcome.of(decision))
        .as("%s, %s, fold %s", subject, accesses, binding.foldNames())
        .isEqualTo(
            new PlainEvaluator(state, state, subject, binding, "portcullis", mode)
                .decide(accesses));
  }
}
