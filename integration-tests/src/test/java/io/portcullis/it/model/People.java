package io.portcullis.it.model;

import io.portcullis.it.harness.TestGate;
import java.sql.SQLException;

/** Makes roles and users at a gate, each with a name of its own. */
final class People {

  static final String PASSWORD = "Some-one-1";

  private static final String WITH_OPTION = " WITH GRANT OPTION";

  private final TestGate gate;
  private int made;

  People(TestGate gate) {
    this.gate = gate;
  }

  /** A new role with these grants (without {@code TO role}). */
  String role(String... grants) throws SQLException {
    String role = "r" + ++made;
    gate.administer("CREATE ROLE " + role);
    for (String grant : grants) {
      int option = grant.indexOf(WITH_OPTION);
      gate.administer(
          option < 0
              ? "GRANT " + grant + " TO " + role
              : "GRANT " + grant.substring(0, option) + " TO " + role + WITH_OPTION);
    }
    return role;
  }

  /** A new user who has this role, and has it active. */
  String user(String role) throws SQLException {
    String user = "u" + ++made;
    gate.administer(
        "CREATE USER " + user + " IDENTIFIED BY '" + PASSWORD + "' DEFAULT ROLE " + role);
    return user;
  }

  /** The same, logged in. */
  Person person(String role) throws SQLException {
    return Person.at(gate.user(user(role), PASSWORD));
  }

  /** Somebody with a role of his own that holds these grants. */
  Person with(String... grants) throws SQLException {
    return person(role(grants));
  }
}
