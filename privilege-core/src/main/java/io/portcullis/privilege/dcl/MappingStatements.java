package io.portcullis.privilege.dcl;

import io.portcullis.privilege.authz.ActiveSubject;
import io.portcullis.privilege.authz.Authorizer;
import io.portcullis.privilege.catalog.CatalogChange;
import io.portcullis.privilege.credential.SecretKey;
import io.portcullis.privilege.model.Account;
import io.portcullis.privilege.model.BackendLogin;
import io.portcullis.privilege.model.BackendMapping;
import io.portcullis.privilege.model.Names;
import io.portcullis.privilege.model.PrivilegeType;
import io.portcullis.privilege.model.RoleId;
import io.portcullis.privilege.model.User;
import io.portcullis.privilege.model.UserId;
import io.portcullis.privilege.store.BackendSite;
import io.portcullis.privilege.store.BackendSites;
import io.portcullis.privilege.store.StoreException;
import io.portcullis.sql.statement.AccessControlStatement.MapUser;
import io.portcullis.sql.statement.AccessControlStatement.UnmapUser;
import io.portcullis.sql.statement.AccessControlStatement.UserName;
import io.portcullis.sql.text.ErrorCode;
import io.portcullis.sql.text.SqlError;
import java.util.Optional;

/**
 * ALTER USER ... MAP and UNMAP: a user's own login at a backend. Who sets one lends a user what the
 * login may do there, behind the second wall, so it is a matter of account sys for all accounts
 * (ADR 0012). Secrets are sealed here and opened for connections only.
 */
public final class MappingStatements {

  private static final String OPERATION = "ALTER USER";

  /** MariaDB's limit; MySQL allows 32. */
  private static final int MAX_LOGIN = 80;

  private static final int MAX_PASSWORD = 1024;

  private final Authorizer authorizer;
  private final BackendSites sites;
  private final Optional<SecretKey> key;

  /**
   * @param key seals the passwords; without one no user can be mapped
   */
  public MappingStatements(Authorizer authorizer, BackendSites sites, Optional<SecretKey> key) {
    this.authorizer = authorizer;
    this.sites = sites;
    this.key = key;
  }

  private static String purpose(UserId user, String backend, String login) {
    return "login " + login + " of user " + user.value() + " at backend " + backend;
  }

  /**
   * The password of a user's login.
   *
   * @throws StoreException when the configured key does not open it
   */
  public String password(BackendMapping mapping) throws StoreException {
    BackendLogin login = mapping.login();
    return key.flatMap(
            k ->
                k.open(
                    login.sealedPassword(),
                    purpose(mapping.user(), mapping.backend(), login.user())))
        .orElseThrow(
            () ->
                new StoreException(
                    "the password of a user's backend login cannot be read: catalog.secret_key_file"
                        + " is "
                        + (key.isEmpty() ? "not set" : "another key than it was set with")));
  }

  Optional<SqlError> map(Draft draft, MapUser statement) {
    Found found = find(draft, statement.user(), statement.account(), statement.ifExists());
    if (found.user().isEmpty()) {
      return found.error();
    }
    User user = found.user().get();
    String backend = Names.key(statement.backend());
    Optional<SqlError> refused = place(draft, user, backend);
    if (refused.isEmpty()) {
      refused = login(draft, statement, backend);
    }
    if (refused.isPresent()) {
      return refused;
    }
    if (key.isEmpty()) {
      return Optional.of(
          ErrorCode.ER_NOT_SUPPORTED_YET.error(
              "ALTER USER ... MAP without a key to keep the password under; set"
                  + " catalog.secret_key_file in the configuration"));
    }
    String login = statement.login();
    String sealed =
        key.get().seal(statement.password().clearText(), purpose(user.id(), backend, login));
    draft.apply(
        new CatalogChange.MappingPut(
            new BackendMapping(user.id(), backend, new BackendLogin(login, sealed))));
    return Optional.empty();
  }

  Optional<SqlError> unmap(Draft draft, UnmapUser statement) {
    Found found = find(draft, statement.user(), statement.account(), statement.ifExists());
    if (found.user().isEmpty()) {
      return found.error();
    }
    User user = found.user().get();
    String backend = Names.key(statement.backend());
    if (draft.state().mapping(user.id(), backend).isEmpty()) {
      String why = "the user " + user.name() + " has no login of his own at backend " + backend;
      if (!statement.ifExists()) {
        return Optional.of(Refusals.cannot(OPERATION, Refusals.quoted(user), why));
      }
      draft.note(why);
      return Optional.empty();
    }
    draft.apply(new CatalogChange.MappingDropped(user.id(), backend));
    return Optional.empty();
  }

