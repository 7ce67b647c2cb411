package io.portcullis.privilege.store;

import java.time.Instant;
import java.util.Optional;

/**
 * A user's newest login.
 *
 * @param host the client's address; empty for a login before addresses were recorded
 */
public record LastLogin(Instant at, Optional<String> host) {

  static LastLogin newer(LastLogin a, LastLogin b) {
    return a.at().isAfter(b.at()) ? a : b;
  }
}
