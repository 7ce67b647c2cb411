package io.portcullis.sql.analysis;

import static io.portcullis.sql.analysis.Analysed.MARIADB;
import static io.portcullis.sql.analysis.Analysed.MYSQL;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.sql.access.DatabaseName;
import io.portcullis.sql.access.RelationKind;
import io.portcullis.sql.access.RelationName;
import io.portcullis.sql.statement.AccessControlStatement.AccountState;
import io.portcullis.sql.statement.AccessControlStatement.AlterAccount;
import io.portcullis.sql.statement.AccessControlStatement.AlterUser;
import io.portcullis.sql.statement.AccessControlStatement.ColumnPrivilege;
import io.portcullis.sql.statement.AccessControlStatement.CommentRole;
import io.portcullis.sql.statement.AccessControlStatement.CreateAccount;
import io.portcullis.sql.statement.AccessControlStatement.CreateRole;
import io.portcullis.sql.statement.AccessControlStatement.CreateUser;
import io.portcullis.sql.statement.AccessControlStatement.DefaultRoles;
import io.portcullis.sql.statement.AccessControlStatement.DropAccount;
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
import io.portcullis.sql.statement.ExplainAccess;
import io.portcullis.sql.statement.ExplainAccess.Whom;
import io.portcullis.sql.statement.ForwardStatement;
import io.portcullis.sql.statement.Kill;
import io.portcullis.sql.statement.Repetition;
import io.portcullis.sql.statement.RowCondition;
import io.portcullis.sql.statement.RowCondition.All;
import io.portcullis.sql.statement.RowCondition.Any;
import io.portcullis.sql.statement.RowCondition.Column;
import io.portcullis.sql.statement.RowCondition.Compared;
import io.portcullis.sql.statement.RowCondition.Comparison;
import io.portcullis.sql.statement.RowCondition.In;
import io.portcullis.sql.statement.RowCondition.IsNull;
import io.portcullis.sql.statement.RowCondition.Like;
import io.portcullis.sql.statement.RowCondition.Not;
import io.portcullis.sql.statement.RowCondition.Text;
import io.portcullis.sql.statement.SetVariables;
import io.portcullis.sql.statement.ShowDatabases;
import io.portcullis.sql.statement.ShowProcesslist;
import io.portcullis.sql.statement.ShowWarnings;
import io.portcullis.sql.statement.Statement;
import io.portcullis.sql.statement.UseStatement;
import io.portcullis.sql.text.ErrorCode;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Statements the gate answers itself: one line each (PM section 5). */
final class AccessControlGrammarTest {
  private static Compared compared(String column, Comparison how, String text) {
    return new Compared(new Column(column), how, new Text(text));
  }

  private static final Optional<String> NO_HOST = Optional.empty();

  private static DynamicTest reads(String text, Statement statement) {
    return DynamicTest.dynamicTest(
        text,
        () -> {
          assertThat(Analysed.statement(text, MYSQL)).isEqualTo(statement);
          assertThat(Analysed.statement(text, MARIADB)).isEqualTo(statement);
        });
  }

  private static UserName user(String name) {
    return new UserName(name, NO_HOST);
  }

  private static UserSpec user(String name, String password) {
    return new UserSpec(user(name), Optional.of(new Password(password)));
  }

  private static GrantPrivileges grant(
      List<String> privileges, ObjectType type, Level level, String role, boolean option) {
    return new GrantPrivileges(privileges, type, level, List.of(user(role)), option);
  }

  private static AlterUser defaultRoles(DefaultRoles roles) {
    return new AlterUser(
        false,
        List.of(new UserSpec(user("u"), Optional.empty())),
        Optional.of(roles),
        Optional.empty(),
        Optional.empty());
  }

  private static Level named(String database, String name) {
    return new Level.Named(RelationName.of(database, name));
  }

