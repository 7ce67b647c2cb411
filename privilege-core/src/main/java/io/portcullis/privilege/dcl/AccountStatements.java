package io.portcullis.privilege.dcl;

import io.portcullis.privilege.authz.ActiveSubject;
import io.portcullis.privilege.authz.NameSpace;
import io.portcullis.privilege.catalog.CatalogChange;
import io.portcullis.privilege.catalog.CatalogState;
import io.portcullis.privilege.credential.GeneratedPassword;
import io.portcullis.privilege.credential.SecretKey;
import io.portcullis.privilege.model.Account;
import io.portcullis.privilege.model.AccountId;
import io.portcullis.privilege.model.AccountStatus;
import io.portcullis.privilege.model.BackendLogin;
import io.portcullis.privilege.model.Names;
import io.portcullis.privilege.model.RoleId;
import io.portcullis.privilege.model.RoleToUser;
import io.portcullis.privilege.model.SecondaryRoles;
import io.portcullis.privilege.model.User;
import io.portcullis.privilege.model.Verifiers;
import io.portcullis.privilege.snapshot.SnapshotPublisher;
import io.portcullis.privilege.store.AccountBackend;
import io.portcullis.privilege.store.AccountBackend.SchemaSize;
import io.portcullis.privilege.store.BackendSite;
import io.portcullis.privilege.store.BackendSites;
import io.portcullis.privilege.store.CatalogWriter;
import io.portcullis.privilege.store.Proposal;
import io.portcullis.privilege.store.StoreException;
import io.portcullis.sql.statement.AccessControlStatement.AccountState;
import io.portcullis.sql.statement.AccessControlStatement.AlterAccount;
import io.portcullis.sql.statement.AccessControlStatement.CreateAccount;
import io.portcullis.sql.statement.AccessControlStatement.DropAccount;
import io.portcullis.sql.statement.AccessControlStatement.Password;
import io.portcullis.sql.statement.AccessControlStatement.ShowAccounts;
import io.portcullis.sql.statement.AccessControlStatement.UserName;
import io.portcullis.sql.text.ErrorCode;
import io.portcullis.sql.text.LikePattern;
import io.portcullis.sql.text.SqlError;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * CREATE, ALTER, DROP and SHOW ACCOUNTS (PM 5.2). The catalog changes first, then the backend: an
 * account whose login is missing gets it by {@link #repair}, one that is being dropped stays
 * suspended until all of it is gone, so that either can be interrupted anywhere. Blocking.
 */
public final class AccountStatements {

  private static final Logger LOG = LoggerFactory.getLogger(AccountStatements.class);

  private static final String CREATE = "CREATE ACCOUNT";
  private static final String ALTER = "ALTER ACCOUNT";
  private static final String DROP = "DROP ACCOUNT";

  private static final Pattern LEGAL = Pattern.compile("[0-9A-Za-z_-]+");

  /** Leaves half of a schema's name to the database. */
  static final int MAX_NAME = 32;

  /** What MySQL allows for a login is 32 characters. */
  private static final int LOGIN_NAME_OF_ACCOUNT = 20;

  private static final int LOGIN_SUFFIX_BITS = 24;

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);

  private static final long MEGABYTE = 1024L * 1024;

  private final CatalogWriter writer;
  private final SnapshotPublisher publisher;
  private final BackendSites sites;
  private final Optional<SecretKey> key;
  private final DclSettings settings;
  private final SecureRandom random;
  private final Clock clock;

  /** Held while an account's login is made or dropped, so that neither overtakes the other. */
  private final Map<AccountId, Lock> locks = new ConcurrentHashMap<>();

  /**
   * @param key seals the passwords of the accounts' logins; without one no account can be made
   */
  public AccountStatements(
      CatalogWriter writer,
      SnapshotPublisher publisher,
      BackendSites sites,
      Optional<SecretKey> key,
      DclSettings settings,
      SecureRandom random,
      Clock clock) {
    this.writer = writer;
    this.publisher = publisher;
    this.sites = sites;
    this.key = key;
    this.settings = settings;
    this.random = random;
    this.clock = clock;
  }

  /** What the sealed password of a login is for. */
  private static String purpose(String login) {
    return "backend login " + login;
  }

  /**
   * The password of an account's login.
   *
   * @throws StoreException when the configured key does not open it
   */
  public String password(BackendLogin login) throws StoreException {
    return key.flatMap(k -> k.open(login.sealedPassword(), purpose(login.user())))
        .orElseThrow(
            () ->
                new StoreException(
                    "the password of the backend login "
                        + login.user()
                        + " cannot be read: catalog.secret_key_file is "
                        + (key.isEmpty()
                            ? "not set"
                            : "another key than the account was made with")));
  }

  /** Only in account sys, and only with everything there is on it (PM 4.2 #1-3). */
  static Optional<SqlError> mayAdminister(ActiveSubject actor, String operation) {
    if (actor.unusable().isPresent()) {
      return actor.unusable();
    }
    return actor.subject().account().isSys() && actor.privileges().holdsOnAccount()
        ? Optional.empty()
        : Optional.of(ErrorCode.ER_SPECIFIC_ACCESS_DENIED_ERROR.error(operation));
  }

  static String noBackend(String name, BackendSites sites) {
    return "there is no backend "
        + name
        + " in the configuration (expected: "
        + String.join(", ", sites.names())
        + ")";
  }

  // ---- CREATE

  /** Fails when the backend that the account is to live on does not answer. */
  void askBackend(ActiveSubject actor, CreateAccount statement) throws StoreException {
    if (mayAdminister(actor, CREATE).isEmpty()) {
      Optional<BackendSite> site = sites.of(backend(statement));
      if (site.isPresent()) {
        site.get().control().databases();
      }
    }
  }

  private static String backend(CreateAccount statement) {
    return statement.backend().map(Names::key).orElse(Account.MAIN_BACKEND);
  }

  /** The change of the catalog; {@link #created} follows once it is durable. */
  Optional<SqlError> create(Draft draft, CreateAccount statement, Passwords passwords)
      throws StoreException {
    Optional<SqlError> refused = mayAdminister(draft.actor(), CREATE);
    if (refused.isPresent()) {
      return refused;
    }
    String name = statement.account().strip();
    refused = legal(name);
    if (refused.isPresent()) {
      return refused;
    }
    if (draft.state().account(name).isPresent()) {
      String taken = "the tenant " + name + " exists";
      if (statement.ifNotExists()) {
        draft.note(taken);
        return Optional.empty();
      }
      return Optional.of(Refusals.cannot(CREATE, Refusals.quoted(name), taken));
    }
    UserName administrator = statement.administrator().user();
    Password password = statement.administrator().password().orElseThrow();
    refused =
        Refusals.name(CREATE, administrator.name(), Names.MAX_USER_LENGTH)
            .or(
                () ->
                    PasswordChanges.refusal(
                        password,
                        administrator.name(),
                        draft.actor().subject().userName(),
                        draft.variables()));
    if (refused.isPresent()) {
      return refused;
    }
    if (key.isEmpty()) {
      return Optional.of(
          ErrorCode.ER_NOT_SUPPORTED_YET.error(
              "CREATE ACCOUNT without a key to keep the password of its backend login under; set"
                  + " catalog.secret_key_file in the configuration"));
    }
    String backend = backend(statement);
    if (sites.of(backend).isEmpty()) {
      return Optional.of(Refusals.cannot(CREATE, Refusals.quoted(name), noBackend(backend, sites)));
    }
    refused = inTheWay(name, backend);
    if (refused.isPresent()) {
      return refused;
    }
    put(draft, statement, name, administrator, passwords.hashed(password));
    return Optional.empty();
  }

  /**
   * Databases that would become the account's; on the main backend also those that account sys
   * would lose.
   */
  private Optional<SqlError> inTheWay(String name, String backend) throws StoreException {
    String prefix = Names.key(name) + NameSpace.SEPARATOR;
    for (String place : new TreeSet<>(Arrays.asList(backend, Account.MAIN_BACKEND))) {
      for (String schema : sites.of(place).orElseThrow().control().databases()) {
        if (schema.regionMatches(true, 0, prefix, 0, prefix.length())) {
          return Optional.of(
              Refusals.cannot(
                  CREATE,
                  Refusals.quoted(name),
                  "the backend has databases whose names begin with "
                      + prefix
                      + ", which would become the account's"));
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<SqlError> legal(String name) {
    if (!LEGAL.matcher(name).matches()) {
      return Optional.of(
          Refusals.cannot(CREATE, Refusals.quoted(name), "the name \"" + name + "\" is invalid"));
    }
    return name.length() <= MAX_NAME
        ? Optional.empty()
        : Optional.of(ErrorCode.ER_WRONG_STRING_LENGTH.error(name, "account name", MAX_NAME));
  }

  private void put(
      Draft draft,
      CreateAccount statement,
      String name,
      UserName administrator,
      Verifiers verifiers) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    AccountId id = draft.state().nextAccountId();
    RoleId role = RoleId.administratorOf(id);
    AccountStatus status = status(statement.state());
    String login = loginName(name);
    String sealed = key.orElseThrow().seal(GeneratedPassword.next(random), purpose(login));
    draft.apply(
        new CatalogChange.AccountPut(
            new Account(
                id,
                name,
                administrator.name(),
                status,
                statement.comment(),
                now,
                status == AccountStatus.OPEN ? Optional.empty() : Optional.of(now),
                Optional.of(new BackendLogin(login, sealed)),
                backend(statement))));
    CatalogState.builtInRoles(id, now).forEach(draft::apply);
    User user =
        new User(
            draft.state().nextUserId(),
            id,
            administrator.name(),
            Refusals.host(administrator),
            verifiers,
            role,
            role,
            false,
            Optional.empty(),
            now,
            SecondaryRoles.NONE,
            User.NO_ATTRIBUTES);
    draft.apply(new CatalogChange.UserPut(user));
    draft.apply(new CatalogChange.RoleGrantedToUser(new RoleToUser(role, user.id(), true)));
  }

  /** Nobody else's: two gates may use one backend. */
  private String loginName(String account) {
    String part = Names.key(account);
    return "pc_"
        + part.substring(0, Math.min(part.length(), LOGIN_NAME_OF_ACCOUNT))
        + "_"
        + String.format(Locale.ROOT, "%06x", random.nextInt(1 << LOGIN_SUFFIX_BITS));
  }

  private static AccountStatus status(AccountState state) {
    return switch (state) {
      case OPEN -> AccountStatus.OPEN;
      case SUSPEND -> AccountStatus.SUSPENDED;
      case RESTRICTED -> AccountStatus.RESTRICTED;
    };
  }

  /**
   * The account is in the catalog: gives it its login, or takes it back when that fails.
   *
   * @return why it was taken back: a database was made meanwhile that would become the account's,
   *     by a statement that was decided before there was one. Nobody in the account could make one,
   *     since it has no login yet
   */
  Optional<SqlError> created(String name) throws StoreException {
    Optional<Account> found = publisher.current().state().account(name);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    Account account = found.get();
    Lock lock = lock(account.id());
    lock.lock();
    try {
      return settled(account);
    } finally {
      lock.unlock();
    }
  }

  private Optional<SqlError> settled(Account account) throws StoreException {
    boolean done = false;
    try {
      Optional<SqlError> refused = inTheWay(account.name(), account.backend());
      if (refused.isEmpty()) {
        ensureLogin(account);
        done = true;
      }
      return refused;
    } finally {
      if (!done) {
        takeBack(account);
      }
    }
  }

  private Lock lock(AccountId account) {
    return locks.computeIfAbsent(account, id -> new ReentrantLock());
  }

  private void takeBack(Account account) throws StoreException {
    forget(account);
    if (account.login().isPresent()) {
      try {
        sites.of(account).accounts().dropLogin(account.login().get().user());
      } catch (StoreException e) {
        // Nobody has its password any more; the failure that led here is the one to tell.
        LOG.atWarn()
            .addKeyValue("account", account.name())
            .addKeyValue("login", account.login().get().user())
            .addKeyValue("cause", e.getMessage())
            .log("the backend login of an account that was not made may be left behind");
      }
    }
  }

  private void ensureLogin(Account account) throws StoreException {
    if (account.login().isPresent()) {
      BackendLogin login = account.login().get();
      sites
          .of(account)
          .accounts()
          .ensureLogin(
              login.user(), password(login), Names.key(account.name()) + NameSpace.SEPARATOR);
    }
  }

  /** Its state has changed: an account that is open has its login. */
  void altered(String name) throws StoreException {
    Optional<Account> account = publisher.current().state().account(name);
    if (account.isPresent()) {
      ensureLoginOfOneInUse(account.get().id());
    }
  }

  /**
   * Gives an account its login, unless it is suspended or gone by now: then it is being dropped,
   * perhaps, here or by another gate.
   *
   * @return whether it was given
   */
  private boolean ensureLoginOfOneInUse(AccountId id) throws StoreException {
    Lock lock = lock(id);
    lock.lock();
    try {
      Optional<Account> account = inUse(id);
      if (account.isEmpty()) {
        return false;
      }
      ensureLogin(account.get());
      writer.reload();
      if (inUse(id).isEmpty() && account.get().login().isPresent()) {
        sites.of(account.get()).accounts().dropLogin(account.get().login().get().user());
        return false;
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  private Optional<Account> inUse(AccountId id) {
    return publisher
        .current()
        .state()
        .account(id)
        .filter(account -> account.status() != AccountStatus.SUSPENDED);
  }

  /**
   * Gives every account on the backend whose login is not there its login: after a crash, or when
   * somebody has dropped it behind the gate's back. Suspended ones get theirs when they are opened;
   * they may be half dropped.
   */
  public void repair(String backend) throws StoreException {
    List<Account> accounts =
        publisher.current().state().accounts().stream()
            .filter(account -> account.backend().equals(backend))
            .filter(account -> account.login().isPresent())
            .filter(account -> account.status() != AccountStatus.SUSPENDED)
            .toList();
    if (accounts.isEmpty()) {
      return;
    }
    List<String> existing =
        sites
            .of(accounts.get(0))
            .accounts()
            .existing(
                accounts.stream().map(account -> account.login().orElseThrow().user()).toList());
    for (Account account : accounts) {
      String login = account.login().orElseThrow().user();
      if (!existing.contains(login) && ensureLoginOfOneInUse(account.id())) {
        LOG.atInfo()
            .addKeyValue("account", account.name())
            .addKeyValue("login", login)
            .log("the backend login of an account was missing: made again");
      }
    }
  }

  // ---- ALTER

  Optional<SqlError> alter(Draft draft, AlterAccount statement, Passwords passwords) {
    Optional<SqlError> refused = mayAdminister(draft.actor(), ALTER);
    if (refused.isPresent()) {
      return refused;
    }
    boolean describes = statement.state().isPresent() || statement.comment().isPresent();
    if (statement.administrator().isPresent() == describes) {
      return Optional.of(
          ErrorCode.ER_PARSE_ERROR.error(
              describes ? "at most one option at a time" : "at least one option at a time"));
    }
    Optional<Account> found = draft.state().account(statement.account());
    if (found.isEmpty()) {
      return missing(draft, ALTER, statement.account(), statement.ifExists());
    }
    Account account = found.get();
    if (statement.administrator().isPresent()) {
      UserName name = statement.administrator().get().user();
      Password password = statement.administrator().get().password().orElseThrow();
      return setPassword(draft, account, name, password, passwords);
    }
    if (statement.state().isPresent() && account.id().isSys()) {
      return Optional.of(
          Refusals.cannot(
              ALTER, Refusals.quoted(account.name()), "account sys can not be suspended"));
    }
    if (statement.state().isPresent() && statement.state().get() != AccountState.SUSPEND) {
      refused = homeless(ALTER, account);
      if (refused.isPresent()) {
        return refused;
      }
    }
    Account changed = account;
    if (statement.state().isPresent() && status(statement.state().get()) != account.status()) {
      changed =
          changed.withStatus(
              status(statement.state().get()), clock.instant().truncatedTo(ChronoUnit.MILLIS));
    }
    if (statement.comment().isPresent()) {
      changed = changed.withComment(statement.comment().get());
    }
    if (!changed.equals(account)) {
      draft.apply(new CatalogChange.AccountPut(changed));
    }
    return Optional.empty();
  }

  private Optional<SqlError> setPassword(
      Draft draft, Account account, UserName name, Password password, Passwords passwords) {
    if (account.id().isSys() && !draft.actor().isAdministrator()) {
      // As ALTER USER (PM 2.4): or ALL ON ACCOUNT would make one an administrator.
      return Optional.of(
          Refusals.cannot(ALTER, Refusals.quoted(name), "don't have the privilege to alter"));
    }
    Optional<User> user = draft.state().user(account.id(), name.name());
    boolean administrator =
        user.filter(
                found -> draft.state().isGranted(RoleId.administratorOf(account.id()), found.id()))
            .isPresent();
    if (!administrator) {
      return Optional.of(
          Refusals.cannot(
              ALTER,
              Refusals.quoted(account.name()),
              user.isEmpty()
                  ? "there is no user " + name.name()
                  : "the user " + name.name() + " is no administrator of the account"));
    }
    String actor = draft.actor().subject().userName();
    Optional<SqlError> refused =
        PasswordChanges.refusal(password, name.name(), actor, draft.variables());
    if (refused.isPresent()) {
      return refused;
    }
    PasswordChanges.Changed set =
        new PasswordChanges(clock)
            .change(
                user.get(),
                password,
                draft.isSelf(user.get()),
                actor,
                draft.state().variables(account.id()),
                passwords);
    if (set.error().isEmpty()) {
      draft.apply(new CatalogChange.UserPut(set.user()));
    }
    return set.error();
  }

  // ---- DROP

  /** Suspends it; {@link #dropped} follows once that is durable. */
  Optional<SqlError> drop(Draft draft, DropAccount statement) {
    Optional<SqlError> refused = mayAdminister(draft.actor(), DROP);
    if (refused.isPresent()) {
      return refused;
    }
    Optional<Account> found = draft.state().account(statement.account());
    if (found.isEmpty()) {
      return missing(draft, DROP, statement.account(), statement.ifExists());
    }
    Account account = found.get();
    if (account.id().isSys()) {
      return Optional.of(
          Refusals.cannot(DROP, Refusals.quoted(account.name()), "can not delete the account sys"));
    }
    refused = homeless(DROP, account);
    if (refused.isPresent()) {
      return refused;
    }
    if (account.status() != AccountStatus.SUSPENDED) {
      draft.apply(
          new CatalogChange.AccountPut(
              account.withStatus(
                  AccountStatus.SUSPENDED, clock.instant().truncatedTo(ChronoUnit.MILLIS))));
    }
    return Optional.empty();
  }

  /** Nobody is in the account any more: removes what it has at the backend, and then itself. */
  void dropped(String name) throws StoreException {
    Optional<Account> found = publisher.current().state().account(name);
    if (found.isEmpty() || found.get().id().isSys()) {
      return;
    }
    Lock lock = lock(found.get().id());
    lock.lock();
    try {
      Optional<Account> account = publisher.current().state().account(found.get().id());
      if (account.isPresent()) {
        remove(account.get());
      }
    } finally {
      lock.unlock();
    }
    locks.remove(found.get().id());
  }

  private void remove(Account account) throws StoreException {
    if (account.status() != AccountStatus.SUSPENDED) {
      throw new StoreException(
          "the account " + account.name() + " was opened while it was to be dropped: it is kept");
    }
    AccountBackend backend = sites.of(account).accounts();
    if (account.login().isPresent()) {
      backend.dropLogin(account.login().get().user());
    }
    for (String schema : backend.schemas(Names.key(account.name()) + NameSpace.SEPARATOR)) {
      backend.dropSchema(schema);
    }
    forget(account);
  }

  private void forget(Account account) throws StoreException {
    writer.write(
        newest ->
            newest.state().account(account.id()).isEmpty()
                ? Proposal.nothing(false)
                : new Proposal<>(List.of(new CatalogChange.AccountDropped(account.id())), true));
  }

  /** What it has is on a backend that the gate does not know any more. */
  private Optional<SqlError> homeless(String operation, Account account) {
    return sites.of(account.backend()).isPresent()
        ? Optional.empty()
        : Optional.of(
            Refusals.cannot(
                operation,
                Refusals.quoted(account.name()),
                "it lives on the backend "
                    + account.backend()
                    + ", which is not in the configuration"));
  }

  private static Optional<SqlError> missing(
      Draft draft, String operation, String name, boolean ifExists) {
    String why = "there is no account " + name;
    if (!ifExists) {
      return Optional.of(Refusals.cannot(operation, Refusals.quoted(name), why));
    }
    draft.note(why);
    return Optional.empty();
  }

  // ---- SHOW

  /** All for the cluster's administrator; for others their own, with little on it (SDK 5.7). */
  DclResult show(ActiveSubject actor, ShowAccounts statement) throws StoreException {
    if (actor.unusable().isPresent()) {
      return new DclResult.Refused(actor.unusable().get(), List.of());
    }
    CatalogState state = actor.snapshot().state();
    List<List<@Nullable String>> rows = new ArrayList<>();
    if (!actor.isAdministrator()) {
      state.account(actor.subject().account()).ifPresent(own -> rows.add(brief(own)));
    } else {
      boolean all = actor.subject().account().isSys();
      List<Account> shown =
          state.accounts().stream()
              .filter(account -> all || account.id().equals(actor.subject().account()))
              .filter(
                  account ->
                      !all
                          || statement.like().isEmpty()
                          || LikePattern.matches(statement.like().get(), account.name()))
              .sorted(Comparator.comparing(account -> Names.key(account.name())))
              .toList();
      Map<String, Map<AccountId, Size>> sizes = new HashMap<>();
      for (Account account : shown) {
        if (!sizes.containsKey(account.backend())) {
          sizes.put(account.backend(), sizes(state, account));
        }
      }
      for (Account account : shown) {
        Map<AccountId, Size> known = sizes.getOrDefault(account.backend(), Map.of());
        rows.add(row(state, account, known.getOrDefault(account.id(), Size.NONE)));
      }
    }
    return new DclResult.Rows(
        List.of(
            "account_name",
            "admin_name",
            "created_time",
            "status",
            "suspended_time",
            "db_count",
            "tbl_count",
            "size",
            "snapshot_size",
            "comments",
            "user_count",
            "backend"),
        rows);
  }

  /** What the schemas of an account hold together. */
  private record Size(long databases, long tables, long bytes) {
    static final Size NONE = new Size(0, 0, 0);
    static final Size UNKNOWN = new Size(-1, -1, -1);

    boolean isKnown() {
      return databases >= 0;
    }

    Size and(Size other) {
      return new Size(databases + other.databases, tables + other.tables, bytes + other.bytes);
    }
  }

  /**
   * Of the accounts on the backend of this one. The main one has to answer; of others it is not
   * known while they do not.
   */
  private Map<AccountId, Size> sizes(CatalogState state, Account like) throws StoreException {
    try {
      return sizes(state, like.backend(), sites.of(like));
    } catch (StoreException e) {
      if (like.backend().equals(Account.MAIN_BACKEND)) {
        throw e;
      }
      LOG.atWarn()
          .addKeyValue("backend", like.backend())
          .addKeyValue("cause", e.getMessage())
          .log("accounts cannot be measured");
      Map<AccountId, Size> unknown = new HashMap<>();
      state.accounts().stream()
          .filter(account -> account.backend().equals(like.backend()))
          .forEach(account -> unknown.put(account.id(), Size.UNKNOWN));
      return unknown;
    }
  }

  private Map<AccountId, Size> sizes(CatalogState state, String backend, BackendSite site)
      throws StoreException {
    Map<AccountId, Size> sizes = new HashMap<>();
    Map<String, SchemaSize> held = site.accounts().sizes();
    for (String schema : site.control().databases()) {
      AccountId owner = NameSpace.accountOf(schema, state);
      boolean here =
          state.account(owner).filter(found -> found.backend().equals(backend)).isPresent();
      if (settings.isSystem(schema) || !here) {
        continue;
      }
      SchemaSize holds = held.getOrDefault(schema, new SchemaSize(0, 0));
      sizes.merge(owner, new Size(1, holds.tables(), holds.bytes()), Size::and);
    }
    return sizes;
  }

  private static List<@Nullable String> row(CatalogState state, Account account, Size size) {
    List<@Nullable String> row = new ArrayList<>();
    row.add(account.name());
    row.add(account.adminName());
    row.add(TIME.format(account.created()));
    row.add(account.status().text());
    row.add(account.suspended().map(TIME::format).orElse(null));
    row.add(size.isKnown() ? Long.toString(size.databases()) : null);
    row.add(size.isKnown() ? Long.toString(size.tables()) : null);
    row.add(size.isKnown() ? Long.toString(size.bytes() / MEGABYTE) : null);
    row.add("0");
    row.add(account.comment().orElse(""));
    row.add(
        Long.toString(
            state.users().stream().filter(user -> user.account().equals(account.id())).count()));
    row.add(account.backend());
    return row;
  }

  private static List<@Nullable String> brief(Account account) {
    List<@Nullable String> row = new ArrayList<>();
    row.add(account.name());
    row.add(null);
    row.add(null);
    row.add(account.status().text());
    for (int column = 4; column < 12; column++) {
      row.add(null);
    }
    return row;
  }
}
