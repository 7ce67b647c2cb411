package io.portcullis.it.fuzz;

import io.portcullis.it.harness.Endpoint;
import io.portcullis.it.harness.Sql;
import io.portcullis.privilege.catalog.CatalogChange;
import io.portcullis.privilege.catalog.CatalogState;
import io.portcullis.privilege.model.AccountId;
import io.portcullis.privilege.model.Database;
import io.portcullis.privilege.model.DatabaseId;
import io.portcullis.privilege.model.Grant;
import io.portcullis.privilege.model.GrantLevel;
import io.portcullis.privilege.model.PrivilegeScope;
import io.portcullis.privilege.model.PrivilegeType;
import io.portcullis.privilege.model.Relation;
import io.portcullis.privilege.model.Role;
import io.portcullis.privilege.model.RoleId;
import io.portcullis.privilege.model.RoleToUser;
import io.portcullis.privilege.model.User;
import io.portcullis.privilege.model.Verifiers;
import io.portcullis.sql.access.RelationKind;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The same few grants twice: to a login of the server, which enforces them, and to a role of the
 * model. Nothing is granted on {@code secret}, nor on anything in the other database.
 */
final class FuzzGrants {

  static final String DATABASE = "fuzz_db";
  static final String OTHER = "fuzz_other";

  /** Where the login may do all that the model has a name for. */
  static final String OWN = "fuzz_own";

  private static final String LOGIN = "fuzz_login";
  private static final String PASSWORD = "Fuzz-login-1";

  /** A login that holds single columns and routines; see {@link #makeOfColumns}. */
  static final String OF_COLUMNS = "fuzz_columns";

  /** What that login holds, in words that mean the same to both: {@code %s} is the grantee. */
  private static final List<String> GRANTS_OF_COLUMNS =
      List.of(
          "SELECT (a, b), INSERT (a, b), UPDATE (b) ON %s fuzz_db.t1",
          "DELETE ON %s fuzz_db.t1",
          "SELECT (a) ON %s fuzz_db.t2",
          "INSERT (a, c), UPDATE (b, c) ON %s fuzz_db.t3",
          "SELECT (b, c), UPDATE (a) ON %s fuzz_db.p1",
          "SELECT (a, c) ON %s fuzz_db.h1",
          "DELETE ON %s fuzz_db.h1",
          "SELECT, INSERT, UPDATE, DELETE ON %s fuzz_db.t4");

  private static final List<String> GRANTS_ON_VIEWS =
      List.of(
          "SELECT (a), UPDATE (b) ON %s fuzz_db.v1",
          "SELECT ON %s fuzz_db.v2", "SELECT ON %s fuzz_db.v3");

  private static final List<String> GRANTS_ON_ROUTINES =
      List.of(
          "EXECUTE ON FUNCTION fuzz_db.f1",
          "EXECUTE ON FUNCTION fuzz_db.f3",
          "EXECUTE ON PROCEDURE fuzz_db.p1",
          "EXECUTE ON PROCEDURE fuzz_db.p3");

  private static final List<String> GRANTS_ON_OWN =
      List.of(
          "SELECT, INSERT, UPDATE, DELETE ON %s fuzz_own.*",
          "CREATE TABLE, DROP TABLE, ALTER TABLE, CREATE VIEW, DROP VIEW, SHOW TABLES ON DATABASE"
              + " fuzz_own");

  private static final String COLUMNS =
      "(a INT NOT NULL, b VARCHAR(40), c INT, PRIMARY KEY (a), KEY kb (b))";

  /** Table, and what may be done with its rows. */
  private static final Map<String, List<PrivilegeType>> TABLES = tables();

  private FuzzGrants() {}

