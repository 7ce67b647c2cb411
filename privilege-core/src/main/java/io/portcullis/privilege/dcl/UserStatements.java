package io.portcullis.privilege.dcl;

import io.portcullis.privilege.authz.Authorizer;
import io.portcullis.privilege.catalog.BuiltInRoles;
import io.portcullis.privilege.catalog.CatalogChange;
import io.portcullis.privilege.credential.PasswordRules;
import io.portcullis.privilege.model.Names;
import io.portcullis.privilege.model.PrivilegeType;
import io.portcullis.privilege.model.Role;
import io.portcullis.privilege.model.RoleId;
import io.portcullis.privilege.model.RoleToUser;
import io.portcullis.privilege.model.SecondaryRoles;
import io.portcullis.privilege.model.User;
import io.portcullis.privilege.model.UserSecurity;
import io.portcullis.privilege.model.UserSecurity.LoginLimit;
import io.portcullis.sql.statement.AccessControlStatement.AlterUser;
import io.portcullis.sql.statement.AccessControlStatement.CreateUser;
import io.portcullis.sql.statement.AccessControlStatement.DefaultRoles;
import io.portcullis.sql.statement.AccessControlStatement.DropUser;
import io.portcullis.sql.statement.AccessControlStatement.LockDetails;
import io.portcullis.sql.statement.AccessControlStatement.OwnRule;
import io.portcullis.sql.statement.AccessControlStatement.Password;
import io.portcullis.sql.statement.AccessControlStatement.PasswordExpiry;
import io.portcullis.sql.statement.AccessControlStatement.RenameUser;
import io.portcullis.sql.statement.AccessControlStatement.Renaming;
import io.portcullis.sql.statement.AccessControlStatement.SetDefaultRole;
import io.portcullis.sql.statement.AccessControlStatement.SetPassword;
import io.portcullis.sql.statement.AccessControlStatement.UserName;
import io.portcullis.sql.statement.AccessControlStatement.UserOptions;
import io.portcullis.sql.statement.AccessControlStatement.UserSpec;
import io.portcullis.sql.text.ErrorCode;
import io.portcullis.sql.text.SqlError;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * CREATE, ALTER and DROP USER, SET PASSWORD, SET DEFAULT ROLE (PM 4.2, 5.3). Each method changes
 * the draft, or says why not and leaves a draft nobody uses.
 */
final class UserStatements {

  private static final String CREATE = "CREATE USER";
  private static final String ALTER = "ALTER USER";
  private static final String RENAME = "RENAME USER";

  private static final int MAX_REASON = 256;

  private final Authorizer authorizer;
  private final RoleGrants roleGrants;
  private final Clock clock;
  private final PasswordChanges changes;

  UserStatements(Authorizer authorizer, RoleGrants roleGrants, Clock clock) {
    this.authorizer = authorizer;
    this.roleGrants = roleGrants;
    this.clock = clock;
    this.changes = new PasswordChanges(clock);
  }

  Optional<SqlError> create(Draft draft, CreateUser statement, Passwords passwords) {
    Optional<SqlError> refused =
        authorizer.requireToCreate(draft.actor(), PrivilegeType.CREATE_USER);
    if (refused.isPresent()) {
      return refused;
    }
    Set<RoleId> roles = new LinkedHashSet<>();
    for (String name : statement.defaultRoles()) {
      Optional<Role> role = draft.role(name);
      refused = roleGrants.mayGrant(draft, role);
      if (refused.isPresent()) {
        return refused;
      }
      if (role.isEmpty()) {
        return Optional.of(Refusals.unknownRole(name));
      }
      roles.add(role.get().id());
    }
    for (UserSpec spec : statement.users()) {
      refused = create(draft, statement, spec, roles, passwords);
      if (refused.isPresent()) {
        return refused;
      }
    }
    return Optional.empty();
  }

