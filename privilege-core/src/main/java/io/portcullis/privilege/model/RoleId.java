package io.portcullis.privilege.model;

/**
 * A role. Those that come with an account have ids that follow from the account's (PM 2.1): 0 and 1
 * in sys, negative ones elsewhere, so that nothing has to be looked up to know them.
 */
public record RoleId(int value) {
  /** The administrators' role of account sys. */
  public static final RoleId MOADMIN = new RoleId(0);

  /** The role everybody has, in account sys. */
  public static final RoleId PUBLIC = new RoleId(1);

  /** moadmin in sys, accountadmin elsewhere. */
  public static RoleId administratorOf(AccountId account) {
    return account.isSys() ? MOADMIN : new RoleId(-2 * account.value());
  }

  /** The role everybody in the account has. */
  public static RoleId publicOf(AccountId account) {
    return account.isSys() ? PUBLIC : new RoleId(-2 * account.value() - 1);
  }

  /** Whether it is the administrators' role of some account. */
  public boolean isAdministrator() {
    return value == 0 || (value < 0 && value % 2 == 0);
  }

  /** Whether it is the role that everybody in some account has. */
  public boolean isPublic() {
    return value == 1 || (value < 0 && value % 2 != 0);
  }

  /** Whether it came with an account: never dropped, renamed, granted on or passed on (PM 2.4). */
  public boolean isBuiltIn() {
    return value <= 1;
  }
}
