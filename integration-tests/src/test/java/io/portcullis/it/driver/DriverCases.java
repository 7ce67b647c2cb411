package io.portcullis.it.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.it.driver.DriverCase.Client;
import io.portcullis.it.harness.Sql;
import java.io.ByteArrayInputStream;
import java.io.StringReader;
import java.math.BigDecimal;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.Date;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.sql.Time;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** The cases of the driver suite, by name. */
final class DriverCases {

  private static final String ALL_TYPES =
      """
      CREATE TABLE all_types (
        id INT PRIMARY KEY,
        b1 BIT(1), b9 BIT(9),
        t1 TINYINT, tb TINYINT(1), t1u TINYINT UNSIGNED,
        s2 SMALLINT, s2u SMALLINT UNSIGNED,
        m3 MEDIUMINT, m3u MEDIUMINT UNSIGNED,
        i4 INT, i4u INT UNSIGNED, i4z INT(7) UNSIGNED ZEROFILL,
        i8 BIGINT, i8u BIGINT UNSIGNED,
        f FLOAT, d DOUBLE, n DECIMAL(30,10), n0 DECIMAL(10),
        da DATE, ti TIME, ti6 TIME(6), dt DATETIME, dt6 DATETIME(6),
        ts TIMESTAMP NULL, ts3 TIMESTAMP(3) NULL, y YEAR,
        c CHAR(10), vc VARCHAR(200), bi BINARY(4), vb VARBINARY(200),
        tt TINYTEXT, te TEXT, mt MEDIUMTEXT, lt LONGTEXT,
        tbl TINYBLOB, bl BLOB, mb MEDIUMBLOB, lb LONGBLOB,
        en ENUM('one','two','drei'), se SET('a','b','c'), js JSON
      ) CHARACTER SET utf8mb4
      """;

  private static final String TYPICAL =
      """
      INSERT INTO all_types VALUES (1,
        b'1', b'101010101', 5, 1, 200, -300, 60000, -70000, 16000000,
        -2000000000, 4000000000, 42, -9000000000000000000, 18000000000000000000,
        1.5, 2.25, 12345678901234567890.0123456789, 1234567890,
        '2024-02-29', '12:34:56', '12:34:56.123456', '2024-02-29 12:34:56', '2024-02-29 12:34:56.654321',
        '2024-02-29 12:34:56', '2024-02-29 12:34:56.789', 2024,
        'char', 'väärchär', 0x01020304, 0x00ff10,
        'tiny', 'text', 'medium', 'long', 0x01, 0x0203, 0x040506, 0x0708090a,
        'two', 'a,c', '{"k": [1, 2, null]}')
      """;

  private static final String EXTREME =
      """
      INSERT INTO all_types VALUES (2,
        b'0', b'0', -128, 0, 255, -32768, 65535, -8388608, 16777215,
        -2147483648, 4294967295, 0, -9223372036854775808, 18446744073709551615,
        -3.4e38, 1.7e308, -99999999999999999999.9999999999, -1,
        '1000-01-01', '23:59:59', '00:00:00.000001', '9999-12-31 23:59:59', '1000-01-01 00:00:00.000001',
        '2038-01-18 03:14:07', '1970-01-02 00:00:01.001', 1901,
        '', '', 0x00000000, '', '', '', '', '', '', '', '', '',
        'one', '', '[]')
      """;

  private DriverCases() {}

  /** Packets of many megabytes take their time: with one way of sending them per protocol. */
  private static final Set<Driver> BIG =
      EnumSet.of(Driver.CONNECTOR_J, Driver.CONNECTOR_J_SERVER_PREPARED, Driver.MARIADB);

  static Map<String, DriverCase> of(Driver driver) {
    Map<String, DriverCase> cases = new LinkedHashMap<>();
    if (BIG.contains(driver)) {
      cases.put("a packet over 16 MiB", DriverCases::overSixteenMebibytes);
      cases.put("values around the packet limit", DriverCases::aroundPacketLimit);
    }
    cases.put("column types in the text protocol", DriverCases::textTypes);
    cases.put("column types in prepared statements", DriverCases::preparedTypes);
    cases.put("prepared parameters of every type", DriverCases::preparedParameters);
    cases.put("prepared statements used again", DriverCases::preparedReuse);
    cases.put("result set metadata before execution", DriverCases::preparedMetadata);
    cases.put("cursors", DriverCases::cursors);
    cases.put("streaming results", DriverCases::streaming);
    cases.put("batches of inserts", DriverCases::batchInserts);
    cases.put("batches of updates", DriverCases::batchUpdates);
    cases.put("batches of texts", DriverCases::batchTexts);
    cases.put("a batch with an error in it", DriverCases::batchError);
    cases.put("generated keys", DriverCases::generatedKeys);
    cases.put("transactions and savepoints", DriverCases::transactions);
    cases.put("isolation and read only", DriverCases::isolation);
    cases.put("database metadata", DriverCases::databaseMetadata);
    cases.put("values of a megabyte", DriverCases::megabyte);
    cases.put("nulls", DriverCases::nulls);
    cases.put("unicode", DriverCases::unicode);
    cases.put("time zones", DriverCases::timeZones);
    cases.put("warnings", DriverCases::warnings);
    cases.put("errors of the server", DriverCases::errors);
    cases.put("update counts", DriverCases::updateCounts);
    cases.put("session settings", DriverCases::sessionSettings);
    cases.put("sql_mode ANSI_QUOTES", DriverCases::ansiQuotes);
    cases.put("sql_mode NO_BACKSLASH_ESCAPES", DriverCases::noBackslashEscapes);
    cases.put("temporary tables", DriverCases::temporaryTables);
    cases.put("lock tables", DriverCases::lockTables);
    cases.put("explain, describe, show", DriverCases::explainAndShow);
    cases.put("several statements in one text", DriverCases::multiStatements);
    cases.put("data definition", DriverCases::dataDefinition);
    cases.put("queries of many shapes", DriverCases::queryShapes);
    cases.put("writes of many shapes", DriverCases::writeShapes);
    cases.put("comments and white space", DriverCases::comments);
    cases.put("wide and long results", DriverCases::wide);
    cases.put("ping, catalog, reset", DriverCases::connectionCalls);
    return cases;
  }

  private static void textTypes(Client client, Transcript t) throws SQLException {
    typesTable(client);
    try (Statement statement = client.connection().createStatement()) {
      t.rows("all", statement.executeQuery("SELECT * FROM all_types ORDER BY id"));
      try (ResultSet times =
          statement.executeQuery("SELECT TIME'-838:59:59', TIME'-00:00:00.000001'")) {
        t.columns("times", times.getMetaData());
        times.next();
        t.note("times", times.getString(1) + " " + times.getString(2));
      }
      t.rows(
          "expressions",
          statement.executeQuery(
              "SELECT 1, -1.5, 1e3, 'a', NULL, x'4142', b'1', DATE'2024-01-01', 1 = 1, NOW() IS NOT"
                  + " NULL, COUNT(*), SUM(i4), AVG(d), MAX(vc) FROM all_types"));
      statement.execute("DROP TABLE all_types");
    }
  }