  private Optional<SqlError> create(
      Draft draft, CreateUser statement, UserSpec spec, Set<RoleId> roles, Passwords passwords) {
    String name = spec.user().name();
    Optional<SqlError> refused = Refusals.name(CREATE, name, Names.MAX_USER_LENGTH);
    if (refused.isPresent()) {
      return refused;
    }
    if (spec.password().isEmpty()) {
      return PasswordRules.check("");
    }
    if (roles.contains(draft.administrator())) {
      return Optional.of(
          Refusals.predefinedRole(
              "the role "
                  + BuiltInRoles.name(draft.administrator())
                  + " can not be granted to non administration user "
                  + name));
    }
    Optional<String> taken =
        draft.user(name).isPresent()
            ? Optional.of("the user " + name + " exists")
            : draft.role(name).isPresent()
                ? Optional.of("there is a role with the same name as the user")
                : Optional.empty();
    if (taken.isPresent()) {
      if (statement.ifNotExists()) {
        draft.note(taken.get());
        return Optional.empty();
      }
      return Optional.of(Refusals.cannot(CREATE, Refusals.quoted(spec.user()), taken.get()));
    }
    refused =
        PasswordChanges.refusal(
                spec.password().get(), name, draft.actor().subject().userName(), draft.variables())
            .or(() -> options(statement.options()));
    if (refused.isPresent()) {
      return refused;
    }
    User user =
        new User(
            draft.state().nextUserId(),
            draft.account(),
            name.strip(),
            Refusals.host(spec.user()),
            passwords.hashed(spec.password().orElseThrow()),
            roles.isEmpty() ? draft.everybodys() : roles.iterator().next(),
            authorizer.owner(draft.actor(), PrivilegeType.CREATE_USER),
            statement.locked(),
            Optional.empty(),
            clock.instant().truncatedTo(ChronoUnit.MILLIS),
            secondary(roles),
            User.NO_ATTRIBUTES);
    UserAttributes.Changed described = UserAttributes.change(user, statement.attribute());
    if (described.error().isPresent()) {
      return described.error();
    }
    draft.apply(
        new CatalogChange.UserPut(with(described.user(), statement.options(), statement.locked())));
    for (RoleId role : roles) {
      if (!role.isPublic()) {
        draft.apply(new CatalogChange.RoleGrantedToUser(new RoleToUser(role, user.id(), false)));
      }
    }
    return Optional.empty();
  }

  /** The first is the default role itself, the others are active with it. */
  private static SecondaryRoles secondary(Set<RoleId> roles) {
    Set<RoleId> others = new LinkedHashSet<>(roles);
    roles.stream().findFirst().ifPresent(others::remove);
    return SecondaryRoles.of(others);
  }

  Optional<SqlError> alter(Draft draft, AlterUser statement, Passwords passwords) {
    boolean everybodysOwn =
        statement.lock().isEmpty()
            && statement.attribute().isEmpty()
            && statement.options().equals(UserOptions.NONE);
    for (UserSpec spec : statement.users()) {
      Optional<User> found = draft.user(spec.user().name());
      boolean asks = spec.password().isPresent() || statement.defaultRoles().isPresent();
      Optional<SqlError> refused =
          everybodysOwn && asks && found.filter(draft::isSelf).isPresent()
              ? Optional.empty()
              : mayChange(draft, found, PrivilegeType.ALTER_USER);
      if (refused.isPresent()) {
        return refused;
      }
      if (found.isEmpty()) {
        String why = "there is no user " + spec.user().name();
        if (!statement.ifExists()) {
          return Optional.of(Refusals.cannot(ALTER, Refusals.quoted(spec.user()), why));
        }
        draft.note(why);
      } else {
        refused = alter(draft, found.get(), statement, spec.password(), passwords);
        if (refused.isPresent()) {
          return refused;
        }
      }
    }
    return Optional.empty();
  }

