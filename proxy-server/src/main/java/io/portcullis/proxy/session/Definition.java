package io.portcullis.proxy.session;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * DDL underway, from before it is sent until the catalog has followed it. While there is one, the
 * catalog is not compared with the backend, since each may be ahead of the other. Ends once,
 * whoever is first; any thread.
 */
final class Definition {

  private final SessionServices services;
  private final AtomicBoolean ended = new AtomicBoolean();

  private Definition(SessionServices services) {
    this.services = services;
  }

  static Definition begin(SessionServices services) {
    services.objects().defining();
    return new Definition(services);
  }

  /** Catalog and backend agree. */
  void settled() {
    if (ended.compareAndSet(false, true)) {
      services.objects().defined();
    }
  }

  /**
   * It is not known what the backend did, or the catalog could not follow: they are compared soon.
   */
  void lost() {
    if (ended.compareAndSet(false, true)) {
      services.objects().defined();
      services.outcomeUnknown().run();
    }
  }
}
