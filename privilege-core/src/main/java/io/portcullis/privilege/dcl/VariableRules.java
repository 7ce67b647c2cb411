package io.portcullis.privilege.dcl;

import io.portcullis.privilege.authz.SecondaryRolesMode;
import io.portcullis.privilege.model.AccountVariables;
import io.portcullis.privilege.model.InvitedNodes;
import io.portcullis.privilege.model.ProtectedDatabases;
import io.portcullis.sql.statement.AccessControlStatement.VariableValue;
import io.portcullis.sql.statement.GateVariable;
import io.portcullis.sql.text.ErrorCode;
import io.portcullis.sql.text.SqlError;
import java.util.Locale;
import java.util.Optional;

/** What the gate's variables can be set to (PM 7.2). */
public final class VariableRules {

  private static final String NO_BOOLEAN = "convert to the system variable bool type failed";
  private static final String NO_NUMBER = "convert to the system variable int type failed";

  private static final long MAX_UNSIGNED_INT = 4_294_967_295L;
  private static final long MAX_LIFETIME_DAYS = 65_535;
  private static final long MAX_PASSWORD_LENGTH = 1_024;
  private static final long MAX_CHARACTERS = 128;

  private VariableRules() {}

  /**
   * A value that was checked.
   *
   * @param value canonical; empty for the default
   * @param error why it cannot be set; then there is no value
   */
  public record Checked(Optional<String> value, Optional<SqlError> error) {

    private static Checked of(String value) {
      return new Checked(Optional.of(value), Optional.empty());
    }
  }

  public static Checked check(GateVariable variable, VariableValue value) {
    if (value instanceof VariableValue.Default) {
      return new Checked(Optional.empty(), Optional.empty());
    }
    String written =
        value instanceof VariableValue.Text text
            ? text.text()
            : ((VariableValue.Numeric) value).digits();
    return switch (variable) {
      case VALIDATE_PASSWORD,
          VALIDATE_PASSWORD_CHECK_USER_NAME,
          VALIDNODE_CHECKING,
          PASSWORD_REQUIRE_CURRENT,
          ENABLE_PRIVILEGE_CACHE,
          CLEAR_PRIVILEGE_CACHE ->
          onOrOff(variable, written);
      case VALIDATE_PASSWORD_POLICY -> policy(variable, written);
      case VALIDATE_PASSWORD_CHANGED_CHARACTERS_PERCENTAGE -> number(variable, written, 100);
      case VALIDATE_PASSWORD_LENGTH -> number(variable, written, MAX_PASSWORD_LENGTH);
      case VALIDATE_PASSWORD_MIXED_CASE_COUNT,
          VALIDATE_PASSWORD_NUMBER_COUNT,
          VALIDATE_PASSWORD_SPECIAL_CHAR_COUNT ->
          number(variable, written, MAX_CHARACTERS);
      case DEFAULT_PASSWORD_LIFETIME -> number(variable, written, MAX_LIFETIME_DAYS);
      case PASSWORD_HISTORY,
          PASSWORD_REUSE_INTERVAL,
          CONNECTION_CONTROL_FAILED_CONNECTIONS_THRESHOLD ->
          number(variable, written, MAX_UNSIGNED_INT);
      case CONNECTION_CONTROL_MAX_CONNECTION_DELAY -> number(variable, written, Integer.MAX_VALUE);
      case INVITED_NODES ->
          InvitedNodes.refusal(written)
              .map(why -> refused(variable, written, why))
              .orElseGet(() -> Checked.of(written.strip()));
      case PROTECTED_DATABASES ->
          ProtectedDatabases.of(written).isEmpty()
              ? new Checked(Optional.empty(), Optional.empty())
              : Checked.of(written.strip());
      case SECONDARY_ROLES_MODE ->
          SecondaryRolesMode.named(written)
              .map(mode -> Checked.of(mode.text()))
              .orElseGet(() -> refused(variable, written, "it is all, strict or off"));
      case VIEW_SECURITY_TYPE -> {
        String type = written.toUpperCase(Locale.ROOT);
        yield type.equals("DEFINER") || type.equals("INVOKER")
            ? Checked.of(type)
            : refused(variable, written, "it is DEFINER or INVOKER");
      }
    };
  }

  private static Checked onOrOff(GateVariable variable, String written) {
    return switch (written.toUpperCase(Locale.ROOT)) {
      case "ON", "TRUE", "1" -> Checked.of(AccountVariables.ON);
      case "OFF", "FALSE", "0" -> Checked.of(AccountVariables.OFF);
      default -> refused(variable, written, NO_BOOLEAN);
    };
  }

  private static Checked policy(GateVariable variable, String written) {
    return switch (written.toUpperCase(Locale.ROOT)) {
      case "0", "LOW" -> Checked.of("0");
      case "1", "MEDIUM" -> Checked.of("1");
      default -> refused(variable, written, NO_NUMBER);
    };
  }

  private static Checked number(GateVariable variable, String written, long max) {
    // Longer ones are no numbers that fit, and leading zeros none that anybody writes.
    if (!written.matches("\\d{1,10}") || Long.parseLong(written) > max) {
      return refused(variable, written, NO_NUMBER + "; expected: 0.." + max);
    }
    return Checked.of(Long.toString(Long.parseLong(written)));
  }

  private static Checked refused(GateVariable variable, String written, String why) {
    return new Checked(
        Optional.empty(),
        Optional.of(ErrorCode.ER_WRONG_VALUE_FOR_VAR.error(variable.variableName(), written, why)));
  }
}
