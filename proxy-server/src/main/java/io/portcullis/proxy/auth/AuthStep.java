package io.portcullis.proxy.auth;

import io.netty.buffer.ByteBuf;
import io.portcullis.sql.text.SqlError;
import java.util.Optional;
import java.util.concurrent.Callable;

/** What to do next in a login. Payloads are without packet headers; the receiver owns them. */
public sealed interface AuthStep {

  /** Send this; the peer's next packet goes to {@code next}. */
  record Send(ByteBuf payload) implements AuthStep {}

  /**
   * Run this away from the event loop, since it takes milliseconds, and continue with its result on
   * the loop. It wipes the password it holds, whatever happens; it is run exactly once, or dropped
   * through {@link #abandon}.
   */
  record Compute(Callable<AuthStep> work, Runnable wipe) implements AuthStep {
    /** Wipes the password when the work will not be run: the executor is full, the peer is gone. */
    public void abandon() {
      wipe.run();
    }
  }

  /** The peer is who it says; {@code payload} goes out before the OK packet. */
  record Authenticated(Optional<ByteBuf> payload) implements AuthStep {}

  /** Send the error and close. */
  record Rejected(SqlError error) implements AuthStep {}
}
