package io.portcullis.proxy.server;

import io.portcullis.proxy.config.PortcullisConfig;
import io.portcullis.sql.analysis.BlindAnalyzer;

/** A gate whose first wall is down. */
public final class BlindGate {

  private BlindGate() {}

  public static PortcullisServer start(PortcullisConfig config) throws StartException {
    return PortcullisServer.start(config, BlindAnalyzer.create());
  }
}
