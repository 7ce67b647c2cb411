package io.portcullis.privilege.authz;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.privilege.model.RoleId;
import io.portcullis.privilege.snapshot.PrivilegeSnapshot;
import io.portcullis.sql.access.AccessKind;
import io.portcullis.sql.access.AccessRequest;
import io.portcullis.sql.access.ProgramBody;
import io.portcullis.sql.access.RelationKind;
import io.portcullis.sql.access.RelationName;
import io.portcullis.sql.text.ErrorCode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Dynamic SQL in stored programs: the administrators' role alone, whoever has which privilege. */
final class DynamicSqlAccessTest {

  private static final AccessRequest CREATE = on(AccessKind.CREATE_PROCEDURE, "p");
  private static final AccessRequest DYNAMIC = on(AccessKind.DYNAMIC_PROCEDURE, "p");
  private static final AccessRequest CALL = on(AccessKind.EXECUTE_PROCEDURE, "p");

  private final Authorizer authorizer = new Authorizer("portcullis");
  private final TestCatalog catalog =
      new TestCatalog()
          .database("d")
          .roles("strong")
          .user("joe", "strong")
          .grant("strong", "all on account *")
          .grant("strong", "all on database *")
          .relation("d", "own", RelationKind.PROCEDURE, "strong")
          .relation("d", "e", RelationKind.EVENT, "strong")
          .relation("d", "admins", RelationKind.EVENT, "moadmin");
  private final Map<String, ProgramDefinition> programs = new HashMap<>();

  private static AccessRequest on(AccessKind kind, String name) {
    return new AccessRequest(kind, RelationName.of("d", name));
  }

  private Binding binding() {
    return new Binding(
        Optional.empty(),
        true,
        (database, name) -> false,
        (database, name) -> RelationKinds.Found.ABSENT,
        definitions());
  }

  private ViewDefinitions definitions() {
    return new ViewDefinitions() {
      @Override
      public ViewDefinition of(String database, String view) {
        return new ViewDefinition.Absent();
      }

      @Override
      public ProgramDefinition program(RelationKind kind, String database, String name) {
        return programs.getOrDefault(name, new ProgramDefinition.Absent());
      }
    };
  }

  private void program(String name, boolean invoker, AccessRequest... accesses) {
    programs.put(name, new ProgramDefinition.Readable(new ProgramBody(invoker, List.of(accesses))));
  }

  private ActiveSubject subject(String user, String role) {
    return authorizer.activate(
        catalog.subject(user, role), PrivilegeSnapshot.of(1, catalog.state()));
  }

  private Decision decide(String user, String role, AccessRequest... accesses) {
    return authorizer.decide(subject(user, role), List.of(accesses), binding());
  }

  private void allowed(String user, String role, AccessRequest... accesses) {
    assertThat(decide(user, role, accesses)).isInstanceOf(Decision.Allowed.class);
  }

  private void refused(String user, String role, AccessRequest... accesses) {
    Decision decision = decide(user, role, accesses);
    assertThat(decision).isInstanceOf(Decision.Denied.class);
    assertThat(((Decision.Denied) decision).error().code())
        .isEqualTo(ErrorCode.ER_NOT_SUPPORTED_YET);
    assertThat(((Decision.Denied) decision).error().message()).contains("dynamic SQL", "moadmin");
  }

  @Test
  void whoeverWillOwnItHasToBeTheAdministratorsRole() {
    allowed("joe", "strong", CREATE);
    refused("joe", "strong", CREATE, DYNAMIC);
    allowed("root", "moadmin", CREATE, DYNAMIC);
  }

