package io.portcullis.privilege.credential;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.privilege.model.AccountVariables;
import io.portcullis.sql.statement.GateVariable;
import io.portcullis.sql.text.ErrorCode;
import io.portcullis.sql.text.SqlError;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The rules of PM 7.3: each refused password beside one that passes. */
final class PasswordPolicyTest {

  private AccountVariables variables =
      AccountVariables.DEFAULTS
          .with(GateVariable.VALIDATE_PASSWORD, Optional.of("ON"))
          .with(GateVariable.VALIDATE_PASSWORD_LENGTH, Optional.of("5"));

  private void set(GateVariable variable, String value) {
    variables = variables.with(variable, Optional.of(value));
  }

  private Optional<SqlError> check(String password) {
    return new PasswordPolicy(variables).check(password, "joe12", "boss1", Optional.empty());
  }

  private void passes(String password) {
    assertThat(check(password)).as(password).isEmpty();
  }

  private void refused(String password, String rule) {
    SqlError error = check(password).orElseThrow();
    assertThat(error.code()).isEqualTo(ErrorCode.ER_NOT_VALID_PASSWORD);
    assertThat(error.message()).contains(rule).doesNotContain(password);
  }

  @Test
  void nothingIsCheckedWhileItIsOff() {
    refused("a9", "too short");
    set(GateVariable.VALIDATE_PASSWORD, "OFF");
    passes("a9");
  }

  @Test
  void aUserNameIsNoPasswordForwardsOrBackwards() {
    refused("joe12", "equals the user name");
    refused("21eoj", "equals the reversed user name");
    refused("boss1", "equals the user name");
    refused("1ssob", "equals the reversed user name");
    passes("joe12x");
    passes("JOE12");
    set(GateVariable.VALIDATE_PASSWORD_CHECK_USER_NAME, "OFF");
    passes("joe12");
  }

  @Test
  void lowLooksAtTheLengthInCharacters() {
    refused("1234", "require at least 5 characters");
    passes("12345");
    passes("\u00e4\u00e4\u00e4\u00e4\ud83d\ude00");
    refused("\u00e4\u00e4\u00e4\ud83d\ude00", "too short");
  }

  @Test
  void mediumLooksAtKindsOfCharactersInThisOrder() {
    set(GateVariable.VALIDATE_PASSWORD_POLICY, "1");
    set(GateVariable.VALIDATE_PASSWORD_MIXED_CASE_COUNT, "2");
    refused("ABCD12", "Lowercase");
    refused("abCD12".toLowerCase(java.util.Locale.ROOT), "Uppercase");
    refused("abCDEF", "Number");
    refused("abCD12", "Special Char");
    passes("abCD1_");
  }

  @Test
  void changeIsMeasuredAgainstTheOldPasswordWhereItIsKnown() {
    set(GateVariable.VALIDATE_PASSWORD_CHANGED_CHARACTERS_PERCENTAGE, "50");
    passes("secret-2");
    PasswordPolicy policy = new PasswordPolicy(variables);
    assertThat(policy.check("secret-2", "u", "u", Optional.of("secret-1"))).isPresent();
    assertThat(policy.check("tercet-9", "u", "u", Optional.of("secret-1"))).isEmpty();
    assertThat(policy.check("pqrstuvw", "u", "u", Optional.of("secret-1"))).isEmpty();
  }

  @Test
  void distanceCountsCharacters() {
    assertThat(PasswordPolicy.distance("", "abc")).isEqualTo(3);
    assertThat(PasswordPolicy.distance("kitten", "sitting")).isEqualTo(3);
    assertThat(PasswordPolicy.distance("same", "same")).isZero();
  }
}
