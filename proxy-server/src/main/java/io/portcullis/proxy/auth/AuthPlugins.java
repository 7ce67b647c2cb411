package io.portcullis.proxy.auth;

/** The authentication plugins spoken here, by their names on the wire. */
public final class AuthPlugins {
  public static final String CACHING_SHA2_PASSWORD = "caching_sha2_password";
  public static final String MYSQL_NATIVE_PASSWORD = "mysql_native_password";

  private AuthPlugins() {}
}
