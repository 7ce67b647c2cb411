package io.portcullis.privilege.dcl;

import io.portcullis.privilege.authz.ActiveSubject;
import io.portcullis.privilege.authz.Authorizer;
import io.portcullis.privilege.authz.Subject;
import io.portcullis.privilege.model.Role;
import io.portcullis.privilege.model.RoleToUser;
import io.portcullis.privilege.snapshot.PrivilegeSnapshot;
import io.portcullis.privilege.snapshot.SnapshotPublisher;
import io.portcullis.privilege.store.BackendControl;
import io.portcullis.privilege.store.CatalogWriter;
import io.portcullis.privilege.store.LoginTimes;
import io.portcullis.privilege.store.Proposal;
import io.portcullis.privilege.store.StoreException;
import io.portcullis.sql.statement.AccessControlStatement;
import io.portcullis.sql.statement.AccessControlStatement.AddRule;
import io.portcullis.sql.statement.AccessControlStatement.AlterAccount;
import io.portcullis.sql.statement.AccessControlStatement.AlterUser;
import io.portcullis.sql.statement.AccessControlStatement.CommentRole;
import io.portcullis.sql.statement.AccessControlStatement.CreateAccount;
import io.portcullis.sql.statement.AccessControlStatement.CreateHierarchy;
import io.portcullis.sql.statement.AccessControlStatement.CreateRole;
import io.portcullis.sql.statement.AccessControlStatement.CreateUser;
import io.portcullis.sql.statement.AccessControlStatement.DropAccount;
import io.portcullis.sql.statement.AccessControlStatement.DropHierarchy;
import io.portcullis.sql.statement.AccessControlStatement.DropRestriction;
import io.portcullis.sql.statement.AccessControlStatement.DropRole;
import io.portcullis.sql.statement.AccessControlStatement.DropRule;
import io.portcullis.sql.statement.AccessControlStatement.DropUser;
import io.portcullis.sql.statement.AccessControlStatement.GrantPrivileges;
import io.portcullis.sql.statement.AccessControlStatement.GrantRoles;
import io.portcullis.sql.statement.AccessControlStatement.MapUser;
import io.portcullis.sql.statement.AccessControlStatement.RenameRole;
import io.portcullis.sql.statement.AccessControlStatement.RenameUser;
import io.portcullis.sql.statement.AccessControlStatement.RestrictRole;
import io.portcullis.sql.statement.AccessControlStatement.RevokeEverything;
import io.portcullis.sql.statement.AccessControlStatement.RevokeInDatabase;
import io.portcullis.sql.statement.AccessControlStatement.RevokePrivileges;
import io.portcullis.sql.statement.AccessControlStatement.RevokeRoles;
import io.portcullis.sql.statement.AccessControlStatement.SetDefaultRole;
import io.portcullis.sql.statement.AccessControlStatement.SetGateVariables;
import io.portcullis.sql.statement.AccessControlStatement.SetPassword;
import io.portcullis.sql.statement.AccessControlStatement.SetRole;
import io.portcullis.sql.statement.AccessControlStatement.SetSecondaryRole;
import io.portcullis.sql.statement.AccessControlStatement.ShowAccess;
import io.portcullis.sql.statement.AccessControlStatement.ShowAccounts;
import io.portcullis.sql.statement.AccessControlStatement.ShowCreateUser;
import io.portcullis.sql.statement.AccessControlStatement.ShowEffectiveGrants;
import io.portcullis.sql.statement.AccessControlStatement.ShowGrants;
import io.portcullis.sql.statement.AccessControlStatement.ShowHierarchies;
import io.portcullis.sql.statement.AccessControlStatement.ShowRestrictions;
import io.portcullis.sql.statement.AccessControlStatement.ShowRoles;
import io.portcullis.sql.statement.AccessControlStatement.ShowRules;
import io.portcullis.sql.statement.AccessControlStatement.ShowUsers;
import io.portcullis.sql.statement.AccessControlStatement.UnmapUser;
import io.portcullis.sql.statement.AccessControlStatement.UserSpec;
import io.portcullis.sql.text.SqlError;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Executes access-control statements: who may, what changes, what is shown. Whoever asks is
 * activated again on the newest state inside the write, so that nobody uses a right that was just
 * taken away. All or nothing; durable and published when it returns. Blocking: called on the store
 * executor. Any thread.
 */
