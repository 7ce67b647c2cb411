package io.portcullis.it.driver;

import io.portcullis.it.harness.Endpoint;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;

/** A driver and the options that make it speak a part of the protocol of its own. */
enum Driver {
  CONNECTOR_J(true, Map.of("useServerPrepStmts", "false")),
  CONNECTOR_J_SERVER_PREPARED(true, Map.of("useServerPrepStmts", "true", "cachePrepStmts", "true")),
  CONNECTOR_J_CURSOR(true, Map.of("useCursorFetch", "true", "defaultFetchSize", "7")),
  CONNECTOR_J_REWRITE(
      true, Map.of("rewriteBatchedStatements", "true", "useServerPrepStmts", "false")),
  CONNECTOR_J_REWRITE_SERVER_PREPARED(
      true, Map.of("rewriteBatchedStatements", "true", "useServerPrepStmts", "true")),
  CONNECTOR_J_TUNED(
      true,
      Map.of(
          "useServerPrepStmts", "true",
          "cachePrepStmts", "true",
          "useLocalSessionState", "true",
          "cacheServerConfiguration", "true",
          "elideSetAutoCommits", "true",
          "useInformationSchema", "true")),
  MARIADB(false, Map.of()),
  MARIADB_SERVER_PREPARED(false, Map.of("useServerPrepStmts", "true")),
  MARIADB_BULK(false, Map.of("useServerPrepStmts", "true", "useBulkStmts", "true")),
  MARIADB_CURSOR(false, Map.of("useServerPrepStmts", "true", "defaultFetchSize", "7"));

  private final boolean connectorJ;
  private final Map<String, String> options;

  Driver(boolean connectorJ, Map<String, String> options) {
    this.connectorJ = connectorJ;
    this.options = options;
  }

  boolean connectorJ() {
    return connectorJ;
  }

  Connection connect(Endpoint endpoint, String database, Map<String, String> more)
      throws SQLException {
    Map<String, String> all = new LinkedHashMap<>(options);
    all.putAll(more);
    return connectorJ ? endpoint.connect(database, all) : endpoint.connectMariaDb(database, all);
  }
}