  @TestFactory
  Stream<DynamicTest> accounts() {
    return Stream.of(
        reads(
            "CREATE ACCOUNT acme ADMIN_NAME 'boss' IDENTIFIED BY 'p'",
            new CreateAccount(
                false, "acme", user("boss", "p"), AccountState.OPEN, Optional.empty())),
        reads(
            "create account if not exists `Acme-2` admin_name = boss identified by 'p' suspend comment 'c'",
            new CreateAccount(
                true, "Acme-2", user("boss", "p"), AccountState.SUSPEND, Optional.of("c"))),
        reads(
            "CREATE ACCOUNT a ADMIN_NAME b IDENTIFIED BY RANDOM PASSWORD",
            new CreateAccount(
                false,
                "a",
                new UserSpec(user("b"), Optional.of(new Password("", true))),
                AccountState.OPEN,
                Optional.empty())),
        reads(
            "ALTER ACCOUNT acme SUSPEND COMMENT 'why'",
            new AlterAccount(
                false,
                "acme",
                Optional.empty(),
                Optional.of(AccountState.SUSPEND),
                Optional.of("why"))),
        reads(
            "ALTER ACCOUNT IF EXISTS acme COMMENT 'why' OPEN",
            new AlterAccount(
                true,
                "acme",
                Optional.empty(),
                Optional.of(AccountState.OPEN),
                Optional.of("why"))),
        reads(
            "ALTER ACCOUNT acme ADMIN_NAME 'boss' IDENTIFIED BY 'p'",
            new AlterAccount(
                false, "acme", Optional.of(user("boss", "p")), Optional.empty(), Optional.empty())),
        reads(
            "CREATE ACCOUNT acme ADMIN_NAME b IDENTIFIED BY 'p' BACKEND Eu COMMENT 'c'",
            new CreateAccount(
                false,
                "acme",
                user("b", "p"),
                AccountState.OPEN,
                Optional.of("c"),
                Optional.of("Eu"))),
        reads(
            "CREATE ACCOUNT acme ADMIN_NAME b IDENTIFIED BY 'p' SUSPEND BACKEND 'eu'",
            new CreateAccount(
                false,
                "acme",
                user("b", "p"),
                AccountState.SUSPEND,
                Optional.empty(),
                Optional.of("eu"))),
        reads("DROP ACCOUNT IF EXISTS acme", new DropAccount(true, "acme")),
        reads("SHOW ACCOUNTS LIKE 'a%'", new ShowAccounts(Optional.of("a%"))));
  }

  @TestFactory
  Stream<DynamicTest> noAccounts() {
    return Stream.of(
            "CREATE ACCOUNT 'acme' ADMIN_NAME 'boss' IDENTIFIED BY 'p'", // a text is no name
            "CREATE ACCOUNT acme ADMIN_NAME 'boss'",
            "CREATE ACCOUNT acme",
            "CREATE ACCOUNT acme ADMIN_NAME 'boss' IDENTIFIED BY 'p' OPEN SUSPEND",
            "CREATE ACCOUNT acme ADMIN_NAME 'boss' IDENTIFIED BY 'p' BACKEND a BACKEND b",
            "CREATE ACCOUNT acme ADMIN_NAME 'boss' IDENTIFIED BY 'p' BACKEND",
            "ALTER USER u MAP TO BACKEND b LOGIN 'l'", // a login has a password
            "ALTER USER u MAP TO BACKEND b IDENTIFIED BY 'p'",
            "ALTER USER u, v MAP TO BACKEND b LOGIN 'l' IDENTIFIED BY 'p'",
            "ALTER USER u IDENTIFIED BY 'q' MAP TO BACKEND b LOGIN 'l' IDENTIFIED BY 'p'",
            "ALTER USER u MAP TO BACKEND b LOGIN 'l' IDENTIFIED BY 'p' ACCOUNT LOCK",
            "ALTER USER u IN ACCOUNT a",
            "ALTER USER u UNMAP FROM BACKEND b LOGIN 'l'",
            "ALTER ACCOUNT acme COMMENT 'a' COMMENT 'b'",
            "DROP ACCOUNT a, b")
        .map(
            text ->
                DynamicTest.dynamicTest(
                    text,
                    () ->
                        assertThat(Analysed.refusal(text, MARIADB).refusal().error().code())
                            .isEqualTo(ErrorCode.ER_PARSE_ERROR)));
  }

