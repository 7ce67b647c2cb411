package io.portcullis.privilege.store.jdbc;

import io.portcullis.privilege.model.AccountId;
import io.portcullis.privilege.model.Grant;
import io.portcullis.privilege.model.RelationId;
import io.portcullis.privilege.model.RoleId;
import io.portcullis.privilege.model.RoleToRole;
import io.portcullis.privilege.model.RoleToUser;
import io.portcullis.privilege.model.UserId;
import io.portcullis.privilege.store.Provenance;
import io.portcullis.privilege.store.Provenance.Granted;
import io.portcullis.privilege.store.StoreException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads who granted what and when, and who made which user and object. One use; one thread. */
final class ProvenanceRows {

  /** Of one kind: more than the text of a statement could hold. */
  private static final int MOST = 200_000;

  private final Connection connection;
  private final String schema;
  private final AccountId account;
  private final Optional<Set<RoleId>> roles;
  private final Provenance provenance = new Provenance();

  ProvenanceRows(
      Connection connection, String quotedSchema, AccountId account, Optional<Set<RoleId>> roles) {
    this.connection = connection;
    this.schema = quotedSchema;
    this.account = account;
    this.roles = roles;
  }

  private interface Reader {
    void read(ResultSet row) throws SQLException, StoreException;
  }

  Provenance read(boolean objects) throws SQLException, StoreException {
    each(
        "role_id, privilege_code, level_code, object_id, kind_code, grant_option, granted_by,"
            + " granted_millis FROM ",
        "catalog_grant",
        "role_id",
        row -> {
          Grant grant = JdbcCatalogStore.grant(row);
          provenance.put(grant, granted(row, 7, Optional.empty(), 8));
        });
    each(
        "role_id, privilege_code, relation_id, kind_code, column_name, grant_option, granted_by,"
            + " granted_millis FROM ",
        "catalog_column_grant",
        "role_id",
        row ->
            provenance.put(
                JdbcCatalogStore.columnGrant(row), granted(row, 7, Optional.empty(), 8)));
    each(
        "role_id, user_id, granted_by, granted_millis FROM ",
        "catalog_role_to_user",
        "role_id",
        row ->
            provenance.put(
                new RoleToUser(new RoleId(row.getInt(1)), new UserId(row.getInt(2)), false),
                granted(row, 3, Optional.empty(), 4)));
    each(
        "granted_role_id, grantee_role_id, granted_by, granted_with_role, granted_millis FROM ",
        "catalog_role_to_role",
        "grantee_role_id",
        row ->
            provenance.put(
                new RoleToRole(new RoleId(row.getInt(1)), new RoleId(row.getInt(2)), false),
                granted(row, 3, number(row, 4).map(RoleId::new), 5)));
    creators();
    if (objects) {
      makers();
    }
    return provenance;
  }

  private static Granted granted(ResultSet row, int by, Optional<RoleId> with, int at)
      throws SQLException {
    return new Granted(
        number(row, by).map(UserId::new), with, Instant.ofEpochMilli(row.getLong(at)));
  }

  private static Optional<Integer> number(ResultSet row, int column) throws SQLException {
    int value = row.getInt(column);
    return row.wasNull() ? Optional.empty() : Optional.of(value);
  }

  private void each(String columns, String table, String roleColumn, Reader reader)
      throws SQLException, StoreException {
    if (roles.isPresent() && roles.get().isEmpty()) {
      return;
    }
    String ofRoles =
        roles
            .map(
                some ->
                    " AND "
                        + roleColumn
                        + some.stream()
                            .map(role -> String.valueOf(role.value()))
                            .collect(Collectors.joining(", ", " IN (", ")")))
            .orElse("");
    query(
        "SELECT "
            + columns
            + schema
            + "."
            + table
            + " WHERE account_id = ? AND granted_millis IS NOT NULL"
            + ofRoles
            + " LIMIT "
            + MOST,
        reader);
  }

  private void creators() throws SQLException, StoreException {
    query(
        "SELECT user_id, creator_user_id FROM "
            + schema
            + ".catalog_user_creator WHERE account_id = ? LIMIT "
            + MOST,
        row -> provenance.putCreator(new UserId(row.getInt(1)), new UserId(row.getInt(2))));
  }

  private void makers() throws SQLException, StoreException {
    query(
        "SELECT relation_id, maker_user_id, made_millis FROM "
            + schema
            + ".catalog_relation_maker WHERE account_id = ? LIMIT "
            + MOST,
        row ->
            provenance.put(new RelationId(row.getLong(1)), granted(row, 2, Optional.empty(), 3)));
  }

  private void query(String sql, Reader reader) throws SQLException, StoreException {
    try (PreparedStatement query = connection.prepareStatement(sql)) {
      query.setFetchSize(Integer.MIN_VALUE);
      query.setInt(1, account.value());
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          reader.read(row);
        }
      }
    }
  }
}
