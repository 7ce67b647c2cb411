package io.portcullis.proxy.config;

import java.util.Optional;

/**
 * The first administrator, made when the catalog holds no user. Afterwards it is an ordinary user
 * and these keys change nothing.
 *
 * @param password empty to have one generated
 */
public record AdministratorConfig(String user, Optional<Secret> password) {
  public static final AdministratorConfig DEFAULT =
      new AdministratorConfig("root", Optional.empty());

  public AdministratorConfig {
    Checks.notBlank("user", user);
    if (password.filter(Secret::isEmpty).isPresent()) {
      throw new IllegalArgumentException("password: empty (expected: a text)");
    }
  }

  static AdministratorConfig read(Section section) {
    return section.build(
        () ->
            new AdministratorConfig(section.text("user", DEFAULT.user), section.secret("password")),
        DEFAULT);
  }
}
