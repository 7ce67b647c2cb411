package io.portcullis.proxy.session;

import io.portcullis.sql.statement.AccessControlStatement;
import io.portcullis.sql.statement.ForwardStatement;
import io.portcullis.sql.statement.Statement;
import io.portcullis.sql.statement.StatementKind;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What {@code mo_sessions} tells of a statement: its sort, and nothing of its text. */
final class StatementSort {

  private static final String OTHER = "Other";

  private StatementSort() {}

  /** As in {@code Create Table}. */
  static String type(Statement statement) {
    return statement instanceof ForwardStatement forward
        ? Arrays.stream(forward.kind().name().split("_"))
            .map(word -> word.charAt(0) + word.substring(1).toLowerCase(Locale.ROOT))
            .collect(Collectors.joining(" "))
        : statement.getClass().getSimpleName().replaceAll("(?<=[a-z])(?=[A-Z])", " ");
  }

  /** DQL, DML, DDL, DCL, TCL or Other. */
  static String queryType(Statement statement) {
    if (statement instanceof ForwardStatement forward) {
      return queryType(forward.kind());
    }
    return statement instanceof AccessControlStatement ? "DCL" : OTHER;
  }

  private static String queryType(StatementKind kind) {
    return switch (kind) {
      case SELECT, EXPLAIN, DESCRIBE, SHOW -> "DQL";
      case INSERT, REPLACE, LOAD_LOCAL, UPDATE, DELETE -> "DML";
      case TRUNCATE,
          CREATE_DATABASE,
          ALTER_DATABASE,
          DROP_DATABASE,
          CREATE_TABLE,
          ALTER_TABLE,
          RENAME_TABLE,
          DROP_TABLE,
          CREATE_VIEW,
          ALTER_VIEW,
          DROP_VIEW,
          CREATE_PROGRAM,
          ALTER_PROGRAM,
          DROP_PROGRAM,
          CREATE_INDEX,
          DROP_INDEX ->
          "DDL";
      case TRANSACTION -> "TCL";
      case CALL, COMPOUND, LOCK_TABLES, UNLOCK_TABLES, TABLE_MAINTENANCE, DIAGNOSTICS, DO -> OTHER;
    };
  }
}
