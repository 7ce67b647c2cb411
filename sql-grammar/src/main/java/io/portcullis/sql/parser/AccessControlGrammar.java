package io.portcullis.sql.parser;

import io.portcullis.sql.access.DatabaseName;
import io.portcullis.sql.access.RelationKind;
import io.portcullis.sql.lexer.TokenKind;
import io.portcullis.sql.statement.AccessControlStatement;
import io.portcullis.sql.statement.AccessControlStatement.AlterUser;
import io.portcullis.sql.statement.AccessControlStatement.ColumnPrivilege;
import io.portcullis.sql.statement.AccessControlStatement.CommentRole;
import io.portcullis.sql.statement.AccessControlStatement.CreateRole;
import io.portcullis.sql.statement.AccessControlStatement.CreateUser;
import io.portcullis.sql.statement.AccessControlStatement.DefaultRoles;
import io.portcullis.sql.statement.AccessControlStatement.DropRole;
import io.portcullis.sql.statement.AccessControlStatement.DropUser;
import io.portcullis.sql.statement.AccessControlStatement.GrantPrivileges;
import io.portcullis.sql.statement.AccessControlStatement.GrantRoles;
import io.portcullis.sql.statement.AccessControlStatement.GrantsOf;
import io.portcullis.sql.statement.AccessControlStatement.Level;
import io.portcullis.sql.statement.AccessControlStatement.MapUser;
import io.portcullis.sql.statement.AccessControlStatement.ObjectType;
import io.portcullis.sql.statement.AccessControlStatement.Password;
import io.portcullis.sql.statement.AccessControlStatement.RenameRole;
import io.portcullis.sql.statement.AccessControlStatement.RenameUser;
import io.portcullis.sql.statement.AccessControlStatement.Renaming;
import io.portcullis.sql.statement.AccessControlStatement.RevokeEverything;
import io.portcullis.sql.statement.AccessControlStatement.RevokeInDatabase;
import io.portcullis.sql.statement.AccessControlStatement.RevokePrivileges;
import io.portcullis.sql.statement.AccessControlStatement.RevokeRoles;
import io.portcullis.sql.statement.AccessControlStatement.RoleChoice;
import io.portcullis.sql.statement.AccessControlStatement.SetDefaultRole;
import io.portcullis.sql.statement.AccessControlStatement.SetPassword;
import io.portcullis.sql.statement.AccessControlStatement.SetRole;
import io.portcullis.sql.statement.AccessControlStatement.SetSecondaryRole;
import io.portcullis.sql.statement.AccessControlStatement.ShowAccess;
import io.portcullis.sql.statement.AccessControlStatement.ShowAccounts;
import io.portcullis.sql.statement.AccessControlStatement.ShowCreateUser;
import io.portcullis.sql.statement.AccessControlStatement.ShowEffectiveGrants;
import io.portcullis.sql.statement.AccessControlStatement.ShowGrants;
import io.portcullis.sql.statement.AccessControlStatement.ShowRoles;
import io.portcullis.sql.statement.AccessControlStatement.ShowUsers;
import io.portcullis.sql.statement.AccessControlStatement.UnmapUser;
import io.portcullis.sql.statement.AccessControlStatement.UserAttribute;
import io.portcullis.sql.statement.AccessControlStatement.UserName;
import io.portcullis.sql.statement.AccessControlStatement.UserSpec;
import io.portcullis.sql.statement.RowCondition;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Users, roles and grants (PM section 5, with MySQL's short forms). */
final class AccessControlGrammar {
  private static final Set<String> COLUMN_PRIVILEGES =
      Set.of("SELECT", "INSERT", "UPDATE", "REFERENCES", "REFERENCE");

  private final TokenCursor cursor;

  AccessControlGrammar(TokenCursor cursor) {
    this.cursor = cursor;
  }

  /** Whether CREATE, ALTER, DROP or RENAME here is about accounts, users or roles. */
  boolean begins() {
    int at = cursor.at();
    return cursor.wordAt(at + 1, "USER")
        || cursor.wordAt(at + 1, "ROLE")
        || cursor.wordAt(at + 1, "ACCOUNT")
        || RowGrammar.begins(cursor)
        || cursor.is("CREATE", "OR", "REPLACE")
            && (cursor.wordAt(at + 3, "USER") || cursor.wordAt(at + 3, "ROLE"));
  }

  AccessControlStatement statement() {
    AccessControlStatement statement = read();
    cursor.expectEnd();
    return statement;
  }

  private AccessControlStatement read() {
    if (cursor.is("CREATE", "OR", "REPLACE")) {
      throw cursor.notOffered("CREATE OR REPLACE USER or ROLE");
    }
    if (AccountText.begins(cursor)) {
      return new AccountGrammar(cursor, this).read();
    }
    if (RowGrammar.begins(cursor)) {
      return new RowGrammar(cursor).hierarchy();
    }
    if (cursor.accept("CREATE", "USER")) {
      return createUser();
    }
    if (cursor.accept("ALTER", "USER")) {
      return alterUser();
    }
    if (cursor.accept("DROP", "USER")) {
      boolean ifExists = cursor.accept("IF", "EXISTS");
      return new DropUser(ifExists, users());
    }
    if (cursor.accept("RENAME", "USER")) {
      return renameUser();
    }
    if (cursor.accept("CREATE", "ROLE")) {
      boolean ifNotExists = cursor.accept("IF", "NOT", "EXISTS");
      List<String> roles = roles();
      if (cursor.is("WITH", "ADMIN")) {
        throw cursor.notOffered("CREATE ROLE ... WITH ADMIN");
      }
      return new CreateRole(ifNotExists, roles, comment());
    }
    if (cursor.accept("DROP", "ROLE")) {
      boolean ifExists = cursor.accept("IF", "EXISTS");
      return new DropRole(ifExists, roles());
    }
    if (cursor.accept("ALTER", "ROLE")) {
      return alterRole();
    }
    if (cursor.accept("GRANT")) {
      return grant();
    }
    if (cursor.accept("REVOKE")) {
      return revoke();
    }
    if (cursor.accept("SHOW")) {
      return show();
    }
    if (cursor.accept("SET") || cursor.accept("USE")) {
      return set();
    }
    throw cursor.notOffered(
        cursor.text().text(cursor.at()).toUpperCase(Locale.ROOT)
            + " "
            + cursor.text().text(cursor.at() + 1).toUpperCase(Locale.ROOT));
  }

  // ---------------------------------------------------------------- users

  private AccessControlStatement createUser() {
    boolean ifNotExists = cursor.accept("IF", "NOT", "EXISTS");
    List<UserSpec> users = new ArrayList<>();
    do {
      users.add(userSpec());
    } while (cursor.acceptMark(","));
    List<String> defaultRoles = cursor.accept("DEFAULT", "ROLE") ? roles() : List.of();
    UserOptionsGrammar options = new UserOptionsGrammar(cursor).read();
    return new CreateUser(
        ifNotExists,
        users,
        defaultRoles,
        options.locked().orElse(false),
        attribute(),
        options.options());
  }

  private AccessControlStatement alterUser() {
    boolean ifExists = cursor.accept("IF", "EXISTS");
    if (cursor.accept("USER")) {
      cursor.expectMark("(");
      cursor.expectMark(")");
      Password password = password().orElseThrow(cursor::unexpected);
      if (password.random()) {
        throw cursor.notOffered("a random password of USER()");
      }
      return new SetPassword(Optional.empty(), password);
    }
    List<UserSpec> users = new ArrayList<>();
    do {
      users.add(userSpec());
    } while (cursor.acceptMark(","));
    if (users.size() == 1 && users.get(0).password().isEmpty() && beginsMapping()) {
      return mapping(ifExists, users.get(0).user());
    }
    Optional<DefaultRoles> defaultRoles =
        cursor.accept("DEFAULT", "ROLE") ? Optional.of(defaultRoles()) : Optional.empty();
    UserOptionsGrammar options = new UserOptionsGrammar(cursor).read();
    return new AlterUser(
        ifExists, users, defaultRoles, options.locked(), attribute(), options.options());
  }

  private boolean beginsMapping() {
    return cursor.is("IN", "ACCOUNT") || cursor.is("MAP", "TO") || cursor.is("UNMAP", "FROM");
  }

  private AccessControlStatement mapping(boolean ifExists, UserName user) {
    Optional<String> account =
        cursor.accept("IN", "ACCOUNT") ? Optional.of(cursor.identifier()) : Optional.empty();
    if (cursor.accept("UNMAP", "FROM", "BACKEND")) {
      return new UnmapUser(ifExists, user, account, backend());
    }
    cursor.expect("MAP", "TO", "BACKEND");
    String backend = backend();
    cursor.expect("LOGIN");
    String login = text();
    Password password = password().orElseThrow(cursor::unexpected);
    if (password.random()) {
      throw cursor.notOffered("a random password of a login that the backend has already");
    }
    return new MapUser(ifExists, user, account, backend, login, password);
  }

  /** The name of a backend in the configuration. */
  String backend() {
    return text().strip();
  }

  private String text() {
    return cursor.isKind(TokenKind.STRING) ? cursor.string() : cursor.identifier();
  }

  private DefaultRoles defaultRoles() {
    if (cursor.accept("NONE")) {
      return new DefaultRoles.None();
    }
    return cursor.accept("ALL") ? new DefaultRoles.All() : new DefaultRoles.Listed(roles());
  }

  private AccessControlStatement renameUser() {
    List<Renaming> names = new ArrayList<>();
    do {
      UserName from = user();
      cursor.expect("TO");
      names.add(new Renaming(from, user()));
    } while (cursor.acceptMark(","));
    return new RenameUser(names);
  }

  UserSpec userSpec() {
    UserName user = user();
    return new UserSpec(user, password());
  }

  Optional<Password> password() {
    if (!cursor.accept("IDENTIFIED")) {
      return Optional.empty();
    }
    if (cursor.is("WITH") || cursor.is("VIA")) {
      throw cursor.notOffered("IDENTIFIED with the name of a plugin (IDENTIFIED BY fits all)");
    }
    if (!cursor.accept("BY")) {
      throw cursor.notOffered("IDENTIFIED without BY 'password'");
    }
    boolean random = cursor.accept("RANDOM", "PASSWORD");
    if (cursor.is("PASSWORD")) {
      throw cursor.notOffered("IDENTIFIED BY PASSWORD");
    }
    String clearText = random ? "" : cursor.string();
    return Optional.of(new Password(clearText, random, replaced("IDENTIFIED BY ...")));
  }

  /** {@code [REPLACE 'current password']}. */
  private Optional<String> replaced(String statement) {
    Optional<String> current =
        cursor.accept("REPLACE") ? Optional.of(cursor.string()) : Optional.empty();
    if (cursor.is("RETAIN")) {
      throw cursor.notOffered(statement + " RETAIN");
    }
    return current;
  }

  private String word() {
    return cursor.text().text(cursor.at()).toUpperCase(Locale.ROOT);
  }

  private Optional<UserAttribute> attribute() {
    if (cursor.accept("ATTRIBUTE")) {
      return Optional.of(new UserAttribute.Json(cursor.string()));
    }
    return comment().map(UserAttribute.Comment::new);
  }

  private Optional<String> comment() {
    return cursor.accept("COMMENT") ? Optional.of(cursor.string()) : Optional.empty();
  }

  private AccessControlStatement alterRole() {
    boolean ifExists = cursor.accept("IF", "EXISTS");
    String role = role();
    if (cursor.accept("RENAME")) {
      cursor.expect("TO");
      return new RenameRole(ifExists, role, role());
    }
    if (ifExists) {
      throw cursor.unexpected();
    }
    Optional<AccessControlStatement> ofRows = new RowGrammar(cursor).ofRole(role);
    return ofRows.isPresent()
        ? ofRows.get()
        : new CommentRole(role, comment().orElseThrow(cursor::unexpected));
  }

  // ---------------------------------------------------------------- GRANT, REVOKE

  private AccessControlStatement grant() {
    if (cursor.is("PROXY")) {
      throw cursor.notOffered("GRANT PROXY");
    }
    if (cursor.find("ON") < cursor.find("TO")) {
      Privileges privileges = privileges();
      cursor.expect("ON");
      ObjectType type = objectType();
      Level level = level();
      cursor.expect("TO");
      List<UserName> grantees = grantees();
      if (cursor.is("IDENTIFIED")) {
        throw cursor.notOffered("GRANT ... IDENTIFIED BY");
      }
      return new GrantPrivileges(
          privileges.whole(), privileges.onColumns(), type, level, grantees, grantOption());
    }
    List<String> roles = roles();
    cursor.expect("TO");
    List<UserName> grantees = grantees();
    return new GrantRoles(roles, grantees, grantOption());
  }

  private AccessControlStatement revoke() {
    if (cursor.is("PROXY")) {
      throw cursor.notOffered("REVOKE PROXY");
    }
    boolean ifExists = cursor.accept("IF", "EXISTS");
    boolean optionOnly =
        cursor.accept("GRANT", "OPTION", "FOR") || cursor.accept("ADMIN", "OPTION", "FOR");
    if (!optionOnly && isAllInDatabase()) {
      return revokeInDatabase(ifExists);
    }
    if (cursor.find("ON") < cursor.find("FROM")) {
      Privileges privileges = privileges();
      cursor.expect("ON");
      ObjectType type = objectType();
      Level level = level();
      cursor.expect("FROM");
      List<UserName> grantees = grantees();
      boolean lenient = ignoresUnknownUser() || ifExists;
      return new RevokePrivileges(
          lenient, optionOnly, privileges.whole(), privileges.onColumns(), type, level, grantees);
    }
    if (!optionOnly && cursor.accept("ALL")) {
      cursor.accept("PRIVILEGES");
      cursor.expectMark(",");
      cursor.expect("GRANT", "OPTION", "FROM");
      List<UserName> grantees = grantees();
      boolean lenient = ignoresUnknownUser() || ifExists;
      return new RevokeEverything(lenient, grantees);
    }
    List<String> roles = roles();
    cursor.expect("FROM");
    List<UserName> grantees = grantees();
    boolean lenient = ignoresUnknownUser() || ifExists;
    return new RevokeRoles(lenient, optionOnly, roles, grantees);
  }

  private boolean isAllInDatabase() {
    return cursor.is("ALL", "IN") || cursor.is("ALL", "PRIVILEGES", "IN");
  }

  private AccessControlStatement revokeInDatabase(boolean ifExists) {
    cursor.expect("ALL");
    cursor.accept("PRIVILEGES");
    cursor.expect("IN");
    if (!cursor.acceptAny("DATABASE", "SCHEMA")) {
      throw cursor.unexpected();
    }
    DatabaseName database = cursor.database();
    cursor.expect("FROM");
    List<UserName> grantees = grantees();
    boolean lenient = ignoresUnknownUser() || ifExists;
    return new RevokeInDatabase(lenient, database, grantees);
  }

  private boolean ignoresUnknownUser() {
    return cursor.accept("IGNORE", "UNKNOWN", "USER");
  }

  /** Each the words of one privilege, in capitals with single blanks. */
  private record Privileges(List<String> whole, List<ColumnPrivilege> onColumns) {}

  private Privileges privileges() {
    List<String> whole = new ArrayList<>();
    List<ColumnPrivilege> onColumns = new ArrayList<>();
    do {
      StringBuilder words = new StringBuilder();
      while (cursor.isKind(TokenKind.WORD) && !cursor.is("ON")) {
        words.append(words.length() == 0 ? "" : " ").append(word());
        cursor.skip();
      }
      if (words.length() == 0) {
        throw cursor.unexpected();
      }
      if (cursor.isMark("(")) {
        onColumns.add(new ColumnPrivilege(words.toString(), columns(words.toString())));
      } else {
        whole.add(words.toString());
      }
    } while (cursor.acceptMark(","));
    return new Privileges(whole, onColumns);
  }

  /** As in MySQL, other privileges than these have no columns. */
  private List<String> columns(String privilege) {
    if (!COLUMN_PRIVILEGES.contains(privilege)) {
      throw cursor.unexpected();
    }
    cursor.expectMark("(");
    List<String> columns = new ArrayList<>();
    do {
      columns.add(cursor.identifier());
    } while (cursor.acceptMark(","));
    cursor.expectMark(")");
    return columns;
  }

  private ObjectType objectType() {
    for (ObjectType type : ObjectType.values()) {
      // without a type the word is a name: GRANT ... ON account TO, or ON view.t TO
      boolean typed =
          cursor.is(type.name())
              && !cursor.wordAt(cursor.at() + 1, "TO")
              && !cursor.wordAt(cursor.at() + 1, "FROM")
              && !cursor.punctuationAt(cursor.at() + 1, ".");
      if (typed) {
        cursor.skip();
        return type;
      }
    }
    return ObjectType.TABLE;
  }

  private Level level() {
    if (cursor.acceptMark("*")) {
      if (cursor.acceptMark(".")) {
        cursor.expectMark("*");
        return new Level.StarStar();
      }
      return new Level.Star();
    }
    if (cursor.acceptMark("*.*")) {
      return new Level.StarStar();
    }
    if (cursor.punctuationAt(cursor.at() + 1, ".") && cursor.punctuationAt(cursor.at() + 2, "*")) {
      String database = cursor.identifier();
      cursor.moveTo(cursor.at() + 2);
      return new Level.DatabaseStar(database);
    }
    return new Level.Named(cursor.relation());
  }

  private boolean grantOption() {
    return cursor.accept("WITH", "GRANT", "OPTION") || cursor.accept("WITH", "ADMIN", "OPTION");
  }

  private List<UserName> grantees() {
    List<UserName> grantees = new ArrayList<>();
    do {
      acceptWordBeforeName("ROLE");
      acceptWordBeforeName("USER");
      grantees.add(user());
    } while (cursor.acceptMark(","));
    return grantees;
  }

  /** Skips a key word if a name follows it; else it is the name. */
  private void acceptWordBeforeName(String word) {
    boolean nameFollows =
        cursor.at() + 1 < cursor.end()
            && !cursor.punctuationAt(cursor.at() + 1, ",")
            && !cursor.wordAt(cursor.at() + 1, "WITH")
            && !cursor.is(word, "IGNORE", "UNKNOWN", "USER")
            && !(cursor.at() + 1 < cursor.end()
                && cursor.text().kind(cursor.at() + 1) == TokenKind.USER_VARIABLE);
    if (cursor.is(word) && nameFollows) {
      cursor.skip();
    }
  }

  // ---------------------------------------------------------------- SHOW, SET, USE

  private AccessControlStatement show() {
    if (RowGrammar.beginsShow(cursor)) {
      return new RowGrammar(cursor).show();
    }
    if (cursor.accept("ROLES")) {
      return new ShowRoles(cursor.like());
    }
    boolean full = cursor.accept("FULL", "USERS");
    if (full || cursor.accept("USERS")) {
      if (cursor.accept("WHERE")) {
        RowCondition where = new RowConditionGrammar(cursor).read();
        return new ShowUsers(full, Optional.empty(), Optional.of(where));
      }
      return new ShowUsers(full, cursor.like());
    }
    if (cursor.accept("ACCOUNTS")) {
      return new ShowAccounts(cursor.like());
    }
    if (cursor.accept("CREATE", "USER")) {
      return new ShowCreateUser(acceptOneself() ? Optional.empty() : Optional.of(user()));
    }
    if (cursor.accept("ACCESS", "ON")) {
      return showAccess();
    }
    if (cursor.accept("EFFECTIVE", "GRANTS")) {
      return new ShowEffectiveGrants(
          cursor.accept("FOR") && !acceptOneself() ? Optional.of(user()) : Optional.empty());
    }
    cursor.expect("GRANTS");
    if (!cursor.accept("FOR")) {
      return new ShowGrants(new GrantsOf.Oneself(), List.of());
    }
    if (acceptOneself()) {
      return new ShowGrants(new GrantsOf.Oneself(), using());
    }
    if (cursor.is("ROLE") && cursor.at() + 1 < cursor.end()) {
      cursor.skip();
      return new ShowGrants(new GrantsOf.RoleNamed(role()), List.of());
    }
    UserName user = user();
    return new ShowGrants(new GrantsOf.User(user), using());
  }

  private boolean acceptOneself() {
    boolean oneself = cursor.accept("CURRENT_USER");
    if (oneself && cursor.acceptMark("(")) {
      cursor.expectMark(")");
    }
    return oneself;
  }

  /** One object: who can do something with all of them is asked one by one. */
  private AccessControlStatement showAccess() {
    // without a type the word is a name: ON view, ON table.t
    boolean typed =
        cursor.isAny("DATABASE", "SCHEMA", "TABLE", "VIEW", "FUNCTION", "PROCEDURE")
            && cursor.at() + 1 < cursor.end()
            && !cursor.punctuationAt(cursor.at() + 1, ".");
    if (typed && cursor.acceptAny("DATABASE", "SCHEMA")) {
      return new ShowAccess(cursor.database(), Optional.empty());
    }
    Optional<RelationKind> kind = Optional.empty();
    if (typed) {
      kind =
          Arrays.stream(RelationKind.values()).filter(each -> cursor.is(each.name())).findFirst();
      cursor.skip();
    }
    return new ShowAccess(cursor.relation(), kind);
  }

  private List<String> using() {
    return cursor.accept("USING") ? roles() : List.of();
  }

  private AccessControlStatement set() {
    if (cursor.accept("SECONDARY", "ROLE")) {
      boolean all = cursor.accept("ALL");
      if (!all) {
        cursor.expect("NONE");
      }
      return new SetSecondaryRole(all);
    }
    if (cursor.accept("ROLE")) {
      if (cursor.accept("DEFAULT")) {
        return new SetRole(new RoleChoice.Default());
      }
      if (cursor.accept("NONE")) {
        return new SetRole(new RoleChoice.None());
      }
      if (cursor.accept("ALL")) {
        return new SetRole(new RoleChoice.All(cursor.accept("EXCEPT") ? roles() : List.of()));
      }
      List<String> roles = roles();
      return new SetRole(
          roles.size() == 1 ? new RoleChoice.Named(roles.get(0)) : new RoleChoice.Several(roles));
    }
    if (cursor.accept("DEFAULT", "ROLE")) {
      DefaultRoles roles = defaultRoles();
      if (!cursor.accept("TO")) {
        cursor.expect("FOR");
      }
      return new SetDefaultRole(roles, users());
    }
    cursor.expect("PASSWORD");
    Optional<UserName> user = cursor.accept("FOR") ? Optional.of(user()) : Optional.empty();
    cursor.expectMark("=");
    boolean call = cursor.accept("PASSWORD");
    if (call) {
      cursor.expectMark("(");
    }
    String clearText = cursor.string();
    if (call) {
      cursor.expectMark(")");
    }
    return new SetPassword(user, new Password(clearText, false, replaced("SET PASSWORD ...")));
  }

  // ---------------------------------------------------------------- names

  private List<UserName> users() {
    List<UserName> users = new ArrayList<>();
    do {
      users.add(user());
    } while (cursor.acceptMark(","));
    return users;
  }

  UserName user() {
    String name = name();
    if (cursor.isKind(TokenKind.USER_VARIABLE)) {
      String host = cursor.text().value(cursor.at());
      cursor.skip();
      return new UserName(name, Optional.of(host));
    }
    return new UserName(name, Optional.empty());
  }

  private List<String> roles() {
    List<String> roles = new ArrayList<>();
    do {
      acceptWordBeforeName("ROLE");
      roles.add(role());
    } while (cursor.acceptMark(","));
    return roles;
  }

  String role() {
    String name = name();
    if (cursor.isKind(TokenKind.USER_VARIABLE)) {
      String host = cursor.text().value(cursor.at());
      if (!host.equals("%")) {
        throw cursor.notOffered("a role with a host");
      }
      cursor.skip();
    }
    return name;
  }

  /** The name of a user or role as typed, unquoted and trimmed (PM 1.2). */
  private String name() {
    String name;
    if (cursor.isKind(TokenKind.STRING)) {
      name = cursor.text().value(cursor.at());
      cursor.skip();
    } else if (cursor.isKind(TokenKind.NUMBER)) {
      throw cursor.unexpected();
    } else {
      name = cursor.identifier();
    }
    return checkedName(name);
  }

  /** Trimmed; of the token before the cursor. */
  String checkedName(String name) {
    String trimmed = name.strip();
    boolean forbidden =
        trimmed
            .chars()
            .anyMatch(
                c ->
                    c == ':' || c == '#' || c == '`' || c == '\'' || c == '"' || c <= ' '
                        || c == 0x7f);
    if (trimmed.isEmpty() || forbidden) {
      throw StatementRefused.notUnderstood(
          "the name \"" + name.replaceAll("\\p{Cntrl}", "?") + "\" is invalid",
          cursor.spanAt(cursor.at() - 1));
    }
    return trimmed;
  }
}
