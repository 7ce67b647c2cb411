package io.portcullis.privilege.dcl;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.privilege.model.AccountId;
import io.portcullis.sql.statement.AccessControlStatement.SetGateVariables;
import io.portcullis.sql.statement.AccessControlStatement.VariableAssignment;
import io.portcullis.sql.statement.AccessControlStatement.VariableValue;
import io.portcullis.sql.statement.GateVariable;
import io.portcullis.sql.text.ErrorCode;
import java.util.List;
import org.junit.jupiter.api.Test;

/** SET of the gate's variables (PM 4.2 #27, 6.7, 7.2). */
final class VariableStatementsTest {

  private final Gate gate = new Gate();

  private static SetGateVariables set(GateVariable variable, boolean global, VariableValue value) {
    return new SetGateVariables(List.of(new VariableAssignment(variable, global, value)));
  }

  private static SetGateVariables toDefault(GateVariable variable) {
    return set(variable, true, new VariableValue.Default());
  }

  private String value(GateVariable variable) {
    return gate.state().variables(AccountId.SYS).value(variable);
  }

  private void refused(GateVariable variable, String value, String why) {
    String before = value(variable);
    gate.root().refused(ErrorCode.ER_WRONG_VALUE_FOR_VAR, why, Gate.global(variable, value));
    assertThat(value(variable)).isEqualTo(before);
  }

  private void accepted(GateVariable variable, String value, String canonical) {
    gate.root().does(Gate.global(variable, value));
    assertThat(value(variable)).isEqualTo(canonical);
  }

  @Test
  void onlyASessionOfTheAdministratorsRoleSetsThem() {
    gate.rolesWithUsers("strong");
    gate.root().does(Gate.grant("ALL", "ACCOUNT *", "strong"));
    SetGateVariables statement = Gate.global(GateVariable.PASSWORD_HISTORY, "3");
    gate.in("strong").refused(ErrorCode.ER_SPECIFIC_ACCESS_DENIED_ERROR, "SET GLOBAL", statement);
    assertThat(value(GateVariable.PASSWORD_HISTORY)).isEqualTo("0");
    gate.root().does(statement);
    assertThat(value(GateVariable.PASSWORD_HISTORY)).isEqualTo("3");
  }

  @Test
  void anAdministratorWhoActsAsAnotherIsToldTheRole() {
    assertThat(
            gate.as("root", "public")
                .refused(
                    ErrorCode.ER_SPECIFIC_ACCESS_DENIED_ERROR,
                    "SET GLOBAL",
                    Gate.global(GateVariable.PASSWORD_HISTORY, "3"))
                .hints())
        .anyMatch(hint -> hint.endsWith(": SET ROLE `moadmin`"));
  }

  @Test
  void everybodySetsHisOwn() {
    gate.rolesWithUsers("weak");
    gate.in("weak")
        .does(set(GateVariable.VIEW_SECURITY_TYPE, false, new VariableValue.Text("invoker")));
    assertThat(value(GateVariable.VIEW_SECURITY_TYPE)).isEqualTo("DEFINER");
    gate.in("weak")
        .refused(
            ErrorCode.ER_WRONG_VALUE_FOR_VAR,
            "DEFINER or INVOKER",
            set(GateVariable.VIEW_SECURITY_TYPE, false, new VariableValue.Text("anybody")));
  }

  @Test
  void everyAccountHasItsOwn() {
    gate.with("acme");
    gate.bossOf("acme").does(Gate.global(GateVariable.PASSWORD_HISTORY, "7"));
    assertThat(value(GateVariable.PASSWORD_HISTORY)).isEqualTo("0");
    assertThat(
            gate.state().variables(gate.account("acme").id()).number(GateVariable.PASSWORD_HISTORY))
        .isEqualTo(7);
    gate.root().does(Gate.dropAccount("acme"));
    gate.with("acme");
    assertThat(gate.state().variables(gate.account("acme").id()).changed()).isEmpty();
  }

