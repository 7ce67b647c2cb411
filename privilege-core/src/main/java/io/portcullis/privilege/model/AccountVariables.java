package io.portcullis.privilege.model;

import io.portcullis.sql.statement.GateVariable;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * The gate's variables as one account has them (PM 6.7, 7.2): what was set, and defaults for all
 * others. Values are canonical: {@code ON} and {@code OFF}, decimal numbers, texts. Immutable.
 */
public final class AccountVariables {

  public static final String ON = "ON";
  public static final String OFF = "OFF";

  /** As the configuration has it: what that is, those know who were given it. */
  public static final String CONFIGURED = "";

  /** Everything as it is by default. */
  public static final AccountVariables DEFAULTS = new AccountVariables(Map.of());

  private final Map<GateVariable, String> changed;
  private final ProtectedDatabases protectedDatabases;
  private final InvitedNodes invitedNodes;

  private AccountVariables(Map<GateVariable, String> changed) {
    Map<GateVariable, String> copy = new EnumMap<>(GateVariable.class);
    copy.putAll(changed);
    this.changed = Collections.unmodifiableMap(copy);
    this.protectedDatabases = ProtectedDatabases.of(value(GateVariable.PROTECTED_DATABASES));
    this.invitedNodes = InvitedNodes.of(value(GateVariable.INVITED_NODES));
  }

  /**
   * @param value canonical; empty for the default
   */
  public AccountVariables with(GateVariable variable, Optional<String> value) {
    Map<GateVariable, String> next = new EnumMap<>(GateVariable.class);
    next.putAll(changed);
    if (value.isPresent() && !value.get().equals(defaultOf(variable))) {
      next.put(variable, value.get());
    } else {
      next.remove(variable);
    }
    return next.isEmpty() ? DEFAULTS : new AccountVariables(next);
  }

  /** Those that are not as by default. */
  public Map<GateVariable, String> changed() {
    return changed;
  }

  public String value(GateVariable variable) {
    String set = changed.get(variable);
    return set == null ? defaultOf(variable) : set;
  }

  public boolean isOn(GateVariable variable) {
    return value(variable).equals(ON);
  }

  public long number(GateVariable variable) {
    return Long.parseLong(value(variable));
  }

  public ProtectedDatabases protectedDatabases() {
    return protectedDatabases;
  }

  /** From where users of the account may log in; everywhere while nothing is checked. */
  public InvitedNodes invitedNodes() {
    return isOn(GateVariable.VALIDNODE_CHECKING) ? invitedNodes : InvitedNodes.EVERYWHERE;
  }

  public static String defaultOf(GateVariable variable) {
    return switch (variable) {
      case VALIDATE_PASSWORD, VALIDNODE_CHECKING, CLEAR_PRIVILEGE_CACHE, PASSWORD_REQUIRE_CURRENT ->
          OFF;
      case VALIDATE_PASSWORD_CHECK_USER_NAME, ENABLE_PRIVILEGE_CACHE -> ON;
      case VALIDATE_PASSWORD_CHANGED_CHARACTERS_PERCENTAGE,
          VALIDATE_PASSWORD_POLICY,
          DEFAULT_PASSWORD_LIFETIME,
          PASSWORD_HISTORY,
          PASSWORD_REUSE_INTERVAL,
          CONNECTION_CONTROL_MAX_CONNECTION_DELAY ->
          "0";
      case VALIDATE_PASSWORD_LENGTH -> "8";
      case VALIDATE_PASSWORD_MIXED_CASE_COUNT,
          VALIDATE_PASSWORD_NUMBER_COUNT,
          VALIDATE_PASSWORD_SPECIAL_CHAR_COUNT ->
          "1";
      case CONNECTION_CONTROL_FAILED_CONNECTIONS_THRESHOLD -> "3";
      case INVITED_NODES -> "*";
      case PROTECTED_DATABASES -> "";
      case SECONDARY_ROLES_MODE -> CONFIGURED;
      case VIEW_SECURITY_TYPE -> "DEFINER";
    };
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof AccountVariables that && changed.equals(that.changed);
  }

  @Override
  public int hashCode() {
    return changed.hashCode();
  }

  @Override
  public String toString() {
    return changed.toString();
  }
}
