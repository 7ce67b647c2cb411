package io.portcullis.privilege.dcl;

import static io.portcullis.privilege.dcl.Gate.alterAccount;
import static io.portcullis.privilege.dcl.Gate.createAccount;
import static io.portcullis.privilege.dcl.Gate.createRole;
import static io.portcullis.privilege.dcl.Gate.createUser;
import static io.portcullis.privilege.dcl.Gate.dropAccount;
import static io.portcullis.privilege.dcl.Gate.grant;
import static io.portcullis.privilege.dcl.Gate.grantRole;
import static io.portcullis.privilege.dcl.Gate.name;
import static io.portcullis.sql.text.ErrorCode.ER_ACCOUNT_RESTRICTED;
import static io.portcullis.sql.text.ErrorCode.ER_ACCOUNT_SUSPENDED;
import static io.portcullis.sql.text.ErrorCode.ER_CANNOT_USER;
import static io.portcullis.sql.text.ErrorCode.ER_NOT_SUPPORTED_YET;
import static io.portcullis.sql.text.ErrorCode.ER_PARSE_ERROR;
import static io.portcullis.sql.text.ErrorCode.ER_SPECIFIC_ACCESS_DENIED_ERROR;
import static io.portcullis.sql.text.ErrorCode.ER_WRONG_STRING_LENGTH;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portcullis.privilege.catalog.CatalogState;
import io.portcullis.privilege.credential.PasswordVerifier;
import io.portcullis.privilege.model.Account;
import io.portcullis.privilege.model.AccountId;
import io.portcullis.privilege.model.AccountStatus;
import io.portcullis.privilege.model.BackendLogin;
import io.portcullis.privilege.model.Role;
import io.portcullis.privilege.model.RoleId;
import io.portcullis.privilege.model.User;
import io.portcullis.privilege.store.StoreException;
import io.portcullis.sql.access.RelationKind;
import io.portcullis.sql.statement.AccessControlStatement;
import io.portcullis.sql.statement.AccessControlStatement.AccountState;
import io.portcullis.sql.statement.AccessControlStatement.AlterAccount;
import io.portcullis.sql.statement.AccessControlStatement.CreateAccount;
import io.portcullis.sql.statement.AccessControlStatement.DropAccount;
import io.portcullis.sql.statement.AccessControlStatement.Password;
import io.portcullis.sql.statement.AccessControlStatement.ShowAccounts;
import io.portcullis.sql.statement.AccessControlStatement.UserSpec;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** CREATE, ALTER, DROP and SHOW ACCOUNTS (PM 5.2, 2.3, 2.4), and what the backend has of them. */
final class AccountStatementsTest {

  private static final Password RANDOM = new Password("", true);
  private static final String CREATED = "2026-03-04 05:06:07";

  private final Gate gate = new Gate();

  private static CreateAccount create(
      boolean ifNotExists, String account, Password password, AccountState state) {
    return new CreateAccount(
        ifNotExists,
        account,
        new UserSpec(name("boss"), Optional.of(password)),
        state,
        Optional.empty());
  }

  private static AlterAccount comment(String account, String comment) {
    return new AlterAccount(
        false, account, Optional.empty(), Optional.empty(), Optional.of(comment));
  }

  private static ShowAccounts show() {
    return new ShowAccounts(Optional.empty());
  }

  private List<String> row(Gate.Session session, int index) {
    DclResult.Rows rows = (DclResult.Rows) session.run(show());
    return rows.rows().get(index).stream().map(String::valueOf).toList();
  }

