package io.portcullis.privilege.dcl;

import io.portcullis.privilege.authz.NameSpace;
import io.portcullis.privilege.catalog.CatalogState;
import io.portcullis.privilege.model.Database;
import io.portcullis.privilege.model.DatabaseId;
import io.portcullis.privilege.model.Grant;
import io.portcullis.privilege.model.GrantLevel;
import io.portcullis.privilege.model.PrivilegeType;
import io.portcullis.privilege.model.Relation;
import io.portcullis.privilege.model.RelationId;
import io.portcullis.privilege.model.Role;
import io.portcullis.privilege.model.User;
import io.portcullis.privilege.model.UserSecurity;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Grants as statements that can be executed (PM 5.5 [R]); every name quoted. */
final class Texts {

  private Texts() {}

  static String identifier(String name) {
    return "`" + name.replace("`", "``") + "`";
  }

  static String grantRoles(Collection<String> roles, String grantee, boolean grantOption) {
    return "GRANT "
        + roles.stream().map(Texts::identifier).collect(Collectors.joining(","))
        + " TO "
        + identifier(grantee)
        + option(grantOption);
  }

  static String grant(CatalogState state, Grant grant, Role role) {
    return grant(state, grant, columns(grant.level()), role);
  }

  /**
   * @param columns of a grant on columns, the one of the value and others that are held alike
   */
  static String grant(CatalogState state, Grant grant, List<String> columns, Role role) {
    return "GRANT "
        + privilege(grant.privilege(), columns)
        + " ON "
        + level(state, grant.level())
        + " TO "
        + owner(state, role)
            .map(user -> "USER " + identifier(user.name()))
            .orElseGet(() -> "ROLE " + identifier(role.name()))
        + option(grant.grantOption());
  }

  /** For messages: what is granted to a user directly is not shown as a role's. */
  static String grantee(CatalogState state, Role role) {
    return owner(state, role)
        .map(user -> "the user " + user.name())
        .orElseGet(() -> "the role " + role.name());
  }

  /** For listings: a private role is named by its user. */
  static String named(CatalogState state, Role role) {
    return owner(state, role).map(user -> "USER " + identifier(user.name())).orElseGet(role::name);
  }

  private static Optional<User> owner(CatalogState state, Role role) {
    return role.privateTo().flatMap(state::user);
  }

  /**
   * A statement with a password of its own to be shown.
   *
   * @param defaultRoles quoted
   */
  static String createUser(User user, Optional<String> defaultRoles) {
    return "CREATE USER "
        + identifier(user.name())
        + "@"
        + identifier(user.host())
        + " IDENTIFIED BY RANDOM PASSWORD"
        + defaultRoles.map(roles -> " DEFAULT ROLE " + roles).orElse("")
        + options(user.security())
        + (user.locked() ? " ACCOUNT LOCK" + lock(user.security()) : "")
        + UserAttributes.text(user).map(json -> " ATTRIBUTE " + literal(json)).orElse("");
  }

  private static String options(UserSecurity security) {
    StringBuilder out = new StringBuilder();
    if (security.mustChange()) {
      out.append(" PASSWORD EXPIRE");
    } else {
      security
          .lifetimeDays()
          .ifPresent(
              days ->
                  out.append(
                      days == 0
                          ? " PASSWORD EXPIRE NEVER"
                          : " PASSWORD EXPIRE INTERVAL " + days + " DAY"));
    }
    security.history().ifPresent(count -> out.append(" PASSWORD HISTORY ").append(count));
    security
        .reuseDays()
        .ifPresent(days -> out.append(" PASSWORD REUSE INTERVAL ").append(days).append(" DAY"));
    security
        .requireCurrent()
        .ifPresent(
            required ->
                out.append(" PASSWORD REQUIRE CURRENT").append(required ? "" : " OPTIONAL"));
    security
        .limit()
        .ifPresent(
            limit ->
                out.append(" FAILED_LOGIN_ATTEMPTS ")
                    .append(limit.attempts())
                    .append(" PASSWORD_LOCK_TIME ")
                    .append(
                        limit.days() == UserSecurity.LoginLimit.UNBOUNDED
                            ? "UNBOUNDED"
                            : String.valueOf(limit.days())));
    return out.toString();
  }

  /** Of a lock that ends by itself, what was said when it began. */
  private static String lock(UserSecurity security) {
    if (security.lock().isEmpty()) {
      return "";
    }
    UserSecurity.Lock lock = security.lock().get();
    return lock.reason().map(reason -> " REASON " + literal(reason)).orElse("")
        + lock.until()
            .map(
                until ->
                    " FOR "
                        + Math.max(1, Duration.between(lock.since(), until).toMinutes())
                        + " MINUTE")
            .orElse("");
  }

  /** For an sql_mode in which a backslash escapes, as it does by default. */
  private static String literal(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'";
  }

  /** {@code SELECT}, or {@code SELECT (`a`)} on a column. */
  static String privilege(PrivilegeType privilege, GrantLevel level) {
    return privilege(privilege, columns(level));
  }

  private static String privilege(PrivilegeType privilege, List<String> columns) {
    return columns.isEmpty()
        ? privilege.sqlName()
        : privilege.sqlName()
            + columns.stream().map(Texts::identifier).collect(Collectors.joining(", ", " (", ")"));
  }

  private static List<String> columns(GrantLevel level) {
    return level instanceof GrantLevel.OnColumn one ? List.of(one.column()) : List.of();
  }

  /** Object type and level: {@code TABLE `d`.`t`}, for a column as well. */
  static String level(CatalogState state, GrantLevel level) {
    if (level instanceof GrantLevel.OnAccount) {
      return "ACCOUNT *";
    } else if (level instanceof GrantLevel.OnEveryDatabase) {
      return "DATABASE *";
    } else if (level instanceof GrantLevel.OnDatabase one) {
      return "DATABASE " + database(state, one.database());
    } else if (level instanceof GrantLevel.OnEveryRelation every) {
      return every.kind() + " *.*";
    } else if (level instanceof GrantLevel.OnRelationsOf all) {
      return all.kind() + " " + database(state, all.database()) + ".*";
    } else if (level instanceof GrantLevel.OnRelation one) {
      return one.kind() + " " + relation(state, one.relation());
    } else if (level instanceof GrantLevel.OnColumn one) {
      return one.kind() + " " + relation(state, one.relation());
    }
    throw new AssertionError(level);
  }

  private static String option(boolean grantOption) {
    return grantOption ? " WITH GRANT OPTION" : "";
  }

  private static String database(CatalogState state, DatabaseId id) {
    Database database =
        state.database(id).orElseThrow(() -> new IllegalStateException("no database " + id));
    return identifier(NameSpace.of(database.account(), state, "").logical(database.name()));
  }

  private static String relation(CatalogState state, RelationId id) {
    Relation relation =
        state.relation(id).orElseThrow(() -> new IllegalStateException("no relation " + id));
    return database(state, relation.database()) + "." + identifier(relation.name());
  }
}
