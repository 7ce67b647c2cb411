package io.portcullis.proxy.statement;

import io.portcullis.privilege.authz.ActiveSubject;
import io.portcullis.privilege.authz.Authorizer;
import io.portcullis.privilege.report.ReportRows;
import io.portcullis.privilege.report.ReportTable;
import io.portcullis.privilege.report.Sight;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;

/**
 * What a statement was given to see of the gate's own tables: whose rows, and which. A prepared
 * statement shows what it was prepared with, so it is executed only while both are the same.
 *
 * @param digest SHA-256 of the rows, in hexadecimal
 */
public record CatalogSeen(Map<ReportTable, Sight> sights, String digest) {

  public CatalogSeen {
    sights = Map.copyOf(sights);
  }

  public static CatalogSeen of(
      ActiveSubject subject, Authorizer authorizer, Map<ReportTable, ReportRows> rows) {
    return new CatalogSeen(sights(subject, authorizer, rows.keySet()), digest(rows));
  }

  /** Whether the subject of now may see the same. */
  public boolean isSeenBy(ActiveSubject now, Authorizer authorizer) {
    return sights.equals(sights(now, authorizer, sights.keySet()));
  }

  private static Map<ReportTable, Sight> sights(
      ActiveSubject subject, Authorizer authorizer, Set<ReportTable> tables) {
    Map<ReportTable, Sight> sights = new HashMap<>();
    for (ReportTable table : tables) {
      sights.put(table, Sight.of(subject, table, authorizer));
    }
    return sights;
  }

  private static String digest(Map<ReportTable, ReportRows> rows) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (ReportTable table : ReportTable.values()) {
        ReportRows some = rows.get(table);
        if (some != null) {
          digest.update((byte) table.ordinal());
          digest.update(some.json());
        }
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
