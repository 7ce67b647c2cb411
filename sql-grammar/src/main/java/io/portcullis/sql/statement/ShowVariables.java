package io.portcullis.sql.statement;

import java.util.Optional;

/**
 * {@code SHOW [GLOBAL | SESSION] VARIABLES} where the gate's own can be among them: forwarded, and
 * the gate puts its own in.
 *
 * @param global the values of GLOBAL
 * @param conditionToken first token behind WHERE; {@link #NO_CONDITION} without
 */
public record ShowVariables(boolean global, Optional<String> like, int conditionToken)
    implements Statement {
  public static final int NO_CONDITION = -1;
}
