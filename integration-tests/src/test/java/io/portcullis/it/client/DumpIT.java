package io.portcullis.it.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.it.harness.BackendExtension;
import io.portcullis.it.harness.CommandLine;
import io.portcullis.it.harness.Endpoint;
import io.portcullis.it.harness.Sql;
import io.portcullis.it.harness.TestBackend;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code mariadb-dump} (or {@code mysqldump}) through the gate, loaded through the gate again: what
 * comes back dumps the same. And the load generators that come with the server.
 */
@ExtendWith(BackendExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class DumpIT {

  @TempDir static Path directory;

  private static final List<String> PROGRAMS = List.of("--routines", "--triggers", "--events");

  private final TestBackend backend;
  private Shop shop;

  DumpIT(TestBackend backend) {
    this.backend = backend;
  }

  @BeforeAll
  void fill() throws Exception {
    Assumptions.assumeTrue(
        CommandLine.installed().isPresent() && program("dump", "mysqldump").isPresent(),
        "skipped: mariadb-dump or mysqldump, and its command line, are not installed");
    shop = Shop.open(backend, "dump_it");
    try (Connection connection =
        shop.boss().connect(shop.database, Map.of("characterEncoding", "UTF-8"))) {
      Sql.run(
          connection,
          "CREATE TABLE customers (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(50) NOT NULL UNIQUE,"
              + " note TEXT, bytes BLOB) COMMENT 'with a ''quote''' DEFAULT CHARSET utf8mb4",
          "CREATE TABLE `odd name; --` (`a``b` INT PRIMARY KEY, `select` DECIMAL(8,2) DEFAULT 1.5,"
              + " twice INT AS (`a``b` * 2) STORED)",
          "CREATE TABLE orders (id INT, customer INT, CONSTRAINT orders_customer FOREIGN KEY (customer)"
              + " REFERENCES customers (id) ON DELETE CASCADE)",
          "CREATE TABLE parts (id INT, d DATE, PRIMARY KEY (id, d)) PARTITION BY RANGE (YEAR(d))"
              + " (PARTITION p0 VALUES LESS THAN (2020), PARTITION p1 VALUES LESS THAN MAXVALUE)",
          "CREATE TABLE log (what VARCHAR(100))",
          "INSERT INTO customers (name, note, bytes) VALUES ('Ada', 'it''s', x'00ff27225c0a1ac3e9'),"
              + " ('Gr\u00e4ce \uD83D\uDE00', NULL, NULL), ('back\\\\slash', 'new\\nline', '')",
          "INSERT INTO `odd name; --` (`a``b`) VALUES (1), (2)",
          "INSERT INTO orders VALUES (1, 1), (2, 2)",
          "INSERT INTO parts VALUES (1, '2019-01-01'), (2, '2024-01-01')",
          "CREATE VIEW one AS SELECT id, name FROM customers WHERE id > 0",
          "CREATE VIEW two AS SELECT one.name, o.id FROM one JOIN orders o ON o.customer = one.id",
          "CREATE TRIGGER customers_logged AFTER INSERT ON customers FOR EACH ROW BEGIN INSERT INTO log"
              + " VALUES (CONCAT('new ', NEW.name)); END",
          "CREATE PROCEDURE add_one(IN n VARCHAR(50)) BEGIN INSERT INTO customers (name) VALUES (n);"
              + " END",
          "CREATE FUNCTION twice(a INT) RETURNS INT DETERMINISTIC RETURN a * 2",
          "CREATE EVENT tidy ON SCHEDULE EVERY 1 DAY DISABLE DO DELETE FROM log");
    }
  }

  @AfterAll
  void close() throws Exception {
    if (shop != null) {
      shop.close();
    }
  }

  private static Optional<String> program(String mariaDb, String mySql) {
    return CommandLine.installed("mariadb-" + mariaDb, mySql);
  }

  private static CommandLine.Run dump(Endpoint who, List<String> options) throws Exception {
    String program = program("dump", "mysqldump").orElseThrow();
    List<String> all = new ArrayList<>(options);
    if (CommandLine.isMySqls(program)) {
      // What it does about them begins with FLUSH TABLES WITH READ LOCK.
      all.add(0, "--set-gtid-purged=OFF");
    }
    return CommandLine.run(program, who, all, "");
  }

  @TestFactory
  Stream<DynamicTest> aDumpThatIsLoadedDumpsTheSame() {
    return Stream.of(
            List.<String>of(),
            List.of("--single-transaction"),
            Stream.concat(Stream.of("--single-transaction", "--hex-blob"), PROGRAMS.stream())
                .toList(),
            Stream.concat(
                    Stream.of("--skip-extended-insert", "--complete-insert"), PROGRAMS.stream())
                .toList())
        .map(options -> DynamicTest.dynamicTest(options.toString(), () -> comesBack(options)));
  }

  private void comesBack(List<String> options) throws Exception {
    shop.administer("DROP DATABASE IF EXISTS copied", "CREATE DATABASE copied");
    Path first = dumpInto("first", options, shop.database);
    // The file is the command line's to read: what a BLOB holds is no text.
    CommandLine.Run loaded =
        CommandLine.run(shop.boss(), List.of("copied"), "source " + first + "\n");
    assertThat(loaded.code()).as(loaded.error()).isZero();
    assertThat(Files.mismatch(first, dumpInto("second", options, "copied")))
        .as("first byte that differs")
        .isEqualTo(-1);
    try (Connection connection = shop.boss().connect("copied")) {
      assertThat(Sql.value(connection, "SELECT HEX(bytes) FROM customers WHERE id = 1"))
          .isEqualTo("00FF27225C0A1AC3E9");
    }
  }

  private Path dumpInto(String name, List<String> options, String database) throws Exception {
    Path file = directory.resolve(name + options.hashCode());
    List<String> all = new ArrayList<>(options);
    all.addAll(List.of("--skip-comments", "--result-file=" + file, database));
    CommandLine.Run run = dump(shop.boss(), all);
    assertThat(run.code()).as(run.error()).isZero();
    return file;
  }

  @Test
  void aReaderDumpsHisTableOnceHeMayListTables() throws Exception {
    shop.administer("GRANT SELECT ON TABLE dump_it.customers TO reader");
    List<String> his = List.of("--single-transaction", shop.database, "customers");
    // One program asks about the table, the other lists tables.
    assertThat(dump(shop.joe(), his).error()).containsPattern("\\((1142|1044)\\)");
    shop.administer("GRANT SHOW TABLES ON DATABASE dump_it TO reader");
    CommandLine.Run dumped = dump(shop.joe(), his);
    assertThat(dumped.code()).as(dumped.error()).isZero();
    assertThat(dumped.output()).contains("'Ada'");
    CommandLine.Run hidden =
        dump(shop.joe(), List.of("--single-transaction", shop.database, "orders"));
    assertThat(hidden.error()).contains("SELECT command denied to user 'joe'").contains("1142");
  }

  @Test
  void anotherDefinerIsRefused() throws Exception {
    String view = "CREATE DEFINER=%s VIEW mine AS SELECT id FROM customers;";
    CommandLine.Run foreign =
        CommandLine.run(shop.boss(), List.of(shop.database), view.formatted("`root`@`localhost`"));
    assertThat(foreign.error()).contains("ERROR 1235", "DEFINER");
    CommandLine.Run own =
        CommandLine.run(
            shop.boss(),
            List.of(shop.database),
            view.formatted("CURRENT_USER") + "DROP VIEW mine;");
    assertThat(own.error()).isEmpty();
  }

  @Test
  void theServersLoadGeneratorRuns() throws Exception {
    Optional<String> slap = program("slap", "mysqlslap");
    Assumptions.assumeTrue(slap.isPresent(), "skipped: mariadb-slap is not installed");
    List<String> options =
        List.of(
            "--auto-generate-sql",
            "--concurrency=4",
            "--number-of-queries=100",
            "--create-schema=dump_slap");
    CommandLine.Run run = CommandLine.run(slap.orElseThrow(), shop.boss(), options, "");
    assertThat(run.code()).as(run.error()).isZero();
    assertThat(run.output()).contains("Number of clients running queries: 4");
    CommandLine.Run refused = CommandLine.run(slap.orElseThrow(), shop.joe(), options, "");
    assertThat(refused.code()).isNotZero();
    assertThat(refused.error()).containsPattern("denied|refuses");
  }

  @Test
  void sysbenchPreparesRunsAndCleansUp() throws Exception {
    Assumptions.assumeTrue(
        CommandLine.installed("sysbench").isPresent(), "skipped: sysbench is not installed");
    for (String command : List.of("prepare", "run", "cleanup")) {
      CommandLine.Run run = sysbench(shop.boss(), command);
      assertThat(run.code()).as(command + ": " + run.output()).isZero();
    }
    CommandLine.Run refused = sysbench(shop.joe(), "prepare");
    assertThat(refused.output()).contains("CREATE").contains("denied");
  }

  private CommandLine.Run sysbench(Endpoint who, String command) throws Exception {
    return CommandLine.execute(
        List.of(
            "sysbench",
            "oltp_read_write",
            "--db-driver=mysql",
            "--mysql-host=" + who.host(),
            "--mysql-port=" + who.port(),
            "--mysql-user=" + who.user(),
            "--mysql-password=" + who.password(),
            "--mysql-db=" + shop.database,
            "--table-size=200",
            "--events=20",
            command),
        Map.of(),
        "");
  }
}
