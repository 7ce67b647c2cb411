package io.portcullis.it.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything a driver said about what it was asked, line by line: what must be the same through the
 * gate as straight to the server.
 */
final class Transcript {

  private static final int SHOWN_BYTES = 48;
  private static final int SYNTAX_ERROR = 1064;

  private final List<String> lines = new ArrayList<>();

  List<String> lines() {
    return lines;
  }

  void note(String what, @Nullable Object value) {
    lines.add(what + ": " + text(value));
  }

  /** Notes the value and insists on it, so that the suite is right about the server too. */
  void expect(String what, @Nullable Object value, @Nullable Object expected) {
    assertThat(value).as(what).isEqualTo(expected);
    note(what, value);
  }

  /** Column descriptions and rows; closes the result. Returns the number of rows. */
  int rows(String what, ResultSet rows) throws SQLException {
    try (rows) {
      columns(what, rows.getMetaData());
      return rowsOnly(what, rows);
    }
  }

  int rowsOnly(String what, ResultSet rows) throws SQLException {
    return noteRows(what, read(rows));
  }

  /** Rows whose order the server leaves open. */
  int unorderedRows(String what, ResultSet rows) throws SQLException {
    try (rows) {
      columns(what, rows.getMetaData());
      return noteRows(what, read(rows).stream().sorted().toList());
    }
  }

  private int noteRows(String what, List<String> rows) {
    for (int i = 0; i < rows.size(); i++) {
      lines.add(what + "[" + i + "]: " + rows.get(i));
    }
    lines.add(what + ": " + rows.size() + " rows");
    return rows.size();
  }

  private static List<String> read(ResultSet rows) throws SQLException {
    int columns = rows.getMetaData().getColumnCount();
    List<String> read = new ArrayList<>();
    while (rows.next()) {
      List<String> values = new ArrayList<>();
      for (int i = 1; i <= columns; i++) {
        Object value = rows.getObject(i);
        values.add(
            value == null
                ? "NULL"
                : value.getClass().getSimpleName()
                    + " "
                    + text(value instanceof byte[] ? value : rows.getString(i)));
      }
      read.add(String.join(", ", values));
    }
    return read;
  }

  void columns(String what, ResultSetMetaData columns) throws SQLException {
    for (int i = 1; i <= columns.getColumnCount(); i++) {
      lines.add(
          what
              + " column "
              + String.join(
                  " ",
                  columns.getCatalogName(i),
                  columns.getTableName(i),
                  columns.getColumnName(i),
                  columns.getColumnLabel(i),
                  columns.getColumnTypeName(i),
                  String.valueOf(columns.getColumnType(i)),
                  columns.getColumnClassName(i),
                  String.valueOf(columns.getPrecision(i)),
                  String.valueOf(columns.getScale(i)),
                  String.valueOf(columns.getColumnDisplaySize(i)),
                  "nullable=" + columns.isNullable(i),
                  "auto=" + columns.isAutoIncrement(i),
                  "signed=" + columns.isSigned(i)));
    }
  }

  void warnings(String what, @Nullable SQLWarning first) {
    int count = 0;
    for (SQLWarning each = first; each != null; each = each.getNextWarning()) {
      lines.add(
          what + ": " + each.getErrorCode() + " " + each.getSQLState() + " " + each.getMessage());
      count++;
    }
    lines.add(what + ": " + count + " warnings");
  }

  /** The call must fail with this errno; the whole error is noted. */
  void error(String what, int errno, Call call) {
    try {
      call.run();
    } catch (SQLException e) {
      assertThat(e.getErrorCode()).as("%s: %s", what, e.getMessage()).isEqualTo(errno);
      // Of what is no SQL the gate says so in words of its own.
      String said = errno == SYNTAX_ERROR ? "" : " " + text(e);
      lines.add(what + ": " + e.getErrorCode() + " " + e.getSQLState() + said);
      return;
    }
    fail(what + ": no error (expected: errno " + errno + ")");
  }

  /**
   * Driver messages carry the connection's number ({@code (conn=12)}); that is not the server's.
   */
  private static String text(SQLException e) {
    return String.valueOf(e.getMessage()).replaceFirst("^\\(conn=\\d+\\) ", "");
  }

  private static String text(@Nullable Object value) {
    if (value instanceof byte[] bytes) {
      return bytes.length <= SHOWN_BYTES
          ? new BigInteger(1, bytes).toString(16) + "/" + bytes.length
          : digest(bytes);
    }
    if (value instanceof int[] counts) {
      return Arrays.toString(counts);
    }
    if (value instanceof long[] counts) {
      return Arrays.toString(counts);
    }
    String text = String.valueOf(value);
    return text.length() <= 4000
        ? text
        : digest(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  static String digest(byte[] bytes) {
    try {
      byte[] sum = MessageDigest.getInstance("SHA-256").digest(bytes);
      return bytes.length + " bytes " + new BigInteger(1, sum).toString(16);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  /** A call into a driver. */
  interface Call {
    void run() throws SQLException;
  }
}
