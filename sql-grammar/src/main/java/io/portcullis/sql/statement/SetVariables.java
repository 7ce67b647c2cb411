package io.portcullis.sql.statement;

import io.portcullis.sql.access.AccessRequest;
import java.util.List;

/**
 * {@code SET} of session and user variables, {@code SET NAMES}, {@code SET CHARACTER SET}, {@code
 * SET TRANSACTION}: forwarded. SET GLOBAL and its kin are refused before this is made.
 *
 * @param accesses what sub-queries in the values read
 * @param touchesLexicalMode sql_mode or a character set is among them: the session must ask the
 *     backend what they are now before it reads another statement
 * @param repetition whether it can be said again on another connection
 */
public record SetVariables(
    List<AccessRequest> accesses, boolean touchesLexicalMode, Repetition repetition)
    implements Statement {
  public SetVariables {
    accesses = List.copyOf(accesses);
  }
}
