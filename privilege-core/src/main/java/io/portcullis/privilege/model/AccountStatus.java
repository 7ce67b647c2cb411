package io.portcullis.privilege.model;

import java.util.Optional;

/** What an account may do (PM 4.7). The codes are stored; they never change. */
public enum AccountStatus {
  OPEN(0, "open"),
  /** Nobody logs in, and sessions are closed. */
  SUSPENDED(1, "suspend"),
  /** What makes data grow is refused. */
  RESTRICTED(2, "restricted");

  private final int code;
  private final String text;

  AccountStatus(int code, String text) {
    this.code = code;
    this.text = text;
  }

  public int code() {
    return code;
  }

  public static Optional<AccountStatus> ofCode(int code) {
    for (AccountStatus status : values()) {
      if (status.code == code) {
        return Optional.of(status);
      }
    }
    return Optional.empty();
  }

  /** As SHOW ACCOUNTS lists it. */
  public String text() {
    return text;
  }
}