  private static Map<String, List<PrivilegeType>> tables() {
    Map<String, List<PrivilegeType>> tables = new LinkedHashMap<>();
    tables.put(
        "t1",
        List.of(
            PrivilegeType.SELECT,
            PrivilegeType.INSERT,
            PrivilegeType.UPDATE,
            PrivilegeType.DELETE));
    tables.put("t2", List.of(PrivilegeType.SELECT));
    tables.put("t3", List.of(PrivilegeType.INSERT, PrivilegeType.UPDATE, PrivilegeType.DELETE));
    tables.put("t4", List.of(PrivilegeType.INSERT));
    tables.put("p1", List.of(PrivilegeType.SELECT, PrivilegeType.UPDATE));
    tables.put("h1", List.of(PrivilegeType.SELECT, PrivilegeType.DELETE));
    tables.put("secret", List.of());
    return tables;
  }

  static Endpoint login(Endpoint administrator) {
    return administrator.as(LOGIN, PASSWORD);
  }

  /** Makes databases, tables and login on the server. */
  static void make(Connection administrator, boolean mariaDb) throws SQLException {
    clear(administrator);
    List<String> sql = new ArrayList<>();
    for (String database : List.of(DATABASE, OTHER, OWN)) {
      sql.add("CREATE DATABASE " + database);
    }
    for (String table : TABLES.keySet()) {
      String options =
          table.equals("p1")
              ? " PARTITION BY RANGE (a) (PARTITION p0 VALUES LESS THAN (2), PARTITION p1 VALUES LESS THAN"
                  + " MAXVALUE)"
              : table.equals("h1") && mariaDb ? " WITH SYSTEM VERSIONING" : "";
      sql.add("CREATE TABLE fuzz_db." + table + COLUMNS + options);
    }
    sql.add("CREATE TABLE fuzz_other.secret " + COLUMNS);
    sql.add("CREATE TABLE fuzz_other.t1 " + COLUMNS);
    sql.add("CREATE USER " + LOGIN + " IDENTIFIED BY '" + PASSWORD + "'");
    TABLES.forEach(
        (table, privileges) -> {
          if (!privileges.isEmpty()) {
            List<String> names = privileges.stream().map(PrivilegeType::sqlName).toList();
            sql.add("GRANT " + String.join(", ", names) + " ON fuzz_db." + table + " TO " + LOGIN);
          }
        });
    sql.add(
        "GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, ALTER, INDEX, REFERENCES, CREATE VIEW,"
            + " SHOW VIEW, CREATE TEMPORARY TABLES, CREATE ROUTINE, ALTER ROUTINE, EXECUTE, TRIGGER,"
            + " EVENT ON fuzz_own.* TO "
            + LOGIN);
    for (String database : List.of(DATABASE, OTHER, OWN)) {
      // So that the server asks for what it asks of each table besides.
      sql.add("GRANT LOCK TABLES ON " + database + ".* TO " + LOGIN);
    }
    Sql.run(administrator, sql.toArray(new String[0]));
    fill(administrator);
  }

