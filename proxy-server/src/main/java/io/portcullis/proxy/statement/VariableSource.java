package io.portcullis.proxy.statement;

import io.portcullis.sql.statement.GateVariable;

/** The gate's variables, and its current database, as a session has them now. */
@FunctionalInterface
public interface VariableSource {

  /**
   * The canonical value of a variable.
   *
   * @param global the account's value, whatever the session has set
   */
  String variable(GateVariable variable, boolean global);

  /**
   * Whether the current database is {@code mo_catalog}, which the backend does not have: then it
   * cannot say itself what the current one is.
   */
  default boolean isInCatalog() {
    return false;
  }

  /** Whether a view is made to be read with the rights of whoever reads it (PM 4.6). */
  default boolean makesInvokerViews() {
    return variable(GateVariable.VIEW_SECURITY_TYPE, false).equals("INVOKER");
  }
}
