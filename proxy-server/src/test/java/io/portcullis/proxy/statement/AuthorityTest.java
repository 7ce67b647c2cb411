package io.portcullis.proxy.statement;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.privilege.authz.Authorizer;
import io.portcullis.privilege.authz.Decision;
import io.portcullis.privilege.authz.RelationKinds;
import io.portcullis.privilege.authz.Subject;
import io.portcullis.privilege.dcl.Bootstrap;
import io.portcullis.privilege.model.AccountId;
import io.portcullis.privilege.model.RoleId;
import io.portcullis.privilege.model.User;
import io.portcullis.privilege.snapshot.SnapshotPublisher;
import io.portcullis.privilege.store.CatalogWriter;
import io.portcullis.privilege.store.InMemoryCatalogStore;
import io.portcullis.privilege.store.StoreException;
import io.portcullis.sql.access.AccessKind;
import io.portcullis.sql.access.AccessRequest;
import io.portcullis.sql.access.DatabaseName;
import io.portcullis.sql.access.RelationKind;
import io.portcullis.sql.access.RelationName;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class AuthorityTest {

  private static final List<AccessRequest> USE =
      List.of(new AccessRequest(AccessKind.USE, new DatabaseName("d")));

  private final SnapshotPublisher publisher = new SnapshotPublisher();
  private final BackendObjects objects = new BackendObjects();
  private final Authority authority = administrator();

  private Authority administrator() {
    CatalogWriter writer = new CatalogWriter(new InMemoryCatalogStore(), publisher);
    try {
      writer.reload();
      new Bootstrap(writer, new SecureRandom(), Clock.systemUTC(), false)
          .run("root", Optional.of("rootpw"));
    } catch (StoreException e) {
      throw new AssertionError(e);
    }
    User root = publisher.current().state().user(AccountId.SYS, "root").orElseThrow();
    return new Authority(
        new Authorizer("portcullis"),
        publisher,
        objects,
        true,
        new Subject(AccountId.SYS, root.id(), "root", "localhost", RoleId.MOADMIN, false),
        Optional.empty());
  }

  private void publishAgain() {
    publisher.publish(publisher.current().epoch() + 1, publisher.current().state());
  }

  @Test
  void decisionIsRememberedUnderTheSnapshotItWasMadeOn() {
    assertThat(authority.decide(USE)).isInstanceOf(Decision.Allowed.class);
    publishAgain();
    long decided = authority.decidedVersion();
    assertThat(authority.version()).isNotEqualTo(decided);
  }

  @Test
  void versionStaysWhileNothingChanges() {
    authority.decide(USE);
    long decided = authority.decidedVersion();
    assertThat(authority.version()).isEqualTo(decided);
  }

  @Test
  void ddlDatabaseRolesAndTemporaryTablesChangeTheVersion() {
    long version = authority.version();
    objects.defining();
    version = changed(version);
    objects.defined();
    version = changed(version);
    authority.use("d");
    version = changed(version);
    authority.temporaryTableCreated(RelationName.of("d", "t"), Optional.empty());
    version = changed(version);
    authority.temporaryTableDropped(RelationName.of("d", "t"), Optional.empty());
    version = changed(version);
    authority.become(authority.subject().subject().withSecondaryRoles(true));
    changed(version);
  }

  private long changed(long before) {
    assertThat(authority.version()).isGreaterThan(before);
    return authority.version();
  }

  @Test
  void currentDatabaseIsFoldedAsTheBackendDoes() {
    authority.use("DB");
    assertThat(authority.currentDatabase()).contains("db");
    authority.useNone();
    assertThat(authority.currentDatabase()).isEmpty();
  }

  @Test
  void answerThatDdlHasOvertakenIsNotKept() {
    long asOf = objects.version();
    objects.defining();
    objects.learn("d", "t", Optional.of(RelationKind.TABLE), asOf);
    assertThat(objects.kind("d", "t")).isEqualTo(RelationKinds.Found.UNKNOWN);
    objects.defined();
    objects.learn("d", "t", Optional.of(RelationKind.VIEW), objects.version());
    assertThat(objects.kind("d", "t")).isEqualTo(RelationKinds.Found.VIEW);
  }

  @Test
  void catalogIsComparedOnlyWhileNoDdlIsUnderway() {
    long asOf = objects.version();
    assertThat(objects.undisturbedSince(asOf)).isTrue();
    objects.defining();
    assertThat(objects.undisturbedSince(objects.version())).isFalse();
    objects.defined();
    assertThat(objects.undisturbedSince(asOf)).isFalse();
    assertThat(objects.undisturbedSince(objects.version())).isTrue();
  }
}