public final class DclExecutor {

  /** Bounds the work for users with very many roles. */
  private static final int MAX_ROLES_TRIED = 16;

  private final CatalogWriter writer;
  private final SnapshotPublisher publisher;
  private final Authorizer authorizer;
  private final DclSettings settings;
  private final SecureRandom random;
  private final Clock clock;
  private final LoginTimes logins;
  private final UserStatements users;
  private final RoleStatements roles;
  private final RoleGrants roleGrants;
  private final PrivilegeGrants privilegeGrants;
  private final ShowStatements shows;
  private final AccountStatements accounts;
  private final MappingStatements mappings;
  private final AccessListing listing;
  private final RowStatements rows;

  public DclExecutor(
      CatalogWriter writer,
      SnapshotPublisher publisher,
      Authorizer authorizer,
      BackendControl backend,
      DclSettings settings,
      LoginTimes logins,
      AccountStatements accounts,
      MappingStatements mappings,
      SecureRandom random,
      Clock clock) {
    this.writer = writer;
    this.publisher = publisher;
    this.authorizer = authorizer;
    this.settings = settings;
    this.random = random;
    this.clock = clock;
    this.logins = logins;
    roleGrants = new RoleGrants(authorizer);
    users = new UserStatements(authorizer, roleGrants, clock);
    roles = new RoleStatements(authorizer, clock);
    privilegeGrants = new PrivilegeGrants(settings, backend);
    shows = new ShowStatements(authorizer, logins, clock);
    this.accounts = accounts;
    this.mappings = mappings;
    listing = new AccessListing(authorizer, settings, backend);
    rows = new RowStatements(authorizer, settings, backend);
  }

  /**
   * Why a statement about an account would be refused whichever it is; empty where it need not be.
   * Does not block.
   *
   * @param operation {@code CREATE ACCOUNT} and the like
   */
  public Optional<SqlError> mayNotAdministerAccounts(ActiveSubject subject, String operation) {
    return AccountStatements.mayAdminister(subject, operation);
  }

  /**
   * @param subject who asks; only {@link ActiveSubject#subject} counts, the rest is looked up anew
   * @param currentDatabase of the session, for levels without a database
   * @throws StoreException when catalog or backend failed; whether a change is durable is not known
   */
  public DclResult execute(
      ActiveSubject subject, Optional<String> currentDatabase, AccessControlStatement statement)
      throws StoreException {
    Subject who = subject.subject();
    if (statement instanceof SetRole setRole) {
      return SessionStatements.setRole(newest(who), setRole);
    } else if (statement instanceof SetSecondaryRole setSecondaryRole) {
      return SessionStatements.setSecondaryRole(newest(who), setSecondaryRole);
    } else if (isShown(statement)) {
      return withHints(
          who, currentDatabase, statement, shown(newest(who), currentDatabase, statement));
    } else if (statement instanceof ShowRoles showRoles) {
      return shows.roles(newest(who), showRoles);
    } else if (statement instanceof ShowUsers showUsers) {
      return shows.users(newest(who), showUsers);
    } else if (statement instanceof ShowAccounts showAccounts) {
      return accounts.show(newest(who), showAccounts);
    } else if (statement instanceof ShowCreateUser showCreateUser) {
      return withHints(
          who, currentDatabase, statement, shows.createUser(newest(who), showCreateUser));
    }
    askBackend(newest(who), currentDatabase, statement);
    RandomPasswords passwords = new RandomPasswords(random);
    DclResult result = write(who, currentDatabase, passwords.madeFor(statement), passwords);
    Optional<SqlError> undone = followUp(who, statement, result);
    return undone.isPresent() ? new DclResult.Refused(undone.get(), List.of()) : result;
  }

