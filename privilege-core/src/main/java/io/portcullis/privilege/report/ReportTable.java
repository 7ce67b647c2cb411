package io.portcullis.privilege.report;

import static io.portcullis.privilege.report.ReportColumn.column;
import static io.portcullis.privilege.report.ReportColumn.varchar;

import io.portcullis.privilege.report.ReportColumn.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The tables whose rows the gate makes itself: those of {@code mo_catalog} with the columns of PM
 * 8.1 and of the account operations 6.1 and 6.4, and the views of information_schema about users,
 * roles and privileges with the columns of MySQL 8 (<a
 * href="https://dev.mysql.com/doc/refman/8.4/en/information-schema.html">INFORMATION_SCHEMA</a>).
 */
public enum ReportTable {
  MO_ACCOUNT(
      About.ACCOUNTS,
      column("account_id", Type.INT),
      varchar("account_name", 300),
      varchar("admin_name", 300),
      varchar("status", 300),
      column("created_time", Type.TIME),
      varchar("comments", 256),
      column("version", Type.UNSIGNED),
      column("suspended_time", Type.TIME),
      varchar("create_version", 50),
      varchar("backend", 64)),
  MO_USER_MAPPING(
      About.ACCOUNTS,
      column("user_id", Type.INT),
      varchar("user_name", 300),
      varchar("account_name", 300),
      varchar("backend", 64),
      varchar("login_name", 128)),
  MO_USER(
      About.USERS,
      column("user_id", Type.INT),
      varchar("user_host", 100),
      varchar("user_name", 300),
      varchar("authentication_string", 100),
      varchar("status", 8),
      column("created_time", Type.TIME),
      column("expired_time", Type.TIME),
      column("password_last_changed", Type.TIME),
      column("password_history", Type.TEXT),
      column("login_attempts", Type.INT),
      column("lock_time", Type.TIME),
      varchar("login_type", 16),
      column("creator", Type.INT),
      column("owner", Type.INT),
      column("default_role", Type.INT),
      column("attribute", Type.JSON),
      column("last_login", Type.TIME),
      varchar("last_host", 100),
      varchar("lock_reason", 256),
      column("lock_expires_at", Type.TIME),
      column("is_locked", Type.BOOL),
      column("password_expires_at", Type.TIME),
      column("failed_attempts_limit", Type.INT),
      column("password_lock_days", Type.INT),
      column("password_lifetime", Type.INT),
      column("history_limit", Type.INT),
      column("reuse_interval", Type.INT)),
  MO_ROLE(
      About.ROLES,
      column("role_id", Type.INT),
      varchar("role_name", 300),
      column("creator", Type.INT),
      column("owner", Type.INT),
      column("created_time", Type.TIME),
      column("comments", Type.TEXT)),
  MO_USER_GRANT(
      About.ROLES,
      column("role_id", Type.INT),
      column("user_id", Type.INT),
      column("granted_time", Type.TIME),
      column("with_grant_option", Type.BOOL)),
  MO_ROLE_GRANT(
      About.ROLES,
      column("granted_id", Type.INT),
      column("grantee_id", Type.INT),
      column("operation_role_id", Type.INT),
      column("operation_user_id", Type.INT),
      column("granted_time", Type.TIME),
      column("with_grant_option", Type.BOOL)),
  MO_ROLE_PRIVS(
      About.ROLES,
      column("role_id", Type.INT),
      varchar("role_name", 300),
      varchar("obj_type", 16),
      column("obj_id", Type.UNSIGNED),
      column("privilege_id", Type.INT),
      varchar("privilege_name", 100),
      varchar("privilege_level", 100),
      column("operation_user_id", Type.UNSIGNED),
      column("granted_time", Type.TIME),
      column("with_grant_option", Type.BOOL),
      varchar("column_name", 300)),
  MO_EFFECTIVE_PRIVS(
      About.ROLES,
      varchar("user_name", 300),
      varchar("role_name", 300),
      varchar("via_role", 300),
      varchar("obj_type", 16),
      varchar("database_name", 300),
      varchar("object_name", 300),
      varchar("privilege_name", 100),
      column("with_grant_option", Type.BOOL),
      column("is_default_role", Type.BOOL),
      varchar("column_name", 300)),
  MO_ROLE_RULE(
      About.ROLES,
      column("role_id", Type.INT),
      varchar("rule_name", 600),
      column("rule", Type.TEXT)),
  MO_ROLE_RESTRICTION(
      About.ROLES,
      column("role_id", Type.INT),
      varchar("role_name", 300),
      varchar("database_name", 300),
      varchar("table_name", 300),
      varchar("hierarchy", 300),
      varchar("column_name", 300),
      column("allowed_values", Type.TEXT)),
  MO_MYSQL_COMPATIBILITY_MODE(About.OBJECTS, Columns.VARIABLE),
  MO_VARIABLES(About.OBJECTS, Columns.VARIABLE),
  MO_USER_DEFINED_FUNCTION(
      About.OBJECTS,
      column("function_id", Type.UNSIGNED),
      varchar("name", 300),
      column("owner", Type.INT),
      varchar("language", 64),
      varchar("db", 300),
      varchar("definer", 300)),
  MO_STORED_PROCEDURE(
      About.OBJECTS,
      column("proc_id", Type.UNSIGNED),
      varchar("name", 300),
      column("owner", Type.INT),
      varchar("lang", 64),
      varchar("db", 300),
      varchar("definer", 300)),
  MO_DATABASE(
      About.OBJECTS,
      column("dat_id", Type.UNSIGNED),
      varchar("datname", 300),
      column("owner", Type.INT),
      column("account_id", Type.INT),
      column("dat_createsql", Type.TEXT)),
  MO_TABLES(
      About.OBJECTS,
      column("rel_id", Type.UNSIGNED),
      varchar("relname", 300),
      varchar("reldatabase", 300),
      column("reldatabase_id", Type.UNSIGNED),
      column("rel_logical_id", Type.UNSIGNED),
      varchar("relkind", 16),
      column("owner", Type.INT),
      column("account_id", Type.INT),
      column("viewdef", Type.TEXT),
      column("creator", Type.INT),
      column("created_time", Type.TIME)),
  MO_COLUMNS(
      About.OBJECTS,
      varchar("att_uniq_name", 700),
      column("account_id", Type.INT),
      column("att_database_id", Type.UNSIGNED),
      varchar("att_database", 300),
      column("att_relname_id", Type.UNSIGNED),
      varchar("att_relname", 300),
      varchar("attname", 300),
      column("atttyp", Type.TEXT),
      column("attnum", Type.INT),
      column("att_length", Type.BIGINT),
      column("attnotnull", Type.BOOL),
      column("atthasdef", Type.BOOL),
      column("att_default", Type.TEXT),
      column("attisdropped", Type.BOOL),
      varchar("att_constraint_type", 1),
      column("att_is_unsigned", Type.BOOL),
      column("att_is_auto_increment", Type.BOOL),
      column("att_comment", Type.TEXT),
      column("att_is_hidden", Type.BOOL)),
  MO_SESSIONS(
      About.SESSIONS,
      varchar("node_id", 36),
      column("conn_id", Type.BIGINT),
      varchar("session_id", 36),
      varchar("account", 300),
      varchar("user", 300),
      varchar("host", 300),
      varchar("db", 300),
      column("session_start", Type.TIME),
      varchar("command", 64),
      column("info", Type.TEXT),
      varchar("txn_id", 36),
      varchar("statement_id", 36),
      varchar("statement_type", 64),
      varchar("query_type", 16),
      varchar("sql_source_type", 32),
      column("query_start", Type.TIME),
      varchar("client_host", 300),
      varchar("role", 300),
      varchar("proxy_host", 300),
      column("seconds", Type.BIGINT),
      varchar("state", 64)),
  APPLICABLE_ROLES(About.SELF, Columns.ROLE_EDGE),
  ADMINISTRABLE_ROLE_AUTHORIZATIONS(About.SELF, Columns.ROLE_EDGE),
  ENABLED_ROLES(
      About.SELF,
      varchar("ROLE_NAME", 300),
      varchar("ROLE_HOST", 255),
      varchar("IS_DEFAULT", 3),
      varchar("IS_MANDATORY", 3)),
  USER_PRIVILEGES(
      About.PRIVILEGES,
      varchar("GRANTEE", 400),
      varchar("TABLE_CATALOG", 512),
      varchar("PRIVILEGE_TYPE", 64),
      varchar("IS_GRANTABLE", 3)),
  SCHEMA_PRIVILEGES(
      About.PRIVILEGES,
      varchar("GRANTEE", 400),
      varchar("TABLE_CATALOG", 512),
      varchar("TABLE_SCHEMA", 300),
      varchar("PRIVILEGE_TYPE", 64),
      varchar("IS_GRANTABLE", 3)),
  TABLE_PRIVILEGES(
      About.PRIVILEGES,
      varchar("GRANTEE", 400),
      varchar("TABLE_CATALOG", 512),
      varchar("TABLE_SCHEMA", 300),
      varchar("TABLE_NAME", 300),
      varchar("PRIVILEGE_TYPE", 64),
      varchar("IS_GRANTABLE", 3)),
  COLUMN_PRIVILEGES(
      About.PRIVILEGES,
      varchar("GRANTEE", 400),
      varchar("TABLE_CATALOG", 512),
      varchar("TABLE_SCHEMA", 300),
      varchar("TABLE_NAME", 300),
      varchar("COLUMN_NAME", 300),
      varchar("PRIVILEGE_TYPE", 64),
      varchar("IS_GRANTABLE", 3)),
  ROLE_TABLE_GRANTS(
      About.SELF,
      varchar("GRANTOR", 300),
      varchar("GRANTOR_HOST", 255),
      varchar("GRANTEE", 300),
      varchar("GRANTEE_HOST", 255),
      varchar("TABLE_CATALOG", 512),
      varchar("TABLE_SCHEMA", 300),
      varchar("TABLE_NAME", 300),
      varchar("PRIVILEGE_TYPE", 64),
      varchar("IS_GRANTABLE", 3)),
  USER_ATTRIBUTES(
      About.USERS, varchar("USER", 300), varchar("HOST", 255), column("ATTRIBUTE", Type.TEXT));