  @TestFactory
  Stream<DynamicTest> mappings() {
    return Stream.of(
        reads(
            "ALTER USER joe MAP TO BACKEND eu LOGIN 'l' IDENTIFIED BY 'p'",
            new MapUser(false, user("joe"), Optional.empty(), "eu", "l", new Password("p"))),
        reads(
            "alter user if exists 'joe'@'%' in account acme map to backend `Eu` login l identified by 'p'",
            new MapUser(
                true,
                new UserName("joe", Optional.of("%")),
                Optional.of("acme"),
                "Eu",
                "l",
                new Password("p"))),
        reads(
            "ALTER USER joe UNMAP FROM BACKEND eu",
            new UnmapUser(false, user("joe"), Optional.empty(), "eu")),
        reads(
            "ALTER USER IF EXISTS joe IN ACCOUNT acme UNMAP FROM BACKEND eu",
            new UnmapUser(true, user("joe"), Optional.of("acme"), "eu")));
  }

  @Test
  void anAccountStaysWhereItIs() {
    assertThat(
            Analysed.refusal("ALTER ACCOUNT acme BACKEND eu", MARIADB).refusal().error().message())
        .contains("ALTER ACCOUNT ... BACKEND");
  }

  /** Neither in what is understood nor in what is remembered. */
  @Test
  void theSecretOfAMappingIsNotPrinted() {
    StatementAnalysis analysis =
        (StatementAnalysis)
            Analysed.analyse(
                "ALTER USER u MAP TO BACKEND b LOGIN 'l' IDENTIFIED BY 'tell-nobody'", MARIADB);
    assertThat(analysis.toString()).doesNotContain("tell-nobody");
    assertThat(analysis.cacheable()).isFalse();
  }

