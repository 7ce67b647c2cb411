package io.portcullis.privilege.dcl;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.privilege.authz.ActiveSubject;
import io.portcullis.privilege.authz.Authorizer;
import io.portcullis.privilege.authz.SecondaryRolesMode;
import io.portcullis.privilege.authz.Subject;
import io.portcullis.privilege.catalog.CatalogChange;
import io.portcullis.privilege.catalog.CatalogState;
import io.portcullis.privilege.credential.SecretKey;
import io.portcullis.privilege.model.Account;
import io.portcullis.privilege.model.AccountId;
import io.portcullis.privilege.model.AccountStatus;
import io.portcullis.privilege.model.Role;
import io.portcullis.privilege.model.RoleId;
import io.portcullis.privilege.model.User;
import io.portcullis.privilege.snapshot.SnapshotPublisher;
import io.portcullis.privilege.store.BackendSite;
import io.portcullis.privilege.store.BackendSites;
import io.portcullis.privilege.store.CatalogWriter;
import io.portcullis.privilege.store.InMemoryCatalogStore;
import io.portcullis.privilege.store.LoginTimes;
import io.portcullis.privilege.store.Proposal;
import io.portcullis.privilege.store.StoreException;
import io.portcullis.sql.access.DatabaseName;
import io.portcullis.sql.access.RelationKind;
import io.portcullis.sql.access.RelationName;
import io.portcullis.sql.statement.AccessControlStatement;
import io.portcullis.sql.statement.AccessControlStatement.AccountState;
import io.portcullis.sql.statement.AccessControlStatement.AlterAccount;
import io.portcullis.sql.statement.AccessControlStatement.AlterUser;
import io.portcullis.sql.statement.AccessControlStatement.ColumnPrivilege;
import io.portcullis.sql.statement.AccessControlStatement.CreateAccount;
import io.portcullis.sql.statement.AccessControlStatement.CreateRole;
import io.portcullis.sql.statement.AccessControlStatement.CreateUser;
import io.portcullis.sql.statement.AccessControlStatement.DropAccount;
import io.portcullis.sql.statement.AccessControlStatement.DropRole;
import io.portcullis.sql.statement.AccessControlStatement.DropUser;
import io.portcullis.sql.statement.AccessControlStatement.GrantPrivileges;
import io.portcullis.sql.statement.AccessControlStatement.GrantRoles;
import io.portcullis.sql.statement.AccessControlStatement.GrantsOf;
import io.portcullis.sql.statement.AccessControlStatement.Level;
import io.portcullis.sql.statement.AccessControlStatement.ObjectType;
import io.portcullis.sql.statement.AccessControlStatement.Password;
import io.portcullis.sql.statement.AccessControlStatement.RevokePrivileges;
import io.portcullis.sql.statement.AccessControlStatement.RevokeRoles;
import io.portcullis.sql.statement.AccessControlStatement.RoleChoice;
import io.portcullis.sql.statement.AccessControlStatement.SetGateVariables;
import io.portcullis.sql.statement.AccessControlStatement.SetRole;
import io.portcullis.sql.statement.AccessControlStatement.ShowGrants;
import io.portcullis.sql.statement.AccessControlStatement.UserName;
import io.portcullis.sql.statement.AccessControlStatement.UserSpec;
import io.portcullis.sql.statement.AccessControlStatement.VariableAssignment;
import io.portcullis.sql.statement.AccessControlStatement.VariableValue;
import io.portcullis.sql.statement.GateVariable;
import io.portcullis.sql.text.ErrorCode;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An installation in memory: administrator root, databases d and e, table d.t, view d.v. */
final class Gate {

  static final DclSettings SETTINGS = new DclSettings("portcullis", false, true);

  final FakeBackend backend =
      new FakeBackend()
          .with("d", "t", RelationKind.TABLE)
          .withColumns("d", "t", "id", "Name", "secret")
          .with("d", "u", RelationKind.TABLE)
          .with("d", "v", RelationKind.VIEW)
          .withColumns("d", "v", "id", "Name")
          .with("e", "t", RelationKind.TABLE)
          .with("mysql", "user", RelationKind.TABLE)
          .with("portcullis", "catalog_user", RelationKind.TABLE);

  /** The backend that is named so. */
  final FakeBackend other = new FakeBackend().with("mysql", "user", RelationKind.TABLE);

