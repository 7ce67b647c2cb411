package io.portcullis.privilege.model;

/**
 * What is stored of a password: nothing that gives it back. Its {@code toString} shows neither.
 *
 * @param cachingSha2 {@code $A$005$<20 byte salt><43 character SHA-256 crypt>} as MySQL stores it,
 *     the salt being printable ASCII
 * @param nativePassword {@code *} and 40 upper-case hex digits of SHA1(SHA1(password)); empty when
 *     old clients are not served
 */
public record Verifiers(String cachingSha2, String nativePassword) {
  @Override
  public String toString() {
    return "Verifiers[***]";
  }
}
