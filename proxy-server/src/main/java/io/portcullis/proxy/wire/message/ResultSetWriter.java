package io.portcullis.proxy.wire.message;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.portcullis.proxy.wire.CapabilityFlags;
import io.portcullis.proxy.wire.Packets;
import io.portcullis.proxy.wire.WireValues;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What text and binary result sets have in common: everything but the rows. */
final class ResultSetWriter {
  private final ByteBuf out;
  private final long capabilities;
  private int sequence;

  ResultSetWriter(ByteBuf out, long capabilities, int firstSequence) {
    this.out = out;
    this.capabilities = capabilities;
    this.sequence = firstSequence;
  }

  /** Writes one row's payload. */
  interface RowFormat {
    void write(ByteBuf out, List<ColumnDefinition41> columns, List<@Nullable String> row);
  }

  static ByteBuf write(
      ByteBufAllocator allocator,
      List<ColumnDefinition41> columns,
      List<List<@Nullable String>> rows,
      long capabilities,
      int statusFlags,
      int warnings,
      int firstSequence,
      RowFormat format) {
    if (columns.isEmpty()) {
      throw new IllegalArgumentException("columns: none (expected: at least one)");
    }
    ByteBuf out = allocator.buffer(256);
    boolean done = false;
    try {
      ResultSetWriter writer = new ResultSetWriter(out, capabilities, firstSequence);
      writer.columns(columns, statusFlags);
      for (List<@Nullable String> row : rows) {
        if (row.size() != columns.size()) {
          throw new IllegalArgumentException(
              "row: " + row.size() + " values (expected: " + columns.size() + ")");
        }
        int begin = Packets.begin(out);
        format.write(out, columns, row);
        writer.sequence = Packets.end(out, begin, writer.sequence);
      }
      writer.end(statusFlags, warnings);
      done = true;
      return out;
    } finally {
      if (!done) {
        out.release();
      }
    }
  }

  private void columns(List<ColumnDefinition41> columns, int statusFlags) {
    int begin = Packets.begin(out);
    if (CapabilityFlags.has(capabilities, CapabilityFlags.OPTIONAL_RESULTSET_METADATA)) {
      out.writeByte(1); // RESULTSET_METADATA_FULL
    }
    WireValues.writeLengthEncoded(out, columns.size());
    if (CapabilityFlags.has(capabilities, CapabilityFlags.MARIADB_CACHE_METADATA)) {
      out.writeByte(1); // definitions follow
    }
    sequence = Packets.end(out, begin, sequence);
    definitions(columns, statusFlags);
  }

  /** Definitions, then EOF for clients that want it there. Returns the next sequence id. */
  int definitions(List<ColumnDefinition41> columns, int statusFlags) {
    for (ColumnDefinition41 column : columns) {
      int begin = Packets.begin(out);
      column.write(out, capabilities);
      sequence = Packets.end(out, begin, sequence);
    }
    if (!CapabilityFlags.has(capabilities, CapabilityFlags.DEPRECATE_EOF)) {
      int begin = Packets.begin(out);
      new EofPacket(0, statusFlags).write(out);
      sequence = Packets.end(out, begin, sequence);
    }
    return sequence;
  }

  private void end(int statusFlags, int warnings) {
    int begin = Packets.begin(out);
    if (CapabilityFlags.has(capabilities, CapabilityFlags.DEPRECATE_EOF)) {
      new OkPacket(0, 0, statusFlags, warnings, "", List.of())
          .write(out, EofPacket.HEADER, capabilities);
    } else {
      new EofPacket(warnings, statusFlags).write(out);
    }
    sequence = Packets.end(out, begin, sequence);
  }
}
