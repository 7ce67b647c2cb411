package io.portcullis.it.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portcullis.it.harness.BackendExtension;
import io.portcullis.it.harness.Endpoint;
import io.portcullis.it.harness.TestBackend;
import jakarta.persistence.CascadeType;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.OneToMany;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.Configuration;
import org.hibernate.dialect.MariaDBDialect;
import org.hibernate.exception.SQLGrammarException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Hibernate makes, checks and changes a schema, and works with it, with either driver. */
@ExtendWith(BackendExtension.class)
final class HibernateIT {

  private final TestBackend backend;

  HibernateIT(TestBackend backend) {
    this.backend = backend;
  }

  /** An entity with a version and a list. */
  @Entity(name = "Customer")
  @Table(name = "customers")
  static class Customer {
    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    @Nullable Long id;

    @Version int version;

    @Column(length = 50, unique = true)
    @Nullable String name;

    @OneToMany(mappedBy = "customer", cascade = CascadeType.ALL)
    List<Purchase> purchases = new ArrayList<>();

    protected Customer() {}

    Customer(String name) {
      this.name = name;
    }
  }

  /** What it lists. */
  @Entity(name = "Purchase")
  @Table(name = "purchases")
  static class Purchase {
    @Id
    @GeneratedValue(strategy = GenerationType.TABLE)
    @Nullable Long id;

    @Column(precision = 8, scale = 2)
    @Nullable BigDecimal total;

    @ManyToOne @Nullable Customer customer;

    protected Purchase() {}

    Purchase(Customer customer, String total) {
      this.customer = customer;
      this.total = new BigDecimal(total);
    }
  }

  private static SessionFactory factory(Shop shop, Endpoint who, String scheme, String schema)
      throws SQLException {
    Configuration configuration = new Configuration();
    if (scheme.equals("jdbc:mysql") && shop.isMariaDb()) {
      // Straight, too, Connector/J asks a MariaDB for key words by a column that it does not have.
      configuration
          .setProperty("hibernate.boot.allow_jdbc_metadata_access", "false")
          .setProperty("hibernate.dialect", MariaDBDialect.class.getName());
    }
    return configuration
        .addAnnotatedClass(Customer.class)
        .addAnnotatedClass(Purchase.class)
        .setProperty("hibernate.connection.url", shop.url(scheme) + "?allowPublicKeyRetrieval=true")
        .setProperty("hibernate.connection.username", who.user())
        .setProperty("hibernate.connection.password", who.password())
        .setProperty("hibernate.hbm2ddl.auto", schema)
        .buildSessionFactory();
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
    try (Shop shop = Shop.open(backend, "hibernate_it")) {
      try (SessionFactory made = factory(shop, shop.boss(), scheme, "create")) {
        made.inTransaction(
            session -> {
              Customer ada = new Customer("Ada");
              ada.purchases.add(new Purchase(ada, "12.50"));
              ada.purchases.add(new Purchase(ada, "7.50"));
              session.persist(ada);
              session.persist(new Customer("Grace"));
            });
        made.inTransaction(
            session -> {
              Customer grace =
                  session
                      .createSelectionQuery("from Customer where name = :n", Customer.class)
                      .setParameter("n", "Grace")
                      .getSingleResult();
              grace.name = "Grace H.";
            });
        assertThat(
                texts(
                    made,
                    "select c.name || ':' || sum(p.total) from Customer c join c.purchases p group"
                        + " by c.name"))
            .containsExactly("Ada:20.00");
      }
      factory(shop, shop.boss(), scheme, "validate").close();
      factory(shop, shop.boss(), scheme, "update").close();
      shop.administer("GRANT SELECT ON TABLE hibernate_it.customers TO reader");
      try (SessionFactory read = factory(shop, shop.joe(), scheme, "none")) {
        assertThat(texts(read, "select name from Customer order by name"))
            .containsExactly("Ada", "Grace H.");
        assertThatThrownBy(
                () ->
                    read.inSession(
                        session ->
                            session
                                .createSelectionQuery("from Purchase", Purchase.class)
                                .getResultList()))
            .isInstanceOf(SQLGrammarException.class)
            .rootCause()
            .hasMessageContaining("SELECT command denied to user 'joe'");
        assertThatThrownBy(() -> read.inTransaction(session -> session.persist(new Customer("X"))))
            .rootCause()
            .hasMessageContaining("INSERT command denied to user 'joe'");
      }
      try (SessionFactory dropped = factory(shop, shop.boss(), scheme, "drop")) {
        assertThat(dropped.isOpen()).isTrue();
      }
    }
  }

  private static List<String> texts(SessionFactory factory, String query) {
    List<String> found = new ArrayList<>();
    factory.inSession(
        session ->
            found.addAll(
                session
                    .createSelectionQuery(query, String.class)
                    .setMaxResults(5)
                    .getResultList()));
    return found;
  }
}
