package io.portcullis.it.harness;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;

/** A place to log in: a server, straight or through the gate, and a login on it. */
public record Endpoint(String name, String host, int port, String user, String password) {

  public Endpoint as(String user, String password) {
    return new Endpoint(name, host, port, user, password);
  }

  public Endpoint at(int port) {
    return new Endpoint(name, host, port, user, password);
  }

  /** A plain Connector/J connection, for what tests do beside the thing they test. */
  public Connection connect() throws SQLException {
    return connect("", Map.of());
  }

  public Connection connect(String database) throws SQLException {
    return connect(database, Map.of());
  }

  public Connection connect(String database, Map<String, String> options) throws SQLException {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("allowPublicKeyRetrieval", "true");
    all.put("sslMode", "PREFERRED");
    all.put("connectTimeout", "20000");
    all.putAll(options);
    return open("jdbc:mysql://" + host + ":" + port + "/" + database, all);
  }

  /** A plain connection of the other driver. */
  public Connection connectMariaDb(String database, Map<String, String> options)
      throws SQLException {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("allowPublicKeyRetrieval", "true");
    all.put("connectTimeout", "20000");
    all.putAll(options);
    return open("jdbc:mariadb://" + host + ":" + port + "/" + database, all);
  }

  /** Whether the server there is a MariaDB; else it is a MySQL. */
  public boolean isMariaDb() throws SQLException {
    try (Connection connection = connect()) {
      return Sql.value(connection, "SELECT VERSION()").contains("MariaDB");
    }
  }

  private Connection open(String url, Map<String, String> options) throws SQLException {
    Properties properties = new Properties();
    properties.putAll(options);
    properties.setProperty("user", user);
    properties.setProperty("password", password);
    return DriverManager.getConnection(url, properties);
  }

  @Override
  public String toString() {
    return name;
  }
}