  @Test
  void valuesAreChecked() {
    String noNumber = "convert to the system variable int type failed";
    String noBoolean = "convert to the system variable bool type failed";
    refused(GateVariable.VALIDATE_PASSWORD, "HELLO", noBoolean);
    accepted(GateVariable.VALIDATE_PASSWORD, "on", "ON");
    accepted(GateVariable.VALIDATE_PASSWORD, "0", "OFF");
    refused(GateVariable.VALIDATE_PASSWORD_POLICY, "HIGH", noNumber);
    accepted(GateVariable.VALIDATE_PASSWORD_POLICY, "medium", "1");
    refused(GateVariable.VALIDATE_PASSWORD_CHANGED_CHARACTERS_PERCENTAGE, "101", noNumber);
    accepted(GateVariable.VALIDATE_PASSWORD_CHANGED_CHARACTERS_PERCENTAGE, "100", "100");
    refused(GateVariable.VALIDATE_PASSWORD_LENGTH, "1025", noNumber);
    refused(GateVariable.VALIDATE_PASSWORD_NUMBER_COUNT, "-3", noNumber);
    refused(GateVariable.VALIDATE_PASSWORD_NUMBER_COUNT, "129", noNumber);
    accepted(GateVariable.DEFAULT_PASSWORD_LIFETIME, "65535", "65535");
    refused(GateVariable.DEFAULT_PASSWORD_LIFETIME, "65536", noNumber);
    accepted(GateVariable.PASSWORD_REUSE_INTERVAL, "4294967295", "4294967295");
    refused(GateVariable.PASSWORD_REUSE_INTERVAL, "4294967296", noNumber);
    refused(GateVariable.CONNECTION_CONTROL_MAX_CONNECTION_DELAY, "2147483648", noNumber);
    refused(GateVariable.SECONDARY_ROLES_MODE, "some", "all, strict or off");
    accepted(GateVariable.SECONDARY_ROLES_MODE, "STRICT", "strict");
    accepted(GateVariable.SECONDARY_ROLES_MODE, "all", "all");
    refused(GateVariable.INVITED_NODES, "", "invited_nodes is empty");
    refused(GateVariable.INVITED_NODES, "10.0.0.0/33", "invalid CIDR: 10.0.0.0/33");
    gate.root().does(toDefault(GateVariable.DEFAULT_PASSWORD_LIFETIME));
    assertThat(value(GateVariable.DEFAULT_PASSWORD_LIFETIME)).isEqualTo("0");
  }

  @Test
  void protectionCanBeChangedButNotTakenAway() {
    String why = "protected_databases cannot be cleared directly";
    gate.root().does(Gate.global(GateVariable.PROTECTED_DATABASES, ""));
    accepted(GateVariable.PROTECTED_DATABASES, "d, e", "d, e");
    refused(GateVariable.PROTECTED_DATABASES, "", why);
    refused(GateVariable.PROTECTED_DATABASES, " , ", why);
    gate.root()
        .refused(
            ErrorCode.ER_WRONG_VALUE_FOR_VAR, why, toDefault(GateVariable.PROTECTED_DATABASES));
    accepted(GateVariable.PROTECTED_DATABASES, "e", "e");
  }

  @Test
  void severalAreSetTogetherOrNotAtAll() {
    gate.root()
        .refused(
            ErrorCode.ER_WRONG_VALUE_FOR_VAR,
            "int type",
            new SetGateVariables(
                List.of(
                    new VariableAssignment(
                        GateVariable.PASSWORD_HISTORY, true, new VariableValue.Numeric("5")),
                    new VariableAssignment(
                        GateVariable.PASSWORD_REUSE_INTERVAL,
                        true,
                        new VariableValue.Numeric("-5")))));
    assertThat(value(GateVariable.PASSWORD_HISTORY)).isEqualTo("0");
  }
}
