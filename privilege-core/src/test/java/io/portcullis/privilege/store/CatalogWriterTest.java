package io.portcullis.privilege.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portcullis.privilege.catalog.CatalogChange;
import io.portcullis.privilege.catalog.CatalogState;
import io.portcullis.privilege.catalog.InvariantViolation;
import io.portcullis.privilege.model.AccountId;
import io.portcullis.privilege.model.Role;
import io.portcullis.privilege.model.RoleId;
import io.portcullis.privilege.snapshot.SnapshotPublisher;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CatalogWriterTest {

  private final FailingStore store = new FailingStore();
  private final SnapshotPublisher publisher = new SnapshotPublisher();
  private final CatalogWriter writer = new CatalogWriter(store, publisher);

  @BeforeEach
  void bootstrap() throws StoreException {
    store.commit(0, store.load().state(), CatalogState.bootstrapChanges());
    writer.reload();
  }

  @Test
  void publishesWhatIsDurable() throws StoreException {
    String result = writer.write(newest -> new Proposal<>(List.of(role(5, "r")), "done"));

    assertThat(result).isEqualTo("done");
    assertThat(publisher.current().epoch()).isEqualTo(2);
    assertThat(publisher.current().state().role(AccountId.SYS, "r")).isPresent();
    assertThat(store.load().state().role(AccountId.SYS, "r")).isPresent();
  }

  @Test
  void nothingToWriteIsNoCommit() throws StoreException {
    assertThat(writer.<String>write(newest -> Proposal.nothing("refused"))).isEqualTo("refused");

    assertThat(store.load().epoch()).isEqualTo(1);
    assertThat(publisher.current().epoch()).isEqualTo(1);
  }

  @Test
  void conflictIsCheckedAgainOnTheNewerState() throws StoreException {
    store.commit(1, store.load().state(), List.of(role(5, "elsewhere")));
    List<Long> checkedOn = new ArrayList<>();

    writer.write(
        newest -> {
          checkedOn.add(newest.epoch());
          return new Proposal<>(List.of(role(newest.state().nextRoleId().value(), "here")), "done");
        });

    assertThat(checkedOn).containsExactly(1L, 2L);
    assertThat(publisher.current().state().role(AccountId.SYS, "elsewhere")).isPresent();
    assertThat(publisher.current().state().role(AccountId.SYS, "here").orElseThrow().id())
        .isEqualTo(new RoleId(6));
  }

  @Test
  void failedCommitIsNotPublished() {
    store.failBefore = true;

    assertThatThrownBy(() -> writer.write(newest -> new Proposal<>(List.of(role(5, "r")), "done")))
        .isInstanceOf(StoreException.class);

    assertThat(publisher.current().state().role(AccountId.SYS, "r")).isEmpty();
  }

  @Test
  void commitThatWasDurableThoughItFailedIsSeenByTheNextWrite() throws StoreException {
    store.failAfter = true;
    assertThatThrownBy(() -> writer.write(newest -> new Proposal<>(List.of(role(5, "r")), "done")))
        .isInstanceOf(StoreException.class);
    store.failAfter = false;

    writer.write(
        newest -> {
          assertThat(newest.state().role(AccountId.SYS, "r")).isPresent();
          return Proposal.nothing("seen");
        });

    assertThat(publisher.current().state().role(AccountId.SYS, "r")).isPresent();
  }

  @Test
  void changesThatBreakARuleAreNotStored() throws StoreException {
    assertThatThrownBy(
            () ->
                writer.write(
                    newest ->
                        new Proposal<>(List.of(role(5, "r"), role(6, "R")), "two of one name")))
        .isInstanceOf(InvariantViolation.class);

    assertThat(store.load().epoch()).isEqualTo(1);
    assertThat(publisher.current().epoch()).isEqualTo(1);
  }

  private static CatalogChange role(int id, String name) {
    return new CatalogChange.RolePut(
        new Role(
            new RoleId(id),
            AccountId.SYS,
            name,
            Optional.empty(),
            RoleId.MOADMIN,
            Optional.empty(),
            Instant.EPOCH));
  }

  /** Fails on demand, before or after it has stored. */
  private static final class FailingStore implements CatalogStore {
    private final InMemoryCatalogStore memory = new InMemoryCatalogStore();
    private boolean failBefore;
    private boolean failAfter;

    @Override
    public LoadedCatalog load() {
      return memory.load();
    }

    @Override
    public void commit(long expectedEpoch, CatalogState before, List<CatalogChange> changes)
        throws StoreException {
      if (failBefore) {
        throw new StoreException("unreachable");
      }
      memory.commit(expectedEpoch, before, changes);
      if (failAfter) {
        throw new StoreException("lost while committing");
      }
    }

    @Override
    public void close() {}
  }
}
