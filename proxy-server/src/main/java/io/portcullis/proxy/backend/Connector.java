package io.portcullis.proxy.backend;

import io.netty.channel.EventLoop;
import io.portcullis.sql.text.SqlError;

/** Opens connections to the backend and logs in. */
interface Connector {

  /** Told once, on the loop. */
  interface Listener {
    /** The connection is in the command phase and idle. */
    void connected(BackendChannel channel);

    void failed(SqlError error);
  }

  /**
   * Connects on that loop, with the capabilities of the key.
   *
   * @param closeListener told when a connection given to the listener is closed
   */
  void connect(
      EventLoop loop, PoolKey key, BackendChannel.CloseListener closeListener, Listener listener);

  /** The backend as texts name it: host and port. */
  String address();
}