  /** The database of the tables that are not of information_schema. */
  public static final String MO_CATALOG = "mo_catalog";

  private static final String INFORMATION_SCHEMA = "information_schema";

  /** What its rows are about, which decides whose are seen (PM 8.2). */
  enum About {
    ACCOUNTS,
    USERS,
    ROLES,
    PRIVILEGES,
    OBJECTS,
    SESSIONS,
    SELF
  }

  private static final class Columns {
    /** Where a relation is at the backend, which knows the rest. */
    static final List<ReportColumn> OF_TABLES =
        List.of(
            column("rel_id", Type.UNSIGNED),
            varchar("relname", 300),
            varchar("reldatabase", 300),
            column("reldatabase_id", Type.UNSIGNED),
            column("rel_logical_id", Type.UNSIGNED),
            varchar("relkind", 16),
            column("owner", Type.INT),
            column("account_id", Type.INT),
            column("creator", Type.INT),
            column("created_time", Type.TIME),
            varchar("physical", 300));

    /** The column is null where all of the relation are seen. */
    static final List<ReportColumn> OF_COLUMNS =
        List.of(
            column("account_id", Type.INT),
            column("att_database_id", Type.UNSIGNED),
            varchar("att_database", 300),
            column("att_relname_id", Type.UNSIGNED),
            varchar("att_relname", 300),
            varchar("physical", 300),
            varchar("only_column", 300));