  final SnapshotPublisher publisher = new SnapshotPublisher();
  final InMemoryCatalogStore store = new InMemoryCatalogStore();
  final CatalogWriter writer = new CatalogWriter(store, publisher);
  final LoginTimes logins = new LoginTimes(store);
  final Authorizer authorizer;
  final AccountStatements accounts;
  private final BackendSites sites;
  final MappingStatements mappings;
  final DclExecutor executor;
  final CatalogSettler settler;
  private Optional<String> currentDatabase = Optional.empty();

  Gate() {
    this(SETTINGS);
  }

  Gate(DclSettings settings) {
    this(settings, SecondaryRolesMode.ALL);
  }

  Gate(SecondaryRolesMode mode) {
    this(SETTINGS, mode);
  }

  private Gate(DclSettings settings, SecondaryRolesMode mode) {
    this(settings, mode, Optional.of(SecretKey.generate(new SecureRandom())));
  }

  /** One whose configuration has no key for secrets. */
  static Gate withoutSecretKey() {
    return new Gate(SETTINGS, SecondaryRolesMode.ALL, Optional.empty());
  }

  private Gate(DclSettings settings, SecondaryRolesMode mode, Optional<String> secretKey) {
    authorizer = new Authorizer("portcullis", mode);
    Clock clock = Clock.fixed(Instant.parse("2026-03-04T05:06:07Z"), ZoneOffset.UTC);
    SecureRandom random = new SecureRandom();
    BackendSite main = new BackendSite(backend, backend, "gate");
    sites =
        new BackendSites(
            Map.of(
                Account.MAIN_BACKEND, main, "other", new BackendSite(other, other, "gate_there")));
    Optional<SecretKey> key = secretKey.map(text -> SecretKey.of(text, random));
    accounts = new AccountStatements(writer, publisher, sites, key, settings, random, clock);
    mappings = new MappingStatements(authorizer, sites, key);
    executor =
        new DclExecutor(
            writer,
            publisher,
            authorizer,
            backend,
            settings,
            logins,
            accounts,
            mappings,
            random,
            clock);
    settler =
        new CatalogSettler(
            writer, publisher, authorizer, Account.MAIN_BACKEND, main, settings, clock);
    try {
      writer.reload();
      new Bootstrap(writer, random, clock, true).run("root", Optional.of("rootpw"));
    } catch (StoreException e) {
      throw new AssertionError(e);
    }
  }

  /** What executes the statements of accounts on the other backend. */
  DclExecutor executorAt(String backend) {
    return new DclExecutor(
        writer,
        publisher,
        authorizer,
        sites.of(backend).orElseThrow().control(),
        SETTINGS,
        logins,
        accounts,
        mappings,
        new SecureRandom(),
        Clock.systemUTC());
  }

  CatalogSettler settlerAt(String backend) {
    return new CatalogSettler(
        writer,
        publisher,
        authorizer,
        backend,
        sites.of(backend).orElseThrow(),
        SETTINGS,
        Clock.systemUTC());
  }

  /** Done by another gate on the same catalog, of which this one learns when it looks. */
  void suspendedElsewhere(String name) {
    SnapshotPublisher its = new SnapshotPublisher();
    CatalogWriter itsWriter = new CatalogWriter(store, its);
    try {
      itsWriter.reload();
      Account account = its.current().state().account(name).orElseThrow();
      itsWriter.write(
          newest ->
              new Proposal<>(
                  List.of(
                      new CatalogChange.AccountPut(
                          account.withStatus(AccountStatus.SUSPENDED, Instant.EPOCH))),
                  true));
    } catch (StoreException e) {
      throw new AssertionError(e);
    }
  }

  Gate use(String database) {
    currentDatabase = Optional.of(database);
    return this;
  }

  CatalogState state() {
    return publisher.current().state();
  }

  // Who.

  Session root() {
    return as("root", "moadmin");
  }

  /** A session of the user with this primary role. */
  Session as(String user, String role) {
    return new Session(
        new Subject(
            AccountId.SYS,
            user(user).id(),
            user(user).name(),
            user(user).host(),
            role(role).id(),
            false));
  }

  /** A session in another account. */
  Session in(String account, String user, String role) {
    AccountId id = account(account).id();
    User found = state().user(id, user).orElseThrow();
    return new Session(
        new Subject(
            id,
            found.id(),
            found.name(),
            found.host(),
            state().role(id, role).orElseThrow().id(),
            false));
  }

  /** The administrator of an account made by {@link #with}. */
  Session bossOf(String account) {
    return in(account, "boss", "accountadmin");
  }