  @TestFactory
  Stream<DynamicTest> users() {
    return Stream.of(
        reads(
            "CREATE USER Joe_G IDENTIFIED BY 'x'",
            new CreateUser(false, List.of(user("Joe_G", "x")), List.of(), false, Optional.empty())),
        reads(
            "create user if not exists 'a'@'%' identified by 'x', b default role r account lock comment 'c'",
            new CreateUser(
                true,
                List.of(
                    new UserSpec(
                        new UserName("a", Optional.of("%")), Optional.of(new Password("x"))),
                    new UserSpec(user("b"), Optional.empty())),
                List.of("r"),
                true,
                Optional.of(new UserAttribute.Comment("c")))),
        reads(
            "CREATE USER u IDENTIFIED BY RANDOM PASSWORD DEFAULT ROLE r, `s`@`%` ATTRIBUTE '{\"a\": 1}'",
            new CreateUser(
                false,
                List.of(new UserSpec(user("u"), Optional.of(new Password("", true)))),
                List.of("r", "s"),
                false,
                Optional.of(new UserAttribute.Json("{\"a\": 1}")))),
        reads("ALTER USER u DEFAULT ROLE NONE", defaultRoles(new DefaultRoles.None())),
        reads("ALTER USER u DEFAULT ROLE ALL", defaultRoles(new DefaultRoles.All())),
        reads(
            "ALTER USER u DEFAULT ROLE r, s",
            defaultRoles(new DefaultRoles.Listed(List.of("r", "s")))),
        reads(
            "RENAME USER a TO b, 'c'@'%' TO d",
            new RenameUser(
                List.of(
                    new Renaming(user("a"), user("b")),
                    new Renaming(new UserName("c", Optional.of("%")), user("d"))))),
        reads("SHOW USERS LIKE 'a%'", new ShowUsers(false, Optional.of("a%"))),
        reads(
            "SHOW USERS WHERE department = 'Engineering' AND NOT (status <> 'active' OR user"
                + " NOT LIKE 'a%') OR failed_attempts BETWEEN 1 AND 3 AND `email` IS NOT NULL AND"
                + " user IN ('x', 2)",
            new ShowUsers(
                false,
                Optional.empty(),
                Optional.of(
                    new Any(
                        List.of(
                            new All(
                                List.of(
                                    compared("department", Comparison.EQUAL, "Engineering"),
                                    new Not(
                                        new Any(
                                            List.of(
                                                compared("status", Comparison.NOT_EQUAL, "active"),
                                                new Not(new Like(new Column("user"), "a%"))))))),
                            new All(
                                List.of(
                                    new All(
                                        List.of(
                                            new Compared(
                                                new Column("failed_attempts"),
                                                Comparison.GREATER_OR_EQUAL,
                                                new RowCondition.Number("1")),
                                            new Compared(
                                                new Column("failed_attempts"),
                                                Comparison.LESS_OR_EQUAL,
                                                new RowCondition.Number("3")))),
                                    new Not(new IsNull(new Column("email"))),
                                    new In(
                                        new Column("user"),
                                        List.of(
                                            new Text("x"), new RowCondition.Number("2")))))))))),
        reads("SHOW FULL USERS", new ShowUsers(true, Optional.empty())),
        reads(
            "SHOW CREATE USER 'a'@'%'",
            new ShowCreateUser(Optional.of(new UserName("a", Optional.of("%"))))),
        reads("SHOW CREATE USER CURRENT_USER()", new ShowCreateUser(Optional.empty())),
        reads(
            "ALTER USER a IDENTIFIED BY 'y' ACCOUNT UNLOCK",
            new AlterUser(
                false,
                List.of(user("a", "y")),
                Optional.empty(),
                Optional.of(false),
                Optional.empty())),
        reads(
            "ALTER USER IF EXISTS a LOCK",
            new AlterUser(
                true,
                List.of(new UserSpec(user("a"), Optional.empty())),
                Optional.empty(),
                Optional.of(true),
                Optional.empty())),
        reads(
            "ALTER USER USER() IDENTIFIED BY 'y'",
            new SetPassword(Optional.empty(), new Password("y"))),
        reads("SET PASSWORD = 'y'", new SetPassword(Optional.empty(), new Password("y"))),
        reads(
            "SET PASSWORD FOR 'a'@'%' = PASSWORD('y')",
            new SetPassword(Optional.of(new UserName("a", Optional.of("%"))), new Password("y"))),
        reads(
            "DROP USER IF EXISTS a, 'b'@localhost",
            new DropUser(true, List.of(user("a"), new UserName("b", Optional.of("localhost"))))));
  }

  @TestFactory
  Stream<DynamicTest> roles() {
    return Stream.of(
        reads(
            "CREATE ROLE IF NOT EXISTS r, `s` COMMENT 'c'",
            new CreateRole(true, List.of("r", "s"), Optional.of("c"))),
        reads("DROP ROLE r", new DropRole(false, List.of("r"))),
        reads("ALTER ROLE r RENAME TO s", new RenameRole(false, "r", "s")),
        reads("ALTER ROLE r COMMENT 'c'", new CommentRole("r", "c")),
        reads("SET ROLE r", new SetRole(new RoleChoice.Named("r"))),
        reads("USE ROLE r", new SetRole(new RoleChoice.Named("r"))),
        reads("SET ROLE NONE", new SetRole(new RoleChoice.None())),
        reads("SET ROLE DEFAULT", new SetRole(new RoleChoice.Default())),
        reads("SET SECONDARY ROLE ALL", new SetSecondaryRole(true)),
        reads("USE SECONDARY ROLE NONE", new SetSecondaryRole(false)),
        reads(
            "SET DEFAULT ROLE r TO a, b",
            new SetDefaultRole(
                new DefaultRoles.Listed(List.of("r")), List.of(user("a"), user("b")))),
        reads(
            "SET DEFAULT ROLE r, s TO a",
            new SetDefaultRole(new DefaultRoles.Listed(List.of("r", "s")), List.of(user("a")))),
        reads(
            "SET DEFAULT ROLE ALL TO a",
            new SetDefaultRole(new DefaultRoles.All(), List.of(user("a")))),
        reads(
            "SET DEFAULT ROLE NONE TO a",
            new SetDefaultRole(new DefaultRoles.None(), List.of(user("a")))),
        reads("SET ROLE r, `s`@`%`", new SetRole(new RoleChoice.Several(List.of("r", "s")))),
        reads("SET ROLE ALL", new SetRole(new RoleChoice.All(List.of()))),
        reads("SET ROLE ALL EXCEPT r, s", new SetRole(new RoleChoice.All(List.of("r", "s")))),
        reads(
            "GRANT r, s TO a, 'b'@'%' WITH ADMIN OPTION",
            new GrantRoles(
                List.of("r", "s"), List.of(user("a"), new UserName("b", Optional.of("%"))), true)),
        reads("GRANT r TO ROLE s", new GrantRoles(List.of("r"), List.of(user("s")), false)),
        reads(
            "REVOKE IF EXISTS r FROM a",
            new RevokeRoles(true, false, List.of("r"), List.of(user("a")))),
        reads(
            "REVOKE ADMIN OPTION FOR r FROM a",
            new RevokeRoles(false, true, List.of("r"), List.of(user("a")))));
  }

