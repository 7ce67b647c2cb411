package io.portcullis.privilege.credential;

import io.portcullis.privilege.model.AccountVariables;
import io.portcullis.sql.statement.GateVariable;
import io.portcullis.sql.text.ErrorCode;
import io.portcullis.sql.text.SqlError;
import java.util.Optional;
import java.util.function.IntPredicate;

/**
 * The policy of an account for new passwords (PM 7.3), in the order of its rules. No error text
 * repeats the password, or says more about it than which rule it breaks (Q15).
 */
public final class PasswordPolicy {

  private static final long MEDIUM = 1;
  private static final int PERCENT = 100;

  private final AccountVariables variables;

  public PasswordPolicy(AccountVariables variables) {
    this.variables = variables;
  }

  /**
   * Why this password may not be set; empty when it may.
   *
   * @param user whose password it is to be
   * @param actor who sets it
   * @param old the password before, where it is known (Q41)
   */
  public Optional<SqlError> check(
      String password, String user, String actor, Optional<String> old) {
    if (!variables.isOn(GateVariable.VALIDATE_PASSWORD)) {
      return Optional.empty();
    }
    if (variables.isOn(GateVariable.VALIDATE_PASSWORD_CHECK_USER_NAME)) {
      for (String name : new String[] {user, actor}) {
        if (password.equals(name)) {
          return refused("Password equals the user name");
        }
        if (password.contentEquals(new StringBuilder(name).reverse())) {
          return refused("Password equals the reversed user name");
        }
      }
    }
    int length = password.codePointCount(0, password.length());
    long changed = variables.number(GateVariable.VALIDATE_PASSWORD_CHANGED_CHARACTERS_PERCENTAGE);
    if (old.isPresent() && (long) distance(old.get(), password) * PERCENT < changed * length) {
      return refused("Password does not contain enough changed characters");
    }
    long least = variables.number(GateVariable.VALIDATE_PASSWORD_LENGTH);
    if (length < least) {
      return refused("Password is too short, require at least " + least + " characters");
    }
    return variables.number(GateVariable.VALIDATE_PASSWORD_POLICY) == MEDIUM
        ? medium(password)
        : Optional.empty();
  }

  private Optional<SqlError> medium(String password) {
    long letters = variables.number(GateVariable.VALIDATE_PASSWORD_MIXED_CASE_COUNT);
    if (count(password, Character::isLowerCase) < letters) {
      return refused("Password does not meet the Lowercase requirements");
    }
    if (count(password, Character::isUpperCase) < letters) {
      return refused("Password does not meet the Uppercase requirements");
    }
    if (count(password, Character::isDigit)
        < variables.number(GateVariable.VALIDATE_PASSWORD_NUMBER_COUNT)) {
      return refused("Password does not meet the Number requirements");
    }
    if (count(password, c -> !Character.isLetterOrDigit(c))
        < variables.number(GateVariable.VALIDATE_PASSWORD_SPECIAL_CHAR_COUNT)) {
      return refused("Password does not meet the Special Char requirements");
    }
    return Optional.empty();
  }

  private static long count(String password, IntPredicate kind) {
    return password.codePoints().filter(kind).count();
  }

  /** How many characters have to be put in, taken out or replaced. */
  static int distance(String from, String to) {
    int[] a = from.codePoints().toArray();
    int[] b = to.codePoints().toArray();
    int[] row = new int[b.length + 1];
    for (int j = 0; j <= b.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length; i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length; j++) {
        int replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length];
  }

  private static Optional<SqlError> refused(String reason) {
    return Optional.of(ErrorCode.ER_NOT_VALID_PASSWORD.error(reason));
  }
}
