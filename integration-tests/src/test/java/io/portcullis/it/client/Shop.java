package io.portcullis.it.client;

import io.portcullis.it.harness.Endpoint;
import io.portcullis.it.harness.Sql;
import io.portcullis.it.harness.TestBackend;
import io.portcullis.it.harness.TestGate;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * A gate with a tenant: an account whose administrator has a database of his own, and a user there
 * who may SELECT one table of it.
 */
final class Shop implements AutoCloseable {

  private final TestGate gate;
  private final String account;
  final String database;

  private Shop(TestGate gate, String account, String database) {
    this.gate = gate;
    this.account = account;
    this.database = database;
  }

  /** With an empty database of that name. */
  static Shop open(TestBackend backend, String name) throws SQLException {
    Shop shop = new Shop(TestGate.start(backend), "acc_" + name, name);
    shop.gate.administer(
        "CREATE ACCOUNT " + shop.account + " ADMIN_NAME 'boss' IDENTIFIED BY 'Boss-Secret-1'");
    shop.administer(
        "CREATE DATABASE " + name,
        "CREATE ROLE reader",
        "GRANT CONNECT ON ACCOUNT * TO reader",
        "CREATE USER joe IDENTIFIED BY 'Joes-Secret-1' DEFAULT ROLE reader");
    return shop;
  }

  /** The tenant's administrator. */
  Endpoint boss() {
    return gate.user(account + ":boss", "Boss-Secret-1");
  }

  /** Who may do what {@link #administer} granted to the role {@code reader}. */
  Endpoint joe() {
    return gate.user(account + ":joe", "Joes-Secret-1");
  }

  void administer(String... statements) throws SQLException {
    try (Connection connection = boss().connect()) {
      Sql.run(connection, statements);
    }
  }

  /** Whether the server is a MariaDB, as its version says. */
  boolean isMariaDb() throws SQLException {
    return boss().isMariaDb();
  }

  String url(String scheme) {
    return scheme + "://127.0.0.1:" + gate.port() + "/" + database;
  }

  @Override
  public void close() throws SQLException {
    gate.administer("DROP ACCOUNT " + account);
    gate.close();
  }
}
