package io.portcullis.it.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portcullis.it.harness.BackendExtension;
import io.portcullis.it.harness.Endpoint;
import io.portcullis.it.harness.TestBackend;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.ConnectionFactoryOptions;
import io.r2dbc.spi.Option;
import io.r2dbc.spi.R2dbcException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The reactive drivers of both families: text, prepared, batches and transactions. */
@ExtendWith(BackendExtension.class)
final class R2dbcIT {

  private final TestBackend backend;

  R2dbcIT(TestBackend backend) {
    this.backend = backend;
  }

  @Test
  void theOneForMySql() throws Exception {
    works("mysql");
  }

  @Test
  void theOneForMariaDb() throws Exception {
    works("mariadb");
  }

  @Test
  void compressedWithZstandard() throws Exception {
    try (Shop shop = Shop.open(backend, "r2dbc_it")) {
      Connection boss =
          Mono.from(
                  ConnectionFactories.get(
                          options(shop, shop.boss(), "mysql")
                              .option(Option.valueOf("compressionAlgorithms"), "zstd")
                              .build())
                      .create())
              .blockOptional()
              .map(Connection.class::cast)
              .orElseThrow();
      run(boss, "CREATE TABLE shown (s LONGTEXT)");
      String large = "abcdefghij".repeat(300_000);
      Flux.from(boss.createStatement("INSERT INTO shown VALUES (?)").bind(0, large).execute())
          .flatMap(io.r2dbc.spi.Result::getRowsUpdated)
          .blockLast();
      assertThat(texts(boss, "SELECT s FROM shown")).containsExactly(large);
      assertThatThrownBy(() -> run(boss, "SELECT * FROM nothing"))
          .isInstanceOfSatisfying(
              R2dbcException.class, e -> assertThat(e.getErrorCode()).isEqualTo(1146));
      assertThat(texts(boss, "SELECT 'on'")).containsExactly("on");
      Mono.from(boss.close()).block();
    }
  }

  private static List<String> texts(Connection connection, String query) {
    return Flux.from(connection.createStatement(query).execute())
        .flatMap(result -> result.map((row, of) -> String.valueOf(row.get(0))))
        .collectList()
        .blockOptional()
        .orElse(List.of());
  }

  private void works(String driver) throws Exception {
    try (Shop shop = Shop.open(backend, "r2dbc_it")) {
      Connection boss = connect(shop, shop.boss(), driver);
      run(boss, "CREATE TABLE shown (id INT AUTO_INCREMENT PRIMARY KEY, s VARCHAR(40))");
      run(boss, "CREATE TABLE hidden (id INT)");
      Mono.from(boss.beginTransaction()).block();
      long inserted =
          Flux.from(
                  boss.createStatement("INSERT INTO shown (s) VALUES (?)")
                      .bind(0, "one")
                      .add()
                      .bind(0, "zw\u00f6")
                      .execute())
              .flatMap(io.r2dbc.spi.Result::getRowsUpdated)
              .reduce(0L, Long::sum)
              .blockOptional()
              .orElseThrow();
      assertThat(inserted).isEqualTo(2);
      Mono.from(boss.commitTransaction()).block();
      Mono.from(boss.beginTransaction()).block();
      run(boss, "DELETE FROM shown");
      Mono.from(boss.rollbackTransaction()).block();
      Mono.from(boss.close()).block();
      shop.administer("GRANT SELECT ON TABLE r2dbc_it.shown TO reader");
      Connection joe = connect(shop, shop.joe(), driver);
      assertThat(
              Flux.from(
                      joe.createStatement("SELECT s FROM shown WHERE id > ? ORDER BY id")
                          .bind(0, 0)
                          .execute())
                  .flatMap(result -> result.map((row, of) -> String.valueOf(row.get(0))))
                  .collectList()
                  .blockOptional()
                  .orElse(List.of()))
          .containsExactly("one", "zw\u00f6");
      assertThatThrownBy(() -> run(joe, "SELECT * FROM hidden"))
          .isInstanceOfSatisfying(
              R2dbcException.class, e -> assertThat(e.getErrorCode()).isEqualTo(1142));
      assertThatThrownBy(() -> run(joe, "DELETE FROM shown"))
          .isInstanceOfSatisfying(
              R2dbcException.class, e -> assertThat(e.getErrorCode()).isEqualTo(1142));
      Mono.from(joe.close()).block();
    }
  }

  private static Connection connect(Shop shop, Endpoint who, String driver) {
    return Mono.from(ConnectionFactories.get(options(shop, who, driver).build()).create())
        .blockOptional()
        .map(Connection.class::cast)
        .orElseThrow();
  }

  private static ConnectionFactoryOptions.Builder options(Shop shop, Endpoint who, String driver) {
    return ConnectionFactoryOptions.builder()
        .option(ConnectionFactoryOptions.DRIVER, driver)
        .option(ConnectionFactoryOptions.HOST, who.host())
        .option(ConnectionFactoryOptions.PORT, who.port())
        .option(ConnectionFactoryOptions.USER, who.user())
        .option(ConnectionFactoryOptions.PASSWORD, who.password())
        .option(ConnectionFactoryOptions.DATABASE, shop.database)
        .option(Option.valueOf("allowPublicKeyRetrieval"), true);
  }

  private static void run(Connection connection, String sql) {
    Flux.from(connection.createStatement(sql).execute())
        .flatMap(result -> result.map((row, of) -> 1))
        .blockLast();
  }
}
