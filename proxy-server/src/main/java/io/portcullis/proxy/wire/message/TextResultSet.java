package io.portcullis.proxy.wire.message;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.portcullis.proxy.wire.WireValues;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A result set we answer ourselves, for COM_QUERY.
 *
 * @see <a
 *     href="https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_query_response_text_resultset.html">Text
 *     result set</a>
 */
public final class TextResultSet {
  private TextResultSet() {}

  /**
   * All packets of the result set, framed; the caller owns the buffer. {@code null} is NULL. The
   * sequence id after it is {@code PacketFraming.sequenceAfter}.
   */
  public static ByteBuf write(
      ByteBufAllocator allocator,
      List<ColumnDefinition41> columns,
      List<List<@Nullable String>> rows,
      long capabilities,
      int statusFlags,
      int firstSequence) {
    return write(allocator, columns, rows, capabilities, statusFlags, 0, firstSequence);
  }

  /** The same with a warning count. */
  public static ByteBuf write(
      ByteBufAllocator allocator,
      List<ColumnDefinition41> columns,
      List<List<@Nullable String>> rows,
      long capabilities,
      int statusFlags,
      int warnings,
      int firstSequence) {
    return ResultSetWriter.write(
        allocator,
        columns,
        rows,
        capabilities,
        statusFlags,
        warnings,
        firstSequence,
        TextResultSet::writeRow);
  }

  private static void writeRow(
      ByteBuf out, List<ColumnDefinition41> columns, List<@Nullable String> row) {
    for (String value : row) {
      if (value == null) {
        WireValues.writeNull(out);
      } else {
        WireValues.writeLengthEncoded(out, value, StandardCharsets.UTF_8);
      }
    }
  }
}