  private Optional<SqlError> alter(
      Draft draft,
      User user,
      AlterUser statement,
      Optional<Password> password,
      Passwords passwords) {
    Optional<SqlError> refused = administratorIsProtected(draft, user);
    if (refused.isPresent()) {
      return refused;
    }
    User changed = user;
    if (statement.defaultRoles().isPresent()) {
      Defaults defaults = defaults(draft, statement.defaultRoles().get(), user);
      if (defaults.error().isPresent()) {
        return defaults.error();
      }
      changed = changed.withDefaultRoles(defaults.primary(), defaults.secondary());
    }
    refused = options(statement.options());
    if (refused.isEmpty() && password.isPresent()) {
      PasswordChanges.Changed set = change(draft, changed, password.get(), passwords);
      refused = set.error();
      changed = set.user();
    }
    if (refused.isPresent()) {
      return refused;
    }
    boolean locked = statement.lock().orElse(user.locked());
    if (locked && !user.locked() && isLastAdministrator(draft, user)) {
      return Optional.of(
          Refusals.cannot(
              ALTER,
              Refusals.quoted(user),
              "can not lock the user " + user.name() + ", no other administrator can log in"));
    }
    UserAttributes.Changed described = UserAttributes.change(changed, statement.attribute());
    if (described.error().isEmpty()) {
      User locking = described.user().withLocked(locked);
      if (statement.lock().isPresent()) {
        locking = locking.withSecurity(locking.security().withLock(Optional.empty()));
      }
      draft.apply(
          new CatalogChange.UserPut(
              with(locking, statement.options(), statement.lock().orElse(false))));
    }
    return described.error();
  }

  private PasswordChanges.Changed change(
      Draft draft, User user, Password password, Passwords passwords) {
    return changes.change(
        user,
        password,
        draft.isSelf(user),
        draft.actor().subject().userName(),
        draft.state().variables(user.account()),
        passwords);
  }

  private static Optional<SqlError> options(UserOptions options) {
    return options
        .lock()
        .flatMap(LockDetails::reason)
        .filter(reason -> reason.codePointCount(0, reason.length()) > MAX_REASON)
        .map(
            reason ->
                ErrorCode.ER_WRONG_STRING_LENGTH.error(reason, "the reason of a lock", MAX_REASON));
  }

  /** The user with what the options say. */
  private User with(User user, UserOptions options, boolean locks) {
    UserSecurity security = user.security();
    if (locks) {
      Instant now = changes.now();
      LockDetails lock = options.lock().orElse(new LockDetails(Optional.empty(), Optional.empty()));
      security =
          security.withLock(
              Optional.of(new UserSecurity.Lock(lock.reason(), now, lock.time().map(now::plus))));
    }
    if (options.expiry().isPresent()) {
      security = expiring(security, options.expiry().get());
    }
    security =
        security.withReuse(
            options.history().map(OwnRule::value).orElse(security.history()),
            options.reuseDays().map(OwnRule::value).orElse(security.reuseDays()));
    if (options.current().isPresent()) {
      security =
          security.withRequireCurrent(
              switch (options.current().get()) {
                case REQUIRED -> Optional.of(true);
                case OPTIONAL -> Optional.of(false);
                case DEFAULT -> Optional.empty();
              });
    }
    if (options.attempts().isPresent() || options.lockDays().isPresent()) {
      LoginLimit before = security.limit().orElse(new LoginLimit(0, 0));
      security =
          security.withLimit(
              Optional.of(
                  new LoginLimit(
                      options.attempts().orElse(before.attempts()),
                      options.lockDays().orElse(before.days()))));
    }
    return user.withSecurity(security);
  }

  private static UserSecurity expiring(UserSecurity security, PasswordExpiry expiry) {
    if (expiry instanceof PasswordExpiry.Now) {
      return security.withMustChange(true);
    } else if (expiry instanceof PasswordExpiry.Never) {
      return security.withLifetime(Optional.of(0));
    } else if (expiry instanceof PasswordExpiry.Default) {
      return security.withLifetime(Optional.empty());
    } else if (expiry instanceof PasswordExpiry.After after) {
      return security.withLifetime(Optional.of(after.days()));
    }
    throw new AssertionError(expiry);
  }

