package io.portcullis.proxy.session;

import java.util.Optional;

/**
 * What a session needs of a backend connection.
 *
 * @param capabilities protocol capabilities negotiated with the client; the connection has those of
 *     them that change the format of responses, as far as the backend offers them
 * @param collation id of the collation the client asked for
 * @param database the current database of the session
 * @param login name of the configured backend login
 */
public record BackendTarget(
    long capabilities, int collation, Optional<String> database, String login) {

  /** Name of the one login of a configuration that names none. */
  public static final String DEFAULT_LOGIN = "default";

  /** Nobody's: a connection with it fails. */
  public static final String NO_LOGIN = "";

  /** A target with the {@linkplain #DEFAULT_LOGIN default login}. */
  public BackendTarget(long capabilities, int collation, Optional<String> database) {
    this(capabilities, collation, database, DEFAULT_LOGIN);
  }
}
