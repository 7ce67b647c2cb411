package io.portcullis.proxy.session;

import io.netty.buffer.ByteBuf;
import io.portcullis.proxy.wire.CapabilityFlags;
import io.portcullis.proxy.wire.PacketFraming;
import io.portcullis.proxy.wire.Packets;
import io.portcullis.proxy.wire.WireValues;
import io.portcullis.proxy.wire.message.ColumnDefinition41;
import io.portcullis.proxy.wire.message.EofPacket;
import io.portcullis.proxy.wire.message.ErrPacket;
import io.portcullis.proxy.wire.message.OkPacket;
import io.portcullis.proxy.wire.message.SessionChange;
import io.portcullis.proxy.wire.message.TextResultSet;
import io.portcullis.sql.text.SqlError;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes the gate's own answers to a client, unflushed. Those that can be followed by another
 * result return the sequence id that follows. Event loop only.
 */
final class Replies {

  private final FrontendPort port;
  private final long capabilities;

  Replies(FrontendPort port, long capabilities) {
    this.port = port;
    this.capabilities = capabilities;
  }

  int ok(int sequence, int statusFlags, int warnings) {
    OkPacket ok = new OkPacket(0, 0, statusFlags, warnings, "", List.of());
    return write(sequence, ok.encode(port.allocator(), capabilities));
  }

  int ok(int sequence, int statusFlags, SessionChange change) {
    OkPacket ok = new OkPacket(0, 0, statusFlags, 0, "", List.of(change));
    return write(sequence, ok.encode(port.allocator(), capabilities));
  }

  void loggedIn(int sequence, int statusFlags, String info) {
    OkPacket ok = new OkPacket(0, 0, statusFlags, 0, info, List.of());
    write(sequence, ok.encode(port.allocator(), capabilities));
  }

  /** The end of an answer: EOF, or OK with EOF's header where EOF is deprecated. */
  void eof(int sequence, int statusFlags) {
    if (CapabilityFlags.has(capabilities, CapabilityFlags.DEPRECATE_EOF)) {
      ByteBuf ok = OkPacket.of(statusFlags).encode(port.allocator(), capabilities);
      write(sequence, ok.setByte(ok.readerIndex(), EofPacket.HEADER));
    } else {
      write(sequence, new EofPacket(0, statusFlags).encode(port.allocator()));
    }
  }

  void error(int sequence, SqlError error) {
    write(sequence, ErrPacket.of(error).encode(port.allocator(), capabilities));
  }

  void error(int sequence, BackendError error) {
    ErrPacket packet = new ErrPacket(error.errno(), error.sqlState(), error.message());
    write(sequence, packet.encode(port.allocator(), capabilities));
  }

  int rows(
      int sequence,
      int statusFlags,
      List<ColumnDefinition41> columns,
      List<List<@Nullable String>> rows) {
    ByteBuf framed =
        TextResultSet.write(port.allocator(), columns, rows, capabilities, statusFlags, sequence);
    int next = PacketFraming.sequenceAfter(framed);
    port.write(framed);
    return next;
  }

  /** The answer to COM_FIELD_LIST: each column with its default, which is NULL. */
  void fields(int sequence, int statusFlags, List<ColumnDefinition41> columns) {
    int next = sequence;
    for (ColumnDefinition41 column : columns) {
      ByteBuf definition = column.encode(port.allocator(), capabilities);
      WireValues.writeNull(definition);
      next = write(next, definition);
    }
    eof(next, statusFlags);
  }

  void string(int sequence, String text) {
    write(sequence, port.allocator().buffer().writeBytes(text.getBytes(StandardCharsets.UTF_8)));
  }

  private int write(int sequence, ByteBuf payload) {
    port.write(Packets.frame(port.allocator(), payload, sequence));
    return PacketFraming.next(sequence);
  }
}