  @Test
  void anEventThatIsChangedKeepsItsOwner() {
    AccessRequest dynamic = on(AccessKind.DYNAMIC_EVENT, "e");
    refused("joe", "strong", on(AccessKind.ALTER_EVENT, "e"), dynamic);
    refused("root", "moadmin", on(AccessKind.ALTER_EVENT, "e"), dynamic);
    allowed(
        "root",
        "moadmin",
        on(AccessKind.CREATE_EVENT, "e"),
        on(AccessKind.ALTER_EVENT, "e"),
        dynamic);
    allowed(
        "root",
        "moadmin",
        on(AccessKind.ALTER_EVENT, "admins"),
        on(AccessKind.DYNAMIC_EVENT, "admins"));
    refused(
        "joe",
        "strong",
        on(AccessKind.ALTER_EVENT, "admins"),
        on(AccessKind.DYNAMIC_EVENT, "admins"));
    refused(
        "joe",
        "strong",
        on(AccessKind.CREATE_EVENT, "admins"),
        on(AccessKind.ALTER_EVENT, "admins"),
        on(AccessKind.DYNAMIC_EVENT, "admins"));
  }

  @Test
  void atACallTheRoleItIsDecidedForCounts() {
    program("p", false, DYNAMIC);
    program("own", false, on(AccessKind.DYNAMIC_PROCEDURE, "own"));
    program("invoker", true, on(AccessKind.DYNAMIC_PROCEDURE, "invoker"));
    allowed("joe", "strong", CALL);
    refused("joe", "strong", on(AccessKind.EXECUTE_PROCEDURE, "own"));
    refused("root", "moadmin", on(AccessKind.EXECUTE_PROCEDURE, "own"));
    refused("joe", "strong", on(AccessKind.EXECUTE_PROCEDURE, "invoker"));
    allowed("root", "moadmin", on(AccessKind.EXECUTE_PROCEDURE, "invoker"));
  }

  @Test
  void itIsExplainedAndNoGrantIsAdvised() {
    Explanation allowed =
        authorizer.explain(
            subject("root", "moadmin"),
            subject("root", "moadmin"),
            List.of(CREATE, DYNAMIC),
            binding());
    assertThat(allowed.lines()).hasSize(2).allMatch(Explanation.Line::isAllowed);
    Explanation denied =
        authorizer.explain(
            subject("joe", "strong"),
            subject("joe", "strong"),
            List.of(CREATE, DYNAMIC),
            binding());
    assertThat(denied.lines()).extracting(Explanation.Line::isAllowed).containsExactly(true, false);
    assertThat(authorizer.hints(subject("joe", "strong"), List.of(DYNAMIC), binding())).isEmpty();
  }

  @Test
  void whatACallMayLeaveIsFollowedToTheInnermostProcedure() {
    programs.put(
        "names", new ProgramDefinition.Readable(new ProgramBody(false, List.of(), Set.of("s"))));
    program("p", false, DYNAMIC);
    program("calls", false, on(AccessKind.EXECUTE_PROCEDURE, "names"));
    program("below", false, on(AccessKind.EXECUTE_PROCEDURE, "p"));
    program("self", false, on(AccessKind.EXECUTE_PROCEDURE, "self"));
    program("lost", false, on(AccessKind.EXECUTE_PROCEDURE, "nowhere"));
    assertThat(effects("calls")).isEqualTo(new ProgramEffects(false, Set.of("s")));
    assertThat(effects("self").isNone()).isTrue();
    for (String unknown : List.of("p", "below", "lost", "nowhere")) {
      assertThat(effects(unknown).unknown()).as(unknown).isTrue();
    }
  }

  private ProgramEffects effects(String procedure) {
    return ProgramEffects.of(List.of(on(AccessKind.EXECUTE_PROCEDURE, procedure)), definitions());
  }

  @Test
  void theAdministratorsRoleIsOfTheAccount() {
    assertThat(RoleId.administratorOf(catalog.subject("joe", "strong").account()))
        .isEqualTo(RoleId.MOADMIN);
    catalog.account("acme").in("acme").roles("clerk").user("ann", "clerk");
    catalog.database("acme$d").grant("clerk", "all on database *");
    AccessRequest create = on(AccessKind.CREATE_PROCEDURE, "p");
    Decision denied = decide("ann", "clerk", create, DYNAMIC);
    assertThat(denied).isInstanceOf(Decision.Denied.class);
    assertThat(((Decision.Denied) denied).error().message()).contains("accountadmin");
    allowed("boss", "accountadmin", create, DYNAMIC);
  }
}
