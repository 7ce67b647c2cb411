package io.portcullis.privilege.dcl;

import io.portcullis.privilege.credential.GeneratedPassword;
import io.portcullis.sql.statement.AccessControlStatement;
import io.portcullis.sql.statement.AccessControlStatement.AlterAccount;
import io.portcullis.sql.statement.AccessControlStatement.AlterUser;
import io.portcullis.sql.statement.AccessControlStatement.CreateAccount;
import io.portcullis.sql.statement.AccessControlStatement.CreateUser;
import io.portcullis.sql.statement.AccessControlStatement.Password;
import io.portcullis.sql.statement.AccessControlStatement.UserName;
import io.portcullis.sql.statement.AccessControlStatement.UserSpec;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Passwords made for {@code IDENTIFIED BY RANDOM PASSWORD}, shown once. For one statement. */
final class RandomPasswords {

  private final SecureRandom random;
  private final List<UserName> users = new ArrayList<>();
  private final List<Password> passwords = new ArrayList<>();

  RandomPasswords(SecureRandom random) {
    this.random = random;
  }

  /** The statement with a password in each place that asks for a random one. */
  AccessControlStatement madeFor(AccessControlStatement statement) {
    if (statement instanceof CreateUser create) {
      return new CreateUser(
          create.ifNotExists(),
          specs(create.users()),
          create.defaultRoles(),
          create.locked(),
          create.attribute(),
          create.options());
    } else if (statement instanceof AlterUser alter) {
      return new AlterUser(
          alter.ifExists(),
          specs(alter.users()),
          alter.defaultRoles(),
          alter.lock(),
          alter.attribute(),
          alter.options());
    }
    return ofAccount(statement);
  }

  private AccessControlStatement ofAccount(AccessControlStatement statement) {
    if (statement instanceof CreateAccount create) {
      return new CreateAccount(
          create.ifNotExists(),
          create.account(),
          specs(List.of(create.administrator())).get(0),
          create.state(),
          create.comment(),
          create.backend());
    } else if (statement instanceof AlterAccount alter && alter.administrator().isPresent()) {
      return new AlterAccount(
          alter.ifExists(),
          alter.account(),
          Optional.of(specs(List.of(alter.administrator().get())).get(0)),
          alter.state(),
          alter.comment());
    }
    return statement;
  }

  private List<UserSpec> specs(List<UserSpec> specs) {
    return specs.stream()
        .map(spec -> new UserSpec(spec.user(), spec.password().map(p -> made(spec.user(), p))))
        .toList();
  }

  private Password made(UserName user, Password password) {
    if (!password.random()) {
      return password;
    }
    Password made = new Password(GeneratedPassword.next(random), true, password.current());
    users.add(user);
    passwords.add(made);
    return made;
  }

  boolean isEmpty() {
    return passwords.isEmpty();
  }

  /**
   * As MySQL shows them.
   *
   * @param used by identity: those that have become somebody's password
   */
  DclResult shown(Set<Password> used) {
    List<List<@Nullable String>> rows = new ArrayList<>();
    for (int i = 0; i < passwords.size(); i++) {
      if (used.contains(passwords.get(i))) {
        UserName user = users.get(i);
        rows.add(List.of(user.name(), Refusals.host(user), passwords.get(i).clearText(), "1"));
      }
    }
    return new DclResult.Rows(List.of("user", "host", "generated password", "auth_factor"), rows);
  }
}
