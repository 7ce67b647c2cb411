package io.portcullis.proxy.backend;

import io.portcullis.proxy.session.BackendIdentity;
import io.portcullis.proxy.wire.AuthData;
import java.util.Optional;

/** Who the gate is at one backend, for the sessions that use it. */
public interface BackendLogins {

  /**
   * A login.
   *
   * @param user its name at the backend
   */
  record Login(String user, AuthData password) {}

  /**
   * The login of whoever it is; empty when there is none any more, or its password cannot be read.
   * Any thread; does not block.
   */
  Optional<Login> of(BackendIdentity identity);
}
