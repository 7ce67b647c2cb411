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
        + (user.locked() ? " ACCOUNT LOCK" : "")
        + UserAttributes.text(user).map(json -> " ATTRIBUTE " + literal(json)).orElse("");
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
