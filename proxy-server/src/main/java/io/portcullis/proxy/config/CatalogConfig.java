package io.portcullis.proxy.config;

/**
 * Where users, roles and grants are kept: in a schema of the backend.
 *
 * @param poolSize connections of the control path
 */
public record CatalogConfig(String schema, int poolSize) {
  public static final CatalogConfig DEFAULT = new CatalogConfig("portcullis", 4);

  public CatalogConfig {
    Checks.schemaName("schema", schema);
    Checks.range("pool_size", poolSize, 2, 64);
  }

  static CatalogConfig read(Section section) {
    return section.build(
        () ->
            new CatalogConfig(
                section.text("schema", DEFAULT.schema),
                section.integer("pool_size", DEFAULT.poolSize)),
        DEFAULT);
  }
}
