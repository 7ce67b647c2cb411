package io.portcullis.proxy.server;

import io.portcullis.privilege.dcl.AccountStatements;
import io.portcullis.privilege.model.BackendLogin;
import io.portcullis.privilege.snapshot.SnapshotPublisher;
import io.portcullis.privilege.store.StoreException;
import io.portcullis.proxy.backend.BackendLogins;
import io.portcullis.proxy.config.BackendConfig;
import io.portcullis.proxy.session.BackendTarget;
import io.portcullis.proxy.wire.AuthData;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The configured login for account sys, and those that the catalog has for the others. */
final class AccountLogins implements BackendLogins {

  private static final Logger LOG = LoggerFactory.getLogger(AccountLogins.class);

  private final Login configured;
  private final SnapshotPublisher publisher;
  private final AccountStatements accounts;

  AccountLogins(BackendConfig backend, SnapshotPublisher publisher, AccountStatements accounts) {
    this.configured = login(backend.user(), backend.password().reveal());
    this.publisher = publisher;
    this.accounts = accounts;
  }

  private static Login login(String user, String password) {
    return new Login(user, AuthData.of(password.getBytes(StandardCharsets.UTF_8)));
  }

  @Override
  public Optional<Login> of(String name) {
    return name.equals(BackendTarget.DEFAULT_LOGIN)
        ? Optional.of(configured)
        : publisher.current().state().accounts().stream()
            .flatMap(account -> account.login().stream())
            .filter(login -> login.user().equals(name))
            .findFirst()
            .flatMap(this::opened);
  }

  private Optional<Login> opened(BackendLogin login) {
    try {
      return Optional.of(login(login.user(), accounts.password(login)));
    } catch (StoreException e) {
      LOG.atWarn()
          .addKeyValue("login", login.user())
          .addKeyValue("cause", e.getMessage())
          .log("no connection to the backend for an account");
      return Optional.empty();
    }
  }
}
