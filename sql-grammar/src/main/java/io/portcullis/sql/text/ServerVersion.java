package io.portcullis.sql.text;

/**
 * Flavour and version of a backend, as far as they change how text is read.
 *
 * @param number major * 10000 + minor * 100 + patch, the form executable comments use: 80406,
 *     110405
 * @param text what the server calls itself, without MariaDB's {@code 5.5.5-} replication prefix
 */
public record ServerVersion(ServerFlavour flavour, int number, String text) {

  private static final String REPLICATION_PREFIX = "5.5.5-";

  /**
   * Reads {@code @@version}: {@code 8.4.6}, {@code 11.4.5-MariaDB}, {@code
   * 5.5.5-10.11.6-MariaDB-1}.
   */
  public static ServerVersion parse(String version) {
    boolean mariadb = version.toLowerCase(java.util.Locale.ROOT).contains("mariadb");
    String text =
        mariadb && version.startsWith(REPLICATION_PREFIX)
            ? version.substring(REPLICATION_PREFIX.length())
            : version;
    int[] parts = new int[3];
    int part = 0;
    int digits = 0;
    for (int i = 0; i < text.length() && part < parts.length; i++) {
      char c = text.charAt(i);
      if (c >= '0' && c <= '9' && digits < 4) {
        parts[part] = parts[part] * 10 + (c - '0');
        digits++;
      } else if (c == '.' && digits > 0) {
        part++;
        digits = 0;
      } else {
        break;
      }
    }
    if (parts[0] == 0) {
      throw new IllegalArgumentException("server version: " + version + " (expected: N.N.N...)");
    }
    return new ServerVersion(
        mariadb ? ServerFlavour.MARIADB : ServerFlavour.MYSQL,
        parts[0] * 10000 + parts[1] * 100 + parts[2],
        text);
  }

  public boolean isMariaDb() {
    return flavour == ServerFlavour.MARIADB;
  }
}