  Optional<SqlError> setPassword(Draft draft, SetPassword statement, Passwords passwords) {
    Optional<User> found =
        statement.user().isPresent()
            ? draft.user(statement.user().get().name())
            : draft.state().user(draft.actor().subject().user());
    if (found.filter(draft::isSelf).isEmpty()) {
      Optional<SqlError> refused = mayChange(draft, found, PrivilegeType.ALTER_USER);
      if (refused.isPresent()) {
        return refused;
      }
    }
    if (found.isEmpty()) {
      UserName name = statement.user().orElseThrow();
      return Optional.of(
          Refusals.cannot(
              "SET PASSWORD", Refusals.quoted(name), "there is no user " + name.name()));
    }
    User user = found.get();
    Optional<SqlError> refused = administratorIsProtected(draft, user);
    if (refused.isPresent()) {
      return refused;
    }
    PasswordChanges.Changed set = change(draft, user, statement.password(), passwords);
    if (set.error().isEmpty()) {
      draft.apply(new CatalogChange.UserPut(set.user()));
    }
    return set.error();
  }

  Optional<SqlError> setDefaultRole(Draft draft, SetDefaultRole statement) {
    for (UserName name : statement.users()) {
      Optional<User> found = draft.user(name.name());
      if (found.filter(draft::isSelf).isEmpty()) {
        Optional<SqlError> refused =
            mayChange(draft, found, PrivilegeType.ALTER_USER, PrivilegeType.MANAGE_GRANTS);
        if (refused.isPresent()) {
          return refused;
        }
      }
      if (found.isEmpty()) {
        return Optional.of(Refusals.unknownUser(name.name()));
      }
      Optional<SqlError> refused = setDefaultRole(draft, statement.roles(), found.get());
      if (refused.isPresent()) {
        return refused;
      }
    }
    return Optional.empty();
  }

  private static Optional<SqlError> setDefaultRole(Draft draft, DefaultRoles roles, User user) {
    Optional<SqlError> refused = administratorIsProtected(draft, user);
    if (refused.isPresent()) {
      return refused;
    }
    Defaults defaults = defaults(draft, roles, user);
    if (defaults.error().isEmpty()) {
      draft.apply(
          new CatalogChange.UserPut(
              user.withDefaultRoles(defaults.primary(), defaults.secondary())));
    }
    return defaults.error();
  }

  /** Default roles by their ids, or why they cannot be the user's. */
  private record Defaults(RoleId primary, SecondaryRoles secondary, Optional<SqlError> error) {}

  private static Defaults defaults(Draft draft, DefaultRoles roles, User user) {
    if (roles instanceof DefaultRoles.None) {
      return new Defaults(draft.everybodys(), SecondaryRoles.NONE, Optional.empty());
    } else if (roles instanceof DefaultRoles.All) {
      return new Defaults(user.defaultRole(), SecondaryRoles.ALL, Optional.empty());
    } else if (roles instanceof DefaultRoles.Listed listed) {
      Set<RoleId> found = new LinkedHashSet<>();
      for (String name : listed.roles()) {
        Optional<Role> role = draft.role(name);
        Optional<SqlError> refused =
            role.isEmpty()
                ? Optional.of(Refusals.unknownRole(name))
                : mustBeGranted(draft, role.get(), user);
        if (refused.isPresent()) {
          return new Defaults(draft.everybodys(), SecondaryRoles.NONE, refused);
        }
        found.add(role.orElseThrow().id());
      }
      return new Defaults(found.iterator().next(), secondary(found), Optional.empty());
    }
    throw new AssertionError(roles);
  }

