package io.portcullis.privilege.dcl;

import io.portcullis.privilege.catalog.CatalogChange;
import io.portcullis.privilege.dcl.VariableRules.Checked;
import io.portcullis.sql.statement.AccessControlStatement.SetGateVariables;
import io.portcullis.sql.statement.AccessControlStatement.VariableAssignment;
import io.portcullis.sql.statement.GateVariable;
import io.portcullis.sql.text.ErrorCode;
import io.portcullis.sql.text.SqlError;
import java.util.Optional;

/**
 * SET of the gate's variables (PM 4.2 #27, 6.7). Those of the account are for sessions whose
 * primary role is its administrators'; those of a session are checked here, and kept by it.
 */
final class VariableStatements {

  private VariableStatements() {}

  static Optional<SqlError> set(Draft draft, SetGateVariables statement) {
    for (VariableAssignment assignment : statement.assignments()) {
      GateVariable variable = assignment.variable();
      if (assignment.global() && !draft.actor().isAdministrator()) {
        return Optional.of(
            ErrorCode.ER_SPECIFIC_ACCESS_DENIED_ERROR.error(
                "SET GLOBAL (the administrator's role as primary role)"));
      }
      Checked checked = VariableRules.check(variable, assignment.value());
      if (checked.error().isPresent()) {
        return checked.error();
      }
      if (assignment.global()) {
        boolean clears =
            variable == GateVariable.PROTECTED_DATABASES
                && checked.value().isEmpty()
                && !draft.variables().protectedDatabases().isEmpty();
        if (clears) {
          return Optional.of(
              ErrorCode.ER_WRONG_VALUE_FOR_VAR.error(
                  variable.variableName(), "", "protected_databases cannot be cleared directly"));
        }
        draft.apply(new CatalogChange.VariableSet(draft.account(), variable, checked.value()));
      }
    }
    return Optional.empty();
  }
}
