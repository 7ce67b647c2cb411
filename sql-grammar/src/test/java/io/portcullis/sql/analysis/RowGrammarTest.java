package io.portcullis.sql.analysis;

import static io.portcullis.sql.analysis.Analysed.MARIADB;
import static io.portcullis.sql.analysis.Analysed.MYSQL;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.sql.access.RelationName;
import io.portcullis.sql.statement.AccessControlStatement.AddRule;
import io.portcullis.sql.statement.AccessControlStatement.CreateHierarchy;
import io.portcullis.sql.statement.AccessControlStatement.DropHierarchy;
import io.portcullis.sql.statement.AccessControlStatement.DropRestriction;
import io.portcullis.sql.statement.AccessControlStatement.DropRule;
import io.portcullis.sql.statement.AccessControlStatement.RestrictRole;
import io.portcullis.sql.statement.AccessControlStatement.RestrictedValue;
import io.portcullis.sql.statement.AccessControlStatement.ShowHierarchies;
import io.portcullis.sql.statement.AccessControlStatement.ShowRestrictions;
import io.portcullis.sql.statement.AccessControlStatement.ShowRules;
import io.portcullis.sql.statement.ForwardStatement;
import io.portcullis.sql.statement.Statement;
import io.portcullis.sql.text.ErrorCode;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What roles show of rows: PM 5.4, and restrictions. */
final class RowGrammarTest {

  private static final RelationName T = RelationName.of("d", "t");

  private static DynamicTest reads(String text, Statement statement) {
    return DynamicTest.dynamicTest(
        text,
        () -> {
          assertThat(Analysed.statement(text, MYSQL)).isEqualTo(statement);
          assertThat(Analysed.statement(text, MARIADB)).isEqualTo(statement);
        });
  }

