package io.portcullis.privilege.store.jdbc;

import io.portcullis.privilege.store.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Brings the catalog's schema to the version this program knows: numbered scripts, each applied
 * once and recorded. A schema that is newer than we know is refused: we could misread it. Two gates
 * that start together take turns by a lock of the server.
 */
final class Migrations {

  /** In order; the position is the version. Never changed once released, only added to. */
  private static final List<String> SCRIPTS =
      List.of(
          "0001-catalog.sql",
          "0002-user-profiles.sql",
          "0003-accounts.sql",
          "0004-variables-and-passwords.sql",
          "0005-column-grants.sql",
          "0006-programs.sql",
          "0007-backends.sql",
          "0008-provenance.sql",
          "0009-row-policies.sql",
          "0010-login-hosts.sql",
          "0011-makers.sql");

  private static final int LOCK_SECONDS = 60;

  private static final int DUPLICATE_COLUMN = 1060;

  private final String schema;
  private final String quoted;
  private final String password;

  /**
   * @param password of the gate's login, from which a name is made that no user can guess: who
   *     holds its lock keeps every gate from starting
   */
  Migrations(String schema, String password) {
    this.schema = schema;
    this.quoted = "`" + schema + "`";
    this.password = password;
  }

  static int newest() {
    return SCRIPTS.size();
  }

  void run(Connection connection) throws SQLException, StoreException {
    String lock = lockName();
    lock(connection, lock);
    try {
      migrate(connection);
    } finally {
      try (PreparedStatement release = connection.prepareStatement("SELECT RELEASE_LOCK(?)")) {
        release.setString(1, lock);
        release.executeQuery().close();
      }
    }
  }

  private String lockName() {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      // With a byte behind it, since no password makes no key.
      mac.init(new SecretKeySpec((password + '\0').getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      byte[] name = mac.doFinal(("migration of " + schema).getBytes(StandardCharsets.UTF_8));
      return "portcullis:" + HexFormat.of().formatHex(name, 0, 20);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e); // every Java has it
    }
  }

  private void migrate(Connection connection) throws SQLException, StoreException {
    if (!exists(connection)) {
      execute(
          connection,
          "CREATE DATABASE IF NOT EXISTS " + quoted + " CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
    }
    execute(
        connection,
        "CREATE TABLE IF NOT EXISTS "
            + quoted
            + ".schema_version (version INT NOT NULL PRIMARY KEY, script VARCHAR(255) NOT NULL,"
            + " applied_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP) ENGINE=InnoDB DEFAULT"
            + " CHARSET=utf8mb4 COLLATE=utf8mb4_bin");
    int applied = applied(connection);
    if (applied > newest()) {
      throw new StoreException(
          "catalog schema "
              + schema
              + " has version "
              + applied
              + ", this Portcullis knows versions up to "
              + newest()
              + ": start the newer Portcullis, or point this one to another schema");
    }
    for (int version = applied + 1; version <= newest(); version++) {
      apply(connection, version);
    }
  }

  private void apply(Connection connection, int version) throws SQLException, StoreException {
    String script = SCRIPTS.get(version - 1);
    for (String statement : statements(read(script))) {
      try {
        execute(connection, statement.replace("${schema}", quoted));
      } catch (SQLException e) {
        if (e.getErrorCode() != DUPLICATE_COLUMN || !statement.startsWith("ALTER TABLE")) {
          throw e;
        }
        // Added by a migration that did not get to its end; its columns come in one statement.
      }
    }
    try (PreparedStatement record =
        connection.prepareStatement(
            "INSERT INTO " + quoted + ".schema_version (version, script) VALUES (?, ?)")) {
      record.setInt(1, version);
      record.setString(2, script);
      record.executeUpdate();
    }
  }

  /** Statements end with a semicolon at the end of a line; comments are whole lines. */
  static List<String> statements(String script) {
    List<String> statements = new ArrayList<>();
    StringBuilder statement = new StringBuilder();
    for (String line : script.split("\n", -1)) {
      String text = line.stripTrailing();
      if (text.isEmpty() || text.startsWith("--")) {
        continue;
      }
      boolean last = text.endsWith(";");
      statement.append(last ? text.substring(0, text.length() - 1) : text).append('\n');
      if (last) {
        statements.add(statement.toString().strip());
        statement.setLength(0);
      }
    }
    if (!statement.isEmpty()) {
      throw new IllegalStateException("script ends inside a statement: " + statement);
    }
    return statements;
  }

  private static String read(String script) throws StoreException {
    try (InputStream in = Migrations.class.getResourceAsStream(script)) {
      if (in == null) {
        throw new StoreException("migration script is missing from this build: " + script);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new StoreException("migration script cannot be read: " + script, e);
    }
  }

  private static void lock(Connection connection, String name) throws SQLException, StoreException {
    try (PreparedStatement take = connection.prepareStatement("SELECT GET_LOCK(?, ?)")) {
      take.setString(1, name);
      take.setInt(2, LOCK_SECONDS);
      try (ResultSet row = take.executeQuery()) {
        if (!row.next() || row.getInt(1) != 1) {
          throw new StoreException(
              "lock "
                  + name
                  + " is held by somebody else for "
                  + LOCK_SECONDS
                  + " s: is another"
                  + " Portcullis migrating the catalog?");
        }
      }
    }
  }

  /** Asked first, so that a login without the right to create databases can use a made one. */
  private boolean exists(Connection connection) throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement(
            "SELECT 1 FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = ?")) {
      query.setString(1, schema);
      try (ResultSet row = query.executeQuery()) {
        return row.next();
      }
    }
  }

  private int applied(Connection connection) throws SQLException {
    try (Statement query = connection.createStatement();
        ResultSet row =
            query.executeQuery(
                "SELECT COALESCE(MAX(version), 0) FROM " + quoted + ".schema_version")) {
      row.next();
      return row.getInt(1);
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
