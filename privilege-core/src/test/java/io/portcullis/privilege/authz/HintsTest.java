package io.portcullis.privilege.authz;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.privilege.snapshot.PrivilegeSnapshot;
import io.portcullis.sql.access.AccessKind;
import io.portcullis.sql.access.AccessRequest;
import io.portcullis.sql.access.DatabaseName;
import io.portcullis.sql.access.RelationKind;
import io.portcullis.sql.access.RelationName;
import io.portcullis.sql.access.ViewBody;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What is advised helps, and says nothing about objects that the denial did not say. */
final class HintsTest {

  private static final Pattern GRANT =
      Pattern.compile(
          "GRANT (.+) ON (ACCOUNT|DATABASE|TABLE|VIEW|FUNCTION|PROCEDURE) (.+) TO ROLE `app`");

  private final Authorizer authorizer = new Authorizer("portcullis");
  private final TestCatalog catalog =
      new TestCatalog()
          .database("d")
          .table("d", "t")
          .view("d", "v")
          .relation("d", "t", RelationKind.FUNCTION, "moadmin")
          .relation("d", "v", RelationKind.FUNCTION, "moadmin")
          .relation("d", "t", RelationKind.PROCEDURE, "moadmin")
          .relation("d", "v", RelationKind.PROCEDURE, "moadmin")
          .database("mysql")
          .table("mysql", "db")
          .roles("app", "writer", "reader")
          .user("joe", "app", "writer", "reader");
  private ViewBody below = new ViewBody(List.of(), List.of());
  private final Binding binding =
      new Binding(
          Optional.empty(),
          true,
          (database, name) -> false,
          (database, name) -> RelationKinds.Found.ABSENT,
          new HarmlessPrograms((database, name) -> new ViewDefinition.Readable(false, below)));

  private ActiveSubject active(Subject subject) {
    return authorizer.activate(subject, PrivilegeSnapshot.of(1, catalog.state()));
  }

  private ActiveSubject joe() {
    return active(catalog.subject("joe", "app"));
  }

  private static AccessRequest on(AccessKind kind, String relation) {
    return new AccessRequest(kind, RelationName.of("d", relation));
  }

  @Test
  void aRoleThatWouldDoIsNamed() {
    catalog
        .grant("reader", "select on table d.t")
        .grant("writer", "select on table d.t")
        .grant("writer", "insert on table d.t");
    List<AccessRequest> accesses = List.of(on(AccessKind.SELECT, "t"), on(AccessKind.INSERT, "t"));

    List<String> hints = authorizer.hints(joe(), accesses, binding);

    assertThat(hints)
        .contains("Role `writer` is granted but not active: SET ROLE `writer`")
        .noneMatch(hint -> hint.contains("reader") || hint.contains("SECONDARY"));
    assertThat(
            authorizer.decide(
                active(joe().subject().withPrimary(catalog.role("writer"))), accesses, binding))
        .isInstanceOf(Decision.Allowed.class);
  }

  @Test
  void allRolesTogetherAreNamedWhenNoneWouldDoAlone() {
    catalog.grant("reader", "select on table d.t").grant("writer", "insert on table d.t");
    List<AccessRequest> accesses = List.of(on(AccessKind.SELECT, "t"), on(AccessKind.INSERT, "t"));

    assertThat(authorizer.hints(joe(), accesses, binding))
        .contains("All granted roles together would do: SET SECONDARY ROLE ALL");
    assertThat(
            authorizer.decide(active(joe().subject().withSecondaryRoles(true)), accesses, binding))
        .isInstanceOf(Decision.Allowed.class);
  }

  @Test
  void columnsThatAreMissingAreNamedAlone() {
    catalog.grant("app", "select (a) on table d.t").grant("reader", "select on table d.t");
    List<AccessRequest> accesses =
        List.of(
            new AccessRequest(
                AccessKind.SELECT, RelationName.of("d", "t"), Set.of("a", "b", "c`d")));

    assertThat(authorizer.hints(joe(), accesses, binding))
        .containsExactly(
            "Role `reader` is granted but not active: SET ROLE `reader`",
            "Missing: GRANT SELECT (`b`, `c``d`) ON TABLE `d`.`t` TO ROLE `app`");
    Decision.Denied denied = (Decision.Denied) authorizer.decide(joe(), accesses, binding);
    assertThat(denied.error().message())
        .isEqualTo(
            "SELECT command denied to user 'joe'@'client.example' for column 'b' in table 't'");
    catalog.grant("app", "select (b) on table d.t").grant("app", "select (c`d) on table d.t");
    assertThat(authorizer.decide(joe(), accesses, binding)).isInstanceOf(Decision.Allowed.class);
    assertThat(authorizer.decide(joe(), List.of(on(AccessKind.SELECT, "t")), binding))
        .isInstanceOf(Decision.Denied.class);
  }

