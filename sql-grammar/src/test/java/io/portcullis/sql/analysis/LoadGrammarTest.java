package io.portcullis.sql.analysis;

import static io.portcullis.sql.analysis.Analysed.MARIADB;
import static io.portcullis.sql.analysis.Analysed.MYSQL;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.sql.text.LexicalMode;
import io.portcullis.sql.text.PolicyReason;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** LOAD DATA LOCAL: what it touches; and that a file of the server is for nobody. */
final class LoadGrammarTest {

  private static DynamicTest touches(String text, String accesses) {
    return DynamicTest.dynamicTest(
        text,
        () -> {
          for (LexicalMode mode : List.of(MARIADB, MYSQL)) {
            assertThat(Analysed.accesses(text, mode)).isEqualTo(accesses);
          }
        });
  }

  private static DynamicTest refused(PolicyReason policy, String text) {
    return DynamicTest.dynamicTest(
        text,
        () -> assertThat(Analysed.refusal(text, MARIADB).refusal().policy()).contains(policy));
  }

  private static DynamicTest notUnderstood(String text) {
    return DynamicTest.dynamicTest(
        text, () -> assertThat(Analysed.refusal(text, MARIADB).refusal().policy()).isEmpty());
  }

  @TestFactory
  Stream<DynamicTest> filesOfTheClient() {
    return Stream.of(
        touches("LOAD DATA LOCAL INFILE 'f' INTO TABLE t", "INSERT t"),
        touches("load data concurrent local infile 'f' ignore into table d.t", "INSERT d.t"),
        touches(
            "LOAD DATA LOW_PRIORITY LOCAL INFILE 'f' REPLACE INTO TABLE d.t",
            "INSERT d.t, DELETE d.t"),
        touches(
            "LOAD DATA LOCAL INFILE 'f' INTO TABLE d.t PARTITION (p, q) CHARACTER SET utf8mb4 FIELDS"
                + " TERMINATED BY ',' OPTIONALLY ENCLOSED BY '\"' ESCAPED BY X'5c' LINES STARTING BY"
                + " '>' TERMINATED BY 0x0a IGNORE 1 LINES (a, @b, `c`)",
            "INSERT d.t"),
        touches(
            "LOAD DATA LOCAL INFILE 'f' INTO TABLE t (a, @b) SET b = @b + 1, c = (SELECT MAX(x) FROM"
                + " d.secret), e = NOW()",
            "INSERT t, SELECT d.secret"),
        touches(
            "LOAD XML LOCAL INFILE 'f' INTO TABLE t CHARACTER SET binary ROWS IDENTIFIED BY '<r>'"
                + " IGNORE 2 ROWS (a) SET b = d.f(1)",
            "INSERT t, EXECUTE_FUNCTION d.f"));
  }

  @TestFactory
  Stream<DynamicTest> filesOfTheServerAndOtherPlaces() {
    return Stream.of(
        refused(PolicyReason.FILES, "LOAD DATA INFILE 'f' INTO TABLE t"),
        refused(PolicyReason.FILES, "LOAD XML INFILE 'f' INTO TABLE t"),
        refused(PolicyReason.FILES, "LOAD DATA /*!99999999 LOCAL */ INFILE 'f' INTO TABLE t"),
        refused(PolicyReason.FILES, "LOAD DATA LOCAL INFILE f INTO TABLE t"),
        refused(
            PolicyReason.FILES, "BEGIN NOT ATOMIC LOAD DATA LOCAL INFILE 'f' INTO TABLE t; END"),
        refused(
            PolicyReason.ANSWERED_BY_THE_GATE,
            "EXECUTE IMMEDIATE 'LOAD DATA LOCAL INFILE \"f\" INTO TABLE t'"),
        refused(
            PolicyReason.ANSWERED_BY_THE_GATE,
            "PREPARE s FROM 'LOAD DATA LOCAL INFILE \"f\" INTO TABLE t'"));
  }

  @TestFactory
  Stream<DynamicTest> isReadToItsEnd() {
    return Stream.of(
        notUnderstood("LOAD DATA LOCAL INFILE 'f' INTO TABLE t, u"),
        notUnderstood("LOAD DATA LOCAL INFILE 'f' INTO t"),
        notUnderstood("LOAD DATA LOCAL INFILE 'f' 'g' INTO TABLE t"),
        notUnderstood("LOAD DATA LOCAL INFILE 'f' REPLACE IGNORE INTO TABLE t"),
        notUnderstood("LOAD DATA LOCAL INFILE 'f' INTO TABLE t FIELDS"),
        notUnderstood("LOAD DATA LOCAL INFILE 'f' INTO TABLE t IGNORE 1"),
        notUnderstood("LOAD DATA LOCAL INFILE 'f' INTO TABLE t (a, (SELECT 1))"),
        notUnderstood("LOAD DATA LOCAL INFILE 'f' INTO TABLE t SET"),
        notUnderstood("LOAD DATA LOCAL INFILE 'f' INTO TABLE t SET a = 1 FROM secret"),
        notUnderstood("LOAD DATA LOCAL INFILE 'f' INTO TABLE t SET a = 1 WHERE b = 2"),
        notUnderstood("LOAD DATA LOCAL INFILE 'f' INTO TABLE t UNION SELECT 1"));
  }
}
