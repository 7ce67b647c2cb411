package io.portcullis.proxy.config;

/**
 * Sizes of the caches, in entries.
 *
 * @param analyses analysed statements
 * @param logins users whose last good login is remembered for the fast path of
 *     caching_sha2_password
 */
public record CacheConfig(int analyses, int logins) {
  public static final CacheConfig DEFAULT = new CacheConfig(10_000, 10_000);

  public CacheConfig {
    Checks.range("analyses", analyses, 100, 10_000_000);
    Checks.range("logins", logins, 0, 10_000_000);
  }

  static CacheConfig read(Section section) {
    return section.build(
        () ->
            new CacheConfig(
                section.integer("analyses", DEFAULT.analyses),
                section.integer("logins", DEFAULT.logins)),
        DEFAULT);
  }
}
