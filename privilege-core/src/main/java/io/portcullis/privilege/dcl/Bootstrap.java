package io.portcullis.privilege.dcl;

import io.portcullis.privilege.catalog.CatalogChange;
import io.portcullis.privilege.catalog.CatalogState;
import io.portcullis.privilege.credential.GeneratedPassword;
import io.portcullis.privilege.credential.PasswordRules;
import io.portcullis.privilege.credential.PasswordVerifier;
import io.portcullis.privilege.model.Account;
import io.portcullis.privilege.model.AccountId;
import io.portcullis.privilege.model.Names;
import io.portcullis.privilege.model.RoleId;
import io.portcullis.privilege.model.RoleToUser;
import io.portcullis.privilege.model.User;
import io.portcullis.privilege.store.CatalogWriter;
import io.portcullis.privilege.store.Proposal;
import io.portcullis.privilege.store.StoreException;
import io.portcullis.sql.text.SqlError;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Fills an empty catalog: the built-in roles, and a first administrator when there is no user at
 * all (PM 2.1). There is no built-in password: one is configured, or made and handed back once.
 */
public final class Bootstrap {

  private final CatalogWriter writer;
  private final SecureRandom random;
  private final Clock clock;
  private final boolean nativePasswords;

  public Bootstrap(
      CatalogWriter writer, SecureRandom random, Clock clock, boolean nativePasswords) {
    this.writer = writer;
    this.random = random;
    this.clock = clock;
    this.nativePasswords = nativePasswords;
  }

  /**
   * Does nothing to a catalog that has users.
   *
   * @param administrator name of the first user
   * @param password of the first user; empty: one is made
   * @return the password, if one was made
   * @throws IllegalArgumentException when no user could have that name or that password
   */
  public Optional<String> run(String administrator, Optional<String> password)
      throws StoreException {
    Optional<SqlError> refused =
        Refusals.name("CREATE USER", administrator, Names.MAX_USER_LENGTH)
            .or(() -> password.flatMap(PasswordRules::check));
    if (refused.isPresent()) {
      throw new IllegalArgumentException("first administrator: " + refused.get().message());
    }
    String clear = password.orElseGet(() -> GeneratedPassword.next(random));
    return writer.write(
        newest -> {
          List<CatalogChange> changes = new ArrayList<>();
          CatalogState state = newest.state();
          if (state.role(RoleId.MOADMIN).isEmpty()) {
            changes.addAll(CatalogState.bootstrapChanges());
          }
          if (!state.users().isEmpty()) {
            return new Proposal<>(changes, Optional.<String>empty());
          }
          User user =
              new User(
                  state.nextUserId(),
                  AccountId.SYS,
                  administrator.strip(),
                  Refusals.DEFAULT_HOST,
                  PasswordVerifier.of(clear, random, nativePasswords),
                  RoleId.MOADMIN,
                  RoleId.MOADMIN,
                  false,
                  Optional.empty(),
                  clock.instant().truncatedTo(ChronoUnit.MILLIS));
          changes.add(
              new CatalogChange.AccountPut(Account.SYS.madeWith(user.name(), user.created())));
          changes.add(new CatalogChange.UserPut(user));
          changes.add(
              new CatalogChange.RoleGrantedToUser(
                  new RoleToUser(RoleId.MOADMIN, user.id(), false)));
          return new Proposal<>(
              changes, password.isPresent() ? Optional.<String>empty() : Optional.of(clear));
        });
  }
}
