package io.portcullis.privilege.dcl;

import io.portcullis.privilege.authz.Authorizer;
import io.portcullis.privilege.catalog.CatalogChange;
import io.portcullis.privilege.credential.PasswordRules;
import io.portcullis.privilege.model.Names;
import io.portcullis.privilege.model.PrivilegeType;
import io.portcullis.privilege.model.Role;
import io.portcullis.privilege.model.RoleId;
import io.portcullis.privilege.model.RoleToUser;
import io.portcullis.privilege.model.User;
import io.portcullis.privilege.model.Verifiers;
import io.portcullis.sql.statement.AccessControlStatement.AlterUser;
import io.portcullis.sql.statement.AccessControlStatement.CreateUser;
import io.portcullis.sql.statement.AccessControlStatement.DropUser;
import io.portcullis.sql.statement.AccessControlStatement.Password;
import io.portcullis.sql.statement.AccessControlStatement.SetDefaultRole;
import io.portcullis.sql.statement.AccessControlStatement.SetPassword;
import io.portcullis.sql.statement.AccessControlStatement.UserName;
import io.portcullis.sql.statement.AccessControlStatement.UserSpec;
import io.portcullis.sql.text.SqlError;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.function.Function;

/**
 * CREATE, ALTER and DROP USER, SET PASSWORD, SET DEFAULT ROLE (PM 4.2, 5.3). Each method changes
 * the draft, or says why not and leaves a draft nobody uses.
 */
final class UserStatements {

  private static final String CREATE = "CREATE USER";
  private static final String ALTER = "ALTER USER";

  private final Authorizer authorizer;
  private final RoleGrants roleGrants;
  private final Clock clock;

  UserStatements(Authorizer authorizer, RoleGrants roleGrants, Clock clock) {
    this.authorizer = authorizer;
    this.roleGrants = roleGrants;
    this.clock = clock;
  }

  Optional<SqlError> create(
      Draft draft, CreateUser statement, Function<Password, Verifiers> verifiers) {
    Optional<SqlError> refused = authorizer.requireAny(draft.actor(), PrivilegeType.CREATE_USER);
    if (refused.isPresent()) {
      return refused;
    }
    RoleId defaultRole = RoleId.PUBLIC;
    if (statement.defaultRole().isPresent()) {
      String name = statement.defaultRole().get();
      Optional<Role> role = draft.role(name);
      refused = roleGrants.mayGrant(draft, role);
      if (refused.isPresent()) {
        return refused;
      }
      if (role.isEmpty()) {
        return Optional.of(Refusals.unknownRole(name));
      }
      defaultRole = role.get().id();
    }
    for (UserSpec spec : statement.users()) {
      refused = create(draft, statement, spec, defaultRole, verifiers);
      if (refused.isPresent()) {
        return refused;
      }
    }
    return Optional.empty();
  }

