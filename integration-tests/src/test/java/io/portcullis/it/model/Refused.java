package io.portcullis.it.model;

/** The errors the model refuses with (PM 7.6). */
enum Refused {
  LOGIN(1045, "28000"),
  DATABASE(1044, "42000"),
  TABLE(1142, "42000"),
  ADMINISTRATION(1227, "42000"),
  ROLE_NOT_GRANTED(3530, "HY000"),
  ROLE_PROTECTED(3628, "HY000"),
  ROLE_LOOP(4027, "HY000"),
  UNKNOWN_AUTHORIZATION(3523, "HY000"),
  CANNOT_USER(1396, "HY000"),
  ILLEGAL_GRANT(1144, "42000"),
  NO_SUCH_DATABASE(1049, "42000"),
  NO_SUCH_TABLE(1146, "42S02"),
  VIEW_INVALID(1356, "HY000"),
  ROUTINE(1370, "42000"),
  ROUTINE_INVALID(1356, "HY000"),
  NO_SUCH_ROUTINE(1305, "42000"),
  SYNTAX(1064, "42000"),
  NO_DATABASE_SELECTED(1046, "3D000"),
  SYSTEM_SCHEMA(3552, "HY000"),
  KILL_DENIED(1095, "HY000"),
  NO_SUCH_THREAD(1094, "HY000"),
  NOT_SUPPORTED(1235, "42000");

  private final int errno;
  private final String sqlState;

  Refused(int errno, String sqlState) {
    this.errno = errno;
    this.sqlState = sqlState;
  }

  int errno() {
    return errno;
  }

  String sqlState() {
    return sqlState;
  }
}
