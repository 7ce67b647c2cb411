package io.portcullis.privilege.dcl;

import static io.portcullis.privilege.dcl.Gate.createAccount;
import static io.portcullis.privilege.dcl.Gate.createAccountOn;
import static io.portcullis.privilege.dcl.Gate.createRole;
import static io.portcullis.privilege.dcl.Gate.dropAccount;
import static io.portcullis.privilege.dcl.Gate.grant;
import static io.portcullis.sql.text.ErrorCode.ER_CANNOT_USER;
import static io.portcullis.sql.text.ErrorCode.ER_SPECIFIC_ACCESS_DENIED_ERROR;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portcullis.privilege.model.Account;
import io.portcullis.privilege.model.AccountStatus;
import io.portcullis.privilege.model.BackendLogin;
import io.portcullis.privilege.store.StoreException;
import io.portcullis.sql.access.CatalogEffect;
import io.portcullis.sql.access.DatabaseName;
import io.portcullis.sql.access.RelationKind;
import io.portcullis.sql.statement.AccessControlStatement.ShowAccounts;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Accounts on several backends, and what may come between the catalog and a backend. */
final class BackendStatementsTest {

  private final Gate gate = new Gate();

  private BackendLogin login(String account) {
    return gate.account(account).login().orElseThrow();
  }

  private List<String> row(String account) {
    DclResult.Rows rows = (DclResult.Rows) gate.root().run(new ShowAccounts(Optional.of(account)));
    return rows.rows().get(0).stream().map(String::valueOf).toList();
  }

  // ---- where

  @Test
  void theLoginIsMadeWhereTheAccountLives() {
    gate.with("near");
    gate.root().does(createAccountOn("Other", "far"));
    assertThat(gate.account("far").backend()).isEqualTo("other");
    assertThat(gate.account("near").backend()).isEqualTo(Account.MAIN_BACKEND);
    assertThat(gate.backend.given).containsOnlyKeys(login("near").user());
    assertThat(gate.other.given).containsOnlyKeys(login("far").user());
  }

  @Test
  void aBackendThatIsNotConfiguredIsRefused() {
    gate.root()
        .refused(
            ER_CANNOT_USER,
            "there is no backend nowhere in the configuration (expected: main, other)",
            createAccountOn("nowhere", "far"));
  }

  @Test
  void whatIsDroppedIsWhereTheAccountLives() {
    gate.root().does(createAccountOn("other", "far"));
    gate.other.with("far$shop", "t", RelationKind.TABLE);
    gate.backend.with("far$shop", "t", RelationKind.TABLE);
    gate.root().does(dropAccount("far"));
    assertThat(gate.other.databases()).doesNotContain("far$shop");
    assertThat(gate.other.given).isEmpty();
    assertThat(gate.backend.databases()).as("nobody's business").contains("far$shop");
  }

  @Test
  void databasesInTheWayAreLookedForThereAndOnTheMainBackend() {
    gate.other.with("far$shop");
    gate.root().refused(ER_CANNOT_USER, "far$", createAccountOn("other", "far"));
    gate.with("far"); // on the main one there are none
    gate.backend.with("more$shop");
    gate.root().refused(ER_CANNOT_USER, "more$", createAccountOn("other", "more"));
  }

  @Test
  void accountsAreMeasuredWhereTheyLive() {
    gate.root().does(createAccountOn("other", "far"));
    gate.other.with("far$shop", "t", RelationKind.TABLE);
    gate.backend.with("far$astray", "t", RelationKind.TABLE);
    assertThat(row("far").subList(5, 8)).containsExactly("1", "1", "3");
    assertThat(row("far").get(11)).isEqualTo("other");
    assertThat(row("sys").get(11)).isEqualTo("main");
  }

  @Test
  void grantsNameWhatIsThereAndWhatVanishesIsComparedThere() throws StoreException {
    gate.root().does(createAccountOn("other", "far"));
    gate.other.with("far$shop", "t", RelationKind.TABLE);
    gate.state().databases().forEach(known -> assertThat(known.name()).isNotEqualTo("far$shop"));
    DclExecutor there = gate.executorAt("other");
    Gate.Session boss = gate.bossOf("far");
    boss.does(createRole("r"));
    assertThat(there.execute(boss.active(), Optional.empty(), grant("SELECT", "TABLE shop.t", "r")))
        .isInstanceOf(DclResult.Done.class);

    gate.settler.reconcile(() -> true); // of the main backend, which has no far$shop
    assertThat(gate.state().database(gate.account("far").id(), "far$shop")).isPresent();
    gate.settlerAt("other").reconcile(() -> true);
    assertThat(gate.state().database(gate.account("far").id(), "far$shop")).isPresent();
    gate.other.without("far$shop");
    gate.settlerAt("other").reconcile(() -> true);
    assertThat(gate.state().database(gate.account("far").id(), "far$shop")).isEmpty();
  }

  // ---- one of them is down

  @Test
  void aBackendThatIsDownConcernsItsOwnAccountsOnly() throws StoreException {
    gate.with("near");
    gate.root().does(createAccountOn("other", "far"));
    gate.other.down = true;
    gate.other.given.clear();
    gate.backend.given.clear();

    assertThatThrownBy(() -> gate.accounts.repair("other")).isInstanceOf(StoreException.class);
    gate.accounts.repair(Account.MAIN_BACKEND);
    assertThat(gate.backend.given).containsOnlyKeys(login("near").user());

    assertThat(row("far").subList(5, 8)).containsOnly("null");
    assertThat(row("near").subList(5, 8)).containsOnly("0");
    gate.with("more");
  }

