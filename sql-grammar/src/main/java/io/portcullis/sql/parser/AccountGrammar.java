package io.portcullis.sql.parser;

import io.portcullis.sql.lexer.TokenKind;
import io.portcullis.sql.statement.AccessControlStatement;
import io.portcullis.sql.statement.AccessControlStatement.AccountState;
import io.portcullis.sql.statement.AccessControlStatement.AlterAccount;
import io.portcullis.sql.statement.AccessControlStatement.CreateAccount;
import io.portcullis.sql.statement.AccessControlStatement.DropAccount;
import io.portcullis.sql.statement.AccessControlStatement.Password;
import io.portcullis.sql.statement.AccessControlStatement.UserName;
import io.portcullis.sql.statement.AccessControlStatement.UserSpec;
import java.util.List;
import java.util.Optional;

/** CREATE, ALTER and DROP ACCOUNT (PM 5.2). */
final class AccountGrammar {

  private final TokenCursor cursor;
  private final AccessControlGrammar users;
  private final List<String> parameters;
  private int nextParameter;

  AccountGrammar(TokenCursor cursor, AccessControlGrammar users) {
    this(cursor, users, List.of());
  }

  /**
   * @param parameters what stands for each {@code ?}, of which there may be no more
   */
  AccountGrammar(TokenCursor cursor, AccessControlGrammar users, List<String> parameters) {
    this.cursor = cursor;
    this.users = users;
    this.parameters = parameters;
  }

  AccessControlStatement read() {
    if (cursor.accept("CREATE", "ACCOUNT")) {
      return create();
    }
    if (cursor.accept("ALTER", "ACCOUNT")) {
      return alter();
    }
    cursor.expect("DROP", "ACCOUNT");
    boolean ifExists = cursor.accept("IF", "EXISTS");
    return new DropAccount(ifExists, account());
  }

  private AccessControlStatement create() {
    boolean ifNotExists = cursor.accept("IF", "NOT", "EXISTS");
    String account = account();
    cursor.expect("ADMIN_NAME");
    UserSpec administrator = administrator();
    Optional<AccountState> state = Optional.empty();
    Optional<String> comment = Optional.empty();
    Optional<String> backend = Optional.empty();
    while (!cursor.atEnd()) {
      Optional<AccountState> next = state();
      if (next.isPresent() && state.isEmpty()) {
        state = next;
      } else if (next.isEmpty() && comment.isEmpty() && cursor.accept("COMMENT")) {
        comment = Optional.of(cursor.string());
      } else if (next.isEmpty() && backend.isEmpty() && cursor.accept("BACKEND")) {
        backend = Optional.of(users.backend());
      } else {
        throw cursor.unexpected();
      }
    }
    return new CreateAccount(
        ifNotExists, account, administrator, state.orElse(AccountState.OPEN), comment, backend);
  }

  private AccessControlStatement alter() {
    boolean ifExists = cursor.accept("IF", "EXISTS");
    String account = account();
    Optional<UserSpec> administrator =
        cursor.accept("ADMIN_NAME") ? Optional.of(administrator()) : Optional.empty();
    Optional<AccountState> state = Optional.empty();
    Optional<String> comment = Optional.empty();
    while (!cursor.atEnd()) {
      Optional<AccountState> next = state();
      if (next.isPresent() && state.isEmpty()) {
        state = next;
      } else if (next.isEmpty() && comment.isEmpty() && cursor.accept("COMMENT")) {
        comment = Optional.of(cursor.string());
      } else if (cursor.is("BACKEND")) {
        throw cursor.notOffered(
            "ALTER ACCOUNT ... BACKEND",
            "an account stays where it was made: make another one there and copy its data");
      } else {
        throw cursor.unexpected();
      }
    }
    return new AlterAccount(ifExists, account, administrator, state, comment);
  }

  private Optional<AccountState> state() {
    for (AccountState state : AccountState.values()) {
      if (cursor.accept(state.name())) {
        return Optional.of(state);
      }
    }
    return Optional.empty();
  }

  /** {@code ['='] name IDENTIFIED BY 'p'}. */
  private UserSpec administrator() {
    cursor.acceptMark("=");
    UserName user =
        isParameter()
            ? new UserName(users.checkedName(parameter()), Optional.empty())
            : users.user();
    Optional<Password> password = password();
    if (password.isEmpty()) {
      throw cursor.unexpected();
    }
    return new UserSpec(user, password);
  }

  private Optional<Password> password() {
    int begin = cursor.at();
    if (cursor.accept("IDENTIFIED", "BY") && isParameter()) {
      return Optional.of(new Password(parameter()));
    }
    cursor.moveTo(begin);
    return users.password();
  }

  private boolean isParameter() {
    return cursor.isKind(TokenKind.PARAMETER) && nextParameter < parameters.size();
  }

  private String parameter() {
    cursor.skip();
    return parameters.get(nextParameter++);
  }

  private String account() {
    if (isParameter()) {
      return parameter().strip();
    }
    if (cursor.isKind(TokenKind.STRING)) {
      throw cursor.unexpected(); // PM 1.2: a name, not a text
    }
    return cursor.identifier().strip();
  }
}
