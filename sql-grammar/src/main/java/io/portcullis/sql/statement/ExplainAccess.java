package io.portcullis.sql.statement;

import io.portcullis.sql.statement.AccessControlStatement.UserName;
import java.util.Optional;

/**
 * {@code EXPLAIN ACCESS [FORMAT=JSON] [FOR user [AS ROLE r [SECONDARY ALL | NONE]]] statement}: how
 * the statement would be decided. It is not run.
 *
 * @param whom empty: the session as it is
 * @param statementToken where the statement begins that is asked about, never the first token; it
 *     is analysed by itself, so that it reads as it would if it were sent
 */
public record ExplainAccess(Optional<Whom> whom, boolean json, int statementToken)
    implements Statement {

  /**
   * @param role empty: the one that is active after login
   */
  public record Whom(UserName user, Optional<String> role, boolean secondaryRoles) {}
}
