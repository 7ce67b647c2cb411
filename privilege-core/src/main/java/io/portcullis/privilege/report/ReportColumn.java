package io.portcullis.privilege.report;

/**
 * A column of a {@link ReportTable}.
 *
 * @param length of texts, in characters; 0 where the type says it
 */
public record ReportColumn(String name, Type type, int length) {

  /** What a value is, on the way to the client. */
  public enum Type {
    INT("int"),
    BIGINT("bigint"),
    UNSIGNED("bigint unsigned"),
    /** 0 or 1. */
    BOOL("tinyint(1)"),
    VARCHAR("varchar"),
    TEXT("longtext"),
    /** A JSON object as text. */
    JSON("json"),
    /** Seconds since 1970, shown as date and time in the session's time zone. */
    TIME("datetime");

    private final String sql;

    Type(String sql) {
      this.sql = sql;
    }
  }

  static ReportColumn varchar(String name, int length) {
    return new ReportColumn(name, Type.VARCHAR, length);
  }

  static ReportColumn column(String name, Type type) {
    return new ReportColumn(name, type, 0);
  }

  /** As DESCRIBE shows it. */
  public String describedType() {
    return type == Type.VARCHAR ? type.sql + "(" + length + ")" : type.sql;
  }

  /** Whether it has a character set. */
  public boolean isText() {
    return type == Type.VARCHAR || type == Type.TEXT;
  }
}
