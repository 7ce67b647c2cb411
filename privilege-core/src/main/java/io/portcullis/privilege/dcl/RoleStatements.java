package io.portcullis.privilege.dcl;

import io.portcullis.privilege.authz.Authorizer;
import io.portcullis.privilege.catalog.BuiltInRoles;
import io.portcullis.privilege.catalog.CatalogChange;
import io.portcullis.privilege.model.Database;
import io.portcullis.privilege.model.Grant;
import io.portcullis.privilege.model.GrantLevel;
import io.portcullis.privilege.model.Names;
import io.portcullis.privilege.model.PrivilegeType;
import io.portcullis.privilege.model.Relation;
import io.portcullis.privilege.model.Role;
import io.portcullis.privilege.model.RoleId;
import io.portcullis.sql.statement.AccessControlStatement.CommentRole;
import io.portcullis.sql.statement.AccessControlStatement.CreateRole;
import io.portcullis.sql.statement.AccessControlStatement.DropRole;
import io.portcullis.sql.statement.AccessControlStatement.RenameRole;
import io.portcullis.sql.text.SqlError;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Optional;

/** CREATE, DROP and ALTER ROLE (PM 4.2, 5.4). */
final class RoleStatements {

  private static final String CREATE = "CREATE ROLE";
  private static final String ALTER = "ALTER ROLE";
  private static final String DROP = "DROP ROLE";

  private final Authorizer authorizer;
  private final Clock clock;

  RoleStatements(Authorizer authorizer, Clock clock) {
    this.authorizer = authorizer;
    this.clock = clock;
  }

  Optional<SqlError> create(Draft draft, CreateRole statement) {
    Optional<SqlError> refused =
        authorizer.requireToCreate(draft.actor(), PrivilegeType.CREATE_ROLE);
    if (refused.isPresent()) {
      return refused;
    }
    RoleId owner = authorizer.owner(draft.actor(), PrivilegeType.CREATE_ROLE);
    for (String name : statement.roles()) {
      refused = create(draft, statement, name, owner);
      if (refused.isPresent()) {
        return refused;
      }
    }
    return Optional.empty();
  }

  private Optional<SqlError> create(Draft draft, CreateRole statement, String name, RoleId owner) {
    if (BuiltInRoles.isReserved(name)) {
      if (statement.ifNotExists()) {
        draft.note(reserved(name));
        return Optional.empty();
      }
      return Optional.of(Refusals.predefinedRole(reserved(name)));
    }
    Optional<SqlError> refused = Refusals.name(CREATE, name, Names.MAX_ROLE_LENGTH);
    if (refused.isPresent()) {
      return refused;
    }
    Optional<String> taken =
        draft.role(name).isPresent()
            ? Optional.of("the role " + name + " exists")
            : draft.user(name).isPresent()
                ? Optional.of("there is a user with the same name as the role " + name)
                : Optional.empty();
    if (taken.isPresent()) {
      if (statement.ifNotExists()) {
        draft.note(taken.get());
        return Optional.empty();
      }
      return Optional.of(Refusals.cannot(CREATE, Refusals.quoted(name), taken.get()));
    }
    draft.apply(
        new CatalogChange.RolePut(
            new Role(
                draft.state().nextRoleId(),
                draft.account(),
                name.strip(),
                Optional.of(draft.actor().subject().user()),
                owner,
                statement.comment(),
                clock.instant().truncatedTo(ChronoUnit.MILLIS))));
    return Optional.empty();
  }

  Optional<SqlError> drop(Draft draft, DropRole statement) {
    for (String name : statement.roles()) {
      Optional<Role> found = draft.role(name);
      Optional<SqlError> refused = mayChange(draft, found, PrivilegeType.DROP_ROLE);
      if (refused.isPresent()) {
        return refused;
      }
      if (BuiltInRoles.isReserved(name)) {
        return Optional.of(Refusals.predefinedRole("can not delete the role " + name));
      }
      if (found.isPresent()) {
        drop(draft, found.get());
      } else if (statement.ifExists()) {
        draft.note("there is no role " + name);
      } else {
        return Optional.of(
            Refusals.cannot(DROP, Refusals.quoted(name), "there is no role " + name));
      }
    }
    return Optional.empty();
  }

