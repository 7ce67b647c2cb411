package io.portcullis.proxy.statement;

import io.portcullis.privilege.model.AccountVariables;
import io.portcullis.sql.statement.GateVariable;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * The gate's variables as a session has them: the account's, but where the session has set a value
 * of its own. Confined to the session's event loop.
 */
public final class SessionVariables {

  private final Map<GateVariable, String> own = new EnumMap<>(GateVariable.class);

  /**
   * @param value canonical; empty for the account's
   */
  public void set(GateVariable variable, Optional<String> value) {
    value.ifPresentOrElse(text -> own.put(variable, text), () -> own.remove(variable));
  }

  public void forget() {
    own.clear();
  }

  /**
   * @param global the account's in any case
   */
  public String value(GateVariable variable, boolean global, AccountVariables account) {
    String set = global ? null : own.get(variable);
    return set == null ? account.value(variable) : set;
  }
}
