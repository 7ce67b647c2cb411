package io.portcullis.privilege.store.jdbc;

import io.portcullis.privilege.store.BackendControl;
import io.portcullis.privilege.store.ServerFacts;
import io.portcullis.privilege.store.ServerFacts.Collation;
import io.portcullis.privilege.store.StoreException;
import io.portcullis.privilege.store.ViewSource;
import io.portcullis.sql.access.RelationKind;
import io.portcullis.sql.text.ServerVersion;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The control path over JDBC, with connections of its own. Metadata comes from information_schema
 * with names as parameters; the answers are compared again here, because the server's comparison
 * may ignore case and trailing blanks where its files do not. Any thread, blocking.
 */
public final class JdbcBackendControl implements BackendControl {

  private static final Logger LOG = LoggerFactory.getLogger(JdbcBackendControl.class);

  private final ControlPool pool;

  public JdbcBackendControl(JdbcSettings settings) throws StoreException {
    pool = new ControlPool(settings, "control");
  }

  @Override
  public ServerFacts probe() throws StoreException {
    try (Connection connection = pool.connection();
        Statement query = connection.createStatement()) {
      Map<Integer, Collation> collations = collations(connection, query);
      try (ResultSet row =
          query.executeQuery(
              "SELECT @@version, @@lower_case_table_names, @@global.sql_mode,"
                  + " @@global.max_allowed_packet, @@global.character_set_server,"
                  + " @@global.collation_server")) {
        if (!row.next()) {
          throw new StoreException("the backend says nothing about itself");
        }
        return new ServerFacts(
            ServerVersion.parse(row.getString(1)),
            row.getInt(2),
            collations,
            row.getString(3),
            row.getLong(4),
            row.getString(5),
            row.getString(6));
      }
    } catch (SQLException e) {
      throw pool.failure("asking the backend about itself", e);
    }
  }

