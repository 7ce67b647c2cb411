package io.portcullis.privilege.authz;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.privilege.catalog.CatalogChange;
import io.portcullis.privilege.model.AccountId;
import io.portcullis.privilege.snapshot.PrivilegeSnapshot;
import io.portcullis.sql.access.AccessKind;
import io.portcullis.sql.access.AccessRequest;
import io.portcullis.sql.access.DatabaseName;
import io.portcullis.sql.access.ProgramBody;
import io.portcullis.sql.access.RelationKind;
import io.portcullis.sql.access.RelationName;
import io.portcullis.sql.access.ViewBody;
import io.portcullis.sql.statement.GateVariable;
import io.portcullis.sql.text.ErrorCode;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Databases that only sessions of the administrator's role write to (PM 2.5). */
final class ProtectedDatabasesAccessTest {

  private final Authorizer authorizer = new Authorizer("portcullis");
  private final TestCatalog catalog =
      new TestCatalog()
          .database("d")
          .table("d", "t")
          .database("free")
          .table("free", "t")
          .relation("free", "v", RelationKind.VIEW, "moadmin")
          .roles("strong")
          .user("joe", "strong")
          .grant("strong", "all on account *")
          .grant("strong", "all on database *")
          .grant("strong", "all on table *.*")
          .grant("strong", "all on view *.*")
          .databaseOwnedBy("d", "strong");
  private boolean fold = true;
  private Optional<String> current = Optional.empty();

  /** Of every routine. */
  private List<AccessRequest> body = List.of();

  private void protect(String list) {
    catalog.apply(
        new CatalogChange.VariableSet(
            AccountId.SYS, GateVariable.PROTECTED_DATABASES, Optional.of(list)));
  }

  private Decision decide(String user, String role, AccessRequest access) {
    Binding binding =
        new Binding(
            current,
            fold,
            (database, name) -> name.equals("temporary"),
            (database, name) -> RelationKinds.Found.ABSENT,
            new ViewDefinitions() {
              @Override
              public ViewDefinition of(String database, String view) {
                return new ViewDefinition.Readable(
                    false, new ViewBody(List.of(RelationName.of("d", "t")), List.of()));
              }

              @Override
              public ProgramDefinition program(RelationKind kind, String database, String name) {
                return new ProgramDefinition.Readable(new ProgramBody(false, body));
              }
            });
    return authorizer.decide(
        authorizer.activate(catalog.subject(user, role), PrivilegeSnapshot.of(1, catalog.state())),
        List.of(access),
        binding);
  }

  private static AccessRequest on(AccessKind kind, String database, String table) {
    return new AccessRequest(
        kind,
        Requirement.isOnRelation(kind)
            ? RelationName.of(database, table)
            : new DatabaseName(database));
  }

  private void refused(AccessRequest access) {
    Decision decision = decide("joe", "strong", access);
    assertThat(decision).as("%s", access).isInstanceOf(Decision.Denied.class);
    Decision.Denied denied = (Decision.Denied) decision;
    assertThat(denied.error().code()).isEqualTo(ErrorCode.ER_DATABASE_PROTECTED);
    assertThat(denied.missing()).as("no grant would help").isEmpty();
    assertThat(decide("root", "moadmin", access))
        .as("%s of an administrator", access)
        .isInstanceOf(Decision.Allowed.class);
  }

  private void allowed(AccessRequest access) {
    assertThat(decide("joe", "strong", access))
        .as("%s", access)
        .isInstanceOf(Decision.Allowed.class);
  }

  @Test
  void everyKindOfAccessThatIsNotReadingIsRefused() {
    protect("other, d");
    for (AccessKind kind : AccessKind.values()) {
      if (Requirement.isExecuting(kind)) {
        continue; // by what the body does
      }
      if (Requirement.isReading(kind) || kind == AccessKind.DROP_TEMPORARY_TABLE) {
        allowed(on(kind, "d", "t"));
      } else {
        refused(on(kind, "d", "t"));
      }
    }
  }

  /** The session counts, not whose rights the body has. */
  @Test
  void aRoutineWritesNoMoreThanWhoCallsIt() {
    AccessRequest call = new AccessRequest(AccessKind.EXECUTE_PROCEDURE, RelationName.of("d", "p"));
    body = List.of(new AccessRequest(AccessKind.SELECT, RelationName.of("d", "t")));
    protect("d");
    allowed(call);

    body = List.of(new AccessRequest(AccessKind.INSERT, RelationName.of("d", "t")));
    assertThat(decide("joe", "strong", call)).isInstanceOf(Decision.Denied.class);
    assertThat(decide("root", "moadmin", call)).isInstanceOf(Decision.Allowed.class);
    protect("e");
    allowed(call);
  }

  @Test
  void dynamicSqlOfARoutineCouldWriteAnywhere() {
    AccessRequest call = new AccessRequest(AccessKind.EXECUTE_PROCEDURE, RelationName.of("d", "p"));
    body = List.of(new AccessRequest(AccessKind.DYNAMIC_PROCEDURE, RelationName.of("d", "p")));
    allowed(call);
    protect("e");
    assertThat(decide("joe", "strong", call)).isInstanceOf(Decision.Denied.class);
    assertThat(decide("root", "moadmin", call)).isInstanceOf(Decision.Allowed.class);
  }

  @Test
  void otherDatabasesAreNotConcerned() {
    protect("d");
    for (AccessKind kind : AccessKind.values()) {
      if (!Requirement.isExecuting(kind) && !Requirement.isDynamic(kind)) {
        allowed(on(kind, "free", "t"));
      }
    }
  }

  @Test
  void nothingIsProtectedByDefault() {
    allowed(on(AccessKind.DROP_DATABASE, "d", "t"));
    allowed(on(AccessKind.INSERT, "d", "t"));
  }

  @Test
  void aNameWithoutDatabaseIsInTheCurrentOne() {
    protect("d");
    AccessRequest insert = new AccessRequest(AccessKind.INSERT, RelationName.unqualified("t"));
    current = Optional.of("free");
    allowed(insert);
    current = Optional.of("d");
    refused(insert);
  }

  @Test
  void namesFoldAsTheServerFolds() {
    protect("D");
    refused(on(AccessKind.INSERT, "d", "t"));
    refused(on(AccessKind.INSERT, "D", "t"));
    fold = false;
    allowed(on(AccessKind.INSERT, "d", "t"));
    refused(on(AccessKind.CREATE_DATABASE, "D", ""));
  }

  @Test
  void noWayLeadsThroughAViewEvenOneOfTheAdministrators() {
    AccessRequest through = on(AccessKind.INSERT, "free", "v");
    allowed(through);
    protect("d");
    Decision decision = decide("joe", "strong", through);
    assertThat(decision).isInstanceOf(Decision.Denied.class);
    assertThat(((Decision.Denied) decision).error().code()).isEqualTo(ErrorCode.ER_VIEW_INVALID);
    allowed(on(AccessKind.SELECT, "free", "v"));
  }

  @Test
  void anotherAccountsListDoesNotCount() {
    catalog.account("acme");
    catalog.apply(
        new CatalogChange.VariableSet(
            catalog.state().account("acme").orElseThrow().id(),
            GateVariable.PROTECTED_DATABASES,
            Optional.of("d")));
    allowed(on(AccessKind.INSERT, "d", "t"));
  }
}
