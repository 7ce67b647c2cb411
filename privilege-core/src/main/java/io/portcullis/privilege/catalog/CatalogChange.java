package io.portcullis.privilege.catalog;

import io.portcullis.privilege.model.Account;
import io.portcullis.privilege.model.AccountId;
import io.portcullis.privilege.model.BackendMapping;
import io.portcullis.privilege.model.Database;
import io.portcullis.privilege.model.DatabaseId;
import io.portcullis.privilege.model.Grant;
import io.portcullis.privilege.model.Hierarchy;
import io.portcullis.privilege.model.Relation;
import io.portcullis.privilege.model.RelationId;
import io.portcullis.privilege.model.Role;
import io.portcullis.privilege.model.RoleId;
import io.portcullis.privilege.model.RoleToRole;
import io.portcullis.privilege.model.RoleToUser;
import io.portcullis.privilege.model.RowPolicy;
import io.portcullis.privilege.model.User;
import io.portcullis.privilege.model.UserId;
import io.portcullis.sql.statement.GateVariable;
import java.time.Instant;
import java.util.Optional;

/**
 * One step from a catalog state to the next. A commit is a list of them, stored in one transaction
 * and applied in order; each is complete in itself, so that a store and the in-memory state do the
 * same with it.
 */
public sealed interface CatalogChange {

  /**
   * Who makes the changes that follow, and when: kept with them, and nothing else. The state stays
   * as it is.
   *
   * @param role the primary one
   */
  record MadeBy(UserId user, RoleId role, Instant at) implements CatalogChange {}

  /** Made or altered, whole; without its roles, see {@link CatalogState#builtInRoles}. */
  record AccountPut(Account account) implements CatalogChange {}

  /** With all users, roles, databases and grants in it. */
  record AccountDropped(AccountId account) implements CatalogChange {}

  /**
   * A variable of the gate, for an account.
   *
   * @param value canonical; empty for the default
   */
  record VariableSet(AccountId account, GateVariable variable, Optional<String> value)
      implements CatalogChange {}

  /** Made or altered, whole. */
  record UserPut(User user) implements CatalogChange {}

  /** Set, or set anew. */
  record MappingPut(BackendMapping mapping) implements CatalogChange {}

  record MappingDropped(UserId user, String backend) implements CatalogChange {}

  /** With its role grants and its logins at backends. */
  record UserDropped(UserId user) implements CatalogChange {}

  /** Made, renamed or altered, whole. */
  record RolePut(Role role) implements CatalogChange {}

  /**
   * With its privileges, what it shows of rows, and its grants to users and roles, both ways. What
   * it owned moves to {@code heir}; who had it as default role falls back to public at the next
   * login.
   */
  record RoleDropped(RoleId role, RoleId heir) implements CatalogChange {}

  /** Also changes the grant option of one that exists. */
  record RoleGrantedToUser(RoleToUser edge) implements CatalogChange {}

  record RoleRevokedFromUser(RoleId role, UserId user) implements CatalogChange {}

  /** Also changes the grant option of one that exists. */
  record RoleGrantedToRole(RoleToRole edge) implements CatalogChange {}

  record RoleRevokedFromRole(RoleId granted, RoleId grantee) implements CatalogChange {}

  /** Also changes the grant option of one that exists. */
  record PrivilegeGranted(Grant grant) implements CatalogChange {}

  /** The grant option of the value does not matter. */
  record PrivilegeRevoked(Grant grant) implements CatalogChange {}

  /** Made, renamed or given to another owner, whole. */
  record DatabasePut(Database database) implements CatalogChange {}

  /** With its relations and every grant on it or on them. */
  record DatabaseDropped(DatabaseId database) implements CatalogChange {}

  /** In place of the one with the same key. */
  record RowPolicyPut(RowPolicy policy) implements CatalogChange {}

  record RowPolicyDropped(RowPolicy.Key policy) implements CatalogChange {}

  /** In place of the one of the same name. */
  record HierarchyPut(Hierarchy hierarchy) implements CatalogChange {}

  record HierarchyDropped(RelationId table, String name) implements CatalogChange {}

  /**
   * Made, renamed, moved or given to another owner, whole.
   *
   * @param made it was made just now, and is not one that was there before
   */
  record RelationPut(Relation relation, boolean made) implements CatalogChange {

    public RelationPut(Relation relation) {
      this(relation, false);
    }
  }

  /** With every grant on it, and what roles show of its rows. */
  record RelationDropped(RelationId relation) implements CatalogChange {}
}