  /** A login on the server that holds columns, and views and routines to try them on. */
  static void makeOfColumns(Connection administrator) throws SQLException {
    List<String> sql = new ArrayList<>();
    sql.add("CREATE VIEW fuzz_db.v1 AS SELECT a, b, c FROM fuzz_db.t1");
    sql.add("CREATE SQL SECURITY INVOKER VIEW fuzz_db.v2 AS SELECT a, b FROM fuzz_db.t1");
    sql.add("CREATE SQL SECURITY INVOKER VIEW fuzz_db.v3 AS SELECT a, c FROM fuzz_db.t1");
    String returns = "(x INT) RETURNS INT READS SQL DATA ";
    String read = "RETURN x + (SELECT COUNT(%s) FROM fuzz_db.%s)";
    sql.add("CREATE FUNCTION fuzz_db.f1" + returns + String.format(read, "*", "secret"));
    sql.add("CREATE FUNCTION fuzz_db.f2" + returns + String.format(read, "*", "t4"));
    sql.add(
        "CREATE FUNCTION fuzz_db.f3"
            + returns
            + "SQL SECURITY INVOKER "
            + String.format(read, "c", "t1"));
    sql.add("CREATE PROCEDURE fuzz_db.p1 (x INT) SELECT x, COUNT(*) FROM fuzz_db.secret");
    sql.add("CREATE PROCEDURE fuzz_db.p2 (x INT) SELECT x");
    sql.add("CREATE PROCEDURE fuzz_db.p3 (x INT) SQL SECURITY INVOKER SELECT b FROM fuzz_db.t2");
    sql.add("DROP USER IF EXISTS " + OF_COLUMNS);
    sql.add("CREATE USER " + OF_COLUMNS + " IDENTIFIED BY '" + PASSWORD + "'");
    for (List<String> grants : List.of(GRANTS_OF_COLUMNS, GRANTS_ON_VIEWS, GRANTS_ON_ROUTINES)) {
      for (String grant : grants) {
        sql.add("GRANT " + String.format(grant, "") + " TO " + OF_COLUMNS);
      }
    }
    sql.add(
        "GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, ALTER, INDEX, CREATE VIEW, SHOW VIEW ON"
            + " fuzz_own.* TO "
            + OF_COLUMNS);
    for (String database : List.of(DATABASE, OTHER, OWN)) {
      sql.add("GRANT LOCK TABLES, CREATE TEMPORARY TABLES ON " + database + ".* TO " + OF_COLUMNS);
    }
    Sql.run(administrator, sql.toArray(new String[0]));
  }

  /** The same at the gate, whose user has that login on the server. */
  static List<String> atTheGate() {
    List<String> sql = new ArrayList<>();
    sql.add("CREATE ROLE fuzz_role");
    sql.add("CREATE USER fuzz_user IDENTIFIED BY '" + PASSWORD + "' DEFAULT ROLE fuzz_role");
    sql.add(
        "ALTER USER fuzz_user MAP TO BACKEND main LOGIN '"
            + OF_COLUMNS
            + "' IDENTIFIED BY '"
            + PASSWORD
            + "'");
    sql.add("GRANT CONNECT ON ACCOUNT * TO fuzz_role");
    GRANTS_OF_COLUMNS.forEach(
        grant -> sql.add("GRANT " + String.format(grant, "TABLE") + " TO fuzz_role"));
    GRANTS_ON_VIEWS.forEach(
        grant -> sql.add("GRANT " + String.format(grant, "VIEW") + " TO fuzz_role"));
    GRANTS_ON_ROUTINES.forEach(grant -> sql.add("GRANT " + grant + " TO fuzz_role"));
    sql.addAll(ofOwnAtTheGate());
    return sql;
  }

  /** What goes when the database is dropped. */
  static List<String> ofOwnAtTheGate() {
    List<String> sql = new ArrayList<>();
    GRANTS_ON_OWN.forEach(
        grant -> sql.add("GRANT " + String.format(grant, "TABLE") + " TO fuzz_role"));
    return sql;
  }

  static Endpoint userAtTheGate(Endpoint administrator) {
    return administrator.as("fuzz_user", PASSWORD);
  }

  /** Puts the rows back that there were in the beginning, and drops what was made meanwhile. */
  static void fill(Connection administrator) throws SQLException {
    List<String> sql = new ArrayList<>();
    List<String> tables = new ArrayList<>();
    TABLES.keySet().forEach(table -> tables.add("fuzz_db." + table));
    tables.add("fuzz_other.secret");
    tables.add("fuzz_other.t1");
    for (String table : tables) {
      sql.add("DELETE FROM " + table);
      sql.add("INSERT INTO " + table + " VALUES (1, 'x', 1), (2, 'y', 2), (3, NULL, NULL)");
    }
    sql.add("DROP DATABASE " + OWN);
    sql.add("CREATE DATABASE " + OWN);
    sql.add("CREATE TABLE fuzz_own.x1 " + COLUMNS);
    sql.add("CREATE TABLE fuzz_own.x2 " + COLUMNS);
    Sql.run(administrator, sql.toArray(new String[0]));
  }

