package io.portcullis.privilege.model;

/** An account (tenant); sys is 0 (PM 1.1). */
public record AccountId(int value) {
  public static final AccountId SYS = new AccountId(0);

  public boolean isSys() {
    return value == 0;
  }
}