  /**
   * Writes take turns, those of all accounts: a backend that is asked during one, and is not the
   * main one, is asked before as well, so that it keeps nobody else waiting when it does not
   * answer.
   */
  private void askBackend(
      ActiveSubject actor, Optional<String> currentDatabase, AccessControlStatement statement)
      throws StoreException {
    if (statement instanceof CreateAccount create) {
      accounts.askBackend(actor, create);
    } else if ((statement instanceof GrantPrivileges || statement instanceof RevokePrivileges)
        && !actor.snapshot().state().isOnMainBackend(actor.subject().account())) {
      change(new Draft(actor, clock.instant()), currentDatabase, statement, Passwords.tried());
    }
  }

  /**
   * What the backend has to do for an account once the catalog's change is durable. Without one, as
   * with IF NOT EXISTS, nothing: what fails here would be undone.
   */
  private Optional<SqlError> followUp(
      Subject who, AccessControlStatement statement, DclResult result) throws StoreException {
    boolean changed =
        (result instanceof DclResult.Rows shown && !shown.rows().isEmpty())
            || (result instanceof DclResult.Done done && done.notes().isEmpty());
    if (!changed) {
      return Optional.empty();
    }
    if (statement instanceof AlterUser altered && isUnlocking(altered)) {
      for (UserSpec spec : altered.users()) {
        publisher
            .current()
            .state()
            .user(who.account(), spec.user().name())
            .ifPresent(user -> logins.failures().forget(user.id()));
      }
      logins.failures().flush();
    } else if (statement instanceof CreateAccount created) {
      return accounts.created(created.account());
    } else if (statement instanceof AlterAccount altered && altered.state().isPresent()) {
      accounts.altered(altered.account());
    } else if (statement instanceof DropAccount dropped) {
      accounts.dropped(dropped.account());
    }
    return Optional.empty();
  }

  /** UNLOCK, and other limits, begin to count anew (PM 7.5). */
  private static boolean isUnlocking(AlterUser statement) {
    return statement.lock().filter(lock -> !lock).isPresent()
        || statement.options().attempts().isPresent()
        || statement.options().lockDays().isPresent();
  }

  /** Whether it only shows what is for some people only. */
  private static boolean isShown(AccessControlStatement statement) {
    return statement instanceof ShowGrants
        || statement instanceof ShowRules
        || statement instanceof ShowRestrictions
        || statement instanceof ShowHierarchies
        || statement instanceof ShowAccess
        || statement instanceof ShowEffectiveGrants;
  }

  private DclResult shown(
      ActiveSubject actor, Optional<String> currentDatabase, AccessControlStatement statement)
      throws StoreException {
    if (statement instanceof ShowGrants showGrants) {
      return shows.grants(actor, showGrants);
    } else if (statement instanceof ShowRules showRules) {
      return rows.rules(actor, showRules);
    } else if (statement instanceof ShowRestrictions showRestrictions) {
      return rows.restrictions(actor, currentDatabase, showRestrictions);
    } else if (statement instanceof ShowHierarchies showHierarchies) {
      return rows.hierarchies(actor, currentDatabase, showHierarchies);
    } else if (statement instanceof ShowAccess showAccess) {
      return listing.access(actor, currentDatabase, showAccess);
    } else if (statement instanceof ShowEffectiveGrants effective) {
      return listing.effectiveGrants(actor, effective);
    }
    throw new AssertionError(statement.getClass());
  }