  @TestFactory
  Stream<DynamicTest> statementsAboutRows() {
    return Stream.of(
        reads(
            "ALTER ROLE r RESTRICT d.t (country) TO ('France', 'L''Ile', 12, -1.5)",
            new RestrictRole(
                "r",
                T,
                "country",
                List.of(
                    new RestrictedValue("France", false),
                    new RestrictedValue("L'Ile", false),
                    new RestrictedValue("12", true),
                    new RestrictedValue("-1.5", true)))),
        reads(
            "alter role 'r' restrict table t (`c`) to ()",
            new RestrictRole("r", RelationName.unqualified("t"), "c", List.of())),
        reads(
            "ALTER ROLE r DROP RESTRICTION ON d.t", new DropRestriction("r", T, Optional.empty())),
        reads(
            "ALTER ROLE r DROP RESTRICTION ON TABLE d.t (c)",
            new DropRestriction("r", T, Optional.of("c"))),
        reads(
            "ALTER ROLE r ADD RULE \"select a from d.t where b not in ('x') and c is not null\" ON"
                + " TABLE d.t",
            new AddRule("r", T, "select a from d.t where b not in ('x') and c is not null")),
        reads(
            "ALTER ROLE r ADD RULE 'select 1 from d.t union select 2 from d.u' ON TABLE d.t",
            new AddRule("r", T, "select 1 from d.t union select 2 from d.u")),
        reads("ALTER ROLE r DROP RULE ON TABLE d.t", new DropRule("r", T)),
        reads(
            "CREATE HIERARCHY geography ON d.t (continent, country)",
            new CreateHierarchy(false, "geography", T, List.of("continent", "country"))),
        reads(
            "CREATE HIERARCHY IF NOT EXISTS g ON TABLE d.t (a)",
            new CreateHierarchy(true, "g", T, List.of("a"))),
        reads("DROP HIERARCHY g ON d.t", new DropHierarchy(false, "g", T)),
        reads("DROP HIERARCHY IF EXISTS g ON d.t", new DropHierarchy(true, "g", T)),
        reads("SHOW RULES ON ROLE r", new ShowRules("r")),
        reads("SHOW RESTRICTIONS", new ShowRestrictions(Optional.empty(), Optional.empty())),
        reads(
            "SHOW RESTRICTIONS ON ROLE r",
            new ShowRestrictions(Optional.of("r"), Optional.empty())),
        reads("SHOW RESTRICTIONS ON d.t", new ShowRestrictions(Optional.empty(), Optional.of(T))),
        reads("SHOW HIERARCHIES", new ShowHierarchies(Optional.empty())),
        reads("SHOW HIERARCHIES ON TABLE d.t", new ShowHierarchies(Optional.of(T))));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '|',
      value = {
        "ALTER ROLE r RESTRICT d.t (c) TO (NULL) ~ NULL",
        "ALTER ROLE r RESTRICT d.t (c) TO (N'x') ~ string of this kind",
        "ALTER ROLE r RESTRICT d.t (c) TO (1e3) ~ number of this kind",
        "ALTER ROLE r ADD RULE 'select a from t' ON TABLE d.t ~ named with their databases",
        "ALTER ROLE r ADD RULE 'select d.f(a) from d.t' ON TABLE d.t ~ named with their databases",
        "ALTER ROLE r ADD RULE 'select a from d.t where not a = 1' ON TABLE d.t ~ NOT",
        "ALTER ROLE r ADD RULE 'select a || b from d.t' ON TABLE d.t ~ CONCAT",
        "ALTER ROLE r ADD RULE 'select ''\\\\n'' from d.t' ON TABLE d.t ~ backslashes",
        "ALTER ROLE r ADD RULE 'select \"a\" from d.t' ON TABLE d.t ~ double quotes",
        "ALTER ROLE r ADD RULE 'select ? from d.t' ON TABLE d.t ~ ?",
        "ALTER ROLE r ADD RULE 'select 1 from d.t where a = @me' ON TABLE d.t ~ sets it as he likes",
        "ALTER ROLE r ADD RULE 'select @@port from d.t' ON TABLE d.t ~ sets it as he likes",
        "ALTER ROLE r ADD RULE 'select ''é'' from d.t' ON TABLE d.t ~ ASCII",
      })
  void whatOtherSessionsWouldReadOtherwiseIsRefused(String text, String because) {
    Analysed.refused(ErrorCode.ER_NOT_SUPPORTED_YET, because, text);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '|',
      value = {
        "ALTER ROLE r RESTRICT d.t (c) TO 'x'",
        "ALTER ROLE r RESTRICT d.t (c) TO (x)",
        "ALTER ROLE r RESTRICT d.t (c, e) TO (1)",
        "ALTER ROLE r RESTRICT d.t TO (1)",
        "ALTER ROLE IF EXISTS r RESTRICT d.t (c) TO (1)",
        "ALTER ROLE r ADD RULE 'select 1 from d.t; select 2' ON TABLE d.t",
        "ALTER ROLE r ADD RULE 'select 1 from d.t) x, (select 1' ON TABLE d.t",
        "ALTER ROLE r ADD RULE select ON TABLE d.t",
        "CREATE HIERARCHY h ON d.t ()",
        "CREATE HIERARCHY h ON d.t",
      })
  void whatIsIncompleteIsNotUnderstood(String text) {
    Analysed.refused(ErrorCode.ER_PARSE_ERROR, "", text);
  }

  @Test
  void aRuleIsAQuery() {
    for (String rule : List.of("delete from d.t", "show tables", "set @a = 1", "do 1")) {
      Analysed.refused(
          ErrorCode.ER_CANNOT_USER,
          "only accept SELECT-like statements as rewrites",
          "ALTER ROLE r ADD RULE '" + rule + "' ON TABLE d.t");
    }
  }

  @Test
  void aTableMayStillBeCalledSo() {
    assertThat(Analysed.statement("SELECT * FROM hierarchy", MARIADB))
        .isInstanceOf(ForwardStatement.class);
    assertThat(Analysed.statement("CREATE TABLE hierarchy (a INT)", MARIADB))
        .isInstanceOf(ForwardStatement.class);
  }
}
