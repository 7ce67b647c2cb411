package io.portcullis.proxy.config;

import java.util.Locale;

/** The login plugins clients may use, by the names the protocol gives them. */
public enum AuthenticationPlugin {
  CACHING_SHA2_PASSWORD,
  MYSQL_NATIVE_PASSWORD;

  public String pluginName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
