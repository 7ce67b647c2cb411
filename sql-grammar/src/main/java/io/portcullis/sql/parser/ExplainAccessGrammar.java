package io.portcullis.sql.parser;

import io.portcullis.sql.statement.AccessControlStatement.UserName;
import io.portcullis.sql.statement.ExplainAccess;
import io.portcullis.sql.statement.ExplainAccess.Whom;
import java.util.Optional;

/** EXPLAIN ACCESS, up to the statement it is about. */
final class ExplainAccessGrammar {
  private final TokenCursor cursor;

  ExplainAccessGrammar(TokenCursor cursor) {
    this.cursor = cursor;
  }

  /**
   * Whether it is that, and not MySQL's EXPLAIN of a table named access, which goes on with
   * nothing, a dot, or one column or pattern.
   */
  boolean begins() {
    int next = cursor.at() + 2;
    return cursor.is("EXPLAIN", "ACCESS")
        && next + 1 < cursor.end()
        && !cursor.punctuationAt(next, ".");
  }

  ExplainAccess statement() {
    cursor.expect("EXPLAIN", "ACCESS");
    boolean json = false;
    if (cursor.is("FORMAT") && cursor.punctuationAt(cursor.at() + 1, "=")) {
      cursor.moveTo(cursor.at() + 2);
      json = cursor.accept("JSON");
      if (!json) {
        cursor.expect("TRADITIONAL");
      }
    }
    Optional<Whom> whom = cursor.accept("FOR") ? Optional.of(whom()) : Optional.empty();
    int statement = cursor.at();
    cursor.skip();
    return new ExplainAccess(whom, json, statement);
  }

  private Whom whom() {
    AccessControlGrammar names = new AccessControlGrammar(cursor);
    UserName user = names.user();
    if (!cursor.accept("AS", "ROLE")) {
      return new Whom(user, Optional.empty(), false);
    }
    String role = names.role();
    boolean secondary = false;
    if (cursor.accept("SECONDARY")) {
      cursor.acceptAny("ROLE", "ROLES");
      secondary = cursor.accept("ALL");
      if (!secondary) {
        cursor.expect("NONE");
      }
    }
    return new Whom(user, Optional.of(role), secondary);
  }
}