  @Test
  void anAccountIsNotMadeOnABackendThatIsDown() {
    gate.other.down = true;
    assertThatThrownBy(
            () ->
                gate.executor.execute(
                    gate.root().active(), Optional.empty(), createAccountOn("other", "far")))
        .isInstanceOf(StoreException.class);
    assertThat(gate.state().account("far")).isEmpty();
  }

  @Test
  void aBackendIsAskedBeforeTheCatalogIsHeldForIt() {
    AtomicInteger asked = new AtomicInteger();
    gate.other.beforeListing =
        () -> {
          asked.incrementAndGet();
          throw new IllegalStateException("does not answer");
        };
    assertThatThrownBy(
            () ->
                gate.executor.execute(
                    gate.root().active(), Optional.empty(), createAccountOn("other", "far")))
        .isInstanceOf(IllegalStateException.class);
    assertThat(Thread.holdsLock(gate.writer)).isFalse();
    assertThat(asked).hasValue(1);
    gate.rolesWithUsers("r");
    gate.other.beforeListing = asked::incrementAndGet;
    gate.in("r")
        .refused(
            ER_SPECIFIC_ACCESS_DENIED_ERROR, "CREATE ACCOUNT", createAccountOn("other", "far"));
    assertThat(asked).as("not for who may not").hasValue(1);
  }

  // ---- races

  /** CREATE DATABASE acme$x of sys was decided before there was an account acme. */
  @Test
  void databaseMadeJustBeforeItsAccountKeepsTheAccountFromBeingMade() {
    gate.backend.beforeListing =
        () -> {
          if (gate.state().account("acme").isPresent()) {
            gate.backend.with("acme$x"); // after the account was committed
          }
        };
    DclResult result = gate.root().run(createAccount("acme"));
    assertThat(result).isInstanceOf(DclResult.Refused.class);
    assertThat(((DclResult.Refused) result).error().message()).contains("acme$");
    assertThat(gate.state().account("acme")).isEmpty();
    assertThat(gate.backend.given).isEmpty();
    assertThat(gate.backend.databases()).as("it is account sys's").contains("acme$x");
  }

  /** And the backend has made it when the account was looked after already. */
  @Test
  void databaseMadeJustAfterItsAccountIsDroppedAgain() throws StoreException {
    Gate.Session root = gate.root();
    List<CatalogEffect> effects =
        List.of(new CatalogEffect.DatabaseCreated(new DatabaseName("acme$x"), true));
    gate.with("acme");
    gate.backend.with("acme$x");
    assertThatThrownBy(
            () -> gate.settler.settle(root.subject(), Optional.empty(), effects, PriorObjects.NONE))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("acme$x");
    assertThat(gate.backend.databases()).doesNotContain("acme$x");
    assertThat(gate.state().databases()).isEmpty();
  }

  @Test
  void databaseThatWasThereBeforeIsNotDropped() throws StoreException {
    Gate.Session root = gate.root();
    List<CatalogEffect> ifNotExists =
        List.of(new CatalogEffect.DatabaseCreated(new DatabaseName("acme$x"), false));
    gate.with("acme");
    gate.backend.with("acme$x");
    PriorObjects prior = gate.settler.before(root.subject(), Optional.empty(), ifNotExists);
    gate.settler.settle(root.subject(), Optional.empty(), ifNotExists, prior);
    assertThat(gate.backend.databases()).contains("acme$x");
    assertThat(gate.state().databases()).isEmpty();
  }

  /** Repair has seen that the login is missing; DROP ACCOUNT comes before it makes it. */
  @Test
  void loginIsNotMadeForAnAccountThatIsBeingDropped() throws Exception {
    gate.with("acme");
    gate.backend.given.clear();
    CountDownLatch making = new CountDownLatch(1);
    CountDownLatch suspended = new CountDownLatch(1);
    AtomicReference<Throwable> failure = new AtomicReference<>();
    gate.backend.beforeLogin =
        () -> {
          making.countDown();
          await(suspended);
        };
    Thread repair = thread(failure, () -> gate.accounts.repair(Account.MAIN_BACKEND));
    making.await();
    Thread drop = thread(failure, () -> gate.root().does(dropAccount("acme")));
    while (gate.account("acme").status() != AccountStatus.SUSPENDED) {
      Thread.onSpinWait();
    }
    suspended.countDown();
    repair.join();
    drop.join();
    assertThat(failure.get()).isNull();
    assertThat(gate.state().account("acme")).isEmpty();
    assertThat(gate.backend.given).isEmpty();
  }

  /** Another gate on the catalog suspends it while this one makes its login. */
  @Test
  void loginIsDroppedAgainWhenTheAccountWasGivenUpElsewhere() throws StoreException {
    gate.with("acme");
    gate.backend.given.clear();
    gate.backend.beforeLogin = () -> gate.suspendedElsewhere("acme");
    gate.accounts.repair(Account.MAIN_BACKEND);
    assertThat(gate.backend.given).isEmpty();
  }

  private interface Work {
    void run() throws Exception;
  }

  private static Thread thread(AtomicReference<Throwable> failure, Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (Throwable e) {
                failure.set(e);
              }
            });
    thread.start();
    return thread;
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
