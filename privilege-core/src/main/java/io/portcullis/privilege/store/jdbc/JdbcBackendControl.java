package io.portcullis.privilege.store.jdbc;

import io.portcullis.privilege.store.AccountBackend;
import io.portcullis.privilege.store.BackendControl;
import io.portcullis.privilege.store.ProgramSource;
import io.portcullis.privilege.store.ServerFacts;
import io.portcullis.privilege.store.ServerFacts.Collation;
import io.portcullis.privilege.store.StoreException;
import io.portcullis.privilege.store.TableColumn;
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
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The control path over JDBC, with connections of its own. Metadata comes from information_schema
 * with names as parameters; the answers are compared again here, because the server's comparison
 * may ignore case and trailing blanks where its files do not. Any thread, blocking.
 */
public final class JdbcBackendControl implements BackendControl, AccountBackend {

  private static final Logger LOG = LoggerFactory.getLogger(JdbcBackendControl.class);

  /** Names and passwords that the gate has made: nothing else gets into a statement. */
  private static final Pattern PLAIN = Pattern.compile("[0-9A-Za-z_-]{1,64}");

  private static final Pattern PREFIX = Pattern.compile("[0-9a-z_-]{1,64}\\$");

  /** Of routines, triggers and events alike: they are looked for among all first. */
  private static final int NO_SUCH_PROGRAM = 1305;

  private final ControlPool pool;

  public JdbcBackendControl(JdbcSettings settings) throws StoreException {
    pool = new ControlPool(settings, "control");
  }