  /** Makes an account whose administrator is boss. */
  Gate with(String account) {
    root().does(createAccount(account));
    return this;
  }

  Account account(String name) {
    return state().account(name).orElseThrow();
  }

  User user(String name) {
    return state().user(AccountId.SYS, name).orElseThrow();
  }

  Role role(String name) {
    return state().role(AccountId.SYS, name).orElseThrow();
  }

  /** Makes roles, and a user of the same name with a "u_" before it for each. */
  void rolesWithUsers(String... names) {
    for (String name : names) {
      root().does(createRole(name));
      root().does(createUser("u_" + name));
      root().does(grantRole(name, "u_" + name));
    }
  }

  /** The session of the user made by {@link #rolesWithUsers}. */
  Session in(String role) {
    return as("u_" + role, role);
  }

  /** Who asks, and what comes of it. */
  final class Session {
    private final Subject subject;

    Session(Subject subject) {
      this.subject = subject;
    }

    Subject subject() {
      return subject;
    }

    Session withSecondaryRoles() {
      return new Session(subject.withSecondaryRoles(true));
    }

    ActiveSubject active() {
      return authorizer.activate(subject, publisher.current());
    }

    DclResult run(AccessControlStatement statement) {
      try {
        return executor.execute(active(), currentDatabase, statement);
      } catch (StoreException e) {
        throw new AssertionError(e);
      }
    }

    /** Expects success, gives the notes. */
    List<String> does(AccessControlStatement statement) {
      DclResult result = run(statement);
      assertThat(result).as("%s", statement).isInstanceOf(DclResult.Done.class);
      return ((DclResult.Done) result).notes();
    }

    /** Expects this refusal, and that nothing was changed. */
    DclResult.Refused refused(ErrorCode code, String message, AccessControlStatement statement) {
      long before = publisher.current().epoch();
      DclResult result = run(statement);
      assertThat(result).as("%s", statement).isInstanceOf(DclResult.Refused.class);
      DclResult.Refused refused = (DclResult.Refused) result;
      assertThat(refused.error().code()).as(refused.error().message()).isEqualTo(code);
      assertThat(refused.error().message()).contains(message);
      assertThat(publisher.current().epoch()).isEqualTo(before);
      return refused;
    }

    Session switchedBy(AccessControlStatement statement) {
      DclResult result = run(statement);
      assertThat(result).isInstanceOf(DclResult.SubjectChanged.class);
      return new Session(((DclResult.SubjectChanged) result).subject());
    }

    /** The first column of the rows. */
    List<String> lines(AccessControlStatement statement) {
      DclResult result = run(statement);
      assertThat(result).as("%s", statement).isInstanceOf(DclResult.Rows.class);
      return ((DclResult.Rows) result)
          .rows().stream().map(row -> String.valueOf(row.get(0))).toList();
    }

    RoleId primary() {
      return subject.primary();
    }
  }

  // What.

  static CreateAccount createAccount(String name) {
    return new CreateAccount(
        false, name, specs("boss").get(0), AccountState.OPEN, Optional.empty());
  }

  static CreateAccount createAccountOn(String backend, String name) {
    return new CreateAccount(
        false,
        name,
        specs("boss").get(0),
        AccountState.OPEN,
        Optional.empty(),
        Optional.of(backend));
  }

  static AlterAccount alterAccount(String name, AccountState state) {
    return new AlterAccount(false, name, Optional.empty(), Optional.of(state), Optional.empty());
  }

  static AlterAccount alterAccount(String name, String user, Password password) {
    return new AlterAccount(
        false,
        name,
        Optional.of(new UserSpec(name(user), Optional.of(password))),
        Optional.empty(),
        Optional.empty());
  }

  static SetGateVariables global(GateVariable variable, String value) {
    return new SetGateVariables(
        List.of(new VariableAssignment(variable, true, new VariableValue.Text(value))));
  }

  static DropAccount dropAccount(String name) {
    return new DropAccount(false, name);
  }

  static UserName name(String user) {
    return new UserName(user, Optional.empty());
  }

  static CreateUser createUser(String... names) {
    return new CreateUser(false, specs(names), List.of(), false, Optional.empty());
  }

  static CreateUser createUser(String name, Optional<String> defaultRole) {
    return new CreateUser(
        false, specs(name), defaultRole.stream().toList(), false, Optional.empty());
  }

  static List<UserSpec> specs(String... names) {
    return Arrays.stream(names)
        .map(user -> new UserSpec(name(user), Optional.of(new Password("pw of " + user))))
        .toList();
  }

