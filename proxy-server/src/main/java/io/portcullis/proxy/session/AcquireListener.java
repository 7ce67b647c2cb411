package io.portcullis.proxy.session;

import io.portcullis.sql.text.SqlError;

/**
 * Receives the outcome of {@link BackendSource#acquire}: one call, on the session's event loop; and
 * questions about the connection while it is leased.
 */
public interface AcquireListener {

  /** The connection is leased to this session until it is released or discarded. */
  void acquired(BackendConnection connection, BackendState state);

  /** No connection could be had: unreachable, login refused, none free in time. */
  void failed(SqlError error);

  /**
   * The backend answered the preparation for this session with an error of its own, such as an
   * unknown database. Number and text are the backend's; its connection is not leased.
   */
  void refused(BackendError error);

  /**
   * Another session waits for a connection. On the session's event loop, while the connection is
   * idle.
   *
   * @return false where the session holds something in it; otherwise it gives it back, now or as
   *     soon as it has asked what it has to know
   */
  boolean yield();
}