  /** All or nothing; a name that is freed by the statement can be taken by it. */
  Optional<SqlError> rename(Draft draft, RenameUser statement) {
    for (Renaming renaming : statement.names()) {
      Optional<User> found = draft.user(renaming.from().name());
      Optional<SqlError> refused = mayChange(draft, found, PrivilegeType.ALTER_USER);
      if (refused.isEmpty()) {
        refused = rename(draft, renaming, found);
      }
      if (refused.isPresent()) {
        return refused;
      }
    }
    return Optional.empty();
  }

  private static Optional<SqlError> rename(Draft draft, Renaming renaming, Optional<User> found) {
    String whom = Refusals.quoted(renaming.from());
    if (found.isEmpty()) {
      return Optional.of(
          Refusals.cannot(RENAME, whom, "there is no user " + renaming.from().name()));
    }
    User user = found.get();
    String name = renaming.to().name();
    Optional<SqlError> refused =
        administratorIsProtected(draft, user)
            .or(() -> Refusals.name(RENAME, name, Names.MAX_USER_LENGTH));
    if (refused.isPresent()) {
      return refused;
    }
    if (draft.user(name).filter(other -> !other.id().equals(user.id())).isPresent()) {
      return Optional.of(Refusals.cannot(RENAME, whom, "the user " + name + " exists"));
    }
    if (BuiltInRoles.isReserved(name) || draft.role(name).isPresent()) {
      return Optional.of(
          Refusals.cannot(RENAME, whom, "there is a role with the same name as the user"));
    }
    draft.apply(
        new CatalogChange.UserPut(user.withName(name.strip(), Refusals.host(renaming.to()))));
    return Optional.empty();
  }

  Optional<SqlError> drop(Draft draft, DropUser statement) {
    for (UserName name : statement.users()) {
      Optional<User> found = draft.user(name.name());
      Optional<SqlError> refused = mayChange(draft, found, PrivilegeType.DROP_USER);
      if (refused.isPresent()) {
        return refused;
      }
      if (found.isEmpty()) {
        String why = "there is no user " + name.name();
        if (!statement.ifExists()) {
          return Optional.of(Refusals.cannot("DROP USER", Refusals.quoted(name), why));
        }
        draft.note(why);
      } else if (draft.isAdministrator(found.get())) {
        return Optional.of(
            Refusals.cannot(
                "DROP USER",
                Refusals.quoted(found.get()),
                "can not delete the user " + found.get().name()));
      } else {
        draft
            .state()
            .privateRole(found.get().id())
            .ifPresent(own -> RoleStatements.drop(draft, own));
        draft.apply(new CatalogChange.UserDropped(found.get().id()));
      }
    }
    return Optional.empty();
  }

  /** Its owner role may, without a privilege (PM 6.2). */
  private Optional<SqlError> mayChange(
      Draft draft, Optional<User> user, PrivilegeType... privileges) {
    return user.filter(found -> draft.actsAsOwner(found.owner())).isPresent()
        ? Optional.empty()
        : authorizer.requireAny(draft.actor(), privileges);
  }

  /** PM 2.4: else whoever may alter users could take over an administrator. */
  private static Optional<SqlError> administratorIsProtected(Draft draft, User user) {
    return draft.isAdministrator(user) && !draft.isSelf(user) && !draft.actor().isAdministrator()
        ? Optional.of(
            Refusals.cannot(ALTER, Refusals.quoted(user), "don't have the privilege to alter"))
        : Optional.empty();
  }

  private static Optional<SqlError> mustBeGranted(Draft draft, Role role, User user) {
    return role.id().isPublic() || draft.state().isGranted(role.id(), user.id())
        ? Optional.empty()
        : Optional.of(Refusals.notGranted(role.name(), user.name()));
  }

  /** Administrators cannot be made, so locking the last one would be for good. */
  private static boolean isLastAdministrator(Draft draft, User user) {
    return draft.isAdministrator(user)
        && draft.state().usersOf(draft.administrator()).stream()
            .filter(edge -> !edge.user().equals(user.id()))
            .flatMap(edge -> draft.state().user(edge.user()).stream())
            .allMatch(User::locked);
  }
}
