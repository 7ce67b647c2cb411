package io.portcullis.privilege.dcl;

import io.portcullis.privilege.model.Names;
import io.portcullis.privilege.model.User;
import io.portcullis.sql.access.RelationKind;
import io.portcullis.sql.statement.AccessControlStatement.UserName;
import io.portcullis.sql.text.ErrorCode;
import io.portcullis.sql.text.SqlError;
import java.util.Optional;

/** Refusals that several statements share (PM 7.6). */
final class Refusals {

  /** The host kept for a user that is made without one (PM 1.2). */
  static final String DEFAULT_HOST = "localhost";

  private static final String NOT_IN_NAMES = ":#`'\"";

  private Refusals() {}

  /** {@code 'u'@'h'}, as MySQL's error texts write it. */
  static String quoted(UserName user) {
    return "'" + user.name() + "'@'" + host(user) + "'";
  }

  static String quoted(User user) {
    return "'" + user.name() + "'@'" + user.host() + "'";
  }

  static String quoted(String role) {
    return "'" + role + "'";
  }

  static String host(UserName user) {
    return user.host().filter(host -> !host.equals("%")).orElse(DEFAULT_HOST);
  }

  static SqlError cannot(String operation, String whom, String why) {
    return ErrorCode.ER_CANNOT_USER.error(operation, whom, why);
  }

  static SqlError unknownRole(String role) {
    return ErrorCode.ER_UNKNOWN_AUTHID.error(quoted(role) + ": there is no role " + role);
  }

  static SqlError unknownUser(String user) {
    return ErrorCode.ER_UNKNOWN_AUTHID.error(quoted(user) + ": there is no user " + user);
  }

  static SqlError notGranted(String role, String user) {
    return ErrorCode.ER_ROLE_NOT_GRANTED.error(
        "the role " + role + " has not been granted to the user " + user);
  }

  static SqlError predefinedRole(String text) {
    return ErrorCode.ER_MANDATORY_ROLE.error(text);
  }

  /** Of a table that is no view, or the other way round. */
  static SqlError wrongKind(String database, String relation, RelationKind wanted) {
    return ErrorCode.ER_WRONG_OBJECT.error(
        database,
        relation,
        switch (wanted) {
          case TABLE -> "BASE TABLE";
          case VIEW -> "VIEW";
          case FUNCTION -> "FUNCTION";
          case PROCEDURE -> "PROCEDURE";
          case TRIGGER -> "TRIGGER";
          case EVENT -> "EVENT";
        });
  }

  /** Of a user or role that is made or renamed (PM 1.2). */
  static Optional<SqlError> name(String operation, String name, int maxLength) {
    if (name.codePointCount(0, name.length()) > maxLength) {
      return Optional.of(
          ErrorCode.ER_WRONG_STRING_LENGTH.error(
              name, maxLength == Names.MAX_USER_LENGTH ? "user name" : "role name", maxLength));
    }
    if (name.isBlank() || !name.chars().allMatch(Refusals::isLegal)) {
      return Optional.of(cannot(operation, quoted(name), "the name \"" + name + "\" is invalid"));
    }
    return Optional.empty();
  }

  private static boolean isLegal(int c) {
    return NOT_IN_NAMES.indexOf(c) < 0
        && !Character.isWhitespace(c)
        && !Character.isSpaceChar(c)
        && !Character.isISOControl(c);
  }
}
