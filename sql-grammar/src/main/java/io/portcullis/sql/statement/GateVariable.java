package io.portcullis.sql.statement;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A system variable of the gate (PM 7.2, 6.7): kept per account, never the backend's, even if that
 * has one of the same name.
 */
public enum GateVariable {
  CLEAR_PRIVILEGE_CACHE("clear_privilege_cache", Scope.BOTH, Kind.SWITCH),
  CONNECTION_CONTROL_FAILED_CONNECTIONS_THRESHOLD(
      "connection_control_failed_connections_threshold", Scope.GLOBAL, Kind.NUMBER),
  CONNECTION_CONTROL_MAX_CONNECTION_DELAY(
      "connection_control_max_connection_delay", Scope.GLOBAL, Kind.NUMBER),
  DEFAULT_PASSWORD_LIFETIME("default_password_lifetime", Scope.GLOBAL, Kind.NUMBER),
  ENABLE_PRIVILEGE_CACHE("enable_privilege_cache", Scope.BOTH, Kind.SWITCH),
  INVITED_NODES("invited_nodes", Scope.GLOBAL, Kind.TEXT),
  PASSWORD_HISTORY("password_history", Scope.GLOBAL, Kind.NUMBER),
  PASSWORD_REQUIRE_CURRENT("password_require_current", Scope.GLOBAL, Kind.SWITCH),
  PASSWORD_REUSE_INTERVAL("password_reuse_interval", Scope.GLOBAL, Kind.NUMBER),
  PROTECTED_DATABASES("protected_databases", Scope.GLOBAL, Kind.TEXT),
  SECONDARY_ROLES_MODE("secondary_roles_mode", Scope.GLOBAL, Kind.TEXT),
  VALIDATE_PASSWORD("validate_password", Scope.GLOBAL, Kind.SWITCH),
  VALIDATE_PASSWORD_CHANGED_CHARACTERS_PERCENTAGE(
      "validate_password.changed_characters_percentage", Scope.GLOBAL, Kind.NUMBER),
  VALIDATE_PASSWORD_CHECK_USER_NAME("validate_password.check_user_name", Scope.GLOBAL, Kind.SWITCH),
  VALIDATE_PASSWORD_LENGTH("validate_password.length", Scope.GLOBAL, Kind.NUMBER),
  VALIDATE_PASSWORD_MIXED_CASE_COUNT(
      "validate_password.mixed_case_count", Scope.GLOBAL, Kind.NUMBER),
  VALIDATE_PASSWORD_NUMBER_COUNT("validate_password.number_count", Scope.GLOBAL, Kind.NUMBER),
  VALIDATE_PASSWORD_POLICY("validate_password.policy", Scope.GLOBAL, Kind.NUMBER),
  VALIDATE_PASSWORD_SPECIAL_CHAR_COUNT(
      "validate_password.special_char_count", Scope.GLOBAL, Kind.NUMBER),
  VALIDNODE_CHECKING("validnode_checking", Scope.GLOBAL, Kind.SWITCH),
  VIEW_SECURITY_TYPE("view_security_type", Scope.BOTH, Kind.TEXT);

  /** Prefix of names that are the gate's whether or not there is such a variable. */
  private static final String FAMILY = "validate_password";

  private static final Map<String, GateVariable> BY_NAME = new HashMap<>();

  static {
    for (GateVariable variable : values()) {
      BY_NAME.put(variable.variableName, variable);
    }
  }

  /** What its values are. */
  public enum Kind {
    /** ON or OFF; 1 or 0 where a query reads it. */
    SWITCH,
    NUMBER,
    TEXT
  }

  private enum Scope {
    GLOBAL,
    BOTH
  }

  private final String variableName;
  private final Scope scope;
  private final Kind kind;

  GateVariable(String variableName, Scope scope, Kind kind) {
    this.variableName = variableName;
    this.scope = scope;
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }

  /** The variable of that name, in any case. */
  public static Optional<GateVariable> named(String name) {
    return Optional.ofNullable(BY_NAME.get(name.toLowerCase(Locale.ROOT)));
  }

  /** Whether a name is one of the gate's, known or not: the backend is not asked for it. */
  public static boolean isReserved(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return BY_NAME.containsKey(lower) || lower.startsWith(FAMILY + ".");
  }

  /** In the order of their names. */
  public static List<GateVariable> all() {
    return List.of(values());
  }

  /** As SHOW VARIABLES lists it. */
  public String variableName() {
    return variableName;
  }

  /** Whether a session can have a value of its own. */
  public boolean hasSessionValue() {
    return scope == Scope.BOTH;
  }

  @Override
  public String toString() {
    return variableName;
  }
}