  private DclResult write(
      Subject who,
      Optional<String> currentDatabase,
      AccessControlStatement statement,
      RandomPasswords passwords)
      throws StoreException {
    Passwords hashes = Passwords.of(random, settings.nativePasswords());
    if (statement instanceof AlterUser || statement instanceof SetPassword) {
      // Comparing with earlier passwords takes milliseconds each: not while others wait to write.
      change(new Draft(newest(who), clock.instant()), currentDatabase, statement, hashes);
    }
    DclResult result =
        writer.write(
            newest -> {
              Draft draft = new Draft(authorizer.activate(who, newest), clock.instant());
              Optional<SqlError> refused =
                  draft
                      .actor()
                      .unusable()
                      .or(() -> draft.actor().restriction().filter(error -> adds(statement)));
              if (refused.isEmpty()) {
                refused = change(draft, currentDatabase, statement, hashes);
              }
              return refused.isPresent()
                  ? Proposal.nothing(new DclResult.Refused(refused.get(), List.of()))
                  : new Proposal<DclResult>(draft.changes(), new DclResult.Done(draft.notes()));
            });
    if (result instanceof DclResult.Done && !passwords.isEmpty()) {
      return passwords.shown(hashes.used());
    }
    return withHints(who, currentDatabase, statement, result);
  }

  /** What an account that is restricted may not do (PM 4.7): rights can be taken away in it. */
  private static boolean adds(AccessControlStatement statement) {
    return statement instanceof CreateUser
        || statement instanceof CreateRole
        || statement instanceof GrantPrivileges
        || statement instanceof GrantRoles;
  }

  private Optional<SqlError> change(
      Draft draft,
      Optional<String> currentDatabase,
      AccessControlStatement statement,
      Passwords passwords)
      throws StoreException {
    if (statement instanceof CreateUser createUser) {
      return users.create(draft, createUser, passwords);
    } else if (statement instanceof AlterUser alterUser) {
      return users.alter(draft, alterUser, passwords);
    } else if (statement instanceof RenameUser renameUser) {
      return users.rename(draft, renameUser);
    } else if (statement instanceof DropUser dropUser) {
      return users.drop(draft, dropUser);
    } else if (statement instanceof SetPassword setPassword) {
      return users.setPassword(draft, setPassword, passwords);
    } else if (statement instanceof SetDefaultRole setDefaultRole) {
      return users.setDefaultRole(draft, setDefaultRole);
    } else if (statement instanceof CreateRole createRole) {
      return roles.create(draft, createRole);
    } else if (statement instanceof DropRole dropRole) {
      return roles.drop(draft, dropRole);
    } else if (statement instanceof RenameRole renameRole) {
      return roles.rename(draft, renameRole);
    } else if (statement instanceof CommentRole commentRole) {
      return roles.comment(draft, commentRole);
    } else if (statement instanceof GrantPrivileges grant) {
      return privilegeGrants.grant(draft, currentDatabase, grant);
    } else if (statement instanceof RevokePrivileges revoke) {
      return privilegeGrants.revoke(draft, currentDatabase, revoke);
    } else if (statement instanceof RevokeEverything revoke) {
      return privilegeGrants.revokeEverything(draft, revoke);
    } else if (statement instanceof RevokeInDatabase revoke) {
      return privilegeGrants.revokeInDatabase(draft, revoke);
    } else if (statement instanceof GrantRoles grant) {
      return roleGrants.grant(draft, grant);
    } else if (statement instanceof RevokeRoles revoke) {
      return roleGrants.revoke(draft, revoke);
    } else if (statement instanceof SetGateVariables set) {
      return VariableStatements.set(draft, set);
    }
    Optional<Optional<SqlError>> ofRows = changeRows(draft, currentDatabase, statement);
    return ofRows.isPresent() ? ofRows.get() : changeAccount(draft, statement, passwords);
  }

