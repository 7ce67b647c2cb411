package io.portcullis.sql.analysis;

import static io.portcullis.sql.analysis.Analysed.MARIADB;
import static io.portcullis.sql.analysis.Analysed.MYSQL;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.sql.access.RelationName;
import io.portcullis.sql.access.ViewBody;
import io.portcullis.sql.text.LexicalMode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Definitions of views as the servers print them: what they read, and what a change can reach. */
final class ViewReadingTest {

  private static ViewReading read(String definition, LexicalMode mode) {
    return new StatementAnalyzer(0).readView(Analysed.lexed(definition, mode));
  }

  private static String names(List<RelationName> names) {
    return names.stream()
        .map(name -> name.database().name() + "." + name.name())
        .collect(Collectors.joining(", "));
  }

  private static DynamicTest reads(
      String definition, LexicalMode mode, String targets, String others) {
    return DynamicTest.dynamicTest(
        definition,
        () -> {
          ViewReading reading = read(definition, mode);
          assertThat(reading).isInstanceOf(ViewReading.Understood.class);
          ViewBody body = ((ViewReading.Understood) reading).body();
          assertThat(names(body.targets())).as("targets").isEqualTo(targets);
          assertThat(names(body.others())).as("others").isEqualTo(others);
        });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      value = {
        "select `d`.`t`.`id` AS `id`,`d`.`t`.`Name` AS `x` from `d`.`t` ~ {t=[id, name]}",
        "select `t`.`a` AS `a` from (`d`.`t` join `d`.`u` `x` on((`t`.`b` = `x`.`c`))) ~ {t=[a, b], u=[c]}",
        "select `d`.`t`.`a` AS `a` from `d`.`t` order by `b` ~ {}",
        "select count(0) AS `n` from `d`.`t` ~ {}",
        "select * from `d`.`t` ~ {}",
        "select `x`.`a` AS `a`,`x`.* from `d`.`t` `x` ~ {}",
      })
  void columnsAreKnownWhereEveryNameSaysItsTable(String definition, String columns) {
    for (LexicalMode mode : List.of(MYSQL, MARIADB)) {
      ViewBody body = ((ViewReading.Understood) read(definition, mode)).body();
      Map<String, Set<String>> byName = new TreeMap<>();
      body.columns().forEach((table, read) -> byName.put(table.name(), new TreeSet<>(read)));
      assertThat(byName).hasToString(columns);
    }
  }

  private static Stream<DynamicTest> reads(String definition, String targets, String others) {
    return Stream.of(
        reads(definition, MYSQL, targets, others), reads(definition, MARIADB, targets, others));
  }

  @TestFactory
  Stream<DynamicTest> whatTheOutermostFromNamesCanBeChangedAndTheRestIsRead() {
    return Stream.of(
            reads("select 1 AS `1`", "", ""),
            reads("select `d`.`t`.`id` AS `id` from `d`.`t`", "d.t", ""),
            reads(
                "select `d`.`v`.`id` AS `id` from (`d`.`v1` `v` left join `d`.`t`"
                    + " on((`d`.`t`.`id` = `d`.`v`.`id`))) where `d`.`t`.`id` in"
                    + " (select `d`.`v2`.`id` from `d`.`v2`)",
                "d.v1, d.t",
                "d.v2"),
            reads("select `x`.`id` AS `id` from `od``d \"x`.`t` `x`", "od`d \"x.t", ""),
            reads("select 1 AS `x/*! from t*/`,'a\\\\' AS `l` from `d`.`t`", "d.t", ""))
        .flatMap(tests -> tests);
  }

  @TestFactory
  Stream<DynamicTest> whereTheOutermostFromIsNotPlainEverythingCountsAsChanged() {
    return Stream.of(
            reads(
                "select `dd`.`id` AS `id` from (select `d`.`t`.`id` AS `id` from `d`.`t`) `dd`"
                    + " where (`dd`.`id` in (select `d`.`u`.`id` from `d`.`u`))",
                "d.t, d.u",
                ""),
            reads(
                "select `d`.`t`.`id` AS `id` from `d`.`t` union all"
                    + " select `d`.`u`.`id` AS `id` from `d`.`u`",
                "d.t, d.u",
                ""),
            reads(
                "with `c` as (select `d`.`t`.`id` AS `id` from `d`.`t`)"
                    + " select `c`.`id` AS `id` from `c`",
                "d.t",
                ""))
        .flatMap(tests -> tests);
  }

