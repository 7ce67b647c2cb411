package io.portcullis.sql.statement;

import io.portcullis.sql.access.DatabaseName;
import io.portcullis.sql.access.ObjectName;
import io.portcullis.sql.access.RelationKind;
import io.portcullis.sql.access.RelationName;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Statements about users, roles and grants (PM section 5): executed by the gate, never forwarded.
 * Names are as typed, unquoted and trimmed; folding is the catalog's business. Passwords are in
 * {@link Password}, which does not print them.
 */
public sealed interface AccessControlStatement extends Statement {

  /** {@code user[@host]}; the host is an attribute, not part of the identity (PM 1.1). */
  record UserName(String name, Optional<String> host) {}

  /**
   * A clear-text password in a statement. Its {@code toString} does not show it.
   *
   * @param random the gate makes one and shows it once; there is no text before
   * @param current REPLACE: the password before, as the statement has it
   */
  record Password(String clearText, boolean random, Optional<String> current) {
    public Password(String clearText) {
      this(clearText, false);
    }

    public Password(String clearText, boolean random) {
      this(clearText, random, Optional.empty());
    }

    @Override
    public String toString() {
      return "***";
    }
  }

  /** What an account may do, as written (PM 5.2). */
  enum AccountState {
    OPEN,
    SUSPEND,
    RESTRICTED
  }

  /**
   * @param administrator the account's first user, with a password
   * @param backend where it is to live; empty: on the main one
   */
  record CreateAccount(
      boolean ifNotExists,
      String account,
      UserSpec administrator,
      AccountState state,
      Optional<String> comment,
      Optional<String> backend)
      implements AccessControlStatement {
    public CreateAccount(
        boolean ifNotExists,
        String account,
        UserSpec administrator,
        AccountState state,
        Optional<String> comment) {
      this(ifNotExists, account, administrator, state, comment, Optional.empty());
    }
  }

  /**
   * @param administrator whose password is set; empty: nobody's
   * @param state empty: unchanged
   * @param comment empty: unchanged
   */
  record AlterAccount(
      boolean ifExists,
      String account,
      Optional<UserSpec> administrator,
      Optional<AccountState> state,
      Optional<String> comment)
      implements AccessControlStatement {}

  record DropAccount(boolean ifExists, String account) implements AccessControlStatement {}

  record ShowAccounts(Optional<String> like) implements AccessControlStatement {}

  /**
   * @param password empty when the statement gives none
   */
  record UserSpec(UserName user, Optional<Password> password) {}

  /** What COMMENT or ATTRIBUTE says about a user; a statement has one of them at most. */
  sealed interface UserAttribute {
    /** Stored as the key {@code comment}. */
    record Comment(String text) implements UserAttribute {}

    /** A JSON object as written; merged key by key. */
    record Json(String text) implements UserAttribute {}
  }