  @Override
  public ServerFacts probe() throws StoreException {
    try (Connection connection = pool.connection();
        Statement query = connection.createStatement()) {
      Map<Integer, Collation> collations = collations(connection, query);
      Map<String, List<String>> metadataColumns = metadataColumns(query);
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
            row.getString(6),
            metadataColumns);
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
  public List<TableColumn> columns(String database, String name) throws StoreException {
    try (Connection connection = pool.connection();
        PreparedStatement query =
            connection.prepareStatement(
                "SELECT TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME, EXTRA, @@lower_case_table_names,"
                    + " DATA_TYPE"
                    + " FROM information_schema.COLUMNS"
                    + " WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? ORDER BY ORDINAL_POSITION")) {
      query.setString(1, database);
      query.setString(2, name);
      List<TableColumn> columns = new ArrayList<>();
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          boolean fold = row.getInt(5) != 0;
          if (same(database, row.getString(1), fold) && same(name, row.getString(2), fold)) {
            String extra = row.getString(4);
            columns.add(
                new TableColumn(
                    row.getString(3),
                    extra != null && extra.contains("INVISIBLE"),
                    columnKind(row.getString(6), extra)));
          }
        }
      }
      return columns;
    } catch (SQLException e) {
      throw pool.failure("listing columns", e);
    }
  }

  private static TableColumn.Kind columnKind(@Nullable String type, @Nullable String extra) {
    if (type == null || (extra != null && extra.contains("GENERATED"))) {
      return TableColumn.Kind.OTHER;
    }
    return switch (type.toLowerCase(Locale.ROOT)) {
      case "tinyint", "smallint", "mediumint", "int", "bigint" -> TableColumn.Kind.INTEGER;
      case "char", "varchar", "tinytext", "text", "mediumtext", "longtext" ->
          TableColumn.Kind.STRING;
      default -> TableColumn.Kind.OTHER;
    };
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

  /** The server prints its text as it was given, other than in information_schema. */
  @Override
  public Optional<ProgramSource> program(RelationKind kind, String database, String name)
      throws StoreException {
    String definition =
        switch (kind) {
          case FUNCTION -> "Create Function";
          case PROCEDURE -> "Create Procedure";
          case TRIGGER -> "SQL Original Statement";
          case EVENT -> "Create Event";
          case TABLE, VIEW -> throw new IllegalArgumentException("kind: " + kind);
        };
    if (!contains(programs(kind, database), kind, name)) {
      return Optional.empty();
    }
    try (Connection connection = pool.connection();
        Statement query = connection.createStatement();
        ResultSet row =
            query.executeQuery(
                "SHOW CREATE " + kind + " " + quoted(database) + "." + quoted(name))) {
      if (!row.next()) {
        return Optional.empty();
      }
      String text = row.getString(definition);
      return Optional.of(new ProgramSource(text == null ? "" : text, row.getString("sql_mode")));
    } catch (SQLException e) {
      if (e.getErrorCode() == NO_SUCH_PROGRAM) {
        return Optional.empty(); // dropped meanwhile
      }
      throw pool.failure("reading the definition of a stored program", e);
    }
  }

  private static boolean contains(List<String> names, RelationKind kind, String wanted) {
    return names.stream()
        .anyMatch(
            name ->
                kind == RelationKind.TRIGGER ? name.equals(wanted) : name.equalsIgnoreCase(wanted));
  }

  @Override
  public List<String> programs(RelationKind kind, String database) throws StoreException {
    String query =
        switch (kind) {
          case FUNCTION, PROCEDURE ->
              "SELECT ROUTINE_SCHEMA, ROUTINE_NAME, @@lower_case_table_names FROM"
                  + " information_schema.ROUTINES WHERE ROUTINE_TYPE = '"
                  + kind
                  + "' AND ROUTINE_SCHEMA = ?";
          case TRIGGER ->
              "SELECT TRIGGER_SCHEMA, TRIGGER_NAME, @@lower_case_table_names FROM"
                  + " information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = ?";
          case EVENT ->
              "SELECT EVENT_SCHEMA, EVENT_NAME, @@lower_case_table_names FROM"
                  + " information_schema.EVENTS WHERE EVENT_SCHEMA = ?";
          case TABLE, VIEW -> throw new IllegalArgumentException("kind: " + kind);
        };
    try (Connection connection = pool.connection();
        PreparedStatement list = connection.prepareStatement(query)) {
      list.setString(1, database);
      List<String> names = new ArrayList<>();
      try (ResultSet row = list.executeQuery()) {
        while (row.next()) {
          if (same(database, row.getString(1), row.getInt(3) != 0)) {
            names.add(row.getString(2));
          }
        }
      }
      return names;
    } catch (SQLException e) {
      throw pool.failure("listing stored programs", e);
    }
  }

  private static String quoted(String name) {
    return "`" + name.replace("`", "``") + "`";
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
  public void ensureLogin(String login, String password, String schemaPrefix)
      throws StoreException {
    String user = "'" + plain(login) + "'@'%'";
    String secret = "'" + plain(password) + "'";
    if (!PREFIX.matcher(schemaPrefix).matches()) {
      throw new IllegalArgumentException("prefix: " + schemaPrefix);
    }
    // In the name of a database GRANT reads _ and % as wildcards.
    String schemas = "`" + schemaPrefix.replace("_", "\\_") + "%`.*";
    try (Connection connection = pool.connection();
        Statement statement = connection.createStatement()) {
      if (readsWildcardsAsNames(connection)) {
        throw new StoreException(
            "the backend runs with partial_revokes, under which a login cannot be given the schemas"
                + " of an account by their prefix: switch it off");
      }
      statement.execute("CREATE USER IF NOT EXISTS " + user + " IDENTIFIED BY " + secret);
      statement.execute("ALTER USER " + user + " IDENTIFIED BY " + secret);
      statement.execute("GRANT ALL PRIVILEGES ON " + schemas + " TO " + user);
    } catch (SQLException e) {
      throw pool.failure("making the backend login of an account", e);
    }
  }

  /** MySQL since 8.0.16; MariaDB has no such variable. */
  private static boolean readsWildcardsAsNames(Connection connection) throws SQLException {
    try (Statement query = connection.createStatement();
        ResultSet row = query.executeQuery("SHOW GLOBAL VARIABLES LIKE 'partial_revokes'")) {
      return row.next() && "ON".equalsIgnoreCase(row.getString(2));
    }
  }

  @Override
  public void dropLogin(String login) throws StoreException {
    String name = plain(login);
    try (Connection connection = pool.connection();
        Statement statement = connection.createStatement()) {
      statement.execute("DROP USER IF EXISTS '" + name + "'@'%'");
      List<Long> connections = new ArrayList<>();
      try (ResultSet row =
          statement.executeQuery(
              "SELECT ID FROM information_schema.PROCESSLIST WHERE USER = '" + name + "'")) {
        while (row.next()) {
          connections.add(row.getLong(1));
        }
      }
      connections.forEach(this::killConnection);
    } catch (SQLException e) {
      throw pool.failure("dropping the backend login of an account", e);
    }
  }

  @Override
  public List<String> existing(List<String> logins) throws StoreException {
    List<String> existing = new ArrayList<>();
    try (Connection connection = pool.connection();
        PreparedStatement query =
            connection.prepareStatement("SELECT User FROM mysql.user WHERE User = ?")) {
      for (String login : logins) {
        query.setString(1, login);
        try (ResultSet row = query.executeQuery()) {
          if (row.next()) {
            existing.add(login);
          }
        }
      }
      return existing;
    } catch (SQLException e) {
      throw pool.failure("looking for the backend logins of accounts", e);
    }
  }

  @Override
  public List<String> schemas(String prefix) throws StoreException {
    return databases().stream().filter(name -> name.startsWith(prefix)).toList();
  }

  @Override
  public void dropSchema(String name) throws StoreException {
    try (Connection connection = pool.connection();
        Statement statement = connection.createStatement()) {
      // Of a schema as a whole, so that tables of others that refer to it do not stand in the way.
      statement.execute("SET SESSION foreign_key_checks = 0");
      try {
        statement.execute("DROP DATABASE IF EXISTS `" + name.replace("`", "``") + "`");
      } finally {
        statement.execute("SET SESSION foreign_key_checks = 1");
      }
    } catch (SQLException e) {
      throw pool.failure("dropping a database of an account", e);
    }
  }

  @Override
  public Map<String, SchemaSize> sizes() throws StoreException {
    Map<String, SchemaSize> sizes = new HashMap<>();
    try (Connection connection = pool.connection();
        Statement query = connection.createStatement();
        ResultSet row =
            query.executeQuery(
                "SELECT TABLE_SCHEMA, COUNT(*), COALESCE(SUM(DATA_LENGTH + INDEX_LENGTH), 0)"
                    + " FROM information_schema.TABLES WHERE TABLE_TYPE IN ('BASE TABLE',"
                    + " 'SEQUENCE') GROUP BY TABLE_SCHEMA")) {
      while (row.next()) {
        sizes.put(row.getString(1), new SchemaSize(row.getLong(2), row.getLong(3)));
      }
      return sizes;
    } catch (SQLException e) {
      throw pool.failure("measuring the databases", e);
    }
  }

  private static String plain(String made) {
    if (!PLAIN.matcher(made).matches()) {
      throw new IllegalArgumentException("a name or password the gate has not made");
    }
    return made;
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

  private static Map<String, List<String>> metadataColumns(Statement query) throws SQLException {
    Map<String, List<String>> columns = new HashMap<>();
    try (ResultSet row =
        query.executeQuery(
            "SELECT TABLE_NAME, COLUMN_NAME FROM information_schema.COLUMNS WHERE TABLE_SCHEMA ="
                + " 'information_schema' ORDER BY TABLE_NAME, ORDINAL_POSITION")) {
      while (row.next()) {
        columns
            .computeIfAbsent(row.getString(1).toLowerCase(Locale.ROOT), name -> new ArrayList<>())
            .add(row.getString(2));
      }
    }
    return columns;
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
