package io.portcullis.proxy.session;

import io.portcullis.sql.text.SqlError;
import java.util.Optional;

/**
 * The backends of the configuration. A session is bound to the one of its account when it has
 * logged in: how text is read there, what exists there and who answers is that backend's from then
 * on. Thread safe.
 */
public interface SessionBackends {

  /**
   * A backend that sessions can be bound to, or why they cannot now.
   *
   * @param services what the sessions there share; empty while it is not known what server it is
   */
  record Found(Optional<SessionServices> services, Optional<SqlError> error) {
    public static Found of(SessionServices services) {
      return new Found(Optional.of(services), Optional.empty());
    }

    public static Found not(SqlError error) {
      return new Found(Optional.empty(), Optional.of(error));
    }
  }

  /** Does not block; a backend that is not known yet is asked after this. */
  Found of(String name);

  /**
   * Whether each of them is known to be a MariaDB: only then may clients be promised, before it is
   * known who they are, what no other server does.
   */
  boolean areMariaDb();

  /** Whether each of them is known to be a MySQL that takes query attributes, likewise. */
  boolean takeQueryAttributes();
}
