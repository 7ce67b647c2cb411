package io.portcullis.privilege.authz;

import io.portcullis.privilege.catalog.CatalogState;
import io.portcullis.privilege.model.Account;
import io.portcullis.privilege.model.AccountId;
import io.portcullis.privilege.model.Names;

/**
 * What the databases of an account are called at the backend (DESIGN D6): {@code shop} of account
 * {@code acme} is the schema {@code acme$shop}; those of account sys have the same name on both
 * sides. Names of accounts hold no dollar sign, so a schema belongs to one account at most. System
 * databases are the same for all. Immutable.
 */
public final class NameSpace {

  /** Between the account and the database; in no name of an account. */
  public static final char SEPARATOR = '$';

  /** MySQL's limit, in characters. */
  public static final int MAX_NAME = 64;

  private final String prefix;
  private final CatalogState state;
  private final String catalogSchema;

  private NameSpace(String prefix, CatalogState state, String catalogSchema) {
    this.prefix = prefix;
    this.state = state;
    this.catalogSchema = catalogSchema;
  }

  /** That of an account; of one that was dropped it owns nothing that exists. */
  public static NameSpace of(AccountId account, CatalogState state, String catalogSchema) {
    String prefix =
        account.isSys()
            ? ""
            : state.account(account).map(NameSpace::prefix).orElse("dropped" + account.value())
                + SEPARATOR;
    return new NameSpace(prefix, state, catalogSchema);
  }

  /** Whose a schema is. */
  public static AccountId accountOf(String physical, CatalogState state) {
    int separator = physical.indexOf(SEPARATOR);
    return separator <= 0
        ? AccountId.SYS
        : state.account(physical.substring(0, separator)).map(Account::id).orElse(AccountId.SYS);
  }

  private static String prefix(Account account) {
    return Names.key(account.name());
  }

  /** Whether names are the same on both sides. */
  public boolean isIdentity() {
    return prefix.isEmpty();
  }

  /** What schemas of the account begin with; empty for sys. */
  public String prefix() {
    return prefix;
  }

  /** The schema that a database of the account is. */
  public String physical(String logical) {
    return prefix.isEmpty() || SystemDatabases.is(logical, catalogSchema)
        ? logical
        : prefix + logical;
  }

  /** What the account calls a schema of its own; others as they are. */
  public String logical(String physical) {
    return prefix.isEmpty() || !physical.startsWith(prefix)
        ? physical
        : physical.substring(prefix.length());
  }

  /** Whether the schema is the account's; system databases are everybody's. */
  public boolean owns(String physical) {
    if (!prefix.isEmpty()) {
      return physical.startsWith(prefix) || SystemDatabases.is(physical, catalogSchema);
    }
    return accountOf(physical, state).isSys();
  }

  /**
   * Whether a database can have the name: the schema's may be too long for the backend, which says
   * so itself where both are the same.
   */
  public boolean fits(String logical) {
    String physical = physical(logical);
    return prefix.isEmpty() || physical.codePointCount(0, physical.length()) <= MAX_NAME;
  }
}
