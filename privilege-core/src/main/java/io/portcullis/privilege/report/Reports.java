package io.portcullis.privilege.report;

import io.portcullis.privilege.authz.ActiveSubject;
import io.portcullis.privilege.authz.Authorizer;
import io.portcullis.privilege.model.RoleId;
import io.portcullis.privilege.model.UserId;
import io.portcullis.privilege.store.LastLogin;
import io.portcullis.privilege.store.LoginFailures;
import io.portcullis.privilege.store.Provenance;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The rows of a {@link ReportTable} as one subject sees them at one moment (PM 8.2). Cost: one pass
 * over what the table is about, whoever asks. Any thread; not for an event loop.
 *
 * @param subject resolved against the snapshot that is shown
 * @param logins when and from where users have logged in last
 * @param failures logins that were refused
 * @param sessions those there are at this gate
 * @param provenance who granted what and when, as far as the tables tell it
 */
public record Reports(
    ActiveSubject subject,
    Authorizer authorizer,
    Map<UserId, LastLogin> logins,
    LoginFailures failures,
    List<SessionRow> sessions,
    Provenance provenance) {

  /**
   * The roles of which the tables show grants, for who does not see all of them.
   *
   * @return empty: all
   */
  public static Optional<Set<RoleId>> rolesShown(
      ActiveSubject subject, Authorizer authorizer, Set<ReportTable> tables) {
    Set<RoleId> roles = new HashSet<>();
    for (ReportTable table : tables) {
      Sight sight = Sight.of(subject, table, authorizer);
      if (sight.everybody()) {
        return Optional.empty();
      }
      subject.snapshot().state().holders().stream()
          .filter(sight::sees)
          .forEach(role -> roles.add(role.id()));
    }
    return Optional.of(roles);
  }

  /**
   * What the subject sees of the table. Empty when it would be longer than the limit.
   *
   * @param limit in characters
   */
  public Optional<ReportRows> rows(ReportTable table, int limit) {
    JsonRows out = new JsonRows(limit);
    boolean lookedUp = false;
    if (subject.unusable().isEmpty()) {
      Sight sight = Sight.of(subject, table, authorizer);
      switch (table) {
        case MO_ACCOUNT,
            MO_USER_MAPPING,
            MO_USER,
            MO_ROLE,
            MO_USER_GRANT,
            MO_ROLE_GRANT,
            MO_ROLE_RULE,
            MO_ROLE_RESTRICTION,
            MO_MYSQL_COMPATIBILITY_MODE,
            MO_VARIABLES,
            MO_USER_DEFINED_FUNCTION,
            MO_STORED_PROCEDURE,
            MO_DATABASE,
            MO_TABLES,
            MO_COLUMNS,
            MO_SESSIONS,
            USER_ATTRIBUTES ->
            lookedUp =
                new CatalogRows(subject, sight, failures, provenance, authorizer, out)
                    .write(table, logins, sessions);
        case MO_ROLE_PRIVS,
            MO_EFFECTIVE_PRIVS,
            USER_PRIVILEGES,
            SCHEMA_PRIVILEGES,
            TABLE_PRIVILEGES,
            COLUMN_PRIVILEGES,
            ROLE_TABLE_GRANTS ->
            new PrivilegeRows(subject, sight, provenance, out).write(table);
        case APPLICABLE_ROLES, ADMINISTRABLE_ROLE_AUTHORIZATIONS, ENABLED_ROLES ->
            new RoleRows(subject, out).write(table);
      }
    }
    return out.isFull() ? Optional.empty() : Optional.of(new ReportRows(out.bytes(), lookedUp));
  }
}