  @Override
  public Optional<RelationKind> relation(String database, String name) throws StoreException {
    try (Connection connection = pool.connection();
        PreparedStatement query =
            connection.prepareStatement(
                "SELECT TABLE_SCHEMA, TABLE_NAME, TABLE_TYPE, @@lower_case_table_names"
                    + " FROM information_schema.TABLES"
                    + " WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?")) {
      query.setString(1, database);
      query.setString(2, name);
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          boolean fold = row.getInt(4) != 0;
          if (same(database, row.getString(1), fold) && same(name, row.getString(2), fold)) {
            return kind(row.getString(3));
          }
        }
        return Optional.empty();
      }
    } catch (SQLException e) {
      throw pool.failure("looking up a table", e);
    }
  }

  @Override
  public Map<String, RelationKind> relations(String database) throws StoreException {
    try (Connection connection = pool.connection();
        PreparedStatement query =
            connection.prepareStatement(
                "SELECT TABLE_SCHEMA, TABLE_NAME, TABLE_TYPE, @@lower_case_table_names"
                    + " FROM information_schema.TABLES WHERE TABLE_SCHEMA = ?")) {
      query.setString(1, database);
      Map<String, RelationKind> found = new HashMap<>();
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          if (same(database, row.getString(1), row.getInt(4) != 0)) {
            String name = row.getString(2);
            kind(row.getString(3)).ifPresent(kind -> found.put(name, kind));
          }
        }
      }
      return found;
    } catch (SQLException e) {
      throw pool.failure("listing tables", e);
    }
  }

  @Override
  public Optional<ViewSource> view(String database, String name) throws StoreException {
    try (Connection connection = pool.connection();
        PreparedStatement query =
            connection.prepareStatement(
                "SELECT TABLE_SCHEMA, TABLE_NAME, VIEW_DEFINITION, SECURITY_TYPE,"
                    + " @@lower_case_table_names FROM information_schema.VIEWS"
                    + " WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?")) {
      query.setString(1, database);
      query.setString(2, name);
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          boolean fold = row.getInt(5) != 0;
          if (same(database, row.getString(1), fold) && same(name, row.getString(2), fold)) {
            String definition = row.getString(3);
            return Optional.of(
                new ViewSource(
                    definition == null ? "" : definition, !"DEFINER".equals(row.getString(4))));
          }
        }
        return Optional.empty();
      }
    } catch (SQLException e) {
      throw pool.failure("reading the definition of a view", e);
    }
  }

  @Override
  public boolean databaseExists(String name) throws StoreException {
    try (Connection connection = pool.connection();
        PreparedStatement query =
            connection.prepareStatement(
                "SELECT SCHEMA_NAME, @@lower_case_table_names FROM information_schema.SCHEMATA"
                    + " WHERE SCHEMA_NAME = ?")) {
      query.setString(1, name);
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          if (same(name, row.getString(1), row.getInt(2) != 0)) {
            return true;
          }
        }
        return false;
      }
    } catch (SQLException e) {
      throw pool.failure("looking up a database", e);
    }
  }

  @Override
  public List<String> databases() throws StoreException {
    try (Connection connection = pool.connection();
        Statement query = connection.createStatement();
        ResultSet row =
            query.executeQuery(
                "SELECT SCHEMA_NAME FROM information_schema.SCHEMATA ORDER BY SCHEMA_NAME")) {
      List<String> names = new ArrayList<>();
      while (row.next()) {
        names.add(row.getString(1));
      }
      return names;
    } catch (SQLException e) {
      throw pool.failure("listing databases", e);
    }
  }

  @Override
  public boolean killQuery(long backendThreadId) {
    return kill("KILL QUERY " + backendThreadId, backendThreadId);
  }

  @Override
  public boolean killConnection(long backendThreadId) {
    return kill("KILL CONNECTION " + backendThreadId, backendThreadId);
  }

  @Override
  public void close() {
    pool.close();
  }

  private boolean kill(String statement, long backendThreadId) {
    try (Connection connection = pool.connection();
        Statement kill = connection.createStatement()) {
      kill.execute(statement);
      return true;
    } catch (SQLException e) {
      LOG.atDebug()
          .addKeyValue("backend", backendThreadId)
          .addKeyValue("errno", e.getErrorCode())
          .addKeyValue("cause", e.getMessage())
          .log("backend connection not killed");
      return false;
    }
  }

  private static Map<Integer, Collation> collations(Connection connection, Statement query)
      throws SQLException {
    Map<Integer, Collation> found = new HashMap<>();
    try (ResultSet row =
        query.executeQuery(
            "SELECT ID, COLLATION_NAME, CHARACTER_SET_NAME FROM information_schema.COLLATIONS"
                + " WHERE ID IS NOT NULL AND CHARACTER_SET_NAME IS NOT NULL")) {
      putCollations(found, row);
    }
    if (knowsFullCollationNames(connection)) {
      // MariaDB's UCA 14 collations have an id per character set, and are listed only here.
      try (ResultSet row =
          query.executeQuery(
              "SELECT ID, FULL_COLLATION_NAME, CHARACTER_SET_NAME"
                  + " FROM information_schema.COLLATION_CHARACTER_SET_APPLICABILITY"
                  + " WHERE ID IS NOT NULL")) {
        putCollations(found, row);
      }
    }
    return found;
  }

  private static void putCollations(Map<Integer, Collation> found, ResultSet row)
      throws SQLException {
    while (row.next()) {
      found.put(row.getInt(1), new Collation(row.getString(2), row.getString(3)));
    }
  }

  private static boolean knowsFullCollationNames(Connection connection) throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement(
            "SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA ="
                + " 'information_schema' AND TABLE_NAME = ? AND COLUMN_NAME = ?")) {
      query.setString(1, "COLLATION_CHARACTER_SET_APPLICABILITY");
      query.setString(2, "FULL_COLLATION_NAME");
      try (ResultSet row = query.executeQuery()) {
        return row.next();
      }
    }
  }

  private static boolean same(String wanted, String found, boolean fold) {
    return fold ? wanted.equalsIgnoreCase(found) : wanted.equals(found);
  }

  /** Temporary tables, which newer servers list too, are the control connection's own: none. */
  private static Optional<RelationKind> kind(String tableType) {
    return switch (tableType) {
      case "VIEW", "SYSTEM VIEW" -> Optional.of(RelationKind.VIEW);
      case "TEMPORARY", "TEMPORARY SEQUENCE" -> Optional.empty();
      default -> Optional.of(RelationKind.TABLE);
    };
  }
}