  /** What MySQL 9.7 and MariaDB 11.4 make of all kinds of expressions. */
  @TestFactory
  Stream<DynamicTest> readsWhatTheServersPrint() {
    return Stream.of(
        reads(
            "select `d`.`v`.`id` AS `id`,count(0) AS `c`,group_concat(`d`.`t`.`a` separator ';') AS"
                + " `g`,cast(`d`.`t`.`a` as char(3) charset utf8mb3) AS `k`,cast(`d`.`t`.`a` as"
                + " unsigned) AS `u`,substr(`d`.`t`.`a`,1,2) AS `s`,trim(both 'x' from `d`.`t`.`a`)"
                + " AS `tr`,extract(year from now()) AS `y`,(now() + interval 1 day) AS"
                + " `da`,if((`d`.`t`.`a` is null),1,2) AS `i`,(case when (`d`.`t`.`a` = 'x') then 1"
                + " else 2 end) AS `cs`,(`d`.`t`.`a` collate utf8mb4_bin) AS"
                + " `co`,convert(`d`.`t`.`a` using latin1) AS"
                + " `cv`,json_unquote(json_extract(`d`.`t`.`j`,'$.a')) AS `jj` from (`d`.`v1` `v`"
                + " left join `d`.`t` on((`d`.`t`.`id` = `d`.`v`.`id`))) where (`d`.`t`.`id` in"
                + " (select `d`.`v2`.`id` from `d`.`v2`) and exists(select 1 from `d`.`t` `x` where"
                + " (`x`.`id` = `d`.`t`.`id`))) group by `d`.`v`.`id`,`d`.`t`.`a`,`d`.`t`.`j` order"
                + " by `d`.`v`.`id` limit 3",
            MYSQL,
            "d.v1, d.t",
            "d.t, d.v2"),
        reads(
            "with `c` as (select `d`.`t`.`id` AS `id` from `d`.`t`) select `c`.`id` AS"
                + " `id`,row_number() OVER (PARTITION BY `c`.`id` ORDER BY `c`.`id` desc )  AS `r`"
                + " from `c` union all select 1 AS `1`,2 AS `2`",
            MYSQL,
            "d.t",
            ""),
        reads(
            "with c as (select `d`.`t`.`id` AS `id` from `d`.`t`)select `c`.`id` AS"
                + " `id`,row_number() over ( partition by `c`.`id` order by `c`.`id` desc) AS `r`"
                + " from `c` union all select 1 AS `1`,2 AS `2`",
            MARIADB,
            "d.t",
            ""),
        reads(
            "select 1 AS `x`,'xe4' AS `l`,0x41 AS `h`,X'41' AS `h2`,0x01 AS `bb`,DATE'2020-01-01' AS"
                + " `d`,true AS `tt`,NULL AS `n` from (`d`.`t` join `d`.`v2` on((`d`.`t`.`id` ="
                + " `d`.`v2`.`id`)))",
            MYSQL,
            "d.t, d.v2",
            ""),
        reads(
            "(select `d`.`t`.`id` AS `id` from `d`.`t` where `d`.`t`.`id` = 3)",
            MARIADB,
            "d.t",
            ""),
        reads(
            "select `d`.`t`.`id` AS `id` from `d`.`t` where ((`d`.`t`.`id` between 1 and 2) and"
                + " (`d`.`t`.`a` like 'x%' escape '!') and (`d`.`t`.`a` not in ('a','b')) and"
                + " regexp_like(`d`.`t`.`a`,'^x') and (not((`d`.`t`.`id` <=> NULL))) and"
                + " (-(`d`.`t`.`id`) < ~(`d`.`t`.`id`)) and ((`d`.`t`.`id` DIV 2) = (`d`.`t`.`id` %"
                + " 2)))",
            MYSQL, "d.t", ""),
        reads(
            "select `d`.`t`.`id` AS `id` from `d`.`t` where `d`.`t`.`id` between 1 and 2 and"
                + " `d`.`t`.`a` like 'x%' escape '!' and `d`.`t`.`a` regexp '^x' and"
                + " !(`d`.`t`.`id` <=> NULL) and -`d`.`t`.`id` < ~`d`.`t`.`id` and `d`.`t`.`id` DIV"
                + " 2 = `d`.`t`.`id` MOD 2",
            MARIADB, "d.t", ""),
        reads(
            "select json_extract(`d`.`t`.`j`,'$.a') AS `x` from (`d`.`t` straight_join `d`.`v2`"
                + " on((`d`.`t`.`id` = `d`.`v2`.`id`)))",
            MYSQL,
            "d.t, d.v2",
            ""));
  }

  @Test
  void theStoredFunctionsItCallsAreNamed() {
    ViewReading reading = read("select `d`.`f`(`d`.`t`.`a`) AS `x` from `d`.`t`", MARIADB);
    assertThat(names(((ViewReading.Understood) reading).body().functions())).isEqualTo("d.f");
  }

  @TestFactory
  Stream<DynamicTest> whatIsNotUnderstoodToItsLastTokenIsNoView() {
    return Stream.of(
            "insert into `d`.`t` values (1)",
            "show tables",
            "select `f`(1) AS `x`",
            "select * from `d`.`t` into outfile 'x'",
            "select * from `d`.`t` procedure analyse()")
        .map(
            definition ->
                DynamicTest.dynamicTest(
                    definition,
                    () ->
                        assertThat(read(definition, MYSQL))
                            .isInstanceOf(ViewReading.NotUnderstood.class)));
  }
}
