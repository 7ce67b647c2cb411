package io.portcullis.sql.analysis;

import static io.portcullis.sql.analysis.Analysed.MARIADB;
import static io.portcullis.sql.analysis.Analysed.MYSQL;
import static io.portcullis.sql.analysis.Analysed.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.sql.statement.AccessControlStatement.SetGateVariables;
import io.portcullis.sql.statement.AccessControlStatement.VariableAssignment;
import io.portcullis.sql.statement.AccessControlStatement.VariableValue;
import io.portcullis.sql.statement.ForwardStatement;
import io.portcullis.sql.statement.GateVariable;
import io.portcullis.sql.statement.SetVariables;
import io.portcullis.sql.statement.ShowVariables;
import io.portcullis.sql.text.ErrorCode;
import io.portcullis.sql.text.LexicalMode;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** SET and SHOW of the gate's variables, and where queries read them (PM 6.7). */
final class GateVariableGrammarTest {

  private static VariableAssignment global(GateVariable variable, VariableValue value) {
    return new VariableAssignment(variable, true, value);
  }

  private static VariableValue text(String text) {
    return new VariableValue.Text(text);
  }

  private static VariableValue number(String digits) {
    return new VariableValue.Numeric(digits);
  }

  private static void sets(String sql, VariableAssignment... assignments) {
    for (LexicalMode mode : List.of(MYSQL, MARIADB)) {
      assertThat(Analysed.statement(sql, mode))
          .as(sql)
          .isEqualTo(new SetGateVariables(List.of(assignments)));
    }
  }

  @Test
  void variablesOfTheGateAreTheGatesWhateverTheForm() {
    sets(
        "SET GLOBAL protected_databases = 'a,b'",
        global(GateVariable.PROTECTED_DATABASES, text("a,b")));
    sets(
        "set @@global.Validate_Password.Policy := LOW",
        global(GateVariable.VALIDATE_PASSWORD_POLICY, text("LOW")));
    sets(
        "SET GLOBAL `validate_password`.length = -3, password_history = DEFAULT",
        global(GateVariable.VALIDATE_PASSWORD_LENGTH, number("-3")),
        global(GateVariable.PASSWORD_HISTORY, new VariableValue.Default()));
    sets(
        "SET view_security_type = 'INVOKER', @@session.enable_privilege_cache = off",
        new VariableAssignment(GateVariable.VIEW_SECURITY_TYPE, false, text("INVOKER")),
        new VariableAssignment(GateVariable.ENABLE_PRIVILEGE_CACHE, false, text("off")));
  }

  @Test
  void othersAreReadAsBefore() {
    assertThat(Analysed.statement("SET autocommit = 0, @x = 1", MARIADB))
        .isInstanceOf(SetVariables.class);
    refused(ErrorCode.ER_SPECIFIC_ACCESS_DENIED_ERROR, "SET GLOBAL", "SET GLOBAL autocommit = 1");
  }

  @Test
  void noOtherVariableStandsBesideThem() {
    String both = "variables of the gate and of the server in one SET";
    refused(
        ErrorCode.ER_NOT_SUPPORTED_YET, both, "SET GLOBAL password_history = 1, autocommit = 0");
    refused(
        ErrorCode.ER_NOT_SUPPORTED_YET, both, "SET autocommit = 0, GLOBAL password_history = 1");
    refused(
        ErrorCode.ER_NOT_SUPPORTED_YET, both, "SET autocommit = 0, @@global.password_history = 1");
  }

  @Test
  void whatIsTheAccountsIsNotSetForASession() {
    refused(ErrorCode.ER_GLOBAL_VARIABLE, "password_history", "SET password_history = 1");
    refused(ErrorCode.ER_GLOBAL_VARIABLE, "password_history", "SET @@password_history = 1");
    refused(
        ErrorCode.ER_INCORRECT_GLOBAL_LOCAL_VAR,
        "is a GLOBAL variable",
        "SELECT @@session.password_history");
    refused(
        ErrorCode.ER_UNKNOWN_SYSTEM_VARIABLE,
        "validate_password.none",
        "SET GLOBAL validate_password.none = 1");
    refused(
        ErrorCode.ER_UNKNOWN_SYSTEM_VARIABLE,
        "validate_password.none",
        "SELECT @@validate_password.none");
  }

  @Test
  void aValueIsOneConstant() {
    refused(ErrorCode.ER_NOT_SUPPORTED_YET, "an expression", "SET GLOBAL password_history = 1 + 1");
    refused(ErrorCode.ER_PARSE_ERROR, "", "SET GLOBAL password_history = (SELECT a FROM secret)");
  }

  private static List<VariableUse> uses(String sql) {
    StatementAnalysis analysis = (StatementAnalysis) Analysed.analyse(sql, MARIADB);
    return analysis.variables();
  }

  @Test
  void whereAQueryReadsOneIsFound() {
    assertThat(uses("SELECT @@global.password_history, @@autocommit + @@view_security_type"))
        .containsExactly(
            new VariableUse(GateVariable.PASSWORD_HISTORY, true, 1, true),
            new VariableUse(GateVariable.VIEW_SECURITY_TYPE, false, 5, false));
    assertThat(uses("SELECT @@autocommit, @password_history")).isEmpty();
  }

  @Test
  void theBackendIsNeverAskedForOne() {
    String why = "a variable of the gate in this kind of statement";
    refused(
        ErrorCode.ER_NOT_SUPPORTED_YET, why, "CREATE TABLE t AS SELECT @@validate_password.length");
    refused(ErrorCode.ER_NOT_SUPPORTED_YET, why, "CREATE VIEW v AS SELECT @@password_history");
    refused(
        ErrorCode.ER_NOT_SUPPORTED_YET,
        "variables of the gate in dynamic SQL",
        "PREPARE s FROM 'SELECT @@password_history'");
  }

  @Test
  void showVariablesIsTheGatesWhereItsOwnCanBeAmongThem() {
    assertThat(Analysed.statement("SHOW GLOBAL VARIABLES", MYSQL))
        .isEqualTo(new ShowVariables(true, Optional.empty(), ShowVariables.NO_CONDITION));
    assertThat(Analysed.statement("SHOW VARIABLES LIKE '%PASSWORD%'", MYSQL))
        .isEqualTo(new ShowVariables(false, Optional.of("%PASSWORD%"), ShowVariables.NO_CONDITION));
    assertThat(Analysed.statement("SHOW VARIABLES WHERE Variable_name = 'x'", MYSQL))
        .isEqualTo(new ShowVariables(false, Optional.empty(), 3));
    assertThat(Analysed.statement("SHOW VARIABLES LIKE 'lower_case%'", MYSQL))
        .isInstanceOf(ForwardStatement.class);
    assertThat(Analysed.statement("SHOW STATUS LIKE '%password%'", MYSQL))
        .isInstanceOf(ForwardStatement.class);
    refused(
        ErrorCode.ER_NOT_SUPPORTED_YET,
        "a query inside SHOW",
        "SHOW VARIABLES WHERE 1 IN (SELECT a FROM t)");
  }
}
