package io.portcullis.privilege.catalog;

import io.portcullis.privilege.catalog.InvariantViolation.Rule;
import io.portcullis.privilege.model.Account;
import io.portcullis.privilege.model.AccountId;
import io.portcullis.privilege.model.AccountStatus;
import io.portcullis.privilege.model.AccountVariables;
import io.portcullis.privilege.model.BackendMapping;
import io.portcullis.privilege.model.Database;
import io.portcullis.privilege.model.DatabaseId;
import io.portcullis.privilege.model.Grant;
import io.portcullis.privilege.model.GrantLevel;
import io.portcullis.privilege.model.Hierarchy;
import io.portcullis.privilege.model.Names;
import io.portcullis.privilege.model.PrivilegeScope;
import io.portcullis.privilege.model.PrivilegeType;
import io.portcullis.privilege.model.Relation;
import io.portcullis.privilege.model.RelationId;
import io.portcullis.privilege.model.Role;
import io.portcullis.privilege.model.RoleId;
import io.portcullis.privilege.model.RoleToRole;
import io.portcullis.privilege.model.RoleToUser;
import io.portcullis.privilege.model.RowPolicy;
import io.portcullis.privilege.model.User;
import io.portcullis.privilege.model.UserId;
import io.portcullis.sql.access.RelationKind;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Everything the catalog knows at one moment: immutable, any thread. {@link #apply} gives the next
 * state, or refuses what would break an invariant ({@link InvariantViolation.Rule}).
 *
 * <p>Cost: states share structure ({@link PersistentMap}), so a change costs some log32(n) small
 * copies, a few microseconds, whatever the size of the catalog; dropping an object costs that per
 * grant on it; dropping a role costs that per grant and edge of the role plus one pass over all
 * users and roles. Looking up costs log32(n) steps and no allocation.
 *
 * <p>Names of users and roles are compared by {@link Names#key}; names of databases and relations
 * are compared exactly, so whoever puts them folds them the way the backend does. The owner of an
 * object holds OWNERSHIP of it, with a grant of OWNERSHIP or without (PM 6.2): taking ownership
 * away means naming another owner.
 */
public final class CatalogState {

  /** Id 2 is accountadmin's in accounts other than sys (PM 2.1). */
  private static final int HIGHEST_RESERVED_ROLE = 2;

  private static final CatalogState EMPTY = new CatalogState(new Draft());

  private final PersistentMap<AccountId, Account> accounts;
  private final PersistentMap<String, Account> accountNames;
  private final PersistentMap<AccountId, AccountVariables> variables;
  private final PersistentMap<UserId, User> users;
  private final PersistentMap<AccountId, PersistentMap<String, User>> userNames;
  private final PersistentMap<UserId, PersistentMap<String, BackendMapping>> mappings;
  private final PersistentMap<RoleId, Role> roles;
  private final PersistentMap<AccountId, PersistentMap<String, Role>> roleNames;
  private final PersistentMap<UserId, Role> privateRoles;
  private final PersistentMap<UserId, PersistentMap<RoleId, RoleToUser>> rolesOfUser;
  private final PersistentMap<RoleId, PersistentMap<UserId, RoleToUser>> usersOfRole;
  private final PersistentMap<RoleId, PersistentMap<RoleId, RoleToRole>> inherited;
  private final PersistentMap<RoleId, PersistentMap<RoleId, RoleToRole>> inheritors;
  private final PersistentMap<RoleId, PersistentMap<GrantKey, Grant>> grants;
  private final PersistentMap<Object, PersistentMap<RoleId, Integer>> granteesOn;
  private final PersistentMap<RoleId, PersistentMap<RowPolicy.Key, RowPolicy>> rowPolicies;
  private final PersistentMap<RelationId, PersistentMap<RowPolicy.Key, RowPolicy>> rowPoliciesOn;
  private final PersistentMap<RelationId, PersistentMap<String, Hierarchy>> hierarchies;
  private final PersistentMap<DatabaseId, Database> databases;
  private final PersistentMap<AccountId, PersistentMap<String, Database>> databaseNames;
  private final PersistentMap<RelationId, Relation> relations;
  private final PersistentMap<DatabaseId, PersistentMap<String, Relation>> relationNames;
  private final PersistentMap<RoleId, PersistentMap<DatabaseId, Database>> ownedDatabases;
  private final PersistentMap<RoleId, PersistentMap<RelationId, Relation>> ownedRelations;
  private final int lastAccount;
  private final int lastUser;
  private final int lastRole;
  private final long lastDatabase;
  private final long lastRelation;

  private CatalogState(Draft draft) {
    accounts = draft.accounts;
    accountNames = draft.accountNames;
    variables = draft.variables;
    users = draft.users;
    userNames = draft.userNames;
    mappings = draft.mappings;
    roles = draft.roles;
    roleNames = draft.roleNames;
    privateRoles = draft.privateRoles;
    rolesOfUser = draft.rolesOfUser;
    usersOfRole = draft.usersOfRole;
    inherited = draft.inherited;
    inheritors = draft.inheritors;
    grants = draft.grants;
    granteesOn = draft.granteesOn;
    rowPolicies = draft.rowPolicies;
    rowPoliciesOn = draft.rowPoliciesOn;
    hierarchies = draft.hierarchies;
    databases = draft.databases;
    databaseNames = draft.databaseNames;
    relations = draft.relations;
    relationNames = draft.relationNames;
    ownedDatabases = draft.ownedDatabases;
    ownedRelations = draft.ownedRelations;
    lastAccount = draft.lastAccount;
    lastUser = draft.lastUser;
    lastRole = draft.lastRole;
    lastDatabase = draft.lastDatabase;
    lastRelation = draft.lastRelation;
  }

  /** Account sys, and nothing in it. */
  public static CatalogState empty() {
    return EMPTY;
  }

  /**
   * A new installation: the roles moadmin and public with their privileges (PM 2.1, 2.2). moadmin
   * holds every privilege of tables on views as well, where the model of origin passes view checks
   * by role.
   */
  public static CatalogState bootstrap() {
    CatalogState state = EMPTY;
    for (CatalogChange change : bootstrapChanges()) {
      state = state.apply(change);
    }
    return state;
  }

  /** What leads from {@link #empty} to {@link #bootstrap}, for stores. */
  public static List<CatalogChange> bootstrapChanges() {
    return builtInRoles(AccountId.SYS, Instant.EPOCH);
  }

  /**
   * The roles that come with an account, accountadmin and public, or moadmin and public in sys,
   * with their privileges (PM 2.1, 2.2). The account must be there.
   */
  public static List<CatalogChange> builtInRoles(AccountId account, Instant created) {
    RoleId administrator = RoleId.administratorOf(account);
    RoleId everybody = RoleId.publicOf(account);
    List<CatalogChange> changes = new java.util.ArrayList<>();
    for (RoleId role : List.of(administrator, everybody)) {
      changes.add(
          new CatalogChange.RolePut(
              new Role(
                  role,
                  account,
                  BuiltInRoles.name(role),
                  Optional.empty(),
                  administrator,
                  Optional.empty(),
                  created)));
    }
    for (PrivilegeType type : PrivilegeType.values()) {
      for (GrantLevel level : everywhere(type)) {
        changes.add(
            new CatalogChange.PrivilegeGranted(new Grant(administrator, type, level, true)));
      }
    }
    changes.add(
        new CatalogChange.PrivilegeGranted(
            new Grant(everybody, PrivilegeType.CONNECT, new GrantLevel.OnAccount(), true)));
    return List.copyOf(changes);
  }

  private static List<GrantLevel> everywhere(PrivilegeType type) {
    if (type == PrivilegeType.EXECUTE || type.isOfPrograms()) {
      return List.of(); // what there is of it comes with ALL on every database
    }
    return switch (type.scope()) {
      case ACCOUNT -> List.of(new GrantLevel.OnAccount());
      case DATABASE -> List.of(new GrantLevel.OnEveryDatabase());
      case RELATION ->
          List.of(
              new GrantLevel.OnEveryRelation(RelationKind.TABLE),
              new GrantLevel.OnEveryRelation(RelationKind.VIEW));
    };
  }

  /**
   * The state after one change.
   *
   * @throws InvariantViolation when it would break a rule; this state is unchanged, as always
   */
  public CatalogState apply(CatalogChange change) {
    Draft draft = new Draft(this);
    draft.apply(change);
    return new CatalogState(draft);
  }

  /** The state after all of them, in order. */
  public CatalogState applyAll(Collection<? extends CatalogChange> changes) {
    if (changes.isEmpty()) {
      return this;
    }
    Draft draft = new Draft(this);
    for (CatalogChange change : changes) {
      draft.apply(change);
    }
    return new CatalogState(draft);
  }

  /**
   * The same, knowing that ids up to these were given out before, so that a store can say so after
   * loading: ids of what was dropped are not used again.
   */
  public CatalogState withIdsUsed(
      AccountId account, UserId user, RoleId role, DatabaseId database, RelationId rel) {
    Draft draft = new Draft(this);
    draft.lastAccount = Math.max(lastAccount, account.value());
    draft.lastUser = Math.max(lastUser, user.value());
    draft.lastRole = Math.max(lastRole, role.value());
    draft.lastDatabase = Math.max(lastDatabase, database.value());
    draft.lastRelation = Math.max(lastRelation, rel.value());
    return new CatalogState(draft);
  }

  // Accounts and users.

  public Optional<Account> account(AccountId id) {
    return Optional.ofNullable(accounts.get(id));
  }

  public Optional<Account> account(String name) {
    return Optional.ofNullable(accountNames.get(Names.key(name)));
  }

  public Collection<Account> accounts() {
    return accounts.values();
  }

  /** Whether the account's schemas are where account sys has its own. */
  public boolean isOnMainBackend(AccountId id) {
    return account(id).filter(a -> a.backend().equals(Account.MAIN_BACKEND)).isPresent();
  }

  /** The gate's variables as the account has them. */
  public AccountVariables variables(AccountId account) {
    return variables.getOrDefault(account, AccountVariables.DEFAULTS);
  }

  public Optional<User> user(UserId id) {
    return Optional.ofNullable(users.get(id));
  }

  public Optional<User> user(AccountId account, String name) {
    return Optional.ofNullable(
        userNames.getOrDefault(account, PersistentMap.empty()).get(Names.key(name)));
  }

  public Collection<User> users() {
    return users.values();
  }

  /** The user's own login at the backend. */
  public Optional<BackendMapping> mapping(UserId user, String backend) {
    return Optional.ofNullable(mappings.getOrDefault(user, PersistentMap.empty()).get(backend));
  }

  /** The user's own logins, by backend. */
  public Collection<BackendMapping> mappingsOf(UserId user) {
    return mappings.getOrDefault(user, PersistentMap.empty()).values();
  }

  // Roles and who has them.

  public Optional<Role> role(RoleId id) {
    return Optional.ofNullable(roles.get(id));
  }

  public Optional<Role> role(AccountId account, String name) {
    return Optional.ofNullable(
        roleNames.getOrDefault(account, PersistentMap.empty()).get(Names.key(name)));
  }

  /** All that have a name: without those that are private to a user. */
  public Collection<Role> roles() {
    return roles.values().stream().filter(role -> !role.isPrivate()).toList();
  }

  /** All there are, also those that are private to a user. */
  public Collection<Role> holders() {
    return roles.values();
  }

  /** The role that holds what is granted to the user directly. */
  public Optional<Role> privateRole(UserId user) {
    return Optional.ofNullable(privateRoles.get(user));
  }

  /** The roles granted to the user directly. */
  public Collection<RoleToUser> rolesOf(UserId user) {
    return rolesOfUser.getOrDefault(user, PersistentMap.empty()).values();
  }

  public boolean isGranted(RoleId role, UserId user) {
    return rolesOfUser.getOrDefault(user, PersistentMap.empty()).get(role) != null;
  }

  public Collection<RoleToUser> usersOf(RoleId role) {
    return usersOfRole.getOrDefault(role, PersistentMap.empty()).values();
  }

  /** The roles granted to the role directly: it inherits from them. */
  public Collection<RoleToRole> rolesInheritedBy(RoleId grantee) {
    return inherited.getOrDefault(grantee, PersistentMap.empty()).values();
  }

  /** The roles that inherit directly from the role. */
  public Collection<RoleToRole> inheritorsOf(RoleId granted) {
    return inheritors.getOrDefault(granted, PersistentMap.empty()).values();
  }

  // Grants.

  public Collection<Grant> grantsOf(RoleId role) {
    return grants.getOrDefault(role, PersistentMap.empty()).values();
  }

  /** The grant of exactly this, at exactly this level, if the role holds it. */
  public Optional<Grant> grant(RoleId role, PrivilegeType privilege, GrantLevel level) {
    return Optional.ofNullable(
        grants.getOrDefault(role, PersistentMap.empty()).get(new GrantKey(privilege, level)));
  }

  /** The roles that hold something on the database itself, or on all tables or views of it. */
  public Collection<RoleId> granteesOn(DatabaseId database) {
    return granteesOn.getOrDefault(database, PersistentMap.empty()).keys();
  }

  /** The roles that hold something on exactly this relation. */
  public Collection<RoleId> granteesOn(RelationId relation) {
    return granteesOn.getOrDefault(relation, PersistentMap.empty()).keys();
  }

  // Rows.

  /** Whether there is any role that does not show all rows of some table. */
  public boolean hasRowPolicies() {
    return !rowPolicies.isEmpty();
  }

  /** What the role itself shows of rows, without the roles it inherits. */
  public Collection<RowPolicy> rowPoliciesOf(RoleId role) {
    return rowPolicies.getOrDefault(role, PersistentMap.empty()).values();
  }

  public Collection<RowPolicy> rowPoliciesOn(RelationId table) {
    return rowPoliciesOn.getOrDefault(table, PersistentMap.empty()).values();
  }

  public Optional<RowPolicy> rowPolicy(RowPolicy.Key key) {
    return Optional.ofNullable(
        rowPolicies.getOrDefault(key.role(), PersistentMap.empty()).get(key));
  }

  public Collection<Hierarchy> hierarchiesOf(RelationId table) {
    return hierarchies.getOrDefault(table, PersistentMap.empty()).values();
  }

  public Optional<Hierarchy> hierarchy(RelationId table, String name) {
    return Optional.ofNullable(hierarchies.getOrDefault(table, PersistentMap.empty()).get(name));
  }

  // Objects.

  public Optional<Database> database(DatabaseId id) {
    return Optional.ofNullable(databases.get(id));
  }

  public Optional<Database> database(AccountId account, String name) {
    return Optional.ofNullable(
        databaseNames.getOrDefault(account, PersistentMap.empty()).get(name));
  }

  public Collection<Database> databases() {
    return databases.values();
  }

  public Optional<Relation> relation(RelationId id) {
    return Optional.ofNullable(relations.get(id));
  }

  /** A table or view. */
  public Optional<Relation> relation(DatabaseId database, String name) {
    return Optional.ofNullable(
        relationNames.getOrDefault(database, PersistentMap.empty()).get(name));
  }

  /** What is of that name where names of the kind are: tables and views share theirs. */
  public Optional<Relation> relation(DatabaseId database, RelationKind kind, String name) {
    return relation(database, nameKey(kind, name));
  }

  /** Names hold no NUL, so that a program never has the key of a table. */
  private static String nameKey(RelationKind kind, String name) {
    return kind.isProgram() ? kind.name() + '\0' + name : name;
  }

  private static String nameKey(Relation relation) {
    return nameKey(relation.kind(), relation.name());
  }

  public Collection<Relation> relations() {
    return relations.values();
  }

  /** Stored programs too. */
  public Collection<Relation> relationsOf(DatabaseId database) {
    return relationNames.getOrDefault(database, PersistentMap.empty()).values();
  }

  public Collection<Database> databasesOwnedBy(RoleId role) {
    return ownedDatabases.getOrDefault(role, PersistentMap.empty()).values();
  }

  public Collection<Relation> relationsOwnedBy(RoleId role) {
    return ownedRelations.getOrDefault(role, PersistentMap.empty()).values();
  }

  // Next free ids; never used before.

  public AccountId nextAccountId() {
    return new AccountId(Math.addExact(lastAccount, 1));
  }

  public UserId nextUserId() {
    return new UserId(Math.addExact(lastUser, 1));
  }

  public RoleId nextRoleId() {
    return new RoleId(Math.addExact(lastRole, 1));
  }

  public DatabaseId nextDatabaseId() {
    return new DatabaseId(Math.addExact(lastDatabase, 1));
  }

  public RelationId nextRelationId() {
    return new RelationId(Math.addExact(lastRelation, 1));
  }

  /**
   * Whether the role holds, inherits from and owns exactly the same in both states: by identity of
   * the shared parts, so that false can also mean "not known".
   */
  public boolean hasSamePrivileges(RoleId role, CatalogState other) {
    return grants.get(role) == other.grants.get(role)
        && inherited.get(role) == other.inherited.get(role)
        && ownedDatabases.get(role) == other.ownedDatabases.get(role)
        && ownedRelations.get(role) == other.ownedRelations.get(role);
  }

  /** What a role holds once: the same privilege at the same level. */
  private record GrantKey(PrivilegeType privilege, GrantLevel level) {
    @Override
    public int hashCode() {
      // Not the enums' own hashes, which differ from run to run: order should not.
      return privilege.code() * 31 + levelHash(level);
    }

    private static int levelHash(GrantLevel level) {
      if (level instanceof GrantLevel.OnRelation one) {
        return one.relation().hashCode() * 2 + one.kind().ordinal();
      }
      if (level instanceof GrantLevel.OnColumn one) {
        return (one.relation().hashCode() * 2 + one.kind().ordinal()) * 31
            + one.column().hashCode();
      }
      if (level instanceof GrantLevel.OnRelationsOf all) {
        return ~(all.database().hashCode() * 2 + all.kind().ordinal());
      }
      if (level instanceof GrantLevel.OnEveryRelation every) {
        return every.kind().ordinal();
      }
      if (level instanceof GrantLevel.OnDatabase one) {
        return one.database().hashCode();
      }
      return 0;
    }
  }

  /** The next state while it is made. One thread. */
  private static final class Draft {
    private PersistentMap<AccountId, Account> accounts;
    private PersistentMap<String, Account> accountNames;
    private PersistentMap<AccountId, AccountVariables> variables;
    private PersistentMap<UserId, User> users;
    private PersistentMap<AccountId, PersistentMap<String, User>> userNames;
    private PersistentMap<UserId, PersistentMap<String, BackendMapping>> mappings;
    private PersistentMap<RoleId, Role> roles;
    private PersistentMap<AccountId, PersistentMap<String, Role>> roleNames;
    private PersistentMap<UserId, Role> privateRoles;
    private PersistentMap<UserId, PersistentMap<RoleId, RoleToUser>> rolesOfUser;
    private PersistentMap<RoleId, PersistentMap<UserId, RoleToUser>> usersOfRole;
    private PersistentMap<RoleId, PersistentMap<RoleId, RoleToRole>> inherited;
    private PersistentMap<RoleId, PersistentMap<RoleId, RoleToRole>> inheritors;
    private PersistentMap<RoleId, PersistentMap<GrantKey, Grant>> grants;
    private PersistentMap<Object, PersistentMap<RoleId, Integer>> granteesOn;
    private PersistentMap<RoleId, PersistentMap<RowPolicy.Key, RowPolicy>> rowPolicies;
    private PersistentMap<RelationId, PersistentMap<RowPolicy.Key, RowPolicy>> rowPoliciesOn;
    private PersistentMap<RelationId, PersistentMap<String, Hierarchy>> hierarchies;
    private PersistentMap<DatabaseId, Database> databases;
    private PersistentMap<AccountId, PersistentMap<String, Database>> databaseNames;
    private PersistentMap<RelationId, Relation> relations;
    private PersistentMap<DatabaseId, PersistentMap<String, Relation>> relationNames;
    private PersistentMap<RoleId, PersistentMap<DatabaseId, Database>> ownedDatabases;
    private PersistentMap<RoleId, PersistentMap<RelationId, Relation>> ownedRelations;
    private int lastAccount;
    private int lastUser;
    private int lastRole;
    private long lastDatabase;
    private long lastRelation;

    Draft() {
      accounts = PersistentMap.<AccountId, Account>empty().with(AccountId.SYS, Account.SYS);
      accountNames =
          PersistentMap.<String, Account>empty().with(Names.key(Account.SYS.name()), Account.SYS);
      variables = PersistentMap.empty();
      users = PersistentMap.empty();
      userNames = PersistentMap.empty();
      mappings = PersistentMap.empty();
      roles = PersistentMap.empty();
      roleNames = PersistentMap.empty();
      privateRoles = PersistentMap.empty();
      rolesOfUser = PersistentMap.empty();
      usersOfRole = PersistentMap.empty();
      inherited = PersistentMap.empty();
      inheritors = PersistentMap.empty();
      grants = PersistentMap.empty();
      granteesOn = PersistentMap.empty();
      rowPolicies = PersistentMap.empty();
      rowPoliciesOn = PersistentMap.empty();
      hierarchies = PersistentMap.empty();
      databases = PersistentMap.empty();
      databaseNames = PersistentMap.empty();
      relations = PersistentMap.empty();
      relationNames = PersistentMap.empty();
      ownedDatabases = PersistentMap.empty();
      ownedRelations = PersistentMap.empty();
      lastRole = HIGHEST_RESERVED_ROLE;
    }

    Draft(CatalogState state) {
      accounts = state.accounts;
      accountNames = state.accountNames;
      variables = state.variables;
      users = state.users;
      userNames = state.userNames;
      mappings = state.mappings;
      roles = state.roles;
      roleNames = state.roleNames;
      privateRoles = state.privateRoles;
      rolesOfUser = state.rolesOfUser;
      usersOfRole = state.usersOfRole;
      inherited = state.inherited;
      inheritors = state.inheritors;
      grants = state.grants;
      granteesOn = state.granteesOn;
      rowPolicies = state.rowPolicies;
      rowPoliciesOn = state.rowPoliciesOn;
      hierarchies = state.hierarchies;
      databases = state.databases;
      databaseNames = state.databaseNames;
      relations = state.relations;
      relationNames = state.relationNames;
      ownedDatabases = state.ownedDatabases;
      ownedRelations = state.ownedRelations;
      lastAccount = state.lastAccount;
      lastUser = state.lastUser;
      lastRole = state.lastRole;
      lastDatabase = state.lastDatabase;
      lastRelation = state.lastRelation;
    }

    void apply(CatalogChange change) {
      if (change instanceof CatalogChange.UserPut put) {
        putUser(put.user());
      } else if (change instanceof CatalogChange.UserDropped dropped) {
        dropUser(dropped.user());
      } else if (change instanceof CatalogChange.MappingPut put) {
        putMapping(put.mapping());
      } else if (change instanceof CatalogChange.MappingDropped dropped) {
        mappings = remove(mappings, dropped.user(), dropped.backend());
      } else if (change instanceof CatalogChange.RolePut put) {
        putRole(put.role());
      } else if (change instanceof CatalogChange.RoleDropped dropped) {
        dropRole(dropped.role(), dropped.heir());
      } else if (change instanceof CatalogChange.RoleGrantedToUser granted) {
        grantToUser(granted.edge());
      } else if (change instanceof CatalogChange.RoleRevokedFromUser revoked) {
        revokeFromUser(revoked.role(), revoked.user());
      } else if (change instanceof CatalogChange.RoleGrantedToRole granted) {
        grantToRole(granted.edge());
      } else if (change instanceof CatalogChange.RoleRevokedFromRole revoked) {
        inherited = remove(inherited, revoked.grantee(), revoked.granted());
        inheritors = remove(inheritors, revoked.granted(), revoked.grantee());
      } else if (change instanceof CatalogChange.PrivilegeGranted granted) {
        grant(granted.grant());
      } else if (change instanceof CatalogChange.PrivilegeRevoked revoked) {
        revoke(revoked.grant());
      } else if (change instanceof CatalogChange.RowPolicyPut put) {
        putRowPolicy(put.policy());
      } else if (change instanceof CatalogChange.RowPolicyDropped dropped) {
        dropRowPolicy(dropped.policy());
      } else if (change instanceof CatalogChange.HierarchyPut put) {
        known(relations.get(put.hierarchy().table()), put.hierarchy().table());
        hierarchies =
            put(hierarchies, put.hierarchy().table(), put.hierarchy().name(), put.hierarchy());
      } else if (change instanceof CatalogChange.HierarchyDropped dropped) {
        hierarchies = remove(hierarchies, dropped.table(), dropped.name());
      } else if (change instanceof CatalogChange.DatabasePut put) {
        putDatabase(put.database());
      } else if (change instanceof CatalogChange.DatabaseDropped dropped) {
        dropDatabase(dropped.database());
      } else if (change instanceof CatalogChange.RelationPut put) {
        putRelation(put.relation());
      } else if (change instanceof CatalogChange.RelationDropped dropped) {
        dropRelation(dropped.relation());
      } else if (change instanceof CatalogChange.AccountPut put) {
        putAccount(put.account());
      } else if (change instanceof CatalogChange.AccountDropped dropped) {
        dropAccount(dropped.account());
      } else if (change instanceof CatalogChange.VariableSet set) {
        setVariable(set);
      } else if (!(change instanceof CatalogChange.MadeBy)) {
        throw new AssertionError(change);
      }
    }

    private void putAccount(Account account) {
      require(
          !account.id().isSys() || account.status() == AccountStatus.OPEN,
          Rule.BUILT_IN_ACCOUNT,
          "status of sys");
      String key = Names.key(account.name());
      Account namesake = accountNames.get(key);
      require(
          namesake == null || namesake.id().equals(account.id()),
          Rule.NAME_TAKEN,
          "account name: " + account.name());
      Account before = accounts.get(account.id());
      if (before != null) {
        // its schemas are called after it
        require(Names.key(before.name()).equals(key), Rule.IDENTITY, "name of " + account.id());
        require(
            before.backend().equals(account.backend()),
            Rule.IDENTITY,
            "backend of " + account.id());
      }
      accounts = accounts.with(account.id(), account);
      accountNames = accountNames.with(key, account);
      lastAccount = Math.max(lastAccount, account.id().value());
    }

    private void setVariable(CatalogChange.VariableSet set) {
      knownAccount(set.account());
      AccountVariables before = variables.getOrDefault(set.account(), AccountVariables.DEFAULTS);
      AccountVariables changed = before.with(set.variable(), set.value());
      variables =
          changed.equals(AccountVariables.DEFAULTS)
              ? variables.without(set.account())
              : variables.with(set.account(), changed);
    }

    /** With everything in it. */
    private void dropAccount(AccountId id) {
      Account account = known(accounts.get(id), id);
      require(!id.isSys(), Rule.BUILT_IN_ACCOUNT, "drop of sys");
      for (Database database : databaseNames.getOrDefault(id, PersistentMap.empty()).values()) {
        dropDatabase(database.id());
      }
      for (User user : userNames.getOrDefault(id, PersistentMap.empty()).values()) {
        rolesOfUser = rolesOfUser.without(user.id());
        mappings = mappings.without(user.id());
        Role own = privateRoles.get(user.id());
        if (own != null) {
          privateRoles = privateRoles.without(user.id());
          forgetRole(own.id());
        }
        users = users.without(user.id());
      }
      for (Role role : roleNames.getOrDefault(id, PersistentMap.empty()).values()) {
        forgetRole(role.id());
      }
      variables = variables.without(id);
      userNames = userNames.without(id);
      roleNames = roleNames.without(id);
      accounts = accounts.without(id);
      accountNames = accountNames.without(Names.key(account.name()));
    }

    /** Of an account that is dropped: what it was granted to or on goes as well. */
    private void forgetRole(RoleId id) {
      dropRowPoliciesOf(id);
      grants = grants.without(id);
      usersOfRole = usersOfRole.without(id);
      inherited = inherited.without(id);
      inheritors = inheritors.without(id);
      roles = roles.without(id);
    }

    private void putUser(User user) {
      knownAccount(user.account());
      String key = Names.key(user.name());
      User before = users.get(user.id());
      User namesake = userNames.getOrDefault(user.account(), PersistentMap.empty()).get(key);
      require(
          namesake == null || namesake.id().equals(user.id()),
          Rule.NAME_TAKEN,
          "user name: " + user.name());
      require(
          roleNames.getOrDefault(user.account(), PersistentMap.empty()).get(key) == null,
          Rule.NAME_TAKEN,
          "user name is a role's: " + user.name());
      ownedIn(user.account(), user.owner(), user.id());
      Role byDefault =
          roles.get(user.defaultRole()); // may be dropped, then it is public's (PM 1.4)
      require(
          byDefault == null || byDefault.account().equals(user.account()),
          Rule.IDENTITY,
          "account of the default role of " + user.id());
      if (before != null) {
        require(before.account().equals(user.account()), Rule.IDENTITY, "account of " + user.id());
        userNames = remove(userNames, before.account(), Names.key(before.name()));
      }
      users = users.with(user.id(), user);
      userNames = put(userNames, user.account(), key, user);
      lastUser = Math.max(lastUser, user.id().value());
    }

    private void putMapping(BackendMapping mapping) {
      known(users.get(mapping.user()), mapping.user());
      mappings = put(mappings, mapping.user(), mapping.backend(), mapping);
    }

    private void dropUser(UserId id) {
      User user = known(users.get(id), id);
      require(privateRoles.get(id) == null, Rule.IDENTITY, "private role of " + id);
      for (RoleToUser edge : rolesOfUser.getOrDefault(id, PersistentMap.empty()).values()) {
        if (edge.role().isAdministrator()) {
          anotherAdministrator(edge.role());
        }
        usersOfRole = remove(usersOfRole, edge.role(), id);
      }
      rolesOfUser = rolesOfUser.without(id);
      userNames = remove(userNames, user.account(), Names.key(user.name()));
      users = users.without(id);
      mappings = mappings.without(id);
    }

    private void putRole(Role role) {
      knownAccount(role.account());
      if (role.isPrivate()) {
        putPrivateRole(role, role.privateTo().orElseThrow());
        return;
      }
      String key = Names.key(role.name());
      Role before = roles.get(role.id());
      Role namesake = roleNames.getOrDefault(role.account(), PersistentMap.empty()).get(key);
      require(
          BuiltInRoles.isReserved(key) == role.isBuiltIn()
              && (!role.isBuiltIn() || key.equals(BuiltInRoles.name(role.id())))
              && (!role.isBuiltIn() || isOf(role.id(), role.account())),
          Rule.BUILT_IN_ROLE,
          "role name: " + role.name() + " for " + role.id());
      require(
          namesake == null || namesake.id().equals(role.id()),
          Rule.NAME_TAKEN,
          "role name: " + role.name());
      require(
          userNames.getOrDefault(role.account(), PersistentMap.empty()).get(key) == null,
          Rule.NAME_TAKEN,
          "role name is a user's: " + role.name());
      if (!role.owner().equals(role.id())) {
        ownedIn(role.account(), role.owner(), role.id());
      }
      if (before != null) {
        require(before.account().equals(role.account()), Rule.IDENTITY, "account of " + role.id());
        require(!before.isPrivate(), Rule.IDENTITY, "kind of " + role.id());
        roleNames = remove(roleNames, before.account(), Names.key(before.name()));
      }
      roles = roles.with(role.id(), role);
      roleNames = put(roleNames, role.account(), key, role);
      lastRole = Math.max(lastRole, role.id().value());
    }

    private static boolean isOf(RoleId builtIn, AccountId account) {
      return builtIn.equals(RoleId.administratorOf(account))
          || builtIn.equals(RoleId.publicOf(account));
    }

    private void putPrivateRole(Role role, UserId user) {
      Role before = roles.get(role.id());
      Role other = privateRoles.get(user);
      require(
          before == null || before.privateTo().equals(role.privateTo()),
          Rule.IDENTITY,
          "kind of " + role.id());
      require(
          other == null || other.id().equals(role.id()),
          Rule.NAME_TAKEN,
          "private role of " + user);
      if (!role.owner().equals(role.id())) {
        ownedIn(role.account(), role.owner(), role.id());
      }
      roles = roles.with(role.id(), role);
      privateRoles = privateRoles.with(user, role);
      lastRole = Math.max(lastRole, role.id().value());
    }

    private void dropRole(RoleId id, RoleId heir) {
      Role role = known(roles.get(id), id);
      require(!role.isBuiltIn(), Rule.BUILT_IN_ROLE, "drop of " + role.name());
      require(!heir.equals(id), Rule.IDENTITY, "heir of " + role.name());
      ownedIn(role.account(), heir, id);
      for (Grant grant : grants.getOrDefault(id, PersistentMap.empty()).values()) {
        forgetGrantee(grant);
      }
      grants = grants.without(id);
      dropRowPoliciesOf(id);
      for (RoleToUser edge : usersOfRole.getOrDefault(id, PersistentMap.empty()).values()) {
        rolesOfUser = remove(rolesOfUser, edge.user(), id);
      }
      usersOfRole = usersOfRole.without(id);
      for (RoleToRole edge : inherited.getOrDefault(id, PersistentMap.empty()).values()) {
        inheritors = remove(inheritors, edge.granted(), id);
      }
      inherited = inherited.without(id);
      for (RoleToRole edge : inheritors.getOrDefault(id, PersistentMap.empty()).values()) {
        inherited = remove(inherited, edge.grantee(), id);
      }
      inheritors = inheritors.without(id);
      if (role.isPrivate()) {
        privateRoles = privateRoles.without(role.privateTo().orElseThrow());
      } else {
        roleNames = remove(roleNames, role.account(), Names.key(role.name()));
      }
      roles = roles.without(id);
      inherit(id, heir);
    }

    private void inherit(RoleId from, RoleId heir) {
      for (Database d : ownedDatabases.getOrDefault(from, PersistentMap.empty()).values()) {
        putDatabase(new Database(d.id(), d.account(), d.name(), heir));
      }
      for (Relation r : ownedRelations.getOrDefault(from, PersistentMap.empty()).values()) {
        putRelation(new Relation(r.id(), r.database(), r.name(), r.kind(), heir));
      }
      for (User user : users.values()) {
        if (user.owner().equals(from)) {
          putUser(user.withOwner(heir));
        }
      }
      for (Role role : roles.values()) {
        if (role.owner().equals(from)) {
          putRole(role.withOwner(heir));
        }
      }
    }

    private void grantToUser(RoleToUser edge) {
      Role role = knownRole(edge.role());
      User user = known(users.get(edge.user()), edge.user());
      require(!role.isPrivate(), Rule.IDENTITY, "grant of " + edge.role());
      require(role.account().equals(user.account()), Rule.IDENTITY, "accounts of " + edge);
      rolesOfUser = put(rolesOfUser, edge.user(), edge.role(), edge);
      usersOfRole = put(usersOfRole, edge.role(), edge.user(), edge);
    }

    private void revokeFromUser(RoleId role, UserId user) {
      if (rolesOfUser.getOrDefault(user, PersistentMap.empty()).get(role) == null) {
        return;
      }
      require(!role.isPublic(), Rule.BUILT_IN_ROLE, "revoke of public");
      if (role.isAdministrator()) {
        anotherAdministrator(role);
      }
      rolesOfUser = remove(rolesOfUser, user, role);
      usersOfRole = remove(usersOfRole, role, user);
    }

    private void anotherAdministrator(RoleId administrator) {
      require(
          usersOfRole.getOrDefault(administrator, PersistentMap.empty()).size() > 1,
          Rule.LAST_ADMINISTRATOR,
          "nobody else holds " + BuiltInRoles.name(administrator));
    }

    private void grantToRole(RoleToRole edge) {
      Role granted = knownRole(edge.granted());
      Role grantee = knownRole(edge.grantee());
      require(!granted.isPrivate(), Rule.IDENTITY, "grant of " + edge.granted());
      require(!grantee.isPrivate(), Rule.IDENTITY, "grant to " + edge.grantee());
      require(!granted.isBuiltIn(), Rule.BUILT_IN_ROLE, "grant of " + granted.name());
      require(!grantee.isBuiltIn(), Rule.BUILT_IN_ROLE, "grant to " + grantee.name());
      require(granted.account().equals(grantee.account()), Rule.IDENTITY, "accounts of " + edge);
      require(
          !reaches(edge.granted(), edge.grantee()),
          Rule.ROLE_LOOP,
          granted.name() + " to " + grantee.name());
      inherited = put(inherited, edge.grantee(), edge.granted(), edge);
      inheritors = put(inheritors, edge.granted(), edge.grantee(), edge);
    }

    /** Whether {@code from} is, or inherits from, {@code to}. */
    private boolean reaches(RoleId from, RoleId to) {
      java.util.Set<RoleId> seen = new java.util.HashSet<>();
      java.util.ArrayDeque<RoleId> pending = new java.util.ArrayDeque<>();
      seen.add(from);
      pending.add(from);
      while (!pending.isEmpty()) {
        RoleId role = pending.remove();
        if (role.equals(to)) {
          return true;
        }
        for (RoleId next : inherited.getOrDefault(role, PersistentMap.empty()).keys()) {
          if (seen.add(next)) {
            pending.add(next);
          }
        }
      }
      return false;
    }

    private void grant(Grant grant) {
      AccountId account = knownRole(grant.grantee()).account();
      Object target = target(grant.level());
      if (target != null) {
        DatabaseId home =
            target instanceof RelationId relation
                ? known(relations.get(relation), relation).database()
                : (DatabaseId) target;
        require(
            known(databases.get(home), home).account().equals(account),
            Rule.IDENTITY,
            "account of " + target);
      }
      GrantKey key = new GrantKey(grant.privilege(), grant.level());
      Grant before = grants.getOrDefault(grant.grantee(), PersistentMap.empty()).get(key);
      if (grant.equals(before)) {
        return;
      }
      grants = put(grants, grant.grantee(), key, grant);
      if (before == null && target != null) {
        int count =
            granteesOn.getOrDefault(target, PersistentMap.empty()).getOrDefault(grant.grantee(), 0);
        granteesOn = put(granteesOn, target, grant.grantee(), count + 1);
      }
    }

    private void revoke(Grant grant) {
      require(
          !grant.grantee().isAdministrator(), Rule.BUILT_IN_ROLE, "revoke from " + grant.grantee());
      require(
          !grant.grantee().isPublic() || grant.privilege() != PrivilegeType.CONNECT,
          Rule.BUILT_IN_ROLE,
          "revoke of connect from public");
      removeGrant(grant.grantee(), new GrantKey(grant.privilege(), grant.level()));
    }

    private void removeGrant(RoleId role, GrantKey key) {
      Grant held = grants.getOrDefault(role, PersistentMap.empty()).get(key);
      if (held != null) {
        grants = remove(grants, role, key);
        forgetGrantee(held);
      }
    }

    private void forgetGrantee(Grant grant) {
      Object target = target(grant.level());
      if (target == null) {
        return;
      }
      int count =
          granteesOn.getOrDefault(target, PersistentMap.empty()).getOrDefault(grant.grantee(), 0);
      granteesOn =
          count > 1
              ? put(granteesOn, target, grant.grantee(), count - 1)
              : remove(granteesOn, target, grant.grantee());
    }

    private void putRowPolicy(RowPolicy policy) {
      Relation table = known(relations.get(policy.table()), policy.table());
      require(
          known(databases.get(table.database()), table.database())
              .account()
              .equals(knownRole(policy.role()).account()),
          Rule.IDENTITY,
          "account of " + policy.table());
      require(!policy.role().isAdministrator(), Rule.BUILT_IN_ROLE, "rows of " + policy.role());
      rowPolicies = put(rowPolicies, policy.role(), policy.key(), policy);
      rowPoliciesOn = put(rowPoliciesOn, policy.table(), policy.key(), policy);
    }

    private void dropRowPolicy(RowPolicy.Key key) {
      rowPolicies = remove(rowPolicies, key.role(), key);
      rowPoliciesOn = remove(rowPoliciesOn, key.table(), key);
    }

    private void dropRowPoliciesOf(RoleId role) {
      for (RowPolicy policy : rowPolicies.getOrDefault(role, PersistentMap.empty()).values()) {
        dropRowPolicy(policy.key());
      }
    }

    private void putDatabase(Database database) {
      knownAccount(database.account());
      ownedIn(database.account(), database.owner(), database.id());
      Database before = databases.get(database.id());
      Database namesake =
          databaseNames
              .getOrDefault(database.account(), PersistentMap.empty())
              .get(database.name());
      require(
          namesake == null || namesake.id().equals(database.id()),
          Rule.NAME_TAKEN,
          "database name: " + database.name());
      if (before != null) {
        require(
            before.account().equals(database.account()),
            Rule.IDENTITY,
            "account of " + database.id());
        databaseNames = remove(databaseNames, before.account(), before.name());
        ownedDatabases = remove(ownedDatabases, before.owner(), before.id());
      }
      databases = databases.with(database.id(), database);
      databaseNames = put(databaseNames, database.account(), database.name(), database);
      ownedDatabases = put(ownedDatabases, database.owner(), database.id(), database);
      lastDatabase = Math.max(lastDatabase, database.id().value());
    }

    private void dropDatabase(DatabaseId id) {
      Database database = known(databases.get(id), id);
      for (Relation relation : relationNames.getOrDefault(id, PersistentMap.empty()).values()) {
        dropRelation(relation.id());
      }
      for (RoleId role : granteesOn.getOrDefault(id, PersistentMap.empty()).keys()) {
        for (PrivilegeType type : PrivilegeType.values()) {
          if (type.scope() == PrivilegeScope.DATABASE) {
            removeGrant(role, new GrantKey(type, new GrantLevel.OnDatabase(id)));
          } else if (type.scope() == PrivilegeScope.RELATION) {
            for (RelationKind kind : RelationKind.values()) {
              removeGrant(role, new GrantKey(type, new GrantLevel.OnRelationsOf(id, kind)));
            }
          }
        }
      }
      databaseNames = remove(databaseNames, database.account(), database.name());
      ownedDatabases = remove(ownedDatabases, database.owner(), id);
      databases = databases.without(id);
    }

    private void putRelation(Relation relation) {
      Database home = known(databases.get(relation.database()), relation.database());
      ownedIn(home.account(), relation.owner(), relation.id());
      Relation before = relations.get(relation.id());
      require(
          before == null
              || known(databases.get(before.database()), before.database())
                  .account()
                  .equals(home.account()),
          Rule.IDENTITY,
          "account of " + relation.id());
      Relation namesake =
          relationNames
              .getOrDefault(relation.database(), PersistentMap.empty())
              .get(nameKey(relation));
      require(
          namesake == null || namesake.id().equals(relation.id()),
          Rule.NAME_TAKEN,
          "relation name: " + relation.name());
      if (before != null) {
        relationNames = remove(relationNames, before.database(), nameKey(before));
        ownedRelations = remove(ownedRelations, before.owner(), before.id());
      }
      relations = relations.with(relation.id(), relation);
      relationNames = put(relationNames, relation.database(), nameKey(relation), relation);
      ownedRelations = put(ownedRelations, relation.owner(), relation.id(), relation);
      lastRelation = Math.max(lastRelation, relation.id().value());
      if (before != null
          && (!before.database().equals(relation.database()) || before.kind() != relation.kind())) {
        for (RoleId role : granteesOn.getOrDefault(relation.id(), PersistentMap.empty()).keys()) {
          touch(role);
        }
      }
    }

    /** Makes {@link #hasSamePrivileges} see that what the role's grants mean has changed. */
    private void touch(RoleId role) {
      PersistentMap<GrantKey, Grant> held = grants.getOrDefault(role, PersistentMap.empty());
      for (Grant grant : held.values()) {
        grants = put(grants, role, new GrantKey(grant.privilege(), grant.level()), grant);
        return;
      }
    }

    private void dropRelation(RelationId id) {
      Relation relation = known(relations.get(id), id);
      for (RoleId role : granteesOn.getOrDefault(id, PersistentMap.empty()).keys()) {
        for (PrivilegeType type : PrivilegeType.values()) {
          if (type.scope() == PrivilegeScope.RELATION) {
            for (RelationKind kind : RelationKind.values()) {
              removeGrant(role, new GrantKey(type, new GrantLevel.OnRelation(id, kind)));
            }
          }
        }
        for (Grant grant : grants.getOrDefault(role, PersistentMap.empty()).values()) {
          if (grant.level() instanceof GrantLevel.OnColumn one && one.relation().equals(id)) {
            removeGrant(role, new GrantKey(grant.privilege(), one));
          }
        }
      }
      for (RowPolicy policy : rowPoliciesOn.getOrDefault(id, PersistentMap.empty()).values()) {
        dropRowPolicy(policy.key());
      }
      hierarchies = hierarchies.without(id);
      relationNames = remove(relationNames, relation.database(), nameKey(relation));
      ownedRelations = remove(ownedRelations, relation.owner(), id);
      relations = relations.without(id);
    }

    private static @Nullable Object target(GrantLevel level) {
      if (level instanceof GrantLevel.OnDatabase one) {
        return one.database();
      }
      if (level instanceof GrantLevel.OnRelationsOf all) {
        return all.database();
      }
      if (level instanceof GrantLevel.OnRelation one) {
        return one.relation();
      }
      if (level instanceof GrantLevel.OnColumn one) {
        return one.relation();
      }
      return null;
    }

    private void knownAccount(AccountId account) {
      known(accounts.get(account), account);
    }

    /** Whoever owns something is a role of the same account. */
    private void ownedIn(AccountId account, RoleId owner, Object owned) {
      require(
          knownRole(owner).account().equals(account),
          Rule.IDENTITY,
          "account of the owner of " + owned);
    }

    private Role knownRole(RoleId id) {
      return known(roles.get(id), id);
    }

    private static <T> T known(@Nullable T found, Object id) {
      if (found == null) {
        throw new InvariantViolation(Rule.UNKNOWN_OBJECT, "no such object: " + id);
      }
      return found;
    }

    private static void require(boolean holds, Rule rule, Object what) {
      if (!holds) {
        throw new InvariantViolation(rule, rule + ": " + what);
      }
    }

    private static <A, B, V> PersistentMap<A, PersistentMap<B, V>> put(
        PersistentMap<A, PersistentMap<B, V>> map, A outer, B inner, V value) {
      PersistentMap<B, V> below = map.getOrDefault(outer, PersistentMap.empty());
      return map.with(outer, below.with(inner, value));
    }

    private static <A, B, V> PersistentMap<A, PersistentMap<B, V>> remove(
        PersistentMap<A, PersistentMap<B, V>> map, A outer, B inner) {
      PersistentMap<B, V> below = map.get(outer);
      if (below == null) {
        return map;
      }
      PersistentMap<B, V> left = below.without(inner);
      return left.isEmpty() ? map.without(outer) : left == below ? map : map.with(outer, left);
    }
  }
}
