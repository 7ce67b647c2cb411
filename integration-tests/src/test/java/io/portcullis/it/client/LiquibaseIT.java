package io.portcullis.it.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portcullis.it.harness.BackendExtension;
import io.portcullis.it.harness.Endpoint;
import io.portcullis.it.harness.Sql;
import io.portcullis.it.harness.TestBackend;
import java.sql.Connection;
import java.util.Map;
import liquibase.Contexts;
import liquibase.Liquibase;
import liquibase.database.Database;
import liquibase.database.DatabaseFactory;
import liquibase.database.jvm.JdbcConnection;
import liquibase.diff.DiffResult;
import liquibase.diff.compare.CompareControl;
import liquibase.resource.ClassLoaderResourceAccessor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Liquibase updates, rolls back and compares; a reader may not change anything. */
@ExtendWith(BackendExtension.class)
final class LiquibaseIT {

  private final TestBackend backend;

  LiquibaseIT(TestBackend backend) {
    this.backend = backend;
  }

  @Test
  void updatesRollsBackAndCompares() throws Exception {
    try (Shop shop = Shop.open(backend, "liquibase_it")) {
      shop.administer("CREATE DATABASE liquibase_copy");
      try (Connection connection = connect(shop.boss(), shop.database);
          Connection copy = connect(shop.boss(), "liquibase_copy")) {
        Liquibase liquibase = liquibase(connection);
        liquibase.update(new Contexts());
        liquibase.update(new Contexts());
        assertThat(Sql.rows(connection, "SELECT name, note FROM customers"))
            .containsExactly("Ada|null");
        Liquibase other = liquibase(copy);
        other.update(2, "");
        DiffResult same =
            liquibase.diff(liquibase.getDatabase(), other.getDatabase(), CompareControl.STANDARD);
        assertThat(same.getMissingObjects()).isEmpty();
        assertThat(same.getUnexpectedObjects()).isEmpty();
        liquibase.rollback(2, "");
        assertThat(Sql.rows(connection, "SHOW TABLES LIKE 'totals'")).isEmpty();
        DiffResult different =
            liquibase.diff(liquibase.getDatabase(), other.getDatabase(), CompareControl.STANDARD);
        assertThat(different.getUnexpectedObjects()).isNotEmpty();
      }
      shop.administer("GRANT SELECT ON TABLE liquibase_it.customers TO reader");
      try (Connection connection = connect(shop.joe(), shop.database)) {
        assertThatThrownBy(() -> liquibase(connection).update(new Contexts()))
            .rootCause()
            .hasMessageContaining("denied");
      }
    }
  }

  private static Connection connect(Endpoint who, String database) throws Exception {
    return who.connectMariaDb(database, Map.of());
  }

  private static Liquibase liquibase(Connection connection) throws Exception {
    Database database =
        DatabaseFactory.getInstance()
            .findCorrectDatabaseImplementation(new JdbcConnection(connection));
    return new Liquibase(
        "migrations/liquibase/changelog.xml", new ClassLoaderResourceAccessor(), database);
  }
}
