package io.portcullis.proxy.session;

import io.portcullis.sql.text.SqlError;

/** Receives the outcome of {@link BackendSource#acquire}: one call, on the session's event loop. */
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
}