  private Optional<SqlError> create(
      Draft draft,
      CreateUser statement,
      UserSpec spec,
      RoleId defaultRole,
      Function<Password, Verifiers> verifiers) {
    String name = spec.user().name();
    Optional<SqlError> refused = Refusals.name(CREATE, name, Names.MAX_USER_LENGTH);
    if (refused.isPresent()) {
      return refused;
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
    refused = PasswordRules.check(spec.password().map(Password::clearText).orElse(""));
    if (refused.isPresent()) {
      return refused;
    }
    if (defaultRole.equals(RoleId.MOADMIN)) {
      return Optional.of(
          Refusals.predefinedRole(
              "the role moadmin can not be granted to non administration user " + name));
    }
    User user =
        new User(
            draft.state().nextUserId(),
            draft.account(),
            name.strip(),
            Refusals.host(spec.user()),
            verifiers.apply(spec.password().orElseThrow()),
            defaultRole,
            draft.actor().subject().primary(),
            statement.locked(),
            statement.comment(),
            clock.instant().truncatedTo(ChronoUnit.MILLIS));
    draft.apply(new CatalogChange.UserPut(user));
    if (!defaultRole.equals(RoleId.PUBLIC)) {
      draft.apply(
          new CatalogChange.RoleGrantedToUser(new RoleToUser(defaultRole, user.id(), false)));
    }
    return Optional.empty();
  }

  Optional<SqlError> alter(
      Draft draft, AlterUser statement, Function<Password, Verifiers> verifiers) {
    boolean passwordOnly =
        statement.defaultRole().isEmpty()
            && statement.lock().isEmpty()
            && statement.comment().isEmpty();
    for (UserSpec spec : statement.users()) {
      Optional<User> found = draft.user(spec.user().name());
      boolean ownPassword =
          passwordOnly && spec.password().isPresent() && found.filter(draft::isSelf).isPresent();
      Optional<SqlError> refused =
          ownPassword
              ? Optional.empty()
              : authorizer.requireAny(draft.actor(), PrivilegeType.ALTER_USER);
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
        refused = alter(draft, found.get(), statement, spec.password(), verifiers);
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
      Function<Password, Verifiers> verifiers) {
    Optional<SqlError> refused = administratorIsProtected(draft, user);
    if (refused.isPresent()) {
      return refused;
    }
    RoleId defaultRole = user.defaultRole();
    if (statement.defaultRole().isPresent()) {
      Optional<Role> role = draft.role(statement.defaultRole().get());
      if (role.isEmpty()) {
        return Optional.of(Refusals.unknownRole(statement.defaultRole().get()));
      }
      refused = mustBeGranted(draft, role.get(), user);
      if (refused.isPresent()) {
        return refused;
      }
      defaultRole = role.get().id();
    }
    if (password.isPresent()) {
      refused = PasswordRules.check(password.get().clearText());
      if (refused.isPresent()) {
        return refused;
      }
    }
    boolean locked = statement.lock().orElse(user.locked());
    if (locked && !user.locked() && isLastAdministrator(draft, user)) {
      return Optional.of(
          Refusals.cannot(
              ALTER,
              Refusals.quoted(user),
              "can not lock the user " + user.name() + ", no other administrator can log in"));
    }
    put(
        draft,
        user,
        password.map(verifiers).orElse(user.verifiers()),
        defaultRole,
        locked,
        statement.comment().isPresent() ? statement.comment() : user.comment());
    return Optional.empty();
  }

  Optional<SqlError> setPassword(
      Draft draft, SetPassword statement, Function<Password, Verifiers> verifiers) {
    Optional<User> found =
        statement.user().isPresent()
            ? draft.user(statement.user().get().name())
            : draft.state().user(draft.actor().subject().user());
    if (found.filter(draft::isSelf).isEmpty()) {
      Optional<SqlError> refused = authorizer.requireAny(draft.actor(), PrivilegeType.ALTER_USER);
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
    Optional<SqlError> refused =
        administratorIsProtected(draft, user)
            .or(() -> PasswordRules.check(statement.password().clearText()));
    if (refused.isPresent()) {
      return refused;
    }
    put(
        draft,
        user,
        verifiers.apply(statement.password()),
        user.defaultRole(),
        user.locked(),
        user.comment());
    return Optional.empty();
  }

  Optional<SqlError> setDefaultRole(Draft draft, SetDefaultRole statement) {
    for (UserName name : statement.users()) {
      Optional<User> found = draft.user(name.name());
      if (found.filter(draft::isSelf).isEmpty()) {
        Optional<SqlError> refused =
            authorizer.requireAny(
                draft.actor(), PrivilegeType.ALTER_USER, PrivilegeType.MANAGE_GRANTS);
        if (refused.isPresent()) {
          return refused;
        }
      }
      if (found.isEmpty()) {
        return Optional.of(Refusals.unknownUser(name.name()));
      }
      Optional<SqlError> refused = setDefaultRole(draft, statement.role(), found.get());
      if (refused.isPresent()) {
        return refused;
      }
    }
    return Optional.empty();
  }

  private static Optional<SqlError> setDefaultRole(
      Draft draft, Optional<String> roleName, User user) {
    Optional<SqlError> refused = administratorIsProtected(draft, user);
    if (refused.isPresent()) {
      return refused;
    }
    RoleId role = RoleId.PUBLIC;
    if (roleName.isPresent()) {
      Optional<Role> found = draft.role(roleName.get());
      if (found.isEmpty()) {
        return Optional.of(Refusals.unknownRole(roleName.get()));
      }
      refused = mustBeGranted(draft, found.get(), user);
      if (refused.isPresent()) {
        return refused;
      }
      role = found.get().id();
    }
    put(draft, user, user.verifiers(), role, user.locked(), user.comment());
    return Optional.empty();
  }

  Optional<SqlError> drop(Draft draft, DropUser statement) {
    Optional<SqlError> refused = authorizer.requireAny(draft.actor(), PrivilegeType.DROP_USER);
    if (refused.isPresent()) {
      return refused;
    }
    for (UserName name : statement.users()) {
      Optional<User> found = draft.user(name.name());
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
        draft.apply(new CatalogChange.UserDropped(found.get().id()));
      }
    }
    return Optional.empty();
  }

  /** PM 2.4: else whoever may alter users could take over an administrator. */
  private static Optional<SqlError> administratorIsProtected(Draft draft, User user) {
    return draft.isAdministrator(user) && !draft.isSelf(user) && !draft.actor().isAdministrator()
        ? Optional.of(
            Refusals.cannot(ALTER, Refusals.quoted(user), "don't have the privilege to alter"))
        : Optional.empty();
  }

  private static Optional<SqlError> mustBeGranted(Draft draft, Role role, User user) {
    return role.id().equals(RoleId.PUBLIC) || draft.state().isGranted(role.id(), user.id())
        ? Optional.empty()
        : Optional.of(Refusals.notGranted(role.name(), user.name()));
  }

  /** Administrators cannot be made, so locking the last one would be for good. */
  private static boolean isLastAdministrator(Draft draft, User user) {
    return draft.isAdministrator(user)
        && draft.state().usersOf(RoleId.MOADMIN).stream()
            .filter(edge -> !edge.user().equals(user.id()))
            .flatMap(edge -> draft.state().user(edge.user()).stream())
            .allMatch(User::locked);
  }

  private static void put(
      Draft draft,
      User user,
      Verifiers verifiers,
      RoleId defaultRole,
      boolean locked,
      Optional<String> comment) {
    draft.apply(
        new CatalogChange.UserPut(
            new User(
                user.id(),
                user.account(),
                user.name(),
                user.host(),
                verifiers,
                defaultRole,
                user.owner(),
                locked,
                comment,
                user.created())));
  }
}
