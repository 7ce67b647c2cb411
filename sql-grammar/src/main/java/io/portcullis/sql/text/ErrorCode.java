package io.portcullis.sql.text;

/**
 * Every error Portcullis itself answers with: MySQL's number, SQLSTATE and text. Nothing else
 * builds error texts. Numbers and formats are the server's (MySQL 8.4 error reference) where it has
 * one; texts behind {@code ER_NOT_SUPPORTED_YET} and {@code ER_SPECIFIC_ACCESS_DENIED_ERROR} say
 * what would help.
 */
public enum ErrorCode {
  ER_HANDSHAKE_ERROR(1043, "08S01", "Bad handshake: %s"),
  ER_CON_COUNT_ERROR(1040, "08004", "Too many connections"),
  /** The server has no limit per address; drivers know the number. */
  ER_HOST_CON_COUNT_ERROR(1040, "08004", "Too many connections from host '%s'"),
  ER_DBACCESS_DENIED_ERROR(1044, "42000", "Access denied for user '%s'@'%s' to database '%s'"),
  /** The number a write that is not permitted has (PM 2.5). */
  ER_DATABASE_PROTECTED(
      1044,
      "42000",
      "Access denied for user '%s'@'%s' to database '%s': protected_databases lists it, so only sessions of the administrator's role write to it"),
  ER_ACCESS_DENIED_ERROR(1045, "28000", "Access denied for user '%s'@'%s' (using password: %s)"),
  /** The number a refused login has, said after the right password. */
  ER_ACCOUNT_SUSPENDED(1045, "28000", "Access denied: Account %s is suspended"),
  ER_NO_DB_ERROR(1046, "3D000", "No database selected"),
  ER_UNKNOWN_COM_ERROR(1047, "08S01", "Unknown command: %s is not offered by Portcullis"),
  ER_BAD_DB_ERROR(1049, "42000", "Unknown database '%s'"),
  ER_SERVER_SHUTDOWN(1053, "08S01", "Server shutdown in progress"),
  ER_BAD_FIELD_ERROR(1054, "42S22", "Unknown column '%s' in '%s'"),
  /** The number of a duplicate, which it is. */
  ER_HIDDEN_DUPLICATE(
      1062, "23000", "Duplicate entry: a row of '%s.%s' that you do not see has the same key"),
  ER_PARSE_ERROR(1064, "42000", "You have an error in your SQL syntax; Portcullis: %s"),
  ER_TOO_LONG_IDENT(1059, "42000", "Identifier name '%s' is too long"),
  ER_EMPTY_QUERY(1065, "42000", "Query was empty"),
  ER_NO_SUCH_THREAD(1094, "HY000", "Unknown thread id: %s"),
  ER_KILL_DENIED_ERROR(1095, "HY000", "You are not owner of thread %s"),
  ER_UNKNOWN_ERROR(1105, "HY000", "%s"),
  ER_UNKNOWN_CHARACTER_SET(1115, "42000", "Unknown character set: '%s'"),
  ER_HOST_NOT_PRIVILEGED(1130, "HY000", "Host '%s' is not allowed to connect to this MySQL server"),
  /** The number MariaDB refuses such headers with. */
  ER_PROXY_HEADER(1130, "HY000", "Host '%s' is not allowed to connect: %s"),
  ER_TABLEACCESS_DENIED_ERROR(1142, "42000", "%s command denied to user '%s'@'%s' for table '%s'"),
  ER_COLUMNACCESS_DENIED_ERROR(
      1143, "42000", "%s command denied to user '%s'@'%s' for column '%s' in table '%s'"),
  ER_ILLEGAL_GRANT_FOR_TABLE(1144, "42000", "%s"),
  ER_NO_SUCH_TABLE(1146, "42S02", "Table '%s.%s' doesn't exist"),
  ER_NET_PACKET_TOO_LARGE(1153, "08S01", "Got a packet bigger than 'max_allowed_packet' bytes"),
  ER_NET_PACKETS_OUT_OF_ORDER(1156, "08S01", "Got packets out of order"),
  ER_NET_UNCOMPRESS_ERROR(1157, "08S01", "Couldn't uncompress communication packet"),
  ER_UNKNOWN_SYSTEM_VARIABLE(1193, "HY000", "Unknown system variable '%s'"),
  ER_TOO_MANY_USER_CONNECTIONS(
      1203, "42000", "User %s already has more than 'max_user_connections' active connections"),
  ER_WRONG_ARGUMENTS(1210, "HY000", "Incorrect arguments to %s"),
  ER_SPECIFIC_ACCESS_DENIED_ERROR(
      1227,
      "42000",
      "Access denied; you need (at least one of) the %s privilege(s) for this operation"),
  ER_GLOBAL_VARIABLE(
      1229, "HY000", "Variable '%s' is a GLOBAL variable and should be set with SET GLOBAL"),
  ER_WRONG_VALUE_FOR_VAR(1231, "42000", "Variable '%s' can't be set to the value of '%s': %s"),
  ER_NOT_SUPPORTED_YET(1235, "42000", "Portcullis refuses this statement: %s"),
  ER_NOT_SUPPORTED_AUTH_MODE(
      1251,
      "08004",
      "Client does not support authentication protocol requested by server; consider upgrading MySQL client"),
  ER_INCORRECT_GLOBAL_LOCAL_VAR(1238, "HY000", "Variable '%s' is a %s variable"),
  ER_SUBQUERY_NO_1_ROW(1242, "21000", "Subquery returns more than 1 row"),
  ER_UNKNOWN_STMT_HANDLER(1243, "HY000", "Unknown prepared statement handler (%s) given to %s"),
  /** A limit of the account: its administrator of the cluster restricted it (PM 4.7). */
  ER_ACCOUNT_RESTRICTED(
      1290,
      "HY000",
      "The account %s is restricted: do not have enough storage to execute the statement; what frees storage is permitted"),
  ER_UNSUPPORTED_PS(
      1295, "HY000", "This command is not supported in the prepared statement protocol yet"),
  ER_QUERY_INTERRUPTED(1317, "70100", "Query execution was interrupted"),
  /** The same number, from the gate itself, with its reason. */
  ER_QUERY_INTERRUPTED_BY_GATE(1317, "70100", "Query execution was interrupted: %s"),
  ER_WRONG_OBJECT(1347, "HY000", "'%s.%s' is not %s"),
  ER_SP_DOES_NOT_EXIST(1305, "42000", "%s %s does not exist"),
  ER_VIEW_INVALID(
      1356,
      "HY000",
      "View '%s.%s' references invalid table(s) or column(s) or function(s) or definer/invoker of view lack rights to use them"),
  /** The number a view has when its definer lacks something: the server has none for routines. */
  ER_ROUTINE_INVALID(
      1356,
      "HY000",
      "Routine '%s.%s' uses what its definer/invoker lacks rights for, or what is not there"),
  /** The number of a view WITH CHECK OPTION. */
  ER_ROW_NOT_VISIBLE(
      1369, "44000", "CHECK OPTION failed '%s.%s': whoever writes a row has to see it; %s"),
  ER_ROUTINEACCESS_DENIED_ERROR(
      1370, "42000", "%s command denied to user '%s'@'%s' for routine '%s'"),
  ER_CANNOT_USER(1396, "HY000", "Operation %s failed for %s: %s"),
  ER_CONNECT_TO_FOREIGN_DATA_SOURCE(1429, "HY000", "Can't connect to the backend '%s': %s"),
  ER_MAX_PREPARED_STMT_COUNT_REACHED(
      1461,
      "42000",
      "Can't create more than max_prepared_stmt_count statements (current value: %s)"),
  ER_WRONG_STRING_LENGTH(
      1470, "HY000", "String '%s' is too long for %s (should be no longer than %s)"),
  ER_NEED_REPREPARE(1615, "HY000", "Prepared statement needs to be re-prepared"),
  ER_NOT_VALID_PASSWORD(1819, "HY000", "%s"),
  ER_MUST_CHANGE_PASSWORD(
      1820,
      "HY000",
      "You must reset your password using ALTER USER statement before executing this statement."),
  ER_MALFORMED_PACKET(1835, "HY000", "Malformed communication packet."),
  ER_MUST_CHANGE_PASSWORD_LOGIN(
      1862,
      "HY000",
      "Your password has expired. To log in you must change it using a client that supports expired passwords."),
  ER_QUERY_TIMEOUT(
      3024, "HY000", "Query execution was interrupted, maximum statement execution time exceeded"),
  ER_ACCOUNT_HAS_BEEN_LOCKED(3118, "HY000", "Access denied for user '%s'@'%s'. Account is locked."),
  ER_SECURE_TRANSPORT_REQUIRED(
      3159,
      "HY000",
      "Connections using insecure transport are prohibited while require_secure_transport is on."),
  ER_UNKNOWN_AUTHID(3523, "HY000", "Unknown authorization ID %s"),
  ER_ROLE_NOT_GRANTED(3530, "HY000", "%s"),
  ER_SYSTEM_SCHEMA_WRITE(3552, "HY000", "Access to system schema '%s' is rejected."),
  ER_MANDATORY_ROLE(3628, "HY000", "%s"),
  ER_CREDENTIALS_CONTRADICT_TO_HISTORY(3638, "HY000", "%s"),
  ER_INCORRECT_CURRENT_PASSWORD(
      3891,
      "HY000",
      "Incorrect current password. Specify the correct password which has to be replaced."),
  ER_MISSING_CURRENT_PASSWORD(
      3892,
      "HY000",
      "Current password needs to be specified in the REPLACE clause in order to change it."),
  ER_CURRENT_PASSWORD_NOT_REQUIRED(
      3893, "HY000", "Do not specify the current password while changing it for other users."),
  ER_CLIENT_LOCAL_FILES_DISABLED(
      3948,
      "42000",
      "Loading local data is disabled; this must be enabled on both the client and server sides"),
  ER_INVALID_USER_ATTRIBUTE_JSON(3982, "HY000", "The user attribute must be a valid JSON object"),
  ER_ROLE_GRANTED_TO_ITSELF(4027, "HY000", "cannot grant role %s to %s"),
  ER_CLIENT_INTERACTION_TIMEOUT(
      4031, "HY000", "The client was disconnected by the server because of inactivity."),
  /**
   * Client-side numbers, sent when the backend is the one that is gone: drivers know what they
   * mean.
   */
  CR_SERVER_LOST(2013, "HY000", "Lost connection to the backend during query: %s"),
  CR_SERVER_GONE_ERROR(2006, "HY000", "The backend has gone away: %s"),
  CR_AUTH_PLUGIN_ERR(2061, "HY000", "Authentication plugin '%s' reported error: %s");

  private final int errno;
  private final String sqlState;
  private final String format;

  ErrorCode(int errno, String sqlState, String format) {
    this.errno = errno;
    this.sqlState = sqlState;
    this.format = format;
  }

  public int errno() {
    return errno;
  }

  public String sqlState() {
    return sqlState;
  }

  /** The error with its text filled in; arguments as in the format, all of them needed. */
  public SqlError error(Object... arguments) {
    return new SqlError(this, String.format(java.util.Locale.ROOT, format, arguments));
  }
}