  static AlterUser password(String user, String password) {
    return new AlterUser(
        false,
        List.of(new UserSpec(name(user), Optional.of(new Password(password)))),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  static AlterUser lock(String user, boolean lock) {
    return new AlterUser(
        false,
        List.of(new UserSpec(name(user), Optional.empty())),
        Optional.empty(),
        Optional.of(lock),
        Optional.empty());
  }

  static DropUser dropUser(String... names) {
    return new DropUser(false, Arrays.stream(names).map(Gate::name).toList());
  }

  static CreateRole createRole(String... names) {
    return new CreateRole(false, List.of(names), Optional.empty());
  }

  static DropRole dropRole(String... names) {
    return new DropRole(false, List.of(names));
  }

  static GrantRoles grantRole(String role, String grantee) {
    return new GrantRoles(List.of(role), List.of(name(grantee)), false);
  }

  static GrantRoles grantRoleWithOption(String role, String grantee) {
    return new GrantRoles(List.of(role), List.of(name(grantee)), true);
  }

  static RevokeRoles revokeRole(String role, String grantee) {
    return new RevokeRoles(false, false, List.of(role), List.of(name(grantee)));
  }

  static GrantPrivileges grant(String privileges, String on, String role) {
    return new GrantPrivileges(list(privileges), type(on), level(on), grantees(role), false);
  }

  static GrantPrivileges grantWithOption(String privileges, String on, String role) {
    return new GrantPrivileges(list(privileges), type(on), level(on), grantees(role), true);
  }

  /** On single columns: {@code "SELECT a b, INSERT a"}. */
  static GrantPrivileges grantColumns(String privileges, String on, String role) {
    return grantColumns(privileges, on, role, false);
  }

  static GrantPrivileges grantColumns(String privileges, String on, String role, boolean option) {
    return new GrantPrivileges(
        List.of(), columns(privileges), type(on), level(on), grantees(role), option);
  }

  static RevokePrivileges revokeColumns(String privileges, String on, String role) {
    return new RevokePrivileges(
        false, false, List.of(), columns(privileges), type(on), level(on), grantees(role));
  }

  static RevokePrivileges revokeOptionOnColumns(String privileges, String on, String role) {
    return new RevokePrivileges(
        false, true, List.of(), columns(privileges), type(on), level(on), grantees(role));
  }

  private static List<ColumnPrivilege> columns(String privileges) {
    return list(privileges).stream()
        .map(one -> List.of(one.split(" ", -1)))
        .map(words -> new ColumnPrivilege(words.get(0), words.subList(1, words.size())))
        .toList();
  }

  static RevokePrivileges revoke(String privileges, String on, String role) {
    return new RevokePrivileges(
        false, false, list(privileges), type(on), level(on), grantees(role));
  }

  static RevokePrivileges revokeOption(String privileges, String on, String role) {
    return new RevokePrivileges(false, true, list(privileges), type(on), level(on), grantees(role));
  }

  static SetRole setRole(String role) {
    return new SetRole(new RoleChoice.Named(role));
  }

  static ShowGrants showGrants() {
    return new ShowGrants(new GrantsOf.Oneself(), List.of());
  }

  static ShowGrants showGrants(String user, String... using) {
    return new ShowGrants(new GrantsOf.User(name(user)), List.of(using));
  }

  static ShowGrants showGrantsOfRole(String role) {
    return new ShowGrants(new GrantsOf.RoleNamed(role), List.of());
  }

  private static List<UserName> grantees(String commaSeparated) {
    return list(commaSeparated).stream().map(Gate::name).toList();
  }

  private static List<String> list(String commaSeparated) {
    return Arrays.stream(commaSeparated.split(",", -1)).map(String::strip).toList();
  }

  private static ObjectType type(String on) {
    return ObjectType.valueOf(on.substring(0, on.indexOf(' ')));
  }

  private static Level level(String on) {
    String level = on.substring(on.indexOf(' ') + 1);
    if (level.equals("*")) {
      return new Level.Star();
    } else if (level.equals("*.*")) {
      return new Level.StarStar();
    } else if (level.endsWith(".*")) {
      return new Level.DatabaseStar(level.substring(0, level.length() - 2));
    }
    int dot = level.indexOf('.');
    return new Level.Named(
        dot < 0
            ? new RelationName(DatabaseName.CURRENT, level)
            : RelationName.of(level.substring(0, dot), level.substring(dot + 1)));
  }
}
