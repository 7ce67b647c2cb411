package io.portcullis.proxy.config;

import io.portcullis.privilege.authz.SecondaryRolesMode;

/**
 * Where users, roles and grants are kept, in a schema of the backend, and how roles work.
 *
 * @param poolSize connections of the control path
 * @param secondaryRolesMode what secondary roles are good for
 */
public record CatalogConfig(String schema, int poolSize, SecondaryRolesMode secondaryRolesMode) {
  public static final CatalogConfig DEFAULT =
      new CatalogConfig("portcullis", 4, SecondaryRolesMode.ALL);

  public CatalogConfig {
    Checks.schemaName("schema", schema);
    Checks.range("pool_size", poolSize, 2, 64);
  }

  public CatalogConfig withSchema(String other) {
    return new CatalogConfig(other, poolSize, secondaryRolesMode);
  }

  static CatalogConfig read(Section section) {
    return section.build(
        () ->
            new CatalogConfig(
                section.text("schema", DEFAULT.schema),
                section.integer("pool_size", DEFAULT.poolSize),
                section.choice(
                    "secondary_roles_mode", SecondaryRolesMode.class, DEFAULT.secondaryRolesMode)),
        DEFAULT);
  }
}