    static final ReportColumn[] VARIABLE = {
      column("configuration_id", Type.INT),
      column("account_id", Type.INT),
      varchar("account_name", 300),
      varchar("dat_name", 300),
      varchar("variable_name", 300),
      column("variable_value", Type.TEXT),
      column("system_variables", Type.BOOL)
    };
    static final ReportColumn[] ROLE_EDGE = {
      varchar("USER", 300),
      varchar("HOST", 255),
      varchar("GRANTEE", 300),
      varchar("GRANTEE_HOST", 255),
      varchar("ROLE_NAME", 300),
      varchar("ROLE_HOST", 255),
      varchar("IS_GRANTABLE", 3),
      varchar("IS_DEFAULT", 3),
      varchar("IS_MANDATORY", 3)
    };
  }

  private final About about;
  private final List<ReportColumn> columns;

  ReportTable(About about, ReportColumn... columns) {
    this.about = about;
    this.columns = List.of(columns);
  }

  /**
   * By the names a statement uses, in any case; in ASCII letters only, since nothing else reads the
   * same everywhere.
   */
  public static Optional<ReportTable> of(String database, String table) {
    for (ReportTable each : values()) {
      if (isSame(each.database(), database) && isSame(each.tableName(), table)) {
        return Optional.of(each);
      }
    }
    return Optional.empty();
  }

  /** Whether all the tables of this database are made by the gate. */
  public static boolean isMoCatalog(String database) {
    return isSame(MO_CATALOG, database);
  }

  /** Those of {@code mo_catalog}, by name. */
  public static List<ReportTable> ofMoCatalog() {
    List<ReportTable> tables = new ArrayList<>();
    for (ReportTable each : values()) {
      if (each.database().equals(MO_CATALOG)) {
        tables.add(each);
      }
    }
    tables.sort((a, b) -> a.tableName().compareTo(b.tableName()));
    return List.copyOf(tables);
  }

  private static boolean isSame(String lowerCase, String name) {
    return lowerCase.length() == name.length()
        && name.chars().allMatch(c -> c <= 0x7F)
        && name.toLowerCase(Locale.ROOT).equals(lowerCase.toLowerCase(Locale.ROOT));
  }

  /** In lower case. */
  public String database() {
    return name().startsWith("MO_") ? MO_CATALOG : INFORMATION_SCHEMA;
  }

  /** As it is shown: in lower case in {@code mo_catalog}, in capitals in information_schema. */
  public String tableName() {
    return database().equals(MO_CATALOG) ? name().toLowerCase(Locale.ROOT) : name();
  }

  public List<ReportColumn> columns() {
    return columns;
  }

  /** Those of the rows that the gate makes; the backend looks up others where they differ. */
  public List<ReportColumn> carried() {
    return this == MO_TABLES
        ? Columns.OF_TABLES
        : this == MO_COLUMNS ? Columns.OF_COLUMNS : columns;
  }

  /**
   * Whether its rows change without a change of the catalog, from statement to statement, so that
   * it is of no use to a prepared statement.
   */
  public boolean isVolatile() {
    return about == About.SESSIONS;
  }

  /** Whether its rows tell when users have logged in. */
  public boolean tellsLogins() {
    return this == MO_USER;
  }

  /** Whether its rows tell who granted what, or made whom. */
  public boolean tellsProvenance() {
    return this == MO_USER
        || this == MO_USER_GRANT
        || this == MO_ROLE_GRANT
        || this == MO_ROLE_PRIVS;
  }

  /** Whether its rows tell who made an object. */
  public boolean tellsMakers() {
    return this == MO_TABLES;
  }

  About about() {
    return about;
  }
}
