package io.portcullis.proxy.session;

/** Supplies backend connections that live on the event loop of one session. */
@FunctionalInterface
public interface BackendSource {

  /**
   * Leases a connection in the state the target describes. Called on the event loop; the listener
   * is called there too, exactly once, never before this method has returned.
   */
  void acquire(BackendTarget target, AcquireListener listener);
}