  private static void preparedTypes(Client client, Transcript t) throws SQLException {
    typesTable(client);
    try (PreparedStatement statement =
        client.connection().prepareStatement("SELECT * FROM all_types WHERE id >= ? ORDER BY id")) {
      for (int from = 1; from <= 4; from++) {
        statement.setInt(1, from);
        t.expect("rows from " + from, t.rows("from " + from, statement.executeQuery()), 4 - from);
      }
    }
    try (PreparedStatement statement =
            client
                .connection()
                .prepareStatement("SELECT da, ti6, dt6, ts3 FROM all_types ORDER BY 1");
        ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        t.note("date", rows.getObject(1, LocalDate.class));
        t.note("datetime", rows.getObject(3, LocalDateTime.class));
        t.note("timestamp", rows.getTimestamp(4));
      }
    }
    Sql.run(client.connection(), "DROP TABLE all_types");
  }

  private static void typesTable(Client client) throws SQLException {
    Sql.run(
        client.connection(),
        "DROP TABLE IF EXISTS all_types",
        ALL_TYPES,
        TYPICAL,
        EXTREME,
        "INSERT INTO all_types (id) VALUES (3)");
  }

  private static void preparedParameters(Client client, Transcript t) throws SQLException {
    Sql.run(
        client.connection(),
        "CREATE TABLE p (id INT PRIMARY KEY, i BIGINT, d DOUBLE, f FLOAT, n DECIMAL(20,5), s"
            + " VARCHAR(300), b BLOB, da DATE, ti TIME, ts DATETIME(6), bo TINYINT(1), lt LONGTEXT) CHARACTER SET utf8mb4");
    try (PreparedStatement insert =
        client.connection().prepareStatement("INSERT INTO p VALUES (?,?,?,?,?,?,?,?,?,?,?,?)")) {
      for (int row = 0; row < 3; row++) {
        insert.setInt(1, row);
        insert.setLong(2, row == 0 ? Long.MIN_VALUE : Long.MAX_VALUE);
        insert.setDouble(3, Math.PI * row);
        insert.setFloat(4, 0.5f);
        insert.setBigDecimal(5, new BigDecimal("-12345.67890"));
        insert.setString(6, "it's \"quoted\" \\ back`tick; -- /* */ # \0 \n \u001a");
        insert.setBytes(7, new byte[] {0, 1, '\'', '"', '\\', (byte) 0xff, 26, 10, 13});
        insert.setDate(8, Date.valueOf("2024-02-29"));
        insert.setTime(9, Time.valueOf("23:59:59"));
        insert.setTimestamp(10, Timestamp.valueOf("2024-02-29 01:02:03.456789"));
        insert.setBoolean(11, row == 1);
        if (row == 2) {
          insert.setNull(12, Types.LONGVARCHAR);
        } else {
          insert.setCharacterStream(12, new StringReader("stream ß 🦊 ".repeat(50)));
        }
        t.expect("inserted", insert.executeUpdate(), 1);
      }
      insert.setInt(1, 10);
      for (int i = 2; i <= 12; i++) {
        insert.setObject(i, null);
      }
      t.expect("inserted nulls", insert.executeUpdate(), 1);
    }
    try (Statement statement = client.connection().createStatement()) {
      t.rows("back", statement.executeQuery("SELECT * FROM p ORDER BY id"));
      t.rows("bytes", statement.executeQuery("SELECT id, HEX(b), HEX(s) FROM p ORDER BY id"));
    }
    try (PreparedStatement select =
        client
            .connection()
            .prepareStatement("SELECT id FROM p WHERE s = ? AND b = ? AND i > ? LIMIT ?")) {
      select.setString(1, "it's \"quoted\" \\ back`tick; -- /* */ # \0 \n \u001a");
      select.setBytes(2, new byte[] {0, 1, '\'', '"', '\\', (byte) 0xff, 26, 10, 13});
      select.setLong(3, 0);
      select.setInt(4, 1);
      t.expect("found", t.rows("found", select.executeQuery()), 1);
    }
    Sql.run(client.connection(), "DROP TABLE p");
  }

  private static void preparedReuse(Client client, Transcript t) throws SQLException {
    Connection connection = client.connection();
    Sql.run(connection, "CREATE TABLE r (id INT PRIMARY KEY, v INT)");
    try (PreparedStatement insert = connection.prepareStatement("INSERT INTO r VALUES (?, ?)");
        PreparedStatement select = connection.prepareStatement("SELECT v FROM r WHERE id = ?");
        PreparedStatement update =
            connection.prepareStatement("UPDATE r SET v = v + ? WHERE id = ?")) {
      for (int i = 0; i < 40; i++) {
        insert.setInt(1, i);
        insert.setInt(2, i * 2);
        insert.executeUpdate();
        update.setInt(1, 1);
        update.setInt(2, i);
        t.expect("updated", update.executeUpdate(), 1);
        select.setInt(1, i);
        try (ResultSet rows = select.executeQuery()) {
          rows.next();
          t.expect("value", rows.getInt(1), i * 2 + 1);
        }
      }
    }
    // The same text again, after close: a fresh handle, or the driver's cached one.
    for (int i = 0; i < 5; i++) {
      try (PreparedStatement select = connection.prepareStatement("SELECT SUM(v) FROM r")) {
        t.rows("sum", select.executeQuery());
      }
    }
    // A handle outlives a change of the table it reads.
    try (PreparedStatement select =
        connection.prepareStatement("SELECT id, v FROM r WHERE id < ?")) {
      select.setInt(1, 2);
      t.rows("before", select.executeQuery());
      Sql.run(connection, "ALTER TABLE r ADD COLUMN w INT DEFAULT 7");
      t.rows("after", select.executeQuery());
    }
    Sql.run(connection, "DROP TABLE r");
  }

  private static void preparedMetadata(Client client, Transcript t) throws SQLException {
    Connection connection = client.connection();
    Sql.run(
        connection, "CREATE TABLE m (id INT PRIMARY KEY, s VARCHAR(20) NOT NULL, d DECIMAL(9,3))");
    try (PreparedStatement select =
        connection.prepareStatement("SELECT id, s AS label, d * 2, ? FROM m WHERE id = ?")) {
      t.note("parameters", select.getParameterMetaData().getParameterCount());
      if (select.getMetaData() != null) {
        t.columns("prepared", select.getMetaData());
      }
      select.setString(1, "x");
      select.setInt(2, 1);
      t.rows("none", select.executeQuery());
    }
    Sql.run(connection, "DROP TABLE m");
  }

  private static void numbers(Client client, int rows) throws SQLException {
    Sql.run(client.connection(), "DROP TABLE IF EXISTS numbers");
    Sql.run(
        client.connection(), "CREATE TABLE numbers (n INT PRIMARY KEY, sq INT, pad VARCHAR(200))");
    StringBuilder insert = new StringBuilder("INSERT INTO numbers VALUES ");
    for (int i = 0; i < rows; i++) {
      insert.append(i == 0 ? "" : ",").append('(').append(i).append(',').append(i % 97 * 3);
      insert.append(",REPEAT('x',").append(i % 200).append("))");
    }
    Sql.run(client.connection(), insert.toString());
  }

  private static void cursors(Client client, Transcript t) throws SQLException {
    numbers(client, 500);
    Connection connection = client.connection();
    try (PreparedStatement one =
            connection.prepareStatement("SELECT n, sq FROM numbers WHERE n >= ? ORDER BY n");
        PreparedStatement two =
            connection.prepareStatement("SELECT n FROM numbers ORDER BY n DESC")) {
      one.setFetchSize(13);
      two.setFetchSize(50);
      for (int round = 0; round < 2; round++) {
        one.setInt(1, round * 250);
        try (ResultSet up = one.executeQuery();
            ResultSet down = two.executeQuery()) {
          long sum = 0;
          int count = 0;
          while (up.next() && down.next()) {
            sum = sum * 31 + up.getInt(2) - down.getInt(1);
            count++;
            if (count % 100 == 0) {
              t.rows(
                  "between",
                  connection.createStatement().executeQuery("SELECT COUNT(*) FROM numbers"));
            }
          }
          t.expect("fetched", count, 500 - round * 250);
          t.note("sum", sum);
        }
      }
    }
    // Left in the middle, then used again.
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT n FROM numbers ORDER BY n")) {
      statement.setFetchSize(3);
      for (int i = 0; i < 3; i++) {
        try (ResultSet rows = statement.executeQuery()) {
          rows.next();
          rows.next();
          t.expect("left at", rows.getInt(1), 1);
        }
      }
    }
    Sql.run(connection, "DROP TABLE numbers");
  }

  private static void streaming(Client client, Transcript t) throws SQLException {
    numbers(client, 2000);
    Connection connection = client.connection();
    try (Statement statement =
        connection.createStatement(ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_READ_ONLY)) {
      statement.setFetchSize(client.driver().connectorJ() ? Integer.MIN_VALUE : 1);
      for (int stop : new int[] {2000, 10, 2000}) {
        try (ResultSet rows =
            statement.executeQuery(
                "SELECT a.n, b.pad FROM numbers a JOIN numbers b ON a.n = b.n ORDER BY a.n")) {
          long sum = 0;
          int count = 0;
          while (count < stop && rows.next()) {
            sum += rows.getInt(1) + String.valueOf(rows.getString(2)).length();
            count++;
          }
          t.expect("streamed", count, stop);
          t.note("sum", sum);
        }
      }
    }
    t.expect("after", Sql.value(connection, "SELECT COUNT(*) FROM numbers"), "2000");
    Sql.run(connection, "DROP TABLE numbers");
  }

  private static void batchInserts(Client client, Transcript t) throws SQLException {
    Connection connection = client.connection();
    Sql.run(
        connection,
        "CREATE TABLE b (id INT AUTO_INCREMENT PRIMARY KEY, k INT, s VARCHAR(50), u VARCHAR(10) UNIQUE)");
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO b (k, s) VALUES (?, ?)")) {
      for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 60; i++) {
          insert.setInt(1, i);
          insert.setString(2, i % 7 == 0 ? null : "row ' \\ " + i);
          insert.addBatch();
        }
        t.note("counts", insert.executeBatch());
      }
    }
    try (PreparedStatement upsert =
        connection.prepareStatement(
            "INSERT INTO b (k, u) VALUES (?, ?) ON DUPLICATE KEY UPDATE k = k + VALUES(k)")) {
      for (int i = 0; i < 20; i++) {
        upsert.setInt(1, i);
        upsert.setString(2, "u" + i % 5);
        upsert.addBatch();
      }
      upsert.executeBatch();
    }
    try (PreparedStatement replace =
        connection.prepareStatement("REPLACE INTO b (id, k) VALUES (?, ?)")) {
      for (int i = 1; i < 10; i++) {
        replace.setInt(1, i);
        replace.setInt(2, -i);
        replace.addBatch();
      }
      replace.executeBatch();
    }
    t.expect("rows", Sql.value(connection, "SELECT COUNT(*) FROM b"), "125");
    t.note("sum", Sql.value(connection, "SELECT SUM(k) FROM b"));
    Sql.run(connection, "DROP TABLE b");
  }

  private static void batchUpdates(Client client, Transcript t) throws SQLException {
    numbers(client, 100);
    Connection connection = client.connection();
    try (PreparedStatement update =
            connection.prepareStatement("UPDATE numbers SET sq = ? WHERE n = ?");
        PreparedStatement delete = connection.prepareStatement("DELETE FROM numbers WHERE n = ?")) {
      for (int i = 0; i < 30; i++) {
        update.setInt(1, -1 - i);
        update.setInt(2, i * 5);
        update.addBatch();
        delete.setInt(1, i * 5 + 1);
        delete.addBatch();
      }
      t.note("updated", update.executeBatch());
      t.note("deleted", delete.executeBatch());
    }
    t.note("left", Sql.rows(connection, "SELECT COUNT(*), SUM(sq) FROM numbers"));
    Sql.run(connection, "DROP TABLE numbers");
  }

  private static void batchTexts(Client client, Transcript t) throws SQLException {
    numbers(client, 10);
    Connection connection = client.connection();
    try (Statement statement = connection.createStatement()) {
      for (int i = 0; i < 12; i++) {
        statement.addBatch("UPDATE numbers SET sq = " + i + " WHERE n = " + i);
        statement.addBatch("INSERT INTO numbers (n, pad) VALUES (" + (100 + i) + ", 'a;b')");
      }
      statement.addBatch("DELETE FROM numbers WHERE n > 105 /* ; */");
      t.note("counts", statement.executeBatch());
      t.note("left", Sql.rows(connection, "SELECT n, sq FROM numbers ORDER BY n"));
    }
    Sql.run(connection, "DROP TABLE numbers");
  }

  private static void batchError(Client client, Transcript t) throws SQLException {
    Connection connection = client.connection();
    Sql.run(connection, "CREATE TABLE e (id INT PRIMARY KEY)");
    try (PreparedStatement insert = connection.prepareStatement("INSERT INTO e VALUES (?)")) {
      for (int id : new int[] {1, 2, 2, 3}) {
        insert.setInt(1, id);
        insert.addBatch();
      }
      t.error(
          "duplicate in a batch",
          1062,
          () -> {
            try {
              insert.executeBatch();
            } catch (BatchUpdateException e) {
              t.note("counts", e.getUpdateCounts());
              throw e;
            }
          });
    }
    t.note("left", Sql.rows(connection, "SELECT id FROM e ORDER BY id"));
    Sql.run(connection, "DROP TABLE e");
  }

  private static void generatedKeys(Client client, Transcript t) throws SQLException {
    Connection connection = client.connection();
    Sql.run(connection, "CREATE TABLE g (id BIGINT AUTO_INCREMENT PRIMARY KEY, s VARCHAR(20))");
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate("INSERT INTO g (s) VALUES ('a')", Statement.RETURN_GENERATED_KEYS);
      t.rows("one", statement.getGeneratedKeys());
      statement.executeUpdate(
          "INSERT INTO g (s) VALUES ('b'), ('c'), ('d')", Statement.RETURN_GENERATED_KEYS);
      t.rows("three", statement.getGeneratedKeys());
      t.expect("last", Sql.value(connection, "SELECT LAST_INSERT_ID()"), "2");
    }
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO g (s) VALUES (?)", Statement.RETURN_GENERATED_KEYS)) {
      insert.setString(1, "e");
      insert.executeUpdate();
      t.rows("prepared", insert.getGeneratedKeys());
      for (int i = 0; i < 5; i++) {
        insert.setString(1, "f" + i);
        insert.addBatch();
      }
      insert.executeBatch();
      t.rows("batch", insert.getGeneratedKeys());
    }
    t.note("all", Sql.rows(connection, "SELECT id, s FROM g ORDER BY id"));
    Sql.run(connection, "DROP TABLE g");
  }

  private static void transactions(Client client, Transcript t) throws SQLException {
    Connection connection = client.connection();
    Sql.run(connection, "CREATE TABLE tx (id INT PRIMARY KEY) ENGINE=InnoDB");
    connection.setAutoCommit(false);
    Sql.run(connection, "INSERT INTO tx VALUES (1)");
    connection.rollback();
    t.expect("rolled back", Sql.value(connection, "SELECT COUNT(*) FROM tx"), "0");
    Sql.run(connection, "INSERT INTO tx VALUES (2)");
    Savepoint named = connection.setSavepoint("sp_1");
    Sql.run(connection, "INSERT INTO tx VALUES (3)");
    Savepoint unnamed = connection.setSavepoint();
    Sql.run(connection, "INSERT INTO tx VALUES (4)");
    connection.rollback(unnamed);
    connection.rollback(named);
    Sql.run(connection, "INSERT INTO tx VALUES (5)");
    Savepoint released = connection.setSavepoint("sp 2");
    connection.releaseSavepoint(released);
    connection.commit();
    t.expect(
        "committed", Sql.rows(connection, "SELECT id FROM tx ORDER BY id").toString(), "[2, 5]");
    try (Connection other = client.another(Map.of())) {
      Sql.run(connection, "INSERT INTO tx VALUES (6)");
      t.expect("unseen", Sql.value(other, "SELECT COUNT(*) FROM tx"), "2");
      connection.commit();
      t.expect("seen", Sql.value(other, "SELECT COUNT(*) FROM tx"), "3");
    }
    connection.setAutoCommit(true);
    Sql.run(connection, "START TRANSACTION", "INSERT INTO tx VALUES (7)", "ROLLBACK");
    Sql.run(connection, "BEGIN", "INSERT INTO tx VALUES (8)", "COMMIT AND NO CHAIN");
    Sql.run(connection, "START TRANSACTION READ ONLY");
    t.error("write in a read only transaction", 1792, () -> Sql.run(connection, "DELETE FROM tx"));
    Sql.run(connection, "ROLLBACK");
    Sql.run(connection, "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ WRITE", "COMMIT");
    t.expect(
        "in the end",
        Sql.rows(connection, "SELECT id FROM tx ORDER BY id").toString(),
        "[2, 5, 6, 8]");
    Sql.run(connection, "DROP TABLE tx");
  }

  private static void isolation(Client client, Transcript t) throws SQLException {
    Connection connection = client.connection();
    for (int level :
        new int[] {
          Connection.TRANSACTION_READ_UNCOMMITTED,
          Connection.TRANSACTION_READ_COMMITTED,
          Connection.TRANSACTION_SERIALIZABLE,
          Connection.TRANSACTION_REPEATABLE_READ
        }) {
      connection.setTransactionIsolation(level);
      t.expect("isolation", connection.getTransactionIsolation(), level);
    }
    Sql.run(connection, "SET TRANSACTION ISOLATION LEVEL READ COMMITTED");
    connection.setReadOnly(true);
    t.note("read only", connection.isReadOnly());
    connection.setReadOnly(false);
    t.note("auto commit", connection.getAutoCommit());
  }

  private static void databaseMetadata(Client client, Transcript t) throws SQLException {
    Connection connection = client.connection();
    String database = client.database();
    Sql.run(
        connection,
        "CREATE TABLE md_parent (id INT PRIMARY KEY, name VARCHAR(40) NOT NULL COMMENT 'what',"
            + " UNIQUE KEY by_name (name)) ENGINE=InnoDB COMMENT='parents'",
        "CREATE TABLE md_child (id INT AUTO_INCREMENT PRIMARY KEY, parent INT, amount DECIMAL(12,2)"
            + " DEFAULT 1.50, at DATETIME(3), KEY by_amount (amount, at), CONSTRAINT fk FOREIGN KEY"
            + " (parent) REFERENCES md_parent (id) ON DELETE CASCADE) ENGINE=InnoDB",
        "CREATE VIEW md_view AS SELECT name FROM md_parent");
    DatabaseMetaData metadata = connection.getMetaData();
    t.note("product", metadata.getDatabaseProductName());
    t.note("version", metadata.getDatabaseProductVersion());
    t.note("quote", metadata.getIdentifierQuoteString());
    t.note("lower", metadata.storesLowerCaseIdentifiers());
    t.note("columns in table", metadata.getMaxColumnsInTable());
    t.rows("tables", metadata.getTables(database, null, "md\\_%", null));
    t.rows("base tables", metadata.getTables(database, null, "md_parent", new String[] {"TABLE"}));
    t.rows("views", metadata.getTables(database, null, "md%", new String[] {"VIEW"}));
    t.rows("columns", metadata.getColumns(database, null, "md\\_child", "%"));
    t.rows("one column", metadata.getColumns(database, null, "md_parent", "name"));
    t.rows("view columns", metadata.getColumns(database, null, "md_view", null));
    t.rows("primary key", metadata.getPrimaryKeys(database, null, "md_child"));
    t.unorderedRows("imported", metadata.getImportedKeys(database, null, "md_child"));
    t.unorderedRows("exported", metadata.getExportedKeys(database, null, "md_parent"));
    t.unorderedRows(
        "cross",
        metadata.getCrossReference(database, null, "md_parent", database, null, "md_child"));
    t.rows("best row", metadata.getBestRowIdentifier(database, null, "md_child", 0, true));
    try (ResultSet indexes = metadata.getIndexInfo(database, null, "md_child", false, true)) {
      while (indexes.next()) { // cardinality is an estimate and differs between runs
        t.note("index", indexes.getString("INDEX_NAME") + " " + indexes.getString("COLUMN_NAME"));
      }
    }
    t.note("table types", Sql.rows(metadata.getTableTypes()));
    Sql.run(connection, "DROP VIEW md_view", "DROP TABLE md_child", "DROP TABLE md_parent");
  }

  private static void megabyte(Client client, Transcript t) throws SQLException {
    big(client, t, 1 << 20);
  }

  private static void overSixteenMebibytes(Client client, Transcript t) throws SQLException {
    if (Sql.number(client.connection(), "SELECT @@max_allowed_packet") < 40 << 20) {
      t.note("left out: max_allowed_packet of the server is too small", "");
      return;
    }
    big(client, t, 17 << 20);
  }

  private static void big(Client client, Transcript t, int size) throws SQLException {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    String text = "0123456789abcde\n".repeat(size / 16);
    Connection connection = client.connection();
    Sql.run(connection, "CREATE TABLE big (id INT PRIMARY KEY, b LONGBLOB, s LONGTEXT)");
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO big VALUES (?, ?, ?)")) {
      insert.setInt(1, 1);
      insert.setBytes(2, bytes);
      insert.setNull(3, Types.LONGVARCHAR);
      t.expect("bytes", insert.executeUpdate(), 1);
      insert.setInt(1, 2);
      insert.setBinaryStream(2, new ByteArrayInputStream(bytes), size);
      t.expect("stream", insert.executeUpdate(), 1);
      insert.setInt(1, 3);
      insert.setNull(2, Types.LONGVARBINARY);
      insert.setString(3, text);
      t.expect("text", insert.executeUpdate(), 1);
    }
    for (String condition : new String[] {"b IS NOT NULL", "s IS NOT NULL"}) {
      String query = "SELECT id, b, s FROM big WHERE " + condition + " ORDER BY id";
      try (Statement statement = connection.createStatement()) {
        t.rows("as text", statement.executeQuery(query));
      }
      try (PreparedStatement statement = connection.prepareStatement(query)) {
        t.rows("prepared", statement.executeQuery());
      }
    }
    t.note(
        "lengths",
        Sql.rows(
            connection, "SELECT id, LENGTH(b), LENGTH(s), SHA2(b, 256), SHA2(s, 256) FROM big"));
    t.note("digest", Transcript.digest(bytes));
    Sql.run(connection, "DROP TABLE big");
  }

  /** Values whose packets end just before, at and after 16 MiB - 1, where a packet is split. */
  private static void aroundPacketLimit(Client client, Transcript t) throws SQLException {
    if (Sql.number(client.connection(), "SELECT @@max_allowed_packet") < 40 << 20) {
      t.note("left out: max_allowed_packet of the server is too small", "");
      return;
    }
    try (Statement statement = client.connection().createStatement()) {
      // A row packet of one long value is 4 bytes of length and the value.
      for (int size : new int[] {0xffffff - 5, 0xffffff - 4, 0xffffff - 3}) {
        try (ResultSet rows = statement.executeQuery("SELECT REPEAT('x', " + size + ")")) {
          rows.next();
          t.expect("length", String.valueOf(rows.getString(1)).length(), size);
        }
      }
      // And a command packet: one byte, the text around it, and the literal.
      int around = 1 + "SELECT LENGTH('')".length();
      for (int size : new int[] {0xffffff - around - 1, 0xffffff - around, 0xffffff - around + 1}) {
        try (ResultSet rows = statement.executeQuery("SELECT LENGTH('" + "y".repeat(size) + "')")) {
          rows.next();
          t.expect("sent", rows.getInt(1), size);
        }
      }
    }
  }

  private static void nulls(Client client, Transcript t) throws SQLException {
    Connection connection = client.connection();
    Sql.run(connection, "CREATE TABLE nul (a INT, b VARCHAR(5), c DATE, d BLOB, e DOUBLE)");
    Random random = new Random(42);
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO nul VALUES (?, ?, ?, ?, ?)")) {
      for (int i = 0; i < 32; i++) {
        int mask = i == 0 ? 0 : random.nextInt(32);
        insert.setObject(1, (mask & 1) == 0 ? null : (Object) i);
        insert.setObject(2, (mask & 2) == 0 ? null : "s");
        insert.setObject(3, (mask & 4) == 0 ? null : Date.valueOf("2020-01-01"));
        insert.setObject(4, (mask & 8) == 0 ? null : new byte[] {1});
        insert.setObject(5, (mask & 16) == 0 ? null : (Object) 0.5);
        insert.executeUpdate();
      }
    }
    try (Statement statement = connection.createStatement();
        PreparedStatement prepared = connection.prepareStatement("SELECT * FROM nul")) {
      t.rows("text", statement.executeQuery("SELECT * FROM nul"));
      t.rows("prepared", prepared.executeQuery());
      t.rows(
          "counts",
          statement.executeQuery("SELECT COUNT(a), COUNT(b), COUNT(c), COUNT(d) FROM nul"));
    }
    Sql.run(connection, "DROP TABLE nul");
  }

  private static void unicode(Client client, Transcript t) throws SQLException {
    Connection connection = client.connection();
    String[] texts = {
      "ASCII", "Grüße", "Ελληνικά", "日本語テキスト", "🦊🏰👩‍👩‍👧‍👦", "a\u0301", "\u00a0", "'\\\"`"
    };
    Sql.run(
        connection,
        "CREATE TABLE `täble 表` (`ключ` INT PRIMARY KEY, `wert ß` VARCHAR(100)) CHARACTER SET utf8mb4");
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO `täble 表` (`ключ`, `wert ß`) VALUES (?, ?)")) {
      for (int i = 0; i < texts.length; i++) {
        insert.setInt(1, i);
        insert.setString(2, texts[i]);
        insert.executeUpdate();
      }
    }
    try (Statement statement = connection.createStatement()) {
      t.rows(
          "back",
          statement.executeQuery("SELECT *, HEX(`wert ß`) FROM `täble 表` AS `别名` ORDER BY 1"));
      for (String text : texts) {
        String literal = text.replace("\\", "\\\\").replace("'", "''");
        t.rows(
            "literal",
            statement.executeQuery("SELECT '" + literal + "' AS `Ü " + text.charAt(0) + "`"));
      }
      t.rows(
          "fox", statement.executeQuery("SELECT `ключ` FROM `täble 表` WHERE `wert ß` LIKE '🦊%'"));
    }
    for (String charset : new String[] {"latin1", "utf8mb3", "utf8mb4"}) {
      Sql.run(connection, "SET NAMES utf8mb4");
      t.note(charset, Sql.rows(connection, "SELECT HEX(CONVERT('Grüße' USING " + charset + "))"));
    }
    t.note(
        "introducers",
        Sql.rows(connection, "SELECT _latin1 x'fc', _utf8mb4'ü', N'ñ', 'a' COLLATE utf8mb4_bin"));
    Sql.run(connection, "DROP TABLE `täble 表`");
  }

  private static void timeZones(Client client, Transcript t) throws SQLException {
    Connection connection = client.connection();
    Sql.run(connection, "CREATE TABLE tz (id INT, ts TIMESTAMP NULL, dt DATETIME)");
    Sql.run(
        connection,
        "SET time_zone = '+05:30'",
        "INSERT INTO tz VALUES (1, '2024-06-01 12:00:00', '2024-06-01 12:00:00')",
        "SET time_zone = '-08:00'");
    t.expect(
        "moved",
        Sql.value(connection, "SELECT CAST(ts AS CHAR), CAST(dt AS CHAR) FROM tz"),
        "2024-05-31 22:30:00|2024-06-01 12:00:00");
    t.note("zone", Sql.value(connection, "SELECT @@session.time_zone"));
    Sql.run(connection, "SET @@session.time_zone = '+00:00'");
    t.note("utc", Sql.value(connection, "SELECT UNIX_TIMESTAMP(ts) FROM tz"));
    Sql.run(connection, "SET timestamp = 1700000000");
    t.expect("now", Sql.value(connection, "SELECT UNIX_TIMESTAMP(NOW())"), "1700000000");
    Sql.run(connection, "SET timestamp = DEFAULT", "DROP TABLE tz");
  }

  private static boolean isMariaDb(Connection connection) throws SQLException {
    return Sql.value(connection, "SELECT VERSION()").contains("MariaDB");
  }

  private static void warnings(Client client, Transcript t) throws SQLException {
    Connection connection = client.connection();
    Sql.run(connection, "SET sql_mode = ''", "CREATE TABLE w (c VARCHAR(3), n TINYINT)");
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate("INSERT INTO w VALUES ('toolong', 300), ('ok', -300)");
      t.warnings("insert", statement.getWarnings());
      statement.executeUpdate("INSERT INTO w VALUES ('toolong', 1)");
      t.rows("show", statement.executeQuery("SHOW WARNINGS"));
      t.rows("still", statement.executeQuery("SHOW WARNINGS LIMIT 1"));
      statement.executeUpdate("INSERT INTO w VALUES ('toolong', 1)");
      t.rows("count", statement.executeQuery("SHOW COUNT(*) WARNINGS"));
      t.rows("variable", statement.executeQuery("SELECT @@warning_count, @@error_count"));
      statement.execute("DROP TABLE IF EXISTS never_there");
      t.warnings("note", statement.getWarnings());
      t.rows("divided", statement.executeQuery("SELECT CAST('abc' AS SIGNED)"));
      t.error("wrong", 1054, () -> statement.executeQuery("SELECT nope FROM w"));
      // Without a cursor: MySQL cannot prepare SHOW ERRORS, and would show the failure of that.
      statement.setFetchSize(0);
      t.rows("errors", statement.executeQuery("SHOW ERRORS"));
      statement.executeQuery("SELECT 1").close();
      t.rows("cleared", statement.executeQuery("SHOW WARNINGS"));
    }
    Sql.run(connection, "DROP TABLE w");
  }

  private static void errors(Client client, Transcript t) throws SQLException {
    Connection connection = client.connection();
    Sql.run(
        connection,
        "CREATE TABLE er (id INT PRIMARY KEY, u VARCHAR(10) NOT NULL UNIQUE, c TINYINT) ENGINE=InnoDB",
        "CREATE TABLE er2 (p INT, CONSTRAINT er_fk FOREIGN KEY (p) REFERENCES er (id)) ENGINE=InnoDB",
        "SET sql_mode = 'STRICT_ALL_TABLES'",
        "INSERT INTO er VALUES (1, 'a', 1)",
        "INSERT INTO er2 VALUES (1)");
    t.error("duplicate", 1062, () -> Sql.run(connection, "INSERT INTO er VALUES (1, 'b', 1)"));
    t.error("unique", 1062, () -> Sql.run(connection, "INSERT INTO er VALUES (2, 'a', 1)"));
    t.error("not null", 1048, () -> Sql.run(connection, "INSERT INTO er VALUES (2, NULL, 1)"));
    t.error("range", 1264, () -> Sql.run(connection, "INSERT INTO er VALUES (2, 'c', 1000)"));
    t.error(
        "too long", 1406, () -> Sql.run(connection, "INSERT INTO er VALUES (2, '12345678901', 1)"));
    t.error("foreign", 1452, () -> Sql.run(connection, "INSERT INTO er2 VALUES (99)"));
    t.error("referenced", 1451, () -> Sql.run(connection, "DELETE FROM er WHERE id = 1"));
    t.error("column", 1054, () -> Sql.run(connection, "SELECT nothing FROM er"));
    t.error("exists", 1050, () -> Sql.run(connection, "CREATE TABLE er (a INT)"));
    t.error("count", 1136, () -> Sql.run(connection, "INSERT INTO er VALUES (2)"));
    if (client.driver() != Driver.CONNECTOR_J_CURSOR) {
      // There the error follows the column definitions, and Connector/J 26.10 loses its place in
      // the
      // protocol, straight to the server too.
      t.error("two rows", 1242, () -> Sql.run(connection, "SELECT (SELECT 1 UNION SELECT 2)"));
    }
    t.error(
        "ambiguous", 1052, () -> Sql.run(connection, "SELECT id FROM er a JOIN er b ON a.u = b.u"));
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO er VALUES (?, ?, ?)")) {
      insert.setInt(1, 1);
      insert.setString(2, "z");
      insert.setInt(3, 1);
      t.error("prepared duplicate", 1062, insert::executeUpdate);
      insert.setInt(1, 2);
      t.expect("and then right", insert.executeUpdate(), 1);
    }
    t.error("table", 1146, () -> Sql.run(connection, "SELECT * FROM er_not_there"));
    t.note("alive", Sql.value(connection, "SELECT COUNT(*) FROM er"));
    Sql.run(connection, "DROP TABLE er2", "DROP TABLE er");
  }

  private static void updateCounts(Client client, Transcript t) throws SQLException {
    numbers(client, 20);
    Connection connection = client.connection();
    try (Statement statement = connection.createStatement()) {
      t.note("same value", statement.executeUpdate("UPDATE numbers SET sq = sq WHERE n < 5"));
      t.note("changed", statement.executeUpdate("UPDATE numbers SET sq = sq + 1 WHERE n < 5"));
      t.note("none", statement.executeUpdate("DELETE FROM numbers WHERE n = 99"));
      t.note(
          "upsert",
          statement.executeUpdate(
              "INSERT INTO numbers (n, sq) VALUES (1, 1), (50, 1) ON DUPLICATE KEY UPDATE sq = 77"));
      t.note("replace", statement.executeUpdate("REPLACE INTO numbers (n) VALUES (1), (51)"));
      t.note("ignore", statement.executeUpdate("INSERT IGNORE INTO numbers (n) VALUES (1), (52)"));
      t.note("large", statement.executeLargeUpdate("UPDATE numbers SET pad = 'p' WHERE n > 10"));
      t.note("set", statement.executeUpdate("SET @x = 1"));
      t.expect("is result", statement.execute("SELECT 1"), true);
      t.expect("is none", statement.execute("DO 1"), false);
      t.note("count of none", statement.getUpdateCount());
    }
    try (Connection other = client.another(Map.of("useAffectedRows", "true"));
        Statement statement = other.createStatement()) {
      t.note("affected", statement.executeUpdate("UPDATE numbers SET sq = sq WHERE n < 5"));
    }
    Sql.run(connection, "DROP TABLE numbers");
  }

  private static void sessionSettings(Client client, Transcript t) throws SQLException {
    Connection connection = client.connection();
    Sql.run(
        connection,
        "SET @a = 1, @b := 'two', @`c d` = NULL",
        "SET SESSION sort_buffer_size = 300000, net_write_timeout = 77",
        "SET @@session.group_concat_max_len = 2048",
        "SET NAMES utf8mb4 COLLATE utf8mb4_unicode_ci",
        "SET CHARACTER SET utf8mb4",
        "SET NAMES utf8mb4",
        "SET LOCAL lock_wait_timeout = 5",
        "SET autocommit = 0",
        "SET autocommit = 1",
        "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
        "SET @sum = (SELECT 1 + 1)");
    t.note(
        "variables",
        Sql.rows(
            connection,
            "SELECT @a, @b, @`c d`, @sum, @@net_write_timeout, @@session.group_concat_max_len,"
                + " @@lock_wait_timeout, @@autocommit"));
    t.note("assign", Sql.rows(connection, "SELECT @r := 5, @r + 1"));
    t.note("show", Sql.rows(connection, "SHOW SESSION VARIABLES LIKE 'net_write_timeout'"));
    t.note("collation", Sql.rows(connection, "SHOW VARIABLES LIKE 'collation_connection'"));
    t.error("unknown", 1193, () -> Sql.run(connection, "SET no_such_variable = 1"));
    t.error("unknown read", 1193, () -> Sql.run(connection, "SELECT @@no_such_variable"));
  }

  private static void ansiQuotes(Client client, Transcript t) throws SQLException {
    try (Connection connection = client.another(Map.of())) {
      Sql.run(connection, "CREATE TABLE aq (`a b` INT, c VARCHAR(10))");
      t.expect("string", Sql.value(connection, "SELECT \"a b\""), "a b");
      Sql.run(connection, "SET SESSION sql_mode = CONCAT(@@sql_mode, ',ANSI_QUOTES')");
      Sql.run(connection, "INSERT INTO \"aq\" (\"a b\", c) VALUES (1, 'x\"y')");
      t.expect("identifier", Sql.value(connection, "SELECT \"a b\", c FROM \"aq\""), "1|x\"y");
      try (PreparedStatement prepared =
          connection.prepareStatement("SELECT \"a b\" FROM aq WHERE \"a b\" = ?")) {
        prepared.setInt(1, 1);
        t.rows("prepared", prepared.executeQuery());
      }
      t.error("no such column", 1054, () -> Sql.run(connection, "SELECT \"nope\" FROM aq"));
      Sql.run(connection, "SET sql_mode = ''");
      t.expect("string again", Sql.value(connection, "SELECT \"a b\" FROM aq"), "a b");
      Sql.run(connection, "SET sql_mode = 'ANSI'");
      t.expect("ansi", Sql.value(connection, "SELECT \"a b\" || c FROM \"aq\""), "1x\"y");
      Sql.run(connection, "SET sql_mode = DEFAULT", "DROP TABLE aq");
    }
  }

  private static void noBackslashEscapes(Client client, Transcript t) throws SQLException {
    try (Connection connection = client.another(Map.of())) {
      t.expect("escape", Sql.value(connection, "SELECT 'a\\'b'"), "a'b");
      Sql.run(connection, "SET sql_mode = 'NO_BACKSLASH_ESCAPES'");
      t.expect("plain", Sql.value(connection, "SELECT 'a\\'"), "a\\");
      t.expect("two columns", Sql.value(connection, "SELECT 'a\\', 'b'"), "a\\|b");
      try (PreparedStatement prepared = connection.prepareStatement("SELECT ?, ?")) {
        prepared.setString(1, "back\\slash");
        prepared.setString(2, "quo'te");
        t.rows("prepared", prepared.executeQuery());
      }
      Sql.run(connection, "SET sql_mode = DEFAULT");
      t.expect("escape again", Sql.value(connection, "SELECT 'a\\'b'"), "a'b");
    }
  }

  private static void temporaryTables(Client client, Transcript t) throws SQLException {
    Connection connection = client.connection();
    Sql.run(connection, "CREATE TABLE shadow (a INT)", "INSERT INTO shadow VALUES (1)");
    Sql.run(
        connection,
        "CREATE TEMPORARY TABLE tmp (id INT PRIMARY KEY, s VARCHAR(20))",
        "INSERT INTO tmp VALUES (1, 'x'), (2, 'y')",
        "CREATE TEMPORARY TABLE shadow (a INT)");
    t.expect("temporary", Sql.value(connection, "SELECT COUNT(*) FROM tmp"), "2");
    t.expect("hides", Sql.value(connection, "SELECT COUNT(*) FROM shadow"), "0");
    try (Connection other = client.another(Map.of())) {
      t.error("not seen elsewhere", 1146, () -> Sql.run(other, "SELECT * FROM tmp"));
      t.expect("the real one", Sql.value(other, "SELECT COUNT(*) FROM shadow"), "1");
    }
    Sql.run(connection, "DROP TEMPORARY TABLE shadow");
    t.expect("uncovered", Sql.value(connection, "SELECT COUNT(*) FROM shadow"), "1");
    Sql.run(connection, "ALTER TABLE tmp ADD COLUMN n INT", "DROP TEMPORARY TABLE IF EXISTS tmp");
    t.error("gone", 1146, () -> Sql.run(connection, "SELECT * FROM tmp"));
    Sql.run(
        connection,
        "CREATE TEMPORARY TABLE tmp AS SELECT a FROM shadow",
        "DROP TABLE tmp",
        "DROP TABLE shadow");
  }

  private static void lockTables(Client client, Transcript t) throws SQLException {
    numbers(client, 5);
    Connection connection = client.connection();
    Sql.run(connection, "LOCK TABLES numbers READ");
    t.error("not locked for writing", 1099, () -> Sql.run(connection, "DELETE FROM numbers"));
    t.note("read", Sql.value(connection, "SELECT COUNT(*) FROM numbers"));
    Sql.run(connection, "UNLOCK TABLES", "LOCK TABLES numbers WRITE, numbers AS n READ");
    Sql.run(connection, "UPDATE numbers SET sq = 1");
    t.note("alias", Sql.value(connection, "SELECT COUNT(*) FROM numbers AS n"));
    Sql.run(connection, "UNLOCK TABLES", "DROP TABLE numbers");
  }

  private static void explainAndShow(Client client, Transcript t) throws SQLException {
    Connection connection = client.connection();
    Sql.run(
        connection,
        "CREATE TABLE ex (id INT PRIMARY KEY, v VARCHAR(10) DEFAULT 'x', KEY kv (v)) ENGINE=InnoDB",
        "CREATE VIEW exv AS SELECT id FROM ex");
    try (Statement statement = connection.createStatement()) {
      t.rows("describe", statement.executeQuery("DESCRIBE ex"));
      t.rows("desc column", statement.executeQuery("DESC ex v"));
      t.rows("columns", statement.executeQuery("SHOW FULL COLUMNS FROM ex"));
      t.rows("columns like", statement.executeQuery("SHOW COLUMNS FROM ex LIKE 'i%'"));
      t.rows("create", statement.executeQuery("SHOW CREATE TABLE ex"));
      t.rows("explain", statement.executeQuery("EXPLAIN SELECT * FROM ex WHERE id = 1"));
      if (isMariaDb(connection)) {
        t.note("extended", Sql.rows(statement.executeQuery("EXPLAIN EXTENDED SELECT 1")).size());
      }
      t.note(
          "json", Sql.rows(statement.executeQuery("EXPLAIN FORMAT=JSON SELECT id FROM ex")).size());
      t.note("dml", Sql.rows(statement.executeQuery("EXPLAIN UPDATE ex SET v = 'y'")).size());
      t.rows("tables", statement.executeQuery("SHOW TABLES LIKE 'ex%'"));
      t.rows("full", statement.executeQuery("SHOW FULL TABLES WHERE Table_type = 'VIEW'"));
      t.note("keys", Sql.rows(statement.executeQuery("SHOW INDEX FROM ex")).size());
      t.note("status", Sql.rows(statement.executeQuery("SHOW TABLE STATUS LIKE 'ex'")).size());
      t.note("engines", Sql.rows(statement.executeQuery("SHOW ENGINES")).size());
      t.note("charsets", Sql.rows(statement.executeQuery("SHOW CHARACTER SET")).size());
      t.note(
          "collations", Sql.rows(statement.executeQuery("SHOW COLLATION LIKE 'utf8mb4%'")).size());
      t.note("variables", Sql.rows(statement.executeQuery("SHOW VARIABLES")).size() > 100);
      t.note("global", Sql.rows(statement.executeQuery("SHOW GLOBAL STATUS LIKE 'Uptime'")).size());
      t.rows(
          "create database", statement.executeQuery("SHOW CREATE DATABASE " + client.database()));
      t.rows("database", statement.executeQuery("SELECT DATABASE(), SCHEMA()"));
      t.rows("version", statement.executeQuery("SELECT VERSION(), @@version"));
    }
    Sql.run(connection, "DROP VIEW exv", "DROP TABLE ex");
  }

  private static void multiStatements(Client client, Transcript t) throws SQLException {
    try (Connection connection = client.another(Map.of("allowMultiQueries", "true"));
        Statement statement = connection.createStatement()) {
      boolean result =
          statement.execute(
              "CREATE TABLE ms (a INT); INSERT INTO ms VALUES (1),(2); SELECT a FROM ms ORDER BY a;"
                  + " UPDATE ms SET a = a + 10; SELECT 'x;y', COUNT(*) FROM ms; DROP TABLE ms;");
      for (int i = 0; i < 20; i++) {
        if (result) {
          t.rows("result " + i, statement.getResultSet());
        } else if (statement.getUpdateCount() == -1) {
          break;
        } else {
          t.note("count " + i, statement.getUpdateCount());
        }
        result = statement.getMoreResults();
      }
      t.error(
          "stops at the error",
          1146,
          () -> {
            boolean more = statement.execute("SELECT 1; SELECT * FROM not_there; SELECT 2");
            while (more || statement.getUpdateCount() != -1) {
              more = statement.getMoreResults();
            }
          });
      t.note("alive", Sql.value(connection, "SELECT 3"));
    }
    t.error("not without asking", 1064, () -> Sql.run(client.connection(), "SELECT 1; SELECT 2"));
  }

  private static void dataDefinition(Client client, Transcript t) throws SQLException {
    Connection connection = client.connection();
    Sql.run(
        connection,
        "CREATE TABLE IF NOT EXISTS dd (id INT NOT NULL, v VARCHAR(10), PRIMARY KEY (id))",
        "ALTER TABLE dd ADD COLUMN w INT NULL AFTER id, ADD KEY kw (w), MODIFY v VARCHAR(30)",
        "CREATE UNIQUE INDEX uv ON dd (v)",
        "DROP INDEX uv ON dd",
        "INSERT INTO dd VALUES (1, 2, 'three')",
        "CREATE TABLE dd_like LIKE dd",
        "CREATE TABLE dd_as AS SELECT id, v FROM dd",
        "CREATE TABLE dd_as2 (id INT PRIMARY KEY) SELECT id FROM dd",
        "RENAME TABLE dd_like TO dd_renamed, dd_as TO dd_other",
        "ALTER TABLE dd_renamed RENAME TO dd_again",
        "CREATE OR REPLACE VIEW ddv AS SELECT d.id, o.v FROM dd d JOIN dd_other o ON d.id = o.id",
        "ALTER VIEW ddv AS SELECT id FROM dd",
        "TRUNCATE TABLE dd_other");
    t.note("view", Sql.rows(connection, "SELECT * FROM ddv"));
    t.note("shape", Sql.rows(connection, "SHOW CREATE TABLE dd_again"));
    t.note("tables", Sql.rows(connection, "SHOW TABLES LIKE 'dd%'"));
    t.expect("truncated", Sql.value(connection, "SELECT COUNT(*) FROM dd_other"), "0");
    t.error("not a table", 1051, () -> Sql.run(connection, "DROP TABLE dd_like"));
    Sql.run(
        connection,
        "DROP VIEW IF EXISTS ddv, ddv2",
        "DROP TABLE IF EXISTS dd, dd_again, dd_other, dd_as2, dd_none");
    t.expect("gone", Sql.rows(connection, "SHOW TABLES LIKE 'dd%'").size(), 0);
  }

  private static void queryShapes(Client client, Transcript t) throws SQLException {
    numbers(client, 30);
    Connection connection = client.connection();
    String[] queries = {
      "SELECT",
      "SELECT DISTINCT sq % 3 AS r FROM numbers WHERE n BETWEEN 3 AND 20 OR n IN (1, 2) ORDER BY r LIMIT 2 OFFSET 1",
      "SELECT a.n, b.sq FROM numbers a LEFT JOIN numbers b ON a.n = b.n + 1 AND b.n > 25 WHERE a.n > 24 ORDER BY 1",
      "SELECT COUNT(*) FROM numbers a, numbers b WHERE a.n = b.n",
      "SELECT n FROM numbers NATURAL JOIN (SELECT 3 AS n) x",
      "SELECT n FROM numbers WHERE sq = (SELECT MAX(sq) FROM numbers)",
      "SELECT n FROM numbers o WHERE EXISTS (SELECT 1 FROM numbers i WHERE i.n = o.n + 28)",
      "SELECT 1 UNION ALL SELECT 2 UNION SELECT n FROM numbers WHERE n < 3 ORDER BY 1 DESC",
      "(SELECT n FROM numbers ORDER BY n LIMIT 1) UNION (SELECT n FROM numbers ORDER BY n DESC LIMIT 1)",
      "WITH c AS (SELECT n FROM numbers WHERE n < 4), d AS (SELECT n * 2 AS m FROM c) SELECT * FROM d ORDER BY m",
      "WITH RECURSIVE r (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM r WHERE i < 5) SELECT * FROM r",
      "SELECT n, ROW_NUMBER() OVER (ORDER BY n DESC) rn, SUM(sq) OVER (PARTITION BY n % 2 ORDER BY n) s FROM numbers WHERE n < 6 ORDER BY n",
      "SELECT sq % 4 AS g, GROUP_CONCAT(n ORDER BY n SEPARATOR '|') FROM numbers GROUP BY g HAVING COUNT(*) > 1 ORDER BY g",
      "SELECT n % 2, COUNT(*) FROM numbers GROUP BY n % 2 WITH ROLLUP",
      "SELECT CASE WHEN n > 1 THEN 'many' ELSE 'few' END, IF(n, 'y', 'n'), COALESCE(NULL, n) FROM numbers WHERE n < 3 ORDER BY n",
      "SELECT JSON_EXTRACT('{\"a\": 1}', '$.a'), CAST('12' AS UNSIGNED), CONVERT('x' USING utf8mb4), 5 DIV 2, 5 MOD 3, 1 <=> NULL",
      "SELECT DATE_ADD('2024-01-31', INTERVAL 1 MONTH), EXTRACT(YEAR FROM '2024-05-05'), STR_TO_DATE('1,2,2024', '%d,%m,%Y')",
      "SELECT 'a' LIKE 'A', 'abc' REGEXP 'b', BINARY 'a' = 'A', 1 XOR 1, !0, ~1, 1 << 3, -(-1)",
      "SELECT n FROM numbers WHERE (n, sq) = (3, 9)",
      "SELECT n FROM numbers FORCE INDEX (PRIMARY) WHERE n = 1 FOR UPDATE",
      "SELECT n FROM numbers WHERE n = 1 LOCK IN SHARE MODE",
      "SELECT SQL_NO_CACHE n FROM numbers LIMIT 0",
      "SELECT * FROM (SELECT n AS x FROM numbers) AS t WHERE x > 27 ORDER BY x",
      isMariaDb(connection) ? "VALUES (1, 'a'), (2, 'b')" : "VALUES ROW(1, 'a'), ROW(2, 'b')",
      "SELECT TRIM(LEADING 'x' FROM 'xxa'), SUBSTRING('abc' FROM 2 FOR 1), POSITION('b' IN 'abc'), CHAR(65, 66)",
      "SELECT FOUND_ROWS() IS NOT NULL, ROW_COUNT() IS NOT NULL",
    };
    for (String query : queries) {
      if (query.equals("SELECT")) {
        t.error("nothing selected", 1064, () -> Sql.run(connection, query));
        continue;
      }
      try (Statement statement = connection.createStatement();
          PreparedStatement prepared = connection.prepareStatement(query)) {
        t.rows(query, statement.executeQuery(query));
        t.rows("prepared " + query, prepared.executeQuery());
      }
    }
    Sql.run(connection, "DROP TABLE numbers");
  }

  private static void writeShapes(Client client, Transcript t) throws SQLException {
    numbers(client, 10);
    Connection connection = client.connection();
    Sql.run(
        connection,
        "CREATE TABLE target (n INT PRIMARY KEY, sq INT, pad VARCHAR(200) DEFAULT 'd')");
    String[] writes = {
      "INSERT INTO target SELECT * FROM numbers WHERE n < 3",
      "INSERT INTO target (n, sq) SELECT n + 100, sq FROM numbers WHERE n < 2 ON DUPLICATE KEY UPDATE sq = 0",
      "INSERT INTO target SET n = 50, sq = (SELECT MAX(sq) FROM numbers)",
      "INSERT INTO target (n) VALUES (60), (61), (DEFAULT(n) + 62)",
      "REPLACE INTO target SELECT n, 0, 'r' FROM numbers WHERE n = 1",
      "UPDATE target t, numbers s SET t.sq = s.sq + 1 WHERE t.n = s.n",
      "UPDATE target t JOIN numbers s ON t.n = s.n SET t.pad = 'joined' WHERE s.n = 2",
      "UPDATE target SET sq = sq + 1 ORDER BY n DESC LIMIT 2",
      "DELETE FROM target ORDER BY n LIMIT 1",
      "DELETE t FROM target t JOIN numbers s ON t.n = s.n WHERE s.n = 1",
      "DELETE FROM t USING target AS t WHERE t.n = 61",
      "DELETE FROM target WHERE n IN (SELECT n + 100 FROM numbers)",
    };
    for (String write : writes) {
      try (Statement statement = connection.createStatement()) {
        try {
          t.note(write, statement.executeUpdate(write));
        } catch (SQLException e) {
          t.note(write, e.getErrorCode() + " " + e.getSQLState());
        }
      }
      t.note("then", Sql.rows(connection, "SELECT * FROM target ORDER BY n"));
    }
    Sql.run(connection, "DROP TABLE target", "DROP TABLE numbers");
  }

  private static void comments(Client client, Transcript t) throws SQLException {
    Connection connection = client.connection();
    String[] texts = {
      "  \n\t SELECT 1 ; ",
      "/* leading */ SELECT /* inner ; ' */ 2 -- trailing",
      "-- first line\nSELECT 3",
      "# hash\nSELECT 4 # end",
      "SELECT /*! 5 */",
      "SELECT /*!99999 no */ 6",
      "SELECT 7 /*!32302 + 1 */",
      "select Version() is not null",
      "SELECT `8` FROM (SELECT 8) x",
      "SELECT 9--1",
    };
    for (String text : texts) {
      t.note(text, Sql.rows(connection, text));
    }
  }

  private static void wide(Client client, Transcript t) throws SQLException {
    Connection connection = client.connection();
    StringBuilder create = new StringBuilder("CREATE TABLE wide (c0 INT");
    StringBuilder select = new StringBuilder("SELECT c0");
    for (int i = 1; i < 600; i++) {
      create.append(", c").append(i).append(" INT DEFAULT ").append(i);
      select.append(", c").append(i);
    }
    Sql.run(connection, create.append(")").toString(), "INSERT INTO wide (c0) VALUES (1), (2)");
    try (PreparedStatement prepared =
        connection.prepareStatement(select + " FROM wide WHERE c0 = ?")) {
      prepared.setInt(1, 2);
      t.rows("wide", prepared.executeQuery());
    }
    StringBuilder in = new StringBuilder("SELECT COUNT(*) FROM wide WHERE c1 IN (0");
    for (int i = 1; i < 3000; i++) {
      in.append(',').append(i);
    }
    t.note("in", Sql.rows(connection, in.append(")").toString()));
    Sql.run(connection, "DROP TABLE wide");
    numbers(client, 3000);
    try (Statement statement = connection.createStatement()) {
      t.rows("long", statement.executeQuery("SELECT n, pad FROM numbers ORDER BY n"));
    }
    Sql.run(connection, "DROP TABLE numbers");
  }

  private static void connectionCalls(Client client, Transcript t) throws SQLException {
    try (Connection connection = client.another(Map.of())) {
      t.expect("valid", connection.isValid(10), true);
      t.note("catalog", connection.getCatalog());
      connection.setCatalog("information_schema");
      t.expect(
          "other",
          Sql.value(connection, "SELECT DATABASE()").toLowerCase(Locale.ROOT),
          "information_schema");
      Sql.run(connection, "USE `" + client.database() + "`");
      t.expect("back", Sql.value(connection, "SELECT DATABASE()"), client.database());
      Sql.run(connection, "SET @kept = 1", "CREATE TEMPORARY TABLE gone_on_reset (a INT)");
      if (client.driver().connectorJ()) {
        connection.unwrap(com.mysql.cj.jdbc.JdbcConnection.class).resetServerState();
      } else {
        assertThat(connection).isInstanceOf(org.mariadb.jdbc.Connection.class);
        ((org.mariadb.jdbc.Connection) connection).getContext();
      }
      t.note("variable", Sql.rows(connection, "SELECT @kept"));
      t.expect("still in", Sql.value(connection, "SELECT DATABASE()"), client.database());
    }
  }
}
