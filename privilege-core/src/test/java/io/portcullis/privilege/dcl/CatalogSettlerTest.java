package io.portcullis.privilege.dcl;

import static io.portcullis.privilege.dcl.Gate.dropRole;
import static io.portcullis.privilege.dcl.Gate.grant;
import static io.portcullis.privilege.dcl.Gate.grantRole;
import static io.portcullis.privilege.dcl.Gate.revokeRole;
import static io.portcullis.privilege.dcl.Gate.showGrantsOfRole;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.privilege.model.AccountId;
import io.portcullis.privilege.model.Database;
import io.portcullis.privilege.model.Relation;
import io.portcullis.privilege.model.RoleId;
import io.portcullis.privilege.store.StoreException;
import io.portcullis.sql.access.CatalogEffect;
import io.portcullis.sql.access.DatabaseName;
import io.portcullis.sql.access.RelationKind;
import io.portcullis.sql.access.RelationName;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CatalogSettlerTest {

  private final Gate gate = new Gate();

  @BeforeEach
  void makeRoles() {
    gate.rolesWithUsers("r", "s");
    gate.root().does(grant("CREATE TABLE, CREATE VIEW", "DATABASE *", "r"));
    gate.root().does(grant("CREATE DATABASE", "ACCOUNT *", "r"));
  }

  @Test
  void creatingRoleOwnsTheTable() throws StoreException {
    settle(gate.in("r"), table("d", "new"));

    assertThat(relation("d", "new").owner()).isEqualTo(gate.role("r").id());
    assertThat(gate.root().lines(showGrantsOfRole("r")))
        .contains("GRANT OWNERSHIP ON TABLE `d`.`new` TO ROLE `r`");
    assertThat(database("d").owner()).isEqualTo(RoleId.MOADMIN);
  }

  @Test
  void creatingRoleOwnsTheViewAndTheDatabase() throws StoreException {
    settle(
        gate.in("r"),
        new CatalogEffect.RelationCreated(RelationName.of("d", "w"), RelationKind.VIEW, true));
    settle(gate.in("r"), new CatalogEffect.DatabaseCreated(new DatabaseName("new"), true));

    assertThat(gate.root().lines(showGrantsOfRole("r")))
        .contains(
            "GRANT OWNERSHIP ON VIEW `d`.`w` TO ROLE `r`",
            "GRANT OWNERSHIP ON DATABASE `new` TO ROLE `r`");
    assertThat(database("new").owner()).isEqualTo(gate.role("r").id());
  }

  @Test
  void creatingRoleOwnsTheRoutineBesideATableOfTheSameName() throws StoreException {
    gate.root().does(grant("CREATE ROUTINE, TRIGGER", "DATABASE d", "r"));
    settle(gate.in("r"), table("d", "p"), program(RelationKind.PROCEDURE, "P"));
    settle(gate.in("r"), program(RelationKind.TRIGGER, "g"));

    assertThat(gate.root().lines(showGrantsOfRole("r")))
        .contains(
            "GRANT OWNERSHIP ON TABLE `d`.`p` TO ROLE `r`",
            "GRANT OWNERSHIP ON PROCEDURE `d`.`p` TO ROLE `r`")
        .noneMatch(line -> line.contains("ON TRIGGER"));
    assertThat(known(RelationKind.TRIGGER, "g").map(Relation::owner)).contains(gate.role("r").id());
    assertThat(known(RelationKind.FUNCTION, "p")).isEmpty();
  }

  @Test
  void grantsOnARoutineEndWithDropAndDoNotComeBack() throws StoreException {
    gate.root().does(grant("CREATE ROUTINE", "DATABASE d", "r"));
    settle(gate.in("r"), program(RelationKind.PROCEDURE, "p"));
    gate.root().does(grant("EXECUTE", "PROCEDURE d.p", "s"));
    settle(
        gate.in("r"),
        new CatalogEffect.ProgramDropped(RelationKind.PROCEDURE, RelationName.of("d", "p")),
        program(RelationKind.PROCEDURE, "p"));

    assertThat(gate.root().lines(showGrantsOfRole("s")))
        .noneMatch(line -> line.contains("EXECUTE"));
    assertThat(known(RelationKind.PROCEDURE, "p")).isPresent();
  }

  private static CatalogEffect program(RelationKind kind, String name) {
    return new CatalogEffect.RelationCreated(RelationName.of("d", name), kind, true);
  }

  private Optional<Relation> known(RelationKind kind, String name) {
    return gate.state().relation(database("d").id(), kind, name);
  }

  @Test
  void administratorRoleOwnsWithoutARow() throws StoreException {
    int before = gate.state().grantsOf(RoleId.MOADMIN).size();

    settle(gate.root(), table("d", "new"));

    assertThat(relation("d", "new").owner()).isEqualTo(RoleId.MOADMIN);
    assertThat(gate.state().grantsOf(RoleId.MOADMIN)).hasSize(before);
  }

  @Test
  void secondaryRoleThatSuppliedThePrivilegeOwns() throws StoreException {
    gate.root().does(grantRole("r", "u_s"));

    settle(gate.in("s").withSecondaryRoles(), table("d", "new"));

    assertThat(relation("d", "new").owner()).isEqualTo(gate.role("r").id());
  }

  @Test
  void roleDroppedOrRevokedMeanwhileDoesNotMakePublicTheOwner() throws StoreException {
    Gate.Session session = gate.in("r");
    gate.root().does(revokeRole("r", "u_r"));
    settle(session, table("d", "one"));
    gate.root().does(dropRole("r"));
    settle(session, table("d", "two"));

    assertThat(relation("d", "one").owner()).isEqualTo(RoleId.MOADMIN);
    assertThat(relation("d", "two").owner()).isEqualTo(RoleId.MOADMIN);
  }

  @Test
  void grantsGoWithTheirColumn() throws StoreException {
    gate.root().does(Gate.grantColumns("SELECT id name, UPDATE secret", "TABLE d.t", "r", true));

    settle(
        gate.root(),
        new CatalogEffect.ColumnsChanged(
            RelationName.of("d", "t"), Set.of(), Map.of("ID", "NAME", "name", "Id")));
    settle(
        gate.root(),
        new CatalogEffect.ColumnsChanged(
            RelationName.of("d", "t"), Set.of("Name"), Map.of("open", "secret")));

    assertThat(gate.root().lines(showGrantsOfRole("r")))
        .filteredOn(line -> line.contains("`t`"))
        .containsExactly(
            "GRANT SELECT (`id`) ON TABLE `d`.`t` TO ROLE `r` WITH GRANT OPTION",
            "GRANT UPDATE (`open`) ON TABLE `d`.`t` TO ROLE `r` WITH GRANT OPTION");
  }

  @Test
  void columnThatTakesAnothersNameHasNoneOfItsGrants() throws StoreException {
    gate.root().does(Gate.grantColumns("SELECT id", "TABLE d.t", "r"));

    settle(
        gate.root(),
        new CatalogEffect.ColumnsChanged(
            RelationName.of("d", "t"), Set.of(), Map.of("id", "secret", "old", "id")));

    assertThat(gate.root().lines(showGrantsOfRole("r")))
        .filteredOn(line -> line.contains("`t`"))
        .containsExactly("GRANT SELECT (`old`) ON TABLE `d`.`t` TO ROLE `r`");
  }

  @Test
  void unqualifiedNamesAreInTheCurrentDatabase() throws StoreException {
    gate.settler.settle(
        gate.in("r").subject(),
        Optional.of("e"),
        List.of(
            new CatalogEffect.RelationCreated(
                RelationName.unqualified("new"), RelationKind.TABLE, true)),
        PriorObjects.NONE);

    assertThat(relation("e", "new").owner()).isEqualTo(gate.role("r").id());
  }

  @Test
  void whatIfNotExistsFoundIsNobodysGain() throws StoreException {
    gate.root().does(grant("OWNERSHIP", "TABLE d.t", "s"));

    runs(gate.in("r"), false, ifNotExists("d", "t"));
    runs(gate.in("r"), false, ifNotExists("d", "u"));
    runs(gate.in("r"), false, new CatalogEffect.DatabaseCreated(new DatabaseName("e"), false));

    assertThat(relation("d", "t").owner()).isEqualTo(gate.role("s").id());
    assertThat(found("d", "u")).isEmpty();
    assertThat(gate.state().database(AccountId.SYS, "e")).isEmpty();
  }

  @Test
  void whatIfNotExistsMadeIsOwned() throws StoreException {
    runs(gate.in("r"), true, ifNotExists("d", "new"));

    assertThat(relation("d", "new").owner()).isEqualTo(gate.role("r").id());
  }

  @Test
  void whoRecordedTheCreationFirstKeepsIt() throws StoreException {
    List<CatalogEffect> effects = List.of(ifNotExists("d", "new"));
    PriorObjects prior = gate.settler.before(gate.in("r").subject(), Optional.empty(), effects);
    settle(gate.root(), table("d", "new"));
    gate.settler.settle(gate.in("r").subject(), Optional.empty(), effects, prior);

    assertThat(relation("d", "new").owner()).isEqualTo(RoleId.MOADMIN);
  }

  @Test
  void uncertainCreationNobodyLookedUpIsNobodysGain() throws StoreException {
    assertThat(CatalogSettler.needsPriorObjects(List.of(ifNotExists("d", "new")))).isTrue();
    assertThat(CatalogSettler.needsPriorObjects(List.of(table("d", "new")))).isFalse();

    settle(gate.in("r"), ifNotExists("d", "new"));

    assertThat(found("d", "new")).isEmpty();
  }

  @Test
  void droppedTableLosesItsGrantsAndANewOneStartsWithout() throws StoreException {
    gate.root().does(grant("SELECT", "TABLE d.t", "s"));
    Relation before = relation("d", "t");

    settle(gate.in("r"), new CatalogEffect.RelationDropped(RelationName.of("d", "t")));
    assertThat(gate.root().lines(showGrantsOfRole("s"))).isEmpty();
    settle(gate.in("r"), table("d", "t"));

    assertThat(relation("d", "t").id()).isNotEqualTo(before.id());
    assertThat(gate.root().lines(showGrantsOfRole("s"))).isEmpty();
  }

  @Test
  void tableDroppedBehindOurBackLosesItsGrantsWhenItIsMadeAgain() throws StoreException {
    gate.root().does(grant("SELECT", "TABLE d.t", "s"));

    settle(gate.in("r"), table("d", "t"));

    assertThat(gate.root().lines(showGrantsOfRole("s"))).isEmpty();
  }

  @Test
  void droppedDatabaseTakesEverythingInItAlong() throws StoreException {
    gate.root().does(grant("SELECT", "TABLE d.t", "s"));
    gate.root().does(grant("SELECT", "TABLE d.*", "s"));
    gate.root().does(grant("SHOW TABLES", "DATABASE d", "s"));
    gate.root().does(grant("SELECT", "TABLE e.t", "s"));

    settle(gate.in("r"), new CatalogEffect.DatabaseDropped(new DatabaseName("d")));

    assertThat(gate.root().lines(showGrantsOfRole("s")))
        .containsExactly("GRANT SELECT ON TABLE `e`.`t` TO ROLE `s`");
  }

  @Test
  void renamedTableKeepsItsGrants() throws StoreException {
    gate.root().does(grant("SELECT", "TABLE d.t", "s"));
    gate.root().does(grant("INSERT", "TABLE d.u", "s"));

    settle(
        gate.in("r"),
        rename("d", "t", "d", "tmp"),
        rename("d", "u", "d", "t"),
        rename("d", "tmp", "e", "u"));

    assertThat(gate.root().lines(showGrantsOfRole("s")))
        .containsExactly(
            "GRANT INSERT ON TABLE `d`.`t` TO ROLE `s`",
            "GRANT SELECT ON TABLE `e`.`u` TO ROLE `s`");
  }

  @Test
  void temporaryTablesLeaveTheCatalogAlone() throws StoreException {
    long epoch = gate.publisher.current().epoch();

    settle(gate.in("r"), new CatalogEffect.TemporaryTableCreated(RelationName.of("d", "x")));

    assertThat(gate.publisher.current().epoch()).isEqualTo(epoch);
  }

  @Test
  void vanishedObjectsLoseTheirGrantsOnReconciling() throws StoreException {
    gate.root().does(grant("SELECT", "TABLE d.t", "s"));
    gate.root().does(grant("SELECT", "TABLE d.u", "s"));
    gate.root().does(grant("SELECT", "VIEW d.v", "s"));
    gate.root().does(grant("SELECT", "TABLE e.*", "s"));
    assertThat(gate.settler.reconcile(() -> true)).isZero();

    gate.backend.without("d", "t");
    gate.backend.with("d", "v", RelationKind.TABLE);
    gate.backend.without("e");

    assertThat(gate.settler.reconcile(() -> true)).isEqualTo(3);
    assertThat(gate.root().lines(showGrantsOfRole("s")))
        .containsExactly("GRANT SELECT ON TABLE `d`.`u` TO ROLE `s`");
  }

  private void settle(Gate.Session session, CatalogEffect... effects) throws StoreException {
    gate.settler.settle(session.subject(), Optional.empty(), List.of(effects), PriorObjects.NONE);
  }

  /** The whole way of one statement, with or without the backend making something. */
  private void runs(Gate.Session session, boolean makes, CatalogEffect effect)
      throws StoreException {
    PriorObjects prior = gate.settler.before(session.subject(), Optional.empty(), List.of(effect));
    if (makes && effect instanceof CatalogEffect.RelationCreated created) {
      gate.backend.with(
          created.relation().database().name(), created.relation().name(), created.kind());
    }
    gate.settler.settle(session.subject(), Optional.empty(), List.of(effect), prior);
  }

  private static CatalogEffect table(String database, String name) {
    return new CatalogEffect.RelationCreated(
        RelationName.of(database, name), RelationKind.TABLE, true);
  }

  private static CatalogEffect ifNotExists(String database, String name) {
    return new CatalogEffect.RelationCreated(
        RelationName.of(database, name), RelationKind.TABLE, false);
  }

  private static CatalogEffect rename(String db, String name, String toDb, String toName) {
    return new CatalogEffect.RelationRenamed(
        RelationName.of(db, name), RelationName.of(toDb, toName));
  }

  private Database database(String name) {
    return gate.state().database(AccountId.SYS, name).orElseThrow();
  }

  private Relation relation(String database, String name) {
    return found(database, name).orElseThrow();
  }

  private Optional<Relation> found(String database, String name) {
    return gate.state()
        .database(AccountId.SYS, database)
        .flatMap(home -> gate.state().relation(home.id(), name));
  }
}