  @TestFactory
  Stream<DynamicTest> grants() {
    return Stream.of(
        reads(
            "GRANT CREATE USER, MANAGE GRANTS ON ACCOUNT * TO r",
            grant(
                List.of("CREATE USER", "MANAGE GRANTS"),
                ObjectType.ACCOUNT,
                new Level.Star(),
                "r",
                false)),
        reads(
            "GRANT ALL ON DATABASE d TO r WITH GRANT OPTION",
            grant(
                List.of("ALL"),
                ObjectType.DATABASE,
                new Level.Named(RelationName.unqualified("d")),
                "r",
                true)),
        reads(
            "GRANT show tables, create table ON DATABASE *.* TO r",
            grant(
                List.of("SHOW TABLES", "CREATE TABLE"),
                ObjectType.DATABASE,
                new Level.StarStar(),
                "r",
                false)),
        reads(
            "GRANT SELECT ON *.* TO r",
            grant(List.of("SELECT"), ObjectType.TABLE, new Level.StarStar(), "r", false)),
        reads(
            "GRANT SELECT, INSERT ON d.* TO ROLE r",
            grant(
                List.of("SELECT", "INSERT"),
                ObjectType.TABLE,
                new Level.DatabaseStar("d"),
                "r",
                false)),
        reads(
            "GRANT ALL PRIVILEGES ON `d`.`t` TO `r`",
            grant(List.of("ALL PRIVILEGES"), ObjectType.TABLE, named("d", "t"), "r", false)),
        reads(
            "GRANT SELECT ON VIEW d.v TO r",
            grant(List.of("SELECT"), ObjectType.VIEW, named("d", "v"), "r", false)),
        reads(
            "GRANT SELECT ON account TO r",
            grant(
                List.of("SELECT"),
                ObjectType.TABLE,
                new Level.Named(RelationName.unqualified("account")),
                "r",
                false)),
        reads(
            "GRANT SELECT (a, `b c`), DELETE, INSERT (a) ON TABLE d.t TO r WITH GRANT OPTION",
            new GrantPrivileges(
                List.of("DELETE"),
                List.of(
                    new ColumnPrivilege("SELECT", List.of("a", "b c")),
                    new ColumnPrivilege("INSERT", List.of("a"))),
                ObjectType.TABLE,
                named("d", "t"),
                List.of(user("r")),
                true)),
        reads(
            "REVOKE GRANT OPTION FOR references (a), UPDATE(b) ON VIEW d.v FROM r",
            new RevokePrivileges(
                false,
                true,
                List.of(),
                List.of(
                    new ColumnPrivilege("REFERENCES", List.of("a")),
                    new ColumnPrivilege("UPDATE", List.of("b"))),
                ObjectType.VIEW,
                named("d", "v"),
                List.of(user("r")))),
        reads(
            "REVOKE GRANT OPTION FOR SELECT ON TABLE t FROM r",
            new RevokePrivileges(
                false,
                true,
                List.of("SELECT"),
                ObjectType.TABLE,
                new Level.Named(RelationName.unqualified("t")),
                List.of(user("r")))),
        reads(
            "GRANT SELECT, INSERT ON shop.* TO 'analyst'@'%', USER joe WITH GRANT OPTION",
            new GrantPrivileges(
                List.of("SELECT", "INSERT"),
                ObjectType.TABLE,
                new Level.DatabaseStar("shop"),
                List.of(new UserName("analyst", Optional.of("%")), user("joe")),
                true)),
        reads(
            "REVOKE SELECT ON d.t FROM user IGNORE UNKNOWN USER",
            new RevokePrivileges(
                true,
                false,
                List.of("SELECT"),
                ObjectType.TABLE,
                named("d", "t"),
                List.of(user("user")))),
        reads(
            "REVOKE IF EXISTS ALL ON TABLE * FROM r, s",
            new RevokePrivileges(
                true,
                false,
                List.of("ALL"),
                ObjectType.TABLE,
                new Level.Star(),
                List.of(user("r"), user("s")))),
        reads(
            "REVOKE ALL PRIVILEGES, GRANT OPTION FROM 'a'@'%'",
            new RevokeEverything(false, List.of(new UserName("a", Optional.of("%"))))),
        reads(
            "REVOKE IF EXISTS ALL, GRANT OPTION FROM a, b",
            new RevokeEverything(true, List.of(user("a"), user("b")))),
        reads(
            "REVOKE ALL IN DATABASE shop FROM a, USER 'b'@'%'",
            new RevokeInDatabase(
                false,
                new DatabaseName("shop"),
                List.of(user("a"), new UserName("b", Optional.of("%"))))),
        reads(
            "REVOKE IF EXISTS ALL PRIVILEGES IN SCHEMA `from` FROM a",
            new RevokeInDatabase(true, new DatabaseName("from"), List.of(user("a")))),
        reads("SHOW GRANTS", new ShowGrants(new GrantsOf.Oneself(), List.of())),
        reads("SHOW GRANTS FOR CURRENT_USER()", new ShowGrants(new GrantsOf.Oneself(), List.of())),
        reads(
            "SHOW GRANTS FOR 'a'@'%' USING r",
            new ShowGrants(new GrantsOf.User(new UserName("a", Optional.of("%"))), List.of("r"))),
        reads("SHOW GRANTS FOR ROLE r", new ShowGrants(new GrantsOf.RoleNamed("r"), List.of())),
        reads("SHOW ROLES LIKE 'a%'", new ShowRoles(Optional.of("a%"))),
        reads("SHOW ACCESS ON d.t", new ShowAccess(RelationName.of("d", "t"), Optional.empty())),
        reads(
            "SHOW ACCESS ON TABLE t",
            new ShowAccess(RelationName.unqualified("t"), Optional.of(RelationKind.TABLE))),
        reads(
            "SHOW ACCESS ON VIEW d.v",
            new ShowAccess(RelationName.of("d", "v"), Optional.of(RelationKind.VIEW))),
        reads("SHOW ACCESS ON DATABASE d", new ShowAccess(new DatabaseName("d"), Optional.empty())),
        reads("SHOW EFFECTIVE GRANTS", new ShowEffectiveGrants(Optional.empty())),
        reads("SHOW EFFECTIVE GRANTS FOR CURRENT_USER", new ShowEffectiveGrants(Optional.empty())),
        reads("SHOW EFFECTIVE GRANTS FOR u", new ShowEffectiveGrants(Optional.of(user("u")))));
  }

