package io.portcullis.bench;

import io.portcullis.privilege.catalog.CatalogChange;
import io.portcullis.privilege.model.Database;
import io.portcullis.privilege.model.Grant;
import io.portcullis.privilege.model.GrantLevel;
import io.portcullis.privilege.model.Relation;
import io.portcullis.privilege.model.Role;
import io.portcullis.privilege.model.RoleToRole;
import io.portcullis.privilege.model.RoleToUser;
import io.portcullis.privilege.model.User;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * Writes a {@link LargeCatalog} into the tables of a store, many rows a statement: the store itself
 * commits what one statement changes. Names in it need no quoting.
 */
final class LargeCatalogFill {

  private static final int ROWS = 5_000;

  private final Statement statement;
  private final String schema;
  private String table = "";
  private StringBuilder rows = new StringBuilder();
  private int count;

  private LargeCatalogFill(Statement statement, String schema) {
    this.statement = statement;
    this.schema = schema;
  }

  static void run(Connection connection, String schema, List<CatalogChange> changes)
      throws SQLException {
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      LargeCatalogFill fill = new LargeCatalogFill(statement, schema);
      for (CatalogChange change : changes) {
        fill.add(change);
      }
      fill.flush();
      statement.executeUpdate(
          "UPDATE "
              + schema
              + ".catalog_state SET epoch = epoch + 1, last_user_id = "
              + LargeCatalog.USERS
              + ", last_role_id = "
              + (LargeCatalog.ROLES + 2)
              + ", last_database_id = 100000, last_relation_id = 100000");
      connection.commit();
    }
  }

  private void add(CatalogChange change) throws SQLException {
    if (change instanceof CatalogChange.RolePut put) {
      Role role = put.role();
      row(
          "catalog_role (account_id, role_id, name, name_key, owner_role_id, created_millis)",
          role.id().value(),
          role.name(),
          role.name(),
          role.owner().value(),
          0);
    } else if (change instanceof CatalogChange.UserPut put) {
      User user = put.user();
      row(
          "catalog_user (account_id, user_id, name, name_key, host, caching_sha2, native_password,"
              + " default_role_id, owner_role_id, locked, created_millis)",
          user.id().value(),
          user.name(),
          user.name(),
          user.host(),
          user.verifiers().cachingSha2(),
          user.verifiers().nativePassword(),
          user.defaultRole().value(),
          user.owner().value(),
          0,
          0);
    } else if (change instanceof CatalogChange.RoleGrantedToUser granted) {
      RoleToUser edge = granted.edge();
      row(
          "catalog_role_to_user (account_id, role_id, user_id, grant_option)",
          edge.role().value(),
          edge.user().value(),
          0);
    } else if (change instanceof CatalogChange.RoleGrantedToRole granted) {
      RoleToRole edge = granted.edge();
      row(
          "catalog_role_to_role (account_id, granted_role_id, grantee_role_id, grant_option)",
          edge.granted().value(),
          edge.grantee().value(),
          0);
    } else if (change instanceof CatalogChange.DatabasePut put) {
      Database database = put.database();
      row(
          "catalog_database (account_id, database_id, name, owner_role_id)",
          database.id().value(),
          database.name(),
          database.owner().value());
    } else if (change instanceof CatalogChange.RelationPut put) {
      Relation relation = put.relation();
      row(
          "catalog_relation (account_id, relation_id, database_id, name, kind_code, owner_role_id)",
          relation.id().value(),
          relation.database().value(),
          relation.name(),
          1,
          relation.owner().value());
    } else if (change instanceof CatalogChange.PrivilegeGranted granted) {
      Grant grant = granted.grant();
      row(
          "catalog_grant (account_id, role_id, privilege_code, level_code, object_id, kind_code,"
              + " grant_option)",
          grant.grantee().value(),
          grant.privilege().code(),
          5,
          ((GrantLevel.OnRelation) grant.level()).relation().value(),
          1,
          0);
    } else {
      throw new AssertionError(change);
    }
  }

  private void row(String tableAndColumns, Object... values) throws SQLException {
    if (count == ROWS || !table.equals(tableAndColumns)) {
      flush();
      table = tableAndColumns;
    }
    rows.append(count++ == 0 ? "(0" : ",(0");
    for (Object value : values) {
      rows.append(value instanceof String ? ",'" + value + "'" : "," + value);
    }
    rows.append(')');
  }

  private void flush() throws SQLException {
    if (count > 0) {
      statement.executeUpdate("INSERT INTO " + schema + "." + table + " VALUES " + rows);
    }
    rows = new StringBuilder();
    count = 0;
  }
}