  /** What it owned goes to its own owner, and in the end to the administrators' (PM 6.2). */
  static void drop(Draft draft, Role role) {
    RoleId heir =
        role.owner().equals(role.id()) || draft.state().role(role.owner()).isEmpty()
            ? draft.administrator()
            : role.owner();
    Collection<Database> databases = draft.state().databasesOwnedBy(role.id());
    Collection<Relation> relations = draft.state().relationsOwnedBy(role.id());
    draft.apply(new CatalogChange.RoleDropped(role.id(), heir));
    if (heir.isAdministrator()) {
      return;
    }
    for (Database database : databases) {
      draft.apply(
          new CatalogChange.PrivilegeGranted(
              new Grant(
                  heir,
                  PrivilegeType.DATABASE_OWNERSHIP,
                  new GrantLevel.OnDatabase(database.id()),
                  false)));
    }
    for (Relation relation : relations) {
      draft.apply(
          new CatalogChange.PrivilegeGranted(
              new Grant(
                  heir,
                  PrivilegeType.RELATION_OWNERSHIP,
                  new GrantLevel.OnRelation(relation.id(), relation.kind()),
                  false)));
    }
  }

  Optional<SqlError> rename(Draft draft, RenameRole statement) {
    String name = statement.role();
    String newName = statement.newName();
    Optional<Role> found = draft.role(name);
    Optional<SqlError> refused = mayChange(draft, found, PrivilegeType.ALTER_ROLE);
    if (refused.isPresent()) {
      return refused;
    }
    if (BuiltInRoles.isReserved(name)) {
      return Optional.of(Refusals.predefinedRole("can not rename the role " + name));
    }
    if (BuiltInRoles.isReserved(newName)) {
      return Optional.of(Refusals.predefinedRole(reserved(newName)));
    }
    if (found.isEmpty()) {
      String why = "there is no role " + name;
      if (statement.ifExists()) {
        draft.note(why);
        return Optional.empty();
      }
      return Optional.of(Refusals.cannot(ALTER, Refusals.quoted(name), why));
    }
    refused = Refusals.name(ALTER, newName, Names.MAX_ROLE_LENGTH);
    if (refused.isPresent()) {
      return refused;
    }
    Optional<String> why =
        Names.key(name).equals(Names.key(newName))
            ? Optional.of("the new role name is the same as the old role name")
            : draft.role(newName).isPresent()
                ? Optional.of("the role " + newName + " already exists")
                : draft.user(newName).isPresent()
                    ? Optional.of("there is a user with the same name as the role " + newName)
                    : Optional.empty();
    if (why.isPresent()) {
      return Optional.of(Refusals.cannot(ALTER, Refusals.quoted(name), why.get()));
    }
    put(draft, found.get(), newName.strip(), found.get().comment());
    return Optional.empty();
  }

  Optional<SqlError> comment(Draft draft, CommentRole statement) {
    Optional<Role> found = draft.role(statement.role());
    Optional<SqlError> refused = mayChange(draft, found, PrivilegeType.ALTER_ROLE);
    if (refused.isPresent()) {
      return refused;
    }
    if (found.isEmpty()) {
      return Optional.of(
          Refusals.cannot(
              ALTER, Refusals.quoted(statement.role()), "there is no role " + statement.role()));
    }
    put(draft, found.get(), found.get().name(), Optional.of(statement.comment()));
    return Optional.empty();
  }

  private static void put(Draft draft, Role role, String name, Optional<String> comment) {
    draft.apply(
        new CatalogChange.RolePut(
            new Role(
                role.id(),
                role.account(),
                name,
                role.creator(),
                role.owner(),
                comment,
                role.created())));
  }

  private Optional<SqlError> mayChange(Draft draft, Optional<Role> role, PrivilegeType privilege) {
    return role.filter(found -> !found.isBuiltIn() && draft.actsAsOwner(found.owner())).isPresent()
        ? Optional.empty()
        : authorizer.requireAny(draft.actor(), privilege);
  }

  private static String reserved(String name) {
    return "can not use the name " + name + ". it is the name of the predefined role";
  }
}
