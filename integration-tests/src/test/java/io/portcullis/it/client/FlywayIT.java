package io.portcullis.it.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portcullis.it.harness.BackendExtension;
import io.portcullis.it.harness.Endpoint;
import io.portcullis.it.harness.Sql;
import io.portcullis.it.harness.TestBackend;
import java.sql.Connection;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Flyway migrates, tells, validates, repairs and cleans; a reader may not. */
@ExtendWith(BackendExtension.class)
final class FlywayIT {

  private final TestBackend backend;

  FlywayIT(TestBackend backend) {
    this.backend = backend;
  }

  private static Flyway flyway(Shop shop, Endpoint who, String scheme) {
    return Flyway.configure()
        .dataSource(shop.url(scheme) + "?allowPublicKeyRetrieval=true", who.user(), who.password())
        .locations("classpath:migrations/flyway")
        .cleanDisabled(false)
        .load();
  }

  @Test
  void withConnectorJ() throws Exception {
    works("jdbc:mysql");
  }

  @Test
  void withMariaDbConnectorJ() throws Exception {
    works("jdbc:mariadb");
  }

  private void works(String scheme) throws Exception {
    try (Shop shop = Shop.open(backend, "flyway_it")) {
      Flyway flyway = flyway(shop, shop.boss(), scheme);
      assertThat(flyway.migrate().migrationsExecuted).isEqualTo(3);
      assertThat(flyway.migrate().migrationsExecuted).isZero();
      assertThat(flyway.validateWithResult().validationSuccessful).isTrue();
      assertThat(flyway.info().applied()).hasSize(3);
      flyway.repair();
      try (Connection connection = shop.boss().connect(shop.database)) {
        assertThat(Sql.rows(connection, "SELECT name, total FROM totals"))
            .containsExactly("Ada|20.00");
        assertThat(Sql.value(connection, "SELECT COUNT(*) FROM log")).isEqualTo("2");
      }
      shop.administer("GRANT SELECT ON TABLE flyway_it.customers TO reader");
      Flyway reader = flyway(shop, shop.joe(), scheme);
      // He does not see the history, and cannot make one.
      assertThatThrownBy(reader::migrate).hasMessageContaining("no schema history table");
      assertThatThrownBy(reader::baseline).hasMessageContaining("denied");
      assertThatThrownBy(reader::clean).hasMessageContaining("denied");
      flyway.clean();
      try (Connection connection = shop.boss().connect(shop.database)) {
        assertThat(Sql.rows(connection, "SHOW TABLES")).isEmpty();
      }
    }
  }
}
