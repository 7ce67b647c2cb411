package io.portcullis.privilege.authz;

import io.portcullis.privilege.catalog.CatalogChange;
import io.portcullis.privilege.catalog.CatalogState;
import io.portcullis.privilege.model.Account;
import io.portcullis.privilege.model.AccountId;
import io.portcullis.privilege.model.AccountStatus;
import io.portcullis.privilege.model.Database;
import io.portcullis.privilege.model.DatabaseId;
import io.portcullis.privilege.model.Grant;
import io.portcullis.privilege.model.GrantLevel;
import io.portcullis.privilege.model.PrivilegeScope;
import io.portcullis.privilege.model.PrivilegeType;
import io.portcullis.privilege.model.Relation;
import io.portcullis.privilege.model.Role;
import io.portcullis.privilege.model.RoleId;
import io.portcullis.privilege.model.RoleToRole;
import io.portcullis.privilege.model.RoleToUser;
import io.portcullis.privilege.model.User;
import io.portcullis.privilege.model.Verifiers;
import io.portcullis.sql.access.RelationKind;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * A catalog written down in words: {@code grant("app", "create table on database d")}. Starts from
 * the bootstrap state with administrator root; every user also holds public. Databases have the
 * names the backend knows.
 */
public final class TestCatalog {

  private CatalogState state = CatalogState.bootstrap();
  private AccountId account = AccountId.SYS;

  public TestCatalog() {
    user("root", "moadmin");
  }

  /** Goes on from a state. */
  TestCatalog(CatalogState state) {
    this.state = state;
  }

  public CatalogState state() {
    return state;
  }

  public TestCatalog apply(CatalogChange change) {
    state = state.apply(change);
    return this;
  }

  /** Another account, with administrator boss; what follows is still in the one before. */
  public TestCatalog account(String name) {
    AccountId id = state.nextAccountId();
    apply(
        new CatalogChange.AccountPut(
            new Account(
                id,
                name,
                "boss",
                AccountStatus.OPEN,
                Optional.empty(),
                Instant.EPOCH,
                Optional.empty(),
                Optional.empty())));
    CatalogState.builtInRoles(id, Instant.EPOCH).forEach(this::apply);
    AccountId before = account;
    in(name).user("boss", "accountadmin");
    account = before;
    return this;
  }

  /** What follows is in that account. */
  public TestCatalog in(String name) {
    account = state.account(name).orElseThrow().id();
    return this;
  }

  public TestCatalog status(String name, AccountStatus status) {
    Account changed = state.account(name).orElseThrow().withStatus(status, Instant.EPOCH);
    return apply(new CatalogChange.AccountPut(changed));
  }

  private String administrators() {
    return state.role(administrator()).orElseThrow().name();
  }

  private RoleId administrator() {
    return RoleId.administratorOf(account);
  }

  public TestCatalog user(String name, String... roles) {
    User user =
        new User(
            state.nextUserId(),
            account,
            name,
            "localhost",
            new Verifiers("", ""),
            RoleId.publicOf(account),
            administrator(),
            false,
            Optional.empty(),
            Instant.EPOCH);
    apply(new CatalogChange.UserPut(user));
    apply(
        new CatalogChange.RoleGrantedToUser(
            new RoleToUser(RoleId.publicOf(account), user.id(), false)));
    for (String role : roles) {
      apply(new CatalogChange.RoleGrantedToUser(new RoleToUser(role(role), user.id(), false)));
    }
    return this;
  }

  public TestCatalog roles(String... names) {
    for (String name : names) {
      apply(
          new CatalogChange.RolePut(
              new Role(
                  state.nextRoleId(),
                  account,
                  name,
                  Optional.empty(),
                  administrator(),
                  Optional.empty(),
                  Instant.EPOCH)));
    }
    return this;
  }

  public TestCatalog inherits(String grantee, String granted) {
    return apply(
        new CatalogChange.RoleGrantedToRole(new RoleToRole(role(granted), role(grantee), false)));
  }

  public TestCatalog database(String name) {
    return databaseOwnedBy(name, administrators());
  }

  public TestCatalog databaseOwnedBy(String name, String owner) {
    DatabaseId id = state.database(account, name).map(Database::id).orElse(state.nextDatabaseId());
    return apply(new CatalogChange.DatabasePut(new Database(id, account, name, role(owner))));
  }