  static void clear(Connection administrator) throws SQLException {
    Sql.run(
        administrator,
        "SET foreign_key_checks = 0", // tables of one may point at those of another
        "DROP DATABASE IF EXISTS " + DATABASE,
        "DROP DATABASE IF EXISTS " + OTHER,
        "DROP DATABASE IF EXISTS " + OWN,
        "SET foreign_key_checks = 1",
        "DROP USER IF EXISTS " + LOGIN,
        "DROP USER IF EXISTS " + OF_COLUMNS);
  }

  // ---- the model's side

  static User user(CatalogState state) {
    return state.user(AccountId.SYS, LOGIN).orElseThrow();
  }

  static RoleId role(CatalogState state) {
    return state.role(AccountId.SYS, "fuzz_role").orElseThrow().id();
  }

  static CatalogState catalog() {
    CatalogState state = CatalogState.bootstrap();
    state =
        state.apply(
            new CatalogChange.RolePut(
                new Role(
                    state.nextRoleId(),
                    AccountId.SYS,
                    "fuzz_role",
                    Optional.empty(),
                    RoleId.MOADMIN,
                    Optional.empty(),
                    Instant.EPOCH)));
    RoleId role = role(state);
    for (String administratorOrFuzz : List.of("root", LOGIN)) {
      state =
          state.apply(
              new CatalogChange.UserPut(
                  new User(
                      state.nextUserId(),
                      AccountId.SYS,
                      administratorOrFuzz,
                      "localhost",
                      new Verifiers("", ""),
                      RoleId.PUBLIC,
                      RoleId.MOADMIN,
                      false,
                      Optional.empty(),
                      Instant.EPOCH)));
      RoleId granted = administratorOrFuzz.equals(LOGIN) ? role : RoleId.MOADMIN;
      state =
          state.apply(
              new CatalogChange.RoleGrantedToUser(
                  new RoleToUser(
                      granted,
                      state.user(AccountId.SYS, administratorOrFuzz).orElseThrow().id(),
                      false)));
    }
    for (String database : List.of(DATABASE, OTHER, OWN)) {
      state =
          state.apply(
              new CatalogChange.DatabasePut(
                  new Database(state.nextDatabaseId(), AccountId.SYS, database, RoleId.MOADMIN)));
    }
    state = grant(state, PrivilegeType.CONNECT, new GrantLevel.OnAccount());
    DatabaseId home = state.database(AccountId.SYS, DATABASE).orElseThrow().id();
    for (Map.Entry<String, List<PrivilegeType>> table : TABLES.entrySet()) {
      Relation relation =
          new Relation(
              state.nextRelationId(), home, table.getKey(), RelationKind.TABLE, RoleId.MOADMIN);
      state = state.apply(new CatalogChange.RelationPut(relation));
      for (PrivilegeType privilege : table.getValue()) {
        state =
            grant(state, privilege, new GrantLevel.OnRelation(relation.id(), RelationKind.TABLE));
      }
    }
    DatabaseId own = state.database(AccountId.SYS, OWN).orElseThrow().id();
    for (PrivilegeType privilege : PrivilegeType.values()) {
      if (privilege.scope() == PrivilegeScope.DATABASE) {
        state = grant(state, privilege, new GrantLevel.OnDatabase(own));
      } else if (privilege.scope() == PrivilegeScope.RELATION) {
        for (RelationKind kind : RelationKind.values()) {
          state = grant(state, privilege, new GrantLevel.OnRelationsOf(own, kind));
        }
      }
    }
    return state;
  }

  private static CatalogState grant(CatalogState state, PrivilegeType type, GrantLevel level) {
    return state.apply(
        new CatalogChange.PrivilegeGranted(new Grant(role(state), type, level, false)));
  }
}
