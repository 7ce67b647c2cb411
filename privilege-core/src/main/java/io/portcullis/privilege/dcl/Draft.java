package io.portcullis.privilege.dcl;

import io.portcullis.privilege.authz.ActiveSubject;
import io.portcullis.privilege.catalog.CatalogChange;
import io.portcullis.privilege.catalog.CatalogState;
import io.portcullis.privilege.model.AccountId;
import io.portcullis.privilege.model.AccountVariables;
import io.portcullis.privilege.model.Database;
import io.portcullis.privilege.model.Relation;
import io.portcullis.privilege.model.Role;
import io.portcullis.privilege.model.RoleId;
import io.portcullis.privilege.model.User;
import io.portcullis.sql.access.RelationKind;
import io.portcullis.sql.statement.AccessControlStatement.UserName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One statement being executed on one state: who asks, the state after what was done so far, and
 * the changes that led there. Thrown away when the statement is refused. One thread.
 */
final class Draft {

  private final ActiveSubject actor;
  private final Instant now;
  private final List<CatalogChange> changes = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private CatalogState state;

  Draft(ActiveSubject actor, Instant now) {
    this.actor = actor;
    this.now = now;
    this.state = actor.snapshot().state();
  }

  ActiveSubject actor() {
    return actor;
  }

  AccountId account() {
    return actor.subject().account();
  }

  /** The administrators' role of the account. */
  RoleId administrator() {
    return RoleId.administratorOf(account());
  }

  /** The role everybody in the account has. */
  RoleId everybodys() {
    return RoleId.publicOf(account());
  }

  CatalogState state() {
    return state;
  }

  /** Of the account that acts. */
  AccountVariables variables() {
    return state.variables(account());
  }

  /** What was done, and by whom; empty when nothing was. */
  List<CatalogChange> changes() {
    if (changes.isEmpty()) {
      return changes;
    }
    List<CatalogChange> all = new ArrayList<>(changes.size() + 1);
    all.add(new CatalogChange.MadeBy(actor.subject().user(), actor.subject().primary(), now));
    all.addAll(changes);
    return all;
  }

  List<String> notes() {
    return notes;
  }

  void apply(CatalogChange change) {
    state = state.apply(change);
    changes.add(change);
  }

  void note(String text) {
    notes.add(text);
  }

  Optional<User> user(String name) {
    return state.user(account(), name);
  }

  Optional<Role> role(String name) {
    return state.role(account(), name);
  }

  /** The role a grantee names: MySQL's roles have the host {@code %}, any other is a user's. */
  Optional<Role> role(UserName grantee) {
    return grantee.host().filter(host -> !host.equals("%")).isPresent()
        ? Optional.empty()
        : role(grantee.name());
  }

  /** The role that holds what is granted to the user directly, made when there is none. */
  Role privateRole(User user) {
    Optional<Role> found = state.privateRole(user.id());
    if (found.isPresent()) {
      return found.get();
    }
    Role made =
        new Role(
            state.nextRoleId(),
            user.account(),
            "#" + user.id().value(),
            Optional.of(actor.subject().user()),
            user.owner(),
            Optional.empty(),
            user.created(),
            Optional.of(user.id()));
    apply(new CatalogChange.RolePut(made));
    return made;
  }

  /** Whether the role is active or inherited by an active one; public owns nothing for all. */
  boolean actsAsOwner(RoleId owner) {
    return !owner.isPublic() && actor.privileges().roles().contains(owner);
  }

  boolean isSelf(User user) {
    return user.id().equals(actor.subject().user());
  }

  boolean isAdministrator(User user) {
    return state.isGranted(administrator(), user.id());
  }

  /** The database as the catalog has it, made known to it when it is not. */
  Database known(String name) {
    Optional<Database> found = state.database(account(), name);
    if (found.isPresent()) {
      return found.get();
    }
    Database made = new Database(state.nextDatabaseId(), account(), name, administrator());
    apply(new CatalogChange.DatabasePut(made));
    return made;
  }

  /** The relation as the catalog has it, made known to it when it is not. */
  Relation known(Database database, String name, RelationKind kind) {
    Optional<Relation> found = state.relation(database.id(), kind, name);
    if (found.isPresent()) {
      return found.get();
    }
    Relation made =
        new Relation(state.nextRelationId(), database.id(), name, kind, administrator());
    apply(new CatalogChange.RelationPut(made));
    return made;
  }
}
