package io.portcullis.privilege.report;

/**
 * The rows the gate makes of a {@link ReportTable}, as a JSON array with an array for each, its
 * values in the order of {@link ReportTable#carried}; UTF-8.
 */
public final class ReportRows {

  private final byte[] json;
  private final boolean lookedUp;

  /**
   * @param json not to be changed any more
   * @param lookedUp whether something of them is the backend's to tell
   */
  public ReportRows(byte[] json, boolean lookedUp) {
    this.json = json;
    this.lookedUp = lookedUp;
  }

  /** Not to be changed. */
  public byte[] json() {
    return json;
  }

  public int length() {
    return json.length;
  }

  /** Whether the table reads information_schema besides these. */
  public boolean isLookedUp() {
    return lookedUp;
  }
}