  /**
   * Options about passwords and locks (PM 5.3); each is empty where the statement does not have it.
   *
   * @param lock what a statement that locks says about it
   * @param attempts FAILED_LOGIN_ATTEMPTS
   * @param lockDays PASSWORD_LOCK_TIME; {@link #UNBOUNDED}: until it is unlocked
   */
  record UserOptions(
      Optional<LockDetails> lock,
      Optional<PasswordExpiry> expiry,
      Optional<OwnRule> history,
      Optional<OwnRule> reuseDays,
      Optional<CurrentRule> current,
      Optional<Integer> attempts,
      Optional<Integer> lockDays) {
    public static final int UNBOUNDED = -1;

    public static final UserOptions NONE =
        new UserOptions(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
  }

  /**
   * {@code [REASON 'text'] [FOR n MINUTE | HOUR | DAY]} behind ACCOUNT LOCK.
   *
   * @param time empty: until it is unlocked
   */
  record LockDetails(Optional<String> reason, Optional<Duration> time) {}

  /** {@code PASSWORD EXPIRE [INTERVAL n DAY | NEVER | DEFAULT]}. */
  sealed interface PasswordExpiry {
    record Now() implements PasswordExpiry {}

    record Never() implements PasswordExpiry {}

    record Default() implements PasswordExpiry {}

    record After(int days) implements PasswordExpiry {}
  }

  /**
   * A number of the user's own in place of the account's variable.
   *
   * @param value empty for DEFAULT: the variable decides
   */
  record OwnRule(Optional<Long> value) {}

  /** {@code PASSWORD REQUIRE CURRENT [DEFAULT | OPTIONAL]}. */
  enum CurrentRule {
    REQUIRED,
    OPTIONAL,
    DEFAULT
  }

  /**
   * @param defaultRoles granted to each user; empty: public is the default role
   */
  record CreateUser(
      boolean ifNotExists,
      List<UserSpec> users,
      List<String> defaultRoles,
      boolean locked,
      Optional<UserAttribute> attribute,
      UserOptions options)
      implements AccessControlStatement {
    public CreateUser(
        boolean ifNotExists,
        List<UserSpec> users,
        List<String> defaultRoles,
        boolean locked,
        Optional<UserAttribute> attribute) {
      this(ifNotExists, users, defaultRoles, locked, attribute, UserOptions.NONE);
    }

    public CreateUser {
      users = List.copyOf(users);
      defaultRoles = List.copyOf(defaultRoles);
    }
  }

  /**
   * @param defaultRoles empty: unchanged
   * @param lock empty: unchanged; TRUE: ACCOUNT LOCK; FALSE: UNLOCK
   */
  record AlterUser(
      boolean ifExists,
      List<UserSpec> users,
      Optional<DefaultRoles> defaultRoles,
      Optional<Boolean> lock,
      Optional<UserAttribute> attribute,
      UserOptions options)
      implements AccessControlStatement {
    public AlterUser(
        boolean ifExists,
        List<UserSpec> users,
        Optional<DefaultRoles> defaultRoles,
        Optional<Boolean> lock,
        Optional<UserAttribute> attribute) {
      this(ifExists, users, defaultRoles, lock, attribute, UserOptions.NONE);
    }

    public AlterUser {
      users = List.copyOf(users);
    }
  }

  /**
   * {@code ALTER USER u MAP TO BACKEND b LOGIN 'l' IDENTIFIED BY 'p'}: what the user sends to that
   * backend runs under a login of his own there.
   *
   * @param account of the user; empty: one's own
   */
  record MapUser(
      boolean ifExists,
      UserName user,
      Optional<String> account,
      String backend,
      String login,
      Password password)
      implements AccessControlStatement {}

  /** {@code ALTER USER u UNMAP FROM BACKEND b}. */
  record UnmapUser(boolean ifExists, UserName user, Optional<String> account, String backend)
      implements AccessControlStatement {}

  record DropUser(boolean ifExists, List<UserName> users) implements AccessControlStatement {
    public DropUser {
      users = List.copyOf(users);
    }
  }

  /**
   * @param names each with the new one
   */
  record RenameUser(List<Renaming> names) implements AccessControlStatement {
    public RenameUser {
      names = List.copyOf(names);
    }
  }

  record Renaming(UserName from, UserName to) {}

  /**
   * {@code SET PASSWORD [FOR user] = 'p'} and {@code ALTER USER USER() IDENTIFIED BY 'p'}: no user
   * means oneself.
   */
  record SetPassword(Optional<UserName> user, Password password)
      implements AccessControlStatement {}

  record CreateRole(boolean ifNotExists, List<String> roles, Optional<String> comment)
      implements AccessControlStatement {
    public CreateRole {
      roles = List.copyOf(roles);
    }
  }

  record DropRole(boolean ifExists, List<String> roles) implements AccessControlStatement {
    public DropRole {
      roles = List.copyOf(roles);
    }
  }

  record RenameRole(boolean ifExists, String role, String newName)
      implements AccessControlStatement {}

  record CommentRole(String role, String comment) implements AccessControlStatement {}

  /**
   * What is read in place of the table by who has the role (PM 5.4).
   *
   * @param query a SELECT of tables with their databases, which reads the same in every sql_mode
   */
  record AddRule(String role, RelationName table, String query) implements AccessControlStatement {}

  record DropRule(String role, RelationName table) implements AccessControlStatement {}

  /** In place of an earlier one on the same column. No values: no rows. */
  record RestrictRole(String role, RelationName table, String column, List<RestrictedValue> values)
      implements AccessControlStatement {
    public RestrictRole {
      values = List.copyOf(values);
    }
  }

  /**
   * @param text of a string, its characters; of a number, its digits
   */
  record RestrictedValue(String text, boolean numeric) {}

  /**
   * @param column empty for all of the table
   */
  record DropRestriction(String role, RelationName table, Optional<String> column)
      implements AccessControlStatement {}

  /** Columns that are levels of one thing, from the widest. */
  record CreateHierarchy(boolean ifNotExists, String name, RelationName table, List<String> columns)
      implements AccessControlStatement {
    public CreateHierarchy {
      columns = List.copyOf(columns);
    }
  }

  record DropHierarchy(boolean ifExists, String name, RelationName table)
      implements AccessControlStatement {}

  record ShowRules(String role) implements AccessControlStatement {}

  /** All that one may know of, of a role, or of a table. */
  record ShowRestrictions(Optional<String> role, Optional<RelationName> table)
      implements AccessControlStatement {}

  record ShowHierarchies(Optional<RelationName> table) implements AccessControlStatement {}

  /** A privilege on single columns: {@code SELECT (a, b)}; the words as for whole objects. */
  record ColumnPrivilege(String privilege, List<String> columns) {
    public ColumnPrivilege {
      columns = List.copyOf(columns);
    }
  }

  /**
   * @param grantees each is looked up as a role first, then as a user (PM 5.5)
   */
  record GrantPrivileges(
      List<String> privileges,
      List<ColumnPrivilege> onColumns,
      ObjectType type,
      Level level,
      List<UserName> grantees,
      boolean grantOption)
      implements AccessControlStatement {
    public GrantPrivileges {
      privileges = List.copyOf(privileges);
      onColumns = List.copyOf(onColumns);
      grantees = List.copyOf(grantees);
    }

    /** On whole objects only. */
    public GrantPrivileges(
        List<String> privileges,
        ObjectType type,
        Level level,
        List<UserName> grantees,
        boolean grantOption) {
      this(privileges, List.of(), type, level, grantees, grantOption);
    }
  }

  /**
   * @param grantOptionOnly REVOKE GRANT OPTION FOR: the privilege stays
   */
  record RevokePrivileges(
      boolean ifExists,
      boolean grantOptionOnly,
      List<String> privileges,
      List<ColumnPrivilege> onColumns,
      ObjectType type,
      Level level,
      List<UserName> grantees)
      implements AccessControlStatement {
    public RevokePrivileges {
      privileges = List.copyOf(privileges);
      onColumns = List.copyOf(onColumns);
      grantees = List.copyOf(grantees);
    }

    /** On whole objects only. */
    public RevokePrivileges(
        boolean ifExists,
        boolean grantOptionOnly,
        List<String> privileges,
        ObjectType type,
        Level level,
        List<UserName> grantees) {
      this(ifExists, grantOptionOnly, privileges, List.of(), type, level, grantees);
    }
  }

  /** {@code REVOKE ALL PRIVILEGES, GRANT OPTION FROM ...}: at every level. */
  record RevokeEverything(boolean ifExists, List<UserName> grantees)
      implements AccessControlStatement {
    public RevokeEverything {
      grantees = List.copyOf(grantees);
    }
  }

  /**
   * {@code REVOKE ALL IN DATABASE ...}: on the database and on everything in it (account operations
   * 5.5).
   */
  record RevokeInDatabase(boolean ifExists, DatabaseName database, List<UserName> grantees)
      implements AccessControlStatement {
    public RevokeInDatabase {
      grantees = List.copyOf(grantees);
    }
  }

  /**
   * @param grantees each is looked up as a role first, then as a user (PM 5.5)
   */
  record GrantRoles(List<String> roles, List<UserName> grantees, boolean grantOption)
      implements AccessControlStatement {
    public GrantRoles {
      roles = List.copyOf(roles);
      grantees = List.copyOf(grantees);
    }
  }

  record RevokeRoles(
      boolean ifExists, boolean grantOptionOnly, List<String> roles, List<UserName> grantees)
      implements AccessControlStatement {
    public RevokeRoles {
      roles = List.copyOf(roles);
      grantees = List.copyOf(grantees);
    }
  }

  record SetRole(RoleChoice choice) implements AccessControlStatement {}

  /**
   * {@code SET} of the gate's own variables, and of no others.
   *
   * @param assignments in the order of the text
   */
  record SetGateVariables(List<VariableAssignment> assignments) implements AccessControlStatement {
    public SetGateVariables {
      assignments = List.copyOf(assignments);
    }
  }

  /**
   * @param global for the account; else for the session
   */
  record VariableAssignment(GateVariable variable, boolean global, VariableValue value) {}

  /** What is assigned: one constant. */
  sealed interface VariableValue {
    /** A string, or an unquoted word such as ON. */
    record Text(String text) implements VariableValue {}

    /** As written, with its sign. */
    record Numeric(String digits) implements VariableValue {}

    /** {@code DEFAULT}. */
    record Default() implements VariableValue {}
  }

  /** {@code SET SECONDARY ROLE ALL | NONE}. */
  record SetSecondaryRole(boolean all) implements AccessControlStatement {}

  /** {@code SET DEFAULT ROLE (NONE | ALL | r, ...) TO user, ...}. */
  record SetDefaultRole(DefaultRoles roles, List<UserName> users)
      implements AccessControlStatement {
    public SetDefaultRole {
      users = List.copyOf(users);
    }
  }

  /**
   * @param using roles whose privileges are included; only with a user
   */
  record ShowGrants(GrantsOf of, List<String> using) implements AccessControlStatement {
    public ShowGrants {
      using = List.copyOf(using);
    }
  }

  /**
   * {@code SHOW ACCESS ON [TABLE | VIEW | DATABASE] object}: who can do what, and why.
   *
   * @param kind that the table, view or routine is said to be; empty when nothing is said, which
   *     means a table or view, or for a database
   */
  record ShowAccess(ObjectName object, Optional<RelationKind> kind)
      implements AccessControlStatement {}

  /**
   * {@code SHOW EFFECTIVE GRANTS [FOR user]}: everything the user reaches with all roles.
   *
   * @param user empty: oneself
   */
  record ShowEffectiveGrants(Optional<UserName> user) implements AccessControlStatement {}

  record ShowRoles(Optional<String> like) implements AccessControlStatement {}

  /**
   * @param full with attributes, owner and creator
   * @param where empty when there is a LIKE
   */
  record ShowUsers(boolean full, Optional<String> like, Optional<RowCondition> where)
      implements AccessControlStatement {
    public ShowUsers(boolean full, Optional<String> like) {
      this(full, like, Optional.empty());
    }
  }

  /**
   * @param user empty: oneself
   */
  record ShowCreateUser(Optional<UserName> user) implements AccessControlStatement {}

  /** Whom SHOW GRANTS is about. */
  sealed interface GrantsOf {
    record Oneself() implements GrantsOf {}

    record User(UserName user) implements GrantsOf {}

    record RoleNamed(String role) implements GrantsOf {}
  }

  /** The roles SET ROLE asks for. */
  sealed interface RoleChoice {
    record Named(String role) implements RoleChoice {}

    /** The first as primary role, the others as secondary ones. */
    record Several(List<String> roles) implements RoleChoice {
      public Several {
        roles = List.copyOf(roles);
      }
    }

    /** The stored default role as primary one, with all others as secondary ones, but these. */
    record All(List<String> except) implements RoleChoice {
      public All {
        except = List.copyOf(except);
      }
    }

    /** The stored default roles. */
    record Default() implements RoleChoice {}

    /** {@code NONE}: public only. */
    record None() implements RoleChoice {}
  }

  /** The roles that are to be active after login. */
  sealed interface DefaultRoles {
    /** Public only. */
    record None() implements DefaultRoles {}

    /** The default role stays the primary one, with all others as secondary ones. */
    record All() implements DefaultRoles {}

    /** The first as primary role, the others as secondary ones. */
    record Listed(List<String> roles) implements DefaultRoles {
      public Listed {
        roles = List.copyOf(roles);
      }
    }
  }

  /** The object type keyword of GRANT and REVOKE; TABLE when MySQL's short form leaves it out. */
  enum ObjectType {
    ACCOUNT,
    DATABASE,
    TABLE,
    VIEW,
    FUNCTION,
    PROCEDURE
  }

  /** The level of GRANT and REVOKE, as written (PM 3.1). */
  sealed interface Level {
    /** {@code *}. */
    record Star() implements Level {}

    /** {@code *.*}. */
    record StarStar() implements Level {}

    /** {@code d.*}. */
    record DatabaseStar(String database) implements Level {}

    /** {@code d.t}, or {@code t} in the current database. */
    record Named(RelationName name) implements Level {}
  }
}