  private boolean accepts(Account account, String user, String password) {
    User found = gate.state().user(account.id(), user).orElseThrow();
    return PasswordVerifier.verifySha2(
        found.verifiers(), password.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  private BackendLogin login(String account) {
    return gate.account(account).login().orElseThrow();
  }

  private static void fails(Gate.Session session, Gate gate, AccessControlStatement statement) {
    assertThatThrownBy(() -> gate.executor.execute(session.active(), Optional.empty(), statement))
        .isInstanceOf(StoreException.class);
  }

  // ---- who may (PM 2.3)

  @Test
  void accountsAreAdministeredInSysWithAllOnAccountOnly() {
    gate.with("acme");
    gate.rolesWithUsers("all", "some");
    gate.root().does(grant("ALL", "ACCOUNT *", "all"));
    gate.root().does(grant("CREATE USER, MANAGE GRANTS, CREATE DATABASE", "ACCOUNT *", "some"));
    Gate.Session boss = gate.bossOf("acme");
    boss.does(createRole("deputy"));
    boss.does(createUser("d"));
    boss.does(grantRole("deputy", "d"));
    boss.does(grant("ALL", "ACCOUNT *", "deputy"));

    for (Gate.Session session : List.of(gate.in("some"), boss, gate.in("acme", "d", "deputy"))) {
      session.refused(ER_SPECIFIC_ACCESS_DENIED_ERROR, "CREATE ACCOUNT", createAccount("another"));
      session.refused(
          ER_SPECIFIC_ACCESS_DENIED_ERROR,
          "ALTER ACCOUNT",
          alterAccount("acme", AccountState.RESTRICTED));
      session.refused(ER_SPECIFIC_ACCESS_DENIED_ERROR, "ALTER ACCOUNT", comment("acme", "x"));
      session.refused(
          ER_SPECIFIC_ACCESS_DENIED_ERROR,
          "ALTER ACCOUNT",
          alterAccount("acme", "boss", new Password("mine")));
      session.refused(ER_SPECIFIC_ACCESS_DENIED_ERROR, "DROP ACCOUNT", dropAccount("acme"));
      session.refused(ER_SPECIFIC_ACCESS_DENIED_ERROR, "DROP ACCOUNT", dropAccount("nobody"));
      session.refused(
          ER_SPECIFIC_ACCESS_DENIED_ERROR, "DROP ACCOUNT", new DropAccount(true, "nobody"));
    }

    gate.in("all").does(createAccount("another"));
    gate.in("all").does(alterAccount("another", AccountState.RESTRICTED));
    gate.in("all").does(alterAccount("another", "boss", new Password("reset")));
    gate.in("all").does(dropAccount("another"));
    assertThat(gate.state().account("another")).isEmpty();
  }

  /** Who is no administrator must not become one by way of the account (PM 2.4). */
  @Test
  void passwordOfAnAdministratorOfSysIsSetByAdministratorsOnly() {
    gate.rolesWithUsers("all");
    gate.root().does(grant("ALL", "ACCOUNT *", "all"));

    gate.in("all")
        .refused(
            ER_CANNOT_USER,
            "don't have the privilege to alter",
            alterAccount("sys", "root", new Password("mine")));
    assertThat(accepts(Account.SYS, "root", "rootpw")).isTrue();

    gate.root().does(alterAccount("sys", "root", new Password("changed")));
    assertThat(accepts(Account.SYS, "root", "changed")).isTrue();
  }

  // ---- CREATE ACCOUNT

  @Test
  void accountComesWithItsRolesItsAdministratorAndItsLogin() throws StoreException {
    gate.root()
        .does(
            new CreateAccount(
                false,
                " Acme ",
                new UserSpec(name("boss"), Optional.of(new Password("secret"))),
                AccountState.OPEN,
                Optional.of("the first")));

    Account acme = gate.account("ACME");
    assertThat(acme.name()).isEqualTo("Acme");
    assertThat(acme.adminName()).isEqualTo("boss");
    assertThat(acme.status()).isEqualTo(AccountStatus.OPEN);
    assertThat(acme.suspended()).isEmpty();
    assertThat(acme.comment()).contains("the first");
    CatalogState state = gate.state();
    User boss = state.user(acme.id(), "boss").orElseThrow();
    RoleId administrator = RoleId.administratorOf(acme.id());
    assertThat(boss.defaultRole()).isEqualTo(administrator);
    assertThat(state.isGranted(administrator, boss.id())).isTrue();
    assertThat(accepts(acme, "boss", "secret")).isTrue();
    assertThat(state.roles().stream().filter(role -> role.account().equals(acme.id())))
        .extracting(Role::name)
        .containsExactlyInAnyOrder("accountadmin", "public");
    assertThat(state.user(AccountId.SYS, "boss")).isEmpty();
    assertThat(gate.backend.given)
        .containsOnlyKeys(login("acme").user())
        .containsValue(List.of(gate.accounts.password(login("acme")), "acme$"));
    assertThat(login("acme").user()).startsWith("pc_acme_").hasSizeLessThanOrEqualTo(32);
    assertThat(login("acme").toString()).doesNotContain(login("acme").sealedPassword());
    assertThat(login("acme").sealedPassword())
        .doesNotContain(gate.accounts.password(login("acme")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "A1", "1a", "123", "a-b", "-", "_x_", "a__b--c"})
  void letterDigitUnderscoreAndHyphenMakeAName(String name) {
    gate.with(name);
    assertThat(gate.account(name).name()).isEqualTo(name);
    assertThat(gate.backend.given.values())
        .extracting(given -> given.get(1))
        .containsExactly(name.toLowerCase(java.util.Locale.ROOT) + "$");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a b", "a$b", "a.b", "a:b", "a#b", "a`b", "a'b", "\u00e4", "a%"})
  void nothingElseDoes(String name) {
    gate.root().refused(ER_CANNOT_USER, "is invalid", createAccount(name));
    assertThat(gate.backend.given).isEmpty();
  }

  @Test
  void namesHaveALimit() {
    gate.with("a".repeat(32));
    gate.root().refused(ER_WRONG_STRING_LENGTH, "account name", createAccount("a".repeat(33)));
    assertThat(login("a".repeat(32)).user()).hasSizeLessThanOrEqualTo(32);
  }

  @Test
  void nameThatIsTakenIsRefusedWhateverItsCase() {
    gate.with("acme");
    gate.root().refused(ER_CANNOT_USER, "the tenant acme exists", createAccount("acme"));
    gate.root().refused(ER_CANNOT_USER, "the tenant Acme exists", createAccount("Acme"));
    gate.root().refused(ER_CANNOT_USER, "the tenant sys exists", createAccount("sys"));

    long epoch = gate.publisher.current().epoch();
    assertThat(gate.root().does(create(true, "Acme", new Password("other"), AccountState.SUSPEND)))
        .containsExactly("the tenant Acme exists");
    assertThat(gate.publisher.current().epoch()).isEqualTo(epoch);
    assertThat(accepts(gate.account("acme"), "boss", "pw of boss")).isTrue();
  }

  /** What the second one failed to make is not the first one's loss. */
  @Test
  void ifNotExistsLeavesTheAccountAloneThatIsThere() {
    gate.with("acme");
    gate.backend.down = true;

    DclResult result = gate.root().run(create(true, "acme", RANDOM, AccountState.OPEN));

    assertThat(gate.state().account("acme")).isPresent();
    assertThat(((DclResult.Rows) result).rows()).as("no password was used").isEmpty();
  }

  @Test
  void administratorsNameAndPasswordFollowTheRulesForUsers() {
    gate.root()
        .refused(
            ER_CANNOT_USER,
            "is invalid",
            new CreateAccount(
                false,
                "acme",
                new UserSpec(name("a:b"), Optional.of(new Password("x"))),
                AccountState.OPEN,
                Optional.empty()));
    assertThat(gate.root().run(create(false, "acme", new Password(""), AccountState.OPEN)))
        .isInstanceOf(DclResult.Refused.class);
    assertThat(gate.state().account("acme")).isEmpty();
    gate.with("acme");
  }

  @Test
  void schemasThatWouldBecomeTheAccountsAreInTheWay() {
    gate.backend.with("Acme$old").with("acmes$x").with("x$acme$");
    gate.root().refused(ER_CANNOT_USER, "begin with acme$", createAccount("acme"));
    gate.backend.without("Acme$old");
    gate.with("acme");
  }

  @Test
  void withoutASecretKeyThereAreNoAccounts() {
    Gate without = Gate.withoutSecretKey();
    without.root().refused(ER_NOT_SUPPORTED_YET, "catalog.secret_key_file", createAccount("acme"));
    assertThat(without.state().account("acme")).isEmpty();
    gate.with("acme");
  }

  @Test
  void passwordOfALoginTakesTheKeyItWasMadeWith() throws StoreException {
    gate.with("acme").with("other");
    assertThat(gate.accounts.password(login("acme"))).isNotEmpty();
    assertThatThrownBy(() -> new Gate().accounts.password(login("acme")))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("another key")
        .hasMessageNotContaining(login("acme").sealedPassword());
    assertThatThrownBy(() -> Gate.withoutSecretKey().accounts.password(login("acme")))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("not set");
    BackendLogin swapped = new BackendLogin(login("acme").user(), login("other").sealedPassword());
    assertThatThrownBy(() -> gate.accounts.password(swapped)).isInstanceOf(StoreException.class);
  }

  @Test
  void nothingIsLeftOfAnAccountTheBackendDidNotTake() {
    gate.backend.down = true;
    fails(gate.root(), gate, createAccount("acme"));
    assertThat(gate.state().account("acme")).isEmpty();
    assertThat(gate.state().users()).extracting(User::name).containsExactly("root");
    assertThat(gate.state().roles()).extracting(Role::name).doesNotContain("accountadmin");

    gate.backend.down = false;
    gate.with("acme");
    assertThat(gate.backend.given).hasSize(1);
  }

  @Test
  void loginThatWasHalfMadeIsTakenBack() {
    gate.backend.breaksOff = true;
    fails(gate.root(), gate, createAccount("acme"));
    assertThat(gate.state().account("acme")).isEmpty();
    assertThat(gate.backend.given).isEmpty();
  }

  @Test
  void randomPasswordIsShownOnceAndIsTheAdministrators() {
    DclResult.Rows rows =
        (DclResult.Rows) gate.root().run(create(false, "acme", RANDOM, AccountState.OPEN));

    assertThat(rows.rows()).hasSize(1);
    assertThat(rows.rows().get(0).get(0)).isEqualTo("boss");
    assertThat(accepts(gate.account("acme"), "boss", String.valueOf(rows.rows().get(0).get(2))))
        .isTrue();
    assertThat(gate.backend.given).containsOnlyKeys(login("acme").user());

    rows = (DclResult.Rows) gate.root().run(alterAccount("acme", "boss", RANDOM));
    assertThat(accepts(gate.account("acme"), "boss", String.valueOf(rows.rows().get(0).get(2))))
        .isTrue();
  }

  @Test
  void accountCanBeMadeSuspendedOrRestricted() {
    gate.root().does(create(false, "s", new Password("x"), AccountState.SUSPEND));
    gate.root().does(create(false, "r", new Password("x"), AccountState.RESTRICTED));
    assertThat(gate.account("s").status()).isEqualTo(AccountStatus.SUSPENDED);
    assertThat(gate.account("s").suspended()).contains(gate.account("s").created());
    assertThat(gate.account("r").status()).isEqualTo(AccountStatus.RESTRICTED);
    assertThat(gate.account("r").suspended()).isPresent();
    gate.bossOf("s").refused(ER_ACCOUNT_SUSPENDED, "s is suspended", createRole("x"));
    gate.bossOf("r").refused(ER_ACCOUNT_RESTRICTED, "storage", createRole("x"));
  }

  // ---- ALTER ACCOUNT

  @Test
  void onePasswordOrOneStatusWithItsReasonAtATime() {
    gate.with("acme");
    Optional<UserSpec> boss = Optional.of(new UserSpec(name("boss"), Optional.of(RANDOM)));
    gate.root()
        .refused(
            ER_PARSE_ERROR,
            "at least one option at a time",
            new AlterAccount(false, "acme", Optional.empty(), Optional.empty(), Optional.empty()));
    gate.root()
        .refused(
            ER_PARSE_ERROR,
            "at most one option at a time",
            new AlterAccount(
                false, "acme", boss, Optional.of(AccountState.SUSPEND), Optional.empty()));
    gate.root()
        .refused(
            ER_PARSE_ERROR,
            "at most one option at a time",
            new AlterAccount(false, "acme", boss, Optional.empty(), Optional.of("x")));

    gate.root()
        .does(
            new AlterAccount(
                false,
                "acme",
                Optional.empty(),
                Optional.of(AccountState.SUSPEND),
                Optional.of("a reason")));
    assertThat(gate.account("acme").comment()).contains("a reason");
    assertThat(gate.account("acme").status()).isEqualTo(AccountStatus.SUSPENDED);
    gate.root().does(comment("acme", "changed"));
    assertThat(gate.account("acme").comment()).contains("changed");
  }

  @Test
  void accountThatIsMissingIsAnErrorOrANote() {
    gate.root()
        .refused(
            ER_CANNOT_USER, "there is no account x", alterAccount("x", AccountState.RESTRICTED));
    gate.root().refused(ER_CANNOT_USER, "there is no account x", dropAccount("x"));
    assertThat(
            gate.root()
                .does(
                    new AlterAccount(
                        true,
                        "x",
                        Optional.empty(),
                        Optional.of(AccountState.SUSPEND),
                        Optional.empty())))
        .containsExactly("there is no account x");
    assertThat(gate.root().does(new DropAccount(true, "x")))
        .containsExactly("there is no account x");
  }

  @Test
  void passwordsAreSetOfAdministratorsOnly() {
    gate.with("acme");
    gate.bossOf("acme").does(createUser("joe"));
    gate.root()
        .refused(
            ER_CANNOT_USER,
            "no administrator of the account",
            alterAccount("acme", "joe", new Password("mine")));
    gate.root()
        .refused(
            ER_CANNOT_USER, "there is no user x", alterAccount("acme", "x", new Password("mine")));
    gate.root()
        .refused(
            ER_CANNOT_USER,
            "there is no user root",
            alterAccount("acme", "root", new Password("mine")));
    assertThat(gate.root().run(alterAccount("acme", "boss", new Password(""))))
        .isInstanceOf(DclResult.Refused.class);

    gate.root().does(alterAccount("acme", "boss", new Password("reset")));
    assertThat(accepts(gate.account("acme"), "boss", "reset")).isTrue();
  }

  @Test
  void statusChangesWithTheTimeItDidSo() {
    gate.with("acme");
    gate.root().does(alterAccount("acme", AccountState.SUSPEND));
    assertThat(gate.account("acme").status()).isEqualTo(AccountStatus.SUSPENDED);
    assertThat(gate.account("acme").suspended()).isPresent();
    gate.bossOf("acme").refused(ER_ACCOUNT_SUSPENDED, "acme is suspended", createRole("r"));

    gate.root().does(alterAccount("acme", AccountState.RESTRICTED));
    assertThat(gate.account("acme").suspended()).isPresent();
    gate.bossOf("acme").refused(ER_ACCOUNT_RESTRICTED, "storage", createRole("r"));

    gate.root().does(alterAccount("acme", AccountState.OPEN));
    assertThat(gate.account("acme").status()).isEqualTo(AccountStatus.OPEN);
    assertThat(gate.account("acme").suspended()).isEmpty();
    gate.bossOf("acme").does(createRole("r"));

    long epoch = gate.publisher.current().epoch();
    gate.root().does(alterAccount("acme", AccountState.OPEN));
    assertThat(gate.publisher.current().epoch()).as("open already").isEqualTo(epoch);
  }

  /** PM 4.7: what takes rights away is permitted. */
  @Test
  void restrictedAccountAddsNothingButCanTakeAway() {
    gate.with("acme");
    Gate.Session boss = gate.bossOf("acme");
    boss.does(createRole("r", "s"));
    boss.does(createUser("joe"));
    boss.does(grantRole("r", "joe"));
    gate.root().does(alterAccount("acme", AccountState.RESTRICTED));

    boss.refused(ER_ACCOUNT_RESTRICTED, "storage", createRole("x"));
    boss.refused(ER_ACCOUNT_RESTRICTED, "storage", createUser("x"));
    boss.refused(ER_ACCOUNT_RESTRICTED, "storage", grantRole("s", "joe"));
    boss.refused(ER_ACCOUNT_RESTRICTED, "storage", grant("SELECT", "TABLE *.*", "r"));
    boss.does(Gate.revokeRole("r", "joe"));
    boss.does(Gate.password("joe", "another"));
    boss.does(Gate.dropUser("joe"));
    boss.does(Gate.dropRole("s"));
    gate.root().does(createRole("elsewhere"));
  }

  @Test
  void sysKeepsItsStatus() {
    for (AccountState state : AccountState.values()) {
      gate.root()
          .refused(ER_CANNOT_USER, "account sys can not be suspended", alterAccount("sys", state));
    }
    gate.root().refused(ER_CANNOT_USER, "can not delete the account sys", dropAccount("SYS"));
    gate.root().does(comment("sys", "ours"));
    assertThat(gate.account("sys").comment()).contains("ours");
  }

  // ---- DROP ACCOUNT

  @Test
  void everythingInADroppedAccountGoesAndNothingElse() {
    gate.with("acme").with("acme2");
    gate.backend
        .with("acme$shop", "t", RelationKind.TABLE)
        .with("acme$empty")
        .with("acme2$shop", "t", RelationKind.TABLE);
    Gate.Session boss = gate.bossOf("acme");
    boss.does(createRole("r"));
    boss.does(grant("SELECT", "TABLE shop.t", "r"));
    gate.bossOf("acme2").does(createRole("r"));
    gate.bossOf("acme2").does(grant("SELECT", "TABLE shop.t", "r"));
    AccountId id = gate.account("acme").id();

    gate.root().does(dropAccount("ACME"));

    assertThat(gate.state().account("acme")).isEmpty();
    assertThat(gate.state().users()).noneMatch(user -> user.account().equals(id));
    assertThat(gate.state().roles()).noneMatch(role -> role.account().equals(id));
    assertThat(gate.state().databases()).noneMatch(database -> database.account().equals(id));
    assertThat(gate.backend.databases())
        .contains("acme2$shop", "d")
        .noneMatch(n -> n.startsWith("acme$"));
    assertThat(gate.backend.given).containsOnlyKeys(login("acme2").user());
    assertThat(gate.bossOf("acme2").lines(Gate.showGrantsOfRole("r")))
        .containsExactly("GRANT SELECT ON TABLE `shop`.`t` TO ROLE `r`");

    gate.with("acme");
    assertThat(gate.account("acme").id()).as("ids are not used again").isNotEqualTo(id);
    assertThat(gate.state().role(gate.account("acme").id(), "r")).isEmpty();
  }

  /** Opened, or made anew under the name, between the catalog's change and the backend's. */
  @Test
  void accountThatIsOpenWhenItsTurnComesIsNotRemoved() {
    gate.with("acme");
    gate.backend.with("acme$shop");

    assertThatThrownBy(() -> gate.accounts.dropped("acme"))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("acme");

    assertThat(gate.state().account("acme")).isPresent();
    assertThat(gate.backend.databases()).contains("acme$shop");
    assertThat(gate.backend.given).containsKey(login("acme").user());
  }

  @Test
  void dropThatTheBackendInterruptsLeavesItSuspendedAndCanBeRepeated() {
    gate.with("acme");
    gate.backend.with("acme$shop", "t", RelationKind.TABLE);
    gate.backend.down = true;
    fails(gate.root(), gate, dropAccount("acme"));
    assertThat(gate.account("acme").status()).isEqualTo(AccountStatus.SUSPENDED);
    assertThat(gate.backend.databases()).contains("acme$shop");

    gate.backend.down = false;
    gate.root().does(dropAccount("acme"));
    assertThat(gate.state().account("acme")).isEmpty();
    assertThat(gate.backend.databases()).doesNotContain("acme$shop");
    assertThat(gate.backend.given).isEmpty();
  }

  // ---- repair

  @Test
  void missingLoginsAreMadeAgainWithTheirPasswords() throws StoreException {
    gate.with("acme").with("other").with("closed");
    List<String> before = List.of(gate.accounts.password(login("acme")), "acme$");
    gate.root().does(alterAccount("closed", AccountState.SUSPEND));
    gate.backend.given.clear();
    gate.backend.given.put(login("other").user(), List.of("as it is", "other$"));

    gate.accounts.repair(Account.MAIN_BACKEND);

    assertThat(gate.backend.given)
        .containsOnlyKeys(login("acme").user(), login("other").user())
        .containsEntry(login("acme").user(), before)
        .containsEntry(login("other").user(), List.of("as it is", "other$"));

    gate.root().does(alterAccount("closed", AccountState.OPEN));
    assertThat(gate.backend.given).containsKey(login("closed").user());
  }

  @Test
  void withoutAccountsThereIsNothingToRepair() throws StoreException {
    gate.backend.down = true;
    gate.accounts.repair(Account.MAIN_BACKEND);
    assertThat(gate.backend.given).isEmpty();
  }

  // ---- SHOW ACCOUNTS

  @Test
  void administratorOfSysSeesAllAccounts() {
    gate.with("Beta").with("acme");
    gate.backend
        .with("acme$shop", "t", RelationKind.TABLE)
        .with("acme$shop", "u", RelationKind.TABLE)
        .with("acme$empty");
    gate.bossOf("acme").does(createUser("joe"));
    gate.root().does(alterAccount("beta", AccountState.SUSPEND));
    gate.root().does(comment("acme", "first"));

    assertThat(gate.root().lines(show())).containsExactly("acme", "Beta", "sys");
    assertThat(row(gate.root(), 0))
        .containsExactly(
            "acme", "boss", CREATED, "open", "null", "2", "2", "6", "0", "first", "2", "main");
    assertThat(row(gate.root(), 1))
        .containsExactly(
            "Beta", "boss", CREATED, "suspend", CREATED, "0", "0", "0", "0", "", "1", "main");
    assertThat(row(gate.root(), 2).subList(5, 8)).containsExactly("2", "4", "6");
    assertThat(gate.root().lines(new ShowAccounts(Optional.of("a%")))).containsExactly("acme");
    assertThat(gate.root().lines(new ShowAccounts(Optional.of("x%")))).isEmpty();
  }

  @Test
  void othersSeeTheirOwnOnlyAndLittleOfIt() {
    gate.with("acme").with("beta");
    gate.backend.with("acme$shop", "t", RelationKind.TABLE).with("beta$shop");
    Gate.Session boss = gate.bossOf("acme");
    boss.does(createUser("joe"));
    gate.rolesWithUsers("r");

    assertThat(boss.lines(show())).containsExactly("acme");
    assertThat(row(boss, 0).subList(3, 8)).containsExactly("open", "null", "1", "1", "3");
    assertThat(boss.lines(new ShowAccounts(Optional.of("beta")))).doesNotContain("beta");
    for (Gate.Session ordinary : List.of(gate.in("acme", "joe", "public"), gate.in("r"))) {
      String own = ordinary.subject().account().isSys() ? "sys" : "acme";
      assertThat(ordinary.lines(show())).containsExactly(own);
      assertThat(row(ordinary, 0).subList(1, 3)).containsOnly("null");
      assertThat(row(ordinary, 0).subList(4, 12)).containsOnly("null");
    }
    gate.root().does(alterAccount("acme", AccountState.SUSPEND));
    boss.refused(ER_ACCOUNT_SUSPENDED, "suspended", show());
  }
}
