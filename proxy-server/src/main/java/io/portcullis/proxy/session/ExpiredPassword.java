package io.portcullis.proxy.session;

import io.portcullis.privilege.catalog.CatalogState;
import io.portcullis.privilege.model.User;
import io.portcullis.proxy.statement.Authority;
import io.portcullis.sql.statement.AccessControlStatement.AlterUser;
import io.portcullis.sql.statement.AccessControlStatement.SetPassword;
import io.portcullis.sql.statement.AccessControlStatement.UserSpec;
import io.portcullis.sql.statement.ForwardStatement;
import io.portcullis.sql.statement.SetVariables;
import io.portcullis.sql.statement.ShowVariables;
import io.portcullis.sql.statement.ShowWarnings;
import io.portcullis.sql.statement.Statement;
import io.portcullis.sql.statement.StatementKind;
import java.util.Optional;

/**
 * A session whose password had expired at login: it may change it, and do what drivers do when they
 * connect (PM 4.7, 7.4). Over as soon as the password is another. Event loop only.
 */
final class ExpiredPassword {

  private final SessionServices services;
  private final Authority authority;
  private boolean expired;

  /** The user as the password expired; a change makes another of it. */
  private Optional<User> asOfLogin;

  ExpiredPassword(SessionServices services, Authority authority, boolean expired) {
    this.services = services;
    this.authority = authority;
    this.expired = expired;
    this.asOfLogin = expired ? user() : Optional.empty();
  }

  private Optional<User> user() {
    CatalogState state = services.publisher().current().state();
    return state.user(authority.subject().subject().user());
  }

  /** Whether only some statements are permitted. */
  boolean restricts() {
    if (!expired) {
      return false;
    }
    boolean changed = !user().map(User::verifiers).equals(asOfLogin.map(User::verifiers));
    if (changed) {
      expired = false;
      asOfLogin = Optional.empty();
    }
    return expired;
  }

  /** Whether the statement is permitted all the same. */
  boolean permits(Statement statement) {
    if (statement instanceof SetPassword set) {
      return set.user().map(name -> isSelf(name.name())).orElse(true);
    }
    if (statement instanceof AlterUser alter) {
      return alter.users().stream().map(UserSpec::user).allMatch(name -> isSelf(name.name()));
    }
    if (statement instanceof SetVariables set) {
      return set.accesses().isEmpty();
    }
    if (statement instanceof ForwardStatement forward) {
      return forward.accesses().isEmpty()
          && (forward.kind() == StatementKind.SELECT || forward.kind() == StatementKind.SHOW);
    }
    return statement instanceof ShowWarnings || statement instanceof ShowVariables;
  }

  private boolean isSelf(String name) {
    return user().filter(self -> self.name().equalsIgnoreCase(name)).isPresent();
  }
}