  @TestFactory
  Stream<DynamicTest> explanationsOfAccess() {
    return Stream.of(
        reads("EXPLAIN ACCESS SELECT 1", new ExplainAccess(Optional.empty(), false, 2)),
        reads(
            "explain access FORMAT = JSON (SELECT 1)",
            new ExplainAccess(Optional.empty(), true, 5)),
        reads(
            "EXPLAIN ACCESS FOR joe DELETE FROM t",
            new ExplainAccess(
                Optional.of(new Whom(user("joe"), Optional.empty(), false)), false, 4)),
        reads(
            "EXPLAIN ACCESS FOR 'joe' AS ROLE r GRANT a TO b",
            new ExplainAccess(
                Optional.of(new Whom(user("joe"), Optional.of("r"), false)), false, 7)),
        reads(
            "EXPLAIN ACCESS FOR joe AS ROLE r SECONDARY ALL not read here",
            new ExplainAccess(
                Optional.of(new Whom(user("joe"), Optional.of("r"), true)), false, 9)),
        reads(
            "EXPLAIN ACCESS FOR joe AS ROLE r SECONDARY ROLES NONE USE d",
            new ExplainAccess(
                Optional.of(new Whom(user("joe"), Optional.of("r"), false)), false, 10)));
  }

  /** MySQL's EXPLAIN is DESCRIBE, too. */
  @Test
  void aTableNamedAccessIsDescribed() {
    for (String text :
        List.of(
            "EXPLAIN access",
            "EXPLAIN access col",
            "EXPLAIN access 'c%'",
            "EXPLAIN access.t",
            "EXPLAIN access.t col",
            "DESCRIBE access col",
            "EXPLAIN `access` col")) {
      assertThat(Analysed.statement(text, MYSQL)).as(text).isInstanceOf(ForwardStatement.class);
    }
  }

