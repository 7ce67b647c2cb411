package io.portcullis.privilege.store;

import io.portcullis.sql.text.ServerVersion;
import java.util.List;
import java.util.Map;

/**
 * What a backend says about itself.
 *
 * @param lowerCaseTableNames 0: names of databases and tables are case-sensitive
 * @param collations by the id that stands in handshakes and result columns
 * @param sqlMode the global one, which new sessions start with
 * @param metadataColumns columns in their order of the tables of information_schema, by the name of
 *     the table in lower case
 */
public record ServerFacts(
    ServerVersion version,
    int lowerCaseTableNames,
    Map<Integer, Collation> collations,
    String sqlMode,
    long maxAllowedPacket,
    String characterSetServer,
    String collationServer,
    Map<String, List<String>> metadataColumns) {

  public ServerFacts {
    collations = Map.copyOf(collations);
    metadataColumns = Map.copyOf(metadataColumns);
  }

  /** Whether names of databases and relations are folded to lower case before comparing. */
  public boolean foldsNames() {
    return lowerCaseTableNames != 0;
  }

  /** A collation and the character set it belongs to, by their names. */
  public record Collation(String name, String charset) {}
}
