package io.portcullis.proxy.wire.message;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.portcullis.proxy.wire.CapabilityFlags;
import io.portcullis.proxy.wire.Packets;
import io.portcullis.proxy.wire.ProtocolException;
import io.portcullis.proxy.wire.WireValues;
import java.util.List;

/**
 * First packet of the answer to COM_STMT_PREPARE.
 *
 * @see <a
 *     href="https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_stmt_prepare.html#sect_protocol_com_stmt_prepare_response">COM_STMT_PREPARE
 *     response</a>
 */
public record PrepareOk(long statementId, int columns, int parameters, int warnings) {
  private static final int LENGTH = 12;

  /** The payload; the caller owns it. */
  public ByteBuf encode(ByteBufAllocator allocator) {
    ByteBuf out = allocator.buffer(LENGTH);
    write(out);
    return out;
  }

  private void write(ByteBuf out) {
    out.writeByte(0).writeIntLE((int) statementId).writeShortLE(columns).writeShortLE(parameters);
    out.writeByte(0).writeShortLE(warnings);
  }

  /** Decodes the first packet of the response; borrows {@code payload}. ERR is the caller's. */
  public static PrepareOk decode(ByteBuf payload) {
    WireValues.require(payload, 10, "prepare OK");
    int header = payload.readUnsignedByte();
    if (header != 0) {
      throw new ProtocolException("prepare OK: header byte " + header + " (expected: 0)");
    }
    long statementId = payload.readUnsignedIntLE();
    int columns = payload.readUnsignedShortLE();
    int parameters = payload.readUnsignedShortLE();
    payload.skipBytes(1);
    int warnings = payload.readableBytes() >= 2 ? payload.readUnsignedShortLE() : 0;
    return new PrepareOk(statementId, columns, parameters, warnings);
  }

  /**
   * The whole answer for a statement we answer ourselves, framed; the caller owns it.
   *
   * @param parameters one definition each, see {@link ColumnDefinition41#parameter()}
   */
  public static ByteBuf writeResponse(
      ByteBufAllocator allocator,
      long statementId,
      List<ColumnDefinition41> parameters,
      List<ColumnDefinition41> columns,
      long capabilities,
      int statusFlags,
      int firstSequence) {
    ByteBuf out = allocator.buffer(256);
    int begin = Packets.begin(out);
    new PrepareOk(statementId, columns.size(), parameters.size(), 0).write(out);
    if (CapabilityFlags.has(capabilities, CapabilityFlags.OPTIONAL_RESULTSET_METADATA)) {
      out.writeByte(1); // RESULTSET_METADATA_FULL
    }
    int sequence = Packets.end(out, begin, firstSequence);
    for (List<ColumnDefinition41> definitions : List.of(parameters, columns)) {
      if (!definitions.isEmpty()) {
        sequence =
            new ResultSetWriter(out, capabilities, sequence).definitions(definitions, statusFlags);
      }
    }
    return out;
  }
}
