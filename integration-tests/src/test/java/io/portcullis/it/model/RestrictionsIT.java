package io.portcullis.it.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portcullis.it.harness.BackendExtension;
import io.portcullis.it.harness.Sql;
import io.portcullis.it.harness.TestBackend;
import io.portcullis.it.harness.TestGate;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** ALTER ROLE ... RESTRICT and CREATE HIERARCHY: rows that are not permitted are not there. */
@ExtendWith(BackendExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RestrictionsIT {

  private static final String PASSWORD = "Row-team-1";

  private final TestGate gate;
  private Connection rose;

  RestrictionsIT(TestBackend backend) {
    gate = TestGate.start(backend);
  }

  @BeforeAll
  void makeUsers() throws SQLException {
    gate.administer("DROP DATABASE IF EXISTS row_d", "CREATE DATABASE row_d");
    gate.administer("CREATE ROLE row_user");
    for (String role : List.of("france", "germany", "nordic", "asia", "eur")) {
      gate.administer("CREATE ROLE row_" + role);
    }
    gate.administer(
        "CREATE USER row_rose IDENTIFIED BY '" + PASSWORD + "' DEFAULT ROLE row_user",
        "CREATE USER row_lena IDENTIFIED BY '" + PASSWORD + "' DEFAULT ROLE row_user",
        "GRANT row_germany TO row_lena",
        "GRANT CONNECT ON ACCOUNT * TO row_user");
  }

  @BeforeEach
  void makeTables() throws SQLException {
    gate.administer(
        "DROP TABLE IF EXISTS row_d.sales, row_d.notes, row_d.copy",
        "CREATE TABLE row_d.sales (id INT PRIMARY KEY AUTO_INCREMENT, continent VARCHAR(20),"
            + " country VARCHAR(20), currency VARCHAR(3), note VARCHAR(40))",
        "INSERT INTO row_d.sales (continent, country, currency, note) VALUES"
            + " ('Asia', 'Korea', 'KRW', 'k'), ('Asia', 'Japan', 'JPY', 'j'),"
            + " ('Europe', 'France', 'EUR', 'f'), ('Europe', 'Germany', 'EUR', 'g'),"
            + " ('Europe', 'Norway', 'NOK', 'n'), ('Europe', 'Sweden', 'SEK', 's')",
        "CREATE TABLE row_d.notes (country VARCHAR(20), text VARCHAR(40))",
        "INSERT INTO row_d.notes VALUES ('France', 'wine'), ('Germany', 'beer')",
        "CREATE TABLE row_d.copy (country VARCHAR(20))",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE row_d.sales TO row_user",
        "GRANT SELECT, UPDATE ON TABLE row_d.notes TO row_user",
        "GRANT SELECT, INSERT ON TABLE row_d.copy TO row_user",
        "CREATE HIERARCHY geography ON row_d.sales (continent, country)",
        "ALTER ROLE row_france RESTRICT row_d.sales (country) TO ('France')",
        "ALTER ROLE row_germany RESTRICT row_d.sales (country) TO ('Germany')",
        "ALTER ROLE row_nordic RESTRICT row_d.sales (country) TO ('Norway', 'Sweden')",
        "ALTER ROLE row_asia RESTRICT row_d.sales (continent) TO ('Asia')",
        "ALTER ROLE row_eur RESTRICT row_d.sales (currency) TO ('EUR')");
    rose = login("row_rose");
  }

  private Connection login(String user) throws SQLException {
    Connection connection = gate.user(user, PASSWORD).connect("row_d");
    Sql.run(connection, "SET SECONDARY ROLE ALL");
    return connection;
  }

  @AfterEach
  void disconnect() throws SQLException {
    rose.close();
    for (String role : List.of("france", "germany", "nordic", "asia", "eur")) {
      gate.administer("REVOKE IF EXISTS row_" + role + " FROM row_rose");
    }
  }

  @AfterAll
  void clearUp() throws SQLException {
    gate.administer("DROP DATABASE row_d", "DROP USER row_rose, row_lena");
    gate.administer("DROP ROLE row_user, row_france, row_germany, row_nordic, row_asia, row_eur");
    gate.close();
  }

  private void grant(String... roles) throws SQLException {
    for (String role : roles) {
      gate.administer("GRANT row_" + role + " TO row_rose");
    }
    rose.close();
    rose = login("row_rose");
  }

  private List<String> countries(Connection connection) throws SQLException {
    return Sql.rows(connection, "SELECT country FROM sales ORDER BY country");
  }

  private List<String> administrator(String sql) throws SQLException {
    try (Connection root = gate.administrator().connect()) {
      return Sql.rows(root, sql);
    }
  }

  private static void refused(Connection connection, String sql, int errno, String says) {
    assertThatThrownBy(() -> Sql.run(connection, sql))
        .as(sql)
        .isInstanceOfSatisfying(
            SQLException.class,
            e -> assertThat(e.getErrorCode()).as(e.getMessage()).isEqualTo(errno))
        .hasMessageContaining(says);
  }

  /**
   * The example of Atoti's documentation (atoti.tables.Tables.restrictions), step by step, in
   * sessions that stay open.
   */
  @Test
  void theExampleOfContinentsCountriesAndCurrencies() throws SQLException {
    assertThat(countries(rose))
        .containsExactly("France", "Germany", "Japan", "Korea", "Norway", "Sweden");
    gate.administer("GRANT row_france TO row_rose");
    assertThat(countries(rose)).containsExactly("France");
    try (Connection lena = login("row_lena")) {
      assertThat(countries(lena)).containsExactly("Germany");
    }
    gate.administer("GRANT row_germany TO row_rose");
    assertThat(countries(rose)).containsExactly("France", "Germany");
    gate.administer("GRANT row_nordic TO row_rose");
    assertThat(countries(rose)).containsExactly("France", "Germany", "Norway", "Sweden");
    gate.administer("GRANT row_asia TO row_rose");
    assertThat(countries(rose))
        .containsExactly("France", "Germany", "Japan", "Korea", "Norway", "Sweden");
    gate.administer("GRANT row_eur TO row_rose");
    assertThat(countries(rose)).containsExactly("France", "Germany");
    gate.administer("REVOKE row_france FROM row_rose", "REVOKE row_germany FROM row_rose");
    assertThat(countries(rose)).isEmpty();
    assertThat(Sql.rows(rose, "SELECT COUNT(*) FROM sales")).containsExactly("0");
    gate.administer("ALTER ROLE row_eur DROP RESTRICTION ON row_d.sales");
    assertThat(countries(rose)).containsExactly("Japan", "Korea", "Norway", "Sweden");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '"',
      value = {
        "SELECT country FROM sales ~ France",
        "SELECT SALES.country FROM Row_d.sales ~ ",
        "SELECT row_d.sales.country FROM row_d.sales WHERE `row_d`.`sales`.`id` > 0 ~ France",
        "SELECT s.country FROM sales AS s ~ France",
        "SELECT COUNT(*), MIN(id), MAX(id) FROM sales ~ 1|3|3",
        "SELECT country FROM sales WHERE country = 'Germany' OR 1 = 1 ~ France",
        "SELECT country FROM sales WHERE country = 'Germany' ~ ",
        "SELECT n.text FROM notes n JOIN sales s USING (country) ~ wine",
        "SELECT n.text FROM notes n LEFT JOIN sales s ON s.country = n.country WHERE s.id IS NULL ~ beer",
        "SELECT text FROM notes WHERE country IN (SELECT country FROM sales) ~ wine",
        "SELECT (SELECT COUNT(*) FROM sales s WHERE s.country = n.country) FROM notes n ORDER BY text ~ 0,1",
        "SELECT country FROM (SELECT * FROM sales) AS d ~ France",
        "WITH c AS (SELECT * FROM sales) SELECT country FROM c ~ France",
        "WITH sales AS (SELECT 'cte' AS country) SELECT country FROM sales ~ cte",
        "WITH c AS (SELECT * FROM sales) SELECT a.country FROM c a, sales b ~ France",
        "SELECT country FROM sales UNION SELECT country FROM notes ~ France,Germany",
        "SELECT a.id FROM sales a, sales b WHERE a.id = b.id ~ 3",
        "SELECT RANK() OVER (ORDER BY id) FROM sales ~ 1",
        "SELECT EXISTS (SELECT 1 FROM sales WHERE country = 'Korea') ~ 0",
        "SELECT country FROM sales WHERE id = 1 ~ ",
        "SELECT country FROM sales WHERE id = 3 AND note = 'f' ~ France",
        "SELECT country FROM sales WHERE id BETWEEN 1 AND 6 AND currency LIKE 'E%' ~ France",
        "SELECT country FROM sales WHERE id IN (1, 2, 3) AND country = 'france' ~ France",
        "SELECT n.text FROM notes n LEFT JOIN sales s USING (country) WHERE s.id = 3 ~ wine",
        "SELECT n.text FROM notes n LEFT JOIN sales s USING (country) WHERE s.id = 4 ~ ",
        "SELECT n.text FROM sales s LEFT JOIN notes n USING (country) WHERE s.id IN (1, 3) ~ wine",
        "SELECT n.text FROM sales s RIGHT JOIN notes n USING (country) WHERE n.text = 'beer' ~ beer",
        "SELECT COUNT(*) FROM sales WHERE id = 3 UNION ALL SELECT COUNT(*) FROM sales WHERE id = 4 ~ 1,0",
        "SELECT country FROM sales /* all */ -- of them ~ France",
        "/*!50000 SELECT */ country FROM /*! sales */ ~ France",
      })
  void whatIsReadIsOnlyWhatIsPermitted(String sql, String expected) throws SQLException {
    grant("france");
    List<String> rows = expected == null ? List.of() : List.of(expected.split(","));
    if (!sql.contains("SALES")) { // its case is the server's own affair
      assertThat(Sql.rows(rose, sql)).as(sql).isEqualTo(rows);
    }
    try (Connection prepared =
            gate.user("row_rose", PASSWORD).connect("row_d", Map.of("useServerPrepStmts", "true"));
        PreparedStatement all =
            prepared.prepareStatement("SELECT country FROM sales WHERE id > ?")) {
      all.setInt(1, 0);
      // secondary roles are off at login
      assertThat(Sql.rows(all.executeQuery())).hasSize(6);
    }
  }

  @Test
  void whatIsLockedIsWhatIsSeen() throws SQLException {
    gate.administer("CREATE INDEX by_currency ON row_d.sales (currency)");
    grant("eur");
    try (Connection root = gate.administrator().connect("row_d")) {
      for (String lock : List.of("FOR UPDATE", "LOCK IN SHARE MODE")) {
        Sql.run(rose, "START TRANSACTION");
        assertThat(Sql.rows(rose, "SELECT country FROM sales ORDER BY id " + lock))
            .containsExactly("France", "Germany");
        Sql.run(root, "START TRANSACTION");
        Sql.run(root, "UPDATE sales SET note = 'free' WHERE id IN (1, 2, 6)");
        assertThat(
                Sql.rows(root, "SELECT id FROM sales WHERE id IN (2, 3, 4) FOR UPDATE SKIP LOCKED"))
            .containsExactly("2");
        Sql.run(root, "ROLLBACK");
        Sql.run(rose, "ROLLBACK");
      }
      Sql.run(root, "START TRANSACTION");
      Sql.run(root, "UPDATE sales SET note = 'held' WHERE id IN (1, 3)");
      Sql.run(rose, "START TRANSACTION");
      assertThat(Sql.rows(rose, "SELECT country FROM sales FOR UPDATE SKIP LOCKED"))
          .containsExactly("Germany");
      assertThatThrownBy(() -> Sql.rows(rose, "SELECT country FROM sales FOR UPDATE NOWAIT"))
          .isInstanceOf(SQLException.class);
      assertThat(Sql.rows(rose, "SELECT country FROM sales")).hasSize(2);
      Sql.run(root, "ROLLBACK");
      Sql.run(rose, "ROLLBACK");
    }
    try (Connection prepared =
        gate.user("row_rose", PASSWORD).connect("row_d", Map.of("useServerPrepStmts", "true"))) {
      Sql.run(prepared, "SET SECONDARY ROLE ALL");
      try (PreparedStatement one =
          prepared.prepareStatement("SELECT country FROM sales WHERE id = ? FOR UPDATE")) {
        one.setInt(1, 3);
        assertThat(Sql.rows(one.executeQuery())).containsExactly("France");
        one.setInt(1, 1);
        assertThat(Sql.rows(one.executeQuery())).isEmpty();
      }
    }
  }

  @Test
  void aPreparedStatementIsNotExecutedAsItWasWhenOtherRowsAreSeen() throws SQLException {
    grant("france");
    try (Connection prepared =
        gate.user("row_rose", PASSWORD).connect("row_d", Map.of("useServerPrepStmts", "true"))) {
      Sql.run(prepared, "SET SECONDARY ROLE ALL");
      try (PreparedStatement count = prepared.prepareStatement("SELECT COUNT(*) FROM sales")) {
        assertThat(Sql.rows(count.executeQuery())).containsExactly("1");
        assertThat(Sql.rows(count.executeQuery())).containsExactly("1");
        gate.administer(
            "ALTER ROLE row_france RESTRICT row_d.sales (country) TO ('Japan', 'Korea')");
        assertThatThrownBy(count::executeQuery)
            .isInstanceOfSatisfying(
                SQLException.class, e -> assertThat(e.getErrorCode()).isEqualTo(1615));
      }
      try (PreparedStatement count = prepared.prepareStatement("SELECT COUNT(*) FROM sales")) {
        assertThat(Sql.rows(count.executeQuery())).containsExactly("2");
      }
    }
  }

  @Test
  void whatIsChangedIsOnlyWhatIsPermitted() throws SQLException {
    grant("france", "germany");
    assertThat(update("UPDATE sales SET note = 'x'")).isEqualTo(2);
    assertThat(update("UPDATE sales SET note = 'y' WHERE country = 'Korea'")).isZero();
    assertThat(update("UPDATE sales SET note = 'y' WHERE id = 1")).isZero();
    assertThat(update("UPDATE sales SET note = 'y' WHERE id = 3 AND note = 'x'")).isEqualTo(1);
    assertThat(update("UPDATE sales AS s SET s.note = 'z' WHERE s.id > 0 ORDER BY s.id LIMIT 1"))
        .isEqualTo(1);
    assertThat(update("DELETE FROM sales WHERE country = 'Korea' OR country = 'France'"))
        .isEqualTo(1);
    assertThat(update("DELETE FROM row_d.sales")).isEqualTo(1);
    assertThat(administrator("SELECT country, note FROM row_d.sales ORDER BY id"))
        .containsExactly("Korea|k", "Japan|j", "Norway|n", "Sweden|s");
    assertThat(update("UPDATE notes SET text = 'q' WHERE country IN (SELECT country FROM sales)"))
        .isZero();
  }

  @Test
  void whatIsReadBesideWhatIsChangedIsOnlyWhatIsPermitted() throws SQLException {
    gate.administer("GRANT DELETE ON TABLE row_d.notes TO row_user");
    grant("france");
    assertThat(update("UPDATE notes n JOIN sales s USING (country) SET n.text = s.note"))
        .isEqualTo(1);
    assertThat(
            update(
                "UPDATE sales, notes SET notes.text = CONCAT(notes.text, 'x') WHERE"
                    + " sales.country = notes.country"))
        .isEqualTo(1);
    assertThat(
            update(
                "UPDATE row_d.sales s RIGHT JOIN notes n ON s.country = n.country SET n.text ="
                    + " COALESCE(s.note, 'none')"))
        .isEqualTo(2);
    assertThat(administrator("SELECT * FROM row_d.notes ORDER BY 1"))
        .containsExactly("France|f", "Germany|none");
    assertThat(update("DELETE n FROM sales s JOIN notes n USING (country)")).isEqualTo(1);
    assertThat(update("DELETE FROM n USING sales s JOIN notes n ON s.country = n.country"))
        .isZero();
    assertThat(administrator("SELECT * FROM row_d.notes")).containsExactly("Germany|none");
    assertThat(administrator("SELECT COUNT(*) FROM row_d.sales WHERE note IN ('f', 'g')"))
        .containsExactly("2");
  }

  @Test
  void whatIsChangedBesideOthersIsOnlyWhatIsPermitted() throws SQLException {
    grant("eur");
    assertThat(
            update(
                "UPDATE sales s JOIN notes n ON s.country = n.country SET s.note = n.text, n.text ="
                    + " CONCAT(n.text, '!') WHERE s.id < 4"))
        .isEqualTo(2);
    assertThat(update("UPDATE notes n, sales s SET s.note = 'all', s.currency = UPPER('eur')"))
        .isEqualTo(2);
    assertThat(update("UPDATE sales a JOIN sales b ON a.id = b.id + 1 SET a.note = b.country"))
        .isEqualTo(1);
    assertThat(administrator("SELECT id, note FROM row_d.sales ORDER BY id"))
        .containsExactly("1|k", "2|j", "3|all", "4|France", "5|n", "6|s");
    assertThat(administrator("SELECT text FROM row_d.notes ORDER BY 1"))
        .containsExactly("beer", "wine!");
    refused(
        rose,
        "UPDATE sales s JOIN notes n ON s.country = n.country SET s.currency = 'PEN'",
        1369,
        "whoever writes a row has to see it");
    assertThat(
            update(
                "DELETE s FROM notes n JOIN sales AS s ON n.country = s.country OR s.id < 3 WHERE"
                    + " n.country = 'France'"))
        .isEqualTo(1);
    assertThat(update("DELETE FROM s USING sales AS s WHERE s.id IN (1, 4)")).isEqualTo(1);
    assertThat(update("DELETE sales FROM sales")).isZero();
    assertThat(administrator("SELECT id FROM row_d.sales ORDER BY id"))
        .containsExactly("1", "2", "5", "6");
  }

  /** Whoever chooses the types of what a table is joined to learns nothing by it. */
  @Test
  void aTableOfOtherTypesTellsNoHiddenValue() throws SQLException {
    gate.administer("GRANT CREATE TABLE ON DATABASE row_d TO row_user");
    grant("france");
    Sql.run(
        rose,
        "SET sql_mode = ''",
        "CREATE TEMPORARY TABLE numbers (country INT)",
        "INSERT INTO numbers VALUES (7)");
    for (String sql :
        List.of(
            "UPDATE sales s JOIN numbers n ON s.country = n.country SET s.note = 'x'",
            "UPDATE numbers n, sales s SET s.note = 'x' WHERE n.country = s.country",
            "DELETE s FROM numbers n JOIN sales s ON n.country = s.country AND s.id > 0",
            "UPDATE sales s JOIN numbers n ON s.country = n.country SET n.country = 8")) {
      assertThat(update(sql)).as(sql).isZero();
      assertThat(Sql.rows(rose, "SHOW WARNINGS"))
          .as(sql)
          .allSatisfy(row -> assertThat(row).contains("France"));
    }
  }

  private int update(String sql) throws SQLException {
    try (java.sql.Statement statement = rose.createStatement()) {
      return statement.executeUpdate(sql);
    }
  }

  @Test
  void whatIsWrittenWouldBeSeen() throws SQLException {
    grant("eur");
    assertThat(update("INSERT INTO sales (country, currency) VALUES ('Spain', 'EUR')"))
        .isEqualTo(1);
    assertThat(update("INSERT INTO sales VALUES (100, 'Europe', 'Italy', 'EUR', DEFAULT)"))
        .isEqualTo(1);
    assertThat(update("INSERT INTO sales SET id = 101, currency = CONCAT('EU', 'R')")).isEqualTo(1);
    assertThat(update("UPDATE sales SET currency = UPPER('eur') WHERE id = 100")).isEqualTo(1);
    String hidden = "whoever writes a row has to see it";
    refused(rose, "INSERT INTO sales (country, currency) VALUES ('Peru', 'PEN')", 1369, hidden);
    refused(
        rose,
        "INSERT INTO sales (country, currency) VALUES ('Spain', 'EUR'), ('Peru', 'PEN')",
        1369,
        hidden);
    refused(rose, "INSERT INTO sales (country) VALUES ('Peru')", 1369, "currency");
    refused(rose, "INSERT INTO sales VALUES (102, 'America', 'Peru', 'PEN', '')", 1369, hidden);
    refused(rose, "INSERT INTO sales SET currency = 0", 1369, hidden);
    refused(rose, "INSERT INTO sales SET currency = NULL", 1369, hidden);
    refused(rose, "INSERT INTO sales SET currency = DEFAULT", 1369, "currency");
    refused(rose, "UPDATE sales SET currency = 'PEN'", 1369, hidden);
    refused(
        rose, "UPDATE sales SET currency = REPLACE(currency, 'U', 'X') WHERE id = 3", 1369, hidden);
    assertThat(administrator("SELECT COUNT(*) FROM row_d.sales")).containsExactly("9");
    assertThat(administrator("SELECT COUNT(*) FROM row_d.sales WHERE currency = 'EUR'"))
        .containsExactly("5");
  }

  @Test
  void whatIsWrittenIsCheckedInPreparedStatementsToo() throws SQLException {
    grant("eur");
    try (Connection prepared =
        gate.user("row_rose", PASSWORD).connect("row_d", Map.of("useServerPrepStmts", "true"))) {
      Sql.run(prepared, "SET SECONDARY ROLE ALL");
      try (PreparedStatement insert =
          prepared.prepareStatement("INSERT INTO sales (id, currency, country) VALUES (?, ?, ?)")) {
        insert.setInt(1, 200);
        insert.setString(2, "EUR");
        insert.setString(3, "Malta");
        assertThat(insert.executeUpdate()).isEqualTo(1);
        insert.setInt(1, 201);
        insert.setString(2, "USD");
        assertThatThrownBy(insert::executeUpdate)
            .isInstanceOfSatisfying(
                SQLException.class, e -> assertThat(e.getErrorCode()).isEqualTo(1369));
        insert.setInt(1, 202);
        insert.setString(2, "EUR");
        assertThat(insert.executeUpdate()).isEqualTo(1);
      }
    }
    assertThat(administrator("SELECT id, currency FROM row_d.sales WHERE id >= 200 ORDER BY id"))
        .containsExactly("200|EUR", "202|EUR");
  }

  @Test
  void whatIsInsertedFromAQueryWouldBeSeen() throws SQLException {
    grant("eur");
    assertThat(update("INSERT INTO sales (country, currency) SELECT country, 'EUR' FROM notes"))
        .isEqualTo(2);
    assertThat(
            update(
                "INSERT INTO sales (country, currency) SELECT s.country, s.currency AS cur FROM sales"
                    + " AS s WHERE s.note = 'f' FOR UPDATE"))
        .isEqualTo(1);
    assertThat(
            update(
                "INSERT INTO sales (note, currency) SELECT 'a', 'EUR' UNION ALL (SELECT 'b', UPPER('eur')"
                    + " FROM notes ORDER BY country LIMIT 1)"))
        .isEqualTo(2);
    assertThat(
            update(
                "INSERT INTO sales (currency, note) WITH c AS (SELECT 'EUR' AS cur, text FROM notes)"
                    + " SELECT * FROM c ORDER BY text DESC"))
        .isEqualTo(2);
    assertThat(
            update(
                "INSERT INTO sales SELECT id + 100, continent, country, currency, note FROM sales"
                    + " WHERE id = 3"))
        .isEqualTo(1);
    assertThat(administrator("SELECT note, country FROM row_d.sales WHERE id > 6 ORDER BY id"))
        .containsExactly(
            "null|France",
            "null|Germany",
            "null|France",
            "a|null",
            "b|null",
            "wine|null",
            "beer|null",
            "f|France");
    assertThat(
            update(
                "INSERT INTO sales (currency, country) (SELECT currency, country FROM sales ORDER BY id"
                    + " LIMIT 1)"))
        .isEqualTo(1);
    String hidden = "whoever writes a row has to see it";
    refused(rose, "INSERT INTO sales (currency) SELECT 'PEN' FROM notes", 1369, hidden);
    refused(
        rose,
        "INSERT INTO sales (currency) SELECT IF(country = 'France', 'EUR', 'PEN') FROM notes",
        1369,
        hidden);
    refused(rose, "INSERT INTO sales (currency) SELECT 'EUR' UNION SELECT 'PEN'", 1369, hidden);
    refused(rose, "INSERT INTO sales (currency) SELECT NULL FROM notes", 1369, hidden);
    refused(rose, "INSERT INTO sales (note) SELECT text FROM notes", 1369, "currency");
    assertThat(update("INSERT INTO sales (currency) SELECT 'PEN' FROM notes WHERE 1 = 0")).isZero();
    try (Connection prepared =
        gate.user("row_rose", PASSWORD).connect("row_d", Map.of("useServerPrepStmts", "true"))) {
      Sql.run(prepared, "SET SECONDARY ROLE ALL");
      try (PreparedStatement insert =
          prepared.prepareStatement(
              "INSERT INTO sales (currency, note) SELECT ?, 'p' FROM notes WHERE country = ?")) {
        insert.setString(1, "EUR");
        insert.setString(2, "France");
        assertThat(insert.executeUpdate()).isEqualTo(1);
        insert.setString(1, "PEN");
        assertThatThrownBy(insert::executeUpdate)
            .isInstanceOfSatisfying(
                SQLException.class, e -> assertThat(e.getErrorCode()).isEqualTo(1369));
      }
    }
    assertThat(administrator("SELECT COUNT(*) FROM row_d.sales WHERE currency <> 'EUR'"))
        .containsExactly("4");
  }

  @Test
  void aRowFromAQueryPassesByOneLevelOfAHierarchy() throws SQLException {
    grant("france", "asia");
    assertThat(
            update(
                "INSERT INTO sales (continent, country) SELECT 'Asia', country FROM notes UNION ALL"
                    + " SELECT 'Europe', 'France'"))
        .isEqualTo(3);
    assertThat(
            update(
                "INSERT INTO sales (continent, country) SELECT continent, country FROM sales WHERE"
                    + " country IN ('Korea', 'France') AND id < 7"))
        .isEqualTo(2);
    String hidden = "whoever writes a row has to see it";
    refused(
        rose,
        "INSERT INTO sales (continent, country) SELECT 'Europe', country FROM notes",
        1369,
        hidden);
    refused(
        rose,
        "INSERT INTO sales (continent, country) SELECT 'Europe', CONCAT('Fran', 'ce')",
        1235,
        "several columns of a hierarchy");
    // what is checked is what is written, however often a server would compute it
    for (int i = 0; i < 20; i++) {
      try {
        update(
            "INSERT INTO sales (continent, country, note) SELECT d.a, d.b, 'r' FROM (SELECT"
                + " IF(RAND() < 0.5, 'Asia', 'Europe') AS a, IF(RAND() < 0.5, 'France', 'Malta') AS b)"
                + " AS d");
      } catch (SQLException e) {
        assertThat(e.getErrorCode()).isEqualTo(1369);
      }
    }
    assertThat(
            administrator(
                "SELECT COUNT(*) FROM row_d.sales WHERE note = 'r' AND continent <> 'Asia' AND country"
                    + " <> 'France'"))
        .containsExactly("0");
    assertThat(update("DELETE FROM sales WHERE note = 'r'")).isPositive();
    assertThat(
            administrator(
                "SELECT continent, country FROM row_d.sales WHERE id > 6 ORDER BY continent, country"))
        .containsExactly(
            "Asia|France", "Asia|Germany", "Asia|Korea", "Europe|France", "Europe|France");
  }

  @Test
  void aRowThatIsThereIsChangedOnlyIfItIsSeen() throws SQLException {
    gate.administer(
        "CREATE TRIGGER row_d.changed BEFORE UPDATE ON row_d.sales FOR EACH ROW"
            + " SET NEW.note = CONCAT(NEW.note, IF(OLD.currency = 'EUR', '!', '?'))");
    grant("eur");
    String insert = "INSERT INTO sales (id, country, currency) VALUES ";
    assertThat(
            update(
                insert
                    + "(3, 'Malta', 'EUR') ON DUPLICATE KEY UPDATE note = CONCAT(note, country),"
                    + " country = VALUES(country)"))
        .isEqualTo(2);
    assertThat(update(insert + "(9, 'Malta', 'EUR') ON DUPLICATE KEY UPDATE note = 'x'"))
        .isEqualTo(1);
    assertThat(
            update(
                "INSERT INTO sales SET id = 4, currency = 'EUR' ON DUPLICATE KEY UPDATE note = 'h',"
                    + " currency = UPPER('eur'), country = VALUES(country)"))
        .isEqualTo(2);
    assertThat(
            update(
                "INSERT INTO sales (id, currency) SELECT s.id + 5, s.currency FROM sales AS s WHERE"
                    + " s.id = 4 ON DUPLICATE KEY UPDATE note = CONCAT('q', s.country)"))
        .isEqualTo(1);
    String hidden = "that you do not see";
    for (String id : List.of("1", "2", "5", "6")) {
      String duplicate = " ON DUPLICATE KEY UPDATE note = CONCAT(note, 'x'), continent = note + 0";
      refused(rose, insert + "(" + id + ", 'Malta', 'EUR')" + duplicate, 1062, hidden);
      refused(
          rose,
          insert + "(8, 'Malta', 'EUR'), (" + id + ", 'Malta', CONCAT('EU', 'R'))" + duplicate,
          1369,
          hidden);
      refused(
          rose,
          "INSERT INTO sales (id, currency) SELECT " + id + ", 'EUR'" + duplicate,
          1369,
          hidden);
      refused(
          rose,
          "INSERT INTO sales (id, currency) SELECT "
              + id
              + ", 'EUR' UNION SELECT 8, 'EUR'"
              + " ON DUPLICATE KEY UPDATE currency = 'EUR'",
          1369,
          hidden);
      refused(
          rose,
          "INSERT INTO sales SET id = "
              + id
              + ", currency = 'EUR' ON DUPLICATE KEY UPDATE currency = VALUES(currency), note = 'x'",
          1062,
          hidden);
      refused(
          rose,
          insert + "(" + id + ", '', 'EUR') ON DUPLICATE KEY UPDATE id = LAST_INSERT_ID(id)",
          1062,
          hidden);
      assertThat(Sql.rows(rose, "SHOW WARNINGS"))
          .singleElement()
          .satisfies(row -> assertThat(row).contains("1062", hidden));
    }
    refused(rose, insert + "(3, '', 'PEN') ON DUPLICATE KEY UPDATE note = 'x'", 1369, "to see it");
    refused(
        rose,
        insert + "(3, '', 'EUR') ON DUPLICATE KEY UPDATE currency = 'PEN'",
        1369,
        "to see it");
    refused(
        rose,
        insert + "(3, '', 'EUR') ON DUPLICATE KEY UPDATE currency = 'EUR', note = currency",
        1235,
        "the last");
    assertThat(administrator("SELECT id, country, currency, note FROM row_d.sales ORDER BY id"))
        .containsExactly(
            "1|Korea|KRW|k",
            "2|Japan|JPY|j",
            "3|Malta|EUR|fFrance!",
            "4|null|EUR|h!",
            "5|Norway|NOK|n",
            "6|Sweden|SEK|s",
            "9|Malta|EUR|null");
  }

  @Test
  void aRowThatIsThereIsChangedInPreparedStatementsToo() throws SQLException {
    grant("eur");
    try (Connection prepared =
        gate.user("row_rose", PASSWORD).connect("row_d", Map.of("useServerPrepStmts", "true"))) {
      Sql.run(prepared, "SET SECONDARY ROLE ALL");
      try (PreparedStatement upsert =
          prepared.prepareStatement(
              "INSERT INTO sales (id, currency, note) VALUES (?, ?, ?) ON DUPLICATE KEY UPDATE note ="
                  + " CONCAT(VALUES(note), ?), currency = VALUES(currency)")) {
        upsert.setString(3, "p");
        upsert.setString(4, "q");
        for (int id : List.of(3, 1, 4, 2, 7)) {
          upsert.setInt(1, id);
          upsert.setString(2, "EUR");
          if (id < 3) {
            assertThatThrownBy(upsert::executeUpdate)
                .isInstanceOfSatisfying(
                    SQLException.class, e -> assertThat(e.getErrorCode()).isEqualTo(1369));
          } else {
            assertThat(upsert.executeUpdate()).isEqualTo(id == 7 ? 1 : 2);
          }
        }
      }
    }
    assertThat(administrator("SELECT id, note FROM row_d.sales ORDER BY id"))
        .containsExactly("1|k", "2|j", "3|pq", "4|pq", "5|n", "6|s", "7|p");
  }

  @Test
  void aRowThatIsThereTakesOverALevelOfAHierarchy() throws SQLException {
    grant("france", "asia");
    String insert = "INSERT INTO sales (id, continent, country) VALUES ";
    String taken =
        " ON DUPLICATE KEY UPDATE continent = VALUES(continent), country = VALUES(country)";
    assertThat(update(insert + "(1, 'Europe', 'France'), (3, 'Asia', 'Nepal')" + taken))
        .isEqualTo(4);
    assertThat(update(insert + "(3, 'Asia', '') ON DUPLICATE KEY UPDATE country = 'France'"))
        .isEqualTo(2);
    refused(rose, insert + "(4, 'Asia', 'Nepal')" + taken, 1062, "that you do not see");
    refused(rose, insert + "(1, 'Europe', 'Malta')" + taken, 1369, "write one of these values");
    refused(
        rose,
        insert + "(1, 'Asia', 'Malta') ON DUPLICATE KEY UPDATE country = VALUES(country)",
        1369,
        "write one of these values");
    assertThat(administrator("SELECT id, continent, country FROM row_d.sales WHERE id < 5"))
        .containsExactly("1|Europe|France", "2|Asia|Japan", "3|Asia|France", "4|Europe|Germany");
    if (!gate.straight().isMariaDb()) {
      assertThat(
              update(
                  insert
                      + "(2, 'Asia', 'Nepal') AS new ON DUPLICATE KEY UPDATE continent = new.continent,"
                      + " country = new.country, note = new.id"))
          .isEqualTo(2);
      refused(
          rose,
          insert + "(4, 'Asia', 'Nepal') AS new ON DUPLICATE KEY UPDATE note = new.id",
          1062,
          "that you do not see");
    }
  }

  /** MySQL takes the sign of Kelvin for a k, and a dotted capital I for an i. */
  @Test
  void aColumnIsWrittenUnderItsNameOnly() throws SQLException {
    gate.administer("ALTER TABLE row_d.sales RENAME COLUMN currency TO kind");
    gate.administer("ALTER TABLE row_d.sales ADD COLUMN gr\u00f6\u00dfe INT");
    gate.administer("ALTER ROLE row_eur RESTRICT row_d.sales (kind) TO ('EUR')");
    grant("eur");
    for (String name : List.of("\u212aind", "k\u0130nd")) {
      for (String sql :
          List.of(
              "UPDATE sales SET %s = 'PEN' WHERE id = 3",
              "UPDATE sales s JOIN notes n ON n.country = s.country SET s.%s = 'PEN'",
              "INSERT INTO sales (id, kind) VALUES (3, 'EUR') ON DUPLICATE KEY UPDATE %s = 'PEN'")) {
        refused(rose, sql.formatted(name), 1235, "take for kind");
      }
      assertThatThrownBy(
              () -> Sql.run(rose, "INSERT INTO sales (id, " + name + ") VALUES (9, 'PEN')"))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getErrorCode()).isEqualTo(1369));
    }
    assertThat(update("UPDATE sales SET gr\u00f6\u00dfe = 7, KIND = 'EUR' WHERE id = 3"))
        .isEqualTo(1);
    assertThat(administrator("SELECT id FROM row_d.sales WHERE kind = 'EUR'"))
        .containsExactly("3", "4");
  }

  @Test
  void indexHintsAreKept() throws SQLException {
    gate.administer("CREATE INDEX by_note ON row_d.sales (note)");
    grant("eur");
    for (String sql :
        List.of(
            "SELECT country FROM sales FORCE INDEX (by_note) WHERE note < 'g'",
            "SELECT s.country FROM notes n JOIN sales AS s IGNORE INDEX (by_note) USE INDEX (PRIMARY)"
                + " ON s.country = n.country WHERE s.id = 3",
            "SELECT country FROM sales IGNORE KEY FOR ORDER BY (PRIMARY) ORDER BY id LIMIT 1")) {
      assertThat(Sql.rows(rose, sql)).as(sql).containsExactly("France");
    }
    refused(rose, "SELECT country FROM sales FORCE INDEX (nosuch)", 1176, "nosuch");
    assertThat(update("UPDATE sales FORCE INDEX (by_note) SET note = 'x' WHERE note > ''"))
        .isEqualTo(2);
    assertThat(
            update(
                "UPDATE notes n JOIN sales s USE INDEX (by_note) ON s.country = n.country SET s.note ="
                    + " 'y' WHERE n.country = 'France'"))
        .isEqualTo(1);
    String notes = " JOIN notes n ON n.country = s.country";
    for (String hints : List.of("USE INDEX FOR ORDER BY (by_note)", "USE KEY FOR GROUP BY ()")) {
      refused(
          rose,
          "UPDATE sales s " + hints + notes + " SET s.currency = 'PEN' WHERE n.text = 'wine'",
          1369,
          "to see it");
      assertThat(
              update(
                  "DELETE s FROM sales s " + hints + notes + " AND s.note = 'no' WHERE s.id < 9"))
          .isZero();
    }
    assertThat(administrator("SELECT note FROM row_d.sales ORDER BY id"))
        .containsExactly("k", "j", "y", "x", "n", "s");
  }

  @Test
  void oneLevelOfAHierarchyHasToLetWhatIsWrittenPass() throws SQLException {
    grant("france", "asia");
    assertThat(update("INSERT INTO sales (continent, country) VALUES ('Asia', 'Nepal')"))
        .isEqualTo(1);
    assertThat(update("INSERT INTO sales (continent, country) VALUES ('Europe', 'France')"))
        .isEqualTo(1);
    assertThat(update("UPDATE sales SET country = 'France' WHERE id = 1")).isEqualTo(1);
    String values = "write one of these values";
    refused(
        rose, "INSERT INTO sales (continent, country) VALUES ('Europe', 'Malta')", 1369, values);
    refused(rose, "INSERT INTO sales (country) VALUES (CONCAT('Fra', 'nce'))", 1369, values);
    refused(rose, "UPDATE sales SET continent = 'Europe'", 1369, values);
    refused(rose, "UPDATE sales SET country = 'France', country = 'Malta'", 1235, "twice");
    refused(rose, "INSERT INTO sales (note) VALUES ('?')", 1369, "continent or country");
    assertThat(administrator("SELECT COUNT(*) FROM row_d.sales WHERE country = 'Malta'"))
        .containsExactly("0");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(SELECT country FROM sales) FOR UPDATE",
        "SELECT country FROM sales UNION SELECT country FROM notes LOCK IN SHARE MODE",
        "TABLE sales",
        "EXPLAIN SELECT * FROM sales",
        "SHOW INDEX FROM sales",
        "SHOW KEYS FROM row_d.sales",
        "SHOW TABLE STATUS",
        "SHOW STATUS LIKE 'Handler%'",
        "SHOW SESSION STATUS",
        "REPLACE INTO sales (id, currency) VALUES (1, 'EUR')",
        "INSERT IGNORE INTO sales (currency) VALUES ('PEN')",
        "UPDATE IGNORE sales SET currency = 'PEN'",
        "REPLACE INTO sales (country, currency) SELECT country, currency FROM sales",
        "INSERT IGNORE INTO sales (country, currency) SELECT country, currency FROM sales",
        "INSERT INTO sales (id, currency) SELECT id, currency FROM sales ON DUPLICATE KEY UPDATE note = 'x'",
        "INSERT IGNORE INTO sales (id, currency) VALUES (1, 'EUR') ON DUPLICATE KEY UPDATE note = 'x'",
        "UPDATE sales s JOIN notes n USING (country) SET s.note = n.text",
        "UPDATE notes n JOIN sales s USING (country) SET text = s.note",
        "UPDATE notes n JOIN sales s ON n.country = s.country SET currency = 'EUR'",
        "DELETE sales FROM sales JOIN notes USING (country)",
        "UPDATE sales s NATURAL JOIN notes n SET s.note = n.text",
        "UPDATE notes n LEFT JOIN sales s ON s.country = n.country SET s.note = n.text",
        "PREPARE p FROM 'SELECT * FROM sales'",
        "EXECUTE IMMEDIATE 'SELECT * FROM sales'",
        "EXECUTE IMMEDIATE 'DELETE FROM sales RETURNING *'",
        "EXECUTE IMMEDIATE 'UPDATE sales SET note = 1'",
        "EXECUTE IMMEDIATE 'INSERT INTO sales (currency) VALUES (1)'",
        "LOCK TABLES sales READ",
        "CHECKSUM TABLE sales",
      })
  void whatCannotBeSecuredIsRefused(String sql) throws SQLException {
    grant("eur");
    gate.administer(
        "GRANT ALL ON TABLE row_d.sales TO row_user", "GRANT ALL ON DATABASE row_d TO row_user");
    boolean known = gate.straight().isMariaDb() || !sql.startsWith("EXECUTE IMMEDIATE");
    refused(rose, sql, known ? 1235 : 1064, "");
    assertThat(administrator("SELECT COUNT(*) FROM row_d.sales")).containsExactly("6");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "TRUNCATE TABLE sales",
        "DROP TABLE sales",
        "ALTER TABLE sales DROP COLUMN currency",
        "RENAME TABLE sales TO seen",
        "CREATE VIEW v AS SELECT * FROM sales",
        "CREATE TABLE c LIKE sales",
        "CREATE INDEX i ON sales (note)",
        "CREATE TRIGGER tr BEFORE INSERT ON sales FOR EACH ROW SET NEW.note = ''",
        "CREATE PROCEDURE p() SELECT * FROM sales",
        "DROP DATABASE row_d",
      })
  void whoDoesNotSeeAllOfATableDoesNotDefineIt(String sql) throws SQLException {
    grant("eur");
    gate.administer(
        "GRANT ALL ON TABLE row_d.sales TO row_user",
        "GRANT ALL ON DATABASE row_d TO row_user",
        "GRANT DROP DATABASE ON ACCOUNT * TO row_user");
    refused(rose, sql, 1235, "does not see all rows");
    assertThat(administrator("SELECT COUNT(*) FROM row_d.sales")).containsExactly("6");
  }

  @Test
  void viewsShowNoMore() throws SQLException {
    gate.administer(
        "CREATE OR REPLACE VIEW row_d.v AS SELECT country AS land, note FROM row_d.sales WHERE id > 0",
        "CREATE OR REPLACE VIEW row_d.w AS SELECT land, text FROM row_d.v JOIN row_d.notes n ON land = n.country",
        "GRANT SELECT ON VIEW row_d.v TO row_user",
        "GRANT SELECT, UPDATE ON VIEW row_d.w TO row_user");
    try {
      assertThat(Sql.rows(rose, "SELECT land FROM v")).hasSize(6);
      grant("germany");
      assertThat(Sql.rows(rose, "SELECT land FROM v")).containsExactly("Germany");
      assertThat(Sql.rows(rose, "SELECT * FROM row_d.w")).containsExactly("Germany|beer");
      assertThat(
              Sql.rows(
                  rose,
                  "SELECT x.text FROM w x WHERE row_d.x.land = 'Germany'".replace("row_d.x", "x")))
          .containsExactly("beer");
      refused(rose, "UPDATE w SET text = 'x'", 1235, "through a view");
      refused(rose, "SELECT land FROM v FOR UPDATE", 1235, "lock those of its tables");
    } finally {
      gate.administer("DROP VIEW row_d.w", "DROP VIEW row_d.v");
    }
  }

  @Test
  void whatIsCopiedIsOnlyWhatIsPermitted() throws SQLException {
    grant("nordic");
    gate.administer("GRANT CREATE TABLE ON DATABASE row_d TO row_user");
    Sql.run(rose, "CREATE TEMPORARY TABLE seen AS SELECT country FROM sales");
    assertThat(Sql.rows(rose, "SELECT * FROM seen ORDER BY 1")).containsExactly("Norway", "Sweden");
    Sql.run(rose, "INSERT INTO copy SELECT country FROM sales WHERE country <> 'Norway'");
    assertThat(administrator("SELECT * FROM row_d.copy")).containsExactly("Sweden");
    Sql.run(rose, "SET @seen = (SELECT MAX(id) FROM sales WHERE country <> 'Sweden')");
    assertThat(Sql.rows(rose, "SELECT @seen")).containsExactly("5");
    Sql.run(rose, "CREATE TEMPORARY TABLE sales AS SELECT 'own' AS country");
    assertThat(countries(rose)).containsExactly("own");
  }

  @Test
  void routinesThatReadTheTableAreNotCalled() throws SQLException {
    gate.administer(
        "DROP FUNCTION IF EXISTS row_d.f",
        "DROP PROCEDURE IF EXISTS row_d.p",
        "CREATE FUNCTION row_d.f() RETURNS INT READS SQL DATA RETURN (SELECT COUNT(*) FROM row_d.sales)",
        "CREATE PROCEDURE row_d.p() SELECT * FROM row_d.sales",
        "GRANT EXECUTE ON FUNCTION row_d.f TO row_user",
        "GRANT EXECUTE ON PROCEDURE row_d.p TO row_user");
    try {
      assertThat(Sql.rows(rose, "SELECT row_d.f()")).containsExactly("6");
      grant("germany");
      refused(rose, "SELECT row_d.f()", 1235, "routine");
      refused(rose, "CALL row_d.p()", 1235, "routine");
    } finally {
      gate.administer("DROP FUNCTION row_d.f", "DROP PROCEDURE row_d.p");
    }
  }

  @Test
  void explainAccessShowsWhatIsSent() throws SQLException {
    gate.administer(
        "CREATE OR REPLACE VIEW row_d.v AS SELECT country AS land FROM row_d.sales",
        "GRANT SELECT ON VIEW row_d.v TO row_user");
    try {
      String one = "SELECT country FROM sales WHERE id = 3";
      assertThat(statement(rose, "EXPLAIN ACCESS " + one)).endsWith("|" + one);
      grant("eur");
      String sent =
          "SELECT country FROM (SELECT * FROM sales WHERE (`currency` IN (_utf8mb4 x'455552')) AND"
              + " `id` = 3 LIMIT 18446744073709551615) AS `sales` WHERE id = 3";
      assertThat(statement(rose, "EXPLAIN ACCESS " + one)).endsWith("|allowed||" + sent);
      assertThat(Sql.rows(rose, "EXPLAIN ACCESS FORMAT=JSON " + one))
          .singleElement()
          .satisfies(json -> assertThat(json).contains("LIMIT 18446744073709551615) AS `sales`"));
      try (Connection root = gate.administrator().connect("row_d")) {
        assertThat(Sql.rows(root, sent)).containsExactly("France");
        assertThat(Sql.rows(root, "EXPLAIN FORMAT=TRADITIONAL " + sent))
            .anySatisfy(row -> assertThat(row).contains("PRIMARY|4|const"));
        assertThat(
                statement(
                    root, "EXPLAIN ACCESS FOR row_rose AS ROLE row_user SECONDARY ALL " + one))
            .endsWith("|" + sent);
        assertThat(statement(root, "EXPLAIN ACCESS FOR row_rose AS ROLE row_user " + one))
            .endsWith("|" + one);
        assertThat(statement(root, "EXPLAIN ACCESS " + one)).endsWith("|" + one);
      }
      assertThat(statement(rose, "EXPLAIN ACCESS SELECT land FROM v"))
          .contains("|allowed|", "definition")
          .doesNotContain("currency", "country");
      assertThat(statement(rose, "EXPLAIN ACCESS REPLACE INTO sales (currency) VALUES ('EUR')"))
          .contains("|refused|", "1235");
      assertThat(statement(rose, "EXPLAIN ACCESS INSERT INTO sales (note) VALUES ('x')"))
          .contains("|refused|", "1369", "currency");
      assertThat(statement(rose, "EXPLAIN ACCESS SHOW TABLE STATUS")).contains("|refused|");
      assertThat(statement(rose, "EXPLAIN ACCESS SHOW TABLES")).contains("|allowed|");
    } finally {
      gate.administer("DROP VIEW row_d.v");
    }
  }

  /** The row of the statement as a whole. */
  private static String statement(Connection connection, String explain) throws SQLException {
    return Sql.rows(connection, explain).stream()
        .filter(row -> row.startsWith("STATEMENT|"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void restrictionsFollowTheTable() throws SQLException {
    grant("france");
    gate.administer("ALTER TABLE row_d.sales RENAME COLUMN country TO land");
    assertThat(Sql.rows(rose, "SELECT land FROM sales")).containsExactly("France");
    gate.administer("RENAME TABLE row_d.sales TO row_d.turnover");
    assertThat(Sql.rows(rose, "SELECT land FROM turnover")).containsExactly("France");
    gate.administer("ALTER TABLE row_d.turnover DROP COLUMN land");
    refused(rose, "SELECT * FROM turnover", 1054, "land");
    gate.administer("DROP TABLE row_d.turnover");
    gate.administer(
        "CREATE TABLE row_d.turnover (land INT)",
        "INSERT INTO row_d.turnover VALUES (7)",
        "GRANT SELECT ON TABLE row_d.turnover TO row_user");
    assertThat(Sql.rows(rose, "SELECT * FROM turnover")).containsExactly("7");
    gate.administer("DROP TABLE row_d.turnover");
  }

  @Test
  void whatIsRestrictedIsShownAndSurvivesARestart() throws SQLException {
    grant("france");
    assertThat(Sql.rows(rose, "SHOW RESTRICTIONS"))
        .containsExactly("row_france|row_d.sales|geography|country|'France'");
    assertThat(administrator("SHOW RESTRICTIONS ON TABLE row_d.sales")).hasSize(5);
    assertThat(administrator("SHOW RESTRICTIONS ON ROLE row_nordic"))
        .containsExactly("row_nordic|row_d.sales|geography|country|'Norway', 'Sweden'");
    assertThat(administrator("SHOW HIERARCHIES ON row_d.sales"))
        .containsExactly("geography|row_d.sales|continent, country");
    String restrictions =
        "SELECT role_name, table_name, hierarchy, column_name, allowed_values FROM"
            + " mo_catalog.mo_role_restriction WHERE database_name = 'row_d' ORDER BY 1";
    assertThat(Sql.rows(rose, restrictions))
        .containsExactly("row_france|sales|geography|country|'France'");
    assertThat(administrator(restrictions)).hasSize(5);
    refused(rose, "SHOW RESTRICTIONS ON ROLE row_nordic", 1227, "MANAGE GRANTS");
    refused(rose, "SHOW HIERARCHIES", 1227, "ALTER ROLE");
    refused(rose, "ALTER ROLE row_france DROP RESTRICTION ON row_d.sales", 1227, "ALTER ROLE");
    refused(rose, "ALTER ROLE row_france RESTRICT row_d.sales (country) TO ('Japan')", 1227, "");
    refused(rose, "CREATE HIERARCHY h ON row_d.sales (note)", 1227, "ALTER ROLE");
    refused(rose, "DROP HIERARCHY geography ON row_d.sales", 1227, "ALTER ROLE");
  }

  @Test
  void aRuleIsReadInPlaceOfItsTable() throws SQLException {
    gate.administer(
        "ALTER ROLE row_france ADD RULE \"select id, country, note from row_d.sales where country ="
            + " 'France'\" ON TABLE row_d.sales",
        "ALTER ROLE row_france DROP RESTRICTION ON row_d.sales");
    try {
      assertThat(Sql.rows(rose, "SELECT * FROM sales")).hasSize(6);
      grant("france");
      assertThat(Sql.rows(rose, "SELECT * FROM sales")).containsExactly("3|France|f");
      assertThat(Sql.rows(rose, "SELECT s.note FROM row_d.sales s WHERE s.id < 9"))
          .containsExactly("f");
      refused(rose, "SELECT currency FROM sales", 1054, "currency");
      refused(rose, "UPDATE sales SET note = 'x'", 1235, "through a rule");
      refused(rose, "DELETE FROM sales", 1235, "through a rule");
      refused(rose, "INSERT INTO sales (note) VALUES ('x')", 1235, "through a rule");
      gate.administer(
          "ALTER ROLE row_nordic DROP RESTRICTION ON row_d.sales",
          "ALTER ROLE row_nordic ADD RULE 'select id, country, note from row_d.sales where id > 4"
              + " order by id limit 1' ON TABLE row_d.sales");
      grant("nordic");
      assertThat(Sql.rows(rose, "SELECT country FROM sales ORDER BY id"))
          .containsExactly("France", "Norway");
      grant("eur"); // a restriction narrows what rules read
      assertThat(Sql.rows(rose, "SELECT country FROM sales ORDER BY id")).containsExactly("France");
      assertThat(Sql.rows(rose, "SHOW RULES ON ROLE row_nordic"))
          .containsExactly(
              "row_d.sales|select id, country, note from row_d.sales where id > 4 order by id limit 1");
      assertThat(administrator("SELECT rule_name FROM mo_catalog.mo_role_rule"))
          .containsExactly("row_d.sales", "row_d.sales");
      refused(rose, "SHOW RULES ON ROLE row_germany", 1227, "MANAGE GRANTS");
      gate.administer("ALTER ROLE row_france DROP RULE ON TABLE row_d.sales");
      gate.administer("ALTER ROLE row_nordic DROP RULE ON TABLE row_d.sales");
      assertThat(countries(rose)).containsExactly("France", "Germany");
    } finally {
      gate.administer("REVOKE IF EXISTS row_france FROM row_rose");
    }
  }

  @Test
  void aRuleKnowsWhoReadsAndLendsNoRights() throws SQLException {
    gate.administer(
        "CREATE TABLE row_d.seats (who VARCHAR(40), country VARCHAR(20))",
        "INSERT INTO row_d.seats VALUES ('row_rose', 'Japan'), ('row_lena', 'Korea')",
        "ALTER ROLE row_asia DROP RESTRICTION ON row_d.sales",
        "ALTER ROLE row_asia ADD RULE 'select s.* from row_d.sales s join row_d.seats w on w.country ="
            + " s.country where w.who = CURRENT_USER_NAME()' ON TABLE row_d.sales");
    try {
      grant("asia");
      refused(rose, "SELECT country FROM sales", 1142, "seats");
      assertThat(Sql.rows(rose, "EXPLAIN ACCESS SELECT country FROM sales"))
          .anySatisfy(row -> assertThat(row).contains("`row_d`.`seats`", "denied"));
      gate.administer("GRANT SELECT ON TABLE row_d.seats TO row_user");
      assertThat(countries(rose)).containsExactly("Japan");
      assertThat(statement(rose, "EXPLAIN ACCESS SELECT country FROM sales"))
          .contains("|allowed|", "where w.who =");
      gate.administer("GRANT row_asia TO row_lena", "REVOKE row_germany FROM row_lena");
      try (Connection lena = login("row_lena")) {
        assertThat(countries(lena)).containsExactly("Korea");
      }
    } finally {
      gate.administer(
          "ALTER ROLE row_asia DROP RULE ON TABLE row_d.sales",
          "REVOKE IF EXISTS row_asia FROM row_lena",
          "GRANT row_germany TO row_lena",
          "DROP TABLE row_d.seats");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      value = {
        "delete from row_d.sales ~ only accept SELECT-like statements",
        "show tables ~ only accept SELECT-like statements",
        "select * from sales ~ named with their databases",
        "select row_d.f() from row_d.sales ~ named with their databases",
        "select * from row_d.sales where note = \"x\" ~ double quotes",
        "select * from row_d.sales where not id = 1 ~ NOT",
        "select * from row_d.sales where id = 1 || id = 2 ~ CONCAT",
        "select * from row_d.sales; drop table row_d.sales ~ 2 statements",
        "select * from row_d.sales) union (select 1 ~ parenthesis",
        "select * into outfile 'x' from row_d.sales ~ ",
      })
  void aRuleIsOneQueryThatReadsTheSameEverywhere(String rule, String says) throws SQLException {
    try (Connection root = gate.administrator().connect()) {
      String sql =
          "ALTER ROLE row_asia ADD RULE '" + rule.replace("'", "''") + "' ON TABLE row_d.sales";
      assertThatThrownBy(() -> Sql.run(root, sql))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining(says == null ? "" : says);
      assertThat(Sql.rows(root, "SHOW RULES ON ROLE row_asia")).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      value = {
        "ALTER ROLE row_nosuch RESTRICT row_d.sales (country) TO ('x') ~ 1396",
        "ALTER ROLE row_eur RESTRICT row_d.nosuch (country) TO ('x') ~ 1146",
        "ALTER ROLE row_eur RESTRICT row_nosuch.sales (country) TO ('x') ~ 1146",
        "ALTER ROLE row_eur RESTRICT row_d.sales (nosuch) TO ('x') ~ 1054",
        "ALTER ROLE row_eur RESTRICT row_d.sales (country) TO (NULL) ~ 1235",
        "ALTER ROLE row_eur RESTRICT row_d.sales (country) TO (x) ~ 1064",
        "ALTER ROLE row_eur RESTRICT mysql.user (user) TO ('x') ~ 3552",
        "ALTER ROLE moadmin RESTRICT row_d.sales (country) TO ('x') ~ 3628",
        "ALTER ROLE row_eur DROP RESTRICTION ON row_d.sales (note) ~ 1396",
        "ALTER ROLE row_eur DROP RULE ON TABLE row_d.sales ~ 1396",
        "CREATE HIERARCHY geography ON row_d.sales (note) ~ 1396",
        "CREATE HIERARCHY other ON row_d.sales (country, note) ~ 1396",
        "CREATE HIERARCHY other ON row_d.sales (nosuch) ~ 1054",
        "DROP HIERARCHY nosuch ON row_d.sales ~ 1396",
        "SHOW RULES ON ROLE row_nosuch ~ 3523",
      })
  void whatIsNotThereCannotBeRestricted(String sql, int errno) throws SQLException {
    try (Connection root = gate.administrator().connect()) {
      refused(root, sql, errno, "");
    }
  }

  @Test
  void otherModesAndNamesMakeNoDifference() throws SQLException {
    gate.administer(
        "CREATE OR REPLACE VIEW row_d.v AS SELECT country FROM row_d.sales WHERE note <> 'it''s'",
        "GRANT SELECT ON VIEW row_d.v TO row_user",
        "ALTER ROLE row_france RESTRICT row_d.sales (country) TO ('France', 'L''\\\\Ile', 'Österreich')");
    grant("france");
    for (String mode : List.of("ANSI_QUOTES", "NO_BACKSLASH_ESCAPES", "ANSI", "PIPES_AS_CONCAT")) {
      Sql.run(rose, "SET sql_mode = '" + mode + "'");
      assertThat(countries(rose)).as(mode).containsExactly("France");
      assertThat(Sql.rows(rose, "SELECT country FROM v")).as(mode).containsExactly("France");
    }
    Sql.run(rose, "SET NAMES latin1");
    assertThat(countries(rose)).containsExactly("France");
    gate.administer("DROP VIEW row_d.v");
  }

  @Test
  void anAccountRestrictsItsOwnTables() throws SQLException {
    gate.administer(
        "DROP ACCOUNT IF EXISTS row_acct",
        "CREATE ACCOUNT row_acct ADMIN_NAME 'root' IDENTIFIED BY '" + PASSWORD + "'");
    try (Connection root = gate.user("row_acct:root", PASSWORD).connect()) {
      Sql.run(
          root,
          "CREATE DATABASE shop",
          "CREATE TABLE shop.t (id INT, country VARCHAR(20))",
          "INSERT INTO shop.t VALUES (1, 'France'), (2, 'Japan')",
          "CREATE VIEW shop.v AS SELECT country FROM shop.t",
          "CREATE ROLE r",
          "GRANT CONNECT ON ACCOUNT * TO r",
          "GRANT SELECT, INSERT, UPDATE ON TABLE shop.t TO r",
          "GRANT SELECT ON VIEW shop.v TO r",
          "CREATE USER u IDENTIFIED BY '" + PASSWORD + "' DEFAULT ROLE r",
          "ALTER ROLE r RESTRICT shop.t (country) TO ('Japan')");
      try (Connection user = gate.user("row_acct:u", PASSWORD).connect("shop")) {
        assertThat(Sql.rows(user, "SELECT shop.t.country FROM shop.t")).containsExactly("Japan");
        assertThat(Sql.rows(user, "SELECT country FROM v")).containsExactly("Japan");
        Sql.run(user, "UPDATE t SET id = 7");
        refused(user, "INSERT INTO shop.t VALUES (3, 'France')", 1369, "'shop.t'");
        Sql.run(
            root,
            "ALTER ROLE r DROP RESTRICTION ON shop.t",
            "ALTER ROLE r ADD RULE 'select country from shop.t where id = 7' ON TABLE shop.t");
        assertThat(Sql.rows(user, "SELECT * FROM t")).containsExactly("Japan");
      }
      assertThat(Sql.rows(root, "SELECT id FROM shop.t ORDER BY id")).containsExactly("1", "7");
      assertThat(Sql.rows(root, "SHOW RULES ON ROLE r")).hasSize(1);
    } finally {
      gate.administer("DROP ACCOUNT row_acct");
    }
  }
}
