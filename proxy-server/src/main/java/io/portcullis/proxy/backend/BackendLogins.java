package io.portcullis.proxy.backend;

import io.portcullis.proxy.wire.AuthData;
import java.util.Optional;

/** Who the gate is at the backend: one login for account sys, one for every other account. */
public interface BackendLogins {

  /**
   * A login.
   *
   * @param user its name at the backend
   */
  record Login(String user, AuthData password) {}

  /**
   * The login of that name; empty when there is none any more, or its password cannot be read. Any
   * thread; does not block.
   */
  Optional<Login> of(String name);
}
