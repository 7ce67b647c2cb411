package io.portcullis.privilege.store;

import io.portcullis.sql.text.ServerVersion;
import java.util.Map;

/**
 * What a backend says about itself.
 *
 * @param lowerCaseTableNames 0: names of databases and tables are case-sensitive
 * @param collations by the id that stands in handshakes and result columns
 * @param sqlMode the global one, which new sessions start with
 */
public record ServerFacts(
    ServerVersion version,
    int lowerCaseTableNames,
    Map<Integer, Collation> collations,
    String sqlMode,
    long maxAllowedPacket,
    String characterSetServer,
    String collationServer) {

  public ServerFacts {
    collations = Map.copyOf(collations);
  }

  /** Whether names of databases and relations are folded to lower case before comparing. */
  public boolean foldsNames() {
    return lowerCaseTableNames != 0;
  }

  /** A collation and the character set it belongs to, by their names. */
  public record Collation(String name, String charset) {}
}
