package io.portcullis.proxy.config;

import java.time.Duration;

/**
 * How clients log in.
 *
 * @param defaultPlugin the plugin the greeting announces
 * @param nativePassword whether mysql_native_password is permitted; without it no SHA-1 verifiers
 *     are stored for new passwords
 * @param loginTimeout from connect to the end of the login
 */
public record AuthenticationConfig(
    AuthenticationPlugin defaultPlugin, boolean nativePassword, Duration loginTimeout) {
  public static final AuthenticationConfig DEFAULT =
      new AuthenticationConfig(
          AuthenticationPlugin.CACHING_SHA2_PASSWORD, true, Duration.ofSeconds(10));

  public AuthenticationConfig {
    if (defaultPlugin == AuthenticationPlugin.MYSQL_NATIVE_PASSWORD && !nativePassword) {
      throw new IllegalArgumentException(
          "default_plugin: mysql_native_password (expected: caching_sha2_password, as"
              + " native_password is false)");
    }
    Checks.duration("login_timeout", loginTimeout, Duration.ofSeconds(1), Duration.ofMinutes(10));
  }

  static AuthenticationConfig read(Section section) {
    return section.build(
        () ->
            new AuthenticationConfig(
                section.choice("default_plugin", AuthenticationPlugin.class, DEFAULT.defaultPlugin),
                section.flag("native_password", DEFAULT.nativePassword),
                section.duration("login_timeout", DEFAULT.loginTimeout)),
        DEFAULT);
  }
}