  /** A user, or why there is none; neither where that is no error. */
  private record Found(Optional<User> user, Optional<SqlError> error) {
    static Found not(SqlError error) {
      return new Found(Optional.empty(), Optional.of(error));
    }
  }

  private Found find(Draft draft, UserName name, Optional<String> account, boolean ifExists) {
    ActiveSubject actor = draft.actor();
    Optional<SqlError> refused = authorizer.requireAny(actor, PrivilegeType.MANAGE_MAPPINGS);
    if (refused.isEmpty() && !actor.subject().account().isSys()) {
      refused =
          Optional.of(
              ErrorCode.ER_SPECIFIC_ACCESS_DENIED_ERROR.error("MANAGE MAPPINGS of account sys"));
    }
    Optional<Account> home = draft.state().account(draft.account());
    if (refused.isEmpty() && account.isPresent()) {
      refused = AccountStatements.mayAdminister(actor, OPERATION + " ... IN ACCOUNT");
      home = draft.state().account(account.get());
    }
    if (refused.isPresent()) {
      return Found.not(refused.get());
    }
    if (home.isEmpty()) {
      return missing(draft, name, "there is no account " + account.orElse(""), ifExists);
    }
    Optional<User> user = draft.state().user(home.get().id(), name.name());
    if (user.isEmpty()) {
      return missing(draft, name, "there is no user " + name.name(), ifExists);
    }
    // As ALTER USER (PM 2.4): nobody but an administrator decides over one.
    RoleId administrators = RoleId.administratorOf(home.get().id());
    if (home.get().id().isSys()
        && draft.state().isGranted(administrators, user.get().id())
        && !actor.isAdministrator()) {
      return Found.not(
          Refusals.cannot(OPERATION, Refusals.quoted(name), "don't have the privilege to alter"));
    }
    return new Found(user, Optional.empty());
  }

  private static Found missing(Draft draft, UserName name, String why, boolean ifExists) {
    if (!ifExists) {
      return Found.not(Refusals.cannot(OPERATION, Refusals.quoted(name), why));
    }
    draft.note(why);
    return new Found(Optional.empty(), Optional.empty());
  }

  /** A login elsewhere than where the account lives would never be used. */
  private Optional<SqlError> place(Draft draft, User user, String backend) {
    if (sites.of(backend).isEmpty()) {
      return Optional.of(
          Refusals.cannot(
              OPERATION, Refusals.quoted(user), AccountStatements.noBackend(backend, sites)));
    }
    Account home = draft.state().account(user.account()).orElseThrow();
    return home.backend().equals(backend)
        ? Optional.empty()
        : Optional.of(
            Refusals.cannot(
                OPERATION,
                Refusals.quoted(user),
                "the account " + home.name() + " lives on the backend " + home.backend()));
  }

  private Optional<SqlError> login(Draft draft, MapUser statement, String backend) {
    String login = statement.login();
    String password = statement.password().clearText();
    if (login.isBlank() || login.codePoints().anyMatch(Character::isISOControl)) {
      return Optional.of(
          Refusals.cannot(
              OPERATION, Refusals.quoted(statement.user()), "the name of the login is invalid"));
    }
    if (login.codePointCount(0, login.length()) > MAX_LOGIN) {
      return Optional.of(ErrorCode.ER_WRONG_STRING_LENGTH.error(login, "login", MAX_LOGIN));
    }
    if (password.length() > MAX_PASSWORD || password.indexOf('\0') >= 0) {
      return Optional.of(
          Refusals.cannot(
              OPERATION,
              Refusals.quoted(statement.user()),
              "the password of the login is too long, or holds a zero byte"));
    }
    boolean own = sites.of(backend).map(BackendSite::login).filter(login::equals).isPresent();
    boolean anAccounts =
        draft.state().accounts().stream()
            .flatMap(account -> account.login().stream())
            .anyMatch(taken -> taken.user().equals(login));
    return own || anAccounts
        ? Optional.of(
            Refusals.cannot(
                OPERATION,
                Refusals.quoted(statement.user()),
                "the login " + login + " is one of the gate's own"))
        : Optional.empty();
  }
}
