package io.portcullis.privilege.report;

import io.portcullis.privilege.model.AccountId;
import io.portcullis.privilege.model.RoleId;
import io.portcullis.privilege.model.UserId;
import java.time.Instant;
import java.util.Optional;

/**
 * A session of this gate, for {@code mo_sessions} (PM 8.1).
 *
 * @param node this gate, as long as it runs
 * @param id of the session, which no other has at any gate
 * @param host the client's address
 * @param proxyHost of the load balancer that told the client's address
 * @param role the primary one
 * @param seconds since its last activity
 * @param running the statement in hand
 */
public record SessionRow(
    String node,
    long connectionId,
    String id,
    AccountId account,
    UserId user,
    String userName,
    RoleId role,
    String host,
    Optional<String> proxyHost,
    Optional<String> database,
    Instant started,
    String command,
    long seconds,
    String state,
    Optional<Running> running) {

  /**
   * A statement, of which nothing but its sort is told.
   *
   * @param type as in {@code Create Table}
   * @param queryType DQL, DML, DDL, DCL, TCL or Other
   */
  public record Running(String type, String queryType, Instant since) {}
}
