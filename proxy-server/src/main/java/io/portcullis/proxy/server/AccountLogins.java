package io.portcullis.proxy.server;

import io.portcullis.privilege.catalog.CatalogState;
import io.portcullis.privilege.dcl.AccountStatements;
import io.portcullis.privilege.dcl.MappingStatements;
import io.portcullis.privilege.model.Account;
import io.portcullis.privilege.model.BackendMapping;
import io.portcullis.privilege.snapshot.SnapshotPublisher;
import io.portcullis.privilege.store.StoreException;
import io.portcullis.proxy.backend.BackendLogins;
import io.portcullis.proxy.config.BackendConfig;
import io.portcullis.proxy.session.BackendIdentity;
import io.portcullis.proxy.wire.AuthData;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The logins at one backend: on the main one that of the configuration, for account sys; and what
 * the catalog has for accounts and users that live there.
 */
final class AccountLogins implements BackendLogins {

  private static final Logger LOG = LoggerFactory.getLogger(AccountLogins.class);

  private final String backend;
  private final Optional<Login> configured;
  private final SnapshotPublisher publisher;
  private final AccountStatements accounts;
  private final MappingStatements mappings;

  AccountLogins(
      String backend,
      BackendConfig config,
      SnapshotPublisher publisher,
      AccountStatements accounts,
      MappingStatements mappings) {
    this.backend = backend;
    // Account sys lives on the main one: nobody's session is the gate itself on another.
    this.configured =
        backend.equals(Account.MAIN_BACKEND)
            ? Optional.of(login(config.user(), config.password().reveal()))
            : Optional.empty();
    this.publisher = publisher;
    this.accounts = accounts;
    this.mappings = mappings;
  }

  private static Login login(String user, String password) {
    return new Login(user, AuthData.of(password.getBytes(StandardCharsets.UTF_8)));
  }

  @Override
  public Optional<Login> of(BackendIdentity identity) {
    if (identity instanceof BackendIdentity.Configured) {
      return configured;
    } else if (identity instanceof BackendIdentity.OfAccount of) {
      return state()
          .account(of.account())
          .filter(account -> account.backend().equals(backend))
          .flatMap(Account::login)
          .flatMap(login -> opened(login.user(), () -> accounts.password(login)));
    } else if (identity instanceof BackendIdentity.OfUser of) {
      BackendMapping mapping = of.mapping();
      return state()
          .mapping(mapping.user(), backend)
          .filter(mapping::equals)
          .flatMap(same -> opened(same.login().user(), () -> mappings.password(same)));
    }
    throw new AssertionError(identity);
  }

  private CatalogState state() {
    return publisher.current().state();
  }

  private interface Secret {
    String reveal() throws StoreException;
  }

  private static Optional<Login> opened(String user, Secret password) {
    try {
      return Optional.of(login(user, password.reveal()));
    } catch (StoreException e) {
      LOG.atWarn()
          .addKeyValue("login", user)
          .addKeyValue("cause", e.getMessage())
          .log("no connection to the backend");
      return Optional.empty();
    }
  }
}
