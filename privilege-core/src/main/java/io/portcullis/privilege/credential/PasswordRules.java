package io.portcullis.privilege.credential;

import io.portcullis.sql.text.ErrorCode;
import io.portcullis.sql.text.SqlError;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** What a new password must be (PM 7.1, 7.3 [R]). No error text repeats the password (Q15). */
public final class PasswordRules {

  private PasswordRules() {}

  /** Why this password may not be set; empty when it may. */
  public static Optional<SqlError> check(String password) {
    if (password.isEmpty()) {
      return refused("password is empty string");
    }
    if (password.getBytes(StandardCharsets.UTF_8).length > PasswordVerifier.MAX_PASSWORD_BYTES) {
      return refused(
          "password is too long (should be no longer than "
              + PasswordVerifier.MAX_PASSWORD_BYTES
              + " bytes)");
    }
    if (password.indexOf('\0') >= 0) {
      return refused("password contains a NUL character, which no client can send");
    }
    return Optional.empty();
  }

  private static Optional<SqlError> refused(String reason) {
    return Optional.of(ErrorCode.ER_NOT_VALID_PASSWORD.error(reason));
  }
}
