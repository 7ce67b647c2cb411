package io.portcullis.proxy.session;

import io.portcullis.privilege.model.Account;
import java.util.List;
import java.util.Optional;

/**
 * What a session needs of a backend connection.
 *
 * @param capabilities protocol capabilities negotiated with the client; the connection has those of
 *     them that change the format of responses, as far as the backend offers them
 * @param collation id of the collation the client asked for
 * @param database the current database of the session
 * @param backend name of the backend in the configuration
 * @param identity who the session is there
 * @param settings statements of the session that set its variables, ASCII, to be said again in this
 *     order
 */
public record BackendTarget(
    long capabilities,
    int collation,
    Optional<String> database,
    String backend,
    BackendIdentity identity,
    List<String> settings) {

  public BackendTarget {
    settings = List.copyOf(settings);
  }

  /** A target on the main backend, with the login of the configuration. */
  public BackendTarget(long capabilities, int collation, Optional<String> database) {
    this(
        capabilities,
        collation,
        database,
        Account.MAIN_BACKEND,
        BackendIdentity.CONFIGURED,
        List.of());
  }
}