  @Test
  void namesAreQuoted() {
    catalog.roles("a`b").user("ann", "a`b");
    assertThat(
            authorizer.hints(
                active(catalog.subject("ann", "a`b")),
                List.of(new AccessRequest(AccessKind.CREATE_TABLE, RelationName.of("x`y", "t"))),
                binding))
        .containsExactly("Missing: GRANT CREATE TABLE ON DATABASE `x``y` TO ROLE `a``b`");
  }

  @Test
  void hintsAreTheSameForATableAViewAndNothing() {
    List<String> texts =
        Stream.of("t", "v", "x")
            .map(
                name ->
                    authorizer
                        .hints(joe(), List.of(on(AccessKind.SELECT, name)), binding)
                        .toString()
                        .replace("`d`.`" + name + "`", "NAME"))
            .distinct()
            .toList();
    assertThat(texts).hasSize(1);

    catalog.grant("app", "show tables on database d");
    assertThat(authorizer.hints(joe(), List.of(on(AccessKind.SELECT, "v")), binding))
        .containsExactly("Missing: GRANT SELECT ON VIEW `d`.`v` TO ROLE `app`");
  }

  @Test
  void whatIsExplainedIsTheSameForATableAViewAndNothingUntilItIsPermitted() {
    assertThat(
            Stream.of("t", "v", "x")
                .map(name -> List.of(on(AccessKind.SELECT, name), on(AccessKind.EXPLAIN, name)))
                .map(both -> authorizer.hints(joe(), both, binding).toString())
                .map(hints -> hints.replaceAll("`d`\\.`[tvx]`", "NAME"))
                .distinct())
        .hasSize(1);

    catalog.grant("app", "select on view d.v");
    assertThat(
            authorizer.hints(
                joe(), List.of(on(AccessKind.SELECT, "v"), on(AccessKind.EXPLAIN, "v")), binding))
        .containsExactly("Missing: GRANT SHOW TABLES ON DATABASE `d` TO ROLE `app`");
  }

  @Test
  void nothingIsAdvisedWhereNothingHelps() {
    assertThat(
            authorizer.hints(
                joe(),
                List.of(
                    new AccessRequest(AccessKind.INSERT, RelationName.of("mysql", "db")),
                    new AccessRequest(AccessKind.SELECT, RelationName.of("portcullis", "users")),
                    new AccessRequest(AccessKind.SELECT, RelationName.unqualified("t"))),
                binding))
        .isEmpty();
  }

  @Test
  void noGrantIsAdvisedForWhatIsMissingBelowAView() {
    catalog.grant("app", "select on view d.v").relation("d", "v", RelationKind.VIEW, "writer");
    below = new ViewBody(List.of(RelationName.of("d", "t")), List.of());
    assertThat(authorizer.decide(joe(), List.of(on(AccessKind.SELECT, "v")), binding))
        .isInstanceOf(Decision.Denied.class);

    assertThat(authorizer.hints(joe(), List.of(on(AccessKind.SELECT, "v")), binding)).isEmpty();
  }

  /** Every kind of access: the grants of the hints, carried out, permit it. */
  @TestFactory
  Stream<DynamicTest> grantsThatAreAdvisedSuffice() {
    return Stream.of(AccessKind.values())
        .filter(kind -> kind != AccessKind.DROP_TEMPORARY_TABLE && !Requirement.isDynamic(kind))
        .flatMap(
            kind ->
                Requirement.isOnRelation(kind)
                    ? Stream.of("t", "v").map(name -> on(kind, name))
                    : Stream.of(new AccessRequest(kind, new DatabaseName("d"))))
        // Of a table it takes nothing but what the statement takes that is explained.
        .filter(access -> !access.equals(on(AccessKind.EXPLAIN, "t")))
        .map(access -> DynamicTest.dynamicTest(access.toString(), () -> followed(access)));
  }

  private static void followed(AccessRequest access) {
    HintsTest test = new HintsTest();
    List<AccessRequest> accesses = List.of(access);
    assertThat(test.authorizer.decide(test.joe(), accesses, test.binding))
        .isInstanceOf(Decision.Denied.class);

    for (String hint : test.authorizer.hints(test.joe(), accesses, test.binding)) {
      test.carryOut(hint.substring(hint.indexOf(": ") + 2));
    }

    assertThat(test.authorizer.decide(test.joe(), accesses, test.binding))
        .isInstanceOf(Decision.Allowed.class);
  }

  private void carryOut(String statement) {
    Matcher grant = GRANT.matcher(statement);
    assertThat(grant.matches()).as(statement).isTrue();
    catalog.grant(
        "app",
        grant.group(1).toLowerCase(Locale.ROOT)
            + " on "
            + grant.group(2).toLowerCase(Locale.ROOT)
            + " "
            + grant.group(3).replace("`", ""));
  }
}