  @TestFactory
  Stream<DynamicTest> sessions() {
    return Stream.of(
        reads("USE `d`", new UseStatement("d")),
        reads("KILL QUERY 17", new Kill(17, true)),
        reads("KILL CONNECTION 17", new Kill(17, false)),
        reads("SHOW DATABASES LIKE 'x%'", new ShowDatabases(Optional.of("x%"))),
        reads("SHOW FULL PROCESSLIST", new ShowProcesslist(true)),
        reads("SHOW WARNINGS LIMIT 2, 5", new ShowWarnings(false, false, 2, 5)),
        reads("SHOW COUNT(*) ERRORS", new ShowWarnings(true, true, 0, Long.MAX_VALUE)),
        reads("SET NAMES utf8mb4", new SetVariables(List.of(), true, Repetition.ALONE)),
        reads(
            "SET autocommit = 1, sql_mode = ''",
            new SetVariables(List.of(), true, Repetition.ALONE)),
        reads("SET autocommit = ON", new SetVariables(List.of(), false, Repetition.ALONE)));
  }

  @Test
  void passwordsAreNeitherRememberedNorPrinted() {
    StatementAnalyzer analyzer = new StatementAnalyzer(100);
    for (String text :
        List.of(
            "CREATE USER u IDENTIFIED BY 'hidden'",
            "ALTER USER u IDENTIFIED BY 'hidden' REPLACE 'x'",
            "ALTER USER u IDENTIFIED BY 'hidden' ATTRIBUTE '{}' x",
            "SET PASSWORD = 'hidden' 'x'",
            "CREATE USER u 'hidden'",
            "EXPLAIN ACCESS CREATE USER u IDENTIFIED BY 'hidden'",
            "EXPLAIN ACCESS FOR joe AS CREATE USER u IDENTIFIED BY 'hidden'")) {
      var lexed = Analysed.lexed(text, MYSQL);
      assertThat(analyzer.analyze(lexed).toString()).as(text).doesNotContain("hidden");
      assertThat(analyzer.cached(lexed.key())).as(text).isNull();
    }
  }

  @Test
  void statementsAndRefusalsAreRemembered() {
    StatementAnalyzer analyzer = new StatementAnalyzer(100);
    for (String text : List.of("SELECT * FROM t", "SELECT * FROM", "SHOW TABLES")) {
      var lexed = Analysed.lexed(text, MYSQL);
      AnalysisResult result = analyzer.analyze(lexed);
      assertThat(analyzer.cached(lexed.key())).as(text).isSameAs(result);
    }
    assertThat(analyzer.cached(Analysed.lexed("SELECT * FROM u", MYSQL).key())).isNull();
  }
}