  public TestCatalog table(String database, String name) {
    return relation(database, name, RelationKind.TABLE, administrators());
  }

  public TestCatalog view(String database, String name) {
    return relation(database, name, RelationKind.VIEW, administrators());
  }

  public TestCatalog relation(String database, String name, RelationKind kind, String owner) {
    DatabaseId home = databaseId(database);
    return apply(
        new CatalogChange.RelationPut(
            new Relation(
                state.relation(home, kind, name).map(Relation::id).orElse(state.nextRelationId()),
                home,
                name,
                kind,
                role(owner))));
  }

  public TestCatalog grant(String role, String privilegeOnLevel) {
    return apply(new CatalogChange.PrivilegeGranted(parse(role(role), privilegeOnLevel)));
  }

  /** On the private role of the user. */
  public TestCatalog grantToUser(String user, String privilegeOnLevel) {
    User grantee = user(user);
    if (state.privateRole(grantee.id()).isEmpty()) {
      apply(
          new CatalogChange.RolePut(
              new Role(
                  state.nextRoleId(),
                  account,
                  "#" + grantee.id().value(),
                  Optional.empty(),
                  administrator(),
                  Optional.empty(),
                  Instant.EPOCH,
                  Optional.of(grantee.id()))));
    }
    RoleId own = state.privateRole(grantee.id()).orElseThrow().id();
    return apply(new CatalogChange.PrivilegeGranted(parse(own, privilegeOnLevel)));
  }

  public TestCatalog revoke(String role, String privilegeOnLevel) {
    return apply(new CatalogChange.PrivilegeRevoked(parse(role(role), privilegeOnLevel)));
  }

  public RoleId role(String name) {
    return state.role(account, name).orElseThrow().id();
  }

  public User user(String name) {
    return state.user(account, name).orElseThrow();
  }

  public DatabaseId databaseId(String name) {
    return state.database(account, name).orElseThrow().id();
  }

  public Subject subject(String user, String primary) {
    return new Subject(account, user(user).id(), user, "client.example", role(primary), false);
  }

  /**
   * {@code <privilege> on account * | database * | database d | table|view *.* | d.* | d.t}, and
   * {@code <privilege> (c) on table|view d.t}.
   */
  public Grant parse(RoleId role, String words) {
    int on = words.indexOf(" on ");
    String[] target = words.substring(on + 4).split(" ", 2);
    PrivilegeScope scope =
        switch (target[0]) {
          case "account" -> PrivilegeScope.ACCOUNT;
          case "database" -> PrivilegeScope.DATABASE;
          default -> PrivilegeScope.RELATION;
        };
    int column = words.indexOf(" (");
    int end = column < 0 ? on : column;
    PrivilegeType type = PrivilegeType.ofSqlName(words.substring(0, end), scope).orElseThrow();
    GrantLevel level = level(scope, target[0], target[1]);
    if (column >= 0) {
      GrantLevel.OnRelation of = (GrantLevel.OnRelation) level;
      String name = words.substring(column + 2, words.indexOf(')'));
      level = new GrantLevel.OnColumn(of.relation(), of.kind(), name);
    }
    return new Grant(role, type, level, false);
  }

  private GrantLevel level(PrivilegeScope scope, String objectType, String name) {
    return switch (scope) {
      case ACCOUNT -> new GrantLevel.OnAccount();
      case DATABASE ->
          name.equals("*")
              ? new GrantLevel.OnEveryDatabase()
              : new GrantLevel.OnDatabase(databaseId(name));
      case RELATION -> {
        RelationKind kind = RelationKind.valueOf(objectType.toUpperCase(Locale.ROOT));
        if (name.equals("*.*")) {
          yield new GrantLevel.OnEveryRelation(kind);
        }
        int dot = name.indexOf('.');
        DatabaseId home = databaseId(name.substring(0, dot));
        String relation = name.substring(dot + 1);
        yield relation.equals("*")
            ? new GrantLevel.OnRelationsOf(home, kind)
            : new GrantLevel.OnRelation(
                state.relation(home, kind, relation).orElseThrow().id(), kind);
      }
    };
  }
}
