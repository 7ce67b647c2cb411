package io.portcullis.proxy.config;

import io.portcullis.privilege.authz.SecondaryRolesMode;
import io.portcullis.privilege.credential.SecretKey;
import java.security.SecureRandom;
import java.util.Optional;

/**
 * Where accounts, users, roles and grants are kept, in a schema of the backend, and how roles work.
 *
 * @param poolSize connections of the control path
 * @param secondaryRolesMode what secondary roles are good for where an account has not set it
 * @param secretKey seals the passwords of the accounts' backend logins: {@value SecretKey#LENGTH}
 *     bytes in Base64; without it no account can be made
 */
public record CatalogConfig(
    String schema,
    int poolSize,
    SecondaryRolesMode secondaryRolesMode,
    Optional<Secret> secretKey) {
  public static final CatalogConfig DEFAULT =
      new CatalogConfig("portcullis", 4, SecondaryRolesMode.ALL, Optional.empty());

  public CatalogConfig {
    Checks.schemaName("schema", schema);
    Checks.range("pool_size", poolSize, 2, 64);
    secretKey.ifPresent(CatalogConfig::check);
  }

  private static void check(Secret key) {
    try {
      SecretKey.of(key.reveal(), new SecureRandom());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "secret_key: no key (expected: " + SecretKey.LENGTH + " random bytes in Base64)", e);
    }
  }

  public CatalogConfig withSchema(String other) {
    return new CatalogConfig(other, poolSize, secondaryRolesMode, secretKey);
  }

  public CatalogConfig withSecretKey(Secret other) {
    return new CatalogConfig(schema, poolSize, secondaryRolesMode, Optional.of(other));
  }

  static CatalogConfig read(Section section) {
    return section.build(
        () ->
            new CatalogConfig(
                section.text("schema", DEFAULT.schema),
                section.integer("pool_size", DEFAULT.poolSize),
                section.choice(
                    "secondary_roles_mode", SecondaryRolesMode.class, DEFAULT.secondaryRolesMode),
                section.secret("secret_key")),
        DEFAULT);
  }
}