  /** Empty when the statement is not about rows. */
  private Optional<Optional<SqlError>> changeRows(
      Draft draft, Optional<String> currentDatabase, AccessControlStatement statement)
      throws StoreException {
    if (statement instanceof AddRule add) {
      return Optional.of(rows.add(draft, currentDatabase, add));
    } else if (statement instanceof DropRule drop) {
      return Optional.of(rows.drop(draft, currentDatabase, drop));
    } else if (statement instanceof RestrictRole restrict) {
      return Optional.of(rows.restrict(draft, currentDatabase, restrict));
    } else if (statement instanceof DropRestriction drop) {
      return Optional.of(rows.drop(draft, currentDatabase, drop));
    } else if (statement instanceof CreateHierarchy create) {
      return Optional.of(rows.create(draft, currentDatabase, create));
    } else if (statement instanceof DropHierarchy drop) {
      return Optional.of(rows.drop(draft, currentDatabase, drop));
    }
    return Optional.empty();
  }

  private Optional<SqlError> changeAccount(
      Draft draft, AccessControlStatement statement, Passwords passwords) throws StoreException {
    if (statement instanceof CreateAccount create) {
      return accounts.create(draft, create, passwords);
    } else if (statement instanceof AlterAccount alter) {
      return accounts.alter(draft, alter, passwords);
    } else if (statement instanceof DropAccount drop) {
      return accounts.drop(draft, drop);
    } else if (statement instanceof MapUser map) {
      return mappings.map(draft, map);
    } else if (statement instanceof UnmapUser unmap) {
      return mappings.unmap(draft, unmap);
    }
    throw new AssertionError(statement.getClass());
  }

  private ActiveSubject newest(Subject who) {
    return authorizer.activate(who, publisher.current());
  }

  /**
   * Adds the roles the user holds that would have been allowed, which is tried and thrown away, and
   * the privilege on the account that is missing.
   */
  private DclResult withHints(
      Subject who,
      Optional<String> currentDatabase,
      AccessControlStatement statement,
      DclResult result)
      throws StoreException {
    if (!(result instanceof DclResult.Refused refused) || !isDenial(refused.error())) {
      return result;
    }
    PrivilegeSnapshot snapshot = publisher.current();
    ActiveSubject actor = authorizer.activate(who, snapshot);
    List<Role> others =
        snapshot.state().rolesOf(who.user()).stream()
            .map(RoleToUser::role)
            .filter(role -> !actor.activeRoles().contains(role))
            .limit(MAX_ROLES_TRIED)
            .flatMap(role -> snapshot.state().role(role).stream())
            .sorted(Comparator.comparing(Role::name))
            .toList();
    List<String> hints = new ArrayList<>();
    for (Role role : others) {
      ActiveSubject other = authorizer.activate(who.withPrimary(role.id()), snapshot);
      if (!isDenied(other, currentDatabase, statement)) {
        String name = Texts.identifier(role.name());
        hints.add("Role " + name + " is granted but not active: SET ROLE " + name);
      }
    }
    authorizer.accountHint(actor, refused.error()).ifPresent(hints::add);
    return new DclResult.Refused(refused.error(), hints);
  }

  private boolean isDenied(
      ActiveSubject actor, Optional<String> currentDatabase, AccessControlStatement statement)
      throws StoreException {
    if (isShown(statement)) {
      return isDenied(shown(actor, currentDatabase, statement));
    }
    if (statement instanceof ShowCreateUser showCreateUser) {
      return isDenied(shows.createUser(actor, showCreateUser));
    }
    return change(new Draft(actor, clock.instant()), currentDatabase, statement, Passwords.tried())
        .filter(DclExecutor::isDenial)
        .isPresent();
  }

  private static boolean isDenied(DclResult result) {
    return result instanceof DclResult.Refused refused && isDenial(refused.error());
  }

  private static boolean isDenial(SqlError error) {
    return switch (error.code()) {
      case ER_SPECIFIC_ACCESS_DENIED_ERROR, ER_TABLEACCESS_DENIED_ERROR, ER_DBACCESS_DENIED_ERROR ->
          true;
      default -> false;
    };
  }
}
